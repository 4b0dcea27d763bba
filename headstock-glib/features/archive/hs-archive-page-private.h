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

  HsArchiveQuery *query; /* a copy, which nobody changes */
  HsJid *archive;        /* NULL: the account's */
  GPtrArray *deliveries;
  GPtrArray *results; /* HsArchiveResult: with those that are left out */
  char *first_id;
  char *last_id;
  int count;
  gboolean is_complete;
  gboolean is_stable;
};

HsArchivePage *hs_archive_page_new (HsArchiveQuery *query, HsJid *archive);
/* A result came, whether or not it is a message. @stamp: may be NULL. Takes over @delivery, which may be NULL. */
void hs_archive_page_add (HsArchivePage *self, const char *id, GDateTime *stamp, HsDelivery *delivery);
/* The archive has said that this was the page. @was_flipped: it sent the newest first. */
void hs_archive_page_finish (HsArchivePage *self, HsElement *fin, gboolean was_flipped);


G_END_DECLS
