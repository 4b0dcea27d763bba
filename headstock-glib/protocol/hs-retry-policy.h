/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-enums.h"
#include "protocol/hs-backoff.h"

G_BEGIN_DECLS

/* Decides what follows when a connection has ended or could not be made: whether to connect again, to which host,
 * and when. No sockets and no timers. Times are in milliseconds. */

typedef enum /*< skip >*/
{
  HS_RETRY_AGAIN,       /* after hs_retry_policy_wait() */
  HS_RETRY_NEXT_TARGET, /* at once: another address of the same domain */
  HS_RETRY_TO,          /* at once: to where hs_retry_policy_take_target() says */
  HS_RETRY_NEVER,       /* the run ends */
} HsRetryAction;

/* A connection that has failed. */
typedef struct
{
  const GError *error;    /* NULL: the peer ended it in an orderly way */
  HsClientState point;    /* how far the connection had come */
  guint64 lasted;         /* how long its session stood, or 0 */
  gboolean component;     /* XEP-0114 */
  gboolean verified;      /* nobody but the server can have said this */
  gboolean refused;       /* by the program: no connection will do */
  gboolean returning;     /* the client was ready in this run, and is to reconnect */
  gboolean has_more;      /* addresses of the same attempt that may do better */
  const char *other_host; /* where the server sends us on to (RFC 6120, 4.9.3.19), or NULL */
  guint32 acknowledged;   /* the session's counts, where it has stream management */
  guint32 received;
  gboolean in_flight;     /* stanzas that the connection has carried are not acknowledged */
  gboolean unanswered;    /* the server has had them, and was asked, for as long as an answer may take */
} HsRetryFailure;

/* The session when its connection is gone, for hs_retry_policy_wait(). */
typedef struct
{
  gboolean answered;    /* the server has answered on the connection that failed */
  gboolean resumable;   /* there is a session that the server should still have */
  gboolean given_up;    /* there was one until now, and the next connection begins another */
  gint64 left;          /* until the server forgets it, or -1: it did not say */
  const char *location; /* where the server wants it to be resumed (XEP-0198, 5), or NULL */
} HsRetrySession;

/* Whether there has been a session in this run. */
typedef enum /*< skip >*/
{
  HS_RETRY_STAGE_FIRST,   /* none has stood */
  HS_RETRY_STAGE_NEW,     /* a session stands, or stood last, that was not resumed yet */
  HS_RETRY_STAGE_RESUMED, /* the present connection has resumed the session */
  HS_RETRY_STAGE_CARRIED, /* an earlier connection had resumed it, and has failed */
  HS_N_RETRY_STAGES
} HsRetryStage;

typedef enum /*< skip >*/
{
  HS_RETRY_ON_BOUND,
  HS_RETRY_ON_RESUMED,
  HS_RETRY_ON_FAILED, /* the connection */
  HS_N_RETRY_EVENTS
} HsRetryEvent;

HsRetryStage hs_retry_stage_get_next (HsRetryStage stage, HsRetryEvent event);
/* For tests, which print the table. */
const char *hs_retry_stage_describe (HsRetryStage stage);

/* The address at which the server wants the session to be resumed. It is tried once for each session. */
typedef enum /*< skip >*/
{
  HS_LOCATION_UNTRIED,
  HS_LOCATION_TRYING, /* the next connection goes there, or this one does */
  HS_LOCATION_TRIED,
  HS_N_LOCATION_STATES
} HsLocationState;

typedef enum /*< skip >*/
{
  HS_LOCATION_ON_SESSION,    /* a session stands, new or resumed */
  HS_LOCATION_ON_CHOSEN,     /* the next connection is to go there */
  HS_LOCATION_ON_UNREADABLE, /* the server has named something that is not an address */
  HS_LOCATION_ON_FAILED,     /* the connection, and no other address of the same place is left */
  HS_N_LOCATION_EVENTS
} HsLocationEvent;

HsLocationState hs_location_get_next (HsLocationState state, HsLocationEvent event);

/* How long to wait after a failure. */
typedef enum /*< skip >*/
{
  HS_RETRY_PACE_BACKOFF,
  HS_RETRY_PACE_SAME,   /* the same has happened again: as long as a session allows */
  HS_RETRY_PACE_SLOWLY, /* only time can mend it: the same */
} HsRetryPace;

typedef struct
{
  guint (*random) (guint bound);
  HsBackoff backoff;
  guint fruitless;          /* connections in a row that resumed it and had nothing acknowledged: see FRUITLESS */
  char *host;               /* of the next connection, or NULL: the domain's own */
  char *note;               /* to append to the message of the error */
  guint64 lasted;           /* the session of the last connection */
  GQuark domain;            /* of the last error that a reconnection may meet again, */
  int code;
  guint n_same;             /* how often in a row without progress, */
  guint n_met;              /* and how often whatever was in between */
  guint32 acknowledged;     /* each side's count when a session was resumed last */
  guint32 received;
  guint16 port;             /* of @host; 0: not said */
  guint8 n_redirects;       /* by the server, one after another */
  guint8 point;             /* HsClientState: where the last error happened */
  guint8 location;          /* HsLocationState */
  guint8 pace;              /* HsRetryPace, after the last failure */
  guint8 stage;             /* HsRetryStage */
} HsRetryPolicy;

void hs_retry_policy_init (HsRetryPolicy *self);
void hs_retry_policy_clear (HsRetryPolicy *self);
/* From now on @random chooses how long to wait, up to and including the bound that it is given. */
void hs_retry_policy_set_random (HsRetryPolicy *self, guint (*random) (guint bound));

/* A run begins. */
void hs_retry_policy_begin (HsRetryPolicy *self);
/* A session stands: a new one, or one that was resumed with these counts of stanzas that each side has
 * received. */
void hs_retry_policy_bound (HsRetryPolicy *self);
void hs_retry_policy_resumed (HsRetryPolicy *self, guint32 acknowledged, guint32 received);
/* Whether there was a session in this run. */
gboolean hs_retry_policy_has_stood (const HsRetryPolicy *self);
/* The server has done something for the program. */
void hs_retry_policy_progress (HsRetryPolicy *self);

/* Whether no other connection would do better. */
gboolean hs_retry_policy_is_permanent (const HsRetryFailure *failure);
HsRetryAction hs_retry_policy_failed (HsRetryPolicy *self, const HsRetryFailure *failure);
/* After AGAIN: whether resuming the session once more is of no use, so that the next connection is to begin another. */
gboolean hs_retry_policy_gives_up_session (const HsRetryPolicy *self);
/* After AGAIN, when the connection is gone: how long to wait. */
guint hs_retry_policy_wait (HsRetryPolicy *self, const HsRetrySession *session);
/* The network is another: how long to wait now. */
guint hs_retry_policy_wait_for_network (HsRetryPolicy *self);
/* Returns a note to append to the message of the last error, or NULL. */
char *hs_retry_policy_take_note (HsRetryPolicy *self);

/* Takes the host of the next connection, if the server has named one. FALSE: connect to the domain's own servers.
 * @port stays as it is if no port was named. */
gboolean hs_retry_policy_take_target (HsRetryPolicy *self, char **host, guint16 *port);
/* A host and perhaps a port, as in <see-other-host/> and `location`: an IPv6 address with a port is in
 * brackets. @port is 0 if there is none. */
gboolean hs_retry_policy_parse_target (const char *text, char **host, guint16 *port);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HsRetryPolicy, hs_retry_policy_clear)

G_END_DECLS
