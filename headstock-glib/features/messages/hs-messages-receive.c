/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include <string.h>

/* Takes messages from the stream, after it is known which archive ids can be trusted. */

static void
reject (HsMessages *self, HsMessage *message, HsMessageFault fault)
{
  g_signal_emit (self, hs_messages_signals[HS_MESSAGES_SIGNAL_REJECTED], 0, message, fault);
}

/* A copy of a private message from a room that another client of the account is in. If this client is in the room, it
 * gets the message itself; otherwise it cannot know the occupant (XEP-0280, 6.1). */
static gboolean
is_foreign_private (HsDelivery *delivery)
{
  return delivery->chat.kind == HS_CHAT_KIND_OCCUPANT && !delivery->chat.is_outgoing;
}

static void
receive_wrapped (HsMessages *self, HsMessage *message)
{
  HsMessageFault fault;
  HsMessage *inner = hs_messages_unwrap (self, message, &fault);
  HsDelivery *delivery;

  if (inner == NULL)
    {
      reject (self, message, fault);
      return;
    }
  /* An error to another client of the account is about a message that that client sent. */
  if (strcmp (hs_stanza_get_stanza_type (HS_STANZA (inner)), "error") == 0)
    return;
  delivery = hs_messages_read_carbon (self, inner);
  if (delivery == NULL)
    return;
  if (!is_foreign_private (delivery))
    hs_messages_take_in (self, delivery);
  hs_delivery_give_back (delivery, &self->spare);
}

void
hs_messages_receive (HsMessages *self, HsMessage *message, HsContent content)
{
  HsDelivery *delivery;

  if (hs_messages_is_wrapper (message, content))
    {
      receive_wrapped (self, message);
      return;
    }
  delivery = hs_messages_read_live (self, message, content);
  if (delivery == NULL)
    {
      reject (self, message, HS_MESSAGE_FAULT_ADDRESS);
      return;
    }
  hs_messages_take_in (self, delivery);
  hs_delivery_give_back (delivery, &self->spare);
}
