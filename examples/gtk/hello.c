/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A window that follows a client: a label with its state, a button that starts and stops it, and a
 * list of the contacts and of the messages that come in.
 *
 *   hello JID PASSWORD
 *
 * The environment may say more about the way to the server: HEADSTOCK_HOST, HEADSTOCK_PORT, and
 * HEADSTOCK_CA (a file of certificates in PEM format).
 *
 * Shown here: widgets bound to the client's properties; its signals; a handler inside a stanza; how
 * to ask the user about a certificate that was refused; how a window waits for the end of a run.
 * What is seen is printed too. */

#include <stdlib.h>
#include <glib-unix.h>
#include <gtk/gtk.h>
#include <headstock-glib/headstock.h>

typedef struct
{
  HsClient *client;
  GtkWidget *window;
  GtkWidget *problem; /* why the last run ended */
  GtkWidget *trust;   /* the button for a certificate that was refused */
  GtkWidget *list;
  GHashTable *contacts; /* bare JID to its label in the list */
} Hello;

static GtkWidget *
add_row (Hello *hello, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_list_box_append (GTK_LIST_BOX (hello->list), label);
  return label;
}

/* A contact: one of the answer to the client's question for the roster, or a change of it that the
 * server has pushed (RFC 6121, 2.1.6). */
static HsElement *
contact_cb (HsClient *client, HsElement *item, gpointer user_data)
{
  Hello *hello = user_data;
  const char *jid = hs_element_get_attribute (item, "jid");
  const char *subscription = hs_element_get_attribute (item, "subscription");
  g_autofree char *text = NULL;
  GtkWidget *label;

  if (jid == NULL)
    return NULL;
  label = g_hash_table_lookup (hello->contacts, jid);
  text = g_strdup_printf ("Contact %s (%s)", jid, subscription != NULL ? subscription : "none");
  if (label == NULL)
    g_hash_table_insert (hello->contacts, g_strdup (jid), add_row (hello, text));
  else
    gtk_label_set_text (GTK_LABEL (label), text);
  g_print ("%s\n", text);
  return NULL;
}

static void
message_cb (HsClient *client, HsMessage *message, gpointer user_data)
{
  HsStanza *stanza = HS_STANZA (message);
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (stanza);
  g_autofree char *text = NULL;

  /* An "error" is our own message that came back. */
  if (hs_message_get_body (message) == NULL || from == NULL
      || g_str_equal (hs_stanza_get_stanza_type (stanza), "error"))
    return;
  text = g_strdup_printf ("%s: %s", hs_jid_to_string (from), hs_message_get_body (message));
  add_row (user_data, text);
  g_print ("%s\n", text);
}

/* A run has ended.  Where it was for a certificate, the user is asked about it, by its fingerprint.
 */
static void
terminated_cb (HsClient *client, GError *error, gpointer user_data)
{
  Hello *hello = user_data;
  gboolean refused = g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);

  if (refused)
    {
      g_autoptr (GByteArray) der = NULL;
      g_autofree char *sum = NULL;
      g_autofree char *question = NULL;

      g_object_get (hs_client_get_peer_certificate (client), "certificate", &der, NULL);
      sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
      question = g_strdup_printf ("Trust %.32s\n%s", sum, sum + 32);
      gtk_button_set_label (GTK_BUTTON (hello->trust), question);
    }
  gtk_widget_set_visible (hello->trust, refused);
  gtk_label_set_text (GTK_LABEL (hello->problem), error != NULL ? error->message : "");
  g_print ("terminated: %s\n", error != NULL ? error->message : "stopped");
}

/* The user has decided.  From now on it must be this certificate, and no other will do. */
static void
trust_cb (GtkButton *button, gpointer user_data)
{
  Hello *hello = user_data;

  hs_client_set_pinned_certificate (hello->client, hs_client_get_peer_certificate (hello->client));
  gtk_widget_set_visible (hello->trust, FALSE);
  hs_client_start (hello->client);
}

static void
button_cb (GtkButton *button, gpointer user_data)
{
  Hello *hello = user_data;

  if (hs_client_get_state (hello->client) == HS_CLIENT_STATE_DISCONNECTED)
    hs_client_start (hello->client);
  else
    hs_client_stop (hello->client);
}

/* The label and the button show the state: as its name, and as what a click would do. */
static gboolean
state_to_text (GBinding *binding, const GValue *state, GValue *text, gpointer user_data)
{
  GEnumClass *klass = g_type_class_peek (HS_TYPE_CLIENT_STATE);
  const char *nick = g_enum_get_value (klass, g_value_get_enum (state))->value_nick;

  g_print ("state: %s\n", nick);
  g_value_set_string (text, nick);
  return TRUE;
}

static gboolean
state_to_action (GBinding *binding, const GValue *state, GValue *label, gpointer user_data)
{
  if (g_value_get_enum (state) == HS_CLIENT_STATE_DISCONNECTED)
    g_value_set_static_string (label, "Connect");
  else
    g_value_set_static_string (label, "Stop");
  return TRUE;
}

static void
closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  hs_client_close_finish (HS_CLIENT (source), result, NULL);
  g_application_quit (g_application_get_default ());
}

/* The window stays until the server has been told. */
static gboolean
close_request_cb (GtkWindow *window, gpointer user_data)
{
  Hello *hello = user_data;

  hs_client_close_async (hello->client, NULL, closed_cb, NULL);
  return TRUE;
}

static gboolean
interrupted_cb (gpointer user_data)
{
  Hello *hello = user_data;

  gtk_window_close (GTK_WINDOW (hello->window));
  return G_SOURCE_CONTINUE;
}

static void
activate_cb (GtkApplication *app, gpointer user_data)
{
  Hello *hello = user_data;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *state = gtk_label_new (NULL);
  GtkWidget *button = gtk_button_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  hello->window = gtk_application_window_new (app);
  hello->problem = gtk_label_new (NULL);
  hello->trust = gtk_button_new ();
  hello->list = gtk_list_box_new ();
  gtk_label_set_wrap (GTK_LABEL (hello->problem), TRUE);
  gtk_widget_set_visible (hello->trust, FALSE);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), hello->list);
  gtk_widget_set_margin_top (box, 12);
  gtk_box_append (GTK_BOX (box), state);
  gtk_box_append (GTK_BOX (box), button);
  gtk_box_append (GTK_BOX (box), hello->problem);
  gtk_box_append (GTK_BOX (box), hello->trust);
  gtk_box_append (GTK_BOX (box), scroller);
  gtk_window_set_title (GTK_WINDOW (hello->window), "Hello");
  gtk_window_set_default_size (GTK_WINDOW (hello->window), 480, 360);
  gtk_window_set_child (GTK_WINDOW (hello->window), box);

  g_object_bind_property_full (hello->client, "state", state, "label", G_BINDING_SYNC_CREATE,
                               state_to_text, NULL, NULL, NULL);
  g_object_bind_property_full (hello->client, "state", button, "label", G_BINDING_SYNC_CREATE,
                               state_to_action, NULL, NULL, NULL);
  g_signal_connect (button, "clicked", G_CALLBACK (button_cb), hello);
  g_signal_connect (hello->trust, "clicked", G_CALLBACK (trust_cb), hello);
  g_signal_connect (hello->window, "close-request", G_CALLBACK (close_request_cb), hello);
  gtk_window_present (GTK_WINDOW (hello->window));
  hs_client_start (hello->client);
}

/* What the environment has to say about the way to the server. */
static void
configure (HsClient *client)
{
  const char *port = g_getenv ("HEADSTOCK_PORT");
  const char *ca = g_getenv ("HEADSTOCK_CA");

  hs_client_set_host (client, g_getenv ("HEADSTOCK_HOST"));
  hs_client_set_port (client, port != NULL ? atoi (port) : 0);
  if (ca != NULL)
    {
      g_autofree char *path = g_canonicalize_filename (ca, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GTlsDatabase) database = g_tls_file_database_new (path, &error);

      if (database == NULL)
        g_error ("%s", error->message);
      hs_client_set_tls_database (client, database);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GtkApplication) app = gtk_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  g_autoptr (HsClient) client = NULL;
  g_autoptr (GHashTable) contacts = NULL;
  Hello hello;

  if (argc != 3)
    {
      g_printerr ("Usage: %s JID PASSWORD\n", argv[0]);
      return 2;
    }
  client = hs_client_new (argv[1], argv[2]);
  configure (client);
  contacts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  hello = (Hello){ .client = client, .contacts = contacts };
  /* Only the account's own roster: anybody could send us something that looks like one. */
  hs_client_add_handler (client, "item", HS_NS_ROSTER, HS_HANDLER_FROM_ACCOUNT | HS_HANDLER_FORGET,
                         contact_cb, &hello, NULL);
  g_signal_connect (client, "message", G_CALLBACK (message_cb), &hello);
  g_signal_connect (client, "terminated", G_CALLBACK (terminated_cb), &hello);
  g_unix_signal_add (SIGINT, interrupted_cb, &hello);
  g_unix_signal_add (SIGTERM, interrupted_cb, &hello);
  g_signal_connect (app, "activate", G_CALLBACK (activate_cb), &hello);
  return g_application_run (G_APPLICATION (app), 1, argv);
}
