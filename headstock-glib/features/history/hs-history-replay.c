/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-replay-private.h"

#include <string.h>

/* After HS_HISTORY_MADE_UP, an id is "WHAT/STANZA/NUMBER": a hash of nickname and body, a hash of the stanza's id or
 * nothing, and what makes it unique. */
#define WHAT_LENGTH 24
#define STANZA_LENGTH 16

/* Something that the program was given. */
typedef struct
{
  char stanza[STANZA_LENGTH + 1]; /* the hash; empty: it had no id */
  gint64 stamp; /* or HS_HISTORY_NO_STAMP */
  gint64 when;
} Known;

void
hs_history_replay_init (HsHistoryReplay *self, HsHistoryLog *log)
{
  *self = (HsHistoryReplay){ .log = log };
}

void
hs_history_replay_clear (HsHistoryReplay *self)
{
  hs_history_replay_end (self);
  hs_history_point_clear (&self->last);
}

/* ---- Ids ---- */

static void
hash (const char *first, const char *second, gsize length, char *result)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  /* With the zero between them. */
  g_checksum_update (checksum, (const guchar *) first, strlen (first) + 1);
  g_checksum_update (checksum, (const guchar *) second, strlen (second));
  g_strlcpy (result, g_checksum_get_string (checksum), length + 1);
}

static void
hash_said (const HsHistorySaid *said, char *what, char *stanza)
{
  hash (said->nick, said->body, WHAT_LENGTH, what);
  if (said->id != NULL && *said->id != '\0')
    hash ("", said->id, STANZA_LENGTH, stanza);
  else
    *stanza = '\0';
}

char *
hs_history_replay_make_id (HsHistoryReplay *self, const HsHistorySaid *said, gint64 now)
{
  char what[WHAT_LENGTH + 1], stanza[STANZA_LENGTH + 1];
  g_autofree char *id = NULL;

  hash_said (said, what, stanza);
  do
    {
      g_free (id);
      id = g_strdup_printf ("%c%s/%s/%" G_GINT64_FORMAT, HS_HISTORY_MADE_UP, what, stanza, now++);
    }
  while (hs_history_state_knows (&self->log->working, id));
  return g_steal_pointer (&id);
}

/* ---- What the program was given ---- */

static gint64
get_time (const HsHistoryGiven *given)
{
  return given->stamp != HS_HISTORY_NO_STAMP ? given->stamp : given->when;
}

/* The archive that the room had once may have shown something later. */
static void
find_last (const HsHistoryState *state, HsHistoryPoint *last)
{
  GList *link = state->stream.tail;
  const HsHistoryGiven *given;

  while (link != NULL && !hs_history_is_made_up (((HsHistoryGiven *) link->data)->id))
    link = link->prev;
  given = link != NULL ? link->data : NULL;
  *last = state->mark;
  if (given != NULL && (last->id == NULL || get_time (given) > last->stamp))
    *last = (HsHistoryPoint){ given->id, get_time (given) };
}

gint64
hs_history_replay_get_since (const HsHistoryLog *log)
{
  HsHistoryPoint last;

  find_last (&log->working, &last);
  return last.id != NULL ? last.stamp - HS_HISTORY_SLACK : 0;
}

static void
known_queue_free (gpointer queue)
{
  g_queue_free_full (queue, g_free);
}

static void
add_known (HsHistoryReplay *self, const HsHistoryGiven *given)
{
  g_auto (GStrv) parts = hs_history_is_made_up (given->id) ? g_strsplit (given->id + 1, "/", 3) : NULL;
  GQueue *queue;
  Known *known;

  /* A state may come from anywhere. */
  if (parts == NULL || g_strv_length (parts) != 3)
    return;
  queue = g_hash_table_lookup (self->known, parts[0]);
  if (queue == NULL)
    {
      queue = g_queue_new ();
      g_hash_table_insert (self->known, g_strdup (parts[0]), queue);
    }
  known = g_new0 (Known, 1);
  g_strlcpy (known->stanza, parts[1], sizeof known->stanza);
  known->stamp = given->stamp;
  known->when = given->when;
  g_queue_push_tail (queue, known);
}

void
hs_history_replay_forget (HsHistoryReplay *self)
{
  if (g_hash_table_size (self->log->working.given) <= 2 * HS_HISTORY_MAX_STREAM)
    return;
  hs_history_log_add (self->log, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_UNSHOWN,
                                                     .number = 1,
                                                     .a = { NULL, HS_HISTORY_NO_STAMP },
                                                     .when = G_MAXINT64 });
}

void
hs_history_replay_begin (HsHistoryReplay *self)
{
  const HsHistoryState *state = &self->log->working;
  HsHistoryPoint last;

  hs_history_replay_clear (self);
  find_last (state, &last);
  hs_history_point_set (&self->last, last.id, last.stamp);
  self->is_on = TRUE;
  self->has_contact = last.id == NULL;
  self->since = hs_history_replay_get_since (self->log);
  self->gap = 0;
  self->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, known_queue_free);
  for (GList *link = state->stream.head; link != NULL; link = link->next)
    add_known (self, link->data);
}

/* ---- What the room sends ---- */

/* The room's stamp is always the same one. Of what was given as it was sent, only this machine's time is known: the
 * stanza's id decides. Without ids, and for what need not come again, the times must be near each other, so that
 * something that was missed is not taken for it. */
static gboolean
is_same (HsHistoryReplay *self, const Known *known, const char *stanza, gint64 stamp)
{
  gboolean has_ids = *stanza != '\0' && *known->stanza != '\0';

  if (has_ids && strcmp (known->stanza, stanza) != 0)
    return FALSE;
  if (known->stamp != HS_HISTORY_NO_STAMP)
    return known->stamp == stamp;
  return (has_ids && known->when >= self->since - HS_HISTORY_SLACK) || ABS (known->when - stamp) <= HS_HISTORY_SLACK;
}

gboolean
hs_history_replay_knows (HsHistoryReplay *self, const HsHistorySaid *said)
{
  char what[WHAT_LENGTH + 1], stanza[STANZA_LENGTH + 1];
  GQueue *queue;

  hash_said (said, what, stanza);
  queue = self->known != NULL ? g_hash_table_lookup (self->known, what) : NULL;
  for (GList *link = queue != NULL ? queue->head : NULL; link != NULL; link = link->next)
    if (is_same (self, link->data, stanza, said->stamp))
      {
        g_free (link->data);
        g_queue_delete_link (queue, link);
        self->has_contact = TRUE;
        return TRUE;
      }
  return FALSE;
}

/* A gap that begins there becomes longer: nothing was given since. */
static guint
open_gap (HsHistoryReplay *self, const HsHistoryPoint *before)
{
  HsHistoryGap *same = hs_history_state_find_gap_after (&self->log->working, &self->last);
  HsHistoryChange change = { .kind = same != NULL ? HS_HISTORY_CHANGE_GAP_BEFORE : HS_HISTORY_CHANGE_GAP_OPEN,
                             .number = same != NULL ? same->serial : self->log->working.next_serial,
                             .reason = HS_GAP_REASON_EXPIRED,
                             .a = self->last,
                             .b = *before };

  hs_history_log_add (self->log, &change);
  return change.number;
}

guint
hs_history_replay_find_gap (HsHistoryReplay *self, const HsHistorySaid *said, gint64 now)
{
  g_autofree char *id = NULL;

  if (!self->is_on || self->has_contact || self->gap != 0)
    return 0;
  /* The end of a gap has an id, so that nothing that is given later is counted to it. */
  id = hs_history_replay_make_id (self, said, now);
  self->gap = open_gap (self, &(HsHistoryPoint){ id, said->stamp != HS_HISTORY_NO_STAMP ? said->stamp : now });
  return self->gap;
}

guint
hs_history_replay_close_gap (HsHistoryReplay *self)
{
  guint serial = self->has_contact ? self->gap : 0;

  if (serial == 0)
    return 0;
  self->gap = 0;
  hs_history_log_add (self->log, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_GAP_CLOSE, .number = serial });
  return serial;
}

void
hs_history_replay_end (HsHistoryReplay *self)
{
  self->is_on = FALSE;
  g_clear_pointer (&self->known, g_hash_table_unref);
}
