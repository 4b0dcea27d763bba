/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-stanza-error.h"
#include "xml/hs-node.h"

G_BEGIN_DECLS

/* As RFC 6120, 8.3.3 names the condition, and the error type that it has for it; where it leaves a choice, the one
 * that promises the sender least. */
const char *hs_stanza_condition_get_name (HsStanzaError condition);
const char *hs_stanza_condition_get_error_type (HsStanzaError condition);
gboolean hs_stanza_condition_is_known (HsStanzaError condition);

/* As hs_stanza_get_error(). @name and @namespace_: what the request asked that the stanza answers; nullable, and
 * used where the stanza is an iq. */
GError *hs_stanza_get_error_of_request (HsStanza *self, const char *name, const char *namespace_);
/* How an error message names a request: by what it asks. @name and @namespace_: the payload's, nullable. */
void hs_stanza_append_request (GString *message, const char *name, const char *namespace_);

G_END_DECLS
