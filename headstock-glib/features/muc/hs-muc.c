/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-muc-private.h"

#include <string.h>

#include "hs-described.h"
#include "hs-disco.h"
#include "hs-feature.h"
#include "hs-module.h"
#include "hs-muc-invite-private.h"
#include "hs-muc-rooms-private.h"
#include "hs-namespaces.h"
#include "hs-room-announce-private.h"
#include "hs-room-ping-private.h"
#include "hs-room-receive-private.h"
#include "hs-room-stay-private.h"

/**
 * HsMuc:
 *
 * Joins rooms and keeps track of them (XEP-0045). For clients only.
 *
 * ```python
 * client = Headstock.Client.new("bot@example.com", "secret")
 * muc = Headstock.Muc.new()
 * client.register(muc)
 *
 * def joined(muc, result):
 *     try:
 *         room = muc.join_finish(result)
 *         room.send(f"{room.props.occupants.get_n_items()} are here")
 *     except GLib.Error as error:
 *         print("not joined:", error.message)
 *
 * muc.connect("room-message", lambda muc, room, delivery: room.send("I heard that"))
 * muc.join_async("verona@rooms.example.com", "bot", None, joined)
 * client.run()
 * ```
 *
 * The module uses [class@Messages], which receives the messages of rooms, and [class@Disco], and registers those that
 * the client does not have.
 *
 * Since: 0.2
 */

enum
{
  PROP_CLIENT = 1,
  PROP_ROOMS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void hs_muc_module_init (HsModuleInterface *iface);
static void hs_muc_described_init (HsDescribedInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsMuc, hs_muc, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_muc_module_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_DESCRIBED, hs_muc_described_init))

/* ---- Receiving ---- */

static HsElement *
presence_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  g_autoptr (HsMuc) self = g_object_ref (user_data);
  HsStanza *stanza = HS_STANZA (element);
  g_autoptr (HsJid) from = NULL;
  HsRoom *room;

  if (g_hash_table_size (self->by_jid) == 0)
    return NULL;
  from = hs_stanza_get_from_jid (stanza);
  room = from != NULL ? hs_muc_find_room (self, from) : NULL;
  if (room == NULL && strcmp (hs_stanza_get_stanza_type (stanza), "error") == 0)
    room = hs_muc_find_joining (self, hs_stanza_get_id (stanza));
  if (room != NULL)
    hs_room_take_presence (room, HS_PRESENCE (element), from);
  return NULL;
}

/* Handles a child of a message that may be about a room itself. */
static HsElement *
child_cb (HsClient *client, HsElement *child, gpointer user_data)
{
  g_autoptr (HsMuc) self = g_object_ref (user_data);
  HsElement *parent = hs_element_get_parent (child);
  g_autoptr (HsJid) from = NULL;
  HsRoom *room;

  if (parent == NULL || !HS_IS_MESSAGE (parent) || hs_element_get_parent (parent) != NULL)
    return NULL;
  from = hs_stanza_get_from_jid (HS_STANZA (parent));
  room = from != NULL ? hs_muc_find_room (self, from) : NULL;
  if (room != NULL)
    hs_room_take_message (room, HS_MESSAGE (parent));
  return NULL;
}

static HsElement *
user_cb (HsClient *client, HsElement *x, gpointer user_data)
{
  /* Each occupant's presence has such a child as well. */
  if (hs_feature_is_in_presence (x))
    return NULL;
  child_cb (client, x, user_data);
  return hs_muc_mediated_cb (client, x, user_data);
}

static void
received_cb (HsMuc *self, HsDelivery *delivery)
{
  HsChatMessage *chat = HS_CHAT_MESSAGE (delivery);
  HsRoom *room;

  if (hs_chat_message_get_kind (chat) != HS_CHAT_KIND_ROOM)
    return;
  room = hs_muc_find_room (self, hs_chat_message_get_peer (chat));
  if (room != NULL)
    hs_room_take_delivery (room, delivery);
}

static HsJid *
real_jid_cb (HsJid *occupant, gpointer user_data)
{
  HsRoom *room = hs_muc_find_room (user_data, occupant);
  const char *nick = hs_jid_get_resource (occupant);
  HsOccupant *known = room != NULL && nick != NULL ? hs_room_table_lookup (&room->table, nick) : NULL;

  return known != NULL && known->real_jid != NULL ? hs_jid_ref (known->real_jid) : NULL;
}

/* ---- The module ---- */

static void
use_messages (HsMuc *self, gpointer messages)
{
  if (self->messages != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->messages, received_cb, self);
      hs_messages_set_real_jids (self->messages, NULL, NULL);
    }
  g_set_weak_pointer (&self->messages, messages);
  if (messages == NULL)
    return;
  g_signal_connect_object (messages, "received", G_CALLBACK (received_cb), self, G_CONNECT_SWAPPED);
  hs_messages_set_real_jids (messages, real_jid_cb, self);
}

static void
module_removed_cb (HsMuc *self, HsModule *module)
{
  if ((gpointer) module == (gpointer) self->messages)
    use_messages (self, NULL);
}

static void
module_added_cb (HsMuc *self, HsModule *module)
{
  if (HS_IS_MESSAGES (module))
    use_messages (self, module);
}

static void
state_cb (HsMuc *self)
{
  HsClientState state = hs_client_get_state (self->client);

  if (state == HS_CLIENT_STATE_INTERRUPTED && self->interrupted_time == 0)
    self->interrupted_time = hs_feature_get_time (self->client);
}

static void
set_client (HsMuc *self, HsClient *client)
{
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  if (!g_set_weak_pointer (&self->client, client))
    return;
  if (client != NULL)
    {
      g_signal_connect_object (client, "module-added", G_CALLBACK (module_added_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (client, "module-removed", G_CALLBACK (module_removed_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (client, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CLIENT]);
}

static void
for_each_ready (HsMuc *self)
{
  g_autoptr (GPtrArray) rooms = hs_muc_list_rooms (self);

  self->interrupted_time = 0;
  for (guint i = 0; i < rooms->len; i++)
    hs_room_ready (rooms->pdata[i]);
}

static void
hs_muc_attached (HsModule *module, HsClient *client)
{
  HsMuc *self = HS_MUC (module);

  g_return_if_fail (self->client == NULL);

  set_client (self, client);
  hs_client_ensure_module (client, HS_TYPE_DISCO);
  use_messages (self, hs_client_ensure_module (client, HS_TYPE_MESSAGES));
  hs_client_add_handler (client, "presence", HS_NS_CLIENT, HS_HANDLER_DEFAULT, presence_cb, self, NULL);
  hs_client_add_handler (client, "subject", HS_NS_CLIENT, HS_HANDLER_DEFAULT, child_cb, self, NULL);
  hs_client_add_handler (client, "error", HS_NS_CLIENT, HS_HANDLER_DEFAULT, child_cb, self, NULL);
  hs_client_add_handler (client, "x", HS_NS_MUC_USER, HS_HANDLER_DEFAULT, user_cb, self, NULL);
  hs_client_add_handler (client, "x", HS_NS_DATA, HS_HANDLER_DEFAULT, hs_muc_mediated_cb, self, NULL);
  hs_client_add_handler (client, "x", HS_NS_CONFERENCE, HS_HANDLER_DEFAULT, hs_muc_direct_invite_cb, self, NULL);
  /* The module was registered during a session: its ready() is not called any more. */
  if (hs_client_get_state (client) == HS_CLIENT_STATE_READY)
    for_each_ready (self);
}

static void
hs_muc_ready (HsModule *module, HsClient *client)
{
  for_each_ready (HS_MUC (module));
}

static void
hs_muc_resumed (HsModule *module, HsClient *client)
{
  HsMuc *self = HS_MUC (module);
  g_autoptr (GPtrArray) rooms = hs_muc_list_rooms (self);
  gint64 missed = self->interrupted_time != 0 ? (hs_feature_get_time (client) - self->interrupted_time) / 1000 : 0;

  self->interrupted_time = 0;
  for (guint i = 0; i < rooms->len; i++)
    hs_room_resumed (rooms->pdata[i], missed);
}

static void
session_gone (HsMuc *self, gboolean is_over)
{
  g_autoptr (GPtrArray) rooms = hs_muc_list_rooms (self);

  for (guint i = 0; i < rooms->len; i++)
    hs_room_session_lost (rooms->pdata[i], is_over);
}

static void
hs_muc_lost (HsModule *module, HsClient *client)
{
  session_gone (HS_MUC (module), FALSE);
}

static void
hs_muc_terminated (HsModule *module, HsClient *client)
{
  session_gone (HS_MUC (module), TRUE);
}

static void
hs_muc_presence_sent (HsModule *module, HsClient *client, HsPresence *presence)
{
  g_autoptr (GPtrArray) rooms = hs_muc_list_rooms (HS_MUC (module));

  for (guint i = 0; i < rooms->len; i++)
    hs_room_own_presence_sent (rooms->pdata[i], presence);
}

/* The session continues without the module: the account must not stay in the rooms. */
static void
say_farewells (HsMuc *self)
{
  g_autoptr (GPtrArray) rooms = hs_muc_list_rooms (self);

  for (guint i = 0; i < rooms->len; i++)
    {
      HsRoom *room = rooms->pdata[i];

      if (room->state == HS_ROOM_STATE_IN || room->join_id != NULL)
        hs_room_send_farewell (room, NULL);
    }
}

static void
hs_muc_detached (HsModule *module, HsClient *client)
{
  HsMuc *self = HS_MUC (module);

  if (self->client != client)
    return;
  say_farewells (self);
  session_gone (self, TRUE);
  use_messages (self, NULL);
  set_client (self, NULL);
}

static void
hs_muc_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_muc_attached;
  iface->ready = hs_muc_ready;
  iface->resumed = hs_muc_resumed;
  iface->lost = hs_muc_lost;
  iface->terminated = hs_muc_terminated;
  iface->presence_sent = hs_muc_presence_sent;
  iface->detached = hs_muc_detached;
}

static void
hs_muc_describe (HsDescribed *described, HsDiscoInfo *info)
{
  hs_disco_info_add_feature (info, HS_NS_MUC);
  hs_disco_info_add_feature (info, HS_NS_CONFERENCE);
}

static void
hs_muc_described_init (HsDescribedInterface *iface)
{
  iface->describe = hs_muc_describe;
}

/* ---- The object ---- */

static void
hs_muc_finalize (GObject *object)
{
  HsMuc *self = HS_MUC (object);

  g_clear_weak_pointer (&self->client);
  g_clear_weak_pointer (&self->messages);
  g_hash_table_unref (self->by_jid);
  g_clear_object (&self->removed);
  g_object_unref (self->rooms);

  G_OBJECT_CLASS (hs_muc_parent_class)->finalize (object);
}

static void
hs_muc_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsMuc *self = HS_MUC (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_muc_get_client (self));
      break;
    case PROP_ROOMS:
      g_value_set_object (value, hs_muc_get_rooms (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_muc_class_init (HsMucClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_muc_finalize;
  object_class->get_property = hs_muc_get_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), TRUE);

  /**
   * HsMuc:client: (getter get_client)
   *
   * The client that the module is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT, ro);

  /**
   * HsMuc:rooms: (getter get_rooms)
   *
   * The rooms, a list of [class@Room], whether the account is in them or not.
   *
   * Since: 0.2
   */
  props[PROP_ROOMS] = g_param_spec_object ("rooms", NULL, NULL, G_TYPE_LIST_MODEL, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
  hs_muc_install_signals ();
}

static void
hs_muc_init (HsMuc *self)
{
  self->rooms = g_list_store_new (HS_TYPE_ROOM);
  self->by_jid = g_hash_table_new (g_str_hash, g_str_equal);
}

/**
 * hs_muc_new:
 *
 * Makes a module for rooms, for [method@Client.register].
 *
 * Returns: (transfer full): the module
 *
 * Since: 0.2
 */
HsMuc *
hs_muc_new (void)
{
  return g_object_new (HS_TYPE_MUC, NULL);
}

/**
 * hs_muc_get_client: (get-property client)
 * @self: a module for rooms
 *
 * Gets the client that the module is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_muc_get_client (HsMuc *self)
{
  g_return_val_if_fail (HS_IS_MUC (self), NULL);

  return self->client;
}

/**
 * hs_muc_get_rooms: (get-property rooms)
 * @self: a module for rooms
 *
 * Gets the rooms, a list of [class@Room].
 *
 * Returns: (transfer none): the list; it is always the same one
 *
 * Since: 0.2
 */
GListModel *
hs_muc_get_rooms (HsMuc *self)
{
  g_return_val_if_fail (HS_IS_MUC (self), NULL);

  return G_LIST_MODEL (self->rooms);
}
