/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-blocking-private.h"

#include "hs-feature.h"
#include "hs-module.h"
#include "hs-namespaces.h"

/**
 * HsBlocking:
 *
 * Keeps the account's block list: the addresses from which it receives nothing (XEP-0191).
 *
 * This module is for clients only. It loads the block list in each session. Changes by the account's other devices
 * appear in it, too.
 *
 * ```python
 * blocking = Headstock.Blocking.new()
 * client.register(blocking)
 *
 * def blocked(blocking, result):
 *     try:
 *         blocking.block_finish(result)
 *     except GLib.Error as error:
 *         print("not blocked:", error.message)
 *
 * blocking.block_async(["iago@shakespeare.example", "spam.example"], None, blocked)
 * ```
 *
 * A program offers to block somebody only while [property@Blocking:is-supported] is true.
 *
 * Since: 0.2
 */

enum
{
  PROP_CLIENT = 1,
  PROP_BLOCKED,
  PROP_IS_SUPPORTED,
  PROP_IS_LOADED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void hs_blocking_module_init (HsModuleInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsBlocking,
                               hs_blocking,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_blocking_module_init))

/* ---- What the server can do ---- */

static void
use_disco (HsBlocking *self, gpointer disco)
{
  if (self->disco != NULL)
    g_signal_handlers_disconnect_by_func (self->disco, hs_blocking_update_supported, self);
  g_set_weak_pointer (&self->disco, disco);
  if (disco != NULL)
    g_signal_connect_object (disco, "notify::server-info",
                             G_CALLBACK (hs_blocking_update_supported), self, G_CONNECT_SWAPPED);
  hs_blocking_update_supported (self);
}

static void
module_added_cb (HsBlocking *self, HsModule *module)
{
  if (HS_IS_DISCO (module))
    use_disco (self, module);
}

static void
module_removed_cb (HsBlocking *self, HsModule *module)
{
  if (HS_IS_DISCO (module))
    use_disco (self, NULL);
}

/* ---- The module ---- */

static void
set_client (HsBlocking *self, HsClient *client)
{
  if (self->client != NULL)
    g_signal_handlers_disconnect_by_data (self->client, self);
  if (!g_set_weak_pointer (&self->client, client))
    return;
  if (client != NULL)
    {
      g_signal_connect_object (client, "module-added", G_CALLBACK (module_added_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (client, "module-removed", G_CALLBACK (module_removed_cb), self,
                               G_CONNECT_SWAPPED);
    }
  use_disco (self, client != NULL ? hs_client_find_module (client, HS_TYPE_DISCO) : NULL);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CLIENT]);
}

/* Drops the list where the client has another account now. */
static void
check_account (HsBlocking *self)
{
  HsJid *jid = hs_client_get_jid (self->client);
  g_autoptr (HsJid) bare = jid != NULL ? hs_jid_get_bare (jid) : NULL;
  const char *account = bare != NULL ? hs_jid_to_string (bare) : NULL;

  if (g_strcmp0 (self->account, account) == 0)
    return;
  g_free (self->account);
  self->account = g_strdup (account);
  hs_blocked_list_clear (self->blocked);
  hs_blocked_list_show (self->blocked);
  hs_blocking_set_loaded (self, FALSE);
}

static void
hs_blocking_attached (HsModule *module, HsClient *client)
{
  HsBlocking *self = HS_BLOCKING (module);

  g_return_if_fail (self->client == NULL);

  set_client (self, client);
  hs_client_register_on_iq (client, "set", NULL, HS_HANDLER_FROM_ACCOUNT, hs_blocking_push_cb, self,
                            NULL);
  check_account (self);
  self->is_wanted = TRUE;
  /* Registered too late to be told of the session. */
  if (hs_client_get_state (client) == HS_CLIENT_STATE_READY)
    hs_blocking_load_begin (self);
}

static void
hs_blocking_begin (HsModule *module, HsClient *client)
{
  HsBlocking *self = HS_BLOCKING (module);

  check_account (self);
  hs_blocking_load_begin (self);
}

static void
hs_blocking_ready (HsModule *module, HsClient *client)
{
  HsBlocking *self = HS_BLOCKING (module);

  /* The module was registered after the session had begun. */
  if (!self->is_asked)
    hs_blocking_load_begin (self);
}

/* The request may have failed while the session was interrupted. If it is still in flight, the server sends its answer
 * again from the beginning. */
static void
hs_blocking_resumed (HsModule *module, HsClient *client)
{
  HsBlocking *self = HS_BLOCKING (module);

  hs_blocking_load_interrupt (self);
  if (self->is_wanted && self->cancellable == NULL)
    hs_blocking_load_begin (self);
}

/* The list stays as it was last known. */
static void
hs_blocking_lost (HsModule *module, HsClient *client)
{
  HsBlocking *self = HS_BLOCKING (module);

  self->is_asked = FALSE;
  self->has_answered = FALSE;
  hs_blocking_update_supported (self);
}

static void
hs_blocking_detached (HsModule *module, HsClient *client)
{
  HsBlocking *self = HS_BLOCKING (module);

  if (self->client != client)
    return;
  hs_blocking_load_abandon (self);
  self->is_asked = FALSE;
  self->has_answered = FALSE;
  set_client (self, NULL);
}

static void
hs_blocking_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_blocking_attached;
  iface->begin = hs_blocking_begin;
  iface->ready = hs_blocking_ready;
  iface->resumed = hs_blocking_resumed;
  iface->lost = hs_blocking_lost;
  iface->detached = hs_blocking_detached;
}

/* ---- The object ---- */

static void
hs_blocking_finalize (GObject *object)
{
  HsBlocking *self = HS_BLOCKING (object);

  hs_blocking_load_abandon (self);
  g_clear_weak_pointer (&self->client);
  g_clear_weak_pointer (&self->disco);
  g_clear_object (&self->blocked);
  g_free (self->account);

  G_OBJECT_CLASS (hs_blocking_parent_class)->finalize (object);
}

static void
hs_blocking_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsBlocking *self = HS_BLOCKING (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_blocking_get_client (self));
      break;
    case PROP_BLOCKED:
      g_value_set_object (value, hs_blocking_get_blocked (self));
      break;
    case PROP_IS_SUPPORTED:
      g_value_set_boolean (value, hs_blocking_get_is_supported (self));
      break;
    case PROP_IS_LOADED:
      g_value_set_boolean (value, hs_blocking_get_is_loaded (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_blocking_class_init (HsBlockingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_blocking_finalize;
  object_class->get_property = hs_blocking_get_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), TRUE);

  /**
   * HsBlocking:client: (getter get_client)
   *
   * The client that the module is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT, ro);

  /**
   * HsBlocking:blocked: (getter get_blocked)
   *
   * The addresses that are blocked, a list of [class@BlockedAddress].
   *
   * Changes that arrive together are shown by few `items-changed`: the first one in a turn of the main loop at once,
   * the others together at its end. A long list that the server sends is put in place in slices of some milliseconds,
   * and is one `items-changed` as well. [method@Blocking.is_blocked] knows of each change as soon as it arrives. When
   * the session is lost, the list stays as it was.
   *
   * Since: 0.2
   */
  props[PROP_BLOCKED] = g_param_spec_object ("blocked", NULL, NULL, G_TYPE_LIST_MODEL, ro);

  /**
   * HsBlocking:is-supported: (getter get_is_supported)
   *
   * Whether the server is known to have a block list.
   *
   * It is known if the server has sent its list in this session, or if the registered [class@Disco] has learned it
   * (XEP-0191, 3.1).
   *
   * Since: 0.2
   */
  props[PROP_IS_SUPPORTED] = g_param_spec_boolean ("is-supported", NULL, NULL, FALSE, ro);

  /**
   * HsBlocking:is-loaded: (getter get_is_loaded)
   *
   * Whether the list is known. It stays true when the session is lost.
   *
   * Since: 0.2
   */
  props[PROP_IS_LOADED] = g_param_spec_boolean ("is-loaded", NULL, NULL, FALSE, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_blocking_init (HsBlocking *self)
{
  self->blocked = hs_blocked_list_new ();
}

/**
 * hs_blocking_new:
 *
 * Makes a module for blocking, for [method@Client.register].
 *
 * Returns: (transfer full): the module
 *
 * Since: 0.2
 */
HsBlocking *
hs_blocking_new (void)
{
  return g_object_new (HS_TYPE_BLOCKING, NULL);
}

/**
 * hs_blocking_get_client: (get-property client)
 * @self: a module for blocking
 *
 * Gets the client that the module is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_blocking_get_client (HsBlocking *self)
{
  g_return_val_if_fail (HS_IS_BLOCKING (self), NULL);

  return self->client;
}

/**
 * hs_blocking_get_blocked: (get-property blocked)
 * @self: a module for blocking
 *
 * Gets the addresses that are blocked, a list of [class@BlockedAddress].
 *
 * Returns: (transfer none): the list; it is always the same one
 *
 * Since: 0.2
 */
GListModel *
hs_blocking_get_blocked (HsBlocking *self)
{
  g_return_val_if_fail (HS_IS_BLOCKING (self), NULL);

  hs_blocked_list_flush (self->blocked);
  return G_LIST_MODEL (self->blocked);
}

/**
 * hs_blocking_get_is_supported: (get-property is-supported)
 * @self: a module for blocking
 *
 * Gets whether the server is known to have a block list.
 *
 * Returns: %TRUE if the server has said so, or has sent the list in this session
 *
 * Since: 0.2
 */
gboolean
hs_blocking_get_is_supported (HsBlocking *self)
{
  g_return_val_if_fail (HS_IS_BLOCKING (self), FALSE);

  return self->is_supported;
}

/**
 * hs_blocking_get_is_loaded: (get-property is-loaded)
 * @self: a module for blocking
 *
 * Gets whether the list is known.
 *
 * Returns: %TRUE once the server has sent the list of this account
 *
 * Since: 0.2
 */
gboolean
hs_blocking_get_is_loaded (HsBlocking *self)
{
  g_return_val_if_fail (HS_IS_BLOCKING (self), FALSE);

  return self->is_loaded;
}

/**
 * hs_blocking_is_blocked:
 * @self: a module for blocking
 * @jid: an address
 *
 * Tells whether an address is blocked (XEP-0191, 6).
 *
 * An address is blocked if it is in the list itself, or its bare JID, or its domain. A full JID in
 * the list blocks that resource only.
 *
 * Returns: %TRUE if the address is blocked; %FALSE also if it is not a valid address, or the list
 * is not known
 *
 * Since: 0.2
 */
gboolean
hs_blocking_is_blocked (HsBlocking *self, const char *jid)
{
  g_autoptr (HsJid) parsed = NULL;
  g_autoptr (HsJid) bare = NULL;

  g_return_val_if_fail (HS_IS_BLOCKING (self), FALSE);
  g_return_val_if_fail (jid != NULL, FALSE);

  parsed = hs_jid_new (jid, NULL);
  if (parsed == NULL)
    return FALSE;
  bare = hs_jid_get_bare (parsed);
  return hs_blocked_list_contains (self->blocked, hs_jid_to_string (parsed))
         || hs_blocked_list_contains (self->blocked, hs_jid_to_string (bare))
         || hs_blocked_list_contains (self->blocked, hs_jid_get_domain (parsed));
}
