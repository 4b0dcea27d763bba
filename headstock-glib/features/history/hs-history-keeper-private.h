/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-history-run-private.h"

G_BEGIN_DECLS

/* Catches up with one archive: decides when a run begins, which messages are held meanwhile, and which are new. It uses
 * no clock and no network: each call has the time, in microseconds on a clock that is never set, and
 * hs_history_keeper_get_due() returns when to call again. */

/* While this many messages are unconfirmed, a run waits until the program has confirmed some of them. */
#define HS_HISTORY_MAX_UNCONFIRMED 1000

typedef enum
{
  HS_HISTORY_VERDICT_GIVE,
  HS_HISTORY_VERDICT_DROP, /* the message has been given before */
  HS_HISTORY_VERDICT_HOLD, /* older messages are still to come */
} HsHistoryVerdict;

typedef enum
{
  HS_HISTORY_FAILURE_NOT_FOUND, /* the archive does not know the id */
  HS_HISTORY_FAILURE_FORBIDDEN, /* the archive must not be asked again in this session */
  HS_HISTORY_FAILURE_OTHER,     /* another attempt may succeed */
} HsHistoryFailure;

typedef struct
{
  /* Asks the archive. The owner answers later with hs_history_keeper_answer() or hs_history_keeper_fail(), and the same
   * @life. */
  void (*ask) (const HsHistoryQuestion *question, guint life, gpointer owner);
  /* Gives an entry to the program. Before that, the owner calls hs_history_keeper_given() with the same @leg. */
  void (*give) (const HsHistoryEntry *entry, guint leg, gpointer owner);
  /* No message needs to be held any more: the owner has those that are held judged again. */
  void (*release) (gpointer owner);
  void (*gap_changed) (guint serial, gpointer owner);
  void (*caught_up) (gpointer owner);
  /* A run for one gap ended. */
  void (*filled) (guint serial, gboolean is_closed, gpointer owner);
  /* The state to store, or the result of hs_history_keeper_get_due(), may have changed. */
  void (*changed) (gpointer owner);
} HsHistoryKeeperCallbacks;

typedef struct
{
  const HsHistoryKeeperCallbacks *callbacks;
  gpointer owner;
  HsHistoryLog log;
  HsHistoryRun run;
  HsHistoryRunSettings settings;
  gint64 max_age; /* 0: no limit */

  gint64 now; /* of the last call */
  gint64 since_1970; /* the time of day when @now was 0: set before each call */
  gboolean is_in_session;
  gboolean is_available; /* the server sends new messages at once */
  gboolean is_current;   /* the program has all of the archive, and gets new messages at once */
  gboolean is_outdated;  /* the present run began before the server sent new messages at once */
  gboolean is_paused;    /* HS_HISTORY_FAILURE_FORBIDDEN: no run begins in this session */
  guint n_failures;      /* of runs, in a row */
  guint n_arrived;       /* messages from the stream since the last run began */
  gint64 busy_until;     /* no run begins earlier because many messages have arrived; 0: there was none */
  gint64 due;            /* when the next run begins; G_MAXINT64: no run is needed */
  gint64 own_due;        /* likewise, to learn the archive ids of messages that were sent */

  GHashTable *held; /* ids of messages from the stream that are held, or that a run has given while they were held */
  guint fill;       /* the gap that is being filled; 0: none */
  GQueue questions; /* HsHistoryQuestion: those that wait until the program has confirmed enough messages */
} HsHistoryKeeper;

void hs_history_keeper_init (HsHistoryKeeper *self, const HsHistoryKeeperCallbacks *callbacks, gpointer owner);
void hs_history_keeper_clear (HsHistoryKeeper *self);

/* ---- The session ---- */

/* A session has begun, or in a room the account's stay. @is_available: presence of priority 0 or more was sent. */
void hs_history_keeper_begin (HsHistoryKeeper *self, gboolean is_available, gint64 now);
void hs_history_keeper_set_available (HsHistoryKeeper *self, gboolean is_available, gint64 now);
void hs_history_keeper_resumed (HsHistoryKeeper *self, gint64 now);
void hs_history_keeper_lost (HsHistoryKeeper *self);
gint64 hs_history_keeper_get_due (const HsHistoryKeeper *self);
void hs_history_keeper_poll (HsHistoryKeeper *self, gint64 now);

/* ---- Messages of the stream ---- */

HsHistoryVerdict hs_history_keeper_judge (HsHistoryKeeper *self, const char *id);
/* A message was given to the program. @leg: that of the run that gave it, or 0. @stamp: may be HS_HISTORY_NO_STAMP. */
void hs_history_keeper_given (HsHistoryKeeper *self, const char *id, gint64 stamp, guint leg, gint64 now);
/* A message was received that is not given to the program, and needs no confirmation. */
void hs_history_keeper_passed (HsHistoryKeeper *self, const char *id, gint64 stamp, guint leg, gint64 now);
gboolean hs_history_keeper_confirm (HsHistoryKeeper *self, const char *id, gint64 now);
void hs_history_keeper_own_sent (HsHistoryKeeper *self, const char *origin_id);
void hs_history_keeper_own_acked (HsHistoryKeeper *self, gint64 now);

/* ---- The archive ---- */

void hs_history_keeper_answer (HsHistoryKeeper *self, GPtrArray *entries, gboolean is_stable, guint life, gint64 now);
void hs_history_keeper_fail (HsHistoryKeeper *self, HsHistoryFailure failure, guint life, gint64 now);
/* Opens a gap if @time, the time on the archive's server, is before the mark: the server's clock was set back. */
void hs_history_keeper_compare_clock (HsHistoryKeeper *self, gint64 time);
/* Returns FALSE if the keeper is busy, there is no such gap, it has no end yet, or its messages cannot be requested. */
gboolean hs_history_keeper_fill (HsHistoryKeeper *self, guint serial, guint max, gint64 now);
/* Stops filling a gap, if one is being filled. */
void hs_history_keeper_stop_fill (HsHistoryKeeper *self);

G_END_DECLS
