/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench.h"

#include <headstock-glib/headstock.h>
#include <string.h>

/* A client of ours in a room. Workloads: "room", from the request to enter until all occupants are there;
 * "room-presences", presences of the occupants of a room that it is in; "room-caps", what each of them can do.
 * Beside a timer that counts how long a turn takes; how: "alone", without it. */

#define N_LOOKUPS 1000000

static HsMuc *muc;
static HsRoom *room;
static guint n_changes;
static guint n_left;

static void
ask_server (HsClient *client)
{
  g_autoptr (HsMessage) message = hs_message_new_chat ("montague.example", "go on");
  g_autoptr (GError) error = NULL;

  if (!hs_client_send_stanza (client, HS_ELEMENT (message), &error))
    g_error ("%s", error->message);
}

static void
described_cb (GObject *object, GAsyncResult *result, gpointer client)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsDiscoInfo) info = hs_disco_query_caps_finish (HS_DISCO (object), result, &error);

  if (info == NULL)
    g_error ("%s", error->message);
  if (--n_left == 0)
    ask_server (client);
}

static void
describe_all (HsClient *client)
{
  HsDisco *disco = HS_DISCO (hs_client_ensure_module (client, HS_TYPE_DISCO));
  GListModel *occupants = hs_room_get_occupants (room);

  n_left = g_list_model_get_n_items (occupants) - 1;
  for (guint i = 0; i <= n_left; i++)
    {
      g_autoptr (HsOccupant) occupant = g_list_model_get_item (occupants, i);

      if (occupant != hs_room_get_own_occupant (room))
        hs_disco_query_caps_async (disco, hs_jid_to_string (hs_occupant_get_jid (occupant)), NULL, described_cb, client);
    }
}

/* A window that shows the occupants looks each of them up, again and again. */
static void
look_up_all (HsClient *client)
{
  HsDisco *disco = HS_DISCO (hs_client_find_module (client, HS_TYPE_DISCO));
  GListModel *occupants = hs_room_get_occupants (room);
  guint n = g_list_model_get_n_items (occupants);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);
  double begin;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (HsOccupant) occupant = g_list_model_get_item (occupants, i);

      if (occupant != hs_room_get_own_occupant (room))
        g_ptr_array_add (addresses, g_strdup (hs_jid_to_string (hs_occupant_get_jid (occupant))));
    }
  begin = bench_cpu ();
  for (guint i = 0; i < N_LOOKUPS; i++)
    if (hs_disco_peek (disco, addresses->pdata[i % addresses->len]) == NULL)
      g_error ("nothing is known of %s", (char *) addresses->pdata[i % addresses->len]);
  bench_note ("lookup", (bench_cpu () - begin) / N_LOOKUPS);
}

static void
finish (HsClient *client)
{
  if (g_list_model_get_n_items (hs_room_get_occupants (room))
      != (bench_is ("room-presences") ? 5000 : bench.amount) + 1)
    g_error ("the occupants are not there");
  bench_note ("changes", n_changes);
  bench_end ();
  hs_client_stop (client);
}

/* How many questions the server has been asked: before anything was wanted, and after all was. */
static void
take_number (HsClient *client, const char *number)
{
  static gboolean is_asked;

  bench_note (is_asked ? "requests" : "unasked", g_ascii_strtod (number, NULL));
  if (is_asked)
    {
      look_up_all (client);
      finish (client);
      return;
    }
  is_asked = TRUE;
  describe_all (client);
}

static HsElement *
body_cb (HsClient *client, HsElement *body, gpointer user_data)
{
  const char *text = hs_element_get_text (body);

  if (bench_is ("room-caps"))
    {
      if (g_ascii_isdigit (text[0]))
        take_number (client, text);
      else
        ask_server (client);
    }
  else if (bench_is ("room") ? strcmp (text, "end") == 0 : bench_message (text) && room != NULL)
    finish (client);
  return NULL;
}

static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  n_changes++;
}

static void
joined_cb (GObject *object, GAsyncResult *result, gpointer client)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsRoom) joined = hs_muc_join_finish (HS_MUC (object), result, &error);

  if (joined == NULL)
    g_error ("%s", error->message);
  if (bench_is ("room-presences"))
    ask_server (client);
}

static gboolean
turn_cb (gpointer user_data)
{
  bench_turn ();
  return G_SOURCE_CONTINUE;
}

static gboolean
enter_cb (gpointer client)
{
  room = hs_muc_add_room (muc, "room@conference.example", "romeo");
  g_signal_connect (hs_room_get_occupants (room), "items-changed", G_CALLBACK (items_changed_cb), NULL);
  if (!g_str_equal (bench.how, "alone"))
    g_timeout_add (1, turn_cb, NULL);
  if (!bench_is ("room-presences"))
    bench_begin ();
  hs_muc_join_async (muc, "room@conference.example", "romeo", NULL, joined_cb, client);
  return G_SOURCE_REMOVE;
}

/* What a session begins with, questions about the account and its server among it, is over by then. */
static void
ready_cb (HsClient *client)
{
  g_timeout_add (200, enter_cb, client);
}

int
main (int argc, char **argv)
{
  static const char *const mechanisms[] = { "PLAIN", NULL };
  g_autoptr (HsClient) client = NULL;
  g_autoptr (GError) error = NULL;

  bench_init (argc, argv);
  muc = hs_muc_new ();
  client = hs_client_new ("romeo@montague.example/orchard", "secret");
  g_object_set (client, "host", "127.0.0.1", "port", bench.port, "tls-mode", HS_TLS_MODE_NONE, "sasl-mechanisms",
                mechanisms, "initial-roster", FALSE, "auto-reconnect", FALSE, NULL);
  hs_client_register (client, HS_MODULE (muc));
  hs_client_add_handler (client, "body", "jabber:client", HS_HANDLER_DEFAULT, body_cb, NULL, NULL);
  g_signal_connect (client, "ready", G_CALLBACK (ready_cb), NULL);
  if (!hs_client_run (client, &error))
    g_error ("%s", error->message);
  return 0;
}
