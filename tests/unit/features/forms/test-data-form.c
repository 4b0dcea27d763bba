/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <headstock-glib/headstock.h>

#include "form-test.h"
#include <string.h>
#include <time.h>


static HsDataForm *
parse (const char *xml, GError **error)
{
  g_autoptr (GError) xml_error = NULL;
  g_autoptr (HsElement) element = hs_element_new_from_string (xml, &xml_error);

  g_assert_no_error (xml_error);
  return hs_data_form_new_from_element (element, error);
}

static HsDataForm *
parse_good (const char *xml)
{
  g_autoptr (GError) error = NULL;
  HsDataForm *form = parse (xml, &error);

  g_assert_no_error (error);
  g_assert_nonnull (form);
  return form;
}

static void
assert_submission (HsDataForm *form, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsElement) element = hs_data_form_create_submission (form, &error);
  g_autoptr (HsElement) wanted = NULL;
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  wanted = hs_element_new_from_string (expected, &error);
  g_assert_no_error (error);
  text = hs_element_to_string (element);
  if (!hs_element_equal (element, wanted))
    g_error ("%s instead of %s", text, expected);
}

static HsDataField *
get_field (HsDataForm *form, const char *name)
{
  HsDataField *field = hs_data_form_get_field (form, name);

  g_assert_nonnull (field);
  g_assert_cmpstr (hs_data_field_get_name (field), ==, name);
  return field;
}

static void
test_read (void)
{
  g_autoptr (HsDataForm) form = parse_good (BOT);
  g_autoptr (GPtrArray) fields = hs_data_form_get_fields (form);
  HsDataField *field;
  g_autofree char *text = NULL;
  g_auto (GStrv) values = NULL;

  g_assert_cmpint (hs_data_form_get_kind (form), ==, HS_DATA_FORM_KIND_FORM);
  g_assert_cmpstr (hs_data_form_get_form_type (form), ==, "jabber:bot");
  g_assert_cmpstr (hs_data_form_get_title (form), ==, "Bot Configuration");
  g_assert_cmpstr (hs_data_form_get_instructions (form), ==, "Fill out this form\nand send it!");
  g_assert_cmpuint (fields->len, ==, 12);
  field = g_ptr_array_index (fields, 1);
  g_assert_cmpint (hs_data_field_get_field_type (field), ==, HS_DATA_FIELD_FIXED);
  g_assert_null (hs_data_field_get_name (field));
  text = hs_data_field_get_text (field);
  g_assert_cmpstr (text, ==, "Section 1\nBot Info");
  field = get_field (form, "description");
  g_assert_cmpstr (hs_data_field_get_description (field), ==, "Helpful");
  g_assert_cmpstr (hs_data_field_get_label (field), ==, "Description");
  g_assert_false (hs_data_field_get_required (field));
  g_assert_true (hs_data_field_get_required (get_field (form, "public")));
  field = get_field (form, "features");
  g_assert_cmpstr (hs_data_field_get_option_values (field)[1], ==, "news");
  g_assert_cmpstr (hs_data_field_get_option_labels (field)[0], ==, "Contests");
  g_assert_cmpstr (hs_data_field_get_option_labels (field)[1], ==, "news");
  g_assert_null (hs_data_field_get_option_values (field)[2]);
  g_object_get (field, "values", &values, NULL);
  g_assert_cmpstr (values[1], ==, "search");
  g_assert_cmpstr (hs_data_form_get_value (form, "maxsubs"), ==, "20");
  g_assert_cmpint (hs_data_field_get_field_type (get_field (form, "odd")), ==,
                   HS_DATA_FIELD_TEXT_SINGLE);
  g_assert_cmpint (hs_data_field_get_field_type (get_field (form, "plain")), ==,
                   HS_DATA_FIELD_TEXT_SINGLE);
  g_assert_null (hs_data_form_get_field (form, "none"));
  g_assert_null (hs_data_form_get_value (form, "none"));
  g_assert_null (hs_data_form_get_value (form, "plain"));
  g_assert_false (hs_data_field_has_media (field));
  g_assert_null (hs_data_field_get_media_uris (field)[0]);
}

static void
test_submit (void)
{
  g_autoptr (HsDataForm) form = parse_good (BOT);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsElement) cancellation = hs_data_form_create_cancellation (form);
  const char *jids[] = { "juliet@capulet.com", "Juliet@Capulet.com", "benvolio@montague.net", NULL };
  g_autofree char *text = hs_element_to_string (cancellation);

  g_assert_cmpstr (text, ==, "<x xmlns=\"jabber:x:data\" type=\"cancel\"/>");
  g_assert_null (hs_data_form_create_submission (form, &error));
  g_assert_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_REQUIRED);
  g_assert_nonnull (strstr (error->message, "\"public\""));
  g_clear_error (&error);

  g_assert_true (hs_data_field_set_boolean (get_field (form, "public"), FALSE, &error));
  g_assert_true (hs_data_form_set_value (form, "description", "One\r\ntwo\rthree\n", &error));
  g_assert_true (hs_data_form_set_value (form, "password", "v3r0na", &error));
  g_assert_true (hs_data_form_set_value (form, "maxsubs", "10", &error));
  g_assert_true (hs_data_field_set_values (get_field (form, "invitelist"), jids, &error));
  g_assert_true (hs_data_form_set_value (form, "owner", NULL, &error));
  g_assert_no_error (error);
  assert_submission (form,
      X ("submit", "<field var='FORM_TYPE' type='hidden'><value>jabber:bot</value></field>"
         "<field var='description' type='text-multi'><value>One</value><value>two</value>"
         "<value>three</value><value/></field>"
         "<field var='public' type='boolean'><value>false</value></field>"
         "<field var='password' type='text-private'><value>v3r0na</value></field>"
         "<field var='features' type='list-multi'><value>news</value><value>search</value></field>"
         "<field var='maxsubs' type='list-single'><value>10</value></field>"
         "<field var='invitelist' type='jid-multi'><value>juliet@capulet.com</value>"
         "<value>benvolio@montague.net</value></field>"
         "<field var='owner' type='jid-single'><value/></field>"));
}

static const struct
{
  const char *name;
  const char *values[3];
  int code; /* -1: taken */
} settings[] = {
  { "botname", { "a b" }, -1 },
  { "botname", { "" }, -1 },
  { "botname", { NULL }, -1 },
  { "botname", { "two\nlines" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "botname", { "bell\a" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "botname", { "\xff" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "botname", { "\xef\xbf\xbf" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "botname", { "one", "two" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "password", { "one", "two" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "description", { "one", "two" }, -1 },
  { "description", { "one\ntwo" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "public", { "0" }, -1 },
  { "public", { "1" }, -1 },
  { "public", { "true" }, -1 },
  { "public", { "false" }, -1 },
  { "public", { "TRUE" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "public", { "" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "public", { "1", "0" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "maxsubs", { "10" }, -1 },
  { "maxsubs", { "30" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "maxsubs", { "10", "20" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "features", { "contests", "news" }, -1 },
  { "features", { "contests", "search" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "owner", { "a@b/c" }, -1 },
  { "owner", { "b" }, -1 },
  { "owner", { "@" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "owner", { "a@b", "c@d" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "invitelist", { "a@b", "c@d" }, -1 },
  { "invitelist", { "a@b", "" }, HS_DATA_FORM_ERROR_INVALID_VALUE },
  { "FORM_TYPE", { "other" }, -1 },
  { "heading", { "text" }, HS_DATA_FORM_ERROR_READ_ONLY },
};

static void
test_values (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_autoptr (HsDataForm) form = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *before = NULL;
      g_autofree char *after = NULL;
      HsDataField *field;
      gboolean taken;

      form = parse_good (X ("form", "<field type='fixed' var='heading'><value>h</value></field>"
          "<field type='hidden' var='FORM_TYPE'/><field var='botname'/>"
          "<field type='text-private' var='password'/><field type='text-multi' var='description'/>"
          "<field type='boolean' var='public'/><field type='jid-single' var='owner'/>"
          "<field type='jid-multi' var='invitelist'/><field type='list-single' var='maxsubs'>"
          "<option><value>10</value></option><option><value>20</value></option></field>"
          "<field type='list-multi' var='features'><option><value>contests</value></option>"
          "<option><value>news</value></option></field>"));
      field = get_field (form, settings[i].name);
      before = hs_data_field_get_text (field);
      taken = hs_data_field_set_values (field, (const char *const *) settings[i].values, &error);
      after = hs_data_field_get_text (field);
      g_assert_true (taken == (settings[i].code < 0));
      if (taken)
        {
          g_autofree char *wanted = g_strjoinv ("\n", (char **) settings[i].values);

          g_assert_no_error (error);
          g_assert_cmpstr (after, ==, wanted);
          continue;
        }
      g_assert_error (error, HS_DATA_FORM_ERROR, settings[i].code);
      g_assert_nonnull (strstr (error->message, settings[i].name));
      g_assert_cmpstr (after, ==, before);
    }
}

static void
test_unknown_field (void)
{
  g_autoptr (HsDataForm) form = parse_good (BOT);
  g_autoptr (GError) error = NULL;

  g_assert_false (hs_data_form_set_value (form, "nobody", "x", &error));
  g_assert_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_UNKNOWN_FIELD);
  g_assert_nonnull (strstr (error->message, "nobody"));
}

/* A password is in no message. */
static void
test_secret (void)
{
  g_autoptr (HsDataForm) form = parse_good (BOT);
  g_autoptr (GError) error = NULL;

  g_assert_false (hs_data_form_set_value (form, "password", "s3cret\a", &error));
  g_assert_null (strstr (error->message, "s3cret"));
  g_clear_error (&error);
  g_assert_false (hs_data_form_set_value (form, "password", "s3cret\n", &error));
  g_assert_null (strstr (error->message, "s3cret"));
}

static void
test_booleans (void)
{
  static const struct
  {
    const char *value;
    gboolean is;
  } values[] = { { "<value>1</value>", TRUE }, { "<value>true</value>", TRUE },
                 { "<value>\n true </value>", TRUE }, { "<value>0</value>", FALSE }, { "<value>false</value>", FALSE }, { "", FALSE },
                 { "<value/>", FALSE }, { "<value>yes</value>", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autofree char *xml = g_strdup_printf (
          X ("form", "<field type='boolean' var='b'>%s</field>"), values[i].value);
      g_autoptr (HsDataForm) form = parse_good (xml);

      g_assert_true (hs_data_field_get_boolean (get_field (form, "b")) == values[i].is);
    }
}

/* A server's own value is returned, whatever it is. */
static void
test_defaults (void)
{
  g_autoptr (HsDataForm) form = parse_good (X ("form",
      "<field type='list-single' var='l'><required/><value>other</value>"
      "<option><value>one</value></option></field>"
      "<field type='boolean' var='b'><value>maybe</value></field>"
      "<field type='text-single' var='t'><value>first</value><value>second</value></field>"
      "<field type='hidden' var='h'><value>1</value><value>2</value></field>"));

  assert_submission (form, X ("submit",
      "<field var='l' type='list-single'><value>other</value></field>"
      "<field var='b' type='boolean'><value>maybe</value></field>"
      "<field var='t' type='text-single'><value>first</value></field>"
      "<field var='h' type='hidden'><value>1</value><value>2</value></field>"));
}

static void
test_open_list (void)
{
  g_autoptr (HsDataForm) form = parse_good (X ("form",
      "<field type='list-single' var='l'><validate "
      "xmlns='http://jabber.org/protocol/xdata-validate'><open/></validate>"
      "<option><value/></option></field>"
      "<field type='list-single' var='e'><required/><value/><option label='None'><value/></option>"
      "</field><field type='text-single' var='n'><required/><value/></field>"));
  g_autoptr (GError) error = NULL;

  g_assert_true (hs_data_form_set_value (form, "l", "mine", &error));
  g_assert_no_error (error);
  g_assert_true (hs_data_field_validate (get_field (form, "e"), &error));
  g_assert_no_error (error);
  g_assert_false (hs_data_field_validate (get_field (form, "n"), &error));
  g_assert_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_REQUIRED);
}

/* A result needs not say what its fields are. */
static void
test_result (void)
{
  g_autoptr (HsDataForm) form = parse_good (X ("result",
      "<reported><field var='r'/></reported><item><field var='r'><value>1</value></field></item>"
      "<field var='many'><value>1</value><value>2</value></field>"));
  g_autofree char *text = hs_data_field_get_text (get_field (form, "many"));

  g_assert_cmpint (hs_data_form_get_kind (form), ==, HS_DATA_FORM_KIND_RESULT);
  g_assert_cmpstr (text, ==, "1\n2");
  g_assert_null (hs_data_form_get_field (form, "r"));
}

/* XEP-0004, example 8, and columns behind a row. */
static void
test_items (void)
{
  g_autoptr (HsDataForm) form = parse_good (
      X ("result", "<title>Search</title>"
                   "<item><field var='first'><value>Benvolio</value></field>"
                   "<field var='jid'><value>benvolio@montague.net</value></field>"
                   "<field var='own' type='boolean' label='Mine'><value>1</value></field></item>"
                   "<reported><field var='first' label='Given Name'/>"
                   "<field var='jid' label='Jabber ID' type='jid-single'/>"
                   "<field var='own' label='Own'/></reported>"
                   "<item><field var='first'><value>Romeo</value><value>R.</value></field>"
                   "<field var='more'><value>x</value></field></item>"));
  g_autoptr (GPtrArray) reported = hs_data_form_list_reported (form);
  g_autoptr (GPtrArray) items = hs_data_form_list_items (form);
  g_autoptr (GPtrArray) none = NULL;
  HsDataForm *row;

  g_assert_cmpuint (reported->len, ==, 3);
  g_assert_cmpstr (hs_data_field_get_label (reported->pdata[1]), ==, "Jabber ID");
  g_assert_cmpuint (items->len, ==, 2);
  row = items->pdata[0];
  g_assert_cmpint (hs_data_form_get_kind (row), ==, HS_DATA_FORM_KIND_RESULT);
  g_assert_cmpstr (hs_data_form_get_value (row, "jid"), ==, "benvolio@montague.net");
  g_assert_cmpint (hs_data_field_get_field_type (hs_data_form_get_field (row, "jid")), ==,
                   HS_DATA_FIELD_JID_SINGLE);
  g_assert_cmpstr (hs_data_field_get_label (hs_data_form_get_field (row, "first")), ==,
                   "Given Name");
  g_assert_cmpstr (hs_data_field_get_label (hs_data_form_get_field (row, "own")), ==, "Mine");
  g_assert_cmpint (hs_data_field_get_field_type (hs_data_form_get_field (row, "own")), ==,
                   HS_DATA_FIELD_BOOLEAN);
  g_assert_cmpstr (hs_data_form_get_value (items->pdata[1], "first"), ==, "Romeo");
  g_assert_cmpstr (hs_data_form_get_value (items->pdata[1], "more"), ==, "x");
  none = hs_data_form_list_items (row);
  g_assert_cmpuint (none->len, ==, 0);
}

/* A result that is passed on keeps its columns and rows. */
static void
test_items_again (void)
{
  g_autoptr (HsDataForm) form = parse_good (
      X ("result", "<field var='n' type='hidden'><value>2</value></field>"
                   "<reported><field var='jid' label='Jabber ID' type='jid-single'/></reported>"
                   "<item><field var='jid'><value>romeo@montague.net</value></field></item>"
                   "<item><field var='jid'><value>benvolio@montague.net</value></field></item>"));
  g_autoptr (HsElement) element = hs_data_form_create_element (form);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsDataForm) again = hs_data_form_new_from_element (element, &error);
  g_autoptr (GPtrArray) reported = NULL;
  g_autoptr (GPtrArray) items = NULL;

  g_assert_no_error (error);
  reported = hs_data_form_list_reported (again);
  items = hs_data_form_list_items (again);
  g_assert_cmpstr (hs_data_form_get_value (again, "n"), ==, "2");
  g_assert_cmpuint (reported->len, ==, 1);
  g_assert_cmpstr (hs_data_field_get_label (reported->pdata[0]), ==, "Jabber ID");
  g_assert_cmpuint (items->len, ==, 2);
  g_assert_cmpstr (hs_data_form_get_value (items->pdata[0], "jid"), ==, "romeo@montague.net");
  g_assert_cmpstr (hs_data_form_get_value (items->pdata[1], "jid"), ==, "benvolio@montague.net");
  g_assert_cmpint (hs_data_field_get_field_type (hs_data_form_get_field (items->pdata[1], "jid")), ==,
                   HS_DATA_FIELD_JID_SINGLE);
}

/* Under a microsecond a byte, however many rows and columns there are. */
static void
test_large_table (void)
{
  g_autoptr (GString) xml = g_string_new ("<x xmlns='jabber:x:data' type='result'><reported>");
  g_autoptr (HsElement) element = NULL;
  g_autoptr (GError) error = NULL;
  double seconds = G_MAXDOUBLE;

  for (guint i = 0; i < 6000; i++)
    g_string_append_printf (xml, "<field var='c%u'/>", i);
  g_string_append (xml, "</reported>");
  for (guint i = 0; i < 12000; i++)
    g_string_append (xml, "<item/>");
  g_string_append (xml, "</x>");
  element = hs_element_new_from_string (xml->str, &error);
  g_assert_no_error (error);
  for (guint run = 0; run < 3; run++)
    {
      g_autoptr (HsDataForm) form = NULL;
      struct timespec start;
      struct timespec end;

      clock_gettime (CLOCK_THREAD_CPUTIME_ID, &start);
      form = hs_data_form_new_from_element (element, &error);
      clock_gettime (CLOCK_THREAD_CPUTIME_ID, &end);
      g_assert_no_error (error);
      seconds = MIN (seconds, end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) / 1e9);
    }
  g_test_message ("%g s for %" G_GSIZE_FORMAT " bytes", seconds, xml->len);
  g_assert_cmpfloat (seconds, <, xml->len * (g_getenv ("HS_TEST_VALGRIND") != NULL ? 25e-6 : 1e-6));
}

/* XEP-0068, 3.1. */
static void
test_form_type (void)
{
  static const struct
  {
    const char *xml;
    const char *form_type;
  } examples[] = {
    { X ("form", "<field type='hidden' var='FORM_TYPE'><value>a</value></field>"), "a" },
    { X ("form", "<field type='hidden' var='FORM_TYPE'><value>\n  a\n</value></field>"), "a" },
    { X ("form", "<field type='text-single' var='FORM_TYPE'><value>a</value></field>"), NULL },
    { X ("form", "<field var='FORM_TYPE'><value>a</value></field>"), NULL },
    { X ("result", "<field type='hidden' var='FORM_TYPE'><value>a</value></field>"), "a" },
    { X ("result", "<field var='FORM_TYPE'><value>a</value></field>"), NULL },
    { X ("result", "<field type='Hidden' var='FORM_TYPE'><value>a</value></field>"), NULL },
    { X ("submit", "<field var='FORM_TYPE'><value>a</value></field>"), "a" },
    { X ("submit", "<field type='hidden' var='FORM_TYPE'><value>a</value></field>"), "a" },
    { X ("submit", "<field type='text-single' var='FORM_TYPE'><value>a</value></field>"), NULL },
    { X ("submit", ""), NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (HsDataForm) form = parse_good (examples[i].xml);

      g_assert_cmpstr (hs_data_form_get_form_type (form), ==, examples[i].form_type);
    }
}

static void
test_made (void)
{
  static const char *const types[] = { "urn:example", NULL };
  static const char *const people[] = { "a@b", "c@d", NULL };
  g_autoptr (HsDataForm) form = hs_data_form_new (HS_DATA_FORM_KIND_SUBMIT);
  g_autoptr (HsElement) element = NULL;
  g_autoptr (HsDataForm) again = NULL;
  g_autoptr (GError) error = NULL;
  HsDataField *field;

  field = hs_data_form_add_field (form, "FORM_TYPE", HS_DATA_FIELD_HIDDEN, types);
  g_assert_true (hs_data_form_get_field (form, "FORM_TYPE") == field);
  hs_data_form_add_field (form, "people", HS_DATA_FIELD_JID_MULTI, people);
  hs_data_form_add_field (form, "empty", HS_DATA_FIELD_TEXT_SINGLE, NULL);
  hs_data_form_add_field (form, NULL, HS_DATA_FIELD_FIXED, types);
  element = hs_data_form_create_element (form);
  again = hs_data_form_new_from_element (element, &error);
  g_assert_no_error (error);
  g_assert_cmpint (hs_data_form_get_kind (again), ==, HS_DATA_FORM_KIND_SUBMIT);
  g_assert_cmpstr (hs_data_form_get_form_type (again), ==, "urn:example");
  g_assert_cmpstrv (hs_data_field_get_values (hs_data_form_get_field (again, "people")), people);
  g_assert_null (hs_data_form_get_value (again, "empty"));

  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*get_field*");
  g_assert_null (hs_data_form_add_field (form, "people", HS_DATA_FIELD_HIDDEN, NULL));
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*FIXED*");
  g_assert_null (hs_data_form_add_field (form, NULL, HS_DATA_FIELD_HIDDEN, NULL));
  g_test_assert_expected_messages ();
}

/* A form that others fill in. */
static void
test_made_to_fill_in (void)
{
  static const char *const values[] = { "b", NULL };
  g_autoptr (HsDataForm) form = hs_data_form_new (HS_DATA_FORM_KIND_FORM);
  g_autoptr (HsDataField) field = hs_data_field_new ("list", HS_DATA_FIELD_LIST_SINGLE);
  g_autoptr (HsDataField) same = hs_data_field_new ("list", HS_DATA_FIELD_TEXT_SINGLE);
  g_autoptr (HsDataField) given = g_object_new (HS_TYPE_DATA_FIELD, "name", "given", "values", values, NULL);
  g_autoptr (HsElement) element = NULL;
  g_autoptr (HsDataForm) again = NULL;
  g_autoptr (GError) error = NULL;
  HsDataField *read;

  hs_data_form_set_title (form, "Title");
  hs_data_form_set_instructions (form, "One\nTwo");
  hs_data_field_set_label (field, "Label");
  hs_data_field_set_description (field, "Description");
  hs_data_field_set_required (field, TRUE);
  hs_data_field_add_option (field, "a", "First");
  hs_data_field_add_option (field, "b", NULL);
  g_assert_true (hs_data_field_set_value (field, "b", &error));
  g_assert_false (hs_data_field_set_value (field, "c", NULL));
  g_assert_true (hs_data_form_append_field (form, field));
  g_assert_false (hs_data_form_append_field (form, same));
  g_assert_true (hs_data_form_append_field (form, given));
  element = hs_data_form_create_element (form);
  again = hs_data_form_new_from_element (element, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hs_data_form_get_title (again), ==, "Title");
  g_assert_cmpstr (hs_data_form_get_instructions (again), ==, "One\nTwo");
  g_assert_cmpstrv (hs_data_field_get_values (hs_data_form_get_field (again, "given")), values);
  read = hs_data_form_get_field (again, "list");
  g_assert_cmpstr (hs_data_field_get_label (read), ==, "Label");
  g_assert_cmpstr (hs_data_field_get_description (read), ==, "Description");
  g_assert_true (hs_data_field_get_required (read));
  g_assert_cmpstr (hs_data_field_get_value (read), ==, "b");
  g_assert_cmpstr (hs_data_field_get_option_labels (read)[0], ==, "First");
  g_assert_cmpstr (hs_data_field_get_option_labels (read)[1], ==, "b");

  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*g_strv_contains*");
  hs_data_field_add_option (field, "a", NULL);
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*LIST_SINGLE*");
  hs_data_field_add_option (same, "a", NULL);
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*is_text*");
  hs_data_form_set_title (form, "\001");
  g_test_assert_expected_messages ();
}

/* Columns and rows that a program makes are read again as they were. */
static void
test_made_table (void)
{
  static const char *const names[] = { "Juliet", "<Romeo>" };
  g_autoptr (HsDataForm) form = hs_data_form_new (HS_DATA_FORM_KIND_RESULT);
  g_autoptr (HsDataForm) submission = hs_data_form_new (HS_DATA_FORM_KIND_SUBMIT);
  g_autoptr (HsElement) element = NULL;
  g_autoptr (HsDataForm) again = NULL;
  g_autoptr (GPtrArray) columns = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GError) error = NULL;
  HsDataField *column = hs_data_form_add_reported (form, "name", HS_DATA_FIELD_TEXT_SINGLE, "Name");

  g_assert_cmpstr (hs_data_field_get_label (column), ==, "Name");
  g_assert_nonnull (hs_data_form_add_reported (form, "jid", HS_DATA_FIELD_JID_SINGLE, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *const values[] = { names[i], NULL };

      hs_data_form_add_field (hs_data_form_add_item (form), "name", HS_DATA_FIELD_TEXT_SINGLE, values);
    }
  element = hs_data_form_create_element (form);
  again = hs_data_form_new_from_element (element, &error);
  g_assert_no_error (error);
  columns = hs_data_form_list_reported (again);
  rows = hs_data_form_list_items (again);
  g_assert_cmpuint (columns->len, ==, 2);
  g_assert_cmpstr (hs_data_field_get_label (columns->pdata[0]), ==, "Name");
  g_assert_cmpint (hs_data_field_get_field_type (columns->pdata[1]), ==, HS_DATA_FIELD_JID_SINGLE);
  g_assert_null (hs_data_field_get_label (columns->pdata[1]));
  g_assert_cmpuint (rows->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < rows->len; i++)
    g_assert_cmpstr (hs_data_form_get_value (rows->pdata[i], "name"), ==, names[i]);

  /* One column of a name, and only in a result. */
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*has_column*");
  g_assert_null (hs_data_form_add_reported (form, "name", HS_DATA_FIELD_HIDDEN, NULL));
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*RESULT*");
  g_assert_null (hs_data_form_add_reported (submission, "name", HS_DATA_FIELD_HIDDEN, NULL));
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*RESULT*");
  g_assert_null (hs_data_form_add_item (submission));
  g_test_assert_expected_messages ();
}

static void
test_challenges (void)
{
  static const char media[] = "<media xmlns='urn:xmpp:media-element'/>";
  g_autofree char *one = g_strdup_printf (
      X ("form", "<field type='hidden' var='challenge'><value>1</value></field>"
         "<field var='ocr'>%s</field><field var='audio'>%s</field><field var='name'/>"), media, media);
  g_autofree char *two = g_strdup_printf (
      X ("form", "<field type='hidden' var='challenge'/><field type='hidden' var='answers'>"
         "<value>2</value></field><field var='ocr'>%s</field><field var='qa'/><field var='b'/>"),
      media);
  g_autoptr (HsDataForm) form = parse_good (one);
  g_autoptr (HsDataForm) counted = parse_good (two);
  g_autoptr (GError) error = NULL;

  hs_data_form_set_value (form, "name", "x", NULL);
  g_assert_false (hs_data_form_validate (form, &error));
  g_assert_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_REQUIRED);
  g_clear_error (&error);
  hs_data_form_set_value (form, "audio", "x", NULL);
  g_assert_true (hs_data_form_validate (form, &error));
  hs_data_form_set_value (counted, "qa", "x", NULL);
  g_assert_false (hs_data_form_validate (counted, &error));
  g_assert_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_REQUIRED);
  g_clear_error (&error);
  hs_data_form_set_value (counted, "b", "x", NULL);
  g_assert_true (hs_data_form_validate (counted, &error));
}

static void
test_media (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsElement) query = hs_element_new_from_string (
      "<query xmlns='jabber:iq:register'><data xmlns='urn:xmpp:bob' cid='a@b'>AAEC\n</data>"
      "<data xmlns='urn:xmpp:bob'>AAEC</data><data xmlns='urn:xmpp:bob' cid='empty'/>"
      "<data cid='foreign'>AAEC</data><data xmlns='urn:xmpp:bob' cid='bad'>AA%EC</data>"
      X ("form", "<data xmlns='urn:xmpp:bob' cid='inside'>AAEC</data><field var='f'>"
         "<media xmlns='urn:xmpp:media-element' width='70000' height='-1'><uri>  </uri><uri/>"
         "<uri type='a/b'>cid:a@b</uri><url>x</url><uri>http://x/</uri></media>"
         "<media xmlns='urn:xmpp:media-element'><uri>second</uri></media></field>"
         "<field var='g'><media><uri>x</uri></media></field>") "</query>", &error);
  g_autoptr (HsDataForm) form = NULL;
  HsDataField *field;

  g_assert_no_error (error);
  form = hs_data_form_new_from_element (hs_element_get_child (query, "x", HS_NS_DATA), &error);
  g_assert_no_error (error);
  g_clear_object (&query);
  g_assert_cmpuint (g_bytes_get_size (hs_data_form_get_media (form, "cid:a@b")), ==, 3);
  g_assert_cmpuint (g_bytes_get_size (hs_data_form_get_media (form, "CID:inside")), ==, 3);
  g_assert_null (hs_data_form_get_media (form, "bad"));
  g_assert_null (hs_data_form_get_media (form, "foreign"));
  g_assert_null (hs_data_form_get_media (form, "empty"));
  field = get_field (form, "f");
  g_assert_cmpstr (hs_data_field_get_media_uris (field)[0], ==, "cid:a@b");
  g_assert_cmpstr (hs_data_field_get_media_uris (field)[1], ==, "http://x/");
  g_assert_cmpstr (hs_data_field_get_media_types (field)[1], ==, "");
  g_assert_null (hs_data_field_get_media_uris (field)[2]);
  g_assert_cmpuint (hs_data_field_get_media_width (field), ==, 0);
  g_assert_cmpuint (hs_data_field_get_media_height (field), ==, 0);
  g_assert_false (hs_data_field_has_media (get_field (form, "g")));
}

static void
test_malformed (void)
{
  static const char *const broken[] = {
    "<x/>",
    "<x xmlns='jabber:x:data'/>",
    "<x xmlns='jabber:x:data' type=''/>",
    "<x xmlns='jabber:x:data' type='Form'/>",
    "<x xmlns='jabber:x:data' type='error'/>",
    "<form xmlns='jabber:x:data' type='form'/>",
    "<x xmlns='jabber:x:oob' type='form'/>",
    "<x xmlns='jabber:x:data' xmlns:q='q' q:type='form'/>",
    X ("form", "<field var='a'/><field var='a'/>"),
    X ("form", "<field label='Nameless'><required/></field>"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (broken[i], &error));
      g_assert_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_INVALID_FORM);
      g_assert_null (parse (broken[i], NULL));
    }
}

/* What is odd, and can be lived with. */
static void
test_tolerated (void)
{
  g_autoptr (HsDataForm) form = parse_good (X ("form",
      "text<field>text<value>no name</value></field><field type='' var='e'/><unknown/>"
      "<field xmlns='other' var='foreign'/><title/><title>second</title><instructions/>"
      "<field var=''/><field type='list-single' var='l'><option><option/></option></field>"
      "<field var='n'><value><b>x</b>y</value><required>yes</required></field>"));
  HsDataField *field;
  g_autoptr (GPtrArray) fields = hs_data_form_get_fields (form);

  g_assert_cmpuint (fields->len, ==, 5);
  g_assert_cmpint (hs_data_field_get_field_type (g_ptr_array_index (fields, 0)), ==,
                   HS_DATA_FIELD_FIXED);
  g_assert_null (hs_data_form_get_field (form, "foreign"));
  g_assert_null (hs_data_form_get_instructions (form));
  g_assert_null (hs_data_field_get_option_values (get_field (form, "l"))[0]);
  field = get_field (form, "n");
  g_assert_cmpstr (hs_data_field_get_value (field), ==, "y");
  g_assert_true (hs_data_field_get_required (field));
}

static void
test_finalize (void)
{
  HsDataForm *form = parse_good (BOT);
  HsDataField *field = g_object_ref (get_field (form, "botname"));

  g_assert_finalize_object (form);
  g_assert_cmpstr (hs_data_field_get_name (field), ==, "botname");
  g_assert_finalize_object (field);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data-form/read", test_read);
  g_test_add_func ("/data-form/submit", test_submit);
  g_test_add_func ("/data-form/values", test_values);
  g_test_add_func ("/data-form/unknown-field", test_unknown_field);
  g_test_add_func ("/data-form/secret", test_secret);
  g_test_add_func ("/data-form/booleans", test_booleans);
  g_test_add_func ("/data-form/defaults", test_defaults);
  g_test_add_func ("/data-form/open-list", test_open_list);
  g_test_add_func ("/data-form/result", test_result);
  g_test_add_func ("/data-form/items", test_items);
  g_test_add_func ("/data-form/items-again", test_items_again);
  g_test_add_func ("/data-form/large-table", test_large_table);
  g_test_add_func ("/data-form/form-type", test_form_type);
  g_test_add_func ("/data-form/made", test_made);
  g_test_add_func ("/data-form/made-to-fill-in", test_made_to_fill_in);
  g_test_add_func ("/data-form/made-table", test_made_table);
  g_test_add_func ("/data-form/challenges", test_challenges);
  g_test_add_func ("/data-form/media", test_media);
  g_test_add_func ("/data-form/malformed", test_malformed);
  g_test_add_func ("/data-form/tolerated", test_tolerated);
  g_test_add_func ("/data-form/finalize", test_finalize);
  return g_test_run ();
}
