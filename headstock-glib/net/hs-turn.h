/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One turn of a main context is shared by all connections in it. Together they work for no longer than
 * HS_TURN_USEC; those that are ready and find the time used up are the first in the next turns, and
 * whoever has had a share waits until all of them have had theirs. */

#define HS_TURN_USEC 1500

typedef struct _HsTurn HsTurn;

/* A connection's place. */
typedef struct
{
  HsTurn *turn;
  guint round;      /* the last one with a share in it */
  guint waiting;    /* not 0: was ready when the time was used up; see HsTurn */
} HsTurnPlace;

void hs_turn_join (HsTurnPlace *self, GMainContext *context);
void hs_turn_leave (HsTurnPlace *self);

/* Whether it may work now; where not, it is to ask again in the next turn, or else to skip. One that does
 * neither is waited for until a turn goes by in which nobody works on account of it. */
gboolean hs_turn_begin (HsTurnPlace *self);
/* It is not ready any more. */
void hs_turn_skip (HsTurnPlace *self);
/* When to stop (monotonic time). */
gint64 hs_turn_get_end (HsTurnPlace *self);

G_END_DECLS
