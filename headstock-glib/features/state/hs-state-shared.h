/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-stateful.h"

G_BEGIN_DECLS

/* The functions by which a folder takes and restores a state that is too large for one turn of the main loop: work with
 * the object is done in slices in the main context, everything else in a thread. */
typedef struct
{
  /* About how many bytes the state has. */
  gsize (*get_size) (HsStateful *self);
  /* Collects the parts of the state. The task, whose source is the object, returns them, or NULL if there is no state.
   * They do not change any more, and the caller owns them. */
  void (*collect) (HsStateful *self, GTask *task);
  /* Runs in a thread: makes the state from the collected parts, with all its bytes. */
  GVariant *(*build) (gpointer collected);
  /* Runs in a thread: parses a state. Returns NULL with an error. */
  gpointer (*parse) (GVariant *state, GError **error);
  GDestroyNotify free_parsed;
  /* Gives the parsed state to the object, and takes it over. The task, whose source is the object, returns TRUE when
   * the object is restored, or an error if nothing has changed. */
  void (*adopt) (HsStateful *self, GVariant *state, gpointer parsed, GTask *task);
} HsStateParts;

/* Says that the states of a class are taken and restored in parts. @parts must be static. */
void hs_state_parts_set (GType type, const HsStateParts *parts);
/* Returns NULL if the state of an object is taken and restored at once. */
const HsStateParts *hs_state_parts_find (HsStateful *object);

G_END_DECLS
