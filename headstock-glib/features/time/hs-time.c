/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-time.h"

#include <string.h>

#include "hs-component.h"
#include "hs-described.h"
#include "hs-disco-shared.h"
#include "hs-element.h"
#include "hs-error.h"
#include "hs-feature.h"
#include "hs-iq.h"
#include "hs-module.h"
#include "hs-namespaces.h"
#include "hs-roster-shared.h"

/**
 * HsTime:
 *
 * Tells others the time of the day, and asks them for theirs (XEP-0202).
 *
 * The time zone says roughly where somebody is. In a client, the module answers the account's own devices and contacts
 * that may see its presence (RFC 6121, 3): those whose subscription is `from` or `both` in the [class@Roster] that is
 * registered with the client. Without a roster, only the account's own devices get an answer. All others get the error
 * `service-unavailable`, as if there were no module. A component answers everybody.
 *
 * ```python
 * time = Headstock.Time.new()
 * client.register(time)
 *
 * def answered(time, result):
 *     print(time.query_finish(result).format("%H:%M"))
 *
 * client.connect("ready", lambda client: time.query_async("juliet@example.org/balcony", None, answered))
 * ```
 *
 * Since: 0.2
 */

struct _HsTime
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

static void hs_time_module_init (HsModuleInterface *iface);
static void hs_time_described_init (HsDescribedInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsTime, hs_time, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_time_module_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_DESCRIBED, hs_time_described_init))

static HsElement *
requested_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  HsStanza *request = hs_disco_get_request (element);
  g_autoptr (GDateTime) now = NULL;
  g_autoptr (GDateTime) utc = NULL;
  g_autofree char *zone = NULL;
  g_autofree char *text = NULL;
  HsStanza *reply;
  HsElement *answer;

  if (request == NULL || (!HS_IS_COMPONENT (client) && !hs_roster_sender_may_see (client, request)))
    return NULL;
  now = g_date_time_new_now_local ();
  utc = g_date_time_to_utc (now);
  zone = g_date_time_format (now, "%:z");
  text = g_date_time_format (utc, "%Y-%m-%dT%H:%M:%SZ");
  reply = hs_stanza_new_reply (request);
  answer = hs_element_add_child (HS_ELEMENT (reply), "time", HS_NS_TIME);
  hs_element_add_text_child (answer, "tzo", HS_NS_TIME, zone);
  hs_element_add_text_child (answer, "utc", HS_NS_TIME, text);
  return HS_ELEMENT (reply);
}

static void
hs_time_attached (HsModule *module, HsClient *client)
{
  HsTime *self = HS_TIME (module);

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
  hs_client_add_handler (client, "time", HS_NS_TIME, HS_HANDLER_DEFAULT, requested_cb, self, NULL);
}

static void
hs_time_detached (HsModule *module, HsClient *client)
{
  HsTime *self = HS_TIME (module);

  if (self->client == client)
    hs_feature_set_client (self, &self->client, NULL);
}

static void
hs_time_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_time_attached;
  iface->detached = hs_time_detached;
}

static void
hs_time_describe (HsDescribed *described, HsDiscoInfo *info)
{
  hs_disco_info_add_feature (info, HS_NS_TIME);
}

static void
hs_time_described_init (HsDescribedInterface *iface)
{
  iface->describe = hs_time_describe;
}

static void
hs_time_dispose (GObject *object)
{
  g_clear_weak_pointer (&HS_TIME (object)->client);

  G_OBJECT_CLASS (hs_time_parent_class)->dispose (object);
}

static void
hs_time_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_time_get_client (HS_TIME (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_time_class_init (HsTimeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = hs_time_dispose;
  object_class->get_property = hs_time_get_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), FALSE);

  /**
   * HsTime:client: (getter get_client)
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
hs_time_init (HsTime *self)
{
}

/**
 * hs_time_new:
 *
 * Makes a module for the time, for [method@Client.register].
 *
 * Returns: (transfer full): the module
 *
 * Since: 0.2
 */
HsTime *
hs_time_new (void)
{
  return g_object_new (HS_TYPE_TIME, NULL);
}

/**
 * hs_time_get_client: (get-property client)
 * @self: a module for the time
 *
 * Gets the client that the module is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_time_get_client (HsTime *self)
{
  g_return_val_if_fail (HS_IS_TIME (self), NULL);

  return self->client;
}

/* Reads a time zone as XEP-0082, 3.2, has it: `Z`, or hours and minutes. Returns NULL for anything else. */
static GTimeZone *
read_zone (const char *text)
{
  if (g_strcmp0 (text, "Z") == 0)
    return g_time_zone_new_utc ();
  if (text == NULL || strlen (text) != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':'
      || !g_ascii_isdigit (text[1]) || !g_ascii_isdigit (text[2]) || !g_ascii_isdigit (text[4])
      || !g_ascii_isdigit (text[5]))
    return NULL;
  return g_time_zone_new_identifier (text);
}

static void
read_answer (GTask *task, HsIq *iq, gint64 usec)
{
  HsElement *answer = hs_element_get_child (HS_ELEMENT (iq), "time", HS_NS_TIME);
  g_autofree char *utc_text = NULL;
  g_autofree char *zone_text = NULL;
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GTimeZone) zone = NULL;

  if (answer != NULL)
    {
      utc_text = g_strdup (hs_element_get_child_text (answer, "utc", HS_NS_TIME));
      zone_text = g_strdup (hs_element_get_child_text (answer, "tzo", HS_NS_TIME));
    }
  if (utc_text != NULL && zone_text != NULL)
    {
      utc = g_date_time_new_from_iso8601 (g_strstrip (utc_text), NULL);
      zone = read_zone (g_strstrip (zone_text));
    }
  if (utc != NULL && zone != NULL)
    g_task_return_pointer (task, g_date_time_to_timezone (utc, zone), (GDestroyNotify) g_date_time_unref);
  else
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_PROTOCOL, "The answer has no time that can be read");
}

/**
 * hs_time_query_async:
 * @self: a module for the time
 * @jid: the address to ask, usually a full JID
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async): called when the answer is there
 * @user_data: data for @callback
 *
 * Asks somebody for the time in their time zone.
 *
 * Call [method@Time.query_finish] in the callback to get the result.
 *
 * ```python
 * there = await time.query_async("juliet@capulet.example/balcony")
 * print(there.format("%H:%M"))
 * ```
 *
 * Since: 0.2
 */
void
hs_time_query_async (HsTime *self,
                     const char *jid,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GTask *task;

  g_return_if_fail (HS_IS_TIME (self));
  g_return_if_fail (jid != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_time_query_async);
  hs_disco_send_question (task, self->client, jid, "time", HS_NS_TIME, read_answer);
}

/**
 * hs_time_query_finish:
 * @self: a module for the time
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Time.query_async].
 *
 * Errors: %HS_ERROR_INVALID_JID; %HS_ERROR_NOT_CONNECTED; those of [method@Client.request_finish], among them the
 * condition that the other side answered with, in %HS_STANZA_ERROR; %HS_ERROR_PROTOCOL if the answer has no time
 * that can be read.
 *
 * Returns: (transfer full): the time in the time zone of the other side, or %NULL with an error. It comes from the
 *   clock of the other side, which may be wrong
 *
 * Since: 0.2
 */
GDateTime *
hs_time_query_finish (HsTime *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_TIME (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_time_query_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
