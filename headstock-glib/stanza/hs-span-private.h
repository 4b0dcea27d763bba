/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "hs-span.h"

G_BEGIN_DECLS

/* (transfer full) */
HsSpan *hs_span_new (HsSpanKind kind, guint start, guint end, guint depth);

G_END_DECLS
