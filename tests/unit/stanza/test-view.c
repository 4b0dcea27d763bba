/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <link.h>
#include <string.h>

#include <glib.h>

#include "hs-element-private.h"
#include "hs-error.h"
#include "hs-message.h"
#include "hs-namespaces.h"

#include "view-test.h"

/* Views: which object is on which node, who holds whom, and what threads may do. */

static void
test_same (void)
{
  HsElement *element = parse ("<a><b><c/></b><d/></a>");
  HsElement *b = hs_element_get_first_child (element);
  HsElement *c = hs_element_get_first_child (b);

  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (hs_element_get_first_child (element) == b);
      g_assert_true (hs_element_get_child (element, "b", NULL) == b);
      g_assert_true (hs_element_get_parent (c) == b);
      g_assert_true (hs_element_get_parent (b) == element);
      g_assert_true (hs_element_get_next_sibling (b) == hs_element_get_child (element, "d", NULL));
      /* Borrowed: nobody but the tree holds them. */
      g_assert_cmpuint (G_OBJECT (b)->ref_count, ==, 1);
      g_assert_cmpuint (G_OBJECT (c)->ref_count, ==, 1);
    }
  g_assert_finalize_object (element);
}

/* What is kept keeps its tree, and lets go of it. */
static void
test_kept_child (void)
{
  HsElement *element = parse ("<a k='1'>t<b><c>u</c></b><d/></a>");
  HsElement *b = g_object_ref (hs_element_get_first_child (element));
  HsElement *c = g_object_ref (hs_element_get_first_child (b));
  HsElement *d = hs_element_get_next_sibling (b);
  gpointer weak_d = d;

  g_object_add_weak_pointer (G_OBJECT (d), &weak_d);
  g_assert_finalize_object (element);
  /* It came from one that lives. */
  g_assert_true (weak_d == d);
  g_assert_true (hs_element_get_next_sibling (b) == d);
  element = hs_element_get_parent (b);
  g_assert_cmpstr (hs_element_get_attribute (element, "k"), ==, "1");
  g_assert_true (hs_element_get_parent (b) == element);
  g_assert_true (hs_element_get_parent (c) == b);
  g_assert_true (hs_element_get_first_child (element) == b);
  g_object_unref (b);
  g_assert_cmpstr (hs_element_get_text (c), ==, "u");
  g_assert_cmpstr (
      hs_element_get_attribute (hs_element_get_parent (hs_element_get_parent (c)), "k"), ==, "1");
  g_assert_finalize_object (c);
  g_assert_null (weak_d);
}

/* What was lent lives as long as what it came from, whoever else let go of it. */
static void
test_lent (void)
{
  HsElement *element = parse ("<a k='1'><b><c/></b><d/></a>");
  HsElement *b = g_object_ref (hs_element_get_first_child (element));
  HsElement *c = hs_element_get_first_child (b);
  HsElement *d = hs_element_get_next_sibling (b);
  HsElement *parent = hs_element_get_parent (b);
  gpointer weak = element;

  g_object_add_weak_pointer (G_OBJECT (element), &weak);
  g_assert_true (parent == element);
  g_object_unref (element);
  g_assert_true (weak == parent);
  g_assert_cmpstr (hs_element_get_attribute (parent, "k"), ==, "1");
  g_assert_cmpstr (hs_element_get_name (c), ==, "c");
  g_assert_cmpstr (hs_element_get_name (d), ==, "d");
  g_assert_true (hs_element_get_parent (b) == parent);
  /* The same through one that was only lent itself. */
  g_object_ref (c);
  g_assert_true (hs_element_get_parent (c) == b);
  g_object_unref (b);
  g_assert_true (hs_element_get_parent (c) == b);
  g_assert_true (hs_element_get_parent (b) == parent);
  g_object_ref (parent);
  g_object_unref (parent);
  g_assert_true (hs_element_get_parent (hs_element_get_parent (c)) == parent);
  g_assert_finalize_object (c);
  g_assert_null (weak);
}

/* One that a program holds as well as the tree; found through the tree, then let go by the program.
 */
static void
test_owner_found (void)
{
  HsElement *element = parse ("<a><b><c/></b></a>");
  HsElement *b = g_object_ref (hs_element_get_first_child (element));
  HsElement *c = g_object_ref (hs_element_get_first_child (b));
  HsElement *again = NULL;

  g_object_unref (element);
  /* b and c each own the tree; b is found from c, and so lives as long as c. */
  again = hs_element_get_parent (c);
  g_assert_true (again == b);
  g_object_unref (b);
  g_assert_cmpstr (hs_element_get_name (again), ==, "b");
  g_assert_true (hs_element_get_parent (c) == again);
  g_assert_finalize_object (c);
}

static void
test_kept_in_any_order (void)
{
  for (guint i = 0; i < 2000; i++)
    {
      HsElement *views[8] = { NULL };
      guint n = G_N_ELEMENTS (views);

      views[0] = parse ("<a><b><c><d>t</d></c></b><e><f/></e><g/></a>");
      views[1] = g_object_ref (hs_element_get_first_child (views[0]));
      views[2] = g_object_ref (hs_element_get_first_child (views[1]));
      views[3] = g_object_ref (hs_element_get_first_child (views[2]));
      views[4] = g_object_ref (hs_element_get_next_sibling (views[1]));
      views[5] = g_object_ref (hs_element_get_first_child (views[4]));
      views[6] = g_object_ref (hs_element_get_next_sibling (views[4]));
      views[7] = parse ("<h><i/></h>");
      while (n > 0)
        {
          guint at = g_test_rand_int_range (0, G_N_ELEMENTS (views));
          guint other = g_test_rand_int_range (0, G_N_ELEMENTS (views));

          if (views[at] == NULL)
            continue;
          switch (g_test_rand_int_range (0, 5))
            {
            case 0:
              hs_element_detach (views[at]);
              break;
            case 1:
              if (views[other] != NULL)
                {
                  HsElement *ancestor = views[at];

                  while (ancestor != NULL && ancestor != views[other])
                    ancestor = hs_element_get_parent (ancestor);
                  if (ancestor == NULL)
                    hs_element_append (views[at], views[other]);
                }
              break;
            case 2:
              hs_element_get_parent (views[at]);
              hs_element_get_first_child (views[at]);
              hs_element_get_next_sibling (views[at]);
              g_free (hs_element_to_string (views[at]));
              break;
            default:
              g_clear_object (&views[at]);
              n--;
            }
        }
    }
}

/* Elements come and go in one tree in any way, and each that is held stays what it is: its name, its attribute and its
 * text all tell its number. */
typedef struct
{
  HsElement *held[60];
  guint number[60];
  guint next;
} Crowd;

static void
hold (Crowd *self, HsElement *element, guint number)
{
  guint at = g_test_rand_int_range (0, G_N_ELEMENTS (self->held));

  g_object_ref (element);
  g_clear_object (&self->held[at]);
  self->held[at] = element;
  self->number[at] = number;
}

static void
check (Crowd *self, guint at)
{
  g_autofree char *text = g_strdup_printf ("%u", self->number[at]);
  g_autofree char *name = g_strdup_printf ("n%u", self->number[at]);
  HsElement *element = self->held[at];

  g_assert_cmpstr (hs_element_get_name (element), ==, name);
  g_assert_cmpstr (hs_element_get_namespace (element), ==, "urn:crowd");
  g_assert_cmpstr (hs_element_get_attribute (element, "k"), ==, text);
  g_assert_true (hs_element_get_text (element) == NULL
                 || strcmp (hs_element_get_text (element), text) == 0);
}

/* (transfer full) */
static HsElement *
make_one (Crowd *self, HsElement *parent)
{
  guint number = self->next++;
  g_autofree char *text = g_strdup_printf ("%u", number);
  g_autofree char *name = g_strdup_printf ("n%u", number);
  g_autofree char *xml = g_strdup_printf ("<%s xmlns='urn:crowd' k='%s'>%s</%s>", name, text, text, name);
  HsElement *element = NULL;

  switch (g_test_rand_int_range (0, 3))
    {
    case 0:
      element = parse (xml);
      hs_element_append (parent, element);
      break;
    case 1:
      element = hs_element_new (name, "urn:crowd");
      hs_element_set_attribute (element, "k", text);
      hs_element_append (parent, element);
      hs_element_append_text (element, text);
      break;
    default:
      element = g_object_ref (hs_element_add_text_child (parent, name, NULL, text));
      hs_element_set_attribute (element, "k", text);
    }
  if (g_test_rand_int_range (0, 3) == 0)
    hold (self, element, number);
  return element;
}

static gboolean
is_inside (HsElement *element, HsElement *ancestor)
{
  while (element != NULL && element != ancestor)
    element = hs_element_get_parent (element);
  return element != NULL;
}

static void
change_one (Crowd *self, HsElement *root)
{
  guint at = g_test_rand_int_range (0, G_N_ELEMENTS (self->held));
  guint other = g_test_rand_int_range (0, G_N_ELEMENTS (self->held));
  HsElement *element = self->held[at];
  HsElement *child;

  if (element == NULL)
    return;
  switch (g_test_rand_int_range (0, 8))
    {
    case 0:
      g_object_unref (make_one (self, element));
      break;
    case 1:
      hs_element_detach (element);
      break;
    case 2:
      if (!is_inside (root, element))
        hs_element_append (root, element);
      break;
    case 3:
      if (self->held[other] != NULL && !is_inside (element, self->held[other]))
        hs_element_append (element, self->held[other]);
      break;
    case 4:
      hs_element_set_text (element, NULL);
      break;
    case 5:
      child = hs_element_get_first_child (element);
      if (child != NULL)
        hs_element_detach (child);
      break;
    case 6:
      g_clear_object (&self->held[at]);
      return;
    default:
      g_free (hs_element_to_string (element));
    }
  check (self, at);
}

static void
test_come_and_go (void)
{
  Crowd crowd = { .next = 0 };
  HsElement *root = hs_element_new ("root", "urn:crowd");

  for (guint i = 0; i < 100000; i++)
    {
      g_autoptr (HsElement) one = make_one (&crowd, root);

      if (g_test_rand_int_range (0, 2) != 0)
        hs_element_detach (one);
      change_one (&crowd, root);
      /* The tree goes on in one that was a part of it. */
      if (i % 5000 == 4999 && crowd.held[0] != NULL)
        {
          g_object_unref (root);
          root = g_steal_pointer (&crowd.held[0]);
        }
      if (i % 1000 == 999)
        hs_element_set_text (root, NULL);
    }
  for (guint at = 0; at < G_N_ELEMENTS (crowd.held); at++)
    {
      if (crowd.held[at] != NULL)
        check (&crowd, at);
      g_clear_object (&crowd.held[at]);
    }
  g_assert_finalize_object (root);
}

/* A program may still use what it has just detached, though it has no reference. */
static void
test_recent (void)
{
  HsElement *root = hs_element_new ("root", "urn:root");

  for (guint i = 0; i < 2000; i++)
    {
      HsElement *first = hs_element_add_text_child (root, "first", NULL, "1");
      HsElement *second = hs_element_add_text_child (root, "second", NULL, "2");

      hs_element_detach (first);
      hs_element_detach (second);
      hs_element_append (second, first);
      hs_element_append (root, second);
      g_assert_cmpstr (hs_element_get_text (hs_element_get_first_child (second)), ==, "1");
      hs_element_detach (second);
      hs_element_detach (hs_element_add_child (root, "third", NULL));
      g_assert_cmpstr (hs_element_get_text (second), ==, "2");
      g_assert_true (hs_element_get_parent (first) == second);
    }
  g_assert_finalize_object (root);
}

static void
fill (HsElement *root)
{
  for (guint i = 0; i < 1000; i++)
    hs_element_detach (hs_element_add_text_child (root, "filler", "urn:filler", "text"));
}

/* The namespace that a child was given for its parent's outlives that parent. */
static void
test_namespaces (void)
{
  for (guint i = 0; i < 2; i++)
    {
      HsElement *root = hs_element_new ("root", "urn:root");
      HsElement *moved = hs_element_new ("moved", "urn:moved");
      HsElement *child;

      if (i == 0)
        hs_element_append (root, moved);
      else
        g_object_set (moved, "namespace", "urn:other", "namespace", "urn:moved", NULL);
      child = g_object_ref (hs_element_add_child (moved, "child", NULL));
      hs_element_append (root, child);
      if (i == 0)
        hs_element_detach (moved);
      else
        g_object_set (moved, "namespace", "urn:another", NULL);
      g_object_unref (moved);
      fill (root);
      g_assert_cmpstr (hs_element_get_namespace (child), ==, "urn:moved");
      g_object_unref (child);
      g_assert_finalize_object (root);
    }
}

/* The dispatcher has nodes, and not only views, of a stanza: its parts stay while it has them. */
static void
test_dispatched (void)
{
  HsElement *root = parse ("<message><a k='1'/></message>");
  HsNode *node = hs_element_get_node (root);
  HsBlock *block = hs_block_ref (hs_node_get_block (node));
  HsNode *child;

  hs_element_detach (hs_element_add_child (root, "first", NULL));
  hs_element_add_child (root, "dispatched", NULL);
  child = hs_node_get_child (node, "dispatched", NULL);
  hs_element_detach (hs_element_get_child (root, "dispatched", NULL));
  fill (root);
  g_assert_cmpstr (child->name, ==, "dispatched");
  hs_block_unref (block);
  g_assert_finalize_object (root);
}

/* A child that a handler keeps is moved into a reply while its stanza is being dispatched. */
static void
test_moved (void)
{
  HsElement *stanza = parse ("<message><x><y/></x></message>");
  HsElement *reply = hs_element_new ("message", HS_NS_CLIENT);
  HsElement *x = g_object_ref (hs_element_get_first_child (stanza));
  HsElement *y = hs_element_get_first_child (x);

  hs_element_append (reply, x);
  g_object_unref (stanza);
  g_object_unref (x);
  g_assert_true (hs_element_get_first_child (reply) == x);
  g_assert_true (hs_element_get_first_child (x) == y);
  g_assert_finalize_object (reply);
}

static gboolean
any_item (HsNode *stanza, const char *name, const char *namespace_, gpointer data)
{
  return strcmp (name, "item") == 0;
}

/* What a handler keeps of a stanza that still comes in lives on alone; what it may not do. */
static void
test_forgotten (void)
{
  static const HsParserCallbacks callbacks = { .forget = any_item };
  static const char xml[] = TEST_HEADER "<iq><q><item k='1'><a/></item>";
  HsParser *parser = hs_parser_new (NULL, &callbacks, NULL);
  g_autoptr (GError) error = NULL;
  HsParserEvent *event = NULL;
  HsElement *item = NULL;
  HsElement *parent = NULL;

  hs_parser_set_forgets (parser, TRUE);
  hs_parser_feed (parser, xml, strlen (xml), FALSE, &error);
  g_assert_no_error (error);
  hs_parser_give_back (parser, hs_parser_pop (parser));
  event = hs_parser_pop (parser);
  item = g_object_ref (hs_element_from_node (event->node));
  parent = g_object_ref (hs_element_get_parent (item));
  g_assert_cmpstr (hs_element_get_name (hs_element_get_parent (parent)), ==, "iq");

  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*still being received*");
  hs_element_set_attribute (parent, "a", "b");
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*still being received*");
  g_assert_null (hs_element_add_child (parent, "a", NULL));
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*still being received*");
  hs_element_set_text (parent, "a");
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*still being received*");
  hs_stanza_set_id (HS_STANZA (hs_element_get_parent (parent)), "a");
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*unfinished*");
  hs_element_detach (item);
  g_test_assert_expected_messages ();

  hs_parser_give_back (parser, event);
  g_assert_null (hs_element_get_parent (item));
  g_assert_null (hs_element_get_first_child (parent));
  hs_parser_free (parser);
  g_assert_cmpstr (hs_element_get_attribute (item, "k"), ==, "1");
  g_assert_cmpstr (hs_element_get_name (hs_element_get_first_child (item)), ==, "a");
  hs_element_detach (item);
  hs_element_add_child (item, "b", NULL);
  g_assert_finalize_object (item);
  g_assert_cmpstr (hs_element_get_name (parent), ==, "q");
  g_assert_finalize_object (parent);
}

/* ---- Threads ---- */

/* Once in so many times a thread is late when GObject takes a lock. Between its count having gone down and
 * that, g_object_unref() (GLib 2.74) has still to touch an object that another thread may be done with: a
 * block that gives back a view at once, in place of a second later, is caught at it in nearly every run. */
#define SELDOM 64
#define LATE_USEC 100

static gboolean late; /* while the tests with threads run */
static guintptr gobject_start;
static guintptr gobject_end;
static void (*real_lock) (GMutex *mutex);

static int
find_gobject_cb (struct dl_phdr_info *info, size_t size, void *user_data)
{
  if (strstr (info->dlpi_name, "libgobject-2.0") == NULL)
    return 0;
  gobject_start = info->dlpi_addr;
  for (guint i = 0; i < info->dlpi_phnum; i++)
    gobject_end = MAX (gobject_end, info->dlpi_addr + info->dlpi_phdr[i].p_vaddr
                                        + info->dlpi_phdr[i].p_memsz);
  return 1;
}

/* In place of GLib's, for the libraries too. */
void
g_mutex_lock (GMutex *mutex)
{
  static __thread guint32 random;
  guintptr caller = (guintptr) __builtin_return_address (0);

  if (real_lock == NULL)
    real_lock = (void (*) (GMutex *)) dlsym (RTLD_NEXT, "g_mutex_lock");
  if (late && caller >= gobject_start && caller < gobject_end)
    {
      random = random * 1103515245 + 12345;
      if ((random >> 16) % SELDOM == 0)
        g_usleep (LATE_USEC);
    }
  real_lock (mutex);
}

static void
begin_to_be_late (void)
{
  dl_iterate_phdr (find_gobject_cb, NULL);
  g_assert_cmpuint (gobject_start, !=, 0);
  late = TRUE;
}

/* Views are finalised in other threads while the main one walks the same tree: so does PyGObject.
 */
static void
test_threads (void)
{
  Droppers droppers;

  begin_to_be_late ();
  start_droppers (&droppers);
  for (guint i = 0; i < 20000; i++)
    {
      HsElement *element = parse ("<a><b><c><d/></c></b><e/></a>");
      HsElement *b = g_object_ref (hs_element_get_first_child (element));
      HsElement *c = g_object_ref (hs_element_get_first_child (b));

      drop_in_thread (&droppers, g_object_ref (c));
      drop_in_thread (&droppers, g_object_ref (hs_element_get_next_sibling (b)));
      if (i % 2)
        drop_in_thread (&droppers, element);
      for (guint j = 0; j < 20; j++)
        {
          HsElement *found = hs_element_get_first_child (b);

          g_assert_true (found == c);
          g_assert_cmpstr (hs_element_get_name (hs_element_get_first_child (found)), ==, "d");
          g_assert_cmpstr (hs_element_get_name (hs_element_get_next_sibling (b)), ==, "e");
          g_assert_cmpstr (hs_element_get_name (hs_element_get_parent (b)), ==, "a");
        }
      drop_in_thread (&droppers, c);
      g_assert_cmpstr (hs_element_get_name (hs_element_get_first_child (b)), ==, "c");
      if (i % 2 == 0)
        g_object_unref (element);
      drop_in_thread (&droppers, b);
    }
  stop_droppers (&droppers);
  late = FALSE;
}

/* The last owner goes in another thread, and hands its views back, while the main thread follows
 * them. */
static void
test_threads_hand_over (void)
{
  Droppers droppers;

  begin_to_be_late ();
  start_droppers (&droppers);
  for (guint i = 0; i < 20000; i++)
    {
      HsElement *element = parse ("<a><b><c><d>t</d></c></b></a>");
      HsElement *b = g_object_ref (hs_element_get_first_child (element));

      for (guint j = 0; j < 5; j++)
        hs_element_get_first_child (
            hs_element_get_first_child (hs_element_get_first_child (element)));
      drop_in_thread (&droppers, element);
      for (guint j = 0; j < 50; j++)
        {
          HsElement *c = hs_element_get_first_child (b);
          HsElement *d = hs_element_get_first_child (c);

          g_assert_true (HS_IS_ELEMENT (c));
          g_assert_cmpstr (hs_element_get_name (c), ==, "c");
          g_assert_cmpstr (hs_element_get_text (d), ==, "t");
        }
      g_object_unref (b);
    }
  stop_droppers (&droppers);
  late = FALSE;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/view/same", test_same);
  g_test_add_func ("/view/kept-child", test_kept_child);
  g_test_add_func ("/view/lent", test_lent);
  g_test_add_func ("/view/owner-found", test_owner_found);
  g_test_add_func ("/view/kept-in-any-order", test_kept_in_any_order);
  g_test_add_func ("/view/come-and-go", test_come_and_go);
  g_test_add_func ("/view/recent", test_recent);
  g_test_add_func ("/view/namespaces", test_namespaces);
  g_test_add_func ("/view/dispatched", test_dispatched);
  g_test_add_func ("/view/moved", test_moved);
  g_test_add_func ("/view/forgotten", test_forgotten);
  g_test_add_func ("/view/threads/drop", test_threads);
  g_test_add_func ("/view/threads/hand-over", test_threads_hand_over);

  return g_test_run ();
}
