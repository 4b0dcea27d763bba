/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message-test.h"

#include "hs-element-private.h"

#define MESSAGE(children) "<message xmlns='jabber:client'>" children "</message>"
#define WRITTEN(children) "<message xmlns=\"jabber:client\">" children "</message>"

/* A property whose value is a string, one that has it, and what is written. */
typedef struct
{
  const char *property;
  const char *xml;
  const char *value;
  const char *written; /* NULL: read only */
} Text;

static const Text texts[] = {
  { "origin-id", MESSAGE ("<origin-id xmlns='urn:xmpp:sid:0' id='de305d54'/>"), "de305d54",
    WRITTEN ("<origin-id xmlns=\"urn:xmpp:sid:0\" id=\"new\"/>") },
  { "receipt-id", MESSAGE ("<received xmlns='urn:xmpp:receipts' id='richard2-4.1.247'/>"),
    "richard2-4.1.247", WRITTEN ("<received xmlns=\"urn:xmpp:receipts\" id=\"new\"/>") },
  { "displayed-id", MESSAGE ("<displayed xmlns='urn:xmpp:chat-markers:0' id='the-msg-1'/>"),
    "the-msg-1", WRITTEN ("<displayed xmlns=\"urn:xmpp:chat-markers:0\" id=\"new\"/>") },
  { "replace-id",
    MESSAGE ("<body>But soft</body><replace id='bad1' xmlns='urn:xmpp:message-correct:0'/>"),
    "bad1", WRITTEN ("<replace xmlns=\"urn:xmpp:message-correct:0\" id=\"new\"/>") },
  { "retract-id", MESSAGE ("<retract id='wrong-recipient-1' xmlns='urn:xmpp:message-retract:1'/>"),
    "wrong-recipient-1",
    WRITTEN ("<retract xmlns=\"urn:xmpp:message-retract:1\" id=\"new\"/><fallback "
             "xmlns=\"urn:xmpp:fallback:0\" for=\"urn:xmpp:message-retract:1\"/><store "
             "xmlns=\"urn:xmpp:hints\"/><body>/me retracted a message, which this program does not "
             "support.</body>") },
  { "oob-url",
    MESSAGE ("<x xmlns='jabber:x:oob'><url>http://www.jabber.org/a.jpg</url><desc>A</desc></x>"),
    "http://www.jabber.org/a.jpg", WRITTEN ("<x xmlns=\"jabber:x:oob\"><url>new</url></x>") },
  { "occupant-id", MESSAGE ("<occupant-id xmlns='urn:xmpp:occupant-id:0' id='dd726'/>"), "dd726",
    NULL },
  { "reacted-id", MESSAGE ("<reactions id='744f6e18' xmlns='urn:xmpp:reactions:0'/>"), "744f6e18",
    NULL },
  { "reply-id",
    MESSAGE ("<reply to='anna@example.com' id='message-id1' xmlns='urn:xmpp:reply:0'/>"),
    "message-id1", NULL },
  { "encryption", MESSAGE ("<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:otr:0'/>"),
    "urn:xmpp:otr:0", NULL },
};

static void
assert_text (const char *xml, const char *property, const char *expected)
{
  HsMessage *message = parse (xml);
  g_autofree char *value = NULL;

  g_object_get (message, property, &value, NULL);
  if (g_strcmp0 (value, expected) != 0)
    g_error ("%s of %s: %s", property, xml, value);
  g_assert_finalize_object (message);
}

static char *
replace (const char *text, const char *old, const char *new_)
{
  g_auto (GStrv) parts = g_strsplit (text, old, 2);

  g_assert_nonnull (parts[1]);
  return g_strconcat (parts[0], new_, parts[1], NULL);
}

static void
test_read_text (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *quoted = g_strdup_printf ("='%s'", texts[i].value);
      gboolean is_child = strstr (texts[i].xml, quoted) == NULL;
      g_autofree char *empty = is_child ? replace (texts[i].xml, texts[i].value, " ")
                                        : replace (texts[i].xml, quoted, "=''");
      g_autofree char *foreign = is_child ? replace (texts[i].xml, "jabber:x:oob", "jabber:x:oob2")
                                          : replace (texts[i].xml, "xmlns='urn", "xmlns='urn:x");
      g_autofree char *prefixed
          = is_child ? NULL : replace (texts[i].xml, quoted, " xmlns:q='urn:q' q:id='1'");
      g_autofree char *inside
          = replace (texts[i].xml, "client'>", "client'><forwarded xmlns='urn:x'><message>");
      g_autofree char *nested = replace (inside, "</message>", "</message></forwarded></message>");

      assert_text (texts[i].xml, texts[i].property, texts[i].value);
      assert_text (empty, texts[i].property, NULL);
      assert_text (foreign, texts[i].property, NULL);
      assert_text (nested, texts[i].property, NULL);
      assert_text (MESSAGE (""), texts[i].property, NULL);
      /* The stub of an attribute that is left is taken away by hand: it is no XML. */
      if (prefixed != NULL)
        {
          g_autofree char *whole = replace (
              prefixed, strstr (texts[i].xml, " namespace") != NULL ? " namespace " : " id ", " ");

          assert_text (whole, texts[i].property, NULL);
        }
    }
}

/* The first counts, but where a second one can only be forged. */
static void
test_read_twice (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *other = replace (texts[i].xml, texts[i].value, "other");
      g_autofree char *both = NULL;
      char *children = strchr (texts[i].xml, '>') + 1;
      g_autofree char *first = g_strndup (children, strrchr (children, '<') - children);
      g_autofree char *inserted = g_strconcat ("client'>", first, NULL);

      both = replace (other, "client'>", inserted);
      assert_text (both, texts[i].property,
                   g_str_equal (texts[i].property, "occupant-id") ? NULL : texts[i].value);
    }
}

static void
test_write_text (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      HsMessage *message = g_object_new (HS_TYPE_MESSAGE, NULL);
      g_autoptr (GString) log = log_notify (message);
      g_autofree char *first = NULL;

      if (texts[i].written == NULL)
        {
          GParamSpec *pspec
              = g_object_class_find_property (G_OBJECT_GET_CLASS (message), texts[i].property);

          g_assert_false (pspec->flags & G_PARAM_WRITABLE);
          g_assert_finalize_object (message);
          continue;
        }
      g_object_set (message, texts[i].property, "old", NULL);
      g_assert_nonnull (strstr (log->str, texts[i].property));
      g_object_set (message, texts[i].property, "new", NULL);
      assert_xml (message, texts[i].written);
      first = g_strdup (log->str);
      /* The same once more is no change. */
      g_object_set (message, texts[i].property, "new", NULL);
      assert_xml (message, texts[i].written);
      g_assert_cmpstr (log->str, ==, first);
      g_object_set (message, texts[i].property, NULL, NULL);
      assert_xml (message, "<message xmlns=\"jabber:client\"/>");
      g_assert_cmpuint (log->len, >, strlen (first));
      g_object_set (message, texts[i].property, "", NULL);
      assert_xml (message, "<message xmlns=\"jabber:client\"/>");
      g_assert_finalize_object (message);

      /* Writing replaces however many there are. */
      {
        char *children = strchr (texts[i].xml, '>') + 1;
        g_autofree char *one = g_strndup (children, strrchr (children, '<') - children);
        g_autofree char *doubled = g_strconcat ("client'>", one, one, NULL);
        g_autofree char *xml = replace (texts[i].xml, "client'>", doubled);
        g_autofree char *value = NULL;

        message = parse (xml);
        g_object_set (message, "body", NULL, texts[i].property, "new", "body", NULL, NULL);
        g_object_get (message, texts[i].property, &value, NULL);
        g_assert_cmpstr (value, ==, "new");
        g_object_set (message, texts[i].property, NULL, NULL);
        assert_xml (message, "<message xmlns=\"jabber:client\"/>");
        g_assert_finalize_object (message);
      }
    }
}

/* What is written may be the old value of the message itself. */
static void
test_write_own (void)
{
  HsMessage *message = parse (MESSAGE ("<replace id='a' xmlns='urn:xmpp:message-correct:0'/>"));

  hs_message_set_origin_id (message, hs_message_get_replace_id (message));
  hs_message_set_replace_id (message, "b");
  hs_message_set_replace_id (message, hs_message_get_replace_id (message));
  hs_message_set_replace_id (message, hs_message_get_origin_id (message));
  g_assert_cmpstr (hs_message_get_replace_id (message), ==, "a");
  hs_message_set_retract_id (message, hs_message_get_replace_id (message));
  hs_message_set_retract_id (message, hs_message_get_retract_id (message));
  g_assert_cmpstr (hs_message_get_retract_id (message), ==, "a");
  hs_message_set_oob_url (message, "https://example.org/a");
  hs_message_set_oob_url (message, hs_message_get_oob_url (message) + 8);
  g_assert_cmpstr (hs_message_get_oob_url (message), ==, "example.org/a");
  hs_message_set_reactions (message, "c", NULL);
  hs_message_set_reactions (message, hs_message_get_reacted_id (message), NULL);
  g_assert_cmpstr (hs_message_get_reacted_id (message), ==, "c");
  hs_message_set_reply (message, "d", "a@b", hs_message_get_body (message));
  hs_message_set_reply (message, hs_message_get_reply_id (message), "a@b",
                        hs_message_get_body (message));
  g_assert_cmpstr (hs_message_get_reply_id (message), ==, "d");
  g_assert_finalize_object (message);
}

static const struct
{
  const char *property;
  const char *xml;
  gboolean is_written;
} marks[] = {
  { "requests-receipt", "<request xmlns=\"urn:xmpp:receipts\"/>", TRUE },
  { "is-markable", "<markable xmlns=\"urn:xmpp:chat-markers:0\"/>", TRUE },
  { "attention", "<attention xmlns=\"urn:xmpp:attention:0\"/>", TRUE },
  { "is-retracted", "<retracted xmlns=\"urn:xmpp:message-retract:1\"/>", FALSE },
  { "is-styled", "<unstyled xmlns=\"urn:xmpp:styling:0\"/>", FALSE },
};

static gboolean
get_boolean (gpointer message, const char *property)
{
  gboolean value = 2;

  g_object_get (message, property, &value, NULL);
  g_assert_true (value == TRUE || value == FALSE);
  return value;
}

static void
test_marks (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      g_autofree char *with = g_strdup_printf (WRITTEN ("%s"), marks[i].xml);
      g_autofree char *twice = g_strdup_printf (WRITTEN ("%s%s"), marks[i].xml, marks[i].xml);
      g_autofree char *foreign = replace (with, "urn:xmpp", "urn:xmpq");
      gboolean value = !g_str_equal (marks[i].property, "is-styled");
      HsMessage *message = parse (with);
      g_autoptr (GString) log = NULL;

      g_assert_true (get_boolean (message, marks[i].property) == value);
      g_assert_finalize_object (message);
      message = parse (foreign);
      g_assert_true (get_boolean (message, marks[i].property) != value);
      g_assert_finalize_object (message);
      message = parse (twice);
      g_assert_true (get_boolean (message, marks[i].property) == value);
      if (marks[i].is_written)
        {
          log = log_notify (message);
          g_object_set (message, marks[i].property, TRUE, NULL);
          g_assert_cmpstr (log->str, ==, "");
          g_object_set (message, marks[i].property, FALSE, NULL);
          assert_xml (message, "<message xmlns=\"jabber:client\"/>");
          g_object_set (message, marks[i].property, FALSE, NULL);
          g_assert_cmpuint (log->len, ==, strlen (marks[i].property) + 1);
          g_object_set (message, marks[i].property, TRUE, NULL);
          assert_xml (message, with);
          g_assert_cmpuint (log->len, ==, 2 * (strlen (marks[i].property) + 1));
        }
      g_assert_finalize_object (message);
    }
}

/* XEP-0224, 4: what asks for attention does so at once or not at all. */
static void
test_attention_late (void)
{
  HsMessage *message
      = parse (MESSAGE ("<attention xmlns='urn:xmpp:attention:0'/>"
                        "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25Z'/>"));

  g_assert_false (hs_message_get_attention (message));
  g_assert_finalize_object (message);
}

#define CHAT_STATES "xmlns='http://jabber.org/protocol/chatstates'"

static void
test_chat_state (void)
{
  static const struct
  {
    const char *xml;
    HsChatState state;
  } examples[] = {
    { MESSAGE (""), HS_CHAT_STATE_NONE },
    { MESSAGE ("<active " CHAT_STATES "/>"), HS_CHAT_STATE_ACTIVE },
    { MESSAGE ("<composing " CHAT_STATES "/>"), HS_CHAT_STATE_COMPOSING },
    { MESSAGE ("<paused " CHAT_STATES "/>"), HS_CHAT_STATE_PAUSED },
    { MESSAGE ("<inactive " CHAT_STATES "/>"), HS_CHAT_STATE_INACTIVE },
    { MESSAGE ("<thread>act2scene2chat1</thread><gone " CHAT_STATES "/>"), HS_CHAT_STATE_GONE },
    { MESSAGE ("<dancing " CHAT_STATES "/>"), HS_CHAT_STATE_NONE },
    { MESSAGE ("<dancing " CHAT_STATES "/><gone " CHAT_STATES "/>"), HS_CHAT_STATE_GONE },
    { MESSAGE ("<paused " CHAT_STATES "/><gone " CHAT_STATES "/>"), HS_CHAT_STATE_PAUSED },
    { MESSAGE ("<active/><gone xmlns='urn:x'/>"), HS_CHAT_STATE_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      HsMessage *message = parse (examples[i].xml);
      g_autoptr (GString) log = log_notify (message);

      g_assert_cmpint (hs_message_get_chat_state (message), ==, examples[i].state);
      hs_message_set_thread (message, NULL);
      g_string_truncate (log, 0);
      hs_message_set_chat_state (message, HS_CHAT_STATE_INACTIVE);
      g_assert_cmpint (hs_message_get_chat_state (message), ==, HS_CHAT_STATE_INACTIVE);
      hs_message_set_chat_state (message, HS_CHAT_STATE_INACTIVE);
      g_assert_cmpstr (log->str, ==,
                       examples[i].state == HS_CHAT_STATE_INACTIVE ? "" : "chat-state ");
      g_object_set (message, "chat-state", HS_CHAT_STATE_NONE, NULL);
      g_assert_cmpint (hs_message_get_chat_state (message), ==, HS_CHAT_STATE_NONE);
      g_assert_finalize_object (message);
    }
  {
    HsMessage *message = parse (
        MESSAGE ("<paused " CHAT_STATES "/><gone " CHAT_STATES "/><gone " CHAT_STATES "/>"));

    hs_message_set_chat_state (message, HS_CHAT_STATE_GONE);
    assert_xml (message, WRITTEN ("<gone xmlns=\"http://jabber.org/protocol/chatstates\"/>"));
    g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*chat_state*");
    hs_message_set_chat_state (message, 99);
    g_test_assert_expected_messages ();
    g_assert_finalize_object (message);
  }
}

#define HINT(name) "<" name " xmlns=\"urn:xmpp:hints\"/>"

static void
test_hints (void)
{
  HsMessage *message = parse (MESSAGE ("<body>V unir</body>" HINT ("no-copy") HINT (
      "no-store") HINT ("no-store") HINT ("other") "<store xmlns='urn:x'/>"));
  g_autoptr (GString) log = log_notify (message);
  HsHints hints = 0;

  g_assert_cmpuint (hs_message_get_hints (message), ==, HS_HINTS_NO_COPY | HS_HINTS_NO_STORE);
  hs_message_set_hints (message, HS_HINTS_NO_COPY | HS_HINTS_NO_STORE);
  g_assert_cmpstr (log->str, ==, "");
  hs_message_set_hints (message, HS_HINTS_STORE | HS_HINTS_NO_PERMANENT_STORE);
  g_assert_cmpstr (log->str, ==, "hints ");
  g_object_get (message, "hints", &hints, NULL);
  g_assert_cmpuint (hints, ==, HS_HINTS_STORE | HS_HINTS_NO_PERMANENT_STORE);
  g_object_set (message, "hints", HS_HINTS_NONE, NULL);
  assert_xml (message, WRITTEN ("<body>V unir</body>" HINT ("other") "<store xmlns=\"urn:x\"/>"));
  g_assert_finalize_object (message);

  /* XEP-0334, 5: those of an error are of the message that failed. */
  message = parse ("<message xmlns='jabber:client' type='error'>" HINT ("store") "</message>");
  g_assert_cmpuint (hs_message_get_hints (message), ==, HS_HINTS_NONE);
  g_assert_finalize_object (message);
}

static void
assert_stanza_id (const char *xml, const char *by, const char *expected)
{
  HsMessage *message = parse (xml);
  g_autoptr (HsJid) jid = hs_jid_new (by, NULL);
  g_autofree char *id = hs_message_dup_stanza_id (message, jid);

  if (g_strcmp0 (id, expected) != 0)
    g_error ("%s by %s: %s", xml, by, id);
  g_assert_finalize_object (message);
}

#define BY(by, id) "<stanza-id xmlns='urn:xmpp:sid:0' by='" by "' id='" id "'/>"

static void
test_stanza_id (void)
{
  const char *mixed = MESSAGE (BY ("a@b", "1") BY ("room@c", "2") BY ("a@b/d", "3"));

  assert_stanza_id (MESSAGE (""), "a@b", NULL);
  assert_stanza_id (mixed, "a@b", "1");
  assert_stanza_id (mixed, "room@c", "2");
  assert_stanza_id (mixed, "a@b/d", "3");
  assert_stanza_id (mixed, "b", NULL);
  assert_stanza_id (mixed, "a@b/D", NULL);
  /* Compared after preparation. */
  assert_stanza_id (MESSAGE (BY ("ROOM@B\xc3\x9c"
                                 "CHER.example",
                                 "1")),
                    "room@b\xc3\xbc"
                    "cher.example",
                    "1");
  assert_stanza_id (MESSAGE (BY ("A@b", "1") BY ("a@B", "2")), "a@b", NULL);
  assert_stanza_id (MESSAGE (BY ("a@b", "1") BY ("a@b", "1")), "a@b", NULL);
  assert_stanza_id (MESSAGE (BY ("a@b", "1") BY ("a@b", "")), "a@b", NULL);
  assert_stanza_id (MESSAGE (BY ("a@b", "")), "a@b", NULL);
  assert_stanza_id (MESSAGE (BY ("", "1") BY ("@@", "1") BY ("a@b", "2")), "a@b", "2");
  assert_stanza_id (MESSAGE ("<stanza-id xmlns='urn:xmpp:sid:0' by='a@b'/>"), "a@b", NULL);
  assert_stanza_id (MESSAGE ("<stanza-id xmlns='urn:xmpp:sid:0' id='1'/>"), "a@b", NULL);
  assert_stanza_id (MESSAGE ("<stanza-id xmlns='urn:xmpp:sid:1' by='a@b' id='1'/>"), "a@b", NULL);
  assert_stanza_id (MESSAGE ("<origin-id xmlns='urn:xmpp:sid:0' by='a@b' id='1'/>"), "a@b", NULL);
  assert_stanza_id (
      MESSAGE ("<stanza-id xmlns='urn:xmpp:sid:0' xmlns:q='urn:xmpp:sid:0' q:by='a@b' id='1'/>"),
      "a@b", NULL);
  assert_stanza_id (MESSAGE ("<x xmlns='urn:x'>" BY ("a@b", "1") "</x>"), "a@b", NULL);
}

/* What is still being received cannot be changed, and nothing says that it was. */
static void
test_unfinished (void)
{
  HsMessage *message = parse (MESSAGE ("<body>a</body><replace id='1' xmlns='urn:xmpp:message-correct:0'/>"));
  g_autofree char *before = hs_element_to_string (HS_ELEMENT (message));
  g_autoptr (GString) log = log_notify (message);
  guint n_changes = 0;

  hs_element_get_node (HS_ELEMENT (message))->unfinished = TRUE;
#define REFUSED(change)                                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*still being received*");           \
    change;                                                                                        \
    g_test_assert_expected_messages ();                                                            \
    n_changes++;                                                                                   \
  }                                                                                                \
  G_STMT_END
  REFUSED (hs_message_set_replace_id (message, NULL));
  REFUSED (hs_message_set_origin_id (message, "x"));
  REFUSED (hs_message_set_retract_id (message, "x"));
  REFUSED (hs_message_set_oob_url (message, "x"));
  REFUSED (hs_message_set_requests_receipt (message, TRUE));
  REFUSED (hs_message_set_chat_state (message, HS_CHAT_STATE_GONE));
  REFUSED (hs_message_set_hints (message, HS_HINTS_STORE));
  REFUSED (hs_message_set_reactions (message, "x", NULL));
  REFUSED (hs_message_set_reply (message, "x", NULL, "quote"));
  g_assert_cmpuint (n_changes, ==, 9);
  g_assert_cmpstr (log->str, ==, "");
  hs_element_get_node (HS_ELEMENT (message))->unfinished = FALSE;
  assert_xml (message, before);
  g_assert_finalize_object (message);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/extensions/read-text", test_read_text);
  g_test_add_func ("/message/extensions/read-twice", test_read_twice);
  g_test_add_func ("/message/extensions/write-text", test_write_text);
  g_test_add_func ("/message/extensions/write-own", test_write_own);
  g_test_add_func ("/message/extensions/marks", test_marks);
  g_test_add_func ("/message/extensions/attention-late", test_attention_late);
  g_test_add_func ("/message/extensions/chat-state", test_chat_state);
  g_test_add_func ("/message/extensions/hints", test_hints);
  g_test_add_func ("/message/extensions/stanza-id", test_stanza_id);
  g_test_add_func ("/message/extensions/unfinished", test_unfinished);
  return g_test_run ();
}
