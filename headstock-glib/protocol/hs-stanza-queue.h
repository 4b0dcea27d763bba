/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Stanzas as they were written, oldest first: their bytes in one buffer, so that keeping one costs a
 * copy and no allocation. A part of HsStreamManagement; holds no memory that it does not need. */

typedef struct
{
  gpointer tag; /* who waits for its delivery status, or NULL */
  gint64 time;  /* when it was sent first: wall clock, in microseconds */
  gsize length;
  guint8 flags;
  guint8 n_lost; /* sessions that ended while it was on its way */
} HsQueuedStanza;

typedef struct
{
  GArray *stanzas;   /* of HsQueuedStanza, NULL while there is none */
  GByteArray *bytes; /* NULL with stanzas */
  guint first;       /* the stanzas before it have been removed */
  gsize first_byte;
} HsStanzaQueue;

guint hs_stanza_queue_get_length (const HsStanzaQueue *self);
gsize hs_stanza_queue_get_size (const HsStanzaQueue *self);
HsQueuedStanza *hs_stanza_queue_get (const HsStanzaQueue *self, guint index);
/* The bytes from an offset on, where the oldest stanza's first byte is at 0. */
const guint8 *hs_stanza_queue_get_bytes (const HsStanzaQueue *self, gsize offset);
/* Copies both. */
void hs_stanza_queue_push (HsStanzaQueue *self, const HsQueuedStanza *stanza, const guint8 *bytes);
/* Forgets the oldest. */
void hs_stanza_queue_pop (HsStanzaQueue *self, guint n);
void hs_stanza_queue_clear (HsStanzaQueue *self);
/* Lets go of the memory if there is no stanza. */
void hs_stanza_queue_shrink (HsStanzaQueue *self);

/* As a(xyyay), floating: when each was sent, its flags, in how many lost sessions it was, and its bytes. */
GVariant *hs_stanza_queue_save (HsStanzaQueue *self);
/* FALSE if one of them is no stanza: then some of the others are in. */
gboolean hs_stanza_queue_restore (HsStanzaQueue *self, GVariantIter *stanzas);

G_END_DECLS
