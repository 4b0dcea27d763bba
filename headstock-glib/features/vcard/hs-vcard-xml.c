/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-vcard-private.h"

#include "hs-feature.h"
#include "hs-namespaces.h"

/* The place of a field's text: in the element @outer, or in @inner inside it. */
typedef struct
{
  const char *outer;
  const char *inner; /* or NULL */
  const char *other; /* in place of @outer if there is none; or NULL */
} Place;

static const Place places[HS_VCARD_N_FIELDS] = {
  [HS_VCARD_FIELD_FULL_NAME] = { "FN", NULL, NULL },
  [HS_VCARD_FIELD_GIVEN_NAME] = { "N", "GIVEN", NULL },
  [HS_VCARD_FIELD_FAMILY_NAME] = { "N", "FAMILY", NULL },
  [HS_VCARD_FIELD_NICKNAME] = { "NICKNAME", NULL, NULL },
  [HS_VCARD_FIELD_NOTE] = { "NOTE", NULL, "DESC" },
  [HS_VCARD_FIELD_BIRTHDAY] = { "BDAY", NULL, NULL },
  [HS_VCARD_FIELD_EMAIL] = { "EMAIL", "USERID", NULL },
  [HS_VCARD_FIELD_URL] = { "URL", NULL, NULL },
  [HS_VCARD_FIELD_PHOTO] = { "PHOTO", "BINVAL", NULL },
  [HS_VCARD_FIELD_PHOTO_TYPE] = { "PHOTO", "TYPE", NULL },
};

static HsElement *
get_child (HsElement *parent, const char *name)
{
  return hs_element_get_child (parent, name, HS_NS_VCARD);
}

/* Finds the element @outer of a field. Of several e-mail addresses, it is the preferred one. */
static HsElement *
find_outer (HsElement *vcard, HsVcardField field)
{
  HsElement *first = get_child (vcard, places[field].outer);

  if (first == NULL && places[field].other != NULL)
    return get_child (vcard, places[field].other);
  if (field != HS_VCARD_FIELD_EMAIL)
    return first;
  for (HsElement *child = first; child != NULL; child = hs_element_get_next_sibling (child))
    if (hs_element_matches (child, places[field].outer, HS_NS_VCARD) && get_child (child, "PREF") != NULL)
      return child;
  return first;
}

const char *
hs_vcard_read_field (HsElement *vcard, HsVcardField field)
{
  HsElement *element = find_outer (vcard, field);
  const char *text;

  if (element != NULL && places[field].inner != NULL)
    element = get_child (element, places[field].inner);
  text = element != NULL ? hs_element_get_text (element) : NULL;
  return text != NULL && *text != '\0' ? text : NULL;
}

static void
remove_children (HsElement *parent, const char *name)
{
  HsElement *child;

  while (name != NULL && (child = get_child (parent, name)) != NULL)
    hs_element_detach (child);
}

/* Removes all elements of the same name: one that was left would be read next. From `N` and `PHOTO`, only the one part
 * is removed. */
static void
remove_field (HsElement *vcard, HsVcardField field)
{
  HsElement *outer = find_outer (vcard, field);

  if (outer != NULL && places[field].inner != NULL && field != HS_VCARD_FIELD_EMAIL)
    {
      remove_children (outer, places[field].inner);
      return;
    }
  remove_children (vcard, places[field].outer);
  remove_children (vcard, places[field].other);
}

static HsElement *
ensure_outer (HsElement *vcard, HsVcardField field)
{
  HsElement *outer = find_outer (vcard, field);

  if (outer != NULL)
    return outer;
  outer = hs_element_add_child (vcard, places[field].outer, HS_NS_VCARD);
  if (field == HS_VCARD_FIELD_EMAIL)
    {
      hs_element_add_child (outer, "INTERNET", HS_NS_VCARD);
      hs_element_add_child (outer, "PREF", HS_NS_VCARD);
    }
  return outer;
}

void
hs_vcard_write_field (HsElement *vcard, HsVcardField field, const char *text)
{
  HsElement *element, *inner;

  if (text == NULL)
    {
      remove_field (vcard, field);
      return;
    }
  element = ensure_outer (vcard, field);
  if (places[field].inner == NULL)
    hs_element_set_text (element, text);
  else if ((inner = get_child (element, places[field].inner)) != NULL)
    hs_element_set_text (inner, text);
  else
    hs_element_add_text_child (element, places[field].inner, HS_NS_VCARD, text);
}

GBytes *
hs_vcard_decode_photo (const char *text)
{
  gsize length;
  guchar *bytes;

  if (text == NULL || !hs_feature_measure_base64 (text, &length) || length == 0)
    return NULL;
  bytes = g_base64_decode (text, &length);
  return g_bytes_new_take (bytes, length);
}

void
hs_vcard_write_photo (HsElement *vcard, GBytes *photo)
{
  g_autofree char *text = NULL;

  if (photo == NULL)
    {
      remove_children (vcard, "PHOTO");
      return;
    }
  text = g_base64_encode (g_bytes_get_data (photo, NULL), g_bytes_get_size (photo));
  /* A photo is either in the vCard or elsewhere. */
  remove_children (ensure_outer (vcard, HS_VCARD_FIELD_PHOTO), "EXTVAL");
  hs_vcard_write_field (vcard, HS_VCARD_FIELD_PHOTO, text);
}
