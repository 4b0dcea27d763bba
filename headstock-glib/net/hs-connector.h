/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "hs-enums.h"
#include "net/hs-loop.h"

G_BEGIN_DECLS

/* From a domain to a TCP connection: SRV records (RFC 6120, 3.2; XEP-0368; RFC 2782), addresses,
 * proxies. One connector serves one attempt to reach the server: each call goes on to the next address, of the same
 * target or the next, until the caller is content with what it found there. An address that does not answer is not
 * waited for alone: a quarter of a second later the next one is tried beside it (RFC 8305, also between targets).
 * No more than 16 targets and 32 addresses are used: somebody else's machine may be what the DNS names.
 *
 * SRV records are looked up where neither a host nor a port was given and the domain is no address.
 * The domain's own addresses are tried if there are no records, and also if the question was
 * not answered in half of the time or with a failure (RFC 6120, 3.2.1, item 9; the certificate is
 * for the domain in any case); not where there are records and all fail. */

typedef struct _HsConnector HsConnector;

/* Copied by hs_connector_new(). */
typedef struct
{
  const char *domain;             /* as A-labels, or an IP literal as in a JID */
  const char *host;               /* NULL: by DNS */
  guint16 port;                   /* 0: by DNS, or default_port, or default_tls_port */
  HsTlsMode tls_mode;
  const char *service;            /* "xmpp-client" or NULL: no SRV (components) */
  const char *tls_service;        /* "xmpps-client" or NULL */
  guint16 default_port;           /* 5222 */
  guint16 default_tls_port;       /* 5223 */
  GProxyResolver *proxy_resolver; /* NULL: the default one */
  HsLoop *loop;                   /* of the calling thread; its clock is that of the timeouts */
  guint timeout_msec;             /* for the lookup of each target, and for each address */
  gboolean no_network;            /* each call returns a result without a connection: the caller has another way */
} HsConnectorConfig;

/* The result of hs_connector_connect_async(). */
typedef struct
{
  GSocketConnection *connection; /* TCP_NODELAY is set, the socket does not block; NULL with no_network */
  gboolean direct_tls;           /* TLS begins with the first byte */
  char *host;                    /* of the target, for messages */
  guint16 port;
  char *address; /* that the connection is to; host and port where a proxy knows it alone */
} HsConnectorResult;

HsConnector *hs_connector_new (const HsConnectorConfig *config);
void hs_connector_free (HsConnector *self);

/* Looks the targets up at the first call, and connects to the next address that can be reached: one that fails is
 * passed over. In error: hs_connector_get_failure() where all failed; HS_ERROR_NO_SERVICE; HS_ERROR_TIMED_OUT;
 * G_IO_ERROR_CANCELLED. With no address left from the beginning: G_IO_ERROR_NOT_FOUND. The connector may be freed
 * meanwhile. */
void hs_connector_connect_async (HsConnector *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
HsConnectorResult *hs_connector_connect_finish (HsConnector *self,
                                                GAsyncResult *result,
                                                GError **error);
/* Whether another call may find another address. */
gboolean hs_connector_has_more (HsConnector *self);
/* Tells the connector that the address that was returned last was of no use, and why. */
void hs_connector_note_failure (HsConnector *self,
                                const GError *error);
/* Returns the error to report if all addresses have failed: about the first certificate that was refused; or else
 * about the last address that could be reached; or else the last error. The message mentions the other errors. NULL:
 * nothing has failed. (transfer full) */
GError *hs_connector_get_failure (HsConnector *self);
/* Whether hs_connector_get_failure() would return the error about a refused certificate. */
gboolean hs_connector_has_refused_certificate (HsConnector *self);
/* The address that was returned last is to be tried once more, before the others. FALSE: as many connections as
 * there may be were made. */
gboolean hs_connector_again (HsConnector *self);
/* The address that was returned last is to be tried once more, after all the others. */
void hs_connector_defer (HsConnector *self);

void hs_connector_result_free (HsConnectorResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsConnector, hs_connector_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsConnectorResult, hs_connector_result_free)

G_END_DECLS
