/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-jid.h"

G_BEGIN_DECLS

#define HS_TYPE_DISCO_ITEM (hs_disco_item_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsDiscoItem, hs_disco_item, HS, DISCO_ITEM, GObject)

HS_AVAILABLE_IN_0_2
HsDiscoItem *hs_disco_item_new (const char *jid, const char *node, const char *name);

HS_AVAILABLE_IN_0_2
HsJid *hs_disco_item_get_jid (HsDiscoItem *self);
HS_AVAILABLE_IN_0_2
const char *hs_disco_item_get_node (HsDiscoItem *self);
HS_AVAILABLE_IN_0_2
const char *hs_disco_item_get_name (HsDiscoItem *self);

G_END_DECLS
