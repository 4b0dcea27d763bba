/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-pubsub-item.h"

G_BEGIN_DECLS

struct _HsPubSubItem
{
  GObject parent_instance;

  char *id;
  char *publisher; /* or NULL */
  HsElement *payload; /* or NULL */
};

/* From an <item/> or a <retract/>; NULL where it has no id. */
HsPubSubItem *hs_pubsub_item_new (HsElement *element);

G_END_DECLS
