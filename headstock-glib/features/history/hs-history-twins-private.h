/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-history-state-private.h"

G_BEGIN_DECLS

/* Tells messages of one archive apart that have the same id, although they are from or to different people, or one was
 * sent and the other received. ejabberd uses the time in microseconds as the id, and does not check that it is unique.
 *
 * The keeper knows each message by a key. It is the id, except for a second message with the same id: its key has the
 * other side's address as well. */
typedef struct
{
  GHashTable *peers; /* id -> the hash of the side that the id alone is the key for */
  char *key;         /* the one that was made last */
} HsHistoryTwins;

void hs_history_twins_init (HsHistoryTwins *self);
void hs_history_twins_clear (HsHistoryTwins *self);

/* Returns the key, until the next call. @state: of the archive; ids that it does not know are forgotten after some
 * time. @side: of hs_messages_dup_side(). */
const char *hs_history_twins_find_key (HsHistoryTwins *self, const HsHistoryState *state, const char *id, const char *side);

/* Returns the id in a key, or NULL for NULL. */
char *hs_history_twins_dup_id (const char *key);
/* Whether the id in a key is the time of the message, in microseconds: then another message may have it, too. */
gboolean hs_history_twins_is_time (const char *key, gint64 stamp);
/* Returns the id for the time of such a key, moved by @usec microseconds. */
char *hs_history_twins_dup_beside (const char *key, int usec);

G_END_DECLS
