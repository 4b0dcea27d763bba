/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Reads from a certificate (RFC 5280, 4.1, in DER) from when until when it is valid. FALSE: it cannot be read. */
gboolean hs_validity_parse (const guint8 *der, gsize length, GDateTime **before, GDateTime **after);

/* From when a certificate is valid, or until when; NULL if it does not say. */
GDateTime *hs_validity_get_before (GTlsCertificate *certificate);
GDateTime *hs_validity_get_after (GTlsCertificate *certificate);

G_END_DECLS
