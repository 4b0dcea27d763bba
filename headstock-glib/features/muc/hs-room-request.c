/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-request-private.h"

#include "hs-error.h"

/* Requests to the room itself. */

void
hs_room_read_done (HsRoom *self, GTask *task, HsIq *answer)
{
  g_task_return_boolean (task, TRUE);
}

static void
answered_cb (GObject *client, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  HsRoomReadFunc read = (HsRoomReadFunc) g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (client), result, &error);

  if (answer == NULL)
    g_task_return_error (task, error);
  else
    read (g_task_get_source_object (task), task, answer);
}

void
hs_room_ask (HsRoom *self, GTask *task, const char *type, HsElement *payload, HsRoomReadFunc read)
{
  g_autoptr (HsIq) iq = hs_iq_new (type, hs_jid_to_string (self->jid), payload);
  HsClient *client = hs_room_find_client (self);

  if (client == NULL)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED, "%s is not registered with a client",
                               hs_jid_to_string (self->jid));
      return;
    }
  g_task_set_task_data (task, (gpointer) read, NULL);
  hs_client_request_async (client, HS_ELEMENT (iq), -1, g_task_get_cancellable (task), answered_cb,
                           g_object_ref (task));
}

void
hs_room_add_reason (HsElement *element, const char *namespace_, const char *reason)
{
  if (reason != NULL)
    hs_element_add_text_child (element, "reason", namespace_, reason);
}
