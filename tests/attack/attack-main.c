/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attack.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Runs the attacks, each in a process of its own, and says what the client did, how long it took and
 * by how much the process grew.
 *
 *   attack [PATTERN...]    a table of those whose names have one of the patterns in them
 *   attack --tap [GROUP]   for meson
 *   attack --one NAME      here and now
 *   attack --list          their names
 *
 * The time and the memory are those of the attacker and the client together. */

AttackRun *attack_run;

static const AttackGroup *const groups[]
    = { &attacks_tls,       &attacks_scram,   &attacks_sign_in, &attacks_stream, &attacks_size,
        &attacks_deadlines, &attacks_senders, &attacks_messages, &attacks_people, &attacks_rooms, &attacks_floods,  &attacks_cut };

/* ---- Measures ---- */

/* Memory checkers are slow, and have memory of their own. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_CHECKED TRUE
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_CHECKED TRUE
#endif
#endif
#ifndef IS_CHECKED
#define IS_CHECKED FALSE
#endif

/* The most memory that the process has had, in KiB. */
static guint64
get_peak (void)
{
  g_autofree char *status = NULL;
  const char *line;

  g_assert_true (g_file_get_contents ("/proc/self/status", &status, NULL, NULL));
  line = strstr (status, "VmHWM:");
  return line != NULL ? g_ascii_strtoull (line + strlen ("VmHWM:"), NULL, 10) : 0;
}

/* From now on. */
static void
reset_peak (void)
{
  FILE *file = g_fopen ("/proc/self/clear_refs", "w");

  if (file == NULL)
    return;
  fputs ("5\n", file);
  fclose (file);
}

/* ---- Secrets ---- */

/* The password in all the forms in which it may leave a client: as it is, and in base64 wherever in
 * a message it begins. */
static void
assert_no_secret (const char *where, const char *text)
{
  static const char *const before[] = { "", "\x01", "\x01\x02" };

  if (strstr (text, ATTACK_PASSWORD) != NULL)
    g_error ("The password is in %s", where);
  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    {
      g_autofree char *bytes = g_strconcat (before[i], ATTACK_PASSWORD, NULL);
      g_autofree char *base64 = g_base64_encode ((const guint8 *) bytes, strlen (bytes));
      gsize first = (strlen (before[i]) * 8 + 5) / 6;
      gsize last = strlen (bytes) * 8 / 6;
      g_autofree char *inner = g_strndup (base64 + first, last - first);

      if (strstr (text, inner) != NULL)
        g_error ("The password is in %s, in base64", where);
    }
}

/* ---- One attack ---- */

static HsElement *
mark_cb (HsClient *client, HsElement *element, gpointer data)
{
  ((AttackRun *) data)->marked = TRUE;
  return NULL;
}

static void
xml_cb (HsClient *client, HsDirection direction, const char *text, gpointer data)
{
  assert_no_secret ("what consoles are shown", text);
}

/* A whole session, so that what is only made once is there. */
static void
warm_up (void)
{
  static const ScriptStep script[]
      = { RUN (attack_session), SEND (ATTACK_MARK), SERVE, END };
  g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_STARTTLS);

  g_object_set (test->client, "sasl-mechanisms", NULL, "password", ATTACK_PASSWORD, NULL);
  test_client_start_until_ready (test);
  test_client_stop (test);
}

static TestClient *
make_client (AttackRun *run, const char *log)
{
  const Attack *attack = run->attack;
  gboolean in_memory = (attack->flags & ATTACK_IN_MEMORY) != 0;
  TestClient *test = in_memory ? test_client_new_for (attack->script, attack->mode)
                               : test_client_new_on_loopback_for (attack->script, attack->mode);
  g_autoptr (GError) error = NULL;

  scripted_server_forgive (test->server);
  g_object_set (test->client, "password", ATTACK_PASSWORD, "connect-timeout",
                IS_CHECKED ? 20000u : 5000u, NULL);
  if ((attack->flags & ATTACK_PLAIN) == 0)
    g_object_set (test->client, "sasl-mechanisms", NULL, NULL);
  hs_client_add_handler (test->client, "mark", "urn:test:mark", HS_HANDLER_DEFAULT, mark_cb, run,
                         NULL);
  hs_client_set_log (test->client, log, FALSE, &error);
  g_assert_no_error (error);
  return test;
}

static gboolean
is_over (AttackRun *run)
{
  if (run->test->n_terminated > 0)
    return TRUE;
  if (run->attack->domain != NULL)
    return FALSE;
  return run->attack->done != NULL ? run->attack->done (run) : run->marked;
}

static gboolean
has_reached (AttackRun *run, guint n_connections)
{
  return scripted_server_count_received (run->test->server, run->attack->reached)
         >= n_connections * run->attack->n_reached;
}

/* As much time as a stage may take passes, for each connection: what was pipelined may be the cause, and then there
 * is another one, without. */
static void
pass_time (AttackRun *run)
{
  ScriptedServer *server = run->test->server;
  guint limit;

  g_object_get (run->test->client, "connect-timeout", &limit, NULL);
  for (guint i = 1; !is_over (run); i++)
    {
      g_assert_cmpuint (i, <=, 2);
      test_until (has_reached (run, i));
      for (guint t = 0; t < limit && !is_over (run) && scripted_server_get_n_connections (server) == i; t += limit / 40)
        {
          virtual_clock_advance (limit / 40);
          /* For what has come from the server meanwhile. */
          test_spin (1);
        }
      test_until (is_over (run) || scripted_server_get_n_connections (server) > i);
    }
}

static void
check_end (AttackRun *run)
{
  const Attack *attack = run->attack;
  TestClient *test = run->test;

  if (attack->domain == NULL && test->n_terminated > 0)
    g_error ("The session did not survive: %s",
             test->error != NULL ? test->error->message : "it ended");
  if (attack->domain == NULL)
    return;
  g_assert_nonnull (test->error);
  if (!g_error_matches (test->error, attack->domain (), attack->code))
    g_error ("It ended with another error: %s %d, %s", g_quark_to_string (test->error->domain),
             test->error->code, test->error->message);
  if (attack->reason != NULL && strstr (test->error->message, attack->reason) == NULL)
    g_error ("It ended for another reason: %s", test->error->message);
  g_assert_true (g_utf8_validate (test->error->message, -1, NULL));
  /* For a person to read, whatever the server wrote. */
  g_assert_cmpuint (strlen (test->error->message), <, 2000);
}

static void
check_secrets (AttackRun *run, const char *log)
{
  g_autofree char *received = scripted_server_dup_received (run->test->server);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (log, &text, NULL, NULL));
  assert_no_secret ("the log", text);
  if (run->test->error != NULL)
    assert_no_secret ("the error's message", run->test->error->message);
  if ((run->attack->flags & ATTACK_NO_SIGN_IN) != 0)
    {
      g_assert_null (strstr (received, "<auth"));
      g_assert_null (strstr (received, "<response"));
      assert_no_secret ("what was sent", received);
    }
}

static char *
describe (AttackRun *run)
{
  const GError *error = run->test->error;
  GString *text = g_string_new (run->said->str);

  if (error != NULL)
    g_string_append_printf (text, "%sended: %s", text->len > 0 ? ", " : "", error->message);
  else
    g_string_append_printf (text, "%swent on", text->len > 0 ? ", " : "");
  for (gsize i = 0; i < text->len; i++)
    {
      if (text->str[i] == '\n' || text->str[i] == '\t' || text->str[i] == '#')
        text->str[i] = ' ';
    }
  return g_string_free (text, FALSE);
}

static gboolean
end_client (AttackRun *run)
{
  if (run->test->n_terminated == 0)
    {
      /* Some peers never answer. */
      g_object_set (run->test->client, "connect-timeout", 500, NULL);
      test_client_stop (run->test);
    }
  return TRUE;
}

/* GIO reads the system's list of authorities for each TLS connection, in a thread: 4 MiB, which come to what
 * there was before where that thread has memory of its own. */
#define USUAL_GROWTH 8192

static int
run_attack (const Attack *attack)
{
  AttackRun run = { .attack = attack, .said = g_string_new (NULL), .data = attack->data };
  g_autofree char *log = NULL;
  guint patience = (attack->patience_msec > 0 ? attack->patience_msec : 10000) * (IS_CHECKED ? 6 : 1);
  guint kib = attack->kib > 0 ? attack->kib : USUAL_GROWTH;
  g_autofree char *did = NULL;
  guint64 before;
  gint64 start;
  clock_t begun;
  guint lasted;
  guint used;
  guint grown;

  g_close (g_file_open_tmp ("headstock-attack-XXXXXX", &log, NULL), NULL);
  attack_run = &run;
  warm_up ();
  run.test = make_client (&run, log);
  if (attack->prepare != NULL)
    attack->prepare (&run);
  g_signal_connect (run.test->client, "xml", G_CALLBACK (xml_cb), NULL);
  reset_peak ();
  before = get_peak ();
  start = g_get_monotonic_time ();
  begun = clock ();
  if (attack->reached != NULL || (attack->flags & ATTACK_IN_MEMORY) != 0)
    virtual_clock_stand (attack->reached == NULL);
  hs_client_start (run.test->client);
  if (attack->reached != NULL)
    pass_time (&run);
  test_until (is_over (&run));
  check_end (&run);
  if (attack->check != NULL)
    attack->check (&run);
  lasted = (g_get_monotonic_time () - start) / 1000;
  used = (clock () - begun) / (CLOCKS_PER_SEC / 1000);
  grown = MAX (get_peak (), before) - before;
  g_assert_cmpuint (attack->is_work ? used : lasted, <, patience);
  if (!IS_CHECKED)
    g_assert_cmpuint (grown, <, kib);
  end_client (&run);
  check_secrets (&run, log);
  did = describe (&run);
  g_unlink (log);
  test_client_free (run.test);
  virtual_clock_release ();
  printf ("RESULT\t%u\t%u\t%s\n", lasted, grown, did);
  g_string_free (run.said, TRUE);
  return 0;
}

/* ---- All of them ---- */

typedef struct
{
  const Attack *attack;
  gboolean good;
  guint msec;
  guint kib;
  char *did;
} Row;

static char *
last_line (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  const char *last = "nothing was said";

  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (*lines[i] != '\0' && !g_str_has_prefix (lines[i], "Bail out!"))
        last = lines[i];
    }
  return g_strdup (last);
}

static void
run_process (const char *program, Row *row)
{
  const char *const arguments[] = { program, "--one", row->attack->name, NULL };
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *out = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  const char *result;
  char did[1000] = "";

  g_subprocess_launcher_setenv (launcher, "MALLOC_ARENA_MAX", "1", TRUE);
  process = g_subprocess_launcher_spawnv (launcher, arguments, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, &errors, &error);
  g_assert_no_error (error);
  /* Warnings and all. */
  assert_no_secret ("what was printed", errors);
  assert_no_secret ("what was printed", out);
  result = out != NULL ? strstr (out, "RESULT\t") : NULL;
  row->good = g_subprocess_get_if_exited (process) && g_subprocess_get_exit_status (process) == 0 &&
              result != NULL &&
              sscanf (result, "RESULT\t%u\t%u\t%999[^\n]", &row->msec, &row->kib, did) == 3;
  row->did = row->good ? g_strdup (did) : last_line (*errors != '\0' ? errors : out);
}

static void
print_table (const Row *row)
{
  printf ("%-38s %6u ms %7u KiB  %s%.110s\n", row->attack->name, row->msec, row->kib,
          row->good ? "" : "FAILED: ", row->did);
  fflush (stdout);
}

static void
print_tap (const Row *row, guint number)
{
  printf ("%sok %u %s\n# %u ms, %u KiB: %s\n", row->good ? "" : "not ", number, row->attack->name,
          row->msec, row->kib, row->did);
  fflush (stdout);
}

static gboolean
is_wanted (const char *name, char **patterns)
{
  if (patterns[0] == NULL)
    return TRUE;
  for (guint i = 0; patterns[i] != NULL; i++)
    {
      if (strstr (name, patterns[i]) != NULL)
        return TRUE;
    }
  return FALSE;
}

static const Attack *
find_attack (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      for (guint j = 0; j < groups[i]->n_attacks; j++)
        {
          if (strcmp (groups[i]->attacks[j].name, name) == 0)
            return &groups[i]->attacks[j];
        }
    }
  g_error ("There is no attack '%s'", name);
}

/* The number of those that failed. */
static guint
run_all (const char *program, char **patterns, gboolean tap)
{
  guint n = 0;
  guint n_failed = 0;

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      for (guint j = 0; j < groups[i]->n_attacks; j++)
        {
          Row row = { .attack = &groups[i]->attacks[j] };

          if (!is_wanted (tap ? groups[i]->name : row.attack->name, patterns))
            continue;
          run_process (program, &row);
          n++;
          n_failed += !row.good;
          if (tap)
            print_tap (&row, n);
          else
            print_table (&row);
          g_free (row.did);
        }
    }
  if (tap)
    printf ("1..%u\n", n);
  else
    printf ("%u attacks, %u failed\n", n, n_failed);
  return n_failed;
}

static int
list_all (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    for (guint j = 0; j < groups[i]->n_attacks; j++)
      printf ("%s\n", groups[i]->attacks[j].name);
  return 0;
}

int
main (int argc, char **argv)
{
  gboolean tap = argc > 1 && strcmp (argv[1], "--tap") == 0;

  if (argc == 3 && strcmp (argv[1], "--one") == 0)
    {
      g_test_init (&argc, &argv, NULL);
      g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK);
      return run_attack (find_attack (argv[2]));
    }
  if (argc == 2 && strcmp (argv[1], "--list") == 0)
    return list_all ();
  if (tap)
    printf ("TAP version 13\n");
  return run_all (argv[0], argv + (tap ? 2 : 1), tap) == 0 ? 0 : 1;
}
