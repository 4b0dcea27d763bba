/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-internal.h"
#include "hs-element-private.h"
#include "hs-iq-private.h"
#include "hs-error.h"
#include "hs-stanza-error-private.h"

/* Requests: an iq that is sent, and the task that waits for its answer. */

/* The task, until it is answered, fails, or is cancelled. */
typedef struct
{
  HsIqRequest *request; /* NULL: not pending any more */
  GSource *watch;       /* for the cancellable */
  /* The name and the namespace of the payload, for the message of an error. Both strings lie in one piece of memory. */
  const char *namespace_;
  char name[];
} RequestData;

static RequestData *
request_data_new (HsNode *iq)
{
  HsNode *payload = hs_node_first_element (iq);
  const char *name = payload != NULL ? payload->name : "";
  const char *namespace_ = payload != NULL && payload->namespace_ != NULL ? payload->namespace_ : "";
  gsize name_size = strlen (name) + 1;
  gsize namespace_size = strlen (namespace_) + 1;
  RequestData *self = g_malloc (sizeof *self + name_size + namespace_size);

  self->request = NULL;
  self->watch = NULL;
  memcpy (self->name, name, name_size);
  self->namespace_ = memcpy (self->name + name_size, namespace_, namespace_size);
  return self;
}

/* %NULL if the iq had no payload. */
static const char *
get_asked_name (const RequestData *self)
{
  return *self->name != '\0' ? self->name : NULL;
}

static void
request_data_free (gpointer data)
{
  RequestData *self = data;

  g_clear_pointer (&self->watch, g_source_unref);
  g_free (self);
}

static void
stop_watching (GTask *task)
{
  RequestData *data = g_task_get_task_data (task);

  data->request = NULL;
  if (data->watch != NULL)
    g_source_destroy (data->watch);
}

static void
answered_cb (HsNode *answer, const GError *error, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  RequestData *data = g_task_get_task_data (task);

  stop_watching (task);
  if (error != NULL)
    {
      g_task_return_error (task, g_error_copy (error));
      return;
    }
  {
    HsStanza *stanza = HS_STANZA (hs_element_from_node (answer));
    GError *stanza_error
        = hs_stanza_get_error_of_request (stanza, get_asked_name (data), data->namespace_);

    if (stanza_error != NULL)
      g_task_return_error (task, stanza_error);
    else
      g_task_return_pointer (task, g_object_ref (stanza), g_object_unref);
  }
}

/* The task of hs_client_request_async(). */
static void
await_answer (GTask *task, HsIqRequest *request)
{
  RequestData *data = g_task_get_task_data (task);

  data->request = request;
  hs_iq_request_set_payload (request, get_asked_name (data), data->namespace_);
  hs_iq_request_set_callback (request, answered_cb, g_object_ref (task));
}

static gboolean
request_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  HsClient *self = g_task_get_source_object (task);
  HsClientPrivate *priv = hs_client_private (self);
  RequestData *data = g_task_get_task_data (task);

  if (data->request != NULL)
    {
      hs_requests_remove (hs_client_requests (priv), data->request);
      stop_watching (task);
      g_task_return_error_if_cancelled (task);
      /* The tracker's reference. */
      g_object_unref (task);
    }
  return G_SOURCE_REMOVE;
}

/**
 * hs_client_request_async:
 * @self: a client
 * @iq: an iq of the type `get` or `set`
 * @timeout_msec: how long to wait, in milliseconds, or -1 for [property@Client:request-timeout]
 * @cancellable: (nullable): stops the waiting
 * @callback: (scope async) (closure user_data): called when there is an answer
 * @user_data: data for @callback
 *
 * Sends an iq and waits for its answer.
 *
 * If the session is interrupted and resumed (XEP-0198), the time in between does not count; if it is lost, the
 * request fails at once. Only an answer with the same id, from the address that the iq went to, counts (RFC 6120,
 * 8.2.3 and 10.3.3).
 *
 * The callback gets the answer with [method@Client.request_finish].
 *
 * ```c
 * g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_VERSION);
 * g_autoptr (HsIq) iq = hs_iq_new ("get", "example.org", query);
 *
 * hs_client_request_async (client, HS_ELEMENT (iq), -1, NULL, answered_cb, NULL);
 * ```
 */
void
hs_client_request_async (HsClient *self,
                         HsElement *iq,
                         int timeout_msec,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  HsSending sending = { .timeout_msec = timeout_msec, .flags = HS_OUT_OWN };
  RequestData *data = NULL;

  g_return_if_fail (HS_IS_CLIENT (self));
  if (hs_client_refuse_async (self, hs_client_private (self), G_STRFUNC, callback, user_data))
    return;
  g_return_if_fail (HS_IS_ELEMENT (iq));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_client_request_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (!hs_iq_node_is_request (hs_element_get_node (iq)))
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_INVALID_STANZA,
                               "A request is an iq of the type get or set");
      return;
    }
  data = request_data_new (hs_element_get_node (iq));
  g_task_set_task_data (task, data, request_data_free);
  sending.asker = task;
  sending.asked = await_answer;
  if (!hs_client_send_node (self, hs_element_get_node (iq), &sending, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  /* The request may have ended already: a handler of `xml` may have ended the session. */
  if (cancellable != NULL && data->request != NULL)
    {
      data->watch = g_cancellable_source_new (cancellable);
      g_source_set_static_name (data->watch, "hs_client_request_async");
      g_task_attach_source (task, data->watch, G_SOURCE_FUNC (request_cancelled_cb));
    }
}

/**
 * hs_client_request_finish:
 * @self: a client
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Client.request_async].
 *
 * Errors are those of [method@Client.send_stanza]; those in %HS_STANZA_ERROR, where the answer is one;
 * %HS_ERROR_TIMED_OUT; %HS_ERROR_SESSION_LOST; %HS_ERROR_TOO_LARGE, where the answer has passed
 * [property@Client:max-stanza-size] and was discarded; %G_IO_ERROR_CANCELLED.
 *
 * ```c
 * g_autoptr (HsIq) answer = hs_client_request_finish (client, result, &error);
 *
 * if (answer == NULL)
 *   g_printerr ("%s\n", error->message);
 * ```
 *
 * Returns: (transfer full): the result
 */
HsIq *
hs_client_request_finish (HsClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
