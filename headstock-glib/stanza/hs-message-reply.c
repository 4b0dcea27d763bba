/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-message-private.h"
#include "hs-namespaces.h"
#include "hs-stanza-private.h"

/* Replies to other messages. */

/**
 * hs_message_get_reply_id: (get-property reply-id)
 * @self: a message
 *
 * The id of the message that this one replies to (XEP-0461, 3).
 *
 * Returns: (nullable): the id, or %NULL if the message is no reply
 *
 * Since: 0.2
 */
const char *
hs_message_get_reply_id (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  return hs_message_node_get_id (hs_message_get_extension (self, "reply", HS_NS_REPLY), "id");
}

/**
 * hs_message_dup_reply_to:
 * @self: a message
 *
 * The author of the message that this one replies to, as its sender says (XEP-0461, 3).
 *
 * Returns: (transfer full) (nullable): the address; %NULL if the message is no reply, or names no
 * valid address
 *
 * Since: 0.2
 */
HsJid *
hs_message_dup_reply_to (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  if (hs_message_get_reply_id (self) == NULL)
    return NULL;
  return hs_stanza_node_dup_jid (hs_message_get_extension (self, "reply", HS_NS_REPLY), "to");
}

/* Each line of a text behind "> " (XEP-0393, 5.1.3), and the number of code points of it all. NULL
 * if there is nothing to quote. */
static char *
make_quote (const char *text, guint *n_code_points)
{
  g_autoptr (GString) quote = g_string_new (NULL);
  gsize length = text != NULL ? strlen (text) : 0;

  while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
    length--;
  if (length == 0)
    return NULL;
  g_string_append (quote, "> ");
  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '\r' && text[i + 1] == '\n')
        continue;
      if (text[i] == '\n' || text[i] == '\r')
        g_string_append (quote, "\n> ");
      else
        g_string_append_c (quote, text[i]);
    }
  g_string_append_c (quote, '\n');
  for (gsize i = 0; i < quote->len; i++)
    *n_code_points += (quote->str[i] & 0xc0) != 0x80;
  return g_string_free (g_steal_pointer (&quote), FALSE);
}

/* Takes the quote of an earlier reply out of the body, and puts a new one before it. */
static void
change_quote (HsMessage *self, const char *quoted)
{
  guint length = 0;
  g_autofree char *quote = make_quote (quoted, &length);
  g_autofree char *own = hs_message_cut_fallback (self, HS_NS_REPLY, length);
  g_autofree char *body = NULL;

  if (quote != NULL)
    {
      body = g_strconcat (quote, own, NULL);
      hs_message_add_fallback (self, HS_NS_REPLY, length);
    }
  else
    {
      body = g_steal_pointer (&own);
      hs_message_remove_fallback (self, HS_NS_REPLY);
    }
  /* A body in several languages stays as it is unless it changes. */
  if (g_strcmp0 (hs_stanza_get_localized_text (HS_STANZA (self), "body"), body) != 0
      && hs_stanza_change_child_text (HS_STANZA (self), "body", body))
    g_object_notify (G_OBJECT (self), "body");
}

/**
 * hs_message_set_reply:
 * @self: a message
 * @id: (nullable): the origin-id or `id` of the message to reply to, in a room the room's id of it;
 * or %NULL to remove the reply
 * @to: (nullable): the full JID of the author of that message; outside rooms the bare JID will do
 * @quoted: (nullable): what to quote from that message, or %NULL for no quote
 *
 * Makes a message a reply to another one (XEP-0461, 3).
 *
 * Each line of @quoted is put before the body, behind `> `, and marked as a fallback (XEP-0428):
 * programs that know of replies show the other message instead, those that do not show the quote.
 * Set the body first: [method@Message.set_body] replaces the quote, too.
 *
 * A second call replaces the first with its quote.
 *
 * Since: 0.2
 */
void
hs_message_set_reply (HsMessage *self, const char *id, const char *to, const char *quoted)
{
  g_autofree char *own_id = NULL;
  g_autofree char *own_to = NULL;
  g_autofree char *own_quoted = NULL;
  gboolean same = FALSE;
  HsNode *child = NULL;

  g_return_if_fail (HS_IS_MESSAGE (self));

  if (hs_stanza_get_writable_node (HS_STANZA (self)) == NULL)
    return;
  /* Copy the arguments: they may be part of this message, which changes below. */
  own_id = id != NULL && *id != '\0' ? g_strdup (id) : NULL;
  own_to = to != NULL && *to != '\0' ? g_strdup (to) : NULL;
  own_quoted = own_id != NULL ? g_strdup (quoted) : NULL;
  same = g_strcmp0 (hs_message_get_reply_id (self), own_id) == 0;
  g_object_freeze_notify (G_OBJECT (self));
  if (own_id == NULL)
    hs_message_remove_extension (self, "reply", HS_NS_REPLY);
  else
    {
      child = hs_message_make_extension (self, "reply", HS_NS_REPLY);
      hs_node_set_attribute (child, "to", NULL, own_to);
      hs_node_set_attribute (child, "id", NULL, own_id);
    }
  change_quote (self, own_quoted);
  if (!same)
    g_object_notify (G_OBJECT (self), "reply-id");
  g_object_thaw_notify (G_OBJECT (self));
}
