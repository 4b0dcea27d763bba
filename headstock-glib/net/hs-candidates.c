/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "net/hs-candidates.h"

#include <string.h>

#include "hs-address.h"
#include "hs-error.h"

/* An operation of GIO's need not heed its cancellable. Each opened target has exactly one under way, which holds
 * the HsOpened; nobody else does once it has been given up. */

typedef struct
{
  HsCandidates *owner; /* NULL: nobody wants to know */
  HsSrvTarget *target;
  guint rank;
  guint n_found;
  GSocketConnectable *connectable;
  GSocketAddressEnumerator *enumerator;
  GCancellable *cancellable;
  HsTimer timer;
} HsOpened;

struct _HsCandidates
{
  HsLoop *loop;
  GPtrArray *targets;
  guint next; /* to be opened */
  guint n_unused;
  GProxyResolver *proxy_resolver;
  guint timeout_msec;
  const HsCandidatesCallbacks *callbacks;
  gpointer user_data;
  GPtrArray *opened; /* of HsOpened, borrowed: those that are not done */
  GQueue waiting;    /* of HsCandidate, by rank */
  guint n_addresses; /* that have come */
};

/* ---- Candidates ---- */

static HsSrvTarget *
copy_target (const HsSrvTarget *target)
{
  return hs_srv_target_new (target->host, target->port, target->priority, target->weight,
                            target->direct_tls);
}

void
hs_candidate_free (HsCandidate *candidate)
{
  hs_srv_target_free (candidate->target);
  g_object_unref (candidate->connectable);
  g_free (candidate->address);
  g_free (candidate);
}

static int
compare_ranks (gconstpointer a,
               gconstpointer b,
               gpointer user_data)
{
  const HsCandidate *left = a;
  const HsCandidate *right = b;

  return left->rank < right->rank ? -1 : left->rank > right->rank;
}

void
hs_candidates_put_back (HsCandidates *self,
                        HsCandidate *candidate)
{
  g_queue_insert_sorted (&self->waiting, candidate, compare_ranks, NULL);
}

static void
add_candidate (HsOpened *opened,
               GSocketConnectable *connectable,
               gboolean proxied)
{
  HsCandidates *self = opened->owner;
  HsCandidate *candidate = g_new0 (HsCandidate, 1);

  self->n_addresses++;
  candidate->target = copy_target (opened->target);
  candidate->rank = opened->rank * HS_CANDIDATES_MAX_ADDRESSES + opened->n_found++;
  candidate->connectable = g_object_ref (connectable);
  candidate->address = proxied ? NULL : g_socket_connectable_to_string (connectable);
  candidate->proxied = proxied;
  hs_candidates_put_back (self, candidate);
}

/* ---- An opened target ---- */

/* From the operation that holds it. */
static void
opened_free (HsOpened *opened)
{
  g_assert (opened->owner == NULL);
  hs_srv_target_free (opened->target);
  g_object_unref (opened->connectable);
  g_clear_object (&opened->enumerator);
  g_object_unref (opened->cancellable);
  g_free (opened);
}

static void
give_up (HsOpened *opened)
{
  HsCandidates *self = opened->owner;

  hs_timer_leave (&opened->timer);
  opened->owner = NULL;
  g_ptr_array_remove_fast (self->opened, opened);
}

/* There are no more, in the callback of its operation. */
static void
opened_done (HsOpened *opened,
             const GError *error)
{
  HsCandidates *self = opened->owner;

  give_up (opened);
  if (error != NULL && opened->n_found == 0)
    self->callbacks->failed (opened->target, error, self->user_data);
  else
    self->callbacks->changed (self->user_data);
  opened_free (opened);
}

static void
timeout_cb (gpointer user_data)
{
  HsOpened *opened = user_data;
  HsCandidates *self = opened->owner;
  g_autoptr (HsSrvTarget) target = copy_target (opened->target);
  g_autofree char *name = g_socket_connectable_to_string (opened->connectable);
  g_autoptr (GError) error =
      g_error_new (HS_ERROR, HS_ERROR_TIMED_OUT, "Connecting to %s timed out", name);
  gboolean found = opened->n_found > 0;

  give_up (opened);
  /* May free it. */
  g_cancellable_cancel (opened->cancellable);
  if (found)
    self->callbacks->changed (self->user_data);
  else
    self->callbacks->failed (target, error, self->user_data);
}

static void next_address (HsOpened *opened);

static void
address_cb (GObject *source,
            GAsyncResult *result,
            gpointer user_data)
{
  HsOpened *opened = user_data;
  HsCandidates *self = opened->owner;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_socket_address_enumerator_next_finish (
      G_SOCKET_ADDRESS_ENUMERATOR (source), result, &error);

  if (self == NULL)
    {
      opened_free (opened);
      return;
    }

  if (address == NULL || self->n_addresses >= HS_CANDIDATES_MAX_ADDRESSES)
    {
      if (error == NULL && opened->n_found == 0)
        g_set_error (&error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "%s has no address",
                     opened->target->host);
      opened_done (opened, error);
      return;
    }

  add_candidate (opened, G_SOCKET_CONNECTABLE (address), FALSE);
  next_address (opened);
  self->callbacks->changed (self->user_data);
}

static void
next_address (HsOpened *opened)
{
  g_socket_address_enumerator_next_async (opened->enumerator, opened->cancellable, address_cb,
                                          opened);
}

static void
proxy_cb (GObject *source,
          GAsyncResult *result,
          gpointer user_data)
{
  HsOpened *opened = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result, &error);
  g_autoptr (GSocketAddress) literal = NULL;

  if (opened->owner == NULL)
    {
      opened_free (opened);
      return;
    }

  if (uris == NULL)
    {
      opened_done (opened, error);
      return;
    }

  if (uris[0] != NULL && !g_str_has_prefix (uris[0], "direct:"))
    {
      add_candidate (opened, opened->connectable, TRUE);
      opened_done (opened, NULL);
      return;
    }

  /* The target is an IP address: no lookup is needed. */
  literal = g_inet_socket_address_new_from_string (opened->target->host, opened->target->port);
  if (literal != NULL)
    {
      add_candidate (opened, G_SOCKET_CONNECTABLE (literal), FALSE);
      opened_done (opened, NULL);
      return;
    }

  opened->enumerator = g_socket_connectable_enumerate (opened->connectable);
  next_address (opened);
}

/* "none" is what GNetworkAddress says where it knows no scheme either. */
static void
look_up_proxy (HsOpened *opened)
{
  GProxyResolver *resolver = opened->owner->proxy_resolver;
  g_autofree char *uri = g_uri_join (G_URI_FLAGS_NONE, "none", NULL, opened->target->host,
                                     opened->target->port, "", NULL, NULL);

  if (resolver == NULL)
    resolver = g_proxy_resolver_get_default ();
  g_proxy_resolver_lookup_async (resolver, uri, opened->cancellable, proxy_cb, opened);
}

/* ---- Public functions ---- */

HsCandidates *
hs_candidates_new (HsLoop *loop,
                   GPtrArray *targets,
                   GProxyResolver *proxy_resolver,
                   guint timeout_msec,
                   const HsCandidatesCallbacks *callbacks,
                   gpointer user_data)
{
  HsCandidates *self = g_new0 (HsCandidates, 1);

  self->loop = hs_loop_ref (loop);
  self->targets = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_srv_target_free);
  for (guint i = 0; i < targets->len && i < HS_CANDIDATES_MAX_TARGETS; i++)
    g_ptr_array_add (self->targets, copy_target (g_ptr_array_index (targets, i)));
  self->n_unused = targets->len - self->targets->len;
  g_set_object (&self->proxy_resolver, proxy_resolver);
  self->timeout_msec = timeout_msec;
  self->callbacks = callbacks;
  self->user_data = user_data;
  self->opened = g_ptr_array_new ();
  g_queue_init (&self->waiting);

  return self;
}

void
hs_candidates_free (HsCandidates *self)
{
  while (self->opened->len > 0)
    {
      HsOpened *opened = g_ptr_array_index (self->opened, 0);

      give_up (opened);
      g_cancellable_cancel (opened->cancellable);
    }
  g_ptr_array_unref (self->opened);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) hs_candidate_free);
  g_ptr_array_unref (self->targets);
  g_clear_object (&self->proxy_resolver);
  hs_loop_unref (self->loop);
  g_free (self);
}

gboolean
hs_candidates_open_next (HsCandidates *self)
{
  HsOpened *opened;
  const HsSrvTarget *target;

  if (self->next >= self->targets->len || self->n_addresses >= HS_CANDIDATES_MAX_ADDRESSES)
    return FALSE;

  target = g_ptr_array_index (self->targets, self->next);
  opened = g_new0 (HsOpened, 1);
  opened->owner = self;
  opened->target = copy_target (target);
  opened->rank = self->next++;
  opened->connectable = hs_address_new (self->loop, target->host, target->port);
  opened->cancellable = g_cancellable_new ();
  hs_timer_join (&opened->timer, &self->loop->timers, timeout_cb, opened);
  hs_timer_set_after (&opened->timer, self->timeout_msec);
  g_ptr_array_add (self->opened, opened);
  look_up_proxy (opened);

  return TRUE;
}

gboolean
hs_candidates_is_asking (HsCandidates *self)
{
  return self->opened->len > 0;
}

HsCandidate *
hs_candidates_take (HsCandidates *self)
{
  return g_queue_pop_head (&self->waiting);
}

gboolean
hs_candidates_has_more (HsCandidates *self)
{
  return self->waiting.length > 0 || self->opened->len > 0 ||
         (self->next < self->targets->len && self->n_addresses < HS_CANDIDATES_MAX_ADDRESSES);
}

guint
hs_candidates_get_n_unused (HsCandidates *self)
{
  return self->n_unused;
}
