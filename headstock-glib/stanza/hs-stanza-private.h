/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-stanza.h"
#include "xml/hs-node.h"

G_BEGIN_DECLS

/* For the stanza types. Names are literals: they are not copied. */

/* The address in an attribute, or NULL: parsed once for each stanza. (transfer full) */
HsJid *hs_stanza_node_dup_jid (HsNode *node, const char *name);
/* Returns what hs_stanza_get_stanza_type() returns for the stanza, or NULL if it has no type. */
const char *hs_stanza_node_get_type (HsNode *node);

/* Returns the node, or NULL with a critical warning if the stanza is still being received. */
HsNode *hs_stanza_get_writable_node (HsStanza *self);
/* FALSE if the attribute had that value already. */
gboolean hs_stanza_change_attribute (HsStanza *self, const char *name, const char *value);

/* The child with that name in the stanza's own namespace, or NULL. */
HsNode *hs_stanza_get_own_child (HsStanza *self, const char *name);
/* The child with that name in the language that is to be shown, if there are several (RFC 6121, 5.2.3). */
HsNode *hs_stanza_get_localized_child (HsStanza *self, const char *name);
/* Returns the text of that child: NULL if there is no such child, "" if it is empty. */
const char *hs_stanza_get_localized_text (HsStanza *self, const char *name);
/* Replaces all children with that name, in all languages, by one with @text; NULL removes them. FALSE: nothing has
 * changed. */
gboolean hs_stanza_change_child_text (HsStanza *self, const char *name, const char *text);

/* A new stanza's type and address, both nullable. FALSE, and a critical warning that names @function, where the type is
 * not one of its kind. */
gboolean hs_stanza_begin (HsStanza *self, const char *function, const char *stanza_type, const char *to);

/* RFC 6121, 4.7.2.1. Otherwise a critical warning names @function. */
gboolean hs_stanza_check_show (const char *function, const char *show);
/* Returns the value of a <show/>, without the white space around a value that RFC 6121 knows. Nullable. */
const char *hs_stanza_trim_show (const char *show);
/* Whether RFC 6121 knows the type of a message or presence, and what a presence shows. */
gboolean hs_stanza_node_check_words (HsNode *node, GError **error);

G_END_DECLS
