/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-chat-message.h"

G_BEGIN_DECLS

/* What a delivery and a sent message have in common. Each of them holds one by value. */
typedef struct
{
  HsMessage *message;
  HsJid *peer;
  HsJid *archive;   /* NULL: not known to be in one */
  char *archive_id; /* NULL: likewise */
  char *author;     /* NULL: nobody can tell, or has_bare_author is set and nobody has asked yet */
  GDateTime *date;  /* NULL: nobody has asked yet */
  gint64 time;      /* microseconds since 1970 */
  HsJid *person;    /* whose bare JID the author is made of, or NULL */
  guint8 kind;      /* HsChatKind */
  guint8 is_outgoing;
} HsChatMessageData;

/* The interface is for the two classes of this folder: a program cannot implement it. */
struct _HsChatMessageInterface
{
  GTypeInterface parent_iface;

  HsChatMessageData *(*peek) (HsChatMessage *self);
};

/* Where a class installs the properties of the interface: from here on. */
enum
{
  HS_CHAT_MESSAGE_PROP_MESSAGE = 1,
  HS_CHAT_MESSAGE_PROP_KIND,
  HS_CHAT_MESSAGE_PROP_PEER,
  HS_CHAT_MESSAGE_PROP_IS_OUTGOING,
  HS_CHAT_MESSAGE_PROP_AUTHOR,
  HS_CHAT_MESSAGE_PROP_TIME,
  HS_CHAT_MESSAGE_PROP_ARCHIVE,
  HS_CHAT_MESSAGE_PROP_ARCHIVE_ID,
  HS_CHAT_MESSAGE_N_PROPS
};

void hs_chat_message_override_properties (GObjectClass *object_class);
/* Whether it was one of these. */
gboolean hs_chat_message_get_chat_property (HsChatMessage *self, guint prop_id, GValue *value);

void hs_chat_message_data_clear (HsChatMessageData *self);
/* Takes nothing; notifies. */
void hs_chat_message_set_archive_id (HsChatMessage *self, HsJid *archive, const char *archive_id);

G_END_DECLS
