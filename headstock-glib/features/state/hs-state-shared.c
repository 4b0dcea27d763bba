/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-state-shared.h"

static GQuark
parts_quark (void)
{
  return g_quark_from_static_string ("headstock-state-parts");
}

void
hs_state_parts_set (GType type, const HsStateParts *parts)
{
  g_type_set_qdata (type, parts_quark (), (gpointer) parts);
}

const HsStateParts *
hs_state_parts_find (HsStateful *object)
{
  return g_type_get_qdata (G_OBJECT_TYPE (object), parts_quark ());
}
