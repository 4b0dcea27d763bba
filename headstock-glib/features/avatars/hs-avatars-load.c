/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-avatars-private.h"

#include <glib/gstdio.h>

#include "hs-feature.h"
#include "hs-error.h"
#include "hs-iq.h"
#include "hs-namespaces.h"
#include "hs-stanza-error.h"

/* Loads images from the folder, from the published item (XEP-0084), or from the vCard (XEP-0153). Images are only
 * loaded when the program asks, a few at a time; an image that could not be loaded is not requested again. */

typedef struct
{
  HsAvatars *self;
  char *key;
  char *hash;       /* NULL if the metadata must be requested first */
  char *id;         /* of the item with the image; or NULL */
  gboolean is_pep;  /* load the item, and not the vCard */
  GPtrArray *waiters;
} Load;

/* A call that waits for the image. */
typedef struct
{
  Load *load;
  GTask *task;
  GSource *cancelled; /* or NULL */
} Waiter;

static void
waiter_free (gpointer data)
{
  Waiter *waiter = data;

  if (waiter->cancelled != NULL)
    g_source_destroy (waiter->cancelled);
  g_clear_pointer (&waiter->cancelled, g_source_unref);
  g_object_unref (waiter->task);
  g_free (waiter);
}

static void
load_free (Load *load)
{
  g_object_unref (load->self);
  g_free (load->key);
  g_free (load->hash);
  g_free (load->id);
  g_ptr_array_unref (load->waiters);
  g_free (load);
}

static void start_waiting (HsAvatars *self);

static char *
make_failed_key (const char *hash, const char *key)
{
  return g_strconcat (hash, " ", key, NULL);
}

static gboolean
has_failed (HsAvatars *self, const char *hash, const char *key)
{
  g_autofree char *failed = make_failed_key (hash, key);

  return g_hash_table_contains (self->failed, failed);
}

/* Remembers only what the other side answered: after an error such as a lost session, the next try may succeed. */
static void
remember_failure (HsAvatars *self, Load *load, const GError *error)
{
  if (load->hash == NULL
      || (error->domain != HS_STANZA_ERROR && !g_error_matches (error, HS_ERROR, HS_ERROR_PROTOCOL)
          && !g_error_matches (error, HS_ERROR, HS_ERROR_TOO_LARGE)))
    return;
  if (g_hash_table_size (self->failed) >= HS_AVATARS_MAX_FAILED)
    g_hash_table_remove_all (self->failed);
  g_hash_table_add (self->failed, make_failed_key (load->hash, load->key));
}

/* Writes an image in a thread. Failures are ignored, because the image is in memory anyway. */
static void
keep_run (GTask *task, gpointer source, gpointer bytes, GCancellable *cancellable)
{
  g_autoptr (GFile) folder = g_file_get_parent (source);
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes, &length);

  if (g_file_peek_path (folder) != NULL)
    g_mkdir_with_parents (g_file_peek_path (folder), 0700);
  g_task_return_boolean (task, g_file_replace_contents (source, data, length, NULL, FALSE,
                                                        G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                                        NULL, NULL, NULL));
}

static void
keep (HsAvatars *self, const char *hash, GBytes *bytes)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GTask) task = NULL;

  if (self->folder == NULL)
    return;
  file = g_file_get_child (self->folder, hash);
  task = g_task_new (file, NULL, NULL, NULL);
  g_task_set_source_tag (task, keep);
  g_task_set_task_data (task, g_bytes_ref (bytes), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, keep_run);
}

static void
end_waiters (Load *load, GBytes *bytes, const GError *error)
{
  for (guint i = 0; i < load->waiters->len; i++)
    {
      Waiter *waiter = load->waiters->pdata[i];

      /* The callbacks below may run the main loop, and with it these sources. */
      if (waiter->cancelled != NULL)
        g_source_destroy (waiter->cancelled);
    }
  for (guint i = 0; i < load->waiters->len; i++)
    {
      Waiter *waiter = load->waiters->pdata[i];

      if (bytes != NULL)
        g_task_return_pointer (waiter->task, g_bytes_ref (bytes), (GDestroyNotify) g_bytes_unref);
      else
        g_task_return_error (waiter->task, g_error_copy (error));
    }
}

/* Ends a load. Takes over @bytes and @error, one of which is NULL. */
static void
finish (Load *load, GBytes *bytes, GError *error)
{
  HsAvatars *self = load->self;
  HsAvatar *avatar = g_hash_table_lookup (self->alive, load->key);

  g_hash_table_remove (self->loads, load->key);
  self->n_loading--;
  if (error != NULL)
    remember_failure (self, load, error);
  if (avatar != NULL)
    {
      g_object_ref (avatar);
      hs_avatar_set_loading (avatar, FALSE);
      if (bytes != NULL && g_strcmp0 (avatar->hash, load->hash) == 0)
        hs_avatar_set_bytes (avatar, bytes);
      g_object_unref (avatar);
    }
  end_waiters (load, bytes, error);
  start_waiting (self);
  g_clear_pointer (&bytes, g_bytes_unref);
  g_clear_error (&error);
  load_free (load);
}

static void
finish_none (Load *load)
{
  finish (load, NULL, g_error_new (HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND, "%s shows no avatar", load->key));
}

static void
finish_too_large (Load *load)
{
  finish (load, NULL, g_error_new (HS_ERROR, HS_ERROR_TOO_LARGE, "The avatar of %s is larger than max-bytes (%u)",
                                   load->key, load->self->max_bytes));
}

static void
finish_wrong (Load *load)
{
  finish (load, NULL, g_error_new (HS_ERROR, HS_ERROR_PROTOCOL,
                                   "The avatar of %s is not valid base64, or does not have the announced hash",
                                   load->key));
}

/* Remembers the metadata of an image that was loaded without knowing it. */
static void
learn (Load *load, const char *hash, const char *media_type)
{
  HsAvatarInfo *info = g_new0 (HsAvatarInfo, 1);

  load->hash = g_strdup (hash);
  info->hash = g_strdup (hash);
  info->media_type = hs_avatars_dup_media_type (media_type);
  hs_avatars_take_info (load->self, load->key, info);
}

/* Takes an image in base64. Its hash must be the announced one, whether it comes from an item or a vCard (XEP-0084,
 * 3.1). */
static void
take_text (Load *load, const char *text, const char *media_type)
{
  HsAvatars *self = load->self;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *hash = NULL;
  gsize length;
  guchar *data;

  if (text == NULL || *text == '\0')
    {
      finish_none (load);
      return;
    }
  if (!hs_feature_measure_base64 (text, &length))
    {
      finish_wrong (load);
      return;
    }
  /* Checked before the bytes are decoded, which takes more memory. */
  if (length > self->max_bytes)
    {
      finish_too_large (load);
      return;
    }
  data = g_base64_decode (text, &length);
  bytes = g_bytes_new_take (data, length);
  hash = hs_avatars_hash_bytes (bytes);
  if (length == 0 || (load->hash != NULL && g_strcmp0 (hash, load->hash) != 0))
    finish_wrong (load);
  else
    {
      if (load->hash == NULL)
        learn (load, hash, media_type);
      keep (self, hash, bytes);
      finish (load, g_bytes_ref (bytes), NULL);
    }
}

static void
vcard_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Load *load = user_data;
  GError *error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);
  HsElement *vcard = answer != NULL ? hs_element_get_child (HS_ELEMENT (answer), "vCard", HS_NS_VCARD) : NULL;
  HsElement *photo = vcard != NULL ? hs_element_get_child (vcard, "PHOTO", HS_NS_VCARD) : NULL;
  const char *text = photo != NULL ? hs_element_get_child_text (photo, "BINVAL", HS_NS_VCARD) : NULL;

  if (error != NULL)
    finish (load, NULL, error);
  else
    take_text (load, text, photo != NULL ? hs_element_get_child_text (photo, "TYPE", HS_NS_VCARD) : NULL);
}

static void
fetch_vcard (Load *load)
{
  g_autoptr (HsElement) payload = hs_element_new ("vCard", HS_NS_VCARD);
  g_autoptr (HsIq) iq = hs_iq_new ("get", load->key, payload);

  hs_client_request_async (load->self->client, HS_ELEMENT (iq), -1, NULL, vcard_cb, load);
}

static void
data_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Load *load = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) items = hs_pubsub_query_items_finish (HS_PUBSUB (source), result, &error);
  HsElement *data = items != NULL && items->len == 1 ? hs_pubsub_item_get_payload (items->pdata[0]) : NULL;

  if (error != NULL)
    finish (load, NULL, error);
  else if (data == NULL || !hs_element_matches (data, "data", HS_NS_AVATAR_DATA))
    finish_none (load);
  else
    take_text (load, hs_element_get_text (data), NULL);
}

static void
fetch (Load *load)
{
  HsAvatars *self = load->self;
  const char *const ids[] = { load->id, NULL };

  if (self->client == NULL || self->pubsub == NULL)
    finish (load, NULL, g_error_new_literal (HS_ERROR, HS_ERROR_NOT_CONNECTED,
                                             "HsAvatars is not registered with a client"));
  else if (load->is_pep)
    hs_pubsub_query_items_async (self->pubsub, load->key, HS_NS_AVATAR_DATA, ids, 0, NULL, data_cb, load);
  else
    fetch_vcard (load);
}

static void
file_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Load *load = user_data;
  g_autoptr (GBytes) bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, NULL);
  g_autofree char *hash = bytes != NULL ? hs_avatars_hash_bytes (bytes) : NULL;

  if (g_strcmp0 (hash, load->hash) != 0)
    fetch (load);
  else if (g_bytes_get_size (bytes) > load->self->max_bytes)
    finish_too_large (load);
  else
    finish (load, g_bytes_ref (bytes), NULL);
}

static void
load_known (Load *load)
{
  g_autoptr (GFile) file = NULL;

  if (load->self->folder == NULL)
    {
      fetch (load);
      return;
    }
  file = g_file_get_child (load->self->folder, load->hash);
  g_file_load_bytes_async (file, NULL, file_cb, load);
}

static gboolean
take_known (Load *load)
{
  HsAvatarInfo *info = hs_avatars_find_info (load->self, load->key);

  if (info == NULL || info->hash == NULL)
    return FALSE;
  g_free (load->hash);
  load->hash = g_strdup (info->hash);
  g_free (load->id);
  load->id = g_strdup (info->id);
  load->is_pep = info->is_pep;
  return TRUE;
}

static void
metadata_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Load *load = user_data;
  HsAvatars *self = load->self;
  g_autoptr (GPtrArray) items = hs_pubsub_query_items_finish (HS_PUBSUB (source), result, NULL);
  HsAvatarInfo *info = items != NULL && items->len > 0 ? hs_avatars_read_metadata (items->pdata[0]) : NULL;

  if (info != NULL)
    hs_avatars_take_info (self, load->key, info);
  info = hs_avatars_find_info (self, load->key);
  if (info != NULL && info->is_none)
    finish_none (load);
  else if (info != NULL && info->size > self->max_bytes)
    finish_too_large (load);
  else if (take_known (load))
    load_known (load);
  else
    fetch (load);
}

static gboolean
is_person (const char *key)
{
  g_autoptr (HsJid) jid = hs_jid_new (key, NULL);

  return jid != NULL && hs_jid_is_bare (jid);
}

static void
start (Load *load)
{
  if (load->hash != NULL)
    load_known (load);
  else if (load->self->pubsub != NULL && is_person (load->key))
    hs_pubsub_query_items_async (load->self->pubsub, load->key, HS_NS_AVATAR_METADATA, NULL, 1, NULL, metadata_cb, load);
  else
    fetch (load);
}

static void
start_waiting (HsAvatars *self)
{
  Load *load;

  /* If start() ends a load at once, this loop starts the next one: start_waiting() does not call itself. */
  if (self->is_starting)
    return;
  self->is_starting = TRUE;
  while (self->n_loading < HS_AVATARS_MAX_LOADS && (load = g_queue_pop_head (&self->waiting)) != NULL)
    {
      self->n_loading++;
      start (load);
    }
  self->is_starting = FALSE;
}

/* Drops a load that no call waits for, unless it has begun: then it continues, and the image is kept. */
static void
give_up (Load *load)
{
  HsAvatars *self = load->self;
  HsAvatar *avatar = g_hash_table_lookup (self->alive, load->key);

  if (load->waiters->len > 0 || !g_queue_remove (&self->waiting, load))
    return;
  g_hash_table_remove (self->loads, load->key);
  if (avatar != NULL)
    hs_avatar_set_loading (avatar, FALSE);
  load_free (load);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Waiter *waiter = user_data;
  Load *load = waiter->load;
  g_autoptr (GTask) task = g_object_ref (waiter->task);

  g_ptr_array_remove (load->waiters, waiter);
  give_up (load);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* Takes over @task. */
static void
add_waiter (Load *load, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->load = load;
  waiter->task = task;
  g_ptr_array_add (load->waiters, waiter);
  if (cancellable == NULL)
    return;
  waiter->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (waiter->cancelled, G_SOURCE_FUNC (cancelled_cb), waiter, NULL);
  g_source_attach (waiter->cancelled, g_task_get_context (task));
}

static void
begin (HsAvatars *self, HsAvatar *avatar, GTask *task)
{
  Load *load = g_hash_table_lookup (self->loads, avatar->key);

  if (load == NULL)
    {
      load = g_new0 (Load, 1);
      load->self = g_object_ref (self);
      load->key = g_strdup (avatar->key);
      load->waiters = g_ptr_array_new_with_free_func (waiter_free);
      take_known (load);
      g_hash_table_insert (self->loads, load->key, load);
      g_queue_push_tail (&self->waiting, load);
      hs_avatar_set_loading (avatar, TRUE);
    }
  add_waiter (load, task);
  start_waiting (self);
}

/* Returns why the image cannot be loaded, or NULL if it can. */
static GError *
find_reason (HsAvatars *self, HsAvatar *avatar)
{
  HsAvatarInfo *info = hs_avatars_find_info (self, avatar->key);

  if (self->client == NULL || self->pubsub == NULL)
    return g_error_new_literal (HS_ERROR, HS_ERROR_NOT_CONNECTED, "HsAvatars is not registered with a client");
  if (info != NULL && info->is_none)
    return g_error_new (HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND, "%s shows no avatar", avatar->key);
  if (info != NULL && info->size > self->max_bytes)
    return g_error_new (HS_ERROR, HS_ERROR_TOO_LARGE, "The avatar of %s is larger than max-bytes (%u)", avatar->key,
                        self->max_bytes);
  if (info != NULL && info->hash != NULL && has_failed (self, info->hash, avatar->key))
    return g_error_new (HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND,
                        "The avatar of %s could not be loaded before, and is not requested again", avatar->key);
  return NULL;
}

/**
 * hs_avatars_load_async:
 * @self: a module for avatars
 * @avatar: the avatar to load, from [method@Avatars.lookup]
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async): called when the image is there
 * @user_data: data for @callback
 *
 * Loads an image, from [property@Avatars:folder] if it is there, else from the other side.
 *
 * The image is then in [property@Avatar:bytes] as well. At most four images are loaded at a time, and several calls for
 * the same avatar load it once. An image that could not be loaded is not requested again until the person shows another
 * one. Cancelling ends the call at once; the image is still loaded if that has begun, or another call waits for it.
 *
 * Call [method@Avatars.load_finish] in the callback to get the result.
 *
 * ```python
 * avatar = avatars.lookup("juliet@capulet.example")
 * image = await avatars.load_async(avatar)
 * print(avatar.media_type, image.get_size())
 * ```
 *
 * Since: 0.2
 */
void
hs_avatars_load_async (HsAvatars *self,
                       HsAvatar *avatar,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task;
  GError *error;

  g_return_if_fail (HS_IS_AVATARS (self));
  g_return_if_fail (HS_IS_AVATAR (avatar) && avatar->key != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_avatars_load_async);
  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  if (avatar->bytes != NULL)
    g_task_return_pointer (task, g_bytes_ref (avatar->bytes), (GDestroyNotify) g_bytes_unref);
  else if ((error = find_reason (self, avatar)) != NULL)
    g_task_return_error (task, error);
  else
    {
      begin (self, avatar, task);
      return;
    }
  g_object_unref (task);
}

/**
 * hs_avatars_load_finish:
 * @self: a module for avatars
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Avatars.load_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %G_IO_ERROR_CANCELLED; those of [method@Client.request_finish], among them the
 * condition that the other side answered with, in %HS_STANZA_ERROR; %HS_STANZA_ERROR_ITEM_NOT_FOUND if the person shows
 * no image, or it could not be loaded before; %HS_ERROR_TOO_LARGE if it is larger than [property@Avatars:max-bytes];
 * %HS_ERROR_PROTOCOL if it does not have the announced hash.
 *
 * Returns: (transfer full): the image, or %NULL with an error
 *
 * Since: 0.2
 */
GBytes *
hs_avatars_load_finish (HsAvatars *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_AVATARS (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_avatars_load_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
