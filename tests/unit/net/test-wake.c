/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "net/hs-wake.h"

typedef struct
{
  HsWake wake;
  guint n_told[3];
} Fixture;

static void
told_cb (gpointer n)
{
  ++*(guint *) n;
}

static Fixture *removing;

/* A watcher that was called may remove itself and others. */
static void
remove_all_cb (gpointer n)
{
  ++*(guint *) n;
  for (guint i = 0; i < G_N_ELEMENTS (removing->n_told); i++)
    hs_wake_remove (&removing->wake, &removing->n_told[i]);
}

static gboolean
woken_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  hs_wake_init (&f->wake, NULL, woken_cb, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  hs_wake_clear (&f->wake);
}

static void
test_tells (Fixture *f, gconstpointer data)
{
  hs_wake_tell (&f->wake);
  for (guint i = 0; i < G_N_ELEMENTS (f->n_told); i++)
    hs_wake_add (&f->wake, told_cb, &f->n_told[i]);
  hs_wake_tell (&f->wake);
  hs_wake_remove (&f->wake, &f->n_told[1]);
  hs_wake_tell (&f->wake);
  g_assert_cmpuint (f->n_told[0], ==, 2);
  g_assert_cmpuint (f->n_told[1], ==, 1);
  g_assert_cmpuint (f->n_told[2], ==, 2);
}

static void
test_removed_meanwhile (Fixture *f, gconstpointer data)
{
  removing = f;
  for (guint i = 0; i < G_N_ELEMENTS (f->n_told); i++)
    hs_wake_add (&f->wake, remove_all_cb, &f->n_told[i]);
  hs_wake_tell (&f->wake);
  hs_wake_tell (&f->wake);
  g_assert_cmpuint (f->n_told[0] + f->n_told[1] + f->n_told[2], ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/wake/tells", Fixture, NULL, set_up, test_tells, tear_down);
  g_test_add ("/wake/removed-meanwhile", Fixture, NULL, set_up, test_removed_meanwhile, tear_down);
  return g_test_run ();
}
