/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-sasl-mechanism.h"

G_BEGIN_DECLS

/* Returns the mechanism of the credentials' token, if it is among those @offered for tokens (XEP-0484) and may be used
 * on this connection; otherwise NULL. A token is never used with another mechanism, and therefore never with a weaker
 * channel binding than it was requested with. */
HsSaslMechanism *hs_sasl_ht_new (const char *const *offered, const HsSaslCredentials *credentials);

/* Returns the mechanism for which to ask a token: the best of those @offered that works with this connection, or
 * NULL. */
const char *hs_sasl_ht_choose (const char *const *offered, const HsSaslCredentials *credentials);

G_END_DECLS
