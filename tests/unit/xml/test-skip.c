/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <glib.h>

#include "xml/hs-parser.h"
#include "xml/hs-skip.h"

/* Where an element ends that nobody reads: as libxml2 says it, for whatever is written, however it is split. */

/* What there is of it is an element and what follows; or it is wrong. */
typedef struct
{
  const char *xml;
  HsSkipResult result;
} Example;

static const Example examples[] = {
  { "<a/>", HS_SKIP_ENDED },
  { "<a />", HS_SKIP_ENDED },
  { "<a></a>", HS_SKIP_ENDED },
  { "<a\n>\t</a \r\n>", HS_SKIP_ENDED },
  { "<a b='' c=\"\" d = '>' e='/>\"'/>", HS_SKIP_ENDED },
  { "<a b='&lt;&#x20AC;&#32;'>&amp;&gt;&quot;&apos;&#10;</a>", HS_SKIP_ENDED },
  { "<a><b><c/></b><b/></a>", HS_SKIP_ENDED },
  { "<p:a xmlns:p='u'><p:b/></p:a>", HS_SKIP_ENDED },
  { "<a>x<![CDATA[</a>]]]]><![CDATA[>]]></a>", HS_SKIP_ENDED },
  { "<a><![CDATA[&x; <!-- ]]]]></a>", HS_SKIP_ENDED },
  { "<a>]] ></a>", HS_SKIP_ENDED },
  { "<a b=']]>'/>", HS_SKIP_ENDED },
  { "<\303\274 b\303\274='\342\202\254'>\342\202\254</\303\274>", HS_SKIP_ENDED },
  { "<a></b>", HS_SKIP_NOT_WELL_FORMED },
  { "<a><b></a></b>", HS_SKIP_NOT_WELL_FORMED },
  { "<a>]]></a>", HS_SKIP_NOT_WELL_FORMED },
  { "<a>]]]></a>", HS_SKIP_NOT_WELL_FORMED },
  { "<a b='<'/>", HS_SKIP_NOT_WELL_FORMED },
  { "<a b=c/>", HS_SKIP_NOT_WELL_FORMED },
  { "<a b/>", HS_SKIP_NOT_WELL_FORMED },
  { "<a b='c'd='e'/>", HS_SKIP_NOT_WELL_FORMED },
  { "<a b 'c'/>", HS_SKIP_NOT_WELL_FORMED },
  { "<a><1/></a>", HS_SKIP_NOT_WELL_FORMED },
  { "<a>< b/></a>", HS_SKIP_NOT_WELL_FORMED },
  { "<a></ a>", HS_SKIP_NOT_WELL_FORMED },
  { "<a/ >", HS_SKIP_NOT_WELL_FORMED },
  { "<a>&;</a>", HS_SKIP_NOT_WELL_FORMED },
  { "<a>& </a>", HS_SKIP_NOT_WELL_FORMED },
  { "<a>&#;</a>", HS_SKIP_NOT_WELL_FORMED },
  { "<a>&#0;</a>", HS_SKIP_NOT_WELL_FORMED },
  { "<a>&#xD800;</a>", HS_SKIP_NOT_WELL_FORMED },
  { "<a>&#x110000;</a>", HS_SKIP_NOT_WELL_FORMED },
  { "<a>&#1x;</a>", HS_SKIP_NOT_WELL_FORMED },
  { "<a b='&amp'/>", HS_SKIP_NOT_WELL_FORMED },
  { "<a>\001</a>", HS_SKIP_NOT_WELL_FORMED },
  { "<a b='\001'/>", HS_SKIP_NOT_WELL_FORMED },
  { "<a><![CDATA[\001]]></a>", HS_SKIP_NOT_WELL_FORMED },
  { "<a>&entity;</a>", HS_SKIP_RESTRICTED },
  { "<a b='&entity;'/>", HS_SKIP_RESTRICTED },
  { "<a><!-- --></a>", HS_SKIP_RESTRICTED },
  { "<a><!DOCTYPE a></a>", HS_SKIP_RESTRICTED },
  { "<a><?a?></a>", HS_SKIP_RESTRICTED },
  { "<a><b><c><d><e/></d></c></b></a>", HS_SKIP_TOO_DEEP },
  { "<a><b>", HS_SKIP_MORE },
  { "<a b='", HS_SKIP_MORE },
  { "<a><![CDATA[]]", HS_SKIP_MORE },
};

static void
test_examples (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      const char *xml = examples[i].xml;
      g_autofree char *all = g_strconcat (xml, "<rest/>", NULL);

      for (gsize piece = 1; piece <= strlen (xml); piece++)
        {
          g_autoptr (HsSkip) skip = hs_skip_new (4);
          HsSkipResult result = HS_SKIP_MORE;
          gsize used = 0;

          while (result == HS_SKIP_MORE && used < strlen (xml))
            used += hs_skip_feed (skip, all + used, MIN (piece, strlen (xml) - used), &result);
          if (result != examples[i].result)
            g_error ("%s by %" G_GSIZE_FORMAT ": %d", xml, piece, result);
          if (result == HS_SKIP_ENDED || result == HS_SKIP_MORE)
            g_assert_cmpuint (used, ==, strlen (xml));
        }
    }
}

/* The same as the parser says, but that it may have another word for it. */
static void
test_like_the_parser (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (GError) error = NULL;
      HsNode *node = hs_parser_parse_element (examples[i].xml, strlen (examples[i].xml), &error);
      HsSkipResult result = examples[i].result;

      if (result == HS_SKIP_ENDED || result == HS_SKIP_TOO_DEEP)
        g_assert_no_error (error);
      else
        g_assert_nonnull (error);
      if (node != NULL)
        hs_block_unref (hs_node_get_block (node));
    }
}

/* Elements that were open before have a local name alone. */
static void
test_open (void)
{
  static const Example rests[] = {
    { "x</b></p:a>", HS_SKIP_ENDED },
    { "<b></b></q:b></a>", HS_SKIP_ENDED },
    { "</a>", HS_SKIP_NOT_WELL_FORMED },
    { "<p:c></q:c>", HS_SKIP_NOT_WELL_FORMED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rests); i++)
    {
      g_autoptr (HsSkip) skip = hs_skip_new (4);
      HsSkipResult result;

      hs_skip_push (skip, "a");
      hs_skip_push (skip, "c");
      hs_skip_pop (skip);
      hs_skip_push (skip, "b");
      hs_skip_feed (skip, rests[i].xml, strlen (rests[i].xml), &result);
      g_assert_cmpint (result, ==, rests[i].result);
    }
}

static void
test_midst (void)
{
  g_autoptr (HsSkip) in_cdata = hs_skip_new (4);
  g_autoptr (HsSkip) after_brackets = hs_skip_new (4);
  HsSkipResult result;

  hs_skip_push (in_cdata, "a");
  hs_skip_begin_in_cdata (in_cdata);
  hs_skip_feed (in_cdata, "</b>]]></a>", 11, &result);
  g_assert_cmpint (result, ==, HS_SKIP_ENDED);
  hs_skip_push (after_brackets, "a");
  hs_skip_follow_brackets (after_brackets, 1);
  hs_skip_feed (after_brackets, "]></a>", 6, &result);
  g_assert_cmpint (result, ==, HS_SKIP_NOT_WELL_FORMED);
}

static void
assert_tag (const char *xml, const char *wanted)
{
  for (gsize piece = 1; piece <= strlen (xml); piece++)
    {
      g_autoptr (HsSkip) skip = hs_skip_new (4);
      g_autofree char *tag = NULL;

      hs_skip_remember_tag (skip);
      for (gsize used = 0; used < strlen (xml);)
        {
          HsSkipResult result;

          g_assert_null (tag);
          used += hs_skip_feed (skip, xml + used, MIN (piece, strlen (xml) - used), &result);
          g_assert_cmpint (result, !=, HS_SKIP_NOT_WELL_FORMED);
          tag = hs_skip_take_tag (skip);
        }
      g_assert_cmpstr (tag, ==, wanted);
      g_assert_null (hs_skip_take_tag (skip));
    }
}

static void
test_tag (void)
{
  g_autofree char *long_value = g_strnfill (100000, 'x');
  g_autofree char *long_id = g_strdup_printf ("<iq from='a' id='%s' to='b'>", long_value);
  g_autoptr (HsSkip) skip = hs_skip_new (4);
  g_autofree char *tag = NULL;
  HsSkipResult result;

  assert_tag ("<message a='b' from=\"a@b/&lt;'\" x:id='no' xmlns='u' fro='' fromm='' id = ''/>",
              "<message from=\"a@b/&lt;'\" xmlns='u' id=''/>");
  assert_tag ("<p:iq type='get' to='x'>", "<iq type='get' to='x'/>");
  assert_tag ("<message>", "<message/>");
  hs_skip_remember_tag (skip);
  hs_skip_feed (skip, long_id, strlen (long_id), &result);
  tag = hs_skip_take_tag (skip);
  g_assert_cmpstr (tag, ==, "<iq from='a' to='b'/>");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/skip/examples", test_examples);
  g_test_add_func ("/skip/like-the-parser", test_like_the_parser);
  g_test_add_func ("/skip/open", test_open);
  g_test_add_func ("/skip/midst", test_midst);
  g_test_add_func ("/skip/tag", test_tag);

  return g_test_run ();
}
