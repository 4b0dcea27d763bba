/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "hs-gap.h"

G_BEGIN_DECLS

/* The state of one archive. Only an HsHistoryChange changes it, so that the same changes give the same state. It uses
 * no GObject, no clock and no network: the changes contain the times, in microseconds. */

/* A message is in the archive this long after its stamp at the latest, and the server's clock steps back by less. */
#define HS_HISTORY_SLACK (60 * G_TIME_SPAN_SECOND)
#define HS_HISTORY_NO_STAMP G_MININT64
/* Ids that the stream brought, which a resumption may bring again. */
#define HS_HISTORY_MAX_STREAM 1000
/* Own messages whose id in the archive is not known yet. */
#define HS_HISTORY_MAX_OWN 1000
/* Proven ids that are kept although they are older than needed: contact where the mark itself has been deleted. */
#define HS_HISTORY_N_BEFORE 8

typedef struct
{
  char *id; /* NULL: there is none */
  gint64 stamp;
} HsHistoryPoint;

typedef struct
{
  char *id;
  gint64 stamp;  /* the archive's; HS_HISTORY_NO_STAMP: not known yet */
  gint64 when;   /* when the program got it */
  guint leg;     /* the last leg of a run that has shown it; 0: none */
  GList stream;  /* in HsHistoryState.stream; data is NULL where it is not in there */
  gboolean is_proven;
} HsHistoryGiven;

/* The ids of messages that were given inside a gap, or near its ends. */
typedef struct
{
  char *id;
  gint64 stamp;
  gboolean is_before; /* it was proven not to be later than the gap's beginning when the gap was found */
} HsHistoryGapId;

typedef struct
{
  guint serial;
  HsHistoryPoint after;  /* no id: from the beginning, or from where the archive was empty */
  HsHistoryPoint before; /* no id: it has no end yet */
  HsGapReason reason;
  GHashTable *ids; /* id -> HsHistoryGapId */
} HsHistoryGap;

typedef struct
{
  gboolean is_started;
  gint64 first_stamp;   /* of the first entry of the first start */
  HsHistoryPoint mark;  /* all that is not later has been given, or is inside a gap */
  GHashTable *given;    /* id -> HsHistoryGiven */
  GQueue stream;        /* HsHistoryGiven, oldest first */
  GPtrArray *gaps;      /* HsHistoryGap, in the order found */
  guint next_serial;
  GQueue own;           /* char *: origin ids */
  GHashTable *own_ids;  /* id -> its link in own */
} HsHistoryState;

typedef enum
{
  HS_HISTORY_CHANGE_GIVE,       /* a: the id and its stamp; number: the leg, or 0; flag: from the stream */
  HS_HISTORY_CHANGE_ARRIVE,     /* a: an id that was given before; the stream brought it */
  HS_HISTORY_CHANGE_SHOW,       /* a: an id that was given before; number: the leg that shows it */
  HS_HISTORY_CHANGE_PROVE,      /* number: a leg; a: what it has shown up to this stamp is proven */
  HS_HISTORY_CHANGE_MARK,       /* a */
  HS_HISTORY_CHANGE_START,      /* a: the first entry, or none */
  HS_HISTORY_CHANGE_PRUNE,      /* forget ids that are older than needed */
  HS_HISTORY_CHANGE_UNSHOWN,    /* number: a run's first leg; a: its start; when: given before, not shown: forgotten */
  HS_HISTORY_CHANGE_GAP_OPEN,   /* number: its serial; a, b: its ends; reason */
  HS_HISTORY_CHANGE_GAP_BEFORE, /* number; b: its new end */
  HS_HISTORY_CHANGE_GAP_REASON, /* number, reason */
  HS_HISTORY_CHANGE_GAP_CLOSE,  /* number */
  HS_HISTORY_CHANGE_OWN_SENT,   /* a: an origin id */
  HS_HISTORY_CHANGE_OWN_SHOWN,  /* a */
} HsHistoryChangeKind;

typedef struct
{
  HsHistoryChangeKind kind;
  guint number;
  HsGapReason reason;
  gboolean flag;
  HsHistoryPoint a;
  HsHistoryPoint b;
  gint64 when;
} HsHistoryChange;

void hs_history_point_set (HsHistoryPoint *self, const char *id, gint64 stamp);
void hs_history_point_clear (HsHistoryPoint *self);

void hs_history_state_init (HsHistoryState *self);
void hs_history_state_clear (HsHistoryState *self);
void hs_history_state_copy (HsHistoryState *self, const HsHistoryState *from);

void hs_history_state_apply (HsHistoryState *self, const HsHistoryChange *change);

gboolean hs_history_state_knows (const HsHistoryState *self, const char *id);
/* Whether an entry is the point, or was proven not to be later. @gap: what was given inside it, above the point, is
 * not. NULL: there is none. */
gboolean hs_history_state_is_contact (const HsHistoryState *self,
                                      const HsHistoryPoint *point,
                                      const HsHistoryGap *gap,
                                      const char *id,
                                      gint64 stamp);
HsHistoryGap *hs_history_state_find_gap (const HsHistoryState *self, guint serial);
/* Return the gap that begins there and has an end; the gap without an end. Both may be NULL. */
HsHistoryGap *hs_history_state_find_gap_after (const HsHistoryState *self, const HsHistoryPoint *after);
HsHistoryGap *hs_history_state_find_open_gap (const HsHistoryState *self);
/* The newest that a leg has shown up to a stamp. NULL: none. */
const HsHistoryGiven *hs_history_state_find_shown (const HsHistoryState *self, guint leg, gint64 until);
gboolean hs_history_state_is_own (const HsHistoryState *self, const char *origin_id);

/* Adds a gap with the ends of @gap; for loading. */
HsHistoryGap *hs_history_gap_new (guint serial,
                                  const HsHistoryPoint *after,
                                  const HsHistoryPoint *before,
                                  HsGapReason reason);
void hs_history_gap_add_id (HsHistoryGap *self, const char *id, gint64 stamp, gboolean is_before);
HsHistoryGiven *hs_history_state_add_given (HsHistoryState *self,
                                            const char *id,
                                            gint64 stamp,
                                            gint64 when,
                                            gboolean from_stream);

G_END_DECLS
