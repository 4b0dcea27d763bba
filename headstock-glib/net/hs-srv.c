/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-srv.h"

#include "hs-error.h"

/* How long an answer with records waits for the other service's answer, at most. */
#define WAIT_USEC (2 * G_USEC_PER_SEC)

/* ---- Order ---- */

HsSrvTarget *
hs_srv_target_new (const char *host,
                   guint16 port,
                   guint16 priority,
                   guint16 weight,
                   gboolean direct_tls)
{
  HsSrvTarget *target = g_new0 (HsSrvTarget, 1);

  target->host = g_strdup (host);
  target->port = port;
  target->priority = priority;
  target->weight = weight;
  target->direct_tls = direct_tls;

  return target;
}

void
hs_srv_target_free (HsSrvTarget *target)
{
  g_free (target->host);
  g_free (target);
}

/* Weight 0 comes first in the list that is drawn from, so that its chance is small but not none. */
static int
compare_targets (gconstpointer a,
                 gconstpointer b)
{
  const HsSrvTarget *left = *(HsSrvTarget *const *) a;
  const HsSrvTarget *right = *(HsSrvTarget *const *) b;

  if (left->priority != right->priority)
    return left->priority < right->priority ? -1 : 1;

  return (left->weight != 0) - (right->weight != 0);
}

static void
draw_targets (HsSrvTarget **targets,
              guint n_targets)
{
  guint32 sum = 0;

  for (guint i = 0; i < n_targets; i++)
    sum += targets[i]->weight;

  for (guint i = 0; i < n_targets; i++)
    {
      /* Both ends included, as RFC 2782 has it; the sum of 32,767 records would still fit. */
      gint32 draw = sum > 0 ? g_random_int_range (0, sum + 1) : 0;
      HsSrvTarget *drawn;
      guint at = i;

      while (targets[at]->weight < draw)
        draw -= targets[at++]->weight;

      /* The targets before the drawn one keep their order, so that targets of weight 0 stay in front. */
      drawn = targets[at];
      for (; at > i; at--)
        targets[at] = targets[at - 1];
      targets[i] = drawn;
      sum -= drawn->weight;
    }
}

/* Among targets of one weight, those of direct TLS take the places that come first; which place a
 * weight has is left to chance. */
static void
prefer_direct (HsSrvTarget **targets,
               guint n_targets)
{
  for (guint i = 0; i < n_targets; i++)
    for (guint j = i + 1; j < n_targets && !targets[i]->direct_tls; j++)
      if (targets[j]->direct_tls && targets[j]->weight == targets[i]->weight)
        {
          HsSrvTarget *direct = targets[j];

          targets[j] = targets[i];
          targets[i] = direct;
        }
}

void
hs_srv_sort (GPtrArray *targets)
{
  guint begin = 0;

  g_ptr_array_sort (targets, compare_targets);

  while (begin < targets->len)
    {
      HsSrvTarget **group = (HsSrvTarget **) &targets->pdata[begin];
      guint n = 1;

      while (begin + n < targets->len && group[n]->priority == group[0]->priority)
        n++;

      draw_targets (group, n);
      prefer_direct (group, n);
      begin += n;
    }
}

/* ---- Looking up ---- */

typedef struct
{
  gatomicrefcount ref_count;
  GTask *task; /* NULL once it has returned */
  GCancellable *cancellable;
  HsLoop *loop; /* NULL once the task has returned */
  HsTimer timer;
  gint64 deadline;
  char *domain;
  guint pending;
  gboolean refused;
  GPtrArray *targets;
} HsSrvLookup;

/* The query for one service. A resolver that never answers keeps the query, and nothing else. */
typedef struct
{
  HsSrvLookup *lookup;
  char *service;
  gboolean direct_tls;
} HsSrvQuery;

static HsSrvLookup *
lookup_ref (HsSrvLookup *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

static void
lookup_unref (gpointer data)
{
  HsSrvLookup *self = data;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_assert (self->loop == NULL);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->targets, g_ptr_array_unref);
  g_free (self->domain);
  g_free (self);
}

static void
query_free (gpointer data)
{
  HsSrvQuery *query = data;

  lookup_unref (query->lookup);
  g_free (query->service);
  g_free (query);
}

/* The nearest deadline counts. */
static void
set_deadline (HsSrvLookup *self,
              gint64 deadline)
{
  self->deadline = self->deadline != 0 ? MIN (self->deadline, deadline) : deadline;
  hs_timer_set (&self->timer, self->deadline);
}

static void
lookup_decide (gpointer user_data)
{
  HsSrvLookup *self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  hs_timer_leave (&self->timer);
  g_clear_pointer (&self->loop, hs_loop_unref);

  if (self->targets->len == 0 && self->refused)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NO_SERVICE,
                               "%s says in its DNS that it has no such service", self->domain);
    }
  else
    {
      hs_srv_sort (self->targets);
      g_task_return_pointer (task, g_steal_pointer (&self->targets),
                             (GDestroyNotify) g_ptr_array_unref);
    }
}

/* "." says "decidedly not available" (RFC 2782). g_resolver_lookup_service() gives no target and no
 * error then, where it sees it; but GLib 2.74's own resolver makes an empty name of it. */
static void
add_targets (HsSrvLookup *self,
             GList *answer,
             gboolean direct_tls)
{
  for (GList *l = answer; l != NULL; l = l->next)
    {
      const char *host = g_srv_target_get_hostname (l->data);

      if (host[0] == '\0' || g_str_equal (host, "."))
        continue;

      g_ptr_array_add (self->targets,
                       hs_srv_target_new (host, g_srv_target_get_port (l->data),
                                          g_srv_target_get_priority (l->data),
                                          g_srv_target_get_weight (l->data), direct_tls));
    }
}

static void
query_done (HsSrvQuery *query,
            GList *answer,
            const GError *error)
{
  HsSrvLookup *self = query->lookup;
  guint before;

  if (self->task == NULL)
    return;

  self->pending--;
  before = self->targets->len;
  add_targets (self, answer, query->direct_tls);
  if (error == NULL && self->targets->len == before)
    self->refused = TRUE;

  if (self->pending == 0)
    lookup_decide (self);
  else if (self->targets->len > 0)
    set_deadline (self, hs_loop_get_time (self->loop) + WAIT_USEC);
}

static void
service_cb (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  HsSrvQuery *query = user_data;
  g_autoptr (GError) error = NULL;
  GList *answer = g_resolver_lookup_service_finish (G_RESOLVER (source), result, &error);

  query_done (query, answer, error);
  g_resolver_free_targets (answer);
  query_free (query);
}

static void
service_thread (GTask *task,
                gpointer source,
                gpointer task_data,
                GCancellable *cancellable)
{
  HsSrvQuery *query = task_data;
  GError *error = NULL;
  GList *answer = g_resolver_lookup_service (source, query->service, "tcp",
                                             query->lookup->domain, cancellable, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, answer, (GDestroyNotify) g_resolver_free_targets);
}

static void
service_thread_cb (GObject *source,
                   GAsyncResult *result,
                   gpointer user_data)
{
  HsSrvQuery *query = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  GList *answer = g_task_propagate_pointer (G_TASK (result), &error);

  query_done (query, answer, error);
  g_resolver_free_targets (answer);
}

static gboolean
no_records_cb (gpointer user_data)
{
  g_autoptr (GError) error = g_error_new_literal (G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
                                                  "This resolver knows no services");

  query_done (user_data, NULL, error);

  return G_SOURCE_REMOVE;
}

/* GResolver's own lookup_service_async() is made out of lookup_records_async(), which it does not
 * have: a subclass that overrides neither must not be asked in that way. */
static void
query_start (HsSrvLookup *self,
             const char *service,
             gboolean direct_tls)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  GResolverClass *klass = G_RESOLVER_GET_CLASS (resolver);
  GResolverClass *base = g_type_class_peek (G_TYPE_RESOLVER);
  HsSrvQuery *query;

  if (service == NULL)
    return;

  query = g_new0 (HsSrvQuery, 1);
  query->lookup = lookup_ref (self);
  query->service = g_strdup (service);
  query->direct_tls = direct_tls;
  self->pending++;

  if (klass->lookup_records_async != NULL ||
      klass->lookup_service_async != base->lookup_service_async)
    {
      g_resolver_lookup_service_async (resolver, service, "tcp", self->domain, self->cancellable,
                                       service_cb, query);
    }
  else if (klass->lookup_records != NULL || klass->lookup_service != base->lookup_service)
    {
      g_autoptr (GTask) task = g_task_new (resolver, self->cancellable, service_thread_cb, NULL);

      g_task_set_task_data (task, query, query_free);
      g_task_run_in_thread (task, service_thread);
    }
  else
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, no_records_cb, query, query_free);
      g_source_attach (source, g_task_get_context (self->task));
    }
}

void
hs_srv_lookup_async (HsLoop *loop,
                     const char *domain,
                     const char *service,
                     const char *tls_service,
                     guint timeout_msec,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  HsSrvLookup *self = g_new0 (HsSrvLookup, 1);

  g_assert (service != NULL || tls_service != NULL);

  g_atomic_ref_count_init (&self->ref_count);
  self->task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (self->task, hs_srv_lookup_async);
  g_task_set_task_data (self->task, self, lookup_unref);
  g_set_object (&self->cancellable, cancellable);
  self->domain = g_strdup (domain);
  self->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_srv_target_free);

  self->loop = hs_loop_ref (loop);
  hs_timer_join (&self->timer, &loop->timers, lookup_decide, self);
  set_deadline (self, hs_loop_get_time (loop) + (gint64) timeout_msec * 1000);
  query_start (self, tls_service, TRUE);
  query_start (self, service, FALSE);
}

GPtrArray *
hs_srv_lookup_finish (GAsyncResult *result,
                      GError **error)
{
  g_assert (g_task_is_valid (result, NULL));
  g_assert (g_task_get_source_tag (G_TASK (result)) == hs_srv_lookup_async);

  return g_task_propagate_pointer (G_TASK (result), error);
}
