/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-data-field-private.h"
#include "hs-data-form.h"

G_BEGIN_DECLS

/* Shared by hs-data-form*.c. */

struct _HsDataForm
{
  GObject parent_instance;

  HsDataFormKind kind;
  char *title;
  GString *instructions;
  GPtrArray *fields;
  GHashTable *by_name; /* of fields */
  GHashTable *media;   /* content id to GBytes (XEP-0231) */
  GPtrArray *reported; /* the columns of a result; NULL if there are none */
  GPtrArray *items;    /* its rows, forms; NULL if there are none */
};

/* Another list with references to the same objects. @list: NULL for an empty one. */
GPtrArray *hs_data_form_copy_list (GPtrArray *list);
/* Takes the reference to the field. FALSE if there is one of that name. */
gboolean hs_data_form_take_field (HsDataForm *self, HsDataField *field);
/* A result without columns has no <reported/>, one with an empty <reported/> has. */
void hs_data_form_ensure_reported (HsDataForm *self);
/* Adds a row without fields; borrowed. */
HsDataForm *hs_data_form_append_row (HsDataForm *self);

G_END_DECLS
