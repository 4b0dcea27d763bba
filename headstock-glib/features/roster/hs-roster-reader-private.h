/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The contacts in the bytes of a roster's state, which is a GVariant of this type: form, account, version, and for
 * each contact address, name, flags and groups. */

#define HS_ROSTER_READER_TYPE "(usmsa(ssyas))"

/* Valid until the next one is read. */
typedef struct
{
  const char *address;
  const char *name;
  guint8 flags;
  const char *const *groups;
} HsRosterRecord;

typedef struct
{
  const guint8 *data;
  gsize size;
} HsRosterBytes;

/* An array of values of different sizes. */
typedef struct
{
  HsRosterBytes bytes;
  gsize width;  /* of a framing offset, in bytes */
  gsize begin;  /* of the next value */
  gsize limit;  /* end of the last value, where the framing offsets begin */
  gsize offset; /* of the framing offset that says where the next value ends */
} HsRosterArray;

typedef struct
{
  HsRosterArray records;
  GPtrArray *groups;
  gboolean is_broken;
} HsRosterReader;

/* @state: of HS_ROSTER_READER_TYPE; it must outlive the reader. */
void hs_roster_reader_init (HsRosterReader *self, GVariant *state);
/* Returns FALSE at the end, or where the bytes are not in normal form. */
gboolean hs_roster_reader_next (HsRosterReader *self, HsRosterRecord *record);
void hs_roster_reader_clear (HsRosterReader *self);

G_END_DECLS
