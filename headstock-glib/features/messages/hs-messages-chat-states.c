/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-error.h"
#include "hs-namespaces.h"

/* Chat states (XEP-0085). They are sent only to peers that have shown that they support them. A message with content
 * asks for this support by containing a state itself (5.1). */

#define PAUSE_MSEC 5000
/* A limit, because others decide how many peers are remembered. */
#define MAX_PEERS 1000

typedef enum
{
  SUPPORT_UNKNOWN,
  SUPPORT_NO,
  SUPPORT_YES,
} Support;

typedef struct
{
  char *address;
  GList link; /* in `recent` */
  Support support;
  HsChatState told;  /* the state sent last, in this session */
  HsChatState heard; /* the state received last */
  HsJid *speaker;    /* who sent @heard, or NULL */
  HsFeatureTimer *pause; /* sends `paused` after `composing` */
  HsMessages *owner; /* not referenced */
} Peer;

struct _HsChatStates
{
  GHashTable *peers; /* address -> Peer */
  GQueue recent;     /* the most recently used one is at the end */
};

static void
stop_pause (Peer *peer)
{
  g_clear_pointer (&peer->pause, hs_feature_timer_free);
}

static void
peer_free (gpointer data)
{
  Peer *self = data;

  stop_pause (self);
  g_clear_pointer (&self->speaker, hs_jid_unref);
  g_free (self->address);
  g_free (self);
}

HsChatStates *
hs_chat_states_new (void)
{
  HsChatStates *self = g_new0 (HsChatStates, 1);

  self->peers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, peer_free);
  g_queue_init (&self->recent);
  return self;
}

void
hs_chat_states_free (HsChatStates *self)
{
  g_hash_table_unref (self->peers);
  g_free (self);
}

static void
forget_oldest (HsChatStates *self)
{
  Peer *oldest = g_queue_peek_head (&self->recent);

  g_queue_unlink (&self->recent, &oldest->link);
  g_hash_table_remove (self->peers, oldest->address);
}

static Peer *
find_peer (HsMessages *messages, HsJid *jid, gboolean make)
{
  HsChatStates *self = messages->states;
  const char *address = hs_jid_to_string (jid);
  Peer *peer = g_hash_table_lookup (self->peers, address);

  if (peer == NULL && make)
    {
      if (g_hash_table_size (self->peers) >= MAX_PEERS)
        forget_oldest (self);
      peer = g_new0 (Peer, 1);
      peer->address = g_strdup (address);
      peer->link.data = peer;
      peer->owner = messages;
      g_hash_table_insert (self->peers, peer->address, peer);
      g_queue_push_tail_link (&self->recent, &peer->link);
    }
  else if (peer != NULL)
    {
      g_queue_unlink (&self->recent, &peer->link);
      g_queue_push_tail_link (&self->recent, &peer->link);
    }
  return peer;
}

void
hs_messages_chat_states_lost (HsMessages *self)
{
  for (GList *link = self->states->recent.head; link != NULL; link = link->next)
    {
      Peer *peer = link->data;

      peer->told = HS_CHAT_STATE_NONE;
      /* What peers did meanwhile is not known: their next state is news. */
      peer->heard = HS_CHAT_STATE_NONE;
      stop_pause (peer);
    }
}

/* ---- Receiving ---- */

static gboolean
is_at_once (HsDelivery *delivery)
{
  return delivery->source == HS_DELIVERY_SOURCE_LIVE || delivery->source == HS_DELIVERY_SOURCE_CARBON
         || delivery->source == HS_DELIVERY_SOURCE_ROOM;
}

static gboolean
is_news (Peer *peer, HsJid *sender, HsChatState state)
{
  return peer->heard != state || peer->speaker == NULL || !hs_jid_equal (peer->speaker, sender);
}

void
hs_messages_chat_states_received (HsMessages *self, HsDelivery *delivery)
{
  HsChatState state = HS_CHAT_STATE_NONE;
  Peer *peer;

  if (delivery->chat.is_outgoing || !is_at_once (delivery))
    return;
  if ((delivery->content & HS_CONTENT_CHAT_STATE) != 0)
    state = hs_message_get_chat_state (delivery->chat.message);
  if (state == HS_CHAT_STATE_NONE)
    {
      /* An answer without a state: the peer does not support chat states, or wants none (XEP-0085, 5.1). */
      if (g_hash_table_size (self->states->peers) > 0 && delivery->chat.kind != HS_CHAT_KIND_ROOM
          && hs_message_get_body (delivery->chat.message) != NULL
          && (peer = find_peer (self, delivery->chat.peer, FALSE)) != NULL)
        peer->support = SUPPORT_NO;
      return;
    }
  peer = find_peer (self, delivery->chat.peer, TRUE);
  peer->support = SUPPORT_YES;
  if (!is_news (peer, delivery->sender, state))
    return;
  peer->heard = state;
  g_clear_pointer (&peer->speaker, hs_jid_unref);
  peer->speaker = hs_jid_ref (delivery->sender);
  g_signal_emit (self, hs_messages_signals[HS_MESSAGES_SIGNAL_CHAT_STATE_CHANGED], 0, delivery->chat.peer,
                 delivery->sender, state);
}

static gboolean
says_nothing (HsElement *child)
{
  static const char *const namespaces[]
      = { HS_NS_CHAT_STATES, HS_NS_HINTS, HS_NS_SID, HS_NS_DELAY, HS_NS_OCCUPANT_ID, HS_NS_MUC_USER,
          HS_NS_CARBONS, "urn:xmpp:mam:tmp", NULL };
  const char *namespace_ = hs_element_get_namespace (child);

  return hs_element_matches (child, "thread", HS_NS_CLIENT)
         || (namespace_ != NULL && g_strv_contains (namespaces, namespace_));
}

gboolean
hs_messages_is_chat_state_only (HsMessage *message)
{
  if (hs_message_get_body (message) != NULL
      || hs_message_get_chat_state (message) == HS_CHAT_STATE_NONE)
    return FALSE;
  for (HsElement *child = hs_element_get_first_child (HS_ELEMENT (message)); child != NULL;
       child = hs_element_get_next_sibling (child))
    if (!says_nothing (child))
      return FALSE;
  return TRUE;
}

/* ---- Sending ---- */

void
hs_messages_chat_states_add (HsMessages *self, HsMessage *message, HsChatKind kind, HsJid *to)
{
  const char *type = hs_stanza_get_stanza_type (HS_STANZA (message));
  g_autoptr (HsJid) jid = kind == HS_CHAT_KIND_OCCUPANT ? hs_jid_ref (to) : hs_jid_get_bare (to);
  Peer *peer;

  if (strcmp (type, "chat") != 0 && strcmp (type, "groupchat") != 0)
    return;
  peer = find_peer (self, jid, TRUE);
  stop_pause (peer);
  /* A room is not asked for its support. */
  if (peer->support == SUPPORT_NO || (kind == HS_CHAT_KIND_ROOM && peer->support != SUPPORT_YES))
    return;
  if (hs_message_get_chat_state (message) == HS_CHAT_STATE_NONE)
    hs_message_set_chat_state (message, HS_CHAT_STATE_ACTIVE);
  peer->told = hs_message_get_chat_state (message);
}

static gboolean
tell (HsMessages *self, HsJid *jid, HsChatState state, GError **error)
{
  gboolean in_room = hs_messages_find_room (self, jid) != NULL;
  g_autoptr (HsMessage) message
      = hs_message_new (in_room && hs_jid_is_bare (jid) ? "groupchat" : "chat", hs_jid_to_string (jid));

  if (in_room && !hs_jid_is_bare (jid))
    hs_element_add_child (HS_ELEMENT (message), "x", HS_NS_MUC_USER);
  hs_message_set_chat_state (message, state);
  hs_message_set_hints (message, HS_HINTS_NO_STORE);
  if (!hs_client_send_stanza (self->client, HS_ELEMENT (message), error))
    return FALSE;
  /* The peer is looked up again: handlers that watch sent stanzas may have sent to many others meanwhile. */
  find_peer (self, jid, TRUE)->told = state;
  return TRUE;
}

static void
pause_cb (gpointer data)
{
  Peer *peer = data;
  g_autoptr (HsMessages) self = g_object_ref (peer->owner);
  g_autoptr (HsJid) jid = hs_jid_new (peer->address, NULL);

  stop_pause (peer);
  if (self->client != NULL)
    tell (self, jid, HS_CHAT_STATE_PAUSED, NULL);
}

static void
begin_pause (Peer *peer)
{
  stop_pause (peer);
  peer->pause = hs_feature_timer_start (peer->owner->client, PAUSE_MSEC, pause_cb, peer);
}

/* The address under which states are remembered: see HsChatMessage:peer. */
static HsJid *
dup_chat_address (HsMessages *self, const char *peer, GError **error)
{
  g_autoptr (HsJid) jid = hs_jid_new (peer, error);

  if (jid == NULL || hs_messages_find_room (self, jid) != NULL)
    return g_steal_pointer (&jid);
  return hs_jid_get_bare (jid);
}

/**
 * hs_messages_send_chat_state:
 * @self: the messages of an account
 * @peer: with whom the chat is
 * @state: what the user does
 * @error: return location for an error
 *
 * Tells a peer what the user is doing in the chat (XEP-0085).
 *
 * A program may call this function as often as it likes, for example whenever a key is pressed. A state is sent only if
 * it differs from the one that was sent last, and only to peers that have shown that they support chat states: a
 * message with a body tells them that this client does. After 5 s without another call, %HS_CHAT_STATE_COMPOSING
 * becomes %HS_CHAT_STATE_PAUSED by itself.
 *
 * Errors: %HS_ERROR_INVALID_JID; %HS_ERROR_NOT_CONNECTED if there is no session.
 *
 * ```python
 * messages.send_chat_state("juliet@capulet.example", Headstock.ChatState.COMPOSING)
 * ```
 *
 * Returns: true if the state was sent or need not be sent, false with an error
 *
 * Since: 0.2
 */
gboolean
hs_messages_send_chat_state (HsMessages *self, const char *peer, HsChatState state, GError **error)
{
  g_autoptr (HsJid) jid = NULL;
  Peer *known;

  g_return_val_if_fail (HS_IS_MESSAGES (self), FALSE);
  g_return_val_if_fail (peer != NULL, FALSE);
  g_return_val_if_fail (state != HS_CHAT_STATE_NONE, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  jid = dup_chat_address (self, peer, error);
  if (jid == NULL)
    return FALSE;
  if (self->client == NULL || !self->has_session)
    {
      g_set_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                   "The chat state for %s was not sent: the client has no session. Wait for HsClient::ready",
                   hs_jid_to_string (jid));
      return FALSE;
    }
  known = find_peer (self, jid, FALSE);
  if (known == NULL || known->support != SUPPORT_YES)
    return TRUE;
  if (known->told != state && !tell (self, jid, state, error))
    return FALSE;
  known = find_peer (self, jid, TRUE);
  if (state == HS_CHAT_STATE_COMPOSING)
    begin_pause (known);
  else
    stop_pause (known);
  return TRUE;
}
