/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "hs-disco-info-private.h"
#include "hs-element.h"
#include "hs-lru.h"
#include "hs-namespaces.h"

/* The hash of entity capabilities, and the table that keeps what was verified. */

static HsDiscoInfo *
parse_query (HsElement *element)
{
  HsElement *inner = element;

  /* Some files of the collection have the element twice, one in the other. */
  while ((inner = hs_element_get_child (inner, "query", HS_NS_DISCO_INFO)) != NULL)
    element = inner;
  return hs_disco_info_new_from_query (element);
}

static HsDiscoInfo *
parse (const char *content)
{
  g_autofree char *xml = g_strconcat ("<query xmlns='" HS_NS_DISCO_INFO "'>", content, "</query>", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (HsElement) element = hs_element_new_from_string (xml, &error);

  g_assert_no_error (error);
  return parse_query (element);
}

static void
assert_hash (const char *content, const char *algorithm, const char *expected)
{
  g_autoptr (HsDiscoInfo) info = parse (content);
  g_autofree char *hash = hs_disco_info_dup_caps_hash (info, algorithm);

  g_assert_cmpstr (hash, ==, expected);
}

#define FORM(type_field, more)                                                                     \
  "<x xmlns='jabber:x:data' type='result'>" type_field more "</x>"
#define HIDDEN(type) "<field var='FORM_TYPE' type='hidden'><value>" type "</value></field>"

/* XEP-0115, 5.2. */
#define EXODUS                                                                                     \
  "<identity category='client' type='pc' name='Exodus 0.9.1'/>"                                    \
  "<feature var='http://jabber.org/protocol/muc'/>"                                                \
  "<feature var='http://jabber.org/protocol/disco#items'/>"                                        \
  "<feature var='http://jabber.org/protocol/disco#info'/>"                                         \
  "<feature var='http://jabber.org/protocol/caps'/>"

/* XEP-0115, 5.3. */
#define PSI                                                                                        \
  "<identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>"                          \
  "<identity xml:lang='el' category='client' name='\xCE\xA8 0.11' type='pc'/>"                     \
  "<feature var='http://jabber.org/protocol/caps'/>"                                               \
  "<feature var='http://jabber.org/protocol/disco#info'/>"                                         \
  "<feature var='http://jabber.org/protocol/disco#items'/>"                                        \
  "<feature var='http://jabber.org/protocol/muc'/>"                                                \
  FORM (HIDDEN ("urn:xmpp:dataforms:softwareinfo"),                                                \
        "<field var='ip_version' type='text-multi'><value>ipv4</value><value>ipv6</value></field>" \
        "<field var='os'><value>Mac</value></field>"                                               \
        "<field var='os_version'><value>10.5.1</value></field>"                                    \
        "<field var='software'><value>Psi</value></field>"                                         \
        "<field var='software_version'><value>0.11</value></field>")

static void
test_examples (void)
{
  g_autoptr (HsDiscoInfo) info = parse (EXODUS);
  gboolean is_well_formed;
  g_autofree char *string = hs_disco_info_dup_caps_string (info, &is_well_formed);

  g_assert_true (is_well_formed);
  g_assert_cmpstr (string, ==,
                   "client/pc//Exodus 0.9.1<http://jabber.org/protocol/caps<"
                   "http://jabber.org/protocol/disco#info<http://jabber.org/protocol/disco#items<"
                   "http://jabber.org/protocol/muc<");
  assert_hash (EXODUS, "sha-1", "QgayPKawpkPSDYmwT/WM94uAlu0=");
  assert_hash (PSI, "sha-1", "q07IKJEyjvHSyhy//CH0CxmKi8w=");
}

static void
test_algorithms (void)
{
  g_autoptr (HsDiscoInfo) info = parse (EXODUS);
  static const struct
  {
    const char *name;
    gsize length;
  } algorithms[] = { { "md5", 16 }, { "sha-1", 20 }, { "sha-256", 32 }, { "sha-512", 64 } };

  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      g_autofree char *hash = hs_disco_info_dup_caps_hash (info, algorithms[i].name);
      g_autofree guchar *digest = NULL;
      gsize length;

      g_assert_true (hs_caps_algorithm_is_known (algorithms[i].name));
      digest = g_base64_decode (hash, &length);
      g_assert_cmpuint (length, ==, algorithms[i].length);
    }
  g_assert_null (hs_disco_info_dup_caps_hash (info, "sha-224"));
  g_assert_null (hs_disco_info_dup_caps_hash (info, "SHA-1"));
  g_assert_false (hs_caps_algorithm_is_known (NULL));
  /* Order means nothing, and a form without the hidden field counts as none. */
  assert_hash ("<feature var='http://jabber.org/protocol/caps'/>"
               FORM ("<field var='FORM_TYPE'><value>urn:x</value></field>", "<field var='a&lt;'/>")
               FORM ("", "<field var='b'><value>1</value></field>")
               "<feature var='http://jabber.org/protocol/disco#info'/>"
               "<feature var='http://jabber.org/protocol/muc'/>"
               "<feature var='http://jabber.org/protocol/disco#items'/><other xmlns='urn:o'/>"
               "<identity name='Exodus 0.9.1' category='client' type='pc'/>",
               "sha-1", "QgayPKawpkPSDYmwT/WM94uAlu0=");
}

#define CLIENT "<identity category='client' type='pc'/>"

static void
test_ill_formed (void)
{
  static const char *const contents[] = {
    CLIENT CLIENT,
    CLIENT "<feature var='a'/><feature var='b'/><feature var='a'/>",
    CLIENT FORM (HIDDEN ("urn:x"), "") FORM (HIDDEN ("urn:y"), "") FORM (HIDDEN ("urn:x"), ""),
    CLIENT FORM ("<field var='FORM_TYPE' type='hidden'><value>urn:x</value><value>urn:y</value></field>", ""),
    CLIENT FORM (HIDDEN ("urn:x") HIDDEN ("urn:y"), ""),
    "<identity category='client&lt;' type='pc'/>",
    "<identity category='client' type='pc&lt;'/>",
    "<identity category='client' type='pc' name='&lt;3'/>",
    "<identity category='client' type='pc' xml:lang='&lt;'/>",
    "<identity category='client/pc' type='' xml:lang='a' name='b'/>",
    "<identity category='client' type='pc/a' name='b'/>",
    "<identity category='client' type='pc' xml:lang='a/b'/>",
    CLIENT "<feature var='a&lt;b'/>",
    CLIENT FORM (HIDDEN ("urn:x&lt;y"), ""),
    CLIENT FORM (HIDDEN ("urn:x"), "<field var='a&lt;b'/>"),
    CLIENT FORM (HIDDEN ("urn:x"), "<field var='a'><value>b&lt;c</value></field>"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (HsDiscoInfo) info = parse (contents[i]);
      g_autofree char *hash = hs_disco_info_dup_caps_hash (info, "sha-1");

      g_assert_nonnull (hash);
      g_assert_null (hs_disco_info_dup_safe_hash (info, "sha-1"));
      /* What it says can be used all the same. */
      g_assert_true (i == 5 || i == 9 || hs_disco_info_has_identity (info, "client", NULL));
    }
  /* Two values that are alike are one; a value may come twice in another field. */
  assert_hash (CLIENT FORM ("<field var='FORM_TYPE' type='hidden'><value>u</value><value>u</value></field>",
                            "<field var='a'><value>1</value><value>1</value></field>"),
               "sha-1", "KIKgmHu24UEPc8tlnzSoCVCa9ow=");
}

static void
test_info (void)
{
  g_autoptr (HsDiscoInfo) info = parse (PSI);
  g_autoptr (HsDiscoInfo) own = hs_disco_info_new ();
  g_autoptr (HsElement) query = NULL;
  g_autoptr (HsDiscoInfo) again = NULL;
  g_autoptr (GPtrArray) identities = hs_disco_info_list_identities (info);
  g_auto (GStrv) features = hs_disco_info_dup_features (info);
  g_autofree char *name = hs_disco_info_dup_name (info);
  g_autofree char *hash = NULL;

  g_assert_true (hs_disco_info_has_feature (info, HS_NS_MUC));
  g_assert_false (hs_disco_info_has_feature (info, "urn:other"));
  g_assert_true (hs_disco_info_has_identity (info, "client", "pc"));
  g_assert_false (hs_disco_info_has_identity (info, "client", "phone"));
  g_assert_cmpuint (g_strv_length (features), ==, 4);
  g_assert_cmpuint (identities->len, ==, 2);
  g_assert_cmpstr (hs_identity_get_lang (identities->pdata[0]), ==, "en");
  g_assert_cmpstr (name, ==, "Psi 0.11");
  g_assert_cmpstr (hs_data_form_get_value (
                       hs_disco_info_find_form (info, "urn:xmpp:dataforms:softwareinfo"), "os"),
                   ==, "Mac");
  g_assert_null (hs_disco_info_find_form (info, "urn:other"));
  /* Written and read, it is the same. */
  hs_disco_info_add_all (own, info);
  hs_disco_info_add_all (own, info);
  query = hs_disco_info_create_query (own, "n");
  g_assert_cmpstr (hs_element_get_attribute (query, "node"), ==, "n");
  again = hs_disco_info_new_from_query (query);
  hash = hs_disco_info_dup_caps_hash (again, "sha-1");
  g_assert_cmpstr (hash, ==, "q07IKJEyjvHSyhy//CH0CxmKi8w=");
}

static void
test_sealed (void)
{
  g_autoptr (HsDiscoInfo) info = parse (EXODUS);

  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*is_sealed*");
  hs_disco_info_add_feature (info, "urn:other");
  g_test_assert_expected_messages ();
  g_assert_false (hs_disco_info_has_feature (info, "urn:other"));
}

static void
test_lru (void)
{
  HsLru lru;

  hs_lru_init (&lru, 3, g_free);
  hs_lru_insert (&lru, "a", g_strdup ("1"));
  hs_lru_insert (&lru, "b", g_strdup ("2"));
  hs_lru_insert (&lru, "c", g_strdup ("3"));
  g_assert_cmpstr (hs_lru_lookup (&lru, "a"), ==, "1");
  hs_lru_insert (&lru, "d", g_strdup ("4"));
  g_assert_null (hs_lru_lookup (&lru, "b"));
  hs_lru_insert (&lru, "a", g_strdup ("5"));
  g_assert_cmpstr (hs_lru_lookup (&lru, "a"), ==, "5");
  g_assert_cmpuint (lru.order.length, ==, 3);
  hs_lru_set_limit (&lru, 1);
  g_assert_cmpstr (hs_lru_get_key (lru.order.head), ==, "a");
  g_assert_cmpuint (g_hash_table_size (lru.entries), ==, 1);
  g_assert_true (hs_lru_remove (&lru, "a"));
  g_assert_false (hs_lru_remove (&lru, "a"));
  hs_lru_set_limit (&lru, 0);
  hs_lru_insert (&lru, "e", g_strdup ("6"));
  g_assert_null (hs_lru_lookup (&lru, "e"));
  hs_lru_clear (&lru);
}

/* A folder of files named ALGORITHM_NODE%23HASH.xml, each a <query/>, such as that of github.com/xnyhps/capsdb. */
static void
test_collection (void)
{
  const char *folder = g_getenv ("CAPSDB");
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;
  guint n_files = 0;

  if (folder == NULL)
    return;
  dir = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *key = NULL;
      g_autofree char *text = NULL;
      g_autofree char *hash = NULL;
      g_autoptr (HsElement) element = NULL;
      g_autoptr (HsDiscoInfo) info = NULL;
      char *node;

      if (!g_str_has_suffix (name, ".xml"))
        continue;
      g_file_get_contents (path, &text, NULL, &error);
      g_assert_no_error (error);
      key = g_uri_unescape_segment (name, name + strlen (name) - strlen (".xml"), NULL);
      g_assert_nonnull (key);
      node = strchr (key, '_');
      g_assert_nonnull (node);
      *node++ = '\0';
      element = hs_element_new_from_string (g_str_has_prefix (text, "<?xml") ? strstr (text, "?>") + 2 : text,
                                            &error);
      g_assert_no_error (error);
      info = parse_query (element);
      hash = hs_disco_info_dup_caps_hash (info, key);
      if (g_strcmp0 (hash, strrchr (node, '#') + 1) != 0)
        {
          g_test_message ("%s: %s", path, hash);
          g_test_fail ();
        }
      n_files++;
    }
  g_test_message ("%u files", n_files);
  g_assert_cmpuint (n_files, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/disco-hash/examples", test_examples);
  g_test_add_func ("/disco-hash/algorithms", test_algorithms);
  g_test_add_func ("/disco-hash/ill-formed", test_ill_formed);
  g_test_add_func ("/disco-hash/collection", test_collection);
  g_test_add_func ("/disco-hash/info", test_info);
  g_test_add_func ("/disco-hash/sealed", test_sealed);
  g_test_add_func ("/disco-hash/lru", test_lru);
  return g_test_run ();
}
