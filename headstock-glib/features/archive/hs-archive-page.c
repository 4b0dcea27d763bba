/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-archive-page-private.h"

#include <string.h>

#include "hs-messages-shared.h"
#include "hs-namespaces.h"

/**
 * HsArchivePage:
 *
 * A page of messages from an archive, with the ids that are needed to get the next page (XEP-0313, 4.2).
 *
 * ```python
 * def page_cb(archive, result):
 *     page = archive.fetch_finish(result)
 *     for delivery in page.list_deliveries():
 *         print(delivery.props.archive_id, delivery.props.message.props.body)
 * ```
 *
 * The page holds all its messages in memory: a program that has stored them releases the page.
 *
 * Since: 0.2
 */

enum
{
  PROP_FIRST_ID = 1,
  PROP_LAST_ID,
  PROP_COUNT,
  PROP_IS_COMPLETE,
  PROP_IS_STABLE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsArchivePage, hs_archive_page, G_TYPE_OBJECT)

static void
result_free (gpointer data)
{
  HsArchiveResult *self = data;

  g_clear_object (&self->delivery);
  g_clear_pointer (&self->stamp, g_date_time_unref);
  g_free (self->id);
  g_free (self);
}

static void
hs_archive_page_finalize (GObject *object)
{
  HsArchivePage *self = HS_ARCHIVE_PAGE (object);

  g_clear_object (&self->query);
  g_clear_pointer (&self->archive, hs_jid_unref);
  g_ptr_array_unref (self->deliveries);
  g_ptr_array_unref (self->results);
  g_clear_pointer (&self->at_end, g_hash_table_unref);
  g_clear_pointer (&self->again, g_hash_table_unref);
  g_free (self->first_id);
  g_free (self->last_id);

  G_OBJECT_CLASS (hs_archive_page_parent_class)->finalize (object);
}

static void
hs_archive_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsArchivePage *self = HS_ARCHIVE_PAGE (object);

  switch (prop_id)
    {
    case PROP_FIRST_ID:
      g_value_set_string (value, self->first_id);
      break;
    case PROP_LAST_ID:
      g_value_set_string (value, self->last_id);
      break;
    case PROP_COUNT:
      g_value_set_int (value, self->count);
      break;
    case PROP_IS_COMPLETE:
      g_value_set_boolean (value, self->is_complete);
      break;
    case PROP_IS_STABLE:
      g_value_set_boolean (value, self->is_stable);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_archive_page_class_init (HsArchivePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = hs_archive_page_finalize;
  object_class->get_property = hs_archive_page_get_property;

  /**
   * HsArchivePage:first-id: (getter get_first_id)
   *
   * The id of the page's oldest message in the archive, or %NULL if the page is empty.
   *
   * Since: 0.2
   */
  props[PROP_FIRST_ID] = g_param_spec_string ("first-id", NULL, NULL, NULL, ro);

  /**
   * HsArchivePage:last-id: (getter get_last_id)
   *
   * The id of the page's newest message in the archive, or %NULL if the page is empty.
   *
   * Since: 0.2
   */
  props[PROP_LAST_ID] = g_param_spec_string ("last-id", NULL, NULL, NULL, ro);

  /**
   * HsArchivePage:count: (getter get_count)
   *
   * How many messages all pages have together, or -1 if the server does not tell.
   *
   * Since: 0.2
   */
  props[PROP_COUNT] = g_param_spec_int ("count", NULL, NULL, -1, G_MAXINT, -1, ro);

  /**
   * HsArchivePage:is-complete: (getter get_is_complete)
   *
   * Whether this is the last page.
   *
   * Since: 0.2
   */
  props[PROP_IS_COMPLETE] = g_param_spec_boolean ("is-complete", NULL, NULL, FALSE, ro);

  /**
   * HsArchivePage:is-stable: (getter get_is_stable)
   *
   * Whether the archive will return the same messages when it is asked again.
   *
   * Since: 0.2
   */
  props[PROP_IS_STABLE] = g_param_spec_boolean ("is-stable", NULL, NULL, FALSE, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_archive_page_init (HsArchivePage *self)
{
  self->deliveries = g_ptr_array_new_with_free_func (g_object_unref);
  self->results = g_ptr_array_new_with_free_func (result_free);
  self->count = -1;
}

HsArchivePage *
hs_archive_page_new (HsArchiveQuery *query, HsJid *archive)
{
  HsArchivePage *self = g_object_new (HS_TYPE_ARCHIVE_PAGE, NULL);

  self->query = g_object_ref (query);
  self->archive = archive != NULL ? hs_jid_ref (archive) : NULL;
  return self;
}

/* ---- Messages with the same id ---- */

/* ejabberd uses the time in microseconds as the id, and does not check that it is unique: a page may end between two
 * messages with the same id. The next page then begins with the messages of this time, and those that an earlier page
 * had are left out. */

gboolean
hs_archive_id_is_time (const char *id, gint64 stamp)
{
  char time[24];

  g_snprintf (time, sizeof time, "%" G_GINT64_FORMAT, stamp);
  return stamp > 0 && strcmp (id, time) == 0;
}

char *
hs_archive_dup_id_beside (const char *id, int usec)
{
  return g_strdup_printf ("%" G_GINT64_FORMAT, g_ascii_strtoll (id, NULL, 10) + usec);
}

/* What tells messages with the same id apart. */
static char *
dup_key (const char *id, HsDelivery *delivery)
{
  g_autofree char *side = delivery != NULL ? hs_messages_dup_side (HS_CHAT_MESSAGE (delivery)) : g_strdup ("");

  return g_strconcat (side, "\n", id, NULL);
}

const char *
hs_archive_page_get_end (HsArchivePage *self)
{
  return self->query->is_backwards ? self->first_id : self->last_id;
}

static gboolean
is_time (const HsArchiveResult *result)
{
  return result->stamp != NULL
         && hs_archive_id_is_time (result->id, g_date_time_to_unix (result->stamp) * G_TIME_SPAN_SECOND
                                                   + g_date_time_get_microsecond (result->stamp));
}

static void
add_at_end (HsArchivePage *self, char *key)
{
  if (self->at_end == NULL)
    self->at_end = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_add (self->at_end, key);
}

/* All messages of a page may have the same id, and those at the end of the page before as well. */
static void
note_end (HsArchivePage *self)
{
  const char *end = hs_archive_page_get_end (self);
  GHashTableIter iter;
  gpointer key;

  for (guint i = 0; end != NULL && i < self->results->len; i++)
    {
      HsArchiveResult *result = self->results->pdata[i];

      if (strcmp (result->id, end) == 0 && is_time (result))
        add_at_end (self, dup_key (end, result->delivery));
    }
  if (self->again == NULL || self->at_end == NULL)
    return;
  g_hash_table_iter_init (&iter, self->again);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (strcmp (strrchr (key, '\n') + 1, end) == 0)
      add_at_end (self, g_strdup (key));
}

HsArchivePage *
hs_archive_page_new_next (HsArchivePage *previous)
{
  HsArchivePage *self = hs_archive_page_new (previous->query, previous->archive);

  self->again = previous->at_end != NULL ? g_hash_table_ref (previous->at_end) : NULL;
  return self;
}

guint
hs_archive_page_count_again (HsArchivePage *self)
{
  return self->again != NULL ? g_hash_table_size (self->again) : 0;
}

gboolean
hs_archive_page_is_again (HsArchivePage *self, const char *id, HsDelivery *delivery)
{
  g_autofree char *key = self->again != NULL ? dup_key (id, delivery) : NULL;

  return key != NULL && g_hash_table_contains (self->again, key);
}

/* ---- Reading ---- */

static void
reverse (GPtrArray *array)
{
  for (guint i = 0; i < array->len / 2; i++)
    {
      gpointer kept = array->pdata[i];

      array->pdata[i] = array->pdata[array->len - 1 - i];
      array->pdata[array->len - 1 - i] = kept;
    }
}

/* Reads a number from the server. Returns -1 if it is not a valid one. */
static int
read_count (const char *text)
{
  guint64 number;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &number, NULL))
    return -1;
  return (int) number;
}

void
hs_archive_page_add (HsArchivePage *self, const char *id, GDateTime *stamp, HsDelivery *delivery)
{
  HsArchiveResult *result = g_new0 (HsArchiveResult, 1);

  result->id = g_strdup (id);
  result->stamp = stamp != NULL ? g_date_time_ref (stamp) : NULL;
  result->delivery = delivery;
  if (delivery != NULL)
    g_ptr_array_add (self->deliveries, g_object_ref (delivery));
  if (self->results->len == 0)
    self->first_id = g_strdup (id);
  g_ptr_array_add (self->results, result);
  g_free (self->last_id);
  self->last_id = g_strdup (id);
}

/* Reads an xs:boolean. */
static gboolean
is_true (const char *value)
{
  return g_strcmp0 (value, "true") == 0 || g_strcmp0 (value, "1") == 0;
}

static gboolean
is_false (const char *value)
{
  return g_strcmp0 (value, "false") == 0 || g_strcmp0 (value, "0") == 0;
}

gboolean
hs_archive_is_complete (HsElement *fin)
{
  return is_true (hs_element_get_attribute (fin, "complete"));
}

void
hs_archive_page_finish (HsArchivePage *self, HsElement *fin, gboolean was_flipped)
{
  HsElement *set = hs_element_get_child (fin, "set", HS_NS_RSM);
  const char *first = set != NULL ? hs_element_get_child_text (set, "first", HS_NS_RSM) : NULL;
  const char *last = set != NULL ? hs_element_get_child_text (set, "last", HS_NS_RSM) : NULL;

  if (was_flipped)
    {
      char *kept = self->first_id;

      self->first_id = self->last_id;
      self->last_id = kept;
    }
  /* If nothing came, there is nothing beyond which the next page could lie. If the answer has messages of an earlier
   * page, its ends are not the ends of this page. */
  if (self->results->len > 0 && self->again == NULL && first != NULL && *first != '\0' && last != NULL && *last != '\0')
    {
      g_free (self->first_id);
      g_free (self->last_id);
      self->first_id = g_strdup (first);
      self->last_id = g_strdup (last);
    }
  if (was_flipped != self->query->is_flipped)
    {
      reverse (self->deliveries);
      reverse (self->results);
    }
  if (set != NULL)
    self->count = read_count (hs_element_get_child_text (set, "count", HS_NS_RSM));
  /* An empty page is the last one, whatever the server says: otherwise the requests would never end. */
  self->is_complete = self->last_id == NULL || hs_archive_is_complete (fin);
  self->is_stable = !is_false (hs_element_get_attribute (fin, "stable"));
  note_end (self);
}

GPtrArray *
hs_archive_page_get_results (HsArchivePage *self)
{
  return self->results;
}

/**
 * hs_archive_page_get_first_id: (get-property first-id)
 * @self: a page
 *
 * Gets the id of the page's oldest message in the archive.
 *
 * Returns: (transfer none) (nullable): the id, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_archive_page_get_first_id (HsArchivePage *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_PAGE (self), NULL);

  return self->first_id;
}

/**
 * hs_archive_page_get_last_id: (get-property last-id)
 * @self: a page
 *
 * Gets the id of the page's newest message in the archive.
 *
 * Returns: (transfer none) (nullable): the id, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_archive_page_get_last_id (HsArchivePage *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_PAGE (self), NULL);

  return self->last_id;
}

/**
 * hs_archive_page_get_count: (get-property count)
 * @self: a page
 *
 * Gets how many messages all pages have together.
 *
 * Returns: the number, which servers may estimate (XEP-0059, 2.7), or -1 if the server does not tell
 *
 * Since: 0.2
 */
int
hs_archive_page_get_count (HsArchivePage *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_PAGE (self), -1);

  return self->count;
}

/**
 * hs_archive_page_get_is_complete: (get-property is-complete)
 * @self: a page
 *
 * Gets whether this is the last page.
 *
 * Returns: true if it is; an empty page is always the last one
 *
 * Since: 0.2
 */
gboolean
hs_archive_page_get_is_complete (HsArchivePage *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_PAGE (self), FALSE);

  return self->is_complete;
}

/**
 * hs_archive_page_get_is_stable: (get-property is-stable)
 * @self: a page
 *
 * Gets whether the archive will return the same messages when it is asked again.
 *
 * Returns: false if the server says that the page may still change (XEP-0313, 4.2.4)
 *
 * Since: 0.2
 */
gboolean
hs_archive_page_get_is_stable (HsArchivePage *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_PAGE (self), FALSE);

  return self->is_stable;
}

/**
 * hs_archive_page_list_deliveries:
 * @self: a page
 *
 * Lists the messages of the page, the oldest first, or the newest first if [property@ArchiveQuery:is-flipped] was set.
 *
 * Messages that do not belong to the archive are left out: from the account's archive, those that are neither from the
 * account nor to it; from a room's archive, those that are not from the room. Even a page that is not the last one can
 * therefore be empty.
 *
 * ```python
 * for delivery in page.list_deliveries():
 *     print(delivery.message.from_jid, delivery.message.body)
 * ```
 *
 * Returns: (transfer container) (element-type HsDelivery): the messages
 *
 * Since: 0.2
 */
GPtrArray *
hs_archive_page_list_deliveries (HsArchivePage *self)
{
  GPtrArray *list;

  g_return_val_if_fail (HS_IS_ARCHIVE_PAGE (self), NULL);

  list = g_ptr_array_new_full (self->deliveries->len, g_object_unref);
  for (guint i = 0; i < self->deliveries->len; i++)
    g_ptr_array_add (list, g_object_ref (self->deliveries->pdata[i]));
  return list;
}
