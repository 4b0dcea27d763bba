/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-enum-types.h"
#include "hs-message-private.h"

/* The properties of HsMessage that read and write the children of extensions. */

enum
{
  PROP_ORIGIN_ID,
  PROP_RECEIPT_ID,
  PROP_DISPLAYED_ID,
  PROP_REPLACE_ID,
  PROP_RETRACT_ID,
  PROP_OOB_URL,
  PROP_OCCUPANT_ID,
  PROP_REACTED_ID,
  PROP_REPLY_ID,
  PROP_ENCRYPTION,
  PROP_REQUESTS_RECEIPT,
  PROP_IS_MARKABLE,
  PROP_ATTENTION,
  PROP_IS_RETRACTED,
  PROP_IS_STYLED,
  PROP_CHAT_STATE,
  PROP_HINTS,
  N_PROPS
};

/* The id of the first one; those of hs-message.c are before it. */
static guint first_id;

static const struct
{
  const char *(*get) (HsMessage *self);
  void (*set) (HsMessage *self, const char *value);
} strings[] = {
  [PROP_ORIGIN_ID] = { hs_message_get_origin_id, hs_message_set_origin_id },
  [PROP_RECEIPT_ID] = { hs_message_get_receipt_id, hs_message_set_receipt_id },
  [PROP_DISPLAYED_ID] = { hs_message_get_displayed_id, hs_message_set_displayed_id },
  [PROP_REPLACE_ID] = { hs_message_get_replace_id, hs_message_set_replace_id },
  [PROP_RETRACT_ID] = { hs_message_get_retract_id, hs_message_set_retract_id },
  [PROP_OOB_URL] = { hs_message_get_oob_url, hs_message_set_oob_url },
  [PROP_OCCUPANT_ID] = { hs_message_get_occupant_id, NULL },
  [PROP_REACTED_ID] = { hs_message_get_reacted_id, NULL },
  [PROP_REPLY_ID] = { hs_message_get_reply_id, NULL },
  [PROP_ENCRYPTION] = { hs_message_get_encryption, NULL },
};

static const struct
{
  gboolean (*get) (HsMessage *self);
  void (*set) (HsMessage *self, gboolean value);
} booleans[] = {
  [PROP_REQUESTS_RECEIPT] = { hs_message_get_requests_receipt, hs_message_set_requests_receipt },
  [PROP_IS_MARKABLE] = { hs_message_get_is_markable, hs_message_set_is_markable },
  [PROP_ATTENTION] = { hs_message_get_attention, hs_message_set_attention },
  [PROP_IS_RETRACTED] = { hs_message_get_is_retracted, NULL },
  [PROP_IS_STYLED] = { hs_message_get_is_styled, NULL },
};

gboolean
hs_message_get_extension_property (HsMessage *self, guint prop_id, GValue *value)
{
  guint id = prop_id - first_id;

  if (id < G_N_ELEMENTS (strings))
    g_value_set_string (value, strings[id].get (self));
  else if (id < G_N_ELEMENTS (booleans))
    g_value_set_boolean (value, booleans[id].get (self));
  else if (id == PROP_CHAT_STATE)
    g_value_set_enum (value, hs_message_get_chat_state (self));
  else if (id == PROP_HINTS)
    g_value_set_flags (value, hs_message_get_hints (self));
  else
    return FALSE;
  return TRUE;
}

gboolean
hs_message_set_extension_property (HsMessage *self, guint prop_id, const GValue *value)
{
  guint id = prop_id - first_id;

  if (id < G_N_ELEMENTS (strings) && strings[id].set != NULL)
    strings[id].set (self, g_value_get_string (value));
  else if (id < G_N_ELEMENTS (booleans) && booleans[id].set != NULL)
    booleans[id].set (self, g_value_get_boolean (value));
  else if (id == PROP_CHAT_STATE)
    hs_message_set_chat_state (self, g_value_get_enum (value));
  else if (id == PROP_HINTS)
    hs_message_set_hints (self, g_value_get_flags (value));
  else
    return FALSE;
  return TRUE;
}

static void
make_ids (GParamSpec **props)
{
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsMessage:origin-id: (getter get_origin_id) (setter set_origin_id)
   *
   * The id that the sender's program gave to the message (XEP-0359, 2.2), or %NULL, the default.
   *
   * Since: 0.2
   */
  props[PROP_ORIGIN_ID] = g_param_spec_string ("origin-id", NULL, NULL, NULL, rw);

  /**
   * HsMessage:receipt-id: (getter get_receipt_id) (setter set_receipt_id)
   *
   * The id of the message that this one is a delivery receipt for (XEP-0184, 5), or %NULL, the default.
   *
   * Since: 0.2
   */
  props[PROP_RECEIPT_ID] = g_param_spec_string ("receipt-id", NULL, NULL, NULL, rw);

  /**
   * HsMessage:displayed-id: (getter get_displayed_id) (setter set_displayed_id)
   *
   * The id of the message up to which the sender has seen the conversation (XEP-0333, 4.2), or
   * %NULL. The default is %NULL.
   *
   * Since: 0.2
   */
  props[PROP_DISPLAYED_ID] = g_param_spec_string ("displayed-id", NULL, NULL, NULL, rw);

  /**
   * HsMessage:replace-id: (getter get_replace_id) (setter set_replace_id)
   *
   * The id of the message that this one corrects (XEP-0308, 3), or %NULL, the default.
   *
   * Since: 0.2
   */
  props[PROP_REPLACE_ID] = g_param_spec_string ("replace-id", NULL, NULL, NULL, rw);

  /**
   * HsMessage:retract-id: (getter get_retract_id) (setter set_retract_id)
   *
   * The id of the message that this one takes back (XEP-0424, 3), or %NULL, the default.
   *
   * Since: 0.2
   */
  props[PROP_RETRACT_ID] = g_param_spec_string ("retract-id", NULL, NULL, NULL, rw);
}

static void
make_read_only_ids (GParamSpec **props)
{
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsMessage:occupant-id: (getter get_occupant_id)
   *
   * The id that a room gave to the occupant who sent the message (XEP-0421, 3.2), or %NULL; not yet
   * trusted.
   *
   * Since: 0.2
   */
  props[PROP_OCCUPANT_ID] = g_param_spec_string ("occupant-id", NULL, NULL, NULL, ro);

  /**
   * HsMessage:reacted-id: (getter get_reacted_id)
   *
   * The id of the message that this one reacts to (XEP-0444, 3.1), or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_REACTED_ID] = g_param_spec_string ("reacted-id", NULL, NULL, NULL, ro);

  /**
   * HsMessage:reply-id: (getter get_reply_id)
   *
   * The id of the message that this one replies to (XEP-0461, 3), or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_REPLY_ID] = g_param_spec_string ("reply-id", NULL, NULL, NULL, ro);
}

static void
make_requests (GParamSpec **props)
{
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsMessage:requests-receipt: (getter get_requests_receipt) (setter set_requests_receipt)
   *
   * Whether the sender wants to be told that the message was received (XEP-0184, 5). The default is %FALSE.
   *
   * Since: 0.2
   */
  props[PROP_REQUESTS_RECEIPT] = g_param_spec_boolean ("requests-receipt", NULL, NULL, FALSE, rw);

  /**
   * HsMessage:is-markable: (getter get_is_markable) (setter set_is_markable)
   *
   * Whether the sender wants to be told that the message was displayed (XEP-0333, 4.1). The default is %FALSE.
   *
   * Since: 0.2
   */
  props[PROP_IS_MARKABLE] = g_param_spec_boolean ("is-markable", NULL, NULL, FALSE, rw);

  /**
   * HsMessage:attention: (getter get_attention) (setter set_attention)
   *
   * Whether the sender wants the user's attention at once (XEP-0224, 3). The default is %FALSE.
   *
   * Since: 0.2
   */
  props[PROP_ATTENTION] = g_param_spec_boolean ("attention", NULL, NULL, FALSE, rw);

  /**
   * HsMessage:chat-state: (getter get_chat_state) (setter set_chat_state)
   *
   * What the sender does in the conversation (XEP-0085, 2). The default is %HS_CHAT_STATE_NONE.
   *
   * Since: 0.2
   */
  props[PROP_CHAT_STATE]
      = g_param_spec_enum ("chat-state", NULL, NULL, HS_TYPE_CHAT_STATE, HS_CHAT_STATE_NONE, rw);

  /**
   * HsMessage:hints: (getter get_hints) (setter set_hints)
   *
   * What the sender asks of the servers on the message's way (XEP-0334, 4). The default is 0, no hint.
   *
   * Since: 0.2
   */
  props[PROP_HINTS] = g_param_spec_flags ("hints", NULL, NULL, HS_TYPE_HINTS, HS_HINTS_NONE, rw);
}

static void
make_contents (GParamSpec **props)
{
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GParamFlags rw = ro | G_PARAM_WRITABLE;

  /**
   * HsMessage:oob-url: (getter get_oob_url) (setter set_oob_url)
   *
   * The address of a file that comes with the message (XEP-0066, 3), or %NULL, the default.
   *
   * Since: 0.2
   */
  props[PROP_OOB_URL] = g_param_spec_string ("oob-url", NULL, NULL, NULL, rw);

  /**
   * HsMessage:encryption: (getter get_encryption)
   *
   * The namespace of the message's encryption (XEP-0380, 3), or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_ENCRYPTION] = g_param_spec_string ("encryption", NULL, NULL, NULL, ro);

  /**
   * HsMessage:is-retracted: (getter get_is_retracted)
   *
   * Whether an archive keeps this message in place of one that was taken back (XEP-0424, 4).
   *
   * Since: 0.2
   */
  props[PROP_IS_RETRACTED] = g_param_spec_boolean ("is-retracted", NULL, NULL, FALSE, ro);

  /**
   * HsMessage:is-styled: (getter get_is_styled)
   *
   * Whether the styling directives in the body may be followed (XEP-0393, 6).
   *
   * Since: 0.2
   */
  props[PROP_IS_STYLED] = g_param_spec_boolean ("is-styled", NULL, NULL, TRUE, ro);
}

void
hs_message_install_extensions (GObjectClass *object_class, guint first)
{
  GParamSpec *props[N_PROPS] = { NULL };

  first_id = first;
  make_ids (props);
  make_read_only_ids (props);
  make_requests (props);
  make_contents (props);
  for (guint i = 0; i < N_PROPS; i++)
    g_object_class_install_property (object_class, first + i, props[i]);
}
