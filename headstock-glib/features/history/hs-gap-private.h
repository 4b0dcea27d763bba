/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-history-state-private.h"

G_BEGIN_DECLS

HsGap *hs_gap_new (HsJid *archive, guint serial);
guint hs_gap_get_serial (HsGap *self);
/* Shows the state of the gap: @gap, or that it is closed if @gap is NULL. */
void hs_gap_update (HsGap *self, const HsHistoryGap *gap);

G_END_DECLS
