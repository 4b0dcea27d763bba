/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns the name of a file as others see it: without its folder, and valid in XML. (transfer full) */
char *hs_upload_dup_name (const char *name);

/* Returns a media type for an HTTP header: the given one, or that of the file's name if the given one is NULL or not
 * valid. */
char *hs_upload_dup_media_type (const char *media_type, const char *name);

G_END_DECLS
