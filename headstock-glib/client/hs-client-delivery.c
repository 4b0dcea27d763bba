/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-element-private.h"
#include "hs-error.h"

/* What becomes of what was sent: acknowledged, lost and returned, or only handed to the system. */

typedef struct
{
  guint64 position;  /* of the byte after the stanza, counted over the connection, where it counts */
  GSource *watch;    /* for the cancellable */
  gboolean managed;  /* the task waits in HsStreamManagement, not in the queue */
  gboolean returned; /* cancelled: nobody waits for it any more */
} SendData;

static void
send_data_free (gpointer data)
{
  SendData *self = data;

  if (self->watch != NULL)
    g_source_unref (self->watch);
  g_free (self);
}

/* The task, which nobody waits for any more. */
static GTask *
stop_watching (GTask *task)
{
  SendData *data = g_task_get_task_data (task);

  if (data->watch != NULL)
    g_source_destroy (data->watch);
  return task;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  HsClientPrivate *priv = hs_client_private (g_task_get_source_object (task));
  SendData *data = g_task_get_task_data (task);

  if (data->managed)
    {
      if (!data->returned)
        {
          data->returned = TRUE;
          g_task_return_error_if_cancelled (task);
        }
    }
  else if (g_queue_remove (&priv->send_tasks, task))
    {
      g_task_return_error_if_cancelled (task);
      /* The queue's reference. */
      g_object_unref (task);
    }
  return G_SOURCE_REMOVE;
}

/* Takes the task. */
static void
wait_until_written (HsClient *self, GTask *task)
{
  HsClientPrivate *priv = hs_client_private (self);
  SendData *data = g_task_get_task_data (task);

  data->managed = FALSE;
  /* Who watches what is written may have ended the connection. */
  if (priv->transport == NULL)
    {
      g_task_return_new_error (stop_watching (task), HS_ERROR, HS_ERROR_SESSION_LOST,
                               "The connection ended before this was sent");
      g_object_unref (task);
      return;
    }
  data->position = hs_transport_get_written (priv->transport)
                   + hs_transport_get_queued (priv->transport);
  g_queue_push_tail (&priv->send_tasks, task);
}

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
 * That may take as long as an interruption lasts. Where the session is lost and the stanza is sent
 * again in the next one ([property@Client:resend-policy]), the waiting goes on.
 */
void
hs_client_send_async (HsClient *self,
                      HsElement *stanza,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  HsSending sending = { .timeout_msec = -1, .flags = HS_OUT_AWAITED };
  SendData *data;

  g_return_if_fail (HS_IS_CLIENT (self));
  if (hs_client_refuse_async (self, hs_client_private (self), G_STRFUNC, callback, user_data))
    return;
  g_return_if_fail (HS_IS_ELEMENT (stanza));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_client_send_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  data = g_new0 (SendData, 1);
  g_task_set_task_data (task, data, send_data_free);
  data->managed = TRUE;
  /* Before it is sent: who watches what is written may end the session, and so the waiting. */
  if (cancellable != NULL)
    {
      data->watch = g_cancellable_source_new (cancellable);
      g_source_set_static_name (data->watch, "hs_client_send_async");
      g_task_attach_source (task, data->watch, G_SOURCE_FUNC (cancelled_cb));
    }
  sending.task = task;
  if (!hs_client_send_node (self, hs_element_get_node (stanza), &sending, &error))
    g_task_return_error (stop_watching (task), g_steal_pointer (&error));
  else if (sending.route == HS_ROUTE_DIRECT && !data->returned)
    wait_until_written (self, g_steal_pointer (&task));
}

/**
 * hs_client_send_finish:
 * @self: a client
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Client.send_async] began.
 *
 * Errors are those of [method@Client.send_stanza], %G_IO_ERROR_CANCELLED, and %HS_ERROR_SESSION_LOST
 * where the server has not received the stanza, or nobody knows whether it has, and it is not sent
 * again.
 *
 * Returns: true where the server has the stanza, or the system
 */
gboolean
hs_client_send_finish (HsClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The transport has handed something to the system. */
void
hs_client_finish_sends (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  guint64 written;

  if (priv->transport == NULL)
    return;
  written = hs_transport_get_written (priv->transport);
  while (!g_queue_is_empty (&priv->send_tasks))
    {
      GTask *task = g_queue_peek_head (&priv->send_tasks);
      SendData *data = g_task_get_task_data (task);

      if (data->position > written)
        return;
      g_queue_pop_head (&priv->send_tasks);
      g_task_return_boolean (stop_watching (task), TRUE);
      g_object_unref (task);
    }
}

void
hs_client_fail_sends (HsClient *self, const GError *error)
{
  HsClientPrivate *priv = hs_client_private (self);
  GTask *task;

  while ((task = g_queue_pop_head (&priv->send_tasks)) != NULL)
    {
      g_task_return_error (stop_watching (task), g_error_copy (error));
      g_object_unref (task);
    }
}

static GError *
make_error (const HsDelivery *delivery)
{
  return g_error_new_literal (HS_ERROR, HS_ERROR_SESSION_LOST,
                              delivery->status == HS_DELIVERY_UNRECEIVED
                                  ? "The session was lost, and the server has not received the stanza"
                                  : "The session was lost, and nobody knows whether the server has "
                                    "received the stanza");
}

/* Nobody waits for it, but somebody sent it. */
static void
return_stanza (HsClient *self, const HsDelivery *delivery)
{
  g_autoptr (GError) error = make_error (delivery);
  g_autoptr (HsElement) stanza = NULL;
  gsize length;
  const char *xml = g_bytes_get_data (delivery->stanza, &length);
  g_autofree char *text = g_strndup (xml, length);

  stanza = hs_element_new_from_string (text, NULL);
  if (stanza != NULL)
    g_signal_emit (self, hs_client_signals[SIGNAL_RETURNED], 0, stanza, error);
}

/* Takes the tag's reference. */
static gboolean
finish_task (HsClient *self, GTask *task, const HsDelivery *delivery)
{
  SendData *data = g_task_get_task_data (task);

  if (data->returned)
    {
      g_object_unref (task);
      return FALSE;
    }
  if (delivery->status == HS_DELIVERY_WRITTEN && hs_client_private (self)->transport != NULL)
    {
      hs_client_flush (self);
      wait_until_written (self, task);
      return TRUE;
    }
  stop_watching (task);
  if (delivery->status == HS_DELIVERY_UNRECEIVED || delivery->status == HS_DELIVERY_UNKNOWN)
    g_task_return_error (task, make_error (delivery));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
  return TRUE;
}

void
hs_client_tell_deliveries (HsClient *self, gboolean quietly)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsDelivery delivery;

  if (priv->management == NULL)
    return;
  while (hs_stream_management_next_delivery (priv->management, &delivery))
    {
      gboolean told = delivery.tag != NULL && finish_task (self, delivery.tag, &delivery);

      if (!told && !quietly && delivery.stanza != NULL)
        return_stanza (self, &delivery);
      g_clear_pointer (&delivery.stanza, g_bytes_unref);
    }
}

void
hs_client_acknowledged (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_client_tell_deliveries (self, FALSE);
  if (priv->settling)
    hs_client_settled (self);
}

static void
ask (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  gint64 due;

  if (!hs_client_is_managed (priv) || hs_stream_is_closing (priv->stream))
    return;
  due = hs_stream_management_poll (priv->management, hs_client_get_time (priv),
                                   hs_transport_get_output (priv->transport));
  hs_client_set_deadline_at (self, HS_DEADLINE_ASK, due);
}

/* Called after all that is sent: nearly always there is nothing to be done. */
void
hs_client_ask_if_due (HsClient *self)
{
  HsStreamManagement *management = hs_client_private (self)->management;

  if (management != NULL && hs_stream_management_wants_poll (management))
    ask (self);
}

void
hs_client_ask (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  if (priv->transport == NULL)
    return;
  /* What the stream itself has to say comes first. */
  hs_client_flush (self);
  ask (self);
  hs_client_flush (self);
}

/**
 * hs_client_get_unacknowledged:
 * @self: a client
 *
 * Gets how many stanzas were sent that the server has not acknowledged (XEP-0198), with those that wait
 * for an interrupted session to go on.
 *
 * Returns: a number; 0 also where the server has no stream management
 */
guint
hs_client_get_unacknowledged (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_val_if_fail (HS_IS_CLIENT (self), 0);
  hs_client_return_val_if_foreign (self, 0);

  return priv->management != NULL ? hs_stream_management_get_unacknowledged (priv->management) : 0;
}

/**
 * hs_client_get_resend_policy: (get-property resend-policy)
 * @self: a client
 *
 * Gets which stanzas of a session that was lost are sent again in the next one.
 *
 * Returns: the policy
 */
HsResendPolicy
hs_client_get_resend_policy (HsClient *self)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), HS_RESEND_POLICY_UNRECEIVED);
  hs_client_return_val_if_foreign (self, HS_RESEND_POLICY_UNRECEIVED);

  return hs_client_private (self)->resend_policy;
}

/**
 * hs_client_set_resend_policy: (set-property resend-policy)
 * @self: a client
 * @resend_policy: the policy
 *
 * Sets which stanzas of a session that was lost are sent again in the next one.
 */
void
hs_client_set_resend_policy (HsClient *self, HsResendPolicy resend_policy)
{
  HsClientPrivate *priv = hs_client_private (self);

  g_return_if_fail (HS_IS_CLIENT (self));
  hs_client_return_if_foreign (self);
  if (!hs_client_check_range (self, "resend-policy", resend_policy))
    return;

  if (priv->resend_policy == resend_policy)
    return;
  priv->resend_policy = resend_policy;
  if (priv->management != NULL)
    hs_stream_management_set_policy (priv->management, resend_policy);
  g_object_notify (G_OBJECT (self), "resend-policy");
}
