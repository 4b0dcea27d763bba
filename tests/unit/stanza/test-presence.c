/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "hs-presence.h"

static HsPresence *
parse (const char *xml)
{
  g_autoptr (GError) error = NULL;
  HsElement *element = hs_element_new_from_string (xml, &error);

  g_assert_no_error (error);
  return HS_PRESENCE (element);
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
  static const char *const types[] = { "unavailable",  "subscribe", "subscribed", "unsubscribe",
                                       "unsubscribed", "probe",     "error" };
  HsPresence *presence = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *xml
          = g_strdup_printf ("<presence xmlns=\"jabber:client\" type=\"%s\"/>", types[i]);

      presence = hs_presence_new (types[i]);
      assert_xml (presence, xml);
      g_assert_finalize_object (presence);
    }
  for (guint i = 0; i < 2; i++)
    {
      presence = hs_presence_new (i == 0 ? NULL : "available");
      assert_xml (presence, "<presence xmlns=\"jabber:client\"/>");
      g_assert_cmpstr (hs_stanza_get_stanza_type (HS_STANZA (presence)), ==, "available");
      g_assert_finalize_object (presence);
    }
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "hs_presence_new: the type of a presence is one of available, *error, and not 'away'");
  g_assert_null (hs_presence_new ("away"));
  g_test_assert_expected_messages ();
}

static void
test_read (void)
{
  HsPresence *presence = parse ("<presence><show>away</show><status xml:lang='de'>weg</status>"
                                "<status>gone</status><priority>5</priority></presence>");

  g_assert_cmpstr (hs_presence_get_show (presence), ==, "away");
  g_assert_cmpstr (hs_presence_get_status (presence), ==, "gone");
  g_assert_cmpint (hs_presence_get_priority (presence), ==, 5);
  g_assert_finalize_object (presence);

  presence = parse (
      "<presence><show xmlns='urn:x'>away</show><status/><priority xmlns='urn:x'>5</priority>"
      "</presence>");
  g_assert_null (hs_presence_get_show (presence));
  g_assert_finalize_object (presence);
  presence = parse ("<presence><show>\n  away\n</show><status/></presence>");
  g_assert_cmpstr (hs_presence_get_show (presence), ==, "away");
  g_assert_finalize_object (presence);
  presence = parse ("<presence><show> out to lunch</show><status/></presence>");
  g_assert_cmpstr (hs_presence_get_show (presence), ==, " out to lunch");
  g_assert_cmpstr (hs_presence_get_status (presence), ==, "");
  g_assert_cmpint (hs_presence_get_priority (presence), ==, 0);
  g_assert_finalize_object (presence);
}

static void
test_priority (void)
{
  static const struct
  {
    const char *text;
    int priority;
  } examples[] = {
    { "", 0 },
    { "0", 0 },
    { "127", 127 },
    { "-128", -128 },
    { "+7", 7 },
    { " 5\n", 5 },
    { "128", 0 },
    { "-129", 0 },
    { "x", 0 },
    { "5x", 0 },
    { "5 6", 0 },
    { "1.5", 0 },
    { "-", 0 },
    { "0x10", 0 },
    { "007", 7 },
    { "99999999999999999999", 0 },
    { "-99999999999999999999", 0 },
    { "4294967297", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *xml
          = g_strdup_printf ("<presence><priority>%s</priority></presence>", examples[i].text);
      HsPresence *presence = parse (xml);

      g_assert_cmpint (hs_presence_get_priority (presence), ==, examples[i].priority);
      g_assert_finalize_object (presence);
    }
}

static void
notify_cb (GObject *object, GParamSpec *pspec, GString *log)
{
  g_string_append_printf (log, "%s ", pspec->name);
}

static void
test_set (void)
{
  HsPresence *presence
      = g_object_new (HS_TYPE_PRESENCE, "show", "dnd", "status", "busy", "priority", -1, NULL);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autofree char *show = NULL;
  g_autofree char *status = NULL;
  int priority = 0;

  assert_xml (presence, "<presence xmlns=\"jabber:client\"><show>dnd</show><status>busy</status>"
                        "<priority>-1</priority></presence>");
  g_object_get (presence, "show", &show, "status", &status, "priority", &priority, NULL);
  g_assert_cmpstr (show, ==, "dnd");
  g_assert_cmpstr (status, ==, "busy");
  g_assert_cmpint (priority, ==, -1);
  g_signal_connect (presence, "notify", G_CALLBACK (notify_cb), log);
  hs_presence_set_show (presence, "dnd");
  hs_presence_set_show (presence, "xa");
  hs_presence_set_priority (presence, -1);
  hs_presence_set_priority (presence, 127);
  hs_presence_set_priority (presence, 0);
  hs_presence_set_priority (presence, 0);
  hs_presence_set_status (presence, NULL);
  assert_xml (presence, "<presence xmlns=\"jabber:client\"><show>xa</show></presence>");
  hs_presence_set_show (presence, NULL);
  assert_xml (presence, "<presence xmlns=\"jabber:client\"/>");
  g_assert_cmpstr (log->str, ==, "show priority priority status show ");

  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "hs_presence_set_show: the show of a presence is one of away, chat, dnd, xa, and not 'available'");
  hs_presence_set_show (presence, "available");
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*priority*");
  hs_presence_set_priority (presence, 128);
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*priority*");
  hs_presence_set_priority (presence, -129);
  g_test_assert_expected_messages ();
  assert_xml (presence, "<presence xmlns=\"jabber:client\"/>");
    g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*and not 'awayy'");
  g_object_set (presence, "show", "awayy", NULL);
  assert_xml (presence, "<presence xmlns=\"jabber:client\"><show>awayy</show></presence>");
  hs_presence_set_show (presence, "away");
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*and not 'awayy'");
  g_object_set (presence, "show", "awayy", NULL);
  g_test_assert_expected_messages ();
  g_assert_cmpstr (hs_presence_get_show (presence), ==, "away");
  g_assert_finalize_object (presence);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/presence/new", test_new);
  g_test_add_func ("/presence/read", test_read);
  g_test_add_func ("/presence/priority", test_priority);
  g_test_add_func ("/presence/set", test_set);

  return g_test_run ();
}
