/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-test-transport.h"

/* How long a turn may work, in microseconds. */
#define TURN_USEC 1500

struct _HsTestTransport
{
  HsTransport parent;
  GMainContext *context;
  HsTestPeerCallbacks peer_callbacks;
  gpointer peer;

  GByteArray *input; /* for the client */
  HsReadMode mode;
  gboolean delivering;
  gboolean ended; /* by the peer */
  gboolean lost;
  gboolean closed; /* by the client, or the client was told */
  GSource *read_source;

  GByteArray *output;
  guint64 written;
  guint64 told_written;
  GSource *end_source;
};

/* ---- Sources ---- */

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { NULL, NULL, dispatch, NULL, NULL, NULL };

static void
arm (HsTestTransport *self, GSource **source, int priority, GSourceFunc callback)
{
  if (*source != NULL)
    return;
  *source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (*source, "[headstock-test] transport");
  g_source_set_ready_time (*source, 0);
  g_source_set_priority (*source, priority);
  g_source_set_can_recurse (*source, TRUE);
  g_source_set_callback (*source, callback, self, NULL);
  g_source_attach (*source, self->context);
}

static void
disarm (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static gboolean
has_something (HsTestTransport *self)
{
  return self->input->len > 0 || self->ended;
}

static gboolean read_cb (gpointer user_data);

static void
update_read (HsTestTransport *self)
{
  if (self->mode == HS_READ_MODE_READ && !self->delivering && !self->closed && has_something (self))
    arm (self, &self->read_source, G_PRIORITY_DEFAULT, read_cb);
  else
    disarm (&self->read_source);
}

/* ---- From the peer to the client ---- */

static void
deliver (HsTestTransport *self)
{
  g_autoptr (GByteArray) bytes = g_steal_pointer (&self->input);
  gsize used;

  self->input = g_byte_array_new ();
  self->delivering = TRUE;
  used = self->parent.callbacks->received (&self->parent, bytes->data, bytes->len, self->parent.owner);
  self->delivering = FALSE;
  if (used < bytes->len)
    g_byte_array_prepend (self->input, bytes->data + used, bytes->len - used);
  if (self->peer != NULL && self->peer_callbacks.taken != NULL)
    self->peer_callbacks.taken (self->peer);
}

static void
tell_end (HsTestTransport *self)
{
  g_autoptr (GError) error = NULL;

  self->closed = TRUE;
  if (self->lost)
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "The test has cut the connection");
  self->parent.callbacks->closed (&self->parent, error, self->parent.owner);
}

static gboolean
read_cb (gpointer user_data)
{
  HsTestTransport *self = user_data;
  g_autoptr (HsTransport) alive G_GNUC_UNUSED = hs_transport_ref (&self->parent);

  disarm (&self->read_source);
  if (self->input->len > 0)
    deliver (self);
  else
    tell_end (self);
  update_read (self);
  return G_SOURCE_REMOVE;
}

void
hs_test_transport_feed_bytes (HsTestTransport *self, const char *bytes, gsize length)
{
  g_return_if_fail (!self->ended);

  g_byte_array_append (self->input, (const guint8 *) bytes, length);
  update_read (self);
}

void
hs_test_transport_feed (HsTestTransport *self, const char *element)
{
  hs_test_transport_feed_bytes (self, element, strlen (element));
}

gsize
hs_test_transport_get_unread (HsTestTransport *self)
{
  return self->input->len;
}

void
hs_test_transport_end (HsTestTransport *self, gboolean lost)
{
  self->ended = TRUE;
  self->lost = lost;
  update_read (self);
}

void
hs_test_transport_begin_plain (HsTestTransport *self)
{
  self->parent.secure = self->parent.trusted = FALSE;
}

void
hs_test_transport_leave (HsTestTransport *self)
{
  self->peer = NULL;
}

/* ---- From the client to the peer ---- */

/* Whether the peer hears what is sent. */
static gboolean
is_heard (const HsTestTransport *self)
{
  return self->peer != NULL && (!self->ended || (self->peer_callbacks.half_closes && !self->lost));
}

static void
send_frame (HsTestTransport *self, const guint8 *unit, gsize length)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();

  self->parent.callbacks->frame (frame, unit, length);
  g_byte_array_append (frame, (const guint8 *) "", 1);
  if (frame->len > 1 && is_heard (self))
    self->peer_callbacks.sent ((const char *) frame->data, self->peer);
}

/* All at once, or the next element. */
static gsize
send_next (HsTestTransport *self, const guint8 *bytes, gsize length)
{
  g_autofree char *text = NULL;

  if (self->parent.funcs->framed)
    {
      length = self->parent.callbacks->divide (bytes, length, 0);
      send_frame (self, bytes, length);
      return length;
    }
  text = g_strndup ((const char *) bytes, length);
  if (is_heard (self))
    self->peer_callbacks.sent (text, self->peer);
  return length;
}

static gboolean end_cb (gpointer user_data);

static void
flush (HsTransport *transport)
{
  HsTestTransport *self = (HsTestTransport *) transport;
  g_autoptr (GByteArray) output = self->output;
  gsize sent = 0;

  self->output = g_byte_array_new ();
  while (sent < output->len && !self->closed)
    {
      gsize length = send_next (self, output->data + sent, output->len - sent);

      self->written += length;
      sent += length;
    }
  if (self->written > self->told_written)
    arm (self, &self->end_source, G_PRIORITY_HIGH, end_cb);
}

static gboolean
end_cb (gpointer user_data)
{
  HsTestTransport *self = user_data;
  g_autoptr (HsTransport) alive G_GNUC_UNUSED = hs_transport_ref (&self->parent);

  disarm (&self->end_source);
  if (self->output->len > 0)
    flush (&self->parent);
  disarm (&self->end_source);
  if (self->written == self->told_written || self->closed)
    return G_SOURCE_REMOVE;
  self->told_written = self->written;
  self->parent.callbacks->written (&self->parent, self->parent.owner);
  return G_SOURCE_REMOVE;
}

/* ---- The functions of HsTransport ---- */

static void
set_reading (HsTransport *transport, HsReadMode mode)
{
  HsTestTransport *self = (HsTestTransport *) transport;

  self->mode = mode;
  update_read (self);
}

static gint64
get_turn_end (HsTransport *transport)
{
  return g_get_monotonic_time () + TURN_USEC;
}

static gboolean
has_unread (HsTransport *transport)
{
  return has_something ((HsTestTransport *) transport);
}

static GByteArray *
get_output (HsTransport *transport)
{
  return ((HsTestTransport *) transport)->output;
}

static void
queue (HsTransport *transport)
{
  HsTestTransport *self = (HsTestTransport *) transport;

  if (self->closed)
    g_byte_array_set_size (self->output, 0);
  else if (self->output->len > 0)
    arm (self, &self->end_source, G_PRIORITY_HIGH, end_cb);
}

static gsize
get_queued (HsTransport *transport)
{
  return ((HsTestTransport *) transport)->output->len;
}

static guint64
get_written (HsTransport *transport)
{
  return ((HsTestTransport *) transport)->written;
}

static guint64
get_left (HsTransport *transport)
{
  HsTestTransport *self = (HsTestTransport *) transport;

  if (self->peer == NULL || self->peer_callbacks.get_waiting == NULL)
    return self->written;
  return self->written - MIN (self->written, self->peer_callbacks.get_waiting (self->peer));
}

/* There is no TLS to do: the handshake succeeds in the next turn of the main loop. */
static gboolean
secured_cb (gpointer data)
{
  GTask *task = data;
  HsTestTransport *self = g_task_get_task_data (task);

  if (self->closed)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, "The connection was closed");
      return G_SOURCE_REMOVE;
    }
  hs_transport_note_secure (&self->parent, TRUE, FALSE);
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static void
start_tls (HsTransport *transport,
           const HsTlsConfig *config,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  HsTestTransport *self = (HsTestTransport *) transport;
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GSource) source = g_idle_source_new ();

  g_byte_array_set_size (self->input, 0);
  self->written = self->told_written = 0;
  g_task_set_source_tag (task, start_tls);
  g_task_set_task_data (task, hs_transport_ref (transport), (GDestroyNotify) hs_transport_unref);
  g_source_set_static_name (source, "[headstock-test] TLS");
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, secured_cb, g_object_ref (task), g_object_unref);
  g_source_attach (source, self->context);
}

static gboolean
start_tls_finish (HsTransport *transport, GAsyncResult *result, GTlsCertificate **peer_certificate, GError **error)
{
  *peer_certificate = NULL;
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
close_transport (HsTransport *transport)
{
  HsTestTransport *self = (HsTestTransport *) transport;

  self->closed = TRUE;
  disarm (&self->read_source);
  disarm (&self->end_source);
  if (self->peer != NULL)
    self->peer_callbacks.closed (self->peer);
  self->peer = NULL;
}

static void
free_transport (HsTransport *transport)
{
  HsTestTransport *self = (HsTestTransport *) transport;

  close_transport (transport);
  g_byte_array_unref (self->input);
  g_byte_array_unref (self->output);
  g_main_context_unref (self->context);
  g_free (self);
}

/* Both kinds, but for the first member. */
#define FUNCS \
  .free = free_transport, \
  .set_reading = set_reading, \
  .get_turn_end = get_turn_end, \
  .has_unread = has_unread, \
  .get_output = get_output, \
  .queue = queue, \
  .flush = flush, \
  .get_queued = get_queued, \
  .get_written = get_written, \
  .get_left = get_left, \
  .start_tls = start_tls, \
  .start_tls_finish = start_tls_finish, \
  .close = close_transport

static const HsTransportFuncs framed_funcs = { .framed = TRUE, FUNCS };
static const HsTransportFuncs stream_funcs = { .framed = FALSE, FUNCS };

HsTransport *
hs_test_transport_new (const HsTransportCallbacks *callbacks,
                       gpointer owner,
                       gboolean framed,
                       const HsTestPeerCallbacks *peer_callbacks,
                       gpointer peer)
{
  HsTestTransport *self = g_new0 (HsTestTransport, 1);

  hs_transport_init (&self->parent, framed ? &framed_funcs : &stream_funcs, callbacks, owner);
  /* Nobody is on the way between two ends in one process. */
  hs_transport_note_secure (&self->parent, TRUE, FALSE);
  self->context = g_main_context_ref_thread_default ();
  self->peer_callbacks = *peer_callbacks;
  self->peer = peer;
  self->input = g_byte_array_new ();
  self->output = g_byte_array_new ();
  return &self->parent;
}
