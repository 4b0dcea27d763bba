/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dlfcn.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client-test.h"

/* What one request and its answer cost in calls of the system: the functions below take the place of libc's, for
 * the libraries too, and count for the thread of the main loop. */

#define N_TRIPS 200
/* poll(), recv() and send(). Now and then a turn is over, or a timer is due. */
#define CALLS_PER_TRIP 3.3
/* With GLib's slices as single allocations, as they are since 2.76. */
#define ALLOCATIONS_PER_TRIP 60

static __thread gboolean counts;
static guint n_calls;
static guint n_allocations;

/* libc's own, by its name. */
#define NEXT(type, name) ((type) dlsym (RTLD_NEXT, name))

int
poll (struct pollfd *fds, nfds_t n, int timeout)
{
  n_calls += counts;
  return NEXT (int (*) (struct pollfd *, nfds_t, int), "poll") (fds, n, timeout);
}

int
epoll_wait (int fd, struct epoll_event *events, int max, int timeout)
{
  n_calls += counts;
  return NEXT (int (*) (int, struct epoll_event *, int, int), "epoll_wait") (fd, events, max, timeout);
}

int
epoll_ctl (int fd, int operation, int other, struct epoll_event *event)
{
  n_calls += counts;
  return NEXT (int (*) (int, int, int, struct epoll_event *), "epoll_ctl") (fd, operation, other, event);
}

ssize_t
recv (int fd, void *buffer, size_t size, int flags)
{
  n_calls += counts;
  return NEXT (ssize_t (*) (int, void *, size_t, int), "recv") (fd, buffer, size, flags);
}

ssize_t
send (int fd, const void *buffer, size_t size, int flags)
{
  n_calls += counts;
  return NEXT (ssize_t (*) (int, const void *, size_t, int), "send") (fd, buffer, size, flags);
}

ssize_t
recvmsg (int fd, struct msghdr *message, int flags)
{
  n_calls += counts;
  return NEXT (ssize_t (*) (int, struct msghdr *, int), "recvmsg") (fd, message, flags);
}

ssize_t
sendmsg (int fd, const struct msghdr *message, int flags)
{
  n_calls += counts;
  return NEXT (ssize_t (*) (int, const struct msghdr *, int), "sendmsg") (fd, message, flags);
}

ssize_t
read (int fd, void *buffer, size_t size)
{
  n_calls += counts;
  return NEXT (ssize_t (*) (int, void *, size_t), "read") (fd, buffer, size);
}

ssize_t
write (int fd, const void *buffer, size_t size)
{
  n_calls += counts;
  return NEXT (ssize_t (*) (int, const void *, size_t), "write") (fd, buffer, size);
}

void *__libc_malloc (size_t size);

void *
malloc (size_t size)
{
  n_allocations += counts;
  return __libc_malloc (size);
}

/* ---- */

typedef struct
{
  HsClient *client;
  guint n_answered;
} Trips;

static gboolean
answer_trips (ScriptedPeer *peer, gpointer data)
{
  for (guint i = 0; i < N_TRIPS + 1; i++)
    {
      g_autofree char *id = NULL;
      g_autofree char *answer = NULL;
      const char *start;

      if (!scripted_peer_expect (peer, "</iq>"))
        return FALSE;
      start = strstr (scripted_peer_get_taken (peer), " id=\"");
      g_assert_nonnull (start);
      start += strlen (" id=\"");
      id = g_strndup (start, strcspn (start, "\""));
      answer = g_strdup_printf ("<iq type='result' id='%s' from='example.org'/>", id);
      if (!scripted_peer_send (peer, answer, -1))
        return FALSE;
    }
  return TRUE;
}

static void ask (Trips *self);

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Trips *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer G_GNUC_UNUSED = hs_client_request_finish (HS_CLIENT (source), result, &error);

  g_assert_no_error (error);
  self->n_answered++;
  /* What is made once is there after the first. */
  counts = self->n_answered < N_TRIPS + 1;
  if (counts)
    ask (self);
}

static void
ask (Trips *self)
{
  g_autoptr (HsElement) ping = hs_element_new ("ping", "urn:xmpp:ping");
  g_autoptr (HsIq) iq = hs_iq_new ("get", "example.org", ping);

  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, NULL, answered_cb, self);
}

static void
test_trip (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), CALL (answer_trips, NULL), SERVE, END };
  g_autoptr (TestClient) test = test_client_new_on_loopback_for (script, HS_TLS_MODE_NONE);
  Trips trips = { .client = test->client };

  test_client_start_until_ready (test);
  ask (&trips);
  test_until (trips.n_answered == N_TRIPS + 1);
  test_client_stop (test);
  g_test_message ("a trip: %.2f calls of the system, %.1f allocations", (double) n_calls / N_TRIPS,
                  (double) n_allocations / N_TRIPS);
  g_assert_cmpfloat (n_calls, <=, CALLS_PER_TRIP * N_TRIPS);
  g_assert_cmpfloat (n_allocations, <=, ALLOCATIONS_PER_TRIP * N_TRIPS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/calls/trip", test_trip);
  return g_test_run ();
}
