/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "hs-blocked-address.h"

G_BEGIN_DECLS

/* The addresses that are blocked, as a GListModel. The first change in a turn of the main loop is shown at once, and
 * all that follow in the same turn are shown together when it is over: two `items-changed` at most, however many
 * changes there are. hs_blocked_list_contains() knows of each change when it is made.
 *
 * A whole list is put in place in slices of some milliseconds, and the old addresses are freed in slices, too, so that
 * the length of a turn does not depend on the number of addresses. */
#define HS_TYPE_BLOCKED_LIST (hs_blocked_list_get_type ())
G_DECLARE_FINAL_TYPE (HsBlockedList, hs_blocked_list, HS, BLOCKED_LIST, GObject)

typedef void (*HsBlockedListFunc) (gpointer owner);

HsBlockedList *hs_blocked_list_new (void);

/* @jid: prepared (RFC 7622). */
gboolean hs_blocked_list_contains (HsBlockedList *self, const char *jid);

/* hs_blocked_list_show() shows the effect of these. They also change the list that is being put in place. */
void hs_blocked_list_add (HsBlockedList *self, HsJid *jid);
void hs_blocked_list_remove (HsBlockedList *self, HsJid *jid);
void hs_blocked_list_clear (HsBlockedList *self);

/* Puts another list in place, and shows it. Addresses in both lists keep their objects. @replaced is called when that
 * is done: with a short list, before this function returns. @jids: (transfer full): of HsJid. @owner: an object, which
 * calls hs_blocked_list_abandon() before it is finalized. */
void hs_blocked_list_replace (HsBlockedList *self,
                              GPtrArray *jids,
                              HsBlockedListFunc replaced,
                              gpointer owner);
/* Drops the list that is being put in place; @replaced is not called. */
void hs_blocked_list_abandon (HsBlockedList *self);

/* Shows the changes now, or when the turn is over. This runs handlers, which may do anything. */
void hs_blocked_list_show (HsBlockedList *self);
/* Shows the changes now. */
void hs_blocked_list_flush (HsBlockedList *self);

G_END_DECLS
