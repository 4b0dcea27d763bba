/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-private.h"

#include "hs-error.h"
#include "hs-feature.h"
#include "hs-namespaces.h"

/* Loading the roster (RFC 6121, 2.1.3 and 2.6) and applying roster pushes (2.1.6). */

/* How long a merge may work in one turn of the main loop. Connections may take 1.5 ms of the same turn, and a slice
 * ends up to 64 contacts late: together they stay below 5 ms. */
#define SLICE_USEC 2000
/* The same for the turn in which the answer arrived: reading it has taken time already. */
#define FIRST_SLICE_USEC 500

/* A request for the roster. */
typedef struct
{
  HsRoster *roster;
  GCancellable *cancellable;
} Request;

void
hs_roster_set_version (HsRoster *self, const char *version)
{
  if (g_strcmp0 (self->version, version) == 0)
    return;
  g_free (self->version);
  self->version = g_strdup (version);
  g_object_notify (G_OBJECT (self), "version");
}

void
hs_roster_set_loaded (HsRoster *self, gboolean is_loaded)
{
  if (self->is_loaded == is_loaded)
    return;
  self->is_loaded = is_loaded;
  g_object_notify (G_OBJECT (self), "is-loaded");
}

static void
end_tasks (HsRoster *self, const GError *error)
{
  g_autoptr (GPtrArray) tasks = hs_feature_stop_waiting (self->load.tasks);

  for (guint i = 0; i < tasks->len; i++)
    if (error != NULL)
      g_task_return_error (tasks->pdata[i], g_error_copy (error));
    else
      g_task_return_boolean (tasks->pdata[i], TRUE);
}

/* ---- Pushes ---- */

static void
apply_push (HsRoster *self, HsRosterPush *push)
{
  HsJid *jid = push->item->jid;

  if (push->is_removal)
    hs_roster_contacts_remove (&self->contacts, jid);
  else
    hs_roster_contacts_apply (&self->contacts, push->item);
  if (!push->is_removal && push->item->subscription >= HS_SUBSCRIPTION_FROM)
    hs_roster_drop_request (self, jid);
  /* Without the roster itself, the version of a push must not be kept: the server would leave out everything before
   * it. */
  if (push->version != NULL && self->is_loaded)
    hs_roster_set_version (self, push->version);
}

static void
apply_pushes (HsRoster *self)
{
  g_autoptr (GPtrArray) pushes = g_steal_pointer (&self->load.pushes);

  self->load.pushes = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_roster_push_free);
  for (guint i = 0; i < pushes->len; i++)
    apply_push (self, pushes->pdata[i]);
}

/* The flags of the handler see to it that the account sent the push. */
HsElement *
hs_roster_push_cb (HsClient *client, HsElement *iq, gpointer roster)
{
  g_autoptr (HsRoster) self = g_object_ref (roster);
  g_autoptr (HsRosterPush) push = hs_roster_push_new (iq);

  if (push == NULL)
    return NULL;
  if (hs_roster_contacts_is_merging (&self->contacts))
    g_ptr_array_add (self->load.pushes, g_steal_pointer (&push));
  else
    {
      apply_push (self, push);
      hs_stateful_emit_changed (HS_STATEFUL (self));
    }
  return NULL;
}

/* ---- The answer ---- */

static void
published (HsRoster *self)
{
  hs_roster_set_version (self, self->load.version);
  hs_roster_set_loaded (self, TRUE);
  apply_pushes (self);
  hs_roster_drop_answered (self);
  hs_stateful_emit_changed (HS_STATEFUL (self));
  end_tasks (self, NULL);
}

/* Returns whether there is more to do. */
static gboolean
merge_until (HsRoster *self, gint64 deadline)
{
  HsRosterStep step;

  while ((step = hs_roster_contacts_step (&self->contacts, deadline)) == HS_ROSTER_STEP_PUBLISHED)
    published (self);
  return step != HS_ROSTER_STEP_DONE;
}

static void
stop_slices (HsRoster *self)
{
  if (self->load.source != NULL)
    g_source_destroy (self->load.source);
  g_clear_pointer (&self->load.source, g_source_unref);
}

static gboolean
slice_cb (gpointer user_data)
{
  g_autoptr (HsRoster) self = g_object_ref (user_data);

  /* If a handler has begun another merge, that has a source of its own. */
  if (merge_until (self, g_get_monotonic_time () + SLICE_USEC))
    return G_SOURCE_CONTINUE;
  stop_slices (self);
  return G_SOURCE_REMOVE;
}

/* The source has no idle priority: incoming data would starve it. */
static void
start_slices (HsRoster *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, slice_cb, self, NULL);
  g_source_set_static_name (source, "[headstock] roster");
  g_source_attach (source, context);
  self->load.source = source;
}

void
hs_roster_load_finish (HsRoster *self)
{
  while (merge_until (self, G_MAXINT64))
    ;
  stop_slices (self);
}

static void
merge (HsRoster *self, HsRosterStaging *staging, const char *version)
{
  /* If two answers arrive within some hundred milliseconds, the first one is merged at once. */
  hs_roster_load_finish (self);
  g_free (self->load.version);
  self->load.version = g_strdup (version);
  hs_roster_contacts_merge (&self->contacts, staging);
  if (merge_until (self, g_get_monotonic_time () + FIRST_SLICE_USEC))
    start_slices (self);
}

void
hs_roster_load_restore (HsRoster *self, HsRosterStaging *staging, const char *version, GTask *task)
{
  hs_feature_wait (self->load.tasks, g_object_ref (task));
  merge (self, staging, version);
}

static void
end_request (HsRoster *self)
{
  HsRosterLoad *load = &self->load;

  if (self->client != NULL && load->item_handler != 0)
    hs_client_remove_handler (self->client, load->item_handler);
  load->item_handler = 0;
  g_clear_object (&load->query);
  g_clear_pointer (&load->id, g_free);
  g_clear_object (&load->cancellable);
}

static void
take_answer (HsRoster *self, HsIq *answer)
{
  g_autoptr (HsRosterStaging) staging = g_steal_pointer (&self->load.staging);
  HsElement *query = hs_iq_get_payload (answer);

  hs_roster_note_account (self);
  if (query != NULL && hs_element_matches (query, "query", HS_NS_ROSTER))
    {
      merge (self, g_steal_pointer (&staging), hs_element_get_attribute (query, "ver"));
      return;
    }
  /* An empty answer: the roster that we have is up to date (RFC 6121, 2.6.3). */
  hs_roster_set_loaded (self, TRUE);
  end_tasks (self, NULL);
}

static void
answered_cb (GObject *client, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;
  g_autoptr (HsRoster) self = request->roster;
  g_autoptr (GCancellable) cancellable = request->cancellable;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (client), result, &error);

  g_free (request);
  if (self->load.cancellable != cancellable)
    return;
  end_request (self);
  if (answer != NULL)
    {
      self->load.is_wanted = FALSE;
      take_answer (self, answer);
      return;
    }
  g_clear_pointer (&self->load.staging, hs_roster_staging_free);
  /* A refusal is final for this session. */
  if (error->domain == HS_STANZA_ERROR)
    self->load.is_wanted = FALSE;
  g_debug ("The roster was not loaded: %s", error->message);
  end_tasks (self, error);
}

/* Whether @query is that of our answer. This is checked once and not for each item: the query cannot change while it
 * arrives, and stays the same object while we hold it. */
static gboolean
is_of_answer (HsRoster *self, HsElement *query)
{
  if (query != NULL && query == self->load.query)
    return TRUE;
  if (!hs_roster_is_query (query, "result")
      || g_strcmp0 (hs_element_get_attribute (hs_element_get_parent (query), "id"), self->load.id) != 0)
    return FALSE;
  g_set_object (&self->load.query, query);
  return TRUE;
}

/* Takes each item out of the answer as it arrives. Items in other stanzas do not count. */
static HsElement *
item_cb (HsClient *client, HsElement *item, gpointer roster)
{
  HsRoster *self = roster;
  HsRosterItem *parsed;
  gboolean is_removal;

  if (self->load.staging == NULL || !is_of_answer (self, hs_element_get_parent (item)))
    return NULL;
  parsed = hs_roster_item_new_from_element (item, &is_removal);
  if (parsed != NULL && !is_removal)
    hs_roster_staging_add (self->load.staging, parsed);
  else
    g_clear_pointer (&parsed, hs_roster_item_unref);
  return NULL;
}

/* ---- Asking ---- */

static HsIq *
make_request (HsRoster *self)
{
  g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_ROSTER);
  gboolean has_all = self->is_loaded && self->version != NULL
                     && !hs_roster_contacts_is_merging (&self->contacts);

  if (hs_roster_has_feature (self, "ver", HS_NS_ROSTER_VERSIONING))
    hs_element_set_attribute (query, "ver", has_all ? self->version : "");
  return hs_iq_new ("get", NULL, query);
}

/* Gives up the request. An answer that is being merged stays. */
static void
abandon (HsRoster *self)
{
  g_autoptr (GCancellable) cancellable
      = self->load.cancellable != NULL ? g_object_ref (self->load.cancellable) : NULL;

  end_request (self);
  g_clear_pointer (&self->load.staging, hs_roster_staging_free);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

void
hs_roster_load_begin (HsRoster *self)
{
  HsRosterLoad *load = &self->load;
  g_autoptr (HsIq) iq = NULL;
  Request *request;

  abandon (self);
  iq = make_request (self);
  load->is_asked = TRUE;
  load->is_wanted = TRUE;
  load->staging = hs_roster_staging_new ();
  load->cancellable = g_cancellable_new ();
  /* The item of a push stays in it. */
  load->item_handler = hs_client_add_handler_full (self->client, "item", HS_NS_ROSTER, "result", NULL,
                                                   HS_HANDLER_FORGET, item_cb, self, NULL);
  request = g_new (Request, 1);
  request->roster = g_object_ref (self);
  request->cancellable = g_object_ref (load->cancellable);
  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, load->cancellable, answered_cb,
                           request);
  if (load->cancellable != NULL)
    load->id = g_strdup (hs_stanza_get_id (HS_STANZA (iq)));
}

void
hs_roster_load_give_up (HsRoster *self)
{
  g_autoptr (GError) error = g_error_new (HS_ERROR, HS_ERROR_NOT_CONNECTED,
                                          "The roster is not registered with the client any more");

  abandon (self);
  if (!hs_roster_contacts_is_merging (&self->contacts))
    end_tasks (self, error);
}

void
hs_roster_load_interrupt (HsRoster *self)
{
  g_clear_object (&self->load.query);
  if (self->load.staging == NULL)
    return;
  hs_roster_staging_free (self->load.staging);
  self->load.staging = hs_roster_staging_new ();
}

void
hs_roster_load_init (HsRoster *self)
{
  self->load.tasks = g_ptr_array_new_with_free_func (g_object_unref);
  self->load.pushes = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_roster_push_free);
}

void
hs_roster_load_clear (HsRoster *self)
{
  stop_slices (self);
  abandon (self);
  g_free (self->load.version);
  g_ptr_array_unref (self->load.pushes);
  g_ptr_array_unref (self->load.tasks);
}

/**
 * hs_roster_refresh_async:
 * @self: a roster
 * @cancellable: (nullable): a #GCancellable, which ends the waiting but not the request
 * @callback: (scope async) (closure user_data): called when the roster has been loaded
 * @user_data: data for @callback
 *
 * Asks the server for the roster again (RFC 6121, 2.1.3).
 *
 * This is usually not needed: the roster is requested in each session, and the server sends all changes.
 *
 * Call [method@Roster.refresh_finish] in the callback to get the result.
 *
 * ```python
 * await roster.refresh_async()
 * ```
 *
 * Since: 0.2
 */
void
hs_roster_refresh_async (HsRoster *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROSTER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_roster_refresh_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->client == NULL)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                               "The roster is not registered with a client");
      return;
    }
  hs_feature_wait (self->load.tasks, g_steal_pointer (&task));
  if (self->load.cancellable == NULL)
    hs_roster_load_begin (self);
}

/**
 * hs_roster_refresh_finish:
 * @self: a roster
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Roster.refresh_async].
 *
 * Errors: an error of %HS_STANZA_ERROR if the server refused; %HS_ERROR_NOT_CONNECTED without a session;
 * %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: true if the roster is up to date
 *
 * Since: 0.2
 */
gboolean
hs_roster_refresh_finish (HsRoster *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROSTER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_roster_refresh_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
