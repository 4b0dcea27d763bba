/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-data-form.h"
#include "hs-node-config.h"

G_BEGIN_DECLS

/* Makes a copy that does not follow later changes of @self. (transfer full) */
HsNodeConfig *hs_node_config_copy (HsNodeConfig *self);
/* The same, with what XEP-0223 asks for alone: whether items are kept, and who may read them. (transfer full) */
HsNodeConfig *hs_node_config_copy_basic (HsNodeConfig *self);
/* Makes a form with all values, to be submitted. (transfer full) */
HsElement *hs_node_config_make_form (HsNodeConfig *self, const char *form_type);
/* Whether @form, the configuration of a node, has all values of @self. */
gboolean hs_node_config_is_met (HsNodeConfig *self, HsDataForm *form);
/* Puts the values into a form. @missing: is set to the first field that the form does not have, or whose value it does
 * not take, or to NULL. */
void hs_node_config_fill (HsNodeConfig *self, HsDataForm *form, const char **missing);

G_END_DECLS
