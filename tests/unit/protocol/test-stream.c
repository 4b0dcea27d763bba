/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "hs-error.h"
#include "hs-namespaces.h"
#include "protocol/hs-stream.h"
#include "session-test.h"
#include "stream-test.h"

/* The stream without a network: the server's bytes are in a table, ours and the events are compared. */

#define HEADER TEST_STREAM_HEADER
#define STARTTLS SAY_FEATURES (FEATURE_STARTTLS)
#define PROCEED "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
#define MECHANISMS SAY_FEATURES_SASL ("PLAIN")
#define SUCCESS "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
#define BIND SAY_FEATURES (FEATURE_BIND FEATURE_MAX_BYTES ("12345"))
#define BIND_AND_SESSION SAY_FEATURES_SESSION
#define BIND_AND_OPTIONAL SAY_FEATURES (FEATURE_BIND FEATURE_SESSION_OPTIONAL)
/* %s is the id of the request that the stream sent last. */
#define BOUND \
  "<iq type='result' id='%s'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>" \
  "<jid>juliet@example.com/balcony</jid></bind></iq>"
#define END "</stream:stream>"

typedef struct
{
  HsStream *stream;
  GString *events;
  GString *output;
  gboolean secure; /* the owner's connection */
  TestSession session;
} Fixture;

static gboolean
is_secure_cb (gpointer data)
{
  return ((Fixture *) data)->secure;
}

static void
set_up (Fixture *f, HsTlsMode tls_mode, gboolean component)
{
  static HsJid *jid;
  HsStreamConfig config = {
    .tls_mode = tls_mode,
    .is_secure = is_secure_cb,
    .lang = "en",
    .max_stanza_size = 100000,
    .max_depth = 16,
    .component = component,
    .secret = component ? "secret" : NULL,
  };

  g_clear_pointer (&jid, hs_jid_unref);
  jid = hs_jid_new (component ? "service.example.com" : "juliet@example.com/balcony", NULL);
  config.jid = jid;
  f->secure = FALSE;
  test_session_init (&f->session, NULL);
  if (!component)
    config.session = &f->session.session;
  f->stream = hs_stream_new (&config, NULL, f);
  f->events = g_string_new (NULL);
  f->output = g_string_new (NULL);
}

static void
tear_down (Fixture *f)
{
  hs_stream_free (f->stream);
  if (f->session.tracker != NULL)
    test_session_clear (&f->session);
  g_string_free (f->events, TRUE);
  g_string_free (f->output, TRUE);
}

static void
sign_in (Fixture *f)
{
  static const char *const allowed[] = { "PLAIN", NULL };
  HsSaslCredentials credentials = { .username = "juliet",
                                    .password = "r0m30",
                                    .tls_mode_none = TRUE,
                                    .encrypted = FALSE,
                                    .allowed = allowed };

  hs_stream_sign_in (f->stream, &credentials);
}

static void
take_event (Fixture *f, HsStreamEvent *event)
{
  g_autoptr (HsJid) bound = NULL;

  switch (event->type)
    {
    case HS_STREAM_EVENT_START_TLS:
      g_string_append (f->events, "tls ");
      f->secure = TRUE;
      hs_stream_secured (f->stream);
      break;
    case HS_STREAM_EVENT_FEATURES:
      g_assert_cmpstr (event->node->name, ==, "features");
      g_string_append (f->events, "features ");
      sign_in (f);
      break;
    case HS_STREAM_EVENT_AUTHENTICATED:
      g_string_append_printf (f->events, "%s ", hs_authentication_get_mechanism (hs_stream_get_authentication (f->stream)));
      break;
    case HS_STREAM_EVENT_BOUND:
      g_assert_true (hs_stream_is_ready (f->stream));
      bound = hs_stream_take_jid (f->stream);
      g_string_append_printf (f->events, "%s ", hs_jid_to_string (bound));
      break;
    case HS_STREAM_EVENT_STANZA:
      g_string_append_printf (f->events, "<%s> ", event->node->name);
      break;
    case HS_STREAM_EVENT_ENDED:
      g_string_append (f->events, "ended ");
      break;
    case HS_STREAM_EVENT_FAILED:
      g_string_append_printf (f->events, "failed:%s:%d ",
                              g_quark_to_string (hs_stream_get_error (f->stream)->domain),
                              hs_stream_get_error (f->stream)->code);
      break;
    case HS_STREAM_EVENT_DERIVE_KEY:
    case HS_STREAM_EVENT_FORGET:
    case HS_STREAM_EVENT_NONE:
    default:
      g_assert_not_reached ();
    }
}

static void
take_events (Fixture *f)
{
  HsStreamEvent event;

  while (hs_stream_next_event (f->stream, &event))
    {
      take_event (f, &event);
      hs_stream_give_back (f->stream, &event);
      test_stream_take_output (f->stream, f->output);
    }
  test_stream_take_output (f->stream, f->output);
}

/* The server's words, cut into pieces. */
static void
say (Fixture *f, const char *words, gsize piece)
{
  const char *last_id = NULL;
  g_autofree char *id = NULL;
  g_autofree char *text = NULL;
  gsize length;

  for (const char *p = f->output->str; (p = strstr (p, "<iq type='set' id='")) != NULL; p++)
    last_id = p + strlen ("<iq type='set' id='");
  id = last_id != NULL ? g_strndup (last_id, strcspn (last_id, "'")) : g_strdup ("");
  {
    g_auto (GStrv) parts = g_strsplit (words, "%s", -1);

    text = g_strjoinv (id, parts);
  }
  length = strlen (text);
  for (gsize from = 0; from < length; from += piece)
    {
      const char *bytes = text + from;
      gsize rest = MIN (piece, length - from);

      while (rest > 0)
        {
          gsize used = hs_stream_feed (f->stream, bytes, rest);

          g_assert_cmpuint (used, >, 0);
          bytes += used;
          rest -= used;
          take_events (f);
        }
    }
}

static const char *const session[] = { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS,
                                       HEADER BIND,     BOUND,
                                       ("<message><body>\xe2\x82\xac</body></message> <presence/>"
                                        "<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>"),
                                       END };

/* The same words in pieces of every size are the same session. */
static void
test_session (void)
{
  for (gsize piece = 1; piece < 400; piece += piece < 40 ? 1 : 37)
    {
      Fixture f;

      set_up (&f, HS_TLS_MODE_REQUIRED, FALSE);
      hs_stream_open (f.stream);
      for (guint i = 0; i < G_N_ELEMENTS (session); i++)
        say (&f, session[i], piece);
      g_assert_cmpstr (f.events->str, ==,
                       "tls features PLAIN juliet@example.com/balcony "
                       "<message> <presence> <iq> ended ");
      /* The address only under TLS, and the end in answer to the server's. */
      g_assert_true (g_str_has_prefix (
          f.output->str,
          "<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
          "xmlns:stream='http://etherx.jabber.org/streams' to='example.com' version='1.0' "
          "xml:lang='en'><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/><?xml"));
      g_assert_nonnull (strstr (f.output->str, " from='juliet@example.com' version='1.0'"));
      g_assert_nonnull (strstr (f.output->str, "<resource>balcony</resource>"));
      g_assert_true (g_str_has_suffix (f.output->str, "</stream:stream>"));
      g_assert_cmpuint (hs_session_get_max_bytes (&f.session.session), ==, 12345);
      tear_down (&f);
    }
}

/* TLS may begin to protect the connection, and may cease to, between any two steps: the stream asks its owner at each of
 * them. */
static void
test_secure (void)
{
  Fixture f;

  /* After the stream was made: TLS is not asked for, and the server is told who connects. */
  set_up (&f, HS_TLS_MODE_REQUIRED, FALSE);
  f.secure = TRUE;
  hs_stream_open (f.stream);
  test_stream_take_output (f.stream, f.output);
  g_assert_nonnull (strstr (f.output->str, " from='juliet@example.com' version='1.0'"));
  g_assert_null (strstr (f.output->str, "<starttls"));
  say (&f, HEADER MECHANISMS, 1000);
  g_assert_cmpstr (f.events->str, ==, "features ");
  tear_down (&f);

  /* After the stream was opened, and before the features. */
  set_up (&f, HS_TLS_MODE_REQUIRED, FALSE);
  hs_stream_open (f.stream);
  f.secure = TRUE;
  say (&f, HEADER MECHANISMS, 1000);
  g_assert_cmpstr (f.events->str, ==, "features ");
  tear_down (&f);

  /* The other way round: the stream does not sign in without TLS because there was TLS before. */
  set_up (&f, HS_TLS_MODE_REQUIRED, FALSE);
  f.secure = TRUE;
  hs_stream_open (f.stream);
  f.secure = FALSE;
  say (&f, HEADER MECHANISMS, 1000);
  g_assert_error (hs_stream_get_error (f.stream), HS_ERROR, HS_ERROR_TLS_REQUIRED);
  tear_down (&f);
}

/* What follows in the same packet is not parsed: it is the driver's to see that it is there. */
static void
test_injection (void)
{
  Fixture f;
  const char *words = PROCEED SAY_FEATURES_NONE;
  HsStreamEvent event;
  gsize used = 0;

  set_up (&f, HS_TLS_MODE_REQUIRED, FALSE);
  hs_stream_open (f.stream);
  say (&f, HEADER STARTTLS, 1000);
  while (!hs_stream_next_event (f.stream, &event))
    used += hs_stream_feed (f.stream, words + used, strlen (words) - used);
  g_assert_cmpint (event.type, ==, HS_STREAM_EVENT_START_TLS);
  g_assert_cmpuint (used, ==, strlen (PROCEED));
  hs_stream_give_back (f.stream, &event);
  tear_down (&f);
}

static void
test_session_element (void)
{
  static const struct
  {
    const char *features;
    gboolean asked;
  } rows[] = { { BIND_AND_SESSION, TRUE }, { BIND_AND_OPTIONAL, FALSE }, { BIND, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Fixture f;

      set_up (&f, HS_TLS_MODE_NONE, FALSE);
      hs_stream_open (f.stream);
      say (&f, HEADER MECHANISMS, 1000);
      say (&f, SUCCESS, 1000);
      say (&f, HEADER, 1000);
      say (&f, rows[i].features, 1000);
      say (&f, BOUND, 1000);
      g_assert_cmpint (strstr (f.output->str, "<session ") != NULL, ==, rows[i].asked);
      g_assert_cmpint (hs_stream_is_ready (f.stream), ==, !rows[i].asked);
      if (rows[i].asked)
        {
          /* Nothing that comes before the answer is lost, and it is shown after it. */
          say (&f, "<message/><iq type='result' id='other'/><iq type='result' id='%s'/>", 1000);
          g_assert_true (g_str_has_suffix (f.events->str,
                                           " juliet@example.com/balcony <message> "));
        }
      tear_down (&f);
    }
}

#define PROTOCOL "failed:hs-error-quark:15 "
#define IN_STREAM(condition) "<stream:error><" condition " xmlns='" HS_NS_STREAMS "'/></stream:error>" END

/* What must not come, at each stage: the error, and our own word to the server before the end. */
static const struct
{
  const char *words[8];
  const char *events;
  const char *suffix;
} bad[] = {
  { { "<foo/>" }, PROTOCOL, IN_STREAM ("invalid-namespace") },
  { { "<stream xmlns='wrong' version='1.0'>" }, PROTOCOL, IN_STREAM ("invalid-namespace") },
  { { "<stream:stream xmlns:stream='wrong' version='1.0'>" }, PROTOCOL,
    IN_STREAM ("invalid-namespace") },
  { { "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>" },
    PROTOCOL, IN_STREAM ("unsupported-version") },
  { { "HTTP/1.1 400 Bad Request\r\n" }, "failed:hs-xml-error-quark:0 ",
    IN_STREAM ("not-well-formed") },
  { { "<!DOCTYPE a>" }, "failed:hs-xml-error-quark:1 ", IN_STREAM ("restricted-xml") },
  { { HEADER "<message/>" }, PROTOCOL, IN_STREAM ("unsupported-stanza-type") },
  { { HEADER PROCEED }, PROTOCOL, IN_STREAM ("unsupported-stanza-type") },
  { { HEADER SUCCESS }, PROTOCOL, IN_STREAM ("unsupported-stanza-type") },
  { { HEADER HEADER }, "failed:hs-xml-error-quark:1 ", IN_STREAM ("restricted-xml") },
  /* Which may never end. */
  { { HEADER "<stream:stream version='1.0'>" }, PROTOCOL, IN_STREAM ("unsupported-stanza-type") },
  { { HEADER MECHANISMS }, "failed:hs-error-quark:11 ", END },
  { { HEADER STARTTLS, STARTTLS }, PROTOCOL, IN_STREAM ("unsupported-stanza-type") },
  { { HEADER STARTTLS, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" },
    "failed:hs-error-quark:11 ", NULL },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SAY_FEATURES_NONE },
    "tls features " PROTOCOL, IN_STREAM ("unsupported-stanza-type") },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, "<message/>" }, "tls features " PROTOCOL,
    IN_STREAM ("unsupported-stanza-type") },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS,
      "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><account-disabled/>"
      "<text>no &amp; no</text></failure>" },
    "tls features failed:hs-sasl-error-quark:1 ", END },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS,
      "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><strange/></failure>" },
    "tls features failed:hs-sasl-error-quark:11 ", END },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS,
      "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>not base64!</success>" },
    "tls features failed:hs-sasl-error-quark:12 ", END },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS, HEADER SAY_FEATURES_NONE },
    "tls features PLAIN " PROTOCOL, IN_STREAM ("unsupported-feature") },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS, HEADER BIND, "<enabled xmlns='urn:xmpp:sm:3'/>" },
    "tls features PLAIN " PROTOCOL, IN_STREAM ("unsupported-stanza-type") },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS, HEADER BIND,
      "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" },
    "tls features PLAIN " PROTOCOL, IN_STREAM ("unsupported-stanza-type") },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS, HEADER "<iq type='result' id='%s'/>" },
    "tls features PLAIN " PROTOCOL, IN_STREAM ("unsupported-stanza-type") },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, "<hello xmlns='urn:x'/>" }, "tls features " PROTOCOL,
    IN_STREAM ("unsupported-stanza-type") },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS, HEADER BIND,
      "<iq type='result' id='%s'/>" },
    "tls features PLAIN " PROTOCOL, IN_STREAM ("undefined-condition") },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS, HEADER BIND,
      "<iq type='error' id='%s'><error type='cancel'><not-allowed "
      "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>" },
    "tls features PLAIN failed:hs-stanza-error-quark:9 ", END },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS, HEADER BIND,
      BOUND "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" },
    "tls features PLAIN juliet@example.com/balcony " PROTOCOL,
    IN_STREAM ("unsupported-stanza-type") },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS, HEADER BIND,
      BOUND "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>" },
    "tls features PLAIN juliet@example.com/balcony " PROTOCOL,
    IN_STREAM ("unsupported-stanza-type") },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS, HEADER BIND,
      BOUND "<success xmlns='urn:xmpp:sasl:2'/>" },
    "tls features PLAIN juliet@example.com/balcony " PROTOCOL,
    IN_STREAM ("unsupported-stanza-type") },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS, HEADER BIND,
      BOUND "<message/><stream:stream xmlns='jabber:client' to='x'><message/>" },
    "tls features PLAIN juliet@example.com/balcony <message> " PROTOCOL,
    IN_STREAM ("unsupported-stanza-type") },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS, HEADER BIND,
      BOUND "<message/><a" "\x01" "/>" },
    "tls features PLAIN juliet@example.com/balcony <message> failed:hs-xml-error-quark:0 ",
    IN_STREAM ("not-well-formed") },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS, HEADER BIND,
      BOUND "<message/><stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
            "</stream:error>" END },
    "tls features PLAIN juliet@example.com/balcony <message> failed:hs-stream-error-quark:2 ",
    END },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS, HEADER BIND,
      BOUND "<stream:error><new xmlns='urn:x'/></stream:error>" },
    "tls features PLAIN juliet@example.com/balcony failed:hs-stream-error-quark:20 ", END },
};

static void
test_bad (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      static const gsize pieces[] = { 1, 7, 100000 };

      for (guint j = 0; j < G_N_ELEMENTS (pieces); j++)
        {
          Fixture f;

          g_test_message ("row %u in pieces of %zu", i, pieces[j]);
          set_up (&f, HS_TLS_MODE_REQUIRED, FALSE);
          hs_stream_open (f.stream);
          for (guint k = 0; k < G_N_ELEMENTS (bad[i].words) && bad[i].words[k] != NULL; k++)
            say (&f, bad[i].words[k], pieces[j]);
          g_assert_cmpstr (f.events->str, ==, bad[i].events);
          if (bad[i].suffix != NULL)
            g_assert_true (g_str_has_suffix (f.output->str, bad[i].suffix));
          g_assert_false (hs_stream_is_open (f.stream));
          /* Whatever else comes is swallowed. */
          say (&f, HEADER "<message/>", 100000);
          g_assert_cmpstr (f.events->str, ==, bad[i].events);
          tear_down (&f);
        }
    }
}

/* What a server may say without being asked, once it knows who is there: it is passed over, and nothing that
 * stands beside it is lost. */
static const char *const unknown[] = {
  "<hello xmlns='urn:example:server-nonza'/>",
  "<hello xmlns='urn:example:server-nonza'><message xmlns='jabber:client'/><a>text</a></hello>",
  "<message xmlns='urn:other'/>",
  "<iq xmlns='urn:other' type='set' id='1'/>",
  "<r xmlns='urn:xmpp:sm:2'/>",
  "<r xmlns='urn:xmpp:sm:3'/>",
  "<foo/>",
  "<foo xmlns=''/>",
  SAY_FEATURES_NONE,
  BIND,
  "<stream:other/>",
};

static void
test_unknown (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      for (guint before = 0; before < 2; before++)
        {
          g_autofree char *words = before ? g_strconcat ("<presence/>", unknown[i], BOUND, NULL)
                                          : g_strconcat (BOUND, unknown[i], "<message/>", NULL);
          Fixture f;

          g_test_message ("%s %s", before ? "before" : "after", unknown[i]);
          set_up (&f, HS_TLS_MODE_REQUIRED, FALSE);
          hs_stream_open (f.stream);
          for (guint k = 0; k < 5; k++)
            say (&f, session[k], 1000);
          say (&f, words, 7);
          g_assert_cmpstr (f.events->str, ==,
                           before ? "tls features PLAIN juliet@example.com/balcony <presence> "
                                  : "tls features PLAIN juliet@example.com/balcony <message> ");
          g_assert_true (hs_stream_is_open (f.stream));
          tear_down (&f);
        }
    }
}

#define PUSH "<iq type='set' id='p'><query xmlns='jabber:iq:roster'/></iq>"

/* In the order in which it came, and after the address. An answer to nothing is dropped, as it is later. */
static void
test_early_stanzas (void)
{
  for (gsize piece = 1; piece < 200; piece += 13)
    {
      Fixture f;

      set_up (&f, HS_TLS_MODE_REQUIRED, FALSE);
      hs_stream_open (f.stream);
      for (guint k = 0; k < 4; k++)
        say (&f, session[k], 1000);
      say (&f, HEADER "<message/>" BIND, piece);
      say (&f, PUSH "<iq type='result' id='nobody'/><message/>", piece);
      g_assert_cmpstr (f.events->str, ==, "tls features PLAIN ");
      g_assert_false (hs_stream_is_open (f.stream));
      say (&f, BOUND "<presence/>", piece);
      g_assert_cmpstr (f.events->str, ==,
                       "tls features PLAIN juliet@example.com/balcony <message> <iq> <message> <presence> ");
      tear_down (&f);
    }
}

/* They are not more than one stanza may be, however many they are. */
static void
test_early_limits (void)
{
  g_autofree char *body = g_strnfill (9000, 'x');
  g_autofree char *large = g_strdup_printf ("<message><body>%s</body></message>", body);
  const char *const words[] = { large, "<presence/>" };
  static const guint fine[] = { 3, 1000 };
  static const guint too_many[] = { 12, 1001 };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr (HsJid) jid = hs_jid_new ("juliet@example.com/balcony", NULL);
      HsStreamConfig config
          = { .jid = jid, .is_secure = is_secure_cb, .max_stanza_size = i == 0 ? 100000 : 10000000, .max_depth = 16 };
      Fixture f = { .stream = hs_stream_new (&config, NULL, &f), .events = g_string_new (NULL), .output = g_string_new (NULL) };

      hs_stream_open (f.stream);
      for (guint k = 0; k < 5; k++)
        say (&f, session[k], 1000);
      for (guint n = 0; n < fine[i]; n++)
        say (&f, words[i], 100000);
      g_assert_cmpstr (f.events->str, ==, "tls features PLAIN ");
      for (guint n = fine[i]; n < too_many[i]; n++)
        say (&f, words[i], 100000);
      g_assert_cmpstr (f.events->str, ==, "tls features PLAIN " PROTOCOL);
      g_assert_true (g_str_has_suffix (f.output->str, IN_STREAM ("policy-violation")));
      tear_down (&f);
    }
}

/* Each step waits for the server's answer to the one before. */
static void
test_step_by_step (void)
{
  for (guint step_by_step = 0; step_by_step < 2; step_by_step++)
    {
      g_autoptr (HsJid) jid = hs_jid_new ("juliet@example.com/balcony", NULL);
      HsStreamConfig config = { .jid = jid,
                                .is_secure = is_secure_cb,
                                .max_stanza_size = 100000,
                                .max_depth = 16,
                                .step_by_step = step_by_step };
      Fixture f = { .stream = hs_stream_new (&config, NULL, &f), .events = g_string_new (NULL), .output = g_string_new (NULL) };

      hs_stream_open (f.stream);
      take_events (&f);
      g_assert_cmpint (strstr (f.output->str, "<starttls") != NULL, ==, !step_by_step);
      g_assert_cmpint (hs_stream_is_pipelined (f.stream), ==, !step_by_step);
      g_assert_false (hs_stream_has_received_header (f.stream));
      say (&f, HEADER STARTTLS, 1000);
      g_assert_true (hs_stream_has_received_header (f.stream));
      g_assert_nonnull (strstr (f.output->str, "<starttls"));
      say (&f, PROCEED, 1000);
      g_assert_false (hs_stream_is_pipelined (f.stream));
      say (&f, HEADER MECHANISMS, 1000);
      say (&f, SUCCESS, 1000);
      g_assert_cmpint (strstr (f.output->str, "<bind ") != NULL, ==, !step_by_step);
      g_assert_cmpint (hs_stream_is_pipelined (f.stream), ==, !step_by_step);
      say (&f, HEADER BIND, 1000);
      g_assert_nonnull (strstr (f.output->str, "<bind "));
      say (&f, BOUND, 1000);
      g_assert_false (hs_stream_is_pipelined (f.stream));
      g_assert_true (g_str_has_suffix (f.events->str, "juliet@example.com/balcony "));
      tear_down (&f);
    }
}

static void
test_component (void)
{
  Fixture f;

  set_up (&f, HS_TLS_MODE_NONE, TRUE);
  hs_stream_open (f.stream);
  say (&f,
       "<stream:stream xmlns='jabber:component:accept' id='3BF96D32' "
       "xmlns:stream='http://etherx.jabber.org/streams' from='service.example.com'>",
       1000);
  /* sha1 ("3BF96D32" "secret") */
  {
    g_autofree char *expected
        = g_compute_checksum_for_string (G_CHECKSUM_SHA1, "3BF96D32secret", -1);
    g_autofree char *element = g_strdup_printf ("<handshake>%s</handshake>", expected);

    g_assert_true (g_str_has_suffix (f.output->str, element));
  }
  g_assert_null (strstr (f.output->str, "version='1.0' xml"));
  say (&f, "<handshake/><message/>", 1000);
  g_assert_cmpstr (f.events->str, ==, "handshake service.example.com <message> ");
  tear_down (&f);
}

#define OTHER_HEADER \
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' " \
  "xmlns:stream='http://etherx.jabber.org/streams' from='other.example' id='x' version='1.0'>"
#define TO_BIND HEADER STARTTLS, PROCEED, HEADER MECHANISMS, SUCCESS, HEADER BIND

/* Whatever the server says is wrong is in the error. */
static const struct
{
  const char *words[7];
  const char *message;
} told[] = {
  { { HEADER "<stream:error>Invalid stream headers.</stream:error>" },
    "The server ended the stream: Invalid stream headers." },
  { { HEADER "<stream:error>\n  <bad-format xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\n"
             "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>\n no \n</text></stream:error>" },
    "The server ended the stream: bad-format: no" },
  { { HEADER "<stream:error><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>why</text>"
             "</stream:error>" },
    "The server ended the stream: why" },
  { { HEADER "<stream:error/>" }, "The server ended the stream" },
  { { OTHER_HEADER "<stream:error><host-unknown "
                   "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>" },
    "The server ended the stream: host-unknown (the server calls itself other.example)" },
  { { OTHER_HEADER SAY_FEATURES_NONE },
    "example.com offers no TLS, which is required (the server calls itself other.example)" },
  { { HEADER STARTTLS, "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'>not today</failure>" },
    "example.com offered TLS and then failed to start it: not today" },
  { { HEADER STARTTLS, PROCEED, HEADER MECHANISMS,
      "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>go away</failure>" },
    "The server refused the sign-in: go away" },
  { { TO_BIND, "<iq type='result' id='%s'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
               "<jid>juliet@other.example/b</jid></bind></iq>" },
    "The server bound the address juliet@other.example/b, which is not at example.com" },
  { { TO_BIND, "<iq type='error' id='%s'><error type='cancel' code='405'>Not Allowed</error></iq>" },
    "The server refused to bind a resource: Not Allowed" },
};

static void
test_told (void)
{
  for (guint i = 0; i < 2 * G_N_ELEMENTS (told); i++)
    {
      Fixture f;

      set_up (&f, HS_TLS_MODE_REQUIRED, FALSE);
      hs_stream_open (f.stream);
      for (guint k = 0; k < G_N_ELEMENTS (told[i / 2].words) && told[i / 2].words[k] != NULL; k++)
        say (&f, told[i / 2].words[k], i % 2 == 0 ? 1 : 100000);
      g_assert_nonnull (hs_stream_get_error (f.stream));
      g_assert_cmpstr (hs_stream_get_error (f.stream)->message, ==, told[i / 2].message);
      tear_down (&f);
    }
}

/* Ports of other protocols. */
static void
test_foreign (void)
{
  static const struct
  {
    const char *bytes;
    const char *message;
  } ports[] = {
    { "HTTP/1.1 400 Bad Request\r\n\r\n",
      "The server of example.com speaks HTTP and not XMPP: check the host and the port" },
    { "\x15\x03\x01\x02",
      "The server of example.com speaks TLS and not XMPP: set tls-mode to direct TLS, or use the port "
      "for STARTTLS" },
    { "SSH-2.0-OpenSSH_9.2\r\n",
      "The server of example.com speaks SSH and not XMPP: check the host and the port" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    {
      Fixture f;

      set_up (&f, HS_TLS_MODE_REQUIRED, FALSE);
      hs_stream_open (f.stream);
      say (&f, ports[i].bytes, 1000);
      g_assert_error (hs_stream_get_error (f.stream), HS_XML_ERROR, HS_XML_ERROR_NOT_WELL_FORMED);
      g_assert_cmpstr (hs_stream_get_error (f.stream)->message, ==, ports[i].message);
      tear_down (&f);
    }
}

/* A server may lay out what it sends: white space around a value is not part of it. */
static void
test_white_space (void)
{
  Fixture f;

  set_up (&f, HS_TLS_MODE_REQUIRED, FALSE);
  hs_stream_open (f.stream);
  say (&f, HEADER STARTTLS, 1000);
  say (&f, PROCEED, 1000);
  say (&f,
       HEADER SAY_FEATURES_SASL ("\n  PLAIN\n  "),
       1000);
  say (&f, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\n \n</success>", 1000);
  say (&f, HEADER BIND, 1000);
  say (&f,
       "<iq type='result' id='%s'>\n<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>\n"
       "<jid>\n\tjuliet@example.com/balcony\r\n</jid>\n</bind>\n</iq>",
       1000);
  g_assert_cmpstr (f.events->str, ==, "tls features PLAIN juliet@example.com/balcony ");
  say (&f,
       "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>\n"
       " 127.0.0.1:5223\n </see-other-host></stream:error>",
       1000);
  g_assert_cmpstr (hs_stream_get_other_host (f.stream), ==, "127.0.0.1:5223");
  g_assert_cmpstr (hs_stream_get_error (f.stream)->message, ==,
                   "The server ended the stream: see-other-host (127.0.0.1:5223)");
  tear_down (&f);
}

/* After our own end, stanzas still count until the server's. */
static void
test_close (void)
{
  Fixture f;

  set_up (&f, HS_TLS_MODE_REQUIRED, FALSE);
  hs_stream_open (f.stream);
  for (guint i = 0; i < 6; i++)
    say (&f, session[i], 1000);
  hs_stream_close (f.stream);
  hs_stream_close (f.stream);
  test_stream_take_output (f.stream, f.output);
  g_assert_true (g_str_has_suffix (f.output->str, "</bind></iq>" END));
  g_assert_false (hs_stream_is_open (f.stream));
  say (&f, "<message/>" END, 1000);
  g_assert_true (g_str_has_suffix (f.events->str, "balcony <message> ended "));
  g_assert_true (g_str_has_suffix (f.output->str, "</bind></iq>" END));
  tear_down (&f);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stream/session", test_session);
  g_test_add_func ("/stream/secure", test_secure);
  g_test_add_func ("/stream/injection", test_injection);
  g_test_add_func ("/stream/session-element", test_session_element);
  g_test_add_func ("/stream/bad", test_bad);
  g_test_add_func ("/stream/told", test_told);
  g_test_add_func ("/stream/foreign", test_foreign);
  g_test_add_func ("/stream/white-space", test_white_space);
  g_test_add_func ("/stream/unknown", test_unknown);
  g_test_add_func ("/stream/early-stanzas", test_early_stanzas);
  g_test_add_func ("/stream/early-limits", test_early_limits);
  g_test_add_func ("/stream/step-by-step", test_step_by_step);
  g_test_add_func ("/stream/component", test_component);
  g_test_add_func ("/stream/close", test_close);

  return g_test_run ();
}
