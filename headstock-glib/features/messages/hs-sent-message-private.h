/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-chat-message-private.h"
#include "hs-sent-message.h"

G_BEGIN_DECLS

struct _HsSentMessage
{
  GObject parent_instance;

  HsChatMessageData chat;
  HsJid *account; /* the sender's bare JID */
  HsJid *to;
  char *body; /* to recognise the reflection from a room that changes ids; NULL outside rooms */
  GError *error;
  guint64 number;        /* later messages have greater numbers */
  guint8 state; /* HsSentState */
  guint8 was_sent; /* it was given to the client at least once */
  guint8 is_pending; /* it is in HsMessages:pending */
};

/* References its arguments. @message has an id. */
HsSentMessage *hs_sent_message_new (HsMessage *message, HsChatKind kind, HsJid *to);

/* Moves the delivery status forward, and notifies. Returns FALSE if it would go back to a status that says less. */
gboolean hs_sent_message_advance (HsSentMessage *self, HsSentState state);
/* Does nothing if the recipient has the message already. Copies @error. */
gboolean hs_sent_message_fail (HsSentMessage *self, const GError *error);
/* The delivery status cannot be known any more. */
gboolean hs_sent_message_set_unknown (HsSentMessage *self, const GError *error);

/* Whether a receipt or a marker from an address counts: only the recipient's does. */
gboolean hs_sent_message_is_recipient (HsSentMessage *self, HsJid *jid);

G_END_DECLS
