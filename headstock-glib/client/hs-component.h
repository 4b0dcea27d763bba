/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-client.h"

G_BEGIN_DECLS

#define HS_TYPE_COMPONENT (hs_component_get_type ())

HS_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (HsComponent, hs_component, HS, COMPONENT, HsClient)

struct _HsComponentClass
{
  HsClientClass parent_class;

  /*< private >*/
  gpointer padding[4];
};

HS_AVAILABLE_IN_ALL
HsComponent *hs_component_new (const char *service, const char *secret);

G_END_DECLS
