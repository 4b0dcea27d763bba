/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-archive-metadata-private.h"

/**
 * HsArchiveMetadata:
 *
 * The oldest and the newest message of an archive (XEP-0313, 5), from [method@Archive.query_metadata_finish].
 *
 * ```python
 * metadata = await archive.query_metadata_async()
 * if metadata.first_id is not None:
 *     print("from", metadata.first_time.format_iso8601(), "to", metadata.last_time.format_iso8601())
 * ```
 *
 * Since: 0.2
 */

enum
{
  PROP_FIRST_ID = 1,
  PROP_FIRST_TIME,
  PROP_LAST_ID,
  PROP_LAST_TIME,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsArchiveMetadata, hs_archive_metadata, G_TYPE_OBJECT)

static void
hs_archive_metadata_finalize (GObject *object)
{
  HsArchiveMetadata *self = HS_ARCHIVE_METADATA (object);

  g_free (self->first_id);
  g_clear_pointer (&self->first_time, g_date_time_unref);
  g_free (self->last_id);
  g_clear_pointer (&self->last_time, g_date_time_unref);

  G_OBJECT_CLASS (hs_archive_metadata_parent_class)->finalize (object);
}

static void
hs_archive_metadata_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsArchiveMetadata *self = HS_ARCHIVE_METADATA (object);

  switch (prop_id)
    {
    case PROP_FIRST_ID:
      g_value_set_string (value, self->first_id);
      break;
    case PROP_FIRST_TIME:
      g_value_set_boxed (value, self->first_time);
      break;
    case PROP_LAST_ID:
      g_value_set_string (value, self->last_id);
      break;
    case PROP_LAST_TIME:
      g_value_set_boxed (value, self->last_time);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_archive_metadata_class_init (HsArchiveMetadataClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = hs_archive_metadata_finalize;
  object_class->get_property = hs_archive_metadata_get_property;

  /**
   * HsArchiveMetadata:first-id: (getter get_first_id)
   *
   * The id of the oldest message, or %NULL if the archive is empty.
   *
   * Since: 0.2
   */
  props[PROP_FIRST_ID] = g_param_spec_string ("first-id", NULL, NULL, NULL, ro);

  /**
   * HsArchiveMetadata:first-time: (getter get_first_time)
   *
   * When the oldest message was archived, or %NULL if the archive is empty.
   *
   * Since: 0.2
   */
  props[PROP_FIRST_TIME] = g_param_spec_boxed ("first-time", NULL, NULL, G_TYPE_DATE_TIME, ro);

  /**
   * HsArchiveMetadata:last-id: (getter get_last_id)
   *
   * The id of the newest message, or %NULL if the archive is empty.
   *
   * Since: 0.2
   */
  props[PROP_LAST_ID] = g_param_spec_string ("last-id", NULL, NULL, NULL, ro);

  /**
   * HsArchiveMetadata:last-time: (getter get_last_time)
   *
   * When the newest message was archived, or %NULL if the archive is empty.
   *
   * Since: 0.2
   */
  props[PROP_LAST_TIME] = g_param_spec_boxed ("last-time", NULL, NULL, G_TYPE_DATE_TIME, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_archive_metadata_init (HsArchiveMetadata *self)
{
}

HsArchiveMetadata *
hs_archive_metadata_new (void)
{
  return g_object_new (HS_TYPE_ARCHIVE_METADATA, NULL);
}

void
hs_archive_metadata_set_first (HsArchiveMetadata *self, const char *id, GDateTime *time)
{
  self->first_id = g_strdup (id);
  self->first_time = time != NULL ? g_date_time_ref (time) : NULL;
}

void
hs_archive_metadata_set_last (HsArchiveMetadata *self, const char *id, GDateTime *time)
{
  self->last_id = g_strdup (id);
  self->last_time = time != NULL ? g_date_time_ref (time) : NULL;
}

/**
 * hs_archive_metadata_get_first_id: (get-property first-id)
 * @self: what an archive says of itself
 *
 * Gets the id of the oldest message, or %NULL if the archive is empty.
 *
 * Returns: (transfer none) (nullable): the id, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_archive_metadata_get_first_id (HsArchiveMetadata *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_METADATA (self), NULL);

  return self->first_id;
}

/**
 * hs_archive_metadata_get_first_time: (get-property first-time)
 * @self: what an archive says of itself
 *
 * Gets when the oldest message was archived, or %NULL if the archive is empty.
 *
 * Returns: (transfer none) (nullable): the time, in UTC, or %NULL
 *
 * Since: 0.2
 */
GDateTime *
hs_archive_metadata_get_first_time (HsArchiveMetadata *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_METADATA (self), NULL);

  return self->first_time;
}

/**
 * hs_archive_metadata_get_last_id: (get-property last-id)
 * @self: what an archive says of itself
 *
 * Gets the id of the newest message, or %NULL if the archive is empty.
 *
 * Returns: (transfer none) (nullable): the id, or %NULL
 *
 * Since: 0.2
 */
const char *
hs_archive_metadata_get_last_id (HsArchiveMetadata *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_METADATA (self), NULL);

  return self->last_id;
}

/**
 * hs_archive_metadata_get_last_time: (get-property last-time)
 * @self: what an archive says of itself
 *
 * Gets when the newest message was archived, or %NULL if the archive is empty.
 *
 * Returns: (transfer none) (nullable): the time, in UTC, or %NULL
 *
 * Since: 0.2
 */
GDateTime *
hs_archive_metadata_get_last_time (HsArchiveMetadata *self)
{
  g_return_val_if_fail (HS_IS_ARCHIVE_METADATA (self), NULL);

  return self->last_time;
}
