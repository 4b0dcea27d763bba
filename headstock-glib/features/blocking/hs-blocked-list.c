/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-blocked-list-private.h"

#include "hs-blocked-address-private.h"

struct _HsBlockedList
{
  GObject parent_instance;

  GPtrArray *shown;   /* of HsBlockedAddress */
  GPtrArray *ordered; /* to be shown, with some that are not in the table any more; or NULL: as it
                         is shown */
  GHashTable *table;  /* JID, of the address -> HsBlockedAddress: what is blocked */
  GSource *turn;      /* until the turn is over in which a change was shown; or NULL */
};

static void hs_blocked_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsBlockedList,
                               hs_blocked_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      hs_blocked_list_model_init))

static GType
get_item_type (GListModel *model)
{
  return HS_TYPE_BLOCKED_ADDRESS;
}

static guint
get_n_items (GListModel *model)
{
  return HS_BLOCKED_LIST (model)->shown->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  HsBlockedList *self = HS_BLOCKED_LIST (model);

  return position < self->shown->len ? g_object_ref (self->shown->pdata[position]) : NULL;
}

static void
hs_blocked_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
end_turn (HsBlockedList *self)
{
  if (self->turn != NULL)
    g_source_destroy (self->turn);
  g_clear_pointer (&self->turn, g_source_unref);
}

static void
hs_blocked_list_finalize (GObject *object)
{
  HsBlockedList *self = HS_BLOCKED_LIST (object);

  end_turn (self);
  g_hash_table_unref (self->table);
  g_clear_pointer (&self->ordered, g_ptr_array_unref);
  g_ptr_array_unref (self->shown);

  G_OBJECT_CLASS (hs_blocked_list_parent_class)->finalize (object);
}

static void
hs_blocked_list_class_init (HsBlockedListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hs_blocked_list_finalize;
}

static void
hs_blocked_list_init (HsBlockedList *self)
{
  self->shown = g_ptr_array_new_with_free_func (g_object_unref);
  self->table = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
}

HsBlockedList *
hs_blocked_list_new (void)
{
  return g_object_new (HS_TYPE_BLOCKED_LIST, NULL);
}

gboolean
hs_blocked_list_contains (HsBlockedList *self, const char *jid)
{
  return g_hash_table_contains (self->table, jid);
}

static GPtrArray *
copy_objects (GPtrArray *objects)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < objects->len; i++)
    g_ptr_array_add (copy, g_object_ref (objects->pdata[i]));
  return copy;
}

static void
begin_change (HsBlockedList *self)
{
  if (self->ordered == NULL)
    self->ordered = copy_objects (self->shown);
}

static const char *
get_key (HsBlockedAddress *address)
{
  return hs_jid_to_string (hs_blocked_address_get_jid (address));
}

/* The key is the address's own. */
static void
insert (HsBlockedList *self, HsBlockedAddress *address)
{
  g_ptr_array_add (self->ordered, g_object_ref (address));
  g_hash_table_insert (self->table, (char *) get_key (address), g_object_ref (address));
}

void
hs_blocked_list_add (HsBlockedList *self, HsJid *jid)
{
  g_autoptr (HsBlockedAddress) address = NULL;

  if (hs_blocked_list_contains (self, hs_jid_to_string (jid)))
    return;
  begin_change (self);
  address = hs_blocked_address_new (jid);
  insert (self, address);
}

void
hs_blocked_list_remove (HsBlockedList *self, HsJid *jid)
{
  if (!hs_blocked_list_contains (self, hs_jid_to_string (jid)))
    return;
  begin_change (self);
  g_hash_table_remove (self->table, hs_jid_to_string (jid));
}

void
hs_blocked_list_clear (HsBlockedList *self)
{
  begin_change (self);
  g_hash_table_remove_all (self->table);
}

void
hs_blocked_list_replace (HsBlockedList *self, GPtrArray *jids)
{
  g_autoptr (GHashTable) old = g_steal_pointer (&self->table);

  self->table = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  g_clear_pointer (&self->ordered, g_ptr_array_unref);
  self->ordered = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < jids->len; i++)
    {
      HsJid *jid = jids->pdata[i];
      HsBlockedAddress *known = g_hash_table_lookup (old, hs_jid_to_string (jid));

      if (known == NULL || hs_blocked_list_contains (self, hs_jid_to_string (jid)))
        hs_blocked_list_add (self, jid);
      else
        insert (self, known);
    }
}

/* What is to be shown, without those that have been removed, or removed and added again. */
static GPtrArray *
take_ordered (HsBlockedList *self)
{
  g_autoptr (GPtrArray) ordered = g_steal_pointer (&self->ordered);
  GPtrArray *objects = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < ordered->len; i++)
    {
      HsBlockedAddress *address = ordered->pdata[i];

      if (g_hash_table_lookup (self->table, get_key (address)) == address)
        g_ptr_array_add (objects, g_object_ref (address));
    }
  return objects;
}

static gboolean
turn_over_cb (gpointer user_data)
{
  g_autoptr (HsBlockedList) self = g_object_ref (user_data);

  end_turn (self);
  hs_blocked_list_show (self);
  return G_SOURCE_REMOVE;
}

/* Before anything in the next turn can change the list again. */
static void
begin_turn (HsBlockedList *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  if (self->turn != NULL)
    return;
  self->turn = g_idle_source_new ();
  g_source_set_priority (self->turn, G_PRIORITY_HIGH);
  g_source_set_callback (self->turn, turn_over_cb, self, NULL);
  g_source_set_static_name (self->turn, "[headstock] blocked list");
  g_source_attach (self->turn, context);
}

void
hs_blocked_list_show (HsBlockedList *self)
{
  if (self->ordered != NULL && self->turn == NULL)
    hs_blocked_list_flush (self);
}

void
hs_blocked_list_flush (HsBlockedList *self)
{
  g_autoptr (GPtrArray) old = NULL;
  guint start = 0;
  guint end = 0;
  guint shorter;

  if (self->ordered == NULL)
    return;
  old = g_steal_pointer (&self->shown);
  self->shown = take_ordered (self);
  shorter = MIN (old->len, self->shown->len);
  while (start < shorter && old->pdata[start] == self->shown->pdata[start])
    start++;
  while (end < shorter - start
         && old->pdata[old->len - 1 - end] == self->shown->pdata[self->shown->len - 1 - end])
    end++;
  if (start + end == old->len && start + end == self->shown->len)
    return;
  begin_turn (self);
  g_list_model_items_changed (G_LIST_MODEL (self), start, old->len - start - end,
                              self->shown->len - start - end);
}
