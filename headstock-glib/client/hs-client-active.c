/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"

/* Client state indication (XEP-0352): whether somebody is looking. */

static void
tell (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_session_set_told_active (hs_client_session (priv), TRUE);
  hs_stream_send_active (hs_client_get_stream (priv), hs_settings_get_active (hs_client_settings (priv)));
  hs_client_flush (self);
}

static gboolean
can_tell (HsClientPrivate *priv)
{
  return hs_connection_is_open (hs_client_connection (priv)) && hs_stream_is_ready (hs_client_get_stream (priv))
         && hs_stream_is_open (hs_client_get_stream (priv)) && hs_stream_offers_csi (hs_client_get_stream (priv));
}

/* A session begins as active; what one that was resumed remembers is not certain (XEP-0352, 5.1). */
void
hs_client_tell_active (HsClient *self, gboolean resumed)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (!resumed)
    hs_session_set_told_active (hs_client_session (priv), FALSE);
  if (can_tell (priv)
      && (!hs_settings_get_active (hs_client_settings (priv))
          || hs_session_has_told_active (hs_client_session (priv))))
    tell (self);
}

/**
 * hs_client_get_active: (get-property active)
 * @self: a client
 *
 * Whether somebody is looking at what arrives (XEP-0352).
 *
 * Returns: the value
 */
gboolean
hs_client_get_active (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), TRUE);
  hs_client_return_val_if_foreign (self, TRUE);

  return hs_settings_get_active (hs_client_settings (hs_client_private (self)));
}

/**
 * hs_client_set_active: (set-property active)
 * @self: a client
 * @active: the new value
 *
 * Says whether somebody is looking at what arrives: if nobody is, the server may hold back what can
 * wait, such as presence (XEP-0352), and the client asks for a sign of life less often
 * ([property@Client:keepalive-interval]).
 *
 * A change takes effect at once.
 */
void
hs_client_set_active (HsClient *self, gboolean active)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);

  if (!hs_settings_set_active (hs_client_settings (priv), active))
    return;
  hs_client_expect_life (self);
  if (can_tell (priv))
    tell (self);
  g_object_notify (G_OBJECT (self), "active");
}
