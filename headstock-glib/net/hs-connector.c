/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-connector.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "hs-address.h"
#include "hs-error.h"
#include "hs-printable.h"
#include "hs-srv.h"

/* Of the errors of a long list of targets, the message keeps this much. */
#define MESSAGE_MAX 600

/* A timeout is not waited for: a resolver or a proxy need not heed a cancellable. What was started
 * holds an HsStep, which has lost its attempt by the time the answer comes. */

struct _HsConnector
{
  gatomicrefcount ref_count; /* an attempt under way holds one */
  char *domain;
  char *host;
  guint16 port;
  HsTlsMode tls_mode;
  char *service;
  char *tls_service;
  guint16 default_port;
  guint16 default_tls_port;
  GProxyResolver *proxy_resolver;
  guint timeout_msec;

  GPtrArray *targets; /* of HsSrvTarget; NULL before the lookup */
  guint next;
};

typedef struct _HsStep HsStep;

typedef struct
{
  HsConnector *connector;
  GTask *task; /* NULL once it has returned */
  HsSrvTarget *target;
  HsStep *step;
  GSource *timer;
  GSource *cancelled;
  GPtrArray *failures; /* of strings, one a target */
} HsAttempt;

struct _HsStep
{
  HsAttempt *attempt; /* NULL once nobody waits */
  GCancellable *cancellable;
};

static void
connector_unref (HsConnector *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->targets, g_ptr_array_unref);
  g_clear_object (&self->proxy_resolver);
  g_free (self->domain);
  g_free (self->host);
  g_free (self->service);
  g_free (self->tls_service);
  g_free (self);
}

/* ---- Steps ---- */

static HsStep *
step_new (HsAttempt *attempt)
{
  HsStep *step = g_new0 (HsStep, 1);

  g_assert (attempt->step == NULL);
  step->attempt = attempt;
  step->cancellable = g_cancellable_new ();
  attempt->step = step;

  return step;
}

/* Frees the step whose answer has come; returns who waits for it, or NULL. */
static HsAttempt *
step_finish (HsStep *step)
{
  HsAttempt *attempt = step->attempt;

  if (attempt != NULL)
    attempt->step = NULL;
  g_object_unref (step->cancellable);
  g_free (step);

  return attempt;
}

static void
abandon_step (HsAttempt *attempt)
{
  HsStep *step = g_steal_pointer (&attempt->step);

  if (step == NULL)
    return;

  step->attempt = NULL;
  g_cancellable_cancel (step->cancellable);
}

/* ---- The attempt ---- */

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
attempt_free (gpointer data)
{
  HsAttempt *self = data;

  g_assert (self->step == NULL && self->timer == NULL && self->cancelled == NULL);
  g_clear_pointer (&self->target, hs_srv_target_free);
  g_clear_pointer (&self->failures, g_ptr_array_unref);
  connector_unref (self->connector);
  g_free (self);
}

static GTask *
attempt_end (HsAttempt *self)
{
  abandon_step (self);
  clear_source (&self->timer);
  clear_source (&self->cancelled);

  return g_steal_pointer (&self->task);
}

static void
attempt_fail (HsAttempt *self,
              GError *error)
{
  g_autoptr (GTask) task = attempt_end (self);

  g_task_return_error (task, error);
}

static void try_next_target (HsAttempt *self);

static char *
format_target (const HsSrvTarget *target)
{
  if (strchr (target->host, ':') != NULL)
    return g_strdup_printf ("[%s]:%u", target->host, (guint) target->port);

  return g_strdup_printf ("%s:%u", target->host, (guint) target->port);
}

/* The last target's error, with what became of the others before it. */
static GError *
total_failure (HsAttempt *self,
               const GError *last)
{
  g_autoptr (GString) text = NULL;

  if (self->failures->len == 1)
    return g_error_new_literal (last->domain, last->code,
                                g_ptr_array_index (self->failures, 0));

  text = g_string_new (NULL);
  g_string_printf (text, "No server of %s could be reached: ", self->connector->domain);
  for (guint i = 0; i < self->failures->len; i++)
    {
      const char *failure = g_ptr_array_index (self->failures, i);

      if (text->len + strlen (failure) > MESSAGE_MAX)
        {
          g_string_append_printf (text, "; and %u more", self->failures->len - i);
          break;
        }
      g_string_append_printf (text, "%s%s", i > 0 ? "; " : "", failure);
    }

  return g_error_new_literal (last->domain, last->code, text->str);
}

static void
target_failed (HsAttempt *self,
               const GError *error)
{
  g_autofree char *target = format_target (self->target);
  g_autofree char *name = hs_printable (target, HS_PRINTABLE_TEXT);
  g_autofree char *message = hs_printable (error->message, HS_PRINTABLE_TEXT);

  abandon_step (self);
  clear_source (&self->timer);
  /* What names the target already need not be told where it was. */
  if (strstr (message, name) != NULL)
    g_ptr_array_add (self->failures, g_steal_pointer (&message));
  else
    g_ptr_array_add (self->failures, g_strdup_printf ("%s: %s", name, message));
  g_clear_pointer (&self->target, hs_srv_target_free);

  if (self->connector->next < self->connector->targets->len)
    try_next_target (self);
  else
    attempt_fail (self, total_failure (self, error));
}

static gboolean
timeout_cb (gpointer user_data)
{
  HsAttempt *self = user_data;
  g_autofree char *name = NULL;
  g_autoptr (GError) error = NULL;

  if (self->target == NULL)
    {
      /* The lookup has a shorter time than this. */
      attempt_fail (self, g_error_new (HS_ERROR, HS_ERROR_TIMED_OUT,
                                       "Looking up the servers of %s timed out",
                                       self->connector->domain));
      return G_SOURCE_REMOVE;
    }

  name = format_target (self->target);
  error = g_error_new (HS_ERROR, HS_ERROR_TIMED_OUT, "Connecting to %s timed out", name);
  target_failed (self, error);

  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer user_data)
{
  attempt_fail (user_data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                                "Connecting was cancelled"));

  return G_SOURCE_REMOVE;
}

static void
start_timer (HsAttempt *self)
{
  if (self->timer != NULL)
    return;

  self->timer = g_timeout_source_new (self->connector->timeout_msec);
  g_source_set_static_name (self->timer, "[headstock] connect timeout");
  g_source_set_callback (self->timer, timeout_cb, self, NULL);
  g_source_attach (self->timer, g_task_get_context (self->task));
}

/* ---- Connecting to a target ---- */

static void
connect_cb (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  HsAttempt *self = step_finish (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  g_autoptr (GTask) task = NULL;
  HsConnectorResult *outcome;
  GSocket *socket;

  if (self == NULL)
    return;

  if (connection == NULL)
    {
      target_failed (self, error);
      return;
    }

  /* A stanza is not to wait for the acknowledgement of the one before (Nagle). GSocketClient leaves
   * the GSocket a blocking one. */
  socket = g_socket_connection_get_socket (connection);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_socket_set_blocking (socket, FALSE);

  outcome = g_new0 (HsConnectorResult, 1);
  outcome->connection = g_steal_pointer (&connection);
  outcome->direct_tls = self->target->direct_tls;
  outcome->host = g_strdup (self->target->host);
  outcome->port = self->target->port;

  task = attempt_end (self);
  g_task_return_pointer (task, outcome, (GDestroyNotify) hs_connector_result_free);
}

static void
try_next_target (HsAttempt *self)
{
  HsConnector *connector = self->connector;
  const HsSrvTarget *next = g_ptr_array_index (connector->targets, connector->next++);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = hs_address_new (next->host, next->port);
  HsStep *step = step_new (self);

  self->target = hs_srv_target_new (next->host, next->port, 0, 0, next->direct_tls);
  start_timer (self);
  if (connector->proxy_resolver != NULL)
    g_socket_client_set_proxy_resolver (client, connector->proxy_resolver);

  g_socket_client_connect_async (client, address, step->cancellable, connect_cb, step);
}

/* ---- Finding the targets ---- */

static void
add_target (HsConnector *self,
            const char *host,
            gboolean direct_tls)
{
  g_autofree char *literal = hs_address_parse_literal (host);
  guint16 port = self->port;

  if (port == 0)
    port = direct_tls ? self->default_tls_port : self->default_port;

  g_ptr_array_add (self->targets, hs_srv_target_new (literal != NULL ? literal : host, port, 0, 0,
                                                     direct_tls));
}

static void
lookup_cb (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  HsAttempt *self = step_finish (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) targets = hs_srv_lookup_finish (result, &error);

  if (self == NULL)
    return;

  if (targets == NULL)
    {
      self->connector->targets = g_ptr_array_new ();
      attempt_fail (self, g_steal_pointer (&error));
      return;
    }

  self->connector->targets = g_steal_pointer (&targets);
  if (self->connector->targets->len == 0)
    add_target (self->connector, self->connector->domain,
                self->connector->tls_mode == HS_TLS_MODE_DIRECT);
  try_next_target (self);
}

/* A program that names a host or a port means that very one, and an address has no records. */
static void
find_targets (HsAttempt *self)
{
  HsConnector *connector = self->connector;
  gboolean direct = connector->tls_mode == HS_TLS_MODE_DIRECT;
  g_autofree char *literal = hs_address_parse_literal (connector->domain);
  const char *service = direct ? NULL : connector->service;
  const char *tls_service = NULL;
  HsStep *step;

  if (direct || connector->tls_mode == HS_TLS_MODE_REQUIRED)
    tls_service = connector->tls_service;

  if (connector->host != NULL || connector->port != 0 || literal != NULL ||
      (service == NULL && tls_service == NULL))
    {
      connector->targets =
          g_ptr_array_new_with_free_func ((GDestroyNotify) hs_srv_target_free);
      add_target (connector, connector->host != NULL ? connector->host : connector->domain, direct);
      try_next_target (self);
      return;
    }

  /* The other half is for the first target. */
  start_timer (self);
  step = step_new (self);
  hs_srv_lookup_async (connector->domain, service, tls_service, connector->timeout_msec / 2,
                       step->cancellable, lookup_cb, step);
}

/* ---- Public functions ---- */

HsConnector *
hs_connector_new (const HsConnectorConfig *config)
{
  HsConnector *self = g_new0 (HsConnector, 1);

  g_assert (config->domain != NULL);

  g_atomic_ref_count_init (&self->ref_count);
  self->domain = g_strdup (config->domain);
  self->host = g_strdup (config->host);
  self->port = config->port;
  self->tls_mode = config->tls_mode;
  self->service = g_strdup (config->service);
  self->tls_service = g_strdup (config->tls_service);
  self->default_port = config->default_port;
  self->default_tls_port = config->default_tls_port;
  g_set_object (&self->proxy_resolver, config->proxy_resolver);
  self->timeout_msec = config->timeout_msec;

  return self;
}

void
hs_connector_free (HsConnector *self)
{
  connector_unref (self);
}

void
hs_connector_connect_async (HsConnector *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  HsAttempt *attempt = g_new0 (HsAttempt, 1);

  g_atomic_ref_count_inc (&self->ref_count);
  attempt->connector = self;
  attempt->failures = g_ptr_array_new_with_free_func (g_free);
  attempt->task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (attempt->task, hs_connector_connect_async);
  g_task_set_task_data (attempt->task, attempt, attempt_free);

  if (cancellable != NULL)
    {
      attempt->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (attempt->cancelled, G_SOURCE_FUNC (cancelled_cb), attempt, NULL);
      g_source_attach (attempt->cancelled, g_task_get_context (attempt->task));
    }

  if (self->targets == NULL)
    find_targets (attempt);
  else if (self->next < self->targets->len)
    try_next_target (attempt);
  else
    attempt_fail (attempt, g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                        "%s has no other server", self->domain));
}

HsConnectorResult *
hs_connector_connect_finish (HsConnector *self,
                             GAsyncResult *result,
                             GError **error)
{
  g_assert (g_task_is_valid (result, NULL));
  g_assert (g_task_get_source_tag (G_TASK (result)) == hs_connector_connect_async);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
hs_connector_has_more (HsConnector *self)
{
  return self->targets == NULL || self->next < self->targets->len;
}

void
hs_connector_result_free (HsConnectorResult *result)
{
  g_clear_object (&result->connection);
  g_free (result->host);
  g_free (result);
}
