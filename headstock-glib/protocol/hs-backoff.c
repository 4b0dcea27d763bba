/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-backoff.h"

guint
hs_backoff_next (HsBackoff *self, guint64 lasted)
{
  if (lasted >= MIN (MAX (self->bound, HS_BACKOFF_SHORT), HS_BACKOFF_LASTING))
    self->bound = 0;
  if (lasted >= HS_BACKOFF_LASTING)
    return 0;
  self->bound = self->bound == 0 ? HS_BACKOFF_FIRST : MIN (self->bound * 2, HS_BACKOFF_LAST);
  return self->bound;
}

void
hs_backoff_reset (HsBackoff *self)
{
  self->bound = 0;
}
