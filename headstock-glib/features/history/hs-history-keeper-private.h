/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-history-run-private.h"

G_BEGIN_DECLS

/* Catches up with one archive: decides when a run begins, which messages are held meanwhile, and which are new. It uses
 * no clock and no network: each call has the time, in microseconds, and hs_history_keeper_get_due() returns when to
 * call again. */

/* With so many unconfirmed messages, a run waits until the program has confirmed them. */
#define HS_HISTORY_MAX_UNCONFIRMED 1000

typedef enum
{
  HS_HISTORY_VERDICT_GIVE,
  HS_HISTORY_VERDICT_DROP, /* it has been given */
  HS_HISTORY_VERDICT_HOLD, /* older ones are still to come */
} HsHistoryVerdict;

typedef enum
{
  HS_HISTORY_FAILURE_NOT_FOUND, /* the archive does not know the id */
  HS_HISTORY_FAILURE_FORBIDDEN, /* it is not to be asked any more in this session */
  HS_HISTORY_FAILURE_OTHER,     /* it is worth another attempt */
} HsHistoryFailure;

typedef struct
{
  /* Answered later by hs_history_keeper_answer() or hs_history_keeper_fail(), with @life. */
  void (*ask) (const HsHistoryQuestion *question, guint life, gpointer owner);
  /* Gives the program an entry, and calls hs_history_keeper_given() before that with the same @leg. */
  void (*give) (const HsHistoryEntry *entry, guint leg, gpointer owner);
  /* Messages are not held any more: those that were held are judged again, and given. */
  void (*release) (gpointer owner);
  void (*gap_changed) (guint serial, gpointer owner);
  void (*caught_up) (gpointer owner);
  /* A run for one gap ended. */
  void (*filled) (guint serial, gboolean is_closed, gpointer owner);
  /* There is something to store, or hs_history_keeper_get_due() says something else. */
  void (*changed) (gpointer owner);
} HsHistoryKeeperCallbacks;

typedef struct
{
  const HsHistoryKeeperCallbacks *callbacks;
  gpointer owner;
  HsHistoryLog log;
  HsHistoryRun run;
  HsHistoryRunSettings settings;
  gint64 max_age; /* or 0 */

  gint64 now;
  gboolean is_in_session;
  gboolean is_available; /* messages come as they are sent */
  gboolean is_current;
  gboolean is_outdated; /* the run began before messages came as they are sent */
  gboolean is_paused;
  guint n_failures;
  guint n_arrived; /* since the last run began */
  gint64 due;      /* G_MAXINT64: nothing is to be done */
  gint64 own_due;  /* likewise */

  GHashTable *held; /* ids: what the stream brought and the program has not got, or by a run meanwhile */
  guint fill;       /* the gap that is being filled; 0: none */
  GQueue questions; /* HsHistoryQuestion: those that wait until the program has confirmed enough */
} HsHistoryKeeper;

void hs_history_keeper_init (HsHistoryKeeper *self, const HsHistoryKeeperCallbacks *callbacks, gpointer owner);
void hs_history_keeper_clear (HsHistoryKeeper *self);

/* ---- The session ---- */

/* For a room: it has been joined. @is_available: presence of priority 0 or more has gone out. */
void hs_history_keeper_begin (HsHistoryKeeper *self, gboolean is_available, gint64 now);
void hs_history_keeper_set_available (HsHistoryKeeper *self, gboolean is_available, gint64 now);
void hs_history_keeper_resumed (HsHistoryKeeper *self, gint64 now);
void hs_history_keeper_lost (HsHistoryKeeper *self);
gint64 hs_history_keeper_get_due (const HsHistoryKeeper *self);
void hs_history_keeper_poll (HsHistoryKeeper *self, gint64 now);

/* ---- Messages of the stream ---- */

HsHistoryVerdict hs_history_keeper_judge (HsHistoryKeeper *self, const char *id);
/* @leg: 0 for what a run does not show. @stamp: may be HS_HISTORY_NO_STAMP. */
void hs_history_keeper_given (HsHistoryKeeper *self, const char *id, gint64 stamp, guint leg, gint64 now);
/* Likewise, of messages that are not given to the program and need no confirmation. */
void hs_history_keeper_passed (HsHistoryKeeper *self, const char *id, gint64 stamp, guint leg, gint64 now);
gboolean hs_history_keeper_confirm (HsHistoryKeeper *self, const char *id, gint64 now);
void hs_history_keeper_own_sent (HsHistoryKeeper *self, const char *origin_id);
void hs_history_keeper_own_acked (HsHistoryKeeper *self, gint64 now);

/* ---- The archive ---- */

void hs_history_keeper_answer (HsHistoryKeeper *self, GPtrArray *entries, gboolean is_stable, guint life, gint64 now);
void hs_history_keeper_fail (HsHistoryKeeper *self, HsHistoryFailure failure, guint life, gint64 now);
/* @time: of the archive's server. */
void hs_history_keeper_compare_clock (HsHistoryKeeper *self, gint64 time);
/* Returns FALSE if the keeper is busy, there is no such gap, it has no end yet, or its messages cannot be requested. */
gboolean hs_history_keeper_fill (HsHistoryKeeper *self, guint serial, guint max, gint64 now);
/* The program does not want that any more. */
void hs_history_keeper_stop_fill (HsHistoryKeeper *self);

G_END_DECLS
