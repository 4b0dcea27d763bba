/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-element.h"
#include "hs-roster-item-private.h"

G_BEGIN_DECLS

/* A roster push: the new content of one item (RFC 6121, 2.1.6). */
typedef struct
{
  HsRosterItem *item;
  gboolean is_removal;
  char *version; /* or NULL */
} HsRosterPush;

/* Whether @query is the only child of an iq of the type @type: of a push or an answer. */
gboolean hs_roster_is_query (HsElement *query, const char *type);
/* Reads a push. Returns NULL if it is not valid. */
HsRosterPush *hs_roster_push_new (HsElement *iq);
void hs_roster_push_free (HsRosterPush *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsRosterPush, hs_roster_push_free)

G_END_DECLS
