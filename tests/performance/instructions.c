/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hs-element-private.h"
#include "hs-message.h"
#include "hs-namespaces.h"
#include "protocol/hs-dispatcher.h"
#include "protocol/hs-stream.h"
#include "server.h"
#include "stream-features.h"
#include "xml/hs-writer.h"

/* A fixed piece of work without a network or a clock, for an instruction counter: stanzas go
 * through the stream, the parser and the dispatcher to a handler (chat, groupchat, roster), or
 * through libxml2 alone (with a trailing `-bare`); messages are built and written (send); the children of
 * one stanza are walked through, changed and let go (walk).
 * check-instructions.py runs it under callgrind. */

/* As the transport gives them. */
#define READ_SIZE (64 * 1024)

#define HEADER \
  "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' " \
  "from='montague.example' id='x' version='1.0'>"
#define MECHANISMS SAY_FEATURES_SASL ("PLAIN")
#define SUCCESS "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
#define BIND SAY_FEATURES_BIND
#define BOUND \
  "<iq type='result' id='%s'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>" \
  "<jid>romeo@montague.example/orchard</jid></bind></iq>"

#define ROSTER "<iq type='set' id='r'><query xmlns='jabber:iq:roster'>"

static HsStream *stream;
static HsDispatcher *dispatcher;
static HsElement *kept; /* what is walked through */
static gsize n_handled;

/* ---- libxml2 alone ---- */

static void
on_start (void *data,
          const xmlChar *name,
          const xmlChar *prefix,
          const xmlChar *uri,
          int n_namespaces,
          const xmlChar **namespaces,
          int n_attributes,
          int n_defaulted,
          const xmlChar **attributes)
{
}

static void
on_end (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
}

static void
on_characters (void *data, const xmlChar *text, int length)
{
}

static void
parse_bare (GByteArray *bytes)
{
  xmlSAXHandler handler = { .initialized = XML_SAX2_MAGIC,
                            .startElementNs = on_start,
                            .endElementNs = on_end,
                            .characters = on_characters };
  xmlParserCtxtPtr context = xmlCreatePushParserCtxt (&handler, NULL, NULL, 0, NULL);

  xmlParseChunk (context, HEADER, strlen (HEADER), 0);
  for (gsize from = 0; from < bytes->len; from += READ_SIZE)
    xmlParseChunk (context, (const char *) bytes->data + from, MIN (READ_SIZE, bytes->len - from),
                   0);
  xmlFreeParserCtxt (context);
}

/* ---- All but the network ---- */

static void
reply_cb (HsElement *stanza, gpointer owner)
{
}

static gboolean
has_element_signal_cb (gpointer owner)
{
  return FALSE;
}

static void
element_signal_cb (HsElement *element, gpointer owner)
{
}

static gboolean
stanza_signal_cb (HsElement *stanza, gpointer owner)
{
  return FALSE;
}

static gboolean
from_account_cb (HsNode *stanza, gpointer owner)
{
  return hs_node_get_attribute (stanza, "from", NULL) == NULL;
}

static gboolean
stanza_begins_cb (HsNode *stanza, gpointer user_data)
{
  return TRUE;
}

static gboolean
forget_cb (HsNode *stanza, const char *name, const char *namespace_, gpointer user_data)
{
  return hs_dispatcher_forgets (dispatcher, stanza, name, namespace_);
}

static HsElement *
message_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  n_handled += strlen (hs_message_get_body (HS_MESSAGE (element))) > 0;
  return NULL;
}

static HsElement *
item_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  n_handled += hs_element_get_attribute (element, "jid") != NULL;
  return NULL;
}

static void
sign_in (void)
{
  static const char *const allowed[] = { "PLAIN", NULL };
  HsSaslCredentials credentials
      = { .username = "romeo", .password = "secret", .tls_mode_none = TRUE, .allowed = allowed };

  hs_stream_sign_in (stream, &credentials);
}

static void
take_events (void)
{
  HsStreamEvent event;

  while (hs_stream_next_event (stream, &event))
    {
      if (event.type == HS_STREAM_EVENT_STANZA)
        hs_dispatcher_dispatch (dispatcher, event.node);
      else if (event.type == HS_STREAM_EVENT_FORGET)
        hs_dispatcher_dispatch_forgotten (dispatcher, event.node);
      else if (event.type == HS_STREAM_EVENT_FEATURES)
        sign_in ();
      else if (event.type == HS_STREAM_EVENT_FAILED)
        g_error ("%s", hs_stream_get_error (stream)->message);
      hs_stream_give_back (stream, &event);
    }
}

static void
feed (const char *bytes, gsize length)
{
  while (length > 0)
    {
      gsize used = hs_stream_feed (stream, bytes, length);

      bytes += used;
      length -= used;
      take_events ();
    }
}

/* Returns what the stream has said, or NULL. */
static char *
say (const char *words)
{
  g_autoptr (GByteArray) output = NULL;

  feed (words, strlen (words));
  output = hs_stream_take_output (stream);
  return output != NULL ? g_strndup ((const char *) output->data, output->len) : NULL;
}

static void
open_session (void)
{
  g_autofree char *request = NULL;
  g_autofree char *bound = NULL;
  const char *id;

  hs_stream_open (stream);
  g_free (say (HEADER MECHANISMS));
  /* With the header. */
  request = say (SUCCESS);
  g_free (say (HEADER BIND));
  id = request != NULL ? strstr (request, " id=") : NULL;
  if (id == NULL)
    g_error ("There is no request for a resource");
  id += strlen (" id='");
  {
    g_autofree char *copy = g_strndup (id, strcspn (id, "'\""));

    bound = g_strdup_printf (BOUND, copy);
  }
  g_free (say (bound));
  if (!hs_stream_is_ready (stream))
    g_error ("There is no session");
}

static void
dispatch (GByteArray *bytes, Workload kind)
{
  static const HsDispatcherCallbacks dispatcher_callbacks = {
    .reply = reply_cb,
    .answer = reply_cb,
    .has_element_signal = has_element_signal_cb,
    .element_signal = element_signal_cb,
    .stanza_signal = stanza_signal_cb,
    .from_account = from_account_cb,
  };
  static const HsParserCallbacks parser_callbacks
      = { .stanza_begins = stanza_begins_cb, .forget = forget_cb };
  g_autoptr (HsJid) jid = hs_jid_new ("romeo@montague.example", NULL);
  HsStreamConfig config = { .jid = jid,
                            .tls_mode = HS_TLS_MODE_NONE,
                            .lang = "en",
                            .max_stanza_size = 10 * 1024 * 1024,
                            .max_depth = 128 };
  HsHandler handler = { .name = (char *) (kind == WORKLOAD_ROSTER ? "item" : "message"),
                        .namespace_ = (char *) (kind == WORKLOAD_ROSTER ? HS_NS_ROSTER
                                                                        : HS_NS_CLIENT),
                        .func = kind == WORKLOAD_ROSTER ? item_cb : message_cb,
                        .flags = kind == WORKLOAD_ROSTER ? HS_HANDLER_FORGET : 0 };

  dispatcher = hs_dispatcher_new (&dispatcher_callbacks, NULL);
  stream = hs_stream_new (&config, &parser_callbacks, NULL);
  open_session ();
  hs_handlers_add (hs_dispatcher_get_handlers (dispatcher), &handler);
  hs_parser_set_forgets (hs_stream_get_parser (stream), kind == WORKLOAD_ROSTER);
  for (gsize from = 0; from < bytes->len; from += READ_SIZE)
    feed ((const char *) bytes->data + from, MIN (READ_SIZE, bytes->len - from));
  hs_stream_free (stream);
  hs_dispatcher_free (dispatcher);
}

static void
build (guint64 amount)
{
  g_autoptr (GByteArray) output = g_byte_array_new ();

  for (guint64 i = 0; i < amount; i++)
    {
      g_autoptr (HsMessage) message
          = hs_message_new_chat ("juliet@capulet.example", "Wherefore art thou, Romeo?");

      hs_writer_write (output, hs_element_get_node (HS_ELEMENT (message)), HS_NS_CLIENT, NULL);
      if (output->len > READ_SIZE)
        g_byte_array_set_size (output, 0);
      n_handled++;
    }
}

/* ---- A stanza that is kept ---- */

static HsElement *
make_stanza (guint64 n_children)
{
  g_autoptr (GString) xml = g_string_new ("<message xmlns='jabber:client'>");
  g_autoptr (GError) error = NULL;
  HsElement *stanza;

  for (guint64 i = 0; i < n_children; i++)
    g_string_append_printf (xml, "<item xmlns='urn:x' n='%" G_GUINT64_FORMAT "'>text</item>", i);
  g_string_append (xml, "</message>");
  stanza = hs_element_new_from_string (xml->str, &error);
  if (stanza == NULL)
    g_error ("%s", error->message);
  return stanza;
}

static void
walk (void)
{
  g_autoptr (GPtrArray) children = NULL;

  for (HsElement *item = hs_element_get_first_child (kept); item != NULL; item = hs_element_get_next_sibling (item))
    n_handled += hs_element_get_attribute (item, "n") != NULL;
  children = hs_element_get_children (kept);
  for (guint i = 0; i < children->len; i++)
    hs_element_set_attribute (g_ptr_array_index (children, i), "seen", "1");
  g_clear_pointer (&children, g_ptr_array_unref);
  g_clear_object (&kept);
}

/* What is counted: `--toggle-collect=work`. */
static G_NO_INLINE void
work (GByteArray *bytes, Workload kind, gboolean bare, guint64 amount)
{
  if (kept != NULL)
    walk ();
  else if (kind == WORKLOAD_SEND)
    build (amount);
  else if (bare)
    parse_bare (bytes);
  else
    dispatch (bytes, kind);
}

int
main (int argc, char **argv)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gboolean bare = argc > 1 && g_str_has_suffix (argv[1], "-bare");
  g_auto (GStrv) words = NULL;
  Workload kind;
  guint64 amount;
  guint64 expected;
  Flood flood;

  if (argc < 3)
    {
      fprintf (stderr, "usage: %s chat|groupchat|roster|send|walk[-cyrillic|-cjk|-emoji][-bare] AMOUNT\n",
               argv[0]);
      return 2;
    }
  amount = g_ascii_strtoull (argv[2], NULL, 10);
  words = g_strsplit (argv[1], "-", -1);
  kind = g_str_has_prefix (argv[1], "chat")        ? WORKLOAD_CHAT
         : g_str_has_prefix (argv[1], "groupchat") ? WORKLOAD_GROUPCHAT
         : g_str_has_prefix (argv[1], "roster")    ? WORKLOAD_ROSTER
                                                   : WORKLOAD_SEND;
  if (g_str_equal (argv[1], "walk"))
    kept = make_stanza (amount);
  if (kind == WORKLOAD_ROSTER)
    g_byte_array_append (bytes, (const guint8 *) ROSTER, strlen (ROSTER));
  if (kind != WORKLOAD_SEND)
    {
      flood_start (&flood, kind, amount);
      if (words[1] != NULL)
        flood.text = flood_text_from_name (words[1]);
      flood_fill (&flood, bytes, G_MAXUINT / 4);
    }
  work (bytes, kind, bare, amount);
  /* With what ends the flood. */
  expected = amount + (kind == WORKLOAD_CHAT || kind == WORKLOAD_GROUPCHAT);
  return bare || n_handled == expected ? 0 : 1;
}
