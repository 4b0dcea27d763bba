/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-feature.h"
#include "hs-muc-private.h"
#include "hs-room-phase-private.h"
#include "hs-room-table-private.h"
#include "hs-roster-shared.h"

G_BEGIN_DECLS

/* The struct that all hs-room*.c share. */

#define HS_ROOM_HISTORY_LIMIT 20
/* A room of a hostile service must not fill the memory. */
#define HS_ROOM_MAX_OCCUPANTS 100000

/* Times in milliseconds on the clock of the client's main loop. They are in a struct so that tests with real servers
 * need not wait. */
typedef struct
{
  guint silence;   /* how long a room is silent before a self-ping */
  guint missed;    /* how long a session is interrupted before a self-ping */
  guint renamed;   /* how long a change of nickname counts as recent */
  guint later[3];  /* waits before the next self-ping while the answer is not known; the last one repeats */
  guint settled;   /* how long a stay lasts until it resets the backoff */
  guint wait_unit; /* how long a wait of 1,000 ms takes */
} HsRoomTimes;

/* What hs-room-ping.c knows of a room that is silent, to ask whether the account is still in it (XEP-0410). */
typedef struct
{
  HsFeatureTimer *timer; /* until the next ping */
  gint64 last_heard;
  gint64 renamed_time; /* 0: never */
  guint n_later;       /* pings in a row whose answer says nothing */
  gboolean is_pinging;
  gboolean is_repeat; /* the ping in flight repeats one that was answered after the nickname had changed */
} HsRoomSilence;

struct _HsRoom
{
  GObject parent_instance;

  HsMuc *muc; /* weak; NULL: the room was removed from it */
  HsJid *jid;
  char *nick;
  char *password;
  guint history_limit;
  gboolean auto_rejoin;

  HsRoomState state;
  HsRosterList *occupants;
  HsRoomTable table;
  HsRoomTable entering; /* while JOINING: the occupants whose presences have arrived */
  GPtrArray *entering_list;
  HsOccupant *own;
  char *subject;
  char *subject_author;
  HsDiscoInfo *info;
  char *name;
  HsRoomFeature features;
  HsMessagesRoomFlags message_flags;

  /* The stay */
  const HsRoomTimes *times;
  GQueue pending;       /* HsRoomPending */
  guint attempt;        /* answers to requests of earlier attempts do not count */
  char *join_id;        /* of the presence that was sent, or NULL */
  char *timed_out_id;   /* of the last one that got no answer in time, so that the attempt was withdrawn; or NULL */
  gboolean owes_farewell; /* the account left while the session was interrupted */
  gboolean owes_presence; /* the account's presence has changed since it asked for entry */
  gboolean is_asking;   /* the request for the room's service discovery is in flight */
  gboolean needs_info;  /* ask for the service discovery again afterwards */
  gboolean is_created;  /* status 201 */
  gboolean is_automatic; /* the program did not ask for this attempt */
  guint n_failed;
  gint64 joined_time;
  HsFeatureTimer *timer; /* of the states JOINING, LEAVING and LOST */

  HsRoomSilence silence;
};

enum
{
  HS_ROOM_PROP_CLIENT = 1,
  HS_ROOM_PROP_JID,
  HS_ROOM_PROP_NICK,
  HS_ROOM_PROP_STATE,
  HS_ROOM_PROP_OCCUPANTS,
  HS_ROOM_PROP_OWN_OCCUPANT,
  HS_ROOM_PROP_SUBJECT,
  HS_ROOM_PROP_SUBJECT_AUTHOR,
  HS_ROOM_PROP_NAME,
  HS_ROOM_PROP_INFO,
  HS_ROOM_PROP_FEATURES,
  HS_ROOM_PROP_PASSWORD,
  HS_ROOM_PROP_HISTORY_LIMIT,
  HS_ROOM_PROP_AUTO_REJOIN,
  HS_ROOM_N_PROPS
};

/* hs-room-signals.c */
enum
{
  HS_ROOM_SIGNAL_MESSAGE,
  HS_ROOM_SIGNAL_DELIVERY,
  HS_ROOM_SIGNAL_JOINED,
  HS_ROOM_SIGNAL_LEFT,
  HS_ROOM_SIGNAL_LOST,
  HS_ROOM_SIGNAL_OCCUPANT_JOINED,
  HS_ROOM_SIGNAL_OCCUPANT_LEFT,
  HS_ROOM_SIGNAL_OCCUPANT_RENAMED,
  HS_ROOM_SIGNAL_CONFIGURATION_CHANGED,
  HS_ROOM_SIGNAL_VOICE_REQUESTED,
  HS_ROOM_SIGNAL_CREATED,
  HS_ROOM_N_SIGNALS
};
extern guint hs_room_signals[HS_ROOM_N_SIGNALS];
void hs_room_install_signals (void);

/* hs-room.c */
HsRoom *hs_room_new (HsMuc *muc, HsJid *jid, const char *nick);
void hs_room_notify (HsRoom *self, guint prop);
/* Returns NULL if a handler of the program has removed the room from its module, or the module from its client. */
HsClient *hs_room_find_client (HsRoom *self);
HsMessages *hs_room_find_messages (HsRoom *self);
gboolean hs_room_is_ready (HsRoom *self);
/* Milliseconds on the clock of the client's main loop. */
gint64 hs_room_get_now (HsRoom *self);
/* Replaces the timer that was set before. @func gets the room. */
void hs_room_start_timer (HsRoom *self, HsFeatureTimer **timer, guint msec, void (*func) (gpointer room));
void hs_room_stop_timer (HsFeatureTimer **timer);

G_END_DECLS
