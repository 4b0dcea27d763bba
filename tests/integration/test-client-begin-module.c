/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "begin-test.h"

/* Modules where a session begins along with the request for its resource. */

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

/* A session that begins as the server is told, with what the module has to do with it. */
#define SECOND(...) { SIGN_IN, HEADERS, __VA_ARGS__, SERVE, END }
#define ANSWERED SEND (SAY_HEADER FEATURES (SM)), SAY_BOUND_AS (NULL)
#define EXTRA EXPECT ("<extra xmlns=\"urn:test:extra\"/></presence>")

static void
run_module (const ScriptStep *second, gboolean negotiates, gboolean sends)
{
  const ScriptStep *const scripts[] = { begin_first_managed, second, NULL };
  g_autoptr (TestClient) test = begin_new_client (scripts);
  g_autoptr (HsModule) module = g_object_new (helper_get_type (), NULL);
  Helper *helper = (Helper *) module;

  begin_remember (test);
  helper->negotiates = negotiates;
  helper->sends = sends;
  hs_client_register (test->client, module);
  test_client_start_until_ready (test);
  test_until (begin_count_items (test) == 1);
  g_assert_cmpuint (helper->n_prepared, ==, 1);
  test_client_stop (test);
  g_assert_cmpuint (begin_count (test, "urn:test:extra"), ==, 1);
  g_assert_cmpuint (begin_count (test, "from the hook"), ==, sends ? 1 : 0);
  hs_client_unregister (test->client, module);
}

static void
test_module_presence (void)
{
  static const ScriptStep second[] = SECOND (TAKE_BIND, TAKE_REQUESTS (TRUE), EXTRA, ANSWERED,
                                             SEND (ENABLED), SAY_ALL);

  run_module (second, FALSE, FALSE);
}

/* What the program is told of if it is lost waits until it can be, and nothing overtakes it. */
static void
test_module_sends (void)
{
  static const ScriptStep second[]
      = SECOND (TAKE_BIND, TAKE_REQUESTS (TRUE), ANSWERED, SEND (ENABLED), EXPECT ("from the hook"),
                EXTRA, SAY_ROSTER, SEND ("<a " NS_SM " h='4'/>"));

  run_module (second, FALSE, TRUE);
}

/* One that takes part before the sign-in may have something to do after it. */
static void
test_module_negotiates (void)
{
  static const ScriptStep second[] = SECOND (TAKE_BIND_ALONE, ANSWERED, TAKE_REQUESTS (TRUE), EXTRA,
                                             SEND (ENABLED), SAY_ALL);

  run_module (second, TRUE, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client-begin/module/presence", test_module_presence);
  g_test_add_func ("/client-begin/module/sends", test_module_sends);
  g_test_add_func ("/client-begin/module/negotiates", test_module_negotiates);
  return g_test_run ();
}
