/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <string.h>

#include "protocol/hs-resend.h"
#include "xml/hs-parser.h"

/* 2024-02-29T12:34:56Z, and a fraction that is cut off. */
#define SENT (G_GINT64_CONSTANT (1709210096) * G_USEC_PER_SEC + 999999)

static const struct
{
  const char *stanza;
  gboolean repeatable;
} kinds[] = {
  { "<message xmlns='jabber:client'/>", TRUE },
  { "<message xmlns='jabber:client' type='chat'/>", TRUE },
  { "<message xmlns='jabber:client' type='groupchat'/>", FALSE },
  { "<presence xmlns='jabber:client'/>", FALSE },
  { "<presence xmlns='jabber:client' type='unavailable'/>", FALSE },
  { "<presence xmlns='jabber:client' type='probe'/>", FALSE },
  { "<presence xmlns='jabber:client' type='subscribe'/>", TRUE },
  { "<presence xmlns='jabber:client' type='subscribed'/>", TRUE },
  { "<presence xmlns='jabber:client' type='unsubscribe'/>", TRUE },
  { "<presence xmlns='jabber:client' type='unsubscribed'/>", TRUE },
  { "<iq xmlns='jabber:client' type='set'/>", FALSE },
  { "<message xmlns='urn:other'/>", FALSE },
};

static void
test_kinds (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      HsNode *node = hs_parser_parse_element (kinds[i].stanza, strlen (kinds[i].stanza), NULL);

      g_assert_nonnull (node);
      g_test_message ("%s", kinds[i].stanza);
      g_assert_cmpint (hs_resend_is_repeatable (node), ==, kinds[i].repeatable);
      hs_block_unref (hs_node_get_block (node));
    }
}

static void
assert_delayed (const char *stanza, const char *expected)
{
  g_autoptr (GByteArray) output
      = hs_resend_add_delay ((const guint8 *) stanza, strlen (stanza), SENT);

  if (expected == NULL)
    {
      g_assert_null (output);
      return;
    }
  g_assert_nonnull (output);
  g_assert_cmpmem (output->data, output->len, expected, strlen (expected));
}

/* The time of the first sending is added once: of a stanza that is sent a third time, the first one stays. */
static void
test_delay (void)
{
  assert_delayed ("<message id=\"1\"><body>a</body></message>",
                  "<message id=\"1\"><body>a</body>"
                  "<delay xmlns=\"urn:xmpp:delay\" stamp=\"2024-02-29T12:34:56Z\"/></message>");
  assert_delayed ("<message><delay xmlns=\"urn:xmpp:delay\" stamp=\"2001-01-01T00:00:00Z\"/></message>",
                  NULL);
  assert_delayed ("<message><body>", NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/resend/kinds", test_kinds);
  g_test_add_func ("/resend/delay", test_delay);

  return g_test_run ();
}
