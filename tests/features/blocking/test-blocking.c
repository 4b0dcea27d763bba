/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "resume-test.h"

/* The block list with a server that says what a test wants. */

#define NS "xmlns='urn:xmpp:blocking'"
#define ASKED EXPECT ("<blocklist xmlns=\"urn:xmpp:blocking\"/></iq>")
#define LIST(items) "<iq type='result' id='@ID@'><blocklist " NS ">" items "</blocklist></iq>"
#define ITEM(jid) "<item jid='" jid "'/>"
#define PUSH(name, items) "<iq type='set' id='push1'><" name " " NS ">" items "</" name "></iq>"
#define REFUSED                                                                                    \
  "<iq type='error' id='@ID@'><error type='cancel'><service-unavailable "                          \
  "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"

typedef struct
{
  TestClient *test;
  HsBlocking *blocking;
  GString *changes; /* "POSITION-REMOVED+ADDED " */
  GAsyncResult *result;
} Fixture;

static void
changed_cb (GListModel *model, guint position, guint removed, guint added, Fixture *f)
{
  g_string_append_printf (f->changes, "%u-%u+%u ", position, removed, added);
  /* A handler finds what the list has. */
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (HsBlockedAddress) address = g_list_model_get_item (model, i);

      g_assert_true (hs_blocking_is_blocked (
          f->blocking, hs_jid_to_string (hs_blocked_address_get_jid (address))));
    }
}

static void
result_cb (GObject *blocking, GAsyncResult *result, gpointer data)
{
  Fixture *f = data;

  g_assert_null (f->result);
  f->result = g_object_ref (result);
}

static void
watch (Fixture *f, TestClient *test)
{
  *f = (Fixture){ test, hs_blocking_new (), g_string_new (NULL), NULL };
  g_signal_connect (hs_blocking_get_blocked (f->blocking), "items-changed", G_CALLBACK (changed_cb),
                    f);
}

static void
set_up (Fixture *f, const ScriptStep *const *scripts)
{
  watch (f, test_client_new (scripts, HS_TLS_MODE_NONE));
  hs_client_register (f->test->client, HS_MODULE (f->blocking));
}

static void
set_up_loaded (Fixture *f, const ScriptStep *script)
{
  const ScriptStep *const scripts[] = { script, NULL };

  set_up (f, scripts);
  test_client_start_until_ready (f->test);
  test_until (hs_blocking_get_is_loaded (f->blocking));
  /* The turn in which the list was shown is over. */
  test_spin (5);
  g_string_truncate (f->changes, 0);
}

static void
clear (Fixture *f)
{
  test_client_free (f->test);
  g_assert_null (f->result);
  g_assert_finalize_object (f->blocking);
  g_string_free (f->changes, TRUE);
}

static void
tear_down (Fixture *f)
{
  test_client_stop (f->test);
  clear (f);
}

static void
assert_blocked (Fixture *f, const char *expected)
{
  GListModel *model = hs_blocking_get_blocked (f->blocking);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_true (g_list_model_get_item_type (model) == HS_TYPE_BLOCKED_ADDRESS);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (HsBlockedAddress) address = g_list_model_get_item (model, i);

      g_string_append_printf (text, "%s ", hs_jid_to_string (hs_blocked_address_get_jid (address)));
    }
  g_assert_null (g_list_model_get_item (model, g_list_model_get_n_items (model)));
  g_assert_cmpstr (text->str, ==, expected);
}

static gboolean
finish (Fixture *f, gboolean is_block, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  test_until (f->result != NULL);
  result = g_steal_pointer (&f->result);
  return is_block ? hs_blocking_block_finish (f->blocking, result, error)
                  : hs_blocking_unblock_finish (f->blocking, result, error);
}

static void
block (Fixture *f, const char *const *jids)
{
  hs_blocking_block_async (f->blocking, jids, NULL, result_cb, f);
}

static void
unblock (Fixture *f, const char *const *jids)
{
  hs_blocking_unblock_async (f->blocking, jids, NULL, result_cb, f);
}

#define JIDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const ScriptStep two[]
    = { RUN (script_sign_in), ASKED,
        SEND (LIST (ITEM ("romeo@montague.net") ITEM ("iago@shakespeare.lit"))), END };
static const ScriptStep served[] = { RUN (two), SERVE, END };

/* XEP-0191, 3.2. What is no address is left out. */
static void
test_load (void)
{
  static const ScriptStep script[]
      = { RUN (script_sign_in), ASKED,
          SEND (LIST (ITEM ("romeo@montague.net") ITEM ("")
                          ITEM ("@") "<item/>" ITEM ("IAGO@Shakespeare.lit")
                              ITEM ("iago@shakespeare.lit") "<item xmlns='urn:x' jid='a@b'/>"
                                                            "<other jid='a@b'/>")),
          SERVE, END };
  const ScriptStep *const scripts[] = { script, NULL };
  Fixture f;

  set_up (&f, scripts);
  g_assert_true (hs_blocking_get_client (f.blocking) == f.test->client);
  g_assert_false (hs_blocking_get_is_loaded (f.blocking));
  g_assert_false (hs_blocking_get_is_supported (f.blocking));
  g_assert_false (hs_blocking_is_blocked (f.blocking, "romeo@montague.net"));
  test_client_start_until_ready (f.test);
  test_until (hs_blocking_get_is_loaded (f.blocking));
  g_assert_true (hs_blocking_get_is_supported (f.blocking));
  assert_blocked (&f, "romeo@montague.net iago@shakespeare.lit ");
  g_assert_cmpstr (f.changes->str, ==, "0-0+2 ");
  tear_down (&f);
}

/* The request goes out with the first presence, before anything is known of the session. */
static void
test_begin (void)
{
  static const ScriptStep script[]
      = { RUN (script_sign_in), ASKED, EXPECT ("<presence"), SERVE, END };
  const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  Fixture f;

  set_up (&f, scripts);
  hs_client_set_own_presence (f.test->client, presence);
  test_client_start_until_ready (f.test);
  test_client_await_sent (f.test, "<presence");
  g_assert_cmpuint (scripted_server_count_received (f.test->server, "<blocklist"), ==, 1);
  tear_down (&f);
}

static void
test_empty_and_refused (void)
{
  static const ScriptStep empty[] = { RUN (script_sign_in), ASKED, SEND (LIST ("")), SERVE, END };
  static const ScriptStep refused[]
      = { RUN (script_sign_in), ASKED, SEND (REFUSED "<message/>"), SERVE, END };
  static const ScriptStep foreign[]
      = { RUN (script_sign_in), ASKED,
          SEND ("<iq type='result' id='@ID@'><list " NS "/></iq><message/>"), SERVE, END };
  static const ScriptStep nothing[]
      = { RUN (script_sign_in), ASKED, SEND ("<iq type='result' id='@ID@'/><message/>"), SERVE,
          END };
  static const ScriptStep *const unloaded[] = { refused, foreign, nothing };
  Fixture f;

  set_up_loaded (&f, empty);
  assert_blocked (&f, "");
  g_assert_true (hs_blocking_get_is_supported (f.blocking));
  tear_down (&f);
  for (guint i = 0; i < G_N_ELEMENTS (unloaded); i++)
    {
      const ScriptStep *const scripts[] = { unloaded[i], NULL };
      guint n_messages = 0;

      set_up (&f, scripts);
      hs_client_add_handler (f.test->client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT,
                             test_count_cb, &n_messages, NULL);
      test_client_start_until_ready (f.test);
      test_until (n_messages == 1);
      g_assert_false (hs_blocking_get_is_loaded (f.blocking));
      g_assert_false (hs_blocking_get_is_supported (f.blocking));
      g_assert_cmpuint (scripted_server_count_received (f.test->server, "<blocklist"), ==, 1);
      tear_down (&f);
    }
}

/* XEP-0191, 3.3 to 3.5: what other devices do. */
static void
test_pushes (void)
{
  Fixture f;
  g_autoptr (HsBlockedAddress) iago = NULL;
  g_autoptr (HsBlockedAddress) same = NULL;

  set_up_loaded (&f, served);
  iago = g_list_model_get_item (hs_blocking_get_blocked (f.blocking), 1);
  test_client_say (f.test, PUSH ("block", ITEM ("tybalt@capulet.lit") ITEM ("paris@capulet.lit")
                                              ITEM ("Tybalt@capulet.lit")));
  assert_blocked (&f,
                  "romeo@montague.net iago@shakespeare.lit tybalt@capulet.lit paris@capulet.lit ");
  g_assert_cmpstr (f.changes->str, ==, "2-0+2 ");
  test_client_await_sent (f.test, "type=\"result\"");
  test_client_await_sent (f.test, "id=\"push1\"");
  test_client_say (f.test,
                   PUSH ("unblock", ITEM ("romeo@montague.net") ITEM ("nobody@montague.net")));
  assert_blocked (&f, "iago@shakespeare.lit tybalt@capulet.lit paris@capulet.lit ");
  same = g_list_model_get_item (hs_blocking_get_blocked (f.blocking), 0);
  g_assert_true (same == iago);
  /* From the full JID, as some servers write. */
  test_client_say (f.test, "<iq type='set' id='push2' from='user@example.org/res'><block " NS
                           ">" ITEM ("a@b") "</block></iq>");
  g_assert_true (hs_blocking_is_blocked (f.blocking, "a@b"));
  test_client_say (f.test, PUSH ("unblock", ""));
  assert_blocked (&f, "");
  g_assert_cmpstr (f.changes->str, ==, "2-0+2 0-1+0 3-0+1 0-4+0 ");
  tear_down (&f);
}

/* Only one that is empty is for all addresses, and one without an address is for none. */
static void
test_odd_pushes (void)
{
  static const char *const pushes[] = {
    PUSH ("block", ""),
    PUSH ("block", "<item/>"),
    PUSH ("block", ITEM ("@")),
    PUSH ("unblock", ITEM ("")),
    PUSH ("unblock", "<item/>"),
    PUSH ("unblock", "<other xmlns='urn:x'/>"),
    PUSH ("unblock", ITEM ("montague.net")),
    PUSH ("unblock", ITEM ("romeo@montague.net/orchard")),
    PUSH ("block", ITEM ("romeo@montague.net")),
    PUSH ("block", "<item xmlns='urn:x' jid='a@b'/>"),
    PUSH ("allow", ITEM ("romeo@montague.net")),
  };
  Fixture f;

  set_up_loaded (&f, served);
  for (guint i = 0; i < G_N_ELEMENTS (pushes); i++)
    test_client_say (f.test, pushes[i]);
  assert_blocked (&f, "romeo@montague.net iago@shakespeare.lit ");
  g_assert_cmpstr (f.changes->str, ==, "");
  /* White space is nothing. */
  test_client_say (f.test, PUSH ("unblock", " \n "));
  assert_blocked (&f, "");
  tear_down (&f);
}

/* The account alone says whom it blocks: otherwise, strangers unblock themselves. */
static void
test_forged (void)
{
  static const char *const senders[] = { "mallory@example.com",
                                         "mallory@example.com/x",
                                         "example.org",
                                         "user@example.org/other",
                                         "user@example.com",
                                         "",
                                         "romeo@montague.net/orchard",
                                         "@" };
  static const char *const stanzas[] = {
    "<iq type='set' id='p1'><other xmlns='urn:x'><unblock " NS "/></other></iq>",
    "<iq type='set' id='p1'><unblock " NS "/><unblock " NS "/></iq>",
    "<iq type='set' id='p1'><unblock xmlns='urn:x'/></iq>",
    "<iq type='get' id='p1'><unblock " NS "/></iq>",
    "<iq type='result' id='p1'><unblock " NS "/></iq>",
    "<message><unblock " NS "/></message>",
    "<message><iq type='set' id='p1'><unblock " NS "/></iq></message>",
  };
  Fixture f;

  set_up_loaded (&f, served);
  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    {
      g_autofree char *all
          = g_strdup_printf ("<iq type='set' id='p1' from='%s'><unblock " NS "/></iq>", senders[i]);
      g_autofree char *more = g_strdup_printf ("<iq type='set' id='p2' from='%s'><block " NS
                                               ">" ITEM ("friend@example.org") "</block></iq>",
                                               senders[i]);
      g_autofree char *list = g_strdup_printf (
          "<iq type='result' id='p3' from='%s'><blocklist " NS "/></iq>", senders[i]);

      test_client_say (f.test, all);
      test_client_say (f.test, more);
      test_client_say (f.test, list);
    }
  for (guint i = 0; i < G_N_ELEMENTS (stanzas); i++)
    test_client_say (f.test, stanzas[i]);
  assert_blocked (&f, "romeo@montague.net iago@shakespeare.lit ");
  g_assert_cmpstr (f.changes->str, ==, "");
  tear_down (&f);
}

/* XEP-0191, 6. */
static void
test_matching (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), ASKED,
                                       SEND (LIST (ITEM ("full@a.example/r") ITEM ("bare@a.example")
                                                       ITEM ("b.example/r") ITEM ("c.example"))),
                                       SERVE, END };
  static const struct
  {
    const char *jid;
    gboolean is_blocked;
  } examples[] = {
    { "full@a.example/r", TRUE },
    { "full@a.example/R", FALSE },
    { "full@a.example", FALSE },
    { "FULL@A.example/r", TRUE },
    { "bare@a.example", TRUE },
    { "bare@a.example/any", TRUE },
    { "Bare@a.example/any", TRUE },
    { "other@a.example", FALSE },
    { "a.example", FALSE },
    { "a.example/r", FALSE },
    { "b.example/r", TRUE },
    { "b.example", FALSE },
    { "b.example/x", FALSE },
    { "x@b.example/r", FALSE },
    { "x@b.example", FALSE },
    { "c.example", TRUE },
    { "c.example/x", TRUE },
    { "x@c.example", TRUE },
    { "x@c.example/y", TRUE },
    { "x@sub.c.example", FALSE },
    { "", FALSE },
    { "@", FALSE },
    { "x@", FALSE },
  };
  Fixture f;

  set_up_loaded (&f, script);
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      if (hs_blocking_is_blocked (f.blocking, examples[i].jid) != examples[i].is_blocked)
        g_error ("%s", examples[i].jid);
    }
  tear_down (&f);
}

static void
test_block (void)
{
  static const ScriptStep script[] = { RUN (two),
                                       EXPECT ("</iq>"),
                                       SEND ("<iq type='result' id='@ID@'/>"),
                                       EXPECT ("</iq>"),
                                       SEND (REFUSED),
                                       EXPECT ("</iq>"),
                                       SEND ("<iq type='result' id='@ID@'/>"),
                                       EXPECT ("<unblock xmlns=\"urn:xmpp:blocking\"/></iq>"),
                                       SEND ("<iq type='result' id='@ID@'/>"),
                                       SERVE,
                                       END };
  GError *error = NULL;
  Fixture f;

  set_up_loaded (&f, script);
  block (&f, JIDS ("Tybalt@Capulet.lit", "spam.example"));
  g_assert_true (finish (&f, TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (scripted_server_has_received (
      f.test->server, "<block xmlns=\"urn:xmpp:blocking\"><item jid=\"tybalt@capulet.lit\"/><item "
                      "jid=\"spam.example\"/></block>"));
  assert_blocked (&f, "romeo@montague.net iago@shakespeare.lit tybalt@capulet.lit spam.example ");
  /* The push that comes with it changes nothing. */
  g_string_truncate (f.changes, 0);
  block (&f, JIDS ("other@example.com"));
  g_assert_false (finish (&f, TRUE, &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_SERVICE_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_false (hs_blocking_is_blocked (f.blocking, "other@example.com"));
  unblock (&f, JIDS ("romeo@montague.net", "spam.example"));
  g_assert_true (finish (&f, FALSE, &error));
  assert_blocked (&f, "iago@shakespeare.lit tybalt@capulet.lit ");
  g_assert_cmpstr (f.changes->str, ==, "0-4+2 ");
  unblock (&f, NULL);
  g_assert_true (finish (&f, FALSE, &error));
  g_assert_true (
      scripted_server_has_received (f.test->server, "<unblock xmlns=\"urn:xmpp:blocking\"/>"));
  assert_blocked (&f, "");
  tear_down (&f);
}

/* What cannot be sent is not sent. */
static void
test_not_sent (void)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  GError *error = NULL;
  g_autofree char *sent = NULL;
  Fixture f;

  set_up_loaded (&f, served);
  block (&f, JIDS ("a@b", "@"));
  g_assert_false (finish (&f, TRUE, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_error (&error);
  unblock (&f, JIDS (""));
  g_assert_false (finish (&f, FALSE, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_error (&error);
  /* No address is not the same as all. */
  unblock (&f, (const char *const[]){ NULL });
  g_assert_true (finish (&f, FALSE, &error));
  block (&f, (const char *const[]){ NULL });
  g_assert_true (finish (&f, TRUE, &error));
  g_cancellable_cancel (cancelled);
  hs_blocking_block_async (f.blocking, JIDS ("a@b"), cancelled, result_cb, &f);
  g_assert_false (finish (&f, TRUE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  sent = test_client_dup_sent (f.test);
  g_assert_null (strstr (sent, "<unblock"));
  g_assert_null (strstr (sent, "<block "));
  assert_blocked (&f, "romeo@montague.net iago@shakespeare.lit ");
  test_client_stop (f.test);
  block (&f, JIDS ("a@b"));
  g_assert_false (finish (&f, TRUE, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  hs_client_unregister (f.test->client, HS_MODULE (f.blocking));
  unblock (&f, NULL);
  g_assert_false (finish (&f, FALSE, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  clear (&f);
}

/* Registered when the session stands: the list is asked for, and pushes count. */
static void
test_late (void)
{
  static const ScriptStep script[]
      = { RUN (script_sign_in), ASKED, SEND (LIST (ITEM ("a@b"))), SERVE, END };
  const ScriptStep *const scripts[] = { script, NULL };
  Fixture f;

  watch (&f, test_client_new (scripts, HS_TLS_MODE_NONE));
  test_client_start_until_ready (f.test);
  hs_client_register (f.test->client, HS_MODULE (f.blocking));
  test_until (hs_blocking_get_is_loaded (f.blocking));
  assert_blocked (&f, "a@b ");
  test_client_say (f.test, PUSH ("unblock", ""));
  assert_blocked (&f, "");
  hs_client_unregister (f.test->client, HS_MODULE (f.blocking));
  g_assert_null (hs_blocking_get_client (f.blocking));
  g_assert_false (hs_blocking_get_is_supported (f.blocking));
  test_client_say (f.test, PUSH ("block", ITEM ("c@d")));
  assert_blocked (&f, "");
  tear_down (&f);
}

/* Many changes in one turn are at most two items-changed, and each is known at once. */
static void
test_one_turn (void)
{
  g_autoptr (GString) pushes = g_string_new (NULL);
  Fixture f;

  set_up_loaded (&f, served);
  for (guint i = 0; i < 500; i++)
    g_string_append_printf (
        pushes, "<iq type='set' id='p%u'><block " NS "><item jid='u%u@example.com'/></block></iq>",
        i, i);
  for (guint i = 0; i < 250; i++)
    g_string_append_printf (pushes,
                            "<iq type='set' id='q%u'><unblock " NS
                            "><item jid='u%u@example.com'/></unblock></iq>",
                            i, 2 * i);
  test_client_say (f.test, pushes->str);
  g_assert_true (hs_blocking_is_blocked (f.blocking, "u499@example.com"));
  g_assert_false (hs_blocking_is_blocked (f.blocking, "u498@example.com"));
  g_assert_cmpuint (g_list_model_get_n_items (hs_blocking_get_blocked (f.blocking)), ==, 252);
  /* As many turns as the client took to hand them out, not as many as there are pushes. */
  {
    g_auto (GStrv) parts = g_strsplit (f.changes->str, " ", -1);

    g_test_message ("%u changes of the list for 750 pushes", g_strv_length (parts) - 1);
    g_assert_cmpuint (g_strv_length (parts) - 1, <=, 40);
  }
  tear_down (&f);
}

/* What was removed and added again, and added and removed, between two changes that are shown. */
static void
test_back_and_forth (void)
{
  Fixture f;

  set_up_loaded (&f, served);
  scripted_server_send (
      f.test->server, PUSH ("block", ITEM ("a@b")) PUSH ("unblock", ITEM ("romeo@montague.net"))
                          PUSH ("block", ITEM ("romeo@montague.net")) PUSH ("block", ITEM ("c@d"))
                              PUSH ("unblock", ITEM ("c@d")) PUSH ("unblock", "")
                                  PUSH ("block", ITEM ("a@b") ITEM ("e@f"))
                                      PUSH ("block", ITEM ("g@h")) PUSH ("unblock", ITEM ("e@f")));
  test_until (hs_blocking_is_blocked (f.blocking, "g@h")
              && !hs_blocking_is_blocked (f.blocking, "e@f"));
  assert_blocked (&f, "a@b g@h ");
  tear_down (&f);
}

static void
dispose_cb (GListModel *model, guint position, guint removed, guint added, Fixture *f)
{
  g_signal_handlers_disconnect_by_func (model, dispose_cb, f);
  hs_client_unregister (f->test->client, HS_MODULE (f->blocking));
  g_clear_object (&f->blocking);
}

/* A handler of the list may let everything go. */
static void
test_let_go (void)
{
  gpointer gone = NULL;
  Fixture f;

  set_up_loaded (&f, served);
  gone = f.blocking;
  g_object_add_weak_pointer (G_OBJECT (f.blocking), &gone);
  g_signal_handlers_disconnect_by_func (hs_blocking_get_blocked (f.blocking), changed_cb, &f);
  g_signal_connect (hs_blocking_get_blocked (f.blocking), "items-changed", G_CALLBACK (dispose_cb),
                    &f);
  test_client_say (f.test, PUSH ("block", ITEM ("a@b")));
  g_assert_null (f.blocking);
  test_until (gone == NULL);
  test_client_await_sent (f.test, "id=\"push1\"");
  test_client_stop (f.test);
  test_client_free (f.test);
  g_string_free (f.changes, TRUE);
}

/* In the next session, only what is different changes. */
static void
test_next_session (void)
{
  static const ScriptStep first[] = { RUN (two), GATE, RESET, END };
  static const ScriptStep second[] = { RUN (script_sign_in), ASKED,
                                       SEND (LIST (ITEM ("romeo@montague.net") ITEM (
                                           "tybalt@capulet.lit") ITEM ("iago@shakespeare.lit"))),
                                       SERVE, END };
  const ScriptStep *const scripts[] = { first, second, NULL };
  g_autoptr (HsBlockedAddress) romeo = NULL;
  g_autoptr (HsBlockedAddress) same = NULL;
  Fixture f;

  set_up (&f, scripts);
  g_object_set (f.test->client, "auto-reconnect", TRUE, NULL);
  test_client_start_until_ready (f.test);
  test_until (hs_blocking_get_is_loaded (f.blocking));
  romeo = g_list_model_get_item (hs_blocking_get_blocked (f.blocking), 0);
  g_string_truncate (f.changes, 0);
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_disconnected == 1);
  /* What is known last. */
  g_assert_true (hs_blocking_get_is_loaded (f.blocking));
  assert_blocked (&f, "romeo@montague.net iago@shakespeare.lit ");
  hs_client_reconnect_now (f.test->client);
  test_until (hs_blocking_is_blocked (f.blocking, "tybalt@capulet.lit"));
  assert_blocked (&f, "romeo@montague.net tybalt@capulet.lit iago@shakespeare.lit ");
  g_assert_cmpstr (f.changes->str, ==, "1-0+1 ");
  same = g_list_model_get_item (hs_blocking_get_blocked (f.blocking), 0);
  g_assert_true (same == romeo);
  tear_down (&f);
}

/* Another account has another list. */
static void
test_other_account (void)
{
  static const ScriptStep first[] = { RUN (two), SERVE, END };
  static const ScriptStep second[] = { RUN (script_sign_in), ASKED, SEND (REFUSED), SERVE, END };
  const ScriptStep *const scripts[] = { first, second, NULL };
  g_autoptr (HsJid) other = hs_jid_new ("other@example.org", NULL);
  Fixture f;

  set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_until (hs_blocking_get_is_loaded (f.blocking));
  test_client_stop (f.test);
  g_object_set (f.test->client, "jid", other, NULL);
  test_client_start_until_ready (f.test);
  assert_blocked (&f, "");
  g_assert_false (hs_blocking_get_is_loaded (f.blocking));
  tear_down (&f);
}

/* ---- Resumed sessions ---- */

static const ScriptStep asked_and_cut[] = { RUN (resume_sign_in),
                                            EXPECT ("</iq>"),
                                            SEND (SAY_BOUND),
                                            EXPECT ("<enable"),
                                            SEND ("<enabled" SM " resume='true' id='s1' max='1'/>"),
                                            ASKED,
                                            RESET,
                                            END };

static void
asked_cb (GObject *blocking, GAsyncResult *result, gpointer data)
{
  ResumeResult *asked = data;

  hs_blocking_block_finish (HS_BLOCKING (blocking), result, &asked->error);
  asked->done = TRUE;
}

/* The request failed while the client waited for the session to go on, and then it did. */
static void
test_resumed (void)
{
  static const ScriptStep second[] = { RUN (script_header),
                                       GATE,
                                       RUN (script_plain),
                                       RUN (script_header),
                                       SEND ("<stream:features><sm" SM "/></stream:features>"),
                                       EXPECT ("<resume"),
                                       SEND ("<resumed" SM " previd='s1' h='1'/>"),
                                       ASKED,
                                       SEND (LIST (ITEM ("a@b"))),
                                       SERVE,
                                       END };
  const ScriptStep *const scripts[] = { asked_and_cut, second, NULL };
  ResumeTest resume = { NULL };
  ResumeResult asked = { FALSE, NULL };
  Fixture f;

  set_up (&f, scripts);
  resume_watch (&resume, f.test);
  test_client_start_until_ready (f.test);
  hs_blocking_block_async (f.blocking, JIDS ("c@d"), NULL, asked_cb, &asked);
  test_until (asked.done);
  g_assert_error (asked.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_clear_error (&asked.error);
  g_assert_false (hs_blocking_get_is_loaded (f.blocking));
  scripted_server_open_gate (f.test->server);
  test_until (resume.n_resumed == 1);
  test_until (hs_blocking_get_is_loaded (f.blocking));
  assert_blocked (&f, "a@b ");
  tear_down (&f);
  g_string_free (resume.returned, TRUE);
}

/* What has been answered is not asked again. */
static void
test_not_again (void)
{
  static const ScriptStep first[] = { RUN (resume_sign_in),
                                      EXPECT ("</iq>"),
                                      SEND (SAY_BOUND),
                                      EXPECT ("<enable"),
                                      SEND ("<enabled" SM " resume='true' id='s1'/>"),
                                      ASKED,
                                      SEND (LIST (ITEM ("a@b"))),
                                      GATE,
                                      RESET,
                                      END };
  static const ScriptStep second[] = { RUN (resume_sign_in), EXPECT ("<resume"),
                                       SEND ("<resumed" SM " previd='s1' h='1'/>"), SERVE, END };
  const ScriptStep *const scripts[] = { first, second, NULL };
  ResumeTest resume = { NULL };
  Fixture f;

  set_up (&f, scripts);
  resume_watch (&resume, f.test);
  test_client_start_until_ready (f.test);
  test_until (hs_blocking_get_is_loaded (f.blocking));
  scripted_server_open_gate (f.test->server);
  test_until (resume.n_resumed == 1);
  test_client_say (f.test, "<message/>");
  g_assert_cmpuint (scripted_server_count_received (f.test->server, "<blocklist"), ==, 1);
  assert_blocked (&f, "a@b ");
  tear_down (&f);
  g_string_free (resume.returned, TRUE);
}

/* ---- What the server says it can do ---- */

#define DISCO_ASKED EXPECT ("<query xmlns=\"http://jabber.org/protocol/disco#info\"/></iq>")
#define DISCO(features)                                                                            \
  "<iq type='result' id='@ID@' from='example.org'><query "                                         \
  "xmlns='http://jabber.org/protocol/disco#info'>"                                                 \
  "<identity category='server' type='im'/>" features "</query></iq>"

static void
supported_cb (HsBlocking *blocking, GParamSpec *pspec, gpointer data)
{
  guint *n = data;

  (*n)++;
}

static void
assert_disco (const ScriptStep *script, gboolean disco_first, gboolean is_supported)
{
  const ScriptStep *const scripts[] = { script, NULL };
  HsDisco *disco = hs_disco_new ();
  guint n_notified = 0;
  Fixture f;

  watch (&f, test_client_new (scripts, HS_TLS_MODE_NONE));
  g_signal_connect (f.blocking, "notify::is-supported", G_CALLBACK (supported_cb), &n_notified);
  hs_client_register (f.test->client, disco_first ? HS_MODULE (disco) : HS_MODULE (f.blocking));
  hs_client_register (f.test->client, disco_first ? HS_MODULE (f.blocking) : HS_MODULE (disco));
  test_client_start_until_ready (f.test);
  test_until (hs_disco_get_server_info (disco) != NULL);
  test_client_say (f.test, "<message/>");
  g_assert_false (hs_blocking_get_is_loaded (f.blocking));
  g_assert_true (hs_blocking_get_is_supported (f.blocking) == is_supported);
  g_assert_cmpuint (n_notified, ==, is_supported ? 1 : 0);
  hs_client_unregister (f.test->client, HS_MODULE (disco));
  g_assert_false (hs_blocking_get_is_supported (f.blocking));
  tear_down (&f);
  g_assert_finalize_object (disco);
}

static void
test_disco (void)
{
  static const ScriptStep has[] = { RUN (script_sign_in),
                                    ASKED,
                                    DISCO_ASKED,
                                    SEND (DISCO ("<feature var='urn:xmpp:blocking'/>")),
                                    SERVE,
                                    END };
  static const ScriptStep has_not[] = { RUN (script_sign_in),
                                        ASKED,
                                        DISCO_ASKED,
                                        SEND (DISCO ("<feature var='urn:xmpp:blocking:errors'/>")),
                                        SERVE,
                                        END };

  assert_disco (has, TRUE, TRUE);
  assert_disco (has, FALSE, TRUE);
  assert_disco (has_not, TRUE, FALSE);
}

static void
test_properties (void)
{
  g_autoptr (HsClient) client = hs_client_new ("user@example.org", "secret");
  g_autoptr (HsComponent) component = hs_component_new ("example.org", "secret");
  g_autoptr (HsBlocking) blocking = hs_blocking_new ();
  g_autoptr (HsBlocking) second = hs_blocking_new ();
  g_autoptr (GListModel) blocked = NULL;
  g_autoptr (HsClient) same = NULL;
  gboolean is_supported = TRUE;
  gboolean is_loaded = TRUE;

  hs_client_register (client, HS_MODULE (blocking));
  g_object_get (blocking, "blocked", &blocked, "client", &same, "is-supported", &is_supported,
                "is-loaded", &is_loaded, NULL);
  g_assert_true (blocked == hs_blocking_get_blocked (blocking));
  g_assert_true (same == client);
  g_assert_false (is_supported);
  g_assert_false (is_loaded);
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*");
  hs_client_register (client, HS_MODULE (second));
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*");
  hs_client_register (HS_CLIENT (component), HS_MODULE (second));
  g_test_assert_expected_messages ();
  g_assert_null (hs_blocking_get_client (second));
  hs_client_unregister (client, HS_MODULE (blocking));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blocking/load", test_load);
  g_test_add_func ("/blocking/begin", test_begin);
  g_test_add_func ("/blocking/empty-and-refused", test_empty_and_refused);
  g_test_add_func ("/blocking/pushes", test_pushes);
  g_test_add_func ("/blocking/odd-pushes", test_odd_pushes);
  g_test_add_func ("/blocking/forged", test_forged);
  g_test_add_func ("/blocking/matching", test_matching);
  g_test_add_func ("/blocking/block", test_block);
  g_test_add_func ("/blocking/not-sent", test_not_sent);
  g_test_add_func ("/blocking/late", test_late);
  g_test_add_func ("/blocking/one-turn", test_one_turn);
  g_test_add_func ("/blocking/back-and-forth", test_back_and_forth);
  g_test_add_func ("/blocking/let-go", test_let_go);
  g_test_add_func ("/blocking/next-session", test_next_session);
  g_test_add_func ("/blocking/other-account", test_other_account);
  g_test_add_func ("/blocking/resumed", test_resumed);
  g_test_add_func ("/blocking/not-again", test_not_again);
  g_test_add_func ("/blocking/disco", test_disco);
  g_test_add_func ("/blocking/properties", test_properties);
  return g_test_run ();
}
