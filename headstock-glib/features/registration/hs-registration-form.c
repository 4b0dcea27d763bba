/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-registration-private.h"

#include <string.h>

#include "hs-namespaces.h"
#include "hs-printable.h"

/* The server's form: reading it, filling in what is known, and writing the answer. */

/* Labels for the fields of XEP-0077, 14.1. */
static const struct
{
  const char *name;
  const char *label;
} legacy_fields[] = {
  { "username", "User name" },
  { "nick", "Nickname" },
  { "password", "Password" },
  { "name", "Full name" },
  { "first", "Given name" },
  { "last", "Family name" },
  { "email", "E-mail address" },
  { "address", "Street" },
  { "city", "City" },
  { "state", "State" },
  { "zip", "Postal code" },
  { "phone", "Telephone number" },
  { "url", "Web page" },
  { "date", "Date" },
  { "misc", "Miscellaneous" },
  { "text", "Text" },
};

static void
add_legacy_field (HsElement *form, HsElement *element)
{
  const char *name = hs_element_get_name (element);
  const char *text = hs_element_get_text (element);
  HsElement *field = hs_element_add_child (form, "field", HS_NS_DATA);
  const char *type = "text-single";
  const char *label = name;

  /* XEP-0077, 7: given back as it came. */
  if (strcmp (name, "key") == 0)
    type = "hidden";
  else if (strcmp (name, "password") == 0)
    type = "text-private";
  for (guint i = 0; i < G_N_ELEMENTS (legacy_fields); i++)
    {
      if (strcmp (name, legacy_fields[i].name) == 0)
        label = legacy_fields[i].label;
    }
  hs_element_set_attribute (field, "var", name);
  hs_element_set_attribute (field, "type", type);
  hs_element_set_attribute (field, "label", label);
  /* XEP-0077, 3.1: information for all of the elements. */
  hs_element_add_child (field, "required", HS_NS_DATA);
  if (text != NULL)
    hs_element_add_text_child (field, "value", HS_NS_DATA, text);
}

static gboolean
is_legacy_field (HsElement *element)
{
  static const char *const others[] = { "instructions", "registered", "remove", NULL };

  return g_strcmp0 (hs_element_get_namespace (element), HS_NS_REGISTER) == 0 &&
         !g_strv_contains (others, hs_element_get_name (element));
}

/* Makes a form of plain fields (XEP-0077, 3.1). NULL if there are none. */
static HsDataForm *
read_legacy (HsElement *query)
{
  g_autoptr (HsElement) form = hs_element_new ("x", HS_NS_DATA);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const char *instructions = hs_element_get_child_text (query, "instructions", HS_NS_REGISTER);
  HsElement *child = hs_element_get_first_child (query);

  hs_element_set_attribute (form, "type", "form");
  if (instructions != NULL)
    hs_element_add_text_child (form, "instructions", HS_NS_DATA, instructions);
  for (; child != NULL; child = hs_element_get_next_sibling (child))
    {
      if (is_legacy_field (child) && g_hash_table_add (seen, (gpointer) hs_element_get_name (child)))
        add_legacy_field (form, child);
    }
  return g_hash_table_size (seen) > 0 ? hs_data_form_new_from_element (form, NULL) : NULL;
}

static HsElement *
find_data_form (HsElement *query)
{
  HsElement *form = hs_element_get_child (query, "x", HS_NS_DATA);

  return form != NULL && g_strcmp0 (hs_element_get_attribute (form, "type"), "form") == 0 ? form
                                                                                           : NULL;
}

/* XEP-0077, 6: a data form comes before fields, and fields before a URL. The URL is read beside both. */
HsDataForm *
hs_registration_read_form (HsElement *iq, gboolean *legacy, char **url, GError **error)
{
  HsElement *query = iq != NULL ? hs_element_get_child (iq, "query", HS_NS_REGISTER) : NULL;
  HsElement *x = query != NULL ? find_data_form (query) : NULL;
  HsElement *oob = query != NULL ? hs_element_get_child (query, "x", HS_NS_OOB) : NULL;
  const char *text = oob != NULL ? hs_element_get_child_text (oob, "url", HS_NS_OOB) : NULL;
  HsDataForm *form = NULL;

  *url = text != NULL ? g_strstrip (g_strdup (text)) : NULL;
  *legacy = FALSE;
  if (query != NULL && hs_element_get_child (query, "registered", HS_NS_REGISTER) != NULL)
    {
      g_set_error_literal (error, HS_REGISTRATION_ERROR, HS_REGISTRATION_ERROR_ALREADY_REGISTERED,
                           "The server says that the account is registered already");
      return NULL;
    }
  if (x != NULL)
    return hs_data_form_new_from_element (x, error);
  if (query != NULL)
    form = read_legacy (query);
  *legacy = form != NULL;
  if (form != NULL)
    return form;
  if (*url != NULL)
    {
      g_autofree char *shown = hs_printable (*url, HS_PRINTABLE_TEXT);

      g_set_error (error, HS_REGISTRATION_ERROR, HS_REGISTRATION_ERROR_REDIRECTED,
                   "Accounts of this server are made at %s", shown);
    }
  else
    {
      g_autofree char *shown = NULL;

      text = query != NULL ? hs_element_get_child_text (query, "instructions", HS_NS_REGISTER) : NULL;
      shown = hs_printable (text != NULL ? text : "", HS_PRINTABLE_TEXT);
      g_set_error (error, HS_REGISTRATION_ERROR, HS_REGISTRATION_ERROR_NOTHING_ASKED,
                   "The server does not say what it wants to know for an account%s%s",
                   *shown != '\0' ? ": " : "", shown);
    }
  return NULL;
}

static void
fill_field (HsDataForm *form, const char *name, const char *value)
{
  HsDataField *field = hs_data_form_get_field (form, name);

  /* A value that does not fit the field is left to the program. */
  if (field != NULL && value != NULL && hs_data_field_get_field_type (field) != HS_DATA_FIELD_HIDDEN)
    hs_data_field_set_value (field, value, NULL);
}

/* Fills in the values that are known, by the names of the fields. */
void
hs_registration_fill (HsRegistration *self,
                      HsDataForm *form,
                      const char *username,
                      const char *password)
{
  HsRegistrationPrivate *priv = hs_registration_private (self);
  GHashTableIter iter;
  gpointer name;
  gpointer value;

  g_hash_table_iter_init (&iter, priv->values);
  while (g_hash_table_iter_next (&iter, &name, &value))
    fill_field (form, name, value);
  fill_field (form, "username", username);
  fill_field (form, "password", password);
}

/* A field holds a secret if the server marks it as private, or if it has the name of a password. */
static gboolean
is_secret (HsDataField *field)
{
  const char *name = hs_data_field_get_name (field);

  return hs_data_field_get_field_type (field) == HS_DATA_FIELD_TEXT_PRIVATE || g_strcmp0 (name, "password") == 0
         || g_strcmp0 (name, "old_password") == 0;
}

gboolean
hs_registration_has_secret (HsDataForm *form)
{
  g_autoptr (GPtrArray) fields = hs_data_form_get_fields (form);

  for (guint i = 0; i < fields->len; i++)
    {
      HsDataField *field = g_ptr_array_index (fields, i);
      const char *value = hs_data_field_get_value (field);

      if (value != NULL && *value != '\0' && is_secret (field))
        return TRUE;
    }
  return FALSE;
}

gboolean
hs_registration_form_holds (HsDataForm *form, const char *secret, const char *except)
{
  g_autoptr (GPtrArray) fields = hs_data_form_get_fields (form);

  for (guint i = 0; i < fields->len; i++)
    {
      HsDataField *field = g_ptr_array_index (fields, i);

      if (g_strcmp0 (hs_data_field_get_name (field), except) != 0
          && g_strcmp0 (hs_data_field_get_value (field), secret) == 0)
        return TRUE;
    }
  return FALSE;
}

gboolean
hs_registration_asks_more (HsDataForm *form)
{
  g_autoptr (GPtrArray) fields = hs_data_form_get_fields (form);

  for (guint i = 0; i < fields->len; i++)
    {
      HsDataField *field = g_ptr_array_index (fields, i);
      HsDataFieldType type = hs_data_field_get_field_type (field);
      const char *value = hs_data_field_get_value (field);

      if (type != HS_DATA_FIELD_HIDDEN && type != HS_DATA_FIELD_FIXED &&
          (value == NULL || *value == '\0'))
        return TRUE;
    }
  return FALSE;
}

/* The form, or the fields that it stands for, and never both (XEP-0077, 4). */
HsElement *
hs_registration_create_query (HsDataForm *form, gboolean legacy, GError **error)
{
  g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_REGISTER);
  g_autoptr (GPtrArray) fields = NULL;

  if (!legacy)
    {
      g_autoptr (HsElement) x = hs_data_form_create_submission (form, error);

      if (x == NULL)
        return NULL;
      hs_element_append (query, x);
      return g_steal_pointer (&query);
    }
  if (!hs_data_form_validate (form, error))
    return NULL;
  fields = hs_data_form_get_fields (form);
  for (guint i = 0; i < fields->len; i++)
    {
      HsDataField *field = g_ptr_array_index (fields, i);
      const char *value = hs_data_field_get_value (field);

      if (value != NULL)
        hs_element_add_text_child (query, hs_data_field_get_name (field), HS_NS_REGISTER, value);
    }
  return g_steal_pointer (&query);
}
