/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-blocking-private.h"

#include "hs-iq.h"
#include "hs-namespaces.h"

/* Loading the list (XEP-0191, 3.2), and applying the changes of the account's other devices (3.3 to 3.5). */

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

static GPtrArray *
new_jids (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) hs_jid_unref);
}

/* Ignores an item without a valid address. */
static void
read_item (GPtrArray *jids, HsElement *item)
{
  const char *address = hs_element_get_attribute (item, "jid");
  HsJid *jid = address != NULL ? hs_jid_new (address, NULL) : NULL;

  if (jid != NULL)
    g_ptr_array_add (jids, jid);
}

/* Returns the valid addresses of the items in an element. (transfer full) (element-type HsJid) */
static GPtrArray *
read_items (HsElement *element)
{
  GPtrArray *jids = new_jids ();

  for (HsElement *item = hs_element_get_first_child (element); item != NULL;
       item = hs_element_get_next_sibling (item))
    if (hs_element_matches (item, "item", HS_NS_BLOCKING))
      read_item (jids, item);
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

/* The flags of the handler see to it that the account sent the iq. Other iqs are left to other handlers. */
HsElement *
hs_blocking_push_cb (HsClient *client, HsElement *iq, gpointer blocking)
{
  g_autoptr (HsBlocking) self = g_object_ref (blocking);
  HsElement *payload = hs_iq_get_payload (HS_IQ (iq));
  gboolean is_block = payload != NULL && hs_element_matches (payload, "block", HS_NS_BLOCKING);
  gboolean is_unblock = payload != NULL && hs_element_matches (payload, "unblock", HS_NS_BLOCKING);
  HsStanza *reply = NULL;

  /* An iq with several payloads is left to the client, which answers `bad-request` (RFC 6120, 8.2.3). */
  if ((!is_block && !is_unblock) || hs_element_get_next_sibling (payload) != NULL)
    return NULL;
  /* The answer is made first: handlers of the list may do anything. */
  reply = hs_stanza_new_reply (HS_STANZA (iq));
  /* Only an `<unblock/>` without children unblocks all addresses. */
  if (is_unblock && hs_element_get_first_child (payload) == NULL)
    hs_blocking_apply (self, FALSE, NULL);
  else
    {
      g_autoptr (GPtrArray) jids = read_items (payload);

      hs_blocking_apply (self, is_block, jids);
    }
  return reply != NULL ? HS_ELEMENT (reply) : NULL;
}

static void
replaced_cb (gpointer blocking)
{
  hs_blocking_set_loaded (blocking, TRUE);
}

/* @jids: (transfer full): those in the answer. */
static void
take_answer (HsBlocking *self, HsIq *answer, GPtrArray *jids)
{
  HsElement *list = hs_iq_get_payload (answer);

  if (list == NULL || !hs_element_matches (list, "blocklist", HS_NS_BLOCKING))
    {
      g_debug ("The answer to the request for the block list has no block list");
      g_ptr_array_unref (jids);
      return;
    }
  hs_blocked_list_replace (self->blocked, jids, replaced_cb, self);
  self->has_answered = TRUE;
  hs_blocking_update_supported (self);
}

static void
end_request (HsBlocking *self)
{
  if (self->client != NULL && self->item_handler != 0)
    hs_client_remove_handler (self->client, self->item_handler);
  self->item_handler = 0;
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->staging, g_ptr_array_unref);
  g_clear_object (&self->cancellable);
}

static void
answered_cb (GObject *client, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;
  g_autoptr (HsBlocking) self = request->blocking;
  g_autoptr (GCancellable) cancellable = request->cancellable;
  g_autoptr (GPtrArray) jids = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (client), result, &error);

  g_free (request);
  if (self->cancellable != cancellable)
    return;
  jids = g_steal_pointer (&self->staging);
  end_request (self);
  /* A refusal is final for this session. */
  if (answer != NULL || error->domain == HS_STANZA_ERROR)
    self->is_wanted = FALSE;
  if (answer != NULL)
    take_answer (self, answer, g_steal_pointer (&jids));
  else
    g_debug ("The block list was not loaded: %s", error->message);
}

/* Takes each item out of the answer as it arrives, so that a list of any length passes max-stanza-size. */
static HsElement *
item_cb (HsClient *client, HsElement *item, gpointer blocking)
{
  HsBlocking *self = blocking;
  HsElement *list = hs_element_get_parent (item);
  HsElement *iq = list != NULL ? hs_element_get_parent (list) : NULL;

  if (self->staging != NULL && iq != NULL && hs_element_get_parent (iq) == NULL
      && hs_element_matches (list, "blocklist", HS_NS_BLOCKING)
      && hs_element_get_first_child (iq) == list
      && g_strcmp0 (hs_element_get_attribute (iq, "id"), self->id) == 0)
    read_item (self->staging, item);
  return NULL;
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
  self->staging = new_jids ();
  /* Only items of results: pushes have the type `set`. */
  self->item_handler = hs_client_add_handler_full (
      self->client, "item", HS_NS_BLOCKING, "result", NULL,
      HS_HANDLER_FORGET | HS_HANDLER_FROM_ACCOUNT, item_cb, self, NULL);
  request->blocking = g_object_ref (self);
  request->cancellable = g_object_ref (self->cancellable);
  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, self->cancellable, answered_cb,
                           request);
  if (self->cancellable != NULL)
    self->id = g_strdup (hs_stanza_get_id (HS_STANZA (iq)));
}

void
hs_blocking_load_abandon (HsBlocking *self)
{
  g_autoptr (GCancellable) cancellable
      = self->cancellable != NULL ? g_object_ref (self->cancellable) : NULL;

  end_request (self);
  hs_blocked_list_abandon (self->blocked);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

void
hs_blocking_load_interrupt (HsBlocking *self)
{
  if (self->staging != NULL)
    g_ptr_array_set_size (self->staging, 0);
}
