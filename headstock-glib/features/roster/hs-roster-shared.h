/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-client.h"
#include "hs-roster-list-private.h"
#include "hs-stanza.h"

G_BEGIN_DECLS

/* A function by which other features use the roster that is registered with their client. */

/* Whether the sender of @stanza may see the account's presence (RFC 6121, 3): the account itself, or a contact whose
 * subscription is `from` or `both`. Without a roster, there are no contacts. */
gboolean hs_roster_sender_may_see (HsClient *client, HsStanza *stanza);

G_END_DECLS
