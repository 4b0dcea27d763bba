/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-chat-message-private.h"
#include "hs-delivery.h"

G_BEGIN_DECLS

struct _HsDelivery
{
  GObject parent_instance;

  HsChatMessageData chat;
  HsJid *sender;         /* full */
  const char *target_id; /* in the message, or NULL */
  guint8 source;         /* HsDeliverySource */
  guint8 change;         /* HsChangeKind */
  guint8 is_late;
  guint8 is_from_room; /* the sender is the room itself */
};

/* What a message does to which other one, from the message alone. The id is the message's. */
HsChangeKind hs_delivery_read_change (HsMessage *message, const char **target_id);

/* Takes nothing. The caller sets what else it knows before anybody sees the object. */
HsDelivery *hs_delivery_new (HsMessage *message, HsDeliverySource source, HsJid *sender);

G_END_DECLS
