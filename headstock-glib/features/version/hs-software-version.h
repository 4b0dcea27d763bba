/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"
#include "hs-software-info.h"

G_BEGIN_DECLS

#define HS_TYPE_SOFTWARE_VERSION (hs_software_version_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsSoftwareVersion, hs_software_version, HS, SOFTWARE_VERSION, GObject)

HS_AVAILABLE_IN_0_2
HsSoftwareVersion *hs_software_version_new (void);

HS_AVAILABLE_IN_0_2
HsClient *hs_software_version_get_client (HsSoftwareVersion *self);
HS_AVAILABLE_IN_0_2
const char *hs_software_version_get_name (HsSoftwareVersion *self);
HS_AVAILABLE_IN_0_2
void hs_software_version_set_name (HsSoftwareVersion *self, const char *name);
HS_AVAILABLE_IN_0_2
const char *hs_software_version_get_version (HsSoftwareVersion *self);
HS_AVAILABLE_IN_0_2
void hs_software_version_set_version (HsSoftwareVersion *self, const char *version);
HS_AVAILABLE_IN_0_2
const char *hs_software_version_get_os (HsSoftwareVersion *self);
HS_AVAILABLE_IN_0_2
void hs_software_version_set_os (HsSoftwareVersion *self, const char *os);

HS_AVAILABLE_IN_0_2
void hs_software_version_query_async (HsSoftwareVersion *self,
                                      const char *jid,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
HS_AVAILABLE_IN_0_2
HsSoftwareInfo *hs_software_version_query_finish (HsSoftwareVersion *self, GAsyncResult *result, GError **error);

G_END_DECLS
