/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-test.h"

/* What a session begins with, in one flight with the request for its resource: the server's side of it, and a
 * client that has remembered a session with that server. */

#define FEATURES(inside) SAY_FEATURES (FEATURE_BIND inside)
#define NS_SM "xmlns='urn:xmpp:sm:3'"
#define SM FEATURE_SM
#define OLD_SESSION FEATURE_SESSION
#define JID(text) "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>" text "</jid></bind>"
#define BIND_ERROR(type, condition)                                                                \
  "<error type='" type "'><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
#define ENABLED "<enabled " NS_SM "/>"
#define RESUMABLE "<enabled " NS_SM " resume='true' id='s1'/>"

/* Requests are taken with their ids, and answered by them. */
gboolean begin_take_bind (ScriptedPeer *peer, gpointer data);
/* And what would have left along with it has not. */
gboolean begin_take_bind_alone (ScriptedPeer *peer, gpointer data);
gboolean begin_take_requests (ScriptedPeer *peer, gpointer managed);
gboolean begin_say_bound (ScriptedPeer *peer, gpointer jid);
gboolean begin_say_not_bound (ScriptedPeer *peer, gpointer error);
gboolean begin_say_roster (ScriptedPeer *peer, gpointer data);

#define SIGN_IN RUN (script_starttls), RUN (script_header), RUN (script_plain)
#define TAKE_BIND CALL (begin_take_bind, NULL)
#define TAKE_BIND_ALONE CALL (begin_take_bind_alone, NULL)
#define TAKE_REQUESTS(managed) CALL (begin_take_requests, GINT_TO_POINTER (managed))
#define TAKE_REST(managed) TAKE_REQUESTS (managed), EXPECT ("<presence")
#define SAY_BOUND_AS(jid) CALL (begin_say_bound, (gpointer) (jid))
#define SAY_NOT_BOUND(type, condition) CALL (begin_say_not_bound, (gpointer) BIND_ERROR (type, condition))
#define SAY_ROSTER CALL (begin_say_roster, NULL)
/* Whoever ends a session that is managed waits for the acknowledgement. */
#define SAY_ALL SAY_ROSTER, SEND ("<a " NS_SM " h='3'/>")
#define HEADERS EXPECT ("<stream:stream")

/* Nothing is known of the server: one after the other. */
#define WAITING(features, enabled)                                                                 \
  SIGN_IN, HEADERS, TAKE_BIND_ALONE, SEND (SAY_HEADER features), SAY_BOUND_AS (NULL),              \
      TAKE_REST (TRUE), SEND (enabled), SAY_ALL
#define WAITING_UNMANAGED(features)                                                                \
  SIGN_IN, HEADERS, TAKE_BIND_ALONE, SEND (SAY_HEADER features), SAY_BOUND_AS (NULL),              \
      TAKE_REST (FALSE), SAY_ROSTER
/* All of it is there before the server has said a word. */
#define BEGINNING(managed) SIGN_IN, HEADERS, TAKE_BIND, TAKE_REST (managed)

extern const ScriptStep begin_first_managed[];
extern const ScriptStep begin_first_unmanaged[];

TestClient *begin_new_client (const ScriptStep *const *scripts);
/* Of the roster, since begin_remember(). */
guint begin_count_items (TestClient *test);
/* How often the server has received it since. */
guint begin_count (TestClient *test, const char *text);
/* One session that the client remembers. */
void begin_remember (TestClient *test);
