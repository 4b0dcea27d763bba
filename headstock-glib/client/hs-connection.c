/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-connection.h"

#include "net/hs-socket-transport.h"
#include "xml/hs-stanza-boundary.h"

/* Reading stops while more than this waits to be written, and goes on at half of it. */
#define MAX_QUEUED (1024 * 1024)

void
hs_connection_init (HsConnection *self, const HsConnectionCallbacks *callbacks, gpointer owner)
{
  *self = (HsConnection){ .callbacks = callbacks, .owner = owner };
}

/* After the three steps of the end. */
void
hs_connection_clear (HsConnection *self)
{
  g_assert (self->attempt == NULL && self->transport == NULL && self->stream == NULL);
  g_clear_object (&self->peer_certificate);
  g_clear_pointer (&self->account, hs_jid_unref);
}

void
hs_connection_set_account (HsConnection *self, HsJid *account)
{
  hs_jid_ref (account);
  g_clear_pointer (&self->account, hs_jid_unref);
  self->account = account;
}

HsJid *
hs_connection_get_account (const HsConnection *self)
{
  return self->account;
}

void
hs_connection_set_stage_timeout (HsConnection *self, guint msec)
{
  self->stage_timeout = msec;
}

guint
hs_connection_get_stage_timeout (const HsConnection *self)
{
  return self->stage_timeout;
}

/* Takes the operation's reference. The connection, if the operation still concerns it. */
static HsConnection *
end_operation (HsAttempt *attempt)
{
  HsConnection *self = hs_attempt_get_owner (attempt);

  hs_attempt_unref (attempt);
  return self;
}

gpointer
hs_connection_end_operation (HsAttempt *attempt)
{
  HsConnection *self = end_operation (attempt);

  return self != NULL ? self->owner : NULL;
}

static void
on_event (HsConnection *self, HsConnectionEvent event)
{
  self->phase = hs_connection_phase_get_next (self->phase, event);
}

/* ---- From the DNS to TLS ---- */

static void
connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HsAttempt) attempt = hs_attempt_ref (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsConnectorResult) target
      = hs_connector_connect_finish (hs_attempt_get_connector (attempt), result, &error);
  HsConnection *self = end_operation (user_data);

  if (self == NULL)
    return;
  if (target == NULL)
    {
      self->callbacks->failed (error, self->owner);
      return;
    }
  hs_attempt_set_address (attempt, target->address);
  self->direct_tls = target->direct_tls;
  self->callbacks->connected (attempt, (GIOStream *) target->connection, self->owner);
}

void
hs_connection_connect (HsConnection *self, HsConnector *connector)
{
  g_assert (self->attempt == NULL);

  on_event (self, HS_CONNECTION_ON_CONNECT);
  self->attempt = hs_attempt_new (connector, self);
  hs_connector_connect_async (connector, hs_attempt_get_cancellable (self->attempt), connected_cb,
                              hs_attempt_ref (self->attempt));
}

static gboolean
accept_cb (GTlsCertificate *certificate, GTlsCertificateFlags errors, gpointer user_data)
{
  HsConnection *self = hs_attempt_get_owner (user_data);

  return self != NULL && self->callbacks->accept_certificate (certificate, errors, self->owner);
}

/* If no address is of use, the error is about the first certificate that was refused, and that certificate is
 * kept. */
static void
set_peer_certificate (HsConnection *self, GTlsCertificate *certificate, gboolean accepted)
{
  HsConnector *connector = hs_attempt_get_connector (self->attempt);

  if (!accepted && hs_connector_has_refused_certificate (connector))
    return;
  if (g_set_object (&self->peer_certificate, certificate))
    self->callbacks->certificate_changed (self->owner);
}

/* The operation of an attempt on its transport, which lives as long as the attempt is of interest. */
typedef struct
{
  HsAttempt *attempt;
  HsTransport *transport;
} Handshake;

static void
handshake_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Handshake *handshake = user_data;
  g_autoptr (HsTransport) transport = handshake->transport;
  g_autoptr (HsAttempt) attempt = hs_attempt_ref (handshake->attempt);
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;
  gboolean good = hs_transport_start_tls_finish (transport, result, &certificate, &error);
  HsConnection *self = end_operation (handshake->attempt);

  if (self == NULL)
    return;
  set_peer_certificate (self, certificate, good);
  /* A handler may have ended the connection. */
  if (hs_attempt_get_owner (attempt) == NULL)
    return;
  if (good)
    self->callbacks->secured (attempt, self->owner);
  else
    self->callbacks->failed (error, self->owner);
}

void
hs_connection_start_tls (HsConnection *self, const HsTlsConfig *config)
{
  Handshake *handshake = g_new (Handshake, 1);
  HsTlsConfig copy = *config;

  on_event (self, HS_CONNECTION_ON_TLS);
  self->gate = (HsReadGate){ 0 };
  hs_connection_block (self, HS_READ_STARTTLS);
  handshake->attempt = hs_attempt_ref (self->attempt);
  handshake->transport = hs_transport_ref (self->transport);
  copy.accept = accept_cb;
  copy.accept_data = self->attempt;
  hs_transport_start_tls_async (self->transport, &copy, hs_attempt_get_cancellable (self->attempt), handshake_cb,
                                handshake);
}

/* ---- Bytes ---- */

static void
apply_mode (HsConnection *self)
{
  if (self->transport != NULL)
    hs_transport_set_reading (self->transport, hs_read_gate_get_mode (&self->gate));
}

void
hs_connection_block (HsConnection *self, HsReadReason reason)
{
  if (hs_read_gate_block (&self->gate, reason))
    apply_mode (self);
}

void
hs_connection_unblock (HsConnection *self, HsReadReason reason)
{
  if (hs_read_gate_unblock (&self->gate, reason))
    apply_mode (self);
}

gboolean
hs_connection_is_blocked (const HsConnection *self, HsReadReason reason)
{
  return hs_read_gate_is_blocked (&self->gate, reason);
}

gboolean
hs_connection_has_room (HsConnection *self)
{
  if (self->transport == NULL || hs_connection_is_blocked (self, HS_READ_OUTPUT_FULL))
    return self->transport == NULL;
  if (hs_transport_get_queued (self->transport) <= MAX_QUEUED)
    return TRUE;
  hs_transport_flush (self->transport);
  if (hs_transport_get_queued (self->transport) <= MAX_QUEUED)
    return TRUE;
  hs_connection_block (self, HS_READ_OUTPUT_FULL);
  return FALSE;
}

static gsize
received_cb (HsTransport *transport, const guint8 *bytes, gsize length, gpointer connection)
{
  HsConnection *self = connection;

  return self->callbacks->bytes ((const char *) bytes, length, self->owner);
}

static void
written_cb (HsTransport *transport, gpointer connection)
{
  HsConnection *self = connection;

  if (hs_transport_get_queued (transport) < MAX_QUEUED / 2)
    hs_connection_unblock (self, HS_READ_OUTPUT_FULL);
  self->callbacks->written (hs_transport_get_written (transport), self->owner);
}

static void
closed_cb (HsTransport *transport, const GError *error, gpointer connection)
{
  HsConnection *self = connection;

  self->callbacks->dropped (error, self->owner);
}

static const HsTransportCallbacks transport_callbacks = {
  .received = received_cb,
  .written = written_cb,
  .closed = closed_cb,
  .divide = hs_stanza_boundary_find,
  .frame = hs_stream_frame,
};

void
hs_connection_open (HsConnection *self, HsLoop *loop, GIOStream *io)
{
  g_assert (self->transport == NULL);

  self->transport = hs_socket_transport_new (loop, io, &transport_callbacks, self);
  self->gate = (HsReadGate){ 0 };
  hs_connection_block (self, HS_READ_STARTTLS);
}

gboolean
hs_connection_dial (HsConnection *self, HsDialFunc dial, gpointer user_data, GError **error)
{
  g_assert (self->transport == NULL);

  self->transport = dial (&transport_callbacks, self, user_data, error);
  if (self->transport == NULL)
    return FALSE;
  hs_connection_block (self, HS_READ_STARTTLS);
  return TRUE;
}

void
hs_connection_begin_stream (HsConnection *self, HsStream *stream)
{
  g_assert (self->stream == NULL);

  on_event (self, HS_CONNECTION_ON_STREAM);
  self->stream = stream;
}

void
hs_connection_restart_stream (HsConnection *self)
{
  on_event (self, HS_CONNECTION_ON_STREAM);
}

void
hs_connection_start_reading (HsConnection *self)
{
  hs_connection_unblock (self, HS_READ_STARTTLS);
}

/* ---- The end ---- */

void
hs_connection_end_attempt (HsConnection *self)
{
  g_clear_pointer (&self->attempt, hs_attempt_unref);
}

void
hs_connection_abandon_attempt (HsConnection *self)
{
  g_clear_pointer (&self->attempt, hs_attempt_abandon);
}

void
hs_connection_close (HsConnection *self)
{
  on_event (self, HS_CONNECTION_ON_CLOSE);
  if (self->transport == NULL)
    return;
  hs_transport_flush (self->transport);
  hs_transport_close (self->transport);
}

HsStream *
hs_connection_reset (HsConnection *self)
{
  on_event (self, HS_CONNECTION_ON_RESET);
  g_clear_pointer (&self->transport, hs_transport_unref);
  self->gate = (HsReadGate){ 0 };
  return g_steal_pointer (&self->stream);
}

/* ---- What there is ---- */

HsConnectionPhase
hs_connection_get_phase (const HsConnection *self)
{
  return self->phase;
}

gboolean
hs_connection_is_open (const HsConnection *self)
{
  return self->phase == HS_CONNECTION_OPEN;
}

gboolean
hs_connection_is_open_with (const HsConnection *self, HsStream *stream)
{
  return hs_connection_is_open (self) && self->stream == stream;
}

gboolean
hs_connection_has_stream (const HsConnection *self)
{
  return self->stream != NULL;
}

HsAttempt *
hs_connection_get_attempt (const HsConnection *self)
{
  return self->attempt;
}

HsConnector *
hs_connection_get_connector (const HsConnection *self)
{
  return self->attempt != NULL ? hs_attempt_get_connector (self->attempt) : NULL;
}

HsConnector *
hs_connection_steal_connector (HsConnection *self)
{
  return self->attempt != NULL ? hs_attempt_steal_connector (self->attempt) : NULL;
}

const char *
hs_connection_get_address (const HsConnection *self)
{
  return self->attempt != NULL ? hs_attempt_get_address (self->attempt) : NULL;
}

HsTransport *
hs_connection_get_transport (const HsConnection *self)
{
  return self->transport;
}

HsStream *
hs_connection_get_stream (const HsConnection *self)
{
  return self->stream;
}

GTlsCertificate *
hs_connection_get_peer_certificate (const HsConnection *self)
{
  return self->peer_certificate;
}

gboolean
hs_connection_is_direct_tls (const HsConnection *self)
{
  return self->direct_tls;
}

gboolean
hs_connection_is_secure (const HsConnection *self)
{
  return self->transport != NULL && hs_transport_is_secure (self->transport);
}

gboolean
hs_connection_is_trusted (const HsConnection *self)
{
  return self->transport != NULL && hs_transport_is_trusted (self->transport);
}

gboolean
hs_connection_has_used_certificate (const HsConnection *self)
{
  return self->transport != NULL && hs_transport_has_used_certificate (self->transport);
}

guint64
hs_connection_get_end (const HsConnection *self)
{
  return hs_transport_get_written (self->transport) + hs_transport_get_queued (self->transport);
}
