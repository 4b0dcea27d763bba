/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-subscription-request-private.h"

#include <string.h>

#include "hs-namespaces.h"
#include "hs-resource-info-private.h"

/* Limits in bytes: strangers write these texts. */
#define MAX_TEXT 4096
#define MAX_NICK 1024

/**
 * HsSubscriptionRequest:
 *
 * A request of somebody to see the account's presence (RFC 6121, 3.1).
 *
 * It is in [property@Roster:requests] until it is answered or withdrawn.
 *
 * ```python
 * def subscription_requested(roster, request):
 *     print(request.props.jid, "asks:", request.props.text)
 *     roster.approve(request.props.jid)
 * ```
 *
 * Since: 0.2
 */
enum
{
  PROP_JID = 1,
  PROP_TEXT,
  PROP_NICK,
  PROP_TIME,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsSubscriptionRequest, hs_subscription_request, G_TYPE_OBJECT)

static void
hs_subscription_request_finalize (GObject *object)
{
  HsSubscriptionRequest *self = HS_SUBSCRIPTION_REQUEST (object);

  g_clear_pointer (&self->jid, hs_jid_unref);
  g_free (self->text);
  g_free (self->nick);
  g_clear_pointer (&self->time, g_date_time_unref);

  G_OBJECT_CLASS (hs_subscription_request_parent_class)->finalize (object);
}

static void
hs_subscription_request_get_property (GObject *object,
                                      guint prop_id,
                                      GValue *value,
                                      GParamSpec *pspec)
{
  HsSubscriptionRequest *self = HS_SUBSCRIPTION_REQUEST (object);

  switch (prop_id)
    {
    case PROP_JID:
      g_value_set_boxed (value, self->jid);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_NICK:
      g_value_set_string (value, self->nick);
      break;
    case PROP_TIME:
      g_value_set_boxed (value, self->time);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_subscription_request_class_init (HsSubscriptionRequestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_subscription_request_finalize;
  object_class->get_property = hs_subscription_request_get_property;

  /**
   * HsSubscriptionRequest:jid: (getter get_jid)
   *
   * The bare JID of the sender.
   *
   * Since: 0.2
   */
  props[PROP_JID] = g_param_spec_boxed ("jid", NULL, NULL, HS_TYPE_JID, flags);

  /**
   * HsSubscriptionRequest:text: (getter get_text)
   *
   * The text of the request, or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);

  /**
   * HsSubscriptionRequest:nick: (getter get_nick)
   *
   * The nickname of the person (XEP-0172), or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_NICK] = g_param_spec_string ("nick", NULL, NULL, NULL, flags);

  /**
   * HsSubscriptionRequest:time: (getter get_time)
   *
   * When the request was sent, if it was delayed (XEP-0203), otherwise when it arrived; in UTC.
   *
   * Since: 0.2
   */
  props[PROP_TIME] = g_param_spec_boxed ("time", NULL, NULL, G_TYPE_DATE_TIME, flags);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_subscription_request_init (HsSubscriptionRequest *self)
{
}

/* Cuts a text after @most bytes, but not inside a character. */
static char *
dup_cut (const char *text, gsize most)
{
  if (text == NULL || *text == '\0')
    return NULL;
  if (strlen (text) <= most)
    return g_strdup (text);
  return g_strndup (text, (gsize) (g_utf8_find_prev_char (text, text + most + 1) - text));
}

HsSubscriptionRequest *
hs_subscription_request_new (HsJid *jid, HsPresence *presence)
{
  HsSubscriptionRequest *self = g_object_new (HS_TYPE_SUBSCRIPTION_REQUEST, NULL);
  HsElement *element = HS_ELEMENT (presence);

  self->jid = hs_jid_ref (jid);
  self->text = dup_cut (hs_presence_get_status (presence), MAX_TEXT);
  self->nick = dup_cut (hs_element_get_child_text (element, "nick", HS_NS_NICK), MAX_NICK);
  self->time = g_date_time_new_from_unix_utc (hs_resource_info_get_time_sent (HS_STANZA (presence))
                                              / G_USEC_PER_SEC);
  return self;
}

/**
 * hs_subscription_request_get_jid: (get-property jid)
 * @self: a request
 *
 * Gets the bare JID of the sender.
 *
 * Returns: (transfer none): the address
 *
 * Since: 0.2
 */
HsJid *
hs_subscription_request_get_jid (HsSubscriptionRequest *self)
{
  g_return_val_if_fail (HS_IS_SUBSCRIPTION_REQUEST (self), NULL);

  return self->jid;
}

/**
 * hs_subscription_request_get_text: (get-property text)
 * @self: a request
 *
 * Gets the text of the request, which a stranger wrote.
 *
 * Returns: (nullable): the text, at most 4,096 bytes of it, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_subscription_request_get_text (HsSubscriptionRequest *self)
{
  g_return_val_if_fail (HS_IS_SUBSCRIPTION_REQUEST (self), NULL);

  return self->text;
}

/**
 * hs_subscription_request_get_nick: (get-property nick)
 * @self: a request
 *
 * Gets the nickname of the person (XEP-0172). A stranger wrote it: do not take it for an address.
 *
 * Returns: (nullable): the name, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_subscription_request_get_nick (HsSubscriptionRequest *self)
{
  g_return_val_if_fail (HS_IS_SUBSCRIPTION_REQUEST (self), NULL);

  return self->nick;
}

/**
 * hs_subscription_request_get_time: (get-property time)
 * @self: a request
 *
 * Gets when the request was sent, if it was delayed (XEP-0203), otherwise when it arrived.
 *
 * Returns: (transfer full) (nullable): the time, in UTC
 *
 * Since: 0.2
 */
GDateTime *
hs_subscription_request_get_time (HsSubscriptionRequest *self)
{
  g_return_val_if_fail (HS_IS_SUBSCRIPTION_REQUEST (self), NULL);

  return self->time != NULL ? g_date_time_ref (self->time) : NULL;
}
