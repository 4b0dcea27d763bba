/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-chat-message-private.h"

#include "hs-enum-types.h"

/**
 * HsChatMessage:
 *
 * What a row in a window needs of a message, whichever way it went: a [class@Delivery] or a [class@SentMessage].
 *
 * ```python
 * def show(row):
 *     if row.props.is_outgoing:
 *         print("to", row.props.peer, row.props.message.props.body)
 *     else:
 *         print("from", row.props.peer, row.props.message.props.body)
 *
 * messages.connect("received", lambda messages, delivery: show(delivery))
 * show(messages.send_text("juliet@example.com", "Hello"))
 * ```
 *
 * A message that changes another one names it by an id, and which id that is depends on the change:
 * [method@ChatMessage.get_id_for] tells.
 *
 * Programs do not implement this interface.
 *
 * Since: 0.2
 */

G_DEFINE_INTERFACE (HsChatMessage, hs_chat_message, G_TYPE_OBJECT)

static HsChatMessageData *
peek (HsChatMessage *self)
{
  return HS_CHAT_MESSAGE_GET_IFACE (self)->peek (self);
}

static void
install_address_properties (HsChatMessageInterface *iface, GParamFlags flags)
{
  /**
   * HsChatMessage:peer: (getter get_peer)
   *
   * With whom the chat is: a bare JID, or for %HS_CHAT_KIND_OCCUPANT the full JID in the room.
   *
   * Since: 0.2
   */
  g_object_interface_install_property (iface, g_param_spec_boxed ("peer", NULL, NULL, HS_TYPE_JID, flags));

  /**
   * HsChatMessage:author: (getter get_author)
   *
   * Who wrote the message, as a text that is only good to be compared: equal texts mean the same author.
   *
   * %NULL if nobody can tell, as in the archive of a room that hides who is behind a nickname.
   *
   * Since: 0.2
   */
  g_object_interface_install_property (iface, g_param_spec_string ("author", NULL, NULL, NULL, flags));

  /**
   * HsChatMessage:archive: (getter get_archive)
   *
   * Whose archive has the message: the account's bare JID or a room's, or %NULL while that is not known.
   *
   * Since: 0.2
   */
  g_object_interface_install_property (iface, g_param_spec_boxed ("archive", NULL, NULL, HS_TYPE_JID, flags));

  /**
   * HsChatMessage:archive-id: (getter get_archive_id)
   *
   * The message's id in the archive (XEP-0359, XEP-0313), or %NULL while it is not known.
   *
   * It was given by who holds the archive and by nobody else. Together with [property@ChatMessage:archive] it is
   * a unique key.
   *
   * Since: 0.2
   */
  g_object_interface_install_property (iface, g_param_spec_string ("archive-id", NULL, NULL, NULL, flags));
}

static void
hs_chat_message_default_init (HsChatMessageInterface *iface)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsChatMessage:message: (getter get_message)
   *
   * The message itself: that which was forwarded, and not the stanza that it came in.
   *
   * Since: 0.2
   */
  g_object_interface_install_property (iface,
                                       g_param_spec_object ("message", NULL, NULL, HS_TYPE_MESSAGE, flags));

  /**
   * HsChatMessage:kind: (getter get_kind)
   *
   * Which kind of chat it belongs to.
   *
   * Since: 0.2
   */
  g_object_interface_install_property (iface, g_param_spec_enum ("kind", NULL, NULL, HS_TYPE_CHAT_KIND,
                                                                 HS_CHAT_KIND_PERSON, flags));

  /**
   * HsChatMessage:is-outgoing: (getter get_is_outgoing)
   *
   * Whether the account wrote it: this client or another one.
   *
   * Since: 0.2
   */
  g_object_interface_install_property (iface,
                                       g_param_spec_boolean ("is-outgoing", NULL, NULL, FALSE, flags));

  /**
   * HsChatMessage:time: (getter get_time)
   *
   * When the message was sent, as far as that is known, in UTC.
   *
   * It is the stamp of the archive or of the account's server where there is one; otherwise that of whoever
   * stored it on the way, but never a time in the future; otherwise the time at which it arrived.
   *
   * Since: 0.2
   */
  g_object_interface_install_property (iface,
                                       g_param_spec_boxed ("time", NULL, NULL, G_TYPE_DATE_TIME, flags));
  install_address_properties (iface, flags);
}

void
hs_chat_message_override_properties (GObjectClass *object_class)
{
  static const char *const names[] = { [HS_CHAT_MESSAGE_PROP_MESSAGE] = "message",
                                       [HS_CHAT_MESSAGE_PROP_KIND] = "kind",
                                       [HS_CHAT_MESSAGE_PROP_PEER] = "peer",
                                       [HS_CHAT_MESSAGE_PROP_IS_OUTGOING] = "is-outgoing",
                                       [HS_CHAT_MESSAGE_PROP_AUTHOR] = "author",
                                       [HS_CHAT_MESSAGE_PROP_TIME] = "time",
                                       [HS_CHAT_MESSAGE_PROP_ARCHIVE] = "archive",
                                       [HS_CHAT_MESSAGE_PROP_ARCHIVE_ID] = "archive-id" };

  for (guint i = HS_CHAT_MESSAGE_PROP_MESSAGE; i < HS_CHAT_MESSAGE_N_PROPS; i++)
    g_object_class_override_property (object_class, i, names[i]);
}

gboolean
hs_chat_message_get_chat_property (HsChatMessage *self, guint prop_id, GValue *value)
{
  switch (prop_id)
    {
    case HS_CHAT_MESSAGE_PROP_MESSAGE:
      g_value_set_object (value, hs_chat_message_get_message (self));
      return TRUE;
    case HS_CHAT_MESSAGE_PROP_KIND:
      g_value_set_enum (value, hs_chat_message_get_kind (self));
      return TRUE;
    case HS_CHAT_MESSAGE_PROP_PEER:
      g_value_set_boxed (value, hs_chat_message_get_peer (self));
      return TRUE;
    case HS_CHAT_MESSAGE_PROP_IS_OUTGOING:
      g_value_set_boolean (value, hs_chat_message_get_is_outgoing (self));
      return TRUE;
    case HS_CHAT_MESSAGE_PROP_AUTHOR:
      g_value_set_string (value, hs_chat_message_get_author (self));
      return TRUE;
    case HS_CHAT_MESSAGE_PROP_TIME:
      g_value_set_boxed (value, hs_chat_message_get_time (self));
      return TRUE;
    case HS_CHAT_MESSAGE_PROP_ARCHIVE:
      g_value_set_boxed (value, hs_chat_message_get_archive (self));
      return TRUE;
    case HS_CHAT_MESSAGE_PROP_ARCHIVE_ID:
      g_value_set_string (value, hs_chat_message_get_archive_id (self));
      return TRUE;
    default:
      return FALSE;
    }
}

void
hs_chat_message_data_clear (HsChatMessageData *self)
{
  g_clear_object (&self->message);
  g_clear_pointer (&self->peer, hs_jid_unref);
  g_clear_pointer (&self->person, hs_jid_unref);
  g_clear_pointer (&self->archive, hs_jid_unref);
  g_clear_pointer (&self->date, g_date_time_unref);
  g_free (self->archive_id);
  g_free (self->author);
}

void
hs_chat_message_set_archive_id (HsChatMessage *self, HsJid *archive, const char *archive_id)
{
  HsChatMessageData *data = peek (self);
  HsJid *old = data->archive;
  gboolean is_same = old != NULL && hs_jid_equal (old, archive);

  if (is_same && g_strcmp0 (data->archive_id, archive_id) == 0)
    return;
  data->archive = hs_jid_ref (archive);
  g_clear_pointer (&old, hs_jid_unref);
  g_free (data->archive_id);
  data->archive_id = g_strdup (archive_id);
  if (!is_same)
    g_object_notify (G_OBJECT (self), "archive");
  g_object_notify (G_OBJECT (self), "archive-id");
}

/**
 * hs_chat_message_get_message: (get-property message)
 * @self: a message of a chat
 *
 * Gets the message itself: that which was forwarded, and not the stanza that it came in.
 *
 * Returns: (transfer none): the message
 *
 * Since: 0.2
 */
HsMessage *
hs_chat_message_get_message (HsChatMessage *self)
{
  g_return_val_if_fail (HS_IS_CHAT_MESSAGE (self), NULL);

  return peek (self)->message;
}

/**
 * hs_chat_message_get_kind: (get-property kind)
 * @self: a message of a chat
 *
 * Gets which kind of chat it belongs to.
 *
 * Returns: the kind
 *
 * Since: 0.2
 */
HsChatKind
hs_chat_message_get_kind (HsChatMessage *self)
{
  g_return_val_if_fail (HS_IS_CHAT_MESSAGE (self), HS_CHAT_KIND_PERSON);

  return peek (self)->kind;
}

/**
 * hs_chat_message_get_peer: (get-property peer)
 * @self: a message of a chat
 *
 * Gets with whom the chat is: a bare JID, or for %HS_CHAT_KIND_OCCUPANT the full JID in the room.
 *
 * Returns: (transfer none): the address
 *
 * Since: 0.2
 */
HsJid *
hs_chat_message_get_peer (HsChatMessage *self)
{
  g_return_val_if_fail (HS_IS_CHAT_MESSAGE (self), NULL);

  return peek (self)->peer;
}

/**
 * hs_chat_message_get_is_outgoing: (get-property is-outgoing)
 * @self: a message of a chat
 *
 * Gets whether the account wrote the message: this client or another one.
 *
 * Returns: true if the account did
 *
 * Since: 0.2
 */
gboolean
hs_chat_message_get_is_outgoing (HsChatMessage *self)
{
  g_return_val_if_fail (HS_IS_CHAT_MESSAGE (self), FALSE);

  return peek (self)->is_outgoing;
}

/**
 * hs_chat_message_get_author: (get-property author)
 * @self: a message of a chat
 *
 * Gets who wrote the message, as a text that is only good to be compared: equal texts mean the same author.
 *
 * Of two messages of a room that hides who is behind a nickname, and has no occupant ids (XEP-0421), only those
 * of one stay in the room have equal texts.
 *
 * Returns: (nullable): the author, or %NULL if nobody can tell; two times %NULL are two authors
 *
 * Since: 0.2
 */
const char *
hs_chat_message_get_author (HsChatMessage *self)
{
  HsChatMessageData *data;

  g_return_val_if_fail (HS_IS_CHAT_MESSAGE (self), NULL);

  data = peek (self);
  if (data->author == NULL && data->person != NULL)
    {
      g_autoptr (HsJid) bare = hs_jid_get_bare (data->person);

      data->author = g_strconcat ("bare:", hs_jid_to_string (bare), NULL);
    }
  return data->author;
}

/**
 * hs_chat_message_get_time: (get-property time)
 * @self: a message of a chat
 *
 * Gets when the message was sent, as far as that is known.
 *
 * It is the stamp of the archive or of the account's server where there is one; otherwise that of whoever stored it
 * on the way (XEP-0203), but never a time in the future; otherwise the time at which it arrived.
 *
 * Returns: (transfer none): the time in UTC
 *
 * Since: 0.2
 */
GDateTime *
hs_chat_message_get_time (HsChatMessage *self)
{
  HsChatMessageData *data;

  g_return_val_if_fail (HS_IS_CHAT_MESSAGE (self), NULL);

  data = peek (self);
  if (data->date == NULL)
    {
      g_autoptr (GDateTime) second = g_date_time_new_from_unix_utc (data->time / G_USEC_PER_SEC);

      data->date = g_date_time_add (second, data->time % G_USEC_PER_SEC);
    }
  return data->date;
}

/**
 * hs_chat_message_get_archive: (get-property archive)
 * @self: a message of a chat
 *
 * Gets whose archive has the message.
 *
 * Returns: (transfer none) (nullable): the account's bare JID or a room's, or %NULL while that is not known
 *
 * Since: 0.2
 */
HsJid *
hs_chat_message_get_archive (HsChatMessage *self)
{
  g_return_val_if_fail (HS_IS_CHAT_MESSAGE (self), NULL);

  return peek (self)->archive;
}

/**
 * hs_chat_message_get_archive_id: (get-property archive-id)
 * @self: a message of a chat
 *
 * Gets the message's id in the archive (XEP-0359, XEP-0313).
 *
 * It was given by who holds the archive and by nobody else.
 *
 * Returns: (nullable): the id, or %NULL while it is not known
 *
 * Since: 0.2
 */
const char *
hs_chat_message_get_archive_id (HsChatMessage *self)
{
  g_return_val_if_fail (HS_IS_CHAT_MESSAGE (self), NULL);

  return peek (self)->archive_id;
}

/* An empty id names nothing. */
static const char *
get_id (HsMessage *message)
{
  const char *id = hs_stanza_get_id (HS_STANZA (message));

  return id != NULL && *id != '\0' ? id : NULL;
}

static const char *
get_origin_id (HsMessage *message)
{
  const char *origin_id = hs_message_get_origin_id (message);

  return origin_id != NULL && *origin_id != '\0' ? origin_id : get_id (message);
}

/* XEP-0308, 4: each correction names the message that was written first. */
static const char *
get_correctable_id (HsMessage *message)
{
  const char *replaced = hs_message_get_replace_id (message);

  return replaced != NULL && *replaced != '\0' ? replaced : get_id (message);
}

/**
 * hs_chat_message_get_id_for:
 * @self: a message of a chat
 * @change: what is to be done to it
 *
 * Gets the id by which a message that changes this one must name it.
 *
 * Outside rooms, receipts, markers, corrections and retractions name the `id`, and replies and reactions the
 * origin id (XEP-0359) or else the `id`. In a room, corrections name the `id` and all others
 * [property@ChatMessage:archive-id]. A correction of what is a correction itself names the message that was
 * written first (XEP-0308, 4).
 *
 * Returns: (nullable): the id, or %NULL if the message cannot be named for this
 *
 * Since: 0.2
 */
const char *
hs_chat_message_get_id_for (HsChatMessage *self, HsChangeKind change)
{
  HsChatMessageData *data;
  gboolean in_room;

  g_return_val_if_fail (HS_IS_CHAT_MESSAGE (self), NULL);

  data = peek (self);
  in_room = data->kind == HS_CHAT_KIND_ROOM;
  switch (change)
    {
    case HS_CHANGE_KIND_CORRECTION:
      return get_correctable_id (data->message);
    case HS_CHANGE_KIND_REACTION:
    case HS_CHANGE_KIND_REPLY:
      return in_room ? data->archive_id : get_origin_id (data->message);
    case HS_CHANGE_KIND_RETRACTION:
    case HS_CHANGE_KIND_DISPLAYED:
      return in_room ? data->archive_id : get_id (data->message);
    case HS_CHANGE_KIND_RECEIPT:
      return in_room ? NULL : get_id (data->message);
    case HS_CHANGE_KIND_MODERATION:
      return in_room ? data->archive_id : NULL;
    case HS_CHANGE_KIND_NONE:
    default:
      return NULL;
    }
}
