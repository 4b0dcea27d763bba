/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"
#include "hs-delivery.h"
#include "hs-sent-message.h"

G_BEGIN_DECLS

/**
 * HsMessageFault:
 * @HS_MESSAGE_FAULT_NONE: nothing
 * @HS_MESSAGE_FAULT_SENDER: somebody other than the account's server sent a message that only the server may send
 * @HS_MESSAGE_FAULT_FORM: it does not contain exactly one message
 * @HS_MESSAGE_FAULT_ADDRESS: the contained message is neither from the account nor to it, or an address is not valid
 * @HS_MESSAGE_FAULT_NESTED: the contained message is itself a copy or a result of an archive
 * @HS_MESSAGE_FAULT_KIND: the contained message has a type that is never copied
 * @HS_MESSAGE_FAULT_UNREQUESTED: a result of an archive that was not requested
 *
 * The reasons why a message is rejected.
 *
 * Since: 0.2
 */
typedef enum
{
  HS_MESSAGE_FAULT_NONE,
  HS_MESSAGE_FAULT_SENDER,
  HS_MESSAGE_FAULT_FORM,
  HS_MESSAGE_FAULT_ADDRESS,
  HS_MESSAGE_FAULT_NESTED,
  HS_MESSAGE_FAULT_KIND,
  HS_MESSAGE_FAULT_UNREQUESTED,
} HsMessageFault;

#define HS_TYPE_MESSAGES (hs_messages_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsMessages, hs_messages, HS, MESSAGES, GObject)

HS_AVAILABLE_IN_0_2
HsMessages *hs_messages_new (void);

/* Sending */

HS_AVAILABLE_IN_0_2
HsSentMessage *hs_messages_send_text (HsMessages *self, const char *to, const char *body, GError **error);
HS_AVAILABLE_IN_0_2
HsSentMessage *hs_messages_send (HsMessages *self, HsMessage *message, GError **error);
HS_AVAILABLE_IN_0_2
gboolean hs_messages_cancel (HsMessages *self, HsSentMessage *sent);
HS_AVAILABLE_IN_0_2
HsMessage *hs_messages_make_reply (HsMessages *self, HsChatMessage *of, const char *body);
HS_AVAILABLE_IN_0_2
HsMessage *hs_messages_make_correction (HsMessages *self, HsChatMessage *of, const char *body);
HS_AVAILABLE_IN_0_2
HsMessage *hs_messages_make_retraction (HsMessages *self, HsChatMessage *of);
HS_AVAILABLE_IN_0_2
HsMessage *hs_messages_make_reaction (HsMessages *self, HsChatMessage *of, const char * const *reactions);
HS_AVAILABLE_IN_0_2
gboolean hs_messages_send_chat_state (HsMessages *self, const char *peer, HsChatState state, GError **error);

/* Properties */

HS_AVAILABLE_IN_0_2
HsClient *hs_messages_get_client (HsMessages *self);
HS_AVAILABLE_IN_0_2
gboolean hs_messages_get_carbons (HsMessages *self);
HS_AVAILABLE_IN_0_2
void hs_messages_set_carbons (HsMessages *self, gboolean carbons);
HS_AVAILABLE_IN_0_2
gboolean hs_messages_get_queue_offline (HsMessages *self);
HS_AVAILABLE_IN_0_2
void hs_messages_set_queue_offline (HsMessages *self, gboolean queue_offline);
HS_AVAILABLE_IN_0_2
gboolean hs_messages_get_request_receipts (HsMessages *self);
HS_AVAILABLE_IN_0_2
void hs_messages_set_request_receipts (HsMessages *self, gboolean request_receipts);
HS_AVAILABLE_IN_0_2
gboolean hs_messages_get_answer_receipts (HsMessages *self);
HS_AVAILABLE_IN_0_2
void hs_messages_set_answer_receipts (HsMessages *self, gboolean answer_receipts);
HS_AVAILABLE_IN_0_2
GListModel *hs_messages_get_pending (HsMessages *self);

G_END_DECLS
