/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-chat-message-private.h"
#include "hs-delivery.h"
#include "hs-message-content-private.h"

G_BEGIN_DECLS

struct _HsDelivery
{
  GObject parent_instance;

  HsChatMessageData chat;
  HsJid *sender;         /* full */
  const char *target_id; /* owned by the message, or NULL */
  guint16 content;       /* HsContent */
  guint8 source;         /* HsDeliverySource */
  guint8 change;         /* HsChangeKind */
  guint8 is_late;
  guint8 is_from_room; /* the sender is the room itself */
};

/* The caller sets the other fields before the object is shown to anybody. @spare: an object to use in place of a new
 * one; NULL afterwards. */
HsDelivery *hs_delivery_new (HsDelivery **spare,
                             HsMessage *message,
                             HsContent content,
                             HsDeliverySource source,
                             HsJid *sender);
/* Takes the caller's reference. If it was the last one, and nobody has attached data to the object, the object becomes
 * the spare one: making and freeing a GObject costs more than everything else that a message needs here. */
void hs_delivery_give_back (HsDelivery *self, HsDelivery **spare);

G_END_DECLS
