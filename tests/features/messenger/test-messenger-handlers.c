/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A handler of a signal may do anything: here it does the same at each place of a run in turn. In one row of tests it is a
 * handler of HsClient::xml, which sees all that a messenger sends; in the other it is one of all signals. */
#include <headstock-glib-test/headstock-test.h>
#include <headstock-glib/headstock.h>

#define NS_PUBSUB "http://jabber.org/protocol/pubsub"
#define NS_ITEMS "http://jabber.org/protocol/disco#items"
#define FEATURE(var) "<feature var='" var "'/>"
#define FEATURES                                                                                   \
  FEATURE ("urn:xmpp:mam:2") FEATURE ("urn:xmpp:http:upload:0") FEATURE (NS_PUBSUB "#publish-options")               \
  FEATURE ("urn:xmpp:bookmarks:1#compat")
#define ROOM "verona@rooms.example.org"
#define BOOKMARK(room)                                                                             \
  "<item id='" room "'><conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'><nick>romeo</nick></conference></item>"

typedef void (*Deed) (HsMessenger *messenger);

typedef struct
{
  HsTestServer *server;
  HsClient *client;
  HsMessenger *messenger; /* NULL when the run is over */
  Deed deed;
  guint n_before; /* handlers that are called until then */
  guint n_called;
} Run;

typedef struct
{
  Deed deed;
  gboolean hears_all; /* signals */
} Case;

static GPtrArray *
list_modules (HsMessenger *messenger)
{
  g_autoptr (GListModel) list = hs_client_list_modules (hs_messenger_get_client (messenger));
  GPtrArray *modules = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    g_ptr_array_add (modules, g_list_model_get_item (list, i));
  return modules;
}

static void
unregister (HsMessenger *messenger)
{
  g_autoptr (GPtrArray) modules = list_modules (messenger);

  for (guint i = 0; i < modules->len; i++)
    hs_client_unregister (hs_messenger_get_client (messenger), modules->pdata[i]);
}

static void
register_again (HsMessenger *messenger)
{
  g_autoptr (GPtrArray) modules = list_modules (messenger);

  unregister (messenger);
  for (guint i = 0; i < modules->len; i++)
    hs_client_register (hs_messenger_get_client (messenger), modules->pdata[i]);
}

static void
stop (HsMessenger *messenger)
{
  hs_client_stop (hs_messenger_get_client (messenger));
}

static void
forget (HsMessenger *messenger)
{
  HsMuc *muc = hs_messenger_get_muc (messenger);
  HsHistory *history = hs_messenger_get_history (messenger);
  GListModel *rooms = hs_muc_get_rooms (muc);

  hs_history_add_archive (history, ROOM);
  hs_history_remove_archive (history, ROOM);
  hs_history_remove_archive (history, "user@example.org");
  while (g_list_model_get_n_items (rooms) > 0)
    {
      g_autoptr (HsRoom) room = g_list_model_get_item (rooms, 0);

      hs_muc_remove_room (muc, room);
    }
}

static void
act (Run *run)
{
  if (run->n_called++ == run->n_before)
    run->deed (run->messenger);
}

static void
xml_cb (HsClient *client, HsDirection direction, const char *text, Run *run)
{
  if (direction == HS_DIRECTION_OUT)
    act (run);
}

static void hear_all (Run *run);

static void
signal_cb (GClosure *closure, GValue *value, guint n_values, const GValue *values, gpointer hint, gpointer data)
{
  Run *run = closure->data;

  if (run->messenger == NULL)
    return;
  act (run);
  hear_all (run);
}

/* Connects to all signals of an object, once. */
static void
hear (Run *run, gpointer object)
{
  GType types[] = { G_OBJECT_TYPE (object), G_TYPE_OBJECT, G_TYPE_LIST_MODEL };

  if (g_object_get_data (object, "heard") != NULL)
    return;
  g_object_set_data (object, "heard", run);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      guint n_ids;
      g_autofree guint *ids = g_type_is_a (G_OBJECT_TYPE (object), types[i]) ? g_signal_list_ids (types[i], &n_ids) : NULL;

      for (guint k = 0; ids != NULL && k < n_ids; k++)
        {
          GClosure *closure = g_closure_new_simple (sizeof (GClosure), run);

          g_closure_set_marshal (closure, signal_cb);
          g_signal_connect_closure_by_id (object, ids[k], 0, closure, FALSE);
        }
    }
}

static void
hear_list (Run *run, GListModel *list)
{
  hear (run, list);
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (list, i);

      hear (run, item);
    }
}

static void
hear_all (Run *run)
{
  g_autoptr (GListModel) modules = hs_client_list_modules (run->client);

  hear (run, run->client);
  hear_list (run, modules);
  hear_list (run, hs_muc_get_rooms (hs_messenger_get_muc (run->messenger)));
  hear_list (run, hs_roster_get_contacts (hs_messenger_get_roster (run->messenger)));
  hear_list (run, hs_bookmarks_get_bookmarks (hs_messenger_get_bookmarks (run->messenger)));
}

static void
set_up (Run *run)
{
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);

  run->client = hs_client_new ("user@example.org", "secret");
  run->server = hs_test_server_new ();
  run->messenger = g_object_new (HS_TYPE_MESSENGER, "client", run->client, "keeps-history", TRUE, NULL);
  hs_client_set_own_presence (run->client, presence);
  hs_history_set_order (hs_messenger_get_history (run->messenger), HS_HISTORY_ORDER_OLDEST_FIRST);
  hs_test_server_answer (run->server, "query", HS_NS_DISCO_INFO, "<query xmlns='" HS_NS_DISCO_INFO "'>" FEATURES "</query>");
  hs_test_server_answer (run->server, "query", NS_ITEMS, "<query xmlns='" NS_ITEMS "'><item jid='upload.example.org'/></query>");
  hs_test_server_answer (run->server, "query", HS_NS_ROSTER, "<query xmlns='" HS_NS_ROSTER "'><item jid='juliet@example.com'/></query>");
  hs_test_server_answer (run->server, "blocklist", "urn:xmpp:blocking", "<blocklist xmlns='urn:xmpp:blocking'><item jid='paris@example.com'/></blocklist>");
  hs_test_server_answer (run->server, "pubsub", NS_PUBSUB,
                         "<pubsub xmlns='" NS_PUBSUB "'><items node='urn:xmpp:bookmarks:1'>" BOOKMARK (ROOM)
                         BOOKMARK ("padua@rooms.example.org") "</items></pubsub>");
  hs_test_server_answer (run->server, "query", "urn:xmpp:mam:2",
                         "<fin xmlns='urn:xmpp:mam:2' complete='true'><set xmlns='http://jabber.org/protocol/rsm'/></fin>");
}

/* A session in which others write, its resumption, and another session. */
static void
live (Run *run)
{
  HsTestServer *server = run->server;

  if (!hs_test_server_start (server, run->client, NULL))
    return;
  hs_test_server_feed (server, "<message from='juliet@example.com/balcony' type='chat' id='m1'><body>one</body>"
                               "<request xmlns='urn:xmpp:receipts'/><stanza-id xmlns='urn:xmpp:sid:0' by='user@example.org' id='1'/>"
                               "</message>", NULL);
  hs_test_server_feed (server, "<presence from='" ROOM "/romeo'><x xmlns='http://jabber.org/protocol/muc#user'>"
                               "<item role='participant' affiliation='member'/><status code='110'/></x></presence>", NULL);
  hs_test_server_feed (server, "<presence from='juliet@example.com/balcony'>"
                               "<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/></presence>", NULL);
  hs_test_server_feed (server, "<iq type='get' id='q1' from='juliet@example.com/balcony'><query xmlns='" HS_NS_DISCO_INFO "'/></iq>", NULL);
  hs_test_server_cut (server);
  hs_test_server_resume (server, NULL);
  hs_test_server_refuse (server, HS_TEST_REFUSAL_RESUMPTION, 1);
  hs_test_server_cut (server);
  hs_test_server_resume (server, NULL);
  hs_test_server_settle (server);
}

static void
test_handler (gconstpointer data)
{
  const Case *given = data;
  guint n_runs = 0;
  Run run;

  do
    {
      run = (Run){ .deed = given->deed, .n_before = n_runs++ };
      set_up (&run);
      if (given->hears_all)
        hear_all (&run);
      else
        g_signal_connect (run.client, "xml", G_CALLBACK (xml_cb), &run);
      live (&run);
      hs_test_server_stop (run.server);
      g_clear_object (&run.messenger);
      g_object_unref (run.server);
      g_assert_finalize_object (run.client);
    }
  while (run.n_called > run.n_before);
  g_test_message ("%u runs", n_runs);
  g_assert_cmpuint (n_runs, >, 30);
}

int
main (int argc, char **argv)
{
  static const Case cases[] = { { unregister, FALSE }, { register_again, FALSE }, { stop, FALSE }, { forget, FALSE },
                                { unregister, TRUE },  { register_again, TRUE } };

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/messenger-handlers/xml/unregister", &cases[0], test_handler);
  g_test_add_data_func ("/messenger-handlers/xml/register-again", &cases[1], test_handler);
  g_test_add_data_func ("/messenger-handlers/xml/stop", &cases[2], test_handler);
  g_test_add_data_func ("/messenger-handlers/xml/forget", &cases[3], test_handler);
  g_test_add_data_func ("/messenger-handlers/all/unregister", &cases[4], test_handler);
  g_test_add_data_func ("/messenger-handlers/all/register-again", &cases[5], test_handler);

  return g_test_run ();
}
