/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "xml/hs-node-private.h"

/* The memory of a block: chunks, which are freed with the block, and loose memory, which can be freed before it. */

/* A chat message with its attributes fits into the first chunk. */
#define MAX_CHUNK_SIZE (64 * 1024)

gsize
hs_block_get_size (HsBlock *self)
{
  return hs_block_resolve (self)->size;
}

gpointer
hs_block_alloc_slow (HsBlock *self, gsize size)
{
  HsChunk *chunk;
  gsize want = MAX (self->chunk_size * 2, self->first_size * 2);

  want = MIN (want, MAX_CHUNK_SIZE);
  if (size > want / 4)
    {
      /* Make a chunk for this memory alone: the rest of the current chunk stays in use. */
      chunk = g_malloc (sizeof (HsChunk) + size);
      chunk->next = self->chunks;
      self->chunks = chunk;
      return chunk + 1;
    }
  chunk = g_malloc (sizeof (HsChunk) + want);
  chunk->next = self->chunks;
  self->chunks = chunk;
  self->chunk_size = want;
  self->position = (char *) (chunk + 1) + size;
  self->end = (char *) (chunk + 1) + want;
  return chunk + 1;
}

/* Memory that can be freed before the block is, for what a program may change again and again: memory out
 * of a chunk would stay in use until the block is freed. */
gpointer
hs_block_alloc_loose (HsBlock *self, gsize size)
{
  return hs_block_grow_loose (self, NULL, 0, size);
}

gpointer
hs_block_grow_loose (HsBlock *self, gpointer memory, gsize used, gsize size)
{
  gpointer result;

  if (self->loose == NULL)
    self->loose = g_hash_table_new_full (NULL, NULL, g_free, NULL);
  if (memory != NULL && g_hash_table_steal (self->loose, memory))
    result = g_realloc (memory, size);
  else
    {
      result = g_malloc (size);
      if (used > 0)
        memcpy (result, memory, used);
    }
  g_hash_table_add (self->loose, result);
  if (self->detached != NULL)
    self->detached->grown += size;
  return result;
}

/* Nothing happens if @memory is in a chunk. */
void
hs_block_free_loose (HsBlock *self, gconstpointer memory)
{
  if (self->loose != NULL && memory != NULL)
    g_hash_table_remove (self->loose, memory);
}

void
hs_block_forget_parsed (HsBlock *self, const char *value)
{
  HsParsedValues *values = self->parsed;
  guint i = 0;

  while (values != NULL && i < values->n_used && values->entries[i].value != value)
    i++;
  if (values == NULL || i == values->n_used)
    return;
  if (values->entries[i].parsed != NULL)
    values->type->unref (values->entries[i].parsed);
  values->entries[i] = values->entries[--values->n_used];
}

char *
hs_block_strndup (HsBlock *self, const char *string, gsize length)
{
  char *result = hs_block_alloc (self, length + 1);

  memcpy (result, string, length);
  result[length] = '\0';
  return result;
}
