/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * HsGapReason:
 * @HS_GAP_REASON_START: it lies before the first start, or before all that the archive had then
 * @HS_GAP_REASON_LIMIT: [property@History:limit] or [property@History:max-age] was reached
 * @HS_GAP_REASON_EXPIRED: the archive does not have it any more, or it cannot be shown that it has it all
 * @HS_GAP_REASON_PENDING: it is being fetched, or will be in the next session
 * @HS_GAP_REASON_CLOCK: the clock of the server was set back
 *
 * Why there is an [class@Gap].
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

G_END_DECLS
