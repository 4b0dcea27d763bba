/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-state-folder-private.h"

#include "hs-feature.h"
#include "hs-state-file-private.h"

/* Gives objects the states that the folder has. */

static gboolean
restore (HsStateEntry *entry, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) state = hs_state_file_unpack (bytes, error);
  gboolean good;

  if (state == NULL)
    {
      g_prefix_error (error, "State \"%s\": ", entry->name);
      return FALSE;
    }
  entry->size = g_variant_get_size (state);
  entry->restoring = TRUE;
  good = hs_stateful_restore_state (entry->object, state, error);
  entry->restoring = FALSE;
  return good;
}

/**
 * hs_state_folder_load:
 * @self: a folder of states
 * @object: an object with a state
 * @error: return location for an error
 *
 * Gives an object the state that the folder has, and keeps its state from now on.
 *
 * It blocks until the file is read, and a large state takes longer: [method@StateFolder.load_async] does not block.
 *
 * Call it before the client is started, and before or after the object is registered. It is no error if the folder has
 * no such state. The folder holds a reference to the object. It keeps one object of each name.
 *
 * Errors: %HS_ERROR_INVALID_STATE if the state belongs to another account, has an unknown version, or its file is
 * broken; those of GIO if the file cannot be read. With an error, the object is unchanged, and its file stays until the
 * object's state changes and is written. The folder does not keep the object at all if the error is
 * %G_IO_ERROR_INVALID_FILENAME (the name of its state cannot be that of a file), %G_IO_ERROR_EXISTS (the folder keeps
 * another object of this name) or %G_IO_ERROR_NOT_SUPPORTED (the folder has no path).
 *
 * ```python
 * folder = Headstock.StateFolder.new(Gio.File.new_for_path(GLib.get_user_cache_dir()))
 * roster = client.ensure_module(Headstock.Roster)
 * folder.load(roster)
 * ```
 *
 * Returns: true if the object has the state that the folder has, or if there was none
 *
 * Since: 0.2
 */
gboolean
hs_state_folder_load (HsStateFolder *self, HsStateful *object, GError **error)
{
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) reason = NULL;
  HsStateEntry *entry;

  g_return_val_if_fail (HS_IS_STATE_FOLDER (self), FALSE);
  g_return_val_if_fail (HS_IS_STATEFUL (object), FALSE);

  entry = hs_state_folder_ensure_entry (self, object, error);
  if (entry == NULL)
    return FALSE;
  /* A state that a thread is about to write is newer than the file. */
  if (entry->n_jobs > 0)
    hs_state_folder_write_now (self, entry);
  folder = g_file_get_path (self->folder);
  path = g_build_filename (folder, entry->name, NULL);
  hs_state_file_sweep (folder, entry->name);
  bytes = hs_state_file_read (path, &reason);
  if (bytes != NULL)
    return restore (entry, bytes, error);
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

/* The data of the thread that reads a file. */
typedef struct
{
  char *folder;
  char *name;
  const HsStateParts *parts; /* or NULL */
  GVariant *state;           /* NULL: there is none */
  gpointer parsed;
} Loading;

static void
loading_free (Loading *loading)
{
  if (loading->parsed != NULL)
    loading->parts->free_parsed (loading->parsed);
  g_clear_pointer (&loading->state, g_variant_unref);
  g_free (loading->folder);
  g_free (loading->name);
  g_free (loading);
}

static GVariant *
read_state (Loading *loading, GError **error)
{
  g_autofree char *path = g_build_filename (loading->folder, loading->name, NULL);
  g_autoptr (GBytes) bytes = NULL;
  GVariant *state;

  hs_state_file_sweep (loading->folder, loading->name);
  bytes = hs_state_file_read (path, error);
  if (bytes == NULL)
    return NULL;
  state = hs_state_file_unpack (bytes, error);
  if (state == NULL)
    g_prefix_error (error, "State \"%s\": ", loading->name);
  return state;
}

static void
load_run (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Loading *loading = task_data;
  GError *error = NULL;

  loading->state = read_state (loading, &error);
  if (loading->state != NULL && loading->parts != NULL)
    loading->parsed = loading->parts->parse (loading->state, &error);
  if (error == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
  g_clear_error (&error);
}

/* Takes over @error, which is NULL for TRUE. A task that was cancelled has ended before. */
static void
end_load (GTask *task, GError *error)
{
  HsStateFolder *self = g_task_get_source_object (task);

  if (!g_ptr_array_remove (self->loads, task))
    g_clear_error (&error);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
adopted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autofree char *name = hs_stateful_dup_state_name (HS_STATEFUL (object));
  HsStateEntry *entry = hs_state_folder_find_entry (g_task_get_source_object (task), name);
  GError *error = NULL;

  if (entry != NULL && entry->object == HS_STATEFUL (object))
    entry->restoring = FALSE;
  g_task_propagate_boolean (G_TASK (result), &error);
  end_load (task, error);
}

static void
restore_loaded (HsStateEntry *entry, Loading *loading, GTask *task)
{
  g_autoptr (GTask) adopting = NULL;
  GError *error = NULL;

  entry->size = g_variant_get_size (loading->state);
  entry->restoring = TRUE;
  if (loading->parts != NULL)
    {
      adopting = g_task_new (entry->object, NULL, adopted_cb, g_object_ref (task));
      g_task_set_source_tag (adopting, restore_loaded);
      loading->parts->adopt (entry->object, loading->state, g_steal_pointer (&loading->parsed), adopting);
      return;
    }
  hs_stateful_restore_state (entry->object, loading->state, &error);
  entry->restoring = FALSE;
  end_load (task, error);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  HsStateFolder *self = g_task_get_source_object (task);
  Loading *loading = g_task_get_task_data (G_TASK (result));
  HsStateEntry *entry = hs_state_folder_find_entry (self, loading->name);
  GError *error = NULL;

  /* The program may have called hs_state_folder_forget() meanwhile. */
  if (!g_task_propagate_boolean (G_TASK (result), &error) || loading->state == NULL || entry == NULL)
    end_load (task, error);
  else
    restore_loaded (entry, loading, task);
}

/**
 * hs_state_folder_load_async:
 * @self: a folder of states
 * @object: an object with a state
 * @cancellable: (nullable): a #GCancellable, which ends the waiting; the object gets its state all the same
 * @callback: (scope async): called when the object has its state
 * @user_data: data for @callback
 *
 * Gives an object the state that the folder has, and keeps its state from now on.
 *
 * A thread reads the file. A [class@Roster] then takes its contacts some at a time, so that a window keeps drawing: one
 * turn of the main loop takes a few milliseconds, however many contacts there are. Start the client when @callback is
 * called. All else is as with [method@StateFolder.load].
 *
 * Call [method@StateFolder.load_finish] in the callback to get the result.
 *
 * ```python
 * folder = Headstock.StateFolder.new(Gio.File.new_for_path(GLib.get_user_cache_dir()))
 * roster = client.ensure_module(Headstock.Roster)
 * await folder.load_async(roster)
 * ```
 *
 * Since: 0.2
 */
void
hs_state_folder_load_async (HsStateFolder *self,
                            HsStateful *object,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GTask) reading = NULL;
  GError *error = NULL;
  HsStateEntry *entry;
  Loading *loading;

  g_return_if_fail (HS_IS_STATE_FOLDER (self));
  g_return_if_fail (HS_IS_STATEFUL (object));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_state_folder_load_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  entry = hs_state_folder_ensure_entry (self, object, &error);
  if (entry == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  /* A state that a thread is about to write is newer than the file. */
  if (entry->n_jobs > 0)
    hs_state_folder_write_now (self, entry);
  loading = g_new0 (Loading, 1);
  loading->folder = g_file_get_path (self->folder);
  loading->name = g_strdup (entry->name);
  loading->parts = entry->parts;
  /* The thread may release the last reference to this task, but must not release the last one to the folder. */
  reading = g_task_new (NULL, NULL, loaded_cb, g_object_ref (task));
  hs_feature_wait (self->loads, g_steal_pointer (&task));
  g_task_set_source_tag (reading, load_run);
  g_task_set_task_data (reading, loading, (GDestroyNotify) loading_free);
  g_task_run_in_thread (reading, load_run);
}

/**
 * hs_state_folder_load_finish:
 * @self: a folder of states
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@StateFolder.load_async].
 *
 * Errors: those of [method@StateFolder.load]; %G_IO_ERROR_CANCELLED, after which the object may still get its
 * state.
 *
 * Returns: true if the object has the state that the folder has, or if there was none
 *
 * Since: 0.2
 */
gboolean
hs_state_folder_load_finish (HsStateFolder *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_STATE_FOLDER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_state_folder_load_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
