/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "tls-pair.h"
#include "xml/hs-stanza-boundary.h"

/* Where TLS records end. The peer reads with GIO's TLS, whose reads return no more than one record. */

#define RECORD_SIZE 16384
/* What stanzas that are smaller are put together to. */
#define GROUP_SIZE 8192
#define REQUEST "<r xmlns='urn:xmpp:sm:3'/>"

typedef struct
{
  TestTlsPair pair;
  TestOwner *owner;
  GByteArray *sent;
  GArray *ends; /* gsize: of the stanzas */
  GRand *random;
} Fixture;

static void
set_up (Fixture *fixture,
        gconstpointer data)
{
  test_tls_pair_init (&fixture->pair);
  fixture->owner = test_owner_new_divided (test_tls_pair_get_stream (&fixture->pair),
                                           hs_stanza_boundary_find);
  fixture->sent = g_byte_array_new ();
  fixture->ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  fixture->random = g_rand_new_with_seed (1);
}

static void
tear_down (Fixture *fixture,
           gconstpointer data)
{
  g_clear_pointer (&fixture->owner, test_owner_free);
  test_tls_pair_clear (&fixture->pair);
  g_byte_array_unref (fixture->sent);
  g_array_unref (fixture->ends);
  g_rand_free (fixture->random);
}

static void
add (Fixture *fixture,
     GByteArray *output,
     const char *text)
{
  g_byte_array_append (output, (const guint8 *) text, strlen (text));
  g_byte_array_append (fixture->sent, (const guint8 *) text, strlen (text));
}

/* A stanza of no less than @size bytes, sometimes with a request, which then belongs to it. */
static void
add_stanza (Fixture *fixture,
            GByteArray *output,
            gsize size)
{
  g_autofree char *text = g_strnfill (size, 'x');
  g_autofree char *stanza
      = g_strdup_printf ("<message a='>' b=\"</x>\"><body>%s</body><x/></message>", text);
  gsize end;

  add (fixture, output, stanza);
  end = fixture->sent->len;
  /* But one that is too large is alone. */
  if (size % 7 != 0 || strlen (stanza) > RECORD_SIZE)
    g_array_append_val (fixture->ends, end);
  if (size % 7 != 0)
    return;
  add (fixture, output, REQUEST);
  end = fixture->sent->len;
  g_array_append_val (fixture->ends, end);
}

static gsize
choose_size (Fixture *fixture,
             gsize largest)
{
  return g_rand_int_range (fixture->random, 0, g_rand_int_range (fixture->random, 0, 20) > 0 ? 400 : largest);
}

/* The end of the first stanza that ends at @position or later. */
static gsize
find_end (Fixture *fixture,
          guint *index,
          gsize position)
{
  while (g_array_index (fixture->ends, gsize, *index) < position)
    ++*index;
  return g_array_index (fixture->ends, gsize, *index);
}

/* Reads all that was sent. @full: each record holds as many stanzas as fit into it. */
static void
assert_records (Fixture *fixture,
                gboolean full)
{
  GPollableInputStream *input = G_POLLABLE_INPUT_STREAM (
      g_io_stream_get_input_stream (G_IO_STREAM (fixture->pair.server->connection)));
  g_autofree guint8 *buffer = g_malloc (10 * RECORD_SIZE);
  gsize begin = 0;
  gsize position = 0;
  gsize large = 0; /* the end of a stanza that is being read */
  guint index = 0;

  while (position < fixture->sent->len)
    {
      g_autoptr (GError) error = NULL;
      gssize n;
      gsize end;

      g_main_context_iteration (NULL, FALSE);
      n = g_pollable_input_stream_read_nonblocking (input, buffer, 10 * RECORD_SIZE, NULL, &error);
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        continue;
      g_assert_no_error (error);
      g_assert_cmpint (n, >, 0);
      g_assert_cmpint (n, <=, RECORD_SIZE);
      g_assert_cmpmem (buffer, n, fixture->sent->data + position, n);
      position += n;
      end = find_end (fixture, &index, position);
      if (large > 0)
        g_assert_cmpuint (position, <=, large);
      large = end > position ? end : 0;
      if (end == position)
        {
          if (full && index + 1 < fixture->ends->len && position - begin <= GROUP_SIZE)
            g_assert_cmpuint (g_array_index (fixture->ends, gsize, index + 1) - begin, >, GROUP_SIZE);
          begin = position;
          continue;
        }
      /* Then it is alone, and too large. */
      g_assert_cmpuint (end - begin, >, RECORD_SIZE);
      g_assert_true (begin == 0 || index > 0);
      if (index > 0)
        g_assert_cmpuint (g_array_index (fixture->ends, gsize, index - 1), ==, begin);
    }
  spin_until (hs_transport_get_queued (fixture->owner->transport) == 0);
}

/* All at once: the queue holds them in one piece. */
static void
test_at_once (Fixture *fixture,
              gconstpointer data)
{
  GByteArray *output = hs_transport_get_output (fixture->owner->transport);

  for (guint i = 0; i < 3000; i++)
    add_stanza (fixture, output, choose_size (fixture, GPOINTER_TO_SIZE (data)));
  hs_transport_queue (fixture->owner->transport);
  assert_records (fixture, TRUE);
}

/* Over many turns, while records wait because the peer does not read. */
static void
test_blocked (Fixture *fixture,
              gconstpointer data)
{
  const int small = 8192;
  /* With less, the kernel waits up to 200 ms before it sends into a window that is nearly closed. */
  const int window = 32768;

  setsockopt (test_get_fd (fixture->pair.ours), SOL_SOCKET, SO_SNDBUF, &small, sizeof (small));
  setsockopt (test_get_fd (fixture->pair.theirs), SOL_SOCKET, SO_RCVBUF, &window, sizeof (window));
  for (guint i = 0; i < 2000; i++)
    {
      add_stanza (fixture, hs_transport_get_output (fixture->owner->transport),
                  choose_size (fixture, GPOINTER_TO_SIZE (data)));
      hs_transport_queue (fixture->owner->transport);
      if (i % 50 == 0)
        g_main_context_iteration (NULL, FALSE);
      if (i % 77 == 0)
        hs_transport_flush (fixture->owner->transport);
    }
  g_assert_cmpuint (hs_transport_get_queued (fixture->owner->transport), >, RECORD_SIZE);
  assert_records (fixture, FALSE);
}

/* Sizes around that of a record: with the request, without, and neither. */
static void
test_exact (Fixture *fixture,
            gconstpointer data)
{
  const gsize markup = strlen ("<message a='>' b=\"</x>\"><body></body><x/></message>");
  GByteArray *output = hs_transport_get_output (fixture->owner->transport);

  for (gsize size = RECORD_SIZE - markup - 40; size < RECORD_SIZE - markup + 40; size++)
    {
      gboolean asks = size % 7 == 0;

      /* The one with a request that does not fit is the one that may be divided from it. */
      if (asks && size + markup <= RECORD_SIZE && size + markup + strlen (REQUEST) > RECORD_SIZE)
        continue;
      add_stanza (fixture, output, size);
    }
  hs_transport_queue (fixture->owner->transport);
  assert_records (fixture, FALSE);
}

int
main (int argc,
      char **argv)
{
#define ADD(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

  g_test_init (&argc, &argv, NULL);

  ADD ("/transport-records/at-once", GSIZE_TO_POINTER (3000), test_at_once);
  ADD ("/transport-records/at-once/large", GSIZE_TO_POINTER (60000), test_at_once);
  ADD ("/transport-records/blocked", GSIZE_TO_POINTER (3000), test_blocked);
  ADD ("/transport-records/blocked/large", GSIZE_TO_POINTER (60000), test_blocked);
  ADD ("/transport-records/exact", NULL, test_exact);
  test_add_again_with_tls_1_2 ("/transport-records/all-with-tls-1.2", argv[0]);

  return g_test_run ();
}
