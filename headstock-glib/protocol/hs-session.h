/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "protocol/hs-iq-tracker.h"
#include "protocol/hs-stream-management.h"

G_BEGIN_DECLS

/* The session (RFC 6120, 7; XEP-0198): whose it is, which address is bound, what was sent and not acknowledged,
 * and which requests wait for an answer. A session outlives its connections, and may outlive the process. No
 * sockets and no timers: the caller tells the time.
 *
 * Two clocks count in microseconds: @now is the monotonic time, which stands still while the machine sleeps, and
 * @boot_now goes on meanwhile, as the server's clock does. */

typedef struct
{
  /* An address was bound, or the bound address was forgotten. */
  void (*bound_changed) (gpointer owner);
} HsSessionCallbacks;

/* Lies inside its owner. Only hs-session.c uses the fields. */
typedef struct
{
  const HsSessionCallbacks *callbacks;
  gpointer owner;
  HsIqTracker *tracker;           /* borrowed */
  HsStreamManagement *management; /* NULL until a stream has asked a server for it */
  HsJid *account;                 /* bare: whose session it is; NULL until there was one */
  HsIqOwn bound;    /* the bound JID, the account and the server; all NULL: no address is bound */
  HsIqOwn *expected; /* before the server has bound an address, without a bound JID; or NULL */
  gsize max_bytes; /* of one stanza that the server accepts (XEP-0478), or 0 */
  gboolean told_active; /* the server was told whether somebody is looking (XEP-0352) */
} HsSession;

/* @tracker is borrowed and must live as long as the session. */
void hs_session_init (HsSession *self,
                      HsIqTracker *tracker,
                      const HsSessionCallbacks *callbacks,
                      gpointer owner);
void hs_session_clear (HsSession *self);

/* Makes the stream management if there is none. @policy: as for hs_stream_management_new() */
HsStreamManagement *hs_session_ensure_management (HsSession *self, const HsResendPolicy *policy);
HsStreamManagement *hs_session_get_management (const HsSession *self); /* or NULL */
HsJid *hs_session_get_bound_jid (const HsSession *self);  /* or NULL */
HsJid *hs_session_get_bound_bare (const HsSession *self); /* or NULL */
/* The largest stanza that the server accepts in this session, in bytes (XEP-0478), or 0: no limit. The stream sets it by
 * the features that the server has sent last. It holds while there is no connection: stanzas that wait for the session
 * to be resumed go to the same server. */
gsize hs_session_get_max_bytes (const HsSession *self);
void hs_session_set_max_bytes (HsSession *self, gsize max_bytes);
/* Whether the server was told in this session if somebody is looking (XEP-0352). */
gboolean hs_session_has_told_active (const HsSession *self);
void hs_session_set_told_active (HsSession *self, gboolean told);

/* Before an address is bound: whose answers count as the account's own (RFC 6120, 8.1.2.1). */
void hs_session_expect (HsSession *self, HsJid *jid);
/* From here on the session belongs to the account of @jid. */
void hs_session_set_account (HsSession *self, HsJid *jid);
/* Whether there was a session, and of another account than @jid's. NULL: of any account. */
gboolean hs_session_is_other_account (const HsSession *self, HsJid *jid);
void hs_session_forget_account (HsSession *self);

/* A new session stands. */
void hs_session_bind (HsSession *self, HsJid *jid);
/* The interrupted session goes on: the requests have the time that they had left when it was interrupted. */
void hs_session_resume (HsSession *self, gint64 now);
/* The connection is gone. FALSE: the session cannot be resumed, and the caller loses it. */
gboolean hs_session_interrupt (HsSession *self, gint64 now, gint64 boot_now);
/* How long requests wait for the session to be resumed, in milliseconds. */
guint hs_session_get_resume_timeout (const HsSession *self);
/* Whether the session waits to be resumed, or was not resumed and another has not been bound yet. */
gboolean hs_session_is_interrupted (const HsSession *self);
/* Whether the server should still have the interrupted session. */
gboolean hs_session_can_resume (const HsSession *self, gint64 boot_now);
/* The server has forgotten the interrupted session: no request will be answered. The server is asked all the
 * same what it had received. */
void hs_session_expire (HsSession *self);
/* The session is gone. Requests fail. FALSE: no address was bound. */
gboolean hs_session_lose (HsSession *self);

/* The interrupted session, so that another process can go on with it: a GVariant of the type HS_SESSION_STATE,
 * NULL if there is none that can be resumed. It says that @n_ahead more stanzas were received than were
 * counted. @real_now is the wall clock's time. (transfer floating) */
#define HS_SESSION_STATE "(ussx" HS_STREAM_MANAGEMENT_STATE ")"
GVariant *
hs_session_save (const HsSession *self, guint n_ahead, gint64 boot_now, gint64 real_now);
typedef struct
{
  HsJid *jid; /* of the account that is going to use the session */
  const HsResendPolicy *policy; /* as for hs_stream_management_new() */
  gint64 now;
  gint64 boot_now;
  gint64 real_now;
} HsSessionRestore;
/* FALSE, and nothing changes, with HS_ERROR_INVALID_STATE or HS_ERROR_EXPIRED. */
gboolean hs_session_restore (HsSession *self,
                             GVariant *state,
                             const HsSessionRestore *restore,
                             GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HsSession, hs_session_clear)

G_END_DECLS
