/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-messages-shared.h"
#include "hs-muc.h"

G_BEGIN_DECLS

struct _HsMuc
{
  GObject parent_instance;

  HsClient *client; /* weak */
  HsMessages *messages; /* weak; the module of the client */
  GListStore *rooms;
  GHashTable *by_jid; /* bare JID, of the room -> HsRoom, borrowed */
  HsRoom *removed;    /* lent by hs_muc_add_room() if a handler had removed it at once; or NULL */
  gint64 interrupted_time; /* monotonic, in microseconds; 0: not interrupted */
};

/* hs-muc-signals.c */
enum
{
  HS_MUC_SIGNAL_ROOM_MESSAGE,
  HS_MUC_SIGNAL_INVITED,
  HS_MUC_N_SIGNALS
};
extern guint hs_muc_signals[HS_MUC_N_SIGNALS];
void hs_muc_install_signals (void);

G_END_DECLS
