/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-error.h"

/* What follows on a connection that has ended or could not be made. */

/* Redirections by the server that are followed one after another. */
#define MAX_REDIRECTS 5

typedef enum
{
  VERDICT_AGAIN,
  VERDICT_SLOWLY,         /* every five minutes, and when the network changes */
  VERDICT_NEVER,          /* it will not change by itself */
  VERDICT_NEVER_A_CLIENT, /* a component's own old connection may still stand */
} Verdict;

#define ANY (-1)

/* The first that fits counts; what is not here is tried again. Before the first `ready` of a run each
 * target is tried once, whatever this says except for what is permanent. */
static const struct
{
  GQuark (*domain) (void);
  int code;
  Verdict verdict;
} table[] = {
  { hs_sasl_error_quark, HS_SASL_ERROR_TEMPORARY_AUTH_FAILURE, VERDICT_AGAIN },
  { hs_sasl_error_quark, ANY, VERDICT_NEVER },
  { hs_stream_error_quark, HS_STREAM_ERROR_CONFLICT, VERDICT_NEVER_A_CLIENT },
  { hs_stream_error_quark, HS_STREAM_ERROR_NOT_AUTHORIZED, VERDICT_NEVER },
  { hs_stream_error_quark, ANY, VERDICT_AGAIN },
  { hs_error_quark, HS_ERROR_INVALID_JID, VERDICT_NEVER },
  { hs_error_quark, HS_ERROR_NO_MECHANISM, VERDICT_NEVER },
  { hs_error_quark, HS_ERROR_NO_CREDENTIALS, VERDICT_NEVER },
  { hs_error_quark, ANY, VERDICT_AGAIN },
  /* A captive portal, or a clock that is wrong. */
  { g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE, VERDICT_SLOWLY },
};

static guint
random_up_to (guint bound)
{
  return g_random_int_range (0, bound + 1);
}

guint (*hs_client_retry_random) (guint bound) = random_up_to;

static Verdict
judge (HsClientPrivate *priv, const GError *error)
{
  Verdict verdict = VERDICT_AGAIN;

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      if (error->domain == table[i].domain ()
          && (table[i].code == ANY || table[i].code == error->code))
        {
          verdict = table[i].verdict;
          break;
        }
    }
  if (verdict == VERDICT_NEVER_A_CLIENT)
    return priv->component ? VERDICT_AGAIN : VERDICT_NEVER;
  return verdict;
}

/* Anybody can have said what came before TLS was verified. */
static gboolean
is_verified (HsClientPrivate *priv, const GError *error)
{
  return priv->secure || priv->tls_mode == HS_TLS_MODE_NONE
         || g_error_matches (error, HS_ERROR, HS_ERROR_INVALID_JID);
}

static gboolean
is_permanent (HsClientPrivate *priv, const GError *error)
{
  return priv->refused || (judge (priv, error) == VERDICT_NEVER && is_verified (priv, error));
}

/* Whether another target may do better than one that failed like this. */
static gboolean
is_about_target (HsClientPrivate *priv, const GError *error)
{
  return !is_permanent (priv, error) && error->domain != HS_STANZA_ERROR;
}

/* Milliseconds for which the session stood, on this connection. */
static guint64
get_lasted (HsClientPrivate *priv)
{
  return priv->ready_time != 0 ? (g_get_monotonic_time () - priv->ready_time) / 1000 : 0;
}

static int
choose_delay (HsClientPrivate *priv, const GError *error)
{
  guint64 lasted = get_lasted (priv);

  priv->ready_time = 0;
  if (judge (priv, error) == VERDICT_SLOWLY)
    return HS_BACKOFF_LAST;
  return hs_client_retry_random (hs_backoff_next (&priv->backoff, lasted));
}

/* Something that the program has sent was acknowledged. What comes in does not count, and neither does
 * the acknowledgement of a roster request or of presence: each session begins with some, also that
 * which a server is about to end again. */
void
hs_client_note_progress (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->management != NULL && hs_stream_management_take_progress (priv->management))
    hs_backoff_reset (&priv->backoff);
}

/* ---- The network ---- */

typedef struct _HsNetworkWatch HsNetworkWatch;

/* The monitor may live in another main context than the client. */
struct _HsNetworkWatch
{
  GMainContext *context;
  GNetworkMonitor *monitor;
  GWeakRef client;
  gulong handler;
};

static void
watch_free (gpointer data, GClosure *closure)
{
  HsNetworkWatch *self = data;

  g_weak_ref_clear (&self->client);
  g_main_context_unref (self->context);
  g_object_unref (self->monitor);
  g_free (self);
}

static gboolean
changed_in_context_cb (gpointer client)
{
  hs_client_network_changed (client);
  return G_SOURCE_REMOVE;
}

static void
network_changed_cb (GNetworkMonitor *monitor, gboolean available, gpointer data)
{
  HsNetworkWatch *self = data;
  HsClient *client = available ? g_weak_ref_get (&self->client) : NULL;

  if (client != NULL)
    g_main_context_invoke_full (self->context, G_PRIORITY_DEFAULT, changed_in_context_cb, client,
                                g_object_unref);
}

static void
watch_network (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsNetworkWatch *watch;

  if (priv->network_watch != NULL)
    return;
  watch = g_new0 (HsNetworkWatch, 1);
  watch->context = g_main_context_ref (priv->context);
  watch->monitor = g_object_ref (g_network_monitor_get_default ());
  g_weak_ref_init (&watch->client, self);
  priv->network_watch = watch;
  watch->handler = g_signal_connect_data (watch->monitor, "network-changed",
                                          G_CALLBACK (network_changed_cb), watch, watch_free, 0);
}

/* The next try begins, or there will be none. */
void
hs_client_stop_waiting (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsNetworkWatch *watch = g_steal_pointer (&priv->network_watch);

  hs_client_clear_deadline (self, HS_DEADLINE_RETRY);
  /* Freed with its closure. */
  if (watch != NULL)
    g_signal_handler_disconnect (watch->monitor, watch->handler);
}

/* Many clients may have the same network: they come back within a second, not at once. */
void
hs_client_network_changed (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  gint64 next = g_get_monotonic_time () + hs_client_retry_random (HS_BACKOFF_FIRST) * (gint64) 1000;

  if (priv->state == HS_CLIENT_STATE_INTERRUPTED && priv->deadlines[HS_DEADLINE_RETRY] > next)
    hs_client_set_deadline_at (self, HS_DEADLINE_RETRY, next);
}

/**
 * hs_client_reconnect_now:
 * @self: a client
 *
 * Makes the next connection at once, where the client waits for the time that
 * [signal@Client::disconnected] told. Does nothing otherwise.
 */
void
hs_client_reconnect_now (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));

  if (priv->state == HS_CLIENT_STATE_INTERRUPTED && priv->deadlines[HS_DEADLINE_RETRY] != 0)
    hs_client_set_deadline (self, HS_DEADLINE_RETRY, 0);
}

/* ---- Where to ---- */

void
hs_client_take_redirect (HsClientPrivate *priv, char **host, guint16 *port)
{
  g_autofree char *redirect = g_steal_pointer (&priv->redirect);
  g_autoptr (GSocketConnectable) address = NULL;

  /* RFC 6120, 4.9.3.19: an IPv6 address is in brackets. */
  if (redirect != NULL)
    address = g_network_address_parse (redirect, *port, NULL);
  if (address == NULL)
    return;
  g_free (*host);
  *host = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (address)));
  *port = g_network_address_get_port (G_NETWORK_ADDRESS (address));
}

/* RFC 6120, 4.9.3.19. */
static gboolean
follow (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  const char *host = priv->stream != NULL ? hs_stream_get_other_host (priv->stream) : NULL;

  /* Servers may send us on from sessions that they have begun, too. */
  if (get_lasted (priv) >= HS_BACKOFF_LASTING)
    priv->n_redirects = 0;
  if (host == NULL || priv->n_redirects >= MAX_REDIRECTS)
    return FALSE;
  priv->n_redirects++;
  g_free (priv->redirect);
  priv->redirect = g_strdup (host);
  return TRUE;
}

/* XEP-0198, 5: where the server wants the session to be resumed, if only once. */
static void
prefer_location (HsClientPrivate *priv)
{
  const char *location = priv->management != NULL && !priv->location_tried
                                 && hs_stream_management_has_session (priv->management)
                             ? hs_stream_management_get_location (priv->management)
                             : NULL;

  if (location == NULL)
    return;
  priv->location_tried = priv->at_location = TRUE;
  g_free (priv->redirect);
  priv->redirect = g_strdup (location);
}

static void
next_target (HsClient *self, const GError *error)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_debug ("Trying another target: %s", error->message);
  /* The next one has not stood at all. */
  priv->ready_time = 0;
  hs_client_drop_connection (self);
  if (priv->announced)
    hs_client_emit_disconnected (self, error, 0);
  hs_client_set_deadline (self, HS_DEADLINE_RETRY, 0);
}

static void
retry (HsClient *self, const GError *error)
{
  HsClientPrivate *priv = hs_client_private (self);
  int delay = choose_delay (priv, error);

  priv->n_redirects = 0;
  hs_client_drop_connection (self);
  prefer_location (priv);
  hs_client_set_state (self, HS_CLIENT_STATE_INTERRUPTED);
  hs_client_set_deadline (self, HS_DEADLINE_RETRY, delay);
  if (delay > 0)
    watch_network (self);
  hs_client_emit_disconnected (self, error, delay);
}

/* From the main loop, and once for each connection: it is of no more use. */
void
hs_client_connection_failed (HsClient *self, const GError *error)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GError) copy = error != NULL ? g_error_copy (error) : NULL;
  gboolean at_location = priv->at_location && priv->attempt != NULL;

  if (!priv->running)
    return;
  priv->at_location = FALSE;
  if (priv->stop_requested || priv->stopping)
    hs_client_finish_run (self, NULL);
  else if (follow (self) || hs_client_forget_offer (self, copy))
    next_target (self, copy);
  else if (!priv->was_ready && priv->attempt != NULL && is_about_target (priv, copy)
           && hs_connector_has_more (priv->attempt->connector))
    {
      /* Another target of the same domain, in the same attempt. */
      priv->next_connector = g_steal_pointer (&priv->attempt->connector);
      next_target (self, copy);
    }
  else if (!priv->was_ready || !priv->auto_reconnect || is_permanent (priv, copy))
    hs_client_finish_run (self, copy);
  else if (at_location)
    next_target (self, copy);
  else
    retry (self, copy);
}
