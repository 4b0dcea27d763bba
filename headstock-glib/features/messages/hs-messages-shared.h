/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-messages.h"

G_BEGIN_DECLS

/* The functions by which other features work with HsMessages. Not installed; only features/ includes it. */

/* ---- Messages for another feature ---- */

/* Claims the message that is being dispatched, which is not part of a chat but for example an event, an invitation or
 * the result of a query: it is not delivered. Call it from a handler of an element inside the message, or with the
 * message from any handler that runs before that of HsMessages. It calls hs_client_take(). */
void hs_messages_claim (HsMessages *self, HsElement *element);

/* Whether a receipt or marker can be about the message with that id: not if this client sent it to somebody else. */
gboolean hs_messages_may_be_about (HsMessages *self, const char *id, HsDelivery *delivery);

/* ---- Archives ---- */

typedef enum
{
  HS_MESSAGES_OUTCOME_IGNORED,   /* not a message of a chat */
  HS_MESSAGES_OUTCOME_KNOWN,     /* it was delivered before */
  HS_MESSAGES_OUTCOME_DELIVERED, /* emitted as `received` */
  HS_MESSAGES_OUTCOME_LEARNED,   /* a message of this client: emitted as `learned` */
  HS_MESSAGES_OUTCOME_HELD,      /* it waits until its archive is caught up */
} HsMessagesOutcome;

/* A keeper's verdict on a message that is in its archive and arrived on another way. */
typedef enum
{
  HS_MESSAGES_VERDICT_DELIVER,
  HS_MESSAGES_VERDICT_DROP, /* the program has it already */
  HS_MESSAGES_VERDICT_HOLD, /* older messages are still missing */
} HsMessagesVerdict;

/* The functions of a feature that catches up with an archive. It decides which messages are new, in place of the list
 * of the last 1,000 ids. */
typedef struct
{
  /* A message of the archive has arrived, with an archive id that can be trusted. For a message that is held, it is
   * called again when the message is released. */
  HsMessagesVerdict (*arrived) (HsDelivery *delivery, gpointer data);
  /* For a room: a message of the room has arrived without an archive id. Not HOLD. May be NULL. */
  HsMessagesVerdict (*said) (HsDelivery *delivery, gpointer data);
  /* A message is about to be emitted as `received`, whichever way it arrived, or @outcome says why it is not. */
  void (*delivered) (HsDelivery *delivery, HsMessagesOutcome outcome, gpointer data);
  /* A message is being sent that will be in the archive, with this origin id. May be NULL. */
  void (*sent) (const char *origin_id, gpointer data);
  /* The server has a message that was sent. May be NULL. */
  void (*acknowledged) (gpointer data);
  /* Whether this client used an origin id in an earlier run of the program. May be NULL. */
  gboolean (*is_own) (const char *origin_id, gpointer data);
  /* For a room's archive: whether to get old messages from it in place of the room's history. May be NULL. */
  gboolean (*has_mark) (gpointer data);
  /* For a room without an archive: the time from which it is to send its messages again, in microseconds since 1970;
   * 0: it is not known. May be NULL. */
  gint64 (*get_since) (gpointer data);
  /* For a room's archive: this client has joined the room, or the room has changed; or it has left. May be NULL. */
  void (*joined) (gpointer data);
  void (*left) (gpointer data);
} HsMessagesKeeper;

/* How many messages are held at most for all archives together. Beyond that, those of the archive are delivered, oldest
 * first, with `is-late`. */
#define HS_MESSAGES_MAX_HELD 10000

/* The caller owns @keeper, which must live until the archive is given up. An archive has one keeper. */
void hs_messages_keep_archive (HsMessages *self, HsJid *archive, const HsMessagesKeeper *keeper, gpointer data);
/* Delivers the held messages with `is-late`. */
void hs_messages_give_up_archive (HsMessages *self, HsJid *archive);
/* The archive is caught up: delivers the held messages in order, after calling `arrived` for each of them once more. A
 * verdict of HOLD counts as DELIVER. */
void hs_messages_release (HsMessages *self, HsJid *archive);
/* Drops a held message, which the archive has delivered meanwhile. Returns FALSE if no message of that peer with that
 * id is held. */
gboolean hs_messages_drop_held (HsMessages *self, HsJid *archive, const char *archive_id, HsJid *peer);

/* The data of an archive's result about the message in it (XEP-0313). The caller has checked the sender. */
typedef struct
{
  HsJid *archive;         /* the account's bare JID or a room's */
  const char *archive_id; /* of the result */
  GDateTime *stamp;       /* of the result */
  gboolean is_late;
} HsMessagesArchived;

/* Makes a delivery of a forwarded message. Emits nothing and remembers nothing. Returns NULL if the addresses do not
 * fit the archive: in an account's archive, the message must be from the account or to it; in a room's, from the
 * room. */
HsDelivery *hs_messages_read (HsMessages *self, HsMessage *message, const HsMessagesArchived *archived);
/* Returns the child element of a name, or NULL if there is not exactly one. */
HsElement *hs_messages_get_only_child (HsElement *parent, const char *name, const char *namespace_);
/* Returns the time of a <delay/> (XEP-0203), or NULL. */
GDateTime *hs_messages_read_stamp (HsElement *delay);
/* Returns what tells a message from another one with the same archive id: the peer's bare JID, and that the account has
 * sent it. ejabberd uses the time in microseconds as the id: two messages that arrive in the same microsecond have the
 * same one. What somebody sends to himself has no direction. */
char *hs_messages_dup_side (HsChatMessage *chat);
/* Makes an object without a client, for hs_messages_read() with the archives of @account. Only the bare JID of @account
 * counts. */
HsMessages *hs_messages_new_reader (HsJid *account);
/* Emits a delivery from hs_messages_read(), as `received`, or as `learned` where this client sent the message. The
 * caller is the keeper of the archive, and has made sure that the message is new. */
HsMessagesOutcome hs_messages_deliver (HsMessages *self, HsDelivery *delivery);

/* ---- Rooms ---- */

typedef enum /*< skip >*/
{
  HS_MESSAGES_ROOM_HAS_IDS = 1 << 0,          /* urn:xmpp:sid:0 or urn:xmpp:mam:2: its stanza-ids can be trusted */
  HS_MESSAGES_ROOM_HAS_OCCUPANT_IDS = 1 << 1, /* urn:xmpp:occupant-id:0 */
  HS_MESSAGES_ROOM_IS_OPEN = 1 << 2,          /* everybody sees everybody's address */
  HS_MESSAGES_ROOM_HAS_NO_ARCHIVE = 1 << 3,   /* the room has said what it has, and urn:xmpp:mam:2 is not among it */
  HS_MESSAGES_ROOM_IS_LIVE = 1 << 4,          /* the room has sent its subject, with which its history ends */
} HsMessagesRoomFlags;

/* Returns the address behind a nickname, from the room's presences, or NULL if it is not known. */
typedef HsJid *(*HsMessagesRealJidFunc) (HsJid *occupant, gpointer data);

/* Sets the function for all rooms. NULL removes it. */
void hs_messages_set_real_jids (HsMessages *self, HsMessagesRealJidFunc func, gpointer data);
/* This client has joined a room, with @occupant as its address in the room and @occupant_id as its occupant id, or
 * NULL. The second function updates what is known about the room. */
void hs_messages_room_joined (HsMessages *self, HsJid *occupant, const char *occupant_id, HsMessagesRoomFlags flags);
void hs_messages_room_changed (HsMessages *self, HsJid *room, HsMessagesRoomFlags flags);
/* The room has sent its history (XEP-0045, 7.2.15): adds HS_MESSAGES_ROOM_IS_LIVE to what is known about it. */
void hs_messages_room_ended_history (HsMessages *self, HsJid *room);
gboolean hs_messages_is_in_room (HsMessages *self, HsJid *room);
/* Whether a keeper catches up with the room's archive and knows a position in it: the room need not send its
 * history. */
gboolean hs_messages_has_mark (HsMessages *self, HsJid *room);
/* For a room without an archive: the time from which a keeper needs the room's history, in microseconds since 1970, or
 * 0. */
gint64 hs_messages_get_since (HsMessages *self, HsJid *room);
/* Whether this client is in the room, and the room has no archive. */
gboolean hs_messages_has_no_archive (HsMessages *self, HsJid *room);
/* This client's nickname has changed. */
void hs_messages_room_renamed (HsMessages *self, HsJid *occupant);
void hs_messages_room_left (HsMessages *self, HsJid *room);
/* An occupant has left: the next one with the same nickname is another author. */
void hs_messages_occupant_left (HsMessages *self, HsJid *occupant);

G_END_DECLS
