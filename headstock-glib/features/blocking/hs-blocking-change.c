/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-blocking-private.h"

#include "hs-error.h"
#include "hs-iq.h"
#include "hs-namespaces.h"

/* Blocking and unblocking for the program (XEP-0191, 3.3 to 3.5). */

typedef struct
{
  gboolean is_block;
  GPtrArray *jids; /* of HsJid; or NULL: all */
} Change;

static void
change_free (Change *self)
{
  g_clear_pointer (&self->jids, g_ptr_array_unref);
  g_free (self);
}

/* Returns NULL with an error if one of them is not a valid address. */
static GPtrArray *
parse_jids (const char *const *jids, GError **error)
{
  g_autoptr (GPtrArray) parsed = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_jid_unref);

  for (; *jids != NULL; jids++)
    {
      HsJid *jid = hs_jid_new (*jids, error);

      if (jid == NULL)
        return NULL;
      g_ptr_array_add (parsed, jid);
    }
  return g_steal_pointer (&parsed);
}

/* The server also sends a push to all devices that have asked for the list, this one included, before or after its
 * answer. */
static void
changed_cb (GObject *client, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  HsBlocking *self = g_task_get_source_object (task);
  Change *change = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (client), result, &error);

  if (answer == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (G_OBJECT (self->client) == client)
    hs_blocking_apply (self, change->is_block, change->jids);
  g_task_return_boolean (task, TRUE);
}

static HsIq *
make_request (Change *change)
{
  g_autoptr (HsElement) payload
      = hs_element_new (change->is_block ? "block" : "unblock", HS_NS_BLOCKING);

  for (guint i = 0; change->jids != NULL && i < change->jids->len; i++)
    {
      HsElement *item = hs_element_add_child (payload, "item", HS_NS_BLOCKING);

      hs_element_set_attribute (item, "jid", hs_jid_to_string (change->jids->pdata[i]));
    }
  return hs_iq_new ("set", NULL, payload);
}

static void
send_change (HsBlocking *self, GTask *task, gboolean is_block, const char *const *jids)
{
  Change *change = g_new0 (Change, 1);
  g_autoptr (HsIq) iq = NULL;
  GError *error = NULL;

  g_task_set_task_data (task, change, (GDestroyNotify) change_free);
  change->is_block = is_block;
  if (jids != NULL)
    change->jids = parse_jids (jids, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  /* There is nothing to do, and an `<unblock/>` without addresses would unblock all. */
  else if (jids != NULL && *jids == NULL)
    g_task_return_boolean (task, TRUE);
  else if (self->client == NULL)
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                             "The module for blocking is not registered with a client");
  else
    {
      iq = make_request (change);
      hs_client_request_async (self->client, HS_ELEMENT (iq), -1, g_task_get_cancellable (task),
                               changed_cb, g_object_ref (task));
    }
}

/**
 * hs_blocking_block_async:
 * @self: a module for blocking
 * @jids: (array zero-terminated=1): addresses: full JIDs, bare JIDs or domains
 * @cancellable: (nullable): a #GCancellable, which ends the waiting but not the change
 * @callback: (scope async) (closure user_data): called when the server has answered
 * @user_data: data for @callback
 *
 * Blocks addresses (XEP-0191, 3.3).
 *
 * The account then seems to be offline to them, and gets nothing from them on any of its devices. Stanzas that the
 * program sends to them come back with the error %HS_STANZA_ERROR_NOT_ACCEPTABLE. An empty array blocks nothing, and
 * succeeds.
 *
 * Call [method@Blocking.block_finish] in the callback to get the result.
 *
 * ```python
 * await blocking.block_async(["spammer@example.org"])
 * ```
 *
 * Since: 0.2
 */
void
hs_blocking_block_async (HsBlocking *self,
                         const char *const *jids,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_BLOCKING (self));
  g_return_if_fail (jids != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_blocking_block_async);
  send_change (self, task, TRUE, jids);
}

/**
 * hs_blocking_block_finish:
 * @self: a module for blocking
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Blocking.block_async].
 *
 * Errors: %HS_ERROR_INVALID_JID, with nothing blocked; an error of %HS_STANZA_ERROR if the server refused;
 * %HS_ERROR_NOT_CONNECTED without a session; %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: true, if the addresses are blocked
 *
 * Since: 0.2
 */
gboolean
hs_blocking_block_finish (HsBlocking *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_BLOCKING (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_blocking_block_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_blocking_unblock_async:
 * @self: a module for blocking
 * @jids: (nullable) (array zero-terminated=1): addresses as they were blocked, or %NULL for all
 * @cancellable: (nullable): a #GCancellable, which ends the waiting but not the change
 * @callback: (scope async) (closure user_data): called when the server has answered
 * @user_data: data for @callback
 *
 * Takes addresses from the block list, or empties it (XEP-0191, 3.4 and 3.5).
 *
 * A person can also be blocked by their domain: [method@Blocking.is_blocked] can be true for an address that is not in
 * the list itself. An empty array, unlike %NULL, unblocks nothing, and succeeds.
 *
 * Call [method@Blocking.unblock_finish] in the callback to get the result.
 *
 * ```python
 * await blocking.unblock_async(["spammer@example.org"])
 * ```
 *
 * Since: 0.2
 */
void
hs_blocking_unblock_async (HsBlocking *self,
                           const char *const *jids,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_BLOCKING (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_blocking_unblock_async);
  send_change (self, task, FALSE, jids);
}

/**
 * hs_blocking_unblock_finish:
 * @self: a module for blocking
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Blocking.unblock_async].
 *
 * Errors: %HS_ERROR_INVALID_JID, with nothing unblocked; an error of %HS_STANZA_ERROR if the server refused;
 * %HS_ERROR_NOT_CONNECTED without a session; %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: true, if the addresses are not in the list any more
 *
 * Since: 0.2
 */
gboolean
hs_blocking_unblock_finish (HsBlocking *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_BLOCKING (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_blocking_unblock_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
