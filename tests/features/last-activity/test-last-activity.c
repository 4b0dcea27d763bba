/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "iq-test.h"

#define QUERY "<query xmlns='jabber:iq:last'/>"

static gint64
ask (IqTest *iq, const char *from)
{
  g_autoptr (HsElement) answer = iq_test_ask (iq, from, QUERY);

  g_assert_cmpstr (hs_element_get_attribute (answer, "type"), ==, "result");
  return g_ascii_strtoll (hs_element_get_child_attribute (answer, "query", HS_NS_LAST, "seconds"), NULL, 10);
}

static void
test_contacts (void)
{
  HsLastActivity *last = hs_last_activity_new ();
  HsRoster *roster = hs_roster_new ();
  g_autoptr (HsDiscoInfo) info = hs_disco_info_new ();
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then = g_date_time_add_seconds (now, -1000);
  g_autoptr (GDateTime) future = g_date_time_add_seconds (now, 1000);
  IqTest iq = { 0 };

  iq_test_start (&iq, roster, last, NULL);
  iq_test_push_contacts (&iq);
  g_assert_cmpint (ask (&iq, "friend@example.net/x"), ==, 0);
  g_object_set (last, "last-active", then, NULL);
  g_assert_cmpint (ask (&iq, "mutual@example.net/x"), >=, 1000);
  g_assert_cmpint (ask (&iq, "user@example.org/phone"), <, 1060);
  hs_last_activity_set_last_active (last, future);
  g_assert_cmpint (ask (&iq, "mutual@example.net/x"), ==, 0);
  iq_test_assert_unanswered (&iq, "idol@example.net/x", QUERY);
  iq_test_assert_unanswered (&iq, "nobody@example.net/x", QUERY);
  iq_test_assert_unanswered (&iq, "stranger@example.net/x", QUERY);
  hs_described_describe (HS_DESCRIBED (last), info);
  g_assert_true (hs_disco_info_has_feature (info, HS_NS_LAST));
  iq_test_end (&iq);
  g_assert_finalize_object (last);
  g_assert_finalize_object (roster);
}

static void
test_late_without_roster (void)
{
  HsLastActivity *last = hs_last_activity_new ();
  IqTest iq = { 0 };

  iq_test_start (&iq, NULL);
  hs_client_register (iq.test->client, HS_MODULE (last));
  g_assert_cmpint (ask (&iq, "user@example.org/phone"), ==, 0);
  iq_test_assert_unanswered (&iq, "friend@example.net/x", QUERY);
  iq_test_end (&iq);
  g_assert_finalize_object (last);
}

static void
test_component (void)
{
  HsClient *component = HS_CLIENT (hs_component_new ("example.org", "secret"));
  HsLastActivity *last = hs_last_activity_new ();

  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*HsLastActivity is for clients*");
  hs_client_register (component, HS_MODULE (last));
  g_test_assert_expected_messages ();
  g_assert_null (hs_last_activity_get_client (last));
  g_assert_finalize_object (component);
  g_assert_finalize_object (last);
}

static gint64
query (IqTest *iq, HsLastActivity *last, const char *inner, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  hs_last_activity_query_async (last, "friend@example.net", NULL, iq_test_result_cb, &result);
  iq_test_answer (iq, "friend@example.net", HS_NS_LAST, "result", inner);
  test_until (result != NULL);
  return hs_last_activity_query_finish (last, result, error);
}

static void
test_query (void)
{
  static const char *const bad[] = { "<query xmlns='jabber:iq:last'/>", "<query xmlns='jabber:iq:last' seconds='-1'/>",
                                     "<query xmlns='jabber:iq:last' seconds=''/>", "<query xmlns='urn:x' seconds='1'/>",
                                     "<query xmlns='jabber:iq:last' seconds='9223372036854775808'/>", "" };
  HsLastActivity *last = hs_last_activity_new ();
  IqTest iq = { 0 };
  GError *error = NULL;

  iq_test_start (&iq, last, NULL);
  g_assert_cmpint (query (&iq, last, "<query xmlns='jabber:iq:last' seconds='903'>Heading Home</query>", &error), ==,
                   903);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_cmpint (query (&iq, last, bad[i], &error), ==, -1);
      g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
      g_clear_error (&error);
    }
  iq_test_end (&iq);
  g_assert_finalize_object (last);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/last-activity/contacts", test_contacts);
  g_test_add_func ("/last-activity/late-without-roster", test_late_without_roster);
  g_test_add_func ("/last-activity/component", test_component);
  g_test_add_func ("/last-activity/query", test_query);

  return g_test_run ();
}
