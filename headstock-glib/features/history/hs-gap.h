/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

#include "hs-jid.h"
#include "hs-version-macros.h"

G_BEGIN_DECLS

/**
 * HsGapReason:
 * @HS_GAP_REASON_START: the gap is before the messages that the program was given at its first start
 * @HS_GAP_REASON_LIMIT: [property@History:limit] or [property@History:max-age] was reached
 * @HS_GAP_REASON_EXPIRED: the archive does not have the messages any more, or may have lost some of them
 * @HS_GAP_REASON_PENDING: the messages are being fetched, or will be in the next session
 * @HS_GAP_REASON_CLOCK: the server's clock was set back: until it has reached the end of the gap again, the program is
 *   given messages that arrive, and none from the archive; such a gap cannot be filled
 *
 * Why there is a [class@Gap].
 *
 * Since: 0.2
 */
typedef enum
{
  HS_GAP_REASON_START,
  HS_GAP_REASON_LIMIT,
  HS_GAP_REASON_EXPIRED,
  HS_GAP_REASON_PENDING,
  HS_GAP_REASON_CLOCK,
} HsGapReason;

#define HS_TYPE_GAP (hs_gap_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsGap, hs_gap, HS, GAP, GObject)

HS_AVAILABLE_IN_0_2
HsJid *hs_gap_get_archive (HsGap *self);
HS_AVAILABLE_IN_0_2
const char *hs_gap_get_after_id (HsGap *self);
HS_AVAILABLE_IN_0_2
GDateTime *hs_gap_get_after_time (HsGap *self);
HS_AVAILABLE_IN_0_2
const char *hs_gap_get_before_id (HsGap *self);
HS_AVAILABLE_IN_0_2
GDateTime *hs_gap_get_before_time (HsGap *self);
HS_AVAILABLE_IN_0_2
HsGapReason hs_gap_get_reason (HsGap *self);
HS_AVAILABLE_IN_0_2
gboolean hs_gap_get_is_open (HsGap *self);

G_END_DECLS
