/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-binding.h"

#include "hs-element-private.h"
#include "hs-namespaces.h"

static gboolean
is_answer (HsBinding *binding, const char *type, const char *id)
{
  g_autoptr (HsElement) iq = hs_element_new ("iq", HS_NS_CLIENT);

  hs_element_set_attribute (iq, "type", type);
  hs_element_set_attribute (iq, "id", id);
  return hs_binding_is_answer (binding, hs_element_get_node (iq));
}

static void
test_answer (void)
{
  HsBinding binding;
  g_autofree char *first = NULL;
  const char *second;

  hs_binding_init (&binding);
  g_assert_false (is_answer (&binding, "result", "1"));
  first = g_strdup (hs_binding_make_request_id (&binding));
  g_assert_true (is_answer (&binding, "result", first));
  g_assert_true (is_answer (&binding, "error", first));
  g_assert_false (is_answer (&binding, "get", first));
  g_assert_false (is_answer (&binding, NULL, first));
  g_assert_false (is_answer (&binding, "result", "1"));
  g_assert_false (is_answer (&binding, "result", NULL));
  second = hs_binding_make_request_id (&binding);
  g_assert_false (is_answer (&binding, "result", first));
  g_assert_true (is_answer (&binding, "result", second));
  hs_binding_clear (&binding, NULL);
}

static HsParserEvent *
parse (HsParser *parser, const char *text)
{
  g_assert_cmpuint (hs_parser_feed (parser, text, strlen (text), FALSE, NULL), ==, strlen (text));
  return hs_parser_pop (parser);
}

/* They come out in the order in which they came in; those that are left go back to the parser. */
static void
test_kept (void)
{
  HsParser *parser = hs_parser_new (HS_NS_CLIENT, NULL, NULL);
  HsParserEvent *event;
  HsBinding binding;

  hs_binding_init (&binding);
  g_assert_null (hs_binding_take_kept (&binding));
  hs_parser_give_back (parser, parse (parser, "<stream:stream xmlns='" HS_NS_CLIENT "' xmlns:stream='" HS_NS_STREAM "'>"));
  g_assert_true (hs_binding_keep (&binding, parse (parser, "<message id='1'/>"), G_MAXSIZE));
  g_assert_true (hs_binding_keep (&binding, parse (parser, "<message id='2'/>"), G_MAXSIZE));
  g_assert_false (hs_binding_keep (&binding, parse (parser, "<message id='3'/>"), 1));
  for (guint i = 1; i < 3; i++)
    {
      g_autofree char *id = g_strdup_printf ("%u", i);

      event = hs_binding_take_kept (&binding);
      g_assert_cmpstr (hs_node_get_attribute (event->node, "id", NULL), ==, id);
      hs_parser_give_back (parser, event);
    }
  hs_binding_clear (&binding, parser);
  hs_parser_free (parser);
}

static void
test_many (void)
{
  HsParser *parser = hs_parser_new (HS_NS_CLIENT, NULL, NULL);
  HsBinding binding;

  hs_binding_init (&binding);
  hs_parser_give_back (parser, parse (parser, "<stream:stream xmlns='" HS_NS_CLIENT "' xmlns:stream='" HS_NS_STREAM "'>"));
  for (guint i = 0; i < HS_BINDING_MAX_KEPT; i++)
    g_assert_true (hs_binding_keep (&binding, parse (parser, "<presence/>"), G_MAXSIZE));
  g_assert_false (hs_binding_keep (&binding, parse (parser, "<presence/>"), G_MAXSIZE));
  hs_binding_clear (&binding, parser);
  hs_parser_free (parser);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/binding/answer", test_answer);
  g_test_add_func ("/binding/kept", test_kept);
  g_test_add_func ("/binding/many", test_many);
  return g_test_run ();
}
