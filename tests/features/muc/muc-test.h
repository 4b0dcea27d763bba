/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-test.h"

/* A room that sends what a test says, and a record of its signals. */

#define ROOM "verona@rooms.example.org"
#define SELF "<status code='110'/>"
#define ITEM "<item role='participant' affiliation='member'/>"
#define MUC_USER(more) "<x xmlns='http://jabber.org/protocol/muc#user'>" more "</x>"
#define PRESENCE_WITH(nick, more, rest) "<presence from='" ROOM "/" nick "'>" MUC_USER (more) rest "</presence>"
#define PRESENCE(nick, more) PRESENCE_WITH (nick, more, "")
#define GONE(nick, more) "<presence type='unavailable' from='" ROOM "/" nick "'>" MUC_USER (more) "</presence>"
#define STATUS(code) "<status code='" code "'/>"
#define ERROR(type, condition) "<error type='" type "'><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
#define SAID(nick, id, more) "<message type='groupchat' from='" ROOM "/" nick "' id='" id "'>" more "</message>"
#define FEATURE(var) "<feature var='" var "'/>"

typedef struct
{
  TestClient *test;
  HsMuc *muc;
  HsRoom *room;
  GString *record;
  guint n_changes;
} MucTest;

/* A session in which the server says nothing by itself. */
extern const ScriptStep muc_session[];

/* A client with the room added as `romeo`; and one that is ready. @scripts: NULL for the usual session. */
void muc_test_prepare (MucTest *self, const ScriptStep *const *scripts);
void muc_test_start (MucTest *self, const ScriptStep *const *scripts);
/* Messages are delivered when it is known what the account's archive does. */
void muc_test_answer_account (MucTest *self);
void muc_test_end (MucTest *self);

/* Waits for a request to the room with that payload, and returns it as text. */
char *muc_test_await (MucTest *self, const char *namespace_);
/* And answers the last one with the inner XML of an iq of that type. */
char *muc_test_answer (MucTest *self, const char *namespace_, const char *type, const char *inner);
/* Answers what the room is asked before it is entered. */
void muc_test_describe (MucTest *self, const char *features);
/* Joins, answers the room's disco, waits for the presence that asks for entry, and returns its id. */
char *muc_test_ask_entry (MucTest *self, const char *features);
/* And says these presences, after which the account must be in. */
void muc_test_enter (MucTest *self, const char *features, const char *presences);

/* Lets the room say something. */
void muc_test_say (MucTest *self, const char *text);
void muc_test_say_nothing (MucTest *self);
/* What has happened since it was last asked for: `state:NAME` as notified, `joined`, `created`, `left:KIND(actor,reason,
 * alternative)`, `lost`, `+NICK`, `-NICK`, `~NICK`, `list` for each change of the list, `config:CODES`, `voice:NICK`,
 * `message:BODY`, `delivery:BODY`, `room-message:BODY`, `invited:ROOM`. */
void muc_test_assert (MucTest *self, const char *expected);
#define muc_test_tells(self, text, expected) (muc_test_say (self, text), muc_test_assert (self, expected))

void muc_test_result_cb (GObject *source, GAsyncResult *result, gpointer kept);
/* The nicknames in the list, in order. */
char *muc_test_list (MucTest *self);
