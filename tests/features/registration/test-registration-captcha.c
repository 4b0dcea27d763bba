/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "registration-test.h"

#include <string.h>

/* A data form with a captcha, on an ejabberd that demands it. */

static char *
read_solution (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("HS_TEST_DIR"), "captcha", NULL);
  g_autoptr (GError) error = NULL;
  char *solution;

  g_file_get_contents (path, &solution, NULL, &error);
  g_assert_no_error (error);
  return solution;
}

/* The picture comes with the form. */
static void
check_picture (HsDataForm *form)
{
  HsDataField *field = hs_data_form_get_field (form, "ocr");
  const char *const *uris;
  GBytes *picture = NULL;

  g_assert_nonnull (field);
  g_assert_true (hs_data_field_has_media (field));
  uris = hs_data_field_get_media_uris (field);
  for (guint i = 0; uris[i] != NULL && picture == NULL; i++)
    picture = hs_data_form_get_media (form, uris[i]);
  g_assert_nonnull (picture);
  g_assert_cmpuint (g_bytes_get_size (picture), >, 8);
  g_assert_true (memcmp (g_bytes_get_data (picture, NULL), "\x89PNG\r\n", 6) == 0);
}

static gboolean
solve (TestRegistration *self, HsDataForm *form)
{
  g_autofree char *solution = read_solution ();

  check_picture (form);
  return hs_data_form_set_value (form, "ocr", solution, NULL);
}

static gboolean
guess (TestRegistration *self, HsDataForm *form)
{
  return hs_data_form_set_value (form, "ocr", "wrong", NULL);
}

static void
test_solved (gconstpointer later)
{
  g_autofree char *jid = test_fresh_jid ("human");
  HsClient *client = test_server_client (jid, "s3cret");
  TestRegistration *registration = test_registration_new (client);

  registration->fill = solve;
  registration->later = GPOINTER_TO_INT (later);
  test_start (client);
  g_assert_true (g_str_has_suffix (registration->record->str, " success"));
  test_stop (client);
  g_assert_finalize_object (client);
  g_assert_finalize_object (registration);
  test_assert_not_logged ("s3cret");
}

static gboolean
guess_and_learn (TestRegistration *self, HsDataForm *form)
{
  self->fill = solve;
  return guess (self, form);
}

/* The second try has a new challenge. */
static void
test_wrong (gconstpointer retry)
{
  g_autofree char *jid = test_fresh_jid ("robot");
  HsClient *client = test_server_client (jid, "s3cret");
  TestRegistration *registration = test_registration_new (client);
  g_autoptr (GError) error = NULL;

  registration->fill = retry != NULL ? guess_and_learn : guess;
  if (retry != NULL)
    {
      registration->answer = TEST_RETRY;
      test_start (client);
      g_assert_true (g_str_has_suffix (registration->record->str, " success"));
      test_stop (client);
    }
  else
    {
      error = test_run_to_error (client);
      g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_NOT_ALLOWED);
    }
  g_assert_nonnull (strstr (registration->record->str, "error(hs-stanza-error-quark"));
  g_assert_finalize_object (client);
  g_assert_finalize_object (registration);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/captcha/solved", NULL, test_solved);
  g_test_add_data_func ("/captcha/solved-later", GINT_TO_POINTER (TRUE), test_solved);
  g_test_add_data_func ("/captcha/wrong", NULL, test_wrong);
  g_test_add_data_func ("/captcha/wrong-retry", GINT_TO_POINTER (TRUE), test_wrong);
  return g_test_run ();
}
