/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean hs_idna_is_plain (const char *string, gsize length);
char *hs_idna_prepare_domain (const char *string, gsize length, GError **error);
char *hs_idna_to_ascii (const char *domain, GError **error);

G_END_DECLS
