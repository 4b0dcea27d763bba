/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "net/hs-srv.h"

/* The order of SRV records alone (RFC 2782, XEP-0368). */

static GPtrArray *
make_list (guint n_targets,
           const guint (*numbers)[3])
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_srv_target_free);

  for (guint i = 0; i < n_targets; i++)
    {
      g_autofree char *host = g_strdup_printf ("%u", i);

      g_ptr_array_add (list, hs_srv_target_new (host, 5222, numbers[i][0], numbers[i][1],
                                                numbers[i][2]));
    }

  return list;
}

/* The targets' places in what was given, as one digit each. */
static char *
sorted (guint n_targets,
        const guint (*numbers)[3])
{
  g_autoptr (GPtrArray) list = make_list (n_targets, numbers);
  GString *order = g_string_new (NULL);

  hs_srv_sort (list);
  for (guint i = 0; i < list->len; i++)
    g_string_append (order, ((HsSrvTarget *) g_ptr_array_index (list, i))->host);

  return g_string_free (order, FALSE);
}

static void
test_priority (void)
{
  const guint numbers[][3] = { { 30, 100, 1 }, { 10, 0, 0 }, { 65535, 7, 0 }, { 20, 1, 0 } };

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *order = sorted (G_N_ELEMENTS (numbers), numbers);

      g_assert_cmpstr (order, ==, "1302");
    }
}

/* At the same priority and weight, XEP-0368's come first; and only there. */
static void
test_direct_first (void)
{
  const guint numbers[][3] = { { 5, 0, 0 }, { 5, 0, 1 }, { 1, 9, 0 }, { 1, 9, 1 },
                               { 1, 9, 0 }, { 9, 0, 1 }, { 0, 0, 0 } };
  guint n_swapped = 0;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *order = sorted (G_N_ELEMENTS (numbers), numbers);

      g_assert_true (order[0] == '6' && order[1] == '3' && g_str_has_suffix (order, "105"));
      if (order[2] == '4')
        n_swapped++;
    }

  /* The two of STARTTLS are of one weight: either may come before the other. */
  g_assert_cmpuint (n_swapped, >, 50);
  g_assert_cmpuint (n_swapped, <, 150);
}

/* Pearson's test with three degrees of freedom: 21.1 is exceeded once in 10,000 seeds. */
static void
test_weights (void)
{
  const guint numbers[][3] = { { 1, 10, 0 }, { 1, 20, 1 }, { 1, 30, 0 }, { 1, 40, 1 } };
  const guint n_draws = 10000;
  guint first[4] = { 0 };
  guint second[4] = { 0 };
  double chi_first = 0, chi_second = 0;

  for (guint i = 0; i < n_draws; i++)
    {
      g_autofree char *order = sorted (G_N_ELEMENTS (numbers), numbers);

      first[order[0] - '0']++;
      second[order[1] - '0']++;
    }

  for (guint i = 0; i < 4; i++)
    {
      /* 0 to 100 are drawn, both included: the first in the list has one more. */
      double expected = n_draws * (numbers[i][1] + (i == 0)) / 101.0;
      double expected_second = 0;

      for (guint j = 0; j < 4; j++)
        if (j != i)
          expected_second += n_draws * (numbers[j][1] / 100.0) *
                             (numbers[i][1] / (100.0 - numbers[j][1]));
      chi_first += (first[i] - expected) * (first[i] - expected) / expected;
      chi_second += (second[i] - expected_second) * (second[i] - expected_second) /
                    expected_second;
    }

  g_test_message ("chi-square %.1f, %.1f", chi_first, chi_second);
  g_assert_cmpfloat (chi_first, <, 21.1);
  /* The approximation leaves out the one draw in a hundred. */
  g_assert_cmpfloat (chi_second, <, 60);
}

/* Weight 0 has a chance that is small, but is there. */
static void
test_weight_zero (void)
{
  const guint numbers[][3] = { { 1, 19, 0 }, { 1, 0, 0 } };
  guint n_first = 0;

  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *order = sorted (G_N_ELEMENTS (numbers), numbers);

      if (order[0] == '1')
        n_first++;
    }

  /* One in twenty. */
  g_assert_cmpuint (n_first, >, 400);
  g_assert_cmpuint (n_first, <, 600);
}

static void
test_large (void)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_srv_target_free);

  hs_srv_sort (list);
  g_assert_cmpuint (list->len, ==, 0);
  for (guint i = 0; i < 2000; i++)
    g_ptr_array_add (list, hs_srv_target_new ("a", 1, 1, 65535, i % 2));
  hs_srv_sort (list);
  g_assert_cmpuint (list->len, ==, 2000);
  for (guint i = 0; i < 2000; i++)
    g_assert_cmpint (((HsSrvTarget *) g_ptr_array_index (list, i))->direct_tls, ==, i < 1000);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_random_set_seed (20240229);

  g_test_add_func ("/srv/priority", test_priority);
  g_test_add_func ("/srv/direct-first", test_direct_first);
  g_test_add_func ("/srv/weights", test_weights);
  g_test_add_func ("/srv/weight-zero", test_weight_zero);
  g_test_add_func ("/srv/large", test_large);

  return g_test_run ();
}
