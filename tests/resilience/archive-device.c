/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "archive-device.h"

#include <stdlib.h>
#include <string.h>

/* Devices are user 1. */
#define USER 1
/* The server acknowledges before more are sent. */
#define MAX_OPEN 50
/* A history remembers 1,000. What a crash takes back are some hundreds. */
#define MAX_NAMELESS 700
/* As HsMessages has it. */
#define MAX_WAIT_SECONDS 10
/* What is said of one kind of fault. */
#define MAX_COMPLAINTS 10
#define FILLER "and some more that makes it as long as what people write to each other"

/* ---- The server's accounts ---- */

const char *
device_get_account (guint user)
{
  g_autofree char *variable = g_strdup_printf ("HS_TEST_USER%u", user);
  const char *account = g_getenv (variable);

  if (account == NULL)
    g_error ("%s is not set: run this with tests/servers/serve.py", variable);
  return account;
}

HsClient *
device_new_client (guint user, const char *resource, guint16 port)
{
  g_autofree char *variable = g_strdup_printf ("HS_TEST_PASSWORD%u", user);
  g_autofree char *jid = g_strdup_printf ("%s/%s", device_get_account (user), resource);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (g_getenv ("HS_TEST_CA"), &error);
  HsClient *client = hs_client_new (jid, g_getenv (variable));

  g_assert_no_error (error);
  g_object_set (client, "host", "127.0.0.1", "port", (guint) port, "tls-database", database, NULL);
  return client;
}

/* ---- What the program is given ---- */

void
device_complain (Device *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (self->figures.n_wrong++ < MAX_COMPLAINTS)
    g_printerr ("%s: %s\n", self->name, text);
}

char *
device_dup_key (HsChatMessage *chat)
{
  return g_strdup_printf ("%s %s", hs_chat_message_get_archive_id (chat),
                          hs_message_get_body (hs_chat_message_get_message (chat)));
}

DeviceGot
device_get_got (Device *self, const char *key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->pending, key))
         | GPOINTER_TO_UINT (g_hash_table_lookup (self->stored, key));
}

/* HsMessages waits some seconds for the server to say that its ids can be trusted, and no longer
 * than until the run of the client ends. */
static gboolean
may_lack_ids (Device *self)
{
  return self->is_leaving || hs_client_get_state (self->client) != HS_CLIENT_STATE_READY
         || g_get_monotonic_time () - self->session_time >= MAX_WAIT_SECONDS * G_USEC_PER_SEC;
}

static void
note (Device *self, HsChatMessage *chat, DeviceGot got)
{
  const char *id = hs_chat_message_get_archive_id (chat);
  const char *body = hs_message_get_body (hs_chat_message_get_message (chat));
  HsJid *archive = hs_chat_message_get_archive (chat);
  g_autofree char *key = device_dup_key (chat);
  DeviceGot before = device_get_got (self, key);

  if (id == NULL || archive == NULL
      || strcmp (hs_jid_to_string (archive), device_get_account (USER)) != 0)
    {
      self->figures.n_unplaced++;
      if (!may_lack_ids (self))
        device_complain (self, "'%.30s' came without a place in the archive", body);
      return;
    }
  if (before != 0)
    {
      self->figures.n_twice++;
      device_complain (self, "%s, '%.30s', was %s and then %s", id, body,
                       before == DEVICE_GOT_LEARNED ? "learned" : "received",
                       got == DEVICE_GOT_LEARNED ? "learned" : "received");
    }
  g_hash_table_insert (self->pending, g_steal_pointer (&key), GUINT_TO_POINTER (got | before));
}

/* The number in the body, if this device sent the message. */
static guint
get_own_number (Device *self, HsChatMessage *chat)
{
  const char *body = hs_message_get_body (hs_chat_message_get_message (chat));
  gsize length = strlen (self->name);

  if (body == NULL || strncmp (body, self->name, length) != 0 || body[length] != ' ')
    return 0;
  return strtoul (body + length, NULL, 10);
}

/* A history remembers some of its own messages that have no archive id yet, and no more. */
static void
add_nameless (Device *self, guint number)
{
  g_hash_table_add (self->nameless, GUINT_TO_POINTER (number));
  if (number <= self->oldest_nameless)
    g_hash_table_add (self->forgotten, GUINT_TO_POINTER (number));
  while (g_hash_table_size (self->nameless) > MAX_NAMELESS)
    {
      self->oldest_nameless++;
      if (g_hash_table_remove (self->nameless, GUINT_TO_POINTER (self->oldest_nameless)))
        g_hash_table_add (self->forgotten, GUINT_TO_POINTER (self->oldest_nameless));
    }
}

static void
know_own (Device *self, HsChatMessage *chat)
{
  gpointer number = GUINT_TO_POINTER (get_own_number (self, chat));

  if (g_hash_table_remove (self->nameless, number))
    g_hash_table_add (self->known, number);
}

static void
received_cb (HsMessages *messages, HsDelivery *delivery, Device *self)
{
  guint number = get_own_number (self, HS_CHAT_MESSAGE (delivery));

  self->figures.received[hs_delivery_get_source (delivery)]++;
  note (self, HS_CHAT_MESSAGE (delivery), DEVICE_GOT_RECEIVED);
  if (number > 0)
    {
      self->figures.n_own_received++;
      if (!g_hash_table_contains (self->forgotten, GUINT_TO_POINTER (number)))
        g_hash_table_insert (self->own_received,
                             g_strdup (hs_message_get_body (
                                 hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery)))),
                             GINT_TO_POINTER ((int) hs_delivery_get_source (delivery)));
    }
  g_set_object (&self->last, delivery);
}

static void
learned_cb (HsMessages *messages, const char *origin_id, HsDelivery *delivery, Device *self)
{
  g_autofree char *key = device_dup_key (HS_CHAT_MESSAGE (delivery));

  self->figures.n_learned++;
  g_hash_table_remove (self->named, key);
  note (self, HS_CHAT_MESSAGE (delivery), DEVICE_GOT_LEARNED);
  if (get_own_number (self, HS_CHAT_MESSAGE (delivery)) == 0)
    device_complain (self, "it learned of another's message");
  know_own (self, HS_CHAT_MESSAGE (delivery));
}

static void
gap_found_cb (HsHistory *history, HsGap *gap, Device *self)
{
  self->figures.n_gaps_found++;
}

/* The objects of a run that is over may be told more: that program is gone. */
static Device *
get_device (HsMessages *messages)
{
  return g_object_get_data (G_OBJECT (messages), "device");
}

/* A copy of a message that this run of the program has sent is learned of by its HsSentMessage
 * alone. */
static void
named_cb (HsSentMessage *sent, GParamSpec *property, HsMessages *messages)
{
  Device *self = get_device (messages);
  g_autofree char *key = device_dup_key (HS_CHAT_MESSAGE (sent));

  if (self == NULL)
    return;
  know_own (self, HS_CHAT_MESSAGE (sent));
  if (device_get_got (self, key) == 0)
    g_hash_table_add (self->named, g_steal_pointer (&key));
}

/* The server has it, whatever comes. */
static void
state_cb (HsSentMessage *sent, GParamSpec *property, HsMessages *messages)
{
  Device *self = get_device (messages);

  if (self != NULL && hs_sent_message_get_state (sent) == HS_SENT_STATE_ON_SERVER)
    g_hash_table_add (self->on_server, GUINT_TO_POINTER (get_own_number (self, HS_CHAT_MESSAGE (sent))));
}

static void
take_named (Device *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->named);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_hash_table_iter_steal (&iter);
      self->figures.n_named++;
      g_hash_table_insert (self->pending, key,
                           GUINT_TO_POINTER (DEVICE_GOT_LEARNED | device_get_got (self, key)));
    }
}

void
device_commit (Device *self)
{
  GHashTableIter iter;
  gpointer key, got;

  take_named (self);
  if (self->last != NULL)
    hs_history_confirm (self->history, self->last);
  g_clear_object (&self->last);
  g_clear_pointer (&self->state, g_variant_unref);
  self->state = hs_stateful_dup_state (HS_STATEFUL (self->history));
  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, &key, &got))
    {
      g_hash_table_iter_steal (&iter);
      g_hash_table_insert (self->stored, key, got);
    }
  g_hash_table_remove_all (self->known);
  self->n_sent_stored = self->n_sent;
}

static void
roll_back (Device *self)
{
  GHashTableIter iter;
  gpointer number;

  g_clear_object (&self->last);
  g_hash_table_remove_all (self->named);
  self->figures.n_rolled_back += g_hash_table_size (self->pending);
  g_hash_table_remove_all (self->pending);
  for (guint i = self->n_sent_stored + 1; i <= self->n_sent; i++)
    g_hash_table_add (self->forgotten, GUINT_TO_POINTER (i));
  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, &number, NULL))
    {
      g_hash_table_iter_remove (&iter);
      add_nameless (self, GPOINTER_TO_UINT (number));
    }
}

/* ---- The program ---- */

static void
ready_cb (HsClient *client, Device *self)
{
  self->figures.n_ready++;
  self->session_time = g_get_monotonic_time ();
  self->is_known = TRUE;
}

static void
resumed_cb (HsClient *client, Device *self)
{
  self->figures.n_resumed++;
  if (!self->is_known)
    self->session_time = g_get_monotonic_time ();
  self->is_known = TRUE;
}

static void
disconnected_cb (HsClient *client, GError *error, int retry, Device *self)
{
  if (!self->is_leaving)
    hs_client_reconnect_now (client);
}

/* A client that has not been ready yet ends when its connection is cut, and so does one whose own
 * earlier attempt the server takes for the newer one. */
static void
terminated_cb (HsClient *client, GError *error, Device *self)
{
  self->is_running = FALSE;
  if (self->is_leaving)
    return;
  if (error == NULL
      || (self->is_known && !g_error_matches (error, HS_STREAM_ERROR, HS_STREAM_ERROR_CONFLICT)))
    device_complain (self, "the client has ended: %s",
                     error != NULL ? error->message : "without an error");
  self->figures.n_failed++;
}

static void
make (Device *self)
{
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  g_autoptr (GError) error = NULL;

  self->client = device_new_client (USER, self->name, relay_get_port (self->relay));
  self->messages = hs_messages_new ();
  self->history = hs_history_new ();
  hs_client_set_own_presence (self->client, presence);
  hs_history_set_order (self->history, self->order);
  hs_history_set_page_size (self->history, self->page_size);
  hs_history_set_limit (self->history, self->limit);
  g_signal_connect (self->client, "ready", G_CALLBACK (ready_cb), self);
  g_signal_connect (self->client, "resumed", G_CALLBACK (resumed_cb), self);
  g_signal_connect (self->client, "disconnected", G_CALLBACK (disconnected_cb), self);
  g_signal_connect (self->client, "terminated", G_CALLBACK (terminated_cb), self);
  g_object_set_data (G_OBJECT (self->messages), "device", self);
  g_signal_connect (self->messages, "received", G_CALLBACK (received_cb), self);
  g_signal_connect (self->messages, "learned", G_CALLBACK (learned_cb), self);
  g_signal_connect (self->history, "gap-found", G_CALLBACK (gap_found_cb), self);
  if (self->state != NULL)
    hs_stateful_restore_state (HS_STATEFUL (self->history), self->state, &error);
  g_assert_no_error (error);
  hs_client_register (self->client, HS_MODULE (self->messages));
  hs_client_register (self->client, HS_MODULE (self->history));
  if (self->session != NULL)
    hs_client_set_session_state (self->client, self->session, &error);
  g_assert_no_error (error);
  g_clear_pointer (&self->session, g_variant_unref);
}

/* A request that waits for its answer keeps a client, which would go on beside the next one: it is
 * cut off and stopped, and told nothing any more. */
static void
drop (Device *self)
{
  if (self->client == NULL)
    return;
  if (self->is_running)
    {
      relay_cut (self->relay, RELAY_END_RESET);
      hs_client_stop (self->client);
    }
  g_signal_handlers_disconnect_by_data (self->client, self);
  g_signal_handlers_disconnect_by_data (self->messages, self);
  g_object_set_data (G_OBJECT (self->messages), "device", NULL);
  g_signal_handlers_disconnect_by_data (self->history, self);
  g_clear_object (&self->last);
  g_clear_object (&self->client);
  g_clear_object (&self->history);
  g_clear_object (&self->messages);
  self->is_running = FALSE;
}

void
device_start (Device *self)
{
  if (self->client == NULL)
    make (self);
  self->is_leaving = FALSE;
  self->is_running = TRUE;
  self->is_known = FALSE;
  hs_client_start (self->client);
}

void
device_leave (Device *self, DeviceLeave how)
{
  self->figures.n_left[how]++;
  if (how == DEVICE_LEAVE_END || how == DEVICE_LEAVE_STOP)
    {
      self->is_leaving = TRUE;
      self->is_to_end = how == DEVICE_LEAVE_END;
      hs_client_stop (self->client);
      return;
    }
  if (how == DEVICE_LEAVE_KEEP)
    {
      device_commit (self);
      self->session = hs_client_dup_session_state (self->client);
    }
  else
    roll_back (self);
  drop (self);
}

void
device_tick (Device *self)
{
  if (self->client == NULL || self->is_running)
    return;
  if (!self->is_leaving)
    device_start (self);
  if (!self->is_leaving || !self->is_to_end)
    return;
  device_commit (self);
  drop (self);
}

gboolean
device_is_away (Device *self)
{
  return self->client == NULL || (!self->is_running && self->is_leaving && !self->is_to_end);
}

gboolean
device_is_current (Device *self)
{
  return self->client != NULL && hs_client_get_state (self->client) == HS_CLIENT_STATE_READY
         && hs_history_is_current (self->history, NULL);
}

gboolean
device_send (Device *self)
{
  g_autofree char *body = NULL;
  g_autoptr (HsSentMessage) sent = NULL;

  if (self->client == NULL || self->is_leaving
      || hs_client_get_unacknowledged (self->client) >= MAX_OPEN)
    return FALSE;
  body = g_strdup_printf ("%s %u " FILLER, self->name, self->n_sent + 1);
  sent = hs_messages_send_text (self->messages, self->peer, body, NULL);
  if (sent == NULL)
    return FALSE;
  g_signal_connect_object (sent, "notify::archive-id", G_CALLBACK (named_cb), self->messages, 0);
  g_signal_connect_object (sent, "notify::state", G_CALLBACK (state_cb), self->messages, 0);
  add_nameless (self, ++self->n_sent);
  return TRUE;
}

/* ---- The device ---- */

Device *
device_new (
    const char *name, const char *peer, guint16 to_port, HsHistoryOrder order, guint page_size)
{
  Device *self = g_new0 (Device, 1);

  self->name = name;
  self->peer = peer;
  self->order = order;
  self->page_size = page_size;
  self->relay = relay_new (NULL, to_port);
  self->stored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->own_received = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->named = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->forgotten = g_hash_table_new (NULL, NULL);
  self->nameless = g_hash_table_new (NULL, NULL);
  self->known = g_hash_table_new (NULL, NULL);
  self->on_server = g_hash_table_new (NULL, NULL);
  return self;
}

void
device_free (Device *self)
{
  drop (self);
  relay_free (self->relay);
  g_clear_pointer (&self->state, g_variant_unref);
  g_clear_pointer (&self->session, g_variant_unref);
  g_hash_table_unref (self->stored);
  g_hash_table_unref (self->pending);
  g_hash_table_unref (self->own_received);
  g_hash_table_unref (self->named);
  g_hash_table_unref (self->forgotten);
  g_hash_table_unref (self->nameless);
  g_hash_table_unref (self->known);
  g_hash_table_unref (self->on_server);
  g_free (self);
}

void
device_print_state (Device *self)
{
  const char *state = "away";

  if (self->is_running)
    state = device_is_current (self) ? "current" : "not current";
  g_print ("       %s: %s, has stored %u, and %u wait to be; %.1f MiB carried\n", self->name, state,
           g_hash_table_size (self->stored), g_hash_table_size (self->pending),
           relay_get_n_bytes (self->relay) / 1048576.0);
}

void
device_print (Device *self)
{
  const DeviceFigures *f = &self->figures;

  g_print ("  %s: %u sessions, %u times resumed, %u starts in vain; left %u times in a crash, %u "
           "with the session ended, %u stopped, %u with the session kept\n",
           self->name, f->n_ready, f->n_resumed, f->n_failed, f->n_left[DEVICE_LEAVE_CRASH],
           f->n_left[DEVICE_LEAVE_END], f->n_left[DEVICE_LEAVE_STOP], f->n_left[DEVICE_LEAVE_KEEP]);
  g_print ("    received %u live, %u by carbon, %u from offline, %u from the archive; learned %u, "
           "%u by a copy; given again after a crash %u, and %u without an id\n",
           f->received[HS_DELIVERY_SOURCE_LIVE], f->received[HS_DELIVERY_SOURCE_CARBON],
           f->received[HS_DELIVERY_SOURCE_OFFLINE], f->received[HS_DELIVERY_SOURCE_ARCHIVE],
           f->n_learned, f->n_named, f->n_rolled_back, f->n_unplaced);
}
