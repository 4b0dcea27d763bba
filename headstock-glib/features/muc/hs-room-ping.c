/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-ping-private.h"

#include "hs-error.h"
#include "hs-iq.h"
#include "hs-namespaces.h"
#include "hs-room-pending-private.h"
#include "hs-room-stay-private.h"

/* Checks whether the account is still in the room (XEP-0410). When a room restarts, or a link between servers breaks,
 * occupants are removed without any notice. */

static void
silence_cb (gpointer user_data)
{
  HsRoom *self = user_data;

  hs_room_stop_timer (&self->silence.timer);
  hs_room_ping (self, NULL);
  hs_room_watch_silence (self);
}

static void
look_cb (gpointer user_data)
{
  HsRoom *self = user_data;
  gint64 heard = hs_room_get_now (self) - self->silence.last_heard;

  /* The timer is set again only when it has fired, not for each stanza. */
  if (heard >= self->times->silence)
    silence_cb (self);
  else
    hs_room_start_timer (self, &self->silence.timer, (guint) (self->times->silence - heard), look_cb);
}

void
hs_room_heard (HsRoom *self)
{
  self->silence.last_heard = hs_room_get_now (self);
}

void
hs_room_watch_silence (HsRoom *self)
{
  hs_room_stop_timer (&self->silence.timer);
  if (self->state == HS_ROOM_STATE_IN)
    hs_room_start_timer (self, &self->silence.timer, self->times->silence, look_cb);
}

static void
ask_later (HsRoom *self)
{
  guint n = MIN (self->silence.n_later, G_N_ELEMENTS (self->times->later) - 1);

  self->silence.n_later++;
  hs_room_start_timer (self, &self->silence.timer, self->times->later[n], silence_cb);
}

static gboolean
is_renamed (HsRoom *self)
{
  return self->silence.renamed_time != 0 && hs_room_get_now (self) - self->silence.renamed_time < self->times->renamed;
}

static void ask (HsRoom *self);

static void
judge (HsRoom *self, const GError *error)
{
  HsRoomPing ping = hs_room_phase_judge_ping (error, is_renamed (self) && !self->silence.is_repeat);

  self->silence.is_repeat = ping == HS_ROOM_PING_REPEAT;
  switch (ping)
    {
    case HS_ROOM_PING_REPEAT:
      ask (self);
      return;
    case HS_ROOM_PING_IN:
      self->silence.n_later = 0;
      hs_room_heard (self);
      hs_room_watch_silence (self);
      break;
    case HS_ROOM_PING_LATER:
      ask_later (self);
      break;
    case HS_ROOM_PING_OUT:
      hs_room_drop (self, error);
      break;
    case HS_ROOM_PING_UNKNOWN:
    default:
      break;
    }
  hs_room_pending_return_all (self, HS_ROOM_PENDING_CHECK, ping == HS_ROOM_PING_IN ? NULL : error);
}

typedef struct
{
  HsRoom *room;
  guint attempt;
} Question;

static void
answered_cb (GObject *client, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  g_autoptr (HsRoom) self = question->room;
  gboolean is_current = question->attempt == self->attempt && self->state == HS_ROOM_STATE_IN;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (client), result, &error);

  g_free (question);
  self->silence.is_pinging = FALSE;
  if (is_current)
    {
      judge (self, answer != NULL ? NULL : error);
      return;
    }
  /* The answer is about an earlier stay, and the program waits for one about the present stay. */
  if (self->state == HS_ROOM_STATE_IN && hs_room_find_client (self) != NULL
      && hs_room_pending_find (self, HS_ROOM_PENDING_CHECK, NULL, NULL) != NULL)
    {
      ask (self);
      return;
    }
  g_clear_error (&error);
  error = g_error_new (HS_ERROR, HS_ERROR_NOT_CONNECTED, "The stay in %s has ended meanwhile",
                       hs_jid_to_string (self->jid));
  hs_room_pending_return_all (self, HS_ROOM_PENDING_CHECK, error);
}

static void
ask (HsRoom *self)
{
  g_autoptr (HsElement) payload = hs_element_new ("ping", HS_NS_PING);
  g_autoptr (HsIq) iq = hs_iq_new ("get", hs_jid_to_string (self->own->jid), payload);
  Question *question = g_new0 (Question, 1);

  question->room = g_object_ref (self);
  question->attempt = self->attempt;
  self->silence.is_pinging = TRUE;
  hs_client_request_async (hs_room_find_client (self), HS_ELEMENT (iq), -1, NULL, answered_cb, question);
}

void
hs_room_ping (HsRoom *self, GTask *task)
{
  if (task != NULL)
    hs_room_pending_add (self, HS_ROOM_PENDING_CHECK, task, NULL, NULL);
  if (!self->silence.is_pinging && hs_room_find_client (self) != NULL)
    ask (self);
}

void
hs_room_resumed (HsRoom *self, gint64 missed)
{
  hs_room_ready (self);
  if (self->state == HS_ROOM_STATE_IN && missed > self->times->missed)
    hs_room_ping (self, NULL);
}
