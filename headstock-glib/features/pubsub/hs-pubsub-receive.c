/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-pubsub-private.h"

#include "hs-message.h"
#include "hs-namespaces.h"

/* Receives events from services. A service has a bare JID: a message from a full JID is from a person's device or from
 * an occupant of a room, which have no nodes. Only the account's server can send messages from the address of this
 * session. */

/* Returns the address of the service that sent a message, or NULL if its sender is no service. (transfer full) */
static HsJid *
find_service (HsClient *client, HsElement *message)
{
  HsJid *own = hs_client_get_bound_jid (client);
  g_autoptr (HsJid) from = NULL;

  if (g_strcmp0 (hs_stanza_get_stanza_type (HS_STANZA (message)), "error") == 0)
    return NULL;
  if (hs_element_get_attribute (message, "from") == NULL)
    return own != NULL ? hs_jid_get_bare (own) : NULL;
  from = hs_stanza_get_from_jid (HS_STANZA (message));
  if (from != NULL && own != NULL && hs_jid_equal (from, own))
    return hs_jid_get_bare (own);
  return from != NULL && hs_jid_get_resource (from) == NULL ? g_steal_pointer (&from) : NULL;
}

static void
read_items (GPtrArray *events, HsJid *service, const char *node, HsElement *items, gboolean is_replayed)
{
  for (HsElement *child = hs_element_get_first_child (items); child != NULL;
       child = hs_element_get_next_sibling (child))
    {
      gboolean is_retracted = hs_element_matches (child, "retract", HS_NS_PUBSUB_EVENT);
      HsPubSubItem *item;

      if (!is_retracted && !hs_element_matches (child, "item", HS_NS_PUBSUB_EVENT))
        continue;
      /* An item that is retracted has nothing but its id. */
      if (is_retracted && hs_element_get_attribute (child, "id") == NULL)
        continue;
      item = hs_pubsub_item_new (child);
      if (item != NULL)
        g_ptr_array_add (events, hs_pubsub_event_new (service, node,
                                                      is_retracted ? HS_PUBSUB_EVENT_KIND_RETRACTED
                                                                   : HS_PUBSUB_EVENT_KIND_ITEM,
                                                      item, is_replayed));
    }
}

static void
read_child (GPtrArray *events, HsJid *service, HsElement *child, gboolean is_replayed)
{
  static const struct
  {
    const char *name;
    HsPubSubEventKind kind;
  } kinds[] = {
    { "purge", HS_PUBSUB_EVENT_KIND_PURGED },
    { "delete", HS_PUBSUB_EVENT_KIND_DELETED },
    { "configuration", HS_PUBSUB_EVENT_KIND_CONFIG },
  };
  const char *node = hs_element_get_attribute (child, "node");

  if (node == NULL)
    return;
  if (hs_element_matches (child, "items", HS_NS_PUBSUB_EVENT))
    read_items (events, service, node, child, is_replayed);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (hs_element_matches (child, kinds[i].name, HS_NS_PUBSUB_EVENT))
      g_ptr_array_add (events, hs_pubsub_event_new (service, node, kinds[i].kind, NULL, is_replayed));
}

GPtrArray *
hs_pubsub_read_events (HsClient *client, HsElement *element)
{
  HsElement *message = hs_element_get_parent (element);
  g_autoptr (HsJid) service = NULL;
  GPtrArray *events;
  gboolean is_replayed;

  if (message == NULL || !HS_IS_MESSAGE (message) || hs_element_get_parent (message) != NULL)
    return NULL;
  service = find_service (client, message);
  if (service == NULL)
    return NULL;
  events = g_ptr_array_new_with_free_func (g_object_unref);
  is_replayed = hs_element_get_child (message, "delay", HS_NS_DELAY) != NULL;
  for (HsElement *child = hs_element_get_first_child (element); child != NULL;
       child = hs_element_get_next_sibling (child))
    read_child (events, service, child, is_replayed);
  return events;
}
