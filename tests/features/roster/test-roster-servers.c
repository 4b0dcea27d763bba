/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "roster-test.h"
#include "server-test.h"

/* Two people on a real server: adding, groups, removing, versions, and all subscription states, both ways. */

typedef struct
{
  RosterTest a;
  RosterTest b;
} Pair;

static void
begin_one (RosterTest *f, guint number, const ServerWay *way)
{
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);

  roster_watch (f, server_new_user (number, way));
  hs_client_set_own_presence (f->test->client, presence);
  hs_client_register (f->test->client, HS_MODULE (f->roster));
  test_client_start_until_ready (f->test);
  test_until (hs_roster_get_is_loaded (f->roster));
}

static HsContact *
other (RosterTest *f, RosterTest *of)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (hs_client_get_bound_jid (of->test->client));

  return hs_roster_lookup (f->roster, hs_jid_to_string (bare));
}

static char *
dup_address (RosterTest *f)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (hs_client_get_bound_jid (f->test->client));

  return g_strdup (hs_jid_to_string (bare));
}

static gboolean
is_in_state (RosterTest *f, RosterTest *of, HsSubscription subscription, gboolean is_asking)
{
  HsContact *contact = other (f, of);

  return contact != NULL && hs_contact_get_subscription (contact) == subscription
         && hs_contact_get_is_asking (contact) == is_asking;
}

static void
wait_done (RosterResult *result)
{
  g_autoptr (GError) error = NULL;

  test_until (result->result != NULL);
  g_task_propagate_boolean (G_TASK (result->result), &error);
  g_assert_no_error (error);
  g_clear_object (&result->result);
}

static guint
count_requests (RosterTest *f)
{
  return g_list_model_get_n_items (hs_roster_get_requests (f->roster));
}

static void
remove_all (RosterTest *f)
{
  GListModel *contacts = hs_roster_get_contacts (f->roster);

  while (g_list_model_get_n_items (contacts) > 0)
    {
      g_autoptr (HsContact) contact = g_list_model_get_item (contacts, 0);
      guint before = g_list_model_get_n_items (contacts);
      RosterResult result = { NULL };

      hs_roster_remove_async (f->roster, contact, NULL, roster_result_cb, &result);
      wait_done (&result);
      test_until (g_list_model_get_n_items (contacts) < before);
    }
}

/* None, none with a request out, to, both and from, seen from either side (RFC 6121, A.1). */
static void
walk (RosterTest *a, RosterTest *b)
{
  g_autofree char *to_a = dup_address (a);
  g_autofree char *to_b = dup_address (b);

  /* None + Pending Out; None + Pending In. */
  g_assert_true (hs_roster_subscribe (a->roster, to_b, "Hello", NULL));
  test_until (is_in_state (a, b, HS_SUBSCRIPTION_NONE, TRUE) && count_requests (b) == 1);
  /* None + Pending Out/In. */
  g_assert_true (hs_roster_subscribe (b->roster, to_a, NULL, NULL));
  test_until (is_in_state (b, a, HS_SUBSCRIPTION_NONE, TRUE) && count_requests (a) == 1);
  /* To + Pending In; From + Pending Out. */
  g_assert_true (hs_roster_approve (b->roster, to_a, NULL));
  test_until (is_in_state (a, b, HS_SUBSCRIPTION_TO, FALSE)
              && is_in_state (b, a, HS_SUBSCRIPTION_FROM, TRUE));
  g_assert_cmpuint (count_requests (b), ==, 0);
  test_until (hs_contact_get_is_available (other (a, b)));
  /* Both. */
  g_assert_true (hs_roster_approve (a->roster, to_b, NULL));
  test_until (is_in_state (a, b, HS_SUBSCRIPTION_BOTH, FALSE)
              && is_in_state (b, a, HS_SUBSCRIPTION_BOTH, FALSE));
  test_until (hs_contact_get_is_available (other (b, a)));
  /* From; to. */
  g_assert_true (hs_roster_unsubscribe (a->roster, to_b, NULL));
  test_until (is_in_state (a, b, HS_SUBSCRIPTION_FROM, FALSE)
              && is_in_state (b, a, HS_SUBSCRIPTION_TO, FALSE));
  test_until (!hs_contact_get_is_available (other (a, b)));
  /* None. */
  g_assert_true (hs_roster_deny (a->roster, to_b, NULL));
  test_until (is_in_state (a, b, HS_SUBSCRIPTION_NONE, FALSE)
              && is_in_state (b, a, HS_SUBSCRIPTION_NONE, FALSE));
  test_until (strstr (b->signals->str, "ended") != NULL);
}

static void
test_states (gconstpointer way)
{
  Pair f;

  begin_one (&f.a, 1, way);
  begin_one (&f.b, 2, way);
  remove_all (&f.a);
  remove_all (&f.b);
  walk (&f.a, &f.b);
  remove_all (&f.a);
  remove_all (&f.b);
  g_string_truncate (f.a.signals, 0);
  walk (&f.b, &f.a);
  remove_all (&f.a);
  remove_all (&f.b);
  test_client_stop (f.a.test);
  test_client_stop (f.b.test);
  roster_clear (&f.a);
  roster_clear (&f.b);
}

/* A new session. What the server sends when it begins has arrived when the roster has. */
static void
begin_again (RosterTest *f)
{
  RosterResult result = { NULL };

  test_client_start_until_ready (f->test);
  hs_roster_refresh_async (f->roster, NULL, roster_result_cb, &result);
  wait_done (&result);
}

/* The server sends a request again in each session, until it is withdrawn. */
static void
test_withdrawn (gconstpointer way)
{
  Pair f;
  g_autofree char *to_b = NULL;

  begin_one (&f.a, 1, way);
  begin_one (&f.b, 2, way);
  remove_all (&f.a);
  remove_all (&f.b);
  to_b = dup_address (&f.b);
  g_assert_true (hs_roster_subscribe (f.a.roster, to_b, NULL, NULL));
  test_until (count_requests (&f.b) == 1);
  test_client_stop (f.b.test);
  begin_again (&f.b);
  g_assert_cmpuint (count_requests (&f.b), ==, 1);
  test_client_stop (f.b.test);
  g_assert_true (hs_roster_unsubscribe (f.a.roster, to_b, NULL));
  test_until (!hs_contact_get_is_asking (hs_roster_lookup (f.a.roster, to_b)));
  begin_again (&f.b);
  test_until (count_requests (&f.b) == 0);
  remove_all (&f.a);
  test_client_stop (f.a.test);
  test_client_stop (f.b.test);
  roster_clear (&f.a);
  roster_clear (&f.b);
}

/* Names, groups, versions. */
static void
test_contacts (gconstpointer way)
{
  static const char *const groups[] = { "Friends", "Staff", NULL };
  RosterTest f;
  RosterResult result = { NULL };
  HsContact *contact;
  g_autofree char *version = NULL;
  g_autoptr (GVariant) state = NULL;

  begin_one (&f, 1, way);
  remove_all (&f);
  hs_roster_add_async (f.roster, "juliet@example.com", "Juliet & Co", groups, NULL, roster_result_cb, &result);
  wait_done (&result);
  test_until ((contact = hs_roster_lookup (f.roster, "juliet@example.com")) != NULL);
  g_assert_cmpstr (hs_contact_get_name (contact), ==, "Juliet & Co");
  g_assert_cmpuint (g_strv_length ((char **) hs_contact_get_groups (contact)), ==, 2);
  hs_roster_update_async (f.roster, contact, "J", NULL, NULL, roster_result_cb, &result);
  wait_done (&result);
  test_until (g_strcmp0 (hs_contact_get_name (contact), "J") == 0);
  version = g_strdup (hs_roster_get_version (f.roster));
  g_assert_nonnull (version);
  hs_roster_refresh_async (f.roster, NULL, roster_result_cb, &result);
  wait_done (&result);
  g_assert_cmpstr (hs_roster_get_version (f.roster), ==, version);
  g_assert_true (hs_roster_lookup (f.roster, "juliet@example.com") == contact);
  state = hs_stateful_dup_state (HS_STATEFUL (f.roster));
  g_assert_nonnull (state);
  remove_all (&f);
  test_client_stop (f.test);
  roster_clear (&f);
}

int
main (int argc, char **argv)
{
  static const ServerTest tests[]
      = { { "contacts", test_contacts }, { "states", test_states }, { "withdrawn", test_withdrawn }, { NULL, NULL } };

  g_test_init (&argc, &argv, NULL);
  server_add_tests ("roster", tests);
  return g_test_run ();
}
