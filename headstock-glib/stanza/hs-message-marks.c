/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-element-private.h"
#include "hs-message-private.h"
#include "hs-namespaces.h"
#include "hs-stanza-private.h"

/* The properties of a message that are not about its text: requests for receipts and markers, the chat state, hints,
 * styling, encryption, a URL. */

static void
set_mark (HsMessage *self,
          const char *name,
          const char *namespace_,
          gboolean is_set,
          const char *property)
{
  gboolean was_set = hs_message_get_extension (self, name, namespace_) != NULL;

  if (was_set == !!is_set)
    return;
  if (is_set ? hs_message_make_extension (self, name, namespace_) != NULL
             : hs_message_remove_extension (self, name, namespace_))
    g_object_notify (G_OBJECT (self), property);
}

/**
 * hs_message_get_requests_receipt: (get-property requests-receipt)
 * @self: a message
 *
 * Whether the sender wants to be told that a message was received (XEP-0184, 5).
 *
 * Returns: %TRUE if the message asks for a delivery receipt
 *
 * Since: 0.2
 */
gboolean
hs_message_get_requests_receipt (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), FALSE);

  return hs_message_get_extension (self, "request", HS_NS_RECEIPTS) != NULL;
}

/**
 * hs_message_set_requests_receipt: (set-property requests-receipt)
 * @self: a message
 * @requests_receipt: whether to ask for a delivery receipt
 *
 * Sets whether a message asks for a delivery receipt (XEP-0184, 5).
 *
 * The receipt names the message's [property@Stanza:id], so that the message must have one.
 *
 * Since: 0.2
 */
void
hs_message_set_requests_receipt (HsMessage *self, gboolean requests_receipt)
{
  g_return_if_fail (HS_IS_MESSAGE (self));

  set_mark (self, "request", HS_NS_RECEIPTS, requests_receipt, "requests-receipt");
}

/**
 * hs_message_get_is_markable: (get-property is-markable)
 * @self: a message
 *
 * Whether the sender wants to be told that a message was displayed (XEP-0333, 4.1).
 *
 * Returns: %TRUE if the message asks for a displayed marker
 *
 * Since: 0.2
 */
gboolean
hs_message_get_is_markable (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), FALSE);

  return hs_message_get_extension (self, "markable", HS_NS_CHAT_MARKERS) != NULL;
}

/**
 * hs_message_set_is_markable: (set-property is-markable)
 * @self: a message
 * @is_markable: whether to ask for a displayed marker
 *
 * Sets whether a message asks for a displayed marker (XEP-0333, 4.1).
 *
 * The marker names the message's [property@Stanza:id], so that the message must have one.
 *
 * Since: 0.2
 */
void
hs_message_set_is_markable (HsMessage *self, gboolean is_markable)
{
  g_return_if_fail (HS_IS_MESSAGE (self));

  set_mark (self, "markable", HS_NS_CHAT_MARKERS, is_markable, "is-markable");
}

/**
 * hs_message_get_attention: (get-property attention)
 * @self: a message
 *
 * Whether the sender wants the user's attention at once (XEP-0224, 3).
 *
 * A message that was stored on its way (see [property@Message:delay]) does not ask for attention
 * any more (XEP-0224, 4).
 *
 * Returns: %TRUE if the message asks for attention
 *
 * Since: 0.2
 */
gboolean
hs_message_get_attention (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), FALSE);

  return hs_message_get_extension (self, "attention", HS_NS_ATTENTION) != NULL
         && hs_message_get_extension (self, "delay", HS_NS_DELAY) == NULL;
}

/**
 * hs_message_set_attention: (set-property attention)
 * @self: a message
 * @attention: whether to ask for attention
 *
 * Sets whether a message asks for the user's attention at once (XEP-0224, 3).
 *
 * Such a message should be of the type `headline`, so that it is not stored for a user who is
 * offline.
 *
 * Since: 0.2
 */
void
hs_message_set_attention (HsMessage *self, gboolean attention)
{
  g_return_if_fail (HS_IS_MESSAGE (self));

  set_mark (self, "attention", HS_NS_ATTENTION, attention, "attention");
}

/**
 * hs_message_get_is_styled: (get-property is-styled)
 * @self: a message
 *
 * Whether the styling directives in the body may be followed (XEP-0393, 6).
 *
 * Returns: %FALSE if the sender has switched styling off; otherwise %TRUE, also if nothing in the
 * body is styled
 *
 * Since: 0.2
 */
gboolean
hs_message_get_is_styled (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), FALSE);

  return hs_message_get_extension (self, "unstyled", HS_NS_STYLING) == NULL;
}

/**
 * hs_message_get_encryption: (get-property encryption)
 * @self: a message
 *
 * How a message is encrypted, as its sender says (XEP-0380, 3).
 *
 * Returns: (nullable): the namespace of the encryption, or %NULL if the message does not name one
 *
 * Since: 0.2
 */
const char *
hs_message_get_encryption (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  return hs_message_node_get_id (hs_message_get_extension (self, "encryption", HS_NS_ENCRYPTION),
                                 "namespace");
}

/**
 * hs_message_get_oob_url: (get-property oob-url)
 * @self: a message
 *
 * The address of a file that comes with a message (XEP-0066, 3).
 *
 * It comes from whoever sent the message, in any URI scheme.
 *
 * Returns: (nullable): the URL, or %NULL if there is none
 *
 * Since: 0.2
 */
const char *
hs_message_get_oob_url (HsMessage *self)
{
  HsNode *oob = NULL;
  HsNode *url = NULL;
  const char *text = NULL;

  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  oob = hs_message_get_extension (self, "x", HS_NS_OOB);
  url = oob != NULL ? hs_node_get_child (oob, "url", HS_NS_OOB) : NULL;
  text = url != NULL ? hs_node_get_text (url) : NULL;
  return text != NULL && text[strspn (text, " \t\r\n")] != '\0' ? text : NULL;
}

/**
 * hs_message_set_oob_url: (set-property oob-url)
 * @self: a message
 * @oob_url: (nullable): a URL, or %NULL to remove it
 *
 * Sets the address of a file that comes with a message (XEP-0066, 3).
 *
 * Many programs show the file only if the body is the URL and nothing else.
 *
 * Since: 0.2
 */
void
hs_message_set_oob_url (HsMessage *self, const char *oob_url)
{
  g_autofree char *own = NULL;
  gboolean same = FALSE;
  HsNode *oob = NULL;
  HsNode *url = NULL;

  g_return_if_fail (HS_IS_MESSAGE (self));

  if (hs_stanza_get_writable_node (HS_STANZA (self)) == NULL)
    return;
  /* The URL may be the old one of this message. */
  own = oob_url != NULL && *oob_url != '\0' ? g_strdup (oob_url) : NULL;
  same = g_strcmp0 (hs_message_get_oob_url (self), own) == 0;
  if (own == NULL)
    hs_message_remove_extension (self, "x", HS_NS_OOB);
  else
    {
      oob = hs_message_make_extension (self, "x", HS_NS_OOB);
      url = hs_node_get_child (oob, "url", HS_NS_OOB);
      hs_node_remove_children (oob);
      if (url == NULL)
        url = hs_node_new (hs_node_get_block (oob), "url", HS_NS_OOB);
      hs_node_remove_children (url);
      hs_node_append (oob, url);
      hs_node_append_text (url, own, strlen (own));
    }
  if (!same)
    g_object_notify (G_OBJECT (self), "oob-url");
}

static const struct
{
  HsChatState state;
  const char *name;
} chat_states[] = {
  { HS_CHAT_STATE_ACTIVE, "active" }, { HS_CHAT_STATE_COMPOSING, "composing" },
  { HS_CHAT_STATE_PAUSED, "paused" }, { HS_CHAT_STATE_INACTIVE, "inactive" },
  { HS_CHAT_STATE_GONE, "gone" },
};

/**
 * hs_message_get_chat_state: (get-property chat-state)
 * @self: a message
 *
 * What the sender does in the conversation (XEP-0085, 2).
 *
 * Of several states it is the first one.
 *
 * Returns: the state, or %HS_CHAT_STATE_NONE if the message names none that is known
 *
 * Since: 0.2
 */
HsChatState
hs_message_get_chat_state (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), HS_CHAT_STATE_NONE);

  for (HsNode *child = hs_node_first_element (hs_element_get_node (HS_ELEMENT (self)));
       child != NULL; child = hs_node_next_element (child))
    {
      if (!hs_namespace_equal (child->namespace_, HS_NS_CHAT_STATES))
        continue;
      for (guint i = 0; i < G_N_ELEMENTS (chat_states); i++)
        {
          if (strcmp (child->name, chat_states[i].name) == 0)
            return chat_states[i].state;
        }
    }
  return HS_CHAT_STATE_NONE;
}

/**
 * hs_message_set_chat_state: (set-property chat-state)
 * @self: a message
 * @chat_state: the state, or %HS_CHAT_STATE_NONE to remove it
 *
 * Sets what the sender does in the conversation (XEP-0085, 2).
 *
 * Since: 0.2
 */
void
hs_message_set_chat_state (HsMessage *self, HsChatState chat_state)
{
  HsChatState old = HS_CHAT_STATE_NONE;

  g_return_if_fail (HS_IS_MESSAGE (self));
  g_return_if_fail (chat_state >= HS_CHAT_STATE_NONE && chat_state <= HS_CHAT_STATE_GONE);

  if (hs_stanza_get_writable_node (HS_STANZA (self)) == NULL)
    return;
  old = hs_message_get_chat_state (self);
  for (guint i = 0; i < G_N_ELEMENTS (chat_states); i++)
    {
      if (chat_states[i].state != chat_state)
        hs_message_remove_extension (self, chat_states[i].name, HS_NS_CHAT_STATES);
      else
        hs_message_make_extension (self, chat_states[i].name, HS_NS_CHAT_STATES);
    }
  if (old != chat_state)
    g_object_notify (G_OBJECT (self), "chat-state");
}

static const struct
{
  HsHints hint;
  const char *name;
} hint_names[] = {
  { HS_HINTS_NO_STORE, "no-store" },
  { HS_HINTS_NO_COPY, "no-copy" },
  { HS_HINTS_STORE, "store" },
  { HS_HINTS_NO_PERMANENT_STORE, "no-permanent-store" },
};

static HsHints
read_hints (HsMessage *self)
{
  HsHints hints = HS_HINTS_NONE;

  for (guint i = 0; i < G_N_ELEMENTS (hint_names); i++)
    {
      if (hs_message_get_extension (self, hint_names[i].name, HS_NS_HINTS) != NULL)
        hints |= hint_names[i].hint;
    }
  return hints;
}

/**
 * hs_message_get_hints: (get-property hints)
 * @self: a message
 *
 * What the sender asks of the servers on a message's way (XEP-0334, 4).
 *
 * An error carries the hints of the message that failed, which are not its own: it has none
 * (XEP-0334, 5).
 *
 * Returns: the hints
 *
 * Since: 0.2
 */
HsHints
hs_message_get_hints (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), HS_HINTS_NONE);

  if (strcmp (hs_stanza_get_stanza_type (HS_STANZA (self)), "error") == 0)
    return HS_HINTS_NONE;
  return read_hints (self);
}

/**
 * hs_message_set_hints: (set-property hints)
 * @self: a message
 * @hints: the hints
 *
 * Sets what is asked of the servers on a message's way (XEP-0334, 4).
 *
 * Since: 0.2
 */
void
hs_message_set_hints (HsMessage *self, HsHints hints)
{
  HsHints old = HS_HINTS_NONE;

  g_return_if_fail (HS_IS_MESSAGE (self));

  if (hs_stanza_get_writable_node (HS_STANZA (self)) == NULL)
    return;
  old = read_hints (self);
  for (guint i = 0; i < G_N_ELEMENTS (hint_names); i++)
    {
      if ((hints & hint_names[i].hint) == 0)
        hs_message_remove_extension (self, hint_names[i].name, HS_NS_HINTS);
      else
        hs_message_make_extension (self, hint_names[i].name, HS_NS_HINTS);
    }
  if (old != read_hints (self))
    g_object_notify (G_OBJECT (self), "hints");
}

void
hs_message_add_hints (HsMessage *self, HsHints hints)
{
  hs_message_set_hints (self, read_hints (self) | hints);
}

void
hs_message_remove_hints (HsMessage *self, HsHints hints)
{
  hs_message_set_hints (self, read_hints (self) & ~hints);
}
