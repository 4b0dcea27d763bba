/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "hs-namespaces.h"
#include "sim.h"

/* The server: the sessions of an account, as XEP-0198 has them, and faults. */

/* How long an interrupted session is kept, in seconds. */
#define MAX_AGE 300
/* A stanza was acknowledged to nobody within so many: our client says so at 75. */
#define MAX_UNTOLD 75

Session *
sim_server_add_session (World *w, gboolean resumable)
{
  Session *session = g_new0 (Session, 1);

  session->number = ++w->server.n_sessions;
  session->resumable = resumable;
  session->stanzas = g_array_new (FALSE, FALSE, sizeof (guint));
  session->next = w->server.sessions;
  w->server.sessions = session;
  return session;
}

Session *
sim_server_find_session (World *w, guint number)
{
  Session *session = w->server.sessions;

  while (session != NULL && session->number != number)
    session = session->next;
  return session;
}

static void
remove_session (World *w, Session *session)
{
  Session **at = &w->server.sessions;

  while (*at != session)
    at = &(*at)->next;
  *at = session->next;
  if (session->conn != NULL)
    session->conn->session = NULL;
  g_array_unref (session->stanzas);
  g_free (session);
}

void
sim_server_clear (World *w)
{
  while (w->server.sessions != NULL)
    remove_session (w, w->server.sessions);
}

/* Nothing more is read from it or written to it. */
void
sim_server_close (World *w, Conn *conn)
{
  Session *session = conn->session;

  conn->server_closed = TRUE;
  if (session == NULL)
    return;
  session->conn = NULL;
  conn->session = NULL;
  session->left = w->now;
  if (!session->resumable)
    remove_session (w, session);
}

static void
close_all (World *w)
{
  for (guint i = 0; i < w->old->len; i++)
    sim_server_close (w, g_ptr_array_index (w->old, i));
  if (w->conn != NULL)
    sim_server_close (w, w->conn);
}

void
sim_server_restart (World *w, gboolean with_state)
{
  sim_note (w, "server restarts %s its state", with_state ? "with" : "without");
  close_all (w);
  if (with_state)
    return;
  sim_server_clear (w);
  memset (w->server.tokens, 0, sizeof w->server.tokens);
}

void
sim_server_expire (World *w)
{
  Session *next;

  for (Session *session = w->server.sessions; session != NULL; session = next)
    {
      next = session->next;
      if (session->conn == NULL && w->now - session->left > MAX_AGE * G_USEC_PER_SEC)
        {
          sim_note (w, "session %u expires", session->number);
          remove_session (w, session);
        }
    }
}

/* ---- What is sent to the client ---- */

static void
write_stanza (World *w, Conn *conn, guint number)
{
  if (number == 0)
    sim_conn_write (conn, FALSE, "<iq type='result' id='unasked'><x xmlns='urn:x'/></iq>");
  else
    sim_conn_write (conn, FALSE, "<message id='%u'><body>text</body></message>", number);
}

/* Who is to have what comes for the client: an interrupted session is kept for it. */
static Session *
find_recipient (World *w)
{
  if (w->conn != NULL && w->conn->session != NULL)
    return w->conn->session;
  return w->server.sessions;
}

void
sim_server_send (World *w)
{
  Session *session = find_recipient (w);
  guint number;

  if (session == NULL)
    return;
  number = sim_chance (w, 10) ? 0 : ++w->server.next_number;
  g_array_append_val (session->stanzas, number);
  session->counts.sent++;
  if (session->conn == NULL)
    return;
  write_stanza (w, session->conn, number);
  if (sim_chance (w, 15))
    hs_test_stream_request (&session->conn->stream);
}

static void
answer (Conn *conn)
{
  conn->request_pending = FALSE;
  if (conn->session != NULL)
    hs_test_stream_acknowledge (&conn->stream, &conn->session->counts);
}

void
sim_server_answer_later (World *w, Conn *conn)
{
  if (conn->request_pending && !conn->server_closed)
    answer (conn);
}

/* ---- What comes from it ---- */

static guint32
get_h (World *w, HsNode *node)
{
  const char *text = hs_node_get_attribute (node, "h", NULL);
  guint64 value = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &value, NULL))
    sim_fail (w, "protocol", "the client's h is %s", text);
  return value;
}

static void
on_ack (World *w, Session *session, HsNode *node)
{
  guint32 h = get_h (w, node);
  guint32 n;

  sim_note (w, "server hears that %u were seen in session %u", h, session->number);
  if (!hs_test_counts_take (&session->counts, h, &n))
    sim_fail (w, "counters", "the client acknowledged %u after %u, where %u were sent", h,
              session->counts.acknowledged, session->counts.sent);
  session->n_acknowledged += n;
  if (session->n_acknowledged < session->n_seen)
    return;
  /* What it has seen may be less only by answers that it throws away unseen. */
  for (guint i = session->n_seen; i < session->n_acknowledged; i++)
    {
      if (g_array_index (session->stanzas, guint, i) != 0)
        sim_fail (w, "none lost", "the client acknowledged %u, which it had not seen",
                  g_array_index (session->stanzas, guint, i));
    }
}

/* Whether it went on, with @after between the word on it and what the client has missed. */
gboolean
sim_server_on_resume (World *w, Conn *conn, HsNode *node, const char *after)
{
  const char *id = hs_node_get_attribute (node, "previd", NULL);
  Session *session = sim_server_find_session (w, id != NULL ? atoi (id + 1) : 0);

  if (conn->stream.bound || conn->enabling)
    sim_fail (w, "protocol", "resume after bind");
  /* It was on its way for so long that the client has resumed over another connection meanwhile. */
  if (session != NULL && conn != w->conn && get_h (w, node) != session->counts.acknowledged)
    {
      sim_server_close (w, conn);
      return TRUE;
    }
  if (session != NULL && session->conn != NULL)
    sim_server_close (w, session->conn);
  /* A connection that goes may have taken a session along. */
  session = sim_server_find_session (w, id != NULL ? atoi (id + 1) : 0);
  if (session != NULL && !w->server.refuses)
    {
      on_ack (w, session, node);
      session->conn = conn;
      conn->session = session;
      conn->session_number = session->number;
      conn->epoch = session->epoch;
      conn->enabling = TRUE;
      sim_note (w, "server resumes session %u at %u", session->number, session->counts.received);
      hs_test_stream_resume (&conn->stream, &session->counts, id);
      sim_conn_write (conn, FALSE, "%s", after);
      for (guint i = session->n_acknowledged; i < session->stanzas->len; i++)
        write_stanza (w, conn, g_array_index (session->stanzas, guint, i));
      return TRUE;
    }
  sim_note (w, "server refuses to resume, %s",
            session != NULL && !w->server.forgetful ? "with h" : "without h");
  if (session != NULL && !w->server.forgetful)
    hs_test_stream_fail (&conn->stream, &session->counts, NULL);
  else
    {
      hs_test_stream_fail (&conn->stream, NULL, NULL);
      w->client.n_unknown_losses++;
    }
  if (session != NULL)
    remove_session (w, session);
  return FALSE;
}

/* Whoever binds a resource instead has heard nothing of it. */
void
sim_server_forget (World *w, HsNode *resume)
{
  const char *id = hs_node_get_attribute (resume, "previd", NULL);
  Session *session = sim_server_find_session (w, id != NULL ? atoi (id + 1) : 0);

  w->client.n_unknown_losses++;
  if (session != NULL && session->conn != NULL)
    sim_server_close (w, session->conn);
  session = sim_server_find_session (w, id != NULL ? atoi (id + 1) : 0);
  if (session != NULL)
    remove_session (w, session);
}

void
sim_server_on_enable (World *w, Conn *conn)
{
  gboolean resumable = !sim_chance (w, 10);
  g_autofree char *id = NULL;

  if (!conn->stream.bound || conn->enabling)
    sim_fail (w, "protocol", "enable where it is not allowed");
  conn->enabling = TRUE;
  if (sim_chance (w, 3))
    {
      hs_test_stream_fail (&conn->stream, NULL, NULL);
      return;
    }
  conn->session = sim_server_add_session (w, resumable);
  conn->session->conn = conn;
  conn->session->epoch = conn->epoch;
  conn->session_number = conn->session->number;
  id = resumable ? g_strdup_printf ("s%u", conn->session->number) : NULL;
  hs_test_stream_enable (&conn->stream, id, MAX_AGE);
}

/* RFC 6120, 7.7.2.2: the resource is the new connection's. */
void
sim_server_bind (World *w, Conn *conn)
{
  for (guint i = 0; i < w->old->len; i++)
    sim_server_close (w, g_ptr_array_index (w->old, i));
  conn->stream.bound = TRUE;
}

static void
on_bind (World *w, Conn *conn, HsNode *iq)
{
  sim_server_bind (w, conn);
  hs_test_stream_bind (&conn->stream, hs_node_get_attribute (iq, "id", NULL), ACCOUNT "/r");
}

/* A numbered stanza of the client's: is it its turn, and is it here for the first time? */
static void
on_stanza (World *w, Conn *conn, HsNode *node)
{
  const char *id = hs_node_get_attribute (node, "id", NULL);
  guint number = id != NULL ? atoi (id) : 0;
  gboolean delayed = hs_node_get_child (node, "delay", HS_NS_DELAY) != NULL;
  Sent *sent = &w->sent[number];

  if (number == 0 || number >= w->n_sent)
    sim_fail (w, "protocol", "a stanza that nobody sent: %s", id);
  if (!conn->stream.bound && conn->session == NULL)
    sim_fail (w, "protocol", "%u was sent before the resource was asked for", number);
  if (conn->session != NULL)
    conn->session->counts.received++;
  w->server.n_stanzas++;
  sim_note (w, "server receives %u%s", number, delayed ? ", delayed" : "");
  if (++sent->n_received > 1 &&
      (w->policy != HS_RESEND_POLICY_ALWAYS || sent->unknown == w->client.n_unknown_losses))
    sim_fail (w, "none twice", "%u was received again", number);
  if (sent->n_received == 1 && number < w->server.last_received)
    sim_fail (w, "order", "%u was received after %u", number, w->server.last_received);
  w->server.last_received = MAX (w->server.last_received, number);
  if (sent->told && sent->status == HS_DELIVERY_UNRECEIVED)
    sim_fail (w, "deliveries", "%u was received after the program had been told that it was not", number);
  if (conn->session != NULL && delayed != (sent->epoch != conn->session->epoch))
    sim_fail (w, "delay", "%u is marked %d", number, delayed);
}

static void
on_request (World *w, Conn *conn)
{
  if (conn->request_pending)
    sim_fail (w, "one request", "another request before the answer to the last");
  w->server.n_requests++;
  conn->request_pending = TRUE;
  if (sim_chance (w, 70))
    answer (conn);
}

/* What may be asked for after the sign-in. */
static void
choose_management (World *w, Conn *conn)
{
  conn->without_sm = sim_chance (w, 3);
  conn->stream.managed = !conn->without_sm;
  if (conn->without_sm)
    w->client.n_unknown_losses++;
}

void
sim_server_write_late_features (World *w, Conn *conn)
{
  choose_management (w, conn);
  hs_test_stream_offer (&conn->stream, NULL);
}

/* The client has relied on what was offered the last time, and is about to hear that it is not. */
static void
refuse_management (World *w, Conn *conn, HsNode *node)
{
  if (conn->asked)
    sim_fail (w, "protocol", "<%s> to whom it was not offered", node->name);
  conn->over = TRUE;
  sim_conn_write (conn, FALSE, "<stream:error><unsupported-stanza-type xmlns='%s'/></stream:error>", HS_NS_STREAMS);
}

static void
on_word (World *w, Conn *conn, HsNode *node, HsTestWord word)
{
  switch (word)
    {
    case HS_TEST_WORD_AUTH:
      hs_test_stream_accept (&conn->stream);
      hs_parser_restart (conn->parser);
      break;
    case HS_TEST_WORD_AUTHENTICATE:
      sim_server_on_authenticate (w, conn, node);
      break;
    case HS_TEST_WORD_RESUME:
      sim_server_on_resume (w, conn, node, "");
      break;
    case HS_TEST_WORD_ENABLE:
      sim_server_on_enable (w, conn);
      break;
    case HS_TEST_WORD_REQUEST:
      on_request (w, conn);
      break;
    case HS_TEST_WORD_ACK:
      if (conn->session != NULL)
        on_ack (w, conn->session, node);
      break;
    case HS_TEST_WORD_BIND:
      on_bind (w, conn, node);
      break;
    case HS_TEST_WORD_STANZA:
      on_stanza (w, conn, node);
      break;
    case HS_TEST_WORD_OPEN:
    case HS_TEST_WORD_CLOSE:
    case HS_TEST_WORD_STARTTLS:
    case HS_TEST_WORD_HANDSHAKE:
    case HS_TEST_WORD_OTHER:
    default:
      sim_fail (w, "protocol", "the client sent <%s>", node->name);
    }
}

static void
on_element (World *w, Conn *conn, HsNode *node)
{
  HsNode *payload = hs_node_first_element (node);
  HsTestWord word = hs_test_stream_read (&conn->stream, node->name, node->namespace_,
                                         payload != NULL ? payload->namespace_ : NULL);

  if (!conn->stream.signed_in && word != HS_TEST_WORD_AUTH && word != HS_TEST_WORD_AUTHENTICATE)
    sim_fail (w, "protocol", "the client sent <%s> before its sign-in", node->name);
  if (conn->without_sm && (word == HS_TEST_WORD_RESUME || word == HS_TEST_WORD_ENABLE))
    refuse_management (w, conn, node);
  else
    on_word (w, conn, node, word);
}

static void
on_header (World *w, Conn *conn)
{
  g_autofree char *offer = NULL;

  if (!conn->stream.signed_in)
    {
      sim_server_choose_offer (w, conn);
      offer = sim_conn_dup_offer (conn);
    }
  else
    choose_management (w, conn);
  hs_test_stream_open (&conn->stream, offer);
}

void
sim_server_feed (World *w, Conn *conn, const char *bytes, gsize length)
{
  while (length > 0 && !conn->server_closed && !conn->over)
    {
      g_autoptr (GError) error = NULL;
      gsize used = hs_parser_feed (conn->parser, bytes, length, TRUE, &error);
      HsParserEvent *event;

      if (error != NULL)
        sim_fail (w, "protocol", "the client's XML: %s", error->message);
      bytes += used;
      length -= used;
      while ((event = hs_parser_pop (conn->parser)) != NULL)
        {
          if (event->type == HS_PARSER_EVENT_STREAM_START)
            on_header (w, conn);
          else if (event->type == HS_PARSER_EVENT_STANZA && !conn->over)
            on_element (w, conn, event->node);
          hs_parser_give_back (conn->parser, event);
        }
    }
}

void
sim_server_check (World *w)
{
  Conn *conn = w->conn;

  /* All that was sent has been read, and the client has had its say: it has acknowledged enough. */
  if (conn == NULL || conn->session == NULL || !w->client.ready ||
      conn->up_used < conn->up->len || conn->down_used < conn->down->len)
    return;
  if (conn->session->counts.sent - conn->session->counts.acknowledged >= MAX_UNTOLD)
    sim_fail (w, "memory", "the server keeps %u stanzas for the client",
              conn->session->counts.sent - conn->session->counts.acknowledged);
  if (hs_stream_management_is_enabled (w->client.management) &&
      hs_stream_management_get_received (w->client.management) != conn->session->counts.sent)
    sim_fail (w, "counters", "the client has counted %u, the server %u",
              hs_stream_management_get_received (w->client.management), conn->session->counts.sent);
}
