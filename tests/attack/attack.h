/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "client-test.h"

/* Attacks on a client: what a server, a network or a contact does, and what the client must do about
 * it. attack-main.c runs each in a process of its own. */

#define ATTACK_PASSWORD "Geheim-7f3a9c"
/* The attacker has said all that he had to say, and the session still stands. */
#define ATTACK_MARK "<message id='urn:test:mark'><mark xmlns='urn:test:mark'/></message>"

typedef struct _Attack Attack;
typedef struct _AttackRun AttackRun;

struct _Attack
{
  const char *name;
  const ScriptStep *script;
  HsTlsMode mode;
  GQuark (*domain) (void); /* the error that ends the run; NULL: the session survives */
  int code;
  const char *reason; /* a part of the error's message, or NULL */
  void (*prepare) (AttackRun *run); /* before the start, or NULL */
  void (*check) (AttackRun *run);   /* with the session standing, or after the end; or NULL */
  gboolean (*done) (AttackRun *run); /* when to go on from an attack that survives; NULL: at the mark */
  guint flags;
  guint patience_msec; /* it must be over by then; 0: 10 seconds */
  gboolean is_work;    /* what must be over by then is the processor's work: the clock also counts what others do */
  guint kib;           /* that it may grow by; 0: 4 MiB */
  gpointer data;
  /* On a clock that stands until the client has sent this so often in each connection; NULL: on the system's. */
  const char *reached;
  guint n_reached;
};

enum
{
  ATTACK_NO_SIGN_IN = 1 << 0, /* not a byte of a sign-in may have been sent */
  ATTACK_PLAIN = 1 << 1,      /* PLAIN is allowed by name */
  ATTACK_IN_MEMORY = 1 << 2,  /* without a network and without TLS, on a clock that leaps; @mode is NONE */
};

struct _AttackRun
{
  const Attack *attack;
  TestClient *test;
  gboolean marked;
  guint n_seen;  /* elements that handlers were shown */
  guint n_wrong; /* that they must not have been shown */
  guint64 n_sent; /* bytes of the attacker's, where he counts them */
  guint64 n_taken; /* of them before the client ended the stream, likewise */
  gpointer data;
  GString *said; /* what else the client did, for the table */
};

/* What the attacker knows of the run: for functions of scripts. There is one run in a process. */
extern AttackRun *attack_run;

typedef struct
{
  const char *name;
  const Attack *attacks;
  guint n_attacks;
} AttackGroup;

extern const AttackGroup attacks_tls;
extern const AttackGroup attacks_scram;
extern const AttackGroup attacks_sign_in;
extern const AttackGroup attacks_stream;
extern const AttackGroup attacks_size;
extern const AttackGroup attacks_deadlines;
extern const AttackGroup attacks_senders;
extern const AttackGroup attacks_messages;
extern const AttackGroup attacks_people;
extern const AttackGroup attacks_rooms;
extern const AttackGroup attacks_floods;
extern const AttackGroup attacks_cut;

/* A sign-in with SCRAM as an honest server does it, in a step of a script. */
extern const ScriptStep attack_scram[];      /* from features to success */
extern const ScriptStep attack_session[];    /* STARTTLS, SCRAM, bound */
extern const ScriptStep attack_to_features[]; /* as far as the header under TLS */

#define ATTACK_SASL "xmlns='urn:ietf:params:xml:ns:xmpp-sasl'"
