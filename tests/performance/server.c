/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "relay.h"

/* A server on loopback for the clients beside it, which must not be waited for. Streams and sign-ins are those of
 * all servers of the tests (HsTestStream). What is its own is what makes it faster than a client: it looks at tags
 * and builds no tree, and writes floods that are generated as the socket takes them. It prints its port and serves
 * until its standard input ends. */

#define HEADER "id='s1' from='montague.example' version='1.0' xml:lang='en'"
#define SESSION_ID "c7dfa1f2-1d2e-4f6c-9b0a-8f1f6e5d4c3b"
#define SESSION_SECONDS 300
#define FULL_JID "romeo@montague.example/orchard"
#define MARK "<message type='headline' from='montague.example'><body>%s</body></message>"

/* The workload begins when the clients have said nothing for so long, and after a pause. Presences begin after the
 * client has sent a message, which says that its contacts or the room's occupants are there. */
#define QUIET_MSEC 300
#define TICK_MSEC 50
#define READ_SIZE (64 * 1024)
#define WRITE_SIZE (256 * 1024)

typedef enum
{
  WAITING,  /* for all clients to be signed in and quiet */
  BEGUN,    /* the clients have been told, and take their first figures */
  WORKING,
  FINISHED,
} Phase;

typedef struct
{
  int epoll;
  int listener;
  Relay *relay; /* ends TLS, so that the server itself stays as it is without; NULL: no TLS */
  Workload workload;
  guint n_expected;
  guint64 amount;
  guint n_bound;
  Phase phase;
  gint64 last_input;
  gint64 begun;
  gboolean has_contacts; /* the client has said so */
  guint n_described;     /* questions about programs */
  guint64 received; /* messages, or answers to pings */
  GPtrArray *connections;
} Server;

static void
queue (Connection *self, const char *xml)
{
  g_byte_array_append (self->out, (const guint8 *) xml, strlen (xml));
}

static void
queue_cb (const char *xml, gpointer connection)
{
  queue (connection, xml);
}

static void G_GNUC_PRINTF (2, 3)
queue_printf (Connection *self, const char *format, ...)
{
  g_autofree char *xml = NULL;
  va_list arguments;

  va_start (arguments, format);
  xml = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  queue (self, xml);
}

static void
watch (Server *server, Connection *self)
{
  gboolean more = self->out->len > self->sent || self->flood.left > 0;
  struct epoll_event event = { .events = EPOLLIN | (more ? EPOLLOUT : 0), .data.ptr = self };

  if (more == self->writing)
    return;
  self->writing = more;
  epoll_ctl (server->epoll, EPOLL_CTL_MOD, self->fd, &event);
}

static void
close_connection (Server *server, Connection *self)
{
  if (self->fd < 0)
    return;
  close (self->fd);
  self->fd = -1;
}

static void
write_out (Server *server, Connection *self)
{
  for (;;)
    {
      gssize n;

      if (self->out->len == self->sent)
        {
          g_byte_array_set_size (self->out, 0);
          self->sent = 0;
          flood_fill (&self->flood, self->out, WRITE_SIZE);
        }
      if (self->out->len == 0)
        break;
      n = send (self->fd, self->out->data + self->sent, self->out->len - self->sent,
                MSG_NOSIGNAL);
      if (n < 0)
        {
          if (errno != EAGAIN)
            close_connection (server, self);
          break;
        }
      self->sent += n;
    }
  if (self->fd < 0)
    return;
  if (self->out->len == 0 && self->stream.closed)
    close_connection (server, self);
  else
    watch (server, self);
}

/* ---- What clients say ---- */

static void
start_tls (Server *server, Connection *self)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = self };
  int inner;

  /* After the header, for which a client need not have waited. */
  hs_test_stream_proceed (&self->stream);
  write_out (server, self);
  if (self->fd < 0 || self->out->len > 0)
    g_error ("<proceed/> could not be sent");
  epoll_ctl (server->epoll, EPOLL_CTL_DEL, self->fd, NULL);
  inner = relay_adopt (server->relay, self->fd);
  self->fd = inner;
  self->writing = FALSE;
  scanner_restart (&self->scanner);
  epoll_ctl (server->epoll, EPOLL_CTL_ADD, inner, &event);
}

static void
answer (Server *server, Connection *self, const char *iq, const char *payload)
{
  g_autofree char *id = tag_get_attribute (iq, "id");
  g_autofree char *to = tag_get_attribute (iq, "to");

  queue_printf (self, "<iq type='result' id='%s'", id != NULL ? id : "");
  if (to != NULL)
    queue_printf (self, " from='%s'", to);
  queue_printf (self, ">%s</iq>", payload);
}

/* FALSE: it asks for something else. */
static gboolean
answer_about_program (Server *server, Connection *self, const char *iq, const char *child)
{
  g_autofree char *node = tag_get_attribute (child, "node");
  g_autofree char *payload = node != NULL ? flood_describe_program (node) : NULL;

  if (payload == NULL)
    return FALSE;
  server->n_described++;
  answer (server, self, iq, payload);
  return TRUE;
}

static void
answer_request (Server *server, Connection *self, const char *iq, const char *child)
{
  g_autofree char *namespace_ = tag_get_attribute (child, "xmlns");
  g_autofree char *id = NULL;

  if (g_strcmp0 (namespace_, "jabber:iq:roster") == 0 && server->workload == WORKLOAD_ROSTER &&
      server->phase == BEGUN)
    {
      id = tag_get_attribute (iq, "id");
      queue_printf (self, "<iq type='result' id='%s'><query xmlns='jabber:iq:roster'>", id);
      flood_start (&self->flood, WORKLOAD_ROSTER, server->amount);
      server->phase = WORKING;
      return;
    }
  if (g_strcmp0 (namespace_, "jabber:iq:roster") == 0
      && (server->workload == WORKLOAD_CONTACTS || server->workload == WORKLOAD_PRESENCES))
    {
      id = tag_get_attribute (iq, "id");
      queue_printf (self, "<iq type='result' id='%s'><query xmlns='jabber:iq:roster'>", id);
      flood_start (&self->flood, WORKLOAD_CONTACTS, server->amount);
      return;
    }
  if (answer_about_program (server, self, iq, child))
    return;
  if (g_str_has_prefix (child, "<query") && namespace_ != NULL)
    {
      g_autofree char *payload = g_strdup_printf ("<query xmlns='%s'/>", namespace_);

      answer (server, self, iq, payload);
      return;
    }
  answer (server, self, iq, "");
}

static void
bind_resource (Server *server, Connection *self, const char *iq)
{
  g_autofree char *id = tag_get_attribute (iq, "id");

  hs_test_stream_bind (&self->stream, id != NULL ? id : "", FULL_JID);
  server->n_bound++;
}

static void
count (Server *server)
{
  Connection *first = g_ptr_array_index (server->connections, 0);

  if (server->phase != WORKING || ++server->received < server->amount)
    return;
  server->phase = FINISHED;
  queue_printf (first, MARK, "end");
  write_out (server, first);
}

static void
got_iq (Server *server, Connection *self, const char *iq, const char *child)
{
  g_autofree char *type = tag_get_attribute (iq, "type");

  if (g_strcmp0 (type, "get") == 0 || g_strcmp0 (type, "set") == 0)
    answer_request (server, self, iq, child);
  else if (server->workload == WORKLOAD_PINGS)
    count (server);
}

static void
got_message (Server *server, Connection *self)
{
  if (server->workload == WORKLOAD_SEND)
    count (server);
  else if (server->workload == WORKLOAD_ROOM_CAPS)
    {
      g_autofree char *number = g_strdup_printf ("%u", server->n_described);

      queue_printf (self, MARK, number);
    }
  server->has_contacts = TRUE;
}

/* Somebody enters a room. */
static void
got_presence (Server *server, Connection *self, const char *tag)
{
  g_autofree char *to = tag_get_attribute (tag, "to");
  g_autofree char *type = tag_get_attribute (tag, "type");

  if (to == NULL || type != NULL)
    return;
  if (server->workload == WORKLOAD_ROOM_PRESENCES)
    {
      flood_start (&self->flood, WORKLOAD_ROOM, FLOOD_ROOM_SIZE);
      self->flood.goes_on = TRUE;
    }
  else if (server->workload == WORKLOAD_ROOM || server->workload == WORKLOAD_ROOM_CAPS)
    flood_start (&self->flood, server->workload, server->amount);
  write_out (server, self);
}

static void
got_stanza (Server *server, Connection *self, const char *tag, const char *child)
{
  /* They come as fast as a client can send: no more than this is looked at. */
  if (g_str_has_prefix (tag, "<message"))
    {
      got_message (server, self);
      return;
    }
  if (g_str_has_prefix (tag, "<presence"))
    {
      got_presence (server, self, tag);
      return;
    }
  switch (tag_read (&self->stream, tag, child))
    {
    case HS_TEST_WORD_STANZA:
      if (g_str_has_prefix (tag, "<iq"))
        got_iq (server, self, tag, child);
      break;
    case HS_TEST_WORD_BIND:
      bind_resource (server, self, tag);
      break;
    case HS_TEST_WORD_AUTH:
      hs_test_stream_accept (&self->stream);
      scanner_restart (&self->scanner);
      break;
    case HS_TEST_WORD_ENABLE:
      hs_test_stream_enable (&self->stream, SESSION_ID, SESSION_SECONDS);
      break;
    case HS_TEST_WORD_STARTTLS:
      if (server->relay != NULL)
        start_tls (server, self);
      break;
    case HS_TEST_WORD_OPEN:
    case HS_TEST_WORD_CLOSE:
    case HS_TEST_WORD_AUTHENTICATE:
    case HS_TEST_WORD_HANDSHAKE:
    case HS_TEST_WORD_RESUME:
    case HS_TEST_WORD_REQUEST:
    case HS_TEST_WORD_ACK:
    case HS_TEST_WORD_OTHER:
    default:
      break;
    }
}

static void
take_events (Server *server, Connection *self, const char *bytes, gsize length)
{
  Scanner *scanner = &self->scanner;

  scanner_add (scanner, bytes, length);
  for (;;)
    {
      switch (scanner_next (scanner))
        {
        case SCAN_STREAM_START:
          hs_test_stream_open (&self->stream, NULL);
          break;
        case SCAN_STANZA:
          got_stanza (server, self, scanner->top, scanner->child);
          break;
        case SCAN_STREAM_END:
          hs_test_stream_end (&self->stream);
          break;
        case SCAN_MORE:
        default:
          return;
        }
    }
}

static void
read_in (Server *server, Connection *self)
{
  static char buffer[READ_SIZE];
  gssize n = recv (self->fd, buffer, sizeof buffer, 0);

  if (n <= 0)
    {
      if (n == 0 || errno != EAGAIN)
        close_connection (server, self);
      return;
    }
  server->last_input = g_get_monotonic_time ();
  take_events (server, self, buffer, n);
  if (self->out->len > self->sent)
    write_out (server, self);
}

static void
accept_connection (Server *server)
{
  int one = 1;
  int fd = accept4 (server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  struct epoll_event event = { .events = EPOLLIN };
  Connection *self;

  if (fd < 0)
    return;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  self = g_new0 (Connection, 1);
  self->fd = fd;
  self->out = g_byte_array_new ();
  self->stream = (HsTestStream){ .send = queue_cb,
                                 .owner = self,
                                 .tls = server->relay != NULL,
                                 .managed = server->workload == WORKLOAD_MANAGED,
                                 .session = TRUE,
                                 .mechanism = "PLAIN",
                                 .attributes = HEADER };
  scanner_init (&self->scanner);
  g_ptr_array_add (server->connections, self);
  event.data.ptr = self;
  epoll_ctl (server->epoll, EPOLL_CTL_ADD, fd, &event);
}

/* ---- The workload ---- */

static void
work (Server *server)
{
  Connection *first = g_ptr_array_index (server->connections, 0);

  if (server->workload == WORKLOAD_CHAT || server->workload == WORKLOAD_GROUPCHAT
      || server->workload == WORKLOAD_PRESENCES || server->workload == WORKLOAD_ROOM_PRESENCES)
    {
      server->phase = FINISHED;
      flood_start (&first->flood, server->workload, server->amount);
      write_out (server, first);
    }
  else if (server->workload == WORKLOAD_PINGS)
    {
      server->phase = WORKING;
      server->amount = server->n_expected;
      for (guint i = 0; i < server->connections->len; i++)
        {
          Connection *self = g_ptr_array_index (server->connections, i);

          if (self->fd < 0)
            continue;
          queue_printf (self, "<iq type='get' id='p%u' from='montague.example'>"
                              "<ping xmlns='urn:xmpp:ping'/></iq>", i);
          write_out (server, self);
        }
    }
}

static void
begin (Server *server)
{
  Connection *first = g_ptr_array_index (server->connections, 0);

  server->phase = BEGUN;
  server->begun = g_get_monotonic_time ();
  /* From here on the client may go ahead. */
  if (server->workload == WORKLOAD_SEND)
    server->phase = WORKING;
  queue_printf (first, MARK, "begin");
  write_out (server, first);
  /* With many connections a pause would be work for the client. */
  if (server->workload == WORKLOAD_PINGS)
    work (server);
}

/* Whether a roster or a room is still on its way, or the client still makes a list of it. */
static gboolean
is_busy (Server *server)
{
  Connection *first = server->connections->len > 0 ? g_ptr_array_index (server->connections, 0) : NULL;

  if (!server->has_contacts
      && (server->workload == WORKLOAD_PRESENCES || server->workload == WORKLOAD_ROOM_PRESENCES))
    return TRUE;
  return first != NULL && (first->flood.left > 0 || first->out->len > first->sent);
}

static void
tick (Server *server)
{
  gint64 now = g_get_monotonic_time ();

  if (server->phase == WAITING && server->workload != WORKLOAD_NONE && server->workload != WORKLOAD_MANAGED
      && server->workload != WORKLOAD_CONTACTS && server->workload != WORKLOAD_ROOM
      && server->workload != WORKLOAD_ROOM_CAPS && !is_busy (server) &&
      server->n_bound >= server->n_expected && now - server->last_input > QUIET_MSEC * 1000)
    begin (server);
  else if (server->phase == BEGUN && now - server->begun > QUIET_MSEC * 1000)
    work (server);
}

static int
listen_on_loopback (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0 || bind (fd, (struct sockaddr *) &address, sizeof address) < 0 ||
      listen (fd, 4096) < 0 || getsockname (fd, (struct sockaddr *) &address, &length) < 0)
    g_error ("Listening: %s", g_strerror (errno));
  printf ("%d\n", ntohs (address.sin_port));
  fflush (stdout);
  return fd;
}

static void
serve (Server *server)
{
  struct epoll_event events[64];
  gint64 last_tick = 0;

  for (;;)
    {
      int n = epoll_wait (server->epoll, events, G_N_ELEMENTS (events), TICK_MSEC);
      gint64 now = g_get_monotonic_time ();

      for (int i = 0; i < n; i++)
        {
          Connection *self = events[i].data.ptr;

          if (self == NULL)
            return;
          if (events[i].data.ptr == server)
            accept_connection (server);
          else
            {
              if (self->fd >= 0 && (events[i].events & EPOLLOUT) != 0)
                write_out (server, self);
              if (self->fd >= 0 && (events[i].events & ~EPOLLOUT) != 0)
                read_in (server, self);
            }
        }
      if (now - last_tick >= TICK_MSEC * 1000)
        {
          last_tick = now;
          tick (server);
        }
    }
}

static Workload
parse_workload (const char *name)
{
  static const char *const names[]
      = { "none", "chat", "groupchat", "roster", "send", "pings", "managed", "contacts",
          "presences", "room", "room-presences", "room-caps", NULL };

  for (guint i = 0; names[i] != NULL; i++)
    {
      if (strcmp (names[i], name) == 0)
        return i;
    }
  g_error ("No such workload: %s", name);
}

static Relay *
new_relay (const char *certificate, const char *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) pair = g_tls_certificate_new_from_files (certificate, key, &error);

  if (pair == NULL)
    g_error ("%s", error->message);
  return relay_new_full (&(RelaySettings){ .certificate = pair });
}

int
main (int argc, char **argv)
{
  Server server = { .phase = WAITING };
  struct epoll_event end = { .events = EPOLLIN, .data.ptr = NULL };
  struct epoll_event arrival = { .events = EPOLLIN, .data.ptr = &server };
  struct rlimit limit;

  if (argc < 4)
    {
      fprintf (stderr, "usage: %s WORKLOAD AMOUNT CLIENTS [CERTIFICATE KEY]\n", argv[0]);
      return 2;
    }
  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);

  server.workload = parse_workload (argv[1]);
  server.amount = g_ascii_strtoull (argv[2], NULL, 10);
  server.n_expected = atoi (argv[3]);
  if (argc > 5)
    server.relay = new_relay (argv[4], argv[5]);
  server.connections = g_ptr_array_new ();
  server.epoll = epoll_create1 (EPOLL_CLOEXEC);
  server.listener = listen_on_loopback ();
  epoll_ctl (server.epoll, EPOLL_CTL_ADD, server.listener, &arrival);
  epoll_ctl (server.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &end);
  serve (&server);
  return 0;
}
