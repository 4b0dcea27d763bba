/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <glib-object.h>

#include "hs-version-macros.h"

G_BEGIN_DECLS

#define HS_TYPE_SOFTWARE_INFO (hs_software_info_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsSoftwareInfo, hs_software_info, HS, SOFTWARE_INFO, GObject)

HS_AVAILABLE_IN_0_2
const char *hs_software_info_get_name (HsSoftwareInfo *self);
HS_AVAILABLE_IN_0_2
const char *hs_software_info_get_version (HsSoftwareInfo *self);
HS_AVAILABLE_IN_0_2
const char *hs_software_info_get_os (HsSoftwareInfo *self);

G_END_DECLS
