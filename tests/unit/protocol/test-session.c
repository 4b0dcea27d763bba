/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "protocol/hs-session.h"

#include "hs-element-private.h"
#include "hs-error.h"

#define SECOND G_USEC_PER_SEC

static const HsResendPolicy never = HS_RESEND_POLICY_NEVER;

typedef struct
{
  HsIqTracker *tracker;
  HsSession session;
  guint n_changes; /* of the bound address */
  guint n_answers;
  GError *error; /* of the last answer */
} Fixture;

static void
bound_changed_cb (gpointer owner)
{
  ((Fixture *) owner)->n_changes++;
}

static const HsSessionCallbacks callbacks = { bound_changed_cb };

static void
set_up (Fixture *f, gconstpointer data)
{
  f->tracker = hs_iq_tracker_new ();
  hs_session_init (&f->session, f->tracker, &callbacks, f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  hs_session_clear (&f->session);
  hs_iq_tracker_free (f->tracker);
  g_clear_error (&f->error);
}

static void
answered_cb (HsNode *answer, const GError *error, gpointer user_data)
{
  Fixture *f = user_data;

  f->n_answers++;
  g_clear_error (&f->error);
  if (error != NULL)
    f->error = g_error_copy (error);
}

static void
ask (Fixture *f, const char *id, const char *to, gint64 deadline)
{
  HsIqRequest *request = hs_iq_tracker_add (f->tracker, id, to, NULL, deadline);

  hs_iq_request_set_callback (request, answered_cb, f);
}

static void
bind_as (Fixture *f, const char *address)
{
  g_autoptr (HsJid) jid = hs_jid_new (address, NULL);

  hs_session_set_account (&f->session, jid);
  hs_session_bind (&f->session, jid);
}

/* With a session that can be resumed, for @max seconds. */
static void
enable (Fixture *f, const char *max)
{
  HsStreamManagement *management = hs_session_ensure_management (&f->session, &never);
  g_autoptr (GByteArray) output = g_byte_array_new ();
  g_autofree char *xml
      = g_strdup_printf ("<enabled xmlns='urn:xmpp:sm:3' id='s' resume='true' %s/>", max);
  g_autoptr (HsElement) enabled = hs_element_new_from_string (xml, NULL);

  hs_stream_management_write_enable (management, output);
  g_assert_true (hs_stream_management_on_enabled (management, hs_element_get_node (enabled), NULL));
}

static gboolean
is_answer (Fixture *f, const char *xml)
{
  g_autoptr (HsElement) iq = hs_element_new_from_string (xml, NULL);

  return hs_iq_tracker_match (f->tracker, hs_element_get_node (iq)) != NULL;
}

static void
test_bind (Fixture *f, gconstpointer data)
{
  g_autoptr (HsJid) jid = hs_jid_new ("juliet@example.com", NULL);
  g_autoptr (HsJid) other = hs_jid_new ("romeo@example.com", NULL);

  g_assert_false (hs_session_is_other_account (&f->session, other));
  hs_session_expect (&f->session, jid);
  ask (f, "1", NULL, 0);
  g_assert_true (is_answer (f, "<iq type='result' id='1' from='juliet@example.com'/>"));
  g_assert_false (is_answer (f, "<iq type='result' id='1' from='juliet@example.com/r'/>"));
  bind_as (f, "juliet@example.com/r");
  g_assert_true (is_answer (f, "<iq type='result' id='1' from='juliet@example.com/r'/>"));
  g_assert_false (is_answer (f, "<iq type='result' id='1' from='romeo@example.com'/>"));
  g_assert_cmpuint (f->n_changes, ==, 1);
  g_assert_cmpstr (hs_jid_to_string (hs_session_get_bound_jid (&f->session)), ==, "juliet@example.com/r");
  g_assert_cmpstr (hs_jid_to_string (hs_session_get_bound_bare (&f->session)), ==, "juliet@example.com");
  g_assert_cmpuint (hs_session_get_max_bytes (&f->session), ==, 0);
  hs_session_set_max_bytes (&f->session, 5000);
  g_assert_cmpuint (hs_session_get_max_bytes (&f->session), ==, 5000);
  g_assert_false (hs_session_is_other_account (&f->session, jid));
  g_assert_true (hs_session_is_other_account (&f->session, other));
  g_assert_true (hs_session_is_other_account (&f->session, NULL));
  hs_session_forget_account (&f->session);
  g_assert_false (hs_session_is_other_account (&f->session, other));
  g_assert_true (hs_session_lose (&f->session));
  g_assert_cmpuint (f->n_changes, ==, 2);
  g_assert_cmpuint (f->n_answers, ==, 1);
  g_assert_error (f->error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_assert_null (hs_session_get_bound_jid (&f->session));
  g_assert_false (hs_session_lose (&f->session));
  g_assert_cmpuint (f->n_changes, ==, 2);
}

static void
test_unmanaged (Fixture *f, gconstpointer data)
{
  bind_as (f, "juliet@example.com/r");
  g_assert_false (hs_session_interrupt (&f->session, SECOND, SECOND));
  g_assert_false (hs_session_is_interrupted (&f->session));
  g_assert_false (hs_session_can_resume (&f->session, SECOND));
  hs_session_ensure_management (&f->session, &never);
  g_assert_false (hs_session_interrupt (&f->session, SECOND, SECOND));
}

/* The time of an interruption does not count for requests. */
static void
test_resume (Fixture *f, gconstpointer data)
{
  bind_as (f, "juliet@example.com/r");
  enable (f, "max='60'");
  ask (f, "1", NULL, 30 * SECOND);
  ask (f, "2", NULL, 10 * SECOND);
  ask (f, "never", NULL, 0);
  g_assert_cmpint (hs_iq_tracker_get_deadline (f->tracker), ==, 10 * SECOND);
  /* One of them has no time left. */
  g_assert_true (hs_session_interrupt (&f->session, 10 * SECOND, 1000 * SECOND));
  g_assert_true (hs_session_is_interrupted (&f->session));
  g_assert_cmpuint (hs_session_get_resume_timeout (&f->session), ==, 60000);
  g_assert_cmpint (hs_iq_tracker_get_deadline (f->tracker), ==, 0);
  /* The same connection fails twice, or another attempt does. */
  g_assert_true (hs_session_interrupt (&f->session, 15 * SECOND, 1005 * SECOND));
  g_assert_true (hs_session_can_resume (&f->session, 1059 * SECOND));
  g_assert_false (hs_session_can_resume (&f->session, 1060 * SECOND));
  ask (f, "3", NULL, hs_iq_tracker_get_time (f->tracker, 16 * SECOND) + 5 * SECOND);
  hs_session_resume (&f->session, 50 * SECOND);
  g_assert_false (hs_session_is_interrupted (&f->session));
  g_assert_cmpint (hs_iq_tracker_get_time (f->tracker, 16 * SECOND), ==, 16 * SECOND);
  hs_iq_tracker_expire (f->tracker, 50 * SECOND, 0);
  g_assert_cmpuint (f->n_answers, ==, 1);
  g_assert_cmpint (hs_iq_tracker_get_deadline (f->tracker), ==, 55 * SECOND);
  hs_iq_tracker_expire (f->tracker, 55 * SECOND, 0);
  g_assert_cmpuint (f->n_answers, ==, 2);
  g_assert_cmpint (hs_iq_tracker_get_deadline (f->tracker), ==, 70 * SECOND);
  g_assert_cmpuint (f->n_changes, ==, 1);
}

static void
test_expire (Fixture *f, gconstpointer data)
{
  bind_as (f, "juliet@example.com/r");
  enable (f, "");
  ask (f, "1", NULL, 30 * SECOND);
  hs_session_expire (&f->session);
  g_assert_cmpuint (f->n_answers, ==, 0);
  g_assert_true (hs_session_interrupt (&f->session, SECOND, SECOND));
  /* The server has not said how long. */
  g_assert_cmpuint (hs_session_get_resume_timeout (&f->session), ==, 600000);
  hs_session_expire (&f->session);
  g_assert_cmpuint (f->n_answers, ==, 1);
  g_assert_true (hs_session_is_interrupted (&f->session));
  g_assert_nonnull (hs_session_get_bound_jid (&f->session));
}

static void
check_restore (Fixture *f, GVariant *state, const char *address, gint64 real_now, int code)
{
  g_autoptr (HsJid) jid = hs_jid_new (address, NULL);
  g_autoptr (GError) error = NULL;
  HsSessionRestore restore = { jid, &never, 5 * SECOND, 7 * SECOND, real_now };

  g_assert_false (hs_session_restore (&f->session, state, &restore, &error));
  g_assert_error (error, HS_ERROR, code);
  g_assert_null (hs_session_get_bound_jid (&f->session));
  g_assert_false (hs_session_is_interrupted (&f->session));
}

static void
test_keep (Fixture *f, gconstpointer data)
{
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariant) other = g_variant_ref_sink (g_variant_new_string ("x"));
  g_autoptr (HsJid) jid = hs_jid_new ("juliet@example.com", NULL);
  HsSessionRestore restore = { jid, &never, 5 * SECOND, 7 * SECOND, 1059 * SECOND };
  Fixture next;

  g_assert_null (hs_session_save (&f->session, 0, 0, 0));
  bind_as (f, "juliet@example.com/r");
  g_assert_null (hs_session_save (&f->session, 0, 0, 0));
  enable (f, "max='60'");
  state = g_variant_ref_sink (hs_session_save (&f->session, 0, 0, 1000 * SECOND));

  memset (&next, 0, sizeof next);
  set_up (&next, NULL);
  check_restore (&next, other, "juliet@example.com", 1001 * SECOND, HS_ERROR_INVALID_STATE);
  check_restore (&next, state, "romeo@example.com", 1001 * SECOND, HS_ERROR_INVALID_STATE);
  check_restore (&next, state, "juliet@example.com", 1060 * SECOND, HS_ERROR_EXPIRED);
  g_assert_true (hs_session_restore (&next.session, state, &restore, NULL));
  g_assert_true (hs_session_is_interrupted (&next.session));
  g_assert_cmpstr (hs_jid_to_string (hs_session_get_bound_jid (&next.session)), ==, "juliet@example.com/r");
  g_assert_cmpuint (next.n_changes, ==, 1);
  /* One second of the sixty is left, by the clock that goes on while the machine sleeps. */
  g_assert_true (hs_session_can_resume (&next.session, 7 * SECOND));
  g_assert_false (hs_session_can_resume (&next.session, 8 * SECOND));
  tear_down (&next, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL);

#define ADD(name, function) g_test_add ("/session/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("bind", test_bind);
  ADD ("unmanaged", test_unmanaged);
  ADD ("resume", test_resume);
  ADD ("expire", test_expire);
  ADD ("keep", test_keep);

  return g_test_run ();
}
