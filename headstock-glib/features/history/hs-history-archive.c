/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-private.h"

#include "hs-error.h"

/* One archive. Connects its keeper, which decides, with HsArchive, which requests pages, and with HsMessages, which
 * receives messages and gives them to the program. */

/* A call that waits until a gap is filled. */
struct _HsHistoryFill
{
  HsHistoryArchive *archive; /* owns this struct */
  GTask *task;
  HsGap *gap;
  guint max;
  GSource *cancelled; /* or NULL */
};

static void fill_waiting (HsHistoryArchive *self);
static void show_gap (HsHistoryArchive *self, guint serial);

/* Returns the key by which the keeper knows a message, until the next call, or NULL. In a room's archive, the id is the
 * key: a room is one peer. */
static const char *
find_key (HsHistoryArchive *self, HsDelivery *delivery)
{
  const char *id = hs_history_get_id (delivery);
  g_autofree char *side = NULL;

  if (id == NULL || !self->is_own)
    return id;
  side = hs_messages_dup_side (HS_CHAT_MESSAGE (delivery));
  return hs_history_twins_find_key (&self->twins, &self->keeper.log.working, id, side);
}

/* ---- Questions ---- */

typedef struct
{
  HsHistoryArchive *archive; /* kept */
  guint life;
  gboolean is_answered;
  HsArchivePage *page; /* NULL if there was an error */
  GError *error;
} Asked;

static void
asked_free (Asked *self)
{
  g_clear_object (&self->page);
  g_clear_error (&self->error);
  hs_history_archive_unref (self->archive);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

static void
entry_free (gpointer data)
{
  HsHistoryEntry *self = data;

  g_clear_object ((GObject **) &self->message);
  g_free (self->id);
  g_free (self);
}

/* A message without a time gets that of the message before it. */
static GPtrArray *
list_entries (HsHistoryArchive *self, HsArchivePage *page)
{
  GPtrArray *results = hs_archive_page_get_results (page);
  GPtrArray *entries = g_ptr_array_new_full (results->len, entry_free);
  gint64 stamp = 0;

  for (guint i = 0; i < results->len; i++)
    {
      HsArchiveResult *result = results->pdata[i];
      HsHistoryEntry *entry = g_new0 (HsHistoryEntry, 1);

      if (result->stamp != NULL)
        stamp = hs_history_to_usec (result->stamp);
      entry->id = g_strdup (result->delivery != NULL ? find_key (self, result->delivery) : result->id);
      entry->stamp = stamp;
      entry->message = result->delivery != NULL ? g_object_ref (result->delivery) : NULL;
      g_ptr_array_add (entries, entry);
    }
  return entries;
}

/* Servers use several errors to say that an account or a room has no archive. Such an archive is not asked again in
 * this session. */
static HsHistoryFailure
read_failure (GError *error)
{
  if (g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND))
    return HS_HISTORY_FAILURE_NOT_FOUND;
  if (g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_FORBIDDEN)
      || g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_NOT_ALLOWED)
      || g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_SERVICE_UNAVAILABLE)
      || g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED))
    return HS_HISTORY_FAILURE_FORBIDDEN;
  return HS_HISTORY_FAILURE_OTHER;
}

static void
take_answer (HsHistoryArchive *self, Asked *asked)
{
  g_autoptr (HsHistory) history = self->history != NULL ? g_object_ref (self->history) : NULL;

  if (history != NULL && asked->page != NULL)
    {
      g_autoptr (GPtrArray) entries = list_entries (self, asked->page);

      hs_history_keeper_answer (&self->keeper, entries, hs_archive_page_get_is_stable (asked->page), asked->life,
                                hs_history_archive_get_now (self));
    }
  /* A fill that was cancelled ends by itself. */
  else if (history != NULL && !g_error_matches (asked->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_debug ("The archive of %s: %s", hs_jid_to_string (self->jid), asked->error->message);
      self->failure = asked->error;
      hs_history_keeper_fail (&self->keeper, read_failure (asked->error), asked->life,
                              hs_history_archive_get_now (self));
      self->failure = NULL;
    }
  fill_waiting (self);
  if (history != NULL)
    hs_history_changed (history);
}

static Asked *
peek_answered (HsHistoryArchive *self)
{
  Asked *asked = g_queue_peek_head (&self->asked);

  return asked != NULL && asked->is_answered ? asked : NULL;
}

/* The keeper matches answers to its questions by their order, and takes one at a time: a handler that is given a
 * message may run the main loop, in which the next answer arrives. */
static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;
  g_autoptr (HsHistoryArchive) self = hs_history_archive_ref (asked->archive);

  asked->page = hs_archive_fetch_finish (HS_ARCHIVE (source), result, &asked->error);
  asked->is_answered = TRUE;
  if (self->is_taking)
    return;
  self->is_taking = TRUE;
  while (peek_answered (self) != NULL)
    {
      g_autoptr (Asked) next = g_queue_pop_head (&self->asked);

      take_answer (self, next);
    }
  self->is_taking = FALSE;
}

static void
ask_cb (const HsHistoryQuestion *question, guint life, gpointer owner)
{
  HsHistoryArchive *self = owner;
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (self->is_own ? NULL : hs_jid_to_string (self->jid));
  const char *key = question->before != NULL && *question->before != '\0' ? question->before : question->after;
  g_autofree char *beyond = question->is_wide ? hs_history_twins_dup_beside (key, question->before != NULL ? 1 : -1)
                                              : hs_history_twins_dup_id (key);
  Asked *asked = g_new0 (Asked, 1);

  if (question->start != HS_HISTORY_NO_STAMP)
    {
      g_autoptr (GDateTime) second = g_date_time_new_from_unix_utc (question->start / G_TIME_SPAN_SECOND);
      g_autoptr (GDateTime) start
          = second != NULL ? g_date_time_add (second, question->start % G_TIME_SPAN_SECOND) : NULL;

      hs_archive_query_set_start (query, start);
    }
  hs_archive_query_set_page_size (query, question->max);
  hs_archive_query_set_is_backwards (query, question->before != NULL);
  asked->archive = hs_history_archive_ref (self);
  asked->life = life;
  g_queue_push_tail (&self->asked, asked);
  hs_archive_fetch_beyond_async (self->history->archive, query, beyond,
                                 self->filling != NULL ? g_task_get_cancellable (self->filling->task) : NULL, answered_cb,
                                 asked);
}

/* ---- The callbacks of the keeper ---- */

static void
fill_free (HsHistoryFill *self)
{
  if (self->cancelled != NULL)
    g_source_destroy (self->cancelled);
  g_clear_pointer (&self->cancelled, g_source_unref);
  g_object_unref (self->gap);
  g_object_unref (self->task);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (HsHistoryFill, fill_free)

static void
give_cb (const HsHistoryEntry *entry, guint leg, gpointer owner)
{
  HsHistoryArchive *self = owner;
  g_autoptr (HsMessages) messages = g_object_ref (self->history->messages);

  hs_messages_drop_held (messages, self->jid, hs_chat_message_get_archive_id (entry->message),
                         hs_chat_message_get_peer (entry->message));
  self->leg = leg;
  self->stamp = entry->stamp;
  hs_messages_deliver (messages, entry->message);
}

static void
release_cb (gpointer owner)
{
  HsHistoryArchive *self = owner;
  g_autoptr (HsMessages) messages = self->is_kept ? g_object_ref (self->history->messages) : NULL;

  if (messages != NULL)
    hs_messages_release (messages, self->jid);
}

static void
gap_changed_cb (guint serial, gpointer owner)
{
  show_gap (owner, serial);
}

static void
caught_up_cb (gpointer owner)
{
  HsHistoryArchive *self = owner;

  if (self->history != NULL)
    g_signal_emit (self->history, hs_history_signals[HS_HISTORY_SIGNAL_CAUGHT_UP], 0, self->jid);
}

static void
filled_cb (guint serial, gboolean is_closed, gpointer owner)
{
  HsHistoryArchive *self = owner;
  g_autoptr (HsHistoryFill) fill = g_steal_pointer (&self->filling);
  GTask *task;

  if (fill == NULL)
    return;
  task = fill->task;
  if (!is_closed && (!self->is_begun || g_error_matches (self->failure, HS_ERROR, HS_ERROR_SESSION_LOST)))
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED, "The session was lost before the gap was filled");
  else if (!is_closed && self->failure != NULL)
    g_task_return_error (task, g_error_copy (self->failure));
  else
    g_task_return_boolean (task, is_closed);
}

static void
changed_cb (gpointer owner)
{
  HsHistoryArchive *self = owner;

  if (self->history != NULL)
    hs_history_changed (self->history);
}

static const HsHistoryKeeperCallbacks keeper_callbacks = {
  .ask = ask_cb,
  .give = give_cb,
  .release = release_cb,
  .gap_changed = gap_changed_cb,
  .caught_up = caught_up_cb,
  .filled = filled_cb,
  .changed = changed_cb,
};

/* ---- Messages ---- */

static HsMessagesVerdict
arrived_cb (HsDelivery *delivery, gpointer data)
{
  HsHistoryArchive *self = data;

  if (self->is_replayed)
    return hs_history_archive_hear (self, delivery);
  switch (hs_history_keeper_judge (&self->keeper, find_key (self, delivery)))
    {
    case HS_HISTORY_VERDICT_DROP:
      return HS_MESSAGES_VERDICT_DROP;
    case HS_HISTORY_VERDICT_HOLD:
      return HS_MESSAGES_VERDICT_HOLD;
    case HS_HISTORY_VERDICT_GIVE:
    default:
      return HS_MESSAGES_VERDICT_DELIVER;
    }
}

/* Of a room: a message without an archive id. */
static HsMessagesVerdict
said_cb (HsDelivery *delivery, gpointer data)
{
  HsHistoryArchive *self = data;

  return self->is_replayed ? hs_history_archive_hear (self, delivery) : HS_MESSAGES_VERDICT_DELIVER;
}

static void
delivered_cb (HsDelivery *delivery, HsMessagesOutcome outcome, gpointer data)
{
  g_autoptr (HsHistoryArchive) self = hs_history_archive_ref (data);
  HsChatMessage *chat = HS_CHAT_MESSAGE (delivery);
  const char *key = find_key (self, delivery);
  const char *origin_id = hs_message_get_origin_id (hs_chat_message_get_message (chat));
  guint leg = self->leg;
  gint64 stamp = self->stamp;

  self->leg = 0;
  self->stamp = HS_HISTORY_NO_STAMP;
  if (self->is_replayed)
    hs_history_archive_note_heard (self, delivery, outcome);
  else if (key == NULL)
    return;
  else if (outcome == HS_MESSAGES_OUTCOME_DELIVERED)
    hs_history_keeper_given (&self->keeper, key, stamp, leg, hs_history_archive_get_now (self));
  else
    hs_history_keeper_passed (&self->keeper, key, stamp, leg, hs_history_archive_get_now (self));
  if (outcome == HS_MESSAGES_OUTCOME_LEARNED && origin_id != NULL)
    hs_history_log_add (&self->keeper.log, &(HsHistoryChange){ .kind = HS_HISTORY_CHANGE_OWN_SHOWN,
                                                               .a = { (char *) origin_id, HS_HISTORY_NO_STAMP } });
}

void
hs_history_archive_confirm (HsHistoryArchive *self, HsDelivery *delivery)
{
  const char *key = find_key (self, delivery);

  if (key != NULL)
    hs_history_keeper_confirm (&self->keeper, key, hs_history_archive_get_now (self));
}

static void
sent_cb (const char *origin_id, gpointer data)
{
  HsHistoryArchive *self = data;

  hs_history_keeper_own_sent (&self->keeper, origin_id);
}

static void
acknowledged_cb (gpointer data)
{
  HsHistoryArchive *self = data;

  hs_history_keeper_own_acked (&self->keeper, hs_history_archive_get_now (self));
}

static gboolean
is_own_cb (const char *origin_id, gpointer data)
{
  return hs_history_state_is_own (&((HsHistoryArchive *) data)->keeper.log.working, origin_id);
}

static gboolean
has_mark_cb (gpointer data)
{
  return ((HsHistoryArchive *) data)->keeper.log.working.mark.id != NULL;
}

static gint64
get_since_cb (gpointer data)
{
  return hs_history_replay_get_since (&((HsHistoryArchive *) data)->keeper.log);
}

static void
joined_cb (gpointer data)
{
  HsHistoryArchive *self = data;

  if (!self->is_own && self->history->has_session)
    hs_history_archive_join (self);
}

static void
left_cb (gpointer data)
{
  HsHistoryArchive *self = data;

  if (!self->is_own)
    hs_history_archive_end (self);
}

static const HsMessagesKeeper messages_keeper = {
  .arrived = arrived_cb,
  .said = said_cb,
  .delivered = delivered_cb,
  .sent = sent_cb,
  .acknowledged = acknowledged_cb,
  .is_own = is_own_cb,
  .has_mark = has_mark_cb,
  .get_since = get_since_cb,
  .joined = joined_cb,
  .left = left_cb,
};

void
hs_history_archive_keep (HsHistoryArchive *self)
{
  if (self->is_kept || self->jid == NULL || self->history->messages == NULL)
    return;
  self->is_kept = TRUE;
  hs_messages_keep_archive (self->history->messages, self->jid, &messages_keeper, self);
}

void
hs_history_archive_give_up (HsHistoryArchive *self)
{
  g_autoptr (HsMessages) messages = NULL;

  if (!self->is_kept)
    return;
  self->is_kept = FALSE;
  messages = g_object_ref (self->history->messages);
  hs_messages_give_up_archive (messages, self->jid);
}

/* ---- Gaps ---- */

/* Returns: (transfer full) (nullable) */
static HsGap *
find_gap (HsHistoryArchive *self, guint serial, guint *position)
{
  GListModel *gaps = G_LIST_MODEL (self->history->gaps);

  for (guint i = 0; i < g_list_model_get_n_items (gaps); i++)
    {
      g_autoptr (HsGap) gap = g_list_model_get_item (gaps, i);

      *position = i;
      if (hs_gap_get_serial (gap) == serial && hs_jid_equal (hs_gap_get_archive (gap), self->jid))
        return g_steal_pointer (&gap);
    }
  return NULL;
}

static HsGap *
make_gap (HsHistoryArchive *self, HsHistoryGap *state)
{
  HsGap *gap = hs_gap_new (self->jid, state->serial);

  hs_gap_update (gap, state);
  return gap;
}

void
hs_history_archive_list_gaps (HsHistoryArchive *self, GPtrArray *gaps)
{
  GPtrArray *states = self->keeper.log.working.gaps;

  for (guint i = 0; i < states->len; i++)
    g_ptr_array_add (gaps, make_gap (self, states->pdata[i]));
}

static void
show_gap (HsHistoryArchive *self, guint serial)
{
  HsHistoryGap *state = hs_history_state_find_gap (&self->keeper.log.working, serial);
  g_autoptr (HsHistory) history = self->history != NULL ? g_object_ref (self->history) : NULL;
  g_autoptr (HsGap) gap = NULL;
  guint position = 0;

  if (history == NULL)
    return;
  gap = find_gap (self, serial, &position);
  if (gap != NULL)
    {
      if (state == NULL)
        g_list_store_remove (history->gaps, position);
      hs_gap_update (gap, state);
      return;
    }
  if (state == NULL)
    return;
  gap = make_gap (self, state);
  g_list_store_append (history->gaps, gap);
  /* A handler may have removed the archive. */
  if (self->history != NULL)
    g_signal_emit (history, hs_history_signals[HS_HISTORY_SIGNAL_GAP_FOUND], 0, gap);
}

/* Whether @gap is a present gap of this archive, and not of another history, or of the archive before it was removed
 * and added again. */
static gboolean
has_gap (HsHistoryArchive *self, HsGap *gap)
{
  return self->history != NULL && g_list_store_find (self->history->gaps, gap, NULL);
}

/* Returns TRUE if @fill has begun or ended, which this takes over; FALSE if it must wait. */
static gboolean
fill_now (HsHistoryArchive *self, HsHistoryFill *fill)
{
  GTask *task = fill->task;

  if (!self->is_begun)
    g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED, "No archive can be asked without a session");
  else if (!hs_gap_get_is_open (fill->gap))
    g_task_return_boolean (task, TRUE);
  else if (!has_gap (self, fill->gap))
    g_task_return_boolean (task, FALSE);
  else if (hs_history_run_is_going (&self->keeper.run))
    return FALSE;
  else
    {
      self->filling = fill;
      if (hs_history_keeper_fill (&self->keeper, hs_gap_get_serial (fill->gap), fill->max,
                                  hs_history_archive_get_now (self)))
        return TRUE;
      self->filling = NULL;
      g_task_return_boolean (task, FALSE);
    }
  fill_free (fill);
  return TRUE;
}

static void
fill_waiting (HsHistoryArchive *self)
{
  HsHistoryFill *fill;

  while ((fill = g_queue_pop_head (&self->fills)) != NULL)
    {
      if (fill_now (self, fill))
        continue;
      g_queue_push_head (&self->fills, fill);
      return;
    }
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  HsHistoryFill *fill = user_data;
  g_autoptr (HsHistoryArchive) self = hs_history_archive_ref (fill->archive);
  g_autoptr (HsHistory) history = self->history != NULL ? g_object_ref (self->history) : NULL;

  if (self->filling == fill)
    hs_history_keeper_stop_fill (&self->keeper);
  else
    {
      g_queue_remove (&self->fills, fill);
      g_task_return_error_if_cancelled (fill->task);
      fill_free (fill);
    }
  fill_waiting (self);
  if (history != NULL)
    hs_history_schedule (history);
  return G_SOURCE_REMOVE;
}

void
hs_history_archive_fill (HsHistoryArchive *self, GTask *task, HsGap *gap, guint max)
{
  g_autoptr (HsHistoryArchive) alive = hs_history_archive_ref (self);
  GCancellable *cancellable = g_task_get_cancellable (task);
  HsHistoryFill *fill = g_new0 (HsHistoryFill, 1);

  fill->archive = self;
  fill->task = g_object_ref (task);
  fill->gap = g_object_ref (gap);
  fill->max = max;
  if (cancellable != NULL)
    {
      fill->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (fill->cancelled, G_SOURCE_FUNC (cancelled_cb), fill, NULL);
      g_source_set_static_name (fill->cancelled, "[headstock] history: a gap is filled");
      g_source_attach (fill->cancelled, g_task_get_context (task));
    }
  g_queue_push_tail (&self->fills, fill);
  fill_waiting (alive);
}

/* ---- The session ---- */

void
hs_history_archive_apply_settings (HsHistoryArchive *self)
{
  HsHistory *history = self->history;
  HsHistoryRunSettings *settings = &self->keeper.settings;

  settings->newest_first = history->order == HS_HISTORY_ORDER_NEWEST_FIRST;
  settings->page_size = history->page_size;
  settings->limit = history->limit;
  self->keeper.max_age = history->max_age * G_TIME_SPAN_SECOND;
}

void
hs_history_archive_begin (HsHistoryArchive *self)
{
  g_autoptr (HsHistoryArchive) alive G_GNUC_UNUSED = hs_history_archive_ref (self);
  g_autoptr (HsHistory) history = g_object_ref (self->history);

  hs_history_archive_keep (self);
  self->is_begun = TRUE;
  hs_history_keeper_begin (&self->keeper, history->is_available, hs_history_archive_get_now (self));
  /* A handler that learned of the request may have removed the archive: it has no history then. */
  hs_history_changed (history);
}

void
hs_history_archive_join (HsHistoryArchive *self)
{
  gboolean has_archive = !hs_messages_has_no_archive (self->history->messages, self->jid);

  if (has_archive)
    hs_history_archive_leave (self);
  if (has_archive && !self->is_begun)
    hs_history_archive_begin (self);
  else if (!has_archive && !self->is_begun && !self->is_replayed)
    hs_history_archive_enter (self);
}

void
hs_history_archive_end (HsHistoryArchive *self)
{
  g_autoptr (HsHistoryArchive) alive G_GNUC_UNUSED = hs_history_archive_ref (self);

  hs_history_archive_leave (self);
  self->is_begun = FALSE;
  hs_history_keeper_lost (&self->keeper);
  fill_waiting (self);
}

/* ---- The object ---- */

HsHistoryArchive *
hs_history_archive_new (HsHistory *history, HsJid *jid, gboolean is_own)
{
  HsHistoryArchive *self = g_rc_box_new0 (HsHistoryArchive);

  self->history = history;
  self->jid = jid != NULL ? hs_jid_ref (jid) : NULL;
  self->is_own = is_own;
  self->stamp = HS_HISTORY_NO_STAMP;
  g_queue_init (&self->asked);
  g_queue_init (&self->fills);
  hs_history_keeper_init (&self->keeper, &keeper_callbacks, self);
  hs_history_replay_init (&self->replay, &self->keeper.log);
  hs_history_twins_init (&self->twins);
  hs_history_archive_apply_settings (self);
  return self;
}

void
hs_history_archive_remove (HsHistoryArchive *self)
{
  g_autoptr (GListModel) gaps = g_object_ref (G_LIST_MODEL (self->history->gaps));

  hs_history_archive_end (self);
  hs_history_archive_give_up (self);
  self->history = NULL;
  /* A handler of `items-changed` may remove other archives, with their gaps: begin again after each gap. */
  for (guint i = 0; self->jid != NULL && i < g_list_model_get_n_items (gaps);)
    {
      g_autoptr (HsGap) gap = g_list_model_get_item (gaps, i);

      if (!hs_jid_equal (hs_gap_get_archive (gap), self->jid))
        {
          i++;
          continue;
        }
      g_list_store_remove (G_LIST_STORE (gaps), i);
      i = 0;
    }
}
