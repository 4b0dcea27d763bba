/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What the client must know of the modules in features/, without knowing any of them. Not installed; each class
 * there that is a module calls this from its class_init. */

/* A client takes one module of @type and of the types derived from it. @client_only: a component takes none. */
void hs_feature_mark (GType type, gboolean client_only);

G_END_DECLS
