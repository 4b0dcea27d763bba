/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Writes the files of a folder, from several threads: a state never replaces a newer one. */
typedef struct _HsStateWriter HsStateWriter;

HsStateWriter *hs_state_writer_new (const char *folder);
HsStateWriter *hs_state_writer_ref (HsStateWriter *self);
void hs_state_writer_unref (HsStateWriter *self);

/* Writes a state, or deletes its file if @state is NULL, and blocks until that is done. @serial grows with each state
 * of a name. A state that comes after a newer one is not written, which is no error. */
gboolean
hs_state_writer_write (HsStateWriter *self, const char *name, guint64 serial, GVariant *state, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsStateWriter, hs_state_writer_unref)

G_END_DECLS
