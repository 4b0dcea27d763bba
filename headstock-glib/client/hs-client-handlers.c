/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"
#include "hs-element-private.h"
#include "hs-error.h"
#include "hs-message.h"
#include "hs-namespaces.h"
#include "hs-stanza-private.h"

/* Handlers, and the signals for what arrives. */

static HsDispatcher *
get_dispatcher (HsClient *self)
{
  return hs_client_dispatch_get_dispatcher (hs_client_get_dispatch (hs_client_private (self)));
}

/* While unacknowledged stanzas take more bytes than this, the client sends no automatic replies. */
#define MAX_KEPT (16 * 1024 * 1024)

static void
complain (const GError *error)
{
  /* The first two errors are not the program's fault: the stream has been closed meanwhile, or the sender of
   * the request has no valid address. */
  if (g_error_matches (error, HS_ERROR, HS_ERROR_NOT_CONNECTED) ||
      g_error_matches (error, HS_ERROR, HS_ERROR_INVALID_JID))
    g_debug ("A reply was not sent: %s", error->message);
  else
    g_message ("What a handler returned was not sent: %s", error->message);
}

/* Whether the client may send another reply. A server that sends requests and never acknowledges the replies must
 * not fill the client's memory. */
static gboolean
has_room (HsClient *self)
{
  HsStreamManagement *management = hs_session_get_management (hs_client_session (hs_client_private (self)));

  return management == NULL || hs_stream_management_get_size (management) < MAX_KEPT;
}

static void
reply_cb (HsElement *stanza, gpointer client)
{
  g_autoptr (GError) error = NULL;

  if (!has_room (client))
    g_debug ("A reply was not sent: too much is not acknowledged");
  else if (!hs_client_send_stanza (client, stanza, &error))
    complain (error);
}

static void
answer_cb (HsElement *stanza, gpointer client)
{
  g_autoptr (GError) error = NULL;

  if (!has_room (client))
    g_debug ("An answer was not sent: too much is not acknowledged");
  else if (!hs_client_send_own (client, stanza, &error))
    complain (error);
}

static gboolean
has_element_signal_cb (gpointer client)
{
  return hs_client_dispatch_has_listener (client, hs_client_signals[SIGNAL_ELEMENT]);
}

/* Connecting a handler to a detail makes the quark of that detail. Do not make a quark here: GLib never frees
 * quarks, so a peer that invents element names would fill the memory. */
static void
element_signal_cb (HsElement *element, gpointer client)
{
  HsNode *node = hs_element_get_node (element);
  g_autofree char *clark
      = g_strdup_printf ("{%s}%s", node->namespace_ != NULL ? node->namespace_ : "", node->name);

  g_signal_emit (client, hs_client_signals[SIGNAL_ELEMENT], g_quark_try_string (clark), element);
}

static gboolean
stanza_signal_cb (HsElement *stanza, gpointer client)
{
  HsClientPrivate *priv = hs_client_private (client);
  guint which = HS_IS_MESSAGE (stanza) ? SIGNAL_MESSAGE : HS_IS_PRESENCE (stanza) ? SIGNAL_PRESENCE : SIGNAL_IQ;
  guint signal = hs_client_signals[which];
  gboolean handled = FALSE;

  if (!hs_client_dispatch_is_heard (hs_client_get_dispatch (priv), client, signal))
    return FALSE;
  if (which == SIGNAL_IQ)
    g_signal_emit (client, signal, 0, stanza, &handled);
  else
    g_signal_emit (client, signal, 0, stanza);
  return handled;
}

/* Whether the account itself wrote the stanza (RFC 6120, 8.1.2.1): some servers push from the full
 * JID. */
static gboolean
from_account_cb (HsNode *stanza, gpointer client)
{
  HsClientPrivate *priv = hs_client_private (client);
  const char *from = hs_node_get_attribute (stanza, "from", NULL);
  HsJid *bound = hs_session_get_bound_jid (hs_client_session (priv));
  g_autoptr (HsJid) jid = NULL;

  if (from == NULL)
    return TRUE;
  if (bound == NULL)
    return FALSE;
  jid = hs_stanza_node_dup_jid (stanza, "from");
  return jid != NULL &&
         (hs_jid_equal (jid, hs_session_get_bound_bare (hs_client_session (priv))) || hs_jid_equal (jid, bound));
}

static HsJid *
get_account_cb (gpointer client)
{
  return hs_session_get_bound_bare (hs_client_session (hs_client_private (client)));
}

/* For the dispatcher, in the middle of a stanza. */
static gboolean
is_turn_over_cb (gpointer client)
{
  return hs_pump_is_turn_over (hs_client_get_pump (hs_client_private (client)));
}

const HsDispatcherCallbacks hs_client_dispatcher_callbacks = {
  .reply = reply_cb,
  .answer = answer_cb,
  .has_element_signal = has_element_signal_cb,
  .element_signal = element_signal_cb,
  .stanza_signal = stanza_signal_cb,
  .from_account = from_account_cb,
  .get_account = get_account_cb,
  .time_is_over = is_turn_over_cb,
};

void
hs_client_forgets_changed (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (hs_connection_has_stream (hs_client_connection (priv)))
    hs_parser_set_forgets (hs_stream_get_parser (hs_client_get_stream (priv)),
                           hs_stream_is_ready (hs_client_get_stream (priv)) &&
                               hs_handlers_forget (hs_dispatcher_get_handlers (get_dispatcher (self))));
}

/* Enough to say what it was, in a block of its own: what had come of the stanza goes at once. */
static HsElement *
copy_tags (HsNode *stanza)
{
  HsBlock *block = hs_block_new (NULL);
  HsNode *copy = hs_node_copy_tag (block, stanza);
  HsNode *payload = hs_node_first_element (stanza);
  HsElement *tags;

  if (payload != NULL)
    hs_node_append (copy, hs_node_copy_tag (block, payload));
  tags = hs_element_new_owner (copy);
  hs_block_unref (block);
  return tags;
}

void
hs_client_discarded (HsClient *self, HsNode *node, const GError *error)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsElement) tags = copy_tags (node);

  /* A stranger may be the cause, and must not fill the log. */
  g_debug ("%s", error->message);
  hs_dispatcher_discard (get_dispatcher (self), node, HS_STANZA (tags), error);
  hs_requests_changed (hs_client_requests (priv));
  g_signal_emit (self, hs_client_signals[SIGNAL_STANZA_DISCARDED], 0, tags, error);
}

static guint
add_handler (HsClient *self, HsHandler *handler)
{
  HsClientPrivate *priv = hs_client_private (self);
  guint id;

  handler->module = hs_module_list_get_attaching (hs_client_modules (priv));
  id = hs_handlers_add (hs_dispatcher_get_handlers (get_dispatcher (self)), handler);
  hs_client_forgets_changed (self);
  return id;
}

/**
 * hs_client_add_handler:
 * @self: a client
 * @name: (nullable): the local name of an element, or %NULL for any
 * @namespace_: (nullable): its namespace, or %NULL for any
 * @flags: how the handler is called
 * @handler: (scope notified) (closure user_data) (destroy destroy): the handler
 * @user_data: data for @handler
 * @destroy: (nullable): frees @user_data
 *
 * Names an element and says what to call when it comes, at any depth of any stanza.
 *
 * Handlers of one element are called in the order in which they were added; within a stanza in the
 * order in which elements end. What a handler returns is sent. A `message`, `presence` or `iq` in
 * `jabber:client` is shown only as the stanza itself, unless @flags has %HS_HANDLER_NESTED.
 *
 * ```c
 * hs_client_add_handler (client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, message_cb, NULL, NULL);
 * ```
 *
 * Returns: an id for [method@Client.remove_handler]; never 0
 */
guint
hs_client_add_handler (HsClient *self,
                       const char *name,
                       const char *namespace_,
                       HsHandlerFlags flags,
                       HsHandlerFunc handler,
                       gpointer user_data,
                       GDestroyNotify destroy)
{
  return hs_client_add_handler_full (self, name, namespace_, NULL, NULL, flags, handler, user_data, destroy);
}

/**
 * hs_client_add_handler_full:
 * @self: a client
 * @name: (nullable): the local name of an element, or %NULL for any
 * @namespace_: (nullable): its namespace, or %NULL for any
 * @type: (nullable): the type of the stanza that the element is or is in, as
 *   [method@Stanza.get_stanza_type] has it, or %NULL for any
 * @from_jid: (nullable): whom that stanza is from, or %NULL for anybody
 * @flags: how the handler is called
 * @handler: (scope notified) (closure user_data) (destroy destroy): the handler
 * @user_data: data for @handler
 * @destroy: (nullable): frees @user_data
 *
 * Names an element and says what to call when it comes in a stanza of a type, or from somebody.
 *
 * This is [method@Client.add_handler] with two more conditions. A message without a type is `normal`, a presence
 * without one `available`. A bare JID in @from_jid stands for all its resources, a full JID for that resource alone.
 * A stanza without a `from` is from the account's bare JID (RFC 6120, 8.1.2.1).
 *
 * ```c
 * hs_client_add_handler_full (client, "presence", HS_NS_CLIENT, "unavailable", juliet, HS_HANDLER_DEFAULT,
 *                             juliet_left_cb, NULL, NULL);
 * ```
 *
 * Returns: an id for [method@Client.remove_handler]; never 0
 *
 * Since: 0.2
 */
guint
hs_client_add_handler_full (HsClient *self,
                            const char *name,
                            const char *namespace_,
                            const char *type,
                            HsJid *from_jid,
                            HsHandlerFlags flags,
                            HsHandlerFunc handler,
                            gpointer user_data,
                            GDestroyNotify destroy)
{
  HsHandler new_handler = {
    .name = (char *) name,
    .namespace_ = (char *) namespace_,
    .stanza_type = (char *) type,
    .from_jid = from_jid,
    .flags = flags,
    .func = handler,
    .user_data = user_data,
    .destroy = destroy,
  };

  g_return_val_if_fail (HS_IS_CLIENT (self), 0);
  hs_client_return_val_if_foreign (self, 0);
  g_return_val_if_fail (handler != NULL, 0);

  return add_handler (self, &new_handler);
}

/**
 * hs_client_register_on_iq:
 * @self: a client
 * @type: (nullable): `get`, `set`, `result` or `error`, or %NULL for any
 * @id: (nullable): the id of an iq, or %NULL for any
 * @flags: how the handler is called
 * @handler: (scope notified) (closure user_data) (destroy destroy): the handler
 * @user_data: data for @handler
 * @destroy: (nullable): frees @user_data
 *
 * Says what to call when an iq comes. Results and errors come only if this client asked, from whom
 * it asked.
 *
 * ```python
 * def answer(client, iq):
 *     return iq.new_error_reply(Headstock.StanzaError.NOT_ALLOWED)
 *
 * client.register_on_iq("set", None, Headstock.HandlerFlags.DEFAULT, answer)
 * ```
 *
 * Returns: an id for [method@Client.remove_handler]; never 0
 */
guint
hs_client_register_on_iq (HsClient *self,
                          const char *type,
                          const char *id,
                          HsHandlerFlags flags,
                          HsHandlerFunc handler,
                          gpointer user_data,
                          GDestroyNotify destroy)
{
  HsHandler new_handler = {
    .name = (char *) type,
    .namespace_ = (char *) id,
    .for_iq = TRUE,
    .flags = flags,
    .func = handler,
    .user_data = user_data,
    .destroy = destroy,
  };

  g_return_val_if_fail (HS_IS_CLIENT (self), 0);
  hs_client_return_val_if_foreign (self, 0);
  g_return_val_if_fail (handler != NULL, 0);

  return add_handler (self, &new_handler);
}

/**
 * hs_client_remove_handler:
 * @self: a client
 * @id: the id of a handler
 *
 * Removes a handler. It is not called any more, also if it was about to be.
 *
 * ```python
 * handler = client.add_handler("message", Headstock.NS_CLIENT, Headstock.HandlerFlags.DEFAULT, print)
 * client.remove_handler(handler)
 * ```
 *
 * Returns: true if there was such a handler
 */
gboolean
hs_client_remove_handler (HsClient *self, guint id)
{
  gboolean removed;

  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  hs_client_return_val_if_foreign (self, FALSE);

  removed = hs_handlers_remove (hs_dispatcher_get_handlers (get_dispatcher (self)), id);
  hs_client_forgets_changed (self);
  return removed;
}

/**
 * hs_client_defer_reply:
 * @self: a client
 * @iq: the iq that is being dispatched
 *
 * Says that an iq `get` or `set` will be answered later: the client does not answer it itself. To be
 * called from a handler of it, which keeps what it needs for the answer.
 *
 * ```python
 * def ask_somebody(client, query):
 *     iq = query.get_parent()
 *     client.defer_reply(iq)
 *     # Later, from the main loop:
 *     GLib.timeout_add_seconds(1, lambda: client.send_stanza(iq.new_reply()) and False)
 *
 * client.add_handler("query", "urn:example:weather", Headstock.HandlerFlags.DEFAULT, ask_somebody)
 * ```
 */
void
hs_client_defer_reply (HsClient *self, HsElement *iq)
{
  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  g_return_if_fail (HS_IS_ELEMENT (iq));

  hs_dispatcher_defer (get_dispatcher (self), hs_element_get_node (iq));
}

/**
 * hs_client_take:
 * @self: a client
 * @element: the stanza that is being dispatched, or an element inside it
 *
 * Says that a stanza has been dealt with: [signal@Client::message], [signal@Client::presence] or
 * [signal@Client::iq] is not emitted for it.
 *
 * To be called from a handler of the stanza or of an element in it, also of one that is forgotten while the
 * stanza still comes in. All handlers run as before, and [signal@Client::element] is emitted. An iq `get` or `set`
 * that nobody answers is answered by the client as before. Nothing happens if the stanza has been dispatched.
 *
 * Since: 0.2
 */
void
hs_client_take (HsClient *self, HsElement *element)
{
  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  g_return_if_fail (HS_IS_ELEMENT (element));

  hs_dispatcher_take (get_dispatcher (self), hs_element_get_node (element));
}

/**
 * hs_client_is_own:
 * @self: a client
 * @jid: (nullable): an address
 *
 * Whether an address is the account's: its bare JID or that of any of its resources; for a component,
 * any address at its domain. %NULL is, since a stanza without `from` is the account's own (RFC 6120, 8.1.2.1).
 *
 * ```c
 * g_autoptr (HsJid) from = hs_stanza_get_from_jid (stanza);
 *
 * if (hs_client_is_own (client, from))
 *   return NULL;
 * ```
 *
 * Returns: true if it is
 */
gboolean
hs_client_is_own (HsClient *self, HsJid *jid)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsJid *own;

  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  hs_client_return_val_if_foreign (self, FALSE);

  if (jid == NULL)
    return TRUE;
  own = hs_session_get_bound_jid (hs_client_session (priv));
  if (own == NULL)
    own = hs_settings_get_jid (hs_client_settings (priv));
  if (own != NULL && hs_settings_is_component (hs_client_settings (priv)))
    return strcmp (hs_jid_get_domain (own), hs_jid_get_domain (jid)) == 0;
  return own != NULL && g_strcmp0 (hs_jid_get_local (own), hs_jid_get_local (jid)) == 0 &&
         g_strcmp0 (hs_jid_get_domain (own), hs_jid_get_domain (jid)) == 0;
}
