/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

#include "hs-blocked-address.h"

G_BEGIN_DECLS

/* The addresses that are blocked, as a GListModel. The first change in a turn of the main loop is
 * shown at once, and those that follow in the same turn together when it is over: at most one
 * `items-changed` for each, however many there are. contains() knows of each change when it is
 * made. */
#define HS_TYPE_BLOCKED_LIST (hs_blocked_list_get_type ())
G_DECLARE_FINAL_TYPE (HsBlockedList, hs_blocked_list, HS, BLOCKED_LIST, GObject)

HsBlockedList *hs_blocked_list_new (void);

/* @jid as it is prepared. */
gboolean hs_blocked_list_contains (HsBlockedList *self, const char *jid);

/* What these do is shown by hs_blocked_list_show(). */
void hs_blocked_list_add (HsBlockedList *self, HsJid *jid);
void hs_blocked_list_remove (HsBlockedList *self, HsJid *jid);
void hs_blocked_list_clear (HsBlockedList *self);
/* @jids: of HsJid. What is in both stays the same object. */
void hs_blocked_list_replace (HsBlockedList *self, GPtrArray *jids);

/* Shows what has changed now, or when the turn is over. Handlers run, which may do anything. */
void hs_blocked_list_show (HsBlockedList *self);
/* Shows what has changed now. */
void hs_blocked_list_flush (HsBlockedList *self);

G_END_DECLS
