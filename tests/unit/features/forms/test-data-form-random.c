/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <headstock-glib/headstock.h>
#include <string.h>

#include "form-test.h"

/* Forms of any size and shape. */

/* Ten times as much takes about ten times as long. */
static double
time_fields (guint n)
{
  g_autoptr (GString) xml = g_string_new ("<x xmlns='jabber:x:data' type='form'>");
  g_autoptr (HsDataForm) form = NULL;
  g_autoptr (HsElement) submission = NULL;
  g_autoptr (HsElement) element = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (xml, "<field var='f%u'><value>v</value></field>", i);
  g_string_append (xml, "<field type='list-multi' var='l'>");
  for (guint i = 0; i < n; i++)
    g_string_append_printf (xml, "<option><value>%u</value></option><value>%u</value>", i, i);
  g_string_append (xml, "</field></x>");
  element = hs_element_new_from_string (xml->str, &error);
  g_assert_no_error (error);
  start = g_get_monotonic_time ();
  form = hs_data_form_new_from_element (element, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("f%u", i);

      hs_data_form_set_value (form, name, "w", &error);
    }
  hs_data_field_set_values (hs_data_form_get_field (form, "l"),
                            hs_data_field_get_values (hs_data_form_get_field (form, "l")), &error);
  submission = hs_data_form_create_submission (form, &error);
  g_assert_no_error (error);
  return (g_get_monotonic_time () - start) / (double) G_USEC_PER_SEC;
}

static void
test_linear (void)
{
  double few = time_fields (2000);
  double many = time_fields (20000);

  g_test_message ("2,000 fields %.4f s, 20,000 fields %.4f s", few, many);
  g_assert_cmpfloat (many, <, 0.1 + few * 40);
}

/* Nothing here recurses over what the wire nests. */
static void
test_deep (void)
{
  g_autoptr (GString) xml = g_string_new ("<x xmlns='jabber:x:data' type='form'><field var='a'>");
  g_autoptr (HsDataForm) form = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append (xml, "<option><media xmlns='urn:xmpp:media-element'>");
  for (guint i = 0; i < 100; i++)
    g_string_append (xml, "</media></option>");
  g_string_append (xml, "</field></x>");
  {
    g_autoptr (HsElement) element = hs_element_new_from_string (xml->str, NULL);

    if (element != NULL)
      form = hs_data_form_new_from_element (element, NULL);
  }
}

/* ---- Random change ---- */

static void
exercise (HsElement *element)
{
  g_autoptr (HsDataForm) form = hs_data_form_new_from_element (element, NULL);
  g_autoptr (GPtrArray) fields = NULL;
  g_autoptr (HsElement) submission = NULL;

  if (form == NULL)
    return;
  fields = hs_data_form_get_fields (form);
  for (guint i = 0; i < fields->len; i++)
    {
      HsDataField *field = g_ptr_array_index (fields, i);
      const char *const *uris = hs_data_field_get_media_uris (field);
      g_autofree char *text G_GNUC_UNUSED = hs_data_field_get_text (field);

      hs_data_field_get_boolean (field);
      g_assert_cmpuint (g_strv_length ((char **) hs_data_field_get_option_values (field)), ==,
                        g_strv_length ((char **) hs_data_field_get_option_labels (field)));
      g_assert_cmpuint (g_strv_length ((char **) uris), ==,
                        g_strv_length ((char **) hs_data_field_get_media_types (field)));
      if (uris[0] != NULL)
        hs_data_form_get_media (form, uris[0]);
      if (!hs_data_field_set_value (field, "user@example.org", NULL) &&
          !hs_data_field_set_value (field, "1", NULL))
        hs_data_field_set_value (field, hs_data_field_get_option_values (field)[0], NULL);
    }
  submission = hs_data_form_create_submission (form, NULL);
  if (submission != NULL)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (HsDataForm) again = hs_data_form_new_from_element (submission, &error);

      g_assert_no_error (error);
      g_assert_cmpint (hs_data_form_get_kind (again), ==, HS_DATA_FORM_KIND_SUBMIT);
    }
}

/* Pieces of forms, changed where they are not names. */
static void
test_mutations (void)
{
  static const char *const words[] = {
    "<field", " var='a'", " type='boolean'", " type='hidden'", " type='list-multi'", " type='jid-multi'",
    "<value>", "</value>", "<required/>", "<option>", "</option>", "</field>", "/>", ">", "<desc>x</desc>",
    "<media xmlns='urn:xmpp:media-element'>", "</media>", "<uri>cid:a</uri>", "&lt;", "\xc3\xa4",
    "<data xmlns='urn:xmpp:bob' cid='a'>QQ==</data>", " label='l'", "\n", "<x xmlns='jabber:x:data'>", "</x>",
  };
  guint n_forms = 0;

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) xml = g_string_new (BOT);
      guint n = g_test_rand_int_range (1, 4);
      g_autoptr (HsElement) element = NULL;

      for (guint j = 0; j < n; j++)
        {
          gsize at = g_test_rand_int_range (0, xml->len);
          gsize length = g_test_rand_int_range (0, 40);

          if (g_test_rand_bit ())
            g_string_erase (xml, at, MIN (xml->len - at, length));
          if (g_test_rand_bit ())
            g_string_insert (xml, at, words[g_test_rand_int_range (0, G_N_ELEMENTS (words))]);
        }
      element = hs_element_new_from_string (xml->str, NULL);
      if (element == NULL)
        continue;
      n_forms++;
      exercise (element);
    }
  g_test_message ("%u of 20,000 were well-formed", n_forms);
  g_assert_cmpuint (n_forms, >, 500);
}

/* Trees of any shape, so that all of them are well-formed. */
static void
test_random_trees (void)
{
  static const char *const names[] = { "x", "field", "value", "option", "required", "desc", "title",
                                       "instructions", "media", "uri", "data", "validate", "open" };
  static const char *const namespaces[] = { HS_NS_DATA, HS_NS_DATA, HS_NS_DATA,
                                            "urn:xmpp:media-element", "urn:xmpp:bob",
                                            "http://jabber.org/protocol/xdata-validate" };
  static const char *const values[] = { "", "a", "b", "form", "submit", "result", "cancel", "boolean",
                                        "hidden", "fixed", "list-single", "list-multi", "jid-multi",
                                        "text-multi", "cid:a", "1", "FORM_TYPE", "challenge" };
  static const char *const attributes[] = { "var", "type", "label", "cid", "width" };

  for (guint i = 0; i < 5000; i++)
    {
      g_autoptr (HsElement) root = hs_element_new ("x", HS_NS_DATA);
      HsElement *element = root;
      guint n = g_test_rand_int_range (1, 60);

      hs_element_set_attribute (root, "type", values[g_test_rand_int_range (3, 7)]);
      for (guint j = 0; j < n; j++)
        {
          HsElement *parent = hs_element_get_parent (element);

          if (parent != NULL && g_test_rand_int_range (0, 3) > 0)
            element = parent;
          element = hs_element_add_child (
              element, names[g_test_rand_int_range (0, G_N_ELEMENTS (names))],
              namespaces[g_test_rand_int_range (0, G_N_ELEMENTS (namespaces))]);
          for (guint k = g_test_rand_int_range (0, 3); k > 0; k--)
            hs_element_set_attribute (
                element, attributes[g_test_rand_int_range (0, G_N_ELEMENTS (attributes))],
                values[g_test_rand_int_range (0, G_N_ELEMENTS (values))]);
          if (g_test_rand_bit ())
            hs_element_set_text (element, values[g_test_rand_int_range (0, G_N_ELEMENTS (values))]);
        }
      exercise (root);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data-form/linear", test_linear);
  g_test_add_func ("/data-form/deep", test_deep);
  g_test_add_func ("/data-form/mutations", test_mutations);
  g_test_add_func ("/data-form/random-trees", test_random_trees);
  return g_test_run ();
}
