/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-info-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-namespaces.h"

/* The verification string of entity capabilities (XEP-0115, 5.1, which calls it S). Its parts are sorted by their
 * bytes. */

static const struct
{
  const char *name;
  GChecksumType type;
} algorithms[] = {
  { "sha-1", G_CHECKSUM_SHA1 },
  { "sha-256", G_CHECKSUM_SHA256 },
  { "sha-512", G_CHECKSUM_SHA512 },
  { "md5", G_CHECKSUM_MD5 }, /* some clients send it; this library does not */
};

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static int
compare_identities (gconstpointer a, gconstpointer b)
{
  HsIdentity *first = *(HsIdentity *const *) a, *second = *(HsIdentity *const *) b;
  int order = strcmp (hs_identity_get_category (first), hs_identity_get_category (second));

  if (order == 0)
    order = strcmp (hs_identity_get_identity_type (first), hs_identity_get_identity_type (second));
  if (order == 0)
    order = g_strcmp0 (hs_identity_get_lang (first), hs_identity_get_lang (second));
  if (order == 0)
    order = g_strcmp0 (hs_identity_get_name (first), hs_identity_get_name (second));
  return order;
}

/* The verification string, and whether only this info can have it. */
typedef struct
{
  GString *string;
  gboolean is_well_formed;
} Writer;

/* A `<` ends each part. With another `<` inside a part, two infos could have the same string. */
static void
write_part (Writer *writer, const char *part)
{
  if (part == NULL)
    return;
  g_string_append (writer->string, part);
  if (strchr (part, '<') != NULL)
    writer->is_well_formed = FALSE;
}

static void
write_end (Writer *writer)
{
  g_string_append_c (writer->string, '<');
}

/* In an identity, a `/` ends each part but the name. */
static void
write_short_part (Writer *writer, const char *part)
{
  write_part (writer, part);
  if (part != NULL && strchr (part, '/') != NULL)
    writer->is_well_formed = FALSE;
  g_string_append_c (writer->string, '/');
}

static void
write_identities (Writer *writer, HsDiscoInfo *info)
{
  g_autoptr (GPtrArray) identities = hs_disco_info_list_identities (info);

  g_ptr_array_sort (identities, compare_identities);
  for (guint i = 0; i < identities->len; i++)
    {
      HsIdentity *identity = g_ptr_array_index (identities, i);

      if (i > 0 && compare_identities (&identities->pdata[i - 1], &identities->pdata[i]) == 0)
        writer->is_well_formed = FALSE;
      write_short_part (writer, hs_identity_get_category (identity));
      write_short_part (writer, hs_identity_get_identity_type (identity));
      write_short_part (writer, hs_identity_get_lang (identity));
      write_part (writer, hs_identity_get_name (identity));
      write_end (writer);
    }
}

/* Sorts @parts, which does not own the strings, and writes them. */
static void
write_sorted (Writer *writer, GPtrArray *parts, gboolean may_be_alike)
{
  g_ptr_array_sort (parts, compare_strings);
  for (guint i = 0; i < parts->len; i++)
    {
      if (!may_be_alike && i > 0 && strcmp (parts->pdata[i - 1], parts->pdata[i]) == 0)
        writer->is_well_formed = FALSE;
      write_part (writer, parts->pdata[i]);
      write_end (writer);
    }
}

static void
write_features (Writer *writer, HsDiscoInfo *info)
{
  GPtrArray *all = hs_disco_info_get_features (info);
  g_autoptr (GPtrArray) features = g_ptr_array_sized_new (all->len);

  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add (features, all->pdata[i]);
  write_sorted (writer, features, FALSE);
}

static const char *
get_var (HsElement *field)
{
  const char *var = hs_element_get_attribute (field, "var");

  return var != NULL ? var : "";
}

static int
compare_fields (gconstpointer a, gconstpointer b)
{
  return strcmp (get_var (*(HsElement *const *) a), get_var (*(HsElement *const *) b));
}

static void
write_field (Writer *writer, HsElement *field)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new ();
  HsElement *value = hs_element_get_first_child (field);

  write_part (writer, get_var (field));
  write_end (writer);
  for (; value != NULL; value = hs_element_get_next_sibling (value))
    {
      const char *text = hs_element_get_text (value);

      if (hs_element_matches (value, "value", HS_NS_DATA))
        g_ptr_array_add (values, (gpointer) (text != NULL ? text : ""));
    }
  write_sorted (writer, values, TRUE);
}

static void
write_form (Writer *writer, const char *type, HsElement *form)
{
  g_autoptr (GPtrArray) fields = g_ptr_array_new ();
  HsElement *field = hs_element_get_first_child (form);

  write_part (writer, type);
  write_end (writer);
  for (; field != NULL; field = hs_element_get_next_sibling (field))
    if (hs_element_matches (field, "field", HS_NS_DATA) && strcmp (get_var (field), "FORM_TYPE") != 0)
      g_ptr_array_add (fields, field);
  g_ptr_array_sort (fields, compare_fields);
  for (guint i = 0; i < fields->len; i++)
    write_field (writer, fields->pdata[i]);
}

typedef struct
{
  const char *type;
  HsElement *form;
} TypedForm;

static int
compare_forms (gconstpointer a, gconstpointer b)
{
  return strcmp (((const TypedForm *) a)->type, ((const TypedForm *) b)->type);
}

/* A form without the hidden field FORM_TYPE does not count (XEP-0115, 5.4, 3.6). */
static void
write_forms (Writer *writer, HsDiscoInfo *info)
{
  GPtrArray *all = hs_disco_info_get_forms (info);
  g_autoptr (GArray) forms = g_array_new (FALSE, FALSE, sizeof (TypedForm));

  for (guint i = 0; i < all->len; i++)
    {
      TypedForm typed = { NULL, all->pdata[i] };
      gboolean is_ambiguous;

      typed.type = hs_disco_form_get_type (typed.form, &is_ambiguous);
      if (is_ambiguous)
        writer->is_well_formed = FALSE;
      if (typed.type != NULL)
        g_array_append_val (forms, typed);
    }
  g_array_sort (forms, compare_forms);
  for (guint i = 0; i < forms->len; i++)
    {
      TypedForm *typed = &g_array_index (forms, TypedForm, i);

      if (i > 0 && compare_forms (typed - 1, typed) == 0)
        writer->is_well_formed = FALSE;
      write_form (writer, typed->type, typed->form);
    }
}

char *
hs_disco_info_dup_caps_string (HsDiscoInfo *self, gboolean *is_well_formed)
{
  Writer writer = { g_string_new (NULL), TRUE };

  write_identities (&writer, self);
  write_features (&writer, self);
  write_forms (&writer, self);
  *is_well_formed = writer.is_well_formed;
  return g_string_free (writer.string, FALSE);
}

gboolean
hs_caps_algorithm_is_known (const char *algorithm)
{
  for (guint i = 0; algorithm != NULL && i < G_N_ELEMENTS (algorithms); i++)
    if (strcmp (algorithms[i].name, algorithm) == 0)
      return TRUE;
  return FALSE;
}

static char *
hash_string (const char *string, const char *algorithm)
{
  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      g_autoptr (GChecksum) checksum = NULL;
      guint8 digest[64];
      gsize length = sizeof digest;

      if (strcmp (algorithms[i].name, algorithm) != 0)
        continue;
      checksum = g_checksum_new (algorithms[i].type);
      g_checksum_update (checksum, (const guchar *) string, strlen (string));
      g_checksum_get_digest (checksum, digest, &length);
      return g_base64_encode (digest, length);
    }
  return NULL;
}

char *
hs_disco_info_dup_safe_hash (HsDiscoInfo *self, const char *algorithm)
{
  gboolean is_well_formed;
  g_autofree char *string = hs_disco_info_dup_caps_string (self, &is_well_formed);

  return is_well_formed ? hash_string (string, algorithm) : NULL;
}

/**
 * hs_disco_info_dup_caps_hash:
 * @self: an info
 * @algorithm: `sha-1`, `sha-256`, `sha-512` or `md5`, as XEP-0300 writes them
 *
 * Computes the hash of the info for entity capabilities (XEP-0115, 5.1).
 *
 * An info that contains an identity, a feature or a `FORM_TYPE` twice, or a `<` anywhere, has a hash as well, but
 * another info can have the same hash. [class@Disco] therefore keeps such an info for its address only.
 *
 * Returns: (transfer full) (nullable): the hash in base64, or %NULL if the algorithm is not known
 *
 * Since: 0.2
 */
char *
hs_disco_info_dup_caps_hash (HsDiscoInfo *self, const char *algorithm)
{
  g_autofree char *string = NULL;
  gboolean is_well_formed;

  g_return_val_if_fail (HS_IS_DISCO_INFO (self), NULL);
  g_return_val_if_fail (algorithm != NULL, NULL);

  string = hs_disco_info_dup_caps_string (self, &is_well_formed);
  return hash_string (string, algorithm);
}
