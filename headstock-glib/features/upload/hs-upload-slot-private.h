/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-element.h"
#include "hs-upload-slot.h"

G_BEGIN_DECLS

/* Reads the <slot/> in a service's answer. Returns NULL with HS_ERROR_PROTOCOL if it is not valid (XEP-0363, 4). */
HsUploadSlot *hs_upload_slot_new (HsElement *slot, GError **error);

/* Gets the name and the value, without line breaks, of the header number @i of the PUT request. Returns FALSE if the
 * slot has fewer headers. (transfer none) */
gboolean hs_upload_slot_get_header (HsUploadSlot *self, guint i, const char **name, const char **value);

G_END_DECLS
