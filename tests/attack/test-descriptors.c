/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* The process has no more descriptors: each try fails with an error that says so, or gets by without,
 * and once there are some again all is well. That is so once a session has been: what GIO loads for the first
 * one, such as its module for TLS, it ends the process without. The server is in another process, which
 * has enough:
 *
 *   test-descriptors            the tests, with the server in this process
 *   test-descriptors PORT WHAT  a client of it, whose limit is lowered */

#define LIMIT 96
#define WORD "<message to='example.org'><body>go</body></message>"

/* ---- The client's process ---- */

static int fillers[LIMIT];
static guint n_fillers;

/* Takes all that there are but so many. */
static void
take_descriptors (guint n_left)
{
  int fd;

  while ((fd = open ("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
    fillers[n_fillers++] = fd;
  g_assert_cmpint (errno, ==, EMFILE);
  while (n_left-- > 0)
    close (fillers[--n_fillers]);
}

static void
give_descriptors_back (void)
{
  while (n_fillers > 0)
    close (fillers[--n_fillers]);
}

static guint
count_descriptors (void)
{
  guint n = 0;

  for (int fd = 0; fd < LIMIT; fd++)
    n += fcntl (fd, F_GETFD) >= 0;
  return n;
}

static TestClient *
new_client (guint port, const char *host)
{
  static const char *const plain[] = { "PLAIN", NULL };
  g_autoptr (GTlsDatabase) database = test_tls_database ();
  HsClient *client = hs_client_new ("user@example.org", "secret");

  g_object_set (client, "host", host, "port", port, "tls-database", database, "sasl-mechanisms", plain,
                "initial-presence", NULL, "initial-roster", FALSE, "auto-reconnect", FALSE, NULL);
  return test_client_new_alone (client);
}

static void
run_session (TestClient *test)
{
  test_client_start_until_ready_or_terminated (test);
  if (test->n_terminated == 0)
    test_client_stop (test);
  test->n_terminated = 0;
}

static void
lower_limit (void)
{
  struct rlimit limit = { LIMIT, LIMIT };

  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &limit));
}

static void
assert_clear (const GError *error)
{
  g_assert_nonnull (error);
  g_print ("# %s\n", error->message);
  g_assert_true (error->domain == HS_ERROR || error->domain == G_IO_ERROR
                 || error->domain == G_RESOLVER_ERROR || error->domain == G_TLS_ERROR);
  g_assert_true (strstr (error->message, "127.0.0.1") != NULL || strstr (error->message, "localhost") != NULL
                 || strstr (error->message, "example.org") != NULL
                 || strstr (error->message, "server.invalid") != NULL);
}

/* With no descriptor left, then one, until it works. */
static void
run_starting (guint port, const char *host)
{
  TestClient *test = new_client (port, host);
  guint n_failed = 0;
  guint n_left = 0;
  gboolean again = TRUE;

  run_session (test);
  g_assert_no_error (test->error);
  lower_limit ();
  for (; again; n_left++)
    {
      guint before = count_descriptors (), n_ready = test->n_ready;

      take_descriptors (n_left);
      run_session (test);
      give_descriptors_back ();
      again = test->n_ready == n_ready;
      if (again)
        {
          n_failed++;
          assert_clear (test->error);
          n_ready = test->n_ready;
          run_session (test);
          g_assert_cmpuint (test->n_ready, ==, n_ready + 1);
        }
      g_assert_no_error (test->error);
      test_until (count_descriptors () <= before);
      g_assert_cmpuint (n_left, <, LIMIT / 2);
    }
  g_print ("# %u runs failed before there were enough descriptors\n", n_failed);
  g_assert_cmpuint (n_failed, >=, 1);
  test_client_free (test);
}

/* A thread that looks up a name, or services of a domain, has none. */
static void
run_looking_up (guint port)
{
  static const char *const hosts[] = { "server.invalid", NULL };
  TestClient *test = new_client (port, "127.0.0.1");

  run_session (test);
  g_assert_no_error (test->error);
  lower_limit ();
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      guint before = count_descriptors (), n_ready = test->n_ready;

      g_object_set (test->client, "host", hosts[i], NULL);
      take_descriptors (0);
      run_session (test);
      give_descriptors_back ();
      assert_clear (test->error);
      g_assert_cmpuint (test->n_ready, ==, n_ready);
      g_object_set (test->client, "host", "127.0.0.1", NULL);
      run_session (test);
      g_assert_no_error (test->error);
      g_assert_cmpuint (test->n_ready, ==, n_ready + 1);
      test_until (count_descriptors () <= before);
    }
  test_client_free (test);
}

/* A session is lost meanwhile, and comes back. */
static void
run_returning (guint port, const char *host)
{
  TestClient *test = new_client (port, host);

  g_object_set (test->client, "auto-reconnect", TRUE, NULL);
  test_client_start_until_ready (test);
  lower_limit ();
  take_descriptors (0);
  g_assert_true (hs_client_send_raw_stanza (test->client, WORD, NULL));
  for (guint i = 1; i <= 4; i++)
    {
      test_until (test->n_disconnected == i);
      g_assert_nonnull (test->loss);
      g_print ("# %s\n", test->loss->message);
      g_assert_cmpint (test->retry, >=, 0);
      /* The one that its own connection had. */
      take_descriptors (0);
      hs_client_reconnect_now (test->client);
    }
  g_assert_cmpuint (test->n_ready, ==, 1);
  give_descriptors_back ();
  hs_client_reconnect_now (test->client);
  test_until (test->n_ready == 2);
  test_client_stop (test);
  test_client_free (test);
}

static int
run_client (int argc, char **argv)
{
  guint port = strtoul (argv[1], NULL, 10);
  const char *what = argv[2];

  if (g_str_equal (what, "starting"))
    run_starting (port, "127.0.0.1");
  else if (g_str_equal (what, "looking-up"))
    run_looking_up (port);
  else
    run_returning (port, "127.0.0.1");
  return 0;
}

/* ---- The server's ---- */

static const char *program;

static void
run_in_child (const ScriptStep *const *scripts, const char *what)
{
  ScriptedServer *server = scripted_server_new (scripts);
  g_autofree char *port = g_strdup_printf ("%u", scripted_server_get_port (server));
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = NULL;
  g_autofree char *said = NULL;

  scripted_server_forgive (server);
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, port, what, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (child, NULL, NULL, &said, NULL, &error);
  g_assert_no_error (error);
  g_print ("%s", said);
  g_assert_true (g_subprocess_get_if_exited (child));
  g_assert_cmpint (g_subprocess_get_exit_status (child), ==, 0);
  scripted_server_free (server);
}

static void
test_session (gconstpointer what)
{
  static const ScriptStep *const scripts[] = { script_session_tls, NULL };

  run_in_child (scripts, what);
}

static void
test_returning (void)
{
  static const ScriptStep lost[] = { RUN (script_sign_in_tls), EXPECT (WORD), RESET, END };
  static const ScriptStep *const scripts[] = { lost, script_session_tls, NULL };

  run_in_child (scripts, "returning");
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 3 && g_ascii_isdigit (argv[1][0]))
    return run_client (argc, argv);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/descriptors/starting", "starting", test_session);
  g_test_add_data_func ("/descriptors/looking-up", "looking-up", test_session);
  g_test_add_func ("/descriptors/returning", test_returning);
  return g_test_run ();
}
