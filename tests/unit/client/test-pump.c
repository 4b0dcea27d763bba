/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/hs-pump.h"

#include <string.h>

#include "hs-element-private.h"
#include "hs-namespaces.h"

/* A component's stream, which is bound in one step, and a dispatcher whose handler may do anything. */

#define OPEN \
  "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' " \
  "xmlns:stream='http://etherx.jabber.org/streams' from='example.com' id='x'><handshake/>"
#define STANZAS "<message id='1'/><message id='2'/><message id='3'/>"
#define FOREVER G_MAXINT64

typedef struct _Fixture Fixture;
struct _Fixture
{
  HsDispatcher *dispatcher;
  HsPump pump;
  HsStream *stream;
  GString *told;
  gboolean unwanted; /* after the next event */
  gboolean full;
  gboolean over;
  gboolean has_input;
  void (*on_message) (Fixture *self, const char *id);
};

static void G_GNUC_NORETURN
reply_cb (HsElement *stanza, gpointer owner)
{
  g_assert_not_reached ();
}

static gboolean
no_cb (gpointer owner)
{
  return FALSE;
}

static gboolean
stanza_signal_cb (HsElement *stanza, gpointer owner)
{
  return TRUE;
}

static gboolean
from_account_cb (HsNode *stanza, gpointer owner)
{
  return FALSE;
}

static gboolean
time_is_over_cb (gpointer owner)
{
  return hs_pump_is_turn_over (&((Fixture *) owner)->pump);
}

static const HsDispatcherCallbacks dispatcher_callbacks = {
  .reply = reply_cb,
  .answer = reply_cb,
  .has_element_signal = no_cb,
  .stanza_signal = stanza_signal_cb,
  .from_account = from_account_cb,
  .time_is_over = time_is_over_cb,
};

static HsElement *
handler_cb (HsClient *client, HsElement *element, gpointer data)
{
  Fixture *f = data;
  const char *id = hs_element_get_attribute (element, "id");

  g_string_append_printf (f->told, "%s%s ", hs_element_get_name (element), id != NULL ? id : "");
  if (f->on_message != NULL && id != NULL)
    f->on_message (f, id);
  return NULL;
}

static void
event_cb (HsStream *stream, HsStreamEvent *event, gpointer owner)
{
  Fixture *f = owner;

  g_assert_true (event->type != HS_STREAM_EVENT_STANZA && event->type != HS_STREAM_EVENT_FORGET);
  if (event->type == HS_STREAM_EVENT_BOUND)
    g_string_append (f->told, "bound ");
}

static gboolean
goes_on_cb (gpointer owner)
{
  return !((Fixture *) owner)->unwanted;
}

static gboolean
has_room_cb (gpointer owner)
{
  return !((Fixture *) owner)->full;
}

static void
turn_ended_cb (gboolean over, gboolean has_input, gpointer owner)
{
  Fixture *f = owner;

  f->over = over;
  f->has_input = has_input;
}

static const HsPumpCallbacks callbacks = {
  .event = event_cb,
  .goes_on = goes_on_cb,
  .has_room = has_room_cb,
  .turn_ended = turn_ended_cb,
};

static HsStream *
make_stream (void)
{
  g_autoptr (HsJid) jid = hs_jid_new ("example.com", NULL);
  HsStreamConfig config = {
    .jid = jid,
    .tls_mode = HS_TLS_MODE_NONE,
    .component = TRUE,
    .secret = "secret",
    .lang = "en",
    .max_stanza_size = 100000,
    .max_depth = 16,
  };
  HsStream *stream = hs_stream_new (&config, NULL, NULL);

  hs_stream_open (stream);
  return stream;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  HsHandler handler = { .func = handler_cb, .user_data = f };

  f->dispatcher = hs_dispatcher_new (&dispatcher_callbacks, f);
  hs_handlers_add (hs_dispatcher_get_handlers (f->dispatcher), &handler);
  f->told = g_string_new (NULL);
  hs_pump_init (&f->pump, f->dispatcher, &callbacks, f);
  f->stream = make_stream ();
  hs_pump_set_stream (&f->pump, f->stream);
}

static void
retire (Fixture *f)
{
  hs_pump_count_shown (&f->pump);
  hs_pump_drop_suspended (&f->pump);
  hs_pump_retire (&f->pump, g_steal_pointer (&f->stream));
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  if (f->stream != NULL)
    retire (f);
  hs_pump_clear (&f->pump);
  hs_dispatcher_free (f->dispatcher);
  g_string_free (f->told, TRUE);
}

static gsize
take (Fixture *f, const char *bytes, gint64 end)
{
  return hs_pump_take (&f->pump, bytes, strlen (bytes), end);
}

static void
open_stream (Fixture *f)
{
  g_assert_cmpuint (take (f, OPEN, FOREVER), ==, strlen (OPEN));
  g_assert_cmpstr (f->told->str, ==, "bound ");
  g_string_truncate (f->told, 0);
}

static void
test_order (Fixture *f, gconstpointer data)
{
  open_stream (f);
  g_assert_cmpuint (take (f, STANZAS, FOREVER), ==, strlen (STANZAS));
  g_assert_cmpstr (f->told->str, ==, "message1 message2 message3 ");
  g_assert_false (f->over);
  g_assert_false (hs_pump_has_input (&f->pump));
  g_assert_false (hs_pump_owes_count (&f->pump));
}

/* In a turn that is over at once, one step is done; nothing is lost, repeated or overtaken. */
static void
test_turns (Fixture *f, gconstpointer data)
{
  const char *rest = STANZAS "<message id='4'><a/><b/></message>";
  guint n_turns = 0;

  open_stream (f);
  while (*rest != '\0' || f->over)
    {
      rest += take (f, rest, 0);
      while (f->over && !f->has_input)
        {
          g_assert_false (hs_pump_run (&f->pump, 1));
          g_assert_true (hs_pump_run (&f->pump, 0));
          n_turns++;
        }
      g_assert_cmpuint (++n_turns, <, 100);
    }
  g_assert_cmpuint (n_turns, >, 3);
  g_assert_cmpstr (f->told->str, ==, "message1 message2 message3 a b message4 ");
}

static void
test_suspended (Fixture *f, gconstpointer data)
{
  open_stream (f);
  take (f, "<message id='1'><a/><b/></message>", 0);
  g_assert_true (hs_pump_is_suspended (&f->pump));
  g_assert_false (hs_pump_is_showing (&f->pump));
  /* The connection is lost. */
  retire (f);
  g_assert_false (hs_pump_is_suspended (&f->pump));
  g_assert_cmpstr (f->told->str, ==, "a ");
}

static void
test_no_room (Fixture *f, gconstpointer data)
{
  open_stream (f);
  f->full = TRUE;
  g_assert_cmpuint (take (f, STANZAS, FOREVER), ==, 0);
  g_assert_cmpstr (f->told->str, ==, "");
  f->full = FALSE;
  g_assert_cmpuint (take (f, STANZAS, FOREVER), ==, strlen (STANZAS));
  g_assert_cmpstr (f->told->str, ==, "message1 message2 message3 ");
}

static void
test_unwanted (Fixture *f, gconstpointer data)
{
  open_stream (f);
  f->unwanted = TRUE;
  take (f, STANZAS, FOREVER);
  g_assert_cmpstr (f->told->str, ==, "message1 ");
}

static void
retire_cb (Fixture *f, const char *id)
{
  g_assert_true (hs_pump_is_nested (&f->pump));
  g_assert_true (hs_pump_is_pumping (&f->pump));
  g_assert_false (hs_pump_is_suspended (&f->pump));
  retire (f);
  g_assert_false (hs_pump_is_nested (&f->pump));
  g_assert_true (hs_pump_is_pumping (&f->pump));
}

/* A handler ends the connection: the stanza that it looks at stays, and no other is shown. */
static void
test_retired_inside (Fixture *f, gconstpointer data)
{
  open_stream (f);
  f->on_message = retire_cb;
  g_assert_cmpuint (take (f, STANZAS, FOREVER), ==, strlen (STANZAS));
  g_assert_cmpstr (f->told->str, ==, "message1 ");
  g_assert_false (hs_pump_is_pumping (&f->pump));
}

static void
replace_cb (Fixture *f, const char *id)
{
  if (!g_str_equal (id, "1"))
    return;
  retire (f);
  f->stream = make_stream ();
  hs_pump_set_stream (&f->pump, f->stream);
  take (f, OPEN "<message id='new'/>", FOREVER);
}

/* And has another one begin, which is pumped inside the handler. */
static void
test_replaced_inside (Fixture *f, gconstpointer data)
{
  open_stream (f);
  f->on_message = replace_cb;
  g_assert_cmpuint (take (f, STANZAS, FOREVER), ==, strlen (STANZAS));
  g_assert_cmpstr (f->told->str, ==, "message1 bound messagenew ");
  g_string_truncate (f->told, 0);
  take (f, "<message id='newer'/>", FOREVER);
  g_assert_cmpstr (f->told->str, ==, "messagenewer ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL);

#define ADD(name, function) g_test_add ("/pump/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("order", test_order);
  ADD ("turns", test_turns);
  ADD ("suspended", test_suspended);
  ADD ("no-room", test_no_room);
  ADD ("unwanted", test_unwanted);
  ADD ("retired-inside", test_retired_inside);
  ADD ("replaced-inside", test_replaced_inside);

  return g_test_run ();
}
