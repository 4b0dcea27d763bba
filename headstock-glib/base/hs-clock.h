/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Microseconds of a clock that goes on while the machine sleeps, where the system has one. */
gint64 hs_clock_get_boot_time (void);

/* For tests: how much longer the machine has slept than it has. */
extern gint64 hs_clock_slept;

G_END_DECLS
