/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-seam.h"

#include "hs-client-internal.h"
#include "hs-version.h"

typedef struct
{
  HsDialFunc dial;
  gpointer user_data;
} Dial;

/* Data of the object and no field: no client but those of tests has it. */
static GQuark
get_quark (void)
{
  static GQuark quark;

  if (quark == 0)
    quark = g_quark_from_static_string ("hs-client-dial");
  return quark;
}

guint
hs_seam_get_version (void)
{
  return HS_SEAM_VERSION;
}

void
hs_client_set_dial (HsClient *self, HsDialFunc dial, gpointer user_data)
{
  Dial *data = g_new (Dial, 1);

  data->dial = dial;
  data->user_data = user_data;
  g_object_set_qdata_full (G_OBJECT (self), get_quark (), data, g_free);
}

void
hs_client_set_random (HsClient *self, guint (*random) (guint bound))
{
  HsReconnector *reconnector = hs_client_reconnector (hs_client_private (self));

  hs_retry_policy_set_random (hs_reconnector_get_policy (reconnector), random);
}

gboolean
hs_client_has_dial (HsClient *self)
{
  return g_object_get_qdata (G_OBJECT (self), get_quark ()) != NULL;
}

HsDialFunc
hs_client_get_dial (HsClient *self, gpointer *user_data)
{
  const Dial *data = g_object_get_qdata (G_OBJECT (self), get_quark ());

  *user_data = data->user_data;
  return data->dial;
}
