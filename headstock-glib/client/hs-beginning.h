/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-element.h"

G_BEGIN_DECLS

/* What is sent first in a session, from the first request until the session stands. */

typedef enum /*< skip >*/
{
  HS_BEGINNING_NOT,      /* no session is beginning */
  HS_BEGINNING_REQUESTS, /* default steps and modules ask: nothing but requests may be sent */
  HS_BEGINNING_PRESENCE, /* the presence goes out: anything may be sent */
} HsBeginningStep;

/* Lies inside its owner. Only hs-beginning.c uses the fields. */
typedef struct
{
  HsElement *presence; /* the own one as it was when the session began, until the session stands; or NULL */
  guint8 step;         /* HsBeginningStep */
  gboolean early;      /* the resource is not bound yet: all this goes along with the request for it */
} HsBeginning;

void hs_beginning_clear (HsBeginning *self);

void hs_beginning_start (HsBeginning *self, gboolean early);
/* The requests are sent. Takes @presence, which is nullable. */
void hs_beginning_go_on (HsBeginning *self, HsElement *presence);
/* All is sent. */
void hs_beginning_end (HsBeginning *self);
/* The connection is gone: what was sent counts for nothing. */
void hs_beginning_abandon (HsBeginning *self);

gboolean hs_beginning_is_early (const HsBeginning *self);
gboolean hs_beginning_takes_only_requests (const HsBeginning *self);
/* The presence with which the session began. (transfer full) (nullable) */
HsElement *hs_beginning_take_presence (HsBeginning *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HsBeginning, hs_beginning_clear)

G_END_DECLS
