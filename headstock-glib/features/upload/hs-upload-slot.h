/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <glib-object.h>

#include "hs-version-macros.h"

G_BEGIN_DECLS

#define HS_TYPE_UPLOAD_SLOT (hs_upload_slot_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsUploadSlot, hs_upload_slot, HS, UPLOAD_SLOT, GObject)

HS_AVAILABLE_IN_0_2
const char *hs_upload_slot_get_put_url (HsUploadSlot *self);
HS_AVAILABLE_IN_0_2
const char *hs_upload_slot_get_get_url (HsUploadSlot *self);
HS_AVAILABLE_IN_0_2
char *hs_upload_slot_dup_header (HsUploadSlot *self, const char *name);

G_END_DECLS
