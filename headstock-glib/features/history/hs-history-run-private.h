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
  gpointer message; /* the owner's; NULL if the program is not given this entry */
} HsHistoryEntry;

typedef struct
{
  gint64 start;        /* from this stamp on, or HS_HISTORY_NO_STAMP */
  const char *after;   /* the page after this id, or NULL */
  const char *before;  /* the page before this id; "": the newest page; NULL: the first */
  gboolean is_wide;    /* the id is a time (hs_history_twins_is_time()): with the entries of that time */
  guint max;
} HsHistoryQuestion;

typedef enum
{
  HS_HISTORY_RUN_DONE,   /* caught up */
  HS_HISTORY_RUN_LIMIT,  /* caught up, except for a gap that a limit of the settings leaves */
  HS_HISTORY_RUN_FAILED, /* given up after HS_HISTORY_MAX_ATTEMPTS attempts */
} HsHistoryRunOutcome;

typedef struct
{
  /* Asks the archive. The owner answers later with hs_history_run_answer(), in the order of the questions. Several
   * questions of one call are sent in one write. */
  void (*ask) (const HsHistoryQuestion *question, gpointer owner);
  /* Gives an entry that is new. The owner adds it to the log, with hs_history_log_deliver() if the program gets it. */
  void (*give) (const HsHistoryEntry *entry, guint leg, gpointer owner);
  /* A gap was found, has changed or is closed. */
  void (*gap_changed) (guint serial, gpointer owner);
  void (*ended) (HsHistoryRunOutcome outcome, gpointer owner);
} HsHistoryRunCallbacks;

typedef enum
{
  HS_HISTORY_RUN_IDLE,
  /* Waits for: */
  HS_HISTORY_RUN_STARTING, /* the newest page, at the first start */
  HS_HISTORY_RUN_LOOKING,  /* the newest entry */
  HS_HISTORY_RUN_PAGING,   /* the next page */
  HS_HISTORY_RUN_PROVING,  /* whether the first entry is still there */
  HS_HISTORY_RUN_ENDING,   /* likewise, after the last page */
  HS_HISTORY_RUN_LAST,     /* whether the last entry is still there */
  HS_HISTORY_RUN_NEWEST,   /* the newest page */
  HS_HISTORY_RUN_BACK,     /* the page before the one that came last */
  HS_HISTORY_RUN_FIRST,    /* whether the oldest entry that was seen is the archive's first */
} HsHistoryRunPhase;

/* The settings of a run. */
typedef struct
{
  gboolean newest_first;
  guint page_size;
  guint limit;         /* how many messages a run gives at most, newest first; 0: no limit */
  gint64 oldest;       /* nothing before this stamp is given; or HS_HISTORY_NO_STAMP */
  guint pages_a_proof; /* after how many pages a proof is asked for */
  guint pages_a_leg;   /* after how many pages another leg begins */
} HsHistoryRunSettings;

typedef struct
{
  const HsHistoryRunCallbacks *callbacks;
  gpointer owner;
  HsHistoryLog *log;
  HsHistoryRunSettings settings;
  HsHistoryRunPhase phase;
  guint life; /* changes whenever the run begins or stops: compared after each callback */

  gint64 now; /* of the last call */
  gint64 began;
  guint attempts; /* how often the run began again without progress */
  gboolean is_strict; /* the archive refuses ids that no entry has */
  guint leg;      /* the number of the present leg: pages from one mark to the next; no other leg of this log has it */
  guint first_leg;
  gint64 first_start; /* of the first leg */

  /* of this leg */
  HsHistoryPoint from; /* the mark when it began */
  gint64 start;
  gint64 settled;       /* the archive gets no more entries up to this stamp */
  gboolean is_empty;    /* the archive has no entries */
  gboolean has_contact; /* an entry was found that is not later than @from: nothing is missing in between */
  guint pages;
  guint unproven_pages;
  gboolean has_asked_on; /* the next page was asked for along with a proof */
  gboolean is_wide;      /* the question for the next page is */
  gint64 widened;        /* the stamp that was asked for by the last such question, or HS_HISTORY_NO_STAMP */
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
/* Stops the run, which can begin again later: what it has done is in the log. */
void hs_history_run_stop (HsHistoryRun *self);
gboolean hs_history_run_is_going (const HsHistoryRun *self);

/* @entries: HsHistoryEntry, oldest first. */
void hs_history_run_answer (HsHistoryRun *self, GPtrArray *entries, gint64 now);
/* The archive does not know the id in the question. After other errors, the owner calls hs_history_run_stop(). */
void hs_history_run_answer_not_found (HsHistoryRun *self, gint64 now);

G_END_DECLS
