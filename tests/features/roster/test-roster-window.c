/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gtk/gtk.h>

#include "roster-test.h"

/* A GTK list that is bound to the contacts: it shows what the server sends, sorted. */

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkExpression *contact = gtk_property_expression_new (GTK_TYPE_LIST_ITEM, NULL, "item");
  GtkWidget *label = gtk_label_new (NULL);

  gtk_expression_bind (gtk_property_expression_new (HS_TYPE_CONTACT, contact, "display-name"), label, "label", item);
  gtk_list_item_set_child (item, label);
}

static char *
describe (GListModel *sorted)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (sorted); i++)
    {
      g_autoptr (HsContact) contact = g_list_model_get_item (sorted, i);

      g_string_append_printf (text, "%s ", hs_contact_get_display_name (contact));
    }
  return g_string_free (text, FALSE);
}

#define assert_shown(expected)                                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *shown_ = describe (G_LIST_MODEL (sorted));                                    \
    g_assert_cmpstr (shown_, ==, expected);                                                        \
  }                                                                                                \
  G_STMT_END

/* For people to look at; and a window that shows nothing has one colour. */
static void
take_picture (void)
{
  const char *path = g_getenv ("HS_TEST_PICTURE");
  const char *const take[] = { "import", "-window", "root", path, NULL };
  const char *const count[] = { "identify", "-format", "%k", path, NULL };
  g_autofree char *n_colours = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (path == NULL)
    return;
  g_spawn_sync (NULL, (char **) take, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  g_spawn_sync (NULL, (char **) count, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &n_colours, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_ascii_strtoll (n_colours, NULL, 10), >, 2);
}

static void
test_window (void)
{
  static const ScriptStep script[]
      = { RUN (script_sign_in), ROSTER_ASKED,
          SEND (ROSTER_ITEMS ("", "<item jid='z@example.com' name='Z'/><item jid='b@example.com' name='B'/><item jid='a@example.com' name='A'/>")),
          SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  RosterTest f;
  GtkExpression *name = gtk_property_expression_new (HS_TYPE_CONTACT, NULL, "display-name");
  GtkWidget *window = gtk_window_new ();
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkSortListModel *sorted;

  roster_set_up (&f, scripts);
  sorted = gtk_sort_list_model_new (g_object_ref (hs_roster_get_contacts (f.roster)), GTK_SORTER (gtk_string_sorter_new (name)));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  gtk_window_set_child (GTK_WINDOW (window),
                        gtk_list_view_new (GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (G_LIST_MODEL (sorted)))), factory));
  gtk_window_present (GTK_WINDOW (window));
  test_client_start_until_ready (f.test);
  test_until (hs_roster_get_is_loaded (f.roster));
  assert_shown ("A B Z ");
  test_client_say (f.test, ROSTER_PUSH ("", "<item jid='c@example.com' name='C'/>"));
  test_client_say (f.test, ROSTER_PUSH ("", "<item jid='b@example.com' subscription='remove'/>"));
  assert_shown ("A C Z ");
  test_client_say (f.test, "<presence from='a@example.com/x'/>");
  test_spin (50);
  take_picture ();
  gtk_window_destroy (GTK_WINDOW (window));
  test_spin (20);
  g_object_unref (sorted);
  test_client_stop (f.test);
  roster_clear (&f);
}

int
main (int argc, char **argv)
{
  gtk_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/roster/window/list", test_window);
  return g_test_run ();
}
