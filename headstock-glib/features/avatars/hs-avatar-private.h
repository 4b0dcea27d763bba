/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-avatar.h"

G_BEGIN_DECLS

/* The metadata of an image that somebody shows. */
typedef struct
{
  char *hash;       /* in lower case; NULL if there is no image, or its hash is not known */
  char *media_type; /* or NULL */
  char *id;         /* of the item with the image: the hash as it was written; NULL if the image is not published */
  char *item;       /* the id of the item with the metadata; NULL if the image is not published */
  int width;
  int height;
  guint64 size;     /* in bytes; 0 if not known */
  gboolean is_pep;  /* from published metadata (XEP-0084), and not from a presence */
  gboolean is_none; /* the other side says that it shows no image */
} HsAvatarInfo;

struct _HsAvatar
{
  GObject parent_instance;

  char *key; /* the address that shows the image, see hs-avatars-private.h */
  char *hash;
  char *media_type;
  GBytes *bytes;
  int width;
  int height;
  gboolean is_loading;
};

HsAvatar *hs_avatar_new (const char *key);
/* @info: NULL if nothing is known. */
void hs_avatar_set_info (HsAvatar *self, const HsAvatarInfo *info);
void hs_avatar_set_bytes (HsAvatar *self, GBytes *bytes);
void hs_avatar_set_loading (HsAvatar *self, gboolean is_loading);

G_END_DECLS
