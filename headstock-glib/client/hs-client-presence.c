/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"
#include "hs-element-private.h"

/* The account's own presence: what a session begins with, and what the program changes later (RFC 6121, 4). */

/* Modules add to a copy: what the program has set stays as it is. */
static void
send_own (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsElement) presence = hs_settings_copy_own_presence (hs_client_settings (priv));
  g_auto (HsModuleWalk) walk = { .list = NULL };
  HsModule *module;
  g_autoptr (GError) error = NULL;

  if (presence == NULL)
    return;
  hs_client_prepare_presence (self, HS_PRESENCE (presence));
  if (!hs_client_send_own (self, presence, &error))
    {
      g_debug ("The own presence was not sent: %s", error->message);
      return;
    }
  hs_module_walk_begin (&walk, hs_client_modules (priv));
  while ((module = hs_module_walk_next (&walk)) != NULL)
    hs_module_presence_sent (module, self, HS_PRESENCE (presence));
}

/* A session begins, perhaps before it is known that there is one. */
void
hs_client_begin_presence (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_beginning_go_on (hs_client_beginning (priv), hs_settings_copy_own_presence (hs_client_settings (priv)));
  send_own (self);
}

/* There is one now. The program may have set, or changed, its presence since the session began. */
void
hs_client_finish_presence (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsElement) begun = hs_beginning_take_presence (hs_client_beginning (priv));
  g_autoptr (HsElement) now = hs_settings_copy_own_presence (hs_client_settings (priv));

  if (now == NULL
      || (begun != NULL && hs_node_equal (hs_element_get_node (begun), hs_element_get_node (now))))
    return;
  send_own (self);
}

/* Whether there is a session that has been told to be ready. One that is interrupted may go on: what is sent
 * waits for that. */
static gboolean
has_session (HsClientPrivate *priv)
{
  if (!hs_run_is_running (hs_client_get_run (priv)) || hs_session_get_bound_jid (hs_client_session (priv)) == NULL)
    return FALSE;
  return hs_run_is_ready (hs_client_get_run (priv)) || hs_run_is_ending (hs_client_get_run (priv))
         || hs_session_is_interrupted (hs_client_session (priv));
}

/**
 * hs_client_prepare_presence:
 * @self: a client
 * @presence: a presence that is about to be sent
 *
 * Lets all modules add to a presence what they add to [property@Client:own-presence], such as entity
 * capabilities.
 *
 * The client calls this for the own presence itself. It is for a presence that is sent to somebody in
 * particular (RFC 6121, 4.6), such as to a room.
 *
 * Since: 0.2
 */
void
hs_client_prepare_presence (HsClient *self, HsPresence *presence)
{
  g_auto (HsModuleWalk) walk = { .list = NULL };
  HsModule *module;

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  g_return_if_fail (HS_IS_PRESENCE (presence));

  hs_module_walk_begin (&walk, hs_client_modules (hs_client_private (self)));
  while ((module = hs_module_walk_next (&walk)) != NULL)
    hs_module_prepare_presence (module, self, presence);
}

/**
 * hs_client_get_own_presence: (get-property own-presence)
 * @self: a client
 *
 * The presence of this client (RFC 6121, 4), an empty one if nothing was set; %NULL for none.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 *
 * Since: 0.2
 */
HsPresence *
hs_client_get_own_presence (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  return hs_settings_get_own_presence (hs_client_settings (priv));
}

/**
 * hs_client_set_own_presence: (set-property own-presence)
 * @self: a client
 * @own_presence: (nullable) (transfer none): the new value
 *
 * Sets the presence of this client (RFC 6121, 4).
 *
 * While the client is ready, the presence is sent at once, with what modules add; also if it is the same
 * object as before, which may have been changed meanwhile. While a session that was interrupted may still be
 * resumed, it is sent when it is. Each new session begins with it.
 *
 * %NULL sends nothing: to be no longer available, set a presence of the type `unavailable`.
 *
 * A change takes effect at once.
 *
 * Since: 0.2
 */
void
hs_client_set_own_presence (HsClient *self, HsPresence *own_presence)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  g_return_if_fail (own_presence == NULL || HS_IS_PRESENCE (own_presence));

  if (hs_settings_set_own_presence (hs_client_settings (priv), own_presence))
    {
      g_object_notify (G_OBJECT (self), "own-presence");
      g_object_notify (G_OBJECT (self), "initial-presence");
    }
  /* A handler that has set another one has sent it. */
  if (hs_settings_get_own_presence (hs_client_settings (priv)) == own_presence && has_session (priv))
    send_own (self);
}

/**
 * hs_client_get_initial_presence: (get-property initial-presence)
 * @self: a client
 *
 * Another name of [method@Client.get_own_presence].
 *
 * Returns: (transfer none) (nullable): the value, or %NULL
 */
HsPresence *
hs_client_get_initial_presence (HsClient *self)
{
  return hs_client_get_own_presence (self);
}

/**
 * hs_client_set_initial_presence: (set-property initial-presence)
 * @self: a client
 * @initial_presence: (nullable) (transfer none): the new value
 *
 * Another name of [method@Client.set_own_presence].
 */
void
hs_client_set_initial_presence (HsClient *self, HsPresence *initial_presence)
{
  hs_client_set_own_presence (self, initial_presence);
}
