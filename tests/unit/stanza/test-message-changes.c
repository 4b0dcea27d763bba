/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message-test.h"

#include "hs-namespaces.h"

/* Retractions, reactions, replies and fallbacks. */

#define MESSAGE(children) "<message xmlns='jabber:client'>" children "</message>"
#define WRITTEN(children) "<message xmlns=\"jabber:client\">" children "</message>"
#define REPLY "urn:xmpp:reply:0"
#define FALLBACK(children)                                                                         \
  "<fallback xmlns='urn:xmpp:fallback:0' for='" REPLY "'>" children "</fallback>"

static void
test_retract (void)
{
  HsMessage *message = hs_message_new_chat ("lord@capulet.example", NULL);
  g_autoptr (GString) log = log_notify (message);

  hs_message_set_retract_id (message, "wrong-recipient-1");
  assert_notified (log, "body hints retract-id");
  g_assert_cmpuint (hs_message_get_hints (message), ==, HS_HINTS_STORE);
  g_assert_true (g_str_has_prefix (hs_message_get_body (message), "/me "));
  g_assert_null (
      hs_message_dup_body_without_fallback (message, (const char *[]){ HS_NS_RETRACT, NULL }));
  g_assert_cmpint (hs_message_get_is_retracted (message), ==, FALSE);
  /* A text of the program's own stays a fallback, before and after. */
  hs_message_set_body (message, "Forget it.");
  g_assert_null (
      hs_message_dup_body_without_fallback (message, (const char *[]){ HS_NS_RETRACT, NULL }));
  hs_message_set_retract_id (message, "other");
  g_assert_cmpstr (hs_message_get_body (message), ==, "Forget it.");
  hs_message_set_retract_id (message, NULL);
  assert_xml (message, "<message xmlns=\"jabber:client\" type=\"chat\" to=\"lord@capulet.example\">"
                       "<body>Forget it.</body></message>");
  /* Without a retraction, the hints are the program's. */
  hs_message_set_hints (message, HS_HINTS_STORE);
  hs_message_set_retract_id (message, NULL);
  g_assert_cmpuint (hs_message_get_hints (message), ==, HS_HINTS_STORE);
  g_assert_finalize_object (message);
}

static void
assert_moderated_by (const char *xml, const char *expected)
{
  HsMessage *message = parse (xml);
  g_autoptr (HsJid) jid = hs_message_dup_moderated_by (message);

  g_assert_cmpstr (jid != NULL ? hs_jid_to_string (jid) : NULL, ==, expected);
  g_assert_finalize_object (message);
}

#define MODERATED(by)                                                                              \
  "<moderated by='" by "' xmlns='urn:xmpp:message-moderate:1'><occupant-id "                       \
  "xmlns='urn:xmpp:occupant-id:0' id='dd726'/></moderated>"
#define RETRACT(children)                                                                          \
  "<retract id='stanza-id-1' xmlns='urn:xmpp:message-retract:1'>" children "</retract>"
#define RETRACTED(children)                                                                        \
  "<retracted stamp='2019-09-20T23:19:12Z' xmlns='urn:xmpp:message-retract:1'>" children           \
  "</retracted>"

static void
test_moderated (void)
{
  const char *tombstone
      = MESSAGE ("<occupant-id xmlns='urn:xmpp:occupant-id:0' id='ef73b'/>" RETRACTED (
          MODERATED ("witch@shakespeare.example")));
  HsMessage *message = parse (tombstone);

  g_assert_true (hs_message_get_is_retracted (message));
  g_assert_null (hs_message_get_retract_id (message));
  /* The author's, not the moderator's. */
  g_assert_cmpstr (hs_message_get_occupant_id (message), ==, "ef73b");
  g_assert_finalize_object (message);
  assert_moderated_by (tombstone, "witch@shakespeare.example");
  assert_moderated_by (MESSAGE (RETRACT (MODERATED ("room@muc.example.com/macbeth"))),
                       "room@muc.example.com/macbeth");
  assert_moderated_by (MESSAGE (RETRACT (MODERATED ("ROOM@muc.example.com/macbeth"))),
                       "room@muc.example.com/macbeth");
  assert_moderated_by (MESSAGE (RETRACT (MODERATED ("@"))), NULL);
  assert_moderated_by (MESSAGE (RETRACT ("")), NULL);
  assert_moderated_by (MESSAGE (RETRACT ("<moderated xmlns='urn:xmpp:message-moderate:1'/>")),
                       NULL);
  assert_moderated_by (
      MESSAGE (RETRACT ("<moderated by='a@b' xmlns='urn:xmpp:message-moderate:0'/>")), NULL);
  assert_moderated_by (MESSAGE (MODERATED ("a@b")), NULL);
}

#define MODERATED_0(by, children) \
  "<moderated xmlns='urn:xmpp:message-moderate:0' by='" by "'>" children "</moderated>"
#define RETRACT_0 "<retract xmlns='urn:xmpp:message-retract:0'/>"
#define RETRACTED_0 "<retracted xmlns='urn:xmpp:message-retract:0' stamp='2019-09-20T23:19:12Z'/>"
#define APPLY_TO(id, children) "<apply-to id='" id "' xmlns='urn:xmpp:fasten:0'>" children "</apply-to>"
#define PLAIN_MODERATED "<moderated xmlns='urn:xmpp:message-moderate:1'/>"

/* What each version says is the same. */
static const struct
{
  const char *xml;
  const char *retract_id;
  gboolean is_retracted;
  const char *moderator;
} early[] = {
  { MESSAGE (APPLY_TO ("7", MODERATED_0 ("r@c/m", RETRACT_0 "<reason>No</reason>"))), "7", FALSE, "r@c/m" },
  { MESSAGE (APPLY_TO ("7", RETRACT_0)), "7", FALSE, NULL },
  /* Not every moderation is a retraction. */
  { MESSAGE (APPLY_TO ("7", MODERATED_0 ("r@c/m", ""))), NULL, FALSE, NULL },
  { MESSAGE (APPLY_TO ("7", MODERATED_0 ("r@c/m", "") RETRACT_0)), NULL, FALSE, NULL },
  { MESSAGE (APPLY_TO ("", MODERATED_0 ("r@c/m", RETRACT_0))), NULL, FALSE, "r@c/m" },
  { MESSAGE (APPLY_TO ("7", MODERATED_0 ("@", RETRACT_0))), "7", FALSE, NULL },
  { MESSAGE (APPLY_TO ("7", "<retract xmlns='urn:xmpp:message-retract:1'/>")), NULL, FALSE, NULL },
  { MESSAGE (MODERATED_0 ("r@c/m", RETRACT_0)), NULL, FALSE, NULL },
  /* Both, of which one says who it was. */
  { MESSAGE (APPLY_TO ("stanza-id-1", MODERATED_0 ("r@c/m", RETRACT_0)) RETRACT (PLAIN_MODERATED)), "stanza-id-1", FALSE,
    "r@c/m" },
  { MESSAGE (RETRACT (MODERATED ("r@c/n")) APPLY_TO ("stanza-id-1", MODERATED_0 ("r@c/m", RETRACT_0))), "stanza-id-1",
    FALSE, "r@c/n" },
  { MESSAGE (RETRACT (PLAIN_MODERATED) APPLY_TO ("other", MODERATED_0 ("r@c/m", RETRACT_0))), "stanza-id-1", FALSE, NULL },
  /* Archives */
  { MESSAGE (MODERATED_0 ("w@s", RETRACTED_0)), NULL, TRUE, "w@s" },
  { MESSAGE (RETRACTED_0), NULL, TRUE, NULL },
  { MESSAGE (MODERATED_0 ("w@s", RETRACTED_0) RETRACTED (PLAIN_MODERATED)), NULL, TRUE, "w@s" },
};

static void
test_early_versions (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (early); i++)
    {
      HsMessage *message = parse (early[i].xml);

      g_test_message ("%s", early[i].xml);
      g_assert_cmpstr (hs_message_get_retract_id (message), ==, early[i].retract_id);
      g_assert_cmpint (hs_message_get_is_retracted (message), ==, early[i].is_retracted);
      assert_moderated_by (early[i].xml, early[i].moderator);
      /* What is written takes their place. */
      hs_message_set_retract_id (message, "new");
      g_assert_cmpstr (hs_message_get_retract_id (message), ==, "new");
      hs_message_set_retract_id (message, NULL);
      g_assert_null (hs_message_get_retract_id (message));
      g_assert_finalize_object (message);
    }
}

static void
assert_reactions (const char *xml, const char *expected)
{
  HsMessage *message = parse (xml);
  g_auto (GStrv) reactions = hs_message_dup_reactions (message);
  g_autofree char *joined = reactions != NULL ? g_strjoinv (" ", reactions) : NULL;

  if (g_strcmp0 (joined, expected) != 0)
    g_error ("%s: %s", xml, joined);
  g_assert_finalize_object (message);
}

#define REACTIONS(children)                                                                        \
  MESSAGE ("<reactions id='744f6e18' xmlns='urn:xmpp:reactions:0'>" children "</reactions>")
#define WAVE "\xf0\x9f\x91\x8b"
#define TURTLE "\xf0\x9f\x90\xa2"

static void
test_read_reactions (void)
{
  assert_reactions (MESSAGE (""), NULL);
  assert_reactions (REACTIONS (""), "");
  assert_reactions (REACTIONS ("<reaction>" WAVE "</reaction>"), WAVE);
  assert_reactions (REACTIONS ("<reaction>" WAVE "</reaction><reaction>" TURTLE "</reaction>"),
                    WAVE " " TURTLE);
  assert_reactions (
      REACTIONS ("<reaction>a</reaction><reaction>b</reaction><reaction>\na </reaction>"), "a b");
  assert_reactions (REACTIONS ("<reaction/><reaction> </reaction><reaction>a</reaction>"), "a");
  assert_reactions (REACTIONS ("<reaction xmlns='urn:x'>a</reaction><other>b</other>c"), "");
  assert_reactions (
      MESSAGE ("<reactions xmlns='urn:xmpp:reactions:0'><reaction>a</reaction></reactions>"), NULL);
  assert_reactions (
      MESSAGE ("<reactions id='' xmlns='urn:xmpp:reactions:0'><reaction>a</reaction></reactions>"),
      NULL);
  assert_reactions (
      MESSAGE ("<reactions id='1' xmlns='urn:xmpp:reactions:1'><reaction>a</reaction></reactions>"),
      NULL);
  assert_reactions (
      MESSAGE ("<reactions id='1' xmlns='urn:xmpp:reactions:0'><reaction>a</reaction></reactions>"
               "<reactions id='2' xmlns='urn:xmpp:reactions:0'><reaction>b</reaction></reactions>"),
      "a");
}

/* A stranger's message does not make lists long. */
static void
test_many_reactions (void)
{
  g_autoptr (GString) xml
      = g_string_new ("<message><reactions id='1' xmlns='urn:xmpp:reactions:0'>");
  HsMessage *message = NULL;
  g_auto (GStrv) reactions = NULL;

  for (guint i = 0; i < 20000; i++)
    g_string_append_printf (xml, "<reaction>%u</reaction>", i / 2);
  g_string_append (xml, "</reactions></message>");
  message = parse (xml->str);
  reactions = hs_message_dup_reactions (message);
  g_assert_cmpuint (g_strv_length (reactions), ==, 16);
  g_assert_cmpstr (reactions[15], ==, "15");
  g_assert_finalize_object (message);
}

static void
test_write_reactions (void)
{
  HsMessage *message = g_object_new (HS_TYPE_MESSAGE, NULL);
  g_autoptr (GString) log = log_notify (message);

  hs_message_set_reactions (message, "744f6e18", (const char *[]){ WAVE, TURTLE, "", WAVE, NULL });
  assert_xml (message,
              WRITTEN ("<reactions xmlns=\"urn:xmpp:reactions:0\" id=\"744f6e18\"><reaction>" WAVE
                       "</reaction><reaction>" TURTLE "</reaction></reactions>"
                       "<store xmlns=\"urn:xmpp:hints\"/>"));
  assert_notified (log, "hints reacted-id");
  hs_message_set_reactions (message, "744f6e18", NULL);
  assert_xml (message, WRITTEN ("<reactions xmlns=\"urn:xmpp:reactions:0\" id=\"744f6e18\"/>"
                                "<store xmlns=\"urn:xmpp:hints\"/>"));
  assert_notified (log, "");
  /* What would not be read is not written. */
  hs_message_set_reactions (message, "744f6e18",
                            (const char *[]){ "1", "2", "3", "4", "5", "6", "7", "8", "9", "10",
                                              "11", "12", "13", "14", "15", "16", "17", NULL });
  {
    g_autofree char *xml = hs_element_to_string (HS_ELEMENT (message));

    g_assert_nonnull (strstr (xml, ">16<"));
    g_assert_null (strstr (xml, ">17<"));
  }
  hs_message_set_reactions (message, NULL, (const char *[]){ WAVE, NULL });
  assert_xml (message, "<message xmlns=\"jabber:client\"/>");
  g_assert_finalize_object (message);
}

static void
assert_rest (const char *xml, const char *expected)
{
  HsMessage *message = parse (xml);
  g_autofree char *rest
      = hs_message_dup_body_without_fallback (message, (const char *[]){ "urn:x", REPLY, NULL });

  if (g_strcmp0 (rest, expected) != 0)
    g_error ("%s: %s", xml, rest);
  g_assert_finalize_object (message);
}

#define EXAMPLE "<body>&gt; Anna wrote:\n&gt; We should bake a cake\nGreat idea!</body>"

static void
test_read_fallback (void)
{
  HsMessage *message = parse (MESSAGE (EXAMPLE FALLBACK ("<body start='0' end='38'/>")));
  g_autofree char *unknown
      = hs_message_dup_body_without_fallback (message, (const char *[]){ "urn:x", NULL });
  g_autofree char *none = hs_message_dup_body_without_fallback (message, NULL);

  g_assert_cmpstr (unknown, ==, hs_message_get_body (message));
  g_assert_cmpstr (none, ==, hs_message_get_body (message));
  g_assert_finalize_object (message);
  assert_rest (MESSAGE (EXAMPLE FALLBACK ("<body start='0' end='38'/>")), "Great idea!");
  assert_rest (MESSAGE ("<body>&gt; Anna wrote:\n&gt; Hi, how are you?\nGreat</body>" FALLBACK (
                   "<body start='0' end='33' />")),
               "Great");
  assert_rest (MESSAGE (""), NULL);
  assert_rest (MESSAGE (FALLBACK ("")), NULL);
  assert_rest (MESSAGE ("<body/>"), "");
  assert_rest (MESSAGE ("<body>abc</body>"), "abc");
  /* All of it. */
  assert_rest (MESSAGE ("<body>abc</body>" FALLBACK ("")), NULL);
  assert_rest (MESSAGE ("<body>abc</body>" FALLBACK ("<body/>")), NULL);
  assert_rest (MESSAGE ("<body>abc</body>" FALLBACK ("<body start='0' end='1'/><body/>")), NULL);
  assert_rest (MESSAGE ("<body>abc</body>" FALLBACK ("<body start='0' end='3'/>")), "");
  /* Not the body. */
  assert_rest (MESSAGE ("<body>abc</body>" FALLBACK ("<subject/>")), "abc");
  assert_rest (MESSAGE ("<body>abc</body>" FALLBACK ("<body xmlns='urn:x' start='0' end='1'/>")),
               "abc");
  assert_rest (MESSAGE ("<body>abc</body><fallback xmlns='urn:xmpp:fallback:0'/>"), "abc");
  assert_rest (MESSAGE ("<body>abc</body><fallback xmlns='urn:xmpp:fallback:0' for=''/>"), "abc");
  assert_rest (MESSAGE ("<body>abc</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:y'/>"),
               "abc");
  assert_rest (MESSAGE ("<body>abc</body><fallback xmlns='urn:xmpp:fallback:1' for='" REPLY "'/>"),
               "abc");
  /* More than one. */
  assert_rest (MESSAGE ("<body>abcdef</body>" FALLBACK (
                   "<body start='4' end='6'/><body start='0' end='1'/>")),
               "bcd");
  assert_rest (MESSAGE ("<body>abcdef</body>" FALLBACK (
                   "<body start='4' end='6'/>") "<fallback xmlns='urn:xmpp:fallback:0' "
                                                "for='urn:x'><body start='0' end='1'/></fallback>"),
               "bcd");
  assert_rest (MESSAGE ("<body>abcdef</body>" FALLBACK (
                   "<body start='1' end='4'/><body start='2' end='5'/>")),
               "af");
  assert_rest (MESSAGE ("<body>abcdef</body>" FALLBACK (
                   "<body start='1' end='5'/><body start='2' end='3'/>")),
               "af");
  assert_rest (MESSAGE ("<body>abcdef</body>" FALLBACK (
                   "<body start='1' end='2'/><body start='1' end='2'/>")),
               "acdef");
}

/* What is no part of the body takes nothing away from it. */
static void
test_bad_ranges (void)
{
  static const char *const attributes[] = {
    "start='0' end='4'",
    "start='3' end='4'",
    "start='4' end='4'",
    "start='2' end='1'",
    "start='-1' end='2'",
    "start='0' end='-1'",
    "start='+0' end='2'",
    "start='0'",
    "end='1'",
    "start='' end=''",
    "start='0' end=''",
    "start='0x0' end='0x1'",
    "start='0' end='1.5'",
    "start='0' end='1e0'",
    "start='0 1' end='2'",
    "start='0' end='4294967296'",
    "start='0' end='4294967297'",
    "start='18446744073709551616' end='1'",
    "start='18446744073709551616' end='18446744073709551617'",
    "start='0' end='99999999999999999999999'",
    "xmlns:q='urn:q' q:start='0' q:end='1' start='a' end='b'",
  };

  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
    {
      g_autofree char *xml = g_strdup_printf (MESSAGE ("<body>a\xf0\x9f\x90\xa2"
                                                       "c</body>" FALLBACK ("<body %s/>")),
                                              attributes[i]);

      assert_rest (xml, "a\xf0\x9f\x90\xa2"
                        "c");
    }
  /* xs:unsignedInt with white space around it, and with zeros before it. */
  assert_rest (MESSAGE ("<body>abc</body>" FALLBACK ("<body start=' 0' end='01 '/>")), "bc");
  assert_rest (
      MESSAGE ("<body>abc</body>" FALLBACK ("<body start='9' end='9'/><body start='0' end='1'/>")),
      "bc");
}

static void
test_code_points (void)
{
  /* Four bytes and two units of UTF-16 are one code point, and so is each part of a family. */
  assert_rest (MESSAGE ("<body>" TURTLE WAVE "abc</body>" FALLBACK ("<body start='0' end='1'/>")),
               WAVE "abc");
  assert_rest (MESSAGE ("<body>" TURTLE WAVE "abc</body>" FALLBACK ("<body start='1' end='3'/>")),
               TURTLE "bc");
  assert_rest (MESSAGE ("<body>\xc3\xbc\xe2\x82\xac" TURTLE
                        "z</body>" FALLBACK ("<body start='1' end='3'/>")),
               "\xc3\xbcz");
  assert_rest (
      MESSAGE ("<body>&#x1F468;&#x200D;&#x1F469;!</body>" FALLBACK ("<body start='0' end='3'/>")),
      "!");
  assert_rest (MESSAGE ("<body>u&#x308;!</body>" FALLBACK ("<body start='0' end='2'/>")), "!");
  /* The body may be in pieces. */
  assert_rest (MESSAGE ("<body>ab<i/>cd</body>" FALLBACK ("<body start='1' end='3'/>")), "ad");
  assert_rest (MESSAGE ("<body>a\r\nb</body>" FALLBACK ("<body start='0' end='2'/>")), "b");
  /* The body that is shown. */
  assert_rest ("<message xmlns='jabber:client' xml:lang='de'><body>abc</body><body "
               "xml:lang='de'>xyz</body>" FALLBACK ("<body start='0' end='1'/>") "</message>",
               "yz");
}

/* Under a microsecond a byte, however many ranges there are. */
static void
test_linear (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GString) xml = g_string_new ("<message><body>");
      g_autofree char *text = g_strnfill (200000, 'a');
      HsMessage *message = NULL;
      gint64 start = 0;
      double seconds = G_MAXDOUBLE;

      g_string_append (xml, text);
      g_string_append (xml, "</body><fallback xmlns='urn:xmpp:fallback:0' for='urn:x'>");
      for (guint j = 10000; j > 0; j--)
        g_string_append_printf (xml, "<body start='%u' end='%u'/>", i == 0 ? 10 * j : 0,
                                10 * j + 5);
      g_string_append (xml, "</fallback></message>");
      message = parse (xml->str);
      for (guint run = 0; run < 3; run++)
        {
          start = g_get_monotonic_time ();
          g_free (
              hs_message_dup_body_without_fallback (message, (const char *[]){ "urn:x", NULL }));
          seconds = MIN (seconds, (g_get_monotonic_time () - start) / 1e6);
        }
      g_test_message ("%zu bytes: %g s", xml->len, seconds);
      g_assert_cmpfloat (seconds, <, xml->len / 1e6);
      g_assert_finalize_object (message);
    }
}

static void
test_write_reply (void)
{
  HsMessage *message = hs_message_new_chat ("anna@example.com", "Great idea!");
  g_autoptr (GString) log = log_notify (message);
  g_autoptr (HsJid) to = NULL;

  hs_message_set_reply (message, "message-id1", "anna@example.com/laptop",
                        "Anna wrote:\nWe should bake a cake");
  assert_xml (
      message,
      "<message xmlns=\"jabber:client\" type=\"chat\" to=\"anna@example.com\"><body>&gt; Anna "
      "wrote:\n"
      "&gt; We should bake a cake\nGreat idea!</body><reply xmlns=\"urn:xmpp:reply:0\" "
      "to=\"anna@example.com/laptop\" id=\"message-id1\"/><fallback xmlns=\"urn:xmpp:fallback:0\" "
      "for=\"urn:xmpp:reply:0\"><body start=\"0\" end=\"38\"/></fallback></message>");
  assert_notified (log, "body reply-id");
  g_assert_cmpstr (hs_message_get_reply_id (message), ==, "message-id1");
  to = hs_message_dup_reply_to (message);
  g_assert_cmpstr (hs_jid_to_string (to), ==, "anna@example.com/laptop");

  /* A second one replaces the first. */
  hs_message_set_reply (message, "message-id2", NULL, TURTLE "\r\nb\n\n");
  assert_xml (
      message,
      "<message xmlns=\"jabber:client\" type=\"chat\" to=\"anna@example.com\"><body>&gt; " TURTLE
      "\n"
      "&gt; b\nGreat idea!</body><reply xmlns=\"urn:xmpp:reply:0\" id=\"message-id2\"/><fallback "
      "xmlns=\"urn:xmpp:fallback:0\" for=\"urn:xmpp:reply:0\"><body start=\"0\" "
      "end=\"8\"/></fallback>"
      "</message>");
  g_assert_null (hs_message_dup_reply_to (message));
  assert_notified (log, "body reply-id");
  hs_message_set_reply (message, "message-id2", "anna@example.com", NULL);
  assert_xml (
      message,
      "<message xmlns=\"jabber:client\" type=\"chat\" to=\"anna@example.com\"><body>Great idea!"
      "</body><reply xmlns=\"urn:xmpp:reply:0\" id=\"message-id2\" to=\"anna@example.com\"/>"
      "</message>");
  assert_notified (log, "body");
  hs_message_set_reply (message, NULL, "ignored@example.com", "ignored");
  assert_xml (
      message,
      "<message xmlns=\"jabber:client\" type=\"chat\" to=\"anna@example.com\"><body>Great idea!"
      "</body></message>");
  assert_notified (log, "reply-id");
  g_assert_finalize_object (message);
}

static void
assert_written (const char *xml, const char *quoted, const char *expected)
{
  HsMessage *message = parse (xml);
  g_autofree char *children = NULL;
  g_autofree char *written = NULL;

  hs_message_set_reply (message, "1", NULL, quoted);
  written = hs_element_to_string (HS_ELEMENT (message));
  children = g_strdup_printf (WRITTEN ("%s"), expected);
  g_assert_cmpstr (written, ==, children);
  g_assert_finalize_object (message);
}

#define REPLY_1 "<reply xmlns=\"urn:xmpp:reply:0\" id=\"1\"/>"
#define RANGE_OF(for_, range)                                                                      \
  "<fallback xmlns=\"urn:xmpp:fallback:0\" for=\"" for_ "\"><body " range "/></fallback>"

static void
test_quote (void)
{
  /* Bodies in several languages stay, if nothing is quoted. */
  assert_written (MESSAGE ("<body>a</body><body xml:lang='de'>b</body>"), NULL,
                  "<body>a</body><body xml:lang=\"de\">b</body>" REPLY_1);
  assert_written (MESSAGE ("<body>a</body>"), "", "<body>a</body>" REPLY_1);
  assert_written (MESSAGE ("<body>a</body>"), "\n\n", "<body>a</body>" REPLY_1);
  assert_written (MESSAGE (""), "b",
                  REPLY_1 RANGE_OF (REPLY, "start=\"0\" end=\"4\"") "<body>&gt; b\n</body>");
  assert_written (
      MESSAGE ("<body>a</body>"), "b\n\nc",
      "<body>&gt; b\n&gt; \n&gt; c\na</body>" REPLY_1 RANGE_OF (REPLY, "start=\"0\" end=\"11\""));
  /* What else is a fallback moves with its text. */
  assert_written (MESSAGE ("<body>a b c</body>"
                           "<fallback xmlns='urn:xmpp:fallback:0' for='urn:x'>"
                           "<body start='2' end='3'/></fallback>"),
                  "d",
                  "<body>&gt; d\na b c</body>" RANGE_OF ("urn:x", "start=\"6\" end=\"7\"")
                      REPLY_1 RANGE_OF (REPLY, "start=\"0\" end=\"4\""));
  assert_written (
      MESSAGE ("<body>old a b c</body>" FALLBACK (
          "<body start='0' end='4'/>") "<fallback xmlns='urn:xmpp:fallback:0' for='urn:x'><body "
                                       "start='6' end='7'/></fallback>"),
      NULL, "<body>a b c</body>" RANGE_OF ("urn:x", "start=\"2\" end=\"3\"") REPLY_1);
  assert_written (MESSAGE ("<body>all</body>" FALLBACK ("")), NULL, REPLY_1);
}

/* A new body has no part that an old position could mean. */
static void
test_new_body (void)
{
  HsMessage *message = hs_message_new_chat ("a@b", "Great idea!");

  hs_message_set_reply (message, "1", NULL, "quote");
  hs_message_set_body (message, "No, wait: that is a bad idea");
  assert_xml (
      message,
      "<message xmlns=\"jabber:client\" type=\"chat\" to=\"a@b\"><body>No, wait: that is a bad idea"
      "</body>" REPLY_1 "</message>");
  g_assert_finalize_object (message);
  message = parse (MESSAGE ("<body>a</body>" FALLBACK (
      "<subject/><body start='0' end='1'/>") "<fallback xmlns='urn:xmpp:fallback:0' "
                                             "for='urn:x'/>"));
  hs_message_set_body (message, "a");
  hs_message_set_body (message, "b");
  assert_xml (message,
              WRITTEN ("<body>b</body><fallback xmlns=\"urn:xmpp:fallback:0\" for=\"" REPLY
                       "\"><subject/>"
                       "</fallback><fallback xmlns=\"urn:xmpp:fallback:0\" for=\"urn:x\"/>"));
  g_assert_finalize_object (message);
}

static void
test_reply_to (void)
{
  static const struct
  {
    const char *xml;
    const char *to;
  } examples[] = {
    { MESSAGE (""), NULL },
    { MESSAGE ("<reply xmlns='urn:xmpp:reply:0' to='A@b/c' id='1'/>"), "a@b/c" },
    { MESSAGE ("<reply xmlns='urn:xmpp:reply:0' to='@' id='1'/>"), NULL },
    { MESSAGE ("<reply xmlns='urn:xmpp:reply:0' id='1'/>"), NULL },
    { MESSAGE ("<reply xmlns='urn:xmpp:reply:0' to='a@b'/>"), NULL },
    { MESSAGE ("<reply xmlns='urn:xmpp:reply:1' to='a@b' id='1'/>"), NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      HsMessage *message = parse (examples[i].xml);
      g_autoptr (HsJid) to = hs_message_dup_reply_to (message);

      g_assert_cmpstr (to != NULL ? hs_jid_to_string (to) : NULL, ==, examples[i].to);
      g_assert_finalize_object (message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/changes/retract", test_retract);
  g_test_add_func ("/message/changes/moderated", test_moderated);
  g_test_add_func ("/message/changes/early-versions", test_early_versions);
  g_test_add_func ("/message/changes/read-reactions", test_read_reactions);
  g_test_add_func ("/message/changes/many-reactions", test_many_reactions);
  g_test_add_func ("/message/changes/write-reactions", test_write_reactions);
  g_test_add_func ("/message/changes/read-fallback", test_read_fallback);
  g_test_add_func ("/message/changes/bad-ranges", test_bad_ranges);
  g_test_add_func ("/message/changes/code-points", test_code_points);
  g_test_add_func ("/message/changes/linear", test_linear);
  g_test_add_func ("/message/changes/write-reply", test_write_reply);
  g_test_add_func ("/message/changes/quote", test_quote);
  g_test_add_func ("/message/changes/new-body", test_new_body);
  g_test_add_func ("/message/changes/reply-to", test_reply_to);
  return g_test_run ();
}
