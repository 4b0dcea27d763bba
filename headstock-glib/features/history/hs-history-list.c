/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-private.h"

/* Finds the archives of a history, and counts the references to them. */

static void
archive_clear (gpointer data)
{
  HsHistoryArchive *self = data;

  hs_history_replay_clear (&self->replay);
  hs_history_keeper_clear (&self->keeper);
  hs_history_twins_clear (&self->twins);
  g_clear_pointer (&self->jid, hs_jid_unref);
}

HsHistoryArchive *
hs_history_archive_ref (HsHistoryArchive *self)
{
  return g_rc_box_acquire (self);
}

void
hs_history_archive_unref (HsHistoryArchive *self)
{
  g_rc_box_release_full (self, archive_clear);
}

HsHistoryArchive *
hs_history_find_archive (HsHistory *self, HsJid *jid)
{
  for (guint i = 0; i < self->archives->len; i++)
    {
      HsHistoryArchive *archive = self->archives->pdata[i];

      if (archive->jid != NULL && hs_jid_equal (archive->jid, jid))
        return archive;
    }
  return NULL;
}

HsHistoryArchive *
hs_history_find_by_address (HsHistory *self, const char *address)
{
  g_autoptr (HsJid) jid = address != NULL ? hs_jid_new (address, NULL) : NULL;

  if (address == NULL)
    return self->own;
  return jid != NULL ? hs_history_find_archive (self, jid) : NULL;
}

void
hs_history_for_each (HsHistory *self, void (*func) (HsHistoryArchive *archive))
{
  g_autoptr (GPtrArray) archives
      = g_ptr_array_new_full (self->archives->len, (GDestroyNotify) hs_history_archive_unref);

  for (guint i = 0; i < self->archives->len; i++)
    g_ptr_array_add (archives, hs_history_archive_ref (self->archives->pdata[i]));
  for (guint i = 0; i < archives->len; i++)
    if (((HsHistoryArchive *) archives->pdata[i])->history != NULL)
      func (archives->pdata[i]);
}
