/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <headstock-glib/headstock.h>
#include <string.h>

/* libFuzzer target: what a server calls a form (XEP-0004) is read, filled, validated and submitted. */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
fill (HsDataForm *form)
{
  g_autoptr (GPtrArray) fields = hs_data_form_get_fields (form);

  for (guint i = 0; i < fields->len; i++)
    {
      HsDataField *field = g_ptr_array_index (fields, i);

      hs_data_field_get_value (field);
      hs_data_field_set_value (field, "juliet", NULL);
      hs_data_field_validate (field, NULL);
    }
}

static void
look_at_table (HsDataForm *form)
{
  g_autoptr (GPtrArray) columns = hs_data_form_list_reported (form);
  g_autoptr (GPtrArray) rows = hs_data_form_list_items (form);
  g_autoptr (HsElement) written G_GNUC_UNUSED = hs_data_form_create_element (form);

  for (guint i = 0; i < rows->len; i++)
    for (guint j = 0; j < columns->len; j++)
      hs_data_form_get_value (rows->pdata[i], hs_data_field_get_name (columns->pdata[j]));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (HsElement) element = hs_element_new_from_string (text, NULL);
  g_autoptr (HsDataForm) form = NULL;
  g_autoptr (HsElement) submission = NULL;
  g_autoptr (HsElement) cancellation = NULL;

  if (element == NULL)
    return 0;
  form = hs_data_form_new_from_element (element, NULL);
  if (form == NULL)
    return 0;
  fill (form);
  look_at_table (form);
  submission = hs_data_form_create_submission (form, NULL);
  cancellation = hs_data_form_create_cancellation (form);
  return 0;
}
