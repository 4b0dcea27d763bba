/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-avatar.h"

G_BEGIN_DECLS

/* The metadata of an image that somebody shows. */
typedef struct
{
  char *hash; /* lower case; NULL: none, or not known */
  char *media_type;
  char *id; /* of the published data: the hash, maybe in upper case; NULL if not published */
  char *item; /* the id of the metadata node's item; NULL if not published */
  int width;
  int height;
  guint64 size;    /* 0: not known */
  gboolean is_pep; /* XEP-0084, and not a presence */
  gboolean is_none;
} HsAvatarInfo;

struct _HsAvatar
{
  GObject parent_instance;

  char *key; /* the address that it is of */
  char *hash;
  char *media_type;
  GBytes *bytes;
  int width;
  int height;
  gboolean is_loading;
};

HsAvatar *hs_avatar_new (const char *key);
/* NULL: nothing is known. */
void hs_avatar_set_info (HsAvatar *self, const HsAvatarInfo *info);
void hs_avatar_set_bytes (HsAvatar *self, GBytes *bytes);
void hs_avatar_set_loading (HsAvatar *self, gboolean is_loading);

G_END_DECLS
