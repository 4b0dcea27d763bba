/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pubsub-test.h"

#include <string.h>

/* Nodes, with a server that says what a test wants. */

static void
assert_sent (PubSubTest *f, const char *text)
{
  if (strstr (f->sent, text) == NULL)
    g_error ("'%s' is not in: %s", text, f->sent);
}

static void
assert_published (PubSubTest *f)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = pubsub_finish_publish (f, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (id, ==, "1");
}

/* The service checks what the node is, when it gets the item. */
static void
test_options (void)
{
  g_autoptr (HsNodeConfig) options = hs_node_config_new_private ();
  PubSubTest f;

  hs_node_config_store_value (options, "max_items", "max");
  pubsub_set_up (&f);
  pubsub_publish (&f, NULL, options, OPTIONS);
  pubsub_await (&f, "<publish ");
  g_assert_null (strstr (f.sent, " to="));
  assert_sent (&f, "<publish node=\"" NODE "\"><item id=\"1\"><note xmlns=\"urn:example:note\">secret</note></item>");
  assert_sent (&f, "<value>http://jabber.org/protocol/pubsub#publish-options</value>");
  assert_sent (&f, "<field var=\"pubsub#persist_items\"><value>true</value></field>");
  assert_sent (&f, "<field var=\"pubsub#access_model\"><value>whitelist</value></field>");
  assert_sent (&f, "<field var=\"pubsub#max_items\"><value>max</value></field>");
  pubsub_say (&f, RESULT (""));
  assert_published (&f);
  pubsub_tear_down (&f);
}

/* Without options, nothing is asked. */
static void
test_plain (void)
{
  PubSubTest f;

  pubsub_set_up (&f);
  pubsub_publish (&f, "pubsub.example.org", NULL, NULL);
  pubsub_await (&f, "<publish ");
  assert_sent (&f, "to=\"pubsub.example.org\"");
  g_assert_null (strstr (f.sent, "publish-options"));
  pubsub_say (&f, "<iq type='result' id='@ID@' from='pubsub.example.org'/>");
  assert_published (&f);
  pubsub_tear_down (&f);
}

static void
test_precondition (void)
{
  g_autoptr (HsNodeConfig) options = hs_node_config_new_private ();
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  PubSubTest f;

  pubsub_set_up (&f);
  pubsub_publish (&f, NULL, options, OPTIONS);
  pubsub_await (&f, "<publish ");
  pubsub_say (&f, PRECONDITION);
  pubsub_await_config (&f, "get");
  pubsub_say (&f, CONFIG (OPEN));
  pubsub_await_config (&f, "set");
  assert_sent (&f, "<value>whitelist</value>");
  pubsub_say (&f, RESULT (""));
  /* What came of it is looked at. */
  pubsub_await_config (&f, "get");
  pubsub_say (&f, CONFIG (PRIVATE));
  pubsub_await (&f, "<publish ");
  assert_sent (&f, "<publish-options>");
  /* Once more, and not for ever. */
  pubsub_say (&f, PRECONDITION);
  id = pubsub_finish_publish (&f, &error);
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_CONFLICT);
  g_assert_null (id);
  pubsub_assert_unsent (&f, "<pubsub");
  pubsub_tear_down (&f);
}

/* The service does not know an option when it publishes (ejabberd 23): the node is configured, and then the service
 * checks who may read it. */
static void
test_unknown_option (void)
{
  static const char *const conditions[] = { "resource-constraint", "bad-request", "not-acceptable" };

  for (guint i = 0; i < G_N_ELEMENTS (conditions); i++)
    {
      g_autoptr (HsNodeConfig) options = hs_node_config_new_private ();
      g_autofree char *unknown = g_strdup_printf ("<iq type='error' id='@ID@'><error type='wait'><%s "
                                                  "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
                                                  conditions[i]);
      PubSubTest f;

      hs_node_config_store_value (options, "max_items", "max");
      pubsub_set_up (&f);
      pubsub_publish (&f, NULL, options, OPTIONS);
      pubsub_await (&f, "<publish ");
      pubsub_say (&f, unknown);
      pubsub_await_config (&f, "get");
      pubsub_say (&f, CONFIG (OPEN FIELD ("max_items", "10")));
      pubsub_await_config (&f, "set");
      assert_sent (&f, "<value>whitelist</value>");
      assert_sent (&f, "<value>max</value>");
      pubsub_say (&f, RESULT (""));
      pubsub_await_config (&f, "get");
      pubsub_assert_unsent (&f, "secret");
      pubsub_say (&f, CONFIG (PRIVATE FIELD ("max_items", "max")));
      pubsub_await (&f, "<publish ");
      assert_sent (&f, "<field var=\"pubsub#persist_items\"><value>true</value></field>");
      assert_sent (&f, "<field var=\"pubsub#access_model\"><value>whitelist</value></field>");
      g_assert_null (strstr (f.sent, "max_items"));
      pubsub_say (&f, PUBLISHED ("1"));
      assert_published (&f);
      pubsub_tear_down (&f);
    }
}

/* And the node does not take what was not checked: nothing goes out. */
static void
test_unknown_option_unmet (void)
{
  g_autoptr (HsNodeConfig) options = hs_node_config_new_private ();
  g_autoptr (GError) error = NULL;
  PubSubTest f;

  hs_node_config_store_value (options, "max_items", "max");
  pubsub_set_up (&f);
  pubsub_publish (&f, NULL, options, OPTIONS);
  pubsub_await (&f, "<publish ");
  pubsub_say (&f, REFUSED ("resource-constraint", ""));
  pubsub_await_config (&f, "get");
  pubsub_say (&f, CONFIG (OPEN FIELD ("max_items", "10")));
  pubsub_await_config (&f, "set");
  pubsub_say (&f, RESULT (""));
  pubsub_await_config (&f, "get");
  pubsub_say (&f, CONFIG (PRIVATE FIELD ("max_items", "10")));
  g_assert_null (pubsub_finish_publish (&f, &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_RESOURCE_CONSTRAINT);
  pubsub_assert_unsent (&f, "secret");
  pubsub_tear_down (&f);
}

/* A node of somebody else is not configured, and another conflict says nothing of the node. */
static void
test_foreign_precondition (void)
{
  g_autoptr (HsNodeConfig) options = hs_node_config_new_open ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other = NULL;
  PubSubTest f;

  pubsub_set_up (&f);
  pubsub_publish (&f, "pubsub.example.org", options, OPTIONS);
  pubsub_await (&f, "<publish ");
  pubsub_say (&f, "<iq type='error' id='@ID@' from='pubsub.example.org'><error type='cancel'>"
                  "<conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                  "<precondition-not-met xmlns='http://jabber.org/protocol/pubsub#errors'/></error></iq>");
  g_assert_null (pubsub_finish_publish (&f, &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_CONFLICT);
  pubsub_assert_unsent (&f, "<pubsub");
  pubsub_tear_down (&f);

  pubsub_set_up (&f);
  pubsub_publish (&f, NULL, options, OPTIONS);
  pubsub_await (&f, "<publish ");
  pubsub_say (&f, REFUSED ("conflict", "<node-full xmlns='http://jabber.org/protocol/pubsub#errors'/>"));
  g_assert_null (pubsub_finish_publish (&f, &other));
  g_assert_error (other, HS_STANZA_ERROR, HS_STANZA_ERROR_CONFLICT);
  pubsub_assert_unsent (&f, "<pubsub");
  pubsub_tear_down (&f);
}

/* The service does not check: the node is made and configured before anything goes out. */
static void
test_configured_first (void)
{
  g_autoptr (HsNodeConfig) options = hs_node_config_new_private ();
  PubSubTest f;

  pubsub_set_up (&f);
  pubsub_publish (&f, NULL, options, NO_OPTIONS);
  pubsub_await_config (&f, "get");
  pubsub_say (&f, REFUSED ("item-not-found", ""));
  pubsub_await (&f, "<create node=\"" NODE "\"/>");
  pubsub_say (&f, RESULT (""));
  pubsub_await_config (&f, "get");
  pubsub_say (&f, CONFIG (OPEN));
  pubsub_await_config (&f, "set");
  pubsub_say (&f, RESULT (""));
  pubsub_await_config (&f, "get");
  pubsub_assert_unsent (&f, "secret");
  pubsub_say (&f, CONFIG (PRIVATE));
  pubsub_await (&f, "<publish ");
  g_assert_null (strstr (f.sent, "publish-options"));
  pubsub_say (&f, PUBLISHED ("1"));
  assert_published (&f);

  /* A node that is as it must be is not changed. */
  pubsub_publish (&f, NULL, options, NULL);
  pubsub_await_config (&f, "get");
  pubsub_say (&f, CONFIG (PRIVATE));
  pubsub_await (&f, "<publish ");
  pubsub_say (&f, PUBLISHED ("1"));
  assert_published (&f);
  pubsub_tear_down (&f);
}

/* Nothing goes out where the service cannot keep it. @answers: to what is asked, one after the other, until NULL. */
static void
check_unsupported (const char *const *answers)
{
  g_autoptr (HsNodeConfig) options = hs_node_config_new_private ();
  g_autoptr (GError) error = NULL;
  PubSubTest f;

  pubsub_set_up (&f);
  pubsub_publish (&f, NULL, options, NO_OPTIONS);
  for (; *answers != NULL; answers++)
    {
      pubsub_await (&f, "<pubsub ");
      g_assert_null (strstr (f.sent, "secret"));
      pubsub_say (&f, *answers);
    }
  g_assert_null (pubsub_finish_publish (&f, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_SUPPORTED);
  test_client_say (f.test, "");
  pubsub_assert_unsent (&f, "secret");
  pubsub_assert_unsent (&f, "<pubsub");
  pubsub_tear_down (&f);
}

#define ANSWERS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
test_unsupported (void)
{
  check_unsupported (ANSWERS (REFUSED ("feature-not-implemented", "")));
  check_unsupported (ANSWERS (REFUSED ("item-not-found", ""), REFUSED ("forbidden", "")));
  check_unsupported (ANSWERS (REFUSED ("item-not-found", ""), RESULT (""), REFUSED ("item-not-found", "")));
  check_unsupported (ANSWERS (RESULT ("")));
  check_unsupported (ANSWERS (CONFIG (OPEN), REFUSED ("not-acceptable", "")));
  /* It says that it has, and has not. */
  check_unsupported (ANSWERS (CONFIG (OPEN), RESULT (""), CONFIG (OPEN)));
  check_unsupported (ANSWERS (CONFIG (FIELD ("persist_items", "1"))));
  check_unsupported (ANSWERS (CONFIG (FIELD ("access_model", "open"))));
  check_unsupported (ANSWERS (CONFIG ("<field var='pubsub#access_model' type='list-single'><value>open</value>"
                                      "<option><value>open</value></option></field>" FIELD ("persist_items", "1"))));
}

static void
test_events (void)
{
  static const char *const forged[] = {
    EVENT (" from='user@example.org/other'", ITEMS ("<item id='9'/>")),
    EVENT (" from='room@chat.example.org/nick'", ITEMS ("<item id='9'/>")),
    EVENT (" from='@'", ITEMS ("<item id='9'/>")),
    "<message type='error'><event xmlns='http://jabber.org/protocol/pubsub#event'>" ITEMS ("<item id='9'/>") "</event>"
    "</message>",
    "<message><x xmlns='urn:x'>" EVENT (" xmlns='jabber:client'", ITEMS ("<item id='9'/>")) "</x></message>",
  };
  PubSubTest f;

  pubsub_set_up (&f);
  test_client_say (f.test, EVENT (" from='juliet@example.com'", ITEMS ("<item id='1'><a xmlns='urn:x'/></item><item/>"
                                                                       "<retract id='2'/><retract/>")));
  /* A node that does not keep its items may leave out their ids. */
  test_client_say (f.test, EVENT (" from='pubsub.example.org'", ITEMS ("<item><a xmlns='urn:x'/></item>")));
  test_client_say (f.test, EVENT ("", "<purge node='a'/>") EVENT ("", "<delete node='b'/><delete/>")
                               EVENT (" from='pubsub.example.org'", "<configuration node='c'/>"));
  test_client_say (f.test, "<message from='user@example.org'><event xmlns='http://jabber.org/protocol/pubsub#event'>"
                           ITEMS ("<item id='3'/>") "</event><delay xmlns='urn:xmpp:delay' "
                           "stamp='2026-01-02T03:04:05Z'/></message>");
  g_assert_cmpstr (f.events->str, ==,
                   "0 juliet@example.com " NODE " 1|1 juliet@example.com " NODE " 2|0 pubsub.example.org " NODE " ?|"
                   "2 user@example.org a -|"
                   "3 user@example.org b -|4 pubsub.example.org c -|0 user@example.org " NODE " 3 replayed|");
  g_assert_cmpuint (f.n_messages, ==, 0);
  g_string_truncate (f.events, 0);
  for (guint i = 0; i < G_N_ELEMENTS (forged); i++)
    test_client_say (f.test, forged[i]);
  g_assert_cmpstr (f.events->str, ==, "");
  pubsub_tear_down (&f);
}

static void
count_cb (HsPubSub *pubsub, HsPubSubEvent *event, guint *count)
{
  g_autofree char *payload = hs_element_to_string (hs_pubsub_item_get_payload (hs_pubsub_event_get_item (event)));

  g_assert_cmpstr (payload, ==, "<a xmlns=\"urn:x\"/>");
  *count += 1;
}

static gboolean
is_watched (PubSubTest *f)
{
  g_autoptr (HsDiscoInfo) info = hs_disco_info_new ();

  hs_described_describe (HS_DESCRIBED (f->pubsub), info);
  return hs_disco_info_has_feature (info, NODE "+notify");
}

static void
changed_cb (HsPubSub *pubsub, guint *count)
{
  *count += 1;
}

static void
test_watch (void)
{
  guint n_changes = 0, n_events = 0;
  PubSubTest f;

  pubsub_set_up (&f);
  g_signal_connect (f.pubsub, "description-changed", G_CALLBACK (changed_cb), &n_changes);
  g_signal_connect (f.pubsub, "event::" NODE, G_CALLBACK (count_cb), &n_events);
  g_assert_false (is_watched (&f));
  hs_pubsub_watch (f.pubsub, NODE);
  hs_pubsub_watch (f.pubsub, NODE);
  g_assert_true (is_watched (&f));
  g_assert_cmpuint (n_changes, ==, 1);
  hs_pubsub_unwatch (f.pubsub, NODE);
  g_assert_true (is_watched (&f));
  hs_pubsub_unwatch (f.pubsub, NODE);
  g_assert_false (is_watched (&f));
  g_assert_cmpuint (n_changes, ==, 2);
  test_client_say (f.test, EVENT ("", ITEMS ("<item id='1'><a xmlns='urn:x'/></item>"))
                               EVENT ("", "<items node='other'><item id='1'/></items>"));
  g_assert_cmpuint (n_events, ==, 1);
  pubsub_tear_down (&f);
}

static void
test_items (void)
{
  static const char *const ids[] = { "1", "2", NULL };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;
  PubSubTest f;

  pubsub_set_up (&f);
  hs_pubsub_query_items_async (f.pubsub, NULL, NODE, ids, 5, NULL, pubsub_result_cb, &f);
  pubsub_await (&f, "<items node=\"" NODE "\" max_items=\"5\"><item id=\"1\"/><item id=\"2\"/></items>");
  pubsub_say (&f, RESULT ("<pubsub " PUBSUB "><items node='" NODE "'>"
                          "<item id='1' publisher='a@b'><x xmlns='urn:x'/></item><item/><item id='2'/>"
                          "</items></pubsub>"));
  test_until (f.result != NULL);
  items = hs_pubsub_query_items_finish (f.pubsub, f.result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, 2);
  g_assert_cmpstr (hs_pubsub_item_get_id (items->pdata[0]), ==, "1");
  g_assert_cmpstr (hs_pubsub_item_get_publisher (items->pdata[0]), ==, "a@b");
  g_assert_nonnull (hs_pubsub_item_get_payload (items->pdata[0]));
  g_assert_null (hs_pubsub_item_get_payload (items->pdata[1]));

  g_clear_object (&f.result);
  hs_pubsub_query_items_async (f.pubsub, NULL, NODE, NULL, 0, NULL, pubsub_result_cb, &f);
  pubsub_await (&f, "<items node=\"" NODE "\"/>");
  pubsub_say (&f, RESULT (""));
  test_until (f.result != NULL);
  g_assert_null (hs_pubsub_query_items_finish (f.pubsub, f.result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
  pubsub_tear_down (&f);
}

#define SET(inner) "<set xmlns='http://jabber.org/protocol/rsm'>" inner "</set>"
#define PAGE(items, set) RESULT ("<pubsub " PUBSUB "><items node='" NODE "'>" items "</items>" SET (set) "</pubsub>")

/* Asks for the items, and checks their ids after the pages. @pages: the answers; the list ends with NULL. */
static void
check_pages (guint max, const char *const *pages, const char *expected)
{
  g_autoptr (GString) ids = g_string_new (NULL);
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;
  PubSubTest f;

  pubsub_set_up (&f);
  hs_pubsub_query_items_async (f.pubsub, NULL, NODE, NULL, max, NULL, pubsub_result_cb, &f);
  for (guint i = 0; pages[i] != NULL; i++)
    {
      pubsub_await (&f, "<items node=\"" NODE "\"");
      if (i > 0)
        assert_sent (&f, "<after>");
      pubsub_say (&f, pages[i]);
    }
  test_until (f.result != NULL);
  items = hs_pubsub_query_items_finish (f.pubsub, f.result, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < items->len; i++)
    g_string_append (ids, hs_pubsub_item_get_id (items->pdata[i]));
  g_assert_cmpstr (ids->str, ==, expected);
  g_free (test_client_dup_sent (f.test));
  pubsub_assert_unsent (&f, "<items ");
  pubsub_tear_down (&f);
}

/* A service may send the items in pages (XEP-0060, 6.5.4). */
static void
test_pages (void)
{
#define FIRST "<item id='1'/><item id='2'/>"
  static const char *const counted[] = { PAGE (FIRST, "<last>2</last><count>3</count>"),
                                         PAGE ("<item id='3'/>", "<last>3</last><count>3</count>"), NULL };
  static const char *const uncounted[] = { PAGE (FIRST, "<last>2</last>"), PAGE ("<item id='3'/>", "<last>3</last>"),
                                           PAGE ("", ""), NULL };
  /* The service does not understand which page is meant. */
  static const char *const repeated[] = { PAGE (FIRST, "<last>2</last><count>3</count>"),
                                          PAGE (FIRST, "<last>2</last><count>3</count>"), NULL };
  static const char *const whole[] = { PAGE (FIRST, "<last>2</last><count>2</count>"), NULL };
  static const char *const newest[] = { PAGE (FIRST, "<last>2</last><count>9</count>"), NULL };

  check_pages (0, counted, "123");
  check_pages (0, uncounted, "123");
  check_pages (0, repeated, "12");
  check_pages (0, whole, "12");
  check_pages (2, newest, "12");
}

/* An empty list of ids does not stand for all items: nothing is sent. */
static void
test_no_items (void)
{
  static const char *const none[] = { NULL };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;
  PubSubTest f;

  pubsub_set_up (&f);
  hs_pubsub_query_items_async (f.pubsub, NULL, NODE, none, 5, NULL, pubsub_result_cb, &f);
  test_until (f.result != NULL);
  items = hs_pubsub_query_items_finish (f.pubsub, f.result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (items->len, ==, 0);
  test_client_say (f.test, "");
  pubsub_assert_unsent (&f, "<items");
  pubsub_tear_down (&f);
}

typedef void (*NodeFunc) (HsPubSub *, const char *, const char *, GCancellable *, GAsyncReadyCallback, gpointer);
typedef gboolean (*NodeFinish) (HsPubSub *, GAsyncResult *, GError **);

static void
check_node (NodeFunc begin, NodeFinish finish, const char *expected, const char *answer, gboolean is_ok)
{
  g_autoptr (GError) error = NULL;
  PubSubTest f;

  pubsub_set_up (&f);
  begin (f.pubsub, NULL, NODE, NULL, pubsub_result_cb, &f);
  pubsub_await (&f, expected);
  pubsub_say (&f, answer);
  test_until (f.result != NULL);
  g_assert_true (finish (f.pubsub, f.result, &error) == is_ok);
  g_assert_true ((error == NULL) == is_ok);
  pubsub_tear_down (&f);
}

static void
test_nodes (void)
{
#define SUBSCRIPTION(state) RESULT ("<pubsub " PUBSUB "><subscription subscription='" state "'/></pubsub>")
#define CHECK(name, expected, answer, is_ok)                                                         \
  check_node (hs_pubsub_##name##_async, hs_pubsub_##name##_finish, expected, answer, is_ok)
#define SUBSCRIBES "<subscribe node=\"" NODE "\" jid=\"user@example.org\"/>"
  CHECK (subscribe, SUBSCRIBES, SUBSCRIPTION ("subscribed"), TRUE);
  CHECK (subscribe, SUBSCRIBES, SUBSCRIPTION ("pending"), TRUE);
  CHECK (subscribe, SUBSCRIBES, SUBSCRIPTION ("unconfigured"), FALSE);
  CHECK (unsubscribe, "<unsubscribe node=\"" NODE "\" jid=\"user@example.org\"", RESULT (""), TRUE);
  CHECK (create_node, "<create node=\"" NODE "\"/>", RESULT (""), TRUE);
  CHECK (create_node, "<create ", REFUSED ("conflict", ""), FALSE);
  CHECK (delete_node, "pubsub#owner\"><delete node=\"" NODE "\"/>", RESULT (""), TRUE);
  CHECK (purge_node, "pubsub#owner\"><purge node=\"" NODE "\"/>", RESULT (""), TRUE);
}

static void
ask (PubSubTest *f, NodeFunc begin, NodeFinish finish, const char *expected, const char *answer)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&f->result);
  begin (f->pubsub, "Pubsub.example.org", NODE, NULL, pubsub_result_cb, f);
  pubsub_await (f, expected);
  pubsub_say (f, answer);
  test_until (f->result != NULL);
  g_assert_true (finish (f->pubsub, f->result, &error));
  g_assert_no_error (error);
}

/* The id that a service gives to a subscription ends it again, once. */
static void
test_subscription_id (void)
{
#define FROM_SERVICE(payload) "<iq type='result' id='@ID@' from='pubsub.example.org'>" payload "</iq>"
#define UNSUBSCRIBES "<unsubscribe node=\"" NODE "\" jid=\"user@example.org\""
  PubSubTest f;

  pubsub_set_up (&f);
  ask (&f, hs_pubsub_subscribe_async, hs_pubsub_subscribe_finish, SUBSCRIBES,
       FROM_SERVICE ("<pubsub " PUBSUB "><subscription subid='a&lt;1' subscription='subscribed'/></pubsub>"));
  ask (&f, hs_pubsub_unsubscribe_async, hs_pubsub_unsubscribe_finish, UNSUBSCRIBES " subid=\"a&lt;1\"/>",
       FROM_SERVICE (""));
  ask (&f, hs_pubsub_unsubscribe_async, hs_pubsub_unsubscribe_finish, UNSUBSCRIBES "/>", FROM_SERVICE (""));
  pubsub_tear_down (&f);
}

static void
test_config (void)
{
  g_autoptr (HsDataForm) form = NULL;
  g_autoptr (GError) error = NULL;
  PubSubTest f;

  pubsub_set_up (&f);
  hs_pubsub_query_config_async (f.pubsub, NULL, NODE, NULL, pubsub_result_cb, &f);
  pubsub_await_config (&f, "get");
  pubsub_say (&f, CONFIG (OPEN));
  test_until (f.result != NULL);
  form = hs_pubsub_query_config_finish (f.pubsub, f.result, &error);
  g_assert_no_error (error);
  hs_data_form_set_value (form, "pubsub#access_model", "whitelist", &error);
  g_assert_no_error (error);
  g_clear_object (&f.result);
  hs_pubsub_store_config_async (f.pubsub, NULL, NODE, form, NULL, pubsub_result_cb, &f);
  pubsub_await_config (&f, "set");
  assert_sent (&f, "<value>whitelist</value>");
  pubsub_say (&f, RESULT (""));
  test_until (f.result != NULL);
  g_assert_true (hs_pubsub_store_config_finish (f.pubsub, f.result, &error));
  g_clear_object (&f.result);
  hs_pubsub_retract_async (f.pubsub, NULL, NODE, "1", TRUE, NULL, pubsub_result_cb, &f);
  pubsub_await (&f, "<retract node=\"" NODE "\" notify=\"true\"><item id=\"1\"/></retract>");
  pubsub_say (&f, RESULT (""));
  test_until (f.result != NULL);
  g_assert_true (hs_pubsub_retract_finish (f.pubsub, f.result, &error));
  pubsub_tear_down (&f);
}

static void
test_no_session (void)
{
  g_autoptr (HsPubSub) pubsub = hs_pubsub_new ();
  g_autoptr (GError) error = NULL;
  PubSubTest f = { .pubsub = pubsub };

  hs_pubsub_publish_async (pubsub, NULL, NODE, NULL, NULL, NULL, NULL, pubsub_result_cb, &f);
  g_assert_null (pubsub_finish_publish (&f, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pubsub/options", test_options);
  g_test_add_func ("/pubsub/plain", test_plain);
  g_test_add_func ("/pubsub/precondition", test_precondition);
  g_test_add_func ("/pubsub/unknown-option", test_unknown_option);
  g_test_add_func ("/pubsub/unknown-option-unmet", test_unknown_option_unmet);
  g_test_add_func ("/pubsub/foreign-precondition", test_foreign_precondition);
  g_test_add_func ("/pubsub/configured-first", test_configured_first);
  g_test_add_func ("/pubsub/unsupported", test_unsupported);
  g_test_add_func ("/pubsub/events", test_events);
  g_test_add_func ("/pubsub/watch", test_watch);
  g_test_add_func ("/pubsub/items", test_items);
  g_test_add_func ("/pubsub/pages", test_pages);
  g_test_add_func ("/pubsub/no-items", test_no_items);
  g_test_add_func ("/pubsub/nodes", test_nodes);
  g_test_add_func ("/pubsub/subscription-id", test_subscription_id);
  g_test_add_func ("/pubsub/config", test_config);
  g_test_add_func ("/pubsub/no-session", test_no_session);

  return g_test_run ();
}
