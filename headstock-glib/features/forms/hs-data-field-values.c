/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-data-field-private.h"

#include <string.h>

#include "hs-jid.h"
#include "hs-printable.h"

/* The values that a field may have. */

static gboolean G_GNUC_PRINTF (4, 5)
refuse_value (HsDataField *self, HsDataFormError code, GError **error, const char *format, ...)
{
  const char *name = self->name != NULL ? self->name : self->label != NULL ? self->label : "";
  g_autofree char *shown = hs_printable (name, HS_PRINTABLE_NAME);
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, HS_DATA_FORM_ERROR, code, "The field \"%s\" %s", shown, what);
  return FALSE;
}

static gboolean
check_jid (HsDataField *self, const char *value, GError **error)
{
  g_autoptr (GError) jid_error = NULL;
  g_autoptr (HsJid) jid = hs_jid_new (value, &jid_error);

  if (jid != NULL)
    return TRUE;
  return refuse_value (self, HS_DATA_FORM_ERROR_INVALID_VALUE, error, "takes a JID: %s",
                 jid_error->message);
}

static gboolean
check_boolean (HsDataField *self, const char *value, GError **error)
{
  static const char *const allowed[] = { "0", "1", "false", "true", NULL };

  g_autofree char *shown = NULL;

  if (g_strv_contains (allowed, value))
    return TRUE;
  shown = hs_printable (value, HS_PRINTABLE_NAME);
  return refuse_value (self, HS_DATA_FORM_ERROR_INVALID_VALUE, error,
                 "takes 0, 1, false or true, not \"%s\"", shown);
}

static gboolean
check_option (HsDataField *self, const char *value, GError **error)
{
  g_autofree char *shown = NULL;

  if (self->open || (self->options != NULL && g_hash_table_contains (self->options, value)))
    return TRUE;
  shown = hs_printable (value, HS_PRINTABLE_NAME);
  return refuse_value (self, HS_DATA_FORM_ERROR_INVALID_VALUE, error,
                 "does not have \"%s\" among its options", shown);
}

static gboolean
check_value (HsDataField *self, const char *value, GError **error)
{
  if (!hs_data_field_is_text (value))
    return refuse_value (self, HS_DATA_FORM_ERROR_INVALID_VALUE, error,
                   "was given a character that XML does not allow");
  switch (self->type)
    {
    case HS_DATA_FIELD_BOOLEAN:
      return check_boolean (self, value, error);
    case HS_DATA_FIELD_JID_SINGLE:
    case HS_DATA_FIELD_JID_MULTI:
      return check_jid (self, value, error);
    case HS_DATA_FIELD_LIST_SINGLE:
    case HS_DATA_FIELD_LIST_MULTI:
      return check_option (self, value, error);
    case HS_DATA_FIELD_TEXT_SINGLE:
    case HS_DATA_FIELD_TEXT_PRIVATE:
    case HS_DATA_FIELD_TEXT_MULTI:
      if (!self->any && strpbrk (value, "\r\n") != NULL)
        return refuse_value (self, HS_DATA_FORM_ERROR_INVALID_VALUE, error, "takes a single line");
      return TRUE;
    case HS_DATA_FIELD_FIXED:
    case HS_DATA_FIELD_HIDDEN:
    default:
      return TRUE;
    }
}

/* XEP-0004, 3.3: each address once, compared as addresses are. */
static char **
without_duplicates (HsDataField *self, const char *const *values)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen
      = g_hash_table_new_full (hs_jid_hash, hs_jid_equal, (GDestroyNotify) hs_jid_unref, NULL);

  for (guint i = 0; values[i] != NULL; i++)
    {
      if (self->type != HS_DATA_FIELD_JID_MULTI || g_hash_table_add (seen, hs_jid_new (values[i], NULL)))
        g_strv_builder_add (builder, values[i]);
    }
  return g_strv_builder_end (builder);
}

static gboolean
check_values (HsDataField *self, const char *const *values, GError **error)
{
  if (self->type == HS_DATA_FIELD_FIXED)
    return refuse_value (self, HS_DATA_FORM_ERROR_READ_ONLY, error, "is fixed and can't be filled in");
  if (values[0] != NULL && values[1] != NULL && !hs_data_field_takes_many (self))
    return refuse_value (self, HS_DATA_FORM_ERROR_INVALID_VALUE, error, "takes one value");
  for (guint i = 0; values[i] != NULL; i++)
    {
      if (!check_value (self, values[i], error))
        return FALSE;
    }
  return TRUE;
}

/**
 * hs_data_field_set_value:
 * @self: a field
 * @value: (nullable): the value, or %NULL for none
 * @error: return location for an error
 *
 * Fills the field in. The value of a `text-multi` field is a text of several lines; a field that can
 * have several values is given this one alone.
 *
 * Errors: %HS_DATA_FORM_ERROR_READ_ONLY for a fixed field; %HS_DATA_FORM_ERROR_INVALID_VALUE if the
 * value is not among the options, no JID, neither of `0`, `1`, `false` and `true`, more than a line, or
 * has a character that XML does not allow. The field is unchanged then.
 *
 * ```python
 * field.set_value("The balcony")
 * ```
 *
 * Returns: true if the field has the value
 */
gboolean
hs_data_field_set_value (HsDataField *self, const char *value, GError **error)
{
  const char *values[] = { value, NULL };
  g_auto (GStrv) lines = NULL;
  g_autofree char *unix_lines = NULL;
  g_auto (GStrv) parts = NULL;

  g_return_val_if_fail (HS_IS_DATA_FIELD (self), FALSE);

  if (value == NULL || self->type != HS_DATA_FIELD_TEXT_MULTI)
    return hs_data_field_set_values (self, values, error);
  /* XEP-0004, 3.3: a value for each line, whichever way lines end here. */
  parts = g_strsplit (value, "\r\n", -1);
  unix_lines = g_strjoinv ("\n", parts);
  g_strdelimit (unix_lines, "\r", '\n');
  lines = g_strsplit (unix_lines, "\n", -1);
  return hs_data_field_set_values (self, (const char *const *) lines, error);
}

/**
 * hs_data_field_set_values:
 * @self: a field
 * @values: (array zero-terminated=1): the values; none to leave the field empty
 * @error: return location for an error
 *
 * Fills the field in with any number of values, each a line of a `text-multi` field. Of addresses that
 * are equal, one is taken (XEP-0004, 3.3).
 *
 * Errors are those of [method@DataField.set_value], and %HS_DATA_FORM_ERROR_INVALID_VALUE if there
 * are several values for a field that takes one.
 *
 * ```python
 * field.set_values(["juliet@capulet.example", "nurse@capulet.example"])
 * ```
 *
 * Returns: true if the field has the values
 */
gboolean
hs_data_field_set_values (HsDataField *self, const char *const *values, GError **error)
{
  char **taken;

  g_return_val_if_fail (HS_IS_DATA_FIELD (self), FALSE);
  g_return_val_if_fail (values != NULL, FALSE);

  if (!check_values (self, values, error))
    return FALSE;
  /* Copy the values first: the caller may pass the field's own. */
  taken = without_duplicates (self, values);
  hs_data_field_wipe (self->values);
  self->values = taken;
  self->changed = TRUE;
  g_object_notify (G_OBJECT (self), "value");
  g_object_notify (G_OBJECT (self), "values");
  return TRUE;
}

/**
 * hs_data_field_set_boolean:
 * @self: a field
 * @value: yes or no
 * @error: return location for an error
 *
 * Fills in a field of the type `boolean`.
 *
 * Errors are those of [method@DataField.set_value].
 *
 * ```python
 * field.set_boolean(True)
 * ```
 *
 * Returns: true if the field has the value
 */
gboolean
hs_data_field_set_boolean (HsDataField *self, gboolean value, GError **error)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), FALSE);

  return hs_data_field_set_value (self, value ? "true" : "false", error);
}

/**
 * hs_data_field_validate:
 * @self: a field
 * @error: return location for an error
 *
 * Looks whether the field can be submitted as it is. Values that the server itself filled in are not
 * doubted.
 *
 * Errors: %HS_DATA_FORM_ERROR_REQUIRED.
 *
 * Returns: true if it can
 */
gboolean
hs_data_field_validate (HsDataField *self, GError **error)
{
  g_return_val_if_fail (HS_IS_DATA_FIELD (self), FALSE);

  if (!self->required || self->type == HS_DATA_FIELD_FIXED)
    return TRUE;
  for (guint i = 0; self->values[i] != NULL; i++)
    {
      if (self->values[i][0] != '\0')
        return TRUE;
    }
  /* An empty text may be one of the options. */
  if (self->values[0] != NULL && self->options != NULL &&
      g_hash_table_contains (self->options, self->values[0]))
    return TRUE;
  return refuse_value (self, HS_DATA_FORM_ERROR_REQUIRED, error, "must be filled in");
}
