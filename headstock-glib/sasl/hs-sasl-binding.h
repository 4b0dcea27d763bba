/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-sasl-mechanism.h"

G_BEGIN_DECLS

/* Chooses a channel binding from those that the connection has and the server announced (RFC 5802, 6; XEP-0440, 3):
 * sets binding, binding_type, binding_data and lists_must_match of the credentials from their other members. FALSE:
 * the announcements contradict each other, as they do if somebody in the middle changes them, or the program
 * requires a binding that is not available. */
gboolean hs_sasl_binding_choose (HsSaslCredentials *credentials,
                                 const char *const *offered,
                                 GError **error);

/* The channel binding of a type that the connection has, or NULL. */
const HsSaslChannel *hs_sasl_binding_find_channel (const HsSaslCredentials *credentials, const char *type);

/* Returns the text that a server hashes to protect its lists (XEP-0474): mechanisms and, where it announced any,
 * binding types, each sorted. */
char *hs_sasl_binding_join_lists (const char *const *offered, const char *const *announced);

G_END_DECLS
