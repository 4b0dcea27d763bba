/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hs-jid-table-private.h"

/* The table of contacts, compared with a GHashTable of GLib's. */

#define N_ADDRESSES 5000
#define N_CHANGES 60000

static HsJid *
make_address (guint i)
{
  /* Of many lengths, and every sixteenth one is full. */
  g_autofree char *local = g_strnfill (i % 23 + 1, 'a' + (char) (i % 7));
  g_autofree char *string = g_strdup_printf (i % 16 == 0 ? "%s%u@example.org/x" : "%s%u@example.org", local, i);

  return hs_jid_new (string, NULL);
}

static void
compare (HsJidTable *table, GHashTable *expected, GPtrArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++)
    g_assert_true (hs_jid_table_lookup (table, addresses->pdata[i])
                   == g_hash_table_lookup (expected, addresses->pdata[i]));
}

static void
test_random (void)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_jid_unref);
  g_autoptr (GHashTable) expected = g_hash_table_new (hs_jid_hash, hs_jid_equal);
  HsJidTable table = { 0 };

  for (guint i = 0; i < N_ADDRESSES; i++)
    g_ptr_array_add (addresses, make_address (i));
  for (guint i = 0; i < N_CHANGES; i++)
    {
      HsJid *jid = addresses->pdata[g_test_rand_int_range (0, N_ADDRESSES)];

      if (g_test_rand_int_range (0, 5) < (i < N_CHANGES / 2 ? 3 : 2))
        {
          if (i % 2 == 0)
            hs_jid_table_insert (&table, jid, GUINT_TO_POINTER (i + 1));
          else
            {
              gpointer *value = hs_jid_table_ensure (&table, jid);

              g_assert_true (*value == g_hash_table_lookup (expected, jid));
              *value = GUINT_TO_POINTER (i + 1);
            }
          g_hash_table_insert (expected, jid, GUINT_TO_POINTER (i + 1));
        }
      else
        {
          hs_jid_table_remove (&table, jid);
          g_hash_table_remove (expected, jid);
        }
    }
  compare (&table, expected, addresses);
  for (guint i = 0; i < N_ADDRESSES; i++)
    hs_jid_table_remove (&table, addresses->pdata[i]);
  g_hash_table_remove_all (expected);
  compare (&table, expected, addresses);
  hs_jid_table_clear (&table, NULL);
}

static void
test_bare (void)
{
  g_autoptr (HsJid) bare = hs_jid_new ("juliet@example.com", NULL);
  g_autoptr (HsJid) full = hs_jid_new ("juliet@example.com/balcony/2", NULL);
  g_autoptr (HsJid) longer = hs_jid_new ("juliet@example.com.example", NULL);
  g_autoptr (HsJid) shorter = hs_jid_new ("juliet@example", NULL);
  HsJidTable table = { 0 };

  g_assert_null (hs_jid_table_lookup_bare (&table, full));
  hs_jid_table_insert (&table, bare, (gpointer) "bare");
  g_assert_null (hs_jid_table_lookup (&table, full));
  g_assert_cmpstr (hs_jid_table_lookup_bare (&table, full), ==, "bare");
  g_assert_cmpstr (hs_jid_table_lookup_bare (&table, bare), ==, "bare");
  g_assert_null (hs_jid_table_lookup_bare (&table, longer));
  g_assert_null (hs_jid_table_lookup_bare (&table, shorter));
  hs_jid_table_insert (&table, full, (gpointer) "full");
  g_assert_cmpstr (hs_jid_table_lookup (&table, full), ==, "full");
  g_assert_cmpstr (hs_jid_table_lookup_bare (&table, full), ==, "bare");
  hs_jid_table_remove (&table, bare);
  hs_jid_table_remove (&table, bare);
  g_assert_null (hs_jid_table_lookup_bare (&table, full));
  g_assert_cmpstr (hs_jid_table_lookup (&table, full), ==, "full");
  hs_jid_table_clear (&table, NULL);
  g_assert_null (hs_jid_table_lookup (&table, full));
}

static void
count (gpointer value)
{
  ++*(guint *) value;
}

static void
test_clear (void)
{
  HsJidTable table = { 0 };
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_jid_unref);
  guint n = 0;

  for (guint i = 0; i < 100; i++)
    {
      g_ptr_array_add (addresses, make_address (i));
      hs_jid_table_insert (&table, addresses->pdata[i], &n);
    }
  hs_jid_table_clear (&table, count);
  g_assert_cmpuint (n, ==, 100);
  g_assert_null (hs_jid_table_lookup (&table, addresses->pdata[1]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jid-table/random", test_random);
  g_test_add_func ("/jid-table/bare", test_bare);
  g_test_add_func ("/jid-table/clear", test_clear);
  return g_test_run ();
}
