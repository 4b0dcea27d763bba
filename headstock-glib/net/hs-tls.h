/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-loop.h"

G_BEGIN_DECLS

/* A TLS handshake over a connection, with the identity of the JID's domain (RFC 6120, 13.7.2; never
 * that of the host that DNS named). Sessions are never resumed. */

/* The certificate failed verification with @errors: whether to go on all the same. Called in the
 * context in which the handshake was begun, once a handshake. */
typedef gboolean (*HsTlsAcceptFunc) (GTlsCertificate *certificate,
                                     GTlsCertificateFlags errors,
                                     gpointer user_data);

typedef struct
{
  const char *domain;          /* A-labels: server name (SNI) and identity; or an IP literal */
  GTlsDatabase *database;      /* NULL: the system's */
  GTlsCertificate *certificate; /* the client's own, nullable */
  GTlsCertificate *pinned;     /* where set, this one is accepted and no other */
  const char *alpn;            /* "xmpp-client" for direct TLS, or NULL */
  HsTlsAcceptFunc accept;      /* asked where verification failed and nothing is pinned; nullable */
  gpointer accept_data;
  guint timeout_msec;
  HsLoop *loop; /* of the calling thread; the timeout is on its clock */
} HsTlsConfig;

typedef struct
{
  GTlsConnection *connection;
  GTlsCertificate *peer_certificate; /* nullable */
  gboolean trusted;                  /* verified or pinned, not only accepted by the function */
  gboolean client_certificate_used;  /* the server asked for one and got ours */
} HsTlsResult;

/* Does not block. Where it fails, @base is of no further use: it is closed or about to be.
 * Errors: G_TLS_ERROR_BAD_CERTIFICATE with a message that names what is wrong with it (unknown
 * issuer, other name, expired, ...), HS_ERROR_TIMED_OUT, other G_TLS_ERROR and G_IO_ERROR. The
 * peer's certificate is put into @peer_certificate of the finish function also if it was
 * refused. */
void hs_tls_handshake_async (GIOStream *base,
                             const HsTlsConfig *config,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
HsTlsResult *hs_tls_handshake_finish (GAsyncResult *result,
                                      GTlsCertificate **peer_certificate,
                                      GError **error);
void hs_tls_result_free (HsTlsResult *result);

/* Returns the data of a channel binding, to which a sign-in can be bound (RFC 9266; RFC 5929). @type:
 * "tls-exporter", "tls-unique" (TLS 1.3 has none), or "tls-server-end-point". NULL: the connection has no such data.
 * (transfer full) */
GBytes *hs_tls_get_channel (GTlsConnection *connection,
                            const char *type);
/* The stream that the handshake was made over (not the property "base-io-stream", which is a stream
 * around it). Borrowed. */
GIOStream *hs_tls_get_base (GTlsConnection *connection);
/* Closes at once, with a close_notify where that can be sent without blocking. @blocked: the last
 * write would have blocked. */
void hs_tls_close (GTlsConnection *connection,
                   gboolean blocked);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsTlsResult, hs_tls_result_free)

G_END_DECLS
