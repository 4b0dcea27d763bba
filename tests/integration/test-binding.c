/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "server-test.h"

/* Channel binding against a real server, which tests/servers/serve.py has started with TLS as
 * HS_TEST_OPTION_TLS says and passwords stored as HS_TEST_OPTION_PASSWORDS says. */

static const char *
server_name (void)
{
  return server_get ("SERVER");
}

static gboolean
is_old (void)
{
  const char *version = server_get ("SERVER_VERSION");

  return g_str_has_prefix (version, "0.") || g_str_has_prefix (version, "23.");
}

/* What the client is to end up with. The old servers do not say which types they have, and can do
 * tls-unique alone, which TLS 1.3 has not; ejabberd announces -PLUS there all the same. */
static const char *
expected_binding (GTlsProtocolVersion version)
{
  if (version == G_TLS_PROTOCOL_VERSION_TLS_1_2)
    return "tls-unique";
  return is_old () ? NULL : "tls-exporter";
}

static void
info_cb (HsClient *client, HsSecurityInfo *info, gpointer data)
{
  g_assert_true (hs_client_get_security_info (client) == info);
  g_assert_cmpint (hs_client_get_state (client), ==, HS_CLIENT_STATE_AUTHENTICATED);
  g_set_object ((HsSecurityInfo **) data, info);
}

static void
count_cb (guint *n)
{
  ++*n;
}

static void
test_bound (gconstpointer data)
{
  g_autoptr (TestClient) test = server_new_user (1, data);
  g_autoptr (HsSecurityInfo) info = NULL;
  g_autofree char *authenticated = NULL;
  guint n_notified = 0;
  const char *binding;

  g_signal_connect (test->client, "security-established", G_CALLBACK (info_cb), &info);
  g_signal_connect_swapped (test->client, "notify::security-info", G_CALLBACK (count_cb),
                            &n_notified);
  g_assert_null (hs_client_get_security_info (test->client));
  test_client_start_until_ready (test);
  g_assert_nonnull (info);
  g_assert_cmpuint (n_notified, ==, 1);
  g_test_message ("%s %s %s", hs_security_info_get_mechanism (info),
                  hs_security_info_get_channel_binding (info), hs_security_info_get_cipher (info));
  binding = expected_binding (hs_security_info_get_tls_version (info));
  g_assert_cmpstr (hs_security_info_get_channel_binding (info), ==, binding);
  g_assert_true (g_str_has_suffix (hs_security_info_get_mechanism (info), "-PLUS")
                 == (binding != NULL));
  g_assert_true (hs_security_info_get_verified (info));
  g_assert_nonnull (hs_security_info_get_cipher (info));
  g_assert_false (hs_security_info_get_resumed (info));
  /* Of the four servers, the new ejabberd proves its lists by itself. */
  g_assert_true (hs_security_info_get_downgrade_protected (info)
                 == (!is_old () && g_str_equal (server_name (), "ejabberd")));
  authenticated = g_strdup_printf ("authenticated(%s)", hs_security_info_get_mechanism (info));
  g_assert_nonnull (strstr (test->record->str, authenticated));
  test_client_stop (test);
}

/* Whatever the mechanism, and with the password that is to be prepared and escaped as well. */
static void
test_each_hash (gconstpointer data)
{
  static const char *const hashes[] = { "1", "256", "512" };
  guint n_bound = 0;

  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
    {
      g_autofree char *name = g_strdup_printf ("SCRAM-SHA-%s-PLUS", hashes[i]);
      const char *const mechanisms[] = { name, NULL };
      g_autoptr (TestClient) test = server_new_user (3 + i % 2, data);

      g_object_set (test->client, "sasl-mechanisms", mechanisms, "channel-binding",
                    HS_CHANNEL_BINDING_REQUIRE, NULL);
      test_client_start_until_ready_or_terminated (test);
      if (test->n_ready == 0)
        {
          g_assert_error (test->error, HS_ERROR, HS_ERROR_NO_MECHANISM);
          continue;
        }
      n_bound++;
      g_test_message ("%s", name);
      test_client_stop (test);
    }
  if (!is_old ())
    g_assert_cmpuint (n_bound, >=, 1);
}

static void
test_not_wanted (gconstpointer data)
{
  g_autoptr (TestClient) test = server_new_user (1, data);
  HsSecurityInfo *info;

  g_object_set (test->client, "channel-binding", HS_CHANNEL_BINDING_NONE, NULL);
  test_client_start_until_ready (test);
  info = hs_client_get_security_info (test->client);
  g_assert_null (hs_security_info_get_channel_binding (info));
  g_assert_false (g_str_has_suffix (hs_security_info_get_mechanism (info), "-PLUS"));
  test_client_stop (test);
}

static gboolean
accept_cb (HsClient *client, GTlsCertificate *certificate, GTlsCertificateFlags errors,
           gpointer data)
{
  return TRUE;
}

/* Somebody in the middle, with a certificate that the client was told to accept, passes everything on.
 * The server notices: that is what -PLUS is for. */
static void
test_man_in_the_middle (void)
{
  static const ServerWay middle = { NULL, HS_TLS_MODE_DIRECT, "MIDDLE_PORT" };
  g_autoptr (TestClient) test = server_new_user (1, &middle);
  g_autoptr (TestClient) blind = server_new_user (1, &middle);
  g_autoptr (TestClient) strict = server_new_user (1, &middle);

  /* It is noticed through the server's refusal, and the client does not try anything weaker. */
  g_signal_connect (test->client, "accept-certificate", G_CALLBACK (accept_cb), NULL);
  test_client_run (test);
  g_assert_true (test->error != NULL && test->error->domain == HS_SASL_ERROR);
  g_assert_cmpuint (test->n_ready, ==, 0);
  g_assert_null (strstr (test->record->str, "authenticated"));
  g_test_message ("%s", test->error->message);

  g_signal_connect (strict->client, "accept-certificate", G_CALLBACK (accept_cb), NULL);
  g_object_set (strict->client, "channel-binding", HS_CHANNEL_BINDING_REQUIRE, NULL);
  test_client_run (strict);
  g_assert_cmpuint (strict->n_ready, ==, 0);

  /* And without binding nobody would have noticed. */
  g_signal_connect (blind->client, "accept-certificate", G_CALLBACK (accept_cb), NULL);
  g_object_set (blind->client, "channel-binding", HS_CHANNEL_BINDING_NONE, NULL);
  test_client_start_until_ready (blind);
  g_assert_false (
      hs_security_info_get_verified (hs_client_get_security_info (blind->client)));
  test_client_stop (blind);
}

int
main (int argc, char **argv)
{
  static const ServerTest both[] = {
    { "bound", test_bound },
    { "each-hash", test_each_hash },
    { "not-wanted", test_not_wanted },
    { NULL, NULL },
  };

  g_test_init (&argc, &argv, NULL);
  server_add_tests ("binding", both);
  /* The one in the middle speaks TLS 1.3 with us, where the old servers have nothing to notice it by. */
  if (!is_old ())
    g_test_add_func ("/binding/man-in-the-middle", test_man_in_the_middle);
  return g_test_run ();
}
