/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "server-test.h"

/* Two people on a real server, one of them with two devices: carbons both ways, what was stored, receipts, and what an
 * interruption does. */

#define N_CUTS 5
#define N_MESSAGES 30

typedef struct
{
  TestClient *test;
  HsMessages *messages;
  HsRoster *roster;
  GPtrArray *received; /* HsDelivery with a body */
} Device;

static void
received_cb (HsMessages *messages, HsDelivery *delivery, Device *self)
{
  if (hs_message_get_body (hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery))) != NULL)
    g_ptr_array_add (self->received, g_object_ref (delivery));
}

static void
make (Device *self, TestClient *test)
{
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);

  self->test = test;
  self->messages = hs_messages_new ();
  self->roster = hs_roster_new ();
  self->received = g_ptr_array_new_with_free_func (g_object_unref);
  hs_roster_set_approval (self->roster, HS_APPROVAL_ALL);
  hs_client_set_own_presence (test->client, presence);
  hs_client_register (test->client, HS_MODULE (self->roster));
  hs_client_register (test->client, HS_MODULE (self->messages));
  g_signal_connect (self->messages, "received", G_CALLBACK (received_cb), self);
}

static void
begin (Device *self, TestClient *test)
{
  make (self, test);
  test_client_start_until_ready (test);
  test_until (hs_roster_get_is_loaded (self->roster));
}

static void
end (Device *self)
{
  if (hs_client_get_state (self->test->client) != HS_CLIENT_STATE_DISCONNECTED)
    test_client_stop (self->test);
  test_client_free (self->test);
  g_ptr_array_unref (self->received);
  g_assert_finalize_object (self->messages);
  g_assert_finalize_object (self->roster);
}

static TestClient *
new_phone (const ServerWay *way)
{
  g_autofree char *jid = g_strconcat (server_get ("USER1"), "/phone", NULL);

  return server_new_client (jid, server_get ("PASSWORD1"), way);
}

static HsSentMessage *
say (Device *self, const char *to, const char *body)
{
  g_autoptr (GError) error = NULL;
  HsSentMessage *sent = hs_messages_send_text (self->messages, to, body, &error);

  g_assert_no_error (error);
  return sent;
}

static HsDelivery *
find (Device *self, const char *body)
{
  for (guint i = 0; i < self->received->len; i++)
    {
      HsDelivery *delivery = g_ptr_array_index (self->received, i);

      if (g_strcmp0 (hs_message_get_body (hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery))), body) == 0)
        return delivery;
    }
  return NULL;
}

static guint
count (Device *self, const char *body)
{
  guint n = 0;

  for (guint i = 0; i < self->received->len; i++)
    {
      HsChatMessage *chat = g_ptr_array_index (self->received, i);

      n += g_strcmp0 (hs_message_get_body (hs_chat_message_get_message (chat)), body) == 0;
    }
  return n;
}

static char *
fresh_text (const char *what)
{
  g_autofree char *id = g_uuid_string_random ();

  return g_strdup_printf ("%s %s", what, id);
}

static const char *
id_of (Device *self, const char *body)
{
  return hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (find (self, body)));
}

static void
test_carbons (gconstpointer way)
{
  Device desk, phone, other;
  g_autofree char *in = fresh_text ("in");
  g_autofree char *out = fresh_text ("out");
  g_autoptr (HsSentMessage) first = NULL;
  g_autoptr (HsSentMessage) second = NULL;

  begin (&desk, server_new_user (1, way));
  begin (&phone, new_phone (way));
  begin (&other, server_new_user (2, way));
  /* To one device: the other one gets a copy, under the same id of the archive. */
  first = say (&other, hs_jid_to_string (hs_client_get_bound_jid (desk.test->client)), in);
  test_until (find (&desk, in) != NULL && find (&phone, in) != NULL);
  g_assert_cmpint (hs_delivery_get_source (find (&desk, in)), ==, HS_DELIVERY_SOURCE_LIVE);
  g_assert_cmpint (hs_delivery_get_source (find (&phone, in)), ==, HS_DELIVERY_SOURCE_CARBON);
  g_assert_false (hs_chat_message_get_is_outgoing (HS_CHAT_MESSAGE (find (&phone, in))));
  g_assert_nonnull (id_of (&desk, in));
  g_assert_cmpstr (id_of (&desk, in), ==, id_of (&phone, in));
  test_until (hs_sent_message_get_state (first) >= HS_SENT_STATE_ON_SERVER);
  /* From one device. */
  second = say (&desk, server_get ("USER2"), out);
  test_until (find (&other, out) != NULL && find (&phone, out) != NULL);
  g_assert_true (hs_chat_message_get_is_outgoing (HS_CHAT_MESSAGE (find (&phone, out))));
  g_assert_cmpint (hs_delivery_get_source (find (&phone, out)), ==, HS_DELIVERY_SOURCE_CARBON);
  g_assert_cmpstr (hs_jid_to_string (hs_chat_message_get_peer (HS_CHAT_MESSAGE (find (&phone, out)))), ==,
                   server_get ("USER2"));
  g_assert_nonnull (id_of (&phone, out));
  test_spin (200);
  g_assert_cmpuint (count (&desk, in) + count (&phone, in) + count (&phone, out) + count (&desk, out), ==, 3);
  end (&desk);
  end (&phone);
  end (&other);
}

static gboolean
see_each_other (Device *a, Device *b)
{
  HsContact *first = hs_roster_lookup (a->roster, server_get ("USER2"));
  HsContact *second = hs_roster_lookup (b->roster, server_get ("USER1"));

  return first != NULL && second != NULL && hs_contact_get_subscription (first) == HS_SUBSCRIPTION_BOTH
         && hs_contact_get_subscription (second) == HS_SUBSCRIPTION_BOTH;
}

static void
test_receipts (gconstpointer way)
{
  Device a, b;
  g_autofree char *text = fresh_text ("receipt");
  g_autofree char *nobody = g_strconcat ("nobody-", server_get ("USER2"), NULL);
  g_autoptr (HsSentMessage) sent = NULL;
  g_autoptr (HsSentMessage) lost = NULL;

  begin (&a, server_new_user (1, way));
  begin (&b, server_new_user (2, way));
  g_assert_true (hs_roster_subscribe (a.roster, server_get ("USER2"), NULL, NULL));
  g_assert_true (hs_roster_subscribe (b.roster, server_get ("USER1"), NULL, NULL));
  test_until (see_each_other (&a, &b));
  hs_messages_set_request_receipts (a.messages, TRUE);
  sent = say (&a, server_get ("USER2"), text);
  test_until (hs_sent_message_get_state (sent) == HS_SENT_STATE_DELIVERED);
  g_assert_cmpuint (g_list_model_get_n_items (hs_messages_get_pending (a.messages)), ==, 0);
  /* Back from somebody who is not there. */
  lost = say (&a, nobody, text);
  test_until (hs_sent_message_get_state (lost) == HS_SENT_STATE_FAILED);
  g_assert_cmpint (hs_sent_message_get_error (lost)->domain, ==, HS_STANZA_ERROR);
  end (&a);
  end (&b);
}

/* What was stored while nobody was there, and what this client sends into its own archive. */
static void
test_offline (gconstpointer way)
{
  Device a, b;
  g_autofree char *text = fresh_text ("offline");
  g_autoptr (HsSentMessage) sent = NULL;

  begin (&a, server_new_user (1, way));
  sent = say (&a, server_get ("USER2"), text);
  test_until (hs_sent_message_get_state (sent) == HS_SENT_STATE_ON_SERVER);
  begin (&b, server_new_user (2, way));
  test_until (find (&b, text) != NULL);
  g_assert_cmpint (hs_delivery_get_source (find (&b, text)), ==, HS_DELIVERY_SOURCE_OFFLINE);
  g_assert_nonnull (id_of (&b, text));
  g_assert_cmpuint (count (&b, text), ==, 1);
  end (&a);
  end (&b);
}

static void
at_once_cb (HsClient *client, GError *error, int retry, gpointer data)
{
  hs_client_reconnect_now (client);
}

static Relay *
put_relay (TestClient *test, const ServerWay *way)
{
  Relay *relay = server_new_relay (way->port);

  g_object_set (test->client, "host", "127.0.0.1", "port", (guint) relay_get_port (relay), "auto-reconnect",
                TRUE, NULL);
  g_signal_connect_after (test->client, "disconnected", G_CALLBACK (at_once_cb), NULL);
  return relay;
}

static gboolean
all_have_left (GPtrArray *sent)
{
  for (guint i = 0; i < sent->len; i++)
    if (hs_sent_message_get_state (g_ptr_array_index (sent, i)) == HS_SENT_STATE_WAITING)
      return FALSE;
  return TRUE;
}

static void
send_burst (Device *self, GPtrArray *all, const char *prefix)
{
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      g_autofree char *body = g_strdup_printf ("%s %03u", prefix, all->len);

      g_ptr_array_add (all, say (self, server_get ("USER2"), body));
    }
}

/* The first client is cut in even rounds, the second in odd ones; NULL: never. */
static void
send_through_cuts (Device *a, Device *b, Relay *from, Relay *to, const char *prefix, GPtrArray *all)
{
  hs_messages_set_queue_offline (a->messages, TRUE);
  for (guint i = 0; i < N_CUTS; i++)
    {
      Relay *relay = i % 2 == 0 ? from : to;

      send_burst (a, all, prefix);
      test_spin (i * 7);
      if (relay != NULL)
        relay_cut (relay, RELAY_END_ORDERLY);
      send_burst (a, all, prefix);
      test_until (hs_client_get_state (a->test->client) == HS_CLIENT_STATE_READY
                  && hs_client_get_state (b->test->client) == HS_CLIENT_STATE_READY);
    }
  test_until (all_have_left (all));
  for (guint i = 0; i < all->len; i++)
    {
      HsChatMessage *sent = g_ptr_array_index (all, i);

      g_assert_cmpint (hs_sent_message_get_state (HS_SENT_MESSAGE (sent)), ==, HS_SENT_STATE_ON_SERVER);
      test_until (find (b, hs_message_get_body (hs_chat_message_get_message (sent))) != NULL);
    }
}

/* ejabberd goes on with what it had read from a connection after it has said how much it had read, and so takes what is
 * sent again as new: under another id of its archive. */
static gboolean
server_repeats (void)
{
  return g_str_equal (server_get ("SERVER"), "ejabberd");
}

static void
assert_once (Device *self, GPtrArray *sent)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->received->len; i++)
    {
      const char *id = hs_chat_message_get_archive_id (g_ptr_array_index (self->received, i));

      g_assert_nonnull (id);
      g_assert_true (g_hash_table_add (ids, (gpointer) id));
    }
  for (guint i = 0; i < sent->len && !server_repeats (); i++)
    g_assert_cmpuint (
        count (self, hs_message_get_body (hs_chat_message_get_message (g_ptr_array_index (sent, i)))), ==, 1);
}

/* Both connections are cut again and again. What is said to be on the server arrives, and none is given twice. */
static void
test_cuts (gconstpointer way)
{
  Device a, b;
  TestClient *first = server_new_user (1, way);
  TestClient *second = server_new_user (2, way);
  Relay *from = put_relay (first, way);
  Relay *to = put_relay (second, way);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *prefix = fresh_text ("cut");

  begin (&a, first);
  begin (&b, second);
  send_through_cuts (&a, &b, from, to, prefix, all);
  test_spin (300);
  assert_once (&b, all);
  end (&a);
  end (&b);
  relay_free (from);
  relay_free (to);
}

/* The sender's connection is cut: what arrives keeps the order in which it was sent. (A server may change the order when
 * the recipient's session is resumed.) */
static void
test_order (gconstpointer way)
{
  Device a, b;
  TestClient *first = server_new_user (1, way);
  Relay *from = put_relay (first, way);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *prefix = fresh_text ("order");
  const char *latest = "";

  begin (&a, first);
  begin (&b, server_new_user (2, way));
  send_through_cuts (&a, &b, from, from, prefix, all);
  for (guint i = 0; i < b.received->len; i++)
    {
      const char *body
          = hs_message_get_body (hs_chat_message_get_message (g_ptr_array_index (b.received, i)));

      if (!g_str_has_prefix (body, prefix) || !g_hash_table_add (seen, (gpointer) body))
        continue;
      g_assert_cmpstr (latest, <, body);
      latest = body;
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, all->len);
  end (&a);
  end (&b);
  relay_free (from);
}

/* Written before there was a connection. */
static void
test_queue (gconstpointer way)
{
  Device a, b;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *prefix = fresh_text ("queue");

  begin (&b, server_new_user (2, way));
  make (&a, server_new_user (1, way));
  hs_messages_set_queue_offline (a.messages, TRUE);
  send_burst (&a, all, prefix);
  g_assert_cmpuint (g_list_model_get_n_items (hs_messages_get_pending (a.messages)), ==, N_MESSAGES);
  test_client_start_until_ready (a.test);
  test_until (all_have_left (all));
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      g_autofree char *body = g_strdup_printf ("%s %03u", prefix, i);

      test_until (find (&b, body) != NULL);
    }
  for (guint i = 0, n = 0; i < b.received->len; i++)
    {
      const char *body
          = hs_message_get_body (hs_chat_message_get_message (g_ptr_array_index (b.received, i)));
      g_autofree char *expected = g_strdup_printf ("%s %03u", prefix, n);

      if (g_str_has_prefix (body, prefix))
        {
          g_assert_cmpstr (body, ==, expected);
          n++;
        }
    }
  end (&a);
  end (&b);
}

static char *
dup_position (HsDisplayed *displayed, const char *peer, const char *expected)
{
  char *position = hs_displayed_dup_position (displayed, peer);

  if (g_strcmp0 (position, expected) != 0)
    g_clear_pointer (&position, g_free);
  return position;
}

static HsDisplayed *
add_displayed (Device *self)
{
  HsDisplayed *displayed = hs_displayed_new ();

  hs_client_register (self->test->client, HS_MODULE (displayed));
  return displayed;
}

static void
say_markable (Device *self, const char *to, const char *body)
{
  g_autoptr (HsMessage) message = hs_message_new_chat (to, body);
  g_autoptr (HsSentMessage) sent = NULL;

  hs_message_set_is_markable (message, TRUE);
  sent = hs_messages_send (self->messages, message, NULL);
  g_assert_nonnull (sent);
}

static void
seen_by_cb (HsDisplayed *displayed, HsJid *peer, const char *author, const char *id, guint *n_seen)
{
  g_autofree char *expected = g_strconcat ("bare:", hs_jid_to_string (peer), NULL);

  g_assert_cmpstr (author, ==, expected);
  ++*n_seen;
}

/* How far two devices have displayed the chats with a friend and with a stranger: who wrote learns it only if they may,
 * and the devices never go back. */
static void
test_displayed (gconstpointer way)
{
  const char *friend = server_get ("USER2");
  const char *stranger = server_get ("USER4");
  g_autofree char *one = fresh_text ("one");
  g_autofree char *two = fresh_text ("two");
  g_autofree char *three = fresh_text ("three");
  Device desk, phone, a, b;
  HsDisplayed *d_desk, *d_phone, *d_a, *d_b;
  guint n_a = 0, n_b = 0;

  begin (&desk, server_new_user (1, way));
  begin (&phone, new_phone (way));
  begin (&a, server_new_user (2, way));
  begin (&b, server_new_user (4, way));
  d_desk = add_displayed (&desk);
  d_phone = add_displayed (&phone);
  d_a = add_displayed (&a);
  d_b = add_displayed (&b);
  g_signal_connect (d_a, "seen-by", G_CALLBACK (seen_by_cb), &n_a);
  g_signal_connect (d_b, "seen-by", G_CALLBACK (seen_by_cb), &n_b);
  say_markable (&a, server_get ("USER1"), one);
  say_markable (&a, server_get ("USER1"), two);
  say_markable (&b, server_get ("USER1"), three);
  test_until (find (&desk, two) != NULL && find (&phone, two) != NULL && find (&desk, three) != NULL
              && find (&phone, three) != NULL);
  g_assert_true (hs_displayed_mark (d_desk, find (&desk, three), NULL));
  g_assert_true (hs_displayed_mark (d_desk, find (&desk, two), NULL));
  test_until (n_a == 1);
  for (guint i = 0; i < 2; i++)
    {
      const char *peer = i == 0 ? friend : stranger;
      const char *id = id_of (&phone, i == 0 ? two : three);
      g_autofree char *position = NULL;

      g_assert_nonnull (id);
      /* The position of an earlier test may have arrived after the message was marked: it is believed, and the user goes
       * on from there. */
      test_until (hs_displayed_mark (d_desk, find (&desk, i == 0 ? two : three), NULL)
                  && (position = dup_position (d_phone, peer, id)) != NULL);
    }
  /* The other device is not taken back. */
  g_assert_true (hs_displayed_mark (d_phone, find (&phone, one), NULL));
  {
    g_autofree char *position = dup_position (d_phone, friend, id_of (&phone, two));

    g_assert_nonnull (position);
  }
  g_assert_cmpuint (n_a, ==, 1);
  g_assert_cmpuint (n_b, ==, 0);
  end (&desk);
  end (&phone);
  end (&a);
  end (&b);
  g_assert_finalize_object (d_desk);
  g_assert_finalize_object (d_phone);
  g_assert_finalize_object (d_a);
  g_assert_finalize_object (d_b);
}

typedef struct
{
  Relay *relay;
  gboolean is_asked;
} Stall;

/* The answer does not leave. */
static HsElement *
stall_cb (HsClient *client, HsElement *query, gpointer data)
{
  Stall *stall = data;
  HsStanza *request = HS_STANZA (hs_element_get_parent (query));

  if (stall->is_asked || g_strcmp0 (hs_stanza_get_stanza_type (request), "get") != 0)
    return NULL;
  relay_set_rate (stall->relay, 0);
  stall->is_asked = TRUE;
  return NULL;
}

typedef struct
{
  const char *id;
  gboolean is_answered;
  gboolean is_there;
} Awaited;

static void
items_cb (GObject *pubsub, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GPtrArray) items = hs_pubsub_query_items_finish (HS_PUBSUB (pubsub), result, NULL);
  Awaited *awaited = user_data;

  awaited->is_answered = TRUE;
  for (guint i = 0; items != NULL && i < items->len; i++)
    {
      HsElement *payload = hs_pubsub_item_get_payload (items->pdata[i]);
      g_autofree char *text = payload != NULL ? hs_element_to_string (payload) : NULL;

      awaited->is_there |= text != NULL && strstr (text, awaited->id) != NULL;
    }
}

/* Until the account's server has the position of a chat: other tests have published earlier ones. */
static void
await_published (Device *self, const char *peer, const char *id)
{
  HsModule *pubsub = hs_client_find_module (self->test->client, HS_TYPE_PUBSUB);
  const char *const ids[] = { peer, NULL };
  Awaited awaited = { id, FALSE, FALSE };

  while (!awaited.is_there)
    {
      awaited.is_answered = FALSE;
      hs_pubsub_query_items_async (HS_PUBSUB (pubsub), NULL, HS_NS_DISPLAYED, ids, 0, NULL, items_cb, &awaited);
      test_until (awaited.is_answered);
    }
}

/* The server asks the phone for its capabilities, and sends it no events before it has them. The other device publishes
 * just then: the phone has read the items before. */
static void
test_missed (gconstpointer data)
{
  const ServerWay *way = data;
  const RelaySettings settings = { .to_port = server_get_number (way->port), .limited = TRUE };
  Stall stall = { relay_new_full (&settings), FALSE };
  g_autofree char *text = fresh_text ("missed");
  g_autofree char *feature = g_strconcat ("urn:example:", text, NULL);
  g_autofree char *position = NULL;
  TestClient *slow = new_phone (way);
  Device desk, phone, other;
  HsDisplayed *d_desk, *d_phone;

  g_object_set (slow->client, "host", "127.0.0.1", "port", (guint) relay_get_port (stall.relay), NULL);
  begin (&desk, server_new_user (1, way));
  begin (&phone, slow);
  begin (&other, server_new_user (5, way));
  d_desk = add_displayed (&desk);
  say_markable (&other, server_get ("USER1"), text);
  test_until (find (&desk, text) != NULL && find (&phone, text) != NULL);
  /* No server has these capabilities. */
  hs_disco_add_feature (HS_DISCO (hs_client_find_module (slow->client, HS_TYPE_DISCO)), feature);
  hs_client_add_handler (slow->client, "query", HS_NS_DISCO_INFO, HS_HANDLER_DEFAULT, stall_cb, &stall, NULL);
  d_phone = add_displayed (&phone);
  test_until (stall.is_asked);
  g_assert_true (hs_displayed_mark (d_desk, find (&desk, text), NULL));
  await_published (&desk, server_get ("USER5"), id_of (&desk, text));
  relay_set_rate (stall.relay, RELAY_UNLIMITED);
  test_until ((position = dup_position (d_phone, server_get ("USER5"), id_of (&phone, text))) != NULL);
  end (&desk);
  end (&phone);
  end (&other);
  g_assert_finalize_object (d_desk);
  g_assert_finalize_object (d_phone);
  relay_free (stall.relay);
}

int
main (int argc, char **argv)
{
  static const ServerTest tests[] = { { "carbons", test_carbons }, { "receipts", test_receipts },
                                      { "offline", test_offline }, { "cuts", test_cuts },
                                      { "order", test_order },     { "queue", test_queue },
                                      { "displayed", test_displayed }, { "missed", test_missed },
                                      { NULL, NULL } };

  g_test_init (&argc, &argv, NULL);
  server_add_tests ("messages", tests);
  return g_test_run ();
}
