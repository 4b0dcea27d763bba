/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-pipelined.h"

/* One more than the next state; 0: the state stays as it is. */
#define TO(state) (HS_PIPELINED_##state + 1)

static const guint8 table[HS_N_PIPELINED][HS_N_PIPELINED_EVENTS] = {
  [HS_PIPELINED_NOTHING] = {
    [HS_PIPELINED_ON_STARTTLS] = TO (STARTTLS_SENT),
    [HS_PIPELINED_ON_BIND] = TO (BIND_SENT),
    [HS_PIPELINED_ON_RESUME] = TO (RESUME_SENT),
    [HS_PIPELINED_ON_SESSION] = TO (SESSION_ALONE),
  },
  [HS_PIPELINED_STARTTLS_SENT] = {
    [HS_PIPELINED_ON_STEP] = TO (NOTHING),
  },
  [HS_PIPELINED_BIND_SENT] = {
    [HS_PIPELINED_ON_SESSION] = TO (SESSION_SENT),
    [HS_PIPELINED_ON_STEP] = TO (NOTHING),
  },
  [HS_PIPELINED_RESUME_SENT] = {
    [HS_PIPELINED_ON_ANSWER] = TO (NOTHING),
  },
  [HS_PIPELINED_SESSION_SENT] = {
    [HS_PIPELINED_ON_STEP] = TO (SESSION_ALONE),
    [HS_PIPELINED_ON_REFUSAL] = TO (BIND_SENT),
  },
  [HS_PIPELINED_SESSION_ALONE] = {
    [HS_PIPELINED_ON_REFUSAL] = TO (NOTHING),
    [HS_PIPELINED_ON_ENABLING] = TO (ENABLE_SENT),
    [HS_PIPELINED_ON_ANSWER] = TO (ACCEPTED),
  },
  [HS_PIPELINED_ENABLE_SENT] = {
    [HS_PIPELINED_ON_ANSWER] = TO (ACCEPTED),
  },
};

HsPipelined
hs_pipelined_get_next (HsPipelined state, HsPipelinedEvent event)
{
  return table[state][event] != 0 ? (HsPipelined) (table[state][event] - 1) : state;
}

gboolean
hs_pipelined_is_waiting (HsPipelined state)
{
  return state != HS_PIPELINED_NOTHING && state != HS_PIPELINED_ACCEPTED;
}

gboolean
hs_pipelined_is_session_waiting (HsPipelined state)
{
  return state == HS_PIPELINED_RESUME_SENT || state == HS_PIPELINED_SESSION_SENT
         || state == HS_PIPELINED_SESSION_ALONE || state == HS_PIPELINED_ENABLE_SENT;
}

gboolean
hs_pipelined_has_bind (HsPipelined state)
{
  return state == HS_PIPELINED_BIND_SENT || state == HS_PIPELINED_SESSION_SENT;
}

gboolean
hs_pipelined_has_session (HsPipelined state)
{
  return state == HS_PIPELINED_SESSION_SENT || state == HS_PIPELINED_SESSION_ALONE
         || state == HS_PIPELINED_ENABLE_SENT || state == HS_PIPELINED_ACCEPTED;
}

const char *
hs_pipelined_describe (HsPipelined state)
{
  static const char *const names[HS_N_PIPELINED] = {
    "nothing", "starttls-sent", "bind-sent", "resume-sent", "session-sent", "session-alone", "enable-sent", "accepted",
  };

  return names[state];
}
