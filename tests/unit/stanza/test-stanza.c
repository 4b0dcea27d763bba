/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <glib.h>

#include "hs-enum-types.h"
#include "hs-iq.h"
#include "hs-message.h"
#include "hs-namespaces.h"
#include "hs-presence.h"

/* What all stanzas have: addresses, id, type, language, errors and replies. */

static HsStanza *
parse (const char *xml)
{
  g_autoptr (GError) error = NULL;
  HsElement *element = hs_element_new_from_string (xml, &error);

  if (error != NULL)
    g_error ("%s: %s", error->message, xml);
  g_assert_true (HS_IS_STANZA (element));
  return HS_STANZA (element);
}

static void
assert_xml (gpointer stanza, const char *expected)
{
  g_autofree char *xml = hs_element_to_string (HS_ELEMENT (stanza));

  g_assert_cmpstr (xml, ==, expected);
}

static void
test_nothing (void)
{
  static const char *const names[] = { "message", "presence", "iq" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *xml = g_strdup_printf ("<%s/>", names[i]);
      HsStanza *stanza = parse (xml);

      g_assert_null (hs_stanza_get_id (stanza));
      g_assert_nonnull (hs_stanza_get_stanza_type (stanza));
      g_assert_null (hs_stanza_get_from_jid (stanza));
      g_assert_null (hs_stanza_get_to_jid (stanza));
      g_assert_null (hs_stanza_get_lang (stanza));
      g_assert_null (hs_stanza_get_error (stanza));
      g_assert_finalize_object (stanza);
    }
}

static void
test_types (void)
{
  static const struct
  {
    const char *xml;
    const char *stanza_type;
  } examples[] = {
    { "<message/>", "normal" },
    { "<message type='normal'/>", "normal" },
    { "<message type='chat'/>", "chat" },
    { "<message type='groupchat'/>", "groupchat" },
    { "<message type='headline'/>", "headline" },
    { "<message type='error'/>", "error" },
    { "<message type=''/>", "normal" },
    { "<message type='Chat'/>", "normal" },
    { "<message type='get'/>", "normal" },
    { "<message xmlns:q='urn:q' q:type='error'/>", "normal" },
    { "<presence/>", "available" },
    { "<presence type='available'/>", "available" },
    { "<presence type='unavailable'/>", "unavailable" },
    { "<presence type='subscribe'/>", "subscribe" },
    { "<presence type='error'/>", "error" },
    { "<presence type='unknown'/>", "unknown" },
    { "<iq/>", "" },
    { "<iq type=''/>", "" },
    { "<iq type='get'/>", "get" },
    { "<iq type='set'/>", "set" },
    { "<iq type='result'/>", "result" },
    { "<iq type='error'/>", "error" },
    { "<iq type='unknown'/>", "unknown" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      HsStanza *stanza = parse (examples[i].xml);

      g_assert_cmpstr (hs_stanza_get_stanza_type (stanza), ==, examples[i].stanza_type);
      g_assert_finalize_object (stanza);
    }
}

static void
test_set_types (void)
{
  HsStanza *message = HS_STANZA (hs_message_new (NULL, NULL));
  HsStanza *presence = HS_STANZA (hs_presence_new (NULL));

  hs_stanza_set_stanza_type (message, "chat");
  assert_xml (message, "<message xmlns=\"jabber:client\" type=\"chat\"/>");
  hs_stanza_set_stanza_type (message, "normal");
  assert_xml (message, "<message xmlns=\"jabber:client\"/>");
  hs_stanza_set_stanza_type (message, "error");
  hs_stanza_set_stanza_type (message, NULL);
  assert_xml (message, "<message xmlns=\"jabber:client\"/>");
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "hs_stanza_set_stanza_type: the type of a message is one of *, and not 'get'");
  hs_stanza_set_stanza_type (message, "get");
  g_test_assert_expected_messages ();
  hs_stanza_set_stanza_type (presence, "unavailable");
  assert_xml (presence, "<presence xmlns=\"jabber:client\" type=\"unavailable\"/>");
  hs_stanza_set_stanza_type (presence, "available");
  assert_xml (presence, "<presence xmlns=\"jabber:client\"/>");
  g_assert_finalize_object (message);
  g_assert_finalize_object (presence);
}

static void
test_addresses (void)
{
  HsStanza *stanza = parse ("<message from='Juliet@Example.COM/Balcony' to='romeo@example.net' "
                            "xmlns:q='urn:q' q:from='evil@example.org'/>");
  HsStanza *odd = parse ("<message from='@' to='' xmlns:q='urn:q' q:from='evil@example.org'/>");
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (stanza);
  g_autoptr (HsJid) to = hs_stanza_get_to_jid (stanza);
  g_autoptr (HsJid) got = NULL;
  g_autofree char *string = NULL;

  g_assert_cmpstr (hs_jid_to_string (from), ==, "juliet@example.com/Balcony");
  g_assert_cmpstr (hs_jid_to_string (to), ==, "romeo@example.net");
  g_assert_null (hs_stanza_get_from_jid (odd));
  g_assert_null (hs_stanza_get_to_jid (odd));
  g_object_get (odd, "to", &string, "to-jid", &got, NULL);
  g_assert_cmpstr (string, ==, "");
  g_assert_null (got);
  hs_stanza_set_from_jid (stanza, to);
  hs_stanza_set_to_jid (stanza, from);
  assert_xml (stanza,
              "<message xmlns=\"jabber:client\" from=\"romeo@example.net\" "
              "to=\"juliet@example.com/Balcony\" xmlns:q=\"urn:q\" q:from=\"evil@example.org\"/>");
  hs_stanza_set_from_jid (stanza, NULL);
  hs_stanza_set_to_jid (stanza, NULL);
  g_assert_null (hs_element_get_attribute (HS_ELEMENT (stanza), "from"));
  g_assert_null (hs_element_get_attribute (HS_ELEMENT (stanza), "to"));
  g_assert_finalize_object (stanza);
  g_assert_finalize_object (odd);
}

static void
notify_cb (GObject *object, GParamSpec *pspec, GString *log)
{
  g_string_append_printf (log, "%s ", pspec->name);
}

static void
test_properties (void)
{
  g_autoptr (HsJid) jid = hs_jid_new ("a@example.com", NULL);
  g_autoptr (HsJid) got = NULL;
  g_autoptr (GString) log = g_string_new (NULL);
  HsStanza *stanza
      = g_object_new (HS_TYPE_MESSAGE, "id", "1", "stanza-type", "chat", "to", "b@example.com",
                      "from-jid", jid, "lang", "de", "body", "hi", NULL);
  g_autofree char *id = NULL;
  g_autofree char *stanza_type = NULL;
  g_autofree char *to = NULL;
  g_autofree char *lang = NULL;

  assert_xml (stanza,
              "<message xmlns=\"jabber:client\" id=\"1\" type=\"chat\" to=\"b@example.com\" "
              "from=\"a@example.com\" xml:lang=\"de\"><body>hi</body></message>");
  g_object_get (stanza, "id", &id, "stanza-type", &stanza_type, "to", &to, "lang", &lang,
                "from-jid", &got, NULL);
  g_assert_cmpstr (id, ==, "1");
  g_assert_cmpstr (stanza_type, ==, "chat");
  g_assert_cmpstr (to, ==, "b@example.com");
  g_assert_cmpstr (lang, ==, "de");
  g_assert_true (hs_jid_equal (got, jid));

  g_signal_connect (stanza, "notify", G_CALLBACK (notify_cb), log);
  /* What does not change tells nobody. */
  g_object_set (stanza, "id", "1", "stanza-type", "chat", "to", "b@example.com", "lang", "de",
                "from-jid", jid, NULL);
  g_assert_cmpstr (log->str, ==, "");
  g_object_set (stanza, "id", NULL, NULL);
  g_object_set (stanza, "stanza-type", NULL, NULL);
  g_object_set (stanza, "lang", "fr", NULL);
  hs_stanza_set_to_jid (stanza, NULL);
  g_assert_cmpstr (log->str, ==, "id stanza-type lang to to-jid ");
  assert_xml (stanza, "<message xmlns=\"jabber:client\" from=\"a@example.com\" xml:lang=\"fr\">"
                      "<body>hi</body></message>");
  g_object_set (stanza, "lang", NULL, "from-jid", NULL, NULL);
  assert_xml (stanza, "<message xmlns=\"jabber:client\"><body>hi</body></message>");
  g_assert_finalize_object (stanza);
}

#define STANZAS "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"

/* The children of a stanza, and the error that is made of them. */
static const struct
{
  const char *inside;
  HsStanzaError code;
  const char *message;
} errors[] = {
  { "<error type='cancel'><item-not-found " STANZAS "/></error>", HS_STANZA_ERROR_ITEM_NOT_FOUND,
    " with item-not-found" },
  { "<error type='cancel'><item-not-found " STANZAS "/><text " STANZAS
    ">No such room</text></error>",
    HS_STANZA_ERROR_ITEM_NOT_FOUND, " with item-not-found: No such room" },
  { "<query xmlns='urn:q'/><error><text " STANZAS ">x</text><gone " STANZAS
    ">xmpp:b@c</gone></error>",
    HS_STANZA_ERROR_GONE, " with gone (xmpp:b@c): x" },
  { "<error><redirect " STANZAS ">xmpp:b@c</redirect><moved xmlns='urn:x'/></error>",
    HS_STANZA_ERROR_REDIRECT, " with redirect (xmpp:b@c, moved)" },
  { "<error><redirect " STANZAS "/></error>", HS_STANZA_ERROR_REDIRECT, " with redirect" },
  { "<error><invalid-jid xmlns='urn:x'>secret</invalid-jid><bad-request " STANZAS
    ">ignored</bad-request>"
    "<text " STANZAS "/></error>",
    HS_STANZA_ERROR_BAD_REQUEST, " with bad-request (invalid-jid)" },
  { "<error><nonsense " STANZAS "/></error>", HS_STANZA_ERROR_UNDEFINED_CONDITION,
    " with undefined-condition (nonsense)" },
  { "<error><item-not-found/></error>", HS_STANZA_ERROR_UNDEFINED_CONDITION,
    " with undefined-condition (item-not-found)" },
  { "<error code='404'>Not Found</error>", HS_STANZA_ERROR_UNDEFINED_CONDITION,
    " with undefined-condition: Not Found" },
  { "<error>\n  <gone " STANZAS ">\n xmpp:a@b \n</gone>\n</error>", HS_STANZA_ERROR_GONE,
    " with gone (xmpp:a@b)" },
  { "<error><text " STANZAS ">only</text></error>", HS_STANZA_ERROR_UNDEFINED_CONDITION,
    " with undefined-condition: only" },
  { "<error/>", HS_STANZA_ERROR_UNDEFINED_CONDITION, " with undefined-condition" },
  { "", HS_STANZA_ERROR_UNDEFINED_CONDITION, " with undefined-condition" },
  { "<error xmlns='urn:x'><conflict " STANZAS "/></error>", HS_STANZA_ERROR_UNDEFINED_CONDITION,
    " with undefined-condition" },
  { "<error><conflict " STANZAS "/></error><error><forbidden " STANZAS "/></error>",
    HS_STANZA_ERROR_CONFLICT, " with conflict" },
  { "<error><conflict " STANZAS "/><forbidden " STANZAS "/></error>", HS_STANZA_ERROR_CONFLICT,
    " with conflict" },
  { "<error><policy-violation " STANZAS "/><text " STANZAS ">%s 100% &lt;</text></error>",
    HS_STANZA_ERROR_POLICY_VIOLATION, " with policy-violation: %s 100% <" },
};

static void
test_errors (void)
{
  static const char *const names[] = { "message", "presence", "iq" };

  for (guint i = 0; i < G_N_ELEMENTS (errors) * 3; i++)
    {
      g_autofree char *xml = g_strdup_printf ("<%s type='error' id='1'>%s</%s>", names[i % 3],
                                              errors[i / 3].inside, names[i % 3]);
      g_autofree char *no_error = g_strdup_printf ("<%s type='result'>%s</%s>", names[i % 3],
                                                   errors[i / 3].inside, names[i % 3]);
      HsStanza *stanza = parse (xml);
      HsStanza *other = parse (no_error);
      g_autoptr (GError) error = hs_stanza_get_error (stanza);
      const char *what = strstr (error->message, " with ");

      g_assert_error (error, HS_STANZA_ERROR, (int) errors[i / 3].code);
      g_assert_true (g_str_has_prefix (error->message, "The server answered the "));
      g_assert_cmpstr (what, ==, errors[i / 3].message);
      g_assert_null (hs_stanza_get_error (other));
      g_assert_finalize_object (stanza);
      g_assert_finalize_object (other);
    }
}

/* RFC 6120, 8.3.3, by number: the condition and the error types that may go with it. */
static void
test_conditions (void)
{
  static const char *const types[] = { "modify",     "cancel", "cancel",
                                       "auth",       "cancel", "cancel",
                                       "cancel",     "modify", "modify",
                                       "cancel",     "auth",   "modify wait",
                                       "wait",       "modify", "auth",
                                       "cancel",     "wait",   "wait",
                                       "cancel",     "auth",   "auth cancel continue modify wait",
                                       "wait modify" };
  g_autoptr (GEnumClass) class = g_type_class_ref (HS_TYPE_STANZA_ERROR);
  HsStanza *iq = parse ("<iq type='get' id='1'/>");

  g_assert_cmpuint (class->n_values, ==, G_N_ELEMENTS (types));
  for (guint i = 0; i < class->n_values; i++)
    {
      HsStanza *reply = hs_stanza_new_error_reply (iq, class->values[i].value, "why");
      HsElement *child = hs_element_get_child (HS_ELEMENT (reply), "error", HS_NS_CLIENT);
      g_autoptr (GError) error = hs_stanza_get_error (reply);
      g_autofree char *message = g_strconcat (
          "The server answered the request with ", class->values[i].value_nick, ": why", NULL);

      g_assert_error (error, HS_STANZA_ERROR, class->values[i].value);
      g_assert_cmpstr (error->message, ==, message);
      g_assert_cmpstr (hs_element_get_name (hs_element_get_first_child (child)), ==,
                       class->values[i].value_nick);
      g_assert_nonnull (strstr (types[i], hs_element_get_attribute (child, "type")));
      g_assert_finalize_object (reply);
    }
  g_assert_finalize_object (iq);
}

static void
test_reply (void)
{
  static const char *const examples[][2] = {
    { "<iq type='get' id='1' from='a@b/c' to='d@e/f' xml:lang='de'><ping "
      "xmlns='urn:xmpp:ping'/></iq>",
      "<iq xmlns=\"jabber:client\" to=\"a@b/c\" from=\"d@e/f\" type=\"result\" id=\"1\"/>" },
    { "<iq type='set' id='1'><query xmlns='jabber:iq:roster'/></iq>",
      "<iq xmlns=\"jabber:client\" type=\"result\" id=\"1\"/>" },
    { "<iq type='set'/>", "<iq xmlns=\"jabber:client\" type=\"result\"/>" },
    { "<message type='chat' id='1' from='a@b/c' to='d@e'><body>x</body><thread "
      "parent='p'>t</thread></message>",
      "<message xmlns=\"jabber:client\" to=\"a@b/c\" from=\"d@e\" type=\"chat\"><thread "
      "parent=\"p\">t</thread>"
      "</message>" },
    { "<message from='a@b/c'><thread xmlns='urn:x'/></message>",
      "<message xmlns=\"jabber:client\" to=\"a@b/c\"/>" },
    { "<message type='groupchat' from='room@b/nick' to='d@e/f'/>",
      "<message xmlns=\"jabber:client\" to=\"room@b\" from=\"d@e/f\" type=\"groupchat\"/>" },
    { "<message type='groupchat' from='room@b'/>",
      "<message xmlns=\"jabber:client\" to=\"room@b\" type=\"groupchat\"/>" },
    { "<message type='headline' from='b'/>",
      "<message xmlns=\"jabber:client\" to=\"b\" type=\"headline\"/>" },
    { "<message type='odd' from='b'/>", "<message xmlns=\"jabber:client\" to=\"b\"/>" },
    { "<message type='groupchat' from='@'/>",
      "<message xmlns=\"jabber:client\" to=\"@\" type=\"groupchat\"/>" },
    { "<message/>", "<message xmlns=\"jabber:client\"/>" },
    { "<presence type='subscribe' id='1' from='a@b' to='d@e'><status>x</status></presence>",
      "<presence xmlns=\"jabber:client\" to=\"a@b\" from=\"d@e\"/>" },
    { "<presence/>", "<presence xmlns=\"jabber:client\"/>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      HsStanza *stanza = parse (examples[i][0]);
      HsStanza *reply = hs_stanza_new_reply (stanza);

      g_assert_true (G_OBJECT_TYPE (reply) == G_OBJECT_TYPE (stanza));
      g_assert_finalize_object (stanza);
      assert_xml (reply, examples[i][1]);
      g_assert_finalize_object (reply);
    }
}

static void
test_error_reply (void)
{
  static const char *const examples[][2] = {
    { "<iq type='get' id='1' from='a@b/c' to='d@e/f'><ping xmlns='urn:xmpp:ping'/></iq>",
      "<iq xmlns=\"jabber:client\" to=\"a@b/c\" from=\"d@e/f\" type=\"error\" id=\"1\">" },
    { "<iq id='1'/>", "<iq xmlns=\"jabber:client\" type=\"error\" id=\"1\">" },
    { "<iq type='nonsense' from='x'/>", "<iq xmlns=\"jabber:client\" to=\"x\" type=\"error\">" },
    { "<message type='groupchat' id='1' from='room@b/nick' to='d@e'><body>x</body></message>",
      "<message xmlns=\"jabber:client\" to=\"room@b/nick\" from=\"d@e\" type=\"error\" id=\"1\">" },
    { "<presence type='subscribe' from='a@b'/>",
      "<presence xmlns=\"jabber:client\" to=\"a@b\" type=\"error\">" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      HsStanza *stanza = parse (examples[i][0]);
      HsStanza *reply
          = hs_stanza_new_error_reply (stanza, HS_STANZA_ERROR_NOT_ALLOWED, i % 2 ? "<no>" : NULL);
      g_autofree char *expected = g_strdup_printf (
          "%s<error type=\"cancel\"><not-allowed xmlns=\"%s\"/>%s</error></%s>", examples[i][1],
          HS_NS_STANZAS, i % 2 ? "<text xmlns=\"" HS_NS_STANZAS "\">&lt;no&gt;</text>" : "",
          hs_element_get_name (HS_ELEMENT (stanza)));

      g_assert_finalize_object (stanza);
      assert_xml (reply, expected);
      g_assert_finalize_object (reply);
    }
}

/* What is answered for ever. */
static void
test_never_answered (void)
{
  static const char *const examples[] = {
    "<iq type='error' id='1'/>",
    "<message type='error'/>",
    "<presence type='error'/>",
    "<iq type='result' id='1'/>",
    "<iq id='1'/>",
    "<iq type='x'/>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      HsStanza *stanza = parse (examples[i]);

      g_assert_null (hs_stanza_new_reply (stanza));
      if (i < 4)
        g_assert_null (hs_stanza_new_error_reply (stanza, HS_STANZA_ERROR_CONFLICT, NULL));
      g_assert_finalize_object (stanza);
    }
}

static void
assert_parsed_once (HsStanza *stanza, const char *expected)
{
  g_autoptr (HsJid) first = hs_stanza_get_from_jid (stanza);
  g_autoptr (HsJid) second = hs_stanza_get_from_jid (stanza);

  g_assert_true (first == second);
  g_assert_cmpstr (first != NULL ? hs_jid_to_string (first) : NULL, ==, expected);
}

/* What was parsed is kept until the attribute changes, in whichever way. */
static void
test_parsed_once (void)
{
  g_autoptr (HsStanza) stanza = parse ("<message from='a@b/c' to='d@e'/>");
  HsElement *element = HS_ELEMENT (stanza);
  g_autoptr (HsJid) to = hs_stanza_get_to_jid (stanza);
  g_autoptr (HsJid) jid = hs_jid_new ("g@h", NULL);

  assert_parsed_once (stanza, "a@b/c");
  hs_element_set_attribute (element, "from", "@");
  assert_parsed_once (stanza, NULL);
  hs_element_set_attribute (element, "from", "e@f");
  assert_parsed_once (stanza, "e@f");
  hs_stanza_set_from_jid (stanza, NULL);
  assert_parsed_once (stanza, NULL);
  hs_stanza_set_from_jid (stanza, jid);
  assert_parsed_once (stanza, "g@h");
  hs_stanza_set_from_jid (stanza, NULL);
  hs_element_set_attribute (element, "from", "i@j");
  assert_parsed_once (stanza, "i@j");
  hs_element_set_attribute_ns (element, "from", "urn:x", "k@l");
  assert_parsed_once (stanza, "i@j");
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *text = g_strdup_printf ("u%u@j", i);

      hs_element_set_attribute (element, "from", text);
      assert_parsed_once (stanza, text);
    }
  g_assert_true (hs_stanza_get_to_jid (stanza) == to);
  hs_jid_unref (to);
}

/* One that carries many others, and that is put into another one afterwards. */
static void
test_parsed_inside (void)
{
  g_autoptr (HsStanza) outer = parse ("<message from='outer@b'/>");
  HsStanza *inner[20];

  assert_parsed_once (outer, "outer@b");
  for (guint i = 0; i < G_N_ELEMENTS (inner); i++)
    {
      g_autofree char *from = g_strdup_printf ("u%u@b", i);

      inner[i] = parse ("<message/>");
      hs_element_set_attribute (HS_ELEMENT (inner[i]), "from", from);
      assert_parsed_once (inner[i], from);
      hs_element_append (HS_ELEMENT (outer), HS_ELEMENT (inner[i]));
    }
  for (guint n = 0; n < 2; n++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (inner); i++)
        {
          g_autofree char *from = g_strdup_printf ("%c%u@b", n == 0 ? 'u' : 'v', i);

          if (n == 1)
            hs_element_set_attribute (HS_ELEMENT (inner[i]), "from", from);
          assert_parsed_once (inner[i], from);
        }
      assert_parsed_once (outer, "outer@b");
    }
  for (guint i = 0; i < G_N_ELEMENTS (inner); i++)
    g_object_unref (inner[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stanza/nothing", test_nothing);
  g_test_add_func ("/stanza/types", test_types);
  g_test_add_func ("/stanza/set-types", test_set_types);
  g_test_add_func ("/stanza/addresses", test_addresses);
  g_test_add_func ("/stanza/parsed-once", test_parsed_once);
  g_test_add_func ("/stanza/parsed-inside", test_parsed_inside);
  g_test_add_func ("/stanza/properties", test_properties);
  g_test_add_func ("/stanza/errors", test_errors);
  g_test_add_func ("/stanza/conditions", test_conditions);
  g_test_add_func ("/stanza/reply", test_reply);
  g_test_add_func ("/stanza/error-reply", test_error_reply);
  g_test_add_func ("/stanza/never-answered", test_never_answered);

  return g_test_run ();
}
