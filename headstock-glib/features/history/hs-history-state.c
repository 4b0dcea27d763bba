/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-state-private.h"

#include <string.h>

/* The state of one archive, and how each change changes it. */

/* ---- Points ---- */

void
hs_history_point_set (HsHistoryPoint *self, const char *id, gint64 stamp)
{
  char *copy = id != NULL ? g_strdup (id) : NULL;

  hs_history_point_clear (self);
  self->id = copy;
  self->stamp = stamp;
}

void
hs_history_point_clear (HsHistoryPoint *self)
{
  g_clear_pointer (&self->id, g_free);
  self->stamp = HS_HISTORY_NO_STAMP;
}

/* ---- Gaps ---- */

static void
gap_id_free (gpointer data)
{
  HsHistoryGapId *self = data;

  g_free (self->id);
  g_free (self);
}

static void
gap_free (gpointer data)
{
  HsHistoryGap *self = data;

  hs_history_point_clear (&self->after);
  hs_history_point_clear (&self->before);
  g_hash_table_unref (self->ids);
  g_free (self);
}

HsHistoryGap *
hs_history_gap_new (guint serial, const HsHistoryPoint *after, const HsHistoryPoint *before, HsGapReason reason)
{
  HsHistoryGap *self = g_new0 (HsHistoryGap, 1);

  self->serial = serial;
  self->reason = reason;
  hs_history_point_set (&self->after, after->id, after->stamp);
  hs_history_point_set (&self->before, before->id, before->stamp);
  self->ids = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, gap_id_free);
  return self;
}

void
hs_history_gap_add_id (HsHistoryGap *self, const char *id, gint64 stamp, gboolean is_before)
{
  HsHistoryGapId *added = g_hash_table_lookup (self->ids, id);

  if (added == NULL)
    {
      added = g_new0 (HsHistoryGapId, 1);
      added->id = g_strdup (id);
      added->is_before = is_before;
      g_hash_table_insert (self->ids, added->id, added);
    }
  added->stamp = stamp;
}

/* Whether a message may be inside the gap or near its ends. Without a stamp it may be anywhere, but arrived last. */
static gboolean
gap_may_hold (const HsHistoryGap *self, gint64 stamp)
{
  /* There is no archive that could fill it. */
  if (hs_history_is_made_up (self->before.id))
    return FALSE;
  if (stamp == HS_HISTORY_NO_STAMP)
    return self->before.id == NULL;
  return (self->after.stamp == HS_HISTORY_NO_STAMP || stamp >= self->after.stamp - HS_HISTORY_SLACK)
         && (self->before.id == NULL || stamp <= self->before.stamp + HS_HISTORY_SLACK);
}

static void
gap_collect (HsHistoryGap *gap, HsHistoryState *state)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, state->given);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      HsHistoryGiven *given = value;

      if (!hs_history_is_made_up (gap->before.id)
          && (given->stamp == HS_HISTORY_NO_STAMP || gap_may_hold (gap, given->stamp)))
        hs_history_gap_add_id (gap, given->id, given->stamp, given->is_proven && given->stamp <= gap->after.stamp);
    }
}

/* Forgets ids that are later than the gap's end: the gap does not need them any more. */
static void
gap_prune (HsHistoryGap *gap)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, gap->ids);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      HsHistoryGapId *id = value;

      if (id->stamp != HS_HISTORY_NO_STAMP && !gap_may_hold (gap, id->stamp))
        g_hash_table_iter_remove (&iter);
    }
}

HsHistoryGap *
hs_history_state_find_gap (const HsHistoryState *self, guint serial)
{
  for (guint i = 0; i < self->gaps->len; i++)
    {
      HsHistoryGap *gap = self->gaps->pdata[i];

      if (gap->serial == serial)
        return gap;
    }
  return NULL;
}

HsHistoryGap *
hs_history_state_find_gap_after (const HsHistoryState *self, const HsHistoryPoint *after)
{
  for (guint i = 0; i < self->gaps->len; i++)
    {
      HsHistoryGap *gap = self->gaps->pdata[i];

      /* The mark has no id if the archive became empty after it was set. */
      if (gap->before.id != NULL && gap->after.stamp == after->stamp
          && (after->id == NULL || g_strcmp0 (gap->after.id, after->id) == 0))
        return gap;
    }
  return NULL;
}

HsHistoryGap *
hs_history_state_find_open_gap (const HsHistoryState *self)
{
  for (guint i = 0; i < self->gaps->len; i++)
    {
      HsHistoryGap *gap = self->gaps->pdata[i];

      if (gap->before.id == NULL)
        return gap;
    }
  return NULL;
}

/* ---- Messages that were given ---- */

static void
given_free (gpointer data)
{
  HsHistoryGiven *self = data;

  g_free (self->id);
  g_free (self);
}

static void
leave_stream (HsHistoryState *self, HsHistoryGiven *given)
{
  if (given->stream.data == NULL)
    return;
  g_queue_unlink (&self->stream, &given->stream);
  given->stream.data = NULL;
}

static void
enter_stream (HsHistoryState *self, HsHistoryGiven *given)
{
  leave_stream (self, given);
  given->stream.data = given;
  g_queue_push_tail_link (&self->stream, &given->stream);
  if (self->stream.length > HS_HISTORY_MAX_STREAM)
    leave_stream (self, g_queue_peek_head (&self->stream));
}

HsHistoryGiven *
hs_history_state_add_given (HsHistoryState *self, const char *id, gint64 stamp, gint64 when, gboolean from_stream)
{
  HsHistoryGiven *given = g_hash_table_lookup (self->given, id);

  if (given == NULL)
    {
      given = g_new0 (HsHistoryGiven, 1);
      given->id = g_strdup (id);
      given->stamp = stamp;
      g_hash_table_insert (self->given, given->id, given);
    }
  if (stamp != HS_HISTORY_NO_STAMP)
    given->stamp = stamp;
  given->when = when;
  if (from_stream)
    enter_stream (self, given);
  return given;
}

static void
forget_if (HsHistoryState *self, gboolean (*is_old) (HsHistoryState *, HsHistoryGiven *, gpointer), gpointer data)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->given);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (is_old (self, value, data))
      g_hash_table_iter_remove (&iter);
}

/* ---- Forgetting ---- */

typedef struct
{
  HsHistoryGiven *newest[HS_HISTORY_N_BEFORE];
  guint n;
} Before;

static gboolean
is_before_mark (HsHistoryState *self, HsHistoryGiven *given)
{
  return given->stamp != HS_HISTORY_NO_STAMP && self->mark.stamp != HS_HISTORY_NO_STAMP
         && given->stamp < self->mark.stamp - HS_HISTORY_SLACK;
}

/* Keeps the newest ones, in order, the oldest of them last. */
static void
before_add (Before *before, HsHistoryGiven *given)
{
  guint i = before->n;

  if (before->n < HS_HISTORY_N_BEFORE)
    before->n++;
  else if (given->stamp <= before->newest[--i]->stamp)
    return;
  for (; i > 0 && before->newest[i - 1]->stamp < given->stamp; i--)
    before->newest[i] = before->newest[i - 1];
  before->newest[i] = given;
}

static gboolean
is_not_needed (HsHistoryState *self, HsHistoryGiven *given, gpointer data)
{
  Before *before = data;

  if (!is_before_mark (self, given) || given->stream.data != NULL)
    return FALSE;
  for (guint i = 0; i < before->n; i++)
    if (before->newest[i] == given)
      return FALSE;
  return TRUE;
}

static void
prune (HsHistoryState *self)
{
  Before before = { .n = 0 };
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->given);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      HsHistoryGiven *given = value;

      if (given->is_proven && is_before_mark (self, given))
        before_add (&before, given);
    }
  forget_if (self, is_not_needed, &before);
}

/* Whether a message was deleted from the archive, or never archived. The id is kept if a resumption may send it
 * again. */
static gboolean
is_unshown (HsHistoryState *self, HsHistoryGiven *given, gpointer data)
{
  const HsHistoryChange *change = data;

  if (given->leg >= change->number || given->when >= change->when || given->stream.data != NULL)
    return FALSE;
  return given->stamp == HS_HISTORY_NO_STAMP || change->a.stamp == HS_HISTORY_NO_STAMP
         || given->stamp >= change->a.stamp;
}

/* ---- The changes ---- */

static void
give (HsHistoryState *self, const HsHistoryChange *change)
{
  HsHistoryGiven *given = hs_history_state_add_given (self, change->a.id, change->a.stamp, change->when, change->flag);

  if (change->number != 0)
    given->leg = change->number;
  for (guint i = 0; i < self->gaps->len; i++)
    if (gap_may_hold (self->gaps->pdata[i], change->a.stamp))
      hs_history_gap_add_id (self->gaps->pdata[i], change->a.id, change->a.stamp, FALSE);
}

static void
show (HsHistoryState *self, const HsHistoryChange *change)
{
  HsHistoryGiven *given = g_hash_table_lookup (self->given, change->a.id);

  /* Only a gap may know the message. */
  if (given == NULL)
    given = hs_history_state_add_given (self, change->a.id, change->a.stamp, change->when, FALSE);
  given->stamp = change->a.stamp;
  given->leg = change->number;
}

static void
arrive (HsHistoryState *self, const HsHistoryChange *change)
{
  HsHistoryGiven *given = g_hash_table_lookup (self->given, change->a.id);

  if (given == NULL)
    given = hs_history_state_add_given (self, change->a.id, HS_HISTORY_NO_STAMP, change->when, TRUE);
  enter_stream (self, given);
}

static void
prove (HsHistoryState *self, const HsHistoryChange *change)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->given);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      HsHistoryGiven *given = value;

      if (given->leg == change->number && given->stamp != HS_HISTORY_NO_STAMP && given->stamp <= change->a.stamp)
        given->is_proven = TRUE;
    }
}

static void
open_gap (HsHistoryState *self, const HsHistoryChange *change)
{
  HsHistoryGap *gap = hs_history_gap_new (change->number, &change->a, &change->b, change->reason);

  self->next_serial = MAX (self->next_serial, change->number + 1);
  gap_collect (gap, self);
  g_ptr_array_add (self->gaps, gap);
}

static void
change_gap (HsHistoryState *self, const HsHistoryChange *change)
{
  HsHistoryGap *gap = hs_history_state_find_gap (self, change->number);

  if (gap == NULL)
    return;
  if (change->kind == HS_HISTORY_CHANGE_GAP_CLOSE)
    g_ptr_array_remove (self->gaps, gap);
  else if (change->kind == HS_HISTORY_CHANGE_GAP_REASON)
    gap->reason = change->reason;
  else
    {
      gboolean has_grown = change->b.id == NULL
                           || (gap->before.id != NULL && change->b.stamp > gap->before.stamp - HS_HISTORY_SLACK);

      hs_history_point_set (&gap->before, change->b.id, change->b.stamp);
      if (has_grown)
        gap_collect (gap, self);
      gap_prune (gap);
    }
}

static void
own_free (gpointer data)
{
  g_free (data);
}

static void
forget_own (HsHistoryState *self, const char *origin_id)
{
  GList *link = g_hash_table_lookup (self->own_ids, origin_id);
  char *id;

  if (link == NULL)
    return;
  id = link->data;
  g_hash_table_remove (self->own_ids, id);
  g_queue_delete_link (&self->own, link);
  g_free (id);
}

static void
remember_own (HsHistoryState *self, const char *origin_id)
{
  forget_own (self, origin_id);
  g_queue_push_tail (&self->own, g_strdup (origin_id));
  g_hash_table_insert (self->own_ids, g_queue_peek_tail (&self->own), g_queue_peek_tail_link (&self->own));
  if (self->own.length > HS_HISTORY_MAX_OWN)
    forget_own (self, g_queue_peek_head (&self->own));
}

void
hs_history_state_apply (HsHistoryState *self, const HsHistoryChange *change)
{
  switch (change->kind)
    {
    case HS_HISTORY_CHANGE_GIVE:
      give (self, change);
      break;
    case HS_HISTORY_CHANGE_ARRIVE:
      arrive (self, change);
      break;
    case HS_HISTORY_CHANGE_SHOW:
      show (self, change);
      break;
    case HS_HISTORY_CHANGE_PROVE:
      prove (self, change);
      break;
    case HS_HISTORY_CHANGE_MARK:
      hs_history_point_set (&self->mark, change->a.id, change->a.stamp);
      break;
    case HS_HISTORY_CHANGE_START:
      self->is_started = TRUE;
      self->first_stamp = change->a.stamp;
      break;
    case HS_HISTORY_CHANGE_PRUNE:
      prune (self);
      break;
    case HS_HISTORY_CHANGE_UNSHOWN:
      forget_if (self, is_unshown, (gpointer) change);
      break;
    case HS_HISTORY_CHANGE_GAP_OPEN:
      open_gap (self, change);
      break;
    case HS_HISTORY_CHANGE_GAP_BEFORE:
    case HS_HISTORY_CHANGE_GAP_REASON:
    case HS_HISTORY_CHANGE_GAP_CLOSE:
      change_gap (self, change);
      break;
    case HS_HISTORY_CHANGE_OWN_SENT:
      remember_own (self, change->a.id);
      break;
    case HS_HISTORY_CHANGE_OWN_SHOWN:
      forget_own (self, change->a.id);
      break;
    default:
      g_assert_not_reached ();
    }
}

/* ---- Questions ---- */

gboolean
hs_history_state_knows (const HsHistoryState *self, const char *id)
{
  if (g_hash_table_contains (self->given, id))
    return TRUE;
  for (guint i = 0; i < self->gaps->len; i++)
    {
      HsHistoryGap *gap = self->gaps->pdata[i];

      if (g_hash_table_contains (gap->ids, id))
        return TRUE;
    }
  return FALSE;
}

gboolean
hs_history_state_is_contact (const HsHistoryState *self,
                             const HsHistoryPoint *point,
                             const HsHistoryGap *gap,
                             const char *id,
                             gint64 stamp)
{
  HsHistoryGapId *inside = gap != NULL ? g_hash_table_lookup (gap->ids, id) : NULL;
  HsHistoryGiven *given;

  if (point->id != NULL && strcmp (id, point->id) == 0)
    return TRUE;
  if (stamp > point->stamp)
    return FALSE;
  if (inside != NULL)
    return inside->is_before;
  given = g_hash_table_lookup (self->given, id);
  return given != NULL && given->is_proven;
}

const HsHistoryGiven *
hs_history_state_find_shown (const HsHistoryState *self, guint leg, gint64 until)
{
  const HsHistoryGiven *found = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->given);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const HsHistoryGiven *given = value;

      if (given->leg == leg && given->stamp != HS_HISTORY_NO_STAMP && given->stamp <= until
          && (found == NULL || given->stamp > found->stamp))
        found = given;
    }
  return found;
}

gboolean
hs_history_state_is_own (const HsHistoryState *self, const char *origin_id)
{
  return g_hash_table_contains (self->own_ids, origin_id);
}

/* ---- The state itself ---- */

void
hs_history_state_init (HsHistoryState *self)
{
  *self = (HsHistoryState){ .first_stamp = HS_HISTORY_NO_STAMP, .mark = { NULL, HS_HISTORY_NO_STAMP }, .next_serial = 1 };
  self->given = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, given_free);
  g_queue_init (&self->stream);
  self->gaps = g_ptr_array_new_with_free_func (gap_free);
  g_queue_init (&self->own);
  self->own_ids = g_hash_table_new (g_str_hash, g_str_equal);
}

void
hs_history_state_clear (HsHistoryState *self)
{
  hs_history_point_clear (&self->mark);
  g_clear_pointer (&self->given, g_hash_table_unref);
  g_queue_init (&self->stream);
  g_clear_pointer (&self->gaps, g_ptr_array_unref);
  g_clear_pointer (&self->own_ids, g_hash_table_unref);
  g_queue_clear_full (&self->own, own_free);
}

static void
copy_given (HsHistoryState *self, const HsHistoryGiven *from, gboolean from_stream)
{
  HsHistoryGiven *given = hs_history_state_add_given (self, from->id, from->stamp, from->when, from_stream);

  given->leg = from->leg;
  given->is_proven = from->is_proven;
}

void
hs_history_state_copy (HsHistoryState *self, const HsHistoryState *from)
{
  GHashTableIter iter;
  gpointer value;

  hs_history_state_init (self);
  self->is_started = from->is_started;
  self->first_stamp = from->first_stamp;
  self->next_serial = from->next_serial;
  hs_history_point_set (&self->mark, from->mark.id, from->mark.stamp);
  for (GList *link = from->stream.head; link != NULL; link = link->next)
    copy_given (self, link->data, TRUE);
  g_hash_table_iter_init (&iter, from->given);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    copy_given (self, value, FALSE);
  for (guint i = 0; i < from->gaps->len; i++)
    {
      HsHistoryGap *gap = from->gaps->pdata[i];
      HsHistoryGap *copy = hs_history_gap_new (gap->serial, &gap->after, &gap->before, gap->reason);

      g_hash_table_iter_init (&iter, gap->ids);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        {
          HsHistoryGapId *id = value;

          hs_history_gap_add_id (copy, id->id, id->stamp, id->is_before);
        }
      g_ptr_array_add (self->gaps, copy);
    }
  for (GList *link = from->own.head; link != NULL; link = link->next)
    remember_own (self, link->data);
}
