/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-tls.h"

#include "hs-address.h"
#include "hs-error.h"
#include "hs-printable.h"
#include "hs-validity-private.h"

/* GIO 2.74 with glib-networking behaves as follows, and this file deals with it:
 *
 *  - Making a client connection parses the whole system trust store, 10 ms and the first time 40:
 *    it is made in a thread.
 *  - Sessions are resumed across connections of the process, and a resumed one is not verified
 *    again: a certificate that somebody accepted once would pass with other rules, and a server
 *    that has our certificate from the first session does not ask for it again. The cache is kept
 *    by the address of a GSocketConnection; over any other stream there is none. Hence HsTlsBase.
 *  - The signal accept-certificate comes only if verification failed, in the context in which
 *    the handshake was begun. A pinned certificate is compared after the handshake as well.
 *  - Whether the server asked for our certificate is told by what asks for it, HsTlsAnswer: since 2.90
 *    accepted-cas is notified in each handshake.
 *  - The handshake's thread makes a descriptor for a cancellable, and GLib aborts if there is none left: the
 *    socket is shut down in place of cancelling. */

/* ---- HsTlsBase: a stream that is another one, but not a GSocketConnection. ---- */

#define HS_TYPE_TLS_BASE (hs_tls_base_get_type ())
G_DECLARE_FINAL_TYPE (HsTlsBase, hs_tls_base, HS, TLS_BASE, GIOStream)

struct _HsTlsBase
{
  GIOStream parent_instance;
  GIOStream *stream;
};

G_DEFINE_FINAL_TYPE (HsTlsBase, hs_tls_base, G_TYPE_IO_STREAM)

static GInputStream *
hs_tls_base_get_input_stream (GIOStream *stream)
{
  return g_io_stream_get_input_stream (HS_TLS_BASE (stream)->stream);
}

static GOutputStream *
hs_tls_base_get_output_stream (GIOStream *stream)
{
  return g_io_stream_get_output_stream (HS_TLS_BASE (stream)->stream);
}

static gboolean
hs_tls_base_close (GIOStream *stream,
                   GCancellable *cancellable,
                   GError **error)
{
  return g_io_stream_close (HS_TLS_BASE (stream)->stream, cancellable, error);
}

static void
hs_tls_base_finalize (GObject *object)
{
  g_clear_object (&HS_TLS_BASE (object)->stream);
  G_OBJECT_CLASS (hs_tls_base_parent_class)->finalize (object);
}

static void
hs_tls_base_class_init (HsTlsBaseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  object_class->finalize = hs_tls_base_finalize;
  stream_class->get_input_stream = hs_tls_base_get_input_stream;
  stream_class->get_output_stream = hs_tls_base_get_output_stream;
  stream_class->close_fn = hs_tls_base_close;
}

static void
hs_tls_base_init (HsTlsBase *self)
{
}

/* ---- HsTlsAnswer: gives the client's certificate to a server that asks for it. ---- */

#define HS_TYPE_TLS_ANSWER (hs_tls_answer_get_type ())
G_DECLARE_FINAL_TYPE (HsTlsAnswer, hs_tls_answer, HS, TLS_ANSWER, GTlsInteraction)

struct _HsTlsAnswer
{
  GTlsInteraction parent_instance;
  GTlsCertificate *certificate;
  gboolean asked;
};

G_DEFINE_FINAL_TYPE (HsTlsAnswer, hs_tls_answer, G_TYPE_TLS_INTERACTION)

static GTlsInteractionResult
hs_tls_answer_request_certificate (GTlsInteraction *interaction,
                                   GTlsConnection *connection,
                                   GTlsCertificateRequestFlags flags,
                                   GCancellable *cancellable,
                                   GError **error)
{
  HsTlsAnswer *self = HS_TLS_ANSWER (interaction);

  self->asked = TRUE;
  g_tls_connection_set_certificate (connection, self->certificate);
  return G_TLS_INTERACTION_HANDLED;
}

static void
hs_tls_answer_finalize (GObject *object)
{
  g_clear_object (&HS_TLS_ANSWER (object)->certificate);
  G_OBJECT_CLASS (hs_tls_answer_parent_class)->finalize (object);
}

static void
hs_tls_answer_class_init (HsTlsAnswerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = hs_tls_answer_finalize;
  G_TLS_INTERACTION_CLASS (klass)->request_certificate = hs_tls_answer_request_certificate;
}

static void
hs_tls_answer_init (HsTlsAnswer *self)
{
}

/* ---- The handshake ---- */

typedef struct
{
  HsTlsBase *base;
  char *domain;
  char *alpn;
  GTlsDatabase *database;
  HsTlsAnswer *answer; /* with the client's certificate; NULL if it has none */
  GTlsCertificate *pinned;
  HsTlsAcceptFunc accept;
  gpointer accept_data;

  GCancellable *inner; /* by the caller's, or by the timer */
  gulong cancelled_id;
  HsLoop *loop; /* NULL once it has ended */
  HsTimer timer;
  gboolean timed_out;

  GTlsConnection *connection;
  GTlsCertificate *peer;
  GTlsCertificateFlags errors;
  gboolean examined; /* peer was, with the result in the next two */
  gboolean accepted;
  gboolean trusted;
} HsHandshake;

static void
handshake_free (gpointer data)
{
  HsHandshake *self = data;

  g_assert (self->loop == NULL);
  if (self->connection != NULL)
    g_signal_handlers_disconnect_by_data (self->connection, self);
  g_clear_object (&self->connection);
  g_clear_object (&self->base);
  g_clear_object (&self->database);
  g_clear_object (&self->answer);
  g_clear_object (&self->pinned);
  g_clear_object (&self->inner);
  g_clear_object (&self->peer);
  g_free (self->domain);
  g_free (self->alpn);
  g_free (self);
}

static void
append_names (GString *text,
              GTlsCertificate *certificate)
{
  g_autoptr (GPtrArray) names = g_tls_certificate_get_dns_names (certificate);

  if (names == NULL || names->len == 0)
    return;

  g_string_append (text, " but for ");
  for (guint i = 0; i < names->len && i < 3; i++)
    {
      gsize length;
      const char *name = g_bytes_get_data (g_ptr_array_index (names, i), &length);
      g_autofree char *whole = g_strndup (name, length);
      g_autofree char *shown = hs_printable (whole, HS_PRINTABLE_NAME);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", shown);
    }
  if (names->len > 3)
    g_string_append (text, ", ...");
}

static void
append_date (GString *text,
             const char *what,
             GDateTime *date)
{
  g_autoptr (GDateTime) owned G_GNUC_UNUSED = date;
  g_autofree char *day = date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M UTC") : NULL;

  g_string_append_printf (text, "; it %s %s", what, day != NULL ? day : "?");
}

static gboolean
is_self_signed (GTlsCertificate *certificate)
{
  g_autofree char *issuer = g_tls_certificate_get_issuer_name (certificate);
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);

  return g_tls_certificate_get_issuer (certificate) == NULL && g_strcmp0 (issuer, subject) == 0;
}

static GError *
refusal (HsHandshake *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->pinned != NULL)
    return g_error_new (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                        "The certificate of %s is not the pinned one", self->domain);

  if (self->errors & G_TLS_CERTIFICATE_UNKNOWN_CA)
    g_string_append (text, is_self_signed (self->peer) ? "; it is self-signed"
                                                       : "; its issuer is not known");
  if (self->errors & G_TLS_CERTIFICATE_BAD_IDENTITY)
    {
      g_string_append (text, "; it is not for that name");
      append_names (text, self->peer);
    }
  if (self->errors & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    append_date (text, "is not valid before",
                 hs_validity_get_before (self->peer));
  if (self->errors & G_TLS_CERTIFICATE_EXPIRED)
    append_date (text, "expired on", hs_validity_get_after (self->peer));
  if (self->errors & G_TLS_CERTIFICATE_REVOKED)
    g_string_append (text, "; it has been revoked");
  if (self->errors & G_TLS_CERTIFICATE_INSECURE)
    g_string_append (text, "; its key or its signature is too weak");
  if (self->errors & G_TLS_CERTIFICATE_GENERIC_ERROR || text->len == 0)
    g_string_append (text, "; it could not be verified");

  return g_error_new (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                      "The certificate of %s is not trusted: %s", self->domain, text->str + 2);
}

static gboolean
examine (HsHandshake *self,
         GTlsCertificate *certificate,
         GTlsCertificateFlags errors)
{
  if (self->examined && self->peer == certificate && self->errors == errors)
    return self->accepted;

  g_set_object (&self->peer, certificate);
  self->errors = errors;
  self->examined = TRUE;

  if (self->pinned != NULL)
    self->trusted = g_tls_certificate_is_same (certificate, self->pinned);
  else
    self->trusted = errors == G_TLS_CERTIFICATE_NO_FLAGS;

  self->accepted = self->trusted;
  if (!self->trusted && self->pinned == NULL && self->accept != NULL)
    self->accepted = self->accept (certificate, errors, self->accept_data);

  return self->accepted;
}

static gboolean
accept_certificate_cb (GTlsConnection *connection,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags errors,
                       gpointer user_data)
{
  return examine (user_data, certificate, errors);
}

/* NULL for a stream that is no socket's own. */
static GSocket *
get_socket (HsHandshake *self)
{
  GIOStream *base = self->base->stream;

  return G_IS_SOCKET_CONNECTION (base) ? g_socket_connection_get_socket (G_SOCKET_CONNECTION (base))
                                       : NULL;
}

/* Ends the handshake: its thread reads the end of the socket. */
static void
shut_down (GCancellable *cancellable,
           gpointer socket)
{
  g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

static void
timeout_cb (gpointer user_data)
{
  HsHandshake *self = user_data;

  self->timed_out = TRUE;
  g_cancellable_cancel (self->inner);
}

static void
cancelled_cb (GCancellable *cancellable,
              gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
stop_waiting (HsHandshake *self,
              GCancellable *cancellable)
{
  hs_timer_leave (&self->timer);
  g_clear_pointer (&self->loop, hs_loop_unref);
  g_cancellable_disconnect (cancellable, self->cancelled_id);
  self->cancelled_id = 0;
}

static void
return_failure (GTask *task,
                GError *error)
{
  HsHandshake *self = g_task_get_task_data (task);

  if (self->timed_out)
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_TIMED_OUT,
                             "The TLS handshake with %s timed out", self->domain);
  else if (g_cancellable_is_cancelled (self->inner))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                             "The TLS handshake with %s was cancelled", self->domain);
  else if (self->examined && !self->accepted)
    g_task_return_error (task, refusal (self));
  else
    {
      GError *copy = g_error_copy (error);

      g_prefix_error (&copy, "The TLS handshake with %s failed: ", self->domain);
      g_task_return_error (task, copy);
    }
}

static void
handshake_cb (GObject *source,
              GAsyncResult *result,
              gpointer user_data)
{
  GTlsConnection *connection = G_TLS_CONNECTION (source);
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  HsHandshake *self = g_task_get_task_data (task);
  GTlsCertificate *peer;
  HsTlsResult *outcome;

  stop_waiting (self, g_task_get_cancellable (task));

  /* The handshake may have ended well just before its socket was shut down. */
  if (!g_tls_connection_handshake_finish (connection, result, &error)
      || g_cancellable_is_cancelled (self->inner))
    {
      return_failure (task, error);
      return;
    }

  peer = g_tls_connection_get_peer_certificate (connection);
  if (peer == NULL)
    {
      g_task_return_new_error (task, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE,
                               "%s has no certificate", self->domain);
      return;
    }

  /* The certificate is valid. Check that it is also the one that was pinned. */
  if (!examine (self, peer, g_tls_connection_get_peer_certificate_errors (connection)))
    {
      g_task_return_error (task, refusal (self));
      return;
    }

  outcome = g_new0 (HsTlsResult, 1);
  outcome->connection = g_object_ref (connection);
  outcome->peer_certificate = g_object_ref (peer);
  outcome->trusted = self->trusted;
  outcome->client_certificate_used = self->answer != NULL && self->answer->asked;
  g_task_return_pointer (task, outcome, (GDestroyNotify) hs_tls_result_free);
}

/* An IP literal is compared with the addresses in the certificate, and is never a server name
 * (RFC 6066, 3). */
static GSocketConnectable *
make_identity (const char *domain)
{
  g_autofree char *literal = hs_address_parse_literal (domain);
  g_autoptr (GInetAddress) address = NULL;

  if (literal != NULL)
    address = g_inet_address_new_from_string (literal);
  if (address != NULL)
    return G_SOCKET_CONNECTABLE (g_inet_socket_address_new (address, 0));

  return g_network_address_new (domain, 0);
}

static void
make_connection_thread (GTask *task,
                        gpointer source,
                        gpointer task_data,
                        GCancellable *cancellable)
{
  HsHandshake *self = task_data;
  g_autoptr (GSocketConnectable) identity = make_identity (self->domain);
  g_autoptr (GTlsDatabase) database = NULL;
  GType type = g_tls_backend_get_client_connection_type (g_tls_backend_get_default ());
  GTlsConnection *connection;
  GError *error = NULL;

  if (self->database != NULL)
    database = g_object_ref (self->database);
  else
    database = g_tls_backend_get_default_database (g_tls_backend_get_default ());

  /* require-close-notify: a stream ends with </stream:stream> (RFC 6120, 4.4), which no one can cut
   * off unnoticed; many servers close the connection after it without a word. */
  connection = g_initable_new (type, NULL, &error, "base-io-stream", self->base,
                               "server-identity", identity, "database", database,
                               "require-close-notify", FALSE, NULL);
  if (connection == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, connection, g_object_unref);
}

static void
made_connection_cb (GObject *source,
                    GAsyncResult *result,
                    gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  HsHandshake *self = g_task_get_task_data (task);
  GSocket *socket;

  self->connection = g_task_propagate_pointer (G_TASK (result), &error);
  if (self->connection == NULL || g_cancellable_set_error_if_cancelled (self->inner, &error))
    {
      stop_waiting (self, g_task_get_cancellable (task));
      return_failure (task, error);
      return;
    }

  if (self->answer != NULL)
    g_tls_connection_set_interaction (self->connection, G_TLS_INTERACTION (self->answer));
  if (self->alpn != NULL)
    {
      const char *protocols[] = { self->alpn, NULL };

      g_tls_connection_set_advertised_protocols (self->connection, protocols);
    }

  g_signal_connect (self->connection, "accept-certificate", G_CALLBACK (accept_certificate_cb),
                    self);
  socket = get_socket (self);
  if (socket != NULL)
    g_cancellable_connect (self->inner, G_CALLBACK (shut_down), g_object_ref (socket), g_object_unref);
  g_tls_connection_handshake_async (self->connection, G_PRIORITY_DEFAULT,
                                    socket != NULL ? NULL : self->inner, handshake_cb,
                                    g_steal_pointer (&task));
}

static HsHandshake *
handshake_new (GIOStream *base,
               const HsTlsConfig *config)
{
  HsHandshake *self = g_new0 (HsHandshake, 1);

  self->base = g_object_new (HS_TYPE_TLS_BASE, NULL);
  self->base->stream = g_object_ref (base);
  self->domain = g_strdup (config->domain);
  self->alpn = g_strdup (config->alpn);
  g_set_object (&self->database, config->database);
  if (config->certificate != NULL)
    {
      self->answer = g_object_new (HS_TYPE_TLS_ANSWER, NULL);
      self->answer->certificate = g_object_ref (config->certificate);
    }
  g_set_object (&self->pinned, config->pinned);
  self->accept = config->accept;
  self->accept_data = config->accept_data;
  self->loop = hs_loop_ref (config->loop);
  self->inner = g_cancellable_new ();

  return self;
}

/* ---- Public functions ---- */

void
hs_tls_handshake_async (GIOStream *base,
                        const HsTlsConfig *config,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) maker = NULL;
  HsHandshake *self;

  g_assert (config->domain != NULL);

  self = handshake_new (base, config);
  g_task_set_source_tag (task, hs_tls_handshake_async);
  g_task_set_task_data (task, self, handshake_free);

  hs_timer_join (&self->timer, &self->loop->timers, timeout_cb, self);
  hs_timer_set_after (&self->timer, config->timeout_msec);

  if (cancellable != NULL)
    self->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb),
                                                g_object_ref (self->inner), g_object_unref);

  maker = g_task_new (NULL, NULL, made_connection_cb, task);
  g_task_set_task_data (maker, self, NULL);
  g_task_run_in_thread (maker, make_connection_thread);
}

HsTlsResult *
hs_tls_handshake_finish (GAsyncResult *result,
                         GTlsCertificate **peer_certificate,
                         GError **error)
{
  HsHandshake *self;

  g_assert (g_task_is_valid (result, NULL));
  g_assert (g_task_get_source_tag (G_TASK (result)) == hs_tls_handshake_async);

  self = g_task_get_task_data (G_TASK (result));
  if (peer_certificate != NULL)
    *peer_certificate = self->peer != NULL ? g_object_ref (self->peer) : NULL;

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
hs_tls_result_free (HsTlsResult *result)
{
  g_clear_object (&result->connection);
  g_clear_object (&result->peer_certificate);
  g_free (result);
}

GBytes *
hs_tls_get_channel (GTlsConnection *connection,
                    const char *type)
{
  static const struct
  {
    const char *name;
    GTlsChannelBindingType type;
  } types[] = {
    { "tls-exporter", G_TLS_CHANNEL_BINDING_TLS_EXPORTER },
    { "tls-unique", G_TLS_CHANNEL_BINDING_TLS_UNIQUE },
    { "tls-server-end-point", G_TLS_CHANNEL_BINDING_TLS_SERVER_END_POINT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (GByteArray) data = g_byte_array_new ();
      g_autoptr (GError) error = NULL;

      if (!g_str_equal (types[i].name, type))
        continue;
      /* RFC 8446, appendix C.5: TLS 1.3 has no tls-unique. */
      if (types[i].type == G_TLS_CHANNEL_BINDING_TLS_UNIQUE &&
          g_tls_connection_get_protocol_version (connection) >= G_TLS_PROTOCOL_VERSION_TLS_1_3)
        return NULL;
      if (!g_tls_connection_get_channel_binding_data (connection, types[i].type, data, &error))
        {
          g_debug ("The connection has no %s: %s", type, error->message);
          return NULL;
        }
      return data->len > 0 ? g_byte_array_free_to_bytes (g_steal_pointer (&data)) : NULL;
    }

  return NULL;
}

GIOStream *
hs_tls_get_base (GTlsConnection *connection)
{
  g_autoptr (GIOStream) base = NULL;

  g_object_get (connection, "base-io-stream", &base, NULL);

  return HS_IS_TLS_BASE (base) ? HS_TLS_BASE (base)->stream : base;
}

/* g_io_stream_close() of a TLS connection blocks until close_notify is sent, and while a
 * handshake is under way in another thread (a renegotiation). It does not if the stream is
 * writable and no record is half written: the socket takes some thirty bytes then. In the other
 * cases the socket is shut down, so that nothing waits for it any more; but a handshake may
 * still wait for this very thread to look at a certificate, and leaves the rest to the last
 * reference. */
void
hs_tls_close (GTlsConnection *connection,
              gboolean blocked)
{
  GIOStream *base = hs_tls_get_base (connection);
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));

  if (blocked || !g_pollable_output_stream_is_writable (G_POLLABLE_OUTPUT_STREAM (output)))
    {
      if (G_IS_SOCKET_CONNECTION (base))
        g_socket_shutdown (g_socket_connection_get_socket (G_SOCKET_CONNECTION (base)), TRUE, TRUE,
                           NULL);
      else
        g_io_stream_close (base, NULL, NULL);

      if (!g_pollable_output_stream_is_writable (G_POLLABLE_OUTPUT_STREAM (output)))
        return;
    }

  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
}
