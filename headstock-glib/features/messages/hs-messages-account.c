/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

/* Finds the account that the messages belong to. The program may give the client another address between two runs. */

void
hs_messages_update_addresses (HsMessages *self)
{
  HsJid *bound = hs_client_get_bound_jid (self->client);
  HsJid *jid = bound != NULL ? bound : hs_client_get_jid (self->client);

  g_clear_pointer (&self->own, hs_jid_unref);
  g_clear_pointer (&self->bound, hs_jid_unref);
  hs_messages_forget_sender (self);
  if (jid == NULL)
    return;
  self->own = hs_jid_get_bare (jid);
  self->bound = hs_jid_ref (jid);
}
