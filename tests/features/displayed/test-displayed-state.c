/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "displayed-test.h"

/* The positions that are kept from one run to the next. */

static GVariant *
make_state_at (const char *account, const char *peer, const char *archive, const char *id, gint64 time)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssssx)"));
  g_variant_builder_add (&builder, "(ssssx)", peer, archive, id, "a0", time);
  return g_variant_ref_sink (g_variant_new ("(usa(ssssx))", 1, account, &builder));
}

static GVariant *
make_state (const char *account, const char *peer, const char *archive, const char *id)
{
  return make_state_at (account, peer, archive, id, 1);
}

static void
test_state (void)
{
  static const char *const bad[][4] = { { "user@example.org", "@", "user@example.org", "a1" },
                                        { "user@example.org", "a@b", "@", "a1" },
                                        { "user@example.org", "a@b", "user@example.org/r", "a1" },
                                        { "user@example.org", "a@b", "user@example.org", "" },
                                        { "@", "a@b", "user@example.org", "a1" } };
  g_autoptr (GVariant) good = make_state ("user@example.org", "juliet@example.com", "user@example.org", "a1");
  g_autoptr (GVariant) foreign = make_state ("else@example.org", "juliet@example.com", "user@example.org", "a1");
  g_autoptr (GVariant) kept = NULL;
  GError *error = NULL;
  DisplayedTest f = { 0 };

  static const ScriptStep *const scripts[] = { messages_session, NULL };
  messages_set_up (&f.m, scripts);
  displayed_listen (&f);
  g_assert_null (hs_stateful_dup_state (HS_STATEFUL (f.displayed)));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GVariant) state = make_state (bad[i][0], bad[i][1], bad[i][2], bad[i][3]);

      g_assert_false (hs_stateful_restore_state (HS_STATEFUL (f.displayed), state, &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
      g_clear_error (&error);
    }
  /* Somebody else's is dropped when it is known whose client it is. */
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (f.displayed), foreign, &error));
  displayed_assert_position (&f, "juliet@example.com", "a1");
  hs_client_register (f.m.test->client, HS_MODULE (f.displayed));
  displayed_assert_position (&f, "juliet@example.com", NULL);
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (f.displayed), good, &error));
  g_assert_no_error (error);
  kept = hs_stateful_dup_state (HS_STATEFUL (f.displayed));
  g_assert_cmpvariant (kept, good);
  g_assert_false (hs_stateful_restore_state (HS_STATEFUL (f.displayed), foreign, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
  g_clear_error (&error);
  /* What had not been published is, although the account still has the old one. */
  test_client_start_until_ready (f.m.test);
  messages_answer_account (&f.m, MESSAGES_FEATURES PUBLISH_OPTIONS);
  displayed_answer_items (&f, "result", ITEMS (ITEM ("juliet@example.com", "user@example.org", "a0")));
  displayed_expect (&f, "");
  displayed_expect_sent (&f, NULL, "a1");
  displayed_stop (&f);
}

static void
restore_at (DisplayedTest *f, const char *peer, const char *id, gint64 time)
{
  g_autoptr (GVariant) state = make_state_at ("user@example.org", peer, "user@example.org", id, time);
  g_autoptr (GError) error = NULL;

  hs_stateful_restore_state (HS_STATEFUL (f->displayed), state, &error);
  g_assert_no_error (error);
}

static void
restore (DisplayedTest *f, const char *peer, const char *id)
{
  restore_at (f, peer, id, 1);
}

/* The kept state is restored when this session has learned more: no position moves back. For one chat the account still
 * has a0, as the kept state does: there the kept position is the later one. */
static void
test_state_late (void)
{
  DisplayedTest f = { 0 };

  displayed_start (&f, MESSAGES_FEATURES PUBLISH_OPTIONS);
  displayed_answer_items (&f, "result", ITEMS (ITEM ("paris@example.com", "user@example.org", "p9")
                                     ITEM ("nurse@example.com", "user@example.org", "a0")));
  displayed_mark (&f, displayed_hear (&f, CHAT (JULIET, "m5", "five", OWN_ID ("a5"))));
  displayed_answer_publish (&f);
  restore (&f, "juliet@example.com", "a1");
  displayed_assert_position (&f, "juliet@example.com", "a5");
  restore (&f, "paris@example.com", "p1");
  displayed_assert_position (&f, "paris@example.com", "p9");
  displayed_expect_silence (&f);
  restore (&f, "nurse@example.com", "n1");
  displayed_assert_position (&f, "nurse@example.com", "n1");
  displayed_answer (&f, "<item id=\"nurse@example.com\">", "result", "");
  restore (&f, "nurse@example.com", "n0");
  displayed_assert_position (&f, "nurse@example.com", "n1");
  restore (&f, "romeo@example.com", "r1");
  displayed_assert_position (&f, "romeo@example.com", "r1");
  displayed_assert_position (&f, "juliet@example.com", "a5");
  displayed_answer (&f, "<item id=\"romeo@example.com\">", "result", "");
  /* Of two messages with a time, the later one counts. */
  restore_at (&f, "juliet@example.com", "a9", G_MAXINT64);
  displayed_assert_position (&f, "juliet@example.com", "a9");
  displayed_answer (&f, "<item id=\"juliet@example.com\">", "result", "");
  displayed_stop (&f);
}

/* The program gives the client another account: what was displayed before is the other one's. */
static void
test_other_account (void)
{
  static const ScriptStep *const scripts[] = { messages_session, messages_session, NULL };
  g_autoptr (HsJid) other = hs_jid_new ("other@example.org", NULL);
  g_autoptr (GVariant) kept = NULL;
  DisplayedTest f = { 0 };

  messages_set_up (&f.m, scripts);
  displayed_listen (&f);
  hs_client_register (f.m.test->client, HS_MODULE (f.displayed));
  test_client_start_until_ready (f.m.test);
  messages_answer_account (&f.m, MESSAGES_FEATURES PUBLISH_OPTIONS);
  displayed_answer_items (&f, "result", ITEMS (ITEM ("juliet@example.com", "user@example.org", "a1")));
  displayed_assert_position (&f, "juliet@example.com", "a1");
  messages_stop_client (&f.m);
  g_object_set (f.m.test->client, "jid", other, NULL);
  /* They are kept as whose they are. */
  kept = hs_stateful_dup_state (HS_STATEFUL (f.displayed));
  {
    g_autoptr (GVariant) account = g_variant_get_child_value (kept, 1);

    g_assert_cmpstr (g_variant_get_string (account, NULL), ==, "user@example.org");
  }
  test_client_start_until_ready (f.m.test);
  displayed_assert_position (&f, "juliet@example.com", NULL);
  g_assert_null (hs_stateful_dup_state (HS_STATEFUL (f.displayed)));
  displayed_stop (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/displayed/state", test_state);
  g_test_add_func ("/displayed/state-late", test_state_late);
  g_test_add_func ("/displayed/other-account", test_other_account);
  return g_test_run ();
}
