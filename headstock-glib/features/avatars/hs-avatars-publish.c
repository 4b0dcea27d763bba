/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-avatars-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"

typedef struct
{
  HsClient *client; /* weak: whose account gets the avatar */
  char *hash;
  HsElement *metadata;
  HsNodeConfig *options;
} Publication;

static void
publication_free (Publication *self)
{
  g_clear_weak_pointer (&self->client);
  g_free (self->hash);
  g_object_unref (self->metadata);
  g_object_unref (self->options);
  g_free (self);
}

static HsElement *
make_metadata (GBytes *image, const char *hash, const char *media_type, int width, int height)
{
  HsElement *metadata = hs_element_new ("metadata", HS_NS_AVATAR_METADATA);
  HsElement *info = hs_element_add_child (metadata, "info", HS_NS_AVATAR_METADATA);
  g_autofree char *size = g_strdup_printf ("%" G_GSIZE_FORMAT, g_bytes_get_size (image));
  g_autofree char *shown_width = g_strdup_printf ("%d", width);
  g_autofree char *shown_height = g_strdup_printf ("%d", height);

  hs_element_set_attribute (info, "id", hash);
  hs_element_set_attribute (info, "bytes", size);
  hs_element_set_attribute (info, "type", media_type);
  hs_element_set_attribute (info, "width", width > 0 ? shown_width : NULL);
  hs_element_set_attribute (info, "height", height > 0 ? shown_height : NULL);
  return metadata;
}

static void
metadata_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Publication *publication = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *id = hs_pubsub_publish_finish (HS_PUBSUB (source), result, &error);

  if (id == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_strdup (publication->hash), g_free);
}

/* Returns FALSE and ends @task with an error if there is no client, or another one than @client. */
static gboolean
has_client (HsAvatars *self, HsClient *client, GTask *task)
{
  if (self->pubsub != NULL && self->client != NULL && client == self->client)
    return TRUE;
  g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED, "HsAvatars is not registered with a client");
  return FALSE;
}

/* The metadata is published after the image, so that nobody asks for an image that is not there (XEP-0084, 3.1). */
static void
data_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Publication *publication = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  g_autofree char *id = hs_pubsub_publish_finish (HS_PUBSUB (source), result, &error);

  if (id == NULL)
    g_task_return_error (task, error);
  else if (has_client (g_task_get_source_object (task), publication->client, task))
    hs_pubsub_publish_async (HS_PUBSUB (source), NULL, HS_NS_AVATAR_METADATA, publication->hash, publication->metadata,
                             publication->options, cancellable, metadata_cb, g_steal_pointer (&task));
}

/**
 * hs_avatars_publish_async:
 * @self: a module for avatars
 * @image: the bytes of an image
 * @media_type: its media type; all programs can show `image/png`
 * @width: its width in pixels, or 0 if it is not known
 * @height: its height in pixels, or 0 if it is not known
 * @is_open: true if everybody may see the image, for example in a room; false if only contacts may see it who see the
 *   account's presence
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async): called when the server has answered
 * @user_data: data for @callback
 *
 * Shows an image to others (XEP-0084, 3).
 *
 * The image is published only if the server protects it as @is_open says. Servers with `pep-vcard-conversion`
 * (XEP-0398) also put it into the account's vCard and presences; the library never does.
 *
 * Call [method@Avatars.publish_finish] in the callback to get the result.
 *
 * ```python
 * image = GLib.Bytes.new(open("me.png", "rb").read())
 * print(await avatars.publish_async(image, "image/png", 64, 64, True))
 * ```
 *
 * Since: 0.2
 */
void
hs_avatars_publish_async (HsAvatars *self,
                          GBytes *image,
                          const char *media_type,
                          int width,
                          int height,
                          gboolean is_open,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (HsElement) data = NULL;
  g_autofree char *text = NULL;
  Publication *publication;

  g_return_if_fail (HS_IS_AVATARS (self));
  g_return_if_fail (image != NULL && g_bytes_get_size (image) > 0);
  g_return_if_fail (media_type != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_avatars_publish_async);
  if (!has_client (self, self->client, task))
    return;
  if (g_bytes_get_size (image) > self->max_bytes)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_TOO_LARGE,
                               "The image has %" G_GSIZE_FORMAT " bytes, more than max-bytes (%u)",
                               g_bytes_get_size (image), self->max_bytes);
      return;
    }
  publication = g_new0 (Publication, 1);
  g_set_weak_pointer (&publication->client, self->client);
  publication->hash = hs_avatars_hash_bytes (image);
  publication->metadata = make_metadata (image, publication->hash, media_type, width, height);
  publication->options = is_open ? hs_node_config_new_open () : hs_node_config_new_presence ();
  g_task_set_task_data (task, publication, (GDestroyNotify) publication_free);
  data = hs_element_new ("data", HS_NS_AVATAR_DATA);
  text = g_base64_encode (g_bytes_get_data (image, NULL), g_bytes_get_size (image));
  hs_element_set_text (data, text);
  hs_pubsub_publish_async (self->pubsub, NULL, HS_NS_AVATAR_DATA, publication->hash, data, publication->options,
                           cancellable, data_cb, g_steal_pointer (&task));
}

/**
 * hs_avatars_publish_finish:
 * @self: a module for avatars
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Avatars.publish_async].
 *
 * Errors: %HS_ERROR_TOO_LARGE for an image larger than [property@Avatars:max-bytes]; those of
 * [method@PubSub.publish_finish].
 *
 * Returns: (transfer full): the hash of the image, or %NULL with an error
 *
 * Since: 0.2
 */
char *
hs_avatars_publish_finish (HsAvatars *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_AVATARS (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_avatars_publish_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
disabled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autofree char *id = hs_pubsub_publish_finish (HS_PUBSUB (source), result, &error);

  if (id == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * hs_avatars_disable_async:
 * @self: a module for avatars
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async): called when the server has answered
 * @user_data: data for @callback
 *
 * Stops showing an image to others (XEP-0084, 3.5).
 *
 * Call [method@Avatars.disable_finish] in the callback to get the result.
 *
 * ```python
 * await avatars.disable_async()
 * ```
 *
 * Since: 0.2
 */
void
hs_avatars_disable_async (HsAvatars *self,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (HsElement) metadata = NULL;
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_AVATARS (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_avatars_disable_async);
  if (!has_client (self, self->client, task))
    return;
  metadata = hs_element_new ("metadata", HS_NS_AVATAR_METADATA);
  hs_pubsub_publish_async (self->pubsub, NULL, HS_NS_AVATAR_METADATA, "current", metadata, NULL, cancellable,
                           disabled_cb, g_steal_pointer (&task));
}

/**
 * hs_avatars_disable_finish:
 * @self: a module for avatars
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Avatars.disable_async].
 *
 * Errors: those of [method@PubSub.publish_finish].
 *
 * Returns: true if the account shows no image any more, false with an error
 *
 * Since: 0.2
 */
gboolean
hs_avatars_disable_finish (HsAvatars *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_AVATARS (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_avatars_disable_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
