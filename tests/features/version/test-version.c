/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "iq-test.h"

#define QUERY "<query xmlns='jabber:iq:version'/>"

static void
assert_told (IqTest *iq, const char *name, const char *version, const char *os)
{
  g_autoptr (HsElement) answer = iq_test_ask (iq, "stranger@example.net/x", QUERY);
  HsElement *query = hs_element_get_child (answer, "query", HS_NS_VERSION);

  g_assert_cmpstr (hs_element_get_attribute (answer, "type"), ==, "result");
  g_assert_cmpstr (hs_element_get_child_text (query, "name", HS_NS_VERSION), ==, name);
  g_assert_cmpstr (hs_element_get_child_text (query, "version", HS_NS_VERSION), ==, version);
  g_assert_cmpstr (hs_element_get_child_text (query, "os", HS_NS_VERSION), ==, os);
}

static void
test_answer (void)
{
  HsSoftwareVersion *version = hs_software_version_new ();
  g_autoptr (HsDiscoInfo) info = hs_disco_info_new ();
  g_autofree char *own = g_strdup_printf ("%d.%d.%d", HS_MAJOR_VERSION, HS_MINOR_VERSION, HS_MICRO_VERSION);
  IqTest iq = { 0 };

  iq_test_start (&iq, NULL);
  iq_test_assert_unanswered (&iq, "stranger@example.net/x", QUERY);
  hs_client_register (iq.test->client, HS_MODULE (version));
  assert_told (&iq, "headstock-glib", own, NULL);
  g_object_set (version, "name", "Example <1>", NULL);
  assert_told (&iq, "Example <1>", "", NULL);
  g_object_set (version, "version", "2.0", "os", "Plan 9", NULL);
  assert_told (&iq, "Example <1>", "2.0", "Plan 9");
  g_assert_cmpstr (hs_software_version_get_os (version), ==, "Plan 9");
  hs_described_describe (HS_DESCRIBED (version), info);
  g_assert_true (hs_disco_info_has_feature (info, HS_NS_VERSION));
  iq_test_end (&iq);
  g_assert_finalize_object (version);

  version = g_object_new (HS_TYPE_SOFTWARE_VERSION, "name", "Gateway", "version", "3", NULL);
  iq_test_start_component (&iq, version, NULL);
  assert_told (&iq, "Gateway", "3", NULL);
  iq_test_end (&iq);
  g_assert_finalize_object (version);
}

static HsSoftwareInfo *
query (IqTest *iq, HsSoftwareVersion *version, const char *inner, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  hs_software_version_query_async (version, "friend@example.net/x", NULL, iq_test_result_cb, &result);
  iq_test_answer (iq, "friend@example.net/x", HS_NS_VERSION, "result", inner);
  test_until (result != NULL);
  return hs_software_version_query_finish (version, result, error);
}

static void
test_query (void)
{
  HsSoftwareVersion *version = hs_software_version_new ();
  HsSoftwareInfo *info;
  IqTest iq = { 0 };
  GError *error = NULL;
  g_autofree char *name = NULL;

  iq_test_start (&iq, version, NULL);
  info = query (&iq, version,
                "<query xmlns='jabber:iq:version'><name>X</name><version>1</version><os>Y</os></query>", &error);
  g_assert_no_error (error);
  g_object_get (info, "name", &name, NULL);
  g_assert_cmpstr (name, ==, "X");
  g_assert_cmpstr (hs_software_info_get_version (info), ==, "1");
  g_assert_cmpstr (hs_software_info_get_os (info), ==, "Y");
  g_assert_finalize_object (info);
  info = query (&iq, version, QUERY, &error);
  g_assert_no_error (error);
  g_assert_null (hs_software_info_get_name (info));
  g_assert_null (hs_software_info_get_os (info));
  g_assert_finalize_object (info);
  g_assert_null (query (&iq, version, "<query xmlns='urn:x'/>", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
  g_clear_error (&error);
  iq_test_end (&iq);
  g_assert_finalize_object (version);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/version/answer", test_answer);
  g_test_add_func ("/version/query", test_query);

  return g_test_run ();
}
