/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-server-memory.h"

#define HERE "[::1]:5222"
#define THERE "127.0.0.1:5222"

static GVariant *
features (const char *name)
{
  return g_variant_new_string (name);
}

static void
assert_features (const HsServerMemory *memory, const char *account, const char *expected)
{
  GVariant *found = hs_server_memory_get_features (memory, account);

  g_assert_cmpstr (found != NULL ? g_variant_get_string (found, NULL) : NULL, ==, expected);
}

/* They are one account's, and what one session offered says nothing of another's. */
static void
test_features (void)
{
  HsServerMemory memory;

  hs_server_memory_init (&memory);
  assert_features (&memory, "a@example.org", NULL);
  assert_features (&memory, NULL, NULL);
  hs_server_memory_remember (&memory, "a@example.org", features ("one"));
  hs_server_memory_remember_session (&memory, HS_SESSION_FEATURE_SM);
  assert_features (&memory, "a@example.org", "one");
  assert_features (&memory, "b@example.org", NULL);
  g_assert_cmpint (hs_server_memory_get_session_features (&memory, "a@example.org"), ==,
                   HS_SESSION_FEATURE_SM);
  g_assert_cmpint (hs_server_memory_get_session_features (&memory, "b@example.org"), ==, 0);
  hs_server_memory_remember (&memory, "a@example.org", features ("two"));
  assert_features (&memory, "a@example.org", "two");
  g_assert_cmpint (hs_server_memory_get_session_features (&memory, "a@example.org"), ==,
                   HS_SESSION_FEATURE_SM);
  hs_server_memory_remember (&memory, "b@example.org", features ("three"));
  assert_features (&memory, "a@example.org", NULL);
  g_assert_cmpint (hs_server_memory_get_session_features (&memory, "b@example.org"), ==, 0);
  hs_server_memory_remember (&memory, "b@example.org", NULL);
  assert_features (&memory, "b@example.org", NULL);
  hs_server_memory_clear (&memory);
}

/* What happens, one letter after the other, and whether the next connection may pipeline after all of it:
 * b/B: bound here/there, l: lost here, r: refused, o: outdated. */
static const struct
{
  const char *story;
  HsPipelining then;
} stories[] = {
  { "", HS_PIPELINING_ALLOWED },
  { "b", HS_PIPELINING_WORKED },
  { "r", HS_PIPELINING_OFF },
  { "br", HS_PIPELINING_OFF },
  { "rb", HS_PIPELINING_OFF },
  { "rbb", HS_PIPELINING_OFF },
  { "ro", HS_PIPELINING_OFF },
  /* Other features are learnt with the next sign-in. */
  { "o", HS_PIPELINING_OFF_UNTIL_BOUND },
  { "ob", HS_PIPELINING_ALLOWED },
  { "or", HS_PIPELINING_OFF_UNTIL_BOUND },
  /* Nothing has ever worked but going step by step. */
  { "l", HS_PIPELINING_SUSPECTED },
  { "lb", HS_PIPELINING_OFF },
  { "lbb", HS_PIPELINING_OFF },
  /* It was the address. */
  { "lB", HS_PIPELINING_ALLOWED },
  { "lBlB", HS_PIPELINING_ALLOWED },
  /* The network; and then not any more. */
  { "bl", HS_PIPELINING_OFF_UNTIL_BOUND },
  { "blb", HS_PIPELINING_ALLOWED },
  { "blbb", HS_PIPELINING_WORKED },
  { "blbl", HS_PIPELINING_SUSPECTED },
  { "blblb", HS_PIPELINING_OFF },
  { "blbblb", HS_PIPELINING_ALLOWED },
};

static HsPipelineKind what;
static const char *here;

static void
live (HsServerMemory *memory, char letter)
{
  switch (letter)
    {
    case 'b':
      hs_server_memory_bound (memory, here);
      break;
    case 'B':
      hs_server_memory_bound (memory, THERE);
      break;
    case 'l':
      hs_server_memory_failed (memory, what, HS_PIPELINING_ON_LOST, here);
      break;
    case 'r':
      hs_server_memory_failed (memory, what, HS_PIPELINING_ON_REFUSED, here);
      break;
    case 'o':
      hs_server_memory_failed (memory, what, HS_PIPELINING_ON_OUTDATED, here);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
try_stories (gconstpointer data, const char *address)
{
  what = GPOINTER_TO_UINT (data);
  here = address;
  for (guint i = 0; i < G_N_ELEMENTS (stories); i++)
    {
      HsServerMemory memory;

      g_test_message ("%s", stories[i].story);
      hs_server_memory_init (&memory);
      hs_server_memory_meet (&memory, "example.org");
      hs_server_memory_remember (&memory, "a@example.org", features ("one"));
      for (const char *letter = stories[i].story; *letter != '\0'; letter++)
        {
          hs_server_memory_meet (&memory, "example.org");
          live (&memory, *letter);
        }
      g_assert_cmpint (memory.pipelining[what], ==, stories[i].then);
      g_assert_cmpint (hs_server_memory_may_pipeline (&memory, HS_PIPELINE_BY_MEMORY), ==,
                       hs_pipelining_is_allowed (stories[i].then));
      /* What is remembered is of no use to a server that wants each step for itself, and not the other way. */
      g_assert_cmpint (hs_server_memory_may_pipeline (&memory, HS_PIPELINE_WITH_HEADER), ==,
                       what == HS_PIPELINE_BY_MEMORY || hs_pipelining_is_allowed (stories[i].then));
      g_assert_cmpint (hs_server_memory_failed (&memory, what, HS_PIPELINING_ON_OUTDATED, here), ==,
                       hs_pipelining_is_allowed (stories[i].then));
      g_assert_false (hs_server_memory_failed (&memory, what, HS_PIPELINING_ON_OUTDATED, here));
      assert_features (&memory, "a@example.org", NULL);
      /* Another server is not to blame. */
      hs_server_memory_meet (&memory, "example.com");
      g_assert_true (hs_server_memory_may_pipeline (&memory, HS_PIPELINE_BY_MEMORY));
      assert_features (&memory, "a@example.org", "one");
      hs_server_memory_clear (&memory);
    }
}

static void
test_pipelining (gconstpointer data)
{
  try_stories (data, HERE);
}

/* A transport without an address reaches one place. */
static void
test_no_address (gconstpointer data)
{
  try_stories (data, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server-memory/features", test_features);
  g_test_add_data_func ("/server-memory/pipelining/by-memory",
                        GUINT_TO_POINTER (HS_PIPELINE_BY_MEMORY), test_pipelining);
  g_test_add_data_func ("/server-memory/pipelining/with-header",
                        GUINT_TO_POINTER (HS_PIPELINE_WITH_HEADER), test_pipelining);
  g_test_add_data_func ("/server-memory/pipelining/by-memory/no-address",
                        GUINT_TO_POINTER (HS_PIPELINE_BY_MEMORY), test_no_address);
  g_test_add_data_func ("/server-memory/pipelining/with-header/no-address",
                        GUINT_TO_POINTER (HS_PIPELINE_WITH_HEADER), test_no_address);
  return g_test_run ();
}
