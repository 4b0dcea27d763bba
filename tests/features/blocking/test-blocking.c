/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "blocking-test.h"

/* The block list with a server that says what a test wants. */

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
  BlockingTest f;

  blocking_set_up (&f, scripts);
  g_assert_true (hs_blocking_get_client (f.blocking) == f.test->client);
  g_assert_false (hs_blocking_get_is_loaded (f.blocking));
  g_assert_false (hs_blocking_get_is_supported (f.blocking));
  g_assert_false (hs_blocking_is_blocked (f.blocking, "romeo@montague.net"));
  test_client_start_until_ready (f.test);
  test_until (hs_blocking_get_is_loaded (f.blocking));
  g_assert_true (hs_blocking_get_is_supported (f.blocking));
  blocking_assert (&f, "romeo@montague.net iago@shakespeare.lit ");
  g_assert_cmpstr (f.changes->str, ==, "0-0+2 ");
  blocking_tear_down (&f);
}

/* The request goes out with the first presence, before anything is known of the session. */
static void
test_begin (void)
{
  static const ScriptStep script[]
      = { RUN (script_sign_in), ASKED, EXPECT ("<presence"), SERVE, END };
  const ScriptStep *const scripts[] = { script, NULL };
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  BlockingTest f;

  blocking_set_up (&f, scripts);
  hs_client_set_own_presence (f.test->client, presence);
  test_client_start_until_ready (f.test);
  test_client_await_sent (f.test, "<presence");
  g_assert_cmpuint (scripted_server_count_received (f.test->server, "<blocklist"), ==, 1);
  blocking_tear_down (&f);
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
  BlockingTest f;

  blocking_set_up_loaded (&f, empty);
  blocking_assert (&f, "");
  g_assert_true (hs_blocking_get_is_supported (f.blocking));
  blocking_tear_down (&f);
  for (guint i = 0; i < G_N_ELEMENTS (unloaded); i++)
    {
      const ScriptStep *const scripts[] = { unloaded[i], NULL };
      guint n_messages = 0;

      blocking_set_up (&f, scripts);
      hs_client_add_handler (f.test->client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT,
                             test_count_cb, &n_messages, NULL);
      test_client_start_until_ready (f.test);
      test_until (n_messages == 1);
      g_assert_false (hs_blocking_get_is_loaded (f.blocking));
      g_assert_false (hs_blocking_get_is_supported (f.blocking));
      g_assert_cmpuint (scripted_server_count_received (f.test->server, "<blocklist"), ==, 1);
      blocking_tear_down (&f);
    }
}

/* XEP-0191, 3.3 to 3.5: what other devices do. */
static void
test_pushes (void)
{
  BlockingTest f;
  g_autoptr (HsBlockedAddress) iago = NULL;
  g_autoptr (HsBlockedAddress) same = NULL;

  blocking_set_up_loaded (&f, blocking_served);
  iago = g_list_model_get_item (hs_blocking_get_blocked (f.blocking), 1);
  test_client_say (f.test, PUSH ("block", ITEM ("tybalt@capulet.lit") ITEM ("paris@capulet.lit")
                                              ITEM ("Tybalt@capulet.lit")));
  blocking_assert (&f,
                   "romeo@montague.net iago@shakespeare.lit tybalt@capulet.lit paris@capulet.lit ");
  g_assert_cmpstr (f.changes->str, ==, "2-0+2 ");
  test_client_await_sent (f.test, "type=\"result\"");
  test_client_await_sent (f.test, "id=\"push1\"");
  test_client_say (f.test,
                   PUSH ("unblock", ITEM ("romeo@montague.net") ITEM ("nobody@montague.net")));
  blocking_assert (&f, "iago@shakespeare.lit tybalt@capulet.lit paris@capulet.lit ");
  same = g_list_model_get_item (hs_blocking_get_blocked (f.blocking), 0);
  g_assert_true (same == iago);
  /* From the full JID, as some servers write. */
  test_client_say (f.test, "<iq type='set' id='push2' from='user@example.org/res'><block " NS
                           ">" ITEM ("a@b") "</block></iq>");
  g_assert_true (hs_blocking_is_blocked (f.blocking, "a@b"));
  test_client_say (f.test, PUSH ("unblock", ""));
  blocking_assert (&f, "");
  g_assert_cmpstr (f.changes->str, ==, "2-0+2 0-1+0 3-0+1 0-4+0 ");
  blocking_tear_down (&f);
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
  BlockingTest f;

  blocking_set_up_loaded (&f, blocking_served);
  for (guint i = 0; i < G_N_ELEMENTS (pushes); i++)
    test_client_say (f.test, pushes[i]);
  blocking_assert (&f, "romeo@montague.net iago@shakespeare.lit ");
  g_assert_cmpstr (f.changes->str, ==, "");
  /* White space is nothing. */
  test_client_say (f.test, PUSH ("unblock", " \n "));
  blocking_assert (&f, "");
  blocking_tear_down (&f);
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
  BlockingTest f;

  blocking_set_up_loaded (&f, blocking_served);
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
  blocking_assert (&f, "romeo@montague.net iago@shakespeare.lit ");
  g_assert_cmpstr (f.changes->str, ==, "");
  blocking_tear_down (&f);
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
  BlockingTest f;

  blocking_set_up_loaded (&f, script);
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      if (hs_blocking_is_blocked (f.blocking, examples[i].jid) != examples[i].is_blocked)
        g_error ("%s", examples[i].jid);
    }
  blocking_tear_down (&f);
}

static void
test_block (void)
{
  static const ScriptStep script[] = { RUN (blocking_two),
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
  BlockingTest f;

  blocking_set_up_loaded (&f, script);
  blocking_block (&f, JIDS ("Tybalt@Capulet.lit", "spam.example"));
  g_assert_true (blocking_finish (&f, TRUE, &error));
  g_assert_no_error (error);
  g_assert_true (scripted_server_has_received (
      f.test->server, "<block xmlns=\"urn:xmpp:blocking\"><item jid=\"tybalt@capulet.lit\"/><item "
                      "jid=\"spam.example\"/></block>"));
  blocking_assert (&f, "romeo@montague.net iago@shakespeare.lit tybalt@capulet.lit spam.example ");
  /* The push that comes with it changes nothing. */
  g_string_truncate (f.changes, 0);
  blocking_block (&f, JIDS ("other@example.com"));
  g_assert_false (blocking_finish (&f, TRUE, &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_SERVICE_UNAVAILABLE);
  g_clear_error (&error);
  g_assert_false (hs_blocking_is_blocked (f.blocking, "other@example.com"));
  blocking_unblock (&f, JIDS ("romeo@montague.net", "spam.example"));
  g_assert_true (blocking_finish (&f, FALSE, &error));
  blocking_assert (&f, "iago@shakespeare.lit tybalt@capulet.lit ");
  g_assert_cmpstr (f.changes->str, ==, "0-4+2 ");
  blocking_unblock (&f, NULL);
  g_assert_true (blocking_finish (&f, FALSE, &error));
  g_assert_true (
      scripted_server_has_received (f.test->server, "<unblock xmlns=\"urn:xmpp:blocking\"/>"));
  blocking_assert (&f, "");
  blocking_tear_down (&f);
}

/* What cannot be sent is not sent. */
static void
test_not_sent (void)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  GError *error = NULL;
  g_autofree char *sent = NULL;
  BlockingTest f;

  blocking_set_up_loaded (&f, blocking_served);
  blocking_block (&f, JIDS ("a@b", "@"));
  g_assert_false (blocking_finish (&f, TRUE, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_error (&error);
  blocking_unblock (&f, JIDS (""));
  g_assert_false (blocking_finish (&f, FALSE, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_error (&error);
  /* No address is not the same as all. */
  blocking_unblock (&f, (const char *const[]){ NULL });
  g_assert_true (blocking_finish (&f, FALSE, &error));
  blocking_block (&f, (const char *const[]){ NULL });
  g_assert_true (blocking_finish (&f, TRUE, &error));
  g_cancellable_cancel (cancelled);
  hs_blocking_block_async (f.blocking, JIDS ("a@b"), cancelled, blocking_result_cb, &f);
  g_assert_false (blocking_finish (&f, TRUE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  sent = test_client_dup_sent (f.test);
  g_assert_null (strstr (sent, "<unblock"));
  g_assert_null (strstr (sent, "<block "));
  blocking_assert (&f, "romeo@montague.net iago@shakespeare.lit ");
  test_client_stop (f.test);
  blocking_block (&f, JIDS ("a@b"));
  g_assert_false (blocking_finish (&f, TRUE, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  hs_client_unregister (f.test->client, HS_MODULE (f.blocking));
  blocking_unblock (&f, NULL);
  g_assert_false (blocking_finish (&f, FALSE, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);
  blocking_clear (&f);
}

/* Many changes in one turn are at most two items-changed, and each is known at once. */
static void
test_one_turn (void)
{
  g_autoptr (GString) pushes = g_string_new (NULL);
  BlockingTest f;

  blocking_set_up_loaded (&f, blocking_served);
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
  blocking_tear_down (&f);
}

/* What was removed and added again, and added and removed, between two changes that are shown. */
static void
test_back_and_forth (void)
{
  BlockingTest f;

  blocking_set_up_loaded (&f, blocking_served);
  scripted_server_send (
      f.test->server, PUSH ("block", ITEM ("a@b")) PUSH ("unblock", ITEM ("romeo@montague.net"))
                          PUSH ("block", ITEM ("romeo@montague.net")) PUSH ("block", ITEM ("c@d"))
                              PUSH ("unblock", ITEM ("c@d")) PUSH ("unblock", "")
                                  PUSH ("block", ITEM ("a@b") ITEM ("e@f"))
                                      PUSH ("block", ITEM ("g@h")) PUSH ("unblock", ITEM ("e@f")));
  test_until (hs_blocking_is_blocked (f.blocking, "g@h")
              && !hs_blocking_is_blocked (f.blocking, "e@f"));
  blocking_assert (&f, "a@b g@h ");
  blocking_tear_down (&f);
}

static void
dispose_cb (GListModel *model, guint position, guint removed, guint added, BlockingTest *f)
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
  BlockingTest f;

  blocking_set_up_loaded (&f, blocking_served);
  gone = f.blocking;
  g_object_add_weak_pointer (G_OBJECT (f.blocking), &gone);
  g_signal_handlers_disconnect_by_func (hs_blocking_get_blocked (f.blocking), blocking_changed_cb,
                                        &f);
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
  g_test_add_func ("/blocking/one-turn", test_one_turn);
  g_test_add_func ("/blocking/back-and-forth", test_back_and_forth);
  g_test_add_func ("/blocking/let-go", test_let_go);
  return g_test_run ();
}
