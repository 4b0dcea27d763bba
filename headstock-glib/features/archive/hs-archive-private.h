/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-archive-page-private.h"
#include "hs-archive.h"
#include "hs-iq.h"
#include "hs-messages-shared.h"

G_BEGIN_DECLS

/* The structs and functions that hs-archive*.c share. */

/* How many results a page may have at most: a server may send more than was asked for. */
#define HS_ARCHIVE_MAX_RESULTS 1000

/* The optional features of an archive. They are known for one session. */
typedef struct
{
  gboolean is_known;    /* its features */
  gboolean is_extended; /* urn:xmpp:mam:2#extended */
  gboolean has_form;    /* @text_field is known */
  char *text_field;     /* the field for full-text search, or NULL if there is none */
} HsArchiveAbility;

/* A request for a page, in flight or waiting. */
typedef struct
{
  HsArchive *archive; /* kept */
  GTask *task;        /* NULL after it was cancelled: the rest of the answer is dropped */
  HsArchivePage *page;
  HsArchivePage *previous; /* or NULL */
  GSource *cancelled;      /* or NULL */
  HsMessages *reader;      /* while the request is in flight */
  char *query_id;          /* likewise */
  gboolean keeps_up;       /* HsHistory asks: two of these may be in flight to one archive */
  gboolean is_flipped;     /* the archive sends the newest first */
  guint n_again;           /* how many results an earlier page had */
  gboolean is_astray;      /* a result is outside the time that was asked for */
  GError *error;           /* a fault in the results */
} HsArchiveAsk;

struct _HsArchive
{
  GObject parent_instance;

  HsClient *client;      /* weak */
  GHashTable *abilities; /* address, "" for the account's -> HsArchiveAbility */
  GQueue waiting;        /* HsArchiveAsk */
  GPtrArray *asked;      /* HsArchiveAsk: those in flight */
};

/* hs-archive-ask.c */
/* Takes over @task, @page. */
void hs_archive_ask (HsArchive *self, GTask *task, HsArchivePage *page, HsArchivePage *previous, gboolean keeps_up);
/* Ends all calls: the archive is not registered any more. */
void hs_archive_fail_all (HsArchive *self);
/* The handler for results. */
HsElement *hs_archive_result_cb (HsClient *client, HsElement *element, gpointer user_data);

/* hs-archive-abilities.c */
HsArchiveAbility *hs_archive_get_ability (HsArchive *self, HsJid *archive);
void hs_archive_ability_free (gpointer ability);
/* Ends @task, which it takes over, with a boolean when hs_archive_get_ability() is known: its features, and with
 * @form what its form has. What cannot be learned is not there. */
void hs_archive_learn (HsArchive *self, HsJid *archive, gboolean form, GTask *task);

/* hs-archive-form.c */
/* The payload of a query for one page. */
HsElement *hs_archive_make_query (HsArchiveAsk *ask, const HsArchiveAbility *ability);
/* The first field that is asked for and that the archive does not have. NULL: it has all. */
const char *hs_archive_find_missing (HsArchiveQuery *query, const HsArchiveAbility *ability);

/* hs-archive-metadata-ask.c */
void hs_archive_ask_metadata (HsArchive *self, HsJid *archive, GTask *task);

/* The archive's address as an error calls it. */
const char *hs_archive_describe (HsJid *archive);

G_END_DECLS
