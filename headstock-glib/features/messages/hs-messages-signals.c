/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include "hs-enum-types.h"

/* What the messages of an account tell of, and its documentation. */

guint hs_messages_signals[HS_MESSAGES_N_SIGNALS];

static guint
new_signal (const char *name, guint n_params, ...)
{
  va_list args;
  guint id;

  va_start (args, n_params);
  id = g_signal_new_valist (name, HS_TYPE_MESSAGES, G_SIGNAL_RUN_LAST, NULL, NULL, NULL, NULL, G_TYPE_NONE,
                            n_params, args);
  va_end (args);
  return id;
}

void
hs_messages_install_signals (void)
{
  /**
   * HsMessages::received:
   * @self: the messages of an account
   * @delivery: the message with what is known of it
   *
   * Emitted for each message, whichever way it came, once. What the account's other clients send is received as well:
   * see [property@ChatMessage:is-outgoing].
   *
   * Messages with only a chat state are told by [signal@Messages::chat-state-changed] instead.
   *
   * Since: 0.2
   */
  hs_messages_signals[HS_MESSAGES_SIGNAL_RECEIVED] = new_signal ("received", 1, HS_TYPE_DELIVERY);

  /**
   * HsMessages::learned:
   * @self: the messages of an account
   * @origin_id: the id that this client gave it, [property@SentMessage:id]
   * @delivery: the message as the archive has it
   *
   * Emitted when an archive shows a message that this client has sent: for programs that store messages and have it
   * without [property@ChatMessage:archive-id].
   *
   * Since: 0.2
   */
  hs_messages_signals[HS_MESSAGES_SIGNAL_LEARNED]
      = new_signal ("learned", 2, G_TYPE_STRING, HS_TYPE_DELIVERY);

  /**
   * HsMessages::rejected:
   * @self: the messages of an account
   * @message: the stanza as it came
   * @fault: what is wrong with it
   *
   * Emitted when somebody sends what looks like a copy of another message and is not, or a message whose addresses are
   * not valid: for logs. No part of it is to be shown as what it says it is.
   *
   * Since: 0.2
   */
  hs_messages_signals[HS_MESSAGES_SIGNAL_REJECTED]
      = new_signal ("rejected", 2, HS_TYPE_MESSAGE, HS_TYPE_MESSAGE_FAULT);

  /**
   * HsMessages::chat-state-changed:
   * @self: the messages of an account
   * @peer: with whom the chat is, as [property@ChatMessage:peer]
   * @sender: who does it, with the resource
   * @state: what they do
   *
   * Emitted when somebody begins or stops writing (XEP-0085). What comes late is not told.
   *
   * Since: 0.2
   */
  hs_messages_signals[HS_MESSAGES_SIGNAL_CHAT_STATE_CHANGED]
      = new_signal ("chat-state-changed", 3, HS_TYPE_JID, HS_TYPE_JID, HS_TYPE_CHAT_STATE);
}
