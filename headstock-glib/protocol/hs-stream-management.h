/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-enums.h"
#include "xml/hs-node.h"

G_BEGIN_DECLS

/* Stream management (XEP-0198) of one account's session, which outlives its connections: what was sent
 * is kept until the server has acknowledged it, what was received is counted. No I/O and no timers:
 * elements and the time go in, bytes and deliveries come out.
 *
 * The order of things, whichever way it is negotiated (after the sign-in, or inside SASL2 and Bind 2):
 *
 *  - no session, or one that is not to be resumed:  write_enable, then on_enabled or on_failed
 *  - hs_stream_management_has_session():            write_resume, then on_resumed or on_failed; after
 *                                                   on_failed go on with a new session
 *  - the server offers no stream management:        lose
 *  - stanzas may be sent:                           begin
 *  - the connection is gone:                        interrupt
 *
 * and deliveries are taken out whenever something may have decided some. */

typedef struct _HsStreamManagement HsStreamManagement;

/* Properties of a stanza that is sent. */
typedef enum /*< skip >*/
{
  HS_OUT_RESEND = 1 << 0, /* may be sent again by itself in another session */
  HS_OUT_OWN = 1 << 1,    /* the library's own: nobody is told that it was lost */
  HS_OUT_AWAITED = 1 << 2, /* somebody waits for the acknowledgement: it is asked for at once */
} HsOutFlags;

typedef enum /*< skip >*/
{
  HS_DELIVERY_ACKNOWLEDGED, /* the server has it */
  HS_DELIVERY_WRITTEN,      /* it has left in a session in which nothing is acknowledged */
  HS_DELIVERY_UNRECEIVED,   /* the server has it not, and it is not sent again */
  HS_DELIVERY_UNKNOWN,      /* nobody knows whether the server has it, and it is not sent again */
} HsDeliveryStatus;

/* Each stanza that was added with a tag has one delivery status. Without a tag, only those that are UNRECEIVED or
 * UNKNOWN, and not the library's own, are told. */
typedef struct
{
  HsDeliveryStatus status;
  gpointer tag;
  GBytes *stanza; /* for UNRECEIVED and UNKNOWN: as it was written, NULL otherwise */
} HsStanzaDelivery;

/* @policy: what becomes of stanzas in flight when their session is lost; borrowed, and read when it is needed. NULL:
 * HS_RESEND_POLICY_UNRECEIVED */
HsStreamManagement *hs_stream_management_new (const HsResendPolicy *policy);
/* Deliveries that were not taken are dropped. */
void hs_stream_management_free (HsStreamManagement *self);

/* Negotiation. Times are those of a clock that goes on while the machine sleeps, in microseconds. */

/* Whether there is an interrupted session to be resumed. It may be too old for the server to have kept it: the answer
 * still tells what the server had received. */
gboolean hs_stream_management_has_session (HsStreamManagement *self);
/* Whether the server should still have the interrupted session. Stanzas that are sent now can be kept for it. */
gboolean hs_stream_management_can_resume (HsStreamManagement *self, gint64 now);
/* How long ago the connection was lost, or 0. */
gint64 hs_stream_management_get_age (HsStreamManagement *self, gint64 now);
/* The address for the next connection that the server has named (`location`), or NULL. */
const char *hs_stream_management_get_location (HsStreamManagement *self);

void hs_stream_management_write_enable (HsStreamManagement *self, GByteArray *output);
void hs_stream_management_write_resume (HsStreamManagement *self, GByteArray *output);
/* With FALSE, the element breaks the protocol: the session is lost, and the stream is to be ended. */
gboolean
hs_stream_management_on_enabled (HsStreamManagement *self, HsNode *enabled, GError **error);
gboolean
hs_stream_management_on_resumed (HsStreamManagement *self, HsNode *resumed, GError **error);
/* The answer to <enable/> or <resume/>, whichever is waited for. */
void hs_stream_management_on_failed (HsStreamManagement *self, HsNode *failed);
/* The session cannot be resumed any more. Decides the delivery status of each stanza, and keeps those that may be sent
 * again for the next session. */
void hs_stream_management_lose (HsStreamManagement *self);
/* Ends the session at the end of a run: all stanzas are given back, and none is kept. */
void hs_stream_management_give_up (HsStreamManagement *self);
/* A session stands, or the server has answered to <enable/>: writes what waits, or as much as may be in
 * flight. While the answer is waited for, only the library's own stanzas leave. */
void hs_stream_management_begin (HsStreamManagement *self, GByteArray *output);
/* The connection is gone. A session that cannot be resumed is lost. */
void hs_stream_management_interrupt (HsStreamManagement *self, gint64 now);
/* The server has ended the stream with an error. Where it does so again with no progress in between,
 * what is in flight may be what it refuses to read: the session is not to be resumed. */
void hs_stream_management_on_stream_error (HsStreamManagement *self);
/* Whether stanzas are counted and kept: in a session, or between two connections of one. */
gboolean hs_stream_management_is_enabled (HsStreamManagement *self);
/* Whether <enable/> was sent and has not been answered. */
gboolean hs_stream_management_is_enabling (HsStreamManagement *self);

/* Received stanzas and acknowledgements. */

/* Counts received stanzas: those that were handed over, and those that were dropped as answers that nobody asked for.
 * Writes an acknowledgement now and then, unasked, if @output is not NULL. */
void hs_stream_management_count_in (HsStreamManagement *self, guint n, GByteArray *output);
void hs_stream_management_on_request (HsStreamManagement *self, GByteArray *output);
/* Takes an acknowledgement, and then writes what waits, if @output is not NULL. Returns FALSE if the server has
 * acknowledged more than was sent, or the count is not a number: the session is lost, and the caller ends the stream
 * with undefined-condition and what hs_stream_management_write_excess() writes, if anything. */
gboolean hs_stream_management_on_ack (HsStreamManagement *self,
                                      HsNode *ack,
                                      GByteArray *output,
                                      GError **error);
void hs_stream_management_write_excess (HsStreamManagement *self, GByteArray *output);

/* Sent stanzas and acknowledgements, only while stream management is enabled. */

/* Returns HS_OUT_RESEND if the stanza may be sent again in another session. */
HsOutFlags hs_stream_management_classify (HsNode *stanza);
/* Keeps a stanza that was appended to @output at @start, and takes it out of @output again if it must wait. @time is
 * that of the wall clock, in microseconds. */
void hs_stream_management_add_out (HsStreamManagement *self,
                                   GByteArray *output,
                                   guint start,
                                   HsOutFlags flags,
                                   gint64 time,
                                   gpointer tag);
/* Asks for an acknowledgement if it is time to. @now: always of the same clock. Returns when to call this again, or
 * 0. */
gint64 hs_stream_management_poll (HsStreamManagement *self, gint64 now, GByteArray *output);
/* Whether to call hs_stream_management_poll() before the time that it has returned. */
gboolean hs_stream_management_wants_poll (HsStreamManagement *self);
/* Asks for an acknowledgement, unless a request has not been answered. Returns FALSE if it has written nothing. */
gboolean hs_stream_management_write_request (HsStreamManagement *self, GByteArray *output);
/* The acknowledgement before the end of the stream. */
void hs_stream_management_write_ack (HsStreamManagement *self, GByteArray *output);

/* Stanzas that are not acknowledged, and how many of them wait to be written. */
guint hs_stream_management_get_unacknowledged (HsStreamManagement *self);
guint hs_stream_management_get_waiting (HsStreamManagement *self);
gsize hs_stream_management_get_size (HsStreamManagement *self);
gboolean hs_stream_management_is_asking (HsStreamManagement *self);
/* Whether this connection has resumed the session, stanzas that it has carried wait for the acknowledgement that they
 * were asked for, and the server has given none on this connection: it has not shown that it reads what it is sent. */
gboolean hs_stream_management_is_unproven (HsStreamManagement *self);
guint32 hs_stream_management_get_received (HsStreamManagement *self);
guint32 hs_stream_management_get_acknowledged (HsStreamManagement *self);
/* Whether the server has acknowledged a stanza that is not the library's own, since this was last asked. */
gboolean hs_stream_management_take_progress (HsStreamManagement *self);
/* The oldest delivery that was not taken. The stanza is the caller's. */
gboolean hs_stream_management_next_delivery (HsStreamManagement *self, HsStanzaDelivery *delivery);
/* Lets go of memory that nothing is in. */
void hs_stream_management_shrink (HsStreamManagement *self);

/* The session, to be kept, as it will be when @n_received more stanzas have been received: a GVariant of the type
 * HS_STREAM_MANAGEMENT_STATE. NULL if there is no session that can be resumed. (transfer floating) */
#define HS_STREAM_MANAGEMENT_STATE "(smsuuuua(xyyay))"
GVariant *hs_stream_management_save (HsStreamManagement *self, guint n_received);
/* Restores a saved session, without its tags. Returns FALSE, and changes nothing, if @state cannot be used. */
gboolean hs_stream_management_restore (HsStreamManagement *self, GVariant *state, gint64 now);
/* How long the server keeps an interrupted session, in seconds, or 0 if it does not say. */
guint hs_stream_management_get_max (HsStreamManagement *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsStreamManagement, hs_stream_management_free)

G_END_DECLS
