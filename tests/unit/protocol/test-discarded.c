/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <glib.h>

#include "hs-error.h"
#include "protocol/hs-discarded.h"

/* The words for a stanza that was discarded: what, whose, how large, which limit, which property. */

typedef struct
{
  const char *xml;
  HsDiscardReason reason;
  gsize limit;
  guint64 size;
  const char *message;
} Example;

static const Example examples[] = {
  { "<iq type='result' id='1'><query xmlns='jabber:iq:roster'/></iq>", HS_DISCARD_SIZE,
    10 * 1024 * 1024, 5000000,
    "The roster from example.org is larger than max-stanza-size (10 MiB) in memory; it was discarded after "
    "5000000 bytes of XML" },
  { "<message from='Evil@B/c'/>", HS_DISCARD_SIZE, 65536, 1,
    "The message from evil@b is larger than max-stanza-size (64 KiB) in memory; it was discarded after 1 bytes "
    "of XML" },
  { "<presence from='a b@c@d'/>", HS_DISCARD_NAMES, 100000, 0,
    "The presence from an invalid address is larger than max-stanza-size (100000 bytes) in memory; it was "
    "discarded at its start tag" },
  { "<iq from='b' type='get'><x/></iq>", HS_DISCARD_ATTRIBUTES, 1024, 7,
    "The iq from b has more than 1000 attributes in one tag; it was discarded after 7 bytes of XML" },
  { "<iq from='b' type='get'/>", HS_DISCARD_PREFIXES, 1024, 7,
    "The iq from b has more than 1000 namespace prefixes in scope; it was discarded after 7 bytes of XML" },
};

static void
test_message (gconstpointer data)
{
  const Example *example = data;
  HsNode *node = hs_parser_parse_element (example->xml, strlen (example->xml), NULL);
  HsDiscard discard = { .reason = example->reason, .limit = example->limit, .size = example->size };
  g_autoptr (GError) error = hs_discarded_to_error (node, &discard, "example.org");

  g_assert_error (error, HS_ERROR, HS_ERROR_TOO_LARGE);
  g_assert_cmpstr (error->message, ==, example->message);
  hs_block_unref (hs_node_get_block (node));
}

/* What a stream cannot go on without, in a session and before it. */
static void
test_needed (void)
{
  static const struct
  {
    const char *xml;
    gboolean in_session;
    gboolean before;
    gboolean after_sign_in;
  } examples_of_need[] = {
    { "<message/>", FALSE, TRUE, FALSE },
    { "<presence/>", FALSE, TRUE, FALSE },
    { "<iq/>", FALSE, TRUE, TRUE },
    { "<hello xmlns='urn:x'/>", FALSE, TRUE, TRUE },
    { "<error xmlns='http://etherx.jabber.org/streams'/>", TRUE, TRUE, TRUE },
    { "<resumed xmlns='urn:xmpp:sm:3'/>", TRUE, TRUE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples_of_need); i++)
    {
      const char *xml = examples_of_need[i].xml;
      HsNode *node = hs_parser_parse_element (xml, strlen (xml), NULL);

      g_assert_true (hs_discarded_is_needed (node, TRUE, TRUE) == examples_of_need[i].in_session);
      g_assert_true (hs_discarded_is_needed (node, FALSE, FALSE) == examples_of_need[i].before);
      g_assert_true (hs_discarded_is_needed (node, FALSE, TRUE) == examples_of_need[i].after_sign_in);
      hs_block_unref (hs_node_get_block (node));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *path = g_strdup_printf ("/discarded/%u", i);

      g_test_add_data_func (path, &examples[i], test_message);
    }
  g_test_add_func ("/discarded/needed", test_needed);

  return g_test_run ();
}
