/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/hs-module-list.h"

#include "hs-client.h"

/* ---- A module that notes what it is told ---- */

#define TEST_TYPE_MODULE (test_module_get_type ())
G_DECLARE_FINAL_TYPE (TestModule, test_module, TEST, MODULE, GObject)

static HsModuleList list;
static GString *told;
static gboolean is_open = TRUE;

struct _TestModule
{
  GObject parent_instance;
  char name;
  gboolean negotiates;
  TestModule *registers; /* when it is attached */
  gboolean leaves;       /* when it is attached */
  gboolean returns;      /* when it is detached */
  gboolean disconnects;  /* when it is asked to negotiate */
  TestModule *goes;      /* likewise: is removed */
  gboolean is_hasty;     /* likewise: is done, and says so twice */
};

static void
attached (HsModule *module, HsClient *client)
{
  TestModule *self = TEST_MODULE (module);

  g_string_append_printf (told, "+%c", self->name);
  g_assert_true (hs_module_list_is_attaching (&list, module));
  g_assert_true (hs_module_list_get_attaching (&list) == module);
  if (self->registers != NULL)
    hs_module_list_add (&list, HS_MODULE (self->registers));
  g_assert_true (hs_module_list_get_attaching (&list) == module);
  if (self->leaves)
    hs_module_list_remove (&list, module);
}

static void
detached (HsModule *module, HsClient *client)
{
  TestModule *self = TEST_MODULE (module);

  g_string_append_printf (told, "-%c", self->name);
  if (self->returns)
    g_assert_false (hs_module_list_add (&list, module));
}

static gboolean
negotiate (HsModule *module, HsClient *client, HsElement *features)
{
  TestModule *self = TEST_MODULE (module);

  g_string_append_printf (told, "?%c", self->name);
  if (self->disconnects)
    hs_module_list_end_negotiation (&list);
  for (guint i = 0; self->is_hasty && i < 2; i++)
    hs_module_list_continue (&list);
  if (self->goes != NULL)
    hs_module_list_remove (&list, HS_MODULE (self->goes));
  return self->negotiates;
}

static void
module_init (HsModuleInterface *iface)
{
  iface->attached = attached;
  iface->detached = detached;
  iface->negotiate = negotiate;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestModule, test_module, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, module_init))

static void
test_module_class_init (TestModuleClass *klass)
{
}

static void
test_module_init (TestModule *self)
{
}

/* ---- The list ---- */

static void
removed_cb (HsModule *module, gpointer client)
{
  g_assert_false (hs_module_list_contains (&list, module));
  g_string_append_printf (told, "/%c", TEST_MODULE (module)->name);
}

static void
proceed_cb (gpointer client)
{
  g_assert_cmpint (hs_module_list_get_negotiation (&list), ==, HS_NEGOTIATION_NONE);
  g_string_append (told, "!");
}

static gboolean
may_proceed_cb (gpointer data)
{
  return is_open;
}

static const HsModuleListCallbacks callbacks
    = { .removed = removed_cb, .may_proceed = may_proceed_cb, .proceed = proceed_cb };
static HsClient *client;
static TestModule *modules[3]; /* a, b, c */

static void
begin (void)
{
  client = hs_client_new ("juliet@example.com", NULL);
  told = g_string_new (NULL);
  hs_module_list_init (&list, &callbacks, client);
  for (guint i = 0; i < G_N_ELEMENTS (modules); i++)
    {
      modules[i] = g_object_new (TEST_TYPE_MODULE, NULL);
      modules[i]->name = (char) ('a' + i);
    }
}

static void
assert_told (const char *expected)
{
  g_assert_cmpstr (told->str, ==, expected);
  g_string_truncate (told, 0);
}

static gboolean
add (guint i)
{
  return hs_module_list_add (&list, HS_MODULE (modules[i]));
}

static void
end (void)
{
  hs_module_list_drop (&list);
  hs_module_list_clear (&list);
  for (guint i = 0; i < G_N_ELEMENTS (modules); i++)
    g_assert_finalize_object (modules[i]);
  g_string_free (told, TRUE);
  g_object_unref (client);
}

static void
test_order (void)
{
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GListStore) copy = NULL;

  begin ();
  g_assert_null (hs_module_list_find (&list, HS_TYPE_MODULE));
  g_assert_true (add (0));
  g_assert_true (add (1));
  assert_told ("+a+b");
  g_assert_null (hs_module_list_get_attaching (&list));
  g_assert_true (hs_module_list_find (&list, TEST_TYPE_MODULE) == HS_MODULE (modules[0]));
  g_assert_null (hs_module_list_find (&list, HS_TYPE_CLIENT));
  found = hs_module_list_ref (&list);
  copy = hs_module_list_copy (&list);
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_true (hs_module_list_remove (&list, HS_MODULE (modules[0])));
  g_assert_false (hs_module_list_remove (&list, HS_MODULE (modules[0])));
  assert_told ("/a-a");
  /* What was taken from the list before stays as it was. */
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (copy)), ==, 2);
  g_clear_pointer (&found, g_ptr_array_unref);
  g_clear_object (&copy);
  end ();
}

static void
test_nested (void)
{
  begin ();
  modules[0]->registers = modules[1];
  g_assert_true (add (0));
  assert_told ("+a+b");
  modules[2]->leaves = TRUE;
  g_assert_false (add (2));
  assert_told ("+c/c-c");
  end ();
}

/* A module that comes back when it is told to go is not told again. */
static void
test_drop (void)
{
  begin ();
  add (0);
  add (1);
  modules[0]->returns = TRUE;
  g_string_truncate (told, 0);
  hs_module_list_drop (&list);
  assert_told ("/b-b/a-a");
  modules[0]->returns = FALSE;
  g_assert_true (add (0));
  end ();
}

/* A module that is removed before its turn is not called, not even if it is added again. */
static void
test_walk (void)
{
  g_auto (HsModuleWalk) walk = { .list = NULL };
  g_auto (HsModuleWalk) inner = { .list = NULL };

  begin ();
  add (0);
  add (1);
  add (2);
  hs_module_walk_begin (&walk, &list);
  g_assert_true (hs_module_walk_next (&walk) == HS_MODULE (modules[0]));
  g_assert_true (walk.client == client);
  hs_module_walk_begin (&inner, &list);
  g_assert_true (hs_module_list_remove (&list, HS_MODULE (modules[0])));
  g_assert_true (hs_module_list_remove (&list, HS_MODULE (modules[1])));
  add (1);
  g_assert_true (hs_module_walk_next (&inner) == HS_MODULE (modules[2]));
  g_assert_null (hs_module_walk_next (&inner));
  hs_module_walk_end (&inner);
  inner = (HsModuleWalk){ .list = NULL };
  g_assert_true (hs_module_walk_next (&walk) == HS_MODULE (modules[2]));
  g_assert_null (hs_module_walk_next (&walk));
  hs_module_walk_end (&walk);
  walk = (HsModuleWalk){ .list = NULL };
  g_string_truncate (told, 0);
  hs_module_list_negotiate (&list, NULL);
  assert_told ("?c?b!");
  end ();
}

static void
test_negotiation (void)
{
  begin ();
  g_assert_false (hs_module_list_has_negotiators (&list));
  g_assert_false (hs_module_list_negotiate (&list, NULL));
  assert_told ("!");
  add (0);
  add (1);
  add (2);
  g_string_truncate (told, 0);
  g_assert_true (hs_module_list_has_negotiators (&list));
  modules[0]->negotiates = modules[2]->negotiates = TRUE;
  g_assert_true (hs_module_list_negotiate (&list, NULL));
  g_assert_cmpint (hs_module_list_get_negotiation (&list), ==, HS_NEGOTIATION_UNDER_WAY);
  hs_module_list_continue (&list);
  assert_told ("?a?b?c");
  hs_module_list_continue (&list);
  /* Once is enough. */
  hs_module_list_continue (&list);
  assert_told ("!");
  end ();
}

static void
test_negotiation_ends (void)
{
  begin ();
  add (0);
  add (1);
  g_string_truncate (told, 0);
  modules[0]->disconnects = TRUE;
  g_assert_false (hs_module_list_negotiate (&list, NULL));
  assert_told ("?a");
  g_assert_cmpint (hs_module_list_get_negotiation (&list), ==, HS_NEGOTIATION_NONE);
  hs_module_list_continue (&list);
  assert_told ("");

  modules[0]->disconnects = FALSE;
  modules[0]->negotiates = modules[1]->negotiates = TRUE;
  g_assert_true (hs_module_list_negotiate (&list, NULL));
  hs_module_list_refuse (&list);
  hs_module_list_continue (&list);
  hs_module_list_continue (&list);
  assert_told ("?a?b");
  g_assert_cmpint (hs_module_list_get_negotiation (&list), ==, HS_NEGOTIATION_REFUSED);
  end ();
}

/* A module that goes meanwhile is not waited for; the others are, whichever of them are done. */
static void
test_negotiator_leaves (void)
{
  begin ();
  add (0);
  add (1);
  modules[0]->negotiates = modules[1]->negotiates = TRUE;
  g_assert_true (hs_module_list_negotiate (&list, NULL));
  g_string_truncate (told, 0);
  hs_module_list_remove (&list, HS_MODULE (modules[0]));
  assert_told ("/a-a");
  hs_module_list_remove (&list, HS_MODULE (modules[1]));
  assert_told ("/b-b!");

  /* One is done, and goes; or one that does not take part. */
  add (0);
  add (1);
  add (2);
  g_assert_true (hs_module_list_negotiate (&list, NULL));
  g_string_truncate (told, 0);
  hs_module_list_continue (&list);
  hs_module_list_remove (&list, HS_MODULE (modules[2]));
  hs_module_list_remove (&list, HS_MODULE (modules[0]));
  assert_told ("/c-c/a-a");
  hs_module_list_continue (&list);
  assert_told ("!");

  /* It goes while it is asked, or another one does. */
  modules[1]->negotiates = FALSE;
  add (0);
  modules[0]->goes = modules[0];
  g_string_truncate (told, 0);
  g_assert_false (hs_module_list_negotiate (&list, NULL));
  assert_told ("?b?a/a-a!");
  modules[0]->goes = modules[1];
  modules[1]->negotiates = TRUE;
  add (0);
  g_string_truncate (told, 0);
  g_assert_true (hs_module_list_negotiate (&list, NULL));
  assert_told ("?b?a/b-b");
  hs_module_list_continue (&list);
  assert_told ("!");

  /* The connection is closed. */
  is_open = FALSE;
  g_assert_true (hs_module_list_negotiate (&list, NULL));
  hs_module_list_remove (&list, HS_MODULE (modules[0]));
  assert_told ("?a/a-a");
  hs_module_list_end_negotiation (&list);
  is_open = TRUE;
  end ();
}

/* A module that says too often that it is done, while it is asked, does not begin the sign-in in the middle. */
static void
test_negotiator_twice (void)
{
  begin ();
  add (0);
  add (1);
  modules[0]->is_hasty = TRUE;
  g_string_truncate (told, 0);
  g_assert_false (hs_module_list_negotiate (&list, NULL));
  assert_told ("?a?b!");
  modules[0]->negotiates = TRUE;
  modules[1]->negotiates = TRUE;
  g_assert_true (hs_module_list_negotiate (&list, NULL));
  assert_told ("?a?b");
  hs_module_list_continue (&list);
  assert_told ("!");
  end ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/module-list/order", test_order);
  g_test_add_func ("/module-list/nested", test_nested);
  g_test_add_func ("/module-list/drop", test_drop);
  g_test_add_func ("/module-list/walk", test_walk);
  g_test_add_func ("/module-list/negotiation", test_negotiation);
  g_test_add_func ("/module-list/negotiation-ends", test_negotiation_ends);
  g_test_add_func ("/module-list/negotiator-leaves", test_negotiator_leaves);
  g_test_add_func ("/module-list/negotiator-twice", test_negotiator_twice);
  return g_test_run ();
}
