/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-history-log-private.h"

G_BEGIN_DECLS

/* Catches up with an archive: decides what to request, and what follows from each answer. It sends its requests through
 * callbacks, one after another, and uses no clock and no network. */

/* One of an archive's results. */
typedef struct
{
  char *id;
  gint64 stamp;
  gpointer message; /* the owner's; NULL: nothing that a program is given */
} HsHistoryEntry;

typedef struct
{
  gint64 start;        /* from this stamp on, or HS_HISTORY_NO_STAMP */
  const char *after;   /* the page after this id, or NULL */
  const char *before;  /* the page before this id; "": the newest page; NULL: the first */
  guint max;
} HsHistoryQuestion;

typedef enum
{
  HS_HISTORY_RUN_DONE,   /* caught up */
  HS_HISTORY_RUN_LIMIT,  /* caught up but for a gap, as the settings want it */
  HS_HISTORY_RUN_FAILED, /* in vain three times */
} HsHistoryRunOutcome;

typedef struct
{
  /* Answered later by hs_history_run_answer(), in the order of the requests: the requests of one call are sent in one
   * write. */
  void (*ask) (const HsHistoryQuestion *question, gpointer owner);
  /* Gives an entry that is new. The owner adds it to the log: by hs_history_log_deliver() where the program gets it. */
  void (*give) (const HsHistoryEntry *entry, guint leg, gpointer owner);
  /* A gap was found, has changed or is closed. */
  void (*gap_changed) (guint serial, gpointer owner);
  void (*ended) (HsHistoryRunOutcome outcome, gpointer owner);
} HsHistoryRunCallbacks;

typedef enum
{
  HS_HISTORY_RUN_IDLE,
  HS_HISTORY_RUN_STARTING, /* the newest page, in the first start */
  HS_HISTORY_RUN_LOOKING,  /* the newest entry */
  HS_HISTORY_RUN_PAGING,
  HS_HISTORY_RUN_PROVING, /* whether the first entry is still there */
  HS_HISTORY_RUN_ENDING,  /* likewise, after the last page */
  HS_HISTORY_RUN_LAST,    /* whether the last entry is still there */
  HS_HISTORY_RUN_NEWEST,  /* the newest page */
  HS_HISTORY_RUN_BACK,    /* the pages before it */
  HS_HISTORY_RUN_FIRST,   /* whether the oldest entry that was seen is the archive's first */
} HsHistoryRunPhase;

/* For each run. */
typedef struct
{
  gboolean newest_first;
  guint page_size;
  guint limit;       /* of messages, newest first; 0: none */
  gint64 oldest;     /* nothing before this stamp, or HS_HISTORY_NO_STAMP */
  guint pages_a_proof;
  guint pages_a_leg;
} HsHistoryRunSettings;

typedef struct
{
  const HsHistoryRunCallbacks *callbacks;
  gpointer owner;
  HsHistoryLog *log;
  HsHistoryRunSettings settings;
  HsHistoryRunPhase phase;
  guint life; /* another one with each begin and stop: whoever calls out compares */

  gint64 now; /* of the last call */
  gint64 began;
  guint attempts; /* in vain */
  guint leg;      /* never the same twice in one log */
  guint first_leg;
  gint64 first_start; /* of the first leg */

  /* of this leg */
  HsHistoryPoint from; /* the mark when it began */
  gint64 start;
  gint64 settled; /* entries up to this stamp are all there */
  gboolean is_empty;
  gboolean has_contact;
  guint pages;
  guint unproven_pages;
  gboolean has_asked_on; /* for the next page, along with a proof */
  HsHistoryPoint first;
  HsHistoryPoint last;
  gint64 newest_shown;
  HsHistoryPoint candidate; /* for the mark, newest first */

  /* newest first */
  guint gap;       /* the serial of the one that is being closed; 0: none */
  guint n_given;
  guint max_given; /* 0: no limit */
  gboolean is_fill;
  gboolean has_marked;
} HsHistoryRun;

void hs_history_run_init (HsHistoryRun *self, const HsHistoryRunCallbacks *callbacks, gpointer owner, HsHistoryLog *log);
void hs_history_run_clear (HsHistoryRun *self);

void hs_history_run_begin (HsHistoryRun *self, const HsHistoryRunSettings *settings, gint64 now);
/* Only closes one gap, from its end, with at most @max messages (0: no limit). */
void hs_history_run_begin_fill (HsHistoryRun *self, const HsHistoryRunSettings *settings, guint serial, guint max, gint64 now);
/* The session is lost, or the program does not want it any more. Nothing is lost by it. */
void hs_history_run_stop (HsHistoryRun *self);
gboolean hs_history_run_is_going (const HsHistoryRun *self);

/* @entries: HsHistoryEntry, oldest first. */
void hs_history_run_answer (HsHistoryRun *self, GPtrArray *entries, gint64 now);
/* The archive does not know the id that was named. Other errors end the run: hs_history_run_stop(). */
void hs_history_run_answer_not_found (HsHistoryRun *self, gint64 now);

G_END_DECLS
