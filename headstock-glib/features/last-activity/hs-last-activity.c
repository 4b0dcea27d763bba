/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-last-activity.h"

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
 * HsLastActivity:
 *
 * Tells others how long the user has been idle, and asks them the same (XEP-0012).
 *
 * This module is for clients only. It answers the account's own devices and contacts that may see its presence
 * (XEP-0012, 6): those whose subscription is `from` or `both` in the [class@Roster] that is registered with the client.
 * Without a roster, only the account's own devices get an answer. All others get the error `service-unavailable`, as if
 * there were no module.
 *
 * ```python
 * last = Headstock.LastActivity.new()
 * client.register(last)
 *
 * def answered(last, result):
 *     print(last.query_finish(result), "seconds")
 *
 * client.connect("ready", lambda client: last.query_async("juliet@example.org", None, answered))
 * ```
 *
 * Since: 0.2
 */

struct _HsLastActivity
{
  GObject parent_instance;

  HsClient *client; /* weak */
  GDateTime *last_active;
};

enum
{
  PROP_CLIENT = 1,
  PROP_LAST_ACTIVE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void hs_last_activity_module_init (HsModuleInterface *iface);
static void hs_last_activity_described_init (HsDescribedInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (HsLastActivity, hs_last_activity, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_last_activity_module_init)
                               G_IMPLEMENT_INTERFACE (HS_TYPE_DESCRIBED, hs_last_activity_described_init))

static gint64
get_idle_seconds (HsLastActivity *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  if (self->last_active == NULL)
    return 0;
  return MAX (0, g_date_time_difference (now, self->last_active) / G_TIME_SPAN_SECOND);
}

static HsElement *
requested_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  HsStanza *request = hs_disco_get_request (element);
  g_autofree char *seconds = NULL;
  HsStanza *reply;
  HsElement *answer;

  if (request == NULL || !hs_roster_sender_may_see (client, request))
    return NULL;
  seconds = g_strdup_printf ("%" G_GINT64_FORMAT, get_idle_seconds (user_data));
  reply = hs_stanza_new_reply (request);
  answer = hs_element_add_child (HS_ELEMENT (reply), "query", HS_NS_LAST);
  hs_element_set_attribute (answer, "seconds", seconds);
  return HS_ELEMENT (reply);
}

static void
hs_last_activity_attached (HsModule *module, HsClient *client)
{
  HsLastActivity *self = HS_LAST_ACTIVITY (module);

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
  hs_client_add_handler (client, "query", HS_NS_LAST, HS_HANDLER_DEFAULT, requested_cb, self, NULL);
}

static void
hs_last_activity_detached (HsModule *module, HsClient *client)
{
  HsLastActivity *self = HS_LAST_ACTIVITY (module);

  if (self->client == client)
    hs_feature_set_client (self, &self->client, NULL);
}

static void
hs_last_activity_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_last_activity_attached;
  iface->detached = hs_last_activity_detached;
}

static void
hs_last_activity_describe (HsDescribed *described, HsDiscoInfo *info)
{
  hs_disco_info_add_feature (info, HS_NS_LAST);
}

static void
hs_last_activity_described_init (HsDescribedInterface *iface)
{
  iface->describe = hs_last_activity_describe;
}

static void
hs_last_activity_dispose (GObject *object)
{
  g_clear_weak_pointer (&HS_LAST_ACTIVITY (object)->client);

  G_OBJECT_CLASS (hs_last_activity_parent_class)->dispose (object);
}

static void
hs_last_activity_finalize (GObject *object)
{
  g_clear_pointer (&HS_LAST_ACTIVITY (object)->last_active, g_date_time_unref);

  G_OBJECT_CLASS (hs_last_activity_parent_class)->finalize (object);
}

static void
hs_last_activity_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsLastActivity *self = HS_LAST_ACTIVITY (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_last_activity_get_client (self));
      break;
    case PROP_LAST_ACTIVE:
      g_value_set_boxed (value, hs_last_activity_get_last_active (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_last_activity_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_LAST_ACTIVE:
      hs_last_activity_set_last_active (HS_LAST_ACTIVITY (object), g_value_get_boxed (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_last_activity_class_init (HsLastActivityClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = hs_last_activity_dispose;
  object_class->finalize = hs_last_activity_finalize;
  object_class->get_property = hs_last_activity_get_property;
  object_class->set_property = hs_last_activity_set_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), TRUE);

  /**
   * HsLastActivity:client: (getter get_client)
   *
   * The client that the module is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * HsLastActivity:last-active: (getter get_last_active) (setter set_last_active)
   *
   * When the user was last active; %NULL, the default, for "now".
   *
   * The program sets it, for example whenever a key is pressed.
   *
   * Since: 0.2
   */
  props[PROP_LAST_ACTIVE] =
    g_param_spec_boxed ("last-active", NULL, NULL, G_TYPE_DATE_TIME,
                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_last_activity_init (HsLastActivity *self)
{
}

/**
 * hs_last_activity_new:
 *
 * Makes a module for the last activity, for [method@Client.register].
 *
 * Returns: (transfer full): the module
 *
 * Since: 0.2
 */
HsLastActivity *
hs_last_activity_new (void)
{
  return g_object_new (HS_TYPE_LAST_ACTIVITY, NULL);
}

/**
 * hs_last_activity_get_client: (get-property client)
 * @self: a module for the last activity
 *
 * Gets the client that the module is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_last_activity_get_client (HsLastActivity *self)
{
  g_return_val_if_fail (HS_IS_LAST_ACTIVITY (self), NULL);

  return self->client;
}

/**
 * hs_last_activity_get_last_active: (get-property last-active)
 * @self: a module for the last activity
 *
 * Gets when the user was last active, as the program has set it.
 *
 * Returns: (transfer none) (nullable): the time, or %NULL for "now"
 *
 * Since: 0.2
 */
GDateTime *
hs_last_activity_get_last_active (HsLastActivity *self)
{
  g_return_val_if_fail (HS_IS_LAST_ACTIVITY (self), NULL);

  return self->last_active;
}

/**
 * hs_last_activity_set_last_active: (set-property last-active)
 * @self: a module for the last activity
 * @last_active: (nullable): the time, or %NULL for "now"
 *
 * Sets when the user was last active.
 *
 * Since: 0.2
 */
void
hs_last_activity_set_last_active (HsLastActivity *self, GDateTime *last_active)
{
  g_return_if_fail (HS_IS_LAST_ACTIVITY (self));

  if (self->last_active == last_active)
    return;
  g_clear_pointer (&self->last_active, g_date_time_unref);
  self->last_active = last_active != NULL ? g_date_time_ref (last_active) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LAST_ACTIVE]);
}

/* The integer that a GTask returns has only 32 bits on some systems. */
static void
read_answer (GTask *task, HsIq *iq, gint64 usec)
{
  const char *text = hs_element_get_child_attribute (HS_ELEMENT (iq), "query", HS_NS_LAST, "seconds");
  guint64 seconds;

  if (text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &seconds, NULL))
    g_task_return_pointer (task, g_memdup2 (&seconds, sizeof seconds), g_free);
  else
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_PROTOCOL, "The answer has no number of seconds");
}

/**
 * hs_last_activity_query_async:
 * @self: a module for the last activity
 * @jid: the address to ask
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async): called when the answer is there
 * @user_data: data for @callback
 *
 * Asks how long somebody has been idle.
 *
 * The meaning of the answer depends on the address. For a full JID, it is how long the user has been idle there; for a
 * bare JID, how long ago the account's last session ended, or 0 while it has one; for a server, how long it has been
 * running (XEP-0012, 3 to 5).
 *
 * Call [method@LastActivity.query_finish] in the callback to get the result.
 *
 * ```python
 * seconds = await last_activity.query_async("juliet@capulet.example")
 * print(f"Juliet was here {seconds} seconds ago")
 * ```
 *
 * Since: 0.2
 */
void
hs_last_activity_query_async (HsLastActivity *self,
                              const char *jid,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task;

  g_return_if_fail (HS_IS_LAST_ACTIVITY (self));
  g_return_if_fail (jid != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_last_activity_query_async);
  hs_disco_send_question (task, self->client, jid, "query", HS_NS_LAST, read_answer);
}

/**
 * hs_last_activity_query_finish:
 * @self: a module for the last activity
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@LastActivity.query_async].
 *
 * Errors: %HS_ERROR_INVALID_JID; %HS_ERROR_NOT_CONNECTED; those of [method@Client.request_finish], among them the
 * condition that the other side answered with, in %HS_STANZA_ERROR; %HS_ERROR_PROTOCOL if the answer has no number
 * of seconds.
 *
 * Returns: the time in seconds, or -1 with an error
 *
 * Since: 0.2
 */
gint64
hs_last_activity_query_finish (HsLastActivity *self, GAsyncResult *result, GError **error)
{
  g_autofree guint64 *seconds = NULL;

  g_return_val_if_fail (HS_IS_LAST_ACTIVITY (self), -1);
  g_return_val_if_fail (g_task_is_valid (result, self), -1);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_last_activity_query_async), -1);

  seconds = g_task_propagate_pointer (G_TASK (result), error);
  return seconds != NULL ? (gint64) *seconds : -1;
}
