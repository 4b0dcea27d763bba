/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-test.h"

/* A stanza that a module has dealt with: handlers see it, and the typed signals do not. */

#define X "urn:test:x"
/* More than a turn lasts. */
#define TURN_USEC 2000

typedef struct
{
  TestClient *test;
  GString *calls;
  gboolean slow; /* the handler of an element takes a whole turn */
} Fixture;

static HsElement *
take_cb (HsClient *client, HsElement *element, gpointer data)
{
  Fixture *f = data;

  g_string_append_printf (f->calls, "%s ", hs_element_get_name (element));
  hs_client_take (client, element);
  if (f->slow)
    g_usleep (TURN_USEC);
  return NULL;
}

static HsElement *
note_cb (HsClient *client, HsElement *element, gpointer data)
{
  Fixture *f = data;

  if (!test_is_mark (element))
    g_string_append_printf (f->calls, "(%s) ", hs_element_get_name (element));
  return NULL;
}

static void
stanza_cb (HsClient *client, HsStanza *stanza, Fixture *f)
{
  if (!test_is_mark (HS_ELEMENT (stanza)))
    g_string_append_printf (f->calls, "%s ", hs_stanza_get_id (stanza));
}

static gboolean
iq_cb (HsClient *client, HsStanza *iq, Fixture *f)
{
  g_string_append_printf (f->calls, "%s ", hs_stanza_get_id (iq));
  return FALSE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->calls = g_string_new (NULL);
  f->test = test_client_new_for (script_session, HS_TLS_MODE_NONE);
  g_signal_connect (f->test->client, "message", G_CALLBACK (stanza_cb), f);
  g_signal_connect (f->test->client, "presence", G_CALLBACK (stanza_cb), f);
  g_signal_connect (f->test->client, "iq", G_CALLBACK (iq_cb), f);
  test_client_start_until_ready (f->test);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  test_client_stop (f->test);
  test_client_free (f->test);
  g_string_free (f->calls, TRUE);
}

static void
handle (Fixture *f, const char *name, const char *namespace_, HsHandlerFlags flags, HsHandlerFunc func)
{
  hs_client_add_handler (f->test->client, name, namespace_, flags, func, f, NULL);
}

static void
assert_said (Fixture *f, const char *xml, const char *calls)
{
  g_string_truncate (f->calls, 0);
  test_client_say (f->test, xml);
  g_assert_cmpstr (f->calls->str, ==, calls);
}

/* Any element inside, at any depth, or the stanza itself; the next stanza is another one. */
static void
test_take (Fixture *f, gconstpointer data)
{
  handle (f, "x", X, HS_HANDLER_DEFAULT, take_cb);
  handle (f, "presence", HS_NS_CLIENT, HS_HANDLER_DEFAULT, take_cb);
  handle (f, "message", HS_NS_CLIENT, HS_HANDLER_DEFAULT, note_cb);
  assert_said (f, "<message id='1'><x xmlns='" X "'/></message><message id='2'/>", "x (message) (message) 2 ");
  assert_said (f, "<message id='3'><y xmlns='urn:y'><x xmlns='" X "'/></y></message>", "x (message) ");
  assert_said (f, "<presence id='4'/><message id='5'/>", "presence (message) 5 ");
}

/* A request is answered all the same. */
static void
test_request (Fixture *f, gconstpointer data)
{
  handle (f, "x", X, HS_HANDLER_DEFAULT, take_cb);
  assert_said (f, "<iq type='get' id='1' from='a@b'><x xmlns='" X "'/></iq>", "x ");
  test_client_await_sent (f->test, "service-unavailable");
  assert_said (f, "<iq type='get' id='2' from='a@b'><y xmlns='" X "'/></iq>", "2 ");
}

/* A message whose id and sender are those of a request has nothing to do with its answer. */
static void
test_same_id (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  handle (f, "x", X, HS_HANDLER_DEFAULT, take_cb);
  assert_said (f, "<message id='1' from='a@b'><x xmlns='" X "'/></message>", "x ");
  for (guint i = 0; i < 2; i++)
    {
      hs_client_send_raw_stanza (f->test->client, "<iq type='result' id='1' to='a@b'/>", &error);
      g_assert_no_error (error);
    }
}

/* An element that is forgotten speaks for the stanza that still comes in. */
static void
test_forgotten (Fixture *f, gconstpointer data)
{
  handle (f, "x", X, HS_HANDLER_FORGET, take_cb);
  handle (f, "y", X, HS_HANDLER_FORGET, note_cb);
  assert_said (f, "<message id='1'><x xmlns='" X "'/><y xmlns='" X "'/></message><message id='2'/>", "x (y) 2 ");
  assert_said (f, "<iq type='get' id='3' from='a@b'><x xmlns='" X "'/></iq>", "x ");
  test_client_await_sent (f->test, "service-unavailable");
  /* In pieces. */
  g_string_truncate (f->calls, 0);
  scripted_server_send (f->test->server, "<presence id='4'><x xmlns='" X "'/>");
  test_until (f->calls->len > 0);
  assert_said (f, "</presence><presence id='5'/>", "5 ");
}

/* What is left of a stanza for the next turn. */
static void
test_suspended (Fixture *f, gconstpointer data)
{
  f->slow = TRUE;
  handle (f, "x", X, HS_HANDLER_DEFAULT, take_cb);
  handle (f, "y", X, HS_HANDLER_DEFAULT, note_cb);
  assert_said (f, "<message id='1'><x xmlns='" X "'/><y xmlns='" X "'/><y xmlns='" X "'/></message>", "x (y) (y) ");
}

/* One that has been dispatched, or was never received. */
static void
test_others (Fixture *f, gconstpointer data)
{
  g_autoptr (HsElement) own = HS_ELEMENT (hs_message_new_chat ("a@b", "hi"));

  hs_client_take (f->test->client, own);
  assert_said (f, "<message id='1'/>", "1 ");
}

#define ADD(name, function) g_test_add ("/client-take/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("stanza", test_take);
  ADD ("request", test_request);
  ADD ("same-id", test_same_id);
  ADD ("forgotten", test_forgotten);
  ADD ("suspended", test_suspended);
  ADD ("others", test_others);
  return g_test_run ();
}
