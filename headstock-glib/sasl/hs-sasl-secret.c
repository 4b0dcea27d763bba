/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-sasl-secret.h"

#include <string.h>

typedef struct
{
  gsize length;
  guint8 data[];
} SecretBlock;

static void
secret_block_free (gpointer data)
{
  SecretBlock *block = data;

  explicit_bzero (block->data, block->length);
  g_free (block);
}

/* Overwrites and frees @secret, which may be NULL. */
void
hs_sasl_secret_free (char *secret)
{
  if (secret == NULL)
    return;
  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

/* Bytes that are overwritten when their last owner goes. */
GBytes *
hs_sasl_secret_bytes_new (gconstpointer data, gsize length)
{
  SecretBlock *block = g_malloc (sizeof (SecretBlock) + length);

  block->length = length;
  if (length > 0)
    memcpy (block->data, data, length);
  return g_bytes_new_with_free_func (block->data, length, secret_block_free, block);
}

/* Compares in a time that depends on @length alone, so that nobody learns by measuring how much of
 * a guess was right. */
gboolean
hs_sasl_secret_equal (const guint8 *a, const guint8 *b, gsize length)
{
  volatile guint8 difference = 0;

  for (gsize i = 0; i < length; i++)
    difference |= a[i] ^ b[i];
  return difference == 0;
}
