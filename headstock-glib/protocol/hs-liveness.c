/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-liveness.h"

/* While something waits to leave, it is looked at so many times in the time for an answer. */
#define LOOKS 8
/* A server that speaks may be slower to take what it is sent. */
#define SPEAKING_FACTOR 3

static const guint8 next_states[HS_N_LIVENESS_STATES][HS_N_LIVENESS_EVENTS] = {
  /*                         INPUT                SILENCE             STALL                ACKNOWLEDGED */
  [HS_LIVENESS_QUIET]   = { HS_LIVENESS_QUIET,   HS_LIVENESS_PINGED, HS_LIVENESS_STALLED, HS_LIVENESS_QUIET },
  [HS_LIVENESS_PINGED]  = { HS_LIVENESS_QUIET,   HS_LIVENESS_PINGED, HS_LIVENESS_PINGED,  HS_LIVENESS_PINGED },
  [HS_LIVENESS_STALLED] = { HS_LIVENESS_STALLED, HS_LIVENESS_PINGED, HS_LIVENESS_STALLED, HS_LIVENESS_QUIET },
};

HsLivenessState
hs_liveness_get_next_state (HsLivenessState state, HsLivenessEvent event)
{
  return next_states[state][event];
}

static void
on_event (HsLiveness *self, HsLivenessEvent event)
{
  self->state = next_states[self->state][event];
}

void
hs_liveness_init (HsLiveness *self, gint64 now)
{
  *self = (HsLiveness){ .state = HS_LIVENESS_QUIET, .last_input = now };
}

void
hs_liveness_clear (HsLiveness *self)
{
  *self = (HsLiveness){ .state = HS_LIVENESS_QUIET };
}

void
hs_liveness_input (HsLiveness *self, gint64 now)
{
  self->last_input = now;
  on_event (self, HS_LIVENESS_ON_INPUT);
}

gint64
hs_liveness_get_last_input (const HsLiveness *self)
{
  return self->last_input;
}

static gint64
get_step (gint64 timeout)
{
  return MAX (timeout / LOOKS, 1000);
}

static void
begin_watching (HsLiveness *self, gint64 now)
{
  self->watching = TRUE;
  self->moved = now;
  self->pace = 0;
}

gint64
hs_liveness_sent (HsLiveness *self, gint64 now, gint64 timeout)
{
  begin_watching (self, now);
  return now + get_step (timeout);
}

/* How long an answer may take. Where the output moves in jumps, as it does where a relay in between reads slowly
 * into a large buffer, the answer may take a jump longer. */
static gint64
get_answer_timeout (const HsLiveness *self, const HsLivenessView *view)
{
  return view->timeout + self->pace;
}

/* Until when the output may stand still. */
static gint64
get_output_end (const HsLiveness *self, const HsLivenessView *view)
{
  return self->moved + get_answer_timeout (self, view) * (self->last_input > self->moved ? SPEAKING_FACTOR : 1);
}

/* Notes how much of the output has left since the last look. */
static void
note_output (HsLiveness *self, const HsLivenessView *view)
{
  guint64 before = self->left;
  gboolean waits = view->end > view->left;

  if (view->left > before)
    {
      self->left = view->left;
      if (before < self->stalled_end)
        self->stalled = view->now;
      if (waits && self->watching)
        self->pace = MAX (self->pace, view->now - self->moved);
      self->moved = view->now;
    }
  if (waits && !self->watching)
    begin_watching (self, view->now);
  self->watching = waits;
  if (self->state == HS_LIVENESS_PINGED && self->ping_left == 0 && self->left >= self->ping_end)
    self->ping_left = view->now;
}

/* The server has as long as it takes to notice that it is silent, and no less than for an answer. After a resumption
 * it has no longer than for an answer: it may have lost its place in the stream, and then nothing else tells. */
static gint64
get_stall_end (const HsLiveness *self, const HsLivenessView *view)
{
  if (view->resumed)
    return self->stalled + get_answer_timeout (self, view);
  return self->stalled + MAX (view->interval, view->timeout);
}

/* Whether the time for an acknowledgement runs. After a resumption it does in each state. */
static gboolean
awaits_acknowledgement (const HsLiveness *self, const HsLivenessView *view)
{
  return self->state == HS_LIVENESS_STALLED || (self->stalled != 0 && view->resumed);
}

/* After the ping has left, what leaves is no sign of life any more: a server that takes what it is sent and never
 * answers is as good as dead. */
static gint64
get_next_look (const HsLiveness *self, const HsLivenessView *view)
{
  gint64 next = self->state == HS_LIVENESS_PINGED ? G_MAXINT64 : self->last_input + view->interval;

  if (self->state == HS_LIVENESS_PINGED && self->ping_left != 0)
    next = self->ping_left + get_answer_timeout (self, view);
  if (awaits_acknowledgement (self, view))
    next = MIN (next, MAX (get_stall_end (self, view), view->now + (view->unread ? get_step (view->timeout) : 0)));
  else if (view->resumed)
    next = MIN (next, view->now + get_step (view->timeout));
  if (self->watching)
    next = MIN (next, MIN (get_output_end (self, view), view->now + get_step (view->timeout)));
  return next;
}

gint64
hs_liveness_pinged (HsLiveness *self, const HsLivenessView *view)
{
  on_event (self, HS_LIVENESS_ON_SILENCE);
  self->ping_end = view->end;
  self->ping_left = 0;
  note_output (self, view);
  return get_next_look (self, view);
}

static void
note_acknowledged (HsLiveness *self, const HsLivenessView *view)
{
  if (!view->asking || self->stalled == 0 || view->acknowledged != self->stalled_at)
    {
      self->stalled = view->asking ? view->now : 0;
      self->stalled_at = view->acknowledged;
      self->stalled_end = view->asking ? view->end : 0;
      on_event (self, HS_LIVENESS_ON_ACKNOWLEDGED);
    }
  else
    on_event (self, HS_LIVENESS_ON_STALL);
}

/* Returns what the server fails to do, for the error message; NULL: it is alive. */
static const char *
find_failing (const HsLiveness *self, const HsLivenessView *view)
{
  if (self->watching && view->now >= get_output_end (self, view))
    return self->state == HS_LIVENESS_PINGED ? "gives no sign of life" : "takes nothing of what it is sent";
  if (!view->unread && awaits_acknowledgement (self, view) && view->now >= get_stall_end (self, view))
    return "does not acknowledge what it is sent";
  if (self->state == HS_LIVENESS_PINGED && self->ping_left != 0
      && view->now >= self->ping_left + get_answer_timeout (self, view))
    return "gives no sign of life";
  return NULL;
}

HsLivenessAction
hs_liveness_look (HsLiveness *self, const HsLivenessView *view, gint64 *next)
{
  note_output (self, view);
  /* Input waits to be read: the server is alive, and what it acknowledges may be in there. */
  if (view->unread)
    {
      hs_liveness_input (self, view->now);
      self->moved = view->now;
    }
  /* After a resumption, unread input alone is no reason to wait longer: in a busy room there is often some. Unread input
   * in two looks in a row shows that the client is behind: the acknowledgement may be stuck behind that input. */
  if (view->unread && (self->behind || !view->resumed))
    {
      on_event (self, HS_LIVENESS_ON_ACKNOWLEDGED);
      self->stalled = 0;
    }
  else
    note_acknowledged (self, view);
  self->behind = view->unread;
  self->failing = find_failing (self, view);
  *next = get_next_look (self, view);
  if (self->failing != NULL)
    return HS_LIVENESS_LOST;
  if (self->state != HS_LIVENESS_PINGED && view->now >= self->last_input + view->interval)
    return HS_LIVENESS_PING;
  return HS_LIVENESS_NOTHING;
}

gboolean
hs_liveness_is_unanswered (const HsLiveness *self, gint64 now, gint64 timeout)
{
  return self->stalled != 0 && self->left >= self->stalled_end && now >= self->stalled + timeout;
}

const char *
hs_liveness_describe (const HsLiveness *self)
{
  return self->failing;
}

gboolean
hs_liveness_is_watching (const HsLiveness *self)
{
  return self->watching;
}
