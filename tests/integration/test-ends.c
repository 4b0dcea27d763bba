/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "server-test.h"

/* A chat through a real server: every character, ten thousand messages, one of ten megabytes. The other
 * end is a client of ours here, or a Python program (ends.py), which sends everything back. */

#define N_MESSAGES (g_getenv ("HS_TEST_VALGRIND") != NULL ? 500 : 10000)
/* The default of max-stanza-size, less what the stanza takes in memory beside its text. */
#define LARGE_SIZE (10 * 1024 * 1024 - 8192)

static const char *python;
static const char *script;

typedef struct
{
  TestClient *from;
  TestClient *to;
  char *to_jid;
  GPtrArray *bodies; /* that have come */
  gboolean is_there;
} Pair;

static HsElement *
body_cb (HsClient *client, HsElement *message, gpointer data)
{
  Pair *pair = data;

  g_ptr_array_add (pair->bodies, g_strdup (hs_message_get_body (HS_MESSAGE (message))));
  return NULL;
}

static void
pair_init (Pair *pair, const ServerWay *way)
{
  pair->from = server_new_user (1, way);
  pair->to = server_new_user (2, way);
  pair->to_jid = g_strconcat (server_get ("USER2"), SERVER_RESOURCE, NULL);
  pair->bodies = g_ptr_array_new_with_free_func (g_free);
  hs_client_add_handler (pair->to->client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, body_cb,
                         pair, NULL);
  test_client_start_until_ready (pair->to);
  test_client_start_until_ready (pair->from);
}

static void
pair_clear (Pair *pair)
{
  test_client_stop (pair->from);
  test_client_free (pair->from);
  if (pair->to != pair->from)
    {
      test_client_stop (pair->to);
      test_client_free (pair->to);
    }
  g_free (pair->to_jid);
  g_ptr_array_unref (pair->bodies);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pair, pair_clear)

static void
pair_send (Pair *pair, const char *text)
{
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat (pair->to_jid, text));
  g_autoptr (GError) error = NULL;

  hs_client_send_stanza (pair->from->client, message, &error);
  g_assert_no_error (error);
}

static gboolean
is_xml_character (gunichar c)
{
  return c == 0x9 || c == 0xa || c == 0xd || (c >= 0x20 && c <= 0xd7ff) ||
         (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

/* For text that is too long to be shown. */
static void
assert_same_text (const char *text, const char *expected)
{
  gsize i = 0;

  while (text[i] != '\0' && text[i] == expected[i])
    i++;
  if (text[i] != expected[i])
    g_error ("Byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " is %02x and not %02x (%.20s)", i,
             strlen (expected), (guchar) text[i], (guchar) expected[i], expected + i);
}

/* All 1,112,033 characters that XML 1.0 allows. */
static char *
make_characters (void)
{
  GString *text = g_string_new ("a\r\nb\rc\n\td  e]]>f&amp;<g attribute='\"'/>");

  for (gunichar c = 1; c <= 0x10ffff; c++)
    {
      if (is_xml_character (c))
        g_string_append_unichar (text, c);
    }
  return g_string_free (text, FALSE);
}

/* We write carriage returns so that they stay; both servers do not, for the next parser to make line
 * feeds of them (XML 1.0, 2.11). */
static char *
without_returns (const char *text)
{
  g_autoptr (GString) string = g_string_new (text);

  g_string_replace (string, "\r\n", "\n", 0);
  g_string_replace (string, "\r", "\n", 0);
  return g_string_free (g_steal_pointer (&string), FALSE);
}

static void
exchange_characters (Pair *pair)
{
  g_autofree char *text = make_characters ();
  g_autofree char *simple = without_returns (text);

  pair_send (pair, text);
  test_until (pair->bodies->len == 1 || pair->to->n_terminated > 0);
  g_assert_cmpuint (pair->bodies->len, ==, 1);
  assert_same_text (g_ptr_array_index (pair->bodies, 0),
                    strchr (g_ptr_array_index (pair->bodies, 0), '\r') != NULL ? text : simple);
  g_ptr_array_set_size (pair->bodies, 0);
}

/* In order, none lost, one of them as large as it may be on its way in. */
static void
exchange_thousands (Pair *pair)
{
  guint n = N_MESSAGES;
  g_autofree char *large = g_strnfill (LARGE_SIZE, 'x');

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("Message %u", i);

      if (i % 1000 == 0)
        test_spin (1);
      pair_send (pair, i == n / 2 ? large : text);
    }
  /* A server on a busy machine takes its time, but gets on. */
  for (guint i = 0; i < n && pair->to->n_terminated == 0; i += 500)
    test_until (pair->bodies->len >= MIN (i + 500, n) || pair->to->n_terminated > 0);
  g_assert_no_error (pair->to->error);
  g_assert_cmpuint (pair->bodies->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("Message %u", i);

      assert_same_text (g_ptr_array_index (pair->bodies, i), i == n / 2 ? large : text);
    }
}

static void
test_both_here (gconstpointer way)
{
  g_auto (Pair) pair = { NULL };

  pair_init (&pair, way);
  exchange_characters (&pair);
  exchange_thousands (&pair);
}

/* ---- With Python at the other end ---- */

static HsElement *
presence_cb (HsClient *client, HsElement *presence, gpointer data)
{
  Pair *pair = data;

  if (g_strcmp0 (hs_element_get_attribute (presence, "from"), pair->to_jid) == 0 &&
      hs_element_get_attribute (presence, "type") == NULL)
    pair->is_there = TRUE;
  return NULL;
}

static void
exited_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_subprocess_wait_check_finish (G_SUBPROCESS (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
test_with_python (gconstpointer way)
{
  g_auto (Pair) pair = { NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  gboolean has_exited = FALSE;

  pair.from = pair.to = server_new_user (1, way);
  pair.to_jid = g_strconcat (server_get ("USER2"), "/python", NULL);
  pair.bodies = g_ptr_array_new_with_free_func (g_free);
  hs_client_add_handler (pair.to->client, "presence", HS_NS_CLIENT, HS_HANDLER_DEFAULT, presence_cb,
                         &pair, NULL);
  hs_client_add_handler (pair.to->client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, body_cb,
                         &pair, NULL);
  test_client_start_until_ready (pair.from);
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, python, script, NULL);
  g_assert_no_error (error);
  g_subprocess_wait_check_async (process, NULL, exited_cb, &has_exited);
  test_until (pair.is_there || has_exited);
  g_assert_false (has_exited);
  exchange_characters (&pair);
  exchange_thousands (&pair);
  pair_send (&pair, "Good bye");
  test_until (has_exited);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < SERVER_N_WAYS; i++)
    {
      g_autofree char *path = g_strdup_printf ("/ends/%s/%s", server_get ("SERVER"),
                                               server_ways[i].name);

      g_test_add_data_func (path, &server_ways[i], test_both_here);
    }
  if (argc > 2)
    {
      g_autofree char *path = g_strdup_printf ("/ends/%s/python", server_get ("SERVER"));

      python = argv[1];
      script = argv[2];
      g_test_add_data_func (path, &server_ways[0], test_with_python);
    }
  return g_test_run ();
}
