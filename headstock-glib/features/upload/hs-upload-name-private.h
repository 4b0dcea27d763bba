/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The name of a file as others are to see it: without its folder, and fit for XML. */
char *hs_upload_dup_name (const char *name);

/* A media type as it can be in an HTTP header: what is given; or what the name suggests, where it is NULL or cannot
 * be one. */
char *hs_upload_dup_media_type (const char *media_type, const char *name);

G_END_DECLS
