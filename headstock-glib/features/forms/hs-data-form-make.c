/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-data-form-private.h"

#include "hs-enum-types.h"
#include "hs-namespaces.h"

/* A form that a program makes. */

/**
 * hs_data_form_add_field:
 * @self: a form that was made by [ctor@DataForm.new]
 * @name: (nullable): the field's name, which no other field of the form has; %NULL for a fixed field only
 * @type: the field's type
 * @values: (nullable) (array zero-terminated=1): the values, in UTF-8; %NULL for none
 *
 * Adds a field to a form that a program makes (XEP-0004, 3.2). Whether the values suit the type is not
 * looked at.
 *
 * ```python
 * form = Headstock.DataForm(kind=Headstock.DataFormKind.SUBMIT)
 * form.add_field("FORM_TYPE", Headstock.DataFieldType.HIDDEN, ["urn:xmpp:mam:2"])
 * form.add_field("with", Headstock.DataFieldType.JID_SINGLE, ["juliet@capulet.example"])
 * ```
 *
 * Returns: (transfer none): the field
 *
 * Since: 0.2
 */
HsDataField *
hs_data_form_add_field (HsDataForm *self,
                        const char *name,
                        HsDataFieldType type,
                        const char *const *values)
{
  HsDataField *field;

  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);
  g_return_val_if_fail (name != NULL || type == HS_DATA_FIELD_FIXED, NULL);
  g_return_val_if_fail ((guint) type <= HS_DATA_FIELD_HIDDEN, NULL);
  g_return_val_if_fail (name == NULL || hs_data_form_get_field (self, name) == NULL, NULL);
  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    g_return_val_if_fail (hs_data_field_is_text (values[i]), NULL);

  field = hs_data_field_new (name, type);
  if (values != NULL)
    hs_data_field_take_values (field, g_strdupv ((char **) values));
  hs_data_form_take_field (self, field);
  return field;
}

/**
 * hs_data_form_append_field:
 * @self: a form that was made by [ctor@DataForm.new]
 * @field: a field that was made by [ctor@DataField.new]; the form takes a reference to it
 *
 * Adds a field with all that it has: its label, options and values (XEP-0004, 3.2). [method@DataForm.add_field] makes
 * a field and adds it in one call.
 *
 * ```python
 * form = Headstock.DataForm(title="The balcony")
 * field = Headstock.DataField(name="whois", field_type=Headstock.DataFieldType.LIST_SINGLE, label="Who sees addresses?")
 * field.add_option("moderators", "Moderators only")
 * field.add_option("anyone", "Anyone")
 * form.append_field(field)
 * ```
 *
 * Returns: true if the form has the field now; false if another field of the form has its name
 *
 * Since: 0.2
 */
gboolean
hs_data_form_append_field (HsDataForm *self, HsDataField *field)
{
  g_return_val_if_fail (HS_IS_DATA_FORM (self), FALSE);
  g_return_val_if_fail (HS_IS_DATA_FIELD (field), FALSE);
  g_return_val_if_fail (hs_data_field_get_name (field) != NULL ||
                            hs_data_field_get_field_type (field) == HS_DATA_FIELD_FIXED,
                        FALSE);

  return hs_data_form_take_field (self, g_object_ref (field));
}

/**
 * hs_data_form_create_element:
 * @self: a form
 *
 * Makes the `<x xmlns='jabber:x:data'/>` of a form (XEP-0004, 3.1): of a form that a program makes, whatever
 * it is for. [method@DataForm.create_submission] makes the answer to a form that was received. A result that
 * was received is made again with its columns and rows.
 *
 * ```python
 * form = Headstock.DataForm(title="A forecast")
 * form.append_field(Headstock.DataField(name="place", label="Where?", required=True))
 * message = Headstock.Message(form.create_element(), to="juliet@capulet.example")
 * client.send_stanza(message)
 * ```
 *
 * Returns: (transfer full): the element
 *
 * Since: 0.2
 */
HsElement *
hs_data_form_create_element (HsDataForm *self)
{
  g_autoptr (GEnumClass) names = g_type_class_ref (HS_TYPE_DATA_FORM_KIND);
  HsElement *element;

  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);

  element = hs_element_new ("x", HS_NS_DATA);
  hs_element_set_attribute (element, "type", g_enum_get_value (names, self->kind)->value_nick);
  if (self->title != NULL)
    hs_element_add_text_child (element, "title", HS_NS_DATA, self->title);
  if (self->instructions->len > 0)
    hs_element_add_text_child (element, "instructions", HS_NS_DATA, self->instructions->str);
  hs_data_field_write_all (self->fields, element);
  if (self->reported != NULL)
    hs_data_field_write_all (self->reported, hs_element_add_child (element, "reported", HS_NS_DATA));
  for (guint i = 0; self->items != NULL && i < self->items->len; i++)
    hs_data_field_write_all (((HsDataForm *) g_ptr_array_index (self->items, i))->fields,
                             hs_element_add_child (element, "item", HS_NS_DATA));
  return element;
}
