/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

/* The messages whose delivery status may still change: all that are pending, and the last ones that were sent. */

#define MAX_SETTLED 1000

void
hs_messages_sent_init (HsMessages *self)
{
  self->pending = g_list_store_new (HS_TYPE_SENT_MESSAGE);
  g_queue_init (&self->sent);
  self->sent_by_id = g_hash_table_new (g_str_hash, g_str_equal);
}

void
hs_messages_sent_clear (HsMessages *self)
{
  g_hash_table_unref (self->sent_by_id);
  g_queue_clear_full (&self->sent, g_object_unref);
  g_object_unref (self->pending);
}

void
hs_messages_forget_all (HsMessages *self)
{
  g_hash_table_remove_all (self->sent_by_id);
  g_queue_clear_full (&self->sent, g_object_unref);
  g_list_store_remove_all (self->pending);
}

static void
forget_oldest (HsMessages *self)
{
  guint n_pending = g_list_model_get_n_items (G_LIST_MODEL (self->pending));
  GList *link = self->sent.head;

  if (self->sent.length <= n_pending + MAX_SETTLED)
    return;
  while (link != NULL && HS_SENT_MESSAGE (link->data)->is_pending)
    link = link->next;
  if (link == NULL)
    return;
  g_hash_table_remove (self->sent_by_id, hs_sent_message_get_id (link->data));
  g_object_unref (link->data);
  g_queue_delete_link (&self->sent, link);
}

void
hs_messages_remember (HsMessages *self, HsSentMessage *sent)
{
  g_queue_push_tail (&self->sent, g_object_ref (sent));
  g_hash_table_insert (self->sent_by_id, (gpointer) hs_sent_message_get_id (sent),
                       g_queue_peek_tail_link (&self->sent));
  forget_oldest (self);
}

HsSentMessage *
hs_messages_find_sent (HsMessages *self, const char *id)
{
  GList *link = id != NULL ? g_hash_table_lookup (self->sent_by_id, id) : NULL;

  return link != NULL ? link->data : NULL;
}

void
hs_messages_put_pending (HsMessages *self, HsSentMessage *sent)
{
  if (sent->is_pending)
    return;
  sent->is_pending = TRUE;
  g_list_store_append (self->pending, sent);
}

void
hs_messages_settle (HsMessages *self, HsSentMessage *sent)
{
  guint position;

  if (!sent->is_pending)
    return;
  sent->is_pending = FALSE;
  if (g_list_store_find (self->pending, sent, &position))
    g_list_store_remove (self->pending, position);
  hs_stateful_emit_changed (HS_STATEFUL (self));
}
