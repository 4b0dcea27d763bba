/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <glib.h>

G_BEGIN_DECLS

/**
 * HS_NS_CLIENT:
 *
 * The namespace `jabber:client` (RFC 6120).
 */
#define HS_NS_CLIENT "jabber:client"

/**
 * HS_NS_COMPONENT:
 *
 * The namespace `jabber:component:accept` (XEP-0114).
 */
#define HS_NS_COMPONENT "jabber:component:accept"

/**
 * HS_NS_STREAM:
 *
 * The namespace `http://etherx.jabber.org/streams` (RFC 6120, 4.8).
 */
#define HS_NS_STREAM "http://etherx.jabber.org/streams"

/**
 * HS_NS_FRAMING:
 *
 * The namespace `urn:ietf:params:xml:ns:xmpp-framing` (RFC 7395, 3.3).
 *
 * Since: 0.2
 */
#define HS_NS_FRAMING "urn:ietf:params:xml:ns:xmpp-framing"

/**
 * HS_NS_STREAMS:
 *
 * The namespace `urn:ietf:params:xml:ns:xmpp-streams` (stream error conditions: RFC 6120, 4.9).
 */
#define HS_NS_STREAMS "urn:ietf:params:xml:ns:xmpp-streams"

/**
 * HS_NS_STANZAS:
 *
 * The namespace `urn:ietf:params:xml:ns:xmpp-stanzas` (stanza error conditions: RFC 6120, 8.3).
 */
#define HS_NS_STANZAS "urn:ietf:params:xml:ns:xmpp-stanzas"

/**
 * HS_NS_TLS:
 *
 * The namespace `urn:ietf:params:xml:ns:xmpp-tls` (RFC 6120, 5).
 */
#define HS_NS_TLS "urn:ietf:params:xml:ns:xmpp-tls"

/**
 * HS_NS_SASL:
 *
 * The namespace `urn:ietf:params:xml:ns:xmpp-sasl` (RFC 6120, 6).
 */
#define HS_NS_SASL "urn:ietf:params:xml:ns:xmpp-sasl"

/**
 * HS_NS_BIND:
 *
 * The namespace `urn:ietf:params:xml:ns:xmpp-bind` (RFC 6120, 7).
 */
#define HS_NS_BIND "urn:ietf:params:xml:ns:xmpp-bind"

/**
 * HS_NS_SESSION:
 *
 * The namespace `urn:ietf:params:xml:ns:xmpp-session` (obsolete: RFC 3921, 3).
 */
#define HS_NS_SESSION "urn:ietf:params:xml:ns:xmpp-session"

/**
 * HS_NS_ROSTER:
 *
 * The namespace `jabber:iq:roster` (RFC 6121, 2).
 */
#define HS_NS_ROSTER "jabber:iq:roster"

/**
 * HS_NS_ROSTER_VERSIONING:
 *
 * The namespace `urn:xmpp:features:rosterver` (RFC 6121, 2.6).
 */
#define HS_NS_ROSTER_VERSIONING "urn:xmpp:features:rosterver"

/**
 * HS_NS_PRE_APPROVAL:
 *
 * The namespace `urn:xmpp:features:pre-approval` (RFC 6121, 3.4).
 *
 * Since: 0.2
 */
#define HS_NS_PRE_APPROVAL "urn:xmpp:features:pre-approval"

/**
 * HS_NS_XML:
 *
 * The namespace `http://www.w3.org/XML/1998/namespace` (`xml:lang` and its like).
 */
#define HS_NS_XML "http://www.w3.org/XML/1998/namespace"

/**
 * HS_NS_XMLNS:
 *
 * The namespace `http://www.w3.org/2000/xmlns/` of the attributes that declare namespaces (Namespaces in XML, 3).
 * Nothing else can be in it.
 */
#define HS_NS_XMLNS "http://www.w3.org/2000/xmlns/"

/**
 * HS_NS_REGISTER:
 *
 * The namespace `jabber:iq:register` (XEP-0077).
 */
#define HS_NS_REGISTER "jabber:iq:register"

/**
 * HS_NS_REGISTER_FEATURE:
 *
 * The namespace `http://jabber.org/features/iq-register` (XEP-0077).
 */
#define HS_NS_REGISTER_FEATURE "http://jabber.org/features/iq-register"

/**
 * HS_NS_DATA:
 *
 * The namespace `jabber:x:data` (XEP-0004).
 */
#define HS_NS_DATA "jabber:x:data"

/**
 * HS_NS_OOB:
 *
 * The namespace `jabber:x:oob` (XEP-0066).
 */
#define HS_NS_OOB "jabber:x:oob"

/**
 * HS_NS_DISCO_INFO:
 *
 * The namespace `http://jabber.org/protocol/disco#info` (XEP-0030).
 */
#define HS_NS_DISCO_INFO "http://jabber.org/protocol/disco#info"

/**
 * HS_NS_DISCO_ITEMS:
 *
 * The namespace `http://jabber.org/protocol/disco#items` (XEP-0030).
 */
#define HS_NS_DISCO_ITEMS "http://jabber.org/protocol/disco#items"

/**
 * HS_NS_CAPS:
 *
 * The namespace `http://jabber.org/protocol/caps` (XEP-0115).
 */
#define HS_NS_CAPS "http://jabber.org/protocol/caps"

/**
 * HS_NS_RSM:
 *
 * The namespace `http://jabber.org/protocol/rsm` (result set management: XEP-0059).
 *
 * Since: 0.2
 */
#define HS_NS_RSM "http://jabber.org/protocol/rsm"

/**
 * HS_NS_MUC:
 *
 * The namespace `http://jabber.org/protocol/muc` (XEP-0045).
 */
#define HS_NS_MUC "http://jabber.org/protocol/muc"

/**
 * HS_NS_MUC_ADMIN:
 *
 * The namespace `http://jabber.org/protocol/muc#admin` (XEP-0045).
 *
 * Since: 0.2
 */
#define HS_NS_MUC_ADMIN "http://jabber.org/protocol/muc#admin"

/**
 * HS_NS_MUC_OWNER:
 *
 * The namespace `http://jabber.org/protocol/muc#owner` (XEP-0045).
 *
 * Since: 0.2
 */
#define HS_NS_MUC_OWNER "http://jabber.org/protocol/muc#owner"

/**
 * HS_NS_MUC_REQUEST:
 *
 * The namespace `http://jabber.org/protocol/muc#request` (XEP-0045).
 *
 * Since: 0.2
 */
#define HS_NS_MUC_REQUEST "http://jabber.org/protocol/muc#request"

/**
 * HS_NS_CONFERENCE:
 *
 * The namespace `jabber:x:conference` (XEP-0249).
 *
 * Since: 0.2
 */
#define HS_NS_CONFERENCE "jabber:x:conference"

/**
 * HS_NS_HATS:
 *
 * The namespace `urn:xmpp:hats:0` (XEP-0317).
 *
 * Since: 0.2
 */
#define HS_NS_HATS "urn:xmpp:hats:0"

/**
 * HS_NS_MUC_USER:
 *
 * The namespace `http://jabber.org/protocol/muc#user` (XEP-0045).
 */
#define HS_NS_MUC_USER "http://jabber.org/protocol/muc#user"

/**
 * HS_NS_PUBSUB:
 *
 * The namespace `http://jabber.org/protocol/pubsub` (XEP-0060).
 */
#define HS_NS_PUBSUB "http://jabber.org/protocol/pubsub"

/**
 * HS_NS_PUBSUB_EVENT:
 *
 * The namespace `http://jabber.org/protocol/pubsub#event` (XEP-0060).
 */
#define HS_NS_PUBSUB_EVENT "http://jabber.org/protocol/pubsub#event"

/**
 * HS_NS_PUBSUB_OWNER:
 *
 * The namespace `http://jabber.org/protocol/pubsub#owner` (XEP-0060).
 *
 * Since: 0.2
 */
#define HS_NS_PUBSUB_OWNER "http://jabber.org/protocol/pubsub#owner"

/**
 * HS_NS_PUBSUB_ERRORS:
 *
 * The namespace `http://jabber.org/protocol/pubsub#errors` (XEP-0060).
 *
 * Since: 0.2
 */
#define HS_NS_PUBSUB_ERRORS "http://jabber.org/protocol/pubsub#errors"

/**
 * HS_NS_BOOKMARKS:
 *
 * The namespace `urn:xmpp:bookmarks:1` (XEP-0402).
 *
 * Since: 0.2
 */
#define HS_NS_BOOKMARKS "urn:xmpp:bookmarks:1"

/**
 * HS_NS_STORAGE_BOOKMARKS:
 *
 * The namespace `storage:bookmarks` (XEP-0048).
 *
 * Since: 0.2
 */
#define HS_NS_STORAGE_BOOKMARKS "storage:bookmarks"

/**
 * HS_NS_PRIVATE:
 *
 * The namespace `jabber:iq:private` (XEP-0049).
 *
 * Since: 0.2
 */
#define HS_NS_PRIVATE "jabber:iq:private"

/**
 * HS_NS_BOOKMARKS_PINNING:
 *
 * The namespace `urn:xmpp:bookmarks-pinning:0` (XEP-0469).
 *
 * Since: 0.2
 */
#define HS_NS_BOOKMARKS_PINNING "urn:xmpp:bookmarks-pinning:0"

/**
 * HS_NS_NOTIFICATION_SETTINGS:
 *
 * The namespace `urn:xmpp:notification-settings:1` (XEP-0492).
 *
 * Since: 0.2
 */
#define HS_NS_NOTIFICATION_SETTINGS "urn:xmpp:notification-settings:1"

/**
 * HS_NS_VERSION:
 *
 * The namespace `jabber:iq:version` (XEP-0092).
 */
#define HS_NS_VERSION "jabber:iq:version"

/**
 * HS_NS_LAST:
 *
 * The namespace `jabber:iq:last` (XEP-0012).
 */
#define HS_NS_LAST "jabber:iq:last"

/**
 * HS_NS_VCARD:
 *
 * The namespace `vcard-temp` (XEP-0054).
 */
#define HS_NS_VCARD "vcard-temp"

/**
 * HS_NS_AVATAR_DATA:
 *
 * The namespace `urn:xmpp:avatar:data` (XEP-0084).
 *
 * Since: 0.2
 */
#define HS_NS_AVATAR_DATA "urn:xmpp:avatar:data"

/**
 * HS_NS_AVATAR_METADATA:
 *
 * The namespace `urn:xmpp:avatar:metadata` (XEP-0084).
 *
 * Since: 0.2
 */
#define HS_NS_AVATAR_METADATA "urn:xmpp:avatar:metadata"

/**
 * HS_NS_VCARD_UPDATE:
 *
 * The namespace `vcard-temp:x:update` (XEP-0153).
 *
 * Since: 0.2
 */
#define HS_NS_VCARD_UPDATE "vcard-temp:x:update"

/**
 * HS_NS_NICK:
 *
 * The namespace `http://jabber.org/protocol/nick` (XEP-0172).
 *
 * Since: 0.2
 */
#define HS_NS_NICK "http://jabber.org/protocol/nick"

/**
 * HS_NS_IDLE:
 *
 * The namespace `urn:xmpp:idle:1` (XEP-0319).
 *
 * Since: 0.2
 */
#define HS_NS_IDLE "urn:xmpp:idle:1"

/**
 * HS_NS_CHAT_STATES:
 *
 * The namespace `http://jabber.org/protocol/chatstates` (XEP-0085).
 */
#define HS_NS_CHAT_STATES "http://jabber.org/protocol/chatstates"

/**
 * HS_NS_RECEIPTS:
 *
 * The namespace `urn:xmpp:receipts` (XEP-0184).
 */
#define HS_NS_RECEIPTS "urn:xmpp:receipts"

/**
 * HS_NS_SM:
 *
 * The namespace `urn:xmpp:sm:3` (XEP-0198).
 */
#define HS_NS_SM "urn:xmpp:sm:3"

/**
 * HS_NS_PING:
 *
 * The namespace `urn:xmpp:ping` (XEP-0199).
 */
#define HS_NS_PING "urn:xmpp:ping"

/**
 * HS_NS_TIME:
 *
 * The namespace `urn:xmpp:time` (XEP-0202).
 */
#define HS_NS_TIME "urn:xmpp:time"

/**
 * HS_NS_DELAY:
 *
 * The namespace `urn:xmpp:delay` (XEP-0203).
 */
#define HS_NS_DELAY "urn:xmpp:delay"

/**
 * HS_NS_CARBONS:
 *
 * The namespace `urn:xmpp:carbons:2` (XEP-0280).
 */
#define HS_NS_CARBONS "urn:xmpp:carbons:2"

/**
 * HS_NS_FORWARD:
 *
 * The namespace `urn:xmpp:forward:0` (XEP-0297).
 */
#define HS_NS_FORWARD "urn:xmpp:forward:0"

/**
 * HS_NS_MAM:
 *
 * The namespace `urn:xmpp:mam:2` (XEP-0313).
 */
#define HS_NS_MAM "urn:xmpp:mam:2"

/**
 * HS_NS_CORRECT:
 *
 * The namespace `urn:xmpp:message-correct:0` (XEP-0308).
 */
#define HS_NS_CORRECT "urn:xmpp:message-correct:0"

/**
 * HS_NS_CHAT_MARKERS:
 *
 * The namespace `urn:xmpp:chat-markers:0` (XEP-0333).
 */
#define HS_NS_CHAT_MARKERS "urn:xmpp:chat-markers:0"

/**
 * HS_NS_HINTS:
 *
 * The namespace `urn:xmpp:hints` (XEP-0334).
 */
#define HS_NS_HINTS "urn:xmpp:hints"

/**
 * HS_NS_CSI:
 *
 * The namespace `urn:xmpp:csi:0` (XEP-0352).
 */
#define HS_NS_CSI "urn:xmpp:csi:0"

/**
 * HS_NS_DISPLAYED:
 *
 * The namespace `urn:xmpp:mds:displayed:0` (XEP-0490).
 *
 * Since: 0.2
 */
#define HS_NS_DISPLAYED "urn:xmpp:mds:displayed:0"

/**
 * HS_NS_DISPLAYED_ASSIST:
 *
 * The feature `urn:xmpp:mds:server-assist:0` (XEP-0490, 3.4.2).
 *
 * Since: 0.2
 */
#define HS_NS_DISPLAYED_ASSIST "urn:xmpp:mds:server-assist:0"

/**
 * HS_NS_SID:
 *
 * The namespace `urn:xmpp:sid:0` (XEP-0359).
 */
#define HS_NS_SID "urn:xmpp:sid:0"

/**
 * HS_NS_ATTENTION:
 *
 * The namespace `urn:xmpp:attention:0` (XEP-0224).
 *
 * Since: 0.2
 */
#define HS_NS_ATTENTION "urn:xmpp:attention:0"

/**
 * HS_NS_BLOCKING:
 *
 * The namespace `urn:xmpp:blocking` (XEP-0191).
 *
 * Since: 0.2
 */
#define HS_NS_BLOCKING "urn:xmpp:blocking"

/**
 * HS_NS_BLOCKING_ERRORS:
 *
 * The namespace `urn:xmpp:blocking:errors` (XEP-0191, 3.2).
 *
 * Since: 0.2
 */
#define HS_NS_BLOCKING_ERRORS "urn:xmpp:blocking:errors"

/**
 * HS_NS_ENCRYPTION:
 *
 * The namespace `urn:xmpp:eme:0` (explicit message encryption: XEP-0380).
 *
 * Since: 0.2
 */
#define HS_NS_ENCRYPTION "urn:xmpp:eme:0"

/**
 * HS_NS_FALLBACK:
 *
 * The namespace `urn:xmpp:fallback:0` (XEP-0428).
 *
 * Since: 0.2
 */
#define HS_NS_FALLBACK "urn:xmpp:fallback:0"

/**
 * HS_NS_FASTEN:
 *
 * The namespace `urn:xmpp:fasten:0` (XEP-0422), in which earlier versions of XEP-0424 and XEP-0425 name the message.
 *
 * Since: 0.2
 */
#define HS_NS_FASTEN "urn:xmpp:fasten:0"

/**
 * HS_NS_MODERATE:
 *
 * The namespace `urn:xmpp:message-moderate:1` (XEP-0425).
 *
 * Since: 0.2
 */
#define HS_NS_MODERATE "urn:xmpp:message-moderate:1"

/**
 * HS_NS_MODERATE_0:
 *
 * The namespace `urn:xmpp:message-moderate:0` (XEP-0425 before version 0.3), which servers still send.
 *
 * Since: 0.2
 */
#define HS_NS_MODERATE_0 "urn:xmpp:message-moderate:0"

/**
 * HS_NS_OCCUPANT_ID:
 *
 * The namespace `urn:xmpp:occupant-id:0` (XEP-0421).
 *
 * Since: 0.2
 */
#define HS_NS_OCCUPANT_ID "urn:xmpp:occupant-id:0"

/**
 * HS_NS_REACTIONS:
 *
 * The namespace `urn:xmpp:reactions:0` (XEP-0444).
 *
 * Since: 0.2
 */
#define HS_NS_REACTIONS "urn:xmpp:reactions:0"

/**
 * HS_NS_REPLY:
 *
 * The namespace `urn:xmpp:reply:0` (XEP-0461).
 *
 * Since: 0.2
 */
#define HS_NS_REPLY "urn:xmpp:reply:0"

/**
 * HS_NS_RETRACT:
 *
 * The namespace `urn:xmpp:message-retract:1` (XEP-0424).
 *
 * Since: 0.2
 */
#define HS_NS_RETRACT "urn:xmpp:message-retract:1"

/**
 * HS_NS_RETRACT_0:
 *
 * The namespace `urn:xmpp:message-retract:0` (XEP-0424 before version 0.4), which servers still send.
 *
 * Since: 0.2
 */
#define HS_NS_RETRACT_0 "urn:xmpp:message-retract:0"

/**
 * HS_NS_STYLING:
 *
 * The namespace `urn:xmpp:styling:0` (XEP-0393).
 *
 * Since: 0.2
 */
#define HS_NS_STYLING "urn:xmpp:styling:0"

/**
 * HS_NS_UPLOAD:
 *
 * The namespace `urn:xmpp:http:upload:0` (XEP-0363).
 *
 * Since: 0.2
 */
#define HS_NS_UPLOAD "urn:xmpp:http:upload:0"

/**
 * HS_NS_UPLOAD_PURPOSE:
 *
 * The namespace `urn:xmpp:http:upload:purpose:0` (XEP-0363, 5).
 *
 * Since: 0.2
 */
#define HS_NS_UPLOAD_PURPOSE "urn:xmpp:http:upload:purpose:0"

/**
 * HS_NS_FILE_METADATA:
 *
 * The namespace `urn:xmpp:file:metadata:0` (XEP-0446).
 *
 * Since: 0.2
 */
#define HS_NS_FILE_METADATA "urn:xmpp:file:metadata:0"

/**
 * HS_NS_FILE_SHARING:
 *
 * The namespace `urn:xmpp:sfs:0` (XEP-0447).
 *
 * Since: 0.2
 */
#define HS_NS_FILE_SHARING "urn:xmpp:sfs:0"

/**
 * HS_NS_HASHES:
 *
 * The namespace `urn:xmpp:hashes:2` (XEP-0300).
 *
 * Since: 0.2
 */
#define HS_NS_HASHES "urn:xmpp:hashes:2"

/**
 * HS_NS_URL_DATA:
 *
 * The namespace `http://jabber.org/protocol/url-data` (XEP-0103).
 *
 * Since: 0.2
 */
#define HS_NS_URL_DATA "http://jabber.org/protocol/url-data"

/**
 * HS_NS_SASL2:
 *
 * The namespace `urn:xmpp:sasl:2` (XEP-0388).
 */
#define HS_NS_SASL2 "urn:xmpp:sasl:2"

/**
 * HS_NS_BIND2:
 *
 * The namespace `urn:xmpp:bind:0` (XEP-0386).
 */
#define HS_NS_BIND2 "urn:xmpp:bind:0"

/**
 * HS_NS_FAST:
 *
 * The namespace `urn:xmpp:fast:0` (XEP-0484).
 */
#define HS_NS_FAST "urn:xmpp:fast:0"

/**
 * HS_NS_SASL_UPGRADE:
 *
 * The namespace `urn:xmpp:sasl:upgrade:0` (XEP-0480).
 */
#define HS_NS_SASL_UPGRADE "urn:xmpp:sasl:upgrade:0"

/**
 * HS_NS_SCRAM_UPGRADE:
 *
 * The namespace `urn:xmpp:scram-upgrade:0` (XEP-0480, 4).
 */
#define HS_NS_SCRAM_UPGRADE "urn:xmpp:scram-upgrade:0"

/**
 * HS_NS_CHANNEL_BINDING:
 *
 * The namespace `urn:xmpp:sasl-cb:0` (XEP-0440).
 */
#define HS_NS_CHANNEL_BINDING "urn:xmpp:sasl-cb:0"

/**
 * HS_NS_LIMITS:
 *
 * The namespace `urn:xmpp:stream-limits:0` (XEP-0478).
 */
#define HS_NS_LIMITS "urn:xmpp:stream-limits:0"

G_END_DECLS
