/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-contact.h"
#include "hs-presence.h"

G_BEGIN_DECLS

/* What the last presence of a resource said (RFC 6121, 4.7). One small block of memory, which does not change: the next
 * presence makes another one. Most resources are never anything else, since few programs look at a contact's list of
 * them, and a block costs a tenth of an object. */

typedef struct _HsResourceInfo HsResourceInfo;

struct _HsResourceInfo
{
  guint ref_count;
  guint8 show; /* HsShow */
  gint8 priority;
  /* Where the texts are, from the beginning of the block; 0: there is none. */
  guint16 resource; /* of the address */
  guint16 status;
  guint16 caps_node;
  guint16 avatar_hash;
  gint64 since;         /* microseconds since 1970 */
  gint64 last_active;   /* likewise, or 0 */
  guint64 serial;       /* grows with each presence */
  HsResourceInfo *next; /* of the same HsResourceSet */
};

/* @before: what the presence before it said, or NULL: a presence need not repeat all of it. */
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

/* Whether @self is the better one to reach somebody at: the highest priority, the most available, the newest. */
gboolean hs_resource_info_is_better (const HsResourceInfo *self, const HsResourceInfo *other);

/* A time of these as an object, or NULL for 0. */
GDateTime *hs_resource_info_make_time (gint64 usec);

/* When a delayed presence or message was sent (XEP-0203), or now; in microseconds since 1970. */
gint64 hs_resource_info_get_time_sent (HsStanza *stanza);

G_END_DECLS
