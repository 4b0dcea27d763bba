/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-roster-contacts-private.h"
#include "hs-roster-push-private.h"
#include "hs-roster.h"
#include "hs-stateful.h"

G_BEGIN_DECLS

/* The structs and functions that hs-roster*.c share. */

/* Asking for the roster. */
typedef struct
{
  char *id;                 /* of the request in flight, or NULL */
  GCancellable *cancellable; /* of the request in flight, or NULL */
  HsRosterStaging *staging; /* its items so far */
  HsElement *query;         /* of its answer, once items of it have come, or NULL */
  guint item_handler;       /* while the request is in flight */
  gboolean is_asked;        /* in this session */
  gboolean is_wanted;       /* to be asked for again when the session is resumed */
  char *version;            /* of the answer that is being merged, or NULL */
  GPtrArray *pushes;        /* HsRosterPush: to be applied after the merge */
  GPtrArray *tasks;         /* GTask: of hs_roster_refresh_async() */
  GSource *source;          /* the slices of the merge */
} HsRosterLoad;

struct _HsRoster
{
  GObject parent_instance;

  HsClient *client; /* weak: while this module is registered with it */
  HsRosterContacts contacts;
  HsRosterList *requests;
  gboolean is_available;   /* presence was sent in this session, with which the server sends the requests again */
  gboolean has_asked_back; /* whether it has sent them all: in this session */
  HsContact *own_contact;
  HsApproval approval;
  char *version;
  char *account; /* the bare JID of the account whose contacts these are, or NULL */
  gboolean is_loaded;
  gboolean is_stale;
  gboolean had_initial_roster; /* HsClient:initial-roster before this module set it */

  HsRosterLoad load;
};

/* hs-roster-features.c */
gboolean hs_roster_has_feature (HsRoster *self, const char *name, const char *namespace_);

/* hs-roster-load.c */
void hs_roster_set_version (HsRoster *self, const char *version);
void hs_roster_set_loaded (HsRoster *self, gboolean is_loaded);
void hs_roster_load_init (HsRoster *self);
void hs_roster_load_clear (HsRoster *self);
void hs_roster_load_begin (HsRoster *self);
/* The connection is lost: drops the part of an answer that has arrived. */
void hs_roster_load_interrupt (HsRoster *self);
/* Gives up the request, and ends its tasks with an error. An answer that is being merged stays. */
void hs_roster_load_give_up (HsRoster *self);
/* Merges the items of a state in slices; the task returns TRUE afterwards. Takes over @staging. Not to be called during
 * a merge. */
void hs_roster_load_restore (HsRoster *self, HsRosterStaging *staging, const char *version, GTask *task);
/* Finishes a merge at once. */
void hs_roster_load_finish (HsRoster *self);
HsElement *hs_roster_push_cb (HsClient *client, HsElement *iq, gpointer roster);

/* hs-roster-state.c */
void hs_roster_stateful_init (HsStatefulInterface *iface);
void hs_roster_state_init_class (GType type);
/* Drops the contacts of another account. */
void hs_roster_check_account (HsRoster *self);
/* A session begins: drops the contacts if the program has given the client another address. */
void hs_roster_leave_other_account (HsRoster *self);

/* hs-roster-account.c */
/* The server has sent the contacts: they belong to the client's account. */
void hs_roster_note_account (HsRoster *self);

/* hs-roster-presence.c */
HsElement *hs_roster_presence_cb (HsClient *client, HsElement *presence, gpointer roster);
void hs_roster_update_own_contact (HsRoster *self);

/* hs-roster-subscriptions.c */
HsSubscriptionRequest *hs_roster_find_request (HsRoster *self, HsJid *jid);
void hs_roster_drop_request (HsRoster *self, HsJid *jid);
/* The session is lost: the server sends the requests again in the next one. */
void hs_roster_age_requests (HsRoster *self);
/* Drops requests of earlier sessions when the server has sent all that there are. To be called whenever that may become
 * possible. */
void hs_roster_check_requests (HsRoster *self);
/* Drops requests that another client of the account has answered. */
void hs_roster_drop_answered (HsRoster *self);
gboolean hs_roster_send_presence (HsRoster *self,
                                  const char *type,
                                  HsJid *jid,
                                  const char *status,
                                  GError **error);

G_END_DECLS
