/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hs-element-private.h"
#include "hs-iq.h"
#include "hs-namespaces.h"
#include "protocol/hs-dispatcher.h"
#include "xml/hs-parser.h"

/* A dispatcher whose turns are over after so many looks at the clock. */

typedef struct
{
  HsDispatcher *dispatcher;
  GString *seen;
  guint n_looks; /* the turn is over at each such */
  guint n;
  guint n_replies;
  HsBlock *block;
  HsNode *stanza;
  gboolean has_element_signal;
  HsJid *account;
} Fixture;

static HsJid *get_account_cb (gpointer owner);

static void
reply_cb (HsElement *stanza, gpointer owner)
{
  ((Fixture *) owner)->n_replies++;
}

static gboolean
has_element_signal_cb (gpointer owner)
{
  return ((Fixture *) owner)->has_element_signal;
}

static void
element_signal_cb (HsElement *element, gpointer owner)
{
  g_string_append_printf (((Fixture *) owner)->seen, "(%s)", hs_element_get_name (element));
}

static gboolean
stanza_signal_cb (HsElement *stanza, gpointer owner)
{
  g_string_append (((Fixture *) owner)->seen, "!");
  return FALSE;
}

static gboolean
from_account_cb (HsNode *stanza, gpointer owner)
{
  return TRUE;
}

static gboolean
time_is_over_cb (gpointer owner)
{
  Fixture *fixture = owner;

  return ++fixture->n % fixture->n_looks == 0;
}

static HsElement *
handler_cb (HsClient *client, HsElement *element, gpointer data)
{
  g_string_append (((Fixture *) data)->seen, hs_element_get_name (element));
  return NULL;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const HsDispatcherCallbacks callbacks = {
    .reply = reply_cb,
    .answer = reply_cb,
    .has_element_signal = has_element_signal_cb,
    .element_signal = element_signal_cb,
    .stanza_signal = stanza_signal_cb,
    .from_account = from_account_cb,
    .get_account = get_account_cb,
    .time_is_over = time_is_over_cb,
  };
  HsHandler handler = { .func = handler_cb, .user_data = fixture };

  fixture->dispatcher = hs_dispatcher_new (&callbacks, fixture);
  fixture->seen = g_string_new (NULL);
  fixture->n_looks = 1;
  hs_handlers_add (hs_dispatcher_get_handlers (fixture->dispatcher), &handler);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  hs_dispatcher_free (fixture->dispatcher);
  g_string_free (fixture->seen, TRUE);
  if (fixture->block != NULL)
    hs_block_unref (fixture->block);
}

static void
dispatch (Fixture *fixture, const char *xml)
{
  fixture->stanza = hs_parser_parse_element (xml, strlen (xml), NULL);
  g_assert_nonnull (fixture->stanza);
  fixture->block = hs_node_get_block (fixture->stanza);
  hs_dispatcher_dispatch (fixture->dispatcher, fixture->stanza);
}

#define MESSAGE "<message from='a@b'><a><b/><c/></a><d/></message>"

/* The same order in however many turns. */
static void
test_order (Fixture *fixture, gconstpointer data)
{
  guint n_turns = 1;

  fixture->n_looks = GPOINTER_TO_UINT (data);
  dispatch (fixture, MESSAGE);
  while (hs_dispatcher_is_suspended (fixture->dispatcher))
    {
      n_turns++;
      hs_dispatcher_resume (fixture->dispatcher);
    }
  g_assert_cmpuint (n_turns, ==, 4 / fixture->n_looks + 1);
  g_assert_cmpstr (fixture->seen->str, ==, "bcadmessage!");
}

static void
test_signal (Fixture *fixture, gconstpointer data)
{
  fixture->has_element_signal = TRUE;
  dispatch (fixture, MESSAGE);
  /* What is connected or not when the stanza begins is so to its end. */
  fixture->has_element_signal = FALSE;
  while (hs_dispatcher_is_suspended (fixture->dispatcher))
    hs_dispatcher_resume (fixture->dispatcher);
  g_assert_cmpstr (fixture->seen->str, ==, "b(b)c(c)a(a)d(d)message(message)!");
}

static HsJid *
get_account_cb (gpointer owner)
{
  return ((Fixture *) owner)->account;
}

/* Whether a handler with these conditions is called for something inside such a stanza. */
static gboolean
is_called (Fixture *fixture, const char *stanza_type, const char *from_jid, const char *xml)
{
  g_autoptr (HsJid) from = from_jid != NULL ? hs_jid_new (from_jid, NULL) : NULL;
  HsHandler handler = { .name = (char *) "x",
                        .stanza_type = (char *) stanza_type,
                        .from_jid = from,
                        .func = handler_cb,
                        .user_data = fixture };
  guint id = hs_handlers_add (hs_dispatcher_get_handlers (fixture->dispatcher), &handler);
  gboolean called = FALSE;

  g_string_truncate (fixture->seen, 0);
  fixture->n_looks = G_MAXUINT;
  g_clear_pointer (&fixture->block, hs_block_unref);
  dispatch (fixture, xml);
  called = strstr (fixture->seen->str, "xx") != NULL;
  hs_handlers_remove (hs_dispatcher_get_handlers (fixture->dispatcher), id);
  return called;
}

#define CHAT "<message xmlns='jabber:client' type='chat' from='a@b/c'><x/></message>"
#define NO_TYPE "<message xmlns='jabber:client'><x/></message>"

static void
test_narrowed (Fixture *fixture, gconstpointer data)
{
  g_assert_true (is_called (fixture, "chat", NULL, CHAT));
  g_assert_false (is_called (fixture, "normal", NULL, CHAT));
  g_assert_true (is_called (fixture, "normal", NULL, NO_TYPE));
  g_assert_true (is_called (fixture, "available", NULL, "<presence xmlns='jabber:client'><x/></presence>"));
  g_assert_false (is_called (fixture, "chat", NULL, "<other><x type='chat'/></other>"));
  g_assert_true (is_called (fixture, NULL, "A@b", CHAT));
  g_assert_true (is_called (fixture, "chat", "a@b/c", CHAT));
  g_assert_false (is_called (fixture, "chat", "a@b/C", CHAT));
  g_assert_false (is_called (fixture, NULL, "b", CHAT));
  g_assert_false (is_called (fixture, NULL, "a@b", "<message xmlns='jabber:client' from=''><x/></message>"));
  /* What has no sender is from the account. */
  g_assert_false (is_called (fixture, NULL, "a@b", NO_TYPE));
  fixture->account = hs_jid_new ("a@b", NULL);
  g_assert_true (is_called (fixture, NULL, "a@b", NO_TYPE));
  g_assert_false (is_called (fixture, NULL, "a@c", NO_TYPE));
  g_clear_pointer (&fixture->account, hs_jid_unref);
}

static void
test_abandoned (Fixture *fixture, gconstpointer data)
{
  dispatch (fixture, MESSAGE);
  g_assert_true (hs_dispatcher_is_suspended (fixture->dispatcher));
  hs_dispatcher_abandon (fixture->dispatcher);
  g_assert_false (hs_dispatcher_is_suspended (fixture->dispatcher));
  g_assert_cmpstr (fixture->seen->str, ==, "b");
}

/* It is freed with what is left. */
static void
test_freed (Fixture *fixture, gconstpointer data)
{
  dispatch (fixture, MESSAGE);
  g_assert_true (hs_dispatcher_is_suspended (fixture->dispatcher));
}

#define REQUEST "<iq type='get' id='i' from='a@b'><a xmlns='urn:x'><b/></a></iq>"

typedef enum
{
  NOT_ANSWERED,
  ANSWERED,
  DEFERRED,
} Answer;

/* An iq that waits for its next turn is answered once, whoever does it meanwhile. */
static void
test_request (Fixture *fixture, gconstpointer data)
{
  Answer answer = GPOINTER_TO_INT (data);

  dispatch (fixture, REQUEST);
  g_assert_true (hs_dispatcher_is_suspended (fixture->dispatcher));
  if (answer == ANSWERED)
    {
      g_autoptr (HsElement) reply
          = hs_element_new_from_string ("<iq type='result' id='i' to='a@b'/>", NULL);

      g_assert_true (hs_dispatcher_note_answer (fixture->dispatcher, hs_element_get_node (reply)));
      g_assert_false (hs_dispatcher_note_answer (fixture->dispatcher, hs_element_get_node (reply)));
    }
  else if (answer == DEFERRED)
    hs_dispatcher_defer (fixture->dispatcher, fixture->stanza);
  while (hs_dispatcher_is_suspended (fixture->dispatcher))
    hs_dispatcher_resume (fixture->dispatcher);
  g_assert_cmpstr (fixture->seen->str, ==, "baiq!");
  g_assert_cmpuint (fixture->n_replies, ==, answer == NOT_ANSWERED ? 1 : 0);
}

#define ADD(path, data, test) \
  g_test_add ("/dispatcher-turns/" path, Fixture, GINT_TO_POINTER (data), set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("order/one", 1, test_order);
  ADD ("order/two", 2, test_order);
  ADD ("order/three", 3, test_order);
  ADD ("order/all", 100, test_order);
  ADD ("signal", 0, test_signal);
  ADD ("narrowed", 0, test_narrowed);
  ADD ("abandoned", 0, test_abandoned);
  ADD ("freed", 0, test_freed);
  ADD ("request/not-answered", NOT_ANSWERED, test_request);
  ADD ("request/answered", ANSWERED, test_request);
  ADD ("request/deferred", DEFERRED, test_request);
  return g_test_run ();
}
