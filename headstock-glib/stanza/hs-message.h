/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-enums.h"
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

/* Ids */

HS_AVAILABLE_IN_0_2
const char *hs_message_get_origin_id (HsMessage *self);
HS_AVAILABLE_IN_0_2
void hs_message_set_origin_id (HsMessage *self, const char *origin_id);
HS_AVAILABLE_IN_0_2
const char *hs_message_get_receipt_id (HsMessage *self);
HS_AVAILABLE_IN_0_2
void hs_message_set_receipt_id (HsMessage *self, const char *receipt_id);
HS_AVAILABLE_IN_0_2
const char *hs_message_get_displayed_id (HsMessage *self);
HS_AVAILABLE_IN_0_2
void hs_message_set_displayed_id (HsMessage *self, const char *displayed_id);
HS_AVAILABLE_IN_0_2
const char *hs_message_get_replace_id (HsMessage *self);
HS_AVAILABLE_IN_0_2
void hs_message_set_replace_id (HsMessage *self, const char *replace_id);
HS_AVAILABLE_IN_0_2
const char *hs_message_get_occupant_id (HsMessage *self);
HS_AVAILABLE_IN_0_2
char *hs_message_dup_stanza_id (HsMessage *self, HsJid *by);

/* Marks */

HS_AVAILABLE_IN_0_2
gboolean hs_message_get_requests_receipt (HsMessage *self);
HS_AVAILABLE_IN_0_2
void hs_message_set_requests_receipt (HsMessage *self, gboolean requests_receipt);
HS_AVAILABLE_IN_0_2
gboolean hs_message_get_is_markable (HsMessage *self);
HS_AVAILABLE_IN_0_2
void hs_message_set_is_markable (HsMessage *self, gboolean is_markable);
HS_AVAILABLE_IN_0_2
gboolean hs_message_get_attention (HsMessage *self);
HS_AVAILABLE_IN_0_2
void hs_message_set_attention (HsMessage *self, gboolean attention);
HS_AVAILABLE_IN_0_2
gboolean hs_message_get_is_styled (HsMessage *self);
HS_AVAILABLE_IN_0_2
const char *hs_message_get_encryption (HsMessage *self);
HS_AVAILABLE_IN_0_2
const char *hs_message_get_oob_url (HsMessage *self);
HS_AVAILABLE_IN_0_2
void hs_message_set_oob_url (HsMessage *self, const char *oob_url);
HS_AVAILABLE_IN_0_2
HsChatState hs_message_get_chat_state (HsMessage *self);
HS_AVAILABLE_IN_0_2
void hs_message_set_chat_state (HsMessage *self, HsChatState chat_state);
HS_AVAILABLE_IN_0_2
HsHints hs_message_get_hints (HsMessage *self);
HS_AVAILABLE_IN_0_2
void hs_message_set_hints (HsMessage *self, HsHints hints);

/* Retractions, reactions and replies */

HS_AVAILABLE_IN_0_2
const char *hs_message_get_retract_id (HsMessage *self);
HS_AVAILABLE_IN_0_2
void hs_message_set_retract_id (HsMessage *self, const char *retract_id);
HS_AVAILABLE_IN_0_2
gboolean hs_message_get_is_retracted (HsMessage *self);
HS_AVAILABLE_IN_0_2
HsJid *hs_message_dup_moderated_by (HsMessage *self);
HS_AVAILABLE_IN_0_2
const char *hs_message_get_reacted_id (HsMessage *self);
HS_AVAILABLE_IN_0_2
char **hs_message_dup_reactions (HsMessage *self);
HS_AVAILABLE_IN_0_2
void hs_message_set_reactions (HsMessage *self, const char *id, const char *const *reactions);
HS_AVAILABLE_IN_0_2
const char *hs_message_get_reply_id (HsMessage *self);
HS_AVAILABLE_IN_0_2
HsJid *hs_message_dup_reply_to (HsMessage *self);
HS_AVAILABLE_IN_0_2
void hs_message_set_reply (HsMessage *self, const char *id, const char *to, const char *quoted);
HS_AVAILABLE_IN_0_2
char *hs_message_dup_body_without_fallback (HsMessage *self, const char *const *understood);

G_END_DECLS
