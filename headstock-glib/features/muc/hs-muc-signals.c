/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-muc-private.h"

/* The signals of HsMuc. */

guint hs_muc_signals[HS_MUC_N_SIGNALS];

void
hs_muc_install_signals (void)
{
  /**
   * HsMuc::room-message:
   * @self: the module
   * @room: a room
   * @delivery: the message
   *
   * Emitted after [signal@Room::message] of any room.
   *
   * Since: 0.2
   */
  hs_muc_signals[HS_MUC_SIGNAL_ROOM_MESSAGE]
      = g_signal_new ("room-message", HS_TYPE_MUC, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, HS_TYPE_ROOM,
                      HS_TYPE_DELIVERY);

  /**
   * HsMuc::invited:
   * @self: the module
   * @invite: the invitation
   *
   * Emitted when somebody invites the account to a room.
   *
   * Since: 0.2
   */
  hs_muc_signals[HS_MUC_SIGNAL_INVITED]
      = g_signal_new ("invited", HS_TYPE_MUC, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, HS_TYPE_INVITE);
}
