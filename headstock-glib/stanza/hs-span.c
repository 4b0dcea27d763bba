/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-span-private.h"

#include "hs-enum-types.h"

/**
 * HsSpan:
 *
 * A part of a message's text that is shown in a style of its own (XEP-0393).
 *
 * [func@styling_parse] finds them. The directives themselves (`*`, `> ` and others) are part of the
 * span: the extension recommends to show them in the style of the text (XEP-0393, 7).
 *
 * ```python
 * body = "both *alike in dignity*"
 * text = body.encode()                     # positions count bytes of UTF-8
 * for span in Headstock.styling_parse(body):
 *     print(span.props.kind.value_nick, text[span.props.start:span.props.end].decode())
 * ```
 *
 * Since: 0.2
 */

struct _HsSpan
{
  GObject parent_instance;

  HsSpanKind kind;
  guint start;
  guint end;
  guint depth;
};

enum
{
  PROP_START = 1,
  PROP_END,
  PROP_KIND,
  PROP_DEPTH,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsSpan, hs_span, G_TYPE_OBJECT)

static void
hs_span_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsSpan *self = HS_SPAN (object);

  switch (prop_id)
    {
    case PROP_START:
      g_value_set_uint (value, self->start);
      break;
    case PROP_END:
      g_value_set_uint (value, self->end);
      break;
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_DEPTH:
      g_value_set_uint (value, self->depth);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_span_class_init (HsSpanClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags ro = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = hs_span_get_property;

  /**
   * HsSpan:start: (getter get_start)
   *
   * The byte of the text at which the span begins.
   *
   * Since: 0.2
   */
  props[PROP_START] = g_param_spec_uint ("start", NULL, NULL, 0, G_MAXUINT, 0, ro);

  /**
   * HsSpan:end: (getter get_end)
   *
   * The byte of the text after the last one of the span.
   *
   * Since: 0.2
   */
  props[PROP_END] = g_param_spec_uint ("end", NULL, NULL, 0, G_MAXUINT, 0, ro);

  /**
   * HsSpan:kind: (getter get_kind)
   *
   * How the span is to be shown.
   *
   * Since: 0.2
   */
  props[PROP_KIND]
      = g_param_spec_enum ("kind", NULL, NULL, HS_TYPE_SPAN_KIND, HS_SPAN_KIND_PLAIN, ro);

  /**
   * HsSpan:depth: (getter get_depth)
   *
   * The number of spans that the span is in: 0 for one that is in no other.
   *
   * Since: 0.2
   */
  props[PROP_DEPTH] = g_param_spec_uint ("depth", NULL, NULL, 0, G_MAXUINT, 0, ro);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_span_init (HsSpan *self)
{
}

HsSpan *
hs_span_new (HsSpanKind kind, guint start, guint end, guint depth)
{
  HsSpan *self = g_object_new (HS_TYPE_SPAN, NULL);

  self->kind = kind;
  self->start = start;
  self->end = end;
  self->depth = depth;
  return self;
}

/**
 * hs_span_get_start: (get-property start)
 * @self: a span
 *
 * The byte of the text at which the span begins.
 *
 * Returns: the number of bytes before it
 *
 * Since: 0.2
 */
guint
hs_span_get_start (HsSpan *self)
{
  g_return_val_if_fail (HS_IS_SPAN (self), 0);

  return self->start;
}

/**
 * hs_span_get_end: (get-property end)
 * @self: a span
 *
 * The byte of the text after the last one of the span.
 *
 * Returns: the number of bytes before it
 *
 * Since: 0.2
 */
guint
hs_span_get_end (HsSpan *self)
{
  g_return_val_if_fail (HS_IS_SPAN (self), 0);

  return self->end;
}

/**
 * hs_span_get_kind: (get-property kind)
 * @self: a span
 *
 * How the span is to be shown.
 *
 * Returns: the kind
 *
 * Since: 0.2
 */
HsSpanKind
hs_span_get_kind (HsSpan *self)
{
  g_return_val_if_fail (HS_IS_SPAN (self), HS_SPAN_KIND_PLAIN);

  return self->kind;
}

/**
 * hs_span_get_depth: (get-property depth)
 * @self: a span
 *
 * The number of spans that the span is in.
 *
 * Returns: the depth, 0 for a span that is in no other
 *
 * Since: 0.2
 */
guint
hs_span_get_depth (HsSpan *self)
{
  g_return_val_if_fail (HS_IS_SPAN (self), 0);

  return self->depth;
}
