/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "client-test.h"

#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

/* The system fails the client, at each call of each kind: interrupted calls and short ones change
 * nothing, and whatever else fails ends the run with an error, after which it can be run again. The
 * calls below take the place of the C library's; only those on the client's own sockets fail. */

typedef enum
{
  CALL_NONE,
  CALL_SOCKET,
  CALL_CONNECT,
  CALL_SEND,
  CALL_RECEIVE,
  CALL_LOOKUP,
} Call;

static struct
{
  GMutex mutex;
  gboolean is_client[1024];
  gboolean armed;
  Call call;
  int at;    /* which of the calls; -1: each */
  int error; /* 0: one byte only */
  int n;     /* calls so far */
  guint n_struck;
} fault;

static gboolean
strike (Call call, int fd)
{
  gboolean struck = FALSE;

  g_mutex_lock (&fault.mutex);
  if (fault.armed && fault.call == call && (fd < 0 || fault.is_client[fd]))
    {
      struck = fault.at < 0 || fault.n == fault.at;
      fault.n++;
      fault.n_struck += struck;
    }
  g_mutex_unlock (&fault.mutex);
  return struck;
}

/* Arguments are the caller's; the result is an error, or a call with less to do. */
#define REAL(name) ((__typeof__ (&name)) dlsym (RTLD_NEXT, #name))

static int
fail (void)
{
  errno = fault.error;
  return -1;
}

/* The server's are made by accept(), and its listener before anything is armed. */
int
socket (int domain, int type, int protocol)
{
  if (domain != AF_UNIX && strike (CALL_SOCKET, -1))
    return fail ();
  return REAL (socket) (domain, type, protocol);
}

int
connect (int fd, const struct sockaddr *address, socklen_t length)
{
  g_mutex_lock (&fault.mutex);
  if (fd < (int) G_N_ELEMENTS (fault.is_client))
    fault.is_client[fd] = address->sa_family != AF_UNIX;
  g_mutex_unlock (&fault.mutex);
  if (strike (CALL_CONNECT, fd))
    return fail ();
  return REAL (connect) (fd, address, length);
}

int
close (int fd)
{
  g_mutex_lock (&fault.mutex);
  if (fd >= 0 && fd < (int) G_N_ELEMENTS (fault.is_client))
    fault.is_client[fd] = FALSE;
  g_mutex_unlock (&fault.mutex);
  return REAL (close) (fd);
}

ssize_t
send (int fd, const void *bytes, size_t length, int flags)
{
  if (!strike (CALL_SEND, fd))
    return REAL (send) (fd, bytes, length, flags);
  return fault.error != 0 ? fail () : REAL (send) (fd, bytes, MIN (length, 1), flags);
}

ssize_t
sendmsg (int fd, const struct msghdr *message, int flags)
{
  struct msghdr first = *message;
  struct iovec part;

  if (!strike (CALL_SEND, fd))
    return REAL (sendmsg) (fd, message, flags);
  if (fault.error != 0)
    return fail ();
  part = message->msg_iov[0];
  part.iov_len = MIN (part.iov_len, 1);
  first.msg_iov = &part;
  first.msg_iovlen = 1;
  return REAL (sendmsg) (fd, &first, flags);
}

ssize_t
recv (int fd, void *bytes, size_t length, int flags)
{
  if (!strike (CALL_RECEIVE, fd))
    return REAL (recv) (fd, bytes, length, flags);
  return fault.error != 0 ? fail () : REAL (recv) (fd, bytes, MIN (length, 1), flags);
}

int
getaddrinfo (const char *node, const char *service, const struct addrinfo *hints,
             struct addrinfo **result)
{
  if (strike (CALL_LOOKUP, -1))
    {
      errno = EMFILE;
      return fault.error;
    }
  return REAL (getaddrinfo) (node, service, hints, result);
}

/* ---- Runs ---- */

static void
arm (Call call, int at, int error)
{
  g_mutex_lock (&fault.mutex);
  fault.call = call;
  fault.at = at;
  fault.error = error;
  fault.n = 0;
  fault.n_struck = 0;
  fault.armed = TRUE;
  g_mutex_unlock (&fault.mutex);
}

static void
disarm (void)
{
  g_mutex_lock (&fault.mutex);
  fault.armed = FALSE;
  g_mutex_unlock (&fault.mutex);
}

typedef struct
{
  const char *name;
  const ScriptStep *script;
  HsTlsMode mode;
} Way;

static const Way ways[] = {
  { "plain", script_session, HS_TLS_MODE_NONE },
  { "tls", script_session_tls, HS_TLS_MODE_STARTTLS },
};

/* Until it is over, by itself or because we stop it. */
static void
run_session (TestClient *test)
{
  guint before = test->n_ready;
  guint ended = test->n_terminated;

  hs_client_start (test->client);
  test_until (test->n_ready > before || test->n_terminated > ended);
  if (test->n_terminated == ended)
    {
      hs_client_send_raw_stanza (test->client, "<message to='a@b'><body>x</body></message>", NULL);
      hs_client_stop (test->client);
      test_until (test->n_terminated > ended);
    }
  g_assert_cmpuint (test->n_terminated, ==, ended + 1);
}

/* Afterwards all is as it should be. */
static void
run_again (TestClient *test)
{
  guint before = test->n_ready;

  disarm ();
  run_session (test);
  g_assert_no_error (test->error);
  g_assert_cmpuint (test->n_ready, ==, before + 1);
}

/* FALSE: there were not so many calls. */
static gboolean
run_struck (const Way *way, Call call, int at, int error, gboolean survives)
{
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (way->script, way->mode);
  guint n_struck;

  scripted_server_forgive (test->server);
  arm (call, at, error);
  run_session (test);
  disarm ();
  n_struck = fault.n_struck;
  if (n_struck == 0)
    return FALSE;
  if (survives)
    {
      g_assert_no_error (test->error);
      g_assert_cmpuint (test->n_ready, ==, 1);
      test_until (scripted_server_has_received (test->server, "</message></stream:stream>"));
      return TRUE;
    }
  /* What fails while we are leaving is not worth an error. */
  if (test->n_ready == 0)
    {
      g_assert_nonnull (test->error);
      g_test_message ("%s", test->error->message);
      g_assert_true (test->error->domain == HS_ERROR || test->error->domain == G_IO_ERROR ||
                     test->error->domain == G_TLS_ERROR);
      g_assert_true (strstr (test->error->message, "example.org") != NULL ||
                     strstr (test->error->message, "127.0.0.1") != NULL);
    }
  run_again (test);
  return TRUE;
}

typedef struct
{
  const char *name;
  Call call;
  int errors[8];
  gboolean survives;
} Kind;

static const Kind kinds[] = {
  { "socket", CALL_SOCKET, { EMFILE, ENFILE, ENOBUFS, ENOMEM, EACCES, 0 }, FALSE },
  { "connect", CALL_CONNECT,
    { ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, ETIMEDOUT, EADDRNOTAVAIL, EACCES, 0 }, FALSE },
  { "connect-interrupted", CALL_CONNECT, { EINTR, 0 }, TRUE },
  { "send", CALL_SEND, { EPIPE, ECONNRESET, ENETDOWN, ENOBUFS, 0 }, FALSE },
  { "send-interrupted", CALL_SEND, { EINTR, EAGAIN, 0 }, TRUE },
  { "receive", CALL_RECEIVE, { ECONNRESET, ETIMEDOUT, EHOSTUNREACH, ENOMEM, 0 }, FALSE },
  { "receive-interrupted", CALL_RECEIVE, { EINTR, EAGAIN, 0 }, TRUE },
};

typedef struct
{
  const Way *way;
  const Kind *kind;
} Case;

/* Each call of the kind fails once, in a session of its own. */
static void
test_each_call (gconstpointer data)
{
  const Case *row = data;
  const Kind *kind = row->kind;
  gboolean slow = g_getenv ("HS_TEST_VALGRIND") != NULL;
  guint n = 0;

  for (guint i = 0; kind->errors[i] != 0; i++)
    {
      for (int at = 0; run_struck (row->way, kind->call, at, kind->errors[i], kind->survives);
           at += slow ? 7 : 1)
        n++;
    }
  g_test_message ("%u faults", n);
  g_assert_cmpuint (n, >, 0);
}

/* Each call sends, or receives, a single byte. */
static void
test_single_bytes (gconstpointer data)
{
  const Way *way = data;

  g_assert_true (run_struck (way, CALL_SEND, -1, 0, TRUE));
  g_assert_true (run_struck (way, CALL_RECEIVE, -1, 0, TRUE));
}

/* Connections that are lost are made anew, whatever it was that failed. */
static void
test_reconnect (void)
{
  static const int errors[] = { ECONNRESET, ETIMEDOUT, ENETDOWN };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autoptr (TestClient) test
          = test_client_new_for (script_session_tls, HS_TLS_MODE_STARTTLS);

      scripted_server_forgive (test->server);
      g_object_set (test->client, "auto-reconnect", TRUE, NULL);
      test_client_start_until_ready (test);
      arm (CALL_RECEIVE, 0, errors[i]);
      scripted_server_send (test->server, "<message/>");
      test_until (test->n_disconnected == 1);
      disarm ();
      g_assert_error (test->loss, HS_ERROR, HS_ERROR_CONNECTION_LOST);
      g_assert_cmpint (test->retry, >=, 0);
      test_until (test->n_ready == 2);
      test_client_stop (test);
    }
}

/* A name that cannot be looked up. */
static void
test_lookup (void)
{
  static const int errors[] = { EAI_AGAIN, EAI_FAIL, EAI_NONAME, EAI_MEMORY, EAI_SYSTEM };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_autoptr (TestClient) test
          = test_client_new_for (script_session_tls, HS_TLS_MODE_STARTTLS);

      g_object_set (test->client, "host", "server.example", NULL);
      arm (CALL_LOOKUP, -1, errors[i]);
      run_session (test);
      g_assert_cmpuint (fault.n_struck, >, 0);
      g_assert_cmpuint (test->n_ready, ==, 0);
      g_assert_nonnull (test->error);
      g_test_message ("%s", test->error->message);
      g_object_set (test->client, "host", "127.0.0.1", NULL);
      run_again (test);
    }
}

/* A log that cannot be written is lost; the session is not. */
static void
test_full_log (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session_tls, HS_TLS_MODE_STARTTLS);
  g_autoptr (GError) error = NULL;

  hs_client_set_log (test->client, "/dev/full", FALSE, &error);
  g_assert_no_error (error);
  run_again (test);
}

int
main (int argc, char **argv)
{
  static Case cases[G_N_ELEMENTS (ways) * G_N_ELEMENTS (kinds)];

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *single = g_strdup_printf ("/faults/%s/single-bytes", ways[i].name);

      for (guint j = 0; j < G_N_ELEMENTS (kinds); j++)
        {
          Case *row = &cases[i * G_N_ELEMENTS (kinds) + j];
          g_autofree char *path = g_strdup_printf ("/faults/%s/%s", ways[i].name, kinds[j].name);

          row->way = &ways[i];
          row->kind = &kinds[j];
          g_test_add_data_func (path, row, test_each_call);
        }
      g_test_add_data_func (single, &ways[i], test_single_bytes);
    }
  g_test_add_func ("/faults/reconnect", test_reconnect);
  g_test_add_func ("/faults/lookup", test_lookup);
  g_test_add_func ("/faults/full-log", test_full_log);
  return g_test_run ();
}
