/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-shared.h"

#include "hs-roster.h"

gboolean
hs_roster_sender_may_see (HsClient *client, HsStanza *stanza)
{
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (stanza);
  HsModule *roster;
  HsContact *contact = NULL;

  /* Without an address, the stanza is from the account's server; with an invalid one, from a stranger. */
  if (from == NULL && hs_element_get_attribute (HS_ELEMENT (stanza), "from") != NULL)
    return FALSE;
  if (hs_client_is_own (client, from))
    return TRUE;
  roster = hs_client_find_module (client, HS_TYPE_ROSTER);
  if (roster != NULL)
    contact = hs_roster_lookup (HS_ROSTER (roster), hs_jid_to_string (from));
  return contact != NULL && (hs_contact_get_subscription (contact) & HS_SUBSCRIPTION_FROM) != 0;
}
