/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"
#include "hs-enum-types.h"

/* The lines that a client prints about itself if HEADSTOCK_DEBUG or G_MESSAGES_DEBUG asks for them. */

const char *
hs_client_get_name (HsClient *self)
{
  HsJid *jid = hs_settings_get_jid (hs_client_settings (hs_client_private (self)));

  return jid != NULL ? hs_jid_to_string (jid) : NULL;
}

void
hs_client_debug_state (HsClient *self, HsClientState present)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GEnumClass) states = g_type_class_ref (HS_TYPE_CLIENT_STATE);
  const GEnumValue *state = g_enum_get_value (states, present);
  HsJid *bound = hs_session_get_bound_jid (hs_client_session (priv));
  const char *address = hs_connection_get_address (hs_client_connection (priv));

  if (state->value == HS_CLIENT_STATE_READY && bound != NULL)
    hs_debug_print (HS_DEBUG_STATE, hs_client_get_name (self), "%s as %s", state->value_nick, hs_jid_to_string (bound));
  else if (state->value == HS_CLIENT_STATE_CONNECTED && address != NULL)
    hs_debug_print (HS_DEBUG_STATE, hs_client_get_name (self), "%s to %s", state->value_nick, address);
  else
    hs_debug_print (HS_DEBUG_STATE, hs_client_get_name (self), "%s", state->value_nick);
}

void
hs_client_debug_retry (HsClient *self, const GError *error, int msec)
{
  const char *why = error != NULL ? error->message : "the stream has ended";
  g_autofree char *when = NULL;

  if (!hs_debug_is_told (HS_DEBUG_RETRY) && !hs_debug_wants (HS_DEBUG_STATE))
    return;
  when = msec > 0 ? g_strdup_printf ("in %d ms", msec) : g_strdup (msec == 0 ? "now" : "never");
  hs_debug_decided (HS_DEBUG_RETRY, hs_client_get_name (self), "disconnected; the next try is %s: %s", when, why);
  if (hs_debug_wants (HS_DEBUG_STATE))
    hs_debug_print (HS_DEBUG_STATE, hs_client_get_name (self), "connection ended: %s", why);
}
