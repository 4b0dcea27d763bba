/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-connector.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "hs-address.h"
#include "hs-candidates.h"
#include "hs-debug.h"
#include "hs-direct-connect.h"
#include "hs-error.h"
#include "hs-printable.h"
#include "hs-srv.h"

/* The most characters of an error message that lists the errors of all targets. */
#define MESSAGE_MAX 600
/* How long an address that does not answer is alone (RFC 8305, 5): the next one is tried beside it, of the same
 * target or of the next. */
#define RACE_DELAY_MSEC 250

/* An attempt that ends does not wait for its operations: resolvers and proxies may ignore a cancellable. Each operation
 * holds an HsStep or an HsRacer, whose attempt is NULL when the answer arrives too late. An HsDirectConnect is simply
 * freed. */

typedef struct _HsConnecting HsConnecting;

struct _HsConnector
{
  gatomicrefcount ref_count; /* an attempt under way holds one */
  HsLoop *loop;
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
  gboolean no_network;

  HsCandidates *candidates; /* NULL before the lookup */
  HsCandidate *current;     /* of the connection that was returned last */
  HsCandidate *deferred;    /* to be tried once more, after all others; or NULL */
  guint n_connections;      /* that were begun, but for those that were put back */
  HsConnecting *attempt;    /* under way, borrowed */
  GPtrArray *failures;      /* of strings, one an address or a target that has none */
  GError *telling;          /* that which says most */
  guint telling_rank;
};

typedef struct
{
  HsConnecting *attempt; /* NULL once nobody waits */
  GCancellable *cancellable;
} HsStep;

typedef struct
{
  HsStep step;
  HsDirectConnect *direct; /* without a proxy; the step then has no cancellable */
  HsCandidate *candidate;  /* NULL once it was put back */
  HsTimer timer;
} HsRacer;

struct _HsConnecting
{
  HsConnector *connector;
  GTask *task;    /* NULL once it has returned */
  HsStep *lookup; /* of the services */
  GQueue racers;  /* of HsRacer */
  gboolean due;   /* another connection is to be begun */
  gboolean any;   /* one was, or a target has failed */
  HsTimer race;
  HsTimer timer; /* of the lookup */
  GSource *cancelled;
};

static void
connector_unref (HsConnector *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->candidates, hs_candidates_free);
  g_clear_pointer (&self->current, hs_candidate_free);
  g_clear_pointer (&self->deferred, hs_candidate_free);
  g_clear_object (&self->proxy_resolver);
  hs_loop_unref (self->loop);
  g_ptr_array_unref (self->failures);
  g_clear_error (&self->telling);
  g_free (self->domain);
  g_free (self->host);
  g_free (self->service);
  g_free (self->tls_service);
  g_free (self);
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/* ---- What has failed ---- */

enum
{
  RANK_UNREACHED,   /* the last counts */
  RANK_REACHED,     /* the last counts */
  RANK_CERTIFICATE, /* the first counts: the user can be asked about it */
};

static char *
format_target (const HsSrvTarget *target)
{
  if (strchr (target->host, ':') != NULL)
    return g_strdup_printf ("[%s]:%u", target->host, (guint) target->port);

  return g_strdup_printf ("%s:%u", target->host, (guint) target->port);
}

/* Do not add the target to a message that names it already. */
static void
note_failure (HsConnector *self,
              const HsSrvTarget *target,
              const char *address,
              guint rank,
              const GError *error)
{
  g_autofree char *plain = format_target (target);
  g_autofree char *name = hs_printable (plain, HS_PRINTABLE_TEXT);
  g_autofree char *message = hs_printable (error->message, HS_PRINTABLE_TEXT);
  g_autoptr (GString) text = g_string_new (NULL);

  if (strstr (message, name) == NULL)
    {
      g_string_append (text, name);
      if (address != NULL && strcmp (address, name) != 0 && strstr (message, address) == NULL)
        g_string_append_printf (text, " (%s)", address);
      g_string_append (text, ": ");
    }
  g_string_append (text, message);
  hs_debug_decided (HS_DEBUG_RETRY, self->domain, "failed: %s", text->str);
  g_ptr_array_add (self->failures, g_string_free (g_steal_pointer (&text), FALSE));

  if (self->telling != NULL &&
      (rank < self->telling_rank || (rank == RANK_CERTIFICATE && rank == self->telling_rank)))
    return;
  g_clear_error (&self->telling);
  self->telling = g_error_copy (error);
  self->telling_rank = rank;
}

/* The error that says most, with what became of the other addresses. */
static GError *
total_failure (HsConnector *self)
{
  const GError *telling = self->telling;
  g_autoptr (GString) text = NULL;

  if (self->failures->len == 1)
    return g_error_new_literal (telling->domain, telling->code,
                                self->telling_rank > RANK_UNREACHED
                                    ? telling->message
                                    : g_ptr_array_index (self->failures, 0));

  text = g_string_new (NULL);
  g_string_printf (text, "No server of %s could be reached: ", self->domain);
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
  if (hs_candidates_get_n_unused (self->candidates) > 0)
    g_string_append_printf (text, "; %u more are not tried",
                            hs_candidates_get_n_unused (self->candidates));

  return g_error_new_literal (telling->domain, telling->code, text->str);
}

/* ---- The attempt ---- */

static void
attempt_free (gpointer data)
{
  HsConnecting *self = data;

  g_assert (self->lookup == NULL && self->racers.length == 0 && self->cancelled == NULL);
  connector_unref (self->connector);
  g_free (self);
}

static void
abandon_step (HsStep *step)
{
  step->attempt = NULL;
  g_cancellable_cancel (step->cancellable);
}

static void
racer_free (HsRacer *racer)
{
  g_clear_pointer (&racer->direct, hs_direct_connect_free);
  g_clear_object (&racer->step.cancellable);
  g_free (racer);
}

/* The callback of a connection through a proxy is still to come, and holds the racer. */
static void
abandon_racer (HsRacer *racer)
{
  if (racer->direct != NULL)
    racer_free (racer);
  else
    abandon_step (&racer->step);
}

/* Ends all connections that are still being made. They have not failed: another one was faster. */
static GTask *
attempt_end (HsConnecting *self)
{
  HsRacer *racer;

  while ((racer = g_queue_pop_head (&self->racers)) != NULL)
    {
      hs_timer_leave (&racer->timer);
      self->connector->n_connections--;
      hs_candidates_put_back (self->connector->candidates, g_steal_pointer (&racer->candidate));
      abandon_racer (racer);
    }
  if (self->lookup != NULL)
    abandon_step (g_steal_pointer (&self->lookup));
  hs_timer_leave (&self->timer);
  hs_timer_leave (&self->race);
  clear_source (&self->cancelled);
  self->connector->attempt = NULL;

  return g_steal_pointer (&self->task);
}

static void
attempt_fail (HsConnecting *self,
              GError *error)
{
  g_autoptr (GTask) task = attempt_end (self);

  g_task_return_error (task, error);
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer user_data)
{
  attempt_fail (user_data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                                "Connecting was cancelled"));

  return G_SOURCE_REMOVE;
}

/* ---- Connecting ---- */

static void advance (HsConnecting *self);

/* Removes a racer from its attempt. */
static HsCandidate *
drop_racer (HsRacer *racer)
{
  g_queue_remove (&racer->step.attempt->racers, racer);
  hs_timer_leave (&racer->timer);

  return g_steal_pointer (&racer->candidate);
}

static void
racer_failed (HsRacer *racer,
              const GError *error)
{
  HsConnecting *self = racer->step.attempt;
  g_autoptr (HsCandidate) candidate = drop_racer (racer);

  note_failure (self->connector, candidate->target, candidate->address, RANK_UNREACHED, error);
  self->due = TRUE;
}

static void
timeout_cb (gpointer user_data)
{
  HsRacer *racer = user_data;
  HsConnecting *self = racer->step.attempt;
  g_autofree char *name = format_target (racer->candidate->target);
  g_autoptr (GError) error =
      g_error_new (HS_ERROR, HS_ERROR_TIMED_OUT, "Connecting to %s timed out", name);

  racer_failed (racer, error);
  abandon_racer (racer);
  advance (self);
}

static void
describe_candidate (HsConnector *self,
                    const char *what,
                    const HsCandidate *candidate)
{
  g_autofree char *name = NULL;
  const char *address;

  if (!hs_debug_is_told (HS_DEBUG_RETRY))
    return;
  name = format_target (candidate->target);
  address = g_strcmp0 (candidate->address, name) != 0 ? candidate->address : NULL;
  hs_debug_decided (HS_DEBUG_RETRY, self->domain, "%s %s%s%s%s%s%s", what, name, address != NULL ? " (" : "",
                    address != NULL ? address : "", address != NULL ? ")" : "",
                    candidate->target->direct_tls ? ", TLS from the start" : "",
                    candidate->proxied ? ", through a proxy" : "");
}

static void
return_connection (HsConnecting *self,
                   HsCandidate *candidate,
                   GSocketConnection *connection)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  HsConnectorResult *outcome = g_new0 (HsConnectorResult, 1);
  g_autoptr (GTask) task = NULL;

  /* A stanza is not to wait for the acknowledgement of the one before (Nagle). GSocketClient, with a proxy, leaves
   * the GSocket a blocking one. */
  describe_candidate (self->connector, "is connected to", candidate);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_socket_set_blocking (socket, FALSE);
  outcome->connection = g_object_ref (connection);
  outcome->direct_tls = candidate->target->direct_tls;
  outcome->host = g_strdup (candidate->target->host);
  outcome->port = candidate->target->port;
  outcome->address =
      candidate->address != NULL ? g_strdup (candidate->address) : format_target (candidate->target);

  g_clear_pointer (&self->connector->current, hs_candidate_free);
  self->connector->current = candidate;
  task = attempt_end (self);
  g_task_return_pointer (task, outcome, (GDestroyNotify) hs_connector_result_free);
}

/* A racer has connected, or has failed with @error. Frees the racer. */
static void
connected_cb (GSocketConnection *connection, const GError *error, gpointer user_data)
{
  HsRacer *racer = user_data;
  HsConnecting *self = racer->step.attempt;

  if (self != NULL && connection != NULL)
    return_connection (self, drop_racer (racer), connection);
  else if (self != NULL)
    racer_failed (racer, error);

  racer_free (racer);
  if (self != NULL && connection == NULL)
    advance (self);
}

static void
proxy_connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);

  connected_cb (connection, error, user_data);
}

static void
race_cb (gpointer user_data)
{
  HsConnecting *self = user_data;
  HsCandidates *candidates = self->connector->candidates;

  self->due = TRUE;
  /* A lookup that takes as long as this is not waited for alone either. */
  if (hs_candidates_is_asking (candidates))
    hs_candidates_open_next (candidates);
  if (hs_candidates_has_more (candidates))
    hs_timer_set_after (&self->race, RACE_DELAY_MSEC);
  advance (self);
}

static void
begin_through_proxy (HsConnector *self, HsRacer *racer)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  racer->step.cancellable = g_cancellable_new ();
  g_socket_client_set_enable_proxy (client, TRUE);
  if (self->proxy_resolver != NULL)
    g_socket_client_set_proxy_resolver (client, self->proxy_resolver);
  g_socket_client_connect_async (client, racer->candidate->connectable, racer->step.cancellable,
                                 proxy_connected_cb, racer);
}

static void
begin_connection (HsConnecting *self,
                  HsCandidate *candidate)
{
  HsConnector *connector = self->connector;
  HsRacer *racer = g_new0 (HsRacer, 1);

  describe_candidate (connector, "tries", candidate);
  connector->n_connections++;
  racer->step.attempt = self;
  racer->candidate = candidate;
  g_queue_push_tail (&self->racers, racer);
  hs_timer_join (&racer->timer, &connector->loop->timers, timeout_cb, racer);
  hs_timer_set_after (&racer->timer, connector->timeout_msec);

  if (candidate->proxied)
    begin_through_proxy (connector, racer);
  else
    racer->direct = hs_direct_connect_new (G_SOCKET_ADDRESS (candidate->connectable),
                                           g_task_get_context (self->task), connected_cb, racer);
}

static gboolean
may_connect (HsConnector *self)
{
  return self->n_connections < HS_CANDIDATES_MAX_ADDRESSES;
}

static void
begin_and_race (HsConnecting *self,
                HsCandidate *candidate)
{
  self->due = FALSE;
  self->any = TRUE;
  hs_timer_set_after (&self->race, RACE_DELAY_MSEC);
  begin_connection (self, candidate);
}

/* One connection more is begun if none is under way, if one has failed, and each quarter of a second. */
static void
advance (HsConnecting *self)
{
  HsConnector *connector = self->connector;
  HsCandidate *candidate;

  if (!self->due && self->racers.length > 0)
    return;

  candidate = may_connect (connector) ? hs_candidates_take (connector->candidates) : NULL;
  if (candidate != NULL)
    {
      begin_and_race (self, candidate);
      return;
    }

  if (may_connect (connector) && hs_candidates_is_asking (connector->candidates))
    return;
  if (may_connect (connector) && hs_candidates_open_next (connector->candidates))
    {
      hs_timer_set_after (&self->race, RACE_DELAY_MSEC);
      return;
    }
  if (self->racers.length > 0)
    return;
  if (may_connect (connector) && connector->deferred != NULL)
    {
      begin_and_race (self, g_steal_pointer (&connector->deferred));
      return;
    }
  if (self->any || connector->telling_rank > RANK_UNREACHED)
    attempt_fail (self, total_failure (connector));
  else
    attempt_fail (self, g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s has no other server",
                                     connector->domain));
}

static void
candidates_changed_cb (gpointer user_data)
{
  HsConnector *self = user_data;

  if (self->attempt != NULL)
    advance (self->attempt);
}

static void
candidates_failed_cb (const HsSrvTarget *target,
                      const GError *error,
                      gpointer user_data)
{
  HsConnector *self = user_data;

  note_failure (self, target, NULL, RANK_UNREACHED, error);
  if (self->attempt == NULL)
    return;
  self->attempt->any = TRUE;
  advance (self->attempt);
}

static const HsCandidatesCallbacks candidates_callbacks = {
  .changed = candidates_changed_cb,
  .failed = candidates_failed_cb,
};

/* ---- Finding the targets ---- */

/* Takes the targets. */
static void
set_targets (HsConnecting *self,
             GPtrArray *targets)
{
  HsConnector *connector = self->connector;

  connector->candidates =
      hs_candidates_new (connector->loop, targets, connector->proxy_resolver, connector->timeout_msec,
                         &candidates_callbacks, connector);
  g_ptr_array_unref (targets);
}

static void
add_target (HsConnector *self,
            GPtrArray *targets,
            const char *host,
            gboolean direct_tls)
{
  g_autofree char *literal = hs_address_parse_literal (host);
  guint16 port = self->port;

  if (port == 0)
    port = direct_tls ? self->default_tls_port : self->default_port;

  g_ptr_array_add (targets,
                   hs_srv_target_new (literal != NULL ? literal : host, port, 0, 0, direct_tls));
}

static void
lookup_cb (GObject *source,
           GAsyncResult *result,
           gpointer user_data)
{
  HsStep *step = user_data;
  HsConnecting *self = step->attempt;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) targets = hs_srv_lookup_finish (result, &error);

  g_object_unref (step->cancellable);
  g_free (step);
  if (self == NULL)
    return;

  self->lookup = NULL;
  hs_timer_set (&self->timer, 0);
  if (targets == NULL)
    {
      set_targets (self, g_ptr_array_new ());
      attempt_fail (self, g_steal_pointer (&error));
      return;
    }

  hs_debug_decided (HS_DEBUG_RETRY, self->connector->domain, "the DNS names %u servers", targets->len);
  if (targets->len == 0)
    add_target (self->connector, targets, self->connector->domain,
                self->connector->tls_mode == HS_TLS_MODE_DIRECT);
  set_targets (self, g_steal_pointer (&targets));
  advance (self);
}

/* The lookup has a shorter time than this. */
static void
lookup_timeout_cb (gpointer user_data)
{
  HsConnecting *self = user_data;

  attempt_fail (self, g_error_new (HS_ERROR, HS_ERROR_TIMED_OUT,
                                   "Looking up the servers of %s timed out",
                                   self->connector->domain));
}

/* A program that names a host or a port means that very one, and an address has no records. */
static void
find_targets (HsConnecting *self)
{
  HsConnector *connector = self->connector;
  gboolean direct = connector->tls_mode == HS_TLS_MODE_DIRECT;
  g_autofree char *literal = hs_address_parse_literal (connector->domain);
  const char *service = direct ? NULL : connector->service;
  const char *tls_service = NULL;

  if (direct || connector->tls_mode == HS_TLS_MODE_REQUIRED)
    tls_service = connector->tls_service;

  if (connector->host != NULL || connector->port != 0 || literal != NULL ||
      (service == NULL && tls_service == NULL))
    {
      GPtrArray *targets = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_srv_target_free);

      add_target (connector, targets, connector->host != NULL ? connector->host : connector->domain,
                  direct);
      set_targets (self, targets);
      advance (self);
      return;
    }

  /* The other half is for the first target. */
  hs_timer_set_after (&self->timer, connector->timeout_msec);
  self->lookup = g_new0 (HsStep, 1);
  self->lookup->attempt = self;
  self->lookup->cancellable = g_cancellable_new ();
  hs_srv_lookup_async (connector->loop, connector->domain, service, tls_service, connector->timeout_msec / 2,
                       self->lookup->cancellable, lookup_cb, self->lookup);
}

/* ---- Public functions ---- */

HsConnector *
hs_connector_new (const HsConnectorConfig *config)
{
  HsConnector *self = g_new0 (HsConnector, 1);

  g_assert (config->domain != NULL && config->loop != NULL);

  g_atomic_ref_count_init (&self->ref_count);
  self->loop = hs_loop_ref (config->loop);
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
  self->no_network = config->no_network;
  self->failures = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
hs_connector_free (HsConnector *self)
{
  connector_unref (self);
}

static void
return_nothing (GCancellable *cancellable,
                GAsyncReadyCallback callback,
                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, hs_connector_connect_async);
  g_task_return_pointer (task, g_new0 (HsConnectorResult, 1), (GDestroyNotify) hs_connector_result_free);
}

void
hs_connector_connect_async (HsConnector *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  HsConnecting *attempt;

  g_assert (self->attempt == NULL);
  if (self->no_network)
    {
      return_nothing (cancellable, callback, user_data);
      return;
    }
  attempt = g_new0 (HsConnecting, 1);
  g_atomic_ref_count_inc (&self->ref_count);
  attempt->connector = self;
  self->attempt = attempt;
  attempt->task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (attempt->task, hs_connector_connect_async);
  g_task_set_task_data (attempt->task, attempt, attempt_free);
  hs_timer_join (&attempt->race, &self->loop->timers, race_cb, attempt);
  hs_timer_join (&attempt->timer, &self->loop->timers, lookup_timeout_cb, attempt);

  if (cancellable != NULL)
    {
      attempt->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (attempt->cancelled, G_SOURCE_FUNC (cancelled_cb), attempt, NULL);
      g_source_attach (attempt->cancelled, g_task_get_context (attempt->task));
    }

  if (self->candidates == NULL)
    find_targets (attempt);
  else
    advance (attempt);
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
  if (self->no_network)
    return FALSE;
  return self->candidates == NULL ||
         (may_connect (self) && (self->deferred != NULL || hs_candidates_has_more (self->candidates)));
}

void
hs_connector_note_failure (HsConnector *self,
                           const GError *error)
{
  gboolean certificate = g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);

  if (self->current == NULL)
    return;
  note_failure (self, self->current->target, self->current->address,
                certificate ? RANK_CERTIFICATE : RANK_REACHED, error);
}

GError *
hs_connector_get_failure (HsConnector *self)
{
  return self->telling != NULL ? total_failure (self) : NULL;
}

gboolean
hs_connector_has_refused_certificate (HsConnector *self)
{
  return self->telling_rank == RANK_CERTIFICATE;
}

gboolean
hs_connector_again (HsConnector *self)
{
  if (self->current == NULL || !may_connect (self))
    return FALSE;
  /* Before those that were too slow. */
  self->current->rank = 0;
  hs_candidates_put_back (self->candidates, g_steal_pointer (&self->current));

  return TRUE;
}

void
hs_connector_defer (HsConnector *self)
{
  if (self->current == NULL || self->deferred != NULL)
    return;
  self->deferred = g_steal_pointer (&self->current);
}

void
hs_connector_result_free (HsConnectorResult *result)
{
  g_clear_object (&result->connection);
  g_free (result->host);
  g_free (result->address);
  g_free (result);
}
