/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-chat-message-private.h"

#include "hs-enum-types.h"

/**
 * HsChatMessage:
 *
 * A message of a chat, received or sent: a [class@Delivery] or a [class@SentMessage].
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
 * It has the properties that a program shows in a list of messages. A message that changes another one refers to it by
 * an id. Which id that is depends on the change: see [method@ChatMessage.get_id_for].
 *
 * Programs cannot implement this interface.
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
   * The address that the chat is with: a bare JID, or for %HS_CHAT_KIND_OCCUPANT the full JID in the room.
   *
   * Since: 0.2
   */
  g_object_interface_install_property (iface, g_param_spec_boxed ("peer", NULL, NULL, HS_TYPE_JID, flags));

  /**
   * HsChatMessage:author: (getter get_author)
   *
   * Who wrote the message, as a text that can only be compared: equal texts mean the same author.
   *
   * %NULL if it is not known, as in the archive of a room that hides the addresses of its occupants.
   *
   * Since: 0.2
   */
  g_object_interface_install_property (iface, g_param_spec_string ("author", NULL, NULL, NULL, flags));

  /**
   * HsChatMessage:archive: (getter get_archive)
   *
   * The archive that has the message: the bare JID of the account or of a room, or %NULL while it is not known.
   *
   * Since: 0.2
   */
  g_object_interface_install_property (iface, g_param_spec_boxed ("archive", NULL, NULL, HS_TYPE_JID, flags));

  /**
   * HsChatMessage:archive-id: (getter get_archive_id)
   *
   * The id of the message in the archive (XEP-0359, XEP-0313), or %NULL while it is not known.
   *
   * Only an id that the archive itself has given is shown here. Together with [property@ChatMessage:archive] and
   * [property@ChatMessage:peer] it is a unique key. (ejabberd uses the time in microseconds as the id: two messages that
   * two people sent in the same microsecond have the same id.)
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
   * The message itself: for a forwarded message, not the stanza around it.
   *
   * Since: 0.2
   */
  g_object_interface_install_property (iface,
                                       g_param_spec_object ("message", NULL, NULL, HS_TYPE_MESSAGE, flags));

  /**
   * HsChatMessage:kind: (getter get_kind)
   *
   * The kind of the chat that the message belongs to.
   *
   * Since: 0.2
   */
  g_object_interface_install_property (iface, g_param_spec_enum ("kind", NULL, NULL, HS_TYPE_CHAT_KIND,
                                                                 HS_CHAT_KIND_PERSON, flags));

  /**
   * HsChatMessage:is-outgoing: (getter get_is_outgoing)
   *
   * Whether the account wrote the message, in this client or another one.
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
   * It is the time from the archive, the room or the account's server, if one of them gave it; otherwise the time from
   * somebody else who delayed the message (XEP-0203), but never a time in the future; otherwise the time of arrival.
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
 * Gets the message itself: for a forwarded message, not the stanza around it.
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
 * Gets the kind of the chat that the message belongs to.
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
 * Gets the address that the chat is with: a bare JID, or for %HS_CHAT_KIND_OCCUPANT the full JID in the room.
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
 * Gets whether the account wrote the message, in this client or another one.
 *
 * Returns: true if the account wrote it
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
 * Gets who wrote the message, as a text that can only be compared: equal texts mean the same author.
 *
 * In a room that hides the addresses of its occupants and has no occupant ids (XEP-0421), two messages have the same
 * author only if they were received during one stay in the room.
 *
 * Returns: (nullable): the author, or %NULL if it is not known. Two messages with %NULL do not have the same author
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
 * It is the time from the archive, the room or the account's server, if one of them gave it; otherwise the time from
 * somebody else who delayed the message (XEP-0203), but never a time in the future; otherwise the time of arrival.
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
 * Gets the address of the archive that has the message.
 *
 * Returns: (transfer none) (nullable): the bare JID of the account or of a room, or %NULL while it is not known
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
 * Gets the id of the message in the archive (XEP-0359, XEP-0313).
 *
 * Only an id that the archive itself has given is returned.
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

/* An empty id counts as no id. */
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

/* Each correction refers to the original message (XEP-0308, 4). */
static const char *
get_correctable_id (HsMessage *message)
{
  const char *replaced = hs_message_get_replace_id (message);

  return replaced != NULL && *replaced != '\0' ? replaced : get_id (message);
}

/**
 * hs_chat_message_get_id_for:
 * @self: a message of a chat
 * @change: the change to be made to the message
 *
 * Gets the id by which another message must refer to this one to change it.
 *
 * Outside rooms, receipts, markers, corrections and retractions use the `id`, and replies and reactions use the origin
 * id (XEP-0359) or else the `id`. In a room, corrections use the `id`, there are no receipts, and all other changes use
 * [property@ChatMessage:archive-id]. The correction of a correction refers to the original message (XEP-0308, 4).
 *
 * Returns: (nullable): the id, or %NULL if the message cannot be changed in this way
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
