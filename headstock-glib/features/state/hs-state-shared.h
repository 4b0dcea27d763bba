/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-stateful.h"

G_BEGIN_DECLS

/* How a folder takes and restores a state that is too large for one turn of the main loop: what needs the object is
 * done in slices in the main context, all else in a thread. */
typedef struct
{
  /* About how many bytes the state has. */
  gsize (*get_size) (HsStateful *self);
  /* Collects what the state is made of. The task, whose source is the object, returns that, or NULL where there is no
   * state. It does not change any more and belongs to the caller. */
  void (*collect) (HsStateful *self, GTask *task);
  /* In a thread: the state of what was collected, with all its bytes. */
  GVariant *(*build) (gpointer collected);
  /* In a thread: what a state says, or NULL with an error. */
  gpointer (*parse) (GVariant *state, GError **error);
  GDestroyNotify free_parsed;
  /* Gives the object what was parsed, and takes that over. The task, whose source is the object, returns TRUE once
   * the object has it all, or an error where nothing has changed. */
  void (*adopt) (HsStateful *self, GVariant *state, gpointer parsed, GTask *task);
} HsStateParts;

/* For a class that has such a state; @parts is static. */
void hs_state_parts_set (GType type, const HsStateParts *parts);
/* NULL: the state is taken and restored at once. */
const HsStateParts *hs_state_parts_find (HsStateful *object);

G_END_DECLS
