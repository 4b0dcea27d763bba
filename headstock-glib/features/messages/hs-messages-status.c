/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include <string.h>

#include "hs-element.h"

/* The delivery status of sent messages, from errors, receipts, markers and reflections. They refer to a message only by
 * its id, and ids are not secret: they count only if they come from the recipient. */

/* Whether @jid is the recipient's server, or the room in which the recipient is an occupant. */
static gboolean
is_service_of (HsSentMessage *sent, HsJid *jid)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (sent->to);

  if (sent->chat.kind == HS_CHAT_KIND_OCCUPANT && hs_jid_equal (jid, bare))
    return TRUE;
  return hs_jid_get_local (jid) == NULL && hs_jid_is_bare (jid)
         && strcmp (hs_jid_get_domain (jid), hs_jid_get_domain (sent->to)) == 0;
}

/* An error comes from the recipient or from a server on the way (RFC 6120, 8.3.1). */
static gboolean
may_return (HsMessages *self, HsSentMessage *sent, HsMessage *message)
{
  g_autoptr (HsJid) from = NULL;

  if (hs_messages_is_from_account (self, message))
    return TRUE;
  from = hs_stanza_get_from_jid (HS_STANZA (message));
  if (from == NULL)
    return FALSE;
  return hs_sent_message_is_recipient (sent, from) || is_service_of (sent, from)
         || (hs_jid_get_local (from) == NULL && hs_jid_is_bare (from)
             && strcmp (hs_jid_get_domain (from), hs_jid_get_domain (self->own)) == 0);
}

gboolean
hs_messages_take_error (HsMessages *self, HsMessage *message)
{
  HsSentMessage *sent = hs_messages_find_sent (self, hs_stanza_get_id (HS_STANZA (message)));
  g_autoptr (GError) error = NULL;

  if (sent == NULL || !sent->was_sent || !may_return (self, sent, message))
    return FALSE;
  error = hs_stanza_get_error (HS_STANZA (message));
  if (error != NULL && hs_sent_message_fail (sent, error))
    hs_messages_settle (self, sent);
  return TRUE;
}

static void
advance (HsMessages *self, HsDelivery *delivery, const char *id, HsSentState state)
{
  HsSentMessage *sent = hs_messages_find_sent (self, id);

  if (sent == NULL || !sent->was_sent || sent->chat.kind == HS_CHAT_KIND_ROOM
      || !hs_sent_message_is_recipient (sent, delivery->sender))
    return;
  if (hs_sent_message_advance (sent, state))
    hs_messages_settle (self, sent);
}

void
hs_messages_take_status (HsMessages *self, HsDelivery *delivery)
{
  if (delivery->chat.is_outgoing || delivery->chat.kind == HS_CHAT_KIND_ROOM)
    return;
  advance (self, delivery, hs_message_get_receipt_id (delivery->chat.message), HS_SENT_STATE_DELIVERED);
  advance (self, delivery, hs_message_get_displayed_id (delivery->chat.message), HS_SENT_STATE_DISPLAYED);
}

gboolean
hs_messages_may_be_about (HsMessages *self, const char *id, HsDelivery *delivery)
{
  HsSentMessage *sent = hs_messages_find_sent (self, id);

  return sent == NULL || hs_jid_equal (sent->chat.peer, delivery->chat.peer);
}

static gboolean
is_reflection (HsSentMessage *sent, HsDelivery *delivery)
{
  return sent != NULL && sent->was_sent && sent->chat.kind == delivery->chat.kind
         && hs_jid_equal (sent->chat.peer, delivery->chat.peer);
}

/* Some rooms replace the ids of all messages. The message with the same text that was sent first and has not been
 * reflected yet is taken. */
static HsSentMessage *
find_by_body (HsMessages *self, HsDelivery *delivery)
{
  const char *body = hs_message_get_body (delivery->chat.message);

  if (delivery->source != HS_DELIVERY_SOURCE_ROOM || body == NULL)
    return NULL;
  for (GList *link = self->sent.messages.head; link != NULL; link = link->next)
    {
      HsSentMessage *sent = link->data;

      if (is_reflection (sent, delivery) && sent->state <= HS_SENT_STATE_ON_SERVER
          && g_strcmp0 (sent->body, body) == 0)
        return sent;
    }
  return NULL;
}

static HsSentMessage *
find_reflected (HsMessages *self, HsDelivery *delivery)
{
  HsMessage *message = delivery->chat.message;
  HsSentMessage *sent = hs_messages_find_sent (self, hs_message_get_origin_id (message));

  if (!is_reflection (sent, delivery))
    sent = hs_messages_find_sent (self, hs_stanza_get_id (HS_STANZA (message)));
  if (!is_reflection (sent, delivery))
    sent = find_by_body (self, delivery);
  return sent;
}

gboolean
hs_messages_take_reflection (HsMessages *self, HsDelivery *delivery)
{
  HsSentMessage *sent = find_reflected (self, delivery);
  HsSentState state = HS_SENT_STATE_ON_SERVER;

  if (sent == NULL)
    return FALSE;
  if (sent->chat.kind == HS_CHAT_KIND_ROOM)
    state = HS_SENT_STATE_REFLECTED;
  if (delivery->chat.author != NULL && g_strcmp0 (delivery->chat.author, sent->chat.author) != 0)
    {
      g_free (sent->chat.author);
      sent->chat.author = g_strdup (delivery->chat.author);
    }
  if (delivery->chat.archive_id != NULL)
    hs_chat_message_set_archive_id (HS_CHAT_MESSAGE (sent), delivery->chat.archive, delivery->chat.archive_id);
  if (hs_sent_message_advance (sent, state))
    hs_messages_settle (self, sent);
  return TRUE;
}
