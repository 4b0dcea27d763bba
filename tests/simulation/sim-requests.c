/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-error.h"
#include "sim.h"

/* Requests to which nobody answers: each fails once, when it has had its time in a session that stood, or when its
 * session ends. */

#define MAX_TIMEOUT_MSEC 60000

struct _Request
{
  World *w;
  guint number;
  gint64 left;  /* the time that it had left at @since */
  gint64 since; /* from then on its time has run, if the session stands */
};

static gint64
get_left (Request *self)
{
  return self->left - (self->w->client.ready ? self->w->now - self->since : 0);
}

static void
failed_cb (HsNode *answer, const GError *error, gpointer user_data)
{
  Request *self = user_data;
  World *w = self->w;
  gboolean timed_out = g_error_matches (error, HS_ERROR, HS_ERROR_TIMED_OUT);

  sim_note (w, "request %u %s", self->number, timed_out ? "times out" : "ends with its session");
  if (answer != NULL || (!timed_out && !g_error_matches (error, HS_ERROR, HS_ERROR_SESSION_LOST)))
    sim_fail (w, "requests", "%u has an answer, or another error", self->number);
  if (timed_out && (!w->client.ready || get_left (self) > 0))
    sim_fail (w, "requests", "%u times out %" G_GINT64_FORMAT " us early", self->number, get_left (self));
  if (!timed_out && w->client.ready)
    sim_fail (w, "requests", "%u is failed in a session that stands", self->number);
  if (!g_ptr_array_remove_fast (w->client.requests, self))
    sim_fail (w, "requests", "one fails twice");
}

void
sim_client_ask (World *w)
{
  HsIqTracker *tracker = w->client.session.tracker;
  Request *self = g_new0 (Request, 1);
  g_autofree char *id = g_strdup_printf ("q%u", w->client.n_requests);

  self->w = w;
  self->number = w->client.n_requests++;
  self->left = (1 + sim_random (w, MAX_TIMEOUT_MSEC)) * (gint64) 1000;
  self->since = w->now;
  g_ptr_array_add (w->client.requests, self);
  sim_note (w, "client asks %u, for %.3f s", self->number, self->left / 1e6);
  hs_iq_request_set_callback (
      hs_iq_tracker_add (tracker, id, NULL, NULL, hs_iq_tracker_get_time (tracker, w->now) + self->left), failed_cb, self);
}

/* Before the session stands, and before it is interrupted. */
void
sim_client_note_requests (World *w)
{
  for (guint i = 0; i < w->client.requests->len; i++)
    {
      Request *self = g_ptr_array_index (w->client.requests, i);

      self->left = get_left (self);
      self->since = w->now;
    }
}

void
sim_client_poll_requests (World *w)
{
  HsSession *session = &w->client.session.session;
  HsIqTracker *tracker = w->client.session.tracker;
  gint64 deadline = hs_iq_tracker_get_deadline (tracker);

  if (deadline != 0 && w->now >= deadline)
    hs_iq_tracker_expire (tracker, w->now, w->now);
  /* What the client's deadline for the session does. */
  if (!w->client.ready && hs_session_is_interrupted (session) && !hs_session_can_resume (session, w->now))
    hs_session_expire (session);
}

void
sim_client_check_requests (World *w)
{
  gboolean gone = !w->client.ready && !hs_session_is_interrupted (&w->client.session.session);

  for (guint i = 0; i < w->client.requests->len; i++)
    {
      Request *self = g_ptr_array_index (w->client.requests, i);

      if (gone)
        sim_fail (w, "requests", "%u waits for an answer in no session", self->number);
      if (w->client.ready && get_left (self) < 0)
        sim_fail (w, "requests", "%u is overdue", self->number);
    }
}
