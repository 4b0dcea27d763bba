/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-archive-query-private.h"

/**
 * HsArchiveQuery:
 *
 * A query for messages in an archive (XEP-0313, 4.1), for [method@Archive.fetch_async].
 *
 * It can be used and changed any number of times: [method@Archive.fetch_async] copies it.
 *
 * ```python
 * query = Headstock.ArchiveQuery(with_="juliet@example.org", is_backwards=True)
 * page = await archive.fetch_async(query)
 * ```
 *
 * Since: 0.2
 */

#define DEFAULT_PAGE_SIZE 50
#define MAX_PAGE_SIZE 1000

enum
{
  PROP_ARCHIVE = 1,
  PROP_WITH,
  PROP_START,
  PROP_END,
  PROP_BEFORE_ID,
  PROP_AFTER_ID,
  PROP_IDS,
  PROP_TEXT,
  PROP_PAGE_SIZE,
  PROP_IS_BACKWARDS,
  PROP_IS_FLIPPED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsArchiveQuery, hs_archive_query, G_TYPE_OBJECT)

static void
hs_archive_query_finalize (GObject *object)
{
  HsArchiveQuery *self = HS_ARCHIVE_QUERY (object);

  g_free (self->archive);
  g_free (self->with);
  g_clear_pointer (&self->start, g_date_time_unref);
  g_clear_pointer (&self->end, g_date_time_unref);
  g_free (self->before_id);
  g_free (self->after_id);
  g_strfreev (self->ids);
  g_free (self->text);

  G_OBJECT_CLASS (hs_archive_query_parent_class)->finalize (object);
}

static void
hs_archive_query_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsArchiveQuery *self = HS_ARCHIVE_QUERY (object);

  switch (prop_id)
    {
    case PROP_ARCHIVE:
      g_value_set_string (value, self->archive);
      break;
    case PROP_WITH:
      g_value_set_string (value, self->with);
      break;
    case PROP_START:
      g_value_set_boxed (value, self->start);
      break;
    case PROP_END:
      g_value_set_boxed (value, self->end);
      break;
    case PROP_BEFORE_ID:
      g_value_set_string (value, self->before_id);
      break;
    case PROP_AFTER_ID:
      g_value_set_string (value, self->after_id);
      break;
    case PROP_IDS:
      g_value_set_boxed (value, self->ids);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_PAGE_SIZE:
      g_value_set_uint (value, self->page_size);
      break;
    case PROP_IS_BACKWARDS:
      g_value_set_boolean (value, self->is_backwards);
      break;
    case PROP_IS_FLIPPED:
      g_value_set_boolean (value, self->is_flipped);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_archive_query_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsArchiveQuery *self = HS_ARCHIVE_QUERY (object);

  switch (prop_id)
    {
    case PROP_ARCHIVE:
      self->archive = g_value_dup_string (value);
      break;
    case PROP_WITH:
      hs_archive_query_set_with (self, g_value_get_string (value));
      break;
    case PROP_START:
      hs_archive_query_set_start (self, g_value_get_boxed (value));
      break;
    case PROP_END:
      hs_archive_query_set_end (self, g_value_get_boxed (value));
      break;
    case PROP_BEFORE_ID:
      hs_archive_query_set_before_id (self, g_value_get_string (value));
      break;
    case PROP_AFTER_ID:
      hs_archive_query_set_after_id (self, g_value_get_string (value));
      break;
    case PROP_IDS:
      hs_archive_query_set_ids (self, g_value_get_boxed (value));
      break;
    case PROP_TEXT:
      hs_archive_query_set_text (self, g_value_get_string (value));
      break;
    case PROP_PAGE_SIZE:
      hs_archive_query_set_page_size (self, g_value_get_uint (value));
      break;
    case PROP_IS_BACKWARDS:
      hs_archive_query_set_is_backwards (self, g_value_get_boolean (value));
      break;
    case PROP_IS_FLIPPED:
      hs_archive_query_set_is_flipped (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
make_fields (void)
{
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsArchiveQuery:with: (getter get_with) (setter set_with)
   *
   * Only messages to or from this address, with or without a resource; %NULL, the default, for all.
   *
   * An address without a resource stands for all its resources (XEP-0313, 4.1.1). Servers need not support this field
   * in a room's archive.
   *
   * A change takes effect with the next [method@Archive.fetch_async].
   *
   * Since: 0.2
   */
  props[PROP_WITH] = g_param_spec_string ("with", NULL, NULL, NULL, rw);

  /**
   * HsArchiveQuery:start: (getter get_start) (setter set_start)
   *
   * Only messages from this time on, inclusive; %NULL, the default, for the beginning.
   *
   * A change takes effect with the next [method@Archive.fetch_async].
   *
   * Since: 0.2
   */
  props[PROP_START] = g_param_spec_boxed ("start", NULL, NULL, G_TYPE_DATE_TIME, rw);

  /**
   * HsArchiveQuery:end: (getter get_end) (setter set_end)
   *
   * Only messages up to this time, inclusive; %NULL, the default, for now.
   *
   * A change takes effect with the next [method@Archive.fetch_async].
   *
   * Since: 0.2
   */
  props[PROP_END] = g_param_spec_boxed ("end", NULL, NULL, G_TYPE_DATE_TIME, rw);
}

static void
make_narrow_fields (void)
{
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsArchiveQuery:before-id: (getter get_before_id) (setter set_before_id)
   *
   * Only messages older than the one with this id in the archive; %NULL, the default, for all.
   *
   * The archive must have `urn:xmpp:mam:2#extended` (XEP-0313, 4.1.3).
   *
   * A change takes effect with the next [method@Archive.fetch_async].
   *
   * Since: 0.2
   */
  props[PROP_BEFORE_ID] = g_param_spec_string ("before-id", NULL, NULL, NULL, rw);

  /**
   * HsArchiveQuery:after-id: (getter get_after_id) (setter set_after_id)
   *
   * Only messages newer than the one with this id in the archive; %NULL, the default, for all.
   *
   * The archive must have `urn:xmpp:mam:2#extended` (XEP-0313, 4.1.3).
   *
   * A change takes effect with the next [method@Archive.fetch_async].
   *
   * Since: 0.2
   */
  props[PROP_AFTER_ID] = g_param_spec_string ("after-id", NULL, NULL, NULL, rw);

  /**
   * HsArchiveQuery:ids: (getter get_ids) (setter set_ids)
   *
   * Only the messages with these ids in the archive; %NULL, the default, for all. If the list is empty, no archive is
   * asked, and the page is empty.
   *
   * The archive must have `urn:xmpp:mam:2#extended` (XEP-0313, 4.1.4).
   *
   * A change takes effect with the next [method@Archive.fetch_async].
   *
   * Since: 0.2
   */
  props[PROP_IDS] = g_param_spec_boxed ("ids", NULL, NULL, G_TYPE_STRV, rw);

  /**
   * HsArchiveQuery:text: (getter get_text) (setter set_text)
   *
   * Only messages with these words; %NULL, the default, for all.
   *
   * The archive must support full-text search (XEP-0431). The server decides what the words match.
   *
   * A change takes effect with the next [method@Archive.fetch_async].
   *
   * Since: 0.2
   */
  props[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, rw);
}

static void
make_pages (void)
{
  GParamFlags rw = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * HsArchiveQuery:page-size: (getter get_page_size) (setter set_page_size)
   *
   * How many messages a page has at most, from 1 to 1,000; 50 by default. Servers may send fewer.
   *
   * A change takes effect with the next [method@Archive.fetch_async].
   *
   * Since: 0.2
   */
  props[PROP_PAGE_SIZE] = g_param_spec_uint ("page-size", NULL, NULL, 1, MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE, rw);

  /**
   * HsArchiveQuery:is-backwards: (getter get_is_backwards) (setter set_is_backwards)
   *
   * Whether the first page has the newest messages, and each next page older ones; %FALSE by default.
   *
   * Within a page, the oldest message is still the first, unless [property@ArchiveQuery:is-flipped] is set.
   *
   * A change takes effect with the next [method@Archive.fetch_async].
   *
   * Since: 0.2
   */
  props[PROP_IS_BACKWARDS] = g_param_spec_boolean ("is-backwards", NULL, NULL, FALSE, rw);

  /**
   * HsArchiveQuery:is-flipped: (getter get_is_flipped) (setter set_is_flipped)
   *
   * Whether the newest message of a page comes first in it; %FALSE by default.
   *
   * It does not change which messages are in the page (XEP-0313, 4.2.3).
   *
   * A change takes effect with the next [method@Archive.fetch_async].
   *
   * Since: 0.2
   */
  props[PROP_IS_FLIPPED] = g_param_spec_boolean ("is-flipped", NULL, NULL, FALSE, rw);
}

static void
hs_archive_query_class_init (HsArchiveQueryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = hs_archive_query_finalize;
  object_class->get_property = hs_archive_query_get_property;
  object_class->set_property = hs_archive_query_set_property;

  /**
   * HsArchiveQuery:archive: (getter get_archive)
   *
   * The address of the room whose archive is queried; %NULL, the default, for the account's own archive.
   *
   * Since: 0.2
   */
  props[PROP_ARCHIVE] = g_param_spec_string ("archive", NULL, NULL, NULL,
                                             G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  make_fields ();
  make_narrow_fields ();
  make_pages ();
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_archive_query_init (HsArchiveQuery *self)
{
  self->page_size = DEFAULT_PAGE_SIZE;
}

/**
 * hs_archive_query_new: (constructor)
 * @archive: (nullable): the address of a room, or %NULL for the account's own archive
 *
 * Makes a query for all messages of an archive, oldest first, in pages of 50.
 *
 * If the address is not valid, [method@Archive.fetch_finish] returns an error.
 *
 * Returns: (transfer full): the new query
 *
 * Since: 0.2
 */
HsArchiveQuery *
hs_archive_query_new (const char *archive)
{
  return g_object_new (HS_TYPE_ARCHIVE_QUERY, "archive", archive, NULL);
}

/* Copies the query for a fetch, so that the fetch does not change when the program changes its query afterwards. */
HsArchiveQuery *
hs_archive_query_copy (HsArchiveQuery *self)
{
  HsArchiveQuery *copy = hs_archive_query_new (self->archive);

  copy->with = g_strdup (self->with);
  copy->start = self->start != NULL ? g_date_time_ref (self->start) : NULL;
  copy->end = self->end != NULL ? g_date_time_ref (self->end) : NULL;
  copy->before_id = g_strdup (self->before_id);
  copy->after_id = g_strdup (self->after_id);
  copy->ids = g_strdupv (self->ids);
  copy->text = g_strdup (self->text);
  copy->page_size = self->page_size;
  copy->is_backwards = self->is_backwards;
  copy->is_flipped = self->is_flipped;
  return copy;
}

/**
 * hs_archive_query_get_archive: (get-property archive)
 * @self: a query
 *
 * Gets which archive is queried.
 *
 * Returns: (transfer none) (nullable): the address of a room, or %NULL for the account's own archive
 *
 * Since: 0.2
 */
const char *
hs_archive_query_get_archive (HsArchiveQuery *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_QUERY (self), NULL);

  return self->archive;
}

/**
 * hs_archive_query_get_with: (get-property with)
 * @self: a query
 *
 * Gets the address whose messages are queried.
 *
 * Returns: (transfer none) (nullable): an address, or %NULL for everybody
 *
 * Since: 0.2
 */
const char *
hs_archive_query_get_with (HsArchiveQuery *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_QUERY (self), NULL);

  return self->with;
}

/**
 * hs_archive_query_set_with: (set-property with)
 * @self: a query
 * @with: (nullable): an address, or %NULL for everybody
 *
 * Sets the address whose messages are queried.
 *
 * Since: 0.2
 */
void
hs_archive_query_set_with (HsArchiveQuery *self, const char *with)
{
  g_return_if_fail (HS_IS_ARCHIVE_QUERY (self));

  if (g_strcmp0 (self->with, with) == 0)
    return;
  g_free (self->with);
  self->with = g_strdup (with);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_WITH]);
}

/**
 * hs_archive_query_get_start: (get-property start)
 * @self: a query
 *
 * Gets the time from which on messages are queried.
 *
 * Returns: (transfer none) (nullable): the time, or %NULL for the beginning
 *
 * Since: 0.2
 */
GDateTime *
hs_archive_query_get_start (HsArchiveQuery *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_QUERY (self), NULL);

  return self->start;
}

/**
 * hs_archive_query_set_start: (set-property start)
 * @self: a query
 * @start: (nullable): the time, or %NULL for the beginning
 *
 * Sets the time from which on messages are queried.
 *
 * Since: 0.2
 */
void
hs_archive_query_set_start (HsArchiveQuery *self, GDateTime *start)
{
  g_return_if_fail (HS_IS_ARCHIVE_QUERY (self));

  if (self->start == start)
    return;
  g_clear_pointer (&self->start, g_date_time_unref);
  self->start = start != NULL ? g_date_time_ref (start) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_START]);
}

/**
 * hs_archive_query_get_end: (get-property end)
 * @self: a query
 *
 * Gets the time up to which messages are queried.
 *
 * Returns: (transfer none) (nullable): the time, or %NULL for now
 *
 * Since: 0.2
 */
GDateTime *
hs_archive_query_get_end (HsArchiveQuery *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_QUERY (self), NULL);

  return self->end;
}

/**
 * hs_archive_query_set_end: (set-property end)
 * @self: a query
 * @end: (nullable): the time, or %NULL for now
 *
 * Sets the time up to which messages are queried.
 *
 * Since: 0.2
 */
void
hs_archive_query_set_end (HsArchiveQuery *self, GDateTime *end)
{
  g_return_if_fail (HS_IS_ARCHIVE_QUERY (self));

  if (self->end == end)
    return;
  g_clear_pointer (&self->end, g_date_time_unref);
  self->end = end != NULL ? g_date_time_ref (end) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_END]);
}

/**
 * hs_archive_query_get_before_id: (get-property before-id)
 * @self: a query
 *
 * Gets the id of the message before which messages are queried.
 *
 * Returns: (transfer none) (nullable): an id in the archive, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_archive_query_get_before_id (HsArchiveQuery *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_QUERY (self), NULL);

  return self->before_id;
}

/**
 * hs_archive_query_set_before_id: (set-property before-id)
 * @self: a query
 * @before_id: (nullable): an id in the archive, or %NULL
 *
 * Sets the id of the message before which messages are queried.
 *
 * Since: 0.2
 */
void
hs_archive_query_set_before_id (HsArchiveQuery *self, const char *before_id)
{
  g_return_if_fail (HS_IS_ARCHIVE_QUERY (self));

  if (g_strcmp0 (self->before_id, before_id) == 0)
    return;
  g_free (self->before_id);
  self->before_id = g_strdup (before_id);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_BEFORE_ID]);
}

/**
 * hs_archive_query_get_after_id: (get-property after-id)
 * @self: a query
 *
 * Gets the id of the message after which messages are queried.
 *
 * Returns: (transfer none) (nullable): an id in the archive, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_archive_query_get_after_id (HsArchiveQuery *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_QUERY (self), NULL);

  return self->after_id;
}

/**
 * hs_archive_query_set_after_id: (set-property after-id)
 * @self: a query
 * @after_id: (nullable): an id in the archive, or %NULL
 *
 * Sets the id of the message after which messages are queried.
 *
 * Since: 0.2
 */
void
hs_archive_query_set_after_id (HsArchiveQuery *self, const char *after_id)
{
  g_return_if_fail (HS_IS_ARCHIVE_QUERY (self));

  if (g_strcmp0 (self->after_id, after_id) == 0)
    return;
  g_free (self->after_id);
  self->after_id = g_strdup (after_id);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_AFTER_ID]);
}

/**
 * hs_archive_query_get_ids: (get-property ids)
 * @self: a query
 *
 * Gets the ids of the messages that are queried.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): ids in the archive, or %NULL
 *
 * Since: 0.2
 */
const char * const *
hs_archive_query_get_ids (HsArchiveQuery *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_QUERY (self), NULL);

  return (const char * const *) self->ids;
}

/**
 * hs_archive_query_set_ids: (set-property ids)
 * @self: a query
 * @ids: (nullable) (array zero-terminated=1): ids in the archive, or %NULL
 *
 * Sets the ids of the messages that are queried.
 *
 * Since: 0.2
 */
void
hs_archive_query_set_ids (HsArchiveQuery *self, const char * const *ids)
{
  g_return_if_fail (HS_IS_ARCHIVE_QUERY (self));

  if (self->ids == (char **) ids)
    return;
  g_strfreev (self->ids);
  self->ids = g_strdupv ((char **) ids);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IDS]);
}

/**
 * hs_archive_query_get_text: (get-property text)
 * @self: a query
 *
 * Gets the words that the messages must have.
 *
 * Returns: (transfer none) (nullable): the words, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_archive_query_get_text (HsArchiveQuery *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_QUERY (self), NULL);

  return self->text;
}

/**
 * hs_archive_query_set_text: (set-property text)
 * @self: a query
 * @text: (nullable): the words, or %NULL
 *
 * Sets the words that the messages must have.
 *
 * Since: 0.2
 */
void
hs_archive_query_set_text (HsArchiveQuery *self, const char *text)
{
  g_return_if_fail (HS_IS_ARCHIVE_QUERY (self));

  if (g_strcmp0 (self->text, text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TEXT]);
}

/**
 * hs_archive_query_get_page_size: (get-property page-size)
 * @self: a query
 *
 * Gets how many messages a page has at most.
 *
 * Returns: 50 by default
 *
 * Since: 0.2
 */
guint
hs_archive_query_get_page_size (HsArchiveQuery *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_QUERY (self), 0);

  return self->page_size;
}

/**
 * hs_archive_query_set_page_size: (set-property page-size)
 * @self: a query
 * @page_size: the number, from 1 to 1,000; other values are clamped to this range
 *
 * Sets how many messages a page has at most.
 *
 * Since: 0.2
 */
void
hs_archive_query_set_page_size (HsArchiveQuery *self, guint page_size)
{
  g_return_if_fail (HS_IS_ARCHIVE_QUERY (self));

  page_size = CLAMP (page_size, 1, MAX_PAGE_SIZE);
  if (self->page_size == page_size)
    return;
  self->page_size = page_size;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PAGE_SIZE]);
}

/**
 * hs_archive_query_get_is_backwards: (get-property is-backwards)
 * @self: a query
 *
 * Gets whether the first page has the newest messages.
 *
 * Returns: false by default
 *
 * Since: 0.2
 */
gboolean
hs_archive_query_get_is_backwards (HsArchiveQuery *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_QUERY (self), FALSE);

  return self->is_backwards;
}

/**
 * hs_archive_query_set_is_backwards: (set-property is-backwards)
 * @self: a query
 * @is_backwards: whether it is
 *
 * Sets whether the first page has the newest messages.
 *
 * Since: 0.2
 */
void
hs_archive_query_set_is_backwards (HsArchiveQuery *self, gboolean is_backwards)
{
  g_return_if_fail (HS_IS_ARCHIVE_QUERY (self));

  is_backwards = !!is_backwards;
  if (self->is_backwards == is_backwards)
    return;
  self->is_backwards = is_backwards;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_BACKWARDS]);
}

/**
 * hs_archive_query_get_is_flipped: (get-property is-flipped)
 * @self: a query
 *
 * Gets whether the newest message of a page comes first in it.
 *
 * Returns: false by default
 *
 * Since: 0.2
 */
gboolean
hs_archive_query_get_is_flipped (HsArchiveQuery *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_QUERY (self), FALSE);

  return self->is_flipped;
}

/**
 * hs_archive_query_set_is_flipped: (set-property is-flipped)
 * @self: a query
 * @is_flipped: whether it does
 *
 * Sets whether the newest message of a page comes first in it.
 *
 * Since: 0.2
 */
void
hs_archive_query_set_is_flipped (HsArchiveQuery *self, gboolean is_flipped)
{
  g_return_if_fail (HS_IS_ARCHIVE_QUERY (self));

  is_flipped = !!is_flipped;
  if (self->is_flipped == is_flipped)
    return;
  self->is_flipped = is_flipped;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_FLIPPED]);
}
