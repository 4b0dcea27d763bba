/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "disco-test.h"
#include "resume-test.h"

/* The connection is cut while the server is asked what it can do, the client gives up waiting, and the session goes
 * on all the same: service discovery asks once more (XEP-0198, 5). */

static const ScriptStep asked[] = { RUN (resume_sign_in), EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<enable"),
                                    SEND ("<enabled" SM " resume='true' id='s1' max='1'/>"),
                                    EXPECT ("to=\"user@example.org\""), RESET, END };
static const ScriptStep resumed[] = { RUN (script_header), GATE, RUN (script_plain), RUN (script_header),
                                      SEND (SAY_FEATURES (FEATURE_SM)), EXPECT ("<resume"),
                                      SEND ("<resumed" SM " previd='s1' h='0'/>"), SERVE, END };

static void
test_asked_again (void)
{
  const ScriptStep *const scripts[] = { asked, resumed, NULL };
  DiscoTest f = { NULL };
  ResumeTest resume = { NULL };
  g_auto (DiscoOutcome) outcome = { 0 };

  resume_set_up (&resume, scripts);
  f.test = resume.test;
  f.answered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  f.disco = hs_disco_new ();
  hs_client_register (f.test->client, HS_MODULE (f.disco));
  test_client_start_until_ready (f.test);
  /* The same question as the module's own, which is under way. */
  hs_disco_query_async (f.disco, "user@example.org", NULL, NULL, disco_outcome_cb, &outcome);
  test_until (outcome.n_called == 1);
  g_assert_error (outcome.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  scripted_server_open_gate (f.test->server);
  test_until (resume.n_resumed == 1);
  /* The old request, which nobody waits for any more, and the new one. */
  for (guint i = 0; i < 2; i++)
    {
      disco_test_answer (&f, "example.org", NULL, "<identity category='server' type='im'/>");
      disco_test_answer (&f, "user@example.org", NULL, "<identity category='account' type='registered'/>");
    }
  test_until (hs_disco_get_account_info (f.disco) != NULL && hs_disco_get_server_info (f.disco) != NULL);
  g_assert_true (hs_disco_info_has_identity (hs_disco_get_server_info (f.disco), "server", "im"));
  disco_test_end (&f);
  g_string_free (resume.returned, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disco/resumed/asked-again", test_asked_again);
  return g_test_run ();
}
