/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Takes the secrets out of XML as it goes by, however it is split: the text of SASL messages,
 * passwords, tokens and handshakes is replaced, and so are attributes that hold tokens. */

typedef struct _HsRedactor HsRedactor;

HsRedactor *hs_redactor_new (void);
void hs_redactor_free (HsRedactor *self);
/* Another stream begins. */
void hs_redactor_restart (HsRedactor *self);
/* Returns the part of the bytes that may be shown, as valid UTF-8. A tag or character that has not ended is kept for
 * the next call. (transfer full) */
char *hs_redactor_take (HsRedactor *self, const char *bytes, gsize length);

G_END_DECLS
