/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-avatars-private.h"

#include <string.h>

#include "hs-namespaces.h"

#define HASH_LENGTH 40
/* RFC 6838, 4.2: two names of at most 127 characters each. */
#define MAX_MEDIA_TYPE 255

void
hs_avatar_info_free (HsAvatarInfo *self)
{
  g_free (self->hash);
  g_free (self->media_type);
  g_free (self->id);
  g_free (self->item);
  g_free (self);
}

/* Returns a SHA-1 hash in lower case, or NULL if @text is none: nothing else may become the name of a file. */
static char *
dup_hash (const char *text)
{
  if (text == NULL || strlen (text) != HASH_LENGTH || strspn (text, "0123456789abcdefABCDEF") != HASH_LENGTH)
    return NULL;
  return g_ascii_strdown (text, HASH_LENGTH);
}

/* Others write the id, which may be of any length: a longer one is remembered as its hash. */
static char *
dup_item_id (const char *id)
{
  return id == NULL || strlen (id) <= HASH_LENGTH ? g_strdup (id) : g_compute_checksum_for_string (G_CHECKSUM_SHA1, id, -1);
}

char *
hs_avatars_dup_media_type (const char *text)
{
  return text != NULL && strlen (text) <= MAX_MEDIA_TYPE ? g_strdup (text) : NULL;
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

void
hs_avatars_forget_published (HsAvatars *self, const char *key, const char *item)
{
  HsAvatarInfo *info = hs_avatars_find_info (self, key);
  HsAvatar *avatar = g_hash_table_lookup (self->alive, key);
  g_autofree char *id = dup_item_id (item);
  GList *link;

  if (info == NULL || !info->is_pep || (id != NULL && g_strcmp0 (info->item, id) != 0))
    return;
  link = g_queue_find_custom (&self->info_keys, key, (GCompareFunc) g_strcmp0);
  g_free (link->data);
  g_queue_delete_link (&self->info_keys, link);
  g_hash_table_remove (self->infos, key);
  if (avatar != NULL)
    hs_avatar_set_info (avatar, NULL);
}

static gboolean
is_in_room (const char *key, const char *room)
{
  const char *slash = strchr (key, '/');

  return slash != NULL && (room == NULL || (strlen (room) == (gsize) (slash - key) && g_str_has_prefix (key, room)));
}

void
hs_avatars_forget_occupants (HsAvatars *self, const char *room)
{
  g_autoptr (GPtrArray) avatars = g_ptr_array_new_with_free_func (g_object_unref);

  for (GList *link = self->info_keys.head, *next; link != NULL; link = next)
    {
      g_autofree char *key = NULL;
      HsAvatar *avatar;

      next = link->next;
      if (!is_in_room (link->data, room))
        continue;
      key = link->data;
      g_queue_delete_link (&self->info_keys, link);
      g_hash_table_remove (self->infos, key);
      avatar = g_hash_table_lookup (self->alive, key);
      if (avatar != NULL)
        g_ptr_array_add (avatars, g_object_ref (avatar));
    }
  /* All changes are made before handlers run. */
  for (guint i = 0; i < avatars->len; i++)
    hs_avatar_set_info (avatars->pdata[i], NULL);
}

void
hs_avatars_forget_all (HsAvatars *self)
{
  g_autoptr (GPtrArray) avatars = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer avatar;

  g_queue_clear_full (&self->info_keys, g_free);
  g_hash_table_remove_all (self->infos);
  g_hash_table_remove_all (self->failed);
  g_hash_table_iter_init (&iter, self->alive);
  while (g_hash_table_iter_next (&iter, NULL, &avatar))
    g_ptr_array_add (avatars, g_object_ref (avatar));
  /* All changes are made before handlers run. */
  for (guint i = 0; i < avatars->len; i++)
    hs_avatar_set_info (avatars->pdata[i], NULL);
}

static guint64
read_number (HsElement *element, const char *name)
{
  const char *text = hs_element_get_attribute (element, name);
  g_autoptr (GError) error = NULL;
  guint64 number;

  if (text == NULL)
    return 0;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &number, &error))
    return number;
  return g_error_matches (error, G_NUMBER_PARSER_ERROR, G_NUMBER_PARSER_ERROR_OUT_OF_BOUNDS) ? G_MAXUINT64 : 0;
}

static int
read_pixels (HsElement *element, const char *name)
{
  guint64 number = read_number (element, name);

  return number <= G_MAXINT ? (int) number : 0;
}

/* Chooses an image that is published in the item node; the format that everybody must support is preferred (XEP-0084,
 * 4.2.1). An image on a web server is never fetched: that would reveal who looks at it. */
static HsElement *
find_info (HsElement *metadata)
{
  HsElement *found = NULL;

  for (HsElement *child = hs_element_get_first_child (metadata); child != NULL;
       child = hs_element_get_next_sibling (child))
    {
      g_autofree char *hash = dup_hash (hs_element_get_attribute (child, "id"));

      if (!hs_element_matches (child, "info", HS_NS_AVATAR_METADATA) || hash == NULL
          || hs_element_get_attribute (child, "url") != NULL)
        continue;
      if (g_strcmp0 (hs_element_get_attribute (child, "type"), "image/png") == 0)
        return child;
      if (found == NULL)
        found = child;
    }
  return found;
}

HsAvatarInfo *
hs_avatars_read_metadata (HsPubSubItem *item)
{
  HsElement *metadata = hs_pubsub_item_get_payload (item);
  HsAvatarInfo *self;
  HsElement *info;

  if (metadata == NULL || !hs_element_matches (metadata, "metadata", HS_NS_AVATAR_METADATA))
    return NULL;
  self = g_new0 (HsAvatarInfo, 1);
  self->is_pep = TRUE;
  self->item = dup_item_id (hs_pubsub_item_get_id (item));
  info = find_info (metadata);
  self->hash = info != NULL ? dup_hash (hs_element_get_attribute (info, "id")) : NULL;
  if (self->hash == NULL)
    {
      self->is_none = TRUE;
      return self;
    }
  self->id = g_strdup (hs_element_get_attribute (info, "id"));
  self->media_type = hs_avatars_dup_media_type (hs_element_get_attribute (info, "type"));
  self->width = read_pixels (info, "width");
  self->height = read_pixels (info, "height");
  self->size = read_number (info, "bytes");
  return self;
}

static gboolean
is_of_type (HsStanza *presence, const char *type)
{
  return g_strcmp0 (hs_element_get_attribute (HS_ELEMENT (presence), "type"), type) == 0;
}

/* Whether a presence says that the account itself has left the room (XEP-0045, 7.14), and has not only changed its
 * nickname (7.6). */
static gboolean
is_leaving (HsStanza *presence, HsElement *x)
{
  gboolean is_self = FALSE;

  if (x == NULL || !is_of_type (presence, "unavailable"))
    return FALSE;
  for (HsElement *child = hs_element_get_first_child (x); child != NULL; child = hs_element_get_next_sibling (child))
    {
      const char *code = hs_element_matches (child, "status", HS_NS_MUC_USER) ? hs_element_get_attribute (child, "code")
                                                                              : NULL;

      if (g_strcmp0 (code, "303") == 0)
        return FALSE;
      is_self |= g_strcmp0 (code, "110") == 0;
    }
  return is_self;
}

/* XEP-0153, 3.2: an <x/> without <photo/> says nothing; an empty <photo/> says that there is no image. */
void
hs_avatars_read_presence (HsAvatars *self, HsStanza *presence)
{
  HsElement *x = hs_element_get_child (HS_ELEMENT (presence), "x", HS_NS_VCARD_UPDATE);
  HsElement *photo = x != NULL ? hs_element_get_child (x, "photo", HS_NS_VCARD_UPDATE) : NULL;
  HsElement *occupant = hs_element_get_child (HS_ELEMENT (presence), "x", HS_NS_MUC_USER);
  gboolean is_occupant = occupant != NULL;
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (presence);
  g_autoptr (HsJid) bare = from != NULL ? hs_jid_get_bare (from) : NULL;
  g_autoptr (HsJid) key = NULL;
  HsAvatarInfo *info;
  const char *text;

  if (from == NULL || (photo == NULL && !is_occupant))
    return;
  if (!is_of_type (presence, NULL) && !(is_occupant && is_of_type (presence, "unavailable")))
    return;
  if (is_leaving (presence, occupant))
    {
      hs_avatars_forget_occupants (self, hs_jid_to_string (bare));
      return;
    }
  key = hs_jid_ref (is_occupant ? from : bare);
  /* An occupant without an image is remembered as well, to know that the address is not a person's device. The image of
   * an occupant who leaves is forgotten: the next one with the nickname is somebody else. */
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
  if (hs_jid_is_bare (jid) || g_hash_table_contains (self->infos, hs_jid_to_string (jid))
      || g_hash_table_contains (self->alive, hs_jid_to_string (jid)))
    return g_strdup (hs_jid_to_string (jid));
  bare = hs_jid_get_bare (jid);
  return g_strdup (hs_jid_to_string (bare));
}
