/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-test-server.h"

#include <string.h>

#include "client/hs-client-seam.h"
#include "hs-test-server-private.h"

/**
 * HsTestServer:
 *
 * An XMPP server inside a test: no network, and no time that passes by itself.
 *
 * A test makes a server, starts a client on it, has the client receive stanzas, and looks at what the client
 * sends. The server signs every account in, binds a resource and speaks stream management (XEP-0198); what else
 * it says, the test says. It is for one client. Several servers in one main context share one clock.
 *
 * A client that still runs when its server goes is stopped.
 *
 * While a server exists, the clock of its main context stands: a client there waits for ever, unless
 * [method@Server.advance] sets the clock. What a program does with timeouts of its own is not on that clock. All
 * functions run the main context until nothing is left to do, so that the test needs no main loop. They wait for
 * worker threads where they say so.
 *
 * ```python
 * server = HeadstockTest.Server()
 * client = Headstock.Client(jid="bot@example.org", password="secret")
 * client.register(Bot())
 * server.start(client)
 * server.feed("<message from='juliet@example.org' type='chat'><body>hi</body></message>")
 * assert server.expect("message").get_child_text("body", Headstock.NS_CLIENT) == "hi"
 * ```
 *
 * Since: 0.2
 */

enum
{
  PROP_MANAGED = 1,
  PROP_N_CONNECTIONS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (HsTestServer, hs_test_server, G_TYPE_OBJECT)

static void
rule_free (gpointer data)
{
  HsTestRule *self = data;

  g_free (self->name);
  g_free (self->namespace_);
  g_free (self->payload);
  g_free (self);
}

static HsElement *
parse (const char *xml)
{
  g_autoptr (GError) error = NULL;
  HsElement *element = hs_element_new_from_string (xml, &error);

  if (element == NULL)
    g_error ("%s (%s)", error->message, xml);
  return element;
}

/* ---- What the session wants ---- */

static void
session_send (const char *element, gpointer user_data)
{
  HsTestServer *self = user_data;

  if (self->transport != NULL)
    hs_test_transport_feed (self->transport, element);
}

static void
session_ended (gpointer user_data)
{
  HsTestServer *self = user_data;

  if (self->transport != NULL)
    hs_test_transport_end (self->transport, FALSE);
}

static void
session_stands (gboolean resumed, gpointer user_data)
{
}

/* Whether a request is for the server or the account. */
static gboolean
is_for_server (HsTestServer *self, HsStanza *request)
{
  HsJid *to = hs_stanza_get_to_jid (request);

  return to == NULL
         || (strcmp (hs_jid_get_domain (to), self->session.domain) == 0 && hs_jid_is_bare (to)
             && (hs_jid_get_local (to) == NULL
                 || g_strcmp0 (hs_jid_get_local (to), self->session.local) == 0));
}

static void
answer (HsTestServer *self, HsStanza *request, const HsTestRule *rule)
{
  g_autoptr (HsStanza) reply = NULL;
  g_autofree char *text = NULL;

  if (rule->condition >= 0)
    reply = hs_stanza_new_error_reply (request, rule->condition, NULL);
  else
    reply = hs_stanza_new_reply (request);
  if (rule->payload != NULL)
    {
      g_autoptr (HsElement) payload = parse (rule->payload);

      hs_element_append (HS_ELEMENT (reply), payload);
    }
  text = hs_element_to_string (HS_ELEMENT (reply));
  hs_test_session_send_stanza (&self->session, text);
}

static void
session_stanza (HsElement *stanza, gpointer user_data)
{
  HsTestServer *self = user_data;
  HsElement *payload = hs_element_get_first_child (stanza);
  const char *type = hs_stanza_get_stanza_type (HS_STANZA (stanza));

  g_queue_push_tail (&self->sent, g_object_ref (stanza));
  if (!HS_IS_IQ (stanza) || payload == NULL
      || (g_strcmp0 (type, "get") != 0 && g_strcmp0 (type, "set") != 0))
    return;
  for (guint i = 0; i < self->rules->len; i++)
    {
      const HsTestRule *rule = g_ptr_array_index (self->rules, i);

      if (!hs_element_matches (payload, rule->name, rule->namespace_))
        continue;
      answer (self, HS_STANZA (stanza), rule);
      return;
    }
  if (is_for_server (self, HS_STANZA (stanza)))
    answer (self, HS_STANZA (stanza), &(HsTestRule){ .condition = HS_STANZA_ERROR_SERVICE_UNAVAILABLE });
}

static const HsTestSessionCallbacks session_callbacks = {
  .send = session_send,
  .ended = session_ended,
  .stands = session_stands,
  .stanza = session_stanza,
};

/* ---- Connections ---- */

static void
client_sent (const char *element, gpointer user_data)
{
  HsTestServer *self = user_data;

  hs_test_session_take (&self->session, element);
}

static void
client_closed (gpointer user_data)
{
  HsTestServer *self = user_data;

  self->transport = NULL;
  self->session.stands = FALSE;
}

static const HsTestPeerCallbacks peer_callbacks = { .sent = client_sent, .closed = client_closed };

void
hs_test_server_leave_connection (HsTestServer *self, gboolean lost)
{
  HsTestTransport *transport = g_steal_pointer (&self->transport);

  self->session.stands = FALSE;
  if (transport == NULL)
    return;
  hs_test_transport_end (transport, lost);
  hs_test_transport_leave (transport);
}

static HsTransport *
dial_cb (const HsTransportCallbacks *callbacks, gpointer owner, gpointer user_data, GError **error)
{
  HsTestServer *self = user_data;
  HsTransport *transport;

  if (self->session.refusals[HS_TEST_REFUSAL_CONNECTION] > 0)
    {
      self->session.refusals[HS_TEST_REFUSAL_CONNECTION]--;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED,
                           "The test server refuses the connection");
      return NULL;
    }
  hs_test_server_leave_connection (self, TRUE);
  transport = hs_test_transport_new (callbacks, owner, TRUE, &peer_callbacks, self);
  self->transport = (HsTestTransport *) transport;
  self->n_connections++;
  hs_test_session_connected (&self->session);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_CONNECTIONS]);
  return transport;
}

static void
take_error (HsTestServer *self, const GError *error)
{
  if (error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
}

static void
disconnected_cb (HsTestServer *self, const GError *error, int retry_in_msec)
{
  take_error (self, error);
}

static void
terminated_cb (HsTestServer *self, const GError *error)
{
  take_error (self, error);
}

/* The client must not go out to the network when its server has gone. */
static HsTransport *
gone_cb (const HsTransportCallbacks *callbacks, gpointer owner, gpointer user_data, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "The test server is gone");
  return NULL;
}

static void
detach (HsTestServer *self)
{
  g_autoptr (HsClient) client = g_weak_ref_get (&self->client);

  g_weak_ref_set (&self->client, NULL);
  if (client == NULL)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (self->handlers); i++)
    g_clear_signal_handler (&self->handlers[i], client);
  hs_client_set_dial (client, gone_cb, NULL);
  hs_client_stop (client);
}

/* ---- GObject ---- */

static void
hs_test_server_dispose (GObject *object)
{
  HsTestServer *self = HS_TEST_SERVER (object);

  detach (self);
  hs_test_server_leave_connection (self, TRUE);
  G_OBJECT_CLASS (hs_test_server_parent_class)->dispose (object);
}

static void
hs_test_server_finalize (GObject *object)
{
  HsTestServer *self = HS_TEST_SERVER (object);

  hs_test_server_clear_sent (self);
  hs_loop_stand (self->loop, FALSE);
  hs_loop_unref (self->loop);
  hs_test_session_clear (&self->session);
  g_ptr_array_unref (self->rules);
  g_clear_error (&self->error);
  g_weak_ref_clear (&self->client);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (hs_test_server_parent_class)->finalize (object);
}

static void
hs_test_server_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  HsTestServer *self = HS_TEST_SERVER (object);

  switch (prop_id)
    {
    case PROP_MANAGED:
      g_value_set_boolean (value, hs_test_server_get_managed (self));
      break;
    case PROP_N_CONNECTIONS:
      g_value_set_uint (value, hs_test_server_get_n_connections (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_test_server_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  HsTestServer *self = HS_TEST_SERVER (object);

  switch (prop_id)
    {
    case PROP_MANAGED:
      hs_test_server_set_managed (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
hs_test_server_class_init (HsTestServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = hs_test_server_dispose;
  object_class->finalize = hs_test_server_finalize;
  object_class->get_property = hs_test_server_get_property;
  object_class->set_property = hs_test_server_set_property;

  /**
   * HsTestServer:managed:
   *
   * Whether the server offers stream management (XEP-0198): without, a session ends with its connection. True
   * by default. The default is %TRUE.
   *
   * Since: 0.2
   */
  props[PROP_MANAGED] = g_param_spec_boolean (
      "managed", NULL, NULL, TRUE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * HsTestServer:n-connections:
   *
   * How many connections the client has made.
   *
   * Since: 0.2
   */
  props[PROP_N_CONNECTIONS]
      = g_param_spec_uint ("n-connections", NULL, NULL, 0, G_MAXUINT, 0,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
hs_test_server_init (HsTestServer *self)
{
  /* Both are of one build: this library knows structs of the other. */
  if (hs_seam_get_version () != HS_SEAM_VERSION)
    g_error ("headstock-glib-test is of another version than headstock-glib");

  g_weak_ref_init (&self->client, NULL);
  self->context = g_main_context_ref_thread_default ();
  self->loop = hs_loop_get (self->context);
  hs_loop_stand (self->loop, TRUE);
  hs_test_session_init (&self->session, &session_callbacks, self);
  self->rules = g_ptr_array_new_with_free_func (rule_free);
  hs_test_server_add_rule (self, "query", HS_NS_ROSTER, "<query xmlns='" HS_NS_ROSTER "'/>", -1);
  hs_test_server_add_rule (self, "enable", HS_NS_CARBONS, NULL, -1);
  hs_test_server_add_rule (self, "ping", HS_NS_PING, NULL, -1);
}

/* ---- Public functions ---- */

/**
 * hs_test_server_new:
 *
 * Makes a server for a client of the thread-default main context, and stops the clock there.
 *
 * ```python
 * server = HeadstockTest.Server.new()
 * client = Headstock.Client.new("bot@example.org", "secret")
 * server.start(client)
 * ```
 *
 * Returns: (transfer full): a server
 *
 * Since: 0.2
 */
HsTestServer *
hs_test_server_new (void)
{
  return g_object_new (HS_TEST_TYPE_SERVER, NULL);
}

/**
 * hs_test_server_get_managed: (get-property managed)
 * @self: a server
 *
 * Tells whether the server offers stream management (XEP-0198).
 *
 * Returns: [property@Server:managed]
 *
 * Since: 0.2
 */
gboolean
hs_test_server_get_managed (HsTestServer *self)
{
  g_return_val_if_fail (HS_TEST_IS_SERVER (self), FALSE);

  return self->session.stream.managed;
}

/**
 * hs_test_server_set_managed: (set-property managed)
 * @self: a server
 * @managed: whether to offer stream management
 *
 * Sets whether the server offers stream management (XEP-0198), from the next session on.
 *
 * Since: 0.2
 */
void
hs_test_server_set_managed (HsTestServer *self, gboolean managed)
{
  g_return_if_fail (HS_TEST_IS_SERVER (self));

  if (self->session.stream.managed == !!managed)
    return;
  self->session.stream.managed = !!managed;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MANAGED]);
}

/**
 * hs_test_server_get_n_connections: (get-property n-connections)
 * @self: a server
 *
 * Tells how many connections the client has made.
 *
 * Returns: [property@Server:n-connections]
 *
 * Since: 0.2
 */
guint
hs_test_server_get_n_connections (HsTestServer *self)
{
  g_return_val_if_fail (HS_TEST_IS_SERVER (self), 0);

  return self->n_connections;
}

/**
 * hs_test_server_attach:
 * @self: a server
 * @client: a client or a component, with an address, that does not run
 *
 * Has the client connect to this server, whatever its `host`, `port` and `tls-mode` say, as long as the server
 * exists. The connection counts as encrypted and trusted.
 *
 * A test calls this in place of [method@Server.start] where the program itself starts the client.
 *
 * ```python
 * server = HeadstockTest.Server()
 * server.attach(client)
 * client.start()
 * ```
 *
 * Since: 0.2
 */
void
hs_test_server_attach (HsTestServer *self, HsClient *client)
{
  g_autoptr (HsJid) jid = NULL;

  g_return_if_fail (HS_TEST_IS_SERVER (self));
  g_return_if_fail (HS_IS_CLIENT (client));

  g_object_get (client, "jid", &jid, NULL);
  detach (self);
  g_weak_ref_set (&self->client, client);
  self->handlers[0] = g_signal_connect_swapped (client, "disconnected", G_CALLBACK (disconnected_cb), self);
  self->handlers[1] = g_signal_connect_swapped (client, "terminated", G_CALLBACK (terminated_cb), self);
  /* A client without a valid address ends by itself when it is started, and says so. */
  if (jid != NULL)
    hs_test_session_set_account (&self->session, jid, HS_IS_COMPONENT (client));
  hs_client_set_dial (client, dial_cb, self);
}

/**
 * hs_test_server_refuse:
 * @self: a server
 * @what: what to refuse
 * @n_times: how often, from now on; 0 ends it
 *
 * Has the server refuse something.
 *
 * ```python
 * server.refuse(HeadstockTest.Refusal.CONNECTION, 1)
 * client.start()
 * server.advance(5000)
 * ```
 *
 * Since: 0.2
 */
void
hs_test_server_refuse (HsTestServer *self, HsTestRefusal what, guint n_times)
{
  g_return_if_fail (HS_TEST_IS_SERVER (self));
  g_return_if_fail (what <= HS_TEST_REFUSAL_RESUMPTION);

  self->session.refusals[what] = n_times;
}
