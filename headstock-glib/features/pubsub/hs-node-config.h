/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <glib-object.h>

#include "hs-version-macros.h"

G_BEGIN_DECLS

#define HS_TYPE_NODE_CONFIG (hs_node_config_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsNodeConfig, hs_node_config, HS, NODE_CONFIG, GObject)

HS_AVAILABLE_IN_0_2
HsNodeConfig *hs_node_config_new_private (void);
HS_AVAILABLE_IN_0_2
HsNodeConfig *hs_node_config_new_open (void);
HS_AVAILABLE_IN_0_2
HsNodeConfig *hs_node_config_new_presence (void);

HS_AVAILABLE_IN_0_2
void hs_node_config_store_value (HsNodeConfig *self, const char *name, const char *value);

G_END_DECLS
