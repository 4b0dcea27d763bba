/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "resume-test.h"

/* A stanza counts as received (XEP-0198) when the handlers have seen it whole: one whose dispatch over several
 * turns was broken off comes again. */

/* Handlers of a millisecond each: many turns. */
#define N_ELEMENTS 400

typedef struct
{
  ResumeTest f;
  guint n_elements;
  guint n_stanzas;
} Shown;

static HsElement *
element_cb (HsClient *client, HsElement *element, gpointer data)
{
  Shown *shown = data;

  shown->n_elements++;
  g_usleep (1000);
  return NULL;
}

static HsElement *
stanza_cb (HsClient *client, HsElement *element, gpointer data)
{
  if (!test_is_mark (element))
    ((Shown *) data)->n_stanzas++;
  return NULL;
}

static gboolean
send_large (ScriptedPeer *peer, gpointer data)
{
  g_autoptr (GString) text = g_string_new ("<message id='large'>");

  for (guint i = 0; i < N_ELEMENTS; i++)
    g_string_append (text, "<a xmlns='urn:x'/>");
  g_string_append (text, "</message>");
  return scripted_peer_send (peer, text->str, text->len);
}

static void
set_up (Shown *shown, const ScriptStep *const *scripts)
{
  *shown = (Shown){ 0 };
  resume_set_up (&shown->f, scripts);
  scripted_server_forgive (shown->f.test->server);
  hs_client_add_handler (shown->f.test->client, "a", "urn:x", HS_HANDLER_DEFAULT, element_cb, shown, NULL);
  hs_client_add_handler (shown->f.test->client, "message", "jabber:client", HS_HANDLER_DEFAULT, stanza_cb,
                         shown, NULL);
}

static void
take_over (Shown *shown, GVariant *state)
{
  g_autoptr (GError) error = NULL;

  hs_client_set_session_state (shown->f.test->client, state, &error);
  g_assert_no_error (error);
  hs_client_start (shown->f.test->client);
}

/* The process goes while the stanza waits for its next turn. */
static void
test_suspended (void)
{
  static const ScriptStep gone[] = { RUN (resume_begin), CALL (send_large, NULL), READ_END, END };
  static const ScriptStep *const scripts[] = { gone, NULL };
  static const ScriptStep again[]
      = { RUN (resume_sign_in), EXPECT ("<resume" SM " h='0' previd='s1'/>"),
          SEND ("<resumed" SM " h='0' previd='s1'/>"), CALL (send_large, NULL), SERVE, END };
  static const ScriptStep *const other_scripts[] = { again, NULL };
  g_autoptr (GVariant) state = NULL;
  Shown shown;

  set_up (&shown, scripts);
  test_client_start_until_ready (shown.f.test);
  test_until (shown.n_elements > 20);
  g_assert_cmpuint (shown.n_elements, <, N_ELEMENTS);
  state = hs_client_dup_session_state (shown.f.test->client);
  g_assert_nonnull (state);
  test_client_drop (shown.f.test);
  g_assert_null (shown.f.test->gone);
  g_assert_cmpuint (shown.n_stanzas, ==, 0);
  resume_clear (&shown.f);

  set_up (&shown, other_scripts);
  take_over (&shown, state);
  test_until (shown.n_stanzas > 0);
  g_assert_cmpuint (shown.n_elements, ==, N_ELEMENTS);
  scripted_server_send (shown.f.test->server, "<r" SM "/>");
  test_client_await_sent (shown.f.test, "<a" SM " h='1'/>");
  test_client_stop (shown.f.test);
  g_assert_cmpuint (shown.n_stanzas, ==, 1);
  resume_clear (&shown.f);
}

/* ---- A handler is at work on it ---- */

static HsElement *
leaving_cb (HsClient *client, HsElement *element, gpointer state)
{
  *(GVariant **) state = hs_client_dup_session_state (client);
  return NULL;
}

/* Or a program that a message tells to begin anew would be told so for ever. */
static void
test_own_state (void)
{
  static const ScriptStep gone[]
      = { RUN (resume_begin), SEND ("<message id='m'><leave xmlns='urn:x'/></message>"), READ_END, END };
  static const ScriptStep *const scripts[] = { gone, NULL };
  static const ScriptStep again[]
      = { RUN (resume_sign_in), EXPECT ("<resume" SM " h='1' previd='s1'/>"),
          SEND ("<resumed" SM " h='0' previd='s1'/>"), SERVE, END };
  static const ScriptStep *const other_scripts[] = { again, NULL };
  g_autoptr (GVariant) state = NULL;
  Shown shown;

  set_up (&shown, scripts);
  hs_client_add_handler (shown.f.test->client, "leave", "urn:x", HS_HANDLER_DEFAULT, leaving_cb, &state, NULL);
  hs_client_start (shown.f.test->client);
  test_until (shown.n_stanzas == 1);
  g_assert_nonnull (state);
  test_client_drop (shown.f.test);
  resume_clear (&shown.f);

  set_up (&shown, other_scripts);
  take_over (&shown, state);
  test_until (shown.f.n_resumed == 1);
  test_client_stop (shown.f.test);
  resume_clear (&shown.f);
}

static HsElement *
ending_cb (HsClient *client, HsElement *element, gpointer data)
{
  /* Nothing is read meanwhile, the server's end of the stream neither. */
  g_object_set (client, "connect-timeout", 100, NULL);
  hs_client_stop (client);
  test_client_wait_terminated (((Shown *) data)->f.test);
  return NULL;
}

/* What is left of a stanza whose connection goes inside a handler is shown when that handler returns, and the
 * server need not keep it. */
static void
test_nested (void)
{
  static const ScriptStep script[]
      = { RUN (resume_begin), SEND ("<message id='m'><end xmlns='urn:x'/><a xmlns='urn:x'/></message>"),
          EXPECT ("<a" SM " h='1'/>"), EXPECT (SAY_END), READ_END, END };
  static const ScriptStep *const scripts[] = { script, NULL };
  Shown shown;

  set_up (&shown, scripts);
  hs_client_add_handler (shown.f.test->client, "end", "urn:x", HS_HANDLER_ONCE, ending_cb, &shown, NULL);
  hs_client_start (shown.f.test->client);
  test_until (shown.n_stanzas == 1);
  g_assert_cmpuint (shown.n_elements, ==, 1);
  g_assert_true (scripted_server_has_received (shown.f.test->server, "<a" SM " h='1'/>"));
  resume_clear (&shown.f);
}

/* The end of the run waits for it, so that the server hears of it. */
static void
test_stop (void)
{
  static const ScriptStep script[] = { RUN (resume_begin), CALL (send_large, NULL), EXPECT ("<a" SM " h='1'/>"),
                                       EXPECT (SAY_END), SEND (SAY_END), END };
  static const ScriptStep *const scripts[] = { script, NULL };
  Shown shown;

  set_up (&shown, scripts);
  test_client_start_until_ready (shown.f.test);
  test_until (shown.n_elements > 20);
  g_assert_cmpuint (shown.n_stanzas, ==, 0);
  test_client_stop (shown.f.test);
  g_assert_cmpuint (shown.n_stanzas, ==, 1);
  g_assert_true (scripted_server_has_received (shown.f.test->server, "<a" SM " h='1'/>"));
  resume_clear (&shown.f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/shown/suspended", test_suspended);
  g_test_add_func ("/client/shown/own-state", test_own_state);
  g_test_add_func ("/client/shown/nested", test_nested);
  g_test_add_func ("/client/shown/stop", test_stop);
  return g_test_run ();
}
