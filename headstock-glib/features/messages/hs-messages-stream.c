/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-namespaces.h"

/* Messages of the stream: which of them are ours to deliver, and which of those wait. */

/* An event of a service (XEP-0060) is not a message of a chat. */
static gboolean
is_event (HsElement *message)
{
  return hs_element_get_child (message, "event", HS_NS_PUBSUB_EVENT) != NULL;
}

/* A room is one that the account is in: whoever sends a message of this type otherwise has invented it. */
static gboolean
is_in_room (HsMessages *self, HsStanza *message)
{
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (message);

  return from != NULL && hs_messages_find_room (self, from) != NULL;
}

/* Whether a message is one to deliver: it need not be a good one. */
static gboolean
is_ours (HsMessages *self, HsMessage *message, HsContent content, gboolean in_room)
{
  if (hs_messages_is_wrapper (message, content))
    return TRUE;
  if ((content & HS_CONTENT_EVENT) != 0 && is_event (HS_ELEMENT (message)))
    return FALSE;
  return !in_room || is_in_room (self, HS_STANZA (message));
}

static HsElement *
message_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  g_autoptr (HsMessages) self = g_object_ref (user_data);
  HsMessage *message = HS_MESSAGE (element);
  const char *type = hs_stanza_get_stanza_type (HS_STANZA (element));
  g_autoptr (HsElement) claimed = g_steal_pointer (&self->claimed);
  gboolean in_room = strcmp (type, "groupchat") == 0;
  HsContent content = hs_message_find_content (message);

  if (claimed == element)
    return NULL;
  if (strcmp (type, "error") == 0)
    {
      if (hs_messages_take_error (self, message))
        hs_client_take (client, element);
      return NULL;
    }
  if (!is_ours (self, message, content, in_room))
    return NULL;
  hs_client_take (client, element);
  /* What waits keeps its order. A room's ids are known when it is entered. */
  if (in_room || (self->wait.is_over && g_queue_is_empty (&self->wait.messages)))
    hs_messages_receive (self, message, content);
  else
    hs_messages_wait_push (self, message);
  return NULL;
}

void
hs_messages_stream_start (HsMessages *self, HsClient *client)
{
  hs_client_add_handler (client, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, message_cb, self, NULL);
}

void
hs_messages_claim (HsMessages *self, HsElement *element)
{
  HsElement *parent;

  while ((parent = hs_element_get_parent (element)) != NULL)
    element = parent;
  g_set_object (&self->claimed, element);
  if (self->client != NULL)
    hs_client_take (self->client, element);
}
