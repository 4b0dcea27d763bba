/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-data-form.h"

G_BEGIN_DECLS

/* A form that no <x/> describes, to be filled with fields. */
HsDataForm *hs_data_form_new (HsDataFormKind kind);
void hs_data_form_set_instructions (HsDataForm *self, const char *instructions);
/* Takes the field. False where there is one of that name. */
gboolean hs_data_form_take_field (HsDataForm *self, HsDataField *field);

G_END_DECLS
