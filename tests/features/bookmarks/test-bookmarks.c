/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bookmarks-test.h"

#include <string.h>

#include "resume-test.h"

/* Bookmarks, with a server that says what a test wants. */

#define VERONA BOOKMARK ("verona@rooms.example.org", " name='Verona' autojoin='1'", \
                         "<nick>romeo</nick><password>montague</password>" EXTENSIONS)
#define EXTENSIONS "<extensions><x xmlns='urn:x' kept='yes'>text</x></extensions>"
#define MANTUA BOOKMARK ("Mantua@rooms.example.org", " autojoin='0'", "")
#define IS_VERONA "verona@rooms.example.org name=Verona nick=romeo password=montague autojoin|"

static void
store (BookmarksTest *f, HsBookmark *bookmark)
{
  hs_bookmarks_store_async (f->bookmarks, bookmark, NULL, pubsub_result_cb, &f->nodes);
}

static void
assert_sent (BookmarksTest *f, const char *text)
{
  if (strstr (f->nodes.sent, text) == NULL)
    g_error ("'%s' is not in: %s", text, f->nodes.sent);
}

static void
set_up_loaded (BookmarksTest *f)
{
  bookmarks_set_up (f, PEP COMPAT);
  g_assert_false (hs_bookmarks_get_is_loaded (f->bookmarks));
  bookmarks_answer (f, "<items node=\"" BOOKMARKS "\"/>",
                    ITEMS_OF (BOOKMARKS, VERONA MANTUA "<item id='empty@rooms.example.org'/>"
                              BOOKMARK ("example.org", "", "") BOOKMARK ("a@b/c", "", "") BOOKMARK ("@", "", "")
                              BOOKMARK ("VERONA@rooms.example.org", "", "")
                              "<item id='other@rooms.example.org'><conference xmlns='urn:x'/></item>"));
  test_until (hs_bookmarks_get_is_loaded (f->bookmarks));
  g_assert_true (hs_bookmarks_get_is_writable (f->bookmarks));
  bookmarks_assert (f, IS_VERONA "mantua@rooms.example.org|");
  g_assert_cmpstr (f->changes->str, ==, "0-0+2 ");
  g_string_truncate (f->changes, 0);
}

static void
test_load (void)
{
  BookmarksTest f;

  set_up_loaded (&f);
  g_assert_nonnull (hs_bookmarks_lookup (f.bookmarks, "Verona@rooms.example.org/nick"));
  g_assert_null (hs_bookmarks_lookup (f.bookmarks, "other@rooms.example.org"));
  g_assert_null (hs_bookmarks_lookup (f.bookmarks, "@"));
  bookmarks_tear_down (&f);
}

/* What is stored goes where only the account may read it, with all that others have put into it. */
static void
test_store (void)
{
  g_autoptr (HsBookmark) made = hs_bookmark_new ("New@rooms.example.org");
  g_autoptr (HsBookmark) bad = hs_bookmark_new ("rooms.example.org");
  HsBookmark *verona;
  BookmarksTest f;

  set_up_loaded (&f);
  verona = hs_bookmarks_lookup (f.bookmarks, "verona@rooms.example.org");
  hs_bookmark_set_nick (verona, "benvolio");
  hs_bookmark_set_is_autojoin (verona, FALSE);
  store (&f, verona);
  pubsub_await (&f.nodes, "<publish node=\"" BOOKMARKS "\"><item id=\"verona@rooms.example.org\">");
  assert_sent (&f, "<conference xmlns=\"urn:xmpp:bookmarks:1\" name=\"Verona\"><nick>benvolio</nick>"
                   "<password>montague</password><extensions><x xmlns=\"urn:x\" kept=\"yes\">text</x></extensions>"
                   "</conference>");
  assert_sent (&f, "<field var=\"pubsub#access_model\"><value>whitelist</value></field>");
  assert_sent (&f, "<field var=\"pubsub#persist_items\"><value>true</value></field>");
  assert_sent (&f, "<field var=\"pubsub#max_items\"><value>max</value></field>");
  assert_sent (&f, "<field var=\"pubsub#send_last_published_item\"><value>never</value></field>");
  pubsub_say (&f.nodes, RESULT (""));
  bookmarks_answer (&f, "<retract node=\"" BOOKMARKS "\" notify=\"true\"><item id=\"VERONA@rooms.example.org\"/>",
                    REFUSED ("forbidden", ""));
  bookmarks_assert_stored (&f, 0, 0);

  hs_bookmark_set_is_autojoin (made, TRUE);
  store (&f, made);
  bookmarks_answer (&f, "<item id=\"new@rooms.example.org\">", RESULT (""));
  bookmarks_assert_stored (&f, 0, 0);
  bookmarks_assert (&f, "verona@rooms.example.org name=Verona nick=benvolio password=montague|"
                        "mantua@rooms.example.org|new@rooms.example.org autojoin|");
  g_assert_cmpstr (f.changes->str, ==, "2-0+1 ");

  hs_bookmarks_remove_async (f.bookmarks, "MANTUA@rooms.example.org", NULL, pubsub_result_cb, &f.nodes);
  bookmarks_answer (&f, "<retract node=\"" BOOKMARKS "\" notify=\"true\"><item id=\"Mantua@rooms.example.org\"/>",
                    RESULT (""));
  bookmarks_answer (&f, "<retract node=\"" BOOKMARKS "\" notify=\"true\"><item id=\"mantua@rooms.example.org\"/>",
                    RESULT (""));
  bookmarks_assert_removed (&f, 0, 0);
  hs_bookmarks_remove_async (f.bookmarks, "new@rooms.example.org", NULL, pubsub_result_cb, &f.nodes);
  bookmarks_answer (&f, "<retract ", REFUSED ("item-not-found", ""));
  bookmarks_assert_removed (&f, 0, 0);
  hs_bookmarks_remove_async (f.bookmarks, "verona@rooms.example.org", NULL, pubsub_result_cb, &f.nodes);
  bookmarks_answer (&f, "<retract ", REFUSED ("forbidden", ""));
  bookmarks_assert_removed (&f, HS_STANZA_ERROR, HS_STANZA_ERROR_FORBIDDEN);
  bookmarks_assert (&f, "verona@rooms.example.org name=Verona nick=benvolio password=montague|");

  store (&f, bad);
  bookmarks_assert_stored (&f, HS_ERROR, HS_ERROR_INVALID_JID);
  hs_bookmarks_remove_async (f.bookmarks, "a@b/c", NULL, pubsub_result_cb, &f.nodes);
  bookmarks_assert_removed (&f, HS_ERROR, HS_ERROR_INVALID_JID);
  bookmarks_tear_down (&f);
}

#define OTHER_FORM BOOKMARK ("Verona@Rooms.example.org", " name='Other'", "")

/* Another program has published an item whose id is the room's address in another form. */
static void
test_other_forms (void)
{
  g_autoptr (HsBookmark) made = hs_bookmark_new ("verona@rooms.example.org");
  BookmarksTest f;

  bookmarks_set_up (&f, PEP COMPAT);
  bookmarks_answer (&f, "<items node=\"" BOOKMARKS "\"/>",
                    ITEMS_OF (BOOKMARKS, OTHER_FORM BOOKMARK ("verona@rooms.example.org", " name='Right'", "")));
  test_until (hs_bookmarks_get_is_loaded (f.bookmarks));
  bookmarks_assert (&f, "verona@rooms.example.org name=Right|");

  /* Storing the bookmark retracts the other item, which would show the previous bookmark, and its event is ignored. */
  store (&f, made);
  bookmarks_answer (&f, "<item id=\"verona@rooms.example.org\">", RESULT (""));
  bookmarks_answer (&f, "<retract node=\"" BOOKMARKS "\" notify=\"true\"><item id=\"Verona@Rooms.example.org\"/>",
                    BOOKMARK_EVENT ("", "<retract id='Verona@Rooms.example.org'/>") RESULT (""));
  bookmarks_assert_stored (&f, 0, 0);
  bookmarks_assert (&f, "verona@rooms.example.org|");

  /* Removing the bookmark retracts both. */
  test_client_say (f.nodes.test, BOOKMARK_EVENT ("", OTHER_FORM));
  bookmarks_assert (&f, "verona@rooms.example.org name=Other|");
  hs_bookmarks_remove_async (f.bookmarks, "verona@rooms.example.org", NULL, pubsub_result_cb, &f.nodes);
  bookmarks_answer (&f, "<item id=\"Verona@Rooms.example.org\"/>", RESULT (""));
  bookmarks_answer (&f, "<item id=\"verona@rooms.example.org\"/>", RESULT (""));
  bookmarks_assert_removed (&f, 0, 0);
  bookmarks_assert (&f, "");

  /* Of two items, another device retracts one: the other one is the bookmark. */
  test_client_say (f.nodes.test, BOOKMARK_EVENT ("", BOOKMARK ("verona@rooms.example.org", "", "") OTHER_FORM));
  test_client_say (f.nodes.test, BOOKMARK_EVENT ("", "<retract id='verona@rooms.example.org'/>"));
  bookmarks_answer (&f, "<items node=\"" BOOKMARKS "\"/>", ITEMS_OF (BOOKMARKS, OTHER_FORM));
  bookmarks_assert (&f, "verona@rooms.example.org name=Other|");
  bookmarks_tear_down (&f);
}

/* Stores a bookmark and checks what is published. */
static void
check_stored (BookmarksTest *f, HsBookmark *bookmark, const char *expected)
{
  g_autofree char *xml = g_strconcat ("<conference xmlns=\"urn:xmpp:bookmarks:1\">", expected, "</conference>", NULL);

  store (f, bookmark);
  pubsub_await (&f->nodes, "<publish node=\"" BOOKMARKS "\"><item id=\"verona@rooms.example.org\">");
  assert_sent (f, xml);
  pubsub_say (&f->nodes, RESULT (""));
  bookmarks_assert_stored (f, 0, 0);
}

/* A bookmark that is made anew for a room keeps the data of other programs, unless the program sets them. */
static void
test_kept_extensions (void)
{
#define KEPT "<extensions><x xmlns=\"urn:x\" kept=\"yes\">text</x></extensions>"
#define NOTIFY "<notify xmlns=\"urn:xmpp:notification-settings:1\"><never/></notify>"
  g_autoptr (HsBookmark) plain = hs_bookmark_new ("verona@rooms.example.org");
  g_autoptr (HsBookmark) quiet = hs_bookmark_new ("verona@rooms.example.org");
  g_autoptr (HsBookmark) loud = hs_bookmark_new ("verona@rooms.example.org");
  g_autoptr (HsBookmark) empty = hs_bookmark_new ("verona@rooms.example.org");
  g_autoptr (HsElement) extensions = hs_element_new ("extensions", BOOKMARKS);
  BookmarksTest f;

  bookmarks_set_up (&f, PEP COMPAT);
  store (&f, plain);
  bookmarks_answer (&f, "<items node=\"" BOOKMARKS "\"/>", ITEMS_OF (BOOKMARKS, VERONA));
  /* It had to wait for the present bookmark. */
  pubsub_await (&f.nodes, "<publish node=\"" BOOKMARKS "\"><item id=\"verona@rooms.example.org\">");
  assert_sent (&f, "<conference xmlns=\"urn:xmpp:bookmarks:1\">" KEPT "</conference>");
  pubsub_say (&f.nodes, RESULT (""));
  bookmarks_assert_stored (&f, 0, 0);
  hs_bookmark_set_notify_when (quiet, HS_NOTIFY_WHEN_NEVER);
  check_stored (&f, quiet, "<extensions>" NOTIFY "<x xmlns=\"urn:x\" kept=\"yes\">text</x></extensions>");
  hs_bookmark_set_notify_when (loud, HS_NOTIFY_WHEN_ALWAYS);
  check_stored (&f, loud, "<extensions><notify xmlns=\"urn:xmpp:notification-settings:1\"><always/></notify>"
                          "<x xmlns=\"urn:x\" kept=\"yes\">text</x></extensions>");
  hs_bookmark_set_extensions (empty, extensions);
  check_stored (&f, empty, "<extensions/>");
  bookmarks_tear_down (&f);
}

/* The program moves the module to the client of another account while the server stores a bookmark. */
static void
test_other_client (void)
{
  g_autoptr (HsBookmark) made = hs_bookmark_new ("new@rooms.example.org");
  g_autoptr (HsClient) other = hs_client_new ("other@example.org", "secret");
  BookmarksTest f;

  set_up_loaded (&f);
  store (&f, made);
  pubsub_await (&f.nodes, "<item id=\"new@rooms.example.org\">");
  hs_client_unregister (f.nodes.test->client, HS_MODULE (f.bookmarks));
  hs_client_register (other, HS_MODULE (f.bookmarks));
  bookmarks_assert (&f, "");
  pubsub_say (&f.nodes, RESULT (""));
  bookmarks_assert_stored (&f, 0, 0);
  bookmarks_assert (&f, "");
  hs_client_unregister (other, HS_MODULE (f.bookmarks));
  bookmarks_tear_down (&f);
}

/* The account's other devices, and strangers who have a node of the same name. */
static void
test_events (void)
{
  HsBookmark *verona;
  BookmarksTest f;

  set_up_loaded (&f);
  verona = hs_bookmarks_lookup (f.bookmarks, "verona@rooms.example.org");
  test_client_say (f.nodes.test,
                   BOOKMARK_EVENT ("", BOOKMARK ("verona@rooms.example.org", " name='V' autojoin='true'", ""))
                   BOOKMARK_EVENT (" from='user@example.org'", BOOKMARK ("new@rooms.example.org", "", "<nick>n</nick>")
                                   "<retract id='MANTUA@rooms.example.org'/><retract id='@'/>"));
  bookmarks_assert (&f, "verona@rooms.example.org name=V autojoin|new@rooms.example.org nick=n|");
  g_assert_true (hs_bookmarks_lookup (f.bookmarks, "verona@rooms.example.org") == verona);
  g_assert_null (hs_bookmark_get_extensions (verona));
  g_assert_cmpstr (f.changes->str, ==, "2-0+1 1-1+0 ");

  test_client_say (f.nodes.test,
                   BOOKMARK_EVENT (" from='mallory@example.org'", BOOKMARK ("evil@rooms.example.org", "", "")
                                   "<retract id='verona@rooms.example.org'/>")
                   BOOKMARK_EVENT (" from='user@example.org/other'", BOOKMARK ("evil@rooms.example.org", "", ""))
                   EVENT (" from='mallory@example.org'", "<purge node='" BOOKMARKS "'/><delete node='" BOOKMARKS "'/>")
                   EVENT ("", "<items node='other'>" BOOKMARK ("evil@rooms.example.org", "", "") "</items>"));
  bookmarks_assert (&f, "verona@rooms.example.org name=V autojoin|new@rooms.example.org nick=n|");

  /* Without a payload, the bookmarks are asked for. */
  test_client_say (f.nodes.test, BOOKMARK_EVENT ("", "<item id='third@rooms.example.org'/>"));
  bookmarks_answer (&f, "<items node=\"" BOOKMARKS "\"/>", ITEMS_OF (BOOKMARKS, VERONA));
  test_until (hs_bookmarks_lookup (f.bookmarks, "new@rooms.example.org") == NULL);
  bookmarks_assert (&f, IS_VERONA);
  g_assert_true (hs_bookmarks_lookup (f.bookmarks, "verona@rooms.example.org") == verona);
  test_client_say (f.nodes.test, EVENT ("", "<purge node='" BOOKMARKS "'/>"));
  bookmarks_assert (&f, "");
  bookmarks_tear_down (&f);
}

#define OLD(room) "<conference jid='" room "' name='Old' autojoin='true'><nick>n</nick></conference>"
#define IS_OLD(room) room " name=Old nick=n autojoin|"

/* Only the stores that were replaced: they are read, and not written. */
static void
test_old_stores (void)
{
  g_autoptr (HsBookmark) made = hs_bookmark_new ("new@rooms.example.org");
  BookmarksTest f;

  bookmarks_set_up (&f, "");
  store (&f, made);
  bookmarks_answer (&f, "<query xmlns=\"jabber:iq:private\"><storage xmlns=\"storage:bookmarks\"/></query>",
                    PRIVATE_XML (OLD ("a@b.example") "<url url='http://example.org/'/>" OLD ("@") "<conference/>"));
  bookmarks_assert_stored (&f, HS_ERROR, HS_ERROR_NOT_SUPPORTED);
  g_assert_false (hs_bookmarks_get_is_writable (f.bookmarks));
  bookmarks_assert (&f, IS_OLD ("a@b.example"));
  hs_bookmarks_remove_async (f.bookmarks, "a@b.example", NULL, pubsub_result_cb, &f.nodes);
  bookmarks_assert_removed (&f, HS_ERROR, HS_ERROR_NOT_SUPPORTED);
  test_client_say (f.nodes.test, "");
  pubsub_assert_unsent (&f.nodes, "<pubsub");
  bookmarks_tear_down (&f);

  /* The account has nodes, and nobody has moved the bookmarks yet. */
  bookmarks_set_up (&f, PEP);
  bookmarks_answer (&f, "<items node=\"" BOOKMARKS "\"/>", REFUSED ("item-not-found", ""));
  bookmarks_answer (&f, "<items node=\"storage:bookmarks\"/>",
                    ITEMS_OF ("storage:bookmarks", "<item id='current'>" STORAGE (OLD ("a@b.example")) "</item>"));
  bookmarks_answer (&f, "jabber:iq:private", PRIVATE_XML (OLD ("a@b.example") OLD ("c@b.example")));
  test_until (hs_bookmarks_get_is_loaded (f.bookmarks));
  bookmarks_assert (&f, IS_OLD ("a@b.example") IS_OLD ("c@b.example"));
  store (&f, made);
  bookmarks_assert_stored (&f, HS_ERROR, HS_ERROR_NOT_SUPPORTED);
  bookmarks_tear_down (&f);

  /* No store has bookmarks. */
  bookmarks_set_up (&f, PEP);
  bookmarks_answer (&f, "<items node=\"" BOOKMARKS "\"/>", ITEMS_OF (BOOKMARKS, ""));
  bookmarks_answer (&f, "<items node=\"storage:bookmarks\"/>", REFUSED ("item-not-found", ""));
  bookmarks_answer (&f, "jabber:iq:private", REFUSED ("service-unavailable", ""));
  test_until (hs_bookmarks_get_is_loaded (f.bookmarks));
  g_assert_true (hs_bookmarks_get_is_writable (f.bookmarks));
  bookmarks_tear_down (&f);
}

/* Another device stores the first bookmark while this one reads the older stores. The bookmarks from there do not replace
 * it, and what the program stores waits until the node has been read again. */
static void
test_changed_while_loading (void)
{
  g_autoptr (HsBookmark) made = hs_bookmark_new ("new@rooms.example.org");
  BookmarksTest f;

  for (guint i = 0; i < 2; i++)
    {
      bookmarks_set_up (&f, PEP);
      store (&f, made);
      bookmarks_answer (&f, "<items node=\"" BOOKMARKS "\"/>", ITEMS_OF (BOOKMARKS, ""));
      if (i == 1)
        bookmarks_answer (&f, "<items node=\"storage:bookmarks\"/>", REFUSED ("item-not-found", ""));
      pubsub_await (&f.nodes, i == 0 ? "<items node=\"storage:bookmarks\"/>" : "jabber:iq:private");
      test_client_say (f.nodes.test, BOOKMARK_EVENT ("", VERONA) EVENT ("", "<configuration node='" BOOKMARKS "'/>"));
      bookmarks_answer (&f, "<items node=\"" BOOKMARKS "\"/>", ITEMS_OF (BOOKMARKS, VERONA));
      bookmarks_answer (&f, "<publish ", RESULT (""));
      bookmarks_assert_stored (&f, 0, 0);
      bookmarks_assert (&f, IS_VERONA "new@rooms.example.org|");
      g_assert_true (hs_bookmarks_get_is_writable (f.bookmarks));
      bookmarks_tear_down (&f);
    }
}

/* The server has learned only now that the bookmarks are watched: what another device stored before that made no event.
 * What the program stores need not wait for it. */
static void
test_missed (void)
{
  const char *asks = "<iq type='get' from='user@example.org' to='user@example.org/res' id='caps'>"
                     "<query xmlns='http://jabber.org/protocol/disco#info'/></iq>";
  g_autoptr (HsBookmark) made = hs_bookmark_new ("new@rooms.example.org");
  g_autofree char *reload = NULL;
  BookmarksTest f;

  set_up_loaded (&f);
  test_client_say (f.nodes.test, asks);
  pubsub_await (&f.nodes, "<items node=\"" BOOKMARKS "\"/>");
  reload = g_steal_pointer (&f.nodes.id);
  /* Once more, while they are on their way. */
  test_client_say (f.nodes.test, asks);
  store (&f, made);
  pubsub_await (&f.nodes, "<publish ");
  {
    g_autofree char *publish = f.nodes.id;

    f.nodes.id = g_steal_pointer (&reload);
    pubsub_say (&f.nodes, ITEMS_OF (BOOKMARKS, VERONA));
    bookmarks_assert (&f, IS_VERONA);
    g_free (f.nodes.id);
    f.nodes.id = g_steal_pointer (&publish);
  }
  pubsub_say (&f.nodes, RESULT (""));
  bookmarks_assert_stored (&f, 0, 0);
  bookmarks_assert (&f, IS_VERONA "new@rooms.example.org|");
  bookmarks_answer (&f, "<items node=\"" BOOKMARKS "\"/>", ITEMS_OF (BOOKMARKS, ""));
  bookmarks_assert (&f, "");
  bookmarks_tear_down (&f);
}

/* A server that fails to answer does not empty the list. */
static void
test_failure (void)
{
  g_autoptr (HsBookmark) made = hs_bookmark_new ("new@rooms.example.org");
  BookmarksTest f;

  bookmarks_set_up (&f, PEP COMPAT);
  store (&f, made);
  bookmarks_answer (&f, "<items ", REFUSED ("internal-server-error", ""));
  bookmarks_assert_stored (&f, HS_STANZA_ERROR, HS_STANZA_ERROR_INTERNAL_SERVER_ERROR);
  g_assert_false (hs_bookmarks_get_is_loaded (f.bookmarks));
  /* It is asked once more. */
  store (&f, made);
  bookmarks_answer (&f, "<items ", ITEMS_OF (BOOKMARKS, ""));
  bookmarks_answer (&f, "<publish ", RESULT (""));
  bookmarks_assert_stored (&f, 0, 0);
  bookmarks_assert (&f, "new@rooms.example.org|");
  bookmarks_tear_down (&f);

  set_up_loaded (&f);
  test_client_say (f.nodes.test, BOOKMARK_EVENT ("", "<item id='third@rooms.example.org'/>"));
  bookmarks_answer (&f, "<items ", REFUSED ("internal-server-error", ""));
  bookmarks_assert (&f, IS_VERONA "mantua@rooms.example.org|");
  bookmarks_tear_down (&f);
}

static void
store_cb (HsClient *client, BookmarksTest *f)
{
  g_autoptr (HsBookmark) made = hs_bookmark_new ("new@rooms.example.org");

  store (f, made);
}

/* Stored in the handler of `ready`: it waits until the bookmarks have come, and they are asked for once. */
static void
test_at_once (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  BookmarksTest f;

  bookmarks_make (&f, scripts);
  hs_client_register (f.nodes.test->client, HS_MODULE (f.bookmarks));
  g_signal_connect (f.nodes.test->client, "ready", G_CALLBACK (store_cb), &f);
  test_client_start_until_ready (f.nodes.test);
  bookmarks_say_features (&f, PEP COMPAT);
  bookmarks_answer (&f, "<items ", ITEMS_OF (BOOKMARKS, MANTUA));
  bookmarks_answer (&f, "<publish ", RESULT (""));
  bookmarks_assert_stored (&f, 0, 0);
  pubsub_assert_unsent (&f.nodes, "<items ");
  bookmarks_assert (&f, "mantua@rooms.example.org|new@rooms.example.org|");
  bookmarks_tear_down (&f);
}

/* The server cannot keep it for the account alone: nothing goes out. */
static void
test_never_open (void)
{
  g_autoptr (HsBookmark) made = hs_bookmark_new ("secret@rooms.example.org");
  BookmarksTest f;

  bookmarks_set_up (&f, "<identity category='pubsub' type='pep'/>" COMPAT);
  bookmarks_answer (&f, "<items ", REFUSED ("item-not-found", ""));
  store (&f, made);
  bookmarks_answer (&f, "<configure node=\"" BOOKMARKS "\"", REFUSED ("feature-not-implemented", ""));
  bookmarks_assert_stored (&f, HS_ERROR, HS_ERROR_NOT_SUPPORTED);
  test_client_say (f.nodes.test, "");
  pubsub_assert_unsent (&f.nodes, "secret");
  bookmarks_assert (&f, "");
  bookmarks_tear_down (&f);
}

/* A service that cannot set how many items a node keeps can still hide them from others, or it cannot. */
static void
test_few_options (void)
{
#define NODE_CONFIG(fields) RESULT ("<pubsub " OWNER "><configure node='" BOOKMARKS "'><x xmlns='jabber:x:data' type='form'>" \
                                    fields "</x></configure></pubsub>")
  g_autoptr (HsBookmark) made = hs_bookmark_new ("secret@rooms.example.org");
  BookmarksTest f;

  for (guint i = 0; i < 2; i++)
    {
      bookmarks_set_up (&f, "<identity category='pubsub' type='pep'/>" COMPAT);
      bookmarks_answer (&f, "<items ", ITEMS_OF (BOOKMARKS, ""));
      store (&f, made);
      bookmarks_answer (&f, "<configure node=\"" BOOKMARKS "\"/>",
                        i == 0 ? NODE_CONFIG (OPEN) : NODE_CONFIG (FIELD ("persist_items", "1")));
      if (i == 0)
        {
          pubsub_await (&f.nodes, "<configure node=\"" BOOKMARKS "\"><x ");
          assert_sent (&f, "<field var=\"pubsub#access_model\" type=\"text-single\"><value>whitelist</value></field></x>");
          pubsub_say (&f.nodes, RESULT (""));
          bookmarks_answer (&f, "<configure node=\"" BOOKMARKS "\"/>", NODE_CONFIG (PRIVATE));
          bookmarks_answer (&f, "<item id=\"secret@rooms.example.org\">", RESULT (""));
          bookmarks_assert_stored (&f, 0, 0);
        }
      else
        bookmarks_assert_stored (&f, HS_ERROR, HS_ERROR_NOT_SUPPORTED);
      test_client_say (f.nodes.test, "");
      pubsub_assert_unsent (&f.nodes, "secret");
      bookmarks_tear_down (&f);
    }
}

/* Registered late, without a session, taken away while the bookmarks are asked for. */
static void
test_sessions (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (HsBookmark) made = hs_bookmark_new ("new@rooms.example.org");
  g_autoptr (HsDiscoInfo) info = hs_disco_info_new ();
  BookmarksTest f;

  bookmarks_make (&f, scripts);
  store (&f, made);
  bookmarks_assert_stored (&f, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  test_client_start_until_ready (f.nodes.test);
  hs_client_register (f.nodes.test->client, HS_MODULE (f.bookmarks));
  hs_described_describe (HS_DESCRIBED (f.nodes.pubsub), info);
  g_assert_true (hs_disco_info_has_feature (info, BOOKMARKS "+notify"));
  bookmarks_say_features (&f, PEP COMPAT);
  bookmarks_answer (&f, "<items ", ITEMS_OF (BOOKMARKS, MANTUA));
  test_until (hs_bookmarks_get_is_loaded (f.bookmarks));
  hs_client_unregister (f.nodes.test->client, HS_MODULE (f.bookmarks));
  g_assert_false (hs_bookmarks_get_is_writable (f.bookmarks));
  test_client_say (f.nodes.test, BOOKMARK_EVENT ("", VERONA));
  bookmarks_assert (&f, "mantua@rooms.example.org|");

  hs_client_register (f.nodes.test->client, HS_MODULE (f.bookmarks));
  store (&f, made);
  pubsub_await (&f.nodes, "<items ");
  hs_client_unregister (f.nodes.test->client, HS_MODULE (f.bookmarks));
  bookmarks_assert_stored (&f, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  pubsub_say (&f.nodes, ITEMS_OF (BOOKMARKS, VERONA));
  bookmarks_assert (&f, "mantua@rooms.example.org|");
  hs_client_register (f.nodes.test->client, HS_MODULE (f.bookmarks));
  bookmarks_answer (&f, "<items ", ITEMS_OF (BOOKMARKS, VERONA));
  test_until (hs_bookmarks_lookup (f.bookmarks, "verona@rooms.example.org") != NULL);
  bookmarks_assert (&f, IS_VERONA);
  bookmarks_tear_down (&f);
}

/* The program takes the module for nodes away, and gives the client another one. */
static void
test_other_nodes (void)
{
  g_autoptr (HsBookmark) made = hs_bookmark_new ("new@rooms.example.org");
  g_autoptr (HsPubSub) other = hs_pubsub_new ();
  g_autoptr (HsDiscoInfo) info = hs_disco_info_new ();
  BookmarksTest f;

  set_up_loaded (&f);
  hs_client_unregister (f.nodes.test->client, HS_MODULE (f.nodes.pubsub));
  g_assert_false (hs_bookmarks_get_is_writable (f.bookmarks));
  store (&f, made);
  bookmarks_assert_stored (&f, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  hs_client_register (f.nodes.test->client, HS_MODULE (other));
  hs_described_describe (HS_DESCRIBED (other), info);
  g_assert_true (hs_disco_info_has_feature (info, BOOKMARKS "+notify"));
  bookmarks_answer (&f, "<items ", ITEMS_OF (BOOKMARKS, MANTUA));
  test_until (hs_bookmarks_get_is_writable (f.bookmarks));
  bookmarks_assert (&f, "mantua@rooms.example.org|");
  test_client_say (f.nodes.test, BOOKMARK_EVENT ("", VERONA));
  bookmarks_assert (&f, "mantua@rooms.example.org|" IS_VERONA);
  bookmarks_tear_down (&f);
}

/* The request failed while the client waited for the session to go on, and then it did. */
static void
test_resumed (void)
{
  static const ScriptStep first[] = { RUN (resume_sign_in),
                                      EXPECT ("</iq>"),
                                      SEND (SAY_BOUND),
                                      EXPECT ("<enable"),
                                      SEND ("<enabled" SM " resume='true' id='s1' max='1'/>"),
                                      EXPECT ("</iq>"),
                                      RESET,
                                      END };
  static const ScriptStep second[] = { RUN (script_header),
                                       GATE,
                                       RUN (script_plain),
                                       RUN (script_header),
                                       SEND (SAY_FEATURES (FEATURE_SM)),
                                       EXPECT ("<resume"),
                                       SEND ("<resumed" SM " previd='s1' h='1'/>"),
                                       SERVE,
                                       END };
  const ScriptStep *const scripts[] = { first, second, NULL };
  g_autoptr (HsBookmark) made = hs_bookmark_new ("new@rooms.example.org");
  ResumeTest resume = { NULL };
  BookmarksTest f;

  bookmarks_make (&f, scripts);
  resume_watch (&resume, f.nodes.test);
  hs_client_register (f.nodes.test->client, HS_MODULE (f.bookmarks));
  test_client_start_until_ready (f.nodes.test);
  store (&f, made);
  bookmarks_assert_stored (&f, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_assert_false (hs_bookmarks_get_is_loaded (f.bookmarks));
  scripted_server_forget_received (f.nodes.test->server);
  scripted_server_open_gate (f.nodes.test->server);
  test_until (resume.n_resumed == 1);
  bookmarks_say_features (&f, PEP COMPAT);
  bookmarks_answer (&f, "<items ", ITEMS_OF (BOOKMARKS, VERONA));
  test_until (hs_bookmarks_get_is_loaded (f.bookmarks));
  bookmarks_assert (&f, IS_VERONA);
  bookmarks_tear_down (&f);
  g_string_free (resume.returned, TRUE);
}

static void
assert_refused (HsBookmarks *bookmarks, const char *text)
{
  g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_new_parsed (text));
  g_autoptr (GError) error = NULL;

  g_assert_false (hs_stateful_restore_state (HS_STATEFUL (bookmarks), state, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
}

static void
test_state (void)
{
  g_autoptr (GVariant) bare = NULL;
  g_autoptr (GVariant) whole = NULL;
  g_autoptr (HsBookmarks) restored = hs_bookmarks_new ();
  g_autoptr (HsClient) other = hs_client_new ("other@example.org", "p");
  g_autoptr (GError) error = NULL;
  BookmarksTest f;

  g_assert_null (hs_stateful_dup_state (HS_STATEFUL (restored)));
  set_up_loaded (&f);
  bare = hs_stateful_dup_state (HS_STATEFUL (f.bookmarks));
  hs_bookmarks_set_keeps_passwords (f.bookmarks, TRUE);
  whole = hs_stateful_dup_state (HS_STATEFUL (f.bookmarks));
  bookmarks_tear_down (&f);

  f.bookmarks = restored;
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (restored), bare, &error));
  bookmarks_assert (&f, "verona@rooms.example.org name=Verona nick=romeo autojoin|mantua@rooms.example.org|");
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (restored), whole, &error));
  bookmarks_assert (&f, IS_VERONA "mantua@rooms.example.org|");
  g_assert_false (hs_bookmarks_get_is_loaded (restored));
  assert_refused (restored, "(uint32 1, 'user@example.org', [('a@b', '<conference xmlns=\"urn:x\"/>')])");
  assert_refused (restored, "(uint32 1, 'user@example.org', [('@', '<conference xmlns=\"urn:xmpp:bookmarks:1\"/>')])");
  assert_refused (restored, "(uint32 1, 'user@example.org', [('a@b', '<')])");
  assert_refused (restored, "(uint32 2, 'user@example.org', @a(ss) [])");
  assert_refused (restored, "(uint32 1, 'user@example.org')");
  bookmarks_assert (&f, IS_VERONA "mantua@rooms.example.org|");
  /* It is another account's. */
  hs_client_register (other, HS_MODULE (restored));
  bookmarks_assert (&f, "");
  assert_refused (restored, "(uint32 1, 'user@example.org', @a(ss) [])");
  hs_client_unregister (other, HS_MODULE (restored));
}

/* The state of an earlier run has no passwords: a bookmark of it that is stored keeps what the server has. */
static void
test_restored (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_new_parsed (
      "(uint32 1, 'user@example.org', [('verona@rooms.example.org', "
      "'<conference xmlns=\"urn:xmpp:bookmarks:1\" name=\"Old\"/>')])"));
  g_autoptr (GError) error = NULL;
  HsBookmark *verona;
  BookmarksTest f;

  for (guint i = 0; i < 2; i++)
    {
      bookmarks_make (&f, scripts);
      g_assert_true (hs_stateful_restore_state (HS_STATEFUL (f.bookmarks), state, &error));
      hs_client_register (f.nodes.test->client, HS_MODULE (f.bookmarks));
      test_client_start_until_ready (f.nodes.test);
      verona = hs_bookmarks_lookup (f.bookmarks, "verona@rooms.example.org");
      hs_bookmark_set_name (verona, "New");
      /* The program wants no password. */
      if (i == 1)
        hs_bookmark_set_password (verona, NULL);
      store (&f, verona);
      bookmarks_say_features (&f, PEP COMPAT);
      bookmarks_answer (&f, "<items node=\"" BOOKMARKS "\"/>", ITEMS_OF (BOOKMARKS, VERONA));
      pubsub_await (&f.nodes, "<publish node=\"" BOOKMARKS "\"><item id=\"verona@rooms.example.org\">");
      assert_sent (&f, i == 0 ? "name=\"New\"><password>montague</password>" KEPT "</conference>"
                              : "name=\"New\">" KEPT "</conference>");
      pubsub_say (&f.nodes, RESULT (""));
      bookmarks_assert_stored (&f, 0, 0);
      bookmarks_tear_down (&f);
    }
}

/* What is kept in the extensions. */
static void
test_extensions (void)
{
  g_autoptr (HsBookmark) bookmark = hs_bookmark_new ("a@b");
  g_autoptr (HsElement) extensions = NULL;
  g_autofree char *xml = NULL;
  g_autofree char *after = NULL;

  g_assert_false (hs_bookmark_get_is_pinned (bookmark));
  hs_bookmark_set_is_pinned (bookmark, TRUE);
  hs_bookmark_set_notify_when (bookmark, HS_NOTIFY_WHEN_ON_MENTION);
  xml = hs_element_to_string (hs_bookmark_get_extensions (bookmark));
  g_assert_cmpstr (xml, ==, "<extensions xmlns=\"urn:xmpp:bookmarks:1\">"
                            "<pinned xmlns=\"urn:xmpp:bookmarks-pinning:0\"/>"
                            "<notify xmlns=\"urn:xmpp:notification-settings:1\"><on-mention/></notify></extensions>");
  extensions = hs_element_new_from_string (
      "<extensions xmlns='urn:xmpp:bookmarks:1'><notify xmlns='urn:xmpp:notification-settings:1'>"
      "<always identity-category='client'/><never><advanced><a xmlns='urn:a'/></advanced></never></notify>"
      "<x xmlns='urn:x'/></extensions>", NULL);
  hs_bookmark_set_extensions (bookmark, extensions);
  g_assert_false (hs_bookmark_get_is_pinned (bookmark));
  g_assert_cmpint (hs_bookmark_get_notify_when (bookmark), ==, HS_NOTIFY_WHEN_NEVER);
  hs_bookmark_set_notify_when (bookmark, HS_NOTIFY_WHEN_ALWAYS);
  after = hs_element_to_string (hs_bookmark_get_extensions (bookmark));
  g_assert_cmpstr (after, ==, "<extensions xmlns=\"urn:xmpp:bookmarks:1\">"
                              "<notify xmlns=\"urn:xmpp:notification-settings:1\">"
                              "<always identity-category=\"client\"/><always><advanced><a xmlns=\"urn:a\"/></advanced>"
                              "</always></notify><x xmlns=\"urn:x\"/></extensions>");
  hs_bookmark_set_is_pinned (bookmark, TRUE);
  hs_bookmark_set_is_pinned (bookmark, FALSE);
  hs_bookmark_set_notify_when (bookmark, HS_NOTIFY_WHEN_DEFAULT);
  g_assert_false (hs_bookmark_get_is_pinned (bookmark));
  g_assert_cmpint (hs_bookmark_get_notify_when (bookmark), ==, HS_NOTIFY_WHEN_DEFAULT);
  /* Another element would be published as something that is no bookmark. */
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*hs_element_matches (extensions*");
  hs_bookmark_set_extensions (bookmark, hs_element_get_first_child (extensions));
  g_test_assert_expected_messages ();
  /* What was given is copied. */
  g_assert_nonnull (hs_element_get_child (extensions, "notify", "urn:xmpp:notification-settings:1"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/bookmarks/load", test_load);
  g_test_add_func ("/bookmarks/store", test_store);
  g_test_add_func ("/bookmarks/other-forms", test_other_forms);
  g_test_add_func ("/bookmarks/kept-extensions", test_kept_extensions);
  g_test_add_func ("/bookmarks/other-client", test_other_client);
  g_test_add_func ("/bookmarks/events", test_events);
  g_test_add_func ("/bookmarks/old-stores", test_old_stores);
  g_test_add_func ("/bookmarks/changed-while-loading", test_changed_while_loading);
  g_test_add_func ("/bookmarks/missed", test_missed);
  g_test_add_func ("/bookmarks/failure", test_failure);
  g_test_add_func ("/bookmarks/at-once", test_at_once);
  g_test_add_func ("/bookmarks/never-open", test_never_open);
  g_test_add_func ("/bookmarks/few-options", test_few_options);
  g_test_add_func ("/bookmarks/sessions", test_sessions);
  g_test_add_func ("/bookmarks/other-nodes", test_other_nodes);
  g_test_add_func ("/bookmarks/resumed", test_resumed);
  g_test_add_func ("/bookmarks/state", test_state);
  g_test_add_func ("/bookmarks/restored", test_restored);
  g_test_add_func ("/bookmarks/extensions", test_extensions);

  return g_test_run ();
}
