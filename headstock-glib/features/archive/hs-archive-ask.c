/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-archive-private.h"

#include "hs-error.h"
#include "hs-feature.h"
#include "hs-messages.h"
#include "hs-namespaces.h"

#include <string.h>

/* Requests pages: one query at a time from each archive, and from at most three archives at once. HsHistory may send two
 * queries to an archive in one write, which saves a round trip. A result belongs to the query in flight with the same
 * query id, if it comes from the archive that was asked. */

#define MAX_ASKED 3
/* Queries of HsHistory to one archive. */
#define MAX_AT_ONCE 2

static void ask_waiting (HsArchive *self);

const char *
hs_archive_describe (HsJid *archive)
{
  return archive != NULL ? hs_jid_to_string (archive) : "the account";
}

static void
ask_free (HsArchiveAsk *ask)
{
  if (ask->cancelled != NULL)
    g_source_destroy (ask->cancelled);
  g_clear_pointer (&ask->cancelled, g_source_unref);
  g_clear_object (&ask->task);
  g_object_unref (ask->page);
  g_clear_object (&ask->previous);
  g_clear_object (&ask->reader);
  g_free (ask->query_id);
  g_clear_error (&ask->error);
  g_object_unref (ask->archive);
  g_free (ask);
}

/* The next request begins before the task ends: the program may call again in its callback. */
static void
ask_end (HsArchiveAsk *ask, GError *error)
{
  g_autoptr (HsArchive) self = g_object_ref (ask->archive);
  g_autoptr (GTask) task = g_steal_pointer (&ask->task);
  g_autoptr (HsArchivePage) page = g_object_ref (ask->page);

  g_ptr_array_remove (self->asked, ask);
  ask_free (ask);
  ask_waiting (self);
  if (task == NULL)
    g_clear_error (&error);
  else if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&page), g_object_unref);
}

/* ---- The answer ---- */

static void prepare (HsArchiveAsk *ask);

/* Whether the page was asked for by time, and the archive does not take an id for a time. */
static gboolean
is_misunderstood (HsArchiveAsk *ask, HsElement *fin, GError *error)
{
  if (hs_archive_page_count_again (ask->page) == 0)
    return FALSE;
  if (error != NULL)
    return g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND);
  return ask->is_astray || ask->n_again == 0 || (ask->page->results->len == 0 && !hs_archive_is_complete (fin));
}

static void
ask_by_id (HsArchiveAsk *ask)
{
  HsArchivePage *page = hs_archive_page_new (ask->page->query, ask->page->archive);

  g_object_unref (ask->page);
  ask->page = page;
  g_clear_object (&ask->reader);
  g_clear_pointer (&ask->query_id, g_free);
  prepare (ask);
}

/* A server that does not know an id may send the same page again and again. */
static gboolean
is_same_again (HsArchiveAsk *ask)
{
  if (ask->previous == NULL || ask->page->last_id == NULL || hs_archive_page_count_again (ask->page) > 0)
    return FALSE;
  return ask->page->query->is_backwards ? strcmp (ask->page->first_id, ask->previous->first_id) == 0
                                        : strcmp (ask->page->last_id, ask->previous->last_id) == 0;
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HsArchiveAsk *ask = user_data;
  HsJid *archive = ask->page->archive;
  GError *error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (source), result, &error);
  HsElement *fin = answer != NULL ? hs_iq_get_payload (answer) : NULL;

  if (ask->error != NULL && (error == NULL || error->domain != HS_STANZA_ERROR))
    {
      g_clear_error (&error);
      error = g_steal_pointer (&ask->error);
    }
  if (error == NULL && (fin == NULL || !hs_element_matches (fin, "fin", HS_NS_MAM)))
    error = g_error_new (HS_ERROR, HS_ERROR_PROTOCOL, "The answer of the archive of %s has no <fin/>",
                         hs_archive_describe (archive));
  if (is_misunderstood (ask, fin, error))
    {
      g_clear_error (&error);
      ask_by_id (ask);
      return;
    }
  if (error == NULL)
    {
      hs_archive_page_finish (ask->page, fin, ask->is_flipped);
      if (is_same_again (ask))
        error = g_error_new (HS_ERROR, HS_ERROR_PROTOCOL, "The archive of %s gave the same page again",
                             hs_archive_describe (archive));
    }
  ask_end (ask, error);
}

/* ---- Results ---- */

static HsArchiveAsk *
find_asked (HsArchive *self, const char *query_id)
{
  for (guint i = 0; query_id != NULL && i < self->asked->len; i++)
    {
      HsArchiveAsk *ask = self->asked->pdata[i];

      if (ask->query_id != NULL && strcmp (ask->query_id, query_id) == 0)
        return ask;
    }
  return NULL;
}

/* Whether a message comes from the archive that was asked. For the account's archive, the server sends no address, the
 * account's bare JID, or the client's full JID (RFC 6120, 8.1.2.1). */
static gboolean
is_from (HsClient *client, HsElement *message, HsJid *archive)
{
  HsJid *own = hs_client_get_bound_jid (client);
  g_autoptr (HsJid) from = NULL;
  g_autoptr (HsJid) bare = NULL;

  if (archive == NULL && hs_element_get_attribute (message, "from") == NULL)
    return TRUE;
  from = hs_stanza_get_from_jid (HS_STANZA (message));
  if (from == NULL)
    return FALSE;
  if (archive != NULL)
    return hs_jid_equal (from, archive);
  bare = own != NULL ? hs_jid_get_bare (own) : NULL;
  return own != NULL && (hs_jid_equal (from, bare) || hs_jid_equal (from, own));
}

/* Whether a result is older than the time that the page begins with, or newer if the query is backwards. */
static gboolean
is_before_page (HsArchiveAsk *ask, GDateTime *stamp)
{
  gint64 time, end;

  if (stamp == NULL || hs_archive_page_count_again (ask->page) == 0)
    return FALSE;
  time = g_date_time_to_unix (stamp) * G_TIME_SPAN_SECOND + g_date_time_get_microsecond (stamp);
  end = g_ascii_strtoll (hs_archive_page_get_end (ask->previous), NULL, 10);
  return ask->page->query->is_backwards ? time > end : time < end;
}

static void
read_result (HsArchiveAsk *ask, HsElement *result)
{
  const char *id = hs_element_get_attribute (result, "id");
  HsElement *forwarded = hs_messages_get_only_child (result, "forwarded", HS_NS_FORWARD);
  HsElement *message = forwarded != NULL ? hs_messages_get_only_child (forwarded, "message", HS_NS_CLIENT) : NULL;
  HsElement *delay = forwarded != NULL ? hs_element_get_child (forwarded, "delay", HS_NS_DELAY) : NULL;
  g_autoptr (GDateTime) stamp = delay != NULL ? hs_messages_read_stamp (delay) : NULL;
  HsJid *own = hs_client_get_bound_jid (ask->archive->client);
  g_autoptr (HsJid) archive = NULL;
  HsDelivery *delivery = NULL;

  if (id == NULL || *id == '\0')
    return;
  if (ask->page->results->len >= HS_ARCHIVE_MAX_RESULTS + hs_archive_page_count_again (ask->page))
    {
      if (ask->error == NULL)
        ask->error = g_error_new (HS_ERROR, HS_ERROR_PROTOCOL, "The archive of %s gave more than %u messages for a page of %u",
                                  hs_archive_describe (ask->page->archive), ask->page->results->len,
                                  ask->page->query->page_size);
      return;
    }
  archive = ask->page->archive != NULL ? hs_jid_ref (ask->page->archive) : own != NULL ? hs_jid_get_bare (own) : NULL;
  if (message != NULL && archive != NULL)
    delivery = hs_messages_read (ask->reader, HS_MESSAGE (message),
                                 &(HsMessagesArchived){ .archive = archive, .archive_id = id, .stamp = stamp });
  ask->is_astray |= is_before_page (ask, stamp);
  if (hs_archive_page_is_again (ask->page, id, delivery))
    {
      ask->n_again++;
      g_clear_object (&delivery);
      return;
    }
  hs_archive_page_add (ask->page, id, stamp, delivery);
}

HsElement *
hs_archive_result_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  HsArchive *self = user_data;
  HsElement *message = hs_element_get_parent (element);
  HsArchiveAsk *ask = find_asked (self, hs_element_get_attribute (element, "queryid"));

  if (ask == NULL || message == NULL || !HS_IS_MESSAGE (message) || hs_element_get_parent (message) != NULL
      || !is_from (client, message, ask->page->archive))
    return NULL;
  if (hs_messages_get_client (ask->reader) != NULL)
    hs_messages_claim (ask->reader, element);
  else
    hs_client_take (client, element);
  if (ask->task != NULL && ask->error == NULL)
    read_result (ask, element);
  return NULL;
}

/* ---- Asking ---- */

/* Without HsMessages, makes an object that only reads messages: a registered one would take all messages of the
 * client. */
static HsMessages *
get_reader (HsArchive *self)
{
  HsModule *messages = hs_client_find_module (self->client, HS_TYPE_MESSAGES);
  HsJid *own = hs_client_get_bound_jid (self->client);

  return messages != NULL ? HS_MESSAGES (g_object_ref (messages)) : hs_messages_new_reader (own);
}

static void
send_query (HsArchiveAsk *ask, const HsArchiveAbility *ability)
{
  HsArchive *self = ask->archive;
  HsJid *archive = ask->page->archive;
  g_autoptr (HsElement) payload = NULL;
  g_autoptr (HsIq) iq = NULL;

  ask->reader = get_reader (self);
  ask->query_id = hs_feature_random_id ();
  ask->is_flipped = ask->page->query->is_flipped && ability->is_extended;
  payload = hs_archive_make_query (ask, ability);
  iq = hs_iq_new ("set", archive != NULL ? hs_jid_to_string (archive) : NULL, payload);
  /* The request is never cancelled: its results would arrive all the same, without a request that takes them. */
  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, NULL, answered_cb, ask);
}

static gboolean
needs_features (HsArchiveQuery *query)
{
  return query->before_id != NULL || query->after_id != NULL || query->ids != NULL || query->is_flipped;
}

static void
learned_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HsArchiveAsk *ask = user_data;
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    prepare (ask);
  else
    ask_end (ask, error);
}

static void
prepare (HsArchiveAsk *ask)
{
  HsArchive *self = ask->archive;
  HsArchiveQuery *query = ask->page->query;
  HsArchiveAbility *ability = hs_archive_get_ability (self, ask->page->archive);
  const char *missing;

  if (ask->task == NULL)
    ask_end (ask, NULL);
  else if (self->client == NULL)
    ask_end (ask, g_error_new (HS_ERROR, HS_ERROR_NOT_CONNECTED, "The archive is not registered with a client any more"));
  else if ((query->text != NULL && !ability->has_form) || (needs_features (query) && !ability->is_known))
    hs_archive_learn (self, ask->page->archive, query->text != NULL, g_task_new (self, NULL, learned_cb, ask));
  else if ((missing = hs_archive_find_missing (query, ability)) != NULL)
    ask_end (ask, g_error_new (HS_ERROR, HS_ERROR_NOT_SUPPORTED, "The archive of %s cannot be asked by '%s'",
                               hs_archive_describe (ask->page->archive), missing));
  else
    send_query (ask, ability);
}

static gboolean
is_of (HsArchiveAsk *ask, HsJid *archive)
{
  HsJid *other = ask->page->archive;

  return archive == other || (archive != NULL && other != NULL && hs_jid_equal (archive, other));
}

/* The first of those that ask its archive, or NULL. */
static HsArchiveAsk *
find_first (HsArchive *self, HsJid *archive)
{
  for (guint i = 0; i < self->asked->len; i++)
    if (is_of (self->asked->pdata[i], archive))
      return self->asked->pdata[i];
  return NULL;
}

static gboolean
may_be_asked (HsArchive *self, HsArchiveAsk *ask)
{
  HsArchiveAsk *first = find_first (self, ask->page->archive);
  guint n_archives = 0, n_same = 0;

  for (guint i = 0; i < self->asked->len; i++)
    {
      HsArchiveAsk *other = self->asked->pdata[i];

      n_archives += find_first (self, other->page->archive) == other;
      n_same += is_of (other, ask->page->archive);
    }
  return first != NULL ? ask->keeps_up && first->keeps_up && n_same < MAX_AT_ONCE : n_archives < MAX_ASKED;
}

static HsArchiveAsk *
pop_waiting (HsArchive *self)
{
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    {
      HsArchiveAsk *ask = link->data;

      if (!may_be_asked (self, ask))
        continue;
      g_queue_delete_link (&self->waiting, link);
      return ask;
    }
  return NULL;
}

static void
begin (HsArchiveAsk *ask)
{
  g_ptr_array_add (ask->archive->asked, ask);
  prepare (ask);
}

static void
ask_waiting (HsArchive *self)
{
  HsArchiveAsk *ask;

  while ((ask = pop_waiting (self)) != NULL)
    begin (ask);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  HsArchiveAsk *ask = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&ask->task);

  if (g_queue_remove (&ask->archive->waiting, ask))
    ask_free (ask);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

/* The results of the queries in flight do not come here any more: what has come of them is not all. */
void
hs_archive_fail_all (HsArchive *self)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new_with_free_func (g_object_unref);
  HsArchiveAsk *ask;

  for (guint i = 0; i < self->asked->len; i++)
    {
      ask = self->asked->pdata[i];
      if (ask->task != NULL)
        g_ptr_array_add (tasks, g_steal_pointer (&ask->task));
      if (ask->cancelled != NULL)
        g_source_destroy (ask->cancelled);
    }
  while ((ask = g_queue_pop_head (&self->waiting)) != NULL)
    {
      g_ptr_array_add (tasks, g_steal_pointer (&ask->task));
      ask_free (ask);
    }
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_new_error (tasks->pdata[i], HS_ERROR, HS_ERROR_NOT_CONNECTED,
                             "The archive is not registered with a client any more");
}

/* A query for an empty list of ids has no results. It is not sent, because an archive may take it for a query without
 * ids, which has all messages. */
static gboolean
asks_for_none (HsArchivePage *page)
{
  return page->query->ids != NULL && *page->query->ids == NULL;
}

void
hs_archive_ask (HsArchive *self, GTask *task, HsArchivePage *page, HsArchivePage *previous, gboolean keeps_up)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  HsArchiveAsk *ask;

  if (asks_for_none (page))
    {
      page->is_complete = page->is_stable = TRUE;
      g_task_return_pointer (task, page, g_object_unref);
      g_object_unref (task);
      return;
    }
  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      g_object_unref (page);
      return;
    }
  ask = g_new0 (HsArchiveAsk, 1);
  ask->archive = g_object_ref (self);
  ask->task = task;
  ask->page = page;
  ask->keeps_up = keeps_up;
  ask->previous = previous != NULL ? g_object_ref (previous) : NULL;
  if (cancellable != NULL)
    {
      ask->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (ask->cancelled, G_SOURCE_FUNC (cancelled_cb), ask, NULL);
      g_source_attach (ask->cancelled, g_task_get_context (task));
    }
  /* None of those that wait already can begin because of this one. */
  if (may_be_asked (self, ask))
    begin (ask);
  else
    g_queue_push_tail (&self->waiting, ask);
}
