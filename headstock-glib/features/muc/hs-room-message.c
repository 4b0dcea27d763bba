/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-receive-private.h"

#include <string.h>

#include "hs-muc-text-private.h"
#include "hs-namespaces.h"
#include "hs-room-info-private.h"
#include "hs-room-pending-private.h"
#include "hs-room-ping-private.h"
#include "hs-room-stay-private.h"

/* Messages about the room itself, and the signals for messages. */

static void
take_subject (HsRoom *self, HsMessage *message, const char *subject)
{
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (HS_STANZA (message));
  const char *id = hs_stanza_get_id (HS_STANZA (message));
  HsRoomPending *pending = id != NULL ? hs_room_pending_find (self, HS_ROOM_PENDING_SUBJECT, id, NULL) : NULL;

  /* Some rooms change the ids of messages. */
  if (pending == NULL && self->own != NULL && hs_jid_equal (from, self->own->jid))
    pending = hs_room_pending_find (self, HS_ROOM_PENDING_SUBJECT, NULL, subject);
  hs_room_end_history (self);
  g_object_freeze_notify (G_OBJECT (self));
  if (hs_muc_set_string (&self->subject, subject))
    hs_room_notify (self, HS_ROOM_PROP_SUBJECT);
  if (hs_muc_set_string (&self->subject_author, hs_jid_get_resource (from)))
    hs_room_notify (self, HS_ROOM_PROP_SUBJECT_AUTHOR);
  g_object_thaw_notify (G_OBJECT (self));
  if (pending != NULL)
    hs_room_pending_return (self, pending, NULL);
}

/* Takes the status codes of a changed configuration (XEP-0045, 15.6). */
static void
take_codes (HsRoom *self, HsElement *x)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) codes = NULL;

  for (HsElement *child = hs_element_get_first_child (x); child != NULL; child = hs_element_get_next_sibling (child))
    {
      const char *code = hs_element_matches (child, "status", HS_NS_MUC_USER)
                             ? hs_element_get_attribute (child, "code")
                             : NULL;

      if (code != NULL
          && g_strv_contains ((const char *const[]){ "100", "104", "170", "171", "172", "173", "174", NULL }, code))
        g_strv_builder_add (builder, code);
    }
  codes = g_strv_builder_end (builder);
  if (codes[0] == NULL)
    return;
  hs_room_ask_again (self);
  g_signal_emit (self, hs_room_signals[HS_ROOM_SIGNAL_CONFIGURATION_CHANGED], 0, codes);
}

static void
take_error (HsRoom *self, HsMessage *message)
{
  const char *id = hs_stanza_get_id (HS_STANZA (message));
  HsRoomPending *pending = id != NULL ? hs_room_pending_find (self, HS_ROOM_PENDING_SUBJECT, id, NULL) : NULL;
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (HS_STANZA (message));
  g_autoptr (GError) error = hs_stanza_get_error (HS_STANZA (message));

  if (pending != NULL)
    hs_room_pending_return (self, pending, error);
  /* An occupant's client may send any error. */
  if (self->state == HS_ROOM_STATE_IN && hs_jid_is_bare (from) && hs_room_phase_casts_doubt (error))
    hs_room_ping (self, NULL);
}

void
hs_room_take_message (HsRoom *room, HsMessage *message)
{
  g_autoptr (HsRoom) self = g_object_ref (room);
  HsElement *element = HS_ELEMENT (message);
  const char *type = hs_stanza_get_stanza_type (HS_STANZA (message));
  HsElement *x = hs_element_get_child (element, "x", HS_NS_MUC_USER);
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (HS_STANZA (message));

  /* A room that does not know the account any more answers with errors: they do not break its silence. */
  if (strcmp (type, "error") != 0)
    hs_room_heard (self);
  if (self->state != HS_ROOM_STATE_IN)
    return;
  if (strcmp (type, "error") == 0)
    {
      take_error (self, message);
      return;
    }
  if (strcmp (type, "groupchat") != 0)
    return;
  /* A message with a body or a thread does not change the subject (XEP-0045, 8.1). */
  if (hs_element_get_child (element, "subject", HS_NS_CLIENT) != NULL
      && hs_element_get_child (element, "body", HS_NS_CLIENT) == NULL
      && hs_element_get_child (element, "thread", HS_NS_CLIENT) == NULL)
    {
      const char *subject = hs_message_get_subject (message);

      take_subject (self, message, subject != NULL ? subject : "");
    }
  /* Only the room itself can announce a changed configuration. */
  else if (x != NULL && hs_jid_is_bare (from))
    take_codes (self, x);
}

static gboolean
is_to_be_answered (HsDelivery *delivery)
{
  HsChatMessage *chat = HS_CHAT_MESSAGE (delivery);
  HsChangeKind change = hs_delivery_get_change (delivery);

  return hs_delivery_get_source (delivery) == HS_DELIVERY_SOURCE_ROOM && !hs_chat_message_get_is_outgoing (chat)
         && hs_message_get_body (hs_chat_message_get_message (chat)) != NULL
         && !hs_jid_is_bare (hs_delivery_get_sender (delivery))
         && (change == HS_CHANGE_KIND_NONE || change == HS_CHANGE_KIND_REPLY);
}

void
hs_room_take_delivery (HsRoom *room, HsDelivery *delivery)
{
  g_autoptr (HsRoom) self = g_object_ref (room);
  g_autoptr (HsMuc) muc = self->muc != NULL ? g_object_ref (self->muc) : NULL;

  hs_room_heard (self);
  g_signal_emit (self, hs_room_signals[HS_ROOM_SIGNAL_DELIVERY], 0, delivery);
  if (!is_to_be_answered (delivery))
    return;
  g_signal_emit (self, hs_room_signals[HS_ROOM_SIGNAL_MESSAGE], 0, delivery);
  if (muc != NULL)
    g_signal_emit (muc, hs_muc_signals[HS_MUC_SIGNAL_ROOM_MESSAGE], 0, self, delivery);
}
