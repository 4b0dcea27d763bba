/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messenger-private.h"

#include "hs-component.h"
#include "hs-error.h"
#include "hs-module.h"

/**
 * HsMessenger:
 *
 * The modules of a messenger, made and registered together, with their states.
 *
 * It makes [class@Disco], [class@Roster], [class@PubSub], [class@Messages], [class@Archive], [class@Muc],
 * [class@Bookmarks], [class@Autojoin], [class@Displayed], [class@Blocking], [class@Avatars], [class@Vcards],
 * [class@Upload], [class@Ping], [class@SoftwareVersion] and [class@Time], and [class@History] if
 * [property@Messenger:keeps-history] is set.
 * Each module is registered with the client, and is a property of the messenger. If the client already has a module of
 * that type, the messenger uses that one. A program that wants a single feature registers its module, and needs no
 * messenger.
 *
 * ```python
 * client = Headstock.Client.new("juliet@example.org", password)
 * messenger = Headstock.Messenger.new(client, Gio.File.new_for_path(folder))
 * messenger.props.messages.connect("received", lambda messages, delivery: show(delivery))
 * client.start()
 * ```
 *
 * With a folder, the modules find the state of the last run: contacts, capabilities, messages that were not sent.
 * Avatars are kept in a folder `avatars` below it, unless the client had a [class@Avatars] before. Each account needs a
 * folder of its own, which [class@StateFolder] describes. If a state is broken or belongs to another account, the log
 * names its file, and the module begins without it. Before the program ends, it calls [method@StateFolder.flush_async]
 * of [property@Messenger:state-folder].
 *
 * This object is for clients only; a component registers the modules that it wants. The object belongs to the client's
 * thread. It holds references to the client and to the modules. When it is released, the modules stay registered, but
 * their states are not kept any more.
 *
 * Since: 0.2
 */

enum
{
  PROP_CLIENT = 1,
  PROP_FOLDER,
  PROP_STATE_FOLDER,
  PROP_KEEPS_HISTORY,
  PROP_MODULES,
  N_PROPS = PROP_MODULES + HS_MESSENGER_N_MODULES
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsMessenger, hs_messenger, G_TYPE_OBJECT)

static GType
get_module_type (HsMessengerModule module)
{
  switch (module)
    {
    case HS_MESSENGER_DISCO: return HS_TYPE_DISCO;
    case HS_MESSENGER_ROSTER: return HS_TYPE_ROSTER;
    case HS_MESSENGER_PUBSUB: return HS_TYPE_PUBSUB;
    case HS_MESSENGER_MESSAGES: return HS_TYPE_MESSAGES;
    case HS_MESSENGER_ARCHIVE: return HS_TYPE_ARCHIVE;
    case HS_MESSENGER_MUC: return HS_TYPE_MUC;
    case HS_MESSENGER_BOOKMARKS: return HS_TYPE_BOOKMARKS;
    case HS_MESSENGER_AUTOJOIN: return HS_TYPE_AUTOJOIN;
    case HS_MESSENGER_DISPLAYED: return HS_TYPE_DISPLAYED;
    case HS_MESSENGER_BLOCKING: return HS_TYPE_BLOCKING;
    case HS_MESSENGER_AVATARS: return HS_TYPE_AVATARS;
    case HS_MESSENGER_VCARDS: return HS_TYPE_VCARDS;
    case HS_MESSENGER_UPLOAD: return HS_TYPE_UPLOAD;
    case HS_MESSENGER_PING: return HS_TYPE_PING;
    case HS_MESSENGER_SOFTWARE_VERSION: return HS_TYPE_SOFTWARE_VERSION;
    case HS_MESSENGER_TIME: return HS_TYPE_TIME;
    case HS_MESSENGER_HISTORY: return HS_TYPE_HISTORY;
    case HS_MESSENGER_N_MODULES: break;
    }
  g_assert_not_reached ();
}

static gboolean
is_wanted (HsMessenger *self, HsMessengerModule module)
{
  return module != HS_MESSENGER_HISTORY || self->keeps_history
         || hs_client_find_module (self->client, HS_TYPE_HISTORY) != NULL;
}

static HsModule *
make_module (HsMessenger *self, HsMessengerModule module)
{
  if (module == HS_MESSENGER_AUTOJOIN)
    return HS_MODULE (hs_autojoin_new (HS_BOOKMARKS (self->modules[HS_MESSENGER_BOOKMARKS]),
                                       HS_MUC (self->modules[HS_MESSENGER_MUC])));
  if (module == HS_MESSENGER_AVATARS && self->folder != NULL)
    {
      g_autoptr (GFile) images = g_file_get_child (self->folder, "avatars");

      return g_object_new (HS_TYPE_AVATARS, "folder", images, NULL);
    }
  return g_object_new (get_module_type (module), NULL);
}

/* Gives a module its state. Without it, the module begins as it does on a new device. */
static void
load_state (HsMessenger *self, HsModule *module)
{
  g_autoptr (GError) error = NULL;

  if (self->state_folder == NULL || !HS_IS_STATEFUL (module))
    return;
  if (!hs_state_folder_load (self->state_folder, HS_STATEFUL (module), &error))
    g_message ("The state of %s is not used: %s", G_OBJECT_TYPE_NAME (module), error->message);
}

/* The module is registered before it gets its state, so that it refuses the state of another account. */
static void
add_module (HsMessenger *self, HsMessengerModule module)
{
  HsModule *present = hs_client_find_module (self->client, get_module_type (module));

  if (present != NULL)
    self->modules[module] = g_object_ref (present);
  else
    {
      self->modules[module] = make_module (self, module);
      hs_client_register (self->client, self->modules[module]);
    }
  load_state (self, self->modules[module]);
}

static void
hs_messenger_constructed (GObject *object)
{
  HsMessenger *self = HS_MESSENGER (object);

  G_OBJECT_CLASS (hs_messenger_parent_class)->constructed (object);

  if (self->client == NULL)
    return;
  g_return_if_fail (!HS_IS_COMPONENT (self->client));

  if (self->folder != NULL)
    self->state_folder = hs_state_folder_new (self->folder);
  for (HsMessengerModule module = 0; module < HS_MESSENGER_N_MODULES; module++)
    {
      if (is_wanted (self, module))
        add_module (self, module);
    }
}

static void
hs_messenger_dispose (GObject *object)
{
  HsMessenger *self = HS_MESSENGER (object);

  for (HsMessengerModule module = 0; module < HS_MESSENGER_N_MODULES; module++)
    g_clear_object (&self->modules[module]);
  g_clear_object (&self->state_folder);
  g_clear_object (&self->folder);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (hs_messenger_parent_class)->dispose (object);
}

static void
hs_messenger_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsMessenger *self = HS_MESSENGER (object);

  switch (prop_id)
    {
    case PROP_CLIENT: g_value_set_object (value, self->client); break;
    case PROP_FOLDER: g_value_set_object (value, self->folder); break;
    case PROP_STATE_FOLDER: g_value_set_object (value, self->state_folder); break;
    case PROP_KEEPS_HISTORY: g_value_set_boolean (value, self->keeps_history); break;
    default:
      if (prop_id >= PROP_MODULES && prop_id < N_PROPS)
        g_value_set_object (value, self->modules[prop_id - PROP_MODULES]);
      else
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_messenger_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsMessenger *self = HS_MESSENGER (object);

  switch (prop_id)
    {
    case PROP_CLIENT: self->client = g_value_dup_object (value); break;
    case PROP_FOLDER: self->folder = g_value_dup_object (value); break;
    case PROP_KEEPS_HISTORY: self->keeps_history = g_value_get_boolean (value); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_shared (void)
{
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsMessenger:disco: (getter get_disco)
   *
   * The module for service discovery: what others can do, and what this program can do.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_DISCO] = g_param_spec_object ("disco", NULL, NULL, HS_TYPE_DISCO, ro);

  /**
   * HsMessenger:roster: (getter get_roster)
   *
   * The module for contacts.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_ROSTER] = g_param_spec_object ("roster", NULL, NULL, HS_TYPE_ROSTER, ro);

  /**
   * HsMessenger:pubsub: (getter get_pubsub)
   *
   * The module for nodes, those of the account and of others.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_PUBSUB] = g_param_spec_object ("pubsub", NULL, NULL, HS_TYPE_PUBSUB, ro);

  /**
   * HsMessenger:messages: (getter get_messages)
   *
   * The module that receives and sends messages.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_MESSAGES] = g_param_spec_object ("messages", NULL, NULL, HS_TYPE_MESSAGES, ro);
}

static void
install_rooms (void)
{
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsMessenger:archive: (getter get_archive)
   *
   * The module for archives of messages.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_ARCHIVE] = g_param_spec_object ("archive", NULL, NULL, HS_TYPE_ARCHIVE, ro);

  /**
   * HsMessenger:muc: (getter get_muc)
   *
   * The module for rooms.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_MUC] = g_param_spec_object ("muc", NULL, NULL, HS_TYPE_MUC, ro);

  /**
   * HsMessenger:bookmarks: (getter get_bookmarks)
   *
   * The module for bookmarks: the rooms that the account remembers.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_BOOKMARKS] = g_param_spec_object ("bookmarks", NULL, NULL, HS_TYPE_BOOKMARKS, ro);

  /**
   * HsMessenger:autojoin: (getter get_autojoin)
   *
   * The module that joins the rooms that are marked for autojoin.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_AUTOJOIN] = g_param_spec_object ("autojoin", NULL, NULL, HS_TYPE_AUTOJOIN, ro);
}

static void
install_people (void)
{
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsMessenger:displayed: (getter get_displayed)
   *
   * The module that keeps track of how far chats were displayed, on this device and others.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_DISPLAYED] = g_param_spec_object ("displayed", NULL, NULL, HS_TYPE_DISPLAYED, ro);

  /**
   * HsMessenger:blocking: (getter get_blocking)
   *
   * The module for blocked addresses.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_BLOCKING] = g_param_spec_object ("blocking", NULL, NULL, HS_TYPE_BLOCKING, ro);

  /**
   * HsMessenger:avatars: (getter get_avatars)
   *
   * The module for avatars. It keeps the images below [property@Messenger:folder], unless the client had the module
   * before.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_AVATARS] = g_param_spec_object ("avatars", NULL, NULL, HS_TYPE_AVATARS, ro);

  /**
   * HsMessenger:vcards: (getter get_vcards)
   *
   * The module for vCards.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_VCARDS] = g_param_spec_object ("vcards", NULL, NULL, HS_TYPE_VCARDS, ro);
}

static void
install_others (void)
{
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsMessenger:upload: (getter get_upload)
   *
   * The module that uploads files.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_UPLOAD] = g_param_spec_object ("upload", NULL, NULL, HS_TYPE_UPLOAD, ro);

  /**
   * HsMessenger:ping: (getter get_ping)
   *
   * The module that sends and answers pings.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_PING] = g_param_spec_object ("ping", NULL, NULL, HS_TYPE_PING, ro);

  /**
   * HsMessenger:software-version: (getter get_software_version)
   *
   * The module that tells and asks for the names and versions of programs.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_SOFTWARE_VERSION] = g_param_spec_object ("software-version", NULL, NULL, HS_TYPE_SOFTWARE_VERSION, ro);

  /**
   * HsMessenger:time: (getter get_time)
   *
   * The module that tells and asks for the time of the day.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_TIME] = g_param_spec_object ("time", NULL, NULL, HS_TYPE_TIME, ro);

  /**
   * HsMessenger:history: (getter get_history)
   *
   * The module that catches up with archives.
   *
   * It is %NULL without [property@Messenger:keeps-history], unless the client already had such a module.
   *
   * Since: 0.2
   */
  props[PROP_MODULES + HS_MESSENGER_HISTORY] = g_param_spec_object ("history", NULL, NULL, HS_TYPE_HISTORY, ro);
}

static void
hs_messenger_class_init (HsMessengerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GParamFlags construct = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_CONSTRUCT_ONLY;

  object_class->constructed = hs_messenger_constructed;
  object_class->dispose = hs_messenger_dispose;
  object_class->get_property = hs_messenger_get_property;
  object_class->set_property = hs_messenger_set_property;

  /**
   * HsMessenger:client: (getter get_client)
   *
   * The client that the modules are registered with. The default is %NULL: the messenger has no modules then.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT, construct);

  /**
   * HsMessenger:folder: (getter get_folder)
   *
   * The folder of the account's states, or %NULL if no state is kept. The default is %NULL.
   *
   * Since: 0.2
   */
  props[PROP_FOLDER] = g_param_spec_object ("folder", NULL, NULL, G_TYPE_FILE, construct);

  /**
   * HsMessenger:state-folder: (getter get_state_folder)
   *
   * The object that keeps the states in the folder, or %NULL without a folder.
   *
   * Since: 0.2
   */
  props[PROP_STATE_FOLDER] = g_param_spec_object ("state-folder", NULL, NULL, HS_TYPE_STATE_FOLDER, ro);

  /**
   * HsMessenger:keeps-history: (getter get_keeps_history)
   *
   * Whether the messenger has a [class@History] too, so that the program misses no message of the account's archive.
   *
   * The default is %FALSE.
   *
   * Since: 0.2
   */
  props[PROP_KEEPS_HISTORY] = g_param_spec_boolean ("keeps-history", NULL, NULL, FALSE, construct);

  install_shared ();
  install_rooms ();
  install_people ();
  install_others ();
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_messenger_init (HsMessenger *self)
{
}

/**
 * hs_messenger_new:
 * @client: a client that is not started
 * @folder: (nullable): a folder for the states of the client's account; one that does not exist is made.
 *   %NULL: no state is kept
 *
 * Makes the modules of a messenger, loads their states and registers them with a client.
 *
 * It blocks until the states are read.
 *
 * Returns: (transfer full): the messenger
 *
 * Since: 0.2
 */
HsMessenger *
hs_messenger_new (HsClient *client, GFile *folder)
{
  g_return_val_if_fail (HS_IS_CLIENT (client), NULL);
  g_return_val_if_fail (!HS_IS_COMPONENT (client), NULL);
  g_return_val_if_fail (folder == NULL || G_IS_FILE (folder), NULL);

  return g_object_new (HS_TYPE_MESSENGER, "client", client, "folder", folder, NULL);
}

/**
 * hs_messenger_get_client: (get-property client)
 * @self: a messenger
 *
 * Gets the client that the modules are registered with.
 *
 * Returns: (transfer none): the client
 *
 * Since: 0.2
 */
HsClient *
hs_messenger_get_client (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return self->client;
}

/**
 * hs_messenger_get_folder: (get-property folder)
 * @self: a messenger
 *
 * Gets the folder of the account's states.
 *
 * Returns: (transfer none) (nullable): the folder, or %NULL if no state is kept
 *
 * Since: 0.2
 */
GFile *
hs_messenger_get_folder (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return self->folder;
}

/**
 * hs_messenger_get_state_folder: (get-property state-folder)
 * @self: a messenger
 *
 * Gets the object that keeps the states in the folder.
 *
 * Returns: (transfer none) (nullable): the folder of states, or %NULL without a folder
 *
 * Since: 0.2
 */
HsStateFolder *
hs_messenger_get_state_folder (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return self->state_folder;
}

/**
 * hs_messenger_get_keeps_history: (get-property keeps-history)
 * @self: a messenger
 *
 * Gets whether the messenger has a [class@History].
 *
 * Returns: true if it has
 *
 * Since: 0.2
 */
gboolean
hs_messenger_get_keeps_history (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), FALSE);

  return self->keeps_history;
}
