/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"

/* Who is called for what, when, and in which order. What is recorded is what handlers note. */

#define ROSTER "jabber:iq:roster"
#define X "urn:x"

typedef struct
{
  TestClient *test;
  GString *notes;
} Fixture;

/* One handler: it notes its name and what it was given. */
typedef struct
{
  GString *notes;
  const char *name;
  gboolean watched; /* its destruction; the handler is removed before the probe is gone */
  gboolean destroyed;
  HsElement *(*more) (HsClient *client, HsElement *element, gpointer data);
  gpointer data;
} Probe;

static void
add_note (GString *notes, const char *name, HsElement *element)
{
  const char *n = hs_element_get_attribute (element, "n");

  if (test_is_mark (element))
    return;
  g_string_append_printf (notes, "%s%s:%s%s%s", notes->len > 0 ? " " : "", name,
                          hs_element_get_name (element), n != NULL ? "." : "", n != NULL ? n : "");
}

static HsElement *
probe_cb (HsClient *client, HsElement *element, gpointer data)
{
  Probe *probe = data;

  g_assert_false (probe->destroyed);
  if (test_is_mark (element))
    return NULL;
  add_note (probe->notes, probe->name, element);
  return probe->more != NULL ? probe->more (client, element, probe->data) : NULL;
}

static void
probe_destroy (gpointer data)
{
  Probe *probe = data;

  g_assert_false (probe->destroyed);
  probe->destroyed = TRUE;
}

static guint
add (Fixture *fixture, Probe *probe, const char *name, const char *namespace_, HsHandlerFlags flags)
{
  probe->notes = fixture->notes;
  return hs_client_add_handler (fixture->test->client, name, namespace_, flags, probe_cb, probe,
                                probe->watched ? probe_destroy : NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  fixture->notes = g_string_new (NULL);
  test_client_start_until_ready (fixture->test);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->test->client != NULL)
    test_client_stop (fixture->test);
  test_client_free (fixture->test);
  g_string_free (fixture->notes, TRUE);
}

/* What the handlers noted of it. */
static void
assert_notes (Fixture *fixture, const char *xml, const char *expected)
{
  g_string_truncate (fixture->notes, 0);
  test_client_say (fixture->test, xml);
  g_assert_cmpstr (fixture->notes->str, ==, expected);
}

/* Rule 1 */
static void
test_names (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a" }, b = { .name = "b" }, c = { .name = "c" }, d = { .name = "d" };

  add (fixture, &a, "x", X, HS_HANDLER_DEFAULT);
  add (fixture, &b, "x", NULL, HS_HANDLER_DEFAULT);
  add (fixture, &c, NULL, X, HS_HANDLER_DEFAULT);
  add (fixture, &d, "message", "jabber:client", HS_HANDLER_DEFAULT);
  assert_notes (fixture, "<message><x xmlns='urn:x'/></message>", "a:x b:x c:x d:message");
  assert_notes (fixture, "<message><x xmlns='urn:y'/></message>", "b:x d:message");
  assert_notes (fixture, "<message><y xmlns='urn:x'/></message>", "c:y d:message");
  assert_notes (fixture, "<message><p:x xmlns:p='urn:x'/></message>", "a:x b:x c:x d:message");
  /* A prefix that is declared names nothing. */
  assert_notes (fixture, "<message><x xmlns='urn:y' xmlns:p='urn:x'/></message>", "b:x d:message");
}

static void
test_wildcard (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a" };

  add (fixture, &a, NULL, NULL, HS_HANDLER_DEFAULT);
  assert_notes (fixture, "<message><x xmlns='urn:x'><y/></x><body>b</body></message>",
                "a:y a:x a:body a:message");
}

/* Children before parents, as elements end; each in the order in which its handlers were added. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a" }, b = { .name = "b" }, c = { .name = "c" };

  add (fixture, &a, NULL, X, HS_HANDLER_DEFAULT);
  add (fixture, &b, "x", NULL, HS_HANDLER_DEFAULT);
  add (fixture, &c, "x", X, HS_HANDLER_DEFAULT);
  assert_notes (fixture,
                "<message><x xmlns='urn:x' n='1'><x n='2'/><y n='3'><x n='4'/></y></x>"
                "<x xmlns='urn:x' n='5'/></message>",
                "a:x.2 b:x.2 c:x.2 a:x.4 b:x.4 c:x.4 a:y.3 a:x.1 b:x.1 c:x.1 a:x.5 b:x.5 c:x.5");
}

/* Every element can be read whole, with what comes after it. */
static HsElement *
read_around (HsClient *client, HsElement *element, gpointer data)
{
  HsElement *parent = hs_element_get_parent (element);

  g_assert_true (HS_IS_MESSAGE (parent));
  g_assert_cmpstr (hs_element_get_child_text (parent, "body", "jabber:client"), ==, "after");
  return NULL;
}

static void
test_whole (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a", .more = read_around };

  add (fixture, &a, "x", X, HS_HANDLER_DEFAULT);
  assert_notes (fixture, "<message><x xmlns='urn:x'/><body>after</body></message>", "a:x");
}

/* The same function with other data, and the same data twice. */
static void
test_twice (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a", .watched = TRUE }, b = { .name = "b" };
  guint first = add (fixture, &a, "x", X, HS_HANDLER_DEFAULT);
  guint second;

  add (fixture, &b, "x", X, HS_HANDLER_DEFAULT);
  second = hs_client_add_handler (fixture->test->client, "x", X, HS_HANDLER_DEFAULT, probe_cb, &a,
                                  NULL);
  assert_notes (fixture, "<message><x xmlns='urn:x'/></message>", "a:x b:x a:x");
  g_assert_true (hs_client_remove_handler (fixture->test->client, second));
  assert_notes (fixture, "<message><x xmlns='urn:x'/></message>", "a:x b:x");
  g_assert_true (hs_client_remove_handler (fixture->test->client, first));
  g_assert_true (a.destroyed);
  g_assert_false (hs_client_remove_handler (fixture->test->client, first));
  g_assert_false (hs_client_remove_handler (fixture->test->client, 0));
  g_assert_false (hs_client_remove_handler (fixture->test->client, 12345));
  assert_notes (fixture, "<message><x xmlns='urn:x'/></message>", "b:x");
}

/* Rule 2, and CVE-2017-5589 */
#define FORGED                                                                                     \
  "<message from='stranger@else'><forwarded xmlns='urn:xmpp:forward:0'>"                           \
  "<message xmlns='jabber:client' from='boss@example.org' n='in'><body>Pay</body></message>"       \
  "<presence xmlns='jabber:client' n='in'/><iq xmlns='jabber:client' type='get' id='in' n='in'/>"  \
  "</forwarded></message>"

static void
note_element_cb (HsClient *client, HsElement *element, gpointer data)
{
  add_note (data, "signal", element);
}

static void
test_nested (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "message", "presence", "iq" };
  Probe probes[3];
  Probe any = { .name = "any" }, nested = { .name = "nested" };
  HsClient *client = fixture->test->client;
  guint id;

  for (guint i = 0; i < 3; i++)
    {
      probes[i] = (Probe){ .name = "plain" };
      add (fixture, &probes[i], names[i], i % 2 == 0 ? "jabber:client" : NULL, HS_HANDLER_DEFAULT);
    }
  assert_notes (fixture, FORGED, "plain:message");
  id = add (fixture, &any, NULL, NULL, HS_HANDLER_DEFAULT);
  assert_notes (fixture, FORGED, "any:body any:forwarded plain:message any:message");
  hs_client_remove_handler (client, id);
  /* Signals hold to it as well. */
  g_signal_connect (client, "element", G_CALLBACK (note_element_cb), fixture->notes);
  g_signal_connect (client, "element::{jabber:client}message", G_CALLBACK (note_element_cb),
                    fixture->notes);
  g_signal_connect (client, "message", G_CALLBACK (note_element_cb), fixture->notes);
  assert_notes (fixture, FORGED,
                "signal:body signal:forwarded plain:message signal:message signal:message "
                "signal:message");
  g_signal_handlers_disconnect_by_data (client, fixture->notes);
  add (fixture, &nested, "message", "jabber:client", HS_HANDLER_NESTED);
  assert_notes (fixture, FORGED, "nested:message.in plain:message nested:message");
}

/* Rule 3 */
static HsElement *
check_alive (HsClient *client, HsElement *element, gpointer data)
{
  Probe *probe = data;

  g_assert_false (probe->destroyed);
  /* It is gone already. */
  g_assert_false (hs_client_remove_handler (client, GPOINTER_TO_UINT (probe->data)));
  g_assert_false (probe->destroyed);
  return NULL;
}

static void
test_once (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a", .more = check_alive, .watched = TRUE };
  Probe b = { .name = "b" };
  guint id;

  a.data = &a;
  id = add (fixture, &a, "x", X, HS_HANDLER_ONCE);
  add (fixture, &b, "x", X, HS_HANDLER_DEFAULT);
  assert_notes (fixture, "<message><x xmlns='urn:x'/><x xmlns='urn:x'/></message>", "a:x b:x b:x");
  g_assert_true (a.destroyed);
  g_assert_false (hs_client_remove_handler (fixture->test->client, id));
}

static const char *const own_addresses[] = { "", "from='user@example.org'",
                                             "from='user@example.org/res'",
                                             "from='USER@EXAMPLE.org'" };
static const char *const strangers[]
    = { "from='user@example.org/other'", "from='example.org'", "from='stranger@else'",
        "from=''",                       "from='@@'",          "from='user@example.org/'",
        "xmlns:q='urn:q' q:from='user@example.org' from='stranger@else'" };

static void
test_from_account (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a" }, b = { .name = "b" };

  add (fixture, &a, "x", X, HS_HANDLER_FROM_ACCOUNT);
  add (fixture, &b, "message", "jabber:client", HS_HANDLER_FROM_ACCOUNT);
  for (guint i = 0; i < G_N_ELEMENTS (own_addresses); i++)
    {
      g_autofree char *xml
          = g_strdup_printf ("<message %s n='%u'><x xmlns='urn:x'/></message>", own_addresses[i], i);
      g_autofree char *expected = g_strdup_printf ("a:x b:message.%u", i);

      assert_notes (fixture, xml, expected);
    }
  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      g_autofree char *xml
          = g_strdup_printf ("<message %s><x xmlns='urn:x'/></message>", strangers[i]);

      assert_notes (fixture, xml, "");
    }
}

/* It is the outermost sender who counts. */
static void
test_from_account_nested (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a" };

  add (fixture, &a, NULL, NULL, HS_HANDLER_FROM_ACCOUNT | HS_HANDLER_NESTED);
  assert_notes (fixture,
                "<message from='stranger@else'><message from='user@example.org'><x xmlns='urn:x'/>"
                "</message></message>",
                "");
}

/* Rule 3: FORGET */
static HsElement *
keep_element (HsClient *client, HsElement *element, gpointer data)
{
  HsElement *parent = hs_element_get_parent (element);

  g_assert_cmpstr (hs_element_get_name (parent), ==, "query");
  g_assert_cmpstr (hs_element_get_attribute (parent, "ver"), ==, "v1");
  g_assert_null (hs_element_get_next_sibling (element));
  g_ptr_array_add (data, g_object_ref (element));
  return NULL;
}

static HsElement *
is_empty (HsClient *client, HsElement *element, gpointer data)
{
  g_autoptr (GPtrArray) children = hs_element_get_children (element);

  g_assert_cmpuint (children->len, ==, GPOINTER_TO_UINT (data));
  return NULL;
}

static void
test_forget (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_object_unref);
  Probe a = { .name = "a", .more = keep_element, .data = kept };
  Probe inside = { .name = "group" }, plain = { .name = "plain" };
  Probe query = { .name = "query", .more = is_empty, .data = GUINT_TO_POINTER (1) };

  add (fixture, &a, "item", ROSTER, HS_HANDLER_FORGET);
  add (fixture, &inside, "group", ROSTER, HS_HANDLER_DEFAULT);
  add (fixture, &plain, "item", ROSTER, HS_HANDLER_DEFAULT);
  add (fixture, &query, "query", ROSTER, HS_HANDLER_DEFAULT);
  assert_notes (fixture,
                "<message><query xmlns='jabber:iq:roster' ver='v1'>"
                "<item n='1'><group>G</group></item><other/><item n='2'/></query></message>",
                "group:group a:item.1 plain:item.1 a:item.2 plain:item.2 query:query");
  /* Who still holds one has it with all that is inside, and alone. */
  g_assert_cmpuint (kept->len, ==, 2);
  g_assert_null (hs_element_get_parent (kept->pdata[0]));
  g_assert_cmpstr (hs_element_get_attribute (kept->pdata[0], "n"), ==, "1");
  g_assert_cmpstr (hs_element_get_child_text (kept->pdata[0], "group", ROSTER), ==, "G");
}

/* It comes while its stanza still does. */
static void
test_forget_early (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a" }, b = { .name = "b" }, late = { .name = "late" };

  add (fixture, &a, "item", X, HS_HANDLER_FORGET);
  add (fixture, &b, "other", X, HS_HANDLER_DEFAULT);
  add (fixture, &late, "message", NULL, HS_HANDLER_DEFAULT);
  scripted_server_send (fixture->test->server, "<message><other xmlns='urn:x'/><item "
                                               "xmlns='urn:x' n='1'/>");
  test_until (fixture->notes->len > 0);
  test_spin (10);
  g_assert_cmpstr (fixture->notes->str, ==, "a:item.1");
  assert_notes (fixture, "<item xmlns='urn:x' n='2'/></message>",
                "a:item.2 b:other late:message");
}

/* Only for whom it is: somebody else's item stays in its stanza. */
static void
test_forget_from_account (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a" };
  Probe full = { .name = "q", .more = is_empty, .data = GUINT_TO_POINTER (1) };

  add (fixture, &a, "item", ROSTER, HS_HANDLER_FORGET | HS_HANDLER_FROM_ACCOUNT);
  add (fixture, &full, "query", ROSTER, HS_HANDLER_DEFAULT);
  assert_notes (fixture,
                "<message from='stranger@else'><query xmlns='jabber:iq:roster'><item/></query>"
                "</message>",
                "q:query");
  full.data = GUINT_TO_POINTER (0);
  assert_notes (fixture, "<message><query xmlns='jabber:iq:roster'><item/></query></message>",
                "a:item q:query");
}

/* With ONCE, the second one stays where it is, also if it had been parsed by then. */
static void
test_forget_once (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a", .watched = TRUE };
  Probe full = { .name = "q", .more = is_empty, .data = GUINT_TO_POINTER (1) };

  add (fixture, &a, "item", ROSTER, HS_HANDLER_FORGET | HS_HANDLER_ONCE);
  add (fixture, &full, "query", ROSTER, HS_HANDLER_DEFAULT);
  assert_notes (fixture,
                "<message><query xmlns='jabber:iq:roster'><item n='1'/><item n='2'/></query>"
                "</message>",
                "a:item.1 q:query");
  g_assert_true (a.destroyed);
}

/* Rule 5 */
static gboolean
note_iq_cb (HsClient *client, HsElement *element, gpointer data)
{
  add_note (data, "typed", element);
  return FALSE;
}

static void
test_stanza_order (Fixture *fixture, gconstpointer data)
{
  Probe inside = { .name = "inside" }, top = { .name = "top" };
  Probe by_type = { .name = "type", .notes = fixture->notes };
  Probe by_id = { .name = "id", .notes = fixture->notes };
  Probe other = { .name = "other", .notes = fixture->notes };
  HsClient *client = fixture->test->client;

  g_signal_connect (client, "iq", G_CALLBACK (note_iq_cb), fixture->notes);
  g_signal_connect (client, "element::{jabber:client}iq", G_CALLBACK (note_element_cb),
                    fixture->notes);
  g_signal_connect (client, "element::{urn:x}x", G_CALLBACK (note_element_cb), fixture->notes);
  add (fixture, &top, "iq", "jabber:client", HS_HANDLER_DEFAULT);
  hs_client_register_on_iq (client, "get", NULL, HS_HANDLER_DEFAULT, probe_cb, &by_type, NULL);
  hs_client_register_on_iq (client, NULL, "i1", HS_HANDLER_DEFAULT, probe_cb, &by_id, NULL);
  hs_client_register_on_iq (client, "set", "i1", HS_HANDLER_DEFAULT, probe_cb, &other, NULL);
  hs_client_register_on_iq (client, "get", "i2", HS_HANDLER_DEFAULT, probe_cb, &other, NULL);
  add (fixture, &inside, "x", X, HS_HANDLER_DEFAULT);
  assert_notes (fixture, "<iq type='get' id='i1'><x xmlns='urn:x'/></iq>",
                "inside:x signal:x type:iq id:iq top:iq signal:iq typed:iq");
}

static void
test_typed_signals (Fixture *fixture, gconstpointer data)
{
  HsClient *client = fixture->test->client;

  g_signal_connect (client, "message", G_CALLBACK (note_element_cb), fixture->notes);
  g_signal_connect (client, "presence", G_CALLBACK (note_element_cb), fixture->notes);
  assert_notes (fixture, "<presence n='1'/><message n='2'/>",
                "signal:presence.1 signal:message.2");
}

/* Details: by Clark name, at any depth; and all of them without. */
static void
test_element_signal (Fixture *fixture, gconstpointer data)
{
  HsClient *client = fixture->test->client;
  gulong id = g_signal_connect (client, "element::{urn:x}x", G_CALLBACK (note_element_cb),
                                fixture->notes);

  assert_notes (fixture, "<message><y xmlns='urn:x'><x n='1'/></y><x xmlns='urn:y'/></message>",
                "signal:x.1");
  g_signal_handler_disconnect (client, id);
  assert_notes (fixture, "<message><x xmlns='urn:x'/></message>", "");
  g_signal_connect (client, "element", G_CALLBACK (note_element_cb), fixture->notes);
  assert_notes (fixture, "<message><y xmlns='urn:x'><x n='1'/></y></message>",
                "signal:x.1 signal:y signal:message");
}

/* Rule 7 */
static HsElement *
add_another (HsClient *client, HsElement *element, gpointer data)
{
  Probe *probe = data;

  hs_client_add_handler (client, "x", X, HS_HANDLER_DEFAULT, probe_cb, probe, NULL);
  return NULL;
}

static HsElement *
remove_another (HsClient *client, HsElement *element, gpointer data)
{
  guint *ids = data;

  for (guint i = 0; ids[i] != 0; i++)
    hs_client_remove_handler (client, ids[i]);
  return NULL;
}

static void
test_change_inside (Fixture *fixture, gconstpointer data)
{
  Probe late = { .name = "late", .notes = fixture->notes };
  Probe a = { .name = "a", .more = add_another, .data = &late };
  guint ids[4] = { 0 };
  Probe b = { .name = "b", .more = remove_another, .data = ids, .watched = TRUE };
  Probe c = { .name = "c", .watched = TRUE }, d = { .name = "d" };

  /* One that is added now is called from the next element on. */
  ids[2] = add (fixture, &a, "x", X, HS_HANDLER_ONCE);
  assert_notes (fixture, "<message><x xmlns='urn:x' n='1'/><x xmlns='urn:x' n='2'/></message>",
                "a:x.1 late:x.2");
  /* One that is removed is not called any more, and removing oneself is allowed. */
  ids[0] = add (fixture, &b, "y", X, HS_HANDLER_DEFAULT);
  ids[1] = add (fixture, &c, "y", X, HS_HANDLER_DEFAULT);
  add (fixture, &d, "y", X, HS_HANDLER_DEFAULT);
  assert_notes (fixture, "<message><y xmlns='urn:x' n='1'/><y xmlns='urn:x' n='2'/></message>",
                "b:y.1 d:y.1 d:y.2");
  g_assert_true (b.destroyed && c.destroyed);
}

/* A handler that iterates the main loop sees the next stanza only after this one. */
static HsElement *
iterate (HsClient *client, HsElement *element, gpointer data)
{
  if (hs_element_get_attribute (element, "n") == NULL)
    test_spin (30);
  return NULL;
}

static void
test_nested_loop (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a", .more = iterate }, b = { .name = "b" };

  add (fixture, &a, "message", NULL, HS_HANDLER_DEFAULT);
  add (fixture, &b, "message", NULL, HS_HANDLER_DEFAULT);
  assert_notes (fixture, "<message/><message n='2'/>",
                "a:message b:message a:message.2 b:message.2");
}

static HsElement *
end_inside (HsClient *client, HsElement *element, gpointer data)
{
  Fixture *fixture = data;

  /* The server's end of the stream is not read in here. */
  g_object_set (client, "connect-timeout", 200, NULL);
  if (fixture->test->n_terminated == 0)
    test_client_stop (fixture->test);
  g_object_set (client, "connect-timeout", 30000, NULL);
  return NULL;
}

/* Even where the whole run ends in there, and the next one begins. */
static void
test_end_in_nested_loop (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a", .more = end_inside, .data = fixture }, b = { .name = "b" };

  add (fixture, &a, "x", X, HS_HANDLER_DEFAULT);
  add (fixture, &b, NULL, NULL, HS_HANDLER_DEFAULT);
  scripted_server_send (fixture->test->server, "<message><x xmlns='urn:x'/><body/></message>"
                                               "<message n='next'/>");
  test_until (fixture->test->n_terminated == 1);
  g_assert_true (g_str_has_prefix (fixture->notes->str, "a:x b:x"));
  g_assert_null (strstr (fixture->notes->str, "next"));
  test_client_start_until_ready (fixture->test);
}

static HsElement *
note_text_cb (HsClient *client, const char *text, const char *from, gpointer data)
{
  Probe *probe = data;

  g_assert_false (probe->destroyed);
  g_string_append_printf (probe->notes, "%s%s:%s:%s", probe->notes->len > 0 ? " " : "", probe->name,
                          text != NULL ? text : "-", from != NULL ? from : "-");
  return NULL;
}

static guint
add_text (Fixture *fixture, Probe *probe, const char *name, const char *namespace_, HsHandlerFlags flags)
{
  g_autoptr (HsJid) from = hs_jid_new ("a@else", NULL);

  probe->notes = fixture->notes;
  return hs_client_add_text_handler (fixture->test->client, name, namespace_, "chat", from, flags, note_text_cb, probe,
                                     probe_destroy);
}

/* What a message says, which need not be its first body; and the text of whatever else there is. */
static void
test_text (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a" }, b = { .name = "b" }, c = { .name = "c" };
  guint first = add_text (fixture, &a, "message", "jabber:client", HS_HANDLER_DEFAULT);
  guint second = add_text (fixture, &b, "x", X, HS_HANDLER_DEFAULT);

  add_text (fixture, &c, NULL, X, HS_HANDLER_ONCE);
  assert_notes (fixture, "<message type='chat' from='a@else/r'><body xml:lang='de'>eins</body><body>one</body></message>",
                "a:one:a@else/r");
  assert_notes (fixture, "<message type='chat' from='a@else'><x xmlns='urn:x'>two<y xmlns=''>no</y></x></message>",
                "b:two:a@else c:two:a@else a:-:a@else");
  g_assert_true (c.destroyed);
  assert_notes (fixture, "<message type='chat' from='a@else'><y xmlns='urn:x'>3</y><body/></message>", "a::a@else");
  assert_notes (fixture, "<message type='chat' from='b@else'><body>4</body></message>"
                         "<message from='a@else'><body>5</body></message>",
                "");
  g_assert_true (hs_client_remove_handler (fixture->test->client, first));
  g_assert_true (a.destroyed);
  assert_notes (fixture, "<message type='chat' from='a@else'><body>6</body></message>", "");
  /* The probe is gone with this function. */
  g_assert_true (hs_client_remove_handler (fixture->test->client, second));
}

/* The outer stanza's sender: an inner one may be forged. */
static void
test_text_nested (Fixture *fixture, gconstpointer data)
{
  Probe a = { .name = "a", .notes = fixture->notes }, b = { .name = "b", .notes = fixture->notes };

  hs_client_add_text_handler (fixture->test->client, "message", NULL, "normal", NULL, HS_HANDLER_NESTED, note_text_cb,
                              &a, NULL);
  hs_client_add_text_handler (fixture->test->client, "forwarded", NULL, NULL, NULL, HS_HANDLER_DEFAULT, note_text_cb,
                              &b, NULL);
  test_client_say (fixture->test, FORGED);
  g_assert_true (g_str_has_prefix (fixture->notes->str, "a:Pay:stranger@else b:-:stranger@else a:-:stranger@else"));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*function) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "names", test_names },
    { "wildcard", test_wildcard },
    { "order", test_order },
    { "whole", test_whole },
    { "twice", test_twice },
    { "nested", test_nested },
    { "once", test_once },
    { "from-account", test_from_account },
    { "from-account-nested", test_from_account_nested },
    { "forget", test_forget },
    { "forget-early", test_forget_early },
    { "forget-from-account", test_forget_from_account },
    { "forget-once", test_forget_once },
    { "stanza-order", test_stanza_order },
    { "typed-signals", test_typed_signals },
    { "element-signal", test_element_signal },
    { "change-inside", test_change_inside },
    { "nested-loop", test_nested_loop },
    { "end-in-nested-loop", test_end_in_nested_loop },
    { "text", test_text },
    { "text-nested", test_text_nested },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/client/dispatch/%s", tests[i].name);

      g_test_add (path, Fixture, NULL, set_up, tests[i].function, tear_down);
    }
  return g_test_run ();
}
