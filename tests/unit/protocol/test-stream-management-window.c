/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "management-test.h"
#include "xml/hs-parser.h"

/* How many stanzas leave after a resumption, and when they are asked about. */

#define SM " xmlns='urn:xmpp:sm:3'"

static HsNode *
parse (const char *xml)
{
  g_autoptr (GError) error = NULL;
  HsNode *node = hs_parser_parse_element (xml, strlen (xml), &error);

  g_assert_no_error (error);
  return node;
}

static void
enable (Fixture *f, const char *attributes)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *xml = g_strdup_printf ("<enabled" SM " %s/>", attributes);
  HsNode *node = parse (xml);

  hs_stream_management_write_enable (f->sm, f->output);
  g_byte_array_set_size (f->output, 0);
  g_assert_true (hs_stream_management_on_enabled (f->sm, node, &error));
  g_assert_no_error (error);
  hs_block_unref (hs_node_get_block (node));
  hs_stream_management_begin (f->sm, f->output);
}

static gboolean
ack (Fixture *f, guint32 h, GError **error)
{
  g_autofree char *xml = g_strdup_printf ("<a" SM " h='%u'/>", h);
  HsNode *node = parse (xml);
  gboolean good = hs_stream_management_on_ack (f->sm, node, f->output, error);

  hs_block_unref (hs_node_get_block (node));
  return good;
}

static void
send_numbered (Fixture *f, guint number)
{
  guint start = f->output->len;
  g_autofree char *xml = g_strdup_printf ("<message id=\"%u\"/>", number);

  g_byte_array_append (f->output, (const guint8 *) xml, strlen (xml));
  hs_stream_management_add_out (f->sm, f->output, start, HS_OUT_RESEND, 0, GUINT_TO_POINTER (number));
}

static void
resume (Fixture *f, guint32 h)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *xml = g_strdup_printf ("<resumed" SM " h='%u' previd='x'/>", h);
  HsNode *node = parse (xml);

  hs_stream_management_write_resume (f->sm, f->output);
  g_byte_array_set_size (f->output, 0);
  g_assert_true (hs_stream_management_on_resumed (f->sm, node, &error));
  g_assert_no_error (error);
  hs_block_unref (hs_node_get_block (node));
  hs_stream_management_begin (f->sm, f->output);
}

static void
fail_to_resume (Fixture *f)
{
  HsNode *node = parse ("<failed" SM "/>");

  hs_stream_management_write_resume (f->sm, f->output);
  g_byte_array_set_size (f->output, 0);
  hs_stream_management_on_failed (f->sm, node);
  hs_block_unref (hs_node_get_block (node));
}

static guint
count (const char *text, const char *part)
{
  guint n = 0;

  for (; (text = strstr (text, part)) != NULL; text++)
    n++;
  return n;
}

/* Takes what was written: so many stanzas, and a request at their end. */
static void
assert_burst (Fixture *f, guint n)
{
  g_autofree char *output = take_output (f);

  g_assert_cmpuint (count (output, "<message"), ==, n);
  g_assert_cmpuint (count (output, "<r "), ==, 1);
  g_assert_true (g_str_has_suffix (output, "<r" SM "/>"));
}

/* After a resumption few leave at first, and each acknowledgement lets twice as many leave, until as many are
 * in flight as may be. */
static void
test_slow_start (Fixture *f, gconstpointer data)
{
  static const guint bursts[] = { 10, 20, 40, 80, 160, 320, 450 };
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  guint32 h = 100;

  enable (f, "id='x' resume='true'");
  for (guint i = 1; i <= 2000; i++)
    send_numbered (f, i);
  first = take_output (f);
  g_assert_cmpuint (count (first, "<message"), ==, 450);
  hs_stream_management_interrupt (f->sm, 0);
  resume (f, h);
  for (guint i = 0; i < G_N_ELEMENTS (bursts); i++)
    {
      assert_burst (f, bursts[i]);
      h += bursts[i];
      g_assert_true (ack (f, h, &error));
      g_assert_no_error (error);
    }
  /* And each resumption begins again. */
  hs_stream_management_interrupt (f->sm, 0);
  g_byte_array_set_size (f->output, 0);
  resume (f, h);
  assert_burst (f, 10);
}

/* An answer that acknowledges nothing shows nothing. */
static void
test_slow_start_no_news (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  enable (f, "id='x' resume='true'");
  for (guint i = 1; i <= 100; i++)
    send_numbered (f, i);
  hs_stream_management_interrupt (f->sm, 0);
  g_byte_array_set_size (f->output, 0);
  resume (f, 0);
  assert_burst (f, 10);
  g_assert_true (ack (f, 0, &error));
  assert_output (f, "");
  g_assert_true (ack (f, 3, &error));
  assert_burst (f, 13);
  g_assert_true (ack (f, 23, &error));
  assert_burst (f, 40);
}

/* Such an answer was written before the server read what was sent again. The client asks again, but not as fast as the
 * server answers, and nothing is proven until an answer covers something. */
static void
test_proof (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  enable (f, "id='x' resume='true'");
  for (guint i = 1; i <= 20; i++)
    send_numbered (f, i);
  g_assert_false (hs_stream_management_is_unproven (f->sm));
  hs_stream_management_interrupt (f->sm, 0);
  g_byte_array_set_size (f->output, 0);
  resume (f, 0);
  assert_burst (f, 10);
  for (guint i = 1; i <= 3; i++)
    {
      gint64 due;

      g_assert_true (hs_stream_management_is_unproven (f->sm));
      g_assert_true (ack (f, 0, &error));
      g_assert_true (ack (f, 0, &error));
      g_assert_true (hs_stream_management_is_unproven (f->sm));
      g_assert_true (hs_stream_management_wants_poll (f->sm));
      due = hs_stream_management_poll (f->sm, i, f->output);
      g_assert_cmpint (due, ==, i + G_USEC_PER_SEC);
      assert_output (f, "");
      hs_stream_management_poll (f->sm, due, f->output);
      assert_output (f, "<r" SM "/>");
    }
  g_assert_true (ack (f, 1, &error));
  g_assert_false (hs_stream_management_is_unproven (f->sm));
  assert_burst (f, 10);
  g_assert_true (ack (f, 1, &error));
  g_assert_false (hs_stream_management_is_unproven (f->sm));
}

/* Without stanzas in flight there is nothing to prove, and the answer to any request is a proof for later stanzas. */
static void
test_proof_by_answer (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  enable (f, "id='x' resume='true'");
  hs_stream_management_interrupt (f->sm, 0);
  resume (f, 0);
  g_assert_false (hs_stream_management_is_unproven (f->sm));
  /* Nobody has asked for this one. */
  g_assert_true (ack (f, 0, &error));
  send_numbered (f, 1);
  g_assert_true (hs_stream_management_is_unproven (f->sm));
  hs_stream_management_interrupt (f->sm, 0);
  g_assert_false (hs_stream_management_is_unproven (f->sm));
  resume (f, 1);
  g_byte_array_set_size (f->output, 0);
  g_assert_true (hs_stream_management_write_request (f->sm, f->output));
  g_assert_true (ack (f, 1, &error));
  send_numbered (f, 2);
  g_assert_false (hs_stream_management_is_unproven (f->sm));
}

/* What the program sends soon after a resumption is asked about at once, with one request at a time, and waits
 * where the window is full. */
static void
test_slow_start_new (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;

  enable (f, "id='x' resume='true'");
  hs_stream_management_interrupt (f->sm, 0);
  resume (f, 0);
  assert_output (f, "");
  send_numbered (f, 1);
  assert_output (f, "<message id=\"1\"/><r" SM "/>");
  for (guint i = 2; i <= 12; i++)
    send_numbered (f, i);
  output = take_output (f);
  g_assert_cmpuint (count (output, "<message"), ==, 9);
  g_assert_cmpuint (count (output, "<r "), ==, 0);
  g_assert_cmpuint (hs_stream_management_get_waiting (f->sm), ==, 2);
  g_assert_true (ack (f, 1, &error));
  assert_output (f, "<message id=\"11\"/><message id=\"12\"/><r" SM "/>");
}

/* A new session does not begin small: it has lost nothing yet. */
static void
test_slow_start_over (Fixture *f, gconstpointer data)
{
  g_autofree char *output = NULL;

  enable (f, "id='x' resume='true'");
  hs_stream_management_interrupt (f->sm, 0);
  resume (f, 0);
  hs_stream_management_interrupt (f->sm, 0);
  fail_to_resume (f);
  enable (f, "id='y' resume='true'");
  for (guint i = 1; i <= 99; i++)
    send_numbered (f, i);
  output = take_output (f);
  g_assert_cmpuint (count (output, "<message"), ==, 99);
  g_assert_cmpuint (count (output, "<r "), ==, 0);
}

int
main (int argc, char **argv)
{
#define add(name, function) \
  g_test_add ("/stream-management-window/" name, Fixture, NULL, set_up, function, tear_down)

  g_test_init (&argc, &argv, NULL);

  add ("doubles", test_slow_start);
  add ("no-news", test_slow_start_no_news);
  add ("new", test_slow_start_new);
  add ("proof", test_proof);
  add ("proof-by-answer", test_proof_by_answer);
  add ("over", test_slow_start_over);

  return g_test_run ();
}
