/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-blocked-list-private.h"

#include "hs-blocked-address-private.h"
#include "hs-blocked-table-private.h"

/* How long the list may work in one turn of the main loop. Connections may take 1.5 ms of the same turn: together they
 * stay below 5 ms. */
#define SLICE_USEC 2000
/* The same for the turn in which the list arrived: reading it has taken time already. */
#define FIRST_SLICE_USEC 500
/* Check the clock after so many addresses. They take about a twentieth of a slice. */
#define BETWEEN_LOOKS 64

/* A list that is being put in place. */
typedef struct
{
  GPtrArray *jids;    /* of HsJid; NULL if the address has been made */
  guint position;     /* of the next one */
  GPtrArray *ordered; /* of HsBlockedAddress */
  HsBlockedTable *table;
  GPtrArray *changed; /* of HsJid: added or removed since the list came */
  HsBlockedListFunc replaced;
  gpointer owner;
} Merge;

/* The table holds no references: each address in it is also in @shown, @ordered or @added. */
struct _HsBlockedList
{
  GObject parent_instance;

  GPtrArray *shown;     /* of HsBlockedAddress */
  GPtrArray *ordered;   /* to be shown in place of @shown; or NULL */
  GPtrArray *added;     /* to be shown at the end */
  gboolean has_removed; /* some addresses in these lists are no longer in the table */
  HsBlockedTable *table; /* what is blocked */
  GSource *turn;         /* ends the turn in which a change was shown; or NULL */
  Merge *merge;          /* or NULL */
  GPtrArray *gone;       /* HsBlockedAddress: to be released */
  GPtrArray *unused;     /* HsJid: likewise */
  GSource *slices;       /* while there is a merge or something is gone; or NULL */
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
end_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GPtrArray *
new_addresses (void)
{
  return g_ptr_array_new_with_free_func (g_object_unref);
}

static void
clear_jid (gpointer jid)
{
  if (jid != NULL)
    hs_jid_unref (jid);
}

static void
merge_free (Merge *self)
{
  g_ptr_array_unref (self->jids);
  g_clear_pointer (&self->table, hs_blocked_table_free);
  g_clear_pointer (&self->ordered, g_ptr_array_unref);
  g_ptr_array_unref (self->changed);
  g_free (self);
}

static void
hs_blocked_list_finalize (GObject *object)
{
  HsBlockedList *self = HS_BLOCKED_LIST (object);

  end_source (&self->turn);
  end_source (&self->slices);
  g_clear_pointer (&self->merge, merge_free);
  hs_blocked_table_free (self->table);
  g_clear_pointer (&self->ordered, g_ptr_array_unref);
  g_ptr_array_unref (self->added);
  g_ptr_array_unref (self->shown);
  g_ptr_array_unref (self->gone);
  g_ptr_array_unref (self->unused);

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
  self->shown = new_addresses ();
  self->added = new_addresses ();
  self->gone = new_addresses ();
  self->unused = g_ptr_array_new_with_free_func (clear_jid);
  self->table = hs_blocked_table_new ();
}

HsBlockedList *
hs_blocked_list_new (void)
{
  return g_object_new (HS_TYPE_BLOCKED_LIST, NULL);
}

gboolean
hs_blocked_list_contains (HsBlockedList *self, const char *jid)
{
  return hs_blocked_table_lookup (self->table, jid) != NULL;
}

/* Moves all addresses of @from: those that are blocked to @blocked, the rest to @others. @from: (transfer full).
 * @blocked: or NULL.
 * */
static void
pour (GPtrArray *from, GPtrArray *blocked, GPtrArray *others)
{
  for (guint i = 0; i < from->len; i++)
    {
      HsBlockedAddress *address = from->pdata[i];

      if (blocked != NULL && hs_blocked_address_get_is_blocked (address))
        g_ptr_array_add (blocked, address);
      else
        g_ptr_array_add (others, address);
    }
  g_ptr_array_set_free_func (from, NULL);
  g_ptr_array_unref (from);
}

/* ---- Changes ---- */

static void
note_change (HsBlockedList *self, HsJid *jid)
{
  if (self->merge != NULL)
    g_ptr_array_add (self->merge->changed, hs_jid_ref (jid));
}

void
hs_blocked_list_add (HsBlockedList *self, HsJid *jid)
{
  HsBlockedAddress *address;

  note_change (self, jid);
  if (hs_blocked_list_contains (self, hs_jid_to_string (jid)))
    return;
  address = hs_blocked_address_new (jid);
  g_ptr_array_add (self->added, address);
  hs_blocked_table_insert (self->table, address);
}

void
hs_blocked_list_remove (HsBlockedList *self, HsJid *jid)
{
  HsBlockedAddress *address = hs_blocked_table_lookup (self->table, hs_jid_to_string (jid));

  note_change (self, jid);
  if (address == NULL)
    return;
  hs_blocked_table_remove (self->table, hs_jid_to_string (jid));
  hs_blocked_address_set_unblocked (address);
  self->has_removed = TRUE;
}

/* Drops all addresses of the list that is being put in place. */
static void
empty_merge (HsBlockedList *self)
{
  Merge *merge = self->merge;

  for (; merge->position < merge->jids->len; merge->position++)
    g_ptr_array_add (self->unused, g_steal_pointer (&merge->jids->pdata[merge->position]));
  hs_blocked_table_free (merge->table);
  merge->table = hs_blocked_table_new ();
  pour (merge->ordered, NULL, self->gone);
  merge->ordered = new_addresses ();
  g_ptr_array_set_size (merge->changed, 0);
}

/* Replaces what was to be shown. */
static void
set_ordered (HsBlockedList *self, GPtrArray *addresses, HsBlockedTable *table)
{
  hs_blocked_table_free (self->table);
  self->table = table;
  if (self->ordered != NULL)
    pour (self->ordered, NULL, self->gone);
  self->ordered = addresses;
  pour (self->added, NULL, self->gone);
  self->added = new_addresses ();
}

void
hs_blocked_list_clear (HsBlockedList *self)
{
  if (self->merge != NULL)
    empty_merge (self);
  set_ordered (self, new_addresses (), hs_blocked_table_new ());
}

/* ---- Slices ---- */

static void
match_next (HsBlockedList *self, Merge *merge)
{
  g_autoptr (HsJid) jid = g_steal_pointer (&merge->jids->pdata[merge->position++]);
  const char *key = hs_jid_to_string (jid);
  HsBlockedAddress *address = hs_blocked_table_lookup (self->table, key);

  if (hs_blocked_table_lookup (merge->table, key) != NULL)
    return;
  address = address != NULL ? g_object_ref (address) : hs_blocked_address_new (jid);
  g_ptr_array_add (merge->ordered, address);
  hs_blocked_table_insert (merge->table, address);
}

/* Applies what was added and removed since the list arrived. */
static void
match_changed (HsBlockedList *self, Merge *merge)
{
  for (guint i = 0; i < merge->changed->len; i++)
    {
      const char *key = hs_jid_to_string (merge->changed->pdata[i]);
      HsBlockedAddress *wanted = hs_blocked_table_lookup (self->table, key);
      HsBlockedAddress *found = hs_blocked_table_lookup (merge->table, key);

      if (found == wanted)
        continue;
      if (found != NULL)
        {
          hs_blocked_table_remove (merge->table, key);
          hs_blocked_address_set_unblocked (found);
        }
      if (wanted != NULL)
        {
          g_ptr_array_add (merge->ordered, g_object_ref (wanted));
          hs_blocked_table_insert (merge->table, wanted);
        }
    }
}

static void
publish (HsBlockedList *self)
{
  Merge *merge = g_steal_pointer (&self->merge);
  HsBlockedListFunc replaced = merge->replaced;
  g_autoptr (GObject) owner = g_object_ref (merge->owner);

  match_changed (self, merge);
  set_ordered (self, g_steal_pointer (&merge->ordered), g_steal_pointer (&merge->table));
  merge_free (merge);
  hs_blocked_list_show (self);
  replaced (owner);
}

static gboolean
has_work (HsBlockedList *self)
{
  return self->merge != NULL || self->gone->len > 0 || self->unused->len > 0;
}

/* Releasing an object may run handlers. */
static void
let_go (HsBlockedList *self)
{
  if (self->gone->len > 0)
    g_object_unref (g_ptr_array_steal_index_fast (self->gone, self->gone->len - 1));
  else
    hs_jid_unref (g_ptr_array_steal_index_fast (self->unused, self->unused->len - 1));
}

/* Returns whether there is more to do. */
static gboolean
work_until (HsBlockedList *self, gint64 deadline)
{
  for (guint n = 1; has_work (self); n++)
    {
      if (n % BETWEEN_LOOKS == 0 && g_get_monotonic_time () >= deadline)
        return TRUE;
      if (self->merge == NULL)
        let_go (self);
      else if (self->merge->position < self->merge->jids->len)
        match_next (self, self->merge);
      /* Showing a long list takes most of a slice. */
      else if (n > BETWEEN_LOOKS)
        return TRUE;
      else
        {
          publish (self);
          return has_work (self);
        }
    }
  return FALSE;
}

static gboolean
slice_cb (gpointer user_data)
{
  g_autoptr (HsBlockedList) self = g_object_ref (user_data);

  if (work_until (self, g_get_monotonic_time () + SLICE_USEC))
    return G_SOURCE_CONTINUE;
  end_source (&self->slices);
  return G_SOURCE_REMOVE;
}

static GSource *
start_source (HsBlockedList *self, GSourceFunc func, int priority)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, priority);
  g_source_set_callback (source, func, self, NULL);
  g_source_set_static_name (source, "[headstock] blocked list");
  g_source_attach (source, context);
  return source;
}

/* Not an idle priority: incoming data would starve it. */
static void
start_slices (HsBlockedList *self)
{
  if (self->slices == NULL)
    self->slices = start_source (self, slice_cb, G_PRIORITY_DEFAULT);
}

void
hs_blocked_list_replace (HsBlockedList *self,
                         GPtrArray *jids,
                         HsBlockedListFunc replaced,
                         gpointer owner)
{
  g_autoptr (HsBlockedList) kept G_GNUC_UNUSED = g_object_ref (self);
  Merge *merge = g_new0 (Merge, 1);

  hs_blocked_list_abandon (self);
  g_ptr_array_set_free_func (jids, clear_jid);
  merge->jids = jids;
  merge->ordered = new_addresses ();
  merge->table = hs_blocked_table_new ();
  merge->changed = g_ptr_array_new_with_free_func (clear_jid);
  merge->replaced = replaced;
  merge->owner = owner;
  self->merge = merge;
  if (work_until (self, g_get_monotonic_time () + FIRST_SLICE_USEC))
    start_slices (self);
}

void
hs_blocked_list_abandon (HsBlockedList *self)
{
  if (self->merge == NULL)
    return;
  empty_merge (self);
  g_clear_pointer (&self->merge, merge_free);
  start_slices (self);
}

/* ---- Showing ---- */

static gboolean
turn_over_cb (gpointer user_data)
{
  g_autoptr (HsBlockedList) self = g_object_ref (user_data);

  end_source (&self->turn);
  hs_blocked_list_show (self);
  return G_SOURCE_REMOVE;
}

static gboolean
has_changes (HsBlockedList *self)
{
  return self->ordered != NULL || self->added->len > 0 || self->has_removed;
}

void
hs_blocked_list_show (HsBlockedList *self)
{
  if (self->turn == NULL)
    hs_blocked_list_flush (self);
}

/* Returns the list to be shown, without addresses that have been removed, and with those added again in their new
 * place. */
static GPtrArray *
take_changes (HsBlockedList *self)
{
  GPtrArray *addresses = new_addresses ();

  pour (self->shown, self->ordered == NULL ? addresses : NULL, self->gone);
  if (self->ordered != NULL)
    pour (g_steal_pointer (&self->ordered), addresses, self->gone);
  pour (self->added, addresses, self->gone);
  self->added = new_addresses ();
  self->has_removed = FALSE;
  return addresses;
}

static void
emit_difference (HsBlockedList *self, gpointer *old, guint n_old)
{
  gpointer *shown = self->shown->pdata;
  guint n_shown = self->shown->len;
  guint shorter = MIN (n_old, n_shown);
  guint start = 0;
  guint end = 0;

  while (start < shorter && old[start] == shown[start])
    start++;
  while (end < shorter - start && old[n_old - 1 - end] == shown[n_shown - 1 - end])
    end++;
  if (start + end == n_old && start + end == n_shown)
    return;
  /* A high priority: it must run before anything in the next turn changes the list again. */
  if (self->turn == NULL)
    self->turn = start_source (self, turn_over_cb, G_PRIORITY_HIGH);
  g_list_model_items_changed (G_LIST_MODEL (self), start, n_old - start - end,
                              n_shown - start - end);
}

void
hs_blocked_list_flush (HsBlockedList *self)
{
  g_autofree gpointer *old = NULL;
  guint n_old = self->shown->len;

  if (!has_changes (self))
    return;
  /* The old pointers are only compared, never followed: handlers may have released the addresses. */
  old = g_memdup2 (self->shown->pdata, n_old * sizeof (gpointer));
  self->shown = take_changes (self);
  if (has_work (self))
    start_slices (self);
  emit_difference (self, old, n_old);
}
