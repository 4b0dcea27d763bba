/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether a server supports pipelining, as far as its connections have shown. */

typedef enum /*< skip >*/
{
  HS_PIPELINING_ALLOWED,         /* nothing is known: it is tried */
  HS_PIPELINING_WORKED,          /* the last session was bound with it */
  HS_PIPELINING_OFF_UNTIL_BOUND, /* the next sign-in does without */
  HS_PIPELINING_SUSPECTED,       /* the same; and it may be the reason for which a connection was cut */
  HS_PIPELINING_OFF,             /* all sign-ins to this server do without */
  HS_N_PIPELINING
} HsPipelining;

typedef enum /*< skip >*/
{
  /* A connection has ended that had not been answered what was pipelined: */
  HS_PIPELINING_ON_OUTDATED,    /* the server offers other stream features than it did before */
  HS_PIPELINING_ON_LOST,        /* the connection was cut, which may have had another reason */
  HS_PIPELINING_ON_REFUSED,     /* the server has said so, or has never answered */
  /* A session was bound: */
  HS_PIPELINING_ON_BOUND,       /* anywhere, */
  HS_PIPELINING_ON_BOUND_THERE, /* or at the address that cut a connection, without pipelining */
  HS_N_PIPELINING_EVENTS
} HsPipeliningEvent;

HsPipelining hs_pipelining_get_next (HsPipelining state, HsPipeliningEvent event);
gboolean hs_pipelining_is_allowed (HsPipelining state);
/* For messages and tests. */
const char *hs_pipelining_describe (HsPipelining state);

G_END_DECLS
