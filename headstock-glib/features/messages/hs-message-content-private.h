/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-message.h"

G_BEGIN_DECLS

/* The extensions that a message may contain, by the namespaces of its children. Most messages have few of them, and
 * need not be searched for each. */
typedef enum
{
  HS_CONTENT_CARBONS = 1 << 0,
  HS_CONTENT_ARCHIVE = 1 << 1 | 1 << 2 | 1 << 3,
  HS_CONTENT_EVENT = 1 << 4,
  HS_CONTENT_MUC_USER = 1 << 5,
  HS_CONTENT_DELAY = 1 << 6,
  HS_CONTENT_IDS = 1 << 7,
  HS_CONTENT_RETRACTION = 1 << 8,
  HS_CONTENT_CORRECTION = 1 << 9,
  HS_CONTENT_REACTIONS = 1 << 10,
  HS_CONTENT_RECEIPTS = 1 << 11,
  HS_CONTENT_MARKERS = 1 << 12,
  HS_CONTENT_REPLY = 1 << 13,
  HS_CONTENT_CHAT_STATE = 1 << 14,
  HS_CONTENT_FASTENED = 1 << 15, /* retractions of earlier versions */
  HS_CONTENT_CHANGES = HS_CONTENT_RETRACTION | HS_CONTENT_FASTENED | HS_CONTENT_CORRECTION | HS_CONTENT_REACTIONS
                       | HS_CONTENT_RECEIPTS | HS_CONTENT_MARKERS | HS_CONTENT_REPLY,
} HsContent;

HsContent hs_message_find_content (HsMessage *message);

G_END_DECLS
