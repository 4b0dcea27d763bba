/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "net/hs-connector.h"

G_BEGIN_DECLS

/* The operations on the network for one connection, from the DNS to the end of the sign-in. An operation holds a
 * reference while it runs, and may end when its owner is not interested any more. */

typedef struct
{
  int ref_count;
  gpointer owner; /* NULL: nobody is interested any more */
  HsConnector *connector;
  char *address; /* of the server that it is connected to, or NULL */
  GCancellable *cancellable;
} HsAttempt;

/* Takes @connector. */
HsAttempt *hs_attempt_new (HsConnector *connector, gpointer owner);
HsAttempt *hs_attempt_ref (HsAttempt *self);
void hs_attempt_unref (HsAttempt *self);
/* Cancels what runs. Takes the reference of the owner, who hears nothing of it any more. */
void hs_attempt_abandon (HsAttempt *self);
/* The owner; NULL after hs_attempt_abandon(). Asked again after each call of a handler, which may have ended the
 * connection and the run, and have begun another. */
gpointer hs_attempt_get_owner (const HsAttempt *self);
GCancellable *hs_attempt_get_cancellable (const HsAttempt *self);

HsConnector *hs_attempt_get_connector (const HsAttempt *self); /* or NULL */
HsConnector *hs_attempt_steal_connector (HsAttempt *self);
const char *hs_attempt_get_address (const HsAttempt *self);
void hs_attempt_set_address (HsAttempt *self, const char *address);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsAttempt, hs_attempt_unref)

G_END_DECLS
