/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "disco-test.h"

/* Service discovery both ways (XEP-0030), and the own capabilities (XEP-0115). */

static void
set_up (DiscoTest *self, gconstpointer data)
{
  disco_test_start_answered (self);
}

static void
set_up_alone (DiscoTest *self, gconstpointer data)
{
  disco_test_start (self, NULL);
}

static void
tear_down (DiscoTest *self, gconstpointer data)
{
  disco_test_end (self);
}

/* ---- Asking ---- */

static void
test_query (DiscoTest *self, gconstpointer data)
{
  DiscoOutcome outcomes[5] = { { 0 } };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  hs_disco_query_async (self->disco, "Room@B", "n", NULL, disco_outcome_cb, &outcomes[0]);
  hs_disco_query_async (self->disco, "room@b", "n", NULL, disco_outcome_cb, &outcomes[1]);
  hs_disco_query_async (self->disco, "room@b", "n", cancellable, disco_outcome_cb, &outcomes[2]);
  hs_disco_query_async (self->disco, "room@b", NULL, NULL, disco_outcome_cb, &outcomes[3]);
  hs_disco_query_async (self->disco, "@", NULL, NULL, disco_outcome_cb, &outcomes[4]);
  g_assert_cmpuint (disco_test_count_requests (self, "room@b", "n"), ==, 1);
  g_cancellable_cancel (cancellable);
  test_until (outcomes[2].n_called == 1 && outcomes[4].n_called == 1);
  g_assert_error (outcomes[2].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (outcomes[4].error, HS_ERROR, HS_ERROR_INVALID_JID);
  disco_test_answer (self, "room@b", "n", "<identity category='conference' type='text' name='Room'/>");
  disco_test_refuse (self, "room@b", NULL);
  test_until (outcomes[0].n_called == 1 && outcomes[1].n_called == 1 && outcomes[3].n_called == 1);
  g_assert_true (outcomes[0].info == outcomes[1].info);
  g_assert_true (hs_disco_info_has_identity (outcomes[0].info, "conference", NULL));
  g_assert_error (outcomes[3].error, HS_STANZA_ERROR, HS_STANZA_ERROR_SERVICE_UNAVAILABLE);
  for (guint i = 0; i < 5; i++)
    disco_outcome_clear (&outcomes[i]);
  /* An answer is kept, an error is not. */
  hs_disco_query_async (self->disco, "room@b", "n", NULL, disco_outcome_cb, &outcomes[0]);
  hs_disco_query_async (self->disco, "room@b", NULL, NULL, disco_outcome_cb, &outcomes[1]);
  test_until (outcomes[0].n_called == 1);
  g_assert_cmpuint (disco_test_count_requests (self, NULL, NULL), ==, 1);
  disco_test_answer (self, "room@b", NULL, "");
  test_until (outcomes[1].n_called == 1);
  disco_outcome_clear (&outcomes[0]);
  disco_outcome_clear (&outcomes[1]);
}

/* What is under way when the session ends fails, and what was learned is forgotten. */
static void
test_session (DiscoTest *self, gconstpointer data)
{
  g_auto (DiscoOutcome) outcome = { 0 };
  g_auto (DiscoOutcome) after = { 0 };
  guint n_notified = 0;

  g_assert_true (hs_disco_info_has_identity (hs_disco_get_server_info (self->disco), "server", "im"));
  g_assert_true (hs_disco_info_has_identity (hs_disco_get_account_info (self->disco), "account", NULL));
  g_signal_connect_swapped (self->disco, "notify::server-info", G_CALLBACK (g_atomic_int_inc), &n_notified);
  hs_disco_query_async (self->disco, "a@b", NULL, NULL, disco_outcome_cb, &outcome);
  test_client_stop (self->test);
  test_until (outcome.n_called == 1);
  g_assert_nonnull (outcome.error);
  g_assert_null (hs_disco_get_server_info (self->disco));
  g_assert_null (hs_disco_get_account_info (self->disco));
  g_assert_cmpuint (n_notified, ==, 1);
  hs_disco_query_async (self->disco, "example.org", NULL, NULL, disco_outcome_cb, &after);
  test_until (after.n_called == 1);
  g_assert_error (after.error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
}

static void
items_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  *(GPtrArray **) data = hs_disco_query_items_finish (HS_DISCO (source), result, &error);
  g_assert_no_error (error);
}

#define ITEM(jid, more) "<item jid='" jid "' " more "/>"
#define SET(last, count)                                                                           \
  "<set xmlns='" HS_NS_RSM "'><first>f</first><last>" last "</last><count>" count "</count></set>"

static void
test_items (DiscoTest *self, gconstpointer data)
{
  g_autoptr (GPtrArray) items = NULL;
  HsDiscoItem *item;

  hs_disco_query_items_async (self->disco, "rooms.b", NULL, NULL, items_cb, &items);
  disco_test_answer_items (self, "rooms.b", ITEM ("a@rooms.b", "name='A'") ITEM ("b@rooms.b", "") SET ("1", "5"));
  test_client_await_sent (self->test, "<after>1</after>");
  g_assert_null (items);
  disco_test_answer_items (self, "rooms.b", ITEM ("b@rooms.b", "") ITEM ("c@rooms.b", "node='n'") "<item jid='@'/>" SET ("2", "5"));
  test_client_await_sent (self->test, "<after>2</after>");
  disco_test_answer_items (self, "rooms.b", ITEM ("d@rooms.b", "") SET ("3", "5"));
  test_until (items != NULL);
  g_assert_cmpuint (items->len, ==, 4);
  item = items->pdata[0];
  g_assert_cmpstr (hs_jid_to_string (hs_disco_item_get_jid (item)), ==, "a@rooms.b");
  g_assert_cmpstr (hs_disco_item_get_name (item), ==, "A");
  g_assert_cmpstr (hs_disco_item_get_node (items->pdata[2]), ==, "n");
  /* A service that sends its first page again and again. */
  g_clear_pointer (&items, g_ptr_array_unref);
  hs_disco_query_items_async (self->disco, "odd.b", NULL, NULL, items_cb, &items);
  disco_test_answer_items (self, "odd.b", ITEM ("a@odd.b", "") SET ("1", "9"));
  disco_test_answer_items (self, "odd.b", ITEM ("a@odd.b", "") SET ("2", "9"));
  test_until (items != NULL);
  g_assert_cmpuint (items->len, ==, 1);
  /* One without pages. */
  g_clear_pointer (&items, g_ptr_array_unref);
  hs_disco_query_items_async (self->disco, "old.b", NULL, NULL, items_cb, &items);
  disco_test_answer_items (self, "old.b", ITEM ("a@old.b", "") ITEM ("b@old.b", ""));
  test_until (items != NULL);
  g_assert_cmpuint (items->len, ==, 2);
}

typedef struct
{
  gboolean called;
  HsJid *jid;
} Service;

static void
service_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Service *service = data;
  g_autoptr (GError) error = NULL;

  service->called = TRUE;
  service->jid = hs_disco_find_service_finish (HS_DISCO (source), result, &error);
  g_assert_no_error (error);
}

static void
test_service (DiscoTest *self, gconstpointer data)
{
  Service service = { FALSE, NULL };
  Service none = { FALSE, NULL };

  hs_disco_find_service_async (self->disco, "urn:upload", NULL, service_cb, &service);
  disco_test_answer_items (self, "example.org", ITEM ("a.example.org", "") ITEM ("b.example.org", "")
                           ITEM ("c.example.org", ""));
  disco_test_answer (self, "c.example.org", NULL, "<feature var='urn:upload'/>");
  disco_test_answer (self, "b.example.org", NULL, "<feature var='urn:upload'/>");
  disco_test_refuse (self, "a.example.org", NULL);
  test_until (service.called);
  g_assert_cmpstr (hs_jid_to_string (service.jid), ==, "b.example.org");
  hs_jid_unref (service.jid);
  hs_disco_find_service_async (self->disco, "urn:other", NULL, service_cb, &none);
  disco_test_answer_items (self, "example.org", ITEM ("b.example.org", ""));
  test_until (none.called);
  g_assert_null (none.jid);
}

/* ---- Answering ---- */

static gboolean
has_feature (HsElement *iq, const char *var)
{
  HsElement *query = hs_element_get_child (iq, "query", HS_NS_DISCO_INFO);
  HsElement *child = query != NULL ? hs_element_get_first_child (query) : NULL;

  for (; child != NULL; child = hs_element_get_next_sibling (child))
    if (g_strcmp0 (hs_element_get_attribute (child, "var"), var) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_error (HsElement *iq)
{
  HsElement *error = hs_element_get_child (iq, "error", HS_NS_CLIENT);

  return g_strcmp0 (hs_element_get_attribute (iq, "type"), "error") == 0
         && hs_element_get_child (error, "item-not-found", HS_NS_STANZAS) != NULL;
}

static void
assert_answer (DiscoTest *self, const char *node, const char *feature)
{
  g_autoptr (HsElement) iq = disco_test_ask (self, HS_NS_DISCO_INFO, node);

  if (feature == NULL)
    {
      g_assert_true (is_error (iq));
      return;
    }
  g_assert_cmpstr (hs_element_get_attribute (iq, "type"), ==, "result");
  g_assert_cmpstr (hs_element_get_child_attribute (iq, "query", HS_NS_DISCO_INFO, "node"), ==, node);
  g_assert_true (has_feature (iq, feature));
  g_assert_true (has_feature (iq, HS_NS_DISCO_INFO));
}

/* The "node#hash" of the last presence that was sent. */
static char *
dup_own_node (DiscoTest *self)
{
  g_autofree char *sent = test_client_dup_sent (self->test);
  char *at = g_strrstr (sent, "<presence"), *end;
  g_autoptr (HsElement) presence = NULL;

  g_assert_nonnull (at);
  end = strstr (at, "</presence>");
  g_assert_nonnull (end);
  end[strlen ("</presence>")] = '\0';
  presence = hs_element_new_from_string (at, NULL);
  g_assert_cmpstr (hs_element_get_child_attribute (presence, "c", HS_NS_CAPS, "hash"), ==, "sha-1");
  return g_strconcat (hs_element_get_child_attribute (presence, "c", HS_NS_CAPS, "node"), "#",
                      hs_element_get_child_attribute (presence, "c", HS_NS_CAPS, "ver"), NULL);
}

static void
await_presences (DiscoTest *self, guint n_presences)
{
  test_until (scripted_server_count_received (self->test->server, "</presence>") == n_presences);
  test_spin (50);
  g_assert_cmpuint (scripted_server_count_received (self->test->server, "</presence>"), ==, n_presences);
}

static void
test_answers (DiscoTest *self, gconstpointer data)
{
  g_autoptr (HsElement) items = NULL;
  g_autoptr (HsElement) nothing = NULL;

  assert_answer (self, NULL, HS_NS_DISCO_ITEMS);
  assert_answer (self, "", HS_NS_CAPS);
  assert_answer (self, "other", NULL);
  assert_answer (self, "urn:headstock-glib#b3RoZXI=", NULL);
  items = disco_test_ask (self, HS_NS_DISCO_ITEMS, NULL);
  g_assert_cmpstr (hs_element_get_attribute (items, "type"), ==, "result");
  nothing = disco_test_ask (self, HS_NS_DISCO_ITEMS, "other");
  g_assert_true (is_error (nothing));
}

/* The last 3 own hashes are answered with what they stood for. */
static void
test_own_hashes (DiscoTest *self, gconstpointer data)
{
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *fourth = NULL;

  hs_disco_add_feature (self->disco, "urn:1");
  hs_disco_set_node (self->disco, "https://example.org/");
  hs_client_set_own_presence (self->test->client, presence);
  await_presences (self, 1);
  first = dup_own_node (self);
  g_assert_true (g_str_has_prefix (first, "https://example.org/#"));
  assert_answer (self, first, "urn:1");
  /* Changes of a turn are one presence. */
  hs_disco_add_feature (self->disco, "urn:2");
  hs_disco_add_feature (self->disco, "urn:2b");
  hs_disco_add_feature (self->disco, "urn:1");
  await_presences (self, 2);
  second = dup_own_node (self);
  assert_answer (self, second, "urn:2b");
  assert_answer (self, first, "urn:1");
  hs_disco_add_identity (self->disco, "client", "bot", "Bot", NULL);
  await_presences (self, 3);
  third = dup_own_node (self);
  hs_disco_add_feature (self->disco, "urn:4");
  await_presences (self, 4);
  fourth = dup_own_node (self);
  assert_answer (self, fourth, "urn:4");
  assert_answer (self, third, "urn:2");
  assert_answer (self, second, "urn:2");
  assert_answer (self, first, NULL);
  /* What changes nothing sends nothing. */
  hs_disco_add_feature (self->disco, "urn:4");
  await_presences (self, 4);
  /* What cannot be hashed is not advertised. */
  hs_disco_add_identity (self->disco, "client", "bot", "<3", NULL);
  test_until (scripted_server_has_received (self->test->server, "<presence/>"));
  hs_disco_set_caps_versions (self->disco, 0);
  test_spin (50);
  g_assert_cmpuint (scripted_server_count_received (self->test->server, "<presence"), ==, 5);
}

/* To somebody in particular as well, and instead of what was there. */
static void
test_prepare (DiscoTest *self, gconstpointer data)
{
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  g_autoptr (HsPresence) gone = hs_presence_new ("unavailable");
  guint n_caps = 0;

  hs_element_set_attribute (HS_ELEMENT (presence), "to", "room@b/nick");
  for (guint i = 0; i < 2; i++)
    hs_client_prepare_presence (self->test->client, presence);
  for (HsElement *child = hs_element_get_first_child (HS_ELEMENT (presence)); child != NULL;
       child = hs_element_get_next_sibling (child))
    n_caps += hs_element_matches (child, "c", HS_NS_CAPS);
  g_assert_cmpuint (n_caps, ==, 1);
  hs_client_prepare_presence (self->test->client, gone);
  g_assert_null (hs_element_get_first_child (HS_ELEMENT (gone)));
}

/* ---- Modules ---- */

#define TEST_TYPE_DICE (test_dice_get_type ())
G_DECLARE_FINAL_TYPE (TestDice, test_dice, TEST, DICE, GObject)

struct _TestDice
{
  GObject parent_instance;
  const char *feature;
};

static void
test_dice_describe (HsDescribed *described, HsDiscoInfo *info)
{
  hs_disco_info_add_feature (info, TEST_DICE (described)->feature);
}

static void
test_dice_described_init (HsDescribedInterface *iface)
{
  iface->describe = test_dice_describe;
}

static void
test_dice_module_init (HsModuleInterface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestDice, test_dice, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, test_dice_module_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_DESCRIBED, test_dice_described_init))

static void
test_dice_class_init (TestDiceClass *klass)
{
}

static void
test_dice_init (TestDice *self)
{
  self->feature = "urn:dice:1";
}

/* Registered when all else is there already, each after the other. */
static void
test_late (DiscoTest *self, gconstpointer data)
{
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  g_autoptr (TestDice) dice = g_object_new (TEST_TYPE_DICE, NULL);

  hs_client_register (self->test->client, HS_MODULE (dice));
  hs_client_set_own_presence (self->test->client, presence);
  test_until (scripted_server_has_received (self->test->server, "<presence/>"));
  self->disco = hs_disco_new ();
  hs_client_register (self->test->client, HS_MODULE (self->disco));
  await_presences (self, 1);
  disco_test_answer (self, "example.org", NULL, "");
  disco_test_answer (self, "user@example.org", NULL, "");
  g_assert_nonnull (hs_disco_get_server_info (self->disco));
  g_assert_nonnull (hs_disco_get_account_info (self->disco));
  assert_answer (self, NULL, "urn:dice:1");
  dice->feature = "urn:dice:2";
  g_signal_emit_by_name (dice, "description-changed");
  g_signal_emit_by_name (dice, "description-changed");
  await_presences (self, 2);
  assert_answer (self, NULL, "urn:dice:2");
  hs_client_unregister (self->test->client, HS_MODULE (dice));
  await_presences (self, 3);
  /* Nobody listens any more. */
  g_signal_emit_by_name (dice, "description-changed");
  await_presences (self, 3);
  g_assert_cmpint (g_signal_handlers_disconnect_matched (dice, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, self->disco),
                   ==, 0);
}

/* ---- A component ---- */

#define N_ADDRESSES 1000
#define COMPONENT_HEADER                                                                           \
  "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "                           \
  "xmlns:stream='http://etherx.jabber.org/streams' id='s1' from='service.example.org'>"

static const ScriptStep script_component[] = { EXPECT ("<stream:stream"), EXPECT (">"),
                                               SEND (COMPONENT_HEADER), EXPECT ("</handshake>"),
                                               SEND ("<handshake/>"), SERVE, END };

static gboolean
info_requested_cb (HsDisco *disco, HsIq *request, const char *node, gpointer data)
{
  g_autoptr (HsJid) to = hs_stanza_get_to_jid (HS_STANZA (request));

  if (hs_jid_get_local (to) == NULL)
    return FALSE;
  g_assert_cmpstr (node, ==, NULL);
  g_ptr_array_add (data, g_object_ref (request));
  return TRUE;
}

static gboolean
items_requested_cb (HsDisco *disco, HsIq *request, const char *node, gpointer data)
{
  g_autoptr (GListStore) items = g_list_store_new (HS_TYPE_DISCO_ITEM);
  g_autoptr (HsDiscoItem) item = hs_disco_item_new ("5@service.example.org", "n", "Five & six");

  if (strcmp (node, "n") != 0)
    {
      *(HsIq **) data = g_object_ref (request);
      return FALSE;
    }
  g_list_store_append (items, item);
  hs_disco_answer_items (disco, request, G_LIST_MODEL (items));
  /* It has answered, whatever it says. */
  return FALSE;
}

static void
answer_request (HsDisco *disco, HsIq *request)
{
  g_autoptr (HsDiscoInfo) info = hs_disco_info_new ();
  g_autoptr (HsJid) to = hs_stanza_get_to_jid (HS_STANZA (request));
  const char *number = hs_jid_get_local (to);
  g_autofree char *feature = g_strconcat ("urn:number:", number, NULL);

  hs_disco_info_add_feature (info, feature);
  hs_disco_answer (disco, request, strcmp (number, "7") == 0 ? NULL : info);
}

static void
ask_addresses (ScriptedServer *server)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < N_ADDRESSES; i++)
    g_string_append_printf (text,
                            "<iq type='get' id='i%u' from='a@b/c' to='%u@service.example.org'>"
                            "<query xmlns='" HS_NS_DISCO_INFO "'/></iq>",
                            i, i);
  g_string_append (text, "<iq type='get' id='own' from='a@b/c' to='service.example.org'><query xmlns='"
                         HS_NS_DISCO_INFO "'/></iq>"
                         "<iq type='get' id='its' from='a@b/c' to='service.example.org'><query xmlns='"
                         HS_NS_DISCO_ITEMS "' node='n'/></iq>"
                         "<iq type='get' id='not' from='a@b/c' to='service.example.org'><query xmlns='"
                         HS_NS_DISCO_ITEMS "' node='o'/></iq>"
                         "<iq type='set' id='set' from='a@b/c' to='5@service.example.org'><query xmlns='"
                         HS_NS_DISCO_INFO "'/></iq>");
  scripted_server_send (server, text->str);
}

/* Each address has its own answer, and the answers come later. A second answer is not sent. */
static void
test_component (void)
{
  const ScriptStep *scripts[] = { script_component, NULL };
  g_autoptr (ScriptedServer) server = scripted_server_new (scripts);
  HsClient *client = HS_CLIENT (hs_component_new ("service.example.org", "secret"));
  HsDisco *disco = hs_disco_new ();
  g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (DiscoOutcome) outcome = { 0 };
  g_autoptr (HsIq) kept = NULL;

  hs_client_set_host (client, "127.0.0.1");
  hs_client_set_port (client, scripted_server_get_port (server));
  hs_client_register (client, HS_MODULE (disco));
  g_signal_connect (disco, "info-requested", G_CALLBACK (info_requested_cb), requests);
  g_signal_connect (disco, "items-requested", G_CALLBACK (items_requested_cb), &kept);
  hs_client_start (client);
  test_until (hs_client_get_state (client) == HS_CLIENT_STATE_READY);
  ask_addresses (server);
  test_until (requests->len == N_ADDRESSES && scripted_server_has_received (server, "\"set\""));
  g_assert_cmpuint (scripted_server_count_received (server, "urn:number:"), ==, 0);
  g_assert_true (scripted_server_has_received (server, "type=\"generic\""));
  g_assert_true (scripted_server_has_received (server, "name=\"Five &amp; six\""));
  for (guint i = 0; i < 2 * requests->len; i++)
    answer_request (disco, requests->pdata[i / 2]);
  hs_disco_answer_items (disco, kept, NULL);
  test_until (scripted_server_count_received (server, "urn:number:") == N_ADDRESSES - 1
              && scripted_server_has_received (server, "urn:number:999"));
  g_assert_true (scripted_server_has_received (server, "from=\"5@service.example.org\""));
  g_assert_cmpuint (scripted_server_count_received (server, "item-not-found"), ==, 2);
  g_assert_cmpuint (scripted_server_count_received (server, "service-unavailable"), ==, 1);
  /* A component has no account to ask about, and asks as itself. */
  g_assert_false (scripted_server_has_received (server, "type=\"get\""));
  hs_disco_query_async (disco, "b", NULL, NULL, disco_outcome_cb, &outcome);
  test_until (scripted_server_has_received (server, "type=\"get\" to=\"b\""));
  g_assert_cmpuint (scripted_server_count_received (server, "urn:number:"), ==, N_ADDRESSES - 1);
  g_assert_cmpuint (scripted_server_count_received (server, "item-not-found"), ==, 2);
  g_assert_cmpuint (scripted_server_count_received (server, "id=\"not\""), ==, 1);
  g_assert_cmpuint (scripted_server_count_received (server, "id=\"its\""), ==, 1);
  hs_client_stop (client);
  test_until (hs_client_get_state (client) == HS_CLIENT_STATE_DISCONNECTED);
  test_until (outcome.n_called == 1);
  g_assert_error (outcome.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_ptr_array_set_size (requests, 0);
  g_clear_object (&kept);
  g_assert_finalize_object (client);
  g_assert_finalize_object (disco);
}

#define ADD(name, begin, func)                                                                     \
  g_test_add ("/disco/" name, DiscoTest, NULL, begin, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("query", set_up, test_query);
  ADD ("session", set_up, test_session);
  ADD ("items", set_up, test_items);
  ADD ("service", set_up, test_service);
  ADD ("answers", set_up, test_answers);
  ADD ("own-hashes", set_up, test_own_hashes);
  ADD ("prepare", set_up, test_prepare);
  ADD ("late", set_up_alone, test_late);
  g_test_add_func ("/disco/component", test_component);
  return g_test_run ();
}
