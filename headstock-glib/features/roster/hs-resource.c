/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-resource-private.h"

#include "hs-enum-types.h"

/**
 * HsResource:
 *
 * An available resource of a contact, with the content of its last presence (RFC 6121, 4.7).
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
  HsResourceInfo *info; /* like @jid, NULL only if a program has called g_object_new() */
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
  g_clear_pointer (&self->info, hs_resource_info_unref);

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
   * The full JID, or the bare JID if the contact sends its presence without a resource.
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
   * The priority, -128 to 127 (RFC 6121, 4.7.2.3). A resource with a negative priority receives no messages that are
   * sent to the bare JID.
   *
   * Since: 0.2
   */
  props[PROP_PRIORITY] = g_param_spec_int ("priority", NULL, NULL, -128, 127, 0, flags);

  /**
   * HsResource:since: (getter get_since)
   *
   * When the last presence was sent, if it was delayed (XEP-0203), otherwise when it arrived; in UTC.
   *
   * Since: 0.2
   */
  props[PROP_SINCE] = g_param_spec_boxed ("since", NULL, NULL, G_TYPE_DATE_TIME, flags);

  /**
   * HsResource:last-active: (getter get_last_active)
   *
   * The time since which the device has been idle (XEP-0319), in UTC; %NULL while it is in use or does not tell.
   *
   * Since: 0.2
   */
  props[PROP_LAST_ACTIVE] = g_param_spec_boxed ("last-active", NULL, NULL, G_TYPE_DATE_TIME, flags);

  /**
   * HsResource:caps-node: (getter get_caps_node)
   *
   * The URI of the program on this resource (XEP-0115, `node`), or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_CAPS_NODE] = g_param_spec_string ("caps-node", NULL, NULL, NULL, flags);

  /**
   * HsResource:avatar-hash: (getter get_avatar_hash)
   *
   * The SHA-1 hash of the contact's avatar in hexadecimal (XEP-0153); empty if there is no avatar; %NULL if the
   * presence does not tell.
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
hs_resource_new (HsJid *jid, HsResourceInfo *info)
{
  HsResource *self = g_object_new (HS_TYPE_RESOURCE, NULL);

  self->jid = hs_jid_ref (jid);
  self->info = hs_resource_info_ref (info);
  return self;
}

static void
notify_where (HsResource *self, gboolean has_changed, guint prop)
{
  if (has_changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static gboolean
has_other_text (const HsResourceInfo *old, guint16 old_text, const HsResourceInfo *now, guint16 now_text)
{
  return g_strcmp0 (hs_resource_info_get_text (old, old_text), hs_resource_info_get_text (now, now_text)) != 0;
}

void
hs_resource_set_info (HsResource *self, HsResourceInfo *info)
{
  g_autoptr (HsResource) alive G_GNUC_UNUSED = g_object_ref (self);
  g_autoptr (HsResourceInfo) old = self->info;
  g_autoptr (HsResourceInfo) now = hs_resource_info_ref (info);

  self->info = hs_resource_info_ref (info);
  notify_where (self, old->show != now->show, PROP_SHOW);
  notify_where (self, old->priority != now->priority, PROP_PRIORITY);
  notify_where (self, has_other_text (old, old->status, now, now->status), PROP_STATUS);
  notify_where (self, old->since != now->since, PROP_SINCE);
  notify_where (self, old->last_active != now->last_active, PROP_LAST_ACTIVE);
  notify_where (self, has_other_text (old, old->caps_node, now, now->caps_node), PROP_CAPS_NODE);
  notify_where (self, has_other_text (old, old->avatar_hash, now, now->avatar_hash), PROP_AVATAR_HASH);
}

/**
 * hs_resource_get_jid: (get-property jid)
 * @self: a resource
 *
 * Gets the full JID, or the bare JID if the contact sends its presence without a resource.
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

  return self->info != NULL ? self->info->show : HS_SHOW_OFFLINE;
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

  return self->info != NULL ? hs_resource_info_get_text (self->info, self->info->status) : NULL;
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

  return self->info != NULL ? self->info->priority : 0;
}

/**
 * hs_resource_get_since: (get-property since)
 * @self: a resource
 *
 * Gets when the last presence was sent, if it was delayed (XEP-0203), otherwise when it arrived.
 *
 * Returns: (transfer full) (nullable): the time, in UTC
 *
 * Since: 0.2
 */
GDateTime *
hs_resource_get_since (HsResource *self)
{
  g_return_val_if_fail (HS_IS_RESOURCE (self), NULL);

  return hs_resource_info_make_time (self->info != NULL ? self->info->since : 0);
}

/**
 * hs_resource_get_last_active: (get-property last-active)
 * @self: a resource
 *
 * Gets the time since which the device has been idle (XEP-0319).
 *
 * Returns: (transfer full) (nullable): the time, in UTC; %NULL while the device is in use or does not tell
 *
 * Since: 0.2
 */
GDateTime *
hs_resource_get_last_active (HsResource *self)
{
  g_return_val_if_fail (HS_IS_RESOURCE (self), NULL);

  return hs_resource_info_make_time (self->info != NULL ? self->info->last_active : 0);
}

/**
 * hs_resource_get_caps_node: (get-property caps-node)
 * @self: a resource
 *
 * Gets the URI of the program on this resource (XEP-0115, `node`), as the contact wrote it.
 *
 * Returns: (nullable): the URI, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_resource_get_caps_node (HsResource *self)
{
  g_return_val_if_fail (HS_IS_RESOURCE (self), NULL);

  return self->info != NULL ? hs_resource_info_get_text (self->info, self->info->caps_node) : NULL;
}

/**
 * hs_resource_get_avatar_hash: (get-property avatar-hash)
 * @self: a resource
 *
 * Gets the SHA-1 hash of the contact's avatar (XEP-0153), as the contact wrote it.
 *
 * Returns: (nullable): the hash in hexadecimal; empty if there is no avatar; %NULL if the presence does not tell
 *
 * Since: 0.2
 */
const char *
hs_resource_get_avatar_hash (HsResource *self)
{
  g_return_val_if_fail (HS_IS_RESOURCE (self), NULL);

  return self->info != NULL ? hs_resource_info_get_text (self->info, self->info->avatar_hash) : NULL;
}
