/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-gap-private.h"

#include "hs-enum-types.h"
#include "hs-history-twins-private.h"

/**
 * HsGap:
 *
 * A part of an archive that the program has not been given, in [property@History:gaps].
 *
 * A gap need not contain messages: it is a part of which the library cannot prove that the program has all of it. A
 * window may show a line there, with a button for [method@History.fill_async].
 *
 * ```python
 * def gap_found(history, gap):
 *     print(gap.props.archive, gap.props.after_id, gap.props.before_id, gap.props.reason)
 *
 * history.connect("gap-found", gap_found)
 * ```
 *
 * Since: 0.2
 */

struct _HsGap
{
  GObject parent_instance;

  HsJid *archive;
  guint serial;
  char *after_id;
  GDateTime *after_time;
  char *before_id;
  GDateTime *before_time;
  HsGapReason reason;
  gboolean is_open;
};

enum
{
  PROP_ARCHIVE = 1,
  PROP_AFTER_ID,
  PROP_AFTER_TIME,
  PROP_BEFORE_ID,
  PROP_BEFORE_TIME,
  PROP_REASON,
  PROP_IS_OPEN,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsGap, hs_gap, G_TYPE_OBJECT)

static void
hs_gap_finalize (GObject *object)
{
  HsGap *self = HS_GAP (object);

  g_clear_pointer (&self->archive, hs_jid_unref);
  g_free (self->after_id);
  g_clear_pointer (&self->after_time, g_date_time_unref);
  g_free (self->before_id);
  g_clear_pointer (&self->before_time, g_date_time_unref);

  G_OBJECT_CLASS (hs_gap_parent_class)->finalize (object);
}

static void
hs_gap_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsGap *self = HS_GAP (object);

  switch (prop_id)
    {
    case PROP_ARCHIVE:
      g_value_set_boxed (value, self->archive);
      break;
    case PROP_AFTER_ID:
      g_value_set_string (value, self->after_id);
      break;
    case PROP_AFTER_TIME:
      g_value_set_boxed (value, self->after_time);
      break;
    case PROP_BEFORE_ID:
      g_value_set_string (value, self->before_id);
      break;
    case PROP_BEFORE_TIME:
      g_value_set_boxed (value, self->before_time);
      break;
    case PROP_REASON:
      g_value_set_enum (value, self->reason);
      break;
    case PROP_IS_OPEN:
      g_value_set_boolean (value, self->is_open);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_gap_class_init (HsGapClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = hs_gap_finalize;
  object_class->get_property = hs_gap_get_property;

  /**
   * HsGap:archive: (getter get_archive)
   *
   * The archive: the account's bare JID, or the address of a room.
   *
   * Since: 0.2
   */
  props[PROP_ARCHIVE] = g_param_spec_boxed ("archive", NULL, NULL, HS_TYPE_JID, ro);

  /**
   * HsGap:after-id: (getter get_after_id)
   *
   * The id in the archive of the last message before the gap; %NULL if there is none, because the gap begins with the
   * archive, or the archive was empty.
   *
   * Since: 0.2
   */
  props[PROP_AFTER_ID] = g_param_spec_string ("after-id", NULL, NULL, NULL, ro);

  /**
   * HsGap:after-time: (getter get_after_time)
   *
   * The time of the last message before the gap, or %NULL if it is not known.
   *
   * Since: 0.2
   */
  props[PROP_AFTER_TIME] = g_param_spec_boxed ("after-time", NULL, NULL, G_TYPE_DATE_TIME, ro);

  /**
   * HsGap:before-id: (getter get_before_id)
   *
   * The id in the archive of the first message after the gap, or %NULL while there is no such message.
   *
   * Since: 0.2
   */
  props[PROP_BEFORE_ID] = g_param_spec_string ("before-id", NULL, NULL, NULL, ro);

  /**
   * HsGap:before-time: (getter get_before_time)
   *
   * The time of the first message after the gap, or %NULL while there is no such message.
   *
   * Since: 0.2
   */
  props[PROP_BEFORE_TIME] = g_param_spec_boxed ("before-time", NULL, NULL, G_TYPE_DATE_TIME, ro);

  /**
   * HsGap:reason: (getter get_reason)
   *
   * Why there is a gap.
   *
   * Since: 0.2
   */
  props[PROP_REASON] = g_param_spec_enum ("reason", NULL, NULL, HS_TYPE_GAP_REASON, HS_GAP_REASON_START, ro);

  /**
   * HsGap:is-open: (getter get_is_open)
   *
   * Whether there may still be messages in the gap. A closed gap is not in [property@History:gaps] any more.
   *
   * Since: 0.2
   */
  props[PROP_IS_OPEN] = g_param_spec_boolean ("is-open", NULL, NULL, TRUE, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_gap_init (HsGap *self)
{
  self->is_open = TRUE;
}

HsGap *
hs_gap_new (HsJid *archive, guint serial)
{
  HsGap *self = g_object_new (HS_TYPE_GAP, NULL);

  self->archive = hs_jid_ref (archive);
  self->serial = serial;
  return self;
}

guint
hs_gap_get_serial (HsGap *self)
{
  return self->serial;
}

static GDateTime *
time_of (const HsHistoryPoint *point)
{
  g_autoptr (GDateTime) second = NULL;

  if (point->stamp == HS_HISTORY_NO_STAMP)
    return NULL;
  second = g_date_time_new_from_unix_utc (point->stamp / G_TIME_SPAN_SECOND);
  return second != NULL ? g_date_time_add (second, point->stamp % G_TIME_SPAN_SECOND) : NULL;
}

static void
update_end (HsGap *self, const HsHistoryPoint *point, char **id, GDateTime **time, guint id_prop, guint time_prop)
{
  g_autoptr (GDateTime) now = time_of (point);
  g_autofree char *new_id = hs_history_is_made_up (point->id) ? NULL : hs_history_twins_dup_id (point->id);

  if (g_strcmp0 (*id, new_id) != 0)
    {
      g_free (*id);
      *id = g_steal_pointer (&new_id);
      g_object_notify_by_pspec (G_OBJECT (self), props[id_prop]);
    }
  if (*time == now || (*time != NULL && now != NULL && g_date_time_equal (*time, now)))
    return;
  g_clear_pointer (time, g_date_time_unref);
  *time = g_steal_pointer (&now);
  g_object_notify_by_pspec (G_OBJECT (self), props[time_prop]);
}

void
hs_gap_update (HsGap *self, const HsHistoryGap *gap)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (gap == NULL)
    {
      if (self->is_open)
        g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_OPEN]);
      self->is_open = FALSE;
    }
  else
    {
      update_end (self, &gap->after, &self->after_id, &self->after_time, PROP_AFTER_ID, PROP_AFTER_TIME);
      update_end (self, &gap->before, &self->before_id, &self->before_time, PROP_BEFORE_ID, PROP_BEFORE_TIME);
      if (self->reason != gap->reason)
        g_object_notify_by_pspec (G_OBJECT (self), props[PROP_REASON]);
      self->reason = gap->reason;
    }
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * hs_gap_get_archive: (get-property archive)
 * @self: a gap
 *
 * Gets the archive: the account's bare JID, or the address of a room.
 *
 * Returns: (transfer none): the archive
 *
 * Since: 0.2
 */
HsJid *
hs_gap_get_archive (HsGap *self)
{
  g_return_val_if_fail (HS_IS_GAP (self), NULL);

  return self->archive;
}

/**
 * hs_gap_get_after_id: (get-property after-id)
 * @self: a gap
 *
 * Gets the id in the archive of the last message before the gap.
 *
 * Returns: (transfer none) (nullable): the id, or %NULL if there is no such message
 *
 * Since: 0.2
 */
const char *
hs_gap_get_after_id (HsGap *self)
{
  g_return_val_if_fail (HS_IS_GAP (self), NULL);

  return self->after_id;
}

/**
 * hs_gap_get_after_time: (get-property after-time)
 * @self: a gap
 *
 * Gets the time of the last message before the gap.
 *
 * Returns: (transfer none) (nullable): the time, or %NULL if it is not known
 *
 * Since: 0.2
 */
GDateTime *
hs_gap_get_after_time (HsGap *self)
{
  g_return_val_if_fail (HS_IS_GAP (self), NULL);

  return self->after_time;
}

/**
 * hs_gap_get_before_id: (get-property before-id)
 * @self: a gap
 *
 * Gets the id in the archive of the first message after the gap.
 *
 * Returns: (transfer none) (nullable): the id, or %NULL while there is no such message
 *
 * Since: 0.2
 */
const char *
hs_gap_get_before_id (HsGap *self)
{
  g_return_val_if_fail (HS_IS_GAP (self), NULL);

  return self->before_id;
}

/**
 * hs_gap_get_before_time: (get-property before-time)
 * @self: a gap
 *
 * Gets the time of the first message after the gap.
 *
 * Returns: (transfer none) (nullable): the time, or %NULL while there is no such message
 *
 * Since: 0.2
 */
GDateTime *
hs_gap_get_before_time (HsGap *self)
{
  g_return_val_if_fail (HS_IS_GAP (self), NULL);

  return self->before_time;
}

/**
 * hs_gap_get_reason: (get-property reason)
 * @self: a gap
 *
 * Gets why there is a gap.
 *
 * Returns: the reason
 *
 * Since: 0.2
 */
HsGapReason
hs_gap_get_reason (HsGap *self)
{
  g_return_val_if_fail (HS_IS_GAP (self), HS_GAP_REASON_START);

  return self->reason;
}

/**
 * hs_gap_get_is_open: (get-property is-open)
 * @self: a gap
 *
 * Gets whether there may still be messages in the gap.
 *
 * Returns: true while the gap is open; a closed gap is not in [property@History:gaps] any more
 *
 * Since: 0.2
 */
gboolean
hs_gap_get_is_open (HsGap *self)
{
  g_return_val_if_fail (HS_IS_GAP (self), FALSE);

  return self->is_open;
}
