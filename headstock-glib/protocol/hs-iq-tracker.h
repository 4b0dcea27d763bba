/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-jid.h"
#include "xml/hs-node.h"

G_BEGIN_DECLS

/* The requests that wait for an answer: by id, and by whom they went to (RFC 6120, 8.2.3, 10.3.3).
 * No timers: the time is told, in microseconds. */

typedef struct _HsIqTracker HsIqTracker;
typedef struct _HsIqRequest HsIqRequest;

/* The account's own addresses. */
typedef struct
{
  HsJid *full;   /* bound, or NULL */
  HsJid *bare;   /* the account */
  HsJid *domain; /* the server */
} HsIqOwn;

/* @answer is the stanza, or NULL with an error; called once for each request. */
typedef void (*HsIqAnswerFunc) (HsNode *answer, const GError *error, gpointer user_data);

HsIqTracker *hs_iq_tracker_new (void);
void hs_iq_tracker_free (HsIqTracker *self);
/* @own is borrowed: the addresses belong to the session, which may change them. NULL: none is known. */
void hs_iq_tracker_set_own (HsIqTracker *self, const HsIqOwn *own);

/* @to and @from as they were written, nullable. @deadline 0: none. */
HsIqRequest *hs_iq_tracker_add (HsIqTracker *self,
                                const char *id,
                                const char *to,
                                const char *from,
                                gint64 deadline);
void hs_iq_request_set_callback (HsIqRequest *self, HsIqAnswerFunc callback, gpointer user_data);
/* Sets the name of the payload, for error messages. Both strings are borrowed, and must live as long as the request. */
void hs_iq_request_set_payload (HsIqRequest *self, const char *name, const char *namespace_);
/* Forgets the request without a word. */
void hs_iq_tracker_remove (HsIqTracker *self, HsIqRequest *request);
/* Returns the request that a result or error answers, or NULL. The request stays in the tracker. */
HsIqRequest *hs_iq_tracker_match (HsIqTracker *self, HsNode *iq);
/* Remembers a request that was found. It is still there as long as no request has ended. */
typedef struct
{
  HsIqRequest *request;
  guint64 n_ended;
} HsIqMatch;

HsIqMatch hs_iq_tracker_note (const HsIqTracker *self, HsIqRequest *request);
HsIqRequest *hs_iq_tracker_match_again (HsIqTracker *self, const HsIqMatch *match, HsNode *iq);
/* How long it may be silent while its answer comes in; 0: for ever. */
void hs_iq_request_set_timeout (HsIqRequest *self, gint64 usec);
/* Its answer has begun to come in: it times out only if nothing comes any more. */
void hs_iq_tracker_hold (HsIqTracker *self, HsIqRequest *request);
/* Takes the request out and calls back. */
void hs_iq_tracker_answer (HsIqTracker *self, HsIqRequest *request, HsNode *answer);
/* Takes the request out and fails it. */
void hs_iq_tracker_fail (HsIqTracker *self, HsIqRequest *request, const GError *error);
/* The nearest deadline, or 0; 0 while the time is stopped. */
gint64 hs_iq_tracker_get_deadline (HsIqTracker *self);
/* @last_input: when something came in last. */
void hs_iq_tracker_expire (HsIqTracker *self, gint64 now, gint64 last_input);
/* Stops the time for all requests: what each has left is what it has left when the time goes on. Meanwhile there
 * is no nearest deadline. */
void hs_iq_tracker_pause (HsIqTracker *self, gint64 now);
void hs_iq_tracker_unpause (HsIqTracker *self, gint64 now);
gboolean hs_iq_tracker_is_paused (HsIqTracker *self);
/* The time from which the deadline of a new request counts. */
gint64 hs_iq_tracker_get_time (HsIqTracker *self, gint64 now);
void hs_iq_tracker_fail_all (HsIqTracker *self, const GError *error);
/* The `to` of an answer must be the `from` that was used: for components. */
void hs_iq_tracker_make_strict (HsIqTracker *self);
gboolean hs_iq_tracker_is_strict (HsIqTracker *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsIqTracker, hs_iq_tracker_free)

G_END_DECLS
