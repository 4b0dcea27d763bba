/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-message-private.h"
#include "hs-namespaces.h"
#include "hs-stanza-private.h"

/* Retractions: messages that take other messages back. */

/* The body that programs show that do not support retractions (XEP-0424, 3). */
#define FALLBACK_BODY "/me retracted a message, which this program does not support."

/* Finds a retraction in the form of XEP-0424 before 0.4 and XEP-0425 before 0.3. Servers still send that form, beside
 * the later one or in its place. @moderated: the element that names the moderator, or NULL for a retraction by the
 * author. */
static HsNode *
find_fastened (HsMessage *self, HsNode **moderated)
{
  HsNode *fastened = hs_message_get_extension (self, "apply-to", HS_NS_FASTEN);
  HsNode *parent = NULL;

  *moderated = fastened != NULL ? hs_node_get_child (fastened, "moderated", HS_NS_MODERATE_0) : NULL;
  parent = *moderated != NULL ? *moderated : fastened;
  return parent != NULL && hs_node_get_child (parent, "retract", HS_NS_RETRACT_0) != NULL ? fastened : NULL;
}

/* Finds, in the same form, what an archive keeps in place of a message that was retracted. */
static HsNode *
find_early_tombstone (HsMessage *self, HsNode **moderated)
{
  *moderated = hs_message_get_extension (self, "moderated", HS_NS_MODERATE_0);
  return *moderated != NULL ? hs_node_get_child (*moderated, "retracted", HS_NS_RETRACT_0)
                            : hs_message_get_extension (self, "retracted", HS_NS_RETRACT_0);
}

static gboolean
remove_fastened (HsMessage *self)
{
  HsNode *moderated;

  return find_fastened (self, &moderated) != NULL
         && hs_message_remove_extension (self, "apply-to", HS_NS_FASTEN);
}

/**
 * hs_message_get_retract_id: (get-property retract-id)
 * @self: a message
 *
 * The id of the message that this one takes back (XEP-0424, 3).
 *
 * A retraction counts only if its sender is also the sender of the message that it takes back, or
 * if it comes from the room itself (see [method@Message.dup_moderated_by]). Retractions of earlier
 * versions of XEP-0424 and XEP-0425 (`urn:xmpp:message-retract:0`) are read as well.
 *
 * Returns: (nullable): the id, or %NULL if the message takes none back
 *
 * Since: 0.2
 */
const char *
hs_message_get_retract_id (HsMessage *self)
{
  const char *id = NULL;
  HsNode *moderated = NULL;

  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  id = hs_message_node_get_id (hs_message_get_extension (self, "retract", HS_NS_RETRACT), "id");
  return id != NULL ? id : hs_message_node_get_id (find_fastened (self, &moderated), "id");
}

static void
add_retraction (HsMessage *self, const char *retract_id)
{
  g_autofree char *own = g_strdup (retract_id);
  HsNode *child = hs_message_make_extension (self, "retract", HS_NS_RETRACT);

  remove_fastened (self);
  hs_node_remove_children (child);
  hs_node_set_attribute (child, "id", NULL, own);
  hs_message_add_fallback (self, HS_NS_RETRACT, 0);
  hs_message_add_hints (self, HS_HINTS_STORE);
  if (hs_stanza_get_localized_child (HS_STANZA (self), "body") == NULL
      && hs_stanza_change_child_text (HS_STANZA (self), "body", FALLBACK_BODY))
    g_object_notify (G_OBJECT (self), "body");
}

static void
remove_retraction (HsMessage *self)
{
  gboolean was_fastened = remove_fastened (self);

  if (!hs_message_remove_extension (self, "retract", HS_NS_RETRACT) && !was_fastened)
    return;
  hs_message_remove_fallback (self, HS_NS_RETRACT);
  hs_message_remove_hints (self, HS_HINTS_STORE);
  if (g_strcmp0 (hs_stanza_get_localized_text (HS_STANZA (self), "body"), FALLBACK_BODY) == 0
      && hs_stanza_change_child_text (HS_STANZA (self), "body", NULL))
    g_object_notify (G_OBJECT (self), "body");
}

/**
 * hs_message_set_retract_id: (set-property retract-id)
 * @self: a message
 * @retract_id: (nullable): the `id` of a message, in a room the room's id of it; or %NULL to remove
 * it
 *
 * Makes a message one that takes another message back (XEP-0424, 3).
 *
 * The message gets [flags@Headstock.Hints.STORE], so that servers keep it for devices that are
 * offline, and its body is marked as a fallback (XEP-0428) for programs that do not know of
 * retractions. If it has no body, it gets one in English; [method@Message.set_body] replaces that.
 * %NULL removes all of this, but a body that the program has set.
 *
 * Since: 0.2
 */
void
hs_message_set_retract_id (HsMessage *self, const char *retract_id)
{
  gboolean same = FALSE;

  g_return_if_fail (HS_IS_MESSAGE (self));

  if (hs_stanza_get_writable_node (HS_STANZA (self)) == NULL)
    return;
  if (retract_id != NULL && *retract_id == '\0')
    retract_id = NULL;
  same = g_strcmp0 (hs_message_get_retract_id (self), retract_id) == 0;
  g_object_freeze_notify (G_OBJECT (self));
  if (retract_id != NULL)
    add_retraction (self, retract_id);
  else
    remove_retraction (self);
  if (!same)
    g_object_notify (G_OBJECT (self), "retract-id");
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * hs_message_get_is_retracted: (get-property is-retracted)
 * @self: a message
 *
 * Whether an archive keeps this message in place of one that was taken back (XEP-0424, 4).
 *
 * Returns: %TRUE for what is left of a message that was taken back
 *
 * Since: 0.2
 */
gboolean
hs_message_get_is_retracted (HsMessage *self)
{
  HsNode *moderated = NULL;

  g_return_val_if_fail (HS_IS_MESSAGE (self), FALSE);

  return hs_message_get_extension (self, "retracted", HS_NS_RETRACT) != NULL
         || find_early_tombstone (self, &moderated) != NULL;
}

static HsJid *
dup_moderator (HsNode *moderated)
{
  return moderated != NULL ? hs_stanza_node_dup_jid (moderated, "by") : NULL;
}

/* Beside the later form it counts if both take back the same message. */
static HsJid *
dup_early_moderator (HsMessage *self)
{
  HsNode *moderated = NULL;
  HsNode *fastened = find_fastened (self, &moderated);

  if (fastened != NULL)
    return g_strcmp0 (hs_message_node_get_id (fastened, "id"), hs_message_get_retract_id (self)) == 0
               ? dup_moderator (moderated)
               : NULL;
  return find_early_tombstone (self, &moderated) != NULL ? dup_moderator (moderated) : NULL;
}

/**
 * hs_message_dup_moderated_by:
 * @self: a message
 *
 * The moderator who took a message back that somebody else had sent to a room (XEP-0425, 3.1 and
 * 4).
 *
 * It is there in the retraction, whose [property@Message:retract-id] names the message, and in what
 * an archive keeps in place of the message (see [property@Message:is-retracted]).
 *
 * A retraction by a moderator counts only if the room itself sent it: [property@Stanza:from-jid] is
 * the room's bare JID (XEP-0425, 5). This function does not look at the sender.
 *
 * Both `urn:xmpp:message-moderate:1` and the `urn:xmpp:message-moderate:0` of earlier versions of
 * XEP-0425 are read. If a room sends both and only one of them says who it was, that one counts.
 *
 * Returns: (transfer full) (nullable): the moderator's address, in the room or outside it; %NULL if
 * no moderator took the message back, or the room does not say who it was
 *
 * Since: 0.2
 */
HsJid *
hs_message_dup_moderated_by (HsMessage *self)
{
  HsNode *retraction = NULL;
  HsJid *moderator = NULL;

  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  retraction = hs_message_get_extension (self, "retract", HS_NS_RETRACT);
  if (retraction == NULL)
    retraction = hs_message_get_extension (self, "retracted", HS_NS_RETRACT);
  if (retraction != NULL)
    moderator = dup_moderator (hs_node_get_child (retraction, "moderated", HS_NS_MODERATE));
  return moderator != NULL ? moderator : dup_early_moderator (self);
}
