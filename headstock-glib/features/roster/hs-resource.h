/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-jid.h"

G_BEGIN_DECLS

/**
 * HsShow:
 * @HS_SHOW_OFFLINE: not available
 * @HS_SHOW_XA: away for a longer time (`xa`)
 * @HS_SHOW_DND: does not want to be disturbed (`dnd`)
 * @HS_SHOW_AWAY: away for the moment (`away`)
 * @HS_SHOW_ONLINE: available
 * @HS_SHOW_CHAT: available and interested in a chat (`chat`)
 *
 * How available somebody is (RFC 6121, 4.7.2.1). A greater value is more available.
 *
 * Since: 0.2
 */
typedef enum
{
  HS_SHOW_OFFLINE,
  HS_SHOW_XA,
  HS_SHOW_DND,
  HS_SHOW_AWAY,
  HS_SHOW_ONLINE,
  HS_SHOW_CHAT,
} HsShow;

#define HS_TYPE_RESOURCE (hs_resource_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsResource, hs_resource, HS, RESOURCE, GObject)

HS_AVAILABLE_IN_0_2
HsJid *hs_resource_get_jid (HsResource *self);
HS_AVAILABLE_IN_0_2
HsShow hs_resource_get_show (HsResource *self);
HS_AVAILABLE_IN_0_2
const char *hs_resource_get_status (HsResource *self);
HS_AVAILABLE_IN_0_2
int hs_resource_get_priority (HsResource *self);
HS_AVAILABLE_IN_0_2
GDateTime *hs_resource_get_since (HsResource *self);
HS_AVAILABLE_IN_0_2
GDateTime *hs_resource_get_last_active (HsResource *self);
HS_AVAILABLE_IN_0_2
const char *hs_resource_get_caps_node (HsResource *self);
HS_AVAILABLE_IN_0_2
const char *hs_resource_get_avatar_hash (HsResource *self);

G_END_DECLS
