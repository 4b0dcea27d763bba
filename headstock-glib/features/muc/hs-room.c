/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-private.h"

#include "hs-enum-types.h"
#include "hs-muc-text-private.h"

/**
 * HsRoom:
 *
 * A room for group chat (XEP-0045): its occupants, its messages, and the actions of the account in it.
 *
 * Rooms come from a [class@Muc], which has one object for each room.
 *
 * ```python
 * def joined(muc, result):
 *     room = muc.join_finish(result)
 *     print(room.props.subject, room.props.occupants.get_n_items())
 *     room.connect("message", lambda room, delivery: print(delivery.props.message.props.body))
 *     room.send("Good evening")
 *
 * muc.join_async("verona@rooms.example.com", "romeo", None, joined)
 * ```
 *
 * An account that drops out of a room, because the session is lost, the room's service restarts, or a link between
 * servers breaks, rejoins by itself while [property@Room:auto-rejoin] is true: in the next session, or after 0 to 5
 * seconds, then 10 seconds, and then up to twice as long each time, at most 10 minutes. It does not rejoin after it was
 * kicked or banned.
 *
 * To send a private message to an occupant, call [method@Messages.send_text] with [property@Occupant:jid].
 *
 * Since: 0.2
 */

static const HsRoomTimes times = {
  .silence = 15 * 60 * 1000,
  .missed = 60 * 1000,
  .renamed = 60 * 1000,
  .later = { 60 * 1000, 2 * 60 * 1000, 5 * 60 * 1000 },
  .settled = 60 * 1000,
  .wait_unit = 1000,
};

static GParamSpec *props[HS_ROOM_N_PROPS];

G_DEFINE_FINAL_TYPE (HsRoom, hs_room, G_TYPE_OBJECT)

void
hs_room_notify (HsRoom *self, guint prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

HsClient *
hs_room_find_client (HsRoom *self)
{
  return self->muc != NULL ? self->muc->client : NULL;
}

HsMessages *
hs_room_find_messages (HsRoom *self)
{
  return self->muc != NULL ? self->muc->messages : NULL;
}

gboolean
hs_room_is_ready (HsRoom *self)
{
  HsClient *client = hs_room_find_client (self);

  return client != NULL && hs_client_get_state (client) == HS_CLIENT_STATE_READY;
}

gint64
hs_room_get_now (HsRoom *self)
{
  return hs_feature_get_time (hs_room_find_client (self)) / 1000;
}

void
hs_room_start_timer (HsRoom *self, HsFeatureTimer **timer, guint msec, void (*func) (gpointer room))
{
  hs_room_stop_timer (timer);
  *timer = hs_feature_timer_start (hs_room_find_client (self), msec, func, self);
}

void
hs_room_stop_timer (HsFeatureTimer **timer)
{
  g_clear_pointer (timer, hs_feature_timer_free);
}

/* ---- The object ---- */

static void
hs_room_dispose (GObject *object)
{
  HsRoom *self = HS_ROOM (object);

  hs_room_stop_timer (&self->timer);
  hs_room_stop_timer (&self->silence.timer);
  g_clear_weak_pointer (&self->muc);

  G_OBJECT_CLASS (hs_room_parent_class)->dispose (object);
}

static void
hs_room_finalize (GObject *object)
{
  HsRoom *self = HS_ROOM (object);

  hs_room_table_clear (&self->table);
  hs_room_table_clear (&self->entering);
  g_clear_pointer (&self->entering_list, g_ptr_array_unref);
  g_clear_object (&self->occupants);
  g_clear_object (&self->own);
  g_clear_object (&self->info);
  g_clear_pointer (&self->jid, hs_jid_unref);
  g_free (self->nick);
  g_free (self->password);
  g_free (self->subject);
  g_free (self->subject_author);
  g_free (self->name);
  g_free (self->join_id);
  g_free (self->timed_out_id);

  G_OBJECT_CLASS (hs_room_parent_class)->finalize (object);
}

static void
hs_room_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsRoom *self = HS_ROOM (object);

  switch (prop_id)
    {
    case HS_ROOM_PROP_CLIENT:
      g_value_set_object (value, hs_room_get_client (self));
      break;
    case HS_ROOM_PROP_JID:
      g_value_set_boxed (value, hs_room_get_jid (self));
      break;
    case HS_ROOM_PROP_NICK:
      g_value_set_string (value, hs_room_get_nick (self));
      break;
    case HS_ROOM_PROP_STATE:
      g_value_set_enum (value, hs_room_get_state (self));
      break;
    case HS_ROOM_PROP_OCCUPANTS:
      g_value_set_object (value, hs_room_get_occupants (self));
      break;
    case HS_ROOM_PROP_OWN_OCCUPANT:
      g_value_set_object (value, hs_room_get_own_occupant (self));
      break;
    case HS_ROOM_PROP_SUBJECT:
      g_value_set_string (value, hs_room_get_subject (self));
      break;
    case HS_ROOM_PROP_SUBJECT_AUTHOR:
      g_value_set_string (value, hs_room_get_subject_author (self));
      break;
    case HS_ROOM_PROP_NAME:
      g_value_set_string (value, hs_room_get_name (self));
      break;
    case HS_ROOM_PROP_INFO:
      g_value_set_object (value, hs_room_get_info (self));
      break;
    case HS_ROOM_PROP_FEATURES:
      g_value_set_flags (value, hs_room_get_features (self));
      break;
    case HS_ROOM_PROP_PASSWORD:
      g_value_set_string (value, hs_room_get_password (self));
      break;
    case HS_ROOM_PROP_HISTORY_LIMIT:
      g_value_set_uint (value, hs_room_get_history_limit (self));
      break;
    case HS_ROOM_PROP_AUTO_REJOIN:
      g_value_set_boolean (value, hs_room_get_auto_rejoin (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_room_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsRoom *self = HS_ROOM (object);

  switch (prop_id)
    {
    case HS_ROOM_PROP_PASSWORD:
      hs_room_set_password (self, g_value_get_string (value));
      break;
    case HS_ROOM_PROP_HISTORY_LIMIT:
      hs_room_set_history_limit (self, g_value_get_uint (value));
      break;
    case HS_ROOM_PROP_AUTO_REJOIN:
      hs_room_set_auto_rejoin (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
make_stay_properties (void)
{
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsRoom:client: (getter get_client)
   *
   * The client that the room's module is registered with, or %NULL.
   *
   * Since: 0.2
   */
  props[HS_ROOM_PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT, ro);

  /**
   * HsRoom:jid: (getter get_jid)
   *
   * The address of the room, a bare JID.
   *
   * Since: 0.2
   */
  props[HS_ROOM_PROP_JID] = g_param_spec_boxed ("jid", NULL, NULL, HS_TYPE_JID, ro);

  /**
   * HsRoom:nick: (getter get_nick)
   *
   * The account's nickname in the room, or the one for joining.
   *
   * Since: 0.2
   */
  props[HS_ROOM_PROP_NICK] = g_param_spec_string ("nick", NULL, NULL, NULL, ro);

  /**
   * HsRoom:state: (getter get_state)
   *
   * The state of the account's stay in the room. The default is %HS_ROOM_STATE_OUT.
   *
   * Since: 0.2
   */
  props[HS_ROOM_PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, HS_TYPE_ROOM_STATE, HS_ROOM_STATE_OUT, ro);

  /**
   * HsRoom:occupants: (getter get_occupants)
   *
   * The occupants of the room, a list of [class@Occupant]; it is always the same list.
   *
   * It changes in one step when the account has joined. While the account rejoins from %HS_ROOM_STATE_LOST by itself,
   * it keeps the former occupants. It is empty in %HS_ROOM_STATE_OUT, and without a session.
   *
   * Since: 0.2
   */
  props[HS_ROOM_PROP_OCCUPANTS] = g_param_spec_object ("occupants", NULL, NULL, G_TYPE_LIST_MODEL, ro);

  /**
   * HsRoom:own-occupant: (getter get_own_occupant)
   *
   * The account itself as an occupant, while it is in the room, or %NULL.
   *
   * Since: 0.2
   */
  props[HS_ROOM_PROP_OWN_OCCUPANT] = g_param_spec_object ("own-occupant", NULL, NULL, HS_TYPE_OCCUPANT, ro);
}

static void
make_room_properties (void)
{
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsRoom:subject: (getter get_subject)
   *
   * The subject: empty if the room has none, %NULL if it is not known.
   *
   * Since: 0.2
   */
  props[HS_ROOM_PROP_SUBJECT] = g_param_spec_string ("subject", NULL, NULL, NULL, ro);

  /**
   * HsRoom:subject-author: (getter get_subject_author)
   *
   * The nickname of the occupant who has set the subject, or %NULL.
   *
   * Since: 0.2
   */
  props[HS_ROOM_PROP_SUBJECT_AUTHOR] = g_param_spec_string ("subject-author", NULL, NULL, NULL, ro);

  /**
   * HsRoom:name: (getter get_name)
   *
   * The room's name from its service discovery, or %NULL.
   *
   * Since: 0.2
   */
  props[HS_ROOM_PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, ro);

  /**
   * HsRoom:info: (getter get_info)
   *
   * The room's service discovery information, or %NULL while it is not known.
   *
   * Since: 0.2
   */
  props[HS_ROOM_PROP_INFO] = g_param_spec_object ("info", NULL, NULL, HS_TYPE_DISCO_INFO, ro);

  /**
   * HsRoom:features: (getter get_features)
   *
   * The properties and features of the room.
   *
   * Since: 0.2
   */
  props[HS_ROOM_PROP_FEATURES] = g_param_spec_flags ("features", NULL, NULL, HS_TYPE_ROOM_FEATURE, HS_ROOM_FEATURE_NONE, ro);
}

static void
make_settings (void)
{
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsRoom:password: (getter get_password) (setter set_password)
   *
   * The password for joining. The default is %NULL: none.
   *
   * A change takes effect the next time that the account joins.
   *
   * Since: 0.2
   */
  props[HS_ROOM_PROP_PASSWORD] = g_param_spec_string ("password", NULL, NULL, NULL, rw);

  /**
   * HsRoom:history-limit: (getter get_history_limit) (setter set_history_limit)
   *
   * How many earlier messages the room sends at most when the account joins.
   *
   * The default is 20 messages; 0 asks for none. A change takes effect the next time that the account joins. A room
   * whose archive [class@History] catches up with is asked for none once the history has a position in the archive.
   *
   * Since: 0.2
   */
  props[HS_ROOM_PROP_HISTORY_LIMIT] = g_param_spec_uint ("history-limit", NULL, NULL, 0, G_MAXUINT, HS_ROOM_HISTORY_LIMIT, rw);

  /**
   * HsRoom:auto-rejoin: (getter get_auto_rejoin) (setter set_auto_rejoin)
   *
   * Whether the account rejoins by itself after it was lost. The default is %TRUE.
   *
   * A change takes effect at the next attempt; to rejoin from %HS_ROOM_STATE_LOST after the property was %FALSE, call
   * [method@Room.join_async].
   *
   * Since: 0.2
   */
  props[HS_ROOM_PROP_AUTO_REJOIN] = g_param_spec_boolean ("auto-rejoin", NULL, NULL, TRUE, rw);
}

static void
hs_room_class_init (HsRoomClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = hs_room_dispose;
  object_class->finalize = hs_room_finalize;
  object_class->get_property = hs_room_get_property;
  object_class->set_property = hs_room_set_property;

  make_stay_properties ();
  make_room_properties ();
  make_settings ();
  g_object_class_install_properties (object_class, HS_ROOM_N_PROPS, props);
  hs_room_install_signals ();
}

static void
hs_room_init (HsRoom *self)
{
  self->history_limit = HS_ROOM_HISTORY_LIMIT;
  self->auto_rejoin = TRUE;
  self->times = &times;
  self->occupants = hs_roster_list_new (HS_TYPE_OCCUPANT);
  hs_roster_list_collect (self->occupants);
  hs_room_table_init (&self->table);
}

HsRoom *
hs_room_new (HsMuc *muc, HsJid *jid, const char *nick)
{
  HsRoom *self = g_object_new (HS_TYPE_ROOM, NULL);

  g_set_weak_pointer (&self->muc, muc);
  self->jid = hs_jid_get_bare (jid);
  self->nick = g_strdup (nick);
  return self;
}

/**
 * hs_room_set_password: (set-property password)
 * @self: a room
 * @password: (nullable): the new value
 *
 * Sets the password for joining.
 *
 * Since: 0.2
 */
void
hs_room_set_password (HsRoom *self, const char *password)
{
  g_return_if_fail (HS_IS_ROOM (self));

  if (!hs_muc_set_string (&self->password, password))
    return;
  hs_room_notify (self, HS_ROOM_PROP_PASSWORD);
}

/**
 * hs_room_set_history_limit: (set-property history-limit)
 * @self: a room
 * @history_limit: the new value
 *
 * Sets how many earlier messages the room sends at most when the account joins.
 *
 * Since: 0.2
 */
void
hs_room_set_history_limit (HsRoom *self, guint history_limit)
{
  g_return_if_fail (HS_IS_ROOM (self));

  if (self->history_limit == history_limit)
    return;
  self->history_limit = history_limit;
  hs_room_notify (self, HS_ROOM_PROP_HISTORY_LIMIT);
}

/**
 * hs_room_set_auto_rejoin: (set-property auto-rejoin)
 * @self: a room
 * @auto_rejoin: the new value
 *
 * Sets whether the account rejoins by itself after it was lost.
 *
 * Since: 0.2
 */
void
hs_room_set_auto_rejoin (HsRoom *self, gboolean auto_rejoin)
{
  g_return_if_fail (HS_IS_ROOM (self));

  if (self->auto_rejoin == !!auto_rejoin)
    return;
  self->auto_rejoin = !!auto_rejoin;
  hs_room_notify (self, HS_ROOM_PROP_AUTO_REJOIN);
}
