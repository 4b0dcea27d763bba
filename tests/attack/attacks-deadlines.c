/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attack.h"

/* Nothing is said, at each stage, or so slowly that it is nothing: each stage has its time. The stages that are not
 * of TLS are tried in memory. No attack takes time: the clock is the test's. */

/* Milliseconds for a stage; a byte comes three times in it. */
#define LIMIT 600
#define PACE 200

#define AT_PROCEED RUN (script_header), SEND (SAY_FEATURES_TLS), EXPECT ("<starttls")
#define AT_BIND RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_BIND), EXPECT ("</iq>")

static const ScriptStep no_header[] = { READ_END, END };
static const ScriptStep no_features[] = { RUN (script_header), READ_END, END };
static const ScriptStep no_proceed[] = { AT_PROCEED, READ_END, END };
static const ScriptStep no_handshake[] = { AT_PROCEED, SEND (SAY_PROCEED), READ_END, END };
static const ScriptStep no_direct_handshake[] = { READ_END, END };
static const ScriptStep no_header_tls[] = { RUN (script_starttls), READ_END, END };
static const ScriptStep no_challenge[]
    = { RUN (script_header), SEND (SAY_FEATURES_SASL ("SCRAM-SHA-256")), READ_END, END };
static const ScriptStep no_success[]
    = { RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")), EXPECT ("</auth>"), READ_END, END };
static const ScriptStep no_second_header[] = { RUN (script_header), RUN (script_plain), READ_END, END };
static const ScriptStep no_second_features[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), READ_END, END };
static const ScriptStep no_address[] = { AT_BIND, READ_END, END };
static const ScriptStep no_session[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_SESSION),
        EXPECT ("</iq>"), SEND (SAY_BOUND), EXPECT ("<session"), READ_END, END };
static const ScriptStep slow_header[]
    = { EXPECT ("<stream:stream"), DRIP (SAY_HEADER, PACE), READ_END, END };
static const ScriptStep slow_features[]
    = { RUN (script_header), DRIP (SAY_FEATURES_SASL ("PLAIN"), PACE), READ_END, END };
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
    scripted_peer_sleep (peer, 20);
  return FALSE;
}

static const ScriptStep chattering[] = { AT_BIND, CALL (chatter, NULL), END };

/* White space without an end, before anything else. */
static gboolean
send_spaces (ScriptedPeer *peer, gpointer data)
{
  g_autofree char *spaces = g_strnfill (16384, ' ');

  while (scripted_peer_send (peer, spaces, 16384))
    scripted_peer_sleep (peer, 1);
  return FALSE;
}

static const ScriptStep only_spaces[]
    = { EXPECT ("<stream:stream"), SEND ("<?xml version='1.0'?>"), CALL (send_spaces, NULL), END };

static const ScriptStep silent[] = { RUN (script_sign_in), READ_END, END };

static void
prepare (AttackRun *run)
{
  g_object_set (run->test->client, "connect-timeout", LIMIT, NULL);
}

/* The handshake that comes before must not take longer, on the system's clock. */
static void
prepare_long (AttackRun *run)
{
  g_object_set (run->test->client, "connect-timeout", 10 * LIMIT, NULL);
}

static void
prepare_silence (AttackRun *run)
{
  g_object_set (run->test->client, "keepalive-interval", 300, "connect-timeout", 1000, NULL);
}

/* The start of a handshake, as it begins on the wire. */
#define HELLO "\x16\x03\x01"

#define TIMES_OUT(title, script, mode, what, before, ...)                                          \
  {                                                                                                \
    title, script, mode, hs_error_quark, HS_ERROR_TIMED_OUT, what, before, .patience_msec = 8000, __VA_ARGS__ \
  }
#define STAGE(title, script, what)                                                                 \
  TIMES_OUT (title, script, HS_TLS_MODE_NONE, what, prepare, .flags = ATTACK_IN_MEMORY | ATTACK_PLAIN)
/* @sent: what the client sends last, and how often. */
#define TLS_STAGE(title, script, mode, what, before, sent, n)                                      \
  TIMES_OUT (title, script, HS_TLS_MODE_##mode, what, before, .reached = sent, .n_reached = n)

static const Attack attacks[] = {
  STAGE ("silent/no header", no_header, "header"),
  STAGE ("silent/no features", no_features, "features"),
  TLS_STAGE ("silent/no proceed", no_proceed, STARTTLS, "leave to start TLS", prepare_long, "<starttls", 1),
  TLS_STAGE ("silent/no handshake", no_handshake, STARTTLS, "TLS", prepare, HELLO, 1),
  TLS_STAGE ("silent/no handshake, direct TLS", no_direct_handshake, DIRECT, "TLS", prepare, HELLO, 1),
  TLS_STAGE ("silent/no header under TLS", no_header_tls, STARTTLS, "header", prepare_long, "<stream:stream", 2),
  TIMES_OUT ("silent/no challenge", no_challenge, HS_TLS_MODE_NONE, "sign-in", prepare, .flags = ATTACK_IN_MEMORY),
  STAGE ("silent/no success", no_success, "sign-in"),
  STAGE ("silent/no header after sign-in", no_second_header, "header"),
  STAGE ("silent/no features after sign-in", no_second_features, "features"),
  STAGE ("silent/no address", no_address, "address that it binds"),
  STAGE ("silent/no session", no_session, "start of the session"),
  STAGE ("slow/a byte at a time, header", slow_header, "header"),
  STAGE ("slow/a byte at a time, features", slow_features, "features"),
  TLS_STAGE ("slow/a byte at a time, proceed", slow_proceed, STARTTLS, "leave to start TLS", prepare_long, "<starttls", 1),
  /* The server does not look at what comes, and the time of a handshake is on the system's clock. */
  TIMES_OUT ("slow/a byte at a time, handshake", slow_handshake, HS_TLS_MODE_STARTTLS, "TLS", prepare, .flags = 0),
  STAGE ("slow/a byte at a time, address", slow_address, "address that it binds"),
  STAGE ("slow/a space at a time", slow_spaces, "header"),
  STAGE ("slow/spaces without an end", only_spaces, "header"),
  STAGE ("slow/answers that nobody asked for", chattering, "address that it binds"),
  { "silent/in the session", silent, HS_TLS_MODE_NONE, hs_error_quark, HS_ERROR_TIMED_OUT,
    .prepare = prepare_silence, .flags = ATTACK_IN_MEMORY | ATTACK_PLAIN },
};

const AttackGroup attacks_deadlines = { "deadlines", attacks, G_N_ELEMENTS (attacks) };
