/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <glib.h>

G_BEGIN_DECLS

/**
 * HsTlsMode:
 * @HS_TLS_MODE_REQUIRED: direct TLS or STARTTLS, as the DNS says; STARTTLS if a host was given
 * @HS_TLS_MODE_DIRECT: TLS from the first byte on (XEP-0368)
 * @HS_TLS_MODE_STARTTLS: TLS negotiated inside the stream (RFC 6120, 5)
 * @HS_TLS_MODE_NONE: no TLS: for loopback and for components beside their server
 *
 * How a connection comes to be encrypted.
 */
typedef enum
{
  HS_TLS_MODE_REQUIRED,
  HS_TLS_MODE_DIRECT,
  HS_TLS_MODE_STARTTLS,
  HS_TLS_MODE_NONE,
} HsTlsMode;

/**
 * HsChannelBinding:
 * @HS_CHANNEL_BINDING_NONE: the sign-in is never bound to the connection
 * @HS_CHANNEL_BINDING_PREFER: it is bound wherever the server can do so
 * @HS_CHANNEL_BINDING_REQUIRE: it is bound, or there is none
 *
 * Whether a sign-in is bound to its TLS connection (RFC 5056), so that nobody in the middle can pass it on.
 */
typedef enum
{
  HS_CHANNEL_BINDING_NONE,
  HS_CHANNEL_BINDING_PREFER,
  HS_CHANNEL_BINDING_REQUIRE,
} HsChannelBinding;

/**
 * HsClientState:
 * @HS_CLIENT_STATE_DISCONNECTED: not started, or terminated
 * @HS_CLIENT_STATE_CONNECTING: looking for the server and connecting to it
 * @HS_CLIENT_STATE_CONNECTED: a TCP connection stands; the stream is being negotiated
 * @HS_CLIENT_STATE_SECURED: the connection is under TLS
 * @HS_CLIENT_STATE_AUTHENTICATED: signed in; the resource is being bound
 * @HS_CLIENT_STATE_READY: stanzas can be sent and arrive
 * @HS_CLIENT_STATE_INTERRUPTED: the connection was lost and the next try has been set
 * @HS_CLIENT_STATE_STOPPING: the stream is being closed
 *
 * Where a client stands.
 */
typedef enum
{
  HS_CLIENT_STATE_DISCONNECTED,
  HS_CLIENT_STATE_CONNECTING,
  HS_CLIENT_STATE_CONNECTED,
  HS_CLIENT_STATE_SECURED,
  HS_CLIENT_STATE_AUTHENTICATED,
  HS_CLIENT_STATE_READY,
  HS_CLIENT_STATE_INTERRUPTED,
  HS_CLIENT_STATE_STOPPING,
} HsClientState;

/**
 * HsResendPolicy:
 * @HS_RESEND_POLICY_NEVER: none is: all come back to the program
 * @HS_RESEND_POLICY_UNRECEIVED: those that the server has not received, as it says itself or as is
 *   known because they never left; what nobody knows about comes back to the program
 * @HS_RESEND_POLICY_ALWAYS: also those of which nobody knows whether the server has received them;
 *   some may arrive twice
 *
 * Which stanzas that were not acknowledged when their session was lost are sent again in the next one.
 *
 * Only messages of other types than `groupchat` and subscription presences ever are; what was on its
 * way in two lost sessions is not.
 */
typedef enum
{
  HS_RESEND_POLICY_NEVER,
  HS_RESEND_POLICY_UNRECEIVED,
  HS_RESEND_POLICY_ALWAYS,
} HsResendPolicy;

/**
 * HsDirection:
 * @HS_DIRECTION_IN: from the server
 * @HS_DIRECTION_OUT: to the server
 *
 * Which way XML went.
 */
typedef enum
{
  HS_DIRECTION_IN,
  HS_DIRECTION_OUT,
} HsDirection;

/**
 * HsHandlerFlags:
 * @HS_HANDLER_DEFAULT: called when the stanza is complete, as often as the element comes
 * @HS_HANDLER_ONCE: removed before its one call
 * @HS_HANDLER_FORGET: called as soon as the element has ended, which is then taken out of its stanza
 *   and freed, so that a stanza of a million such elements passes through in constant memory. Where
 *   the connection is cut inside the stanza, an element may be seen again in the next session
 * @HS_HANDLER_FROM_ACCOUNT: only inside stanzas that the account itself sent: without a `from`, or
 *   from its bare JID or its own full JID
 * @HS_HANDLER_NESTED: for `message`, `presence` and `iq` in `jabber:client`: also those inside other
 *   stanzas, such as forwarded ones. Whoever sent the outer stanza wrote all of the inner one
 *
 * How a handler is called.
 */
typedef enum /*< flags >*/
{
  HS_HANDLER_DEFAULT = 0,
  HS_HANDLER_ONCE = 1 << 0,
  HS_HANDLER_FORGET = 1 << 1,
  HS_HANDLER_FROM_ACCOUNT = 1 << 2,
  HS_HANDLER_NESTED = 1 << 3,
} HsHandlerFlags;

/**
 * HsChatState:
 * @HS_CHAT_STATE_NONE: the message does not say
 * @HS_CHAT_STATE_ACTIVE: somebody takes part in the conversation
 * @HS_CHAT_STATE_COMPOSING: somebody writes a message
 * @HS_CHAT_STATE_PAUSED: somebody wrote, and has stopped
 * @HS_CHAT_STATE_INACTIVE: somebody does not take part in the conversation at the moment
 * @HS_CHAT_STATE_GONE: somebody has left the conversation
 *
 * What somebody does in a conversation (XEP-0085, 2).
 *
 * Since: 0.2
 */
typedef enum
{
  HS_CHAT_STATE_NONE,
  HS_CHAT_STATE_ACTIVE,
  HS_CHAT_STATE_COMPOSING,
  HS_CHAT_STATE_PAUSED,
  HS_CHAT_STATE_INACTIVE,
  HS_CHAT_STATE_GONE,
} HsChatState;

/**
 * HsHints:
 * @HS_HINTS_NONE: no hint
 * @HS_HINTS_NO_STORE: do not store the message, neither in an archive nor for a recipient who is offline
 * @HS_HINTS_NO_COPY: do not send the message to other resources than the one in its address
 * @HS_HINTS_STORE: store the message, even if it is not of a kind that would be stored
 * @HS_HINTS_NO_PERMANENT_STORE: keep the message out of archives; it may wait for a recipient who is offline
 *
 * What the sender of a message asks of the servers on its way (XEP-0334, 4).
 *
 * Since: 0.2
 */
typedef enum /*< flags >*/
{
  HS_HINTS_NONE = 0,
  HS_HINTS_NO_STORE = 1 << 0,
  HS_HINTS_NO_COPY = 1 << 1,
  HS_HINTS_STORE = 1 << 2,
  HS_HINTS_NO_PERMANENT_STORE = 1 << 3,
} HsHints;

/**
 * HsSpanKind:
 * @HS_SPAN_KIND_PLAIN: text without style; [func@styling_parse] returns no such span
 * @HS_SPAN_KIND_STRONG: `*strong*`, shown with a heavier weight
 * @HS_SPAN_KIND_EMPHASIS: `_emphasis_`, shown in italics
 * @HS_SPAN_KIND_STRIKE: `~struck through~`
 * @HS_SPAN_KIND_PREFORMATTED: text between grave accents, shown in a monospace font
 * @HS_SPAN_KIND_PREFORMATTED_BLOCK: lines between lines of three grave accents, shown in a monospace font
 * @HS_SPAN_KIND_QUOTE: lines that begin with `>`
 *
 * How a part of a message's text is to be shown (XEP-0393, 5).
 *
 * Since: 0.2
 */
typedef enum
{
  HS_SPAN_KIND_PLAIN,
  HS_SPAN_KIND_STRONG,
  HS_SPAN_KIND_EMPHASIS,
  HS_SPAN_KIND_STRIKE,
  HS_SPAN_KIND_PREFORMATTED,
  HS_SPAN_KIND_PREFORMATTED_BLOCK,
  HS_SPAN_KIND_QUOTE,
} HsSpanKind;

G_END_DECLS
