/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-socket-transport.h"

#include <sys/ioctl.h>

#include "hs-linger.h"
#include "hs-read-wait.h"
#include "hs-tls.h"
#include "hs-write-queue.h"

/* Reading takes place in turns. A turn gives the callee what it left over last time or, where
 * nothing was left, reads once more and gives it that; then it decides what the next turn waits
 * for. With leftovers that is nothing but a turn of the loop. So it is with a TLS connection of
 * which the end has not been seen: what the TLS library has already decrypted cannot be polled
 * for (glib-networking's sources and is_readable() look at the socket alone), hence such a
 * stream is polled only after a read that would have blocked.
 *
 * Writing takes place once, at the end of a turn of the loop, and then as the stream takes it. What
 * the callee queues while it is given input leaves when it has returned: nothing has to be waited for. */

#define READ_SIZE (64 * 1024)

typedef struct
{
  HsTransport parent;
  guint mode : 2;       /* HsReadMode */
  guint delivering : 1; /* inside of received() */
  guint drained : 1;    /* the last read found nothing more */
  guint eof : 1;        /* there is nothing more to read, now or ever */
  guint blocked : 1;    /* writing would, perhaps within a TLS record */
  guint failed : 1;     /* writing did; reading goes on until nothing is left */
  guint progress : 1;   /* written() is due */
  guint end_due : 1;    /* the end of the turn is when received() has returned */
  guint reported : 1;   /* closed() was called */
  guint closed : 1;     /* by the owner */

  HsLoop *loop;
  GIOStream *stream; /* NULL during a TLS handshake, which has it */
  /* The socket is used directly if nothing lies between the stream and the socket. A GSocketConnection makes its two
   * streams when they are asked for: an idle connection needs none. */
  GSocket *socket;
  /* Used if @socket is NULL. */
  GPollableInputStream *input;
  GPollableOutputStream *output;
  GError *error;

  HsTurnPlace turn;
  HsReadWait read_wait;
  GSource *write_source; /* while a write blocks */
  GSource *end_source;   /* while the end of the turn is waited for */

  guint8 *unread;
  gsize unread_offset;
  gsize unread_length; /* from the offset on */

  HsWriteQueue queue;
  guint64 written;
} HsSocketTransport;

/* Each thread has one buffer, so that an idle transport holds none. */
static GPrivate buffer_private = G_PRIVATE_INIT (g_free);

/* Taken for the time of a call: a callee that iterates the main loop may have another transport
 * read meanwhile, which then gets a buffer of its own. */
static guint8 *
take_buffer (void)
{
  guint8 *buffer = g_private_get (&buffer_private);

  if (buffer == NULL)
    return g_malloc (READ_SIZE);

  g_private_set (&buffer_private, NULL);
  return buffer;
}

static void
give_buffer (guint8 *buffer)
{
  if (g_private_get (&buffer_private) == NULL)
    g_private_set (&buffer_private, buffer);
  else
    g_free (buffer);
}

/* ---- Sources ---- */

static gboolean end_cb (gpointer user_data);
static void end_turn (HsSocketTransport *self);

/* Has end_cb() called before any source of default priority is. */
static void
wait_for_end (HsSocketTransport *self)
{
  /* Made each time: that is not to be measured beside a write, and 400 bytes a connection are. */
  self->end_source = hs_turn_source_new (0);
  hs_source_attach (self->end_source, self->loop->context, G_PRIORITY_HIGH, "[headstock] end of turn",
                    end_cb, self);
}

/* The callee iterates the main loop, and what it has queued is not to wait until it returns. */
static void
nested_cb (gpointer user_data)
{
  HsSocketTransport *self = user_data;

  if (self->end_due)
    wait_for_end (self);
  self->end_due = FALSE;
}

static void
arm_end (HsSocketTransport *self)
{
  if (self->closed || self->reported || self->end_source != NULL)
    return;

  if (self->delivering)
    self->end_due = TRUE;
  else
    wait_for_end (self);
}

static void
drop_all (HsSocketTransport *self)
{
  hs_read_wait_set (&self->read_wait, HS_WAIT_NONE);
  hs_turn_skip (&self->turn);
  hs_source_clear (&self->write_source);
  hs_source_clear (&self->end_source);
  self->end_due = FALSE;
  g_clear_pointer (&self->unread, g_free);
  self->unread_length = 0;
  hs_write_queue_clear (&self->queue);
}

/* Only ever from the main loop; the caller holds a reference. */
static void
report_closed (HsSocketTransport *self)
{
  self->reported = TRUE;
  drop_all (self);
  self->parent.callbacks->closed (&self->parent, self->error, self->parent.owner);
}

/* ---- Reading ---- */

static void
update_wait (HsSocketTransport *self,
             gboolean stand_back)
{
  if (self->delivering)
    return;

  if (self->closed || self->reported || self->stream == NULL || self->mode != HS_READ_MODE_READ)
    {
      hs_read_wait_set (&self->read_wait, HS_WAIT_NONE);
      hs_turn_skip (&self->turn);
    }
  else if (stand_back)
    hs_read_wait_set (&self->read_wait, HS_WAIT_IDLE);
  else if (self->unread_length > 0 || self->eof || self->failed ||
           (self->socket == NULL && !self->drained))
    hs_read_wait_set (&self->read_wait, HS_WAIT_TURN);
  else
    hs_read_wait_set (&self->read_wait, HS_WAIT_POLL);
}

static gsize
deliver (HsSocketTransport *self,
         const guint8 *bytes,
         gsize length)
{
  HsTurnCall call;
  gsize used;

  self->delivering = TRUE;
  hs_turn_begin_call (&self->loop->turn, &call, nested_cb, self);
  used = self->parent.callbacks->received (&self->parent, bytes, length, self->parent.owner);
  hs_turn_end_call (&self->loop->turn, &call);
  self->delivering = FALSE;
  g_assert (used <= length);

  return used;
}

/* Whether the callee may get what it has not used of @stream once more. Plain text from before TLS must not be taken for
 * what came through TLS. */
static gboolean
may_keep (HsSocketTransport *self, GIOStream *stream)
{
  return !self->closed && !self->reported && self->stream == stream;
}

static void
deliver_unread (HsSocketTransport *self)
{
  /* Keep the bytes while the callee reads them, even if it closes the transport. */
  g_autofree guint8 *bytes = g_steal_pointer (&self->unread);
  gsize length = self->unread_length;
  GIOStream *stream = self->stream;
  gsize used;

  self->unread_length = 0;
  used = deliver (self, bytes + self->unread_offset, length);
  if (used == length || !may_keep (self, stream))
    return;

  self->unread = g_steal_pointer (&bytes);
  self->unread_offset += used;
  self->unread_length = length - used;
}

static gssize
read_once (HsSocketTransport *self,
           guint8 *buffer,
           gsize size,
           GError **error)
{
  if (self->socket != NULL)
    return g_socket_receive_with_blocking (self->socket, (char *) buffer, size, FALSE, NULL, error);

  return g_pollable_input_stream_read_nonblocking (self->input, buffer, size, NULL, error);
}

/* Fills the buffer with what there is; sets drained, eof and error. A socket is read once:
 * whether it has more is for poll() to say. */
static gsize
read_available (HsSocketTransport *self,
                guint8 *buffer)
{
  gsize length = 0;

  self->drained = FALSE;
  do
    {
      g_autoptr (GError) error = NULL;
      gssize n = read_once (self, buffer + length, READ_SIZE - length, &error);

      if (n > 0)
        {
          length += n;
          continue;
        }

      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          self->drained = TRUE;
          break;
        }

      self->eof = TRUE;
      if (error != NULL && self->error == NULL)
        self->error = g_steal_pointer (&error);
      break;
    }
  while (self->socket == NULL && length < READ_SIZE);

  return length;
}

static void
read_and_deliver (HsSocketTransport *self)
{
  guint8 *buffer = take_buffer ();
  gsize length = read_available (self, buffer);

  if (length > 0)
    {
      GIOStream *stream = self->stream;
      gsize used = deliver (self, buffer, length);

      if (used < length && may_keep (self, stream))
        {
          self->unread = g_memdup2 (buffer + used, length - used);
          self->unread_offset = 0;
          self->unread_length = length - used;
        }
    }

  give_buffer (buffer);
}

static gboolean
read_cb (gpointer user_data)
{
  HsSocketTransport *self = user_data;
  g_autoptr (HsTransport) alive = NULL;

  /* The callee iterates the main loop: what comes next must not overtake what it is looking at. */
  if (self->delivering)
    {
      hs_read_wait_set (&self->read_wait, HS_WAIT_NONE);
      return G_SOURCE_REMOVE;
    }
  /* Without a turn, return: the input stays in the socket until the next one. A poller that calls this has a turn
   * already, and its transports share that. */
  if (self->read_wait.poll.poller == NULL && !hs_turn_begin (&self->turn))
    return G_SOURCE_CONTINUE;

  alive = hs_transport_ref (&self->parent);
  hs_read_wait_begin_turn (&self->read_wait);

  if (self->unread_length > 0)
    deliver_unread (self);
  else if (!self->eof)
    read_and_deliver (self);

  if (self->closed || self->reported)
    return G_SOURCE_REMOVE;

  /* After a failed write the transport reads on, since the peer has often sent a stream error before it went. All
   * that the peer sent has been delivered now. */
  if (self->unread_length == 0 && self->mode == HS_READ_MODE_READ &&
      (self->eof || (self->failed && self->drained)))
    {
      report_closed (self);
      return G_SOURCE_REMOVE;
    }

  update_wait (self, hs_read_wait_end_turn (&self->read_wait));
  if (self->end_due)
    {
      self->end_due = FALSE;
      end_turn (self);
    }

  return G_SOURCE_CONTINUE;
}

/* ---- Writing ---- */

static gboolean socket_write_cb (GSocket *socket, GIOCondition condition, gpointer user_data);
static gboolean stream_write_cb (GObject *stream, gpointer user_data);

static void
wait_for_room (HsSocketTransport *self)
{
  GSourceFunc callback;

  if (self->write_source != NULL)
    return;

  if (self->socket != NULL)
    {
      self->write_source = g_socket_create_source (self->socket, G_IO_OUT, NULL);
      callback = G_SOURCE_FUNC (socket_write_cb);
    }
  else
    {
      self->write_source = g_pollable_output_stream_create_source (self->output, NULL);
      callback = G_SOURCE_FUNC (stream_write_cb);
    }
  hs_source_attach (self->write_source, self->loop->context, G_PRIORITY_DEFAULT, "[headstock] write",
                    callback, self);
}

static void
fail (HsSocketTransport *self,
      GError *error)
{
  self->failed = TRUE;
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);

  hs_source_clear (&self->write_source);
  hs_write_queue_clear (&self->queue);
  self->drained = FALSE;
  update_wait (self, FALSE);
  arm_end (self);
}

static void
write_available (HsSocketTransport *self)
{
  g_autoptr (GError) error = NULL;
  guint64 before = self->written;
  HsWriteStatus status = hs_write_queue_write (&self->queue, self->socket, self->output,
                                               &self->written, &error);

  self->blocked = status == HS_WRITE_BLOCKED;
  if (self->written > before)
    self->progress = TRUE;

  switch (status)
    {
    case HS_WRITE_EMPTY:
      hs_source_clear (&self->write_source);
      break;

    case HS_WRITE_MORE:
    case HS_WRITE_BLOCKED:
      wait_for_room (self);
      break;

    case HS_WRITE_FAILED:
    default:
      fail (self, g_steal_pointer (&error));
      break;
    }
}

static void
notify_written (HsSocketTransport *self)
{
  if (!self->progress || self->closed || self->reported)
    return;

  self->progress = FALSE;
  self->parent.callbacks->written (&self->parent, self->parent.owner);
}

static gboolean
write_on (HsSocketTransport *self)
{
  g_autoptr (HsTransport) alive G_GNUC_UNUSED = hs_transport_ref (&self->parent);

  write_available (self);
  notify_written (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
socket_write_cb (GSocket *socket,
                 GIOCondition condition,
                 gpointer user_data)
{
  return write_on (user_data);
}

static gboolean
stream_write_cb (GObject *stream,
                 gpointer user_data)
{
  return write_on (user_data);
}

/* The caller holds a reference. */
static void
end_turn (HsSocketTransport *self)
{
  if (!self->failed && self->write_source == NULL && self->stream != NULL)
    write_available (self);
  notify_written (self);

  /* If the owner reads, the read callback reports the end, after the rest of the peer's input. */
  if (self->failed && self->mode == HS_READ_MODE_STOP && !self->closed && !self->reported)
    report_closed (self);
}

static gboolean
end_cb (gpointer user_data)
{
  HsSocketTransport *self = user_data;
  g_autoptr (HsTransport) alive G_GNUC_UNUSED = hs_transport_ref (&self->parent);

  hs_source_clear (&self->end_source);
  end_turn (self);

  return G_SOURCE_REMOVE;
}

/* Returns the socket, or NULL if there is none or it is not known. */
static GSocket *
get_socket (HsSocketTransport *self)
{
  GIOStream *base = G_IS_TLS_CONNECTION (self->stream)
                        ? hs_tls_get_base (G_TLS_CONNECTION (self->stream))
                        : self->stream;

  return G_IS_SOCKET_CONNECTION (base)
             ? g_socket_connection_get_socket (G_SOCKET_CONNECTION (base))
             : NULL;
}

/* ---- The functions of HsTransport ---- */

static void
socket_transport_free (HsTransport *transport)
{
  HsSocketTransport *self = (HsSocketTransport *) transport;

  drop_all (self);
  hs_turn_leave (&self->turn);
  /* A socket may go on without us, under TLS. But nobody goes on with a TLS connection, and closing
   * with its last reference would block. */
  if (!self->closed && G_IS_TLS_CONNECTION (self->stream))
    hs_tls_close (G_TLS_CONNECTION (self->stream), self->blocked);
  g_clear_object (&self->stream);
  g_clear_pointer (&self->loop, hs_loop_unref);
  g_clear_error (&self->error);
  g_free (self);
}

static void
set_reading (HsTransport *transport,
             HsReadMode mode)
{
  HsSocketTransport *self = (HsSocketTransport *) transport;
  HsReadMode before = self->mode;

  self->mode = mode;
  if (mode == HS_READ_MODE_STOP)
    {
      hs_read_wait_set (&self->read_wait, HS_WAIT_NONE);
      hs_turn_skip (&self->turn);
      if (self->failed)
        arm_end (self);
    }
  /* Update the wait only for another mode. Setting the same mode again must not end the idle wait of a transport
   * that stands back for the rest of the main loop. */
  else if (mode != before)
    update_wait (self, FALSE);
}

static gint64
get_turn_end (HsTransport *transport)
{
  HsSocketTransport *self = (HsSocketTransport *) transport;

  return hs_turn_get_end (&self->turn);
}

static GByteArray *
get_output (HsTransport *transport)
{
  HsSocketTransport *self = (HsSocketTransport *) transport;

  return hs_write_queue_get_output (&self->queue);
}

static void
queue (HsTransport *transport)
{
  HsSocketTransport *self = (HsSocketTransport *) transport;

  if (self->closed || self->reported || self->failed)
    hs_write_queue_clear (&self->queue);
  else if (self->write_source == NULL && hs_write_queue_get_length (&self->queue) > 0)
    arm_end (self);
}

static void
flush (HsTransport *transport)
{
  HsSocketTransport *self = (HsSocketTransport *) transport;

  if (self->closed || self->reported || self->failed || self->stream == NULL || self->write_source != NULL)
    return;

  write_available (self);
  if (self->progress)
    arm_end (self);
}

static gsize
get_queued (HsTransport *transport)
{
  HsSocketTransport *self = (HsSocketTransport *) transport;

  return hs_write_queue_get_length (&self->queue);
}

static guint64
get_written (HsTransport *transport)
{
  HsSocketTransport *self = (HsSocketTransport *) transport;

  return self->written;
}

static guint64
get_left (HsTransport *transport)
{
  HsSocketTransport *self = (HsSocketTransport *) transport;
  GSocket *socket = get_socket (self);
  int n_bytes = 0;

#ifdef TIOCOUTQ
  if (socket != NULL && ioctl (g_socket_get_fd (socket), TIOCOUTQ, &n_bytes) != 0)
    n_bytes = 0;
#endif
  return self->written - MIN (self->written, (guint64) MAX (n_bytes, 0));
}

static gboolean
has_unread (HsTransport *transport)
{
  HsSocketTransport *self = (HsSocketTransport *) transport;
  GSocket *socket = get_socket (self);

  if (self->unread_length > 0 || self->eof || (self->socket == NULL && !self->drained))
    return TRUE;
  return socket != NULL && g_socket_condition_check (socket, G_IO_IN) != 0;
}

static void
close_transport (HsTransport *transport)
{
  HsSocketTransport *self = (HsSocketTransport *) transport;
  HsLinger *linger;
  GSocket *socket;

  if (self->closed)
    return;

  self->closed = TRUE;
  hs_read_wait_set (&self->read_wait, HS_WAIT_NONE);
  socket = get_socket (self);
  linger = socket != NULL ? hs_linger_prepare (socket) : NULL;
  if (G_IS_TLS_CONNECTION (self->stream))
    hs_tls_close (G_TLS_CONNECTION (self->stream), self->blocked);
  else if (self->stream != NULL)
    g_io_stream_close (self->stream, NULL, NULL);
  hs_linger_start (linger);
  drop_all (self);
}

/* ---- TLS ---- */

static void
set_stream (HsSocketTransport *self, GIOStream *stream)
{
  self->stream = g_object_ref (stream);
  /* A connection through an HTTPS proxy is a GTcpWrapperConnection, which has TLS inside. */
  if (G_IS_SOCKET_CONNECTION (stream) && !G_IS_TCP_WRAPPER_CONNECTION (stream))
    self->socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream));
  else
    {
      self->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
      self->output = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
    }
  if (G_IS_TLS_CONNECTION (stream))
    self->queue.divide = self->parent.callbacks->divide;
  self->read_wait = (HsReadWait){ .loop = self->loop, .stream = self->input, .socket = self->socket,
                                  .callback = read_cb, .user_data = self };
}

/* Stops all work on the stream, and returns it. (transfer full) */
static GIOStream *
take_stream (HsSocketTransport *self)
{
  drop_all (self);
  self->drained = self->eof = self->blocked = self->failed = self->progress = FALSE;
  g_clear_error (&self->error);
  self->written = 0;
  self->socket = NULL;
  self->input = NULL;
  self->output = NULL;
  return g_steal_pointer (&self->stream);
}

typedef struct
{
  HsSocketTransport *transport;
  GTlsCertificate *peer_certificate; /* or NULL */
} Handshake;

static void
handshake_free (gpointer data)
{
  Handshake *self = data;

  hs_transport_unref (&self->transport->parent);
  g_clear_object (&self->peer_certificate);
  g_free (self);
}

static void
handshake_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Handshake *handshake = g_task_get_task_data (task);
  HsSocketTransport *self = handshake->transport;
  GError *error = NULL;
  g_autoptr (HsTlsResult) tls = hs_tls_handshake_finish (result, &handshake->peer_certificate, &error);

  if (tls == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (!self->closed)
    {
      set_stream (self, G_IO_STREAM (tls->connection));
      hs_transport_note_secure (&self->parent, tls->trusted, tls->client_certificate_used);
      update_wait (self, FALSE);
    }
  g_task_return_boolean (task, TRUE);
}

static void
start_tls (HsTransport *transport,
           const HsTlsConfig *config,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  HsSocketTransport *self = (HsSocketTransport *) transport;
  g_autoptr (GIOStream) base = take_stream (self);
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Handshake *handshake = g_new0 (Handshake, 1);

  g_assert (base != NULL);

  hs_transport_ref (transport);
  handshake->transport = self;
  g_task_set_source_tag (task, start_tls);
  g_task_set_task_data (task, handshake, handshake_free);
  hs_tls_handshake_async (base, config, cancellable, handshake_cb, task);
}

static gboolean
start_tls_finish (HsTransport *transport, GAsyncResult *result, GTlsCertificate **peer_certificate, GError **error)
{
  Handshake *handshake = g_task_get_task_data (G_TASK (result));

  g_assert (g_task_get_source_tag (G_TASK (result)) == start_tls);

  *peer_certificate = g_steal_pointer (&handshake->peer_certificate);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static GTlsConnection *
get_tls (HsTransport *transport)
{
  HsSocketTransport *self = (HsSocketTransport *) transport;

  return G_IS_TLS_CONNECTION (self->stream) ? G_TLS_CONNECTION (self->stream) : NULL;
}

static const HsTransportFuncs funcs = {
  .free = socket_transport_free,
  .set_reading = set_reading,
  .get_turn_end = get_turn_end,
  .has_unread = has_unread,
  .get_output = get_output,
  .queue = queue,
  .flush = flush,
  .get_queued = get_queued,
  .get_written = get_written,
  .get_left = get_left,
  .start_tls = start_tls,
  .start_tls_finish = start_tls_finish,
  .get_tls = get_tls,
  .close = close_transport,
};

HsTransport *
hs_socket_transport_new (HsLoop *loop,
                         GIOStream *stream,
                         const HsTransportCallbacks *callbacks,
                         gpointer owner)
{
  HsSocketTransport *self;

  g_assert (G_IS_IO_STREAM (stream));

  self = g_new0 (HsSocketTransport, 1);
  hs_transport_init (&self->parent, &funcs, callbacks, owner);
  self->loop = hs_loop_ref (loop);
  hs_turn_join (&self->turn, &loop->turn);
  set_stream (self, stream);

  return &self->parent;
}
