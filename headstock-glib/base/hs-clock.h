/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Microseconds on a clock that goes on while the machine sleeps, if the system has one. */
gint64 hs_clock_get_boot_time (void);

G_END_DECLS
