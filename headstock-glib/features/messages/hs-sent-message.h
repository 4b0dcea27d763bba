/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-chat-message.h"

G_BEGIN_DECLS

/**
 * HsSentState:
 * @HS_SENT_STATE_WAITING: it waits for a session, or for the server to acknowledge it
 * @HS_SENT_STATE_UNKNOWN: its session was lost, and it is not known whether the server has it
 * @HS_SENT_STATE_ON_SERVER: the account's server has it
 * @HS_SENT_STATE_REFLECTED: its room has shown it to all occupants (XEP-0045, 7.4)
 * @HS_SENT_STATE_DELIVERED: a client of the recipient has it (XEP-0184)
 * @HS_SENT_STATE_DISPLAYED: the recipient has read it (XEP-0333)
 * @HS_SENT_STATE_FAILED: it was not sent, or came back with an error: see [property@SentMessage:error]
 *
 * The delivery status of a message.
 *
 * Since: 0.2
 */
typedef enum
{
  HS_SENT_STATE_WAITING,
  HS_SENT_STATE_UNKNOWN,
  HS_SENT_STATE_ON_SERVER,
  HS_SENT_STATE_REFLECTED,
  HS_SENT_STATE_DELIVERED,
  HS_SENT_STATE_DISPLAYED,
  HS_SENT_STATE_FAILED,
} HsSentState;

#define HS_TYPE_SENT_MESSAGE (hs_sent_message_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsSentMessage, hs_sent_message, HS, SENT_MESSAGE, GObject)

HS_AVAILABLE_IN_0_2
const char *hs_sent_message_get_id (HsSentMessage *self);
HS_AVAILABLE_IN_0_2
HsSentState hs_sent_message_get_state (HsSentMessage *self);
HS_AVAILABLE_IN_0_2
const GError *hs_sent_message_get_error (HsSentMessage *self);

G_END_DECLS
