/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#if !defined(HS_INSIDE) && !defined(HS_COMPILATION)
#error "Only <headstock-glib/headstock.h> can be included directly."
#endif

#include <glib-object.h>

#include "hs-enums.h"
#include "hs-version-macros.h"

G_BEGIN_DECLS

#define HS_TYPE_SPAN (hs_span_get_type ())

HS_AVAILABLE_IN_0_2
G_DECLARE_FINAL_TYPE (HsSpan, hs_span, HS, SPAN, GObject)

HS_AVAILABLE_IN_0_2
guint hs_span_get_start (HsSpan *self);
HS_AVAILABLE_IN_0_2
guint hs_span_get_end (HsSpan *self);
HS_AVAILABLE_IN_0_2
HsSpanKind hs_span_get_kind (HsSpan *self);
HS_AVAILABLE_IN_0_2
guint hs_span_get_depth (HsSpan *self);

G_END_DECLS
