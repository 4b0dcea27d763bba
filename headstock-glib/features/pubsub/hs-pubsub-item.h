/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-element.h"

G_BEGIN_DECLS

#define HS_TYPE_PUBSUB_ITEM (hs_pubsub_item_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsPubSubItem, hs_pubsub_item, HS, PUBSUB_ITEM, GObject)

HS_AVAILABLE_IN_0_2
const char *hs_pubsub_item_get_id (HsPubSubItem *self);
HS_AVAILABLE_IN_0_2
const char *hs_pubsub_item_get_publisher (HsPubSubItem *self);
HS_AVAILABLE_IN_0_2
HsElement *hs_pubsub_item_get_payload (HsPubSubItem *self);

G_END_DECLS
