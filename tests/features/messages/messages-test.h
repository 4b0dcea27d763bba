/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-test.h"

/* A client with messages, whose server says what a test wants. The account is user@example.org/res, and
 * juliet@example.com may see its presence. */

typedef struct
{
  TestClient *test;
  HsMessages *messages;
  HsRoster *roster;
  /* What was told since it was looked at last, each with a space behind it:
   *   SOURCE<PEER'BODY'   received; > in place of < for an outgoing one; then what there is of
   *                       #ARCHIVE-ID @CHANGE:TARGET-ID ~late
   *   learned:ORIGIN-ID#ARCHIVE-ID   rejected:FAULT   PEER/STATE   message'BODY' (the client's signal) */
  GString *log;
  GPtrArray *deliveries; /* all that were received */
} MessagesTest;

extern const ScriptStep messages_session[]; /* no stream management; the roster; then SERVE */
extern const ScriptStep messages_managed[]; /* with it, to be resumed as "s1" */

/* Not started. The first connection runs the first script, and so on. */
void messages_set_up (MessagesTest *f, const ScriptStep *const *scripts);
/* Starts with one script, and answers the questions of a session: the account has @features. */
void messages_start (MessagesTest *f, const ScriptStep *script, const char *features);
/* Answers the question about the account. */
void messages_answer_account (MessagesTest *f, const char *features);
void messages_clear (MessagesTest *f);
/* messages_clear() after an orderly end. */
void messages_stop_client (MessagesTest *f);
void messages_stop (MessagesTest *f);

#define MESSAGES_FEATURES "<feature var='urn:xmpp:sid:0'/><feature var='urn:xmpp:mam:2'/>"

/* Says something, and then compares the log with what is expected, and clears it. */
void messages_say (MessagesTest *f, const char *text, const char *expected);
void messages_expect_log (MessagesTest *f, const char *expected);
HsDelivery *messages_last (MessagesTest *f);

/* What the client has sent, up to now; then it is forgotten. */
char *messages_dup_sent (MessagesTest *f);
/* The attribute of the first element of a name in a text. */
char *messages_dup_attribute (const char *text, const char *element, const char *attribute);

HsSentMessage *messages_send (MessagesTest *f, const char *to, const char *body);
#define assert_state(sent, expected)                                                               \
  g_assert_cmpint (hs_sent_message_get_state (sent), ==, HS_SENT_STATE_##expected)
#define assert_n_pending(f, n)                                                                     \
  g_assert_cmpuint (g_list_model_get_n_items (hs_messages_get_pending ((f)->messages)), ==, n)

/* <message> with an id and a body. */
#define CHAT(from, id, body, more)                                                                 \
  "<message from='" from "' to='user@example.org' type='chat' id='" id "'><body>" body "</body>" more "</message>"
#define STANZA_ID(by, id) "<stanza-id xmlns='urn:xmpp:sid:0' by='" by "' id='" id "'/>"
#define OWN_ID(id) STANZA_ID ("user@example.org", id)
#define CARBON(from, way, inner)                                                                   \
  "<message" from " to='user@example.org/res'><" way " xmlns='urn:xmpp:carbons:2'>"              \
  "<forwarded xmlns='urn:xmpp:forward:0'>" inner "</forwarded></" way "></message>"
#define INNER(from, to, body, more)                                                                \
  "<message xmlns='jabber:client' from='" from "' to='" to "' type='chat' id='i1'><body>" body     \
  "</body>" more "</message>"
