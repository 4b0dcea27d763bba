/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-element.h"

G_BEGIN_DECLS

/* The first stanzas of a session: requests, then the presence. They may be pipelined with the request for the resource,
 * before there is a session. */

typedef enum /*< skip >*/
{
  HS_BEGINNING_NOT,      /* no session begins: nothing is sent, or all is sent */
  HS_BEGINNING_REQUESTS, /* default steps and modules send requests, and nothing else may be sent */
  HS_BEGINNING_PRESENCE, /* the presence is sent, and anything else may be */
  HS_N_BEGINNING_STEPS
} HsBeginningStep;

typedef enum /*< skip >*/
{
  HS_BEGINNING_ON_START,    /* a session begins */
  HS_BEGINNING_ON_PRESENCE, /* the requests are sent */
  HS_BEGINNING_ON_END,      /* all is sent, or the connection is gone. It may be told twice */
  HS_N_BEGINNING_EVENTS
} HsBeginningEvent;

/* FALSE: the event cannot happen in this step. */
gboolean hs_beginning_step_can (HsBeginningStep step, HsBeginningEvent event);
/* If the event cannot happen: reports that, and returns the same step. */
HsBeginningStep hs_beginning_step_get_next (HsBeginningStep step, HsBeginningEvent event);
/* For messages and tests. */
const char *hs_beginning_step_describe (HsBeginningStep step);

/* Lies inside its owner. Only hs-beginning.c uses the fields. */
typedef struct
{
  HsElement *presence; /* the own presence as it was when the session began, until the session stands; or NULL */
  guint8 step;         /* HsBeginningStep */
} HsBeginning;

void hs_beginning_clear (HsBeginning *self);

void hs_beginning_start (HsBeginning *self);
/* The requests are sent. Takes @presence, which is nullable. */
void hs_beginning_go_on (HsBeginning *self, HsElement *presence);
/* All is sent. */
void hs_beginning_end (HsBeginning *self);
/* The connection is gone: what was sent counts for nothing. */
void hs_beginning_abandon (HsBeginning *self);

HsBeginningStep hs_beginning_get_step (const HsBeginning *self);
/* The presence with which the session began. (transfer full) (nullable) */
HsElement *hs_beginning_take_presence (HsBeginning *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HsBeginning, hs_beginning_clear)

G_END_DECLS
