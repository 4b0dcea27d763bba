/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "stream-features.h"

/* What servers say that is no stream feature: for scripts, and for the servers that know the protocol. */

#define STREAM_HEADER(attributes) \
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' " \
  "xmlns:stream='http://etherx.jabber.org/streams' " attributes ">"
/* The header of a framed stream (RFC 7395). */
#define STREAM_OPEN(attributes) "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' " attributes "/>"
#define SAY_PROCEED "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
#define SAY_SUCCESS "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
#define BOUND_TO(jid) "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>" jid "</jid></bind>"
#define SAY_END "</stream:stream>"
