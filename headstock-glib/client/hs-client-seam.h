/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-client.h"
#include "net/hs-transport.h"

G_BEGIN_DECLS

/* For headstock-glib-test: a test gives a client its connections, and its main loop a clock (hs_loop_stand()).
 * These functions are exported, and declared in no public header. Both libraries are of one build: they share
 * structs, and each build has its own number. Tests of the library itself also choose what is left to chance. */

#define HS_SEAM_VERSION                                                                            \
  ((guint) (HS_MAJOR_VERSION * 1000000 + HS_MINOR_VERSION * 1000 + HS_MICRO_VERSION))

/* HS_SEAM_VERSION of the library. */
_HS_EXTERN guint hs_seam_get_version (void);
/* From the next connection on, @dial makes the client's connections in place of the network. They count as encrypted
 * and trusted. It is called from the main loop. */
_HS_EXTERN void hs_client_set_dial (HsClient *self, HsDialFunc dial, gpointer user_data);

/* From now on @random, which is given the largest value, chooses how long the client waits before it retries. Not
 * exported. */
void hs_client_set_random (HsClient *self, guint (*random) (guint bound));

/* Whether the client has a dial function. */
gboolean hs_client_has_dial (HsClient *self);
HsDialFunc hs_client_get_dial (HsClient *self, gpointer *user_data);

G_END_DECLS
