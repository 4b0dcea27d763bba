/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-blocking-private.h"

#include "hs-iq.h"
#include "hs-namespaces.h"

/* Asking for the list (XEP-0191, 3.2), and what the account's other devices change in it (3.3
 * to 3.5). */

typedef struct
{
  HsBlocking *blocking;
  GCancellable *cancellable;
} Request;

void
hs_blocking_update_supported (HsBlocking *self)
{
  HsDiscoInfo *info = self->disco != NULL ? hs_disco_get_server_info (self->disco) : NULL;
  gboolean is_supported
      = self->has_answered || (info != NULL && hs_disco_info_has_feature (info, HS_NS_BLOCKING));

  if (self->is_supported == is_supported)
    return;
  self->is_supported = is_supported;
  g_object_notify (G_OBJECT (self), "is-supported");
}

void
hs_blocking_set_loaded (HsBlocking *self, gboolean is_loaded)
{
  if (self->is_loaded == is_loaded)
    return;
  self->is_loaded = is_loaded;
  g_object_notify (G_OBJECT (self), "is-loaded");
}

GPtrArray *
hs_blocking_read_items (HsElement *element)
{
  GPtrArray *jids = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_jid_unref);

  for (HsElement *item = hs_element_get_first_child (element); item != NULL;
       item = hs_element_get_next_sibling (item))
    {
      const char *address = hs_element_get_attribute (item, "jid");
      HsJid *jid = NULL;

      if (address != NULL && hs_element_matches (item, "item", HS_NS_BLOCKING))
        jid = hs_jid_new (address, NULL);
      if (jid != NULL)
        g_ptr_array_add (jids, jid);
    }
  return jids;
}

void
hs_blocking_apply (HsBlocking *self, gboolean is_block, GPtrArray *jids)
{
  if (jids == NULL)
    hs_blocked_list_clear (self->blocked);
  for (guint i = 0; jids != NULL && i < jids->len; i++)
    {
      if (is_block)
        hs_blocked_list_add (self->blocked, jids->pdata[i]);
      else
        hs_blocked_list_remove (self->blocked, jids->pdata[i]);
    }
  hs_blocked_list_show (self->blocked);
}

/* The account sent it: see the handler's flags. What says nothing that is understood is left to
 * others. */
HsElement *
hs_blocking_push_cb (HsClient *client, HsElement *iq, gpointer blocking)
{
  g_autoptr (HsBlocking) self = g_object_ref (blocking);
  HsElement *payload = hs_iq_get_payload (HS_IQ (iq));
  gboolean is_block = payload != NULL && hs_element_matches (payload, "block", HS_NS_BLOCKING);
  gboolean is_unblock = payload != NULL && hs_element_matches (payload, "unblock", HS_NS_BLOCKING);
  HsStanza *reply = NULL;

  /* An iq with more in it is answered with `bad-request` (RFC 6120, 8.2.3). */
  if ((!is_block && !is_unblock) || hs_element_get_next_sibling (payload) != NULL)
    return NULL;
  /* Made first: handlers of the list may do anything. */
  reply = hs_stanza_new_reply (HS_STANZA (iq));
  /* Only one with nothing in it is for all addresses. */
  if (is_unblock && hs_element_get_first_child (payload) == NULL)
    hs_blocking_apply (self, FALSE, NULL);
  else
    {
      g_autoptr (GPtrArray) jids = hs_blocking_read_items (payload);

      hs_blocking_apply (self, is_block, jids);
    }
  return reply != NULL ? HS_ELEMENT (reply) : NULL;
}

static void
take_answer (HsBlocking *self, HsIq *answer)
{
  HsElement *list = hs_iq_get_payload (answer);
  g_autoptr (GPtrArray) jids = NULL;

  if (list == NULL || !hs_element_matches (list, "blocklist", HS_NS_BLOCKING))
    {
      g_debug ("The answer to the request for the block list has no block list");
      return;
    }
  jids = hs_blocking_read_items (list);
  hs_blocked_list_replace (self->blocked, jids);
  hs_blocked_list_show (self->blocked);
  hs_blocking_set_loaded (self, TRUE);
  self->has_answered = TRUE;
  hs_blocking_update_supported (self);
}

static void
answered_cb (GObject *client, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;
  g_autoptr (HsBlocking) self = request->blocking;
  g_autoptr (GCancellable) cancellable = request->cancellable;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (client), result, &error);

  g_free (request);
  if (self->cancellable != cancellable)
    return;
  g_clear_object (&self->cancellable);
  /* The server will not change its mind in this session. */
  if (answer != NULL || error->domain == HS_STANZA_ERROR)
    self->is_wanted = FALSE;
  if (answer != NULL)
    take_answer (self, answer);
  else
    g_debug ("The block list was not loaded: %s", error->message);
}

void
hs_blocking_load_begin (HsBlocking *self)
{
  g_autoptr (HsElement) list = hs_element_new ("blocklist", HS_NS_BLOCKING);
  g_autoptr (HsIq) iq = hs_iq_new ("get", NULL, list);
  Request *request = g_new (Request, 1);

  hs_blocking_load_abandon (self);
  self->is_wanted = TRUE;
  self->is_asked = TRUE;
  self->cancellable = g_cancellable_new ();
  request->blocking = g_object_ref (self);
  request->cancellable = g_object_ref (self->cancellable);
  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, self->cancellable, answered_cb,
                           request);
}

void
hs_blocking_load_abandon (HsBlocking *self)
{
  g_autoptr (GCancellable) cancellable = g_steal_pointer (&self->cancellable);

  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}
