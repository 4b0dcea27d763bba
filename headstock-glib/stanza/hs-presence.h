/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-stanza.h"

G_BEGIN_DECLS

#define HS_TYPE_PRESENCE (hs_presence_get_type ())

HS_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (HsPresence, hs_presence, HS, PRESENCE, HsStanza)

struct _HsPresenceClass
{
  HsStanzaClass parent_class;

  /*< private >*/
  gpointer padding[4];
};

HS_AVAILABLE_IN_ALL
HsPresence *hs_presence_new (const char *stanza_type);

HS_AVAILABLE_IN_ALL
const char *hs_presence_get_show (HsPresence *self);
HS_AVAILABLE_IN_ALL
void hs_presence_set_show (HsPresence *self, const char *show);
HS_AVAILABLE_IN_ALL
const char *hs_presence_get_status (HsPresence *self);
HS_AVAILABLE_IN_ALL
void hs_presence_set_status (HsPresence *self, const char *status);
HS_AVAILABLE_IN_ALL
int hs_presence_get_priority (HsPresence *self);
HS_AVAILABLE_IN_ALL
void hs_presence_set_priority (HsPresence *self, int priority);

G_END_DECLS
