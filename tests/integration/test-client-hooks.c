/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resume-test.h"

/* Both name the feature. */
#undef SM

#include "begin-test.h"
#include "hooked.h"

/* What modules are told of a session: that it begins, goes on, and is gone. */

#define RESUME RUN (resume_sign_in), EXPECT ("<resume")
#define RESUMED SEND ("<resumed " NS_SM " previd='s1' h='0'/>")
#define NOT_RESUMED SEND ("<failed " NS_SM "><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>")
#define BOUND EXPECT ("</iq>"), SEND (SAY_BOUND)
#define MANAGED EXPECT ("<enable"), SEND (RESUMABLE)

/* ---- resumed and lost ---- */

/* What each connection does, and what a module is told until the client is stopped once more than @n_ready
 * sessions stand, or has ended by itself. */
typedef struct
{
  const char *name;
  const ScriptStep *scripts[4]; /* ends with NULL */
  guint n_ready;
  const char *calls;
} End;

static const ScriptStep plain[] = { RUN (script_sign_in), SERVE, END };
static const ScriptStep plain_cut[] = { RUN (script_sign_in), GATE, RESET, END };
static const ScriptStep plain_conflict[]
    = { RUN (script_sign_in), GATE,
        SEND ("<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>" SAY_END),
        READ_END, END };
static const ScriptStep plain_ended[] = { RUN (script_sign_in), GATE, SEND (SAY_END), READ_END, END };
static const ScriptStep managed[] = { RUN (resume_begin), SERVE, END };
static const ScriptStep managed_cut[] = { RUN (resume_begin), GATE, RESET, END };
static const ScriptStep resumed[] = { RESUME, RESUMED, SERVE, END };
static const ScriptStep not_resumed[] = { RESUME, NOT_RESUMED, BOUND, MANAGED, SERVE, END };
static const ScriptStep not_bound[] = { RESUME, NOT_RESUMED, EXPECT ("</iq>"), RESET, END };

static const End ends[] = {
  { "stopped", { plain }, 1, "begin ready lost terminated " },
  { "stopped/managed", { managed }, 1, "begin ready lost terminated " },
  { "cut", { plain_cut, plain }, 2, "begin ready lost begin ready lost terminated " },
  { "ended", { plain_ended, plain }, 2, "begin ready lost begin ready lost terminated " },
  { "conflict", { plain_conflict }, 0, "begin ready lost terminated " },
  { "resumed", { managed_cut, resumed }, 1, "begin ready resumed lost terminated " },
  { "not-resumed", { managed_cut, not_resumed }, 2, "begin ready lost begin ready lost terminated " },
  { "not-bound", { managed_cut, not_bound, plain }, 2, "begin ready lost begin ready lost terminated " },
};

static void
test_end (gconstpointer data)
{
  const End *end = data;
  ResumeTest f = { NULL };
  Hooked *hooked = NULL;

  resume_set_up (&f, end->scripts);
  hooked = hooked_new (f.test->client);
  test_client_start_until_ready (f.test);
  scripted_server_open_gate (f.test->server);
  if (strstr (end->calls, "resumed") != NULL)
    test_until (f.n_resumed == 1);
  if (end->n_ready == 0)
    test_until (f.test->n_terminated == 1);
  else
    {
      test_until (f.test->n_ready == end->n_ready);
      test_client_stop (f.test);
    }
  assert_calls (hooked, end->calls);
  hooked_free (hooked, f.test->client);
  resume_clear (&f);
}

/* It is not to be made anew. */
static void
test_cut_for_good (void)
{
  ResumeTest f = { NULL };
  const ScriptStep *const scripts[] = { managed_cut, NULL };
  Hooked *hooked = NULL;

  resume_set_up (&f, scripts);
  hooked = hooked_new (f.test->client);
  test_client_start_until_ready (f.test);
  g_object_set (f.test->client, "auto-reconnect", FALSE, NULL);
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_terminated == 1);
  assert_calls (hooked, "begin ready lost terminated ");
  hooked_free (hooked, f.test->client);
  resume_clear (&f);
}

static void
ask_again_cb (Hooked *self, HsClient *client, const char *hook, gpointer data)
{
  ResumeTest *f = data;
  static ResumeResult again;

  if (!g_str_equal (hook, "resumed"))
    return;
  again = (ResumeResult){ FALSE };
  self->data = &again;
  self->then = NULL;
  resume_ask (f, &again);
}

/* The client gives up waiting for the session, and the session goes on all the same: a module repeats what has
 * failed meanwhile. */
static void
test_given_up (void)
{
  static const ScriptStep first[] = { RUN (resume_sign_in), BOUND, EXPECT ("<enable"),
                                      SEND ("<enabled " NS_SM " resume='true' id='s1' max='1'/>"),
                                      EXPECT ("id=\"q1\""), RESET, END };
  static const ScriptStep second[] = { RUN (script_header), GATE, RUN (script_plain), RUN (script_header),
                                       SEND (FEATURES ("<sm " NS_SM "/>")), EXPECT ("<resume"), RESUMED,
                                       EXPECT ("id=\"q1\""), SEND ("<iq type='result' id='q1'/>"), SERVE, END };
  const ScriptStep *const scripts[] = { first, second, NULL };
  ResumeTest f = { NULL };
  ResumeResult result = { FALSE };
  Hooked *hooked = NULL;
  ResumeResult *again = NULL;

  resume_set_up (&f, scripts);
  test_client_leap (f.test);
  hooked = hooked_new (f.test->client);
  hooked->then = ask_again_cb;
  hooked->data = &f;
  test_client_start_until_ready (f.test);
  resume_ask (&f, &result);
  test_until (result.done);
  g_assert_error (result.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_clear_error (&result.error);
  assert_calls (hooked, "begin ready ");
  g_assert_nonnull (hs_client_get_bound_jid (f.test->client));
  scripted_server_open_gate (f.test->server);
  test_until (f.n_resumed == 1);
  assert_calls (hooked, "resumed ");
  again = hooked->data;
  test_until (again->done);
  g_assert_no_error (again->error);
  test_client_stop (f.test);
  assert_calls (hooked, "lost terminated ");
  hooked_free (hooked, f.test->client);
  resume_clear (&f);
}

/* A session that another process had. */
static void
test_restored (gconstpointer second)
{
  const ScriptStep *const scripts[] = { managed, second, NULL };
  ResumeTest f = { NULL };
  Hooked *hooked = NULL;
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GError) error = NULL;

  resume_set_up (&f, scripts);
  test_client_start_until_ready (f.test);
  test_client_say (f.test, "<message/>");
  test_until ((state = hs_client_dup_session_state (f.test->client)) != NULL);
  g_clear_pointer (&state, g_variant_unref);
  state = hs_client_dup_session_state (f.test->client);
  g_assert_nonnull (state);
  scripted_server_forgive (f.test->server);
  test_client_stop (f.test);
  hs_client_set_session_state (f.test->client, state, &error);
  g_assert_no_error (error);
  hooked = hooked_new (f.test->client);
  hs_client_start (f.test->client);
  if (second == resumed)
    test_until (f.n_resumed == 1);
  else
    test_until (f.test->n_ready == 2);
  test_client_stop (f.test);
  assert_calls (hooked, second == resumed ? "resumed lost terminated " : "lost begin ready lost terminated ");
  hooked_free (hooked, f.test->client);
  resume_clear (&f);
}

/* The last reference goes: no word to anybody. */
static void
test_freed (void)
{
  g_autoptr (TestClient) test = test_client_new_for (plain, HS_TLS_MODE_NONE);
  Hooked *hooked = hooked_new (test->client);

  test_client_start_until_ready (test);
  test_until (hooked->calls->len > 0);
  scripted_server_forgive (test->server);
  test_client_drop (test);
  test_until (test->gone == NULL);
  assert_calls (hooked, "begin ready ");
  g_assert_finalize_object (G_OBJECT (hooked));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *name = g_strconcat ("/client-hooks/end/", ends[i].name, NULL);

      g_test_add_data_func (name, &ends[i], test_end);
    }
  g_test_add_func ("/client-hooks/end/cut-for-good", test_cut_for_good);
  g_test_add_func ("/client-hooks/given-up", test_given_up);
  g_test_add_data_func ("/client-hooks/restored/resumed", resumed, test_restored);
  g_test_add_data_func ("/client-hooks/restored/not-resumed", not_resumed, test_restored);
  g_test_add_func ("/client-hooks/freed", test_freed);
  return g_test_run ();
}
