/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-element-private.h"
#include "hs-message-private.h"
#include "hs-namespaces.h"
#include "hs-stanza-private.h"

/* Parts of the body that stand in for what another extension says (XEP-0428). Positions count code
 * points (XEP-0426). */

/* Code points from @start up to, and not including, @end. */
typedef struct
{
  guint start;
  guint end;
} Range;

static HsNode *
first_fallback (HsMessage *self)
{
  HsNode *child = hs_node_first_element (hs_element_get_node (HS_ELEMENT (self)));

  while (child != NULL && !hs_node_matches (child, "fallback", HS_NS_FALLBACK))
    child = hs_node_next_element (child);
  return child;
}

static HsNode *
next_fallback (HsNode *child)
{
  do
    child = hs_node_next_element (child);
  while (child != NULL && !hs_node_matches (child, "fallback", HS_NS_FALLBACK));
  return child;
}

/* xs:unsignedInt: digits, with white space around them. */
static gboolean
parse_position (const char *text, guint *position)
{
  guint64 number = 0;
  const char *digits = text + strspn (text, " \t\r\n");
  const char *end = digits;

  for (; g_ascii_isdigit (*end); end++)
    {
      number = number * 10 + (*end - '0');
      if (number > G_MAXUINT32)
        return FALSE;
    }
  *position = number;
  return end != digits && end[strspn (end, " \t\r\n")] == '\0';
}

static gboolean
is_whole (HsNode *body)
{
  return hs_node_get_attribute (body, "start", NULL) == NULL
         && hs_node_get_attribute (body, "end", NULL) == NULL;
}

/* Returns FALSE if the two numbers do not name a part of a text. */
static gboolean
read_range (HsNode *body, Range *range)
{
  const char *start = hs_node_get_attribute (body, "start", NULL);
  const char *end = hs_node_get_attribute (body, "end", NULL);

  return start != NULL && end != NULL && parse_position (start, &range->start)
         && parse_position (end, &range->end) && range->start <= range->end;
}

static guint
count_code_points (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += (*text & 0xc0) != 0x80;
  return n;
}

/* The byte at which the code point @n begins, from @text on. */
static const char *
skip_code_points (const char *text, guint n)
{
  for (; *text != '\0'; text++)
    {
      if ((*text & 0xc0) != 0x80 && n-- == 0)
        break;
    }
  return text;
}

/* Adds what a fallback says about a body of @length code points. TRUE if that is all of the body. A
 * range that does not lie in the body is not of this body, and what it means cannot be known. */
static gboolean
collect (HsNode *fallback, guint length, GArray *ranges)
{
  HsNode *part = hs_node_first_element (fallback);

  if (part == NULL)
    return TRUE;
  for (; part != NULL; part = hs_node_next_element (part))
    {
      Range range;

      if (!hs_node_matches (part, "body", HS_NS_FALLBACK))
        continue;
      if (is_whole (part))
        return TRUE;
      if (read_range (part, &range) && range.end <= length)
        g_array_append_val (ranges, range);
    }
  return FALSE;
}

static int
compare_ranges (gconstpointer a, gconstpointer b)
{
  const Range *left = a;
  const Range *right = b;

  return (left->start > right->start) - (left->start < right->start);
}

/* Sorts ranges, and makes those that overlap or touch one. */
static void
merge_ranges (GArray *ranges)
{
  guint n = 0;

  g_array_sort (ranges, compare_ranges);
  for (guint i = 0; i < ranges->len; i++)
    {
      Range range = g_array_index (ranges, Range, i);
      Range *last = n > 0 ? &g_array_index (ranges, Range, n - 1) : NULL;

      if (last != NULL && range.start <= last->end)
        last->end = MAX (last->end, range.end);
      else
        g_array_index (ranges, Range, n++) = range;
    }
  g_array_set_size (ranges, n);
}

/* @ranges are merged and lie in @body. */
static char *
without_ranges (const char *body, GArray *ranges)
{
  g_autoptr (GString) rest = g_string_sized_new (strlen (body));
  guint position = 0;

  for (guint i = 0; i < ranges->len; i++)
    {
      const Range *range = &g_array_index (ranges, Range, i);
      const char *start = skip_code_points (body, range->start - position);

      g_string_append_len (rest, body, start - body);
      body = skip_code_points (start, range->end - range->start);
      position = range->end;
    }
  g_string_append (rest, body);
  return g_string_free (g_steal_pointer (&rest), FALSE);
}

static gboolean
is_for (HsNode *fallback, const char *const *features)
{
  const char *feature = hs_node_get_attribute (fallback, "for", NULL);

  return feature != NULL && features != NULL && g_strv_contains (features, feature);
}

/* The merged ranges of all fallbacks for @features. TRUE if one says that the whole body is a
 * fallback. */
static gboolean
collect_all (HsMessage *self, const char *const *features, const char *body, GArray *ranges)
{
  guint length = 0;

  for (HsNode *child = first_fallback (self); child != NULL; child = next_fallback (child))
    {
      if (!is_for (child, features))
        continue;
      if (length == 0)
        length = count_code_points (body);
      if (collect (child, length, ranges))
        return TRUE;
    }
  merge_ranges (ranges);
  return FALSE;
}

/**
 * hs_message_dup_body_without_fallback:
 * @self: a message
 * @understood: (nullable) (array zero-terminated=1): namespaces of extensions that the program
 * understands, such as `urn:xmpp:reply:0`; %NULL for none
 *
 * The body without the parts that stand there for programs that do not understand an extension
 * (XEP-0428, 2.2).
 *
 * It is the body that [method@Message.get_body] returns. Parts of it are left out if they are a
 * fallback for an extension in @understood. Parts that are not inside the body, or end before they begin, are not left out: it
 * cannot be known what they mean, and text must not be lost.
 *
 * ```python
 * message = Headstock.Message.new_chat("anna@example.com", "Great idea!")
 * message.set_reply("message-id1", "anna@example.com/laptop", "We should bake a cake")
 * message.props.body                                       # "> We should bake a cake\nGreat idea!"
 * message.dup_body_without_fallback([Headstock.NS_REPLY])  # "Great idea!"
 * ```
 *
 * Returns: (transfer full) (nullable): the text; %NULL if the message has no body, or all of it is
 * a fallback
 *
 * Since: 0.2
 */
char *
hs_message_dup_body_without_fallback (HsMessage *self, const char *const *understood)
{
  g_autoptr (GArray) ranges = NULL;
  const char *body = NULL;

  g_return_val_if_fail (HS_IS_MESSAGE (self), NULL);

  body = hs_stanza_get_localized_text (HS_STANZA (self), "body");
  if (body == NULL)
    return NULL;
  ranges = g_array_new (FALSE, FALSE, sizeof (Range));
  return collect_all (self, understood, body, ranges) ? NULL : without_ranges (body, ranges);
}

/* Converts a position in the old body to the position in the body without @ranges. */
static guint
move_position (guint position, GArray *ranges)
{
  guint removed = 0;

  for (guint i = 0; i < ranges->len; i++)
    {
      const Range *range = &g_array_index (ranges, Range, i);

      if (range->start >= position)
        break;
      removed += MIN (range->end, position) - range->start;
    }
  return position - removed;
}

static void
write_range (HsNode *body, guint start, guint end)
{
  char text[16];

  g_snprintf (text, sizeof text, "%u", start);
  hs_node_set_attribute (body, "start", NULL, text);
  g_snprintf (text, sizeof text, "%u", end);
  hs_node_set_attribute (body, "end", NULL, text);
}

static void
move_positions (HsNode *fallback, GArray *ranges, guint inserted)
{
  for (HsNode *part = hs_node_first_element (fallback); part != NULL;
       part = hs_node_next_element (part))
    {
      Range range;

      if (!hs_node_matches (part, "body", HS_NS_FALLBACK) || !read_range (part, &range))
        continue;
      write_range (part, move_position (range.start, ranges) + inserted,
                   move_position (range.end, ranges) + inserted);
    }
}

char *
hs_message_cut_fallback (HsMessage *self, const char *feature, guint inserted)
{
  const char *const features[] = { feature, NULL };
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (Range));
  const char *body = hs_stanza_get_localized_text (HS_STANZA (self), "body");
  gboolean whole = FALSE;

  if (body == NULL)
    return NULL;
  whole = collect_all (self, features, body, ranges);
  if (whole)
    return NULL;
  for (HsNode *child = first_fallback (self); child != NULL; child = next_fallback (child))
    {
      if (!is_for (child, features))
        move_positions (child, ranges, inserted);
    }
  return without_ranges (body, ranges);
}

/* Removes the fallbacks for a feature, but not @kept. */
static void
remove_others (HsMessage *self, const char *feature, HsNode *kept)
{
  const char *const features[] = { feature, NULL };
  HsNode *next = NULL;

  for (HsNode *child = first_fallback (self); child != NULL; child = next)
    {
      next = next_fallback (child);
      if (child != kept && is_for (child, features))
        hs_node_detach (child);
    }
}

void
hs_message_remove_fallback (HsMessage *self, const char *feature)
{
  remove_others (self, feature, NULL);
}

void
hs_message_add_fallback (HsMessage *self, const char *feature, guint length)
{
  const char *const features[] = { feature, NULL };
  HsNode *node = hs_element_get_node (HS_ELEMENT (self));
  HsNode *fallback = first_fallback (self);
  HsNode *part = NULL;

  while (fallback != NULL && !is_for (fallback, features))
    fallback = next_fallback (fallback);
  if (fallback == NULL)
    {
      fallback = hs_node_new (hs_node_get_block (node), "fallback", HS_NS_FALLBACK);
      hs_node_append (node, fallback);
      hs_node_set_attribute (fallback, "for", NULL, feature);
    }
  remove_others (self, feature, fallback);
  hs_node_remove_children (fallback);
  if (length == 0)
    return;
  part = hs_node_new (hs_node_get_block (node), "body", HS_NS_FALLBACK);
  hs_node_append (fallback, part);
  write_range (part, 0, length);
}

void
hs_message_forget_positions (HsMessage *self)
{
  HsNode *next = NULL;

  for (HsNode *child = first_fallback (self); child != NULL; child = next)
    {
      HsNode *after = NULL;
      gboolean changed = FALSE;

      next = next_fallback (child);
      for (HsNode *part = hs_node_first_element (child); part != NULL; part = after)
        {
          after = hs_node_next_element (part);
          if (!hs_node_matches (part, "body", HS_NS_FALLBACK) || is_whole (part))
            continue;
          hs_node_detach (part);
          changed = TRUE;
        }
      /* An empty one would mean the whole message. */
      if (changed && hs_node_first_element (child) == NULL)
        hs_node_detach (child);
    }
}
