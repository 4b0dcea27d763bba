/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A contact list: sorted by name, with those who are not available greyed.
 *
 *   contacts JID PASSWORD */
#include <gtk/gtk.h>
#include <headstock-glib/headstock.h>

typedef struct
{
  HsClient *client;
  HsRoster *roster;
} App;

static void
bind_row (GtkListItem *item, GtkWidget *label, const char *from, const char *to)
{
  GtkExpression *contact = gtk_property_expression_new (GTK_TYPE_LIST_ITEM, NULL, "item");
  GtkExpression *value = gtk_property_expression_new (HS_TYPE_CONTACT, contact, from);

  gtk_expression_bind (value, label, to, item);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  bind_row (item, label, "display-name", "label");
  bind_row (item, label, "is-available", "sensitive");
  bind_row (item, label, "status", "tooltip-text");
  gtk_list_item_set_child (item, label);
}

static void
activate_cb (GtkApplication *application, gpointer user_data)
{
  App *app = user_data;
  GtkWidget *window = gtk_application_window_new (application);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkExpression *name = gtk_property_expression_new (HS_TYPE_CONTACT, NULL, "display-name");
  GListModel *contacts = g_object_ref (hs_roster_get_contacts (app->roster));
  GtkSortListModel *sorted = gtk_sort_list_model_new (contacts, GTK_SORTER (gtk_string_sorter_new (name)));
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (sorted)));

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), gtk_list_view_new (selection, factory));
  gtk_window_set_child (GTK_WINDOW (window), scrolled);
  gtk_window_set_title (GTK_WINDOW (window), "Contacts");
  gtk_window_set_default_size (GTK_WINDOW (window), 300, 500);
  hs_client_start (app->client);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application = NULL;
  g_autoptr (HsClient) client = NULL;
  g_autoptr (HsRoster) roster = hs_roster_new ();
  App app;

  if (argc != 3)
    {
      g_printerr ("Usage: contacts JID PASSWORD\n");
      return 2;
    }
  client = hs_client_new (argv[1], argv[2]);
  hs_client_register (client, HS_MODULE (roster));
  app = (App){ client, roster };
  application = gtk_application_new ("org.example.Contacts", G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), &app);
  return g_application_run (G_APPLICATION (application), 1, argv);
}
