/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "resume-test.h"
#include "roster-test.h"

/* The connection is cut while the roster is asked for, the client gives up waiting, and the session goes on all the
 * same: the roster asks once more (XEP-0198, 5). */

#define JULIET "<item jid='juliet@example.com'/>"
/* The request for the roster has arrived: nothing is sent again by the client itself. */
#define RESUMED SEND ("<resumed" SM " previd='s1' h='1'/>")

static const ScriptStep asked[] = { RUN (resume_sign_in), EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
                                    SEND ("<enabled" SM " resume='true' id='s1' max='1'/>"), ROSTER_ASKED, RESET, END };

static void
refreshed_cb (GObject *roster, GAsyncResult *result, gpointer data)
{
  ResumeResult *refreshed = data;

  hs_roster_refresh_finish (HS_ROSTER (roster), result, &refreshed->error);
  refreshed->done = TRUE;
}

static void
begin_given_up (RosterTest *f, ResumeTest *resume, const ScriptStep *second)
{
  const ScriptStep *const scripts[] = { asked, second, NULL };
  ResumeResult refreshed = { FALSE };

  roster_set_up (f, scripts);
  resume_watch (resume, f->test);
  test_client_start_until_ready (f->test);
  hs_roster_refresh_async (f->roster, NULL, refreshed_cb, &refreshed);
  test_until (refreshed.done);
  g_assert_error (refreshed.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_clear_error (&refreshed.error);
  g_assert_false (hs_roster_get_is_loaded (f->roster));
  scripted_server_open_gate (f->test->server);
  test_until (resume->n_resumed == 1);
}

static void
end (RosterTest *f, ResumeTest *resume)
{
  test_client_stop (f->test);
  roster_clear (f);
  g_string_free (resume->returned, TRUE);
}

static void
test_asked_again (void)
{
  static const ScriptStep second[] = { RUN (script_header), GATE, RUN (script_plain), RUN (script_header),
                                       SEND (SAY_FEATURES (FEATURE_SM)), EXPECT ("<resume"),
                                       RESUMED, ROSTER_ASKED, SEND (ROSTER_ITEMS ("", JULIET)), SERVE, END };
  RosterTest f;
  ResumeTest resume = { NULL };

  begin_given_up (&f, &resume, second);
  g_assert_false (hs_roster_get_is_stale (f.roster));
  test_until (hs_roster_get_is_loaded (f.roster));
  assert_contacts (&f, "juliet@example.com=[]none ");
  end (&f, &resume);
}

/* What has been answered is not asked again. */
static void
test_not_again (void)
{
  static const ScriptStep loaded[] = { RUN (resume_sign_in), EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
                                       SEND ("<enabled" SM " resume='true' id='s1'/>"), ROSTER_ASKED,
                                       SEND (ROSTER_ITEMS ("", JULIET)), GATE, RESET, END };
  static const ScriptStep second[] = { RUN (resume_sign_in), EXPECT ("<resume"), RESUMED, SERVE, END };
  const ScriptStep *const scripts[] = { loaded, second, NULL };
  g_autofree char *sent = NULL;
  const char *first;
  RosterTest f;
  ResumeTest resume = { NULL };

  roster_set_up (&f, scripts);
  resume_watch (&resume, f.test);
  test_client_start_until_ready (f.test);
  test_until (hs_roster_get_is_loaded (f.roster));
  scripted_server_open_gate (f.test->server);
  test_until (resume.n_resumed == 1);
  test_client_say (f.test, "<message/>");
  sent = scripted_server_dup_received (f.test->server);
  first = strstr (sent, "jabber:iq:roster");
  g_assert_nonnull (first);
  g_assert_null (strstr (first + 1, "jabber:iq:roster"));
  assert_contacts (&f, "juliet@example.com=[]none ");
  end (&f, &resume);
}

static void
stale_cb (HsRoster *roster, GParamSpec *pspec, gpointer record)
{
  HsContact *contact = hs_roster_lookup (roster, "juliet@example.com");

  g_string_append_printf (record, "%s:%s ", hs_roster_get_is_stale (roster) ? "stale" : "fresh",
                          hs_contact_get_is_available (contact) ? "there" : "gone");
}

/* While the session is interrupted, the presences are the last known ones. */
static void
test_stale (void)
{
  static const ScriptStep loaded[] = { RUN (resume_sign_in), EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
                                       SEND ("<enabled" SM " resume='true' id='s1'/>"), ROSTER_ASKED,
                                       SEND (ROSTER_ITEMS ("", JULIET) "<presence from='juliet@example.com/balcony'/>"),
                                       GATE, RESET, END };
  static const ScriptStep second[] = { RUN (resume_sign_in), EXPECT ("<resume"),
                                       SEND ("<resumed" SM " previd='s1' h='1'/>"), SERVE, END };
  const ScriptStep *const scripts[] = { loaded, second, NULL };
  g_autoptr (GString) record = g_string_new (NULL);
  RosterTest f;
  ResumeTest resume = { NULL };

  roster_set_up (&f, scripts);
  resume_watch (&resume, f.test);
  test_client_start_until_ready (f.test);
  test_until (hs_roster_lookup (f.roster, "juliet@example.com") != NULL
              && hs_contact_get_is_available (hs_roster_lookup (f.roster, "juliet@example.com")));
  g_signal_connect (f.roster, "notify::is-stale", G_CALLBACK (stale_cb), record);
  scripted_server_open_gate (f.test->server);
  test_until (resume.n_resumed == 1);
  g_assert_cmpstr (record->str, ==, "stale:there fresh:there ");
  test_client_stop (f.test);
  g_assert_cmpstr (record->str, ==, "stale:there fresh:there stale:there ");
  roster_clear (&f);
  g_string_free (resume.returned, TRUE);
}

/* The connection is cut inside a push, or inside the answer; both come again when the session goes on. */
static void
assert_cut (const char *part, const char *whole, const char *answer, const ScriptStep *acked)
{
  const ScriptStep first[] = { RUN (resume_sign_in), EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
                               SEND ("<enabled" SM " resume='true' id='s1'/>"), ROSTER_ASKED, SEND (part), GATE,
                               RESET, END };
  const ScriptStep second[] = { RUN (resume_sign_in), EXPECT ("<resume"), SEND ("<resumed" SM " previd='s1' h='0'/>"),
                                ROSTER_ASKED, SEND (answer), SEND (whole), RUN (acked), SERVE, END };
  const ScriptStep *const scripts[] = { first, second, NULL };
  RosterTest f;
  ResumeTest resume = { NULL };

  roster_set_up (&f, scripts);
  resume_watch (&resume, f.test);
  test_client_start_until_ready (f.test);
  test_spin (20);
  scripted_server_open_gate (f.test->server);
  test_until (resume.n_resumed == 1);
  test_until (hs_roster_get_is_loaded (f.roster));
  test_client_say (f.test, "<message/>");
  assert_contacts (&f, "juliet@example.com=[]none romeo@example.com=[]none ");
  end (&f, &resume);
}

#define PUSH_OF_ROMEO "<iq type='set' id='push1'><query xmlns='jabber:iq:roster'><item jid='romeo@example.com'/>"

/* All is acknowledged, for which the client would wait for 5 s when it is stopped. */
static void
test_cut (void)
{
  static const ScriptStep acked[] = { SEND ("<a" SM " h='1'/>"), END };
  static const ScriptStep acked_reply[] = { EXPECT ("id=\"push1\""), SEND ("<a" SM " h='2'/>"), END };

  assert_cut (PUSH_OF_ROMEO, PUSH_OF_ROMEO "</query></iq>", ROSTER_ITEMS ("", JULIET), acked_reply);
  assert_cut ("<iq type='result' id='@ID@'><query xmlns='jabber:iq:roster'><item jid='gone@example.com'/>", " ",
              ROSTER_ITEMS ("", JULIET "<item jid='romeo@example.com'/>"), acked);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roster/resumed/asked-again", test_asked_again);
  g_test_add_func ("/roster/resumed/not-again", test_not_again);
  g_test_add_func ("/roster/resumed/stale", test_stale);
  g_test_add_func ("/roster/resumed/cut", test_cut);
  return g_test_run ();
}
