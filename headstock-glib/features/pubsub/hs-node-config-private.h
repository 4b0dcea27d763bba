/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-data-form.h"
#include "hs-node-config.h"

G_BEGIN_DECLS

/* One that later changes to @self do not reach. */
HsNodeConfig *hs_node_config_copy (HsNodeConfig *self);
/* Makes a form with all values, to be submitted. (transfer full) */
HsElement *hs_node_config_make_form (HsNodeConfig *self, const char *form_type);
/* Whether the node with this configuration is as it should be. */
gboolean hs_node_config_is_met (HsNodeConfig *self, HsDataForm *form);
/* Puts the values into a form. @missing: gets the first value that the form does not have or take, or NULL. */
void hs_node_config_fill (HsNodeConfig *self, HsDataForm *form, const char **missing);

G_END_DECLS
