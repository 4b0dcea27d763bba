/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-contact.h"
#include "hs-presence.h"

G_BEGIN_DECLS

/* The content of a resource's last presence (RFC 6121, 4.7), in one small block of memory. It does not change: the next
 * presence makes another one. HsResource objects are only made for programs that look at a contact's list of resources,
 * because an object costs ten times as much as a block. */

typedef struct _HsResourceInfo HsResourceInfo;

struct _HsResourceInfo
{
  guint ref_count;
  guint8 show; /* HsShow */
  gint8 priority;
  /* The offsets of the texts from the beginning of the block; 0 for no text. */
  guint16 resource; /* of the address */
  guint16 status;
  guint16 caps_node;
  guint16 avatar_hash;
  gint64 since;         /* microseconds since 1970 */
  gint64 last_active;   /* likewise, or 0 */
  guint64 serial;       /* grows with each presence */
  HsResourceInfo *next; /* of the same HsResourceSet */
};

/* @before: from the presence before, or NULL: a presence need not repeat everything. */
HsResourceInfo *hs_resource_info_new (HsJid *jid, HsPresence *presence, guint64 serial, const HsResourceInfo *before);

/* @offset: one of the above. */
static inline const char *
hs_resource_info_get_text (const HsResourceInfo *self, guint16 offset)
{
  return offset > 0 ? (const char *) self + offset : NULL;
}

HsResourceInfo *hs_resource_info_ref (HsResourceInfo *self);
void hs_resource_info_unref (HsResourceInfo *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsResourceInfo, hs_resource_info_unref)

/* Whether @self is the better resource to reach somebody at: the one with the higher priority, then the more available
 * one, then the newer one. */
gboolean hs_resource_info_is_better (const HsResourceInfo *self, const HsResourceInfo *other);

/* Makes an object from one of these times, or returns NULL for 0. */
GDateTime *hs_resource_info_make_time (gint64 usec);

/* Returns when a delayed presence or message was sent (XEP-0203), otherwise the present time, in microseconds since
 * 1970. */
gint64 hs_resource_info_get_time_sent (HsStanza *stanza);

G_END_DECLS
