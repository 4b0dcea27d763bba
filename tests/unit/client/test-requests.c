/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "client/hs-requests.h"

#include "hs-error.h"
#include "hs-namespaces.h"

#define MSEC 1000

typedef struct
{
  HsRequests requests;
  HsIqTracker *tracker;
  gint64 due;
  GString *told;
} Fixture;

static void
due_changed_cb (gint64 time, gpointer owner)
{
  ((Fixture *) owner)->due = time;
}

static const HsRequestsCallbacks callbacks = { due_changed_cb };

static void
set_up (Fixture *f, gconstpointer data)
{
  f->tracker = hs_iq_tracker_new ();
  f->told = g_string_new (NULL);
  hs_requests_init (&f->requests, f->tracker, &callbacks, f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  hs_iq_tracker_free (f->tracker);
  g_string_free (f->told, TRUE);
}

static void
failed_cb (HsNode *answer, const GError *error, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_null (answer);
  g_string_append (f->told, g_error_matches (error, HS_ERROR, HS_ERROR_TIMED_OUT) ? "timeout " : "error ");
}

static HsIqRequest *
ask (Fixture *f, const char *id, guint msec, gint64 now)
{
  HsBlock *block = hs_block_new (NULL);
  HsNode *iq = hs_node_new (block, "iq", HS_NS_CLIENT);
  HsIqRequest *request;

  hs_node_set_attribute (iq, "id", NULL, id);
  request = hs_requests_add (&f->requests, iq, msec, now);
  hs_iq_request_set_callback (request, failed_cb, f);
  hs_block_unref (block);
  return request;
}

/* The first that is due is told, whatever comes and goes. */
static void
test_due (Fixture *f, gconstpointer data)
{
  HsIqRequest *first;

  ask (f, "a", 3000, 0);
  g_assert_cmpint (f->due, ==, 3000 * MSEC);
  first = ask (f, "b", 1000, 500 * MSEC);
  g_assert_cmpint (f->due, ==, 1500 * MSEC);
  ask (f, "c", 2000, 600 * MSEC);
  g_assert_cmpint (f->due, ==, 1500 * MSEC);
  hs_requests_remove (&f->requests, first);
  g_assert_cmpint (f->due, ==, 2600 * MSEC);
  hs_requests_expire (&f->requests, 2600 * MSEC, 0);
  g_assert_cmpstr (f->told->str, ==, "timeout ");
  g_assert_cmpint (f->due, ==, 3000 * MSEC);
  hs_requests_expire (&f->requests, 3000 * MSEC, 0);
  g_assert_cmpstr (f->told->str, ==, "timeout timeout ");
  g_assert_cmpint (f->due, ==, 0);
  /* No time at all is a time. */
  ask (f, "d", 0, 0);
  g_assert_cmpint (f->due, ==, 1);
}

/* While the session is interrupted, nothing is due. */
static void
test_paused (Fixture *f, gconstpointer data)
{
  ask (f, "a", 1000, 0);
  hs_iq_tracker_pause (f->tracker, 400 * MSEC);
  hs_requests_changed (&f->requests);
  g_assert_cmpint (f->due, ==, 0);
  ask (f, "b", 5000, 700 * MSEC);
  g_assert_cmpint (f->due, ==, 0);
  hs_iq_tracker_unpause (f->tracker, 9000 * MSEC);
  hs_requests_changed (&f->requests);
  g_assert_cmpint (f->due, ==, 9600 * MSEC);
  hs_requests_expire (&f->requests, 9600 * MSEC, 0);
  g_assert_cmpint (f->due, ==, 14000 * MSEC);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/requests/due", Fixture, NULL, set_up, test_due, tear_down);
  g_test_add ("/requests/paused", Fixture, NULL, set_up, test_paused, tear_down);
  return g_test_run ();
}
