/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include "hs-data-field.h"
#include "hs-element.h"

G_BEGIN_DECLS

/**
 * HsDataFormKind:
 * @HS_DATA_FORM_KIND_FORM: `form`, to be filled in
 * @HS_DATA_FORM_KIND_SUBMIT: `submit`, filled in
 * @HS_DATA_FORM_KIND_CANCEL: `cancel`, refused
 * @HS_DATA_FORM_KIND_RESULT: `result`, data to be read
 *
 * What a form is for, its `type` (XEP-0004, 3.1).
 */
typedef enum
{
  HS_DATA_FORM_KIND_FORM,
  HS_DATA_FORM_KIND_SUBMIT,
  HS_DATA_FORM_KIND_CANCEL,
  HS_DATA_FORM_KIND_RESULT,
} HsDataFormKind;

#define HS_TYPE_DATA_FORM (hs_data_form_get_type ())

HS_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (HsDataForm, hs_data_form, HS, DATA_FORM, GObject)

HS_AVAILABLE_IN_ALL
HsDataForm *hs_data_form_new (HsDataFormKind kind);
HS_AVAILABLE_IN_ALL
HsDataForm *hs_data_form_new_from_element (HsElement *element, GError **error);
HS_AVAILABLE_IN_ALL
HsDataField *hs_data_form_add_field (HsDataForm *self,
                                     const char *name,
                                     HsDataFieldType type,
                                     const char * const *values);
HS_AVAILABLE_IN_0_2
gboolean hs_data_form_append_field (HsDataForm *self, HsDataField *field);
HS_AVAILABLE_IN_0_2
void hs_data_form_set_title (HsDataForm *self, const char *title);
HS_AVAILABLE_IN_0_2
void hs_data_form_set_instructions (HsDataForm *self, const char *instructions);
HS_AVAILABLE_IN_0_2
HsDataField *hs_data_form_add_reported (HsDataForm *self,
                                        const char *name,
                                        HsDataFieldType type,
                                        const char *label);
HS_AVAILABLE_IN_0_2
HsDataForm *hs_data_form_add_item (HsDataForm *self);
HS_AVAILABLE_IN_ALL
HsElement *hs_data_form_create_element (HsDataForm *self);

/* Reading */

HS_AVAILABLE_IN_ALL
HsDataFormKind hs_data_form_get_kind (HsDataForm *self);
HS_AVAILABLE_IN_ALL
const char *hs_data_form_get_form_type (HsDataForm *self);
HS_AVAILABLE_IN_ALL
const char *hs_data_form_get_title (HsDataForm *self);
HS_AVAILABLE_IN_ALL
const char *hs_data_form_get_instructions (HsDataForm *self);
HS_AVAILABLE_IN_ALL
GPtrArray *hs_data_form_get_fields (HsDataForm *self);
HS_AVAILABLE_IN_ALL
HsDataField *hs_data_form_get_field (HsDataForm *self, const char *name);
HS_AVAILABLE_IN_ALL
const char *hs_data_form_get_value (HsDataForm *self, const char *name);
HS_AVAILABLE_IN_ALL
GPtrArray *hs_data_form_list_reported (HsDataForm *self);
HS_AVAILABLE_IN_ALL
GPtrArray *hs_data_form_list_items (HsDataForm *self);
HS_AVAILABLE_IN_ALL
GBytes *hs_data_form_get_media (HsDataForm *self, const char *uri);

/* Filling in */

HS_AVAILABLE_IN_ALL
gboolean hs_data_form_set_value (HsDataForm *self,
                                 const char *name,
                                 const char *value,
                                 GError **error);
HS_AVAILABLE_IN_ALL
gboolean hs_data_form_validate (HsDataForm *self, GError **error);
HS_AVAILABLE_IN_ALL
HsElement *hs_data_form_create_submission (HsDataForm *self, GError **error);
HS_AVAILABLE_IN_ALL
HsElement *hs_data_form_create_cancellation (HsDataForm *self);

G_END_DECLS
