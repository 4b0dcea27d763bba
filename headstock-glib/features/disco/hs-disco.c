/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-private.h"

#include "hs-element.h"
#include "hs-enum-types.h"
#include "hs-feature.h"
#include "hs-iq.h"
#include "hs-module.h"
#include "hs-namespaces.h"
#include "hs-presence.h"

/**
 * HsDisco:
 *
 * Finds out what others can do, and tells others what this program can do: service discovery (XEP-0030) and
 * entity capabilities (XEP-0115).
 *
 * ```python
 * disco = Headstock.Disco.new()
 * disco.add_identity("client", "bot", "Weather", None)
 * client.register(disco)
 *
 * def answered(disco, result):
 *     info = disco.query_finish(result)
 *     print(info.dup_name(), info.dup_features())
 *
 * client.connect("ready", lambda client: disco.query_async("example.org", None, None, answered))
 * ```
 *
 * **What is advertised.** Others see the identities, features and forms that the program adds with
 * [method@Disco.add_identity], [method@Disco.add_feature] and [method@Disco.add_form], and those of registered modules
 * that implement [iface@Described]. Without any identity, a client is `client/pc`, and a component is
 * `component/generic`. The account's presence contains a hash of all this. If it changes while the client is ready,
 * [property@Client:own-presence] is sent again, once in a turn of the main loop. Text with a `<` in it cannot be part
 * of a hash: while an identity, a feature or a form contains one, the presence has no hash.
 *
 * **What others are.** A presence alone causes no request: [method@Disco.query_caps_async] asks when the program needs
 * the info, once for each hash. Only a verified answer is kept for all addresses with the same hash.
 *
 * **A component** answers for many addresses: [signal@Disco::info-requested] and
 * [signal@Disco::items-requested] let the program answer for each, at once or later.
 *
 * It can be registered with a client or a component. Only a client asks its account and its server.
 *
 * Its state (`caps`) has the verified hashes.
 *
 * Since: 0.2
 */

#define DEFAULT_NODE "urn:headstock-glib"
#define DEFAULT_CACHE_SIZE 5000

enum
{
  PROP_CLIENT = 1,
  PROP_SERVER_INFO,
  PROP_ACCOUNT_INFO,
  PROP_NODE,
  PROP_CACHE_SIZE,
  PROP_CAPS_VERSIONS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void hs_disco_module_init (HsModuleInterface *iface);
static void hs_disco_stateful_init (HsStatefulInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsDisco, hs_disco, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_disco_module_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_STATEFUL, hs_disco_stateful_init))

static HsElement *
presence_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  if (HS_IS_PRESENCE (element))
    hs_disco_caps_received (user_data, HS_PRESENCE (element));
  return NULL;
}

/* Called when a session begins and when it is resumed. */
static void
go_on (HsDisco *self)
{
  hs_disco_account_load (self);
  hs_disco_own_changed (self);
}

static void
hs_disco_attached (HsModule *module, HsClient *client)
{
  HsDisco *self = HS_DISCO (module);

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
  hs_disco_state_attached (self);
  hs_disco_answer_start (self);
  hs_client_add_handler (client, "presence", HS_NS_CLIENT, HS_HANDLER_DEFAULT, presence_cb, self, NULL);
  hs_disco_own_watch (self);
  if (hs_client_get_state (client) == HS_CLIENT_STATE_READY)
    go_on (self);
}

static void
hs_disco_prepare_presence (HsModule *module, HsClient *client, HsPresence *presence)
{
  hs_disco_own_prepare (HS_DISCO (module), presence);
}

static void
hs_disco_ready (HsModule *module, HsClient *client)
{
  go_on (HS_DISCO (module));
}

static void
hs_disco_resumed (HsModule *module, HsClient *client)
{
  go_on (HS_DISCO (module));
}

static void
forget_session (HsDisco *self)
{
  hs_disco_forget_all (self);
  hs_lru_remove_all (&self->addresses);
  g_clear_pointer (&self->broadcast, g_free);
  hs_disco_account_lost (self);
}

static void
hs_disco_lost (HsModule *module, HsClient *client)
{
  forget_session (HS_DISCO (module));
}

static void
hs_disco_detached (HsModule *module, HsClient *client)
{
  HsDisco *self = HS_DISCO (module);

  if (self->client != client)
    return;
  hs_disco_own_unwatch (self);
  forget_session (self);
  hs_feature_set_client (self, &self->client, NULL);
}

static void
hs_disco_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_disco_attached;
  iface->prepare_presence = hs_disco_prepare_presence;
  iface->ready = hs_disco_ready;
  iface->resumed = hs_disco_resumed;
  iface->lost = hs_disco_lost;
  iface->detached = hs_disco_detached;
}

static char *
hs_disco_dup_state_name (HsStateful *stateful)
{
  return g_strdup ("caps");
}

static void
hs_disco_stateful_init (HsStatefulInterface *iface)
{
  iface->dup_state_name = hs_disco_dup_state_name;
  iface->dup_state = hs_disco_dup_state;
  iface->restore_state = hs_disco_restore_state;
}

/* Each request in flight holds a reference to the object: none is left here. */
static void
hs_disco_finalize (GObject *object)
{
  HsDisco *self = HS_DISCO (object);

  hs_disco_own_clear (self);
  hs_disco_state_clear (self);
  if (self->changed != NULL)
    g_source_destroy (self->changed);
  g_clear_pointer (&self->changed, g_source_unref);
  hs_lru_clear (&self->hashes);
  hs_lru_clear (&self->infos);
  hs_lru_clear (&self->addresses);
  g_hash_table_unref (self->asked);
  g_hash_table_unref (self->asked_caps);
  g_clear_object (&self->server_info);
  g_clear_object (&self->account_info);
  g_object_unref (self->added);
  g_free (self->node);
  g_clear_weak_pointer (&self->client);

  G_OBJECT_CLASS (hs_disco_parent_class)->finalize (object);
}

static void
hs_disco_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsDisco *self = HS_DISCO (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, self->client);
      break;
    case PROP_SERVER_INFO:
      g_value_set_object (value, self->server_info);
      break;
    case PROP_ACCOUNT_INFO:
      g_value_set_object (value, self->account_info);
      break;
    case PROP_NODE:
      g_value_set_string (value, self->node);
      break;
    case PROP_CACHE_SIZE:
      g_value_set_uint (value, self->cache_size);
      break;
    case PROP_CAPS_VERSIONS:
      g_value_set_flags (value, self->caps_versions);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_disco_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsDisco *self = HS_DISCO (object);

  switch (prop_id)
    {
    case PROP_NODE:
      hs_disco_set_node (self, g_value_get_string (value));
      break;
    case PROP_CACHE_SIZE:
      hs_disco_set_cache_size (self, g_value_get_uint (value));
      break;
    case PROP_CAPS_VERSIONS:
      hs_disco_set_caps_versions (self, g_value_get_flags (value));
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
   * HsDisco:client: (getter get_client)
   *
   * The client that it is registered with, or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT, ro);

  /**
   * HsDisco:server-info: (getter get_server_info)
   *
   * The features of the account's server: requested when a session begins, and %NULL until the answer arrives.
   *
   * Since: 0.2
   */
  props[PROP_SERVER_INFO] = g_param_spec_object ("server-info", NULL, NULL, HS_TYPE_DISCO_INFO, ro);

  /**
   * HsDisco:account-info: (getter get_account_info)
   *
   * The features of the account itself: requested from its bare JID when a session begins, and %NULL until the answer
   * arrives.
   *
   * Since: 0.2
   */
  props[PROP_ACCOUNT_INFO] = g_param_spec_object ("account-info", NULL, NULL, HS_TYPE_DISCO_INFO, ro);
}

static void
make_settings (void)
{
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsDisco:node: (getter get_node) (setter set_node)
   *
   * The `node` of the own capabilities, which names the program: a URI (XEP-0115, 4). The default is
   * `urn:headstock-glib`.
   *
   * Since: 0.2
   */
  props[PROP_NODE] = g_param_spec_string ("node", NULL, NULL, DEFAULT_NODE, rw);

  /**
   * HsDisco:cache-size: (getter get_cache_size) (setter set_cache_size)
   *
   * How many verified hashes are kept at most, and how many answers of single addresses. If there are more, those are
   * dropped that were not used for the longest time. The default is 5,000 hashes, the range 0 to 1,000,000.
   *
   * Since: 0.2
   */
  props[PROP_CACHE_SIZE]
      = g_param_spec_uint ("cache-size", NULL, NULL, 0, 1000000, DEFAULT_CACHE_SIZE, rw);

  /**
   * HsDisco:caps-versions: (getter get_caps_versions) (setter set_caps_versions)
   *
   * How the own capabilities are advertised; 0 for not at all. The default is %HS_CAPS_VERSION_V1.
   *
   * Since: 0.2
   */
  props[PROP_CAPS_VERSIONS] = g_param_spec_flags ("caps-versions", NULL, NULL, HS_TYPE_CAPS_VERSION,
                                                  HS_CAPS_VERSION_V1, rw);
}

static void
install_signals (void)
{
  /**
   * HsDisco::info-requested:
   * @self: service discovery
   * @request: the request
   * @node: (nullable): the requested node, or %NULL
   *
   * Emitted when somebody asks for information. [method@Stanza.get_to_jid] of @request is the address in question.
   *
   * A handler that returns true answers with [method@Disco.answer], at once or later; it keeps @request until then. If
   * no handler answers, the advertised info is sent. If @node is not one of the last 3 hashes of this client, the
   * answer is %HS_STANZA_ERROR_ITEM_NOT_FOUND.
   *
   * Returns: true if the program answers
   *
   * Since: 0.2
   */
  g_signal_new ("info-requested", HS_TYPE_DISCO, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled,
                NULL, NULL, G_TYPE_BOOLEAN, 2, HS_TYPE_IQ, G_TYPE_STRING);

  /**
   * HsDisco::items-requested:
   * @self: service discovery
   * @request: the request
   * @node: (nullable): the requested node, or %NULL
   *
   * Emitted when somebody asks for items. [method@Stanza.get_to_jid] of @request is the address in question.
   *
   * A handler that returns true answers with [method@Disco.answer_items], at once or later; it keeps @request
   * until then. If no handler answers, the answer has no items.
   *
   * Returns: true if the program answers
   *
   * Since: 0.2
   */
  g_signal_new ("items-requested", HS_TYPE_DISCO, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled,
                NULL, NULL, G_TYPE_BOOLEAN, 2, HS_TYPE_IQ, G_TYPE_STRING);
}

static void
hs_disco_class_init (HsDiscoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hs_disco_finalize;
  object_class->get_property = hs_disco_get_property;
  object_class->set_property = hs_disco_set_property;

  make_read_only_properties ();
  make_settings ();
  g_object_class_install_properties (object_class, N_PROPS, props);
  install_signals ();
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), FALSE);
  hs_disco_state_init_class (G_TYPE_FROM_CLASS (klass));
}

static void
hs_disco_init (HsDisco *self)
{
  self->added = hs_disco_info_new ();
  self->node = g_strdup (DEFAULT_NODE);
  self->caps_versions = HS_CAPS_VERSION_V1;
  self->cache_size = DEFAULT_CACHE_SIZE;
  hs_lru_init (&self->hashes, DEFAULT_CACHE_SIZE, g_object_unref);
  hs_lru_init (&self->infos, DEFAULT_CACHE_SIZE, g_object_unref);
  hs_lru_init (&self->addresses, DEFAULT_CACHE_SIZE * HS_DISCO_ADDRESSES_PER_HASH, hs_disco_caps_free);
  self->asked = g_hash_table_new (g_str_hash, g_str_equal);
  self->asked_caps = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->waiting);
}

/**
 * hs_disco_new: (constructor)
 *
 * Makes service discovery, for [method@Client.register].
 *
 * Returns: (transfer full): the new object
 *
 * Since: 0.2
 */
HsDisco *
hs_disco_new (void)
{
  return g_object_new (HS_TYPE_DISCO, NULL);
}

/**
 * hs_disco_add_identity:
 * @self: service discovery
 * @category: the category, such as `client`
 * @type: the type within the category, such as `bot`
 * @name: (nullable): a name for people to read, or %NULL
 * @lang: (nullable): the language of @name, or %NULL
 *
 * Advertises an identity of this program (XEP-0030, 3.1).
 *
 * ```python
 * disco = client.ensure_module(Headstock.Disco)
 * disco.add_identity("client", "bot", "Weather bot")
 * ```
 *
 * Since: 0.2
 */
void
hs_disco_add_identity (HsDisco *self,
                       const char *category,
                       const char *type,
                       const char *name,
                       const char *lang)
{
  g_return_if_fail (HS_IS_DISCO (self));
  g_return_if_fail (category != NULL && type != NULL);

  hs_disco_info_add_identity (self->added, category, type, name, lang);
  hs_disco_own_changed (self);
}

/**
 * hs_disco_add_feature:
 * @self: service discovery
 * @var: a namespace
 *
 * Advertises a feature of this program (XEP-0030, 3.1). Modules of this library advertise theirs themselves.
 *
 * ```python
 * disco = client.ensure_module(Headstock.Disco)
 * disco.add_feature("urn:example:weather")
 * ```
 *
 * Since: 0.2
 */
void
hs_disco_add_feature (HsDisco *self, const char *var)
{
  g_return_if_fail (HS_IS_DISCO (self));
  g_return_if_fail (var != NULL);

  hs_disco_info_add_feature (self->added, var);
  hs_disco_own_changed (self);
}

/**
 * hs_disco_add_form:
 * @self: service discovery
 * @form: the element `x` of a form of the type `result`; it is copied
 *
 * Advertises more about this program (XEP-0128). A form takes the place of one with the same `FORM_TYPE`.
 *
 * Since: 0.2
 */
void
hs_disco_add_form (HsDisco *self, HsElement *form)
{
  g_return_if_fail (HS_IS_DISCO (self));
  g_return_if_fail (HS_IS_ELEMENT (form) && hs_element_matches (form, "x", HS_NS_DATA));

  hs_disco_info_add_form (self->added, form);
  hs_disco_own_changed (self);
}

/**
 * hs_disco_get_client: (get-property client)
 * @self: service discovery
 *
 * The client that it is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_disco_get_client (HsDisco *self)
{
  g_return_val_if_fail (HS_IS_DISCO (self), NULL);

  return self->client;
}

/**
 * hs_disco_get_server_info: (get-property server-info)
 * @self: service discovery
 *
 * Gets the features of the account's server.
 *
 * Returns: (transfer none) (nullable): the information, or %NULL while it is not known
 *
 * Since: 0.2
 */
HsDiscoInfo *
hs_disco_get_server_info (HsDisco *self)
{
  g_return_val_if_fail (HS_IS_DISCO (self), NULL);

  return self->server_info;
}

/**
 * hs_disco_get_account_info: (get-property account-info)
 * @self: service discovery
 *
 * Gets the features of the account itself, such as an archive.
 *
 * Returns: (transfer none) (nullable): the information, or %NULL while it is not known
 *
 * Since: 0.2
 */
HsDiscoInfo *
hs_disco_get_account_info (HsDisco *self)
{
  g_return_val_if_fail (HS_IS_DISCO (self), NULL);

  return self->account_info;
}

/**
 * hs_disco_get_node: (get-property node)
 * @self: service discovery
 *
 * The `node` of the own capabilities.
 *
 * Returns: the node
 *
 * Since: 0.2
 */
const char *
hs_disco_get_node (HsDisco *self)
{
  g_return_val_if_fail (HS_IS_DISCO (self), NULL);

  return self->node;
}

/**
 * hs_disco_set_node: (set-property node)
 * @self: service discovery
 * @node: a URI, such as that of the program's home page
 *
 * Sets the `node` of the own capabilities. It names the program and is not looked up (XEP-0115, 4).
 *
 * Since: 0.2
 */
void
hs_disco_set_node (HsDisco *self, const char *node)
{
  g_return_if_fail (HS_IS_DISCO (self));
  g_return_if_fail (node != NULL && *node != '\0');

  if (g_str_equal (self->node, node))
    return;
  g_free (self->node);
  self->node = g_strdup (node);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NODE]);
  hs_disco_own_changed (self);
}

/**
 * hs_disco_get_cache_size: (get-property cache-size)
 * @self: service discovery
 *
 * How many verified hashes are kept.
 *
 * Returns: the number
 *
 * Since: 0.2
 */
guint
hs_disco_get_cache_size (HsDisco *self)
{
  g_return_val_if_fail (HS_IS_DISCO (self), 0);

  return self->cache_size;
}

/**
 * hs_disco_set_cache_size: (set-property cache-size)
 * @self: service discovery
 * @cache_size: the number, at most 1,000,000
 *
 * Sets how many verified hashes are kept. Ten times as many addresses are remembered with their hash.
 *
 * Since: 0.2
 */
void
hs_disco_set_cache_size (HsDisco *self, guint cache_size)
{
  g_return_if_fail (HS_IS_DISCO (self));
  g_return_if_fail (cache_size <= 1000000);

  if (self->cache_size == cache_size)
    return;
  self->cache_size = cache_size;
  hs_lru_set_limit (&self->hashes, cache_size);
  hs_lru_set_limit (&self->infos, cache_size);
  hs_lru_set_limit (&self->addresses, cache_size * HS_DISCO_ADDRESSES_PER_HASH);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CACHE_SIZE]);
}

/**
 * hs_disco_get_caps_versions: (get-property caps-versions)
 * @self: service discovery
 *
 * How the own capabilities are advertised.
 *
 * Returns: the ways
 *
 * Since: 0.2
 */
HsCapsVersion
hs_disco_get_caps_versions (HsDisco *self)
{
  g_return_val_if_fail (HS_IS_DISCO (self), 0);

  return self->caps_versions;
}

/**
 * hs_disco_set_caps_versions: (set-property caps-versions)
 * @self: service discovery
 * @caps_versions: the ways; 0 for not at all
 *
 * Sets how the own capabilities are advertised.
 *
 * Since: 0.2
 */
void
hs_disco_set_caps_versions (HsDisco *self, HsCapsVersion caps_versions)
{
  g_return_if_fail (HS_IS_DISCO (self));

  if (self->caps_versions == caps_versions)
    return;
  self->caps_versions = caps_versions;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAPS_VERSIONS]);
  hs_disco_own_changed (self);
}
