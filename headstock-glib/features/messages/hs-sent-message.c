/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sent-message-private.h"

#include <string.h>

#include "hs-enum-types.h"

/**
 * HsSentMessage:
 *
 * A message that this client has sent or is going to send, with its delivery status.
 *
 * ```python
 * def changed(sent, pspec):
 *     marks = {
 *         Headstock.SentState.ON_SERVER: "sent",
 *         Headstock.SentState.DELIVERED: "delivered",
 *         Headstock.SentState.FAILED: "not sent",
 *     }
 *     print(marks.get(sent.props.state, "…"), sent.props.message.props.body)
 *
 * sent = messages.send_text("juliet@example.com", "Hello")
 * sent.connect("notify::state", changed)
 * ```
 *
 * [class@Messages] makes the object and updates it. The status only tells what is certain:
 *
 * - %HS_SENT_STATE_ON_SERVER: the server acknowledged the message (XEP-0198), answered a request that was sent after
 *   it, or has it in the account's archive.
 * - %HS_SENT_STATE_UNKNOWN: the session was lost before that was known. A reflection, a receipt or the archive can
 *   still show that the message arrived. The library never sends such a message again: the user decides.
 *
 * Since: 0.2
 */

enum
{
  PROP_ID = HS_CHAT_MESSAGE_N_PROPS,
  PROP_STATE,
  PROP_ERROR,
  N_PROPS
};

static void hs_sent_message_chat_message_init (HsChatMessageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsSentMessage, hs_sent_message, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_CHAT_MESSAGE, hs_sent_message_chat_message_init))

static HsChatMessageData *
hs_sent_message_peek (HsChatMessage *self)
{
  return &HS_SENT_MESSAGE (self)->chat;
}

static void
hs_sent_message_chat_message_init (HsChatMessageInterface *iface)
{
  iface->peek = hs_sent_message_peek;
}

static void
hs_sent_message_finalize (GObject *object)
{
  HsSentMessage *self = HS_SENT_MESSAGE (object);

  hs_chat_message_data_clear (&self->chat);
  g_clear_pointer (&self->account, hs_jid_unref);
  g_clear_pointer (&self->to, hs_jid_unref);
  g_clear_error (&self->error);
  g_free (self->body);

  G_OBJECT_CLASS (hs_sent_message_parent_class)->finalize (object);
}

static void
hs_sent_message_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsSentMessage *self = HS_SENT_MESSAGE (object);

  if (hs_chat_message_get_chat_property (HS_CHAT_MESSAGE (self), prop_id, value))
    return;
  switch (prop_id)
    {
    case PROP_ID:
      g_value_set_string (value, hs_sent_message_get_id (self));
      break;
    case PROP_STATE:
      g_value_set_enum (value, hs_sent_message_get_state (self));
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, hs_sent_message_get_error (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_sent_message_class_init (HsSentMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_sent_message_finalize;
  object_class->get_property = hs_sent_message_get_property;
  hs_chat_message_override_properties (object_class);

  /**
   * HsSentMessage:id: (getter get_id)
   *
   * The `id` of the message, which is its origin id as well (XEP-0359).
   *
   * Since: 0.2
   */
  g_object_class_install_property (object_class, PROP_ID,
                                   g_param_spec_string ("id", NULL, NULL, NULL, flags));

  /**
   * HsSentMessage:state: (getter get_state)
   *
   * The delivery status.
   *
   * Since: 0.2
   */
  g_object_class_install_property (object_class, PROP_STATE,
                                   g_param_spec_enum ("state", NULL, NULL, HS_TYPE_SENT_STATE,
                                                      HS_SENT_STATE_WAITING, flags));

  /**
   * HsSentMessage:error: (getter get_error)
   *
   * Why the message failed, or why its status is unknown; %NULL in all other states.
   *
   * Since: 0.2
   */
  g_object_class_install_property (object_class, PROP_ERROR,
                                   g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags));
}

static void
hs_sent_message_init (HsSentMessage *self)
{
}

HsSentMessage *
hs_sent_message_new (HsMessage *message, HsChatKind kind, HsJid *to)
{
  HsSentMessage *self = g_object_new (HS_TYPE_SENT_MESSAGE, NULL);

  self->chat.message = g_object_ref (message);
  self->chat.kind = kind;
  self->chat.is_outgoing = TRUE;
  self->chat.time = g_get_real_time ();
  self->chat.peer = kind == HS_CHAT_KIND_OCCUPANT ? hs_jid_ref (to) : hs_jid_get_bare (to);
  self->to = hs_jid_ref (to);
  if (kind == HS_CHAT_KIND_ROOM)
    self->body = g_strdup (hs_message_get_body (message));
  return self;
}

static gboolean
set_state (HsSentMessage *self, HsSentState state, const GError *error)
{
  gboolean had_error = self->error != NULL;
  g_autoptr (HsSentMessage) alive G_GNUC_UNUSED = g_object_ref (self);

  if (self->state == state && error == NULL && !had_error)
    return FALSE;
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_object_freeze_notify (G_OBJECT (self));
  if (self->state != state)
    g_object_notify (G_OBJECT (self), "state");
  self->state = state;
  if (had_error || error != NULL)
    g_object_notify (G_OBJECT (self), "error");
  g_object_thaw_notify (G_OBJECT (self));
  return TRUE;
}

/* How much each status tells. It differs from the order of the enumeration: a message that failed may still turn out to
 * have arrived. */
static int
rank (HsSentState state)
{
  static const int ranks[] = { [HS_SENT_STATE_WAITING] = 0,   [HS_SENT_STATE_UNKNOWN] = 0,
                               [HS_SENT_STATE_FAILED] = 0,    [HS_SENT_STATE_ON_SERVER] = 1,
                               [HS_SENT_STATE_REFLECTED] = 2, [HS_SENT_STATE_DELIVERED] = 3,
                               [HS_SENT_STATE_DISPLAYED] = 4 };

  return ranks[state];
}

gboolean
hs_sent_message_advance (HsSentMessage *self, HsSentState state)
{
  /* A recipient's error means that the server had the message: this is no news. */
  if (self->state == HS_SENT_STATE_FAILED && state == HS_SENT_STATE_ON_SERVER)
    return FALSE;
  if (rank (state) <= rank (self->state))
    return FALSE;
  return set_state (self, state, NULL);
}

gboolean
hs_sent_message_fail (HsSentMessage *self, const GError *error)
{
  if (rank (self->state) >= rank (HS_SENT_STATE_DELIVERED) || self->state == HS_SENT_STATE_FAILED)
    return FALSE;
  return set_state (self, HS_SENT_STATE_FAILED, error);
}

gboolean
hs_sent_message_set_unknown (HsSentMessage *self, const GError *error)
{
  if (self->state != HS_SENT_STATE_WAITING)
    return FALSE;
  return set_state (self, HS_SENT_STATE_UNKNOWN, error);
}

gboolean
hs_sent_message_is_recipient (HsSentMessage *self, HsJid *jid)
{
  /* The occupants of a room share one bare JID, and are different people. */
  if (self->chat.kind == HS_CHAT_KIND_OCCUPANT)
    return hs_jid_equal (jid, self->to);
  return g_strcmp0 (hs_jid_get_local (jid), hs_jid_get_local (self->to)) == 0
         && strcmp (hs_jid_get_domain (jid), hs_jid_get_domain (self->to)) == 0;
}

/**
 * hs_sent_message_get_id: (get-property id)
 * @self: a sent message
 *
 * Gets the `id` of the message, which is its origin id as well (XEP-0359).
 *
 * Returns: the id
 *
 * Since: 0.2
 */
const char *
hs_sent_message_get_id (HsSentMessage *self)
{
  g_return_val_if_fail (HS_IS_SENT_MESSAGE (self), NULL);

  /* An object that a program has made with g_object_new() has no message. */
  return self->chat.message != NULL ? hs_stanza_get_id (HS_STANZA (self->chat.message)) : NULL;
}

/**
 * hs_sent_message_get_state: (get-property state)
 * @self: a sent message
 *
 * Gets the delivery status.
 *
 * Returns: the status
 *
 * Since: 0.2
 */
HsSentState
hs_sent_message_get_state (HsSentMessage *self)
{
  g_return_val_if_fail (HS_IS_SENT_MESSAGE (self), HS_SENT_STATE_WAITING);

  return self->state;
}

/**
 * hs_sent_message_get_error: (get-property error)
 * @self: a sent message
 *
 * Gets why the message failed, or why its status is unknown.
 *
 * The error is the [error@Headstock.StanzaError] of the recipient or a server if the message came back; that of
 * [method@Client.send_stanza] if it could not be sent; %HS_ERROR_INVALID_FROM if the client has signed in to another
 * account meanwhile; %HS_ERROR_SESSION_LOST if the session was lost; %G_IO_ERROR_CANCELLED after
 * [method@Messages.cancel].
 *
 * Returns: (transfer none) (nullable): the error, or %NULL
 *
 * Since: 0.2
 */
const GError *
hs_sent_message_get_error (HsSentMessage *self)
{
  g_return_val_if_fail (HS_IS_SENT_MESSAGE (self), NULL);

  return self->error;
}
