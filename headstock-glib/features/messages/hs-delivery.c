/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-delivery-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-enum-types.h"
#include "hs-namespaces.h"

/**
 * HsDelivery:
 *
 * A message that arrived: how it arrived, who sent it, and which other message it changes.
 *
 * [signal@Messages::received] gives it to the program. [iface@ChatMessage] has most of its properties.
 *
 * ```python
 * def received(messages, delivery):
 *     if delivery.props.change == Headstock.ChangeKind.CORRECTION:
 *         row = rows.get((delivery.props.peer, delivery.props.target_id))
 *         if row and delivery.may_change(row.props.author):
 *             row.correct(delivery.props.message.props.body)
 *     elif delivery.props.message.props.body:
 *         show(delivery)
 *
 * messages.connect("received", received)
 * ```
 *
 * A program that stores messages uses [property@ChatMessage:archive] and [property@ChatMessage:archive-id] as the key
 * if they are set. The `id` of a message is chosen by its sender, and need not be unique.
 *
 * Since: 0.2
 */

enum
{
  PROP_SOURCE = HS_CHAT_MESSAGE_N_PROPS,
  PROP_SENDER,
  PROP_CHANGE,
  PROP_TARGET_ID,
  PROP_IS_LATE,
  N_PROPS
};

static void hs_delivery_chat_message_init (HsChatMessageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsDelivery, hs_delivery, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_CHAT_MESSAGE, hs_delivery_chat_message_init))

static HsChatMessageData *
hs_delivery_peek (HsChatMessage *self)
{
  return &HS_DELIVERY (self)->chat;
}

static void
hs_delivery_chat_message_init (HsChatMessageInterface *iface)
{
  iface->peek = hs_delivery_peek;
}

static void
hs_delivery_finalize (GObject *object)
{
  HsDelivery *self = HS_DELIVERY (object);

  hs_chat_message_data_clear (&self->chat);
  g_clear_pointer (&self->sender, hs_jid_unref);

  G_OBJECT_CLASS (hs_delivery_parent_class)->finalize (object);
}

static void
hs_delivery_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsDelivery *self = HS_DELIVERY (object);

  if (hs_chat_message_get_chat_property (HS_CHAT_MESSAGE (self), prop_id, value))
    return;
  switch (prop_id)
    {
    case PROP_SOURCE:
      g_value_set_enum (value, hs_delivery_get_source (self));
      break;
    case PROP_SENDER:
      g_value_set_boxed (value, hs_delivery_get_sender (self));
      break;
    case PROP_CHANGE:
      g_value_set_enum (value, hs_delivery_get_change (self));
      break;
    case PROP_TARGET_ID:
      g_value_set_string (value, hs_delivery_get_target_id (self));
      break;
    case PROP_IS_LATE:
      g_value_set_boolean (value, hs_delivery_get_is_late (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_delivery_class_init (HsDeliveryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_delivery_finalize;
  object_class->get_property = hs_delivery_get_property;
  hs_chat_message_override_properties (object_class);

  /**
   * HsDelivery:source: (getter get_source)
   *
   * The way on which the message arrived.
   *
   * Since: 0.2
   */
  g_object_class_install_property (object_class, PROP_SOURCE,
                                   g_param_spec_enum ("source", NULL, NULL, HS_TYPE_DELIVERY_SOURCE,
                                                      HS_DELIVERY_SOURCE_LIVE, flags));

  /**
   * HsDelivery:sender: (getter get_sender)
   *
   * The sender, with the resource if there is one.
   *
   * Since: 0.2
   */
  g_object_class_install_property (object_class, PROP_SENDER,
                                   g_param_spec_boxed ("sender", NULL, NULL, HS_TYPE_JID, flags));

  /**
   * HsDelivery:change: (getter get_change)
   *
   * The change that the message makes to another one.
   *
   * Since: 0.2
   */
  g_object_class_install_property (object_class, PROP_CHANGE,
                                   g_param_spec_enum ("change", NULL, NULL, HS_TYPE_CHANGE_KIND,
                                                      HS_CHANGE_KIND_NONE, flags));

  /**
   * HsDelivery:target-id: (getter get_target_id)
   *
   * The id of the message that this one changes, as [method@ChatMessage.get_id_for] returns it for the other message.
   *
   * Since: 0.2
   */
  g_object_class_install_property (object_class, PROP_TARGET_ID,
                                   g_param_spec_string ("target-id", NULL, NULL, NULL, flags));

  /**
   * HsDelivery:is-late: (getter get_is_late)
   *
   * Whether it was delivered although older messages of its archive may still follow.
   *
   * Since: 0.2
   */
  g_object_class_install_property (object_class, PROP_IS_LATE,
                                   g_param_spec_boolean ("is-late", NULL, NULL, FALSE, flags));
}

static void
hs_delivery_init (HsDelivery *self)
{
}

/* XEP-0425: retracted by the room in the name of a moderator. Rooms may send both the old and the new form: a message
 * with either of them does not come from the author. */
static gboolean
is_moderation (HsMessage *message)
{
  HsElement *retract = hs_element_get_child (HS_ELEMENT (message), "retract", HS_NS_RETRACT);
  HsElement *fastened = hs_element_get_child (HS_ELEMENT (message), "apply-to", HS_NS_FASTEN);

  return (retract != NULL && hs_element_get_child (retract, "moderated", HS_NS_MODERATE) != NULL)
         || (fastened != NULL && hs_element_get_child (fastened, "moderated", HS_NS_MODERATE_0) != NULL);
}

static gboolean
take_id (const char *id, const char **target_id)
{
  if (id == NULL || *id == '\0')
    return FALSE;
  *target_id = id;
  return TRUE;
}

/* Reads from a message how it changes which other message. The message owns @target_id. */
static HsChangeKind
read_change (HsMessage *message, const char **target_id)
{
  *target_id = NULL;
  if (take_id (hs_message_get_retract_id (message), target_id))
    return is_moderation (message) ? HS_CHANGE_KIND_MODERATION : HS_CHANGE_KIND_RETRACTION;
  if (take_id (hs_message_get_replace_id (message), target_id))
    return HS_CHANGE_KIND_CORRECTION;
  if (take_id (hs_message_get_reacted_id (message), target_id))
    return HS_CHANGE_KIND_REACTION;
  /* A message with a body is more than a receipt or a marker. */
  if (hs_message_get_body (message) == NULL)
    {
      if (take_id (hs_message_get_receipt_id (message), target_id))
        return HS_CHANGE_KIND_RECEIPT;
      if (take_id (hs_message_get_displayed_id (message), target_id))
        return HS_CHANGE_KIND_DISPLAYED;
    }
  if (take_id (hs_message_get_reply_id (message), target_id))
    return HS_CHANGE_KIND_REPLY;
  return HS_CHANGE_KIND_NONE;
}

HsDelivery *
hs_delivery_new (HsDelivery **spare, HsMessage *message, HsContent content, HsDeliverySource source, HsJid *sender)
{
  HsDelivery *self = g_steal_pointer (spare);

  if (self == NULL)
    self = g_object_new (HS_TYPE_DELIVERY, NULL);

  self->chat.message = g_object_ref (message);
  self->sender = hs_jid_ref (sender);
  self->source = source;
  self->content = content;
  if ((content & HS_CONTENT_CHANGES) != 0)
    self->change = read_change (message, &self->target_id);
  return self;
}

/* GObject keeps weak references, toggle references, bindings and data in one list. The low bits of its address are
 * flags and a lock. */
static gboolean
has_data (GObject *object)
{
  return ((gsize) g_atomic_pointer_get (&object->qdata) & ~(gsize) 7) != 0;
}

void
hs_delivery_give_back (HsDelivery *self, HsDelivery **spare)
{
  GObject *object = G_OBJECT (self);

  if (*spare != NULL || g_atomic_int_get (&object->ref_count) != 1 || has_data (object))
    {
      g_object_unref (self);
      return;
    }
  g_signal_handlers_destroy (object);
  hs_chat_message_data_clear (&self->chat);
  memset (&self->chat, 0, sizeof self->chat);
  g_clear_pointer (&self->sender, hs_jid_unref);
  self->target_id = NULL;
  self->change = HS_CHANGE_KIND_NONE;
  self->is_late = self->is_from_room = FALSE;
  *spare = self;
}

/**
 * hs_delivery_get_source: (get-property source)
 * @self: a delivery
 *
 * Gets how the message arrived.
 *
 * Returns: the way
 *
 * Since: 0.2
 */
HsDeliverySource
hs_delivery_get_source (HsDelivery *self)
{
  g_return_val_if_fail (HS_IS_DELIVERY (self), HS_DELIVERY_SOURCE_LIVE);

  return self->source;
}

/**
 * hs_delivery_get_sender: (get-property sender)
 * @self: a delivery
 *
 * Gets the sender, with the resource if there is one.
 *
 * Returns: (transfer none): the address
 *
 * Since: 0.2
 */
HsJid *
hs_delivery_get_sender (HsDelivery *self)
{
  g_return_val_if_fail (HS_IS_DELIVERY (self), NULL);

  return self->sender;
}

/**
 * hs_delivery_get_change: (get-property change)
 * @self: a delivery
 *
 * Gets the change that the message makes to another one.
 *
 * Returns: the change, or %HS_CHANGE_KIND_NONE
 *
 * Since: 0.2
 */
HsChangeKind
hs_delivery_get_change (HsDelivery *self)
{
  g_return_val_if_fail (HS_IS_DELIVERY (self), HS_CHANGE_KIND_NONE);

  return self->change;
}

/**
 * hs_delivery_get_target_id: (get-property target-id)
 * @self: a delivery
 *
 * Gets the id of the message that this one changes, as [method@ChatMessage.get_id_for] returns it for the other
 * message.
 *
 * Anybody can send any id: [method@Delivery.may_change] tells whether the change counts.
 *
 * Returns: (nullable): the id, or %NULL if the message changes no other one
 *
 * Since: 0.2
 */
const char *
hs_delivery_get_target_id (HsDelivery *self)
{
  g_return_val_if_fail (HS_IS_DELIVERY (self), NULL);

  return self->target_id;
}

/**
 * hs_delivery_get_is_late: (get-property is-late)
 * @self: a delivery
 *
 * Gets whether the message was delivered although older messages of its archive may still follow.
 *
 * Returns: true if it was
 *
 * Since: 0.2
 */
gboolean
hs_delivery_get_is_late (HsDelivery *self)
{
  g_return_val_if_fail (HS_IS_DELIVERY (self), FALSE);

  return self->is_late;
}

/**
 * hs_delivery_may_change:
 * @self: a delivery
 * @author_of_original: (nullable): [property@ChatMessage:author] of the message to be changed
 *
 * Tells whether the change that the message makes to another one counts. The program has found the other one by
 * [property@Delivery:target-id].
 *
 * A correction or a retraction counts if both messages have the same author (XEP-0308, 5; XEP-0424, 6), a moderation if
 * the room itself sent it (XEP-0425). Reactions, replies, receipts and markers leave the other message as it is, and
 * may come from everybody in the chat.
 *
 * Returns: true if the change counts; false also if the message changes no other one, or, unless it is a moderation, if
 *   an author that is needed is %NULL
 *
 * Since: 0.2
 */
gboolean
hs_delivery_may_change (HsDelivery *self, const char *author_of_original)
{
  const char *author;

  g_return_val_if_fail (HS_IS_DELIVERY (self), FALSE);

  switch ((HsChangeKind) self->change)
    {
    case HS_CHANGE_KIND_CORRECTION:
    case HS_CHANGE_KIND_RETRACTION:
      author = hs_chat_message_get_author (HS_CHAT_MESSAGE (self));
      return author != NULL && g_strcmp0 (author, author_of_original) == 0;
    case HS_CHANGE_KIND_MODERATION:
      return self->is_from_room;
    case HS_CHANGE_KIND_REACTION:
    case HS_CHANGE_KIND_REPLY:
    case HS_CHANGE_KIND_RECEIPT:
    case HS_CHANGE_KIND_DISPLAYED:
      return author_of_original != NULL;
    case HS_CHANGE_KIND_NONE:
    default:
      return FALSE;
    }
}
