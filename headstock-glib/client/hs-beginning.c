/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-beginning.h"

#include "hs-transition.h"

/* One more than the next step; 0: the event cannot happen. */
#define TO(step) (HS_BEGINNING_##step + 1)

static const guint8 table[HS_N_BEGINNING_STEPS][HS_N_BEGINNING_EVENTS] = {
  [HS_BEGINNING_NOT] = {
    [HS_BEGINNING_ON_START] = TO (REQUESTS),
    [HS_BEGINNING_ON_END] = TO (NOT),
  },
  [HS_BEGINNING_REQUESTS] = {
    [HS_BEGINNING_ON_PRESENCE] = TO (PRESENCE),
    [HS_BEGINNING_ON_END] = TO (NOT),
  },
  [HS_BEGINNING_PRESENCE] = {
    [HS_BEGINNING_ON_END] = TO (NOT),
  },
};

gboolean
hs_beginning_step_can (HsBeginningStep step, HsBeginningEvent event)
{
  return table[step][event] != 0;
}

HsBeginningStep
hs_beginning_step_get_next (HsBeginningStep step, HsBeginningEvent event)
{
  if (G_UNLIKELY (!hs_beginning_step_can (step, event)))
    {
      hs_transition_report ("The beginning of the session", hs_beginning_step_describe (step), event);
      return step;
    }
  return table[step][event] - 1;
}

const char *
hs_beginning_step_describe (HsBeginningStep step)
{
  static const char *const names[HS_N_BEGINNING_STEPS] = { "not", "requests", "presence" };

  return names[step];
}

void
hs_beginning_clear (HsBeginning *self)
{
  g_clear_object (&self->presence);
}

static void
on_event (HsBeginning *self, HsBeginningEvent event)
{
  self->step = hs_beginning_step_get_next (self->step, event);
}

void
hs_beginning_start (HsBeginning *self)
{
  on_event (self, HS_BEGINNING_ON_START);
}

void
hs_beginning_go_on (HsBeginning *self, HsElement *presence)
{
  on_event (self, HS_BEGINNING_ON_PRESENCE);
  g_clear_object (&self->presence);
  self->presence = presence;
}

void
hs_beginning_end (HsBeginning *self)
{
  on_event (self, HS_BEGINNING_ON_END);
}

void
hs_beginning_abandon (HsBeginning *self)
{
  hs_beginning_end (self);
  g_clear_object (&self->presence);
}

HsBeginningStep
hs_beginning_get_step (const HsBeginning *self)
{
  return self->step;
}

HsElement *
hs_beginning_take_presence (HsBeginning *self)
{
  return g_steal_pointer (&self->presence);
}
