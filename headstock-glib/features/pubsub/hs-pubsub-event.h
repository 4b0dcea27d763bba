/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-jid.h"
#include "hs-pubsub-item.h"

G_BEGIN_DECLS

/**
 * HsPubSubEventKind:
 * @HS_PUBSUB_EVENT_KIND_ITEM: an item was published, or published again with another payload
 * @HS_PUBSUB_EVENT_KIND_RETRACTED: an item was taken back
 * @HS_PUBSUB_EVENT_KIND_PURGED: all items were taken back
 * @HS_PUBSUB_EVENT_KIND_DELETED: the node is gone
 * @HS_PUBSUB_EVENT_KIND_CONFIG: the node's configuration changed
 *
 * The kinds of events of a node (XEP-0060, 7.1.2, 7.2.2, 8.2.5, 8.4 and 8.5).
 *
 * Since: 0.2
 */
typedef enum /*< underscore_name=hs_pubsub_event_kind >*/
{
  HS_PUBSUB_EVENT_KIND_ITEM,
  HS_PUBSUB_EVENT_KIND_RETRACTED,
  HS_PUBSUB_EVENT_KIND_PURGED,
  HS_PUBSUB_EVENT_KIND_DELETED,
  HS_PUBSUB_EVENT_KIND_CONFIG,
} HsPubSubEventKind;

#define HS_TYPE_PUBSUB_EVENT (hs_pubsub_event_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsPubSubEvent, hs_pubsub_event, HS, PUBSUB_EVENT, GObject)

HS_AVAILABLE_IN_0_2
HsJid *hs_pubsub_event_get_service (HsPubSubEvent *self);
HS_AVAILABLE_IN_0_2
const char *hs_pubsub_event_get_node (HsPubSubEvent *self);
HS_AVAILABLE_IN_0_2
HsPubSubEventKind hs_pubsub_event_get_kind (HsPubSubEvent *self);
HS_AVAILABLE_IN_0_2
HsPubSubItem *hs_pubsub_event_get_item (HsPubSubEvent *self);
HS_AVAILABLE_IN_0_2
gboolean hs_pubsub_event_get_is_replayed (HsPubSubEvent *self);

G_END_DECLS
