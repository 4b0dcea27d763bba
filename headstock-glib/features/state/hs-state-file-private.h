/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The files of a folder of states: their names, their form, and how they are read and replaced. */

/* A state of more bytes than this is large: its file is mapped, and it is written less often. */
#define HS_STATE_LARGE (1024 * 1024)

gboolean hs_state_file_is_name (const char *name);

/* Makes the content of a file from a state, and a state from the content of a file. The state uses the memory of
 * @bytes. */
GBytes *hs_state_file_pack (GVariant *state);
GVariant *hs_state_file_unpack (GBytes *bytes, GError **error);

/* Returns NULL with an error, which is G_IO_ERROR_NOT_FOUND if there is no such file. */
GBytes *hs_state_file_read (const char *path, GError **error);
/* Replaces a file, which has either its old contents or the new ones even if the process is killed meanwhile. */
gboolean hs_state_file_replace (const char *folder, const char *name, GBytes *bytes, GError **error);
gboolean hs_state_file_delete (const char *folder, const char *name, GError **error);
/* Deletes the temporary files of processes that were killed while they replaced the file. */
void hs_state_file_sweep (const char *folder, const char *name);

G_END_DECLS
