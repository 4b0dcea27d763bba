/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-test.h"

/* What a component's stanzas look like on the wire (XEP-0114). */

#define COMPONENT_HEADER                                                                           \
  "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' "                           \
  "xmlns:stream='http://etherx.jabber.org/streams' id='s1' from='service.example.org'>"

static const ScriptStep script_component[] = { EXPECT ("<stream:stream"), EXPECT (">"),
                                               SEND (COMPONENT_HEADER), EXPECT ("</handshake>"),
                                               SEND ("<handshake/>"), SERVE, END };

static void
wait_until_ready (HsClient *client)
{
  hs_client_start (client);
  test_until (hs_client_get_state (client) == HS_CLIENT_STATE_READY);
}

static void
assert_sent (ScriptedServer *server, HsClient *client, const char *raw, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *received = NULL;

  scripted_server_forget_received (server);
  g_assert_true (hs_client_send_raw_stanza (client, raw, &error));
  g_assert_no_error (error);
  g_assert_true (hs_client_send_raw_stanza (
      client, "<presence from='service.example.org' id='mark'/>", NULL));
  test_until (scripted_server_has_received (server, "id='mark'/>"));
  received = scripted_server_dup_received (server);
  g_assert_true (g_str_has_suffix (received, "<presence from='service.example.org' id='mark'/>"));
  received[strlen (received) - strlen ("<presence from='service.example.org' id='mark'/>")] = '\0';
  g_assert_cmpstr (received, ==, expected);
}

/* Raw strings leave as they are; only what names the client's namespace can't. */
static void
test_raw (void)
{
  const ScriptStep *scripts[] = { script_component, NULL };
  g_autoptr (ScriptedServer) server = scripted_server_new (scripts);
  HsClient *client = HS_CLIENT (hs_component_new ("service.example.org", "secret"));
  const char *odd = "<message   from = 'service.example.org' to=\"a@b\" ><body>&#65;<![CDATA[<]]>"
                    "</body ></message >\n<presence from='x@service.example.org'/>";
  const char *own = "<message xmlns='jabber:component:accept' from='service.example.org'/>";

  hs_client_set_host (client, "127.0.0.1");
  hs_client_set_port (client, scripted_server_get_port (server));
  wait_until_ready (client);

  assert_sent (server, client, odd, odd);
  assert_sent (server, client, own, own);
  assert_sent (server, client,
               "<message xmlns='jabber:client' from='service.example.org'><body>x</body></message>",
               "<message from=\"service.example.org\"><body>x</body></message>");
  assert_sent (server, client,
               "<message xmlns='jabber&#58;client' from='service.example.org'><body>x</body></message>",
               "<message from=\"service.example.org\"><body>x</body></message>");

  hs_client_stop (client);
  test_until (hs_client_get_state (client) == HS_CLIENT_STATE_DISCONNECTED);
  g_assert_finalize_object (client);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/component-wire/raw", test_raw);

  return g_test_run ();
}
