/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-pubsub-event.h"

G_BEGIN_DECLS

struct _HsPubSubEvent
{
  GObject parent_instance;

  HsJid *service;
  char *node;
  HsPubSubEventKind kind;
  HsPubSubItem *item; /* or NULL */
  gboolean is_replayed;
};

/* Takes over @item, which may be NULL. */
HsPubSubEvent *hs_pubsub_event_new (HsJid *service,
                                    const char *node,
                                    HsPubSubEventKind kind,
                                    HsPubSubItem *item,
                                    gboolean is_replayed);

G_END_DECLS
