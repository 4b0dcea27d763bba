/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "registration-test.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (TestRegistration, test_registration, HS_TYPE_REGISTRATION)

static void G_GNUC_PRINTF (2, 3)
record (TestRegistration *self, const char *format, ...)
{
  va_list args;

  if (self->record->len > 0)
    g_string_append_c (self->record, ' ');
  va_start (args, format);
  g_string_append_vprintf (self->record, format, args);
  va_end (args);
}

static gboolean
retry_cb (gpointer data)
{
  TestRegistration *self = data;

  hs_registration_retry (HS_REGISTRATION (self), self->name);
  return G_SOURCE_REMOVE;
}

static void
answer (TestRegistration *self, HsElement *element)
{
  HsRegistration *registration = HS_REGISTRATION (self);

  g_set_object (&self->element, element);
  if (self->n_answers == 0)
    return;
  self->n_answers--;
  switch (self->answer)
    {
    case TEST_RETRY:
      hs_registration_retry (registration, self->name);
      break;
    case TEST_RETRY_LATER:
      hs_registration_defer (registration);
      g_idle_add (retry_cb, self);
      break;
    case TEST_SIGN_IN:
      hs_registration_sign_in (registration);
      break;
    case TEST_CANCEL:
      hs_registration_cancel (registration);
      break;
    case TEST_STOP:
      hs_client_stop (self->client);
      break;
    case TEST_DO_NOTHING:
    default:
      break;
    }
}

static void
test_registration_success (HsRegistration *registration, HsElement *element)
{
  g_assert_true (HS_IS_IQ (element));
  g_assert_true (hs_registration_get_registered (registration));
  record (TEST_REGISTRATION (registration), "success");
}

static void
test_registration_conflict (HsRegistration *registration, HsElement *element)
{
  g_assert_true (HS_IS_IQ (element));
  record (TEST_REGISTRATION (registration), "conflict");
  answer (TEST_REGISTRATION (registration), element);
}

static void
test_registration_constraint (HsRegistration *registration, HsElement *element)
{
  record (TEST_REGISTRATION (registration), "constraint");
  answer (TEST_REGISTRATION (registration), element);
}

static void
test_registration_error (HsRegistration *registration, const GError *error, HsElement *element)
{
  TestRegistration *self = TEST_REGISTRATION (registration);

  record (self, "error(%s %d)", g_quark_to_string (error->domain), error->code);
  g_free (self->message);
  self->message = g_strdup (error->message);
  answer (self, element);
}

static gboolean
fill_cb (gpointer data)
{
  TestRegistration *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsDataForm) form = g_steal_pointer (&self->form);

  if (self->fill == NULL || !self->fill (self, form))
    hs_registration_cancel (HS_REGISTRATION (self));
  else
    hs_registration_submit (HS_REGISTRATION (self), form, &error);
  g_assert_no_error (error);
  return G_SOURCE_REMOVE;
}

static gboolean
test_registration_fill_form (HsRegistration *registration, HsDataForm *form)
{
  TestRegistration *self = TEST_REGISTRATION (registration);
  g_autoptr (GPtrArray) fields = hs_data_form_get_fields (form);
  g_autoptr (GString) open = g_string_new (NULL);

  for (guint i = 0; i < fields->len; i++)
    {
      HsDataField *field = g_ptr_array_index (fields, i);

      if (hs_data_field_get_field_type (field) != HS_DATA_FIELD_HIDDEN &&
          hs_data_field_get_field_type (field) != HS_DATA_FIELD_FIXED &&
          hs_data_field_get_value (field) == NULL)
        g_string_append_printf (open, "%s%s", open->len > 0 ? "," : "",
                                hs_data_field_get_name (field));
    }
  record (self, "form(%s)", open->str);
  g_set_object (&self->form, form);
  if (self->hold)
    return TRUE;
  if (self->later)
    g_idle_add (fill_cb, self);
  else if (self->fill != NULL)
    self->fill (self, form);
  return self->later;
}

static void
test_registration_finalize (GObject *object)
{
  TestRegistration *self = TEST_REGISTRATION (object);

  g_string_free (self->record, TRUE);
  g_clear_object (&self->form);
  g_clear_object (&self->element);
  g_free (self->message);

  G_OBJECT_CLASS (test_registration_parent_class)->finalize (object);
}

static void
test_registration_class_init (TestRegistrationClass *klass)
{
  HsRegistrationClass *registration_class = HS_REGISTRATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_registration_finalize;
  registration_class->handle_register_success = test_registration_success;
  registration_class->handle_register_conflict = test_registration_conflict;
  registration_class->handle_resource_constraint = test_registration_constraint;
  registration_class->handle_register_error = test_registration_error;
  registration_class->fill_form = test_registration_fill_form;
}

static void
test_registration_init (TestRegistration *self)
{
  self->record = g_string_new (NULL);
  self->n_answers = 1;
}

TestRegistration *
test_registration_new (HsClient *client)
{
  TestRegistration *self = g_object_new (TEST_TYPE_REGISTRATION, NULL);

  self->client = client;
  hs_client_set_registration (client, HS_MODULE (self));
  return self;
}

static char *
get_log_path (void)
{
  return g_build_filename (g_getenv ("HS_TEST_DIR"), "client.log", NULL);
}

HsClient *
test_server_client (const char *jid, const char *password)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (g_getenv ("HS_TEST_CA"), &error);
  g_autofree char *log = get_log_path ();
  HsClient *client = hs_client_new (jid, password);

  g_assert_no_error (error);
  g_object_set (client, "host", g_getenv ("HS_TEST_HOST"), "port",
                (guint) g_ascii_strtoull (g_getenv ("HS_TEST_PORT"), NULL, 10), "tls-database",
                database, "auto-reconnect", FALSE, NULL);
  hs_client_set_log (client, log, FALSE, &error);
  g_assert_no_error (error);
  return client;
}

char *
test_fresh_jid (const char *prefix)
{
  return g_strdup_printf ("%s%08x@%s", prefix, g_random_int (), g_getenv ("HS_TEST_DOMAIN"));
}

char *
test_read_log (void)
{
  g_autofree char *path = get_log_path ();
  g_autoptr (GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

void
test_assert_not_logged (const char *text)
{
  g_autofree char *log = test_read_log ();

  g_assert_null (strstr (log, text));
}

void
test_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

GAsyncResult *
test_wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

void
test_start (HsClient *client)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  hs_client_connect_async (client, NULL, test_done_cb, &result);
  hs_client_connect_finish (client, test_wait_for (&result), &error);
  g_assert_no_error (error);
}

void
test_stop (HsClient *client)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  hs_client_close_async (client, NULL, test_done_cb, &result);
  hs_client_close_finish (client, test_wait_for (&result), &error);
  g_assert_no_error (error);
}

GError *
test_run_to_error (HsClient *client)
{
  GError *error = NULL;

  g_assert_false (hs_client_run (client, &error));
  g_assert_nonnull (error);
  return error;
}
