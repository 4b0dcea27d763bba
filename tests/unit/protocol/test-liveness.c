/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-liveness.h"

/* A connection whose bytes and whose time are numbers. */

#define SECOND ((gint64) G_USEC_PER_SEC)
#define START (1000 * SECOND)

typedef struct
{
  HsLiveness liveness;
  HsLivenessView view;
  gint64 next;     /* look */
  guint n_pings;
  guint64 rate;    /* bytes that leave in a second */
  guint64 step;    /* and how many leave at once */
  guint64 carried; /* bytes that have left, were it not for the step */
} Line;

static void
begin (Line *self)
{
  *self = (Line){
    .view = { .now = START, .interval = 50 * SECOND, .timeout = 20 * SECOND },
    .rate = 1000000,
    .step = 1,
  };
  hs_liveness_init (&self->liveness, START);
  self->next = START + self->view.interval;
}

static void
queue (Line *self, guint64 n_bytes)
{
  self->view.end += n_bytes;
  if (!hs_liveness_is_watching (&self->liveness))
    self->next = MIN (self->next, hs_liveness_sent (&self->liveness, self->view.now, self->view.timeout));
}

static HsLivenessAction
look (Line *self)
{
  HsLivenessAction action = hs_liveness_look (&self->liveness, &self->view, &self->next);

  if (action == HS_LIVENESS_PING)
    {
      self->n_pings++;
      queue (self, 100);
      self->next = hs_liveness_pinged (&self->liveness, &self->view);
    }
  return action;
}

/* For so many seconds, or until the server counts as lost: returns after how many. */
static double
pass (Line *self, double seconds)
{
  gint64 start = self->view.now;
  gint64 end = start + (gint64) (seconds * SECOND);

  while (self->view.now < end)
    {
      gint64 to = MIN (end, self->next);
      guint64 can = self->carried + (to - self->view.now) * self->rate / SECOND;

      g_assert_cmpint (to, >, self->view.now - 1);
      self->carried = MIN (can, self->view.end);
      self->view.left
          = self->carried == self->view.end ? self->carried : self->carried / self->step * self->step;
      self->view.now = to;
      if (to == self->next && look (self) == HS_LIVENESS_LOST)
        return (self->view.now - start) / (double) SECOND;
    }
  return seconds;
}

static void
hear (Line *self)
{
  hs_liveness_input (&self->liveness, self->view.now);
}

static void
assert_lost (Line *self, const char *why)
{
  g_assert_cmpint (look (self), ==, HS_LIVENESS_LOST);
  g_assert_cmpstr (hs_liveness_describe (&self->liveness), ==, why);
}

static void
test_table (void)
{
  static const char *const names[] = { "QUIET", "PINGED", "STALLED" };

  g_test_message ("%-8s %-8s %-8s %-8s %-8s", "", "input", "silence", "stall", "acknowledged");
  for (guint state = 0; state < HS_N_LIVENESS_STATES; state++)
    {
      g_autoptr (GString) line = g_string_new (NULL);

      for (guint event = 0; event < HS_N_LIVENESS_EVENTS; event++)
        {
          HsLivenessState next = hs_liveness_get_next_state (state, event);

          g_assert_cmpuint (next, <, HS_N_LIVENESS_STATES);
          g_string_append_printf (line, " %-8s", names[next]);
        }
      g_test_message ("%-8s%s", names[state], line->str);
      /* Silence is asked about, whatever else is waited for; and no state is left behind by an answer. */
      g_assert_cmpuint (hs_liveness_get_next_state (state, HS_LIVENESS_ON_SILENCE), ==, HS_LIVENESS_PINGED);
      g_assert_cmpuint (hs_liveness_get_next_state (state, HS_LIVENESS_ON_INPUT), !=, HS_LIVENESS_PINGED);
    }
}

static void
test_silent (void)
{
  Line line;

  begin (&line);
  g_assert_cmpfloat (pass (&line, 49), >=, 49);
  g_assert_cmpuint (line.n_pings, ==, 0);
  g_assert_cmpfloat (pass (&line, 2), >=, 2);
  g_assert_cmpuint (line.n_pings, ==, 1);
  /* It leaves at once, which is looked at some time later. */
  g_assert_cmpfloat (pass (&line, 100), <=, 23);
  assert_lost (&line, "gives no sign of life");
}

static void
test_answers (void)
{
  Line line;

  begin (&line);
  for (guint i = 1; i <= 100; i++)
    {
      g_assert_cmpfloat (pass (&line, 60), >=, 60);
      g_assert_cmpuint (line.n_pings, ==, i);
      hear (&line);
    }
  /* Who speaks unasked is not asked. */
  for (guint i = 0; i < 100; i++)
    {
      g_assert_cmpfloat (pass (&line, 40), >=, 40);
      hear (&line);
    }
  g_assert_cmpuint (line.n_pings, ==, 100);
}

/* Each of them more than the server has for its answer, several times over. */
static void
test_slow_uplink (void)
{
  static const struct
  {
    guint64 bytes;
    guint64 rate;
    guint64 step;
    gint64 interval;
    gint64 timeout;
  } cases[] = {
    { 1500000, 10000, 1, 50, 20 },
    { 1500000, 10000, 64000, 50, 20 },
    { 100000, 4000, 1, 1, 2 },
    { 100000, 4000, 4096, 1, 2 },
    { 100000, 4000, 1460, 5, 1 },
    { 10000000, 1000, 1460, 50, 20 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double needed = cases[i].bytes / (double) cases[i].rate;
      Line line;

      begin (&line);
      line.rate = cases[i].rate;
      line.step = cases[i].step;
      line.view.interval = cases[i].interval * SECOND;
      line.view.timeout = cases[i].timeout * SECOND;
      line.next = START + line.view.interval;
      queue (&line, cases[i].bytes);
      g_assert_cmpfloat (pass (&line, needed + 0.5), >=, needed + 0.5);
      g_assert_cmpuint (line.n_pings, ==, 1);
      hear (&line);
      /* And when the answer to all that has come, nothing is left of it: silence is silence. */
      g_assert_cmpfloat (pass (&line, 1000), <=, cases[i].interval + 3 * cases[i].timeout + 0.1);
      g_assert_cmpuint (line.n_pings, ==, 2);
    }
}

/* The time for the answer begins when the ping has left, and then nothing but an answer counts. */
static void
test_slow_and_silent (void)
{
  Line line;

  begin (&line);
  line.rate = 10000;
  queue (&line, 1000000);
  g_assert_cmpfloat (pass (&line, 101), >=, 101);
  /* More is sent all the time, and leaves. */
  for (guint i = 0; i < 30 && line.liveness.state == HS_LIVENESS_PINGED; i++)
    {
      queue (&line, 5000);
      if (pass (&line, 1) < 1)
        break;
    }
  g_assert_cmpint (line.view.now, <=, START + 130 * SECOND);
  assert_lost (&line, "gives no sign of life");
}

/* The line dies with much still to be sent. */
static void
test_dead_uplink (void)
{
  Line line;

  begin (&line);
  line.rate = 10000;
  queue (&line, 1500000);
  g_assert_cmpfloat (pass (&line, 80), >=, 80);
  line.rate = 0;
  g_assert_cmpfloat (pass (&line, 1000), <=, 20 + 2 * 2.5 + 0.1);
  assert_lost (&line, "gives no sign of life");
}

/* Long before the silence is noticed: something waits to leave and does not. */
static void
test_takes_nothing (void)
{
  Line line;

  begin (&line);
  line.view.interval = 3600 * SECOND;
  g_assert_cmpfloat (pass (&line, 10), >=, 10);
  line.rate = 0;
  queue (&line, 100);
  g_assert_cmpfloat (pass (&line, 1000), <=, 20.1);
  assert_lost (&line, "takes nothing of what it is sent");
  /* A server that speaks all the while has more time, but not for ever. */
  begin (&line);
  line.rate = 0;
  queue (&line, 100);
  for (guint i = 0; i < 55; i++)
    {
      g_assert_cmpfloat (pass (&line, 1), >=, 1);
      hear (&line);
    }
  g_assert_cmpfloat (pass (&line, 1000), <=, 10);
  assert_lost (&line, "takes nothing of what it is sent");
}

/* What has come and is not read is a sign of life, for as long as it is so and no longer. */
static void
test_unread (void)
{
  Line line;

  begin (&line);
  pass (&line, 55);
  g_assert_cmpuint (line.n_pings, ==, 1);
  line.view.unread = TRUE;
  g_assert_cmpfloat (pass (&line, 10000), >=, 10000);
  g_assert_cmpuint (line.n_pings, ==, 1);
  line.view.unread = FALSE;
  g_assert_cmpfloat (pass (&line, 1000), <=, 50 + 50 + 23);
  g_assert_cmpuint (line.n_pings, ==, 2);
}

/* A server that speaks and does not acknowledge. */
static void
test_stalled (void)
{
  Line line;
  double lasted = 0;

  begin (&line);
  line.view.asking = TRUE;
  for (guint i = 0; i < 100; i++)
    {
      hear (&line);
      line.view.acknowledged++;
      g_assert_cmpfloat (pass (&line, 40), >=, 40);
    }
  for (guint i = 0; i < 100; i++)
    {
      double passed = pass (&line, 1);

      hear (&line);
      lasted += passed;
      if (passed < 1)
        break;
    }
  assert_lost (&line, "does not acknowledge what it is sent");
  g_assert_cmpfloat (lasted, <=, 110);
  g_assert_cmpuint (line.n_pings, ==, 0);
}

/* It can't acknowledge what has not reached it. */
static void
test_slow_and_stalled (void)
{
  Line line;

  begin (&line);
  line.rate = 10000;
  line.view.asking = TRUE;
  queue (&line, 5000000);
  for (guint i = 0; i < 500; i++)
    {
      hear (&line);
      g_assert_cmpfloat (pass (&line, 1), >=, 1);
    }
  line.view.acknowledged++;
  g_assert_cmpfloat (pass (&line, 20), >=, 20);
}

/* One that has resumed a session, and has lost its place in the stream, has no longer than for an answer; but what
 * it is to answer must have left before. */
static void
test_resumed (void)
{
  Line line;

  begin (&line);
  line.view.asking = line.view.resumed = TRUE;
  queue (&line, 100);
  g_assert_cmpfloat (pass (&line, 1000), <=, 20 + 3);
  assert_lost (&line, "does not acknowledge what it is sent");
  g_assert_true (hs_liveness_is_unanswered (&line.liveness, line.view.now, line.view.timeout));

  begin (&line);
  line.rate = 10000;
  line.view.asking = line.view.resumed = TRUE;
  queue (&line, 5000000);
  g_assert_cmpfloat (pass (&line, 499), >=, 499);
  g_assert_false (hs_liveness_is_unanswered (&line.liveness, line.view.now, line.view.timeout));
  line.view.acknowledged++;
  line.view.asking = line.view.resumed = FALSE;
  g_assert_cmpfloat (pass (&line, 20), >=, 20);
  g_assert_false (hs_liveness_is_unanswered (&line.liveness, line.view.now, line.view.timeout));
}

/* If the server is pinged before the time is over, too: it is lost by the time that ends first. */
static void
test_resumed_and_pinged (void)
{
  Line line;

  begin (&line);
  line.view.interval = 5 * SECOND;
  line.next = START + line.view.interval;
  line.view.asking = line.view.resumed = TRUE;
  queue (&line, 100);
  g_assert_cmpfloat (pass (&line, 1000), <=, 20 + 3);
  g_assert_cmpuint (line.n_pings, ==, 1);
  assert_lost (&line, "does not acknowledge what it is sent");
}

/* A busy room: neither input nor unread input in a single look proves anything. Unread input in each look shows that the
 * client is behind, and the acknowledgement may be in that input. */
static void
test_resumed_in_room (void)
{
  Line line;
  double lasted = 0, passed;

  begin (&line);
  line.view.asking = line.view.resumed = TRUE;
  queue (&line, 100);
  do
    {
      line.view.unread = lasted > 21.5 && lasted < 22.5;
      hear (&line);
      passed = pass (&line, 1);
      lasted += passed;
    }
  while (passed >= 1);
  g_assert_cmpfloat (lasted, <=, 20 + 3 * 2.5);
  assert_lost (&line, "does not acknowledge what it is sent");

  begin (&line);
  line.view.asking = line.view.resumed = line.view.unread = TRUE;
  queue (&line, 100);
  g_assert_cmpfloat (pass (&line, 1000), >=, 1000);
  line.view.unread = FALSE;
  g_assert_cmpfloat (pass (&line, 1000), >=, 20);
  g_assert_cmpfloat (line.view.now, <=, START + (1000 + 20 + 2 * 2.5) * SECOND);
  assert_lost (&line, "does not acknowledge what it is sent");
}

/* After the machine was asleep. */
static void
test_asked_at_once (void)
{
  Line line;

  begin (&line);
  queue (&line, 100);
  line.next = hs_liveness_pinged (&line.liveness, &line.view);
  g_assert_cmpfloat (pass (&line, 1000), <=, 23);
  hs_liveness_clear (&line.liveness);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/liveness/table", test_table);
  g_test_add_func ("/liveness/silent", test_silent);
  g_test_add_func ("/liveness/answers", test_answers);
  g_test_add_func ("/liveness/slow-uplink", test_slow_uplink);
  g_test_add_func ("/liveness/slow-and-silent", test_slow_and_silent);
  g_test_add_func ("/liveness/dead-uplink", test_dead_uplink);
  g_test_add_func ("/liveness/takes-nothing", test_takes_nothing);
  g_test_add_func ("/liveness/unread", test_unread);
  g_test_add_func ("/liveness/stalled", test_stalled);
  g_test_add_func ("/liveness/slow-and-stalled", test_slow_and_stalled);
  g_test_add_func ("/liveness/resumed", test_resumed);
  g_test_add_func ("/liveness/resumed-and-pinged", test_resumed_and_pinged);
  g_test_add_func ("/liveness/resumed-in-room", test_resumed_in_room);
  g_test_add_func ("/liveness/asked-at-once", test_asked_at_once);
  return g_test_run ();
}
