/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _HsClient HsClient;
typedef struct _HsElement HsElement;
typedef struct _HsIq HsIq;
typedef struct _HsMessage HsMessage;
typedef struct _HsModule HsModule;
typedef struct _HsPresence HsPresence;
typedef struct _HsStanza HsStanza;

/**
 * HsHandlerFunc:
 * @client: the client
 * @element: the element that the handler named. Its attributes, its text and what is inside it can be
 *   read, and through [method@Element.get_parent] the stanza around it
 * @user_data: what was given with the handler
 *
 * Called for each element that a handler named.
 *
 * Returns: (transfer full) (nullable): a stanza to send in answer, or %NULL
 */
typedef HsElement *(*HsHandlerFunc) (HsClient *client, HsElement *element, gpointer user_data);

G_END_DECLS
