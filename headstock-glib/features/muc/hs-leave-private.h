/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-leave.h"

G_BEGIN_DECLS

struct _HsLeave
{
  GObject parent_instance;

  HsLeaveKind kind;
  char *actor;
  char *reason;
  HsJid *alternative;
};

G_END_DECLS
