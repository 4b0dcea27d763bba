/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-muc-private.h"
#include "hs-room-phase-private.h"
#include "hs-room-table-private.h"
#include "hs-roster-shared.h"

G_BEGIN_DECLS

/* What all of hs-room*.c share: the object. */

#define HS_ROOM_HISTORY_LIMIT 20
/* A room of a hostile service must not fill the memory. */
#define HS_ROOM_MAX_OCCUPANTS 100000

/* In milliseconds. A table, so that tests need not wait. */
typedef struct
{
  guint silence;   /* of a room, before it is asked */
  guint missed;    /* of an interrupted session, before rooms are asked */
  guint renamed;   /* for so long, a nickname has just changed */
  guint later[3];  /* waits before the next self-ping when nobody could tell; the last one repeats */
  guint settled;   /* a stay that lasted so long starts the backoff anew */
  guint wait_unit; /* a wait of 1,000 ms takes so long */
} HsRoomTimes;

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
  HsRoomTable entering; /* while JOINING: who is there, as far as the room has told */
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
  guint attempt;        /* answers to questions of an earlier one do not count */
  char *join_id;        /* of the presence that was sent; or NULL: it has not been yet */
  char *timed_out_id;   /* of the last one that was not answered in time, and was taken back; or NULL */
  gboolean owes_farewell; /* the account left while the session was interrupted */
  gboolean is_asking;   /* the room's disco is in flight */
  gboolean needs_info;  /* ask for it again */
  gboolean is_created;  /* status 201 */
  gboolean is_automatic; /* nobody has asked for this attempt */
  guint n_failed;
  gint64 joined_time;
  GSource *timer; /* of JOINING, LEAVING and LOST */

  /* Self-ping */
  GSource *silence;
  gint64 last_heard;
  gint64 renamed_time; /* 0: never */
  guint n_later;
  gboolean is_pinging;
  gboolean is_repeat;
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
/* Any handler of the program may remove the room from its module, or the module from its client. NULL: it has. */
HsClient *hs_room_find_client (HsRoom *self);
HsMessages *hs_room_find_messages (HsRoom *self);
gboolean hs_room_is_ready (HsRoom *self);
GSource *hs_room_start_timer (HsRoom *self, guint msec, GSourceFunc func);
void hs_room_stop_timer (GSource **timer);

G_END_DECLS
