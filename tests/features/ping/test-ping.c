/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "iq-test.h"

#define PING "<ping xmlns='urn:xmpp:ping'/>"

static void
assert_answered (IqTest *iq, const char *from)
{
  g_autoptr (HsElement) answer = iq_test_ask (iq, from, PING);

  g_assert_cmpstr (hs_element_get_attribute (answer, "type"), ==, "result");
  g_assert_null (hs_element_get_first_child (answer));
}

/* A request has one payload (RFC 6120, 8.2.3). */
static void
assert_refused (IqTest *iq, const char *payload)
{
  g_autoptr (HsElement) answer = iq_test_ask (iq, "stranger@example.net/x", payload);

  g_assert_cmpstr (hs_element_get_attribute (answer, "type"), ==, "error");
}

static void
test_answer (void)
{
  HsPing *ping = hs_ping_new ();
  IqTest iq = { 0 };

  iq_test_start (&iq, ping, NULL);
  g_assert_true (hs_ping_get_client (ping) == iq.test->client);
  assert_answered (&iq, "example.org");
  assert_answered (&iq, "stranger@example.net/x");
  assert_answered (&iq, NULL);
  /* A `ping` inside another element is not a ping. */
  iq_test_assert_unanswered (&iq, "stranger@example.net/x", "<a xmlns='urn:a'>" PING "</a>");
  assert_refused (&iq, "<a xmlns='urn:a'/>" PING);
  hs_client_unregister (iq.test->client, HS_MODULE (ping));
  g_assert_null (hs_ping_get_client (ping));
  iq_test_assert_unanswered (&iq, "example.org", PING);
  iq_test_end (&iq);
  g_assert_finalize_object (ping);
}

static void
test_late (void)
{
  HsPing *ping = hs_ping_new ();
  IqTest iq = { 0 };

  iq_test_start (&iq, NULL);
  iq_test_assert_unanswered (&iq, "example.org", PING);
  hs_client_register (iq.test->client, HS_MODULE (ping));
  assert_answered (&iq, "example.org");
  iq_test_end (&iq);
  g_assert_finalize_object (ping);
}

static void
test_component (void)
{
  HsPing *ping = hs_ping_new ();
  IqTest iq = { 0 };
  g_autoptr (HsElement) answer = NULL;

  iq_test_start_component (&iq, ping, NULL);
  answer = iq_test_ask (&iq, "friend@example.net/x", PING);
  g_assert_cmpstr (hs_element_get_attribute (answer, "type"), ==, "result");
  g_assert_cmpstr (hs_element_get_attribute (answer, "from"), ==, "someone@example.org");
  iq_test_end (&iq);
  g_assert_finalize_object (ping);
}

static gint64
finish (HsPing *ping, GAsyncResult **result, GError **error)
{
  gint64 msec;

  test_until (*result != NULL);
  msec = hs_ping_send_finish (ping, *result, error);
  g_clear_object (result);
  return msec;
}

static void
test_send (void)
{
  HsPing *ping = hs_ping_new ();
  IqTest iq = { 0 };
  GAsyncResult *result = NULL;
  GError *error = NULL;

  hs_ping_send_async (ping, "example.org", NULL, iq_test_result_cb, &result);
  g_assert_cmpint (finish (ping, &result, &error), ==, -1);
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_error (&error);

  iq_test_start (&iq, ping, NULL);
  hs_ping_send_async (ping, "friend@example.net/x", NULL, iq_test_result_cb, &result);
  test_spin (60);
  iq_test_answer (&iq, "friend@example.net/x", HS_NS_PING, "result", "");
  g_assert_cmpint (finish (ping, &result, &error), >=, 50);
  g_assert_no_error (error);

  hs_ping_send_async (ping, NULL, NULL, iq_test_result_cb, &result);
  iq_test_answer (&iq, NULL, HS_NS_PING, "result", "");
  g_assert_cmpint (finish (ping, &result, &error), >=, 0);
  g_assert_no_error (error);

  hs_ping_send_async (ping, "friend@example.net/x", NULL, iq_test_result_cb, &result);
  iq_test_answer (&iq, "friend@example.net/x", HS_NS_PING, "error",
                  "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>");
  g_assert_cmpint (finish (ping, &result, &error), ==, -1);
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_SERVICE_UNAVAILABLE);
  g_clear_error (&error);

  hs_ping_send_async (ping, "@", NULL, iq_test_result_cb, &result);
  g_assert_cmpint (finish (ping, &result, &error), ==, -1);
  g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_JID);
  g_clear_error (&error);
  iq_test_end (&iq);
  g_assert_finalize_object (ping);
}

/* It asks as itself (XEP-0114, 3). */
static void
test_component_question (void)
{
  HsPing *ping = hs_ping_new ();
  IqTest iq = { 0 };
  GAsyncResult *result = NULL;
  GError *error = NULL;

  iq_test_start_component (&iq, ping, NULL);
  hs_ping_send_async (ping, "friend@example.net/x", NULL, iq_test_result_cb, &result);
  test_client_await_sent (iq.test, "from=\"example.org\"");
  iq_test_answer (&iq, "friend@example.net/x", HS_NS_PING, "result", "");
  g_assert_cmpint (finish (ping, &result, &error), >=, 0);
  g_assert_no_error (error);
  iq_test_end (&iq);
  g_assert_finalize_object (ping);
}

static void
test_described (void)
{
  g_autoptr (HsPing) ping = hs_ping_new ();
  g_autoptr (HsDiscoInfo) info = hs_disco_info_new ();

  hs_described_describe (HS_DESCRIBED (ping), info);
  g_assert_true (hs_disco_info_has_feature (info, HS_NS_PING));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ping/answer", test_answer);
  g_test_add_func ("/ping/late", test_late);
  g_test_add_func ("/ping/component", test_component);
  g_test_add_func ("/ping/send", test_send);
  g_test_add_func ("/ping/component-question", test_component_question);
  g_test_add_func ("/ping/described", test_described);

  return g_test_run ();
}
