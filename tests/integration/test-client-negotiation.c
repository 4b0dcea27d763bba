/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-test.h"

/* Between TLS and sign-in, where modules take part: what may be sent then. */

/* ---- A module that says when it is done ---- */

typedef struct
{
  GObject parent;
  gboolean asked;
} Holder;

typedef struct
{
  GObjectClass parent_class;
} HolderClass;

static GType holder_get_type (void);
static void holder_iface_init (HsModuleInterface *iface);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Holder, g_object_unref)

G_DEFINE_TYPE_WITH_CODE (Holder,
                         holder,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, holder_iface_init))

static gboolean
holder_negotiate (HsModule *module, HsClient *client, HsElement *features)
{
  ((Holder *) module)->asked = TRUE;
  return TRUE;
}

static void
holder_iface_init (HsModuleInterface *iface)
{
  iface->negotiate = holder_negotiate;
}

static void
holder_class_init (HolderClass *klass)
{
}

static void
holder_init (Holder *self)
{
}

static void
assert_refused (HsClient *client, const char *raw)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) raw_error = NULL;
  g_autoptr (HsElement) stanza = hs_element_new_from_string (raw, NULL);

  g_assert_false (hs_client_send_stanza (client, stanza, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_assert_false (hs_client_send_raw_stanza (client, raw, &raw_error));
  g_assert_error (raw_error, HS_ERROR, HS_ERROR_NOT_CONNECTED);
}

/* There is no session yet: only the server can be asked, which is what a module does. */
static void
test_sending (void)
{
  static const ScriptStep script[]
      = { RUN (script_header), SEND (SAY_FEATURES_SASL ("PLAIN")),
          EXPECT ("id='two'/>"), EXPECT ("</auth>"), SEND (SAY_SUCCESS),
          RUN (script_bind), SERVE, END };
  g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_NONE);
  Holder *holder = g_object_new (holder_get_type (), NULL);

  hs_client_register (test->client, (HsModule *) holder);
  hs_client_start (test->client);
  test_until (holder->asked);

  assert_refused (test->client, "<message to='a@b'><body>secret</body></message>");
  assert_refused (test->client, "<message to='example.org'/>");
  assert_refused (test->client, "<presence/>");
  assert_refused (test->client, "<iq type='get' id='a' to='a@b'><x xmlns='u'/></iq>");
  assert_refused (test->client, "<iq type='get' id='a' to='user@example.org'><x xmlns='u'/></iq>");
  g_assert_true (hs_client_send_raw_stanza (test->client, "<iq type='get' id='one'/>", NULL));
  g_assert_true (hs_client_send_raw_stanza (test->client, "<iq type='get' to='example.org' id='two'/>",
                                            NULL));
  hs_client_proceed (test->client);
  test_until (test->n_ready == 1);

  g_assert_false (scripted_server_has_received (test->server, "<message"));
  g_assert_false (scripted_server_has_received (test->server, "<presence"));
  g_assert_true (scripted_server_has_received (test->server, "<iq type='get' id='one'/>"));
  hs_client_unregister (test->client, (HsModule *) holder);
  g_assert_finalize_object (holder);
  test_client_stop (test);
}

/* XEP-0478: while a module negotiates the limit is that of the features before the sign-in, and then another. */
static void
test_limit (void)
{
  static const ScriptStep script[]
      = { RUN (script_header), SEND (SAY_FEATURES (FEATURE_SASL (MECHANISM ("PLAIN")) FEATURE_MAX_BYTES ("10000"))),
          EXPECT ("</auth>"), SEND (SAY_SUCCESS), RUN (script_header),
          SEND (SAY_FEATURES (FEATURE_BIND FEATURE_MAX_BYTES ("20000"))), EXPECT ("</iq>"), SEND (SAY_BOUND), SERVE, END };
  g_autoptr (TestClient) test = test_client_new_for (script, HS_TLS_MODE_NONE);
  g_autoptr (Holder) holder = g_object_new (holder_get_type (), NULL);
  g_autofree char *text = g_strnfill (15000, 'x');
  g_autofree char *request = g_strdup_printf ("<iq type='get' id='one'><x xmlns='u'>%s</x></iq>", text);
  g_autofree char *twice = g_strdup_printf ("<iq type='get' id='two'><x xmlns='u'>%s%s</x></iq>", text, text);
  g_autoptr (GError) error = NULL;

  hs_client_register (test->client, (HsModule *) holder);
  hs_client_start (test->client);
  test_until (holder->asked);
  g_assert_false (hs_client_send_raw_stanza (test->client, request, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_TOO_LARGE);
  g_clear_error (&error);
  hs_client_proceed (test->client);
  test_until (test->n_ready == 1);
  g_assert_true (hs_client_send_raw_stanza (test->client, request, NULL));
  g_assert_false (hs_client_send_raw_stanza (test->client, twice, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_TOO_LARGE);
  hs_client_unregister (test->client, (HsModule *) holder);
  test_client_stop (test);
}

/* A module that is unregistered before it is done is not waited for. */
static void
test_unregistered (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  Holder *holder = g_object_new (holder_get_type (), NULL);
  g_autoptr (Holder) other = g_object_new (holder_get_type (), NULL);

  hs_client_register (test->client, (HsModule *) holder);
  hs_client_register (test->client, (HsModule *) other);
  hs_client_start (test->client);
  test_until (other->asked);
  hs_client_unregister (test->client, (HsModule *) holder);
  g_assert_finalize_object (holder);
  g_assert_cmpint (hs_client_get_state (test->client), !=, HS_CLIENT_STATE_READY);
  hs_client_unregister (test->client, (HsModule *) other);
  test_until (test->n_ready == 1);
  test_client_stop (test);
}

/* The stream's language is the locale's; the property stays as it was set. */
static void
test_lang (void)
{
  g_autoptr (TestClient) test = test_client_new_for (script_session, HS_TLS_MODE_NONE);

  g_assert_null (hs_client_get_lang (test->client));
  test_client_start_until_ready (test);
  g_assert_true (scripted_server_has_received (test->server, "xml:lang='"));
  g_assert_null (hs_client_get_lang (test->client));
  test_client_stop (test);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client-negotiation/sending", test_sending);
  g_test_add_func ("/client-negotiation/limit", test_limit);
  g_test_add_func ("/client-negotiation/unregistered", test_unregistered);
  g_test_add_func ("/client-negotiation/lang", test_lang);

  return g_test_run ();
}
