/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-message.h"

G_BEGIN_DECLS

/**
 * HsChatKind:
 * @HS_CHAT_KIND_PERSON: a chat with a person, or with another entity that has its own address
 * @HS_CHAT_KIND_ROOM: a group chat (XEP-0045)
 * @HS_CHAT_KIND_OCCUPANT: private messages with an occupant of a room (XEP-0045, 7.5)
 *
 * The kinds of chats that messages belong to.
 *
 * Since: 0.2
 */
typedef enum
{
  HS_CHAT_KIND_PERSON,
  HS_CHAT_KIND_ROOM,
  HS_CHAT_KIND_OCCUPANT,
} HsChatKind;

/**
 * HsChangeKind:
 * @HS_CHANGE_KIND_NONE: it changes no other message
 * @HS_CHANGE_KIND_CORRECTION: it replaces another message of its author (XEP-0308)
 * @HS_CHANGE_KIND_RETRACTION: its author retracts another message (XEP-0424)
 * @HS_CHANGE_KIND_MODERATION: a room retracts a message (XEP-0425)
 * @HS_CHANGE_KIND_REACTION: reactions to another message (XEP-0444)
 * @HS_CHANGE_KIND_REPLY: a new message that answers another one (XEP-0461)
 * @HS_CHANGE_KIND_RECEIPT: another message has arrived (XEP-0184)
 * @HS_CHANGE_KIND_DISPLAYED: another message has been read (XEP-0333)
 *
 * The effects that a message can have on another one.
 *
 * Since: 0.2
 */
typedef enum
{
  HS_CHANGE_KIND_NONE,
  HS_CHANGE_KIND_CORRECTION,
  HS_CHANGE_KIND_RETRACTION,
  HS_CHANGE_KIND_MODERATION,
  HS_CHANGE_KIND_REACTION,
  HS_CHANGE_KIND_REPLY,
  HS_CHANGE_KIND_RECEIPT,
  HS_CHANGE_KIND_DISPLAYED,
} HsChangeKind;

#define HS_TYPE_CHAT_MESSAGE (hs_chat_message_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_INTERFACE (HsChatMessage, hs_chat_message, HS, CHAT_MESSAGE, GObject)

HS_AVAILABLE_IN_0_2
HsMessage *hs_chat_message_get_message (HsChatMessage *self);
HS_AVAILABLE_IN_0_2
HsChatKind hs_chat_message_get_kind (HsChatMessage *self);
HS_AVAILABLE_IN_0_2
HsJid *hs_chat_message_get_peer (HsChatMessage *self);
HS_AVAILABLE_IN_0_2
gboolean hs_chat_message_get_is_outgoing (HsChatMessage *self);
HS_AVAILABLE_IN_0_2
const char *hs_chat_message_get_author (HsChatMessage *self);
HS_AVAILABLE_IN_0_2
GDateTime *hs_chat_message_get_time (HsChatMessage *self);
HS_AVAILABLE_IN_0_2
HsJid *hs_chat_message_get_archive (HsChatMessage *self);
HS_AVAILABLE_IN_0_2
const char *hs_chat_message_get_archive_id (HsChatMessage *self);
HS_AVAILABLE_IN_0_2
const char *hs_chat_message_get_id_for (HsChatMessage *self, HsChangeKind change);

G_END_DECLS
