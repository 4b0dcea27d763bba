/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-element.h"
#include "hs-roster-item-private.h"

G_BEGIN_DECLS

/* A push: what has become of one item (RFC 6121, 2.1.6). */
typedef struct
{
  HsRosterItem *item;
  gboolean is_removal;
  char *version; /* or NULL */
} HsRosterPush;

/* Items of a push that have been taken out of it before it was complete. */
typedef struct
{
  guint n_items;
  HsRosterItem *item; /* the last one, or NULL */
  gboolean is_removal;
} HsRosterPushed;

void hs_roster_pushed_add (HsRosterPushed *self, HsElement *item);
void hs_roster_pushed_clear (HsRosterPushed *self);

/* Whether @query is that of a push or an answer, of the type @type: the only child of a whole iq. */
gboolean hs_roster_is_query (HsElement *query, const char *type);
/* What a complete push says; NULL: it is not a valid one. Empties @pushed. */
HsRosterPush *hs_roster_push_new (HsElement *iq, HsRosterPushed *pushed);
void hs_roster_push_free (HsRosterPush *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsRosterPush, hs_roster_push_free)

G_END_DECLS
