/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <headstock-glib/headstock.h>

#include "client-test.h"

/* Which modules a client has, and who is told of them. */

typedef struct
{
  GObject parent;
  GString *calls;  /* or NULL */
  gboolean leaves; /* while it is being attached */
  gboolean comes_back; /* when it has been detached */
  GType wants;     /* ensured while it is being attached, or 0 */
} Plain;

typedef struct
{
  GObjectClass parent_class;
} PlainClass;

static GType plain_get_type (void);
static void plain_iface_init (HsModuleInterface *iface);

G_DEFINE_TYPE_WITH_CODE (Plain, plain, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (HS_TYPE_MODULE, plain_iface_init))

static void
note (HsModule *module, const char *what)
{
  GString *calls = ((Plain *) module)->calls;

  if (calls != NULL)
    g_string_append_printf (calls, "%s ", what);
}

static void
plain_attached (HsModule *module, HsClient *client)
{
  Plain *self = (Plain *) module;

  note (module, "attached");
  if (self->wants != 0)
    g_assert_nonnull (hs_client_ensure_module (client, self->wants));
  if (self->leaves)
    hs_client_unregister (client, module);
}

static void
plain_detached (HsModule *module, HsClient *client)
{
  note (module, "detached");
  if (((Plain *) module)->comes_back)
    hs_client_register (client, module);
}

static void
plain_iface_init (HsModuleInterface *iface)
{
  iface->attached = plain_attached;
  iface->detached = plain_detached;
}

static void
plain_class_init (PlainClass *klass)
{
}

static void
plain_init (Plain *self)
{
}

/* A module of a program that is derived from one of the library's features. */
typedef HsRegistration Derived;
typedef HsRegistrationClass DerivedClass;

static GType derived_get_type (void);

G_DEFINE_TYPE (Derived, derived, HS_TYPE_REGISTRATION)

static void
derived_class_init (DerivedClass *klass)
{
}

static void
derived_init (Derived *self)
{
}

typedef struct
{
  HsClient *client;
  GString *calls;
} Fixture;

static void
added_cb (HsClient *client, HsModule *module, Fixture *f)
{
  g_assert_true (hs_client_find_module (client, G_OBJECT_TYPE (module)) != NULL);
  g_string_append_printf (f->calls, "+%s ", G_OBJECT_TYPE_NAME (module));
}

static void
removed_cb (HsClient *client, HsModule *module, Fixture *f)
{
  g_string_append_printf (f->calls, "-%s ", G_OBJECT_TYPE_NAME (module));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->client = hs_client_new ("user@example.org", "secret");
  f->calls = g_string_new (NULL);
  g_signal_connect (f->client, "module-added", G_CALLBACK (added_cb), f);
  g_signal_connect (f->client, "module-removed", G_CALLBACK (removed_cb), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->client != NULL)
    g_assert_finalize_object (f->client);
  g_string_free (f->calls, TRUE);
}

static HsModule *
new_plain (Fixture *f)
{
  Plain *self = g_object_new (plain_get_type (), NULL);

  self->calls = f->calls;
  return HS_MODULE (self);
}

static guint
count (HsClient *client)
{
  g_autoptr (GListModel) list = hs_client_list_modules (client);

  g_assert_true (g_list_model_get_item_type (list) == HS_TYPE_MODULE);
  return g_list_model_get_n_items (list);
}

static void
test_find (Fixture *f, gconstpointer data)
{
  g_autoptr (HsModule) first = new_plain (f);
  g_autoptr (HsModule) second = new_plain (f);

  g_assert_null (hs_client_find_module (f->client, plain_get_type ()));
  hs_client_register (f->client, first);
  hs_client_register (f->client, second);
  hs_client_register (f->client, first);
  g_assert_true (hs_client_find_module (f->client, plain_get_type ()) == first);
  g_assert_true (hs_client_find_module (f->client, HS_TYPE_MODULE) == first);
  g_assert_true (hs_client_find_module (f->client, G_TYPE_OBJECT) == first);
  g_assert_null (hs_client_find_module (f->client, HS_TYPE_REGISTRATION));
  hs_client_unregister (f->client, first);
  g_assert_true (hs_client_find_module (f->client, plain_get_type ()) == second);
  hs_client_unregister (f->client, first);
  g_assert_cmpstr (f->calls->str, ==, "attached +Plain attached +Plain detached -Plain ");
}

static void
test_list (Fixture *f, gconstpointer data)
{
  g_autoptr (HsModule) module = new_plain (f);
  g_autoptr (GListModel) before = hs_client_list_modules (f->client);
  g_autoptr (GListModel) with = NULL;
  g_autoptr (HsModule) item = NULL;

  hs_client_register (f->client, module);
  with = hs_client_list_modules (f->client);
  hs_client_unregister (f->client, module);
  /* Snapshots do not change. */
  g_assert_cmpuint (g_list_model_get_n_items (before), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (with), ==, 1);
  g_assert_cmpuint (count (f->client), ==, 0);
  item = g_list_model_get_item (with, 0);
  g_assert_true (item == module);
}

static void
test_ensure (Fixture *f, gconstpointer data)
{
  g_autoptr (HsModule) module = new_plain (f);
  HsModule *made = hs_client_ensure_module (f->client, HS_TYPE_REGISTRATION);

  g_assert_true (HS_IS_REGISTRATION (made));
  /* The client has the only reference. */
  g_assert_cmpuint (G_OBJECT (made)->ref_count, ==, 1);
  g_assert_true (hs_client_ensure_module (f->client, HS_TYPE_REGISTRATION) == made);
  hs_client_register (f->client, module);
  g_assert_true (hs_client_ensure_module (f->client, plain_get_type ()) == module);
  g_assert_cmpuint (count (f->client), ==, 2);
}

/* What is not a module, or cannot be made, is the program's mistake. */
static void
test_ensure_wrong (Fixture *f, gconstpointer data)
{
  static const char *const messages[] = { "*HS_TYPE_MODULE*", "*INTERFACE*" };
  const GType types[] = { G_TYPE_OBJECT, HS_TYPE_MODULE };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, messages[i]);
      g_assert_null (hs_client_ensure_module (f->client, types[i]));
      g_test_assert_expected_messages ();
    }
}

/* A module that is being attached finds itself, and what it wants is there when it is announced. */
static void
test_nested (Fixture *f, gconstpointer data)
{
  g_autoptr (HsModule) module = new_plain (f);

  ((Plain *) module)->wants = HS_TYPE_REGISTRATION;
  hs_client_register (f->client, module);
  g_assert_cmpstr (f->calls->str, ==, "attached +HsRegistration +Plain ");
  g_string_truncate (f->calls, 0);
  hs_client_unregister (f->client, module);
  ((Plain *) module)->wants = plain_get_type ();
  hs_client_register (f->client, module);
  g_assert_cmpuint (count (f->client), ==, 2);
}

/* It has never been announced, and its end is not either. */
static void
test_leaves (Fixture *f, gconstpointer data)
{
  g_autoptr (HsModule) module = new_plain (f);

  ((Plain *) module)->leaves = TRUE;
  hs_client_register (f->client, module);
  g_assert_cmpstr (f->calls->str, ==, "attached detached ");
  g_assert_cmpuint (count (f->client), ==, 0);
}

/* One feature of the library; any number of a program's own. */
static void
test_one_feature (Fixture *f, gconstpointer data)
{
  const GType types[] = { HS_TYPE_REGISTRATION, derived_get_type () };

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (HsModule) first = g_object_new (types[i / 2], NULL);
      g_autoptr (HsModule) second = g_object_new (types[i % 2], NULL);

      hs_client_register (f->client, first);
      hs_client_register (f->client, first);
      g_string_truncate (f->calls, 0);
      g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*one module of HsRegistration");
      hs_client_register (f->client, second);
      g_test_assert_expected_messages ();
      g_assert_cmpuint (count (f->client), ==, 1);
      g_assert_cmpstr (f->calls->str, ==, "");
      hs_client_unregister (f->client, first);
      hs_client_register (f->client, second);
      g_assert_true (hs_client_find_module (f->client, HS_TYPE_REGISTRATION) == second);
      hs_client_unregister (f->client, second);
    }
}

static void
test_component (void)
{
  g_autoptr (HsComponent) component = hs_component_new ("gateway.example.org", "secret");
  HsClient *client = HS_CLIENT (component);

  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "HsRegistration is for clients*");
  g_assert_null (hs_client_ensure_module (client, HS_TYPE_REGISTRATION));
  g_test_assert_expected_messages ();
  g_assert_cmpuint (count (client), ==, 0);
  g_assert_nonnull (hs_client_ensure_module (client, plain_get_type ()));
}

/* Modules hear of the end of the client; who is connected to its signals does not. */
static void
test_dispose (Fixture *f, gconstpointer data)
{
  g_autoptr (HsModule) module = new_plain (f);

  hs_client_register (f->client, module);
  g_string_truncate (f->calls, 0);
  g_assert_finalize_object (g_steal_pointer (&f->client));
  g_assert_cmpstr (f->calls->str, ==, "detached ");
}

#define ADD(name, function) g_test_add ("/client-modules/" name, Fixture, NULL, set_up, function, tear_down)

/* A module that registers itself again is told once that its client has gone, and goes with it. */
static void
test_comes_back (void)
{
  HsClient *client = hs_client_new ("user@example.org", "secret");
  g_autoptr (GString) calls = g_string_new (NULL);
  Plain *module = g_object_new (plain_get_type (), NULL);

  module->calls = calls;
  module->comes_back = TRUE;
  hs_client_register (client, (HsModule *) module);
  hs_client_unregister (client, (HsModule *) module);
  g_assert_cmpstr (calls->str, ==, "attached detached attached ");
  g_assert_finalize_object (client);
  g_assert_cmpstr (calls->str, ==, "attached detached attached detached ");
  g_assert_finalize_object (module);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("find", test_find);
  ADD ("list", test_list);
  ADD ("ensure", test_ensure);
  ADD ("ensure/wrong", test_ensure_wrong);
  ADD ("nested", test_nested);
  ADD ("leaves", test_leaves);
  ADD ("one-feature", test_one_feature);
  g_test_add_func ("/client-modules/component", test_component);
  g_test_add_func ("/client-modules/comes-back", test_comes_back);
  ADD ("dispose", test_dispose);
  return g_test_run ();
}
