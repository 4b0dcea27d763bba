/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-namespaces.h"

/* Reads which chat a message belongs to, who wrote it and when, and its id in an archive. */

static gboolean
is_groupchat (HsMessage *message)
{
  return strcmp (hs_stanza_get_stanza_type (HS_STANZA (message)), "groupchat") == 0;
}

/* Whether it is a private message of a room (XEP-0045, 7.5). In an archive and in a carbon copy, this client need not
 * be in the room. */
static gboolean
is_private (HsMessages *self, HsMessage *message, HsContent content, HsJid *occupant)
{
  return !hs_jid_is_bare (occupant)
         && (hs_messages_find_room (self, occupant) != NULL
             || ((content & HS_CONTENT_MUC_USER) != 0
                 && hs_element_get_child (HS_ELEMENT (message), "x", HS_NS_MUC_USER) != NULL));
}

GDateTime *
hs_messages_read_stamp (HsElement *delay)
{
  g_autoptr (HsMessage) message = hs_message_new (NULL, NULL);
  g_autoptr (HsElement) copy = hs_element_copy (delay);

  hs_element_append (HS_ELEMENT (message), copy);
  return hs_message_get_delay (message);
}

/* Reads the time from the entity that delayed the message. Returns microseconds since 1970, or 0. */
static gint64
read_stamp (HsElement *delay)
{
  g_autoptr (GDateTime) date = hs_messages_read_stamp (delay);

  if (date == NULL)
    return 0;
  return g_date_time_to_unix (date) * G_USEC_PER_SEC + g_date_time_get_microsecond (date);
}

/* Whether the account's own server or the room has stored the message. */
static gboolean
is_stored_by (HsMessages *self, HsElement *delay, HsJid *room)
{
  const char *from = hs_element_get_attribute (delay, "from");
  g_autoptr (HsJid) jid = from != NULL ? hs_jid_new (from, NULL) : NULL;

  if (jid == NULL)
    return FALSE;
  if (room != NULL)
    return hs_jid_equal (jid, room);
  return hs_messages_is_own (self, jid)
         || (hs_jid_get_local (jid) == NULL && hs_jid_is_bare (jid) && self->own != NULL
             && strcmp (hs_jid_get_domain (jid), hs_jid_get_domain (self->own)) == 0);
}

/* Returns TRUE if the account's server or the room has stored the message. A time from others counts if it is in the
 * past: it is about their own message. */
static gboolean
read_delay (HsMessages *self, HsMessage *message, HsContent content, HsJid *room, gint64 *time)
{
  HsElement *delay;
  gint64 now = g_get_real_time ();
  gint64 claimed = 0;

  *time = now;
  if ((content & HS_CONTENT_DELAY) == 0)
    return FALSE;
  delay = hs_element_get_child (HS_ELEMENT (message), "delay", HS_NS_DELAY);
  for (; delay != NULL; delay = hs_element_get_next_sibling (delay))
    {
      gint64 stamp;

      if (!hs_element_matches (delay, "delay", HS_NS_DELAY) || (stamp = read_stamp (delay)) <= 0)
        continue;
      if (is_stored_by (self, delay, room))
        {
          *time = MIN (stamp, now);
          return TRUE;
        }
      if (claimed == 0)
        claimed = stamp;
    }
  if (claimed > 0)
    *time = MIN (claimed, now);
  return FALSE;
}

/* Takes the stanza-id from @by. Only to be called where @by is known to remove ids that others have written in its name
 * (XEP-0359, 6). */
static void
read_archive_id (HsDelivery *delivery, HsJid *by)
{
  char *id = (delivery->content & HS_CONTENT_IDS) != 0 ? hs_message_dup_stanza_id (delivery->chat.message, by) : NULL;

  if (id == NULL || *id == '\0')
    {
      g_free (id);
      return;
    }
  delivery->chat.archive_id = id;
  delivery->chat.archive = hs_jid_ref (by);
}

static void
set_chat (HsMessages *self, HsDelivery *delivery, HsChatKind kind, HsJid *peer, gboolean is_archived)
{
  HsChatMessageData *chat = &delivery->chat;

  chat->kind = kind;
  chat->peer = kind == HS_CHAT_KIND_OCCUPANT ? hs_jid_ref (peer) : hs_jid_get_bare (peer);
  if (kind == HS_CHAT_KIND_PERSON || hs_messages_is_own (self, delivery->sender)
      || (kind == HS_CHAT_KIND_ROOM && hs_jid_is_bare (delivery->sender)))
    chat->person = hs_jid_ref (delivery->sender);
  else
    chat->author = hs_messages_dup_occupant_author (self, delivery->sender, chat->message, is_archived);
}

static HsDelivery *
read_room (HsMessages *self, HsMessage *message, HsContent content, HsJid *from)
{
  HsMessagesRoom *room = hs_messages_find_room (self, from);
  HsDelivery *delivery;
  gboolean is_history;
  gint64 time;

  if (room == NULL)
    return NULL;
  /* Some rooms name the author in what they have stored. After the history, such a delay is an occupant's own. */
  is_history = read_delay (self, message, content, room->room, &time)
               || ((room->flags & HS_MESSAGES_ROOM_IS_LIVE) == 0
                   && hs_element_get_child (HS_ELEMENT (message), "delay", HS_NS_DELAY) != NULL);
  delivery = hs_delivery_new (&self->spare, message, content,
                              is_history ? HS_DELIVERY_SOURCE_ROOM_HISTORY : HS_DELIVERY_SOURCE_ROOM, from);
  delivery->chat.time = time;
  /* A message from before this client joined may be by somebody else with the same nickname, as in an archive. */
  set_chat (self, delivery, HS_CHAT_KIND_ROOM, from, is_history);
  delivery->is_from_room = hs_jid_is_bare (from);
  delivery->chat.is_outgoing = hs_messages_is_own_occupant (room, from, message, is_history);
  if ((room->flags & HS_MESSAGES_ROOM_HAS_IDS) != 0)
    read_archive_id (delivery, room->room);
  return delivery;
}

void
hs_messages_forget_sender (HsMessages *self)
{
  g_clear_pointer (&self->last.from, g_free);
  g_clear_pointer (&self->last.sender, hs_jid_unref);
  g_clear_pointer (&self->last.bare, hs_jid_unref);
}

/* Returns NULL if the address is not valid. */
static const HsMessagesSender *
find_sender (HsMessages *self, HsMessage *message)
{
  HsMessagesSender *last = &self->last;
  const char *from = hs_element_get_attribute (HS_ELEMENT (message), "from");
  HsJid *sender;

  if (from == NULL && self->own != NULL)
    from = hs_jid_to_string (self->own);
  if (from == NULL)
    return NULL;
  if (last->from != NULL && strcmp (last->from, from) == 0)
    return last;
  sender = hs_jid_new (from, NULL);
  if (sender == NULL)
    return NULL;
  hs_messages_forget_sender (self);
  last->from = g_strdup (from);
  last->sender = sender;
  last->bare = hs_jid_get_bare (sender);
  last->is_own = hs_messages_is_own (self, sender);
  return last;
}

static HsDelivery *
read_person (HsMessages *self, HsMessage *message, HsContent content, const HsMessagesSender *sender)
{
  HsDelivery *delivery = hs_delivery_new (&self->spare, message, content, HS_DELIVERY_SOURCE_LIVE, sender->sender);

  if (!sender->is_own && is_private (self, message, content, sender->sender))
    set_chat (self, delivery, HS_CHAT_KIND_OCCUPANT, sender->sender, FALSE);
  else
    {
      delivery->chat.kind = HS_CHAT_KIND_PERSON;
      delivery->chat.peer = hs_jid_ref (sender->bare);
      delivery->chat.person = hs_jid_ref (sender->bare);
    }
  /* A message from the bare JID was sent by the server on behalf of the account. */
  delivery->chat.is_outgoing = sender->is_own && !hs_jid_is_bare (sender->sender);
  return delivery;
}

HsDelivery *
hs_messages_read_live (HsMessages *self, HsMessage *message, HsContent content)
{
  const HsMessagesSender *sender = find_sender (self, message);
  HsDelivery *delivery;

  if (sender == NULL)
    return NULL;
  if (is_groupchat (message))
    return read_room (self, message, content, sender->sender);
  delivery = read_person (self, message, content, sender);
  if (read_delay (self, message, content, NULL, &delivery->chat.time))
    delivery->source = HS_DELIVERY_SOURCE_OFFLINE;
  if (self->wait.has_ids)
    read_archive_id (delivery, self->own);
  return delivery;
}

/* Returns the peer of a message of the account, or NULL if it is neither from the account nor to it. */
static HsJid *
dup_peer (HsMessages *self, HsMessage *message, HsJid *from, gboolean *is_outgoing)
{
  HsJid *to = hs_stanza_get_to_jid (HS_STANZA (message));
  gboolean is_from_us = hs_messages_is_own (self, from);
  gboolean is_to_us = to != NULL ? hs_messages_is_own (self, to)
                                 : hs_element_get_attribute (HS_ELEMENT (message), "to") == NULL;

  *is_outgoing = is_from_us;
  if (is_from_us && to != NULL)
    return to;
  g_clear_pointer (&to, hs_jid_unref);
  return is_from_us || is_to_us ? hs_jid_ref (from) : NULL;
}

static HsDelivery *
read_account (HsMessages *self, HsMessage *message, HsDeliverySource source)
{
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (HS_STANZA (message));
  g_autoptr (HsJid) peer = NULL;
  gboolean is_outgoing = FALSE;
  HsDelivery *delivery;
  HsContent content;
  HsChatKind kind = HS_CHAT_KIND_PERSON;

  if (from == NULL && hs_element_get_attribute (HS_ELEMENT (message), "from") == NULL && self->own != NULL)
    from = hs_jid_ref (self->own);
  peer = from != NULL ? dup_peer (self, message, from, &is_outgoing) : NULL;
  if (peer == NULL)
    return NULL;
  content = hs_message_find_content (message);
  delivery = hs_delivery_new (&self->spare, message, content, source, from);
  if (is_groupchat (message))
    kind = HS_CHAT_KIND_ROOM;
  else if (!hs_messages_is_own (self, peer) && is_private (self, message, content, peer))
    kind = HS_CHAT_KIND_OCCUPANT;
  delivery->chat.is_outgoing = is_outgoing;
  set_chat (self, delivery, kind, peer, source == HS_DELIVERY_SOURCE_ARCHIVE);
  return delivery;
}

HsDelivery *
hs_messages_read_carbon (HsMessages *self, HsMessage *message)
{
  HsDelivery *delivery = read_account (self, message, HS_DELIVERY_SOURCE_CARBON);

  if (delivery == NULL)
    return NULL;
  read_delay (self, message, delivery->content, NULL, &delivery->chat.time);
  if (self->wait.has_ids)
    read_archive_id (delivery, self->own);
  return delivery;
}

static HsDelivery *
read_room_archive (HsMessages *self, HsMessage *message, HsJid *archive)
{
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (HS_STANZA (message));
  g_autoptr (HsJid) bare = from != NULL ? hs_jid_get_bare (from) : NULL;
  HsDelivery *delivery;

  if (bare == NULL || !hs_jid_equal (bare, archive))
    return NULL;
  delivery = hs_delivery_new (&self->spare, message, hs_message_find_content (message), HS_DELIVERY_SOURCE_ARCHIVE, from);
  set_chat (self, delivery, HS_CHAT_KIND_ROOM, from, TRUE);
  delivery->is_from_room = hs_jid_is_bare (from);
  delivery->chat.is_outgoing
      = hs_messages_is_own_occupant (hs_messages_find_room (self, archive), from, message, TRUE);
  return delivery;
}

HsDelivery *
hs_messages_read (HsMessages *self, HsMessage *message, const HsMessagesArchived *archived)
{
  HsDelivery *delivery = self->own != NULL && hs_jid_equal (archived->archive, self->own)
                             ? read_account (self, message, HS_DELIVERY_SOURCE_ARCHIVE)
                             : read_room_archive (self, message, archived->archive);

  if (delivery == NULL)
    return NULL;
  delivery->chat.archive = hs_jid_ref (archived->archive);
  delivery->chat.archive_id = g_strdup (archived->archive_id);
  delivery->chat.time = archived->stamp != NULL
                            ? g_date_time_to_unix (archived->stamp) * G_USEC_PER_SEC
                                  + g_date_time_get_microsecond (archived->stamp)
                            : g_get_real_time ();
  delivery->is_late = archived->is_late;
  return delivery;
}
