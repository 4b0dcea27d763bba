/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include "hs-element.h"
#include "hs-error.h"
#include "hs-feature.h"
#include "hs-namespaces.h"

/* The stages that each message passes. A received message passes them from the first to the last: it is decrypted, then
 * its content is read, then its references to other messages. A message from the program passes them in the opposite
 * order: it gets the parts that servers must be able to read, then those that belong to its content, and is encrypted
 * last. */

/* ---- Content: chat states and the request for a receipt ---- */

/* A message with only a chat state is not shown in the chat. */
static HsMessagesPass
receive_content (HsMessages *self, HsDelivery *delivery)
{
  hs_messages_chat_states_received (self, delivery);
  return (delivery->content & HS_CONTENT_CHAT_STATE) != 0 && hs_messages_is_chat_state_only (delivery->chat.message)
             ? HS_MESSAGES_PASS_DROP
             : HS_MESSAGES_PASS_ON;
}

static HsMessagesPass
send_content (HsMessages *self, const HsMessagesOutgoing *outgoing)
{
  HsMessage *message = outgoing->message;

  if (hs_message_get_body (message) == NULL)
    return HS_MESSAGES_PASS_ON;
  hs_messages_chat_states_add (self, message, outgoing->kind, outgoing->to);
  if (self->request_receipts && outgoing->kind == HS_CHAT_KIND_PERSON)
    hs_message_set_requests_receipt (message, TRUE);
  return HS_MESSAGES_PASS_ON;
}

/* ---- Meta: ids and the delivery status ---- */

static HsMessagesPass
receive_meta (HsMessages *self, HsDelivery *delivery)
{
  if ((delivery->content & (HS_CONTENT_RECEIPTS | HS_CONTENT_MARKERS)) != 0)
    hs_messages_take_status (self, delivery);
  return HS_MESSAGES_PASS_ON;
}

/* With an id that was used before, this message would get the delivery status of the other one. */
static void
give_ids (HsMessages *self, HsMessage *message)
{
  const char *id = hs_stanza_get_id (HS_STANZA (message));
  g_autofree char *fresh = NULL;

  if (id == NULL || *id == '\0' || hs_messages_find_sent (self, id) != NULL)
    {
      fresh = hs_feature_random_id ();
      hs_stanza_set_id (HS_STANZA (message), fresh);
      id = fresh;
    }
  hs_message_set_origin_id (message, id);
}

static HsMessagesPass
send_meta (HsMessages *self, const HsMessagesOutgoing *outgoing)
{
  HsElement *element = HS_ELEMENT (outgoing->message);

  give_ids (self, outgoing->message);
  /* The account's other clients recognise private messages of a room by this element (XEP-0045, 7.5). */
  if (outgoing->kind == HS_CHAT_KIND_OCCUPANT && hs_element_get_child (element, "x", HS_NS_MUC_USER) == NULL)
    hs_element_add_child (element, "x", HS_NS_MUC_USER);
  return HS_MESSAGES_PASS_ON;
}

/* ---- The table ---- */

const HsMessagesStage hs_messages_stages[HS_MESSAGES_N_STAGES] = {
  /* Nothing in this library encrypts: a message passes as it is. */
  { "decrypt", NULL, NULL },
  { "content", receive_content, send_content },
  { "meta", receive_meta, send_meta },
};

gboolean
hs_messages_pass_in (HsMessages *self, HsDelivery *delivery)
{
  for (guint i = 0; i < HS_MESSAGES_N_STAGES; i++)
    if (self->stages[i].receive != NULL && self->stages[i].receive (self, delivery) != HS_MESSAGES_PASS_ON)
      return FALSE;
  return TRUE;
}

gboolean
hs_messages_pass_out (HsMessages *self, const HsMessagesOutgoing *outgoing, GError **error)
{
  for (guint i = HS_MESSAGES_N_STAGES; i > 0; i--)
    {
      const HsMessagesStage *stage = &self->stages[i - 1];

      if (stage->send == NULL || stage->send (self, outgoing) == HS_MESSAGES_PASS_ON)
        continue;
      g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA, "The message was not sent: its stage “%s” dropped it",
                   stage->name);
      return FALSE;
    }
  return TRUE;
}
