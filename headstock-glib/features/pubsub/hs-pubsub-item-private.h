/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-pubsub-item.h"

G_BEGIN_DECLS

struct _HsPubSubItem
{
  GObject parent_instance;

  char *id; /* or NULL */
  char *publisher; /* or NULL */
  HsElement *payload; /* or NULL */
};

/* Makes an item from an <item/> or a <retract/>. Returns NULL if it has neither an id nor a payload. */
HsPubSubItem *hs_pubsub_item_new (HsElement *element);

G_END_DECLS
