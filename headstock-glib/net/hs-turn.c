/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-turn.h"

struct _HsTurn
{
  GMainContext *context; /* not referenced: only compared */
  guint n_members;
  GSource *source; /* told of each turn */
  gint64 end;      /* 0: nobody has worked yet */
  guint round;
  guint n_waiting;
  guint waiting;   /* what a place has that is one of them: never 0 */
  gboolean refused; /* in this turn: somebody, for the sake of those that wait, */
  gboolean worked;  /* and somebody had a share */
};

typedef struct
{
  GSource parent;
  HsTurn *turn;
} TurnSource;

static GMutex turns_lock;
static GHashTable *turns; /* by context */

static void
forget_waiting (HsTurn *self)
{
  self->n_waiting = 0;
  self->round++;
  if (++self->waiting == 0)
    self->waiting = 1;
}

/* Each iteration of the context begins here, that of a nested main loop too. */
static gboolean
prepare (GSource *source,
         int *timeout)
{
  HsTurn *turn = ((TurnSource *) source)->turn;

  /* Those that wait have not asked, though there was all the time for it: there is nothing more that they
   * would do. */
  if (turn->refused && !turn->worked)
    forget_waiting (turn);
  turn->refused = turn->worked = FALSE;
  turn->end = 0;
  *timeout = -1;

  return FALSE;
}

static gboolean
check (GSource *source)
{
  return FALSE;
}

static gboolean
dispatch (GSource *source,
          GSourceFunc callback,
          gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = { prepare, check, dispatch, NULL, NULL, NULL };

static HsTurn *
turn_new (GMainContext *context)
{
  HsTurn *self = g_new0 (HsTurn, 1);

  self->context = context;
  /* Nobody has had a share in the first round. */
  self->round = self->waiting = 1;
  self->source = g_source_new (&source_funcs, sizeof (TurnSource));
  ((TurnSource *) self->source)->turn = self;
  g_source_set_static_name (self->source, "[headstock] turn");
  /* A source is prepared only where none of a higher priority is ready. */
  g_source_set_priority (self->source, G_MININT / 2);
  g_source_attach (self->source, context);

  return self;
}

void
hs_turn_join (HsTurnPlace *self,
              GMainContext *context)
{
  g_mutex_lock (&turns_lock);
  if (turns == NULL)
    turns = g_hash_table_new (NULL, NULL);
  self->turn = g_hash_table_lookup (turns, context);
  if (self->turn == NULL)
    {
      self->turn = turn_new (context);
      g_hash_table_insert (turns, context, self->turn);
    }
  self->turn->n_members++;
  g_mutex_unlock (&turns_lock);
}

void
hs_turn_leave (HsTurnPlace *self)
{
  HsTurn *turn = self->turn;

  hs_turn_skip (self);
  g_mutex_lock (&turns_lock);
  if (--turn->n_members == 0)
    {
      g_hash_table_remove (turns, turn->context);
      g_source_destroy (turn->source);
      g_source_unref (turn->source);
      g_free (turn);
    }
  g_mutex_unlock (&turns_lock);
  self->turn = NULL;
}

static gboolean
is_waiting (const HsTurnPlace *self)
{
  return self->waiting != 0 && self->waiting == self->turn->waiting;
}

void
hs_turn_skip (HsTurnPlace *self)
{
  if (!is_waiting (self))
    return;

  self->waiting = 0;
  if (--self->turn->n_waiting == 0)
    self->turn->round++;
}

gboolean
hs_turn_begin (HsTurnPlace *self)
{
  HsTurn *turn = self->turn;
  gint64 now;

  /* Others are to have their share first. */
  if (turn->n_waiting > 0 && self->round == turn->round && !is_waiting (self))
    {
      turn->refused = TRUE;
      return FALSE;
    }

  now = g_get_monotonic_time ();
  if (turn->end == 0)
    turn->end = now + HS_TURN_USEC;
  else if (now >= turn->end)
    {
      if (!is_waiting (self))
        turn->n_waiting++;
      self->waiting = turn->waiting;
      return FALSE;
    }

  turn->worked = TRUE;
  self->round = turn->round;
  hs_turn_skip (self);

  return TRUE;
}

gint64
hs_turn_get_end (HsTurnPlace *self)
{
  if (self->turn->end == 0)
    self->turn->end = g_get_monotonic_time () + HS_TURN_USEC;

  return self->turn->end;
}
