/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-described.h"

/**
 * HsDescribed:
 *
 * A module that others can find by service discovery (XEP-0030).
 *
 * While the module and a [class@Disco] are registered with the same client, the answers of the client and its entity
 * capabilities contain what the module adds in `describe`. A program therefore advertises a feature by registering its
 * module. A module that asks for events of PubSub adds the node's name with `+notify` (XEP-0163, 4.3.2).
 *
 * ```python
 * class Dice(GObject.Object, Headstock.Module, Headstock.Described):
 *     def do_describe(self, info):
 *         info.add_feature("urn:example:dice")
 * ```
 *
 * Since: 0.2
 */

G_DEFINE_INTERFACE (HsDescribed, hs_described, G_TYPE_OBJECT)

static void
hs_described_default_init (HsDescribedInterface *iface)
{
  /**
   * HsDescribed::description-changed:
   * @self: the module
   *
   * Emitted by the module when `describe` would add something else than before. [class@Disco] then
   * computes the capabilities again, and sends the presence again if they changed.
   *
   * Since: 0.2
   */
  g_signal_new ("description-changed", HS_TYPE_DESCRIBED, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

/**
 * hs_described_describe:
 * @self: a module
 * @info: the info so far
 *
 * Lets a module add its identities, features and forms.
 *
 * Since: 0.2
 */
void
hs_described_describe (HsDescribed *self, HsDiscoInfo *info)
{
  HsDescribedInterface *iface;

  g_return_if_fail (HS_IS_DESCRIBED (self));
  g_return_if_fail (HS_IS_DISCO_INFO (info));

  iface = HS_DESCRIBED_GET_IFACE (self);
  if (iface->describe != NULL)
    iface->describe (self, info);
}
