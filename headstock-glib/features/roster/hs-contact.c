/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-contact-private.h"

#include "hs-enum-types.h"
#include "hs-resource-set-private.h"

/**
 * HsContact:
 *
 * A contact in the roster (RFC 6121, 2), with its presence.
 *
 * A contact belongs to its [class@Roster], which keeps one object for each address and changes its properties: a window
 * can bind to them. A contact that has left the roster keeps its name and its groups; [property@Contact:is-in-roster]
 * is then false.
 *
 * ```python
 * contact = roster.lookup("juliet@example.com")
 * if contact is not None:
 *     print(contact.props.display_name, contact.props.show.value_nick, contact.props.status)
 * ```
 *
 * The properties for its presence are those of its best resource: the one with the highest priority, then the most
 * available one, then the newest.
 *
 * Since: 0.2
 */
struct _HsContact
{
  GObject parent_instance;

  HsJid *jid; /* never changes: it is the key in the table of contacts */
  HsRosterItem *item; /* like @jid, NULL only if a program has called g_object_new() */
  HsResourceSet resources;
  guint mark;
  guint place;
  guint is_in_roster : 1;
};

enum
{
  PROP_JID = 1,
  PROP_NAME,
  PROP_DISPLAY_NAME,
  PROP_GROUPS,
  PROP_SUBSCRIPTION,
  PROP_IS_ASKING,
  PROP_IS_APPROVED,
  PROP_IS_IN_ROSTER,
  PROP_IS_AVAILABLE,
  PROP_SHOW,
  PROP_STATUS,
  PROP_PRIORITY,
  PROP_LAST_ACTIVE,
  PROP_RESOURCES,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsContact, hs_contact, G_TYPE_OBJECT)

static void
hs_contact_finalize (GObject *object)
{
  HsContact *self = HS_CONTACT (object);

  g_clear_pointer (&self->jid, hs_jid_unref);
  g_clear_pointer (&self->item, hs_roster_item_unref);
  hs_resource_set_clear (&self->resources);

  G_OBJECT_CLASS (hs_contact_parent_class)->finalize (object);
}

static void
hs_contact_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsContact *self = HS_CONTACT (object);

  switch (prop_id)
    {
    case PROP_JID:
      g_value_set_boxed (value, hs_contact_get_jid (self));
      break;
    case PROP_NAME:
      g_value_set_string (value, hs_contact_get_name (self));
      break;
    case PROP_DISPLAY_NAME:
      g_value_set_string (value, hs_contact_get_display_name (self));
      break;
    case PROP_GROUPS:
      g_value_set_boxed (value, hs_contact_get_groups (self));
      break;
    case PROP_SUBSCRIPTION:
      g_value_set_enum (value, hs_contact_get_subscription (self));
      break;
    case PROP_IS_ASKING:
      g_value_set_boolean (value, hs_contact_get_is_asking (self));
      break;
    case PROP_IS_APPROVED:
      g_value_set_boolean (value, hs_contact_get_is_approved (self));
      break;
    case PROP_IS_IN_ROSTER:
      g_value_set_boolean (value, hs_contact_get_is_in_roster (self));
      break;
    case PROP_IS_AVAILABLE:
      g_value_set_boolean (value, hs_contact_get_is_available (self));
      break;
    case PROP_SHOW:
      g_value_set_enum (value, hs_contact_get_show (self));
      break;
    case PROP_STATUS:
      g_value_set_string (value, hs_contact_get_status (self));
      break;
    case PROP_PRIORITY:
      g_value_set_int (value, hs_contact_get_priority (self));
      break;
    case PROP_LAST_ACTIVE:
      g_value_take_boxed (value, hs_contact_get_last_active (self));
      break;
    case PROP_RESOURCES:
      g_value_set_object (value, hs_contact_get_resources (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

#define READ_ONLY (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY)

static void
install_item_properties (void)
{
  /**
   * HsContact:jid: (getter get_jid)
   *
   * The address, usually a bare JID.
   *
   * Since: 0.2
   */
  props[PROP_JID] = g_param_spec_boxed ("jid", NULL, NULL, HS_TYPE_JID, READ_ONLY);

  /**
   * HsContact:name: (getter get_name)
   *
   * The name that the user gave to the contact, or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, READ_ONLY);

  /**
   * HsContact:display-name: (getter get_display_name)
   *
   * The text to show: the name, otherwise the address.
   *
   * Since: 0.2
   */
  props[PROP_DISPLAY_NAME] = g_param_spec_string ("display-name", NULL, NULL, NULL, READ_ONLY);

  /**
   * HsContact:groups: (getter get_groups)
   *
   * The groups that the user has put the contact into.
   *
   * Since: 0.2
   */
  props[PROP_GROUPS] = g_param_spec_boxed ("groups", NULL, NULL, G_TYPE_STRV, READ_ONLY);

  /**
   * HsContact:subscription: (getter get_subscription)
   *
   * Who sees whose presence.
   *
   * Since: 0.2
   */
  props[PROP_SUBSCRIPTION] = g_param_spec_enum ("subscription", NULL, NULL, HS_TYPE_SUBSCRIPTION,
                                                HS_SUBSCRIPTION_NONE, READ_ONLY);

  /**
   * HsContact:is-asking: (getter get_is_asking)
   *
   * Whether the account has asked to see the contact's presence and has no answer yet (RFC 6121, 2.1.2.2).
   *
   * Since: 0.2
   */
  props[PROP_IS_ASKING] = g_param_spec_boolean ("is-asking", NULL, NULL, FALSE, READ_ONLY);

  /**
   * HsContact:is-approved: (getter get_is_approved)
   *
   * Whether a future subscription request of the contact is approved in advance (RFC 6121, 3.4).
   *
   * Since: 0.2
   */
  props[PROP_IS_APPROVED] = g_param_spec_boolean ("is-approved", NULL, NULL, FALSE, READ_ONLY);

  /**
   * HsContact:is-in-roster: (getter get_is_in_roster)
   *
   * Whether the contact is in the roster.
   *
   * Since: 0.2
   */
  props[PROP_IS_IN_ROSTER] = g_param_spec_boolean ("is-in-roster", NULL, NULL, FALSE, READ_ONLY);
}

static void
install_presence_properties (void)
{
  /**
   * HsContact:is-available: (getter get_is_available)
   *
   * Whether any resource of the contact is available.
   *
   * Since: 0.2
   */
  props[PROP_IS_AVAILABLE] = g_param_spec_boolean ("is-available", NULL, NULL, FALSE, READ_ONLY);

  /**
   * HsContact:show: (getter get_show)
   *
   * How available the best resource is.
   *
   * Since: 0.2
   */
  props[PROP_SHOW]
      = g_param_spec_enum ("show", NULL, NULL, HS_TYPE_SHOW, HS_SHOW_OFFLINE, READ_ONLY);

  /**
   * HsContact:status: (getter get_status)
   *
   * The status text of the best resource, or %NULL.
   *
   * Since: 0.2
   */
  props[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, READ_ONLY);

  /**
   * HsContact:priority: (getter get_priority)
   *
   * The priority of the best resource, -128 to 127; 0 without one.
   *
   * Since: 0.2
   */
  props[PROP_PRIORITY] = g_param_spec_int ("priority", NULL, NULL, -128, 127, 0, READ_ONLY);

  /**
   * HsContact:last-active: (getter get_last_active)
   *
   * The time since which the best resource has been idle (XEP-0319), in UTC; %NULL while it is in use or does not tell.
   *
   * Since: 0.2
   */
  props[PROP_LAST_ACTIVE]
      = g_param_spec_boxed ("last-active", NULL, NULL, G_TYPE_DATE_TIME, READ_ONLY);

  /**
   * HsContact:resources: (getter get_resources)
   *
   * The available resources, a list of [class@Resource]: at most 64.
   *
   * Since: 0.2
   */
  props[PROP_RESOURCES]
      = g_param_spec_object ("resources", NULL, NULL, G_TYPE_LIST_MODEL, READ_ONLY);
}

static void
hs_contact_class_init (HsContactClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hs_contact_finalize;
  object_class->get_property = hs_contact_get_property;

  install_item_properties ();
  install_presence_properties ();
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_contact_init (HsContact *self)
{
}

HsContact *
hs_contact_new (HsRosterItem *item, gboolean is_in_roster)
{
  HsContact *self = g_object_new (HS_TYPE_CONTACT, NULL);

  self->jid = hs_jid_ref (item->jid);
  self->item = hs_roster_item_ref (item);
  self->is_in_roster = is_in_roster;
  return self;
}

HsRosterItem *
hs_contact_get_item (HsContact *self)
{
  return self->item;
}

guint
hs_contact_get_mark (HsContact *self)
{
  return self->mark;
}

void
hs_contact_set_mark (HsContact *self, guint mark)
{
  self->mark = mark;
}

guint
hs_contact_get_place (HsContact *self)
{
  return self->place;
}

void
hs_contact_set_place (HsContact *self, guint place)
{
  self->place = place;
}

static void
notify (HsContact *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

/* The order counts, too: servers keep it. */
static gboolean
has_same_groups (HsRosterItem *a, HsRosterItem *b)
{
  return g_strv_equal (a->groups, b->groups);
}

void
hs_contact_set_item (HsContact *self, HsRosterItem *item)
{
  g_autoptr (HsRosterItem) old = self->item;

  self->item = hs_roster_item_ref (item);
  g_object_freeze_notify (G_OBJECT (self));
  if (g_strcmp0 (old->name, item->name) != 0)
    {
      notify (self, PROP_NAME);
      notify (self, PROP_DISPLAY_NAME);
    }
  if (!has_same_groups (old, item))
    notify (self, PROP_GROUPS);
  if (old->subscription != item->subscription)
    notify (self, PROP_SUBSCRIPTION);
  if (old->is_asking != item->is_asking)
    notify (self, PROP_IS_ASKING);
  if (old->is_approved != item->is_approved)
    notify (self, PROP_IS_APPROVED);
  g_object_thaw_notify (G_OBJECT (self));
}

void
hs_contact_set_is_in_roster (HsContact *self, gboolean is_in_roster)
{
  if (self->is_in_roster == is_in_roster)
    return;
  self->is_in_roster = is_in_roster;
  notify (self, PROP_IS_IN_ROSTER);
}

void
hs_contact_leave_roster (HsContact *self)
{
  self->is_in_roster = FALSE;
}

void
hs_contact_report_left (HsContact *self)
{
  g_autoptr (HsRosterItem) rest
      = hs_roster_item_new (self->jid, self->item->name, self->item->groups,
                            HS_SUBSCRIPTION_NONE, FALSE, FALSE);

  g_object_freeze_notify (G_OBJECT (self));
  hs_contact_set_item (self, rest);
  notify (self, PROP_IS_IN_ROSTER);
  g_object_thaw_notify (G_OBJECT (self));
}

static const char *
get_status_of (const HsResourceInfo *info)
{
  return info != NULL ? hs_resource_info_get_text (info, info->status) : NULL;
}

/* @before, @now: NULL for no resource. */
static void
compare_presence (HsContact *self, const HsResourceInfo *before, const HsResourceInfo *now)
{
  if ((before != NULL) != (now != NULL))
    notify (self, PROP_IS_AVAILABLE);
  if ((before != NULL ? before->show : HS_SHOW_OFFLINE) != (now != NULL ? now->show : HS_SHOW_OFFLINE))
    notify (self, PROP_SHOW);
  if ((before != NULL ? before->priority : 0) != (now != NULL ? now->priority : 0))
    notify (self, PROP_PRIORITY);
  if ((before != NULL ? before->last_active : 0) != (now != NULL ? now->last_active : 0))
    notify (self, PROP_LAST_ACTIVE);
  if (g_strcmp0 (get_status_of (before), get_status_of (now)) != 0)
    notify (self, PROP_STATUS);
}

static HsResourceInfo *
hold_best (HsContact *self)
{
  return self->resources.best != NULL ? hs_resource_info_ref (self->resources.best) : NULL;
}

/* Notifies after everything has changed. The old values are held until then, to compare. */
static void
tell_presence (HsContact *self, const HsResourceInfo *before)
{
  g_autoptr (HsResourceInfo) now = hold_best (self);

  compare_presence (self, before, now);
}

void
hs_contact_set_available (HsContact *self, HsJid *jid, HsPresence *presence, guint64 serial)
{
  g_autoptr (HsResourceInfo) before = hold_best (self);

  if (hs_resource_set_put (&self->resources, jid, presence, serial))
    tell_presence (self, before);
  else
    g_debug ("A contact has more than %d resources", HS_CONTACT_MAX_RESOURCES);
}

void
hs_contact_set_unavailable (HsContact *self, HsJid *jid)
{
  g_autoptr (HsResourceInfo) before = hold_best (self);

  if (hs_resource_set_remove (&self->resources, jid))
    tell_presence (self, before);
  else if (hs_jid_is_bare (jid))
    hs_contact_clear_resources (self);
}

void
hs_contact_clear_resources (HsContact *self)
{
  g_autoptr (HsResourceInfo) before = hold_best (self);

  if (before == NULL)
    return;
  hs_resource_set_remove_all (&self->resources);
  tell_presence (self, before);
}

/**
 * hs_contact_get_jid: (get-property jid)
 * @self: a contact
 *
 * Gets the address, usually a bare JID.
 *
 * Returns: (transfer none): the address
 *
 * Since: 0.2
 */
HsJid *
hs_contact_get_jid (HsContact *self)
{
  g_return_val_if_fail (HS_IS_CONTACT (self), NULL);

  return self->jid;
}

/**
 * hs_contact_get_name: (get-property name)
 * @self: a contact
 *
 * Gets the name that the user gave to the contact (RFC 6121, 2.1.2.4).
 *
 * Returns: (nullable): the name, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_contact_get_name (HsContact *self)
{
  g_return_val_if_fail (HS_IS_CONTACT (self), NULL);

  return self->item != NULL ? self->item->name : NULL;
}

/**
 * hs_contact_get_display_name: (get-property display-name)
 * @self: a contact
 *
 * Gets the text to show: the name, otherwise the address.
 *
 * Returns: the text
 *
 * Since: 0.2
 */
const char *
hs_contact_get_display_name (HsContact *self)
{
  g_return_val_if_fail (HS_IS_CONTACT (self), NULL);

  if (self->item == NULL)
    return "";
  return self->item->name != NULL ? self->item->name : hs_jid_to_string (self->jid);
}

/**
 * hs_contact_get_groups: (get-property groups)
 * @self: a contact
 *
 * Gets the groups that the user has put the contact into (RFC 6121, 2.1.2.6), each once.
 *
 * Returns: (transfer none) (array zero-terminated=1): the groups, valid until the contact changes
 *
 * Since: 0.2
 */
const char * const *
hs_contact_get_groups (HsContact *self)
{
  static const char *const none[] = { NULL };

  g_return_val_if_fail (HS_IS_CONTACT (self), NULL);

  return self->item != NULL ? (const char *const *) self->item->groups : none;
}

/**
 * hs_contact_get_subscription: (get-property subscription)
 * @self: a contact
 *
 * Gets who sees whose presence (RFC 6121, 2.1.2.5).
 *
 * Returns: the subscription
 *
 * Since: 0.2
 */
HsSubscription
hs_contact_get_subscription (HsContact *self)
{
  g_return_val_if_fail (HS_IS_CONTACT (self), HS_SUBSCRIPTION_NONE);

  return self->item != NULL ? self->item->subscription : HS_SUBSCRIPTION_NONE;
}

/**
 * hs_contact_get_is_asking: (get-property is-asking)
 * @self: a contact
 *
 * Tells whether the account has asked to see the contact's presence and has no answer yet (RFC 6121, 2.1.2.2).
 *
 * Returns: true if it has
 *
 * Since: 0.2
 */
gboolean
hs_contact_get_is_asking (HsContact *self)
{
  g_return_val_if_fail (HS_IS_CONTACT (self), FALSE);

  return self->item != NULL && self->item->is_asking;
}

/**
 * hs_contact_get_is_approved: (get-property is-approved)
 * @self: a contact
 *
 * Tells whether a future subscription request of the contact is approved in advance (RFC 6121, 3.4).
 *
 * Returns: true if it is approved
 *
 * Since: 0.2
 */
gboolean
hs_contact_get_is_approved (HsContact *self)
{
  g_return_val_if_fail (HS_IS_CONTACT (self), FALSE);

  return self->item != NULL && self->item->is_approved;
}

/**
 * hs_contact_get_is_in_roster: (get-property is-in-roster)
 * @self: a contact
 *
 * Tells whether the contact is in the roster.
 *
 * Returns: true if it is
 *
 * Since: 0.2
 */
gboolean
hs_contact_get_is_in_roster (HsContact *self)
{
  g_return_val_if_fail (HS_IS_CONTACT (self), FALSE);

  return self->is_in_roster;
}

/**
 * hs_contact_get_is_available: (get-property is-available)
 * @self: a contact
 *
 * Tells whether any resource of the contact is available.
 *
 * Returns: true if one is
 *
 * Since: 0.2
 */
gboolean
hs_contact_get_is_available (HsContact *self)
{
  g_return_val_if_fail (HS_IS_CONTACT (self), FALSE);

  return self->resources.best != NULL;
}

/**
 * hs_contact_get_show: (get-property show)
 * @self: a contact
 *
 * Gets how available the best resource is.
 *
 * Returns: the value; %HS_SHOW_OFFLINE, if no resource is available
 *
 * Since: 0.2
 */
HsShow
hs_contact_get_show (HsContact *self)
{
  g_return_val_if_fail (HS_IS_CONTACT (self), HS_SHOW_OFFLINE);

  return self->resources.best != NULL ? self->resources.best->show : HS_SHOW_OFFLINE;
}

/**
 * hs_contact_get_status: (get-property status)
 * @self: a contact
 *
 * Gets the status text of the best resource.
 *
 * Returns: (nullable): the text, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_contact_get_status (HsContact *self)
{
  g_return_val_if_fail (HS_IS_CONTACT (self), NULL);

  return get_status_of (self->resources.best);
}

/**
 * hs_contact_get_priority: (get-property priority)
 * @self: a contact
 *
 * Gets the priority of the best resource.
 *
 * Returns: the priority, -128 to 127; 0, if no resource is available
 *
 * Since: 0.2
 */
int
hs_contact_get_priority (HsContact *self)
{
  g_return_val_if_fail (HS_IS_CONTACT (self), 0);

  return self->resources.best != NULL ? self->resources.best->priority : 0;
}

/**
 * hs_contact_get_last_active: (get-property last-active)
 * @self: a contact
 *
 * Gets the time since which the best resource has been idle (XEP-0319).
 *
 * Returns: (transfer full) (nullable): the time, in UTC; %NULL while the resource is in use or does not tell
 *
 * Since: 0.2
 */
GDateTime *
hs_contact_get_last_active (HsContact *self)
{
  g_return_val_if_fail (HS_IS_CONTACT (self), NULL);

  return hs_resource_info_make_time (self->resources.best != NULL ? self->resources.best->last_active : 0);
}

/**
 * hs_contact_get_resources: (get-property resources)
 * @self: a contact
 *
 * Gets the available resources, a list of [class@Resource] in order of arrival: at most 64.
 *
 * Returns: (transfer none): the list; it is always the same one
 *
 * Since: 0.2
 */
GListModel *
hs_contact_get_resources (HsContact *self)
{
  g_return_val_if_fail (HS_IS_CONTACT (self), NULL);

  return G_LIST_MODEL (hs_resource_set_ensure_list (&self->resources, self->jid));
}
