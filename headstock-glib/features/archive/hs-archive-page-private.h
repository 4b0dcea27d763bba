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
  char *first_id;
  char *last_id;
  int count;
  gboolean is_complete;
  gboolean is_stable;
};

HsArchivePage *hs_archive_page_new (HsArchiveQuery *query, HsJid *archive);
/* Adds a result, whether or not it has a message for the program. @stamp: may be NULL. Takes over @delivery, which may
 * be NULL. */
void hs_archive_page_add (HsArchivePage *self, const char *id, GDateTime *stamp, HsDelivery *delivery);
/* The archive has sent the end of the page. @was_flipped: it sent the newest message first. */
void hs_archive_page_finish (HsArchivePage *self, HsElement *fin, gboolean was_flipped);


G_END_DECLS
