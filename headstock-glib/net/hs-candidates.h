/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "net/hs-srv.h"

G_BEGIN_DECLS

/* The addresses of a list of targets, in the order in which they are to be tried: all of one target before those
 * of the next. A target is looked up when it is opened, and its addresses come in one by one. A target that is
 * reached through a proxy is one candidate: the name is the proxy's to look up. */

/* RFC 8305 sets no bound; a domain may name thousands of machines that are somebody else's. */
#define HS_CANDIDATES_MAX_TARGETS 16
#define HS_CANDIDATES_MAX_ADDRESSES 32

typedef struct
{
  HsSrvTarget *target;
  guint rank;                      /* of the target, and of the address in it: the lower, the earlier */
  GSocketConnectable *connectable; /* through a proxy, for a GSocketClient; without one, a GSocketAddress */
  char *address;                   /* as text, or NULL: through a proxy */
  gboolean proxied;
} HsCandidate;

typedef struct _HsCandidates HsCandidates;

typedef struct
{
  /* There is another candidate, or there will be none of a target that was opened. */
  void (*changed) (gpointer user_data);
  /* A target has no address. */
  void (*failed) (const HsSrvTarget *target, const GError *error, gpointer user_data);
} HsCandidatesCallbacks;

/* @targets: of HsSrvTarget; no more than HS_CANDIDATES_MAX_TARGETS of them are used. @timeout_msec: for the
 * lookup of each, on the clock of @loop. */
HsCandidates *hs_candidates_new (HsLoop *loop,
                                 GPtrArray *targets,
                                 GProxyResolver *proxy_resolver,
                                 guint timeout_msec,
                                 const HsCandidatesCallbacks *callbacks,
                                 gpointer user_data);
void hs_candidates_free (HsCandidates *self);

/* Begins to look up the next target; FALSE: there is none. */
gboolean hs_candidates_open_next (HsCandidates *self);
/* Whether a target that was opened may have more addresses than it has told yet. */
gboolean hs_candidates_is_asking (HsCandidates *self);
/* The next one that is there, or NULL. (transfer full) */
HsCandidate *hs_candidates_take (HsCandidates *self);
/* It was taken, and is to be tried later; it keeps its place. */
void hs_candidates_put_back (HsCandidates *self, HsCandidate *candidate);
/* Whether there is another candidate, or may be one. */
gboolean hs_candidates_has_more (HsCandidates *self);
/* How many targets are not used, because there are too many. */
guint hs_candidates_get_n_unused (HsCandidates *self);

void hs_candidate_free (HsCandidate *candidate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsCandidate, hs_candidate_free)

G_END_DECLS
