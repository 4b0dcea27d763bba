/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-backoff.h"

guint
hs_backoff_next (HsBackoff *self, gboolean lasted)
{
  guint bound = HS_BACKOFF_FIRST;

  if (lasted)
    {
      self->n_tries = 0;
      return 0;
    }
  for (guint i = 0; i < self->n_tries && bound < HS_BACKOFF_LAST; i++)
    bound *= 2;
  self->n_tries++;
  return MIN (bound, HS_BACKOFF_LAST);
}

void
hs_backoff_reset (HsBackoff *self)
{
  self->n_tries = 0;
}
