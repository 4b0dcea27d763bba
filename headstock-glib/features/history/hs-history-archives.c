/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-private.h"

/* The archives of a history, and the account that they belong to. */

void
hs_history_keep (HsHistoryArchive *archive)
{
  HsHistory *self = archive->history;

  hs_history_archive_keep (archive);
  if (!self->has_session)
    return;
  if (!archive->is_own && hs_messages_is_in_room (self->messages, archive->jid))
    hs_history_archive_join (archive);
  else if (archive->is_own && !archive->is_begun)
    hs_history_archive_begin (archive);
}

HsHistoryArchive *
hs_history_take_archive (HsHistory *self, HsJid *room)
{
  HsHistoryArchive *archive = hs_history_find_archive (self, room);

  if (archive != NULL)
    return hs_history_archive_ref (archive);
  archive = hs_history_archive_new (self, room, FALSE);
  g_ptr_array_add (self->archives, hs_history_archive_ref (archive));
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
  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func ((GDestroyNotify) hs_jid_unref);

  for (guint i = 0; i < self->archives->len; i++)
    {
      HsHistoryArchive *archive = self->archives->pdata[i];

      if (archive->is_added)
        g_ptr_array_add (rooms, hs_jid_ref (archive->jid));
    }
  while (self->archives->len > 0)
    hs_history_drop_archive (self, self->archives->pdata[self->archives->len - 1]);
  self->own = hs_history_archive_new (self, NULL, TRUE);
  g_ptr_array_add (self->archives, self->own);
  for (guint i = 0; i < rooms->len; i++)
    {
      g_autoptr (HsHistoryArchive) archive = hs_history_take_archive (self, rooms->pdata[i]);

      archive->is_added = TRUE;
    }
}

void
hs_history_set_account (HsHistory *self, const char *account)
{
  g_autoptr (HsJid) jid = hs_jid_new (account, NULL);
  HsHistoryArchive *same;

  g_free (self->account);
  self->account = g_strdup (account);
  if (self->own->jid != NULL || jid == NULL)
    return;
  /* The program may have added the account's own archive as a room before the account was known. */
  same = hs_history_find_archive (self, jid);
  if (same != NULL)
    hs_history_drop_archive (self, same);
  self->own->jid = g_steal_pointer (&jid);
}

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
  hs_history_set_account (self, account);
}
