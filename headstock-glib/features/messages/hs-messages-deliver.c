/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

/* The one path of all messages, from every source: checks whether a message is new, is to be held, or was sent by this
 * client, and then gives it to the program. */

static void
tell_keeper (HsMessagesKept *kept, HsDelivery *delivery, HsMessagesOutcome outcome)
{
  if (kept != NULL && kept->keeper->delivered != NULL)
    kept->keeper->delivered (delivery, outcome, kept->data);
}

static void
emit_received (HsMessages *self, HsDelivery *delivery)
{
  g_signal_emit (self, hs_messages_signals[HS_MESSAGES_SIGNAL_RECEIVED], 0, delivery);
  if ((delivery->content & HS_CONTENT_RECEIPTS) != 0)
    hs_messages_answer_receipt (self, delivery);
}

char *
hs_messages_dup_side (HsChatMessage *chat)
{
  g_autoptr (HsJid) peer = hs_jid_get_bare (hs_chat_message_get_peer (chat));
  HsJid *archive = hs_chat_message_get_archive (chat);
  gboolean is_sent = hs_chat_message_get_is_outgoing (chat) && archive != NULL && !hs_jid_equal (peer, archive);

  return g_strconcat (is_sent ? ">" : "", hs_jid_to_string (peer), NULL);
}

/* The archive's keeper decides what is new; without a keeper, the list of the latest ids does. */
static HsMessagesVerdict
judge (HsMessages *self, HsMessagesKept *kept, HsDelivery *delivery)
{
  HsChatMessageData *chat = &delivery->chat;
  g_autofree char *side = NULL;

  if (chat->archive_id == NULL)
    return kept != NULL && kept->keeper->said != NULL ? kept->keeper->said (delivery, kept->data)
                                                      : HS_MESSAGES_VERDICT_DELIVER;
  if (kept != NULL)
    return kept->keeper->arrived (delivery, kept->data);
  side = hs_messages_dup_side (HS_CHAT_MESSAGE (delivery));
  return hs_recent_ids_add (&self->known, hs_jid_to_string (chat->archive), side, chat->archive_id)
             ? HS_MESSAGES_VERDICT_DELIVER
             : HS_MESSAGES_VERDICT_DROP;
}

static void
let_through (HsMessages *self, HsMessagesKept *kept, HsDelivery *delivery, gboolean is_late)
{
  /* The archive may have delivered it meanwhile. */
  if (kept->keeper->arrived (delivery, kept->data) == HS_MESSAGES_VERDICT_DROP)
    return;
  delivery->is_late |= is_late;
  tell_keeper (kept, delivery, HS_MESSAGES_OUTCOME_DELIVERED);
  emit_received (self, delivery);
}

/* Handlers may give up the archive, keep it again, or hold more. */
static void
let_through_all (HsMessages *self, HsJid *archive, gboolean are_late)
{
  g_autoptr (HsJid) alive G_GNUC_UNUSED = hs_jid_ref (archive);
  HsMessagesKept *kept;
  HsDelivery *delivery;

  while ((kept = hs_messages_find_kept (self, archive)) != NULL
         && (delivery = hs_messages_pop_held (self, kept)) != NULL)
    {
      let_through (self, kept, delivery, are_late);
      g_object_unref (delivery);
    }
}

static void
hold (HsMessages *self, HsMessagesKept *kept, HsDelivery *delivery)
{
  hs_messages_push_held (self, kept, delivery);
  if (self->n_held > HS_MESSAGES_MAX_HELD)
    let_through_all (self, kept->archive, TRUE);
}

/* Whether an earlier run of the program has sent it. */
static gboolean
is_of_earlier_run (HsMessagesKept *kept, HsDelivery *delivery)
{
  const char *origin_id = hs_message_get_origin_id (delivery->chat.message);

  return origin_id != NULL && kept != NULL && kept->keeper->is_own != NULL && kept->keeper->is_own (origin_id, kept->data);
}

static HsMessagesOutcome
tell_learned (HsMessages *self, HsMessagesKept *kept, HsDelivery *delivery)
{
  HsMessage *message = delivery->chat.message;
  const char *origin_id = hs_message_get_origin_id (message);

  /* A server may have kept only one of the two ids. */
  if (origin_id == NULL)
    origin_id = hs_stanza_get_id (HS_STANZA (message));
  tell_keeper (kept, delivery, HS_MESSAGES_OUTCOME_LEARNED);
  g_signal_emit (self, hs_messages_signals[HS_MESSAGES_SIGNAL_LEARNED], 0, origin_id, delivery);
  return HS_MESSAGES_OUTCOME_LEARNED;
}

/* The keeper of the archive that the message is in, or of the room that it is from. */
static HsMessagesKept *
find_kept (HsMessages *self, HsDelivery *delivery)
{
  HsChatMessageData *chat = &delivery->chat;

  if (chat->archive != NULL)
    return hs_messages_find_kept (self, chat->archive);
  return chat->kind == HS_CHAT_KIND_ROOM ? hs_messages_find_kept (self, chat->peer) : NULL;
}

HsMessagesOutcome
hs_messages_take_in (HsMessages *self, HsDelivery *delivery)
{
  HsMessagesKept *kept = find_kept (self, delivery);
  HsMessagesVerdict verdict = judge (self, kept, delivery);

  if (verdict == HS_MESSAGES_VERDICT_DROP)
    return HS_MESSAGES_OUTCOME_KNOWN;
  /* A keeper may have told the program of a gap, and the program may have removed the keeper. */
  if (kept != NULL)
    kept = find_kept (self, delivery);
  /* A reflection only changes the delivery status of a sent message, which need not wait for older messages. */
  if (delivery->chat.is_outgoing && hs_messages_take_reflection (self, delivery))
    {
      tell_keeper (kept, delivery, HS_MESSAGES_OUTCOME_LEARNED);
      return HS_MESSAGES_OUTCOME_LEARNED;
    }
  /* The server may have taken it from the session of that run when this one's was there already. */
  if (delivery->chat.is_outgoing && is_of_earlier_run (kept, delivery))
    return tell_learned (self, kept, delivery);
  if (!hs_messages_pass_in (self, delivery))
    {
      tell_keeper (kept, delivery, HS_MESSAGES_OUTCOME_IGNORED);
      return HS_MESSAGES_OUTCOME_IGNORED;
    }
  if (verdict == HS_MESSAGES_VERDICT_HOLD)
    {
      hold (self, kept, delivery);
      return HS_MESSAGES_OUTCOME_HELD;
    }
  tell_keeper (kept, delivery, HS_MESSAGES_OUTCOME_DELIVERED);
  emit_received (self, delivery);
  return HS_MESSAGES_OUTCOME_DELIVERED;
}

HsMessagesOutcome
hs_messages_deliver (HsMessages *self, HsDelivery *delivery)
{
  HsMessagesKept *kept = hs_messages_find_kept (self, delivery->chat.archive);

  if (delivery->chat.is_outgoing
      && (hs_messages_take_reflection (self, delivery) || is_of_earlier_run (kept, delivery)))
    return tell_learned (self, kept, delivery);
  if (!hs_messages_pass_in (self, delivery))
    {
      tell_keeper (kept, delivery, HS_MESSAGES_OUTCOME_IGNORED);
      return HS_MESSAGES_OUTCOME_IGNORED;
    }
  tell_keeper (kept, delivery, HS_MESSAGES_OUTCOME_DELIVERED);
  emit_received (self, delivery);
  return HS_MESSAGES_OUTCOME_DELIVERED;
}

void
hs_messages_give_up_archive (HsMessages *self, HsJid *archive)
{
  HsMessagesKept *kept = hs_messages_find_kept (self, archive);
  HsDelivery *delivery;

  if (kept == NULL)
    return;
  /* A handler that gets a held message may keep the archive again. */
  g_hash_table_steal (self->kept, archive);
  while ((delivery = hs_messages_pop_held (self, kept)) != NULL)
    {
      let_through (self, kept, delivery, TRUE);
      g_object_unref (delivery);
    }
  hs_messages_kept_free (kept);
}

void
hs_messages_release (HsMessages *self, HsJid *archive)
{
  let_through_all (self, archive, FALSE);
}
