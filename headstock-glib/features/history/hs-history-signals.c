/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-private.h"

/* The signals of HsHistory. */

guint hs_history_signals[HS_HISTORY_N_SIGNALS];

void
hs_history_install_signals (void)
{
  /**
   * HsHistory::caught-up:
   * @self: the module
   * @archive: the account's bare JID, or the address of a room
   *
   * Emitted when the program was given all messages of an archive, except for [property@History:gaps].
   *
   * Since: 0.2
   */
  hs_history_signals[HS_HISTORY_SIGNAL_CAUGHT_UP]
      = g_signal_new ("caught-up", HS_TYPE_HISTORY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, HS_TYPE_JID);

  /**
   * HsHistory::gap-found:
   * @self: the module
   * @gap: the gap
   *
   * Emitted when there is a new gap, before the message after it is given.
   *
   * Since: 0.2
   */
  hs_history_signals[HS_HISTORY_SIGNAL_GAP_FOUND]
      = g_signal_new ("gap-found", HS_TYPE_HISTORY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, HS_TYPE_GAP);
}
