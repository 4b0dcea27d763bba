/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-data-field-private.h"

#include <string.h>

#include "hs-enum-types.h"
#include "hs-namespaces.h"
#include "hs-printable.h"

/* From and to XML. */

#define NS_MEDIA "urn:xmpp:media-element"
#define NS_VALIDATE "http://jabber.org/protocol/xdata-validate"

gboolean
hs_data_form_parse_nick (GType type, const char *nick, int *value)
{
  g_autoptr (GEnumClass) names = g_type_class_ref (type);

  /* Since GLib 2.90 g_enum_get_value_by_nick() takes upper case for lower case. */
  for (guint i = 0; nick != NULL && i < names->n_values; i++)
    {
      if (strcmp (names->values[i].value_nick, nick) == 0)
        {
          *value = names->values[i].value;
          return TRUE;
        }
    }
  return FALSE;
}

static const char *
get_type_name (HsDataFieldType type)
{
  g_autoptr (GEnumClass) names = g_type_class_ref (HS_TYPE_DATA_FIELD_TYPE);

  return g_enum_get_value (names, type)->value_nick;
}

/* XEP-0004, 3.3: a type that is not understood is text-single. */
static HsDataFieldType
parse_type (const char *name)
{
  int value = HS_DATA_FIELD_TEXT_SINGLE;

  hs_data_form_parse_nick (HS_TYPE_DATA_FIELD_TYPE, name, &value);
  return value;
}

static guint
parse_pixels (HsElement *media, const char *name)
{
  const char *text = hs_element_get_attribute (media, name);
  guint64 number;

  /* XEP-0221, 6: an unsigned short. */
  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &number, NULL)
             ? number
             : 0;
}

/* XEP-0221, 2: one <media/> with the same thing in several formats and places. */
static void
parse_media (HsDataField *self, HsElement *media)
{
  g_autoptr (GStrvBuilder) uris = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) types = g_strv_builder_new ();
  HsElement *child = hs_element_get_first_child (media);

  for (; child != NULL; child = hs_element_get_next_sibling (child))
    {
      const char *text = hs_element_get_text (child);
      const char *type = hs_element_get_attribute (child, "type");
      g_autofree char *uri = NULL;

      if (text == NULL || !hs_element_matches (child, "uri", NS_MEDIA))
        continue;
      uri = g_strstrip (g_strdup (text));
      if (*uri == '\0')
        continue;
      g_strv_builder_add (uris, uri);
      g_strv_builder_add (types, type != NULL ? type : "");
    }
  g_strfreev (self->media_uris);
  g_strfreev (self->media_types);
  self->media_uris = g_strv_builder_end (uris);
  self->media_types = g_strv_builder_end (types);
  self->media_width = parse_pixels (media, "width");
  self->media_height = parse_pixels (media, "height");
  self->has_media = TRUE;
}

static void
parse_option (HsElement *option, GStrvBuilder *values, GStrvBuilder *labels)
{
  const char *value = hs_element_get_child_text (option, "value", HS_NS_DATA);
  const char *label = hs_element_get_attribute (option, "label");

  /* One without a value can't be chosen. */
  if (value == NULL)
    return;
  g_strv_builder_add (values, value);
  g_strv_builder_add (labels, label != NULL ? label : value);
}

/* White space around an address, a truth value or the form's type is no part of it. */
static char *
dup_value (HsDataField *self, const char *text)
{
  char *value = g_strdup (text != NULL ? text : "");

  if (self->type == HS_DATA_FIELD_BOOLEAN || self->type == HS_DATA_FIELD_JID_SINGLE
      || self->type == HS_DATA_FIELD_JID_MULTI || g_strcmp0 (self->name, "FORM_TYPE") == 0)
    g_strstrip (value);
  return value;
}

static void
parse_child (HsDataField *self, HsElement *child, GPtrArray *values, GStrvBuilder *option_values,
             GStrvBuilder *option_labels)
{
  const char *text = hs_element_get_text (child);

  if (hs_element_matches (child, "value", HS_NS_DATA))
    g_ptr_array_add (values, dup_value (self, text));
  else if (hs_element_matches (child, "option", HS_NS_DATA))
    parse_option (child, option_values, option_labels);
  else if (hs_element_matches (child, "required", HS_NS_DATA))
    self->required = TRUE;
  else if (hs_element_matches (child, "desc", HS_NS_DATA) && self->description == NULL)
    self->description = g_strdup (text);
  else if (hs_element_matches (child, "media", NS_MEDIA) && !self->has_media)
    parse_media (self, child);
  else if (hs_element_matches (child, "validate", NS_VALIDATE))
    self->open = hs_element_get_child (child, "open", NS_VALIDATE) != NULL;
}

static void
take_options (HsDataField *self, char **values, char **labels)
{
  g_strfreev (self->option_values);
  g_strfreev (self->option_labels);
  self->option_values = values;
  self->option_labels = labels;
  self->options = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; values[i] != NULL; i++)
    g_hash_table_add (self->options, values[i]);
}

HsDataField *
hs_data_field_new_from_element (HsElement *element, gboolean inferred, GError **error)
{
  const char *name = hs_element_get_attribute (element, "var");
  const char *type = hs_element_get_attribute (element, "type");
  g_autoptr (HsDataField) self = hs_data_field_new (name, parse_type (type));
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GStrvBuilder) option_values = g_strv_builder_new ();
  g_autoptr (GStrvBuilder) option_labels = g_strv_builder_new ();
  HsElement *child = hs_element_get_first_child (element);

  hs_data_field_set_label (self, hs_element_get_attribute (element, "label"));
  for (; child != NULL; child = hs_element_get_next_sibling (child))
    parse_child (self, child, values, option_values, option_labels);
  self->any = inferred && type == NULL;
  take_options (self, g_strv_builder_end (option_values), g_strv_builder_end (option_labels));
  /* XEP-0004, 3.2: all but fixed ones have a name. Without one a field can only be read. */
  if (name == NULL && self->type != HS_DATA_FIELD_FIXED)
    {
      if (self->required)
        {
          g_autofree char *label
              = hs_printable (self->label != NULL ? self->label : "", HS_PRINTABLE_NAME);

          g_set_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_INVALID_FORM,
                       "A field that must be filled in has no name (its label is \"%s\")", label);
          return NULL;
        }
      self->type = HS_DATA_FIELD_FIXED;
    }
  /* A field that can have only one value takes the first one. */
  if (!hs_data_field_takes_many (self) && values->len > 1)
    g_ptr_array_set_size (values, 1);
  g_ptr_array_add (values, NULL);
  hs_data_field_take_values (self, (char **) g_ptr_array_steal (values, NULL));
  return g_steal_pointer (&self);
}

void
hs_data_field_submit (HsDataField *self, HsElement *form)
{
  HsElement *field;

  if (self->type == HS_DATA_FIELD_FIXED || (self->values[0] == NULL && !self->changed))
    return;
  field = hs_element_add_child (form, "field", HS_NS_DATA);
  hs_element_set_attribute (field, "var", self->name);
  /* Not needed; it tells a log that a private text is one. */
  if (!self->any)
    hs_element_set_attribute (field, "type", get_type_name (self->type));
  for (guint i = 0; self->values[i] != NULL; i++)
    hs_element_add_text_child (field, "value", HS_NS_DATA, self->values[i]);
  /* XEP-0004, 3.6: leaving it out would leave the server's value as it is. */
  if (self->values[0] == NULL)
    hs_element_add_child (field, "value", HS_NS_DATA);
}

static void
write_field (HsDataField *self, HsElement *parent)
{
  HsElement *field = hs_element_add_child (parent, "field", HS_NS_DATA);

  hs_element_set_attribute (field, "var", self->name);
  hs_element_set_attribute (field, "label", self->label);
  if (!self->any)
    hs_element_set_attribute (field, "type", get_type_name (self->type));
  if (self->description != NULL)
    hs_element_add_text_child (field, "desc", HS_NS_DATA, self->description);
  if (self->required)
    hs_element_add_child (field, "required", HS_NS_DATA);
  for (guint i = 0; self->values[i] != NULL; i++)
    hs_element_add_text_child (field, "value", HS_NS_DATA, self->values[i]);
  for (guint i = 0; self->option_values[i] != NULL; i++)
    {
      HsElement *option = hs_element_add_child (field, "option", HS_NS_DATA);

      hs_element_set_attribute (option, "label", self->option_labels[i]);
      hs_element_add_text_child (option, "value", HS_NS_DATA, self->option_values[i]);
    }
}

void
hs_data_field_write_all (GPtrArray *fields, HsElement *parent)
{
  for (guint i = 0; i < fields->len; i++)
    write_field (g_ptr_array_index (fields, i), parent);
}
