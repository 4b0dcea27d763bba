/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-private.h"

/* The account that the contacts belong to. The program may give the client another address between two runs. */

void
hs_roster_note_account (HsRoster *self)
{
  g_autofree char *account
      = self->client != NULL ? hs_stateful_dup_account (HS_STATEFUL (self), self->client) : NULL;

  if (account == NULL)
    return;
  g_free (self->account);
  self->account = g_steal_pointer (&account);
}
