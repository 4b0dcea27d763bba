/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scripted-private.h"

#include <string.h>

/* ---- One connection ---- */

static gboolean G_GNUC_PRINTF (2, 3)
fail (ScriptedPeer *self, const char *format, ...)
{
  ScriptedServer *server = self->server;
  va_list args;

  g_mutex_lock (&server->mutex);
  va_start (args, format);
  if (server->failure == NULL && !server->forgiving && !g_cancellable_is_cancelled (server->stop))
    {
      server->failure = g_strdup_vprintf (format, args);
      g_printerr ("# The script: %s\n", server->failure);
    }
  va_end (args);
  g_mutex_unlock (&server->mutex);
  return FALSE;
}

/* The number of bytes, 0 at the end. */
static gssize
read_some (ScriptedPeer *self, GError **error)
{
  static const gsize size = 65536;
  g_autofree char *buffer = g_malloc (size);
  gssize n = self->funcs->read (self, buffer, size, error);

  if (n <= 0)
    return n;
  g_string_append_len (self->input, buffer, n);
  g_mutex_lock (&self->server->mutex);
  g_string_append_len (self->server->received, buffer, n);
  g_array_append_val (self->server->reads, self->server->received->len);
  g_mutex_unlock (&self->server->mutex);
  return n;
}

static gboolean
read_end (ScriptedPeer *self)
{
  g_autoptr (GError) error = NULL;

  while (read_some (self, &error) > 0)
    g_string_truncate (self->input, 0);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return fail (self, "The client did not close the connection");
  return TRUE;
}

static void
close_connection (ScriptedPeer *self)
{
  g_autoptr (GError) error = NULL;

  self->funcs->shut_down (self);
  while (read_some (self, &error) > 0)
    continue;
  self->funcs->close (self);
}

static char *
dup_id (ScriptedPeer *self)
{
  const char *id = NULL;

  for (const char *p = self->taken->str; (p = strstr (p, " id=")) != NULL; p += 4)
    id = p + 5;
  return id != NULL ? g_strndup (id, strcspn (id, "'\"")) : g_strdup ("none");
}

gboolean
scripted_peer_send (ScriptedPeer *self, const char *bytes, gssize length)
{
  g_autoptr (GError) error = NULL;
  gsize n = length < 0 ? strlen (bytes) : (gsize) length;

  if (self->limited && n >= self->n_left)
    {
      self->funcs->write (self, bytes, self->n_left, NULL);
      if (self->limit_resets)
        self->funcs->reset (self);
      else
        close_connection (self);
      return FALSE;
    }
  self->n_left -= n;
  if (self->funcs->write (self, bytes, n, &error))
    return TRUE;
  /* What the client said before it went. */
  read_end (self);
  return fail (self, "Sending '%.40s' failed: %s", bytes, error->message);
}

static gboolean
send_text (ScriptedPeer *self, const char *text, guint msec)
{
  g_autofree char *id = dup_id (self);
  g_autoptr (GString) string = g_string_new (text);

  g_string_replace (string, "@ID@", id, 0);
  if (msec == 0)
    return scripted_peer_send (self, string->str, string->len);
  for (gsize i = 0; i < string->len; i++)
    {
      g_autoptr (GError) error = NULL;

      if (!self->funcs->write (self, string->str + i, 1, &error))
        {
          read_end (self);
          return FALSE;
        }
      self->funcs->sleep (self, msec);
    }
  return TRUE;
}

gboolean
scripted_peer_expect (ScriptedPeer *self, const char *text)
{
  const char *found;

  while ((found = strstr (self->input->str, text)) == NULL)
    {
      g_autoptr (GError) error = NULL;

      if (strstr (self->input->str, SAY_END) != NULL)
        {
          self->funcs->write (self, SAY_END, strlen (SAY_END), NULL);
          return fail (self, "The client ended the stream while '%s' was expected", text);
        }
      if (read_some (self, &error) <= 0)
        return fail (self, "%s while '%s' was expected; unused: '%.400s'",
                     error != NULL ? error->message : "The client closed", text,
                     self->input->str);
    }
  found += strlen (text);
  g_string_truncate (self->taken, 0);
  g_string_append_len (self->taken, self->input->str, found - self->input->str);
  g_string_erase (self->input, 0, found - self->input->str);
  return TRUE;
}

gboolean
script_cut (ScriptedPeer *self, gpointer data)
{
  const ScriptCut *cut = data;

  self->limited = TRUE;
  self->limit_resets = cut->reset;
  self->n_left = cut->n_bytes;
  return TRUE;
}

gboolean
script_answer (ScriptedPeer *self, gpointer text)
{
  while (scripted_peer_expect (self, text))
    {
      if (!scripted_peer_send (self, " ", 1))
        break;
    }
  return FALSE;
}

gboolean
script_nothing_follows (ScriptedPeer *self, gpointer data)
{
  if (self->input->len > 0)
    return fail (self, "'%.100s' came unasked", self->input->str);
  return self->funcs->is_silent (self) || fail (self, "Something came unasked");
}

const char *
scripted_peer_get_taken (ScriptedPeer *self)
{
  return self->taken->str;
}

const char *
scripted_peer_get_unused (ScriptedPeer *self)
{
  return self->input->str;
}

void
scripted_peer_sleep (ScriptedPeer *self, guint msec)
{
  self->funcs->sleep (self, msec);
}

gboolean
scripted_peer_wait_for_gate (ScriptedPeer *self)
{
  ScriptedServer *server = self->server;
  gboolean opened;

  g_mutex_lock (&server->mutex);
  while (server->gates == 0 && !scripted_server_is_stopped (server))
    self->funcs->wait (self);
  opened = server->gates > 0;
  if (opened)
    server->gates--;
  g_mutex_unlock (&server->mutex);
  return opened;
}

static gboolean
hold (ScriptedPeer *self)
{
  g_mutex_lock (&self->server->mutex);
  while (!scripted_server_is_stopped (self->server))
    self->funcs->wait (self);
  g_mutex_unlock (&self->server->mutex);
  return TRUE;
}

static gboolean
serve (ScriptedPeer *self)
{
  while (strstr (self->input->str, SAY_END) == NULL)
    {
      if (self->input->len > sizeof SAY_END)
        g_string_erase (self->input, 0, self->input->len - sizeof SAY_END);
      if (read_some (self, NULL) <= 0)
        return FALSE;
    }
  return scripted_peer_send (self, SAY_END, -1);
}

static gboolean run_steps (ScriptedPeer *self, const ScriptStep *steps);

/* FALSE: the connection is over. */
static gboolean
run_step (ScriptedPeer *self, const ScriptStep *step)
{
  switch (step->action)
    {
    case SCRIPT_EXPECT:
      return scripted_peer_expect (self, step->text);
    case SCRIPT_SEND:
    case SCRIPT_DRIP:
      return send_text (self, step->text, step->number);
    case SCRIPT_START_TLS:
      g_assert_nonnull (self->funcs->start_tls);
      return self->funcs->start_tls (self, step->text, step->number);
    case SCRIPT_SLEEP:
      self->funcs->sleep (self, step->number);
      return TRUE;
    case SCRIPT_GATE:
      return scripted_peer_wait_for_gate (self);
    case SCRIPT_SERVE:
      return serve (self);
    case SCRIPT_HOLD:
      return hold (self);
    case SCRIPT_READ_END:
      return read_end (self);
    case SCRIPT_CLOSE:
      close_connection (self);
      return FALSE;
    case SCRIPT_RESET:
      self->funcs->reset (self);
      return FALSE;
    case SCRIPT_CALL:
      return step->function (self, step->data);
    case SCRIPT_RUN:
      return run_steps (self, step->steps);
    case SCRIPT_END:
    default:
      g_assert_not_reached ();
    }
}

static gboolean
run_steps (ScriptedPeer *self, const ScriptStep *steps)
{
  for (; steps->action != SCRIPT_END; steps++)
    {
      if (g_cancellable_is_cancelled (self->server->stop) || !run_step (self, steps))
        return FALSE;
    }
  return TRUE;
}

/* The stream's own words. */
static void
send_cb (const char *text, gpointer peer)
{
  ScriptedPeer *self = peer;

  self->has_sent = scripted_peer_send (self, text, -1);
}

static gpointer
peer_thread (gpointer data)
{
  ScriptedPeer *self = data;

  if (self->funcs->enter != NULL)
    self->funcs->enter (self);
  if (run_steps (self, self->script))
    close_connection (self);
  self->funcs->drop (self);
  g_mutex_lock (&self->server->mutex);
  self->server->n_ended++;
  g_mutex_unlock (&self->server->mutex);
  if (self->funcs->leave != NULL)
    self->funcs->leave (self);
  return NULL;
}

static void
peer_free (gpointer data)
{
  ScriptedPeer *self = data;

  g_thread_join (self->thread);
  self->funcs->free (self);
  g_string_free (self->input, TRUE);
  g_string_free (self->taken, TRUE);
  g_free (self);
}

/* ---- The canned parts ---- */

static gboolean
say_header (ScriptedPeer *self, gpointer data)
{
  hs_test_stream_head (&self->stream);
  return self->has_sent;
}

static gboolean
offer (ScriptedPeer *self, gpointer data)
{
  hs_test_stream_offer (&self->stream, NULL);
  return self->has_sent;
}

static gboolean
offer_tls (ScriptedPeer *self, gpointer data)
{
  self->stream.tls = TRUE;
  return offer (self, data);
}

static gboolean
proceed (ScriptedPeer *self, gpointer data)
{
  hs_test_stream_proceed (&self->stream);
  return self->has_sent;
}

static gboolean
accept_sign_in (ScriptedPeer *self, gpointer data)
{
  hs_test_stream_accept (&self->stream);
  return self->has_sent;
}

/* As far as the server knows, whatever the script itself has said before. */
static gboolean
offer_sign_in (ScriptedPeer *self, gpointer data)
{
  self->stream.tls = self->stream.signed_in = FALSE;
  return offer (self, data);
}

static gboolean
offer_bind (ScriptedPeer *self, gpointer data)
{
  self->stream.tls = FALSE;
  self->stream.signed_in = TRUE;
  return offer (self, data);
}

static gboolean
bind_resource (ScriptedPeer *self, gpointer data)
{
  g_autofree char *id = dup_id (self);

  hs_test_stream_bind (&self->stream, id, "user@example.org/res");
  return self->has_sent;
}

const ScriptStep script_header[] = { EXPECT ("<stream:stream"), EXPECT (">"), CALL (say_header, NULL), END };

const ScriptStep script_starttls[] = {
  RUN (script_header), CALL (offer_tls, NULL), EXPECT ("xmpp-tls'/>"), CALL (proceed, NULL), START_TLS, END
};

const ScriptStep script_plain[] = { CALL (offer_sign_in, NULL), EXPECT ("</auth>"), CALL (accept_sign_in, NULL), END };

const ScriptStep script_bind[]
    = { RUN (script_header), CALL (offer_bind, NULL), EXPECT ("</iq>"), CALL (bind_resource, NULL), END };

const ScriptStep script_sign_in[] = { RUN (script_header), RUN (script_plain), RUN (script_bind),
                                      END };

const ScriptStep script_sign_in_tls[] = { RUN (script_starttls), RUN (script_sign_in), END };

const ScriptStep script_session[] = { RUN (script_sign_in), SERVE, END };

const ScriptStep script_session_tls[] = { RUN (script_sign_in_tls), SERVE, END };

/* ---- The server ---- */

ScriptedPeer *
scripted_server_add_peer (ScriptedServer *self, const ScriptLineFuncs *funcs, gpointer line)
{
  ScriptedPeer *peer = g_new0 (ScriptedPeer, 1);
  guint n_scripts = g_strv_length ((char **) self->scripts);

  peer->server = self;
  peer->funcs = funcs;
  peer->line = line;
  peer->stream.send = send_cb;
  peer->stream.owner = peer;
  peer->stream.mechanism = "PLAIN";
  peer->stream.attributes = HEADER_ATTRIBUTES;
  peer->input = g_string_new (NULL);
  peer->taken = g_string_new (NULL);
  g_mutex_lock (&self->mutex);
  peer->script = self->scripts[MIN (self->n_connections, n_scripts - 1)];
  self->n_connections++;
  g_ptr_array_add (self->peers, peer);
  peer->thread = g_thread_new ("peer", peer_thread, peer);
  g_mutex_unlock (&self->mutex);
  return peer;
}

ScriptedServer *
scripted_server_make (const ScriptStep *const *scripts)
{
  ScriptedServer *self = g_new0 (ScriptedServer, 1);

  self->scripts = scripts;
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->peers = g_ptr_array_new_with_free_func (peer_free);
  self->received = g_string_new (NULL);
  self->reads = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->stop = g_cancellable_new ();
  return self;
}

gboolean
scripted_server_is_stopped (ScriptedServer *self)
{
  return g_cancellable_is_cancelled (self->stop);
}

void
scripted_server_stop_listening (ScriptedServer *self)
{
  self->stop_listening (self);
}

/* With the mutex held by nobody. */
static void
tell_change (ScriptedServer *self)
{
  if (self->changed != NULL)
    self->changed (self);
}

void
scripted_server_free (ScriptedServer *self)
{
  scripted_server_stop_listening (self);
  g_mutex_lock (&self->mutex);
  g_cancellable_cancel (self->stop);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
  tell_change (self);
  g_ptr_array_unref (self->peers);
  g_assert_cmpstr (self->failure, ==, NULL);
  self->free_line (self);
  g_object_unref (self->stop);
  g_string_free (self->received, TRUE);
  g_array_unref (self->reads);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self);
}

void
scripted_server_forgive (ScriptedServer *self)
{
  g_mutex_lock (&self->mutex);
  self->forgiving = TRUE;
  g_mutex_unlock (&self->mutex);
}

guint16
scripted_server_get_port (ScriptedServer *self)
{
  return self->port;
}

static guint
get_locked (ScriptedServer *self, const guint *value)
{
  guint result;

  g_mutex_lock (&self->mutex);
  result = *value;
  g_mutex_unlock (&self->mutex);
  return result;
}

guint
scripted_server_get_n_connections (ScriptedServer *self)
{
  return get_locked (self, &self->n_connections);
}

guint
scripted_server_get_n_ended (ScriptedServer *self)
{
  return get_locked (self, &self->n_ended);
}

char *
scripted_server_dup_received (ScriptedServer *self)
{
  char *received;

  g_mutex_lock (&self->mutex);
  received = g_strdup (self->received->str);
  g_mutex_unlock (&self->mutex);
  return received;
}

GArray *
scripted_server_dup_reads (ScriptedServer *self)
{
  GArray *reads;

  g_mutex_lock (&self->mutex);
  reads = g_array_copy (self->reads);
  g_mutex_unlock (&self->mutex);
  return reads;
}

guint
scripted_server_count_received (ScriptedServer *self, const char *text)
{
  guint n = 0;

  g_mutex_lock (&self->mutex);
  for (const char *p = self->received->str; (p = strstr (p, text)) != NULL; p += strlen (text))
    n++;
  g_mutex_unlock (&self->mutex);
  return n;
}

gboolean
scripted_server_has_received (ScriptedServer *self, const char *text)
{
  return *text == '\0' || scripted_server_count_received (self, text) > 0;
}

void
scripted_server_forget_received (ScriptedServer *self)
{
  g_mutex_lock (&self->mutex);
  g_string_truncate (self->received, 0);
  g_array_set_size (self->reads, 0);
  g_mutex_unlock (&self->mutex);
}

void
scripted_server_open_gate (ScriptedServer *self)
{
  g_mutex_lock (&self->mutex);
  self->gates++;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
  tell_change (self);
}

void
scripted_server_send (ScriptedServer *self, const char *text)
{
  ScriptedPeer *peer;

  g_mutex_lock (&self->mutex);
  g_assert_cmpuint (self->peers->len, >, 0);
  peer = g_ptr_array_index (self->peers, self->peers->len - 1);
  g_mutex_unlock (&self->mutex);
  peer->funcs->send (peer, text);
}

gboolean
script_send_on (ScriptedPeer *peer, gpointer server)
{
  g_autofree char *text = g_strdup_printf (
      "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>"
      "127.0.0.1:%u</see-other-host></stream:error></stream:stream>",
      scripted_server_get_port (*(ScriptedServer **) server));

  return scripted_peer_send (peer, text, -1);
}
