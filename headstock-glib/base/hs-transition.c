/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-transition.h"

void
hs_transition_report (const char *machine, const char *state, guint event)
{
  g_critical ("%s: event %u cannot happen in the state \"%s\". This is a fault of headstock-glib: please report it",
              machine, event, state);
}
