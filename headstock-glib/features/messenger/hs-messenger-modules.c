/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messenger-private.h"

/* The getters of the modules. */

/**
 * hs_messenger_get_disco: (get-property disco)
 * @self: a messenger
 *
 * Gets the module for service discovery.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsDisco *
hs_messenger_get_disco (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsDisco *) self->modules[HS_MESSENGER_DISCO];
}

/**
 * hs_messenger_get_roster: (get-property roster)
 * @self: a messenger
 *
 * Gets the module for contacts.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsRoster *
hs_messenger_get_roster (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsRoster *) self->modules[HS_MESSENGER_ROSTER];
}

/**
 * hs_messenger_get_pubsub: (get-property pubsub)
 * @self: a messenger
 *
 * Gets the module for nodes, those of the account and of others.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsPubSub *
hs_messenger_get_pubsub (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsPubSub *) self->modules[HS_MESSENGER_PUBSUB];
}

/**
 * hs_messenger_get_messages: (get-property messages)
 * @self: a messenger
 *
 * Gets the module for messages.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsMessages *
hs_messenger_get_messages (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsMessages *) self->modules[HS_MESSENGER_MESSAGES];
}

/**
 * hs_messenger_get_archive: (get-property archive)
 * @self: a messenger
 *
 * Gets the module for archives of messages.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsArchive *
hs_messenger_get_archive (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsArchive *) self->modules[HS_MESSENGER_ARCHIVE];
}

/**
 * hs_messenger_get_muc: (get-property muc)
 * @self: a messenger
 *
 * Gets the module for rooms.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsMuc *
hs_messenger_get_muc (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsMuc *) self->modules[HS_MESSENGER_MUC];
}

/**
 * hs_messenger_get_bookmarks: (get-property bookmarks)
 * @self: a messenger
 *
 * Gets the module for bookmarks.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsBookmarks *
hs_messenger_get_bookmarks (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsBookmarks *) self->modules[HS_MESSENGER_BOOKMARKS];
}

/**
 * hs_messenger_get_autojoin: (get-property autojoin)
 * @self: a messenger
 *
 * Gets the module that joins the rooms that are marked for autojoin.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsAutojoin *
hs_messenger_get_autojoin (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsAutojoin *) self->modules[HS_MESSENGER_AUTOJOIN];
}

/**
 * hs_messenger_get_displayed: (get-property displayed)
 * @self: a messenger
 *
 * Gets the module that keeps track of how far chats were displayed.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsDisplayed *
hs_messenger_get_displayed (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsDisplayed *) self->modules[HS_MESSENGER_DISPLAYED];
}

/**
 * hs_messenger_get_blocking: (get-property blocking)
 * @self: a messenger
 *
 * Gets the module for blocked addresses.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsBlocking *
hs_messenger_get_blocking (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsBlocking *) self->modules[HS_MESSENGER_BLOCKING];
}

/**
 * hs_messenger_get_avatars: (get-property avatars)
 * @self: a messenger
 *
 * Gets the module for avatars.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsAvatars *
hs_messenger_get_avatars (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsAvatars *) self->modules[HS_MESSENGER_AVATARS];
}

/**
 * hs_messenger_get_vcards: (get-property vcards)
 * @self: a messenger
 *
 * Gets the module for vCards.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsVcards *
hs_messenger_get_vcards (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsVcards *) self->modules[HS_MESSENGER_VCARDS];
}

/**
 * hs_messenger_get_upload: (get-property upload)
 * @self: a messenger
 *
 * Gets the module that uploads files.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsUpload *
hs_messenger_get_upload (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsUpload *) self->modules[HS_MESSENGER_UPLOAD];
}

/**
 * hs_messenger_get_ping: (get-property ping)
 * @self: a messenger
 *
 * Gets the module for pings.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsPing *
hs_messenger_get_ping (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsPing *) self->modules[HS_MESSENGER_PING];
}

/**
 * hs_messenger_get_software_version: (get-property software-version)
 * @self: a messenger
 *
 * Gets the module for software versions.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsSoftwareVersion *
hs_messenger_get_software_version (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsSoftwareVersion *) self->modules[HS_MESSENGER_SOFTWARE_VERSION];
}

/**
 * hs_messenger_get_time: (get-property time)
 * @self: a messenger
 *
 * Gets the module for the time of the day.
 *
 * Returns: (transfer none): the module
 *
 * Since: 0.2
 */
HsTime *
hs_messenger_get_time (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsTime *) self->modules[HS_MESSENGER_TIME];
}

/**
 * hs_messenger_get_history: (get-property history)
 * @self: a messenger
 *
 * Gets the module that catches up with archives.
 *
 * Returns: (transfer none) (nullable): the module, or %NULL without [property@Messenger:keeps-history], unless the
 *   client already had one
 *
 * Since: 0.2
 */
HsHistory *
hs_messenger_get_history (HsMessenger *self)
{
  g_return_val_if_fail (HS_IS_MESSENGER (self), NULL);

  return (HsHistory *) self->modules[HS_MESSENGER_HISTORY];
}
