/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scripted-private.h"

#include <string.h>

#include "client/hs-client-seam.h"
#include "headstock-glib-test/hs-test-transport.h"
#include "virtual-clock.h"

/* The thread of a script and the thread of the test take turns: one runs, and the other one waits until it is handed
 * the turn. So no state here needs a lock but the turn itself. */

/* What a client may leave unread before the script has to wait. */
#define MAX_UNREAD 65536
/* What the line delivers at once, in microseconds. */
#define TICK_USEC 50000
#define SILENCE_MSEC 50

typedef enum
{
  WAIT_INPUT,
  WAIT_ROOM,
  WAIT_TIME,
  WAIT_CHANGE, /* of the server */
  WAIT_NEVER,  /* the script is over */
} Wait;

typedef struct
{
  GMutex mutex;
  GCond cond;
  gboolean script_has_turn;

  Wait wait;
  gint64 due;
  VirtualAlarm alarm;
  HsTestTransport *transport; /* NULL: the client or the server has closed it */
  gboolean closed;            /* by the client */
  gboolean shut;              /* by the server */
  gboolean in_vain;           /* something was sent to a client that has closed */

  GString *sending; /* on the way to the script */
  GString *arrived;
  VirtualAlarm tick;
} Line;

typedef struct
{
  gboolean listening;
  gboolean limited;
  guint rate;
} Memory;

/* ---- Turns ---- */

static void
hand_over (Line *self, gboolean to_script)
{
  g_mutex_lock (&self->mutex);
  self->script_has_turn = to_script;
  g_cond_broadcast (&self->cond);
  while (self->script_has_turn == to_script)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

/* Called in the thread of the script. */
static void
wait_for (ScriptedPeer *peer, Wait wait)
{
  Line *self = peer->line;

  self->wait = wait;
  hand_over (self, FALSE);
}

static void
enter (ScriptedPeer *peer)
{
  Line *self = peer->line;

  g_mutex_lock (&self->mutex);
  while (!self->script_has_turn)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

static void
leave (ScriptedPeer *peer)
{
  Line *self = peer->line;

  g_mutex_lock (&self->mutex);
  self->wait = WAIT_NEVER;
  self->script_has_turn = FALSE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

/* Called in the thread of the test: the script goes on until it has to wait again. */
static void
go_on (ScriptedPeer *peer)
{
  Line *self = peer->line;

  if (self->wait == WAIT_NEVER)
    return;
  hand_over (self, TRUE);
  if (self->wait == WAIT_TIME)
    virtual_alarm_set (&self->alarm, self->due);
}

static void
go_on_from (ScriptedPeer *peer, Wait wait)
{
  if (((Line *) peer->line)->wait == wait)
    go_on (peer);
}

static void
alarm_cb (gpointer peer)
{
  go_on_from (peer, WAIT_TIME);
}

/* ---- From the client ---- */

static void
arrive (Line *self, gsize length)
{
  g_string_append_len (self->arrived, self->sending->str, length);
  g_string_erase (self->sending, 0, length);
}

static void
update_tick (ScriptedPeer *peer)
{
  Memory *memory = peer->server->line;
  Line *self = peer->line;

  if (!memory->limited)
    arrive (self, self->sending->len);
  if (self->sending->len == 0 || memory->rate == 0)
    virtual_alarm_clear (&self->tick);
  else if (self->tick.time == 0)
    virtual_alarm_set (&self->tick, virtual_clock_now () + TICK_USEC);
}

static void
tick_cb (gpointer user_data)
{
  ScriptedPeer *peer = user_data;
  Memory *memory = peer->server->line;
  Line *self = peer->line;
  gsize most = MAX (1, (gsize) memory->rate * TICK_USEC / G_USEC_PER_SEC);

  arrive (self, MIN (self->sending->len, most));
  update_tick (peer);
  go_on_from (peer, WAIT_INPUT);
}

static void
sent_cb (const char *bytes, gpointer user_data)
{
  ScriptedPeer *peer = user_data;

  g_string_append (((Line *) peer->line)->sending, bytes);
  update_tick (peer);
  if (((Line *) peer->line)->arrived->len > 0)
    go_on_from (peer, WAIT_INPUT);
}

static void
closed_cb (gpointer user_data)
{
  ScriptedPeer *peer = user_data;
  Line *self = peer->line;

  self->transport = NULL;
  self->closed = TRUE;
  go_on_from (peer, WAIT_INPUT);
  go_on_from (peer, WAIT_ROOM);
}

static void
taken_cb (gpointer user_data)
{
  go_on_from (user_data, WAIT_ROOM);
}

static guint64
get_waiting_cb (gpointer user_data)
{
  return ((Line *) ((ScriptedPeer *) user_data)->line)->sending->len;
}

static gssize
read_line (ScriptedPeer *peer, char *buffer, gsize size, GError **error)
{
  Line *self = peer->line;
  gsize n;

  while (self->arrived->len == 0 && !self->closed && !scripted_server_is_stopped (peer->server)
         && (self->transport != NULL || !self->shut))
    wait_for (peer, WAIT_INPUT);
  n = MIN (size, self->arrived->len);
  memcpy (buffer, self->arrived->str, n);
  g_string_erase (self->arrived, 0, n);
  return n;
}

/* ---- To the client ---- */

static gboolean
fail (GError **error, int code, const char *message)
{
  g_set_error_literal (error, G_IO_ERROR, code, message);
  return FALSE;
}

static gboolean
write_line (ScriptedPeer *peer, const char *bytes, gsize length, GError **error)
{
  Line *self = peer->line;

  while (length > 0)
    {
      gsize unread = self->transport != NULL ? hs_test_transport_get_unread (self->transport) : 0;
      gsize n = MIN (length, MAX_UNREAD - MIN (MAX_UNREAD, unread));

      if (scripted_server_is_stopped (peer->server))
        return fail (error, G_IO_ERROR_CANCELLED, "The test is over");
      if (self->transport == NULL && self->in_vain)
        return fail (error, G_IO_ERROR_BROKEN_PIPE, "The client has closed the connection");
      /* As over a network, where it takes a round trip until that is known. */
      if (self->transport == NULL)
        {
          self->in_vain = TRUE;
          return TRUE;
        }
      if (n == 0)
        wait_for (peer, WAIT_ROOM);
      else
        hs_test_transport_feed_bytes (self->transport, bytes, n);
      bytes += n;
      length -= n;
    }
  return TRUE;
}

static void
send_line (ScriptedPeer *peer, const char *text)
{
  Line *self = peer->line;

  if (self->transport != NULL && !self->shut)
    hs_test_transport_feed (self->transport, text);
}

static void
end (ScriptedPeer *peer, gboolean lost)
{
  Line *self = peer->line;

  if (self->transport == NULL || self->shut)
    return;
  self->shut = TRUE;
  hs_test_transport_end (self->transport, lost);
}

static void
drop (ScriptedPeer *peer)
{
  Line *self = peer->line;

  end (peer, FALSE);
  if (self->transport != NULL)
    hs_test_transport_leave (self->transport);
  self->transport = NULL;
}

static void
shut_down (ScriptedPeer *peer)
{
  end (peer, FALSE);
}

static void
reset (ScriptedPeer *peer)
{
  end (peer, TRUE);
  drop (peer);
}

/* ---- Time ---- */

static void
sleep_msec (ScriptedPeer *peer, guint msec)
{
  Line *self = peer->line;

  self->due = virtual_clock_now () + msec * (gint64) 1000;
  while (virtual_clock_now () < self->due && !scripted_server_is_stopped (peer->server))
    wait_for (peer, WAIT_TIME);
}

static void
wait_for_change (ScriptedPeer *peer)
{
  g_mutex_unlock (&peer->server->mutex);
  wait_for (peer, WAIT_CHANGE);
  g_mutex_lock (&peer->server->mutex);
}

static gboolean
is_silent (ScriptedPeer *peer)
{
  sleep_msec (peer, SILENCE_MSEC);
  return ((Line *) peer->line)->arrived->len == 0;
}

/* ---- The server ---- */

static void
free_line (ScriptedPeer *peer)
{
  Line *self = peer->line;

  virtual_alarm_clear (&self->alarm);
  virtual_alarm_clear (&self->tick);
  g_string_free (self->sending, TRUE);
  g_string_free (self->arrived, TRUE);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

static const ScriptLineFuncs funcs = {
  .enter = enter,
  .leave = leave,
  .read = read_line,
  .write = write_line,
  .shut_down = shut_down,
  .close = drop,
  .reset = reset,
  .drop = drop,
  .sleep = sleep_msec,
  .wait = wait_for_change,
  .is_silent = is_silent,
  .free = free_line,
  .send = send_line,
};

static HsTransport *
dial_cb (const HsTransportCallbacks *callbacks, gpointer owner, gpointer server, GError **error)
{
  static const HsTestPeerCallbacks peer_callbacks
      = { .sent = sent_cb, .half_closes = TRUE, .closed = closed_cb, .get_waiting = get_waiting_cb, .taken = taken_cb };
  ScriptedServer *self = server;
  Memory *memory = self->line;
  Line *line;
  ScriptedPeer *peer;
  HsTransport *transport;

  if (!memory->listening)
    {
      fail (error, G_IO_ERROR_CONNECTION_REFUSED, "Nobody listens");
      return NULL;
    }
  line = g_new0 (Line, 1);
  g_mutex_init (&line->mutex);
  g_cond_init (&line->cond);
  line->sending = g_string_new (NULL);
  line->arrived = g_string_new (NULL);
  peer = scripted_server_add_peer (self, &funcs, line);
  line->alarm = (VirtualAlarm){ .func = alarm_cb, .data = peer };
  line->tick = (VirtualAlarm){ .func = tick_cb, .data = peer };
  transport = hs_test_transport_new (callbacks, owner, FALSE, &peer_callbacks, peer);
  line->transport = (HsTestTransport *) transport;
  go_on (peer);
  return transport;
}

static void
stop_listening (ScriptedServer *self)
{
  ((Memory *) self->line)->listening = FALSE;
}

static void
free_memory (ScriptedServer *self)
{
  g_free (self->line);
}

static void
changed (ScriptedServer *self)
{
  for (guint i = 0; i < self->peers->len; i++)
    {
      ScriptedPeer *peer = g_ptr_array_index (self->peers, i);

      while (scripted_server_is_stopped (self) && ((Line *) peer->line)->wait != WAIT_NEVER)
        go_on (peer);
      go_on_from (peer, WAIT_CHANGE);
    }
}

void
scripted_server_set_rate (ScriptedServer *self, guint rate)
{
  Memory *memory = self->line;

  g_assert_true (self->changed == changed);
  memory->limited = TRUE;
  memory->rate = rate;
  for (guint i = 0; i < self->peers->len; i++)
    update_tick (g_ptr_array_index (self->peers, i));
}

ScriptedServer *
scripted_server_new_in_memory (HsClient *client, const ScriptStep *const *scripts)
{
  ScriptedServer *self = scripted_server_make (scripts);
  Memory *memory = g_new0 (Memory, 1);

  memory->listening = TRUE;
  self->line = memory;
  self->port = 5222; /* where it sends clients on to, who come back here */
  self->stop_listening = stop_listening;
  self->free_line = free_memory;
  self->changed = changed;
  hs_client_set_dial (client, dial_cb, self);
  return self;
}
