/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "history-model.h"

#include <string.h>

/* ---- Chance: splitmix64 ---- */

guint
chance_below (Chance *self, guint n)
{
  guint64 z = (self->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return (z ^ (z >> 31)) % n;
}

gboolean
chance_percent (Chance *self, guint percent)
{
  return chance_below (self, 100) < percent;
}

/* ---- The archive ---- */

static void
entry_free (gpointer data)
{
  ModelEntry *self = data;

  g_free (self->id);
  g_free (self);
}

void
model_init (Model *self, ModelKind kind, gboolean is_by_stamp, guint page_limit)
{
  *self = (Model){ .kind = kind, .is_by_stamp = is_by_stamp, .page_limit = page_limit };
  self->all = g_ptr_array_new_with_free_func (entry_free);
  self->order = g_ptr_array_new ();
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
}

void
model_clear (Model *self)
{
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->order);
  g_ptr_array_unref (self->all);
}

ModelEntry *
model_add (Model *self, gint64 now, gint64 delay, gboolean same_stamp)
{
  ModelEntry *entry = g_new0 (ModelEntry, 1);

  entry->number = self->all->len;
  entry->stamp = same_stamp && self->last_stamp > 0 ? self->last_stamp : now - self->clock_back;
  entry->visible_at = now + delay;
  /* A time as a number, as some servers have it; no two alike. */
  entry->id = self->kind == MODEL_NUMERIC ? g_strdup_printf ("%" G_GINT64_FORMAT "%04u", entry->stamp, entry->number % 10000)
                                          : g_strdup_printf ("e%u", entry->number);
  self->last_stamp = entry->stamp;
  g_ptr_array_add (self->all, entry);
  g_hash_table_insert (self->by_id, entry->id, entry);
  return entry;
}

static gint
compare_stamps (gconstpointer a, gconstpointer b)
{
  const ModelEntry *x = *(ModelEntry *const *) a;
  const ModelEntry *y = *(ModelEntry *const *) b;

  if (x->stamp != y->stamp)
    return x->stamp < y->stamp ? -1 : 1;
  return (x->number > y->number) - (x->number < y->number);
}

void
model_settle (Model *self, gint64 now)
{
  gboolean has_changed = FALSE;

  for (guint i = self->n_settled; i < self->all->len; i++)
    {
      ModelEntry *entry = self->all->pdata[i];

      if (i == self->n_settled && (entry->was_there || entry->is_gone))
        self->n_settled++;
      if (entry->was_there || entry->is_gone || entry->visible_at > now)
        continue;
      entry->was_there = TRUE;
      entry->place = self->n_visible++;
      g_ptr_array_add (self->order, entry);
      has_changed = TRUE;
    }
  if (has_changed && self->is_by_stamp)
    g_ptr_array_sort (self->order, compare_stamps);
}

gboolean
model_is_before (Model *self, ModelEntry *entry, ModelEntry *other)
{
  return self->is_by_stamp ? compare_stamps (&entry, &other) < 0 : entry->place < other->place;
}

guint
model_expire (Model *self, gint64 now, gint64 age, guint n)
{
  guint gone = 0;

  while (gone < n && gone < self->order->len)
    {
      ModelEntry *entry = self->order->pdata[gone];

      if (entry->visible_at > now - age)
        break;
      entry->is_gone = TRUE;
      gone++;
    }
  if (gone > 0)
    g_ptr_array_remove_range (self->order, 0, gone);
  return gone;
}

void
model_delete (Model *self, ModelEntry *entry)
{
  entry->is_gone = TRUE;
  entry->is_deleted = TRUE;
  g_ptr_array_remove (self->order, entry);
}

ModelEntry *
model_find (Model *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

/* ---- Answers ---- */

static int
find_place (Model *self, const char *id)
{
  ModelEntry *entry = model_find (self, id);
  guint place;

  return entry != NULL && g_ptr_array_find (self->order, entry, &place) ? (int) place : -1;
}

static gboolean
is_after_number (ModelEntry *entry, const char *id)
{
  return g_ascii_strtoull (entry->id, NULL, 10) > g_ascii_strtoull (id, NULL, 10);
}

/* From where to where in the archive's order; FALSE: the id is not known. */
static gboolean
find_range (Model *self, const HsHistoryQuestion *question, guint *from, guint *to)
{
  const char *id = question->after != NULL ? question->after : question->before;
  int place;

  *from = 0;
  *to = self->order->len;
  if (id == NULL || *id == '\0')
    return TRUE;
  place = find_place (self, id);
  if (place >= 0 && question->after != NULL)
    *from = place + 1;
  else if (place >= 0)
    *to = place;
  else if (self->kind == MODEL_STRICT)
    return FALSE;
  else if (self->kind == MODEL_EMPTY)
    *to = 0;
  else if (question->after != NULL)
    while (*from < self->order->len && !is_after_number (self->order->pdata[*from], id))
      ++*from;
  else
    while (*to > 0 && is_after_number (self->order->pdata[*to - 1], id))
      --*to;
  return TRUE;
}

static void
entry_clear (gpointer data)
{
  HsHistoryEntry *self = data;

  g_free (self->id);
  g_free (self);
}

static HsHistoryEntry *
entry_of (ModelEntry *entry)
{
  HsHistoryEntry *made = g_new0 (HsHistoryEntry, 1);

  made->id = g_strdup (entry->id);
  made->stamp = entry->stamp;
  made->message = entry;
  return made;
}

GPtrArray *
model_answer (Model *self, const HsHistoryQuestion *question)
{
  GPtrArray *page;
  guint max = MIN (question->max, self->page_limit);
  guint from, to;

  if (!find_range (self, question, &from, &to))
    return NULL;
  page = g_ptr_array_new_with_free_func (entry_clear);
  if (question->before != NULL)
    {
      for (guint i = to; i > from && page->len < max; i--)
        g_ptr_array_insert (page, 0, entry_of (self->order->pdata[i - 1]));
      return page;
    }
  for (guint i = from; i < to && page->len < max; i++)
    {
      ModelEntry *entry = self->order->pdata[i];

      if (question->start == HS_HISTORY_NO_STAMP || entry->stamp >= question->start)
        g_ptr_array_add (page, entry_of (entry));
    }
  return page;
}
