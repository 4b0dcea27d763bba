/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-element.h"

G_BEGIN_DECLS

#define HS_TYPE_VCARD (hs_vcard_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsVcard, hs_vcard, HS, VCARD, GObject)

HS_AVAILABLE_IN_0_2
HsVcard *hs_vcard_new (void);
HS_AVAILABLE_IN_0_2
HsVcard *hs_vcard_new_from_element (HsElement *element, GError **error);

HS_AVAILABLE_IN_0_2
const char *hs_vcard_get_full_name (HsVcard *self);
HS_AVAILABLE_IN_0_2
void hs_vcard_set_full_name (HsVcard *self, const char *full_name);
HS_AVAILABLE_IN_0_2
const char *hs_vcard_get_given_name (HsVcard *self);
HS_AVAILABLE_IN_0_2
void hs_vcard_set_given_name (HsVcard *self, const char *given_name);
HS_AVAILABLE_IN_0_2
const char *hs_vcard_get_family_name (HsVcard *self);
HS_AVAILABLE_IN_0_2
void hs_vcard_set_family_name (HsVcard *self, const char *family_name);
HS_AVAILABLE_IN_0_2
const char *hs_vcard_get_nickname (HsVcard *self);
HS_AVAILABLE_IN_0_2
void hs_vcard_set_nickname (HsVcard *self, const char *nickname);
HS_AVAILABLE_IN_0_2
const char *hs_vcard_get_note (HsVcard *self);
HS_AVAILABLE_IN_0_2
void hs_vcard_set_note (HsVcard *self, const char *note);
HS_AVAILABLE_IN_0_2
const char *hs_vcard_get_birthday (HsVcard *self);
HS_AVAILABLE_IN_0_2
void hs_vcard_set_birthday (HsVcard *self, const char *birthday);
HS_AVAILABLE_IN_0_2
const char *hs_vcard_get_email (HsVcard *self);
HS_AVAILABLE_IN_0_2
void hs_vcard_set_email (HsVcard *self, const char *email);
HS_AVAILABLE_IN_0_2
const char *hs_vcard_get_url (HsVcard *self);
HS_AVAILABLE_IN_0_2
void hs_vcard_set_url (HsVcard *self, const char *url);
HS_AVAILABLE_IN_0_2
GBytes *hs_vcard_get_photo (HsVcard *self);
HS_AVAILABLE_IN_0_2
void hs_vcard_set_photo (HsVcard *self, GBytes *photo);
HS_AVAILABLE_IN_0_2
const char *hs_vcard_get_photo_type (HsVcard *self);
HS_AVAILABLE_IN_0_2
void hs_vcard_set_photo_type (HsVcard *self, const char *photo_type);
HS_AVAILABLE_IN_0_2
HsElement *hs_vcard_get_element (HsVcard *self);

G_END_DECLS
