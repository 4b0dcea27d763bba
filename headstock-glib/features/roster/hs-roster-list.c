/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-list-private.h"

struct _HsRosterList
{
  GObject parent_instance;

  GType item_type;
  GPtrArray *objects; /* the shown objects */
  guint generation;

  gboolean collects;
  GPtrArray *added;    /* to be added; or NULL */
  GHashTable *removed; /* to be removed; or NULL */
  GSource *turn;       /* ends the turn in which a change was shown; or NULL */
};

static void hs_roster_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsRosterList, hs_roster_list, G_TYPE_OBJECT,
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
end_turn (HsRosterList *self)
{
  if (self->turn != NULL)
    g_source_destroy (self->turn);
  g_clear_pointer (&self->turn, g_source_unref);
}

static void
hs_roster_list_finalize (GObject *object)
{
  HsRosterList *self = HS_ROSTER_LIST (object);

  end_turn (self);
  g_clear_pointer (&self->added, g_ptr_array_unref);
  g_clear_pointer (&self->removed, g_hash_table_unref);
  g_ptr_array_unref (self->objects);

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

void
hs_roster_list_collect (HsRosterList *self)
{
  self->collects = TRUE;
}

static gboolean
turn_over_cb (gpointer user_data)
{
  HsRosterList *self = user_data;

  end_turn (self);
  hs_roster_list_flush (self);
  return G_SOURCE_REMOVE;
}

/* A high priority: it must run before anything that could change the list again. */
static void
begin_turn (HsRosterList *self)
{
  g_autoptr (GMainContext) context = NULL;

  if (!self->collects || self->turn != NULL)
    return;
  context = g_main_context_ref_thread_default ();
  self->turn = g_idle_source_new ();
  g_source_set_priority (self->turn, G_PRIORITY_HIGH);
  g_source_set_callback (self->turn, turn_over_cb, self, NULL);
  g_source_set_static_name (self->turn, "[headstock] roster list");
  g_source_attach (self->turn, context);
}

/* Removes all in one pass, wherever they are. Returns the removed objects, and the first position that has changed. */
static GPtrArray *
drop_removed (HsRosterList *self, GHashTable *removed, guint *start)
{
  GPtrArray *dropped = g_ptr_array_new_with_free_func (g_object_unref);
  gpointer *objects = self->objects->pdata;
  guint length = self->objects->len;
  guint kept = 0;

  *start = length;
  self->generation++;
  for (guint i = 0; i < length; i++)
    if (g_hash_table_contains (removed, objects[i]))
      {
        *start = MIN (*start, i);
        g_ptr_array_add (dropped, objects[i]);
      }
    else
      objects[kept++] = objects[i];
  /* The pointers that are left over at the end are copies. */
  g_ptr_array_set_free_func (self->objects, NULL);
  g_ptr_array_set_size (self->objects, (int) kept);
  g_ptr_array_set_free_func (self->objects, g_object_unref);
  return dropped;
}

void
hs_roster_list_flush (HsRosterList *self)
{
  g_autoptr (GPtrArray) added = g_steal_pointer (&self->added);
  g_autoptr (GHashTable) removed = g_steal_pointer (&self->removed);
  g_autoptr (GPtrArray) dropped = NULL;
  guint before = self->objects->len;
  guint n_added = added != NULL ? added->len : 0;
  guint start = before;

  if (removed != NULL)
    dropped = drop_removed (self, removed, &start);
  if (n_added > 0)
    g_ptr_array_extend_and_steal (self->objects, g_steal_pointer (&added));
  if (start == before && n_added == 0)
    return;
  begin_turn (self);
  g_list_model_items_changed (G_LIST_MODEL (self), start, before - start, self->objects->len - start);
}

guint
hs_roster_list_get_generation (HsRosterList *self)
{
  return self->generation;
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
  if (self->turn != NULL)
    {
      if (self->added == NULL)
        self->added = g_ptr_array_new_with_free_func (g_object_unref);
      g_ptr_array_add (self->added, g_object_ref (object));
      return;
    }
  begin_turn (self);
  g_ptr_array_add (self->objects, g_object_ref (object));
  g_list_model_items_changed (G_LIST_MODEL (self), self->objects->len - 1, 0, 1);
}

/* The list keeps its reference until the turn is over. The object is not searched for: that would take long for each
 * one in a long list. */
static void
collect_removal (HsRosterList *self, gpointer object)
{
  if (self->added != NULL && g_ptr_array_remove (self->added, object))
    return;
  if (self->removed == NULL)
    self->removed = g_hash_table_new (NULL, NULL);
  g_hash_table_add (self->removed, object);
}

void
hs_roster_list_remove (HsRosterList *self, gpointer object)
{
  g_autoptr (GObject) removed = NULL;
  guint position;

  if (self->turn != NULL)
    {
      collect_removal (self, object);
      return;
    }
  if (!g_ptr_array_find (self->objects, object, &position))
    return;
  /* Handlers of the signal may still use the object. */
  removed = g_ptr_array_steal_index (self->objects, position);
  self->generation++;
  begin_turn (self);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
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
  self->generation++;
  begin_turn (self);
  if (start + end < old->len || start + end < objects->len)
    g_list_model_items_changed (G_LIST_MODEL (self), start, old->len - start - end,
                                objects->len - start - end);
  return old;
}
