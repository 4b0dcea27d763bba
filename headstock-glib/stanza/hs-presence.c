/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-presence.h"

#include <errno.h>
#include <stdlib.h>

#include "hs-element-private.h"
#include "hs-stanza-private.h"

/**
 * HsPresence:
 *
 * A presence: who is available and how, or what becomes of a subscription (RFC 6121, 3 and 4).
 *
 * ```python
 * presence = Headstock.Presence.new(None)
 * presence.props.show = "away"
 * presence.props.status = "At lunch"
 * client.props.own_presence = presence
 * ```
 */

enum
{
  PROP_SHOW = 1,
  PROP_STATUS,
  PROP_PRIORITY,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_TYPE (HsPresence, hs_presence, HS_TYPE_STANZA)

/* Takes a value that RFC 6121 does not have, as the type does: see HsStanza. */
static void
set_show_property (HsPresence *self, const char *show)
{
  hs_presence_set_show (self, show);
  if (show != NULL && hs_presence_get_show (self) == NULL)
    hs_stanza_change_child_text (HS_STANZA (self), "show", show);
}

static void
hs_presence_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsPresence *self = HS_PRESENCE (object);

  switch (prop_id)
    {
    case PROP_SHOW:
      g_value_set_string (value, hs_presence_get_show (self));
      break;
    case PROP_STATUS:
      g_value_set_string (value, hs_presence_get_status (self));
      break;
    case PROP_PRIORITY:
      g_value_set_int (value, hs_presence_get_priority (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_presence_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsPresence *self = HS_PRESENCE (object);

  switch (prop_id)
    {
    case PROP_SHOW:
      set_show_property (self, g_value_get_string (value));
      break;
    case PROP_STATUS:
      hs_presence_set_status (self, g_value_get_string (value));
      break;
    case PROP_PRIORITY:
      hs_presence_set_priority (self, g_value_get_int (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_presence_class_init (HsPresenceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = hs_presence_get_property;
  object_class->set_property = hs_presence_set_property;

  /**
   * HsPresence:show: (getter get_show) (setter set_show)
   *
   * How somebody is available (RFC 6121, 4.7.2.1), or %NULL if it is not said.
   *
   * What RFC 6121 does not know is a programmer's error: a critical warning names it. A presence that has a show keeps
   * that; another one cannot be sent. Python and JavaScript raise an exception. The default is %NULL.
   */
  props[PROP_SHOW] = g_param_spec_string ("show", NULL, NULL, NULL, flags);

  /**
   * HsPresence:status: (getter get_status) (setter set_status)
   *
   * What somebody says of it (RFC 6121, 4.7.2.2), or %NULL, the default.
   */
  props[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, flags);

  /**
   * HsPresence:priority: (getter get_priority) (setter set_priority)
   *
   * The resource's priority among those of the account (RFC 6121, 4.7.2.3). The default is 0, the range -128 to 127.
   */
  props[PROP_PRIORITY] = g_param_spec_int ("priority", NULL, NULL, -128, 127, 0, flags);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_presence_init (HsPresence *self)
{
}

/**
 * hs_presence_new:
 * @stanza_type: (nullable): `unavailable`, `subscribe`, `subscribed`, `unsubscribe`, `unsubscribed`,
 *   `probe` or `error`; %NULL or `available` for an available one
 *
 * Makes a presence (RFC 6121, 4.7.1).
 *
 * Another @stanza_type is a programmer's error: a critical warning names it, and %NULL is returned. Python raises
 * ValueError and JavaScript RangeError.
 *
 * ```c
 * g_autoptr (HsPresence) presence = hs_presence_new (NULL);
 *
 * hs_presence_set_show (presence, "away");
 * hs_client_set_own_presence (client, presence);
 * ```
 *
 * Returns: (transfer full): the presence
 */
HsPresence *
hs_presence_new (const char *stanza_type)
{
  g_autoptr (HsPresence) self = g_object_new (HS_TYPE_PRESENCE, NULL);

  if (!hs_stanza_begin (HS_STANZA (self), G_STRFUNC, stanza_type, NULL))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * hs_presence_get_show: (get-property show)
 * @self: a presence
 *
 * How somebody is available (RFC 6121, 4.7.2.1): `away`, `chat`, `dnd` or `xa`, without white space around it; or
 * whatever else was sent.
 *
 * Returns: (nullable): what is shown; %NULL if the presence does not say, which is simply available
 */
const char *
hs_presence_get_show (HsPresence *self)
{
  g_return_val_if_fail (HS_IS_PRESENCE (self), NULL);

  return hs_stanza_trim_show (hs_stanza_get_localized_text (HS_STANZA (self), "show"));
}

/**
 * hs_presence_set_show: (set-property show)
 * @self: a presence
 * @show: (nullable): `away`, `chat`, `dnd` or `xa`; or %NULL to remove it
 *
 * Sets how somebody is available (RFC 6121, 4.7.2.1).
 *
 * Anything else is a programmer's error: a critical warning names it, and the presence stays as it is.
 *
 * ```python
 * client.own_presence.show = "away"
 * ```
 */
void
hs_presence_set_show (HsPresence *self, const char *show)
{
  g_return_if_fail (HS_IS_PRESENCE (self));

  if (hs_stanza_check_show (G_STRFUNC, show) && hs_stanza_change_child_text (HS_STANZA (self), "show", show))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SHOW]);
}

/**
 * hs_presence_get_status: (get-property status)
 * @self: a presence
 *
 * What somebody says of being available, for people (RFC 6121, 4.7.2.2).
 *
 * Of several it is the one in the presence's own `xml:lang`, then the one that names no language, then
 * the first.
 *
 * Returns: (nullable): the text; %NULL if there is none, `""` if it is empty
 */
const char *
hs_presence_get_status (HsPresence *self)
{
  g_return_val_if_fail (HS_IS_PRESENCE (self), NULL);

  return hs_stanza_get_localized_text (HS_STANZA (self), "status");
}

/**
 * hs_presence_set_status: (set-property status)
 * @self: a presence
 * @status: (nullable): a text for people, or %NULL to remove it
 *
 * Sets what somebody says of being available (RFC 6121, 4.7.2.2). It takes the place of what was said in
 * all languages.
 *
 * ```python
 * presence = Headstock.Presence(show="dnd", status="At the ball")
 * client.own_presence = presence
 * ```
 */
void
hs_presence_set_status (HsPresence *self, const char *status)
{
  g_return_if_fail (HS_IS_PRESENCE (self));

  if (hs_stanza_change_child_text (HS_STANZA (self), "status", status))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATUS]);
}

/**
 * hs_presence_get_priority: (get-property priority)
 * @self: a presence
 *
 * The resource's priority among those of the account (RFC 6121, 4.7.2.3).
 *
 * Returns: the priority, -128 to 127; 0 if there is none, or none that is valid
 */
int
hs_presence_get_priority (HsPresence *self)
{
  const char *text = NULL;
  char *end = NULL;
  gint64 priority = 0;

  g_return_val_if_fail (HS_IS_PRESENCE (self), 0);

  text = hs_stanza_get_localized_text (HS_STANZA (self), "priority");
  if (text == NULL)
    return 0;
  /* xs:byte (RFC 6121, appendix A), with white space around it. */
  priority = g_ascii_strtoll (text, &end, 10);
  if (end == text || end[strspn (end, " \t\r\n")] != '\0' || priority < -128 || priority > 127)
    return 0;
  return priority;
}

/**
 * hs_presence_set_priority: (set-property priority)
 * @self: a presence
 * @priority: the priority, -128 to 127
 *
 * Sets the resource's priority among those of the account (RFC 6121, 4.7.2.3). A resource of a
 * negative one is sent no messages that are for the account. 0 is what a presence without one has, and
 * so it is not written.
 */
void
hs_presence_set_priority (HsPresence *self, int priority)
{
  char text[8];

  g_return_if_fail (HS_IS_PRESENCE (self));
  g_return_if_fail (priority >= -128 && priority <= 127);

  g_snprintf (text, sizeof text, "%d", priority);
  if (hs_stanza_change_child_text (HS_STANZA (self), "priority", priority != 0 ? text : NULL))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PRIORITY]);
}
