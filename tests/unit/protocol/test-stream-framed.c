/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "hs-error.h"
#include "hs-namespaces.h"
#include "protocol/hs-stream.h"
#include "stream-test.h"
#include "xml/hs-stanza-boundary.h"

/* A stream whose elements stand alone, each in a frame of a message transport (RFC 7395). */

#define FRAMING "xmlns='urn:ietf:params:xml:ns:xmpp-framing'"
#define STREAM "xmlns:stream='http://etherx.jabber.org/streams'"
#define OPEN "<open " FRAMING " from='example.com' id='x' version='1.0'/>"
#define MECHANISMS SAY_FEATURES_FRAMED (FEATURE_SASL (MECHANISM ("PLAIN")))
#define SUCCESS "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
#define BIND SAY_FEATURES_FRAMED (FEATURE_BIND)
#define BOUND                                                                                      \
  "<iq xmlns='jabber:client' type='result' id='%s'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>" \
  "<jid>juliet@example.com/balcony</jid></bind></iq>"
#define MESSAGE "<message xmlns='jabber:client' from='romeo@example.net'><body>hi</body></message>"
#define CLOSE "<close " FRAMING "/>"

typedef struct
{
  HsStream *stream;
  GString *events;
  GString *output;
  gboolean secure;
} Fixture;

static gboolean
is_secure_cb (gpointer data)
{
  return ((Fixture *) data)->secure;
}

static void
set_up (Fixture *f, HsTlsMode tls_mode, gboolean secure)
{
  g_autoptr (HsJid) jid = hs_jid_new ("juliet@example.com/balcony", NULL);
  HsStreamConfig config = {
    .jid = jid,
    .tls_mode = tls_mode,
    .is_secure = is_secure_cb,
    .framed = TRUE,
    .lang = "en",
    .max_stanza_size = 100000,
    .max_depth = 16,
  };

  f->secure = secure;
  f->stream = hs_stream_new (&config, NULL, f);
  f->events = g_string_new (NULL);
  f->output = g_string_new (NULL);
  hs_stream_open (f->stream);
  test_stream_take_output (f->stream, f->output);
}

static void
tear_down (Fixture *f)
{
  hs_stream_free (f->stream);
  g_string_free (f->events, TRUE);
  g_string_free (f->output, TRUE);
}

static void
take_event (gpointer data, HsStreamEvent *event)
{
  static const char *const allowed[] = { "PLAIN", NULL };
  HsSaslCredentials credentials = { .username = "juliet",
                                    .password = "r0m30",
                                    .tls_mode_none = TRUE,
                                    .encrypted = TRUE,
                                    .trusted = TRUE,
                                    .allowed = allowed };
  Fixture *f = data;

  switch ((int) event->type)
    {
    case HS_STREAM_EVENT_FEATURES:
      g_string_append (f->events, "features ");
      hs_stream_sign_in (f->stream, &credentials);
      break;
    case HS_STREAM_EVENT_AUTHENTICATED:
      g_string_append (f->events, "signed-in ");
      break;
    case HS_STREAM_EVENT_BOUND:
      g_string_append (f->events, "bound ");
      break;
    case HS_STREAM_EVENT_STANZA:
      g_string_append_printf (f->events, "<%s> ", event->node->name);
      break;
    case HS_STREAM_EVENT_ENDED:
      g_string_append (f->events, "ended ");
      break;
    case HS_STREAM_EVENT_FAILED:
      g_string_append_printf (f->events, "failed:%s ", hs_stream_get_error (f->stream)->message);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
say (Fixture *f, const char *text, gsize piece)
{
  test_stream_say (f->stream, text, piece, take_event, f, f->output);
}

/* Each element of the output in its frame; each frame is a whole document. */
static char *
take_frames (Fixture *f)
{
  GString *frames = g_string_new (NULL);
  gsize sent = 0;

  while (sent < f->output->len)
    {
      const guint8 *unit = (const guint8 *) f->output->str + sent;
      gsize length = hs_stanza_boundary_find (unit, f->output->len - sent, 0);
      g_autoptr (GByteArray) frame = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      HsNode *node;

      g_assert_cmpuint (length, >, 0);
      hs_stream_frame (frame, unit, length);
      g_assert_cmpint (frame->data[0], ==, '<');
      node = hs_parser_parse_element ((const char *) frame->data, frame->len, &error);
      g_assert_no_error (error);
      g_assert_nonnull (node->namespace_);
      g_string_append_printf (frames, "%s{%s} ", node->name, node->namespace_);
      hs_block_unref (hs_node_get_block (node));
      sent += length;
    }
  g_string_truncate (f->output, 0);
  return g_string_free (frames, FALSE);
}

static void
assert_frames (Fixture *f, const char *expected)
{
  g_autofree char *frames = take_frames (f);

  g_assert_cmpstr (frames, ==, expected);
}

static void
begin_session (Fixture *f, gsize piece)
{
  g_autofree char *id = NULL;
  g_autofree char *bound = NULL;
  const char *at;

  g_assert_nonnull (strstr (f->output->str, "<open " FRAMING " to='example.com' from='juliet@example.com' "
                                            "version='1.0' xml:lang='en'/>"));
  assert_frames (f, "open{" HS_NS_FRAMING "} ");
  say (f, OPEN MECHANISMS, piece);
  assert_frames (f, "auth{" HS_NS_SASL "} ");
  say (f, SUCCESS OPEN BIND, piece);
  at = strstr (f->output->str, " id='");
  g_assert_nonnull (at);
  id = g_strndup (at + 5, strcspn (at + 5, "'"));
  assert_frames (f, "open{" HS_NS_FRAMING "} iq{jabber:client} ");
  bound = g_strdup_printf (BOUND, id);
  say (f, bound, piece);
  g_assert_cmpstr (f->events->str, ==, "features signed-in bound ");
  g_string_truncate (f->events, 0);
}

/* From <open/> to <close/>, however the bytes come. */
static void
test_session (void)
{
  for (gsize piece = 1; piece <= 1000; piece = piece < 8 ? piece + 1 : piece * 5)
    {
      Fixture f;

      set_up (&f, HS_TLS_MODE_REQUIRED, TRUE);
      begin_session (&f, piece);
      say (&f, MESSAGE " " MESSAGE, piece);
      g_assert_cmpstr (f.events->str, ==, "<message> <message> ");
      say (&f, CLOSE, piece);
      g_assert_cmpstr (f.events->str, ==, "<message> <message> ended ");
      assert_frames (&f, "close{" HS_NS_FRAMING "} ");
      tear_down (&f);
    }
}

/* The client ends the stream, and the server does as well. */
static void
test_closed_by_us (void)
{
  Fixture f;

  set_up (&f, HS_TLS_MODE_REQUIRED, TRUE);
  begin_session (&f, 1000);
  hs_stream_close (f.stream);
  test_stream_take_output (f.stream, f.output);
  assert_frames (&f, "close{" HS_NS_FRAMING "} ");
  say (&f, MESSAGE CLOSE, 1000);
  g_assert_cmpstr (f.events->str, ==, "<message> ended ");
  tear_down (&f);
}

/* A stream that was silent has let its parser go, and finds a new one. */
static void
test_shrunk (void)
{
  Fixture f;

  set_up (&f, HS_TLS_MODE_REQUIRED, TRUE);
  begin_session (&f, 1000);
  for (guint i = 0; i < 3; i++)
    {
      say (&f, MESSAGE, 1000);
      g_assert_true (hs_parser_shrink (hs_stream_get_parser (f.stream)));
    }
  g_assert_cmpstr (f.events->str, ==, "<message> <message> <message> ");
  tear_down (&f);
}

/* On a transport without TLS: the stream cannot start TLS itself. */
static void
test_no_starttls (void)
{
  Fixture f;

  set_up (&f, HS_TLS_MODE_REQUIRED, FALSE);
  g_assert_null (strstr (f.output->str, "starttls"));
  assert_frames (&f, "open{" HS_NS_FRAMING "} ");
  say (&f, OPEN SAY_FEATURES_FRAMED (FEATURE_STARTTLS),
       1000);
  g_assert_error (hs_stream_get_error (f.stream), HS_ERROR, HS_ERROR_TLS_REQUIRED);
  assert_frames (&f, "close{" HS_NS_FRAMING "} ");
  tear_down (&f);
}

/* What a server must not send, before the session and in it. */
static void
test_bad_frames (void)
{
  static const struct
  {
    const char *before;  /* in place of <open/>, or NULL */
    const char *session; /* or NULL */
    GQuark (*domain) (void);
    int code;
  } bad[] = {
    { "<?xml version='1.0'?>" OPEN, NULL, hs_xml_error_quark, HS_XML_ERROR_RESTRICTED },
    { "<stream:stream " STREAM " version='1.0'>", NULL, hs_error_quark, HS_ERROR_PROTOCOL },
    { "<open id='x' version='1.0'/>", NULL, hs_error_quark, HS_ERROR_PROTOCOL },
    { MECHANISMS, NULL, hs_error_quark, HS_ERROR_PROTOCOL },
    { "<open " FRAMING " id='x'/>", NULL, hs_error_quark, HS_ERROR_PROTOCOL },
    { NULL, "</frames>", hs_xml_error_quark, HS_XML_ERROR_NOT_WELL_FORMED },
    { NULL, "</stream:stream>", hs_xml_error_quark, HS_XML_ERROR_NOT_WELL_FORMED },
    { NULL, "<stream:error/>", hs_xml_error_quark, HS_XML_ERROR_NOT_WELL_FORMED },
    { NULL, "text", hs_xml_error_quark, HS_XML_ERROR_NOT_WELL_FORMED },
    { NULL, "<!DOCTYPE a>", hs_xml_error_quark, HS_XML_ERROR_RESTRICTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      Fixture f;

      set_up (&f, HS_TLS_MODE_REQUIRED, TRUE);
      if (bad[i].before != NULL)
        say (&f, bad[i].before, 1000);
      else
        {
          begin_session (&f, 1000);
          say (&f, bad[i].session, 1000);
        }
      /* Text is told when something follows it. */
      say (&f, MESSAGE, 1000);
      g_assert_error (hs_stream_get_error (f.stream), bad[i].domain (), bad[i].code);
      tear_down (&f);
    }
}

/* Nothing is inherited: an element without a namespace is no stanza. */
static void
test_no_namespace (void)
{
  Fixture f;

  set_up (&f, HS_TLS_MODE_REQUIRED, TRUE);
  begin_session (&f, 1000);
  say (&f, "<message><body>hi</body></message>" MESSAGE, 1000);
  g_assert_cmpstr (f.events->str, ==, "<message> ");
  tear_down (&f);
}

/* <open/> and <close/> mean nothing in a stream that has a root. */
static void
test_not_framed (void)
{
  g_autoptr (HsJid) jid = hs_jid_new ("juliet@example.com", NULL);
  HsStreamConfig config = {
    .jid = jid, .tls_mode = HS_TLS_MODE_NONE, .max_stanza_size = 100000, .max_depth = 16,
  };
  Fixture f = { hs_stream_new (&config, NULL, NULL), g_string_new (NULL), g_string_new (NULL), FALSE };

  hs_stream_open (f.stream);
  say (&f, TEST_STREAM_HEADER CLOSE, 1000);
  g_assert_error (hs_stream_get_error (f.stream), HS_ERROR, HS_ERROR_PROTOCOL);
  tear_down (&f);
}

static void
assert_framed (const char *element, const char *expected)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();

  hs_stream_frame (frame, (const guint8 *) element, strlen (element));
  g_assert_cmpmem (frame->data, frame->len, expected, strlen (expected));
}

static void
test_frame (void)
{
  assert_framed ("<message/>", "<message xmlns='jabber:client'/>");
  assert_framed (" \n<message to='a'>x</message>", "<message xmlns='jabber:client' to='a'>x</message>");
  assert_framed ("<message>x</message>", "<message xmlns='jabber:client'>x</message>");
  assert_framed ("<r xmlns='urn:xmpp:sm:3'/>", "<r xmlns='urn:xmpp:sm:3'/>");
  assert_framed ("<r\n xmlns = \"urn:xmpp:sm:3\"/>", "<r\n xmlns = \"urn:xmpp:sm:3\"/>");
  /* A prefix, a value, or a child that only looks like it. */
  assert_framed ("<iq xmlns:a='b'/>", "<iq xmlns='jabber:client' xmlns:a='b'/>");
  assert_framed ("<iq id=' xmlns=x'/>", "<iq xmlns='jabber:client' id=' xmlns=x'/>");
  assert_framed ("<iq><q xmlns='r'/></iq>", "<iq xmlns='jabber:client'><q xmlns='r'/></iq>");
  assert_framed ("<stream:error xmlns:stream='s'/>", "<stream:error xmlns='jabber:client' xmlns:stream='s'/>");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-framed/session", test_session);
  g_test_add_func ("/stream-framed/closed-by-us", test_closed_by_us);
  g_test_add_func ("/stream-framed/shrunk", test_shrunk);
  g_test_add_func ("/stream-framed/no-starttls", test_no_starttls);
  g_test_add_func ("/stream-framed/bad-frames", test_bad_frames);
  g_test_add_func ("/stream-framed/no-namespace", test_no_namespace);
  g_test_add_func ("/stream-framed/not-framed", test_not_framed);
  g_test_add_func ("/stream-framed/frame", test_frame);
  return g_test_run ();
}
