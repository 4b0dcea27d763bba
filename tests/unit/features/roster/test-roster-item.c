/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hs-roster-item-private.h"

#include <string.h>
#include <time.h>

#include "hs-namespaces.h"

/* The groups of an item: each once, in their order, however many a server sends. */

#define MANY 50000

static HsRosterItem *
read_item (const char *groups)
{
  g_autofree char *xml = g_strdup_printf ("<item xmlns='" HS_NS_ROSTER "' jid='juliet@example.com'>%s</item>", groups);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsElement) element = hs_element_new_from_string (xml, &error);
  gboolean is_removal;

  g_assert_no_error (error);
  return hs_roster_item_new_from_element (element, &is_removal);
}

static void
check (const char *written, const char *expected)
{
  g_auto (GStrv) names = g_strsplit (written, ",", -1);
  g_autoptr (GString) groups = g_string_new (NULL);
  g_autoptr (HsRosterItem) item = NULL;
  g_autofree char *read = NULL;

  for (guint i = 0; names[i] != NULL; i++)
    g_string_append_printf (groups, "<group>%s</group><other xmlns='urn:example'>%u</other>", names[i], i);
  item = read_item (groups->str);
  read = g_strjoinv (",", (char **) item->groups);
  g_assert_cmpstr (read, ==, expected);
}

static void
test_groups (void)
{
  check ("", "");
  check ("b,a", "b,a");
  check ("b,,a,b,a", "b,a");
  check ("a,b,c,d,e,f,g,h", "a,b,c,d,e,f,g,h");
  check ("a,b,c,d,e,f,g,h,i", "a,b,c,d,e,f,g,h,i");
  check ("a,b,,c,d,e,f,g,h,i,a,,i,j,c", "a,b,c,d,e,f,g,h,i,j");
}

/* A stanza may have a hundred thousand groups, and comparing each with all others would stop the program for minutes. */
static void
test_many (void)
{
  g_autoptr (GString) groups = g_string_new (NULL);
  g_autoptr (HsRosterItem) item = NULL;
  clock_t start;

  for (guint i = 0; i < MANY; i++)
    g_string_append_printf (groups, "<group>%x</group><group>%x</group>", i, i / 2);
  start = clock ();
  item = read_item (groups->str);
  g_assert_cmpint (clock () - start, <, 2 * CLOCKS_PER_SEC);
  g_assert_cmpuint (g_strv_length ((char **) item->groups), ==, MANY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roster-item/groups", test_groups);
  g_test_add_func ("/roster-item/many", test_many);

  return g_test_run ();
}
