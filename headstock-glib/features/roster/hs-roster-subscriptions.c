/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-private.h"

#include "hs-error.h"
#include "hs-iq.h"
#include "hs-namespaces.h"
#include "hs-subscription-request-private.h"

/* Subscriptions (RFC 6121, 3): the program's requests and answers. */

HsSubscriptionRequest *
hs_roster_find_request (HsRoster *self, HsJid *jid)
{
  for (guint i = 0; i < hs_roster_list_get_size (self->requests); i++)
    {
      HsSubscriptionRequest *request = hs_roster_list_peek (self->requests, i);

      if (hs_jid_equal (hs_subscription_request_get_jid (request), jid))
        return request;
    }
  return NULL;
}

void
hs_roster_drop_request (HsRoster *self, HsJid *jid)
{
  HsSubscriptionRequest *request = hs_roster_find_request (self, jid);

  if (request != NULL)
    hs_roster_list_remove (self->requests, request);
}

static void
drop_if (HsRoster *self, gboolean (*is_over) (HsRoster *self, HsSubscriptionRequest *request))
{
  GPtrArray *kept = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < hs_roster_list_get_size (self->requests); i++)
    {
      HsSubscriptionRequest *request = hs_roster_list_peek (self->requests, i);

      if (!is_over (self, request))
        g_ptr_array_add (kept, g_object_ref (request));
    }
  g_ptr_array_unref (hs_roster_list_replace (self->requests, kept));
}

static gboolean
is_answered (HsRoster *self, HsSubscriptionRequest *request)
{
  HsContact *contact = hs_roster_contacts_lookup (&self->contacts, request->jid);

  return contact != NULL && hs_contact_get_subscription (contact) >= HS_SUBSCRIPTION_FROM;
}

void
hs_roster_drop_answered (HsRoster *self)
{
  drop_if (self, is_answered);
}

/* ---- Requests of earlier sessions ---- */

static gboolean
is_old (HsRoster *self, HsSubscriptionRequest *request)
{
  return request->is_old;
}

static gboolean
has_old (HsRoster *self)
{
  for (guint i = 0; i < hs_roster_list_get_size (self->requests); i++)
    if (is_old (self, hs_roster_list_peek (self->requests, i)))
      return TRUE;
  return FALSE;
}

void
hs_roster_age_requests (HsRoster *self)
{
  for (guint i = 0; i < hs_roster_list_get_size (self->requests); i++)
    ((HsSubscriptionRequest *) hs_roster_list_peek (self->requests, i))->is_old = TRUE;
  self->is_available = FALSE;
  self->has_asked_back = FALSE;
}

static void
asked_back_cb (GObject *client, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (HsRoster) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (client), result, &error);

  /* An error of the server is an answer, too. */
  if (answer != NULL || error->domain == HS_STANZA_ERROR)
    drop_if (self, is_old);
  else
    self->has_asked_back = FALSE;
}

/* When the account becomes available, the server sends each request that nobody has answered (RFC 6121, 3.1.3). One that
 * it does not send was withdrawn, or answered by another client, while this client was offline. The answer to a ping
 * comes after the last one. */
void
hs_roster_check_requests (HsRoster *self)
{
  g_autoptr (HsElement) payload = NULL;
  g_autoptr (HsIq) iq = NULL;

  if (!self->is_available || self->has_asked_back || self->client == NULL
      || hs_client_get_state (self->client) != HS_CLIENT_STATE_READY || !has_old (self))
    return;
  self->has_asked_back = TRUE;
  payload = hs_element_new ("ping", HS_NS_PING);
  iq = hs_iq_new ("get", NULL, payload);
  hs_client_request_async (self->client, HS_ELEMENT (iq), -1, NULL, asked_back_cb, g_object_ref (self));
}

/* ---- For the program ---- */

gboolean
hs_roster_send_presence (HsRoster *self,
                         const char *type,
                         HsJid *jid,
                         const char *status,
                         GError **error)
{
  g_autoptr (HsPresence) presence = hs_presence_new (type);

  if (self->client == NULL)
    {
      g_set_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED,
                   "The presence for %s was not sent: the roster is not registered with a client",
                   hs_jid_to_string (jid));
      return FALSE;
    }
  hs_stanza_set_to_jid (HS_STANZA (presence), jid);
  if (status != NULL && *status != '\0')
    hs_presence_set_status (presence, status);
  return hs_client_send_stanza (self->client, HS_ELEMENT (presence), error);
}

/* Subscriptions are between bare JIDs. */
static HsJid *
parse_bare (const char *string, GError **error)
{
  g_autoptr (HsJid) jid = hs_jid_new (string, error);

  return jid != NULL ? hs_jid_get_bare (jid) : NULL;
}

static gboolean
send_to (HsRoster *self, const char *type, const char *address, const char *status, GError **error)
{
  g_autoptr (HsJid) jid = parse_bare (address, error);

  return jid != NULL && hs_roster_send_presence (self, type, jid, status, error);
}

/**
 * hs_roster_subscribe:
 * @self: a roster
 * @jid: the address of a person
 * @message: (nullable): a text for the person, or %NULL
 * @error: return location for an error
 *
 * Asks a person for permission to see their presence (RFC 6121, 3.1).
 *
 * The server adds the person to the roster, with [property@Contact:is-asking] true until there is an
 * answer. To give the contact a name and groups, call [method@Roster.add_async] first.
 *
 * Errors: %HS_ERROR_INVALID_JID; %HS_ERROR_NOT_CONNECTED without a session; the others of [method@Client.send_stanza].
 *
 * ```python
 * roster.subscribe("juliet@capulet.example", "It is Romeo")
 * ```
 *
 * Returns: true if the request was sent
 *
 * Since: 0.2
 */
gboolean
hs_roster_subscribe (HsRoster *self, const char *jid, const char *message, GError **error)
{
  g_return_val_if_fail (HS_IS_ROSTER (self), FALSE);
  g_return_val_if_fail (jid != NULL, FALSE);

  return send_to (self, "subscribe", jid, message, error);
}

/**
 * hs_roster_unsubscribe:
 * @self: a roster
 * @jid: the address of a contact
 * @error: return location for an error
 *
 * Ends the account's subscription to a contact's presence, or withdraws the request for it (RFC 6121, 3.3).
 *
 * The contact stays in the roster; [method@Roster.remove_async] ends everything.
 *
 * Errors: %HS_ERROR_INVALID_JID; %HS_ERROR_NOT_CONNECTED without a session; the others of [method@Client.send_stanza].
 *
 * ```python
 * roster.unsubscribe("juliet@capulet.example")
 * ```
 *
 * Returns: true if it was sent
 *
 * Since: 0.2
 */
gboolean
hs_roster_unsubscribe (HsRoster *self, const char *jid, GError **error)
{
  g_return_val_if_fail (HS_IS_ROSTER (self), FALSE);
  g_return_val_if_fail (jid != NULL, FALSE);

  return send_to (self, "unsubscribe", jid, NULL, error);
}

/* A client may only approve in advance if the server has the feature (RFC 6121, 3.4). That is not known between two
 * connections: the check is left out then. In an interrupted session, the approval is sent later; without a session,
 * sending fails. */
static gboolean
check_pre_approval (HsRoster *self, HsJid *jid, GError **error)
{
  HsContact *contact = hs_roster_contacts_lookup (&self->contacts, jid);

  if (hs_roster_find_request (self, jid) != NULL || self->client == NULL
      || hs_client_get_state (self->client) != HS_CLIENT_STATE_READY
      || (contact != NULL && hs_contact_get_subscription (contact) >= HS_SUBSCRIPTION_FROM)
      || hs_roster_has_feature (self, "sub", HS_NS_PRE_APPROVAL))
    return TRUE;
  g_set_error (error, HS_ERROR, HS_ERROR_NOT_SUPPORTED,
               "%s has not asked for a subscription, and the server cannot approve it in advance",
               hs_jid_to_string (jid));
  return FALSE;
}

/**
 * hs_roster_approve:
 * @self: a roster
 * @jid: the address of a person
 * @error: return location for an error
 *
 * Allows a person to see the account's presence (RFC 6121, 3.1.4).
 *
 * Without a request in [property@Roster:requests], this approves a future one in advance (RFC 6121, 3.4), if the server
 * supports it.
 *
 * Errors: %HS_ERROR_INVALID_JID; %HS_ERROR_NOT_CONNECTED without a session; %HS_ERROR_NOT_SUPPORTED if the person has
 * not asked and the server cannot approve in advance; the others of [method@Client.send_stanza].
 *
 * ```python
 * for request in roster.requests:
 *     roster.approve(request.jid)
 * ```
 *
 * Returns: true if it was sent
 *
 * Since: 0.2
 */
gboolean
hs_roster_approve (HsRoster *self, const char *jid, GError **error)
{
  g_autoptr (HsJid) parsed = NULL;

  g_return_val_if_fail (HS_IS_ROSTER (self), FALSE);
  g_return_val_if_fail (jid != NULL, FALSE);

  parsed = parse_bare (jid, error);
  if (parsed == NULL || !check_pre_approval (self, parsed, error)
      || !hs_roster_send_presence (self, "subscribed", parsed, NULL, error))
    return FALSE;
  hs_roster_drop_request (self, parsed);
  return TRUE;
}

/**
 * hs_roster_deny:
 * @self: a roster
 * @jid: the address of a person
 * @error: return location for an error
 *
 * Refuses a request, or stops somebody from seeing the account's presence (RFC 6121, 3.2).
 *
 * Errors: %HS_ERROR_INVALID_JID; %HS_ERROR_NOT_CONNECTED without a session; the others of [method@Client.send_stanza].
 *
 * ```python
 * for request in roster.requests:
 *     roster.deny(request.jid)
 * ```
 *
 * Returns: true if it was sent
 *
 * Since: 0.2
 */
gboolean
hs_roster_deny (HsRoster *self, const char *jid, GError **error)
{
  g_autoptr (HsJid) parsed = NULL;

  g_return_val_if_fail (HS_IS_ROSTER (self), FALSE);
  g_return_val_if_fail (jid != NULL, FALSE);

  parsed = parse_bare (jid, error);
  if (parsed == NULL || !hs_roster_send_presence (self, "unsubscribed", parsed, NULL, error))
    return FALSE;
  hs_roster_drop_request (self, parsed);
  return TRUE;
}
