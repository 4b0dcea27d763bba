/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-error.h"

/* The session (XEP-0198): it outlives its connections, and may outlive the process. */

/* Version, account, bound address, when it had its connection last (seconds), the rest. */
#define STATE_TYPE "(ussx" HS_STREAM_MANAGEMENT_STATE ")"
#define STATE_VERSION 1
/* Where the server does not say how long it keeps a session, in seconds. */
#define MAX_AGE (24 * 60 * 60)
/* And how long requests wait for one then, in milliseconds. */
#define PATIENCE (10 * 60 * 1000)

HsStreamManagement *
hs_client_ensure_management (HsClientPrivate *priv)
{
  /* XEP-0114 has none. */
  if (priv->management == NULL && !priv->component)
    {
      priv->management = hs_stream_management_new ();
      hs_stream_management_set_policy (priv->management, priv->resend_policy);
    }
  return priv->management;
}

gboolean
hs_client_is_managed (HsClientPrivate *priv)
{
  return priv->management != NULL && priv->stream != NULL && hs_stream_is_ready (priv->stream)
         && hs_stream_management_is_enabled (priv->management);
}

static void
fail_requests (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) error = g_error_new_literal (HS_ERROR, HS_ERROR_SESSION_LOST,
                                                  "The session ended before there was an answer");

  hs_iq_tracker_fail_all (hs_dispatcher_get_tracker (priv->dispatcher), error);
}

/* Nobody is going to answer any more. The server is asked all the same what it had received. */
void
hs_client_session_expired (HsClient *self)
{
  if (hs_client_private (self)->interrupted != 0)
    fail_requests (self);
}

/* The session is gone for good, if there was one. */
void
hs_client_lose_session (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  priv->interrupted = 0;
  hs_client_clear_deadline (self, HS_DEADLINE_SESSION);
  fail_requests (self);
  if (priv->bound_jid == NULL)
    return;
  g_clear_pointer (&priv->bound_jid, hs_jid_unref);
  g_clear_pointer (&priv->bound_bare, hs_jid_unref);
  g_object_notify (G_OBJECT (self), "bound-jid");
  /* Not where the last reference is going. */
  if (priv->running)
    hs_client_modules_foreach (self, hs_module_lost);
}

/* The connection has gone. */
void
hs_client_interrupt_session (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  guint max;

  if (priv->management != NULL)
    hs_stream_management_interrupt (priv->management, hs_client_get_boot_time (priv));
  if (priv->management == NULL || !hs_stream_management_has_session (priv->management))
    {
      hs_client_lose_session (self);
      return;
    }
  if (priv->interrupted != 0)
    return;
  priv->interrupted = hs_client_get_time (priv);
  max = hs_stream_management_get_max (priv->management);
  hs_client_set_deadline (self, HS_DEADLINE_SESSION, max == 0 ? PATIENCE : MIN (max, 86400) * 1000);
}

/* There will not be another connection. */
void
hs_client_end_session (HsClient *self, gboolean quietly)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->management != NULL)
    hs_stream_management_give_up (priv->management);
  hs_client_lose_session (self);
  hs_client_tell_deliveries (self, quietly);
}

void
hs_client_set_session_account (HsClientPrivate *priv, HsJid *account)
{
  g_clear_pointer (&priv->session_account, hs_jid_unref);
  priv->session_account = hs_jid_get_bare (account);
}

/* The program has set another address meanwhile. What was sent from the old one must not leave from the
 * new. */
void
hs_client_leave_other_account (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (HsJid) bare = priv->jid != NULL ? hs_jid_get_bare (priv->jid) : NULL;

  if (priv->session_account == NULL
      || (bare != NULL && hs_jid_equal (bare, priv->session_account)))
    return;
  hs_client_end_session (self, FALSE);
  g_clear_pointer (&priv->session_account, hs_jid_unref);
}

void
hs_client_resumed (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStream *stream = priv->stream;
  g_autoptr (GPtrArray) tasks = NULL;

  hs_client_remember_session (priv);
  hs_retry_policy_resumed (&priv->retry, hs_stream_management_get_acknowledged (priv->management),
                           hs_stream_management_get_received (priv->management));
  hs_client_session_stands (self);
  hs_iq_tracker_extend (hs_dispatcher_get_tracker (priv->dispatcher),
                        hs_client_get_time (priv) - priv->interrupted);
  priv->interrupted = 0;
  hs_client_clear_deadline (self, HS_DEADLINE_SESSION);
  hs_client_update_request_deadline (self);
  hs_client_tell_active (self, TRUE);
  /* A handler may have ended the connection. */
  if (priv->stream == stream)
    hs_client_note_resumed (self);
  if (priv->stream != stream)
    return;
  tasks = g_steal_pointer (&priv->connect_tasks);
  hs_client_set_state (self, HS_CLIENT_STATE_READY);
  hs_client_tell_deliveries (self, FALSE);
  if (priv->stream == stream)
    g_signal_emit (self, hs_client_signals[SIGNAL_RESUMED], 0);
  if (priv->stream == stream)
    hs_client_modules_foreach (self, hs_module_resumed);
  hs_client_return_connects (tasks);
}

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
 * drops the client or ends without [method@Client.stop].
 *
 * The state is private to the account: who has it can take the session over.
 *
 * Returns: (transfer full) (nullable): the state, or %NULL where there is no session that can be resumed
 */
GVariant *
hs_client_dup_session_state (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  gint64 seconds;
  GVariant *state;

  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  hs_client_return_val_if_foreign (self, NULL);

  if (priv->management == NULL || priv->bound_jid == NULL || priv->settling
      || (priv->stream != NULL && hs_stream_is_closing (priv->stream)))
    return NULL;
  /* A handler that takes the state and ends the program does not want its stanza to come again. */
  state = hs_stream_management_save_ahead (priv->management, hs_client_is_showing (self) ? 1 : 0);
  if (state == NULL)
    return NULL;
  seconds = (g_get_real_time ()
             - hs_stream_management_get_age (priv->management, hs_client_get_boot_time (priv)))
            / G_USEC_PER_SEC;
  return g_variant_ref_sink (g_variant_new ("(ussx@" HS_STREAM_MANAGEMENT_STATE ")", STATE_VERSION,
                                            hs_jid_to_string (priv->session_account),
                                            hs_jid_to_string (priv->bound_jid), seconds, state));
}

static gboolean
refuse (GError **error, HsError code, const char *message)
{
  g_set_error_literal (error, HS_ERROR, code, message);
  return FALSE;
}

/* Without a local part the account has a name of the server's making (XEP-0175). */
static gboolean
is_of_account (HsJid *jid, HsJid *account)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (jid);

  if (hs_jid_get_local (account) == NULL)
    return g_str_equal (hs_jid_get_domain (jid), hs_jid_get_domain (account));
  return hs_jid_equal (bare, account);
}

/* What is not the account's is not told apart further: the state may come from anywhere. What it says was
 * bound is believed later, of roster pushes and the like. */
static HsJid *
check_owner (HsClientPrivate *priv, const char *account, const char *bound, GError **error)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (priv->jid);
  g_autoptr (HsJid) owner = hs_jid_new (account, NULL);
  g_autoptr (HsJid) jid = hs_jid_new (bound, NULL);

  if (owner == NULL || jid == NULL || hs_jid_get_resource (jid) == NULL)
    {
      refuse (error, HS_ERROR_INVALID_STATE, "The kept session has no valid address");
      return NULL;
    }
  if (!hs_jid_equal (owner, bare) || !is_of_account (jid, bare))
    {
      refuse (error, HS_ERROR_INVALID_STATE, "The kept session is another account's");
      return NULL;
    }
  return g_steal_pointer (&jid);
}

static gboolean
restore (HsClientPrivate *priv, GVariant *state, gint64 saved, GError **error)
{
  guint32 max;
  gint64 age = saved >= 0 ? MAX (0, g_get_real_time () / G_USEC_PER_SEC - saved) : G_MAXINT64;

  g_variant_get_child (state, 2, "u", &max);
  if (age >= (max != 0 ? max : MAX_AGE))
    return refuse (error, HS_ERROR_EXPIRED,
                   "The kept session is older than the server keeps sessions");
  if (!hs_stream_management_restore (hs_client_ensure_management (priv), state,
                                     hs_client_get_boot_time (priv) - age * G_USEC_PER_SEC))
    return refuse (error, HS_ERROR_INVALID_STATE, "The kept session cannot be read");
  return TRUE;
}

/**
 * hs_client_set_session_state:
 * @self: a client that is not running
 * @state: what [method@Client.dup_session_state] gave, of the same account
 * @error: return location for an error
 *
 * Has the client go on with a session that another process had (XEP-0198, 5).
 *
 * To be called before the client is started. Where the server still has the session,
 * [signal@Client::resumed] is emitted in place of [signal@Client::ready]; otherwise a new session
 * begins. A run that ends without having reached the server gives the session up, and what it had not
 * sent comes back with [signal@Client::returned].
 *
 * Errors: %HS_ERROR_INVALID_STATE where @state is another account's or cannot be read, %HS_ERROR_EXPIRED
 * where the server will not have kept the session so long, %HS_ERROR_ALREADY_STARTED. Nothing changes
 * then.
 *
 * Returns: true where the session will be resumed
 */
gboolean
hs_client_set_session_state (HsClient *self, GVariant *state, GError **error)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GVariant) management = NULL;
  g_autoptr (HsJid) jid = NULL;
  const char *account, *bound;
  guint32 version;
  gint64 saved;

  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  if (hs_client_refuse_with (hs_client_private (self), G_STRFUNC, error))
    return FALSE;
  g_return_val_if_fail (state != NULL, FALSE);

  if (priv->running)
    return refuse (error, HS_ERROR_ALREADY_STARTED, "The client is running");
  if (priv->jid == NULL || priv->component)
    return refuse (error, HS_ERROR_INVALID_STATE, "The client has no account to have a session");
  if (!g_variant_is_of_type (state, G_VARIANT_TYPE (STATE_TYPE)) || !g_variant_is_normal_form (state))
    return refuse (error, HS_ERROR_INVALID_STATE, "The kept session cannot be read");
  g_variant_get (state, "(u&s&sx@" HS_STREAM_MANAGEMENT_STATE ")", &version, &account, &bound, &saved,
                 &management);
  if (version != STATE_VERSION)
    return refuse (error, HS_ERROR_INVALID_STATE,
                   "The kept session is in a form that this version does not know");
  jid = check_owner (priv, account, bound, error);
  if (jid == NULL || !restore (priv, management, saved, error))
    return FALSE;
  priv->interrupted = hs_client_get_time (priv);
  hs_client_set_session_account (priv, priv->jid);
  priv->bound_bare = hs_jid_get_bare (jid);
  priv->bound_jid = g_steal_pointer (&jid);
  g_object_notify (G_OBJECT (self), "bound-jid");
  return TRUE;
}
