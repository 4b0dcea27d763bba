/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-invite.h"

G_BEGIN_DECLS

struct _HsInvite
{
  GObject parent_instance;

  HsJid *room;
  HsJid *inviter;
  char *reason;
  char *password;
  gboolean is_direct;
  char *thread;
};

G_END_DECLS
