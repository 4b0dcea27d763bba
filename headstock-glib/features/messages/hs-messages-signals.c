/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include "hs-enum-types.h"

/* The signals of HsMessages. */

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
   * @delivery: the message, and how it arrived
   *
   * Emitted once for each message, on whichever way it arrived.
   *
   * Messages that the account's other clients send are received as well: see [property@ChatMessage:is-outgoing].
   *
   * For a message with only a chat state, [signal@Messages::chat-state-changed] is emitted instead.
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
   * Emitted when a message that this client has sent is found in an archive; also when one that an earlier run of the
   * program has sent, and [class@History] remembers, comes from the server as a copy (XEP-0280).
   *
   * A program that stores messages has this one without [property@ChatMessage:archive-id], and can now add it.
   *
   * Since: 0.2
   */
  hs_messages_signals[HS_MESSAGES_SIGNAL_LEARNED]
      = new_signal ("learned", 2, G_TYPE_STRING, HS_TYPE_DELIVERY);

  /**
   * HsMessages::rejected:
   * @self: the messages of an account
   * @message: the stanza as it arrived
   * @fault: what is wrong with it
   *
   * Emitted for a forged or broken copy of another message, and for a message with invalid addresses.
   *
   * It is meant for logs: do not show any part of the message as genuine.
   *
   * Since: 0.2
   */
  hs_messages_signals[HS_MESSAGES_SIGNAL_REJECTED]
      = new_signal ("rejected", 2, HS_TYPE_MESSAGE, HS_TYPE_MESSAGE_FAULT);

  /**
   * HsMessages::chat-state-changed:
   * @self: the messages of an account
   * @peer: the address that the chat is with, as [property@ChatMessage:peer]
   * @sender: the sender of the state, with the resource
   * @state: what the sender is doing
   *
   * Emitted when somebody begins or stops writing (XEP-0085).
   *
   * When the session is lost, nothing is emitted, and what somebody is doing is not known any more: the first state in
   * the next session is always told.
   *
   * States that arrive late, from an archive or from a server's storage, are ignored.
   *
   * Since: 0.2
   */
  hs_messages_signals[HS_MESSAGES_SIGNAL_CHAT_STATE_CHANGED]
      = new_signal ("chat-state-changed", 3, HS_TYPE_JID, HS_TYPE_JID, HS_TYPE_CHAT_STATE);
}
