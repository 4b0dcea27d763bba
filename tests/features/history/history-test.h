/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "archive-test.h"

/* A client that keeps up with the account's archive, whose server says what a test wants. */

typedef struct
{
  ArchiveTest base;
  HsMessages *messages;
  HsHistory *history;
  GString *told; /* what the program was given, and told */
  HsDelivery *last;
  GQueue asked; /* questions that have not been answered */
} HistoryTest;

#define AT(minute, id, body)                                                                       \
  "<message to='user@example.org/res'><result xmlns='urn:xmpp:mam:2' queryid='@Q@' id='" id "'>"   \
  "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:" minute ":00Z'/>" \
  INNER ("juliet@example.com/balcony", "user@example.org", body) "</forwarded></result></message>"
#define NO_MESSAGE(minute, id)                                                                     \
  "<message to='user@example.org/res'><result xmlns='urn:xmpp:mam:2' queryid='@Q@' id='" id "'>"   \
  "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:" minute ":00Z'/>" \
  "</forwarded></result></message>"
/* What another device of the account has sent. */
#define OTHER_DEVICE(minute, id, body)                                                             \
  "<message to='user@example.org/res'><result xmlns='urn:xmpp:mam:2' queryid='@Q@' id='" id "'>"   \
  "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:" minute ":00Z'/>" \
  INNER ("user@example.org/other", "juliet@example.com", body) "</forwarded></result></message>"
#define LIVE(id, body)                                                                             \
  "<message from='juliet@example.com/balcony' to='user@example.org/res' type='chat'><body>" body "</body>" \
  "<stanza-id xmlns='urn:xmpp:sid:0' by='user@example.org' id='" id "'/></message>"
/* The id of a message at 03:06, where ids are times in microseconds; and a message of somebody else with the same one. */
#define SIX "1767323160000000"
#define BEFORE_SIX "1767323159999999"
#define AFTER_SIX "1767323160000001"
#define TWIN                                                                                       \
  "<message to='user@example.org/res'><result xmlns='urn:xmpp:mam:2' queryid='@Q@' id='" SIX "'>"  \
  "<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:06:00Z'/>" \
  INNER ("nurse@example.com/x", "user@example.org", "five") "</forwarded></result></message>"
#define ERROR(type, condition)                                                                     \
  "<iq type='error' id='@ID@'><error type='" type "'><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"

/* Signed in, with an archive. @state: NULL for the first start. */
void history_set_up (HistoryTest *f, GVariant *state, HsHistoryOrder order);
void history_set_up_limited (HistoryTest *f, GVariant *state, HsHistoryOrder order, guint limit);
void history_tear_down (HistoryTest *f);
/* Waits for a question, which must be the first one and have this text, and answers it. */
void history_answer (HistoryTest *f, const char *asked, const char *text);
/* How many questions wait for an answer. */
guint history_count_asked (HistoryTest *f);
/* What the program was told since it was last asked: `ID'BODY'` for a message, `gap:REASON:AFTER:BEFORE`,
 * `learned:ID`, `current:ARCHIVE`. */
void history_expect (HistoryTest *f, const char *told);
/* The newest page of the first start has `1'one'`, an entry that is no message, and `3'three'`. */
void history_first_start (HistoryTest *f);
/* The state after that, confirmed. */
GVariant *history_dup_first_state (void);
/* Each gap as `gap:REASON:AFTER:BEFORE`. */
char *history_dup_gaps (HistoryTest *f);
