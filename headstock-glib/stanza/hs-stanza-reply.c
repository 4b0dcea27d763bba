/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-stanza.h"

#include "hs-element-private.h"
#include "hs-namespaces.h"
#include "hs-stanza-error-private.h"
#include "hs-stanza-private.h"

/* HsStanza: answers. */

static gboolean
has_name (HsStanza *self, const char *name)
{
  return strcmp (hs_element_get_node (HS_ELEMENT (self))->name, name) == 0;
}

static gboolean
has_type (HsStanza *self, const char *stanza_type)
{
  return strcmp (hs_stanza_get_stanza_type (self), stanza_type) == 0;
}

/* An empty stanza of the same kind, the other way. */
static HsStanza *
new_answer (HsStanza *self)
{
  HsNode *node = hs_element_get_node (HS_ELEMENT (self));
  HsStanza *answer = HS_STANZA (hs_element_new (node->name, HS_NS_CLIENT));
  const char *from = hs_node_get_attribute (node, "from", NULL);
  const char *to = hs_node_get_attribute (node, "to", NULL);

  if (from != NULL)
    hs_stanza_change_attribute (answer, "to", from);
  if (to != NULL)
    hs_stanza_change_attribute (answer, "from", to);
  return answer;
}

static void
copy_id (HsStanza *self, HsStanza *answer)
{
  const char *id = hs_stanza_get_id (self);

  if (id != NULL)
    hs_stanza_change_attribute (answer, "id", id);
}

/* The answer to a message in a room goes to the room, not to the occupant (XEP-0045, 7.4). */
static void
answer_room (HsStanza *answer)
{
  g_autoptr (HsJid) occupant = hs_stanza_get_to_jid (answer);
  g_autoptr (HsJid) room = NULL;

  if (occupant == NULL)
    return;
  room = hs_jid_get_bare (occupant);
  hs_stanza_change_attribute (answer, "to", hs_jid_to_string (room));
}

/* RFC 6121, 5.2.5: with its parent. */
static void
copy_thread (HsStanza *self, HsStanza *answer)
{
  HsNode *thread = hs_stanza_get_own_child (self, "thread");
  HsNode *node = hs_element_get_node (HS_ELEMENT (answer));

  if (thread != NULL)
    hs_node_append (node, hs_node_copy (hs_node_get_block (node), thread));
}

static gboolean
may_be_answered (HsStanza *self)
{
  if (has_name (self, "iq"))
    return has_type (self, "get") || has_type (self, "set");
  return !has_type (self, "error");
}

/**
 * hs_stanza_new_reply:
 * @self: a stanza that was received
 *
 * Makes a stanza that answers another one: `to` is its `from`, and `from` is its `to` if it had one
 * (a component needs that, and for a client it is one of its own addresses).
 *
 *  - To an iq `get` or `set` it is an empty iq of the type `result` with the same id (RFC 6120, 8.2.3).
 *  - To a message it is one of the same type with the same thread (RFC 6121, 5.2.2 and 5.2.5), in a group
 *    chat to the room. The id is not copied, since it is the other's.
 *  - To a presence of any type it is a presence to the same address without a type. Whether a
 *    subscription is accepted is for the program to say.
 *
 * Where the answered stanza names no `from`, it is the account itself that is answered.
 *
 * Errors and results are never answered, since that would never end (RFC 6120, 8.2.3 and 8.3.1). A handler
 * may return what this function returns for any stanza: where that is %NULL, nothing is sent.
 *
 * ```c
 * g_autoptr (HsStanza) reply = hs_stanza_new_reply (stanza);
 *
 * hs_client_send_stanza (client, HS_ELEMENT (reply), &error);
 * ```
 *
 * Returns: (transfer full) (nullable): the reply, or %NULL for a stanza of the type `error` and for an iq
 *   of the type `result`
 */
HsStanza *
hs_stanza_new_reply (HsStanza *self)
{
  HsStanza *reply = NULL;

  g_return_val_if_fail (HS_IS_STANZA (self), NULL);

  if (!may_be_answered (self))
    return NULL;
  reply = new_answer (self);
  if (has_name (self, "iq"))
    {
      hs_stanza_change_attribute (reply, "type", "result");
      copy_id (self, reply);
    }
  else if (has_name (self, "message"))
    {
      if (!has_type (self, "normal"))
        hs_stanza_change_attribute (reply, "type", hs_stanza_get_stanza_type (self));
      if (has_type (self, "groupchat"))
        answer_room (reply);
      copy_thread (self, reply);
    }
  return reply;
}

/**
 * hs_stanza_new_error_reply:
 * @self: a stanza that was received
 * @condition: what is wrong with it
 * @text: (nullable): more about that, for people
 *
 * Makes a stanza of the type `error` that answers another one, with the same id (RFC 6120, 8.3).
 *
 * The error's own type is the one that RFC 6120, 8.3.3 has for the condition. Where it leaves a choice:
 * `modify` for `policy-violation`, `wait` for `unexpected-request`, `cancel` for `undefined-condition`.
 *
 * Errors and results are never answered (RFC 6120, 8.2.3 and 8.3.1).
 *
 * ```c
 * return HS_ELEMENT (hs_stanza_new_error_reply (stanza, HS_STANZA_ERROR_NOT_ALLOWED, "Not on Sundays"));
 * ```
 *
 * Returns: (transfer full) (nullable): the reply, or %NULL for a stanza of the type `error` and for an iq
 *   of the type `result`
 */
HsStanza *
hs_stanza_new_error_reply (HsStanza *self, HsStanzaError condition, const char *text)
{
  HsStanza *reply = NULL;
  HsElement *error = NULL;

  g_return_val_if_fail (HS_IS_STANZA (self), NULL);
  g_return_val_if_fail (hs_stanza_condition_is_known (condition), NULL);

  if (has_type (self, "error") || (has_name (self, "iq") && has_type (self, "result")))
    return NULL;
  reply = new_answer (self);
  hs_stanza_change_attribute (reply, "type", "error");
  copy_id (self, reply);
  error = hs_element_add_child (HS_ELEMENT (reply), "error", NULL);
  hs_element_set_attribute (error, "type", hs_stanza_condition_get_error_type (condition));
  hs_element_add_child (error, hs_stanza_condition_get_name (condition), HS_NS_STANZAS);
  if (text != NULL)
    hs_element_add_text_child (error, "text", HS_NS_STANZAS, text);
  return reply;
}
