/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-error.h"

/* The state that a program saves: its form, the account, and for each pending message the XML, whether the client was
 * given it, and when it was written. */

#define FORM 1
#define TYPE "(usa(sbx))"

static char *
dup_state_name (HsStateful *self)
{
  return g_strdup ("outbox");
}

/* A client that signs in without a local part does not know its address before. */
static gboolean
is_of (HsSentMessage *sent, const char *account)
{
  return hs_jid_get_local (sent->account) == NULL || strcmp (hs_jid_to_string (sent->account), account) == 0;
}

static GVariant *
dup_state (HsStateful *stateful)
{
  HsMessages *self = HS_MESSAGES (stateful);
  g_autofree char *account = self->client != NULL ? hs_stateful_dup_account (stateful, self->client)
                                                  : g_strdup (self->account);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->sent.pending));
  GVariantBuilder builder;

  /* Messages that are settled stay in the list until the turn is over. */
  if (n <= self->sent.n_settled || account == NULL)
    return NULL;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sbx)"));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (HsSentMessage) sent = g_list_model_get_item (G_LIST_MODEL (self->sent.pending), i);
      g_autofree char *xml
          = sent->is_pending && is_of (sent, account) ? hs_element_to_string (HS_ELEMENT (sent->chat.message)) : NULL;

      if (xml != NULL)
        g_variant_builder_add (&builder, "(sbx)", xml, sent->was_sent, sent->chat.time);
    }
  return g_variant_ref_sink (g_variant_new (TYPE, FORM, account, &builder));
}

/* Returns NULL if the entry is broken. */
static HsSentMessage *
read_entry (HsMessages *self, const char *xml, gboolean was_sent, gint64 time, HsJid *own)
{
  g_autoptr (HsElement) element = hs_element_new_from_string (xml, NULL);
  g_autoptr (HsJid) to = NULL;
  HsSentMessage *sent;

  if (element == NULL || !HS_IS_MESSAGE (element) || hs_stanza_get_id (HS_STANZA (element)) == NULL)
    return NULL;
  to = hs_stanza_get_to_jid (HS_STANZA (element));
  if (to == NULL)
    return NULL;
  sent = hs_sent_message_new (HS_MESSAGE (element), hs_messages_find_kind (self, HS_MESSAGE (element), to), to);
  sent->account = hs_jid_ref (own);
  sent->was_sent = was_sent;
  sent->chat.time = time;
  if (sent->chat.kind != HS_CHAT_KIND_ROOM)
    sent->chat.person = hs_jid_ref (own);
  return sent;
}

static GPtrArray *
read_entries (HsMessages *self, GVariant *entries, HsJid *own)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  GVariantIter iter;
  const char *xml;
  gboolean was_sent;
  gint64 time;

  g_variant_iter_init (&iter, entries);
  while (g_variant_iter_next (&iter, "(&sbx)", &xml, &was_sent, &time))
    {
      HsSentMessage *sent = read_entry (self, xml, was_sent, time, own);

      if (sent == NULL)
        return NULL;
      g_ptr_array_add (all, sent);
      if (!g_hash_table_add (ids, (gpointer) hs_sent_message_get_id (sent)))
        return NULL;
    }
  return g_steal_pointer (&all);
}

/* If the program ended after it was given to the client, it is not known whether it was sent. */
static void
take_entry (HsMessages *self, HsSentMessage *sent)
{
  g_autoptr (GError) error = NULL;

  sent->number = self->outbox.next_number++;
  sent->is_pending = TRUE;
  hs_messages_remember (self, sent);
  if (!sent->was_sent)
    {
      g_queue_push_tail (&self->outbox.messages, g_object_ref (sent));
      return;
    }
  error = g_error_new_literal (HS_ERROR, HS_ERROR_SESSION_LOST,
                               "The program ended before the server acknowledged the message");
  hs_sent_message_set_unknown (sent, error);
}

static gboolean
refuse_state (const char *account, const char *why, GError **error)
{
  g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STATE, "The outbox of %s %s", account, why);
  return FALSE;
}

static gboolean
restore_state (HsStateful *stateful, GVariant *state, GError **error)
{
  HsMessages *self = HS_MESSAGES (stateful);
  g_autoptr (GVariant) entries = NULL;
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (HsJid) own = NULL;
  const char *account;

  if (!hs_stateful_check_state (stateful, state, TYPE, FORM, self->client, error))
    return FALSE;
  g_variant_get (state, "(u&s@a(sbx))", NULL, &account, &entries);
  own = hs_jid_new (account, error);
  if (own == NULL)
    return FALSE;
  if (self->sent.messages.length > 0)
    return refuse_state (account, "cannot be restored after messages were sent", error);
  all = read_entries (self, entries, own);
  if (all == NULL)
    return refuse_state (account,
                         "is broken: it has something else than messages with an address and an id of their own",
                         error);
  g_free (self->account);
  self->account = g_strdup (account);
  g_list_store_splice (self->sent.pending, 0, 0, all->pdata, all->len);
  for (guint i = 0; i < all->len; i++)
    take_entry (self, g_ptr_array_index (all, i));
  if (self->has_session)
    hs_messages_transmit_all (self);
  return TRUE;
}

void
hs_messages_stateful_init (HsStatefulInterface *iface)
{
  iface->dup_state_name = dup_state_name;
  iface->dup_state = dup_state;
  iface->restore_state = restore_state;
}

void
hs_messages_check_account (HsMessages *self)
{
  g_autofree char *account = g_steal_pointer (&self->account);

  if (account == NULL || hs_stateful_check_account (HS_STATEFUL (self), account, self->client))
    return;
  g_queue_clear_full (&self->outbox.messages, g_object_unref);
  hs_messages_forget_all (self);
  hs_stateful_emit_changed (HS_STATEFUL (self));
}
