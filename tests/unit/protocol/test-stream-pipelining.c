/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "hs-error.h"
#include "hs-namespaces.h"
#include "stream-test.h"

/* What is sent before the server has asked for it, and what it says then. */

#define HEADER TEST_STREAM_HEADER
#define OLD(list) SAY_FEATURES (FEATURE_SASL (list))
#define FAST FEATURE_INLINE (FEATURE_TOKENS)
#define NEW(list) SAY_FEATURES_SASL2 (list)
#define SUCCESS "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
#define BIND SAY_FEATURES_BIND
/* HMAC-SHA-256 ("t0k3n", "Responder") */
#define PROOF "Y1kHXFUuYqHCUrmkn0BOOAnjeGr8QGwahbDQ7HdwRiA="
#define SUCCESS2                                                                                   \
  "<success xmlns='urn:xmpp:sasl:2'><additional-data>" PROOF "</additional-data>"                  \
  "<authorization-identifier>juliet@example.com</authorization-identifier></success>"
#define FAILURE2                                                                                   \
  "<failure xmlns='urn:xmpp:sasl:2'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"    \
  "</failure>"
#define CERTIFIED OLD (MECHANISM ("EXTERNAL") MECHANISM ("PLAIN"))
#define TOKENS NEW (MECHANISM ("PLAIN") FAST)

typedef struct
{
  const char *name;
  gboolean certificate;
  gboolean token;
  const char *remembered; /* features */
  gboolean early;
  const char *steps[3];
  const char *events; /* A, T token refused, F with the error's domain, f features */
  const char *last;   /* how what we have sent ends */
} Case;

static const Case cases[] = {
  { "same", TRUE, FALSE, CERTIFIED, TRUE, { HEADER CERTIFIED, SUCCESS }, "A", "/></iq>" },
  { "order", TRUE, FALSE, CERTIFIED, TRUE,
    { HEADER OLD (MECHANISM ("PLAIN") MECHANISM ("EXTERNAL")), SUCCESS }, "A", "/></iq>" },
  { "one-more", TRUE, FALSE, CERTIFIED, TRUE,
    { HEADER OLD (MECHANISM ("EXTERNAL") MECHANISM ("PLAIN") MECHANISM ("SCRAM-SHA-1")), SUCCESS },
    "Fhs-error-quark", "</auth></stream:stream>" },
  { "one-less", TRUE, FALSE, CERTIFIED, TRUE, { HEADER OLD (MECHANISM ("EXTERNAL")) },
    "Fhs-error-quark", "</auth></stream:stream>" },
  { "sasl2-now", TRUE, FALSE, CERTIFIED, TRUE,
    { HEADER SAY_FEATURES (FEATURE_SASL (MECHANISM ("EXTERNAL") MECHANISM ("PLAIN"))
                           FEATURE_SASL2 (MECHANISM ("PLAIN"))) },
    "Fhs-error-quark", "</auth></stream:stream>" },
  { "refused", TRUE, FALSE, CERTIFIED, TRUE,
    { HEADER CERTIFIED,
      "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/></failure>" },
    "Fhs-sasl-error-quark", "</auth></stream:stream>" },
  { "ended", TRUE, FALSE, CERTIFIED, TRUE,
    { HEADER "<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
             "</stream:error>" },
    "Fhs-stream-error-quark", "</auth></stream:stream>" },
  { "success-before-features", TRUE, FALSE, CERTIFIED, TRUE, { HEADER SUCCESS },
    "Fhs-error-quark", "</stream:stream>" },
  { "password-not-shown", FALSE, FALSE, CERTIFIED, FALSE, { HEADER CERTIFIED }, "f", NULL },
  { "token", FALSE, TRUE, TOKENS, TRUE, { HEADER TOKENS, SUCCESS2, BIND }, "A", "/></iq>" },
  { "token-more-offered", FALSE, TRUE, TOKENS, TRUE,
    { HEADER NEW (MECHANISM ("PLAIN") MECHANISM ("SCRAM-SHA-1") FAST), SUCCESS2, BIND }, "A",
    "/></iq>" },
  { "token-not-any-more", FALSE, TRUE, TOKENS, TRUE, { HEADER NEW (MECHANISM ("PLAIN")), SUCCESS2 },
    "Fhs-error-quark", "</authenticate></stream:stream>" },
  { "token-refused", FALSE, TRUE, TOKENS, TRUE, { HEADER TOKENS, FAILURE2 }, "T",
    "</authenticate>" },
  { "token-refused-and-more", FALSE, TRUE, TOKENS, TRUE,
    { HEADER NEW (MECHANISM ("PLAIN") MECHANISM ("SCRAM-SHA-1") FAST), FAILURE2 }, "T",
    "</authenticate>" },
};

typedef struct
{
  HsStream *stream;
  GString *events;
  GString *output;
  HsSaslCredentials credentials;
} Fixture;

static GVariant *
remember (const char *features)
{
  g_autofree char *all = g_strconcat (HEADER, features, NULL);
  HsParser *parser = hs_parser_new (HS_NS_CLIENT, NULL, NULL);
  HsParserEvent *event;
  g_autoptr (HsStreamFeatures) offer = NULL;
  g_autoptr (HsStreamFeatures) again = NULL;
  g_autoptr (GVariant) saved = NULL;

  for (gsize done = 0; done < strlen (all);)
    done += hs_parser_feed (parser, all + done, strlen (all) - done, FALSE, NULL);
  hs_parser_give_back (parser, hs_parser_pop (parser));
  event = hs_parser_pop (parser);
  offer = hs_stream_features_new (event->node);
  saved = g_variant_ref_sink (hs_stream_features_save (offer));
  again = hs_stream_features_load (saved);
  g_assert_true (hs_stream_features_equal (offer, again));
  hs_parser_give_back (parser, event);
  hs_parser_free (parser);
  return g_steal_pointer (&saved);
}

static void
take_event (gpointer data, HsStreamEvent *event)
{
  Fixture *f = data;
  switch (event->type)
    {
    case HS_STREAM_EVENT_FEATURES:
      g_string_append_c (f->events, 'f');
      break;
    case HS_STREAM_EVENT_AUTHENTICATED:
      g_string_append_c (f->events, 'A');
      break;
    case HS_STREAM_EVENT_TOKEN_REFUSED:
      g_string_append_c (f->events, 'T');
      f->credentials.token = NULL;
      hs_stream_sign_in (f->stream, &f->credentials);
      break;
    case HS_STREAM_EVENT_FAILED:
      g_string_append_printf (f->events, "F%s",
                              g_quark_to_string (hs_stream_get_error (f->stream)->domain));
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
say (Fixture *f, const char *text)
{
  test_stream_say (f->stream, text, MAX (strlen (text), 1), take_event, f, f->output);
}

static gboolean
is_secure_cb (gpointer data)
{
  return ((Fixture *) data)->credentials.encrypted;
}

static void
fixture_init (Fixture *f, gboolean certificate, gboolean token, gboolean secure)
{
  g_autoptr (HsJid) jid = hs_jid_new ("juliet@example.com", NULL);
  HsStreamConfig config = { .jid = jid,
                            .tls_mode = HS_TLS_MODE_REQUIRED,
                            .is_secure = is_secure_cb,
                            .max_stanza_size = 100000,
                            .max_depth = 16,
                            .user_agent_id = "d4565fa7" };

  f->stream = hs_stream_new (&config, NULL, f);
  f->events = g_string_new (NULL);
  f->output = g_string_new (NULL);
  f->credentials = (HsSaslCredentials){ .username = "juliet",
                                        .password = "r0m30",
                                        .has_certificate = certificate,
                                        .token = token ? "t0k3n" : NULL,
                                        .token_mechanism = "HT-SHA-256-NONE",
                                        .encrypted = secure,
                                        .trusted = secure,
                                        .channel_binding = HS_CHANNEL_BINDING_PREFER };
}

static void
fixture_clear (Fixture *f)
{
  hs_stream_free (f->stream);
  g_string_free (f->events, TRUE);
  g_string_free (f->output, TRUE);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (GVariant) offer = remember (c->remembered);
  Fixture f;

  fixture_init (&f, c->certificate, c->token, TRUE);
  hs_stream_open (f.stream);
  g_assert_true (hs_stream_pipeline_sign_in (f.stream, offer, &f.credentials) == c->early);
  test_stream_take_output (f.stream, f.output);
  /* In one flight with the header, before a word of the server's. */
  g_assert_true ((strstr (f.output->str, "<auth") != NULL) == c->early);
  g_assert_null (strstr (f.output->str, "AGp1bGlldAByMG0zMA=="));
  for (guint i = 0; i < G_N_ELEMENTS (c->steps) && c->steps[i] != NULL; i++)
    say (&f, c->steps[i]);
  g_assert_cmpstr (f.events->str, ==, c->events);
  if (c->last != NULL && !g_str_has_suffix (f.output->str, c->last))
    g_error ("%s does not end with %s", f.output->str, c->last);
  fixture_clear (&f);
}

/* Nothing is done without TLS, or by something that was never saved here. */
static void
test_not (void)
{
  g_autoptr (GVariant) offer = remember (CERTIFIED);
  g_autoptr (GVariant) other = g_variant_ref_sink (g_variant_new ("(as)", NULL));
  Fixture f;

  fixture_init (&f, TRUE, FALSE, FALSE);
  hs_stream_open (f.stream);
  g_assert_false (hs_stream_pipeline_sign_in (f.stream, offer, &f.credentials));
  fixture_clear (&f);
  fixture_init (&f, TRUE, FALSE, TRUE);
  hs_stream_open (f.stream);
  g_assert_false (hs_stream_pipeline_sign_in (f.stream, other, &f.credentials));
  g_assert_false (hs_stream_pipeline_sign_in (f.stream, NULL, &f.credentials));
  test_stream_take_output (f.stream, f.output);
  g_assert_null (strstr (f.output->str, "<auth"));
  fixture_clear (&f);
}

/* <starttls/> goes with the header. Who does not offer it gets nothing more. */
static void
test_starttls (void)
{
  Fixture f;

  fixture_init (&f, FALSE, FALSE, FALSE);
  hs_stream_open (f.stream);
  test_stream_take_output (f.stream, f.output);
  g_assert_true (g_str_has_suffix (
      f.output->str, " xml:lang='en'><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"));
  g_string_truncate (f.output, 0);
  say (&f, HEADER CERTIFIED);
  g_assert_cmpstr (f.events->str, ==, "Fhs-error-quark");
  g_assert_error (hs_stream_get_error (f.stream), HS_ERROR, HS_ERROR_TLS_REQUIRED);
  g_assert_cmpstr (f.output->str, ==, "</stream:stream>");
  fixture_clear (&f);
}

/* The header that follows success comes with the request to bind, and success never before its time. */
static void
test_bind (void)
{
  Fixture f;

  fixture_init (&f, TRUE, FALSE, TRUE);
  hs_stream_open (f.stream);
  say (&f, HEADER);
  g_assert_null (strstr (f.output->str, "<iq"));
  say (&f, CERTIFIED);
  hs_stream_sign_in (f.stream, &f.credentials);
  test_stream_take_output (f.stream, f.output);
  g_assert_null (strstr (f.output->str, "<iq"));
  g_string_truncate (f.output, 0);
  say (&f, SUCCESS);
  g_assert_true (g_str_has_prefix (f.output->str, "<?xml version='1.0'?><stream:stream "));
  g_assert_nonnull (strstr (f.output->str, "'><iq type='set' id='"));
  g_string_truncate (f.output, 0);
  /* Once. */
  say (&f, HEADER BIND);
  g_assert_cmpuint (f.output->len, ==, 0);
  fixture_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/stream-pipelining/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/stream-pipelining/not", test_not);
  g_test_add_func ("/stream-pipelining/starttls", test_starttls);
  g_test_add_func ("/stream-pipelining/bind", test_bind);
  return g_test_run ();
}
