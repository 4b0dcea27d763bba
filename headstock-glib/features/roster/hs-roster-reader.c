/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-roster-reader-private.h"

/* GVariant makes an object for each contact and for each text in it, which takes longer than everything else in
 * restoring a roster. This reader uses the same bytes in place.
 *
 * A state comes from a file, which may contain anything. Each framing offset is therefore checked against the size
 * before it is used, and everything that g_variant_is_normal_form() would refuse is refused. Only the number at the
 * beginning has an alignment, so that there is no padding anywhere. */

/* GVariant's specification, 2.3.6: the smallest width that can count all bytes of the container. */
static gsize
get_width (gsize size)
{
  if (size <= G_MAXUINT8)
    return 1;
  if (size <= G_MAXUINT16)
    return 2;
  return size <= G_MAXUINT32 ? 4 : 8;
}

/* Framing offsets are little-endian on all machines. */
static gsize
read_offset (const guint8 *at, gsize width)
{
  guint64 value = 0;

  for (gsize i = width; i > 0; i--)
    value = value << 8 | at[i - 1];
  return (gsize) MIN (value, G_MAXSIZE);
}

static gboolean
array_init (HsRosterArray *self, HsRosterBytes bytes)
{
  *self = (HsRosterArray){ .bytes = bytes, .width = get_width (bytes.size) };
  if (bytes.size == 0)
    return TRUE;
  /* The offsets begin at the end of the last value. */
  self->limit = self->offset = read_offset (bytes.data + bytes.size - self->width, self->width);
  return self->limit <= bytes.size - self->width && (bytes.size - self->limit) % self->width == 0;
}

static gboolean
array_has_next (HsRosterArray *self)
{
  return self->offset < self->bytes.size;
}

static gboolean
array_next (HsRosterArray *self, HsRosterBytes *value)
{
  gsize end = read_offset (self->bytes.data + self->offset, self->width);

  if (end < self->begin || end > self->limit)
    return FALSE;
  *value = (HsRosterBytes){ self->bytes.data + self->begin, end - self->begin };
  self->begin = end;
  self->offset += self->width;
  return TRUE;
}

static gboolean
read_string (HsRosterBytes bytes, const char **string)
{
  *string = (const char *) bytes.data;
  return bytes.size > 0 && bytes.data[bytes.size - 1] == '\0'
         && g_utf8_validate_len (*string, bytes.size - 1, NULL);
}

/* Divides a tuple with three members of variable size, of which one is the last. The ends of the first two are stored
 * at the end of the tuple, in reverse order. @ends: the ends of all three. */
static gboolean
read_ends (HsRosterBytes tuple, gsize ends[3])
{
  gsize width = get_width (tuple.size);

  if (tuple.size < 2 * width)
    return FALSE;
  ends[0] = read_offset (tuple.data + tuple.size - width, width);
  ends[1] = read_offset (tuple.data + tuple.size - 2 * width, width);
  ends[2] = tuple.size - 2 * width;
  return ends[0] <= ends[1] && ends[1] <= ends[2];
}

static HsRosterBytes
cut (HsRosterBytes bytes, gsize begin, gsize end)
{
  return (HsRosterBytes){ bytes.data + begin, end - begin };
}

/* Checks a text of the type "ms", which has one byte more. */
static gboolean
is_maybe_string (HsRosterBytes bytes)
{
  const char *string;

  return bytes.size == 0
         || (bytes.data[bytes.size - 1] == '\0' && read_string (cut (bytes, 0, bytes.size - 1), &string));
}

/* (usmsa(ssyas)) */
static gboolean
read_state (HsRosterReader *self, HsRosterBytes state)
{
  const char *account;
  gsize ends[3];

  return read_ends (state, ends) && ends[0] >= sizeof (guint32)
         && read_string (cut (state, sizeof (guint32), ends[0]), &account)
         && is_maybe_string (cut (state, ends[0], ends[1]))
         && array_init (&self->records, cut (state, ends[1], ends[2]));
}

static gboolean
read_groups (HsRosterReader *self, HsRosterBytes bytes)
{
  HsRosterArray array;

  g_ptr_array_set_size (self->groups, 0);
  if (!array_init (&array, bytes))
    return FALSE;
  while (array_has_next (&array))
    {
      const char *group;
      HsRosterBytes value;

      if (!array_next (&array, &value) || !read_string (value, &group))
        return FALSE;
      g_ptr_array_add (self->groups, (char *) group);
    }
  g_ptr_array_add (self->groups, NULL);
  return TRUE;
}

/* (ssyas) */
static gboolean
read_record (HsRosterReader *self, HsRosterBytes bytes, HsRosterRecord *record)
{
  gsize ends[3];

  if (!read_ends (bytes, ends) || ends[1] == ends[2] || !read_string (cut (bytes, 0, ends[0]), &record->address)
      || !read_string (cut (bytes, ends[0], ends[1]), &record->name)
      || !read_groups (self, cut (bytes, ends[1] + 1, ends[2])))
    return FALSE;
  record->flags = bytes.data[ends[1]];
  record->groups = (const char *const *) self->groups->pdata;
  return TRUE;
}

void
hs_roster_reader_init (HsRosterReader *self, GVariant *state)
{
  HsRosterBytes bytes;

  g_assert (g_variant_is_of_type (state, G_VARIANT_TYPE (HS_ROSTER_READER_TYPE)));
  bytes = (HsRosterBytes){ g_variant_get_data (state), g_variant_get_size (state) };
  *self = (HsRosterReader){ .groups = g_ptr_array_new () };
  self->is_broken = !read_state (self, bytes);
}

gboolean
hs_roster_reader_next (HsRosterReader *self, HsRosterRecord *record)
{
  HsRosterBytes bytes;

  if (self->is_broken || !array_has_next (&self->records))
    return FALSE;
  self->is_broken = !array_next (&self->records, &bytes) || !read_record (self, bytes, record);
  return !self->is_broken;
}

void
hs_roster_reader_clear (HsRosterReader *self)
{
  g_ptr_array_unref (self->groups);
}
