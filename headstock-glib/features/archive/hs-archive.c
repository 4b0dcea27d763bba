/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-archive-private.h"

#include "hs-error.h"
#include "hs-feature.h"
#include "hs-module.h"
#include "hs-namespaces.h"

/**
 * HsArchive:
 *
 * Queries the archives of the account and of rooms (XEP-0313), page by page. For clients only.
 *
 * ```python
 * archive = Headstock.Archive.new()
 * client.register(archive)
 *
 * def page_cb(archive, result, finish):
 *     page = finish(result)
 *     if page is None:
 *         return
 *     for delivery in page.list_deliveries():
 *         print(delivery.props.archive_id, delivery.props.message.to_string())
 *     archive.fetch_next_async(page, None, page_cb, archive.fetch_next_finish)
 *
 * client.connect("ready", lambda client: archive.fetch_async(
 *     Headstock.ArchiveQuery.new(None), None, page_cb, archive.fetch_finish))
 * ```
 *
 * The results are only returned to the caller: neither [signal@Messages::received] nor [signal@Client::message] is
 * emitted for them. A result counts only if it comes from the archive that was asked, has the id of a query in flight,
 * and belongs to the archive: see [method@ArchivePage.list_deliveries].
 *
 * Each archive gets one query at a time, and at most three archives are queried at once; other queries wait. Optional
 * fields are only sent to archives that announce them: otherwise [method@Archive.fetch_finish] fails with
 * %HS_ERROR_NOT_SUPPORTED, because the results would not be those that were asked for.
 *
 * Since: 0.2
 */

enum
{
  PROP_CLIENT = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void hs_archive_module_init (HsModuleInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsArchive, hs_archive, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_archive_module_init))

/* ---- The module ---- */

static void
hs_archive_attached (HsModule *module, HsClient *client)
{
  HsArchive *self = HS_ARCHIVE (module);

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
  hs_client_add_handler (client, "result", HS_NS_MAM, HS_HANDLER_DEFAULT, hs_archive_result_cb, self, NULL);
}

static void
hs_archive_lost (HsModule *module, HsClient *client)
{
  g_hash_table_remove_all (HS_ARCHIVE (module)->abilities);
}

static void
hs_archive_detached (HsModule *module, HsClient *client)
{
  HsArchive *self = HS_ARCHIVE (module);

  if (self->client != client)
    return;
  g_hash_table_remove_all (self->abilities);
  hs_feature_set_client (self, &self->client, NULL);
  hs_archive_fail_all (self);
}

static void
hs_archive_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_archive_attached;
  iface->lost = hs_archive_lost;
  iface->detached = hs_archive_detached;
}

/* ---- The object ---- */

static void
hs_archive_finalize (GObject *object)
{
  HsArchive *self = HS_ARCHIVE (object);

  g_clear_weak_pointer (&self->client);
  g_hash_table_unref (self->abilities);
  g_ptr_array_unref (self->asked);

  G_OBJECT_CLASS (hs_archive_parent_class)->finalize (object);
}

static void
hs_archive_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_archive_get_client (HS_ARCHIVE (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_archive_class_init (HsArchiveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hs_archive_finalize;
  object_class->get_property = hs_archive_get_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), TRUE);

  /**
   * HsArchive:client: (getter get_client)
   *
   * The client that the object is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_archive_init (HsArchive *self)
{
  self->abilities = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, hs_archive_ability_free);
  g_queue_init (&self->waiting);
  self->asked = g_ptr_array_new ();
}

/**
 * hs_archive_new: (constructor)
 *
 * Makes an object that queries archives, for [method@Client.register].
 *
 * Returns: (transfer full): the new object
 *
 * Since: 0.2
 */
HsArchive *
hs_archive_new (void)
{
  return g_object_new (HS_TYPE_ARCHIVE, NULL);
}

/**
 * hs_archive_get_client: (get-property client)
 * @self: what asks archives
 *
 * Gets the client that the object is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_archive_get_client (HsArchive *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE (self), NULL);

  return self->client;
}

/* ---- Asking ---- */

/* Finds the archive: a room's address, or NULL for the account's archive. Returns FALSE, and ends the task, with an
 * error. */
static gboolean
find_archive (HsArchive *self, const char *address, GTask *task, HsJid **archive)
{
  HsJid *own = self->client != NULL ? hs_client_get_bound_jid (self->client) : NULL;
  g_autoptr (HsJid) account = own != NULL ? hs_jid_get_bare (own) : NULL;
  g_autoptr (HsJid) jid = NULL;
  g_autoptr (HsJid) bare = NULL;
  GError *error = NULL;

  *archive = NULL;
  if (own == NULL)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED, "No archive can be asked without a session");
      return FALSE;
    }
  if (address == NULL)
    return TRUE;
  jid = hs_jid_new (address, &error);
  if (jid == NULL)
    {
      g_task_return_error (task, error);
      return FALSE;
    }
  bare = hs_jid_get_bare (jid);
  if (!hs_jid_equal (bare, account))
    *archive = g_steal_pointer (&bare);
  return TRUE;
}

/* Checks and prepares the address in HsArchiveQuery:with. */
static gboolean
check_with (HsArchiveQuery *query, GError **error)
{
  g_autoptr (HsJid) jid = NULL;

  if (query->with == NULL)
    return TRUE;
  jid = hs_jid_new (query->with, error);
  if (jid == NULL)
    return FALSE;
  g_free (query->with);
  query->with = g_strdup (hs_jid_to_string (jid));
  return TRUE;
}

/* @id: of the entry beyond which the page lies, or NULL. Takes over @given. */
static void
fetch (HsArchive *self, HsArchiveQuery *query, const char *id, gboolean keeps_up, GTask *given)
{
  g_autoptr (GTask) task = given;
  g_autoptr (HsArchiveQuery) copy = hs_archive_query_copy (query);
  g_autoptr (HsArchivePage) previous = NULL;
  g_autoptr (HsJid) archive = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, hs_archive_fetch_async);
  if (!find_archive (self, query->archive, task, &archive))
    return;
  if (!check_with (copy, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (id != NULL)
    {
      previous = hs_archive_page_new (copy, archive);
      hs_archive_page_add (previous, id, NULL, NULL);
    }
  hs_archive_ask (self, g_steal_pointer (&task), hs_archive_page_new (copy, archive), previous, keeps_up);
}

/**
 * hs_archive_fetch_async:
 * @self: what asks archives
 * @query: the query; it is copied
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async): called when the page is there
 * @user_data: data for @callback
 *
 * Fetches the first page of a query (XEP-0313, 4).
 *
 * Call [method@Archive.fetch_finish] in the callback to get the result.
 *
 * ```python
 * query = Headstock.ArchiveQuery(with_="juliet@capulet.example", is_backwards=True, page_size=20)
 * page = await archive.fetch_async(query)
 * for delivery in page.list_deliveries():
 *     print(delivery.message.body)
 * ```
 *
 * Since: 0.2
 */
void
hs_archive_fetch_async (HsArchive *self,
                        HsArchiveQuery *query,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (HS_IS_ARCHIVE (self));
  g_return_if_fail (HS_IS_ARCHIVE_QUERY (query));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  fetch (self, query, NULL, FALSE, g_task_new (self, cancellable, callback, user_data));
}

void
hs_archive_fetch_beyond_async (HsArchive *self,
                               HsArchiveQuery *query,
                               const char *id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  fetch (self, query, id, TRUE, g_task_new (self, cancellable, callback, user_data));
}

static HsArchivePage *
finish (HsArchive *self, GAsyncResult *result, gpointer source_tag, GError **error)
{
  g_return_val_if_fail (HS_IS_ARCHIVE (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, source_tag), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * hs_archive_fetch_finish:
 * @self: what asks archives
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Archive.fetch_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_JID, for the archive or [property@ArchiveQuery:with];
 * %HS_ERROR_NOT_SUPPORTED if the archive does not support a field of the query; %HS_ERROR_PROTOCOL if the answer is not
 * valid, or has more than 1,000 messages; those of [method@Client.request_finish], among them the condition that the
 * archive answered with, in %HS_STANZA_ERROR: `item-not-found` if the archive does not know an id in the query
 * (XEP-0313, 4.1.3), `forbidden` if the account may not read it.
 *
 * Returns: (transfer full): the page, or %NULL with an error
 *
 * Since: 0.2
 */
HsArchivePage *
hs_archive_fetch_finish (HsArchive *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, hs_archive_fetch_async, error);
}

/**
 * hs_archive_fetch_next_async:
 * @self: what asks archives
 * @page: a page
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async): called when the next page is there
 * @user_data: data for @callback
 *
 * Fetches the page after another one: the next newer messages, or the next older ones if
 * [property@ArchiveQuery:is-backwards] was set (XEP-0059, 2.2 and 2.3).
 *
 * After the last page, nothing is sent.
 *
 * ejabberd uses the time in microseconds as the id, which two messages may have. If the first of them is the last one of
 * a page, the second one is on the next page.
 *
 * Call [method@Archive.fetch_next_finish] in the callback to get the result.
 *
 * ```python
 * page = await archive.fetch_async(Headstock.ArchiveQuery(page_size=100))
 * while page is not None:
 *     print(len(page.list_deliveries()), "messages")
 *     page = await archive.fetch_next_async(page)
 * ```
 *
 * Since: 0.2
 */
void
hs_archive_fetch_next_async (HsArchive *self,
                             HsArchivePage *page,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (HsJid) archive = NULL;

  g_return_if_fail (HS_IS_ARCHIVE (self));
  g_return_if_fail (HS_IS_ARCHIVE_PAGE (page));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_archive_fetch_next_async);
  if (page->is_complete)
    g_task_return_pointer (task, NULL, NULL);
  else if (find_archive (self, NULL, task, &archive))
    hs_archive_ask (self, g_steal_pointer (&task), hs_archive_page_new_next (page), page, FALSE);
}

/**
 * hs_archive_fetch_next_finish:
 * @self: what asks archives
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Archive.fetch_next_async].
 *
 * Errors: those of [method@Archive.fetch_finish]. %HS_ERROR_PROTOCOL also if the archive sends the same page again.
 *
 * Returns: (transfer full) (nullable): the page; %NULL without an error after the last page; or %NULL with an error
 *
 * Since: 0.2
 */
HsArchivePage *
hs_archive_fetch_next_finish (HsArchive *self, GAsyncResult *result, GError **error)
{
  return finish (self, result, hs_archive_fetch_next_async, error);
}

/**
 * hs_archive_query_metadata_async:
 * @self: what asks archives
 * @archive: (nullable): the address of a room, or %NULL for the account's own archive
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async): called when the answer is there
 * @user_data: data for @callback
 *
 * Asks for the ids and times of the oldest and the newest message of an archive (XEP-0313, 5).
 *
 * If the archive does not support that, these two messages are fetched.
 *
 * Call [method@Archive.query_metadata_finish] in the callback to get the result.
 *
 * ```python
 * metadata = await archive.query_metadata_async()
 * print(metadata.first_id, metadata.last_id)
 * ```
 *
 * Since: 0.2
 */
void
hs_archive_query_metadata_async (HsArchive *self,
                                 const char *archive,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (HsJid) jid = NULL;

  g_return_if_fail (HS_IS_ARCHIVE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_archive_query_metadata_async);
  if (find_archive (self, archive, task, &jid))
    hs_archive_ask_metadata (self, jid, g_steal_pointer (&task));
}

/**
 * hs_archive_query_metadata_finish:
 * @self: what asks archives
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Archive.query_metadata_async].
 *
 * Errors: those of [method@Archive.fetch_finish].
 *
 * Returns: (transfer full): the ids and times, or %NULL with an error
 *
 * Since: 0.2
 */
HsArchiveMetadata *
hs_archive_query_metadata_finish (HsArchive *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ARCHIVE (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_archive_query_metadata_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
