/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-element-private.h"
#include "hs-message-private.h"
#include "hs-namespaces.h"
#include "hs-stanza-private.h"

/* The ids by which messages name themselves and each other. */

static const char *
get_id (HsMessage *self, const char *name, const char *namespace_)
{
  return hs_message_node_get_id (hs_message_get_extension (self, name, namespace_), "id");
}

static void
set_id (
    HsMessage *self, const char *name, const char *namespace_, const char *id, const char *property)
{
  g_autofree char *own = NULL;
  gboolean same = FALSE;
  HsNode *child = NULL;

  if (hs_stanza_get_writable_node (HS_STANZA (self)) == NULL)
    return;
  if (id != NULL && *id == '\0')
    id = NULL;
  same = g_strcmp0 (get_id (self, name, namespace_), id) == 0;
  if (id == NULL)
    hs_message_remove_extension (self, name, namespace_);
  else
    {
      child = hs_message_make_extension (self, name, namespace_);
      if (!same)
        {
          /* The id may be the old value of this message. */
          own = g_strdup (id);
          hs_node_set_attribute (child, "id", NULL, own);
        }
    }
  if (!same)
    g_object_notify (G_OBJECT (self), property);
}

/**
 * hs_message_get_origin_id: (get-property origin-id)
 * @self: a message
 *
 * The id that the sender's program gave to a message (XEP-0359, 2.2).
 *
 * A room may change the `id` of a message that it reflects, and keeps this one. Anybody can write
 * the same id into another message.
 *
 * Returns: (nullable): the id, or %NULL if there is none
 *
 * Since: 0.2
 */
const char *
hs_message_get_origin_id (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  return get_id (self, "origin-id", HS_NS_SID);
}

/**
 * hs_message_set_origin_id: (set-property origin-id)
 * @self: a message
 * @origin_id: (nullable): an id, or %NULL to remove it
 *
 * Sets the id that the sender's program gives to a message (XEP-0359, 2.2).
 *
 * Since: 0.2
 */
void
hs_message_set_origin_id (HsMessage *self, const char *origin_id)
{
  g_return_if_fail (HS_IS_MESSAGE (self));

  set_id (self, "origin-id", HS_NS_SID, origin_id, "origin-id");
}

/**
 * hs_message_dup_stanza_id:
 * @self: a message
 * @by: the address of an archive: the account's bare JID, or a room's
 *
 * The id that a message has in the archive of @by (XEP-0359, 2.1).
 *
 * The address is compared with @by after both have been prepared (RFC 7622). A message that names
 * two ids by the same address has none: the extension forbids it, and one of them is forged.
 *
 * The id is only worth something if @by replaces the ids that others wrote in its name. It says so
 * by the feature `urn:xmpp:sid:0` (XEP-0359, 6), which this function does not ask for.
 *
 * Returns: (transfer full) (nullable): the id, or %NULL if there is none
 *
 * Since: 0.2
 */
char *
hs_message_dup_stanza_id (HsMessage *self, HsJid *by)
{
  const char *id = NULL;
  guint found = 0;

  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);
  g_return_val_if_fail (by != NULL, NULL);

  for (HsNode *child = hs_node_first_element (hs_element_get_node (HS_ELEMENT (self)));
       child != NULL; child = hs_node_next_element (child))
    {
      g_autoptr (HsJid) jid = NULL;

      if (!hs_node_matches (child, "stanza-id", HS_NS_SID))
        continue;
      jid = hs_stanza_node_dup_jid (child, "by");
      if (jid == NULL || !hs_jid_equal (jid, by))
        continue;
      id = hs_message_node_get_id (child, "id");
      found++;
    }
  return found == 1 ? g_strdup (id) : NULL;
}

/**
 * hs_message_get_receipt_id: (get-property receipt-id)
 * @self: a message
 *
 * The id of the message that this one is a delivery receipt for (XEP-0184, 5).
 *
 * Returns: (nullable): the id, or %NULL if the message is no receipt
 *
 * Since: 0.2
 */
const char *
hs_message_get_receipt_id (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  return get_id (self, "received", HS_NS_RECEIPTS);
}

/**
 * hs_message_set_receipt_id: (set-property receipt-id)
 * @self: a message
 * @receipt_id: (nullable): the `id` of the message that was received, or %NULL to remove it
 *
 * Makes a message a delivery receipt (XEP-0184, 5).
 *
 * A receipt tells its receiver that the account is online. Send it only to those who may see its
 * presence.
 *
 * Since: 0.2
 */
void
hs_message_set_receipt_id (HsMessage *self, const char *receipt_id)
{
  g_return_if_fail (HS_IS_MESSAGE (self));

  set_id (self, "received", HS_NS_RECEIPTS, receipt_id, "receipt-id");
}

/**
 * hs_message_get_displayed_id: (get-property displayed-id)
 * @self: a message
 *
 * The id of the message up to which the sender has seen the conversation (XEP-0333, 4.2).
 *
 * Returns: (nullable): the id, or %NULL if the message is no displayed marker
 *
 * Since: 0.2
 */
const char *
hs_message_get_displayed_id (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  return get_id (self, "displayed", HS_NS_CHAT_MARKERS);
}

/**
 * hs_message_set_displayed_id: (set-property displayed-id)
 * @self: a message
 * @displayed_id: (nullable): the `id` of a message, in a room the room's id of it; or %NULL to
 * remove it
 *
 * Makes a message a displayed marker (XEP-0333, 4.2).
 *
 * Since: 0.2
 */
void
hs_message_set_displayed_id (HsMessage *self, const char *displayed_id)
{
  g_return_if_fail (HS_IS_MESSAGE (self));

  set_id (self, "displayed", HS_NS_CHAT_MARKERS, displayed_id, "displayed-id");
}

/**
 * hs_message_get_replace_id: (get-property replace-id)
 * @self: a message
 *
 * The id of the message that this one corrects (XEP-0308, 3).
 *
 * A correction counts only if its sender is also the sender of the message that it corrects.
 *
 * Returns: (nullable): the id, or %NULL if the message is no correction
 *
 * Since: 0.2
 */
const char *
hs_message_get_replace_id (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  return get_id (self, "replace", HS_NS_CORRECT);
}

/**
 * hs_message_set_replace_id: (set-property replace-id)
 * @self: a message
 * @replace_id: (nullable): the `id` of the message to correct, which is the first one if it was
 * corrected before; or %NULL to remove it
 *
 * Makes a message the correction of another one, all of which it replaces (XEP-0308, 3).
 *
 * Since: 0.2
 */
void
hs_message_set_replace_id (HsMessage *self, const char *replace_id)
{
  g_return_if_fail (HS_IS_MESSAGE (self));

  set_id (self, "replace", HS_NS_CORRECT, replace_id, "replace-id");
}

/**
 * hs_message_get_occupant_id: (get-property occupant-id)
 * @self: a message
 *
 * The id that a room gave to the occupant who sent a message (XEP-0421, 3.2).
 *
 * It stays the same when the occupant changes the nickname or joins again. A message with two of
 * them has none: the extension forbids it, and one of them is forged.
 *
 * The id is only worth something if the room replaces what occupants write there. It says so by the
 * feature `urn:xmpp:occupant-id:0` (XEP-0421, 2), which this function does not ask for.
 *
 * Returns: (nullable): the id, or %NULL if there is none
 *
 * Since: 0.2
 */
const char *
hs_message_get_occupant_id (HsMessage *self)
{
  HsNode *child = NULL;

  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  child = hs_message_get_extension (self, "occupant-id", HS_NS_OCCUPANT_ID);
  for (HsNode *other = child; other != NULL;)
    {
      other = hs_node_next_element (other);
      if (other != NULL && hs_node_matches (other, "occupant-id", HS_NS_OCCUPANT_ID))
        return NULL;
    }
  return hs_message_node_get_id (child, "id");
}
