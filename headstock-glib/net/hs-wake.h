/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Calls when the machine has been woken up, or its clock been set, where the system tells. One source a
 * main context, however many want to know. */

typedef void (*HsWakeFunc) (gpointer user_data);

void hs_wake_add (GMainContext *context, HsWakeFunc func, gpointer user_data);
void hs_wake_remove (GMainContext *context, gpointer user_data);
/* For tests: as if it had been. */
void hs_wake_all (GMainContext *context);

G_END_DECLS
