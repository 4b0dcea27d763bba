/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <headstock-glib/headstock.h>

/* A registration that records its signals, and follows the instructions of the test. */

#define TEST_TYPE_REGISTRATION (test_registration_get_type ())
G_DECLARE_FINAL_TYPE (TestRegistration, test_registration, TEST, REGISTRATION, HsRegistration)

typedef enum
{
  TEST_DO_NOTHING,
  TEST_RETRY,       /* with `name` */
  TEST_RETRY_LATER, /* with `name`, from the main loop */
  TEST_SIGN_IN,
  TEST_CANCEL,
  TEST_STOP, /* the client */
} TestAnswer;

struct _TestRegistration
{
  HsRegistration parent_instance;

  HsClient *client;
  GString *record; /* success conflict constraint error(DOMAIN CODE) form(FIELDS) */
  TestAnswer answer;
  const char *name;
  guint n_answers; /* answers that are left; after that nothing is done */
  /* For forms; those handed over are kept in `form`. */
  gboolean later; /* from the main loop */
  gboolean hold;  /* not at all */
  gboolean (*fill) (TestRegistration *self, HsDataForm *form);
  gpointer fill_data;
  HsDataForm *form;
  HsElement *element; /* of the last failure */
  char *message;      /* of the last error */
};

/* For the client, in its property. */
TestRegistration *test_registration_new (HsClient *client);

/* For the server that the environment names; with a log at $HS_TEST_DIR/NAME. */
HsClient *test_server_client (const char *jid, const char *password);
/* name@domain, with a name that nobody has. */
char *test_fresh_jid (const char *prefix);
/* Asserts that no log has the text. */
void test_assert_not_logged (const char *text);
char *test_read_log (void);

/* Runs until ready; fails the test where that fails. */
void test_start (HsClient *client);
/* An orderly end. */
void test_stop (HsClient *client);
/* A whole run that is to fail. */
GError *test_run_to_error (HsClient *client);
/* For GAsyncReadyCallback: into a GAsyncResult *. */
void test_done_cb (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *test_wait_for (GAsyncResult **result);

#define assert_record(test, expected) g_assert_cmpstr ((test)->record->str, ==, expected)
