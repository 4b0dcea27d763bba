/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <glib-object.h>

#include "hs-version-macros.h"

G_BEGIN_DECLS

#define HS_TYPE_JID (hs_jid_get_type ())

typedef struct _HsJid HsJid;

HS_AVAILABLE_IN_ALL
GType hs_jid_get_type (void) G_GNUC_CONST;

HS_AVAILABLE_IN_ALL
HsJid *hs_jid_new (const char *string, GError **error);
HS_AVAILABLE_IN_ALL
HsJid *hs_jid_new_from_parts (const char *local,
                              const char *domain,
                              const char *resource,
                              GError **error);
HS_AVAILABLE_IN_ALL
HsJid *hs_jid_ref (HsJid *self);
HS_AVAILABLE_IN_ALL
void hs_jid_unref (HsJid *self);

HS_AVAILABLE_IN_ALL
const char *hs_jid_get_local (HsJid *self);
HS_AVAILABLE_IN_ALL
const char *hs_jid_get_domain (HsJid *self);
HS_AVAILABLE_IN_ALL
const char *hs_jid_get_resource (HsJid *self);
HS_AVAILABLE_IN_ALL
const char *hs_jid_to_string (HsJid *self);

HS_AVAILABLE_IN_ALL
gboolean hs_jid_is_bare (HsJid *self);
HS_AVAILABLE_IN_ALL
HsJid *hs_jid_get_bare (HsJid *self);
HS_AVAILABLE_IN_ALL
HsJid *hs_jid_with_resource (HsJid *self, const char *resource, GError **error);

HS_AVAILABLE_IN_ALL
gboolean hs_jid_equal (gconstpointer a, gconstpointer b);
HS_AVAILABLE_IN_ALL
guint hs_jid_hash (gconstpointer jid);
HS_AVAILABLE_IN_ALL
int hs_jid_compare (gconstpointer a, gconstpointer b);

HS_AVAILABLE_IN_ALL
char *hs_jid_escape_local (const char *string);
HS_AVAILABLE_IN_ALL
char *hs_jid_unescape_local (const char *local);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsJid, hs_jid_unref)

G_END_DECLS
