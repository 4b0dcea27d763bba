/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-history-state-private.h"

G_BEGIN_DECLS

/* Two states of an archive: the working state, and the state that the program has confirmed, with the changes between
 * them. A program that starts again from the confirmed state is given the messages again that it had not confirmed. */
typedef struct
{
  HsHistoryState working;
  HsHistoryState confirmed;
  GQueue changes;      /* HsHistoryChange, from the confirmed to the working state */
  GHashTable *waiting; /* by id: the link in @changes with the delivery that is not confirmed */
} HsHistoryLog;

void hs_history_log_init (HsHistoryLog *self);
void hs_history_log_clear (HsHistoryLog *self);
/* Begins with a stored state; takes over @state. */
void hs_history_log_restore (HsHistoryLog *self, HsHistoryState *state);

/* Adds a change that the program need not confirm. */
void hs_history_log_add (HsHistoryLog *self, const HsHistoryChange *change);
/* Adds a change that is confirmed at once, whatever else the program must confirm. */
void hs_history_log_add_confirmed (HsHistoryLog *self, const HsHistoryChange *change);
/* Adds an HS_HISTORY_CHANGE_GIVE of a message that the program is given, and must confirm. */
void hs_history_log_deliver (HsHistoryLog *self, const HsHistoryChange *change);
/* Confirms a message and all before it, with the changes that follow it. Returns FALSE if no such message waits. */
gboolean hs_history_log_confirm (HsHistoryLog *self, const char *id);
guint hs_history_log_count_waiting (const HsHistoryLog *self);

G_END_DECLS
