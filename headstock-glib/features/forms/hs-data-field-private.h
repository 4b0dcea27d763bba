/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-data-field.h"
#include "hs-element.h"

G_BEGIN_DECLS

/* Shared by hs-data-field*.c, and used by HsDataForm. */

struct _HsDataField
{
  GObject parent_instance;

  char *name;
  HsDataFieldType type;
  char *label;
  char *description;
  gboolean required;
  gboolean open; /* a list that takes other values than its options (XEP-0122) */
  gboolean any;  /* the type is not known: any number of values */
  char **option_values;
  char **option_labels;
  GHashTable *options; /* of option_values */
  char **values;
  gboolean changed;
  gboolean has_media;
  char **media_uris;
  char **media_types;
  guint media_width;
  guint media_height;
};

static inline gboolean
hs_data_field_takes_many (HsDataField *self)
{
  return self->any || self->type == HS_DATA_FIELD_TEXT_MULTI ||
         self->type == HS_DATA_FIELD_LIST_MULTI || self->type == HS_DATA_FIELD_JID_MULTI ||
         self->type == HS_DATA_FIELD_HIDDEN || self->type == HS_DATA_FIELD_FIXED;
}

/* Frees them and leaves nothing of them in memory: there are passwords among them. */
void hs_data_field_wipe (char **values);

/* From a <field/>. Where `inferred`, a field without a type may have any number of values: a form that
 * was submitted, or a result, needs not name types (XEP-0004, 3.2). */
HsDataField *hs_data_field_new_from_element (HsElement *element, gboolean inferred, GError **error);
/* Copies @values without looking whether the type can have them. */
void hs_data_field_take_values (HsDataField *self, char **values);
/* The columns of a table by their names; of two columns of one name the first. */
GHashTable *hs_data_field_index_columns (GPtrArray *columns);
/* The cells of a row: what the fields say, where the columns say what types and labels they have. Rows and columns
 * are as many as the sender likes: the time goes with the cells, not with rows times columns. */
void hs_data_field_take_columns (GPtrArray *cells, GHashTable *columns);
/* Adds all of them to a form that is being made, or to a part of it. */
void hs_data_field_write_all (GPtrArray *fields, HsElement *parent);
/* Whether a value is text that XML can hold. */
gboolean hs_data_field_is_text (const char *value);
/* The value of an enum that is written like this in XML; upper and lower case differ. */
gboolean hs_data_form_parse_nick (GType type, const char *nick, int *value);
/* Adds it to a form that is submitted, where there is something to submit. */
void hs_data_field_submit (HsDataField *self, HsElement *form);

G_END_DECLS
