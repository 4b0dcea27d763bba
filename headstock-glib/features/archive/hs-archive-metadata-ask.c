/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-archive-metadata-private.h"
#include "hs-archive-private.h"

#include "hs-chat-message.h"
#include "hs-error.h"
#include "hs-namespaces.h"

#include <string.h>

/* Requests the oldest and the newest message of an archive: by one request if the archive supports it (XEP-0313, 5),
 * otherwise by two pages of one message each. */

typedef struct
{
  HsJid *archive; /* NULL: the account's */
  HsArchiveMetadata *metadata;
} Metadata;

static void
metadata_free (gpointer data)
{
  Metadata *self = data;

  g_clear_pointer (&self->archive, hs_jid_unref);
  g_object_unref (self->metadata);
  g_free (self);
}

/* ---- Two pages ---- */

static void
fetch_one (GTask *task, gboolean is_backwards, GAsyncReadyCallback callback)
{
  HsArchive *self = g_task_get_source_object (task);
  Metadata *data = g_task_get_task_data (task);
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);

  query->page_size = 1;
  query->is_backwards = is_backwards;
  hs_archive_ask (self, g_task_new (self, g_task_get_cancellable (task), callback, task),
                  hs_archive_page_new (query, data->archive), NULL, FALSE);
}

/* The time of the message with that id, even if it is not one that a program is given. */
static GDateTime *
get_time (HsArchivePage *page, const char *id)
{
  for (guint i = 0; i < page->results->len; i++)
    {
      HsArchiveResult *result = page->results->pdata[i];

      if (strcmp (result->id, id) == 0)
        return result->stamp;
    }
  return NULL;
}

static void
newest_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Metadata *data = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (HsArchivePage) page = g_task_propagate_pointer (G_TASK (result), &error);

  if (page == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (page->last_id != NULL)
    hs_archive_metadata_set_last (data->metadata, page->last_id, get_time (page, page->last_id));
  g_task_return_pointer (task, g_object_ref (data->metadata), g_object_unref);
}

static void
oldest_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Metadata *data = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (HsArchivePage) page = g_task_propagate_pointer (G_TASK (result), &error);

  if (page == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (page->first_id == NULL)
    {
      g_task_return_pointer (task, g_object_ref (data->metadata), g_object_unref);
      return;
    }
  hs_archive_metadata_set_first (data->metadata, page->first_id, get_time (page, page->first_id));
  fetch_one (g_steal_pointer (&task), TRUE, newest_cb);
}

/* ---- One request ---- */

static gboolean
read_end (HsElement *element, const char **id, GDateTime **time)
{
  g_autoptr (HsElement) delay = hs_element_new ("delay", HS_NS_DELAY);
  const char *stamp = hs_element_get_attribute (element, "timestamp");

  *id = hs_element_get_attribute (element, "id");
  if (stamp != NULL)
    hs_element_set_attribute (delay, "stamp", stamp);
  *time = hs_messages_read_stamp (delay);
  return *id != NULL && **id != '\0' && *time != NULL;
}

/* Returns FALSE if the element is not valid. For an empty archive, it has neither `<start/>` nor `<end/>`. */
static gboolean
read_metadata (HsElement *element, HsArchiveMetadata *metadata)
{
  HsElement *start = hs_element_get_child (element, "start", HS_NS_MAM);
  HsElement *end = hs_element_get_child (element, "end", HS_NS_MAM);
  g_autoptr (GDateTime) start_time = NULL;
  g_autoptr (GDateTime) end_time = NULL;
  const char *start_id;
  const char *end_id;

  if (start == NULL && end == NULL)
    return TRUE;
  if (start == NULL || end == NULL || !read_end (start, &start_id, &start_time) || !read_end (end, &end_id, &end_time))
    return FALSE;
  hs_archive_metadata_set_first (metadata, start_id, start_time);
  hs_archive_metadata_set_last (metadata, end_id, end_time);
  return TRUE;
}

/* The archives of rooms on Prosody announce what this request is part of, and do not know it. */
static gboolean
is_unknown (const GError *error)
{
  return g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_SERVICE_UNAVAILABLE)
         || g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED);
}

static void
metadata_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Metadata *data = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);
  HsElement *payload = answer != NULL ? hs_iq_get_payload (answer) : NULL;

  if (answer == NULL && is_unknown (error))
    {
      g_clear_error (&error);
      fetch_one (g_steal_pointer (&task), FALSE, oldest_cb);
    }
  else if (answer == NULL)
    g_task_return_error (task, error);
  else if (payload == NULL || !hs_element_matches (payload, "metadata", HS_NS_MAM)
           || !read_metadata (payload, data->metadata))
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_PROTOCOL, "What the archive of %s says of itself is not complete",
                             hs_archive_describe (data->archive));
  else
    g_task_return_pointer (task, g_object_ref (data->metadata), g_object_unref);
}

static void
learned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HsArchive *self = HS_ARCHIVE (source);
  g_autoptr (GTask) task = user_data;
  Metadata *data = g_task_get_task_data (task);
  g_autoptr (HsElement) payload = NULL;
  g_autoptr (HsIq) iq = NULL;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->client == NULL || !hs_archive_get_ability (self, data->archive)->is_extended)
    {
      fetch_one (g_steal_pointer (&task), FALSE, oldest_cb);
      return;
    }
  payload = hs_element_new ("metadata", HS_NS_MAM);
  iq = hs_iq_new ("get", data->archive != NULL ? hs_jid_to_string (data->archive) : NULL, payload);
  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, g_task_get_cancellable (task), metadata_cb,
                           g_object_ref (task));
}

void
hs_archive_ask_metadata (HsArchive *self, HsJid *archive, GTask *task)
{
  Metadata *data = g_new0 (Metadata, 1);

  data->archive = archive != NULL ? hs_jid_ref (archive) : NULL;
  data->metadata = hs_archive_metadata_new ();
  g_task_set_task_data (task, data, metadata_free);
  hs_archive_learn (self, archive, FALSE, g_task_new (self, g_task_get_cancellable (task), learned_cb, task));
}
