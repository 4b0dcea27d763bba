/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-element.h"
#include "protocol/hs-pipelining.h"
#include "protocol/hs-stream-features.h"

G_BEGIN_DECLS

/* The memory of a server from one connection to the next: the stream features that the server offered to an account,
 * and whether the server supports pipelining. A value; nothing here knows the network. */

/* The kinds of pipelining. A server that fails with HS_PIPELINE_WITH_HEADER gets neither kind; a server that fails
 * with HS_PIPELINE_BY_MEMORY may still get the other. */
typedef enum /*< skip >*/
{
  HS_PIPELINE_BY_MEMORY,   /* relies on remembered stream features: the sign-in, the first stanzas of a session */
  HS_PIPELINE_WITH_HEADER, /* relies on what any server must offer: <starttls/>, the resource */
  HS_N_PIPELINE_KINDS
} HsPipelineKind;

typedef struct
{
  /* The hash of the domain of the server that pipelining is about, or 0. An idle client has no string for it; two
   * domains with one hash cost a few round trips. */
  guint domain;
  guint8 session_features;               /* HsSessionFeatures, after the sign-in; 0: not known */
  guint8 pipelining[HS_N_PIPELINE_KINDS]; /* HsPipelining */
  char *suspects[HS_N_PIPELINE_KINDS];    /* SUSPECTED: the address at which a connection was cut, or NULL */
  char *account;                         /* the bare JID to which the features were offered, or NULL */
  GVariant *features;                    /* before the sign-in, as hs_stream_features_save() has them, or NULL */
  char *text;                            /* all of those after it, or NULL */
  HsElement *shown;                      /* somebody has asked for them, or NULL; made of: */
  char *shown_text;
} HsServerMemory;

void hs_server_memory_init (HsServerMemory *self);
void hs_server_memory_clear (HsServerMemory *self);

/* Called when a connection to the server of @domain begins. Forgets whether another server supports pipelining. */
void hs_server_memory_meet (HsServerMemory *self, const char *domain);
gboolean hs_server_memory_may_pipeline (const HsServerMemory *self, HsPipelineKind what);

/* The remembered features that pipelining may rely on. NULL or 0: none are known, or pipelining is off. */
GVariant *hs_server_memory_get_features (const HsServerMemory *self, const char *account);
HsSessionFeatures hs_server_memory_get_session_features (const HsServerMemory *self,
                                                      const char *account);

/* @account has signed in. @features: NULL if they are not worth remembering. (transfer floating) */
void hs_server_memory_remember (HsServerMemory *self, const char *account, GVariant *features);
void hs_server_memory_remember_session (HsServerMemory *self, HsSessionFeatures features);
/* All features after the sign-in of the account that is remembered, for modules: also if pipelining is off. */
void hs_server_memory_remember_text (HsServerMemory *self, const char *text);
const char *hs_server_memory_get_text (const HsServerMemory *self, const char *account);
/* Such a text as an element, which lives until another is shown. NULL: none, and nothing is kept. */
HsElement *hs_server_memory_show (HsServerMemory *self, const char *text);

/* A connection has ended, and the server had not answered what was pipelined. @how: OUTDATED, LOST or REFUSED.
 * @address: of this connection, as a string. NULL: its transport has none, which is an address like any other.
 * FALSE: that was not pipelined. */
gboolean hs_server_memory_failed (HsServerMemory *self,
                                  HsPipelineKind what,
                                  HsPipeliningEvent how,
                                  const char *address);
void hs_server_memory_bound (HsServerMemory *self, const char *address);

G_END_DECLS
