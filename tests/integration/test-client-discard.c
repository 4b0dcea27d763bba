/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "resume-test.h"
#include "script-large.h"

/* One stanza that is too large costs nothing but itself: the session goes on, and whom it concerns is told. */

#define MIB (1024 * 1024)
#define STANZAS_ERRORS "xmlns=\"urn:ietf:params:xml:ns:xmpp-stanzas\""

typedef struct
{
  TestClient *test;
  guint n_discarded;
  guint n_messages;
  guint n_marks;
  guint n_items;
  char *sender;
  char *type;
  char *payload;
  GError *error;
} Fixture;

static void
discarded_cb (HsClient *client, HsStanza *stanza, GError *error, gpointer data)
{
  Fixture *f = data;
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (stanza);
  HsElement *payload = hs_element_get_first_child (HS_ELEMENT (stanza));

  g_assert_error (error, HS_ERROR, HS_ERROR_TOO_LARGE);
  g_clear_pointer (&f->sender, g_free);
  g_clear_pointer (&f->type, g_free);
  g_clear_pointer (&f->payload, g_free);
  g_clear_error (&f->error);
  f->sender = from != NULL ? g_strdup (hs_jid_to_string (from)) : NULL;
  f->type = g_strdup (hs_stanza_get_stanza_type (stanza));
  f->payload = payload != NULL ? g_strdup (hs_element_get_name (payload)) : NULL;
  f->error = g_error_copy (error);
  f->n_discarded++;
}

static void
message_cb (HsClient *client, HsMessage *message, gpointer data)
{
  Fixture *f = data;

  if (g_strcmp0 (hs_message_get_body (message), "mark") == 0)
    f->n_marks++;
  else
    f->n_messages++;
}

#define MARK "<message from='mark@b'><body>mark</body></message>"

static void
set_up (Fixture *f, const ScriptStep *script)
{
  f->test = test_client_new_for (script, HS_TLS_MODE_NONE);
  g_signal_connect (f->test->client, "stanza-discarded", G_CALLBACK (discarded_cb), f);
  g_signal_connect (f->test->client, "message", G_CALLBACK (message_cb), f);
}

static void
clear (Fixture *f)
{
  test_client_free (f->test);
  g_free (f->sender);
  g_free (f->type);
  g_free (f->payload);
  g_clear_error (&f->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, clear)

/* Until the mark has come, in the first session. */
static void
await_mark (Fixture *f)
{
  test_until (f->n_marks > 0 || f->test->n_terminated > 0);
  g_assert_cmpuint (f->n_marks, ==, 1);
  g_assert_cmpuint (f->test->n_ready, ==, 1);
  g_assert_cmpuint (f->test->n_disconnected, ==, 0);
}

/* ---- What a stranger can send ---- */

static const struct
{
  const char *name;
  ScriptLarge large;
  const char *says;
} strangers[] = {
  { "elements",
    { "<message from='evil@b/c' type='chat'>", "<a/>", 220000, "</message>" },
    "The message from evil@b is larger than max-stanza-size (10 MiB) in memory; it was discarded after " },
  { "text",
    { "<message from='evil@b/c' type='chat'><body>", "0123456789", 1200000, "</body></message>" },
    "The message from evil@b is larger than max-stanza-size (10 MiB) in memory; it was discarded after " },
  { "names",
    { "<message from='evil@b/c' type='chat'>", "<a%u b%u=''/>", 100000, "</message>" },
    "The message from evil@b is larger than max-stanza-size (10 MiB) in memory; it was discarded after " },
  { "attributes",
    { "<message from='evil@b/c' type='chat'><x", " a%u=''", 1001, "/></message>" },
    "The message from evil@b has more than 1000 attributes in one tag; it was discarded after " },
  { "own attributes",
    { "<message", " a%u=''", 2000, " from='evil@b/c' type='chat'/>" },
    "The message from evil@b has more than 1000 attributes in one tag; it was discarded after " },
  { "prefixes",
    { "<message from='evil@b/c' type='chat'><x", " xmlns:a%u='u'", 999,
      "><y xmlns:b='b' xmlns:c='c' xmlns:d='d'/></x></message>" },
    "The message from evil@b has more than 1000 namespace prefixes in scope; it was discarded" },
};

static void
test_stranger (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  const ScriptStep script[] = { RUN (script_sign_in), CALL (script_send_large, (gpointer) &strangers[i].large),
                                SEND (MARK), SERVE, END };
  g_auto (Fixture) f = { NULL };

  set_up (&f, script);
  test_client_start_until_ready (f.test);
  await_mark (&f);
  g_assert_cmpuint (f.n_discarded, ==, 1);
  g_assert_cmpuint (f.n_messages, ==, 0);
  g_assert_cmpstr (f.sender, ==, "evil@b/c");
  g_assert_cmpstr (f.type, ==, "chat");
  g_assert_true (g_str_has_prefix (f.error->message, strangers[i].says));
  test_client_stop (f.test);
}

/* Answers that nobody asked for, too: they are dropped without a word. */
static void
test_unasked (void)
{
  static const ScriptLarge attributes
      = { "<iq type='result' id='x' from='evil@b'><x", " a%u=''", 5000, "/></iq>" };
  static const ScriptLarge own_attributes = { "<iq type='result' id='x'", " a%u=''", 5000, " from='evil@b'/>" };
  static const ScriptLarge names = { "<iq type='error' id='x' from='evil@b'>", "<a%u/>", 500000, "</iq>" };
  static const ScriptStep script[]
      = { RUN (script_sign_in), CALL (script_send_large, (gpointer) &attributes),
          CALL (script_send_large, (gpointer) &own_attributes), CALL (script_send_large, (gpointer) &names),
          SEND (MARK), SERVE, END };
  g_auto (Fixture) f = { NULL };

  set_up (&f, script);
  test_client_start_until_ready (f.test);
  await_mark (&f);
  g_assert_cmpuint (f.n_discarded, ==, 0);
  test_client_stop (f.test);
}

/* ---- Requests ---- */

/* Each is answered once, and none that is none. */
static void
test_questions (void)
{
  static const ScriptLarge get = { "<iq type='get' id='g' from='evil@b/c'><query xmlns='urn:q'>", "<a/>", 2000,
                             "</query></iq>" };
  static const ScriptLarge set = { "<iq type='set' id='s' from='evil@b/c'><x", " a%u=''", 1001, "/></iq>" };
  static const ScriptLarge nameless = { "<iq type='set' from='evil@b/c'>", "<a/>", 2000, "</iq>" };
  static const ScriptLarge error = { "<message type='error' id='e' from='evil@b/c'>", "<a/>", 2000, "</message>" };
  static const ScriptStep script[]
      = { RUN (script_sign_in), CALL (script_send_large, (gpointer) &get), CALL (script_send_large, (gpointer) &set),
          CALL (script_send_large, (gpointer) &nameless), CALL (script_send_large, (gpointer) &error),
          SEND (MARK), SERVE, END };
  g_auto (Fixture) f = { NULL };
  g_autofree char *sent = NULL;

  set_up (&f, script);
  g_object_set (f.test->client, "max-stanza-size", (guint64) 65536, NULL);
  test_client_start_until_ready (f.test);
  await_mark (&f);
  g_assert_cmpuint (f.n_discarded, ==, 4);
  sent = test_client_dup_sent (f.test);
  g_assert_nonnull (strstr (sent, "<iq to=\"evil@b/c\" type=\"error\" id=\"g\"><error type=\"modify\">"
                                  "<policy-violation " STANZAS_ERRORS "/></error></iq>"));
  g_assert_nonnull (strstr (sent, "<iq to=\"evil@b/c\" type=\"error\" id=\"s\"><error type=\"modify\">"
                                  "<policy-violation " STANZAS_ERRORS "/></error></iq>"));
  g_assert_cmpuint (scripted_server_count_received (f.test->server, "type=\"error\""), ==, 2);
  test_client_stop (f.test);
}

static HsElement *
answer_part_cb (HsClient *client, HsElement *element, gpointer data)
{
  return HS_ELEMENT (hs_stanza_new_reply (HS_STANZA (hs_element_get_parent (element))));
}

/* Who has answered a part of it has answered it. */
static void
test_answered_part (void)
{
  static const ScriptLarge set = { "<iq type='set' id='s' from='evil@b/c'><part/>", "<a/>", 120000, "</iq>" };
  static const ScriptStep script[]
      = { RUN (script_sign_in), CALL (script_send_large, (gpointer) &set), SEND (MARK), SERVE, END };
  g_auto (Fixture) f = { NULL };

  set_up (&f, script);
  /* Elements take less where pointers are short. */
  g_object_set (f.test->client, "max-stanza-size", (guint64) 1048576, NULL);
  hs_client_add_handler (f.test->client, "part", NULL, HS_HANDLER_FORGET, answer_part_cb, NULL, NULL);
  test_client_start_until_ready (f.test);
  await_mark (&f);
  g_assert_cmpuint (f.n_discarded, ==, 1);
  test_client_await_sent (f.test, "id=\"s\"");
  test_client_stop (f.test);
  g_assert_cmpuint (scripted_server_count_received (f.test->server, "id=\"s\""), ==, 1);
  g_assert_true (scripted_server_has_received (f.test->server, "type=\"result\""));
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GError **error = data;

  g_assert_null (hs_client_request_finish (HS_CLIENT (source), result, error));
}

static void
ask (TestClient *test, const char *to, const char *namespace_, GError **error)
{
  g_autoptr (HsElement) query = hs_element_new ("query", namespace_);
  g_autoptr (HsIq) iq = hs_iq_new ("get", to, query);

  hs_stanza_set_id (HS_STANZA (iq), "q");
  hs_client_request_async (test->client, HS_ELEMENT (iq), 60000, NULL, asked_cb, error);
}

/* What waits for it fails at once: before the end has come. */
static void
test_answers (void)
{
  static const ScriptLarge roster = { "<iq type='result' id='q'><query xmlns='jabber:iq:roster'>",
                                "<item jid='contact%u@example.org'/>", 200000, "" };
  static const ScriptLarge rest = { "", "<item jid='contact%u@example.org'/>", 10, "</query></iq>" };
  static const ScriptLarge other = { "<iq type='result' from='b' id='q'><query xmlns='urn:q'>", "<a/>", 220000,
                               "</query></iq>" };
  static const ScriptStep script[]
      = { RUN (script_sign_in), EXPECT ("jabber:iq:roster"), CALL (script_send_large, (gpointer) &roster), GATE,
          CALL (script_send_large, (gpointer) &rest), EXPECT ("urn:q"), CALL (script_send_large, (gpointer) &other),
          SEND (MARK), SERVE, END };
  g_auto (Fixture) f = { NULL };
  g_autoptr (GError) error = NULL;

  set_up (&f, script);
  test_client_start_until_ready (f.test);
  ask (f.test, NULL, "jabber:iq:roster", &error);
  test_until (error != NULL);
  g_assert_error (error, HS_ERROR, HS_ERROR_TOO_LARGE);
  g_assert_true (g_str_has_prefix (error->message,
                                   "The roster from example.org is larger than max-stanza-size (10 MiB) in memory; "
                                   "it was discarded after "));
  test_until (f.n_discarded == 1);
  g_assert_cmpstr (f.type, ==, "result");
  g_assert_cmpstr (f.payload, ==, "query");
  g_assert_null (f.sender);
  g_clear_error (&error);
  scripted_server_open_gate (f.test->server);
  ask (f.test, "b", "urn:q", &error);
  test_until (error != NULL);
  g_assert_true (g_str_has_prefix (error->message, "The iq from b is larger than max-stanza-size"));
  await_mark (&f);
  test_client_stop (f.test);
}

/* ---- Rosters ---- */

static const ScriptLarge contacts = { "<iq type='result' id='@'><query xmlns='jabber:iq:roster'>",
                                "<item jid='contact%u@example.org' name='Contact %u' subscription='both'>"
                                "<group>Friends</group></item>",
                                100000, "</query></iq>" };

/* With the id of the request. */
static gboolean
send_roster (ScriptedPeer *peer, gpointer data)
{
  const char *taken = scripted_peer_get_taken (peer);
  const char *id = g_strrstr (taken, "id=");
  g_autofree char *begin = g_strdup_printf ("<iq type='result' id='%.*s'>"
                                            "<query xmlns='jabber:iq:roster'>",
                                            (int) strcspn (id + 4, "'\""), id + 4);
  ScriptLarge roster = contacts;

  roster.begin = begin;
  return script_send_large (peer, &roster);
}

static const ScriptStep roster_script[]
    = { RUN (script_sign_in), EXPECT ("</iq>"), CALL (send_roster, NULL),
        SEND (MARK), SERVE, END };

static HsElement *
item_cb (HsClient *client, HsElement *item, gpointer data)
{
  g_assert_true (g_str_has_prefix (hs_element_get_attribute (item, "jid"), "contact"));
  ((Fixture *) data)->n_items++;
  return NULL;
}

/* With the defaults, whatever the program does with it. */
static void
test_roster (gconstpointer data)
{
  HsHandlerFlags flags = GPOINTER_TO_INT (data);
  g_auto (Fixture) f = { NULL };
  gsize before G_GNUC_UNUSED; /* with a sanitizer */

  set_up (&f, roster_script);
  g_object_set (f.test->client, "initial-roster", TRUE, NULL);
  if (flags != HS_HANDLER_ONCE)
    hs_client_add_handler (f.test->client, "item", HS_NS_ROSTER, flags, item_cb, &f, NULL);
  test_client_start_until_ready (f.test);
  before = test_resident ();
  await_mark (&f);
  if (flags & HS_HANDLER_FORGET)
    {
      g_assert_cmpuint (f.n_items, ==, 100000);
      g_assert_cmpuint (f.n_discarded, ==, 0);
      /* A sanitizer keeps what was freed. */
#ifndef __SANITIZE_ADDRESS__
      g_assert_cmpuint (test_resident (), <, before + 2 * 1024);
#endif
    }
  else
    {
      g_assert_cmpuint (f.n_items, ==, 0);
      g_assert_cmpuint (f.n_discarded, ==, 1);
      g_assert_true (g_str_has_prefix (f.error->message, "The roster from example.org is larger"));
    }
  test_client_stop (f.test);
}

/* ---- Stream management ---- */

static const ScriptLarge managed = { "<message id='large'>", "<a/>", 220000, "" };

/* It counts once its end has come, and then it is not sent again. */
static void
test_counted (void)
{
  static const ScriptStep again[]
      = { RUN (resume_sign_in), EXPECT ("<resume" SM " h='1' previd='s1'/>"),
          SEND ("<resumed" SM " h='0' previd='s1'/>"), CALL (script_send_large, (gpointer) &managed),
          SEND ("</message><r" SM "/>"), EXPECT ("<a" SM " h='2'/>"),
          SEND ("<presence/><r" SM "/>"), EXPECT ("<a" SM " h='3'/>"), SEND (MARK), SERVE, END };
  static const ScriptStep cut[] = { RUN (resume_begin), SEND ("<message id='m'/>"),
                                    CALL (script_send_large, (gpointer) &managed), GATE, RESET, END };
  static const ScriptStep *const scripts[] = { cut, again, NULL };
  Fixture f = { NULL };
  ResumeTest resume = { NULL };

  resume_set_up (&resume, scripts);
  f.test = resume.test;
  g_signal_connect (f.test->client, "stanza-discarded", G_CALLBACK (discarded_cb), &f);
  g_signal_connect (f.test->client, "message", G_CALLBACK (message_cb), &f);
  test_client_start_until_ready (f.test);
  test_until (f.n_discarded == 1);
  g_assert_cmpstr (f.error->message, !=, "");
  scripted_server_open_gate (f.test->server);
  test_until (f.n_marks == 1);
  g_assert_cmpuint (f.n_discarded, ==, 2);
  g_assert_cmpuint (resume.n_resumed, ==, 1);
  test_client_stop (f.test);
  g_free (f.type);
  g_free (f.payload);
  g_clear_error (&f.error);
  resume_clear (&resume);
}

/* ---- Before the session ---- */

#define SMALL ((guint64) 65536)

static const ScriptLarge items = { "", "<item jid='contact%u@example.org'/>", 4000, "" };

/* What the client has not asked for is discarded there too; it is told of, and answered, when the session stands. */
static void
test_before_session (void)
{
  static const ScriptStep script[]
      = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_MANAGED), EXPECT ("</iq>"),
          SEND ("<iq type='set' id='push'><query xmlns='jabber:iq:roster'>"),
          CALL (script_send_large, (gpointer) &items),
          SEND ("</query></iq><iq type='result' id='stray'><query xmlns='jabber:iq:roster'>"),
          CALL (script_send_large, (gpointer) &items), SEND ("</query></iq><message from='evil@b/c'>"),
          CALL (script_send_large, (gpointer) &items), SEND ("</message>" SAY_BOUND), EXPECT ("<enable"),
          SEND ("<enabled" SM "/>"),
          EXPECT ("<iq type=\"error\" id=\"push\"><error type=\"modify\"><policy-violation " STANZAS_ERRORS "/>"),
          SEND (MARK "<r" SM "/>"), EXPECT ("<a" SM " h='1'/>"), SERVE, END };
  g_auto (Fixture) f = { NULL };

  set_up (&f, script);
  g_object_set (f.test->client, "max-stanza-size", SMALL, NULL);
  test_client_start_until_ready (f.test);
  await_mark (&f);
  g_assert_cmpuint (f.n_discarded, ==, 2);
  g_assert_cmpuint (f.n_messages, ==, 0);
  g_assert_cmpstr (f.sender, ==, "evil@b/c");
  g_assert_true (g_str_has_prefix (f.error->message, "The message from evil@b is larger than max-stanza-size (64 KiB)"));
  test_client_stop (f.test);
}

/* The answer that the sign-in waits for cannot be done without. */
static void
test_bind_answer (void)
{
  static const ScriptStep script[]
      = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (SAY_FEATURES_MANAGED), EXPECT ("</iq>"),
          SEND ("<iq type='result' id='@ID@'>"), CALL (script_send_large, (gpointer) &items), READ_END, END };
  g_auto (Fixture) f = { NULL };

  set_up (&f, script);
  scripted_server_forgive (f.test->server);
  g_object_set (f.test->client, "max-stanza-size", SMALL, NULL);
  test_client_run (f.test);
  g_assert_error (f.test->error, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (f.test->error->message, "example.org sent an element <iq> that is larger than "
                                                    "max-stanza-size (65536 bytes) in memory where it was to send the address "
                                                    "that it binds"));
}

/* ---- Where it ends ---- */

/* A roster that passes the second bound does so in each session: the client does not download it again and again. */
static void
test_roster_for_ever (void)
{
  static const ScriptStep ends[]
      = { RUN (script_sign_in), EXPECT ("</iq>"), CALL (send_roster, NULL), READ_END, END };
  static const ScriptStep *const scripts[] = { ends, ends, script_session, NULL };
  g_auto (Fixture) f = { NULL };

  f.test = test_client_new (scripts, HS_TLS_MODE_NONE);
  scripted_server_forgive (f.test->server);
  g_signal_connect (f.test->client, "stanza-discarded", G_CALLBACK (discarded_cb), &f);
  g_object_set (f.test->client, "max-stanza-size", SMALL, "initial-roster", TRUE, "auto-reconnect", TRUE, NULL);
  hs_client_start (f.test->client);
  test_until (f.test->n_terminated > 0 || f.test->retry == 300000);
  g_assert_error (f.test->loss, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (f.test->loss->message, "2 times in a row at the same point"));
  g_assert_true (g_str_has_prefix (f.error->message, "The roster from example.org is larger"));
  g_assert_cmpuint (f.n_discarded, ==, 2);
  g_assert_cmpuint (scripted_server_get_n_connections (f.test->server), ==, 2);
  test_client_stop (f.test);
}

/* Sixteen times the limit is enough. */
static void
test_second_bound (void)
{
  static const ScriptLarge well = { "<message><body>", "0123456789abcdef", 15 * 4096, "</body></message>" MARK };
  static const ScriptLarge bad = { "<message><body>", "0123456789abcdef", 17 * 4096, "" };
  static const ScriptStep script[]
      = { RUN (script_sign_in), CALL (script_send_large, (gpointer) &well), CALL (script_send_large, (gpointer) &bad),
          EXPECT ("<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"), READ_END, END };
  g_auto (Fixture) f = { NULL };

  set_up (&f, script);
  g_object_set (f.test->client, "max-stanza-size", (guint64) 65536, NULL);
  test_client_run (f.test);
  g_assert_cmpuint (f.n_marks, ==, 1);
  g_assert_cmpuint (f.n_discarded, ==, 2);
  g_assert_error (f.test->error, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE);
}

/* What breaks the rules does so there too. */
static void
test_bad_inside (void)
{
  static const ScriptLarge bad = { "<message><body>", "0123456789abcdef", 2 * 4096, "" };
  static const struct
  {
    const char *xml;
    HsXmlError code;
  } ends[] = {
    { "</wrong>", HS_XML_ERROR_NOT_WELL_FORMED },
    { "<!-- -->", HS_XML_ERROR_RESTRICTED },
    { "&x;", HS_XML_ERROR_RESTRICTED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      const ScriptStep script[] = { RUN (script_sign_in), CALL (script_send_large, (gpointer) &bad),
                                    SEND (ends[i].xml), READ_END, END };
      g_auto (Fixture) f = { NULL };

      set_up (&f, script);
      g_object_set (f.test->client, "max-stanza-size", (guint64) 65536, NULL);
      test_client_run (f.test);
      g_assert_error (f.test->error, HS_XML_ERROR, (int) ends[i].code);
    }
}

/* Elements of the server's own that nobody knows. */
static void
test_unknown (void)
{
  static const ScriptLarge hello = { "<hello xmlns='urn:example:x'>", "<a/>", 220000, "</hello>" };
  static const ScriptStep script[]
      = { RUN (script_sign_in), CALL (script_send_large, (gpointer) &hello), SEND (MARK), SERVE, END };
  g_auto (Fixture) f = { NULL };

  set_up (&f, script);
  test_client_start_until_ready (f.test);
  await_mark (&f);
  g_assert_cmpuint (f.n_discarded, ==, 0);
  test_client_stop (f.test);
}

/* ---- What a handler of the signal may do ---- */

static void
stop_cb (HsClient *client, HsStanza *stanza, GError *error, gpointer data)
{
  hs_client_stop (client);
}

static void
drop_cb (HsClient *client, HsStanza *stanza, GError *error, gpointer data)
{
  test_client_drop (data);
}

static void
test_handler (gconstpointer data)
{
  gboolean drops = GPOINTER_TO_INT (data);
  static const ScriptStep script[] = { RUN (script_sign_in), CALL (script_send_large, (gpointer) &strangers[0].large),
                                       READ_END, END };
  g_auto (Fixture) f = { NULL };

  set_up (&f, script);
  scripted_server_forgive (f.test->server);
  g_signal_connect (f.test->client, "stanza-discarded",
                    drops ? G_CALLBACK (drop_cb) : G_CALLBACK (stop_cb), f.test);
  test_client_start_until_ready (f.test);
  if (drops)
    test_until (f.test->client == NULL && f.test->gone == NULL);
  else
    test_client_wait_terminated (f.test);
  g_assert_cmpuint (f.n_discarded, ==, 1);
}

/* The tags that the handler was given are its own. */
static void
keep_cb (HsClient *client, HsStanza *stanza, GError *error, gpointer data)
{
  *(HsStanza **) data = g_object_ref (stanza);
}

static void
test_kept (void)
{
  static const ScriptStep script[] = { RUN (script_sign_in), CALL (script_send_large, (gpointer) &strangers[0].large),
                                       SEND (MARK), SERVE, END };
  g_autoptr (HsStanza) kept = NULL;
  g_autofree char *text = NULL;
  g_auto (Fixture) f = { NULL };

  set_up (&f, script);
  g_signal_connect (f.test->client, "stanza-discarded", G_CALLBACK (keep_cb), &kept);
  test_client_start_until_ready (f.test);
  await_mark (&f);
  test_client_stop (f.test);
  g_assert_true (HS_IS_MESSAGE (kept));
  text = hs_element_to_string (HS_ELEMENT (kept));
  g_assert_cmpstr (text, ==, "<message xmlns=\"jabber:client\" from=\"evil@b/c\" type=\"chat\">"
                             "<a/></message>");
  hs_stanza_set_id (kept, "changed");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/discard/stranger/%s", strangers[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_stranger);
    }
  g_test_add_func ("/client/discard/unasked", test_unasked);
  g_test_add_func ("/client/discard/questions", test_questions);
  g_test_add_func ("/client/discard/answered-part", test_answered_part);
  g_test_add_func ("/client/discard/answers", test_answers);
  g_test_add_data_func ("/client/discard/roster/forget",
                        GINT_TO_POINTER (HS_HANDLER_FROM_ACCOUNT | HS_HANDLER_FORGET), test_roster);
  g_test_add_data_func ("/client/discard/roster/whole", GINT_TO_POINTER (HS_HANDLER_FROM_ACCOUNT),
                        test_roster);
  g_test_add_data_func ("/client/discard/roster/nobody", GINT_TO_POINTER (HS_HANDLER_ONCE), test_roster);
  g_test_add_func ("/client/discard/counted", test_counted);
  g_test_add_func ("/client/discard/before-session", test_before_session);
  g_test_add_func ("/client/discard/bind-answer", test_bind_answer);
  g_test_add_func ("/client/discard/roster/for-ever", test_roster_for_ever);
  g_test_add_func ("/client/discard/second-bound", test_second_bound);
  g_test_add_func ("/client/discard/bad", test_bad_inside);
  g_test_add_func ("/client/discard/unknown", test_unknown);
  g_test_add_data_func ("/client/discard/handler/stops", GINT_TO_POINTER (FALSE), test_handler);
  g_test_add_data_func ("/client/discard/handler/drops", GINT_TO_POINTER (TRUE), test_handler);
  g_test_add_func ("/client/discard/kept", test_kept);

  return g_test_run ();
}
