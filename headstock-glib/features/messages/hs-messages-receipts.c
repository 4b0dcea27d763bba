/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include "hs-feature.h"
#include "hs-roster-shared.h"

/* Receipts (XEP-0184). A receipt reveals that the user is online: only those who may see the account's presence get one
 * (XEP-0184, 9). */

/* While more stanzas than this are not acknowledged, no receipts are sent: a peer that asks for many must not fill the
 * memory. */
#define MAX_UNACKNOWLEDGED 1000

/* Messages from an archive were answered when they arrived. */
static gboolean
is_answerable (HsDelivery *delivery)
{
  return !delivery->chat.is_outgoing && delivery->chat.kind == HS_CHAT_KIND_PERSON
         && (delivery->source == HS_DELIVERY_SOURCE_LIVE || delivery->source == HS_DELIVERY_SOURCE_CARBON
             || delivery->source == HS_DELIVERY_SOURCE_OFFLINE);
}

void
hs_messages_answer_receipt (HsMessages *self, HsDelivery *delivery)
{
  HsMessage *message = delivery->chat.message;
  const char *id, *peer;
  g_autoptr (HsMessage) receipt = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *own_id = NULL;

  if (!self->answer_receipts || !is_answerable (delivery) || !hs_message_get_requests_receipt (message)
      || self->client == NULL)
    return;
  id = hs_chat_message_get_id_for (HS_CHAT_MESSAGE (delivery), HS_CHANGE_KIND_RECEIPT);
  /* A receipt is never answered with another one (XEP-0184, 5.2). */
  if (id == NULL || hs_message_get_receipt_id (message) != NULL
      || hs_messages_is_own (self, delivery->chat.peer)
      || !hs_roster_sender_may_see (self->client, HS_STANZA (message))
      || hs_client_get_unacknowledged (self->client) > MAX_UNACKNOWLEDGED)
    return;
  peer = hs_jid_to_string (delivery->chat.peer);
  if (!hs_recent_ids_add (&self->answered, "", peer, id))
    return;
  receipt = hs_message_new (hs_stanza_get_stanza_type (HS_STANZA (message)), peer);
  own_id = hs_feature_random_id ();
  hs_stanza_set_id (HS_STANZA (receipt), own_id);
  hs_message_set_receipt_id (receipt, id);
  hs_message_set_hints (receipt, HS_HINTS_STORE);
  if (!hs_client_send_stanza (self->client, HS_ELEMENT (receipt), &error))
    g_debug ("A receipt was not sent: %s", error->message);
}
