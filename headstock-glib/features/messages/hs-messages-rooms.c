/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-feature.h"
#include "hs-namespaces.h"

/* The authors in a room (XEP-0045). A nickname does not identify a person: after an occupant has left, somebody else
 * may take it. */

/* How many nicknames of former occupants are remembered. Beyond that, all occupants count as new ones. */
#define MAX_LEFT 5000

static void
room_free (gpointer data)
{
  HsMessagesRoom *self = data;

  hs_jid_unref (self->room);
  hs_jid_unref (self->occupant);
  g_clear_pointer (&self->left, g_hash_table_unref);
  g_free (self->occupant_id);
  g_free (self->epoch);
  g_free (self);
}

static guint
hash_jid (gconstpointer jid)
{
  return hs_jid_hash ((HsJid *) jid);
}

static gboolean
equal_jids (gconstpointer a, gconstpointer b)
{
  return hs_jid_equal ((HsJid *) a, (HsJid *) b);
}

GHashTable *
hs_messages_new_jid_table (GDestroyNotify free_value)
{
  return g_hash_table_new_full (hash_jid, equal_jids, NULL, free_value);
}

void
hs_messages_rooms_init (HsMessages *self)
{
  self->rooms = hs_messages_new_jid_table (room_free);
}

HsMessagesRoom *
hs_messages_find_room (HsMessages *self, HsJid *jid)
{
  g_autoptr (HsJid) bare = NULL;

  if (g_hash_table_size (self->rooms) == 0)
    return NULL;
  bare = hs_jid_get_bare (jid);
  return g_hash_table_lookup (self->rooms, bare);
}

static void
begin_epoch (HsMessagesRoom *room)
{
  g_free (room->epoch);
  room->epoch = hs_feature_random_id ();
  g_clear_pointer (&room->left, g_hash_table_unref);
}

static const char *
get_occupant_id (HsMessagesRoom *room, HsMessage *message)
{
  const char *id;

  if (room == NULL || (room->flags & HS_MESSAGES_ROOM_HAS_OCCUPANT_IDS) == 0)
    return NULL;
  /* The room removes the ids that senders write (XEP-0421, 3). If there are two, it did not, and this is NULL. */
  id = hs_message_get_occupant_id (message);
  return id != NULL && *id != '\0' ? id : NULL;
}

gboolean
hs_messages_is_own_occupant (HsMessagesRoom *room, HsJid *occupant, HsMessage *message, gboolean is_archived)
{
  const char *id;

  if (room == NULL)
    return FALSE;
  id = get_occupant_id (room, message);
  if (id != NULL && room->occupant_id != NULL)
    return strcmp (id, room->occupant_id) == 0;
  /* In an archive, somebody else may have had the nickname of this client. */
  return !is_archived && hs_jid_equal (occupant, room->occupant);
}

/* A room that shows all addresses to everybody also has them in its archive (XEP-0313, 5.1.2). Of several addresses, the
 * sender has written all but one. */
static HsJid *
dup_archived_jid (HsMessage *message)
{
  HsElement *x = hs_messages_get_only_child (HS_ELEMENT (message), "x", HS_NS_MUC_USER);
  HsElement *item = x != NULL ? hs_messages_get_only_child (x, "item", HS_NS_MUC_USER) : NULL;
  const char *jid = item != NULL ? hs_element_get_attribute (item, "jid") : NULL;

  return jid != NULL ? hs_jid_new (jid, NULL) : NULL;
}

static char *
make_nick_author (HsMessagesRoom *room, HsJid *occupant)
{
  const char *nick = hs_jid_get_resource (occupant);
  guint n = room->left != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (room->left, nick)) : 0;

  return g_strdup_printf ("nick:%s#%s.%u", hs_jid_to_string (occupant), room->epoch, n);
}

char *
hs_messages_dup_occupant_author (HsMessages *self, HsJid *occupant, HsMessage *message, gboolean is_archived)
{
  HsMessagesRoom *room = hs_messages_find_room (self, occupant);
  const char *id = get_occupant_id (room, message);
  g_autoptr (HsJid) real = NULL;
  g_autoptr (HsJid) bare = hs_jid_get_bare (occupant);

  if (id != NULL)
    return g_strconcat ("id:", hs_jid_to_string (bare), "/", id, NULL);
  if (room == NULL || hs_jid_is_bare (occupant))
    return NULL;
  if ((room->flags & HS_MESSAGES_ROOM_IS_OPEN) != 0)
    {
      if (is_archived)
        real = dup_archived_jid (message);
      else if (self->real_jid != NULL)
        real = self->real_jid (occupant, self->real_jid_data);
    }
  if (real != NULL)
    {
      g_autoptr (HsJid) person = hs_jid_get_bare (real);

      return g_strconcat ("jid:", hs_jid_to_string (person), NULL);
    }
  return is_archived ? NULL : make_nick_author (room, occupant);
}

char *
hs_messages_dup_own_author (HsMessages *self, HsMessagesRoom *room)
{
  if (room->occupant_id != NULL && (room->flags & HS_MESSAGES_ROOM_HAS_OCCUPANT_IDS) != 0)
    return g_strconcat ("id:", hs_jid_to_string (room->room), "/", room->occupant_id, NULL);
  if ((room->flags & HS_MESSAGES_ROOM_IS_OPEN) != 0 && self->own != NULL)
    return g_strconcat ("jid:", hs_jid_to_string (self->own), NULL);
  return make_nick_author (room, room->occupant);
}

void
hs_messages_set_real_jids (HsMessages *self, HsMessagesRealJidFunc func, gpointer data)
{
  self->real_jid = func;
  self->real_jid_data = data;
  self->has_rooms = func != NULL;
}

void
hs_messages_add_room (HsMessages *self, HsJid *occupant, const char *occupant_id, HsMessagesRoomFlags flags)
{
  HsMessagesRoom *room = g_new0 (HsMessagesRoom, 1);

  room->room = hs_jid_get_bare (occupant);
  room->occupant = hs_jid_ref (occupant);
  room->occupant_id = g_strdup (occupant_id);
  room->flags = flags;
  begin_epoch (room);
  g_hash_table_replace (self->rooms, room->room, room);
  self->has_rooms = TRUE;
}

void
hs_messages_set_room_flags (HsMessages *self, HsJid *room, HsMessagesRoomFlags flags)
{
  HsMessagesRoom *known = hs_messages_find_room (self, room);

  if (known != NULL)
    known->flags = flags;
}

gboolean
hs_messages_has_no_archive (HsMessages *self, HsJid *room)
{
  HsMessagesRoom *known = hs_messages_find_room (self, room);

  return known != NULL && (known->flags & HS_MESSAGES_ROOM_HAS_NO_ARCHIVE) != 0;
}

void
hs_messages_room_renamed (HsMessages *self, HsJid *occupant)
{
  HsMessagesRoom *room = hs_messages_find_room (self, occupant);

  if (room == NULL)
    return;
  hs_messages_occupant_left (self, room->occupant);
  hs_jid_unref (room->occupant);
  room->occupant = hs_jid_ref (occupant);
}

void
hs_messages_remove_room (HsMessages *self, HsJid *room)
{
  g_hash_table_remove (self->rooms, room);
}

void
hs_messages_room_ended_history (HsMessages *self, HsJid *room)
{
  HsMessagesRoom *known = hs_messages_find_room (self, room);

  if (known != NULL)
    known->flags |= HS_MESSAGES_ROOM_IS_LIVE;
}

gboolean
hs_messages_is_in_room (HsMessages *self, HsJid *room)
{
  return hs_messages_find_room (self, room) != NULL;
}

void
hs_messages_occupant_left (HsMessages *self, HsJid *occupant)
{
  HsMessagesRoom *room = hs_messages_find_room (self, occupant);
  const char *nick = hs_jid_get_resource (occupant);

  if (room == NULL || nick == NULL)
    return;
  if (room->left != NULL && g_hash_table_size (room->left) >= MAX_LEFT)
    begin_epoch (room);
  if (room->left == NULL)
    room->left = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_replace (room->left, g_strdup (nick), GUINT_TO_POINTER (++room->n_left));
}
