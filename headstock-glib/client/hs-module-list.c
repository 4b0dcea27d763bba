/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-module-list.h"

#include "hs-client.h"

/* On the stack of hs_module_list_add(): a module may register another one while it is attached. */
struct _HsAttaching
{
  HsModule *module;
  HsAttaching *outer;
};

void
hs_module_list_init (HsModuleList *self, const HsModuleListCallbacks *callbacks, HsClient *client)
{
  *self = (HsModuleList){ .callbacks = callbacks, .client = client };
}

void
hs_module_list_clear (HsModuleList *self)
{
  g_clear_pointer (&self->modules, g_ptr_array_unref);
  g_clear_pointer (&self->negotiators, g_ptr_array_unref);
}

static guint
get_length (const HsModuleList *self)
{
  return self->modules != NULL ? self->modules->len : 0;
}

static HsModule *
get (const HsModuleList *self, guint i)
{
  return g_ptr_array_index (self->modules, i);
}

gboolean
hs_module_list_contains (const HsModuleList *self, HsModule *module)
{
  return self->modules != NULL && g_ptr_array_find (self->modules, module, NULL);
}

HsModule *
hs_module_list_find (const HsModuleList *self, GType type)
{
  for (guint i = 0; i < get_length (self); i++)
    {
      if (g_type_is_a (G_OBJECT_TYPE (get (self, i)), type))
        return get (self, i);
    }
  return NULL;
}

static void
leave_out (HsModuleWalk *walk, HsModule *module)
{
  for (guint i = walk->next; i < walk->modules->len; i++)
    if (walk->modules->pdata[i] == module)
      g_clear_object ((GObject **) &walk->modules->pdata[i]);
}

gboolean
hs_module_list_add (HsModuleList *self, HsModule *module)
{
  HsAttaching attaching = { .module = module, .outer = self->attaching };

  g_assert (!hs_module_list_contains (self, module));

  if (self->dropping)
    return FALSE;
  if (self->modules == NULL)
    self->modules = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->modules, g_object_ref (module));
  self->attaching = &attaching;
  hs_module_attached (module, self->client);
  self->attaching = attaching.outer;
  return hs_module_list_contains (self, module);
}

static void
on_event (HsModuleList *self, HsNegotiationEvent event)
{
  self->negotiation = hs_negotiation_get_next (self->negotiation, event);
  if (self->negotiation == HS_NEGOTIATION_NONE)
    g_clear_pointer (&self->negotiators, g_ptr_array_unref);
}

static void
settle (HsModuleList *self)
{
  if (self->negotiation != HS_NEGOTIATION_UNDER_WAY || self->n_negotiating > 0)
    return;
  on_event (self, HS_NEGOTIATION_ON_DONE);
  self->callbacks->proceed (self->client);
}

/* A module that is gone does not say any more that it is done. It is not known which of the others are. */
static void
forget_negotiator (HsModuleList *self, HsModule *module)
{
  if (self->negotiators == NULL || !g_ptr_array_remove (self->negotiators, module))
    return;
  self->n_negotiating = MIN (self->n_negotiating, self->negotiators->len + self->n_asking);
  if (!self->dropping && self->callbacks->may_proceed (self->client))
    settle (self);
}

gboolean
hs_module_list_remove (HsModuleList *self, HsModule *module)
{
  if (self->modules == NULL || !g_ptr_array_remove (self->modules, module))
    return FALSE;
  for (HsModuleWalk *walk = self->walk; walk != NULL; walk = walk->outer)
    leave_out (walk, module);
  self->callbacks->removed (module, self->client);
  hs_module_detached (module, self->client);
  forget_negotiator (self, module);
  return TRUE;
}

void
hs_module_list_drop (HsModuleList *self)
{
  self->dropping = TRUE;
  while (get_length (self) > 0)
    {
      g_autoptr (HsModule) module = g_object_ref (get (self, get_length (self) - 1));

      hs_module_list_remove (self, module);
    }
  self->dropping = FALSE;
}

gboolean
hs_module_list_is_attaching (const HsModuleList *self, HsModule *module)
{
  const HsAttaching *attaching = self->attaching;

  while (attaching != NULL && attaching->module != module)
    attaching = attaching->outer;
  return attaching != NULL;
}

HsModule *
hs_module_list_get_attaching (const HsModuleList *self)
{
  return self->attaching != NULL ? self->attaching->module : NULL;
}

GPtrArray *
hs_module_list_ref (const HsModuleList *self)
{
  GPtrArray *modules = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < get_length (self); i++)
    g_ptr_array_add (modules, g_object_ref (get (self, i)));
  return modules;
}

GListStore *
hs_module_list_copy (const HsModuleList *self)
{
  GListStore *list = g_list_store_new (HS_TYPE_MODULE);

  if (self->modules != NULL)
    g_list_store_splice (list, 0, 0, self->modules->pdata, self->modules->len);
  return list;
}

static void
unref_module (gpointer module)
{
  if (module != NULL)
    g_object_unref (module);
}

void
hs_module_walk_begin (HsModuleWalk *self, HsModuleList *list)
{
  *self = (HsModuleWalk){ list, list->walk, g_object_ref (list->client), hs_module_list_ref (list), 0 };
  g_ptr_array_set_free_func (self->modules, unref_module);
  list->walk = self;
}

HsModule *
hs_module_walk_next (HsModuleWalk *self)
{
  while (self->next < self->modules->len)
    {
      HsModule *module = self->modules->pdata[self->next++];

      if (module != NULL)
        return module;
    }
  return NULL;
}

static void
end_walk (HsModuleWalk *self)
{
  g_assert (self->list->walk == self);

  self->list->walk = self->outer;
  g_ptr_array_unref (self->modules);
  g_object_unref (self->client);
}

void
hs_module_walk_end (HsModuleWalk *self)
{
  if (self->list != NULL)
    end_walk (self);
}

void
hs_module_list_foreach (HsModuleList *self, void (*function) (HsModule *module, HsClient *client))
{
  HsModuleWalk walk;
  HsModule *module;

  hs_module_walk_begin (&walk, self);
  while ((module = hs_module_walk_next (&walk)) != NULL)
    function (module, walk.client);
  end_walk (&walk);
}

gboolean
hs_module_has_hook (HsModule *module, gboolean implemented, const char *property)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (module), property);
  gboolean result = implemented;

  if (result && spec != NULL && spec->value_type == G_TYPE_BOOLEAN)
    g_object_get (module, property, &result, NULL);
  return result;
}

gboolean
hs_module_list_has_negotiators (const HsModuleList *self)
{
  g_autoptr (GPtrArray) modules = hs_module_list_ref (self);

  for (guint i = 0; i < modules->len; i++)
    {
      HsModule *module = g_ptr_array_index (modules, i);

      if (hs_module_has_hook (module, HS_MODULE_GET_IFACE (module)->negotiate != NULL, "negotiates"))
        return TRUE;
    }
  return FALSE;
}

/* Returns FALSE if the module has ended the connection: another one may have begun. */
static gboolean
ask (HsModuleList *self, HsModule *module, HsElement *features)
{
  guint negotiation = self->n_negotiations;
  gboolean takes_part;

  self->n_negotiating++;
  self->n_asking = 2;
  takes_part = hs_module_negotiate (module, self->client, features);
  if (self->n_negotiations != negotiation)
    return FALSE;
  self->n_asking = 1;
  /* It may have been removed meanwhile, and may be done already. */
  if (!takes_part || !hs_module_list_contains (self, module))
    {
      self->n_negotiating = MAX (self->n_negotiating, 2) - 1;
      return TRUE;
    }
  if (self->negotiators == NULL)
    self->negotiators = g_ptr_array_new ();
  g_ptr_array_add (self->negotiators, module);
  return TRUE;
}

gboolean
hs_module_list_negotiate (HsModuleList *self, HsElement *features)
{
  g_auto (HsModuleWalk) walk;
  HsModule *module;
  gboolean waits;

  hs_module_walk_begin (&walk, self);

  /* One more than take part, so that the sign-in does not begin while modules are still being asked. */
  self->n_negotiations++;
  on_event (self, HS_NEGOTIATION_ON_FEATURES);
  self->n_negotiating = 1;
  while ((module = hs_module_walk_next (&walk)) != NULL)
    if (!ask (self, module, features))
      return FALSE;
  self->n_asking = 0;
  waits = self->n_negotiating > 1;
  hs_module_list_continue (self);
  return waits;
}

void
hs_module_list_continue (HsModuleList *self)
{
  /* A module may say twice that it is done, but not for the one that is counted while modules are asked. */
  if (self->n_negotiating > MIN (self->n_asking, 1))
    self->n_negotiating--;
  settle (self);
}

void
hs_module_list_refuse (HsModuleList *self)
{
  on_event (self, HS_NEGOTIATION_ON_REFUSAL);
}

void
hs_module_list_end_negotiation (HsModuleList *self)
{
  on_event (self, HS_NEGOTIATION_ON_END);
  self->n_asking = 0;
  self->n_negotiations++;
}

HsNegotiation
hs_module_list_get_negotiation (const HsModuleList *self)
{
  return self->negotiation;
}
