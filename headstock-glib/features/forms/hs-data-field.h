/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <gio/gio.h>

#include "hs-types.h"
#include "hs-version-macros.h"

G_BEGIN_DECLS

/**
 * HsDataFormError:
 * @HS_DATA_FORM_ERROR_INVALID_FORM: an element is not a form, or breaks the rules of one
 * @HS_DATA_FORM_ERROR_UNKNOWN_FIELD: a form has no field of that name
 * @HS_DATA_FORM_ERROR_READ_ONLY: a field of the type `fixed` holds text for people to read; it is
 *   given no value
 * @HS_DATA_FORM_ERROR_INVALID_VALUE: a value is none that a field of that type can have
 * @HS_DATA_FORM_ERROR_REQUIRED: a field that must be filled in has no value
 *
 * What can be wrong with a form or with what it is filled with (domain %HS_DATA_FORM_ERROR). The
 * message names the field.
 */
typedef enum
{
  HS_DATA_FORM_ERROR_INVALID_FORM,
  HS_DATA_FORM_ERROR_UNKNOWN_FIELD,
  HS_DATA_FORM_ERROR_READ_ONLY,
  HS_DATA_FORM_ERROR_INVALID_VALUE,
  HS_DATA_FORM_ERROR_REQUIRED,
} HsDataFormError;

#define HS_DATA_FORM_ERROR (hs_data_form_error_quark ())

HS_AVAILABLE_IN_ALL
GQuark hs_data_form_error_quark (void);

/**
 * HsDataFieldType:
 * @HS_DATA_FIELD_TEXT_SINGLE: `text-single`, a line of text; also any type that is not known
 * @HS_DATA_FIELD_TEXT_PRIVATE: `text-private`, a line of text that is not shown while it is typed
 * @HS_DATA_FIELD_TEXT_MULTI: `text-multi`, lines of text, each a value
 * @HS_DATA_FIELD_LIST_SINGLE: `list-single`, one of the options
 * @HS_DATA_FIELD_LIST_MULTI: `list-multi`, any of the options
 * @HS_DATA_FIELD_JID_SINGLE: `jid-single`, an address
 * @HS_DATA_FIELD_JID_MULTI: `jid-multi`, addresses
 * @HS_DATA_FIELD_BOOLEAN: `boolean`, yes or no
 * @HS_DATA_FIELD_FIXED: `fixed`, text for people to read; not submitted
 * @HS_DATA_FIELD_HIDDEN: `hidden`, not shown, and returned as it came
 *
 * Types of fields (XEP-0004, 3.3).
 */
typedef enum
{
  HS_DATA_FIELD_TEXT_SINGLE,
  HS_DATA_FIELD_TEXT_PRIVATE,
  HS_DATA_FIELD_TEXT_MULTI,
  HS_DATA_FIELD_LIST_SINGLE,
  HS_DATA_FIELD_LIST_MULTI,
  HS_DATA_FIELD_JID_SINGLE,
  HS_DATA_FIELD_JID_MULTI,
  HS_DATA_FIELD_BOOLEAN,
  HS_DATA_FIELD_FIXED,
  HS_DATA_FIELD_HIDDEN,
} HsDataFieldType;

#define HS_TYPE_DATA_FIELD (hs_data_field_get_type ())

HS_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (HsDataField, hs_data_field, HS, DATA_FIELD, GObject)

/* Making one */

HS_AVAILABLE_IN_0_2
HsDataField *hs_data_field_new (const char *name, HsDataFieldType type);
HS_AVAILABLE_IN_0_2
void hs_data_field_set_label (HsDataField *self, const char *label);
HS_AVAILABLE_IN_0_2
void hs_data_field_set_description (HsDataField *self, const char *description);
HS_AVAILABLE_IN_0_2
void hs_data_field_set_required (HsDataField *self, gboolean required);
HS_AVAILABLE_IN_0_2
void hs_data_field_add_option (HsDataField *self, const char *value, const char *label);

/* The question of the form */

HS_AVAILABLE_IN_ALL
const char *hs_data_field_get_name (HsDataField *self);
HS_AVAILABLE_IN_ALL
HsDataFieldType hs_data_field_get_field_type (HsDataField *self);
HS_AVAILABLE_IN_ALL
const char *hs_data_field_get_label (HsDataField *self);
HS_AVAILABLE_IN_ALL
const char *hs_data_field_get_description (HsDataField *self);
HS_AVAILABLE_IN_ALL
gboolean hs_data_field_get_required (HsDataField *self);
HS_AVAILABLE_IN_ALL
const char * const *hs_data_field_get_option_values (HsDataField *self);
HS_AVAILABLE_IN_ALL
const char * const *hs_data_field_get_option_labels (HsDataField *self);

/* Media, such as the picture of a captcha */

HS_AVAILABLE_IN_ALL
gboolean hs_data_field_has_media (HsDataField *self);
HS_AVAILABLE_IN_ALL
const char * const *hs_data_field_get_media_uris (HsDataField *self);
HS_AVAILABLE_IN_ALL
const char * const *hs_data_field_get_media_types (HsDataField *self);
HS_AVAILABLE_IN_ALL
guint hs_data_field_get_media_width (HsDataField *self);
HS_AVAILABLE_IN_ALL
guint hs_data_field_get_media_height (HsDataField *self);

/* Values */

HS_AVAILABLE_IN_ALL
const char *hs_data_field_get_value (HsDataField *self);
HS_AVAILABLE_IN_ALL
const char * const *hs_data_field_get_values (HsDataField *self);
HS_AVAILABLE_IN_ALL
char *hs_data_field_get_text (HsDataField *self);
HS_AVAILABLE_IN_ALL
gboolean hs_data_field_get_boolean (HsDataField *self);
HS_AVAILABLE_IN_ALL
gboolean hs_data_field_set_value (HsDataField *self, const char *value, GError **error);
HS_AVAILABLE_IN_ALL
gboolean hs_data_field_set_values (HsDataField *self, const char * const *values, GError **error);
HS_AVAILABLE_IN_ALL
gboolean hs_data_field_set_boolean (HsDataField *self, gboolean value, GError **error);
HS_AVAILABLE_IN_ALL
gboolean hs_data_field_validate (HsDataField *self, GError **error);

G_END_DECLS
