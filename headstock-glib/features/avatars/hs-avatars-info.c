/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-avatars-private.h"

#include <string.h>

#include "hs-namespaces.h"

#define HASH_LENGTH 40

void
hs_avatar_info_free (HsAvatarInfo *self)
{
  g_free (self->hash);
  g_free (self->media_type);
  g_free (self);
}

/* SHA-1 in hexadecimal digits, in lower case. Nothing else may become the name of a file. */
static char *
dup_hash (const char *text)
{
  if (text == NULL || strlen (text) != HASH_LENGTH || strspn (text, "0123456789abcdefABCDEF") != HASH_LENGTH)
    return NULL;
  return g_ascii_strdown (text, HASH_LENGTH);
}

char *
hs_avatars_hash_bytes (GBytes *bytes)
{
  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, bytes);
}

HsAvatarInfo *
hs_avatars_find_info (HsAvatars *self, const char *key)
{
  return g_hash_table_lookup (self->infos, key);
}

static void
forget_oldest (HsAvatars *self)
{
  char *key = g_queue_pop_head (&self->info_keys);

  g_hash_table_remove (self->infos, key);
  g_free (key);
}

void
hs_avatars_take_info (HsAvatars *self, const char *key, HsAvatarInfo *info)
{
  HsAvatarInfo *old = hs_avatars_find_info (self, key);
  HsAvatar *avatar;

  if (old != NULL && old->is_pep && !info->is_pep)
    {
      hs_avatar_info_free (info);
      return;
    }
  if (old == NULL)
    g_queue_push_tail (&self->info_keys, g_strdup (key));
  g_hash_table_replace (self->infos, g_strdup (key), info);
  if (self->info_keys.length > HS_AVATARS_MAX_INFOS)
    forget_oldest (self);
  avatar = g_hash_table_lookup (self->alive, key);
  if (avatar != NULL)
    hs_avatar_set_info (avatar, hs_avatars_find_info (self, key));
}

static int
read_number (HsElement *element, const char *name)
{
  const char *text = hs_element_get_attribute (element, name);
  guint64 number;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &number, NULL))
    return 0;
  return (int) number;
}

/* One that is published as well; the format that all must have is preferred (XEP-0084, 4.2.1). An image that is
 * somewhere on the web is not fetched: that would tell who looks at it. */
static HsElement *
find_info (HsElement *metadata)
{
  HsElement *found = NULL;

  for (HsElement *child = hs_element_get_first_child (metadata); child != NULL;
       child = hs_element_get_next_sibling (child))
    {
      if (!hs_element_matches (child, "info", HS_NS_AVATAR_METADATA) || hs_element_get_attribute (child, "url") != NULL)
        continue;
      if (g_strcmp0 (hs_element_get_attribute (child, "type"), "image/png") == 0)
        return child;
      if (found == NULL)
        found = child;
    }
  return found;
}

HsAvatarInfo *
hs_avatars_read_metadata (HsElement *metadata)
{
  HsAvatarInfo *self;
  HsElement *info;

  if (metadata == NULL || !hs_element_matches (metadata, "metadata", HS_NS_AVATAR_METADATA))
    return NULL;
  self = g_new0 (HsAvatarInfo, 1);
  self->is_pep = TRUE;
  info = find_info (metadata);
  self->hash = info != NULL ? dup_hash (hs_element_get_attribute (info, "id")) : NULL;
  if (self->hash == NULL)
    {
      self->is_none = TRUE;
      return self;
    }
  self->media_type = g_strdup (hs_element_get_attribute (info, "type"));
  self->width = read_number (info, "width");
  self->height = read_number (info, "height");
  self->size = (guint64) read_number (info, "bytes");
  return self;
}

static gboolean
is_of_type (HsStanza *presence, const char *type)
{
  return g_strcmp0 (hs_element_get_attribute (HS_ELEMENT (presence), "type"), type) == 0;
}

/* XEP-0153, 3.2: an <x/> without <photo/> says nothing; an empty <photo/> says that there is no image. */
void
hs_avatars_read_presence (HsAvatars *self, HsStanza *presence)
{
  HsElement *x = hs_element_get_child (HS_ELEMENT (presence), "x", HS_NS_VCARD_UPDATE);
  HsElement *photo = x != NULL ? hs_element_get_child (x, "photo", HS_NS_VCARD_UPDATE) : NULL;
  gboolean is_occupant = hs_element_get_child (HS_ELEMENT (presence), "x", HS_NS_MUC_USER) != NULL;
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (presence);
  g_autoptr (HsJid) key = NULL;
  HsAvatarInfo *info;
  const char *text;

  if (from == NULL || (photo == NULL && !is_occupant))
    return;
  if (!is_of_type (presence, NULL) && !(is_occupant && is_of_type (presence, "unavailable")))
    return;
  key = is_occupant ? hs_jid_ref (from) : hs_jid_get_bare (from);
  /* An occupant without one is remembered as well: so it is known that this is no device of a person. Who leaves takes the
   * image along: the next one with the nickname is somebody else. */
  if (photo == NULL && is_of_type (presence, NULL) && hs_avatars_find_info (self, hs_jid_to_string (key)) != NULL)
    return;
  info = g_new0 (HsAvatarInfo, 1);
  text = photo != NULL ? hs_element_get_text (photo) : NULL;
  info->hash = dup_hash (text);
  info->is_none = photo != NULL && (text == NULL || *text == '\0');
  hs_avatars_take_info (self, hs_jid_to_string (key), info);
}

char *
hs_avatars_dup_key (HsAvatars *self, const char *text)
{
  g_autoptr (HsJid) jid = hs_jid_new (text, NULL);
  g_autoptr (HsJid) bare = NULL;

  if (jid == NULL)
    return NULL;
  if (hs_jid_is_bare (jid) || g_hash_table_contains (self->infos, hs_jid_to_string (jid)))
    return g_strdup (hs_jid_to_string (jid));
  bare = hs_jid_get_bare (jid);
  return g_strdup (hs_jid_to_string (bare));
}
