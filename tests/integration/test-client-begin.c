/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"

/* What a session begins with, in one flight with the request for its resource: what a server that
 * was one thing the last time, and may be another now, makes of it. */

#define FEATURES(inside)                                                                           \
  "<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>" inside "</stream:features>"
#define NS_SM "xmlns='urn:xmpp:sm:3'"
#define SM "<sm " NS_SM "/>"
#define OLD_SESSION "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>"
#define JID(text) "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>" text "</jid></bind>"
#define BIND_ERROR(type, condition)                                                                \
  "<error type='" type "'><" condition " xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
#define ENABLED "<enabled " NS_SM "/>"
#define RESUMABLE "<enabled " NS_SM " resume='true' id='s1'/>"

/* ---- Scripts ---- */

/* Each connection is over before the next one begins. */
static char *ids[4]; /* of the requests for the resource, carbons and the roster */

static char *
dup_last_id (const char *text)
{
  const char *id = NULL;

  for (const char *p = text; (p = strstr (p, " id=")) != NULL; p += 4)
    id = p + 5;
  return id != NULL ? g_strndup (id, strcspn (id, "'\"")) : NULL;
}

static gboolean
take (ScriptedPeer *peer, guint which, const char *inside)
{
  if (!scripted_peer_expect (peer, "</iq>"))
    return FALSE;
  if (strstr (scripted_peer_get_taken (peer), inside) == NULL)
    {
      g_printerr ("'%s' is not in '%s'\n", inside, scripted_peer_get_taken (peer));
      g_assert_not_reached ();
    }
  g_free (ids[which]);
  ids[which] = dup_last_id (scripted_peer_get_taken (peer));
  return TRUE;
}

static gboolean
take_bind (ScriptedPeer *peer, gpointer data)
{
  return take (peer, 0, HS_NS_BIND);
}

/* And what would have left along with it has not. */
static gboolean
take_bind_alone (ScriptedPeer *peer, gpointer data)
{
  if (!take (peer, 0, HS_NS_BIND))
    return FALSE;
  g_assert_cmpstr (scripted_peer_get_unused (peer), ==, "");
  return TRUE;
}

static gboolean
take_requests (ScriptedPeer *peer, gpointer data)
{
  gboolean managed = GPOINTER_TO_INT (data);

  if (!take (peer, 1, HS_NS_CARBONS))
    return FALSE;
  g_assert_true (managed == (strstr (scripted_peer_get_taken (peer), "<enable " NS_SM) != NULL));
  return take (peer, 2, HS_NS_ROSTER);
}

static gboolean
say (ScriptedPeer *peer, const char *type, guint which, const char *inside)
{
  g_autofree char *text
      = g_strdup_printf ("<iq type='%s' id='%s'>%s</iq>", type, ids[which], inside);

  return scripted_peer_send (peer, text, -1);
}

static gboolean
say_bound (ScriptedPeer *peer, gpointer data)
{
  g_autofree char *bound
      = g_strdup_printf (JID ("%s"), data != NULL ? (char *) data : "user@example.org/res");

  return say (peer, "result", 0, bound);
}

static gboolean
say_not_bound (ScriptedPeer *peer, gpointer data)
{
  return say (peer, "error", 0, data);
}

static gboolean
say_roster (ScriptedPeer *peer, gpointer data)
{
  return say (peer, "result", 1, "")
         && say (peer, "result", 2,
                 "<query xmlns='jabber:iq:roster'><item jid='a@example.org'/></query>");
}

#define SIGN_IN RUN (script_starttls), RUN (script_header), RUN (script_plain)
#define TAKE_BIND CALL (take_bind, NULL)
#define TAKE_BIND_ALONE CALL (take_bind_alone, NULL)
#define TAKE_REQUESTS(managed) CALL (take_requests, GINT_TO_POINTER (managed))
#define TAKE_REST(managed) TAKE_REQUESTS (managed), EXPECT ("<presence")
#define SAY_BOUND_AS(jid) CALL (say_bound, (gpointer) (jid))
#define SAY_NOT_BOUND(type, condition) CALL (say_not_bound, (gpointer) BIND_ERROR (type, condition))
#define SAY_ROSTER CALL (say_roster, NULL)
/* Whoever ends a session that is managed waits for the acknowledgement. */
#define SAY_ALL SAY_ROSTER, SEND ("<a " NS_SM " h='3'/>")
#define HEADERS EXPECT ("<stream:stream")

/* Nothing is known of the server: one after the other. */
#define WAITING(features, enabled)                                                                 \
  SIGN_IN, HEADERS, TAKE_BIND_ALONE, SEND (SAY_HEADER features), SAY_BOUND_AS (NULL),              \
      TAKE_REST (TRUE), SEND (enabled), SAY_ALL
#define WAITING_UNMANAGED(features)                                                                \
  SIGN_IN, HEADERS, TAKE_BIND_ALONE, SEND (SAY_HEADER features), SAY_BOUND_AS (NULL),              \
      TAKE_REST (FALSE), SAY_ROSTER
/* All of it is there before the server has said a word. */
#define BEGINNING(managed) SIGN_IN, HEADERS, TAKE_BIND, TAKE_REST (managed)

static const ScriptStep first_managed[] = { WAITING (FEATURES (SM), ENABLED), SERVE, END };
static const ScriptStep first_unmanaged[] = { WAITING_UNMANAGED (FEATURES ("")), SERVE, END };

/* ---- The client ---- */

static HsElement *
item_cb (HsClient *client, HsElement *element, gpointer data)
{
  g_string_append (data, " item");
  return NULL;
}

static TestClient *
new_client (const ScriptStep *const *scripts)
{
  TestClient *test = test_client_new (scripts, HS_TLS_MODE_STARTTLS);
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  g_autoptr (HsJid) jid = hs_jid_new ("user@example.org/res", NULL);

  g_object_set (test->client, "jid", jid, "initial-roster", TRUE, "initial-presence", presence,
                "carbons", TRUE, NULL);
  hs_client_add_handler (test->client, "item", HS_NS_ROSTER, HS_HANDLER_FROM_ACCOUNT, item_cb,
                         test->record, NULL);
  return test;
}

static guint
count_items (TestClient *test)
{
  guint n = 0;

  for (const char *p = test->record->str; (p = strstr (p, " item")) != NULL; p++)
    n++;
  return n;
}

/* One session that the client remembers. */
static void
remember (TestClient *test)
{
  test_client_start_until_ready (test);
  test_until (count_items (test) == 1);
  test_client_stop (test);
  g_string_truncate (test->record, 0);
  scripted_server_forget_received (test->server);
}

static guint
count (TestClient *test, const char *text)
{
  return scripted_server_count_received (test->server, text);
}

/* ---- Tests ---- */

#define AS_EVER "connecting connected secured authenticated(PLAIN) ready m.ready item"

/* The roster and the presence count, and the program sees what it always does. */
static void
test_one_flight (void)
{
  static const ScriptStep second[] = { BEGINNING (TRUE),
                                       SEND (SAY_HEADER FEATURES (SM)),
                                       SAY_BOUND_AS (NULL),
                                       SEND (ENABLED),
                                       SAY_ALL,
                                       SERVE,
                                       END };
  const ScriptStep *const scripts[] = { first_managed, second, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  test_client_start_until_ready (test);
  test_until (count_items (test) == 1);
  assert_record (test, AS_EVER);
  test_client_stop (test);
  g_string_truncate (test->record, 0);
  scripted_server_forget_received (test->server);
  test_client_start_until_ready (test);
  test_until (count_items (test) == 1);
  assert_record (test, AS_EVER);
  test_client_say (test, "<message/>");
  g_assert_cmpuint (count (test, HS_NS_ROSTER), ==, 1);
  g_assert_cmpuint (count (test, "<presence"), ==, 1);
  g_assert_cmpuint (count (test, HS_NS_CARBONS), ==, 1);
  g_assert_cmpuint (count (test, "<enable " NS_SM), ==, 1);
  test_client_stop (test);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 2);
}

/* <enable/> only to whom it was offered; and where it is new, at its time. */
static void
test_unmanaged (gconstpointer data)
{
  gboolean is_new = GPOINTER_TO_INT (data);
  const ScriptStep enabling[] = { EXPECT ("<enable " NS_SM), SEND (ENABLED), END };
  const ScriptStep nothing[] = { END };
  const ScriptStep second[] = { BEGINNING (FALSE),
                                SEND (is_new ? SAY_HEADER FEATURES (SM) : SAY_HEADER FEATURES ("")),
                                SAY_BOUND_AS (NULL),
                                RUN (is_new ? enabling : nothing),
                                SAY_ROSTER,
                                SERVE,
                                END };
  const ScriptStep *const scripts[] = { first_unmanaged, second, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  remember (test);
  test_client_start_until_ready (test);
  test_until (count_items (test) == 1);
  assert_record (test, AS_EVER);
  g_assert_cmpuint (count (test, HS_NS_ROSTER), ==, 1);
  test_client_stop (test);
  g_assert_cmpuint (count (test, "<enable " NS_SM), ==, is_new ? 1 : 0);
}

/* What has left can't be taken back: the client begins anew, at once and once, and waits for each
 * answer. */
static void
assert_anew (const ScriptStep *misled, const ScriptStep *anew)
{
  const ScriptStep *const scripts[] = { first_managed, misled, anew, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  remember (test);
  scripted_server_forgive (test->server);
  test_client_start_until_ready (test);
  test_until (count_items (test) == 1);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 3);
  assert_record (test, "connecting connected secured authenticated(PLAIN) disconnected(retry) "
                       "connecting connected secured authenticated(PLAIN) ready m.ready item");
  g_assert_cmpint (test->retry, ==, 0);
  /* Nor has it waited in vain for what can't come. */
  g_assert_false (g_error_matches (test->loss, HS_ERROR, HS_ERROR_TIMED_OUT));
  test_client_stop (test);
}

static void
test_no_management (void)
{
  static const ScriptStep misled[]
      = { BEGINNING (TRUE), SEND (SAY_HEADER FEATURES ("")), READ_END, END };
  static const ScriptStep anew[] = { WAITING_UNMANAGED (FEATURES ("")), SERVE, END };

  assert_anew (misled, anew);
}

static void
test_session (void)
{
  static const ScriptStep misled[]
      = { BEGINNING (TRUE), SEND (SAY_HEADER FEATURES (SM OLD_SESSION)), READ_END, END };
  static const ScriptStep anew[] = { SIGN_IN,
                                     HEADERS,
                                     TAKE_BIND_ALONE,
                                     SEND (SAY_HEADER FEATURES (SM OLD_SESSION)),
                                     SAY_BOUND_AS (NULL),
                                     EXPECT ("</iq>"),
                                     SEND ("<iq type='result' id='@ID@'/>"),
                                     TAKE_REST (TRUE),
                                     SEND (ENABLED),
                                     SAY_ALL,
                                     SERVE,
                                     END };

  assert_anew (misled, anew);
}

/* RFC 6120, 7.7.2.2. */
static void
test_conflict (void)
{
  static const ScriptStep misled[] = { BEGINNING (TRUE), SEND (SAY_HEADER FEATURES (SM)),
                                       SAY_NOT_BOUND ("modify", "conflict"), READ_END, END };
  static const ScriptStep anew[] = { SIGN_IN,
                                     HEADERS,
                                     TAKE_BIND_ALONE,
                                     SEND (SAY_HEADER FEATURES (SM)),
                                     SAY_NOT_BOUND ("modify", "conflict"),
                                     TAKE_BIND_ALONE,
                                     SAY_BOUND_AS ("user@example.org/other"),
                                     TAKE_REST (TRUE),
                                     SEND (ENABLED),
                                     SAY_ALL,
                                     SERVE,
                                     END };

  assert_anew (misled, anew);
}

static void
test_stream_error (void)
{
  static const ScriptStep misled[]
      = { BEGINNING (TRUE), SEND (SAY_HEADER FEATURES (SM)),
          SEND ("<stream:error><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
                "</stream:error>" SAY_END),
          READ_END, END };
  static const ScriptStep anew[] = { WAITING (FEATURES (SM), ENABLED), SERVE, END };

  assert_anew (misled, anew);
}

/* Also from what looked like a session: the next one waits, and so do all that follow. */
static void
test_patience (void)
{
  static const ScriptStep misled[] = {
    BEGINNING (TRUE),
    SEND (SAY_HEADER FEATURES (SM)),
    SAY_BOUND_AS (NULL),
    SEND ("<stream:error><unsupported-stanza-type xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"
          "</stream:error>" SAY_END),
    READ_END,
    END
  };
  const ScriptStep *const scripts[] = { first_managed, misled, first_managed, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  remember (test);
  scripted_server_forgive (test->server);
  g_object_set (test->client, "auto-reconnect", TRUE, NULL);
  test_client_start_until_ready (test);
  test_until (test->n_ready == 3);
  test_until (count_items (test) == 1);
  test_client_stop (test);
  for (guint i = 0; i < 2; i++)
    {
      test_client_start_until_ready (test);
      test_client_stop (test);
    }
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 5);
}

/* A connection that is cut tells nothing of the server. */
static void
test_cut (void)
{
  static const ScriptStep cut[] = { BEGINNING (TRUE), RESET, END };
  static const ScriptStep third[] = { BEGINNING (TRUE),
                                      SEND (SAY_HEADER FEATURES (SM)),
                                      SAY_BOUND_AS (NULL),
                                      SEND (ENABLED),
                                      SAY_ALL,
                                      SERVE,
                                      END };
  const ScriptStep *const scripts[] = { first_managed, cut, first_managed, third, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  remember (test);
  scripted_server_forgive (test->server);
  for (guint i = 0; i < 2; i++)
    {
      test_client_start_until_ready (test);
      test_until (count_items (test) == i + 1);
      test_client_stop (test);
    }
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 4);
}

/* Where it does not help to begin anew, that is the end, and its reason the server's. */
static void
assert_fails (
    const ScriptStep *misled, guint n_connections, GQuark domain, int code, const char *why)
{
  const ScriptStep *const scripts[] = { first_managed, misled, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  remember (test);
  scripted_server_forgive (test->server);
  test_client_run (test);
  g_assert_error (test->error, domain, code);
  g_assert_nonnull (strstr (test->error->message, why));
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, 1 + n_connections);
  g_assert_cmpuint (count (test, HS_NS_ROSTER), ==, 1);
  g_assert_cmpuint (count (test, "<presence"), ==, 1);
}

static void
test_no_bind (void)
{
  static const ScriptStep misled[]
      = { SIGN_IN,   HEADERS,
          TAKE_BIND, SEND (SAY_HEADER "<stream:features>" SM "</stream:features>"),
          READ_END,  END };

  assert_fails (misled, 2, HS_ERROR, HS_ERROR_PROTOCOL, "does not offer to bind");
}

static void
test_bind_refused (void)
{
  static const ScriptStep misled[]
      = { BEGINNING (TRUE), SEND (SAY_HEADER FEATURES (SM)),
          SAY_NOT_BOUND ("wait", "resource-constraint"), READ_END, END };

  assert_fails (misled, 1, HS_STANZA_ERROR, HS_STANZA_ERROR_RESOURCE_CONSTRAINT, "refused to bind");
}

/* What stream management is not given, the rest does without. */
static void
test_not_enabled (void)
{
  static const ScriptStep second[] = { BEGINNING (TRUE),
                                       SEND (SAY_HEADER FEATURES (SM)),
                                       SAY_BOUND_AS (NULL),
                                       SEND ("<failed " NS_SM "/>"),
                                       SAY_ROSTER,
                                       SERVE,
                                       END };
  const ScriptStep *const scripts[] = { first_managed, second, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  remember (test);
  test_client_start_until_ready (test);
  test_until (count_items (test) == 1);
  test_client_say (test, "<message/>");
  test_client_stop (test);
  g_assert_cmpuint (count (test, HS_NS_ROSTER), ==, 1);
  g_assert_cmpuint (count (test, "<r "), ==, 0);
}

/* RFC 6120, 4.3.6: the address is the server's to say, but not at another server. */
static void
test_other_address (void)
{
  static const ScriptStep foreign[] = { SIGN_IN,
                                        HEADERS,
                                        TAKE_BIND_ALONE,
                                        SEND (SAY_HEADER FEATURES ("")),
                                        SAY_BOUND_AS ("user@example.com/res"),
                                        READ_END,
                                        END };
  static const ScriptStep renamed[] = { SIGN_IN,
                                        HEADERS,
                                        TAKE_BIND_ALONE,
                                        SEND (SAY_HEADER FEATURES ("")),
                                        SAY_BOUND_AS ("u.ser@example.org/x"),
                                        TAKE_REST (FALSE),
                                        SAY_ROSTER,
                                        SERVE,
                                        END };
  g_autoptr (TestClient) test = test_client_new_for (foreign, HS_TLS_MODE_STARTTLS);
  const ScriptStep *const scripts[] = { renamed, NULL };
  g_autoptr (TestClient) other = NULL;

  scripted_server_forgive (test->server);
  test_client_run (test);
  g_assert_error (test->error, HS_ERROR, HS_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (test->error->message, "not at example.org"));
  g_assert_cmpuint (test->n_ready, ==, 0);
  other = new_client (scripts);
  test_client_start_until_ready (other);
  g_assert_cmpstr (hs_jid_to_string (hs_client_get_bound_jid (other->client)), ==,
                   "u.ser@example.org/x");
  test_until (count_items (other) == 1);
  test_client_stop (other);
}

/* ---- Modules ---- */

typedef struct
{
  GObject parent;
  gboolean negotiates; /* a property of that name, as of the modules of other languages */
  gboolean sends;
  guint n_prepared;
} Helper;

typedef struct
{
  GObjectClass parent_class;
} HelperClass;

static GType helper_get_type (void);
static void helper_iface_init (HsModuleInterface *iface);

G_DEFINE_TYPE_WITH_CODE (Helper,
                         helper,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, helper_iface_init))

static gboolean
helper_negotiate (HsModule *module, HsClient *client, HsElement *features)
{
  return FALSE;
}

static void
helper_prepare_presence (HsModule *module, HsClient *client, HsPresence *presence)
{
  Helper *self = (Helper *) module;
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat ("a@b", "from the hook"));
  g_autoptr (GError) error = NULL;

  self->n_prepared++;
  hs_element_add_child (HS_ELEMENT (presence), "extra", "urn:test:extra");
  if (!self->sends)
    return;
  hs_client_send_stanza (client, message, &error);
  g_assert_no_error (error);
}

static void
helper_iface_init (HsModuleInterface *iface)
{
  iface->negotiate = helper_negotiate;
  iface->prepare_presence = helper_prepare_presence;
}

static void
helper_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_boolean (value, ((Helper *) object)->negotiates);
}

static void
helper_class_init (HelperClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = helper_get_property;
  g_object_class_install_property (
      G_OBJECT_CLASS (klass), 1,
      g_param_spec_boolean ("negotiates", NULL, NULL, FALSE, G_PARAM_READABLE));
}

static void
helper_init (Helper *self)
{
}

#define EXTRA EXPECT ("<extra xmlns=\"urn:test:extra\"/></presence>")

static void
run_module (const ScriptStep *second, gboolean negotiates, gboolean sends)
{
  const ScriptStep *const scripts[] = { first_managed, second, NULL };
  g_autoptr (TestClient) test = new_client (scripts);
  g_autoptr (HsModule) module = g_object_new (helper_get_type (), NULL);
  Helper *helper = (Helper *) module;

  remember (test);
  helper->negotiates = negotiates;
  helper->sends = sends;
  hs_client_register (test->client, module);
  test_client_start_until_ready (test);
  test_until (count_items (test) == 1);
  g_assert_cmpuint (helper->n_prepared, ==, 1);
  test_client_stop (test);
  g_assert_cmpuint (count (test, "urn:test:extra"), ==, 1);
  g_assert_cmpuint (count (test, "from the hook"), ==, sends ? 1 : 0);
  hs_client_unregister (test->client, module);
}

static void
test_module_presence (void)
{
  static const ScriptStep second[] = { SIGN_IN,
                                       HEADERS,
                                       TAKE_BIND,
                                       TAKE_REQUESTS (TRUE),
                                       EXTRA,
                                       SEND (SAY_HEADER FEATURES (SM)),
                                       SAY_BOUND_AS (NULL),
                                       SEND (ENABLED),
                                       SAY_ALL,
                                       SERVE,
                                       END };

  run_module (second, FALSE, FALSE);
}

/* What the program is told of where it is lost waits until it can be, and nothing overtakes it. */
static void
test_module_sends (void)
{
  static const ScriptStep second[] = { SIGN_IN,
                                       HEADERS,
                                       TAKE_BIND,
                                       TAKE_REQUESTS (TRUE),
                                       SEND (SAY_HEADER FEATURES (SM)),
                                       SAY_BOUND_AS (NULL),
                                       SEND (ENABLED),
                                       EXPECT ("from the hook"),
                                       EXTRA,
                                       SAY_ROSTER,
                                       SEND ("<a " NS_SM " h='4'/>"),
                                       SERVE,
                                       END };

  run_module (second, FALSE, TRUE);
}

/* One that takes part before the sign-in may have something to do after it. */
static void
test_module_negotiates (void)
{
  static const ScriptStep second[] = { SIGN_IN,
                                       HEADERS,
                                       TAKE_BIND_ALONE,
                                       SEND (SAY_HEADER FEATURES (SM)),
                                       SAY_BOUND_AS (NULL),
                                       TAKE_REQUESTS (TRUE),
                                       EXTRA,
                                       SEND (ENABLED),
                                       SAY_ALL,
                                       SERVE,
                                       END };

  run_module (second, TRUE, FALSE);
}

static void
stop_cb (TestClient *test, const char *event, gpointer data)
{
  if (g_str_has_prefix (event, "authenticated"))
    hs_client_stop (test->client);
}

/* Nothing more leaves where a handler has stopped the client. */
static void
test_stopped (void)
{
  static const ScriptStep second[]
      = { SIGN_IN,  HEADERS, TAKE_BIND, EXPECT ("</stream:stream>"), SEND (SAY_HEADER SAY_END),
          READ_END, END };
  const ScriptStep *const scripts[] = { first_managed, second, NULL };
  g_autoptr (TestClient) test = new_client (scripts);

  remember (test);
  test->hook = stop_cb;
  test_client_run (test);
  g_assert_no_error (test->error);
  g_assert_cmpuint (count (test, HS_NS_ROSTER), ==, 0);
  g_assert_cmpuint (count (test, "<enable"), ==, 0);
}

/* ---- A session that goes on ---- */

#define INTERRUPTED WAITING (FEATURES (SM), RESUMABLE), CLOSE, END

static void
resumed_cb (HsClient *client, guint *n_resumed)
{
  (*n_resumed)++;
}

/* Along with the header, to a server that had it the last time. */
static void
assert_resumes (const ScriptStep *const *then, guint n_resumed, guint n_connections)
{
  static const ScriptStep first[] = { INTERRUPTED };
  const ScriptStep *const scripts[] = { first, then[0], then[1], NULL };
  g_autoptr (TestClient) test = new_client (scripts);
  guint n = 0;

  scripted_server_forgive (test->server);
  g_object_set (test->client, "auto-reconnect", TRUE, "carbons", TRUE, NULL);
  g_signal_connect (test->client, "resumed", G_CALLBACK (resumed_cb), &n);
  test_client_start_until_ready (test);
  test_until (n == n_resumed && test->n_ready == 2 - n_resumed
              && count_items (test) == 2 - n_resumed);
  g_assert_cmpuint (scripted_server_get_n_connections (test->server), ==, n_connections);
  test_client_stop (test);
}

static void
test_resume (void)
{
  static const ScriptStep second[] = { SIGN_IN,
                                       HEADERS,
                                       EXPECT ("<resume " NS_SM " h='2' previd='s1'/>"),
                                       SEND (SAY_HEADER FEATURES (SM)),
                                       SEND ("<resumed " NS_SM " h='3' previd='s1'/>"),
                                       SERVE,
                                       END };
  const ScriptStep *const then[] = { second, NULL };

  assert_resumes (then, 1, 2);
}

static void
test_not_resumed (void)
{
  static const ScriptStep second[] = { SIGN_IN,
                                       HEADERS,
                                       EXPECT ("<resume " NS_SM " h='2' previd='s1'/>"),
                                       SEND (SAY_HEADER FEATURES (SM)),
                                       SEND ("<failed " NS_SM "/>"),
                                       TAKE_BIND_ALONE,
                                       SAY_BOUND_AS (NULL),
                                       TAKE_REST (TRUE),
                                       SEND (ENABLED),
                                       SAY_ALL,
                                       SERVE,
                                       END };
  const ScriptStep *const then[] = { second, NULL };

  assert_resumes (then, 0, 2);
}

static void
test_resume_not_offered (void)
{
  static const ScriptStep second[] = { SIGN_IN,
                                       HEADERS,
                                       EXPECT ("<resume " NS_SM " h='2' previd='s1'/>"),
                                       SEND (SAY_HEADER FEATURES ("")),
                                       READ_END,
                                       END };
  static const ScriptStep third[] = { SIGN_IN,
                                      HEADERS,
                                      SEND (SAY_HEADER FEATURES ("")),
                                      TAKE_BIND_ALONE,
                                      SAY_BOUND_AS (NULL),
                                      TAKE_REST (FALSE),
                                      SAY_ROSTER,
                                      SERVE,
                                      END };
  const ScriptStep *const then[] = { second, third, NULL };

  assert_resumes (then, 0, 3);
}

/* The session itself is not given up for it. */
static void
test_resume_again (void)
{
  static const ScriptStep second[]
      = { SIGN_IN,
          HEADERS,
          EXPECT ("<resume " NS_SM " h='2' previd='s1'/>"),
          SEND (SAY_HEADER "<stream:error><unsupported-stanza-type "
                           "xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>" SAY_END),
          READ_END,
          END };
  static const ScriptStep third[] = { SIGN_IN,
                                      HEADERS,
                                      SEND (SAY_HEADER FEATURES (SM)),
                                      EXPECT ("<resume " NS_SM " h='2' previd='s1'/>"),
                                      SEND ("<resumed " NS_SM " h='3' previd='s1'/>"),
                                      SERVE,
                                      END };
  const ScriptStep *const then[] = { second, third, NULL };

  assert_resumes (then, 1, 3);
}

/* A presence that says whom it is from can be sent once that is known. */
static void
test_named_address (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session_tls, HS_TLS_MODE_STARTTLS);
  g_autoptr (HsElement) presence = HS_ELEMENT (hs_presence_new (NULL));

  hs_element_set_attribute (presence, "from", "user@example.org");
  g_object_set (test->client, "initial-presence", presence, NULL);
  for (guint i = 0; i < 2; i++)
    {
      test_client_start_until_ready (test);
      test_client_stop (test);
    }
  g_assert_cmpuint (scripted_server_count_received (test->server, "<presence"), ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client-begin/one-flight", test_one_flight);
  g_test_add_data_func ("/client-begin/no-management", GINT_TO_POINTER (FALSE), test_unmanaged);
  g_test_add_data_func ("/client-begin/new-management", GINT_TO_POINTER (TRUE), test_unmanaged);
  g_test_add_func ("/client-begin/anew/no-management", test_no_management);
  g_test_add_func ("/client-begin/anew/session", test_session);
  g_test_add_func ("/client-begin/anew/conflict", test_conflict);
  g_test_add_func ("/client-begin/anew/stream-error", test_stream_error);
  g_test_add_func ("/client-begin/patience", test_patience);
  g_test_add_func ("/client-begin/named-address", test_named_address);
  g_test_add_func ("/client-begin/cut", test_cut);
  g_test_add_func ("/client-begin/no-bind", test_no_bind);
  g_test_add_func ("/client-begin/bind-refused", test_bind_refused);
  g_test_add_func ("/client-begin/not-enabled", test_not_enabled);
  g_test_add_func ("/client-begin/other-address", test_other_address);
  g_test_add_func ("/client-begin/module/presence", test_module_presence);
  g_test_add_func ("/client-begin/module/sends", test_module_sends);
  g_test_add_func ("/client-begin/module/negotiates", test_module_negotiates);
  g_test_add_func ("/client-begin/stopped", test_stopped);
  g_test_add_func ("/client-begin/resume", test_resume);
  g_test_add_func ("/client-begin/not-resumed", test_not_resumed);
  g_test_add_func ("/client-begin/resume-not-offered", test_resume_not_offered);
  g_test_add_func ("/client-begin/resume-again", test_resume_again);
  return g_test_run ();
}
