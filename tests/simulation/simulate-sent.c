/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "sent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* simulate-sent [--seeds=N] [--first=N] [--seed=N] [--verbose]
 *
 * Runs as many seeds, one after another, and says what has happened in all of them; or one, step by step. Ends with 1
 * at the first seed in which an invariant does not hold. */

#define STEPS 150
/* Without faults, everything is told within so many. */
#define MAX_SETTLING 3000

static guint64 figures[HS_SENT_STATE_FAILED + 1];
static guint64 n_sent, n_refused, n_cancelled, n_cuts, n_restarts;

/* ---- Chance, and what is said of a run ---- */

guint
sent_random (World *w, guint n)
{
  return g_rand_int_range (w->random, 0, n);
}

gboolean
sent_chance (World *w, guint percent)
{
  return sent_random (w, 100) < percent;
}

void
sent_fail (World *w, const char *invariant, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  printf ("seed %" G_GUINT64_FORMAT ", step %u: %s: %s\n", w->seed, w->step, invariant, text);
  printf ("again: %s --seed=%" G_GUINT64_FORMAT " --verbose\n", g_get_prgname (), w->seed);
  fflush (stdout);
  exit (1);
}

void
sent_note (World *w, const char *format, ...)
{
  va_list args;

  if (!w->verbose)
    return;
  printf ("%4u %8.3f s  ", w->step, hs_loop_get_time (w->loop) / 1e6);
  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  putchar ('\n');
}

static const char *
get_name (HsSentState state)
{
  g_autoptr (GEnumClass) names = g_type_class_ref (HS_TYPE_SENT_STATE);

  return g_enum_get_value (names, state)->value_nick;
}

Sent *
sent_find (World *w, guint number)
{
  if (number >= w->sent->len)
    sent_fail (w, "protocol", "nobody has sent %u", number);
  return g_ptr_array_index (w->sent, number);
}

guint
sent_get_number (World *w, HsMessage *message)
{
  return atoi (hs_message_get_body (message));
}

static void
sent_free (gpointer data)
{
  Sent *self = data;

  g_clear_object (&self->sent);
  g_free (self->id);
  g_free (self);
}

void
sent_turn (World *w)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
pass_time (World *w, guint msec)
{
  hs_loop_set_time (w->loop, hs_loop_get_time (w->loop) + msec * (gint64) 1000);
  sent_turn (w);
}

/* ---- What is told of a message ---- */

static gboolean
may_follow (HsSentState before, HsSentState after)
{
  switch (before)
    {
    case HS_SENT_STATE_WAITING:
      return TRUE;
    case HS_SENT_STATE_UNKNOWN:
      return after != HS_SENT_STATE_WAITING;
    case HS_SENT_STATE_ON_SERVER:
      return after == HS_SENT_STATE_DELIVERED || after == HS_SENT_STATE_FAILED;
    case HS_SENT_STATE_FAILED:
      return after == HS_SENT_STATE_DELIVERED;
    case HS_SENT_STATE_REFLECTED:
    case HS_SENT_STATE_DELIVERED:
    case HS_SENT_STATE_DISPLAYED:
    default:
      return FALSE;
    }
}

static void
check_truth (World *w, guint number, Sent *sent, const GError *error)
{
  gboolean has_error = sent->state == HS_SENT_STATE_FAILED || sent->state == HS_SENT_STATE_UNKNOWN;

  if ((error != NULL) != has_error)
    sent_fail (w, "errors", "%u is %s with%s an error", number, get_name (sent->state), error != NULL ? "" : "out");
  if (sent->state == HS_SENT_STATE_ON_SERVER && sent->n_received == 0)
    sent_fail (w, "truth", "%u is on the server, which has not received it", number);
  if (sent->state == HS_SENT_STATE_DELIVERED && !sent->is_receipted)
    sent_fail (w, "truth", "%u is delivered, and nobody has said so", number);
  if (sent->state != HS_SENT_STATE_FAILED)
    return;
  if (error->domain == HS_STANZA_ERROR ? !sent->is_bounced : sent->n_received > 0)
    sent_fail (w, "truth", "%u has failed (%s), and was %sreceived", number, error->message,
               sent->n_received > 0 ? "" : "not ");
}

static void
look (World *w, guint number, Sent *sent)
{
  HsSentState state = hs_sent_message_get_state (sent->sent);

  if (state != sent->state)
    {
      sent_note (w, "%u is %s", number, get_name (state));
      if (!may_follow (sent->state, state))
        sent_fail (w, "one way", "%u is %s after it was %s", number, get_name (state), get_name (sent->state));
    }
  sent->state = state;
  check_truth (w, number, sent, hs_sent_message_get_error (sent->sent));
}

static gboolean
is_open (Sent *sent)
{
  return !sent->is_cancelled
         && (sent->state == HS_SENT_STATE_WAITING || sent->state == HS_SENT_STATE_UNKNOWN);
}

/* The list has all whose status is open, in the order in which they were sent. */
static void
check_pending (World *w)
{
  GListModel *pending = hs_messages_get_pending (w->messages);
  guint n = g_list_model_get_n_items (pending);
  guint position = 0;

  for (guint i = 0; i < w->sent->len; i++)
    {
      Sent *sent = g_ptr_array_index (w->sent, i);
      g_autoptr (HsSentMessage) next = NULL;

      if (sent->sent == NULL || !is_open (sent))
        continue;
      next = g_list_model_get_item (pending, position++);
      if (next != sent->sent)
        sent_fail (w, "pending", "%u, which is %s, is not in the list", i, get_name (sent->state));
    }
  if (position != n)
    sent_fail (w, "pending", "%u messages are in the list, and %u are open", n, position);
}

static void
check (World *w)
{
  for (guint i = 0; i < w->sent->len; i++)
    {
      Sent *sent = g_ptr_array_index (w->sent, i);

      if (sent->sent != NULL)
        look (w, i, sent);
    }
  check_pending (w);
}

/* ---- The program ---- */

static void
state_changed_cb (HsStateful *messages, World *w)
{
  g_clear_pointer (&w->outbox, g_variant_unref);
  w->outbox = hs_stateful_dup_state (messages);
}

static void
begin_program (World *w, GVariant *session)
{
  g_autoptr (GError) error = NULL;

  w->client = hs_client_new ("user@example.org", "secret");
  hs_client_set_resend_policy (w->client, w->policy);
  w->messages = hs_messages_new ();
  hs_messages_set_queue_offline (w->messages, w->queues);
  sent_server_attach (w);
  if (session != NULL && !hs_client_set_session_state (w->client, session, &error))
    {
      g_assert_error (error, HS_ERROR, HS_ERROR_EXPIRED);
      g_clear_error (&error);
    }
  if (w->outbox != NULL)
    hs_stateful_restore_state (HS_STATEFUL (w->messages), w->outbox, &error);
  g_assert_no_error (error);
  g_signal_connect (w->messages, "state-changed", G_CALLBACK (state_changed_cb), w);
  hs_client_register (w->client, HS_MODULE (w->messages));
  w->is_registered = TRUE;
  hs_client_start (w->client);
}

static void
drop_program (World *w)
{
  g_signal_handlers_disconnect_by_func (w->messages, state_changed_cb, w);
  for (guint i = 0; i < w->sent->len; i++)
    g_clear_object (&((Sent *) g_ptr_array_index (w->sent, i))->sent);
  /* In one process, requests have to be given up, and keep the client for that. */
  hs_client_stop (w->client);
  sent_server_cut (w);
  sent_turn (w);
  g_clear_object (&w->client);
  sent_turn (w);
  g_assert_finalize_object (w->messages);
}

/* What was open is open, and nothing that the client had is said to wait. */
static void
find_again (World *w)
{
  GListModel *pending = hs_messages_get_pending (w->messages);

  for (guint i = 0; i < g_list_model_get_n_items (pending); i++)
    {
      g_autoptr (HsSentMessage) message = g_list_model_get_item (pending, i);
      guint number = sent_get_number (w, hs_chat_message_get_message (HS_CHAT_MESSAGE (message)));
      Sent *sent = sent_find (w, number);

      if (sent->sent != NULL || !is_open (sent))
        sent_fail (w, "outbox", "%u was not open", number);
      sent->sent = g_steal_pointer (&message);
    }
  for (guint i = 0; i < w->sent->len; i++)
    {
      Sent *sent = g_ptr_array_index (w->sent, i);

      if (sent->sent == NULL && !sent->is_refused && is_open (sent))
        sent_fail (w, "outbox", "%u was %s, and is not in the outbox", i, get_name (sent->state));
    }
}

/* The program ends without a word, and another run begins with what was kept. */
static void
restart (World *w)
{
  g_autoptr (GVariant) session = sent_chance (w, 50) ? hs_client_dup_session_state (w->client) : NULL;

  sent_note (w, "the program ends, and comes again with%s its session", session != NULL ? "" : "out");
  n_restarts++;
  w->n_losses++;
  drop_program (w);
  begin_program (w, session);
  find_again (w);
}

static void
send_one (World *w)
{
  Sent *sent = g_new0 (Sent, 1);
  guint number = w->sent->len;
  g_autofree char *body = g_strdup_printf ("%u", number);
  g_autofree char *peer = NULL;
  g_autoptr (GError) error = NULL;

  sent->peer = sent_random (w, SENT_N_PEERS);
  sent->n_losses = w->n_losses;
  peer = g_strdup_printf ("peer%u@example.com", sent->peer);
  g_ptr_array_add (w->sent, sent);
  sent->sent = hs_messages_send_text (w->messages, peer, body, &error);
  n_sent++;
  if (sent->sent != NULL)
    {
      sent->id = g_strdup (hs_sent_message_get_id (sent->sent));
      sent_note (w, "the program sends %u", number);
      return;
    }
  if (!g_error_matches (error, HS_ERROR, HS_ERROR_NOT_CONNECTED) || (w->queues && w->is_registered))
    sent_fail (w, "queue-offline", "%u was not taken: %s", number, error->message);
  sent->is_refused = TRUE;
  n_refused++;
}

static void
cancel (World *w)
{
  Sent *sent = w->sent->len > 0 ? sent_find (w, sent_random (w, w->sent->len)) : NULL;

  if (sent == NULL || sent->sent == NULL || !hs_messages_cancel (w->messages, sent->sent))
    return;
  sent_note (w, "the program gives up %s", sent->id);
  n_cancelled++;
  sent->is_cancelled = TRUE;
}

static void
register_again (World *w)
{
  w->is_registered = !w->is_registered;
  sent_note (w, "the program %s the module", w->is_registered ? "registers" : "unregisters");
  w->n_losses++;
  if (w->is_registered)
    hs_client_register (w->client, HS_MODULE (w->messages));
  else
    hs_client_unregister (w->client, HS_MODULE (w->messages));
}

/* ---- One step ---- */

static void
carry (World *w, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      gboolean goes_on = sent_server_deliver_up (w);

      goes_on |= sent_server_deliver_down (w);
      sent_turn (w);
      if (!goes_on && w->up.length == 0)
        return;
    }
}

/* Mostly the sign-in is not what is cut. */
static void
connect_again (World *w)
{
  if (hs_client_get_state (w->client) == HS_CLIENT_STATE_DISCONNECTED)
    hs_client_start (w->client);
  else if (w->transport == NULL)
    hs_client_reconnect_now (w->client);
  sent_turn (w);
  carry (w, sent_chance (w, 80) ? 30 : sent_random (w, 8));
}

static void
fault (World *w)
{
  switch (sent_random (w, 10))
    {
    case 0:
      restart (w);
      break;
    case 1:
      sent_server_refuse (w);
      break;
    case 2:
      cancel (w);
      break;
    case 3:
      register_again (w);
      break;
    case 4:
      /* Longer than a session is kept, sometimes. */
      pass_time (w, sent_random (w, 400) * 1000);
      break;
    case 5:
      hs_client_stop (w->client);
      break;
    default:
      n_cuts += w->transport != NULL;
      sent_server_cut (w);
    }
}

static void
step (World *w)
{
  guint what = sent_random (w, 100);

  w->step++;
  if (what < 25)
    for (guint i = 1 + sent_random (w, 4); i > 0; i--)
      send_one (w);
  else if (what < 45)
    carry (w, 1 + sent_random (w, 20));
  else if (what < 65)
    connect_again (w);
  else if (what < 75)
    sent_server_answer (w);
  else if (what < 85)
    pass_time (w, sent_random (w, 300));
  else if (!w->is_registered)
    register_again (w);
  else
    fault (w);
  sent_turn (w);
  check (w);
}

/* ---- The end: no more faults, and each message has its status ---- */

static gboolean
is_settled (World *w)
{
  if (hs_client_get_state (w->client) != HS_CLIENT_STATE_READY || w->up.length > 0 || w->down.length > 0
      || hs_client_get_unacknowledged (w->client) > 0)
    return FALSE;
  for (guint i = 0; i < w->sent->len; i++)
    {
      Sent *sent = g_ptr_array_index (w->sent, i);

      if (sent->sent != NULL && sent->state == HS_SENT_STATE_WAITING)
        return FALSE;
    }
  return TRUE;
}

static void
settle (World *w)
{
  w->is_calm = TRUE;
  w->session.refusals[HS_TEST_REFUSAL_RESUMPTION] = 0;
  if (!w->is_registered)
    register_again (w);
  for (guint i = 0; !is_settled (w); i++)
    {
      w->step++;
      if (i == MAX_SETTLING)
        sent_fail (w, "no stall", "a message still waits");
      connect_again (w);
      carry (w, 50);
      pass_time (w, 100);
      check (w);
    }
}

/* Whoever hears of a message late lifts what nobody knew. */
static void
lift (World *w)
{
  for (guint i = 0; i < w->sent->len; i++)
    {
      Sent *sent = g_ptr_array_index (w->sent, i);

      if (sent->n_received > 0)
        sent_server_send_receipt (w, sent);
    }
  carry (w, G_MAXUINT);
  check (w);
  for (guint i = 0; i < w->sent->len; i++)
    {
      Sent *sent = g_ptr_array_index (w->sent, i);

      if (sent->sent != NULL && sent->n_received > 0 && sent->state != HS_SENT_STATE_DELIVERED)
        sent_fail (w, "lifting", "%u has a receipt and is %s", i, get_name (sent->state));
    }
}

static void
check_end (World *w)
{
  for (guint i = 0; i < w->sent->len; i++)
    {
      Sent *sent = g_ptr_array_index (w->sent, i);

      if (sent->is_refused)
        continue;
      figures[sent->state]++;
      if (sent->state == HS_SENT_STATE_UNKNOWN && sent->n_losses == w->n_losses)
        sent_fail (w, "truth", "%u is unknown, and the server has told of every session", i);
      if (w->queues && sent->state == HS_SENT_STATE_FAILED && !sent->is_bounced && !sent->is_cancelled)
        sent_fail (w, "queue-offline", "%u has failed", i);
    }
}

static void
run (guint64 seed, gboolean verbose)
{
  World *w = g_new0 (World, 1);

  w->seed = seed;
  w->verbose = verbose;
  w->random = g_rand_new_with_seed ((guint32) seed);
  g_random_set_seed ((guint32) seed);
  w->loop = hs_loop_get (NULL);
  hs_loop_stand (w->loop, TRUE);
  w->sent = g_ptr_array_new_with_free_func (sent_free);
  w->queues = sent_chance (w, 60);
  w->policy = sent_chance (w, 40) ? HS_RESEND_POLICY_NEVER : HS_RESEND_POLICY_UNRECEIVED;
  sent_server_init (w);
  begin_program (w, NULL);
  while (w->step < STEPS)
    step (w);
  settle (w);
  check_end (w);
  lift (w);
  drop_program (w);
  g_clear_pointer (&w->outbox, g_variant_unref);
  g_ptr_array_unref (w->sent);
  sent_server_clear (w);
  hs_loop_stand (w->loop, FALSE);
  hs_loop_unref (w->loop);
  g_rand_free (w->random);
  g_free (w);
}

int
main (int argc, char **argv)
{
  gint64 seeds = 300, first = 1, seed = -1;
  gboolean verbose = FALSE;
  const GOptionEntry entries[] = { { "seeds", 0, 0, G_OPTION_ARG_INT64, &seeds, "How many", "N" },
                                   { "first", 0, 0, G_OPTION_ARG_INT64, &first, "The first one", "N" },
                                   { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Only this one", "N" },
                                   { "verbose", 0, 0, G_OPTION_ARG_NONE, &verbose, "Say each step", NULL },
                                   { NULL } };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 2;
    }
  if (seed >= 0)
    first = seed;
  for (gint64 i = 0; i < (seed >= 0 ? 1 : seeds); i++)
    run (first + i, verbose);
  printf ("%" G_GINT64_FORMAT " seeds in %.1f s: every invariant held after every step\n", seed >= 0 ? 1 : seeds,
          (g_get_monotonic_time () - start) / 1e6);
  printf ("  %" G_GUINT64_FORMAT " messages: %" G_GUINT64_FORMAT " on the server, %" G_GUINT64_FORMAT
          " delivered, %" G_GUINT64_FORMAT " failed, %" G_GUINT64_FORMAT " unknown, %" G_GUINT64_FORMAT " not taken\n",
          n_sent, figures[HS_SENT_STATE_ON_SERVER], figures[HS_SENT_STATE_DELIVERED],
          figures[HS_SENT_STATE_FAILED], figures[HS_SENT_STATE_UNKNOWN], n_refused);
  printf ("  %" G_GUINT64_FORMAT " cuts, %" G_GUINT64_FORMAT " restarts of the program, %" G_GUINT64_FORMAT
          " messages that it gave up\n",
          n_cuts, n_restarts, n_cancelled);
  return 0;
}
