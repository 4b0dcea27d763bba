/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "client-test.h"
#include "resume-test.h"

/* Whatever a client calls may do anything to it: each signal, notification, handler, function of a module and
 * callback of a whole life is in turn the one that does. Nothing may be used after it that it has changed; the
 * tests are worth most with a sanitizer. */

typedef enum
{
  ACTION_NONE,
  ACTION_DISPOSE, /* all that the client has goes */
  ACTION_UNSET,   /* each setting gets another value */
  ACTION_STOP,    /* the run ends within the call */
  ACTION_DROP,    /* the program has no reference any more */
} Action;

typedef struct
{
  HsClient *client; /* NULL: dropped */
  ScriptedServer *server;
  Action action;
  guint at; /* the call that acts, from 1 */
  guint n;
  gboolean acted;
  guint n_terminated;
  guint n_pending; /* asynchronous calls */
} Life;

static void
unset (HsClient *client)
{
  static const char *const other[] = { "SCRAM-SHA-1", "PLAIN", NULL };

  g_object_set (client, "jid", NULL, "password", NULL, "lang", "tlh", "host", "localhost",
                "user-agent-id", "2c2ba5d4-5d2e-4b6f-8f6a-6c2a4b1d7e10", "user-agent-software", "other",
                "user-agent-device", "other", "sasl-mechanisms", other, "tls-database", NULL,
                "tls-certificate", NULL, "pinned-certificate", NULL, "initial-presence", NULL,
                "login-token", NULL, "access-token", NULL, "proxy-resolver", NULL, NULL);
}

static void
act (Life *life)
{
  switch (life->action)
    {
    case ACTION_DISPOSE:
      g_object_run_dispose (G_OBJECT (life->client));
      break;
    case ACTION_UNSET:
      unset (life->client);
      break;
    case ACTION_STOP:
      g_object_set (life->client, "connect-timeout", 50, NULL);
      hs_client_stop (life->client);
      for (guint i = 0; i < 40 && life->n_terminated == 0; i++)
        test_spin (5);
      break;
    case ACTION_DROP:
      g_clear_object (&life->client);
      break;
    case ACTION_NONE:
    default:
      break;
    }
}

/* Something of the program's was called. */
static void
called (Life *life)
{
  if (++life->n != life->at || life->client == NULL)
    return;
  life->acted = TRUE;
  act (life);
}

static void
plain_cb (Life *life)
{
  called (life);
}

static gboolean
iq_cb (Life *life, HsIq *iq)
{
  called (life);
  return FALSE;
}

static HsElement *
handler_cb (HsClient *client, HsElement *element, gpointer data)
{
  called (data);
  return NULL;
}

static void
sent_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  Life *life = data;

  life->n_pending--;
  hs_client_send_finish (HS_CLIENT (client), result, NULL);
  called (life);
}

static void
asked_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  Life *life = data;
  g_autoptr (HsIq) iq G_GNUC_UNUSED = hs_client_request_finish (HS_CLIENT (client), result, NULL);

  life->n_pending--;
  called (life);
}

static void
connected_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  Life *life = data;

  life->n_pending--;
  hs_client_connect_finish (HS_CLIENT (client), result, NULL);
  called (life);
}

static void
ready_cb (HsClient *client, Life *life)
{
  g_autoptr (HsMessage) message = hs_message_new_chat ("a@b", "text");
  g_autoptr (HsElement) query = hs_element_new ("query", "urn:x");
  g_autoptr (HsIq) iq = hs_iq_new ("get", NULL, query);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  life->n_pending += 3;
  hs_client_send_async (client, HS_ELEMENT (message), cancellable, sent_cb, life);
  hs_client_request_async (client, HS_ELEMENT (iq), 1000, cancellable, asked_cb, life);
  hs_client_send_async (client, HS_ELEMENT (message), NULL, sent_cb, life);
  hs_client_send_stanza (client, HS_ELEMENT (message), NULL);
  called (life);
}

static void
resumed_cb (HsClient *client, Life *life)
{
  called (life);
  /* The server acknowledges nothing any more. */
  g_object_set (client, "connect-timeout", 50, NULL);
  hs_client_stop (client);
}

static void
disconnected_cb (HsClient *client, GError *error, int retry, Life *life)
{
  called (life);
  hs_client_reconnect_now (client);
}

static void
terminated_cb (HsClient *client, GError *error, Life *life)
{
  life->n_terminated++;
  called (life);
}

/* ---- A module ---- */

typedef struct
{
  GObject parent;
  Life *life;
} LifeModule;

typedef struct
{
  GObjectClass parent_class;
} LifeModuleClass;

static GType life_module_get_type (void);
static void life_module_iface_init (HsModuleInterface *iface);

G_DEFINE_TYPE_WITH_CODE (LifeModule,
                         life_module,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, life_module_iface_init))

static void
module_cb (HsModule *module, HsClient *client)
{
  called (((LifeModule *) module)->life);
}

static gboolean
module_negotiate (HsModule *module, HsClient *client, HsElement *features)
{
  called (((LifeModule *) module)->life);
  return FALSE;
}

static void
module_prepare_presence (HsModule *module, HsClient *client, HsPresence *presence)
{
  called (((LifeModule *) module)->life);
}

static void
life_module_iface_init (HsModuleInterface *iface)
{
  iface->attached = iface->ready = iface->stopping = iface->cleanup = module_cb;
  iface->terminated = iface->detached = module_cb;
  iface->negotiate = module_negotiate;
  iface->prepare_presence = module_prepare_presence;
}

static void
life_module_class_init (LifeModuleClass *klass)
{
}

static void
life_module_init (LifeModule *self)
{
}

/* ---- A life ---- */

static const ScriptStep first[] = {
  RUN (script_starttls), RUN (resume_begin),
  SEND ("<message from='a@b'><a><b/></a></message><presence from='a@b'/>"
        "<iq type='get' from='example.org' id='p'><ping xmlns='urn:xmpp:ping'/></iq>"),
  EXPECT ("<query xmlns=\"urn:x\"/></iq>"), SEND ("<iq type='result' id='@ID@'/><r" SM "/>"),
  EXPECT ("<a" SM), RESET, END
};
static const ScriptStep second[] = {
  RUN (script_starttls), RUN (resume_sign_in), EXPECT ("<resume"),
  SEND ("<resumed" SM " h='2' previd='s1'/><message from='a@b'/>"), SERVE, END
};

static void
connect_all (Life *life)
{
  static const char *const plain[]
      = { "notify",   "connecting",          "connected",           "secured", "authenticated", "stopping",
          "cleanup",  "security-established", "login-token-changed", "message", "presence",     "element",
          "returned", "xml" };

  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    g_signal_connect_swapped (life->client, plain[i], G_CALLBACK (plain_cb), life);
  g_signal_connect_swapped (life->client, "iq", G_CALLBACK (iq_cb), life);
  g_signal_connect (life->client, "ready", G_CALLBACK (ready_cb), life);
  g_signal_connect (life->client, "resumed", G_CALLBACK (resumed_cb), life);
  g_signal_connect (life->client, "disconnected", G_CALLBACK (disconnected_cb), life);
  g_signal_connect (life->client, "terminated", G_CALLBACK (terminated_cb), life);
  hs_client_add_handler (life->client, NULL, NULL, HS_HANDLER_DEFAULT, handler_cb, life, NULL);
}

static void
begin (Life *life)
{
  static const ScriptStep *const scripts[] = { first, second, NULL };
  static const char *const plain[] = { "PLAIN", NULL };
  g_autoptr (GTlsDatabase) database = test_tls_database ();

  life->server = scripted_server_new (scripts);
  scripted_server_forgive (life->server);
  life->client = hs_client_new ("user@example.org", "secret");
  g_object_set (life->client, "host", "127.0.0.1", "port", (guint) scripted_server_get_port (life->server),
                "tls-mode", HS_TLS_MODE_STARTTLS, "tls-database", database, "sasl-mechanisms", plain,
                "carbons", TRUE, "connect-timeout", 2000, NULL);
}

/* How many times something was called; with @module, one that takes part before the sign-in. */
static guint
live (Action action, guint at, gboolean module)
{
  Life life = { .action = action, .at = at };
  gint64 deadline = test_deadline ();
  gpointer gone;

  begin (&life);
  gone = life.client;
  g_object_add_weak_pointer (G_OBJECT (life.client), &gone);
  connect_all (&life);
  if (module)
    {
      g_autoptr (HsModule) taking_part = g_object_new (life_module_get_type (), NULL);

      ((LifeModule *) taking_part)->life = &life;
      hs_client_register (life.client, taking_part);
    }
  if (life.client != NULL && action != ACTION_DROP)
    {
      life.n_pending++;
      hs_client_connect_async (life.client, NULL, connected_cb, &life);
    }
  else if (life.client != NULL)
    hs_client_start (life.client);
  while (gone != NULL && life.n_terminated == 0 && !(life.acted && action == ACTION_DISPOSE))
    test_iterate (deadline, "the end");
  g_clear_object (&life.client);
  while (gone != NULL || life.n_pending > 0)
    test_iterate (deadline, "the end of all that waits");
  scripted_server_free (life.server);
  return life.n;
}

static void
test_action (gconstpointer data)
{
  Action action = GPOINTER_TO_INT (data);

  for (guint module = 0; module < 2; module++)
    {
      guint n = live (ACTION_NONE, 0, module);

      g_test_message ("%u calls", n);
      g_assert_cmpuint (n, >, 60);
      for (guint at = 1; at <= n; at++)
        live (action, at, module);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/client/emissions/dispose", GINT_TO_POINTER (ACTION_DISPOSE), test_action);
  g_test_add_data_func ("/client/emissions/unset", GINT_TO_POINTER (ACTION_UNSET), test_action);
  g_test_add_data_func ("/client/emissions/stop", GINT_TO_POINTER (ACTION_STOP), test_action);
  g_test_add_data_func ("/client/emissions/drop", GINT_TO_POINTER (ACTION_DROP), test_action);
  return g_test_run ();
}
