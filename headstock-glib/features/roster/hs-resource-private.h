/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-resource-info-private.h"
#include "hs-resource.h"

G_BEGIN_DECLS

/* Both take another reference to @info. */
HsResource *hs_resource_new (HsJid *jid, HsResourceInfo *info);
void hs_resource_set_info (HsResource *self, HsResourceInfo *info);

G_END_DECLS
