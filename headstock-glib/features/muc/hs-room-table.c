/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-room-table-private.h"

#include <string.h>

#include "hs-feature.h"
#include "hs-muc-text-private.h"
#include "hs-namespaces.h"

/* The occupants of a room, updated from their presences. */

#define MAX_HATS 16

void
hs_room_table_init (HsRoomTable *table)
{
  table->by_nick = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  table->by_id = NULL;
}

void
hs_room_table_clear (HsRoomTable *table)
{
  g_clear_pointer (&table->by_id, g_hash_table_unref);
  g_clear_pointer (&table->by_nick, g_hash_table_unref);
}

static void
insert_id (HsRoomTable *table, HsOccupant *occupant)
{
  if (occupant->occupant_id == NULL)
    return;
  if (table->by_id == NULL)
    table->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_replace (table->by_id, occupant->occupant_id, occupant);
}

static void
remove_id (HsRoomTable *table, HsOccupant *occupant)
{
  if (occupant->occupant_id != NULL && table->by_id != NULL
      && g_hash_table_lookup (table->by_id, occupant->occupant_id) == occupant)
    g_hash_table_remove (table->by_id, occupant->occupant_id);
}

void
hs_room_table_insert (HsRoomTable *table, HsOccupant *occupant)
{
  /* The occupant owns the key. */
  g_hash_table_replace (table->by_nick, occupant->nick, g_object_ref (occupant));
  insert_id (table, occupant);
}

void
hs_room_table_remove (HsRoomTable *table, HsOccupant *occupant)
{
  remove_id (table, occupant);
  if (g_hash_table_lookup (table->by_nick, occupant->nick) == occupant)
    g_hash_table_remove (table->by_nick, occupant->nick);
}

HsOccupant *
hs_room_table_lookup (HsRoomTable *table, const char *nick)
{
  return table->by_nick != NULL ? g_hash_table_lookup (table->by_nick, nick) : NULL;
}

HsOccupant *
hs_room_table_lookup_id (HsRoomTable *table, const char *occupant_id)
{
  return table->by_id != NULL ? g_hash_table_lookup (table->by_id, occupant_id) : NULL;
}

void
hs_room_table_rename (HsRoomTable *table, HsOccupant *occupant, HsJid *jid)
{
  g_autoptr (HsOccupant) alive G_GNUC_UNUSED = g_object_ref (occupant);

  hs_room_table_remove (table, occupant);
  g_free (occupant->nick);
  hs_jid_unref (occupant->jid);
  occupant->jid = hs_jid_ref (jid);
  occupant->nick = g_strdup (hs_jid_get_resource (jid));
  hs_room_table_insert (table, occupant);
}

static HsShow
read_show (HsPresence *presence)
{
  const char *show = hs_presence_get_show (presence);

  if (strcmp (hs_stanza_get_stanza_type (HS_STANZA (presence)), "available") != 0)
    return HS_SHOW_OFFLINE;
  if (g_strcmp0 (show, "chat") == 0)
    return HS_SHOW_CHAT;
  if (g_strcmp0 (show, "away") == 0)
    return HS_SHOW_AWAY;
  if (g_strcmp0 (show, "xa") == 0)
    return HS_SHOW_XA;
  if (g_strcmp0 (show, "dnd") == 0)
    return HS_SHOW_DND;
  return HS_SHOW_ONLINE;
}

static char **
read_hats (HsElement *presence, HsRoomTrust trust)
{
  HsElement *hats = (trust & HS_ROOM_TRUST_HATS) != 0 ? hs_element_get_child (presence, "hats", HS_NS_HATS) : NULL;
  g_autoptr (GStrvBuilder) builder = NULL;
  guint n = 0;

  if (hats == NULL)
    return g_new0 (char *, 1);
  builder = g_strv_builder_new ();
  for (HsElement *hat = hs_element_get_first_child (hats); hat != NULL && n < MAX_HATS;
       hat = hs_element_get_next_sibling (hat))
    {
      const char *title = hs_element_get_attribute (hat, "title");

      if (title == NULL || !hs_element_matches (hat, "hat", HS_NS_HATS))
        continue;
      g_strv_builder_add (builder, title);
      n++;
    }
  return g_strv_builder_end (builder);
}

static HsOccupantChanges
take_text (char **place, const char *text, HsOccupantChanges change)
{
  return hs_muc_set_string (place, text) ? change : 0;
}

/* The attribute of the first <item/>. Returns FALSE if there is no <item/>. */
static gboolean
read_item (HsElement *presence, const char *attribute, const char **value)
{
  return hs_feature_get_inner_values (presence, "x", "item", HS_NS_MUC_USER, attribute, value, 1) > 0;
}

static HsOccupantChanges
take_item (HsOccupant *self, HsElement *presence)
{
  HsOccupantChanges changes = 0;
  const char *role_text = NULL, *affiliation_text = NULL, *jid = NULL;
  HsRole role;
  HsAffiliation affiliation;

  if (!read_item (presence, "role", &role_text) || !read_item (presence, "affiliation", &affiliation_text)
      || !read_item (presence, "jid", &jid))
    return 0;
  role = hs_muc_parse_role (role_text);
  affiliation = hs_muc_parse_affiliation (affiliation_text);
  if (role != self->role)
    changes |= HS_OCCUPANT_CHANGED_ROLE;
  if (affiliation != self->affiliation)
    changes |= HS_OCCUPANT_CHANGED_AFFILIATION;
  self->role = role;
  self->affiliation = affiliation;
  if (jid != NULL && (self->real_jid == NULL || strcmp (hs_jid_to_string (self->real_jid), jid) != 0))
    {
      HsJid *real = hs_jid_new (jid, NULL);

      if (real != NULL)
        {
          g_clear_pointer (&self->real_jid, hs_jid_unref);
          self->real_jid = real;
          changes |= HS_OCCUPANT_CHANGED_REAL_JID;
        }
    }
  return changes;
}

static HsOccupantChanges
take_availability (HsOccupant *self, HsPresence *presence)
{
  HsShow show = read_show (presence);
  HsOccupantChanges changes = take_text (&self->status, hs_presence_get_status (presence), HS_OCCUPANT_CHANGED_STATUS);

  if (show != self->show)
    changes |= HS_OCCUPANT_CHANGED_SHOW;
  self->show = show;
  return changes;
}

static HsOccupantChanges
take_rest (HsOccupant *self, HsPresence *presence, HsRoomTrust trust)
{
  HsElement *element = HS_ELEMENT (presence);
  HsElement *vcard = hs_element_get_child (element, "x", HS_NS_VCARD_UPDATE);
  g_auto (GStrv) hats = read_hats (element, trust);
  HsOccupantChanges changes = take_text (&self->caps_node, hs_element_get_child_attribute (element, "c", HS_NS_CAPS, "node"),
                                         HS_OCCUPANT_CHANGED_CAPS_NODE);

  if (vcard != NULL && hs_element_get_child (vcard, "photo", HS_NS_VCARD_UPDATE) != NULL)
    {
      const char *hash = hs_element_get_child_text (vcard, "photo", HS_NS_VCARD_UPDATE);

      changes |= take_text (&self->avatar_hash, hash != NULL ? hash : "", HS_OCCUPANT_CHANGED_AVATAR_HASH);
    }
  if (self->hats == NULL || !g_strv_equal ((const char *const *) self->hats, (const char *const *) hats))
    {
      g_strfreev (self->hats);
      self->hats = g_steal_pointer (&hats);
      changes |= HS_OCCUPANT_CHANGED_HATS;
    }
  return changes;
}

/* In a room that does not give ids, the sender has chosen the id (XEP-0421, 3). */
static HsOccupantChanges
take_id (HsRoomTable *table, HsOccupant *self, const char *id, HsRoomTrust trust)
{
  if (id == NULL || *id == '\0')
    return 0;
  if ((trust & HS_ROOM_TRUST_OCCUPANT_ID) == 0)
    {
      hs_muc_set_string (&self->claimed_id, id);
      return 0;
    }
  if (g_strcmp0 (id, self->occupant_id) == 0)
    return 0;
  remove_id (table, self);
  hs_muc_set_string (&self->occupant_id, id);
  insert_id (table, self);
  return HS_OCCUPANT_CHANGED_OCCUPANT_ID;
}

void
hs_room_table_vouch_for_ids (HsRoomTable *table)
{
  GList *occupants = g_hash_table_get_values (table->by_nick);

  g_list_foreach (occupants, (GFunc) G_CALLBACK (g_object_ref), NULL);
  for (GList *l = occupants; l != NULL; l = l->next)
    {
      HsOccupant *occupant = l->data;
      g_autofree char *id = g_steal_pointer (&occupant->claimed_id);

      hs_occupant_notify (occupant, take_id (table, occupant, id, HS_ROOM_TRUST_OCCUPANT_ID));
    }
  g_list_free_full (occupants, g_object_unref);
}

HsOccupantChanges
hs_room_table_update (HsRoomTable *table, HsOccupant *self, HsPresence *presence, HsRoomTrust trust)
{
  const char *id = hs_element_get_child_attribute (HS_ELEMENT (presence), "occupant-id", HS_NS_OCCUPANT_ID, "id");
  HsOccupantChanges changes = take_item (self, HS_ELEMENT (presence)) | take_availability (self, presence);

  /* An occupant who leaves keeps the other values. */
  if (self->show != HS_SHOW_OFFLINE)
    changes |= take_rest (self, presence, trust) | take_id (table, self, id, trust);
  return changes;
}
