/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Passwords and keys, overwritten before their memory is given back. */

void hs_sasl_secret_free (char *secret);
GBytes *hs_sasl_secret_bytes_new (gconstpointer data, gsize length);
gboolean hs_sasl_secret_equal (const guint8 *a, const guint8 *b, gsize length);

G_END_DECLS
