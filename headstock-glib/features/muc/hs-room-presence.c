/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-receive-private.h"

#include <string.h>

#include "hs-error.h"
#include "hs-feature.h"
#include "hs-muc-text-private.h"
#include "hs-namespaces.h"
#include "hs-room-info-private.h"
#include "hs-room-pending-private.h"
#include "hs-room-ping-private.h"
#include "hs-room-stay-private.h"

/* The presences of a room: its occupants, and the account's own stay (XEP-0045, 7). */

/* XEP-0045, 15.6 lists about twenty status codes. Further codes of one presence are not read. */
#define MAX_CODES 32

typedef enum
{
  STATUS_SELF = 1 << 0,         /* 110 */
  STATUS_CREATED = 1 << 1,      /* 201 */
  STATUS_BANNED = 1 << 2,       /* 301 */
  STATUS_RENAMED = 1 << 3,      /* 303 */
  STATUS_KICKED = 1 << 4,       /* 307 */
  STATUS_AFFILIATION = 1 << 5,  /* 321 */
  STATUS_MEMBERS_ONLY = 1 << 6, /* 322 */
  STATUS_SHUTDOWN = 1 << 7,     /* 332 */
  STATUS_TECHNICAL = 1 << 8,    /* 333 */
} Status;

/* No view of an element is made: a room has thousands of occupants. */
static Status
read_status (HsPresence *presence)
{
  static const char *const codes[] = { "110", "201", "301", "303", "307", "321", "322", "332", "333" };
  const char *values[MAX_CODES];
  guint n_values
      = hs_feature_get_inner_values (HS_ELEMENT (presence), "x", "status", HS_NS_MUC_USER, "code", values, MAX_CODES);
  Status found = 0;

  for (guint i = 0; i < MIN (n_values, MAX_CODES); i++)
    for (guint k = 0; k < G_N_ELEMENTS (codes); k++)
      if (g_strcmp0 (values[i], codes[k]) == 0)
        found |= 1u << k;
  return found;
}

static HsOccupant *
make_occupant (HsJid *jid)
{
  HsOccupant *occupant = g_object_new (HS_TYPE_OCCUPANT, NULL);

  occupant->jid = hs_jid_ref (jid);
  occupant->nick = g_strdup (hs_jid_get_resource (jid));
  return occupant;
}

/* A service without status 110 sends the account's nickname with its full JID. */
static gboolean
is_own_presence (HsRoom *self, HsOccupant *occupant, HsPresence *presence, Status status)
{
  HsClient *client = hs_room_find_client (self);
  HsJid *bound = client != NULL ? hs_client_get_bound_jid (client) : NULL;

  /* A late answer to an attempt that was withdrawn: the answer to the unavailable presence follows. */
  if (self->timed_out_id != NULL && g_strcmp0 (hs_stanza_get_id (HS_STANZA (presence)), self->timed_out_id) == 0)
    return FALSE;
  if ((status & STATUS_SELF) != 0)
    return TRUE;
  return strcmp (occupant->nick, self->nick) == 0 && bound != NULL && occupant->real_jid != NULL
         && hs_jid_equal (occupant->real_jid, bound);
}

static void
take_entering (HsRoom *self, HsJid *from, HsPresence *presence)
{
  HsOccupant *occupant;
  Status status = read_status (presence);

  /* Presences before this client has sent its own belong to an earlier stay. */
  if (self->join_id == NULL)
    return;
  occupant = hs_room_table_lookup (&self->entering, hs_jid_get_resource (from));
  if (occupant == NULL)
    {
      if (self->entering_list->len >= HS_ROOM_MAX_OCCUPANTS && (status & STATUS_SELF) == 0)
        return;
      occupant = make_occupant (from);
      g_ptr_array_add (self->entering_list, occupant);
      hs_room_table_insert (&self->entering, occupant);
    }
  /* Nobody has been shown the occupant. */
  hs_room_table_update (&self->entering, occupant, presence, hs_room_get_trust (self));
  self->is_created |= (status & STATUS_CREATED) != 0;
  if (!is_own_presence (self, occupant, presence, status))
    return;
  hs_room_enter (self, occupant);
  hs_room_watch_silence (self);
}

/* The service has prepared a nickname that was asked for, and it is the present one: it answers with the present
 * presence. */
static void
settle_nick (HsRoom *self, HsPresence *presence)
{
  const char *id = hs_stanza_get_id (HS_STANZA (presence));
  HsRoomPending *pending = id != NULL ? hs_room_pending_find (self, HS_ROOM_PENDING_NICK, id, NULL) : NULL;

  if (pending != NULL)
    hs_room_pending_return (self, pending, NULL);
}

static void
take_known (HsRoom *self, HsJid *from, HsPresence *presence)
{
  HsOccupant *known = hs_room_table_lookup (&self->table, hs_jid_get_resource (from));
  g_autoptr (HsOccupant) occupant = known != NULL ? g_object_ref (known) : NULL;
  HsOccupantChanges changes;

  if (occupant == NULL)
    {
      if (g_hash_table_size (self->table.by_nick) >= HS_ROOM_MAX_OCCUPANTS)
        return;
      occupant = make_occupant (from);
      hs_room_table_insert (&self->table, occupant);
    }
  changes = hs_room_table_update (&self->table, occupant, presence, hs_room_get_trust (self));
  if (known != NULL)
    {
      hs_occupant_notify (occupant, changes);
      if (occupant == self->own)
        settle_nick (self, presence);
      return;
    }
  hs_roster_list_append (self->occupants, occupant);
  g_signal_emit (self, hs_room_signals[HS_ROOM_SIGNAL_OCCUPANT_JOINED], 0, occupant);
}

/* ---- Leaving ---- */

static void
tell_occupant_left (HsRoom *self, HsJid *jid)
{
  HsMessages *messages = hs_room_find_messages (self);

  if (messages != NULL)
    hs_messages_occupant_left (messages, jid);
}

/* The account's nickname has changed. */
static void
take_own_nick (HsRoom *self, HsJid *jid)
{
  HsMessages *messages = hs_room_find_messages (self);

  self->silence.renamed_time = hs_room_get_now (self);
  if (messages != NULL)
    hs_messages_room_renamed (messages, jid);
  if (hs_muc_set_string (&self->nick, hs_jid_get_resource (jid)))
    hs_room_notify (self, HS_ROOM_PROP_NICK);
}

/* A presence with the new nickname follows (XEP-0045, 7.6). */
static void
rename_occupant (HsRoom *self, HsOccupant *renamed, HsJid *jid)
{
  g_autoptr (HsOccupant) occupant = g_object_ref (renamed);
  HsOccupant *known = hs_room_table_lookup (&self->table, hs_jid_get_resource (jid));
  g_autoptr (HsOccupant) other = known != NULL && known != renamed ? g_object_ref (known) : NULL;
  gboolean is_own = occupant == self->own;
  HsRoomPending *pending;

  /* The nickname is free: the room has not told that its former occupant left. */
  if (other != NULL)
    {
      tell_occupant_left (self, other->jid);
      hs_room_table_remove (&self->table, other);
    }
  g_object_freeze_notify (G_OBJECT (self));
  if (!is_own)
    tell_occupant_left (self, occupant->jid);
  hs_room_table_rename (&self->table, occupant, jid);
  if (is_own)
    take_own_nick (self, jid);
  if (other != NULL)
    hs_roster_list_remove (self->occupants, other);
  g_object_thaw_notify (G_OBJECT (self));
  hs_occupant_notify (occupant, HS_OCCUPANT_CHANGED_NICK | HS_OCCUPANT_CHANGED_JID);
  pending = is_own ? hs_room_pending_find (self, HS_ROOM_PENDING_NICK, NULL, NULL) : NULL;
  if (pending != NULL)
    hs_room_pending_return (self, pending, NULL);
  if (other != NULL)
    g_signal_emit (self, hs_room_signals[HS_ROOM_SIGNAL_OCCUPANT_LEFT], 0, other);
  g_signal_emit (self, hs_room_signals[HS_ROOM_SIGNAL_OCCUPANT_RENAMED], 0, occupant);
}

static void
drop_self (HsRoom *self, Status status)
{
  g_autoptr (GError) error = NULL;

  error = g_error_new (HS_ERROR, HS_ERROR_CONNECTION_LOST, "%s has put the account out: %s (status %s)",
                       hs_jid_to_string (self->jid),
                       (status & STATUS_TECHNICAL) != 0 ? "a technical problem" : "the service shuts down",
                       (status & STATUS_TECHNICAL) != 0 ? "333" : "332");
  hs_room_drop (self, error);
}

static HsLeaveKind
find_kind (Status status, gboolean is_destroyed)
{
  if (is_destroyed)
    return HS_LEAVE_KIND_DESTROYED;
  if ((status & STATUS_BANNED) != 0)
    return HS_LEAVE_KIND_BANNED;
  if ((status & STATUS_AFFILIATION) != 0)
    return HS_LEAVE_KIND_AFFILIATION;
  if ((status & STATUS_MEMBERS_ONLY) != 0)
    return HS_LEAVE_KIND_MEMBERS_ONLY;
  /* A service may send 307 as well when it cannot reach the account or shuts down: 333 is then the reason. */
  if ((status & STATUS_KICKED) != 0 && (status & STATUS_TECHNICAL) == 0)
    return HS_LEAVE_KIND_KICKED;
  return (status & STATUS_SHUTDOWN) != 0 ? HS_LEAVE_KIND_SHUTDOWN : HS_LEAVE_KIND_LEFT;
}

/* Whether the account was neither removed by somebody nor left. */
static gboolean
is_technical (HsLeaveKind kind, Status status)
{
  return kind == HS_LEAVE_KIND_SHUTDOWN || (kind == HS_LEAVE_KIND_LEFT && (status & STATUS_TECHNICAL) != 0);
}

/* Takes the answer to the unavailable presence of an attempt that timed out. Returns FALSE if the presence is
 * something else. */
static gboolean
take_late_answer (HsRoom *self, HsLeaveKind kind)
{
  gint64 age = hs_room_get_now (self) - self->joined_time;
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  if (kind != HS_LEAVE_KIND_LEFT)
    return FALSE;
  id = g_steal_pointer (&self->timed_out_id);
  if (self->state == HS_ROOM_STATE_JOINING)
    return TRUE;
  if (id == NULL || self->state != HS_ROOM_STATE_IN || age >= self->times->settled)
    return FALSE;
  /* The success that seemed to belong to this attempt belonged to the earlier one, which was withdrawn. */
  error = g_error_new (HS_ERROR, HS_ERROR_CONNECTION_LOST, "%s has answered an earlier attempt to enter",
                       hs_jid_to_string (self->jid));
  hs_room_drop (self, error);
  return TRUE;
}

static void
take_own_unavailable (HsRoom *self, Status status, HsElement *x)
{
  gboolean is_destroyed = x != NULL && hs_element_get_child (x, "destroy", HS_NS_MUC_USER) != NULL;
  HsLeaveKind kind = find_kind (status, is_destroyed);

  if (is_technical (kind, status) && self->state != HS_ROOM_STATE_LEAVING)
    drop_self (self, status);
  else if (!take_late_answer (self, kind))
    hs_room_exit (self, kind, x);
}

static void
remove_occupant (HsRoom *self, HsOccupant *gone, HsPresence *presence)
{
  g_autoptr (HsOccupant) occupant = g_object_ref (gone);

  tell_occupant_left (self, occupant->jid);
  g_object_freeze_notify (G_OBJECT (occupant));
  hs_occupant_notify (occupant, hs_room_table_update (&self->table, occupant, presence, hs_room_get_trust (self)));
  hs_room_table_remove (&self->table, occupant);
  hs_roster_list_remove (self->occupants, occupant);
  g_object_thaw_notify (G_OBJECT (occupant));
  g_signal_emit (self, hs_room_signals[HS_ROOM_SIGNAL_OCCUPANT_LEFT], 0, occupant);
}

static HsJid *
read_new_jid (HsJid *from, HsElement *x)
{
  const char *nick = hs_element_get_child_attribute (x, "item", HS_NS_MUC_USER, "nick");

  return nick != NULL ? hs_jid_with_resource (from, nick, NULL) : NULL;
}

/* For a service without status 110. While joining, a nickname that the room has shown belongs to somebody else. */
static gboolean
is_own_nick (HsRoom *self, HsJid *from, HsOccupant *occupant)
{
  if (self->own != NULL)
    return occupant == self->own;
  return occupant == NULL && g_strcmp0 (hs_jid_get_resource (from), self->nick) == 0;
}

static void
take_unavailable (HsRoom *self, HsJid *from, HsPresence *presence)
{
  HsElement *x = hs_element_get_child (HS_ELEMENT (presence), "x", HS_NS_MUC_USER);
  Status status = read_status (presence);
  HsRoomTable *table = self->state == HS_ROOM_STATE_JOINING ? &self->entering : &self->table;
  HsOccupant *occupant = hs_room_table_lookup (table, hs_jid_get_resource (from));
  gboolean is_own = (status & STATUS_SELF) != 0 || is_own_nick (self, from, occupant);
  g_autoptr (HsJid) renamed = (status & STATUS_RENAMED) != 0 ? read_new_jid (from, x) : NULL;

  if (renamed != NULL && self->state == HS_ROOM_STATE_IN)
    {
      if (occupant != NULL)
        rename_occupant (self, occupant, renamed);
    }
  else if (is_own)
    take_own_unavailable (self, status, x);
  else if (occupant == NULL)
    return;
  else if (self->state == HS_ROOM_STATE_IN)
    remove_occupant (self, occupant, presence);
  else if (self->state == HS_ROOM_STATE_JOINING)
    {
      /* The table first: the array holds the last reference. */
      hs_room_table_remove (table, occupant);
      g_ptr_array_remove_fast (self->entering_list, occupant);
    }
}

/* ---- Errors ---- */

/* Whether an error answers the presence that joins the room, and not a presence of an earlier stay. */
static gboolean
is_refusal (HsRoom *self, HsJid *from, const char *id)
{
  if (self->join_id == NULL)
    return FALSE;
  if (g_strcmp0 (id, self->join_id) == 0)
    return TRUE;
  /* Some services leave out the id. */
  return hs_jid_is_bare (from) || (id == NULL && g_strcmp0 (hs_jid_get_resource (from), self->nick) == 0);
}

static void
take_error (HsRoom *self, HsPresence *presence, HsJid *from)
{
  g_autoptr (GError) error = hs_stanza_get_error (HS_STANZA (presence));
  const char *id = hs_stanza_get_id (HS_STANZA (presence));
  HsRoomPending *nick = id != NULL ? hs_room_pending_find (self, HS_ROOM_PENDING_NICK, id, NULL) : NULL;

  if (nick != NULL)
    {
      hs_room_pending_return (self, nick, error);
      if (self->state == HS_ROOM_STATE_IN && hs_room_phase_casts_doubt (error))
        hs_room_ping (self, NULL);
    }
  else if (self->state == HS_ROOM_STATE_JOINING && is_refusal (self, from, id))
    hs_room_refuse (self, error);
  else if (self->state == HS_ROOM_STATE_LEAVING)
    hs_room_exit (self, HS_LEAVE_KIND_LEFT, NULL);
  /* A room that has restarted does not know the account any more. */
  else if (self->state == HS_ROOM_STATE_IN)
    hs_room_ping (self, NULL);
}

void
hs_room_take_presence (HsRoom *room, HsPresence *presence, HsJid *from)
{
  g_autoptr (HsRoom) self = g_object_ref (room);
  const char *type = hs_stanza_get_stanza_type (HS_STANZA (presence));

  if (strcmp (type, "error") == 0)
    {
      take_error (self, presence, from);
      return;
    }
  hs_room_heard (self);
  /* The presence of the room itself, which ejabberd sends first. */
  if (hs_jid_is_bare (from))
    return;
  if (strcmp (type, "available") == 0)
    {
      if (self->state == HS_ROOM_STATE_JOINING)
        take_entering (self, from, presence);
      else if (self->state == HS_ROOM_STATE_IN)
        take_known (self, from, presence);
    }
  /* Presences before this client has sent its own belong to an earlier stay. */
  else if (strcmp (type, "unavailable") == 0
           && (self->state == HS_ROOM_STATE_IN || self->state == HS_ROOM_STATE_LEAVING || self->join_id != NULL))
    take_unavailable (self, from, presence);
}
