/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* memmem() */
#include "config.h"

#include "fuzz.h"
#include "hs-element-private.h"
#include "hs-error.h"
#include "hs-message.h"
#include "hs-iq.h"
#include "hs-namespaces.h"
#include "hs-presence.h"
#include "protocol/hs-dispatcher.h"
#include "protocol/hs-session.h"
#include "protocol/hs-stream.h"
#include "stream-features.h"

/* libFuzzer target: everything that a server says, from the header to the end, with the dispatcher,
 * handlers that read whatever they are given, and a session that may outlive its connection. Three bytes
 * of options, then the server's bytes; a NUL ends the connection, where there is to be another. See
 * fuzz-random.c for what an input can know. */

enum
{
  OPTION_TLS_MODE = 3 << 0,
  OPTION_COMPONENT = 1 << 2,
  OPTION_FORGET = 1 << 3,
  OPTION_CLOSE_EARLY = 1 << 4, /* our end is sent in the middle */
  OPTION_REMOVE = 1 << 5,      /* handlers remove themselves and add others */
  OPTION_MANAGED = 1 << 6,     /* with stream management (XEP-0198) */
  OPTION_EARLY = 1 << 7,       /* signs in, and begins, by what is remembered of the server */
};

#define PASSWORD "pencilpencil"
#define REQUEST_ID "asked"
/* What is remembered before the server has offered anything. */
#define REMEMBERED \
  SAY_FEATURES_FRAMED (FEATURE_SASL (MECHANISM ("EXTERNAL") MECHANISM ("SCRAM-SHA-1")) \
                       FEATURE_SASL2 (MECHANISM ("EXTERNAL") MECHANISM ("SCRAM-SHA-1") \
                                      FEATURE_INLINE (FEATURE_BIND2_WITH (FEATURE_VAR ("urn:xmpp:sm:3")) \
                                                      FEATURE_SM FEATURE_TOKENS)))

typedef struct
{
  HsStream *stream;
  HsDispatcher *dispatcher;
  HsSession session;
  HsStreamManagement *management; /* of the session; or NULL */
  GVariant *offer; /* what is remembered of the server */
  HsSessionFeatures session_offer;
  guint options;
  guint mechanisms;
  guint n_stanzas;
  guint n_answers;
  guint n_asked;
  guint n_tagged; /* stanzas whose delivery status is to be told */
  guint n_deliveries;
  gboolean authenticated;
  gboolean failed;
  gboolean secure; /* the connection */
  gboolean knows_password;
  GPtrArray *kept; /* elements that a program keeps */
} Driver;

/* ---- Handlers ---- */

static void
read_stanza (HsStanza *stanza)
{
  HsJid *from = hs_stanza_get_from_jid (stanza);
  HsJid *to = hs_stanza_get_to_jid (stanza);
  g_autoptr (GError) error = hs_stanza_get_error (stanza);

  g_clear_pointer (&from, hs_jid_unref);
  g_clear_pointer (&to, hs_jid_unref);
  g_assert_nonnull (hs_stanza_get_stanza_type (stanza));
  hs_stanza_get_id (stanza);
  hs_stanza_get_lang (stanza);
  if (error != NULL)
    fuzz_check_error (error);
  if (HS_IS_MESSAGE (stanza))
    {
      GDateTime *delay = hs_message_get_delay (HS_MESSAGE (stanza));

      g_clear_pointer (&delay, g_date_time_unref);
      hs_message_get_body (HS_MESSAGE (stanza));
      hs_message_get_subject (HS_MESSAGE (stanza));
      hs_message_get_thread (HS_MESSAGE (stanza));
    }
  else if (HS_IS_PRESENCE (stanza))
    {
      hs_presence_get_show (HS_PRESENCE (stanza));
      hs_presence_get_status (HS_PRESENCE (stanza));
      hs_presence_get_priority (HS_PRESENCE (stanza));
    }
  else if (HS_IS_IQ (stanza))
    hs_iq_get_payload (HS_IQ (stanza));
}

/* Reads all there is. */
static HsElement *
read_cb (HsClient *client, HsElement *element, gpointer data)
{
  Driver *self = data;
  g_autofree char *text = hs_element_to_string (element);
  g_autoptr (GPtrArray) children = hs_element_get_children (element);

  for (guint i = 0; i < children->len; i++)
    g_assert_true (hs_element_get_parent (g_ptr_array_index (children, i)) == element);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_nonnull (hs_element_get_name (element));
  hs_element_get_text (element);
  hs_element_get_child_text (element, "body", NULL);
  hs_element_get_attribute_ns (element, "lang", HS_NS_XML);
  if (HS_IS_STANZA (element))
    read_stanza (HS_STANZA (element));
  if (self->kept->len < 4 && hs_element_get_attribute (element, "keep") != NULL)
    g_ptr_array_add (self->kept, g_object_ref (element));
  return NULL;
}

/* Answers. */
static HsElement *
answer_cb (HsClient *client, HsElement *element, gpointer data)
{
  if (!HS_IS_IQ (element))
    return NULL;
  return HS_ELEMENT (hs_stanza_new_reply (HS_STANZA (element)));
}

static HsElement *
once_cb (HsClient *client, HsElement *element, gpointer data)
{
  Driver *self = data;
  HsHandlers *handlers = hs_dispatcher_get_handlers (self->dispatcher);
  HsHandler handler = { .name = (char *) "x", .func = read_cb, .user_data = self };
  guint id;

  if ((self->options & OPTION_REMOVE) == 0)
    return NULL;
  id = hs_handlers_add (handlers, &handler);
  hs_handlers_remove (handlers, id - 1);
  return NULL;
}

static void
add_handlers (Driver *self)
{
  HsHandler handlers[] = {
    { .func = read_cb },
    { .func = read_cb, .flags = HS_HANDLER_NESTED },
    { .name = (char *) "x", .func = once_cb, .flags = HS_HANDLER_ONCE },
    { .name = (char *) "ask", .func = answer_cb },
    { .name = (char *) "query",
      .namespace_ = (char *) HS_NS_ROSTER,
      .func = read_cb,
      .flags = HS_HANDLER_FROM_ACCOUNT },
    { .name = (char *) "set", .for_iq = TRUE, .func = read_cb },
    { .name = (char *) "item", .func = read_cb, .flags = HS_HANDLER_FORGET },
  };
  guint n = G_N_ELEMENTS (handlers) - ((self->options & OPTION_FORGET) != 0 ? 0 : 1);

  for (guint i = 0; i < n; i++)
    {
      handlers[i].user_data = self;
      hs_handlers_add (hs_dispatcher_get_handlers (self->dispatcher), &handlers[i]);
    }
}

/* ---- The dispatcher ---- */

static void
reply_cb (HsElement *stanza, gpointer owner)
{
  Driver *self = owner;
  g_autofree char *text = hs_element_to_string (stanza);
  const char *type = hs_element_get_attribute (stanza, "type");

  g_assert_true (g_utf8_validate (text, -1, NULL));
  if (HS_IS_IQ (stanza) && (g_strcmp0 (type, "result") == 0 || g_strcmp0 (type, "error") == 0))
    hs_dispatcher_note_answer (self->dispatcher, hs_element_get_node (stanza));
}

static gboolean
has_element_signal_cb (gpointer owner)
{
  return TRUE;
}

static void
element_signal_cb (HsElement *element, gpointer owner)
{
}

static gboolean
stanza_signal_cb (HsElement *stanza, gpointer owner)
{
  read_stanza (HS_STANZA (stanza));
  return FALSE;
}

static gboolean
from_account_cb (HsNode *stanza, gpointer owner)
{
  Driver *self = owner;
  const char *from = hs_node_get_attribute (stanza, "from", NULL);
  g_autoptr (HsJid) jid = from != NULL ? hs_jid_new (from, NULL) : NULL;

  return from == NULL ||
         (jid != NULL && (hs_jid_equal (jid, hs_session_get_bound_bare (&self->session))
                             || hs_jid_equal (jid, hs_session_get_bound_jid (&self->session))));
}

static const HsDispatcherCallbacks dispatcher_callbacks
    = { .reply = reply_cb,
        .answer = reply_cb,
        .has_element_signal = has_element_signal_cb,
        .element_signal = element_signal_cb,
        .stanza_signal = stanza_signal_cb,
        .from_account = from_account_cb };

/* ---- The parser ---- */

static gboolean
stanza_begins_cb (HsNode *stanza, gpointer data)
{
  Driver *self = data;

  return !hs_stream_is_open (self->stream) || hs_dispatcher_stanza_begins (self->dispatcher, stanza);
}

static gboolean
forget_cb (HsNode *stanza, const char *name, const char *namespace_, gpointer data)
{
  return hs_dispatcher_forgets (((Driver *) data)->dispatcher, stanza, name, namespace_);
}

static void
names_changed_cb (gpointer data)
{
  hs_dispatcher_names_changed (((Driver *) data)->dispatcher);
}

static const HsParserCallbacks parser_callbacks
    = { .stanza_begins = stanza_begins_cb, .forget = forget_cb, .names_changed = names_changed_cb };

/* ---- The driver ---- */

static void
take_output (Driver *self)
{
  g_autoptr (GByteArray) output = hs_stream_take_output (self->stream);

  if (output != NULL)
    g_assert_true (g_utf8_validate ((const char *) output->data, output->len, NULL));
}

static HsSaslCredentials
get_credentials (Driver *self, gboolean anew)
{
  static const char *const plain[] = { "PLAIN", NULL };
  gboolean has_token = (self->mechanisms & 128) != 0 && !anew;

  return (HsSaslCredentials){
    .username = (self->mechanisms & 1) != 0 ? NULL : "juliet",
    .password = (self->mechanisms & 2) != 0 ? NULL : PASSWORD,
    .account = "juliet@example.com",
    .access_token = (self->mechanisms & 2) != 0 ? PASSWORD : NULL,
    .token = has_token ? PASSWORD : NULL,
    .token_mechanism = has_token ? "HT-SHA-256-NONE" : NULL,
    .has_certificate = (self->mechanisms & 4) != 0,
    .encrypted = (self->mechanisms & 8) == 0,
    .trusted = (self->mechanisms & 8) == 0,
    .tls_mode_none = (self->mechanisms & 16) != 0,
    .allowed = (self->mechanisms & 16) != 0 ? plain : NULL,
  };
}

/* @anew: the token was refused. */
static void
sign_in (Driver *self, gboolean anew)
{
  HsSaslCredentials credentials = get_credentials (self, anew);

  hs_stream_sign_in (self->stream, &credentials);
}

/* Before the features have come, where they have come before. */
static void
sign_in_early (Driver *self)
{
  HsSaslCredentials credentials = get_credentials (self, FALSE);

  if ((self->options & (OPTION_EARLY | OPTION_COMPONENT)) != OPTION_EARLY)
    return;
  if (self->offer == NULL)
    {
      HsNode *features = hs_parser_parse_element (REMEMBERED, strlen (REMEMBERED), NULL);
      g_autoptr (HsStreamFeatures) offer = hs_stream_features_new (features);

      self->offer = g_variant_ref_sink (hs_stream_features_save (offer));
      hs_block_unref (hs_node_get_block (features));
    }
  if (!hs_stream_pipeline_sign_in (self->stream, self->offer, &credentials))
    g_assert_false (hs_stream_is_sign_in_pipelined (self->stream));
}

static void
remember (Driver *self)
{
  const HsStreamFeatures *offer = hs_stream_get_features (self->stream);

  g_assert_false (hs_stream_is_sign_in_pipelined (self->stream));
  g_clear_pointer (&self->offer, g_variant_unref);
  if (offer != NULL)
    self->offer = g_variant_ref_sink (hs_stream_features_save (offer));
}

static void
derive_key (Driver *self)
{
  HsSaslKeyRequest *request = hs_stream_get_key_request (self->stream);
  g_autoptr (GBytes) key = NULL;

  g_assert_nonnull (request);
  key = hs_sasl_key_request_derive (request, NULL);
  hs_stream_key_derived (self->stream, key);
}

static void
answer_cb_of_tracker (HsNode *answer, const GError *error, gpointer data)
{
  Driver *self = data;

  self->n_answers++;
  g_assert_true ((answer != NULL) != (error != NULL));
}

static void
bound_changed_cb (gpointer owner)
{
}

static const HsSessionCallbacks session_callbacks = { bound_changed_cb };

static void
begin_session (Driver *self)
{
  static const char *const asked[] = { NULL, "romeo@example.net/orchard", "example.com" };
  HsIqTracker *tracker = hs_dispatcher_get_tracker (self->dispatcher);
  g_autoptr (HsJid) bound = hs_stream_take_jid (self->stream);

  if (bound != NULL)
    hs_session_bind (&self->session, bound);
  else
    hs_session_resume (&self->session, 1000000);
  g_assert_nonnull (hs_session_get_bound_jid (&self->session));
  if ((self->options & OPTION_COMPONENT) != 0)
    hs_iq_tracker_make_strict (tracker);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      HsIqRequest *request = hs_iq_tracker_add (tracker, REQUEST_ID, asked[i], NULL, 1000);

      hs_iq_request_set_callback (request, answer_cb_of_tracker, self);
      self->n_asked++;
    }
  hs_parser_set_forgets (hs_stream_get_parser (self->stream),
                         (self->options & OPTION_FORGET) != 0);
}

/* Sends, where that is managed. */
static void
send_stanza (Driver *self, const char *stanza)
{
  GByteArray *output;

  if (self->management == NULL || !hs_stream_management_is_enabled (self->management) ||
      self->n_tagged >= 100)
    return;
  output = g_byte_array_new ();
  g_byte_array_append (output, (const guint8 *) stanza, strlen (stanza));
  hs_stream_management_add_out (self->management, output, 0,
                                self->n_tagged % 2 == 0 ? HS_OUT_RESEND : 0, 0, self);
  self->n_tagged++;
  hs_stream_management_poll (self->management, self->n_tagged * 1000000, output);
  g_byte_array_unref (output);
}

/* Before the resource is bound: not where an earlier session is still to be given up. */
static void
begin_early (Driver *self)
{
  if (hs_session_get_bound_jid (&self->session) == NULL && hs_stream_begin (self->stream))
    {
      g_assert_true (hs_stream_is_session_pipelined (self->stream));
      send_stanza (self, "<presence/>");
    }
}

static void
take_deliveries (Driver *self)
{
  HsStanzaDelivery delivery;

  while (self->management != NULL && hs_stream_management_next_delivery (self->management, &delivery))
    {
      g_assert_true (delivery.tag == self);
      g_clear_pointer (&delivery.stanza, g_bytes_unref);
      self->n_deliveries++;
    }
}

static void
dispatch (Driver *self, HsStreamEvent *event)
{
  self->n_stanzas++;
  send_stanza (self, "<message id='out'/>");
  if (event->type == HS_STREAM_EVENT_STANZA)
    hs_dispatcher_dispatch (self->dispatcher, event->node);
  else if (!hs_dispatcher_dispatch_forgotten (self->dispatcher, event->node))
    hs_stream_keep (self->stream, event);
}

static void
discard (Driver *self, HsStreamEvent *event)
{
  g_autoptr (GError) error = hs_stream_get_discard_error (self->stream, event);

  fuzz_check_error (error);
  hs_dispatcher_discard (self->dispatcher, event->node,
                         HS_STANZA (hs_element_from_node (event->node)), error);
}

static void
take_event (Driver *self, HsStreamEvent *event)
{
  g_assert_false (self->failed);
  switch (event->type)
    {
    case HS_STREAM_EVENT_START_TLS:
      self->secure = TRUE;
      hs_stream_secured (self->stream);
      sign_in_early (self);
      break;
    case HS_STREAM_EVENT_FEATURES:
      sign_in (self, FALSE);
      break;
    case HS_STREAM_EVENT_TOKEN_REFUSED:
      sign_in (self, TRUE);
      break;
    case HS_STREAM_EVENT_DERIVE_KEY:
      derive_key (self);
      break;
    case HS_STREAM_EVENT_AUTHENTICATED:
      self->authenticated = TRUE;
      remember (self);
      break;
    case HS_STREAM_EVENT_BINDING:
      g_assert_true (self->authenticated);
      begin_early (self);
      break;
    case HS_STREAM_EVENT_BOUND:
    case HS_STREAM_EVENT_RESUMED:
      g_assert_true (self->authenticated);
      self->session_offer = hs_stream_get_session_features (self->stream);
      begin_session (self);
      break;
    case HS_STREAM_EVENT_ACKNOWLEDGED:
    case HS_STREAM_EVENT_ENABLED:
      take_deliveries (self);
      break;
    case HS_STREAM_EVENT_CSI_OFFERED:
      g_assert_true (hs_stream_offers_csi (self->stream));
      break;
    case HS_STREAM_EVENT_STANZA:
    case HS_STREAM_EVENT_FORGET:
      dispatch (self, event);
      break;
    case HS_STREAM_EVENT_DISCARDED:
      discard (self, event);
      break;
    case HS_STREAM_EVENT_FAILED:
      fuzz_check_error (hs_stream_get_error (self->stream));
      /* Unless it is the server that says it. */
      g_assert_true (self->knows_password ||
                     strstr (hs_stream_get_error (self->stream)->message, PASSWORD) == NULL);
      g_assert_false (hs_stream_is_open (self->stream));
      self->failed = TRUE;
      break;
    case HS_STREAM_EVENT_ENDED:
      self->failed = TRUE;
      break;
    case HS_STREAM_EVENT_NONE:
    default:
      break;
    }
}

static void
feed (Driver *self, const char *bytes, gsize length)
{
  HsStreamEvent event;

  while (length > 0)
    {
      gsize used = hs_stream_feed (self->stream, bytes, length);

      g_assert_cmpuint (used, <=, length);
      g_assert_cmpuint (used, >, 0);
      bytes += used;
      length -= used;
      while (hs_stream_next_event (self->stream, &event))
        {
          take_event (self, &event);
          hs_stream_give_back (self->stream, &event);
          take_output (self);
        }
      take_output (self);
    }
}

static gboolean
is_secure_cb (gpointer driver)
{
  return ((Driver *) driver)->secure;
}

static void
connect (Driver *self)
{
  static const HsTlsMode modes[]
      = { HS_TLS_MODE_NONE, HS_TLS_MODE_REQUIRED, HS_TLS_MODE_STARTTLS, HS_TLS_MODE_DIRECT };
  gboolean component = (self->options & OPTION_COMPONENT) != 0;
  g_autoptr (HsJid) jid
      = hs_jid_new (component ? "service.example.com" : "juliet@example.com/balcony", NULL);
  gboolean early = !component && (self->options & OPTION_EARLY) != 0;
  HsTlsMode mode = modes[self->options & OPTION_TLS_MODE];
  HsStreamConfig config = {
    .jid = jid,
    .tls_mode = component ? HS_TLS_MODE_NONE : mode,
    .is_secure = is_secure_cb,
    .component = component,
    .secret = component ? PASSWORD : NULL,
    .lang = "en",
    .max_stanza_size = 40000,
    .max_depth = 24,
    .session = self->management != NULL ? &self->session : NULL,
    .user_agent_id = "d4565fa7-4d72-4749-b3d3-740edbf87770",
    .software = "Fuzz",
    .bind2 = (self->mechanisms & 32) != 0,
    .carbons = (self->mechanisms & 32) != 0,
    .inactive = (self->mechanisms & 64) != 0,
    .remembered = early ? self->session_offer : 0,
    .begins = early,
  };

  self->authenticated = FALSE;
  self->failed = FALSE;
  self->secure = !component && mode == HS_TLS_MODE_DIRECT;
  self->stream = hs_stream_new (&config, &parser_callbacks, self);
  hs_stream_open (self->stream);
  sign_in_early (self);
}

static void
disconnect (Driver *self)
{
  g_autoptr (GError) error = g_error_new_literal (HS_ERROR, HS_ERROR_SESSION_LOST, "Lost");

  hs_iq_tracker_fail_all (hs_dispatcher_get_tracker (self->dispatcher), error);
  g_assert_cmpuint (self->n_answers, ==, self->n_asked);
  if (self->management != NULL)
    hs_stream_management_interrupt (self->management, 1000000);
  take_deliveries (self);
  hs_stream_free (self->stream);
}

static void
set_up (Driver *self)
{
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
  self->dispatcher = hs_dispatcher_new (&dispatcher_callbacks, self);
  hs_session_init (&self->session, hs_dispatcher_get_tracker (self->dispatcher), &session_callbacks, self);
  add_handlers (self);
  if ((self->options & (OPTION_MANAGED | OPTION_COMPONENT)) == OPTION_MANAGED)
    self->management = hs_session_ensure_management (&self->session, NULL);
  self->session_offer = HS_SESSION_FEATURE_BIND | HS_SESSION_FEATURE_SM;
  connect (self);
}

static void
tear_down (Driver *self)
{
  disconnect (self);
  if (self->management != NULL)
    {
      hs_stream_management_give_up (self->management);
      take_deliveries (self);
      /* Each once. */
      g_assert_cmpuint (self->n_deliveries, ==, self->n_tagged);
    }
  hs_session_clear (&self->session);
  hs_dispatcher_free (self->dispatcher);
  for (guint i = 0; i < self->kept->len; i++)
    g_free (hs_element_to_string (g_ptr_array_index (self->kept, i)));
  g_ptr_array_unref (self->kept);
  g_clear_pointer (&self->offer, g_variant_unref);
}

/* One connection's bytes, in pieces. */
static void
run_connection (Driver *self, const char *bytes, gsize length, gsize piece)
{
  for (gsize done = 0; done < length; done += MIN (piece, length - done))
    {
      feed (self, bytes + done, MIN (piece, length - done));
      if ((self->options & OPTION_CLOSE_EARLY) != 0 && done + piece > length / 2)
        hs_stream_close (self->stream);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Driver self = { .options = fuzz_take_byte (&data, &size) };
  const guint8 *end;
  gsize piece;

  self.mechanisms = fuzz_take_byte (&data, &size);
  piece = fuzz_take_byte (&data, &size) % 64;
  piece = piece > 0 ? piece * piece : MAX (size, 1);
  self.knows_password = memmem (data, size, "pencil", strlen ("pencil")) != NULL;
  set_up (&self);
  while (self.management != NULL && (end = memchr (data, 0, size)) != NULL)
    {
      run_connection (&self, (const char *) data, end - data, piece);
      disconnect (&self);
      size -= end + 1 - data;
      data = end + 1;
      connect (&self);
    }
  run_connection (&self, (const char *) data, size, piece);
  tear_down (&self);
  return 0;
}
