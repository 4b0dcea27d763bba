/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-software-info.h"

G_BEGIN_DECLS

/* Copies the texts. */
HsSoftwareInfo *hs_software_info_new (const char *name, const char *version, const char *os);

G_END_DECLS
