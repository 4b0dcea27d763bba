/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-state-writer-private.h"

#include "hs-state-file-private.h"

struct _HsStateWriter
{
  gatomicrefcount count;
  char *folder;
  GMutex mutex;        /* held while a file is written, so that no older state replaces a newer one */
  GHashTable *serials; /* the serial of the state that each file has, by the file's name */
};

HsStateWriter *
hs_state_writer_new (const char *folder)
{
  HsStateWriter *self = g_new0 (HsStateWriter, 1);

  g_atomic_ref_count_init (&self->count);
  self->folder = g_strdup (folder);
  g_mutex_init (&self->mutex);
  self->serials = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

HsStateWriter *
hs_state_writer_ref (HsStateWriter *self)
{
  g_atomic_ref_count_inc (&self->count);
  return self;
}

void
hs_state_writer_unref (HsStateWriter *self)
{
  if (!g_atomic_ref_count_dec (&self->count))
    return;
  g_free (self->folder);
  g_mutex_clear (&self->mutex);
  g_hash_table_unref (self->serials);
  g_free (self);
}

gboolean
hs_state_writer_write (HsStateWriter *self, const char *name, guint64 serial, GVariant *state, GError **error)
{
  g_autoptr (GBytes) bytes = state != NULL ? hs_state_file_pack (state) : NULL;
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&self->mutex);
  guint64 *last = g_hash_table_lookup (self->serials, name);
  gboolean good;

  if (last != NULL && *last >= serial)
    return TRUE;
  if (bytes != NULL)
    good = hs_state_file_replace (self->folder, name, bytes, error);
  else
    good = hs_state_file_delete (self->folder, name, error);
  if (good)
    g_hash_table_replace (self->serials, g_strdup (name), g_memdup2 (&serial, sizeof serial));
  return good;
}
