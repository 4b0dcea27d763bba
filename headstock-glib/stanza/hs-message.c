/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-message.h"

#include "hs-element-private.h"
#include "hs-message-private.h"
#include "hs-namespaces.h"
#include "hs-stanza-private.h"

/**
 * HsMessage:
 *
 * A message (RFC 6121, 5).
 *
 * Whoever answers messages should look at [property@Stanza:stanza-type] first: an `error` is one's own
 * message that came back, with its body.
 *
 * A message is given no id. Set one where it is to be found again, as receipts, corrections and errors
 * do.
 *
 * What extensions add to a message is read and written by properties, too: [property@Message:replace-id],
 * [property@Message:chat-state] and others. They read the children of the message and check nothing else.
 * Whether the sender may correct or take back another message, and whether an id can be trusted, is for the
 * program to check.
 *
 * ```python
 * message = Headstock.Message.new_chat("juliet@capulet.example", "But soft, what light breaks?")
 * message.props.id = "good1"
 * message.props.replace_id = "bad1"
 * message.props.requests_receipt = True
 * ```
 */

enum
{
  PROP_BODY = 1,
  PROP_SUBJECT,
  PROP_THREAD,
  PROP_DELAY,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_TYPE (HsMessage, hs_message, HS_TYPE_STANZA)

static void
change_text (HsMessage *self, const char *name, const char *text, guint prop_id)
{
  if (!hs_stanza_change_child_text (HS_STANZA (self), name, text))
    return;
  if (prop_id == PROP_BODY)
    hs_message_forget_positions (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop_id]);
}

static void
hs_message_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsMessage *self = HS_MESSAGE (object);

  switch (prop_id)
    {
    case PROP_BODY:
      g_value_set_string (value, hs_message_get_body (self));
      break;
    case PROP_SUBJECT:
      g_value_set_string (value, hs_message_get_subject (self));
      break;
    case PROP_THREAD:
      g_value_set_string (value, hs_message_get_thread (self));
      break;
    case PROP_DELAY:
      g_value_take_boxed (value, hs_message_get_delay (self));
      break;
    default:
      if (!hs_message_get_extension_property (self, prop_id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_message_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsMessage *self = HS_MESSAGE (object);

  switch (prop_id)
    {
    case PROP_BODY:
      hs_message_set_body (self, g_value_get_string (value));
      break;
    case PROP_SUBJECT:
      hs_message_set_subject (self, g_value_get_string (value));
      break;
    case PROP_THREAD:
      hs_message_set_thread (self, g_value_get_string (value));
      break;
    default:
      if (!hs_message_set_extension_property (self, prop_id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_message_class_init (HsMessageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = hs_message_get_property;
  object_class->set_property = hs_message_set_property;

  /**
   * HsMessage:body: (getter get_body) (setter set_body)
   *
   * What is said (RFC 6121, 5.2.3), or %NULL, the default, if there is no body.
   */
  props[PROP_BODY] = g_param_spec_string ("body", NULL, NULL, NULL, flags);

  /**
   * HsMessage:subject: (getter get_subject) (setter set_subject)
   *
   * The subject (RFC 6121, 5.2.4), or %NULL, the default, if there is none.
   */
  props[PROP_SUBJECT] = g_param_spec_string ("subject", NULL, NULL, NULL, flags);

  /**
   * HsMessage:thread: (getter get_thread) (setter set_thread)
   *
   * The conversation that a message is in (RFC 6121, 5.2.5), or %NULL, the default, if it names none.
   */
  props[PROP_THREAD] = g_param_spec_string ("thread", NULL, NULL, NULL, flags);

  /**
   * HsMessage:delay: (getter get_delay)
   *
   * When a message was sent that came later (XEP-0203), or %NULL if it does not say so.
   */
  props[PROP_DELAY] = g_param_spec_boxed ("delay", NULL, NULL, G_TYPE_DATE_TIME,
                                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS |
                                              G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
  hs_message_install_extensions (object_class, N_PROPS);
}

static void
hs_message_init (HsMessage *self)
{
}

/**
 * hs_message_new:
 * @stanza_type: (nullable): `normal`, `chat`, `groupchat`, `headline` or `error`; %NULL for `normal`
 * @to: (nullable): an address, or %NULL for the account itself
 *
 * Makes a message (RFC 6121, 5.2).
 *
 * @to is looked at when the message is sent.
 *
 * Another @stanza_type is a programmer's error: a critical warning names it, and %NULL is returned. Python raises
 * ValueError and JavaScript RangeError.
 *
 * ```python
 * message = Headstock.Message.new("groupchat", "balcony@rooms.example.org")
 * message.body = "Hello"
 * client.send_stanza(message)
 * ```
 *
 * Returns: (transfer full): the message
 */
HsMessage *
hs_message_new (const char *stanza_type, const char *to)
{
  g_autoptr (HsMessage) self = g_object_new (HS_TYPE_MESSAGE, NULL);

  if (!hs_stanza_begin (HS_STANZA (self), G_STRFUNC, stanza_type, to))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * hs_message_new_chat:
 * @to: an address
 * @body: (nullable): what is said
 *
 * Makes a message of the type `chat` (RFC 6121, 5.2.2).
 *
 * @to is looked at when the message is sent.
 *
 * ```c
 * g_autoptr (HsMessage) message = hs_message_new_chat ("romeo@example.org", "But soft!");
 *
 * hs_client_send_stanza (client, HS_ELEMENT (message), NULL);
 * ```
 *
 * Returns: (transfer full): the message
 */
HsMessage *
hs_message_new_chat (const char *to, const char *body)
{
  HsMessage *self = NULL;

  g_return_val_if_fail (to != NULL, NULL);

  self = g_object_new (HS_TYPE_MESSAGE, NULL);
  hs_stanza_begin (HS_STANZA (self), G_STRFUNC, "chat", to);
  hs_stanza_change_child_text (HS_STANZA (self), "body", body);
  return self;
}

/**
 * hs_message_get_body: (get-property body)
 * @self: a message
 *
 * What is said (RFC 6121, 5.2.3).
 *
 * Of several bodies it is the one in the message's own `xml:lang`, then the one that names no language,
 * then the first. A `<body/>` in another namespace, such as that of XEP-0071, is none.
 *
 * Returns: (nullable): the text; %NULL if there is no body, `""` if it is empty
 */
const char *
hs_message_get_body (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  return hs_stanza_get_localized_text (HS_STANZA (self), "body");
}

/**
 * hs_message_set_body: (set-property body)
 * @self: a message
 * @body: (nullable): what is said, or %NULL to remove it
 *
 * Sets what is said (RFC 6121, 5.2.3). It takes the place of all bodies in all languages.
 *
 * What was marked as a fallback in the old body is not marked in the new one (XEP-0428).
 *
 * ```python
 * message.body = "Hello"
 * ```
 */
void
hs_message_set_body (HsMessage *self, const char *body)
{
  g_return_if_fail (HS_IS_MESSAGE (self));

  change_text (self, "body", body, PROP_BODY);
}

/**
 * hs_message_get_subject: (get-property subject)
 * @self: a message
 *
 * The subject (RFC 6121, 5.2.4); of several, it is chosen like the body. In a group chat, a message
 * with a subject and no body sets that of the room (XEP-0045, 8.1), where `""` is none.
 *
 * Returns: (nullable): the subject; %NULL if there is none, `""` if it is empty
 */
const char *
hs_message_get_subject (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  return hs_stanza_get_localized_text (HS_STANZA (self), "subject");
}

/**
 * hs_message_set_subject: (set-property subject)
 * @self: a message
 * @subject: (nullable): the subject, or %NULL to remove it
 *
 * Sets the subject (RFC 6121, 5.2.4). It takes the place of all subjects in all languages.
 */
void
hs_message_set_subject (HsMessage *self, const char *subject)
{
  g_return_if_fail (HS_IS_MESSAGE (self));

  change_text (self, "subject", subject, PROP_SUBJECT);
}

/**
 * hs_message_get_thread: (get-property thread)
 * @self: a message
 *
 * The conversation that a message is in (RFC 6121, 5.2.5).
 *
 * Returns: (nullable): the conversation's id, or %NULL if the message names none
 */
const char *
hs_message_get_thread (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  return hs_stanza_get_localized_text (HS_STANZA (self), "thread");
}

/**
 * hs_message_set_thread: (set-property thread)
 * @self: a message
 * @thread: (nullable): a conversation's id, or %NULL to remove it
 *
 * Sets the conversation that a message is in (RFC 6121, 5.2.5).
 */
void
hs_message_set_thread (HsMessage *self, const char *thread)
{
  g_return_if_fail (HS_IS_MESSAGE (self));

  change_text (self, "thread", thread, PROP_THREAD);
}

/* XEP-0082, 3.2 writes an offset as `Z` or `+hh:mm`. GLib takes `+hhmm` and `+hh` as well. They are refused
 * here, as by the XEP: what is no stamp of that profile may mean another time to the next program. */
static gboolean
has_good_offset (const char *stamp)
{
  const char *time = strchr (stamp, 'T');
  const char *offset = time != NULL ? strpbrk (time, "+-") : NULL;

  return offset == NULL || (strlen (offset) == 6 && offset[3] == ':');
}

/**
 * hs_message_get_delay: (get-property delay)
 * @self: a message
 *
 * When a message was sent that was stored on its way (XEP-0203).
 *
 * Of several stamps it is the first. Anybody on the way can have written it, the sender too. Without an
 * offset from UTC it is taken to be UTC (XEP-0082, 3.2).
 *
 * Returns: (transfer full) (nullable): the time in UTC, or %NULL if there is no valid stamp
 */
GDateTime *
hs_message_get_delay (HsMessage *self)
{
  g_autoptr (GDateTime) local = NULL;
  g_autoptr (GTimeZone) utc = NULL;
  HsNode *delay = NULL;
  g_autofree char *stamp = NULL;

  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  delay = hs_node_get_child (hs_element_get_node (HS_ELEMENT (self)), "delay", HS_NS_DELAY);
  stamp = delay != NULL ? g_strdup (hs_node_get_attribute (delay, "stamp", NULL)) : NULL;
  if (stamp == NULL || !has_good_offset (g_strstrip (stamp)))
    return NULL;
  utc = g_time_zone_new_utc ();
  local = g_date_time_new_from_iso8601 (stamp, utc);
  return local != NULL ? g_date_time_to_utc (local) : NULL;
}
