/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-autojoin.h"

#include "hs-feature.h"
#include "hs-module.h"

/**
 * HsAutojoin:
 *
 * Joins the rooms whose bookmarks are marked for autojoin (XEP-0402, 4). For clients only.
 *
 * ```python
 * bookmarks = Headstock.Bookmarks.new()
 * muc = Headstock.Muc.new()
 * for module in (bookmarks, muc, Headstock.Autojoin.new(bookmarks, muc)):
 *     client.register(module)
 * muc.connect("room-message", room_message)
 * ```
 *
 * At most four rooms are entered at the same time. A room that was marked for autojoin is left when its bookmark is
 * removed or its autojoin is switched off, on this device or another one. A room that the program leaves is not joined again before its bookmark
 * changes. The nickname is that of the bookmark; without one, the local part of the account's address. A room that
 * could not be joined is tried again in the next session. When the module is unregistered, the rooms
 * that it has joined stay, and those that it is joining are left.
 *
 * Since: 0.2
 */

/* Services may limit how fast an account enters rooms. */
#define MAX_JOINING 4

struct _HsAutojoin
{
  GObject parent_instance;

  HsClient *client; /* weak */
  HsBookmarks *bookmarks;
  HsMuc *muc;
  GHashTable *followed; /* the rooms that are marked for autojoin */
  GHashTable *failed;   /* those of them that could not be joined */
  GQueue waiting;       /* those of them that are to be joined, char * */
  GPtrArray *joining;   /* HsRoom: those that this registration is joining */
  GCancellable *cancellable; /* of this registration; or NULL: there is none */
};

enum
{
  PROP_CLIENT = 1,
  PROP_BOOKMARKS,
  PROP_MUC,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void hs_autojoin_module_init (HsModuleInterface *iface);
static void pump (HsAutojoin *self);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsAutojoin, hs_autojoin, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_autojoin_module_init))

/* ---- Joining ---- */

typedef struct
{
  HsAutojoin *self;
  GCancellable *cancellable; /* of the registration that has begun it */
} Join;

static Join *
join_new (HsAutojoin *self)
{
  Join *join = g_new (Join, 1);

  *join = (Join){ g_object_ref (self), g_object_ref (self->cancellable) };
  return join;
}

static void
join_free (Join *join)
{
  g_object_unref (join->self);
  g_object_unref (join->cancellable);
  g_free (join);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Join, join_free)

static void
joined_cb (GObject *room, GAsyncResult *result, gpointer data)
{
  g_autoptr (Join) join = data;
  HsAutojoin *self = join->self;
  const char *jid = hs_jid_to_string (hs_room_get_jid (HS_ROOM (room)));

  /* The module has been unregistered since. */
  if (join->cancellable != self->cancellable)
    return;
  if (!hs_room_join_finish (HS_ROOM (room), result, NULL) && g_hash_table_contains (self->followed, jid))
    g_hash_table_add (self->failed, g_strdup (jid));
  g_ptr_array_remove (self->joining, room);
  pump (self);
}

/* (transfer full) */
static char *
dup_nick (HsAutojoin *self, HsBookmark *bookmark)
{
  const char *nick = hs_bookmark_get_nick (bookmark);
  g_autofree char *occupant = g_strdup_printf ("%s/%s", hs_jid_to_string (hs_bookmark_get_jid (bookmark)),
                                               nick != NULL ? nick : "");
  g_autoptr (HsJid) jid = hs_jid_new (occupant, NULL);
  HsJid *own = hs_client_get_bound_jid (self->client);
  const char *local = own != NULL ? hs_jid_get_local (own) : NULL;

  /* Others may have written the bookmark. */
  if (jid != NULL && hs_jid_get_resource (jid) != NULL)
    return g_strdup (nick);
  return g_strdup (local != NULL ? local : "user");
}

static void
join (HsAutojoin *self, HsBookmark *bookmark)
{
  g_autofree char *nick = dup_nick (self, bookmark);
  const char *jid = hs_jid_to_string (hs_bookmark_get_jid (bookmark));
  g_autoptr (HsRoom) room = NULL;
  HsRoomState state;

  hs_muc_add_room (self->muc, jid, nick);
  /* A handler that was told of the new room may have removed it. */
  if (!g_set_object (&room, hs_muc_lookup (self->muc, jid)))
    return;
  state = hs_room_get_state (room);
  /* The program may have joined it. */
  if (state != HS_ROOM_STATE_OUT && state != HS_ROOM_STATE_LEAVING)
    return;
  if (hs_bookmark_get_password (bookmark) != NULL)
    hs_room_set_password (room, hs_bookmark_get_password (bookmark));
  /* Or have unregistered this module. */
  if (self->client == NULL)
    return;
  g_ptr_array_add (self->joining, g_object_ref (room));
  hs_room_join_async (room, self->cancellable, joined_cb, join_new (self));
}

static void
pump (HsAutojoin *self)
{
  while (self->client != NULL && self->joining->len < MAX_JOINING)
    {
      g_autofree char *jid = g_queue_pop_head (&self->waiting);
      g_autoptr (HsBookmark) bookmark = NULL;

      if (jid == NULL)
        return;
      g_set_object (&bookmark, hs_bookmarks_lookup (self->bookmarks, jid));
      if (bookmark != NULL && hs_bookmark_get_is_autojoin (bookmark))
        join (self, bookmark);
    }
}

/* ---- Following the bookmarks ---- */

static void
leave (HsAutojoin *self, const char *jid)
{
  HsRoom *room = hs_muc_lookup (self->muc, jid);
  GList *link = g_queue_find_custom (&self->waiting, jid, (GCompareFunc) g_strcmp0);

  if (link != NULL)
    {
      g_free (link->data);
      g_queue_delete_link (&self->waiting, link);
    }
  g_hash_table_remove (self->failed, jid);
  if (room == NULL)
    return;
  if (hs_bookmarks_lookup (self->bookmarks, jid) == NULL)
    hs_muc_remove_room (self->muc, room);
  else
    hs_room_leave_async (room, NULL, NULL, NULL, NULL);
}

static void
follow (HsAutojoin *self, HsBookmark *bookmark)
{
  const char *jid = hs_jid_to_string (hs_bookmark_get_jid (bookmark));

  if (!hs_bookmark_get_is_autojoin (bookmark) || !g_hash_table_add (self->followed, g_strdup (jid)))
    return;
  g_queue_push_tail (&self->waiting, g_strdup (jid));
}

static void
sync_rooms (HsAutojoin *self)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  GListModel *model = hs_bookmarks_get_bookmarks (self->bookmarks);
  GHashTableIter iter;
  gpointer jid;

  /* The bookmarks of the last run may have changed since. */
  if (self->client == NULL || !hs_bookmarks_get_is_loaded (self->bookmarks))
    return;
  g_hash_table_iter_init (&iter, self->followed);
  while (g_hash_table_iter_next (&iter, &jid, NULL))
    {
      HsBookmark *bookmark = hs_bookmarks_lookup (self->bookmarks, jid);

      if (bookmark != NULL && hs_bookmark_get_is_autojoin (bookmark))
        continue;
      g_ptr_array_add (gone, g_strdup (jid));
      g_hash_table_iter_remove (&iter);
    }
  for (guint i = 0; i < gone->len; i++)
    leave (self, gone->pdata[i]);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (HsBookmark) bookmark = g_list_model_get_item (model, i);

      follow (self, bookmark);
    }
  pump (self);
}

static void
watch (HsAutojoin *self, guint position, guint n)
{
  GListModel *model = hs_bookmarks_get_bookmarks (self->bookmarks);

  for (guint i = position; i < position + n; i++)
    {
      g_autoptr (HsBookmark) bookmark = g_list_model_get_item (model, i);

      g_signal_handlers_disconnect_by_func (bookmark, sync_rooms, self);
      g_signal_connect_object (bookmark, "notify::is-autojoin", G_CALLBACK (sync_rooms), self, G_CONNECT_SWAPPED);
    }
}

static void
changed_cb (HsAutojoin *self, guint position, guint n_removed, guint n_added)
{
  watch (self, position, n_added);
  sync_rooms (self);
}

/* ---- The module ---- */

static void
hs_autojoin_attached (HsModule *module, HsClient *client)
{
  HsAutojoin *self = HS_AUTOJOIN (module);
  GListModel *model = hs_bookmarks_get_bookmarks (self->bookmarks);

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
  self->cancellable = g_cancellable_new ();
  g_signal_connect_object (model, "items-changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bookmarks, "notify::is-loaded", G_CALLBACK (sync_rooms), self, G_CONNECT_SWAPPED);
  watch (self, 0, g_list_model_get_n_items (model));
  sync_rooms (self);
}

/* A room that refused the last session may admit this one. */
static void
hs_autojoin_ready (HsModule *module, HsClient *client)
{
  HsAutojoin *self = HS_AUTOJOIN (module);
  GHashTableIter iter;
  gpointer jid;

  g_hash_table_iter_init (&iter, self->failed);
  while (g_hash_table_iter_next (&iter, &jid, NULL))
    {
      g_queue_push_tail (&self->waiting, g_strdup (jid));
      g_hash_table_iter_remove (&iter);
    }
  pump (self);
}

/* Leaves the rooms that a registration was still joining when it ended. A handler may have registered the module again
 * since: the rooms that it follows now stay. */
static void
leave_joining (HsAutojoin *self, GPtrArray *joining)
{
  for (guint i = 0; i < joining->len; i++)
    {
      HsRoom *room = joining->pdata[i];

      if (hs_room_get_state (room) == HS_ROOM_STATE_JOINING
          && !g_hash_table_contains (self->followed, hs_jid_to_string (hs_room_get_jid (room))))
        hs_room_leave_async (room, NULL, NULL, NULL, NULL);
    }
}

/* The rooms that were joined are not left: they belong to the program now. */
static void
hs_autojoin_detached (HsModule *module, HsClient *client)
{
  HsAutojoin *self = HS_AUTOJOIN (module);
  GListModel *model = hs_bookmarks_get_bookmarks (self->bookmarks);
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GPtrArray) joining = NULL;

  if (self->client != client)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (HsBookmark) bookmark = g_list_model_get_item (model, i);

      g_signal_handlers_disconnect_by_func (bookmark, sync_rooms, self);
    }
  g_signal_handlers_disconnect_by_func (model, changed_cb, self);
  g_signal_handlers_disconnect_by_func (self->bookmarks, sync_rooms, self);
  g_queue_clear_full (&self->waiting, g_free);
  g_hash_table_remove_all (self->followed);
  g_hash_table_remove_all (self->failed);
  cancellable = g_steal_pointer (&self->cancellable);
  joining = g_steal_pointer (&self->joining);
  self->joining = g_ptr_array_new_with_free_func (g_object_unref);
  /* From here on, handlers run, which may register the module again. */
  hs_feature_set_client (self, &self->client, NULL);
  g_cancellable_cancel (cancellable);
  leave_joining (self, joining);
}

static void
hs_autojoin_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_autojoin_attached;
  iface->ready = hs_autojoin_ready;
  iface->detached = hs_autojoin_detached;
}

/* ---- The object ---- */

static void
hs_autojoin_finalize (GObject *object)
{
  HsAutojoin *self = HS_AUTOJOIN (object);

  g_clear_weak_pointer (&self->client);
  g_clear_object (&self->bookmarks);
  g_clear_object (&self->muc);
  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->followed);
  g_hash_table_unref (self->failed);
  g_ptr_array_unref (self->joining);
  g_queue_clear_full (&self->waiting, g_free);

  G_OBJECT_CLASS (hs_autojoin_parent_class)->finalize (object);
}

static void
hs_autojoin_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsAutojoin *self = HS_AUTOJOIN (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_autojoin_get_client (self));
      break;
    case PROP_BOOKMARKS:
      g_value_set_object (value, hs_autojoin_get_bookmarks (self));
      break;
    case PROP_MUC:
      g_value_set_object (value, hs_autojoin_get_muc (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_autojoin_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsAutojoin *self = HS_AUTOJOIN (object);

  switch (prop_id)
    {
    case PROP_BOOKMARKS:
      self->bookmarks = g_value_dup_object (value);
      break;
    case PROP_MUC:
      self->muc = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* Python and JavaScript can make the object without hs_autojoin_new(). */
static void
hs_autojoin_constructed (GObject *object)
{
  HsAutojoin *self = HS_AUTOJOIN (object);

  if (self->bookmarks == NULL)
    self->bookmarks = hs_bookmarks_new ();
  if (self->muc == NULL)
    self->muc = hs_muc_new ();

  G_OBJECT_CLASS (hs_autojoin_parent_class)->constructed (object);
}

static void
hs_autojoin_class_init (HsAutojoinClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags once = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = hs_autojoin_constructed;
  object_class->finalize = hs_autojoin_finalize;
  object_class->get_property = hs_autojoin_get_property;
  object_class->set_property = hs_autojoin_set_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), TRUE);

  /**
   * HsAutojoin:client: (getter get_client)
   *
   * The client that the module is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * HsAutojoin:bookmarks: (getter get_bookmarks)
   *
   * The bookmarks. The default is %NULL: the module makes one for itself.
   *
   * Since: 0.2
   */
  props[PROP_BOOKMARKS] = g_param_spec_object ("bookmarks", NULL, NULL, HS_TYPE_BOOKMARKS, once);

  /**
   * HsAutojoin:muc: (getter get_muc)
   *
   * The module that joins the rooms. The default is %NULL: the module makes one for itself.
   *
   * Since: 0.2
   */
  props[PROP_MUC] = g_param_spec_object ("muc", NULL, NULL, HS_TYPE_MUC, once);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_autojoin_init (HsAutojoin *self)
{
  self->followed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->failed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->joining = g_ptr_array_new_with_free_func (g_object_unref);
  g_queue_init (&self->waiting);
}

/**
 * hs_autojoin_new: (constructor)
 * @bookmarks: the bookmarks
 * @muc: the module that joins the rooms
 *
 * Makes a module that joins the rooms that are marked for autojoin.
 *
 * The program registers all three with the same client ([method@Client.register]).
 *
 * Returns: (transfer full): the module
 *
 * Since: 0.2
 */
HsAutojoin *
hs_autojoin_new (HsBookmarks *bookmarks, HsMuc *muc)
{
  g_return_val_if_fail (HS_IS_BOOKMARKS (bookmarks), NULL);
  g_return_val_if_fail (HS_IS_MUC (muc), NULL);

  return g_object_new (HS_TYPE_AUTOJOIN, "bookmarks", bookmarks, "muc", muc, NULL);
}

/**
 * hs_autojoin_get_client: (get-property client)
 * @self: the module
 *
 * Gets the client that the module is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_autojoin_get_client (HsAutojoin *self)
{
  g_return_val_if_fail (HS_IS_AUTOJOIN (self), NULL);

  return self->client;
}

/**
 * hs_autojoin_get_bookmarks: (get-property bookmarks)
 * @self: the module
 *
 * Gets the bookmarks.
 *
 * Returns: (transfer none): the bookmarks
 *
 * Since: 0.2
 */
HsBookmarks *
hs_autojoin_get_bookmarks (HsAutojoin *self)
{
  g_return_val_if_fail (HS_IS_AUTOJOIN (self), NULL);

  return self->bookmarks;
}

/**
 * hs_autojoin_get_muc: (get-property muc)
 * @self: the module
 *
 * Gets the module that joins the rooms.
 *
 * Returns: (transfer none): the module for rooms
 *
 * Since: 0.2
 */
HsMuc *
hs_autojoin_get_muc (HsAutojoin *self)
{
  g_return_val_if_fail (HS_IS_AUTOJOIN (self), NULL);

  return self->muc;
}
