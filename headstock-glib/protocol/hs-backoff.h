/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How long the next connection is waited for: full jitter under a bound that doubles. */

#define HS_BACKOFF_FIRST 1000           /* milliseconds */
#define HS_BACKOFF_LAST (5 * 60 * 1000)

/* A session of so many milliseconds was no refusal: the first try follows at once. */
#define HS_BACKOFF_LASTING (30 * 1000)
/* A session that lasts for less shows nothing, however short the wait before it was. */
#define HS_BACKOFF_SHORT (10 * 1000)

typedef struct
{
  guint bound; /* of the last wait, or 0: something good has happened since */
} HsBackoff;

/* The bound for the next try; the delay is a random number up to it, so that the clients of a server
 * that was restarted do not come back all at once. It doubles, and begins anew after a session that has
 * lasted (milliseconds; 0: there was none) for no less than the last wait could have, or half a minute.
 * 0 is now. */
guint hs_backoff_next (HsBackoff *self, guint64 lasted);
/* The server has done something for the program. */
void hs_backoff_reset (HsBackoff *self);

G_END_DECLS
