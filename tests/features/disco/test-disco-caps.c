/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE
#include <glib/gstdio.h>
#include <malloc.h>
#include <string.h>
#include <time.h>

#include "disco-test.h"

/* The capabilities of others (XEP-0115): who is asked, and what is believed. */

#define PC "<identity category='client' type='pc' name='Exodus 0.9.1'/>"
/* XEP-0115, 5.2. */
#define EXODUS                                                                                     \
  PC "<feature var='http://jabber.org/protocol/muc'/>"                                             \
     "<feature var='http://jabber.org/protocol/disco#items'/>"                                     \
     "<feature var='http://jabber.org/protocol/disco#info'/>"                                      \
     "<feature var='http://jabber.org/protocol/caps'/>"
#define EXODUS_HASH "QgayPKawpkPSDYmwT/WM94uAlu0="
#define NODE "http://code.google.com/p/exodus"

static void
set_up (DiscoTest *self, gconstpointer data)
{
  disco_test_start_answered (self);
}

static void
tear_down (DiscoTest *self, gconstpointer data)
{
  disco_test_end (self);
}

static void
present (DiscoTest *self, const char *from, const char *algorithm, const char *hash)
{
  g_autofree char *text
      = g_strdup_printf ("<presence from='%s'><c xmlns='" HS_NS_CAPS "'%s%s%s node='" NODE "' ver='%s'/></presence>",
                         from, algorithm != NULL ? " hash='" : "", algorithm != NULL ? algorithm : "",
                         algorithm != NULL ? "'" : "", hash);

  test_client_say (self->test, text);
}

static void
ask (DiscoTest *self, const char *jid, DiscoOutcome *outcome)
{
  hs_disco_query_caps_async (self->disco, jid, NULL, disco_outcome_caps_cb, outcome);
}

/* Nothing is kept of presences that come and go: an address is some forty bytes. */
static void
test_let_go (DiscoTest *self, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize before = 0;

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (text, "<presence from='a@b/%u'><c xmlns='" HS_NS_CAPS "' node='n' ver='v'/></presence>"
                            "<presence from='a@b/%u' type='unavailable'/>", i, i);
  for (guint i = 0; i < 6; i++)
    {
      if (i == 1)
        before = mallinfo2 ().uordblks;
      test_client_say (self->test, text->str);
    }
  g_test_message ("%zd bytes more", (gssize) (mallinfo2 ().uordblks - before));
  g_assert_cmpuint (mallinfo2 ().uordblks, <, before + 200000);
}

/* ---- What is believed ---- */

/* One request for all who have the hash, and none before somebody wants to know. */
static void
test_verified (DiscoTest *self, gconstpointer data)
{
  g_auto (DiscoOutcome) first = { 0 };
  g_auto (DiscoOutcome) second = { 0 };
  g_auto (DiscoOutcome) third = { 0 };

  present (self, "a@b/1", "sha-1", EXODUS_HASH);
  present (self, "a@b/2", "sha-1", EXODUS_HASH);
  g_assert_cmpuint (disco_test_count_requests (self, NULL, NULL), ==, 0);
  g_assert_null (hs_disco_peek (self->disco, "a@b/1"));
  ask (self, "a@b/1", &first);
  ask (self, "a@b/2", &second);
  disco_test_answer (self, "a@b/1", NODE "#" EXODUS_HASH, EXODUS);
  test_until (first.n_called == 1 && second.n_called == 1);
  g_assert_true (first.info == second.info);
  g_assert_true (hs_disco_info_has_feature (first.info, HS_NS_MUC));
  g_assert_true (hs_disco_peek (self->disco, "a@b/2") == first.info);
  present (self, "c@d/3", "sha-1", EXODUS_HASH);
  g_assert_true (hs_disco_peek (self->disco, "c@d/3") == first.info);
  ask (self, "c@d/3", &third);
  test_until (third.n_called == 1);
  g_assert_cmpuint (disco_test_count_requests (self, NULL, NULL), ==, 0);
}

#define FORM(type, more)                                                                           \
  "<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>" type       \
  "</value></field>" more "</x>"

static const struct
{
  const char *what;
  const char *content;
  const char *algorithm; /* NULL: no `hash` */
  const char *hash;      /* NULL: the one of the content, as it is */
} poisoned[] = {
  { "another identity twice", PC PC, "sha-1", NULL },
  { "a feature twice", PC "<feature var='u'/><feature var='u'/>", "sha-1", NULL },
  { "a FORM_TYPE twice", PC FORM ("urn:x", "") FORM ("urn:x", ""), "sha-1", NULL },
  { "two values of FORM_TYPE", PC FORM ("urn:x</value><value>urn:y", ""), "sha-1", NULL },
  { "< in a category", "<identity category='client/pc//A&lt;b' type='c'/>", "sha-1", NULL },
  { "< in a name", "<identity category='client' type='pc' name='A&lt;u'/>", "sha-1", NULL },
  { "< in a language", "<identity category='client' type='pc' xml:lang='&lt;'/>", "sha-1", NULL },
  { "< in a feature", PC "<feature var='urn:a&lt;urn:b'/>", "sha-1", NULL },
  { "< in a FORM_TYPE", PC FORM ("urn:x&lt;y", ""), "sha-1", NULL },
  { "< in a field", PC FORM ("urn:x", "<field var='a&lt;b'/>"), "sha-1", NULL },
  { "< in a value", PC FORM ("urn:x", "<field var='a'><value>&lt;</value></field>"), "sha-256", NULL },
  { "another hash", PC "<feature var='urn:evil'/>", "sha-1", EXODUS_HASH },
  { "nothing at all", "", "sha-512", EXODUS_HASH },
  { "a hash of another algorithm", EXODUS, "sha-256", EXODUS_HASH },
  { "an unknown algorithm", EXODUS, "sha-224", EXODUS_HASH },
  { "no algorithm", EXODUS, NULL, EXODUS_HASH },
};

/* What is not verified counts for its address, and the next one is asked himself. */
static void
test_poisoned (DiscoTest *self, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (poisoned); i++)
    {
      g_auto (DiscoOutcome) first = { 0 };
      g_auto (DiscoOutcome) second = { 0 };
      g_autofree char *hash = g_strdup (poisoned[i].hash);
      g_autofree char *evil = g_strdup_printf ("evil@b/%u", i);
      g_autofree char *good = g_strdup_printf ("good@b/%u", i);

      g_test_message ("%s", poisoned[i].what);
      /* To know the hash, the same is learned from somebody else. */
      if (hash == NULL)
        {
          g_auto (DiscoOutcome) plain = { 0 };
          g_autofree char *other = g_strdup_printf ("other@b/%u", i);

          hs_disco_query_async (self->disco, other, NULL, NULL, disco_outcome_cb, &plain);
          disco_test_answer (self, other, NULL, poisoned[i].content);
          test_until (plain.n_called == 1);
          hash = hs_disco_info_dup_caps_hash (plain.info, poisoned[i].algorithm);
        }
      present (self, evil, poisoned[i].algorithm, hash);
      present (self, good, poisoned[i].algorithm, hash);
      ask (self, evil, &first);
      disco_test_answer (self, evil, NULL, poisoned[i].content);
      test_until (first.n_called == 1);
      g_assert_no_error (first.error);
      g_assert_true (hs_disco_peek (self->disco, evil) == first.info);
      g_assert_null (hs_disco_peek (self->disco, good));
      ask (self, good, &second);
      disco_test_answer (self, good, NULL, PC);
      test_until (second.n_called == 1);
      g_assert_true (second.info != first.info);
      /* The address is not asked again. */
      disco_outcome_clear (&first);
      ask (self, evil, &first);
      test_until (first.n_called == 1);
      g_assert_cmpuint (disco_test_count_requests (self, NULL, NULL), ==, 0);
    }
}

/* Those who wait for the answer of a liar, or of somebody who refuses, get that of the next. */
static void
test_next_holder (DiscoTest *self, gconstpointer data)
{
  DiscoOutcome outcomes[4] = { { 0 } };

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *jid = g_strdup_printf ("a@b/%u", i);

      present (self, jid, "sha-1", EXODUS_HASH);
      ask (self, jid, &outcomes[i]);
    }
  g_assert_cmpuint (disco_test_count_requests (self, NULL, NULL), ==, 1);
  disco_test_answer (self, "a@b/0", NULL, PC);
  test_until (outcomes[0].n_called == 1);
  g_assert_cmpuint (outcomes[1].n_called, ==, 0);
  disco_test_refuse (self, "a@b/1", NULL);
  test_until (outcomes[1].n_called == 1);
  g_assert_error (outcomes[1].error, HS_STANZA_ERROR, HS_STANZA_ERROR_SERVICE_UNAVAILABLE);
  g_assert_cmpuint (outcomes[2].n_called, ==, 0);
  disco_test_answer (self, "a@b/2", NULL, EXODUS);
  test_until (outcomes[2].n_called == 1 && outcomes[3].n_called == 1);
  g_assert_true (outcomes[2].info == outcomes[3].info);
  for (guint i = 0; i < 4; i++)
    disco_outcome_clear (&outcomes[i]);
}

/* ---- Presences ---- */

static void
test_presences (DiscoTest *self, gconstpointer data)
{
  g_auto (DiscoOutcome) outcome = { 0 };

  present (self, "a@b/1", "sha-1", EXODUS_HASH);
  ask (self, "a@b/1", &outcome);
  disco_test_answer (self, "a@b/1", NULL, EXODUS);
  test_until (outcome.n_called == 1);
  /* Without capabilities, the old ones stay; not inside something else, and not from an error. */
  test_client_say (self->test, "<presence from='a@b/1'><show>away</show></presence>"
                               "<presence from='a@b/1'><x xmlns='urn:x'><c xmlns='" HS_NS_CAPS
                               "' hash='sha-1' node='n' ver='other'/></x></presence>"
                               "<presence from='a@b/1' type='error'/>");
  g_assert_true (hs_disco_peek (self->disco, "a@b/1") == outcome.info);
  /* With others, the others count. */
  present (self, "a@b/1", "sha-1", "b3RoZXI=");
  g_assert_null (hs_disco_peek (self->disco, "a@b/1"));
  present (self, "a@b/1", "sha-1", EXODUS_HASH);
  g_assert_true (hs_disco_peek (self->disco, "a@b/1") == outcome.info);
  test_client_say (self->test, "<presence from='a@b/1' type='unavailable'/>");
  g_assert_null (hs_disco_peek (self->disco, "a@b/1"));
}

/* The answer of a request that was under way when the capabilities changed is given and not kept. */
static void
test_changed_under_way (DiscoTest *self, gconstpointer data)
{
  g_auto (DiscoOutcome) outcome = { 0 };

  present (self, "a@b/1", "sha-1", EXODUS_HASH);
  hs_disco_query_async (self->disco, "a@b/1", NULL, NULL, disco_outcome_cb, &outcome);
  test_until (disco_test_count_requests (self, "a@b/1", NULL) == 1);
  present (self, "a@b/1", "sha-1", "b3RoZXI=");
  disco_test_answer (self, "a@b/1", NULL, PC);
  test_until (outcome.n_called == 1);
  disco_outcome_clear (&outcome);
  hs_disco_query_async (self->disco, "a@b/1", NULL, NULL, disco_outcome_cb, &outcome);
  disco_test_answer (self, "a@b/1", NULL, EXODUS);
  test_until (outcome.n_called == 1);
  g_assert_true (hs_disco_info_has_feature (outcome.info, HS_NS_MUC));
}

/* ---- Many ---- */

#define N_HERD 5000
#define N_HASHES 50
#define N_LOOKUPS 100000

static char *
make_content (guint number)
{
  return g_strdup_printf (PC "<feature var='urn:test:%u'/>", number);
}

static char *
make_hash (guint number)
{
  g_autoptr (HsDiscoInfo) info = hs_disco_info_new ();
  g_autofree char *feature = g_strdup_printf ("urn:test:%u", number);

  hs_disco_info_add_identity (info, "client", "pc", "Exodus 0.9.1", NULL);
  hs_disco_info_add_feature (info, feature);
  return hs_disco_info_dup_caps_hash (info, "sha-1");
}

static void
present_herd (DiscoTest *self, guint n_herd, guint n_hashes)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n_hashes; i++)
    g_ptr_array_add (hashes, make_hash (i));
  for (guint i = 0; i < n_herd; i++)
    g_string_append_printf (text,
                            "<presence from='room@b/%u'><c xmlns='" HS_NS_CAPS
                            "' hash='sha-1' node='urn:n' ver='%s'/></presence>",
                            i, (char *) g_ptr_array_index (hashes, i % n_hashes));
  test_client_say (self->test, text->str);
}

/* Answers all that comes, and returns how many there were. */
static guint
answer_all (DiscoTest *self, guint *n_called, guint n_wanted)
{
  guint n_answered = 0;
  gint64 deadline = test_deadline ();

  while (*n_called < n_wanted)
    {
      g_autoptr (GPtrArray) requests = disco_test_list_requests (self, HS_NS_DISCO_INFO, NULL, NULL);

      g_assert_cmpuint (requests->len, <=, 8);
      if (requests->len > 0)
        {
          const char *to = hs_element_get_attribute (requests->pdata[0], "to");
          guint number = g_ascii_strtoull (strchr (to, '/') + 1, NULL, 10) % N_HASHES;
          g_autofree char *content = make_content (number);

          disco_test_answer (self, to, NULL, content);
          n_answered++;
        }
      else
        test_iterate (deadline, "requests");
    }
  return n_answered;
}

static void
count_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsDiscoInfo) info G_GNUC_UNUSED = hs_disco_query_caps_finish (HS_DISCO (source), result, &error);

  g_assert_no_error (error);
  ++*(guint *) data;
}

/* In milliseconds. */
static double
cpu_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1000 + (double) now.tv_nsec / 1e6;
}

/* A window that shows the occupants looks each up, again and again. */
static void
check_lookups (DiscoTest *self)
{
  g_autoptr (GPtrArray) jids = g_ptr_array_new_with_free_func (g_free);
  double begin, each;

  for (guint i = 0; i < N_HERD; i++)
    g_ptr_array_add (jids, g_strdup_printf ("room@b/%u", i));
  begin = cpu_time ();
  for (guint n = 0; n < N_LOOKUPS; n++)
    g_assert_nonnull (hs_disco_peek (self->disco, jids->pdata[n % N_HERD]));
  each = (cpu_time () - begin) * 1000 / N_LOOKUPS;
  g_test_message ("A lookup takes %.2f us", each);
  if (g_getenv ("HS_TEST_TIMING") != NULL)
    g_assert_cmpfloat (each, <=, 0.3);
}

static void
test_herd (DiscoTest *self, gconstpointer data)
{
  guint n_called = 0;

  present_herd (self, N_HERD, N_HASHES);
  g_assert_cmpuint (disco_test_count_requests (self, NULL, NULL), ==, 0);
  for (guint i = 0; i < N_HERD; i++)
    {
      g_autofree char *jid = g_strdup_printf ("room@b/%u", i);

      hs_disco_query_caps_async (self->disco, jid, NULL, count_cb, &n_called);
    }
  g_assert_cmpuint (disco_test_count_requests (self, NULL, NULL), ==, 8);
  g_assert_cmpuint (answer_all (self, &n_called, N_HERD), ==, N_HASHES);
  for (guint i = 0; i < N_HERD; i++)
    {
      g_autofree char *jid = g_strdup_printf ("room@b/%u", i);

      g_assert_nonnull (hs_disco_peek (self->disco, jid));
    }
  check_lookups (self);
}

/* The hash that was used longest ago is asked for again. */
static void
test_cache_size (DiscoTest *self, gconstpointer data)
{
  guint n_called = 0;

  hs_disco_set_cache_size (self->disco, 2);
  present_herd (self, 3, 3);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *jid = g_strdup_printf ("room@b/%u", i);

      hs_disco_query_caps_async (self->disco, jid, NULL, count_cb, &n_called);
      g_assert_cmpuint (answer_all (self, &n_called, i + 1), ==, 1);
    }
  g_assert_nonnull (hs_disco_peek (self->disco, "room@b/0"));
  hs_disco_query_caps_async (self->disco, "room@b/2", NULL, count_cb, &n_called);
  g_assert_cmpuint (answer_all (self, &n_called, 3), ==, 1);
  g_assert_nonnull (hs_disco_peek (self->disco, "room@b/0"));
  g_assert_null (hs_disco_peek (self->disco, "room@b/1"));
}

/* ---- State ---- */

static void
learn (DiscoTest *self)
{
  g_auto (DiscoOutcome) outcome = { 0 };

  present (self, "a@b/1", "sha-1", EXODUS_HASH);
  ask (self, "a@b/1", &outcome);
  disco_test_answer (self, "a@b/1", NULL, EXODUS);
  test_until (outcome.n_called == 1);
}

static void
test_state (DiscoTest *self, gconstpointer data)
{
  g_autoptr (GVariant) state = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autoptr (GError) error = NULL;
  guint n_changed = 0;

  g_assert_null (hs_stateful_dup_state (HS_STATEFUL (self->disco)));
  g_signal_connect_swapped (self->disco, "state-changed", G_CALLBACK (g_atomic_int_inc), &n_changed);
  learn (self);
  g_assert_cmpuint (n_changed, ==, 1);
  state = hs_stateful_dup_state (HS_STATEFUL (self->disco));
  disco_test_end (self);

  /* Loaded before it is registered; nobody has to be asked. */
  self->disco = hs_disco_new ();
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (self->disco), state, &error));
  g_assert_no_error (error);
  disco_test_start (self, self->disco);
  present (self, "c@d/2", "sha-1", EXODUS_HASH);
  g_assert_true (hs_disco_info_has_feature (hs_disco_peek (self->disco, "c@d/2"), HS_NS_MUC));
  again = hs_stateful_dup_state (HS_STATEFUL (self->disco));
  g_assert_true (g_variant_equal (state, again));
}

static void
test_state_refused (DiscoTest *self, gconstpointer data)
{
  static const char *const states[] = {
    "(uint32 1, 'other@example.org', [('sha-1 " EXODUS_HASH "', '')])",
    "(uint32 2, 'user@example.org', [('sha-1 " EXODUS_HASH "', '')])",
    "(uint32 1, 'user@example.org', 'broken')",
    "(uint32 1, 'user@example.org')",
  };
  HsDisco *foreign = hs_disco_new ();
  g_autoptr (GVariant) good = g_variant_ref_sink (g_variant_new_parsed (states[0]));
  g_autoptr (GVariant) lies = NULL;
  guint n_changed = 0;

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (GVariant) state = g_variant_ref_sink (g_variant_new_parsed (states[i]));
      g_autoptr (GError) error = NULL;

      g_assert_false (hs_stateful_restore_state (HS_STATEFUL (self->disco), state, &error));
      g_assert_error (error, HS_ERROR, HS_ERROR_INVALID_STATE);
    }
  /* What a state says is verified too. */
  lies = g_variant_ref_sink (g_variant_new_parsed (
      "(uint32 1, 'user@example.org', [('sha-1 " EXODUS_HASH
      "', '<query xmlns=\"http://jabber.org/protocol/disco#info\"/>'), ('sha-1 x', '<broken')])"));
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (self->disco), lies, NULL));
  present (self, "a@b/1", "sha-1", EXODUS_HASH);
  present (self, "a@b/2", "sha-1", "x");
  g_assert_null (hs_disco_peek (self->disco, "a@b/1"));
  g_assert_null (hs_disco_peek (self->disco, "a@b/2"));
  /* A foreign state goes when the account is known. */
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (foreign), good, NULL));
  g_signal_connect_swapped (foreign, "state-changed", G_CALLBACK (g_atomic_int_inc), &n_changed);
  hs_client_unregister (self->test->client, HS_MODULE (self->disco));
  hs_client_register (self->test->client, HS_MODULE (foreign));
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_null (hs_stateful_dup_state (HS_STATEFUL (foreign)));
  g_object_unref (foreign);
}

#define N_KEPT 3000

static char *
make_kept_hash (guint number)
{
  g_autoptr (HsDiscoInfo) info = hs_disco_info_new ();
  g_autofree char *feature = g_strdup_printf ("urn:feature:%u", number);

  hs_disco_info_add_identity (info, "client", "pc", NULL, NULL);
  hs_disco_info_add_feature (info, feature);
  return hs_disco_info_dup_caps_hash (info, "sha-1");
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* As many hashes as a large room has in years. */
static GVariant *
make_large_state (GPtrArray *hashes)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) numbers = g_hash_table_new (g_str_hash, g_str_equal);
  GVariantBuilder builder;

  for (guint i = 0; i < N_KEPT; i++)
    {
      char *hash = make_kept_hash (i);
      char *key = g_strconcat ("sha-1 ", hash, NULL);

      g_ptr_array_add (hashes, hash);
      g_ptr_array_add (keys, key);
      g_hash_table_insert (numbers, key, GUINT_TO_POINTER (i));
    }
  g_ptr_array_sort (keys, compare_keys);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < keys->len; i++)
    {
      guint number = GPOINTER_TO_UINT (g_hash_table_lookup (numbers, keys->pdata[i]));
      g_autofree char *query = g_strdup_printf ("<query xmlns='" HS_NS_DISCO_INFO "'><identity category='client' "
                                                "type='pc'/><feature var='urn:feature:%u'/></query>", number);

      g_variant_builder_add (&builder, "(ss)", keys->pdata[i], query);
    }
  return g_variant_ref_sink (g_variant_new ("(usa(ss))", 1, "user@example.org", &builder));
}

static void
kept_cb (GObject *source, GAsyncResult *result, gpointer kept)
{
  *(GAsyncResult **) kept = g_object_ref (result);
}

/* The longest turn until there is a result, in milliseconds of CPU. */
static double
spend (GAsyncResult **result)
{
  double longest = 0;

  while (*result == NULL)
    {
      double before = cpu_time ();

      g_main_context_iteration (NULL, TRUE);
      longest = MAX (longest, cpu_time () - before);
    }
  return longest;
}

/* A folder writes and reads what is kept without holding up the main loop. */
static void
test_state_in_parts (DiscoTest *self, gconstpointer data)
{
  g_autofree char *path = g_dir_make_tmp ("headstock-XXXXXX", NULL);
  g_autofree char *name = g_build_filename (path, "caps", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GVariant) state = make_large_state (hashes);
  g_autoptr (GVariant) again = NULL;
  g_autoptr (HsDisco) other = hs_disco_new ();
  g_autoptr (HsStateFolder) folder = hs_state_folder_new (file);
  g_autoptr (HsStateFolder) other_folder = hs_state_folder_new (file);
  g_autoptr (GAsyncResult) written = NULL;
  g_autoptr (GAsyncResult) read = NULL;
  g_autoptr (GString) presences = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  double longest;

  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (self->disco), state, &error));
  /* Each is wanted, and so becomes an object. */
  for (guint i = 0; i < N_KEPT; i++)
    g_string_append_printf (presences, "<presence from='a@b/%u'><c xmlns='" HS_NS_CAPS
                                       "' hash='sha-1' node='urn:n' ver='%s'/></presence>",
                            i, (char *) hashes->pdata[i]);
  test_client_say (self->test, presences->str);
  for (guint i = 0; i < N_KEPT; i++)
    {
      g_autofree char *jid = g_strdup_printf ("a@b/%u", i);

      g_assert_nonnull (hs_disco_peek (self->disco, jid));
    }
  g_assert_true (hs_state_folder_load (folder, HS_STATEFUL (self->disco), &error));
  hs_stateful_emit_changed (HS_STATEFUL (self->disco));
  hs_state_folder_flush_async (folder, NULL, kept_cb, &written);
  longest = spend (&written);
  g_assert_true (hs_state_folder_flush_finish (folder, written, &error));

  hs_state_folder_load_async (other_folder, HS_STATEFUL (other), NULL, kept_cb, &read);
  longest = MAX (longest, spend (&read));
  g_assert_true (hs_state_folder_load_finish (other_folder, read, &error));
  g_assert_no_error (error);
  again = hs_stateful_dup_state (HS_STATEFUL (other));
  g_assert_cmpuint (g_variant_n_children (again), ==, 3);
  g_clear_pointer (&state, g_variant_unref);
  state = hs_stateful_dup_state (HS_STATEFUL (self->disco));
  g_assert_true (g_variant_equal (state, again));
  g_test_message ("Longest turn: %.2f ms", longest);
  if (g_getenv ("HS_TEST_TIMING") != NULL)
    g_assert_cmpfloat (longest, <=, 5.0);
  g_clear_object (&folder);
  g_clear_object (&other_folder);
  g_unlink (name);
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static const ScriptStep script_server_caps[] = {
  RUN (script_header), RUN (script_plain), RUN (script_header),
  SEND (SAY_FEATURES (FEATURE_BIND "<c xmlns='" HS_NS_CAPS "' hash='sha-1' node='" NODE "' ver='" EXODUS_HASH "'/>")),
  EXPECT ("</iq>"), SEND (SAY_BOUND), SERVE, END
};

/* A server whose hash is known is not asked (XEP-0115, 6.3). */
static void
test_server_caps (void)
{
  DiscoTest test = { .script = script_server_caps };
  g_autoptr (GVariant) state = NULL;
  HsDisco *disco = hs_disco_new ();

  disco_test_start (&test, disco);
  g_assert_null (hs_disco_get_server_info (disco));
  disco_test_answer (&test, "example.org", NULL, EXODUS);
  disco_test_answer (&test, "user@example.org", NULL, "");
  g_assert_nonnull (hs_disco_get_server_info (disco));
  state = hs_stateful_dup_state (HS_STATEFUL (disco));
  disco_test_end (&test);

  disco = hs_disco_new ();
  g_assert_true (hs_stateful_restore_state (HS_STATEFUL (disco), state, NULL));
  disco_test_start (&test, disco);
  g_assert_true (hs_disco_info_has_feature (hs_disco_get_server_info (disco), HS_NS_MUC));
  g_assert_cmpuint (disco_test_count_requests (&test, "example.org", NULL), ==, 0);
  g_assert_cmpuint (disco_test_count_requests (&test, "user@example.org", NULL), ==, 1);
  disco_test_end (&test);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/disco-caps/" name, DiscoTest, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("verified", test_verified);
  ADD ("poisoned", test_poisoned);
  ADD ("let-go", test_let_go);
  ADD ("next-holder", test_next_holder);
  ADD ("presences", test_presences);
  ADD ("changed-under-way", test_changed_under_way);
  ADD ("herd", test_herd);
  ADD ("cache-size", test_cache_size);
  ADD ("state", test_state);
  ADD ("state-refused", test_state_refused);
  ADD ("state-in-parts", test_state_in_parts);
  g_test_add_func ("/disco-caps/server-caps", test_server_caps);
  return g_test_run ();
}
