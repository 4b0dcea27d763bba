/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-state.h"

#include "hs-namespaces.h"
#include "transition-test.h"

#define NO HS_STREAM_N_STATES

static const char *const changes[HS_STREAM_N_CHANGES] = {
  "header-sent", "header", "starttls", "proceed", "features", "sasl",           "sasl2", "task", "key-needed",
  "token-refused", "signed-in", "bind", "resume", "session", "handshake-sent", "ready", "end",
};

/* Every state by every change. */
static const HsStreamState expected[HS_STREAM_N_STATES][HS_STREAM_N_CHANGES] = {
#define H HS_STREAM_STATE_HEADER
#define F HS_STREAM_STATE_FEATURES
#define P HS_STREAM_STATE_PROCEED
#define T HS_STREAM_STATE_HANDSHAKE
#define U HS_STREAM_STATE_UNSIGNED
#define S HS_STREAM_STATE_SASL
#define S2 HS_STREAM_STATE_SASL2
#define K HS_STREAM_STATE_TASK
#define D HS_STREAM_STATE_DERIVING
#define B HS_STREAM_STATE_BIND
#define M HS_STREAM_STATE_RESUME
#define N HS_STREAM_STATE_SESSION
#define C HS_STREAM_STATE_COMPONENT
#define R HS_STREAM_STATE_READY
#define E HS_STREAM_STATE_ENDED
#define _ NO
  /*             sent hdr tls proc feat sasl sasl2 task key tok. in bind res. sess. hand. ready end */
  /* closed */    { H, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, E },
  /* header */    { _, F, _, _, _, H, H, _, _, _, _, _, _, _, C, _, E },
  /* features */  { _, _, P, _, U, S, S2, _, _, _, _, B, M, _, _, R, E },
  /* proceed */   { _, _, _, T, _, _, _, _, _, _, _, _, _, _, _, _, E },
  /* handshake */ { H, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, E },
  /* unsigned */  { _, _, _, _, _, S, S2, _, _, _, _, _, _, _, _, _, E },
  /* sasl */      { H, _, _, _, _, S, _, _, D, _, _, _, _, _, _, _, E },
  /* sasl2 */     { _, _, _, _, _, _, S2, K, D, U, F, _, _, _, _, _, E },
  /* task */      { _, _, _, _, _, _, _, _, D, _, _, _, _, _, _, _, E },
  /* deriving */  { _, _, _, _, _, S, S2, _, _, _, _, _, _, _, _, _, E },
  /* bind */      { _, _, _, _, _, _, _, _, _, _, _, B, _, N, _, R, E },
  /* resume */    { _, _, _, _, _, _, _, _, _, _, _, B, _, _, _, R, E },
  /* session */   { _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, R, E },
  /* component */ { _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, R, E },
  /* ready */     { _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, E },
  /* ended */     { _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, E },
};

static void
test_changes (void)
{
  transition_test_table (hs_stream_state, expected, NO, changes);
}

/* Each element, and the states in which the server may send it. */
static const struct
{
  const char *name;
  const char *namespace_;
  const char *states; /* "*": all */
} elements[HS_STREAM_N_ELEMENTS] = {
  { "r", HS_NS_SM, "ready" },
  { "a", HS_NS_SM, "ready" },
  { "enabled", HS_NS_SM, "ready" },
  { "resumed", HS_NS_SM, "resume" },
  { "failed", HS_NS_SM, "resume ready" },
  { "features", HS_NS_STREAM, "features ready" },
  { "error", HS_NS_STREAM, "*" },
  { "iq", HS_NS_CLIENT, "features unsigned bind session" },
  { "proceed", HS_NS_TLS, "proceed" },
  { "failure", HS_NS_TLS, "proceed" },
  { "challenge", HS_NS_SASL, "sasl" },
  { "success", HS_NS_SASL, "sasl" },
  { "failure", HS_NS_SASL, "sasl" },
  { "challenge", HS_NS_SASL2, "sasl2" },
  { "success", HS_NS_SASL2, "sasl2" },
  { "continue", HS_NS_SASL2, "sasl2" },
  { "task-data", HS_NS_SASL2, "task" },
  { "failure", HS_NS_SASL2, "sasl2 task" },
  { "handshake", HS_NS_CLIENT, "component" },
};

/* Every state by every element. */
static void
test_elements (void)
{
  for (guint i = 0; i < HS_STREAM_N_ELEMENTS; i++)
    {
      HsNode node = { .name = elements[i].name, .namespace_ = elements[i].namespace_ };
      g_auto (GStrv) states = g_strsplit (elements[i].states, " ", -1);
      guint n_states = 0;

      g_assert_cmpint (hs_stream_element_find (&node), ==, i);
      for (guint state = 0; state < HS_STREAM_N_STATES; state++)
        {
          gboolean expects = hs_stream_state_expects (state, i);

          n_states += expects;
          g_assert_true (expects == (g_str_equal (elements[i].states, "*")
                                     || g_strv_contains ((const char *const *) states,
                                                         hs_stream_state_describe (state))));
        }
      g_assert_true (g_str_equal (elements[i].states, "*") || n_states == g_strv_length (states));
      g_test_message ("<%s xmlns='%s'/>: %s", elements[i].name, elements[i].namespace_, elements[i].states);
    }
}

static void
test_unknown (void)
{
  HsNode other_namespace = { .name = "success", .namespace_ = HS_NS_TLS };
  HsNode none = { .name = "success" };

  g_assert_cmpint (hs_stream_element_find (&other_namespace), ==, HS_STREAM_N_ELEMENTS);
  g_assert_cmpint (hs_stream_element_find (&none), ==, HS_STREAM_N_ELEMENTS);
  for (guint state = 0; state < HS_STREAM_N_STATES; state++)
    g_assert_false (hs_stream_state_expects (state, HS_STREAM_N_ELEMENTS));
}

/* A stream can fail in each state, and is at its end then. */
static void
test_end (void)
{
  for (guint state = 0; state < HS_STREAM_N_STATES; state++)
    g_assert_cmpint (hs_stream_state_get_next (state, HS_STREAM_ON_END), ==, HS_STREAM_STATE_ENDED);
  for (guint change = 0; change < HS_STREAM_ON_END; change++)
    g_assert_false (hs_stream_state_can (HS_STREAM_STATE_ENDED, change));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-state/changes", test_changes);
  g_test_add_func ("/stream-state/elements", test_elements);
  g_test_add_func ("/stream-state/unknown", test_unknown);
  g_test_add_func ("/stream-state/end", test_end);
  return g_test_run ();
}
