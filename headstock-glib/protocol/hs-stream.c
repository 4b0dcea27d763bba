/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-private.h"

#include "hs-enum-types.h"
#include "hs-error.h"
#include "hs-namespaces.h"
#include "hs-printable.h"
#include "protocol/hs-condition.h"
#include "protocol/hs-discarded.h"
#include "sasl/hs-sasl-secret.h"


const char *
hs_stream_get_foreign_protocol (HsStream *self)
{
  return self->header_received ? NULL : hs_first_bytes_name_protocol (&self->first_bytes);
}

/* For the error message: what the user can change. */
static const char *
get_advice (HsStream *self)
{
  if (strcmp (hs_stream_get_foreign_protocol (self), "TLS") == 0)
    return ": set tls-mode to direct TLS, or use the port for STARTTLS";
  return ": check the host and the port";
}

/* Ends the stream for an error of the parser, with the stream error that fits (RFC 6120, 4.9.3). Takes
 * @error. */
static void
xml_error (HsStream *self, GError *error)
{
  static const char *const conditions[] = {
    [HS_XML_ERROR_NOT_WELL_FORMED] = "not-well-formed",
    [HS_XML_ERROR_RESTRICTED] = "restricted-xml",
    [HS_XML_ERROR_TOO_DEEP] = "policy-violation",
    [HS_XML_ERROR_TOO_LARGE] = "policy-violation",
    [HS_XML_ERROR_EMPTY] = "not-well-formed",
    [HS_XML_ERROR_UNSUPPORTED_ENCODING] = "unsupported-encoding",
  };

  hs_stream_give_up_session (self);
  hs_stream_close_with_error (self, conditions[error->code], NULL);
  if (hs_stream_get_foreign_protocol (self) != NULL)
    {
      g_free (error->message);
      error->message = g_strdup_printf ("The server of %s speaks %s and not XMPP%s",
                                        hs_jid_get_domain (self->config.jid),
                                        hs_stream_get_foreign_protocol (self), get_advice (self));
    }
  hs_stream_fail (self, error);
}

static void
on_stream_error (HsStream *self, HsNode *node)
{
  GError *error
      = hs_condition_to_error (node, HS_STREAM_ERROR, HS_TYPE_STREAM_ERROR, HS_NS_STREAMS,
                               HS_STREAM_ERROR_UNDEFINED_CONDITION, "The server ended the stream");

  HsNode *other_host = hs_node_get_child (node, "see-other-host", HS_NS_STREAMS);

  if (other_host != NULL)
    self->other_host = hs_node_dup_value (other_host);
  else if (self->management != NULL)
    hs_stream_management_on_stream_error (self->management);
  hs_stream_close (self);
  hs_stream_fail (self, error);
}

static void
send_starttls (HsStream *self)
{
  hs_stream_write (self, "<starttls xmlns='%s'/>", HS_NS_TLS);
}

static void
on_features (HsStream *self, HsNode *node)
{
  gboolean offers_tls = hs_node_get_child (node, "starttls", HS_NS_TLS) != NULL;

  if (hs_stream_is_authenticated (self))
    {
      hs_stream_take_features (self, node);
      return;
    }
  self->max_bytes = hs_stream_features_read_max_bytes (node);
  if (!hs_stream_is_secure (self) && self->config.tls_mode != HS_TLS_MODE_NONE)
    {
      if (!offers_tls || self->config.framed)
        {
          hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_STEP);
          hs_stream_close (self);
          hs_stream_fail (self, g_error_new (HS_ERROR, HS_ERROR_TLS_REQUIRED,
                                             "%s offers no TLS, which is required",
                                             hs_jid_get_domain (self->config.jid)));
          return;
        }
      hs_stream_change (self, HS_STREAM_ON_STARTTLS);
      if (hs_binding_get_pipelined (&self->binding) != HS_PIPELINED_STARTTLS_SENT)
        send_starttls (self);
      return;
    }
  if (hs_stream_is_sign_in_pipelined (self))
    {
      hs_stream_check_features (self, node);
      return;
    }
  hs_stream_change (self, HS_STREAM_ON_FEATURES);
  self->pending = HS_STREAM_EVENT_FEATURES;
}

static void
on_proceed (HsStream *self, HsNode *node)
{
  hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_STEP);
  hs_stream_change (self, HS_STREAM_ON_PROCEED);
  self->pending = HS_STREAM_EVENT_START_TLS;
}

static void
on_tls_failure (HsStream *self, HsNode *node)
{
  g_autofree char *what = g_strdup_printf ("%s offered TLS and then failed to start it",
                                           hs_jid_get_domain (self->config.jid));

  hs_stream_fail (self, hs_condition_to_error (node, HS_ERROR, HS_TYPE_ERROR, HS_NS_TLS,
                                               HS_ERROR_TLS_REQUIRED, what));
}

void
hs_stream_secured (HsStream *self)
{
  if (self->state != HS_STREAM_STATE_HANDSHAKE || self->closing)
    return;
  hs_stream_send_header (self);
}

static void
on_stanza (HsStream *self, HsNode *node)
{
  self->pending = HS_STREAM_EVENT_STANZA;
}

/* The answer to a module's request before the sign-in. */
static void
on_unsigned_stanza (HsStream *self, HsNode *node)
{
  hs_authentication_note_negotiated (&self->authentication);
  on_stanza (self, node);
}

/* ---- The function for each element ---- */

/* An iq that is not a stanza of the session. */
static void
on_iq (HsStream *self, HsNode *node)
{
  switch (self->state)
    {
    case HS_STREAM_STATE_BIND:
      hs_stream_on_bind_answer (self, node);
      break;
    case HS_STREAM_STATE_SESSION:
      hs_stream_on_session_answer (self, node);
      break;
    case HS_STREAM_STATE_UNSIGNED:
      on_unsigned_stanza (self, node);
      break;
    case HS_STREAM_STATE_FEATURES:
    default:
      hs_stream_on_pipelined_answer (self, node);
    }
}

static void
on_all_features (HsStream *self, HsNode *node)
{
  if (self->state == HS_STREAM_STATE_READY)
    hs_stream_on_late_features (self, node);
  else
    on_features (self, node);
}

static void
on_failed (HsStream *self, HsNode *node)
{
  if (self->state == HS_STREAM_STATE_READY)
    hs_stream_on_not_enabled (self, node);
  else
    hs_stream_on_not_resumed (self, node);
}

/* hs_stream_state_expects() says in which states an element may come. */
static void (*const functions[HS_STREAM_N_ELEMENTS]) (HsStream *self, HsNode *node) = {
  [HS_STREAM_ELEMENT_REQUEST] = hs_stream_on_request,
  [HS_STREAM_ELEMENT_ACK] = hs_stream_on_ack,
  [HS_STREAM_ELEMENT_ENABLED] = hs_stream_on_enabled,
  [HS_STREAM_ELEMENT_RESUMED] = hs_stream_on_resumed,
  [HS_STREAM_ELEMENT_FAILED] = on_failed,
  [HS_STREAM_ELEMENT_FEATURES] = on_all_features,
  [HS_STREAM_ELEMENT_ERROR] = on_stream_error,
  [HS_STREAM_ELEMENT_IQ] = on_iq,
  [HS_STREAM_ELEMENT_PROCEED] = on_proceed,
  [HS_STREAM_ELEMENT_TLS_FAILURE] = on_tls_failure,
  [HS_STREAM_ELEMENT_SASL_CHALLENGE] = hs_stream_on_challenge,
  [HS_STREAM_ELEMENT_SASL_SUCCESS] = hs_stream_on_success,
  [HS_STREAM_ELEMENT_SASL_FAILURE] = hs_stream_on_failure,
  [HS_STREAM_ELEMENT_SASL2_CHALLENGE] = hs_stream_on_challenge,
  [HS_STREAM_ELEMENT_SASL2_SUCCESS] = hs_stream_on_success2,
  [HS_STREAM_ELEMENT_SASL2_CONTINUE] = hs_stream_on_continue,
  [HS_STREAM_ELEMENT_SASL2_TASK_DATA] = hs_stream_on_task_data,
  [HS_STREAM_ELEMENT_SASL2_FAILURE] = hs_stream_on_failure,
  [HS_STREAM_ELEMENT_HANDSHAKE] = hs_stream_on_handshake,
};

/* A server writes its name as it is configured: compare it prepared, as a JID. */
static gboolean
is_own_domain (HsStream *self, const char *name)
{
  g_autoptr (HsJid) jid = hs_jid_new (name, NULL);

  return jid != NULL && strcmp (hs_jid_get_domain (jid), hs_jid_get_domain (self->config.jid)) == 0;
}

static void
on_header (HsStream *self, HsNode *node)
{
  const char *version = hs_node_get_attribute (node, "version", NULL);
  const char *from = hs_node_get_attribute (node, "from", NULL);

  if (self->state != HS_STREAM_STATE_HEADER)
    return;
  if (!self->config.framed && !hs_node_matches (node, "stream", HS_NS_STREAM))
    {
      g_autofree char *name = hs_printable (node->name, HS_PRINTABLE_NAME);

      hs_stream_protocol_error (self, "invalid-namespace",
                                "The server did not begin a stream, but <%s>", name);
      return;
    }
  self->header_received = TRUE;
  if (hs_parser_is_foreign (self->parser))
    {
      hs_stream_protocol_error (self, "invalid-namespace",
                                "The server began a stream for other stanzas than those of %s",
                                self->config.component ? "a component" : "a client");
      return;
    }
  g_free (self->other_name);
  self->other_name = from != NULL && *from != '\0' && !is_own_domain (self, from) ? g_strdup (from) : NULL;
  if (self->config.component)
    {
      hs_stream_send_handshake (self, node);
      return;
    }
  /* RFC 6120, 4.7.5: no version, or 0.9, means the protocol before RFC 3920, without TLS and SASL. */
  if (version == NULL || g_ascii_strtoull (version, NULL, 10) < 1)
    {
      hs_stream_close_with_error (self, "unsupported-version", NULL);
      hs_stream_fail (self, g_error_new (HS_ERROR, HS_ERROR_PROTOCOL,
                                         "%s does not speak version 1.0 of the protocol",
                                         hs_jid_get_domain (self->config.jid)));
      return;
    }
  hs_stream_change (self, HS_STREAM_ON_HEADER);
}

static void
on_end (HsStream *self)
{
  hs_stream_close (self);
  hs_stream_change (self, HS_STREAM_ON_END);
  self->pending = HS_STREAM_EVENT_ENDED;
}

/* Handles <open/> and <close/>, the header and the end of a framed stream (RFC 7395, 3.4 and 3.6). FALSE: the
 * element is neither. */
static gboolean
on_framing (HsStream *self, HsNode *node)
{
  if (hs_node_matches (node, "open", HS_NS_FRAMING) && self->state == HS_STREAM_STATE_HEADER)
    on_header (self, node);
  else if (hs_node_matches (node, "close", HS_NS_FRAMING))
    on_end (self);
  else
    return FALSE;
  return TRUE;
}

static void
on_element (HsStream *self, HsNode *node)
{
  g_autofree char *name = NULL;
  HsStreamElement element;

  /* The fast way: nearly everything that is received is a stanza in a session. */
  if (self->state == HS_STREAM_STATE_READY && hs_node_get_kind (node) != HS_STANZA_KIND_NONE)
    {
      on_stanza (self, node);
      return;
    }
  if (self->config.framed && on_framing (self, node))
    return;
  /* After the client's </stream:stream> only stanzas are still looked at. */
  if (self->closing && self->state != HS_STREAM_STATE_READY)
    return;
  element = hs_stream_element_find (node);
  if (hs_stream_state_expects (self->state, element))
    {
      functions[element] (self, node);
      return;
    }
  name = hs_printable (node->name, HS_PRINTABLE_NAME);
  if (hs_stream_may_ignore (self, node))
    {
      g_autofree char *namespace_
          = hs_printable (node->namespace_ != NULL ? node->namespace_ : "", HS_PRINTABLE_NAME);

      g_debug ("Ignored between stanzas: <%s xmlns='%s'/>", name, namespace_);
      return;
    }
  hs_stream_protocol_error (self, "unsupported-stanza-type",
                            "The server sent <%s> where it was to send %s", name,
                            hs_stream_describe (self));
}

HsStream *
hs_stream_new (const HsStreamConfig *config, const HsParserCallbacks *callbacks, gpointer user_data)
{
  HsStream *self = g_new0 (HsStream, 1);

  self->config = *config;
  self->user_data = user_data;
  hs_jid_ref (self->config.jid);
  self->management = config->session != NULL ? hs_session_get_management (config->session) : NULL;
  /* Only a component's secret is kept: hs_stream_sign_in() is given a client's password. */
  self->config.secret = config->component ? g_strdup (config->secret) : NULL;
  self->config.lang = g_strdup (config->lang != NULL ? config->lang : "en");
  self->config.user_agent_id = g_strdup (config->user_agent_id);
  self->config.software = g_strdup (config->software);
  self->config.device = g_strdup (config->device);
  hs_authentication_init (&self->authentication);
  hs_binding_init (&self->binding);
  self->parser
      = hs_parser_new (config->component ? HS_NS_COMPONENT : HS_NS_CLIENT, callbacks, user_data);
  hs_parser_set_limits (self->parser, config->max_stanza_size, config->max_depth);
  hs_parser_set_discards (self->parser, TRUE);
  hs_parser_set_framed (self->parser, config->framed);
  return self;
}

void
hs_stream_free (HsStream *self)
{
  if (self->features_event != NULL)
    hs_parser_give_back (self->parser, self->features_event);
  hs_binding_clear (&self->binding, self->parser);
  hs_authentication_clear (&self->authentication);
  hs_parser_free (self->parser);
  g_clear_pointer (&self->output, g_byte_array_unref);
  hs_jid_unref (self->config.jid);
  hs_sasl_secret_free ((char *) self->config.secret);
  g_free ((char *) self->config.lang);
  g_free ((char *) self->config.user_agent_id);
  g_free ((char *) self->config.software);
  g_free ((char *) self->config.device);
  g_clear_pointer (&self->features, hs_stream_features_free);
  g_free (self->other_host);
  g_free (self->other_name);
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
  g_assert (self->state == HS_STREAM_STATE_CLOSED);
  hs_stream_send_header (self);
  /* Pipeline <starttls/>: TLS is required, so that nothing else can follow the features. */
  if (hs_stream_is_secure (self) || self->config.component || self->config.tls_mode == HS_TLS_MODE_NONE
      || self->config.step_by_step || self->config.framed)
    return;
  send_starttls (self);
  hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_STARTTLS);
}

gsize
hs_stream_feed (HsStream *self, const char *bytes, gsize length)
{
  gsize used;

  if (self->state == HS_STREAM_STATE_ENDED || self->xml_error != NULL)
    return length;
  if (G_UNLIKELY (self->state == HS_STREAM_STATE_HEADER))
    hs_first_bytes_add (&self->first_bytes, bytes, length);
  /* Until the session begins, parse tag by tag: after each of them another stream may begin. */
  used = hs_parser_feed (self->parser, bytes, length, self->state != HS_STREAM_STATE_READY,
                         &self->xml_error);
  return used;
}

static void
discard_error (HsStream *self, HsNode *node)
{
  g_autofree char *name = hs_printable (node->name, HS_PRINTABLE_NAME);

  xml_error (self, g_error_new (HS_XML_ERROR, HS_XML_ERROR_TOO_LARGE,
                                "%s sent an element <%s> that is larger than max-stanza-size (%" G_GSIZE_FORMAT
                                " bytes) in memory where it was to send %s",
                                hs_jid_get_domain (self->config.jid), name, self->config.max_stanza_size,
                                hs_stream_describe (self)));
}

/* A stanza that is too large is discarded, and the stream goes on. An element that the negotiation needs ends
 * the stream. */
static void
on_discarded (HsStream *self, HsNode *node)
{
  HsStanzaKind kind = hs_node_get_kind (node);

  if ((kind != HS_STANZA_KIND_NONE && self->state == HS_STREAM_STATE_READY)
      || (kind == HS_STANZA_KIND_IQ && self->state == HS_STREAM_STATE_UNSIGNED))
    self->pending = HS_STREAM_EVENT_DISCARDED;
  else if (hs_stream_is_stray_answer (self, node)
           || !hs_discarded_is_needed (node, self->state == HS_STREAM_STATE_READY,
                                       hs_stream_is_authenticated (self)))
    {
      g_autofree char *name = hs_printable (node->name, HS_PRINTABLE_NAME);

      g_debug ("An element <%s> is larger than is allowed, and was ignored", name);
    }
  else
    discard_error (self, node);
}

/* TRUE if it led to an event that carries the node. */
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
      if (self->state == HS_STREAM_STATE_READY)
        self->pending = HS_STREAM_EVENT_FORGET;
      return self->pending == HS_STREAM_EVENT_FORGET;
    case HS_PARSER_EVENT_DISCARDED:
      on_discarded (self, parsed->node);
      return self->pending == HS_STREAM_EVENT_DISCARDED;
    case HS_PARSER_EVENT_STREAM_END:
      on_end (self);
      return FALSE;
    case HS_PARSER_EVENT_KEPT:
    default:
      g_assert_not_reached ();
    }
}

/* The fast way: nearly everything that is received is a stanza in a session. */
static gboolean
take_stanza (HsStream *self, HsStreamEvent *event)
{
  HsParserEvent *parsed = hs_parser_pop_stanza (self->parser);

  if (parsed == NULL)
    return FALSE;
  event->parsed = parsed;
  event->node = parsed->node;
  event->type
      = parsed->type == HS_PARSER_EVENT_FORGET ? HS_STREAM_EVENT_FORGET : HS_STREAM_EVENT_STANZA;
  if (self->management != NULL)
    {
      hs_stream_count_in (self, hs_parser_take_dropped (self->parser));
      if (event->type == HS_STREAM_EVENT_STANZA)
        self->owes_count = hs_stream_counts (self);
    }
  return TRUE;
}

gboolean
hs_stream_next_event (HsStream *self, HsStreamEvent *event)
{
  HsParserEvent *parsed = NULL;
  gboolean kept = FALSE;

  if (G_LIKELY (self->state == HS_STREAM_STATE_READY && self->pending == HS_STREAM_EVENT_NONE
                && !hs_binding_has_kept (&self->binding))
      && take_stanza (self, event))
    return TRUE;
  while (self->pending == HS_STREAM_EVENT_NONE && self->state != HS_STREAM_STATE_ENDED)
    {
      if (G_UNLIKELY (hs_binding_has_kept (&self->binding)) && self->state == HS_STREAM_STATE_READY)
        {
          parsed = hs_binding_take_kept (&self->binding);
          self->pending = parsed->type == HS_PARSER_EVENT_DISCARDED ? HS_STREAM_EVENT_DISCARDED
                                                                    : HS_STREAM_EVENT_STANZA;
          kept = TRUE;
          break;
        }
      parsed = hs_parser_pop (self->parser);
      hs_stream_count_in (self, hs_parser_take_dropped (self->parser));
      if (parsed == NULL)
        {
          /* All elements before the error have been taken. */
          if (self->xml_error == NULL)
            return FALSE;
          xml_error (self, g_error_copy (self->xml_error));
          break;
        }
      if (self->state != HS_STREAM_STATE_READY && hs_stream_keep_stanza (self, parsed))
        parsed = NULL;
      else if (!take_parsed (self, parsed))
        {
          hs_parser_give_back (self->parser, parsed);
          parsed = NULL;
        }
    }
  if (self->pending == HS_STREAM_EVENT_NONE)
    return FALSE;
  /* The function that met the error may have announced another event after it. */
  if (self->error != NULL)
    {
      self->pending = HS_STREAM_EVENT_FAILED;
      self->following = HS_STREAM_EVENT_NONE;
    }
  event->type = self->pending;
  event->parsed = parsed;
  event->node = parsed != NULL ? parsed->node : NULL;
  /* The server does not count stanzas from before the session. */
  if (event->type == HS_STREAM_EVENT_STANZA && self->management != NULL)
    self->owes_count = hs_stream_counts (self) && !kept;
  /* The caller has remembered the features by now. */
  if (event->type == HS_STREAM_EVENT_BOUND || event->type == HS_STREAM_EVENT_RESUMED)
    g_clear_pointer (&self->features, hs_stream_features_free);
  if (event->type == HS_STREAM_EVENT_FEATURES)
    self->features_event = g_steal_pointer (&event->parsed);
  self->pending = self->following;
  self->following = HS_STREAM_EVENT_NONE;
  return TRUE;
}

GError *
hs_stream_get_discard_error (HsStream *self, HsStreamEvent *event)
{
  return hs_discarded_to_error (event->node, hs_parser_event_get_discard (event->parsed),
                                hs_jid_get_domain (self->config.jid));
}

void
hs_stream_keep (HsStream *self, HsStreamEvent *event)
{
  hs_parser_keep (self->parser, event->parsed);
}

void
hs_stream_give_back (HsStream *self, HsStreamEvent *event)
{
  if (G_UNLIKELY (self->owes_count))
    hs_stream_count_taken (self);
  if (event->parsed != NULL)
    hs_parser_give_back (self->parser, g_steal_pointer (&event->parsed));
}

void
hs_stream_abandon (HsStream *self, HsStreamEvent *event)
{
  self->owes_count = FALSE;
  hs_stream_give_back (self, event);
}

const HsAuthentication *
hs_stream_get_authentication (HsStream *self)
{
  return &self->authentication;
}

gboolean
hs_stream_is_sign_in_pipelined (HsStream *self)
{
  return hs_authentication_get_phase (&self->authentication) == HS_AUTHENTICATION_PIPELINED;
}

gboolean
hs_stream_is_session_pipelined (HsStream *self)
{
  return hs_pipelined_is_session_waiting (hs_binding_get_pipelined (&self->binding));
}

HsSessionFeatures
hs_stream_get_session_features (HsStream *self)
{
  return hs_binding_get_session_features (&self->binding);
}

const HsStreamFeatures *
hs_stream_get_features (HsStream *self)
{
  return self->features;
}

gboolean
hs_stream_has_carbons (HsStream *self)
{
  return hs_binding_has_carbons (&self->binding);
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
  hs_authentication_set_renamed (&self->authentication, self->state != HS_STREAM_STATE_CLOSED);
}

HsJid *
hs_stream_take_jid (HsStream *self)
{
  return hs_binding_take_jid (&self->binding);
}

const GError *
hs_stream_get_error (HsStream *self)
{
  return self->error;
}

gboolean
hs_stream_is_open (HsStream *self)
{
  /* Inside SASL2 a resource may be bound already. The session begins for the caller with BOUND. */
  return !self->closing && self->pending != HS_STREAM_EVENT_BOUND
         && (self->state == HS_STREAM_STATE_READY
             || (self->state == HS_STREAM_STATE_UNSIGNED && self->features_event != NULL));
}

gboolean
hs_stream_is_ready (HsStream *self)
{
  return self->state == HS_STREAM_STATE_READY;
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

gboolean
hs_stream_offers_csi (HsStream *self)
{
  return hs_binding_offers_csi (&self->binding);
}

void
hs_stream_send_active (HsStream *self, gboolean active)
{
  hs_stream_write (self, "<%s xmlns='%s'/>", active ? "active" : "inactive", HS_NS_CSI);
}

const char *
hs_stream_get_other_host (HsStream *self)
{
  return self->other_host;
}

HsParser *
hs_stream_get_parser (HsStream *self)
{
  return self->parser;
}
