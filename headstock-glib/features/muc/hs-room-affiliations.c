/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-request-private.h"

#include "hs-affiliate-private.h"
#include "hs-muc-text-private.h"
#include "hs-namespaces.h"

/* Affiliations, which admins change (XEP-0045, 9). */

static HsElement *
add_item (HsElement *query, const char *attribute, const char *value)
{
  HsElement *item = hs_element_add_child (query, "item", HS_NS_MUC_ADMIN);

  hs_element_set_attribute (item, attribute, value);
  return item;
}

static void
do_change_affiliation (HsRoom *self, GTask *task, const char *jid, HsAffiliation affiliation, const char *reason)
{
  g_autoptr (HsElement) query = NULL;
  GError *error = NULL;
  g_autoptr (HsJid) person = hs_jid_new (jid, &error);
  g_autoptr (HsJid) bare = NULL;
  HsElement *item;

  if (person == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  bare = hs_jid_get_bare (person);
  query = hs_element_new ("query", HS_NS_MUC_ADMIN);
  item = add_item (query, "affiliation", hs_muc_describe_affiliation (affiliation));
  hs_element_set_attribute (item, "jid", hs_jid_to_string (bare));
  hs_room_add_reason (item, HS_NS_MUC_ADMIN, reason);
  hs_room_ask (self, task, "set", query, hs_room_read_done);
}

static HsAffiliate *
read_affiliate (HsElement *item)
{
  const char *text = hs_element_get_attribute (item, "jid");
  HsJid *jid = text != NULL && hs_element_matches (item, "item", HS_NS_MUC_ADMIN) ? hs_jid_new (text, NULL) : NULL;
  HsAffiliate *affiliate;

  if (jid == NULL)
    return NULL;
  affiliate = g_object_new (HS_TYPE_AFFILIATE, NULL);
  affiliate->jid = jid;
  affiliate->affiliation = hs_muc_parse_affiliation (hs_element_get_attribute (item, "affiliation"));
  affiliate->nick = g_strdup (hs_element_get_attribute (item, "nick"));
  affiliate->reason = g_strdup (hs_element_get_child_text (item, "reason", HS_NS_MUC_ADMIN));
  return affiliate;
}

static void
read_affiliates (HsRoom *self, GTask *task, HsIq *answer)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  HsElement *query = hs_iq_get_payload (answer);

  for (HsElement *item = query != NULL ? hs_element_get_first_child (query) : NULL; item != NULL;
       item = hs_element_get_next_sibling (item))
    {
      HsAffiliate *affiliate = read_affiliate (item);

      if (affiliate != NULL)
        g_ptr_array_add (list, affiliate);
    }
  g_task_return_pointer (task, list, (GDestroyNotify) g_ptr_array_unref);
}

static void
do_query_affiliations (HsRoom *self, GTask *task, HsAffiliation affiliation)
{
  g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_MUC_ADMIN);

  add_item (query, "affiliation", hs_muc_describe_affiliation (affiliation));
  hs_room_ask (self, task, "get", query, read_affiliates);
}

/**
 * hs_room_ban_async:
 * @self: a room
 * @jid: the address of a person
 * @reason: (nullable): the reason, or %NULL
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the room has answered
 * @user_data: data for @callback
 *
 * Bans somebody from the room (XEP-0045, 9.1).
 *
 * Only admins may do this. The resource of the address is ignored.
 *
 * Call [method@Room.ban_finish] in the callback to get the result.
 *
 * ```python
 * await room.ban_async("tybalt@capulet.example", "No fighting here")
 * ```
 *
 * Since: 0.2
 */
void
hs_room_ban_async (HsRoom *self,
                   const char *jid,
                   const char *reason,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (jid != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_ban_async);
  do_change_affiliation (self, task, jid, HS_AFFILIATION_OUTCAST, reason);
}

/**
 * hs_room_ban_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.ban_async].
 *
 * Errors: %HS_ERROR_INVALID_JID; an error of %HS_STANZA_ERROR if the room refuses; %HS_ERROR_NOT_CONNECTED without a
 * session; %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_ban_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_ban_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_room_change_affiliation_async:
 * @self: a room
 * @jid: the address of a person
 * @affiliation: the affiliation
 * @reason: (nullable): the reason, or %NULL
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the room has answered
 * @user_data: data for @callback
 *
 * Changes the affiliation of somebody to the room (XEP-0045, 9).
 *
 * It makes somebody a member, an admin or an owner, or bans them. The resource of the address is ignored.
 *
 * Call [method@Room.change_affiliation_finish] in the callback to get the result.
 *
 * ```python
 * await room.change_affiliation_async("juliet@capulet.example", Headstock.Affiliation.MEMBER)
 * ```
 *
 * Since: 0.2
 */
void
hs_room_change_affiliation_async (HsRoom *self,
                                  const char *jid,
                                  HsAffiliation affiliation,
                                  const char *reason,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail (jid != NULL);
  g_return_if_fail ((guint) affiliation <= HS_AFFILIATION_OWNER);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_change_affiliation_async);
  do_change_affiliation (self, task, jid, affiliation, reason);
}

/**
 * hs_room_change_affiliation_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.change_affiliation_async].
 *
 * Errors: %HS_ERROR_INVALID_JID; an error of %HS_STANZA_ERROR if the room refuses; %HS_ERROR_NOT_CONNECTED without a
 * session; %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE on success, %FALSE with an error
 *
 * Since: 0.2
 */
gboolean
hs_room_change_affiliation_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_change_affiliation_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_room_query_affiliations_async:
 * @self: a room
 * @affiliation: the affiliation
 * @cancellable: (nullable): a #GCancellable, which ends the waiting
 * @callback: (scope async) (closure user_data): called when the room has answered
 * @user_data: data for @callback
 *
 * Asks who has an affiliation to the room (XEP-0045, 9.5).
 *
 * Rooms answer their admins, and some rooms answer all occupants.
 *
 * Call [method@Room.query_affiliations_finish] in the callback to get the result.
 *
 * ```python
 * for affiliate in await room.query_affiliations_async(Headstock.Affiliation.MEMBER):
 *     print(affiliate.jid)
 * ```
 *
 * Since: 0.2
 */
void
hs_room_query_affiliations_async (HsRoom *self,
                                  HsAffiliation affiliation,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (HS_IS_ROOM (self));
  g_return_if_fail ((guint) affiliation <= HS_AFFILIATION_OWNER);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_room_query_affiliations_async);
  do_query_affiliations (self, task, affiliation);
}

/**
 * hs_room_query_affiliations_finish:
 * @self: a room
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Room.query_affiliations_async].
 *
 * Errors: an error of %HS_STANZA_ERROR if the room refuses; %HS_ERROR_NOT_CONNECTED without a session;
 * %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer container) (element-type HsAffiliate): the people with the affiliation, or %NULL with an error
 *
 * Since: 0.2
 */
GPtrArray *
hs_room_query_affiliations_finish (HsRoom *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROOM (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_room_query_affiliations_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
