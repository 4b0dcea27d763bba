/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-jid-table-private.h"

#include <string.h>

#define MIN_SIZE 8

/* An address as a key: its string, or the beginning of it. */
typedef struct
{
  const char *string;
  gsize length;
  guint hash;
} Key;

/* A hash that reads eight bytes at a time. */
static guint
hash_bytes (const char *string, gsize length)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325) ^ length;

  for (gsize i = 0; i < length; i += sizeof hash)
    {
      guint64 word = 0;

      memcpy (&word, string + i, MIN (sizeof word, length - i));
      hash = (hash ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      hash ^= hash >> 32;
    }
  return (guint) (hash ^ hash >> 15);
}

static Key
make_key (const char *string, gsize length)
{
  return (Key){ string, length, hash_bytes (string, length) };
}

static Key
make_key_for (HsJid *jid)
{
  const char *string = hs_jid_to_string (jid);

  return make_key (string, strlen (string));
}

/* The part is chosen by bits of the hash that a small part does not use. */
static HsJidTablePart *
find_part (HsJidTable *self, guint hash)
{
  return &self->parts[(hash >> 24) % HS_JID_TABLE_PARTS];
}

static gboolean
matches (const HsJidTableEntry *entry, const Key *key)
{
  const char *string;

  if (entry->hash != key->hash)
    return FALSE;
  /* The caller will read the value, too: fetch both from the memory at the same time. */
  __builtin_prefetch (entry->value);
  string = hs_jid_to_string (entry->key);
  return strncmp (string, key->string, key->length) == 0 && string[key->length] == '\0';
}

/* Returns the position of the key, or of the free entry for it. A part always has a free entry. */
static guint
find_place (const HsJidTablePart *part, const Key *key)
{
  guint place = key->hash & (part->size - 1);

  while (part->entries[place].key != NULL && !matches (&part->entries[place], key))
    place = (place + 1) & (part->size - 1);
  return place;
}

/* Returns the entry where the search for a hash begins. The part must not be empty. */
static HsJidTableEntry *
get_home (const HsJidTablePart *part, guint hash)
{
  return &part->entries[hash & (part->size - 1)];
}

/* Lets the processor fetch the entry that will probably be looked up next, while other work is done. */
static void
fetch_next (HsJidTable *self, const HsJidTableEntry *entry)
{
  const HsJidTablePart *part = find_part (self, entry->next);

  if (part->size > 0)
    __builtin_prefetch (get_home (part, entry->next));
}

static gpointer
lookup (HsJidTable *self, Key key)
{
  HsJidTablePart *part = find_part (self, key.hash);
  const HsJidTableEntry *entry;

  if (part->size == 0)
    return NULL;
  entry = &part->entries[find_place (part, &key)];
  if (entry->key != NULL)
    fetch_next (self, entry);
  return entry->value;
}

gpointer
hs_jid_table_lookup (HsJidTable *self, HsJid *jid)
{
  if (self->n_full == 0 && !hs_jid_is_bare (jid))
    return NULL;
  return lookup (self, make_key_for (jid));
}

gpointer
hs_jid_table_lookup_bare (HsJidTable *self, HsJid *jid)
{
  const char *string = hs_jid_to_string (jid);

  /* A slash only occurs before a resourcepart (RFC 7622, 3.2 and 3.3). */
  return lookup (self, make_key (string, strcspn (string, "/")));
}

static void
put (HsJidTablePart *part, HsJidTableEntry entry)
{
  guint place = entry.hash & (part->size - 1);

  while (part->entries[place].key != NULL)
    place = (place + 1) & (part->size - 1);
  part->entries[place] = entry;
}

/* Makes room for another key: at most seven eighths of the entries are in use. */
static void
make_room (HsJidTablePart *part)
{
  g_autofree HsJidTableEntry *old = NULL;
  guint size = part->size;

  if (part->n_used + 1 <= size - size / 8 && size > 0)
    return;
  old = part->entries;
  part->size = MAX (2 * size, MIN_SIZE);
  part->entries = g_new0 (HsJidTableEntry, part->size);
  for (guint i = 0; i < size; i++)
    if (old[i].key != NULL)
      put (part, old[i]);
}

/* Stores in the entry before it which hash follows. */
static void
set_newest (HsJidTable *self, guint hash)
{
  const HsJidTablePart *part = find_part (self, self->newest);
  guint mask = part->size - 1;
  guint place = self->newest & mask;

  while (part->size > 0 && part->entries[place].key != NULL && part->entries[place].hash != self->newest)
    place = (place + 1) & mask;
  if (part->size > 0)
    part->entries[place].next = hash;
  self->newest = hash;
}

/* The entry of an address, which is made with NULL for its value if there is none. */
static HsJidTableEntry *
ensure (HsJidTable *self, HsJid *jid)
{
  Key key = make_key_for (jid);
  HsJidTablePart *part = find_part (self, key.hash);
  HsJidTableEntry *entry;

  make_room (part);
  entry = &part->entries[find_place (part, &key)];
  if (entry->key == NULL)
    {
      part->n_used++;
      self->n_full += !hs_jid_is_bare (jid);
      set_newest (self, key.hash);
      *entry = (HsJidTableEntry){ jid, NULL, key.hash, entry->next };
    }
  return entry;
}

void
hs_jid_table_insert (HsJidTable *self, HsJid *jid, gpointer value)
{
  HsJidTableEntry *entry = ensure (self, jid);

  entry->key = jid;
  entry->value = value;
}

gpointer *
hs_jid_table_ensure (HsJidTable *self, HsJid *jid)
{
  return &ensure (self, jid)->value;
}

/* Moves up the entries that follow without a gap, as far as their hashes allow. */
static void
close_gap (HsJidTablePart *part, guint gap)
{
  guint mask = part->size - 1;

  for (guint next = (gap + 1) & mask; part->entries[next].key != NULL; next = (next + 1) & mask)
    if (((next - part->entries[next].hash) & mask) >= ((next - gap) & mask))
      {
        part->entries[gap] = part->entries[next];
        gap = next;
      }
  part->entries[gap] = (HsJidTableEntry){ NULL, NULL, 0, 0 };
}

void
hs_jid_table_remove (HsJidTable *self, HsJid *jid)
{
  Key key = make_key_for (jid);
  HsJidTablePart *part = find_part (self, key.hash);
  guint place;

  if (part->size == 0)
    return;
  place = find_place (part, &key);
  if (part->entries[place].key == NULL)
    return;
  close_gap (part, place);
  part->n_used--;
  self->n_full -= !hs_jid_is_bare (jid);
}

void
hs_jid_table_clear (HsJidTable *self, GDestroyNotify destroy)
{
  self->n_full = 0;
  for (guint i = 0; i < HS_JID_TABLE_PARTS; i++)
    {
      HsJidTablePart part = self->parts[i];

      self->parts[i] = (HsJidTablePart){ NULL, 0, 0 };
      for (guint place = 0; destroy != NULL && place < part.size; place++)
        if (part.entries[place].key != NULL)
          destroy (part.entries[place].value);
      g_free (part.entries);
    }
}
