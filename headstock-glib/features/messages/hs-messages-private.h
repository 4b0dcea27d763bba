/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-delivery-private.h"
#include "hs-disco.h"
#include "hs-feature.h"
#include "hs-messages-shared.h"
#include "hs-recent-ids-private.h"
#include "hs-sent-message-private.h"
#include "hs-stateful.h"

G_BEGIN_DECLS

/* The structs and functions that hs-messages*.c share. */

/* A room that the account is in. */
typedef struct
{
  HsJid *room;
  HsJid *occupant;   /* this client's address in the room */
  char *occupant_id; /* of this client, or NULL */
  HsMessagesRoomFlags flags;
  char *epoch;      /* random, new for each stay of this client */
  GHashTable *left; /* nickname -> value of @n_left when its occupant left; or NULL */
  guint n_left;
} HsMessagesRoom;

/* An archive that a keeper catches up with. */
typedef struct
{
  HsJid *archive;
  const HsMessagesKeeper *keeper;
  gpointer data;
  GQueue held; /* HsDelivery */
  GHashTable *held_ids; /* peer and archive id -> its link in @held */
} HsMessagesKept;

/* The messages that wait until it is known what the account's server can do. */
typedef struct
{
  gboolean is_over;          /* it is known, or the server does not answer */
  gboolean has_ids;          /* the account's server gives archive ids */
  GCancellable *cancellable; /* of the request while it is in flight, or NULL */
  HsFeatureTimer *deadline;
  GQueue messages; /* HsMessage, in the order of arrival */
} HsMessagesWait;

/* Chat states with one peer. */
typedef struct _HsChatStates HsChatStates;

/* The sender of the last message, parsed: most messages come from the same sender as the one before. */
typedef struct
{
  char *from;    /* as in the stanza, or NULL */
  HsJid *sender;
  HsJid *bare;
  gboolean is_own;
} HsMessagesSender;

/* Whether a message goes on to the next stage. A stage that cannot decide drops it: a message that was not decrypted is
 * not shown, and one that was not encrypted is not sent. */
typedef enum
{
  HS_MESSAGES_PASS_DROP,
  HS_MESSAGES_PASS_ON,
} HsMessagesPass;

/* A message from the program. A stage may change it. */
typedef struct
{
  HsMessage *message;
  HsChatKind kind;
  HsJid *to;
} HsMessagesOutgoing;

/* A function may be NULL: all messages then go on to the next stage. */
typedef struct
{
  const char *name;
  HsMessagesPass (*receive) (HsMessages *self, HsDelivery *delivery);
  HsMessagesPass (*send) (HsMessages *self, const HsMessagesOutgoing *outgoing);
} HsMessagesStage;

#define HS_MESSAGES_N_STAGES 3

/* The messages that were sent and whose delivery status may still change. hs-messages-sent.c has the functions. */
typedef struct
{
  GListStore *pending;
  guint n_settled;     /* of the messages in @pending that are to leave it */
  GSource *turn;       /* removes them at the end of the turn; or NULL */
  GQueue messages;     /* HsSentMessage: the last ones, and all that are pending */
  GHashTable *by_id;   /* id -> its link in @messages */
  GPtrArray *written;  /* HsSentMessage: written, without stream management */
} HsMessagesSent;

/* The messages that wait for a session. hs-messages-transmit.c has the functions. */
typedef struct
{
  GQueue messages; /* HsSentMessage */
  gboolean is_probing;
  gboolean is_transmitting; /* hs_messages_transmit_all() is at work */
  guint64 next_number;      /* of a sent message */
} HsMessagesOutbox;

struct _HsMessages
{
  GObject parent_instance;

  const HsMessagesStage *stages; /* HS_MESSAGES_N_STAGES, in the order for received messages */

  HsClient *client; /* weak: while this module is registered with it */
  HsJid *own;       /* the account's bare JID, while it is known */
  HsJid *bound;     /* this client's own address, likewise */
  char *account;    /* the account of the outbox while there is no client; or NULL */
  gboolean carbons;
  gboolean queue_offline;
  gboolean request_receipts;
  gboolean answer_receipts;
  gboolean had_carbons; /* HsClient:carbons before this module set it */
  gboolean has_session; /* between `ready`, or `resumed` without it, and `lost` */
  gboolean carbons_are_due; /* to be sent to the server when the session is resumed */

  HsMessagesWait wait;
  HsMessagesSender last;
  HsDelivery *spare; /* to be used again, or NULL */
  HsElement *claimed; /* the message being dispatched, if another feature has claimed it */

  HsRecentIds known;    /* (archive, id) of what was delivered */
  HsRecentIds answered; /* (peer, id) of messages that got a receipt */
  GHashTable *rooms;    /* HsJid -> HsMessagesRoom */
  HsMessagesRealJidFunc real_jid;
  gpointer real_jid_data;
  GHashTable *kept; /* HsJid -> HsMessagesKept */
  guint n_held;

  HsMessagesSent sent;
  HsMessagesOutbox outbox;
  gboolean has_rooms; /* another feature reports the rooms of the account */

  HsChatStates *states;
};

/* hs-messages-account.c */
/* Takes the account's bare JID and the bound JID from the client. */
void hs_messages_update_addresses (HsMessages *self);

/* hs-messages-stream.c */
void hs_messages_stream_start (HsMessages *self, HsClient *client);

/* hs-messages-receive.c */
void hs_messages_receive (HsMessages *self, HsMessage *message, HsContent content);

/* hs-messages-wait.c */
void hs_messages_wait_begin (HsMessages *self);
void hs_messages_wait_again (HsMessages *self);
/* Delivers the messages that wait. */
void hs_messages_wait_end (HsMessages *self);
void hs_messages_wait_push (HsMessages *self, HsMessage *message);

/* hs-messages-unwrap.c */
/* Whether a message is a carbon copy or the result of an archive, or looks like it. */
gboolean hs_messages_is_wrapper (HsMessage *message, HsContent content);
/* Returns the message in a carbon copy, or NULL if it is forged or not a copy. */
HsMessage *hs_messages_unwrap (HsMessages *self, HsMessage *message, HsMessageFault *fault);
gboolean hs_messages_is_from_account (HsMessages *self, HsMessage *message);
gboolean hs_messages_is_own (HsMessages *self, HsJid *jid);

/* hs-messages-deliver.c */
HsMessagesOutcome hs_messages_take_in (HsMessages *self, HsDelivery *delivery);

/* hs-messages-stages.c */
extern const HsMessagesStage hs_messages_stages[HS_MESSAGES_N_STAGES];
/* Returns FALSE if a stage has dropped the message. */
gboolean hs_messages_pass_in (HsMessages *self, HsDelivery *delivery);
/* From the last stage to the first. Returns FALSE, with an error, where a stage has dropped the message. */
gboolean hs_messages_pass_out (HsMessages *self, const HsMessagesOutgoing *outgoing, GError **error);

/* hs-messages-archives.c */
void hs_messages_archives_init (HsMessages *self);
void hs_messages_kept_free (gpointer kept);
HsMessagesKept *hs_messages_find_kept (HsMessages *self, HsJid *archive);
void hs_messages_push_held (HsMessages *self, HsMessagesKept *kept, HsDelivery *delivery);
/* Returns: (transfer full) (nullable) */
HsDelivery *hs_messages_pop_held (HsMessages *self, HsMessagesKept *kept);

void hs_messages_tell_joined (HsMessages *self, HsJid *occupant);
void hs_messages_tell_left (HsMessages *self, HsJid *room);

/* hs-messages-rooms.c */
GHashTable *hs_messages_new_jid_table (GDestroyNotify free_value);
void hs_messages_rooms_init (HsMessages *self);
void hs_messages_add_room (HsMessages *self, HsJid *occupant, const char *occupant_id, HsMessagesRoomFlags flags);
void hs_messages_remove_room (HsMessages *self, HsJid *room);
void hs_messages_set_room_flags (HsMessages *self, HsJid *room, HsMessagesRoomFlags flags);
HsMessagesRoom *hs_messages_find_room (HsMessages *self, HsJid *jid);
gboolean hs_messages_is_own_occupant (HsMessagesRoom *room, HsJid *occupant, HsMessage *message, gboolean is_archived);
/* The author of this client's messages in the room. */
char *hs_messages_dup_own_author (HsMessages *self, HsMessagesRoom *room);
char *hs_messages_dup_occupant_author (HsMessages *self, HsJid *occupant, HsMessage *message, gboolean is_archived);

/* hs-messages-read.c */
/* Returns NULL if an address is not valid or the room is unknown. */
HsDelivery *hs_messages_read_live (HsMessages *self, HsMessage *message, HsContent content);
void hs_messages_forget_sender (HsMessages *self);
HsDelivery *hs_messages_read_carbon (HsMessages *self, HsMessage *message);

/* hs-messages-sent.c: sent messages whose delivery status may still change */
void hs_messages_sent_init (HsMessages *self);
void hs_messages_sent_clear (HsMessages *self);
void hs_messages_forget_all (HsMessages *self);
void hs_messages_remember (HsMessages *self, HsSentMessage *sent);
HsSentMessage *hs_messages_find_sent (HsMessages *self, const char *id);
/* Put a message into the list of pending messages, and take it out. */
void hs_messages_put_pending (HsMessages *self, HsSentMessage *sent);
void hs_messages_settle (HsMessages *self, HsSentMessage *sent);
/* Takes settled messages out of the list now, not at the end of the turn. */
void hs_messages_drop_settled (HsMessages *self);

/* hs-messages-transmit.c */
/* Returns FALSE if the client has not accepted the message. */
gboolean hs_messages_transmit (HsMessages *self, HsSentMessage *sent, GError **error);
/* Sends all messages in the outbox that can be sent now. */
void hs_messages_transmit_all (HsMessages *self);
gboolean hs_messages_must_wait (HsMessages *self, HsSentMessage *sent);
/* Puts a message into the outbox, in the order of the numbers. */
void hs_messages_queue (HsMessages *self, HsSentMessage *sent);
/* The session is lost. */
void hs_messages_transmit_lost (HsMessages *self);

/* hs-messages-status.c */
/* Returns TRUE if it is about a message that this client sent. */
gboolean hs_messages_take_error (HsMessages *self, HsMessage *message);
/* Receipts and markers. */
void hs_messages_take_status (HsMessages *self, HsDelivery *delivery);
/* Takes a message that this client has sent. Returns TRUE if it is one of the sent messages here. */
gboolean hs_messages_take_reflection (HsMessages *self, HsDelivery *delivery);

/* hs-messages-send.c */
HsChatKind hs_messages_find_kind (HsMessages *self, HsMessage *message, HsJid *to);

/* hs-messages-outbox.c */
void hs_messages_stateful_init (HsStatefulInterface *iface);
void hs_messages_check_account (HsMessages *self);

/* hs-messages-receipts.c */
void hs_messages_answer_receipt (HsMessages *self, HsDelivery *delivery);

/* hs-messages-chat-states.c */
HsChatStates *hs_chat_states_new (void);
void hs_chat_states_free (HsChatStates *states);
/* The session is lost: nobody has been sent a state in the next one. */
void hs_messages_chat_states_lost (HsMessages *self);
void hs_messages_chat_states_received (HsMessages *self, HsDelivery *delivery);
/* A message with content is about to be sent. */
void hs_messages_chat_states_add (HsMessages *self, HsMessage *message, HsChatKind kind, HsJid *to);
/* Whether a message has a chat state and no content. */
gboolean hs_messages_is_chat_state_only (HsMessage *message);

/* hs-messages-signals.c */
enum
{
  HS_MESSAGES_SIGNAL_RECEIVED,
  HS_MESSAGES_SIGNAL_LEARNED,
  HS_MESSAGES_SIGNAL_REJECTED,
  HS_MESSAGES_SIGNAL_CHAT_STATE_CHANGED,
  HS_MESSAGES_N_SIGNALS
};
extern guint hs_messages_signals[HS_MESSAGES_N_SIGNALS];
void hs_messages_install_signals (void);

G_END_DECLS
