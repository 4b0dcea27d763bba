/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-pending-private.h"

#include "hs-error.h"

/* The calls of the program that end with a later presence or message from the room. */

static void
pending_free (HsRoomPending *self)
{
  if (self->cancelled != NULL)
    g_source_destroy (self->cancelled);
  g_clear_pointer (&self->cancelled, g_source_unref);
  hs_room_stop_timer (&self->timeout);
  g_free (self->id);
  g_free (self->text);
  g_object_unref (self->task);
  g_free (self);
}

void
hs_room_pending_return (HsRoom *self, HsRoomPending *pending, const GError *error)
{
  g_queue_remove (&self->pending, pending);
  if (error != NULL && !pending->is_done)
    g_task_return_error (pending->task, g_error_copy (error));
  else
    g_task_return_boolean (pending->task, TRUE);
  pending_free (pending);
}

void
hs_room_pending_return_all (HsRoom *self, HsRoomPendingKind kind, const GError *error)
{
  HsRoomPending *pending;

  while ((pending = hs_room_pending_find (self, kind, NULL, NULL)) != NULL)
    hs_room_pending_return (self, pending, error);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  HsRoomPending *pending = user_data;
  g_autoptr (GError) error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  hs_room_pending_return (pending->room, pending, error);
  return G_SOURCE_REMOVE;
}

static void
timeout_cb (gpointer user_data)
{
  HsRoomPending *pending = user_data;
  g_autoptr (GError) error = g_error_new (HS_ERROR, HS_ERROR_TIMED_OUT, "%s does not answer",
                                          hs_jid_to_string (pending->room->jid));

  hs_room_pending_return (pending->room, pending, error);
}

void
hs_room_pending_add (HsRoom *self, HsRoomPendingKind kind, GTask *task, const char *id, const char *text)
{
  HsRoomPending *pending = g_new0 (HsRoomPending, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  pending->room = self;
  pending->kind = kind;
  pending->task = g_object_ref (task);
  pending->text = g_strdup (text);
  if (cancellable != NULL)
    {
      pending->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (pending->cancelled, G_SOURCE_FUNC (cancelled_cb), pending, NULL);
      g_source_set_static_name (pending->cancelled, "[headstock] room");
      g_source_attach (pending->cancelled, g_main_context_get_thread_default ());
    }
  g_queue_push_tail (&self->pending, pending);
  /* The calls without an id end with the timer of the stay. */
  if (id != NULL)
    hs_room_pending_set_id (pending, id);
}

void
hs_room_pending_set_id (HsRoomPending *pending, const char *id)
{
  HsClient *client = hs_room_find_client (pending->room);

  g_free (pending->id);
  pending->id = g_strdup (id);
  hs_room_stop_timer (&pending->timeout);
  if (client != NULL)
    pending->timeout = hs_feature_timer_start (client, hs_client_get_request_timeout (client), timeout_cb, pending);
}

HsRoomPending *
hs_room_pending_find_waiting_nick (HsRoom *self)
{
  for (GList *l = self->pending.head; l != NULL; l = l->next)
    {
      HsRoomPending *pending = l->data;

      if (pending->kind == HS_ROOM_PENDING_NICK && pending->id == NULL && !pending->is_done)
        return pending;
    }
  return NULL;
}

HsRoomPending *
hs_room_pending_find (HsRoom *self, HsRoomPendingKind kind, const char *id, const char *text)
{
  for (GList *l = self->pending.head; l != NULL; l = l->next)
    {
      HsRoomPending *pending = l->data;

      if (pending->kind == kind && (id == NULL || g_strcmp0 (id, pending->id) == 0)
          && (text == NULL || g_strcmp0 (text, pending->text) == 0))
        return pending;
    }
  return NULL;
}
