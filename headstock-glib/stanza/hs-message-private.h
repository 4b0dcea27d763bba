/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-message.h"
#include "xml/hs-node.h"

G_BEGIN_DECLS

/* For the files of HsMessage. Names and namespaces are literals: they are not copied. */

/* The first child with that name and namespace, or NULL. */
HsNode *hs_message_get_extension (HsMessage *self, const char *name, const char *namespace_);
/* The same child, alone: others with that name are removed, and the child is added if there is
 * none. NULL with a critical warning while the message is still being received. */
HsNode *hs_message_make_extension (HsMessage *self, const char *name, const char *namespace_);
/* Removes all children with that name and namespace. FALSE if there was none. */
gboolean hs_message_remove_extension (HsMessage *self, const char *name, const char *namespace_);

/* The value of an attribute, NULL if it is empty. @node may be NULL. */
const char *hs_message_node_get_id (HsNode *node, const char *attribute);

/* Takes the fallback for @feature out of the body, and returns the body without it. The positions in other fallbacks
 * are moved, as for a body that begins with @inserted code points more. (transfer full) (nullable) */
char *hs_message_cut_fallback (HsMessage *self, const char *feature, guint inserted);
/* Marks the first @length code points of the body as a fallback for @feature, or with 0 all of the
 * message's text. */
void hs_message_add_fallback (HsMessage *self, const char *feature, guint length);
void hs_message_remove_fallback (HsMessage *self, const char *feature);
/* The body has been replaced: positions in the old one mean nothing in the new one. */
void hs_message_forget_positions (HsMessage *self);

/* Adds to the hints, and notifies. */
void hs_message_add_hints (HsMessage *self, HsHints hints);
/* Removes hints, and notifies. */
void hs_message_remove_hints (HsMessage *self, HsHints hints);

/* All properties but those in hs-message.c, from the id @first on. */
void hs_message_install_extensions (GObjectClass *object_class, guint first);
/* FALSE if there is no such property. */
gboolean hs_message_get_extension_property (HsMessage *self, guint prop_id, GValue *value);
gboolean hs_message_set_extension_property (HsMessage *self, guint prop_id, const GValue *value);

G_END_DECLS
