/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-bookmarks-private.h"

#include "hs-error.h"
#include "hs-feature.h"
#include "hs-namespaces.h"
#include "hs-stanza-error.h"

/* Stores and removes bookmarks, and takes over changes by the account's other devices. */

typedef struct
{
  char *room;
  HsElement *element; /* to be stored; or NULL to remove the bookmark */
} Change;

static void
change_free (Change *self)
{
  g_free (self->room);
  g_clear_object (&self->element);
  g_free (self);
}

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
  hs_bookmarks_apply (self, hs_bookmark_new_from_element (change->room, change->element));
  g_task_return_boolean (task, TRUE);
}

static void
removed_cb (GObject *pubsub, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  HsBookmarks *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  /* Another device may have removed the bookmark meanwhile. */
  if (!hs_pubsub_retract_finish (HS_PUBSUB (pubsub), result, &error)
      && !g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND))
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_error (&error);
  hs_bookmarks_drop (self, change->room);
  g_task_return_boolean (task, TRUE);
}

/* XEP-0402, 3: only the account itself may read the node. */
static HsNodeConfig *
make_options (void)
{
  HsNodeConfig *config = hs_node_config_new_private ();

  hs_node_config_store_value (config, "max_items", "max");
  hs_node_config_store_value (config, "send_last_published_item", "never");
  return config;
}

static void
go_on (HsBookmarks *self, GTask *task, const GError *error)
{
  g_autoptr (GTask) owned = task;
  Change *change = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (HsNodeConfig) options = NULL;

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
                               "Bookmarks cannot be changed: the server keeps them in an older store (XEP-0048, "
                               "XEP-0049), which HsBookmarks only reads");
      return;
    }
  if (change->element == NULL)
    {
      hs_pubsub_retract_async (self->pubsub, NULL, HS_NS_BOOKMARKS, change->room, TRUE, cancellable, removed_cb,
                               g_steal_pointer (&owned));
      return;
    }
  options = make_options ();
  hs_pubsub_publish_async (self->pubsub, NULL, HS_NS_BOOKMARKS, change->room, change->element, options, cancellable,
                           stored_cb, g_steal_pointer (&owned));
}

/* Takes over @task and @element. */
static void
begin (HsBookmarks *self, GTask *task, HsJid *room, HsElement *element)
{
  g_autoptr (GTask) owned = task;
  Change *change = g_new0 (Change, 1);

  change->room = g_strdup (hs_jid_to_string (room));
  change->element = element;
  g_task_set_task_data (task, change, (GDestroyNotify) change_free);
  if (self->client == NULL || hs_client_get_state (self->client) != HS_CLIENT_STATE_READY)
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                             "No bookmark can be changed without a session. Wait for HsClient::ready");
  else if (self->pubsub == NULL)
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                             "No bookmark can be changed: the client's HsPubSub was unregistered");
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
 * The call waits until the bookmarks are loaded. Nothing is published unless the server lets only the account itself
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
    begin (self, g_steal_pointer (&task), hs_bookmark_get_jid (bookmark), hs_bookmark_make_element (bookmark, TRUE));
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
  HsElement *payload = hs_pubsub_item_get_payload (item);
  HsBookmark *bookmark;

  /* The server tells only that an item was published, and not its payload. */
  if (payload == NULL)
    {
      hs_bookmarks_load_begin (self);
      return;
    }
  bookmark = hs_element_matches (payload, "conference", HS_NS_BOOKMARKS)
               ? hs_bookmark_new_from_element (hs_pubsub_item_get_id (item), payload)
               : NULL;
  if (bookmark != NULL)
    hs_bookmarks_apply (self, bookmark);
}

static void
drop_item (HsBookmarks *self, HsPubSubItem *item)
{
  g_autoptr (HsJid) jid = hs_bookmark_read_room (hs_pubsub_item_get_id (item), NULL);

  if (jid != NULL)
    hs_bookmarks_drop (self, hs_jid_to_string (jid));
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
      hs_bookmarks_replace (self, none);
      break;
    case HS_PUBSUB_EVENT_KIND_CONFIG:
    default:
      break;
    }
}
