/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-chat-message.h"

G_BEGIN_DECLS

/**
 * HsDeliverySource:
 * @HS_DELIVERY_SOURCE_LIVE: it was sent to this client and arrived at once
 * @HS_DELIVERY_SOURCE_OFFLINE: the server had stored it until a client was online (XEP-0160)
 * @HS_DELIVERY_SOURCE_CARBON: a copy of a message that another client of the account received or sent (XEP-0280)
 * @HS_DELIVERY_SOURCE_ARCHIVE: from an archive (XEP-0313)
 * @HS_DELIVERY_SOURCE_ROOM: from a room, at once
 * @HS_DELIVERY_SOURCE_ROOM_HISTORY: from a room's history, from before the client joined (XEP-0045, 7.2.13)
 *
 * The ways on which a message can arrive.
 *
 * Since: 0.2
 */
typedef enum
{
  HS_DELIVERY_SOURCE_LIVE,
  HS_DELIVERY_SOURCE_OFFLINE,
  HS_DELIVERY_SOURCE_CARBON,
  HS_DELIVERY_SOURCE_ARCHIVE,
  HS_DELIVERY_SOURCE_ROOM,
  HS_DELIVERY_SOURCE_ROOM_HISTORY,
} HsDeliverySource;

#define HS_TYPE_DELIVERY (hs_delivery_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsDelivery, hs_delivery, HS, DELIVERY, GObject)

HS_AVAILABLE_IN_0_2
HsDeliverySource hs_delivery_get_source (HsDelivery *self);
HS_AVAILABLE_IN_0_2
HsJid *hs_delivery_get_sender (HsDelivery *self);
HS_AVAILABLE_IN_0_2
HsChangeKind hs_delivery_get_change (HsDelivery *self);
HS_AVAILABLE_IN_0_2
const char *hs_delivery_get_target_id (HsDelivery *self);
HS_AVAILABLE_IN_0_2
gboolean hs_delivery_get_is_late (HsDelivery *self);

HS_AVAILABLE_IN_0_2
gboolean hs_delivery_may_change (HsDelivery *self, const char *author_of_original);

G_END_DECLS
