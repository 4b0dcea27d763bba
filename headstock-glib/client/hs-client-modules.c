/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"
#include "hs-element-private.h"
#include "hs-feature.h"
#include "hs-random.h"

/* The modules of a client. */

/* The marks of a type in features/. Types that are derived from it are looked up through their parents. */
typedef enum
{
  FEATURE_NONE,
  FEATURE_ANYWHERE,
  FEATURE_CLIENT_ONLY,
} Feature;

static GQuark
feature_quark (void)
{
  return g_quark_from_static_string ("headstock-feature");
}

void
hs_feature_mark (GType type, gboolean client_only)
{
  g_assert (g_type_is_a (type, HS_TYPE_MODULE));

  g_type_set_qdata (type, feature_quark (),
                    GUINT_TO_POINTER (client_only ? FEATURE_CLIENT_ONLY : FEATURE_ANYWHERE));
}

void
hs_feature_set_client (gpointer module, HsClient **field, HsClient *client)
{
  if (g_set_weak_pointer (field, client))
    g_object_notify (module, "client");
}

typedef struct
{
  GPtrArray *tasks; /* with a reference: its owner may be gone */
  GTask *task;      /* borrowed: the source goes with the task */
} Waiting;

static void
waiting_free (gpointer data)
{
  Waiting *self = data;

  g_ptr_array_unref (self->tasks);
  g_free (self);
}

static gboolean
waiting_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Waiting *self = user_data;
  g_autoptr (GTask) task = g_object_ref (self->task);

  if (g_ptr_array_remove (self->tasks, task))
    g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
waiting_source_free (gpointer source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

void
hs_feature_wait (GPtrArray *tasks, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Waiting *waiting;
  GSource *source;

  g_ptr_array_add (tasks, task);
  if (cancellable == NULL)
    return;
  waiting = g_new (Waiting, 1);
  waiting->tasks = g_ptr_array_ref (tasks);
  waiting->task = task;
  source = g_cancellable_source_new (cancellable);
  g_source_set_callback (source, G_SOURCE_FUNC (waiting_cancelled_cb), waiting, waiting_free);
  g_source_set_static_name (source, "[headstock] a task that waits");
  g_source_attach (source, g_task_get_context (task));
  g_object_set_qdata_full (G_OBJECT (task), g_quark_from_static_string ("headstock-waiting"), source,
                           waiting_source_free);
}

GPtrArray *
hs_feature_stop_waiting (GPtrArray *tasks)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < tasks->len; i++)
    g_ptr_array_add (all, g_object_ref (tasks->pdata[i]));
  g_ptr_array_set_size (tasks, 0);
  return all;
}

guint
hs_feature_find_namespaces (HsElement *element, const HsFeatureNamespace *namespaces, guint n_namespaces)
{
  guint found = 0;

  for (HsNode *child = hs_node_first_element (hs_element_get_node (element)); child != NULL;
       child = hs_node_next_element (child))
    {
      gsize length = child->namespace_ != NULL ? strlen (child->namespace_) : 0;

      for (guint i = 0; i < n_namespaces; i++)
        if (namespaces[i].length == length && memcmp (namespaces[i].text, child->namespace_, length) == 0)
          {
            found |= 1u << i;
            break;
          }
    }
  return found;
}

static const char *
get_value (HsNode *node, const char *attribute)
{
  const char *text;

  if (attribute != NULL)
    return hs_node_get_attribute (node, attribute, NULL);
  text = hs_node_get_text (node);
  return text != NULL ? text : "";
}

static guint
get_values (HsNode *node,
            const char *name,
            const char *namespace_,
            const char *attribute,
            const char **values,
            guint n_values)
{
  guint n_found = 0;

  for (HsNode *child = hs_node_first_element (node); child != NULL; child = hs_node_next_element (child))
    if (hs_node_matches (child, name, namespace_))
      {
        if (n_found < n_values)
          values[n_found] = get_value (child, attribute);
        n_found++;
      }
  return n_found;
}

guint
hs_feature_get_child_values (HsElement *element,
                             const char *name,
                             const char *namespace_,
                             const char *attribute,
                             const char **values,
                             guint n_values)
{
  return get_values (hs_element_get_node (element), name, namespace_, attribute, values, n_values);
}

guint
hs_feature_get_inner_values (HsElement *element,
                             const char *child,
                             const char *name,
                             const char *namespace_,
                             const char *attribute,
                             const char **values,
                             guint n_values)
{
  HsNode *outer = hs_node_get_child (hs_element_get_node (element), child, namespace_);

  return outer != NULL ? get_values (outer, name, namespace_, attribute, values, n_values) : 0;
}

gboolean
hs_feature_is_in_presence (HsElement *child)
{
  HsNode *parent = hs_element_get_node (child)->parent;

  return parent != NULL && hs_node_get_kind (parent) == HS_STANZA_KIND_PRESENCE;
}

gboolean
hs_feature_measure_base64 (const char *text, gsize *n_bytes)
{
  gsize n_digits = 0, n_ends = 0;

  for (; *text != '\0'; text++)
    {
      if (g_ascii_isspace (*text))
        continue;
      if (*text == '=')
        n_ends++;
      else if (n_ends == 0 && (g_ascii_isalnum (*text) || *text == '+' || *text == '/'))
        n_digits++;
      else
        return FALSE;
    }
  *n_bytes = n_digits / 4 * 3 + n_digits % 4 * 3 / 4;
  return (n_digits + n_ends) % 4 == 0 && n_ends < 3;
}

char *
hs_feature_random_id (void)
{
  return hs_random_id ();
}

/* The marked type that an object's type is or is derived from; 0 for the module of a program. */
static GType
find_feature (HsModule *module, Feature *feature)
{
  GType type = G_OBJECT_TYPE (module);

  *feature = FEATURE_NONE;
  for (; type != 0; type = g_type_parent (type))
    {
      *feature = GPOINTER_TO_UINT (g_type_get_qdata (type, feature_quark ()));
      if (*feature != FEATURE_NONE)
        break;
    }
  return type;
}

static gboolean
check_feature (HsClientPrivate *priv, HsModule *module)
{
  Feature feature;
  GType type = find_feature (module, &feature);
  HsModule *registered;

  if (feature == FEATURE_NONE)
    return TRUE;
  if (feature == FEATURE_CLIENT_ONLY && hs_settings_is_component (hs_client_settings (priv)))
    {
      g_critical ("%s is for clients: a component cannot register it", G_OBJECT_TYPE_NAME (module));
      return FALSE;
    }
  registered = hs_module_list_find (hs_client_modules (priv), type);
  if (registered == NULL)
    return TRUE;
  g_critical ("%s is registered already: a client has one module of %s",
              G_OBJECT_TYPE_NAME (registered), g_type_name (type));
  return FALSE;
}

/**
 * hs_client_register:
 * @self: a client
 * @module: a module
 *
 * Registers a module.
 *
 * Handlers that the module adds from [vfunc@Module.attached] are its own and go with it. A module that is
 * registered already is not registered again.
 *
 * A program may register any number of modules of its own. Of each feature of this library, such as
 * [class@Registration], a client takes one: registering a second module of that class, or of a class derived
 * from it, does nothing and is a critical warning.
 *
 * ```c
 * g_autoptr (HsRoster) roster = hs_roster_new ();
 *
 * hs_client_register (client, HS_MODULE (roster));
 * ```
 */
void
hs_client_register (HsClient *self, HsModule *module)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsClient) client G_GNUC_UNUSED = NULL;
  g_autoptr (HsModule) alive = NULL;

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  g_return_if_fail (HS_IS_MODULE (module));

  if (hs_module_list_contains (hs_client_modules (priv), module) || !check_feature (priv, module))
    return;
  /* The hook, or a handler of the signal, may drop either. */
  client = g_object_ref (self);
  alive = g_object_ref (module);
  if (hs_module_list_add (hs_client_modules (priv), module))
    g_signal_emit (self, hs_client_signals[SIGNAL_MODULE_ADDED], 0, module);
}

/**
 * hs_client_unregister:
 * @self: a client
 * @module: a module
 *
 * Removes a module with its handlers.
 *
 * ```python
 * client.register(roster)
 * client.unregister(roster)
 * ```
 */
void
hs_client_unregister (HsClient *self, HsModule *module)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsClient) client G_GNUC_UNUSED = NULL;
  g_autoptr (HsModule) alive = NULL;

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  g_return_if_fail (HS_IS_MODULE (module));

  client = g_object_ref (self);
  alive = g_object_ref (module);
  /* A module that gives up while it is being attached has never been announced. */
  if (hs_module_list_remove (hs_client_modules (priv), module)
      && !hs_module_list_is_attaching (hs_client_modules (priv), module))
    g_signal_emit (self, hs_client_signals[SIGNAL_MODULE_REMOVED], 0, module);
}

/**
 * hs_client_find_module:
 * @self: a client
 * @type: the type of a module, or an interface that a module may have
 *
 * Finds the first module of a type among those that are registered.
 *
 * Modules are looked at in the order in which they were registered. A module of a type that is derived from
 * @type is one of @type.
 *
 * ```python
 * roster = client.find_module(Headstock.Roster)
 * if roster is None:
 *     print("The program has registered no roster")
 * ```
 *
 * Returns: (transfer none) (nullable): the module, or %NULL if no module of that type is registered
 *
 * Since: 0.2
 */
HsModule *
hs_client_find_module (HsClient *self, GType type)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_module_list_find (hs_client_modules (hs_client_private (self)), type);
}

/**
 * hs_client_ensure_module:
 * @self: a client
 * @type: the type of a module that can be made without arguments
 *
 * Finds the first module of a type, or makes one and registers it.
 *
 * A feature that needs another one calls this function from [vfunc@Module.attached]. The client owns the
 * module. If @type is not the type of a module that can be made, or if the client refuses to register it, as a
 * component refuses what is for clients only, that is a critical warning in C, and a TypeError in Python and
 * JavaScript.
 *
 * ```python
 * roster = client.ensure_module(Headstock.Roster)
 * roster.connect("notify::is-loaded", lambda roster, _spec: print(f"{len(roster.contacts)} contacts"))
 * ```
 *
 * Returns: (transfer none) (nullable): the module, or %NULL after a critical warning
 *
 * Since: 0.2
 */
HsModule *
hs_client_ensure_module (HsClient *self, GType type)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsModule) module = NULL;
  HsModule *found;

  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  found = hs_module_list_find (hs_client_modules (priv), type);
  if (found != NULL)
    return found;
  g_return_val_if_fail (g_type_is_a (type, G_TYPE_OBJECT) && g_type_is_a (type, HS_TYPE_MODULE), NULL);
  g_return_val_if_fail (!G_TYPE_IS_INTERFACE (type) && !G_TYPE_IS_ABSTRACT (type), NULL);
  module = g_object_new (type, NULL);
  hs_client_register (self, module);
  return hs_module_list_find (hs_client_modules (priv), type);
}

/**
 * hs_client_list_modules:
 * @self: a client
 *
 * Lists the modules that are registered, in the order in which they were registered.
 *
 * The list is a snapshot and does not change. [signal@Client::module-added] and
 * [signal@Client::module-removed] tell what changes. In Python and JavaScript, an object that is no module
 * is in the list as the module that stands for it.
 *
 * ```python
 * for module in client.list_modules():
 *     print(type(module).__name__)
 * ```
 *
 * Returns: (transfer full): a list of [iface@Module]
 *
 * Since: 0.2
 */
GListModel *
hs_client_list_modules (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return G_LIST_MODEL (hs_module_list_copy (hs_client_modules (hs_client_private (self))));
}
