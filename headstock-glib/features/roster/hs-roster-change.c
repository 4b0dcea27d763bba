/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-private.h"

#include <string.h>

#include "hs-error.h"
#include "hs-namespaces.h"

/* Changes of the roster by the program (RFC 6121, 2.3 to 2.5). The server sends the result as a roster push. */

static void
changed_cb (GObject *client, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (client), result, &error);

  if (answer != NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Servers refuse an item with a group that has no name or comes twice (RFC 6121, 2.3.3). */
static gboolean
is_written (const char *const *groups, guint position)
{
  for (guint i = 0; i < position; i++)
    if (strcmp (groups[i], groups[position]) == 0)
      return FALSE;
  return *groups[position] != '\0';
}

static HsElement *
make_item (HsJid *jid, const char *name, const char *const *groups)
{
  HsElement *item = hs_element_new ("item", HS_NS_ROSTER);

  hs_element_set_attribute (item, "jid", hs_jid_to_string (jid));
  if (name != NULL && *name != '\0')
    hs_element_set_attribute (item, "name", name);
  for (guint i = 0; groups != NULL && groups[i] != NULL; i++)
    if (is_written (groups, i))
      hs_element_add_text_child (item, "group", HS_NS_ROSTER, groups[i]);
  return item;
}

static void
send_item (HsRoster *self, GTask *task, HsElement *item)
{
  g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_ROSTER);
  g_autoptr (HsIq) iq = NULL;

  if (self->client == NULL)
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                               "The roster is not registered with a client");
      return;
    }
  hs_element_append (query, item);
  iq = hs_iq_new ("set", NULL, query);
  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, g_task_get_cancellable (task),
                           changed_cb, g_object_ref (task));
}

/**
 * hs_roster_add_async:
 * @self: a roster
 * @jid: an address; its bare JID is added
 * @name: (nullable): a name for the contact, or %NULL
 * @groups: (nullable) (array zero-terminated=1): the groups of the contact, or %NULL; those without a name are left out
 * @cancellable: (nullable): a #GCancellable, which ends the waiting but not the change
 * @callback: (scope async) (closure user_data): called when the server has answered
 * @user_data: data for @callback
 *
 * Adds somebody to the roster (RFC 6121, 2.3).
 *
 * The contact appears in [property@Roster:contacts] when the roster push of the server arrives, which can be before or
 * after its answer. To see the contact's presence as well, call [method@Roster.subscribe].
 *
 * Call [method@Roster.add_finish] in the callback to get the result.
 *
 * ```python
 * await roster.add_async("juliet@capulet.example", "Juliet", ["Friends"])
 * roster.subscribe("juliet@capulet.example")
 * ```
 *
 * Since: 0.2
 */
void
hs_roster_add_async (HsRoster *self,
                     const char *jid,
                     const char *name,
                     const char *const *groups,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (HsJid) parsed = NULL;
  g_autoptr (HsJid) bare = NULL;
  g_autoptr (HsElement) item = NULL;
  GError *error = NULL;

  g_return_if_fail (HS_IS_ROSTER (self));
  g_return_if_fail (jid != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_roster_add_async);
  parsed = hs_jid_new (jid, &error);
  if (parsed == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  bare = hs_jid_get_bare (parsed);
  item = make_item (bare, name, groups);
  send_item (self, task, item);
}

/**
 * hs_roster_add_finish:
 * @self: a roster
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Roster.add_async].
 *
 * Errors: %HS_ERROR_INVALID_JID; an error of %HS_STANZA_ERROR if the server refused; %HS_ERROR_NOT_CONNECTED without a
 * session; %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: true if the server has added the contact
 *
 * Since: 0.2
 */
gboolean
hs_roster_add_finish (HsRoster *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROSTER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_roster_add_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_roster_update_async:
 * @self: a roster
 * @contact: a contact
 * @name: (nullable): the new name; an empty one removes the name, %NULL leaves it as it is
 * @groups: (nullable) (array zero-terminated=1): the new groups; an empty array removes the contact from all groups,
 *   %NULL leaves them as they are
 * @cancellable: (nullable): a #GCancellable, which ends the waiting but not the change
 * @callback: (scope async) (closure user_data): called when the server has answered
 * @user_data: data for @callback
 *
 * Changes the name or the groups of a contact (RFC 6121, 2.4).
 *
 * Call [method@Roster.update_finish] in the callback to get the result.
 *
 * ```python
 * contact = roster.lookup("juliet@capulet.example")
 * if contact is not None:
 *     await roster.update_async(contact, "Juliet C.", ["Family"])
 * ```
 *
 * Since: 0.2
 */
void
hs_roster_update_async (HsRoster *self,
                        HsContact *contact,
                        const char *name,
                        const char *const *groups,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (HsElement) item = NULL;

  g_return_if_fail (HS_IS_ROSTER (self));
  g_return_if_fail (HS_IS_CONTACT (contact));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_roster_update_async);
  item = make_item (hs_contact_get_jid (contact),
                    name != NULL ? name : hs_contact_get_name (contact),
                    groups != NULL ? groups : hs_contact_get_groups (contact));
  send_item (self, task, item);
}

/**
 * hs_roster_update_finish:
 * @self: a roster
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Roster.update_async].
 *
 * Errors: an error of %HS_STANZA_ERROR if the server refused; %HS_ERROR_NOT_CONNECTED without a session;
 * %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: true if the server has changed the contact
 *
 * Since: 0.2
 */
gboolean
hs_roster_update_finish (HsRoster *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROSTER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_roster_update_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * hs_roster_remove_async:
 * @self: a roster
 * @contact: a contact
 * @cancellable: (nullable): a #GCancellable, which ends the waiting but not the change
 * @callback: (scope async) (closure user_data): called when the server has answered
 * @user_data: data for @callback
 *
 * Removes a contact from the roster (RFC 6121, 2.5).
 *
 * The server ends the subscriptions in both directions.
 *
 * Call [method@Roster.remove_finish] in the callback to get the result.
 *
 * ```python
 * contact = roster.lookup("tybalt@capulet.example")
 * if contact is not None:
 *     await roster.remove_async(contact)
 * ```
 *
 * Since: 0.2
 */
void
hs_roster_remove_async (HsRoster *self,
                        HsContact *contact,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (HsElement) item = NULL;

  g_return_if_fail (HS_IS_ROSTER (self));
  g_return_if_fail (HS_IS_CONTACT (contact));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_roster_remove_async);
  item = make_item (hs_contact_get_jid (contact), NULL, NULL);
  hs_element_set_attribute (item, "subscription", "remove");
  send_item (self, task, item);
}

/**
 * hs_roster_remove_finish:
 * @self: a roster
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Finishes an operation started with [method@Roster.remove_async].
 *
 * Errors: an error of %HS_STANZA_ERROR if the server refused; %HS_ERROR_NOT_CONNECTED without a session;
 * %HS_ERROR_SESSION_LOST; %HS_ERROR_TIMED_OUT; %G_IO_ERROR_CANCELLED.
 *
 * Returns: true if the server has removed the contact
 *
 * Since: 0.2
 */
gboolean
hs_roster_remove_finish (HsRoster *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_ROSTER (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, hs_roster_remove_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
