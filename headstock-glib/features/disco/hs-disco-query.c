/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-private.h"

#include "hs-component.h"
#include "hs-element.h"
#include "hs-error.h"
#include "hs-iq.h"
#include "hs-namespaces.h"

/* Requests for information, one at a time for each address and node. */

typedef struct
{
  HsDisco *disco;
  char *key;
  char *jid;
  char *node;
  HsDiscoWaiters waiters;
  gboolean one_of_many;
  gboolean is_stale; /* not in the table any more: the answer is not kept */
} HsDiscoQuestion;

char *
hs_disco_make_key (const char *jid, const char *node)
{
  return g_strconcat (jid != NULL ? jid : "", "\n", node, NULL);
}

char *
hs_disco_check_jid (const char *jid, GError **error)
{
  g_autoptr (HsJid) parsed = hs_jid_new (jid, error);

  return parsed != NULL ? g_strdup (hs_jid_to_string (parsed)) : NULL;
}

static void
question_free (HsDiscoQuestion *question)
{
  hs_disco_waiters_clear (&question->waiters);
  g_free (question->key);
  g_free (question->jid);
  g_free (question->node);
  g_object_unref (question->disco);
  g_free (question);
}

static void send_question (HsDiscoQuestion *question);

static void
finish_question (HsDiscoQuestion *question, HsDiscoInfo *info, const GError *error)
{
  HsDisco *self = question->disco;
  HsDiscoQuestion *next = NULL;

  if (!question->is_stale)
    {
      g_hash_table_remove (self->asked, question->key);
      if (info != NULL && hs_disco_info_get_size (info) <= HS_DISCO_INFO_MAX_KEPT)
        hs_lru_insert (&self->infos, question->key, g_object_ref (info));
    }
  if (question->one_of_many)
    {
      self->n_caps_requests--;
      next = g_queue_pop_head (&self->waiting);
    }
  hs_disco_waiters_return (&question->waiters, NULL, info, error);
  if (next != NULL)
    send_question (next);
  question_free (question);
}

static HsDiscoInfo *
read_answer (HsIq *iq, const char *jid, GError **error)
{
  HsElement *query = hs_iq_get_payload (iq);

  if (query != NULL && hs_element_matches (query, "query", HS_NS_DISCO_INFO))
    return hs_disco_info_new_from_query (query);
  g_set_error (error, HS_ERROR, HS_ERROR_PROTOCOL, "The disco#info answer of %s has no query",
               jid != NULL ? jid : "the account");
  return NULL;
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HsDiscoQuestion *question = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) iq = hs_client_request_finish (HS_CLIENT (source), result, &error);
  g_autoptr (HsDiscoInfo) info = iq != NULL ? read_answer (iq, question->jid, &error) : NULL;

  finish_question (question, info, error);
}

HsIq *
hs_disco_new_request (HsDisco *self, const char *jid, HsElement *query)
{
  HsIq *iq = hs_iq_new ("get", jid, query);

  /* XEP-0114, 3: a component names one of its addresses in all it sends. */
  if (HS_IS_COMPONENT (self->client))
    hs_stanza_set_from_jid (HS_STANZA (iq), hs_client_get_jid (self->client));
  return iq;
}

static void
send_question (HsDiscoQuestion *question)
{
  HsDisco *self = question->disco;
  g_autoptr (HsElement) query = NULL;
  g_autoptr (HsIq) iq = NULL;

  if (question->one_of_many)
    self->n_caps_requests++;
  if (self->client == NULL)
    {
      g_autoptr (GError) error = g_error_new (HS_ERROR, HS_ERROR_NOT_CONNECTED,
                                              "Service discovery is not registered with a client");

      finish_question (question, NULL, error);
      return;
    }
  query = hs_element_new ("query", HS_NS_DISCO_INFO);
  if (question->node != NULL)
    hs_element_set_attribute (query, "node", question->node);
  iq = hs_disco_new_request (self, question->jid, query);
  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, NULL, answered_cb, question);
}

void
hs_disco_ask (HsDisco *self, const char *jid, const char *node, gboolean one_of_many, GTask *task)
{
  g_autofree char *key = hs_disco_make_key (jid, node);
  HsDiscoInfo *info = hs_lru_lookup (&self->infos, key);
  HsDiscoQuestion *question;

  if (info != NULL)
    {
      g_task_return_pointer (task, g_object_ref (info), g_object_unref);
      g_object_unref (task);
      return;
    }
  question = g_hash_table_lookup (self->asked, key);
  if (question != NULL)
    {
      hs_disco_waiters_add (&question->waiters, task);
      return;
    }
  question = g_new0 (HsDiscoQuestion, 1);
  question->disco = g_object_ref (self);
  question->key = g_steal_pointer (&key);
  question->jid = g_strdup (jid);
  question->node = g_strdup (node);
  question->one_of_many = one_of_many;
  hs_disco_waiters_init (&question->waiters);
  hs_disco_waiters_add (&question->waiters, task);
  g_hash_table_insert (self->asked, question->key, question);
  if (one_of_many && self->n_caps_requests >= HS_DISCO_MAX_CAPS_REQUESTS)
    g_queue_push_tail (&self->waiting, question);
  else
    send_question (question);
}

void
hs_disco_forget (HsDisco *self, const char *jid, const char *node)
{
  g_autofree char *key = hs_disco_make_key (jid, node);
  HsDiscoQuestion *question = g_hash_table_lookup (self->asked, key);

  hs_lru_remove (&self->infos, key);
  if (question != NULL)
    {
      question->is_stale = TRUE;
      g_hash_table_remove (self->asked, key);
    }
}

void
hs_disco_forget_all (HsDisco *self)
{
  GHashTableIter iter;
  gpointer question;

  hs_lru_remove_all (&self->infos);
  g_hash_table_iter_init (&iter, self->asked);
  while (g_hash_table_iter_next (&iter, NULL, &question))
    {
      ((HsDiscoQuestion *) question)->is_stale = TRUE;
      g_hash_table_iter_remove (&iter);
    }
}

/**
 * hs_disco_query_async:
 * @self: service discovery
 * @jid: (nullable): an address, or %NULL for the own account
 * @node: (nullable): a node at the address, or %NULL
 * @cancellable: (nullable): stops the waiting
 * @callback: (scope async) (closure user_data): called when there is an answer
 * @user_data: data for @callback
 *
 * Asks an entity for its identities and features (XEP-0030, 3).
 *
 * An answer is kept until the session ends or, for a resource, until its capabilities change or it becomes unavailable.
 * While the same request is in flight, no second one is sent.
 *
 * Call [method@Disco.query_finish] in the callback to get the result.
 *
 * ```python
 * info = await disco.query_async("example.org")
 * print("The server keeps archives:", info.has_feature(Headstock.NS_MAM))
 * ```
 *
 * Since: 0.2
 */
void
hs_disco_query_async (HsDisco *self,
                      const char *jid,
                      const char *node,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_DISCO (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_disco_query_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (jid != NULL && (address = hs_disco_check_jid (jid, &error)) == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    hs_disco_ask (self, address, node, FALSE, g_steal_pointer (&task));
}

/**
 * hs_disco_query_finish:
 * @self: service discovery
 * @result: the result that the callback was given
 * @error: the location of an error, or %NULL
 *
 * Ends [method@Disco.query_async].
 *
 * Errors: %HS_STANZA_ERROR if the entity, or a server on the way, answered with one, such as
 * %HS_STANZA_ERROR_ITEM_NOT_FOUND or %HS_STANZA_ERROR_SERVICE_UNAVAILABLE; %HS_ERROR_INVALID_JID;
 * %HS_ERROR_PROTOCOL if the answer has no information; %HS_ERROR_TIMED_OUT; %HS_ERROR_NOT_CONNECTED,
 * %HS_ERROR_SESSION_LOST; %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the information, which cannot be changed; or %NULL with @error set
 *
 * Since: 0.2
 */
HsDiscoInfo *
hs_disco_query_finish (HsDisco *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_disco_query_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
