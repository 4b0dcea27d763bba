/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-authentication.h"

#include "hs-error.h"
#include "scram-server.h"

static const char *const plain[] = { "PLAIN", NULL };
static const char *const scram[] = { "SCRAM-SHA-1-PLUS", NULL };
static const char *const external[] = { "EXTERNAL", NULL };
static const char *const tokens[] = { "HT-SHA-256-EXPR", "HT-SHA-256-NONE", NULL };
static const char *const other_tokens[] = { "HT-SHA-256-NONE", NULL };
static const char *const types[] = { "tls-exporter", NULL };
static const char *const upgrades[] = { "UPGR-SCRAM-SHA-256", NULL };

static const guint8 binding_data[] = { 1, 2, 3 };

typedef struct
{
  HsAuthentication authentication;
  HsStreamFeatures features;
  HsSaslCredentials credentials;
  HsSaslChannel channels[2];
  GBytes *channel;
  char *first; /* the client's first message, or NULL */
} Fixture;

static void
set_up (Fixture *f)
{
  hs_authentication_init (&f->authentication);
  f->first = NULL;
  f->channel = g_bytes_new_static (binding_data, sizeof binding_data);
  f->channels[0] = (HsSaslChannel){ "tls-exporter", f->channel };
  f->channels[1] = (HsSaslChannel){ NULL, NULL };
  f->features = (HsStreamFeatures){ .mechanisms = (char **) scram, .announced = (char **) types };
  f->credentials = (HsSaslCredentials){
    .username = "user", .account = "user@example.org", .password = "secret", .encrypted = TRUE, .trusted = TRUE,
    .channel_binding = HS_CHANNEL_BINDING_PREFER, .channels = f->channels,
  };
}

static void
tear_down (Fixture *f)
{
  hs_authentication_clear (&f->authentication);
  /* It may be cleared again. */
  hs_authentication_clear (&f->authentication);
  g_bytes_unref (f->channel);
  g_free (f->first);
}

static HsAuthenticationPhase
get_phase (Fixture *f)
{
  return hs_authentication_get_phase (&f->authentication);
}

/* Chooses, and sends the first message. A sign-in that was begun before ends, as by the refusal of a token. */
static const char *
begin (Fixture *f, gboolean secure)
{
  HsSaslCredentials credentials = f->credentials;
  g_autoptr (GBytes) initial = NULL;
  g_autoptr (GError) error = NULL;

  if (get_phase (f) == HS_AUTHENTICATION_UNDER_WAY)
    hs_authentication_refuse_token (&f->authentication, g_error_new (HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED, "No"));
  g_assert_cmpint (get_phase (f), ==, HS_AUTHENTICATION_NOT_BEGUN);
  credentials.encrypted = secure;
  hs_authentication_choose (&f->authentication, &f->features, &credentials, &error);
  g_assert_no_error (error);
  hs_authentication_start (&f->authentication, &initial, &error);
  g_assert_no_error (error);
  g_clear_pointer (&f->first, g_free);
  f->first = initial != NULL ? g_strndup (g_bytes_get_data (initial, NULL), g_bytes_get_size (initial)) : NULL;
  g_assert_cmpint (get_phase (f), ==, HS_AUTHENTICATION_UNDER_WAY);
  return hs_authentication_get_mechanism (&f->authentication);
}

/* The server's part of SCRAM-SHA-1, to the end. */
static void
prove (Fixture *f)
{
  const char *bare = strstr (f->first, "n=user");
  g_autofree char *server_first = g_strdup_printf ("r=%sX,s=AAECAw==,i=4096", strstr (bare, ",r=") + 3);
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GBytes) response = NULL;
  g_autofree char *without_proof = NULL;
  g_autofree char *signature = NULL;
  g_autofree char *last = NULL;
  HsSaslStep step = hs_authentication_challenge (&f->authentication, (const guint8 *) server_first,
                                                 strlen (server_first), &response, NULL);

  g_assert_cmpint (step, ==, HS_SASL_STEP_DERIVE);
  key = hs_sasl_key_request_derive (hs_authentication_get_key_request (&f->authentication), NULL);
  step = hs_authentication_derived (&f->authentication, key, &response, NULL);
  g_assert_cmpint (step, ==, HS_SASL_STEP_RESPOND);
  without_proof = g_strndup (g_bytes_get_data (response, NULL), g_bytes_get_size (response));
  *strstr (without_proof, ",p=") = '\0';
  signature = scram_sign (G_CHECKSUM_SHA1, "secret", "AAECAw==", 4096, bare, server_first, without_proof);
  last = g_strconcat ("v=", signature, NULL);
  g_assert_true (hs_authentication_finish (&f->authentication, (const guint8 *) last, strlen (last), NULL));
  g_assert_cmpint (get_phase (f), ==, HS_AUTHENTICATION_PROVED);
}

static void
test_profile (void)
{
  Fixture f;

  set_up (&f);
  f.features.sasl2 = (char **) scram;
  begin (&f, TRUE);
  g_assert_true (hs_authentication_is_sasl2 (&f.authentication));
  begin (&f, FALSE);
  g_assert_false (hs_authentication_is_sasl2 (&f.authentication));
  hs_authentication_set_renamed (&f.authentication, TRUE);
  begin (&f, TRUE);
  g_assert_false (hs_authentication_is_sasl2 (&f.authentication));
  hs_authentication_set_renamed (&f.authentication, FALSE);
  hs_authentication_note_negotiated (&f.authentication);
  begin (&f, TRUE);
  g_assert_false (hs_authentication_is_sasl2 (&f.authentication));
  /* There is no other profile. */
  f.features.mechanisms = NULL;
  begin (&f, TRUE);
  g_assert_true (hs_authentication_is_sasl2 (&f.authentication));
  tear_down (&f);
}

/* EXTERNAL is in the older list only. */
static void
test_external (void)
{
  Fixture f;

  set_up (&f);
  f.features.sasl2 = (char **) scram;
  f.features.mechanisms = (char **) external;
  f.credentials.has_certificate = TRUE;
  g_assert_cmpstr (begin (&f, TRUE), ==, "EXTERNAL");
  f.credentials.allowed = scram;
  g_assert_cmpstr (begin (&f, TRUE), ==, "SCRAM-SHA-1-PLUS");
  tear_down (&f);
}

static void
test_pipelined (void)
{
  HsStreamFeatures later;
  Fixture f;

  set_up (&f);
  begin (&f, TRUE);
  g_assert_true (hs_authentication_is_safe_to_pipeline (&f.authentication));
  hs_authentication_note_pipelined (&f.authentication);
  later = f.features;
  later.mechanisms = (char **) plain;
  g_assert_false (hs_authentication_take_features (&f.authentication, &later, &f.features));
  g_assert_cmpint (get_phase (&f), ==, HS_AUTHENTICATION_PIPELINED);
  later = f.features;
  g_assert_true (hs_authentication_take_features (&f.authentication, &later, &f.features));
  g_assert_cmpint (get_phase (&f), ==, HS_AUTHENTICATION_UNDER_WAY);
  f.features.mechanisms = (char **) plain;
  begin (&f, TRUE);
  g_assert_false (hs_authentication_is_safe_to_pipeline (&f.authentication));
  tear_down (&f);
}

/* For a token it is enough that the server still offers its mechanism. */
static void
test_pipelined_token (void)
{
  HsStreamFeatures later;
  Fixture f;

  set_up (&f);
  f.features.sasl2 = (char **) scram;
  f.features.fast = (char **) tokens;
  f.credentials.token = "token";
  f.credentials.token_mechanism = "HT-SHA-256-EXPR";
  g_assert_cmpstr (begin (&f, TRUE), ==, "HT-SHA-256-EXPR");
  g_assert_true (hs_authentication_uses_token (&f.authentication));
  g_assert_true (hs_authentication_is_safe_to_pipeline (&f.authentication));
  hs_authentication_note_pipelined (&f.authentication);
  later = f.features;
  later.mechanisms = (char **) plain;
  later.fast = (char **) other_tokens;
  g_assert_false (hs_authentication_take_features (&f.authentication, &later, &f.features));
  later.fast = (char **) tokens;
  g_assert_true (hs_authentication_take_features (&f.authentication, &later, &f.features));
  tear_down (&f);
}

static void
test_token (void)
{
  Fixture f;

  set_up (&f);
  f.features.sasl2 = (char **) scram;
  f.features.fast = (char **) tokens;
  begin (&f, TRUE);
  /* Nobody has asked. */
  hs_authentication_take_token (&f.authentication, "first", NULL);
  g_assert_null (hs_authentication_get_token (&f.authentication));
  g_assert_cmpstr (hs_authentication_request_token (&f.authentication, &f.features, &f.credentials), ==,
                   "HT-SHA-256-EXPR");
  hs_authentication_take_token (&f.authentication, "first", "2030-01-01T00:00:00Z");
  g_assert_cmpstr (hs_authentication_get_token (&f.authentication), ==, "first");
  g_assert_cmpstr (hs_authentication_get_token_mechanism (&f.authentication), ==, "HT-SHA-256-EXPR");
  g_assert_cmpstr (hs_authentication_get_token_expiry (&f.authentication), ==, "2030-01-01T00:00:00Z");
  hs_authentication_take_token (&f.authentication, "second", NULL);
  g_assert_cmpstr (hs_authentication_get_token (&f.authentication), ==, "second");
  g_assert_null (hs_authentication_get_token_expiry (&f.authentication));
  tear_down (&f);
}

/* The next choice has no token, and the reason stays known. A sign-in by a token asks for none, and takes the one
 * that replaces it. */
static void
test_refused_token (void)
{
  g_autoptr (GError) refusal = NULL;
  Fixture f;

  set_up (&f);
  f.features.sasl2 = (char **) scram;
  f.features.fast = (char **) tokens;
  f.credentials.token = "token";
  f.credentials.token_mechanism = "HT-SHA-256-EXPR";
  begin (&f, TRUE);
  g_assert_null (hs_authentication_request_token (&f.authentication, &f.features, &f.credentials));
  hs_authentication_take_token (&f.authentication, "next", NULL);
  g_assert_cmpstr (hs_authentication_get_token_mechanism (&f.authentication), ==, "HT-SHA-256-EXPR");
  g_assert_null (hs_authentication_refuse (&f.authentication));
  hs_authentication_refuse_token (&f.authentication,
                                  g_error_new_literal (HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED, "No"));
  f.credentials.token = NULL;
  g_assert_cmpstr (begin (&f, TRUE), ==, "SCRAM-SHA-1-PLUS");
  g_assert_false (hs_authentication_uses_token (&f.authentication));
  g_assert_nonnull (hs_authentication_get_token_refusal (&f.authentication));
  refusal = hs_authentication_steal_token_refusal (&f.authentication);
  g_assert_error (refusal, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
  g_assert_null (hs_authentication_get_token_refusal (&f.authentication));
  tear_down (&f);
}

static void
test_upgrade (void)
{
  static const guint8 salt[] = { 1, 2, 3, 4 };
  Fixture f;

  set_up (&f);
  f.features.sasl2 = (char **) scram;
  f.features.upgrades = (char **) upgrades;
  begin (&f, TRUE);
  g_assert_false (hs_authentication_begin_upgrade (&f.authentication, "UPGR-SCRAM-SHA-256"));
  g_assert_cmpstr (hs_authentication_request_upgrade (&f.authentication, &f.features, &f.credentials), ==,
                   "UPGR-SCRAM-SHA-256");
  g_assert_cmpuint (hs_authentication_get_min_iterations (&f.authentication), ==, 4096);
  g_assert_false (hs_authentication_begin_upgrade (&f.authentication, "UPGR-SCRAM-SHA-512"));
  /* Not before the server has proved that it knows the password. */
  g_assert_false (hs_authentication_begin_upgrade (&f.authentication, "UPGR-SCRAM-SHA-256"));
  prove (&f);
  g_assert_false (hs_authentication_begin_upgrade (&f.authentication, "UPGR-SCRAM-SHA-512"));
  g_assert_true (hs_authentication_begin_upgrade (&f.authentication, "UPGR-SCRAM-SHA-256"));
  g_assert_cmpint (get_phase (&f), ==, HS_AUTHENTICATION_UPGRADING);
  hs_authentication_derive_upgrade (&f.authentication, salt, sizeof salt, 4096);
  g_assert_nonnull (hs_authentication_get_key_request (&f.authentication));
  /* It is done once. */
  g_assert_false (hs_authentication_begin_upgrade (&f.authentication, "UPGR-SCRAM-SHA-256"));
  g_assert_cmpint (get_phase (&f), ==, HS_AUTHENTICATION_UPGRADING);
  hs_authentication_succeed (&f.authentication);
  g_assert_cmpint (get_phase (&f), ==, HS_AUTHENTICATION_SUCCEEDED);
  tear_down (&f);
}

static void
test_handshake (void)
{
  Fixture f;

  set_up (&f);
  hs_authentication_succeed_by_handshake (&f.authentication);
  g_assert_cmpint (get_phase (&f), ==, HS_AUTHENTICATION_SUCCEEDED);
  g_assert_cmpstr (hs_authentication_get_mechanism (&f.authentication), ==, "handshake");
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/authentication/profile", test_profile);
  g_test_add_func ("/authentication/external", test_external);
  g_test_add_func ("/authentication/pipelined", test_pipelined);
  g_test_add_func ("/authentication/pipelined-token", test_pipelined_token);
  g_test_add_func ("/authentication/token", test_token);
  g_test_add_func ("/authentication/refused-token", test_refused_token);
  g_test_add_func ("/authentication/upgrade", test_upgrade);
  g_test_add_func ("/authentication/handshake", test_handshake);
  return g_test_run ();
}
