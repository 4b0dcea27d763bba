/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-bookmark.h"

G_BEGIN_DECLS

/* What a bookmark does not know of the room's bookmark on the server, and is to keep. */
typedef enum
{
  HS_BOOKMARK_UNKNOWN_EXTENSIONS = 1 << 0, /* of other programs */
  HS_BOOKMARK_UNKNOWN_PASSWORD = 1 << 1,
} HsBookmarkUnknown;

/* Reads the address of a room: a bare JID with a local part. Returns NULL with an error if it is none. (transfer
 * full) */
HsJid *hs_bookmark_read_room (const char *room, GError **error);
/* Reads the bookmark in a <conference/> of XEP-0402 or XEP-0048. Returns NULL if it is not valid. (transfer full) */
HsBookmark *hs_bookmark_new_from_element (const char *room, HsElement *conference);
/* Gives @self the properties of @other, a bookmark of the same room. */
void hs_bookmark_update (HsBookmark *self, HsBookmark *other);
/* Makes a <conference/> of XEP-0402. (transfer full) */
HsElement *hs_bookmark_make_element (HsBookmark *self, gboolean with_password);
/* A bookmark that is made anew does not know the extensions, unless the program sets them. */
HsBookmarkUnknown hs_bookmark_get_unknown (HsBookmark *self);
/* The bookmark is that of an earlier run, whose password may have been left out. */
void hs_bookmark_set_restored (HsBookmark *self);
/* Adds what @present has of @unknown and a <conference/> does not. */
void hs_bookmark_complete (HsElement *conference, HsBookmark *present, HsBookmarkUnknown unknown);

G_END_DECLS
