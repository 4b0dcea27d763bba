/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "pubsub-test.h"

/* A client with bookmarks, whose server says what a test wants. The account is user@example.org/res. */

#define BOOKMARKS "urn:xmpp:bookmarks:1"
#define PEP "<identity category='pubsub' type='pep'/>" OPTIONS
#define COMPAT "<feature var='urn:xmpp:bookmarks:1#compat'/>"
#define CONFERENCE(attributes, inner) "<conference xmlns='urn:xmpp:bookmarks:1'" attributes ">" inner "</conference>"
#define BOOKMARK(room, attributes, inner) "<item id='" room "'>" CONFERENCE (attributes, inner) "</item>"
#define ITEMS_OF(node, inner) RESULT ("<pubsub " PUBSUB "><items node='" node "'>" inner "</items></pubsub>")
#define BOOKMARK_EVENT(from, inner) EVENT (from, "<items node='" BOOKMARKS "'>" inner "</items>")
#define STORAGE(inner) "<storage xmlns='storage:bookmarks'>" inner "</storage>"
#define PRIVATE_XML(inner) RESULT ("<query xmlns='jabber:iq:private'>" STORAGE (inner) "</query>")

typedef struct
{
  PubSubTest nodes;
  HsBookmarks *bookmarks;
  GString *changes; /* "POSITION-REMOVED+ADDED " of the list */
} BookmarksTest;

/* Neither registered nor signed in. */
void bookmarks_make (BookmarksTest *f, const ScriptStep *const *scripts);
/* Signed in; the account has these features. */
void bookmarks_set_up (BookmarksTest *f, const char *features);
void bookmarks_tear_down (BookmarksTest *f);
/* Answers what is asked for features. */
void bookmarks_say_features (BookmarksTest *f, const char *features);
/* Waits for a request, and answers it. */
void bookmarks_answer (BookmarksTest *f, const char *text, const char *answer);
/* "ROOM[ name=NAME][ nick=NICK][ password=PASSWORD][ autojoin]|" */
void bookmarks_assert (BookmarksTest *f, const char *expected);
/* Ends what was begun last, and checks how. @quark: 0 if it has succeeded. */
void bookmarks_assert_stored (BookmarksTest *f, GQuark quark, int code);
void bookmarks_assert_removed (BookmarksTest *f, GQuark quark, int code);
