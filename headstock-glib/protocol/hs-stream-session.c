/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-private.h"

#include "hs-enum-types.h"
#include "hs-error.h"
#include "hs-iq-private.h"
#include "hs-namespaces.h"
#include "hs-printable.h"
#include "protocol/hs-condition.h"
#include "sasl/hs-sasl-secret.h"
#include "xml/hs-node-private.h"

/* From the sign-in to the first stanza: resource binding (RFC 6120, 7), the obsolete session request (RFC
 * 3921, 3), and a component's handshake (XEP-0114). */

static void
write_bind (HsStream *self)
{
  const char *resource = hs_binding_get_resource (&self->binding, self->config.jid);

  hs_stream_write (self, "<iq type='set' id='%s'><bind xmlns='%s'",
                   hs_binding_make_request_id (&self->binding), HS_NS_BIND);
  if (resource != NULL)
    hs_stream_write (self, "><resource>%s</resource></bind></iq>", resource);
  else
    hs_stream_write (self, "/></iq>");
}

static void
bind_resource (HsStream *self)
{
  if (!hs_binding_offers (&self->binding, HS_SESSION_FEATURE_BIND))
    {
      hs_stream_protocol_error (self, "unsupported-feature",
                                "The server does not offer to bind a resource");
      return;
    }
  /* After the features, the request may have been pipelined; it never has after a refusal. */
  if (self->state != HS_STREAM_STATE_FEATURES || !hs_pipelined_has_bind (hs_binding_get_pipelined (&self->binding)))
    write_bind (self);
  hs_stream_change (self, HS_STREAM_ON_BIND);
}

/* ---- Pipelining ---- */

/* Pipelines the request for the resource with the header after the sign-in: every server offers to bind then
 * (RFC 6120, 7.3). <resume/> is pipelined only if the server offered stream management last time. */
void
hs_stream_pipeline_bind (HsStream *self)
{
  HsStreamManagement *management = self->management;

  if (self->config.step_by_step)
    return;
  if (management != NULL && hs_stream_management_has_session (management))
    {
      if ((self->config.remembered & HS_SESSION_FEATURE_SM) == 0)
        return;
      hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_RESUME);
      hs_stream_management_write_resume (management, hs_stream_get_output (self));
      return;
    }
  write_bind (self);
  hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_BIND);
  if (self->config.begins && self->config.remembered != 0)
    self->following = HS_STREAM_EVENT_BINDING;
}

gboolean
hs_stream_has_begun (HsStream *self)
{
  return hs_pipelined_has_session (hs_binding_get_pipelined (&self->binding));
}

/* The server handles what it receives in order: it binds the resource, and then sends the stanzas from there.
 * Stanzas that wait from an earlier session, and the obsolete session request, would have to stand before
 * them: no pipelining then. */
gboolean
hs_stream_begin (HsStream *self)
{
  HsStreamManagement *management = self->management;
  HsSessionFeatures features = hs_binding_get_session_features (&self->binding);

  if (features == 0)
    features = self->config.remembered;
  if (self->closing || self->error != NULL || hs_stream_has_begun (self)
      || !hs_binding_has_request (&self->binding)
      || (features & HS_SESSION_FEATURE_BIND) == 0 || (features & HS_SESSION_FEATURE_SESSION) != 0
      || (management != NULL && hs_stream_management_get_unacknowledged (management) > 0))
    return FALSE;
  hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_SESSION);
  if (self->config.session != NULL && (features & HS_SESSION_FEATURE_SM) != 0)
    hs_stream_write_enable (self);
  return TRUE;
}

/* Whether <enable/> was sent with the beginning of the session, and is not answered. */
static gboolean
is_enable_pipelined (HsStream *self)
{
  return hs_stream_has_begun (self) && self->management != NULL
         && hs_stream_management_is_enabling (self->management);
}

/* Whether the features allow what was pipelined before they came. */
static gboolean
keeps_word (HsStream *self)
{
  if ((hs_binding_get_pipelined (&self->binding) == HS_PIPELINED_RESUME_SENT || is_enable_pipelined (self))
      && !hs_binding_offers (&self->binding, HS_SESSION_FEATURE_SM))
    return FALSE;
  return !hs_stream_has_begun (self)
         || (hs_binding_offers (&self->binding, HS_SESSION_FEATURE_BIND)
             && !hs_binding_offers (&self->binding, HS_SESSION_FEATURE_SESSION));
}

static void
bind_by_features (HsStream *self)
{
  gboolean sent = hs_pipelined_has_bind (hs_binding_get_pipelined (&self->binding));

  if (self->management != NULL && !is_enable_pipelined (self))
    hs_stream_management_lose (self->management);
  bind_resource (self);
  /* If the request was pipelined, its answer probably arrived with the features: no BINDING event is needed. */
  if (!sent && self->config.begins && self->error == NULL)
    self->pending = HS_STREAM_EVENT_BINDING;
}

const char *
hs_stream_get_features_text (HsStream *self)
{
  return hs_binding_get_features_text (&self->binding);
}

void
hs_stream_set_features_text (HsStream *self, const char *text)
{
  hs_binding_set_features_text (&self->binding, text);
}

void
hs_stream_take_features (HsStream *self, HsNode *node)
{
  HsStreamManagement *management = self->management;

  hs_stream_set_session_limit (self, hs_stream_features_read_max_bytes (node));
  /* A server that does not offer to bind refuses the request without pipelining as well: pipelining is not at
   * fault. */
  if (hs_node_get_child (node, "bind", HS_NS_BIND) == NULL)
    hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_STEP);
  hs_binding_take_features (&self->binding, node);
  if (!keeps_word (self))
    {
      hs_stream_close (self);
      hs_stream_fail (self, g_error_new (HS_ERROR, HS_ERROR_PROTOCOL,
                                         "%s does not offer any more what it did after the last "
                                         "sign-in",
                                         hs_jid_get_domain (self->config.jid)));
      return;
    }
  if (management == NULL || !hs_binding_offers (&self->binding, HS_SESSION_FEATURE_SM)
      || !hs_stream_management_has_session (management))
    {
      bind_by_features (self);
      return;
    }
  hs_stream_change (self, HS_STREAM_ON_RESUME);
  if (hs_binding_get_pipelined (&self->binding) != HS_PIPELINED_RESUME_SENT)
    hs_stream_management_write_resume (management, hs_stream_get_output (self));
}

gboolean
hs_stream_is_pipelined (HsStream *self)
{
  return hs_pipelined_is_waiting (hs_binding_get_pipelined (&self->binding));
}

gboolean
hs_stream_has_received_header (HsStream *self)
{
  return self->header_received;
}

/* ---- Stanzas before the session ---- */

static gboolean
is_before_session (HsStream *self)
{
  return hs_stream_is_authenticated (self) && !self->closing
         && (self->state == HS_STREAM_STATE_FEATURES || self->state == HS_STREAM_STATE_BIND
             || self->state == HS_STREAM_STATE_RESUME || self->state == HS_STREAM_STATE_SESSION);
}

/* Results and errors answer the stream's own requests: nobody else has sent any yet. */
static gboolean
is_for_session (HsNode *node)
{
  HsStanzaKind kind = hs_node_get_kind (node);
  const char *type = hs_node_get_attribute (node, "type", NULL);

  return kind != HS_STANZA_KIND_NONE
         && (kind != HS_STANZA_KIND_IQ || hs_iq_type_is_request (type));
}

/* A server may route stanzas to a resource that it has bound, or push a roster, before its answer says so.
 * They are kept for the session, and together may take as much memory as one stanza. Of one that was too large
 * enough is kept to say so. TRUE: the event is kept. */
gboolean
hs_stream_keep_stanza (HsStream *self, HsParserEvent *parsed)
{
  if ((parsed->type != HS_PARSER_EVENT_STANZA && parsed->type != HS_PARSER_EVENT_DISCARDED)
      || !is_before_session (self) || !is_for_session (parsed->node))
    return FALSE;
  if (parsed->type == HS_PARSER_EVENT_DISCARDED)
    {
      HsParserEvent *whole = parsed;

      parsed = hs_parser_event_copy_discarded (whole);
      hs_parser_give_back (self->parser, whole);
    }
  if (!hs_binding_keep (&self->binding, parsed, self->config.max_stanza_size))
    hs_stream_protocol_error (self, "policy-violation",
                              "%s sent more before the session began than max-stanza-size (%" G_GSIZE_FORMAT
                              " bytes, and %d stanzas) allows",
                              hs_jid_get_domain (self->config.jid), self->config.max_stanza_size,
                              HS_BINDING_MAX_KEPT);
  return TRUE;
}

/* ---- Unknown elements ---- */

/* RFC 6120, 4.9.3.24 allows to end the stream for an unknown element and does not demand it. Servers send
 * elements that only newer clients know, and the stanzas after them must not be lost: an unknown element is
 * ignored after the sign-in. Never ignored are elements of TLS and SASL, the header of another stream, and an
 * element that starts or resumes stream management unasked: both sides would count differently. */
gboolean
hs_stream_may_ignore (HsStream *self, HsNode *node)
{
  static const char *const never[] = { HS_NS_TLS, HS_NS_SASL, HS_NS_SASL2 };
  static const char *const managing[] = { "enable", "enabled", "resume", "resumed", "failed" };

  if (!hs_stream_is_authenticated (self) || hs_node_matches (node, "stream", HS_NS_STREAM))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (never); i++)
    {
      if (hs_namespace_equal (never[i], node->namespace_))
        return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (managing); i++)
    {
      if (hs_node_matches (node, managing[i], HS_NS_SM))
        return FALSE;
    }
  return TRUE;
}

/* ---- The answers ---- */

gboolean
hs_stream_is_stray_answer (HsStream *self, HsNode *node)
{
  return is_before_session (self) && hs_node_get_kind (node) == HS_STANZA_KIND_IQ && !is_for_session (node)
         && !hs_binding_is_answer (&self->binding, node);
}

/* XEP-0198, 3: stream management starts once the resource is bound. What is sent after <enable/> counts; what
 * is received counts after <enabled/>. Nothing waits for <enabled/>. */
static void
enable_and_become_ready (HsStream *self)
{
  if (is_enable_pipelined (self))
    hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_ENABLING);
  else
    {
      hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_ANSWER);
      if (self->config.session != NULL && hs_binding_offers (&self->binding, HS_SESSION_FEATURE_SM))
        hs_stream_write_enable (self);
    }
  hs_stream_become_ready (self, HS_STREAM_EVENT_BOUND);
}

static GError *
get_error (HsNode *iq, const char *what)
{
  HsNode *error = hs_node_get_child (iq, "error", HS_NS_CLIENT);

  return hs_condition_to_error (error != NULL ? error : iq, HS_STANZA_ERROR, HS_TYPE_STANZA_ERROR,
                                HS_NS_STANZAS, HS_STANZA_ERROR_UNDEFINED_CONDITION, what);
}

/* Takes @error. */
static void
close_and_fail (HsStream *self, GError *error)
{
  hs_stream_close (self);
  hs_stream_fail (self, error);
}

/* RFC 6120, 7.7.2.2: where the resource is taken, ask for one that the server chooses. Stanzas that were
 * pipelined for the refused resource can't be taken back: the stream fails, and the caller tries on another
 * stream. */
static void
bind_refused (HsStream *self, HsNode *iq)
{
  GError *error = get_error (iq, "The server refused to bind a resource");
  gboolean another = hs_binding_get_resource (&self->binding, self->config.jid) != NULL
                     && error->code == HS_STANZA_ERROR_CONFLICT;

  if (!another || hs_stream_has_begun (self))
    {
      if (!another)
        hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_REFUSAL);
      /* RFC 6120, 7.6.2: these are about the account. Without pipelining the server would refuse as well. */
      if (error->code == HS_STANZA_ERROR_RESOURCE_CONSTRAINT
          || error->code == HS_STANZA_ERROR_NOT_ALLOWED || error->code == HS_STANZA_ERROR_CONFLICT)
        hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_STEP);
      close_and_fail (self, error);
      return;
    }
  g_error_free (error);
  hs_binding_let_server_choose (&self->binding);
  bind_resource (self);
}

/* XEP-0198, 5: the stream stays open, and a new session can begin on it. */
void
hs_stream_on_not_resumed (HsStream *self, HsNode *node)
{
  hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_ANSWER);
  hs_stream_management_on_failed (self->management, node);
  bind_resource (self);
}

/* A server may refuse a pipelined request before it sends its features. */
void
hs_stream_on_pipelined_answer (HsStream *self, HsNode *node)
{
  const char *type = hs_node_get_attribute (node, "type", NULL);

  if (hs_stream_is_authenticated (self)
      && !(hs_pipelined_has_bind (hs_binding_get_pipelined (&self->binding))
           && hs_binding_is_answer (&self->binding, node)))
    return;
  if (hs_stream_is_authenticated (self) && g_str_equal (type, "error"))
    {
      close_and_fail (self, get_error (node, "The server refused to bind a resource"));
      return;
    }
  hs_stream_protocol_error (self, "unsupported-stanza-type",
                            "The server sent <iq> where it was to send %s",
                            hs_stream_describe (self));
}

void
hs_stream_on_bind_answer (HsStream *self, HsNode *node)
{
  HsNode *bind = hs_node_get_child (node, "bind", HS_NS_BIND);
  HsNode *child = bind != NULL ? hs_node_get_child (bind, "jid", HS_NS_BIND) : NULL;
  g_autofree char *text = child != NULL ? hs_node_dup_value (child) : NULL;
  g_autofree char *bound = NULL;
  g_autoptr (HsJid) jid = NULL;
  g_autoptr (GError) error = NULL;

  if (!hs_binding_is_answer (&self->binding, node))
    return;
  if (strcmp (hs_node_get_attribute (node, "type", NULL), "error") == 0)
    {
      bind_refused (self, node);
      return;
    }
  hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_STEP);
  jid = text != NULL ? hs_jid_new (text, &error) : NULL;
  if (jid == NULL || hs_jid_get_resource (jid) == NULL)
    {
      hs_stream_protocol_error (self, "undefined-condition",
                                "The server bound no valid address: %s",
                                error != NULL ? error->message : "it named none");
      return;
    }
  /* RFC 6120, 4.3.6: the server determines the address. The localpart may differ from the one that was asked
   * for, as after ANONYMOUS. The domain must not: the certificate proved it. */
  if (strcmp (hs_jid_get_domain (jid), hs_jid_get_domain (self->config.jid)) != 0)
    {
      bound = hs_printable (hs_jid_to_string (jid), 200);
      hs_stream_protocol_error (self, "undefined-condition",
                                "The server bound the address %s, which is not at %s", bound,
                                hs_jid_get_domain (self->config.jid));
      return;
    }
  hs_binding_set_jid (&self->binding, jid);
  if (!hs_binding_offers (&self->binding, HS_SESSION_FEATURE_SESSION))
    {
      enable_and_become_ready (self);
      return;
    }
  hs_stream_change (self, HS_STREAM_ON_SESSION);
  hs_stream_write (self, "<iq type='set' id='%s'><session xmlns='%s'/></iq>",
                   hs_binding_make_request_id (&self->binding), HS_NS_SESSION);
}

void
hs_stream_on_session_answer (HsStream *self, HsNode *node)
{
  if (!hs_binding_is_answer (&self->binding, node))
    return;
  if (strcmp (hs_node_get_attribute (node, "type", NULL), "error") == 0)
    close_and_fail (self, get_error (node, "The server refused to start a session"));
  else
    enable_and_become_ready (self);
}

/* XEP-0114, 3: the hash of the stream's id and the secret, in hexadecimal. */
void
hs_stream_send_handshake (HsStream *self, HsNode *header)
{
  const char *id = hs_node_get_attribute (header, "id", NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);

  if (id == NULL)
    {
      hs_stream_protocol_error (self, "bad-format", "The server gave its stream no id");
      return;
    }
  if (self->config.secret == NULL)
    {
      hs_stream_close (self);
      hs_stream_fail (self, g_error_new_literal (HS_ERROR, HS_ERROR_NO_CREDENTIALS,
                                                 "The component has no secret"));
      return;
    }
  g_checksum_update (checksum, (const guchar *) id, strlen (id));
  g_checksum_update (checksum, (const guchar *) self->config.secret, strlen (self->config.secret));
  hs_sasl_secret_free ((char *) g_steal_pointer (&self->config.secret));
  hs_stream_change (self, HS_STREAM_ON_HANDSHAKE_SENT);
  hs_stream_write (self, "<handshake>%s</handshake>", g_checksum_get_string (checksum));
}

void
hs_stream_on_handshake (HsStream *self, HsNode *node)
{
  hs_authentication_succeed_by_handshake (&self->authentication);
  hs_binding_set_jid (&self->binding, self->config.jid);
  hs_stream_change (self, HS_STREAM_ON_READY);
  self->pending = HS_STREAM_EVENT_AUTHENTICATED;
  self->following = HS_STREAM_EVENT_BOUND;
}
