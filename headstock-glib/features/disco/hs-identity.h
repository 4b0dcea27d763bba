/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <glib-object.h>

#include "hs-version-macros.h"

G_BEGIN_DECLS

#define HS_TYPE_IDENTITY (hs_identity_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsIdentity, hs_identity, HS, IDENTITY, GObject)

HS_AVAILABLE_IN_0_2
const char *hs_identity_get_category (HsIdentity *self);
HS_AVAILABLE_IN_0_2
const char *hs_identity_get_identity_type (HsIdentity *self);
HS_AVAILABLE_IN_0_2
const char *hs_identity_get_name (HsIdentity *self);
HS_AVAILABLE_IN_0_2
const char *hs_identity_get_lang (HsIdentity *self);

G_END_DECLS
