/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-outbox.h"

#include "hs-error.h"

/* The state of a task. */
typedef struct
{
  HsOutbox *outbox;
  guint64 position;   /* unwritten: of the last byte of the stanza, counted over the connection */
  GSource *watch;     /* for the cancellable */
  gboolean unwritten; /* the task is in the outbox's queue; otherwise HsStreamManagement has it */
  gboolean returned;  /* cancelled: nobody waits any more */
  HsDeliveryStatus status; /* WRITTEN until stream management has decided */
} Wait;

static void
wait_free (gpointer data)
{
  Wait *self = data;

  if (self->watch != NULL)
    g_source_unref (self->watch);
  g_free (self);
}

/* Returns the task, of which the cancellable has no effect any more. */
static GTask *
stop_watching (GTask *task)
{
  Wait *wait = g_task_get_task_data (task);

  if (wait->watch != NULL)
    g_source_destroy (wait->watch);
  return task;
}

void
hs_outbox_init (HsOutbox *self, const HsOutboxCallbacks *callbacks, gpointer owner)
{
  self->callbacks = callbacks;
  self->owner = owner;
  self->unwritten = NULL;
}

/* Each task keeps the owner alive: none can be left. */
void
hs_outbox_clear (HsOutbox *self)
{
  g_assert (self->unwritten == NULL);
}

/* Most of the time nothing waits: then there is no queue. */
static void
free_if_empty (HsOutbox *self)
{
  if (self->unwritten != NULL && g_queue_is_empty (self->unwritten))
    g_clear_pointer (&self->unwritten, g_queue_free);
}

static gboolean
remove_unwritten (HsOutbox *self, GTask *task)
{
  gboolean removed = self->unwritten != NULL && g_queue_remove (self->unwritten, task);

  free_if_empty (self);
  return removed;
}

/* Returns the oldest task, with its reference, if its stanza ends at @position or before; otherwise NULL. */
static GTask *
take_unwritten (HsOutbox *self, guint64 position)
{
  GTask *task = self->unwritten != NULL ? g_queue_peek_head (self->unwritten) : NULL;

  if (task == NULL || ((Wait *) g_task_get_task_data (task))->position > position)
    return NULL;
  g_queue_pop_head (self->unwritten);
  free_if_empty (self);
  return task;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Wait *wait = g_task_get_task_data (task);

  if (wait->returned || (wait->unwritten && !remove_unwritten (wait->outbox, task)))
    return G_SOURCE_REMOVE;
  wait->returned = TRUE;
  g_task_return_error_if_cancelled (task);
  /* The queue's reference. HsStreamManagement keeps its own. */
  if (wait->unwritten)
    g_object_unref (task);
  return G_SOURCE_REMOVE;
}

void
hs_outbox_add (HsOutbox *self, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Wait *wait = g_new0 (Wait, 1);

  wait->outbox = self;
  wait->status = HS_DELIVERY_WRITTEN;
  g_task_set_task_data (task, wait, wait_free);
  if (cancellable == NULL)
    return;
  wait->watch = g_cancellable_source_new (cancellable);
  g_source_set_static_name (wait->watch, "hs_client_send_async");
  g_task_attach_source (task, wait->watch, G_SOURCE_FUNC (cancelled_cb));
}

void
hs_outbox_refuse (HsOutbox *self, GTask *task, GError *error)
{
  g_task_return_error (stop_watching (task), error);
}

/* Takes a reference to the task. */
static void
await_written (HsOutbox *self, GTask *task)
{
  Wait *wait = g_task_get_task_data (task);

  wait->unwritten = TRUE;
  if (self->callbacks->queue_output (&wait->position, self->owner))
    {
      if (self->unwritten == NULL)
        self->unwritten = g_queue_new ();
      g_queue_push_tail (self->unwritten, task);
      return;
    }
  /* A handler that watches the output may have ended the connection. */
  g_task_return_new_error (stop_watching (task), HS_ERROR, HS_ERROR_SESSION_LOST,
                           "The connection ended before this was sent");
  g_object_unref (task);
}

void
hs_outbox_await_written (HsOutbox *self, GTask *task)
{
  Wait *wait = g_task_get_task_data (task);

  if (!wait->returned)
    await_written (self, g_object_ref (task));
}

void
hs_outbox_written (HsOutbox *self, guint64 position)
{
  GTask *task;

  while ((task = take_unwritten (self, position)) != NULL)
    {
      g_task_return_boolean (stop_watching (task), TRUE);
      g_object_unref (task);
    }
}

void
hs_outbox_disconnected (HsOutbox *self)
{
  GTask *task;

  while ((task = take_unwritten (self, G_MAXUINT64)) != NULL)
    {
      g_task_return_new_error (stop_watching (task), HS_ERROR, HS_ERROR_SESSION_LOST,
                               "The connection ended before this was sent");
      g_object_unref (task);
    }
}

static GError *
make_error (const HsStanzaDelivery *delivery)
{
  return g_error_new_literal (HS_ERROR, HS_ERROR_SESSION_LOST,
                              delivery->status == HS_DELIVERY_UNRECEIVED
                                  ? "The session was lost, and the server has not received the stanza"
                                  : "The session was lost, and nobody knows whether the server has "
                                    "received the stanza");
}

/* Nobody waits for the stanza, but somebody sent it. */
static void
return_stanza (HsOutbox *self, const HsStanzaDelivery *delivery)
{
  g_autoptr (GError) error = make_error (delivery);
  g_autoptr (HsElement) stanza = NULL;
  gsize length;
  const char *xml = g_bytes_get_data (delivery->stanza, &length);
  g_autofree char *text = g_strndup (xml, length);

  stanza = hs_element_new_from_string (text, NULL);
  if (stanza != NULL)
    self->callbacks->returned (stanza, error, self->owner);
}

/* Takes the tag's reference. FALSE: nobody waits any more. */
static gboolean
tell_task (HsOutbox *self, GTask *task, const HsStanzaDelivery *delivery)
{
  Wait *wait = g_task_get_task_data (task);

  if (wait->returned)
    {
      g_object_unref (task);
      return FALSE;
    }
  if (delivery->status == HS_DELIVERY_WRITTEN)
    {
      await_written (self, task);
      return TRUE;
    }
  wait->status = delivery->status;
  stop_watching (task);
  if (delivery->status == HS_DELIVERY_ACKNOWLEDGED)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, make_error (delivery));
  g_object_unref (task);
  return TRUE;
}

HsDeliveryStatus
hs_outbox_get_status (GTask *task)
{
  Wait *wait = g_task_get_task_data (task);

  return wait->status;
}

void
hs_outbox_tell (HsOutbox *self, HsStreamManagement *management, gboolean quietly)
{
  HsStanzaDelivery delivery;

  while (hs_stream_management_next_delivery (management, &delivery))
    {
      gboolean told = delivery.tag != NULL && tell_task (self, delivery.tag, &delivery);

      if (!told && !quietly && delivery.stanza != NULL)
        return_stanza (self, &delivery);
      g_clear_pointer (&delivery.stanza, g_bytes_unref);
    }
}
