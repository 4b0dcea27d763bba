/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Tells its watchers when the machine has been woken up, or its clock been set, on systems that tell. One
 * source a main context, however many watch. */

typedef void (*HsWakeFunc) (gpointer user_data);

/* A part of HsLoop. */
typedef struct
{
  GMutex lock;          /* a client may be started in another thread than the one that runs the loop */
  GHashTable *watchers; /* user_data -> HsWakeFunc */
  GSource *source;      /* NULL if the system does not tell */
  int fd;
} HsWake;

/* When the machine has been woken up, the source calls @woken, which calls hs_wake_tell(). */
void hs_wake_init (HsWake *self,
                   GMainContext *context,
                   GSourceFunc woken,
                   gpointer user_data);
void hs_wake_clear (HsWake *self);

void hs_wake_add (HsWake *self, HsWakeFunc func, gpointer user_data);
void hs_wake_remove (HsWake *self, gpointer user_data);
/* The caller keeps @self alive during the call. */
void hs_wake_tell (HsWake *self);

G_END_DECLS
