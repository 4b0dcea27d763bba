/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"
#include "hs-error-private.h"

/* The session of a client, from one connection to the next and from one process to the next (XEP-0198). */

static void
bound_changed_cb (gpointer client)
{
  g_object_notify (client, "bound-jid");
}

const HsSessionCallbacks hs_client_session_callbacks = { .bound_changed = bound_changed_cb };

/**
 * hs_client_dup_session_state:
 * @self: a client
 *
 * Gets the session as it stands, so that another process can go on with it (XEP-0198, 5).
 *
 * It has all that was sent and not acknowledged, and how much has been received: a state that was taken
 * before more arrived has that arrive again. A stanza whose handlers are being called counts as received; one
 * whose dispatch waits for the next turn of the main loop does not. The state is of no use once the session
 * was ended in an orderly way; a program that ends and wants its session to go on takes the state, and then
 * ends without [method@Client.stop]. Where the process goes on, only the last reference that is dropped ends the
 * client, and a request that waits for its answer has one: until then it goes on with the session, and what was
 * taken before is of no use.
 *
 * The state is private to the account: who has it can take the session over.
 *
 * ```python
 * client.connect("cleanup", lambda client: print(client.dup_session_state()))
 * ```
 *
 * Returns: (transfer full) (nullable): the state, or %NULL if there is no session that can be resumed
 */
GVariant *
hs_client_dup_session_state (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  GVariant *state;

  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  if (hs_run_get_phase (hs_client_get_run (priv)) == HS_RUN_SETTLING
      || (hs_connection_has_stream (hs_client_connection (priv)) && hs_stream_is_closing (hs_client_get_stream (priv))))
    return NULL;
  /* A handler that takes the state and ends the program does not want to see its stanza again. */
  state = hs_session_save (hs_client_session (priv), hs_pump_is_showing (hs_client_get_pump (priv)) ? 1 : 0,
                           hs_run_loop_get_boot_time (hs_client_loop (priv)), g_get_real_time ());
  return state != NULL ? g_variant_ref_sink (state) : NULL;
}

/**
 * hs_client_set_session_state:
 * @self: a client that is not running
 * @state: what [method@Client.dup_session_state] gave, of the same account
 * @error: return location for an error
 *
 * Has the client go on with a session that another process had (XEP-0198, 5).
 *
 * To be called before the client is started. If the server still has the session,
 * [signal@Client::resumed] is emitted in place of [signal@Client::ready]; otherwise a new session
 * begins. A run that ends without having reached the server gives the session up, and what it had not
 * sent comes back with [signal@Client::returned].
 *
 * Errors: %HS_ERROR_INVALID_STATE if @state is another account's or cannot be read, %HS_ERROR_EXPIRED
 * where the server will not have kept the session so long, %HS_ERROR_ALREADY_STARTED. Nothing changes
 * then.
 *
 * ```python
 * state = client.dup_session_state()
 * if state is not None:
 *     other = Headstock.Client.new(client.jid, "secret")
 *     other.set_session_state(state)
 * ```
 *
 * Returns: true if the session will be resumed
 */
gboolean
hs_client_set_session_state (HsClient *self, GVariant *state, GError **error)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsSessionRestore restore = {
    .jid = hs_settings_get_jid (hs_client_settings (priv)),
    .policy = hs_settings_lend_resend_policy (hs_client_settings (priv)),
    .now = hs_run_loop_get_time (hs_client_loop (priv)),
    .boot_now = hs_run_loop_get_boot_time (hs_client_loop (priv)),
    .real_now = g_get_real_time (),
  };

  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  if (hs_client_refuse_with (priv, G_STRFUNC, error))
    return FALSE;
  g_return_val_if_fail (state != NULL, FALSE);

  if (hs_run_is_running (hs_client_get_run (priv)))
    return hs_error_refuse (error, HS_ERROR_ALREADY_STARTED, "The client is running");
  if (hs_settings_get_jid (hs_client_settings (priv)) == NULL || hs_settings_is_component (hs_client_settings (priv)))
    return hs_error_refuse (error, HS_ERROR_INVALID_STATE, "The client has no account to have a session");
  return hs_session_restore (hs_client_session (priv), state, &restore, error);
}
