/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-namespaces.h"
#include "protocol/hs-handlers.h"

/* Which handlers name an element, and in which order. */

static HsElement *
nothing (HsClient *client, HsElement *element, gpointer data)
{
  return NULL;
}

static void
count_cb (gpointer data)
{
  ++*(guint *) data;
}

static guint
add (HsHandlers *handlers, const char *name, const char *namespace_, HsHandlerFlags flags)
{
  HsHandler handler = { .name = (char *) name,
                        .namespace_ = (char *) namespace_,
                        .flags = flags,
                        .func = nothing };

  return hs_handlers_add (handlers, &handler);
}

static char *
list (HsHandlers *handlers, HsNames *names, const char *name, const char *namespace_)
{
  HsMatches *matches = hs_handlers_match_in (handlers, names, name, namespace_);
  g_autoptr (GString) ids = g_string_new (NULL);

  if (matches == NULL)
    return g_strdup ("");
  for (guint i = 0; i < matches->n_handlers; i++)
    g_string_append_printf (ids, "%u ", matches->handlers[i]->id);
  hs_matches_unref (matches);
  return g_string_free (g_steal_pointer (&ids), FALSE);
}

#define assert_list(handlers, name, namespace_, expected) assert_list_in (handlers, NULL, name, namespace_, expected)
#define assert_list_in(handlers, names, name, namespace_, expected) \
  G_STMT_START \
  { \
    g_autofree char *ids = list (handlers, names, name, namespace_); \
    g_assert_cmpstr (ids, ==, expected); \
  } \
  G_STMT_END

static void
test_order (void)
{
  HsHandlers *handlers = hs_handlers_new ();

  add (handlers, "a", "x", 0);  /* 1 */
  add (handlers, NULL, NULL, 0); /* 2 */
  add (handlers, "a", NULL, 0); /* 3 */
  add (handlers, "b", "x", 0);  /* 4 */
  add (handlers, NULL, "x", 0); /* 5 */
  add (handlers, "a", "x", 0);  /* 6 */
  assert_list (handlers, "a", "x", "1 2 3 5 6 ");
  assert_list (handlers, "a", "y", "2 3 ");
  assert_list (handlers, "a", NULL, "2 3 ");
  assert_list (handlers, "b", "x", "2 4 5 ");
  assert_list (handlers, "c", "z", "2 ");
  g_assert_true (hs_handlers_remove (handlers, 2));
  g_assert_false (hs_handlers_remove (handlers, 2));
  g_assert_false (hs_handlers_remove (handlers, 77));
  assert_list (handlers, "c", "z", "");
  assert_list (handlers, "a", "x", "1 3 5 6 ");
  hs_handlers_free (handlers);
}

/* Names are remembered by their addresses: the same text elsewhere must match as well. */
static void
test_addresses (void)
{
  HsHandlers *handlers = hs_handlers_new ();

  add (handlers, "item", HS_NS_ROSTER, 0);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *name = g_strdup (i % 2 == 0 ? "item" : "other");
      g_autofree char *namespace_ = g_strdup (i % 3 == 0 ? HS_NS_ROSTER : "urn:x");

      hs_handlers_names_changed (handlers);
      assert_list (handlers, name, namespace_, i % 6 == 0 ? "1 " : "");
      assert_list (handlers, name, namespace_, i % 6 == 0 ? "1 " : "");
    }
  hs_handlers_free (handlers);
}

/* A dictionary whose one name, and whose one namespace, lie where the test wants them. */
typedef struct
{
  char name[8];
  char namespace_[8];
  gboolean used;
} Dictionary;

static gboolean
owns_cb (gpointer dictionary, const char *name)
{
  Dictionary *self = dictionary;

  return name == self->name || name == self->namespace_;
}

static void
leave_cb (gpointer dictionary)
{
  ((Dictionary *) dictionary)->used = FALSE;
}

static HsNames *
put_names (Dictionary *dictionary, const char *name)
{
  g_strlcpy (dictionary->name, name, sizeof dictionary->name);
  g_strlcpy (dictionary->namespace_, "u", sizeof dictionary->namespace_);
  dictionary->used = TRUE;
  return hs_names_new (dictionary, leave_cb, owns_cb);
}

/* A dictionary may put another name where one of an earlier dictionary was. Nobody need have said that the earlier one
 * is gone: what is remembered holds it, until it is asked for a name of the next one. */
static void
test_dictionaries (void)
{
  HsHandlers *handlers = hs_handlers_new ();
  Dictionary places[2] = { 0 };

  add (handlers, "iiii", "u", 0);
  add (handlers, "kkkk", "u", 0);
  for (guint i = 0; i < 12; i++)
    {
      Dictionary *place = &places[i % 2];
      HsNames *names = put_names (place, i / 2 % 2 == 0 ? "iiii" : "kkkk");

      assert_list_in (handlers, names, place->name, place->namespace_, i / 2 % 2 == 0 ? "1 " : "2 ");
      assert_list_in (handlers, names, place->name, place->namespace_, i / 2 % 2 == 0 ? "1 " : "2 ");
      hs_names_unref (names);
      g_assert_true (place->used);
      g_assert_false (places[1 - i % 2].used);
    }
  hs_handlers_names_changed (handlers);
  g_assert_false (places[1].used);
  hs_handlers_free (handlers);
}

/* A name that is not one of the dictionary's is a program's own: what lies at its address may change at any
 * time. */
static void
test_foreign_names (void)
{
  HsHandlers *handlers = hs_handlers_new ();
  Dictionary place;
  HsNames *names = put_names (&place, "iiii");
  char foreign[8] = "u";

  add (handlers, "iiii", "u", 0);
  add (handlers, "kkkk", NULL, 0);
  assert_list_in (handlers, names, place.name, foreign, "1 ");
  g_strlcpy (foreign, "v", sizeof foreign);
  assert_list_in (handlers, names, place.name, foreign, "");
  g_strlcpy (foreign, "iiii", sizeof foreign);
  assert_list_in (handlers, names, foreign, place.namespace_, "1 ");
  g_strlcpy (foreign, "kkkk", sizeof foreign);
  assert_list_in (handlers, names, foreign, place.namespace_, "2 ");
  assert_list_in (handlers, names, foreign, NULL, "2 ");
  g_strlcpy (foreign, "llll", sizeof foreign);
  assert_list_in (handlers, names, foreign, NULL, "");
  hs_names_unref (names);
  hs_handlers_free (handlers);
}

static void
test_look_inside (void)
{
  HsHandlers *handlers = hs_handlers_new ();
  guint nested;
  guint forget;

  g_assert_false (hs_handlers_look_inside (handlers));
  add (handlers, "message", HS_NS_CLIENT, 0);
  g_assert_false (hs_handlers_look_inside (handlers));
  nested = add (handlers, "message", HS_NS_CLIENT, HS_HANDLER_NESTED);
  g_assert_true (hs_handlers_look_inside (handlers));
  hs_handlers_remove (handlers, nested);
  g_assert_false (hs_handlers_look_inside (handlers));
  g_assert_false (hs_handlers_forget (handlers));
  forget = add (handlers, "item", NULL, HS_HANDLER_FORGET);
  g_assert_true (hs_handlers_look_inside (handlers));
  g_assert_true (hs_handlers_forget (handlers));
  hs_handlers_remove (handlers, forget);
  g_assert_false (hs_handlers_forget (handlers));
  add (handlers, NULL, HS_NS_CLIENT, 0);
  g_assert_true (hs_handlers_look_inside (handlers));
  hs_handlers_free (handlers);
}

/* Data lives as long as somebody may still be about to call the handler, and is freed once. */
static void
test_data (void)
{
  HsHandlers *handlers = hs_handlers_new ();
  guint freed = 0;
  HsHandler handler = { .name = (char *) "a",
                        .func = nothing,
                        .user_data = &freed,
                        .destroy = count_cb };
  guint id = hs_handlers_add (handlers, &handler);
  HsMatches *matches = hs_handlers_match_in (handlers, NULL, "a", NULL);

  hs_handlers_remove (handlers, id);
  g_assert_cmpuint (freed, ==, 0);
  g_assert_true (matches->handlers[0]->removed);
  hs_matches_unref (matches);
  g_assert_cmpuint (freed, ==, 1);

  hs_handlers_add (handlers, &handler);
  hs_handlers_add (handlers, &handler);
  hs_handlers_free (handlers);
  g_assert_cmpuint (freed, ==, 3);
}

static void
test_iq (void)
{
  HsHandlers *handlers = hs_handlers_new ();
  HsMatches *matches;
  HsHandler any = { .for_iq = TRUE, .func = nothing };
  HsHandler result = { .for_iq = TRUE, .name = (char *) "result", .namespace_ = (char *) "id1",
                       .func = nothing };

  hs_handlers_add (handlers, &result);
  hs_handlers_add (handlers, &any);
  matches = hs_handlers_match_iq (handlers, "result", "id1");
  g_assert_cmpuint (matches->n_handlers, ==, 2);
  g_assert_cmpuint (matches->handlers[0]->id, ==, 1);
  hs_matches_unref (matches);
  matches = hs_handlers_match_iq (handlers, "result", "id2");
  g_assert_cmpuint (matches->n_handlers, ==, 1);
  hs_matches_unref (matches);
  matches = hs_handlers_match_iq (handlers, NULL, NULL);
  g_assert_cmpuint (matches->n_handlers, ==, 1);
  hs_matches_unref (matches);
  /* They name no elements. */
  assert_list (handlers, "iq", HS_NS_CLIENT, "");
  hs_handlers_free (handlers);
}

static void
test_modules (void)
{
  HsHandlers *handlers = hs_handlers_new ();
  HsHandler handler = { .name = (char *) "a", .func = nothing };

  for (guint i = 0; i < 9; i++)
    {
      handler.module = i % 3 == 0 ? NULL : GUINT_TO_POINTER (i % 3);
      hs_handlers_add (handlers, &handler);
    }
  hs_handlers_remove_module (handlers, GUINT_TO_POINTER (1));
  assert_list (handlers, "a", NULL, "1 3 4 6 7 9 ");
  hs_handlers_remove_module (handlers, GUINT_TO_POINTER (2));
  assert_list (handlers, "a", NULL, "1 4 7 ");
  hs_handlers_free (handlers);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/handlers/order", test_order);
  g_test_add_func ("/handlers/addresses", test_addresses);
  g_test_add_func ("/handlers/dictionaries", test_dictionaries);
  g_test_add_func ("/handlers/foreign-names", test_foreign_names);
  g_test_add_func ("/handlers/look-inside", test_look_inside);
  g_test_add_func ("/handlers/data", test_data);
  g_test_add_func ("/handlers/iq", test_iq);
  g_test_add_func ("/handlers/modules", test_modules);

  return g_test_run ();
}
