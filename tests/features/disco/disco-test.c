/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "disco-test.h"

#include <string.h>

void
disco_test_start (DiscoTest *self, HsDisco *disco)
{
  self->test = test_client_new_for (self->script != NULL ? self->script : script_session, HS_TLS_MODE_NONE);
  self->answered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->disco = disco;
  if (disco != NULL)
    hs_client_register (self->test->client, HS_MODULE (disco));
  test_client_start_until_ready (self->test);
}

void
disco_test_start_answered (DiscoTest *self)
{
  disco_test_start (self, hs_disco_new ());
  disco_test_answer (self, "example.org", NULL, "<identity category='server' type='im'/>");
  disco_test_answer (self, "user@example.org", NULL, "<identity category='account' type='registered'/>");
  test_until (hs_disco_get_account_info (self->disco) != NULL);
}

void
disco_test_end (DiscoTest *self)
{
  if (self->test->client != NULL && hs_client_get_state (self->test->client) != 0)
    test_client_stop (self->test);
  test_client_free (self->test);
  g_clear_pointer (&self->answered, g_hash_table_unref);
  if (self->disco != NULL)
    g_assert_finalize_object (self->disco);
}

GPtrArray *
disco_test_list_requests (DiscoTest *self, const char *namespace_, const char *to, const char *node)
{
  g_autofree char *sent = scripted_server_dup_received (self->test->server);
  GPtrArray *requests = g_ptr_array_new_with_free_func (g_object_unref);
  const char *at = sent, *end;

  while ((at = strstr (at, "<iq ")) != NULL && (end = strstr (at, "</iq>")) != NULL)
    {
      g_autofree char *text = g_strndup (at, end + strlen ("</iq>") - at);
      g_autoptr (HsElement) iq = NULL;
      HsElement *query;

      at = end;
      iq = hs_element_new_from_string (text, NULL);
      query = iq != NULL ? hs_element_get_child (iq, "query", namespace_) : NULL;
      if (query == NULL || g_strcmp0 (hs_element_get_attribute (iq, "type"), "get") != 0
          || g_hash_table_contains (self->answered, hs_element_get_attribute (iq, "id"))
          || (to != NULL && g_strcmp0 (hs_element_get_attribute (iq, "to"), to) != 0)
          || (node != NULL && g_strcmp0 (hs_element_get_attribute (query, "node"), node) != 0))
        continue;
      g_ptr_array_add (requests, g_steal_pointer (&iq));
    }
  return requests;
}

guint
disco_test_count_requests (DiscoTest *self, const char *to, const char *node)
{
  g_autofree char *sent G_GNUC_UNUSED = test_client_dup_sent (self->test);
  g_autoptr (GPtrArray) requests = disco_test_list_requests (self, HS_NS_DISCO_INFO, to, node);

  return requests->len;
}

static HsElement *
await_request (DiscoTest *self, const char *namespace_, const char *to, const char *node)
{
  gint64 deadline = test_deadline ();

  while (TRUE)
    {
      g_autoptr (GPtrArray) requests = disco_test_list_requests (self, namespace_, to, node);

      if (requests->len > 0)
        return g_object_ref (g_ptr_array_index (requests, 0));
      test_iterate (deadline, to != NULL ? to : "any request");
    }
}

static void
reply (DiscoTest *self, HsElement *request, const char *type, const char *payload)
{
  const char *id = hs_element_get_attribute (request, "id");
  g_autofree char *text = g_strdup_printf ("<iq type='%s' id='%s' from='%s'>%s</iq>", type, id,
                                           hs_element_get_attribute (request, "to"), payload);

  g_hash_table_add (self->answered, g_strdup (id));
  test_client_say (self->test, text);
}

void
disco_test_answer (DiscoTest *self, const char *to, const char *node, const char *content)
{
  g_autoptr (HsElement) request = await_request (self, HS_NS_DISCO_INFO, to, node);
  g_autofree char *payload
      = g_strconcat ("<query xmlns='" HS_NS_DISCO_INFO "'>", content, "</query>", NULL);

  reply (self, request, "result", payload);
}

void
disco_test_answer_items (DiscoTest *self, const char *to, const char *content)
{
  g_autoptr (HsElement) request = await_request (self, HS_NS_DISCO_ITEMS, to, NULL);
  g_autofree char *payload
      = g_strconcat ("<query xmlns='" HS_NS_DISCO_ITEMS "'>", content, "</query>", NULL);

  reply (self, request, "result", payload);
}

void
disco_test_refuse (DiscoTest *self, const char *to, const char *node)
{
  g_autoptr (HsElement) request = await_request (self, HS_NS_DISCO_INFO, to, node);

  reply (self, request, "error",
         "<error type='cancel'><service-unavailable xmlns='" HS_NS_STANZAS "'/></error>");
}

HsElement *
disco_test_ask (DiscoTest *self, const char *namespace_, const char *node)
{
  static guint n_asked;
  g_autofree char *id = g_strdup_printf ("ask-%u", ++n_asked);
  g_autofree char *attribute
      = node != NULL ? g_markup_printf_escaped (" node='%s'", node) : g_strdup ("");
  g_autofree char *text
      = g_strdup_printf ("<iq type='get' id='%s' from='a@example.org/x'><query xmlns='%s'%s/></iq>", id,
                         namespace_, attribute);
  g_autofree char *sent = NULL;
  g_autoptr (GError) error = NULL;
  char *at, *end;
  HsElement *iq;

  test_client_say (self->test, text);
  sent = test_client_dup_sent (self->test);
  at = strstr (sent, id);
  g_assert_nonnull (at);
  while (!g_str_has_prefix (at, "<iq"))
    at--;
  end = strstr (at, "</iq>");
  g_assert_nonnull (end);
  end[strlen ("</iq>")] = '\0';
  iq = hs_element_new_from_string (at, &error);
  g_assert_no_error (error);
  return iq;
}

void
disco_outcome_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  DiscoOutcome *outcome = data;

  outcome->n_called++;
  outcome->info = hs_disco_query_finish (HS_DISCO (source), result, &outcome->error);
  g_assert_true ((outcome->info == NULL) == (outcome->error != NULL));
}

void
disco_outcome_caps_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  DiscoOutcome *outcome = data;

  outcome->n_called++;
  outcome->info = hs_disco_query_caps_finish (HS_DISCO (source), result, &outcome->error);
  g_assert_true ((outcome->info == NULL) == (outcome->error != NULL));
}

void
disco_outcome_clear (DiscoOutcome *self)
{
  g_clear_object (&self->info);
  g_clear_error (&self->error);
  self->n_called = 0;
}
