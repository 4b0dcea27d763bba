/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <headstock-glib-test/headstock-test.h>

/* The echo bot of the examples, without a server. */

int example_main (int argc, char **argv);
#define main example_main
/* What it prints is no TAP. */
#define g_print(...) g_test_message (__VA_ARGS__)
#include "../../examples/c/echo-bot.c"
#undef main

static void
feed (HsTestServer *server, const char *type, const char *from)
{
  g_autofree char *xml
      = g_strdup_printf ("<message from='%s' type='%s'><body>a &lt; b</body></message>", from, type);

  g_assert_true (hs_test_server_feed (server, xml, NULL));
}

static void
test_whom (void)
{
  g_autoptr (HsTestServer) server = hs_test_server_new ();
  g_autoptr (HsClient) client = hs_client_new ("bot@example.org", "secret");
  g_autoptr (HsElement) sent = NULL;

  hs_client_add_handler (client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, echo, NULL, NULL);
  g_assert_true (hs_test_server_start (server, client, NULL));
  feed (server, "error", "juliet@example.org/a");
  feed (server, "headline", "juliet@example.org/a");
  feed (server, "chat", "bot@example.org/other");
  g_assert_null (hs_test_server_take_sent (server));
  feed (server, "chat", "juliet@example.org/a");
  sent = hs_test_server_take_sent (server);
  g_assert_cmpstr (hs_message_get_body (HS_MESSAGE (sent)), ==, "a < b");
  g_assert_cmpstr (hs_element_get_attribute (sent, "to"), ==, "juliet@example.org/a");
}

static void
test_comes_back (void)
{
  g_autoptr (HsTestServer) server = hs_test_server_new ();
  g_autoptr (HsClient) client = hs_client_new ("bot@example.org", "secret");
  g_autoptr (HsElement) sent = NULL;

  hs_client_add_handler (client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, echo, NULL, NULL);
  g_signal_connect (client, "disconnected", G_CALLBACK (disconnected_cb), NULL);
  g_assert_true (hs_test_server_start (server, client, NULL));
  hs_test_server_cut (server);
  feed (server, "chat", "juliet@example.org/a");
  g_assert_true (hs_test_server_resume (server, NULL));
  sent = hs_test_server_take_sent (server);
  g_assert_cmpstr (hs_message_get_body (HS_MESSAGE (sent)), ==, "a < b");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/echo-bot/whom", test_whom);
  g_test_add_func ("/echo-bot/comes-back", test_comes_back);
  return g_test_run ();
}
