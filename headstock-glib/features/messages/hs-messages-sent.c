/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

/* The messages whose delivery status may still change: all pending ones, and the 1,000 latest others.
 *
 * One acknowledgement can settle thousands of messages. They leave the list of pending messages together: at once if
 * nothing else is pending or when the program asks for the list, otherwise at the beginning of the next turn of the
 * main loop. */

#define MAX_SETTLED 1000

void
hs_messages_sent_init (HsMessages *self)
{
  self->sent.pending = g_list_store_new (HS_TYPE_SENT_MESSAGE);
  g_queue_init (&self->sent.messages);
  self->sent.by_id = g_hash_table_new (g_str_hash, g_str_equal);
}

static void
end_turn (HsMessages *self)
{
  if (self->sent.turn != NULL)
    g_source_destroy (self->sent.turn);
  g_clear_pointer (&self->sent.turn, g_source_unref);
}

void
hs_messages_sent_clear (HsMessages *self)
{
  end_turn (self);
  g_hash_table_unref (self->sent.by_id);
  g_queue_clear_full (&self->sent.messages, g_object_unref);
  g_object_unref (self->sent.pending);
}

void
hs_messages_forget_all (HsMessages *self)
{
  g_hash_table_remove_all (self->sent.by_id);
  for (GList *link = self->sent.messages.head; link != NULL; link = link->next)
    HS_SENT_MESSAGE (link->data)->is_pending = FALSE;
  g_queue_clear_full (&self->sent.messages, g_object_unref);
  end_turn (self);
  self->sent.n_settled = 0;
  g_list_store_remove_all (self->sent.pending);
}

static void
forget_oldest (HsMessages *self)
{
  guint n_pending = g_list_model_get_n_items (G_LIST_MODEL (self->sent.pending));
  GList *link = self->sent.messages.head;

  if (self->sent.messages.length <= n_pending + MAX_SETTLED)
    return;
  while (link != NULL && HS_SENT_MESSAGE (link->data)->is_pending)
    link = link->next;
  if (link == NULL)
    return;
  g_hash_table_remove (self->sent.by_id, hs_sent_message_get_id (link->data));
  g_object_unref (link->data);
  g_queue_delete_link (&self->sent.messages, link);
}

void
hs_messages_remember (HsMessages *self, HsSentMessage *sent)
{
  g_queue_push_tail (&self->sent.messages, g_object_ref (sent));
  g_hash_table_insert (self->sent.by_id, (gpointer) hs_sent_message_get_id (sent),
                       g_queue_peek_tail_link (&self->sent.messages));
  forget_oldest (self);
}

HsSentMessage *
hs_messages_find_sent (HsMessages *self, const char *id)
{
  GList *link = id != NULL ? g_hash_table_lookup (self->sent.by_id, id) : NULL;

  return link != NULL ? link->data : NULL;
}

void
hs_messages_put_pending (HsMessages *self, HsSentMessage *sent)
{
  if (sent->is_pending)
    return;
  sent->is_pending = TRUE;
  g_list_store_append (self->sent.pending, sent);
}

void
hs_messages_drop_settled (HsMessages *self)
{
  GListModel *model = G_LIST_MODEL (self->sent.pending);
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_items = g_list_model_get_n_items (model);
  guint first = n_items;
  guint end = 0;

  end_turn (self);
  /* The oldest are usually settled first, so this seldom goes far. */
  for (guint i = 0; i < n_items && self->sent.n_settled > 0; i++)
    {
      g_autoptr (HsSentMessage) sent = g_list_model_get_item (model, i);

      if (sent->is_pending && first < i)
        g_ptr_array_add (kept, g_steal_pointer (&sent));
      if (sent == NULL || sent->is_pending)
        continue;
      first = MIN (first, i);
      end = i + 1;
      self->sent.n_settled--;
    }
  self->sent.n_settled = 0;
  if (end > 0)
    g_list_store_splice (self->sent.pending, first, end - first, kept->pdata, kept->len);
}

static gboolean
turn_over_cb (gpointer user_data)
{
  g_autoptr (HsMessages) self = g_object_ref (user_data);

  hs_messages_drop_settled (self);
  return G_SOURCE_REMOVE;
}

/* A high priority: it must run before anything in the next turn settles more messages. */
static void
begin_turn (HsMessages *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  if (self->sent.turn != NULL)
    return;
  self->sent.turn = g_idle_source_new ();
  g_source_set_priority (self->sent.turn, G_PRIORITY_HIGH);
  g_source_set_callback (self->sent.turn, turn_over_cb, self, NULL);
  g_source_set_static_name (self->sent.turn, "[headstock] pending messages");
  g_source_attach (self->sent.turn, context);
}

void
hs_messages_settle (HsMessages *self, HsSentMessage *sent)
{
  if (!sent->is_pending)
    return;
  sent->is_pending = FALSE;
  self->sent.n_settled++;
  if (self->sent.n_settled >= g_list_model_get_n_items (G_LIST_MODEL (self->sent.pending)))
    hs_messages_drop_settled (self);
  else
    begin_turn (self);
  hs_stateful_emit_changed (HS_STATEFUL (self));
}
