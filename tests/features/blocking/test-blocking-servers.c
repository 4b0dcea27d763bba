/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "server-test.h"

/* The block list on a real server: two devices of one account, and somebody else. */

typedef struct
{
  TestClient *test;
  HsBlocking *blocking;
  HsDisco *disco;
  GString *bodies;
  guint n_refused; /* messages that came back */
} Device;

static void
message_cb (HsClient *client, HsMessage *message, Device *device)
{
  const char *body = hs_message_get_body (message);

  if (g_str_equal (hs_stanza_get_stanza_type (HS_STANZA (message)), "error"))
    device->n_refused++;
  else if (body != NULL)
    g_string_append_printf (device->bodies, "%s ", body);
}

static void
begin (Device *device, const char *jid, guint number, const ServerWay *way)
{
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  g_autofree char *password = g_strdup_printf ("PASSWORD%u", number);

  *device = (Device){ server_new_client (jid, server_get (password), way), hs_blocking_new (),
                      hs_disco_new (), g_string_new (NULL), 0 };
  hs_client_set_own_presence (device->test->client, presence);
  hs_client_register (device->test->client, HS_MODULE (device->blocking));
  hs_client_register (device->test->client, HS_MODULE (device->disco));
  g_signal_connect (device->test->client, "message", G_CALLBACK (message_cb), device);
  test_client_start_until_ready (device->test);
  test_until (hs_blocking_get_is_loaded (device->blocking));
}

static void
end (Device *device)
{
  test_client_stop (device->test);
  test_client_free (device->test);
  g_assert_finalize_object (device->blocking);
  g_assert_finalize_object (device->disco);
  g_string_free (device->bodies, TRUE);
}

static void
result_cb (GObject *blocking, GAsyncResult *result, gpointer kept)
{
  *(GAsyncResult **) kept = g_object_ref (result);
}

static void
change (Device *device, gboolean is_block, const char *const *jids)
{
  GAsyncResult *result = NULL;
  GError *error = NULL;

  if (is_block)
    hs_blocking_block_async (device->blocking, jids, NULL, result_cb, &result);
  else
    hs_blocking_unblock_async (device->blocking, jids, NULL, result_cb, &result);
  test_until (result != NULL);
  g_assert_true (is_block ? hs_blocking_block_finish (device->blocking, result, &error)
                          : hs_blocking_unblock_finish (device->blocking, result, &error));
  g_assert_no_error (error);
  g_object_unref (result);
}

static guint
count (Device *device)
{
  return g_list_model_get_n_items (hs_blocking_get_blocked (device->blocking));
}

static void
say (Device *device, const char *to, const char *body)
{
  g_autoptr (HsMessage) message = hs_message_new_chat (to, body);
  GError *error = NULL;

  hs_stanza_set_id (HS_STANZA (message), body);
  g_assert_true (hs_client_send_stanza (device->test->client, HS_ELEMENT (message), &error));
  g_assert_no_error (error);
}

static void
asked_cb (GObject *disco, GAsyncResult *result, gpointer n_answers)
{
  g_autoptr (HsDiscoInfo) info G_GNUC_UNUSED = hs_disco_query_finish (HS_DISCO (disco), result, NULL);

  ++*(guint *) n_answers;
}

/* Waits until the server has processed everything that the device has sent, and everything in flight to it: a blocked
 * message causes no notice. */
static void
await_server (Device *device)
{
  guint n_answers = 0;

  hs_disco_query_async (device->disco, server_get ("DOMAIN"), "urn:example:sync", NULL, asked_cb, &n_answers);
  test_until (n_answers == 1);
}

#define JIDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
test_devices (gconstpointer way)
{
  const char *user = server_get ("USER1");
  const char *other = server_get ("USER2");
  g_autofree char *first = g_strconcat (user, "/first", NULL);
  g_autofree char *second = g_strconcat (user, "/second", NULL);
  g_autofree char *third = g_strconcat (other, "/r", NULL);
  Device a;
  Device b;
  Device stranger;

  begin (&a, first, 1, way);
  begin (&b, second, 1, way);
  begin (&stranger, third, 2, way);
  change (&a, FALSE, NULL);
  test_until (count (&a) == 0 && count (&b) == 0);
  test_until (hs_blocking_get_is_supported (a.blocking)
              && hs_disco_get_server_info (a.disco) != NULL);
  g_assert_true (hs_disco_info_has_feature (hs_disco_get_server_info (a.disco), HS_NS_BLOCKING));

  /* What one device blocks, the other one knows. */
  change (&a, TRUE, JIDS (other, "spam.example", "tybalt@capulet.example/r"));
  g_assert_true (hs_blocking_is_blocked (a.blocking, third));
  test_until (hs_blocking_is_blocked (b.blocking, third) && count (&b) == 3);
  g_assert_true (hs_blocking_is_blocked (b.blocking, "anybody@spam.example/x"));
  g_assert_cmpuint (count (&a), ==, 3);

  /* Nothing passes, in either direction. */
  say (&stranger, user, "blocked");
  say (&a, third, "blocked");
  test_until (a.n_refused == 1);
  await_server (&stranger);
  await_server (&a);

  change (&b, FALSE, JIDS (other));
  test_until (!hs_blocking_is_blocked (a.blocking, other) && count (&a) == 2);
  say (&stranger, first, "free");
  test_until (strstr (a.bodies->str, "free ") != NULL);
  g_assert_cmpstr (a.bodies->str, ==, "free ");
  g_assert_cmpstr (stranger.bodies->str, ==, "");

  /* All of them. */
  change (&a, FALSE, NULL);
  test_until (count (&b) == 0);
  g_assert_cmpuint (count (&a), ==, 0);
  end (&a);
  end (&b);
  end (&stranger);
}

/* What was blocked is there in the next session. */
static void
test_kept (gconstpointer way)
{
  const char *user = server_get ("USER1");
  g_autofree char *jid = g_strconcat (user, "/first", NULL);
  Device a;

  begin (&a, jid, 1, way);
  change (&a, FALSE, NULL);
  change (&a, TRUE, JIDS ("tybalt@capulet.example"));
  end (&a);
  begin (&a, jid, 1, way);
  g_assert_true (hs_blocking_is_blocked (a.blocking, "Tybalt@capulet.example/x"));
  change (&a, FALSE, NULL);
  end (&a);
}

int
main (int argc, char **argv)
{
  static const ServerTest tests[]
      = { { "devices", test_devices }, { "kept", test_kept }, { NULL, NULL } };

  g_test_init (&argc, &argv, NULL);
  server_add_tests ("blocking", tests);
  return g_test_run ();
}
