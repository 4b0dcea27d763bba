/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "hs-error.h"
#include "hs-namespaces.h"
#include "sasl/hs-sasl-base64.h"
#include "scram-server.h"
#include "session-test.h"
#include "stream-test.h"

/* SASL2 (XEP-0388) and what goes along in it, with a server that does each thing wrong. */

#define HEADER TEST_STREAM_HEADER
#define SASL2 " xmlns='urn:xmpp:sasl:2'"
#define BIND2 " xmlns='urn:xmpp:bind:0'"
#define SM " xmlns='urn:xmpp:sm:3'"
#define FAST " xmlns='urn:xmpp:fast:0'"
#define FEATURES(mechanism, more)                                                                  \
  SAY_FEATURES (FEATURE_SASL (MECHANISM (mechanism)) FEATURE_SASL2 (MECHANISM (mechanism) more))
#define INLINE                                                                                     \
  FEATURE_INLINE (FEATURE_BIND2_WITH (FEATURE_VAR ("urn:xmpp:sm:3") FEATURE_VAR ("urn:xmpp:csi:0") \
                                      FEATURE_VAR ("urn:xmpp:carbons:2")) FEATURE_SM FEATURE_TOKENS)
#define NO_INLINE_SM FEATURE_INLINE (FEATURE_BIND2)
#define ONLY_SM FEATURE_INLINE (FEATURE_SM)
#define ID(jid) "<authorization-identifier>" jid "</authorization-identifier>"
#define SUCCESS(more) "<success" SASL2 ">" more "</success>"
#define NEW_FEATURES SAY_FEATURES (FEATURE_MAX_BYTES ("12345") FEATURE_CSI)
#define FULL "juliet@example.com/tag~x"
#define BARE "juliet@example.com"
#define ENABLED "<enabled" SM " resume='true' id='session2'/>"
#define TOKEN "<token" FAST " token='t0k3n' expiry='2030-01-01T00:00:00Z'/>"

typedef enum
{
  WITH_BIND2 = 1 << 0,
  WITH_SM = 1 << 1,
  WITH_SESSION = 1 << 2, /* one that was interrupted */
  WITH_TOKEN = 1 << 3,
  INACTIVE = 1 << 4,
  NO_PASSWORD = 1 << 5,
} With;

typedef struct
{
  const char *name;
  With with;
  const char *features;
  const char *steps[4];   /* the server's answer */
  const char *events;
  const char *written;    /* parts that we must have sent, '|' between them */
  const char *not_written;
} Case;

/* The events: A authenticated, B bound, R resumed, T token refused, F failed with its code. */
static const Case cases[] = {
  { "old-bind", 0, FEATURES ("PLAIN", INLINE), { SUCCESS (ID (BARE)), SAY_FEATURES_MANAGED }, "A",
    "<authenticate xmlns='urn:xmpp:sasl:2' mechanism='PLAIN'><initial-response>AGp1bGlldAByMG0zMA=="
    "</initial-response><user-agent id='d4565fa7'><software>Test</software></user-agent>"
    "|<request-token xmlns='urn:xmpp:fast:0' mechanism='HT-SHA-256-NONE'/></authenticate>"
    "|<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>balcony</resource>",
    "urn:xmpp:bind:0" },
  { "bind2", WITH_BIND2, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (FULL) "<bound" BIND2 "/>"), NEW_FEATURES, "<message/>" }, "AB<message>",
    "<bind xmlns='urn:xmpp:bind:0'><tag>balcony</tag></bind>", "xmpp-bind" },
  { "bind2-not-offered", WITH_BIND2, FEATURES ("PLAIN", ""),
    { SUCCESS (ID (BARE)), SAY_FEATURES_MANAGED }, "A", "xmpp-bind'>", "urn:xmpp:bind:0" },
  { "bind2-failed", WITH_BIND2, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE) "<failed" BIND2 "/>"), SAY_FEATURES_MANAGED }, "A", "xmpp-bind'>", NULL },
  { "bind2-forgotten", WITH_BIND2, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE)), SAY_FEATURES_MANAGED }, "A", "xmpp-bind'>", NULL },
  { "bound-not-asked", 0, FEATURES ("PLAIN", INLINE), { SUCCESS (ID (FULL) "<bound" BIND2 "/>") },
    "F:protocol", "undefined-condition", NULL },
  { "identity-other-user", WITH_BIND2, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID ("romeo@example.com/x") "<bound" BIND2 "/>") }, "F:protocol", "<stream:error>",
    NULL },
  { "identity-other-domain", 0, FEATURES ("PLAIN", ""), { SUCCESS (ID ("juliet@example.net")) },
    "F:protocol", NULL, NULL },
  { "identity-missing", 0, FEATURES ("PLAIN", ""), { SUCCESS ("") }, "F:protocol", NULL, NULL },
  { "identity-no-address", 0, FEATURES ("PLAIN", ""), { SUCCESS (ID ("@@")) }, "F:protocol", NULL,
    NULL },
  { "identity-no-resource", WITH_BIND2, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE) "<bound" BIND2 "/>") }, "F:protocol", NULL, NULL },
  { "enable", WITH_BIND2 | WITH_SM, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (FULL) "<bound" BIND2 ">" ENABLED "</bound>"), NEW_FEATURES }, "AB+L",
    "<enable xmlns='urn:xmpp:sm:3' resume='true'/></bind>", NULL },
  { "enable-failed", WITH_BIND2 | WITH_SM, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (FULL) "<bound" BIND2 "><failed" SM "/></bound>"), NEW_FEATURES }, "ABL", NULL,
    NULL },
  { "enable-forgotten", WITH_BIND2 | WITH_SM, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (FULL) "<bound" BIND2 "/>"), NEW_FEATURES }, "ABL", NULL, NULL },
  { "enable-not-offered", WITH_BIND2 | WITH_SM, FEATURES ("PLAIN", NO_INLINE_SM),
    { SUCCESS (ID (BARE)), SAY_FEATURES_MANAGED }, "A", "xmpp-bind'>", "urn:xmpp:bind:0" },
  { "resume", WITH_BIND2 | WITH_SM | WITH_SESSION, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE) "<resumed" SM " previd='session1' h='0'/>"), NEW_FEATURES, "<message/>" },
    "AR+L<message>",
    "<resume xmlns='urn:xmpp:sm:3' h='0' previd='session1'/>"
    "|<enable xmlns='urn:xmpp:sm:3' resume='true'/></bind>",
    "xmpp-bind" },
  { "resume-alone", WITH_SM | WITH_SESSION, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (FULL) "<resumed" SM " previd='session1' h='0'/>"), NEW_FEATURES }, "AR+L",
    "<resume xmlns='urn:xmpp:sm:3' h='0' previd='session1'/>", "urn:xmpp:bind:0" },
  { "resume-failed", WITH_BIND2 | WITH_SM | WITH_SESSION, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (FULL) "<failed" SM "/><bound" BIND2 ">" ENABLED "</bound>"), NEW_FEATURES },
    "AB+L", NULL, "xmpp-bind" },
  { "resume-failed-alone", WITH_SM | WITH_SESSION, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE) "<failed" SM "/>"), SAY_FEATURES_MANAGED }, "A", "xmpp-bind'>", NULL },
  { "resume-forgotten", WITH_SM | WITH_SESSION, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE)), SAY_FEATURES_MANAGED }, "A", "xmpp-bind'>", NULL },
  { "resume-not-offered", WITH_BIND2 | WITH_SM | WITH_SESSION, FEATURES ("PLAIN", NO_INLINE_SM),
    { SUCCESS (ID (BARE)), SAY_FEATURES_MANAGED, "<resumed" SM " previd='session1' h='0'/>" }, "AR+",
    "</authenticate><resume", "urn:xmpp:bind:0" },
  { "resume-all-failed", WITH_BIND2 | WITH_SM | WITH_SESSION, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE) "<failed" SM "/><failed" BIND2 "/>"), SAY_FEATURES_MANAGED }, "A", "xmpp-bind'>",
    NULL },
  { "resumed-other", WITH_SM | WITH_SESSION, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID ("juliet@example.com/other") "<resumed" SM " previd='session1' h='0'/>") },
    "F:protocol", NULL, NULL },
  { "resumed-other-session", WITH_SM | WITH_SESSION, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE) "<resumed" SM " previd='session9' h='0'/>") }, "F:protocol", NULL, NULL },
  { "resumed-not-asked", WITH_SM, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE) "<resumed" SM " previd='session1' h='0'/>") }, "F:protocol", NULL, NULL },
  { "resumed-and-bound", WITH_BIND2 | WITH_SM | WITH_SESSION, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (FULL) "<resumed" SM " previd='session1' h='0'/><bound" BIND2 "/>") },
    "F:protocol", NULL, NULL },
  { "inactive", WITH_BIND2 | INACTIVE, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (FULL) "<bound" BIND2 "/>"), NEW_FEATURES }, "AB",
    "<inactive xmlns='urn:xmpp:csi:0'/></bind>", NULL },
  { "csi-late", WITH_BIND2 | INACTIVE, FEATURES ("PLAIN", NO_INLINE_SM),
    { SUCCESS (ID (FULL) "<bound" BIND2 "/>"), NEW_FEATURES }, "ABC", NULL, "<inactive" },
  { "csi-late-resumed", WITH_SM | WITH_SESSION, FEATURES ("PLAIN", ONLY_SM),
    { SUCCESS (ID (BARE) "<resumed" SM " previd='session1' h='0'/>"), NEW_FEATURES }, "AR+LC", NULL,
    NULL },
  { "features-twice", WITH_BIND2, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (FULL) "<bound" BIND2 "/>"), NEW_FEATURES, NEW_FEATURES }, "AB", NULL,
    NULL },
  { "token-given", 0, FEATURES ("PLAIN", INLINE), { SUCCESS (ID (BARE) TOKEN), SAY_FEATURES_MANAGED },
    "A(HT-SHA-256-NONE t0k3n)", NULL, NULL },
  { "token-not-asked", 0, FEATURES ("PLAIN", ""), { SUCCESS (ID (BARE) TOKEN), SAY_FEATURES_MANAGED }, "A",
    NULL, "request-token" },
  { "token-empty", 0, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE) "<token" FAST " token=''/>"), SAY_FEATURES_MANAGED }, "A", NULL, NULL },
  { "token-used", WITH_TOKEN, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE) "<additional-data>@PROOF@</additional-data>"), SAY_FEATURES_MANAGED }, "A",
    "mechanism='HT-SHA-256-NONE'|<fast xmlns='urn:xmpp:fast:0'/></authenticate>",
    "request-token" },
  { "token-used-spaces", WITH_TOKEN, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE) "<additional-data>\n  @PROOF@\n</additional-data>"), SAY_FEATURES_MANAGED }, "A",
    NULL, NULL },
  { "token-rotated", WITH_TOKEN, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE) TOKEN "<additional-data>@PROOF@</additional-data>"), SAY_FEATURES_MANAGED },
    "A(HT-SHA-256-NONE t0k3n)", NULL, NULL },
  { "token-no-proof", WITH_TOKEN, FEATURES ("PLAIN", INLINE), { SUCCESS (ID (BARE)) },
    "F:not-verified", NULL, "AGp1bGlldAByMG0zMA==" },
  { "token-wrong-proof", WITH_TOKEN, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE) "<additional-data>QUJD</additional-data>") }, "F:not-verified", NULL,
    "AGp1bGlldAByMG0zMA==" },
  { "token-refused", WITH_TOKEN, FEATURES ("PLAIN", INLINE),
    { "<failure" SASL2 "><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>",
      SUCCESS (ID (BARE) TOKEN), SAY_FEATURES_MANAGED },
    "TA(HT-SHA-256-NONE t0k3n)", "</authenticate><authenticate xmlns='urn:xmpp:sasl:2' "
    "mechanism='PLAIN'>|request-token", "</stream:stream>" },
  { "token-expired", WITH_TOKEN, FEATURES ("PLAIN", INLINE),
    { "<failure" SASL2 "><credentials-expired xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>",
      "<failure" SASL2 "><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>" },
    "TF:not-authorized", NULL, NULL },
  { "token-alone-refused", WITH_TOKEN | NO_PASSWORD, FEATURES ("PLAIN", INLINE),
    { "<failure" SASL2 "><credentials-expired xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>" },
    "TF:credentials-expired", NULL, NULL },
  { "token-not-offered", WITH_TOKEN, FEATURES ("PLAIN", NO_INLINE_SM),
    { SUCCESS (ID (BARE)), SAY_FEATURES_MANAGED }, "A", "mechanism='PLAIN'", "HT-SHA-256" },
  { "token-challenged", WITH_TOKEN, FEATURES ("PLAIN", INLINE),
    { "<challenge" SASL2 ">QUJD</challenge>" }, "F:protocol", "<abort xmlns='urn:xmpp:sasl:2'/>",
    NULL },
  { "refused", 0, FEATURES ("PLAIN", INLINE),
    { "<failure" SASL2 "><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
      "<text>No.</text></failure>" },
    "F:not-authorized", NULL, NULL },
  { "second-factor", 0, FEATURES ("PLAIN", ""),
    { "<continue" SASL2 "><tasks><task>TOTP-EXAMPLE</task></tasks></continue>" }, "F:no-mechanism",
    "<abort xmlns='urn:xmpp:sasl:2'/>", NULL },
  { "task-unasked", 0, FEATURES ("PLAIN", ""),
    { "<task-data" SASL2 "><salt xmlns='urn:xmpp:scram-upgrade:0' iterations='4096'>QUJD</salt>"
      "</task-data>" },
    "F:protocol", NULL, NULL },
  { "old-success", 0, FEATURES ("PLAIN", ""),
    { "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>" }, "F:protocol", NULL, NULL },
  { "success-twice", 0, FEATURES ("PLAIN", ""), { SUCCESS (ID (BARE)), SUCCESS (ID (BARE)) },
    "AF:protocol", "unsupported-stanza-type", NULL },
  { "success-twice-bound", WITH_BIND2, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (FULL) "<bound" BIND2 "/>"), NEW_FEATURES, SUCCESS (ID (FULL) "<bound" BIND2 "/>") },
    "ABF:protocol", "unsupported-stanza-type", NULL },
  { "continue-late", 0, FEATURES ("PLAIN", ""),
    { SUCCESS (ID (BARE)), "<continue" SASL2 "><tasks><task>UPGR-SCRAM-SHA-256</task></tasks></continue>" },
    "AF:protocol", "unsupported-stanza-type", NULL },
  { "failure-late", WITH_TOKEN, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE) "<additional-data>@PROOF@</additional-data>"),
      "<failure" SASL2 "><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></failure>" },
    "AF:protocol", "unsupported-stanza-type", "AGp1bGlldAByMG0zMA==" },
  { "ack-early", WITH_SM, FEATURES ("PLAIN", INLINE), { "<a" SM " h='0'/>" }, "F:protocol", NULL,
    NULL },
  { "request-early", WITH_SM, FEATURES ("PLAIN", INLINE), { "<r" SM "/>" }, "F:protocol", NULL, NULL },
  { "stanza-early", WITH_SM, FEATURES ("PLAIN", INLINE), { "<message/>" }, "F:protocol", NULL, NULL },
  { "not-base64", WITH_TOKEN, FEATURES ("PLAIN", INLINE),
    { SUCCESS (ID (BARE) "<additional-data>?</additional-data>") }, "F:not-verified", NULL, NULL },
};

typedef struct
{
  const Case *c;
  HsJid *jid;
  TestSession session;
  HsStreamManagement *management; /* of the session; or NULL */
  HsStream *stream;
  GString *events;
  GString *output;
  HsSaslCredentials credentials;
  gsize limit; /* of the session, at the last event */
  gboolean negotiates; /* a module asks the server before the sign-in */
} Fixture;

/* HMAC (token, "Responder") */
static char *
prove (void)
{
  guint8 proof[32];

  scram_hmac (G_CHECKSUM_SHA256, "old", 3, "Responder", 9, proof);
  return g_base64_encode (proof, sizeof proof);
}

static HsNode *
parse (const char *xml, HsParser **parser, HsParserEvent **event)
{
  g_autofree char *all = g_strconcat (HEADER, xml, NULL);
  gsize length = strlen (all);

  *parser = hs_parser_new (HS_NS_CLIENT, NULL, NULL);
  for (gsize done = 0; done < length;)
    done += hs_parser_feed (*parser, all + done, length - done, FALSE, NULL);
  hs_parser_give_back (*parser, hs_parser_pop (*parser));
  *event = hs_parser_pop (*parser);
  return (*event)->node;
}

static void
interrupt_session (HsStreamManagement *management)
{
  g_autoptr (GByteArray) output = g_byte_array_new ();
  HsParser *parser;
  HsParserEvent *event;
  HsNode *enabled = parse ("<enabled" SM " resume='true' id='session1'/>", &parser, &event);

  hs_stream_management_write_enable (management, output);
  g_assert_true (hs_stream_management_on_enabled (management, enabled, NULL));
  hs_stream_management_begin (management, output);
  hs_stream_management_interrupt (management, 1);
  hs_parser_give_back (parser, event);
  hs_parser_free (parser);
}

static gboolean
is_secure_cb (gpointer data)
{
  return TRUE;
}

static void
fixture_init (Fixture *f, const Case *c)
{
  HsStreamConfig config = {
    .tls_mode = HS_TLS_MODE_DIRECT,
    .is_secure = is_secure_cb,
    .max_stanza_size = 100000,
    .max_depth = 16,
    .user_agent_id = "d4565fa7",
    .software = "Test",
    .bind2 = (c->with & WITH_BIND2) != 0,
    .inactive = (c->with & INACTIVE) != 0,
  };
  g_autoptr (HsJid) bound = hs_jid_new (FULL, NULL);

  memset (f, 0, sizeof *f);
  f->c = c;
  config.jid = f->jid = hs_jid_new ("juliet@example.com/balcony", NULL);
  test_session_init (&f->session, bound);
  if (c->with & WITH_SM)
    {
      f->management = hs_session_ensure_management (&f->session.session, NULL);
      config.session = &f->session.session;
    }
  if (c->with & WITH_SESSION)
    interrupt_session (f->management);
  f->credentials = (HsSaslCredentials){
    .username = "juliet",
    .password = c->with & NO_PASSWORD ? NULL : "r0m30",
    .token = c->with & WITH_TOKEN ? "old" : NULL,
    .token_mechanism = "HT-SHA-256-NONE",
    .encrypted = TRUE,
    .trusted = TRUE,
    .channel_binding = HS_CHANNEL_BINDING_PREFER,
  };
  f->stream = hs_stream_new (&config, NULL, NULL);
  f->events = g_string_new (NULL);
  f->output = g_string_new (NULL);
}

static void
fixture_clear (Fixture *f)
{
  hs_stream_free (f->stream);
  test_session_clear (&f->session);
  hs_jid_unref (f->jid);
  g_string_free (f->events, TRUE);
  g_string_free (f->output, TRUE);
}

static const char *
name_error (const GError *error)
{
  if (g_error_matches (error, HS_ERROR, HS_ERROR_PROTOCOL))
    return "protocol";
  if (g_error_matches (error, HS_ERROR, HS_ERROR_NO_MECHANISM))
    return "no-mechanism";
  if (g_error_matches (error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED))
    return "not-verified";
  if (g_error_matches (error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED))
    return "not-authorized";
  if (g_error_matches (error, HS_SASL_ERROR, HS_SASL_ERROR_CREDENTIALS_EXPIRED))
    return "credentials-expired";
  return error->message;
}

static void
note_limit (Fixture *f)
{
  gsize limit = hs_session_get_max_bytes (&f->session.session);

  if (limit != f->limit)
    g_string_append_c (f->events, 'L');
  f->limit = limit;
}

static void
take_event (gpointer data, HsStreamEvent *event)
{
  Fixture *f = data;
  HsStream *stream = f->stream;
  const HsAuthentication *authentication = hs_stream_get_authentication (stream);
  g_autoptr (HsJid) bound = NULL;
  g_autoptr (GBytes) key = NULL;

  note_limit (f);
  switch (event->type)
    {
    case HS_STREAM_EVENT_FEATURES:
      if (!f->negotiates)
        hs_stream_sign_in (stream, &f->credentials);
      break;
    case HS_STREAM_EVENT_STANZA:
      if (f->negotiates && !hs_stream_is_ready (stream))
        {
          hs_stream_sign_in (stream, &f->credentials);
          break;
        }
      g_string_append_printf (f->events, "<%s>", event->node->name);
      break;
    case HS_STREAM_EVENT_TOKEN_REFUSED:
      g_string_append_c (f->events, 'T');
      g_assert_nonnull (hs_authentication_get_token_refusal (authentication));
      f->credentials.token = NULL;
      hs_stream_sign_in (stream, &f->credentials);
      break;
    case HS_STREAM_EVENT_DERIVE_KEY:
      key = hs_sasl_key_request_derive (hs_stream_get_key_request (stream), NULL);
      hs_stream_key_derived (stream, key);
      break;
    case HS_STREAM_EVENT_AUTHENTICATED:
      g_string_append_c (f->events, 'A');
      if (hs_authentication_get_token (authentication) != NULL)
        g_string_append_printf (f->events, "(%s %s)", hs_authentication_get_token_mechanism (authentication),
                                hs_authentication_get_token (authentication));
      break;
    case HS_STREAM_EVENT_BOUND:
    case HS_STREAM_EVENT_RESUMED:
      g_string_append_c (f->events, event->type == HS_STREAM_EVENT_BOUND ? 'B' : 'R');
      bound = hs_stream_take_jid (stream);
      if (event->type == HS_STREAM_EVENT_BOUND)
        g_assert_cmpstr (hs_jid_to_string (bound), ==, FULL);
      else
        g_assert_null (bound);
      if (f->management != NULL && hs_stream_management_is_enabled (f->management))
        g_string_append_c (f->events, '+');
      break;
    case HS_STREAM_EVENT_CSI_OFFERED:
      g_string_append_c (f->events, 'C');
      g_assert_true (hs_stream_offers_csi (stream));
      break;
    case HS_STREAM_EVENT_FAILED:
      g_string_append_printf (f->events, "F:%s", name_error (hs_stream_get_error (stream)));
      break;
    default:
      g_assert_not_reached ();
    }
}

/* A byte at a time, which is any split at once. */
static void
say (Fixture *f, const char *text)
{
  test_stream_say (f->stream, text, 1, take_event, f, f->output);
  note_limit (f);
}

static void
check_written (Fixture *f)
{
  g_auto (GStrv) parts = g_strsplit (f->c->written != NULL ? f->c->written : "", "|", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      if (strstr (f->output->str, parts[i]) == NULL)
        g_error ("%s is not in %s", parts[i], f->output->str);
    }
  if (f->c->not_written != NULL && strstr (f->output->str, f->c->not_written) != NULL)
    g_error ("%s is in %s", f->c->not_written, f->output->str);
}

static void
test_case (gconstpointer data)
{
  Fixture f;
  g_autofree char *proof = prove ();

  fixture_init (&f, data);
  hs_stream_open (f.stream);
  say (&f, HEADER);
  say (&f, f.c->features);
  for (guint i = 0; i < G_N_ELEMENTS (f.c->steps) && f.c->steps[i] != NULL; i++)
    {
      g_autoptr (GString) step = g_string_new (f.c->steps[i]);

      g_string_replace (step, "@PROOF@", proof, 0);
      say (&f, step->str);
    }
  if (!g_str_equal (f.events->str, f.c->events))
    g_error ("'%s' and not '%s'; %s", f.events->str, f.c->events,
             hs_stream_get_error (f.stream) != NULL ? hs_stream_get_error (f.stream)->message : "");
  check_written (&f);
  if (strstr (f.c->events, "AB") != NULL && f.c->steps[1] != NULL)
    {
      g_assert_cmpuint (f.limit, ==, f.management != NULL ? 12345 : 0);
      g_assert_true (hs_stream_offers_csi (f.stream));
    }
  fixture_clear (&f);
}

/* ---- The limit of a session (XEP-0478) ---- */

/* A session that begins or goes on inside SASL2 has the limit of the features before the sign-in, until the server sends
 * its next features. */
static void
test_limit (gconstpointer data)
{
  static const Case bound = { "limit", WITH_BIND2 | WITH_SM, NULL, { NULL }, NULL, NULL, NULL };
  static const Case resumed = { "limit", WITH_SM | WITH_SESSION, NULL, { NULL }, NULL, NULL, NULL };
  gboolean resumes = GPOINTER_TO_INT (data);
  HsSession *session;
  Fixture f;

  fixture_init (&f, resumes ? &resumed : &bound);
  session = &f.session.session;
  hs_session_set_max_bytes (session, 50000);
  hs_stream_open (f.stream);
  say (&f, HEADER SAY_FEATURES (FEATURE_SASL2 (MECHANISM ("PLAIN") INLINE) FEATURE_MAX_BYTES ("11000")));
  g_assert_cmpuint (hs_stream_get_max_bytes (f.stream), ==, 11000);
  g_assert_cmpuint (hs_session_get_max_bytes (session), ==, 50000);
  if (resumes)
    say (&f, SUCCESS (ID (BARE) "<resumed" SM " previd='session1' h='0'/>"));
  else
    say (&f, SUCCESS (ID (FULL) "<bound" BIND2 ">" ENABLED "</bound>"));
  g_assert_cmpuint (hs_session_get_max_bytes (session), ==, 11000);
  say (&f, NEW_FEATURES);
  g_assert_cmpuint (hs_session_get_max_bytes (session), ==, 12345);
  /* Features in the middle of the stream change nothing. */
  say (&f, SAY_FEATURES (FEATURE_MAX_BYTES ("30000")));
  g_assert_cmpuint (hs_session_get_max_bytes (session), ==, 12345);
  fixture_clear (&f);

  /* The next features name none. */
  fixture_init (&f, resumes ? &resumed : &bound);
  hs_stream_open (f.stream);
  say (&f, HEADER SAY_FEATURES (FEATURE_SASL2 (MECHANISM ("PLAIN") INLINE) FEATURE_MAX_BYTES ("11000")));
  if (resumes)
    say (&f, SUCCESS (ID (BARE) "<resumed" SM " previd='session1' h='0'/>") SAY_FEATURES (FEATURE_CSI));
  else
    say (&f, SUCCESS (ID (FULL) "<bound" BIND2 ">" ENABLED "</bound>") SAY_FEATURES (FEATURE_CSI));
  g_assert_cmpuint (hs_session_get_max_bytes (session), ==, 0);
  fixture_clear (&f);
}

/* ---- A server that knows SCRAM, and wants a better hash ---- */

#define SCRAM_SALT "QSXCR+Q6sek8bf92"
#define UPGRADES                                                                                   \
  FEATURE_UPGRADE ("UPGR-SCRAM-SHA-256") FEATURE_UPGRADE ("UPGR-SCRAM-SHA-512") FEATURE_UPGRADE ("UPGR-FUTURE")
#define SCRAM_FEATURES(types)                                                                      \
  SAY_FEATURES (types FEATURE_SASL2 (MECHANISM ("SCRAM-SHA-1") MECHANISM ("SCRAM-SHA-1-PLUS") UPGRADES))
#define TYPES FEATURE_CHANNEL_BINDINGS (CHANNEL_BINDING ("tls-exporter"))

static char *
last_text (Fixture *f, const char *element)
{
  g_autofree char *open = g_strdup_printf ("<%s", element);
  const char *begin = g_strrstr (f->output->str, open);
  const char *text;
  g_autofree char *base64 = NULL;
  g_autofree guint8 *octets = NULL;
  gsize length;

  g_assert_nonnull (begin);
  text = strchr (begin, '>') + 1;
  base64 = g_strndup (text, strcspn (text, "<"));
  octets = hs_sasl_base64_decode (base64, &length);
  return g_strndup ((const char *) octets, length);
}

static char *
sign (const char *client_first, const char *server_first, const char *client_final)
{
  const char *bare = strstr (client_first, ",,") + 2;
  g_autofree char *without = g_strndup (client_final, strstr (client_final, ",p=") - client_final);
  g_autofree char *code = scram_sign (G_CHECKSUM_SHA1, "r0m30", SCRAM_SALT, 4096, bare, server_first, without);

  return g_strdup_printf ("v=%s", code);
}

static void
say_base64 (Fixture *f, const char *format, const char *text)
{
  g_autofree char *base64 = g_base64_encode ((const guchar *) text, strlen (text));
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);
  g_autofree char *all = g_strconcat (parts[0], base64, parts[1], NULL);

  say (f, all);
}

/* As far as the server's last word, which is returned. */
static char *
exchange (Fixture *f, const char *features)
{
  g_autofree char *client_first = NULL;
  g_autofree char *server_first = NULL;
  g_autofree char *client_final = NULL;

  hs_stream_open (f->stream);
  say (f, HEADER);
  say (f, features);
  client_first = last_text (f, "initial-response");
  server_first = g_strdup_printf ("%sSERVER,s=" SCRAM_SALT ",i=4096", strstr (client_first, "r="));
  say_base64 (f, "<challenge" SASL2 ">%s</challenge>", server_first);
  client_final = last_text (f, "response");
  return sign (client_first, server_first, client_final);
}

static const Case upgrade_case = { .name = "upgrade" };

static void
bind_channel (Fixture *f, HsSaslChannel *channels)
{
  channels[0].type = "tls-exporter";
  channels[0].data = g_bytes_new_static ("exported", 8);
  channels[1].type = NULL;
  f->credentials.channels = channels;
}

static void
test_upgrade (void)
{
  Fixture f;
  HsSaslChannel channels[2];
  g_autofree char *signature = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (HsSaslKeyRequest) request
      = hs_sasl_key_request_new (G_CHECKSUM_SHA512, "r0m30", (const guint8 *) "0123456789", 10, 5000);
  g_autoptr (GBytes) key = hs_sasl_key_request_derive (request, NULL);

  fixture_init (&f, &upgrade_case);
  bind_channel (&f, channels);
  signature = exchange (&f, SCRAM_FEATURES (TYPES));
  /* The best that there is, once. */
  g_assert_nonnull (strstr (f.output->str, "<upgrade xmlns='urn:xmpp:sasl:upgrade:0'>"
                                           "UPGR-SCRAM-SHA-512</upgrade></authenticate>"));
  g_assert_null (strstr (f.output->str, "UPGR-SCRAM-SHA-256"));
  say_base64 (&f,
              "<continue" SASL2 "><additional-data>%s</additional-data><tasks>"
              "<task>UPGR-SCRAM-SHA-512</task></tasks></continue>",
              signature);
  g_assert_true (g_str_has_suffix (f.output->str,
                                   "<next xmlns='urn:xmpp:sasl:2' task='UPGR-SCRAM-SHA-512'/>"));
  say_base64 (&f,
              "<task-data" SASL2 "><salt xmlns='urn:xmpp:scram-upgrade:0' iterations='5000'>%s"
              "</salt></task-data>",
              "0123456789");
  expected = g_base64_encode (g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  g_assert_nonnull (strstr (f.output->str, expected));
  say (&f, SUCCESS (ID (BARE)) SAY_FEATURES_MANAGED);
  g_assert_cmpstr (f.events->str, ==, "A");
  g_assert_cmpstr (hs_authentication_get_channel_binding (hs_stream_get_authentication (f.stream)), ==, "tls-exporter");
  g_bytes_unref (channels[0].data);
  fixture_clear (&f);
}

/* The server's signature comes first, and what it sends must be usable. */
static void
test_upgrade_wrong (void)
{
  static const char *const tasks[] = {
    "<task-data" SASL2 "/>",
    "<task-data" SASL2 "><salt xmlns='urn:xmpp:scram-upgrade:0'>QUJD</salt></task-data>",
    "<task-data" SASL2 "><salt xmlns='urn:xmpp:scram-upgrade:0' iterations='1'>QUJD</salt></task-data>",
    "<task-data" SASL2
    "><salt xmlns='urn:xmpp:scram-upgrade:0' iterations='1000001'>QUJD</salt></task-data>",
    "<task-data" SASL2 "><salt xmlns='urn:xmpp:scram-upgrade:0' iterations='4096'/></task-data>",
  };

  for (guint i = 0; i <= G_N_ELEMENTS (tasks); i++)
    {
      Fixture f;
      HsSaslChannel channels[2];
      g_autofree char *signature = NULL;

      fixture_init (&f, &upgrade_case);
      bind_channel (&f, channels);
      signature = exchange (&f, SCRAM_FEATURES (TYPES));
      say_base64 (&f,
                  "<continue" SASL2 "><additional-data>%s</additional-data><tasks>"
                  "<task>UPGR-SCRAM-SHA-512</task></tasks></continue>",
                  i == G_N_ELEMENTS (tasks) ? "v=QUJD" : signature);
      if (i < G_N_ELEMENTS (tasks))
        say (&f, tasks[i]);
      else
        g_assert_null (strstr (f.output->str, "<next"));
      g_assert_cmpstr (f.events->str, ==, "F:not-verified");
      g_assert_null (strstr (f.output->str, "<hash"));
      /* A server that has not proved itself is not tried without. */
      g_assert_true ((hs_authentication_get_phase (hs_stream_get_authentication (f.stream))
                      == HS_AUTHENTICATION_UPGRADING)
                     == (i < G_N_ELEMENTS (tasks)));
      g_bytes_unref (channels[0].data);
      fixture_clear (&f);
    }
}

/* An eavesdropper could use the new hash: it is not sent without channel binding. */
static void
test_upgrade_unbound (void)
{
  Fixture f;
  g_autofree char *signature = NULL;

  fixture_init (&f, &upgrade_case);
  signature = exchange (&f, SCRAM_FEATURES (""));
  g_assert_null (strstr (f.output->str, "<upgrade"));
  say_base64 (&f, "<success" SASL2 "><additional-data>%s</additional-data>" ID (BARE) "</success>",
              signature);
  g_assert_cmpstr (f.events->str, ==, "A");
  fixture_clear (&f);
}

/* XEP-0388, 2.3: the header has told who signs in with SASL2. */
static void
test_renamed (void)
{
  static const Case c = { .name = "renamed" };
  g_autoptr (HsJid) other = hs_jid_new ("romeo@example.com", NULL);
  Fixture f;

  fixture_init (&f, &c);
  hs_stream_open (f.stream);
  say (&f, HEADER);
  hs_stream_set_account (f.stream, other);
  say (&f, FEATURES ("PLAIN", INLINE));
  g_assert_null (strstr (f.output->str, "<authenticate"));
  g_assert_nonnull (strstr (f.output->str, "<auth xmlns="));
  fixture_clear (&f);
}

/* After a module has asked the server something, as registration does. */
static void
test_negotiated (void)
{
  static const Case c = { .name = "negotiated" };
  static const char *const features[] = {
    FEATURES ("PLAIN", INLINE),
    SAY_FEATURES_SASL2 (MECHANISM ("PLAIN") INLINE),
  };

  for (guint i = 0; i < G_N_ELEMENTS (features); i++)
    {
      Fixture f;

      fixture_init (&f, &c);
      f.negotiates = TRUE;
      hs_stream_open (f.stream);
      say (&f, HEADER);
      say (&f, features[i]);
      g_assert_null (strstr (f.output->str, "<auth"));
      say (&f, "<iq type='result' id='register'/>");
      /* SASL2 only if there is nothing else. */
      g_assert_true ((strstr (f.output->str, "<auth xmlns=") != NULL) == (i == 0));
      g_assert_true ((strstr (f.output->str, "<authenticate") != NULL) == (i == 1));
      fixture_clear (&f);
    }
}

/* XEP-0440, 3, rules 4 and 5: SASL2 does not even begin. */
static void
test_binding_stripped (void)
{
  static const char *const features[] = {
    SCRAM_FEATURES (""),
    SAY_FEATURES (TYPES FEATURE_SASL2 (MECHANISM ("SCRAM-SHA-1"))),
  };

  for (guint i = 0; i < G_N_ELEMENTS (features); i++)
    {
      Fixture f;
      HsSaslChannel channels[2];

      fixture_init (&f, &upgrade_case);
      bind_channel (&f, channels);
      hs_stream_open (f.stream);
      say (&f, HEADER);
      say (&f, features[i]);
      g_assert_cmpstr (f.events->str, ==, "F:not-verified");
      g_assert_null (strstr (f.output->str, "<authenticate"));
      g_bytes_unref (channels[0].data);
      fixture_clear (&f);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/stream-sasl2/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_data_func ("/stream-sasl2/limit/bound", GINT_TO_POINTER (FALSE), test_limit);
  g_test_add_data_func ("/stream-sasl2/limit/resumed", GINT_TO_POINTER (TRUE), test_limit);
  g_test_add_func ("/stream-sasl2/upgrade", test_upgrade);
  g_test_add_func ("/stream-sasl2/upgrade/wrong", test_upgrade_wrong);
  g_test_add_func ("/stream-sasl2/upgrade/unbound", test_upgrade_unbound);
  g_test_add_func ("/stream-sasl2/renamed", test_renamed);
  g_test_add_func ("/stream-sasl2/negotiated", test_negotiated);
  g_test_add_func ("/stream-sasl2/binding-stripped", test_binding_stripped);
  return g_test_run ();
}
