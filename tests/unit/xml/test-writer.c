/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <glib.h>

#include "hs-error.h"
#include "hs-namespaces.h"
#include "xml/hs-writer.h"

#include "xml-test.h"

/* The writer: what it writes is what was meant, whoever reads it. */

static HsNode *
parse (const char *xml)
{
  g_autoptr (GError) error = NULL;
  HsNode *node = hs_parser_parse_element (xml, strlen (xml), &error);

  if (error != NULL)
    g_error ("%s: %s", error->message, xml);
  return node;
}

static void
unref (HsNode *node)
{
  hs_block_unref (hs_node_get_block (node));
}

static char *
write_node (HsNode *node, const char *default_namespace)
{
  g_autoptr (GByteArray) buffer = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  hs_writer_write (buffer, node, default_namespace, &error);
  g_assert_no_error (error);
  return g_strndup ((char *) buffer->data, buffer->len);
}

static HsNode *
new_node (const char *name, const char *namespace_)
{
  HsBlock *block = hs_block_new (NULL);

  return hs_node_new_copied (block, name, namespace_);
}

static void
test_escaping (void)
{
  static const char text[] = "<>&\"'\t\n\r ]]> \303\274";
  HsNode *node = new_node ("a", NULL);
  g_autofree char *xml = NULL;
  HsNode *again = NULL;

  hs_node_set_attribute (node, "b", NULL, "<>&\"'\t\n\r \303\274");
  hs_node_append_text (node, text, strlen (text));
  xml = write_node (node, NULL);
  g_assert_cmpstr (xml, ==,
                   "<a b=\"&lt;&gt;&amp;&quot;'&#x9;&#xA;&#xD; \303\274\">"
                   "&lt;&gt;&amp;\"'\t\n&#xD; ]]&gt; \303\274"
                   "</a>");
  again = parse (xml);
  g_assert_true (hs_node_equal (node, again));
  unref (again);
  unref (node);
}

static void
test_append_escaped (void)
{
  g_autoptr (GByteArray) buffer = g_byte_array_new ();

  hs_writer_append_escaped (buffer, "x<'\"&\n\001\377y");
  g_byte_array_append (buffer, (const guint8 *) "", 1);
  g_assert_cmpstr ((char *) buffer->data, ==, "x&lt;'&quot;&amp;&#xA;\357\277\275\357\277\275y");
}

static void G_GNUC_PRINTF (2, 3)
assert_format (const char *expected, const char *format, ...)
{
  g_autoptr (GByteArray) buffer = g_byte_array_new ();
  va_list args;

  g_byte_array_append (buffer, (const guint8 *) "<", 1);
  va_start (args, format);
  hs_writer_append_format (buffer, format, args);
  va_end (args);
  g_assert_cmpmem (buffer->data, buffer->len, expected, strlen (expected));
}

static void
test_append_format (void)
{
  assert_format ("<", "%s", "");
  assert_format ("<a/>", "a/>");
  assert_format ("<a b='c'>d</a>", "a b='%s'>%s</a>", "c", "d");
  assert_format ("<a h='0' n='4294967295'/>", "a h='%u' n='%u'/>", 0u, G_MAXUINT32);
  assert_format ("<a b='&apos;'/>", "a b='%s'/>", "'");
  assert_format ("<a>x&lt;y&gt;&amp;&quot;\303\251</a>", "a>%s</a>", "x<y>&\"\303\251");
  assert_format ("<a b='&apos;&apos;&#xA;\357\277\275'/>", "a b='%s'/>", "''\n\001");
}

/* What was read, and how it is written: by itself, and where jabber:client is the default. */
static const struct
{
  const char *read;
  const char *alone;
  const char *inside;
} namespaces[] = {
  { "<message><body/></message>", "<message xmlns=\"jabber:client\"><body/></message>",
    "<message><body/></message>" },
  { "<message><x xmlns='urn:x'><y/><z xmlns='jabber:client'/></x></message>",
    "<message xmlns=\"jabber:client\"><x xmlns=\"urn:x\"><y/><z "
    "xmlns=\"jabber:client\"/></x></message>",
    "<message><x xmlns=\"urn:x\"><y/><z xmlns=\"jabber:client\"/></x></message>" },
  { "<message xmlns='jabber:client'><x xmlns=''><y/></x></message>",
    "<message xmlns=\"jabber:client\"><x xmlns=\"\"><y/></x></message>",
    "<message><x xmlns=\"\"><y/></x></message>" },
  { "<a/>", "<a/>", "<a xmlns=\"\"/>" },
  { "<p:a xmlns:p='urn:p'><p:b/><c/></p:a>", "<a xmlns=\"urn:p\"><b/><c xmlns=\"\"/></a>",
    "<a xmlns=\"urn:p\"><b/><c xmlns=\"\"/></a>" },
  { "<a xmlns:p='urn:p' p:k='1' p:l='2' k='3'/>",
    "<a xmlns:p=\"urn:p\" p:k=\"1\" p:l=\"2\" k=\"3\"/>",
    "<a xmlns=\"\" xmlns:p=\"urn:p\" p:k=\"1\" p:l=\"2\" k=\"3\"/>" },
  { "<a xmlns:p='urn:p'><b p:k='1'><c p:k='2'/></b></a>",
    "<a><b xmlns:p=\"urn:p\" p:k=\"1\"><c xmlns:p=\"urn:p\" p:k=\"2\"/></b></a>",
    "<a xmlns=\"\"><b xmlns:p=\"urn:p\" p:k=\"1\"><c xmlns:p=\"urn:p\" p:k=\"2\"/></b></a>" },
  { "<a xml:lang='de' xml:space='preserve'/>", "<a xml:lang=\"de\" xml:space=\"preserve\"/>",
    "<a xmlns=\"\" xml:lang=\"de\" xml:space=\"preserve\"/>" },
  { "<a xmlns='urn:&lt;&quot;'/>", "<a xmlns=\"urn:&lt;&quot;\"/>",
    "<a xmlns=\"urn:&lt;&quot;\"/>" },
  { "<xml:a><b/><c xmlns='jabber:client'/><xml:d><e xmlns='urn:e'/></xml:d></xml:a>",
    "<xml:a><b/><c xmlns=\"jabber:client\"/><xml:d><e xmlns=\"urn:e\"/></xml:d></xml:a>",
    "<xml:a><b xmlns=\"\"/><c/><xml:d><e xmlns=\"urn:e\"/></xml:d></xml:a>" },
  { "<a xmlns='urn:a'><xml:b><c/></xml:b></a>", "<a xmlns=\"urn:a\"><xml:b><c/></xml:b></a>",
    "<a xmlns=\"urn:a\"><xml:b><c/></xml:b></a>" },
};

static void
test_namespaces (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (namespaces); i++)
    {
      HsNode *node = parse (namespaces[i].read);
      g_autofree char *alone = write_node (node, NULL);
      g_autofree char *inside = write_node (node, HS_NS_CLIENT);
      HsNode *again = parse (alone);
      g_autofree char *around = g_strconcat ("<x xmlns='jabber:client'>", inside, "</x>", NULL);
      HsNode *stream = parse (around);

      g_assert_cmpstr (alone, ==, namespaces[i].alone);
      g_assert_cmpstr (inside, ==, namespaces[i].inside);
      g_assert_true (hs_node_equal (node, again));
      g_assert_true (hs_node_equal (node, hs_node_first_element (stream)));
      unref (stream);
      unref (again);
      unref (node);
    }
}

/* Prefixes that two attributes want, or that look like ours. */
static void
test_prefixes (void)
{
  static const struct
  {
    const char *namespace_;
    const char *prefix;
  } attributes[][4] = {
    { { "urn:1", NULL }, { "urn:2", NULL }, { "urn:3", NULL }, { NULL, NULL } },
    { { "urn:1", NULL }, { "urn:2", NULL }, { "urn:3", "ns0" }, { NULL, NULL } },
    { { "urn:1", NULL }, { "urn:2", "ns1" }, { "urn:3", NULL }, { "urn:4", "ns0" } },
    { { "urn:1", "p" }, { "urn:2", "p" }, { "urn:3", "p" }, { "urn:1", "p" } },
    { { "urn:1", "p" }, { "urn:2", "p" }, { "urn:3", "ns0" }, { "urn:4", NULL } },
    { { "urn:1", "ns1" }, { "urn:2", "ns1" }, { "urn:3", "ns0" }, { "urn:4", "ns2" } },
    { { "urn:1", "p" }, { "urn:1", NULL }, { "urn:1", "q" }, { "urn:1", "p" } },
    { { HS_NS_XML, NULL }, { "urn:1", "ns0" }, { "urn:2", NULL }, { HS_NS_XML, "xml" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
    {
      HsNode *node = new_node ("a", NULL);
      HsNode *again = NULL;
      g_autofree char *xml = NULL;

      for (guint j = 0; j < 4 && attributes[i][j].namespace_ != NULL; j++)
        {
          char name[2] = { 'k' + j, '\0' };
          HsAttribute *last = NULL;

          hs_node_set_attribute (node, name, attributes[i][j].namespace_, "v");
          for (last = node->attributes; last->next != NULL; last = last->next)
            continue;
          last->prefix = attributes[i][j].prefix;
        }
      xml = write_node (node, NULL);
      again = parse (xml);
      if (!hs_node_equal (node, again))
        g_error ("%s", xml);
      unref (again);
      unref (node);
    }
}

/* Text that XML 1.0 does not have is found wherever it is: in text, in a value, and in a namespace. */
static const char *
get_invalid (HsNode *node, guint place)
{
  switch (place)
    {
    case 0:
      return hs_node_get_text (hs_node_first_element (node));
    case 1:
      return hs_node_get_attribute (hs_node_first_element (node), "k", NULL);
    case 2:
      return hs_node_first_element (node)->attributes->namespace_;
    default:
      return node->namespace_;
    }
}

static void
test_invalid (void)
{
  static const char *const strings[][2] = {
    { "a\001b", "a\357\277\275b" },
    { "\033[1m", "\357\277\275[1m" },
    { "\013", "\357\277\275" },
    { "a\377", "a\357\277\275" },
    { "\303", "\357\277\275" },
    { "gr\374n", "gr\357\277\275n" },
    { "\300\257", "\357\277\275\357\277\275" },
    { "\355\240\200", "\357\277\275\357\277\275\357\277\275" },
    { "\364\220\200\200", "\357\277\275\357\277\275\357\277\275\357\277\275" },
    { "x\357\277\276y", "x\357\277\275y" },
    { "x\357\277\277", "x\357\277\275" },
    { "\342\202x", "\357\277\275\357\277\275x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      for (guint place = 0; place < 4; place++)
        {
          HsNode *node = new_node ("a", place == 3 ? strings[i][0] : NULL);
          HsNode *child = hs_node_new_copied (hs_node_get_block (node), "bad", node->namespace_);
          HsNode *again = NULL;
          g_autoptr (GByteArray) buffer = g_byte_array_new ();
          g_autoptr (GError) error = NULL;

          g_byte_array_append (buffer, (const guint8 *) "before", 6);
          hs_node_append_text (node, "first", 5);
          hs_node_append (node, child);
          hs_node_append_text (node, "last", 4);
          if (place == 0)
            hs_node_append_text (child, strings[i][0], strlen (strings[i][0]));
          else if (place == 1)
            hs_node_set_attribute (child, "k", NULL, strings[i][0]);
          else if (place == 2)
            hs_node_set_attribute (child, "k", strings[i][0], "v");
          /* Strictly: an error, and nothing is written. */
          g_assert_false (hs_writer_write (buffer, node, NULL, &error));
          g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STANZA);
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
          if (place < 3)
            g_assert_nonnull (strstr (error->message, "<bad>"));
          g_assert_cmpmem (buffer->data, buffer->len, "before", 6);
          /* Otherwise replaced. */
          g_assert_true (hs_writer_write (buffer, node, NULL, NULL));
          again = hs_parser_parse_element ((char *) buffer->data + 6, buffer->len - 6, NULL);
          g_assert_nonnull (again);
          g_assert_cmpstr (get_invalid (again, place), ==, strings[i][1]);
          g_assert_cmpstr (hs_node_get_text (again), ==, "firstlast");
          unref (again);
          unref (node);
        }
    }
}

static void
test_names (void)
{
  static const char *const good[] = { "a", "_", "a1", "a-b.c_d", "m\303\274ller", "\346\227\245" };
  static const char *const bad[]
      = { "",  "1",   "-a", ".a",  "a b",  "a:b",      ":",     "a>",      "a/",
          "<", "a\"", "a=", "a\n", "\303", "\302\240", "a\001", "\303\227" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *xml = g_strdup_printf ("<%s/>", good[i]);

      g_assert_true (hs_xml_is_name (good[i]));
      unref (parse (xml));
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (hs_xml_is_name (bad[i]));
  g_assert_false (hs_xml_is_name (NULL));
}

static const char *
any (const char *const *strings)
{
  return strings[g_test_rand_int_range (0, g_strv_length ((char **) strings))];
}

static void
add_random_text (HsNode *node)
{
  static const char *const texts[] = { "x",
                                       " ",
                                       "\n",
                                       "\r",
                                       "\t",
                                       "<",
                                       ">",
                                       "&",
                                       "\"",
                                       "'",
                                       "]]>",
                                       "&amp;",
                                       "\303\274",
                                       "\342\202\254",
                                       "\360\237\246\211",
                                       "\357\277\275",
                                       "\302\205",
                                       "\342\200\250",
                                       "a longer text",
                                       "&#x0;",
                                       "<![CDATA[",
                                       NULL };
  guint n = g_test_rand_int_range (1, g_test_rand_int_range (0, 50) == 0 ? 3000 : 6);

  while (n-- > 0)
    {
      const char *text = any (texts);

      hs_node_append_text (node, text, strlen (text));
    }
}

static void
add_random_attribute (HsNode *node)
{
  static const char *const names[] = { "a", "b", "from", "lang", "m\303\274ller", "ns0", NULL };
  static const char *const uris[]
      = { "", "", "", "urn:1", "urn:2", "urn:<3>&'\"", HS_NS_XML, "jabber:client", NULL };
  static const char *const values[] = { "",       "x",      "  two  words ",
                                        "\t\r\n", "<>&\"'", "\303\274 \360\237\246\211",
                                        "a='b'",  NULL };
  static const char *const prefixes[] = { "p", "q", "ns0", "ns1", NULL };
  const char *uri = any (uris);
  HsAttribute *last = NULL;

  hs_node_set_attribute (node, any (names), uri, any (values));
  for (last = node->attributes; last->next != NULL; last = last->next)
    continue;
  if (last->namespace_ != NULL && strcmp (last->namespace_, HS_NS_XML) != 0
      && g_test_rand_int_range (0, 2) == 0)
    last->prefix = any (prefixes);
}

static HsNode *
random_tree (void)
{
  static const char *const names[] = { "message", "body", "a", "m\303\274ller", "x.y-z_1", NULL };
  static const char *const uris[]
      = { "", "jabber:client", "urn:1", "urn:2", "urn:<3>&'\"", HS_NS_XML, NULL };
  HsNode *root = new_node (any (names), any (uris));
  HsNode *node = root;
  guint steps = g_test_rand_int_range (0, 40);

  while (steps-- > 0)
    {
      switch (g_test_rand_int_range (0, 6))
        {
        case 0:
        case 1:
          add_random_text (node);
          break;
        case 2:
          add_random_attribute (node);
          break;
        case 3:
          if (node->parent != NULL)
            node = node->parent;
          break;
        default:
          {
            HsNode *child = hs_node_new_copied (hs_node_get_block (root), any (names), any (uris));

            hs_node_append (node, child);
            if (g_test_rand_int_range (0, 3) > 0)
              node = child;
          }
        }
    }
  return root;
}

/* A stanza that stands alone and names no namespace is read as in jabber:client. */
static gboolean
is_stanza_without_namespace (HsNode *node)
{
  return node->namespace_ == NULL && strcmp (node->name, "message") == 0;
}

static void
test_round_trip (void)
{
  for (guint i = 0; i < 20000; i++)
    {
      HsNode *node = random_tree ();
      HsNode *copy = NULL;
      HsNode *again = NULL;
      HsNode *inside = NULL;
      HsBlock *block = hs_block_new (NULL);
      g_autofree char *xml = NULL;
      g_autofree char *inner = NULL;
      g_autofree char *around = NULL;

      if (is_stanza_without_namespace (node))
        node->namespace_ = "urn:root";
      xml = write_node (node, NULL);
      inner = write_node (node, "urn:1");
      around = g_strconcat ("<x xmlns='urn:1'>", inner, "</x>", NULL);
      again = parse (xml);
      inside = parse (around);
      copy = hs_node_copy (block, node);
      if (!hs_node_equal (node, again) || !hs_node_equal (again, node))
        g_error ("%s", xml);
      if (!hs_node_equal (node, hs_node_first_element (inside)))
        g_error ("%s", around);
      g_assert_true (hs_node_equal (node, copy));
      unref (inside);
      unref (again);
      unref (copy);
      unref (node);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/writer/escaping", test_escaping);
  g_test_add_func ("/writer/append-escaped", test_append_escaped);
  g_test_add_func ("/writer/append-format", test_append_format);
  g_test_add_func ("/writer/namespaces", test_namespaces);
  g_test_add_func ("/writer/prefixes", test_prefixes);
  g_test_add_func ("/writer/invalid", test_invalid);
  g_test_add_func ("/writer/names", test_names);
  g_test_add_func ("/writer/round-trip", test_round_trip);

  return g_test_run ();
}
