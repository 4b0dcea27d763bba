/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-jid.h"

G_BEGIN_DECLS

/* How far each chat has been displayed. A position only moves forward. Of two messages, the one with the greater time
 * is later; where the times are equal, the one that arrived later in this session. */

/* How many messages are remembered with their time and order, the latest ones. */
#define HS_DISPLAYED_MAX_KNOWN 2000

/* The place of a message among the others. */
typedef struct
{
  gint64 time;   /* microseconds since 1970, or 0 if not known */
  guint64 order; /* of arrival in this session; 0 if it did not arrive in it */
} HsDisplayedPlace;

typedef struct
{
  char *peer;
  HsJid *archive;      /* NULL: no position yet */
  char *id;            /* in @archive */
  char *published;     /* the id that the account is known to have published, or NULL */
  HsDisplayedPlace at; /* of the message; without a time, the order is that of the other device's news */
  HsDisplayedPlace marked; /* of the last message for which a marker was sent */
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

/* Remembers a message that arrived in the chat with @peer. Returns TRUE if the position is at this message and gets its
 * time from it. */
gboolean hs_displayed_table_remember (HsDisplayedTable *self,
                                      const char *peer,
                                      HsJid *archive,
                                      const char *id,
                                      gint64 time);
/* Returns the remembered place of a message, or one with @time, the time in the message, where it is not remembered. */
HsDisplayedPlace hs_displayed_table_find_place (HsDisplayedTable *self, HsJid *archive, const char *id, gint64 time);

HsDisplayedPosition *hs_displayed_table_lookup (HsDisplayedTable *self, const char *peer);
HsDisplayedPosition *hs_displayed_table_ensure (HsDisplayedTable *self, const char *peer);
/* An earlier run had this position, and had published @published, or NULL. What this run knows may be later. */
HsDisplayedPosition *hs_displayed_table_restore (HsDisplayedTable *self,
                                                 const char *peer,
                                                 HsJid *archive,
                                                 const char *id,
                                                 const char *published,
                                                 gint64 time);
/* Whether a message at @place comes after everything that was displayed. */
gboolean hs_displayed_position_is_before (const HsDisplayedPosition *self, HsDisplayedPlace place);
void hs_displayed_position_move (HsDisplayedPosition *self, HsJid *archive, const char *id, HsDisplayedPlace place);
/* Whether the position has not been published to the account's other devices yet. */
gboolean hs_displayed_position_is_news (const HsDisplayedPosition *self);

/* Another device has displayed a chat up to a message: just now (@is_live), or at some time before this session.
 * Returns TRUE if the position has moved. */
gboolean hs_displayed_table_take_told (HsDisplayedTable *self,
                                       const char *peer,
                                       HsJid *archive,
                                       const char *id,
                                       gboolean is_live);

G_END_DECLS
