/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

#include <headstock-glib/headstock.h>

/* libFuzzer target: a text is looked through for styles (XEP-0393), which lie in it and in each
 * other; and a message's body loses the parts that are fallbacks (XEP-0428), of which none is lost
 * twice. */

#define MAX_DEPTH 16

static void
check_spans (const char *body)
{
  g_autoptr (GPtrArray) spans = hs_styling_parse (body);
  guint ends[MAX_DEPTH] = { 0 };
  guint last = 0;

  for (guint i = 0; i < spans->len; i++)
    {
      HsSpan *span = spans->pdata[i];
      guint start = hs_span_get_start (span);
      guint end = hs_span_get_end (span);
      guint depth = hs_span_get_depth (span);

      g_assert_cmpuint (start, >=, last);
      g_assert_cmpuint (start, <, end);
      g_assert_cmpuint (end, <=, strlen (body));
      g_assert_cmpuint (depth, <, MAX_DEPTH);
      /* In the one that it is in, and after those beside it. */
      g_assert_true (depth == 0 || end <= ends[depth - 1]);
      g_assert_cmpuint (start, >=, ends[depth]);
      ends[depth] = end;
      for (guint deeper = depth + 1; deeper < MAX_DEPTH; deeper++)
        ends[deeper] = start;
      last = start;
    }
}

/* All bytes of the rest are in the body, in their order. */
static gboolean
is_part_of (const char *rest, const char *body)
{
  for (; *rest != '\0'; rest++, body++)
    {
      body = strchr (body, *rest);
      if (body == NULL)
        return FALSE;
    }
  return TRUE;
}

static void
check_reply (HsMessage *message, const char *rest)
{
  const char *const reply[] = { HS_NS_REPLY, NULL };
  g_autofree char *quoted = g_strdup (hs_message_get_body (message));
  g_autofree char *again = NULL;

  hs_message_set_reply (message, "1", NULL, quoted);
  again = hs_message_dup_body_without_fallback (message, reply);
  if (rest != NULL && quoted != NULL)
    g_assert_cmpstr (again, ==, rest);
  hs_message_set_reply (message, NULL, NULL, NULL);
  g_assert_null (hs_message_get_reply_id (message));
}

static void
check_message (HsMessage *message)
{
  const char *const reply[] = { HS_NS_REPLY, NULL };
  const char *body = hs_message_get_body (message);
  g_autofree char *rest = hs_message_dup_body_without_fallback (message, reply);
  g_auto (GStrv) reactions = hs_message_dup_reactions (message);

  g_assert_true (reactions == NULL || g_strv_length (reactions) <= 16);
  if (rest != NULL)
    {
      g_assert_true (g_utf8_validate (rest, -1, NULL));
      g_assert_true (is_part_of (rest, body));
    }
  check_reply (message, rest);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (HsElement) element = NULL;

  check_spans (text);
  hs_styling_is_action (text);
  element = hs_element_new_from_string (text, NULL);
  if (element != NULL && HS_IS_MESSAGE (element))
    check_message (HS_MESSAGE (element));
  return 0;
}
