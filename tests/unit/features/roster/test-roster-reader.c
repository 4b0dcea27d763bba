/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hs-roster-reader-private.h"

#include <string.h>

/* The bytes of a roster's state are read as GVariant reads them, and refused where GVariant finds them not in normal
 * form: of valid states, and of the same with bytes that somebody has changed. */

#define N_STATES 200
#define N_CHANGES 200

static GVariant *
make_group_list (void)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("as"));
  for (int i = g_test_rand_int_range (0, 4); i > 0; i--)
    g_variant_builder_add (&builder, "s", g_test_rand_bit () ? "Friends" : i == 2 ? "" : "M\303\251nage");
  return g_variant_builder_end (&builder);
}

static GVariant *
make_state (guint n_contacts)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssyas)"));
  for (guint i = 0; i < n_contacts; i++)
    {
      g_autofree char *address = g_strdup_printf ("c%u@example.com", i);
      /* Some contacts of more than 255 bytes, whose framing offsets have two. */
      g_autofree char *name = g_strnfill (g_test_rand_bit () ? 3 : g_test_rand_int_range (0, 300), 'n');

      g_variant_builder_add (&builder, "(ssy@as)", address, name, g_test_rand_int_range (0, 256), make_group_list ());
    }
  return g_variant_ref_sink (g_variant_new (HS_ROSTER_READER_TYPE, 1, "user@example.org",
                                            g_test_rand_bit () ? "version" : NULL, &builder));
}

static void
check_record (const HsRosterRecord *record, GVariant *expected)
{
  const char *address, *name;
  g_autofree const char **groups = NULL;
  guint8 flags;

  g_variant_get (expected, "(&s&sy^a&s)", &address, &name, &flags, &groups);
  g_assert_cmpstr (record->address, ==, address);
  g_assert_cmpstr (record->name, ==, name);
  g_assert_cmpuint (record->flags, ==, flags);
  g_assert_true (g_strv_equal (record->groups, groups));
}

/* Whether the bytes are valid. */
static gboolean
check_bytes (const guint8 *data, gsize size)
{
  /* A copy of just that size, so that a tool finds who reads past its end. */
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GVariant) state
    = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (HS_ROSTER_READER_TYPE), bytes, FALSE));
  g_autoptr (GVariant) records = g_variant_get_child_value (state, 3);
  gboolean is_normal = g_variant_is_normal_form (state);
  HsRosterReader reader;
  HsRosterRecord record;
  gsize n_records = 0;

  hs_roster_reader_init (&reader, state);
  while (hs_roster_reader_next (&reader, &record))
    {
      if (is_normal)
        {
          g_autoptr (GVariant) expected = g_variant_get_child_value (records, n_records);

          check_record (&record, expected);
        }
      n_records++;
    }
  g_assert_true (reader.is_broken == !is_normal);
  if (is_normal)
    g_assert_cmpuint (n_records, ==, g_variant_n_children (records));
  hs_roster_reader_clear (&reader);
  return is_normal;
}

static gboolean
check_state (GVariant *state)
{
  return check_bytes (g_variant_get_data (state), g_variant_get_size (state));
}

static void
test_valid (void)
{
  for (guint i = 0; i < N_STATES; i++)
    {
      g_autoptr (GVariant) state = make_state ((guint) g_test_rand_int_range (0, 12));

      g_assert_true (check_state (state));
    }
}

/* Framing offsets of four bytes. */
static void
test_large (void)
{
  g_autoptr (GVariant) state = make_state (2000);

  g_assert_cmpuint (g_variant_get_size (state), >, G_MAXUINT16);
  g_assert_true (check_state (state));
}

/* Each beginning of a state, and none at all. */
static void
test_truncated (void)
{
  g_autoptr (GVariant) state = make_state (6);

  for (gsize size = 0; size < g_variant_get_size (state); size++)
    check_bytes (g_variant_get_data (state), size);
}

static void
test_changed (void)
{
  guint n_valid = 0, n_broken = 0;

  for (guint i = 0; i < N_STATES; i++)
    {
      g_autoptr (GVariant) state = make_state ((guint) g_test_rand_int_range (0, 5));
      gsize size = g_variant_get_size (state);

      for (guint j = 0; j < N_CHANGES; j++)
        {
          g_autofree guint8 *data = g_memdup2 (g_variant_get_data (state), size);

          for (int k = g_test_rand_int_range (1, 3); k > 0; k--)
            {
              guint8 *byte = data + g_test_rand_int_range (0, (int) size);

              /* Small numbers are framing offsets that look right. */
              *byte = (guint8) (g_test_rand_bit () ? *byte + g_test_rand_int_range (-2, 3)
                                                   : g_test_rand_int_range (0, 256));
            }
          if (check_bytes (data, size))
            n_valid++;
          else
            n_broken++;
        }
    }
  /* Both have been seen. */
  g_assert_cmpuint (n_valid, >, N_STATES);
  g_assert_cmpuint (n_broken, >, N_STATES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roster-reader/valid", test_valid);
  g_test_add_func ("/roster-reader/large", test_large);
  g_test_add_func ("/roster-reader/truncated", test_truncated);
  g_test_add_func ("/roster-reader/changed", test_changed);
  return g_test_run ();
}
