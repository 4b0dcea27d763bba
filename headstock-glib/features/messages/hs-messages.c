/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include "hs-described.h"
#include "hs-element.h"
#include "hs-feature.h"
#include "hs-iq.h"
#include "hs-module.h"
#include "hs-namespaces.h"

/**
 * HsMessages:
 *
 * Receives all messages of an account, on whichever way they arrive, and tells the delivery status of those that are
 * sent. For clients only.
 *
 * ```python
 * client = Headstock.Client.new("romeo@example.com", "secret")
 * messages = Headstock.Messages.new()
 * client.register(messages)
 *
 * def received(messages, delivery):
 *     body = delivery.props.message.props.body
 *     if body and not delivery.props.is_outgoing:
 *         messages.send_text(str(delivery.props.peer), "You said: " + body)
 *
 * messages.connect("received", received)
 * client.run()
 * ```
 *
 * **Received messages** are given to [signal@Messages::received]: messages to this client, copies of messages that
 * other clients of the account received and sent (XEP-0280), messages that the server had stored, messages of rooms,
 * and messages of an archive that [class@History] catches up with. The properties of each [class@Delivery] are checked:
 * which chat the message belongs to, who wrote it, which other message it changes, and which id it has in an archive. A
 * message that arrives twice, because a session was resumed, is given once.
 *
 * [signal@Client::message] is not emitted for these messages. It is still emitted for messages that are not part of a
 * chat: errors that do not concern messages of this object, events of services, and messages of rooms that were not
 * joined with this library. Handlers that were added with [method@Client.add_handler] see all messages.
 *
 * The first messages of a session wait until the server has told the account's features, for 10 seconds at most: only
 * then is it known whether archive ids can be trusted.
 *
 * **Sent messages**: [method@Messages.send] returns a [class@SentMessage], which tells whether the message arrived.
 * With [property@Messages:queue-offline], messages can be sent at any time, and are sent in order when there is a
 * session. Messages that wait, or whose status is unknown, are in [property@Messages:pending]; they are the state of
 * this object (`outbox`, see [iface@Stateful]), so that another run of the program sends those that wait.
 *
 * ```python
 * folder = Headstock.StateFolder.new(Gio.File.new_for_path("romeo"))
 * folder.load(messages)
 * messages.props.queue_offline = True
 * sent = messages.send_text("juliet@example.com", "Are you there?")
 * sent.connect("notify::state", lambda sent, pspec: print(sent.props.state))
 * ```
 *
 * **Receipts** (XEP-0184) are answered to contacts that may see the account's presence, as the [class@Roster] that is
 * registered with the client says. **Chat states** (XEP-0085) are sent with [method@Messages.send_chat_state]. The
 * module announces both in service discovery: it registers a [class@Disco] if the client has none. A program that makes
 * its own registers it first.
 *
 * Since: 0.2
 */

#define MAX_KNOWN 1000

enum
{
  PROP_CLIENT = 1,
  PROP_CARBONS,
  PROP_QUEUE_OFFLINE,
  PROP_REQUEST_RECEIPTS,
  PROP_ANSWER_RECEIPTS,
  PROP_PENDING,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void hs_messages_module_init (HsModuleInterface *iface);
static void hs_messages_described_init (HsDescribedInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsMessages, hs_messages, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_messages_module_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_DESCRIBED, hs_messages_described_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_STATEFUL, hs_messages_stateful_init))

static void
carbons_cb (GObject *client, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HsMessages) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (client), result, &error);

  /* The request failed without an answer, and the session may still be resumed. */
  if (answer == NULL && error->domain != HS_STANZA_ERROR)
    self->carbons_are_due = TRUE;
}

/* Switches carbons on or off in a running session (XEP-0280, 4 and 5). */
static void
request_carbons (HsMessages *self)
{
  g_autoptr (HsElement) payload = hs_element_new (self->carbons ? "enable" : "disable", HS_NS_CARBONS);
  g_autoptr (HsIq) iq = hs_iq_new ("set", NULL, payload);

  self->carbons_are_due = FALSE;
  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, NULL, carbons_cb, g_object_ref (self));
}

static void
begin_session (HsMessages *self)
{
  hs_messages_update_addresses (self);
  self->has_session = TRUE;
  hs_messages_wait_begin (self);
  hs_messages_transmit_all (self);
}

/* ---- The module ---- */

static void
hs_messages_attached (HsModule *module, HsClient *client)
{
  HsMessages *self = HS_MESSAGES (module);

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
  hs_messages_update_addresses (self);
  hs_client_ensure_module (client, HS_TYPE_DISCO);
  self->had_carbons = hs_client_get_carbons (client);
  hs_client_set_carbons (client, self->carbons);
  hs_messages_stream_start (self, client);
  hs_messages_check_account (self);
  if (hs_client_get_state (client) != HS_CLIENT_STATE_READY)
    return;
  /* The module was registered during a session: its ready() is not called any more. */
  if (self->carbons != self->had_carbons)
    request_carbons (self);
  begin_session (self);
}

static void
hs_messages_ready (HsModule *module, HsClient *client)
{
  HsMessages *self = HS_MESSAGES (module);

  self->carbons_are_due = FALSE;
  begin_session (self);
}

/* Repeats the requests that failed while the session was interrupted, and sends the messages that wait. */
static void
hs_messages_resumed (HsModule *module, HsClient *client)
{
  HsMessages *self = HS_MESSAGES (module);

  /* The module was registered while the session was interrupted, or the session is from an earlier run of the
   * program. */
  self->carbons_are_due |= !self->has_session && self->carbons != self->had_carbons;
  if (self->carbons_are_due)
    request_carbons (self);
  if (!self->has_session)
    {
      begin_session (self);
      return;
    }
  hs_messages_wait_again (self);
  hs_messages_transmit_all (self);
}

static void
session_gone (HsMessages *self)
{
  self->has_session = FALSE;
  self->wait.is_over = FALSE;
  hs_messages_transmit_lost (self);
  hs_messages_chat_states_lost (self);
}

static void
hs_messages_lost (HsModule *module, HsClient *client)
{
  session_gone (HS_MESSAGES (module));
}

static void
hs_messages_terminated (HsModule *module, HsClient *client)
{
  hs_messages_wait_end (HS_MESSAGES (module));
}

static void
hs_messages_detached (HsModule *module, HsClient *client)
{
  HsMessages *self = HS_MESSAGES (module);

  if (self->client != client)
    return;
  g_free (self->account);
  self->account = hs_stateful_dup_account (HS_STATEFUL (self), client);
  hs_client_set_carbons (client, self->had_carbons);
  if (self->wait.cancellable != NULL)
    g_cancellable_cancel (self->wait.cancellable);
  g_clear_object (&self->wait.cancellable);
  hs_messages_wait_end (self);
  session_gone (self);
  hs_feature_set_client (self, &self->client, NULL);
}

static void
hs_messages_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_messages_attached;
  iface->ready = hs_messages_ready;
  iface->resumed = hs_messages_resumed;
  iface->lost = hs_messages_lost;
  iface->terminated = hs_messages_terminated;
  iface->detached = hs_messages_detached;
}

static void
hs_messages_describe (HsDescribed *described, HsDiscoInfo *info)
{
  hs_disco_info_add_feature (info, HS_NS_CHAT_STATES);
  if (HS_MESSAGES (described)->answer_receipts)
    hs_disco_info_add_feature (info, HS_NS_RECEIPTS);
}

static void
hs_messages_described_init (HsDescribedInterface *iface)
{
  iface->describe = hs_messages_describe;
}

/* ---- The object ---- */

static void
hs_messages_finalize (GObject *object)
{
  HsMessages *self = HS_MESSAGES (object);

  g_clear_pointer (&self->wait.deadline, hs_feature_timer_free);
  g_queue_clear_full (&self->wait.messages, g_object_unref);
  g_clear_object (&self->wait.cancellable);
  g_clear_weak_pointer (&self->client);
  g_clear_object (&self->claimed);
  g_clear_pointer (&self->own, hs_jid_unref);
  g_clear_pointer (&self->bound, hs_jid_unref);
  g_free (self->account);
  hs_messages_forget_sender (self);
  g_clear_object (&self->spare);
  hs_recent_ids_clear (&self->known);
  hs_recent_ids_clear (&self->answered);
  g_hash_table_unref (self->rooms);
  g_hash_table_unref (self->kept);
  g_queue_clear_full (&self->outbox.messages, g_object_unref);
  hs_messages_sent_clear (self);
  g_ptr_array_unref (self->sent.written);
  hs_chat_states_free (self->states);

  G_OBJECT_CLASS (hs_messages_parent_class)->finalize (object);
}

static void
hs_messages_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsMessages *self = HS_MESSAGES (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_messages_get_client (self));
      break;
    case PROP_CARBONS:
      g_value_set_boolean (value, hs_messages_get_carbons (self));
      break;
    case PROP_QUEUE_OFFLINE:
      g_value_set_boolean (value, hs_messages_get_queue_offline (self));
      break;
    case PROP_REQUEST_RECEIPTS:
      g_value_set_boolean (value, hs_messages_get_request_receipts (self));
      break;
    case PROP_ANSWER_RECEIPTS:
      g_value_set_boolean (value, hs_messages_get_answer_receipts (self));
      break;
    case PROP_PENDING:
      g_value_set_object (value, hs_messages_get_pending (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_messages_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsMessages *self = HS_MESSAGES (object);

  switch (prop_id)
    {
    case PROP_CARBONS:
      hs_messages_set_carbons (self, g_value_get_boolean (value));
      break;
    case PROP_QUEUE_OFFLINE:
      hs_messages_set_queue_offline (self, g_value_get_boolean (value));
      break;
    case PROP_REQUEST_RECEIPTS:
      hs_messages_set_request_receipts (self, g_value_get_boolean (value));
      break;
    case PROP_ANSWER_RECEIPTS:
      hs_messages_set_answer_receipts (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
make_read_only_properties (void)
{
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsMessages:client: (getter get_client)
   *
   * The client that the object is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT, ro);

  /**
   * HsMessages:pending: (getter get_pending)
   *
   * The messages that wait, or whose status is unknown.
   *
   * It is a list of [class@SentMessage] in the order of sending. Messages that are settled in one turn of the main loop
   * leave the list together, in the next turn at the latest.
   *
   * Since: 0.2
   */
  props[PROP_PENDING] = g_param_spec_object ("pending", NULL, NULL, G_TYPE_LIST_MODEL, ro);
}

static void
make_settings (void)
{
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsMessages:carbons: (getter get_carbons) (setter set_carbons)
   *
   * Whether the server is asked for copies of messages that other clients of the account receive and send (XEP-0280).
   *
   * While the object is registered, it sets [property@Client:carbons]. The default is %TRUE.
   *
   * Since: 0.2
   */
  props[PROP_CARBONS] = g_param_spec_boolean ("carbons", NULL, NULL, TRUE, rw);

  /**
   * HsMessages:queue-offline: (getter get_queue_offline) (setter set_queue_offline)
   *
   * Whether messages that are sent without a session wait for one.
   *
   * The default is %FALSE: sending then fails with %HS_ERROR_NOT_CONNECTED.
   *
   * Since: 0.2
   */
  props[PROP_QUEUE_OFFLINE] = g_param_spec_boolean ("queue-offline", NULL, NULL, FALSE, rw);

  /**
   * HsMessages:request-receipts: (getter get_request_receipts) (setter set_request_receipts)
   *
   * Whether messages with a body ask the recipient for a receipt (XEP-0184). Rooms are not asked. The default is
   * %FALSE.
   *
   * Since: 0.2
   */
  props[PROP_REQUEST_RECEIPTS] = g_param_spec_boolean ("request-receipts", NULL, NULL, FALSE, rw);

  /**
   * HsMessages:answer-receipts: (getter get_answer_receipts) (setter set_answer_receipts)
   *
   * Whether a message that asks for a receipt gets one (XEP-0184), if it is from a contact that may see the
   * account's presence. The default is %TRUE.
   *
   * Since: 0.2
   */
  props[PROP_ANSWER_RECEIPTS] = g_param_spec_boolean ("answer-receipts", NULL, NULL, TRUE, rw);
}

static void
hs_messages_class_init (HsMessagesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hs_messages_finalize;
  object_class->get_property = hs_messages_get_property;
  object_class->set_property = hs_messages_set_property;

  hs_feature_mark (HS_TYPE_MESSAGES, TRUE);
  make_read_only_properties ();
  make_settings ();
  g_object_class_install_properties (object_class, N_PROPS, props);
  hs_messages_install_signals ();
}

static void
hs_messages_init (HsMessages *self)
{
  self->stages = hs_messages_stages;
  self->carbons = TRUE;
  self->answer_receipts = TRUE;
  g_queue_init (&self->wait.messages);
  g_queue_init (&self->outbox.messages);
  hs_recent_ids_init (&self->known, MAX_KNOWN);
  hs_recent_ids_init (&self->answered, MAX_KNOWN);
  hs_messages_rooms_init (self);
  hs_messages_archives_init (self);
  hs_messages_sent_init (self);
  self->sent.written = g_ptr_array_new_with_free_func (g_object_unref);
  self->states = hs_chat_states_new ();
}

/**
 * hs_messages_new: (constructor)
 *
 * Makes an object for the messages of an account, for [method@Client.register].
 *
 * Returns: (transfer full): the new object
 *
 * Since: 0.2
 */
HsMessages *
hs_messages_new (void)
{
  return g_object_new (HS_TYPE_MESSAGES, NULL);
}

HsMessages *
hs_messages_new_reader (HsJid *account)
{
  HsMessages *self = hs_messages_new ();

  self->own = hs_jid_get_bare (account);
  self->bound = hs_jid_ref (account);
  return self;
}

/**
 * hs_messages_get_client: (get-property client)
 * @self: the messages of an account
 *
 * Gets the client that the object is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_messages_get_client (HsMessages *self)
{
  g_return_val_if_fail (HS_IS_MESSAGES (self), NULL);

  return self->client;
}

/**
 * hs_messages_get_carbons: (get-property carbons)
 * @self: the messages of an account
 *
 * Gets whether the server is asked for copies of messages that other clients receive and send (XEP-0280).
 *
 * Returns: true by default
 *
 * Since: 0.2
 */
gboolean
hs_messages_get_carbons (HsMessages *self)
{
  g_return_val_if_fail (HS_IS_MESSAGES (self), FALSE);

  return self->carbons;
}

/**
 * hs_messages_set_carbons: (set-property carbons)
 * @self: the messages of an account
 * @carbons: whether to ask
 *
 * Sets whether the server is asked for copies of messages that other clients receive and send (XEP-0280).
 *
 * It takes effect in the present session, or when an interrupted one is resumed.
 *
 * Since: 0.2
 */
void
hs_messages_set_carbons (HsMessages *self, gboolean carbons)
{
  g_return_if_fail (HS_IS_MESSAGES (self));

  carbons = !!carbons;
  if (self->carbons == carbons)
    return;
  self->carbons = carbons;
  if (self->client != NULL)
    hs_client_set_carbons (self->client, carbons);
  if (self->client != NULL && hs_client_get_state (self->client) == HS_CLIENT_STATE_READY)
    request_carbons (self);
  else
    self->carbons_are_due = self->has_session;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CARBONS]);
}

/**
 * hs_messages_get_queue_offline: (get-property queue-offline)
 * @self: the messages of an account
 *
 * Gets whether messages that are sent without a session wait for one.
 *
 * Returns: false by default
 *
 * Since: 0.2
 */
gboolean
hs_messages_get_queue_offline (HsMessages *self)
{
  g_return_val_if_fail (HS_IS_MESSAGES (self), FALSE);

  return self->queue_offline;
}

/**
 * hs_messages_set_queue_offline: (set-property queue-offline)
 * @self: the messages of an account
 * @queue_offline: whether messages wait for a session
 *
 * Sets whether messages that are sent without a session wait for one.
 *
 * If it is set, a message to a person that the server certainly has not received when its session is lost also waits
 * for the next session instead of failing. Messages that wait are sent even if it is set to false afterwards.
 *
 * Since: 0.2
 */
void
hs_messages_set_queue_offline (HsMessages *self, gboolean queue_offline)
{
  g_return_if_fail (HS_IS_MESSAGES (self));

  queue_offline = !!queue_offline;
  if (self->queue_offline == queue_offline)
    return;
  self->queue_offline = queue_offline;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_QUEUE_OFFLINE]);
}

/**
 * hs_messages_get_request_receipts: (get-property request-receipts)
 * @self: the messages of an account
 *
 * Gets whether messages with a body ask the recipient for a receipt (XEP-0184).
 *
 * Returns: false by default
 *
 * Since: 0.2
 */
gboolean
hs_messages_get_request_receipts (HsMessages *self)
{
  g_return_val_if_fail (HS_IS_MESSAGES (self), FALSE);

  return self->request_receipts;
}

/**
 * hs_messages_set_request_receipts: (set-property request-receipts)
 * @self: the messages of an account
 * @request_receipts: whether to ask for receipts
 *
 * Sets whether messages with a body ask the recipient for a receipt (XEP-0184). Rooms are not asked.
 *
 * Since: 0.2
 */
void
hs_messages_set_request_receipts (HsMessages *self, gboolean request_receipts)
{
  g_return_if_fail (HS_IS_MESSAGES (self));

  request_receipts = !!request_receipts;
  if (self->request_receipts == request_receipts)
    return;
  self->request_receipts = request_receipts;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REQUEST_RECEIPTS]);
}

/**
 * hs_messages_get_answer_receipts: (get-property answer-receipts)
 * @self: the messages of an account
 *
 * Gets whether a message that asks for a receipt gets one (XEP-0184).
 *
 * Returns: true by default
 *
 * Since: 0.2
 */
gboolean
hs_messages_get_answer_receipts (HsMessages *self)
{
  g_return_val_if_fail (HS_IS_MESSAGES (self), FALSE);

  return self->answer_receipts;
}

/**
 * hs_messages_set_answer_receipts: (set-property answer-receipts)
 * @self: the messages of an account
 * @answer_receipts: whether to send receipts
 *
 * Sets whether a message that asks for a receipt gets one (XEP-0184).
 *
 * A receipt is sent to the sender's bare JID, once for each id, and only if the sender is a contact that may see the
 * account's presence.
 *
 * Since: 0.2
 */
void
hs_messages_set_answer_receipts (HsMessages *self, gboolean answer_receipts)
{
  g_return_if_fail (HS_IS_MESSAGES (self));

  answer_receipts = !!answer_receipts;
  if (self->answer_receipts == answer_receipts)
    return;
  self->answer_receipts = answer_receipts;
  g_signal_emit_by_name (self, "description-changed");
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ANSWER_RECEIPTS]);
}

/**
 * hs_messages_get_pending: (get-property pending)
 * @self: the messages of an account
 *
 * Gets the messages that wait, or whose status is unknown.
 *
 * It is a list of [class@SentMessage] in the order of sending. Messages that are settled in one turn of the main loop
 * leave the list together, in the next turn at the latest.
 *
 * Returns: (transfer none): the list; it is always the same one
 *
 * Since: 0.2
 */
GListModel *
hs_messages_get_pending (HsMessages *self)
{
  g_return_val_if_fail (HS_IS_MESSAGES (self), NULL);

  hs_messages_drop_settled (self);
  return G_LIST_MODEL (self->sent.pending);
}
