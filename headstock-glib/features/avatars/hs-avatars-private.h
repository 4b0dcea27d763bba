/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-avatar-private.h"
#include "hs-avatars.h"
#include "hs-pubsub.h"

G_BEGIN_DECLS

/* What hs-avatars*.c share. An image is of a key: the bare JID of a person, or the full JID of an occupant of a room. */

/* Of how many addresses it is known what they show, and how many images led to nothing. */
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
  GHashTable *failed; /* "hash key": asked for in vain */
  GHashTable *alive;  /* key -> HsAvatar that somebody holds, without a reference */

  GHashTable *loads; /* key -> load that waits or runs; theirs */
  GQueue waiting;    /* loads */
  guint n_loading;
  gboolean is_starting; /* some of those that wait */
};

/* hs-avatars-info.c: what addresses say that they show */
void hs_avatar_info_free (HsAvatarInfo *self);
HsAvatarInfo *hs_avatars_find_info (HsAvatars *self, const char *key);
/* Takes over @info. What a presence says does not count beside what was published. */
void hs_avatars_take_info (HsAvatars *self, const char *key, HsAvatarInfo *info);
/* What an item of the metadata node says; NULL: nothing that can be used. */
HsAvatarInfo *hs_avatars_read_metadata (HsElement *metadata);
void hs_avatars_read_presence (HsAvatars *self, HsStanza *presence);
/* What was published there is not any more. */
void hs_avatars_forget_published (HsAvatars *self, const char *key);
/* What the occupants of a room showed, or with NULL those of all rooms: nobody tells who comes there next. */
void hs_avatars_forget_occupants (HsAvatars *self, const char *room);
/* The key of an address, or NULL. */
char *hs_avatars_dup_key (HsAvatars *self, const char *jid);
char *hs_avatars_hash_bytes (GBytes *bytes);

G_END_DECLS
