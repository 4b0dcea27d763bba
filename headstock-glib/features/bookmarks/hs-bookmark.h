/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-element.h"
#include "hs-jid.h"

G_BEGIN_DECLS

/**
 * HsNotifyWhen:
 * @HS_NOTIFY_WHEN_DEFAULT: the bookmark does not say
 * @HS_NOTIFY_WHEN_ALWAYS: for each message
 * @HS_NOTIFY_WHEN_ON_MENTION: for messages that name the user
 * @HS_NOTIFY_WHEN_NEVER: for no message
 *
 * The messages of a room for which the user wants to be notified (XEP-0492).
 *
 * Since: 0.2
 */
typedef enum
{
  HS_NOTIFY_WHEN_DEFAULT,
  HS_NOTIFY_WHEN_ALWAYS,
  HS_NOTIFY_WHEN_ON_MENTION,
  HS_NOTIFY_WHEN_NEVER,
} HsNotifyWhen;

#define HS_TYPE_BOOKMARK (hs_bookmark_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsBookmark, hs_bookmark, HS, BOOKMARK, GObject)

HS_AVAILABLE_IN_0_2
HsBookmark *hs_bookmark_new (const char *room);

HS_AVAILABLE_IN_0_2
HsJid *hs_bookmark_get_jid (HsBookmark *self);

HS_AVAILABLE_IN_0_2
const char *hs_bookmark_get_name (HsBookmark *self);
HS_AVAILABLE_IN_0_2
void hs_bookmark_set_name (HsBookmark *self, const char *name);

HS_AVAILABLE_IN_0_2
gboolean hs_bookmark_get_is_autojoin (HsBookmark *self);
HS_AVAILABLE_IN_0_2
void hs_bookmark_set_is_autojoin (HsBookmark *self, gboolean is_autojoin);

HS_AVAILABLE_IN_0_2
const char *hs_bookmark_get_nick (HsBookmark *self);
HS_AVAILABLE_IN_0_2
void hs_bookmark_set_nick (HsBookmark *self, const char *nick);

HS_AVAILABLE_IN_0_2
const char *hs_bookmark_get_password (HsBookmark *self);
HS_AVAILABLE_IN_0_2
void hs_bookmark_set_password (HsBookmark *self, const char *password);

HS_AVAILABLE_IN_0_2
HsElement *hs_bookmark_get_extensions (HsBookmark *self);
HS_AVAILABLE_IN_0_2
void hs_bookmark_set_extensions (HsBookmark *self, HsElement *extensions);

HS_AVAILABLE_IN_0_2
gboolean hs_bookmark_get_is_pinned (HsBookmark *self);
HS_AVAILABLE_IN_0_2
void hs_bookmark_set_is_pinned (HsBookmark *self, gboolean is_pinned);

HS_AVAILABLE_IN_0_2
HsNotifyWhen hs_bookmark_get_notify_when (HsBookmark *self);
HS_AVAILABLE_IN_0_2
void hs_bookmark_set_notify_when (HsBookmark *self, HsNotifyWhen notify_when);

G_END_DECLS
