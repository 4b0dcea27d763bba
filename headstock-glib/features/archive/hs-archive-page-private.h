/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-archive-page.h"
#include "hs-archive-query-private.h"
#include "hs-archive-shared.h"
#include "hs-element.h"

G_BEGIN_DECLS

struct _HsArchivePage
{
  GObject parent_instance;

  HsArchiveQuery *query; /* a copy, which is never changed */
  HsJid *archive;        /* NULL for the account's archive */
  GPtrArray *deliveries;
  GPtrArray *results; /* HsArchiveResult: also those without a delivery */
  GHashTable *at_end; /* keys of the messages at the end where the next page begins, if its id is a time; or NULL */
  GHashTable *again;  /* keys of the messages of earlier pages that the answer has again, or NULL */
  char *first_id;
  char *last_id;
  int count;
  gboolean is_complete;
  gboolean is_stable;
};

HsArchivePage *hs_archive_page_new (HsArchiveQuery *query, HsJid *archive);
/* Makes the page after another one. If the id between the two is a time, other messages may have the same id. Then the
 * page is requested from this time on. The answer has some messages again, which hs_archive_page_is_again() finds. */
HsArchivePage *hs_archive_page_new_next (HsArchivePage *previous);
/* How many messages the answer has again; 0 if the page is asked for by the id. */
guint hs_archive_page_count_again (HsArchivePage *self);
/* Whether an earlier page had the message. @delivery: NULL if it is not a message for the program */
gboolean hs_archive_page_is_again (HsArchivePage *self, const char *id, HsDelivery *delivery);
/* Returns the id where the next page begins, or NULL. */
const char *hs_archive_page_get_end (HsArchivePage *self);
/* Adds a result, whether or not it has a message for the program. @stamp: may be NULL. Takes over @delivery, which may
 * be NULL. */
void hs_archive_page_add (HsArchivePage *self, const char *id, GDateTime *stamp, HsDelivery *delivery);
/* Whether the end of a page says that it is the last one. */
gboolean hs_archive_is_complete (HsElement *fin);
/* The archive has sent the end of the page. @was_flipped: it sent the newest message first. */
void hs_archive_page_finish (HsArchivePage *self, HsElement *fin, gboolean was_flipped);

G_END_DECLS
