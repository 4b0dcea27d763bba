/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-data-form.h"
#include "hs-identity.h"

G_BEGIN_DECLS

#define HS_TYPE_DISCO_INFO (hs_disco_info_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsDiscoInfo, hs_disco_info, HS, DISCO_INFO, GObject)

HS_AVAILABLE_IN_0_2
HsDiscoInfo *hs_disco_info_new (void);

HS_AVAILABLE_IN_0_2
void hs_disco_info_add_identity (HsDiscoInfo *self,
                                 const char *category,
                                 const char *type,
                                 const char *name,
                                 const char *lang);
HS_AVAILABLE_IN_0_2
void hs_disco_info_add_feature (HsDiscoInfo *self, const char *var);
HS_AVAILABLE_IN_0_2
void hs_disco_info_add_form (HsDiscoInfo *self, HsElement *form);

HS_AVAILABLE_IN_0_2
gboolean hs_disco_info_has_feature (HsDiscoInfo *self, const char *var);
HS_AVAILABLE_IN_0_2
gboolean hs_disco_info_has_identity (HsDiscoInfo *self, const char *category, const char *type);
HS_AVAILABLE_IN_0_2
char *hs_disco_info_dup_name (HsDiscoInfo *self);
HS_AVAILABLE_IN_0_2
HsDataForm *hs_disco_info_find_form (HsDiscoInfo *self, const char *form_type);
HS_AVAILABLE_IN_0_2
char **hs_disco_info_dup_features (HsDiscoInfo *self);
HS_AVAILABLE_IN_0_2
GPtrArray *hs_disco_info_list_identities (HsDiscoInfo *self);
HS_AVAILABLE_IN_0_2
char *hs_disco_info_dup_caps_hash (HsDiscoInfo *self, const char *algorithm);

G_END_DECLS
