/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-test.h"

/* A client with a block list, whose server says what a test wants. */

#define NS "xmlns='urn:xmpp:blocking'"
#define ASKED EXPECT ("<blocklist xmlns=\"urn:xmpp:blocking\"/></iq>")
#define LIST(items) "<iq type='result' id='@ID@'><blocklist " NS ">" items "</blocklist></iq>"
/* An answer that does not end. */
#define PART(items) "<iq type='result' id='@ID@'><blocklist " NS ">" items
#define ITEM(jid) "<item jid='" jid "'/>"
#define PUSH(name, items) "<iq type='set' id='push1'><" name " " NS ">" items "</" name "></iq>"
#define REFUSED                                                                                    \
  "<iq type='error' id='@ID@'><error type='cancel'><service-unavailable "                          \
  "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"

#define JIDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

typedef struct
{
  TestClient *test;
  HsBlocking *blocking;
  GString *changes; /* "POSITION-REMOVED+ADDED " */
  GAsyncResult *result;
} BlockingTest;

/* Keeps the result. */
void blocking_result_cb (GObject *blocking, GAsyncResult *result, gpointer test);
/* Writes changes of the list down. */
void blocking_changed_cb (
    GListModel *model, guint position, guint removed, guint added, BlockingTest *f);

/* Takes the client; the module is not registered. */
void blocking_watch (BlockingTest *f, TestClient *test);
/* The first connection runs the first script, and so on. Ends with NULL. Not started. */
void blocking_set_up (BlockingTest *f, const ScriptStep *const *scripts);
/* Started, and the list is there. */
void blocking_set_up_loaded (BlockingTest *f, const ScriptStep *script);
/* Asserts that nothing holds the module any more. */
void blocking_clear (BlockingTest *f);
/* Stops the client, too. */
void blocking_tear_down (BlockingTest *f);

/* The addresses in the list, each with a space. */
void blocking_assert (BlockingTest *f, const char *expected);
/* Block or unblock, and wait for what comes of it. */
void blocking_block (BlockingTest *f, const char *const *jids);
void blocking_unblock (BlockingTest *f, const char *const *jids);
gboolean blocking_finish (BlockingTest *f, gboolean is_block, GError **error);

/* Asks for a list, which has two addresses, romeo@montague.net and iago@shakespeare.lit; and then
 * SERVE. */
extern const ScriptStep blocking_two[];
extern const ScriptStep blocking_served[];
