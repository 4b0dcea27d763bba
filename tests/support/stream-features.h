/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The stream features that the servers of the tests offer: this is the only file that spells them. FEATURE_… is one
 * feature, SAY_FEATURES… is all that a server offers at one point of the sign-in. */

#define FEATURE_STARTTLS "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
#define FEATURE_STARTTLS_REQUIRED "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>"
/* SASL (RFC 6120, 6) and SASL2 (XEP-0388). @mechanisms and @inside are MECHANISM and what else is offered inside. */
#define MECHANISM(name) "<mechanism>" name "</mechanism>"
#define FEATURE_SASL(mechanisms) "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" mechanisms "</mechanisms>"
#define FEATURE_SASL2(inside) "<authentication xmlns='urn:xmpp:sasl:2'>" inside "</authentication>"
/* Inside of SASL2: @inside are the features that can be negotiated with the sign-in. */
#define FEATURE_INLINE(inside) "<inline>" inside "</inline>"
#define FEATURE_UPGRADE(task) "<upgrade xmlns='urn:xmpp:sasl:upgrade:0'>" task "</upgrade>"
#define FEATURE_BIND2 "<bind xmlns='urn:xmpp:bind:0'/>"
#define FEATURE_BIND2_WITH(features) "<bind xmlns='urn:xmpp:bind:0'>" FEATURE_INLINE (features) "</bind>"
#define FEATURE_VAR(namespace_) "<feature var='" namespace_ "'/>"
#define FEATURE_FAST(mechanisms) "<fast xmlns='urn:xmpp:fast:0'>" mechanisms "</fast>"
#define FEATURE_TOKENS FEATURE_FAST (MECHANISM ("HT-SHA-256-NONE"))
/* The channel bindings of the server (XEP-0440). */
#define FEATURE_CHANNEL_BINDINGS(types) "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>" types "</sasl-channel-binding>"
#define CHANNEL_BINDING(type) "<channel-binding type='" type "'/>"
/* After the sign-in. */
#define FEATURE_BIND "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
#define FEATURE_SESSION "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>"
#define FEATURE_SESSION_OPTIONAL "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session>"
#define FEATURE_SM "<sm xmlns='urn:xmpp:sm:3'/>"
#define FEATURE_CSI "<csi xmlns='urn:xmpp:csi:0'/>"
#define FEATURE_MAX_BYTES(number) \
  "<limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>" number "</max-bytes></limits>"

#define FEATURES_BEGIN "<stream:features>"
#define FEATURES_BEGIN_FRAMED "<stream:features xmlns:stream='http://etherx.jabber.org/streams'>"
#define FEATURES_END "</stream:features>"

#define SAY_FEATURES(features) FEATURES_BEGIN features FEATURES_END
/* For framed streams (RFC 7395), on which each element declares its namespaces. */
#define SAY_FEATURES_FRAMED(features) FEATURES_BEGIN_FRAMED features FEATURES_END
#define SAY_FEATURES_NONE "<stream:features/>"
#define SAY_FEATURES_TLS SAY_FEATURES (FEATURE_STARTTLS_REQUIRED)
#define SAY_FEATURES_SASL(mechanism) SAY_FEATURES (FEATURE_SASL (MECHANISM (mechanism)))
#define SAY_FEATURES_SASL2(inside) SAY_FEATURES (FEATURE_SASL2 (inside))
#define SAY_FEATURES_BIND SAY_FEATURES (FEATURE_BIND)
#define SAY_FEATURES_SESSION SAY_FEATURES (FEATURE_BIND FEATURE_SESSION)
#define SAY_FEATURES_MANAGED SAY_FEATURES (FEATURE_BIND FEATURE_SM)
