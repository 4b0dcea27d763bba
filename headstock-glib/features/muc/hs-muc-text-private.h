/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-occupant.h"

G_BEGIN_DECLS

/* The words for roles and affiliations (XEP-0045, 5), and a helper for properties that are strings. */

/* An unknown word counts as `none`. */
HsRole hs_muc_parse_role (const char *text);
HsAffiliation hs_muc_parse_affiliation (const char *text);
const char *hs_muc_describe_role (HsRole role);
const char *hs_muc_describe_affiliation (HsAffiliation affiliation);

/* Copies @value, which may be NULL. Returns TRUE if it differs from the old one. */
gboolean hs_muc_set_string (char **place, const char *value);

G_END_DECLS
