/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reports an event that the table of a state machine lacks for the present state, with a critical. Such an event is a
 * fault of the library. The state machine stays in its state: a program goes on, and may connect again. */
void hs_transition_report (const char *machine, const char *state, guint event);

G_END_DECLS
