/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <headstock-glib/headstock.h>
#include <string.h>

#ifdef WITH_GTK
#include <gtk/gtk.h>
#endif

/* A client of ours and its contacts. Workloads: "contacts", from the start until the roster is loaded, and "presences",
 * one of each contact. How: "roster"; "alone", the same without a timer; "state", the roster from a state; "signal", the bare signal; "list", a list in a
 * window that is bound to the contacts. */

static HsRoster *roster;
static guint n_changes;

static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  n_changes++;
}

static void
finish (HsClient *client)
{
  if (roster != NULL)
    bench_note ("changes", n_changes);
  bench_end ();
  hs_client_stop (client);
}

/* The server sends presences to a client whose contacts are there. */
static void
ask_for_presences (HsClient *client)
{
  g_autoptr (HsMessage) message = hs_message_new_chat ("montague.example", "contacts");
  g_autoptr (GError) error = NULL;

  if (!hs_client_send_stanza (client, HS_ELEMENT (message), &error))
    g_error ("%s", error->message);
}

static void
loaded_cb (GObject *object, GParamSpec *pspec, HsClient *client)
{
  if (bench_is ("contacts"))
    finish (client);
  else
    ask_for_presences (client);
}

static void
presence_cb (HsClient *client, HsPresence *presence, gpointer user_data)
{
  /* What a program reads, it reads whatever a compiler thinks of that. */
  static volatile gsize size;
  const char *status = hs_presence_get_status (presence);

  size = size + (status != NULL ? strlen (status) : 0);
}

static void
message_cb (HsClient *client, HsMessage *message, gpointer user_data)
{
  static gboolean begun;
  const char *body = hs_message_get_body (message);

  /* The roster has an end of its own before. */
  begun = begun || g_strcmp0 (body, "begin") == 0;
  if (bench_is ("presences") && begun && bench_message (body))
    finish (client);
}

static gboolean
turn_cb (gpointer user_data)
{
  bench_turn ();
  return G_SOURCE_CONTINUE;
}

static GVariant *
make_state (void)
{
  const char *const groups[] = { "Verona", NULL };
  GVariantBuilder builder;
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ssyas)"));
  for (guint64 i = 0; i < bench.amount; i++)
    {
      g_autofree char *jid = g_strdup_printf ("contact%" G_GUINT64_FORMAT "@montague.example", i);
      g_autofree char *name = g_strdup_printf ("Contact %" G_GUINT64_FORMAT, i);

      g_variant_builder_add (&builder, "(ssy^as)", jid, name, HS_SUBSCRIPTION_BOTH, groups);
    }
  state = g_variant_ref_sink (g_variant_new ("(usmsa(ssyas))", 1, "romeo@montague.example", "v1", &builder));
  bytes = g_variant_get_data_as_bytes (state);
  /* As a file has it: nobody has checked it yet. */
  return g_variant_ref_sink (g_variant_new_from_bytes (g_variant_get_type (state), bytes, FALSE));
}

static int
restore (void)
{
  g_autoptr (GVariant) state = make_state ();
  g_autoptr (GError) error = NULL;

  bench_begin ();
  if (!hs_stateful_restore_state (HS_STATEFUL (roster), state, &error))
    g_error ("%s", error->message);
  bench_end ();
  return 0;
}

#ifdef WITH_GTK
static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  GtkExpression *contact = gtk_property_expression_new (GTK_TYPE_LIST_ITEM, NULL, "item");
  GtkWidget *label = gtk_label_new (NULL);

  gtk_expression_bind (gtk_property_expression_new (HS_TYPE_CONTACT, contact, "status"), label, "label", item);
  gtk_list_item_set_child (item, label);
}

static void
show_list (void)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new (), *window;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  gtk_scrolled_window_set_child (
    GTK_SCROLLED_WINDOW (scrolled),
    gtk_list_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (hs_roster_get_contacts (roster)))),
                       factory));
  window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (window), 300, 600);
  gtk_window_set_child (GTK_WINDOW (window), scrolled);
  gtk_window_present (GTK_WINDOW (window));
}
#endif

static void
watch (HsClient *client)
{
  g_signal_connect (client, "message", G_CALLBACK (message_cb), NULL);
  if (g_str_equal (bench.how, "signal"))
    {
      g_signal_connect (client, "presence", G_CALLBACK (presence_cb), NULL);
      g_signal_connect (client, "ready", G_CALLBACK (ask_for_presences), NULL);
      return;
    }
  g_signal_connect (hs_roster_get_contacts (roster), "items-changed", G_CALLBACK (items_changed_cb), NULL);
  g_signal_connect (roster, "notify::is-loaded", G_CALLBACK (loaded_cb), client);
  hs_client_register (client, HS_MODULE (roster));
}

int
main (int argc, char **argv)
{
  static const char *const mechanisms[] = { "PLAIN", NULL };
  g_autoptr (HsClient) client = NULL;
  g_autoptr (GError) error = NULL;

  bench_init (argc, argv);
  roster = hs_roster_new ();
  if (g_str_equal (bench.how, "state"))
    return restore ();
  client = hs_client_new ("romeo@montague.example/orchard", "secret");
  g_object_set (client, "host", "127.0.0.1", "port", bench.port, "tls-mode", HS_TLS_MODE_NONE, "sasl-mechanisms",
                mechanisms, "initial-roster", FALSE, "auto-reconnect", FALSE, NULL);
  watch (client);
#ifdef WITH_GTK
  gtk_init ();
  show_list ();
#endif
  if (bench_is ("contacts"))
    {
      /* Beside a timer that counts how long a turn takes. */
      if (!g_str_equal (bench.how, "alone"))
        g_timeout_add (1, turn_cb, NULL);
      bench_begin ();
    }
  if (!hs_client_run (client, &error))
    g_error ("%s", error->message);
  return 0;
}
