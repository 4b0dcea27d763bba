/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-disco-info.h"

G_BEGIN_DECLS

#define HS_TYPE_DESCRIBED (hs_described_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_INTERFACE (HsDescribed, hs_described, HS, DESCRIBED, GObject)

/**
 * HsDescribedInterface:
 * @parent_iface: the parent interface
 * @describe: adds the identities, features and forms of the module to an answer
 *
 * The interface of modules that are advertised by service discovery.
 *
 * Since: 0.2
 */
struct _HsDescribedInterface
{
  GTypeInterface parent_iface;

  void (*describe) (HsDescribed *self, HsDiscoInfo *info);

  /*< private >*/
  gpointer padding[4];
};

HS_AVAILABLE_IN_0_2
void hs_described_describe (HsDescribed *self, HsDiscoInfo *info);

G_END_DECLS
