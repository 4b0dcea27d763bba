/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "protocol/hs-stanza-queue.h"

static const char *const stanzas[] = { "<message/>", "<presence/>", "<iq type='get' id='1'/>" };

static void
push (HsStanzaQueue *queue, const char *xml, guint number)
{
  HsQueuedStanza stanza = { .tag = GUINT_TO_POINTER (number), .time = number, .length = strlen (xml) };

  hs_stanza_queue_push (queue, &stanza, (const guint8 *) xml);
}

static void
assert_oldest (HsStanzaQueue *queue, const char *xml, guint number)
{
  HsQueuedStanza *stanza = hs_stanza_queue_get (queue, 0);

  g_assert_cmpuint (GPOINTER_TO_UINT (stanza->tag), ==, number);
  g_assert_cmpmem (hs_stanza_queue_get_bytes (queue, 0), stanza->length, xml, strlen (xml));
}

static void
test_order (void)
{
  HsStanzaQueue queue = { NULL };
  gsize size = 0;

  g_assert_cmpuint (hs_stanza_queue_get_length (&queue), ==, 0);
  g_assert_cmpuint (hs_stanza_queue_get_size (&queue), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (stanzas); i++)
    {
      push (&queue, stanzas[i], i);
      size += strlen (stanzas[i]);
    }
  g_assert_cmpuint (hs_stanza_queue_get_size (&queue), ==, size);
  for (guint i = 0; i < G_N_ELEMENTS (stanzas); i++)
    {
      assert_oldest (&queue, stanzas[i], i);
      hs_stanza_queue_pop (&queue, 1);
      g_assert_cmpuint (hs_stanza_queue_get_length (&queue), ==, G_N_ELEMENTS (stanzas) - 1 - i);
    }
  hs_stanza_queue_shrink (&queue);
  g_assert_null (queue.stanzas);
  g_assert_null (queue.bytes);
}

/* Thousands pass through, and a few are in it: the memory is that of a few. */
static void
test_memory (void)
{
  HsStanzaQueue queue = { NULL };

  for (guint i = 0; i < 20000; i++)
    {
      push (&queue, stanzas[i % G_N_ELEMENTS (stanzas)], i);
      if (i < 5)
        continue;
      assert_oldest (&queue, stanzas[(i - 5) % G_N_ELEMENTS (stanzas)], i - 5);
      hs_stanza_queue_pop (&queue, 1);
      g_assert_cmpuint (queue.bytes->len, <, 256 * 1024);
    }
  hs_stanza_queue_clear (&queue);
  g_assert_cmpuint (hs_stanza_queue_get_length (&queue), ==, 0);
  hs_stanza_queue_shrink (&queue);
}

static void
test_saved (void)
{
  HsStanzaQueue queue = { NULL };
  HsStanzaQueue other = { NULL };
  g_autoptr (GVariant) saved = NULL;
  g_autoptr (GVariant) bad = NULL;
  GVariantIter iter;

  for (guint i = 0; i < G_N_ELEMENTS (stanzas); i++)
    push (&queue, stanzas[i], i + 1);
  hs_stanza_queue_pop (&queue, 1);
  saved = g_variant_ref_sink (hs_stanza_queue_save (&queue));
  g_variant_iter_init (&iter, saved);
  g_assert_true (hs_stanza_queue_restore (&other, &iter));
  g_assert_cmpuint (hs_stanza_queue_get_length (&other), ==, G_N_ELEMENTS (stanzas) - 1);
  g_assert_cmpmem (hs_stanza_queue_get_bytes (&other, 0), hs_stanza_queue_get_size (&other),
                   hs_stanza_queue_get_bytes (&queue, 0), hs_stanza_queue_get_size (&queue));
  g_assert_cmpint (hs_stanza_queue_get (&other, 0)->time, ==, 2);
  /* The tag was somebody's who is not there any more. */
  g_assert_null (hs_stanza_queue_get (&other, 0)->tag);
  hs_stanza_queue_clear (&other);

  bad = g_variant_ref_sink (g_variant_new_parsed ("[(@x 1, @y 0, @y 0, b'no stanza')]"));
  g_variant_iter_init (&iter, bad);
  g_assert_false (hs_stanza_queue_restore (&other, &iter));
  hs_stanza_queue_clear (&queue);
  hs_stanza_queue_clear (&other);
  hs_stanza_queue_shrink (&queue);
  hs_stanza_queue_shrink (&other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stanza-queue/order", test_order);
  g_test_add_func ("/stanza-queue/memory", test_memory);
  g_test_add_func ("/stanza-queue/saved", test_saved);
  return g_test_run ();
}
