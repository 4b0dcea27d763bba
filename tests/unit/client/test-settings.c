/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/hs-settings.h"

static void
test_initial (void)
{
  HsSettings settings;

  hs_settings_init (&settings);
  g_assert_null (hs_settings_get_jid (&settings));
  g_assert_null (hs_settings_get_password (&settings));
  g_assert_cmpint (hs_settings_get_tls_mode (&settings), ==, HS_TLS_MODE_REQUIRED);
  g_assert_true (hs_settings_uses_tls (&settings));
  g_assert_cmpint (hs_settings_get_channel_binding (&settings), ==, HS_CHANNEL_BINDING_PREFER);
  g_assert_cmpint (hs_settings_get_resend_policy (&settings), ==, HS_RESEND_POLICY_UNRECEIVED);
  g_assert_true (hs_settings_get_allow_plain (&settings));
  g_assert_true (hs_settings_get_auto_reconnect (&settings));
  g_assert_true (hs_settings_get_initial_roster (&settings));
  g_assert_true (hs_settings_get_active (&settings));
  g_assert_false (hs_settings_get_bind2 (&settings));
  g_assert_false (hs_settings_get_carbons (&settings));
  g_assert_false (hs_settings_is_component (&settings));
  g_assert_cmpuint (hs_settings_get_port (&settings), ==, 0);
  g_assert_cmpuint (hs_settings_get_connect_timeout (&settings), ==, 20000);
  g_assert_cmpuint (hs_settings_get_request_timeout (&settings), ==, 60000);
  g_assert_cmpuint (hs_settings_get_keepalive_interval (&settings), ==, 50000);
  g_assert_cmpuint (hs_settings_get_max_stanza_size (&settings), ==, 10 * 1024 * 1024);
  g_assert_cmpuint (hs_settings_get_max_depth (&settings), ==, 128);
  g_assert_cmpuint (hs_settings_get_min_iterations (&settings), ==, 4096);
  hs_settings_clear (&settings);
}

/* Each initial value is one that may be set. */
static void
test_ranges (void)
{
  for (int i = 0; i < HS_N_NUMERIC_SETTINGS; i++)
    {
      const HsSettingRange *range = hs_settings_get_range (i);

      g_assert_cmpuint (range->maximum, >, range->minimum);
      g_assert_true (hs_settings_is_in_range (i, range->initial));
      g_assert_true (hs_settings_is_in_range (i, range->minimum));
      g_assert_true (hs_settings_is_in_range (i, range->maximum));
      g_assert_false (hs_settings_is_in_range (i, range->maximum + 1));
      if (range->minimum > 0)
        g_assert_false (hs_settings_is_in_range (i, range->minimum - 1));
    }
}

static void
test_out_of_range (void)
{
  if (g_test_subprocess ())
    {
      HsSettings settings;

      hs_settings_init (&settings);
      hs_settings_set_port (&settings, 65536);
      return;
    }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_failed ();
}

static void
test_strings (void)
{
  HsSettings settings;

  hs_settings_init (&settings);
  g_assert_false (hs_settings_set_host (&settings, NULL));
  g_assert_true (hs_settings_set_host (&settings, "xmpp.example.org"));
  g_assert_false (hs_settings_set_host (&settings, "xmpp.example.org"));
  /* The new value may lie inside the old one. */
  g_assert_true (hs_settings_set_host (&settings, hs_settings_get_host (&settings) + strlen ("xmpp.")));
  g_assert_cmpstr (hs_settings_get_host (&settings), ==, "example.org");
  g_assert_true (hs_settings_set_host (&settings, NULL));
  g_assert_null (hs_settings_get_host (&settings));

  g_assert_true (hs_settings_set_password (&settings, "secret"));
  g_assert_false (hs_settings_set_password (&settings, "secret"));
  g_assert_true (hs_settings_set_password (&settings, hs_settings_get_password (&settings) + 3));
  g_assert_cmpstr (hs_settings_get_password (&settings), ==, "ret");
  hs_settings_set_access_token (&settings, "token");
  hs_settings_set_access_token (&settings, hs_settings_get_access_token (&settings));
  g_assert_cmpstr (hs_settings_get_access_token (&settings), ==, "token");
  hs_settings_clear (&settings);
}

static void
test_mechanisms (void)
{
  const char *const mechanisms[] = { "SCRAM-SHA-256", "PLAIN", NULL };
  HsSettings settings;

  hs_settings_init (&settings);
  hs_settings_set_sasl_mechanisms (&settings, mechanisms);
  hs_settings_set_sasl_mechanisms (&settings, hs_settings_get_sasl_mechanisms (&settings) + 1);
  g_assert_cmpstr (hs_settings_get_sasl_mechanisms (&settings)[0], ==, "PLAIN");
  g_assert_null (hs_settings_get_sasl_mechanisms (&settings)[1]);
  hs_settings_set_sasl_mechanisms (&settings, NULL);
  g_assert_null (hs_settings_get_sasl_mechanisms (&settings));
  hs_settings_clear (&settings);
}

/* Any value but 0 is true. */
static void
test_booleans (void)
{
  HsSettings settings;

  hs_settings_init (&settings);
  g_assert_true (hs_settings_set_bind2 (&settings, 2));
  g_assert_cmpint (hs_settings_get_bind2 (&settings), ==, TRUE);
  g_assert_false (hs_settings_set_bind2 (&settings, 4));
  g_assert_true (hs_settings_set_bind2 (&settings, FALSE));
  hs_settings_clear (&settings);
}

/* The error about an address that cannot be parsed goes when another address is set. */
static void
test_jid (void)
{
  g_autoptr (HsJid) jid = hs_jid_new ("juliet@example.com", NULL);
  HsSettings settings;

  hs_settings_init (&settings);
  hs_settings_take_jid_error (&settings, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "Bad"));
  g_assert_false (hs_settings_set_jid (&settings, NULL));
  g_assert_nonnull (hs_settings_get_jid_error (&settings));
  g_assert_true (hs_settings_set_jid (&settings, jid));
  g_assert_null (hs_settings_get_jid_error (&settings));
  g_assert_false (hs_settings_set_jid (&settings, jid));
  hs_settings_take_jid_error (&settings, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "Bad"));
  hs_settings_clear (&settings);
}

static void
test_lang (void)
{
  HsSettings settings;

  hs_settings_init (&settings);
  g_assert_nonnull (hs_settings_choose_lang (&settings));
  g_assert_true (hs_settings_set_lang (&settings, "de-AT"));
  g_assert_cmpstr (hs_settings_choose_lang (&settings), ==, "de-AT");
  hs_settings_clear (&settings);
}

/* If the program has set no presence, an empty one is sent; where it has set NULL, none is. */
static void
test_presence (void)
{
  g_autoptr (HsPresence) mine = hs_presence_new (NULL);
  g_autoptr (HsElement) first = NULL;
  HsSettings settings;
  HsPresence *made;

  hs_settings_init (&settings);
  first = hs_settings_copy_own_presence (&settings);
  g_assert_true (HS_IS_PRESENCE (first));
  g_assert_false (hs_settings_has_presence_with_sender (&settings));
  made = hs_settings_get_own_presence (&settings);
  g_assert_nonnull (made);
  g_assert_true (made == hs_settings_get_own_presence (&settings));

  g_assert_true (hs_settings_set_own_presence (&settings, NULL));
  g_assert_null (hs_settings_get_own_presence (&settings));
  g_assert_null (hs_settings_copy_own_presence (&settings));
  g_assert_false (hs_settings_set_own_presence (&settings, NULL));

  g_assert_true (hs_settings_set_own_presence (&settings, mine));
  g_assert_false (hs_settings_set_own_presence (&settings, mine));
  hs_element_set_attribute (HS_ELEMENT (mine), "from", "juliet@example.com/balcony");
  g_assert_true (hs_settings_has_presence_with_sender (&settings));
  hs_settings_clear (&settings);
}

/* What is set is the client's until it is cleared. */
static void
test_clear (void)
{
  HsPresence *presence = hs_presence_new (NULL);
  gpointer left = presence;
  HsSettings settings;

  g_object_add_weak_pointer (G_OBJECT (presence), &left);
  hs_settings_init (&settings);
  hs_settings_set_own_presence (&settings, presence);
  g_object_unref (presence);
  g_assert_nonnull (left);
  hs_settings_clear (&settings);
  g_assert_null (left);
  hs_settings_clear (&settings);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/initial", test_initial);
  g_test_add_func ("/settings/ranges", test_ranges);
  g_test_add_func ("/settings/out-of-range", test_out_of_range);
  g_test_add_func ("/settings/strings", test_strings);
  g_test_add_func ("/settings/mechanisms", test_mechanisms);
  g_test_add_func ("/settings/booleans", test_booleans);
  g_test_add_func ("/settings/jid", test_jid);
  g_test_add_func ("/settings/lang", test_lang);
  g_test_add_func ("/settings/presence", test_presence);
  g_test_add_func ("/settings/clear", test_clear);
  return g_test_run ();
}
