/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-disco-shared.h"
#include "hs-disco.h"
#include "hs-disco-info-private.h"
#include "hs-lru.h"
#include "hs-stateful.h"

G_BEGIN_DECLS

/* How many requests for capabilities are in flight at most. */
#define HS_DISCO_MAX_CAPS_REQUESTS 8
/* How many addresses are remembered for each hash that the cache can hold: many addresses have the same hash. */
#define HS_DISCO_ADDRESSES_PER_HASH 10
/* How many of the client's own hashes are answered: others may ask for that of an earlier presence. */
#define HS_DISCO_N_OWN_HASHES 3

/* A hash that was sent, as the "node#hash" that others ask for, and the info that belongs to it. */
typedef struct
{
  char *node;
  HsDiscoInfo *info;
} HsDiscoOwnHash;

struct _HsDisco
{
  GObject parent_instance;

  HsClient *client; /* not owned */
  HsDiscoInfo *server_info;
  HsDiscoInfo *account_info;

  /* What is advertised */
  HsDiscoInfo *added; /* by the program */
  char *node;
  HsCapsVersion caps_versions;
  HsDiscoOwnHash own[HS_DISCO_N_OWN_HASHES]; /* the latest first */
  char *broadcast;                           /* the hash in the last own presence to all */
  GSource *changed;                          /* compares the hash in the next turn */

  /* What was learned */
  guint cache_size;
  HsLru hashes;    /* HsDiscoInfo by "algorithm hash": verified */
  GVariant *stored; /* those of an earlier run: see hs-disco-state.c */
  char *stored_account;
  HsLru infos;     /* HsDiscoInfo by "address\nnode", until the session ends */
  HsLru addresses; /* HsDiscoCaps by address, from its last presence */

  /* What is being asked */
  GHashTable *asked;      /* HsDiscoQuestion by "address\nnode" */
  GHashTable *asked_caps; /* HsDiscoCapsQuestion by "algorithm hash" */
  GQueue waiting;         /* of HsDiscoQuestion: wait while HS_DISCO_MAX_CAPS_REQUESTS are in flight */
  guint n_caps_requests;
};

/* hs-disco-wait.c: tasks that wait for one answer. */
typedef struct
{
  GPtrArray *tasks;
} HsDiscoWaiters;

void hs_disco_waiters_init (HsDiscoWaiters *self);
void hs_disco_waiters_clear (HsDiscoWaiters *self);
/* Takes over the task, which ends as soon as it is cancelled. */
void hs_disco_waiters_add (HsDiscoWaiters *self, GTask *task);
/* Ends the tasks whose data is @jid, or all tasks if it is NULL: each returns a reference to @info, or @error. */
void hs_disco_waiters_return (HsDiscoWaiters *self, const char *jid, HsDiscoInfo *info, const GError *error);

/* hs-disco-query.c */
char *hs_disco_make_key (const char *jid, const char *node);
/* Takes over the task, which returns an HsDiscoInfo. The number of these requests in flight is limited. */
void hs_disco_ask (HsDisco *self, const char *jid, const char *node, gboolean one_of_many, GTask *task);
/* Makes an iq of the type `get` to @jid, or to the account if it is NULL. */
HsIq *hs_disco_new_request (HsDisco *self, const char *jid, HsElement *query);
/* Forgets what all addresses have answered, or will answer to requests in flight. */
void hs_disco_forget_all (HsDisco *self);
/* Returns @jid in its canonical form, or NULL with @error set. */
char *hs_disco_check_jid (const char *jid, GError **error);

/* hs-disco-state.c */
/* Whether the "algorithm hash" is that of the info. */
gboolean hs_disco_key_matches (const char *key, HsDiscoInfo *info);
/* Returns an info that was verified in this run or an earlier one, or NULL. (transfer none) */
HsDiscoInfo *hs_disco_find_hash (HsDisco *self, const char *key);
GVariant *hs_disco_dup_state (HsStateful *stateful);
gboolean hs_disco_restore_state (HsStateful *stateful, GVariant *state, GError **error);
void hs_disco_state_init_class (GType type);
void hs_disco_state_attached (HsDisco *self);
void hs_disco_state_clear (HsDisco *self);

/* hs-disco-caps.c */
void hs_disco_caps_free (gpointer caps);
void hs_disco_caps_received (HsDisco *self, HsPresence *presence);
/* Returns the info for a <c/>, if it is known. */
HsDiscoInfo *hs_disco_caps_find (HsDisco *self, HsElement *caps);
/* Keeps an answer if it matches a <c/>. */
void hs_disco_caps_learn (HsDisco *self, HsElement *caps, HsDiscoInfo *info);

/* hs-disco-own.c */
/* Returns the info for the `node` of a request, or NULL if there is no such node. */
HsDiscoInfo *hs_disco_own_find (HsDisco *self, const char *node);
void hs_disco_own_prepare (HsDisco *self, HsPresence *presence);
/* Makes the next turn compare the hash with that of the last presence, and send the presence again if they differ. */
void hs_disco_own_changed (HsDisco *self);
void hs_disco_own_watch (HsDisco *self);
void hs_disco_own_unwatch (HsDisco *self);
void hs_disco_own_clear (HsDisco *self);

/* hs-disco-answer.c */
void hs_disco_answer_start (HsDisco *self);

/* hs-disco-account.c */
void hs_disco_account_load (HsDisco *self);
void hs_disco_account_lost (HsDisco *self);

G_END_DECLS
