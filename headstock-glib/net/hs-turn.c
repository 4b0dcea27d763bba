/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-turn.h"

typedef struct
{
  GSource parent;
  HsTurn *turn;
} TurnSource;

static void
forget_waiting (HsTurn *self)
{
  self->n_waiting = 0;
  self->round++;
  if (++self->waiting == 0)
    self->waiting = 1;
}

/* Each iteration of the context begins here, also an iteration of a nested main loop. */
static gboolean
prepare (GSource *source,
         int *timeout)
{
  HsTurn *turn = ((TurnSource *) source)->turn;

  /* The places that wait had a whole turn to themselves and did not ask: they have nothing to do. */
  if (turn->refused && !turn->worked)
    forget_waiting (turn);
  turn->refused = turn->worked = FALSE;
  turn->end = 0;
  for (HsTurnCall *call = turn->calls; call != NULL; call = call->outer)
    call->nested (call->user_data);
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

void
hs_turn_init (HsTurn *self,
              GMainContext *context)
{
  /* No place has had a share in the first round. */
  self->round = self->waiting = 1;
  self->source = g_source_new (&source_funcs, sizeof (TurnSource));
  ((TurnSource *) self->source)->turn = self;
  g_source_set_static_name (self->source, "[headstock] turn");
  /* GLib prepares a source only if no source of a higher priority is ready. */
  g_source_set_priority (self->source, G_MININT / 2);
  g_source_attach (self->source, context);
}

void
hs_turn_clear (HsTurn *self)
{
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

void
hs_turn_join (HsTurnPlace *self,
              HsTurn *turn)
{
  self->turn = turn;
}

void
hs_turn_leave (HsTurnPlace *self)
{
  hs_turn_skip (self);
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

  /* The places that wait have their share first. */
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

void
hs_turn_begin_call (HsTurn *self, HsTurnCall *call, void (*nested) (gpointer user_data), gpointer user_data)
{
  call->nested = nested;
  call->user_data = user_data;
  call->outer = self->calls;
  self->calls = call;
}

/* Programs with stacks of their own (coroutines) need not end calls in the opposite order. */
void
hs_turn_end_call (HsTurn *self, HsTurnCall *call)
{
  HsTurnCall **link = &self->calls;

  while (*link != call)
    link = &(*link)->outer;
  *link = call->outer;
}

gint64
hs_turn_get_end (HsTurnPlace *self)
{
  if (self->turn->end == 0)
    self->turn->end = g_get_monotonic_time () + HS_TURN_USEC;

  return self->turn->end;
}
