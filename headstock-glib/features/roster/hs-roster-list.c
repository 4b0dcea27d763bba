/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-list-private.h"

struct _HsRosterList
{
  GObject parent_instance;

  GType item_type;
  GPtrArray *objects;
};

static void hs_roster_list_model_init (GListModelInterface *iface);

G_DEFINE_TYPE_WITH_CODE (HsRosterList, hs_roster_list, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, hs_roster_list_model_init))

static GType
get_item_type (GListModel *model)
{
  return HS_ROSTER_LIST (model)->item_type;
}

static guint
get_n_items (GListModel *model)
{
  return HS_ROSTER_LIST (model)->objects->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  gpointer object = hs_roster_list_peek (HS_ROSTER_LIST (model), position);

  return object != NULL ? g_object_ref (object) : NULL;
}

static void
hs_roster_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
hs_roster_list_finalize (GObject *object)
{
  g_ptr_array_unref (HS_ROSTER_LIST (object)->objects);

  G_OBJECT_CLASS (hs_roster_list_parent_class)->finalize (object);
}

static void
hs_roster_list_class_init (HsRosterListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hs_roster_list_finalize;
}

static void
hs_roster_list_init (HsRosterList *self)
{
  self->objects = g_ptr_array_new_with_free_func (g_object_unref);
}

HsRosterList *
hs_roster_list_new (GType item_type)
{
  HsRosterList *self = g_object_new (HS_TYPE_ROSTER_LIST, NULL);

  self->item_type = item_type;
  return self;
}

guint
hs_roster_list_get_size (HsRosterList *self)
{
  return self->objects->len;
}

gpointer
hs_roster_list_peek (HsRosterList *self, guint position)
{
  return position < self->objects->len ? g_ptr_array_index (self->objects, position) : NULL;
}

void
hs_roster_list_append (HsRosterList *self, gpointer object)
{
  g_ptr_array_add (self->objects, g_object_ref (object));
  g_list_model_items_changed (G_LIST_MODEL (self), self->objects->len - 1, 0, 1);
}

gboolean
hs_roster_list_remove (HsRosterList *self, gpointer object)
{
  g_autoptr (GObject) removed = NULL;
  guint position;

  if (!g_ptr_array_find (self->objects, object, &position))
    return FALSE;
  /* A handler of the signal may still want to look at it. */
  removed = g_ptr_array_steal_index (self->objects, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  return TRUE;
}

GPtrArray *
hs_roster_list_replace (HsRosterList *self, GPtrArray *objects)
{
  GPtrArray *old = self->objects;
  guint shorter = MIN (old->len, objects->len);
  guint start = 0;
  guint end = 0;

  while (start < shorter && old->pdata[start] == objects->pdata[start])
    start++;
  while (end < shorter - start
         && old->pdata[old->len - 1 - end] == objects->pdata[objects->len - 1 - end])
    end++;
  self->objects = objects;
  if (start + end < old->len || start + end < objects->len)
    g_list_model_items_changed (G_LIST_MODEL (self), start, old->len - start - end,
                                objects->len - start - end);
  return old;
}
