/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-state.h"

#include <string.h>

#include "hs-namespaces.h"
#include "hs-transition.h"

/* One more than the next state; 0: the change cannot happen. */
#define TO(state) (HS_STREAM_STATE_##state + 1)

static const guint8 table[HS_STREAM_N_STATES][HS_STREAM_N_CHANGES] = {
  [HS_STREAM_STATE_CLOSED] = {
    [HS_STREAM_ON_HEADER_SENT] = TO (HEADER),
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_HEADER] = {
    [HS_STREAM_ON_HEADER] = TO (FEATURES),
    /* A sign-in that is pipelined: the header and the features still come first. */
    [HS_STREAM_ON_SASL] = TO (HEADER),
    [HS_STREAM_ON_SASL2] = TO (HEADER),
    [HS_STREAM_ON_HANDSHAKE_SENT] = TO (COMPONENT),
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_FEATURES] = {
    [HS_STREAM_ON_STARTTLS] = TO (PROCEED),
    [HS_STREAM_ON_FEATURES] = TO (UNSIGNED),
    /* The features allow the sign-in that was pipelined. */
    [HS_STREAM_ON_SASL] = TO (SASL),
    [HS_STREAM_ON_SASL2] = TO (SASL2),
    [HS_STREAM_ON_BIND] = TO (BIND),
    [HS_STREAM_ON_RESUME] = TO (RESUME),
    /* The session has begun inside SASL2. */
    [HS_STREAM_ON_READY] = TO (READY),
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_PROCEED] = {
    [HS_STREAM_ON_PROCEED] = TO (HANDSHAKE),
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_HANDSHAKE] = {
    [HS_STREAM_ON_HEADER_SENT] = TO (HEADER),
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_UNSIGNED] = {
    [HS_STREAM_ON_SASL] = TO (SASL),
    [HS_STREAM_ON_SASL2] = TO (SASL2),
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_SASL] = {
    [HS_STREAM_ON_SASL] = TO (SASL),
    [HS_STREAM_ON_KEY_NEEDED] = TO (DERIVING),
    [HS_STREAM_ON_HEADER_SENT] = TO (HEADER),
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_SASL2] = {
    [HS_STREAM_ON_SASL2] = TO (SASL2),
    [HS_STREAM_ON_TASK] = TO (TASK),
    [HS_STREAM_ON_KEY_NEEDED] = TO (DERIVING),
    [HS_STREAM_ON_TOKEN_REFUSED] = TO (UNSIGNED),
    [HS_STREAM_ON_SIGNED_IN] = TO (FEATURES),
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_TASK] = {
    [HS_STREAM_ON_KEY_NEEDED] = TO (DERIVING),
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_DERIVING] = {
    [HS_STREAM_ON_SASL] = TO (SASL),
    [HS_STREAM_ON_SASL2] = TO (SASL2),
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_BIND] = {
    /* The server has refused the resource, and is asked to choose one. */
    [HS_STREAM_ON_BIND] = TO (BIND),
    [HS_STREAM_ON_SESSION] = TO (SESSION),
    [HS_STREAM_ON_READY] = TO (READY),
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_RESUME] = {
    [HS_STREAM_ON_BIND] = TO (BIND),
    [HS_STREAM_ON_READY] = TO (READY),
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_SESSION] = {
    [HS_STREAM_ON_READY] = TO (READY),
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_COMPONENT] = {
    [HS_STREAM_ON_READY] = TO (READY),
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_READY] = {
    [HS_STREAM_ON_END] = TO (ENDED),
  },
  [HS_STREAM_STATE_ENDED] = {
    [HS_STREAM_ON_END] = TO (ENDED),
  },
};

static const struct
{
  const char *name;
  const char *namespace_;
} elements[HS_STREAM_N_ELEMENTS] = {
  [HS_STREAM_ELEMENT_REQUEST] = { "r", HS_NS_SM },
  [HS_STREAM_ELEMENT_ACK] = { "a", HS_NS_SM },
  [HS_STREAM_ELEMENT_ENABLED] = { "enabled", HS_NS_SM },
  [HS_STREAM_ELEMENT_RESUMED] = { "resumed", HS_NS_SM },
  [HS_STREAM_ELEMENT_FAILED] = { "failed", HS_NS_SM },
  [HS_STREAM_ELEMENT_FEATURES] = { "features", HS_NS_STREAM },
  [HS_STREAM_ELEMENT_ERROR] = { "error", HS_NS_STREAM },
  [HS_STREAM_ELEMENT_IQ] = { "iq", HS_NS_CLIENT },
  [HS_STREAM_ELEMENT_PROCEED] = { "proceed", HS_NS_TLS },
  [HS_STREAM_ELEMENT_TLS_FAILURE] = { "failure", HS_NS_TLS },
  [HS_STREAM_ELEMENT_SASL_CHALLENGE] = { "challenge", HS_NS_SASL },
  [HS_STREAM_ELEMENT_SASL_SUCCESS] = { "success", HS_NS_SASL },
  [HS_STREAM_ELEMENT_SASL_FAILURE] = { "failure", HS_NS_SASL },
  [HS_STREAM_ELEMENT_SASL2_CHALLENGE] = { "challenge", HS_NS_SASL2 },
  [HS_STREAM_ELEMENT_SASL2_SUCCESS] = { "success", HS_NS_SASL2 },
  [HS_STREAM_ELEMENT_SASL2_CONTINUE] = { "continue", HS_NS_SASL2 },
  [HS_STREAM_ELEMENT_SASL2_TASK_DATA] = { "task-data", HS_NS_SASL2 },
  [HS_STREAM_ELEMENT_SASL2_FAILURE] = { "failure", HS_NS_SASL2 },
  [HS_STREAM_ELEMENT_HANDSHAKE] = { "handshake", HS_NS_CLIENT },
};

#define BIT(element) (1u << HS_STREAM_ELEMENT_##element)

/* The elements that the server may send in each state. A stream error may come in all of them. */
static const guint32 expected[HS_STREAM_N_STATES] = {
  /* A server may answer what was pipelined before it sends its features. */
  [HS_STREAM_STATE_FEATURES] = BIT (FEATURES) | BIT (IQ),
  [HS_STREAM_STATE_PROCEED] = BIT (PROCEED) | BIT (TLS_FAILURE),
  [HS_STREAM_STATE_UNSIGNED] = BIT (IQ),
  [HS_STREAM_STATE_SASL] = BIT (SASL_CHALLENGE) | BIT (SASL_SUCCESS) | BIT (SASL_FAILURE),
  [HS_STREAM_STATE_SASL2]
    = BIT (SASL2_CHALLENGE) | BIT (SASL2_SUCCESS) | BIT (SASL2_CONTINUE) | BIT (SASL2_FAILURE),
  [HS_STREAM_STATE_TASK] = BIT (SASL2_TASK_DATA) | BIT (SASL2_FAILURE),
  [HS_STREAM_STATE_BIND] = BIT (IQ),
  [HS_STREAM_STATE_RESUME] = BIT (RESUMED) | BIT (FAILED),
  [HS_STREAM_STATE_SESSION] = BIT (IQ),
  [HS_STREAM_STATE_COMPONENT] = BIT (HANDSHAKE),
  [HS_STREAM_STATE_READY] = BIT (REQUEST) | BIT (ACK) | BIT (ENABLED) | BIT (FAILED) | BIT (FEATURES),
};

gboolean
hs_stream_state_can (HsStreamState state, HsStreamChange change)
{
  return table[state][change] != 0;
}

HsStreamState
hs_stream_state_get_next (HsStreamState state, HsStreamChange change)
{
  if (G_UNLIKELY (!hs_stream_state_can (state, change)))
    {
      hs_transition_report ("The stream", hs_stream_state_describe (state), change);
      return state;
    }
  return table[state][change] - 1;
}

gboolean
hs_stream_state_expects (HsStreamState state, HsStreamElement element)
{
  return element < HS_STREAM_N_ELEMENTS && ((expected[state] | BIT (ERROR)) & (1u << element)) != 0;
}

HsStreamElement
hs_stream_element_find (const HsNode *node)
{
  HsStreamElement element = 0;

  while (element < HS_STREAM_N_ELEMENTS
         && !(strcmp (elements[element].name, node->name) == 0
              && hs_namespace_equal (elements[element].namespace_, node->namespace_)))
    element++;
  return element;
}

const char *
hs_stream_state_describe (HsStreamState state)
{
  static const char *const names[HS_STREAM_N_STATES] = {
    "closed",   "header", "features", "proceed", "handshake", "unsigned",  "sasl",  "sasl2",
    "task",     "deriving", "bind",   "resume",  "session",   "component", "ready", "ended",
  };

  return names[state];
}
