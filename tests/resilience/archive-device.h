/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <headstock-glib/headstock.h>

#include "relay.h"

/* A device of an account on a real server: a program with HsHistory, its client behind a relay of
 * its own, and what it has stored. The program stores messages in transactions, each along with the
 * state of the history; where it crashes, it loses what it was given since the last one. */

/* How a message of the archive came to the program. */
typedef enum
{
  DEVICE_GOT_RECEIVED = 1 << 0,
  DEVICE_GOT_LEARNED = 1 << 1,
} DeviceGot;

/* How the program goes away. */
typedef enum
{
  DEVICE_LEAVE_CRASH, /* without any farewell, and since the last transaction nothing is stored */
  DEVICE_LEAVE_END,   /* the session ends, and what was given is stored */
  DEVICE_LEAVE_STOP,  /* the session ends, and the same objects go on with the next one */
  DEVICE_LEAVE_KEEP,  /* the session is kept, and the next client resumes it */
  DEVICE_N_LEAVES
} DeviceLeave;

typedef struct
{
  guint received[HS_DELIVERY_SOURCE_ROOM_HISTORY + 1]; /* by source */
  guint n_learned;
  guint n_named; /* own messages of which the server sent a copy */
  guint n_ready, n_resumed;
  guint n_failed; /* starts */
  guint n_left[DEVICE_N_LEAVES];
  guint n_rolled_back; /* given, and lost with a crash */
  guint n_gaps_found;
  guint n_twice;
  guint n_unplaced; /* given at the end of a session, before the server had said that its ids can be
                       trusted */
  guint n_own_received; /* own messages that nothing could tell from another device's */
  guint n_wrong;        /* what must not be */
} DeviceFigures;

typedef struct
{
  const char *name; /* its resource too */
  const char *peer; /* to whom it writes */
  HsHistoryOrder order;
  guint page_size;
  guint limit; /* of the history */
  Relay *relay;

  HsClient *client; /* NULL: the program does not run */
  HsMessages *messages;
  HsHistory *history;
  gboolean is_running; /* started, and not terminated */
  gint64 session_time; /* when the server was asked last what ids it gives */
  gboolean is_known;   /* has been ready since it was started */
  gboolean is_leaving; /* it ends, or stops */
  gboolean is_to_end;  /* not to go on with the same objects */

  GVariant *state;     /* of the history, at the last transaction; or NULL */
  GVariant *session;   /* to be resumed by the next client; or NULL */
  GHashTable *stored;  /* key of a message: DeviceGot */
  GHashTable *pending; /* likewise, since the last transaction */
  GHashTable *named; /* keys of own messages that have got an archive id, and that were not learned by a delivery */
  HsDelivery *last; /* the program has not confirmed it */

  guint n_sent;
  guint n_sent_stored; /* so many of them were sent when the last transaction was made */
  /* Numbers of messages that were sent between the last transaction and a crash, or that are too many to remember. */
  GHashTable *forgotten;
  GHashTable *nameless; /* numbers of messages whose archive id is not known yet */
  GHashTable *known;    /* numbers of those whose archive id has become known since the last transaction */
  guint oldest_nameless;
  GHashTable *on_server; /* numbers of messages of which the library has said that the server has them */
  GHashTable *own_received; /* body: HsDeliverySource; of messages that it knew to be its own */
  DeviceFigures figures;
} Device;

/* @to_port: the server's. @peer must live as long. */
Device *device_new (
    const char *name, const char *peer, guint16 to_port, HsHistoryOrder order, guint page_size);
void device_free (Device *self);

/* The program begins, or goes on. */
void device_start (Device *self);
void device_leave (Device *self, DeviceLeave how);
/* To be called now and then; a program that has ended is gone after it. */
void device_tick (Device *self);
/* It does not run, or has stopped. */
gboolean device_is_away (Device *self);
/* It has a session and no run goes on. */
gboolean device_is_current (Device *self);
/* What was given is stored, with the state. */
void device_commit (Device *self);
/* FALSE: it cannot now. */
gboolean device_send (Device *self);
/* What tells a message of the archive from all others: a server may give two messages one id. */
char *device_dup_key (HsChatMessage *chat);
/* @key: as device_dup_key() makes it. 0: it was not given. */
DeviceGot device_get_got (Device *self, const char *key);
/* In one line, how far it is. */
void device_print_state (Device *self);
void device_print (Device *self);
/* Something is as it must not be. */
void device_complain (Device *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* A client of one of the server's accounts, by its number. */
HsClient *device_new_client (guint user, const char *resource, guint16 port);
/* The bare address of an account. */
const char *device_get_account (guint user);
