/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-private.h"

#include "hs-error.h"

/* Looks for a service among the server and its items. */

/* How many requests are in flight at most. */
#define MAX_AT_ONCE 8
/* How many of the server's items are asked at most. */
#define MAX_LOOKED_AT 200

typedef struct
{
  char *feature;
  char *server;
  GPtrArray *items; /* of HsDiscoItem */
  GError *error;
  guint next;  /* the item to ask */
  guint found; /* the first item that has the feature; items->len: none so far */
  guint n_asked;
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_free (search->feature);
  g_free (search->server);
  g_clear_pointer (&search->items, g_ptr_array_unref);
  g_clear_error (&search->error);
  g_free (search);
}

typedef struct
{
  GTask *task;
  guint item;
} Asked;

static void ask_items (GTask *task);

/* Whether @error means that the item does not have the service: it answered with an error or nonsense, or did not
 * answer in time. Other errors come from this client, and say nothing about the item. */
static gboolean
is_answer (const GError *error)
{
  return error->domain == HS_STANZA_ERROR || g_error_matches (error, HS_ERROR, HS_ERROR_TIMED_OUT)
         || g_error_matches (error, HS_ERROR, HS_ERROR_PROTOCOL);
}

static void
finish (GTask *task)
{
  Search *search = g_task_get_task_data (task);
  HsDiscoItem *item;

  if (search->found < search->items->len)
    {
      item = g_ptr_array_index (search->items, search->found);
      g_task_return_pointer (task, hs_jid_ref (hs_disco_item_get_jid (item)),
                             (GDestroyNotify) hs_jid_unref);
    }
  else if (search->error != NULL)
    g_task_return_error (task, g_steal_pointer (&search->error));
  else
    g_task_return_pointer (task, NULL, NULL);
  g_object_unref (task);
}

static void
item_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  Search *search = g_task_get_task_data (asked->task);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsDiscoInfo) info = hs_disco_query_finish (HS_DISCO (source), result, &error);

  search->n_asked--;
  if (info != NULL && hs_disco_info_has_feature (info, search->feature))
    search->found = MIN (search->found, asked->item);
  if (error != NULL && !is_answer (error) && search->error == NULL)
    search->error = g_steal_pointer (&error);
  ask_items (asked->task);
}

/* Asks the items in the server's order, several at once. The first item with the feature is the result, so the search
 * goes on until all items before the one that was found have answered. */
static void
ask_items (GTask *task)
{
  HsDisco *self = g_task_get_source_object (task);
  Search *search = g_task_get_task_data (task);
  guint n_items = MIN (search->items->len, MAX_LOOKED_AT);

  while (search->error == NULL && search->n_asked < MAX_AT_ONCE
         && search->next < MIN (n_items, search->found))
    {
      HsDiscoItem *item = g_ptr_array_index (search->items, search->next);
      Asked *asked = g_new (Asked, 1);

      asked->task = task;
      asked->item = search->next++;
      search->n_asked++;
      hs_disco_query_async (self, hs_jid_to_string (hs_disco_item_get_jid (item)),
                            hs_disco_item_get_node (item), g_task_get_cancellable (task), item_cb, asked);
    }
  if (search->n_asked == 0)
    finish (task);
}

static void
items_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  search->items = hs_disco_query_items_finish (HS_DISCO (source), result, &error);
  if (search->items == NULL && !is_answer (error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (search->items == NULL)
    search->items = g_ptr_array_new ();
  search->found = search->items->len;
  ask_items (g_steal_pointer (&task));
}

static void
server_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsDiscoInfo) info = hs_disco_query_finish (HS_DISCO (source), result, &error);

  if (info == NULL && !is_answer (error))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (info != NULL && hs_disco_info_has_feature (info, search->feature))
    g_task_return_pointer (task, hs_jid_new (search->server, NULL), (GDestroyNotify) hs_jid_unref);
  else
    hs_disco_query_items_async (HS_DISCO (source), search->server, NULL, g_task_get_cancellable (task),
                                items_cb, g_object_ref (task));
}

/**
 * hs_disco_find_service_async:
 * @self: service discovery
 * @feature: the namespace that the service has, such as `urn:xmpp:http:upload:0`
 * @cancellable: (nullable): stops the waiting
 * @callback: (scope async) (closure user_data): called when the search has ended
 * @user_data: data for @callback
 *
 * Looks for a service that has a feature: first the account's server, then its items in their order.
 *
 * At most 200 items are asked, up to 8 of them at the same time.
 *
 * Call [method@Disco.find_service_finish] in the callback to get the result.
 *
 * ```python
 * def found(disco, result):
 *     service = disco.find_service_finish(result)
 *     print(service.to_string() if service else "no rooms here")
 *
 * disco.find_service_async(Headstock.NS_MUC, None, found)
 * ```
 *
 * Since: 0.2
 */
void
hs_disco_find_service_async (HsDisco *self,
                             const char *feature,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Search *search;
  HsJid *own = NULL;

  g_return_if_fail (HS_IS_DISCO (self));
  g_return_if_fail (feature != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_disco_find_service_async);
  if (self->client != NULL)
    own = hs_client_get_bound_jid (self->client);
  if (own == NULL)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                               "No service with %s was looked for: the client has no session. Wait for "
                               "HsClient::ready", feature);
      return;
    }
  search = g_new0 (Search, 1);
  search->feature = g_strdup (feature);
  search->server = g_strdup (hs_jid_get_domain (own));
  g_task_set_task_data (task, search, search_free);
  hs_disco_query_async (self, search->server, NULL, cancellable, server_cb, g_steal_pointer (&task));
}

/**
 * hs_disco_find_service_finish:
 * @self: service discovery
 * @result: the result that the callback was given
 * @error: the location of an error, or %NULL
 *
 * Ends [method@Disco.find_service_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED, %HS_ERROR_SESSION_LOST, %G_IO_ERROR_CANCELLED; %HS_ERROR_TOO_LARGE if the server has
 * more than 100,000 items. Services that answer with an error are passed over.
 *
 * Returns: (transfer full) (nullable): the service's address; %NULL if there is no such service, or with
 *   @error set
 *
 * Since: 0.2
 */
HsJid *
hs_disco_find_service_finish (HsDisco *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_disco_find_service_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
