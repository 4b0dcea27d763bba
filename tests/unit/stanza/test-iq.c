/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <glib.h>

#include "hs-iq.h"
#include "hs-namespaces.h"

static HsIq *
parse (const char *xml)
{
  g_autoptr (GError) error = NULL;
  HsElement *element = hs_element_new_from_string (xml, &error);

  g_assert_no_error (error);
  return HS_IQ (element);
}

static void
assert_xml (gpointer stanza, const char *expected)
{
  g_autofree char *xml = hs_element_to_string (HS_ELEMENT (stanza));

  g_assert_cmpstr (xml, ==, expected);
}

static void
test_new (void)
{
  static const char *const types[] = { "get", "set", "result", "error" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      HsElement *ping = hs_element_new ("ping", HS_NS_PING);
      HsIq *iq = hs_iq_new (types[i], "a@b", ping);
      const char *id = hs_stanza_get_id (HS_STANZA (iq));
      g_autofree char *xml = NULL;

      g_assert_cmpuint (strlen (id), >=, 26);
      g_assert_true (hs_iq_get_payload (iq) == ping);
      g_assert_true (hs_element_get_parent (ping) == HS_ELEMENT (iq));
      xml = g_strdup_printf ("<iq xmlns=\"jabber:client\" type=\"%s\" to=\"a@b\" id=\"%s\">"
                             "<ping xmlns=\"urn:xmpp:ping\"/></iq>",
                             types[i], id);
      assert_xml (iq, xml);
      g_object_unref (ping);
      g_assert_finalize_object (iq);
    }
}

static void
test_new_refused (void)
{
  static const char *const types[] = { "", "GET", "chat", "available" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*hs_iq_new*");
      g_assert_null (hs_iq_new (types[i], NULL, NULL));
    }
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*hs_iq_new*");
  g_assert_null (hs_iq_new (NULL, NULL, NULL));
  g_test_assert_expected_messages ();
}

static void
test_ids (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 10000; i++)
    {
      HsIq *iq = hs_iq_new ("get", NULL, NULL);

      g_assert_true (g_hash_table_add (seen, g_strdup (hs_stanza_get_id (HS_STANZA (iq)))));
      g_assert_finalize_object (iq);
    }
}

static void
test_payload (void)
{
  static const struct
  {
    const char *xml;
    const char *name;
  } examples[] = {
    { "<iq type='result'/>", NULL },
    { "<iq type='result'>x</iq>", NULL },
    { "<iq type='get'> <a xmlns='urn:a'/> <b xmlns='urn:b'/></iq>", "a" },
    { "<iq type='error'><error/><a xmlns='urn:a'/></iq>", "a" },
    { "<iq type='error'><a xmlns='urn:a'/><error/></iq>", "a" },
    { "<iq type='error'><error/></iq>", NULL },
    { "<iq type='get'><error xmlns='urn:a'/></iq>", "error" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      HsIq *iq = parse (examples[i].xml);
      HsElement *payload = hs_iq_get_payload (iq);

      g_assert_cmpstr (payload != NULL ? hs_element_get_name (payload) : NULL, ==,
                       examples[i].name);
      g_assert_finalize_object (iq);
    }
}

static void
notify_cb (GObject *object, GParamSpec *pspec, guint *count)
{
  g_assert_cmpstr (pspec->name, ==, "payload");
  (*count)++;
}

static void
test_set_payload (void)
{
  HsIq *iq = parse ("<iq type='error' id='1'><a xmlns='urn:a'/><error/><b xmlns='urn:b'/></iq>");
  HsElement *payload = hs_element_new ("c", "urn:c");
  g_autoptr (HsElement) got = NULL;
  guint count = 0;

  g_signal_connect (iq, "notify", G_CALLBACK (notify_cb), &count);
  hs_iq_set_payload (iq, payload);
  assert_xml (
      iq, "<iq xmlns=\"jabber:client\" type=\"error\" id=\"1\"><error/><c xmlns=\"urn:c\"/></iq>");
  g_object_get (iq, "payload", &got, NULL);
  g_assert_true (got == payload);
  g_clear_object (&got);
  hs_iq_set_payload (iq, payload);
  assert_xml (
      iq, "<iq xmlns=\"jabber:client\" type=\"error\" id=\"1\"><error/><c xmlns=\"urn:c\"/></iq>");
  g_object_set (iq, "payload", NULL, NULL);
  assert_xml (iq, "<iq xmlns=\"jabber:client\" type=\"error\" id=\"1\"><error/></iq>");
  g_assert_null (hs_element_get_parent (payload));
  g_assert_cmpuint (count, ==, 3);

  /* Not into itself, and then nothing is lost. */
  hs_iq_set_payload (iq, payload);
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*!= child*");
  hs_iq_set_payload (iq, HS_ELEMENT (iq));
  g_test_assert_expected_messages ();
  g_assert_true (hs_iq_get_payload (iq) == payload);
  g_object_unref (payload);
  g_assert_finalize_object (iq);

  payload = hs_element_new ("c", "urn:c");
  iq = g_object_new (HS_TYPE_IQ, "stanza-type", "get", "payload", payload, NULL);
  assert_xml (iq, "<iq xmlns=\"jabber:client\" type=\"get\"><c xmlns=\"urn:c\"/></iq>");
  g_object_unref (payload);
  g_assert_finalize_object (iq);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/iq/new", test_new);
  g_test_add_func ("/iq/new-refused", test_new_refused);
  g_test_add_func ("/iq/ids", test_ids);
  g_test_add_func ("/iq/payload", test_payload);
  g_test_add_func ("/iq/set-payload", test_set_payload);

  return g_test_run ();
}
