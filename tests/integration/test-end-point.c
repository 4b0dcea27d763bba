/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hs-error.h"
#include "net/hs-tls.h"
#include "protocol/hs-stream.h"

/* A real server (tests/servers/serve.py) and a connection that has one kind of channel binding alone:
 * the client itself would always take a better one. */

typedef struct
{
  GTlsConnection *tls;
  HsStream *stream;
  HsSaslCredentials credentials;
  char *mechanism;
  gboolean over;
} Session;

static const char *
get (const char *name)
{
  const char *value = g_getenv (name);

  if (value == NULL)
    g_error ("%s is not set: run this test with tests/servers/serve.py", name);
  return value;
}

static void
handshake_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsTlsResult) tls = hs_tls_handshake_finish (result, NULL, &error);

  g_assert_no_error (error);
  *(GTlsConnection **) user_data = g_object_ref (tls->connection);
}

static GTlsConnection *
connect_to_server (void)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (get ("HS_TEST_CA"), &error);
  g_autoptr (GSocketConnection) connection = NULL;
  GTlsConnection *tls = NULL;
  g_autoptr (HsLoop) loop = hs_loop_get (NULL);
  HsTlsConfig config = { .domain = get ("HS_TEST_DOMAIN"),
                         .database = database,
                         .alpn = "xmpp-client",
                         .loop = loop,
                         .timeout_msec = 30000 };

  g_assert_no_error (error);
  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (
      client, get ("HS_TEST_HOST"), (guint16) atoi (get ("HS_TEST_TLS_PORT")), NULL, &error);
  g_assert_no_error (error);
  g_socket_set_timeout (g_socket_connection_get_socket (connection), 30);
  hs_tls_handshake_async (G_IO_STREAM (connection), &config, NULL, handshake_cb, &tls);
  while (tls == NULL)
    g_main_context_iteration (NULL, TRUE);
  return tls;
}

static void
write_output (Session *self)
{
  g_autoptr (GByteArray) output = hs_stream_take_output (self->stream);
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (self->tls));
  g_autoptr (GError) error = NULL;

  if (output == NULL)
    return;
  g_output_stream_write_all (out, output->data, output->len, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
take_event (Session *self, HsStreamEvent *event)
{
  g_autoptr (GBytes) key = NULL;

  switch (event->type)
    {
    case HS_STREAM_EVENT_FEATURES:
      hs_stream_sign_in (self->stream, &self->credentials);
      break;
    case HS_STREAM_EVENT_DERIVE_KEY:
      key = hs_sasl_key_request_derive (hs_stream_get_key_request (self->stream), NULL);
      hs_stream_key_derived (self->stream, key);
      break;
    case HS_STREAM_EVENT_AUTHENTICATED:
      self->mechanism = g_strdup (hs_authentication_get_mechanism (hs_stream_get_authentication (self->stream)));
      break;
    case HS_STREAM_EVENT_BOUND:
    case HS_STREAM_EVENT_FAILED:
      self->over = TRUE;
      break;
    default:
      break;
    }
}

static void
run_session (Session *self)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (self->tls));
  char buffer[4096];

  hs_stream_open (self->stream);
  write_output (self);
  while (!self->over)
    {
      g_autoptr (GError) error = NULL;
      gssize length = g_input_stream_read (in, buffer, sizeof buffer, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (length, >, 0);
      for (gsize done = 0; done < (gsize) length;)
        {
          HsStreamEvent event;

          done += hs_stream_feed (self->stream, buffer + done, length - done);
          while (!self->over && hs_stream_next_event (self->stream, &event))
            {
              take_event (self, &event);
              hs_stream_give_back (self->stream, &event);
            }
          write_output (self);
        }
    }
}

/* It announces no types: nothing can be bound to. */
static gboolean
is_old (void)
{
  return g_str_has_prefix (get ("HS_TEST_SERVER_VERSION"), "23.")
         || g_str_has_prefix (get ("HS_TEST_SERVER_VERSION"), "0.");
}

static gboolean
is_secure_cb (gpointer user_data)
{
  return TRUE;
}

/* With @flip, one bit of what is bound to is wrong. */
static void
try_type (const char *mechanism, const char *type, gboolean flip)
{
  g_autoptr (HsJid) jid = hs_jid_new (get ("HS_TEST_USER1"), NULL);
  g_autoptr (GTlsConnection) tls = connect_to_server ();
  g_autoptr (GBytes) right = hs_tls_get_channel (tls, type);
  g_autoptr (GBytes) data = NULL;
  guint8 *octets = g_memdup2 (g_bytes_get_data (right, NULL), g_bytes_get_size (right));
  const char *const allowed[] = { mechanism, NULL };
  HsSaslChannel channels[2] = { { type, NULL }, { NULL, NULL } };
  HsStreamConfig config = { .jid = jid,
                            .tls_mode = HS_TLS_MODE_DIRECT,
                            .is_secure = is_secure_cb,
                            .max_stanza_size = 100000,
                            .max_depth = 32 };
  Session session = { .tls = tls,
                      .credentials = { .username = hs_jid_get_local (jid),
                                       .password = get ("HS_TEST_PASSWORD1"),
                                       .encrypted = TRUE,
                                       .trusted = TRUE,
                                       .allowed = allowed,
                                       .channel_binding = HS_CHANNEL_BINDING_REQUIRE,
                                       .channels = channels } };

  octets[0] ^= flip;
  channels[0].data = data = g_bytes_new_take (octets, g_bytes_get_size (right));
  session.stream = hs_stream_new (&config, NULL, NULL);
  run_session (&session);
  if (is_old ())
    {
      g_assert_error (hs_stream_get_error (session.stream), HS_ERROR, HS_ERROR_NO_MECHANISM);
    }
  else if (flip)
    {
      g_assert_true (hs_stream_get_error (session.stream)->domain == HS_SASL_ERROR);
      g_assert_null (session.mechanism);
    }
  else
    {
      g_assert_no_error (hs_stream_get_error (session.stream));
      g_assert_cmpstr (session.mechanism, ==, mechanism);
      g_assert_cmpstr (hs_authentication_get_channel_binding (hs_stream_get_authentication (session.stream)), ==, type);
      g_test_message ("%s %s", session.mechanism, type);
    }
  hs_stream_free (session.stream);
  g_free (session.mechanism);
  g_io_stream_close (G_IO_STREAM (tls), NULL, NULL);
}

static void
test_types (void)
{
  static const char *const types[] = { "tls-exporter", "tls-server-end-point" };
  gboolean prosody = g_str_equal (get ("HS_TEST_SERVER"), "prosody");
  const char *mechanisms[]
      = { "SCRAM-SHA-1-PLUS", prosody ? "SCRAM-SHA-256-PLUS" : "SCRAM-SHA-512-PLUS" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (mechanisms); j++)
        {
          try_type (mechanisms[j], types[i], FALSE);
          try_type (mechanisms[j], types[i], TRUE);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/end-point/types", test_types);
  return g_test_run ();
}
