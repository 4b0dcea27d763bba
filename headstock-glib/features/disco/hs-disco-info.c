/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-info-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-namespaces.h"

/**
 * HsDiscoInfo:
 *
 * The identities and features of an entity: the answer to a `disco#info` request (XEP-0030, 3), with the forms of
 * XEP-0128.
 *
 * [method@Disco.query_async] gets that of another entity. Such an info is shared and cannot be changed.
 * A program makes one of its own to answer for an address of its component, with [method@Disco.answer]:
 *
 * ```python
 * info = Headstock.DiscoInfo.new()
 * info.add_identity("client", "phone", "Phone 5", None)
 * info.add_feature("urn:xmpp:receipts")
 * disco.answer(request, info)
 * ```
 *
 * Since: 0.2
 */

struct _HsDiscoInfo
{
  GObject parent_instance;

  GPtrArray *identities; /* of HsIdentity */
  GPtrArray *features;   /* of char *; sorted by strcmp() once the info is sealed */
  GPtrArray *forms;      /* of HsElement, copies */
  GHashTable *parsed;    /* of HsDataForm by FORM_TYPE: those that were asked for */
  gsize size;
  gboolean is_sealed;
};

G_DEFINE_FINAL_TYPE (HsDiscoInfo, hs_disco_info, G_TYPE_OBJECT)

static void
hs_disco_info_finalize (GObject *object)
{
  HsDiscoInfo *self = HS_DISCO_INFO (object);

  g_ptr_array_unref (self->identities);
  g_ptr_array_unref (self->features);
  g_ptr_array_unref (self->forms);
  g_clear_pointer (&self->parsed, g_hash_table_unref);

  G_OBJECT_CLASS (hs_disco_info_parent_class)->finalize (object);
}

static void
hs_disco_info_class_init (HsDiscoInfoClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hs_disco_info_finalize;
}

static void
hs_disco_info_init (HsDiscoInfo *self)
{
  self->identities = g_ptr_array_new_with_free_func (g_object_unref);
  self->features = g_ptr_array_new_with_free_func (g_free);
  self->forms = g_ptr_array_new_with_free_func (g_object_unref);
}

static gsize
length_of (const char *text)
{
  return text != NULL ? strlen (text) : 0;
}

static void
append_identity (HsDiscoInfo *self,
                 const char *category,
                 const char *type,
                 const char *name,
                 const char *lang)
{
  self->size += length_of (category) + length_of (type) + length_of (name) + length_of (lang) + 200;
  g_ptr_array_add (self->identities,
                   g_object_new (HS_TYPE_IDENTITY, "category", category != NULL ? category : "",
                                 "identity-type", type != NULL ? type : "", "name", name, "lang",
                                 lang, NULL));
}

static void
append_feature (HsDiscoInfo *self, const char *var)
{
  self->size += strlen (var) + 24;
  g_ptr_array_add (self->features, g_strdup (var));
}

static void
append_form (HsDiscoInfo *self, HsElement *form)
{
  HsElement *copy = hs_element_copy (form);
  g_autofree char *text = hs_element_to_string (copy);

  self->size += 2 * strlen (text);
  g_ptr_array_add (self->forms, copy);
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

void
hs_disco_info_seal (HsDiscoInfo *self)
{
  if (!self->is_sealed)
    g_ptr_array_sort (self->features, compare_strings);
  self->is_sealed = TRUE;
}

HsDiscoInfo *
hs_disco_info_new_from_query (HsElement *query)
{
  HsDiscoInfo *self = hs_disco_info_new ();
  HsElement *child = hs_element_get_first_child (query);

  for (; child != NULL; child = hs_element_get_next_sibling (child))
    {
      if (hs_element_matches (child, "identity", HS_NS_DISCO_INFO))
        append_identity (self, hs_element_get_attribute (child, "category"),
                         hs_element_get_attribute (child, "type"),
                         hs_element_get_attribute (child, "name"),
                         hs_element_get_attribute_ns (child, "lang", HS_NS_XML));
      else if (hs_element_matches (child, "feature", HS_NS_DISCO_INFO))
        {
          const char *var = hs_element_get_attribute (child, "var");

          if (var != NULL)
            append_feature (self, var);
        }
      else if (hs_element_matches (child, "x", HS_NS_DATA))
        append_form (self, child);
    }
  hs_disco_info_seal (self);
  return self;
}

HsElement *
hs_disco_info_create_query (HsDiscoInfo *self, const char *node)
{
  HsElement *query = hs_element_new ("query", HS_NS_DISCO_INFO);

  if (node != NULL)
    hs_element_set_attribute (query, "node", node);
  for (guint i = 0; i < self->identities->len; i++)
    {
      HsIdentity *identity = g_ptr_array_index (self->identities, i);
      HsElement *child = hs_element_add_child (query, "identity", HS_NS_DISCO_INFO);

      hs_element_set_attribute (child, "category", hs_identity_get_category (identity));
      hs_element_set_attribute (child, "type", hs_identity_get_identity_type (identity));
      if (hs_identity_get_name (identity) != NULL)
        hs_element_set_attribute (child, "name", hs_identity_get_name (identity));
      if (hs_identity_get_lang (identity) != NULL)
        hs_element_set_attribute_ns (child, "lang", HS_NS_XML, hs_identity_get_lang (identity));
    }
  for (guint i = 0; i < self->features->len; i++)
    {
      HsElement *child = hs_element_add_child (query, "feature", HS_NS_DISCO_INFO);

      hs_element_set_attribute (child, "var", g_ptr_array_index (self->features, i));
    }
  for (guint i = 0; i < self->forms->len; i++)
    {
      g_autoptr (HsElement) form = hs_element_copy (g_ptr_array_index (self->forms, i));

      hs_element_append (query, form);
    }
  return query;
}

void
hs_disco_info_add_all (HsDiscoInfo *self, HsDiscoInfo *other)
{
  for (guint i = 0; i < other->identities->len; i++)
    {
      HsIdentity *identity = g_ptr_array_index (other->identities, i);

      hs_disco_info_add_identity (self, hs_identity_get_category (identity),
                                  hs_identity_get_identity_type (identity),
                                  hs_identity_get_name (identity), hs_identity_get_lang (identity));
    }
  for (guint i = 0; i < other->features->len; i++)
    hs_disco_info_add_feature (self, g_ptr_array_index (other->features, i));
  for (guint i = 0; i < other->forms->len; i++)
    hs_disco_info_add_form (self, g_ptr_array_index (other->forms, i));
}

gsize
hs_disco_info_get_size (HsDiscoInfo *self)
{
  return self->size;
}

GPtrArray *
hs_disco_info_get_identities (HsDiscoInfo *self)
{
  return self->identities;
}

GPtrArray *
hs_disco_info_get_features (HsDiscoInfo *self)
{
  return self->features;
}

GPtrArray *
hs_disco_info_get_forms (HsDiscoInfo *self)
{
  return self->forms;
}

const char *
hs_disco_form_get_type (HsElement *form, gboolean *is_ambiguous)
{
  HsElement *field = hs_element_get_first_child (form);
  const char *type = NULL;

  *is_ambiguous = FALSE;
  for (; field != NULL; field = hs_element_get_next_sibling (field))
    {
      HsElement *value = hs_element_get_first_child (field);

      if (!hs_element_matches (field, "field", HS_NS_DATA) ||
          g_strcmp0 (hs_element_get_attribute (field, "var"), "FORM_TYPE") != 0 ||
          g_strcmp0 (hs_element_get_attribute (field, "type"), "hidden") != 0)
        continue;
      for (; value != NULL; value = hs_element_get_next_sibling (value))
        {
          const char *text = hs_element_get_text (value);

          if (!hs_element_matches (value, "value", HS_NS_DATA))
            continue;
          if (text == NULL)
            text = "";
          if (type != NULL && strcmp (type, text) != 0)
            *is_ambiguous = TRUE;
          type = text;
        }
    }
  return type;
}

/* Returns the index of the form with this FORM_TYPE, or -1. */
static int
find_form (HsDiscoInfo *self, const char *form_type)
{
  for (guint i = 0; i < self->forms->len; i++)
    {
      gboolean is_ambiguous;
      const char *type = hs_disco_form_get_type (g_ptr_array_index (self->forms, i), &is_ambiguous);

      if (type != NULL && strcmp (type, form_type) == 0)
        return i;
    }
  return -1;
}

/**
 * hs_disco_info_new: (constructor)
 *
 * Makes an info without identities, features and forms.
 *
 * Returns: (transfer full): the info
 *
 * Since: 0.2
 */
HsDiscoInfo *
hs_disco_info_new (void)
{
  return g_object_new (HS_TYPE_DISCO_INFO, NULL);
}

/**
 * hs_disco_info_add_identity:
 * @self: an info that the program made
 * @category: the category, such as `client`
 * @type: the type within the category, such as `bot`
 * @name: (nullable): a name for people to read, or %NULL
 * @lang: (nullable): the language of @name, or %NULL
 *
 * Adds an identity (XEP-0030, 3.1). Nothing happens if the info already has it.
 *
 * Since: 0.2
 */
void
hs_disco_info_add_identity (HsDiscoInfo *self,
                            const char *category,
                            const char *type,
                            const char *name,
                            const char *lang)
{
  g_return_if_fail (HS_IS_DISCO_INFO (self));
  g_return_if_fail (category != NULL && type != NULL);
  g_return_if_fail (!self->is_sealed);

  for (guint i = 0; i < self->identities->len; i++)
    {
      HsIdentity *other = g_ptr_array_index (self->identities, i);

      if (strcmp (hs_identity_get_category (other), category) == 0 &&
          strcmp (hs_identity_get_identity_type (other), type) == 0 &&
          g_strcmp0 (hs_identity_get_name (other), name) == 0 &&
          g_strcmp0 (hs_identity_get_lang (other), lang) == 0)
        return;
    }
  append_identity (self, category, type, name, lang);
}

/**
 * hs_disco_info_add_feature:
 * @self: an info that the program made
 * @var: a namespace
 *
 * Adds a feature (XEP-0030, 3.1). Nothing happens if the info already has it.
 *
 * Since: 0.2
 */
void
hs_disco_info_add_feature (HsDiscoInfo *self, const char *var)
{
  g_return_if_fail (HS_IS_DISCO_INFO (self));
  g_return_if_fail (var != NULL);
  g_return_if_fail (!self->is_sealed);

  if (!hs_disco_info_has_feature (self, var))
    append_feature (self, var);
}

/**
 * hs_disco_info_add_form:
 * @self: an info that the program made
 * @form: the element `x` of a form of the type `result`, such as [method@DataForm.create_element] makes;
 *   it is copied
 *
 * Adds a form with more about the entity (XEP-0128). It takes the place of one with the same `FORM_TYPE`.
 *
 * Since: 0.2
 */
void
hs_disco_info_add_form (HsDiscoInfo *self, HsElement *form)
{
  gboolean is_ambiguous;
  const char *type;
  int place;

  g_return_if_fail (HS_IS_DISCO_INFO (self));
  g_return_if_fail (HS_IS_ELEMENT (form) && hs_element_matches (form, "x", HS_NS_DATA));
  g_return_if_fail (!self->is_sealed);

  type = hs_disco_form_get_type (form, &is_ambiguous);
  place = type != NULL ? find_form (self, type) : -1;
  if (place >= 0)
    g_ptr_array_remove_index (self->forms, place);
  if (self->parsed != NULL && type != NULL)
    g_hash_table_remove (self->parsed, type);
  append_form (self, form);
}

/**
 * hs_disco_info_has_feature:
 * @self: an info
 * @var: a namespace
 *
 * Whether the entity has a feature.
 *
 * ```python
 * info = await disco.query_async("example.org")
 * print("Can be pinged:", info.has_feature(Headstock.NS_PING))
 * ```
 *
 * Returns: true if it has
 *
 * Since: 0.2
 */
gboolean
hs_disco_info_has_feature (HsDiscoInfo *self, const char *var)
{
  g_return_val_if_fail (HS_IS_DISCO_INFO (self), FALSE);
  g_return_val_if_fail (var != NULL, FALSE);

  if (self->is_sealed)
    return self->features->len > 0 &&
           bsearch (&var, self->features->pdata, self->features->len, sizeof (gpointer),
                    compare_strings) != NULL;
  return g_ptr_array_find_with_equal_func (self->features, var, g_str_equal, NULL);
}

/**
 * hs_disco_info_has_identity:
 * @self: an info
 * @category: a category, such as `conference`
 * @type: (nullable): a type within the category, or %NULL for any
 *
 * Whether the entity has an identity.
 *
 * Returns: true if it has
 *
 * Since: 0.2
 */
gboolean
hs_disco_info_has_identity (HsDiscoInfo *self, const char *category, const char *type)
{
  g_return_val_if_fail (HS_IS_DISCO_INFO (self), FALSE);
  g_return_val_if_fail (category != NULL, FALSE);

  for (guint i = 0; i < self->identities->len; i++)
    {
      HsIdentity *identity = g_ptr_array_index (self->identities, i);

      if (strcmp (hs_identity_get_category (identity), category) == 0 &&
          (type == NULL || strcmp (hs_identity_get_identity_type (identity), type) == 0))
        return TRUE;
    }
  return FALSE;
}

/**
 * hs_disco_info_dup_name:
 * @self: an info
 *
 * The entity's name for people to read: that of the first identity in a language of the user
 * (g_get_language_names()), else of the first without a language, else of the first that has a name.
 *
 * Returns: (transfer full) (nullable): the name, or %NULL if no identity has one
 *
 * Since: 0.2
 */
char *
hs_disco_info_dup_name (HsDiscoInfo *self)
{
  const char *const *languages = g_get_language_names ();
  const char *plain = NULL, *any = NULL;

  g_return_val_if_fail (HS_IS_DISCO_INFO (self), NULL);

  for (guint l = 0; languages[l] != NULL; l++)
    for (guint i = 0; i < self->identities->len; i++)
      {
        HsIdentity *identity = g_ptr_array_index (self->identities, i);
        const char *name = hs_identity_get_name (identity), *lang = hs_identity_get_lang (identity);

        if (name == NULL)
          continue;
        if (lang != NULL && g_ascii_strcasecmp (lang, languages[l]) == 0)
          return g_strdup (name);
        if (lang == NULL && plain == NULL)
          plain = name;
        if (any == NULL)
          any = name;
      }
  return g_strdup (plain != NULL ? plain : any);
}

/**
 * hs_disco_info_find_form:
 * @self: an info
 * @form_type: the value of the hidden field `FORM_TYPE`, such as `urn:xmpp:dataforms:softwareinfo`
 *
 * Looks for a form with more about the entity (XEP-0128).
 *
 * Returns: (transfer none) (nullable): the form, which the info owns; or %NULL if there is none, or it is not a valid
 *   form
 *
 * Since: 0.2
 */
HsDataForm *
hs_disco_info_find_form (HsDiscoInfo *self, const char *form_type)
{
  HsDataForm *form;
  int place;

  g_return_val_if_fail (HS_IS_DISCO_INFO (self), NULL);
  g_return_val_if_fail (form_type != NULL, NULL);

  if (self->parsed != NULL && (form = g_hash_table_lookup (self->parsed, form_type)) != NULL)
    return form;
  place = find_form (self, form_type);
  if (place < 0)
    return NULL;
  form = hs_data_form_new_from_element (g_ptr_array_index (self->forms, place), NULL);
  if (form == NULL)
    return NULL;
  if (self->parsed == NULL)
    self->parsed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_hash_table_insert (self->parsed, g_strdup (form_type), form);
  return form;
}

/**
 * hs_disco_info_dup_features:
 * @self: an info
 *
 * The features. Their order means nothing.
 *
 * Returns: (transfer full) (array zero-terminated=1): the namespaces
 *
 * Since: 0.2
 */
char **
hs_disco_info_dup_features (HsDiscoInfo *self)
{
  char **features;

  g_return_val_if_fail (HS_IS_DISCO_INFO (self), NULL);

  features = g_new0 (char *, self->features->len + 1);
  for (guint i = 0; i < self->features->len; i++)
    features[i] = g_strdup (g_ptr_array_index (self->features, i));
  return features;
}

/**
 * hs_disco_info_list_identities:
 * @self: an info
 *
 * The identities, in the order in which they came.
 *
 * Returns: (transfer container) (element-type HsIdentity): the identities
 *
 * Since: 0.2
 */
GPtrArray *
hs_disco_info_list_identities (HsDiscoInfo *self)
{
  GPtrArray *identities;

  g_return_val_if_fail (HS_IS_DISCO_INFO (self), NULL);

  identities = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < self->identities->len; i++)
    g_ptr_array_add (identities, g_object_ref (g_ptr_array_index (self->identities, i)));
  return identities;
}
