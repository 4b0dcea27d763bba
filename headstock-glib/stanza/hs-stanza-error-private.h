/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-stanza-error.h"
#include "xml/hs-node.h"

G_BEGIN_DECLS

/* The name of the condition, and its error type (RFC 6120, 8.3.3). If the RFC allows several types, the type that
 * promises the sender least. */
const char *hs_stanza_condition_get_name (HsStanzaError condition);
const char *hs_stanza_condition_get_error_type (HsStanzaError condition);
gboolean hs_stanza_condition_is_known (HsStanzaError condition);

/* Returns the error as hs_stanza_get_error() does. @name and @namespace_: the payload of the request that an iq
 * answers; nullable. */
GError *hs_stanza_get_error_of_request (HsStanza *self, const char *name, const char *namespace_);
/* Appends the words for a request in an error message. @name and @namespace_: the payload of the request; nullable. */
void hs_stanza_append_request (GString *message, const char *name, const char *namespace_);

G_END_DECLS
