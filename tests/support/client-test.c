/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-test.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "test-certificates.h"

/* On a machine that has other things to do. */
#define PATIENCE_MSEC 60000
#define MARK "urn:test:mark"

#ifdef __SANITIZE_ADDRESS__
const char *__asan_default_options (void);

/* GIO's TLS leaks an error where it is cancelled, as many a test does. That can only be told from a leak of ours by
 * its whole stack, which takes ten times as long to find: programs with this are left to valgrind. */
const char *
__asan_default_options (void)
{
  return "detect_leaks=0";
}
#endif

/* Under valgrind the first handshake of a process alone takes seconds. */
static gint64
get_patience (void)
{
  return g_getenv ("HS_TEST_VALGRIND") != NULL ? 10 * PATIENCE_MSEC : PATIENCE_MSEC;
}

/* A library with a mutation may never fulfil a condition: tests/attack/mutations.py shortens the wait for it. */
static gint64
get_patience_for_condition (void)
{
  const char *seconds = g_getenv ("HS_TEST_PATIENCE");

  return seconds != NULL ? g_ascii_strtoll (seconds, NULL, 10) * 1000 : get_patience ();
}

/* ---- A module that writes down what is called ---- */

typedef struct
{
  GObject parent;
  TestClient *test;
} TestModule;

typedef struct
{
  GObjectClass parent_class;
} TestModuleClass;

static GType test_module_get_type (void);
static void test_module_iface_init (HsModuleInterface *iface);

G_DEFINE_TYPE_WITH_CODE (TestModule,
                         test_module,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, test_module_iface_init))

static void
note (TestClient *self, const char *event)
{
  g_string_append_printf (self->record, "%s%s", self->record->len > 0 ? " " : "", event);
  if (self->hook != NULL)
    self->hook (self, event, self->hook_data);
}

static void
module_ready (HsModule *module, HsClient *client)
{
  note (((TestModule *) module)->test, "m.ready");
}

static void
module_stopping (HsModule *module, HsClient *client)
{
  note (((TestModule *) module)->test, "m.stopping");
}

static void
module_cleanup (HsModule *module, HsClient *client)
{
  note (((TestModule *) module)->test, "m.cleanup");
}

static void
module_terminated (HsModule *module, HsClient *client)
{
  note (((TestModule *) module)->test, "m.terminated");
}

static void
test_module_iface_init (HsModuleInterface *iface)
{
  iface->ready = module_ready;
  iface->stopping = module_stopping;
  iface->cleanup = module_cleanup;
  iface->terminated = module_terminated;
}

static void
test_module_class_init (TestModuleClass *klass)
{
}

static void
test_module_init (TestModule *self)
{
}

/* ---- The client ---- */

static void
connecting_cb (TestClient *self)
{
  note (self, "connecting");
}

static void
connected_cb (TestClient *self)
{
  note (self, "connected");
}

static void
secured_cb (TestClient *self, GTlsCertificate *certificate)
{
  g_assert_true (G_IS_TLS_CERTIFICATE (certificate));
  note (self, "secured");
}

static void
authenticated_cb (TestClient *self, const char *mechanism)
{
  g_autofree char *event = g_strdup_printf ("authenticated(%s)", mechanism);

  note (self, event);
}

static void
ready_cb (TestClient *self)
{
  self->n_ready++;
  note (self, "ready");
}

static void
disconnected_cb (TestClient *self, GError *error, int retry)
{
  g_clear_error (&self->loss);
  self->loss = error != NULL ? g_error_copy (error) : NULL;
  self->retry = retry;
  self->n_disconnected++;
  note (self, retry < 0 ? "disconnected(end)" : "disconnected(retry)");
}

static void
stopping_cb (TestClient *self)
{
  note (self, "stopping");
}

static void
cleanup_cb (TestClient *self)
{
  note (self, "cleanup");
}

static void
terminated_cb (TestClient *self, GError *error)
{
  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  self->n_terminated++;
  note (self, "terminated");
}

static void
state_cb (TestClient *self)
{
  GEnumClass *klass;
  HsClientState state;

  if (self->client == NULL)
    return;
  state = hs_client_get_state (self->client);
  klass = g_type_class_ref (HS_TYPE_CLIENT_STATE);
  g_string_append_printf (self->states, "%s%s", self->states->len > 0 ? " " : "",
                          g_enum_get_value (klass, state)->value_nick);
  g_type_class_unref (klass);
}

/* Takes the client. */
TestClient *
test_client_new_alone (HsClient *client)
{
  static const struct
  {
    const char *signal;
    GCallback callback;
  } signals[] = {
    { "connecting", G_CALLBACK (connecting_cb) },
    { "connected", G_CALLBACK (connected_cb) },
    { "secured", G_CALLBACK (secured_cb) },
    { "authenticated", G_CALLBACK (authenticated_cb) },
    { "ready", G_CALLBACK (ready_cb) },
    { "disconnected", G_CALLBACK (disconnected_cb) },
    { "stopping", G_CALLBACK (stopping_cb) },
    { "cleanup", G_CALLBACK (cleanup_cb) },
    { "terminated", G_CALLBACK (terminated_cb) },
    { "notify::state", G_CALLBACK (state_cb) },
  };
  TestClient *self = g_new0 (TestClient, 1);

  self->client = client;
  self->record = g_string_new (NULL);
  self->states = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_swapped (client, signals[i].signal, signals[i].callback, self);
  self->module = g_object_new (test_module_get_type (), NULL);
  ((TestModule *) self->module)->test = self;
  hs_client_register (client, self->module);
  return self;
}

static HsClient *
make_client (HsTlsMode mode)
{
  static const char *const plain[] = { "PLAIN", NULL };
  g_autoptr (GTlsDatabase) database = test_tls_database ();
  HsClient *client = hs_client_new ("user@example.org", "secret");

  g_object_set (client, "tls-mode", mode, "tls-database", database, "sasl-mechanisms", plain,
                "initial-presence", NULL, "initial-roster", FALSE, "auto-reconnect", FALSE,
                "connect-timeout", (guint) get_patience () / 2, NULL);
  return client;
}

TestClient *
test_client_new_on_loopback (const ScriptStep *const *scripts, HsTlsMode mode)
{
  TestClient *self = test_client_new_alone (make_client (mode));

  self->server = scripted_server_new (scripts);
  g_object_set (self->client, "host", "127.0.0.1", "port", (guint) scripted_server_get_port (self->server), NULL);
  return self;
}

TestClient *
test_client_new (const ScriptStep *const *scripts, HsTlsMode mode)
{
  TestClient *self;

  if (mode != HS_TLS_MODE_NONE)
    return test_client_new_on_loopback (scripts, mode);
  self = test_client_new_alone (make_client (mode));
  self->server = scripted_server_new_in_memory (self->client, scripts);
  return self;
}

/* The server reads it for as long as it lives. */
static const ScriptStep *const *
alone (const ScriptStep *script)
{
  static const ScriptStep *scripts[2];

  scripts[0] = script;
  return scripts;
}

TestClient *
test_client_new_for (const ScriptStep *script, HsTlsMode mode)
{
  return test_client_new (alone (script), mode);
}

TestClient *
test_client_new_on_loopback_for (const ScriptStep *script, HsTlsMode mode)
{
  return test_client_new_on_loopback (alone (script), mode);
}

void
test_client_leap (TestClient *self)
{
  virtual_clock_stand (TRUE);
  self->leaps = TRUE;
}

void
test_client_free (TestClient *self)
{
  if (self->client != NULL)
    {
      /* What a thread of GIO's still holds comes back through the main loop. */
      test_until (G_OBJECT (self->client)->ref_count == 1);
      g_assert_finalize_object (self->client);
    }
  g_assert_finalize_object (G_OBJECT (self->module));
  if (self->server != NULL)
    scripted_server_free (self->server);
  if (self->leaps)
    virtual_clock_release ();
  g_string_free (self->record, TRUE);
  g_string_free (self->states, TRUE);
  g_clear_error (&self->error);
  g_clear_error (&self->loss);
  g_free (self);
}

void
test_client_start_until_ready_or_terminated (TestClient *self)
{
  guint before = self->n_ready;
  guint ended = self->n_terminated;

  g_clear_error (&self->error);
  hs_client_start (self->client);
  test_until (self->n_ready > before || self->n_terminated > ended);
}

void
test_client_start_until_ready (TestClient *self)
{
  guint before = self->n_ready;

  test_client_start_until_ready_or_terminated (self);
  g_assert_no_error (self->error);
  g_assert_cmpuint (self->n_ready, >, before);
}

void
test_client_wait_terminated (TestClient *self)
{
  guint before = self->n_terminated;

  test_until (self->n_terminated > before);
}

void
test_client_run (TestClient *self)
{
  hs_client_start (self->client);
  test_client_wait_terminated (self);
}

void
test_client_stop (TestClient *self)
{
  hs_client_stop (self->client);
  test_client_wait_terminated (self);
}

static HsElement *
mark_cb (HsClient *client, HsElement *element, gpointer data)
{
  *(gboolean *) data = TRUE;
  return NULL;
}

void
test_client_drop (TestClient *self)
{
  HsClient *client = g_steal_pointer (&self->client);

  self->gone = client;
  g_object_add_weak_pointer (G_OBJECT (client), &self->gone);
  g_object_unref (client);
}

void
test_client_say (TestClient *self, const char *text)
{
  gboolean marked = FALSE;
  g_autoptr (HsClient) client = g_object_ref (self->client);

  hs_client_add_handler (client, "mark", MARK, HS_HANDLER_ONCE, mark_cb, &marked, NULL);
  scripted_server_send (self->server, text);
  scripted_server_send (self->server, "<message id='" MARK "'><mark xmlns='" MARK "'/></message>");
  test_until (marked);
}

HsElement *
test_count_cb (HsClient *client, HsElement *element, gpointer n)
{
  ++*(guint *) n;
  return NULL;
}

gboolean
test_is_mark (HsElement *element)
{
  for (HsElement *parent = element; parent != NULL; parent = hs_element_get_parent (parent))
    element = parent;
  return g_strcmp0 (hs_element_get_attribute (element, "id"), MARK) == 0;
}

void
test_client_await_sent (TestClient *self, const char *text)
{
  gint64 deadline = test_deadline ();

  while (!scripted_server_has_received (self->server, text))
    {
      if (g_get_monotonic_time () > deadline)
        {
          g_autofree char *received = scripted_server_dup_received (self->server);

          g_error ("'%s' did not come, but: %.2000s", text, received);
        }
      test_iterate (deadline, text);
    }
}

char *
test_client_dup_sent (TestClient *self)
{
  static guint n;
  /* Before the sign-in, only iqs are sent. */
  gboolean early = hs_client_get_state (self->client) < HS_CLIENT_STATE_AUTHENTICATED;
  g_autofree char *mark = g_strdup_printf ("<%s id='sent-mark-%u'/>",
                                           early ? "iq type='result'" : "message", ++n);
  g_autoptr (GError) error = NULL;
  char *sent;

  hs_client_send_raw_stanza (self->client, mark, &error);
  g_assert_no_error (error);
  test_client_await_sent (self, mark);
  sent = scripted_server_dup_received (self->server);
  *strstr (sent, mark) = '\0';
  return sent;
}

/* ---- Helpers ---- */

static char *database_path; /* removed when the process ends */

static void
remove_database (void)
{
  g_unlink (database_path);
  g_free (database_path);
}

GTlsDatabase *
test_tls_database (void)
{
  g_autoptr (GError) error = NULL;
  GTlsDatabase *database;

  if (database_path == NULL)
    {
      g_close (g_file_open_tmp ("headstock-ca-XXXXXX", &database_path, &error), NULL);
      g_assert_no_error (error);
      atexit (remove_database);
      g_file_set_contents (database_path, TEST_CA, -1, &error);
      g_assert_no_error (error);
    }
  database = g_tls_file_database_new (database_path, &error);
  g_assert_no_error (error);
  return database;
}

gint64
test_deadline (void)
{
  return g_get_monotonic_time () + get_patience_for_condition () * 1000;
}

static gboolean
tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
test_iterate (gint64 deadline, const char *what)
{
  static guint tick;

  if (g_get_monotonic_time () > deadline)
    g_error ("Waited in vain for: %s", what);
  if (virtual_clock_leaps ())
    {
      if (!g_main_context_iteration (NULL, FALSE))
        virtual_clock_step ();
      return;
    }
  /* Conditions may be those of other threads. */
  if (tick == 0)
    tick = g_timeout_add (5, tick_cb, NULL);
  g_main_context_iteration (NULL, TRUE);
}

void
test_spin (guint msec)
{
  gint64 end = g_get_monotonic_time () + msec * 1000;

  if (virtual_clock_leaps ())
    {
      virtual_clock_advance (msec);
      return;
    }
  test_until (g_get_monotonic_time () >= end);
}

gsize
test_resident (void)
{
  g_autofree char *statm = NULL;
  unsigned long pages = 0;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &statm, NULL, NULL));
  g_assert_cmpint (sscanf (statm, "%*u %lu", &pages), ==, 1);
  return pages * sysconf (_SC_PAGESIZE) / 1024;
}
