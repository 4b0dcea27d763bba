/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

#include "hs-gap.h"

G_BEGIN_DECLS

/* The state of one archive. Only an HsHistoryChange changes it, so that the same changes lead to the same state. It
 * uses no GObject, no clock and no network: the changes contain the times, in microseconds. */

/* A message is visible in the archive at most this long after its stamp. The server's clock may be set back by less. */
#define HS_HISTORY_SLACK (60 * G_TIME_SPAN_SECOND)
#define HS_HISTORY_NO_STAMP G_MININT64
/* How many ids of messages from the stream are kept: a resumption may bring these messages again, and so may a room
 * without an archive. */
#define HS_HISTORY_MAX_STREAM 1000
/* The first character of an id that was made here, for a message of a room without an archive. No archive has such an
 * id, because XML has no such character. */
#define HS_HISTORY_MADE_UP '\001'
/* How many messages of the account are kept whose id in the archive is not known yet. */
#define HS_HISTORY_MAX_OWN 1000
/* How many proven ids before the mark are kept: a run makes contact with one of them if the mark itself was deleted. */
#define HS_HISTORY_N_BEFORE 8

typedef struct
{
  char *id; /* NULL: there is none */
  gint64 stamp;
} HsHistoryPoint;

typedef struct
{
  char *id;
  gint64 stamp;       /* the archive's; HS_HISTORY_NO_STAMP: not known yet */
  gint64 when;        /* when the program was given it */
  guint leg;          /* the last leg of a run that has shown it; 0: none */
  GList stream;       /* its link in HsHistoryState.stream; the data is NULL if it is not in there */
  gboolean is_proven; /* the program has all of the archive up to this message, except for gaps */
} HsHistoryGiven;

/* The ids of messages that were given inside a gap, or near its ends. */
typedef struct
{
  char *id;
  gint64 stamp;
  gboolean is_before; /* when the gap was found, this was proven not to be later than the gap's beginning */
} HsHistoryGapId;

typedef struct
{
  guint serial;
  HsHistoryPoint after;  /* without an id: the gap begins with the archive, or where the archive was empty */
  HsHistoryPoint before; /* without an id: the gap has no end yet */
  HsGapReason reason;
  GHashTable *ids; /* HsHistoryGapId by id */
} HsHistoryGap;

typedef struct
{
  gboolean is_started;
  gint64 first_stamp;   /* of the first entry of the first start */
  HsHistoryPoint mark;  /* each message that is not later was given, or is inside a gap */
  GHashTable *given;    /* HsHistoryGiven by id */
  GQueue stream;        /* HsHistoryGiven, oldest first */
  GPtrArray *gaps;      /* HsHistoryGap, in the order found */
  guint next_serial;
  GQueue own;           /* char *: origin ids */
  GHashTable *own_ids;  /* by id: its link in @own */
} HsHistoryState;

typedef enum
{
  HS_HISTORY_CHANGE_GIVE,       /* a: the id and its stamp; number: the leg, or 0; flag: from the stream */
  HS_HISTORY_CHANGE_ARRIVE,     /* a: an id that was given before; the stream brought it */
  HS_HISTORY_CHANGE_SHOW,       /* a: an id that was given before; number: the leg that shows it */
  HS_HISTORY_CHANGE_PROVE,      /* number: a leg; a: what it has shown up to this stamp is proven */
  HS_HISTORY_CHANGE_MARK,       /* a: the new mark */
  HS_HISTORY_CHANGE_START,      /* a: the first entry, or none */
  HS_HISTORY_CHANGE_PRUNE,      /* forget ids that are older than needed */
  /* Forget the ids after a that were given before `when` and not shown since the leg `number`. */
  HS_HISTORY_CHANGE_UNSHOWN,
  HS_HISTORY_CHANGE_GAP_OPEN,   /* number: its serial; a, b: its ends; reason */
  HS_HISTORY_CHANGE_GAP_BEFORE, /* number; b: its new end */
  HS_HISTORY_CHANGE_GAP_REASON, /* number, reason */
  HS_HISTORY_CHANGE_GAP_CLOSE,  /* number */
  HS_HISTORY_CHANGE_OWN_SENT,   /* a: an origin id */
  HS_HISTORY_CHANGE_OWN_SHOWN,  /* a: an origin id */
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

static inline gboolean
hs_history_is_made_up (const char *id)
{
  return id != NULL && *id == HS_HISTORY_MADE_UP;
}

void hs_history_point_set (HsHistoryPoint *self, const char *id, gint64 stamp);
void hs_history_point_clear (HsHistoryPoint *self);

void hs_history_state_init (HsHistoryState *self);
void hs_history_state_clear (HsHistoryState *self);
void hs_history_state_copy (HsHistoryState *self, const HsHistoryState *from);

void hs_history_state_apply (HsHistoryState *self, const HsHistoryChange *change);

gboolean hs_history_state_knows (const HsHistoryState *self, const char *id);
/* Whether an entry is the point, or was proven not to be later than the point. @gap: the gap that begins at the point,
 * or NULL; an entry that was given inside it is later. */
gboolean hs_history_state_is_contact (const HsHistoryState *self,
                                      const HsHistoryPoint *point,
                                      const HsHistoryGap *gap,
                                      const char *id,
                                      gint64 stamp);
HsHistoryGap *hs_history_state_find_gap (const HsHistoryState *self, guint serial);
/* Returns the gap that begins at a point and has an end, or NULL. */
HsHistoryGap *hs_history_state_find_gap_after (const HsHistoryState *self, const HsHistoryPoint *after);
/* Returns the gap without an end, or NULL. */
HsHistoryGap *hs_history_state_find_open_gap (const HsHistoryState *self);
/* Returns the newest message up to a stamp that a leg has shown, or NULL. */
const HsHistoryGiven *hs_history_state_find_shown (const HsHistoryState *self, guint leg, gint64 until);
gboolean hs_history_state_is_own (const HsHistoryState *self, const char *origin_id);

/* For reading a saved state. */
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
