/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-messenger.h"
#include "hs-module.h"

G_BEGIN_DECLS

/* The modules in the order in which they are registered: those that others use come first. */
typedef enum
{
  HS_MESSENGER_DISCO,
  HS_MESSENGER_ROSTER,
  HS_MESSENGER_PUBSUB,
  HS_MESSENGER_MESSAGES,
  HS_MESSENGER_ARCHIVE,
  HS_MESSENGER_MUC,
  HS_MESSENGER_BOOKMARKS,
  HS_MESSENGER_AUTOJOIN,
  HS_MESSENGER_DISPLAYED,
  HS_MESSENGER_BLOCKING,
  HS_MESSENGER_AVATARS,
  HS_MESSENGER_VCARDS,
  HS_MESSENGER_UPLOAD,
  HS_MESSENGER_PING,
  HS_MESSENGER_SOFTWARE_VERSION,
  HS_MESSENGER_TIME,
  HS_MESSENGER_HISTORY,
  HS_MESSENGER_N_MODULES
} HsMessengerModule;

struct _HsMessenger
{
  GObject parent_instance;

  HsClient *client;
  GFile *folder;               /* or NULL */
  HsStateFolder *state_folder; /* NULL without a folder */
  gboolean keeps_history;
  HsModule *modules[HS_MESSENGER_N_MODULES];
};

G_END_DECLS
