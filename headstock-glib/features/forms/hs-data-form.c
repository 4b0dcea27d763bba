/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-data-form-private.h"

#include <string.h>

#include "hs-enum-types.h"
#include "hs-feature.h"
#include "hs-namespaces.h"
#include "hs-printable.h"

#define NS_BOB "urn:xmpp:bob"

/**
 * HsDataForm:
 *
 * A form that a server or a service wants filled in (XEP-0004).
 *
 * It is made from the `<x xmlns='jabber:x:data'/>` of a stanza and is independent of it afterwards. Its
 * fields are filled in one by one; [method@DataForm.create_submission] then makes the element to send. The
 * rows of a result are read with [method@DataForm.list_items].
 *
 * ```python
 * form = Headstock.DataForm.new_from_element(query.get_child("x", Headstock.NS_DATA))
 * for field in form.get_fields():
 *     if field.get_required() and not field.get_value():
 *         field.set_value(input(f"{field.get_label()}: "))
 * query.append(form.create_submission())
 * ```
 *
 * A program can also make a form from nothing:
 *
 * ```python
 * form = Headstock.DataForm(kind=Headstock.DataFormKind.SUBMIT)
 * form.add_field("FORM_TYPE", Headstock.DataFieldType.HIDDEN, ["urn:xmpp:mam:2"])
 * form.add_field("with", Headstock.DataFieldType.JID_SINGLE, ["juliet@capulet.example"])
 * query.append(form.create_element())
 * ```
 *
 * A form that others are to fill in has a title and instructions, and fields with labels and options:
 *
 * ```python
 * form = Headstock.DataForm(title="The balcony", instructions="How the room is to be.")
 * form.append_field(Headstock.DataField(name="public", field_type=Headstock.DataFieldType.BOOLEAN,
 *                                       label="Show the room in lists", value="false"))
 * ```
 *
 * A result that is made from nothing gets columns by [method@DataForm.add_reported] and rows by
 * [method@DataForm.add_item].
 */

enum
{
  PROP_KIND = 1,
  PROP_FORM_TYPE,
  PROP_TITLE,
  PROP_INSTRUCTIONS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsDataForm, hs_data_form, G_TYPE_OBJECT)

static void
hs_data_form_finalize (GObject *object)
{
  HsDataForm *self = HS_DATA_FORM (object);

  g_free (self->title);
  g_string_free (self->instructions, TRUE);
  g_hash_table_unref (self->by_name);
  g_hash_table_unref (self->media);
  g_ptr_array_unref (self->fields);
  g_clear_pointer (&self->reported, g_ptr_array_unref);
  g_clear_pointer (&self->items, g_ptr_array_unref);

  G_OBJECT_CLASS (hs_data_form_parent_class)->finalize (object);
}

static void
hs_data_form_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsDataForm *self = HS_DATA_FORM (object);

  switch (prop_id)
    {
    case PROP_KIND:
      g_value_set_enum (value, hs_data_form_get_kind (self));
      break;
    case PROP_FORM_TYPE:
      g_value_set_string (value, hs_data_form_get_form_type (self));
      break;
    case PROP_TITLE:
      g_value_set_string (value, hs_data_form_get_title (self));
      break;
    case PROP_INSTRUCTIONS:
      g_value_set_string (value, hs_data_form_get_instructions (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_data_form_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsDataForm *self = HS_DATA_FORM (object);

  switch (prop_id)
    {
    case PROP_KIND:
      self->kind = g_value_get_enum (value);
      break;
    case PROP_TITLE:
      hs_data_form_set_title (self, g_value_get_string (value));
      break;
    case PROP_INSTRUCTIONS:
      hs_data_form_set_instructions (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_data_form_class_init (HsDataFormClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GParamFlags rw = ro | G_PARAM_WRITABLE;

  object_class->finalize = hs_data_form_finalize;
  object_class->get_property = hs_data_form_get_property;
  object_class->set_property = hs_data_form_set_property;

  /**
   * HsDataForm:kind: (getter get_kind)
   *
   * What the form is for. The default is %HS_DATA_FORM_KIND_FORM.
   */
  props[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, HS_TYPE_DATA_FORM_KIND,
                                        HS_DATA_FORM_KIND_FORM, rw | G_PARAM_CONSTRUCT_ONLY);

  /**
   * HsDataForm:form-type: (getter get_form_type)
   *
   * What the names of the fields mean, the value of the hidden field `FORM_TYPE`.
   */
  props[PROP_FORM_TYPE] = g_param_spec_string ("form-type", NULL, NULL, NULL, ro);

  /**
   * HsDataForm:title: (getter get_title) (setter set_title)
   *
   * The form's title, or %NULL for none. The default is %NULL.
   */
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, rw);

  /**
   * HsDataForm:instructions: (getter get_instructions) (setter set_instructions)
   *
   * What to show above the fields, or %NULL for nothing. The default is %NULL.
   */
  props[PROP_INSTRUCTIONS] = g_param_spec_string ("instructions", NULL, NULL, NULL, rw);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_data_form_init (HsDataForm *self)
{
  self->instructions = g_string_new (NULL);
  self->fields = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  self->media = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) g_bytes_unref);
}

/**
 * hs_data_form_new:
 * @kind: what the form is for
 *
 * Makes a form without fields. [method@DataForm.add_field] adds them, and [method@DataForm.create_element]
 * makes the element to send.
 *
 * Returns: (transfer full): the form
 *
 * Since: 0.2
 */
HsDataForm *
hs_data_form_new (HsDataFormKind kind)
{
  g_return_val_if_fail ((guint) kind <= HS_DATA_FORM_KIND_RESULT, NULL);

  return g_object_new (HS_TYPE_DATA_FORM, "kind", kind, NULL);
}

gboolean
hs_data_form_take_field (HsDataForm *self, HsDataField *field)
{
  const char *name = hs_data_field_get_name (field);

  if (name != NULL && g_hash_table_contains (self->by_name, name))
    {
      g_object_unref (field);
      return FALSE;
    }
  g_ptr_array_add (self->fields, field);
  if (name != NULL)
    g_hash_table_insert (self->by_name, (gpointer) name, field);
  return TRUE;
}

static gboolean
parse_kind (HsDataForm *self, HsElement *element, GError **error)
{
  const char *type = hs_element_get_attribute (element, "type");
  int kind;

  if (!hs_data_form_parse_nick (HS_TYPE_DATA_FORM_KIND, type, &kind))
    {
      g_autofree char *shown = hs_printable (type != NULL ? type : "", HS_PRINTABLE_NAME);

      g_set_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_INVALID_FORM,
                   "A form is of the type form, submit, cancel or result, not \"%s\"", shown);
      return FALSE;
    }
  self->kind = kind;
  return TRUE;
}

static gboolean
parse_field (HsDataForm *self, HsElement *element, GError **error)
{
  HsDataField *field
      = hs_data_field_new_from_element (element, self->kind != HS_DATA_FORM_KIND_FORM, error);
  g_autofree char *name = NULL;

  if (field == NULL)
    return FALSE;
  if (hs_data_form_take_field (self, field))
    return TRUE;
  name = hs_printable (hs_element_get_attribute (element, "var"), HS_PRINTABLE_NAME);
  g_set_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_INVALID_FORM,
               "The form has two fields named \"%s\"", name);
  return FALSE;
}

/* Data that came along (XEP-0231, 2.1): beside the form, or inside it. */
static void
collect_media (HsDataForm *self, HsElement *parent)
{
  HsElement *child = parent != NULL ? hs_element_get_first_child (parent) : NULL;

  for (; child != NULL; child = hs_element_get_next_sibling (child))
    {
      const char *id = hs_element_get_attribute (child, "cid");
      const char *text = hs_element_get_text (child);
      gsize length;
      guchar *data;

      if (id == NULL || text == NULL || !hs_element_matches (child, "data", NS_BOB)
          || !hs_feature_measure_base64 (text, &length))
        continue;
      data = g_base64_decode (text, &length);
      g_hash_table_insert (self->media, g_strdup (id), g_bytes_new_take (data, length));
    }
}

GPtrArray *
hs_data_form_copy_list (GPtrArray *list)
{
  GPtrArray *copy = g_ptr_array_new_full (list != NULL ? list->len : 0, g_object_unref);

  for (guint i = 0; list != NULL && i < list->len; i++)
    g_ptr_array_add (copy, g_object_ref (g_ptr_array_index (list, i)));
  return copy;
}

void
hs_data_form_ensure_reported (HsDataForm *self)
{
  if (self->reported == NULL)
    self->reported = g_ptr_array_new_with_free_func (g_object_unref);
}

HsDataForm *
hs_data_form_append_row (HsDataForm *self)
{
  HsDataForm *row = hs_data_form_new (HS_DATA_FORM_KIND_RESULT);

  if (self->items == NULL)
    self->items = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->items, row);
  return row;
}

/* XEP-0004, 3.4: the columns, each a field without values. */
static gboolean
parse_reported (HsDataForm *self, HsElement *element, GError **error)
{
  HsElement *child = hs_element_get_first_child (element);

  hs_data_form_ensure_reported (self);
  for (; child != NULL; child = hs_element_get_next_sibling (child))
    {
      HsDataField *column;

      if (!hs_element_matches (child, "field", HS_NS_DATA))
        continue;
      column = hs_data_field_new_from_element (child, TRUE, error);
      if (column == NULL)
        return FALSE;
      g_ptr_array_add (self->reported, column);
    }
  return TRUE;
}

/* A row is a form with the fields of one item, which the columns describe. */
static gboolean
parse_item (HsDataForm *self, HsElement *element, GError **error)
{
  HsDataForm *row = hs_data_form_append_row (self);
  HsElement *child = hs_element_get_first_child (element);

  for (; child != NULL; child = hs_element_get_next_sibling (child))
    {
      if (hs_element_matches (child, "field", HS_NS_DATA) && !parse_field (row, child, error))
        return FALSE;
    }
  return TRUE;
}

/* The columns may stand behind the rows. */
static void
describe_items (HsDataForm *self)
{
  g_autoptr (GHashTable) columns = NULL;

  if (self->reported == NULL || self->items == NULL)
    return;
  columns = hs_data_field_index_columns (self->reported);
  for (guint i = 0; i < self->items->len; i++)
    hs_data_field_take_columns (((HsDataForm *) g_ptr_array_index (self->items, i))->fields, columns);
}

static gboolean
parse_children (HsDataForm *self, HsElement *element, GError **error)
{
  HsElement *child = hs_element_get_first_child (element);

  for (; child != NULL; child = hs_element_get_next_sibling (child))
    {
      const char *text = hs_element_get_text (child);

      if (hs_element_matches (child, "field", HS_NS_DATA))
        {
          if (!parse_field (self, child, error))
            return FALSE;
        }
      else if (hs_element_matches (child, "reported", HS_NS_DATA))
        {
          if (!parse_reported (self, child, error))
            return FALSE;
        }
      else if (hs_element_matches (child, "item", HS_NS_DATA))
        {
          if (!parse_item (self, child, error))
            return FALSE;
        }
      else if (hs_element_matches (child, "title", HS_NS_DATA) && self->title == NULL)
        self->title = g_strdup (text);
      else if (hs_element_matches (child, "instructions", HS_NS_DATA) && text != NULL)
        {
          if (self->instructions->len > 0)
            g_string_append_c (self->instructions, '\n');
          g_string_append (self->instructions, text);
        }
    }
  describe_items (self);
  return TRUE;
}

/**
 * hs_data_form_new_from_element:
 * @element: an `<x xmlns='jabber:x:data'/>`, best still inside its stanza, where its media are
 * @error: return location for an error
 *
 * Reads a form. Nothing of @element is kept.
 *
 * Errors: %HS_DATA_FORM_ERROR_INVALID_FORM if @element is no form, its type is unknown, two fields
 * have the same name, or a required one has none.
 *
 * ```python
 * form = Headstock.DataForm.new_from_element(query.get_child("x", Headstock.NS_DATA))
 * print(form.title, form.instructions)
 * ```
 *
 * Returns: (transfer full): the form
 */
HsDataForm *
hs_data_form_new_from_element (HsElement *element, GError **error)
{
  g_autoptr (HsDataForm) self = NULL;

  g_return_val_if_fail (HS_IS_ELEMENT (element), NULL);

  if (!hs_element_matches (element, "x", HS_NS_DATA))
    {
      const char *namespace_ = hs_element_get_namespace (element);
      g_autofree char *name = hs_printable (hs_element_get_name (element), HS_PRINTABLE_NAME);
      g_autofree char *shown = hs_printable (namespace_ != NULL ? namespace_ : "", HS_PRINTABLE_NAME);

      g_set_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_INVALID_FORM,
                   "<%s> in the namespace '%s' is no form", name, shown);
      return NULL;
    }
  self = hs_data_form_new (HS_DATA_FORM_KIND_FORM);
  if (!parse_kind (self, element, error) || !parse_children (self, element, error))
    return NULL;
  collect_media (self, hs_element_get_parent (element));
  collect_media (self, element);
  return g_steal_pointer (&self);
}

/**
 * hs_data_form_get_kind: (get-property kind)
 * @self: a form
 *
 * What the form is for, its `type`.
 *
 * Returns: the kind
 */
HsDataFormKind
hs_data_form_get_kind (HsDataForm *self)
{
  g_return_val_if_fail (HS_IS_DATA_FORM (self), HS_DATA_FORM_KIND_FORM);

  return self->kind;
}

/**
 * hs_data_form_get_form_type: (get-property form-type)
 * @self: a form
 *
 * What the names of the fields mean: the value of the field `FORM_TYPE`. In a form and in a result the field
 * must be hidden, or it says nothing (XEP-0068, 3.1); a form that is submitted need not name types.
 *
 * Returns: (nullable): the value, or %NULL if there is none
 */
const char *
hs_data_form_get_form_type (HsDataForm *self)
{
  HsDataField *field;

  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);

  field = hs_data_form_get_field (self, "FORM_TYPE");
  if (field == NULL)
    return NULL;
  if (field->type != HS_DATA_FIELD_HIDDEN && (self->kind != HS_DATA_FORM_KIND_SUBMIT || !field->any))
    return NULL;
  return hs_data_field_get_value (field);
}

/**
 * hs_data_form_get_title: (get-property title)
 * @self: a form
 *
 * The form's title.
 *
 * Returns: (nullable): the title, or %NULL if there is none
 */
const char *
hs_data_form_get_title (HsDataForm *self)
{
  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);

  return self->title;
}

/**
 * hs_data_form_get_instructions: (get-property instructions)
 * @self: a form
 *
 * What to show above the fields, in lines.
 *
 * Returns: (nullable): the text, or %NULL if there is none
 */
const char *
hs_data_form_get_instructions (HsDataForm *self)
{
  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);

  return self->instructions->len > 0 ? self->instructions->str : NULL;
}

/**
 * hs_data_form_set_title: (set-property title)
 * @self: a form
 * @title: (nullable): the title, in UTF-8, or %NULL for none
 *
 * Sets the title that [method@DataForm.create_element] writes (XEP-0004, 3.1).
 *
 * Since: 0.2
 */
void
hs_data_form_set_title (HsDataForm *self, const char *title)
{
  g_return_if_fail (HS_IS_DATA_FORM (self));
  g_return_if_fail (title == NULL || hs_data_field_is_text (title));

  if (g_strcmp0 (self->title, title) == 0)
    return;
  g_free (self->title);
  self->title = g_strdup (title);
  g_object_notify (G_OBJECT (self), "title");
}

/**
 * hs_data_form_set_instructions: (set-property instructions)
 * @self: a form
 * @instructions: (nullable): the text, in UTF-8 and in lines, or %NULL for none
 *
 * Sets what is to be shown above the fields, which [method@DataForm.create_element] writes (XEP-0004, 3.1).
 *
 * Since: 0.2
 */
void
hs_data_form_set_instructions (HsDataForm *self, const char *instructions)
{
  g_return_if_fail (HS_IS_DATA_FORM (self));
  g_return_if_fail (instructions == NULL || hs_data_field_is_text (instructions));

  if (g_strcmp0 (self->instructions->str, instructions != NULL ? instructions : "") == 0)
    return;
  g_string_assign (self->instructions, instructions != NULL ? instructions : "");
  g_object_notify (G_OBJECT (self), "instructions");
}

/**
 * hs_data_form_get_fields:
 * @self: a form
 *
 * The fields, in the order in which they are to be shown.
 *
 * Returns: (transfer container) (element-type HsDataField): the fields
 */
GPtrArray *
hs_data_form_get_fields (HsDataForm *self)
{
  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);

  return hs_data_form_copy_list (self->fields);
}

/**
 * hs_data_form_get_field:
 * @self: a form
 * @name: a field's name
 *
 * Looks for a field.
 *
 * Returns: (transfer none) (nullable): the field, or %NULL if there is none of that name
 */
HsDataField *
hs_data_form_get_field (HsDataForm *self, const char *name)
{
  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return g_hash_table_lookup (self->by_name, name);
}

/**
 * hs_data_form_get_value:
 * @self: a form
 * @name: a field's name
 *
 * The value of a field; the first of several.
 *
 * ```python
 * print(form.get_value("muc#roomconfig_roomname"))
 * ```
 *
 * Returns: (nullable): the value, or %NULL if there is none, or no such field
 */
const char *
hs_data_form_get_value (HsDataForm *self, const char *name)
{
  HsDataField *field;

  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  field = hs_data_form_get_field (self, name);
  return field != NULL ? hs_data_field_get_value (field) : NULL;
}

/**
 * hs_data_form_get_media:
 * @self: a form
 * @uri: a `cid:` URI of [method@DataField.get_media_uris], or the content id alone
 *
 * The data that a URI stands for, where the server sent them with the form (XEP-0231).
 *
 * They are what the server made of them: a picture may be none, and may be broken on purpose.
 *
 * Returns: (transfer none) (nullable): the data, or %NULL if they did not come with the form, or not in base64
 */
GBytes *
hs_data_form_get_media (HsDataForm *self, const char *uri)
{
  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);
  g_return_val_if_fail (uri != NULL, NULL);

  return g_hash_table_lookup (self->media,
                              g_ascii_strncasecmp (uri, "cid:", 4) == 0 ? uri + 4 : uri);
}

/**
 * hs_data_form_set_value:
 * @self: a form
 * @name: a field's name
 * @value: (nullable): the value, or %NULL for none
 * @error: return location for an error
 *
 * Fills in a field.
 *
 * Errors: %HS_DATA_FORM_ERROR_UNKNOWN_FIELD, and those of [method@DataField.set_value].
 *
 * ```python
 * form.set_value("muc#roomconfig_roomname", "The balcony")
 * ```
 *
 * Returns: true if the field has the value
 */
gboolean
hs_data_form_set_value (HsDataForm *self, const char *name, const char *value, GError **error)
{
  HsDataField *field;

  g_return_val_if_fail (HS_IS_DATA_FORM (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  field = hs_data_form_get_field (self, name);
  if (field == NULL)
    {
      g_set_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_UNKNOWN_FIELD,
                   "The form has no field named \"%s\"", name);
      return FALSE;
    }
  return hs_data_field_set_value (field, value, error);
}

/* XEP-0158, 3.2: how many fields are to be answered. Without a number one challenge is to be met. */
static gboolean
validate_answers (HsDataForm *self, GError **error)
{
  const char *wanted = hs_data_form_get_value (self, "answers");
  guint64 needed = 0;
  guint answered = 0;
  gboolean challenges = FALSE;
  gboolean met = FALSE;

  for (guint i = 0; i < self->fields->len; i++)
    {
      HsDataField *field = g_ptr_array_index (self->fields, i);
      const char *value = hs_data_field_get_value (field);
      gboolean filled = value != NULL && *value != '\0';

      if (field->type == HS_DATA_FIELD_HIDDEN || field->type == HS_DATA_FIELD_FIXED)
        continue;
      answered += filled;
      challenges = challenges || field->has_media;
      met = met || (field->has_media && filled);
    }
  if (wanted != NULL && g_ascii_string_to_unsigned (wanted, 10, 0, G_MAXUINT, &needed, NULL) &&
      answered < needed)
    {
      g_set_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_REQUIRED,
                   "%" G_GUINT64_FORMAT " fields must be filled in, and %u are", needed, answered);
      return FALSE;
    }
  if (challenges && !met && needed == 0)
    {
      g_set_error_literal (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_REQUIRED,
                           "None of the form's challenges has been answered");
      return FALSE;
    }
  return TRUE;
}

/**
 * hs_data_form_validate:
 * @self: a form
 * @error: return location for an error
 *
 * Looks whether the form can be submitted as it is. Of a form with challenges (XEP-0158), as many
 * fields must be filled in as it says, or one challenge.
 *
 * Errors: %HS_DATA_FORM_ERROR_REQUIRED; the message names the first field that has no value.
 *
 * Returns: true if it can
 */
gboolean
hs_data_form_validate (HsDataForm *self, GError **error)
{
  g_return_val_if_fail (HS_IS_DATA_FORM (self), FALSE);

  for (guint i = 0; i < self->fields->len; i++)
    {
      if (!hs_data_field_validate (g_ptr_array_index (self->fields, i), error))
        return FALSE;
    }
  return g_hash_table_contains (self->by_name, "challenge") ? validate_answers (self, error) : TRUE;
}

/**
 * hs_data_form_create_submission:
 * @self: a form
 * @error: return location for an error
 *
 * Makes the element that answers the form, an `<x type='submit'/>` (XEP-0004, 3.1). Hidden fields are
 * returned as they came; those without a value are left out, unless their value was taken away.
 *
 * Errors are those of [method@DataForm.validate].
 *
 * ```python
 * form.set_value("muc#roomconfig_roomname", "The balcony")
 * iq = Headstock.Iq(Headstock.Element("query", Headstock.NS_MUC_OWNER, form.create_submission()), stanza_type="set",
 *                   to="balcony@rooms.example.org")
 * await client.request(iq)
 * ```
 *
 * Returns: (transfer full): the element
 */
HsElement *
hs_data_form_create_submission (HsDataForm *self, GError **error)
{
  HsElement *element;

  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);

  if (!hs_data_form_validate (self, error))
    return NULL;
  element = hs_element_new ("x", HS_NS_DATA);
  hs_element_set_attribute (element, "type", "submit");
  for (guint i = 0; i < self->fields->len; i++)
    hs_data_field_submit (g_ptr_array_index (self->fields, i), element);
  return element;
}

/**
 * hs_data_form_create_cancellation:
 * @self: a form
 *
 * Makes the element that refuses the form, an `<x type='cancel'/>` (XEP-0004, 3.1).
 *
 * Returns: (transfer full): the element
 */
HsElement *
hs_data_form_create_cancellation (HsDataForm *self)
{
  HsElement *element;

  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);

  element = hs_element_new ("x", HS_NS_DATA);
  hs_element_set_attribute (element, "type", "cancel");
  return element;
}
