/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The working time of one iteration of a main context (a turn). All connections of the context share it:
 * together they work for no longer than HS_TURN_USEC. A connection that is ready and finds the time used up
 * comes first in the next turn; a connection that has had a share waits until the others have had theirs. */

#define HS_TURN_USEC 1500

/* A call of the program, by which the main context may be iterated anew. It lies where it was begun from. */
typedef struct _HsTurnCall HsTurnCall;
struct _HsTurnCall
{
  HsTurnCall *outer;
  void (*nested) (gpointer user_data);
  gpointer user_data;
};

/* A part of HsLoop. */
typedef struct
{
  GSource *source; /* told of each turn */
  HsTurnCall *calls;
  gint64 end;      /* monotonic; 0: nobody has worked yet in this turn */
  guint round;
  guint n_waiting;
  guint waiting;    /* HsTurnPlace.waiting of the places that wait: never 0 */
  gboolean refused; /* in this turn a place was refused because others wait */
  gboolean worked;  /* in this turn a place had a share */
} HsTurn;

/* The place of a connection. */
typedef struct
{
  HsTurn *turn;
  guint round;   /* the last one in which the place had a share */
  guint waiting; /* not 0: the place was ready when the time was used up; see HsTurn */
} HsTurnPlace;

void hs_turn_init (HsTurn *self, GMainContext *context);
void hs_turn_clear (HsTurn *self);

void hs_turn_join (HsTurnPlace *self, HsTurn *turn);
void hs_turn_leave (HsTurnPlace *self);

/* Whether the place may work now. If not, the caller asks again in the next turn, or calls hs_turn_skip(). A
 * place that does neither is forgotten after a turn in which nobody works because of it. */
gboolean hs_turn_begin (HsTurnPlace *self);
/* The place is not ready any more. */
void hs_turn_skip (HsTurnPlace *self);
/* Until hs_turn_end_call(), @nested is called whenever an iteration of the context begins. */
void hs_turn_begin_call (HsTurn *self, HsTurnCall *call, void (*nested) (gpointer user_data), gpointer user_data);
void hs_turn_end_call (HsTurn *self, HsTurnCall *call);
/* When to stop working (monotonic time). */
gint64 hs_turn_get_end (HsTurnPlace *self);

G_END_DECLS
