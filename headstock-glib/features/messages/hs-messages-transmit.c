/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-error.h"
#include "hs-feature.h"
#include "hs-iq.h"
#include "hs-namespaces.h"

/* Gives messages from the outbox to the client, and takes their delivery status from it. */

typedef struct
{
  HsMessages *messages;
  HsSentMessage *sent;
} Sending;

static void
sending_free (Sending *self)
{
  g_object_unref (self->messages);
  g_object_unref (self->sent);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sending, sending_free)

/* Returns: (nullable) */
static HsMessagesKept *
find_kept (HsMessages *self, HsSentMessage *sent)
{
  HsJid *archive = sent->chat.kind == HS_CHAT_KIND_ROOM ? sent->chat.peer : self->own;

  return archive != NULL ? hs_messages_find_kept (self, archive) : NULL;
}

static void
tell_sent (HsMessages *self, HsSentMessage *sent)
{
  HsMessagesKept *kept = find_kept (self, sent);

  if (kept != NULL && kept->keeper->sent != NULL)
    kept->keeper->sent (hs_sent_message_get_id (sent), kept->data);
}

/* The server has the message. */
static void
acknowledge (HsMessages *self, HsSentMessage *sent)
{
  HsMessagesKept *kept = find_kept (self, sent);

  if (kept != NULL && kept->keeper->acknowledged != NULL)
    kept->keeper->acknowledged (kept->data);
  if (hs_sent_message_advance (sent, HS_SENT_STATE_ON_SERVER))
    hs_messages_settle (self, sent);
}

static void probe (HsMessages *self);

/* The server processes stanzas in order (RFC 6120, 10.1): any answer to a request shows that it has the stanzas that
 * were sent before. */
static void
probed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GPtrArray) probed = user_data;
  g_autoptr (HsMessages) self = g_object_ref (g_ptr_array_index (probed, 0));
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);
  /* A slow server is not a lost session. */
  gboolean is_late = self->has_session && g_error_matches (error, HS_ERROR, HS_ERROR_TIMED_OUT);

  self->outbox.is_probing = FALSE;
  for (guint i = 1; i < probed->len; i++)
    {
      HsSentMessage *sent = g_ptr_array_index (probed, i);

      if (is_late)
        g_ptr_array_insert (self->sent.written, i - 1, g_object_ref (sent));
      else if (answer == NULL && error->domain != HS_STANZA_ERROR)
        hs_sent_message_set_unknown (sent, error);
      else
        acknowledge (self, sent);
    }
  probe (self);
}

static void
probe (HsMessages *self)
{
  g_autoptr (HsElement) ping = NULL;
  g_autoptr (HsIq) iq = NULL;
  GPtrArray *probed = self->sent.written;

  if (self->outbox.is_probing || probed->len == 0)
    return;
  if (self->client == NULL)
    {
      hs_messages_transmit_lost (self);
      return;
    }
  self->outbox.is_probing = TRUE;
  self->sent.written = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_insert (probed, 0, g_object_ref (self));
  ping = hs_element_new ("ping", HS_NS_PING);
  iq = hs_iq_new ("get", hs_jid_get_domain (self->own), ping);
  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, NULL, probed_cb, probed);
}

/* With queue-offline, a message that the server certainly has not received waits for the next session. Messages to
 * rooms fail instead: other people may be in the room by then. */
static void
come_back (HsMessages *self, HsSentMessage *sent, const GError *error)
{
  if (self->queue_offline && sent->chat.kind == HS_CHAT_KIND_PERSON)
    {
      hs_messages_queue (self, sent);
      if (self->has_session)
        hs_messages_transmit_all (self);
    }
  else if (hs_sent_message_fail (sent, error))
    hs_messages_settle (self, sent);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Sending) sending = user_data;
  HsMessages *self = sending->messages;
  HsSentMessage *sent = sending->sent;
  g_autoptr (GError) error = NULL;

  switch (hs_feature_send_finish (HS_CLIENT (source), result, &error))
    {
    case HS_FEATURE_STATUS_ACKNOWLEDGED:
      acknowledge (self, sent);
      break;
    case HS_FEATURE_STATUS_WRITTEN:
      g_ptr_array_add (self->sent.written, g_object_ref (sent));
      probe (self);
      break;
    case HS_FEATURE_STATUS_UNRECEIVED:
      come_back (self, sent, error);
      break;
    case HS_FEATURE_STATUS_UNKNOWN:
      hs_sent_message_set_unknown (sent, error);
      break;
    case HS_FEATURE_STATUS_NOT_SENT:
    default:
      break;
    }
}

gboolean
hs_messages_transmit (HsMessages *self, HsSentMessage *sent, GError **error)
{
  Sending *sending = g_new0 (Sending, 1);

  sending->messages = g_object_ref (self);
  sending->sent = g_object_ref (sent);
  if (!hs_feature_send (self->client, HS_ELEMENT (sent->chat.message), sent_cb, sending, error))
    {
      sending_free (sending);
      return FALSE;
    }
  sent->was_sent = TRUE;
  tell_sent (self, sent);
  return TRUE;
}

static gboolean
is_in_room (HsMessages *self, HsSentMessage *sent)
{
  return sent->chat.kind == HS_CHAT_KIND_PERSON || !self->has_rooms
         || hs_messages_find_room (self, sent->chat.peer) != NULL;
}

/* The first message in the outbox that waits for no room. */
static GList *
find_next (HsMessages *self)
{
  GList *link = self->outbox.messages.head;

  while (link != NULL && !is_in_room (self, link->data))
    link = link->next;
  return link;
}

/* A message also waits behind those that were sent before it. */
gboolean
hs_messages_must_wait (HsMessages *self, HsSentMessage *sent)
{
  return self->queue_offline
         && (!self->has_session || self->outbox.is_transmitting || !is_in_room (self, sent) || find_next (self) != NULL);
}

static int
compare_numbers (gconstpointer a, gconstpointer b, gpointer unused)
{
  guint64 first = HS_SENT_MESSAGE ((gpointer) a)->number;
  guint64 second = HS_SENT_MESSAGE ((gpointer) b)->number;

  return first < second ? -1 : first > second;
}

void
hs_messages_queue (HsMessages *self, HsSentMessage *sent)
{
  HsSentMessage *last = g_queue_peek_tail (&self->outbox.messages);

  sent->was_sent = FALSE;
  if (last == NULL || last->number < sent->number)
    g_queue_push_tail (&self->outbox.messages, g_object_ref (sent));
  else
    g_queue_insert_sorted (&self->outbox.messages, g_object_ref (sent), compare_numbers, NULL);
  hs_stateful_emit_changed (HS_STATEFUL (self));
}

static void
refuse_message (HsMessages *self, HsSentMessage *sent, const GError *error)
{
  hs_sent_message_fail (sent, error);
  hs_messages_settle (self, sent);
}

/* A message of one account is never sent from another account. */
static gboolean
is_own (HsMessages *self, HsSentMessage *sent, GError **error)
{
  if (hs_jid_equal (sent->account, self->own)
      || (hs_jid_get_local (sent->account) == NULL
          && strcmp (hs_jid_get_domain (sent->account), hs_jid_get_domain (self->own)) == 0))
    return TRUE;
  g_set_error (error, HS_ERROR, HS_ERROR_INVALID_FROM, "The message is from %s, and the client has signed in as %s",
               hs_jid_to_string (sent->account), hs_jid_to_string (self->own));
  return FALSE;
}

/* Takes the first message that can be sent now out of the outbox. */
static HsSentMessage *
pop_next (HsMessages *self)
{
  GList *link = find_next (self);
  HsSentMessage *sent;

  if (link == NULL)
    return NULL;
  sent = link->data;
  g_queue_delete_link (&self->outbox.messages, link);
  return sent;
}

void
hs_messages_transmit_all (HsMessages *self)
{
  gboolean has_left = FALSE;
  HsSentMessage *sent;

  if (self->outbox.is_transmitting)
    return;
  self->outbox.is_transmitting = TRUE;
  while (self->client != NULL && self->has_session && (sent = pop_next (self)) != NULL)
    {
      g_autoptr (HsSentMessage) owned G_GNUC_UNUSED = sent;
      g_autoptr (GError) error = NULL;

      if (is_own (self, sent, &error) && hs_messages_transmit (self, sent, &error))
        {
          has_left = TRUE;
          continue;
        }
      if (g_error_matches (error, HS_ERROR, HS_ERROR_NOT_CONNECTED))
        {
          hs_messages_queue (self, sent);
          break;
        }
      refuse_message (self, sent, error);
    }
  self->outbox.is_transmitting = FALSE;
  /* The next run of the program must not send them again. */
  if (has_left)
    hs_stateful_emit_changed (HS_STATEFUL (self));
}

/* Also sends the messages that wait for this room. */
void
hs_messages_room_joined (HsMessages *self, HsJid *occupant, const char *occupant_id, HsMessagesRoomFlags flags)
{
  hs_messages_add_room (self, occupant, occupant_id, flags);
  hs_messages_tell_joined (self, occupant);
  hs_messages_transmit_all (self);
}

void
hs_messages_room_changed (HsMessages *self, HsJid *room, HsMessagesRoomFlags flags)
{
  hs_messages_set_room_flags (self, room, flags);
  if (hs_messages_is_in_room (self, room))
    hs_messages_tell_joined (self, room);
}

void
hs_messages_room_left (HsMessages *self, HsJid *room)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (room);

  hs_messages_remove_room (self, bare);
  hs_messages_tell_left (self, bare);
}

void
hs_messages_transmit_lost (HsMessages *self)
{
  g_autoptr (GError) error
      = g_error_new_literal (HS_ERROR, HS_ERROR_SESSION_LOST,
                             "The session was lost, and nobody knows whether the server has received the message");

  for (guint i = 0; i < self->sent.written->len; i++)
    hs_sent_message_set_unknown (g_ptr_array_index (self->sent.written, i), error);
  g_ptr_array_set_size (self->sent.written, 0);
}
