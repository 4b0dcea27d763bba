/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "roster-test.h"

/* The connection is cut inside the answer, at every item: only a complete answer replaces the list. */

#define N_ITEMS 12

typedef struct
{
  guint n_items; /* that come before the cut */
} CutAt;

static gboolean
send_part (ScriptedPeer *peer, gpointer data)
{
  CutAt *cut = data;
  const char *id = strstr (scripted_peer_get_taken (peer), " id=\"");
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "<iq type='result' id='%.*s'><query xmlns='jabber:iq:roster' ver='v2'>",
                   (int) strcspn (id + 5, "\""), id + 5);
  for (guint i = 0; i < cut->n_items; i++)
    g_string_append_printf (text, "<item jid='new%u@example.com'/>", i);
  return scripted_peer_send (peer, text->str, (gssize) text->len);
}

static void
test_each_item (void)
{
  for (guint n = 0; n <= N_ITEMS; n++)
    {
      CutAt cut = { n };
      ScriptStep first[] = { RUN (script_sign_in), ROSTER_ASKED,
                             SEND (ROSTER_ITEMS (" ver='v1'", "<item jid='juliet@example.com'/><item jid='new3@example.com' name='Three'/>")),
                             GATE, CLOSE, END };
      ScriptStep second[] = { RUN (script_sign_in), ROSTER_ASKED, CALL (send_part, &cut), GATE, CLOSE, END };
      ScriptStep third[] = { RUN (script_sign_in), ROSTER_ASKED,
                             SEND (ROSTER_ITEMS (" ver='v3'", "<item jid='new3@example.com' name='3'/>")), SERVE, END };
      const ScriptStep *const scripts[] = { first, second, third, NULL };
      RosterTest f;
      HsContact *three;

      roster_set_up (&f, scripts);
      g_object_set (f.test->client, "auto-reconnect", TRUE, NULL);
      test_client_start_until_ready (f.test);
      test_until (hs_roster_get_is_loaded (f.roster));
      three = hs_roster_lookup (f.roster, "new3@example.com");
      scripted_server_open_gate (f.test->server);
      test_until (f.test->n_disconnected == 1);
      hs_client_reconnect_now (f.test->client);
      test_until (f.test->n_ready == 2);
      test_spin (5);
      scripted_server_open_gate (f.test->server);
      test_until (f.test->n_disconnected == 2);
      g_assert_true (hs_roster_get_is_stale (f.roster));
      assert_contacts (&f, "juliet@example.com=[]none new3@example.com=Three[]none ");
      g_assert_cmpstr (hs_roster_get_version (f.roster), ==, "v1");
      hs_client_reconnect_now (f.test->client);
      test_until (g_strcmp0 (hs_roster_get_version (f.roster), "v3") == 0);
      assert_contacts (&f, "new3@example.com=3[]none ");
      g_assert_true (hs_roster_lookup (f.roster, "new3@example.com") == three);
      test_client_stop (f.test);
      roster_clear (&f);
    }
}

/* The part of a push that came in a session that is lost is no part of a push of the next one. */
static void
test_push (void)
{
#define ROMEO "<iq type='set' id='p1'><query xmlns='jabber:iq:roster'><item jid='romeo@example.com'/>"
  static const ScriptStep first[] = { RUN (script_sign_in), ROSTER_ASKED, SEND (ROMEO), GATE, RESET, END };
  static const ScriptStep second[] = { RUN (script_sign_in), ROSTER_ASKED, SEND (ROSTER_ITEMS ("", "")),
                                       SEND (ROMEO "</query></iq>"), SERVE, END };
  const ScriptStep *const scripts[] = { first, second, NULL };
  RosterTest f;

  roster_set_up (&f, scripts);
  g_object_set (f.test->client, "auto-reconnect", TRUE, NULL);
  test_client_start_until_ready (f.test);
  test_spin (20);
  scripted_server_open_gate (f.test->server);
  test_until (f.test->n_disconnected == 1);
  hs_client_reconnect_now (f.test->client);
  test_until (hs_roster_get_is_loaded (f.roster));
  test_client_say (f.test, "<message/>");
  assert_contacts (&f, "romeo@example.com=[]none ");
  test_client_stop (f.test);
  roster_clear (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roster/cut/each-item", test_each_item);
  g_test_add_func ("/roster/cut/push", test_push);
  return g_test_run ();
}
