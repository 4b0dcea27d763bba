/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-component.h"

#include "hs-component-private.h"

/**
 * HsComponent:
 *
 * A server component (XEP-0114): a program that has a domain of its own at a server, such as a gateway
 * or a service.
 *
 * It is used as a [class@Client] is. Its `jid` is the service's domain and its `password` the secret
 * that the server was configured with. What differs:
 *
 *  - [property@Client:host] is `localhost` and [property@Client:port] 5347 if nothing is set, and
 *    the DNS is not asked.
 *  - [property@Client:tls-mode] is %HS_TLS_MODE_NONE; %HS_TLS_MODE_DIRECT is possible. The protocol
 *    has no STARTTLS, so the secret's hash and all stanzas are in plain text otherwise: stay on one
 *    machine.
 *  - `from` is required on all that is sent, and may be any address at the domain.
 *  - No roster is asked for and no presence sent.
 *  - A wrong secret ends the run with %HS_STREAM_ERROR_NOT_AUTHORIZED. An unknown domain
 *    (%HS_STREAM_ERROR_HOST_UNKNOWN), and another connection of the same component
 *    (%HS_STREAM_ERROR_CONFLICT), end it where the component has not been ready. Once it has been, they
 *    may mean that the server is starting, or has not yet noticed the end of the last connection, and are
 *    tried again.
 *
 * Stanzas are in `jabber:client` for handlers and in what is sent, as with a client; on the wire they
 * are in `jabber:component:accept`.
 *
 * ```python
 * component = Headstock.Component.new("weather.example.org", "secret")
 *
 * def answer(component, message):
 *     if message.props.body and message.props.stanza_type != "error":
 *         reply = message.new_reply()
 *         reply.props.body = "Rain in " + str(message.props.to_jid)
 *         component.send_stanza(reply)
 *
 * component.connect("message", answer)
 * component.run()
 * ```
 */

G_DEFINE_TYPE (HsComponent, hs_component, HS_TYPE_CLIENT)

static void
hs_component_class_init (HsComponentClass *klass)
{
}

static void
hs_component_init (HsComponent *self)
{
  HsClient *client = HS_CLIENT (self);

  hs_client_make_component (client);
  hs_client_set_tls_mode (client, HS_TLS_MODE_NONE);
  hs_client_set_own_presence (client, NULL);
  hs_client_set_initial_roster (client, FALSE);
}

/**
 * hs_component_new:
 * @service: the domain of the service
 * @secret: the secret that it shares with the server
 *
 * Makes a component. Where @service is not an address, starting it in any way ends at once with
 * %HS_ERROR_INVALID_JID.
 *
 * ```c
 * g_autoptr (HsComponent) component = hs_component_new ("weather.example.org", "secret");
 * ```
 *
 * Returns: (transfer full): the new component
 */
HsComponent *
hs_component_new (const char *service, const char *secret)
{
  g_autoptr (HsJid) jid = NULL;
  g_autoptr (GError) error = NULL;
  HsComponent *self;

  g_return_val_if_fail (service != NULL, NULL);
  g_return_val_if_fail (secret != NULL, NULL);

  jid = hs_jid_new (service, &error);
  self = g_object_new (HS_TYPE_COMPONENT, "jid", jid, "password", secret, NULL);
  hs_client_take_jid_error (HS_CLIENT (self), g_steal_pointer (&error));
  return self;
}
