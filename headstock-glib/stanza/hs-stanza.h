/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-element.h"
#include "hs-error.h"
#include "hs-jid.h"

G_BEGIN_DECLS

#define HS_TYPE_STANZA (hs_stanza_get_type ())

HS_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (HsStanza, hs_stanza, HS, STANZA, HsElement)

struct _HsStanzaClass
{
  HsElementClass parent_class;

  /*< private >*/
  gpointer padding[4];
};

HS_AVAILABLE_IN_ALL
const char *hs_stanza_get_id (HsStanza *self);
HS_AVAILABLE_IN_ALL
void hs_stanza_set_id (HsStanza *self, const char *id);
HS_AVAILABLE_IN_ALL
const char *hs_stanza_get_stanza_type (HsStanza *self);
HS_AVAILABLE_IN_ALL
void hs_stanza_set_stanza_type (HsStanza *self, const char *stanza_type);
HS_AVAILABLE_IN_ALL
HsJid *hs_stanza_get_from_jid (HsStanza *self);
HS_AVAILABLE_IN_ALL
void hs_stanza_set_from_jid (HsStanza *self, HsJid *from_jid);
HS_AVAILABLE_IN_ALL
HsJid *hs_stanza_get_to_jid (HsStanza *self);
HS_AVAILABLE_IN_ALL
void hs_stanza_set_to_jid (HsStanza *self, HsJid *to_jid);
HS_AVAILABLE_IN_ALL
const char *hs_stanza_get_lang (HsStanza *self);
HS_AVAILABLE_IN_ALL
void hs_stanza_set_lang (HsStanza *self, const char *lang);

HS_AVAILABLE_IN_ALL
GError *hs_stanza_get_error (HsStanza *self);
HS_AVAILABLE_IN_0_2
const char *hs_stanza_get_error_type (HsStanza *self);
HS_AVAILABLE_IN_0_2
char *hs_stanza_get_error_text (HsStanza *self);
HS_AVAILABLE_IN_ALL
HsStanza *hs_stanza_new_reply (HsStanza *self);
HS_AVAILABLE_IN_ALL
HsStanza *hs_stanza_new_error_reply (HsStanza *self, HsStanzaError condition, const char *text);

G_END_DECLS
