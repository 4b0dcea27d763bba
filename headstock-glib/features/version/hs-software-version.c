/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-software-version.h"

#include "hs-described.h"
#include "hs-disco-shared.h"
#include "hs-element.h"
#include "hs-error.h"
#include "hs-feature.h"
#include "hs-iq.h"
#include "hs-module.h"
#include "hs-namespaces.h"
#include "hs-software-info-private.h"
#include "hs-version.h"

/**
 * HsSoftwareVersion:
 *
 * Tells others which program this is, and asks them which one they use (XEP-0092).
 *
 * It works in a client and in a component, and answers everybody who asks.
 *
 * ```python
 * version = Headstock.SoftwareVersion(name="Example", version="1.0")
 * client.register(version)
 *
 * def answered(version, result):
 *     print(version.query_finish(result).props.name)
 *
 * client.connect("ready", lambda client: version.query_async("example.org", None, answered))
 * ```
 *
 * Since: 0.2
 */

struct _HsSoftwareVersion
{
  GObject parent_instance;

  HsClient *client; /* weak */
  char *name;
  char *version;
  char *os;
};

enum
{
  PROP_CLIENT = 1,
  PROP_NAME,
  PROP_VERSION,
  PROP_OS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void hs_software_version_module_init (HsModuleInterface *iface);
static void hs_software_version_described_init (HsDescribedInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsSoftwareVersion, hs_software_version, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_software_version_module_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_DESCRIBED, hs_software_version_described_init))

/* A program that has set no name is presented as this library. The library's version is never sent beside the name of
 * the program. */
static HsElement *
requested_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  HsSoftwareVersion *self = user_data;
  HsStanza *request = hs_disco_get_request (element);
  g_autofree char *own = NULL;
  const char *version;
  HsStanza *reply;
  HsElement *answer;

  if (request == NULL)
    return NULL;
  own = g_strdup_printf ("%d.%d.%d", HS_MAJOR_VERSION, HS_MINOR_VERSION, HS_MICRO_VERSION);
  version = self->version;
  if (version == NULL)
    version = self->name != NULL ? "" : own;
  reply = hs_stanza_new_reply (request);
  answer = hs_element_add_child (HS_ELEMENT (reply), "query", HS_NS_VERSION);
  hs_element_add_text_child (answer, "name", HS_NS_VERSION, self->name != NULL ? self->name : "headstock-glib");
  hs_element_add_text_child (answer, "version", HS_NS_VERSION, version);
  if (self->os != NULL)
    hs_element_add_text_child (answer, "os", HS_NS_VERSION, self->os);
  return HS_ELEMENT (reply);
}

static void
hs_software_version_attached (HsModule *module, HsClient *client)
{
  HsSoftwareVersion *self = HS_SOFTWARE_VERSION (module);

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
  hs_client_add_handler (client, "query", HS_NS_VERSION, HS_HANDLER_DEFAULT, requested_cb, self, NULL);
}

static void
hs_software_version_detached (HsModule *module, HsClient *client)
{
  HsSoftwareVersion *self = HS_SOFTWARE_VERSION (module);

  if (self->client == client)
    hs_feature_set_client (self, &self->client, NULL);
}

static void
hs_software_version_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_software_version_attached;
  iface->detached = hs_software_version_detached;
}

static void
hs_software_version_describe (HsDescribed *described, HsDiscoInfo *info)
{
  hs_disco_info_add_feature (info, HS_NS_VERSION);
}

static void
hs_software_version_described_init (HsDescribedInterface *iface)
{
  iface->describe = hs_software_version_describe;
}

static void
hs_software_version_dispose (GObject *object)
{
  g_clear_weak_pointer (&HS_SOFTWARE_VERSION (object)->client);

  G_OBJECT_CLASS (hs_software_version_parent_class)->dispose (object);
}

static void
hs_software_version_finalize (GObject *object)
{
  HsSoftwareVersion *self = HS_SOFTWARE_VERSION (object);

  g_free (self->name);
  g_free (self->version);
  g_free (self->os);

  G_OBJECT_CLASS (hs_software_version_parent_class)->finalize (object);
}

static void
hs_software_version_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsSoftwareVersion *self = HS_SOFTWARE_VERSION (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_software_version_get_client (self));
      break;
    case PROP_NAME:
      g_value_set_string (value, hs_software_version_get_name (self));
      break;
    case PROP_VERSION:
      g_value_set_string (value, hs_software_version_get_version (self));
      break;
    case PROP_OS:
      g_value_set_string (value, hs_software_version_get_os (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_software_version_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsSoftwareVersion *self = HS_SOFTWARE_VERSION (object);

  switch (prop_id)
    {
    case PROP_NAME:
      hs_software_version_set_name (self, g_value_get_string (value));
      break;
    case PROP_VERSION:
      hs_software_version_set_version (self, g_value_get_string (value));
      break;
    case PROP_OS:
      hs_software_version_set_os (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_software_version_class_init (HsSoftwareVersionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = hs_software_version_dispose;
  object_class->finalize = hs_software_version_finalize;
  object_class->get_property = hs_software_version_get_property;
  object_class->set_property = hs_software_version_set_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), FALSE);

  /**
   * HsSoftwareVersion:client: (getter get_client)
   *
   * The client that the module is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * HsSoftwareVersion:name: (getter get_name) (setter set_name)
   *
   * The name of the program to tell; %NULL, the default, for this library and its version.
   *
   * Since: 0.2
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, rw);

  /**
   * HsSoftwareVersion:version: (getter get_version) (setter set_version)
   *
   * The version of the program to tell. The default is %NULL: with a [property@SoftwareVersion:name], the version in
   * the answer is then empty; without one, it is that of this library.
   *
   * Since: 0.2
   */
  props[PROP_VERSION] = g_param_spec_string ("version", NULL, NULL, NULL, rw);

  /**
   * HsSoftwareVersion:os: (getter get_os) (setter set_os)
   *
   * The operating system to tell; %NULL, the default, for none. Telling it also helps attackers who look for systems
   * with a known weakness.
   *
   * Since: 0.2
   */
  props[PROP_OS] = g_param_spec_string ("os", NULL, NULL, NULL, rw);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_software_version_init (HsSoftwareVersion *self)
{
}

static void
set_text (HsSoftwareVersion *self, char **field, const char *text, guint prop)
{
  if (g_strcmp0 (*field, text) == 0)
    return;
  g_free (*field);
  *field = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

/**
 * hs_software_version_new:
 *
 * Makes a module for software versions, for [method@Client.register].
 *
 * Returns: (transfer full): the module
 *
 * Since: 0.2
 */
HsSoftwareVersion *
hs_software_version_new (void)
{
  return g_object_new (HS_TYPE_SOFTWARE_VERSION, NULL);
}

/**
 * hs_software_version_get_client: (get-property client)
 * @self: a module for software versions
 *
 * Gets the client that the module is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_software_version_get_client (HsSoftwareVersion *self)
{
  g_return_val_if_fail (HS_IS_SOFTWARE_VERSION (self), NULL);

  return self->client;
}

/**
 * hs_software_version_get_name: (get-property name)
 * @self: a module for software versions
 *
 * Gets the name of the program that others are told.
 *
 * Returns: (nullable): the text, or %NULL if none was set
 *
 * Since: 0.2
 */
const char *
hs_software_version_get_name (HsSoftwareVersion *self)
{
  g_return_val_if_fail (HS_IS_SOFTWARE_VERSION (self), NULL);

  return self->name;
}

/**
 * hs_software_version_set_name: (set-property name)
 * @self: a module for software versions
 * @name: (nullable): the name of the program
 *
 * Sets the name of the program that others are told.
 *
 * Since: 0.2
 */
void
hs_software_version_set_name (HsSoftwareVersion *self, const char *name)
{
  g_return_if_fail (HS_IS_SOFTWARE_VERSION (self));

  set_text (self, &self->name, name, PROP_NAME);
}

/**
 * hs_software_version_get_version: (get-property version)
 * @self: a module for software versions
 *
 * Gets the version of the program that others are told.
 *
 * Returns: (nullable): the text, or %NULL if none was set
 *
 * Since: 0.2
 */
const char *
hs_software_version_get_version (HsSoftwareVersion *self)
{
  g_return_val_if_fail (HS_IS_SOFTWARE_VERSION (self), NULL);

  return self->version;
}

/**
 * hs_software_version_set_version: (set-property version)
 * @self: a module for software versions
 * @version: (nullable): the version of the program
 *
 * Sets the version of the program that others are told.
 *
 * Since: 0.2
 */
void
hs_software_version_set_version (HsSoftwareVersion *self, const char *version)
{
  g_return_if_fail (HS_IS_SOFTWARE_VERSION (self));

  set_text (self, &self->version, version, PROP_VERSION);
}

/**
 * hs_software_version_get_os: (get-property os)
 * @self: a module for software versions
 *
 * Gets the operating system that others are told.
 *
 * Returns: (nullable): the text, or %NULL if none was set
 *
 * Since: 0.2
 */
const char *
hs_software_version_get_os (HsSoftwareVersion *self)
{
  g_return_val_if_fail (HS_IS_SOFTWARE_VERSION (self), NULL);

  return self->os;
}

/**
 * hs_software_version_set_os: (set-property os)
 * @self: a module for software versions
 * @os: (nullable): the operating system
 *
 * Sets the operating system that others are told.
 *
 * Since: 0.2
 */
void
hs_software_version_set_os (HsSoftwareVersion *self, const char *os)
{
  g_return_if_fail (HS_IS_SOFTWARE_VERSION (self));

  set_text (self, &self->os, os, PROP_OS);
}

static void
read_answer (GTask *task, HsIq *iq, gint64 usec)
{
  HsElement *answer = hs_element_get_child (HS_ELEMENT (iq), "query", HS_NS_VERSION);

  if (answer == NULL)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_PROTOCOL, "The answer has no version in it");
      return;
    }
  g_task_return_pointer (task,
                         hs_software_info_new (hs_element_get_child_text (answer, "name", HS_NS_VERSION),
                                               hs_element_get_child_text (answer, "version", HS_NS_VERSION),
                                               hs_element_get_child_text (answer, "os", HS_NS_VERSION)),
                         g_object_unref);
}

/**
 * hs_software_version_query_async:
 * @self: a module for software versions
 * @jid: the address to ask, such as that of a server or of a device
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async): called when the answer is there
 * @user_data: data for @callback
 *
 * Asks which program somebody uses.
 *
 * Call [method@SoftwareVersion.query_finish] in the callback to get the result.
 *
 * ```python
 * info = await software_version.query_async("example.org")
 * print(info.name, info.version)
 * ```
 *
 * Since: 0.2
 */
void
hs_software_version_query_async (HsSoftwareVersion *self,
                                 const char *jid,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task;

  g_return_if_fail (HS_IS_SOFTWARE_VERSION (self));
  g_return_if_fail (jid != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_software_version_query_async);
  hs_disco_send_question (task, self->client, jid, "query", HS_NS_VERSION, read_answer);
}

/**
 * hs_software_version_query_finish:
 * @self: a module for software versions
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@SoftwareVersion.query_async].
 *
 * Errors: %HS_ERROR_INVALID_JID; %HS_ERROR_NOT_CONNECTED; those of [method@Client.request_finish], among them the
 * condition that the other side answered with, in %HS_STANZA_ERROR; %HS_ERROR_PROTOCOL if the answer has no version
 * in it.
 *
 * Returns: (transfer full): what the other side says about its program, or %NULL with an error
 *
 * Since: 0.2
 */
HsSoftwareInfo *
hs_software_version_query_finish (HsSoftwareVersion *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_SOFTWARE_VERSION (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_software_version_query_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
