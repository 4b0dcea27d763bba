/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-disco-info.h"

G_BEGIN_DECLS

/* Larger answers are used and not kept: strangers choose their size. */
#define HS_DISCO_INFO_MAX_KEPT (256 * 1024)

/* Reads a <query/> of disco#info. The returned object cannot be changed. */
HsDiscoInfo *hs_disco_info_new_from_query (HsElement *query);
HsElement *hs_disco_info_create_query (HsDiscoInfo *self, const char *node);
/* Makes an info that cannot be changed any more. */
void hs_disco_info_seal (HsDiscoInfo *self);
/* Adds all that @other has. */
void hs_disco_info_add_all (HsDiscoInfo *self, HsDiscoInfo *other);
/* Returns about how many bytes the info takes. */
gsize hs_disco_info_get_size (HsDiscoInfo *self);

/* Returns the verification string (XEP-0115, 5.1), and whether the info is well-formed (5.4) and no other info has
 * this string. */
char *hs_disco_info_dup_caps_string (HsDiscoInfo *self, gboolean *is_well_formed);
/* Returns the hash of the verification string, or NULL if the info is not well-formed or the algorithm is unknown. */
char *hs_disco_info_dup_safe_hash (HsDiscoInfo *self, const char *algorithm);
/* Whether capabilities that are hashed with the algorithm can be verified. */
gboolean hs_caps_algorithm_is_known (const char *algorithm);

/* For hs-disco-hash.c. */
GPtrArray *hs_disco_info_get_identities (HsDiscoInfo *self);
GPtrArray *hs_disco_info_get_features (HsDiscoInfo *self);
GPtrArray *hs_disco_info_get_forms (HsDiscoInfo *self);

/* Returns the value of a form's hidden field FORM_TYPE, or NULL if it has none. Sets @is_ambiguous if there are several
 * different values. (transfer none) */
const char *hs_disco_form_get_type (HsElement *form, gboolean *is_ambiguous);

G_END_DECLS
