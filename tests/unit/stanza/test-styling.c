/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <time.h>

#include <glib.h>

#include "hs-span.h"
#include "hs-styling.h"

static const char *const names[] = { "plain", "strong", "em", "strike", "pre", "block", "quote" };

/* Each span as "name:depth[text]", in one line. */
static char *
describe (const char *body)
{
  g_autoptr (GPtrArray) spans = hs_styling_parse (body);
  g_autoptr (GString) result = g_string_new (NULL);
  guint last = 0;

  for (guint i = 0; i < spans->len; i++)
    {
      HsSpan *span = spans->pdata[i];
      guint start = hs_span_get_start (span);
      guint end = hs_span_get_end (span);

      g_assert_cmpuint (start, <, end);
      g_assert_cmpuint (end, <=, strlen (body));
      g_assert_cmpuint (start, >=, last);
      g_assert_cmpuint (hs_span_get_depth (span), <, 16);
      last = start;
      g_string_append_printf (result, "%s%s:%u[%.*s]", i > 0 ? " " : "",
                              names[hs_span_get_kind (span)], hs_span_get_depth (span),
                              (int) (end - start), body + start);
    }
  return g_string_free (g_steal_pointer (&result), FALSE);
}

static void
assert_spans (const char *body, const char *expected)
{
  g_autofree char *spans = describe (body);

  if (g_strcmp0 (spans, expected) != 0)
    g_error ("\"%s\": %s", body, spans);
}

/* What XEP-0393, 5.2 says of each. */
static void
test_spans (void)
{
  assert_spans ("", "");
  assert_spans ("plain span", "");
  assert_spans ("*strong span*", "strong:0[*strong span*]");
  assert_spans ("plain _emphasis_ plain", "em:0[_emphasis_]");
  assert_spans ("`pre` plain *strong*", "pre:0[`pre`] strong:0[*strong*]");
  assert_spans ("*strong*plain*", "strong:0[*strong*]");
  assert_spans ("* plain *strong*", "strong:0[*strong*]");
  assert_spans ("not strong*", "");
  assert_spans ("*not strong", "");
  assert_spans ("*not \n strong*", "");
  assert_spans ("*not *strong", "");
  assert_spans ("**", "");
  assert_spans ("***", "");
  assert_spans ("****", "");
  assert_spans ("Two spans, both *alike in dignity*", "strong:0[*alike in dignity*]");
  assert_spans (
      "The full title is _Twelfth Night, or What You Will_ but\n_most_ people shorten it.",
      "em:0[_Twelfth Night, or What You Will_] em:0[_most_]");
  assert_spans ("Everyone ~dis~likes cake.", "strike:0[~dis~]");
  assert_spans ("Wow, I can write in `monospace`!", "pre:0[`monospace`]");
  assert_spans ("This is `*monospace*`", "pre:0[`*monospace*`]");
  assert_spans ("This is *`monospace and bold`*",
                "strong:0[*`monospace and bold`*] pre:1[`monospace and bold`]");
  assert_spans ("There are three blocks in this body, one per line,\nbut there is no "
                "*formatting\nas spans* may "
                "not escape blocks.",
                "");
}

static void
test_span_rules (void)
{
  /* Lazily matched. */
  assert_spans ("*a b* c*", "strong:0[*a b*]");
  assert_spans ("*a* *b*", "strong:0[*a*] strong:0[*b*]");
  assert_spans ("*a * b*", "strong:0[*a * b*]");
  assert_spans ("*a `b* c`", "strong:0[*a `b*]");
  assert_spans ("*a _b* c_", "strong:0[*a _b*]");
  assert_spans ("*_~`x`~_*", "strong:0[*_~`x`~_*] em:1[_~`x`~_] strike:2[~`x`~] pre:3[`x`]");
  assert_spans ("*a _b_ ~c~ d*", "strong:0[*a _b_ ~c~ d*] em:1[_b_] strike:1[~c~]");
  assert_spans ("*_*a*_*", "strong:0[*_*]");
  /* At the beginning, after white space, or after another opening directive. */
  assert_spans ("a*b*", "");
  assert_spans ("(*b*)", "");
  assert_spans ("*a_b_*", "strong:0[*a_b_*]");
  assert_spans ("*_a_ b", "");
  assert_spans ("\t*a*", "strong:0[*a*]");
  assert_spans ("\xc2\xa0*a*\xe3\x80\x80_b_", "strong:0[*a*] em:0[_b_]");
  assert_spans ("\xc2\x85*a*", "strong:0[*a*]");
  assert_spans ("\xe2\x80\xa8*a*", "strong:0[*a*]");
  assert_spans ("\xe2\x80\x8b*a*", "");
  assert_spans ("\xc3\xa0*a*", "");
  /* Not before white space, nor after it. */
  assert_spans ("*\xc2\xa0"
                "a*",
                "");
  assert_spans ("*a\xe3\x80\x80*", "");
  assert_spans ("*a\xe3\x80\x80*b*", "strong:0[*a\xe3\x80\x80*b*]");
  /* Without text between them, neither is a directive. */
  assert_spans ("**a*", "");
  assert_spans ("**a**", "");
  assert_spans ("** *a*", "strong:0[*a*]");
  assert_spans ("`` `a`", "pre:0[`a`]");
  assert_spans ("*\xf0\x9f\x90\xa2*", "strong:0[*\xf0\x9f\x90\xa2*]");
  /* What is not UTF-8 is no white space, and nothing is read after the end. */
  assert_spans ("*\xf0", "");
  assert_spans ("\xf0*a*", "");
  assert_spans ("*\xf0*", "strong:0[*\xf0*]");
  assert_spans ("\x80\x80\x80\x80\x80*a*", "");
}

static void
test_blocks (void)
{
  assert_spans ("```ignored\n(println \"Hello, world!\")\n```\nThis *shows* up",
                "block:0[```ignored\n(println \"Hello, world!\")\n```] strong:0[*shows*]");
  assert_spans (
      "> ```\n> (println \"Hello, world!\")\nThe entire blockquote is a preformatted text block",
      "quote:0[> ```\n> (println \"Hello, world!\")] block:1[```\n> (println \"Hello, world!\")]");
  assert_spans ("> That that is, is.\nSaid the old hermit of Prague.",
                "quote:0[> That that is, is.]");
  assert_spans (">> That that is, is.\n> Said the old hermit of Prague.\nWho?",
                "quote:0[>> That that is, is.\n> Said the old hermit of Prague.] quote:1[> That "
                "that is, is.]");
  assert_spans ("> _ <", "quote:0[> _ <]");
  assert_spans ("```", "block:0[```]");
  assert_spans ("```\n*a*", "block:0[```\n*a*]");
  assert_spans ("```\na\n``` \n````\nb", "block:0[```\na\n``` \n````\nb]");
  assert_spans ("```\n```\n```\nx", "block:0[```\n```] block:0[```\nx]");
  assert_spans (" ```\nx", "");
  assert_spans ("a > b", "");
  assert_spans (" > b", "");
  assert_spans (">", "quote:0[>]");
  assert_spans (">a\n>b\n\n>c", "quote:0[>a\n>b] quote:0[>c]");
  assert_spans (">\xc2\xa0*a*", "quote:0[>\xc2\xa0*a*] strong:1[*a*]");
  assert_spans (">  *a*", "quote:0[>  *a*] strong:1[*a*]");
  assert_spans ("> > a\n> > b\n> c\n> > d",
                "quote:0[> > a\n> > b\n> c\n> > d] quote:1[> a\n> > b] quote:1[> d]");
  assert_spans ("> ```\n> > a\n> ```\n> > b",
                "quote:0[> ```\n> > a\n> ```\n> > b] block:1[```\n> > a\n> ```] quote:1[> b]");
  assert_spans (">> ```\n> a\n>> b", "quote:0[>> ```\n> a\n>> b] quote:1[> ```] block:2[```] quote:1[> b]");
  assert_spans (">\n> *a\n> b*", "quote:0[>\n> *a\n> b*]");
  assert_spans ("\n\n*a*\n", "strong:0[*a*]");
}

/* Not deeper than 16, and what is deeper is plain. */
static void
test_depth (void)
{
  g_autofree char *signs = g_strnfill (100000, '>');
  g_autofree char *deep = g_strconcat (signs, " *a*\n>> *b*\n", NULL);
  g_autoptr (GPtrArray) spans = hs_styling_parse (deep);
  g_autofree char *fifteen = g_strnfill (15, '>');
  g_autofree char *styled = g_strconcat (fifteen, "*_a_*", NULL);
  g_autoptr (GPtrArray) last = hs_styling_parse (styled);

  g_assert_cmpuint (spans->len, ==, 17);
  g_assert_cmpuint (hs_span_get_depth (spans->pdata[15]), ==, 15);
  g_assert_cmpint (hs_span_get_kind (spans->pdata[16]), ==, HS_SPAN_KIND_STRONG);
  g_assert_cmpuint (hs_span_get_depth (spans->pdata[16]), ==, 2);
  g_assert_cmpuint (last->len, ==, 16);
  g_assert_cmpuint (hs_span_get_depth (last->pdata[15]), ==, 15);
}

static double
seconds_for (const char *pattern, gsize length)
{
  g_autoptr (GString) body = g_string_new (NULL);
  struct timespec start;
  struct timespec end;

  while (body->len < length)
    g_string_append (body, pattern);
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &start);
  g_ptr_array_unref (hs_styling_parse (body->str));
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &end);
  return end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) / 1e9;
}

/* Under a microsecond a byte, however directives are arranged. */
static void
test_linear (void)
{
  static const char *const patterns[] = {
    "*a ",
    "*a _b ~c `d ",
    "*_~`",
    "*",
    "**",
    "a* ",
    "* ",
    " *",
    "*a* ",
    "*_a_ ~b~* ",
    ">",
    "> ",
    "> \n",
    ">\n\n",
    "```\n",
    "> ```\n",
    "\xe3\x80\x80*",
    "\xf0",
    ">>>>>>>>>>>>>>>>>\n\n",
    "*a\xe3\x80\x80",
    "`*_~a ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      double seconds = G_MAXDOUBLE;
      g_autofree char *escaped = NULL;

      for (guint run = 0; run < 3; run++)
        seconds = MIN (seconds, seconds_for (patterns[i], 60000));
      if (seconds > (g_getenv ("HS_TEST_VALGRIND") != NULL ? 1.5 : 0.06))
        g_error ("\"%s\": %g s for 60,000 bytes", patterns[i], seconds);
      escaped = g_strescape (patterns[i], NULL);
      g_test_message ("\"%s\": %g s", escaped, seconds);
    }
}

/* A text of ten million directives does not make as many objects. */
static void
test_many (void)
{
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (GPtrArray) spans = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append (body, "*a* ");
  spans = hs_styling_parse (body->str);
  g_assert_cmpuint (spans->len, ==, 65536);
}

static void
test_properties (void)
{
  g_autoptr (GPtrArray) spans = hs_styling_parse ("> *a*");
  g_autoptr (GPtrArray) none = hs_styling_parse (NULL);
  HsSpanKind kind = HS_SPAN_KIND_PLAIN;
  guint start = 0;
  guint end = 0;
  guint depth = 0;

  g_assert_cmpuint (none->len, ==, 0);
  g_object_get (spans->pdata[1], "kind", &kind, "start", &start, "end", &end, "depth", &depth,
                NULL);
  g_assert_cmpint (kind, ==, HS_SPAN_KIND_STRONG);
  g_assert_cmpuint (start, ==, 2);
  g_assert_cmpuint (end, ==, 5);
  g_assert_cmpuint (depth, ==, 1);
}

/* What XEP-0245, 2 says of each. */
static void
test_action (void)
{
  g_assert_true (hs_styling_is_action ("/me shrugs in disgust"));
  g_assert_true (hs_styling_is_action ("/me "));
  g_assert_false (hs_styling_is_action ("/me"));
  g_assert_false (hs_styling_is_action ("/meshrugs in disgust"));
  g_assert_false (hs_styling_is_action ("/me's disgusted"));
  g_assert_false (hs_styling_is_action (" /me shrugs in disgust"));
  g_assert_false (hs_styling_is_action ("\"/me shrugs in disgust\""));
  g_assert_false (hs_styling_is_action ("* Atlas shrugs in disgust"));
  g_assert_false (hs_styling_is_action ("Why did Atlas say \"/me shrugs in disgust\"?"));
  g_assert_false (hs_styling_is_action ("/ME shrugs"));
  g_assert_false (hs_styling_is_action ("/me\tshrugs"));
  g_assert_false (hs_styling_is_action (""));
  g_assert_false (hs_styling_is_action (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/styling/spans", test_spans);
  g_test_add_func ("/styling/span-rules", test_span_rules);
  g_test_add_func ("/styling/blocks", test_blocks);
  g_test_add_func ("/styling/depth", test_depth);
  g_test_add_func ("/styling/linear", test_linear);
  g_test_add_func ("/styling/many", test_many);
  g_test_add_func ("/styling/properties", test_properties);
  g_test_add_func ("/styling/action", test_action);
  return g_test_run ();
}
