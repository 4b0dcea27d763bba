/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-loop.h"

G_BEGIN_DECLS

/* The servers that a domain names in its SRV records, for two services (RFC 6120, 3.2.1; XEP-0368): one list, in the
 * order in which to try them. */

typedef struct
{
  char *host;
  guint16 port;
  guint16 priority;
  guint16 weight;
  gboolean direct_tls;
} HsSrvTarget;

HsSrvTarget *hs_srv_target_new (const char *host,
                                guint16 port,
                                guint16 priority,
                                guint16 weight,
                                gboolean direct_tls);
void hs_srv_target_free (HsSrvTarget *target);

/* By priority, then by weighted chance (RFC 2782); of equal weight, direct TLS first. */
void hs_srv_sort (GPtrArray *targets);

/* Both services are looked up at once; either may be NULL. The result is a GPtrArray of
 * HsSrvTarget: empty if there are no records, and also if the question was not answered
 * within @timeout_msec or not with success (RFC 6120, 3.2.1, item 9, then wants the fallback
 * too). HS_ERROR_NO_SERVICE if a service is said not to be there and none is said to be. @loop: of the calling
 * thread; the timeout is on its clock. */
void hs_srv_lookup_async (HsLoop *loop,
                          const char *domain,
                          const char *service,
                          const char *tls_service,
                          guint timeout_msec,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
GPtrArray *hs_srv_lookup_finish (GAsyncResult *result,
                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsSrvTarget, hs_srv_target_free)

G_END_DECLS
