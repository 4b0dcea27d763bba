/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attack.h"

/* Nothing is said, at each stage, or so slowly that it is nothing: each stage has its time. */

/* Milliseconds for a stage; a byte comes three times in it. */
#define LIMIT 600
#define PACE 200

#define AT_PROCEED RUN (script_header), SEND (SAY_FEATURES_TLS), EXPECT ("<starttls")
#define AT_BIND                                                                                    \
  RUN (attack_to_features), RUN (attack_scram), RUN (script_header), SEND (SAY_FEATURES_BIND),     \
      EXPECT ("</iq>")

static const ScriptStep no_header[] = { READ_END, END };
static const ScriptStep no_features[] = { RUN (script_header), READ_END, END };
static const ScriptStep no_proceed[] = { AT_PROCEED, READ_END, END };
static const ScriptStep no_handshake[] = { AT_PROCEED, SEND (SAY_PROCEED), HOLD, END };
static const ScriptStep no_direct_handshake[] = { HOLD, END };
static const ScriptStep no_header_tls[] = { RUN (script_starttls), READ_END, END };
static const ScriptStep no_mechanisms[] = { RUN (attack_to_features), READ_END, END };
static const ScriptStep no_challenge[]
    = { RUN (attack_to_features), SEND (SAY_FEATURES_SASL ("SCRAM-SHA-256")), READ_END, END };
static const ScriptStep no_success[]
    = { RUN (attack_to_features), SEND (SAY_FEATURES_SASL ("PLAIN")), EXPECT ("</auth>"), READ_END,
        END };
static const ScriptStep no_second_header[]
    = { RUN (attack_to_features), RUN (attack_scram), READ_END, END };
static const ScriptStep no_second_features[]
    = { RUN (attack_to_features), RUN (attack_scram), RUN (script_header), READ_END, END };
static const ScriptStep no_address[] = { AT_BIND, READ_END, END };
static const ScriptStep no_session[]
    = { RUN (attack_to_features), RUN (attack_scram), RUN (script_header), SEND (SAY_FEATURES_SESSION),
        EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<session"), READ_END, END };
static const ScriptStep slow_header[]
    = { EXPECT ("<stream:stream"), DRIP (SAY_HEADER, PACE), READ_END, END };
static const ScriptStep slow_features[]
    = { RUN (script_header), DRIP (SAY_FEATURES_TLS, PACE), READ_END, END };
static const ScriptStep slow_proceed[] = { AT_PROCEED, DRIP (SAY_PROCEED, PACE), READ_END, END };
static const ScriptStep slow_address[] = { AT_BIND, DRIP (SAY_BOUND, PACE), READ_END, END };
static const ScriptStep slow_spaces[]
    = { EXPECT ("<stream:stream"), DRIP ("                                        ", PACE), READ_END,
        END };

/* A handshake, a byte at a time. */
static const ScriptStep slow_handshake[]
    = { AT_PROCEED, SEND (SAY_PROCEED), SLEEP (50),
        DRIP ("\x16\x03\x03\x01\x01\x02\x01\x01\xfd\x03\x03zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", PACE),
        READ_END, END };

/* Stanzas that are dropped are no progress. */
static gboolean
chatter (ScriptedPeer *peer, gpointer data)
{
  while (scripted_peer_send (peer, "<iq type='result' id='other'/>", -1))
    g_usleep (20 * 1000);
  return FALSE;
}

static const ScriptStep chattering[] = { AT_BIND, CALL (chatter, NULL), END };

/* White space without an end, before anything else. */
static gboolean
send_spaces (ScriptedPeer *peer, gpointer data)
{
  g_autofree char *spaces = g_strnfill (16384, ' ');

  while (scripted_peer_send (peer, spaces, 16384))
    g_usleep (1000);
  return FALSE;
}

static const ScriptStep only_spaces[]
    = { EXPECT ("<stream:stream"), SEND ("<?xml version='1.0'?>"), CALL (send_spaces, NULL), END };

static const ScriptStep silent[] = { RUN (attack_session), READ_END, END };

static void
prepare (AttackRun *run)
{
  g_object_set (run->test->client, "connect-timeout", LIMIT, NULL);
}

static void
prepare_silence (AttackRun *run)
{
  g_object_set (run->test->client, "keepalive-interval", 300, "connect-timeout", 1000, NULL);
}

#define TIMES_OUT(title, script, mode, what)                                                       \
  {                                                                                                \
    title, script, mode, hs_error_quark, HS_ERROR_TIMED_OUT, what, prepare, .patience_msec = 8000  \
  }
#define STAGE(title, script, what) TIMES_OUT ("silent/" title, script, HS_TLS_MODE_STARTTLS, what)
#define SLOW(title, script, what) TIMES_OUT ("slow/" title, script, HS_TLS_MODE_STARTTLS, what)

static const Attack attacks[] = {
  STAGE ("no header", no_header, "header"),
  STAGE ("no features", no_features, "features"),
  STAGE ("no proceed", no_proceed, "leave to start TLS"),
  STAGE ("no handshake", no_handshake, "TLS"),
  TIMES_OUT ("silent/no handshake, direct TLS", no_direct_handshake, HS_TLS_MODE_DIRECT, "TLS"),
  STAGE ("no header under TLS", no_header_tls, "header"),
  STAGE ("no mechanisms", no_mechanisms, "features"),
  STAGE ("no challenge", no_challenge, "sign-in"),
  STAGE ("no success", no_success, "sign-in"),
  STAGE ("no header after sign-in", no_second_header, "header"),
  STAGE ("no features after sign-in", no_second_features, "features"),
  STAGE ("no address", no_address, "address that it binds"),
  STAGE ("no session", no_session, "start of the session"),
  SLOW ("a byte at a time, header", slow_header, "header"),
  SLOW ("a byte at a time, features", slow_features, "features"),
  SLOW ("a byte at a time, proceed", slow_proceed, "leave to start TLS"),
  SLOW ("a byte at a time, handshake", slow_handshake, "TLS"),
  SLOW ("a byte at a time, address", slow_address, "address that it binds"),
  SLOW ("a space at a time", slow_spaces, "header"),
  SLOW ("spaces without an end", only_spaces, "header"),
  SLOW ("answers that nobody asked for", chattering, "address that it binds"),
  { "silent/in the session", silent, HS_TLS_MODE_STARTTLS, hs_error_quark, HS_ERROR_TIMED_OUT,
    .prepare = prepare_silence },
};

const AttackGroup attacks_deadlines = { "deadlines", attacks, G_N_ELEMENTS (attacks) };
