/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "messages-test.h"

/* What the tests of HsDisplayed share: a client that is signed in, with this module. */

#define MDS "urn:xmpp:mds:displayed:0"
#define MARKABLE "<markable xmlns='urn:xmpp:chat-markers:0'/>"
#define MARKER(id) "<displayed xmlns='urn:xmpp:chat-markers:0' id='" id "'/>"
#define MARKS(from, to, id) "<message xmlns='jabber:client' from='" from "' to='" to "' type='chat'>" MARKER (id) "</message>"
#define JULIET "juliet@example.com/balcony"
#define PUBLISH_OPTIONS "<feature var='http://jabber.org/protocol/pubsub#publish-options'/>"
#define ITEM(peer, by, id)                                                                         \
  "<item id='" peer "'><displayed xmlns='" MDS "'>" STANZA_ID (by, id) "</displayed></item>"
#define EVENT(from, items)                                                                         \
  "<message" from " to='user@example.org/res' type='headline'>"                                    \
  "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='" MDS "'>" items "</items></event></message>"
#define OWN " from='user@example.org'"
#define ITEMS(items)                                                                               \
  "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='" MDS "'>" items "</items></pubsub>"
#define ERROR(condition)                                                                           \
  "<error type='cancel'><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
#define NO_NODE ERROR ("item-not-found")

typedef struct
{
  MessagesTest m;
  HsDisplayed *displayed;
  GString *log; /* "moved:PEER ARCHIVE ID|" "seen:PEER AUTHOR ID|" */
} DisplayedTest;

/* Waits for a request with this text, and answers it. */
void displayed_answer (DisplayedTest *f, const char *text, const char *type, const char *payload);
#define displayed_answer_items(f, type, payload) displayed_answer (f, "<items node=\"" MDS "\"/>", type, payload)
#define displayed_answer_publish(f) displayed_answer (f, "<publish node=\"" MDS "\">", "result", "")
void displayed_listen (DisplayedTest *f);
/* Signs in. The account's items have not arrived yet: displayed_answer_items() sends them. */
void displayed_start (DisplayedTest *f, const char *features);
void displayed_start_caught_up (DisplayedTest *f, const char *more_features);
void displayed_stop (DisplayedTest *f);
void displayed_expect (DisplayedTest *f, const char *expected);
/* The client receives a message. Returns its delivery, borrowed until the next one. */
HsDelivery *displayed_hear (DisplayedTest *f, const char *message);
void displayed_mark (DisplayedTest *f, HsDelivery *delivery);
void displayed_assert_position (DisplayedTest *f, const char *peer, const char *expected);
/* Asserts what the client has sent since the last call: a marker for one id, and a publication of the other one; NULL: none.
 * Answers the publication. */
void displayed_expect_sent (DisplayedTest *f, const char *marker, const char *published);
/* Asserts that nothing is published, once the main loop has nothing left to do. */
void displayed_expect_silence (DisplayedTest *f);
