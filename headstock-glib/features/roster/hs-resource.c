/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-resource-private.h"

#include <string.h>

#include "hs-contact.h"
#include "hs-enum-types.h"
#include "hs-namespaces.h"

/* A contact chooses these texts, and they are kept for as long as it is available. */
#define MAX_STATUS 4096
#define MAX_CAPS_NODE 1024
#define MAX_HASH 128

/**
 * HsResource:
 *
 * One connection of a contact, with what its last presence said (RFC 6121, 4.7).
 *
 * It is in [property@Contact:resources] while it is available, and keeps its last values afterwards.
 *
 * ```python
 * for resource in contact.props.resources:
 *     print(resource.props.jid, resource.props.show, resource.props.status)
 * ```
 *
 * Since: 0.2
 */
struct _HsResource
{
  GObject parent_instance;

  HsJid *jid;
  char *status;
  char *caps_node;
  char *avatar_hash;
  gint64 since;
  gint64 last_active;
  guint64 serial;
  HsShow show;
  int priority;
};

enum
{
  PROP_JID = 1,
  PROP_SHOW,
  PROP_STATUS,
  PROP_PRIORITY,
  PROP_SINCE,
  PROP_LAST_ACTIVE,
  PROP_CAPS_NODE,
  PROP_AVATAR_HASH,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsResource, hs_resource, G_TYPE_OBJECT)

static void
hs_resource_finalize (GObject *object)
{
  HsResource *self = HS_RESOURCE (object);

  g_clear_pointer (&self->jid, hs_jid_unref);
  g_free (self->status);
  g_free (self->caps_node);
  g_free (self->avatar_hash);

  G_OBJECT_CLASS (hs_resource_parent_class)->finalize (object);
}

static void
hs_resource_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsResource *self = HS_RESOURCE (object);

  switch (prop_id)
    {
    case PROP_JID:
      g_value_set_boxed (value, hs_resource_get_jid (self));
      break;
    case PROP_SHOW:
      g_value_set_enum (value, hs_resource_get_show (self));
      break;
    case PROP_STATUS:
      g_value_set_string (value, hs_resource_get_status (self));
      break;
    case PROP_PRIORITY:
      g_value_set_int (value, hs_resource_get_priority (self));
      break;
    case PROP_SINCE:
      g_value_take_boxed (value, hs_resource_get_since (self));
      break;
    case PROP_LAST_ACTIVE:
      g_value_take_boxed (value, hs_resource_get_last_active (self));
      break;
    case PROP_CAPS_NODE:
      g_value_set_string (value, hs_resource_get_caps_node (self));
      break;
    case PROP_AVATAR_HASH:
      g_value_set_string (value, hs_resource_get_avatar_hash (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_resource_class_init (HsResourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_resource_finalize;
  object_class->get_property = hs_resource_get_property;

  /**
   * HsResource:jid: (getter get_jid)
   *
   * The full JID; a bare one, if the contact sends its presence without a resource.
   *
   * Since: 0.2
   */
  props[PROP_JID] = g_param_spec_boxed ("jid", NULL, NULL, HS_TYPE_JID, flags);

  /**
   * HsResource:show: (getter get_show)
   *
   * How available the resource is (RFC 6121, 4.7.2.1).
   *
   * Since: 0.2
   */
  props[PROP_SHOW]
      = g_param_spec_enum ("show", NULL, NULL, HS_TYPE_SHOW, HS_SHOW_OFFLINE, flags);

  /**
   * HsResource:status: (getter get_status)
   *
   * The text with the presence (RFC 6121, 4.7.2.2), or %NULL; cut after 4,096 bytes.
   *
   * Since: 0.2
   */
  props[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, flags);

  /**
   * HsResource:priority: (getter get_priority)
   *
   * The priority, -128 to 127 (RFC 6121, 4.7.2.3). A resource with a negative one gets no messages that
   * are sent to the bare JID.
   *
   * Since: 0.2
   */
  props[PROP_PRIORITY] = g_param_spec_int ("priority", NULL, NULL, -128, 127, 0, flags);

  /**
   * HsResource:since: (getter get_since)
   *
   * When the last presence was sent, as its delay says (XEP-0203), otherwise when it came; in UTC.
   *
   * Since: 0.2
   */
  props[PROP_SINCE] = g_param_spec_boxed ("since", NULL, NULL, G_TYPE_DATE_TIME, flags);

  /**
   * HsResource:last-active: (getter get_last_active)
   *
   * Since when nobody has used the device (XEP-0319), in UTC; %NULL while it is in use or does not say.
   *
   * Since: 0.2
   */
  props[PROP_LAST_ACTIVE] = g_param_spec_boxed ("last-active", NULL, NULL, G_TYPE_DATE_TIME, flags);

  /**
   * HsResource:caps-node: (getter get_caps_node)
   *
   * The URI of the program that is used there (XEP-0115, `node`), or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_CAPS_NODE] = g_param_spec_string ("caps-node", NULL, NULL, NULL, flags);

  /**
   * HsResource:avatar-hash: (getter get_avatar_hash)
   *
   * The SHA-1 hash of the contact's picture in hexadecimal (XEP-0153); empty: there is none; %NULL: the
   * presence says nothing of it.
   *
   * Since: 0.2
   */
  props[PROP_AVATAR_HASH] = g_param_spec_string ("avatar-hash", NULL, NULL, NULL, flags);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_resource_init (HsResource *self)
{
}

HsResource *
hs_resource_new (HsJid *jid)
{
  HsResource *self = g_object_new (HS_TYPE_RESOURCE, NULL);

  self->jid = hs_jid_ref (jid);
  return self;
}

static gint64
parse_time (const char *text)
{
  g_autoptr (GDateTime) time = NULL;

  if (text != NULL)
    {
      g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();

      time = g_date_time_new_from_iso8601 (text, utc);
    }
  return time != NULL
             ? g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time)
             : 0;
}

static GDateTime *
make_time (gint64 usec)
{
  g_autoptr (GDateTime) seconds = NULL;

  if (usec == 0)
    return NULL;
  seconds = g_date_time_new_from_unix_utc (usec / G_USEC_PER_SEC);
  return seconds != NULL ? g_date_time_add (seconds, usec % G_USEC_PER_SEC) : NULL;
}

gint64
hs_resource_get_time_sent (HsStanza *stanza)
{
  gint64 now = g_get_real_time ();
  gint64 sent = parse_time (
      hs_element_get_child_attribute (HS_ELEMENT (stanza), "delay", HS_NS_DELAY, "stamp"));

  return sent > 0 && sent < now ? sent : now;
}

static HsShow
parse_show (const char *text)
{
  if (text == NULL)
    return HS_SHOW_ONLINE;
  if (strcmp (text, "away") == 0)
    return HS_SHOW_AWAY;
  if (strcmp (text, "xa") == 0)
    return HS_SHOW_XA;
  if (strcmp (text, "dnd") == 0)
    return HS_SHOW_DND;
  return strcmp (text, "chat") == 0 ? HS_SHOW_CHAT : HS_SHOW_ONLINE;
}

/* @value: no more than so many bytes of it, and no half character. */
static void
set_text (HsResource *self, char **text, const char *value, gsize most, guint prop)
{
  g_autofree char *cut = NULL;

  if (value != NULL && strlen (value) > most)
    {
      const char *end = g_utf8_find_prev_char (value, value + most + 1);

      value = cut = g_strndup (value, (gsize) (end - value));
    }
  if (g_strcmp0 (*text, value) == 0)
    return;
  g_free (*text);
  *text = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_time (HsResource *self, gint64 *time, gint64 value, guint prop)
{
  if (*time == value)
    return;
  *time = value;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

/* A presence without the element says nothing new of the program or of the picture. */
static void
update_extensions (HsResource *self, HsElement *presence)
{
  HsElement *caps = hs_element_get_child (presence, "c", HS_NS_CAPS);
  HsElement *update = hs_element_get_child (presence, "x", HS_NS_VCARD_UPDATE);
  HsElement *photo
      = update != NULL ? hs_element_get_child (update, "photo", HS_NS_VCARD_UPDATE) : NULL;

  set_time (self, &self->last_active,
            parse_time (hs_element_get_child_attribute (presence, "idle", HS_NS_IDLE, "since")),
            PROP_LAST_ACTIVE);
  if (caps != NULL)
    set_text (self, &self->caps_node, hs_element_get_attribute (caps, "node"), MAX_CAPS_NODE,
              PROP_CAPS_NODE);
  if (photo != NULL)
    {
      const char *hash = hs_element_get_text (photo);

      set_text (self, &self->avatar_hash, hash != NULL ? hash : "", MAX_HASH, PROP_AVATAR_HASH);
    }
}

void
hs_resource_update (HsResource *self, HsPresence *presence, guint64 serial)
{
  HsShow show = parse_show (hs_presence_get_show (presence));
  int priority = hs_presence_get_priority (presence);
  GObject *object = G_OBJECT (self);

  self->serial = serial;
  g_object_freeze_notify (object);
  if (self->show != show)
    {
      self->show = show;
      g_object_notify_by_pspec (object, props[PROP_SHOW]);
    }
  if (self->priority != priority)
    {
      self->priority = priority;
      g_object_notify_by_pspec (object, props[PROP_PRIORITY]);
    }
  set_text (self, &self->status, hs_presence_get_status (presence), MAX_STATUS, PROP_STATUS);
  set_time (self, &self->since, hs_resource_get_time_sent (HS_STANZA (presence)), PROP_SINCE);
  update_extensions (self, HS_ELEMENT (presence));
  g_object_thaw_notify (object);
}

gboolean
hs_resource_is_better (HsResource *self, HsResource *other)
{
  if (self->priority != other->priority)
    return self->priority > other->priority;
  if (self->show != other->show)
    return self->show > other->show;
  if (self->since != other->since)
    return self->since > other->since;
  return self->serial > other->serial;
}

gint64
hs_resource_peek_last_active (HsResource *self)
{
  return self->last_active;
}

/**
 * hs_resource_get_jid: (get-property jid)
 * @self: a resource
 *
 * Gets the full JID; a bare one, if the contact sends its presence without a resource.
 *
 * Returns: (transfer none): the address
 *
 * Since: 0.2
 */
HsJid *
hs_resource_get_jid (HsResource *self)
{
  g_return_val_if_fail (HS_IS_RESOURCE (self), NULL);

  return self->jid;
}

/**
 * hs_resource_get_show: (get-property show)
 * @self: a resource
 *
 * Gets how available the resource is (RFC 6121, 4.7.2.1).
 *
 * Returns: the value; never %HS_SHOW_OFFLINE
 *
 * Since: 0.2
 */
HsShow
hs_resource_get_show (HsResource *self)
{
  g_return_val_if_fail (HS_IS_RESOURCE (self), HS_SHOW_OFFLINE);

  return self->show;
}

/**
 * hs_resource_get_status: (get-property status)
 * @self: a resource
 *
 * Gets the text with the presence (RFC 6121, 4.7.2.2).
 *
 * Returns: (nullable): the text, at most 4,096 bytes of it, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_resource_get_status (HsResource *self)
{
  g_return_val_if_fail (HS_IS_RESOURCE (self), NULL);

  return self->status;
}

/**
 * hs_resource_get_priority: (get-property priority)
 * @self: a resource
 *
 * Gets the priority (RFC 6121, 4.7.2.3).
 *
 * Returns: the priority, -128 to 127
 *
 * Since: 0.2
 */
int
hs_resource_get_priority (HsResource *self)
{
  g_return_val_if_fail (HS_IS_RESOURCE (self), 0);

  return self->priority;
}

/**
 * hs_resource_get_since: (get-property since)
 * @self: a resource
 *
 * Gets when the last presence was sent, as its delay says (XEP-0203), otherwise when it came.
 *
 * Returns: (transfer full) (nullable): the time, in UTC
 *
 * Since: 0.2
 */
GDateTime *
hs_resource_get_since (HsResource *self)
{
  g_return_val_if_fail (HS_IS_RESOURCE (self), NULL);

  return make_time (self->since);
}

/**
 * hs_resource_get_last_active: (get-property last-active)
 * @self: a resource
 *
 * Gets since when nobody has used the device (XEP-0319).
 *
 * Returns: (transfer full) (nullable): the time, in UTC; %NULL while the device is in use or does not say
 *
 * Since: 0.2
 */
GDateTime *
hs_resource_get_last_active (HsResource *self)
{
  g_return_val_if_fail (HS_IS_RESOURCE (self), NULL);

  return make_time (self->last_active);
}

/**
 * hs_resource_get_caps_node: (get-property caps-node)
 * @self: a resource
 *
 * Gets the URI of the program that is used there (XEP-0115, `node`). The contact wrote it.
 *
 * Returns: (nullable): the URI, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_resource_get_caps_node (HsResource *self)
{
  g_return_val_if_fail (HS_IS_RESOURCE (self), NULL);

  return self->caps_node;
}

/**
 * hs_resource_get_avatar_hash: (get-property avatar-hash)
 * @self: a resource
 *
 * Gets the SHA-1 hash of the contact's picture (XEP-0153). The contact wrote it.
 *
 * Returns: (nullable): the hash in hexadecimal; empty: there is no picture; %NULL: the presence says
 *   nothing of it
 *
 * Since: 0.2
 */
const char *
hs_resource_get_avatar_hash (HsResource *self)
{
  g_return_val_if_fail (HS_IS_RESOURCE (self), NULL);

  return self->avatar_hash;
}
