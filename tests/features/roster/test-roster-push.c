/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "roster-test.h"

/* What is pushed, by whom, and what the program changes. */

#define JULIET "<item jid='juliet@example.com' name='Juliet' subscription='both'><group>Friends</group></item>"
#define ROMEO "<item jid='romeo@example.org' subscription='none'/>"

static const ScriptStep begin[]
    = { RUN (script_sign_in), ROSTER_ASKED, SEND (ROSTER_ITEMS (" ver='v1'", JULIET)), END };

static void
begin_loaded (RosterTest *f, const ScriptStep *script)
{
  const ScriptStep *const scripts[] = { script, NULL };

  roster_set_up (f, scripts);
  test_client_start_until_ready (f->test);
  test_until (hs_roster_get_is_loaded (f->roster));
  g_string_truncate (f->changes, 0);
}

static void
end (RosterTest *f)
{
  test_client_stop (f->test);
  roster_clear (f);
}

static const ScriptStep served[] = { RUN (begin), SERVE, END };

/* A push changes the item and the version together. */
static void
version_cb (RosterTest *f)
{
  g_assert_cmpstr (hs_roster_get_version (f->roster), ==, "v2");
  g_assert_nonnull (hs_roster_lookup (f->roster, "romeo@example.org"));
  g_string_append (f->signals, "version ");
}

static void
test_pushes (void)
{
  RosterTest f;
  HsContact *juliet;
  gulong id;

  begin_loaded (&f, served);
  juliet = hs_roster_lookup (f.roster, "juliet@example.com");
  id = g_signal_connect_swapped (f.roster, "notify::version", G_CALLBACK (version_cb), &f);
  test_client_say (f.test, ROSTER_PUSH (" ver='v2'", ROMEO));
  g_signal_handler_disconnect (f.roster, id);
  g_assert_cmpstr (f.signals->str, ==, "version ");
  g_assert_cmpstr (f.changes->str, ==, "1-0+1 ");
  test_client_await_sent (f.test, "id=\"p1\"");
  test_client_say (f.test, ROSTER_PUSH (" ver='v3'", "<item jid='juliet@example.com' subscription='to'/>"));
  g_assert_true (hs_roster_lookup (f.roster, "juliet@example.com") == juliet);
  assert_contacts (&f, "juliet@example.com=[]to romeo@example.org=[]none ");
  test_client_say (f.test, ROSTER_PUSH (" ver='v4'", "<item jid='juliet@example.com' subscription='remove'/>"));
  assert_contacts (&f, "romeo@example.org=[]none ");
  g_assert_cmpstr (f.changes->str, ==, "1-0+1 0-1+0 ");
  g_assert_cmpstr (hs_roster_get_version (f.roster), ==, "v4");
  /* A removal of nobody, and a push from the full JID, as some servers write. */
  test_client_say (f.test, ROSTER_PUSH (" ver='v5'", "<item jid='juliet@example.com' subscription='remove'/>"));
  test_client_say (f.test, "<iq type='set' id='p6' from='user@example.org/res'><query xmlns='jabber:iq:roster' ver='v6'>"
                           JULIET "</query></iq>");
  assert_contacts (&f, "romeo@example.org=[]none juliet@example.com=Juliet[Friends]both ");
  g_assert_cmpstr (hs_roster_get_version (f.roster), ==, "v6");
  end (&f);
}

/* CVE-2015-8688: the roster is changed by the account alone, with one item at a time. */
static void
test_forged (void)
{
  static const char *const senders[] = { "mallory@example.com", "mallory@example.com/x", "example.org", "user@example.org/other",
                                         "user@example.com", "", "juliet@example.com/balcony", "@" };
  static const char *const pushes[] = {
    ROSTER_PUSH (" ver='v9'", ROMEO "<item jid='tybalt@example.org'/>"),
    ROSTER_PUSH (" ver='v9'", ""),
    ROSTER_PUSH (" ver='v9'", "<item jid='@'/>"),
    ROSTER_PUSH (" ver='v9'", "<item/>"),
    ROSTER_PUSH (" ver='v9'", "<item xmlns='urn:other' jid='romeo@example.org'/>"),
    "<iq type='set' id='p1'><other xmlns='urn:x'><query xmlns='jabber:iq:roster' ver='v9'>" ROMEO "</query></other></iq>",
    "<iq type='set' id='p1'><query xmlns='jabber:iq:roster' ver='v9'>" ROMEO "</query>"
    "<query xmlns='jabber:iq:roster' ver='v9'>" JULIET "</query></iq>",
    "<iq type='get' id='p1'><query xmlns='jabber:iq:roster' ver='v9'>" ROMEO "</query></iq>",
    "<iq type='result' id='p1'><query xmlns='jabber:iq:roster' ver='v9'>" ROMEO "</query></iq>",
    "<message><query xmlns='jabber:iq:roster' ver='v9'>" ROMEO "</query></message>",
    "<message><iq type='set' id='p1'><query xmlns='jabber:iq:roster' ver='v9'>" ROMEO "</query></iq></message>",
  };
  RosterTest f;

  begin_loaded (&f, served);
  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    {
      g_autofree char *push = g_strdup_printf (
          "<iq type='set' id='p1' from='%s'><query xmlns='jabber:iq:roster' ver='v9'>" ROMEO
          "</query></iq>", senders[i]);

      test_client_say (f.test, push);
    }
  for (guint i = 0; i < G_N_ELEMENTS (pushes); i++)
    test_client_say (f.test, pushes[i]);
  assert_contacts (&f, "juliet@example.com=Juliet[Friends]both ");
  g_assert_cmpstr (hs_roster_get_version (f.roster), ==, "v1");
  g_assert_cmpstr (f.changes->str, ==, "");
  end (&f);
}

/* The same while an answer is awaited: all items are taken out of their stanzas then. */
static void
test_while_loading (void)
{
  static const ScriptStep script[]
      = { RUN (begin), EXPECT ("</iq>"), SERVE, END };
  RosterTest f;
  RosterResult result = { NULL };

  begin_loaded (&f, script);
  hs_roster_refresh_async (f.roster, NULL, roster_result_cb, &result);
  test_spin (20);
  test_client_say (f.test, ROSTER_PUSH (" ver='v2'", ROMEO "<item jid='tybalt@example.org'/>"));
  test_client_say (f.test,
                        "<iq type='set' id='p1' from='mallory@example.com'><query xmlns='jabber:iq:roster' ver='v8'>" ROMEO
                        "</query></iq>"
                        "<message from='mallory@example.com'><iq type='result' id='x'><query xmlns='jabber:iq:roster'>" ROMEO
                        "</query></iq></message>"
                        "<message from='mallory@example.com'><query xmlns='jabber:iq:roster'>" ROMEO "</query></message>");
  assert_contacts (&f, "juliet@example.com=Juliet[Friends]both ");
  g_assert_cmpstr (hs_roster_get_version (f.roster), ==, "v1");
  test_client_say (f.test, ROSTER_PUSH (" ver='v3'", "<item jid='tybalt@example.org'/>"));
  assert_contacts (&f, "juliet@example.com=Juliet[Friends]both tybalt@example.org=[]none ");
  g_assert_cmpstr (hs_roster_get_version (f.roster), ==, "v3");
  g_assert_null (result.result);
  hs_client_unregister (f.test->client, HS_MODULE (f.roster));
  test_until (result.result != NULL);
  g_assert_false (hs_roster_refresh_finish (f.roster, result.result, NULL));
  g_object_unref (result.result);
  g_assert_null (hs_roster_get_client (f.roster));
  end (&f);
}

static void
assert_done (RosterTest *f, RosterResult *result)
{
  g_autoptr (GError) error = NULL;

  test_until (result->result != NULL);
  g_assert_true (g_task_propagate_boolean (G_TASK (result->result), &error));
  g_assert_no_error (error);
  g_clear_object (&result->result);
}

/* What the functions send. */
static void
test_changes (void)
{
  static const ScriptStep script[] = {
    RUN (begin),
    EXPECT ("<query xmlns=\"jabber:iq:roster\"><item jid=\"romeo@example.org\" name=\"Romeo\">"
            "<group>A</group><group>B</group></item></query></iq>"),
    SEND (ROSTER_PUSH ("", "<item jid='romeo@example.org' name='Romeo' subscription='none'><group>A</group><group>B</group></item>")),
    EXPECT ("id=\"p1\""),
    GATE,
    EXPECT ("<item jid=\"romeo@example.org\" name=\"R\"><group>A</group><group>B</group></item></query></iq>"),
    SEND ("<iq type='result' id='@ID@'/>"),
    EXPECT ("<item jid=\"romeo@example.org\" name=\"Romeo\"/></query></iq>"),
    SEND ("<iq type='result' id='@ID@'/>"),
    EXPECT ("<item jid=\"romeo@example.org\"><group>C</group></item></query></iq>"),
    SEND ("<iq type='result' id='@ID@'/>"),
    EXPECT ("<item jid=\"romeo@example.org\" subscription=\"remove\"/></query></iq>"),
    SEND ("<iq type='error' id='@ID@'><error type='cancel'>"
          "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"),
    SERVE,
    END,
  };
  /* Each is sent once, if it has a name (RFC 6121, 2.3.3). */
  static const char *const groups[] = { "A", "B", "", "A", NULL };
  static const char *const other[] = { "C", NULL };
  static const char *const none[] = { NULL };
  RosterTest f;
  RosterResult result = { NULL };
  g_autoptr (GError) error = NULL;
  HsContact *romeo;

  begin_loaded (&f, script);
  hs_roster_add_async (f.roster, "romeo@example.org/x", "Romeo", groups, NULL, NULL, NULL);
  test_until ((romeo = hs_roster_lookup (f.roster, "romeo@example.org")) != NULL);
  scripted_server_open_gate (f.test->server);
  hs_roster_update_async (f.roster, romeo, "R", NULL, NULL, roster_result_cb, &result);
  assert_done (&f, &result);
  hs_roster_update_async (f.roster, romeo, NULL, none, NULL, roster_result_cb, &result);
  assert_done (&f, &result);
  hs_roster_update_async (f.roster, romeo, "", other, NULL, roster_result_cb, &result);
  assert_done (&f, &result);
  /* Until it is pushed, nothing is changed here. */
  g_assert_cmpstr (hs_contact_get_name (romeo), ==, "Romeo");
  hs_roster_remove_async (f.roster, romeo, NULL, roster_result_cb, &result);
  test_until (result.result != NULL);
  g_assert_false (hs_roster_remove_finish (f.roster, result.result, &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND);
  g_clear_error (&error);
  g_clear_object (&result.result);
  hs_roster_add_async (f.roster, "@", NULL, NULL, NULL, roster_result_cb, &result);
  test_until (result.result != NULL);
  g_assert_false (hs_roster_add_finish (f.roster, result.result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_object (&result.result);
  end (&f);
}

/* What somebody shows who goes by the signal alone. */
static void
mirror_cb (GListModel *list, guint position, guint removed, guint added, gpointer mirror)
{
  GPtrArray *shown = mirror;

  if (removed > 0)
    g_ptr_array_remove_range (shown, position, removed);
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (HsContact) contact = g_list_model_get_item (list, position + i);

      g_ptr_array_insert (shown, (int) (position + i), g_strdup (hs_jid_to_string (hs_contact_get_jid (contact))));
    }
  g_assert_cmpuint (shown->len, ==, g_list_model_get_n_items (list));
}

static void
assert_mirrored (GListModel *list, GPtrArray *mirror)
{
  g_assert_cmpuint (mirror->len, ==, g_list_model_get_n_items (list));
  for (guint i = 0; i < mirror->len; i++)
    {
      g_autoptr (HsContact) contact = g_list_model_get_item (list, i);

      g_assert_cmpstr (mirror->pdata[i], ==, hs_jid_to_string (hs_contact_get_jid (contact)));
    }
}

/* 500 contacts come and every third goes: the list changes once a turn, what is known of each at once. */
static void
test_many (void)
{
  static const ScriptStep script[] = { RUN (begin), SERVE, END };
  g_autoptr (GPtrArray) mirror = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) pushes = g_string_new (NULL);
  g_auto (GStrv) emissions = NULL;
  GListModel *list;
  RosterTest f;

  begin_loaded (&f, script);
  list = hs_roster_get_contacts (f.roster);
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (HsContact) contact = g_list_model_get_item (list, i);

      g_ptr_array_add (mirror, g_strdup (hs_jid_to_string (hs_contact_get_jid (contact))));
    }
  g_signal_connect (list, "items-changed", G_CALLBACK (mirror_cb), mirror);
  g_string_truncate (f.changes, 0);
  for (guint i = 0; i < 500; i++)
    g_string_append_printf (pushes, ROSTER_PUSH ("", "<item jid='c%u@example.org'/>"), i);
  for (guint i = 0; i < 500; i += 3)
    g_string_append_printf (pushes, ROSTER_PUSH ("", "<item jid='c%u@example.org' subscription='remove'/>"), i);
  test_client_say (f.test, pushes->str);
  g_assert_null (hs_roster_lookup (f.roster, "c0@example.org"));
  g_assert_null (hs_roster_lookup (f.roster, "c498@example.org"));
  g_assert_nonnull (hs_roster_lookup (f.roster, "c499@example.org"));
  /* The getter returns the list with all changes. */
  g_assert_true (list == hs_roster_get_contacts (f.roster));
  assert_mirrored (list, mirror);
  g_assert_cmpstr (mirror->pdata[mirror->len - 1], ==, "c499@example.org");
  g_assert_cmpstr (mirror->pdata[mirror->len - 2], ==, "c497@example.org");
  emissions = g_strsplit (f.changes->str, " ", -1);
  g_test_message ("%s", f.changes->str);
  g_assert_cmpuint (g_strv_length (emissions), <, 40);
  /* One that comes alone is shown at once. */
  for (guint i = 0; i < 3; i++)
    g_main_context_iteration (NULL, FALSE);
  test_client_say (f.test, ROSTER_PUSH ("", "<item jid='alone@example.org'/>"));
  g_assert_cmpstr (mirror->pdata[mirror->len - 1], ==, "alone@example.org");
  test_client_say (f.test, ROSTER_PUSH ("", "<item jid='one@example.org'/>")
                           ROSTER_PUSH ("", "<item jid='two@example.org'/>")
                           ROSTER_PUSH ("", "<item jid='two@example.org' subscription='remove'/>")
                           ROSTER_PUSH ("", "<item jid='three@example.org'/>"));
  test_until (g_str_equal (mirror->pdata[mirror->len - 1], "three@example.org"));
  g_assert_cmpstr (mirror->pdata[mirror->len - 2], ==, "one@example.org");
  assert_mirrored (list, mirror);
  end (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roster/push/pushes", test_pushes);
  g_test_add_func ("/roster/push/forged", test_forged);
  g_test_add_func ("/roster/push/while-loading", test_while_loading);
  g_test_add_func ("/roster/push/changes", test_changes);
  g_test_add_func ("/roster/push/many", test_many);
  return g_test_run ();
}
