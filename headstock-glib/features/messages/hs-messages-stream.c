/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-namespaces.h"

/* The messages of the stream: chooses those to be delivered, and makes some of them wait. */

/* An event of a service (XEP-0060) is not a message of a chat. */
static gboolean
is_event (HsElement *message)
{
  return hs_element_get_child (message, "event", HS_NS_PUBSUB_EVENT) != NULL;
}

/* Only rooms that this client is in can send messages of the type `groupchat`: all others are forged. */
static gboolean
is_in_room (HsMessages *self, HsStanza *message)
{
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (message);

  return from != NULL && hs_messages_find_room (self, from) != NULL;
}

/* Whether this object takes the message, to deliver or to reject it. */
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
  /* Messages that wait keep their order. Those of rooms need not wait: whether the room's ids can be trusted is known
   * when it is joined. */
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
