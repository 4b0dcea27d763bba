/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-phase-private.h"

#include "hs-error.h"

/* The next state plus one; 0 for an event without a meaning. */
#define TO(state) (HS_ROOM_STATE_##state + 1)

static const guint8 table[HS_N_ROOM_STATES][HS_N_ROOM_EVENTS] = {
  [HS_ROOM_STATE_OUT] = {
    [HS_ROOM_ON_JOIN] = TO (JOINING),
  },
  [HS_ROOM_STATE_JOINING] = {
    [HS_ROOM_ON_JOINED] = TO (IN),
    [HS_ROOM_ON_REFUSED] = TO (OUT),
    [HS_ROOM_ON_POSTPONED] = TO (LOST),
    [HS_ROOM_ON_LEAVE] = TO (LEAVING),
    [HS_ROOM_ON_GIVE_UP] = TO (OUT),
    [HS_ROOM_ON_LEFT] = TO (OUT),
    [HS_ROOM_ON_DROPPED] = TO (LOST),
    [HS_ROOM_ON_SESSION_LOST] = TO (LOST),
  },
  [HS_ROOM_STATE_IN] = {
    [HS_ROOM_ON_LEAVE] = TO (LEAVING),
    [HS_ROOM_ON_LEFT] = TO (OUT),
    [HS_ROOM_ON_DROPPED] = TO (LOST),
    [HS_ROOM_ON_SESSION_LOST] = TO (LOST),
  },
  [HS_ROOM_STATE_LEAVING] = {
    [HS_ROOM_ON_LEFT] = TO (OUT),
    [HS_ROOM_ON_SESSION_LOST] = TO (OUT),
  },
  [HS_ROOM_STATE_LOST] = {
    [HS_ROOM_ON_JOIN] = TO (JOINING),
    [HS_ROOM_ON_GIVE_UP] = TO (OUT),
  },
};

gboolean
hs_room_phase_can (HsRoomState state, HsRoomEvent event)
{
  return table[state][event] != 0;
}

HsRoomState
hs_room_phase_get_next (HsRoomState state, HsRoomEvent event)
{
  return hs_room_phase_can (state, event) ? (HsRoomState) (table[state][event] - 1) : state;
}

HsRoomPing
hs_room_phase_judge_ping (const GError *error, gboolean is_renamed)
{
  if (error == NULL)
    return HS_ROOM_PING_IN;
  if (g_error_matches (error, HS_ERROR, HS_ERROR_TIMED_OUT))
    return HS_ROOM_PING_LATER;
  if (error->domain != HS_STANZA_ERROR)
    return HS_ROOM_PING_UNKNOWN;
  switch (error->code)
    {
    /* The ping has reached another client with the same nickname, so that the account is in the room. */
    case HS_STANZA_ERROR_SERVICE_UNAVAILABLE:
    case HS_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED:
      return HS_ROOM_PING_IN;
    /* XEP-0410 says that the nickname has changed; servers also send it if the room does not exist any more. */
    case HS_STANZA_ERROR_ITEM_NOT_FOUND:
      return is_renamed ? HS_ROOM_PING_REPEAT : HS_ROOM_PING_OUT;
    case HS_STANZA_ERROR_REMOTE_SERVER_NOT_FOUND:
    case HS_STANZA_ERROR_REMOTE_SERVER_TIMEOUT:
      return HS_ROOM_PING_LATER;
    default:
      return HS_ROOM_PING_OUT;
    }
}

gboolean
hs_room_phase_casts_doubt (const GError *error)
{
  if (error->domain != HS_STANZA_ERROR)
    return FALSE;
  switch (error->code)
    {
    /* The room does not have the sender as an occupant (XEP-0045, 7.4). */
    case HS_STANZA_ERROR_NOT_ACCEPTABLE:
    /* The room or its service is not there. */
    case HS_STANZA_ERROR_GONE:
    case HS_STANZA_ERROR_ITEM_NOT_FOUND:
    case HS_STANZA_ERROR_RECIPIENT_UNAVAILABLE:
    case HS_STANZA_ERROR_REMOTE_SERVER_NOT_FOUND:
    case HS_STANZA_ERROR_REMOTE_SERVER_TIMEOUT:
    case HS_STANZA_ERROR_SERVICE_UNAVAILABLE:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
hs_room_phase_goes_by (const GError *error)
{
  if (error->domain != HS_STANZA_ERROR)
    return FALSE;
  switch (error->code)
    {
    /* An earlier session of this account may still have the nickname. */
    case HS_STANZA_ERROR_CONFLICT:
    case HS_STANZA_ERROR_INTERNAL_SERVER_ERROR:
    /* After a restart, another occupant has created the room again, and not configured it yet (XEP-0045, 10.1.1). */
    case HS_STANZA_ERROR_ITEM_NOT_FOUND:
    case HS_STANZA_ERROR_RECIPIENT_UNAVAILABLE:
    case HS_STANZA_ERROR_REMOTE_SERVER_NOT_FOUND:
    case HS_STANZA_ERROR_REMOTE_SERVER_TIMEOUT:
    case HS_STANZA_ERROR_RESOURCE_CONSTRAINT:
    case HS_STANZA_ERROR_SERVICE_UNAVAILABLE:
      return TRUE;
    default:
      return FALSE;
    }
}

guint
hs_room_phase_get_wait (guint n_failed, double random)
{
  guint bound = 10000;

  if (n_failed == 0)
    return (guint) (random * 5000);
  for (guint i = 1; i < n_failed && bound < 600000; i++)
    bound *= 2;
  bound = MIN (bound, 600000);
  /* Random, so that not all clients rejoin at the same moment after the service has restarted. */
  return n_failed == 1 ? bound : bound / 2 + (guint) (random * (bound / 2));
}
