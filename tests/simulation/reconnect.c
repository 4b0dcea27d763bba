/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "protocol/hs-backoff.h"

/* reconnect [SEED]
 *
 * A thousand clients whose server goes away and comes back: when do they come back? Prints a histogram
 * for outages of several lengths, and fails where too many come in the same second.
 *
 * And one client whose server ends each session after the same time: how often does it come in a day, and
 * for how much of it is there a session? */

#define N_CLIENTS 1000
#define N_BUCKETS 20

static const struct
{
  guint outage; /* seconds */
  guint most;   /* in any one second after it */
} cases[] = { { 5, 300 }, { 30, 75 }, { 300, 25 } };

/* When one client finds the server again, in milliseconds; how often it has tried is added up. */
static guint64
come_back (GRand *random, guint64 outage, guint *n_tries)
{
  HsBackoff backoff = { 0 };
  guint64 now = 0;
  guint64 lasted = HS_BACKOFF_LASTING;

  for (;;)
    {
      guint bound = hs_backoff_next (&backoff, lasted);

      now += bound > 0 ? g_rand_int_range (random, 0, bound + 1) : 0;
      lasted = 0;
      ++*n_tries;
      if (now >= outage)
        return now - outage;
    }
}

static int
compare (const void *a, const void *b)
{
  guint64 x = *(const guint64 *) a;
  guint64 y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

static gboolean
run (GRand *random, guint outage, guint most)
{
  static guint64 times[N_CLIENTS];
  guint buckets[N_BUCKETS] = { 0 };
  guint n_tries = 0, peak = 0, tallest = 1;
  guint64 width;

  for (guint i = 0; i < N_CLIENTS; i++)
    times[i] = come_back (random, outage * G_GUINT64_CONSTANT (1000), &n_tries);
  qsort (times, N_CLIENTS, sizeof times[0], compare);
  for (guint i = 0, j = 0; i < N_CLIENTS; i++)
    {
      while (times[i] - times[j] >= 1000)
        j++;
      peak = MAX (peak, i - j + 1);
    }
  width = times[N_CLIENTS - 1] / N_BUCKETS + 1;
  for (guint i = 0; i < N_CLIENTS; i++)
    tallest = MAX (tallest, ++buckets[times[i] / width]);
  printf ("%u s without a server: half of %u clients are back after %.1f s, all after %.1f s; %.1f tries "
          "each, and at most %u clients in one second\n",
          outage, N_CLIENTS, times[N_CLIENTS / 2] / 1e3, times[N_CLIENTS - 1] / 1e3,
          n_tries / (double) N_CLIENTS, peak);
  for (guint i = 0; i < N_BUCKETS; i++)
    printf ("  %6.1f s %4u %.*s\n", i * width / 1e3, buckets[i], (int) (buckets[i] * 50 / tallest),
            "##################################################");
  return peak <= most;
}

static const struct
{
  guint lasts;  /* milliseconds */
  guint most;   /* sessions in a day */
  guint there;  /* percent of the day at least */
} kicks[] = { { 100, 700, 0 },        { 1000, 700, 0 },        { 5000, 700, 0 },
              { 9999, 700, 0 },       { 12000, 7000, 60 },     { 20000, 4500, 80 },
              { 31000, 2800, 99 },    { 600 * 1000, 150, 99 } };

static gboolean
kick (GRand *random, guint lasts, guint most, guint there)
{
  static const guint64 day = 24 * 3600 * 1000;
  HsBackoff backoff = { 0 };
  guint64 now = 0;
  guint n = 0;
  double share;

  for (; now < day; n++)
    {
      guint bound = hs_backoff_next (&backoff, lasts);

      now += lasts + (bound > 0 ? g_rand_int_range (random, 0, bound + 1) : 0);
    }
  share = 100. * n * lasts / now;
  printf ("Sessions that end after %.1f s: %u in a day, for %.1f %% of it\n", lasts / 1e3, n, share);
  if (n <= most && share >= there)
    return TRUE;
  printf ("That is too often, or too little\n");
  return FALSE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (argc > 1 ? strtoul (argv[1], NULL, 10) : 1);
  gboolean good = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    good = run (random, cases[i].outage, cases[i].most) && good;
  for (guint i = 0; i < G_N_ELEMENTS (kicks); i++)
    good = good && kick (random, kicks[i].lasts, kicks[i].most, kicks[i].there);
  return good ? 0 : 1;
}
