/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-private.h"

#include <string.h>

#include "hs-feature.h"

/* What HsHistory does as a module: the sessions and the presence of the client. */

static gboolean
is_available (HsPresence *presence)
{
  return presence != NULL && strcmp (hs_stanza_get_stanza_type (HS_STANZA (presence)), "available") == 0
         && hs_presence_get_priority (presence) >= 0;
}

static void
begin_session (HsHistory *self)
{
  /* The program has unregistered a module that this one needs. */
  if (self->messages == NULL)
    return;
  self->has_session = TRUE;
  hs_history_check_account (self);
  hs_history_for_each (self, hs_history_keep);
  /* A handler that saw a request may have ended the session. */
  if (self->has_session)
    hs_history_ask_time (self);
  hs_history_schedule (self);
}

static void
end_session (HsHistory *self)
{
  self->has_session = FALSE;
  self->is_available = FALSE;
  hs_history_for_each (self, hs_history_archive_end);
  hs_history_schedule (self);
}

/* ---- The modules that it needs ---- */

static void
take_modules (HsHistory *self, HsModule *messages, HsModule *archive)
{
  self->messages = HS_MESSAGES (g_object_ref (messages));
  self->archive = HS_ARCHIVE (g_object_ref (archive));
  hs_history_check_account (self);
  hs_history_for_each (self, hs_history_keep);
  /* The module was registered during a session: its ready() is not called any more. */
  if (hs_client_get_state (self->client) != HS_CLIENT_STATE_READY)
    return;
  self->is_available = is_available (hs_client_get_own_presence (self->client));
  begin_session (self);
}

static void
leave_modules (HsHistory *self)
{
  end_session (self);
  hs_history_for_each (self, hs_history_archive_give_up);
  g_clear_object (&self->messages);
  g_clear_object (&self->archive);
}

static void
module_removed_cb (HsHistory *self, HsModule *module)
{
  if ((gpointer) module == (gpointer) self->messages || (gpointer) module == (gpointer) self->archive)
    leave_modules (self);
}

/* The program registers another one in place of one that it has unregistered. */
static void
module_added_cb (HsHistory *self)
{
  HsModule *messages = hs_client_find_module (self->client, HS_TYPE_MESSAGES);
  HsModule *archive = hs_client_find_module (self->client, HS_TYPE_ARCHIVE);

  if (self->messages == NULL && messages != NULL && archive != NULL)
    take_modules (self, messages, archive);
}

static void
hs_history_attached (HsModule *module, HsClient *client)
{
  HsHistory *self = HS_HISTORY (module);
  HsModule *messages;
  HsModule *archive;

  g_return_if_fail (self->client == NULL);

  hs_feature_set_client (self, &self->client, client);
  messages = hs_client_ensure_module (client, HS_TYPE_MESSAGES);
  archive = hs_client_ensure_module (client, HS_TYPE_ARCHIVE);
  g_signal_connect_object (client, "module-added", G_CALLBACK (module_added_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (client, "module-removed", G_CALLBACK (module_removed_cb), self, G_CONNECT_SWAPPED);
  take_modules (self, messages, archive);
}

static void
set_available (HsHistoryArchive *archive)
{
  hs_history_keeper_set_available (&archive->keeper, archive->history->is_available, hs_history_archive_get_now (archive));
}

static void
hs_history_presence_sent (HsModule *module, HsClient *client, HsPresence *presence)
{
  HsHistory *self = HS_HISTORY (module);

  self->is_available = is_available (presence);
  if (self->has_session)
    hs_history_for_each (self, set_available);
  hs_history_schedule (self);
}

static void
hs_history_ready (HsModule *module, HsClient *client)
{
  begin_session (HS_HISTORY (module));
}

static void
resume (HsHistoryArchive *archive)
{
  if (archive->is_begun)
    hs_history_keeper_resumed (&archive->keeper, hs_history_archive_get_now (archive));
}

static void
hs_history_resumed (HsModule *module, HsClient *client)
{
  HsHistory *self = HS_HISTORY (module);

  if (self->has_session)
    {
      hs_history_for_each (self, resume);
      hs_history_schedule (self);
      return;
    }
  /* The session of an earlier run of the program still has its presence. */
  self->is_available = is_available (hs_client_get_own_presence (client));
  begin_session (self);
}

static void
hs_history_lost (HsModule *module, HsClient *client)
{
  end_session (HS_HISTORY (module));
}

static void
hs_history_detached (HsModule *module, HsClient *client)
{
  HsHistory *self = HS_HISTORY (module);

  if (self->client != client)
    return;
  leave_modules (self);
  g_signal_handlers_disconnect_by_func (client, module_added_cb, self);
  g_signal_handlers_disconnect_by_func (client, module_removed_cb, self);
  hs_feature_set_client (self, &self->client, NULL);
}

void
hs_history_module_init (HsModuleInterface *iface)
{
  iface->attached = hs_history_attached;
  iface->ready = hs_history_ready;
  iface->presence_sent = hs_history_presence_sent;
  iface->resumed = hs_history_resumed;
  iface->lost = hs_history_lost;
  iface->detached = hs_history_detached;
}
