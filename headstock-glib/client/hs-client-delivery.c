/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"
#include "hs-element-private.h"
#include "hs-feature.h"

/* The delivery status of what a client sends: who waits for it, and when acknowledgements are asked for. */

static gboolean
queue_output_cb (guint64 *end, gpointer client)
{
  HsClientPrivate *priv = hs_client_private (client);

  hs_client_flush (client);
  if (!hs_connection_is_open (hs_client_connection (priv)))
    return FALSE;
  *end = hs_connection_get_end (hs_client_connection (priv));
  return TRUE;
}

static void
returned_cb (HsElement *stanza, const GError *error, gpointer client)
{
  g_signal_emit (client, hs_client_signals[SIGNAL_RETURNED], 0, stanza, error);
}

const HsOutboxCallbacks hs_client_outbox_callbacks = {
  .queue_output = queue_output_cb,
  .returned = returned_cb,
};

/**
 * hs_client_send_async:
 * @self: a client
 * @stanza: a message, presence or iq
 * @cancellable: (nullable): stops the waiting, not the sending
 * @callback: (scope async) (closure user_data): called when the stanza's delivery status is known
 * @user_data: data for @callback
 *
 * Sends a stanza and waits until the server has acknowledged it (XEP-0198), or, without stream
 * management, until it has been handed to the system.
 *
 * That may take as long as an interruption lasts. If the session is lost and the stanza is sent
 * again in the next one ([property@Client:resend-policy]), the waiting goes on.
 *
 * Call [method@Client.send_finish] in the callback to get the result.
 *
 * ```c
 * g_autoptr (HsMessage) message = hs_message_new_chat ("romeo@example.org", "But soft!");
 *
 * hs_client_send_async (client, HS_ELEMENT (message), NULL, sent_cb, NULL);
 * ```
 */
void
hs_client_send_async (HsClient *self,
                      HsElement *stanza,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  HsSending sending = { .timeout_msec = -1, .flags = HS_OUT_AWAITED };

  g_return_if_fail (HS_IS_CLIENT (self));
  if (hs_client_refuse_async (self, priv, G_STRFUNC, callback, user_data))
    return;
  g_return_if_fail (HS_IS_ELEMENT (stanza));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_client_send_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  hs_outbox_add (hs_client_outbox (priv), task);
  sending.task = task;
  if (!hs_client_send_node (self, hs_element_get_node (stanza), &sending, &error))
    hs_outbox_refuse (hs_client_outbox (priv), task, g_steal_pointer (&error));
  else if (sending.route == HS_ROUTE_DIRECT)
    hs_outbox_await_written (hs_client_outbox (priv), task);
}

/**
 * hs_client_send_finish:
 * @self: a client
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Client.send_async].
 *
 * Errors are those of [method@Client.send_stanza], %G_IO_ERROR_CANCELLED, and %HS_ERROR_SESSION_LOST
 * where the server has not received the stanza, or nobody knows whether it has, and it is not sent
 * again.
 *
 * Returns: true if the server has the stanza, or the system
 */
gboolean
hs_client_send_finish (HsClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef struct
{
  GAsyncReadyCallback callback; /* NULL: the caller knows already */
  gpointer user_data;
} FeatureSend;

static void
feature_sent_cb (GObject *client, GAsyncResult *result, gpointer user_data)
{
  g_autofree FeatureSend *feature = user_data;

  if (feature->callback != NULL)
    feature->callback (client, result, feature->user_data);
}

gboolean
hs_feature_send (HsClient *client,
                 HsElement *stanza,
                 GAsyncReadyCallback callback,
                 gpointer user_data,
                 GError **error)
{
  HsClientPrivate *priv = hs_client_private (client);
  FeatureSend *feature = g_new0 (FeatureSend, 1);
  g_autoptr (GTask) task = g_task_new (client, NULL, feature_sent_cb, feature);
  HsSending sending = { .timeout_msec = -1, .flags = HS_OUT_AWAITED, .task = task };
  GError *reason = NULL;

  feature->callback = callback;
  feature->user_data = user_data;
  g_task_set_source_tag (task, hs_feature_send);
  hs_outbox_add (hs_client_outbox (priv), task);
  if (!hs_client_send_node (client, hs_element_get_node (stanza), &sending, &reason))
    {
      feature->callback = NULL;
      g_propagate_error (error, g_error_copy (reason));
      /* A task must return. */
      hs_outbox_refuse (hs_client_outbox (priv), task, reason);
      return FALSE;
    }
  if (sending.route == HS_ROUTE_DIRECT)
    hs_outbox_await_written (hs_client_outbox (priv), task);
  return TRUE;
}

HsFeatureStatus
hs_feature_send_finish (HsClient *client, GAsyncResult *result, GError **error)
{
  gboolean good = g_task_propagate_boolean (G_TASK (result), error);

  switch (hs_outbox_get_status (G_TASK (result)))
    {
    case HS_DELIVERY_ACKNOWLEDGED:
      return HS_FEATURE_STATUS_ACKNOWLEDGED;
    case HS_DELIVERY_UNKNOWN:
      return HS_FEATURE_STATUS_UNKNOWN;
    case HS_DELIVERY_UNRECEIVED:
      return HS_FEATURE_STATUS_UNRECEIVED;
    case HS_DELIVERY_WRITTEN:
    default:
      /* A stanza that was not handed to the system as a whole has not reached the server as a whole. */
      return good ? HS_FEATURE_STATUS_WRITTEN : HS_FEATURE_STATUS_UNRECEIVED;
    }
}

/* Tells what stream management has decided. @quietly: only to those who wait for it. */
void
hs_client_tell_deliveries (HsClient *self, gboolean quietly)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsStreamManagement *management = hs_client_get_management (self);

  if (management != NULL)
    hs_outbox_tell (hs_client_outbox (priv), management, quietly);
}

/**
 * hs_client_get_unacknowledged:
 * @self: a client
 *
 * Gets how many stanzas were sent that the server has not acknowledged (XEP-0198), with those that wait
 * for an interrupted session to go on.
 *
 * Returns: a number; 0 also if the server has no stream management
 */
guint
hs_client_get_unacknowledged (HsClient *self)
{
  HsStreamManagement *management;

  g_return_val_if_fail (HS_IS_CLIENT (self), 0);
  hs_client_return_val_if_foreign (self, 0);

  management = hs_client_get_management (self);
  return management != NULL ? hs_stream_management_get_unacknowledged (management) : 0;
}
