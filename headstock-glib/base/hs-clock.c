/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-clock.h"

#include <time.h>

gint64
hs_clock_get_boot_time (void)
{
#ifdef CLOCK_BOOTTIME
  struct timespec now;

  if (clock_gettime (CLOCK_BOOTTIME, &now) == 0)
    return now.tv_sec * (gint64) G_USEC_PER_SEC + now.tv_nsec / 1000;
#endif
  return g_get_monotonic_time ();
}
