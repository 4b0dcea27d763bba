/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <gtk/gtk.h>
#include <headstock-glib/headstock.h>
typedef struct { HsMessenger *messenger; GtkSingleSelection *contacts; GtkStringList *rows; } App;
static void
show (App *app, HsChatMessage *row)                /* an HsDelivery or an HsSentMessage */
{
  g_autofree char *text = g_strdup_printf ("%s %s: %s", hs_chat_message_get_is_outgoing (row) ? "to" : "from",
                                           hs_jid_to_string (hs_chat_message_get_peer (row)),
                                           hs_message_get_body (hs_chat_message_get_message (row)));
  gtk_string_list_append (app->rows, text);
}
static void
received_cb (HsMessages *messages, HsDelivery *delivery, gpointer user_data)
{
  if (hs_delivery_get_change (delivery) == HS_CHANGE_KIND_NONE && hs_message_get_body (hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery))) != NULL)
    show (user_data, HS_CHAT_MESSAGE (delivery));
}
static void
send_cb (GtkEntry *entry, gpointer user_data)
{
  App *app = user_data;
  HsContact *contact = gtk_single_selection_get_selected_item (app->contacts);
  g_autoptr (HsSentMessage) sent = NULL;
  g_autoptr (GError) error = NULL;
  if (contact == NULL)
    return;
  sent = hs_messages_send_text (hs_messenger_get_messages (app->messenger), hs_jid_to_string (hs_contact_get_jid (contact)),
                                gtk_editable_get_text (GTK_EDITABLE (entry)), &error);
  if (sent == NULL)
    g_warning ("%s", error->message);
  else
    show (app, HS_CHAT_MESSAGE (sent));
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
}
static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkExpression *object = gtk_property_expression_new (GTK_TYPE_LIST_ITEM, NULL, "item");
  GtkWidget *label = gtk_label_new (NULL);
  const char *property = user_data;
  GType type = g_str_equal (property, "string") ? GTK_TYPE_STRING_OBJECT : HS_TYPE_CONTACT;
  gtk_expression_bind (gtk_property_expression_new (type, object, property), label, "label", item);
  gtk_list_item_set_child (item, label);
}
static void
add_list (GtkWidget *box, GtkSelectionModel *model, const char *property)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *window = gtk_scrolled_window_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), (gpointer) property);
  gtk_widget_set_vexpand (window, TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), gtk_list_view_new (model, factory));
  gtk_box_append (GTK_BOX (box), window);
}
static void
activate_cb (GtkApplication *application, gpointer user_data)
{
  App *app = user_data;
  HsMessages *messages = hs_messenger_get_messages (app->messenger);
  GListModel *contacts = hs_roster_get_contacts (hs_messenger_get_roster (app->messenger));
  GtkExpression *name = gtk_property_expression_new (HS_TYPE_CONTACT, NULL, "display-name");
  GtkWidget *window = gtk_application_window_new (application), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *entry = gtk_entry_new ();
  app->rows = gtk_string_list_new (NULL);
  app->contacts = gtk_single_selection_new (G_LIST_MODEL (gtk_sort_list_model_new (g_object_ref (contacts), GTK_SORTER (gtk_string_sorter_new (name)))));
  add_list (box, GTK_SELECTION_MODEL (app->contacts), "display-name");
  add_list (box, GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (app->rows))), "string");
  gtk_box_append (GTK_BOX (box), entry);
  gtk_window_set_child (GTK_WINDOW (window), box);
  g_signal_connect (entry, "activate", G_CALLBACK (send_cb), app);
  g_signal_connect (messages, "received", G_CALLBACK (received_cb), app);
  g_object_set (messages, "queue-offline", TRUE, NULL);
  hs_client_start (hs_messenger_get_client (app->messenger));
  gtk_window_present (GTK_WINDOW (window));
}
int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) application = gtk_application_new ("org.example.Contacts", G_APPLICATION_NON_UNIQUE);
  g_autoptr (HsClient) client = hs_client_new (argv[1], argv[2]);
  App app = { hs_messenger_new (client, NULL), NULL, NULL };
  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), &app);
  return g_application_run (G_APPLICATION (application), 0, NULL);
}
