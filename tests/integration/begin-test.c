/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "begin-test.h"

/* ---- Scripts ---- */

/* Each connection is over before the next one begins. */
static char *ids[4]; /* of the requests for the resource, carbons and the roster */

static char *
dup_last_id (const char *text)
{
  const char *id = NULL;

  for (const char *p = text; (p = strstr (p, " id=")) != NULL; p += 4)
    id = p + 5;
  return id != NULL ? g_strndup (id, strcspn (id, "'\"")) : NULL;
}

static gboolean
take (ScriptedPeer *peer, guint which, const char *inside)
{
  if (!scripted_peer_expect (peer, "</iq>"))
    return FALSE;
  if (strstr (scripted_peer_get_taken (peer), inside) == NULL)
    {
      g_printerr ("'%s' is not in '%s'\n", inside, scripted_peer_get_taken (peer));
      g_assert_not_reached ();
    }
  g_free (ids[which]);
  ids[which] = dup_last_id (scripted_peer_get_taken (peer));
  return TRUE;
}

gboolean
begin_take_bind (ScriptedPeer *peer, gpointer data)
{
  return take (peer, 0, HS_NS_BIND);
}

gboolean
begin_take_bind_alone (ScriptedPeer *peer, gpointer data)
{
  if (!take (peer, 0, HS_NS_BIND))
    return FALSE;
  g_assert_cmpstr (scripted_peer_get_unused (peer), ==, "");
  return TRUE;
}

gboolean
begin_take_requests (ScriptedPeer *peer, gpointer data)
{
  gboolean managed = GPOINTER_TO_INT (data);

  if (!take (peer, 1, HS_NS_CARBONS))
    return FALSE;
  g_assert_true (managed == (strstr (scripted_peer_get_taken (peer), "<enable " NS_SM) != NULL));
  return take (peer, 2, HS_NS_ROSTER);
}

static gboolean
say (ScriptedPeer *peer, const char *type, guint which, const char *inside)
{
  g_autofree char *text
      = g_strdup_printf ("<iq type='%s' id='%s'>%s</iq>", type, ids[which], inside);

  return scripted_peer_send (peer, text, -1);
}

gboolean
begin_say_bound (ScriptedPeer *peer, gpointer data)
{
  g_autofree char *bound
      = g_strdup_printf (JID ("%s"), data != NULL ? (char *) data : "user@example.org/res");

  return say (peer, "result", 0, bound);
}

gboolean
begin_say_not_bound (ScriptedPeer *peer, gpointer data)
{
  return say (peer, "error", 0, data);
}

gboolean
begin_say_roster (ScriptedPeer *peer, gpointer data)
{
  return say (peer, "result", 1, "")
         && say (peer, "result", 2,
                 "<query xmlns='jabber:iq:roster'><item jid='a@example.org'/></query>");
}

const ScriptStep begin_first_managed[] = { WAITING (FEATURES (SM), ENABLED), SERVE, END };
const ScriptStep begin_first_unmanaged[] = { WAITING_UNMANAGED (FEATURES ("")), SERVE, END };

/* ---- The client ---- */

static HsElement *
item_cb (HsClient *client, HsElement *element, gpointer data)
{
  g_string_append (data, " item");
  return NULL;
}

TestClient *
begin_new_client (const ScriptStep *const *scripts)
{
  TestClient *test = test_client_new (scripts, HS_TLS_MODE_STARTTLS);
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  g_autoptr (HsJid) jid = hs_jid_new ("user@example.org/res", NULL);

  g_object_set (test->client, "jid", jid, "initial-roster", TRUE, "initial-presence", presence,
                "carbons", TRUE, NULL);
  hs_client_add_handler (test->client, "item", HS_NS_ROSTER, HS_HANDLER_FROM_ACCOUNT, item_cb,
                         test->record, NULL);
  return test;
}

guint
begin_count_items (TestClient *test)
{
  guint n = 0;

  for (const char *p = test->record->str; (p = strstr (p, " item")) != NULL; p++)
    n++;
  return n;
}

void
begin_remember (TestClient *test)
{
  test_client_start_until_ready (test);
  test_until (begin_count_items (test) == 1);
  test_client_stop (test);
  g_string_truncate (test->record, 0);
  scripted_server_forget_received (test->server);
}

guint
begin_count (TestClient *test, const char *text)
{
  return scripted_server_count_received (test->server, text);
}
