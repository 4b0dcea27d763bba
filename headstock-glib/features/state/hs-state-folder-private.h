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
  gsize size;         /* of its last known state, in bytes */
  guint64 since;      /* the folder's serial when the object was added: older jobs belong to another object */
  gboolean restoring; /* the object is being given its state: its `state-changed` is no change */
  gboolean dirty;     /* the object has changed since its state was last taken */
  gint64 changed;     /* when it became dirty, or when writing failed; monotonic */
  guint n_jobs;       /* how many of its states threads are writing */
  guint n_failures;   /* how often writing has failed in a row */
  GSource *timer;
} HsStateEntry;

struct _HsStateFolder
{
  GObject parent_instance;

  GFile *folder;
  guint delay;
  GMainContext *context;
  HsStateWriter *writer;  /* NULL if the folder has no path */
  GPtrArray *entries;     /* of HsStateEntry */
  HsStateWaiters waiters; /* of flush_async() */
  GPtrArray *loads;       /* GTask: of load_async() */
  guint64 serial;         /* of the state that was taken last */
  guint n_jobs;
};

/* Returns the entry of an object, a new one if needed, or NULL with an error if the object cannot be kept. */
HsStateEntry *hs_state_folder_ensure_entry (HsStateFolder *self, HsStateful *object, GError **error);
HsStateEntry *hs_state_folder_find_entry (HsStateFolder *self, const char *name);
/* Writes a state in the caller's thread. An older state that another thread is still writing does not replace it. */
void hs_state_folder_write_now (HsStateFolder *self, HsStateEntry *entry);

G_END_DECLS
