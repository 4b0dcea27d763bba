/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "memory-server.h"

#include <string.h>

#include "client/hs-client-seam.h"
#include "headstock-glib-test/hs-test-transport.h"

#define MAX_NESTED 8
/* What the line delivers at once, in microseconds. */
#define TICK_USEC 50000

struct _MemoryServer
{
  HsClient *client;
  HsLoop *loop;
  gint64 begin;
  const ScriptStep *const *scripts;
  guint n_connections;
  HsTestTransport *transport; /* of the present connection, or NULL */

  const ScriptStep *steps[MAX_NESTED]; /* the next of each script that runs */
  guint depth;
  HsTimer timer; /* SLEEP, DRIP and the line */
  gint64 due;    /* of the step that takes time, or 0 */
  gsize dripped;
  GString *input; /* not used up */
  GString *received;
  char *id;

  HsTimer line;
  GString *sending; /* on the way */
  gboolean limited;
  guint rate;
};

static void run (MemoryServer *self);

/* ---- The line ---- */

static void
arrive (MemoryServer *self, gsize length)
{
  g_string_append_len (self->input, self->sending->str, length);
  g_string_append_len (self->received, self->sending->str, length);
  g_string_erase (self->sending, 0, length);
}

static void
line_cb (gpointer user_data)
{
  MemoryServer *self = user_data;

  arrive (self, MIN (self->sending->len, MAX (1, (gsize) self->rate * TICK_USEC / G_USEC_PER_SEC)));
  if (self->sending->len > 0)
    hs_timer_set (&self->line, hs_loop_get_time (self->loop) + TICK_USEC);
  run (self);
}

static void
update_line (MemoryServer *self)
{
  if (!self->limited)
    arrive (self, self->sending->len);
  if (self->sending->len == 0 || self->rate == 0)
    hs_timer_set (&self->line, 0);
  else if (self->line.time == 0)
    hs_timer_set (&self->line, hs_loop_get_time (self->loop) + TICK_USEC);
}

void
memory_server_set_rate (MemoryServer *self, guint rate)
{
  self->limited = TRUE;
  self->rate = rate;
  update_line (self);
}

/* ---- The script ---- */

static char *
find_id (const char *text)
{
  const char *at = strstr (text, " id=");

  return at != NULL ? g_strndup (at + 5, strcspn (at + 5, "'\"")) : NULL;
}

static gboolean
take (MemoryServer *self, const char *text)
{
  const char *found = strstr (self->input->str, text);
  gsize length = found != NULL ? (gsize) (found - self->input->str) + strlen (text) : 0;
  g_autofree char *taken = g_strndup (self->input->str, length);
  char *id;

  if (found == NULL)
    return FALSE;
  g_string_erase (self->input, 0, length);
  id = find_id (taken);
  if (id != NULL)
    {
      g_free (self->id);
      self->id = id;
    }
  return TRUE;
}

static char *
fill_in (MemoryServer *self, const char *text)
{
  GString *filled = g_string_new (text);

  g_string_replace (filled, "@ID@", self->id != NULL ? self->id : "", 0);
  return g_string_free (filled, FALSE);
}

void
memory_server_say (MemoryServer *self, const char *text)
{
  if (self->transport != NULL)
    hs_test_transport_feed (self->transport, text);
}

static void
end_connection (MemoryServer *self, gboolean lost)
{
  HsTestTransport *transport = g_steal_pointer (&self->transport);

  self->depth = 0;
  if (transport == NULL)
    return;
  hs_test_transport_end (transport, lost);
  hs_test_transport_leave (transport);
}

/* Whether the time of a step that takes time is over. */
static gboolean
is_over (MemoryServer *self, guint msec)
{
  gint64 now = hs_loop_get_time (self->loop);

  if (self->due == 0)
    {
      self->due = now + msec * (gint64) 1000;
      hs_timer_set (&self->timer, self->due);
    }
  if (now < self->due)
    return FALSE;
  self->due = 0;
  return TRUE;
}

/* A character each time. */
static gboolean
drip (MemoryServer *self, const ScriptStep *step)
{
  g_autofree char *text = fill_in (self, step->text);

  while (is_over (self, step->number))
    {
      char character[2] = { text[self->dripped++], '\0' };

      memory_server_say (self, character);
      if (text[self->dripped] == '\0')
        return TRUE;
    }
  return FALSE;
}

/* Whether a step is done, and the next one follows. */
static gboolean
take_step (MemoryServer *self, const ScriptStep *step)
{
  g_autofree char *text = NULL;

  switch (step->action)
    {
    case SCRIPT_EXPECT:
      return take (self, step->text);
    case SCRIPT_SEND:
      text = fill_in (self, step->text);
      memory_server_say (self, text);
      return TRUE;
    case SCRIPT_DRIP:
      return drip (self, step);
    case SCRIPT_SLEEP:
      return is_over (self, step->number);
    case SCRIPT_SERVE:
      if (!take (self, SAY_END))
        return FALSE;
      memory_server_say (self, SAY_END);
      end_connection (self, FALSE);
      return FALSE;
    case SCRIPT_CALL:
      while (take (self, step->text))
        memory_server_say (self, " ");
      return FALSE;
    case SCRIPT_RUN:
      g_assert_cmpuint (self->depth, <, MAX_NESTED);
      self->steps[self->depth++] = step->steps;
      return TRUE;
    case SCRIPT_RESET:
      end_connection (self, TRUE);
      return FALSE;
    case SCRIPT_CLOSE:
    case SCRIPT_END:
      end_connection (self, FALSE);
      return FALSE;
    case SCRIPT_HOLD:
    case SCRIPT_READ_END:
      return FALSE;
    case SCRIPT_START_TLS:
    case SCRIPT_GATE:
    default:
      g_assert_not_reached ();
    }
}

static void
run (MemoryServer *self)
{
  while (self->depth > 0)
    {
      guint level = self->depth - 1;
      const ScriptStep *step = self->steps[level];

      if (step->action == SCRIPT_END && level > 0)
        {
          self->depth--;
          continue;
        }
      if (!take_step (self, step))
        return;
      self->steps[level]++;
      self->dripped = 0;
    }
}

static void
timer_cb (gpointer server)
{
  run (server);
}

/* ---- Connections ---- */

static void
sent_cb (const char *bytes, gpointer server)
{
  MemoryServer *self = server;

  g_string_append (self->sending, bytes);
  update_line (self);
  run (self);
}

static void
closed_cb (gpointer server)
{
  MemoryServer *self = server;

  self->transport = NULL;
  self->depth = 0;
}

static guint64
get_left_cb (gpointer server)
{
  return ((MemoryServer *) server)->sending->len;
}

static HsTransport *
dial_cb (const HsTransportCallbacks *callbacks, gpointer owner, gpointer server, GError **error)
{
  static const HsTestPeerCallbacks peer_callbacks
      = { .sent = sent_cb, .closed = closed_cb, .get_waiting = get_left_cb };
  MemoryServer *self = server;
  HsTransport *transport = hs_test_transport_new (callbacks, owner, FALSE, &peer_callbacks, self);
  guint n = 0;

  end_connection (self, TRUE);
  while (n < self->n_connections && self->scripts[n + 1] != NULL)
    n++;
  self->n_connections++;
  self->transport = (HsTestTransport *) transport;
  g_string_truncate (self->input, 0);
  g_string_truncate (self->sending, 0);
  self->due = 0;
  self->steps[0] = self->scripts[n];
  self->depth = 1;
  run (self);
  return transport;
}

/* ---- The test ---- */

MemoryServer *
memory_server_new (HsClient *client, const ScriptStep *const *scripts)
{
  MemoryServer *self = g_new0 (MemoryServer, 1);

  self->client = client;
  self->scripts = scripts;
  self->loop = hs_loop_get (NULL);
  hs_loop_stand (self->loop, TRUE);
  self->begin = hs_loop_get_time (self->loop);
  self->input = g_string_new (NULL);
  self->received = g_string_new (NULL);
  self->sending = g_string_new (NULL);
  hs_timer_join (&self->timer, &self->loop->timers, timer_cb, self);
  hs_timer_join (&self->line, &self->loop->timers, line_cb, self);
  hs_client_set_dial (client, dial_cb, self);
  return self;
}

void
memory_server_free (MemoryServer *self)
{
  end_connection (self, TRUE);
  hs_timer_leave (&self->timer);
  hs_timer_leave (&self->line);
  hs_loop_stand (self->loop, FALSE);
  hs_loop_unref (self->loop);
  g_string_free (self->input, TRUE);
  g_string_free (self->received, TRUE);
  g_string_free (self->sending, TRUE);
  g_free (self->id);
  g_free (self);
}

const char *
memory_server_get_received (MemoryServer *self)
{
  return self->received->str;
}

guint
memory_server_count (MemoryServer *self, const char *text)
{
  guint n = 0;

  for (const char *at = self->received->str; (at = strstr (at, text)) != NULL; at++)
    n++;
  return n;
}

guint
memory_server_get_n_connections (MemoryServer *self)
{
  return self->n_connections;
}

gint64
memory_server_get_time (MemoryServer *self)
{
  return (hs_loop_get_time (self->loop) - self->begin) / 1000;
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
go_to (MemoryServer *self, gint64 time)
{
  hs_loop_set_time (self->loop, MAX (time, hs_loop_get_time (self->loop)));
  settle ();
}

void
memory_server_step (MemoryServer *self)
{
  gint64 next = hs_loop_get_next (self->loop);

  g_assert_cmpint (next, !=, 0);
  go_to (self, next);
}

void
memory_server_advance (MemoryServer *self, guint msec)
{
  gint64 end = hs_loop_get_time (self->loop) + msec * (gint64) 1000;
  gint64 next;

  settle ();
  while ((next = hs_loop_get_next (self->loop)) != 0 && next <= end)
    go_to (self, next);
  go_to (self, end);
}
