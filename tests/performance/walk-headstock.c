/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <headstock-glib/headstock.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* A stanza of many elements that a program keeps: walked, changed and let go through the public functions. Prints
 * the CPU time an element, in microseconds, for each way and for two sizes; see walk.py. */

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1e6 + time.tv_nsec * 1e-3;
}

static HsElement *
make (guint n)
{
  g_autoptr (GString) xml = g_string_new ("<message xmlns='jabber:client'>");
  g_autoptr (GError) error = NULL;
  HsElement *stanza;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (xml, "<item xmlns='urn:x' n='%u'>text</item>", i);
  g_string_append (xml, "</message>");
  stanza = hs_element_new_from_string (xml->str, &error);
  if (stanza == NULL)
    g_error ("%s", error->message);
  return stanza;
}

static guint
walk_siblings (HsElement *stanza)
{
  guint n = 0;

  for (HsElement *item = hs_element_get_first_child (stanza); item != NULL; item = hs_element_get_next_sibling (item))
    n += hs_element_get_attribute (item, "n") != NULL;
  return n;
}

static guint
walk_children (HsElement *stanza)
{
  g_autoptr (GPtrArray) children = hs_element_get_children (stanza);
  guint n = 0;

  for (guint i = 0; i < children->len; i++)
    n += hs_element_get_attribute (g_ptr_array_index (children, i), "n") != NULL;
  return n;
}

static guint
change (HsElement *stanza)
{
  guint n = 0;

  for (HsElement *item = hs_element_get_first_child (stanza); item != NULL; item = hs_element_get_next_sibling (item), n++)
    hs_element_set_attribute (item, "seen", "1");
  return n;
}

static void
measure (guint n)
{
  static const struct
  {
    const char *name;
    guint (*walk) (HsElement *stanza);
  } ways[] = { { "siblings", walk_siblings }, { "children", walk_children }, { "again", walk_siblings },
               { "change", change } };
  HsElement *stanza = make (n);
  double start;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      /* The first two make what is found; each begins with a stanza of its own. */
      if (i < 2)
        {
          g_object_unref (stanza);
          stanza = make (n);
        }
      start = now ();
      if (ways[i].walk (stanza) != n)
        g_error ("%s: not all were there", ways[i].name);
      printf ("%s %u %.4f\n", ways[i].name, n, (now () - start) / n);
    }
  start = now ();
  g_object_unref (stanza);
  printf ("free %u %.4f\n", n, (now () - start) / n);
}

int
main (int argc, char **argv)
{
  measure (1000);
  measure (argc > 1 ? atoi (argv[1]) / 10 : 10000);
  measure (argc > 1 ? atoi (argv[1]) : 100000);
  return 0;
}
