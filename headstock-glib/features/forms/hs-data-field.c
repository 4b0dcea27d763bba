/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-data-field-private.h"

#include <string.h>

#include "hs-enum-types.h"

/**
 * HsDataField:
 *
 * A field of a form (XEP-0004, 3.2): what is asked, and the answer.
 *
 * What a value may be depends on the type; [method@DataField.set_value] and its like say what is wrong
 * with one, and name the field. A password is in no error message.
 *
 * ```python
 * field = form.get_field("muc#roomconfig_roomname")
 * print(field.props.label, field.props.required)
 * field.set_value("The balcony")
 * ```
 *
 * A field that a program makes goes into a form by [method@DataForm.append_field]:
 *
 * ```python
 * form.append_field(Headstock.DataField(name="nick", label="Your name in the room", required=True))
 * ```
 */

enum
{
  PROP_NAME = 1,
  PROP_FIELD_TYPE,
  PROP_LABEL,
  PROP_DESCRIPTION,
  PROP_REQUIRED,
  PROP_VALUE,
  PROP_VALUES,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/**
 * hs_data_form_error_quark:
 *
 * The error domain of [error@Headstock.DataFormError].
 *
 * Returns: the domain
 */
G_DEFINE_QUARK (hs-data-form-error-quark, hs_data_form_error)
G_DEFINE_FINAL_TYPE (HsDataField, hs_data_field, G_TYPE_OBJECT)

void
hs_data_field_wipe (char **values)
{
  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    explicit_bzero (values[i], strlen (values[i]));
  g_strfreev (values);
}

static void
hs_data_field_finalize (GObject *object)
{
  HsDataField *self = HS_DATA_FIELD (object);

  g_free (self->name);
  g_free (self->label);
  g_free (self->description);
  g_clear_pointer (&self->options, g_hash_table_unref);
  g_strfreev (self->option_values);
  g_strfreev (self->option_labels);
  hs_data_field_wipe (self->values);
  g_strfreev (self->media_uris);
  g_strfreev (self->media_types);

  G_OBJECT_CLASS (hs_data_field_parent_class)->finalize (object);
}

static void
hs_data_field_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsDataField *self = HS_DATA_FIELD (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, hs_data_field_get_name (self));
      break;
    case PROP_FIELD_TYPE:
      g_value_set_enum (value, hs_data_field_get_field_type (self));
      break;
    case PROP_LABEL:
      g_value_set_string (value, hs_data_field_get_label (self));
      break;
    case PROP_DESCRIPTION:
      g_value_set_string (value, hs_data_field_get_description (self));
      break;
    case PROP_REQUIRED:
      g_value_set_boolean (value, hs_data_field_get_required (self));
      break;
    case PROP_VALUE:
      g_value_set_string (value, hs_data_field_get_value (self));
      break;
    case PROP_VALUES:
      g_value_set_boxed (value, hs_data_field_get_values (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* XML 1.0, 2.2: what can be sent at all. */
gboolean
hs_data_field_is_text (const char *value)
{
  if (!g_utf8_validate (value, -1, NULL))
    return FALSE;
  for (const char *p = value; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xFFFE || c == 0xFFFF)
        return FALSE;
    }
  return TRUE;
}

/* The values that a field is made with: nobody has asked whether they suit its type. */
static void
set_first_values (HsDataField *self, const char *const *values)
{
  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    g_return_if_fail (hs_data_field_is_text (values[i]));

  if (values != NULL && values[0] != NULL)
    hs_data_field_take_values (self, g_strdupv ((char **) values));
}

static void
set_name (HsDataField *self, const char *name)
{
  g_return_if_fail (name == NULL || hs_data_field_is_text (name));

  self->name = g_strdup (name);
}

static void
hs_data_field_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsDataField *self = HS_DATA_FIELD (object);

  switch (prop_id)
    {
    case PROP_NAME:
      set_name (self, g_value_get_string (value));
      break;
    case PROP_FIELD_TYPE:
      self->type = g_value_get_enum (value);
      break;
    case PROP_LABEL:
      hs_data_field_set_label (self, g_value_get_string (value));
      break;
    case PROP_DESCRIPTION:
      hs_data_field_set_description (self, g_value_get_string (value));
      break;
    case PROP_REQUIRED:
      hs_data_field_set_required (self, g_value_get_boolean (value));
      break;
    case PROP_VALUE:
      set_first_values (self, (const char *[]){ g_value_get_string (value), NULL });
      break;
    case PROP_VALUES:
      set_first_values (self, g_value_get_boxed (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_data_field_class_init (HsDataFieldClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_data_field_finalize;
  object_class->get_property = hs_data_field_get_property;
  object_class->set_property = hs_data_field_set_property;

  /**
   * HsDataField:name: (getter get_name)
   *
   * The name by which the server knows the field, its `var`, or %NULL for none. The default is %NULL.
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, rw | G_PARAM_CONSTRUCT_ONLY);

  /**
   * HsDataField:field-type: (getter get_field_type)
   *
   * The type. The default is %HS_DATA_FIELD_TEXT_SINGLE.
   */
  props[PROP_FIELD_TYPE] = g_param_spec_enum ("field-type", NULL, NULL, HS_TYPE_DATA_FIELD_TYPE,
                                              HS_DATA_FIELD_TEXT_SINGLE, rw | G_PARAM_CONSTRUCT_ONLY);

  /**
   * HsDataField:label: (getter get_label) (setter set_label)
   *
   * The name to show, or %NULL for none. The default is %NULL.
   */
  props[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, rw);

  /**
   * HsDataField:description: (getter get_description) (setter set_description)
   *
   * What to show beside the field, or %NULL for nothing. The default is %NULL.
   */
  props[PROP_DESCRIPTION] = g_param_spec_string ("description", NULL, NULL, NULL, rw);

  /**
   * HsDataField:required: (getter get_required) (setter set_required)
   *
   * Whether the field must have a value when the form is submitted. The default is %FALSE.
   */
  props[PROP_REQUIRED] = g_param_spec_boolean ("required", NULL, NULL, FALSE, rw);

  /**
   * HsDataField:value: (getter get_value)
   *
   * The first value. A field that a program makes can be given it with the others of its properties, or all
   * [property@DataField:values]; [method@DataField.set_value] changes it. The default is %NULL.
   */
  props[PROP_VALUE] = g_param_spec_string ("value", NULL, NULL, NULL, rw | G_PARAM_CONSTRUCT_ONLY);

  /**
   * HsDataField:values: (getter get_values)
   *
   * All values. A field that a program makes can be given them with the others of its properties;
   * [method@DataField.set_values] changes them. The default is %NULL, for none.
   */
  props[PROP_VALUES] = g_param_spec_boxed ("values", NULL, NULL, G_TYPE_STRV, rw | G_PARAM_CONSTRUCT_ONLY);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_data_field_init (HsDataField *self)
{
  self->values = g_new0 (char *, 1);
  self->option_values = g_new0 (char *, 1);
  self->option_labels = g_new0 (char *, 1);
  self->media_uris = g_new0 (char *, 1);
  self->media_types = g_new0 (char *, 1);
}

/**
 * hs_data_field_new:
 * @name: (nullable): the field's name, in UTF-8; %NULL for a fixed field only
 * @type: the field's type
 *
 * Makes a field without values. [method@DataForm.append_field] adds it to a form.
 *
 * ```python
 * field = Headstock.DataField(name="nick", label="Your name in the room", value="romeo")
 * ```
 *
 * Returns: (transfer full): the field
 *
 * Since: 0.2
 */
HsDataField *
hs_data_field_new (const char *name, HsDataFieldType type)
{
  g_return_val_if_fail ((guint) type <= HS_DATA_FIELD_HIDDEN, NULL);

  return g_object_new (HS_TYPE_DATA_FIELD, "name", name, "field-type", type, NULL);
}

void
hs_data_field_take_values (HsDataField *self, char **values)
{
  hs_data_field_wipe (self->values);
  self->values = values;
}

GHashTable *
hs_data_field_index_columns (GPtrArray *columns)
{
  GHashTable *by_name = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < columns->len; i++)
    {
      HsDataField *column = g_ptr_array_index (columns, i);

      if (column->name != NULL && !g_hash_table_contains (by_name, column->name))
        g_hash_table_insert (by_name, column->name, column);
    }
  return by_name;
}

void
hs_data_field_take_columns (GPtrArray *cells, GHashTable *columns)
{
  for (guint i = 0; i < cells->len; i++)
    {
      HsDataField *cell = g_ptr_array_index (cells, i);
      HsDataField *column = NULL;

      if (cell->any && cell->name != NULL)
        column = g_hash_table_lookup (columns, cell->name);
      if (column == NULL)
        continue;
      cell->type = column->type;
      cell->any = column->any;
      if (cell->label == NULL)
        cell->label = g_strdup (column->label);
    }
}

/**
 * hs_data_field_get_name: (get-property name)
 * @self: a field
 *
 * The name by which the server knows the field, its `var`. A fixed field may have none.
 *
 * Returns: (nullable): the name, or %NULL
 */
const char *
hs_data_field_get_name (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), NULL);

  return self->name;
}

/**
 * hs_data_field_get_field_type: (get-property field-type)
 * @self: a field
 *
 * The type (XEP-0004, 3.3). One that is not known is %HS_DATA_FIELD_TEXT_SINGLE.
 *
 * Returns: the type
 */
HsDataFieldType
hs_data_field_get_field_type (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), HS_DATA_FIELD_TEXT_SINGLE);

  return self->type;
}

/**
 * hs_data_field_get_label: (get-property label)
 * @self: a field
 *
 * The name to show.
 *
 * Returns: (nullable): the label, or %NULL if there is none
 */
const char *
hs_data_field_get_label (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), NULL);

  return self->label;
}

/**
 * hs_data_field_set_label: (set-property label)
 * @self: a field
 * @label: (nullable): the name, in UTF-8, or %NULL for none
 *
 * Sets the name to show. It is for a field of a form that a program makes.
 *
 * Since: 0.2
 */
void
hs_data_field_set_label (HsDataField *self, const char *label)
{
  g_return_if_fail (HS_IS_DATA_FIELD (self));
  g_return_if_fail (label == NULL || hs_data_field_is_text (label));

  if (g_strcmp0 (self->label, label) == 0)
    return;
  g_free (self->label);
  self->label = g_strdup (label);
  g_object_notify (G_OBJECT (self), "label");
}

/**
 * hs_data_field_get_description: (get-property description)
 * @self: a field
 *
 * What to show beside the field, or while the pointer rests on it.
 *
 * Returns: (nullable): the text, or %NULL if there is none
 */
const char *
hs_data_field_get_description (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), NULL);

  return self->description;
}

/**
 * hs_data_field_set_description: (set-property description)
 * @self: a field
 * @description: (nullable): the text, in UTF-8, or %NULL for none
 *
 * Sets what to show beside the field. It is for a field of a form that a program makes.
 *
 * Since: 0.2
 */
void
hs_data_field_set_description (HsDataField *self, const char *description)
{
  g_return_if_fail (HS_IS_DATA_FIELD (self));
  g_return_if_fail (description == NULL || hs_data_field_is_text (description));

  if (g_strcmp0 (self->description, description) == 0)
    return;
  g_free (self->description);
  self->description = g_strdup (description);
  g_object_notify (G_OBJECT (self), "description");
}

/**
 * hs_data_field_get_required: (get-property required)
 * @self: a field
 *
 * Whether the field must have a value when the form is submitted.
 *
 * Returns: true if it must
 */
gboolean
hs_data_field_get_required (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), FALSE);

  return self->required;
}

/**
 * hs_data_field_set_required: (set-property required)
 * @self: a field
 * @required: whether the field must have a value when the form is submitted
 *
 * Sets whether the field must have a value. It is for a field of a form that a program makes.
 *
 * Since: 0.2
 */
void
hs_data_field_set_required (HsDataField *self, gboolean required)
{
  g_return_if_fail (HS_IS_DATA_FIELD (self));

  required = !!required;
  if (self->required == required)
    return;
  self->required = required;
  g_object_notify (G_OBJECT (self), "required");
}

/**
 * hs_data_field_get_option_values:
 * @self: a field
 *
 * What can be chosen from, in the server's order.
 *
 * Returns: (transfer none) (array zero-terminated=1): the values; none where the field is no list
 */
const char *const *
hs_data_field_get_option_values (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), NULL);

  return (const char *const *) self->option_values;
}

/**
 * hs_data_field_get_option_labels:
 * @self: a field
 *
 * How what can be chosen from is to be shown: one for each of
 * [method@DataField.get_option_values], which is its own label where the server gave none.
 *
 * Returns: (transfer none) (array zero-terminated=1): the labels
 */
const char *const *
hs_data_field_get_option_labels (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), NULL);

  return (const char *const *) self->option_labels;
}

/* Takes @list. */
static char **
append_string (char **list, const char *string)
{
  guint n = g_strv_length (list);

  list = g_renew (char *, list, n + 2);
  list[n] = g_strdup (string);
  list[n + 1] = NULL;
  return list;
}

/**
 * hs_data_field_add_option:
 * @self: a field of the type `list-single` or `list-multi`
 * @value: the value, which no other option of the field has, in UTF-8
 * @label: (nullable): how the option is to be shown, in UTF-8; %NULL for the value itself
 *
 * Adds something to choose (XEP-0004, 3.2). It is for a field of a form that a program makes.
 *
 * ```python
 * field = Headstock.DataField(name="day", field_type=Headstock.DataFieldType.LIST_SINGLE, value="today")
 * field.add_option("today", "Today")
 * field.add_option("tomorrow", "Tomorrow")
 * ```
 *
 * Since: 0.2
 */
void
hs_data_field_add_option (HsDataField *self, const char *value, const char *label)
{
  g_return_if_fail (HS_IS_DATA_FIELD (self));
  g_return_if_fail (value != NULL && hs_data_field_is_text (value));
  g_return_if_fail (label == NULL || hs_data_field_is_text (label));
  g_return_if_fail (self->type == HS_DATA_FIELD_LIST_SINGLE || self->type == HS_DATA_FIELD_LIST_MULTI);
  g_return_if_fail (!g_strv_contains ((const char *const *) self->option_values, value));

  self->option_values = append_string (self->option_values, value);
  self->option_labels = append_string (self->option_labels, label != NULL ? label : value);
  if (self->options == NULL)
    self->options = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_add (self->options, self->option_values[g_strv_length (self->option_values) - 1]);
}

/**
 * hs_data_field_has_media:
 * @self: a field
 *
 * Whether the field shows or plays something that the answer is about, such as the picture of a captcha
 * (XEP-0221, XEP-0158).
 *
 * Returns: true if it does
 */
gboolean
hs_data_field_has_media (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), FALSE);

  return self->has_media;
}

/**
 * hs_data_field_get_media_uris:
 * @self: a field
 *
 * Where the field's media are: the same in several formats or places, of which one is to be chosen
 * (XEP-0221). What a `cid:` URI stands for may be in [method@DataForm.get_media].
 *
 * The server wrote them: look at the scheme before opening one.
 *
 * Returns: (transfer none) (array zero-terminated=1): the URIs
 */
const char *const *
hs_data_field_get_media_uris (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), NULL);

  return (const char *const *) self->media_uris;
}

/**
 * hs_data_field_get_media_types:
 * @self: a field
 *
 * The media types, one for each of [method@DataField.get_media_uris]; `""` if the server gave none.
 *
 * Returns: (transfer none) (array zero-terminated=1): the types, such as `image/png`
 */
const char *const *
hs_data_field_get_media_types (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), NULL);

  return (const char *const *) self->media_types;
}

/**
 * hs_data_field_get_media_width:
 * @self: a field
 *
 * How wide the media are to be shown.
 *
 * Returns: the width in pixels, or 0 if it is not known
 */
guint
hs_data_field_get_media_width (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), 0);

  return self->media_width;
}

/**
 * hs_data_field_get_media_height:
 * @self: a field
 *
 * How high the media are to be shown.
 *
 * Returns: the height in pixels, or 0 if it is not known
 */
guint
hs_data_field_get_media_height (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), 0);

  return self->media_height;
}

/**
 * hs_data_field_get_value: (get-property value)
 * @self: a field
 *
 * The value; the first of several.
 *
 * Returns: (nullable): the value, or %NULL if there is none
 */
const char *
hs_data_field_get_value (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), NULL);

  return self->values[0];
}

/**
 * hs_data_field_get_values: (get-property values)
 * @self: a field
 *
 * All values. They are the field's until it is changed.
 *
 * Returns: (transfer none) (array zero-terminated=1): the values
 */
const char *const *
hs_data_field_get_values (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), NULL);

  return (const char *const *) self->values;
}

/**
 * hs_data_field_get_text:
 * @self: a field
 *
 * All values as one text, a line each: what is to be shown of a `text-multi` or `fixed` field.
 *
 * Returns: (transfer full): the text
 */
char *
hs_data_field_get_text (HsDataField *self)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), NULL);

  return g_strjoinv ("\n", self->values);
}

/**
 * hs_data_field_get_boolean:
 * @self: a field
 *
 * Whether the value is `true` or `1`. A field without a value is false (XEP-0004, 3.3).
 *
 * Returns: the value
 */
gboolean
hs_data_field_get_boolean (HsDataField *self)
{
  const char *value;

  g_return_val_if_fail (HS_IS_DATA_FIELD (self), FALSE);

  value = self->values[0];
  return g_strcmp0 (value, "1") == 0 || g_strcmp0 (value, "true") == 0;
}
