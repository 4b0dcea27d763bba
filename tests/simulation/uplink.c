/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/hs-liveness.h"

/* uplink [--seeds=N] [--seed=N]
 *
 * A client on a slow uplink, with a clock that is a number: what is sent waits on the client's machine, then in the
 * buffer of a relay, and reaches the server at a few bytes a second. The server answers what it is asked. The client
 * does not read now and then, for longer than the server has for its answers. In the end the line dies. Two things
 * must hold in each seed:
 *
 *  - alive: while the line works, the server does not count as lost
 *  - dead: when it does not, that is noticed in bounded time */

#define STEPS 4000

typedef struct
{
  GRand *random;
  HsLiveness liveness;
  HsLivenessView view;
  gint64 next;        /* look */
  gint64 tick;        /* microseconds a step */
  double rate;        /* bytes that pass the relay in a step */
  guint64 buffer;     /* of the relay, which is filled up when so much of it is free: */
  guint64 jump;
  double reached;     /* bytes that the server has */
  guint64 asked;      /* position of the question that is not answered, or 0 */
  guint64 answered;   /* position of the last one that is */
  guint reading_for;  /* steps; when they are over, it changes */
  gboolean is_reading;
  gboolean input;     /* has come and was not read */
  gboolean dead;
} Line;

static gboolean verbose;

static gboolean
chance (Line *self, double probability)
{
  return g_rand_double (self->random) < probability;
}

static void
begin (Line *self, guint seed)
{
  static const gint64 timeouts[] = { 1, 2, 5, 20 };
  gint64 timeout;
  double bytes_in_timeout;

  memset (self, 0, sizeof *self);
  self->random = g_rand_new_with_seed (seed);
  timeout = timeouts[g_rand_int_range (self->random, 0, G_N_ELEMENTS (timeouts))] * G_USEC_PER_SEC;
  self->tick = timeout / 40;
  self->view.now = 1000 * G_USEC_PER_SEC;
  self->view.timeout = timeout;
  self->view.interval = timeout * g_rand_double_range (self->random, 0.2, 5);
  self->rate = self->tick / (double) G_USEC_PER_SEC * g_rand_double_range (self->random, 1000, 40000);
  /* What a relay keeps for longer than the server has for its answer can't be told from a dead line. */
  bytes_in_timeout = self->rate * 40;
  self->buffer = 1 + bytes_in_timeout * g_rand_double_range (self->random, 0.01, 0.4);
  self->jump = 1 + self->buffer * g_rand_double_range (self->random, 0, 1);
  self->is_reading = TRUE;
  hs_liveness_init (&self->liveness, self->view.now);
  self->next = self->view.now + self->view.interval;
}

static void
queue (Line *self, guint64 n_bytes)
{
  self->view.end += n_bytes;
  if (!hs_liveness_is_watching (&self->liveness))
    self->next
        = MIN (self->next, hs_liveness_sent (&self->liveness, self->view.now, self->view.timeout));
}

/* One step of the line. */
static void
pass (Line *self)
{
  guint64 room;

  self->view.now += self->tick;
  if (self->dead)
    return;
  self->reached = MIN (self->reached + self->rate, (double) self->view.left);
  room = self->buffer - (self->view.left - (guint64) self->reached);
  if (room >= self->jump)
    self->view.left = MIN (self->view.left + room, self->view.end);
  if (self->asked != 0 && (guint64) self->reached >= self->asked)
    {
      self->input = TRUE;
      self->asked = 0;
    }
}

static void
read_input (Line *self)
{
  if (self->reading_for == 0)
    {
      self->is_reading = self->dead || !self->is_reading;
      self->reading_for = g_rand_int_range (self->random, 1, self->is_reading ? 800 : 200);
    }
  self->reading_for--;
  if (self->is_reading && self->input)
    {
      hs_liveness_input (&self->liveness, self->view.now);
      self->input = FALSE;
    }
  self->view.unread = self->input;
}

static HsLivenessAction
look (Line *self)
{
  HsLivenessAction action;

  if (self->view.now < self->next)
    return HS_LIVENESS_NOTHING;
  action = hs_liveness_look (&self->liveness, &self->view, &self->next);
  if (action == HS_LIVENESS_PING)
    {
      queue (self, 60);
      if (self->asked == 0)
        self->asked = self->view.end;
      self->next = hs_liveness_pinged (&self->liveness, &self->view);
    }
  if (verbose)
    printf ("  %9.2f s: %" G_GUINT64_FORMAT " queued, %" G_GUINT64_FORMAT " left, %.0f there: state %d, action %d\n",
            self->view.now / 1e6 - 1000, self->view.end, self->view.left, self->reached, self->liveness.state, action);
  return action;
}

static void
send_something (Line *self)
{
  double much = self->rate * 40;

  if (chance (self, 0.02))
    queue (self, 1 + g_rand_int_range (self->random, 0, 400));
  /* Takes several times as long as the server has for an answer. */
  if (chance (self, 0.002))
    queue (self, 1 + much * g_rand_double_range (self->random, 1, 10));
}

/* Steps until the server counts as lost, or -1. */
static int
run_for (Line *self, guint steps)
{
  for (guint i = 0; i < steps; i++)
    {
      pass (self);
      read_input (self);
      send_something (self);
      if (look (self) == HS_LIVENESS_LOST)
        return i;
    }
  return -1;
}

static gboolean
run_seed (guint seed, guint64 *sent, double *slowest)
{
  Line line;
  int lost;
  gint64 died;
  double bound;
  gboolean good = TRUE;

  begin (&line, seed);
  lost = run_for (&line, STEPS);
  if (lost >= 0)
    {
      printf ("seed %u, step %d: alive: the server %s\n", seed, lost, hs_liveness_describe (&line.liveness));
      good = FALSE;
    }
  died = line.view.now;
  line.dead = TRUE;
  line.reading_for = 0;
  bound = line.view.interval + 4. * line.view.timeout;
  if (good)
    lost = run_for (&line, 1 + (guint) (bound / line.tick));
  if (good && lost < 0)
    {
      printf ("seed %u, step %u: dead: nothing is noticed in %.1f s\n", seed, STEPS, bound / 1e6);
      good = FALSE;
    }
  *sent += line.view.end;
  *slowest = MAX (*slowest, (line.view.now - died) / bound);
  g_rand_free (line.random);
  return good;
}

int
main (int argc, char **argv)
{
  guint first = 1, n = 2000;
  guint64 sent = 0;
  double slowest = 0;

  for (int i = 1; i < argc; i++)
    {
      if (g_str_has_prefix (argv[i], "--seeds="))
        n = strtoul (argv[i] + strlen ("--seeds="), NULL, 10);
      else if (g_str_has_prefix (argv[i], "--seed="))
        {
          first = strtoul (argv[i] + strlen ("--seed="), NULL, 10);
          n = 1;
          verbose = TRUE;
        }
    }
  for (guint seed = first; seed < first + n; seed++)
    {
      if (!run_seed (seed, &sent, &slowest))
        return 1;
    }
  printf ("%u lines, %.1f GB sent: each was alive until it was dead, which was noticed in %.0f %% of the time that it "
          "may take, or less\n",
          n, sent / 1e9, 100 * slowest);
  return 0;
}
