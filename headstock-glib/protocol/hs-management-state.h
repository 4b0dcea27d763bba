/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How far stream management (XEP-0198) has come in a session. */

typedef enum /*< skip >*/
{
  HS_MANAGEMENT_OFF,         /* nothing is counted */
  HS_MANAGEMENT_ENABLING,    /* <enable/> was sent: what goes out is counted; the server has not answered */
  HS_MANAGEMENT_ENABLED,     /* both sides count */
  HS_MANAGEMENT_INTERRUPTED, /* there is no connection, and the session can be resumed */
  HS_MANAGEMENT_RESUMING,    /* <resume/> was sent; the server has not answered */
  HS_N_MANAGEMENT_STATES
} HsManagementState;

typedef enum /*< skip >*/
{
  HS_MANAGEMENT_ON_ENABLE,    /* <enable/> is sent */
  HS_MANAGEMENT_ON_ENABLED,   /* <enabled/> has come */
  HS_MANAGEMENT_ON_RESUME,    /* <resume/> is sent */
  HS_MANAGEMENT_ON_RESUMED,   /* <resumed/> has come */
  HS_MANAGEMENT_ON_INTERRUPT, /* the connection is gone, and the session can be resumed */
  HS_MANAGEMENT_ON_RESTORE,   /* a session that an earlier process has kept is to be resumed */
  HS_MANAGEMENT_ON_END,       /* the session is over, or the server has refused; may occur twice */
  HS_N_MANAGEMENT_EVENTS
} HsManagementEvent;

/* FALSE: the event cannot happen in this state. If the server has caused it, that is an error of the protocol. */
gboolean hs_management_state_can (HsManagementState state, HsManagementEvent event);
/* If the event cannot happen: reports that, and returns the same state. */
HsManagementState hs_management_state_get_next (HsManagementState state, HsManagementEvent event);
/* For messages and tests. */
const char *hs_management_state_describe (HsManagementState state);

G_END_DECLS
