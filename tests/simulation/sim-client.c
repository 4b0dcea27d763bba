/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hs-namespaces.h"
#include "sim.h"

/* The client: what hs-client*.c do with a stream and a session, without a main loop. */

/* Servers keep no more: see hs-stream-management.c. */
#define MAX_IN_FLIGHT 500

void
sim_client_init (World *w)
{
  test_session_init (&w->client.session, NULL);
  w->client.management = hs_session_ensure_management (&w->client.session.session, &w->policy);
  if (w->client.jid != NULL)
    return;
  w->client.jid = hs_jid_new (ACCOUNT "/r", NULL);
  w->client.output = g_byte_array_new ();
  w->client.requests = g_ptr_array_new_with_free_func (g_free);
  hs_server_memory_init (&w->client.memory);
}

void
sim_client_clear (World *w)
{
  g_clear_pointer (&w->client.stream, hs_stream_free);
  test_session_clear (&w->client.session);
  g_clear_pointer (&w->client.jid, hs_jid_unref);
  g_clear_pointer (&w->client.output, g_byte_array_unref);
  g_clear_pointer (&w->client.requests, g_ptr_array_unref);
  hs_server_memory_clear (&w->client.memory);
}

static guint
get_number (GBytes *stanza)
{
  gsize length;
  const char *bytes = g_bytes_get_data (stanza, &length);
  const char *id = g_strstr_len (bytes, length, "id=");

  return id != NULL ? atoi (id + 4) : 0;
}

/* Each once, and true. */
static void
take_deliveries (World *w)
{
  static const char *const names[] = { "acknowledged", "written", "unreceived", "unknown" };
  HsStanzaDelivery delivery;

  while (hs_stream_management_next_delivery (w->client.management, &delivery))
    {
      guint number = GPOINTER_TO_UINT (delivery.tag);
      Sent *sent;

      if (number == 0)
        number = get_number (delivery.stanza);
      else if (delivery.stanza != NULL && get_number (delivery.stanza) != number)
        sim_fail (w, "deliveries", "%u came back as %u", number, get_number (delivery.stanza));
      g_clear_pointer (&delivery.stanza, g_bytes_unref);
      if (number == 0 || number >= w->n_sent)
        sim_fail (w, "deliveries", "a delivery of nothing that was sent");
      sent = &w->sent[number];
      sim_note (w, "%u is %s", number, names[delivery.status]);
      if (sent->told)
        sim_fail (w, "deliveries", "%u is %s after it was %s", number, names[delivery.status],
                  names[sent->status]);
      if ((sent->flags & HS_OUT_OWN) != 0 && !sent->tracked)
        sim_fail (w, "deliveries", "%u was the library's own", number);
      if (delivery.status == HS_DELIVERY_ACKNOWLEDGED && sent->n_received == 0)
        sim_fail (w, "deliveries", "%u is acknowledged and was not received", number);
      if (delivery.status == HS_DELIVERY_UNRECEIVED && sent->n_received > 0)
        sim_fail (w, "deliveries", "%u is told to be unreceived and was received", number);
      sent->told = TRUE;
      sent->status = delivery.status;
    }
}

/* The stream's own words first, then what was sent, then perhaps a request. */
static void
flush (World *w)
{
  g_autoptr (GByteArray) own
      = w->client.stream != NULL ? hs_stream_take_output (w->client.stream) : NULL;
  GByteArray *output = w->client.output;

  if (w->conn == NULL)
    return;
  if (own != NULL)
    g_byte_array_append (output, own->data, own->len);
  if (w->client.ready &&
      (hs_stream_management_wants_poll (w->client.management) ||
       (w->client.due != 0 && w->now >= w->client.due)))
    w->client.due = hs_stream_management_poll (w->client.management, w->now, output);
  g_byte_array_append (w->conn->up, output->data, output->len);
  g_byte_array_set_size (output, 0);
}

void
sim_client_poll (World *w)
{
  sim_client_poll_requests (w);
  if (w->client.due != 0 && w->now >= w->client.due)
    flush (w);
}

static gboolean
begins_cb (HsNode *stanza, gpointer user_data)
{
  return g_strcmp0 (hs_node_get_attribute (stanza, "id", NULL), "unasked") != 0;
}

static gboolean
is_secure_cb (gpointer user_data)
{
  return TRUE;
}

void
sim_client_connect (World *w)
{
  static const HsParserCallbacks callbacks = { .stanza_begins = begins_cb };
  HsStreamConfig config = {
    .jid = w->client.jid,
    .tls_mode = HS_TLS_MODE_DIRECT,
    .is_secure = is_secure_cb,
    .bind2 = sim_chance (w, 50),
    .lang = "en",
    .max_stanza_size = 1000000,
    .max_depth = 16,
    .session = &w->client.session.session,
    .user_agent_id = "d4565fa7",
  };
  HsServerMemory *memory = &w->client.memory;

  sim_note (w, "client connects");
  hs_server_memory_meet (memory, DOMAIN);
  config.remembered = hs_server_memory_get_session_features (memory, ACCOUNT);
  config.begins = hs_server_memory_may_pipeline (memory, HS_PIPELINE_BY_MEMORY);
  w->conn = sim_conn_new ();
  w->client.stream = hs_stream_new (&config, &callbacks, w);
  hs_session_expect (&w->client.session.session, w->client.jid);
  hs_stream_open (w->client.stream);
  sim_client_begin_sign_in (w);
  flush (w);
}

void
sim_client_cut (World *w)
{
  HsSession *session = &w->client.session.session;
  gboolean resumable;

  if (w->conn == NULL)
    return;
  sim_note (w, "client is cut off");
  /* What it had written is on its way, for as long as the server has not noticed. */
  if (w->conn->server_closed)
    sim_conn_free (w->conn);
  else
    g_ptr_array_add (w->old, w->conn);
  w->conn = NULL;
  g_clear_pointer (&w->client.stream, hs_stream_free);
  g_byte_array_set_size (w->client.output, 0);
  sim_client_note_requests (w);
  w->client.ready = FALSE;
  w->client.due = 0;
  resumable = hs_session_interrupt (session, w->now, w->now);
  /* Systems say so twice. */
  if (sim_chance (w, 30) && hs_session_interrupt (session, w->now, w->now) != resumable)
    sim_fail (w, "session", "it can be resumed, or not, for having been interrupted twice");
  if (!resumable)
    {
      hs_session_lose (session);
      w->client.n_unknown_losses++;
    }
  take_deliveries (w);
}

/* In a session each number comes once, in order and without a gap, however often it was interrupted. */
static void
see (World *w, HsNode *node)
{
  guint number = atoi (hs_node_get_attribute (node, "id", NULL));
  Session *session = sim_server_find_session (w, w->conn->session_number);

  sim_note (w, "client sees %u", number);
  if (number <= w->client.last_seen)
    sim_fail (w, "none twice", "the client saw %u after %u", number, w->client.last_seen);
  w->client.last_seen = number;
  if (session == NULL)
    return;
  while (session->n_seen < session->stanzas->len &&
         g_array_index (session->stanzas, guint, session->n_seen) == 0)
    session->n_seen++;
  if (session->n_seen >= session->stanzas->len ||
      g_array_index (session->stanzas, guint, session->n_seen) != number)
    sim_fail (w, "none lost", "the client saw %u out of its turn", number);
  session->n_seen++;
}

/* In a session without stream management nothing more is heard of what was waiting for it. */
static void
note_written (World *w)
{
  if (hs_stream_management_is_enabled (w->client.management))
    return;
  for (guint i = 1; i < w->n_sent; i++)
    {
      if (!w->sent[i].tracked && !w->sent[i].told)
        {
          w->sent[i].told = TRUE;
          w->sent[i].status = HS_DELIVERY_WRITTEN;
        }
    }
}

static void
send_stanza (World *w, gboolean open);

/* The resource is not bound yet. What is sent is the library's own. */
static void
begin_session (World *w)
{
  if (hs_session_get_bound_jid (&w->client.session.session) != NULL || sim_chance (w, 30)
      || !hs_stream_begin (w->client.stream))
    return;
  sim_note (w, "client begins a session before there is one");
  w->conn->epoch = w->client.epoch = ++w->client.n_epochs;
  w->signs.n_begun++;
  for (guint i = 0; i < 2 && w->n_sent < MAX_SENT; i++)
    send_stanza (w, TRUE);
}

/* A session that was interrupted and not resumed is lost. */
static void
bind_session (World *w)
{
  HsSession *session = &w->client.session.session;
  g_autoptr (HsJid) jid = hs_stream_take_jid (w->client.stream);

  if (!hs_stream_has_begun (w->client.stream))
    hs_session_lose (session);
  hs_session_set_account (session, w->client.jid);
  hs_session_bind (session, jid);
}

static void
resume_session (World *w)
{
  HsSession *session = &w->client.session.session;

  if (g_strcmp0 (hs_jid_to_string (hs_session_get_bound_jid (session)), ACCOUNT "/r") != 0)
    sim_fail (w, "session", "it is resumed with another address than it was bound with");
  sim_client_note_requests (w);
  hs_session_resume (session, w->now);
}

/* Stream management may have begun along with the sign-in, before the client knew. */
static void
begin_epoch (World *w)
{
  Session *session = sim_server_find_session (w, w->conn->session_number);

  if (w->conn->epoch == 0)
    w->conn->epoch = ++w->client.n_epochs;
  if (session != NULL)
    session->epoch = w->conn->epoch;
}

static void
stand (World *w, const char *how)
{
  sim_note (w, "client is %s", how);
  w->client.ready = TRUE;
  w->client.epoch = w->conn->epoch;
  if (hs_stream_get_session_features (w->client.stream) != 0)
    hs_server_memory_remember_session (&w->client.memory, hs_stream_get_session_features (w->client.stream));
  hs_server_memory_bound (&w->client.memory, NULL);
  take_deliveries (w);
  note_written (w);
}

static void
handle (World *w, HsStreamEvent *event)
{
  switch (event->type)
    {
    case HS_STREAM_EVENT_FEATURES:
      sim_client_sign_in (w);
      break;
    case HS_STREAM_EVENT_TOKEN_REFUSED:
      sim_client_token_refused (w);
      break;
    case HS_STREAM_EVENT_STANZA:
      see (w, event->node);
      break;
    case HS_STREAM_EVENT_BINDING:
      begin_session (w);
      break;
    case HS_STREAM_EVENT_BOUND:
      begin_epoch (w);
      bind_session (w);
      stand (w, "bound");
      break;
    case HS_STREAM_EVENT_RESUMED:
      resume_session (w);
      stand (w, "resumed");
      break;
    case HS_STREAM_EVENT_ENABLED:
      take_deliveries (w);
      note_written (w);
      break;
    case HS_STREAM_EVENT_ACKNOWLEDGED:
      take_deliveries (w);
      break;
    case HS_STREAM_EVENT_AUTHENTICATED:
      sim_client_authenticated (w);
      break;
    case HS_STREAM_EVENT_FAILED:
      sim_client_failed (w);
      break;
    case HS_STREAM_EVENT_ENDED:
    case HS_STREAM_EVENT_NONE:
    case HS_STREAM_EVENT_START_TLS:
    case HS_STREAM_EVENT_DERIVE_KEY:
    case HS_STREAM_EVENT_FORGET:
    default:
      sim_fail (w, "protocol", "event %d", event->type);
    }
}

/* The client is cut off in the midst of a stanza that it dispatches over several turns. A handler may be at work
 * on it, and then sees the rest of it all the same. */
static void
break_off (World *w, HsStreamEvent *event)
{
  sim_note (w, "client is in the midst of a stanza");
  if (sim_chance (w, 50))
    {
      see (w, event->node);
      hs_stream_count_taken (w->client.stream);
      hs_stream_give_back (w->client.stream, event);
    }
  else
    hs_stream_abandon (w->client.stream, event);
  sim_client_cut (w);
}

/* The callee may end the connection. */
void
sim_client_feed (World *w, const char *bytes, gsize length)
{
  while (length > 0 && !w->client.failed)
    {
      gsize used = hs_stream_feed (w->client.stream, bytes, length);
      HsStreamEvent event;

      bytes += used;
      length -= used;
      while (hs_stream_next_event (w->client.stream, &event))
        {
          if (event.type == HS_STREAM_EVENT_STANZA && w->client.ready && sim_random (w, 200) == 0)
            {
              break_off (w, &event);
              return;
            }
          handle (w, &event);
          hs_stream_give_back (w->client.stream, &event);
        }
    }
  flush (w);
  if (w->client.failed)
    sim_client_cut (w);
  w->client.failed = FALSE;
}

/* What is sent, by its last decimal. */
static char *
make_stanza (World *w, guint number, gboolean own, HsOutFlags *flags)
{
  guint size = sim_chance (w, 5) ? sim_random (w, 5000) : sim_random (w, 100);
  g_autofree char *body = g_strnfill (size, 'x');

  switch (own ? 3 : number % 10)
    {
    case 0:
      return g_strdup_printf ("<iq id=\"%u\" type=\"set\"/>", number);
    case 1:
      return g_strdup_printf ("<presence id=\"%u\" to=\"a@b\" type=\"subscribe\"/>", number);
    case 2:
      return g_strdup_printf ("<message id=\"%u\" type=\"groupchat\"><body>%s</body></message>",
                              number, body);
    case 3:
      *flags |= HS_OUT_OWN;
      return g_strdup_printf ("<presence id=\"%u\"/>", number);
    default:
      return g_strdup_printf ("<message id=\"%u\"><body>%s</body></message>", number, body);
    }
}

/* @open: there is a way out for it. */
static void
send_stanza (World *w, gboolean open)
{
  guint number = w->n_sent;
  Sent *sent = &w->sent[number];
  HsStreamManagement *management = w->client.management;
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  g_autofree char *stanza = NULL;
  GByteArray *output;
  guint start;
  HsNode *node;

  flush (w);
  output = open ? w->client.output : scratch;
  start = output->len;
  w->n_sent++;
  stanza = make_stanza (w, number, open && !w->client.ready, &sent->flags);
  node = hs_parser_parse_element (stanza, strlen (stanza), NULL);
  sent->flags |= hs_stream_management_classify (node);
  hs_block_unref (hs_node_get_block (node));
  sent->epoch = w->client.epoch;
  sent->unknown = w->client.n_unknown_losses;
  sent->tracked = (sent->flags & HS_OUT_OWN) == 0 && sim_chance (w, 80);
  if (sent->tracked && sim_chance (w, 30))
    sent->flags |= HS_OUT_AWAITED;
  g_byte_array_append (output, (const guint8 *) stanza, strlen (stanza));
  sim_note (w, "client sends %u", number);
  if (hs_stream_management_is_enabled (management))
    hs_stream_management_add_out (management, output, start, sent->flags, w->now,
                                  sent->tracked ? GUINT_TO_POINTER (number) : NULL);
  else
    {
      sent->told = TRUE;
      sent->status = HS_DELIVERY_WRITTEN;
    }
  flush (w);
}

void
sim_client_send (World *w)
{
  if (!w->client.ready && !hs_session_can_resume (&w->client.session.session, w->now))
    return;
  if (w->n_sent < MAX_SENT)
    send_stanza (w, w->client.ready);
  if (sim_chance (w, 10))
    sim_client_ask (w);
}

static void
forget_waiters (World *w)
{
  for (guint i = 1; i < w->n_sent; i++)
    w->sent[i].tracked = FALSE;
}

static void
restore_session (World *w, GVariant *state)
{
  g_autoptr (GError) error = NULL;
  HsSessionRestore restore = {
    .jid = w->client.jid, .policy = &w->policy, .now = w->now, .boot_now = w->now, .real_now = w->now,
  };

  if (!hs_session_restore (&w->client.session.session, state, &restore, &error))
    sim_fail (w, "kept state", "it is refused: %s", error->message);
}

/* The process goes, and another one comes with what was kept. */
void
sim_client_restart (World *w)
{
  HsSession *session = &w->client.session.session;
  g_autoptr (GVariant) state = hs_session_save (session, 0, w->now, w->now);
  g_autoptr (GVariant) copy = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (state == NULL)
    return;
  g_variant_ref_sink (state);
  /* Whole seconds are kept: one that is about to expire may have expired for the next process. */
  if (hs_session_is_interrupted (session) && !hs_session_can_resume (session, w->now + 2 * G_USEC_PER_SEC))
    return;
  sim_note (w, "client restarts");
  bytes = g_variant_get_data_as_bytes (state);
  copy = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (HS_SESSION_STATE), bytes, FALSE));
  sim_client_cut (w);
  test_session_clear (&w->client.session);
  sim_client_init (w);
  forget_waiters (w);
  g_ptr_array_set_size (w->client.requests, 0);
  restore_session (w, copy);
}

/* A session that has lasted for long, so that its numbers are about to begin anew. */
void
sim_client_restore (World *w, guint32 received, guint32 acknowledged, guint session)
{
  g_autofree char *id = g_strdup_printf ("s%u", session);
  GVariant *management
      = g_variant_new (HS_STREAM_MANAGEMENT_STATE, id, NULL, 300, received, acknowledged, 0, NULL);
  g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_new ("(ussx@" HS_STREAM_MANAGEMENT_STATE ")", 1, ACCOUNT,
                                                                  ACCOUNT "/r", w->now / G_USEC_PER_SEC, management));

  restore_session (w, state);
}

void
sim_client_check (World *w)
{
  HsStreamManagement *management = w->client.management;
  guint n = hs_stream_management_get_unacknowledged (management);
  guint in_flight = n - hs_stream_management_get_waiting (management);
  Session *session = w->conn != NULL ? w->conn->session : NULL;

  sim_client_check_requests (w);
  if (in_flight >= MAX_IN_FLIGHT)
    sim_fail (w, "memory", "%u stanzas are in flight", in_flight);
  if (n >= w->n_sent || (n == 0) != (hs_stream_management_get_size (management) == 0))
    sim_fail (w, "memory", "%u stanzas of %u are kept, in %" G_GSIZE_FORMAT " bytes", n, w->n_sent - 1,
              hs_stream_management_get_size (management));
  if (session == NULL || !w->client.ready)
    return;
  if (session->counts.received - hs_stream_management_get_acknowledged (management) > in_flight)
    sim_fail (w, "counters", "the server has received %u, the client knows of %u and has %u in flight",
              session->counts.received, hs_stream_management_get_acknowledged (management), in_flight);
  if (w->server.n_requests > w->server.n_stanzas)
    sim_fail (w, "one request", "%u requests for %u stanzas", w->server.n_requests,
              w->server.n_stanzas);
}
