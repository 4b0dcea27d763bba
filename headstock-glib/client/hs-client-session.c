/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-element-private.h"
#include "hs-error.h"
#include "hs-namespaces.h"

/* From the stream features to a session that stands. */

/* While modules take part, the time is theirs. */
void
hs_client_negotiate (HsClient *self, HsNode *features)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (hs_module_list_negotiate (&priv->modules, hs_element_from_node (features)))
    hs_deadlines_clear (&priv->deadlines, HS_DEADLINE_STAGE);
}

static void
derive_thread (GTask *task, gpointer source, gpointer request, GCancellable *cancellable)
{
  g_task_return_pointer (task, hs_sasl_key_request_derive (request, cancellable),
                         (GDestroyNotify) g_bytes_unref);
}

static void
derived_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GBytes) key = g_task_propagate_pointer (G_TASK (result), NULL);
  HsClient *client = hs_connection_end_operation (user_data);
  g_autoptr (HsClient) self = NULL;
  HsClientPrivate *priv;

  if (client == NULL || key == NULL)
    return;
  self = g_object_ref (client);
  priv = hs_client_private (self);
  if (!hs_connection_is_open (&priv->connection))
    return;
  hs_stream_key_derived (hs_client_stream (priv), key);
  hs_client_flush (self);
  if (!hs_run_is_ending (&priv->run))
    hs_client_begin_stage (self);
  hs_client_pump (self);
}

/* Derives the key on a worker thread: a server may ask for a million iterations. */
void
hs_client_derive_key (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GTask) task
      = g_task_new (NULL, hs_attempt_get_cancellable (hs_connection_get_attempt (&priv->connection)), derived_cb, hs_attempt_ref (hs_connection_get_attempt (&priv->connection)));

  g_task_set_source_tag (task, hs_client_derive_key);
  g_task_set_task_data (task, hs_sasl_key_request_ref (hs_stream_get_key_request (hs_client_stream (priv))),
                        (GDestroyNotify) hs_sasl_key_request_unref);
  hs_deadlines_clear (&priv->deadlines, HS_DEADLINE_STAGE);
  g_task_run_in_thread (task, derive_thread);
}

/* Enables carbons (XEP-0280, 4), unless they were enabled together with bind. */
static void
begin_carbons (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsElement) enable = NULL;
  g_autoptr (HsIq) iq = NULL;

  if (!hs_settings_get_carbons (&priv->settings) || hs_stream_has_carbons (hs_client_stream (priv)))
    return;
  enable = hs_element_new ("enable", HS_NS_CARBONS);
  iq = hs_iq_new ("set", NULL, enable);
  hs_client_send_own (self, HS_ELEMENT (iq), NULL);
}

/* Sends the roster request before the first presence (RFC 6121, 2.2), so that the server pushes what changes in
 * between. */
static void
begin_roster (HsClient *self)
{
  g_autoptr (HsElement) query = NULL;
  g_autoptr (HsIq) iq = NULL;

  if (!hs_settings_get_initial_roster (&hs_client_private (self)->settings))
    return;
  query = hs_element_new ("query", HS_NS_ROSTER);
  iq = hs_iq_new ("get", NULL, query);
  hs_client_send_own (self, HS_ELEMENT (iq), NULL);
}

/* The default steps: what the client does itself when a session begins. */
static void (*const default_steps[]) (HsClient *self) = { begin_carbons, begin_roster };

/* Sends the requests of the default steps and of modules, and then the presence. Only requests can be sent
 * meanwhile: while the answer to <enable/> is waited for, anything else would be held back, and the presence
 * behind it. The resource may not be bound yet: then all this is pipelined with the request for it. */
static void
begin_session (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = hs_client_stream (priv);
  g_auto (HsModuleWalk) walk;
  HsModule *module;

  hs_module_walk_begin (&walk, &priv->modules);
  hs_beginning_start (&priv->beginning);
  /* A handler of `xml`, or a module, may end the connection. */
  for (guint i = 0; i < G_N_ELEMENTS (default_steps) && hs_client_stream (priv) == stream; i++)
    default_steps[i] (self);
  while (hs_client_stream (priv) == stream && (module = hs_module_walk_next (&walk)) != NULL)
    hs_module_begin (module, self);
  if (hs_client_stream (priv) == stream)
    hs_client_begin_presence (self);
  hs_beginning_end (&priv->beginning);
}

/* The common part of a new session and of one that is resumed. */
static void
session_stands (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_client_forgets_changed (self);
  hs_deadlines_clear (&priv->deadlines, HS_DEADLINE_STAGE);
  hs_connection_end_attempt (&priv->connection);
  hs_client_begin_liveness (self);
}

/* The resource was requested. Sends the roster request and the presence together with bind, unless a module
 * negotiates or an old session must first be reported lost. */
void
hs_client_binding (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (hs_module_list_has_negotiators (&priv->modules) || hs_client_is_stop_requested (priv)
      || !hs_connection_is_open (&priv->connection) || hs_session_get_bound_jid (&priv->session) != NULL
      || hs_settings_has_presence_with_sender (&priv->settings)
      || !hs_stream_begin (hs_client_stream (priv)))
    return;
  /* Stanzas that a handler sends meanwhile may wait for a later session, and must not be sent from another account. */
  hs_session_set_account (&priv->session, hs_stream_get_account (hs_client_stream (priv)));
  begin_session (self);
}

/* @begun: the requests and the presence were sent already. Each step may call a handler that ends the connection.
 * FALSE: one has. */
static gboolean
stand (HsClient *self, HsStream *stream, gboolean begun)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsJid) jid = hs_stream_take_jid (stream);

  session_stands (self);
  hs_session_bind (&priv->session, jid);
  if (hs_client_stream (priv) == stream)
    hs_client_tell_deliveries (self, FALSE);
  if (!begun && hs_client_stream (priv) == stream)
    begin_session (self);
  if (hs_client_stream (priv) == stream)
    hs_client_tell_active (self, FALSE);
  if (hs_client_stream (priv) == stream)
    hs_client_finish_presence (self);
  return hs_client_stream (priv) == stream;
}

void
hs_client_bound (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = hs_client_stream (priv);
  g_autoptr (GPtrArray) tasks = NULL;
  gboolean begun = hs_stream_has_begun (stream);

  /* A session that was interrupted is lost. */
  if (!begun && hs_session_is_interrupted (&priv->session))
    hs_debug_decided (HS_DEBUG_RETRY, hs_client_get_name (self), "the session was not resumed: a new one begins");
  if (!begun)
    hs_client_lose_session (self);
  if (hs_client_stream (priv) != stream)
    return;
  hs_client_remember_session (priv);
  hs_retry_policy_bound (hs_reconnector_get_policy (&priv->reconnector));
  hs_session_set_account (&priv->session, hs_stream_get_account (stream));
  if (!stand (self, stream, begun))
    return;
  /* When the run ends, nobody is told of a session. */
  if (hs_run_is_ending (&priv->run))
    return;
  tasks = hs_run_take_connects (&priv->run);
  hs_client_enter (self, HS_RUN_ON_SESSION);
  if (hs_client_stream (priv) == stream)
    g_signal_emit (self, hs_client_signals[SIGNAL_READY], 0);
  if (hs_client_stream (priv) == stream)
    hs_module_list_foreach (&priv->modules, hs_module_ready);
  hs_run_return_tasks (tasks, NULL);
}

void
hs_client_resumed (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = hs_client_stream (priv);
  HsStreamManagement *management = hs_session_get_management (&priv->session);
  g_autoptr (GPtrArray) tasks = NULL;

  hs_debug_decided (HS_DEBUG_RETRY, hs_client_get_name (self), "the session was resumed");
  hs_client_remember_session (priv);
  hs_retry_policy_resumed (hs_reconnector_get_policy (&priv->reconnector), hs_stream_management_get_acknowledged (management),
                           hs_stream_management_get_received (management));
  session_stands (self);
  hs_session_resume (&priv->session, hs_client_get_time (priv));
  hs_deadlines_clear (&priv->deadlines, HS_DEADLINE_SESSION);
  hs_requests_changed (&priv->requests);
  hs_client_tell_active (self, TRUE);
  /* A handler may have ended the connection. */
  if (hs_client_stream (priv) == stream)
    hs_client_note_resumed (self);
  if (hs_client_stream (priv) != stream)
    return;
  /* When the run ends, nobody is told of a session. */
  if (hs_run_is_ending (&priv->run))
    return;
  tasks = hs_run_take_connects (&priv->run);
  hs_client_enter (self, HS_RUN_ON_SESSION);
  hs_client_tell_deliveries (self, FALSE);
  if (hs_client_stream (priv) == stream)
    g_signal_emit (self, hs_client_signals[SIGNAL_RESUMED], 0);
  if (hs_client_stream (priv) == stream)
    hs_module_list_foreach (&priv->modules, hs_module_resumed);
  hs_run_return_tasks (tasks, NULL);
}

static void
removed_cb (HsModule *module, gpointer client)
{
  hs_handlers_remove_module (
      hs_dispatcher_get_handlers (hs_client_dispatcher (hs_client_private (client))), module);
  hs_client_forgets_changed (client);
}

static void
proceed_cb (gpointer client)
{
  hs_client_sign_in (client);
}

static gboolean
may_proceed_cb (gpointer client)
{
  return hs_connection_is_open (&hs_client_private (client)->connection);
}

const HsModuleListCallbacks hs_client_module_list_callbacks
    = { .removed = removed_cb, .may_proceed = may_proceed_cb, .proceed = proceed_cb };

/**
 * hs_client_continue_negotiation:
 * @self: a client
 * @error: (nullable): why the client shall not sign in, or %NULL
 *
 * Called by a module that returned true from [vfunc@Module.negotiate], once it is done: the client
 * signs in, or the run ends with @error. A module that is unregistered meanwhile is not waited for.
 */
void
hs_client_continue_negotiation (HsClient *self, const GError *error)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (hs_module_list_get_negotiation (&priv->modules) != HS_NEGOTIATION_UNDER_WAY
      || !hs_connection_is_open (&priv->connection))
    return;
  if (error == NULL)
    {
      hs_module_list_continue (&priv->modules);
      return;
    }
  hs_module_list_refuse (&priv->modules);
  hs_stream_close (hs_client_stream (priv));
  hs_stream_fail (hs_client_stream (priv), g_error_copy (error));
  hs_deadlines_set (&priv->deadlines, HS_DEADLINE_PUMP, 0);
}

/**
 * hs_client_proceed:
 * @self: a client
 *
 * Does what [method@Client.continue_negotiation] does without an error. In some languages, Python
 * among them, an error cannot be left out.
 */
void
hs_client_proceed (HsClient *self)
{
  hs_client_continue_negotiation (self, NULL);
}
