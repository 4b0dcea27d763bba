/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-private.h"

#include "hs-enum-types.h"
#include "hs-feature.h"
#include "hs-namespaces.h"

#include <string.h>

/**
 * HsRoster:
 *
 * The account's contacts, with their presence and subscriptions (RFC 6121). For clients only.
 *
 * ```python
 * client = Headstock.Client.new("romeo@example.com", "secret")
 * roster = Headstock.Roster.new()
 * client.register(roster)
 *
 * def loaded(roster, pspec):
 *     for contact in roster.props.contacts:
 *         print(contact.props.display_name, contact.props.groups)
 *
 * roster.connect("notify::is-loaded", loaded)
 * client.run()
 * ```
 *
 * The roster is loaded in each session, and follows all changes while the session lasts. A [class@Contact] stays the
 * same object while it is in the roster: a window can bind to the list [property@Roster:contacts] and to the properties
 * of the contacts. A large roster is processed in slices of some milliseconds, and shown with one change of the list.
 *
 * ```python
 * def added(roster, result):
 *     roster.add_finish(result)
 *     roster.subscribe("juliet@example.com", "It is me")
 *
 * roster.add_async("juliet@example.com", "Juliet", ["Friends"], None, added)
 * ```
 *
 * Requests of others to see the account's presence are in [property@Roster:requests] until the program calls
 * [method@Roster.approve] or [method@Roster.deny], unless [property@Roster:approval] approves them.
 *
 * Its state (`roster`, see [iface@Stateful]) has the contacts and their version: a program that saves it has the
 * contacts before it is connected, and a server that supports versions (RFC 6121, 2.6) only sends the changes since
 * then.
 *
 * While the roster is registered, it asks for the roster in place of the client: it sets
 * [property@Client:initial-roster] to false. A roster that is registered during a session is loaded at once, but does
 * not know the presences that the client received before: a contact is unavailable until its next presence or the next
 * session.
 *
 * Since: 0.2
 */

enum
{
  PROP_CLIENT = 1,
  PROP_CONTACTS,
  PROP_REQUESTS,
  PROP_OWN_CONTACT,
  PROP_IS_LOADED,
  PROP_IS_STALE,
  PROP_VERSION,
  PROP_APPROVAL,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

enum
{
  SIGNAL_SUBSCRIPTION_REQUESTED,
  SIGNAL_SUBSCRIPTION_ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void hs_roster_module_init (HsModuleInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsRoster, hs_roster, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_roster_module_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_STATEFUL, hs_roster_stateful_init))

static void
set_stale (HsRoster *self, gboolean is_stale)
{
  if (self->is_stale == is_stale)
    return;
  self->is_stale = is_stale;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_STALE]);
}

/* ---- The module ---- */

/* No hook tells that a session is interrupted: presences stay as they are, and nobody tells whether they still hold. */
static void
disconnected_cb (HsRoster *self)
{
  set_stale (self, TRUE);
}

static void
hs_roster_attached (HsModule *module, HsClient *client)
{
  HsRoster *self = HS_ROSTER (module);

  hs_feature_set_client (self, &self->client, client);
  self->had_initial_roster = hs_client_get_initial_roster (client);
  hs_client_set_initial_roster (client, FALSE);
  hs_client_add_handler (client, "presence", HS_NS_CLIENT, HS_HANDLER_DEFAULT,
                         hs_roster_presence_cb, self, NULL);
  hs_client_register_on_iq (client, "set", NULL, HS_HANDLER_FROM_ACCOUNT, hs_roster_push_cb, self,
                            NULL);
  g_signal_connect_object (client, "disconnected", G_CALLBACK (disconnected_cb), self, G_CONNECT_SWAPPED);
  hs_roster_check_account (self);
  hs_roster_update_own_contact (self);
  self->load.is_wanted = TRUE;
  if (hs_client_get_state (client) != HS_CLIENT_STATE_READY)
    return;
  /* The module was registered during a session: its begin() and ready() are not called any more. */
  set_stale (self, FALSE);
  hs_roster_load_begin (self);
}

static void
hs_roster_begin (HsModule *module, HsClient *client)
{
  HsRoster *self = HS_ROSTER (module);

  hs_roster_leave_other_account (self);
  hs_roster_load_begin (self);
}

static void
hs_roster_ready (HsModule *module, HsClient *client)
{
  HsRoster *self = HS_ROSTER (module);

  hs_roster_update_own_contact (self);
  set_stale (self, self->client != client);
  /* The module was registered after the session had begun, and no handler has unregistered it since. */
  if (!self->load.is_asked && self->client == client)
    hs_roster_load_begin (self);
  hs_roster_check_requests (self);
}

static void
hs_roster_presence_sent (HsModule *module, HsClient *client, HsPresence *presence)
{
  HsRoster *self = HS_ROSTER (module);

  if (presence == NULL || strcmp (hs_stanza_get_stanza_type (HS_STANZA (presence)), "available") != 0)
    return;
  self->is_available = TRUE;
  hs_roster_check_requests (self);
}

static void
hs_roster_resumed (HsModule *module, HsClient *client)
{
  HsRoster *self = HS_ROSTER (module);

  set_stale (self, FALSE);
  /* If the request is still in flight, the server sends its answer again from the beginning; pushes as well. */
  hs_roster_load_interrupt (self);
  if (self->load.is_wanted && self->load.cancellable == NULL)
    hs_roster_load_begin (self);
  hs_roster_check_requests (self);
}

static void
clear_presence (HsRoster *self)
{
  hs_roster_contacts_clear_resources (&self->contacts);
}

static void
hs_roster_lost (HsModule *module, HsClient *client)
{
  HsRoster *self = HS_ROSTER (module);

  self->load.is_asked = FALSE;
  hs_roster_load_interrupt (self);
  set_stale (self, TRUE);
  clear_presence (self);
  hs_roster_age_requests (self);
}

static void
hs_roster_cleanup (HsModule *module, HsClient *client)
{
  HsRoster *self = HS_ROSTER (module);

  hs_roster_load_interrupt (self);
  set_stale (self, TRUE);
}

static void
hs_roster_detached (HsModule *module, HsClient *client)
{
  HsRoster *self = HS_ROSTER (module);

  if (self->client != client)
    return;
  g_signal_handlers_disconnect_by_func (client, disconnected_cb, self);
  hs_roster_load_give_up (self);
  self->load.is_asked = FALSE;
  hs_client_set_initial_roster (client, self->had_initial_roster);
  set_stale (self, TRUE);
  clear_presence (self);
  hs_feature_set_client (self, &self->client, NULL);
}

static void
hs_roster_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_roster_attached;
  iface->begin = hs_roster_begin;
  iface->ready = hs_roster_ready;
  iface->presence_sent = hs_roster_presence_sent;
  iface->resumed = hs_roster_resumed;
  iface->lost = hs_roster_lost;
  iface->cleanup = hs_roster_cleanup;
  iface->detached = hs_roster_detached;
}

/* ---- The object ---- */

static void
hs_roster_finalize (GObject *object)
{
  HsRoster *self = HS_ROSTER (object);

  hs_roster_load_clear (self);
  g_clear_weak_pointer (&self->client);
  hs_roster_contacts_clear (&self->contacts);
  g_clear_object (&self->requests);
  g_clear_object (&self->own_contact);
  g_free (self->version);
  g_free (self->account);

  G_OBJECT_CLASS (hs_roster_parent_class)->finalize (object);
}

static void
hs_roster_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsRoster *self = HS_ROSTER (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_roster_get_client (self));
      break;
    case PROP_CONTACTS:
      g_value_set_object (value, hs_roster_get_contacts (self));
      break;
    case PROP_REQUESTS:
      g_value_set_object (value, hs_roster_get_requests (self));
      break;
    case PROP_OWN_CONTACT:
      g_value_set_object (value, hs_roster_get_own_contact (self));
      break;
    case PROP_IS_LOADED:
      g_value_set_boolean (value, hs_roster_get_is_loaded (self));
      break;
    case PROP_IS_STALE:
      g_value_set_boolean (value, hs_roster_get_is_stale (self));
      break;
    case PROP_VERSION:
      g_value_set_string (value, hs_roster_get_version (self));
      break;
    case PROP_APPROVAL:
      g_value_set_enum (value, hs_roster_get_approval (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_roster_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_APPROVAL:
      hs_roster_set_approval (HS_ROSTER (object), g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GParamFlags rw = ro | G_PARAM_WRITABLE;

  /**
   * HsRoster:client: (getter get_client)
   *
   * The client that the roster is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT, ro);

  /**
   * HsRoster:contacts: (getter get_contacts)
   *
   * All contacts, a list of [class@Contact] in order of arrival.
   *
   * Changes that arrive together are shown by few `items-changed`: the first one in a turn of the main loop at once,
   * the others together in the next turn. [method@Roster.lookup] knows of each change as soon as it arrives.
   *
   * Since: 0.2
   */
  props[PROP_CONTACTS] = g_param_spec_object ("contacts", NULL, NULL, G_TYPE_LIST_MODEL, ro);

  /**
   * HsRoster:requests: (getter get_requests)
   *
   * The requests to see the account's presence that have not been answered.
   *
   * It is a list of [class@SubscriptionRequest]: one for each person, at most 1,000.
   *
   * Since: 0.2
   */
  props[PROP_REQUESTS] = g_param_spec_object ("requests", NULL, NULL, G_TYPE_LIST_MODEL, ro);

  /**
   * HsRoster:own-contact: (getter get_own_contact)
   *
   * The account itself, whose resources are the account's other clients. %NULL until the address is known.
   *
   * Since: 0.2
   */
  props[PROP_OWN_CONTACT] = g_param_spec_object ("own-contact", NULL, NULL, HS_TYPE_CONTACT, ro);

  /**
   * HsRoster:is-loaded: (getter get_is_loaded)
   *
   * Whether the contacts are known. It stays true when the session is lost.
   *
   * Since: 0.2
   */
  props[PROP_IS_LOADED] = g_param_spec_boolean ("is-loaded", NULL, NULL, FALSE, ro);

  /**
   * HsRoster:is-stale: (getter get_is_stale)
   *
   * Whether there is no connection, so that contacts and presences may be out of date.
   *
   * While an interrupted session waits to be resumed, the presences are those that were received last. When the session
   * is lost, there are none until the next one.
   *
   * Since: 0.2
   */
  props[PROP_IS_STALE] = g_param_spec_boolean ("is-stale", NULL, NULL, TRUE, ro);

  /**
   * HsRoster:version: (getter get_version)
   *
   * The server's version of the roster (RFC 6121, 2.6), or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_VERSION] = g_param_spec_string ("version", NULL, NULL, NULL, ro);

  /**
   * HsRoster:approval: (getter get_approval) (setter set_approval)
   *
   * Whose subscription requests are approved without asking the user. The default is %HS_APPROVAL_ASK.
   *
   * Since: 0.2
   */
  props[PROP_APPROVAL]
      = g_param_spec_enum ("approval", NULL, NULL, HS_TYPE_APPROVAL, HS_APPROVAL_ASK, rw);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_roster_class_init (HsRosterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hs_roster_finalize;
  object_class->get_property = hs_roster_get_property;
  object_class->set_property = hs_roster_set_property;

  hs_feature_mark (HS_TYPE_ROSTER, TRUE);
  hs_roster_state_init_class (HS_TYPE_ROSTER);
  install_properties (object_class);

  /**
   * HsRoster::subscription-requested:
   * @self: the roster
   * @request: the request
   *
   * Emitted when somebody asks to see the account's presence, unless [property@Roster:approval] approves it.
   *
   * It is emitted once for each person, even if the server sends the request again in the next session.
   *
   * Since: 0.2
   */
  signals[SIGNAL_SUBSCRIPTION_REQUESTED]
      = g_signal_new ("subscription-requested", HS_TYPE_ROSTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, HS_TYPE_SUBSCRIPTION_REQUEST);

  /**
   * HsRoster::subscription-ended:
   * @self: the roster
   * @contact: the contact
   *
   * Emitted when a contact has denied the account's request to see its presence, or has ended the account's
   * subscription (RFC 6121, 3.2).
   *
   * [property@Contact:subscription] changes with the roster push from the server, which can come before or after this.
   *
   * Since: 0.2
   */
  signals[SIGNAL_SUBSCRIPTION_ENDED]
      = g_signal_new ("subscription-ended", HS_TYPE_ROSTER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 1, HS_TYPE_CONTACT);
}

static void
hs_roster_init (HsRoster *self)
{
  self->is_stale = TRUE;
  hs_roster_contacts_init (&self->contacts);
  self->requests = hs_roster_list_new (HS_TYPE_SUBSCRIPTION_REQUEST);
  hs_roster_load_init (self);
}

/**
 * hs_roster_new:
 *
 * Makes a roster, for [method@Client.register].
 *
 * Returns: (transfer full): the new roster
 *
 * Since: 0.2
 */
HsRoster *
hs_roster_new (void)
{
  return g_object_new (HS_TYPE_ROSTER, NULL);
}

/**
 * hs_roster_lookup:
 * @self: a roster
 * @jid: an address, with or without a resource
 *
 * Finds a contact by its address.
 *
 * ```python
 * contact = roster.lookup("juliet@capulet.example")
 * if contact is not None:
 *     print(contact.name, contact.groups)
 * ```
 *
 * Returns: (transfer none) (nullable): the contact, or %NULL if there is none in the roster or @jid is not
 *   a valid address
 *
 * Since: 0.2
 */
HsContact *
hs_roster_lookup (HsRoster *self, const char *jid)
{
  g_autoptr (HsJid) parsed = NULL;

  g_return_val_if_fail (HS_IS_ROSTER (self), NULL);
  g_return_val_if_fail (jid != NULL, NULL);

  parsed = hs_jid_new (jid, NULL);
  return parsed != NULL ? hs_roster_contacts_lookup (&self->contacts, parsed) : NULL;
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/**
 * hs_roster_dup_groups:
 * @self: a roster
 *
 * Gets the names of all groups of the contacts, each once, sorted by their bytes.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names
 *
 * Since: 0.2
 */
char **
hs_roster_dup_groups (HsRoster *self)
{
  g_autoptr (GHashTable) known = NULL;
  GPtrArray *names;

  g_return_val_if_fail (HS_IS_ROSTER (self), NULL);

  hs_roster_list_flush (self->contacts.list);
  known = g_hash_table_new (g_str_hash, g_str_equal);
  names = g_ptr_array_new ();
  for (guint i = 0; i < hs_roster_list_get_size (self->contacts.list); i++)
    for (const char *const *group
         = hs_contact_get_groups (hs_roster_list_peek (self->contacts.list, i));
         *group != NULL; group++)
      if (g_hash_table_add (known, (gpointer) *group))
        g_ptr_array_add (names, g_strdup (*group));
  g_ptr_array_sort (names, compare_strings);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

/**
 * hs_roster_get_client: (get-property client)
 * @self: a roster
 *
 * Gets the client that the roster is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_roster_get_client (HsRoster *self)
{
  g_return_val_if_fail (HS_IS_ROSTER (self), NULL);

  return self->client;
}

/**
 * hs_roster_get_contacts: (get-property contacts)
 * @self: a roster
 *
 * Gets all contacts, a list of [class@Contact] in order of arrival.
 *
 * Returns: (transfer none): the list; it is always the same one
 *
 * Since: 0.2
 */
GListModel *
hs_roster_get_contacts (HsRoster *self)
{
  g_return_val_if_fail (HS_IS_ROSTER (self), NULL);

  hs_roster_list_flush (self->contacts.list);
  return G_LIST_MODEL (self->contacts.list);
}

/**
 * hs_roster_get_requests: (get-property requests)
 * @self: a roster
 *
 * Gets the requests to see the account's presence that have not been answered, a list of [class@SubscriptionRequest].
 *
 * Returns: (transfer none): the list; it is always the same one
 *
 * Since: 0.2
 */
GListModel *
hs_roster_get_requests (HsRoster *self)
{
  g_return_val_if_fail (HS_IS_ROSTER (self), NULL);

  return G_LIST_MODEL (self->requests);
}

/**
 * hs_roster_get_own_contact: (get-property own-contact)
 * @self: a roster
 *
 * Gets the account itself, whose resources are the account's other clients.
 *
 * Returns: (transfer none) (nullable): the contact, or %NULL until the address is known
 *
 * Since: 0.2
 */
HsContact *
hs_roster_get_own_contact (HsRoster *self)
{
  g_return_val_if_fail (HS_IS_ROSTER (self), NULL);

  return self->own_contact;
}

/**
 * hs_roster_get_is_loaded: (get-property is-loaded)
 * @self: a roster
 *
 * Tells whether the contacts are known. It stays true when the session is lost.
 *
 * Returns: true if they are known
 *
 * Since: 0.2
 */
gboolean
hs_roster_get_is_loaded (HsRoster *self)
{
  g_return_val_if_fail (HS_IS_ROSTER (self), FALSE);

  return self->is_loaded;
}

/**
 * hs_roster_get_is_stale: (get-property is-stale)
 * @self: a roster
 *
 * Tells whether there is no connection, so that contacts and presences may be out of date.
 *
 * When the session is lost, all contacts become unavailable.
 *
 * Returns: true if there is no connection
 *
 * Since: 0.2
 */
gboolean
hs_roster_get_is_stale (HsRoster *self)
{
  g_return_val_if_fail (HS_IS_ROSTER (self), TRUE);

  return self->is_stale;
}

/**
 * hs_roster_get_version: (get-property version)
 * @self: a roster
 *
 * Gets the server's version of the roster (RFC 6121, 2.6).
 *
 * Returns: (nullable): the version, or %NULL if the server has none
 *
 * Since: 0.2
 */
const char *
hs_roster_get_version (HsRoster *self)
{
  g_return_val_if_fail (HS_IS_ROSTER (self), NULL);

  return self->version;
}

/**
 * hs_roster_get_approval: (get-property approval)
 * @self: a roster
 *
 * Gets whose subscription requests are approved without asking the user.
 *
 * Returns: the setting; %HS_APPROVAL_ASK by default
 *
 * Since: 0.2
 */
HsApproval
hs_roster_get_approval (HsRoster *self)
{
  g_return_val_if_fail (HS_IS_ROSTER (self), HS_APPROVAL_ASK);

  return self->approval;
}

/**
 * hs_roster_set_approval: (set-property approval)
 * @self: a roster
 * @approval: the new setting
 *
 * Sets whose subscription requests are approved without asking the user. Requests that wait already are not answered.
 *
 * Since: 0.2
 */
void
hs_roster_set_approval (HsRoster *self, HsApproval approval)
{
  g_return_if_fail (HS_IS_ROSTER (self));

  if (self->approval == approval)
    return;
  self->approval = approval;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_APPROVAL]);
}
