/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-message-private.h"
#include "hs-namespaces.h"
#include "hs-stanza-private.h"

/* Reactions to other messages. */

/* More than anybody chooses for one message. */
#define MAX_REACTIONS 16

/**
 * hs_message_get_reacted_id: (get-property reacted-id)
 * @self: a message
 *
 * The id of the message that this one reacts to (XEP-0444, 3.1).
 *
 * Returns: (nullable): the id, or %NULL if the message is no reaction
 *
 * Since: 0.2
 */
const char *
hs_message_get_reacted_id (HsMessage *self)
{
  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  return hs_message_node_get_id (hs_message_get_extension (self, "reactions", HS_NS_REACTIONS),
                                 "id");
}

/* Each once, in their order, at most MAX_REACTIONS. Takes @reaction. */
static void
add_once (GPtrArray *reactions, char *reaction)
{
  if (reaction == NULL || reactions->len == MAX_REACTIONS
      || g_ptr_array_find_with_equal_func (reactions, reaction, g_str_equal, NULL))
    g_free (reaction);
  else
    g_ptr_array_add (reactions, reaction);
}

/**
 * hs_message_dup_reactions:
 * @self: a message
 *
 * The reactions of the sender to the message that [property@Message:reacted-id] names (XEP-0444,
 * 3).
 *
 * These are all reactions of the sender to that message: they take the place of the earlier ones,
 * and an empty list removes them. A reaction that comes twice counts once, empty ones do not count,
 * and neither do those after the 16th.
 *
 * Returns: (transfer full) (array zero-terminated=1) (nullable): the reactions; %NULL if the
 * message is no reaction
 *
 * Since: 0.2
 */
char **
hs_message_dup_reactions (HsMessage *self)
{
  g_autoptr (GPtrArray) reactions = NULL;

  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  if (hs_message_get_reacted_id (self) == NULL)
    return NULL;
  reactions = g_ptr_array_new_with_free_func (g_free);
  for (HsNode *child
       = hs_node_first_element (hs_message_get_extension (self, "reactions", HS_NS_REACTIONS));
       child != NULL && reactions->len < MAX_REACTIONS; child = hs_node_next_element (child))
    {
      if (hs_node_matches (child, "reaction", HS_NS_REACTIONS))
        add_once (reactions, hs_node_dup_value (child));
    }
  g_ptr_array_add (reactions, NULL);
  return (char **) g_ptr_array_steal (reactions, NULL);
}

/**
 * hs_message_set_reactions:
 * @self: a message
 * @id: (nullable): the origin-id or `id` of a message, in a room the room's id of it; or %NULL to
 * remove the reactions
 * @reactions: (nullable) (array zero-terminated=1): emoji, or %NULL for none
 *
 * Makes a message a reaction to another one (XEP-0444, 3).
 *
 * @reactions are all that the sender has for that message. Without any, the message removes those
 * that were sent before. Each is written once, and at most 16.
 *
 * The message gets [flags@Headstock.Hints.STORE], so that servers keep it for devices that are
 * offline (XEP-0444, 4). If the other message must not be stored, take the hint away with
 * [method@Message.set_hints]. Removing the reactions removes the hint as well.
 *
 * Since: 0.2
 */
void
hs_message_set_reactions (HsMessage *self, const char *id, const char *const *reactions)
{
  g_autoptr (GPtrArray) chosen = NULL;
  g_autofree char *own = NULL;
  gboolean same = FALSE;
  HsNode *child = NULL;

  g_return_if_fail (HS_IS_MESSAGE (self));

  if (hs_stanza_get_writable_node (HS_STANZA (self)) == NULL)
    return;
  own = id != NULL && *id != '\0' ? g_strdup (id) : NULL;
  same = g_strcmp0 (hs_message_get_reacted_id (self), own) == 0;
  chosen = g_ptr_array_new_with_free_func (g_free);
  for (; reactions != NULL && *reactions != NULL; reactions++)
    add_once (chosen, **reactions != '\0' ? g_strdup (*reactions) : NULL);
  if (own == NULL)
    {
      if (hs_message_remove_extension (self, "reactions", HS_NS_REACTIONS))
        hs_message_remove_hints (self, HS_HINTS_STORE);
    }
  else
    {
      child = hs_message_make_extension (self, "reactions", HS_NS_REACTIONS);
      hs_node_remove_children (child);
      hs_node_set_attribute (child, "id", NULL, own);
      for (guint i = 0; i < chosen->len; i++)
        {
          const char *text = g_ptr_array_index (chosen, i);
          HsNode *reaction = hs_node_new (hs_node_get_block (child), "reaction", HS_NS_REACTIONS);

          hs_node_append (child, reaction);
          hs_node_append_text (reaction, text, strlen (text));
        }
      hs_message_add_hints (self, HS_HINTS_STORE);
    }
  if (!same)
    g_object_notify (G_OBJECT (self), "reacted-id");
}
