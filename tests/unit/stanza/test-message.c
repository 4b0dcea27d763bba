/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "hs-message.h"

static HsMessage *
parse (const char *xml)
{
  g_autoptr (GError) error = NULL;
  HsElement *element = hs_element_new_from_string (xml, &error);

  g_assert_no_error (error);
  return HS_MESSAGE (element);
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
  HsMessage *message = hs_message_new_chat ("a@b", "<hi> & so on");

  assert_xml (
      message,
      "<message xmlns=\"jabber:client\" type=\"chat\" to=\"a@b\"><body>&lt;hi&gt; &amp; so on"
      "</body></message>");
  g_assert_finalize_object (message);
  message = hs_message_new_chat ("a@b", NULL);
  assert_xml (message, "<message xmlns=\"jabber:client\" type=\"chat\" to=\"a@b\"/>");
  g_assert_finalize_object (message);
  message = hs_message_new (NULL, NULL);
  assert_xml (message, "<message xmlns=\"jabber:client\"/>");
  g_assert_finalize_object (message);
  message = hs_message_new ("groupchat", "room@b");
  assert_xml (message, "<message xmlns=\"jabber:client\" type=\"groupchat\" to=\"room@b\"/>");
  g_assert_finalize_object (message);
  message = g_object_new (HS_TYPE_MESSAGE, "to", "a@b", "body", "hi", NULL);
  assert_xml (message, "<message xmlns=\"jabber:client\" to=\"a@b\"><body>hi</body></message>");
  g_assert_finalize_object (message);

  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "hs_message_new: the type of a message is one of normal, *error, and not 'get'");
  g_assert_null (hs_message_new ("get", NULL));
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*to != NULL*");
  g_assert_null (hs_message_new_chat (NULL, "x"));
  /* One that cannot be sent. */
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*and not 'groupchatt'");
  message = g_object_new (HS_TYPE_MESSAGE, "stanza-type", "groupchatt", NULL);
  assert_xml (message, "<message xmlns=\"jabber:client\" type=\"groupchatt\"/>");
  g_assert_finalize_object (message);
  g_test_assert_expected_messages ();
}

static void
test_body (void)
{
  static const struct
  {
    const char *xml;
    const char *body;
  } examples[] = {
    { "<message/>", NULL },
    { "<message><body/></message>", "" },
    { "<message><body>x</body></message>", "x" },
    { "<message>y<subject>s</subject><body>x</body>z</message>", "x" },
    { "<message><body>a<b>c</b>d</body></message>", "ad" },
    { "<message><body xmlns='http://www.w3.org/1999/xhtml'>x</body></message>", NULL },
    { "<message><body xmlns='urn:x'>x</body><body>y</body></message>", "y" },
    { "<message><html><body>x</body></html></message>", NULL },
    { "<message><body>x</body><body>y</body></message>", "x" },
    { "<message><body xml:lang='de'>x</body></message>", "x" },
    { "<message><body xml:lang='de'>x</body><body xml:lang='fr'>y</body></message>", "x" },
    { "<message><body xml:lang='de'>x</body><body>y</body></message>", "y" },
    { "<message xml:lang='fr'><body xml:lang='de'>x</body><body>y</body></message>", "y" },
    { "<message xml:lang='de'><body>y</body><body xml:lang='de'>x</body></message>", "x" },
    { "<message xml:lang='DE-at'><body>y</body><body xml:lang='de'>x</body><body "
      "xml:lang='de-AT'>z</body></message>",
      "z" },
    { "<message xml:lang='en'><body xml:lang='de'>x</body><body xml:lang='fr'>y</body></message>",
      "x" },
    { "<message xmlns:q='urn:q' q:lang='fr'><body xml:lang='de'>x</body><body "
      "xml:lang='fr'>y</body></message>",
      "x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      HsMessage *message = parse (examples[i].xml);

      if (g_strcmp0 (hs_message_get_body (message), examples[i].body) != 0)
        g_error ("%s: %s", examples[i].xml, hs_message_get_body (message));
      g_assert_finalize_object (message);
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
  HsMessage *message
      = parse ("<message xml:lang='de'><a/><body>1</body><b/><body xml:lang='de'>2<i/>3</body>"
               "<body xmlns='urn:x'/></message>");
  g_autoptr (GString) log = g_string_new (NULL);
  g_autofree char *body = NULL;
  g_autofree char *subject = NULL;
  g_autofree char *thread = NULL;

  g_signal_connect (message, "notify", G_CALLBACK (notify_cb), log);
  hs_message_set_body (message, "new");
  assert_xml (message, "<message xmlns=\"jabber:client\" xml:lang=\"de\"><a/><body>new</body><b/>"
                       "<body xmlns=\"urn:x\"/></message>");
  hs_message_set_body (message, "new");
  hs_message_set_body (message, "");
  g_assert_cmpstr (hs_message_get_body (message), ==, "");
  hs_message_set_body (message, NULL);
  hs_message_set_body (message, NULL);
  g_assert_null (hs_message_get_body (message));
  hs_message_set_subject (message, "s");
  hs_message_set_thread (message, "t");
  g_object_set (message, "body", "b", NULL);
  assert_xml (message,
              "<message xmlns=\"jabber:client\" xml:lang=\"de\"><a/><b/><body xmlns=\"urn:x\"/>"
              "<subject>s</subject><thread>t</thread><body>b</body></message>");
  g_object_get (message, "body", &body, "subject", &subject, "thread", &thread, NULL);
  g_assert_cmpstr (body, ==, "b");
  g_assert_cmpstr (subject, ==, "s");
  g_assert_cmpstr (thread, ==, "t");
  g_assert_cmpstr (log->str, ==, "body body body subject thread body ");
  hs_message_set_subject (message, NULL);
  hs_message_set_thread (message, NULL);
  g_assert_null (hs_message_get_subject (message));
  g_assert_null (hs_message_get_thread (message));
  g_assert_finalize_object (message);

  /* One in another language becomes one without. */
  message = parse ("<message><body xml:lang='de'>1</body></message>");
  hs_message_set_body (message, "2");
  assert_xml (message, "<message xmlns=\"jabber:client\"><body>2</body></message>");
  g_assert_finalize_object (message);
}

static void
test_delay (void)
{
  static const struct
  {
    const char *inside;
    const char *time;
  } examples[] = {
    { "", NULL },
    { "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25Z'/>", "2002-09-10T23:08:25Z" },
    { "<delay xmlns='urn:xmpp:delay' from='b' stamp='2002-09-10T23:08:25.123456Z'>Offline</delay>",
      "2002-09-10T23:08:25.123456Z" },
    { "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25+02:30'/>", "2002-09-10T20:38:25Z" },
    { "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25-07:00'/>", "2002-09-11T06:08:25Z" },
    { "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25'/>", "2002-09-10T23:08:25Z" },
    { "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25Z'/>"
      "<delay xmlns='urn:xmpp:delay' stamp='2003-09-10T23:08:25Z'/>",
      "2002-09-10T23:08:25Z" },
    { "<delay xmlns='urn:xmpp:delay' stamp=' 2002-09-10T23:08:25Z '/>", "2002-09-10T23:08:25Z" },
    { "<delay xmlns='urn:xmpp:delay'/>", NULL },
    { "<delay xmlns='urn:xmpp:delay' stamp=''/>", NULL },
    { "<delay xmlns='urn:xmpp:delay' stamp='yesterday'/>", NULL },
    { "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25+0000'/>", NULL },
    { "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25-07'/>", NULL },
    { "<delay xmlns='urn:xmpp:delay' stamp='2002-13-10T23:08:25Z'/>", NULL },
    { "<delay xmlns='urn:xmpp:delay' stamp='99999999999-09-10T23:08:25Z'/>", NULL },
    { "<delay xmlns='urn:xmpp:delay' xmlns:q='urn:q' q:stamp='2002-09-10T23:08:25Z'/>", NULL },
    { "<delay stamp='2002-09-10T23:08:25Z'/>", NULL },
    { "<x><delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25Z'/></x>", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *xml = g_strdup_printf ("<message>%s</message>", examples[i].inside);
      HsMessage *message = parse (xml);
      g_autoptr (GDateTime) delay = hs_message_get_delay (message);
      g_autoptr (GDateTime) property = NULL;
      g_autofree char *time = delay != NULL ? g_date_time_format_iso8601 (delay) : NULL;

      g_assert_cmpstr (time, ==, examples[i].time);
      g_object_get (message, "delay", &property, NULL);
      g_assert_true ((property == NULL) == (delay == NULL));
      g_assert_finalize_object (message);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/message/new", test_new);
  g_test_add_func ("/message/body", test_body);
  g_test_add_func ("/message/set", test_set);
  g_test_add_func ("/message/delay", test_delay);

  return g_test_run ();
}
