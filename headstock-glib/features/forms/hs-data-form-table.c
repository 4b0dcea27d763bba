/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-data-form-private.h"

/* The table of a result (XEP-0004, 3.4): its columns, and a row for each item. */

static gboolean
has_column (HsDataForm *self, const char *name)
{
  for (guint i = 0; self->reported != NULL && i < self->reported->len; i++)
    if (g_strcmp0 (hs_data_field_get_name (self->reported->pdata[i]), name) == 0)
      return TRUE;
  return FALSE;
}

/**
 * hs_data_form_list_reported:
 * @self: a form
 *
 * The columns of a result, `<reported/>` (XEP-0004, 3.4): fields without values, in their order.
 *
 * Returns: (transfer container) (element-type HsDataField): the columns; empty if the form has none
 *
 * Since: 0.2
 */
GPtrArray *
hs_data_form_list_reported (HsDataForm *self)
{
  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);

  return hs_data_form_copy_list (self->reported);
}

/**
 * hs_data_form_list_items:
 * @self: a form
 *
 * The rows of a result, one for each `<item/>` (XEP-0004, 3.4). The fields of a row have the types and labels
 * of the columns.
 *
 * ```python
 * for row in form.list_items():
 *     print(row.get_value("first"), row.get_value("jid"))
 * ```
 *
 * Returns: (transfer container) (element-type HsDataForm): the rows; empty if the form has none
 *
 * Since: 0.2
 */
GPtrArray *
hs_data_form_list_items (HsDataForm *self)
{
  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);

  return hs_data_form_copy_list (self->items);
}

/**
 * hs_data_form_add_reported:
 * @self: a result that was made by [ctor@DataForm.new]
 * @name: the column's name, which no other column of the form has
 * @type: the type of what is in the column
 * @label: (nullable): what to show above the column, in UTF-8; %NULL for nothing
 *
 * Adds a column to a result that a program makes (XEP-0004, 3.4). A result with rows needs a column for each
 * name that a field of a row has.
 *
 * Only a form of the kind %HS_DATA_FORM_KIND_RESULT has columns.
 *
 * ```python
 * form = Headstock.DataForm.new(Headstock.DataFormKind.RESULT)
 * form.add_reported("name", Headstock.DataFieldType.TEXT_SINGLE, "Name")
 * form.add_reported("jid", Headstock.DataFieldType.JID_SINGLE, "Address")
 * row = form.add_item()
 * row.add_field("name", Headstock.DataFieldType.TEXT_SINGLE, ["Juliet"])
 * row.add_field("jid", Headstock.DataFieldType.JID_SINGLE, ["juliet@capulet.example"])
 * query.append(form.create_element())
 * ```
 *
 * Returns: (transfer none): the column, a field without values
 *
 * Since: 0.2
 */
HsDataField *
hs_data_form_add_reported (HsDataForm *self, const char *name, HsDataFieldType type, const char *label)
{
  HsDataField *column;

  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);
  g_return_val_if_fail (self->kind == HS_DATA_FORM_KIND_RESULT, NULL);
  g_return_val_if_fail (name != NULL && hs_data_field_is_text (name), NULL);
  g_return_val_if_fail ((guint) type <= HS_DATA_FIELD_HIDDEN, NULL);
  g_return_val_if_fail (label == NULL || hs_data_field_is_text (label), NULL);
  g_return_val_if_fail (!has_column (self, name), NULL);

  hs_data_form_ensure_reported (self);
  column = hs_data_field_new (name, type);
  hs_data_field_set_label (column, label);
  g_ptr_array_add (self->reported, column);
  return column;
}

/**
 * hs_data_form_add_item:
 * @self: a result that was made by [ctor@DataForm.new]
 *
 * Adds a row to a result that a program makes (XEP-0004, 3.4). [method@DataForm.add_field] of the row adds what is
 * in its columns; [method@DataForm.add_reported] adds the columns.
 *
 * Only a form of the kind %HS_DATA_FORM_KIND_RESULT has rows.
 *
 * Returns: (transfer none): the row, which has no fields yet; it belongs to the form
 *
 * Since: 0.2
 */
HsDataForm *
hs_data_form_add_item (HsDataForm *self)
{
  g_return_val_if_fail (HS_IS_DATA_FORM (self), NULL);
  g_return_val_if_fail (self->kind == HS_DATA_FORM_KIND_RESULT, NULL);

  return hs_data_form_append_row (self);
}
