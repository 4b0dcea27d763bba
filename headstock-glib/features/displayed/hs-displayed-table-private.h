/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-jid.h"

G_BEGIN_DECLS

/* How far each chat has been displayed. A position only moves forward: later is the greater time, then the order in which
 * messages came in this session. */

/* How many of the last messages are known by time and order. */
#define HS_DISPLAYED_MAX_KNOWN 2000

/* Where a message stands among the others. */
typedef struct
{
  gint64 time;   /* usec since 1970, or 0 where it is not known */
  guint64 order; /* in this session; 0 for a message that did not come in it */
} HsDisplayedPlace;

typedef struct
{
  char *peer;
  HsJid *archive;      /* NULL: no position yet */
  char *id;            /* in @archive */
  char *published;     /* the id that the account is known to have published, or NULL */
  HsDisplayedPlace at; /* of the message; without a time: of when another device told of it */
  HsDisplayedPlace marked; /* of the last message that a marker was sent for */
  gboolean is_publishing;
} HsDisplayedPosition;

typedef struct
{
  GHashTable *positions; /* peer -> HsDisplayedPosition */
  GHashTable *known;     /* "archive id" -> HsDisplayedPlace */
  GQueue keys;           /* of @known, the oldest first */
  guint64 next_order;
} HsDisplayedTable;

void hs_displayed_table_init (HsDisplayedTable *self);
void hs_displayed_table_clear (HsDisplayedTable *self);
void hs_displayed_table_remove_all (HsDisplayedTable *self);

/* A message of the chat with @peer came in. TRUE: the position was of this message, and now its time is known. */
gboolean hs_displayed_table_remember (HsDisplayedTable *self,
                                      const char *peer,
                                      HsJid *archive,
                                      const char *id,
                                      gint64 time);
/* Where a message stands, by what is remembered of it; @time is what it says itself. */
HsDisplayedPlace hs_displayed_table_find_place (HsDisplayedTable *self, HsJid *archive, const char *id, gint64 time);

HsDisplayedPosition *hs_displayed_table_lookup (HsDisplayedTable *self, const char *peer);
HsDisplayedPosition *hs_displayed_table_ensure (HsDisplayedTable *self, const char *peer);
/* Whether a message comes after all that was displayed. */
gboolean hs_displayed_position_is_before (const HsDisplayedPosition *self, HsDisplayedPlace place);
void hs_displayed_position_move (HsDisplayedPosition *self, HsJid *archive, const char *id, HsDisplayedPlace place);
/* Whether the account's other devices are still to be told. */
gboolean hs_displayed_position_is_news (const HsDisplayedPosition *self);

/* Another device says how far it has displayed a chat: just now (@is_live), or at some time before this session. TRUE: the
 * position has moved. */
gboolean hs_displayed_table_take_told (HsDisplayedTable *self,
                                       const char *peer,
                                       HsJid *archive,
                                       const char *id,
                                       gboolean is_live);

G_END_DECLS
