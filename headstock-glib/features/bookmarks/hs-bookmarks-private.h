/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-bookmarks.h"

#include "hs-bookmark-private.h"
#include "hs-pubsub.h"
#include "hs-stateful.h"

G_BEGIN_DECLS

/* The struct and the functions that hs-bookmarks*.c share. */

/* Continues a task that has waited for the bookmarks, and takes it over. @error: why they were not loaded, or NULL. */
typedef void (*HsBookmarksGoOnFunc) (HsBookmarks *self, GTask *task, const GError *error);

struct _HsBookmarks
{
  GObject parent_instance;

  HsClient *client; /* weak */
  HsPubSub *pubsub; /* the module of the client, or NULL */
  GListStore *bookmarks;
  GHashTable *table;     /* the HsBookmark of each room in the list */
  GHashTable *others;    /* the room of each item of the node whose id is the room's address in another form */
  GHashTable *retracted; /* the ids of such items that this module has retracted */
  char *account;         /* the bare JID of the bookmarks' account, or NULL before the first session */
  GCancellable *loading; /* NULL unless the bookmarks are being loaded */
  gboolean is_past_node; /* while they are being loaded: the node was read, and the older stores are being read */
  gboolean is_outdated;  /* a change may be missing in what is being loaded, or loading has failed: it is loaded again */
  gboolean is_wanted;    /* the bookmarks were not loaded in this session */
  GPtrArray *waiting;    /* of GTask, which wait until the bookmarks are loaded */
  HsBookmarksGoOnFunc go_on;
  gboolean is_loaded;
  gboolean is_writable;
  gboolean keeps_passwords;
};

/* hs-bookmarks-list.c: the list. A function that changes it emits `state-changed` once, after all changes. */
/* Shows exactly the bookmarks in @found, of HsBookmark. */
void hs_bookmarks_replace (HsBookmarks *self, GPtrArray *found);
/* Adds a bookmark, or changes the one of the same room. Takes over @bookmark. */
void hs_bookmarks_apply (HsBookmarks *self, HsBookmark *bookmark);
void hs_bookmarks_drop (HsBookmarks *self, const char *room);
void hs_bookmarks_set_loaded (HsBookmarks *self, gboolean is_loaded);
void hs_bookmarks_set_writable (HsBookmarks *self, gboolean is_writable);

/* Reads an item of the node. Returns NULL if it is not a bookmark. @is_other: set to whether the id of the item is the
 * room's address in another form, such as with capital letters; such items are remembered. (transfer full) */
HsBookmark *hs_bookmarks_read_item (HsBookmarks *self, HsPubSubItem *item, gboolean *is_other);

/* hs-bookmarks-load.c */
/* Loads the bookmarks, again if they are being loaded. If the client has no HsPubSub, they are loaded when it has. */
void hs_bookmarks_load_begin (HsBookmarks *self);
/* Another device may have changed the bookmarks without an event: loads them again, and no task waits for it. */
void hs_bookmarks_load_missed (HsBookmarks *self);
/* Stops loading. The tasks that wait for the bookmarks fail. */
void hs_bookmarks_load_abandon (HsBookmarks *self);

/* hs-bookmarks-change.c */
void hs_bookmarks_event_cb (HsBookmarks *self, HsPubSubEvent *event);

/* hs-bookmarks-state.c */
void hs_bookmarks_stateful_init (HsStatefulInterface *iface);
/* Drops the bookmarks of another account. */
void hs_bookmarks_check_account (HsBookmarks *self);

G_END_DECLS
