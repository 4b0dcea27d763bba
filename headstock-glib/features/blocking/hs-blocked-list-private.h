/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "hs-blocked-address.h"

G_BEGIN_DECLS

/* The addresses that are blocked, as a GListModel. The first change in a turn of the main loop is
 * shown at once, and those that follow in the same turn together when it is over: at most one
 * `items-changed` for each, however many there are. contains() knows of each change when it is
 * made.
 *
 * A whole list is put in place in slices of some milliseconds, and what is not needed any more is
 * freed in slices, too: no turn of the main loop takes longer, however many addresses there are. */
#define HS_TYPE_BLOCKED_LIST (hs_blocked_list_get_type ())
G_DECLARE_FINAL_TYPE (HsBlockedList, hs_blocked_list, HS, BLOCKED_LIST, GObject)

typedef void (*HsBlockedListFunc) (gpointer owner);

HsBlockedList *hs_blocked_list_new (void);

/* @jid as it is prepared. */
gboolean hs_blocked_list_contains (HsBlockedList *self, const char *jid);

/* What these do is shown by hs_blocked_list_show(). It is done to the list that is being put in
 * place as well. */
void hs_blocked_list_add (HsBlockedList *self, HsJid *jid);
void hs_blocked_list_remove (HsBlockedList *self, HsJid *jid);
void hs_blocked_list_clear (HsBlockedList *self);

/* Puts another list in place, and shows it. What is in both stays the same object. @replaced is
 * called when that is done, which a small list is before this returns. @jids: (transfer full), of
 * HsJid; all are taken out of it. @owner: an object, which calls hs_blocked_list_abandon() before
 * it is finalized. */
void hs_blocked_list_replace (HsBlockedList *self,
                              GPtrArray *jids,
                              HsBlockedListFunc replaced,
                              gpointer owner);
/* The list that is being put in place is not, and @replaced is not called. */
void hs_blocked_list_abandon (HsBlockedList *self);

/* Shows what has changed now, or when the turn is over. Handlers run, which may do anything. */
void hs_blocked_list_show (HsBlockedList *self);
/* Shows what has changed now. */
void hs_blocked_list_flush (HsBlockedList *self);

G_END_DECLS
