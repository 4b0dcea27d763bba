/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-write-queue.h"

/* The most bytes to write in one turn, before other sources get theirs. */
#define WRITE_BUDGET (256 * 1024)
/* A sent prefix of this size is released when it is half of the buffer. */
#define RELEASE_SIZE (256 * 1024)
/* RFC 8446, 5.1. The TLS library takes less where the peer has asked for smaller records (RFC 8449), but no
 * less than this (RFC 6066, 4). */
#define RECORD_SIZE (16 * 1024)
#define SMALLEST_RECORD 512
/* Units are put together up to this, which is all that LuaSec takes from OpenSSL at once. Prosody takes 4 KiB of it
 * at once, across records: no size of records keeps it from losing the rest where the connection goes between. */
#define GROUP_SIZE (8 * 1024)
/* The largest drained buffer that a thread keeps for its next writer. */
#define SPARE_SIZE (64 * 1024)

/* One buffer a thread goes round, so that neither a flush costs an allocation nor an idle
 * connection memory. */
static GPrivate spare_private = G_PRIVATE_INIT ((GDestroyNotify) g_byte_array_unref);

static GByteArray *
take_buffer (void)
{
  GByteArray *spare = g_private_get (&spare_private);

  if (spare == NULL)
    return g_byte_array_new ();

  g_private_set (&spare_private, NULL);
  return spare;
}

static void
give_buffer (GByteArray *buffer)
{
  /* How much it can hold is not known, but less than twice of what it held. */
  if (g_private_get (&spare_private) != NULL || buffer->len > SPARE_SIZE)
    {
      g_byte_array_unref (buffer);
      return;
    }

  g_byte_array_set_size (buffer, 0);
  g_private_set (&spare_private, buffer);
}

/* Whether there is something in sending, which is refilled only when all of it has been sent. */
static gboolean
next_to_send (HsWriteQueue *self)
{
  if (self->sending != NULL && self->sent == self->sending->len)
    {
      give_buffer (g_steal_pointer (&self->sending));
      self->sent = 0;
    }

  if (self->sending == NULL && self->output != NULL && self->output->len > 0)
    self->sending = g_steal_pointer (&self->output);

  return self->sending != NULL;
}

/* A GByteArray does not shrink. Since what is left is no more than what was sent, the copying is
 * linear in what is sent. */
static void
release_sent (HsWriteQueue *self)
{
  gsize left = self->sending->len - self->sent;
  GByteArray *rest;

  if (self->sent < RELEASE_SIZE || self->sent < left || left == 0)
    return;

  rest = g_byte_array_sized_new (left);
  g_byte_array_append (rest, self->sending->data + self->sent, left);
  g_byte_array_unref (self->sending);
  self->sending = rest;
  self->sent = 0;
}

GByteArray *
hs_write_queue_get_output (HsWriteQueue *self)
{
  if (self->output == NULL)
    self->output = take_buffer ();

  return self->output;
}

gsize
hs_write_queue_get_length (const HsWriteQueue *self)
{
  gsize length = self->output != NULL ? self->output->len : 0;

  if (self->sending != NULL)
    length += self->sending->len - self->sent;

  return length;
}

/* How much to give to the stream. The same again where the last write would have blocked. */
static gsize
get_piece (HsWriteQueue *self)
{
  gsize left = self->sending->len - self->sent;
  gsize record = self->record != 0 ? self->record : RECORD_SIZE;
  const guint8 *bytes = self->sending->data + self->sent;

  if (self->divide == NULL)
    return left;
  if (self->piece == 0)
    {
      gsize group = MIN (GROUP_SIZE, record);

      self->piece = left > group ? self->divide (bytes, left, group) : left;
      /* A stanza that is larger than a group gets a record of its own, with the request that follows it. */
      if (self->piece > group)
        self->piece = self->divide (bytes, left, record);
    }
  return MIN (self->piece, record);
}

static void
note_sent (HsWriteQueue *self, gsize length, gsize n)
{
  self->sent += n;
  if (self->divide == NULL)
    return;
  self->piece -= n;
  if (n < length && n >= SMALLEST_RECORD)
    self->record = n;
}

static gssize
write_once (GSocket *socket,
            GPollableOutputStream *stream,
            const guint8 *bytes,
            gsize length,
            GError **error)
{
  if (socket != NULL)
    return g_socket_send_with_blocking (socket, (const char *) bytes, length, FALSE, NULL, error);

  return g_pollable_output_stream_write_nonblocking (stream, bytes, length, NULL, error);
}

HsWriteStatus
hs_write_queue_write (HsWriteQueue *self,
                      GSocket *socket,
                      GPollableOutputStream *stream,
                      guint64 *written,
                      GError **error)
{
  gsize total = 0;

  while (next_to_send (self))
    {
      g_autoptr (GError) local_error = NULL;
      gsize length = get_piece (self);
      gssize n;

      if (total >= WRITE_BUDGET)
        return HS_WRITE_MORE;

      n = write_once (socket, stream, self->sending->data + self->sent, length, &local_error);
      if (n < 0 && !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return HS_WRITE_FAILED;
        }

      if (n <= 0)
        return HS_WRITE_BLOCKED;

      note_sent (self, length, n);
      *written += n;
      total += n;
      release_sent (self);
      /* A socket that took a part is full; trying again would only tell so. TLS takes a record. */
      if (socket != NULL && (gsize) n < length)
        return HS_WRITE_BLOCKED;
    }

  return HS_WRITE_EMPTY;
}

void
hs_write_queue_clear (HsWriteQueue *self)
{
  g_clear_pointer (&self->output, g_byte_array_unref);
  g_clear_pointer (&self->sending, g_byte_array_unref);
  self->sent = 0;
  self->piece = 0;
}
