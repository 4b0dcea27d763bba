/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-archive.h"
#include "hs-autojoin.h"
#include "hs-avatars.h"
#include "hs-blocking.h"
#include "hs-bookmarks.h"
#include "hs-client.h"
#include "hs-disco.h"
#include "hs-displayed.h"
#include "hs-history.h"
#include "hs-messages.h"
#include "hs-muc.h"
#include "hs-ping.h"
#include "hs-pubsub.h"
#include "hs-roster.h"
#include "hs-software-version.h"
#include "hs-state-folder.h"
#include "hs-time.h"
#include "hs-upload.h"
#include "hs-vcards.h"

G_BEGIN_DECLS

#define HS_TYPE_MESSENGER (hs_messenger_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsMessenger, hs_messenger, HS, MESSENGER, GObject)

HS_AVAILABLE_IN_0_2
HsMessenger *hs_messenger_new (HsClient *client, GFile *folder);

HS_AVAILABLE_IN_0_2
HsClient *hs_messenger_get_client (HsMessenger *self);
HS_AVAILABLE_IN_0_2
GFile *hs_messenger_get_folder (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsStateFolder *hs_messenger_get_state_folder (HsMessenger *self);
HS_AVAILABLE_IN_0_2
gboolean hs_messenger_get_keeps_history (HsMessenger *self);

HS_AVAILABLE_IN_0_2
HsDisco *hs_messenger_get_disco (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsRoster *hs_messenger_get_roster (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsPubSub *hs_messenger_get_pubsub (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsMessages *hs_messenger_get_messages (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsArchive *hs_messenger_get_archive (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsMuc *hs_messenger_get_muc (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsBookmarks *hs_messenger_get_bookmarks (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsAutojoin *hs_messenger_get_autojoin (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsDisplayed *hs_messenger_get_displayed (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsBlocking *hs_messenger_get_blocking (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsAvatars *hs_messenger_get_avatars (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsVcards *hs_messenger_get_vcards (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsUpload *hs_messenger_get_upload (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsPing *hs_messenger_get_ping (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsSoftwareVersion *hs_messenger_get_software_version (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsTime *hs_messenger_get_time (HsMessenger *self);
HS_AVAILABLE_IN_0_2
HsHistory *hs_messenger_get_history (HsMessenger *self);

G_END_DECLS
