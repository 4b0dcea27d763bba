/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-affiliate.h"

G_BEGIN_DECLS

struct _HsAffiliate
{
  GObject parent_instance;

  HsJid *jid;
  HsAffiliation affiliation;
  char *nick;
  char *reason;
};

G_END_DECLS
