/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-chat-message.h"

G_BEGIN_DECLS

/* The data that HsDelivery and HsSentMessage have in common. Each of them holds one by value. */
typedef struct
{
  HsMessage *message;
  HsJid *peer;
  HsJid *archive;   /* NULL: not known to be in one */
  char *archive_id; /* NULL: likewise */
  char *author;     /* NULL: not known, or to be made from @person when it is asked for */
  GDateTime *date;  /* made from @time when it is asked for */
  gint64 time;      /* microseconds since 1970 */
  HsJid *person;    /* the author is made from its bare JID; or NULL */
  guint8 kind;      /* HsChatKind */
  guint8 is_outgoing;
} HsChatMessageData;

/* Only the two classes of this folder implement the interface; a program cannot. */
struct _HsChatMessageInterface
{
  GTypeInterface parent_iface;

  HsChatMessageData *(*peek) (HsChatMessage *self);
};

/* The numbers of the interface's properties in a class. */
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
/* Returns FALSE if @prop_id is not one of these properties. */
gboolean hs_chat_message_get_chat_property (HsChatMessage *self, guint prop_id, GValue *value);

void hs_chat_message_data_clear (HsChatMessageData *self);
/* Copies the id and notifies. */
void hs_chat_message_set_archive_id (HsChatMessage *self, HsJid *archive, const char *archive_id);

G_END_DECLS
