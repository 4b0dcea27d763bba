/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"

/* A running client and threads that are not its own: what they call is refused, and nothing breaks. */

typedef struct
{
  HsClient *client;
  HsClient *idle; /* another one, which does not run */
  GAsyncResult *result;
  HsRegistration *registration; /* the client's */
  GMainContext *context;
  gboolean done;
  guint n;
} Other;

static void
join (GThread *thread, Other *other)
{
  test_until (g_atomic_int_get (&other->done));
  g_thread_join (thread);
}

static void
run_in_thread (GThreadFunc function, Other *other)
{
  g_atomic_int_set (&other->done, FALSE);
  join (g_thread_new ("other", function, other), other);
}

/* ---- With an error ---- */

static void
finished_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

#define AWAIT(call) \
  G_STMT_START \
  { \
    call; \
    while (result == NULL) \
      g_main_context_iteration (context, TRUE); \
  } \
  G_STMT_END
#define CHECK_ERROR() \
  G_STMT_START \
  { \
    g_assert_error (error, HS_ERROR, HS_ERROR_WRONG_THREAD); \
    g_assert_nonnull (strstr (error->message, "g_main_context_invoke()")); \
    g_assert_nonnull (strstr (error->message, "GLib.idle_add()")); \
    g_clear_error (&error); \
    g_clear_object (&result); \
  } \
  G_STMT_END

static gpointer
errors_thread (gpointer data)
{
  Other *other = data;
  HsClient *client = other->client;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", "foreign"));
  g_autoptr (HsElement) iq = HS_ELEMENT (hs_iq_new ("get", NULL, NULL));
  g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_new_boolean (TRUE));
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  /* The thread-default context is the one that the main thread iterates. */
  g_assert_false (hs_client_run (other->idle, &error));
  CHECK_ERROR ();
  hs_client_connect_async (other->idle, NULL, finished_cb, &other->result);
  g_main_context_push_thread_default (context);
  g_assert_false (hs_client_check_thread (client, &error));
  CHECK_ERROR ();
  g_assert_false (hs_client_send_stanza (client, message, &error));
  CHECK_ERROR ();
  g_assert_false (hs_client_send_raw_stanza (client, "<message id='foreign'/>", &error));
  CHECK_ERROR ();
  g_assert_false (hs_client_run (client, &error));
  CHECK_ERROR ();
  g_assert_false (hs_client_set_log (client, NULL, FALSE, &error));
  CHECK_ERROR ();
  g_assert_false (hs_client_set_session_state (client, state, &error));
  CHECK_ERROR ();
  AWAIT (hs_client_send_async (client, message, NULL, finished_cb, &result));
  g_assert_false (hs_client_send_finish (client, result, &error));
  CHECK_ERROR ();
  AWAIT (hs_client_request_async (client, iq, -1, NULL, finished_cb, &result));
  g_assert_null (hs_client_request_finish (client, result, &error));
  CHECK_ERROR ();
  AWAIT (hs_client_connect_async (client, NULL, finished_cb, &result));
  g_assert_false (hs_client_connect_finish (client, result, &error));
  CHECK_ERROR ();
  AWAIT (hs_client_close_async (client, NULL, finished_cb, &result));
  g_assert_false (hs_client_close_finish (client, result, &error));
  CHECK_ERROR ();
  g_main_context_pop_thread_default (context);
  g_atomic_int_set (&other->done, TRUE);
  return NULL;
}

static void
test_errors (void)
{
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (script_session, HS_TLS_MODE_NONE);
  g_autoptr (HsClient) idle = hs_client_new ("user@example.org", "secret");
  g_autoptr (GError) error = NULL;
  Other other = { .client = test->client, .idle = idle };

  test_client_start_until_ready (test);
  g_assert_true (g_main_context_acquire (NULL));
  run_in_thread (errors_thread, &other);
  test_until (other.result != NULL);
  g_main_context_release (NULL);
  g_assert_false (hs_client_connect_finish (idle, other.result, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_WRONG_THREAD);
  g_clear_object (&other.result);
  g_assert_cmpint (hs_client_get_state (idle), ==, HS_CLIENT_STATE_DISCONNECTED);
  g_assert_cmpint (hs_client_get_state (test->client), ==, HS_CLIENT_STATE_READY);
  test_client_say (test, "<message/>");
  test_client_stop (test);
  g_assert_cmpuint (scripted_server_count_received (test->server, "foreign"), ==, 0);
}

/* ---- Without an error ---- */

static guint n_criticals;

static GLogWriterOutput
count_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    {
      if (strcmp (fields[i].key, "MESSAGE") == 0 && (level & G_LOG_LEVEL_CRITICAL) != 0)
        {
          g_assert_nonnull (strstr (fields[i].value, "g_main_context_invoke()"));
          g_atomic_int_inc (&n_criticals);
        }
    }
  return G_LOG_WRITER_HANDLED;
}

static HsElement *
never_cb (HsClient *client, HsElement *element, gpointer data)
{
  g_assert_not_reached ();
}

#define CRITICAL(call) \
  G_STMT_START \
  { \
    guint before = g_atomic_int_get (&n_criticals); \
    call; \
    g_assert_cmpuint (g_atomic_int_get (&n_criticals), ==, before + 1); \
  } \
  G_STMT_END

static gpointer
criticals_thread (gpointer data)
{
  Other *other = data;
  HsClient *client = other->client;
  g_autoptr (HsModule) module = HS_MODULE (hs_registration_new ());
  g_autoptr (HsElement) iq = HS_ELEMENT (hs_iq_new ("get", NULL, NULL));
  g_autoptr (HsJid) jid = hs_jid_new ("other@example.org", NULL);
  HsClientState state;

  CRITICAL (hs_client_start (other->idle));
  CRITICAL (hs_client_stop (client));
  CRITICAL (hs_client_start (client));
  CRITICAL (hs_client_reconnect_now (client));
  CRITICAL (g_assert_cmpuint (hs_client_add_handler (client, NULL, NULL, 0, never_cb, NULL, NULL), ==, 0));
  CRITICAL (g_assert_cmpuint (hs_client_register_on_iq (client, NULL, NULL, 0, never_cb, NULL, NULL), ==, 0));
  CRITICAL (g_assert_false (hs_client_remove_handler (client, 1)));
  CRITICAL (hs_client_register (client, module));
  CRITICAL (hs_client_unregister (client, module));
  CRITICAL (hs_client_continue_negotiation (client, NULL));
  CRITICAL (hs_client_proceed (client));
  CRITICAL (hs_client_defer_reply (client, iq));
  CRITICAL (g_assert_false (hs_client_is_own (client, jid)));
  CRITICAL (g_assert_cmpuint (hs_client_get_unacknowledged (client), ==, 0));
  CRITICAL (g_assert_null (hs_client_dup_session_state (client)));
  CRITICAL (g_assert_null (hs_client_get_bound_jid (client)));
  CRITICAL (g_object_get (client, "state", &state, NULL));
  CRITICAL (g_object_set (client, "jid", jid, NULL));
  CRITICAL (g_object_set (client, "password", "other", NULL));
  CRITICAL (hs_client_set_password (client, "other"));
  CRITICAL (hs_client_set_active (client, FALSE));
  CRITICAL (hs_registration_set_value (other->registration, "name", "other"));
  CRITICAL (hs_registration_set_username (other->registration, "other"));
  CRITICAL (hs_registration_set_password (other->registration, "other"));
  CRITICAL (hs_registration_set_email (other->registration, "other@example.org"));
  CRITICAL (hs_registration_set_preauth_token (other->registration, "other"));
  CRITICAL (hs_registration_cancel (other->registration));
  g_atomic_int_set (&other->done, TRUE);
  return NULL;
}

/* In a process of its own: the writer is for good. */
static void
test_criticals (void)
{
  g_autoptr (TestClient) test = NULL;
  g_autoptr (HsRegistration) registration = hs_registration_new ();
  g_autoptr (HsClient) idle = hs_client_new ("user@example.org", "secret");
  Other other = { .idle = idle, .registration = registration };

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      return;
    }
  g_log_set_writer_func (count_cb, NULL, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  test = test_client_new_on_loopback_for (script_session, HS_TLS_MODE_NONE);
  other.client = test->client;
  hs_client_register (test->client, HS_MODULE (registration));
  test_client_start_until_ready (test);
  g_assert_true (g_main_context_acquire (NULL));
  run_in_thread (criticals_thread, &other);
  g_main_context_release (NULL);
  g_assert_cmpint (hs_client_get_state (test->client), ==, HS_CLIENT_STATE_READY);
  g_assert_cmpstr (hs_jid_to_string (hs_client_get_jid (test->client)), ==, "user@example.org");
  g_assert_null (hs_registration_get_value (registration, "name"));
  test_client_stop (test);
}

/* ---- Who the client belongs to ---- */

static gpointer
sending_thread (gpointer data)
{
  Other *other = data;

  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", "foreign"));

      if (!hs_client_send_stanza (other->client, message, NULL))
        g_atomic_int_inc (&other->n);
    }
  g_atomic_int_set (&other->done, TRUE);
  return NULL;
}

/* Three threads send while the main loop is busy. */
static void
test_storm (void)
{
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (script_session, HS_TLS_MODE_NONE);
  Other others[3];
  GThread *threads[3];

  test_client_start_until_ready (test);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      others[i] = (Other){ .client = test->client };
      threads[i] = g_thread_new ("other", sending_thread, &others[i]);
    }
  for (guint i = 0; i < 200; i++)
    {
      hs_client_send_raw_stanza (test->client, "<message to='a@b'/>", NULL);
      test_spin (0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      join (threads[i], &others[i]);
      g_assert_cmpuint (others[i].n, ==, 1000);
    }
  test_client_stop (test);
}

static gpointer
running_thread (gpointer data)
{
  Other *other = data;
  g_autoptr (GError) error = NULL;

  g_main_context_push_thread_default (other->context);
  hs_client_run (other->client, &error);
  g_assert_no_error (error);
  g_main_context_pop_thread_default (other->context);
  g_atomic_int_set (&other->done, TRUE);
  return NULL;
}

static void
stop_cb (HsClient *client, Other *other)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (hs_client_check_thread (client, &error));
  g_assert_no_error (error);
  hs_client_send_raw_stanza (client, "<message to='a@b' id='own'/>", &error);
  g_assert_no_error (error);
  hs_client_stop (client);
}

/* Started here, and run by another thread: it belongs to that one then. */
static void
test_handed_on (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  TestClient *test = test_client_new_on_loopback_for (script_session, HS_TLS_MODE_NONE);
  Other other = { .client = test->client, .context = context };

  g_signal_connect (test->client, "ready", G_CALLBACK (stop_cb), &other);
  g_main_context_push_thread_default (context);
  hs_client_start (test->client);
  g_main_context_pop_thread_default (context);
  run_in_thread (running_thread, &other);
  g_assert_cmpuint (test->n_terminated, ==, 1);
  g_assert_true (scripted_server_has_received (test->server, "own"));
  test_client_free (test);
}

static gpointer
dropping_thread (gpointer data)
{
  Other *other = data;

  g_object_unref (other->client);
  g_atomic_int_set (&other->done, TRUE);
  return NULL;
}

static void
disposed_cb (gpointer thread, GObject *client)
{
  *(GThread **) thread = g_thread_self ();
}

/* As a collector does. The client ends in its own thread. */
static void
test_dropped (void)
{
  GThread *thread = NULL;
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (script_session, HS_TLS_MODE_NONE);
  Other other = { .client = g_steal_pointer (&test->client) };

  scripted_server_forgive (test->server);
  test->gone = other.client;
  g_object_add_weak_pointer (G_OBJECT (other.client), &test->gone);
  g_object_weak_ref (G_OBJECT (other.client), disposed_cb, &thread);
  hs_client_start (other.client);
  test_until (test->n_ready == 1);
  run_in_thread (dropping_thread, &other);
  test_until (test->gone == NULL);
  g_assert_true (thread == g_thread_self ());
  g_assert_cmpuint (test->n_terminated, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/threads/errors", test_errors);
  g_test_add_func ("/client/threads/criticals", test_criticals);
  g_test_add_func ("/client/threads/storm", test_storm);
  g_test_add_func ("/client/threads/handed-on", test_handed_on);
  g_test_add_func ("/client/threads/dropped", test_dropped);
  return g_test_run ();
}
