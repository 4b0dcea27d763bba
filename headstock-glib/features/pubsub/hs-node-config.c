/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-node-config-private.h"

#include "hs-namespaces.h"
#include "hs-pubsub-shared.h"

#include <string.h>

/**
 * HsNodeConfig:
 *
 * The configuration that a node must have for an item to be published on it: who may read it, what it keeps (XEP-0060,
 * 16.4.3).
 *
 * ```python
 * options = Headstock.NodeConfig.new_private()
 * options.store_value("max_items", "max")
 * pubsub.publish_async(None, "urn:example:notes", "1", payload, options, None, published)
 * ```
 *
 * Since: 0.2
 */

#define PREFIX "pubsub#"

struct _HsNodeConfig
{
  GObject parent_instance;

  GPtrArray *names;
  GPtrArray *values;
  gboolean is_lenient; /* of the fields, only the basic ones have to be in the form of a service */
};

G_DEFINE_FINAL_TYPE (HsNodeConfig, hs_node_config, G_TYPE_OBJECT)

static void
hs_node_config_finalize (GObject *object)
{
  HsNodeConfig *self = HS_NODE_CONFIG (object);

  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->values);

  G_OBJECT_CLASS (hs_node_config_parent_class)->finalize (object);
}

static void
hs_node_config_class_init (HsNodeConfigClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hs_node_config_finalize;
}

static void
hs_node_config_init (HsNodeConfig *self)
{
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->values = g_ptr_array_new_with_free_func (g_free);
}

static HsNodeConfig *
new_for_access (const char *access_model)
{
  HsNodeConfig *self = g_object_new (HS_TYPE_NODE_CONFIG, NULL);

  hs_node_config_store_value (self, "persist_items", "true");
  hs_node_config_store_value (self, "access_model", access_model);
  return self;
}

HsNodeConfig *
hs_pubsub_new_list_config (void)
{
  HsNodeConfig *self = hs_node_config_new_private ();

  hs_node_config_store_value (self, "max_items", "max");
  hs_node_config_store_value (self, "send_last_published_item", "never");
  self->is_lenient = TRUE;
  return self;
}

static gboolean
is_basic (const char *name)
{
  static const char *const basic[] = { PREFIX "persist_items", PREFIX "access_model", NULL };

  return g_strv_contains (basic, name);
}

/* Whether the service of a node has no such field, and it is not required. */
static gboolean
is_left_out (HsNodeConfig *self, HsDataForm *form, const char *name)
{
  return self->is_lenient && !is_basic (name) && hs_data_form_get_field (form, name) == NULL;
}

HsNodeConfig *
hs_node_config_copy (HsNodeConfig *self)
{
  HsNodeConfig *copy = g_object_new (HS_TYPE_NODE_CONFIG, NULL);

  copy->is_lenient = self->is_lenient;
  for (guint i = 0; i < self->names->len; i++)
    hs_node_config_store_value (copy, self->names->pdata[i], self->values->pdata[i]);
  return copy;
}

HsNodeConfig *
hs_node_config_copy_basic (HsNodeConfig *self)
{
  HsNodeConfig *copy = g_object_new (HS_TYPE_NODE_CONFIG, NULL);

  for (guint i = 0; i < self->names->len; i++)
    if (is_basic (self->names->pdata[i]))
      hs_node_config_store_value (copy, self->names->pdata[i], self->values->pdata[i]);
  return copy;
}

HsElement *
hs_node_config_make_form (HsNodeConfig *self, const char *form_type)
{
  HsElement *form = hs_element_new ("x", HS_NS_DATA);
  HsElement *field = hs_element_add_child (form, "field", HS_NS_DATA);

  hs_element_set_attribute (form, "type", "submit");
  hs_element_set_attribute (field, "var", "FORM_TYPE");
  hs_element_set_attribute (field, "type", "hidden");
  hs_element_add_text_child (field, "value", HS_NS_DATA, form_type);
  for (guint i = 0; i < self->names->len; i++)
    {
      field = hs_element_add_child (form, "field", HS_NS_DATA);
      hs_element_set_attribute (field, "var", self->names->pdata[i]);
      hs_element_add_text_child (field, "value", HS_NS_DATA, self->values->pdata[i]);
    }
  return form;
}

/* xs:boolean has two ways to write each value. */
static const char *
get_plain (const char *value)
{
  if (strcmp (value, "true") == 0)
    return "1";
  return strcmp (value, "false") == 0 ? "0" : value;
}

static gboolean
is_value_met (HsDataForm *form, const char *name, const char *value)
{
  const char *found = hs_data_form_get_value (form, name);

  return found != NULL && strcmp (get_plain (found), get_plain (value)) == 0;
}

gboolean
hs_node_config_is_met (HsNodeConfig *self, HsDataForm *form)
{
  for (guint i = 0; i < self->names->len; i++)
    if (!is_value_met (form, self->names->pdata[i], self->values->pdata[i])
        && !is_left_out (self, form, self->names->pdata[i]))
      return FALSE;
  return TRUE;
}

void
hs_node_config_fill (HsNodeConfig *self, HsDataForm *form, const char **missing)
{
  *missing = NULL;
  for (guint i = 0; i < self->names->len; i++)
    {
      const char *name = self->names->pdata[i];

      if (!is_value_met (form, name, self->values->pdata[i]) && !is_left_out (self, form, name)
          && !hs_data_form_set_value (form, name, self->values->pdata[i], NULL) && *missing == NULL)
        *missing = name;
    }
}

/**
 * hs_node_config_new_private: (constructor)
 *
 * Makes the configuration of a node that only the account itself may read, and that keeps its items (XEP-0223, 2).
 *
 * Returns: (transfer full): a new configuration
 *
 * Since: 0.2
 */
HsNodeConfig *
hs_node_config_new_private (void)
{
  return new_for_access ("whitelist");
}

/**
 * hs_node_config_new_open: (constructor)
 *
 * Makes the configuration of a node that everybody may read, and that keeps its items (XEP-0060, 4.5).
 *
 * Returns: (transfer full): a new configuration
 *
 * Since: 0.2
 */
HsNodeConfig *
hs_node_config_new_open (void)
{
  return new_for_access ("open");
}

/**
 * hs_node_config_new_presence: (constructor)
 *
 * Makes the configuration of a node that everybody may read who sees the account's presence, and that keeps its items
 * (XEP-0060, 4.5).
 *
 * Returns: (transfer full): a new configuration
 *
 * Since: 0.2
 */
HsNodeConfig *
hs_node_config_new_presence (void)
{
  return new_for_access ("presence");
}

/**
 * hs_node_config_store_value:
 * @self: a configuration
 * @name: the name of a field (XEP-0060, 16.4.3), with or without `pubsub#` before it
 * @value: its value
 *
 * Sets the value that a field of the configuration must have. It replaces an earlier value of the field.
 *
 * Since: 0.2
 */
void
hs_node_config_store_value (HsNodeConfig *self, const char *name, const char *value)
{
  g_autofree char *full = NULL;
  guint i;

  g_return_if_fail (HS_IS_NODE_CONFIG (self));
  g_return_if_fail (name != NULL && *name != '\0');
  g_return_if_fail (value != NULL);

  full = strchr (name, '#') != NULL ? g_strdup (name) : g_strconcat (PREFIX, name, NULL);
  if (g_ptr_array_find_with_equal_func (self->names, full, g_str_equal, &i))
    {
      g_free (self->values->pdata[i]);
      self->values->pdata[i] = g_strdup (value);
      return;
    }
  g_ptr_array_add (self->names, g_steal_pointer (&full));
  g_ptr_array_add (self->values, g_strdup (value));
}
