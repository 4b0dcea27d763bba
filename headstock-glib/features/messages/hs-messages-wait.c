/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include "hs-namespaces.h"

/* An archive id can be trusted only if the account's server announces that it gives them (XEP-0359, 6), because it then
 * removes ids that others have written. The first messages of a session arrive before the server has announced it, and
 * wait. */

#define MAX_WAIT_MSEC 10000

static void
clear_deadline (HsMessagesWait *wait)
{
  g_clear_pointer (&wait->deadline, hs_feature_timer_free);
}

void
hs_messages_wait_end (HsMessages *self)
{
  HsMessagesWait *wait = &self->wait;
  g_autoptr (HsMessages) alive G_GNUC_UNUSED = g_object_ref (self);

  wait->is_over = TRUE;
  clear_deadline (wait);
  /* Messages that arrive meanwhile, in a nested main loop of a handler, wait behind these: see
   * hs_messages_wait_push(). */
  while (!g_queue_is_empty (&wait->messages))
    {
      g_autoptr (HsMessage) message = g_queue_pop_head (&wait->messages);

      hs_messages_receive (self, message, hs_message_find_content (message));
    }
}

static void
deadline_cb (gpointer user_data)
{
  g_debug ("The account's features are not known after %d milliseconds: messages go without archive ids", MAX_WAIT_MSEC);
  hs_messages_wait_end (user_data);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HsMessages) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsDiscoInfo) info = hs_disco_query_finish (HS_DISCO (source), result, &error);
  HsMessagesWait *wait = &self->wait;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&wait->cancellable);
  /* The connection is lost: asked again when the session is resumed, or in the next one. */
  if (info == NULL && error->domain == HS_ERROR && self->client != NULL
      && hs_client_get_state (self->client) != HS_CLIENT_STATE_READY)
    return;
  wait->has_ids = info != NULL
                  && (hs_disco_info_has_feature (info, HS_NS_SID)
                      || hs_disco_info_has_feature (info, HS_NS_MAM));
  hs_messages_wait_end (self);
}

static void
ask (HsMessages *self)
{
  HsModule *disco = hs_client_find_module (self->client, HS_TYPE_DISCO);
  GCancellable *cancellable = g_cancellable_new ();

  if (self->wait.cancellable != NULL)
    g_cancellable_cancel (self->wait.cancellable);
  g_clear_object (&self->wait.cancellable);
  self->wait.cancellable = cancellable;
  hs_disco_query_async (HS_DISCO (disco), hs_jid_to_string (self->own), NULL, cancellable, answered_cb,
                        g_object_ref (self));
}

void
hs_messages_wait_begin (HsMessages *self)
{
  self->wait.is_over = FALSE;
  self->wait.has_ids = FALSE;
  ask (self);
}

void
hs_messages_wait_again (HsMessages *self)
{
  if (!self->wait.is_over && self->wait.cancellable == NULL)
    ask (self);
}

void
hs_messages_wait_push (HsMessages *self, HsMessage *message)
{
  HsMessagesWait *wait = &self->wait;

  g_queue_push_tail (&wait->messages, g_object_ref (message));
  if (wait->messages.length > HS_MESSAGES_MAX_HELD)
    hs_messages_wait_end (self);
  else if (!wait->is_over && wait->deadline == NULL)
    wait->deadline = hs_feature_timer_start (self->client, MAX_WAIT_MSEC, deadline_cb, self);
}
