/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-error.h"
#include "hs-namespaces.h"
#include "protocol/hs-iq-tracker.h"

/* Which answer belongs to which request, and when a request has waited long enough. */

typedef struct
{
  HsIqTracker *tracker;
  HsIqOwn own;
  GString *told; /* one letter a call: the name of the request, then + or what failed it */
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->tracker = hs_iq_tracker_new ();
  f->told = g_string_new (NULL);
  f->own.full = hs_jid_new ("romeo@montague.example/orchard", NULL);
  f->own.bare = hs_jid_get_bare (f->own.full);
  f->own.domain = hs_jid_new ("montague.example", NULL);
  hs_iq_tracker_set_own (f->tracker, &f->own);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  hs_iq_tracker_free (f->tracker);
  hs_jid_unref (f->own.full);
  hs_jid_unref (f->own.bare);
  hs_jid_unref (f->own.domain);
  g_string_free (f->told, TRUE);
}

typedef struct
{
  Fixture *fixture;
  const char *name;
} Waiter;

static void
told_cb (HsNode *answer, const GError *error, gpointer user_data)
{
  g_autofree Waiter *waiter = user_data;
  const char *how = "+";

  g_assert_true ((answer == NULL) != (error == NULL));
  if (error != NULL)
    how = g_error_matches (error, HS_ERROR, HS_ERROR_TIMED_OUT) ? "t" : "f";
  g_string_append_printf (waiter->fixture->told, "%s%s ", waiter->name, how);
}

static HsIqRequest *
ask (Fixture *f, const char *id, const char *to, const char *from, gint64 deadline)
{
  HsIqRequest *request = hs_iq_tracker_add (f->tracker, id, to, from, deadline);
  Waiter *waiter = g_new (Waiter, 1);

  waiter->fixture = f;
  waiter->name = id;
  hs_iq_request_set_callback (request, told_cb, waiter);
  return request;
}

static HsIqRequest *
match (Fixture *f, const char *id, const char *from, const char *to)
{
  HsBlock *block = hs_block_new (NULL);
  HsNode *iq = hs_node_new (block, "iq", HS_NS_CLIENT);
  HsIqRequest *request;

  hs_node_set_attribute (iq, "id", NULL, id);
  hs_node_set_attribute (iq, "from", NULL, from);
  hs_node_set_attribute (iq, "to", NULL, to);
  request = hs_iq_tracker_match (f->tracker, iq);
  hs_block_unref (block);
  return request;
}

/* For requests whose ids have one letter. */
static void
assert_waiting (Fixture *f, const char *ids, const char *expected)
{
  g_autoptr (GString) waiting = g_string_new (NULL);

  for (; *ids != '\0'; ids++)
    {
      const char id[] = { *ids, '\0' };

      if (match (f, id, NULL, NULL) != NULL)
        g_string_append (waiting, id);
    }
  g_assert_cmpstr (waiting->str, ==, expected);
}

/* RFC 6120, 8.1.2.1 and 10.3.3, as a table. */
static void
test_senders (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *to;
    const char *from;
    gboolean accepted;
  } rows[] = {
    { NULL, NULL, TRUE },
    { NULL, "romeo@montague.example", TRUE },
    { NULL, "ROMEO@montague.example", TRUE },
    { NULL, "romeo@montague.example/orchard", TRUE },
    { NULL, "montague.example", TRUE },
    { NULL, "romeo@montague.example/garden", FALSE },
    { NULL, "mallory@evil.example", FALSE },
    { NULL, "", FALSE },
    { NULL, "@", FALSE },
    { "romeo@montague.example", NULL, TRUE },
    { "Romeo@Montague.example", "romeo@montague.example", TRUE },
    { "romeo@montague.example", "montague.example", TRUE },
    { "romeo@montague.example", "juliet@capulet.example", FALSE },
    { "juliet@capulet.example/balcony", "juliet@capulet.example/balcony", TRUE },
    { "Juliet@capulet.example/balcony", "juliet@capulet.example/balcony", TRUE },
    { "juliet@capulet.example/balcony", "juliet@capulet.example/Balcony", FALSE },
    { "juliet@capulet.example/balcony", "juliet@capulet.example", FALSE },
    { "juliet@capulet.example/balcony", NULL, FALSE },
    { "juliet@capulet.example/balcony", "romeo@montague.example", FALSE },
    { "montague.example", "montague.example", TRUE },
    { "montague.example", NULL, FALSE },
    { "montague.example", "romeo@montague.example", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      HsIqRequest *request = hs_iq_tracker_add (f->tracker, "a", rows[i].to, NULL, 0);

      g_test_message ("to %s, from %s", rows[i].to, rows[i].from);
      g_assert_true (match (f, "a", rows[i].from, NULL) == (rows[i].accepted ? request : NULL));
      g_assert_null (match (f, "b", rows[i].from, NULL));
      g_assert_null (match (f, NULL, rows[i].from, NULL));
      hs_iq_tracker_remove (f->tracker, request);
      g_assert_null (match (f, "a", rows[i].from, NULL));
    }
}

/* A component's answers must come back to the address that it used. */
static void
test_strict (Fixture *f, gconstpointer data)
{
  HsIqRequest *request;

  g_assert_false (hs_iq_tracker_is_strict (f->tracker));
  hs_iq_tracker_make_strict (f->tracker);
  /* Whatever address is bound. */
  hs_iq_tracker_set_own (f->tracker, &f->own);
  request = ask (f, "a", "juliet@capulet.example", "bot@montague.example", 0);
  g_assert_null (match (f, "a", "juliet@capulet.example", NULL));
  g_assert_null (match (f, "a", "juliet@capulet.example", "other@montague.example"));
  g_assert_true (match (f, "a", "juliet@capulet.example", "bot@montague.example") == request);
  g_assert_null (match (f, "a", NULL, "bot@montague.example"));
  hs_iq_tracker_answer (f->tracker, request, (HsNode *) f);
  g_assert_cmpstr (f->told->str, ==, "a+ ");
}

static void
test_same_id (Fixture *f, gconstpointer data)
{
  HsIqRequest *one = ask (f, "a", "one@example.com", NULL, 10);
  HsIqRequest *two = ask (f, "a", "two@example.com", NULL, 20);
  HsIqRequest *three = ask (f, "a", "three@example.com", NULL, 30);

  g_assert_true (match (f, "a", "one@example.com", NULL) == one);
  g_assert_true (match (f, "a", "two@example.com", NULL) == two);
  g_assert_true (match (f, "a", "three@example.com", NULL) == three);
  hs_iq_tracker_answer (f->tracker, two, (HsNode *) f);
  g_assert_null (match (f, "a", "two@example.com", NULL));
  hs_iq_tracker_answer (f->tracker, three, (HsNode *) f);
  g_assert_true (match (f, "a", "one@example.com", NULL) == one);
  hs_iq_tracker_answer (f->tracker, one, (HsNode *) f);
  g_assert_null (match (f, "a", "one@example.com", NULL));
  g_assert_cmpint (hs_iq_tracker_get_deadline (f->tracker), ==, 0);
}

static void
test_deadlines (Fixture *f, gconstpointer data)
{
  HsIqRequest *late;

  g_assert_cmpint (hs_iq_tracker_get_deadline (f->tracker), ==, 0);
  ask (f, "c", NULL, NULL, 3000);
  ask (f, "a", NULL, NULL, 1000);
  late = ask (f, "d", NULL, NULL, 4000);
  ask (f, "b", NULL, NULL, 2000);
  ask (f, "e", NULL, NULL, 0);
  g_assert_cmpint (hs_iq_tracker_get_deadline (f->tracker), ==, 1000);

  hs_iq_tracker_expire (f->tracker, 999, 0);
  g_assert_cmpstr (f->told->str, ==, "");
  hs_iq_tracker_expire (f->tracker, 2000, 0);
  g_assert_cmpstr (f->told->str, ==, "at bt ");
  g_assert_cmpint (hs_iq_tracker_get_deadline (f->tracker), ==, 3000);
  /* Its answer is coming in: it has all the time it needs. */
  hs_iq_tracker_hold (f->tracker, late);
  hs_iq_tracker_expire (f->tracker, G_MAXINT64, 0);
  g_assert_cmpstr (f->told->str, ==, "at bt ct ");
  hs_iq_tracker_answer (f->tracker, late, (HsNode *) f);
  g_assert_cmpstr (f->told->str, ==, "at bt ct d+ ");
  assert_waiting (f, "abcde", "e");
  hs_iq_tracker_answer (f->tracker, match (f, "e", NULL, NULL), (HsNode *) f);
  g_assert_cmpstr (f->told->str, ==, "at bt ct d+ e+ ");
  assert_waiting (f, "abcde", "");
}

static void
keep_message_cb (HsNode *answer, const GError *error, gpointer user_data)
{
  char **message = user_data;

  g_assert_error (error, HS_ERROR, HS_ERROR_TIMED_OUT);
  *message = g_strdup (error->message);
}

/* Who did not answer what, and within which time. */
static void
test_timeout_message (Fixture *f, gconstpointer data)
{
  static const struct
  {
    const char *to;
    const char *name;
    const char *namespace_;
    const char *message;
  } rows[] = {
    { "example.org", "query", "jabber:iq:roster",
      "example.org did not answer the request (jabber:iq:roster query) with the id i within 1500 milliseconds" },
    { NULL, "query", "", "The server did not answer the request (query) with the id i within 1500 milliseconds" },
    { NULL, NULL, NULL, "The server did not answer the request with the id i within 1500 milliseconds" },
    { "a@b\nc", "q\nr", "urn:\n1",
      "a@b c did not answer the request (urn: 1 q r) with the id i within 1500 milliseconds" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      HsIqRequest *request = hs_iq_tracker_add (f->tracker, "i", rows[i].to, NULL, 5);
      g_autofree char *message = NULL;

      hs_iq_request_set_timeout (request, 1500000);
      hs_iq_request_set_payload (request, rows[i].name, rows[i].namespace_);
      hs_iq_request_set_callback (request, keep_message_cb, &message);
      hs_iq_tracker_expire (f->tracker, 5, 0);
      g_assert_cmpstr (message, ==, rows[i].message);
    }
}

/* While an answer comes in, the time counts from what came last. */
static void
test_silence (Fixture *f, gconstpointer data)
{
  HsIqRequest *request = ask (f, "a", NULL, NULL, 1000);

  hs_iq_request_set_timeout (request, 500);
  hs_iq_tracker_hold (f->tracker, request);
  hs_iq_tracker_expire (f->tracker, 1000, 900);
  g_assert_cmpstr (f->told->str, ==, "");
  g_assert_cmpint (hs_iq_tracker_get_deadline (f->tracker), ==, 1400);
  hs_iq_tracker_expire (f->tracker, 1400, 1399);
  g_assert_cmpstr (f->told->str, ==, "");
  hs_iq_tracker_expire (f->tracker, 1899, 1399);
  g_assert_cmpstr (f->told->str, ==, "at ");
}

static void
ask_again_cb (HsNode *answer, const GError *error, gpointer user_data)
{
  Fixture *f = user_data;

  g_assert_nonnull (error);
  g_string_append (f->told, "again ");
  hs_iq_tracker_add (f->tracker, "fresh", NULL, NULL, 50);
}

/* What is asked while all fails belongs to what comes after. */
static void
test_fail_all (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = g_error_new_literal (HS_ERROR, HS_ERROR_SESSION_LOST, "gone");

  hs_iq_request_set_callback (hs_iq_tracker_add (f->tracker, "x", NULL, NULL, 5), ask_again_cb, f);
  hs_iq_tracker_add (f->tracker, "silent", NULL, NULL, 5);
  hs_iq_tracker_fail_all (f->tracker, error);
  g_assert_cmpstr (f->told->str, ==, "again ");
  g_assert_null (match (f, "x", NULL, NULL));
  g_assert_null (match (f, "silent", NULL, NULL));
  g_assert_nonnull (match (f, "fresh", NULL, NULL));
  g_assert_cmpint (hs_iq_tracker_get_deadline (f->tracker), ==, 50);
}

static guint
count_waiting (Fixture *f, GPtrArray *ids)
{
  guint n = 0;

  for (guint i = 0; i < ids->len; i++)
    n += match (f, g_ptr_array_index (ids, i), NULL, NULL) != NULL;
  return n;
}

/* Thousands at once, answered in another order: none is lost or told twice. */
static void
test_many (Fixture *f, gconstpointer data)
{
  const guint n = 5000;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint i = 0; i < n; i++)
    {
      char *id = g_strdup_printf ("id%u", i);

      g_ptr_array_add (ids, id);
      hs_iq_tracker_add (f->tracker, id, NULL, NULL, 1 + g_rand_int_range (random, 0, 1000));
    }
  for (guint i = 0; i < n; i += 2)
    hs_iq_tracker_answer (f->tracker, match (f, g_ptr_array_index (ids, i), NULL, NULL),
                          (HsNode *) f);
  g_assert_cmpuint (count_waiting (f, ids), ==, n / 2);
  for (gint64 now = 0; now <= 1001; now++)
    {
      gint64 deadline = hs_iq_tracker_get_deadline (f->tracker);

      g_assert_true (deadline == 0 || deadline >= now);
      hs_iq_tracker_expire (f->tracker, now, 0);
    }
  g_assert_cmpuint (count_waiting (f, ids), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/iq-tracker/senders", test_senders);
  ADD ("/iq-tracker/strict", test_strict);
  ADD ("/iq-tracker/same-id", test_same_id);
  ADD ("/iq-tracker/deadlines", test_deadlines);
  ADD ("/iq-tracker/silence", test_silence);
  ADD ("/iq-tracker/timeout-message", test_timeout_message);
  ADD ("/iq-tracker/fail-all", test_fail_all);
  ADD ("/iq-tracker/many", test_many);

  return g_test_run ();
}
