/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hs-disco-info-private.h"

#include <headstock-glib/headstock.h>

/* libFuzzer target: an answer of service discovery (XEP-0030) is read, hashed (XEP-0115, 5), written and read again. */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
look_at (HsDiscoInfo *info)
{
  g_autoptr (GPtrArray) identities = hs_disco_info_list_identities (info);
  g_auto (GStrv) features = hs_disco_info_dup_features (info);
  HsDataForm *form = hs_disco_info_find_form (info, "urn:a");
  g_autofree char *name G_GNUC_UNUSED = hs_disco_info_dup_name (info);

  if (form != NULL)
    g_assert_cmpstr (hs_data_form_get_form_type (form), ==, "urn:a");
  for (guint i = 0; features[i] != NULL; i++)
    g_assert_true (hs_disco_info_has_feature (info, features[i]));
  for (guint i = 0; i < identities->len; i++)
    {
      HsIdentity *identity = g_ptr_array_index (identities, i);

      g_assert_true (hs_disco_info_has_identity (info, hs_identity_get_category (identity),
                                                 hs_identity_get_identity_type (identity)));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (HsElement) element = hs_element_new_from_string (text, NULL);
  g_autoptr (HsElement) written = NULL;
  g_autoptr (HsDiscoInfo) info = NULL;
  g_autoptr (HsDiscoInfo) again = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *same = NULL;

  if (element == NULL)
    return 0;
  info = hs_disco_info_new_from_query (element);
  look_at (info);
  hash = hs_disco_info_dup_safe_hash (info, "sha-1");
  written = hs_disco_info_create_query (info, "node");
  again = hs_disco_info_new_from_query (written);
  same = hs_disco_info_dup_safe_hash (again, "sha-1");
  /* What others may be told that it stands for the hash is what it stood for when it was checked. */
  g_assert_cmpstr (hash, ==, same);
  return 0;
}
