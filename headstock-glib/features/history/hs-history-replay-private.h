/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-history-log-private.h"

G_BEGIN_DECLS

/* A room without an archive: on joining, the room sends its messages since a time again (XEP-0045, 7.2.13). They have no
 * ids by which they could be recognized, so this compares them with the last ones that the program was given. It uses
 * no GObject, no clock and no network. */

/* A message in the room. */
typedef struct
{
  const char *nick;
  const char *id; /* of the stanza; or NULL */
  const char *body;
  gint64 stamp; /* the room's; HS_HISTORY_NO_STAMP: it has just been sent */
} HsHistorySaid;

typedef struct
{
  HsHistoryLog *log;
  gboolean is_on;       /* the room may still send what was said before */
  gboolean has_contact; /* it has sent something that the program was given before, or there is no such thing */
  GHashTable *known;    /* of nick and body -> GQueue of what the program was given before and the room has not sent again */
  gint64 since;         /* what is not older must come again */
  HsHistoryPoint last;  /* of what the program was given before */
  guint gap;            /* the serial of the gap that was found; 0: none */
} HsHistoryReplay;

void hs_history_replay_init (HsHistoryReplay *self, HsHistoryLog *log);
void hs_history_replay_clear (HsHistoryReplay *self);

/* The time from which a room without an archive must send its messages again, in microseconds since 1970; 0: nothing is
 * known of it. */
gint64 hs_history_replay_get_since (const HsHistoryLog *log);
/* An id for a message that is given at @now. */
char *hs_history_replay_make_id (HsHistoryReplay *self, const HsHistorySaid *said, gint64 now);

/* The room was joined. */
void hs_history_replay_begin (HsHistoryReplay *self);
/* Whether the program was given the message before. The next one that looks like it is another message. */
gboolean hs_history_replay_knows (HsHistoryReplay *self, const HsHistorySaid *said);
/* A message that is not known is about to be given, or the room has sent all that it has. Returns the serial of the gap
 * that was found before it; 0: none. */
guint hs_history_replay_find_gap (HsHistoryReplay *self, const HsHistorySaid *said, gint64 now);
/* The gap that was found has nothing in it: a later message has shown that. Returns its serial; 0: there is none. */
guint hs_history_replay_close_gap (HsHistoryReplay *self);
/* Forgets all but the last messages that were given, if there are many. */
void hs_history_replay_forget (HsHistoryReplay *self);
/* A message has just been sent: no earlier ones follow. */
void hs_history_replay_end (HsHistoryReplay *self);

G_END_DECLS
