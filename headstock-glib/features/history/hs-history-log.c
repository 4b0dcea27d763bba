/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-log-private.h"

typedef struct
{
  HsHistoryChange change;
  gboolean is_delivery;
} Logged;

static void
logged_free (gpointer data)
{
  Logged *self = data;

  hs_history_point_clear (&self->change.a);
  hs_history_point_clear (&self->change.b);
  g_free (self);
}

void
hs_history_log_init (HsHistoryLog *self)
{
  hs_history_state_init (&self->working);
  hs_history_state_init (&self->confirmed);
  g_queue_init (&self->changes);
  self->waiting = g_hash_table_new (g_str_hash, g_str_equal);
}

void
hs_history_log_clear (HsHistoryLog *self)
{
  g_clear_pointer (&self->waiting, g_hash_table_unref);
  g_queue_clear_full (&self->changes, logged_free);
  hs_history_state_clear (&self->working);
  hs_history_state_clear (&self->confirmed);
}

void
hs_history_log_restore (HsHistoryLog *self, HsHistoryState *state)
{
  hs_history_log_clear (self);
  self->confirmed = *state;
  *state = (HsHistoryState){ 0 };
  /* A copy of the struct would share the queues and tables. */
  hs_history_state_copy (&self->working, &self->confirmed);
  g_queue_init (&self->changes);
  self->waiting = g_hash_table_new (g_str_hash, g_str_equal);
}

static Logged *
push (HsHistoryLog *self, const HsHistoryChange *change)
{
  Logged *logged = g_new0 (Logged, 1);

  logged->change = *change;
  if (change->a.id != NULL)
    logged->change.a.id = g_strdup (change->a.id);
  if (change->b.id != NULL)
    logged->change.b.id = g_strdup (change->b.id);
  g_queue_push_tail (&self->changes, logged);
  return logged;
}

void
hs_history_log_add (HsHistoryLog *self, const HsHistoryChange *change)
{
  hs_history_state_apply (&self->working, change);
  if (g_hash_table_size (self->waiting) == 0)
    hs_history_state_apply (&self->confirmed, change);
  else
    push (self, change);
}

void
hs_history_log_add_confirmed (HsHistoryLog *self, const HsHistoryChange *change)
{
  hs_history_state_apply (&self->working, change);
  hs_history_state_apply (&self->confirmed, change);
}

void
hs_history_log_deliver (HsHistoryLog *self, const HsHistoryChange *change)
{
  Logged *logged;

  hs_history_state_apply (&self->working, change);
  logged = push (self, change);
  logged->is_delivery = TRUE;
  g_hash_table_replace (self->waiting, logged->change.a.id, g_queue_peek_tail_link (&self->changes));
}

static void
confirm_first (HsHistoryLog *self)
{
  Logged *logged = g_queue_pop_head (&self->changes);

  if (logged->is_delivery)
    g_hash_table_remove (self->waiting, logged->change.a.id);
  hs_history_state_apply (&self->confirmed, &logged->change);
  logged_free (logged);
}

gboolean
hs_history_log_confirm (HsHistoryLog *self, const char *id)
{
  Logged *first;

  if (!g_hash_table_contains (self->waiting, id))
    return FALSE;
  while (g_hash_table_contains (self->waiting, id))
    confirm_first (self);
  while ((first = g_queue_peek_head (&self->changes)) != NULL && !first->is_delivery)
    confirm_first (self);
  return TRUE;
}

guint
hs_history_log_count_waiting (const HsHistoryLog *self)
{
  return g_hash_table_size (self->waiting);
}
