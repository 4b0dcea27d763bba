/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-feature.h"
#include "hs-random.h"

/* The modules of a client. */

/* What a type of features/ is marked with. Types that are derived from it are looked up through their parents. */
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

static HsModule *
find (HsClientPrivate *priv, GType type)
{
  for (guint i = 0; priv->modules != NULL && i < priv->modules->len; i++)
    {
      HsModule *module = g_ptr_array_index (priv->modules, i);

      if (g_type_is_a (G_OBJECT_TYPE (module), type))
        return module;
    }
  return NULL;
}

static gboolean
is_registered (HsClientPrivate *priv, HsModule *module)
{
  return priv->modules != NULL && g_ptr_array_find (priv->modules, module, NULL);
}

/* Whether hs_module_attached() has not returned yet. */
static gboolean
is_attaching (HsClientPrivate *priv, HsModule *module)
{
  HsAttaching *attaching = priv->attaching;

  while (attaching != NULL && attaching->module != module)
    attaching = attaching->outer;
  return attaching != NULL;
}

static gboolean
check_feature (HsClientPrivate *priv, HsModule *module)
{
  Feature feature;
  GType type = find_feature (module, &feature);

  if (feature == FEATURE_NONE)
    return TRUE;
  if (feature == FEATURE_CLIENT_ONLY && hs_settings_is_component (&priv->settings))
    {
      g_critical ("%s is for clients: a component cannot register it", G_OBJECT_TYPE_NAME (module));
      return FALSE;
    }
  if (find (priv, type) == NULL)
    return TRUE;
  g_critical ("%s is registered already: a client has one module of %s", G_OBJECT_TYPE_NAME (find (priv, type)),
              g_type_name (type));
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
 */
void
hs_client_register (HsClient *self, HsModule *module)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsClient) client G_GNUC_UNUSED = NULL;
  g_autoptr (HsModule) alive = NULL;
  HsAttaching attaching;

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  g_return_if_fail (HS_IS_MODULE (module));

  /* A module that comes back from `detached` would be told that it is detached again and again. */
  if (priv->dropping_modules)
    return;
  if (is_registered (priv, module) || !check_feature (priv, module))
    return;
  if (priv->modules == NULL)
    priv->modules = g_ptr_array_new_with_free_func (g_object_unref);
  /* The hook, or a handler of the signal, may drop either. */
  client = g_object_ref (self);
  alive = g_object_ref (module);
  g_ptr_array_add (priv->modules, g_object_ref (module));
  attaching = (HsAttaching){ .module = module, .outer = priv->attaching };
  priv->attaching = &attaching;
  hs_module_attached (module, self);
  priv->attaching = attaching.outer;
  if (is_registered (priv, module))
    g_signal_emit (self, hs_client_signals[SIGNAL_MODULE_ADDED], 0, module);
}

static gboolean
remove_module (HsClient *self, HsModule *module)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->modules == NULL || !g_ptr_array_remove (priv->modules, module))
    return FALSE;
  hs_handlers_remove_module (hs_dispatcher_get_handlers (priv->dispatcher), module);
  hs_client_forgets_changed (self);
  hs_module_detached (module, self);
  return TRUE;
}

/**
 * hs_client_unregister:
 * @self: a client
 * @module: a module
 *
 * Removes a module with its handlers.
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
  /* A module that gives up in the midst of being attached has never been announced. */
  if (remove_module (self, module) && !is_attaching (priv, module))
    g_signal_emit (self, hs_client_signals[SIGNAL_MODULE_REMOVED], 0, module);
}

/* The client is going: modules are told, and nobody who listens to signals. */
void
hs_client_drop_modules (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  priv->dropping_modules = TRUE;
  while (priv->modules != NULL && priv->modules->len > 0)
    {
      g_autoptr (HsModule) module
          = g_object_ref (g_ptr_array_index (priv->modules, priv->modules->len - 1));

      remove_module (self, module);
    }
  priv->dropping_modules = FALSE;
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
 * Returns: (transfer none) (nullable): the module, or %NULL if no module of that type is registered
 *
 * Since: 0.2
 */
HsModule *
hs_client_find_module (HsClient *self, GType type)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return find (hs_client_private (self), type);
}

/**
 * hs_client_ensure_module:
 * @self: a client
 * @type: the type of a module that can be made without arguments
 *
 * Finds the first module of a type, or makes one and registers it.
 *
 * A feature that needs another one calls this function from [vfunc@Module.attached]. The client owns the
 * module. If the client refuses to register it, as a component refuses what is for clients only, that is
 * a critical warning.
 *
 * Returns: (transfer none): the module
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

  found = find (priv, type);
  if (found != NULL)
    return found;
  g_return_val_if_fail (g_type_is_a (type, G_TYPE_OBJECT) && g_type_is_a (type, HS_TYPE_MODULE), NULL);
  g_return_val_if_fail (!G_TYPE_IS_INTERFACE (type) && !G_TYPE_IS_ABSTRACT (type), NULL);
  module = g_object_new (type, NULL);
  hs_client_register (self, module);
  return find (priv, type);
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
 * Returns: (transfer full): a list of [iface@Module]
 *
 * Since: 0.2
 */
GListModel *
hs_client_list_modules (HsClient *self)
{
  HsClientPrivate *priv;
  GListStore *list;

  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  priv = hs_client_private (self);
  list = g_list_store_new (HS_TYPE_MODULE);
  if (priv->modules != NULL)
    g_list_store_splice (list, 0, 0, priv->modules->pdata, priv->modules->len);
  return G_LIST_MODEL (list);
}

/* As they are now, each with a reference: modules may come and go while they are called. */
GPtrArray *
hs_client_ref_modules (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  GPtrArray *modules = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; priv->modules != NULL && i < priv->modules->len; i++)
    g_ptr_array_add (modules, g_object_ref (g_ptr_array_index (priv->modules, i)));
  return modules;
}

void
hs_client_modules_foreach (HsClient *self, void (*function) (HsModule *module, HsClient *client))
{
  g_autoptr (GPtrArray) modules = hs_client_ref_modules (self);

  for (guint i = 0; i < modules->len; i++)
    function (g_ptr_array_index (modules, i), self);
}

/* Whether a module has a function. One that stands for an object of another language has all functions, and a
 * property that tells of this one. */
gboolean
hs_client_module_has (HsModule *module, gboolean implemented, const char *property)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (module), property);
  gboolean result = implemented;

  if (result && spec != NULL && spec->value_type == G_TYPE_BOOLEAN)
    g_object_get (module, property, &result, NULL);
  return result;
}
