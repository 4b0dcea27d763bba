/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <headstock-glib/headstock.h>

#include "fuzz.h"

/* libFuzzer target: what is parsed, written and parsed again is the same tree; and whatever a program
 * builds is written as XML that can be parsed. */

static void
check_rewritten (HsElement *element, gboolean equal)
{
  g_autofree char *text = hs_element_to_string (element);
  g_autofree char *text_again = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsElement) again = hs_element_new_from_string (text, &error);

  g_assert_no_error (error);
  if (equal)
    g_assert_true (hs_element_equal (element, again));
  text_again = hs_element_to_string (again);
  g_assert_cmpstr (text, ==, text_again);
}

static void
parse_and_write (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsElement) element = hs_element_new_from_string (text, &error);
  g_autoptr (HsElement) copy = NULL;

  if (element == NULL)
    {
      fuzz_check_error (error);
      return;
    }
  g_assert_no_error (error);
  check_rewritten (element, TRUE);
  copy = hs_element_copy (element);
  g_assert_true (hs_element_equal (element, copy));
  check_rewritten (copy, TRUE);
}

/* Up to the next 0xff. */
static char *
take_string (const guint8 **data, gsize *size)
{
  const guint8 *end = memchr (*data, 0xff, *size);
  gsize length = end != NULL ? (gsize) (end - *data) : *size;
  g_autofree char *bytes = g_strndup ((const char *) *data, length);

  *data += end != NULL ? length + 1 : length;
  *size -= end != NULL ? length + 1 : length;
  return g_utf8_make_valid (bytes, -1);
}

static const char *
pick_namespace (guint8 byte)
{
  static const char *const namespaces[]
      = { NULL, "jabber:client", "urn:x", "urn:y", "http://www.w3.org/XML/1998/namespace",
          "jabber:component:accept", "http://etherx.jabber.org/streams", "a'b\"&<>" };

  return namespaces[byte % G_N_ELEMENTS (namespaces)];
}

/* No deeper than what is parsed may be. */
static guint
depth_of (HsElement *at)
{
  guint depth = 0;

  for (; at != NULL; at = hs_element_get_parent (at))
    depth++;
  return depth;
}

/* A program's words: an operation, and what it is about. */
static HsElement *
build (HsElement *at, const guint8 **data, gsize *size)
{
  static const char *const names[] = { "message", "a", "b-c", "d.e", "\xc3\xa9", "xmlnsx", "_", "iq" };
  guint8 operation = fuzz_take_byte (data, size);
  guint8 which = fuzz_take_byte (data, size);
  const char *name = names[which >> 3 & 7];
  g_autofree char *text = NULL;

  switch (operation % 6)
    {
    case 0:
      if (depth_of (at) > 100)
        return at;
      return hs_element_add_child (at, name, pick_namespace (which));
    case 1:
      text = take_string (data, size);
      hs_element_append_text (at, text);
      return at;
    case 2:
      text = take_string (data, size);
      hs_element_set_attribute (at, name, text);
      return at;
    case 3:
      text = take_string (data, size);
      hs_element_set_text (at, text);
      return at;
    case 4:
      text = take_string (data, size);
      hs_element_add_text_child (at, name, pick_namespace (which), text);
      return at;
    default:
      return hs_element_get_parent (at) != NULL ? hs_element_get_parent (at) : at;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (HsElement) root = NULL;
  HsElement *at;

  if (size == 0 || *data >= 8)
    {
      parse_and_write (data, size);
      return 0;
    }
  root = hs_element_new ("root", pick_namespace (*data));
  data++;
  size--;
  for (at = root; size > 0;)
    at = build (at, &data, &size);
  /* What XML does not allow has become something else. */
  check_rewritten (root, FALSE);
  return 0;
}
