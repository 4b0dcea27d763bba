/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-pubsub-private.h"

#include <string.h>

#include "hs-disco-shared.h"
#include "hs-namespaces.h"
#include "hs-pubsub-shared.h"

/* The server sends the events of a node only once it knows that the client watches the node: it has the presence, and if
 * the hash in it is unknown, it has also asked for the capabilities and received the answer (XEP-0163, 4.3.2). Nobody
 * sends an event that is published before that, where the node never sends its last item by itself. Whoever has read
 * the items earlier has to read them again then. */

typedef struct
{
  HsPubSubMissedFunc func;
  gpointer data;
} Listener;

static Listener *
find (HsPubSub *self, gpointer data)
{
  for (guint i = 0; i < self->listeners->len; i++)
    {
      Listener *listener = self->listeners->pdata[i];

      if (listener->data == data)
        return listener;
    }
  return NULL;
}

void
hs_pubsub_add_missed (HsPubSub *self, HsPubSubMissedFunc func, gpointer data)
{
  Listener *listener = g_new (Listener, 1);

  *listener = (Listener){ func, data };
  g_ptr_array_add (self->listeners, listener);
}

void
hs_pubsub_remove_missed (HsPubSub *self, gpointer data)
{
  g_ptr_array_remove (self->listeners, find (self, data));
}

static gboolean
is_ready (HsPubSub *self)
{
  return self->client != NULL && hs_client_get_state (self->client) == HS_CLIENT_STATE_READY;
}

/* A listener may remove itself, and others. */
static gboolean
tell_cb (gpointer user_data)
{
  g_autoptr (HsPubSub) self = g_object_ref (user_data);
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  g_clear_pointer (&self->missed, g_source_unref);
  for (guint i = 0; i < self->listeners->len; i++)
    g_ptr_array_add (all, ((Listener *) self->listeners->pdata[i])->data);
  for (guint i = 0; i < all->len; i++)
    {
      Listener *listener = find (self, all->pdata[i]);

      if (listener != NULL && is_ready (self))
        listener->func (listener->data);
    }
  return G_SOURCE_REMOVE;
}

/* In the next turn: an answer that a handler returns is sent after the handlers. */
static void
schedule (HsPubSub *self)
{
  if (self->missed != NULL || self->listeners->len == 0)
    return;
  self->missed = g_idle_source_new ();
  g_source_set_static_name (self->missed, "HsPubSub: missed events");
  g_source_set_priority (self->missed, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->missed, tell_cb, self, NULL);
  g_source_attach (self->missed, g_main_context_get_thread_default ());
}

/* The account, or its server: others have nodes of their own. ejabberd asks in the name of the client itself. */
static gboolean
is_from_server (HsClient *client, HsStanza *request)
{
  HsJid *own = hs_client_get_bound_jid (client);
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (request);

  if (hs_element_get_attribute (HS_ELEMENT (request), "from") == NULL)
    return TRUE;
  if (from == NULL || own == NULL)
    return FALSE;
  if (hs_jid_get_local (from) == NULL && hs_jid_get_resource (from) == NULL)
    return strcmp (hs_jid_get_domain (from), hs_jid_get_domain (own)) == 0;
  return hs_jid_equal (from, own) || (hs_jid_is_bare (from) && hs_client_is_own (client, from));
}

static HsElement *
info_asked_cb (HsClient *client, HsElement *query, gpointer user_data)
{
  HsStanza *request = hs_disco_get_request (query);

  if (request != NULL && is_from_server (client, request) && is_ready (user_data))
    schedule (user_data);
  return NULL;
}

void
hs_pubsub_missed_start (HsPubSub *self)
{
  hs_client_add_handler (self->client, "query", HS_NS_DISCO_INFO, HS_HANDLER_DEFAULT, info_asked_cb, self, NULL);
}

void
hs_pubsub_missed_stop (HsPubSub *self)
{
  if (self->missed != NULL)
    g_source_destroy (self->missed);
  g_clear_pointer (&self->missed, g_source_unref);
  self->is_unannounced = TRUE;
  self->is_queued = FALSE;
}

void
hs_pubsub_missed_session (HsPubSub *self, gboolean is_resumed)
{
  if (is_resumed && self->is_queued)
    schedule (self);
  self->is_queued = FALSE;
}

/* A session begins with the presence, before the items are requested. While a session is interrupted, the presence waits
 * until it is resumed. */
void
hs_pubsub_missed_presence_sent (HsPubSub *self, HsPresence *presence)
{
  gboolean is_available = strcmp (hs_stanza_get_stanza_type (HS_STANZA (presence)), "available") == 0;

  if (is_available && self->is_unannounced && is_ready (self))
    schedule (self);
  else if (is_available)
    self->is_queued |= self->is_unannounced;
  self->is_unannounced = !is_available;
}
