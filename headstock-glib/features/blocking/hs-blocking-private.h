/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-blocking.h"

#include "hs-blocked-list-private.h"
#include "hs-disco.h"

G_BEGIN_DECLS

struct _HsBlocking
{
  GObject parent_instance;

  HsClient *client; /* weak */
  HsBlockedList *blocked;
  char *account; /* the bare JID whose list it is, or NULL */
  gboolean is_supported;
  gboolean is_loaded;

  /* Asking for the list */
  gboolean is_wanted; /* there is no answer in this session yet */
  gboolean is_asked;
  GCancellable *cancellable; /* of the request that is in flight; or NULL */
  char *id;                  /* of that request; or NULL */
  guint item_handler;        /* while it is in flight; or 0 */
  GPtrArray *staging;        /* HsJid: of its answer so far; or NULL */

  /* What the server can do */
  HsDisco *disco;        /* weak; the one that is registered with the client, or NULL */
  gboolean has_answered; /* the server has given the list in this session */
};

/* Asks for the list. Gives up a request that is in flight. */
void hs_blocking_load_begin (HsBlocking *self);
/* Gives up the request that is in flight. */
void hs_blocking_load_abandon (HsBlocking *self);
/* Drops the part of an answer that has arrived: on another connection, the server sends all of it again. */
void hs_blocking_load_interrupt (HsBlocking *self);
/* The handler for block list pushes from the account. */
HsElement *hs_blocking_push_cb (HsClient *client, HsElement *iq, gpointer blocking);

/* Changes the list, and shows it. @jids: NULL for all. */
void hs_blocking_apply (HsBlocking *self, gboolean is_block, GPtrArray *jids);

/* Updates HsBlocking:is-supported. */
void hs_blocking_update_supported (HsBlocking *self);
void hs_blocking_set_loaded (HsBlocking *self, gboolean is_loaded);

G_END_DECLS
