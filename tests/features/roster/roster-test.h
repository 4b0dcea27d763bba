/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-test.h"

/* A client with a roster, whose server says what a test wants. */

typedef struct
{
  TestClient *test;
  HsRoster *roster;
  GString *changes; /* items-changed of the contacts: "POSITION-REMOVED+ADDED " */
  GString *signals; /* "requested(JID) ended(JID) " */
} RosterTest;

/* Takes the client; not started. */
void roster_watch (RosterTest *f, TestClient *test);
/* The first connection runs the first script, and so on. Ends with NULL. */
void roster_set_up (RosterTest *f, const ScriptStep *const *scripts);
void roster_clear (RosterTest *f);

/* The server's part: takes the request for the roster, without a version; what it says. */
#define ROSTER_ASKED EXPECT ("<query xmlns=\"jabber:iq:roster\"/></iq>")
#define ROSTER_ITEMS(attributes, items)                                                            \
  "<iq type='result' id='@ID@'><query xmlns='jabber:iq:roster'" attributes ">" items               \
  "</query></iq>"
#define ROSTER_PUSH(attributes, items)                                                             \
  "<iq type='set' id='p1'><query xmlns='jabber:iq:roster'" attributes ">" items "</query></iq>"

/* "JID=NAME[GROUP,GROUP]SUBSCRIPTION " of each contact. */
char *roster_describe (HsRoster *roster);
#define assert_contacts(f, expected)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *described_ = roster_describe ((f)->roster);                                   \
    g_assert_cmpstr (described_, ==, expected);                                                    \
  }                                                                                                \
  G_STMT_END

/* What comes of an asynchronous function. */
typedef struct
{
  GAsyncResult *result;
} RosterResult;

void roster_result_cb (GObject *roster, GAsyncResult *result, gpointer data);
