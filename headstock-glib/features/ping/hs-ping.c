/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-ping.h"

#include "hs-described.h"
#include "hs-disco-shared.h"
#include "hs-element.h"
#include "hs-feature.h"
#include "hs-iq.h"
#include "hs-module.h"
#include "hs-namespaces.h"

/**
 * HsPing:
 *
 * Answers pings, and measures how long others take to answer (XEP-0199).
 *
 * It works in a client and in a component. It is not needed to keep the connection alive: the client itself checks
 * whether its server is still there ([property@Client:keepalive-interval]).
 *
 * ```python
 * ping = Headstock.Ping.new()
 * client.register(ping)
 *
 * def answered(ping, result):
 *     print(ping.send_finish(result), "ms")
 *
 * client.connect("ready", lambda client: ping.send_async("example.org", None, answered))
 * ```
 *
 * Since: 0.2
 */

struct _HsPing
{
  GObject parent_instance;

  HsClient *client; /* weak */
};

enum
{
  PROP_CLIENT = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void hs_ping_module_init (HsModuleInterface *iface);
static void hs_ping_described_init (HsDescribedInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsPing, hs_ping, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_ping_module_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_DESCRIBED, hs_ping_described_init))

static HsElement *
requested_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  HsStanza *request = hs_disco_get_request (element);

  return request != NULL ? HS_ELEMENT (hs_stanza_new_reply (request)) : NULL;
}

static void
hs_ping_attached (HsModule *module, HsClient *client)
{
  HsPing *self = HS_PING (module);

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
  hs_client_add_handler (client, "ping", HS_NS_PING, HS_HANDLER_DEFAULT, requested_cb, self, NULL);
}

static void
hs_ping_detached (HsModule *module, HsClient *client)
{
  HsPing *self = HS_PING (module);

  if (self->client == client)
    hs_feature_set_client (self, &self->client, NULL);
}

static void
hs_ping_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_ping_attached;
  iface->detached = hs_ping_detached;
}

static void
hs_ping_describe (HsDescribed *described, HsDiscoInfo *info)
{
  hs_disco_info_add_feature (info, HS_NS_PING);
}

static void
hs_ping_described_init (HsDescribedInterface *iface)
{
  iface->describe = hs_ping_describe;
}

static void
hs_ping_dispose (GObject *object)
{
  g_clear_weak_pointer (&HS_PING (object)->client);

  G_OBJECT_CLASS (hs_ping_parent_class)->dispose (object);
}

static void
hs_ping_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_ping_get_client (HS_PING (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_ping_class_init (HsPingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = hs_ping_dispose;
  object_class->get_property = hs_ping_get_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), FALSE);

  /**
   * HsPing:client: (getter get_client)
   *
   * The client that the module is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_ping_init (HsPing *self)
{
}

/**
 * hs_ping_new:
 *
 * Makes a module for pings, for [method@Client.register].
 *
 * Returns: (transfer full): the module
 *
 * Since: 0.2
 */
HsPing *
hs_ping_new (void)
{
  return g_object_new (HS_TYPE_PING, NULL);
}

/**
 * hs_ping_get_client: (get-property client)
 * @self: a module for pings
 *
 * Gets the client that the module is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_ping_get_client (HsPing *self)
{
  g_return_val_if_fail (HS_IS_PING (self), NULL);

  return self->client;
}

static void
read_answer (GTask *task, HsIq *answer, gint64 usec)
{
  g_task_return_int (task, usec / 1000);
}

/**
 * hs_ping_send_async:
 * @self: a module for pings
 * @jid: (nullable): the address to ping; %NULL for the account itself, for which its server answers
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async): called when the answer is there
 * @user_data: data for @callback
 *
 * Sends a ping, and measures the time until its answer.
 *
 * Call [method@Ping.send_finish] in the callback to get the result.
 *
 * ```python
 * msec = await ping.send_async("example.org")
 * print(f"The server answered after {msec} ms")
 * ```
 *
 * Since: 0.2
 */
void
hs_ping_send_async (HsPing *self,
                    const char *jid,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  GTask *task;

  g_return_if_fail (HS_IS_PING (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_ping_send_async);
  hs_disco_send_question (task, self->client, jid, "ping", HS_NS_PING, read_answer);
}

/**
 * hs_ping_send_finish:
 * @self: a module for pings
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Ping.send_async].
 *
 * Errors: %HS_ERROR_INVALID_JID; %HS_ERROR_NOT_CONNECTED; those of [method@Client.request_finish], among them the
 * condition that the other side answered with, in %HS_STANZA_ERROR.
 *
 * Returns: the time in milliseconds, or -1 with an error
 *
 * Since: 0.2
 */
gint64
hs_ping_send_finish (HsPing *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_PING (self), -1);
  g_return_val_if_fail (g_task_is_valid (result, self), -1);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_ping_send_async), -1);

  return g_task_propagate_int (G_TASK (result), error);
}
