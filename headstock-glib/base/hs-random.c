/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-random.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

/* Five bytes are eight characters of an id, and the last byte is two. */
#define ID_BYTES 16
G_STATIC_ASSERT (ID_BYTES == 16 && HS_RANDOM_ID_LENGTH == 26);

/* One system call fills it for 64 ids. */
typedef struct
{
  guint8 bytes[1024];
  gsize left;
  int generation;
} Pool;

static _Thread_local Pool pool;

/* How many forks ago this process began: a child must not hand out what its parent will. */
static int generation;

static void
forked_cb (void)
{
  generation++;
}

static void
watch_forks (void)
{
  static gsize watched = 0;

  if (g_once_init_enter (&watched))
    {
      pthread_atfork (NULL, NULL, forked_cb);
      g_once_init_leave (&watched, 1);
    }
}

static void
fill (void)
{
  gsize have = 0;

  watch_forks ();
  while (have < sizeof pool.bytes)
    {
      gssize got = getrandom (pool.bytes + have, sizeof pool.bytes - have, 0);

      if (got >= 0)
        have += got;
      else if (errno != EINTR)
        /* A peer that can guess an id can send an answer in another's name: end the program rather than use numbers
         * that can be guessed. */
        g_error ("The system has no random numbers: %s", g_strerror (errno));
    }
  pool.left = sizeof pool.bytes;
  pool.generation = generation;
}

void
hs_random_write_id (char id[HS_RANDOM_ID_LENGTH + 1])
{
  static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  guint8 *bytes = NULL;
  char *end = id;
  guint next = 0;

  if (pool.left < ID_BYTES || pool.generation != generation)
    fill ();
  pool.left -= ID_BYTES;
  bytes = pool.bytes + pool.left;
  for (; next < ID_BYTES - 1; next += 5)
    {
      guint64 bits = 0;

      for (guint i = 0; i < 5; i++)
        bits = bits << 8 | bytes[next + i];
      for (gint shift = 35; shift >= 0; shift -= 5)
        *end++ = alphabet[bits >> shift & 31];
    }
  *end++ = alphabet[bytes[next] >> 3];
  *end++ = alphabet[bytes[next] << 2 & 31];
  *end = '\0';
  /* Wipe the random bytes that were given out, so that nobody finds them in memory later. */
  memset (bytes, 0, ID_BYTES);
}

char *
hs_random_id (void)
{
  char *id = g_malloc (HS_RANDOM_ID_LENGTH + 1);

  hs_random_write_id (id);
  return id;
}
