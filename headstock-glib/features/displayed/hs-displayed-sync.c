/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-displayed-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"
#include "hs-pubsub-shared.h"
#include "hs-stanza-error.h"

/* The account's other devices (XEP-0490): a private node has an item for each chat, which says how far it was
 * displayed. Only events from the account itself count. */

#define SIGNAL "event::" HS_NS_DISPLAYED

HsElement *
hs_displayed_make_payload (const HsDisplayedPosition *position)
{
  HsElement *payload = hs_element_new ("displayed", HS_NS_DISPLAYED);
  HsElement *child = hs_element_add_child (payload, "stanza-id", HS_NS_SID);

  hs_element_set_attribute (child, "by", hs_jid_to_string (position->archive));
  hs_element_set_attribute (child, "id", position->id);
  return payload;
}

/* The archive must be that of the account or of the room in question: ids of any other archive have no meaning here. */
static HsJid *
read_archive (HsDisplayed *self, HsElement *stanza_id, HsJid *peer)
{
  const char *by = stanza_id != NULL ? hs_element_get_attribute (stanza_id, "by") : NULL;
  g_autoptr (HsJid) archive = by != NULL ? hs_jid_new (by, NULL) : NULL;

  if (archive == NULL || !hs_jid_is_bare (archive))
    return NULL;
  return hs_client_is_own (self->client, archive) || hs_jid_equal (archive, peer) ? g_steal_pointer (&archive) : NULL;
}

/* The values are copied: handlers may move the position again. */
static void
emit_moved (HsDisplayed *self, const HsDisplayedPosition *position)
{
  g_autoptr (HsJid) peer = hs_jid_new (position->peer, NULL);
  g_autoptr (HsJid) archive = hs_jid_ref (position->archive);
  g_autofree char *id = g_strdup (position->id);

  g_signal_emit_by_name (self, "moved", peer, archive, id);
}

static void
take_item (HsDisplayed *self, HsPubSubItem *item, gboolean is_live)
{
  const char *name = hs_pubsub_item_get_id (item);
  HsElement *payload = hs_pubsub_item_get_payload (item);
  g_autoptr (HsJid) peer = name != NULL ? hs_jid_new (name, NULL) : NULL;
  g_autoptr (HsJid) archive = NULL;
  HsElement *stanza_id;
  const char *id;

  if (peer == NULL || payload == NULL || !hs_element_matches (payload, "displayed", HS_NS_DISPLAYED))
    return;
  stanza_id = hs_element_get_child (payload, "stanza-id", HS_NS_SID);
  archive = read_archive (self, stanza_id, peer);
  id = archive != NULL ? hs_element_get_attribute (stanza_id, "id") : NULL;
  if (id == NULL || *id == '\0')
    return;
  if (hs_displayed_table_take_told (&self->table, hs_jid_to_string (peer), archive, id, is_live))
    emit_moved (self, hs_displayed_table_lookup (&self->table, hs_jid_to_string (peer)));
  hs_stateful_emit_changed (HS_STATEFUL (self));
}

static void
event_cb (HsDisplayed *self, HsPubSubEvent *event)
{
  HsJid *service = hs_pubsub_event_get_service (event);

  if (self->client == NULL || !hs_client_is_own (self->client, service)
      || hs_pubsub_event_get_kind (event) != HS_PUBSUB_EVENT_KIND_ITEM || hs_pubsub_event_get_item (event) == NULL)
    return;
  take_item (self, hs_pubsub_event_get_item (event), !hs_pubsub_event_get_is_replayed (event));
}

/* ---- Publishing ---- */

typedef struct
{
  HsDisplayed *self;
  char *peer;
  char *id;
} Publication;

static void
publication_free (Publication *self)
{
  g_object_unref (self->self);
  g_free (self->peer);
  g_free (self->id);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Publication, publication_free)

static void
published_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Publication) publication = user_data;
  HsDisplayed *self = publication->self;
  HsDisplayedPosition *position = hs_displayed_table_lookup (&self->table, publication->peer);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = hs_pubsub_publish_finish (HS_PUBSUB (source), result, &error);

  if (position != NULL)
    position->is_publishing = FALSE;
  /* The position is not published at all where others could read it. */
  if (g_error_matches (error, HS_ERROR, HS_ERROR_NOT_SUPPORTED))
    self->is_unsupported = TRUE;
  if (id == NULL)
    {
      g_debug ("How far the chat with %s was displayed is not published: %s", publication->peer, error->message);
      return;
    }
  if (position == NULL)
    return;
  g_free (position->published);
  position->published = g_strdup (publication->id);
  hs_stateful_emit_changed (HS_STATEFUL (self));
  /* The user may have read on meanwhile. */
  hs_displayed_sync_publish (self, position);
}

/* Publishes nothing before the positions of the other devices are known: this device may be behind them. */
void
hs_displayed_sync_publish (HsDisplayed *self, HsDisplayedPosition *position)
{
  g_autoptr (HsNodeConfig) options = NULL;
  g_autoptr (HsElement) payload = NULL;
  Publication *publication;

  if (!self->is_caught_up || self->is_unsupported || self->pubsub == NULL || position->is_publishing
      || !hs_displayed_position_is_news (position))
    return;
  options = hs_pubsub_new_list_config ();
  payload = hs_displayed_make_payload (position);
  publication = g_new (Publication, 1);
  *publication = (Publication){ g_object_ref (self), g_strdup (position->peer), g_strdup (position->id) };
  position->is_publishing = TRUE;
  hs_pubsub_publish_async (self->pubsub, NULL, HS_NS_DISPLAYED, position->peer, payload, options, NULL, published_cb,
                           publication);
}

/* ---- Catching up ---- */

static void
publish_all (HsDisplayed *self)
{
  GHashTableIter iter;
  gpointer position;

  g_hash_table_iter_init (&iter, self->table.positions);
  while (g_hash_table_iter_next (&iter, NULL, &position))
    hs_displayed_sync_publish (self, position);
}

/* The account has no such node, or no nodes at all: no device has published a position. */
static gboolean
is_absent (const GError *error)
{
  return g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND)
         || g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_SERVICE_UNAVAILABLE)
         || g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED);
}

static void items_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static void
ask_items (HsDisplayed *self)
{
  self->is_outdated = FALSE;
  self->cancellable = g_cancellable_new ();
  hs_pubsub_query_items_async (self->pubsub, NULL, HS_NS_DISPLAYED, NULL, 0, self->cancellable, items_cb,
                               g_object_ref (self));
}

static void
items_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HsDisplayed) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = hs_pubsub_query_items_finish (HS_PUBSUB (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  /* After any other error it is not known how far the other devices are. */
  if (items == NULL && !is_absent (error))
    {
      self->is_outdated = TRUE;
      return;
    }
  if (self->is_outdated)
    ask_items (self);
  for (guint i = 0; items != NULL && i < items->len && self->client != NULL; i++)
    take_item (self, items->pdata[i], self->is_caught_up);
  if (self->client == NULL)
    return;
  self->is_caught_up = TRUE;
  publish_all (self);
}

void
hs_displayed_sync_ready (HsDisplayed *self)
{
  if (self->pubsub == NULL || self->cancellable != NULL)
    return;
  if (self->is_caught_up)
    publish_all (self);
  if (!self->is_caught_up || self->is_outdated)
    ask_items (self);
}

/* Another device may have published a position without an event. */
static void
missed_cb (gpointer data)
{
  HsDisplayed *self = data;

  if (!self->has_session)
    return;
  if (self->cancellable != NULL)
    self->is_outdated = TRUE;
  else
    ask_items (self);
}

/* ---- The module for nodes ---- */

void
hs_displayed_sync_start (HsDisplayed *self, HsPubSub *pubsub)
{
  g_set_weak_pointer (&self->pubsub, pubsub);
  hs_pubsub_watch (pubsub, HS_NS_DISPLAYED);
  g_signal_connect_object (pubsub, SIGNAL, G_CALLBACK (event_cb), self, G_CONNECT_SWAPPED);
  hs_pubsub_add_missed (pubsub, missed_cb, self);
}

void
hs_displayed_sync_stop (HsDisplayed *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->is_caught_up = FALSE;
  self->is_outdated = FALSE;
  if (self->pubsub == NULL)
    return;
  hs_pubsub_remove_missed (self->pubsub, self);
  g_signal_handlers_disconnect_by_func (self->pubsub, event_cb, self);
  hs_pubsub_unwatch (self->pubsub, HS_NS_DISPLAYED);
  g_clear_weak_pointer (&self->pubsub);
}
