/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-history.h"

#include "hs-archive-shared.h"
#include "hs-gap-private.h"
#include "hs-history-keeper-private.h"
#include "hs-messages-shared.h"
#include "hs-module.h"
#include "hs-stateful.h"

G_BEGIN_DECLS

/* The structs and functions that hs-history*.c share. */

typedef struct _HsHistoryFill HsHistoryFill;

/* One archive of the history. */
typedef struct
{
  HsHistory *history; /* NULL: it has been removed */
  HsJid *jid;         /* NULL: the account's, which is not known yet */
  gboolean is_own;
  gboolean is_added; /* by the program, and not only by a state */
  HsHistoryKeeper keeper;
  gboolean is_kept;  /* messages are asked about */
  gboolean is_begun; /* in this session; a room's: since it was joined */

  /* Of the result that is being delivered; 0 and HS_HISTORY_NO_STAMP for a message from the stream. */
  guint leg;
  gint64 stamp;

  GQueue asked;       /* questions without an answer, in their order; each keeps this */
  gboolean is_taking; /* an answer */

  GQueue fills;           /* HsHistoryFill: those that wait; each has a task, which keeps the history */
  HsHistoryFill *filling; /* or NULL */
  const GError *failure; /* of the question that is being given up; or NULL */
} HsHistoryArchive;

struct _HsHistory
{
  GObject parent_instance;

  HsClient *client;   /* weak */
  HsMessages *messages; /* while there is a client */
  HsArchive *archive;   /* likewise */
  char *account;        /* the bare JID of the account that the state belongs to; or NULL */
  HsHistoryArchive *own;
  GPtrArray *archives; /* HsHistoryArchive; with @own */
  GListStore *gaps;

  HsHistoryOrder order;
  guint page_size;
  guint limit;
  guint max_age;

  gboolean has_session;
  gboolean is_available; /* as in the last presence */
  GSource *timer;
  gint64 due; /* of @timer */
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
/* NULL: the account's. Returns: (transfer none) (nullable) */
HsHistoryArchive *hs_history_find_by_address (HsHistory *self, const char *address);
/* @func may add and remove archives. */
void hs_history_for_each (HsHistory *self, void (*func) (HsHistoryArchive *archive));

/* hs-history-timer.c */
void hs_history_schedule (HsHistory *self);
void hs_history_stop_timer (HsHistory *self);
/* There may be something to store, or another time to wait for. */
void hs_history_changed (HsHistory *self);

/* hs-history-archive.c */
/* @jid: NULL: the account's. */
HsHistoryArchive *hs_history_archive_new (HsHistory *history, HsJid *jid, gboolean is_own);
void hs_history_archive_apply_settings (HsHistoryArchive *self);
/* From now on messages are asked about; until then. */
void hs_history_archive_keep (HsHistoryArchive *self);
void hs_history_archive_give_up (HsHistoryArchive *self);
/* A session, or a stay in a room. */
void hs_history_archive_begin (HsHistoryArchive *self);
void hs_history_archive_end (HsHistoryArchive *self);
/* Lets go of the history. */
void hs_history_archive_remove (HsHistoryArchive *self);
void hs_history_archive_show_gap (HsHistoryArchive *self, guint serial, gboolean is_news);
/* At most @max messages, or 0. */
void hs_history_archive_fill (HsHistoryArchive *self, GTask *task, HsGap *gap, guint max);

/* hs-history-archives.c */
/* A room's; it is added where it is not there. (transfer full): who is told of what it asks may remove it. */
HsHistoryArchive *hs_history_take_archive (HsHistory *self, HsJid *room);
void hs_history_drop_archive (HsHistory *self, HsHistoryArchive *archive);
/* From now on messages are asked about, and the archive where there is a session. */
void hs_history_keep (HsHistoryArchive *archive);
/* Forgets everything but which rooms the program has added. */
void hs_history_reset (HsHistory *self);
/* Whose history it is. */
void hs_history_set_account (HsHistory *self, const char *account);
/* Another account has another history. */
void hs_history_check_account (HsHistory *self);

/* hs-history-clock.c */
/* Asks what time it is there. */
void hs_history_ask_time (HsHistory *self);

/* hs-history-module.c */
void hs_history_module_init (HsModuleInterface *iface);

/* hs-history-save.c */
void hs_history_stateful_init (HsStatefulInterface *iface);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsHistoryArchive, hs_history_archive_unref)

G_END_DECLS
