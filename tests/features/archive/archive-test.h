/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-test.h"

/* A client that asks archives, whose server says what a test wants. The account is user@example.org/res. */

typedef struct
{
  TestClient *test;
  HsArchive *archive;
  HsMessages *messages; /* or NULL */
  guint n_received;     /* by it */
  guint n_rejected;     /* by it */
  guint n_messages;     /* the client's signal */
  GAsyncResult *result; /* of what was asked last */
  /* The last question that the server got. */
  char *sent;
  char *id;
  char *query_id;
} ArchiveTest;

/* Signed in. */
void archive_set_up (ArchiveTest *f, gboolean has_messages);
void archive_tear_down (ArchiveTest *f);

void archive_result_cb (GObject *source, GAsyncResult *result, gpointer test);
/* Asks, for the first page or the next one; the server has it when this returns. */
void archive_ask (ArchiveTest *f, HsArchiveQuery *query);
void archive_ask_next (ArchiveTest *f, HsArchivePage *page);
/* Waits for a question with these texts, and reads it. @to may be NULL. */
void archive_await (ArchiveTest *f, const char *payload, const char *to);
/* Likewise, and lets what the server has got stay, to be waited for. */
void archive_find (ArchiveTest *f, const char *payload, const char *to);
/* Says something, where @ID@ is that of the question, and @Q@ that of its results. */
void archive_say (ArchiveTest *f, const char *text);
/* Waits for what comes of it. */
HsArchivePage *archive_finish (ArchiveTest *f, GError **error);
HsArchivePage *archive_finish_next (ArchiveTest *f, GError **error);
/* Answers a question about features. */
void archive_answer_features (ArchiveTest *f, const char *jid, const char *features);
/* The first attribute of a name in a text. */
char *archive_dup_attribute (const char *text, const char *name);
/* The page's bodies, each with its id: "ID'BODY' ". */
char *archive_dup_bodies (HsArchivePage *page);
#define archive_assert(page, expected)                                                             \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *bodies_ = archive_dup_bodies (page);                                          \
    g_assert_cmpstr (bodies_, ==, expected);                                                       \
  }                                                                                                \
  G_STMT_END

#define FORWARDED(stamp, inner)                                                                    \
  "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='" stamp "'/>" inner  \
  "</forwarded>"
#define INNER(from, to, body)                                                                      \
  "<message xmlns='jabber:client' from='" from "' to='" to "' type='chat'><body>" body "</body></message>"
#define RESULT_OF(from, queryid, id, inner)                                                        \
  "<message" from " to='user@example.org/res'><result xmlns='urn:xmpp:mam:2' queryid='" queryid "' id='" id "'>" \
      FORWARDED ("2026-01-02T03:04:05.678901Z", inner) "</result></message>"
#define RESULT(id, body)                                                                           \
  RESULT_OF ("", "@Q@", id, INNER ("juliet@example.com/balcony", "user@example.org", body))
#define FIN(attributes, set)                                                                       \
  "<iq type='result' id='@ID@'><fin xmlns='urn:xmpp:mam:2'" attributes ">"                         \
  "<set xmlns='http://jabber.org/protocol/rsm'>" set "</set></fin></iq>"
#define ENDS(first, last) "<first>" first "</first><last>" last "</last>"
#define DONE FIN (" complete='true'", "")
