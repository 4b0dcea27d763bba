/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <gio/gio.h>
#include <string.h>

#include "hs-error.h"
#include "protocol/hs-retry-policy.h"

/* What follows on a connection that has failed: chance is the largest that it may be. */

#define MINUTE (60 * 1000)

static guint
choose_longest (guint bound)
{
  return bound;
}

static const HsRetrySession no_session = { .answered = TRUE, .left = -1 };

static void
begin (HsRetryPolicy *self)
{
  hs_retry_policy_init (self);
  hs_retry_policy_set_random (self, choose_longest);
  hs_retry_policy_begin (self);
}

static HsRetryAction
fail_at (HsRetryPolicy *self, GQuark domain, int code, HsClientState point, guint64 lasted)
{
  g_autoptr (GError) error = g_error_new_literal (domain, code, "for the test");
  HsRetryFailure failure = {
    .error = error, .point = point, .lasted = lasted, .verified = TRUE, .returning = TRUE,
  };

  return hs_retry_policy_failed (self, &failure);
}

static guint
fail_and_wait (HsRetryPolicy *self, GQuark domain, int code, HsClientState point)
{
  g_assert_cmpint (fail_at (self, domain, code, point, 0), ==, HS_RETRY_AGAIN);
  return hs_retry_policy_wait (self, &no_session);
}

static gboolean
has_note (HsRetryPolicy *self, const char *part)
{
  g_autofree char *note = hs_retry_policy_take_note (self);

  return note != NULL && strstr (note, part) != NULL;
}

/* ---- The table ---- */

static void
test_verdicts (void)
{
  static const struct
  {
    GQuark (*domain) (void);
    int code;
    HsRetryAction verified, unverified, component;
  } cases[] = {
    { hs_sasl_error_quark, HS_SASL_ERROR_NOT_AUTHORIZED, HS_RETRY_NEVER, HS_RETRY_AGAIN, HS_RETRY_NEVER },
    { hs_sasl_error_quark, HS_SASL_ERROR_ACCOUNT_DISABLED, HS_RETRY_NEVER, HS_RETRY_AGAIN, HS_RETRY_NEVER },
    { hs_sasl_error_quark, HS_SASL_ERROR_TEMPORARY_AUTH_FAILURE, HS_RETRY_AGAIN, HS_RETRY_AGAIN, HS_RETRY_AGAIN },
    { hs_stream_error_quark, HS_STREAM_ERROR_CONFLICT, HS_RETRY_NEVER, HS_RETRY_AGAIN, HS_RETRY_AGAIN },
    { hs_stream_error_quark, HS_STREAM_ERROR_NOT_AUTHORIZED, HS_RETRY_NEVER, HS_RETRY_AGAIN, HS_RETRY_NEVER },
    { hs_stream_error_quark, HS_STREAM_ERROR_SYSTEM_SHUTDOWN, HS_RETRY_AGAIN, HS_RETRY_AGAIN, HS_RETRY_AGAIN },
    { hs_error_quark, HS_ERROR_INVALID_JID, HS_RETRY_NEVER, HS_RETRY_NEVER, HS_RETRY_NEVER },
    { hs_error_quark, HS_ERROR_NO_MECHANISM, HS_RETRY_NEVER, HS_RETRY_AGAIN, HS_RETRY_NEVER },
    { hs_error_quark, HS_ERROR_CONNECTION_LOST, HS_RETRY_AGAIN, HS_RETRY_AGAIN, HS_RETRY_AGAIN },
    { g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, HS_RETRY_AGAIN, HS_RETRY_AGAIN, HS_RETRY_AGAIN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (cases[i].domain (), cases[i].code, "for the test");
      HsRetryFailure failure
          = { .error = error, .point = HS_CLIENT_STATE_SECURED, .verified = TRUE, .returning = TRUE };
      g_auto (HsRetryPolicy) policy;

      begin (&policy);
      g_assert_cmpint (hs_retry_policy_failed (&policy, &failure), ==, cases[i].verified);
      failure.component = TRUE;
      g_assert_cmpint (hs_retry_policy_failed (&policy, &failure), ==, cases[i].component);
      failure.component = failure.verified = FALSE;
      g_assert_cmpint (hs_retry_policy_failed (&policy, &failure), ==, cases[i].unverified);
      failure.refused = TRUE;
      g_assert_cmpint (hs_retry_policy_failed (&policy, &failure), ==, HS_RETRY_NEVER);
    }
}

/* Before the first `ready`, each target is tried once. */
static void
test_first (void)
{
  g_autoptr (GError) error = g_error_new_literal (HS_ERROR, HS_ERROR_CONNECTION_LOST, "for the test");
  HsRetryFailure failure = { .error = error, .verified = TRUE, .has_more = TRUE };
  g_auto (HsRetryPolicy) policy;

  begin (&policy);
  g_assert_cmpint (hs_retry_policy_failed (&policy, &failure), ==, HS_RETRY_NEXT_TARGET);
  failure.has_more = FALSE;
  g_assert_cmpint (hs_retry_policy_failed (&policy, &failure), ==, HS_RETRY_NEVER);
}

static void
test_backoff (void)
{
  g_auto (HsRetryPolicy) policy;

  begin (&policy);
  for (guint i = 0, bound = 1000; i < 12; i++, bound = MIN (2 * bound, 5 * MINUTE))
    g_assert_cmpuint (
        fail_and_wait (&policy, HS_ERROR, HS_ERROR_CONNECTION_LOST, HS_CLIENT_STATE_READY), ==, bound);
  hs_retry_policy_progress (&policy);
  g_assert_cmpuint (fail_and_wait (&policy, HS_ERROR, HS_ERROR_TIMED_OUT, HS_CLIENT_STATE_READY), ==, 1000);
  /* A session that has lasted is followed by another at once. */
  g_assert_cmpint (fail_at (&policy, HS_ERROR, HS_ERROR_CONNECTION_LOST, HS_CLIENT_STATE_READY, MINUTE), ==,
                   HS_RETRY_AGAIN);
  g_assert_cmpuint (hs_retry_policy_wait (&policy, &no_session), ==, 0);
}

/* ---- The same again ---- */

static void
test_same (void)
{
  static const struct
  {
    GQuark (*domain) (void);
    int code;
  } cases[] = {
    { hs_stream_error_quark, HS_STREAM_ERROR_POLICY_VIOLATION },
    { hs_stream_error_quark, HS_STREAM_ERROR_INTERNAL_SERVER_ERROR },
    { hs_stream_error_quark, HS_STREAM_ERROR_NOT_WELL_FORMED },
    { hs_stream_error_quark, HS_STREAM_ERROR_SEE_OTHER_HOST },
    { hs_sasl_error_quark, HS_SASL_ERROR_TEMPORARY_AUTH_FAILURE },
    { hs_stanza_error_quark, HS_STANZA_ERROR_NOT_ALLOWED },
    { hs_xml_error_quark, HS_XML_ERROR_TOO_LARGE },
    { hs_error_quark, HS_ERROR_PROTOCOL },
    { hs_error_quark, HS_ERROR_TLS_REQUIRED },
    { g_option_error_quark, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GQuark domain = cases[i].domain ();
      g_auto (HsRetryPolicy) policy;

      begin (&policy);
      g_assert_cmpuint (fail_and_wait (&policy, domain, cases[i].code, HS_CLIENT_STATE_READY), <=, 1000);
      g_assert_false (has_note (&policy, "in a row"));
      g_assert_cmpuint (fail_and_wait (&policy, domain, cases[i].code, HS_CLIENT_STATE_READY), ==, 5 * MINUTE);
      g_assert_true (has_note (&policy, "2 times in a row"));
      g_assert_cmpuint (fail_and_wait (&policy, domain, cases[i].code, HS_CLIENT_STATE_READY), ==, 5 * MINUTE);
      /* Progress, and all is as in the beginning. */
      hs_retry_policy_progress (&policy);
      g_assert_cmpuint (fail_and_wait (&policy, domain, cases[i].code, HS_CLIENT_STATE_READY), <=, 1000);
      /* Elsewhere, or with other words: not the same. */
      g_assert_cmpuint (fail_and_wait (&policy, domain, cases[i].code, HS_CLIENT_STATE_SECURED), <=, 2000);
      g_assert_cmpuint (fail_and_wait (&policy, HS_ERROR, HS_ERROR_FAILED, HS_CLIENT_STATE_SECURED), <=, 4000);
    }
}

/* What is too large is sent again in each session, however much the server takes before it: that is no progress. */
static void
test_same_after_progress (void)
{
  g_auto (HsRetryPolicy) policy;

  begin (&policy);
  for (guint i = 1; i < 5; i++)
    {
      g_assert_cmpuint (fail_and_wait (&policy, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE, HS_CLIENT_STATE_READY), <=,
                        1000);
      g_assert_false (has_note (&policy, "in a row"));
      hs_retry_policy_progress (&policy);
    }
  g_assert_cmpuint (fail_and_wait (&policy, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE, HS_CLIENT_STATE_READY), ==,
                    5 * MINUTE);
  g_assert_true (has_note (&policy, "5 times in a row"));
  hs_retry_policy_progress (&policy);
  g_assert_cmpuint (fail_and_wait (&policy, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE, HS_CLIENT_STATE_READY), ==,
                    5 * MINUTE);
  /* After a session that was worth having it begins again. */
  fail_at (&policy, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE, HS_CLIENT_STATE_READY, 5 * MINUTE);
  g_assert_cmpuint (hs_retry_policy_wait (&policy, &no_session), <, 5 * MINUTE);
  /* Any other error may be over as soon as the server does something for the program. */
  for (guint i = 0; i < 10; i++)
    {
      g_assert_cmpuint (fail_and_wait (&policy, HS_STREAM_ERROR, HS_STREAM_ERROR_POLICY_VIOLATION,
                                       HS_CLIENT_STATE_READY), <=, 1000);
      hs_retry_policy_progress (&policy);
    }
}

/* A server that is starting does not know its components yet, and their old connections may still stand. */
static void
test_same_component (void)
{
  static const int codes[] = { HS_STREAM_ERROR_HOST_UNKNOWN, HS_STREAM_ERROR_CONFLICT };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (HS_STREAM_ERROR, codes[i], "for the test");
      HsRetryFailure failure = {
        .error = error, .point = HS_CLIENT_STATE_CONNECTED, .component = TRUE, .verified = TRUE, .returning = TRUE,
      };
      g_auto (HsRetryPolicy) policy;

      begin (&policy);
      for (guint j = 0; j < 4; j++)
        {
          g_assert_cmpint (hs_retry_policy_failed (&policy, &failure), ==, HS_RETRY_AGAIN);
          g_assert_cmpuint (hs_retry_policy_wait (&policy, &no_session), ==, 1000u << j);
        }
    }
}

/* A lost network between two makes them no less the same; one after the other is no such thing itself. */
static void
test_same_but_lost (void)
{
  g_auto (HsRetryPolicy) policy;

  begin (&policy);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (fail_and_wait (&policy, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, HS_CLIENT_STATE_CONNECTING),
                      <, 5 * MINUTE);
  hs_retry_policy_begin (&policy);
  fail_and_wait (&policy, HS_ERROR, HS_ERROR_PROTOCOL, HS_CLIENT_STATE_READY);
  fail_and_wait (&policy, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, HS_CLIENT_STATE_CONNECTING);
  g_assert_cmpuint (fail_and_wait (&policy, HS_ERROR, HS_ERROR_PROTOCOL, HS_CLIENT_STATE_READY), ==, 5 * MINUTE);
}

/* A session that lasts for minutes was worth the connection, and one that takes long to fail was not. */
static void
test_same_but_lasting (void)
{
  g_auto (HsRetryPolicy) policy;

  begin (&policy);
  for (guint i = 0; i < 5; i++)
    {
      g_assert_cmpint (fail_at (&policy, HS_STREAM_ERROR, HS_STREAM_ERROR_POLICY_VIOLATION, HS_CLIENT_STATE_READY,
                                5 * MINUTE), ==, HS_RETRY_AGAIN);
      g_assert_cmpuint (hs_retry_policy_wait (&policy, &no_session), ==, 0);
    }
  fail_at (&policy, HS_STREAM_ERROR, HS_STREAM_ERROR_POLICY_VIOLATION, HS_CLIENT_STATE_READY, MINUTE);
  g_assert_cmpuint (hs_retry_policy_wait (&policy, &no_session), ==, 5 * MINUTE);
}

/* What may have been the cause is given up, and the next attempt is another: it comes soon, once. A session that has
 * just begun is given up for another like it. */
static void
test_same_given_up (void)
{
  HsRetrySession given_up = { .answered = TRUE, .given_up = TRUE, .left = -1 };
  g_auto (HsRetryPolicy) policy;

  begin (&policy);
  hs_retry_policy_bound (&policy);
  fail_and_wait (&policy, HS_STREAM_ERROR, HS_STREAM_ERROR_BAD_FORMAT, HS_CLIENT_STATE_READY);
  hs_retry_policy_resumed (&policy, 0, 0);
  fail_at (&policy, HS_STREAM_ERROR, HS_STREAM_ERROR_BAD_FORMAT, HS_CLIENT_STATE_READY, 0);
  g_assert_cmpuint (hs_retry_policy_wait (&policy, &given_up), ==, 2000);
  hs_retry_policy_bound (&policy);
  fail_at (&policy, HS_STREAM_ERROR, HS_STREAM_ERROR_BAD_FORMAT, HS_CLIENT_STATE_READY, 0);
  g_assert_cmpuint (hs_retry_policy_wait (&policy, &given_up), ==, 5 * MINUTE);

  hs_retry_policy_begin (&policy);
  for (guint i = 0; i < 2; i++)
    {
      hs_retry_policy_bound (&policy);
      fail_at (&policy, HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE, HS_CLIENT_STATE_READY, 0);
      g_assert_cmpuint (hs_retry_policy_wait (&policy, &given_up), ==, i == 0 ? 1000 : 5 * MINUTE);
    }
}

/* ---- A session that can be resumed ---- */

static void
test_resuming (void)
{
  HsRetrySession session = { .answered = TRUE, .resumable = TRUE, .left = -1 };
  g_auto (HsRetryPolicy) policy;

  begin (&policy);
  for (guint i = 0; i < 20; i++)
    {
      fail_at (&policy, HS_ERROR, HS_ERROR_CONNECTION_LOST, HS_CLIENT_STATE_READY, 0);
      g_assert_cmpuint (hs_retry_policy_wait (&policy, &session), <=, 10000);
    }
  /* If nobody answers there is no hurry but for the session's sake. */
  session.answered = FALSE;
  fail_at (&policy, HS_ERROR, HS_ERROR_CONNECTION_LOST, HS_CLIENT_STATE_READY, 0);
  g_assert_cmpuint (hs_retry_policy_wait (&policy, &session), ==, 5 * MINUTE);
  for (gint64 left = 10 * MINUTE; left > 0; left -= 777)
    {
      session.left = left;
      fail_at (&policy, HS_ERROR, HS_ERROR_CONNECTION_LOST, HS_CLIENT_STATE_READY, 0);
      g_assert_cmpuint (hs_retry_policy_wait (&policy, &session), <, left);
      /* The slow retry ends with it, too. */
      fail_at (&policy, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, HS_CLIENT_STATE_CONNECTED, 0);
      g_assert_cmpuint (hs_retry_policy_wait (&policy, &session), <, left);
    }
}

static void
test_resumed (void)
{
  static const guint32 counts[][2] = { { 3, 5 }, { 3, 6 }, { 4, 6 }, { G_MAXUINT32, 6 }, { 0, 6 } };
  g_auto (HsRetryPolicy) policy;

  begin (&policy);
  hs_retry_policy_bound (&policy);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      hs_retry_policy_resumed (&policy, counts[i][0], counts[i][1]);
      g_assert_cmpuint (fail_and_wait (&policy, HS_ERROR, HS_ERROR_CONNECTION_LOST, HS_CLIENT_STATE_READY), ==, 1000);
    }
  /* A resumption that moves no count is no progress. */
  for (guint i = 0, bound = 2000; i < 5; i++, bound *= 2)
    {
      hs_retry_policy_resumed (&policy, 0, 6);
      g_assert_cmpuint (fail_and_wait (&policy, HS_ERROR, HS_ERROR_CONNECTION_LOST, HS_CLIENT_STATE_READY), ==, bound);
    }
}

/* A connection that resumes a session whose counts are @counts and ends with those of @failure. Returns whether the
 * session is given up. */
static gboolean
resume_and_lose (HsRetryPolicy *self, const guint32 counts[2], HsRetryFailure failure)
{
  g_autoptr (GError) error = g_error_new_literal (HS_ERROR, HS_ERROR_CONNECTION_LOST, "for the test");

  failure.error = error;
  failure.point = HS_CLIENT_STATE_READY;
  failure.verified = failure.returning = TRUE;
  hs_retry_policy_resumed (self, counts[0], counts[1]);
  g_assert_cmpint (hs_retry_policy_failed (self, &failure), ==, HS_RETRY_AGAIN);
  return hs_retry_policy_gives_up_session (self);
}

/* A server that resumes the session and answers nothing has lost its place in the stream. */
static void
test_fruitless (void)
{
  static const guint32 counts[2] = { 3, 5 };
  HsRetryFailure silent = { .acknowledged = 3, .received = 5, .in_flight = TRUE, .unanswered = TRUE };
  HsRetryFailure cut = { .acknowledged = 3, .received = 5, .in_flight = TRUE };
  g_auto (HsRetryPolicy) policy;

  begin (&policy);
  hs_retry_policy_bound (&policy);
  g_assert_false (resume_and_lose (&policy, counts, silent));
  g_assert_false (has_note (&policy, "begins a new session"));
  /* One that is lost before it has come so far changes nothing. */
  fail_at (&policy, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, HS_CLIENT_STATE_CONNECTING, 0);
  g_assert_false (hs_retry_policy_gives_up_session (&policy));
  g_assert_true (resume_and_lose (&policy, counts, silent));
  g_assert_true (has_note (&policy, "begins a new session"));
  hs_retry_policy_bound (&policy);
  g_assert_false (hs_retry_policy_gives_up_session (&policy));
  /* A network that cuts each connection soon says nothing about the server for long. */
  for (guint i = 1; i <= 8; i++)
    g_assert_cmpint (resume_and_lose (&policy, counts, cut), ==, i == 8);
}

/* What others send arrives all the same: two connections over which something came are enough, with any number of
 * those in between that were cut soon. */
static void
test_fruitless_in_room (void)
{
  HsRetryFailure silent = { .acknowledged = 3, .in_flight = TRUE, .unanswered = TRUE };
  HsRetryFailure cut = { .acknowledged = 3, .in_flight = TRUE };
  guint32 counts[2] = { 3, 5 };
  g_auto (HsRetryPolicy) policy;

  begin (&policy);
  hs_retry_policy_bound (&policy);
  silent.received = counts[1] + 20;
  g_assert_false (resume_and_lose (&policy, counts, silent));
  for (guint i = 0; i < 10; i++)
    {
      counts[1] += 20;
      cut.received = counts[1] + 20;
      g_assert_false (resume_and_lose (&policy, counts, cut));
    }
  counts[1] += 20;
  silent.received = counts[1] + 20;
  g_assert_true (resume_and_lose (&policy, counts, silent));
}

/* A server that has acknowledged something, or has nothing to acknowledge, is not at fault. */
static void
test_fruitful (void)
{
  static const HsRetryFailure fruitful[] = {
    { .acknowledged = 4, .received = 5, .in_flight = TRUE, .unanswered = TRUE },
    { .acknowledged = 4, .received = 6, .in_flight = TRUE, .unanswered = TRUE },
    { .acknowledged = 3, .received = 5, .in_flight = FALSE, .unanswered = FALSE },
  };
  static const guint32 counts[2] = { 3, 5 }, moved[2] = { 4, 5 };
  HsRetryFailure silent = { .acknowledged = 3, .received = 5, .in_flight = TRUE, .unanswered = TRUE };
  g_auto (HsRetryPolicy) policy;

  begin (&policy);
  for (guint i = 0; i < G_N_ELEMENTS (fruitful); i++)
    {
      hs_retry_policy_bound (&policy);
      for (guint j = 0; j < 10; j++)
        {
          g_assert_false (resume_and_lose (&policy, counts, silent));
          g_assert_false (resume_and_lose (&policy, counts, fruitful[i]));
        }
    }
  /* What the old connection's last bytes have done is seen at the next resumption. */
  hs_retry_policy_bound (&policy);
  g_assert_false (resume_and_lose (&policy, counts, silent));
  silent.acknowledged = 4;
  g_assert_false (resume_and_lose (&policy, moved, silent));
  g_assert_true (resume_and_lose (&policy, moved, silent));
}

/* ---- Where to ---- */

static void
test_targets (void)
{
  static const struct
  {
    const char *text;
    const char *host; /* NULL: it cannot be read */
    guint16 port;
  } cases[] = {
    { "example.org", "example.org", 0 },
    { "example.org:5223", "example.org", 5223 },
    { "\n  127.0.0.1:5223\n ", "127.0.0.1", 5223 },
    { "127.0.0.1:65535", "127.0.0.1", 65535 },
    { "[::1]", "::1", 0 },
    { "[::1]:5222", "::1", 5222 },
    { "2001:db8::7", "2001:db8::7", 0 },
    { "xn--bcher-kva.example", "xn--bcher-kva.example", 0 },
    { "b\303\274cher.example:1", "b\303\274cher.example", 1 },
    { "127.0.0.1:99999", NULL, 0 },
    { "127.0.0.1:65536", NULL, 0 },
    { "127.0.0.1:0", NULL, 0 },
    { "127.0.0.1:-1", NULL, 0 },
    { "127.0.0.1:+1", NULL, 0 },
    { "127.0.0.1: 1", NULL, 0 },
    { "127.0.0.1:", NULL, 0 },
    { "127.0.0.1:5222:5222", NULL, 0 },
    { "127.0.0.1:0x10", NULL, 0 },
    { "example.org:xmpp-client", NULL, 0 },
    { "[::1", NULL, 0 },
    { "::1]", NULL, 0 },
    { "[::1]5222", NULL, 0 },
    { "[::1]:", NULL, 0 },
    { "[]", NULL, 0 },
    { "[example.org]", NULL, 0 },
    { "[::1:5222", NULL, 0 },
    { "::g", NULL, 0 },
    { "", NULL, 0 },
    { "  ", NULL, 0 },
    { ":5222", NULL, 0 },
    { "xmpp://example.org", NULL, 0 },
    { "user@example.org", NULL, 0 },
    { "example.org/path", NULL, 0 },
    { "two words", NULL, 0 },
    { "..", NULL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *host = NULL;
      guint16 port;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (hs_retry_policy_parse_target (cases[i].text, &host, &port), ==, cases[i].host != NULL);
      g_assert_cmpstr (host, ==, cases[i].host);
      if (host != NULL)
        g_assert_cmpuint (port, ==, cases[i].port);
    }
}

static HsRetryAction
send_on (HsRetryPolicy *self, const char *host, guint64 lasted)
{
  g_autoptr (GError) error = g_error_new_literal (HS_STREAM_ERROR, HS_STREAM_ERROR_SEE_OTHER_HOST, "for the test");
  HsRetryFailure failure = {
    .error = error, .point = HS_CLIENT_STATE_CONNECTED, .verified = TRUE, .returning = TRUE, .other_host = host,
    .lasted = lasted,
  };

  return hs_retry_policy_failed (self, &failure);
}

static void
test_redirects (void)
{
  g_auto (HsRetryPolicy) policy;
  g_autofree char *host = NULL;
  guint16 port = 7;

  begin (&policy);
  for (guint i = 0; i < 5; i++)
    {
      g_assert_cmpint (send_on (&policy, "127.0.0.1", 0), ==, HS_RETRY_TO);
      g_assert_true (hs_retry_policy_take_target (&policy, &host, &port));
      g_assert_cmpstr (host, ==, "127.0.0.1");
      g_assert_cmpuint (port, ==, 7);
    }
  g_assert_cmpint (send_on (&policy, "127.0.0.1", 0), ==, HS_RETRY_AGAIN);
  g_assert_false (hs_retry_policy_take_target (&policy, &host, &port));
  hs_retry_policy_wait (&policy, &no_session);
  g_assert_cmpint (send_on (&policy, "127.0.0.1:9", 0), ==, HS_RETRY_TO);
  g_assert_true (hs_retry_policy_take_target (&policy, &host, &port));
  g_assert_cmpuint (port, ==, 9);
}

/* It is none: the domain's own servers are asked, at once and once; and the program is told. */
static void
test_unreadable (void)
{
  g_auto (HsRetryPolicy) policy;
  g_autofree char *host = NULL;
  guint16 port = 7;

  begin (&policy);
  g_assert_cmpint (send_on (&policy, "127.0.0.1:99999\n\033[2J", 0), ==, HS_RETRY_TO);
  g_assert_false (hs_retry_policy_take_target (&policy, &host, &port));
  g_assert_null (host);
  g_assert_cmpuint (port, ==, 7);
  g_assert_true (has_note (&policy, "\"127.0.0.1:99999\\n\\033[2J\", is not a host with a port"));
  g_assert_cmpint (send_on (&policy, "127.0.0.1:99999", 0), ==, HS_RETRY_AGAIN);
  g_assert_true (has_note (&policy, "127.0.0.1:99999"));
}

static void
test_location (void)
{
  HsRetrySession session = { .answered = TRUE, .resumable = TRUE, .left = -1, .location = "[::1]:5269" };
  g_auto (HsRetryPolicy) policy;
  g_autofree char *host = NULL;
  guint16 port = 7;

  begin (&policy);
  hs_retry_policy_bound (&policy);
  fail_at (&policy, HS_ERROR, HS_ERROR_CONNECTION_LOST, HS_CLIENT_STATE_READY, 0);
  hs_retry_policy_wait (&policy, &session);
  g_assert_true (hs_retry_policy_take_target (&policy, &host, &port));
  g_assert_cmpstr (host, ==, "::1");
  g_assert_cmpuint (port, ==, 5269);
  /* Nobody is there: the domain's own, at once; and not there again. */
  g_assert_cmpint (fail_at (&policy, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, HS_CLIENT_STATE_CONNECTING, 0), ==,
                   HS_RETRY_TO);
  g_assert_false (hs_retry_policy_take_target (&policy, &host, &port));
  fail_at (&policy, HS_ERROR, HS_ERROR_CONNECTION_LOST, HS_CLIENT_STATE_CONNECTED, 0);
  hs_retry_policy_wait (&policy, &session);
  g_assert_false (hs_retry_policy_take_target (&policy, &host, &port));
  /* But with the next session, and not where it cannot be read. */
  hs_retry_policy_bound (&policy);
  session.location = "[::1";
  fail_at (&policy, HS_ERROR, HS_ERROR_CONNECTION_LOST, HS_CLIENT_STATE_READY, 0);
  hs_retry_policy_wait (&policy, &session);
  g_assert_false (hs_retry_policy_take_target (&policy, &host, &port));
  g_assert_true (has_note (&policy, "\"[::1\", is not a host with a port"));
}

/* Every stage by every event, and the same of the place that the server names. */
static void
test_tables (void)
{
  static const char *const events[HS_N_RETRY_EVENTS] = { "bound", "resumed", "failed" };
  static const HsRetryStage stages[HS_N_RETRY_STAGES][HS_N_RETRY_EVENTS] = {
    { HS_RETRY_STAGE_NEW, HS_RETRY_STAGE_RESUMED, HS_RETRY_STAGE_FIRST },
    { HS_RETRY_STAGE_NEW, HS_RETRY_STAGE_RESUMED, HS_RETRY_STAGE_NEW },
    { HS_RETRY_STAGE_NEW, HS_RETRY_STAGE_RESUMED, HS_RETRY_STAGE_CARRIED },
    { HS_RETRY_STAGE_NEW, HS_RETRY_STAGE_RESUMED, HS_RETRY_STAGE_CARRIED },
  };
  static const char *const places[HS_N_LOCATION_STATES] = { "untried", "trying", "tried" };
  static const char *const place_events[HS_N_LOCATION_EVENTS] = { "session", "chosen", "unreadable", "failed" };
  static const HsLocationState locations[HS_N_LOCATION_STATES][HS_N_LOCATION_EVENTS] = {
    { HS_LOCATION_UNTRIED, HS_LOCATION_TRYING, HS_LOCATION_TRIED, HS_LOCATION_UNTRIED },
    { HS_LOCATION_UNTRIED, HS_LOCATION_TRYING, HS_LOCATION_TRIED, HS_LOCATION_TRIED },
    { HS_LOCATION_UNTRIED, HS_LOCATION_TRIED, HS_LOCATION_TRIED, HS_LOCATION_TRIED },
  };

  for (guint stage = 0; stage < HS_N_RETRY_STAGES; stage++)
    {
      for (guint event = 0; event < HS_N_RETRY_EVENTS; event++)
        {
          HsRetryStage next = hs_retry_stage_get_next (stage, event);

          g_test_message ("%-8s %-8s %s", hs_retry_stage_describe (stage), events[event], hs_retry_stage_describe (next));
          g_assert_cmpint (next, ==, stages[stage][event]);
        }
    }
  for (guint state = 0; state < HS_N_LOCATION_STATES; state++)
    {
      for (guint event = 0; event < HS_N_LOCATION_EVENTS; event++)
        {
          HsLocationState next = hs_location_get_next (state, event);

          g_test_message ("%-8s %-10s %s", places[state], place_events[event], places[next]);
          g_assert_cmpint (next, ==, locations[state][event]);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/retry-policy/verdicts", test_verdicts);
  g_test_add_func ("/retry-policy/tables", test_tables);
  g_test_add_func ("/retry-policy/first", test_first);
  g_test_add_func ("/retry-policy/backoff", test_backoff);
  g_test_add_func ("/retry-policy/same", test_same);
  g_test_add_func ("/retry-policy/same after progress", test_same_after_progress);
  g_test_add_func ("/retry-policy/same/component", test_same_component);
  g_test_add_func ("/retry-policy/same/lost", test_same_but_lost);
  g_test_add_func ("/retry-policy/same/lasting", test_same_but_lasting);
  g_test_add_func ("/retry-policy/same/given-up", test_same_given_up);
  g_test_add_func ("/retry-policy/resuming", test_resuming);
  g_test_add_func ("/retry-policy/resumed", test_resumed);
  g_test_add_func ("/retry-policy/fruitless", test_fruitless);
  g_test_add_func ("/retry-policy/fruitless-in-room", test_fruitless_in_room);
  g_test_add_func ("/retry-policy/fruitful", test_fruitful);
  g_test_add_func ("/retry-policy/targets", test_targets);
  g_test_add_func ("/retry-policy/redirects", test_redirects);
  g_test_add_func ("/retry-policy/unreadable", test_unreadable);
  g_test_add_func ("/retry-policy/location", test_location);
  return g_test_run ();
}
