/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-private.h"

#include "hs-namespaces.h"

/* What the history does in a room without an archive. */

static GQuark
get_quark (void)
{
  static GQuark quark;

  if (quark == 0)
    quark = g_quark_from_static_string ("hs-history-id");
  return quark;
}

const char *
hs_history_get_id (HsDelivery *delivery)
{
  const char *id = g_object_get_qdata (G_OBJECT (delivery), get_quark ());

  return id != NULL ? id : hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (delivery));
}

/* ---- Messages ---- */

static gboolean
is_history (HsDelivery *delivery)
{
  return hs_delivery_get_source (delivery) == HS_DELIVERY_SOURCE_ROOM_HISTORY;
}

/* The room's stamp, as it is: it may be later than this machine's time. */
static gint64
read_stamp (HsDelivery *delivery)
{
  HsChatMessage *chat = HS_CHAT_MESSAGE (delivery);
  const char *room = hs_jid_to_string (hs_chat_message_get_peer (chat));
  HsElement *delay = hs_element_get_child (HS_ELEMENT (hs_chat_message_get_message (chat)), "delay", HS_NS_DELAY);
  gint64 first = HS_HISTORY_NO_STAMP;

  for (; delay != NULL; delay = hs_element_get_next_sibling (delay))
    {
      g_autoptr (GDateTime) stamp
          = hs_element_matches (delay, "delay", HS_NS_DELAY) ? hs_messages_read_stamp (delay) : NULL;

      if (stamp == NULL)
        continue;
      if (g_strcmp0 (hs_element_get_attribute (delay, "from"), room) == 0)
        return hs_history_to_usec (stamp);
      if (first == HS_HISTORY_NO_STAMP)
        first = hs_history_to_usec (stamp);
    }
  return first != HS_HISTORY_NO_STAMP ? first : hs_history_to_usec (hs_chat_message_get_time (chat));
}

/* FALSE: it is something that a room need not keep. */
static gboolean
read_said (HsDelivery *delivery, HsHistorySaid *said)
{
  HsMessage *message = hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery));
  HsJid *sender = hs_delivery_get_sender (delivery);

  if (hs_jid_is_bare (sender) || hs_message_get_body (message) == NULL)
    return FALSE;
  *said = (HsHistorySaid){ .nick = hs_jid_get_resource (sender),
                           .id = hs_stanza_get_id (HS_STANZA (message)),
                           .body = hs_message_get_body (message),
                           .stamp = is_history (delivery) ? read_stamp (delivery) : HS_HISTORY_NO_STAMP };
  return TRUE;
}

/* ---- Gaps ---- */

static void
tell_gap (HsHistoryArchive *self, guint serial)
{
  if (serial == 0)
    return;
  self->keeper.callbacks->gap_changed (serial, self);
  if (self->history != NULL)
    hs_history_changed (self->history);
}

static void
find_gap (HsHistoryArchive *self, const HsHistorySaid *said)
{
  gint64 now = hs_history_archive_get_now (self);

  tell_gap (self, hs_history_replay_find_gap (&self->replay, said, self->keeper.since_1970 + now));
}

/* The program has it: what follows follows it. */
static HsMessagesVerdict
drop (HsHistoryArchive *self)
{
  tell_gap (self, hs_history_replay_close_gap (&self->replay));
  return HS_MESSAGES_VERDICT_DROP;
}

/* ---- The room ---- */

void
hs_history_archive_enter (HsHistoryArchive *self)
{
  self->is_replayed = TRUE;
  hs_history_replay_begin (&self->replay);
}

void
hs_history_archive_leave (HsHistoryArchive *self)
{
  self->is_replayed = FALSE;
  hs_history_replay_end (&self->replay);
}

/* A room ends its history with its subject (XEP-0045, 7.2.15), if it has one. */
HsMessagesVerdict
hs_history_archive_hear (HsHistoryArchive *self, HsDelivery *delivery)
{
  g_autoptr (HsHistoryArchive) alive G_GNUC_UNUSED = hs_history_archive_ref (self);
  HsMessage *message = hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery));
  const char *archive_id = hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (delivery));
  HsHistorySaid said = { "", NULL, "", HS_HISTORY_NO_STAMP };

  if (archive_id != NULL && hs_history_state_knows (&self->keeper.log.working, archive_id))
    {
      self->replay.has_contact |= is_history (delivery);
      return drop (self);
    }
  if (!read_said (delivery, &said))
    {
      if (hs_message_get_subject (message) != NULL && hs_message_get_body (message) == NULL)
        find_gap (self, &said);
      return HS_MESSAGES_VERDICT_DELIVER;
    }
  if (is_history (delivery) && hs_history_replay_knows (&self->replay, &said))
    return drop (self);
  find_gap (self, &said);
  if (!is_history (delivery))
    hs_history_replay_end (&self->replay);
  return HS_MESSAGES_VERDICT_DELIVER;
}

void
hs_history_archive_note_heard (HsHistoryArchive *self, HsDelivery *delivery, HsMessagesOutcome outcome)
{
  const char *archive_id = hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (delivery));
  gint64 now = hs_history_archive_get_now (self);
  gint64 time = self->keeper.since_1970 + now;
  HsHistorySaid said;
  char *id;

  if (!read_said (delivery, &said))
    return;
  id = hs_history_replay_make_id (&self->replay, &said, time);
  g_object_set_qdata_full (G_OBJECT (delivery), get_quark (), id, g_free);
  if (outcome == HS_MESSAGES_OUTCOME_DELIVERED)
    hs_history_keeper_given (&self->keeper, id, said.stamp, 0, now);
  else
    hs_history_keeper_passed (&self->keeper, id, said.stamp, 0, now);
  /* Where the room gives ids, a resumption may bring the message again. It is confirmed with it. */
  if (archive_id != NULL)
    hs_history_log_add (&self->keeper.log, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_ARRIVE,
                                                               .a = { (char *) archive_id, HS_HISTORY_NO_STAMP },
                                                               .when = time });
  hs_history_replay_forget (&self->replay);
}
