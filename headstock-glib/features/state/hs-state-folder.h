/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

#include "hs-stateful.h"

G_BEGIN_DECLS

#define HS_TYPE_STATE_FOLDER (hs_state_folder_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsStateFolder, hs_state_folder, HS, STATE_FOLDER, GObject)

HS_AVAILABLE_IN_0_2
HsStateFolder *hs_state_folder_new (GFile *folder);

HS_AVAILABLE_IN_0_2
GFile *hs_state_folder_get_folder (HsStateFolder *self);
HS_AVAILABLE_IN_0_2
guint hs_state_folder_get_delay (HsStateFolder *self);
HS_AVAILABLE_IN_0_2
void hs_state_folder_set_delay (HsStateFolder *self, guint delay);

HS_AVAILABLE_IN_0_2
gboolean hs_state_folder_load (HsStateFolder *self, HsStateful *object, GError **error);
HS_AVAILABLE_IN_0_2
void hs_state_folder_load_async (HsStateFolder *self,
                                 HsStateful *object,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_state_folder_load_finish (HsStateFolder *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_state_folder_forget (HsStateFolder *self, HsStateful *object);

HS_AVAILABLE_IN_0_2
void hs_state_folder_flush_async (HsStateFolder *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_state_folder_flush_finish (HsStateFolder *self, GAsyncResult *result, GError **error);

G_END_DECLS
