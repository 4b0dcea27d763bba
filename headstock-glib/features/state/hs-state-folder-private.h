/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-state-folder.h"
#include "hs-state-shared.h"
#include "hs-state-waiters-private.h"
#include "hs-state-writer-private.h"

G_BEGIN_DECLS

/* The structs and functions that hs-state-folder*.c share. */

/* A state that is kept. */
typedef struct
{
  HsStateFolder *folder;
  HsStateful *object;
  const HsStateParts *parts; /* or NULL */
  char *name;
  gsize size;         /* in bytes, as far as it is known */
  guint64 since;      /* the serial that was last when it was added: jobs up to that one are not its own */
  gboolean restoring; /* what it emits is what it was just given */
  gboolean dirty;     /* changed since its state was last taken */
  gint64 changed;     /* when it became so, or when writing failed; monotonic */
  guint n_jobs;       /* states of it that threads write */
  guint n_failures;   /* in a row */
  GSource *timer;
} HsStateEntry;

struct _HsStateFolder
{
  GObject parent_instance;

  GFile *folder;
  guint delay;
  GMainContext *context;
  HsStateWriter *writer;  /* NULL where the folder has no path */
  GPtrArray *entries;     /* of Entry */
  HsStateWaiters waiters; /* of flush_async() */
  guint64 serial;         /* of the state that was taken last */
  guint n_jobs;
};

/* Returns the entry of an object, a new one if needed, or NULL with an error if the object cannot be kept. */
HsStateEntry *hs_state_folder_ensure_entry (HsStateFolder *self, HsStateful *object, GError **error);
HsStateEntry *hs_state_folder_find_entry (HsStateFolder *self, const char *name);
/* In the caller's thread. A state that is on its way in another one does not replace it. */
void hs_state_folder_write_now (HsStateFolder *self, HsStateEntry *entry);

G_END_DECLS
