/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A messenger has the usual modules, uses those that are there, and gives them their states. */
#include <glib/gstdio.h>
#include <headstock-glib/headstock.h>

#define ACCOUNT "juliet@example.org"

typedef struct
{
  char *path;
  GFile *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->path = g_dir_make_tmp ("messenger-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->folder = g_file_new_for_path (fixture->path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->path, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (fixture->path), ==, 0);
  g_object_unref (fixture->folder);
  g_free (fixture->path);
}

/* Each property that is a module holds one that the client has. */
static guint
check_modules (HsMessenger *messenger)
{
  HsClient *client = hs_messenger_get_client (messenger);
  g_autofree GParamSpec **specs = NULL;
  guint n_specs, n_modules = 0;

  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (messenger), &n_specs);
  for (guint i = 0; i < n_specs; i++)
    {
      g_autoptr (GObject) module = NULL;

      if (!g_type_is_a (specs[i]->value_type, HS_TYPE_MODULE))
        continue;
      g_object_get (messenger, specs[i]->name, &module, NULL);
      if (module == NULL)
        continue;
      g_test_message ("%s", specs[i]->name);
      g_assert_true (g_type_is_a (G_OBJECT_TYPE (module), specs[i]->value_type));
      g_assert_true ((gpointer) hs_client_find_module (client, specs[i]->value_type) == module);
      n_modules++;
    }
  return n_modules;
}

static void
test_makes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (HsClient) client = hs_client_new (ACCOUNT, "secret");
  g_autoptr (HsMessenger) messenger = hs_messenger_new (client, NULL);
  g_autoptr (GListModel) modules = hs_client_list_modules (client);

  g_assert_cmpuint (check_modules (messenger), ==, g_list_model_get_n_items (modules));
  g_assert_true (hs_messenger_get_client (messenger) == client);
  g_assert_null (hs_messenger_get_folder (messenger));
  g_assert_null (hs_messenger_get_state_folder (messenger));
  g_assert_true (HS_IS_ROSTER (hs_messenger_get_roster (messenger)));
  g_assert_true (HS_IS_MESSAGES (hs_messenger_get_messages (messenger)));
  g_assert_true (HS_IS_AVATARS (hs_messenger_get_avatars (messenger)));
}

static void
test_uses_present (Fixture *fixture, gconstpointer data)
{
  g_autoptr (HsClient) client = hs_client_new (ACCOUNT, "secret");
  g_autoptr (HsRoster) roster = hs_roster_new ();
  g_autoptr (HsMessenger) first = NULL;
  g_autoptr (HsMessenger) second = NULL;
  g_autoptr (GListModel) modules = NULL;
  guint n_modules;

  hs_client_register (client, HS_MODULE (roster));
  first = hs_messenger_new (client, NULL);
  g_assert_true (hs_messenger_get_roster (first) == roster);
  modules = hs_client_list_modules (client);
  n_modules = g_list_model_get_n_items (modules);
  g_assert_cmpuint (check_modules (first), ==, n_modules);

  second = hs_messenger_new (client, NULL);
  g_clear_object (&modules);
  modules = hs_client_list_modules (client);
  g_assert_cmpuint (g_list_model_get_n_items (modules), ==, n_modules);
  g_assert_true (hs_messenger_get_messages (second) == hs_messenger_get_messages (first));
}

/* A history is made only if it is asked for; one that is there is used like the others. */
static void
test_uses_history (Fixture *fixture, gconstpointer data)
{
  g_autoptr (HsClient) client = hs_client_new (ACCOUNT, "secret");
  g_autoptr (HsHistory) history = hs_history_new ();
  g_autoptr (HsMessenger) without = hs_messenger_new (client, NULL);
  g_autoptr (HsMessenger) messenger = NULL;

  g_assert_null (hs_messenger_get_history (without));
  hs_client_register (client, HS_MODULE (history));
  messenger = hs_messenger_new (client, NULL);
  g_assert_true (hs_messenger_get_history (messenger) == history);
}

/* The modules go on without it. */
static void
test_let_go (Fixture *fixture, gconstpointer data)
{
  g_autoptr (HsClient) client = hs_client_new (ACCOUNT, "secret");
  HsMessenger *messenger = hs_messenger_new (client, NULL);
  HsRoster *roster = hs_messenger_get_roster (messenger);

  g_object_add_weak_pointer (G_OBJECT (messenger), (gpointer *) &messenger);
  g_object_unref (messenger);
  g_assert_null (messenger);
  g_assert_true (hs_client_find_module (client, HS_TYPE_ROSTER) == HS_MODULE (roster));
}

static void
put_in_outbox (HsMessenger *messenger)
{
  HsMessages *messages = hs_messenger_get_messages (messenger);
  g_autoptr (HsSentMessage) sent = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (messages, "queue-offline", TRUE, NULL);
  sent = hs_messages_send_text (messages, "romeo@example.net", "Good night", &error);
  g_assert_no_error (error);
  g_assert_nonnull (sent);
}

static guint
count_queued (HsMessenger *messenger)
{
  return g_list_model_get_n_items (hs_messages_get_pending (hs_messenger_get_messages (messenger)));
}

static void
test_keeps_states (Fixture *fixture, gconstpointer data)
{
  for (guint run = 0; run < 3; run++)
    {
      g_autoptr (HsClient) client = hs_client_new (ACCOUNT, "secret");
      g_autoptr (HsMessenger) messenger = hs_messenger_new (client, fixture->folder);

      g_assert_true (hs_messenger_get_folder (messenger) == fixture->folder);
      g_assert_true (HS_IS_STATE_FOLDER (hs_messenger_get_state_folder (messenger)));
      g_assert_cmpuint (count_queued (messenger), ==, run);
      put_in_outbox (messenger);
    }
}

/* The images are kept beside the states, unless the program has said where. */
static void
test_keeps_images (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) images = g_file_get_child (fixture->folder, "avatars");

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (HsClient) client = hs_client_new (ACCOUNT, "secret");
      g_autoptr (HsAvatars) avatars = hs_avatars_new ();
      g_autoptr (HsMessenger) messenger = NULL;
      GFile *folder;

      if (i == 1)
        hs_client_register (client, HS_MODULE (avatars));
      messenger = hs_messenger_new (client, i < 2 ? fixture->folder : NULL);
      folder = hs_avatars_get_folder (hs_messenger_get_avatars (messenger));
      if (i == 0)
        g_assert_true (g_file_equal (folder, images));
      else
        g_assert_null (folder);
    }
}

static void
test_other_account (Fixture *fixture, gconstpointer data)
{
  g_autoptr (HsClient) client = hs_client_new (ACCOUNT, "secret");
  g_autoptr (HsClient) other = hs_client_new ("nurse@example.org", "secret");
  HsMessenger *messenger = hs_messenger_new (client, fixture->folder);
  g_autoptr (HsMessenger) foreign = NULL;

  put_in_outbox (messenger);
  g_object_unref (messenger);

  g_test_expect_message ("Headstock", G_LOG_LEVEL_MESSAGE, "The state of HsMessages is not used: *");
  foreign = hs_messenger_new (other, fixture->folder);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (count_queued (foreign), ==, 0);
}

static void
test_component (Fixture *fixture, gconstpointer data)
{
  g_autoptr (HsClient) component = HS_CLIENT (hs_component_new ("component.example.org", "secret"));

  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "*!HS_IS_COMPONENT*");
  g_assert_null (hs_messenger_new (component, NULL));
  g_test_assert_expected_messages ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/messenger/makes", Fixture, NULL, set_up, test_makes, tear_down);
  g_test_add ("/messenger/uses-present", Fixture, NULL, set_up, test_uses_present, tear_down);
  g_test_add ("/messenger/uses-history", Fixture, NULL, set_up, test_uses_history, tear_down);
  g_test_add ("/messenger/let-go", Fixture, NULL, set_up, test_let_go, tear_down);
  g_test_add ("/messenger/keeps-states", Fixture, NULL, set_up, test_keeps_states, tear_down);
  g_test_add ("/messenger/keeps-images", Fixture, NULL, set_up, test_keeps_images, tear_down);
  g_test_add ("/messenger/other-account", Fixture, NULL, set_up, test_other_account, tear_down);
  g_test_add ("/messenger/component", Fixture, NULL, set_up, test_component, tear_down);

  return g_test_run ();
}
