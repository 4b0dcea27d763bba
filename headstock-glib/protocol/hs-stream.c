/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream.h"

#include <stdarg.h>

#include "hs-enum-types.h"
#include "hs-error.h"
#include "hs-namespaces.h"
#include "hs-random.h"
#include "protocol/hs-condition.h"
#include "sasl/hs-sasl-base64.h"

/* What the stream waits for. */
typedef enum
{
  STATE_CLOSED,       /* nothing was sent */
  STATE_HEADER,       /* the server's header */
  STATE_FEATURES,     /* its features */
  STATE_PROCEED,      /* its leave to start TLS */
  STATE_HANDSHAKE,    /* our driver's TLS handshake */
  STATE_UNSIGNED,     /* our driver's word to sign in; modules take part */
  STATE_SASL,         /* the next message of the mechanism */
  STATE_DERIVING,     /* our driver's key */
  STATE_BIND,         /* the answer to the resource binding */
  STATE_SESSION,      /* the answer to the obsolete session request */
  STATE_COMPONENT,    /* the server's word on a component's handshake */
  STATE_READY,        /* stanzas */
  STATE_ENDED,        /* nothing: the server has closed, or we have given up */
  N_STATES
} State;

struct _HsStream
{
  HsStreamConfig config;
  HsParser *parser;
  GByteArray *output;
  State state;
  gboolean secure;
  gboolean authenticated;
  gboolean header_sent;
  gboolean closing; /* our end was sent */
  HsStreamEventType pending;
  HsStreamEventType following; /* comes after the pending one */
  HsParserEvent *features; /* kept until sign-in begins */
  char *secret; /* a component's */
  char *lang;
  HsSaslMechanism *mechanism;
  char *mechanism_name;
  gboolean proved_password;
  char *request_id;
  GError *xml_error; /* found, and not yet reached */
  gboolean session_required;
  HsJid *jid;
  gsize max_bytes;
  GError *error;
};

typedef void (*Transition) (HsStream *self, HsNode *node);

static void G_GNUC_PRINTF (2, 3)
write_output (HsStream *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_markup_vprintf_escaped (format, args);
  va_end (args);
  if (self->output == NULL)
    self->output = g_byte_array_new ();
  g_byte_array_append (self->output, (const guint8 *) text, strlen (text));
}

static void
send_header (HsStream *self)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (self->config.jid);

  hs_parser_restart (self->parser);
  self->state = STATE_HEADER;
  self->header_sent = TRUE;
  write_output (self, "<?xml version='1.0'?><stream:stream xmlns='%s' xmlns:stream='%s' to='%s'",
                self->config.component ? HS_NS_COMPONENT : HS_NS_CLIENT, HS_NS_STREAM,
                hs_jid_get_domain (self->config.jid));
  if (self->config.component)
    {
      write_output (self, ">");
      return;
    }
  /* Whoever listens before TLS need not know who is calling (RFC 6120, 4.7.1). */
  if (self->secure && hs_jid_get_local (self->config.jid) != NULL)
    write_output (self, " from='%s'", hs_jid_to_string (bare));
  write_output (self, " version='1.0' xml:lang='%s'>",
                self->lang);
}

void
hs_stream_close (HsStream *self)
{
  if (self->closing || self->state == STATE_CLOSED)
    return;
  self->closing = TRUE;
  if (self->header_sent && self->state != STATE_HANDSHAKE)
    write_output (self, "</stream:stream>");
}

void
hs_stream_close_with_error (HsStream *self, const char *condition, const char *text)
{
  if (self->closing || self->state == STATE_CLOSED)
    return;
  if (self->header_sent && self->state != STATE_HANDSHAKE)
    {
      write_output (self, "<stream:error><%s xmlns='%s'/>", condition, HS_NS_STREAMS);
      if (text != NULL)
        write_output (self, "<text xmlns='%s' xml:lang='en'>%s</text>", HS_NS_STREAMS, text);
      write_output (self, "</stream:error>");
    }
  hs_stream_close (self);
}

/* Takes the error. */
void
hs_stream_fail (HsStream *self, GError *error)
{
  if (self->error != NULL)
    {
      g_error_free (error);
      return;
    }
  self->error = error;
  self->state = STATE_ENDED;
  self->pending = HS_STREAM_EVENT_FAILED;
  self->following = HS_STREAM_EVENT_NONE;
}

static void G_GNUC_PRINTF (3, 4)
protocol_error (HsStream *self, const char *condition, const char *format, ...)
{
  va_list args;

  hs_stream_close_with_error (self, condition, NULL);
  va_start (args, format);
  hs_stream_fail (self, g_error_new_valist (HS_ERROR, HS_ERROR_PROTOCOL, format, args));
  va_end (args);
}

/* Our own words for what the parser found (RFC 6120, 4.9.3). */
static void
xml_error (HsStream *self, GError *error)
{
  static const char *const conditions[] = {
    [HS_XML_ERROR_NOT_WELL_FORMED] = "not-well-formed",
    [HS_XML_ERROR_RESTRICTED] = "restricted-xml",
    [HS_XML_ERROR_TOO_DEEP] = "policy-violation",
    [HS_XML_ERROR_TOO_LARGE] = "policy-violation",
    [HS_XML_ERROR_EMPTY] = "not-well-formed",
  };

  hs_stream_close_with_error (self, conditions[error->code], NULL);
  hs_stream_fail (self, error);
}

static void
on_stream_error (HsStream *self, HsNode *node)
{
  GError *error
      = hs_condition_to_error (node, HS_STREAM_ERROR, HS_TYPE_STREAM_ERROR, HS_NS_STREAMS,
                               HS_STREAM_ERROR_UNDEFINED_CONDITION, "The server ended the stream");

  hs_stream_close (self);
  hs_stream_fail (self, error);
}

static void
read_limits (HsStream *self, HsNode *features)
{
  HsNode *limits = hs_node_get_child (features, "limits", HS_NS_LIMITS);
  HsNode *bytes = limits != NULL ? hs_node_get_child (limits, "max-bytes", HS_NS_LIMITS) : NULL;
  const char *text = bytes != NULL ? hs_node_get_text (bytes) : NULL;

  /* XEP-0478: less than 10,000 is not allowed, and would shut us up. */
  self->max_bytes = 0;
  if (text != NULL)
    {
      guint64 value = g_ascii_strtoull (text, NULL, 10);

      self->max_bytes = value >= 10000 && value <= G_MAXSSIZE ? value : 0;
    }
}

static void
send_bind (HsStream *self)
{
  const char *resource = hs_jid_get_resource (self->config.jid);

  self->state = STATE_BIND;
  g_free (self->request_id);
  self->request_id = hs_random_id ();
  write_output (self, "<iq type='set' id='%s'><bind xmlns='%s'", self->request_id, HS_NS_BIND);
  if (resource != NULL)
    write_output (self, "><resource>%s</resource></bind></iq>", resource);
  else
    write_output (self, "/></iq>");
}

static void
features_after_sign_in (HsStream *self, HsNode *node)
{
  HsNode *session = hs_node_get_child (node, "session", HS_NS_SESSION);

  if (hs_node_get_child (node, "bind", HS_NS_BIND) == NULL)
    {
      protocol_error (self, "unsupported-feature", "The server does not offer to bind a resource");
      return;
    }
  /* RFC 6121 has done away with it; servers that still demand it do not call it optional. */
  self->session_required
      = session != NULL && hs_node_get_child (session, "optional", NULL) == NULL;
  send_bind (self);
}

static void
on_features (HsStream *self, HsNode *node)
{
  gboolean offers_tls = hs_node_get_child (node, "starttls", HS_NS_TLS) != NULL;

  read_limits (self, node);
  if (self->authenticated)
    {
      features_after_sign_in (self, node);
      return;
    }
  if (!self->secure && self->config.tls_mode != HS_TLS_MODE_NONE)
    {
      if (!offers_tls)
        {
          hs_stream_close (self);
          hs_stream_fail (self, g_error_new (HS_ERROR, HS_ERROR_TLS_REQUIRED,
                                             "%s offers no TLS, which is required",
                                             hs_jid_get_domain (self->config.jid)));
          return;
        }
      self->state = STATE_PROCEED;
      write_output (self, "<starttls xmlns='%s'/>", HS_NS_TLS);
      return;
    }
  self->state = STATE_UNSIGNED;
  self->pending = HS_STREAM_EVENT_FEATURES;
}

static void
on_proceed (HsStream *self, HsNode *node)
{
  self->state = STATE_HANDSHAKE;
  self->pending = HS_STREAM_EVENT_START_TLS;
}

static void
on_tls_failure (HsStream *self, HsNode *node)
{
  hs_stream_fail (self, g_error_new (HS_ERROR, HS_ERROR_TLS_REQUIRED,
                                     "%s offered TLS and then failed to start it",
                                     hs_jid_get_domain (self->config.jid)));
}

void
hs_stream_secured (HsStream *self)
{
  self->secure = TRUE;
  send_header (self);
}

/* RFC 6120, 6.4.2: "=" is an empty message, where an empty element is none. */
static void
send_sasl (HsStream *self, const char *element, const char *mechanism, GBytes *data)
{
  gsize size = 0;
  const guint8 *bytes = data != NULL ? g_bytes_get_data (data, &size) : NULL;
  g_autofree char *base64 = size > 0 ? g_base64_encode (bytes, size) : g_strdup ("=");

  self->state = STATE_SASL;
  write_output (self, "<%s xmlns='%s'", element, HS_NS_SASL);
  if (mechanism != NULL)
    write_output (self, " mechanism='%s'", mechanism);
  if (data != NULL)
    write_output (self, ">%s</%s>", base64, element);
  else
    write_output (self, "/>");
  explicit_bzero (base64, strlen (base64));
}

static void
sasl_failed (HsStream *self, GError *error)
{
  hs_stream_close (self);
  hs_stream_fail (self, error);
}

static char **
list_mechanisms (HsNode *features)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  HsNode *mechanisms = hs_node_get_child (features, "mechanisms", HS_NS_SASL);
  HsNode *child = mechanisms != NULL ? hs_node_first_element (mechanisms) : NULL;

  for (; child != NULL; child = hs_node_next_element (child))
    {
      const char *name = hs_node_get_text (child);

      if (name != NULL && hs_node_matches (child, "mechanism", HS_NS_SASL))
        g_strv_builder_add (builder, name);
    }
  return g_strv_builder_end (builder);
}

void
hs_stream_sign_in (HsStream *self, const HsSaslCredentials *credentials)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) initial = NULL;
  g_auto (GStrv) offered = NULL;

  if (self->state != STATE_UNSIGNED || self->closing)
    return;
  offered = list_mechanisms (self->features->node);
  hs_parser_give_back (self->parser, g_steal_pointer (&self->features));
  self->mechanism = hs_sasl_mechanism_select ((const char *const *) offered, credentials, &error);
  if (self->mechanism == NULL)
    {
      sasl_failed (self, g_steal_pointer (&error));
      return;
    }
  self->mechanism_name = g_strdup (hs_sasl_mechanism_get_name (self->mechanism));
  if (hs_sasl_mechanism_start (self->mechanism, &initial, &error) == HS_SASL_STEP_FAILED)
    sasl_failed (self, g_steal_pointer (&error));
  else
    send_sasl (self, "auth", self->mechanism_name, initial);
}

static void
take_step (HsStream *self, HsSaslStep step, GBytes *response, GError *error)
{
  switch (step)
    {
    case HS_SASL_STEP_RESPOND:
      send_sasl (self, "response", NULL, response);
      break;
    case HS_SASL_STEP_DERIVE:
      self->state = STATE_DERIVING;
      self->pending = HS_STREAM_EVENT_DERIVE_KEY;
      break;
    case HS_SASL_STEP_FAILED:
    default:
      write_output (self, "<abort xmlns='%s'/>", HS_NS_SASL);
      sasl_failed (self, error);
    }
}

/* The octets of a SASL element; NULL and no error for none at all. */
static guint8 *
decode (HsStream *self, HsNode *node, gsize *length)
{
  const char *text = hs_node_get_text (node);

  *length = 0;
  if (text == NULL)
    return NULL;
  if (strcmp (text, "=") == 0)
    return g_new0 (guint8, 1);
  return hs_sasl_base64_decode (text, length);
}

static void
on_challenge (HsStream *self, HsNode *node)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = NULL;
  gsize length;
  g_autofree guint8 *challenge = decode (self, node, &length);
  HsSaslStep step;

  if (challenge == NULL && hs_node_get_text (node) != NULL)
    {
      g_set_error_literal (&error, HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
                           "The server's challenge is not base64");
      take_step (self, HS_SASL_STEP_FAILED, NULL, g_steal_pointer (&error));
      return;
    }
  step = hs_sasl_mechanism_challenge (self->mechanism,
                                      challenge != NULL ? challenge : (const guint8 *) "", length,
                                      &response, &error);
  take_step (self, step, response, g_steal_pointer (&error));
}

HsSaslKeyRequest *
hs_stream_get_key_request (HsStream *self)
{
  return hs_sasl_mechanism_get_key_request (self->mechanism);
}

void
hs_stream_key_derived (HsStream *self, GBytes *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) response = NULL;
  HsSaslStep step;

  if (self->state != STATE_DERIVING || self->closing)
    return;
  step = hs_sasl_mechanism_derived (self->mechanism, key, &response, &error);
  take_step (self, step, response, g_steal_pointer (&error));
}

static void
on_success (HsStream *self, HsNode *node)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  g_autofree guint8 *data = decode (self, node, &length);

  if (data == NULL && hs_node_get_text (node) != NULL)
    {
      sasl_failed (self, g_error_new_literal (HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
                                              "The server's success is not base64"));
      return;
    }
  if (!hs_sasl_mechanism_success (self->mechanism, data, length, &error))
    {
      sasl_failed (self, g_steal_pointer (&error));
      return;
    }
  self->authenticated = TRUE;
  self->proved_password = hs_sasl_mechanism_proves_password (self->mechanism);
  g_clear_pointer (&self->mechanism, hs_sasl_mechanism_free);
  self->pending = HS_STREAM_EVENT_AUTHENTICATED;
  send_header (self);
}

static void
on_failure (HsStream *self, HsNode *node)
{
  sasl_failed (self, hs_condition_to_error (node, HS_SASL_ERROR, HS_TYPE_SASL_ERROR, HS_NS_SASL,
                                            HS_SASL_ERROR_UNDEFINED_CONDITION,
                                            "The server refused the sign-in"));
}

/* Whether an iq answers what the stream itself asked; what does not is dropped, as later. */
static gboolean
is_own_answer (HsStream *self, HsNode *node)
{
  const char *type = hs_node_get_attribute (node, "type", NULL);

  return g_strcmp0 (hs_node_get_attribute (node, "id", NULL), self->request_id) == 0 &&
         (g_strcmp0 (type, "result") == 0 || g_strcmp0 (type, "error") == 0);
}

static void
become_ready (HsStream *self)
{
  g_clear_pointer (&self->request_id, g_free);
  self->state = STATE_READY;
  self->pending = HS_STREAM_EVENT_BOUND;
}

static void
refused (HsStream *self, HsNode *iq, const char *what)
{
  HsNode *error = hs_node_get_child (iq, "error", HS_NS_CLIENT);

  hs_stream_close (self);
  hs_stream_fail (self, hs_condition_to_error (error != NULL ? error : iq, HS_STANZA_ERROR,
                                               HS_TYPE_STANZA_ERROR, HS_NS_STANZAS,
                                               HS_STANZA_ERROR_UNDEFINED_CONDITION, what));
}

static void
on_bind_answer (HsStream *self, HsNode *node)
{
  HsNode *bind = hs_node_get_child (node, "bind", HS_NS_BIND);
  HsNode *child = bind != NULL ? hs_node_get_child (bind, "jid", HS_NS_BIND) : NULL;
  const char *text = child != NULL ? hs_node_get_text (child) : NULL;
  g_autoptr (GError) error = NULL;

  if (!is_own_answer (self, node))
    return;
  if (strcmp (hs_node_get_attribute (node, "type", NULL), "error") == 0)
    {
      refused (self, node, "The server refused to bind a resource");
      return;
    }
  self->jid = text != NULL ? hs_jid_new (text, &error) : NULL;
  if (self->jid == NULL || hs_jid_get_resource (self->jid) == NULL)
    {
      protocol_error (self, "undefined-condition", "The server bound no valid address: %s",
                      error != NULL ? error->message : "it named none");
      return;
    }
  if (!self->session_required)
    {
      become_ready (self);
      return;
    }
  self->state = STATE_SESSION;
  g_free (self->request_id);
  self->request_id = hs_random_id ();
  write_output (self, "<iq type='set' id='%s'><session xmlns='%s'/></iq>", self->request_id,
                HS_NS_SESSION);
}

static void
on_session_answer (HsStream *self, HsNode *node)
{
  if (!is_own_answer (self, node))
    return;
  if (strcmp (hs_node_get_attribute (node, "type", NULL), "error") == 0)
    refused (self, node, "The server refused to start a session");
  else
    become_ready (self);
}

/* XEP-0114, 3: the hash of the stream's id and the secret, in hexadecimal. */
static void
send_handshake (HsStream *self, HsNode *header)
{
  const char *id = hs_node_get_attribute (header, "id", NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);

  if (id == NULL)
    {
      protocol_error (self, "bad-format", "The server gave its stream no id");
      return;
    }
  if (self->secret == NULL)
    {
      hs_stream_close (self);
      hs_stream_fail (self, g_error_new_literal (HS_ERROR, HS_ERROR_NO_CREDENTIALS,
                                                 "The component has no secret"));
      return;
    }
  g_checksum_update (checksum, (const guchar *) id, strlen (id));
  g_checksum_update (checksum, (const guchar *) self->secret, strlen (self->secret));
  self->state = STATE_COMPONENT;
  write_output (self, "<handshake>%s</handshake>", g_checksum_get_string (checksum));
}

static void
on_handshake (HsStream *self, HsNode *node)
{
  self->authenticated = TRUE;
  self->mechanism_name = g_strdup ("handshake");
  self->jid = hs_jid_ref (self->config.jid);
  self->state = STATE_READY;
  self->pending = HS_STREAM_EVENT_AUTHENTICATED;
  self->following = HS_STREAM_EVENT_BOUND;
}

static void
on_stanza (HsStream *self, HsNode *node)
{
  self->pending = HS_STREAM_EVENT_STANZA;
}

/* All that may come, and where. Whatever is not here breaks the protocol. */
static const struct
{
  State state; /* N_STATES: any */
  const char *name;
  const char *namespace_;
  Transition transition;
} transitions[] = {
  { STATE_READY, "message", HS_NS_CLIENT, on_stanza },
  { STATE_READY, "presence", HS_NS_CLIENT, on_stanza },
  { STATE_READY, "iq", HS_NS_CLIENT, on_stanza },
  { STATE_FEATURES, "features", HS_NS_STREAM, on_features },
  { STATE_PROCEED, "proceed", HS_NS_TLS, on_proceed },
  { STATE_PROCEED, "failure", HS_NS_TLS, on_tls_failure },
  { STATE_UNSIGNED, "iq", HS_NS_CLIENT, on_stanza },
  { STATE_SASL, "challenge", HS_NS_SASL, on_challenge },
  { STATE_SASL, "success", HS_NS_SASL, on_success },
  { STATE_SASL, "failure", HS_NS_SASL, on_failure },
  { STATE_BIND, "iq", HS_NS_CLIENT, on_bind_answer },
  { STATE_SESSION, "iq", HS_NS_CLIENT, on_session_answer },
  { STATE_SESSION, "message", HS_NS_CLIENT, on_stanza },
  { STATE_SESSION, "presence", HS_NS_CLIENT, on_stanza },
  { STATE_COMPONENT, "handshake", HS_NS_CLIENT, on_handshake },
  { N_STATES, "error", HS_NS_STREAM, on_stream_error },
};

const char *
hs_stream_describe (HsStream *self)
{
  static const char *const descriptions[N_STATES] = {
    [STATE_CLOSED] = "nothing",
    [STATE_HEADER] = "the header of its stream",
    [STATE_FEATURES] = "the features of its stream",
    [STATE_PROCEED] = "its leave to start TLS",
    [STATE_HANDSHAKE] = "its part of the TLS handshake",
    [STATE_UNSIGNED] = "nothing before the sign-in",
    [STATE_SASL] = "its part of the sign-in",
    [STATE_DERIVING] = "nothing before our part of the sign-in",
    [STATE_BIND] = "the address that it binds",
    [STATE_SESSION] = "the start of the session",
    [STATE_COMPONENT] = "its word on the handshake",
    [STATE_READY] = "stanzas",
    [STATE_ENDED] = "nothing more",
  };

  return descriptions[self->state];
}

static void
on_element (HsStream *self, HsNode *node)
{
  /* After our own end only stanzas still count. */
  if (self->closing && self->state != STATE_READY)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (transitions); i++)
    {
      if ((transitions[i].state == self->state || transitions[i].state == N_STATES) &&
          strcmp (transitions[i].name, node->name) == 0 &&
          hs_namespace_equal (transitions[i].namespace_, node->namespace_))
        {
          transitions[i].transition (self, node);
          return;
        }
    }
  protocol_error (self, "unsupported-stanza-type",
                  "The server sent <%.64s> where it was to send %s", node->name,
                  hs_stream_describe (self));
}

static void
on_header (HsStream *self, HsNode *node)
{
  const char *version = hs_node_get_attribute (node, "version", NULL);

  if (self->state != STATE_HEADER)
    return;
  if (!hs_node_matches (node, "stream", HS_NS_STREAM))
    {
      protocol_error (self, "invalid-namespace", "The server did not begin a stream, but <%.64s>",
                      node->name);
      return;
    }
  if (self->config.component)
    {
      send_handshake (self, node);
      return;
    }
  /* RFC 6120, 4.7.5: none, or 0.9, is the protocol of 1999, without TLS and without SASL. */
  if (version == NULL || g_ascii_strtoull (version, NULL, 10) < 1)
    {
      hs_stream_close_with_error (self, "unsupported-version", NULL);
      hs_stream_fail (self, g_error_new (HS_ERROR, HS_ERROR_PROTOCOL,
                                         "%s does not speak version 1.0 of the protocol",
                                         hs_jid_get_domain (self->config.jid)));
      return;
    }
  self->state = STATE_FEATURES;
}

HsStream *
hs_stream_new (const HsStreamConfig *config,
               const HsParserCallbacks *callbacks,
               gpointer user_data)
{
  HsStream *self = g_new0 (HsStream, 1);

  self->config = *config;
  hs_jid_ref (self->config.jid);
  self->secret = g_strdup (config->secret);
  self->lang = g_strdup (config->lang != NULL ? config->lang : "en");
  self->secure = config->direct_tls;
  self->parser = hs_parser_new (config->component ? HS_NS_COMPONENT : HS_NS_CLIENT, callbacks, user_data);
  hs_parser_set_limits (self->parser, config->max_stanza_size, config->max_depth);
  return self;
}

void
hs_stream_free (HsStream *self)
{
  if (self->features != NULL)
    hs_parser_give_back (self->parser, self->features);
  hs_parser_free (self->parser);
  g_clear_pointer (&self->output, g_byte_array_unref);
  g_clear_pointer (&self->mechanism, hs_sasl_mechanism_free);
  g_clear_pointer (&self->jid, hs_jid_unref);
  hs_jid_unref (self->config.jid);
  if (self->secret != NULL)
    explicit_bzero (self->secret, strlen (self->secret));
  g_free (self->secret);
  g_free (self->lang);
  g_free (self->mechanism_name);
  g_free (self->request_id);
  g_clear_error (&self->error);
  g_clear_error (&self->xml_error);
  g_free (self);
}

GByteArray *
hs_stream_take_output (HsStream *self)
{
  return g_steal_pointer (&self->output);
}

void
hs_stream_open (HsStream *self)
{
  g_assert (self->state == STATE_CLOSED);
  send_header (self);
}

gsize
hs_stream_feed (HsStream *self, const char *bytes, gsize length)
{
  gsize used;

  if (self->state == STATE_ENDED || self->xml_error != NULL)
    return length;
  /* Until the session stands, each tag may begin another stream with the byte after it. */
  used = hs_parser_feed (self->parser, bytes, length, self->state != STATE_READY,
                         &self->xml_error);
  return used;
}

static void
on_end (HsStream *self)
{
  hs_stream_close (self);
  self->state = STATE_ENDED;
  self->pending = HS_STREAM_EVENT_ENDED;
}

/* Whether it led to an event that carries the node. */
static gboolean
take_parsed (HsStream *self, HsParserEvent *parsed)
{
  switch (parsed->type)
    {
    case HS_PARSER_EVENT_STREAM_START:
      on_header (self, parsed->node);
      return FALSE;
    case HS_PARSER_EVENT_STANZA:
      on_element (self, parsed->node);
      return self->pending == HS_STREAM_EVENT_STANZA || self->pending == HS_STREAM_EVENT_FEATURES;
    case HS_PARSER_EVENT_FORGET:
      if (self->state == STATE_READY)
        self->pending = HS_STREAM_EVENT_FORGET;
      return self->pending == HS_STREAM_EVENT_FORGET;
    case HS_PARSER_EVENT_STREAM_END:
      on_end (self);
      return FALSE;
    case HS_PARSER_EVENT_KEPT:
    default:
      g_assert_not_reached ();
    }
}

gboolean
hs_stream_next_event (HsStream *self, HsStreamEvent *event)
{
  HsParserEvent *parsed = NULL;

  while (self->pending == HS_STREAM_EVENT_NONE && self->state != STATE_ENDED)
    {
      parsed = hs_parser_pop (self->parser);
      if (parsed == NULL)
        {
          /* What came before the error has been taken. */
          if (self->xml_error == NULL)
            return FALSE;
          xml_error (self, g_error_copy (self->xml_error));
          break;
        }
      if (!take_parsed (self, parsed))
        {
          hs_parser_give_back (self->parser, parsed);
          parsed = NULL;
        }
    }
  if (self->pending == HS_STREAM_EVENT_NONE)
    return FALSE;
  event->type = self->pending;
  event->parsed = parsed;
  event->node = parsed != NULL ? parsed->node : NULL;
  if (event->type == HS_STREAM_EVENT_FEATURES)
    self->features = g_steal_pointer (&event->parsed);
  self->pending = self->following;
  self->following = HS_STREAM_EVENT_NONE;
  return TRUE;
}

void
hs_stream_keep (HsStream *self, HsStreamEvent *event)
{
  hs_parser_keep (self->parser, event->parsed);
}

void
hs_stream_give_back (HsStream *self, HsStreamEvent *event)
{
  if (event->parsed != NULL)
    hs_parser_give_back (self->parser, g_steal_pointer (&event->parsed));
}

const char *
hs_stream_get_mechanism (HsStream *self)
{
  return self->mechanism_name;
}

gboolean
hs_stream_proved_password (HsStream *self)
{
  return self->proved_password;
}

HsJid *
hs_stream_get_account (HsStream *self)
{
  return self->config.jid;
}

void
hs_stream_set_account (HsStream *self, HsJid *jid)
{
  hs_jid_ref (jid);
  hs_jid_unref (self->config.jid);
  self->config.jid = jid;
}

HsJid *
hs_stream_get_jid (HsStream *self)
{
  return self->jid;
}

const GError *
hs_stream_get_error (HsStream *self)
{
  return self->error;
}

gboolean
hs_stream_is_open (HsStream *self)
{
  return !self->closing && (self->state == STATE_READY || self->state == STATE_UNSIGNED);
}

gboolean
hs_stream_is_ready (HsStream *self)
{
  return self->state == STATE_READY;
}

gboolean
hs_stream_is_closing (HsStream *self)
{
  return self->closing;
}

gsize
hs_stream_get_max_bytes (HsStream *self)
{
  return self->max_bytes;
}

HsParser *
hs_stream_get_parser (HsStream *self)
{
  return self->parser;
}
