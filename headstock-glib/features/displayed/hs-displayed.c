/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-displayed-private.h"

#include "hs-described.h"
#include "hs-disco.h"
#include "hs-error.h"
#include "hs-feature.h"
#include "hs-messages-shared.h"
#include "hs-module.h"
#include "hs-namespaces.h"
#include "hs-roster-shared.h"

/**
 * HsDisplayed:
 *
 * Tells others, and the account's other devices, how far the user has read (XEP-0333, XEP-0490). For clients only.
 *
 * A program calls [method@Displayed.mark] with the last message that the user can see. The sender gets a marker if they
 * asked for one and may see the account's presence. The account's other devices learn of it by a node that nobody else
 * can read. A position only moves forward.
 *
 * ```python
 * displayed = Headstock.Displayed.new()
 * client.register(displayed)
 * displayed.connect("moved", lambda displayed, peer, archive, archive_id: print("read elsewhere:", peer, archive_id))
 * displayed.connect("seen-by", lambda displayed, peer, author, id: print(peer, "has read", id))
 *
 * def shown(delivery):
 *     displayed.mark(delivery)
 * ```
 *
 * It uses [class@Messages], [class@PubSub] and [class@Disco], and registers those that the client does not have. The
 * [class@Roster] that is registered with the client says who may see the account's presence: without a roster, no
 * person gets a marker. The positions are the state of this object (`displayed`, see [iface@Stateful]).
 *
 * Since: 0.2
 */

enum
{
  PROP_CLIENT = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

enum
{
  SIGNAL_SEEN_BY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void hs_displayed_module_init (HsModuleInterface *iface);
static void hs_displayed_described_init (HsDescribedInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsDisplayed, hs_displayed, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_displayed_module_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_DESCRIBED, hs_displayed_described_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_STATEFUL, hs_displayed_stateful_init))

/* ---- Receiving ---- */

static gint64
get_usec (HsChatMessage *chat)
{
  GDateTime *time = hs_chat_message_get_time (chat);

  return g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time);
}

static void
remember (HsDisplayed *self, HsChatMessage *chat)
{
  HsJid *archive = hs_chat_message_get_archive (chat);
  const char *id = hs_chat_message_get_archive_id (chat);

  if (archive != NULL && id != NULL
      && hs_displayed_table_remember (&self->table, hs_jid_to_string (hs_chat_message_get_peer (chat)), archive, id,
                                      get_usec (chat)))
    hs_stateful_emit_changed (HS_STATEFUL (self));
}

/* Ids are not secret: a marker only counts if the message was sent to the sender of the marker. */
static void
received_cb (HsDisplayed *self, HsDelivery *delivery)
{
  HsChatMessage *chat = HS_CHAT_MESSAGE (delivery);

  remember (self, chat);
  if (hs_chat_message_get_is_outgoing (chat) || hs_delivery_get_change (delivery) != HS_CHANGE_KIND_DISPLAYED
      || !hs_messages_may_be_about (self->messages, hs_delivery_get_target_id (delivery), delivery))
    return;
  g_signal_emit (self, signals[SIGNAL_SEEN_BY], 0, hs_chat_message_get_peer (chat), hs_chat_message_get_author (chat),
                 hs_delivery_get_target_id (delivery));
}

static void
learned_cb (HsDisplayed *self, const char *origin_id, HsDelivery *delivery)
{
  remember (self, HS_CHAT_MESSAGE (delivery));
}

/* ---- The module ---- */

static void
use_messages (HsDisplayed *self, gpointer messages)
{
  if (self->messages != NULL)
    g_signal_handlers_disconnect_by_data (self->messages, self);
  g_set_weak_pointer (&self->messages, messages);
  if (messages == NULL)
    return;
  g_signal_connect_object (messages, "received", G_CALLBACK (received_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (messages, "learned", G_CALLBACK (learned_cb), self, G_CONNECT_SWAPPED);
}

/* Without a module that it uses, this one learns nothing until such a module is registered again. */
static void
module_removed_cb (HsDisplayed *self, HsModule *module)
{
  if ((gpointer) module == (gpointer) self->messages)
    use_messages (self, NULL);
  else if ((gpointer) module == (gpointer) self->pubsub)
    hs_displayed_sync_stop (self);
}

static void
module_added_cb (HsDisplayed *self, HsModule *module)
{
  if (HS_IS_MESSAGES (module) && self->messages == NULL)
    use_messages (self, module);
  if (!HS_IS_PUBSUB (module) || self->pubsub != NULL)
    return;
  hs_displayed_sync_start (self, HS_PUBSUB (module));
  if (self->has_session)
    hs_displayed_sync_ready (self);
}

/* A session has begun or was resumed. The program may have given the client another account since the last session. */
static void
enter_session (HsDisplayed *self)
{
  hs_displayed_check_account (self);
  g_free (self->account);
  self->account = hs_stateful_dup_account (HS_STATEFUL (self), self->client);
  self->has_session = TRUE;
  hs_displayed_sync_ready (self);
}

static void
begin_session (HsDisplayed *self)
{
  self->is_unsupported = FALSE;
  enter_session (self);
}

static void
hs_displayed_attached (HsModule *module, HsClient *client)
{
  HsDisplayed *self = HS_DISPLAYED (module);

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
  hs_displayed_check_account (self);
  hs_client_ensure_module (client, HS_TYPE_DISCO);
  use_messages (self, hs_client_ensure_module (client, HS_TYPE_MESSAGES));
  hs_displayed_sync_start (self, HS_PUBSUB (hs_client_ensure_module (client, HS_TYPE_PUBSUB)));
  g_signal_connect_object (client, "module-added", G_CALLBACK (module_added_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "module-removed", G_CALLBACK (module_removed_cb), self, G_CONNECT_SWAPPED);
  /* The module was registered during a session: its begin() and ready() are not called any more. */
  if (hs_client_get_state (client) == HS_CLIENT_STATE_READY)
    begin_session (self);
}

static void
hs_displayed_ready (HsModule *module, HsClient *client)
{
  begin_session (HS_DISPLAYED (module));
}

static void
hs_displayed_resumed (HsModule *module, HsClient *client)
{
  enter_session (HS_DISPLAYED (module));
}

/* Until the next session, the module misses what other devices publish. */
static void
hs_displayed_lost (HsModule *module, HsClient *client)
{
  HsDisplayed *self = HS_DISPLAYED (module);

  self->has_session = FALSE;
  self->is_caught_up = FALSE;
  self->is_outdated = FALSE;
}

static void
hs_displayed_detached (HsModule *module, HsClient *client)
{
  HsDisplayed *self = HS_DISPLAYED (module);

  if (self->client != client)
    return;
  g_signal_handlers_disconnect_by_data (client, self);
  hs_displayed_sync_stop (self);
  use_messages (self, NULL);
  self->has_session = FALSE;
  hs_feature_set_client (self, &self->client, NULL);
}

static void
hs_displayed_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_displayed_attached;
  iface->ready = hs_displayed_ready;
  iface->resumed = hs_displayed_resumed;
  iface->lost = hs_displayed_lost;
  iface->detached = hs_displayed_detached;
}

static void
hs_displayed_describe (HsDescribed *described, HsDiscoInfo *info)
{
  hs_disco_info_add_feature (info, HS_NS_CHAT_MARKERS);
}

static void
hs_displayed_described_init (HsDescribedInterface *iface)
{
  iface->describe = hs_displayed_describe;
}

/* ---- The object ---- */

static void
hs_displayed_finalize (GObject *object)
{
  HsDisplayed *self = HS_DISPLAYED (object);

  g_clear_weak_pointer (&self->client);
  g_clear_weak_pointer (&self->messages);
  g_clear_weak_pointer (&self->pubsub);
  g_clear_object (&self->cancellable);
  g_free (self->account);
  hs_displayed_table_clear (&self->table);

  G_OBJECT_CLASS (hs_displayed_parent_class)->finalize (object);
}

static void
hs_displayed_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_displayed_get_client (HS_DISPLAYED (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_signals (void)
{
  /**
   * HsDisplayed::moved:
   * @self: the module
   * @peer: with whom the chat is
   * @archive: the address of the archive that has the message: the bare JID of the account or of a room
   * @archive_id: the id of the message in the archive
   *
   * Emitted when another device of the account has displayed a chat further than was known before.
   *
   * Since: 0.2
   */
  g_signal_new ("moved", HS_TYPE_DISPLAYED, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3, HS_TYPE_JID,
                HS_TYPE_JID, G_TYPE_STRING);

  /**
   * HsDisplayed::seen-by:
   * @self: the module
   * @peer: with whom the chat is
   * @author: (nullable): who has displayed it, as [property@ChatMessage:author] says; %NULL if nobody can tell
   * @id: the id that the marker names: that of [method@ChatMessage.get_id_for]
   *
   * Emitted when somebody has displayed a chat up to a message.
   *
   * Look for the id only among the messages of the chat with @peer, where there may be none: others can send any id. A
   * marker may come late or more than once.
   *
   * Since: 0.2
   */
  signals[SIGNAL_SEEN_BY] = g_signal_new ("seen-by", HS_TYPE_DISPLAYED, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 3, HS_TYPE_JID, G_TYPE_STRING, G_TYPE_STRING);
}

static void
hs_displayed_class_init (HsDisplayedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hs_displayed_finalize;
  object_class->get_property = hs_displayed_get_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), TRUE);

  /**
   * HsDisplayed:client: (getter get_client)
   *
   * The client that the module is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
  install_signals ();
}

static void
hs_displayed_init (HsDisplayed *self)
{
  hs_displayed_table_init (&self->table);
}

/**
 * hs_displayed_new:
 *
 * Makes a module for what is displayed, for [method@Client.register].
 *
 * Returns: (transfer full): the module
 *
 * Since: 0.2
 */
HsDisplayed *
hs_displayed_new (void)
{
  return g_object_new (HS_TYPE_DISPLAYED, NULL);
}

/**
 * hs_displayed_get_client: (get-property client)
 * @self: the module
 *
 * Gets the client that the module is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_displayed_get_client (HsDisplayed *self)
{
  g_return_val_if_fail (HS_IS_DISPLAYED (self), NULL);

  return self->client;
}

/* ---- Marking ---- */

/* Returns the id for the marker, or NULL if no marker is to be sent. A person gets one if they asked for it and may
 * see the account's presence (XEP-0333, 6 and 8); a room gets one for each message (5). */
static const char *
find_marker_id (HsDisplayed *self, HsChatMessage *chat)
{
  HsMessage *message = hs_chat_message_get_message (chat);
  HsStanza *stanza = HS_STANZA (message);

  if (hs_message_get_displayed_id (message) != NULL || hs_chat_message_get_kind (chat) == HS_CHAT_KIND_OCCUPANT)
    return NULL;
  if (hs_chat_message_get_kind (chat) == HS_CHAT_KIND_PERSON
      && (!hs_message_get_is_markable (message) || hs_client_is_own (self->client, hs_chat_message_get_peer (chat))
          || !hs_roster_sender_may_see (self->client, stanza)))
    return NULL;
  return hs_chat_message_get_id_for (chat, HS_CHANGE_KIND_DISPLAYED);
}

/* Whether the account's server takes the position out of a marker and publishes it (XEP-0490, 3.4.1). */
static gboolean
has_assist (HsDisplayed *self)
{
  HsModule *disco = hs_client_find_module (self->client, HS_TYPE_DISCO);
  HsDiscoInfo *info = disco != NULL ? hs_disco_get_account_info (HS_DISCO (disco)) : NULL;

  return info != NULL && hs_disco_info_has_feature (info, HS_NS_DISPLAYED_ASSIST);
}

/* @position: (nullable): sent with the marker. */
static gboolean
send_marker (HsDisplayed *self, HsChatMessage *chat, const char *id, HsDisplayedPosition *position, GError **error)
{
  gboolean in_room = hs_chat_message_get_kind (chat) == HS_CHAT_KIND_ROOM;
  g_autoptr (HsMessage) marker = hs_message_new (in_room ? "groupchat" : "chat",
                                                 hs_jid_to_string (hs_chat_message_get_peer (chat)));
  g_autofree char *own_id = hs_feature_random_id ();

  hs_stanza_set_id (HS_STANZA (marker), own_id);
  hs_message_set_displayed_id (marker, id);
  hs_message_set_hints (marker, HS_HINTS_STORE);
  if (position != NULL)
    {
      g_autoptr (HsElement) payload = hs_displayed_make_payload (position);

      hs_element_append (HS_ELEMENT (marker), payload);
    }
  return hs_client_send_stanza (self->client, HS_ELEMENT (marker), error);
}

static gboolean
is_marked_before (const HsDisplayedPosition *position, HsDisplayedPlace place)
{
  return place.time != position->marked.time ? place.time > position->marked.time
                                             : place.order > position->marked.order;
}

static gboolean
mark (HsDisplayed *self, HsDisplayedPosition *position, HsChatMessage *chat, HsDisplayedPlace place, GError **error)
{
  const char *marker_id = is_marked_before (position, place) ? find_marker_id (self, chat) : NULL;
  HsDisplayedPosition next = { .archive = hs_chat_message_get_archive (chat),
                               .id = (char *) hs_chat_message_get_archive_id (chat) };
  gboolean has_id = next.archive != NULL && next.id != NULL;
  /* Not before the positions of the other devices are known: the server would publish an older one. */
  gboolean is_assisted = has_id && marker_id != NULL && self->is_caught_up && has_assist (self);

  if (marker_id != NULL && !send_marker (self, chat, marker_id, is_assisted ? &next : NULL, error))
    return FALSE;
  if (marker_id != NULL)
    position->marked = place;
  if (!has_id)
    return TRUE;
  hs_displayed_position_move (position, next.archive, next.id, place);
  if (is_assisted)
    {
      g_free (position->published);
      position->published = g_strdup (position->id);
    }
  hs_stateful_emit_changed (HS_STATEFUL (self));
  hs_displayed_sync_publish (self, position);
  return TRUE;
}

/**
 * hs_displayed_mark:
 * @self: the module
 * @delivery: the last message that the user can see
 * @error: return location for an error
 *
 * Marks a chat as displayed up to a message.
 *
 * Nothing happens if the chat was displayed that far already, or if the account wrote the message. Otherwise the sender
 * gets a marker (XEP-0333) if they asked for one and may see the account's presence; a room gets a marker if it gave
 * the message an id in its archive. The account's other devices learn of it (XEP-0490) if an archive has the message
 * and the account's server can hide the position from others; with the server's assistance, one message does both.
 * Where publishing the position fails later, it is done in the next session.
 *
 * Errors: %HS_ERROR_NOT_CONNECTED without a session; those of [method@Client.send_stanza].
 *
 * Returns: true if the chat is displayed up to the message, false with an error
 *
 * Since: 0.2
 */
gboolean
hs_displayed_mark (HsDisplayed *self, HsDelivery *delivery, GError **error)
{
  HsChatMessage *chat = HS_CHAT_MESSAGE (delivery);
  HsDisplayedPosition *position;
  HsDisplayedPlace place;

  g_return_val_if_fail (HS_IS_DISPLAYED (self), FALSE);
  g_return_val_if_fail (HS_IS_DELIVERY (delivery), FALSE);

  if (self->client == NULL || !self->has_session)
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                           "There is no session in which to say that a message was displayed");
      return FALSE;
    }
  if (hs_chat_message_get_is_outgoing (chat))
    return TRUE;
  place = hs_displayed_table_find_place (&self->table, hs_chat_message_get_archive (chat),
                                         hs_chat_message_get_archive_id (chat), get_usec (chat));
  position = hs_displayed_table_ensure (&self->table, hs_jid_to_string (hs_chat_message_get_peer (chat)));
  return !hs_displayed_position_is_before (position, place) || mark (self, position, chat, place, error);
}

/**
 * hs_displayed_dup_position:
 * @self: the module
 * @peer: with whom the chat is: a bare JID, or for private messages in a room the full JID there
 *
 * Gets up to which message a chat was displayed, on this device or another one.
 *
 * Returns: (transfer full) (nullable): the id of the message in the archives archive, which is the room's for a room
 *   and the account's otherwise; %NULL if it is not known, or @peer is not a valid address
 *
 * Since: 0.2
 */
char *
hs_displayed_dup_position (HsDisplayed *self, const char *peer)
{
  g_autoptr (HsJid) jid = NULL;
  HsDisplayedPosition *position;

  g_return_val_if_fail (HS_IS_DISPLAYED (self), NULL);
  g_return_val_if_fail (peer != NULL, NULL);

  jid = hs_jid_new (peer, NULL);
  position = jid != NULL ? hs_displayed_table_lookup (&self->table, hs_jid_to_string (jid)) : NULL;
  return position != NULL ? g_strdup (position->id) : NULL;
}
