/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-module.h"

#include "hs-client.h"
#include "hs-element.h"
#include "hs-presence.h"

/**
 * HsModule:
 *
 * Something that is registered with a client and is told of each stage of its life. Every function is
 * optional. A feature that several programs want is best written as one.
 *
 * The functions below are for the client to call; a module implements those of `HsModuleInterface`.
 *
 * ```python
 * class Greeter(GObject.Object, Headstock.Module):
 *     def do_ready(self, client):
 *         client.send_stanza(Headstock.Message.new_chat("romeo@example.org", "I am here."))
 *
 * client.register(Greeter())
 * ```
 */

G_DEFINE_INTERFACE (HsModule, hs_module, G_TYPE_OBJECT)

static void
hs_module_default_init (HsModuleInterface *iface)
{
}

/**
 * hs_module_attached:
 * @self: a module
 * @client: a client
 *
 * Tells a module that it was registered with a client. Handlers that it adds to the client now are its
 * own, and are removed when it is unregistered.
 */
void
hs_module_attached (HsModule *self, HsClient *client)
{
  HsModuleInterface *iface;

  g_return_if_fail (HS_IS_MODULE (self));

  iface = HS_MODULE_GET_IFACE (self);
  if (iface->attached != NULL)
    iface->attached (self, client);
}

/**
 * hs_module_negotiate:
 * @self: a module
 * @client: a client
 * @features: the features of the stream
 *
 * Asks a module whether it takes part before the client signs in, once the connection is under TLS.
 *
 * Returns: true if the module takes part: signing in waits for
 *   [method@Client.continue_negotiation]
 */
gboolean
hs_module_negotiate (HsModule *self, HsClient *client, HsElement *features)
{
  HsModuleInterface *iface;

  g_return_val_if_fail (HS_IS_MODULE (self), FALSE);

  iface = HS_MODULE_GET_IFACE (self);
  return iface->negotiate != NULL && iface->negotiate (self, client, features);
}

/**
 * hs_module_prepare_presence:
 * @self: a module
 * @client: a client
 * @presence: a presence, not sent yet
 *
 * Lets a module add to the client's own presence, or to one that [method@Client.prepare_presence] is called for.
 */
void
hs_module_prepare_presence (HsModule *self, HsClient *client, HsPresence *presence)
{
  HsModuleInterface *iface;

  g_return_if_fail (HS_IS_MODULE (self));

  iface = HS_MODULE_GET_IFACE (self);
  if (iface->prepare_presence != NULL)
    iface->prepare_presence (self, client, presence);
}

/**
 * hs_module_ready:
 * @self: a module
 * @client: a client
 *
 * Tells a module that a new session stands.
 */
void
hs_module_ready (HsModule *self, HsClient *client)
{
  HsModuleInterface *iface;

  g_return_if_fail (HS_IS_MODULE (self));

  iface = HS_MODULE_GET_IFACE (self);
  if (iface->ready != NULL)
    iface->ready (self, client);
}

/**
 * hs_module_stopping:
 * @self: a module
 * @client: a client
 *
 * Tells a module that the stream is about to be closed. If there is a session, what is sent now still
 * leaves.
 */
void
hs_module_stopping (HsModule *self, HsClient *client)
{
  HsModuleInterface *iface;

  g_return_if_fail (HS_IS_MODULE (self));

  iface = HS_MODULE_GET_IFACE (self);
  if (iface->stopping != NULL)
    iface->stopping (self, client);
}

/**
 * hs_module_cleanup:
 * @self: a module
 * @client: a client
 *
 * Tells a module that the connection is gone.
 */
void
hs_module_cleanup (HsModule *self, HsClient *client)
{
  HsModuleInterface *iface;

  g_return_if_fail (HS_IS_MODULE (self));

  iface = HS_MODULE_GET_IFACE (self);
  if (iface->cleanup != NULL)
    iface->cleanup (self, client);
}

/**
 * hs_module_terminated:
 * @self: a module
 * @client: a client
 *
 * Tells a module that the run has ended.
 */
void
hs_module_terminated (HsModule *self, HsClient *client)
{
  HsModuleInterface *iface;

  g_return_if_fail (HS_IS_MODULE (self));

  iface = HS_MODULE_GET_IFACE (self);
  if (iface->terminated != NULL)
    iface->terminated (self, client);
}

/**
 * hs_module_detached:
 * @self: a module
 * @client: a client
 *
 * Tells a module that it was unregistered. Its handlers are gone.
 */
void
hs_module_detached (HsModule *self, HsClient *client)
{
  HsModuleInterface *iface;

  g_return_if_fail (HS_IS_MODULE (self));

  iface = HS_MODULE_GET_IFACE (self);
  if (iface->detached != NULL)
    iface->detached (self, client);
}

/**
 * hs_module_begin:
 * @self: a module
 * @client: a client
 *
 * Tells a module that a session begins, before the client sends its own presence.
 *
 * What the module asks here leaves in one write with the presence, and the server answers it first: the roster
 * is asked for at this point (RFC 6121, 2.2). Only requests may be sent, which are iqs of type `get` or `set`;
 * anything else is refused with %HS_ERROR_INVALID_STANZA.
 *
 * The session may begin along with the request for its resource, before the server has said anything:
 * [property@Client:bound-jid] is %NULL then. If the server refuses that, the requests fail and the hook is called
 * again, with neither [vfunc@Module.ready] nor [vfunc@Module.lost] in between.
 *
 * A module that is registered when the client is ready is not told; it asks from [vfunc@Module.attached].
 *
 * Since: 0.2
 */
void
hs_module_begin (HsModule *self, HsClient *client)
{
  HsModuleInterface *iface;

  g_return_if_fail (HS_IS_MODULE (self));

  iface = HS_MODULE_GET_IFACE (self);
  if (iface->begin != NULL)
    iface->begin (self, client);
}

/**
 * hs_module_resumed:
 * @self: a module
 * @client: a client
 *
 * Tells a module that the session that was interrupted goes on (XEP-0198, 5), right after
 * [signal@Client::resumed].
 *
 * If the interruption was long, the client has failed the requests that were pending. A module repeats here
 * those of its own that have failed.
 *
 * Since: 0.2
 */
void
hs_module_resumed (HsModule *self, HsClient *client)
{
  HsModuleInterface *iface;

  g_return_if_fail (HS_IS_MODULE (self));

  iface = HS_MODULE_GET_IFACE (self);
  if (iface->resumed != NULL)
    iface->resumed (self, client);
}

/**
 * hs_module_lost:
 * @self: a module
 * @client: a client
 *
 * Tells a module that the session is gone for good: presences that were received and rooms that were joined
 * are no longer true.
 *
 * It is called once for each session, whichever way it ends: when the connection is lost and the session
 * cannot be resumed, when the server does not resume it, or when the run ends. It comes before the next
 * [vfunc@Module.ready], or before [vfunc@Module.terminated]. [property@Client:bound-jid] is %NULL by then, and
 * all pending requests have failed. It is not called where the client is freed.
 *
 * Since: 0.2
 */
void
hs_module_lost (HsModule *self, HsClient *client)
{
  HsModuleInterface *iface;

  g_return_if_fail (HS_IS_MODULE (self));

  iface = HS_MODULE_GET_IFACE (self);
  if (iface->lost != NULL)
    iface->lost (self, client);
}

/**
 * hs_module_presence_sent:
 * @self: a module
 * @client: a client
 * @presence: the presence that was sent; not to be changed
 *
 * Tells a module that the client has sent its own presence, with what modules have added: when a session
 * began, or when [property@Client:own-presence] was set.
 *
 * A session may begin before [property@Client:bound-jid] is known and before [vfunc@Module.ready].
 *
 * Since: 0.2
 */
void
hs_module_presence_sent (HsModule *self, HsClient *client, HsPresence *presence)
{
  HsModuleInterface *iface;

  g_return_if_fail (HS_IS_MODULE (self));

  iface = HS_MODULE_GET_IFACE (self);
  if (iface->presence_sent != NULL)
    iface->presence_sent (self, client, presence);
}
