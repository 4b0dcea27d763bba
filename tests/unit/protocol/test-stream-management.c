/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "hs-error.h"
#include "hs-namespaces.h"
#include "management-test.h"
#include "xml/hs-parser.h"

/* Acknowledgements, what is in flight, and what becomes of it (XEP-0198). */

#define SM " xmlns='urn:xmpp:sm:3'"
/* 2026-01-02T03:04:05Z */
#define SENT (G_GINT64_CONSTANT (1767323045) * G_USEC_PER_SEC)

static HsNode *
parse (const char *format, ...) G_GNUC_PRINTF (1, 2);

static HsNode *
parse (const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *xml = NULL;
  va_list args;
  HsNode *node;

  va_start (args, format);
  xml = g_strdup_vprintf (format, args);
  va_end (args);
  node = hs_parser_parse_element (xml, strlen (xml), &error);
  g_assert_no_error (error);
  return node;
}

static void
drop (HsNode *node)
{
  hs_block_unref (hs_node_get_block (node));
}

static void
enable (Fixture *f, const char *attributes)
{
  g_autoptr (GError) error = NULL;
  HsNode *node = parse ("<enabled" SM " %s/>", attributes);

  hs_stream_management_write_enable (f->sm, f->output);
  assert_output (f, "<enable" SM " resume='true'/>");
  g_assert_true (hs_stream_management_on_enabled (f->sm, node, &error));
  g_assert_no_error (error);
  drop (node);
  hs_stream_management_begin (f->sm, f->output);
}

static gboolean
ack (Fixture *f, guint32 h, GError **error)
{
  HsNode *node = parse ("<a" SM " h='%u'/>", h);
  gboolean good = hs_stream_management_on_ack (f->sm, node, f->output, error);

  drop (node);
  return good;
}

static void
send_flagged (Fixture *f, const char *xml, HsOutFlags flags, gpointer tag)
{
  guint start = f->output->len;
  HsNode *node = parse ("%s", xml);

  g_byte_array_append (f->output, (const guint8 *) xml, strlen (xml));
  hs_stream_management_add_out (f->sm, f->output, start,
                                flags | hs_stream_management_classify (node), SENT, tag);
  drop (node);
}

static void
send_numbered (Fixture *f, guint number)
{
  g_autofree char *xml = g_strdup_printf ("<message id=\"%u\"/>", number);

  send_flagged (f, xml, 0, GUINT_TO_POINTER (number));
}

static void
resume (Fixture *f, guint32 h)
{
  g_autoptr (GError) error = NULL;
  HsNode *node = parse ("<resumed" SM " h='%u' previd='x'/>", h);

  g_assert_true (hs_stream_management_has_session (f->sm));
  hs_stream_management_write_resume (f->sm, f->output);
  g_byte_array_set_size (f->output, 0);
  g_assert_true (hs_stream_management_on_resumed (f->sm, node, &error));
  g_assert_no_error (error);
  drop (node);
  hs_stream_management_begin (f->sm, f->output);
}

static void
fail_to_resume (Fixture *f, const char *attributes)
{
  HsNode *node = parse ("<failed" SM " %s><item-not-found xmlns='%s'/></failed>", attributes,
                        HS_NS_STANZAS);

  hs_stream_management_write_resume (f->sm, f->output);
  g_byte_array_set_size (f->output, 0);
  hs_stream_management_on_failed (f->sm, node);
  drop (node);
}

/* One letter a delivery and the number in its tag: + acknowledged, w written, - unreceived, ? unknown. */
static char *
take_deliveries (Fixture *f)
{
  g_autoptr (GString) deliveries = g_string_new (NULL);
  HsStanzaDelivery delivery;

  while (hs_stream_management_next_delivery (f->sm, &delivery))
    {
      g_string_append_printf (deliveries, "%c%u", "+w-?"[delivery.status], GPOINTER_TO_UINT (delivery.tag));
      g_assert_true ((delivery.stanza != NULL) ==
                     (delivery.status == HS_DELIVERY_UNRECEIVED || delivery.status == HS_DELIVERY_UNKNOWN));
      g_clear_pointer (&delivery.stanza, g_bytes_unref);
    }
  return g_string_free (g_steal_pointer (&deliveries), FALSE);
}

#define assert_deliveries(f, expected) \
  G_STMT_START \
  { \
    g_autofree char *text_ = take_deliveries (f); \
    g_assert_cmpstr (text_, ==, expected); \
  } \
  G_STMT_END

static void
test_acknowledged (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  enable (f, "");
  send_numbered (f, 1);
  send_flagged (f, "<presence/>", 0, NULL);
  send_numbered (f, 3);
  g_assert_cmpuint (hs_stream_management_get_unacknowledged (f->sm), ==, 3);
  g_assert_true (ack (f, 1, &error));
  assert_deliveries (f, "+1");
  g_assert_true (ack (f, 1, &error));
  assert_deliveries (f, "");
  g_assert_true (ack (f, 3, &error));
  assert_deliveries (f, "+3");
  g_assert_cmpuint (hs_stream_management_get_unacknowledged (f->sm), ==, 0);
  g_assert_cmpuint (hs_stream_management_get_size (f->sm), ==, 0);
}

static void
test_excess (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  enable (f, "id='x' resume='true'");
  send_numbered (f, 1);
  g_byte_array_set_size (f->output, 0);
  g_assert_false (ack (f, 2, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
  hs_stream_management_write_excess (f->sm, f->output);
  assert_output (f, "<handled-count-too-high" SM " h='2' send-count='1'/>");
  assert_deliveries (f, "?1");
  hs_stream_management_interrupt (f->sm, 0);
  g_assert_false (hs_stream_management_has_session (f->sm));
}

static void
test_going_back (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  enable (f, "");
  for (guint i = 1; i <= 3; i++)
    send_numbered (f, i);
  g_assert_true (ack (f, 2, &error));
  g_assert_false (ack (f, 1, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
}

static void
test_no_number (Fixture *f, gconstpointer data)
{
  static const char *const bad[] = { "", "h=''", "h='x'", "h='-1'", "h='4294967296'", "h='1 2'" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      HsNode *node = parse ("<a" SM " %s/>", bad[i]);

      enable (f, "");
      g_assert_false (hs_stream_management_on_ack (f->sm, node, f->output, &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
      hs_stream_management_write_excess (f->sm, f->output);
      assert_output (f, "");
      drop (node);
    }
}

/* Past 2^32 the numbers begin again with 0, on both sides. */
static void
test_wrap (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) state = g_variant_ref_sink (
      g_variant_new (HS_STREAM_MANAGEMENT_STATE, "x", NULL, 0, G_MAXUINT32 - 1, G_MAXUINT32 - 1, 0,
                     NULL));

  g_assert_true (hs_stream_management_restore (f->sm, state, 0));
  hs_stream_management_write_resume (f->sm, f->output);
  assert_output (f, "<resume" SM " h='4294967294' previd='x'/>");
  resume (f, G_MAXUINT32 - 1);
  for (guint i = 1; i <= 3; i++)
    send_numbered (f, i);
  hs_stream_management_count_in (f->sm, 3, f->output);
  g_byte_array_set_size (f->output, 0);
  hs_stream_management_on_request (f->sm, f->output);
  assert_output (f, "<a" SM " h='1'/>");
  g_assert_true (ack (f, G_MAXUINT32, &error));
  assert_deliveries (f, "+1");
  g_assert_true (ack (f, 0, &error));
  assert_deliveries (f, "+2");
  g_assert_true (ack (f, 1, &error));
  assert_deliveries (f, "+3");
  g_assert_false (ack (f, 2, &error));
}

static void
test_resumed (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  enable (f, "id='x' resume='true' max='60' location='[::1]:5299'");
  g_assert_false (hs_stream_management_has_session (f->sm));
  g_assert_cmpstr (hs_stream_management_get_location (f->sm), ==, "[::1]:5299");
  for (guint i = 1; i <= 3; i++)
    send_numbered (f, i);
  hs_stream_management_count_in (f->sm, 7, f->output);
  hs_stream_management_interrupt (f->sm, 100 * G_USEC_PER_SEC);
  g_assert_true (hs_stream_management_can_resume (f->sm, 159 * G_USEC_PER_SEC));
  g_assert_false (hs_stream_management_can_resume (f->sm, 160 * G_USEC_PER_SEC));
  g_assert_true (hs_stream_management_has_session (f->sm));
  g_byte_array_set_size (f->output, 0);
  send_numbered (f, 4);
  assert_output (f, "");
  hs_stream_management_write_resume (f->sm, f->output);
  send_numbered (f, 5);
  assert_output (f, "<resume" SM " h='7' previd='x'/>");
  /* Cut again before there was an answer. */
  hs_stream_management_interrupt (f->sm, 150 * G_USEC_PER_SEC);
  g_assert_false (hs_stream_management_can_resume (f->sm, 160 * G_USEC_PER_SEC));
  resume (f, 2);
  assert_deliveries (f, "+1+2");
  assert_output (f, "<message id=\"3\"/><message id=\"4\"/><message id=\"5\"/><r" SM "/>");
  g_assert_true (ack (f, 5, &error));
  assert_deliveries (f, "+3+4+5");
}

/* Servers may keep sessions for days. */
static void
test_long (Fixture *f, gconstpointer data)
{
  enable (f, "id='x' resume='true' max='4294967295'");
  hs_stream_management_interrupt (f->sm, 0);
  g_assert_true (hs_stream_management_can_resume (f->sm, 100 * 86400 * (gint64) G_USEC_PER_SEC));
  g_assert_false (
      hs_stream_management_can_resume (f->sm, 4294967295 * (gint64) G_USEC_PER_SEC));
}

static void
test_resumed_another (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  HsNode *node = parse ("<resumed" SM " h='0' previd='y'/>");

  enable (f, "id='x' resume='true'");
  send_numbered (f, 1);
  hs_stream_management_interrupt (f->sm, 0);
  hs_stream_management_write_resume (f->sm, f->output);
  g_assert_false (hs_stream_management_on_resumed (f->sm, node, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
  assert_deliveries (f, "?1");
  drop (node);
}

/* A server that promises nothing has nothing to resume. */
static void
test_not_resumable (Fixture *f, gconstpointer data)
{
  static const char *const attributes[] = { "", "id='x'", "resume='true'", "id='x' resume='false'",
                                            "id='' resume='1'" };

  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
    {
      enable (f, attributes[i]);
      send_numbered (f, 1);
      hs_stream_management_interrupt (f->sm, 0);
      g_assert_false (hs_stream_management_has_session (f->sm));
      g_assert_false (hs_stream_management_is_enabled (f->sm));
      assert_deliveries (f, "?1");
      g_byte_array_set_size (f->output, 0);
    }
}

static void
lose_five (Fixture *f, HsResendPolicy policy, const char *attributes)
{
  /* It may change at any time before. */
  f->policy = policy;
  enable (f, "id='x' resume='true'");
  send_numbered (f, 1);
  send_numbered (f, 2);
  send_flagged (f, "<message id=\"3\" type=\"groupchat\"/>", 0, GUINT_TO_POINTER (3));
  send_flagged (f, "<iq id=\"4\" type=\"get\"/>", HS_OUT_OWN, NULL);
  hs_stream_management_interrupt (f->sm, 0);
  send_flagged (f, "<presence id=\"5\" to=\"a\" type=\"subscribe\"/>", 0, GUINT_TO_POINTER (5));
  fail_to_resume (f, attributes);
}

#define DELAY "<delay xmlns=\"urn:xmpp:delay\" stamp=\"2026-01-02T03:04:05Z\"/>"

/* What the server had is acknowledged, what it had not is sent again, marked, oldest first. */
static void
test_lost_known (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  lose_five (f, HS_RESEND_POLICY_UNRECEIVED, "h='1'");
  assert_deliveries (f, "+1-3");
  g_assert_cmpuint (hs_stream_management_get_unacknowledged (f->sm), ==, 2);
  enable (f, "");
  assert_output (f, "<message id=\"2\">" DELAY "</message>"
                    "<presence id=\"5\" to=\"a\" type=\"subscribe\">" DELAY "</presence>");
  g_assert_true (ack (f, 2, &error));
  assert_deliveries (f, "+2+5");
}

/* Without a number nobody knows, but what never left was not received. */
static void
test_lost_unknown (Fixture *f, gconstpointer data)
{
  lose_five (f, HS_RESEND_POLICY_UNRECEIVED, "");
  assert_deliveries (f, "?1?2?3");
  enable (f, "");
  assert_output (f, "<presence id=\"5\" to=\"a\" type=\"subscribe\">" DELAY "</presence>");
}

/* White space around xs:boolean and xs:unsignedInt is no part of the value. */
static void
test_white_space (Fixture *f, gconstpointer data)
{
  enable (f, "id='x' resume=' true ' max='\n600 '");
  g_assert_cmpuint (hs_stream_management_get_max (f->sm), ==, 600);
  send_numbered (f, 1);
  hs_stream_management_interrupt (f->sm, 0);
  fail_to_resume (f, "h=' 1 '");
  assert_deliveries (f, "+1");
}

/* What the server said on resuming that it had not received, and what was not sent again after that, has not arrived,
 * although it was sent before. */
static void
test_lost_resumed (Fixture *f, gconstpointer data)
{
  enable (f, "id='x' resume='true'");
  for (guint i = 1; i <= 12; i++)
    send_numbered (f, i);
  hs_stream_management_interrupt (f->sm, 0);
  resume (f, 1);
  assert_deliveries (f, "+1");
  hs_stream_management_interrupt (f->sm, 0);
  hs_stream_management_lose (f->sm);
  assert_deliveries (f, "?2?3?4?5?6?7?8?9?10?11");
  g_byte_array_set_size (f->output, 0);
  enable (f, "");
  assert_output (f, "<message id=\"12\">" DELAY "</message>");
}

static void
test_lost_never (Fixture *f, gconstpointer data)
{
  lose_five (f, HS_RESEND_POLICY_NEVER, "h='1'");
  assert_deliveries (f, "+1-2-3-5");
  g_assert_cmpuint (hs_stream_management_get_unacknowledged (f->sm), ==, 0);
}

static void
test_lost_always (Fixture *f, gconstpointer data)
{
  lose_five (f, HS_RESEND_POLICY_ALWAYS, "");
  assert_deliveries (f, "?3");
  g_assert_cmpuint (hs_stream_management_get_unacknowledged (f->sm), ==, 3);
  /* A session in which nothing is acknowledged. */
  hs_stream_management_begin (f->sm, f->output);
  assert_output (f, "<message id=\"1\">" DELAY "</message><message id=\"2\">" DELAY "</message>"
                    "<presence id=\"5\" to=\"a\" type=\"subscribe\">" DELAY "</presence>");
  assert_deliveries (f, "w1w2w5");
}

/* That the server has not received it in this session does not say that it has not in the last. */
static void
test_lost_unsure (Fixture *f, gconstpointer data)
{
  lose_five (f, HS_RESEND_POLICY_ALWAYS, "");
  assert_deliveries (f, "?3");
  enable (f, "id='x' resume='true'");
  g_byte_array_set_size (f->output, 0);
  hs_stream_management_interrupt (f->sm, 0);
  fail_to_resume (f, "h='0'");
  assert_deliveries (f, "?1?2");
  g_assert_cmpuint (hs_stream_management_get_unacknowledged (f->sm), ==, 1);
}

/* A stanza that the server refuses to read ends every session that it is sent in. */
static void
test_lost_twice (Fixture *f, gconstpointer data)
{
  lose_five (f, HS_RESEND_POLICY_UNRECEIVED, "h='1'");
  assert_deliveries (f, "+1-3");
  enable (f, "id='x' resume='true'");
  send_numbered (f, 6);
  hs_stream_management_interrupt (f->sm, 0);
  fail_to_resume (f, "h='0'");
  assert_deliveries (f, "-2");
  enable (f, "");
  /* The date is that of the first time. */
  g_byte_array_set_size (f->output, 0);
  hs_stream_management_interrupt (f->sm, 0);
  assert_deliveries (f, "?5?6");
}

/* Resumed, and refused again: with no progress the session is given up. */
static void
test_refused_twice (Fixture *f, gconstpointer data)
{
  enable (f, "id='x' resume='true'");
  send_numbered (f, 1);
  send_numbered (f, 2);
  for (guint i = 0; i < 3; i++)
    {
      hs_stream_management_on_stream_error (f->sm);
      hs_stream_management_interrupt (f->sm, 0);
      if (i == 2)
        break;
      resume (f, 1);
      if (i == 0)
        assert_deliveries (f, "+1");
    }
  g_assert_false (hs_stream_management_has_session (f->sm));
  assert_deliveries (f, "?2");
}

static guint
count (const char *text, const char *part)
{
  guint n = 0;

  for (; (text = strstr (text, part)) != NULL; text++)
    n++;
  return n;
}

/* One request for many stanzas, and one at a time; what is more than may be in flight waits. */
static void
test_window (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint32 acknowledged = 0;
  guint n_requests = 0;
  guint n_stanzas = 0;

  enable (f, "");
  for (guint i = 1; i <= 5000; i++)
    send_numbered (f, i);
  for (guint i = 0; n_stanzas < 5000 && i < 1000; i++)
    {
      g_autofree char *output = take_output (f);
      guint n = count (output, "<message");

      n_requests += count (output, "<r ");
      g_assert_cmpuint (count (output, "<r "), <=, 1);
      n_stanzas += n;
      g_assert_cmpuint (n_stanzas - acknowledged, <, 500);
      acknowledged = n_stanzas;
      g_assert_true (hs_stream_management_is_asking (f->sm) || n_stanzas == 5000);
      g_assert_true (ack (f, acknowledged, &error));
    }
  g_assert_cmpuint (n_stanzas, ==, 5000);
  g_assert_cmpuint (n_requests, <=, 50);
  g_assert_cmpuint (hs_stream_management_get_unacknowledged (f->sm), ==, 0);
}

static void
test_request_later (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gint64 due;

  enable (f, "");
  g_assert_cmpint (hs_stream_management_poll (f->sm, 5, f->output), ==, 0);
  send_numbered (f, 1);
  due = hs_stream_management_poll (f->sm, 10, f->output);
  g_assert_cmpint (due, >, 10);
  send_numbered (f, 2);
  g_assert_cmpint (hs_stream_management_poll (f->sm, 20, f->output), ==, due);
  g_byte_array_set_size (f->output, 0);
  g_assert_cmpint (hs_stream_management_poll (f->sm, due, f->output), ==, 0);
  assert_output (f, "<r" SM "/>");
  /* One that somebody waits for, while another answer is still to come. */
  send_flagged (f, "<message/>", HS_OUT_AWAITED, GUINT_TO_POINTER (3));
  g_byte_array_set_size (f->output, 0);
  hs_stream_management_poll (f->sm, due + 1, f->output);
  assert_output (f, "");
  g_assert_true (ack (f, 2, &error));
  hs_stream_management_poll (f->sm, due + 2, f->output);
  assert_output (f, "<r" SM "/>");
}

static void
test_counted (Fixture *f, gconstpointer data)
{
  enable (f, "");
  hs_stream_management_on_request (f->sm, f->output);
  assert_output (f, "<a" SM " h='0'/>");
  for (guint i = 1; i <= 300; i++)
    hs_stream_management_count_in (f->sm, 1, f->output);
  {
    g_autofree char *text = take_output (f);

    g_assert_cmpuint (count (text, "<a "), >=, 3);
    g_assert_cmpuint (count (text, "<a "), <=, 6);
  }
}

static void
test_enable_failed (Fixture *f, gconstpointer data)
{
  HsNode *node = parse ("<failed" SM "/>");

  hs_stream_management_write_enable (f->sm, f->output);
  g_byte_array_set_size (f->output, 0);
  send_flagged (f, "<presence/>", HS_OUT_OWN, NULL);
  assert_output (f, "<presence/>");
  /* Not before it is known whether it will be acknowledged. */
  send_numbered (f, 1);
  hs_stream_management_begin (f->sm, f->output);
  assert_output (f, "");
  hs_stream_management_on_failed (f->sm, node);
  hs_stream_management_begin (f->sm, f->output);
  assert_output (f, "<message id=\"1\"/>");
  assert_deliveries (f, "w1");
  g_assert_false (hs_stream_management_is_enabled (f->sm));
  drop (node);
}

static void
test_kept (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) state = NULL;
  g_autoptr (HsStreamManagement) other = hs_stream_management_new (NULL);
  g_autoptr (GError) error = NULL;

  enable (f, "");
  g_assert_null (hs_stream_management_save (f->sm, 0));
  hs_stream_management_interrupt (f->sm, 0);
  enable (f, "id='x' resume='true' location='host' max='60'");
  for (guint i = 1; i <= 3; i++)
    send_numbered (f, i);
  g_assert_true (ack (f, 1, &error));
  hs_stream_management_count_in (f->sm, 9, f->output);
  g_byte_array_set_size (f->output, 0);
  state = g_variant_ref_sink (hs_stream_management_save (f->sm, 0));
  g_assert_true (g_variant_is_of_type (state, G_VARIANT_TYPE (HS_STREAM_MANAGEMENT_STATE)));
  assert_deliveries (f, "+1");

  g_assert_true (hs_stream_management_restore (other, state, 0));
  g_assert_false (hs_stream_management_restore (other, state, 0));
  g_assert_cmpstr (hs_stream_management_get_location (other), ==, "host");
  g_assert_true (hs_stream_management_can_resume (other, 59 * G_USEC_PER_SEC));
  g_assert_false (hs_stream_management_can_resume (other, 60 * G_USEC_PER_SEC));
  hs_stream_management_free (f->sm);
  f->sm = g_steal_pointer (&other);
  hs_stream_management_write_resume (f->sm, f->output);
  assert_output (f, "<resume" SM " h='9' previd='x'/>");
  resume (f, 2);
  assert_output (f, "<message id=\"3\"/><r" SM "/>");
  other = hs_stream_management_new (NULL);
}

/* What is in a state is written to a stream as it is: it must not be more, or less, than stanzas. */
static void
test_kept_rubbish (Fixture *f, gconstpointer data)
{
  static const char *const bad[]
      = { "", " ", "text", "<message>", "</stream:stream>", "<message/><message/>", "<message/></x>",
          "<a" SM " h='0'/>", "<message/><a", "<!-- --><message/>", "<message/>text", "<message a='",
          "<iq xmlns='jabber:server' type='get' id='1'/>", "<stream:error/>", "\377" };
  static const char *const good[]
      = { "<message/>", "<presence></presence> ", "<message><stream:x/>\303\244<body>b</body></message>" };
  static const char state[] = HS_STREAM_MANAGEMENT_STATE;

  for (guint i = 0; i < G_N_ELEMENTS (bad) + G_N_ELEMENTS (good); i++)
    {
      gboolean is_good = i >= G_N_ELEMENTS (bad);
      const char *text = is_good ? good[i - G_N_ELEMENTS (bad)] : bad[i];
      g_autoptr (HsStreamManagement) sm = hs_stream_management_new (NULL);
      g_autoptr (GVariant) kept = NULL;
      GVariantBuilder builder;

      g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(xyyay)"));
      for (guint j = 0; j < 2; j++)
        g_variant_builder_add (
            &builder, "(xyy@ay)", SENT, 1, 0,
            g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, j == 0 ? "<iq/>" : text,
                                       j == 0 ? 5 : strlen (text), 1));
      kept = g_variant_ref_sink (g_variant_new (state, "x", NULL, 60, 0, 0, 0, &builder));
      if (hs_stream_management_restore (sm, kept, 0) != is_good)
        g_error ("'%s' was %s", text, is_good ? "refused" : "taken");
      g_assert_cmpuint (hs_stream_management_get_unacknowledged (sm), ==, is_good ? 2 : 0);
      g_assert_true (hs_stream_management_has_session (sm) == is_good);
    }
}

/* Whatever the bytes are, they are a state or they are refused, and a session that is resumed with what is
 * in them ends well. */
static void
test_kept_random (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint n_taken = 0;

  enable (f, "id='x' resume='true' location='host' max='60'");
  for (guint i = 1; i <= 20; i++)
    send_numbered (f, i);
  state = g_variant_ref_sink (hs_stream_management_save (f->sm, 0));
  bytes = g_variant_get_data_as_bytes (state);
  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (HsStreamManagement) sm = hs_stream_management_new (NULL);
      gsize size;
      const guint8 *from = g_bytes_get_data (bytes, &size);
      g_autofree guint8 *copy = g_memdup2 (from, size);
      g_autoptr (GVariant) other = NULL;
      HsStanzaDelivery delivery;

      for (gint j = g_test_rand_int_range (0, 4); j > 0; j--)
        copy[g_test_rand_int_range (0, size)] = g_test_rand_int_range (0, 256);
      if (i % 3 == 0)
        size = g_test_rand_int_range (0, size);
      other = g_variant_ref_sink (g_variant_new_from_data (
          G_VARIANT_TYPE (HS_STREAM_MANAGEMENT_STATE), copy, size, FALSE, NULL, NULL));
      if (i % 5 == 0)
        {
          GVariant *swapped = g_variant_byteswap (other);

          g_variant_unref (other);
          other = swapped;
        }
      if (!hs_stream_management_restore (sm, other, 0))
        continue;
      n_taken++;
      g_byte_array_set_size (f->output, 0);
      hs_stream_management_write_resume (sm, f->output);
      hs_stream_management_give_up (sm);
      while (hs_stream_management_next_delivery (sm, &delivery))
        g_clear_pointer (&delivery.stanza, g_bytes_unref);
    }
  g_assert_cmpuint (n_taken, >, 100);
}

static void
test_given_up (Fixture *f, gconstpointer data)
{
  lose_five (f, HS_RESEND_POLICY_ALWAYS, "h='1'");
  assert_deliveries (f, "+1-3");
  enable (f, "");
  send_numbered (f, 6);
  hs_stream_management_give_up (f->sm);
  assert_deliveries (f, "?2?5?6");
  g_assert_cmpuint (hs_stream_management_get_unacknowledged (f->sm), ==, 0);
}

#define add(name, function) \
  g_test_add ("/stream-management/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("acknowledged", test_acknowledged);
  add ("excess", test_excess);
  add ("going-back", test_going_back);
  add ("no-number", test_no_number);
  add ("wrap", test_wrap);
  add ("resumed", test_resumed);
  add ("long", test_long);
  add ("resumed-another", test_resumed_another);
  add ("not-resumable", test_not_resumable);
  add ("lost-known", test_lost_known);
  add ("lost-unknown", test_lost_unknown);
  add ("lost-resumed", test_lost_resumed);
  add ("white-space", test_white_space);
  add ("lost-never", test_lost_never);
  add ("lost-always", test_lost_always);
  add ("lost-unsure", test_lost_unsure);
  add ("lost-twice", test_lost_twice);
  add ("refused-twice", test_refused_twice);
  add ("window", test_window);
  add ("request-later", test_request_later);
  add ("counted", test_counted);
  add ("enable-failed", test_enable_failed);
  add ("kept", test_kept);
  add ("kept-rubbish", test_kept_rubbish);
  add ("kept-random", test_kept_random);
  add ("given-up", test_given_up);

  return g_test_run ();
}
