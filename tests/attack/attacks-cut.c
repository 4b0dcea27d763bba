/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attack.h"

/* The connection is closed, or reset, after each byte of a session. */

#define WORDS "<message><body>one</body></message><message><body>two</body></message>"

/* FALSE if the session was over before. */
static gboolean
run_cut (ScriptCut *cut, const ScriptStep *session, HsTlsMode mode)
{
  ScriptStep script[]
      = { CALL (script_cut, cut), RUN (session), SEND (WORDS), SEND (ATTACK_MARK), SERVE, END };
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (script, mode);
  guint n = 0;

  scripted_server_forgive (test->server);
  g_object_set (test->client, "password", ATTACK_PASSWORD, NULL);
  if (mode != HS_TLS_MODE_NONE)
    g_object_set (test->client, "sasl-mechanisms", NULL, NULL);
  hs_client_add_handler (test->client, "message", NULL, HS_HANDLER_DEFAULT, test_count_cb, &n, NULL);
  hs_client_start (test->client);
  test_until (test->n_terminated == 1 || n == 3);
  if (test->n_terminated == 0)
    {
      test_client_stop (test);
      return FALSE;
    }
  /* Once more, step by step, where what was pipelined had no answer yet. */
  g_assert_cmpuint (test->n_disconnected, >=, 1);
  g_assert_cmpuint (test->n_disconnected, <=, 2);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, test->n_disconnected);
  g_assert_nonnull (test->error);
  g_assert_cmpuint (n, <=, 3);
  return TRUE;
}

static void
cut_everywhere (AttackRun *run, gboolean reset, HsTlsMode mode, guint step)
{
  const ScriptStep *session = mode == HS_TLS_MODE_NONE ? script_sign_in : attack_session;
  ScriptCut cut = { .reset = reset };
  guint n = 0;

  for (; run_cut (&cut, session, mode); cut.n_bytes += step)
    n++;
  g_string_append_printf (run->said, "ended %u times", n);
}

static void
check_close (AttackRun *run)
{
  cut_everywhere (run, FALSE, HS_TLS_MODE_NONE, 1);
}

static void
check_reset (AttackRun *run)
{
  cut_everywhere (run, TRUE, HS_TLS_MODE_NONE, 1);
}

/* A key is derived each time: not at each byte. */
static void
check_close_tls (AttackRun *run)
{
  cut_everywhere (run, FALSE, HS_TLS_MODE_STARTTLS, 19);
}

static const ScriptStep whole[] = { RUN (attack_session), SEND (ATTACK_MARK), SERVE, END };

#define CUT(title, check_it)                                                                       \
  { title, whole, HS_TLS_MODE_STARTTLS, .check = check_it, .patience_msec = 60000, .kib = 8192 }

static const Attack attacks[] = {
  CUT ("cut/closed at each byte", check_close),
  CUT ("cut/reset at each byte", check_reset),
  CUT ("cut/closed under TLS", check_close_tls),
};

const AttackGroup attacks_cut = { "cut", attacks, G_N_ELEMENTS (attacks) };
