/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The first bytes that arrive on a connection, until it is seen whether they are XML. */
typedef struct
{
  char bytes[8];
  guint length;
} HsFirstBytes;

void hs_first_bytes_add (HsFirstBytes *self, const char *bytes, gsize length);
/* Returns the name of the protocol that the peer speaks in place of XMPP, for people to read; NULL: it is not known. */
const char *hs_first_bytes_name_protocol (const HsFirstBytes *self);

G_END_DECLS
