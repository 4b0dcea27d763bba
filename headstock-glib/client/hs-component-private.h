/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-client.h"

G_BEGIN_DECLS

/* Makes a client a component, in hs-client.c. */

/* Once, before anything is set. */
void hs_client_make_component (HsClient *self);
/* Why the address could not be parsed: the run ends with it. Takes @error, which may be NULL. */
void hs_client_take_jid_error (HsClient *self, GError *error);

G_END_DECLS
