/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-private.h"

#include <string.h>

#include "hs-subscription-request-private.h"

/* Handles presence: the availability of contacts (RFC 6121, 4) and subscriptions (RFC 6121, 3). */

/* How many requests are kept at most: strangers can send them. Servers send unanswered requests again in each
 * session. */
#define MAX_REQUESTS 1000

static HsContact *
make_own_contact (HsJid *jid)
{
  g_autoptr (HsRosterItem) item
      = hs_roster_item_new (jid, NULL, NULL, HS_SUBSCRIPTION_BOTH, FALSE, FALSE);

  return hs_contact_new (item, FALSE);
}

void
hs_roster_update_own_contact (HsRoster *self)
{
  HsJid *bound = hs_client_get_bound_jid (self->client);
  HsJid *jid = bound != NULL ? bound : hs_client_get_jid (self->client);
  g_autoptr (HsJid) bare = jid != NULL ? hs_jid_get_bare (jid) : NULL;

  if (bare == NULL
      || (self->own_contact != NULL
          && hs_jid_equal (hs_contact_get_jid (self->own_contact), bare)))
    return;
  g_clear_object (&self->own_contact);
  self->own_contact = make_own_contact (bare);
  g_object_notify (G_OBJECT (self), "own-contact");
}

static void
set_presence (HsRoster *self, HsContact *contact, HsJid *from, HsPresence *presence)
{
  g_autoptr (HsContact) alive G_GNUC_UNUSED = g_object_ref (contact);

  if (presence != NULL)
    hs_roster_contacts_set_available (&self->contacts, contact, from, presence);
  else
    hs_roster_contacts_set_unavailable (&self->contacts, contact, from);
}

/* @presence: NULL for an unavailable one. */
static void
take_presence (HsRoster *self, HsJid *from, HsPresence *presence)
{
  HsContact *contact = hs_roster_contacts_lookup_early (&self->contacts, from);

  if (contact != NULL)
    set_presence (self, contact, from, presence);
  if (self->client == NULL || !hs_client_is_own (self->client, from) || self->own_contact == NULL)
    return;
  /* The server also sends back this client's own presence. */
  if (!hs_jid_equal (from, hs_client_get_bound_jid (self->client)))
    set_presence (self, self->own_contact, from, presence);
}

static gboolean
is_approved (HsRoster *self, HsJid *jid)
{
  return self->approval == HS_APPROVAL_ALL
         || (self->approval == HS_APPROVAL_CONTACTS
             && hs_roster_contacts_lookup_early (&self->contacts, jid) != NULL);
}

static void
take_request (HsRoster *self, HsJid *jid, HsPresence *presence)
{
  HsSubscriptionRequest *known = hs_roster_find_request (self, jid);
  g_autoptr (HsSubscriptionRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  if (hs_client_is_own (self->client, jid))
    return;
  if (is_approved (self, jid))
    {
      if (hs_roster_send_presence (self, "subscribed", jid, NULL, &error))
        hs_roster_drop_request (self, jid);
      else
        g_debug ("A subscription request was not answered: %s", error->message);
      return;
    }
  if (known != NULL)
    {
      known->is_old = FALSE;
      return;
    }
  if (hs_roster_list_get_size (self->requests) >= MAX_REQUESTS)
    {
      g_debug ("More than %d subscription requests wait for an answer", MAX_REQUESTS);
      return;
    }
  request = hs_subscription_request_new (jid, presence);
  hs_roster_list_append (self->requests, request);
  g_signal_emit_by_name (self, "subscription-requested", request);
}

static void
take_refusal (HsRoster *self, HsJid *jid)
{
  HsContact *contact = hs_roster_contacts_lookup_early (&self->contacts, jid);
  g_autoptr (HsContact) alive G_GNUC_UNUSED = contact != NULL ? g_object_ref (contact) : NULL;

  if (contact != NULL)
    g_signal_emit_by_name (self, "subscription-ended", contact);
}

HsElement *
hs_roster_presence_cb (HsClient *client, HsElement *element, gpointer roster)
{
  g_autoptr (HsRoster) self = g_object_ref (roster);
  HsPresence *presence = HS_PRESENCE (element);
  const char *type = hs_stanza_get_stanza_type (HS_STANZA (presence));
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (HS_STANZA (presence));
  g_autoptr (HsJid) bare = NULL;

  if (from == NULL)
    return NULL;
  if (strcmp (type, "available") == 0)
    take_presence (self, from, presence);
  /* A presence error says that the contact cannot be reached. */
  else if (strcmp (type, "unavailable") == 0 || strcmp (type, "error") == 0)
    take_presence (self, from, NULL);
  else
    bare = hs_jid_get_bare (from);
  if (bare == NULL)
    return NULL;
  /* `subscribed` and `unsubscribed` are not answered: two clients that answer would do so for ever. */
  if (strcmp (type, "subscribe") == 0)
    take_request (self, bare, presence);
  else if (strcmp (type, "unsubscribe") == 0)
    hs_roster_drop_request (self, bare);
  else if (strcmp (type, "unsubscribed") == 0)
    take_refusal (self, bare);
  return NULL;
}
