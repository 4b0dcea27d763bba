/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 128 random bits in 26 characters of base32 (RFC 4648, 6, in lower case): what an attribute, a URL
 * and a file name can hold as it is. */
#define HS_RANDOM_ID_LENGTH 26

char *hs_random_id (void);
/* The same into the caller's memory, which ends with a NUL then. */
void hs_random_write_id (char id[HS_RANDOM_ID_LENGTH + 1]);

G_END_DECLS
