/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-vcard.h"

G_BEGIN_DECLS

/* The fields in the XML of a vCard. Their numbers are those of the properties, too. */
typedef enum
{
  HS_VCARD_FIELD_FULL_NAME = 1,
  HS_VCARD_FIELD_GIVEN_NAME,
  HS_VCARD_FIELD_FAMILY_NAME,
  HS_VCARD_FIELD_NICKNAME,
  HS_VCARD_FIELD_NOTE,
  HS_VCARD_FIELD_BIRTHDAY,
  HS_VCARD_FIELD_EMAIL,
  HS_VCARD_FIELD_URL,
  HS_VCARD_FIELD_PHOTO,
  HS_VCARD_FIELD_PHOTO_TYPE,
  HS_VCARD_N_FIELDS
} HsVcardField;

/* Returns the text of the field, or NULL if the field is missing or empty. */
const char *hs_vcard_read_field (HsElement *vcard, HsVcardField field);
/* Removes the field where @text is NULL. */
void hs_vcard_write_field (HsElement *vcard, HsVcardField field, const char *text);

/* Returns the decoded bytes, or NULL if @text is NULL or not in base64. */
GBytes *hs_vcard_decode_photo (const char *text);
/* Removes the whole `PHOTO`, the type of the image included, where @photo is NULL. */
void hs_vcard_write_photo (HsElement *vcard, GBytes *photo);

G_END_DECLS
