/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>

#include "hs-error.h"
#include "protocol/hs-retry-policy.h"

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

static GRand *the_random; /* of the policies */

static guint
choose (guint bound)
{
  return bound > 0 ? g_rand_int_range (the_random, 0, bound + 1) : 0;
}

static void
begin (HsRetryPolicy *policy)
{
  hs_retry_policy_init (policy);
  hs_retry_policy_set_random (policy, choose);
  hs_retry_policy_begin (policy);
  hs_retry_policy_bound (policy);
}

/* A connection has failed: how long to wait. @lasted: its session, in milliseconds; 0: it could not be made. */
static guint
fail (HsRetryPolicy *policy, guint64 lasted)
{
  static const HsRetrySession gone = { .left = -1 };
  g_autoptr (GError) error
      = lasted > 0 ? g_error_new_literal (HS_STREAM_ERROR, HS_STREAM_ERROR_SYSTEM_SHUTDOWN, "The server goes away")
                   : g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "Nobody is there");
  HsRetryFailure failure = {
    .error = error,
    .point = lasted > 0 ? HS_CLIENT_STATE_READY : HS_CLIENT_STATE_CONNECTING,
    .lasted = lasted,
    .verified = TRUE,
    .returning = TRUE,
  };

  if (hs_retry_policy_failed (policy, &failure) != HS_RETRY_AGAIN)
    g_error ("The policy does not try again");
  return hs_retry_policy_wait (policy, &gone);
}

/* When one client finds the server again, in milliseconds; how often it has tried is added up. */
static guint64
come_back (guint64 outage, guint *n_tries)
{
  g_auto (HsRetryPolicy) policy;
  guint64 now = 0;
  guint64 lasted = HS_BACKOFF_LASTING;

  begin (&policy);
  for (;;)
    {
      now += fail (&policy, lasted);
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
run (guint outage, guint most)
{
  static guint64 times[N_CLIENTS];
  guint buckets[N_BUCKETS] = { 0 };
  guint n_tries = 0, peak = 0, tallest = 1;
  guint64 width;

  for (guint i = 0; i < N_CLIENTS; i++)
    times[i] = come_back (outage * G_GUINT64_CONSTANT (1000), &n_tries);
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
kick (guint lasts, guint most, guint there)
{
  static const guint64 day = 24 * 3600 * 1000;
  g_auto (HsRetryPolicy) policy;
  guint64 now = 0;
  guint n = 0;
  double share;

  begin (&policy);
  for (; now < day; n++)
    {
      now += lasts + fail (&policy, lasts);
      hs_retry_policy_bound (&policy);
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

  the_random = random;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    good = run (cases[i].outage, cases[i].most) && good;
  for (guint i = 0; i < G_N_ELEMENTS (kicks); i++)
    good = good && kick (kicks[i].lasts, kicks[i].most, kicks[i].there);
  return good ? 0 : 1;
}
