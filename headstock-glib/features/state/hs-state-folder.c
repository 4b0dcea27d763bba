/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-state-folder-private.h"

#include "hs-error.h"
#include "hs-printable.h"
#include "hs-state-file-private.h"

#define DELAY 2000
#define DELAY_LARGE (30 * 1000)
#define MAX_RETRY_DELAY (5 * 60 * 1000)

/**
 * HsStateFolder:
 *
 * Keeps the states of an account's modules in the files of a folder.
 *
 * Each account needs a folder of its own. [method@StateFolder.load] gives a module the state of an earlier run
 * and writes each change from then on. A file has the name of its state, such as `roster`.
 *
 * ```python
 * folder = Headstock.StateFolder.new(Gio.File.new_for_path(path))
 * roster = Headstock.Roster.new()
 * try:
 *     folder.load(roster)
 * except GLib.Error as error:
 *     print("The contacts will be fetched again:", error.message)
 * client.register(roster)
 * client.run()
 * ```
 *
 * Changes are collected: a state is written [property@StateFolder:delay] milliseconds after its first change that
 * is not in the file, and a state of more than 1 MiB at most every 30 s. A thread writes it into a temporary file,
 * which then replaces the old one, so that the file is complete even if the process is killed. Only the user can read
 * it (mode 0600; a folder that does not exist is made with mode 0700).
 *
 * A program that is about to end calls [method@StateFolder.flush_async]. Otherwise the last reference to the folder
 * writes what has changed when it is dropped, and blocks for as long as the disk takes. A program that ends
 * without either may lose the changes of the last seconds.
 *
 * If a state cannot be written, [signal@StateFolder::write-failed] is emitted. The folder then tries again: first after
 * the delay, but at least 2 s, then after twice that time and so on, up to every 5 minutes.
 *
 * The folder belongs to the main context that was the thread's default when it was made.
 *
 * Since: 0.2
 */

/* A state that a thread writes. */
typedef struct
{
  GWeakRef folder;
  HsStateWriter *writer;
  char *name;
  guint64 serial;
  GVariant *state;
  const HsStateParts *parts; /* NULL unless the thread builds the state */
  gpointer collected;        /* what it builds the state from; NULL if there is no state */
} Job;

enum
{
  PROP_FOLDER = 1,
  PROP_DELAY,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

enum
{
  SIGNAL_WRITE_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (HsStateFolder, hs_state_folder, G_TYPE_OBJECT)

static void
stop_timer (HsStateEntry *entry)
{
  if (entry->timer != NULL)
    g_source_destroy (entry->timer);
  g_clear_pointer (&entry->timer, g_source_unref);
}

static void
entry_free (HsStateEntry *entry)
{
  stop_timer (entry);
  g_signal_handlers_disconnect_by_data (entry->object, entry);
  g_object_unref (entry->object);
  g_free (entry->name);
  g_free (entry);
}

HsStateEntry *
hs_state_folder_find_entry (HsStateFolder *self, const char *name)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      HsStateEntry *entry = g_ptr_array_index (self->entries, i);

      if (g_str_equal (entry->name, name))
        return entry;
    }
  return NULL;
}

static void
job_free (Job *job)
{
  g_weak_ref_clear (&job->folder);
  hs_state_writer_unref (job->writer);
  g_free (job->name);
  g_clear_pointer (&job->state, g_variant_unref);
  g_free (job);
}

/* Emits a signal, whose handlers may remove entries. */
static void
report_failure (HsStateFolder *self, HsStateful *object, const GError *error)
{
  g_signal_emit (self, signals[SIGNAL_WRITE_FAILED], 0, object, error);
}

/* Takes the state of an object for writing: NULL if it has none. Returns FALSE if the state cannot be kept. */
static gboolean
take_state (HsStateEntry *entry, GVariant **state)
{
  stop_timer (entry);
  entry->dirty = FALSE;
  *state = hs_stateful_dup_state (entry->object);
  if (*state != NULL && !g_str_has_prefix (g_variant_get_type_string (*state), "(us"))
    {
      g_critical ("The state of \"%s\" is a %s and not a tuple of a version, an account and more", entry->name,
                  g_variant_get_type_string (*state));
      g_clear_pointer (state, g_variant_unref);
      return FALSE;
    }
  entry->size = *state != NULL ? g_variant_get_size (*state) : 0;
  return TRUE;
}

static void job_done_cb (GObject *source, GAsyncResult *result, gpointer user_data);

static void
job_run (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  GError *error = NULL;

  if (job->collected != NULL)
    job->state = job->parts->build (g_steal_pointer (&job->collected));
  if (hs_state_writer_write (job->writer, job->name, job->serial, job->state, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The job holds no reference to the folder: when the program drops the folder, it is disposed of at once, and writes
 * the states that are left. */
static GTask *
begin_job (HsStateFolder *self, HsStateEntry *entry)
{
  Job *job = g_new0 (Job, 1);
  GTask *task;

  g_weak_ref_init (&job->folder, self);
  job->writer = hs_state_writer_ref (self->writer);
  job->name = g_strdup (entry->name);
  job->serial = ++self->serial;
  entry->n_jobs++;
  self->n_jobs++;

  g_main_context_push_thread_default (self->context);
  task = g_task_new (NULL, NULL, job_done_cb, NULL);
  g_task_set_source_tag (task, begin_job);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_main_context_pop_thread_default (self->context);
  return task;
}

static void
send_state (HsStateFolder *self, HsStateEntry *entry, GVariant *state)
{
  g_autoptr (GTask) task = begin_job (self, entry);
  Job *job = g_task_get_task_data (task);

  job->state = state != NULL ? g_variant_ref (state) : NULL;
  g_task_run_in_thread (task, job_run);
}

static void
collected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Job *job = g_task_get_task_data (task);

  job->collected = g_task_propagate_pointer (G_TASK (result), NULL);
  g_task_run_in_thread (task, job_run);
}

/* Like send_state(), for a state that is taken in parts. Changes from now on may or may not be in it. */
static void
send_parts (HsStateFolder *self, HsStateEntry *entry)
{
  GTask *task = begin_job (self, entry);
  Job *job = g_task_get_task_data (task);
  g_autoptr (GTask) collecting = NULL;

  stop_timer (entry);
  entry->dirty = FALSE;
  job->parts = entry->parts;
  g_main_context_push_thread_default (self->context);
  collecting = g_task_new (entry->object, NULL, collected_cb, task);
  g_main_context_pop_thread_default (self->context);
  g_task_set_source_tag (collecting, send_parts);
  entry->parts->collect (entry->object, collecting);
}

void
hs_state_folder_write_now (HsStateFolder *self, HsStateEntry *entry)
{
  g_autoptr (HsStateful) object = g_object_ref (entry->object);
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GError) error = NULL;

  if (take_state (entry, &state)
      && !hs_state_writer_write (self->writer, entry->name, ++self->serial, state, &error))
    report_failure (self, object, error);
}

/* Returns how many milliseconds after the change, or after the failure, the state is to be written. */
static gint64
get_wait (HsStateEntry *entry)
{
  gint64 delay = entry->folder->delay;

  if (entry->n_failures > 0)
    return MIN (MAX (delay, DELAY) << MIN (entry->n_failures - 1, 8), MAX_RETRY_DELAY);
  return entry->size > HS_STATE_LARGE ? MAX (delay, DELAY_LARGE) : delay;
}

static gboolean timer_cb (gpointer user_data);

/* Starts the timer for the time that is left until the state is to be written. */
static void
start_timer (HsStateEntry *entry)
{
  gint64 passed = (g_get_monotonic_time () - entry->changed) / 1000;
  gint64 wait = get_wait (entry);

  stop_timer (entry);
  entry->timer = g_timeout_source_new (CLAMP (wait - passed, 0, wait));
  g_source_set_callback (entry->timer, timer_cb, entry, NULL);
  g_source_attach (entry->timer, entry->folder->context);
}

static gboolean
timer_cb (gpointer user_data)
{
  HsStateEntry *entry = user_data;
  g_autoptr (HsStateFolder) self = g_object_ref (entry->folder);
  gsize known = entry->size;
  g_autoptr (GVariant) state = NULL;

  stop_timer (entry);
  /* The disk is slow. job_done_cb() starts the timer again. */
  if (entry->n_jobs > 0)
    return G_SOURCE_REMOVE;
  if (entry->parts != NULL)
    {
      send_parts (self, entry);
      return G_SOURCE_REMOVE;
    }
  if (!take_state (entry, &state))
    return G_SOURCE_REMOVE;
  /* Only now is it known that the state is large, and waits longer. */
  if (known <= HS_STATE_LARGE && (g_get_monotonic_time () - entry->changed) / 1000 < get_wait (entry))
    {
      entry->dirty = TRUE;
      start_timer (entry);
    }
  else
    send_state (self, entry, state);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (HsStateful *object, gpointer user_data)
{
  HsStateEntry *entry = user_data;

  if (entry->restoring || entry->dirty)
    return;
  entry->dirty = TRUE;
  entry->changed = g_get_monotonic_time ();
  if (entry->parts != NULL)
    entry->size = entry->parts->get_size (object);
  start_timer (entry);
}

static void
note_result (HsStateEntry *entry, const GError *error)
{
  entry->n_jobs--;
  if (error == NULL)
    entry->n_failures = 0;
  else
    {
      entry->n_failures++;
      entry->dirty = TRUE;
      entry->changed = g_get_monotonic_time ();
    }
  if (entry->dirty)
    start_timer (entry);
}

static void
job_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (HsStateFolder) self = g_weak_ref_get (&job->folder);
  g_autoptr (GPtrArray) finished = NULL;
  g_autoptr (HsStateful) object = NULL;
  g_autoptr (GError) error = NULL;
  HsStateEntry *entry;

  g_task_propagate_boolean (G_TASK (result), &error);
  if (self == NULL)
    return;
  self->n_jobs--;
  entry = hs_state_folder_find_entry (self, job->name);
  /* If the object was forgotten meanwhile, the entry may be that of another object with the same name. */
  if (entry != NULL && job->serial > entry->since)
    {
      object = g_object_ref (entry->object);
      note_result (entry, error);
    }
  finished = hs_state_waiters_note (&self->waiters, job->serial, error);
  if (object != NULL && error != NULL)
    report_failure (self, object, error);
}

static void
hs_state_folder_constructed (GObject *object)
{
  HsStateFolder *self = HS_STATE_FOLDER (object);
  g_autofree char *path = self->folder != NULL ? g_file_get_path (self->folder) : NULL;

  G_OBJECT_CLASS (hs_state_folder_parent_class)->constructed (object);
  if (path != NULL)
    self->writer = hs_state_writer_new (path);
}

static void
hs_state_folder_dispose (GObject *object)
{
  HsStateFolder *self = HS_STATE_FOLDER (object);

  while (self->entries->len > 0)
    {
      HsStateEntry *entry = g_ptr_array_steal_index (self->entries, self->entries->len - 1);

      if (entry->dirty || entry->n_jobs > 0)
        hs_state_folder_write_now (self, entry);
      entry_free (entry);
    }
  hs_state_waiters_end (&self->waiters);

  G_OBJECT_CLASS (hs_state_folder_parent_class)->dispose (object);
}

static void
hs_state_folder_finalize (GObject *object)
{
  HsStateFolder *self = HS_STATE_FOLDER (object);

  g_ptr_array_unref (self->entries);
  hs_state_waiters_clear (&self->waiters);
  g_ptr_array_unref (self->loads);
  g_clear_pointer (&self->writer, hs_state_writer_unref);
  g_clear_object (&self->folder);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (hs_state_folder_parent_class)->finalize (object);
}

static void
hs_state_folder_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsStateFolder *self = HS_STATE_FOLDER (object);

  switch (prop_id)
    {
    case PROP_FOLDER:
      g_value_set_object (value, hs_state_folder_get_folder (self));
      break;
    case PROP_DELAY:
      g_value_set_uint (value, hs_state_folder_get_delay (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_state_folder_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsStateFolder *self = HS_STATE_FOLDER (object);

  switch (prop_id)
    {
    case PROP_FOLDER:
      self->folder = g_value_dup_object (value);
      break;
    case PROP_DELAY:
      hs_state_folder_set_delay (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_state_folder_class_init (HsStateFolderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = hs_state_folder_constructed;
  object_class->dispose = hs_state_folder_dispose;
  object_class->finalize = hs_state_folder_finalize;
  object_class->get_property = hs_state_folder_get_property;
  object_class->set_property = hs_state_folder_set_property;

  /**
   * HsStateFolder:folder: (getter get_folder)
   *
   * The folder with the files, which must have a path. It is created when the first file is written. The default is
   * %NULL.
   *
   * Since: 0.2
   */
  props[PROP_FOLDER] = g_param_spec_object ("folder", NULL, NULL, G_TYPE_FILE,
                                            G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * HsStateFolder:delay: (getter get_delay) (setter set_delay)
   *
   * How many milliseconds after a change a state is written. A state of more than 1 MiB is written 30 s after the
   * change, or later if the delay is longer. The default is 2,000 milliseconds.
   *
   * Since: 0.2
   */
  props[PROP_DELAY] = g_param_spec_uint ("delay", NULL, NULL, 0, G_MAXINT, DELAY,
                                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * HsStateFolder::write-failed:
   * @self: a folder of states
   * @object: the object whose state was not written
   * @error: what happened
   *
   * Emitted when a state could not be written, for example because the disk is full. The file still has the state
   * before that. The folder tries again later, with the state as it is then.
   *
   * Since: 0.2
   */
  signals[SIGNAL_WRITE_FAILED] = g_signal_new ("write-failed", HS_TYPE_STATE_FOLDER, G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 2, HS_TYPE_STATEFUL, G_TYPE_ERROR);
}

static void
hs_state_folder_init (HsStateFolder *self)
{
  self->delay = DELAY;
  self->context = g_main_context_ref_thread_default ();
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  hs_state_waiters_init (&self->waiters);
  self->loads = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * hs_state_folder_new:
 * @folder: a folder of one account's states
 *
 * Creates an object that keeps states in the files of a folder.
 *
 * Returns: (transfer full): a new folder of states
 *
 * Since: 0.2
 */
HsStateFolder *
hs_state_folder_new (GFile *folder)
{
  g_return_val_if_fail (G_IS_FILE (folder), NULL);

  return g_object_new (HS_TYPE_STATE_FOLDER, "folder", folder, NULL);
}

/**
 * hs_state_folder_get_folder: (get-property folder)
 * @self: a folder of states
 *
 * Gets the folder with the files.
 *
 * Returns: (transfer none) (nullable): the folder, or %NULL if none was given
 *
 * Since: 0.2
 */
GFile *
hs_state_folder_get_folder (HsStateFolder *self)
{
  g_return_val_if_fail (HS_IS_STATE_FOLDER (self), NULL);

  return self->folder;
}

/**
 * hs_state_folder_get_delay: (get-property delay)
 * @self: a folder of states
 *
 * Gets how long a change waits until it is written.
 *
 * Returns: the delay in milliseconds
 *
 * Since: 0.2
 */
guint
hs_state_folder_get_delay (HsStateFolder *self)
{
  g_return_val_if_fail (HS_IS_STATE_FOLDER (self), 0);

  return self->delay;
}

/**
 * hs_state_folder_set_delay: (set-property delay)
 * @self: a folder of states
 * @delay: the delay in milliseconds
 *
 * Sets how long a change waits until it is written. The delay also applies to changes that are waiting already.
 *
 * Since: 0.2
 */
void
hs_state_folder_set_delay (HsStateFolder *self, guint delay)
{
  g_return_if_fail (HS_IS_STATE_FOLDER (self));
  g_return_if_fail (delay <= G_MAXINT);

  if (self->delay == delay)
    return;
  self->delay = delay;
  for (guint i = 0; i < self->entries->len; i++)
    {
      HsStateEntry *entry = g_ptr_array_index (self->entries, i);

      if (entry->timer != NULL)
        start_timer (entry);
    }
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DELAY]);
}

/* Takes over @name. */
static HsStateEntry *
add_entry (HsStateFolder *self, HsStateful *object, char *name)
{
  HsStateEntry *entry = g_new0 (HsStateEntry, 1);

  entry->folder = self;
  entry->object = g_object_ref (object);
  entry->parts = hs_state_parts_find (object);
  entry->name = name;
  entry->since = self->serial;
  g_ptr_array_add (self->entries, entry);
  g_signal_connect (object, "state-changed", G_CALLBACK (changed_cb), entry);
  return entry;
}

HsStateEntry *
hs_state_folder_ensure_entry (HsStateFolder *self, HsStateful *object, GError **error)
{
  g_autofree char *name = hs_stateful_dup_state_name (object);
  g_autofree char *printable = hs_printable (name != NULL ? name : "", HS_PRINTABLE_NAME);
  HsStateEntry *entry;

  if (self->writer == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "The folder of the states has no path on this machine");
      return NULL;
    }
  if (name == NULL || !hs_state_file_is_name (name))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME, "\"%s\" cannot be the name of a state: it must "
                   "have 1 to 64 letters, digits, \"-\", \"_\" and \".\", and not begin with a dot", printable);
      return NULL;
    }
  entry = hs_state_folder_find_entry (self, name);
  if (entry == NULL)
    return add_entry (self, object, g_steal_pointer (&name));
  if (entry->object == object)
    return entry;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "The folder keeps the state of another object named \"%s\"",
               printable);
  return NULL;
}

/**
 * hs_state_folder_forget:
 * @self: a folder of states
 * @object: an object that the folder keeps the state of
 *
 * Stops keeping the state of an object, and drops the reference to the object.
 *
 * The file stays. Changes that are not in the file are written first, which blocks for as long as the disk takes.
 * Nothing happens if the folder does not keep the object.
 *
 * Since: 0.2
 */
void
hs_state_folder_forget (HsStateFolder *self, HsStateful *object)
{
  g_return_if_fail (HS_IS_STATE_FOLDER (self));
  g_return_if_fail (HS_IS_STATEFUL (object));

  for (guint i = 0; i < self->entries->len; i++)
    {
      HsStateEntry *entry = g_ptr_array_index (self->entries, i);

      if (entry->object != object)
        continue;
      g_ptr_array_steal_index (self->entries, i);
      if (entry->dirty || entry->n_jobs > 0)
        hs_state_folder_write_now (self, entry);
      entry_free (entry);
      return;
    }
}

/**
 * hs_state_folder_flush_async:
 * @self: a folder of states
 * @cancellable: (nullable): a #GCancellable; what is being written is written all the same
 * @callback: (scope async): called when all is written
 * @user_data: data for @callback
 *
 * Writes all that has changed, without the delay.
 *
 * Call [method@StateFolder.flush_finish] in the callback to get the result.
 *
 * ```python
 * await folder.flush_async()
 * ```
 *
 * Since: 0.2
 */
void
hs_state_folder_flush_async (HsStateFolder *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_STATE_FOLDER (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_state_folder_flush_async);
  for (guint i = 0; i < self->entries->len; i++)
    {
      HsStateEntry *entry = g_ptr_array_index (self->entries, i);
      g_autoptr (GVariant) state = NULL;

      if (entry->dirty && entry->parts != NULL)
        send_parts (self, entry);
      else if (entry->dirty && take_state (entry, &state))
        send_state (self, entry, state);
    }
  if (self->n_jobs == 0)
    g_task_return_boolean (task, TRUE);
  else
    hs_state_waiters_add (&self->waiters, task, self->context, self->serial, self->n_jobs);
}

/**
 * hs_state_folder_flush_finish:
 * @self: a folder of states
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@StateFolder.flush_async].
 *
 * Errors: those of GIO, for the first state that could not be written. The folder tries again later.
 *
 * Returns: true if all is written
 *
 * Since: 0.2
 */
gboolean
hs_state_folder_flush_finish (HsStateFolder *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_STATE_FOLDER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_state_folder_flush_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
