/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-bookmarks-private.h"

#include <string.h>

#include "hs-error.h"
#include "hs-feature.h"
#include "hs-namespaces.h"
#include "hs-pubsub-shared.h"
#include "hs-stanza-error.h"

/* Stores and removes bookmarks, and takes over changes by the account's other devices. */

typedef struct
{
  HsClient *client; /* weak: whose account has the bookmark; or NULL */
  char *room;
  HsElement *element; /* to be stored; or NULL to remove the bookmark */
  HsBookmarkUnknown unknown; /* what @element gets from the present bookmark */
  gboolean is_retracted; /* the item with the room's address as its id was retracted, or was never to be */
} Change;

static void
change_free (Change *self)
{
  g_clear_weak_pointer (&self->client);
  g_free (self->room);
  g_clear_object (&self->element);
  g_free (self);
}

static void
return_unregistered (GTask *task)
{
  g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                           "No bookmark can be changed: the client's HsPubSub was unregistered");
}

static void retract_next (HsBookmarks *self, GTask *task);

static void
stored_cb (GObject *pubsub, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  HsBookmarks *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *id = hs_pubsub_publish_finish (HS_PUBSUB (pubsub), result, &error);

  if (id == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->client == change->client)
    hs_bookmarks_apply (self, hs_bookmark_new_from_element (change->room, change->element));
  retract_next (self, g_steal_pointer (&task));
}

static void
retracted_cb (GObject *pubsub, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  HsBookmarks *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  /* Another device may have removed the bookmark meanwhile. A bookmark that was to be stored is stored in any case. */
  if (!hs_pubsub_retract_finish (HS_PUBSUB (pubsub), result, &error) && change->element == NULL
      && !g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND))
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_error (&error);
  retract_next (self, g_steal_pointer (&task));
}

/* Takes an item of the room from the table of other items, and returns its id, or NULL. (transfer full) */
static char *
take_other (HsBookmarks *self, const char *room)
{
  GHashTableIter iter;
  gpointer id, of;

  g_hash_table_iter_init (&iter, self->others);
  while (g_hash_table_iter_next (&iter, &id, &of))
    if (strcmp (of, room) == 0)
      {
        g_hash_table_iter_steal (&iter);
        g_free (of);
        return id;
      }
  return NULL;
}

/* Retracts the next item of the room, or ends the task if there is none. Takes over @task. The items whose ids are the
 * room's address in another form are retracted when a bookmark is stored, too: they would show the previous bookmark. */
static void
retract_next (HsBookmarks *self, GTask *task)
{
  g_autoptr (GTask) owned = task;
  Change *change = g_task_get_task_data (task);
  /* The module may have another client now, whose bookmarks are others. */
  gboolean is_same = self->client == change->client;
  g_autofree char *id = is_same ? take_other (self, change->room) : NULL;

  if (id == NULL && !change->is_retracted)
    {
      id = g_strdup (change->room);
      change->is_retracted = TRUE;
    }
  else if (id != NULL)
    g_hash_table_add (self->retracted, g_strdup (id));
  if (id != NULL && is_same && self->pubsub != NULL)
    {
      hs_pubsub_retract_async (self->pubsub, NULL, HS_NS_BOOKMARKS, id, TRUE, g_task_get_cancellable (task),
                               retracted_cb, g_steal_pointer (&owned));
      return;
    }
  if (id != NULL && change->element == NULL)
    {
      return_unregistered (task);
      return;
    }
  if (change->element == NULL && is_same)
    hs_bookmarks_drop (self, change->room);
  g_task_return_boolean (task, TRUE);
}

static void
go_on (HsBookmarks *self, GTask *task, const GError *error)
{
  g_autoptr (GTask) owned = task;
  Change *change = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (HsNodeConfig) options = NULL;
  HsBookmark *present;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (error != NULL)
    {
      g_task_return_error (task, g_error_copy (error));
      return;
    }
  if (!self->is_writable)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_SUPPORTED,
                               "Bookmarks cannot be changed: the server has no nodes for them (XEP-0402), or keeps them "
                               "in an older store (XEP-0048, XEP-0049), which HsBookmarks only reads");
      return;
    }
  if (change->element == NULL)
    {
      retract_next (self, g_steal_pointer (&owned));
      return;
    }
  present = g_hash_table_lookup (self->table, change->room);
  if (present != NULL)
    hs_bookmark_complete (change->element, present, change->unknown);
  /* XEP-0402, 3: only the account itself may read the node. */
  options = hs_pubsub_new_list_config ();
  hs_pubsub_publish_async (self->pubsub, NULL, HS_NS_BOOKMARKS, change->room, change->element, options, cancellable,
                           stored_cb, g_steal_pointer (&owned));
}

/* Takes over @task. @bookmark: the one to store, or NULL to remove the one of the room. */
static void
begin (HsBookmarks *self, GTask *task, HsJid *room, HsBookmark *bookmark)
{
  g_autoptr (GTask) owned = task;
  Change *change = g_new0 (Change, 1);

  g_set_weak_pointer (&change->client, self->client);
  change->room = g_strdup (hs_jid_to_string (room));
  change->element = bookmark != NULL ? hs_bookmark_make_element (bookmark, TRUE) : NULL;
  change->unknown = bookmark != NULL ? hs_bookmark_get_unknown (bookmark) : 0;
  change->is_retracted = bookmark != NULL;
  g_task_set_task_data (task, change, (GDestroyNotify) change_free);
  if (self->client == NULL || hs_client_get_state (self->client) != HS_CLIENT_STATE_READY)
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                             "No bookmark can be changed without a session. Wait for HsClient::ready");
  else if (self->pubsub == NULL)
    return_unregistered (task);
  else if (self->is_wanted)
    {
      self->go_on = go_on;
      hs_feature_wait (self->waiting, g_steal_pointer (&owned));
      if (self->loading == NULL)
        hs_bookmarks_load_begin (self);
    }
  else
    go_on (self, g_steal_pointer (&owned), NULL);
}

/**
 * hs_bookmarks_store_async:
 * @self: the module
 * @bookmark: a bookmark, as it is now
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when the server has answered
 * @user_data: data for @callback
 *
 * Stores a bookmark, which replaces the one of the same room (XEP-0402, 3.4).
 *
 * A new bookmark keeps the extensions of the room's present bookmark, unless it has the same ones itself, or its
 * [property@Bookmark:extensions] were set: they are the data of other programs. The call waits until the bookmarks are loaded. Nothing is published unless the server lets only the account itself
 * read it.
 *
 * Call [method@Bookmarks.store_finish] in the callback to get the result.
 *
 * ```python
 * bookmark = Headstock.Bookmark.new("verona@rooms.example.org")
 * bookmark.props.nick = "Juliet"
 * bookmark.props.is_autojoin = True
 * await bookmarks.store_async(bookmark)
 * ```
 *
 * Since: 0.2
 */
void
hs_bookmarks_store_async (HsBookmarks *self,
                          HsBookmark *bookmark,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_BOOKMARKS (self));
  g_return_if_fail (HS_IS_BOOKMARK (bookmark));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_bookmarks_store_async);
  if (hs_bookmark_get_jid (bookmark) == NULL)
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_INVALID_JID,
                             "The bookmark was made with an address that is not a room's");
  else
    begin (self, g_steal_pointer (&task), hs_bookmark_get_jid (bookmark), bookmark);
}

/**
 * hs_bookmarks_store_finish:
 * @self: the module
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Bookmarks.store_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_JID if the bookmark has no room; %HS_ERROR_NOT_SUPPORTED if
 * [property@Bookmarks:is-writable] is false, or others could read the bookmark; those of
 * [method@Client.request_finish].
 *
 * Returns: true if the bookmark is stored
 *
 * Since: 0.2
 */
gboolean
hs_bookmarks_store_finish (HsBookmarks *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_BOOKMARKS (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_bookmarks_store_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_bookmarks_remove_async:
 * @self: the module
 * @room: the room's bare JID
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async) (closure user_data): called when the server has answered
 * @user_data: data for @callback
 *
 * Removes the bookmark of a room (XEP-0402, 3.5).
 *
 * Call [method@Bookmarks.remove_finish] in the callback to get the result.
 *
 * ```python
 * await bookmarks.remove_async("verona@rooms.example.org")
 * ```
 *
 * Since: 0.2
 */
void
hs_bookmarks_remove_async (HsBookmarks *self,
                           const char *room,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (HsJid) jid = NULL;
  GError *error = NULL;

  g_return_if_fail (HS_IS_BOOKMARKS (self));
  g_return_if_fail (room != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_bookmarks_remove_async);
  jid = hs_bookmark_read_room (room, &error);
  if (jid == NULL)
    g_task_return_error (task, error);
  else
    begin (self, g_steal_pointer (&task), jid, NULL);
}

/**
 * hs_bookmarks_remove_finish:
 * @self: the module
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Bookmarks.remove_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_JID; %HS_ERROR_NOT_SUPPORTED if
 * [property@Bookmarks:is-writable] is false; those of [method@Client.request_finish].
 *
 * Returns: true if the room has no bookmark any more
 *
 * Since: 0.2
 */
gboolean
hs_bookmarks_remove_finish (HsBookmarks *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_BOOKMARKS (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_bookmarks_remove_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- Other devices ---- */

static void
read_item (HsBookmarks *self, HsPubSubItem *item)
{
  HsBookmark *bookmark;
  gboolean is_other;

  /* The server tells only that an item was published, and not its payload. */
  if (hs_pubsub_item_get_payload (item) == NULL)
    {
      hs_bookmarks_load_begin (self);
      return;
    }
  bookmark = hs_bookmarks_read_item (self, item, &is_other);
  if (bookmark != NULL)
    hs_bookmarks_apply (self, bookmark);
}

static gboolean
has_other (HsBookmarks *self, const char *room)
{
  GHashTableIter iter;
  gpointer of;

  g_hash_table_iter_init (&iter, self->others);
  while (g_hash_table_iter_next (&iter, NULL, &of))
    if (strcmp (of, room) == 0)
      return TRUE;
  return FALSE;
}

static void
drop_item (HsBookmarks *self, HsPubSubItem *item)
{
  const char *id = hs_pubsub_item_get_id (item);
  g_autoptr (HsJid) jid = id != NULL ? hs_bookmark_read_room (id, NULL) : NULL;
  const char *room;

  if (jid == NULL || g_hash_table_remove (self->retracted, id))
    return;
  room = hs_jid_to_string (jid);
  /* The room may have another item, which is the bookmark now. */
  if (g_hash_table_remove (self->others, id) || (strcmp (id, room) == 0 && has_other (self, room)))
    hs_bookmarks_load_begin (self);
  else
    hs_bookmarks_drop (self, room);
}

void
hs_bookmarks_event_cb (HsBookmarks *self, HsPubSubEvent *event)
{
  HsJid *own = hs_client_get_bound_jid (self->client);
  g_autoptr (HsJid) bare = own != NULL ? hs_jid_get_bare (own) : NULL;
  g_autoptr (GPtrArray) none = NULL;

  /* Anybody can have a node of this name (CVE-2018-6591). */
  if (bare == NULL || !hs_jid_equal (hs_pubsub_event_get_service (event), bare))
    return;
  /* The bookmarks are being loaded, and were read from the node before this change: load them again. */
  if (self->is_past_node && hs_pubsub_event_get_kind (event) != HS_PUBSUB_EVENT_KIND_CONFIG)
    {
      hs_bookmarks_load_begin (self);
      return;
    }
  switch (hs_pubsub_event_get_kind (event))
    {
    case HS_PUBSUB_EVENT_KIND_ITEM:
      read_item (self, hs_pubsub_event_get_item (event));
      break;
    case HS_PUBSUB_EVENT_KIND_RETRACTED:
      drop_item (self, hs_pubsub_event_get_item (event));
      break;
    case HS_PUBSUB_EVENT_KIND_PURGED:
    case HS_PUBSUB_EVENT_KIND_DELETED:
      none = g_ptr_array_new ();
      g_hash_table_remove_all (self->others);
      hs_bookmarks_replace (self, none);
      break;
    case HS_PUBSUB_EVENT_KIND_CONFIG:
    default:
      break;
    }
}
