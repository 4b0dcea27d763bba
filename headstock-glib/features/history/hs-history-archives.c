/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-private.h"

/* Which archives are kept up with, and whose they are. */

void
hs_history_keep (HsHistoryArchive *archive)
{
  HsHistory *self = archive->history;

  hs_history_archive_keep (archive);
  if (self->has_session && !archive->is_begun
      && (archive->is_own || hs_messages_is_in_room (self->messages, archive->jid)))
    hs_history_archive_begin (archive);
}

HsHistoryArchive *
hs_history_take_archive (HsHistory *self, HsJid *room)
{
  HsHistoryArchive *archive = hs_history_find_archive (self, room);

  if (archive != NULL)
    return archive;
  archive = hs_history_archive_new (self, room, FALSE);
  g_ptr_array_add (self->archives, archive);
  if (self->messages != NULL)
    hs_history_keep (archive);
  return archive;
}

void
hs_history_drop_archive (HsHistory *self, HsHistoryArchive *archive)
{
  g_autoptr (HsHistoryArchive) alive = hs_history_archive_ref (archive);

  g_ptr_array_remove (self->archives, archive);
  hs_history_archive_remove (alive);
}

/* ---- The account ---- */

void
hs_history_reset (HsHistory *self)
{
  while (self->archives->len > 0)
    hs_history_drop_archive (self, self->archives->pdata[self->archives->len - 1]);
  self->own = hs_history_archive_new (self, NULL, TRUE);
  g_ptr_array_add (self->archives, self->own);
}

/* Another account has another history. */
void
hs_history_check_account (HsHistory *self)
{
  g_autofree char *account = hs_stateful_dup_account (HS_STATEFUL (self), self->client);

  if (account == NULL)
    return;
  if (self->account != NULL && g_strcmp0 (self->account, account) != 0)
    {
      hs_history_reset (self);
      hs_stateful_emit_changed (HS_STATEFUL (self));
    }
  g_free (self->account);
  self->account = g_steal_pointer (&account);
  if (self->own->jid == NULL)
    self->own->jid = hs_jid_new (self->account, NULL);
}
