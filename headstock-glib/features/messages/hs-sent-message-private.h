/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-chat-message-private.h"
#include "hs-sent-message.h"

G_BEGIN_DECLS

struct _HsSentMessage
{
  GObject parent_instance;

  HsChatMessageData chat;
  HsJid *account; /* who sends it: bare */
  HsJid *to;
  char *body; /* to find the reflection of a room that changes ids; NULL outside rooms */
  GError *error;
  guint64 number;        /* those that are sent later have larger ones */
  guint8 state; /* HsSentState */
  guint8 was_sent; /* it was given to the client at least once */
  guint8 is_pending; /* it is in HsMessages:pending */
};

/* Takes nothing. @message has an id. */
HsSentMessage *hs_sent_message_new (HsMessage *message, HsChatKind kind, HsJid *to);

/* What is known now; notifies. A status never goes back to one that tells less: FALSE if it would. */
gboolean hs_sent_message_advance (HsSentMessage *self, HsSentState state);
/* Does nothing if the recipient has it already. Takes nothing. */
gboolean hs_sent_message_fail (HsSentMessage *self, const GError *error);
/* Nobody knows any more what became of it. */
gboolean hs_sent_message_set_unknown (HsSentMessage *self, const GError *error);

/* Whether an address may tell what became of the message: its recipient, and nobody else. */
gboolean hs_sent_message_is_recipient (HsSentMessage *self, HsJid *jid);

G_END_DECLS
