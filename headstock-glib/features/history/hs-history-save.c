/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-history-private.h"

#include <string.h>

#include "hs-error.h"

/* The state that a program saves: the version, the account, and the confirmed state of each archive. The progress of
 * runs is not saved: they begin again. */

#define FORM 1
/* The years 1 to 9999. */
#define FIRST_STAMP (G_GINT64_CONSTANT (-62135596800) * G_TIME_SPAN_SECOND)
#define LAST_STAMP (G_GINT64_CONSTANT (253402300799) * G_TIME_SPAN_SECOND)
#define POINT "(msx)"
/* id, stamp, when, from the stream, proven. */
#define GIVEN "(sxxbb)"
/* serial, ends, reason, ids of what was given inside. */
#define GAP "(u" POINT POINT "ua(sxb))"
/* The room, empty for the account; started, first stamp, mark, given, gaps, next serial, own. */
#define ARCHIVE "(sbx" POINT "a" GIVEN "a" GAP "uas)"
#define TYPE "(usa" ARCHIVE ")"

/* ---- Writing ---- */

static GVariant *
write_point (const HsHistoryPoint *point)
{
  return g_variant_new (POINT, point->id, point->stamp);
}

static void
write_given_one (GVariantBuilder *builder, const HsHistoryGiven *given)
{
  g_variant_builder_add (builder, GIVEN, given->id, given->stamp, given->when, given->stream.data != NULL,
                         given->is_proven);
}

/* Messages that came from the stream are written first, in their order. */
static GVariant *
write_given (const HsHistoryState *state)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer value;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a" GIVEN));
  for (GList *link = state->stream.head; link != NULL; link = link->next)
    write_given_one (&builder, link->data);
  g_hash_table_iter_init (&iter, state->given);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((HsHistoryGiven *) value)->stream.data == NULL)
      write_given_one (&builder, value);
  return g_variant_builder_end (&builder);
}

static GVariant *
write_gap (const HsHistoryGap *gap)
{
  GVariantBuilder ids;
  GHashTableIter iter;
  gpointer value;

  g_variant_builder_init (&ids, G_VARIANT_TYPE ("a(sxb)"));
  g_hash_table_iter_init (&iter, gap->ids);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const HsHistoryGapId *id = value;

      g_variant_builder_add (&ids, "(sxb)", id->id, id->stamp, id->is_before);
    }
  return g_variant_new ("(u@" POINT "@" POINT "ua(sxb))", gap->serial, write_point (&gap->after),
                        write_point (&gap->before), (guint) gap->reason, &ids);
}

static GVariant *
write_archive (HsHistoryArchive *archive)
{
  const HsHistoryState *state = &archive->keeper.log.confirmed;
  GVariantBuilder gaps;
  GVariantBuilder own;

  g_variant_builder_init (&gaps, G_VARIANT_TYPE ("a" GAP));
  for (guint i = 0; i < state->gaps->len; i++)
    g_variant_builder_add_value (&gaps, write_gap (state->gaps->pdata[i]));
  g_variant_builder_init (&own, G_VARIANT_TYPE ("as"));
  for (GList *link = state->own.head; link != NULL; link = link->next)
    g_variant_builder_add (&own, "s", link->data);
  return g_variant_new ("(sbx@" POINT "@a" GIVEN "a" GAP "uas)", archive->is_own ? "" : hs_jid_to_string (archive->jid),
                        state->is_started, state->first_stamp, write_point (&state->mark), write_given (state), &gaps,
                        state->next_serial, &own);
}

static char *
dup_state_name (HsStateful *self)
{
  return g_strdup ("history");
}

static GVariant *
dup_state (HsStateful *stateful)
{
  HsHistory *self = HS_HISTORY (stateful);
  g_autofree char *account
      = self->client != NULL ? hs_stateful_dup_account (stateful, self->client) : g_strdup (self->account);
  GVariantBuilder archives;

  if (account == NULL)
    return NULL;
  g_variant_builder_init (&archives, G_VARIANT_TYPE ("a" ARCHIVE));
  for (guint i = 0; i < self->archives->len; i++)
    g_variant_builder_add_value (&archives, write_archive (self->archives->pdata[i]));
  return g_variant_ref_sink (g_variant_new ("(usa" ARCHIVE ")", FORM, account, &archives));
}

/* ---- Reading ---- */

typedef struct
{
  HsJid *jid; /* NULL for the account's own archive */
  HsHistoryState state;
} Read;

static void
read_free (gpointer data)
{
  Read *self = data;

  g_clear_pointer (&self->jid, hs_jid_unref);
  hs_history_state_clear (&self->state);
  g_free (self);
}

/* A time that a GDateTime can have, with room to compute with it. */
static gboolean
is_stamp (gint64 stamp)
{
  return stamp == HS_HISTORY_NO_STAMP || (stamp >= FIRST_STAMP && stamp <= LAST_STAMP);
}

/* Returns FALSE if the point is broken. */
static gboolean
read_point (GVariant *parent, gsize n, HsHistoryPoint *point)
{
  const char *id;
  gint64 stamp;
  g_autoptr (GVariant) value = g_variant_get_child_value (parent, n);

  g_variant_get (value, "(m&sx)", &id, &stamp);
  if ((id != NULL && *id == '\0') || !is_stamp (stamp))
    return FALSE;
  hs_history_point_set (point, id, stamp);
  return TRUE;
}

static gboolean
read_given (HsHistoryState *state, GVariant *all)
{
  GVariantIter iter;
  const char *id;
  gint64 stamp, when;
  gboolean from_stream, is_proven;

  g_variant_iter_init (&iter, all);
  while (g_variant_iter_next (&iter, "(&sxxbb)", &id, &stamp, &when, &from_stream, &is_proven))
    {
      if (*id == '\0' || !is_stamp (stamp) || !is_stamp (when) || hs_history_state_knows (state, id))
        return FALSE;
      hs_history_state_add_given (state, id, stamp, when, from_stream)->is_proven = is_proven;
    }
  return TRUE;
}

/* Returns FALSE if an id is broken. */
static gboolean
read_gap_ids (HsHistoryGap *gap, GVariant *value)
{
  g_autoptr (GVariantIter) ids = NULL;
  const char *id;
  gint64 stamp;
  gboolean is_before, is_valid = TRUE;

  g_variant_get_child (value, 4, "a(sxb)", &ids);
  while (g_variant_iter_next (ids, "(&sxb)", &id, &stamp, &is_before))
    {
      is_valid = is_valid && is_stamp (stamp);
      hs_history_gap_add_id (gap, id, stamp, is_before);
    }
  return is_valid;
}

static gboolean
read_gap (HsHistoryState *state, GVariant *value)
{
  HsHistoryPoint after = { NULL, HS_HISTORY_NO_STAMP };
  HsHistoryPoint before = { NULL, HS_HISTORY_NO_STAMP };
  guint serial, reason;
  gboolean is_valid;

  g_variant_get_child (value, 0, "u", &serial);
  g_variant_get_child (value, 3, "u", &reason);
  is_valid = serial != 0 && serial < state->next_serial && reason <= HS_GAP_REASON_CLOCK
             && hs_history_state_find_gap (state, serial) == NULL && read_point (value, 1, &after)
             && read_point (value, 2, &before);
  if (is_valid)
    {
      HsHistoryGap *gap = hs_history_gap_new (serial, &after, &before, reason);

      g_ptr_array_add (state->gaps, gap);
      is_valid = read_gap_ids (gap, value);
    }
  hs_history_point_clear (&after);
  hs_history_point_clear (&before);
  return is_valid;
}

static gboolean
read_rest (HsHistoryState *state, GVariant *value)
{
  g_autoptr (GVariant) given = g_variant_get_child_value (value, 4);
  g_autoptr (GVariant) gaps = g_variant_get_child_value (value, 5);
  g_autoptr (GVariant) own = g_variant_get_child_value (value, 7);

  g_variant_get_child (value, 1, "b", &state->is_started);
  g_variant_get_child (value, 2, "x", &state->first_stamp);
  g_variant_get_child (value, 6, "u", &state->next_serial);
  if (state->next_serial == 0 || state->next_serial == G_MAXUINT || !is_stamp (state->first_stamp)
      || !read_point (value, 3, &state->mark) || !read_given (state, given))
    return FALSE;
  for (gsize i = 0; i < g_variant_n_children (gaps); i++)
    {
      g_autoptr (GVariant) gap = g_variant_get_child_value (gaps, i);

      if (!read_gap (state, gap))
        return FALSE;
    }
  for (gsize i = 0; i < g_variant_n_children (own); i++)
    {
      g_autoptr (GVariant) id = g_variant_get_child_value (own, i);
      HsHistoryChange change = { .kind = HS_HISTORY_CHANGE_OWN_SENT };

      change.a = (HsHistoryPoint){ (char *) g_variant_get_string (id, NULL), HS_HISTORY_NO_STAMP };
      hs_history_state_apply (state, &change);
    }
  return TRUE;
}

static gboolean
is_read_already (GPtrArray *all, HsJid *jid)
{
  for (guint i = 0; i < all->len; i++)
    {
      HsJid *other = ((Read *) all->pdata[i])->jid;

      if (jid == other || (jid != NULL && other != NULL && hs_jid_equal (jid, other)))
        return TRUE;
    }
  return FALSE;
}

/* Returns NULL if the state is broken. */
static GPtrArray *
read_archives (GVariant *archives, const char *account)
{
  g_autoptr (HsJid) own = hs_jid_new (account, NULL);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (read_free);

  for (gsize i = 0; i < g_variant_n_children (archives); i++)
    {
      g_autoptr (GVariant) value = g_variant_get_child_value (archives, i);
      g_autoptr (HsJid) jid = NULL;
      Read *read;
      const char *room;

      g_variant_get_child (value, 0, "&s", &room);
      if (*room != '\0' && ((jid = hs_jid_new (room, NULL)) == NULL || !hs_jid_is_bare (jid)))
        return NULL;
      if (is_read_already (all, jid) || (jid != NULL && own != NULL && hs_jid_equal (jid, own)))
        return NULL;
      read = g_new0 (Read, 1);
      read->jid = g_steal_pointer (&jid);
      hs_history_state_init (&read->state);
      g_ptr_array_add (all, read);
      if (!read_rest (&read->state, value))
        return NULL;
    }
  return g_steal_pointer (&all);
}

/* Adds what is missing there to @gaps. */
static void
take (HsHistory *self, Read *read, GPtrArray *gaps)
{
  g_autoptr (HsHistoryArchive) archive
      = read->jid != NULL ? hs_history_take_archive (self, read->jid) : hs_history_archive_ref (self->own);

  hs_history_log_restore (&archive->keeper.log, &read->state);
  /* The fields that were taken over are empty now. */
  hs_history_state_init (&read->state);
  hs_history_archive_list_gaps (archive, gaps);
}

static gboolean
refuse_state (const char *account, const char *why, GError **error)
{
  g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STATE, "The history of %s %s", account, why);
  return FALSE;
}

static gboolean
has_begun (HsHistory *self)
{
  for (guint i = 0; i < self->archives->len; i++)
    {
      HsHistoryArchive *archive = self->archives->pdata[i];

      if (archive->is_begun || archive->keeper.log.working.is_started
          || g_hash_table_size (archive->keeper.log.working.given) > 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
restore_state (HsStateful *stateful, GVariant *state, GError **error)
{
  HsHistory *self = HS_HISTORY (stateful);
  g_autoptr (GPtrArray) gaps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GVariant) archives = NULL;
  g_autoptr (GPtrArray) all = NULL;
  const char *account;

  if (!hs_stateful_check_state (stateful, state, TYPE, FORM, self->client, error))
    return FALSE;
  g_variant_get (state, "(u&s@a" ARCHIVE ")", NULL, &account, &archives);
  if (has_begun (self))
    return refuse_state (account, "has begun already. Restore a state before the client is started", error);
  all = read_archives (archives, account);
  if (all == NULL)
    return refuse_state (account, "is broken: an archive, an id or a gap is not valid", error);
  hs_history_set_account (self, account);
  for (guint i = 0; i < all->len; i++)
    take (self, all->pdata[i], gaps);
  if (gaps->len > 0)
    g_list_store_splice (self->gaps, g_list_model_get_n_items (G_LIST_MODEL (self->gaps)), 0, gaps->pdata, gaps->len);
  return TRUE;
}

void
hs_history_stateful_init (HsStatefulInterface *iface)
{
  iface->dup_state_name = dup_state_name;
  iface->dup_state = dup_state;
  iface->restore_state = restore_state;
}
