/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"
#include "hs-delivery.h"

G_BEGIN_DECLS

#define HS_TYPE_DISPLAYED (hs_displayed_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsDisplayed, hs_displayed, HS, DISPLAYED, GObject)

HS_AVAILABLE_IN_0_2
HsDisplayed *hs_displayed_new (void);

HS_AVAILABLE_IN_0_2
HsClient *hs_displayed_get_client (HsDisplayed *self);

HS_AVAILABLE_IN_0_2
gboolean hs_displayed_mark (HsDisplayed *self, HsDelivery *delivery, GError **error);
HS_AVAILABLE_IN_0_2
char *hs_displayed_dup_position (HsDisplayed *self, const char *peer);

G_END_DECLS
