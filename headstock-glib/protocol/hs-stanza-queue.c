/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stanza-queue.h"

/* Buffers that grew larger than this are not kept when they are empty. */
#define SPARE_SIZE (64 * 1024)
#define SPARE_LENGTH 512

guint
hs_stanza_queue_get_length (const HsStanzaQueue *self)
{
  return self->stanzas != NULL ? self->stanzas->len - self->first : 0;
}

gsize
hs_stanza_queue_get_size (const HsStanzaQueue *self)
{
  return self->bytes != NULL ? self->bytes->len - self->first_byte : 0;
}

HsQueuedStanza *
hs_stanza_queue_get (const HsStanzaQueue *self, guint index)
{
  g_assert (index < hs_stanza_queue_get_length (self));
  return &g_array_index (self->stanzas, HsQueuedStanza, self->first + index);
}

const guint8 *
hs_stanza_queue_get_bytes (const HsStanzaQueue *self, gsize offset)
{
  g_assert (offset <= hs_stanza_queue_get_size (self));
  return self->bytes->data + self->first_byte + offset;
}

void
hs_stanza_queue_push (HsStanzaQueue *self, const HsQueuedStanza *stanza, const guint8 *bytes)
{
  if (self->stanzas == NULL)
    {
      self->stanzas = g_array_new (FALSE, FALSE, sizeof (HsQueuedStanza));
      self->bytes = g_byte_array_new ();
    }
  g_array_append_vals (self->stanzas, stanza, 1);
  g_byte_array_append (self->bytes, bytes, stanza->length);
}

void
hs_stanza_queue_clear (HsStanzaQueue *self)
{
  g_clear_pointer (&self->stanzas, g_array_unref);
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  self->first = 0;
  self->first_byte = 0;
}

static void
release (HsStanzaQueue *self)
{
  if (self->first == self->stanzas->len)
    {
      if (self->bytes->len > SPARE_SIZE || self->stanzas->len > SPARE_LENGTH)
        {
          hs_stanza_queue_clear (self);
          return;
        }
      g_array_set_size (self->stanzas, 0);
      g_byte_array_set_size (self->bytes, 0);
      self->first = 0;
      self->first_byte = 0;
      return;
    }
  /* What is moved is less than what has gone, so that all the moving is linear in what is sent. */
  if (self->first >= SPARE_LENGTH && self->first > self->stanzas->len / 2)
    {
      g_array_remove_range (self->stanzas, 0, self->first);
      self->first = 0;
    }
  if (self->first_byte >= SPARE_SIZE && self->first_byte > self->bytes->len / 2)
    {
      g_byte_array_remove_range (self->bytes, 0, self->first_byte);
      self->first_byte = 0;
    }
}

void
hs_stanza_queue_pop (HsStanzaQueue *self, guint n)
{
  if (n == 0)
    return;
  for (guint i = 0; i < n; i++)
    self->first_byte += hs_stanza_queue_get (self, i)->length;
  self->first += n;
  release (self);
}

void
hs_stanza_queue_shrink (HsStanzaQueue *self)
{
  if (hs_stanza_queue_get_length (self) == 0)
    hs_stanza_queue_clear (self);
}
