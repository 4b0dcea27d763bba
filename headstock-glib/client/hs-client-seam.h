/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-client.h"
#include "net/hs-transport.h"

G_BEGIN_DECLS

/* For headstock-glib-test: a test gives a client its connections, and its main loop a clock (hs_loop_stand()).
 * These functions are exported, and declared in no public header. Both libraries are of one build: they share
 * structs, and each build has its own number. */

#define HS_SEAM_VERSION                                                                            \
  ((guint) (HS_MAJOR_VERSION * 1000000 + HS_MINOR_VERSION * 1000 + HS_MICRO_VERSION))

/* HS_SEAM_VERSION of the library. */
_HS_EXTERN guint hs_seam_get_version (void);
/* From the next connection on, @dial makes the client's connections in place of the network. They count as encrypted
 * and trusted. It is called from the main loop. */
_HS_EXTERN void hs_client_set_dial (HsClient *self, HsDialFunc dial, gpointer user_data);

/* Whether the client has such a function. */
gboolean hs_client_has_dial (HsClient *self);
HsDialFunc hs_client_get_dial (HsClient *self, gpointer *user_data);

G_END_DECLS
