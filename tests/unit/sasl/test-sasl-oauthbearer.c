/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "hs-error.h"
#include "sasl/hs-sasl-mechanism-private.h"

/* OAUTHBEARER (RFC 7628). */

static HsSaslMechanism *
make_oauth (GError **error, gboolean encrypted, gboolean trusted, HsChannelBinding binding)
{
  const char *const offered[] = { "SCRAM-SHA-1", "OAUTHBEARER", "PLAIN", NULL };
  const HsSaslCredentials credentials = { .username = "ju,liet",
                                          .account = "ju,liet@example.com",
                                          .access_token = "vF9dft4qmT",
                                          .channel_binding = binding,
                                          .encrypted = encrypted,
                                          .trusted = trusted };

  return hs_sasl_mechanism_select (offered, &credentials, error);
}

static void
test_oauth (void)
{
  g_autoptr (HsSaslMechanism) mechanism = make_oauth (NULL, TRUE, TRUE, HS_CHANNEL_BINDING_PREFER);
  g_autoptr (GBytes) initial = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpstr (hs_sasl_mechanism_get_name (mechanism), ==, "OAUTHBEARER");
  hs_sasl_mechanism_start (mechanism, &initial, NULL);
  text = g_strndup (g_bytes_get_data (initial, NULL), g_bytes_get_size (initial));
  g_assert_cmpstr (text, ==, "n,a=ju=2Cliet@example.com,\001auth=Bearer vF9dft4qmT\001\001");
  g_assert_true (hs_sasl_mechanism_success (mechanism, NULL, 0, NULL));
  g_assert_false (hs_sasl_mechanism_proves_password (mechanism));
}

/* RFC 7628, 4.3: the discovery document, and its answer. */
static void
test_oauth_refused (void)
{
  static const char document[] = "{\"status\":\"invalid_token\",\"scope\":\"example_scope\","
                                 "\"openid-configuration\":\"https:\\/\\/example.com\\/.well-known\"}";
  g_autoptr (HsSaslMechanism) mechanism = make_oauth (NULL, TRUE, TRUE, HS_CHANNEL_BINDING_PREFER);
  g_autoptr (GBytes) initial = NULL;
  g_autoptr (GBytes) response = NULL;
  g_autoptr (GError) error = NULL;

  hs_sasl_mechanism_start (mechanism, &initial, NULL);
  g_assert_cmpint (hs_sasl_mechanism_challenge (mechanism, (const guint8 *) document,
                                                strlen (document), &response, &error),
                   ==, HS_SASL_STEP_RESPOND);
  g_assert_cmpuint (g_bytes_get_size (response), ==, 1);
  g_assert_cmpint (*(const char *) g_bytes_get_data (response, NULL), ==, 1);
  g_assert_error (hs_sasl_mechanism_get_refusal (mechanism), HS_SASL_ERROR,
                  HS_SASL_ERROR_NOT_AUTHORIZED);
  g_assert_nonnull (strstr (hs_sasl_mechanism_get_refusal (mechanism)->message, "invalid_token"));
  g_assert_cmpstr (hs_sasl_mechanism_get_discovery (mechanism), ==,
                   "https://example.com/.well-known");
  /* That was no success. */
  g_assert_false (hs_sasl_mechanism_success (mechanism, NULL, 0, &error));
  g_assert_error (error, HS_SASL_ERROR, HS_SASL_ERROR_NOT_AUTHORIZED);
}

static void
test_oauth_odd_documents (void)
{
  static const char *const documents[]
      = { "", "{}", "[", "{\"status\":7}", "{\"status\":\"a\\", "\"status\"" };

  for (guint i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      g_autoptr (HsSaslMechanism) mechanism
          = make_oauth (NULL, TRUE, TRUE, HS_CHANNEL_BINDING_PREFER);
      g_autoptr (GBytes) initial = NULL;
      GBytes *response = NULL;

      hs_sasl_mechanism_start (mechanism, &initial, NULL);
      g_assert_cmpint (hs_sasl_mechanism_challenge (mechanism, (const guint8 *) documents[i],
                                                    strlen (documents[i]), &response, NULL),
                       ==, HS_SASL_STEP_RESPOND);
      g_clear_pointer (&response, g_bytes_unref);
      g_assert_nonnull (
          strstr (hs_sasl_mechanism_get_refusal (mechanism)->message, "does not say why"));
      g_assert_null (hs_sasl_mechanism_get_discovery (mechanism));
      /* And twice is too often. */
      g_assert_cmpint (hs_sasl_mechanism_challenge (mechanism, (const guint8 *) "{}", 2, &response,
                                                    NULL),
                       ==, HS_SASL_STEP_FAILED);
    }
}

static void
test_oauth_not_shown (void)
{
  g_autoptr (GError) plain = NULL;
  g_autoptr (GError) untrusted = NULL;
  g_autoptr (GError) unbound = NULL;

  g_assert_null (make_oauth (&plain, FALSE, FALSE, HS_CHANNEL_BINDING_PREFER));
  g_assert_null (make_oauth (&untrusted, TRUE, FALSE, HS_CHANNEL_BINDING_PREFER));
  g_assert_null (make_oauth (&unbound, TRUE, TRUE, HS_CHANNEL_BINDING_REQUIRE));
  g_assert_null (strstr (plain->message, "vF9dft4qmT"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sasl-oauthbearer/exchange", test_oauth);
  g_test_add_func ("/sasl-oauthbearer/refused", test_oauth_refused);
  g_test_add_func ("/sasl-oauthbearer/odd-documents", test_oauth_odd_documents);
  g_test_add_func ("/sasl-oauthbearer/not-shown", test_oauth_not_shown);
  return g_test_run ();
}
