/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-stay-private.h"

#include <string.h>

#include "hs-disco-shared.h"
#include "hs-disco.h"
#include "hs-error.h"
#include "hs-feature.h"
#include "hs-leave-private.h"
#include "hs-muc-text-private.h"
#include "hs-namespaces.h"
#include "hs-room-announce-private.h"
#include "hs-room-info-private.h"
#include "hs-room-pending-private.h"

/* Joining a room, leaving it, and rejoining (XEP-0045, 7.2 and 7.14).
 *
 * Handlers of notifications and signals may call functions of the room again: join, leave, remove it. Each function
 * here therefore makes all its changes with notifications frozen, the list of occupants last, and emits signals
 * afterwards. */

/* Returns FALSE if the event has no meaning in this state. */
static gboolean
step (HsRoom *self, HsRoomEvent event)
{
  HsRoomState next;

  if (!hs_room_phase_can (self->state, event))
    return FALSE;
  next = hs_room_phase_get_next (self->state, event);
  hs_room_stop_timer (&self->timer);
  if (next != self->state)
    {
      self->state = next;
      if (next != HS_ROOM_STATE_IN)
        hs_room_stop_timer (&self->silence.timer);
      hs_room_notify (self, HS_ROOM_PROP_STATE);
    }
  return TRUE;
}

/* The account does not enter now: nicknames that wait for that are the ones for the next attempt. */
static void
take_waiting_nicks (HsRoom *self)
{
  HsRoomPending *pending;

  while ((pending = hs_room_pending_find_waiting_nick (self)) != NULL)
    {
      pending->is_done = TRUE;
      if (hs_muc_set_string (&self->nick, pending->text))
        hs_room_notify (self, HS_ROOM_PROP_NICK);
    }
}

static void
forget_entering (HsRoom *self)
{
  take_waiting_nicks (self);
  g_clear_pointer (&self->join_id, g_free);
  self->attempt++;
  self->is_asking = FALSE;
  hs_room_table_clear (&self->entering);
  g_clear_pointer (&self->entering_list, g_ptr_array_unref);
}

/* The account is not in the room any more. */
static void
end_stay (HsRoom *self)
{
  HsMessages *messages = hs_room_find_messages (self);

  forget_entering (self);
  self->needs_info = FALSE;
  if (messages != NULL)
    hs_messages_room_left (messages, self->jid);
  if (g_set_object (&self->own, NULL))
    hs_room_notify (self, HS_ROOM_PROP_OWN_OCCUPANT);
}

static void
remove_all (HsRoom *self)
{
  g_autoptr (GPtrArray) old = NULL;
  HsRoomTable table = self->table;

  hs_room_table_init (&self->table);
  hs_roster_list_flush (self->occupants);
  old = hs_roster_list_replace (self->occupants, g_ptr_array_new_with_free_func (g_object_unref));
  hs_room_table_clear (&table);
}

static void
fail_stay (HsRoom *self)
{
  g_autoptr (GError) error = g_error_new (HS_ERROR, HS_ERROR_NOT_CONNECTED, "The account is not in %s any more",
                                          hs_jid_to_string (self->jid));

  hs_room_pending_return_all (self, HS_ROOM_PENDING_NICK, error);
  hs_room_pending_return_all (self, HS_ROOM_PENDING_SUBJECT, error);
}

static void
send_nick (HsRoom *self, HsRoomPending *pending)
{
  g_autofree char *id = hs_feature_random_id ();
  g_autoptr (GError) error = NULL;

  if (strcmp (pending->text, self->nick) == 0)
    {
      hs_room_pending_return (self, pending, NULL);
      return;
    }
  hs_room_pending_set_id (pending, id);
  if (hs_room_send_nick (self, pending->text, id))
    return;
  error = g_error_new (HS_ERROR, HS_ERROR_NOT_CONNECTED, "The nickname in %s was not changed: the client has no session",
                       hs_jid_to_string (self->jid));
  hs_room_pending_return (self, pending, error);
}

/* Sends what the program has changed while the account was entering. */
static void
send_changes (HsRoom *self)
{
  guint attempt = self->attempt;
  HsRoomPending *pending;

  if (self->owes_presence)
    hs_room_send_nick (self, self->nick, NULL);
  self->owes_presence = FALSE;
  while (self->attempt == attempt && (pending = hs_room_pending_find_waiting_nick (self)) != NULL)
    send_nick (self, pending);
}

static void
tell_lost (HsRoom *self, const GError *error)
{
  g_signal_emit (self, hs_room_signals[HS_ROOM_SIGNAL_LOST], 0, error);
}

/* ---- Rejoining ---- */

static void begin (HsRoom *self, gboolean is_automatic);

static void
rejoin_cb (gpointer user_data)
{
  g_autoptr (HsRoom) self = g_object_ref (user_data);

  hs_room_stop_timer (&self->timer);
  /* Without a session, hs_room_ready() begins the attempt. */
  if (hs_room_is_ready (self) && self->auto_rejoin)
    begin (self, TRUE);
}

static void
wait_to_rejoin (HsRoom *self)
{
  guint wait = hs_room_phase_get_wait (self->n_failed, g_random_double ());

  if (!self->auto_rejoin)
    return;
  self->n_failed++;
  hs_room_start_timer (self, &self->timer, (guint) ((guint64) wait * self->times->wait_unit / 1000), rejoin_cb);
}

static void
note_end_of_stay (HsRoom *self)
{
  gint64 now = hs_room_get_now (self);

  if (self->state == HS_ROOM_STATE_IN && now - self->joined_time >= self->times->settled)
    self->n_failed = 0;
}

/* The attempt has failed for now: ends the program's calls that wait for it, and tries again later. */
static void
postpone (HsRoom *self, const GError *error)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (step (self, HS_ROOM_ON_POSTPONED))
    {
      forget_entering (self);
      wait_to_rejoin (self);
    }
  g_object_thaw_notify (G_OBJECT (self));
  hs_room_pending_return_all (self, HS_ROOM_PENDING_JOIN, error);
  hs_room_pending_return_all (self, HS_ROOM_PENDING_NICK, error);
  tell_lost (self, error);
}

static void
join_timeout_cb (gpointer user_data)
{
  g_autoptr (HsRoom) self = g_object_ref (user_data);
  g_autoptr (GError) error = g_error_new (HS_ERROR, HS_ERROR_TIMED_OUT, "%s does not answer",
                                          hs_jid_to_string (self->jid));

  hs_room_stop_timer (&self->timer);
  /* There can be no answer while the session is interrupted: hs_room_ready() starts the timer again. */
  if (!hs_room_is_ready (self))
    return;
  /* If the room admits the account after all, it must not stay there. */
  hs_room_send_farewell (self, NULL);
  g_free (self->timed_out_id);
  self->timed_out_id = g_steal_pointer (&self->join_id);
  postpone (self, error);
}

/* ---- Joining ---- */

static void
start_join_timer (HsRoom *self)
{
  guint timeout = hs_client_get_request_timeout (hs_room_find_client (self));

  hs_room_start_timer (self, &self->timer, timeout, join_timeout_cb);
}

static void
request_entry (HsRoom *self)
{
  g_autofree char *id = hs_feature_random_id ();
  guint attempt = self->attempt;

  hs_room_table_clear (&self->entering);
  hs_room_table_init (&self->entering);
  g_clear_pointer (&self->entering_list, g_ptr_array_unref);
  self->entering_list = g_ptr_array_new_with_free_func (g_object_unref);
  self->is_created = FALSE;
  self->owes_presence = FALSE;
  start_join_timer (self);
  /* A handler that sees the presence may end the attempt: the room is told, because it has been asked. */
  self->join_id = g_strdup (id);
  if (!hs_room_send_entry (self, id) && self->attempt == attempt)
    g_clear_pointer (&self->join_id, g_free);
}

typedef struct
{
  HsRoom *room;
  guint attempt;
} Question;

/* The account joins even after an error: the room may not exist yet. */
static void
described_cb (GObject *disco, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  g_autoptr (HsRoom) self = question->room;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsDiscoInfo) info = hs_disco_query_finish (HS_DISCO (disco), result, &error);
  gboolean is_current = question->attempt == self->attempt;

  g_free (question);
  if (!is_current)
    return;
  self->is_asking = FALSE;
  if (info != NULL)
    hs_room_set_info (self, info);
  if (self->state == HS_ROOM_STATE_JOINING && self->join_id == NULL && hs_room_is_ready (self))
    request_entry (self);
  else if (self->state == HS_ROOM_STATE_IN && self->needs_info)
    hs_room_ask_again (self);
  /* The session was lost meanwhile: hs_room_ready() asks again. */
  else if (info == NULL && error->domain == HS_ERROR)
    self->needs_info = TRUE;
}

void
hs_room_ask_again (HsRoom *self)
{
  HsModule *disco;
  Question *question;

  if (self->is_asking || !hs_room_is_ready (self))
    {
      self->needs_info = TRUE;
      return;
    }
  disco = hs_client_ensure_module (hs_room_find_client (self), HS_TYPE_DISCO);
  question = g_new0 (Question, 1);
  question->room = g_object_ref (self);
  question->attempt = self->attempt;
  self->is_asking = TRUE;
  self->needs_info = FALSE;
  hs_disco_forget (HS_DISCO (disco), hs_jid_to_string (self->jid), NULL);
  hs_disco_query_async (HS_DISCO (disco), hs_jid_to_string (self->jid), NULL, NULL, described_cb, question);
}

static void
begin (HsRoom *self, gboolean is_automatic)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (step (self, HS_ROOM_ON_JOIN))
    {
      forget_entering (self);
      self->is_automatic = is_automatic;
      hs_room_ask_again (self);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
swap_tables (HsRoom *self)
{
  HsRoomTable old_table = self->table;
  GPtrArray *list = g_steal_pointer (&self->entering_list);
  g_autoptr (GPtrArray) old_list = NULL;

  self->table = self->entering;
  self->entering = (HsRoomTable){ NULL, NULL };
  hs_roster_list_flush (self->occupants);
  old_list = hs_roster_list_replace (self->occupants, list);
  hs_room_table_clear (&old_table);
}

void
hs_room_enter (HsRoom *self, HsOccupant *own)
{
  HsMessages *messages = hs_room_find_messages (self);
  guint attempt;

  if (!hs_room_phase_can (self->state, HS_ROOM_ON_JOINED))
    return;
  g_object_freeze_notify (G_OBJECT (self));
  step (self, HS_ROOM_ON_JOINED);
  g_clear_pointer (&self->join_id, g_free);
  attempt = ++self->attempt;
  self->is_asking = FALSE;
  self->silence.n_later = 0;
  self->joined_time = hs_room_get_now (self);
  if (hs_muc_set_string (&self->nick, own->nick))
    hs_room_notify (self, HS_ROOM_PROP_NICK);
  if (g_set_object (&self->own, own))
    hs_room_notify (self, HS_ROOM_PROP_OWN_OCCUPANT);
  self->message_flags &= ~HS_MESSAGES_ROOM_IS_LIVE;
  if (messages != NULL)
    hs_messages_room_joined (messages, own->jid, own->occupant_id, self->message_flags);
  /* A room that did not exist could not be asked before. */
  if (self->info == NULL || self->is_created)
    hs_room_ask_again (self);
  swap_tables (self);
  g_object_thaw_notify (G_OBJECT (self));
  if (self->attempt == attempt && self->state == HS_ROOM_STATE_IN)
    send_changes (self);
  if (self->attempt == attempt && self->state == HS_ROOM_STATE_IN)
    hs_room_pending_return_all (self, HS_ROOM_PENDING_JOIN, NULL);
  if (self->attempt == attempt && self->state == HS_ROOM_STATE_IN)
    g_signal_emit (self, hs_room_signals[HS_ROOM_SIGNAL_JOINED], 0);
  if (self->attempt == attempt && self->state == HS_ROOM_STATE_IN && self->is_created)
    g_signal_emit (self, hs_room_signals[HS_ROOM_SIGNAL_CREATED], 0);
}

void
hs_room_refuse (HsRoom *self, const GError *error)
{
  gboolean is_automatic = self->is_automatic;

  if (is_automatic && self->auto_rejoin && hs_room_phase_goes_by (error))
    {
      postpone (self, error);
      return;
    }
  if (!hs_room_phase_can (self->state, HS_ROOM_ON_REFUSED))
    return;
  g_object_freeze_notify (G_OBJECT (self));
  step (self, HS_ROOM_ON_REFUSED);
  end_stay (self);
  remove_all (self);
  g_object_thaw_notify (G_OBJECT (self));
  hs_room_pending_return_all (self, HS_ROOM_PENDING_JOIN, error);
  hs_room_pending_return_all (self, HS_ROOM_PENDING_NICK, error);
  if (is_automatic)
    tell_lost (self, error);
}

/* ---- The end of a stay ---- */

static HsLeave *
make_leave (HsLeaveKind kind, HsElement *x)
{
  HsLeave *leave = g_object_new (HS_TYPE_LEAVE, NULL);
  HsElement *item = x != NULL ? hs_element_get_child (x, "item", HS_NS_MUC_USER) : NULL;
  HsElement *destroy = x != NULL ? hs_element_get_child (x, "destroy", HS_NS_MUC_USER) : NULL;
  HsElement *source = destroy != NULL ? destroy : item;
  const char *jid;

  leave->kind = kind;
  if (source == NULL)
    return leave;
  leave->reason = g_strdup (hs_element_get_child_text (source, "reason", HS_NS_MUC_USER));
  if (item != NULL)
    {
      const char *nick = hs_element_get_child_attribute (item, "actor", HS_NS_MUC_USER, "nick");

      leave->actor = g_strdup (nick != NULL ? nick
                                            : hs_element_get_child_attribute (item, "actor", HS_NS_MUC_USER, "jid"));
    }
  jid = destroy != NULL ? hs_element_get_attribute (destroy, "jid") : NULL;
  leave->alternative = jid != NULL ? hs_jid_new (jid, NULL) : NULL;
  return leave;
}

static gboolean
is_awaited (HsRoom *self, HsRoomPendingKind kind)
{
  return hs_room_pending_find (self, kind, NULL, NULL) != NULL;
}

static void
finish_exit (HsRoom *self, HsRoomEvent event, HsLeaveKind kind, HsElement *x)
{
  g_autoptr (HsLeave) leave = make_leave (kind, x);
  g_autoptr (GError) error = NULL;
  gboolean is_wanted = self->state == HS_ROOM_STATE_LEAVING && is_awaited (self, HS_ROOM_PENDING_JOIN);

  if (event == HS_ROOM_ON_GIVE_UP)
    error = g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The program left %s", hs_jid_to_string (self->jid));
  else
    error = g_error_new (HS_ERROR, HS_ERROR_FAILED, "The account was put out of %s", hs_jid_to_string (self->jid));
  g_object_freeze_notify (G_OBJECT (self));
  step (self, event);
  end_stay (self);
  remove_all (self);
  g_object_thaw_notify (G_OBJECT (self));
  fail_stay (self);
  hs_room_pending_return_all (self, HS_ROOM_PENDING_LEAVE, NULL);
  g_signal_emit (self, hs_room_signals[HS_ROOM_SIGNAL_LEFT], 0, leave);
  /* The program has called join again while the account was leaving. */
  if (is_wanted && self->state == HS_ROOM_STATE_OUT && hs_room_find_client (self) != NULL)
    begin (self, FALSE);
  else if (self->state == HS_ROOM_STATE_OUT)
    hs_room_pending_return_all (self, HS_ROOM_PENDING_JOIN, error);
}

void
hs_room_exit (HsRoom *self, HsLeaveKind kind, HsElement *x)
{
  if (hs_room_phase_can (self->state, HS_ROOM_ON_LEFT))
    finish_exit (self, HS_ROOM_ON_LEFT, kind, x);
}

/* The list keeps the occupants until the room is joined again, if auto-rejoin is set. */
void
hs_room_drop (HsRoom *self, const GError *error)
{
  if (!hs_room_phase_can (self->state, HS_ROOM_ON_DROPPED))
    return;
  note_end_of_stay (self);
  g_object_freeze_notify (G_OBJECT (self));
  step (self, HS_ROOM_ON_DROPPED);
  end_stay (self);
  wait_to_rejoin (self);
  if (!self->auto_rejoin)
    remove_all (self);
  g_object_thaw_notify (G_OBJECT (self));
  fail_stay (self);
  tell_lost (self, error);
}

/* ---- The session ---- */

void
hs_room_ready (HsRoom *self)
{
  gboolean is_awaited_now = is_awaited (self, HS_ROOM_PENDING_JOIN);

  if (self->owes_farewell && self->state == HS_ROOM_STATE_OUT)
    hs_room_send_farewell (self, NULL);
  self->owes_farewell = FALSE;
  if (self->state == HS_ROOM_STATE_JOINING && self->join_id != NULL && self->timer == NULL)
    start_join_timer (self);
  else if (self->state == HS_ROOM_STATE_JOINING && self->join_id == NULL && !self->is_asking)
    hs_room_ask_again (self);
  else if (self->state == HS_ROOM_STATE_IN && self->needs_info)
    hs_room_ask_again (self);
  else if (self->state == HS_ROOM_STATE_LOST && self->timer == NULL && (self->auto_rejoin || is_awaited_now))
    begin (self, !is_awaited_now);
}

void
hs_room_session_lost (HsRoom *room, gboolean is_over)
{
  g_autoptr (HsRoom) self = g_object_ref (room);
  g_autoptr (GError) error = g_error_new (HS_ERROR, is_over ? HS_ERROR_NOT_CONNECTED : HS_ERROR_SESSION_LOST,
                                          "The session in which the account was in %s is gone",
                                          hs_jid_to_string (self->jid));
  gboolean is_news = hs_room_phase_can (self->state, HS_ROOM_ON_SESSION_LOST);

  g_clear_pointer (&self->timed_out_id, g_free);
  self->owes_farewell = FALSE;
  if (self->state == HS_ROOM_STATE_LEAVING)
    finish_exit (self, HS_ROOM_ON_SESSION_LOST, HS_LEAVE_KIND_LEFT, NULL);
  else if (self->state != HS_ROOM_STATE_OUT)
    {
      g_object_freeze_notify (G_OBJECT (self));
      if (is_news)
        step (self, HS_ROOM_ON_SESSION_LOST);
      /* The attempt in the next session is made at once. */
      hs_room_stop_timer (&self->timer);
      self->n_failed = 0;
      end_stay (self);
      remove_all (self);
      g_object_thaw_notify (G_OBJECT (self));
      fail_stay (self);
      if (is_news)
        tell_lost (self, error);
    }
  if (is_over)
    hs_room_pending_return_all (self, HS_ROOM_PENDING_JOIN, error);
}

/* ---- For the program ---- */

void
hs_room_begin_join (HsRoom *self, GTask *task)
{
  if (self->state == HS_ROOM_STATE_IN)
    g_task_return_boolean (task, TRUE);
  else if (hs_room_find_client (self) == NULL)
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED, "%s is not registered with a client",
                             hs_jid_to_string (self->jid));
  else
    {
      hs_room_pending_add (self, HS_ROOM_PENDING_JOIN, task, NULL, NULL);
      if (hs_room_phase_can (self->state, HS_ROOM_ON_JOIN))
        begin (self, FALSE);
    }
}

static void
leave_timeout_cb (gpointer user_data)
{
  g_autoptr (HsRoom) self = g_object_ref (user_data);

  hs_room_stop_timer (&self->timer);
  hs_room_exit (self, HS_LEAVE_KIND_LEFT, NULL);
}

void
hs_room_begin_leave (HsRoom *room, GTask *task, const char *status)
{
  g_autoptr (HsRoom) self = g_object_ref (room);
  gboolean is_known = self->state == HS_ROOM_STATE_IN || self->join_id != NULL;
  g_autoptr (GError) error = NULL;

  self->n_failed = 0;
  if (self->state == HS_ROOM_STATE_OUT)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  error = g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The program left %s", hs_jid_to_string (self->jid));
  hs_room_pending_add (self, HS_ROOM_PENDING_LEAVE, task, NULL, NULL);
  if (self->state == HS_ROOM_STATE_LEAVING)
    hs_room_pending_return_all (self, HS_ROOM_PENDING_JOIN, error);
  else if (is_known && hs_room_send_farewell (self, status))
    {
      g_object_freeze_notify (G_OBJECT (self));
      step (self, HS_ROOM_ON_LEAVE);
      hs_room_start_timer (self, &self->timer, hs_client_get_request_timeout (hs_room_find_client (self)),
                           leave_timeout_cb);
      g_object_thaw_notify (G_OBJECT (self));
      hs_room_pending_return_all (self, HS_ROOM_PENDING_JOIN, error);
    }
  else
    {
      /* The room keeps the account until the session is resumed or lost. */
      self->owes_farewell = is_known;
      finish_exit (self, self->state == HS_ROOM_STATE_IN ? HS_ROOM_ON_LEFT : HS_ROOM_ON_GIVE_UP, HS_LEAVE_KIND_LEFT,
                   NULL);
    }
}
