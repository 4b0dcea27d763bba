/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-history.h"

#include "hs-archive-shared.h"
#include "hs-feature.h"
#include "hs-gap-private.h"
#include "hs-history-keeper-private.h"
#include "hs-history-replay-private.h"
#include "hs-history-twins-private.h"
#include "hs-messages-shared.h"
#include "hs-module.h"
#include "hs-stateful.h"

G_BEGIN_DECLS

/* The structs and functions that hs-history*.c share. */

typedef struct _HsHistoryFill HsHistoryFill;

static inline gint64
hs_history_to_usec (GDateTime *time)
{
  return g_date_time_to_unix (time) * G_TIME_SPAN_SECOND + g_date_time_get_microsecond (time);
}

/* One archive of the history. */
typedef struct
{
  HsHistory *history; /* NULL: the archive was removed */
  HsJid *jid;         /* NULL: the account's own archive, while the account is not known */
  gboolean is_own;
  gboolean is_added; /* by the program, and not only by a state */
  HsHistoryKeeper keeper;
  gboolean is_kept;  /* HsMessages asks the keeper about the messages of this archive */
  gboolean is_begun; /* hs_history_archive_begin() was called in this session, or in this stay in the room */
  HsHistoryTwins twins;
  HsHistoryReplay replay;
  gboolean is_replayed; /* the account is in the room, which has no archive */

  /* Of the result that is being delivered; 0 and HS_HISTORY_NO_STAMP for a message from the stream. */
  guint leg;
  gint64 stamp;

  GQueue asked;       /* questions without an answer, in their order; each holds a reference to this */
  gboolean is_taking; /* an answer is being handled */

  GQueue fills;           /* HsHistoryFill: those that wait; the task of each holds a reference to the history */
  HsHistoryFill *filling; /* or NULL */
  const GError *failure;  /* why the question failed whose failure is being handled; or NULL */
} HsHistoryArchive;

struct _HsHistory
{
  GObject parent_instance;

  HsClient *client;   /* weak */
  HsMessages *messages; /* NULL without a client */
  HsArchive *archive;   /* NULL without a client */
  char *account;        /* the bare JID of the account that the state belongs to; or NULL */
  HsHistoryArchive *own;
  GPtrArray *archives; /* HsHistoryArchive; with @own */
  GListStore *gaps;

  HsHistoryOrder order;
  guint page_size;
  guint limit;
  guint max_age;

  gboolean has_session;
  gboolean is_available; /* the last presence was available, with priority 0 or more */
  HsFeatureTimer *timer; /* NULL: no archive waits for a time */
};

enum
{
  HS_HISTORY_SIGNAL_CAUGHT_UP,
  HS_HISTORY_SIGNAL_GAP_FOUND,
  HS_HISTORY_N_SIGNALS
};
extern guint hs_history_signals[HS_HISTORY_N_SIGNALS];

/* hs-history-signals.c */
void hs_history_install_signals (void);

/* hs-history-list.c */
HsHistoryArchive *hs_history_archive_ref (HsHistoryArchive *self);
void hs_history_archive_unref (HsHistoryArchive *self);
/* Returns: (transfer none) (nullable) */
HsHistoryArchive *hs_history_find_archive (HsHistory *self, HsJid *jid);
/* @address: NULL for the account's own archive. Returns: (transfer none) (nullable) */
HsHistoryArchive *hs_history_find_by_address (HsHistory *self, const char *address);
/* Calls @func for each archive. @func may add and remove archives. */
void hs_history_for_each (HsHistory *self, void (*func) (HsHistoryArchive *archive));

/* hs-history-timer.c */
/* Returns the time for a call of the keeper of an archive, and tells the keeper the time of day. */
gint64 hs_history_archive_get_now (HsHistoryArchive *archive);
/* Sets the timer for the first archive that is due. */
void hs_history_schedule (HsHistory *self);
void hs_history_stop_timer (HsHistory *self);
/* Sets the timer again, and emits `state-changed`. */
void hs_history_changed (HsHistory *self);

/* hs-history-archive.c */
/* @jid: NULL for the account's own archive, while the account is not known. */
HsHistoryArchive *hs_history_archive_new (HsHistory *history, HsJid *jid, gboolean is_own);
void hs_history_archive_apply_settings (HsHistoryArchive *self);
/* Makes HsMessages ask the keeper about the messages of this archive, until hs_history_archive_give_up(). */
void hs_history_archive_keep (HsHistoryArchive *self);
void hs_history_archive_give_up (HsHistoryArchive *self);
/* Tells the keeper that the program has stored a message, and all before it. */
void hs_history_archive_confirm (HsHistoryArchive *self, HsDelivery *delivery);
/* The begin and the end of a session, or of a stay in the room. */
void hs_history_archive_begin (HsHistoryArchive *self);
void hs_history_archive_end (HsHistoryArchive *self);
/* Takes the archive out of the history, with its gaps. */
void hs_history_archive_remove (HsHistoryArchive *self);
/* Adds its gaps to @gaps, for HsHistory:gaps: those of a state, which are no news. */
void hs_history_archive_list_gaps (HsHistoryArchive *self, GPtrArray *gaps);
/* Fills a gap with at most @max messages; 0: no limit. */
void hs_history_archive_fill (HsHistoryArchive *self, GTask *task, HsGap *gap, guint max);

/* Begins to catch up with a room that the account is in, whether the room has an archive or not. */
void hs_history_archive_join (HsHistoryArchive *self);

/* hs-history-room.c */
/* The begin and the end of a stay in a room without an archive. */
void hs_history_archive_enter (HsHistoryArchive *self);
void hs_history_archive_leave (HsHistoryArchive *self);
/* Decides whether the program is given a message of that room. */
HsMessagesVerdict hs_history_archive_hear (HsHistoryArchive *self, HsDelivery *delivery);
/* Remembers a message that is about to be given, or that is not given as @outcome says. */
void hs_history_archive_note_heard (HsHistoryArchive *self, HsDelivery *delivery, HsMessagesOutcome outcome);
/* Returns the id for hs_history_keeper_confirm(), or NULL. */
const char *hs_history_get_id (HsDelivery *delivery);

/* hs-history-archives.c */
/* Returns the archive of a room, a new one if needed. (transfer full), since handlers of what it begins may remove
 * it. */
HsHistoryArchive *hs_history_take_archive (HsHistory *self, HsJid *room);
void hs_history_drop_archive (HsHistory *self, HsHistoryArchive *archive);
/* Makes HsMessages ask the keeper, and begins to catch up if there is a session. */
void hs_history_keep (HsHistoryArchive *archive);
/* Forgets everything but which rooms the program has added. */
void hs_history_reset (HsHistory *self);
void hs_history_set_account (HsHistory *self, const char *account);
/* Takes the account from the client. If it is another one than before, its history begins anew. */
void hs_history_check_account (HsHistory *self);

/* hs-history-clock.c */
/* Asks the server for its time. */
void hs_history_ask_time (HsHistory *self);

/* hs-history-module.c */
void hs_history_module_init (HsModuleInterface *iface);

/* hs-history-save.c */
void hs_history_stateful_init (HsStatefulInterface *iface);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsHistoryArchive, hs_history_archive_unref)

G_END_DECLS
