/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "sent.h"

#include <string.h>

#include "client/hs-client-seam.h"

/* The server and the recipients. */

#define ACCOUNT_INFO "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:sid:0'/></query>"

static void
clear (GQueue *queue)
{
  g_queue_clear_full (queue, g_free);
}

/* ---- Connections ---- */

/* What the client has written may have arrived, or a part of it; of the answers none does. */
static void
lose_connection (World *w)
{
  guint n = sent_random (w, w->up.length + 1);

  w->transport = NULL;
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *element = g_queue_pop_head (&w->up);

      hs_test_session_take (&w->session, element);
    }
  clear (&w->up);
  clear (&w->down);
  w->is_ending = FALSE;
  w->session.stands = FALSE;
  if (!w->session.enabled)
    w->n_losses++;
}

static void
client_sent (const char *element, gpointer world)
{
  g_queue_push_tail (&((World *) world)->up, g_strdup (element));
}

static void
client_closed (gpointer world)
{
  lose_connection (world);
}

static HsTransport *
dial_cb (const HsTransportCallbacks *callbacks, gpointer owner, gpointer world, GError **error)
{
  static const HsTestPeerCallbacks peer_callbacks = { .sent = client_sent, .closed = client_closed };
  World *w = world;
  HsTransport *transport;

  g_assert (w->transport == NULL);
  if (!w->is_calm && sent_chance (w, 10))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "Nobody is there");
      return NULL;
    }
  sent_note (w, "client connects");
  transport = hs_test_transport_new (callbacks, owner, TRUE, &peer_callbacks, w);
  w->transport = (HsTestTransport *) transport;
  hs_test_session_connected (&w->session);
  return transport;
}

void
sent_server_attach (World *w)
{
  hs_client_set_dial (w->client, dial_cb, w);
}

void
sent_server_cut (World *w)
{
  HsTestTransport *transport = w->transport;

  if (transport == NULL)
    return;
  sent_note (w, "the connection is cut");
  lose_connection (w);
  hs_test_transport_leave (transport);
  hs_test_transport_end (transport, TRUE);
}

gboolean
sent_server_deliver_up (World *w)
{
  g_autofree char *element = w->transport != NULL ? g_queue_pop_head (&w->up) : NULL;

  if (element == NULL)
    return FALSE;
  hs_test_session_take (&w->session, element);
  return TRUE;
}

gboolean
sent_server_deliver_down (World *w)
{
  g_autofree char *element = w->transport != NULL ? g_queue_pop_head (&w->down) : NULL;

  if (element != NULL)
    hs_test_transport_feed (w->transport, element);
  else if (w->transport != NULL && w->is_ending)
    {
      HsTestTransport *transport = w->transport;

      lose_connection (w);
      hs_test_transport_leave (transport);
      hs_test_transport_end (transport, FALSE);
    }
  else
    return FALSE;
  return TRUE;
}

/* The next resumption; with a word of what the server has received, or without. */
void
sent_server_refuse (World *w)
{
  w->session.refusals[HS_TEST_REFUSAL_RESUMPTION] = 1;
  w->session.tells_count = sent_chance (w, 60);
}

/* ---- The session ---- */

static void
session_send (const char *element, gpointer world)
{
  World *w = world;

  if (w->transport != NULL)
    g_queue_push_tail (&w->down, g_strdup (element));
}

static void
session_ended (gpointer world)
{
  ((World *) world)->is_ending = TRUE;
}

static void
session_stands (gboolean resumed, gpointer world)
{
  World *w = world;

  sent_note (w, resumed ? "the session goes on" : "a session begins");
  /* Whatever became of the one before, the server has not said it. */
  if (!resumed && !w->session.has_told_count)
    w->n_losses++;
}

static void
answer_request (World *w, HsElement *iq)
{
  HsElement *payload = hs_element_get_first_child (iq);
  g_autoptr (HsStanza) reply = NULL;
  g_autofree char *text = NULL;

  reply = hs_stanza_new_reply (HS_STANZA (iq));
  if (payload != NULL && hs_element_matches (payload, "query", HS_NS_DISCO_INFO))
    {
      g_autoptr (HsElement) info = hs_element_new_from_string (ACCOUNT_INFO, NULL);

      hs_element_append (HS_ELEMENT (reply), info);
    }
  text = hs_element_to_string (HS_ELEMENT (reply));
  hs_test_session_send_stanza (&w->session, text);
}

static void
take_message (World *w, HsElement *message)
{
  guint number = sent_get_number (w, HS_MESSAGE (message));
  Sent *sent = sent_find (w, number);

  sent_note (w, "server receives %u", number);
  if (sent->is_refused || (sent->state == HS_SENT_STATE_FAILED && !sent->is_bounced))
    sent_fail (w, "none against the word", "%u was received after the program had been told that it failed", number);
  if (++sent->n_received > 1)
    sent_fail (w, "none twice", "%u was received again", number);
  if (w->queues && number < w->last_received[sent->peer])
    sent_fail (w, "order", "%u was received after %u", number, w->last_received[sent->peer]);
  w->last_received[sent->peer] = number;
  if (sent_chance (w, 40))
    g_queue_push_tail (&w->answers, sent);
}

static void
session_stanza (HsElement *stanza, gpointer world)
{
  const char *type = hs_stanza_get_stanza_type (HS_STANZA (stanza));

  if (HS_IS_IQ (stanza) && (strcmp (type, "get") == 0 || strcmp (type, "set") == 0))
    answer_request (world, stanza);
  else if (HS_IS_MESSAGE (stanza) && hs_message_get_body (HS_MESSAGE (stanza)) != NULL)
    take_message (world, stanza);
}

/* ---- What recipients say ---- */

static gboolean
can_send (World *w)
{
  return w->session.stands || (w->session.enabled && w->session.id != NULL);
}

void
sent_server_send_receipt (World *w, Sent *sent)
{
  g_autofree char *text
      = g_strdup_printf ("<message xmlns='jabber:client' from='peer%u@example.com/x'><received "
                         "xmlns='urn:xmpp:receipts' id='%s'/></message>",
                         sent->peer, sent->id);

  if (!can_send (w))
    return;
  sent->is_receipted = TRUE;
  hs_test_session_send_stanza (&w->session, text);
}

static void
send_back (World *w, Sent *sent)
{
  g_autofree char *text
      = g_strdup_printf ("<message xmlns='jabber:client' from='peer%u@example.com' type='error' id='%s'><error "
                         "type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
                         sent->peer, sent->id);

  sent->is_bounced = TRUE;
  hs_test_session_send_stanza (&w->session, text);
}

void
sent_server_answer (World *w)
{
  Sent *sent = can_send (w) ? g_queue_pop_head (&w->answers) : NULL;

  if (sent == NULL)
    return;
  if (sent_chance (w, 70))
    sent_server_send_receipt (w, sent);
  else
    send_back (w, sent);
}

/* ---- Its life ---- */

void
sent_server_init (World *w)
{
  static const HsTestSessionCallbacks callbacks
      = { .send = session_send, .ended = session_ended, .stands = session_stands, .stanza = session_stanza };
  g_autoptr (HsJid) jid = hs_jid_new ("user@example.org", NULL);

  hs_test_session_init (&w->session, &callbacks, w);
  hs_test_session_set_account (&w->session, jid, FALSE);
  w->session.stream.managed = !sent_chance (w, 25);
  w->session.max = 300;
}

void
sent_server_clear (World *w)
{
  clear (&w->up);
  clear (&w->down);
  g_queue_clear (&w->answers);
  hs_test_session_clear (&w->session);
}
