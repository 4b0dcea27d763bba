/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <malloc.h>
#include <string.h>
#include <time.h>

#include <glib.h>

#include "hs-element-private.h"
#include "hs-message.h"

#include "view-test.h"

/* Four times the elements may take four times the time, not sixteen times; and an element that is changed
 * again and again stays as large as it is. */

#define N_SMALL 10000
#define N_LARGE (4 * N_SMALL)

typedef void (*Work) (guint n);

static double
cpu_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static double
best_time (Work work, guint n)
{
  double best = G_MAXDOUBLE;

  for (guint i = 0; i < 3; i++)
    {
      double start = cpu_time ();

      work (n);
      best = MIN (best, cpu_time () - start);
    }
  return best;
}

static void
test_linear (gconstpointer data)
{
  Work work = *(const Work *) data;
  double small = best_time (work, N_SMALL);
  double large = best_time (work, N_LARGE);

  g_test_message ("%u: %.4f s, %u: %.4f s", N_SMALL, small, N_LARGE, large);
  g_assert_cmpfloat (large, <, 8 * small + 0.005);
}

/* A stanza as the dispatcher hands it over: the block has no owner but the view that is returned. */
static HsElement *
parse_many (guint n)
{
  g_autoptr (GString) xml = g_string_new ("<a>");
  HsElement *element;

  for (guint i = 0; i < n; i++)
    g_string_append (xml, "<b/>");
  g_string_append (xml, "</a>");
  element = parse (xml->str);
  return element;
}

static GPtrArray *
keep_children (guint n)
{
  HsElement *element = parse_many (n);
  GPtrArray *kept = g_ptr_array_new ();

  for (HsElement *child = hs_element_get_first_child (element); child != NULL;
       child = hs_element_get_next_sibling (child))
    g_ptr_array_add (kept, g_object_ref (child));
  g_object_unref (element);
  g_assert_cmpuint (kept->len, ==, n);
  return kept;
}

static void
drop_in_order (guint n)
{
  g_autoptr (GPtrArray) kept = keep_children (n);

  for (guint i = 0; i < n; i++)
    g_object_unref (kept->pdata[i]);
}

static void
drop_in_reverse (guint n)
{
  g_autoptr (GPtrArray) kept = keep_children (n);

  for (guint i = n; i > 0; i--)
    g_object_unref (kept->pdata[i - 1]);
}

static void
drop_at_random (guint n)
{
  g_autoptr (GPtrArray) kept = keep_children (n);
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (guint i = n; i > 0; i--)
    {
      guint chosen = g_rand_int_range (rand, 0, i);

      g_object_unref (kept->pdata[chosen]);
      kept->pdata[chosen] = kept->pdata[i - 1];
    }
}

/* Each view is the only one that somebody holds, while the tree holds all others. */
static void
walk (guint n)
{
  HsElement *element = parse_many (n);
  HsElement *child = hs_element_get_first_child (element);
  guint n_walked = 1;

  for (HsElement *seen = child; seen != NULL; seen = hs_element_get_next_sibling (seen))
    continue;
  g_object_ref (child);
  g_object_unref (element);
  for (;;)
    {
      HsElement *next = hs_element_get_next_sibling (child);

      if (next == NULL)
        break;
      g_object_ref (next);
      g_object_unref (child);
      child = next;
      n_walked++;
    }
  g_assert_finalize_object (child);
  g_assert_cmpuint (n_walked, ==, n);
}

/* All are held, but only one of them owns the tree. */
static void
keep_of_kept (guint n)
{
  HsElement *element = parse_many (n);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  for (HsElement *child = hs_element_get_first_child (element); child != NULL;
       child = hs_element_get_next_sibling (child))
    g_ptr_array_add (kept, child);
  for (guint i = 0; i < n; i++)
    g_object_ref (kept->pdata[i]);
  g_object_unref (element);
  for (guint i = n; i > 0; i--)
    g_object_unref (kept->pdata[i - 1]);
}

static void
join_trees (guint n)
{
  g_autoptr (HsElement) root = hs_element_new ("root", NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (HsElement) child = hs_element_new ("child", NULL);

      hs_element_append (root, child);
    }
}

static const Work works[]
    = { drop_in_order, drop_in_reverse, drop_at_random, walk, keep_of_kept, join_trees };

/* One element with attributes in as many namespaces: quadratic with a small factor, as all attributes are
 * looked through for each, and not cubic. */
static void
test_namespaces (void)
{
  g_autoptr (HsElement) element = hs_element_new ("a", NULL);
  g_autofree char *xml = NULL;
  double start = cpu_time ();

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *namespace_ = g_strdup_printf ("urn:%u", i);

      hs_element_set_attribute_ns (element, "k", namespace_, "v");
    }
  xml = hs_element_to_string (element);
  g_assert_nonnull (strstr (xml, "xmlns:ns1999=\"urn:1999\""));
  g_assert_cmpfloat (cpu_time () - start, <, g_getenv ("HS_TEST_VALGRIND") != NULL ? 20 : 2);
}

/* What malloc() has given out, by pages of its own too. */
static gsize
allocated (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

static void
change_value (HsElement *element, guint i)
{
  g_autofree char *value = g_strdup_printf ("%0*u", 1 + (int) (i * 7 % 200), i);

  hs_element_set_attribute (element, "k", value);
  g_assert_cmpstr (hs_element_get_attribute (element, "k"), ==, value);
}

static void
remove_and_set (HsElement *element, guint i)
{
  hs_element_set_attribute (element, "k", NULL);
  hs_element_set_attribute (element, "k", "value");
  hs_element_set_attribute_ns (element, "k", "urn:a", NULL);
  hs_element_set_attribute_ns (element, "k", "urn:a", "value");
}

static void
change_text (HsElement *element, guint i)
{
  g_autofree char *text = g_strnfill (1 + i * 7 % 3000, 't');

  hs_element_set_text (element, text);
  g_assert_cmpstr (hs_element_get_text (element), ==, text);
}

static void
change_body (HsElement *element, guint i)
{
  g_autofree char *body = g_strnfill (1 + i * 7 % 300, 'b');

  hs_message_set_body (HS_MESSAGE (element), body);
  g_assert_cmpstr (hs_message_get_body (HS_MESSAGE (element)), ==, body);
}

/* Text around a child is put together anew after each change. */
static void
change_mixed (HsElement *element, guint i)
{
  HsElement *child = hs_element_get_first_child (element);

  if (i % 1000 == 0)
    {
      hs_element_set_text (element, "before");
      child = hs_element_add_child (element, "child", NULL);
      g_assert_nonnull (child);
    }
  hs_element_append_text (element, ".");
  g_assert_cmpuint (strlen (hs_element_get_text (element)), ==, 7 + i % 1000);
}

/* ---- What comes and goes ---- */

static void
add_and_detach (HsElement *element, guint i)
{
  HsElement *child = hs_element_add_child (element, "child", i % 2 ? NULL : "urn:child");

  hs_element_set_attribute (child, "k", "value");
  hs_element_add_text_child (child, "inner", NULL, "text");
  hs_element_detach (child);
}

/* As Python does it: the reference goes when the variable has another value. */
static void
add_and_keep_a_while (HsElement *element, guint i)
{
  static HsElement *kept[100];

  if (i % G_N_ELEMENTS (kept) == 0)
    {
      for (guint j = 0; j < G_N_ELEMENTS (kept); j++)
        g_clear_object (&kept[j]);
    }
  kept[i % G_N_ELEMENTS (kept)] = g_object_ref (hs_element_add_child (element, "child", NULL));
  hs_element_detach (kept[i % G_N_ELEMENTS (kept)]);
}

/* All that can be done to an element before it comes into the tree, while it is there, and when it is out. */
static void
use (HsElement *child, guint i)
{
  g_autofree char *text = g_strnfill (1 + i * 7 % 3000, 't');

  hs_element_set_attribute (child, "k", text);
  hs_element_set_attribute (child, "k", "v");
  hs_element_set_attribute_ns (child, "k", "urn:k", "v");
  hs_element_append_text (child, i % 3 ? "text" : text);
  hs_element_add_text_child (child, "a", NULL, "text");
  hs_element_append_text (child, "more");
  g_assert_nonnull (hs_element_get_text (child));
  g_object_set (child, "name", "b", "namespace", i % 2 ? "urn:b" : NULL, NULL);
}

static void
append_and_detach (HsElement *element, guint i)
{
  g_autoptr (HsElement) child = hs_element_new ("child", "urn:child");

  use (child, i);
  hs_element_append (element, child);
  use (child, i);
  hs_element_detach (child);
  use (child, i);
}

static void
append_parsed (HsElement *element, guint i)
{
  g_autoptr (HsElement) child = parse ("<child xmlns='urn:child' k='v'>one<b l='m'/>two</child>");

  hs_element_append (element, child);
  hs_element_detach (hs_element_get_child (element, "child", NULL));
}

/* Two trees that were joined are both freed. */
static void
append_of_two (HsElement *element, guint i)
{
  g_autoptr (HsElement) child = hs_element_new ("child", NULL);
  g_autoptr (HsElement) inner = hs_element_new ("inner", NULL);

  hs_element_append (child, inner);
  hs_element_append (element, child);
  hs_element_detach (i % 2 ? inner : child);
  hs_element_detach (i % 2 ? child : inner);
}

static void
replace_children (HsElement *element, guint i)
{
  for (guint j = 0; j < 3; j++)
    hs_element_add_text_child (element, "child", "urn:child", "text");
  hs_element_set_text (element, i % 2 ? "text" : NULL);
}

static void
wrap (HsElement *element, guint i)
{
  g_autoptr (HsElement) envelope = hs_element_new ("envelope", NULL);

  hs_element_append (envelope, element);
  if (i % 2)
    hs_element_detach (element);
}

static void
rename_it (HsElement *element, guint i)
{
  g_object_set (element, "name", i % 2 ? "one" : "two", "namespace", i % 2 ? "urn:one" : "urn:two", NULL);
}

static void
change_extensions (HsElement *element, guint i)
{
  static const char *const reactions[] = { "one", "two", NULL };
  HsMessage *message = HS_MESSAGE (element);

  hs_stanza_set_id (HS_STANZA (element), i % 2 ? "id" : NULL);
  hs_message_set_chat_state (message, i % 2 ? HS_CHAT_STATE_ACTIVE : HS_CHAT_STATE_PAUSED);
  hs_message_set_reactions (message, i % 3 ? "id" : NULL, reactions);
  hs_message_set_oob_url (message, i % 5 ? "https://example.org/" : NULL);
  hs_message_set_body (message, "body");
  hs_message_set_reply (message, i % 7 ? "id" : NULL, "a@b", i % 2 ? "quoted" : NULL);
}

static const struct
{
  const char *path;
  void (*change) (HsElement *element, guint i);
} changes[] = {
  { "value", change_value }, { "remove", remove_and_set }, { "text", change_text },
  { "body", change_body },   { "mixed", change_mixed },
  { "add", add_and_detach }, { "keep", add_and_keep_a_while },
  { "append", append_and_detach }, { "parsed", append_parsed },
  { "two", append_of_two },  { "replace", replace_children },
  { "wrap", wrap },          { "rename", rename_it },
  { "extensions", change_extensions },
};

static void
test_no_growth (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  g_autoptr (HsElement) element = HS_ELEMENT (hs_message_new_chat ("a@b", "body"));
  gsize before;

  for (guint i = 0; i < 5000; i++)
    changes[number].change (element, i);
  before = allocated ();
  for (guint i = 0; i < 100000; i++)
    changes[number].change (element, i);
  g_test_message ("%zd bytes more", (gssize) (allocated () - before));
  g_assert_cmpuint (allocated (), <, before + 256 * 1024);
}

/* An element's own strings may be what it is given. */
static void
test_own_strings (void)
{
  g_autoptr (HsElement) element = parse ("<a k='1' l='22'>one<b/>two</a>");

  for (guint i = 0; i < 3; i++)
    {
      hs_element_set_attribute (element, "k", hs_element_get_attribute (element, "l"));
      hs_element_set_attribute (element, "k", hs_element_get_attribute (element, "k") + 1);
      g_assert_cmpstr (hs_element_get_attribute (element, "k"), ==, "2");
    }
  hs_element_set_text (element, hs_element_get_text (element));
  g_assert_cmpstr (hs_element_get_text (element), ==, "onetwo");
  hs_element_set_text (element, hs_element_get_text (element) + 1);
  g_assert_cmpstr (hs_element_get_text (element), ==, "netwo");
  for (guint i = 0; i < 10; i++)
    hs_element_append_text (element, hs_element_get_text (element));
  g_assert_cmpuint (strlen (hs_element_get_text (element)), ==, 5 << 10);
}

int
main (int argc, char **argv)
{
  static const char *const names[]
      = { "in-order", "in-reverse", "at-random", "walk", "of-kept", "join" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (works); i++)
    {
      g_autofree char *path = g_strdup_printf ("/linear/%s", names[i]);

      g_test_add_data_func (path, &works[i], test_linear);
    }
  g_test_add_func ("/linear/namespaces", test_namespaces);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/linear/no-growth/%s", changes[i].path);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_no_growth);
    }
  g_test_add_func ("/linear/own-strings", test_own_strings);
  return g_test_run ();
}
