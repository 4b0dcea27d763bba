/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "resume-test.h"

/* Under TLS no record ends inside a stanza, whichever way the stanzas were sent: where the connection is lost,
 * the server has each stanza whole or has nothing of it. */

#define RECORD_SIZE 16384
#define FAILED "<failed" SM " h='0'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>"
#define SERVED_TLS { RUN (script_starttls), RUN (resume_served), END }

/* A message of so many bytes and some more, with all that could be taken for the end of one. */
static char *
make_message (guint number, gsize size)
{
  g_autofree char *text = g_strnfill (size, 'x');

  return g_strdup_printf ("<message id='%u' to='a@b'><body a='>/>'>%s</body><r xmlns='urn:x'/><y>%u</y></message>",
                          number, text, number);
}

static gsize
choose_size (guint number)
{
  return number % 97 == 5 ? 40000 : number % 31 * 37;
}

static void
send_some (HsClient *client, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *xml = make_message (i, choose_size (i));
      g_autoptr (HsElement) message = hs_element_new_from_string (xml, &error);

      g_assert_no_error (error);
      hs_client_send_stanza (client, message, &error);
      g_assert_no_error (error);
    }
}

static void
send_raw (HsClient *client, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) xml = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *message = make_message (i, choose_size (i));

      g_string_append (xml, message);
    }
  hs_client_send_raw_stanza (client, xml->str, &error);
  g_assert_no_error (error);
}

/* Where the element that stands alone in the stream and holds @position begins. */
static const char *
find_start (const char *received, gsize position)
{
  for (const char *p = received + position; p > received; p--)
    {
      if (g_str_has_prefix (p, "<message "))
        return p;
    }
  return received;
}

/* A stanza, or what the stream says beside them, begins there. */
static gboolean
is_boundary (const char *at)
{
  static const char *const begins[]
      = { "<message ", "<iq ", "<presence", "<r" SM, "<a" SM, "<enable", "<resume", "<auth ", "<?xml", "<stream",
          "</stream" };

  for (guint i = 0; i < G_N_ELEMENTS (begins); i++)
    {
      if (g_str_has_prefix (at, begins[i]))
        return TRUE;
    }
  return *at == '\0';
}

static void
assert_records (TestClient *test)
{
  g_autofree char *received = test_client_dup_sent (test);
  g_autoptr (GArray) reads = scripted_server_dup_reads (test->server);
  gsize before = 0;
  guint n_full = 0;

  for (guint i = 0; i < reads->len; i++)
    {
      gsize end = g_array_index (reads, gsize, i);

      g_assert_cmpuint (end - before, <=, RECORD_SIZE);
      n_full += end - before > RECORD_SIZE / 4;
      before = end;
      if (!is_boundary (received + end))
        {
          const char *start = find_start (received, end);
          const char *stop = strstr (start, "</message>");

          g_assert_nonnull (stop);
          g_assert_cmpint (stop - start, >, RECORD_SIZE);
        }
      /* Nor does a request begin a record, where there is a stanza that it asks about. */
      else if (end > 0 && g_str_has_prefix (received + end, "<r" SM))
        g_assert_cmpint (received + end - find_start (received, end - 1), >, RECORD_SIZE - 40);
    }
  /* Or the test has seen nothing. */
  g_assert_cmpuint (n_full, >, 3);
}

static void
set_up (ResumeTest *f, gconstpointer scripts)
{
  resume_watch (f, test_client_new (scripts, HS_TLS_MODE_STARTTLS));
  test_client_start_until_ready (f->test);
}

static void
tear_down (ResumeTest *f, gconstpointer data)
{
  if (hs_client_get_state (f->test->client) != HS_CLIENT_STATE_DISCONNECTED)
    test_client_stop (f->test);
  resume_clear (f);
}

/* One by one, in one turn of the main loop. */
static void
test_stanzas (ResumeTest *f, gconstpointer data)
{
  send_some (f->test->client, 400);
  test_client_await_sent (f->test, "<y>399</y>");
  assert_records (f->test);
}

static void
test_raw (ResumeTest *f, gconstpointer data)
{
  send_raw (f->test->client, 400);
  test_client_await_sent (f->test, "<y>399</y>");
  assert_records (f->test);
}

/* What had waited for a session that is lost leaves in the next one, in one go. */
static void
test_sent_again (ResumeTest *f, gconstpointer data)
{
  send_some (f->test->client, 300);
  test_client_await_sent (f->test, "<y>299</y>");
  scripted_server_open_gate (f->test->server);
  test_until (f->test->n_disconnected == 1);
  scripted_server_forget_received (f->test->server);
  send_some (f->test->client, 100);
  test_until (f->test->n_ready == 2);
  test_client_await_sent (f->test, "<y>299</y>");
  test_client_await_sent (f->test, "<delay ");
  assert_records (f->test);
}

int
main (int argc, char **argv)
{
  static const ScriptStep served[] = SERVED_TLS;
  static const ScriptStep cut[] = { RUN (script_starttls), RUN (resume_begin), EXPECT ("<y>299</y>"),
                                    GATE, RESET, END };
  static const ScriptStep lost[]
      = { RUN (script_starttls), RUN (resume_sign_in), EXPECT ("<resume"), SEND (FAILED), EXPECT ("</iq>"),
          SEND (SAY_BOUND), EXPECT ("<enable"), EXPECT ("/>"),
          SEND ("<enabled" SM " resume='true' id='s2' max='600'/>"), SERVE, END };
  static const ScriptStep *const serve[] = { served, NULL };
  static const ScriptStep *const lose[] = { cut, lost, NULL };

  g_test_init (&argc, &argv, NULL);

  g_test_add ("/client-records/stanzas", ResumeTest, serve, set_up, test_stanzas, tear_down);
  g_test_add ("/client-records/raw", ResumeTest, serve, set_up, test_raw, tear_down);
  g_test_add ("/client-records/sent-again", ResumeTest, lose, set_up, test_sent_again, tear_down);

  return g_test_run ();
}
