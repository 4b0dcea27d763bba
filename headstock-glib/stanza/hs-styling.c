/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-styling.h"

#include <string.h>

#include "hs-span-private.h"

/* Message styling (XEP-0393). The text is read once from its beginning to its end: lines first,
 * which are in quotes and preformatted blocks, then the spans of each line. Each step forward is
 * taken at most once by each of five positions, so that the time is linear however directives are
 * arranged. */

#define MAX_DEPTH 16
/* A byte of text can make one span, which takes some 50 bytes. */
#define MAX_SPANS 65536

#define N_STYLES 4

typedef struct
{
  HsSpanKind kind;
  guint start;
  guint end;
  guint depth;
} Found;

typedef struct
{
  const char *body;
  GArray *found; /* of Found, by start, outer ones first */
  guint quotes[MAX_DEPTH];
  guint n_quotes;
  gboolean is_preformatted;
  guint preformatted;
} Parser;

/* The directives of spans, each with the next place where it can close one. */
typedef struct
{
  char directive;
  HsSpanKind kind;
  const char *closing;
} Style;

static gboolean
is_full (Parser *self)
{
  return self->found->len >= MAX_SPANS;
}

static guint
add (Parser *self, HsSpanKind kind, const char *start, const char *end, guint depth)
{
  Found found = { kind, start - self->body, end - self->body, depth };

  g_array_append_val (self->found, found);
  return self->found->len - 1;
}

static void
set_end (Parser *self, guint index, const char *end)
{
  g_array_index (self->found, Found, index).end = end - self->body;
}

/* White_Space, or of category Z (XEP-0393, 4). What is no valid character is no white space. */
static gboolean
is_space (const char *text, const char *end)
{
  guchar byte = *text;
  gunichar c = byte;

  if (byte >= 0x80)
    {
      c = g_utf8_get_char_validated (text, end - text);
      if (c == (gunichar) -1 || c == (gunichar) -2)
        return FALSE;
    }
  if (c <= 0x20)
    return c == 0x20 || (c >= 0x09 && c <= 0x0d);
  if (c < 0x80)
    return FALSE;
  switch (g_unichar_type (c))
    {
    case G_UNICODE_SPACE_SEPARATOR:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return TRUE;
    default:
      return c == 0x85;
    }
}

/* Whether the character before @text is white space. There is one: @begin is before @text. */
static gboolean
is_space_before (const char *text, const char *begin)
{
  const char *start = text - 1;

  while (start > begin && text - start < 4 && (*start & 0xc0) == 0x80)
    start--;
  return is_space (start, text);
}

static const char *
skip_space (const char *text, const char *end)
{
  return text < end && is_space (text, end) ? MIN (g_utf8_next_char (text), end) : text;
}

/* The first place from @from on where the directive can close a span in a line; @end if there is
 * none. */
static const char *
find_closing (Style *style, const char *from, const char *begin, const char *end)
{
  const char *text = MAX (style->closing, from);

  while (text < end && (*text != style->directive || is_space_before (text, begin)))
    text++;
  style->closing = text;
  return text;
}

/* Returns the end of the span that begins at @text; NULL: no span begins there. */
static const char *
match (Style *style, const char *text, const char *begin, const char *limit, const char *end)
{
  const char *closing = NULL;

  if (text + 1 >= limit || is_space (text + 1, limit))
    return NULL;
  closing = find_closing (style, text + 2, begin, end);
  return closing < limit ? closing : NULL;
}

static Style *
find_style (Style *styles, char c)
{
  switch (c)
    {
    case '*':
      return &styles[0];
    case '_':
      return &styles[1];
    case '~':
      return &styles[2];
    case '`':
      return &styles[3];
    default:
      return NULL;
    }
}

/* The spans in a line, or what is left of it inside quotes (XEP-0393, 5.2). */
static void
parse_spans (Parser *self, const char *begin, const char *end)
{
  Style styles[N_STYLES] = {
    { '*', HS_SPAN_KIND_STRONG, begin },
    { '_', HS_SPAN_KIND_EMPHASIS, begin },
    { '~', HS_SPAN_KIND_STRIKE, begin },
    { '`', HS_SPAN_KIND_PREFORMATTED, begin },
  };
  /* A span cannot be inside another one of its kind. */
  const char *open[N_STYLES];
  guint n_open = 0;
  gboolean may_open = TRUE;

  for (const char *text = begin; text < end; text++)
    {
      const char *limit = n_open > 0 ? open[n_open - 1] : end;
      Style *style = find_style (styles, *text);
      const char *closing = NULL;
      gboolean can_open = style != NULL && (may_open || is_space_before (text, begin));

      may_open = FALSE;
      if (text == limit)
        n_open--;
      if (text == limit || !can_open)
        continue;
      /* Without text between them, neither is a directive. */
      if (text + 1 < limit && text[1] == *text)
        {
          text++;
          continue;
        }
      closing = match (style, text, begin, limit, end);
      if (closing == NULL)
        continue;
      if (self->n_quotes + n_open >= MAX_DEPTH || is_full (self))
        return;
      add (self, style->kind, text, closing + 1, self->n_quotes + n_open);
      if (style->kind == HS_SPAN_KIND_PREFORMATTED)
        text = closing;
      else
        {
          open[n_open++] = closing;
          may_open = TRUE;
        }
    }
}

/* Walks through the signs of the quotes that are open, and closes those that the line does not go
 * on with. */
static const char *
continue_quotes (Parser *self, const char *line, const char *end)
{
  guint n = 0;

  while (n < self->n_quotes && line < end && *line == '>')
    {
      set_end (self, self->quotes[n++], end);
      line = skip_space (line + 1, end);
    }
  if (n < self->n_quotes)
    self->is_preformatted = FALSE;
  self->n_quotes = n;
  return line;
}

static void
parse_line (Parser *self, const char *line, const char *end)
{
  line = continue_quotes (self, line, end);
  if (self->is_preformatted)
    {
      set_end (self, self->preformatted, end);
      self->is_preformatted = end - line != 3 || memcmp (line, "```", 3) != 0;
      return;
    }
  while (line < end && *line == '>' && self->n_quotes < MAX_DEPTH && !is_full (self))
    {
      self->quotes[self->n_quotes] = add (self, HS_SPAN_KIND_QUOTE, line, end, self->n_quotes);
      self->n_quotes++;
      line = skip_space (line + 1, end);
    }
  if (self->n_quotes >= MAX_DEPTH || is_full (self))
    return;
  if (end - line >= 3 && memcmp (line, "```", 3) == 0)
    {
      self->preformatted = add (self, HS_SPAN_KIND_PREFORMATTED_BLOCK, line, end, self->n_quotes);
      self->is_preformatted = TRUE;
    }
  else
    parse_spans (self, line, end);
}

/**
 * hs_styling_parse:
 * @body: (nullable): the body of a message
 *
 * Finds the parts of a text that its author has styled (XEP-0393).
 *
 * They are in the order of their beginnings, outer ones before those inside them. Text in no span
 * is plain. Spans that are more than 16 deep are not looked for, and neither are those after the
 * 65,536th: the text there is plain. The time is linear in the length of @body.
 *
 * [property@Message:is-styled] tells whether a message may be styled at all.
 *
 * Returns: (transfer container) (element-type HsSpan): the spans, each with a reference that goes
 * with the array; empty if nothing is styled
 *
 * Since: 0.2
 */
GPtrArray *
hs_styling_parse (const char *body)
{
  g_autoptr (GPtrArray) spans = g_ptr_array_new_with_free_func (g_object_unref);
  Parser parser = { .body = body };
  const char *end = NULL;

  if (body == NULL)
    return g_steal_pointer (&spans);
  parser.found = g_array_new (FALSE, FALSE, sizeof (Found));
  end = body + MIN (strlen (body), G_MAXINT);
  for (const char *line = body; line < end && !is_full (&parser);)
    {
      const char *line_end = memchr (line, '\n', end - line);

      if (line_end == NULL)
        line_end = end;
      parse_line (&parser, line, line_end);
      line = line_end + 1;
    }
  for (guint i = 0; i < parser.found->len; i++)
    {
      const Found *found = &g_array_index (parser.found, Found, i);

      g_ptr_array_add (spans, hs_span_new (found->kind, found->start, found->end, found->depth));
    }
  g_array_unref (parser.found);
  return g_steal_pointer (&spans);
}

/**
 * hs_styling_is_action:
 * @body: (nullable): the body of a message
 *
 * Whether a text says what its author does, as `/me waves` (XEP-0245).
 *
 * Show the author's name in place of `/me`.
 *
 * Returns: %TRUE if @body begins with `/me` and a space
 *
 * Since: 0.2
 */
gboolean
hs_styling_is_action (const char *body)
{
  return body != NULL && g_str_has_prefix (body, "/me ");
}
