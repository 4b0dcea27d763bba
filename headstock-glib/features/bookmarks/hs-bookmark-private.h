/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-bookmark.h"

G_BEGIN_DECLS

/* Reads the address of a room: a bare JID with a local part. Returns NULL with an error if it is none. (transfer
 * full) */
HsJid *hs_bookmark_read_room (const char *room, GError **error);
/* Reads the bookmark in a <conference/> of XEP-0402 or XEP-0048. Returns NULL if it is not valid. (transfer full) */
HsBookmark *hs_bookmark_new_from_element (const char *room, HsElement *conference);
/* Gives @self the properties of @other, a bookmark of the same room. */
void hs_bookmark_update (HsBookmark *self, HsBookmark *other);
/* Makes a <conference/> of XEP-0402. (transfer full) */
HsElement *hs_bookmark_make_element (HsBookmark *self, gboolean with_password);
/* Whether @extensions are all that the bookmark is to have: they came from the server, or the program has set them. */
gboolean hs_bookmark_has_whole_extensions (HsBookmark *self);
/* Adds the extensions of @present that a <conference/> does not have. */
void hs_bookmark_keep_extensions (HsElement *conference, HsBookmark *present);

G_END_DECLS
