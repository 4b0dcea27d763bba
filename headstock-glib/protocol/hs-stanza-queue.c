/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stanza-queue.h"

#include <string.h>

#include "hs-namespaces.h"
#include "xml/hs-parser.h"

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
  /* Move the rest to the front only if more entries have gone than are left. So each entry that goes pays for at most
   * one that is moved, and all moves together take time linear in what is sent. */
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

/* ---- Kept ---- */

GVariant *
hs_stanza_queue_save (HsStanzaQueue *self)
{
  guint n = hs_stanza_queue_get_length (self);
  gsize offset = 0;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(xyyay)"));
  for (guint i = 0; i < n; i++)
    {
      HsQueuedStanza *stanza = hs_stanza_queue_get (self, i);
      GVariant *bytes = g_variant_new_fixed_array (
          G_VARIANT_TYPE_BYTE, hs_stanza_queue_get_bytes (self, offset), stanza->length, 1);

      g_variant_builder_add (&builder, "(xyy@ay)", stanza->time, stanza->flags, stanza->n_lost,
                             bytes);
      offset += stanza->length;
    }
  return g_variant_builder_end (&builder);
}

/* Whether it is one stanza and no more, as it stands in a stream: it is going to be written as it is. */
static gboolean
is_stanza (HsParser *parser, const guint8 *bytes, gsize length)
{
  HsParserEvent *event;
  gboolean good = FALSE;

  for (gsize used = 0; used < length;)
    {
      used += hs_parser_feed (parser, (const char *) bytes + used, length - used, FALSE, NULL);
      while ((event = hs_parser_pop (parser)) != NULL)
        {
          good = !good && event->type == HS_PARSER_EVENT_STANZA
                 && hs_node_get_kind (event->node) != HS_STANZA_KIND_NONE;
          hs_parser_give_back (parser, event);
          if (!good)
            return FALSE;
        }
    }
  return good && hs_parser_is_between_stanzas (parser);
}

gboolean
hs_stanza_queue_restore (HsStanzaQueue *self, GVariantIter *stanzas)
{
  static const char header[]
      = "<stream:stream xmlns='" HS_NS_CLIENT "' xmlns:stream='" HS_NS_STREAM "'>";
  HsParser *parser = hs_parser_new (HS_NS_CLIENT, NULL, NULL);
  HsQueuedStanza stanza = { NULL };
  GVariant *bytes;
  gboolean good = TRUE;

  hs_parser_set_limits (parser, G_MAXSSIZE, G_MAXINT);
  hs_parser_feed (parser, header, strlen (header), FALSE, NULL);
  hs_parser_give_back (parser, hs_parser_pop (parser));
  while (good
         && g_variant_iter_next (stanzas, "(xyy@ay)", &stanza.time, &stanza.flags, &stanza.n_lost,
                                 &bytes))
    {
      const guint8 *data = g_variant_get_fixed_array (bytes, &stanza.length, 1);

      good = is_stanza (parser, data, stanza.length);
      if (good)
        hs_stanza_queue_push (self, &stanza, data);
      g_variant_unref (bytes);
    }
  hs_parser_free (parser);
  return good;
}
