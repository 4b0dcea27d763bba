/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-avatars-private.h"

#include "hs-error.h"
#include "hs-feature.h"
#include "hs-module.h"
#include "hs-namespaces.h"

/**
 * HsAvatars:
 *
 * The images that people show, and the account's own (XEP-0084, XEP-0153, XEP-0398). For clients only.
 *
 * The images of people are known from their published metadata and from their presences; published metadata takes
 * precedence. An image is only loaded when the program calls [method@Avatars.load_async], and only accepted if it has
 * the announced hash. The account's presence never contains its own image, and no presence is sent when the image
 * changes.
 *
 * ```python
 * avatars = Headstock.Avatars(folder=Gio.File.new_for_path("avatars"))
 * client.register(avatars)
 *
 * def loaded(avatars, result):
 *     show(avatars.load_finish(result))
 *
 * avatar = avatars.lookup("juliet@example.com")
 * avatars.load_async(avatar, None, loaded)
 * ```
 *
 * It uses [class@PubSub], and registers one if the client has none.
 *
 * Since: 0.2
 */

#define DEFAULT_MAX_BYTES (512 * 1024)
#define SIGNAL "event::" HS_NS_AVATAR_METADATA

enum
{
  PROP_CLIENT = 1,
  PROP_FOLDER,
  PROP_MAX_BYTES,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void hs_avatars_module_init (HsModuleInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsAvatars, hs_avatars, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_avatars_module_init))

static HsElement *
presence_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  hs_avatars_read_presence (user_data, HS_STANZA (element));
  return NULL;
}

static void
event_cb (HsAvatars *self, HsPubSubEvent *event)
{
  HsPubSubEventKind kind = hs_pubsub_event_get_kind (event);
  HsPubSubItem *item = hs_pubsub_event_get_item (event);
  const char *key = hs_jid_to_string (hs_pubsub_event_get_service (event));
  HsAvatarInfo *info;

  if (kind == HS_PUBSUB_EVENT_KIND_PURGED || kind == HS_PUBSUB_EVENT_KIND_DELETED)
    hs_avatars_forget_published (self, key, NULL);
  /* The retracted item may be the metadata of the image that is shown. */
  if (kind == HS_PUBSUB_EVENT_KIND_RETRACTED && item != NULL && hs_pubsub_item_get_id (item) != NULL)
    hs_avatars_forget_published (self, key, hs_pubsub_item_get_id (item));
  if (kind != HS_PUBSUB_EVENT_KIND_ITEM || item == NULL)
    return;
  info = hs_avatars_read_metadata (item);
  if (info != NULL)
    hs_avatars_take_info (self, key, info);
}

static void
use_pubsub (HsAvatars *self, HsPubSub *pubsub)
{
  if (self->pubsub != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->pubsub, event_cb, self);
      hs_pubsub_unwatch (self->pubsub, HS_NS_AVATAR_METADATA);
    }
  g_set_weak_pointer (&self->pubsub, pubsub);
  if (pubsub == NULL)
    return;
  hs_pubsub_watch (pubsub, HS_NS_AVATAR_METADATA);
  g_signal_connect_object (pubsub, SIGNAL, G_CALLBACK (event_cb), self, G_CONNECT_SWAPPED);
}

static void
module_removed_cb (HsAvatars *self, HsModule *module)
{
  if ((gpointer) module == (gpointer) self->pubsub)
    use_pubsub (self, NULL);
}

static void
module_added_cb (HsAvatars *self, HsModule *module)
{
  if (HS_IS_PUBSUB (module) && self->pubsub == NULL)
    use_pubsub (self, HS_PUBSUB (module));
}

/* The program may have given the client another account, or the module another client. */
static void
check_account (HsAvatars *self)
{
  HsJid *jid = hs_client_get_jid (self->client);
  g_autoptr (HsJid) account = NULL;
  g_autoptr (HsJid) previous = NULL;

  /* The server names an account that signs in without a local part (XEP-0175). */
  if (jid == NULL || hs_jid_get_local (jid) == NULL)
    jid = hs_client_get_bound_jid (self->client);
  if (jid == NULL)
    return;
  account = hs_jid_get_bare (jid);
  previous = g_steal_pointer (&self->account);
  self->account = hs_jid_ref (account);
  if (previous != NULL && !hs_jid_equal (previous, account))
    hs_avatars_forget_all (self);
}

static void
hs_avatars_ready (HsModule *module, HsClient *client)
{
  check_account (HS_AVATARS (module));
}

static void
hs_avatars_attached (HsModule *module, HsClient *client)
{
  HsAvatars *self = HS_AVATARS (module);

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
  use_pubsub (self, HS_PUBSUB (hs_client_ensure_module (client, HS_TYPE_PUBSUB)));
  g_signal_connect_object (client, "module-added", G_CALLBACK (module_added_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "module-removed", G_CALLBACK (module_removed_cb), self, G_CONNECT_SWAPPED);
  hs_client_add_handler (client, "presence", HS_NS_CLIENT, HS_HANDLER_DEFAULT, presence_cb, self, NULL);
  check_account (self);
}

/* The account has left all rooms when the session is lost. */
static void
hs_avatars_lost (HsModule *module, HsClient *client)
{
  hs_avatars_forget_occupants (HS_AVATARS (module), NULL);
}

static void
hs_avatars_detached (HsModule *module, HsClient *client)
{
  HsAvatars *self = HS_AVATARS (module);

  if (self->client != client)
    return;
  g_signal_handlers_disconnect_by_data (client, self);
  use_pubsub (self, NULL);
  hs_avatars_forget_occupants (self, NULL);
  hs_feature_set_client (self, &self->client, NULL);
}

static void
hs_avatars_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_avatars_attached;
  iface->ready = hs_avatars_ready;
  iface->lost = hs_avatars_lost;
  iface->detached = hs_avatars_detached;
}

/* ---- The object ---- */

static void
gone_cb (gpointer user_data, GObject *gone)
{
  HsAvatars *self = user_data;

  g_hash_table_remove (self->alive, HS_AVATAR (gone)->key);
}

static void
hs_avatars_finalize (GObject *object)
{
  HsAvatars *self = HS_AVATARS (object);
  GHashTableIter iter;
  gpointer avatar;

  g_hash_table_iter_init (&iter, self->alive);
  while (g_hash_table_iter_next (&iter, NULL, &avatar))
    g_object_weak_unref (avatar, gone_cb, self);
  g_clear_weak_pointer (&self->client);
  g_clear_weak_pointer (&self->pubsub);
  g_clear_pointer (&self->account, hs_jid_unref);
  g_clear_object (&self->folder);
  g_hash_table_unref (self->infos);
  g_queue_clear_full (&self->info_keys, g_free);
  g_hash_table_unref (self->failed);
  g_hash_table_unref (self->alive);
  g_hash_table_unref (self->loads);

  G_OBJECT_CLASS (hs_avatars_parent_class)->finalize (object);
}

static void
hs_avatars_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsAvatars *self = HS_AVATARS (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_avatars_get_client (self));
      break;
    case PROP_FOLDER:
      g_value_set_object (value, hs_avatars_get_folder (self));
      break;
    case PROP_MAX_BYTES:
      g_value_set_uint (value, hs_avatars_get_max_bytes (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_avatars_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsAvatars *self = HS_AVATARS (object);

  switch (prop_id)
    {
    case PROP_FOLDER:
      hs_avatars_set_folder (self, g_value_get_object (value));
      break;
    case PROP_MAX_BYTES:
      hs_avatars_set_max_bytes (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_avatars_class_init (HsAvatarsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_avatars_finalize;
  object_class->get_property = hs_avatars_get_property;
  object_class->set_property = hs_avatars_set_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), TRUE);

  /**
   * HsAvatars:client: (getter get_client)
   *
   * The client that the module is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * HsAvatars:folder: (getter get_folder) (setter set_folder)
   *
   * A folder in which images are kept, so that each is loaded once. The default is %NULL: no image is kept.
   *
   * The name of a file is the image's hash. The folder is created, with mode 0700, when the first image is kept. The
   * library never removes a file from it.
   *
   * Since: 0.2
   */
  props[PROP_FOLDER] = g_param_spec_object ("folder", NULL, NULL, G_TYPE_FILE, rw);

  /**
   * HsAvatars:max-bytes: (getter get_max_bytes) (setter set_max_bytes)
   *
   * How many bytes an image may have: a larger one is neither loaded nor published. The default is 524,288 (512 KiB),
   * the least 1.
   *
   * Since: 0.2
   */
  props[PROP_MAX_BYTES] = g_param_spec_uint ("max-bytes", NULL, NULL, 1, G_MAXINT, DEFAULT_MAX_BYTES, rw);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_avatars_init (HsAvatars *self)
{
  self->max_bytes = DEFAULT_MAX_BYTES;
  self->infos = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) hs_avatar_info_free);
  self->failed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->alive = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->loads = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->info_keys);
  g_queue_init (&self->waiting);
}

/**
 * hs_avatars_new:
 *
 * Makes a module for avatars, for [method@Client.register].
 *
 * Returns: (transfer full): the module
 *
 * Since: 0.2
 */
HsAvatars *
hs_avatars_new (void)
{
  return g_object_new (HS_TYPE_AVATARS, NULL);
}

/**
 * hs_avatars_get_client: (get-property client)
 * @self: a module for avatars
 *
 * Gets the client that the module is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_avatars_get_client (HsAvatars *self)
{
  g_return_val_if_fail (HS_IS_AVATARS (self), NULL);

  return self->client;
}

/**
 * hs_avatars_get_folder: (get-property folder)
 * @self: a module for avatars
 *
 * Gets the folder in which images are kept.
 *
 * Returns: (transfer none) (nullable): the folder, or %NULL
 *
 * Since: 0.2
 */
GFile *
hs_avatars_get_folder (HsAvatars *self)
{
  g_return_val_if_fail (HS_IS_AVATARS (self), NULL);

  return self->folder;
}

/**
 * hs_avatars_set_folder: (set-property folder)
 * @self: a module for avatars
 * @folder: (nullable): a folder, or %NULL for none
 *
 * Sets the folder in which images are kept.
 *
 * Since: 0.2
 */
void
hs_avatars_set_folder (HsAvatars *self, GFile *folder)
{
  g_return_if_fail (HS_IS_AVATARS (self));
  g_return_if_fail (folder == NULL || G_IS_FILE (folder));

  if (g_set_object (&self->folder, folder))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_FOLDER]);
}

/**
 * hs_avatars_get_max_bytes: (get-property max-bytes)
 * @self: a module for avatars
 *
 * Gets how many bytes an image may have.
 *
 * Returns: the number of bytes
 *
 * Since: 0.2
 */
guint
hs_avatars_get_max_bytes (HsAvatars *self)
{
  g_return_val_if_fail (HS_IS_AVATARS (self), 0);

  return self->max_bytes;
}

/**
 * hs_avatars_set_max_bytes: (set-property max-bytes)
 * @self: a module for avatars
 * @max_bytes: the number of bytes, at least 1
 *
 * Sets how many bytes an image may have.
 *
 * Since: 0.2
 */
void
hs_avatars_set_max_bytes (HsAvatars *self, guint max_bytes)
{
  g_return_if_fail (HS_IS_AVATARS (self));

  max_bytes = CLAMP (max_bytes, 1, (guint) G_MAXINT);
  if (self->max_bytes == max_bytes)
    return;
  self->max_bytes = max_bytes;
  /* An image that was too large may be loaded now. */
  g_hash_table_remove_all (self->failed);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAX_BYTES]);
}

/**
 * hs_avatars_lookup:
 * @self: a module for avatars
 * @jid: the address of a person, or the full JID of an occupant of a room
 *
 * Gets the avatar of an address, without a request.
 *
 * The object stays the same while it is referenced. Its properties follow the image that the person shows.
 *
 * Returns: (transfer full) (nullable): the avatar, or %NULL if @jid is not a valid JID
 *
 * Since: 0.2
 */
HsAvatar *
hs_avatars_lookup (HsAvatars *self, const char *jid)
{
  g_autofree char *key = NULL;
  HsAvatar *avatar;

  g_return_val_if_fail (HS_IS_AVATARS (self), NULL);
  g_return_val_if_fail (jid != NULL, NULL);

  key = hs_avatars_dup_key (self, jid);
  if (key == NULL)
    return NULL;
  avatar = g_hash_table_lookup (self->alive, key);
  if (avatar != NULL)
    return g_object_ref (avatar);
  avatar = hs_avatar_new (key);
  hs_avatar_set_info (avatar, hs_avatars_find_info (self, key));
  g_object_weak_ref (G_OBJECT (avatar), gone_cb, self);
  g_hash_table_insert (self->alive, g_steal_pointer (&key), avatar);
  return avatar;
}
