/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"

/* No server can keep a client waiting: each stage has its time, and its own words when it is over. Here are the
 * stages of TLS and of the kernel; test-client-clock.c has the others. */

/* In milliseconds. */
#define LIMIT (g_getenv ("HS_TEST_VALGRIND") != NULL ? 3000u : 150u)

static const ScriptStep no_header[] = { READ_END, END };
static const ScriptStep no_proceed[]
    = { RUN (script_header), SEND (SAY_FEATURES_TLS), EXPECT ("<starttls"), READ_END, END };
static const ScriptStep no_handshake[] = { RUN (script_header), SEND (SAY_FEATURES_TLS),
                                           EXPECT ("<starttls"), SEND (SAY_PROCEED), HOLD, END };
static const ScriptStep hold[] = { HOLD, END };
static const ScriptStep no_header_tls[] = { RUN (script_starttls), READ_END, END };

typedef struct
{
  const char *name;
  const ScriptStep *script;
  HsTlsMode mode;
  const char *message;
  gboolean says_why; /* with a stream error of our own */
} Stage;

static const Stage stages[] = {
  { "header", no_header, HS_TLS_MODE_NONE, "header", TRUE },
  { "proceed", no_proceed, HS_TLS_MODE_STARTTLS, "leave to start TLS", TRUE },
  { "handshake", no_handshake, HS_TLS_MODE_STARTTLS, "TLS", FALSE },
  { "direct-handshake", hold, HS_TLS_MODE_DIRECT, "TLS", FALSE },
  { "header-tls", no_header_tls, HS_TLS_MODE_STARTTLS, "header", TRUE },
};

/* Whether it came to the stage that has no end. Where the machine is busy, another one may last too
 * long before. */
static gboolean
try_stage (const Stage *stage, guint limit)
{
  g_autoptr (TestClient) test = test_client_new_for (stage->script, stage->mode);
  gint64 start;
  gint64 lasted;

  scripted_server_forgive (test->server);
  g_object_set (test->client, "connect-timeout", limit, "auto-reconnect", TRUE, NULL);
  start = g_get_monotonic_time ();
  test_client_run (test);
  lasted = (g_get_monotonic_time () - start) / 1000;
  g_assert_error (test->error, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (test->error->message, "example.org"));
  g_assert_error (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_true (g_str_has_suffix (test->record->str,
                                   " stopping m.stopping disconnected(end) cleanup m.cleanup "
                                   "m.terminated terminated"));
  g_assert_cmpuint (test->n_ready, ==, 0);
  g_assert_cmpint (lasted, >=, limit);
  if (strstr (test->error->message, stage->message) == NULL)
    return FALSE;
  /* Each stage may have as much; valgrind is slow. */
  g_assert_cmpint (lasted, <, 20 * limit);
  if (stage->says_why)
    test_client_await_sent (test, "<connection-timeout xmlns='urn:ietf:params:xml:ns:xmpp-streams'"
                                  "/></stream:error></stream:stream>");
  return TRUE;
}

static void
test_stage (gconstpointer data)
{
  const Stage *stage = data;
  guint limit = LIMIT;

  for (guint i = 0; !try_stage (stage, limit); i++)
    {
      g_assert_cmpuint (i, <, 4);
      limit *= 2;
    }
}

/* ---- A peer whose system takes nothing more ---- */

/* The other machine has no room for more, and it stays so: that is noticed long before the client would ask for a
 * sign of life. */
static void
test_takes_nothing (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), HOLD, END };
  g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_NONE);
  g_autofree char *text = g_strnfill (100000, 'x');
  g_autofree char *xml = g_strdup_printf ("<message><body>%s</body></message>", text);

  scripted_server_forgive (test->server);
  g_object_set (test->client, "connect-timeout", g_getenv ("HS_TEST_VALGRIND") != NULL ? 20000 : 2000,
                "keepalive-interval", 3600 * 1000, NULL);
  test_client_start_until_ready (test);
  for (guint i = 0; i < 200; i++)
    g_assert_true (hs_client_send_raw_stanza (test->client, xml, NULL));
  test_client_wait_terminated (test);
  g_assert_error (test->error, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (test->error->message, "takes nothing of what it is sent"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/deadlines/%s", stages[i].name);

      g_test_add_data_func (path, &stages[i], test_stage);
    }
  g_test_add_func ("/client/deadlines/takes-nothing", test_takes_nothing);
  return g_test_run ();
}
