/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-iq-tracker.h"

#include "hs-error.h"
#include "hs-printable.h"
#include "hs-stanza-error-private.h"
#include "hs-stanza-private.h"

struct _HsIqRequest
{
  char *id;
  char *to; /* as written, for messages */
  const char *name;       /* of the payload, for messages; borrowed */
  const char *namespace_; /* of the payload, for messages; borrowed */
  HsJid *to_jid;
  HsJid *from_jid;
  gboolean to_account; /* it went to no address, or to the account's own */
  gint64 deadline;
  gint64 timeout; /* how long nothing may come while the answer is awaited or comes in; 0: for ever */
  gboolean answering;
  GList link;         /* in the queue of deadlines, where there is one */
  HsIqRequest *next;  /* with the same id */
  HsIqAnswerFunc callback;
  gpointer user_data;
};

struct _HsIqTracker
{
  GHashTable *requests; /* id -> HsIqRequest chain; NULL while there is none */
  GQueue deadlines;     /* nearest first */
  gboolean paused;      /* deadlines count from the time of the pause */
  const HsIqOwn *own; /* borrowed */
  gboolean strict;
  guint size;
  guint64 n_ended; /* requests, in whatever way */
};

static const HsIqOwn nobody;

static void
request_free (HsIqRequest *self)
{
  g_free (self->id);
  g_free (self->to);
  g_clear_pointer (&self->to_jid, hs_jid_unref);
  g_clear_pointer (&self->from_jid, hs_jid_unref);
  g_free (self);
}

HsIqTracker *
hs_iq_tracker_new (void)
{
  HsIqTracker *self = g_new0 (HsIqTracker, 1);

  self->own = &nobody;
  g_queue_init (&self->deadlines);
  return self;
}

static GPtrArray *
take_all (HsIqTracker *self)
{
  GPtrArray *all = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  if (self->requests != NULL)
    {
      g_hash_table_iter_init (&iter, self->requests);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        {
          for (HsIqRequest *request = value; request != NULL; request = request->next)
            g_ptr_array_add (all, request);
        }
      g_clear_pointer (&self->requests, g_hash_table_unref);
    }
  g_queue_init (&self->deadlines);
  self->n_ended += self->size;
  self->size = 0;
  return all;
}

/* Requests whose answers nobody has heard are dropped: fail them first. */
void
hs_iq_tracker_free (HsIqTracker *self)
{
  g_autoptr (GPtrArray) all = take_all (self);

  for (guint i = 0; i < all->len; i++)
    request_free (g_ptr_array_index (all, i));
  g_free (self);
}

void
hs_iq_tracker_set_own (HsIqTracker *self, const HsIqOwn *own)
{
  self->own = own != NULL ? own : &nobody;
}

static void
queue_deadline (HsIqTracker *self, HsIqRequest *request)
{
  GList *after = self->deadlines.tail;

  /* Nearly always the latest of all. */
  while (after != NULL && ((HsIqRequest *) after->data)->deadline > request->deadline)
    after = after->prev;
  request->link.data = request;
  if (after == NULL)
    g_queue_push_head_link (&self->deadlines, &request->link);
  else
    g_queue_insert_after_link (&self->deadlines, after, &request->link);
}

HsIqRequest *
hs_iq_tracker_add (HsIqTracker *self,
                   const char *id,
                   const char *to,
                   const char *from,
                   gint64 deadline)
{
  HsIqRequest *request = g_new0 (HsIqRequest, 1);

  request->id = g_strdup (id);
  request->to = g_strdup (to);
  request->deadline = deadline;
  if (to != NULL)
    request->to_jid = hs_jid_new (to, NULL);
  if (from != NULL)
    request->from_jid = hs_jid_new (from, NULL);
  request->to_account = to == NULL || (request->to_jid != NULL && self->own->bare != NULL &&
                                       hs_jid_equal (request->to_jid, self->own->bare));
  if (self->requests == NULL)
    self->requests = g_hash_table_new (g_str_hash, g_str_equal);
  else
    request->next = g_hash_table_lookup (self->requests, id);
  g_hash_table_replace (self->requests, request->id, request);
  self->size++;
  if (deadline != 0)
    queue_deadline (self, request);
  return request;
}

void
hs_iq_request_set_callback (HsIqRequest *self, HsIqAnswerFunc callback, gpointer user_data)
{
  self->callback = callback;
  self->user_data = user_data;
}

void
hs_iq_request_set_payload (HsIqRequest *self, const char *name, const char *namespace_)
{
  self->name = name;
  self->namespace_ = namespace_;
}

static void
take_out (HsIqTracker *self, HsIqRequest *request)
{
  HsIqRequest *first;

  if (request->deadline != 0)
    g_queue_unlink (&self->deadlines, &request->link);
  request->deadline = 0;
  self->size--;
  self->n_ended++;
  if (self->size == 0)
    {
      g_clear_pointer (&self->requests, g_hash_table_unref);
      return;
    }
  first = g_hash_table_lookup (self->requests, request->id);
  if (first == request)
    {
      g_hash_table_remove (self->requests, request->id);
      if (request->next != NULL)
        g_hash_table_insert (self->requests, request->next->id, request->next);
      return;
    }
  while (first->next != request)
    first = first->next;
  first->next = request->next;
}

void
hs_iq_tracker_remove (HsIqTracker *self, HsIqRequest *request)
{
  take_out (self, request);
  request_free (request);
}

static gboolean
is_jid (HsJid *jid, HsJid *other)
{
  return jid != NULL && other != NULL && hs_jid_equal (jid, other);
}

static gboolean
sender_is_right (HsIqTracker *self, HsIqRequest *request, HsNode *iq)
{
  const char *from = hs_node_get_attribute (iq, "from", NULL);
  g_autoptr (HsJid) jid = NULL;

  if (from == NULL)
    return request->to_account && !self->strict;
  jid = hs_stanza_node_dup_jid (iq, "from");
  if (jid == NULL)
    return FALSE;
  if (request->to_account)
    return is_jid (jid, self->own->bare) || is_jid (jid, self->own->full) ||
           is_jid (jid, self->own->domain);
  return is_jid (jid, request->to_jid);
}

static gboolean
recipient_is_right (HsIqTracker *self, HsIqRequest *request, HsNode *iq)
{
  const char *to = hs_node_get_attribute (iq, "to", NULL);
  g_autoptr (HsJid) jid = NULL;

  if (!self->strict)
    return TRUE;
  jid = to != NULL ? hs_jid_new (to, NULL) : NULL;
  return is_jid (jid, request->from_jid);
}

HsIqRequest *
hs_iq_tracker_match (HsIqTracker *self, HsNode *iq)
{
  const char *id = hs_node_get_attribute (iq, "id", NULL);
  HsIqRequest *request;

  if (id == NULL || self->requests == NULL)
    return NULL;
  for (request = g_hash_table_lookup (self->requests, id); request != NULL; request = request->next)
    {
      if (sender_is_right (self, request, iq) && recipient_is_right (self, request, iq))
        return request;
    }
  return NULL;
}

HsIqMatch
hs_iq_tracker_note (const HsIqTracker *self, HsIqRequest *request)
{
  return (HsIqMatch){ request, self->n_ended };
}

HsIqRequest *
hs_iq_tracker_match_again (HsIqTracker *self, const HsIqMatch *match, HsNode *iq)
{
  return match->n_ended == self->n_ended ? match->request : hs_iq_tracker_match (self, iq);
}

void
hs_iq_request_set_timeout (HsIqRequest *self, gint64 usec)
{
  self->timeout = usec;
}

void
hs_iq_tracker_hold (HsIqTracker *self, HsIqRequest *request)
{
  request->answering = TRUE;
  if (request->deadline == 0 || request->timeout != 0)
    return;
  g_queue_unlink (&self->deadlines, &request->link);
  request->deadline = 0;
}

static void
finish (HsIqRequest *request, HsNode *answer, const GError *error)
{
  if (request->callback != NULL)
    request->callback (answer, error, request->user_data);
  request_free (request);
}

void
hs_iq_tracker_answer (HsIqTracker *self, HsIqRequest *request, HsNode *answer)
{
  take_out (self, request);
  finish (request, answer, NULL);
}

void
hs_iq_tracker_fail (HsIqTracker *self, HsIqRequest *request, const GError *error)
{
  take_out (self, request);
  finish (request, NULL, error);
}

gint64
hs_iq_tracker_get_deadline (HsIqTracker *self)
{
  HsIqRequest *first = g_queue_peek_head (&self->deadlines);

  return first != NULL && !self->paused ? first->deadline : 0;
}

static GError *
describe_timeout (const HsIqRequest *request)
{
  g_autofree char *to = hs_printable (request->to != NULL ? request->to : "The server", HS_PRINTABLE_TEXT);
  g_autofree char *id = hs_printable (request->id, HS_PRINTABLE_NAME);
  g_autoptr (GString) message = g_string_new (to);

  g_string_append (message, " did not answer the ");
  hs_stanza_append_request (message, request->name, request->namespace_);
  g_string_append_printf (message, " with the id %s within %" G_GINT64_FORMAT " milliseconds", id,
                          request->timeout / 1000);
  return g_error_new_literal (HS_ERROR, HS_ERROR_TIMED_OUT, message->str);
}

void
hs_iq_tracker_expire (HsIqTracker *self, gint64 now, gint64 last_input)
{
  HsIqRequest *first;

  while ((first = g_queue_peek_head (&self->deadlines)) != NULL && first->deadline <= now)
    {
      g_autoptr (GError) error = NULL;

      if (first->answering && last_input + first->timeout > now)
        {
          g_queue_unlink (&self->deadlines, &first->link);
          first->deadline = last_input + first->timeout;
          queue_deadline (self, first);
          continue;
        }
      error = describe_timeout (first);
      take_out (self, first);
      finish (first, NULL, error);
    }
}

/* A deadline of 0 means that there is none. */
static void
shift_deadlines (HsIqTracker *self, gint64 usec)
{
  for (GList *link = self->deadlines.head; link != NULL; link = link->next)
    {
      HsIqRequest *request = link->data;

      request->deadline += usec;
      if (request->deadline == 0)
        request->deadline = -1;
    }
}

void
hs_iq_tracker_pause (HsIqTracker *self, gint64 now)
{
  if (self->paused)
    return;
  self->paused = TRUE;
  shift_deadlines (self, -now);
}

void
hs_iq_tracker_unpause (HsIqTracker *self, gint64 now)
{
  if (!self->paused)
    return;
  self->paused = FALSE;
  shift_deadlines (self, now);
}

gboolean
hs_iq_tracker_is_paused (HsIqTracker *self)
{
  return self->paused;
}

gint64
hs_iq_tracker_get_time (HsIqTracker *self, gint64 now)
{
  return self->paused ? 0 : now;
}

/* Requests that a callback makes anew are not among those that fail. */
void
hs_iq_tracker_fail_all (HsIqTracker *self, const GError *error)
{
  g_autoptr (GPtrArray) all = take_all (self);

  for (guint i = 0; i < all->len; i++)
    finish (g_ptr_array_index (all, i), NULL, error);
}

void
hs_iq_tracker_make_strict (HsIqTracker *self)
{
  self->strict = TRUE;
}

gboolean
hs_iq_tracker_is_strict (HsIqTracker *self)
{
  return self->strict;
}
