/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-avatar-private.h"
#include "hs-avatars.h"
#include "hs-pubsub.h"

G_BEGIN_DECLS

/* The structs and functions that hs-avatars*.c share. The key of an image is the bare JID of a person, or the full JID
 * of an occupant of a room. */

/* How many addresses with their metadata are remembered, and how many images that could not be loaded. */
#define HS_AVATARS_MAX_INFOS 10000
#define HS_AVATARS_MAX_FAILED 1000
#define HS_AVATARS_MAX_LOADS 4

struct _HsAvatars
{
  GObject parent_instance;

  HsClient *client; /* weak: while we are its module */
  HsPubSub *pubsub; /* weak */
  GFile *folder;    /* or NULL */
  guint max_bytes;

  GHashTable *infos;  /* key -> HsAvatarInfo */
  GQueue info_keys;   /* of @infos, the oldest first */
  GHashTable *failed; /* "hash key": could not be loaded */
  GHashTable *alive;  /* key -> HsAvatar that somebody holds, without a reference */

  GHashTable *loads; /* key -> load that waits or runs; theirs */
  GQueue waiting;    /* loads */
  guint n_loading;
  gboolean is_starting; /* some of those that wait */
};

/* hs-avatars-info.c: the metadata of addresses */
void hs_avatar_info_free (HsAvatarInfo *self);
HsAvatarInfo *hs_avatars_find_info (HsAvatars *self, const char *key);
/* Takes over @info. A presence does not replace published metadata. */
void hs_avatars_take_info (HsAvatars *self, const char *key, HsAvatarInfo *info);
/* Reads an item of the metadata node. Returns NULL if there is no usable image in it. */
HsAvatarInfo *hs_avatars_read_metadata (HsPubSubItem *item);
void hs_avatars_read_presence (HsAvatars *self, HsStanza *presence);
/* The published metadata was removed: all of it, or with @item only if it came with the item of that id. */
void hs_avatars_forget_published (HsAvatars *self, const char *key, const char *item);
/* Forgets the images of a room's occupants, or with NULL of those in all rooms: the next ones may be other people. */
void hs_avatars_forget_occupants (HsAvatars *self, const char *room);
/* The key of an address, or NULL. */
char *hs_avatars_dup_key (HsAvatars *self, const char *jid);
char *hs_avatars_hash_bytes (GBytes *bytes);

G_END_DECLS
