/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-history-run-private.h"

G_BEGIN_DECLS

/* The struct and the functions that hs-history-run*.c share. */

/* How often a run begins again before it has failed. */
#define HS_HISTORY_MAX_ATTEMPTS 3

/* hs-history-run-core.c */
/* FALSE: the run ended meanwhile, by a handler that saw the request leave. */
gboolean hs_history_run_ask (HsHistoryRun *self, HsHistoryRunPhase phase, const HsHistoryQuestion *question);
gboolean hs_history_run_ask_newest (HsHistoryRun *self, HsHistoryRunPhase phase, guint max);
void hs_history_run_end (HsHistoryRun *self, HsHistoryRunOutcome outcome);
/* ejabberd uses the time of an entry as its id, and does not check that it is unique. The page beyond an id begins beyond
 * all entries with this id: one of them is missing if another one was at the end of the page before. Returns TRUE, once
 * for each time, if the question for the page beyond @point is to be wide. */
gboolean hs_history_run_widen (HsHistoryRun *self, const HsHistoryPoint *point);
/* Returns TRUE if @entries answer a wide question in another way than ejabberd does. The question is to be asked again,
 * and is not wide then. */
gboolean hs_history_run_is_misunderstood (HsHistoryRun *self, GPtrArray *entries, const HsHistoryPoint *point);
void hs_history_run_begin_leg (HsHistoryRun *self);
void hs_history_run_mark (HsHistoryRun *self, const HsHistoryPoint *point);
/* Proves what this leg has shown up to a stamp. */
void hs_history_run_prove (HsHistoryRun *self, gint64 until);
void hs_history_run_prune (HsHistoryRun *self);
/* These functions only change the log. The caller reports the changes with hs_history_run_tell_gap(). */
guint hs_history_run_open_gap (HsHistoryRun *self,
                               const HsHistoryPoint *after,
                               const HsHistoryPoint *before,
                               HsGapReason reason);
void hs_history_run_change_gap (HsHistoryRun *self,
                                HsHistoryChangeKind kind,
                                guint serial,
                                const HsHistoryPoint *before,
                                HsGapReason reason);
/* Reports a change of a gap, once the log has all changes that belong to it. Returns FALSE if the run has ended
 * meanwhile. */
gboolean hs_history_run_tell_gap (HsHistoryRun *self, guint serial);
/* Handles an archive that is empty. Returns FALSE if the run has ended meanwhile. */
gboolean hs_history_run_found_empty (HsHistoryRun *self);
void hs_history_run_point_at (HsHistoryPoint *point, const HsHistoryEntry *entry);
gboolean hs_history_run_has_entry (GPtrArray *entries, const char *id);
gboolean hs_history_run_is_before_start (HsHistoryRun *self, const HsHistoryEntry *entry);
void hs_history_run_consider (HsHistoryRun *self, const HsHistoryEntry *entry);
gboolean hs_history_run_give (HsHistoryRun *self, const HsHistoryEntry *entry);

/* hs-history-run-oldest.c */
void hs_history_run_oldest_begin (HsHistoryRun *self);
void hs_history_run_oldest_again (HsHistoryRun *self);
void hs_history_run_oldest_ask_page (HsHistoryRun *self);
void hs_history_run_oldest_answer (HsHistoryRun *self, GPtrArray *entries);

/* hs-history-run-newest.c */
void hs_history_run_newest_answer (HsHistoryRun *self, GPtrArray *entries);
void hs_history_run_newest_ask_back (HsHistoryRun *self, const HsHistoryPoint *before);
/* Continues with a gap of an earlier run. */
void hs_history_run_newest_take_up (HsHistoryRun *self, guint serial);
/* Continues with the newest gap that an earlier run was closing when its session was lost. Returns FALSE if there is
 * none. */
gboolean hs_history_run_newest_take_up_pending (HsHistoryRun *self);

G_END_DECLS
