/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-avatar-private.h"
#include "hs-avatars.h"
#include "hs-pubsub.h"

G_BEGIN_DECLS

/* The structs and functions that hs-avatars*.c share. The key of an image is the bare JID of a person, or the full JID
 * of an occupant of a room. */

/* How many addresses with their metadata are remembered at most. */
#define HS_AVATARS_MAX_INFOS 10000
/* How many images that could not be loaded are remembered at most. */
#define HS_AVATARS_MAX_FAILED 1000
/* How many images are loaded at the same time at most. */
#define HS_AVATARS_MAX_LOADS 4

struct _HsAvatars
{
  GObject parent_instance;

  HsClient *client; /* weak; NULL unless the module is registered */
  HsPubSub *pubsub; /* weak */
  HsJid *account;   /* the bare JID that has learned @infos and @failed, or NULL before the first session */
  GFile *folder;    /* or NULL */
  guint max_bytes;

  GHashTable *infos;  /* HsAvatarInfo by key */
  GQueue info_keys;   /* the keys of @infos, the oldest first */
  GHashTable *failed; /* "hash key" of images that could not be loaded */
  GHashTable *alive;  /* HsAvatar by key: those that the program holds. The table holds no reference */

  GHashTable *loads;    /* Load by key: those that wait or run. They own the keys */
  GQueue waiting;       /* of Load */
  guint n_loading;      /* how many run */
  gboolean is_starting; /* start_waiting() is running */
};

/* hs-avatars-info.c: the metadata of addresses */
void hs_avatar_info_free (HsAvatarInfo *self);
HsAvatarInfo *hs_avatars_find_info (HsAvatars *self, const char *key);
/* Takes over @info. A presence does not replace published metadata. */
void hs_avatars_take_info (HsAvatars *self, const char *key, HsAvatarInfo *info);
/* Reads an item of the metadata node. Returns NULL if it has no metadata. */
HsAvatarInfo *hs_avatars_read_metadata (HsPubSubItem *item);
void hs_avatars_read_presence (HsAvatars *self, HsStanza *presence);
/* Forgets the published metadata of an address. With @item, only if the metadata came with the item of this id. */
void hs_avatars_forget_published (HsAvatars *self, const char *key, const char *item);
/* Forgets the images of the occupants of @room, or of all rooms if it is NULL: the next occupants with the same
 * nicknames may be other people. */
void hs_avatars_forget_occupants (HsAvatars *self, const char *room);
/* Forgets what another account was shown: this one may be shown something else. */
void hs_avatars_forget_all (HsAvatars *self);
/* Returns the key of an address, or NULL if @jid is not valid. */
char *hs_avatars_dup_key (HsAvatars *self, const char *jid);
char *hs_avatars_hash_bytes (GBytes *bytes);
/* Returns NULL for what is too long to be a media type. */
char *hs_avatars_dup_media_type (const char *text);

G_END_DECLS
