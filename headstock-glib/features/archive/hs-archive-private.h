/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-archive-page-private.h"
#include "hs-archive.h"
#include "hs-iq.h"
#include "hs-messages-shared.h"

G_BEGIN_DECLS

/* What hs-archive*.c share. */

/* What a page may have at most, where less was asked for: a server may give what it likes. */
#define HS_ARCHIVE_MAX_RESULTS 1000

/* What an archive can do beyond what each can, known for a session. */
typedef struct
{
  gboolean is_known;    /* its features */
  gboolean is_extended; /* urn:xmpp:mam:2#extended */
  gboolean has_form;    /* @text_field is known */
  char *text_field;     /* by which it searches for words; NULL: it does not */
} HsArchiveAbility;

/* A page that is asked for, or waits to be. */
typedef struct
{
  HsArchive *archive; /* kept */
  GTask *task;        /* NULL: it has been cancelled, and what still comes is thrown away */
  HsArchivePage *page;
  HsArchivePage *previous; /* or NULL */
  GSource *cancelled;      /* or NULL */
  HsMessages *reader;      /* while it is asked */
  char *query_id;          /* likewise */
  gboolean is_flipped;     /* the archive sends the newest first */
  GError *error;           /* what came is wrong */
} HsArchiveAsk;

struct _HsArchive
{
  GObject parent_instance;

  HsClient *client;      /* weak */
  GHashTable *abilities; /* address, "" for the account's -> HsArchiveAbility */
  GQueue waiting;        /* HsArchiveAsk */
  GPtrArray *asked;      /* HsArchiveAsk, each of another archive */
};

/* hs-archive-ask.c */
/* Takes over @task, @page. */
void hs_archive_ask (HsArchive *self, GTask *task, HsArchivePage *page, HsArchivePage *previous);
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
