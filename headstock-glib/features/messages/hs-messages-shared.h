/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-messages.h"

G_BEGIN_DECLS

/* What the other features tell the messages of an account. Not installed; only features/ includes it. */

/* ---- Messages that another feature deals with ---- */

/* The message that is being dispatched is not one of a chat, but for example an event, an invitation, or the result
 * of a query: it is not delivered. To be called from a handler of an element inside the message, or with the
 * message from any of its handlers that runs before ours; what is claimed is taken (hs_client_take()). */
void hs_messages_claim (HsMessages *self, HsElement *element);

/* Whether a receipt or marker can be about a message of that id: not if this client sent that to somebody else. */
gboolean hs_messages_may_be_about (HsMessages *self, const char *id, HsDelivery *delivery);

/* ---- Archives ---- */

typedef enum
{
  HS_MESSAGES_OUTCOME_IGNORED,   /* not a message of a chat */
  HS_MESSAGES_OUTCOME_KNOWN,     /* it has been delivered before */
  HS_MESSAGES_OUTCOME_DELIVERED, /* emitted as `received` */
  HS_MESSAGES_OUTCOME_LEARNED,   /* a message of this client: emitted as `learned` */
  HS_MESSAGES_OUTCOME_HELD,      /* waits until its archive is caught up */
} HsMessagesOutcome;

/* What a keeper says of a message that arrived on another way and is in its archive. */
typedef enum
{
  HS_MESSAGES_VERDICT_DELIVER,
  HS_MESSAGES_VERDICT_DROP, /* it has been given to the program */
  HS_MESSAGES_VERDICT_HOLD, /* older ones are still to come */
} HsMessagesVerdict;

/* Somebody keeps up with an archive, and decides what is new in place of the list of the last 1,000 ids. */
typedef struct
{
  /* A message of the archive came in; its archive_id is trusted. The verdict of a message that is held is asked
   * for again when it is released. */
  HsMessagesVerdict (*arrived) (HsDelivery *delivery, gpointer data);
  /* It is about to be emitted as `received`, whichever way it came; or the outcome says why it is not. */
  void (*delivered) (HsDelivery *delivery, HsMessagesOutcome outcome, gpointer data);
  /* A message is sent that the archive will have, under this origin id. May be NULL. */
  void (*sent) (const char *origin_id, gpointer data);
  /* The server has a message that was sent. May be NULL. */
  void (*acknowledged) (gpointer data);
  /* Whether an origin id of an earlier run of the program is this client's. May be NULL. */
  gboolean (*is_own) (const char *origin_id, gpointer data);
  /* For a room's archive: whether messages are got from it, rather than from the room's history. May be NULL. */
  gboolean (*has_mark) (gpointer data);
  /* Likewise: the room has been entered, or is not any more. May be NULL. */
  void (*joined) (gpointer data);
  void (*left) (gpointer data);
} HsMessagesKeeper;

/* How many messages wait at most in all; then they are let through, oldest first, with `is-late`. */
#define HS_MESSAGES_MAX_HELD 10000

/* @keeper stays the caller's and must live until the archive is given up. There is one for each archive. */
void hs_messages_keep_archive (HsMessages *self, HsJid *archive, const HsMessagesKeeper *keeper, gpointer data);
/* What is held is let through with `is-late`. */
void hs_messages_give_up_archive (HsMessages *self, HsJid *archive);
/* The archive is caught up: emits in order what is held, after asking about each of them once more. A verdict of
 * HOLD counts as DELIVER. */
void hs_messages_release (HsMessages *self, HsJid *archive);
/* A run has shown a message that is held: it is dropped. FALSE: none is held under that id. */
gboolean hs_messages_drop_held (HsMessages *self, HsJid *archive, const char *archive_id);

/* What an archive's result says about the message in it (XEP-0313). The caller has checked who sent it. */
typedef struct
{
  HsJid *archive;         /* the account's bare JID or a room's */
  const char *archive_id; /* the result's */
  GDateTime *stamp;       /* the result's */
  gboolean is_late;
} HsMessagesArchived;

/* Makes a delivery of a forwarded message, for who asked for it. Nothing is emitted and nothing remembered. NULL:
 * its addresses do not fit the archive: in an account's, it is neither from the account nor to it; in a room's, it is
 * not from the room. */
HsDelivery *hs_messages_read (HsMessages *self, HsMessage *message, const HsMessagesArchived *archived);
/* The only child element of a name, if there is only one of that name. */
HsElement *hs_messages_get_only_child (HsElement *parent, const char *name, const char *namespace_);
/* The time of a <delay/> (XEP-0203), or NULL. */
GDateTime *hs_messages_read_stamp (HsElement *delay);
/* An object that belongs to no client, for hs_messages_read() with the archives of @account, or of any of its
 * resources. */
HsMessages *hs_messages_new_reader (HsJid *account);
/* Emits what hs_messages_read() made, as `received`, or as `learned` where this client sent it. Whether it is new
 * is the caller's to know, who is the archive's keeper. */
HsMessagesOutcome hs_messages_deliver (HsMessages *self, HsDelivery *delivery);

/* ---- Rooms ---- */

typedef enum /*< skip >*/
{
  HS_MESSAGES_ROOM_HAS_IDS = 1 << 0,          /* urn:xmpp:sid:0 or urn:xmpp:mam:2: its stanza-ids are its own */
  HS_MESSAGES_ROOM_HAS_OCCUPANT_IDS = 1 << 1, /* urn:xmpp:occupant-id:0 */
  HS_MESSAGES_ROOM_IS_OPEN = 1 << 2,          /* everybody sees everybody's address */
} HsMessagesRoomFlags;

/* Who is behind a nickname, as the room's presences say; NULL: nobody knows. */
typedef HsJid *(*HsMessagesRealJidFunc) (HsJid *occupant, gpointer data);

/* For all rooms. NULL: nobody can tell any more. */
void hs_messages_set_real_jids (HsMessages *self, HsMessagesRealJidFunc func, gpointer data);
/* A room has been entered, with @occupant as the own address in it and @occupant_id as the own occupant id, or
 * NULL; then what is known of it has changed. */
void hs_messages_room_joined (HsMessages *self, HsJid *occupant, const char *occupant_id, HsMessagesRoomFlags flags);
void hs_messages_room_changed (HsMessages *self, HsJid *room, HsMessagesRoomFlags flags);
gboolean hs_messages_is_in_room (HsMessages *self, HsJid *room);
/* Whether somebody keeps up with the room's archive, and has a place in it: the room need not send its history. */
gboolean hs_messages_has_mark (HsMessages *self, HsJid *room);
/* The own nickname has changed. */
void hs_messages_room_renamed (HsMessages *self, HsJid *occupant);
void hs_messages_room_left (HsMessages *self, HsJid *room);
/* Whoever takes a nickname from now on is somebody else. */
void hs_messages_occupant_left (HsMessages *self, HsJid *occupant);

G_END_DECLS
