/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

#include "hs-version-macros.h"

G_BEGIN_DECLS

#define HS_TYPE_SECURITY_INFO (hs_security_info_get_type ())

HS_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (HsSecurityInfo, hs_security_info, HS, SECURITY_INFO, GObject)

HS_AVAILABLE_IN_ALL
GTlsProtocolVersion hs_security_info_get_tls_version (HsSecurityInfo *self);
HS_AVAILABLE_IN_ALL
const char *hs_security_info_get_cipher (HsSecurityInfo *self);
HS_AVAILABLE_IN_ALL
gboolean hs_security_info_get_verified (HsSecurityInfo *self);
HS_AVAILABLE_IN_ALL
const char *hs_security_info_get_mechanism (HsSecurityInfo *self);
HS_AVAILABLE_IN_ALL
const char *hs_security_info_get_channel_binding (HsSecurityInfo *self);
HS_AVAILABLE_IN_ALL
gboolean hs_security_info_get_downgrade_protected (HsSecurityInfo *self);
HS_AVAILABLE_IN_ALL
gboolean hs_security_info_get_resumed (HsSecurityInfo *self);

G_END_DECLS
