/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

#include "hs-resource.h"

G_BEGIN_DECLS

/**
 * HsSubscription:
 * @HS_SUBSCRIPTION_NONE: neither sees the other's presence
 * @HS_SUBSCRIPTION_TO: the account sees the contact's presence
 * @HS_SUBSCRIPTION_FROM: the contact sees the account's presence
 * @HS_SUBSCRIPTION_BOTH: each sees the other's presence
 *
 * Who sees whose presence (RFC 6121, 2.1.2.5).
 *
 * Since: 0.2
 */
typedef enum
{
  HS_SUBSCRIPTION_NONE,
  HS_SUBSCRIPTION_TO,
  HS_SUBSCRIPTION_FROM,
  HS_SUBSCRIPTION_BOTH,
} HsSubscription;

#define HS_TYPE_CONTACT (hs_contact_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsContact, hs_contact, HS, CONTACT, GObject)

/* From the roster */

HS_AVAILABLE_IN_0_2
HsJid *hs_contact_get_jid (HsContact *self);
HS_AVAILABLE_IN_0_2
const char *hs_contact_get_name (HsContact *self);
HS_AVAILABLE_IN_0_2
const char *hs_contact_get_display_name (HsContact *self);
HS_AVAILABLE_IN_0_2
const char * const *hs_contact_get_groups (HsContact *self);
HS_AVAILABLE_IN_0_2
HsSubscription hs_contact_get_subscription (HsContact *self);
HS_AVAILABLE_IN_0_2
gboolean hs_contact_get_is_asking (HsContact *self);
HS_AVAILABLE_IN_0_2
gboolean hs_contact_get_is_approved (HsContact *self);
HS_AVAILABLE_IN_0_2
gboolean hs_contact_get_is_in_roster (HsContact *self);

/* From the best resource's presence */

HS_AVAILABLE_IN_0_2
gboolean hs_contact_get_is_available (HsContact *self);
HS_AVAILABLE_IN_0_2
HsShow hs_contact_get_show (HsContact *self);
HS_AVAILABLE_IN_0_2
const char *hs_contact_get_status (HsContact *self);
HS_AVAILABLE_IN_0_2
int hs_contact_get_priority (HsContact *self);
HS_AVAILABLE_IN_0_2
GDateTime *hs_contact_get_last_active (HsContact *self);
HS_AVAILABLE_IN_0_2
GListModel *hs_contact_get_resources (HsContact *self);

G_END_DECLS
