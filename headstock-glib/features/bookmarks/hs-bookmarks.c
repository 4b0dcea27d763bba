/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-bookmarks-private.h"

#include "hs-feature.h"
#include "hs-module.h"
#include "hs-namespaces.h"
#include "hs-pubsub-shared.h"

/**
 * HsBookmarks:
 *
 * The rooms that the account remembers (XEP-0402). For clients only.
 *
 * The bookmarks are loaded in each session, and changes by the account's other devices appear in the list. On the
 * server, only the account itself may read them.
 *
 * ```python
 * bookmarks = Headstock.Bookmarks.new()
 * client.register(bookmarks)
 *
 * def stored(bookmarks, result):
 *     try:
 *         bookmarks.store_finish(result)
 *     except GLib.Error as error:
 *         print("not stored:", error.message)
 *
 * bookmark = Headstock.Bookmark.new("verona@rooms.example.org")
 * bookmark.props.is_autojoin = True
 * bookmarks.store_async(bookmark, None, stored)
 * ```
 *
 * If the server only has the older stores (XEP-0048, XEP-0049), they are read, and [property@Bookmarks:is-writable] is
 * false. [class@Autojoin] joins the rooms that are marked for autojoin.
 *
 * Since: 0.2
 */

enum
{
  PROP_CLIENT = 1,
  PROP_BOOKMARKS,
  PROP_IS_LOADED,
  PROP_IS_WRITABLE,
  PROP_KEEPS_PASSWORDS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void hs_bookmarks_module_init (HsModuleInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsBookmarks, hs_bookmarks, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_bookmarks_module_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_STATEFUL, hs_bookmarks_stateful_init))

/* ---- The module ---- */

static void
missed_cb (gpointer data)
{
  hs_bookmarks_load_missed (data);
}

static void
use_pubsub (HsBookmarks *self, HsPubSub *pubsub)
{
  if (self->pubsub != NULL)
    {
      hs_pubsub_remove_missed (self->pubsub, self);
      g_signal_handlers_disconnect_by_func (self->pubsub, hs_bookmarks_event_cb, self);
      hs_pubsub_unwatch (self->pubsub, HS_NS_BOOKMARKS);
    }
  g_set_object (&self->pubsub, pubsub);
  if (pubsub == NULL)
    return;
  hs_pubsub_watch (pubsub, HS_NS_BOOKMARKS);
  g_signal_connect_object (pubsub, "event::" HS_NS_BOOKMARKS, G_CALLBACK (hs_bookmarks_event_cb), self,
                           G_CONNECT_SWAPPED);
  hs_pubsub_add_missed (pubsub, missed_cb, self);
}

/* The module does not learn what other devices change from now on: the bookmarks must be loaded again. */
static void
stop (HsBookmarks *self)
{
  self->is_wanted = TRUE;
  hs_bookmarks_load_abandon (self);
  hs_bookmarks_set_writable (self, FALSE);
}

static void
module_added_cb (HsBookmarks *self, HsModule *module)
{
  if (!HS_IS_PUBSUB (module) || self->pubsub != NULL)
    return;
  use_pubsub (self, HS_PUBSUB (module));
  if (hs_client_get_state (self->client) == HS_CLIENT_STATE_READY)
    hs_bookmarks_load_begin (self);
}

static void
module_removed_cb (HsBookmarks *self, HsModule *module)
{
  if ((gpointer) module != (gpointer) self->pubsub)
    return;
  use_pubsub (self, NULL);
  stop (self);
}

static void
hs_bookmarks_attached (HsModule *module, HsClient *client)
{
  HsBookmarks *self = HS_BOOKMARKS (module);

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
  use_pubsub (self, HS_PUBSUB (hs_client_ensure_module (client, HS_TYPE_PUBSUB)));
  g_signal_connect_object (client, "module-added", G_CALLBACK (module_added_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "module-removed", G_CALLBACK (module_removed_cb), self, G_CONNECT_SWAPPED);
  hs_bookmarks_check_account (self);
  /* The module was registered during a session: its ready() is not called any more. */
  if (hs_client_get_state (client) == HS_CLIENT_STATE_READY)
    hs_bookmarks_load_begin (self);
}

/* Runs before any module's ready(), so that HsAutojoin does not join the rooms of another account. */
static void
hs_bookmarks_begin (HsModule *module, HsClient *client)
{
  hs_bookmarks_check_account (HS_BOOKMARKS (module));
}

static void
hs_bookmarks_ready (HsModule *module, HsClient *client)
{
  HsBookmarks *self = HS_BOOKMARKS (module);

  hs_bookmarks_check_account (self);
  /* A handler that ran before may have stored a bookmark, which begins to load them. */
  if (self->loading == NULL)
    hs_bookmarks_load_begin (self);
}

/* The requests may have failed while the session was interrupted. */
static void
hs_bookmarks_resumed (HsModule *module, HsClient *client)
{
  HsBookmarks *self = HS_BOOKMARKS (module);

  if (self->loading != NULL)
    return;
  if (self->is_wanted)
    hs_bookmarks_load_begin (self);
  else if (self->is_outdated)
    hs_bookmarks_load_missed (self);
}

/* The list stays as it was last known. */
static void
hs_bookmarks_lost (HsModule *module, HsClient *client)
{
  stop (HS_BOOKMARKS (module));
}

static void
hs_bookmarks_detached (HsModule *module, HsClient *client)
{
  HsBookmarks *self = HS_BOOKMARKS (module);

  if (self->client != client)
    return;
  g_signal_handlers_disconnect_by_data (client, self);
  stop (self);
  use_pubsub (self, NULL);
  hs_feature_set_client (self, &self->client, NULL);
}

static void
hs_bookmarks_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_bookmarks_attached;
  iface->begin = hs_bookmarks_begin;
  iface->ready = hs_bookmarks_ready;
  iface->resumed = hs_bookmarks_resumed;
  iface->lost = hs_bookmarks_lost;
  iface->detached = hs_bookmarks_detached;
}

/* ---- The object ---- */

static void
hs_bookmarks_finalize (GObject *object)
{
  HsBookmarks *self = HS_BOOKMARKS (object);

  g_clear_object (&self->loading);
  g_clear_weak_pointer (&self->client);
  g_clear_object (&self->pubsub);
  g_clear_object (&self->bookmarks);
  g_hash_table_unref (self->table);
  g_hash_table_unref (self->others);
  g_hash_table_unref (self->retracted);
  g_ptr_array_unref (self->waiting);
  g_free (self->account);

  G_OBJECT_CLASS (hs_bookmarks_parent_class)->finalize (object);
}

static void
hs_bookmarks_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsBookmarks *self = HS_BOOKMARKS (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_bookmarks_get_client (self));
      break;
    case PROP_BOOKMARKS:
      g_value_set_object (value, hs_bookmarks_get_bookmarks (self));
      break;
    case PROP_IS_LOADED:
      g_value_set_boolean (value, hs_bookmarks_get_is_loaded (self));
      break;
    case PROP_IS_WRITABLE:
      g_value_set_boolean (value, hs_bookmarks_get_is_writable (self));
      break;
    case PROP_KEEPS_PASSWORDS:
      g_value_set_boolean (value, hs_bookmarks_get_keeps_passwords (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_bookmarks_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_KEEPS_PASSWORDS:
      hs_bookmarks_set_keeps_passwords (HS_BOOKMARKS (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_bookmarks_class_init (HsBookmarksClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_bookmarks_finalize;
  object_class->get_property = hs_bookmarks_get_property;
  object_class->set_property = hs_bookmarks_set_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), TRUE);

  /**
   * HsBookmarks:client: (getter get_client)
   *
   * The client that the module is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT, ro);

  /**
   * HsBookmarks:bookmarks: (getter get_bookmarks)
   *
   * The bookmarks, a list model of [class@Bookmark]. Without a session, the list stays as it was last known.
   *
   * Since: 0.2
   */
  props[PROP_BOOKMARKS] = g_param_spec_object ("bookmarks", NULL, NULL, G_TYPE_LIST_MODEL, ro);

  /**
   * HsBookmarks:is-loaded: (getter get_is_loaded)
   *
   * Whether the bookmarks were loaded from the server, in this session or in an earlier one.
   *
   * Since: 0.2
   */
  props[PROP_IS_LOADED] = g_param_spec_boolean ("is-loaded", NULL, NULL, FALSE, ro);

  /**
   * HsBookmarks:is-writable: (getter get_is_writable)
   *
   * Whether bookmarks can be changed now: the server has XEP-0402, and the bookmarks were loaded in this session.
   *
   * Since: 0.2
   */
  props[PROP_IS_WRITABLE] = g_param_spec_boolean ("is-writable", NULL, NULL, FALSE, ro);

  /**
   * HsBookmarks:keeps-passwords: (getter get_keeps_passwords) (setter set_keeps_passwords)
   *
   * Whether the passwords of rooms are in the module's state (see [iface@Stateful]), which is written to disk. The
   * default is %FALSE.
   *
   * Since: 0.2
   */
  props[PROP_KEEPS_PASSWORDS] = g_param_spec_boolean ("keeps-passwords", NULL, NULL, FALSE,
                                                      G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
                                                        | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_bookmarks_init (HsBookmarks *self)
{
  self->bookmarks = g_list_store_new (HS_TYPE_BOOKMARK);
  self->table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->others = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->retracted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->is_wanted = TRUE;
}

/**
 * hs_bookmarks_new: (constructor)
 *
 * Makes a module for bookmarks, for [method@Client.register].
 *
 * Returns: (transfer full): the module
 *
 * Since: 0.2
 */
HsBookmarks *
hs_bookmarks_new (void)
{
  return g_object_new (HS_TYPE_BOOKMARKS, NULL);
}

/**
 * hs_bookmarks_get_client: (get-property client)
 * @self: the module
 *
 * Gets the client that the module is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_bookmarks_get_client (HsBookmarks *self)
{
  g_return_val_if_fail (HS_IS_BOOKMARKS (self), NULL);

  return self->client;
}

/**
 * hs_bookmarks_get_bookmarks: (get-property bookmarks)
 * @self: the module
 *
 * Gets the bookmarks.
 *
 * Returns: (transfer none): a list model of [class@Bookmark]
 *
 * Since: 0.2
 */
GListModel *
hs_bookmarks_get_bookmarks (HsBookmarks *self)
{
  g_return_val_if_fail (HS_IS_BOOKMARKS (self), NULL);

  return G_LIST_MODEL (self->bookmarks);
}

/**
 * hs_bookmarks_get_is_loaded: (get-property is-loaded)
 * @self: the module
 *
 * Gets whether the bookmarks were loaded from the server.
 *
 * Returns: true if they were, in this session or in an earlier one
 *
 * Since: 0.2
 */
gboolean
hs_bookmarks_get_is_loaded (HsBookmarks *self)
{
  g_return_val_if_fail (HS_IS_BOOKMARKS (self), FALSE);

  return self->is_loaded;
}

/**
 * hs_bookmarks_get_is_writable: (get-property is-writable)
 * @self: the module
 *
 * Gets whether bookmarks can be changed now.
 *
 * Returns: true if they can
 *
 * Since: 0.2
 */
gboolean
hs_bookmarks_get_is_writable (HsBookmarks *self)
{
  g_return_val_if_fail (HS_IS_BOOKMARKS (self), FALSE);

  return self->is_writable;
}

/**
 * hs_bookmarks_get_keeps_passwords: (get-property keeps-passwords)
 * @self: the module
 *
 * Gets whether the passwords of rooms are in the module's state.
 *
 * Returns: true if they are
 *
 * Since: 0.2
 */
gboolean
hs_bookmarks_get_keeps_passwords (HsBookmarks *self)
{
  g_return_val_if_fail (HS_IS_BOOKMARKS (self), FALSE);

  return self->keeps_passwords;
}

/**
 * hs_bookmarks_set_keeps_passwords: (set-property keeps-passwords)
 * @self: the module
 * @keeps_passwords: true if they are
 *
 * Sets whether the passwords of rooms are in the module's state.
 *
 * Since: 0.2
 */
void
hs_bookmarks_set_keeps_passwords (HsBookmarks *self, gboolean keeps_passwords)
{
  g_return_if_fail (HS_IS_BOOKMARKS (self));

  if (self->keeps_passwords == !!keeps_passwords)
    return;
  self->keeps_passwords = !!keeps_passwords;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_KEEPS_PASSWORDS]);
  hs_stateful_emit_changed (HS_STATEFUL (self));
}

/**
 * hs_bookmarks_lookup:
 * @self: the module
 * @room: the address of a room; a resource is left out
 *
 * Finds the bookmark of a room.
 *
 * Returns: (transfer none) (nullable): the bookmark, or %NULL if there is none
 *
 * Since: 0.2
 */
HsBookmark *
hs_bookmarks_lookup (HsBookmarks *self, const char *room)
{
  g_autoptr (HsJid) jid = NULL;
  g_autoptr (HsJid) bare = NULL;

  g_return_val_if_fail (HS_IS_BOOKMARKS (self), NULL);
  g_return_val_if_fail (room != NULL, NULL);

  jid = hs_jid_new (room, NULL);
  bare = jid != NULL ? hs_jid_get_bare (jid) : NULL;
  return bare != NULL ? g_hash_table_lookup (self->table, hs_jid_to_string (bare)) : NULL;
}
