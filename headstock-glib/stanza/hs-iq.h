/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-stanza.h"

G_BEGIN_DECLS

#define HS_TYPE_IQ (hs_iq_get_type ())

HS_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (HsIq, hs_iq, HS, IQ, HsStanza)

struct _HsIqClass
{
  HsStanzaClass parent_class;

  /*< private >*/
  gpointer padding[4];
};

HS_AVAILABLE_IN_ALL
HsIq *hs_iq_new (const char *stanza_type, const char *to, HsElement *payload);

HS_AVAILABLE_IN_ALL
HsElement *hs_iq_get_payload (HsIq *self);
HS_AVAILABLE_IN_ALL
void hs_iq_set_payload (HsIq *self, HsElement *payload);

G_END_DECLS
