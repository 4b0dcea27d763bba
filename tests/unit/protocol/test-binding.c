/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-binding.h"

#include "hs-element-private.h"
#include "hs-namespaces.h"
#include "stream-features.h"

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

/* At the beginning of a stream. */
static HsParser *
make_parser (void)
{
  HsParser *parser = hs_parser_new (HS_NS_CLIENT, NULL, NULL);

  hs_parser_give_back (parser, parse (parser, "<stream:stream xmlns='" HS_NS_CLIENT "' xmlns:stream='" HS_NS_STREAM
                                              "'>"));
  return parser;
}

/* They come out in the order in which they came in; those that are left go back to the parser. */
static void
test_kept (void)
{
  HsParser *parser = make_parser ();
  HsParserEvent *event;
  HsBinding binding;

  hs_binding_init (&binding);
  g_assert_null (hs_binding_take_kept (&binding));
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
  HsParser *parser = make_parser ();
  HsBinding binding;

  hs_binding_init (&binding);
  for (guint i = 0; i < HS_BINDING_MAX_KEPT; i++)
    g_assert_true (hs_binding_keep (&binding, parse (parser, "<presence/>"), G_MAXSIZE));
  g_assert_false (hs_binding_keep (&binding, parse (parser, "<presence/>"), G_MAXSIZE));
  hs_binding_clear (&binding, parser);
  hs_parser_free (parser);
}

static HsNode *
parse_features (HsParser *parser, const char *children, HsParserEvent **event)
{
  g_autofree char *text = g_strconcat (FEATURES_BEGIN, children, FEATURES_END, NULL);

  *event = parse (parser, text);
  return (*event)->node;
}

static void
test_features (void)
{
  HsParser *parser = make_parser ();
  HsParserEvent *event;
  HsBinding binding;
  HsNode *features;

  hs_binding_init (&binding);
  g_assert_cmpuint (hs_binding_get_session_features (&binding), ==, 0);
  g_assert_null (hs_binding_get_features_text (&binding));
  features = parse_features (parser, "<bind xmlns='" HS_NS_BIND "'/><csi xmlns='" HS_NS_CSI "'/>", &event);
  hs_binding_take_features (&binding, features);
  hs_parser_give_back (parser, event);
  g_assert_true (hs_binding_offers (&binding, HS_SESSION_FEATURE_BIND));
  g_assert_false (hs_binding_offers (&binding, HS_SESSION_FEATURE_SM));
  g_assert_true (hs_binding_offers_csi (&binding));
  g_assert_nonnull (strstr (hs_binding_get_features_text (&binding), HS_NS_BIND));
  hs_binding_set_features_text (&binding, NULL);
  g_assert_null (hs_binding_get_features_text (&binding));
  hs_binding_clear (&binding, parser);
  hs_parser_free (parser);
}

/* Client state indication is told once: before the sign-in, or by the features that come late. */
static void
test_late_features (void)
{
  static const struct
  {
    gboolean known;
    const char *features;
    gboolean told;
  } cases[] = {
    { FALSE, "", FALSE },
    { FALSE, "<csi xmlns='" HS_NS_CSI "'/>", TRUE },
    { TRUE, "<csi xmlns='" HS_NS_CSI "'/>", FALSE },
    { TRUE, "", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      HsParser *parser = make_parser ();
      HsParserEvent *event;
      HsBinding binding;
      HsNode *features;

      hs_binding_init (&binding);
      g_assert_false (hs_binding_expects_features (&binding));
      hs_binding_begin_inline (&binding, HS_INLINE_BIND, cases[i].known);
      g_assert_true (hs_binding_expects_features (&binding));
      features = parse_features (parser, cases[i].features, &event);
      g_assert_true (hs_binding_take_late_features (&binding, features) == cases[i].told);
      g_assert_true (hs_binding_offers_csi (&binding) == (cases[i].known || cases[i].told));
      g_assert_false (hs_binding_expects_features (&binding));
      hs_parser_give_back (parser, event);
      hs_binding_clear (&binding, parser);
      hs_parser_free (parser);
    }
}

/* Carbons belong to Bind 2: where the session was resumed instead, nobody has enabled them. */
static void
test_inline (void)
{
  HsBinding binding;

  hs_binding_init (&binding);
  hs_binding_ask_for (&binding, HS_INLINE_RESUME);
  hs_binding_ask_for (&binding, HS_INLINE_BIND);
  hs_binding_ask_for (&binding, HS_INLINE_CARBONS);
  g_assert_true (hs_binding_has_asked_for (&binding, HS_INLINE_RESUME));
  g_assert_false (hs_binding_has_asked_for (&binding, HS_INLINE_ENABLE));
  hs_binding_begin_inline (&binding, HS_INLINE_RESUME, FALSE);
  g_assert_false (hs_binding_has_carbons (&binding));
  hs_binding_begin_inline (&binding, HS_INLINE_BIND, FALSE);
  g_assert_true (hs_binding_has_carbons (&binding));
  hs_binding_ask_for_nothing (&binding);
  g_assert_false (hs_binding_has_asked_for (&binding, HS_INLINE_RESUME));
  hs_binding_clear (&binding, NULL);
}

static void
test_resource (void)
{
  g_autoptr (HsJid) bound = NULL;
  g_autoptr (HsJid) account = hs_jid_new ("user@example.org/desk", NULL);
  HsBinding binding;

  hs_binding_init (&binding);
  g_assert_cmpstr (hs_binding_get_resource (&binding, account), ==, "desk");
  hs_binding_let_server_choose (&binding);
  g_assert_null (hs_binding_get_resource (&binding, account));
  g_assert_false (hs_binding_has_request (&binding));
  hs_binding_make_request_id (&binding);
  g_assert_true (hs_binding_has_request (&binding));
  hs_binding_forget_request (&binding);
  g_assert_false (hs_binding_has_request (&binding));
  hs_binding_set_jid (&binding, account);
  hs_binding_set_jid (&binding, account);
  bound = hs_binding_take_jid (&binding);
  g_assert_true (bound == account);
  g_assert_null (hs_binding_take_jid (&binding));
  hs_binding_set_jid (&binding, account);
  hs_binding_clear (&binding, NULL);
  g_assert_null (hs_binding_take_jid (&binding));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/binding/answer", test_answer);
  g_test_add_func ("/binding/kept", test_kept);
  g_test_add_func ("/binding/many", test_many);
  g_test_add_func ("/binding/features", test_features);
  g_test_add_func ("/binding/late-features", test_late_features);
  g_test_add_func ("/binding/inline", test_inline);
  g_test_add_func ("/binding/resource", test_resource);
  return g_test_run ();
}
