/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "archive-ledger.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_SIZE 250
#define MAX_COMPLAINTS 10

static void
entry_free (gpointer data)
{
  LedgerEntry *self = data;

  g_free (self->key);
  g_free (self->id);
  g_free (self->body);
  g_date_time_unref (self->time);
  g_free (self);
}

/* ---- Reading ---- */

static void
add (Ledger *self, HsChatMessage *chat)
{
  g_autofree char *key = device_dup_key (chat);
  const char *body;
  LedgerEntry *entry;

  self->n_there++;
  if (g_hash_table_contains (self->by_key, key))
    return;
  body = hs_message_get_body (hs_chat_message_get_message (chat));
  if (!g_hash_table_add (self->bodies, g_strdup (body)))
    {
      self->n_doubled++;
      g_hash_table_add (self->doubled, g_strdup (body));
    }
  entry = g_new0 (LedgerEntry, 1);
  entry->key = g_steal_pointer (&key);
  entry->id = g_strdup (hs_chat_message_get_archive_id (chat));
  entry->body = g_strdup (body);
  entry->time = g_date_time_ref (hs_chat_message_get_time (chat));
  g_ptr_array_add (self->entries, entry);
  g_hash_table_insert (self->by_key, entry->key, entry);
}

static void read_next (Ledger *self, HsArchivePage *page);

static void
page_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Ledger *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsArchivePage) page
      = hs_archive_fetch_next_finish (HS_ARCHIVE (source), result, &error);

  g_assert_no_error (error);
  read_next (self, page);
}

static void
first_page_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Ledger *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsArchivePage) page = hs_archive_fetch_finish (HS_ARCHIVE (source), result, &error);

  g_assert_no_error (error);
  read_next (self, page);
}

/* @page: NULL after the last one. */
static void
read_next (Ledger *self, HsArchivePage *page)
{
  g_autoptr (GPtrArray) deliveries = NULL;

  if (page == NULL)
    {
      self->is_reading = FALSE;
      return;
    }
  deliveries = hs_archive_page_list_deliveries (page);
  for (guint i = 0; i < deliveries->len; i++)
    add (self, deliveries->pdata[i]);
  hs_archive_fetch_next_async (self->archive, page, NULL, page_cb, self);
}

void
ledger_read (Ledger *self, gboolean is_whole)
{
  g_autoptr (HsArchiveQuery) query = hs_archive_query_new (NULL);
  LedgerEntry *last = self->entries->len > 0 ? self->entries->pdata[self->entries->len - 1] : NULL;

  self->is_reading = TRUE;
  self->n_there = 0;
  hs_archive_query_set_page_size (query, PAGE_SIZE);
  if (last != NULL && !is_whole)
    hs_archive_query_set_start (query, last->time);
  hs_archive_fetch_async (self->archive, query, NULL, first_page_cb, self);
}

/* ---- Purging ---- */

static char *
get_purge_path (void)
{
  return g_build_filename (g_getenv ("HS_TEST_DIR"), "purge", NULL);
}

gboolean
ledger_purge (Ledger *self, guint keep)
{
  g_autofree char *path = get_purge_path ();
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  LedgerEntry *first;

  if (self->entries->len <= keep)
    return FALSE;
  first = self->entries->pdata[self->entries->len - MAX (keep, 1)];
  text = g_strdup_printf ("%" G_GINT64_FORMAT, g_date_time_to_unix (first->time) * G_USEC_PER_SEC
                                                   + g_date_time_get_microsecond (first->time) - 1);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return TRUE;
}

gboolean
ledger_is_purging (Ledger *self)
{
  g_autofree char *path = get_purge_path ();

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* ---- Comparing ---- */

static gboolean
is_inside (LedgerEntry *entry, HsGap *gap)
{
  GDateTime *after = hs_gap_get_after_time (gap), *before = hs_gap_get_before_time (gap);

  return (after == NULL || g_date_time_compare (entry->time, after) >= 0)
         && (before == NULL || g_date_time_compare (entry->time, before) <= 0)
         && g_strcmp0 (entry->id, hs_gap_get_after_id (gap)) != 0
         && g_strcmp0 (entry->id, hs_gap_get_before_id (gap)) != 0;
}

static gboolean
is_in_gap (LedgerEntry *entry, GListModel *gaps)
{
  for (guint i = 0; i < g_list_model_get_n_items (gaps); i++)
    {
      g_autoptr (HsGap) gap = g_list_model_get_item (gaps, i);

      if (is_inside (entry, gap))
        return TRUE;
    }
  return FALSE;
}

static guint
count_unknown (Ledger *self, GHashTable *given)
{
  GHashTableIter iter;
  gpointer key;
  guint n = 0;

  g_hash_table_iter_init (&iter, given);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    n += !g_hash_table_contains (self->by_key, key);
  return n;
}

static char *
dup_point (const char *id, GDateTime *time)
{
  g_autofree char *text = time != NULL ? g_date_time_format (time, "%T.%f") : g_strdup ("nothing");

  return g_strdup_printf ("%s (%s)", text, id != NULL ? id : "no id");
}

void
ledger_print_gaps (Device *device)
{
  GListModel *gaps = hs_history_get_gaps (device->history);
  g_autoptr (GEnumClass) klass = g_type_class_ref (HS_TYPE_GAP_REASON);

  for (guint i = 0; i < g_list_model_get_n_items (gaps); i++)
    {
      g_autoptr (HsGap) gap = g_list_model_get_item (gaps, i);
      g_autofree char *after = dup_point (hs_gap_get_after_id (gap), hs_gap_get_after_time (gap));
      g_autofree char *before
          = dup_point (hs_gap_get_before_id (gap), hs_gap_get_before_time (gap));

      g_print ("    gap: %s, from %s to %s\n",
               g_enum_get_value (klass, hs_gap_get_reason (gap))->value_nick, after, before);
    }
}

/* A server that has taken a message in twice shows it twice, with two ids: which of them is the
 * device's own is known for the first one alone. */
static void
check_own (Ledger *self, Device *device)
{
  GHashTableIter iter;
  gpointer body, source;

  g_hash_table_iter_init (&iter, device->own_received);
  while (g_hash_table_iter_next (&iter, &body, &source))
    if (!g_hash_table_contains (self->doubled, body))
      device_complain (device, "its own message '%.30s' was received, by way %d", (char *) body,
                       GPOINTER_TO_INT (source));
}

void
ledger_compare (Ledger *self, Device *device, LedgerFigures *figures)
{
  GListModel *gaps = hs_history_get_gaps (device->history);

  check_own (self, device);
  *figures = (LedgerFigures){ .n_gaps = g_list_model_get_n_items (gaps) };
  figures->n_unknown = count_unknown (self, device->stored) + count_unknown (self, device->pending);
  for (guint i = 0; i < self->entries->len; i++)
    {
      LedgerEntry *entry = self->entries->pdata[i];
      DeviceGot got = device_get_got (device, entry->key);

      if ((got & DEVICE_GOT_LEARNED) != 0)
        figures->n_learned++;
      else if (got != 0)
        figures->n_given++;
      else if (is_in_gap (entry, gaps))
        figures->n_in_gaps++;
      else if (figures->n_lost++ < MAX_COMPLAINTS)
        g_printerr ("%s: lost: %s, '%.30s'\n", device->name, entry->id, entry->body);
    }
}

guint
ledger_count_missing (Ledger *self, const char *sender, guint n_sent, GHashTable *numbers)
{
  g_autofree gboolean *is_there = g_new0 (gboolean, n_sent + 1);
  gsize length = strlen (sender);
  guint n = 0;

  for (guint i = 0; i < self->entries->len; i++)
    {
      const char *body = ((LedgerEntry *) self->entries->pdata[i])->body;

      if (g_str_has_prefix (body, sender) && body[length] == ' ')
        is_there[MIN (strtoul (body + length, NULL, 10), n_sent)] = TRUE;
    }
  for (guint i = 1; i <= n_sent; i++)
    if (!is_there[i] && (numbers == NULL || g_hash_table_contains (numbers, GUINT_TO_POINTER (i)))
        && n++ < MAX_COMPLAINTS)
      g_print ("    '%s %u' is not in the archive\n", sender, i);
  return n;
}

/* ---- The object ---- */

Ledger *
ledger_new (guint16 port)
{
  Ledger *self = g_new0 (Ledger, 1);

  self->client = device_new_client (1, "ledger", port);
  self->archive = hs_archive_new ();
  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  self->doubled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->bodies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  /* Without presence it is sent nothing. */
  hs_client_set_own_presence (self->client, NULL);
  hs_client_register (self->client, HS_MODULE (self->archive));
  hs_client_start (self->client);
  return self;
}

void
ledger_free (Ledger *self)
{
  g_object_unref (self->client);
  g_object_unref (self->archive);
  g_hash_table_unref (self->by_key);
  g_hash_table_unref (self->bodies);
  g_hash_table_unref (self->doubled);
  g_ptr_array_unref (self->entries);
  g_free (self);
}
