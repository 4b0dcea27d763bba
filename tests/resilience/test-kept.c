/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server-test.h"

/* A session that goes on in another client, at a real server: as it would in another process. */

typedef struct
{
  guint n_resumed;
  GString *bodies;
  GString *returned;
} Seen;

static void
resumed_cb (HsClient *client, Seen *seen)
{
  seen->n_resumed++;
}

static void
message_cb (HsClient *client, HsMessage *message, Seen *seen)
{
  g_string_append_printf (seen->bodies, "%s ", hs_message_get_body (message));
}

static void
returned_cb (HsClient *client, HsStanza *stanza, GError *error, Seen *seen)
{
  g_assert_error (error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_string_append_printf (seen->returned, "%s ", hs_message_get_body (HS_MESSAGE (stanza)));
}

static TestClient *
new_client (Seen *seen)
{
  TestClient *test = server_new_user (1, &server_ways[0]);

  seen->bodies = g_string_new (NULL);
  seen->returned = g_string_new (NULL);
  g_signal_connect (test->client, "resumed", G_CALLBACK (resumed_cb), seen);
  g_signal_connect (test->client, "message", G_CALLBACK (message_cb), seen);
  g_signal_connect (test->client, "returned", G_CALLBACK (returned_cb), seen);
  return test;
}

static void
clear (TestClient *test, Seen *seen)
{
  test_client_free (test);
  g_string_free (seen->bodies, TRUE);
  g_string_free (seen->returned, TRUE);
}

static void
send_to_self (TestClient *test, const char *body)
{
  g_autofree char *jid = g_strconcat (server_get ("USER1"), SERVER_RESOURCE, NULL);
  g_autoptr (HsElement) message = HS_ELEMENT (hs_message_new_chat (jid, body));
  g_autoptr (GError) error = NULL;

  hs_client_send_stanza (test->client, message, &error);
  g_assert_no_error (error);
}

/* With the first message seen and acknowledged. */
static GVariant *
leave (void)
{
  Seen seen = { 0 };
  TestClient *test = new_client (&seen);
  GVariant *state;

  test_client_start_until_ready (test);
  send_to_self (test, "one");
  test_until (seen.bodies->len > 0 && hs_client_get_unacknowledged (test->client) == 0);
  state = hs_client_dup_session_state (test->client);
  g_assert_nonnull (state);
  test_client_drop (test);
  clear (test, &seen);
  return state;
}

static void
test_kept (void)
{
  g_autoptr (GVariant) state = leave ();
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };
  TestClient *test = new_client (&seen);

  hs_client_set_session_state (test->client, state, &error);
  g_assert_no_error (error);
  send_to_self (test, "two");
  hs_client_start (test->client);
  test_until (seen.bodies->len > 0 && hs_client_get_unacknowledged (test->client) == 0);
  g_assert_cmpuint (seen.n_resumed, ==, 1);
  g_assert_cmpuint (test->n_ready, ==, 0);
  g_assert_cmpstr (seen.bodies->str, ==, "two ");
  test_client_stop (test);
  g_assert_cmpstr (seen.returned->str, ==, "");
  clear (test, &seen);
}

#define SESSION_TYPE "(smsuuuua(xyyay))"

/* The server knows nothing of it: a new session begins, and what waited is sent in that. */
static void
test_forgotten (void)
{
  g_autoptr (GVariant) left = leave ();
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GError) error = NULL;
  const char *account, *bound;
  guint32 version;
  gint64 saved;
  Seen seen = { 0 };
  TestClient *test = new_client (&seen);

  g_variant_get (left, "(u&s&sx@" SESSION_TYPE ")", &version, &account, &bound, &saved, NULL);
  state = g_variant_ref_sink (g_variant_new ("(ussx" SESSION_TYPE ")", version, account, bound, saved,
                                             "no-such-session", NULL, 600, 0, 0, 0, NULL));
  hs_client_set_session_state (test->client, state, &error);
  g_assert_no_error (error);
  send_to_self (test, "two");
  test_client_start_until_ready (test);
  test_until (seen.bodies->len > 0 && hs_client_get_unacknowledged (test->client) == 0);
  g_assert_cmpuint (seen.n_resumed, ==, 0);
  g_assert_cmpstr (seen.bodies->str, ==, "two ");
  test_client_stop (test);
  g_assert_cmpstr (seen.returned->str, ==, "");
  clear (test, &seen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resilience/kept", test_kept);
  g_test_add_func ("/resilience/forgotten", test_forgotten);
  return g_test_run ();
}
