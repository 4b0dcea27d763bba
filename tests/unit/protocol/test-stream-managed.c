/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "hs-error.h"
#include "hs-namespaces.h"
#include "protocol/hs-stream.h"
#include "session-test.h"
#include "stream-test.h"

/* Streams of one session under stream management (XEP-0198): what is negotiated and what is counted. */

#define HEADER TEST_STREAM_HEADER
#define MECHANISMS SAY_FEATURES_SASL ("PLAIN")
#define SUCCESS "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
#define SM " xmlns='urn:xmpp:sm:3'"
#define ENABLED "<enabled" SM " resume='true' id='session'/>"
#define BIND_REQUEST "><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>balcony"

typedef struct
{
  TestSession session;
  HsStreamManagement *management; /* of the session */
  HsStream *stream;
  HsJid *jid;
  GString *events;
  GString *output;
} Fixture;

static gboolean
begins_cb (HsNode *stanza, gpointer user_data)
{
  return strcmp (stanza->name, "iq") != 0
         || g_strcmp0 (hs_node_get_attribute (stanza, "id", NULL), "unasked") != 0;
}

static void
open_stream (Fixture *f)
{
  static const HsParserCallbacks callbacks = { .stanza_begins = begins_cb };
  HsStreamConfig config = {
    .jid = f->jid,
    .tls_mode = HS_TLS_MODE_NONE,
    .lang = "en",
    .max_stanza_size = 100000,
    .max_depth = 16,
    .session = &f->session.session,
  };

  g_clear_pointer (&f->stream, hs_stream_free);
  f->stream = hs_stream_new (&config, &callbacks, f);
  hs_stream_open (f->stream);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->jid = hs_jid_new ("juliet@example.com/balcony", NULL);
  test_session_init (&f->session, f->jid);
  f->management = hs_session_ensure_management (&f->session.session, NULL);
  f->events = g_string_new (NULL);
  f->output = g_string_new (NULL);
  open_stream (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  hs_stream_free (f->stream);
  test_session_clear (&f->session);
  hs_jid_unref (f->jid);
  g_string_free (f->events, TRUE);
  g_string_free (f->output, TRUE);
}

static void
sign_in (Fixture *f)
{
  static const char *const allowed[] = { "PLAIN", NULL };
  HsSaslCredentials credentials = {
    .username = "juliet", .password = "r0m30", .tls_mode_none = TRUE, .allowed = allowed
  };

  hs_stream_sign_in (f->stream, &credentials);
}

static void
take_event (gpointer data, HsStreamEvent *event)
{
  Fixture *f = data;
  static const char *const names[] = {
    [HS_STREAM_EVENT_BOUND] = "bound ",
    [HS_STREAM_EVENT_RESUMED] = "resumed ",
    [HS_STREAM_EVENT_ACKNOWLEDGED] = "acknowledged ",
    [HS_STREAM_EVENT_ENABLED] = "enabled ",
    [HS_STREAM_EVENT_STANZA] = "stanza ",
    [HS_STREAM_EVENT_FAILED] = "failed ",
    [HS_STREAM_EVENT_ENDED] = "ended ",
    [HS_STREAM_EVENT_AUTHENTICATED] = "",
  };

  if (event->type == HS_STREAM_EVENT_FEATURES)
    sign_in (f);
  else
    g_string_append (f->events, names[event->type]);
}

static void
feed (Fixture *f, const char *bytes)
{
  test_stream_say (f->stream, bytes, MAX (strlen (bytes), 1), take_event, f, f->output);
}

static void
answer_bind (Fixture *f)
{
  const char *request = g_strrstr (f->output->str, "<iq type='set' id='");
  g_autofree char *id = NULL;
  g_autofree char *answer = NULL;

  g_assert_nonnull (request);
  request += strlen ("<iq type='set' id='");
  id = g_strndup (request, strcspn (request, "'"));
  answer = g_strdup_printf ("<iq type='result' id='%s'><bind xmlns='%s'><jid>%s</jid></bind></iq>",
                            id, HS_NS_BIND, hs_jid_to_string (f->jid));
  feed (f, answer);
}

/* Up to the features after the sign-in. */
static void
begin (Fixture *f)
{
  feed (f, HEADER MECHANISMS);
  g_string_truncate (f->output, 0);
  feed (f, SUCCESS HEADER SAY_FEATURES_MANAGED);
}

static void
begin_session (Fixture *f)
{
  begin (f);
  g_assert_null (strstr (f->output->str, "<enable"));
  answer_bind (f);
  g_assert_nonnull (strstr (f->output->str, "<enable" SM " resume='true'/>"));
  g_assert_cmpstr (f->events->str, ==, "bound ");
  feed (f, ENABLED);
  g_assert_cmpstr (f->events->str, ==, "bound enabled ");
  g_string_truncate (f->events, 0);
  g_string_truncate (f->output, 0);
}

static void
send_message (Fixture *f, const char *xml)
{
  g_autoptr (GByteArray) output = g_byte_array_new ();

  g_byte_array_append (output, (const guint8 *) xml, strlen (xml));
  hs_stream_management_add_out (f->management, output, 0, HS_OUT_RESEND, 0, NULL);
  g_string_append_len (f->output, (const char *) output->data, output->len);
}

static void
cut (Fixture *f)
{
  hs_stream_management_interrupt (f->management, 0);
  open_stream (f);
}

/* Also what was thrown away as an answer that nobody asked for, and in its order. */
static void
test_counts (Fixture *f, gconstpointer data)
{
  begin_session (f);
  feed (f, "<message/><iq type='result' id='unasked'><x/></iq><r" SM "/><presence/>"
           "<iq type='error' id='unasked'/>");
  g_assert_cmpstr (f->events->str, ==, "stanza stanza ");
  g_assert_cmpstr (f->output->str, ==, "<a" SM " h='2'/>");
  g_assert_cmpuint (hs_stream_management_get_received (f->management), ==, 4);
}

/* A stanza that was not complete does not count as received: the server sends it again. */
static void
test_abandoned (Fixture *f, gconstpointer data)
{
  static const char message[] = "<message/>";
  HsStreamEvent event;

  begin_session (f);
  g_assert_cmpuint (hs_stream_feed (f->stream, message, strlen (message)), ==, strlen (message));
  g_assert_true (hs_stream_next_event (f->stream, &event));
  g_assert_cmpint (event.type, ==, HS_STREAM_EVENT_STANZA);
  hs_stream_abandon (f->stream, &event);
  feed (f, "<presence/><r" SM "/>");
  g_assert_cmpstr (f->output->str, ==, "<a" SM " h='1'/>");
}

/* What came between the resource and <enabled/> is not counted. */
static void
test_before (Fixture *f, gconstpointer data)
{
  begin (f);
  answer_bind (f);
  feed (f, "<message/>" ENABLED "<message/>");
  g_assert_cmpstr (f->events->str, ==, "bound stanza enabled stanza ");
  g_assert_cmpuint (hs_stream_management_get_received (f->management), ==, 1);
  cut (f);
  g_string_truncate (f->events, 0);
  begin (f);
  feed (f, "<failed" SM "/>");
  answer_bind (f);
  /* Thrown away on both sides of it, and all parsed at once. */
  feed (f, "<iq type='result' id='unasked'/>" ENABLED "<iq type='result' id='unasked'/>");
  g_assert_cmpuint (hs_stream_management_get_received (f->management), ==, 1);
}

static void
test_not_enabled (Fixture *f, gconstpointer data)
{
  begin (f);
  answer_bind (f);
  feed (f, "<failed" SM "/>");
  g_assert_cmpstr (f->events->str, ==, "bound enabled ");
  g_assert_false (hs_stream_management_is_enabled (f->management));
}

/* More had been sent than may be in flight: what waited leaves as well. */
static void
test_not_enabled_late (Fixture *f, gconstpointer data)
{
  const char *p;

  begin (f);
  answer_bind (f);
  g_string_truncate (f->output, 0);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *xml = g_strdup_printf ("<message id=\"%u\"/>", i);

      send_message (f, xml);
    }
  feed (f, "<failed" SM "/>");
  g_assert_cmpuint (hs_stream_management_get_unacknowledged (f->management), ==, 0);
  p = f->output->str;
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *xml = g_strdup_printf ("<message id=\"%u\"/>", i);

      g_assert_true (g_str_has_prefix (p, xml));
      p += strlen (xml);
    }
  g_assert_cmpstr (p, ==, "");
}

/* What nobody has asked for, or not again. */
static void
test_unasked (Fixture *f, gconstpointer data)
{
  static const char *const unasked[]
      = { ENABLED, "<failed" SM "/>", "<resumed" SM " h='0' previd='session'/>",
          "<enable" SM "/>", "<resume" SM " h='0' previd='session'/>", "<a" SM " h='-1'/>",
          "<a" SM " h='4294967295'/>", "<a" SM " h='4294967296'/>", "<a" SM "/>" };

  for (guint i = 0; i < G_N_ELEMENTS (unasked); i++)
    {
      begin_session (f);
      feed (f, unasked[i]);
      g_assert_cmpstr (f->events->str, ==, "failed ");
      g_assert_error (hs_stream_get_error (f->stream), HS_ERROR, HS_ERROR_PROTOCOL);
      cut (f);
      g_assert_false (hs_stream_management_has_session (f->management));
      g_string_truncate (f->events, 0);
      g_string_truncate (f->output, 0);
    }
}

static void
test_resumes (Fixture *f, gconstpointer data)
{
  begin_session (f);
  send_message (f, "<message id=\"1\"/>");
  send_message (f, "<message id=\"2\"/>");
  feed (f, "<message/><a" SM " h='0'/>");
  g_assert_cmpstr (f->events->str, ==, "stanza acknowledged ");
  cut (f);
  begin (f);
  g_assert_true (g_str_has_suffix (f->output->str, "><resume" SM " h='1' previd='session'/>"));
  g_assert_null (strstr (f->output->str, "<bind"));
  g_string_truncate (f->output, 0);
  g_string_truncate (f->events, 0);
  feed (f, "<resumed" SM " h='1' previd='session'/><message/>");
  g_assert_cmpstr (f->events->str, ==, "resumed stanza ");
  g_assert_cmpstr (f->output->str, ==, "<message id=\"2\"/><r" SM "/>");
  /* The session has its address. */
  g_assert_null (hs_stream_take_jid (f->stream));
  g_assert_cmpuint (hs_stream_management_get_received (f->management), ==, 2);
}

static void
test_does_not_resume (Fixture *f, gconstpointer data)
{
  begin_session (f);
  send_message (f, "<message id=\"1\"/>");
  send_message (f, "<message id=\"2\"/>");
  cut (f);
  begin (f);
  g_assert_null (strstr (f->output->str, "<bind"));
  feed (f, "<failed" SM " h='1'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>");
  g_assert_nonnull (strstr (f->output->str, BIND_REQUEST));
  g_string_truncate (f->events, 0);
  answer_bind (f);
  feed (f, ENABLED);
  g_assert_cmpstr (f->events->str, ==, "bound enabled ");
  g_assert_null (strstr (f->output->str, "id=\"1\""));
  g_assert_nonnull (strstr (f->output->str, "<enable" SM " resume='true'/><message id=\"2\"><delay "));
}

static void
test_excess (Fixture *f, gconstpointer data)
{
  begin_session (f);
  send_message (f, "<message/>");
  g_string_truncate (f->output, 0);
  feed (f, "<a" SM " h='2'/>");
  g_assert_cmpstr (f->events->str, ==, "failed ");
  g_assert_error (hs_stream_get_error (f->stream), HS_ERROR, HS_ERROR_PROTOCOL);
  g_assert_cmpstr (f->output->str, ==,
                   "<stream:error><undefined-condition xmlns='" HS_NS_STREAMS "'/>"
                   "<handled-count-too-high" SM " h='2' send-count='1'/></stream:error>"
                   "</stream:stream>");
}

/* Where all that is sent in a session is what we cannot read, it would be sent again and again. */
static void
test_unreadable (Fixture *f, gconstpointer data)
{
  begin_session (f);
  feed (f, "<message><!-- --></message>");
  g_assert_cmpstr (f->events->str, ==, "failed ");
  cut (f);
  g_assert_false (hs_stream_management_has_session (f->management));
}

/* The last word before the end is what has been received. */
static void
test_closes (Fixture *f, gconstpointer data)
{
  begin_session (f);
  feed (f, "<message/>");
  hs_stream_close (f->stream);
  feed (f, "<message/><r" SM "/></stream:stream>");
  g_assert_cmpstr (f->output->str, ==, "<a" SM " h='1'/></stream:stream>");
  g_assert_cmpstr (f->events->str, ==, "stanza stanza ended ");
}

static void
test_resource_taken (Fixture *f, gconstpointer data)
{
  const char *request;
  g_autofree char *answer = NULL;
  g_autofree char *id = NULL;

  begin (f);
  g_assert_nonnull (strstr (f->output->str, BIND_REQUEST));
  request = strstr (f->output->str, "id='") + strlen ("id='");
  id = g_strndup (request, strcspn (request, "'"));
  answer = g_strdup_printf ("<iq type='error' id='%s'><error type='cancel'><conflict xmlns='%s'/>"
                            "</error></iq>",
                            id, HS_NS_STANZAS);
  g_string_truncate (f->output, 0);
  feed (f, answer);
  g_assert_null (strstr (f->output->str, "<resource>"));
  answer_bind (f);
  feed (f, ENABLED);
  g_assert_cmpstr (f->events->str, ==, "bound enabled ");
}

static void
test_other_host (Fixture *f, gconstpointer data)
{
  begin_session (f);
  feed (f, "<stream:error><see-other-host xmlns='" HS_NS_STREAMS "'>[::1]:5999</see-other-host>"
           "</stream:error>");
  g_assert_cmpstr (f->events->str, ==, "failed ");
  g_assert_cmpstr (hs_stream_get_other_host (f->stream), ==, "[::1]:5999");
}

/* Memory for stream management is taken when a server offers it, and the stream has it from then on. */
static void
test_made_when_offered (void)
{
  static const struct
  {
    const char *features;
    gboolean offered;
  } rows[] = {
    { SAY_FEATURES_BIND, FALSE },
    { SAY_FEATURES_MANAGED, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Fixture f = { .jid = hs_jid_new ("juliet@example.com/balcony", NULL) };

      test_session_init (&f.session, NULL);
      f.events = g_string_new (NULL);
      f.output = g_string_new (NULL);
      open_stream (&f);
      feed (&f, HEADER MECHANISMS);
      feed (&f, SUCCESS HEADER);
      feed (&f, rows[i].features);
      g_assert_null (hs_session_get_management (&f.session.session));
      answer_bind (&f);
      g_assert_cmpstr (f.events->str, ==, "bound ");
      f.management = hs_session_get_management (&f.session.session);
      g_assert_true ((f.management != NULL) == rows[i].offered);
      g_assert_true ((strstr (f.output->str, "<enable") != NULL) == rows[i].offered);
      if (rows[i].offered)
        {
          feed (&f, ENABLED "<message/><r" SM "/>");
          g_assert_cmpuint (hs_stream_management_get_received (f.management), ==, 1);
        }
      tear_down (&f, NULL);
    }
}

static void
assert_limits (Fixture *f, gsize stream, gsize session)
{
  g_assert_cmpuint (hs_stream_get_max_bytes (f->stream), ==, stream);
  g_assert_cmpuint (hs_session_get_max_bytes (&f->session.session), ==, session);
}

/* XEP-0478: the stream has the limit from before the sign-in, and the session the one from after it. */
static void
test_limits (Fixture *f, gconstpointer data)
{
  feed (f, HEADER SAY_FEATURES (FEATURE_SASL (MECHANISM ("PLAIN")) FEATURE_MAX_BYTES ("11000")));
  assert_limits (f, 11000, 0);
  feed (f, SUCCESS HEADER SAY_FEATURES (FEATURE_BIND FEATURE_SM FEATURE_MAX_BYTES ("20000")));
  assert_limits (f, 11000, 20000);
  answer_bind (f);
  feed (f, ENABLED);
  g_assert_cmpstr (f->events->str, ==, "bound enabled ");
  assert_limits (f, 11000, 20000);

  /* The session keeps its limit without a connection, and until the server announces another. */
  cut (f);
  assert_limits (f, 0, 20000);
  feed (f, HEADER SAY_FEATURES (FEATURE_SASL (MECHANISM ("PLAIN")) FEATURE_MAX_BYTES ("12000")));
  assert_limits (f, 12000, 20000);
  feed (f, SUCCESS HEADER SAY_FEATURES (FEATURE_BIND FEATURE_SM FEATURE_MAX_BYTES ("30000")));
  feed (f, "<resumed" SM " previd='session' h='0'/>");
  assert_limits (f, 12000, 30000);

  /* A session that is not resumed is followed by another, with the limit of its own features. */
  cut (f);
  feed (f, HEADER MECHANISMS SUCCESS);
  feed (f, HEADER SAY_FEATURES (FEATURE_BIND FEATURE_SM FEATURE_MAX_BYTES ("40000")));
  feed (f, "<failed" SM "/>");
  answer_bind (f);
  feed (f, ENABLED);
  assert_limits (f, 0, 40000);

  /* Features without a limit: there is none any more. Nor is there a limit below what XEP-0478 allows. */
  cut (f);
  feed (f, HEADER MECHANISMS SUCCESS);
  feed (f, HEADER SAY_FEATURES (FEATURE_BIND FEATURE_SM));
  feed (f, "<resumed" SM " previd='session' h='0'/>");
  assert_limits (f, 0, 0);
  cut (f);
  feed (f, HEADER MECHANISMS SUCCESS);
  feed (f, HEADER SAY_FEATURES (FEATURE_BIND FEATURE_SM FEATURE_MAX_BYTES ("9999")));
  assert_limits (f, 0, 0);
  g_assert_cmpstr (f->events->str, ==, "bound enabled resumed bound enabled resumed ");
}

#define add(name, function) \
  g_test_add ("/stream-managed/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("counts", test_counts);
  add ("abandoned", test_abandoned);
  add ("before", test_before);
  add ("not-enabled", test_not_enabled);
  add ("not-enabled-late", test_not_enabled_late);
  add ("unasked", test_unasked);
  add ("resumes", test_resumes);
  add ("does-not-resume", test_does_not_resume);
  add ("excess", test_excess);
  add ("unreadable", test_unreadable);
  add ("closes", test_closes);
  add ("resource-taken", test_resource_taken);
  add ("other-host", test_other_host);
  add ("limits", test_limits);
  g_test_add_func ("/stream-managed/made-when-offered", test_made_when_offered);

  return g_test_run ();
}
