/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"

/* The stream features after the sign-in (RFC 6120, 4.3.2), as a client keeps them: as text, which takes a quarter of
 * the memory that elements take, and only if a module may ask for them before the server has sent them. */

static gboolean
has_beginners (HsClient *self)
{
  g_autoptr (GPtrArray) modules = hs_module_list_ref (hs_client_modules (hs_client_private (self)));

  for (guint i = 0; i < modules->len; i++)
    {
      HsModule *module = g_ptr_array_index (modules, i);

      if (hs_module_has_hook (module, HS_MODULE_GET_IFACE (module)->begin != NULL, "begins"))
        return TRUE;
    }
  return FALSE;
}

/* The connection is silent. */
void
hs_client_shrink_features (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_server_memory_show (hs_client_server_memory (priv), NULL);
  /* Once is enough. */
  if (hs_stream_get_features_text (hs_client_get_stream (priv)) != NULL)
    hs_server_memory_remember_text (hs_client_server_memory (priv), NULL);
  if (!has_beginners (self))
    hs_stream_set_features_text (hs_client_get_stream (priv), NULL);
}

/* The connection is going: the next session may begin before the server has said anything. */
void
hs_client_remember_features (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  const char *text = hs_connection_has_stream (hs_client_connection (priv))
                         ? hs_stream_get_features_text (hs_client_get_stream (priv))
                         : NULL;

  hs_server_memory_show (hs_client_server_memory (priv), NULL);
  /* A client that is going asks no module: one in JavaScript may be going in the same collection of garbage. */
  if (hs_run_is_running (hs_client_get_run (priv)) && hs_connection_is_secure (hs_client_connection (priv)) && text != NULL)
    hs_server_memory_remember_text (hs_client_server_memory (priv), has_beginners (self) ? text : NULL);
}

/**
 * hs_client_get_features:
 * @self: a client
 *
 * The stream features that the server has sent after the sign-in (RFC 6120, 4.3.2), such as roster versioning
 * (RFC 6121, 2.6) and the server's entity capabilities (XEP-0115).
 *
 * While a session begins and the server has not sent them yet, these are those of the last session with the same
 * account: [vfunc@Module.begin] may be called before the server has said anything. They are remembered, and kept
 * through times in which nothing arrives, only if a module that has `begin` is registered.
 *
 * Returns: (transfer none) (nullable): the `<stream:features/>`, or %NULL if they are not known. The element
 *   belongs to the client and is valid until the main loop goes on
 *
 * Since: 0.2
 */
HsElement *
hs_client_get_features (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsJid) bare = NULL;
  const char *text;

  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  if (!hs_connection_has_stream (hs_client_connection (priv)))
    return NULL;
  text = hs_stream_get_features_text (hs_client_get_stream (priv));
  if (text == NULL && hs_connection_is_secure (hs_client_connection (priv)))
    {
      bare = hs_jid_get_bare (hs_stream_get_account (hs_client_get_stream (priv)));
      text = hs_server_memory_get_text (hs_client_server_memory (priv), hs_jid_to_string (bare));
    }
  return hs_server_memory_show (hs_client_server_memory (priv), text);
}
