/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-test-server-private.h"

/* What a test has the client receive, and what it looks for among what the client sends. */

void
hs_test_server_add_rule (HsTestServer *self, const char *name, const char *namespace_, const char *payload, int condition)
{
  HsTestRule *rule = g_new0 (HsTestRule, 1);

  rule->name = g_strdup (name);
  rule->namespace_ = g_strdup (namespace_);
  rule->payload = g_strdup (payload);
  rule->condition = condition;
  /* The newest counts. */
  g_ptr_array_insert (self->rules, 0, rule);
}

/**
 * hs_test_server_feed_element:
 * @self: a server
 * @stanza: a message, presence or iq
 * @error: return location for an error
 *
 * Has the client receive a stanza, and runs the main context until nothing is left to do.
 *
 * While the connection is cut and the session can be resumed, the server keeps the stanza until then.
 *
 * Errors: `HS_ERROR_INVALID_STANZA` if the element is no stanza, `HS_ERROR_NOT_CONNECTED` if no session stands.
 *
 * ```python
 * server.feed_element(Headstock.Message(from_jid="juliet@example.org/x", stanza_type="chat", body="Hello"))
 * ```
 *
 * Returns: true if the client has received the stanza, or the server keeps it
 *
 * Since: 0.2
 */
gboolean
hs_test_server_feed_element (HsTestServer *self, HsElement *stanza, GError **error)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (HS_TEST_IS_SERVER (self), FALSE);
  g_return_val_if_fail (HS_IS_ELEMENT (stanza), FALSE);

  if (!HS_IS_STANZA (stanza))
    {
      g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA, "<%s> is no message, presence or iq",
                   hs_element_get_name (stanza));
      return FALSE;
    }
  if (!self->session.stands && self->session.id == NULL)
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                           "The client has no session on the test server: start it first");
      return FALSE;
    }
  text = hs_element_to_string (stanza);
  hs_test_session_send_stanza (&self->session, text);
  hs_test_server_settle (self);
  return TRUE;
}

/**
 * hs_test_server_feed:
 * @self: a server
 * @xml: a message, presence or iq, as XML
 * @error: return location for an error
 *
 * Has the client receive a stanza, and runs the main context until nothing is left to do. A stanza that names no
 * namespace is in `jabber:client`.
 *
 * Errors are those of [method@Server.feed_element], and `HS_XML_ERROR` if @xml is not one well-formed element.
 *
 * ```python
 * server.feed("<message from='juliet@example.org/x' type='chat'><body>Hello</body></message>")
 * assert server.expect("message")["to"] == "juliet@example.org/x"
 * ```
 *
 * Returns: true if the client has received the stanza, or the server keeps it
 *
 * Since: 0.2
 */
gboolean
hs_test_server_feed (HsTestServer *self, const char *xml, GError **error)
{
  g_autoptr (HsElement) stanza = NULL;

  g_return_val_if_fail (HS_TEST_IS_SERVER (self), FALSE);
  g_return_val_if_fail (xml != NULL, FALSE);

  stanza = hs_element_new_from_string (xml, error);
  return stanza != NULL && hs_test_server_feed_element (self, stanza, error);
}

/**
 * hs_test_server_take_sent:
 * @self: a server
 *
 * Takes the oldest stanza that the client has sent and that was not taken yet.
 *
 * ```python
 * assert server.take_sent() is None
 * ```
 *
 * Returns: (transfer full) (nullable): a stanza, or %NULL if the client has sent no other
 *
 * Since: 0.2
 */
HsElement *
hs_test_server_take_sent (HsTestServer *self)
{
  g_return_val_if_fail (HS_TEST_IS_SERVER (self), NULL);

  return g_queue_pop_head (&self->sent);
}

/**
 * hs_test_server_list_sent:
 * @self: a server
 *
 * Lists the stanzas that the client has sent and that were not taken yet, the oldest first.
 *
 * ```python
 * assert [stanza.get_name() for stanza in server.list_sent()] == ["presence", "message"]
 * ```
 *
 * Returns: (transfer container) (element-type Headstock.Element): the stanzas
 *
 * Since: 0.2
 */
GPtrArray *
hs_test_server_list_sent (HsTestServer *self)
{
  GPtrArray *list;

  g_return_val_if_fail (HS_TEST_IS_SERVER (self), NULL);

  list = g_ptr_array_new_with_free_func (g_object_unref);
  for (GList *l = self->sent.head; l != NULL; l = l->next)
    g_ptr_array_add (list, g_object_ref (l->data));
  return list;
}

/**
 * hs_test_server_clear_sent:
 * @self: a server
 *
 * Forgets what the client has sent up to now.
 *
 * ```python
 * server.clear_sent()
 * assert server.list_sent() == []
 * ```
 *
 * Since: 0.2
 */
void
hs_test_server_clear_sent (HsTestServer *self)
{
  g_return_if_fail (HS_TEST_IS_SERVER (self));

  g_queue_clear_full (&self->sent, g_object_unref);
}

typedef struct
{
  const char *name;
  const char *namespace_;
} Wanted;

static gboolean
holds (HsElement *element, const Wanted *wanted)
{
  if (hs_element_matches (element, wanted->name, wanted->namespace_))
    return TRUE;
  for (HsElement *child = hs_element_get_first_child (element); child != NULL;
       child = hs_element_get_next_sibling (child))
    {
      if (holds (child, wanted))
        return TRUE;
    }
  return FALSE;
}

static gboolean
was_sent (HsTestServer *self, gpointer wanted)
{
  for (GList *l = self->sent.head; l != NULL; l = l->next)
    {
      if (holds (l->data, wanted))
        return TRUE;
    }
  return FALSE;
}

static char *
describe_sent (HsTestServer *self)
{
  GString *text = g_string_new (NULL);

  for (GList *l = self->sent.head; l != NULL; l = l->next)
    {
      g_autofree char *xml = hs_element_to_string (l->data);

      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", xml);
    }
  return g_string_free (text, FALSE);
}

/**
 * hs_test_server_expect:
 * @self: a server
 * @name: the local name of an element
 * @namespace_: (nullable): its namespace, or %NULL for any
 * @error: return location for an error
 *
 * Waits until the client has sent a stanza that is such an element or holds one, at any depth, and takes all that
 * was sent up to it.
 *
 * The wait takes at most ten seconds of real time, for programs that work in other threads or in coroutines. The
 * clock of the client stands meanwhile.
 *
 * Errors: `HS_ERROR_TIMED_OUT`, with what the client has sent in its place.
 *
 * ```python
 * reply = server.expect("message")
 * assert reply.get_child_text("body", Headstock.NS_CLIENT) == "Hello"
 * ```
 *
 * Returns: (transfer full): the stanza
 *
 * Since: 0.2
 */
HsElement *
hs_test_server_expect (HsTestServer *self, const char *name, const char *namespace_, GError **error)
{
  Wanted wanted = { name, namespace_ };
  g_autofree char *sent = NULL;
  g_autofree char *place = NULL;

  g_return_val_if_fail (HS_TEST_IS_SERVER (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  if (hs_test_server_wait_until (self, was_sent, &wanted))
    {
      g_autoptr (HsElement) stanza = g_queue_pop_head (&self->sent);

      while (!holds (stanza, &wanted))
        {
          g_object_unref (stanza);
          stanza = g_queue_pop_head (&self->sent);
        }
      return g_steal_pointer (&stanza);
    }
  sent = describe_sent (self);
  place = namespace_ != NULL ? g_strdup_printf (" xmlns='%s'", namespace_) : g_strdup ("");
  g_set_error (error, HS_ERROR, HS_ERROR_TIMED_OUT, "The client has not sent <%s%s>%s; it has sent: %s", name, place,
               namespace_ != NULL ? "" : " in any namespace", *sent != '\0' ? sent : "nothing");
  return NULL;
}

/**
 * hs_test_server_answer:
 * @self: a server
 * @name: the local name of the payload of requests
 * @namespace_: (nullable): its namespace, or %NULL for any
 * @payload: (nullable): the payload of the result, as XML, or %NULL for an empty result
 *
 * Has the server answer such requests with a result from now on, to whomever the client sends them.
 *
 * Without a call of this or of [method@Server.answer_error], the server has an empty roster, accepts carbons and
 * pings, and answers all other requests to the server or the account with `service-unavailable`. Requests to
 * others are not answered: the test feeds the answer.
 *
 * ```python
 * server.answer("query", "urn:example:weather", "<query xmlns='urn:example:weather'>rain</query>")
 * ```
 *
 * Since: 0.2
 */
void
hs_test_server_answer (HsTestServer *self, const char *name, const char *namespace_, const char *payload)
{
  g_return_if_fail (HS_TEST_IS_SERVER (self));
  g_return_if_fail (name != NULL);

  hs_test_server_add_rule (self, name, namespace_, payload, -1);
}

/**
 * hs_test_server_answer_error:
 * @self: a server
 * @name: the local name of the payload of requests
 * @namespace_: (nullable): its namespace, or %NULL for any
 * @condition: the condition of the error
 *
 * Has the server answer such requests with an error from now on.
 *
 * ```python
 * server.answer_error("query", "urn:example:weather", Headstock.StanzaError.ITEM_NOT_FOUND)
 * ```
 *
 * Since: 0.2
 */
void
hs_test_server_answer_error (HsTestServer *self,
                             const char *name,
                             const char *namespace_,
                             HsStanzaError condition)
{
  g_return_if_fail (HS_TEST_IS_SERVER (self));
  g_return_if_fail (name != NULL);

  hs_test_server_add_rule (self, name, namespace_, NULL, condition);
}
