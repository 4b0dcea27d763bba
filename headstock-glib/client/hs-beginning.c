/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-beginning.h"

void
hs_beginning_clear (HsBeginning *self)
{
  g_clear_object (&self->presence);
}

void
hs_beginning_start (HsBeginning *self, gboolean early)
{
  self->step = HS_BEGINNING_REQUESTS;
  self->early = early;
}

void
hs_beginning_go_on (HsBeginning *self, HsElement *presence)
{
  self->step = HS_BEGINNING_PRESENCE;
  g_clear_object (&self->presence);
  self->presence = presence;
}

void
hs_beginning_end (HsBeginning *self)
{
  self->step = HS_BEGINNING_NOT;
}

void
hs_beginning_abandon (HsBeginning *self)
{
  hs_beginning_end (self);
  g_clear_object (&self->presence);
}

gboolean
hs_beginning_is_early (const HsBeginning *self)
{
  return self->step != HS_BEGINNING_NOT && self->early;
}

gboolean
hs_beginning_takes_only_requests (const HsBeginning *self)
{
  return self->step == HS_BEGINNING_REQUESTS;
}

HsElement *
hs_beginning_take_presence (HsBeginning *self)
{
  return g_steal_pointer (&self->presence);
}
