/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-enums.h"
#include "hs-jid.h"
#include "hs-types.h"
#include "hs-version-macros.h"

G_BEGIN_DECLS

/**
 * HsTextHandlerFunc:
 * @client: the client
 * @text: (nullable): what a message says, as [method@Message.get_body] has it, or the text of any other element; or
 *   %NULL if there is none
 * @from: (nullable): whom the stanza is from, as it says so itself, or %NULL if it does not
 * @user_data: what was given with the handler
 *
 * Called with the text of each element that a handler of texts named.
 *
 * Returns: (transfer full) (nullable): a stanza to send, or %NULL
 *
 * Since: 0.2
 */
typedef HsElement *(*HsTextHandlerFunc) (HsClient *client, const char *text, const char *from, gpointer user_data);

HS_AVAILABLE_IN_0_2
guint hs_client_add_text_handler (HsClient *self,
                                  const char *name,
                                  const char *namespace_,
                                  const char *type,
                                  HsJid *from_jid,
                                  HsHandlerFlags flags,
                                  HsTextHandlerFunc handler,
                                  gpointer user_data,
                                  GDestroyNotify destroy);

G_END_DECLS
