/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-error.h"
#include "stream-test.h"

/* A fault of the library, or a call that comes too late, ends the stream with an error. The program is not aborted. */

typedef struct
{
  HsStream *stream;
  GString *output;
  guint n_started; /* TLS */
  gboolean secure;
} Fixture;

static gboolean
is_secure_cb (gpointer data)
{
  return ((Fixture *) data)->secure;
}

static void
set_up (Fixture *f)
{
  g_autoptr (HsJid) jid = hs_jid_new ("juliet@example.com/balcony", NULL);
  HsStreamConfig config = {
    .jid = jid,
    .tls_mode = HS_TLS_MODE_REQUIRED,
    .is_secure = is_secure_cb,
    .lang = "en",
    .max_stanza_size = 100000,
    .max_depth = 16,
    .step_by_step = TRUE,
  };

  *f = (Fixture){ .stream = hs_stream_new (&config, NULL, f), .output = g_string_new (NULL) };
  hs_stream_open (f->stream);
}

static void
tear_down (Fixture *f)
{
  hs_stream_free (f->stream);
  g_string_free (f->output, TRUE);
}

static void
take_event (gpointer data, HsStreamEvent *event)
{
  Fixture *f = data;

  g_assert_cmpint (event->type, ==, HS_STREAM_EVENT_START_TLS);
  f->n_started++;
}

static void
start_tls (Fixture *f)
{
  set_up (f);
  test_stream_say (f->stream, TEST_STREAM_HEADER SAY_FEATURES (FEATURE_STARTTLS) SAY_PROCEED, 1000, take_event, f, f->output);
  g_assert_cmpuint (f->n_started, ==, 1);
  g_string_truncate (f->output, 0);
}

static void
assert_failed (Fixture *f, int code)
{
  HsStreamEvent event;

  g_assert_true (hs_stream_next_event (f->stream, &event));
  g_assert_cmpint (event.type, ==, HS_STREAM_EVENT_FAILED);
  g_assert_true (g_error_matches (hs_stream_get_error (f->stream), HS_ERROR, code));
  hs_stream_give_back (f->stream, &event);
  g_assert_false (hs_stream_next_event (f->stream, &event));
}

/* The connection is under TLS from here on, and the stream is told. */
static void
handshake_done (Fixture *f)
{
  f->secure = TRUE;
  hs_stream_secured (f->stream);
}

/* The handshake is done when nobody waits for it. */
static void
test_secured (void)
{
  Fixture f;

  /* The stream has failed meanwhile. */
  start_tls (&f);
  hs_stream_fail (f.stream, g_error_new_literal (HS_ERROR, HS_ERROR_TIMED_OUT, "too slow"));
  handshake_done (&f);
  assert_failed (&f, HS_ERROR_TIMED_OUT);
  handshake_done (&f);
  test_stream_take_output (f.stream, f.output);
  g_assert_cmpstr (f.output->str, ==, "");
  tear_down (&f);

  /* The stream was closed meanwhile. */
  start_tls (&f);
  hs_stream_close (f.stream);
  handshake_done (&f);
  test_stream_take_output (f.stream, f.output);
  g_assert_cmpstr (f.output->str, ==, "");
  tear_down (&f);

  /* TLS was not to be started yet. */
  set_up (&f);
  test_stream_take_output (f.stream, f.output);
  g_string_truncate (f.output, 0);
  handshake_done (&f);
  test_stream_take_output (f.stream, f.output);
  g_assert_cmpstr (f.output->str, ==, "");
  tear_down (&f);

  /* It is done once: the second call does nothing. */
  start_tls (&f);
  handshake_done (&f);
  test_stream_take_output (f.stream, f.output);
  g_assert_true (g_str_has_prefix (f.output->str, "<?xml version='1.0'?><stream:stream "));
  g_string_truncate (f.output, 0);
  handshake_done (&f);
  test_stream_take_output (f.stream, f.output);
  g_assert_cmpstr (f.output->str, ==, "");
  tear_down (&f);
}

static void
take_failure (gpointer data, HsStreamEvent *event)
{
  g_assert_cmpint (event->type, ==, HS_STREAM_EVENT_FAILED);
}

/* The stream is told that the handshake is done, and the connection has no TLS: nothing that needs TLS is sent. */
static void
test_not_secure (void)
{
  Fixture f;

  start_tls (&f);
  hs_stream_secured (f.stream);
  test_stream_say (f.stream, TEST_STREAM_HEADER SAY_FEATURES_SASL ("PLAIN"), 1000, take_failure, &f, f.output);
  g_assert_error (hs_stream_get_error (f.stream), HS_ERROR, HS_ERROR_TLS_REQUIRED);
  g_assert_nonnull (strstr (f.output->str, "<stream:stream "));
  g_assert_null (strstr (f.output->str, "juliet"));
  tear_down (&f);
}

/* Each change that the table lacks, in each state: the stream fails, once, whatever its function announces next. */
static void
test_impossible (void)
{
  for (guint state = 0; state < HS_STREAM_STATE_ENDED; state++)
    {
      for (guint change = 0; change < HS_STREAM_N_CHANGES; change++)
        {
          Fixture f;

          if (hs_stream_state_can (state, change))
            continue;
          set_up (&f);
          f.stream->state = state;
          g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "The stream: event * cannot happen*");
          hs_stream_change (f.stream, change);
          g_test_assert_expected_messages ();
          f.stream->pending = HS_STREAM_EVENT_BOUND;
          f.stream->following = HS_STREAM_EVENT_STANZA;
          assert_failed (&f, HS_ERROR_FAILED);
          tear_down (&f);
        }
    }
}

/* After the end nothing is announced any more, not even the fault. */
static void
test_after_end (void)
{
  Fixture f;

  start_tls (&f);
  hs_stream_fail (f.stream, g_error_new_literal (HS_ERROR, HS_ERROR_TIMED_OUT, "too slow"));
  assert_failed (&f, HS_ERROR_TIMED_OUT);
  g_test_expect_message ("Headstock", G_LOG_LEVEL_CRITICAL, "The stream: event * cannot happen*\"ended\"*");
  hs_stream_change (f.stream, HS_STREAM_ON_READY);
  g_test_assert_expected_messages ();
  g_assert_true (g_error_matches (hs_stream_get_error (f.stream), HS_ERROR, HS_ERROR_TIMED_OUT));
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-faults/secured", test_secured);
  g_test_add_func ("/stream-faults/not-secure", test_not_secure);
  g_test_add_func ("/stream-faults/impossible", test_impossible);
  g_test_add_func ("/stream-faults/after-end", test_after_end);
  return g_test_run ();
}
