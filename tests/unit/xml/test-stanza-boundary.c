/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "xml/hs-stanza-boundary.h"

/* Where the bytes of a stream may be divided. */

#define REQUEST "<r xmlns='urn:xmpp:sm:3'/>"

/* The first of the two strings is what is expected to fit into @max bytes of both. */
static void
assert_divided (const char *first, const char *rest, gsize max)
{
  g_autofree char *all = g_strconcat (first, rest, NULL);

  g_assert_cmpuint (hs_stanza_boundary_find ((const guint8 *) all, strlen (all), max), ==,
                    strlen (first));
}

static void
test_whole (void)
{
  assert_divided ("", "", 100);
  assert_divided ("<message/>", "", 100);
  assert_divided ("<message/>", "", 10);
  assert_divided ("<message/>", "<presence/>", 10);
  assert_divided ("<message/>", "<presence/>", 20);
  assert_divided ("<message/><presence/>", "", 21);
  assert_divided ("<message><body>a</body></message>", "<message><body>b</body></message>", 60);
}

/* The first stanza alone, however large it is. */
static void
test_large (void)
{
  assert_divided ("<message><body>text</body></message>", "<presence/>", 1);
  assert_divided ("<message><body>text</body></message>", "<presence/>", 35);
  /* What is before it is not made larger by it. */
  assert_divided ("<presence/>", "<message><body>text</body></message>", 30);
}

/* Everything that a '<' or a '>' may stand in, in a stanza that a program wrote itself. */
static void
test_markup (void)
{
  static const char *const stanzas[] = {
    "<message a='>' b=\"/>'\"><body c='</message>'>></body></message>",
    "<message><body><![CDATA[</body></message><x>]] > ]]></body></message>",
    "<message\n><a ><b\t/></a\n><c/></message >",
    "<m:message xmlns:m='jabber:client'><r/><m:a/></m:message>",
    "<message><message/><message><message/></message></message>",
    "<presence a='/'></presence>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (stanzas); i++)
    {
      gsize length = strlen (stanzas[i]);

      for (gsize max = 1; max < length + 11; max++)
        assert_divided (stanzas[i], "<presence/>", max);
      g_assert_cmpuint (length, >, 11);
    }
}

/* They belong together, but a stanza is not torn for that. */
static void
test_request (void)
{
  assert_divided ("<message/>" REQUEST, "<message/>", strlen ("<message/>" REQUEST));
  assert_divided ("<presence/>", "<message/>" REQUEST, strlen ("<presence/><message/>"));
  assert_divided ("<message/>", REQUEST, strlen ("<message/>"));
  assert_divided ("<message/>", REQUEST, strlen ("<message/>" REQUEST) - 1);
  assert_divided ("<message/>", "<rosterx xmlns='r'/>" REQUEST, 35);
  assert_divided ("<message/>", "<rosterx xmlns='r'/>" REQUEST, 15);
}

/* What belongs to no stanza. */
static void
test_stream (void)
{
#define HEADER "<?xml version='1.0'?><stream:stream xmlns='jabber:client' to='a>b'>"
  assert_divided (HEADER, "<message/>", strlen (HEADER));
  assert_divided (HEADER "<message/>", "<message/>", strlen (HEADER "<message/>") + 1);
  assert_divided ("<message/></stream:stream>", "", 100);
  assert_divided ("<message/>", "</stream:stream>", 12);
  assert_divided ("<stream:error><x/></stream:error>", "</stream:stream>", 40);
  assert_divided ("<message/>", " <message/> ", 15);
}

/* It never reads past the end, whatever it is given. */
static void
test_unfinished (void)
{
  static const char text[] = HEADER "<a b='c' d=\"e\"><![CDATA[f]]><g/></a>" REQUEST "</stream:stream></a>";

  for (gsize i = 0; i < strlen (text); i++)
    {
      for (gsize j = i; j < strlen (text); j++)
        {
          g_autofree guint8 *bytes = g_memdup2 (text + i, j - i);

          for (gsize max = 1; max < 80; max += 13)
            g_assert_cmpuint (hs_stanza_boundary_find (bytes, j - i, max), <=, j - i);
          if (j > i)
            g_assert_cmpuint (hs_stanza_boundary_find (bytes, j - i, 40), >, 0);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stanza-boundary/whole", test_whole);
  g_test_add_func ("/stanza-boundary/large", test_large);
  g_test_add_func ("/stanza-boundary/markup", test_markup);
  g_test_add_func ("/stanza-boundary/request", test_request);
  g_test_add_func ("/stanza-boundary/stream", test_stream);
  g_test_add_func ("/stanza-boundary/unfinished", test_unfinished);

  return g_test_run ();
}
