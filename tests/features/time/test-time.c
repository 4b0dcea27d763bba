/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "iq-test.h"

#define TIME "<time xmlns='urn:xmpp:time'/>"

static void
assert_told (IqTest *iq, const char *from)
{
  g_autoptr (HsElement) answer = iq_test_ask (iq, from, TIME);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = NULL;
  HsElement *time = hs_element_get_child (answer, "time", HS_NS_TIME);

  g_assert_cmpstr (hs_element_get_attribute (answer, "type"), ==, "result");
  g_assert_cmpstr (hs_element_get_child_text (time, "tzo", HS_NS_TIME), ==, "-03:30");
  g_assert_true (g_str_has_suffix (hs_element_get_child_text (time, "utc", HS_NS_TIME), "Z"));
  then = g_date_time_new_from_iso8601 (hs_element_get_child_text (time, "utc", HS_NS_TIME), NULL);
  g_assert_nonnull (then);
  g_assert_cmpint (g_date_time_difference (now, then), <, 60 * G_TIME_SPAN_SECOND);
}

static void
test_contacts (void)
{
  HsTime *time = hs_time_new ();
  HsRoster *roster = hs_roster_new ();
  g_autoptr (HsDiscoInfo) info = hs_disco_info_new ();
  IqTest iq = { 0 };

  iq_test_start (&iq, roster, NULL);
  iq_test_push_contacts (&iq);
  hs_client_register (iq.test->client, HS_MODULE (time));
  assert_told (&iq, "user@example.org/phone");
  assert_told (&iq, "user@example.org");
  assert_told (&iq, NULL);
  assert_told (&iq, "friend@example.net/x");
  assert_told (&iq, "FRIEND@example.net/x");
  assert_told (&iq, "mutual@example.net");
  iq_test_assert_unanswered (&iq, "idol@example.net/x", TIME);
  iq_test_assert_unanswered (&iq, "nobody@example.net/x", TIME);
  iq_test_assert_unanswered (&iq, "stranger@example.net/x", TIME);
  iq_test_assert_unanswered (&iq, "example.net", TIME);
  /* A contact who is removed sees nothing any more. */
  test_client_say (iq.test, "<iq type='set' id='gone'><query xmlns='jabber:iq:roster'>"
                            "<item jid='friend@example.net' subscription='remove'/></query></iq>");
  iq_test_assert_unanswered (&iq, "friend@example.net/x", TIME);
  hs_described_describe (HS_DESCRIBED (time), info);
  g_assert_true (hs_disco_info_has_feature (info, HS_NS_TIME));
  iq_test_end (&iq);
  g_assert_finalize_object (time);
  g_assert_finalize_object (roster);
}

static void
test_no_roster (void)
{
  HsTime *time = hs_time_new ();
  IqTest iq = { 0 };

  iq_test_start (&iq, time, NULL);
  assert_told (&iq, "user@example.org/phone");
  iq_test_assert_unanswered (&iq, "friend@example.net/x", TIME);
  iq_test_assert_unanswered (&iq, "example.org", TIME);
  iq_test_end (&iq);
  g_assert_finalize_object (time);
}

static void
test_component (void)
{
  HsTime *time = hs_time_new ();
  IqTest iq = { 0 };

  iq_test_start_component (&iq, time, NULL);
  assert_told (&iq, "stranger@example.net/x");
  iq_test_end (&iq);
  g_assert_finalize_object (time);
}

static GDateTime *
query (IqTest *iq, HsTime *time, const char *utc, const char *zone, GError **error)
{
  g_autofree char *inner = g_strdup_printf ("<time xmlns='urn:xmpp:time'><tzo>%s</tzo><utc>%s</utc></time>", zone, utc);
  g_autoptr (GAsyncResult) result = NULL;

  hs_time_query_async (time, "friend@example.net/x", NULL, iq_test_result_cb, &result);
  iq_test_answer (iq, "friend@example.net/x", HS_NS_TIME, "result", inner);
  test_until (result != NULL);
  return hs_time_query_finish (time, result, error);
}

static void
test_query (void)
{
  static const char *const good[][3] = {
    { "2006-12-19T17:58:35Z", "-06:00", "2006-12-19 11:58:35 -06:00" },
    { "2006-12-19T17:58:35.5Z", "+05:45", "2006-12-19 23:43:35 +05:45" },
    { " 2006-12-19T17:58:35Z ", "Z", "2006-12-19 17:58:35 +00:00" },
  };
  static const char *const bad[][2] = {
    { "", "" }, { "yesterday", "Z" }, { "2006-12-19T17:58:35", "Z" }, { "2006-12-19T17:58:35Z", "Europe/Berlin" },
    { "2006-12-19T17:58:35Z", "+6" }, { "2006-12-19T17:58:35Z", "+25:00" }, { "2006-13-19T17:58:35Z", "+01:00" },
  };
  HsTime *time = hs_time_new ();
  IqTest iq = { 0 };
  GError *error = NULL;

  iq_test_start (&iq, time, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GDateTime) told = query (&iq, time, good[i][0], good[i][1], &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = g_date_time_format (told, "%Y-%m-%d %H:%M:%S %:z");
      g_assert_cmpstr (text, ==, good[i][2]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (query (&iq, time, bad[i][0], bad[i][1], &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
      g_clear_error (&error);
    }
  iq_test_end (&iq);
  g_assert_finalize_object (time);
}

int
main (int argc, char *argv[])
{
  g_setenv ("TZ", "<-0330>3:30", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/time/contacts", test_contacts);
  g_test_add_func ("/time/no-roster", test_no_roster);
  g_test_add_func ("/time/component", test_component);
  g_test_add_func ("/time/query", test_query);

  return g_test_run ();
}
