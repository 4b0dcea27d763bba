/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-private.h"

#include "hs-enum-types.h"
#include "hs-error.h"
#include "hs-feature.h"
#include "hs-module.h"

/**
 * HsHistory:
 *
 * Catches up with the archive of the account, and with those of rooms (XEP-0313).
 *
 * Messages that came while the program was away are emitted as [signal@Messages::received], like those that come now.
 * For clients only.
 *
 * ```python
 * messages = Headstock.Messages.new()
 * history = Headstock.History.new()
 * client.register(messages)
 * client.register(history)
 * folder.load(history)
 *
 * def received(messages, delivery):
 *     store(delivery)
 *     history.confirm(delivery)
 *
 * messages.connect("received", received)
 * history.connect("caught-up", lambda history, archive: print("up to date:", archive.to_string()))
 * ```
 *
 * Every message in an archive after the first start is given once. If the program ends before it has confirmed a
 * message with [method@History.confirm], it is given that message again, with the same
 * [property@ChatMessage:archive-id]: use the id, with the peer, as a unique key. Where messages are not in the archive
 * any more, or were not requested, there is a [class@Gap] in [property@History:gaps].
 *
 * Messages that this device has sent itself are told by [signal@Messages::learned] when the archive shows them. The state
 * remembers up to 1,000 of them that have no archive id yet; what was sent before those is given like a message of
 * another device, with [property@ChatMessage:is-outgoing].
 *
 * A [class@StateFolder] keeps the state; or the program stores [method@Stateful.dup_state] along with its messages,
 * after it has confirmed them. Without a state, each start is a first start: the program is given the newest page, and
 * the rest is a gap.
 *
 * The client needs available presence of priority 0 or more ([property@Client:own-presence]). Without it, the server
 * sends no messages, and the archive is queried every 15 minutes.
 *
 * Since: 0.2
 */

enum
{
  PROP_CLIENT = 1,
  PROP_ORDER,
  PROP_PAGE_SIZE,
  PROP_LIMIT,
  PROP_MAX_AGE,
  PROP_GAPS,
  N_PROPS
};

/* XEP-0059 sets no limit, but servers do, and HsArchive accepts no more. */
#define MAX_PAGE_SIZE 1000

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE_WITH_CODE (HsHistory,
                               hs_history,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, hs_history_module_init)
                                   G_IMPLEMENT_INTERFACE (HS_TYPE_STATEFUL, hs_history_stateful_init))

/* ---- The object ---- */

static void
hs_history_finalize (GObject *object)
{
  HsHistory *self = HS_HISTORY (object);

  hs_history_stop_timer (self);
  for (guint i = 0; i < self->archives->len; i++)
    ((HsHistoryArchive *) self->archives->pdata[i])->history = NULL;
  g_ptr_array_unref (self->archives);
  g_clear_weak_pointer (&self->client);
  g_clear_object (&self->messages);
  g_clear_object (&self->archive);
  g_object_unref (self->gaps);
  g_free (self->account);

  G_OBJECT_CLASS (hs_history_parent_class)->finalize (object);
}

static void
hs_history_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsHistory *self = HS_HISTORY (object);

  switch (prop_id)
    {
    case PROP_CLIENT:
      g_value_set_object (value, hs_history_get_client (self));
      break;
    case PROP_ORDER:
      g_value_set_enum (value, self->order);
      break;
    case PROP_PAGE_SIZE:
      g_value_set_uint (value, self->page_size);
      break;
    case PROP_LIMIT:
      g_value_set_uint (value, self->limit);
      break;
    case PROP_MAX_AGE:
      g_value_set_uint (value, self->max_age);
      break;
    case PROP_GAPS:
      g_value_set_object (value, self->gaps);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_history_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsHistory *self = HS_HISTORY (object);

  switch (prop_id)
    {
    case PROP_ORDER:
      hs_history_set_order (self, g_value_get_enum (value));
      break;
    case PROP_PAGE_SIZE:
      hs_history_set_page_size (self, g_value_get_uint (value));
      break;
    case PROP_LIMIT:
      hs_history_set_limit (self, g_value_get_uint (value));
      break;
    case PROP_MAX_AGE:
      hs_history_set_max_age (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_history_class_init (HsHistoryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GParamFlags rw = ro | G_PARAM_WRITABLE;

  object_class->finalize = hs_history_finalize;
  object_class->get_property = hs_history_get_property;
  object_class->set_property = hs_history_set_property;
  hs_feature_mark (G_TYPE_FROM_CLASS (klass), TRUE);

  /**
   * HsHistory:client: (getter get_client)
   *
   * The client that the module is registered with.
   *
   * Since: 0.2
   */
  props[PROP_CLIENT] = g_param_spec_object ("client", NULL, NULL, HS_TYPE_CLIENT, ro);

  /**
   * HsHistory:order: (getter get_order) (setter set_order)
   *
   * The order in which missed messages are given.
   *
   * The default is %HS_HISTORY_ORDER_OLDEST_FIRST. A change applies from the next time on that an archive is caught up
   * with. If %HS_HISTORY_ORDER_NEWEST_FIRST has left a gap with %HS_GAP_REASON_PENDING, it is filled first, from its
   * end backwards.
   *
   * Since: 0.2
   */
  props[PROP_ORDER] = g_param_spec_enum ("order", NULL, NULL, HS_TYPE_HISTORY_ORDER, HS_HISTORY_ORDER_OLDEST_FIRST, rw);

  /**
   * HsHistory:page-size: (getter get_page_size) (setter set_page_size)
   *
   * How many messages are requested in one page, from 1 to 1,000.
   *
   * The default is 50. A server may send fewer.
   *
   * Since: 0.2
   */
  props[PROP_PAGE_SIZE] = g_param_spec_uint ("page-size", NULL, NULL, 1, MAX_PAGE_SIZE, 50, rw);

  /**
   * HsHistory:limit: (getter get_limit) (setter set_limit)
   *
   * How many messages are given at most each time that an archive is caught up with in
   * %HS_HISTORY_ORDER_NEWEST_FIRST.
   *
   * The default is 0: no limit. Older messages are in a [class@Gap] with %HS_GAP_REASON_LIMIT. The page that reaches
   * the limit is given as a whole.
   *
   * Since: 0.2
   */
  props[PROP_LIMIT] = g_param_spec_uint ("limit", NULL, NULL, 0, G_MAXUINT, 0, rw);

  /**
   * HsHistory:max-age: (getter get_max_age) (setter set_max_age)
   *
   * How old missed messages may be, in seconds, in either order.
   *
   * The default is 0: no limit. Older messages are in a [class@Gap] with %HS_GAP_REASON_LIMIT. With
   * %HS_HISTORY_ORDER_NEWEST_FIRST, the page that reaches the limit is given as a whole.
   *
   * Since: 0.2
   */
  props[PROP_MAX_AGE] = g_param_spec_uint ("max-age", NULL, NULL, 0, G_MAXUINT, 0, rw);

  /**
   * HsHistory:gaps: (getter get_gaps)
   *
   * The parts of the archives that the program has not been given: a list of [class@Gap], in the order found.
   *
   * Since: 0.2
   */
  props[PROP_GAPS] = g_param_spec_object ("gaps", NULL, NULL, G_TYPE_LIST_MODEL, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
  hs_history_install_signals ();
}

static void
hs_history_init (HsHistory *self)
{
  self->page_size = 50;
  self->gaps = g_list_store_new (HS_TYPE_GAP);
  self->archives = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_history_archive_unref);
  hs_history_reset (self);
}

/**
 * hs_history_new:
 *
 * Makes a module that catches up with archives, for [method@Client.register].
 *
 * It needs [class@Messages] and [class@Archive]. If the client does not have one of them, it is registered as well.
 *
 * Returns: (transfer full): the module
 *
 * Since: 0.2
 */
HsHistory *
hs_history_new (void)
{
  return g_object_new (HS_TYPE_HISTORY, NULL);
}

/**
 * hs_history_get_client: (get-property client)
 * @self: the history of an account
 *
 * Gets the client that the module is registered with.
 *
 * Returns: (transfer none) (nullable): the client, or %NULL
 *
 * Since: 0.2
 */
HsClient *
hs_history_get_client (HsHistory *self)
{
  g_return_val_if_fail (HS_IS_HISTORY (self), NULL);

  return self->client;
}

/**
 * hs_history_get_order: (get-property order)
 * @self: the history of an account
 *
 * Gets the order in which missed messages are given.
 *
 * The default is %HS_HISTORY_ORDER_OLDEST_FIRST.
 *
 * Returns: the order
 *
 * Since: 0.2
 */
HsHistoryOrder
hs_history_get_order (HsHistory *self)
{
  g_return_val_if_fail (HS_IS_HISTORY (self), HS_HISTORY_ORDER_OLDEST_FIRST);

  return self->order;
}

/**
 * hs_history_set_order: (set-property order)
 * @self: the history of an account
 * @order: the order
 *
 * Sets the order in which missed messages are given.
 *
 * The change applies from the next time on that an archive is caught up with.
 *
 * Since: 0.2
 */
void
hs_history_set_order (HsHistory *self, HsHistoryOrder order)
{
  g_return_if_fail (HS_IS_HISTORY (self));

  if (self->order == order)
    return;
  self->order = order;
  hs_history_for_each (self, hs_history_archive_apply_settings);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ORDER]);
}

/**
 * hs_history_get_page_size: (get-property page-size)
 * @self: the history of an account
 *
 * Gets how many messages are requested in one page.
 *
 * The default is 50.
 *
 * Returns: the number
 *
 * Since: 0.2
 */
guint
hs_history_get_page_size (HsHistory *self)
{
  g_return_val_if_fail (HS_IS_HISTORY (self), 0);

  return self->page_size;
}

/**
 * hs_history_set_page_size: (set-property page-size)
 * @self: the history of an account
 * @page_size: the number
 *
 * Sets how many messages are requested in one page, from 1 to 1,000.
 *
 * The default is 50. A server may send fewer.
 *
 * Since: 0.2
 */
void
hs_history_set_page_size (HsHistory *self, guint page_size)
{
  g_return_if_fail (HS_IS_HISTORY (self));
  g_return_if_fail (page_size >= 1 && page_size <= MAX_PAGE_SIZE);

  if (self->page_size == page_size)
    return;
  self->page_size = page_size;
  hs_history_for_each (self, hs_history_archive_apply_settings);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PAGE_SIZE]);
}

/**
 * hs_history_get_limit: (get-property limit)
 * @self: the history of an account
 *
 * Gets how many messages are given at most each time that an archive is caught up with in
 * %HS_HISTORY_ORDER_NEWEST_FIRST.
 *
 * The default is 0: no limit.
 *
 * Returns: the number
 *
 * Since: 0.2
 */
guint
hs_history_get_limit (HsHistory *self)
{
  g_return_val_if_fail (HS_IS_HISTORY (self), 0);

  return self->limit;
}

/**
 * hs_history_set_limit: (set-property limit)
 * @self: the history of an account
 * @limit: the number
 *
 * Sets how many messages are given at most each time that an archive is caught up with in
 * %HS_HISTORY_ORDER_NEWEST_FIRST.
 *
 * The default is 0: no limit. Older messages are in a [class@Gap] with %HS_GAP_REASON_LIMIT.
 *
 * Since: 0.2
 */
void
hs_history_set_limit (HsHistory *self, guint limit)
{
  g_return_if_fail (HS_IS_HISTORY (self));

  if (self->limit == limit)
    return;
  self->limit = limit;
  hs_history_for_each (self, hs_history_archive_apply_settings);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LIMIT]);
}

/**
 * hs_history_get_max_age: (get-property max-age)
 * @self: the history of an account
 *
 * Gets how old missed messages may be, in seconds, in either order.
 *
 * The default is 0: no limit.
 *
 * Returns: the seconds
 *
 * Since: 0.2
 */
guint
hs_history_get_max_age (HsHistory *self)
{
  g_return_val_if_fail (HS_IS_HISTORY (self), 0);

  return self->max_age;
}

/**
 * hs_history_set_max_age: (set-property max-age)
 * @self: the history of an account
 * @max_age: the seconds
 *
 * Sets how old missed messages may be, in seconds, in either order.
 *
 * The default is 0: no limit. Older messages are in a [class@Gap] with %HS_GAP_REASON_LIMIT.
 *
 * Since: 0.2
 */
void
hs_history_set_max_age (HsHistory *self, guint max_age)
{
  g_return_if_fail (HS_IS_HISTORY (self));

  if (self->max_age == max_age)
    return;
  self->max_age = max_age;
  hs_history_for_each (self, hs_history_archive_apply_settings);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAX_AGE]);
}

/**
 * hs_history_get_gaps: (get-property gaps)
 * @self: the history of an account
 *
 * Gets the parts of the archives that the program has not been given: a list of [class@Gap], in the order found.
 *
 * Returns: (transfer none): the list; it is always the same one
 *
 * Since: 0.2
 */
GListModel *
hs_history_get_gaps (HsHistory *self)
{
  g_return_val_if_fail (HS_IS_HISTORY (self), NULL);

  return G_LIST_MODEL (self->gaps);
}

/**
 * hs_history_add_archive:
 * @self: the history of an account
 * @room: the address of a room
 *
 * Catches up with the archive of a room from now on, whenever the account is in the room.
 *
 * A room without an archive is asked, when it is joined, for what was said since the last message that the program was
 * given (XEP-0045, 7.2.13). The messages that the program has are not given again, and there is a gap where the room has
 * not kept all of them. Nothing can fill such a gap, its ends have times and no ids, and such a room is never current.
 *
 * The account's own archive need not be added. Adding a room again changes nothing.
 *
 * Since: 0.2
 */
void
hs_history_add_archive (HsHistory *self, const char *room)
{
  g_autoptr (HsHistoryArchive) added = NULL;
  g_autoptr (HsJid) jid = NULL;
  HsHistoryArchive *archive;

  g_return_if_fail (HS_IS_HISTORY (self));
  g_return_if_fail (room != NULL);

  jid = hs_jid_new (room, NULL);
  g_return_if_fail (jid != NULL && hs_jid_is_bare (jid));

  archive = hs_history_find_archive (self, jid);
  if (archive != NULL)
    {
      archive->is_added = !archive->is_own;
      return;
    }
  added = hs_history_take_archive (self, jid);
  added->is_added = TRUE;
  hs_history_changed (self);
}

/**
 * hs_history_remove_archive:
 * @self: the history of an account
 * @room: the address of a room
 *
 * Forgets the archive of a room, with its gaps.
 *
 * If the room is added again, its archive begins with a first start. The account's own archive cannot be removed.
 * Nothing happens if the room was not added.
 *
 * Since: 0.2
 */
void
hs_history_remove_archive (HsHistory *self, const char *room)
{
  HsHistoryArchive *archive;

  g_return_if_fail (HS_IS_HISTORY (self));
  g_return_if_fail (room != NULL);

  archive = hs_history_find_by_address (self, room);
  if (archive == NULL || archive->is_own)
    return;
  hs_history_drop_archive (self, archive);
  hs_history_changed (self);
}

/**
 * hs_history_confirm:
 * @self: the history of an account
 * @delivery: a message that the program was given
 *
 * Says that the program has stored a message, and all messages from the same archive that it was given before.
 *
 * The state ([method@Stateful.dup_state]) only contains what was confirmed. While 1,000 messages of an archive are not
 * confirmed, no pages are requested. A message without an archive id changes nothing, unless it is from a room without
 * an archive that was added. Neither does one that is confirmed already.
 *
 * Since: 0.2
 */
void
hs_history_confirm (HsHistory *self, HsDelivery *delivery)
{
  HsHistoryArchive *archive;
  HsJid *jid;

  g_return_if_fail (HS_IS_HISTORY (self));
  g_return_if_fail (HS_IS_DELIVERY (delivery));

  jid = hs_chat_message_get_archive (HS_CHAT_MESSAGE (delivery));
  if (jid == NULL)
    jid = hs_chat_message_get_peer (HS_CHAT_MESSAGE (delivery));
  archive = jid != NULL ? hs_history_find_archive (self, jid) : NULL;
  if (archive != NULL)
    hs_history_archive_confirm (archive, delivery);
}

/**
 * hs_history_is_current:
 * @self: the history of an account
 * @archive: (nullable): the address of a room, or %NULL for the account's own archive
 *
 * Whether the program was given all messages of an archive, and is given new ones at once.
 *
 * Returns: true if it is; false also for an archive that was not added
 *
 * Since: 0.2
 */
gboolean
hs_history_is_current (HsHistory *self, const char *archive)
{
  HsHistoryArchive *found;

  g_return_val_if_fail (HS_IS_HISTORY (self), FALSE);

  found = hs_history_find_by_address (self, archive);
  return found != NULL && found->keeper.is_current;
}

/**
 * hs_history_fill_async:
 * @self: the history of an account
 * @gap: a gap
 * @max: how many messages are given at most, or 0 for no limit; the last page is given as a whole
 * @cancellable: (nullable): a #GCancellable
 * @callback: (scope async): called when the gap is filled as far as it can be
 * @user_data: data for @callback
 *
 * Requests the messages in a gap, from its end backwards, and emits them as [signal@Messages::received].
 *
 * The call waits while the archive is being caught up with, and while another gap of it is being filled. Each page
 * moves the end of the gap back; [property@Gap:is-open] is %FALSE once nothing is left in it. A gap without an end
 * cannot be filled yet.
 *
 * Call [method@History.fill_finish] in the callback to get the result.
 *
 * ```python
 * # A copy: a gap leaves the list as soon as it is filled.
 * for gap in list(history.props.gaps):
 *     print("Filled:", await history.fill_async(gap, 100))
 * ```
 *
 * Since: 0.2
 */
void
hs_history_fill_async (HsHistory *self,
                       HsGap *gap,
                       guint max,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  HsHistoryArchive *archive;

  g_return_if_fail (HS_IS_HISTORY (self));
  g_return_if_fail (HS_IS_GAP (gap));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_history_fill_async);
  /* A gap that the program has made itself belongs to no archive. */
  archive = hs_gap_get_archive (gap) != NULL ? hs_history_find_archive (self, hs_gap_get_archive (gap)) : NULL;
  if (g_task_return_error_if_cancelled (task))
    return;
  if (archive == NULL)
    g_task_return_boolean (task, FALSE);
  else
    hs_history_archive_fill (archive, task, gap, max);
}

/**
 * hs_history_fill_finish:
 * @self: the history of an account
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@History.fill_async].
 *
 * Errors: %HS_ERROR_NOT_CONNECTED without a session, outside the room, or if the session is lost before the gap is
 * filled; %G_IO_ERROR_CANCELLED; those of [method@Archive.fetch_finish].
 *
 * Returns: %TRUE if nothing is left in the gap; %FALSE without an error if @max was reached, the archive does not have
 *   the rest, or the gap does not belong to @self any more
 *
 * Since: 0.2
 */
gboolean
hs_history_fill_finish (HsHistory *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_HISTORY (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_history_fill_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
