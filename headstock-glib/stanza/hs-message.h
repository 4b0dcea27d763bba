/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-stanza.h"

G_BEGIN_DECLS

#define HS_TYPE_MESSAGE (hs_message_get_type ())

HS_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (HsMessage, hs_message, HS, MESSAGE, HsStanza)

struct _HsMessageClass
{
  HsStanzaClass parent_class;

  /*< private >*/
  gpointer padding[4];
};

HS_AVAILABLE_IN_ALL
HsMessage *hs_message_new (const char *stanza_type, const char *to);
HS_AVAILABLE_IN_ALL
HsMessage *hs_message_new_chat (const char *to, const char *body);

HS_AVAILABLE_IN_ALL
const char *hs_message_get_body (HsMessage *self);
HS_AVAILABLE_IN_ALL
void hs_message_set_body (HsMessage *self, const char *body);
HS_AVAILABLE_IN_ALL
const char *hs_message_get_subject (HsMessage *self);
HS_AVAILABLE_IN_ALL
void hs_message_set_subject (HsMessage *self, const char *subject);
HS_AVAILABLE_IN_ALL
const char *hs_message_get_thread (HsMessage *self);
HS_AVAILABLE_IN_ALL
void hs_message_set_thread (HsMessage *self, const char *thread);
HS_AVAILABLE_IN_ALL
GDateTime *hs_message_get_delay (HsMessage *self);

G_END_DECLS
