/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-stanza.h"

#include "hs-element-private.h"
#include "hs-namespaces.h"
#include "hs-printable.h"
#include "hs-stanza-private.h"

/* HsStanza: answers and errors. */

/* By condition, as RFC 6120, 8.3.3 names them; with the error type that it says goes with each. Where
 * it leaves a choice, it is the one that promises the sender least. */
static const struct
{
  const char *name;
  const char *error_type;
} conditions[] = {
  [HS_STANZA_ERROR_BAD_REQUEST] = { "bad-request", "modify" },
  [HS_STANZA_ERROR_CONFLICT] = { "conflict", "cancel" },
  [HS_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED] = { "feature-not-implemented", "cancel" },
  [HS_STANZA_ERROR_FORBIDDEN] = { "forbidden", "auth" },
  [HS_STANZA_ERROR_GONE] = { "gone", "cancel" },
  [HS_STANZA_ERROR_INTERNAL_SERVER_ERROR] = { "internal-server-error", "cancel" },
  [HS_STANZA_ERROR_ITEM_NOT_FOUND] = { "item-not-found", "cancel" },
  [HS_STANZA_ERROR_JID_MALFORMED] = { "jid-malformed", "modify" },
  [HS_STANZA_ERROR_NOT_ACCEPTABLE] = { "not-acceptable", "modify" },
  [HS_STANZA_ERROR_NOT_ALLOWED] = { "not-allowed", "cancel" },
  [HS_STANZA_ERROR_NOT_AUTHORIZED] = { "not-authorized", "auth" },
  [HS_STANZA_ERROR_POLICY_VIOLATION] = { "policy-violation", "modify" },
  [HS_STANZA_ERROR_RECIPIENT_UNAVAILABLE] = { "recipient-unavailable", "wait" },
  [HS_STANZA_ERROR_REDIRECT] = { "redirect", "modify" },
  [HS_STANZA_ERROR_REGISTRATION_REQUIRED] = { "registration-required", "auth" },
  [HS_STANZA_ERROR_REMOTE_SERVER_NOT_FOUND] = { "remote-server-not-found", "cancel" },
  [HS_STANZA_ERROR_REMOTE_SERVER_TIMEOUT] = { "remote-server-timeout", "wait" },
  [HS_STANZA_ERROR_RESOURCE_CONSTRAINT] = { "resource-constraint", "wait" },
  [HS_STANZA_ERROR_SERVICE_UNAVAILABLE] = { "service-unavailable", "cancel" },
  [HS_STANZA_ERROR_SUBSCRIPTION_REQUIRED] = { "subscription-required", "auth" },
  [HS_STANZA_ERROR_UNDEFINED_CONDITION] = { "undefined-condition", "cancel" },
  [HS_STANZA_ERROR_UNEXPECTED_REQUEST] = { "unexpected-request", "wait" },
};

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

static HsStanzaError
parse_condition (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (conditions); i++)
    {
      if (strcmp (conditions[i].name, name) == 0)
        return i;
    }
  return HS_STANZA_ERROR_UNDEFINED_CONDITION;
}

/* What there is to say beside the condition, in parentheses. */
static void
append_detail (GString *message, gboolean *open, const char *detail)
{
  g_autofree char *shown = hs_printable (detail, HS_PRINTABLE_TEXT);

  g_string_append_printf (message, "%s%s", *open ? ", " : " (", shown);
  *open = TRUE;
}

static GError *
describe_error (HsNode *condition, HsNode *application, HsNode *text)
{
  g_autoptr (GString) message = g_string_new (NULL);
  HsStanzaError code = HS_STANZA_ERROR_UNDEFINED_CONDITION;
  g_autofree char *address = NULL;
  g_autofree char *words = text != NULL ? hs_node_dup_value (text) : NULL;
  gboolean open = FALSE;

  if (condition != NULL)
    code = parse_condition (condition->name);
  g_string_append (message, conditions[code].name);
  if (condition != NULL && strcmp (condition->name, conditions[code].name) != 0)
    append_detail (message, &open, condition->name);
  /* The new address: RFC 6120, 8.3.3.5 and 8.3.3.14. */
  if (code == HS_STANZA_ERROR_GONE || code == HS_STANZA_ERROR_REDIRECT)
    address = hs_node_dup_value (condition);
  if (address != NULL)
    append_detail (message, &open, address);
  if (application != NULL)
    append_detail (message, &open, application->name);
  if (open)
    g_string_append_c (message, ')');
  if (words != NULL)
    {
      g_autofree char *shown = hs_printable (words, HS_PRINTABLE_TEXT);

      g_string_append_printf (message, ": %s", shown);
    }
  return g_error_new_literal (HS_STANZA_ERROR, code, message->str);
}

/**
 * hs_stanza_get_error:
 * @self: a stanza
 *
 * What a stanza of the type `error` says (RFC 6120, 8.3).
 *
 * The error's domain is %HS_STANZA_ERROR. A condition that RFC 6120 does not know, and none at all, are
 * %HS_STANZA_ERROR_UNDEFINED_CONDITION. The message is the condition's name, then in
 * parentheses the new address (`gone`, `redirect`) and the name of the condition that is the
 * application's own, then the text that came with it:
 * `bad-request (invalid-jid): No such user`.
 *
 * Returns: (transfer full) (nullable): the error, or %NULL where the type is not `error`
 */
GError *
hs_stanza_get_error (HsStanza *self)
{
  HsNode *error = NULL;
  HsNode *condition = NULL;
  HsNode *application = NULL;
  HsNode *text = NULL;

  g_return_val_if_fail (HS_IS_STANZA (self), NULL);

  if (!has_type (self, "error"))
    return NULL;
  error = hs_stanza_get_own_child (self, "error");
  for (HsNode *child = error != NULL ? hs_node_first_element (error) : NULL; child != NULL;
       child = hs_node_next_element (child))
    {
      HsNode **place = NULL;

      if (!hs_namespace_equal (child->namespace_, HS_NS_STANZAS))
        place = &application;
      else
        place = strcmp (child->name, "text") == 0 ? &text : &condition;
      if (*place == NULL)
        *place = child;
    }
  /* Before RFC 3920 an error held its text itself. */
  return describe_error (condition, application, text != NULL ? text : error);
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

/* What is said in a room is answered to the room (XEP-0045, 7.4). */
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
 * Makes a stanza that answers another one: `to` is its `from`, and `from` is its `to` where it had one
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
 * Returns: (transfer full) (nullable): the reply, or %NULL for a stanza of the type `error` and for an iq
 *   of the type `result`
 */
HsStanza *
hs_stanza_new_error_reply (HsStanza *self, HsStanzaError condition, const char *text)
{
  HsStanza *reply = NULL;
  HsElement *error = NULL;

  g_return_val_if_fail (HS_IS_STANZA (self), NULL);
  g_return_val_if_fail ((guint) condition < G_N_ELEMENTS (conditions), NULL);

  if (has_type (self, "error") || (has_name (self, "iq") && has_type (self, "result")))
    return NULL;
  reply = new_answer (self);
  hs_stanza_change_attribute (reply, "type", "error");
  copy_id (self, reply);
  error = hs_element_add_child (HS_ELEMENT (reply), "error", NULL);
  hs_element_set_attribute (error, "type", conditions[condition].error_type);
  hs_element_add_child (error, conditions[condition].name, HS_NS_STANZAS);
  if (text != NULL)
    hs_element_add_text_child (error, "text", HS_NS_STANZAS, text);
  return reply;
}
