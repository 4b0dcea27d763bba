/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <glib-object.h>

#include "hs-version-macros.h"

G_BEGIN_DECLS

/**
 * HsError:
 * @HS_ERROR_FAILED: something failed that has no code of its own; the message tells what
 * @HS_ERROR_INVALID_JID: an address is not a JID (RFC 7622)
 * @HS_ERROR_INVALID_STANZA: what was to be sent is not a whole, well-formed stanza
 * @HS_ERROR_INVALID_FROM: the `from` of what was to be sent is not the account's
 * @HS_ERROR_TOO_LARGE: what was to be sent is larger than the server takes (XEP-0478), or what came is larger
 *   than the client does
 * @HS_ERROR_NOT_CONNECTED: there is no session, and none that could be resumed
 * @HS_ERROR_ALREADY_STARTED: the client has been started and has not yet terminated
 * @HS_ERROR_NO_SERVICE: the domain says in its DNS that it has no such service (a target of ".")
 * @HS_ERROR_TIMED_OUT: the peer did not answer within the deadline
 * @HS_ERROR_CONNECTION_LOST: the connection ended without a proper end of the stream
 * @HS_ERROR_SESSION_LOST: the session ended before the request was answered
 * @HS_ERROR_TLS_REQUIRED: the server offers no TLS and the client does not go without; or a password was to be
 *   sent to a server whose certificate was not verified, or without TLS
 * @HS_ERROR_INJECTED_DATA: bytes came between the end of the plain text and the TLS handshake
 * @HS_ERROR_NO_MECHANISM: none of the server's sign-in mechanisms can be used
 * @HS_ERROR_NO_CREDENTIALS: a password or certificate that is needed was not given
 * @HS_ERROR_PROTOCOL: the server broke the protocol; the message names how
 * @HS_ERROR_INVALID_STATE: a session or another state that was kept is another account's, is in a form that this
 *   version does not know, or cannot be read
 * @HS_ERROR_EXPIRED: a session that was kept is too old
 * @HS_ERROR_WRONG_THREAD: the client runs in another thread than the one that called a function of it
 * @HS_ERROR_NOT_SUPPORTED: the server cannot do what was asked for. Since: 0.2
 *
 * What the library itself has to report (domain %HS_ERROR). Conditions that the server sent are in
 * [error@Headstock.StreamError], [error@Headstock.StanzaError] and [error@Headstock.SaslError]; TLS
 * and socket errors stay GIO's.
 */
typedef enum
{
  HS_ERROR_FAILED,
  HS_ERROR_INVALID_JID,
  HS_ERROR_INVALID_STANZA,
  HS_ERROR_INVALID_FROM,
  HS_ERROR_TOO_LARGE,
  HS_ERROR_NOT_CONNECTED,
  HS_ERROR_ALREADY_STARTED,
  HS_ERROR_NO_SERVICE,
  HS_ERROR_TIMED_OUT,
  HS_ERROR_CONNECTION_LOST,
  HS_ERROR_SESSION_LOST,
  HS_ERROR_TLS_REQUIRED,
  HS_ERROR_INJECTED_DATA,
  HS_ERROR_NO_MECHANISM,
  HS_ERROR_NO_CREDENTIALS,
  HS_ERROR_PROTOCOL,
  HS_ERROR_INVALID_STATE,
  HS_ERROR_EXPIRED,
  HS_ERROR_WRONG_THREAD,
  HS_ERROR_NOT_SUPPORTED,
} HsError;

/**
 * HsXmlError:
 * @HS_XML_ERROR_NOT_WELL_FORMED: the text is not well-formed XML, or not UTF-8
 * @HS_XML_ERROR_RESTRICTED: a comment, processing instruction, document type declaration or entity
 *   that XMPP forbids (RFC 6120, 11.1)
 * @HS_XML_ERROR_TOO_DEEP: elements are nested deeper than allowed
 * @HS_XML_ERROR_TOO_LARGE: an element would take more memory than allowed
 * @HS_XML_ERROR_EMPTY: there is no element
 * @HS_XML_ERROR_UNSUPPORTED_ENCODING: a stream is in UTF-16 or UTF-32, or declares another encoding than
 *   UTF-8 (RFC 6120, 11.6)
 *
 * What can be wrong with XML (domain %HS_XML_ERROR).
 */
typedef enum
{
  HS_XML_ERROR_NOT_WELL_FORMED,
  HS_XML_ERROR_RESTRICTED,
  HS_XML_ERROR_TOO_DEEP,
  HS_XML_ERROR_TOO_LARGE,
  HS_XML_ERROR_EMPTY,
  HS_XML_ERROR_UNSUPPORTED_ENCODING,
} HsXmlError;

/**
 * HsStreamError:
 * @HS_STREAM_ERROR_BAD_FORMAT: `bad-format`
 * @HS_STREAM_ERROR_BAD_NAMESPACE_PREFIX: `bad-namespace-prefix`
 * @HS_STREAM_ERROR_CONFLICT: `conflict`
 * @HS_STREAM_ERROR_CONNECTION_TIMEOUT: `connection-timeout`
 * @HS_STREAM_ERROR_HOST_GONE: `host-gone`
 * @HS_STREAM_ERROR_HOST_UNKNOWN: `host-unknown`
 * @HS_STREAM_ERROR_IMPROPER_ADDRESSING: `improper-addressing`
 * @HS_STREAM_ERROR_INTERNAL_SERVER_ERROR: `internal-server-error`
 * @HS_STREAM_ERROR_INVALID_FROM: `invalid-from`
 * @HS_STREAM_ERROR_INVALID_NAMESPACE: `invalid-namespace`
 * @HS_STREAM_ERROR_INVALID_XML: `invalid-xml`
 * @HS_STREAM_ERROR_NOT_AUTHORIZED: `not-authorized`
 * @HS_STREAM_ERROR_NOT_WELL_FORMED: `not-well-formed`
 * @HS_STREAM_ERROR_POLICY_VIOLATION: `policy-violation`
 * @HS_STREAM_ERROR_REMOTE_CONNECTION_FAILED: `remote-connection-failed`
 * @HS_STREAM_ERROR_RESET: `reset`
 * @HS_STREAM_ERROR_RESOURCE_CONSTRAINT: `resource-constraint`
 * @HS_STREAM_ERROR_RESTRICTED_XML: `restricted-xml`
 * @HS_STREAM_ERROR_SEE_OTHER_HOST: `see-other-host`
 * @HS_STREAM_ERROR_SYSTEM_SHUTDOWN: `system-shutdown`
 * @HS_STREAM_ERROR_UNDEFINED_CONDITION: `undefined-condition`, or one that RFC 6120 does not know
 * @HS_STREAM_ERROR_UNSUPPORTED_ENCODING: `unsupported-encoding`
 * @HS_STREAM_ERROR_UNSUPPORTED_FEATURE: `unsupported-feature`
 * @HS_STREAM_ERROR_UNSUPPORTED_STANZA_TYPE: `unsupported-stanza-type`
 * @HS_STREAM_ERROR_UNSUPPORTED_VERSION: `unsupported-version`
 *
 * Stream error conditions that the server sent (domain %HS_STREAM_ERROR; RFC 6120, 4.9.3).
 */
typedef enum
{
  HS_STREAM_ERROR_BAD_FORMAT,
  HS_STREAM_ERROR_BAD_NAMESPACE_PREFIX,
  HS_STREAM_ERROR_CONFLICT,
  HS_STREAM_ERROR_CONNECTION_TIMEOUT,
  HS_STREAM_ERROR_HOST_GONE,
  HS_STREAM_ERROR_HOST_UNKNOWN,
  HS_STREAM_ERROR_IMPROPER_ADDRESSING,
  HS_STREAM_ERROR_INTERNAL_SERVER_ERROR,
  HS_STREAM_ERROR_INVALID_FROM,
  HS_STREAM_ERROR_INVALID_NAMESPACE,
  HS_STREAM_ERROR_INVALID_XML,
  HS_STREAM_ERROR_NOT_AUTHORIZED,
  HS_STREAM_ERROR_NOT_WELL_FORMED,
  HS_STREAM_ERROR_POLICY_VIOLATION,
  HS_STREAM_ERROR_REMOTE_CONNECTION_FAILED,
  HS_STREAM_ERROR_RESET,
  HS_STREAM_ERROR_RESOURCE_CONSTRAINT,
  HS_STREAM_ERROR_RESTRICTED_XML,
  HS_STREAM_ERROR_SEE_OTHER_HOST,
  HS_STREAM_ERROR_SYSTEM_SHUTDOWN,
  HS_STREAM_ERROR_UNDEFINED_CONDITION,
  HS_STREAM_ERROR_UNSUPPORTED_ENCODING,
  HS_STREAM_ERROR_UNSUPPORTED_FEATURE,
  HS_STREAM_ERROR_UNSUPPORTED_STANZA_TYPE,
  HS_STREAM_ERROR_UNSUPPORTED_VERSION,
} HsStreamError;

/**
 * HsStanzaError:
 * @HS_STANZA_ERROR_BAD_REQUEST: `bad-request`
 * @HS_STANZA_ERROR_CONFLICT: `conflict`
 * @HS_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED: `feature-not-implemented`
 * @HS_STANZA_ERROR_FORBIDDEN: `forbidden`
 * @HS_STANZA_ERROR_GONE: `gone`
 * @HS_STANZA_ERROR_INTERNAL_SERVER_ERROR: `internal-server-error`
 * @HS_STANZA_ERROR_ITEM_NOT_FOUND: `item-not-found`
 * @HS_STANZA_ERROR_JID_MALFORMED: `jid-malformed`
 * @HS_STANZA_ERROR_NOT_ACCEPTABLE: `not-acceptable`
 * @HS_STANZA_ERROR_NOT_ALLOWED: `not-allowed`
 * @HS_STANZA_ERROR_NOT_AUTHORIZED: `not-authorized`
 * @HS_STANZA_ERROR_POLICY_VIOLATION: `policy-violation`
 * @HS_STANZA_ERROR_RECIPIENT_UNAVAILABLE: `recipient-unavailable`
 * @HS_STANZA_ERROR_REDIRECT: `redirect`
 * @HS_STANZA_ERROR_REGISTRATION_REQUIRED: `registration-required`
 * @HS_STANZA_ERROR_REMOTE_SERVER_NOT_FOUND: `remote-server-not-found`
 * @HS_STANZA_ERROR_REMOTE_SERVER_TIMEOUT: `remote-server-timeout`
 * @HS_STANZA_ERROR_RESOURCE_CONSTRAINT: `resource-constraint`
 * @HS_STANZA_ERROR_SERVICE_UNAVAILABLE: `service-unavailable`
 * @HS_STANZA_ERROR_SUBSCRIPTION_REQUIRED: `subscription-required`
 * @HS_STANZA_ERROR_UNDEFINED_CONDITION: `undefined-condition`, or one that RFC 6120 does not know
 * @HS_STANZA_ERROR_UNEXPECTED_REQUEST: `unexpected-request`
 *
 * Stanza error conditions (domain %HS_STANZA_ERROR; RFC 6120, 8.3.3).
 */
typedef enum
{
  HS_STANZA_ERROR_BAD_REQUEST,
  HS_STANZA_ERROR_CONFLICT,
  HS_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED,
  HS_STANZA_ERROR_FORBIDDEN,
  HS_STANZA_ERROR_GONE,
  HS_STANZA_ERROR_INTERNAL_SERVER_ERROR,
  HS_STANZA_ERROR_ITEM_NOT_FOUND,
  HS_STANZA_ERROR_JID_MALFORMED,
  HS_STANZA_ERROR_NOT_ACCEPTABLE,
  HS_STANZA_ERROR_NOT_ALLOWED,
  HS_STANZA_ERROR_NOT_AUTHORIZED,
  HS_STANZA_ERROR_POLICY_VIOLATION,
  HS_STANZA_ERROR_RECIPIENT_UNAVAILABLE,
  HS_STANZA_ERROR_REDIRECT,
  HS_STANZA_ERROR_REGISTRATION_REQUIRED,
  HS_STANZA_ERROR_REMOTE_SERVER_NOT_FOUND,
  HS_STANZA_ERROR_REMOTE_SERVER_TIMEOUT,
  HS_STANZA_ERROR_RESOURCE_CONSTRAINT,
  HS_STANZA_ERROR_SERVICE_UNAVAILABLE,
  HS_STANZA_ERROR_SUBSCRIPTION_REQUIRED,
  HS_STANZA_ERROR_UNDEFINED_CONDITION,
  HS_STANZA_ERROR_UNEXPECTED_REQUEST,
} HsStanzaError;

/**
 * HsSaslError:
 * @HS_SASL_ERROR_ABORTED: `aborted`
 * @HS_SASL_ERROR_ACCOUNT_DISABLED: `account-disabled`
 * @HS_SASL_ERROR_CREDENTIALS_EXPIRED: `credentials-expired`
 * @HS_SASL_ERROR_ENCRYPTION_REQUIRED: `encryption-required`
 * @HS_SASL_ERROR_INCORRECT_ENCODING: `incorrect-encoding`
 * @HS_SASL_ERROR_INVALID_AUTHZID: `invalid-authzid`
 * @HS_SASL_ERROR_INVALID_MECHANISM: `invalid-mechanism`
 * @HS_SASL_ERROR_MALFORMED_REQUEST: `malformed-request`
 * @HS_SASL_ERROR_MECHANISM_TOO_WEAK: `mechanism-too-weak`
 * @HS_SASL_ERROR_NOT_AUTHORIZED: `not-authorized`
 * @HS_SASL_ERROR_TEMPORARY_AUTH_FAILURE: `temporary-auth-failure`
 * @HS_SASL_ERROR_UNDEFINED_CONDITION: a condition that RFC 6120 does not know
 * @HS_SASL_ERROR_SERVER_NOT_VERIFIED: the server did not prove that it knows the password, or its
 *   messages break the mechanism's rules (RFC 5802, 5.1); found by the client
 *
 * What ended a sign-in (domain %HS_SASL_ERROR): a condition that the server sent (RFC 6120, 6.5), or
 * one that the client found.
 */
typedef enum
{
  HS_SASL_ERROR_ABORTED,
  HS_SASL_ERROR_ACCOUNT_DISABLED,
  HS_SASL_ERROR_CREDENTIALS_EXPIRED,
  HS_SASL_ERROR_ENCRYPTION_REQUIRED,
  HS_SASL_ERROR_INCORRECT_ENCODING,
  HS_SASL_ERROR_INVALID_AUTHZID,
  HS_SASL_ERROR_INVALID_MECHANISM,
  HS_SASL_ERROR_MALFORMED_REQUEST,
  HS_SASL_ERROR_MECHANISM_TOO_WEAK,
  HS_SASL_ERROR_NOT_AUTHORIZED,
  HS_SASL_ERROR_TEMPORARY_AUTH_FAILURE,
  HS_SASL_ERROR_UNDEFINED_CONDITION,
  HS_SASL_ERROR_SERVER_NOT_VERIFIED,
} HsSaslError;

#define HS_ERROR (hs_error_quark ())
#define HS_XML_ERROR (hs_xml_error_quark ())
#define HS_STREAM_ERROR (hs_stream_error_quark ())
#define HS_STANZA_ERROR (hs_stanza_error_quark ())
#define HS_SASL_ERROR (hs_sasl_error_quark ())

HS_AVAILABLE_IN_ALL
GQuark hs_error_quark (void);
HS_AVAILABLE_IN_ALL
GQuark hs_xml_error_quark (void);
HS_AVAILABLE_IN_ALL
GQuark hs_stream_error_quark (void);
HS_AVAILABLE_IN_ALL
GQuark hs_stanza_error_quark (void);
HS_AVAILABLE_IN_ALL
GQuark hs_sasl_error_quark (void);

G_END_DECLS
