/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"
#include "hs-contact.h"
#include "hs-subscription-request.h"

G_BEGIN_DECLS

/**
 * HsApproval:
 * @HS_APPROVAL_ASK: the program answers all requests
 * @HS_APPROVAL_CONTACTS: requests of contacts in the roster are approved, and the program answers the others
 * @HS_APPROVAL_ALL: all requests are approved
 *
 * Whose subscription requests are approved without asking the user.
 *
 * Since: 0.2
 */
typedef enum
{
  HS_APPROVAL_ASK,
  HS_APPROVAL_CONTACTS,
  HS_APPROVAL_ALL,
} HsApproval;

#define HS_TYPE_ROSTER (hs_roster_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsRoster, hs_roster, HS, ROSTER, GObject)

HS_AVAILABLE_IN_0_2
HsRoster *hs_roster_new (void);

/* Reading */

HS_AVAILABLE_IN_0_2
HsContact *hs_roster_lookup (HsRoster *self, const char *jid);
HS_AVAILABLE_IN_0_2
char **hs_roster_dup_groups (HsRoster *self);
HS_AVAILABLE_IN_0_2
HsClient *hs_roster_get_client (HsRoster *self);
HS_AVAILABLE_IN_0_2
GListModel *hs_roster_get_contacts (HsRoster *self);
HS_AVAILABLE_IN_0_2
GListModel *hs_roster_get_requests (HsRoster *self);
HS_AVAILABLE_IN_0_2
HsContact *hs_roster_get_own_contact (HsRoster *self);
HS_AVAILABLE_IN_0_2
gboolean hs_roster_get_is_loaded (HsRoster *self);
HS_AVAILABLE_IN_0_2
gboolean hs_roster_get_is_stale (HsRoster *self);
HS_AVAILABLE_IN_0_2
const char *hs_roster_get_version (HsRoster *self);
HS_AVAILABLE_IN_0_2
HsApproval hs_roster_get_approval (HsRoster *self);
HS_AVAILABLE_IN_0_2
void hs_roster_set_approval (HsRoster *self, HsApproval approval);

/* Changing */

HS_AVAILABLE_IN_0_2
void hs_roster_add_async (HsRoster *self,
                          const char *jid,
                          const char *name,
                          const char * const *groups,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_roster_add_finish (HsRoster *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_roster_update_async (HsRoster *self,
                             HsContact *contact,
                             const char *name,
                             const char * const *groups,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_roster_update_finish (HsRoster *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_roster_remove_async (HsRoster *self,
                             HsContact *contact,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_roster_remove_finish (HsRoster *self, GAsyncResult *result, GError **error);
HS_AVAILABLE_IN_0_2
void hs_roster_refresh_async (HsRoster *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
HS_AVAILABLE_IN_0_2
gboolean hs_roster_refresh_finish (HsRoster *self, GAsyncResult *result, GError **error);

/* Subscriptions */

HS_AVAILABLE_IN_0_2
gboolean hs_roster_subscribe (HsRoster *self, const char *jid, const char *message, GError **error);
HS_AVAILABLE_IN_0_2
gboolean hs_roster_unsubscribe (HsRoster *self, const char *jid, GError **error);
HS_AVAILABLE_IN_0_2
gboolean hs_roster_approve (HsRoster *self, const char *jid, GError **error);
HS_AVAILABLE_IN_0_2
gboolean hs_roster_deny (HsRoster *self, const char *jid, GError **error);

G_END_DECLS
