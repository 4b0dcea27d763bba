/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"

/* Servers that break the rules: each ends in its own error and a closed connection, after our own word
 * for it (RFC 6120, 4.9.3), at each stage of the negotiation and after it. */

#define FAILURE(condition, rest)                                                                   \
  "<stream:error><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>" rest                \
  "</stream:error>"

/* ---- Stages ---- */

static const ScriptStep at_header[] = { EXPECT ("<stream:stream"), EXPECT (">"), END };
static const ScriptStep at_features[] = { RUN (script_header), END };
static const ScriptStep at_proceed[]
    = { RUN (script_header), SEND (SAY_FEATURES_TLS), EXPECT ("<starttls"), END };
static const ScriptStep at_header_tls[]
    = { RUN (script_starttls), EXPECT ("<stream:stream"), EXPECT (">"), END };
static const ScriptStep at_sasl[]
    = { RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), EXPECT ("</auth>"), END };
static const ScriptStep at_scram[] = { RUN (script_header), SEND (SAY_FEATURES_SASL ("SCRAM-SHA-1")),
                                       EXPECT ("</auth>"), END };
static const ScriptStep at_second_header[]
    = { RUN (script_header), RUN (script_plain), EXPECT ("<stream:stream"), EXPECT (">"), END };
static const ScriptStep at_second_features[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), END };
static const ScriptStep at_bind[] = { RUN (at_second_features), SEND (SAY_FEATURES_BIND),
                                      EXPECT ("</iq>"), END };
static const ScriptStep at_ready[] = { RUN (script_sign_in), END };
static const ScriptStep at_ready_tls[] = { RUN (script_sign_in_tls), END };

typedef struct
{
  const char *name;
  const ScriptStep *script;
  HsTlsMode mode;
} Stage;

static const Stage stages[] = {
  { "header", at_header, HS_TLS_MODE_NONE },
  { "features", at_features, HS_TLS_MODE_NONE },
  { "proceed", at_proceed, HS_TLS_MODE_STARTTLS },
  { "header-tls", at_header_tls, HS_TLS_MODE_STARTTLS },
  { "sasl", at_sasl, HS_TLS_MODE_NONE },
  { "second-header", at_second_header, HS_TLS_MODE_NONE },
  { "second-features", at_second_features, HS_TLS_MODE_NONE },
  { "bind", at_bind, HS_TLS_MODE_NONE },
  { "ready", at_ready, HS_TLS_MODE_NONE },
  { "ready-tls", at_ready_tls, HS_TLS_MODE_STARTTLS },
};

typedef struct
{
  const char *input;
  const char *condition; /* our own, or NULL: none */
  GQuark (*domain) (void);
  int code;
} Bad;

/* Whether the client has sent something along with a header that has no answer yet. */
static gboolean
is_pipelined_at (const ScriptStep *stage)
{
  return stage == at_proceed || stage == at_second_header || stage == at_second_features
         || stage == at_bind;
}

/* What may be said to that, and not to what was sent. */
static gboolean
may_be_said_to_it (const Bad *bad)
{
  return (bad->domain == hs_stream_error_quark && bad->code != HS_STREAM_ERROR_HOST_GONE)
         || (bad->domain == hs_error_quark && bad->code == HS_ERROR_CONNECTION_LOST)
         || (bad->domain == hs_stanza_error_quark && bad->code != HS_STANZA_ERROR_NOT_ALLOWED);
}

/* What is wrong, run through all stages. @prefix stands before it. */
static void
check (const ScriptStep *stage, HsTlsMode mode, const char *prefix, const Bad *bad)
{
  static const char *const any[] = { "PLAIN", "SCRAM-SHA-1", NULL };
  g_autofree char *input = g_strconcat (prefix, bad->input, NULL);
  ScriptStep script[] = { RUN (stage), SEND (input), EXPECT (SAY_END), READ_END, END };
  g_autoptr (TestClient) test = test_client_new_for (script, mode);
  g_autofree char *received = NULL;
  guint n_connections = is_pipelined_at (stage) && may_be_said_to_it (bad) ? 2 : 1;

  /* What is too much need not be taken to its end: but our words for it must have come. */
  if (bad->code == HS_XML_ERROR_TOO_LARGE && bad->domain == hs_xml_error_quark)
    scripted_server_forgive (test->server);
  {
    g_autofree char *escaped = g_strescape (input, NULL);

    g_test_message ("%.200s", escaped);
  }
  g_object_set (test->client, "sasl-mechanisms", any, NULL);
  test_client_run (test);
  g_assert_error (test->error, bad->domain (), bad->code);
  g_assert_true (g_utf8_validate (test->error->message, -1, NULL));
  g_assert_true (g_str_has_suffix (test->record->str,
                                   " stopping m.stopping disconnected(end) cleanup m.cleanup "
                                   "m.terminated terminated"));
  /* What was pipelined is asked once more without that, where it may be what the server ends the stream for. */
  g_assert_cmpuint (test->n_disconnected, ==, n_connections);
  test_until (scripted_server_get_n_ended (test->server) == n_connections);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, n_connections);
  received = scripted_server_dup_received (test->server);
  g_assert_true (g_str_has_suffix (received, SAY_END));
  if (bad->condition != NULL)
    {
      g_autofree char *expected = g_strdup_printf (FAILURE ("%s", "") SAY_END, bad->condition);

      g_assert_true (g_str_has_suffix (received, expected));
    }
  else
    g_assert_null (strstr (received, "<stream:error>"));
}

/* Wrong anywhere. */
static const Bad everywhere[] = {
  { "<message><body></message>", "not-well-formed", hs_xml_error_quark,
    HS_XML_ERROR_NOT_WELL_FORMED },
  { "<message a='1' a='2'/>", "not-well-formed", hs_xml_error_quark, HS_XML_ERROR_NOT_WELL_FORMED },
  { "<message><p:x/></message>", "not-well-formed", hs_xml_error_quark,
    HS_XML_ERROR_NOT_WELL_FORMED },
  { "<message>\xff</message>", "not-well-formed", hs_xml_error_quark,
    HS_XML_ERROR_NOT_WELL_FORMED },
  { "<message>\xed\xa0\x80</message>", "not-well-formed", hs_xml_error_quark,
    HS_XML_ERROR_NOT_WELL_FORMED },
  { "<message>\x02</message>", "not-well-formed", hs_xml_error_quark,
    HS_XML_ERROR_NOT_WELL_FORMED },
  { "<!DOCTYPE x [<!ENTITY a 'b'>]>", "restricted-xml", hs_xml_error_quark,
    HS_XML_ERROR_RESTRICTED },
  { "<message><!DOCTYPE x></message>", "restricted-xml", hs_xml_error_quark, HS_XML_ERROR_RESTRICTED },
  { "<!-- comment -->", "restricted-xml", hs_xml_error_quark, HS_XML_ERROR_RESTRICTED },
  { "<?php code ?>", "restricted-xml", hs_xml_error_quark, HS_XML_ERROR_RESTRICTED },
  { "<message>&undeclared;</message>", "restricted-xml", hs_xml_error_quark,
    HS_XML_ERROR_RESTRICTED },
  { FAILURE ("host-gone", ""), NULL, hs_stream_error_quark, HS_STREAM_ERROR_HOST_GONE },
  { FAILURE ("never-heard-of", "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>x</text>"), NULL,
    hs_stream_error_quark, HS_STREAM_ERROR_UNDEFINED_CONDITION },
  { "<stream:error/>", NULL, hs_stream_error_quark, HS_STREAM_ERROR_UNDEFINED_CONDITION },
  { "<stream:stream/>", "unsupported-stanza-type", hs_error_quark, HS_ERROR_PROTOCOL },
  { "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "unsupported-stanza-type",
    hs_error_quark, HS_ERROR_PROTOCOL },
  { SAY_END, NULL, hs_error_quark, HS_ERROR_CONNECTION_LOST },
};

static void
test_everywhere (gconstpointer data)
{
  const Stage *stage = data;
  gboolean before_header = strstr (stage->name, "header") != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (everywhere); i++)
    check (stage->script, stage->mode, before_header ? SAY_HEADER : "", &everywhere[i]);
}

/* After the sign-in what is unknown is ignored, and stanzas wait for the session. */
#define SIGNED_IN "second-header second-features bind ready ready-tls"

/* Each is right, elsewhere. */
static const struct
{
  const char *input;
  const char *stages; /* where it is */
} misplaced[] = {
  { "<message><body>early</body></message>", SIGNED_IN },
  { "<presence/>", SIGNED_IN },
  { "<iq type='get' id='1'><x xmlns='y'/></iq>", SIGNED_IN },
  { "<unknown xmlns='urn:unknown'/>", SIGNED_IN },
  { "<message xmlns='urn:x'/>", SIGNED_IN },
  { SAY_FEATURES_TLS, "features header header-tls " SIGNED_IN },
  { SAY_FEATURES_SASL ("PLAIN"), "features header header-tls " SIGNED_IN },
  { SAY_FEATURES_BIND, "features header header-tls " SIGNED_IN },
  { SAY_PROCEED, "proceed" },
  { SAY_SUCCESS, "sasl" },
  { "<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", "sasl" },
  { "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>", "sasl" },
  { "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "proceed" },
};

static void
test_misplaced (gconstpointer data)
{
  const Stage *stage = data;
  gboolean before_header = strstr (stage->name, "header") != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (misplaced); i++)
    {
      g_auto (GStrv) right = g_strsplit (misplaced[i].stages, " ", -1);
      Bad bad = { misplaced[i].input, "unsupported-stanza-type", hs_error_quark,
                  HS_ERROR_PROTOCOL };

      if (!g_strv_contains ((const char *const *) right, stage->name))
        check (stage->script, stage->mode, before_header ? SAY_HEADER : "", &bad);
    }
}

static void
test_headers (void)
{
  static const Bad headers[] = {
    { "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
      "id='1' from='example.org'>",
      "unsupported-version", hs_error_quark, HS_ERROR_PROTOCOL },
    { "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' "
      "version='0.9'>",
      "unsupported-version", hs_error_quark, HS_ERROR_PROTOCOL },
    { "<stream xmlns='jabber:client' version='1.0'>", "invalid-namespace", hs_error_quark,
      HS_ERROR_PROTOCOL },
    { "<stream version='1.0'>", "invalid-namespace", hs_error_quark, HS_ERROR_PROTOCOL },
    { "<stream:stream xmlns='jabber:client' xmlns:stream='urn:other' version='1.0'>",
      "invalid-namespace", hs_error_quark, HS_ERROR_PROTOCOL },
    { "<html xmlns='http://www.w3.org/1999/xhtml'>", "invalid-namespace", hs_error_quark,
      HS_ERROR_PROTOCOL },
    { "<s:stream xmlns='jabber:server' xmlns:s='http://etherx.jabber.org/streams' version='1.0'>",
      "invalid-namespace", hs_error_quark, HS_ERROR_PROTOCOL },
    { "<s:stream xmlns='urn:x' xmlns:s='http://etherx.jabber.org/streams'>", "invalid-namespace",
      hs_error_quark, HS_ERROR_PROTOCOL },
    { "<s:stream xmlns='jabber:component:accept' xmlns:s='http://etherx.jabber.org/streams' "
      "version='1.0'>",
      "invalid-namespace", hs_error_quark, HS_ERROR_PROTOCOL },
    /* Each of its stanzas may still say where it belongs. */
    { "<stream xmlns='http://etherx.jabber.org/streams' version='1.0'><features/>", NULL,
      hs_error_quark, HS_ERROR_NO_MECHANISM },
    { "<s:stream xmlns:s='http://etherx.jabber.org/streams' version='1.0'><s:features/>", NULL,
      hs_error_quark, HS_ERROR_NO_MECHANISM },
    { "HTTP/1.1 400 Bad Request\r\n\r\n", "not-well-formed", hs_xml_error_quark,
      HS_XML_ERROR_NOT_WELL_FORMED },
    { "\x16\x03\x01", "not-well-formed", hs_xml_error_quark, HS_XML_ERROR_NOT_WELL_FORMED },
    { "<?xml version='1.0' encoding='ISO-8859-1'?><s>", "unsupported-encoding", hs_xml_error_quark,
      HS_XML_ERROR_UNSUPPORTED_ENCODING },
    { "\xff\xfe<", "unsupported-encoding", hs_xml_error_quark, HS_XML_ERROR_UNSUPPORTED_ENCODING },
    { "\xef\xbb\xbf<?xml version='1.0'?><s>", "not-well-formed", hs_xml_error_quark,
      HS_XML_ERROR_NOT_WELL_FORMED },
    { "<!DOCTYPE html><html>", "restricted-xml", hs_xml_error_quark, HS_XML_ERROR_RESTRICTED },
    { "<?xml version='1.0'?><!DOCTYPE s [<!ENTITY a 'b'>]><s>", "restricted-xml",
      hs_xml_error_quark, HS_XML_ERROR_RESTRICTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    check (at_header, HS_TLS_MODE_NONE, "", &headers[i]);
}

/* A stream in the servers' namespace is not ours, nor is the second one of a connection; that is said
 * at its header. */
static void
test_content_namespace (void)
{
  Bad bad = { "<stream:stream xmlns='jabber:server' "
              "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>",
              "invalid-namespace", hs_error_quark, HS_ERROR_PROTOCOL };

  check (at_second_header, HS_TLS_MODE_NONE, "", &bad);
}

/* ---- TLS ---- */

static void
test_injected (void)
{
  static const char *const inputs[]
      = { SAY_PROCEED " ", SAY_PROCEED "<message/>", SAY_PROCEED SAY_HEADER SAY_FEATURES_SASL ("PLAIN") };

  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      ScriptStep script[] = { RUN (at_proceed), SEND (inputs[i]), READ_END, END };
      g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_STARTTLS);

      test_client_run (test);
      g_assert_error (test->error, HS_ERROR, HS_ERROR_INJECTED_DATA);
      g_assert_cmpstr (test->states->str, ==, "connecting connected stopping disconnected");
      g_assert_false (scripted_server_has_received (test->server, "<auth"));
    }
}

static void
test_stripped (void)
{
  static const char *const features[] = {
    SAY_FEATURES_SASL ("PLAIN"), SAY_FEATURES_NONE, SAY_FEATURES_BIND,
    SAY_FEATURES ("<starttls xmlns='urn:other'/>")
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (features); i++)
    {
      Bad bad = { features[i / 2], NULL, hs_error_quark, HS_ERROR_TLS_REQUIRED };

      check (at_features, i % 2 == 0 ? HS_TLS_MODE_STARTTLS : HS_TLS_MODE_REQUIRED, "", &bad);
    }
}

static void
test_tls_failure (void)
{
  Bad bad = { "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>", NULL,
              hs_error_quark, HS_ERROR_TLS_REQUIRED };
  ScriptStep script[] = { RUN (at_proceed), SEND (bad.input), READ_END, END };
  g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_STARTTLS);

  test_client_run (test);
  g_assert_error (test->error, HS_ERROR, HS_ERROR_TLS_REQUIRED);
}

/* Garbage in place of the handshake. */
static void
test_no_tls (void)
{
  static const ScriptStep after_proceed[]
      = { RUN (at_proceed), SEND (SAY_PROCEED), SLEEP (50), SEND (SAY_HEADER), READ_END, END };
  static const ScriptStep direct[] = { SEND (SAY_HEADER), READ_END, END };
  static const ScriptStep gone[] = { RUN (at_proceed), SEND (SAY_PROCEED), CLOSE, END };
  static const ScriptStep reset[] = { RUN (at_proceed), SEND (SAY_PROCEED), SLEEP (20), RESET, END };
  static const struct
  {
    const ScriptStep *script;
    HsTlsMode mode;
  } cases[] = { { after_proceed, HS_TLS_MODE_STARTTLS },
                { direct, HS_TLS_MODE_DIRECT },
                { gone, HS_TLS_MODE_STARTTLS },
                { reset, HS_TLS_MODE_STARTTLS } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestClient) test = test_client_new_for (cases[i].script, cases[i].mode);

      test_client_run (test);
      g_test_message ("%s %d: %s", g_quark_to_string (test->error->domain), test->error->code,
                      test->error->message);
      g_assert_true (test->error->domain == G_TLS_ERROR || test->error->domain == G_IO_ERROR);
      g_assert_cmpstr (test->states->str, ==, "connecting connected stopping disconnected");
    }
}

/* ---- Sign-in ---- */

static void
test_sasl (void)
{
#define SASL "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"
  static const Bad plain[] = {
    { "<failure " SASL "><account-disabled/></failure>", NULL, hs_sasl_error_quark,
      HS_SASL_ERROR_ACCOUNT_DISABLED },
    { "<failure " SASL "><never-heard-of/></failure>", NULL, hs_sasl_error_quark,
      HS_SASL_ERROR_UNDEFINED_CONDITION },
    { "<failure " SASL "/>", NULL, hs_sasl_error_quark, HS_SASL_ERROR_UNDEFINED_CONDITION },
    { "<success " SASL ">***</success>", NULL, hs_sasl_error_quark,
      HS_SASL_ERROR_SERVER_NOT_VERIFIED },
  };
  static const Bad scram[] = {
    { "<success " SASL "/>", NULL, hs_sasl_error_quark, HS_SASL_ERROR_SERVER_NOT_VERIFIED },
    { "<success " SASL ">dj1ybUY5cHFWOFM3c3VBb1pXamE0ZEpSa0ZzS1E9</success>", NULL,
      hs_sasl_error_quark, HS_SASL_ERROR_SERVER_NOT_VERIFIED },
    { "<challenge " SASL "/>", NULL, hs_sasl_error_quark, HS_SASL_ERROR_SERVER_NOT_VERIFIED },
    { "<challenge " SASL ">***</challenge>", NULL, hs_sasl_error_quark,
      HS_SASL_ERROR_SERVER_NOT_VERIFIED },
    /* r=other,s=c2FsdA==,i=4096 */
    { "<challenge " SASL ">cj1vdGhlcixzPWMyRnNkQT09LGk9NDA5Ng==</challenge>", NULL,
      hs_sasl_error_quark, HS_SASL_ERROR_SERVER_NOT_VERIFIED },
  };
  static const Bad nothing
      = { SAY_FEATURES_SASL ("X-NEW"), NULL, hs_error_quark, HS_ERROR_NO_MECHANISM };

  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    check (at_sasl, HS_TLS_MODE_NONE, "", &plain[i]);
  for (guint i = 0; i < G_N_ELEMENTS (scram); i++)
    check (at_scram, HS_TLS_MODE_NONE, "", &scram[i]);
  check (at_features, HS_TLS_MODE_NONE, "", &nothing);
}

static void
test_bind (void)
{
#define BIND "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
  static const Bad answers[] = {
    { "<iq type='result' id='@ID@'/>", "undefined-condition", hs_error_quark, HS_ERROR_PROTOCOL },
    { "<iq type='result' id='@ID@'>" BIND "</bind></iq>", "undefined-condition", hs_error_quark,
      HS_ERROR_PROTOCOL },
    { "<iq type='result' id='@ID@'>" BIND "<jid>@@</jid></bind></iq>", "undefined-condition",
      hs_error_quark, HS_ERROR_PROTOCOL },
    { "<iq type='result' id='@ID@'>" BIND "<jid>user@example.org</jid></bind></iq>",
      "undefined-condition", hs_error_quark, HS_ERROR_PROTOCOL },
    { "<iq type='error' id='@ID@'><error type='cancel'><not-allowed "
      "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
      NULL, hs_stanza_error_quark, HS_STANZA_ERROR_NOT_ALLOWED },
    { "<iq type='error' id='@ID@'/>", NULL, hs_stanza_error_quark,
      HS_STANZA_ERROR_UNDEFINED_CONDITION },
  };
  static const Bad no_bind
      = { SAY_FEATURES_NONE, "unsupported-feature", hs_error_quark, HS_ERROR_PROTOCOL };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    check (at_bind, HS_TLS_MODE_NONE, "", &answers[i]);
  check (at_second_features, HS_TLS_MODE_NONE, "", &no_bind);
}

/* ---- Limits ---- */

static void
test_limits (void)
{
  g_autoptr (GString) deep = g_string_new ("<message>");
  g_autoptr (GString) large = g_string_new ("<message><body>");
  g_autoptr (GString) many = g_string_new ("<message>");
  Bad bad = { NULL, "policy-violation", hs_xml_error_quark, HS_XML_ERROR_TOO_DEEP };

  for (guint i = 0; i < 200; i++)
    g_string_append (deep, "<x>");
  bad.input = deep->str;
  check (at_ready, HS_TLS_MODE_NONE, "", &bad);
  check (at_features, HS_TLS_MODE_NONE, "", &bad);
  while (large->len < 11 * 1024 * 1024)
    g_string_append (large, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
  while (many->len < 4 * 1024 * 1024)
    g_string_append (many, "<x/><x/><x/><x/><x/><x/><x/><x/><x/><x/><x/><x/><x/><x/><x/><x/>");
  bad.code = HS_XML_ERROR_TOO_LARGE;
  /* In a session each would be discarded: see test-client-discard.c. Before one it is nothing to go on with. */
  bad.input = large->str;
  check (at_features, HS_TLS_MODE_NONE, "", &bad);
  bad.input = many->str;
  check (at_features, HS_TLS_MODE_NONE, "", &bad);
  check (at_sasl, HS_TLS_MODE_NONE, "", &bad);
}

/* What came before it in the same bytes is still seen. */
static void
test_seen_before (void)
{
  static const ScriptStep script[]
      = { RUN (script_sign_in), SEND ("<message/><message/><message>&x;</message><message/>"),
          READ_END, END };
  g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_NONE);
  guint n = 0;

  hs_client_add_handler (test->client, "message", NULL, HS_HANDLER_DEFAULT, test_count_cb, &n, NULL);
  test_client_run (test);
  g_assert_error (test->error, HS_XML_ERROR, HS_XML_ERROR_RESTRICTED);
  g_assert_cmpuint (n, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/badinput/everywhere/%s", stages[i].name);
      g_autofree char *other = g_strdup_printf ("/client/badinput/misplaced/%s", stages[i].name);

      g_test_add_data_func (path, &stages[i], test_everywhere);
      g_test_add_data_func (other, &stages[i], test_misplaced);
    }
  g_test_add_func ("/client/badinput/headers", test_headers);
  g_test_add_func ("/client/badinput/content-namespace", test_content_namespace);
  g_test_add_func ("/client/badinput/injected", test_injected);
  g_test_add_func ("/client/badinput/stripped", test_stripped);
  g_test_add_func ("/client/badinput/tls-failure", test_tls_failure);
  g_test_add_func ("/client/badinput/no-tls", test_no_tls);
  g_test_add_func ("/client/badinput/sasl", test_sasl);
  g_test_add_func ("/client/badinput/bind", test_bind);
  g_test_add_func ("/client/badinput/limits", test_limits);
  g_test_add_func ("/client/badinput/seen-before", test_seen_before);
  return g_test_run ();
}
