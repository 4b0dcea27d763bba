/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"

G_BEGIN_DECLS

#define HS_TYPE_STATEFUL (hs_stateful_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_INTERFACE (HsStateful, hs_stateful, HS, STATEFUL, GObject)

/**
 * HsStatefulInterface:
 * @parent_iface: the parent interface
 * @dup_state_name: returns the name of the state, such as `roster`. It is the same for all objects of the
 *   class and never changes
 * @dup_state: returns the state, or %NULL if there is nothing to keep
 * @restore_state: takes a state that @dup_state of this class returned in another run. If it returns false, it sets
 *   %HS_ERROR_INVALID_STATE and changes nothing
 *
 * The interface of objects whose state can be saved. All functions are required.
 *
 * Since: 0.2
 */
struct _HsStatefulInterface
{
  GTypeInterface parent_iface;

  char *(*dup_state_name) (HsStateful *self);
  GVariant *(*dup_state) (HsStateful *self);
  gboolean (*restore_state) (HsStateful *self, GVariant *state, GError **error);

  /*< private >*/
  gpointer padding[8];
};

HS_AVAILABLE_IN_0_2
char *hs_stateful_dup_state_name (HsStateful *self);
HS_AVAILABLE_IN_0_2
GVariant *hs_stateful_dup_state (HsStateful *self);
HS_AVAILABLE_IN_0_2
gboolean hs_stateful_restore_state (HsStateful *self, GVariant *state, GError **error);

/* For implementations */

HS_AVAILABLE_IN_0_2
void hs_stateful_emit_changed (HsStateful *self);
HS_AVAILABLE_IN_0_2
gboolean hs_stateful_check_state (HsStateful *self,
                                  GVariant *state,
                                  const char *type_string,
                                  guint version,
                                  HsClient *client,
                                  GError **error);
HS_AVAILABLE_IN_0_2
gboolean hs_stateful_check_account (HsStateful *self, const char *account, HsClient *client);
HS_AVAILABLE_IN_0_2
char *hs_stateful_dup_account (HsStateful *self, HsClient *client);

G_END_DECLS
