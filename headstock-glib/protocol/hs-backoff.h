/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How long the next connection is waited for: full jitter under a bound that doubles. */

#define HS_BACKOFF_FIRST 1000           /* milliseconds */
#define HS_BACKOFF_LAST (5 * 60 * 1000)

typedef struct
{
  guint n_tries; /* since something good happened */
} HsBackoff;

/* The bound for the next try, which is counted; the delay is a random number up to it, so that the
 * clients of a server that was restarted do not come back all at once. 0 is now: where @lasted, for the
 * first try after a session that was no refusal. */
guint hs_backoff_next (HsBackoff *self, gboolean lasted);
void hs_backoff_reset (HsBackoff *self);

G_END_DECLS
