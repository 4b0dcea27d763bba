/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-handlers.h"

#include "hs-namespaces.h"
#include "protocol/hs-dispatch-debug.h"

/* A parser interns names in a dictionary, so that the same name has the same address, and the handlers
 * that matched it last time are found without comparing strings. An address stands for a name only as
 * long as its dictionary lives: the cache holds a reference on the one dictionary that it was filled
 * from, and takes no name that does not lie in that dictionary. A power of two. */
#define N_SLOTS 32

typedef struct
{
  const char *name;
  const char *namespace_;
  HsMatches *matches; /* NULL: none */
} Slot;

struct _HsHandlers
{
  /* Made with the first handler, since many clients have none. */
  GPtrArray *all; /* HsHandler, in order */
  GPtrArray *for_iq;
  GHashTable *by_name; /* name -> GPtrArray; handlers for any name are in `any` */
  GPtrArray *any;
  Slot *slots;
  HsNames *names; /* the dictionary of all names in the slots, or NULL */
  guint last_id;
  guint n_inside;
  guint n_forget;
  HsHandlersAccountFunc get_account; /* or NULL */
  gpointer owner;                    /* of get_account */
};

static HsHandler *
handler_ref (HsHandler *self)
{
  self->ref_count++;
  return self;
}

static void
handler_unref (HsHandler *self)
{
  if (--self->ref_count > 0)
    return;
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_free (self->name);
  g_free (self->namespace_);
  g_free (self->stanza_type);
  g_clear_pointer (&self->from_jid, hs_jid_unref);
  g_free (self);
}

void
hs_matches_unref (HsMatches *self)
{
  if (--self->ref_count > 0)
    return;
  for (guint i = 0; i < self->n_handlers; i++)
    handler_unref (self->handlers[i]);
  g_free (self);
}

HsHandlers *
hs_handlers_new (void)
{
  return g_new0 (HsHandlers, 1);
}

void
hs_handlers_set_account_func (HsHandlers *self, HsHandlersAccountFunc func, gpointer owner)
{
  self->get_account = func;
  self->owner = owner;
}

static void
empty_cache (HsHandlers *self)
{
  if (self->slots == NULL)
    return;
  for (guint i = 0; i < N_SLOTS; i++)
    g_clear_pointer (&self->slots[i].matches, hs_matches_unref);
  g_clear_pointer (&self->slots, g_free);
}

/* The dictionary of the names that are asked for from here on, or NULL. What was found for a name is remembered by the
 * name's address, as long as the dictionary stays the same. */
static void
set_names (HsHandlers *self, HsNames *names)
{
  if (self->names == names)
    return;
  empty_cache (self);
  g_clear_pointer (&self->names, hs_names_unref);
  self->names = names != NULL ? hs_names_ref (names) : NULL;
}

void
hs_handlers_names_changed (HsHandlers *self)
{
  set_names (self, NULL);
}

void
hs_handlers_free (HsHandlers *self)
{
  while (self->all != NULL && self->all->len > 0)
    hs_handlers_remove (self, ((HsHandler *) g_ptr_array_index (self->all, 0))->id);
  empty_cache (self);
  g_clear_pointer (&self->names, hs_names_unref);
  g_clear_pointer (&self->all, g_ptr_array_unref);
  g_clear_pointer (&self->for_iq, g_ptr_array_unref);
  g_clear_pointer (&self->any, g_ptr_array_unref);
  g_clear_pointer (&self->by_name, g_hash_table_unref);
  g_free (self);
}

/* Handlers for stanzas alone need nobody to look inside. */
static gboolean
looks_inside (const HsHandler *handler)
{
  if (handler->for_iq)
    return FALSE;
  if (handler->name == NULL || (handler->flags & HS_HANDLER_NESTED) != 0 ||
      g_strcmp0 (handler->namespace_, HS_NS_CLIENT) != 0)
    return TRUE;
  return !g_str_equal (handler->name, "message") && !g_str_equal (handler->name, "presence") &&
         !g_str_equal (handler->name, "iq");
}

static GPtrArray *
get_list (HsHandlers *self, const HsHandler *handler)
{
  GPtrArray *list;

  if (handler->for_iq)
    return self->for_iq;
  if (handler->name == NULL)
    return self->any;
  list = g_hash_table_lookup (self->by_name, handler->name);
  if (list == NULL)
    {
      list = g_ptr_array_new ();
      g_hash_table_insert (self->by_name, g_strdup (handler->name), list);
    }
  return list;
}

static void
make_lists (HsHandlers *self)
{
  self->all = g_ptr_array_new ();
  self->for_iq = g_ptr_array_new ();
  self->any = g_ptr_array_new ();
  self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) g_ptr_array_unref);
}

guint
hs_handlers_add (HsHandlers *self, const HsHandler *handler)
{
  HsHandler *copy = g_memdup2 (handler, sizeof *handler);

  if (self->all == NULL)
    make_lists (self);
  copy->ref_count = 1;
  copy->removed = copy->matched = copy->told = FALSE;
  copy->name = g_strdup (handler->name);
  copy->namespace_ = g_strdup (handler->namespace_);
  copy->stanza_type = g_strdup (handler->stanza_type);
  copy->from_jid = handler->from_jid != NULL ? hs_jid_ref (handler->from_jid) : NULL;
  if (copy->stanza_type != NULL || copy->from_jid != NULL)
    copy->flags |= HS_HANDLER_NARROWED;
  copy->id = ++self->last_id;
  g_ptr_array_add (self->all, copy);
  g_ptr_array_add (get_list (self, copy), copy);
  self->n_inside += looks_inside (copy) ? 1 : 0;
  self->n_forget += !copy->for_iq && (copy->flags & HS_HANDLER_FORGET) != 0 ? 1 : 0;
  empty_cache (self);
  return copy->id;
}

static gboolean
remove_at (HsHandlers *self, guint position)
{
  HsHandler *handler = g_ptr_array_remove_index (self->all, position);
  GPtrArray *list = get_list (self, handler);

  handler->removed = TRUE;
  g_ptr_array_remove (list, handler);
  if (list->len == 0 && handler->name != NULL && !handler->for_iq)
    g_hash_table_remove (self->by_name, handler->name);
  self->n_inside -= looks_inside (handler) ? 1 : 0;
  self->n_forget -= !handler->for_iq && (handler->flags & HS_HANDLER_FORGET) != 0 ? 1 : 0;
  empty_cache (self);
  handler_unref (handler);
  return TRUE;
}

gboolean
hs_handlers_remove (HsHandlers *self, guint id)
{
  guint low = 0;
  guint high = self->all != NULL ? self->all->len : 0;

  /* Ids rise. */
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      HsHandler *handler = g_ptr_array_index (self->all, middle);

      if (handler->id == id)
        return remove_at (self, middle);
      if (handler->id < id)
        low = middle + 1;
      else
        high = middle;
    }
  return FALSE;
}

void
hs_handlers_remove_module (HsHandlers *self, gpointer module)
{
  guint i = 0;

  while (self->all != NULL && i < self->all->len)
    {
      if (((HsHandler *) g_ptr_array_index (self->all, i))->module == module)
        {
          remove_at (self, i);
          i = 0;
        }
      else
        i++;
    }
}

static void
tell_match (HsHandlers *self, HsHandler *handler, const char *namespace_, gboolean matches)
{
  HsJid *account = self->get_account != NULL ? self->get_account (self->owner) : NULL;

  hs_dispatch_debug_match (account, handler, namespace_, matches);
}

static HsMatches *
collect (HsHandlers *self, GPtrArray *named, GPtrArray *any, const char *name, const char *namespace_)
{
  guint n_named = named != NULL ? named->len : 0;
  guint n_any = any != NULL ? any->len : 0;
  HsMatches *matches;
  guint i = 0;
  guint j = 0;

  if (n_named + n_any == 0)
    return NULL;
  matches = g_malloc0 (sizeof (HsMatches) + (n_named + n_any) * sizeof (HsHandler *));
  matches->ref_count = 1;
  while (i < n_named || j < n_any)
    {
      HsHandler *a = i < n_named ? g_ptr_array_index (named, i) : NULL;
      HsHandler *b = j < n_any ? g_ptr_array_index (any, j) : NULL;
      HsHandler *next = a == NULL || (b != NULL && b->id < a->id) ? b : a;
      gboolean matches_one;

      if (next == a)
        i++;
      else
        j++;
      if (next->name != NULL && g_strcmp0 (next->name, name) != 0)
        continue;
      matches_one = next->namespace_ == NULL || hs_namespace_equal (next->namespace_, namespace_);
      if (hs_debug_wants (HS_DEBUG_DISPATCH))
        tell_match (self, next, namespace_, matches_one);
      if (!matches_one)
        continue;
      matches->handlers[matches->n_handlers++] = handler_ref (next);
      if ((next->flags & HS_HANDLER_FORGET) != 0)
        matches->forgets = TRUE;
    }
  if (matches->n_handlers == 0)
    g_clear_pointer (&matches, g_free);
  return matches;
}

/* A program may have made the element, or moved it here from a stanza of another dictionary: its name
 * goes when the element goes, and the next name may lie at the same address. */
static gboolean
can_cache (HsHandlers *self, const char *name, const char *namespace_)
{
  return self->names != NULL && hs_names_owns (self->names, name) &&
         (namespace_ == NULL || hs_names_owns (self->names, namespace_));
}

static inline Slot *
get_slot (HsHandlers *self, const char *name, const char *namespace_)
{
  return &self->slots[(((guintptr) name >> 3) ^ ((guintptr) namespace_ >> 4)) % N_SLOTS];
}

static HsMatches *
matches_ref (HsMatches *self)
{
  if (self != NULL)
    self->ref_count++;
  return self;
}

/* Looks a name up by its characters, and remembers what was found. */
static G_NO_INLINE HsMatches *
match_by_name (HsHandlers *self, HsNames *names, const char *name, const char *namespace_)
{
  Slot *slot;
  HsMatches *matches;

  if (self->all == NULL || self->all->len == 0)
    return NULL;
  if (self->names != names)
    set_names (self, names);
  if (self->slots == NULL)
    self->slots = g_new0 (Slot, N_SLOTS);
  matches = collect (self, g_hash_table_lookup (self->by_name, name), self->any, name, namespace_);
  if (!can_cache (self, name, namespace_))
    return matches;
  slot = get_slot (self, name, namespace_);
  g_clear_pointer (&slot->matches, hs_matches_unref);
  slot->name = name;
  slot->namespace_ = namespace_;
  slot->matches = matches;
  return matches_ref (matches);
}

HsMatches *
hs_handlers_match_in (HsHandlers *self, HsNames *names, const char *name, const char *namespace_)
{
  /* The slots' names lie in a dictionary that the cache holds: the same address is the same name, whatever
   * the dictionary of the node. Without handlers there are no slots. */
  if (G_LIKELY (self->slots != NULL))
    {
      Slot *slot = get_slot (self, name, namespace_);

      if (G_LIKELY (slot->name == name && slot->namespace_ == namespace_))
        return matches_ref (slot->matches);
    }
  return match_by_name (self, names, name, namespace_);
}

HsMatches *
hs_handlers_match_iq (HsHandlers *self, const char *type, const char *id)
{
  return collect (self, self->for_iq, NULL, type, id);
}

gboolean
hs_handlers_look_inside (HsHandlers *self)
{
  return self->n_inside > 0;
}

gboolean
hs_handlers_forget (HsHandlers *self)
{
  return self->n_forget > 0;
}
