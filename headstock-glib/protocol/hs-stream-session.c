/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-private.h"

#include "hs-enum-types.h"
#include "hs-error.h"
#include "hs-namespaces.h"
#include "hs-printable.h"
#include "hs-random.h"
#include "protocol/hs-condition.h"
#include "sasl/hs-sasl-secret.h"
#include "xml/hs-node-private.h"

/* From the sign-in to the first stanza: the resource (RFC 6120, 7), the obsolete session, and a
 * component's handshake (XEP-0114). */

static void
write_bind (HsStream *self)
{
  const char *resource
      = self->any_resource ? NULL : hs_jid_get_resource (self->config.jid);

  g_free (self->request_id);
  self->request_id = hs_random_id ();
  hs_stream_write (self, "<iq type='set' id='%s'><bind xmlns='%s'", self->request_id, HS_NS_BIND);
  if (resource != NULL)
    hs_stream_write (self, "><resource>%s</resource></bind></iq>", resource);
  else
    hs_stream_write (self, "/></iq>");
}

void
hs_stream_bind (HsStream *self)
{
  if ((self->session_offer & HS_SESSION_OFFER_BIND) == 0)
    {
      hs_stream_protocol_error (self, "unsupported-feature",
                                "The server does not offer to bind a resource");
      return;
    }
  self->state = HS_STREAM_STATE_BIND;
  if (!self->bind_sent)
    write_bind (self);
  self->bind_sent = FALSE;
}

/* ---- Before the features have come, or before the resource is bound ---- */

/* In one flight with the header after the sign-in: there is no server that does not offer to bind then. To
 * resume only where it was offered the last time. */
void
hs_stream_bind_early (HsStream *self)
{
  HsStreamManagement *management = self->config.management;

  if (self->config.step_by_step)
    return;
  if (management != NULL && hs_stream_management_has_session (management))
    {
      self->resume_sent = (self->config.remembered & HS_SESSION_OFFER_SM) != 0;
      self->hasty = self->resume_sent;
      if (self->resume_sent)
        hs_stream_management_write_resume (management, hs_stream_get_output (self));
      return;
    }
  write_bind (self);
  self->bind_sent = self->pipelined = TRUE;
  if (self->config.begins && self->config.remembered != 0)
    self->following = HS_STREAM_EVENT_BINDING;
}

/* The server takes one after the other: the stanzas leave from the resource that it binds first. What waits
 * from an earlier session stands before them, and so does the obsolete session. */
gboolean
hs_stream_begin (HsStream *self)
{
  HsStreamManagement *management = self->config.management;
  HsSessionOffer offer
      = self->session_offer != 0 ? self->session_offer : self->config.remembered;

  if (self->closing || self->error != NULL || self->begun || self->request_id == NULL
      || (offer & HS_SESSION_OFFER_BIND) == 0 || (offer & HS_SESSION_OFFER_SESSION) != 0
      || (management != NULL && hs_stream_management_get_unacknowledged (management) > 0))
    return FALSE;
  self->begun = self->hasty = TRUE;
  self->enable_sent = management != NULL && (offer & HS_SESSION_OFFER_SM) != 0;
  if (self->enable_sent)
    hs_stream_management_write_enable (management, hs_stream_get_output (self));
  return TRUE;
}

/* Whether what has left already can stand. */
static gboolean
keeps_word (HsStream *self)
{
  if ((self->resume_sent || self->enable_sent) && (self->session_offer & HS_SESSION_OFFER_SM) == 0)
    return FALSE;
  return !self->begun
         || (self->session_offer & (HS_SESSION_OFFER_BIND | HS_SESSION_OFFER_SESSION))
                == HS_SESSION_OFFER_BIND;
}

static void
bind_by_features (HsStream *self)
{
  gboolean sent = self->bind_sent;

  if (self->config.management != NULL && !self->enable_sent)
    hs_stream_management_lose (self->config.management);
  hs_stream_bind (self);
  /* Where it has left before the features, its answer is likely to be here with them. */
  if (!sent && self->config.begins && self->error == NULL)
    self->pending = HS_STREAM_EVENT_BINDING;
}

void
hs_stream_take_features (HsStream *self, HsNode *node)
{
  HsStreamManagement *management = self->config.management;

  /* A server that has none of these can't be asked in another way either. */
  if (hs_node_get_child (node, "bind", HS_NS_BIND) == NULL)
    self->pipelined = FALSE;
  self->session_offer = hs_session_offer_read (node);
  self->csi_offered = hs_node_get_child (node, "csi", HS_NS_CSI) != NULL;
  if (!keeps_word (self))
    {
      hs_stream_close (self);
      hs_stream_fail (self, g_error_new (HS_ERROR, HS_ERROR_PROTOCOL,
                                         "%s does not offer any more what it did after the last "
                                         "sign-in",
                                         hs_jid_get_domain (self->config.jid)));
      return;
    }
  if (management == NULL || (self->session_offer & HS_SESSION_OFFER_SM) == 0
      || !hs_stream_management_has_session (management))
    {
      bind_by_features (self);
      return;
    }
  self->state = HS_STREAM_STATE_RESUME;
  if (!self->resume_sent)
    hs_stream_management_write_resume (management, hs_stream_get_output (self));
}

gboolean
hs_stream_is_pipelined (HsStream *self)
{
  return self->pipelined || self->hasty;
}

gboolean
hs_stream_has_met (HsStream *self)
{
  return self->met;
}

/* ---- What comes before the session ---- */

/* However small the stanzas are: each takes a block of memory. */
#define MAX_EARLY_STANZAS 1000

/* A server may route to a resource that it has bound, and push a roster, before it has said so: that is for the
 * session. TRUE: the event is kept until there is one. Together these take no more than one stanza may. */
gboolean
hs_stream_keep_stanza (HsStream *self, HsParserEvent *parsed)
{
  HsStanzaKind kind;
  const char *type;

  if (parsed->type != HS_PARSER_EVENT_STANZA || !self->authenticated || self->closing)
    return FALSE;
  if (self->state != HS_STREAM_STATE_FEATURES && self->state != HS_STREAM_STATE_BIND
      && self->state != HS_STREAM_STATE_RESUME && self->state != HS_STREAM_STATE_SESSION)
    return FALSE;
  kind = hs_node_get_kind (parsed->node);
  type = hs_node_get_attribute (parsed->node, "type", NULL);
  /* Nothing has been asked yet but by the stream itself. */
  if (kind == HS_STANZA_KIND_NONE
      || (kind == HS_STANZA_KIND_IQ && g_strcmp0 (type, "get") != 0 && g_strcmp0 (type, "set") != 0))
    return FALSE;
  self->early_bytes += hs_block_get_size (hs_node_get_block (parsed->node));
  if (self->early_bytes > self->config.max_stanza_size
      || self->early_stanzas.length >= MAX_EARLY_STANZAS)
    {
      hs_stream_protocol_error (self, "policy-violation",
                                "%s sent more before the session began than max-stanza-size (%" G_GSIZE_FORMAT
                                " bytes, and %d stanzas) allows",
                                hs_jid_get_domain (self->config.jid), self->config.max_stanza_size,
                                MAX_EARLY_STANZAS);
      return FALSE;
    }
  g_queue_push_tail (&self->early_stanzas, parsed);
  return TRUE;
}

HsParserEvent *
hs_stream_take_kept (HsStream *self)
{
  return g_queue_pop_head (&self->early_stanzas);
}

/* ---- What is unknown ---- */

/* RFC 6120, 4.9.3.24 lets an entity end the stream for an element that it does not understand, and does not make
 * it do so: servers send what only newer clients know, and the stanza behind that is not to be lost. What takes
 * part in the security of the stream is never passed over; neither is the header of another stream, nor what would
 * begin or resume stream management without having been asked for: both sides would count differently. */
gboolean
hs_stream_may_ignore (HsStream *self, HsNode *node)
{
  static const char *const never[] = { HS_NS_TLS, HS_NS_SASL, HS_NS_SASL2 };
  static const char *const managing[] = { "enable", "enabled", "resume", "resumed", "failed" };

  if (!self->authenticated || hs_node_matches (node, "stream", HS_NS_STREAM))
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

/* Whether an iq answers what the stream itself asked; what does not is dropped, as later. */
static gboolean
is_own_answer (HsStream *self, HsNode *node)
{
  const char *type = hs_node_get_attribute (node, "type", NULL);

  return g_strcmp0 (hs_node_get_attribute (node, "id", NULL), self->request_id) == 0
         && (g_strcmp0 (type, "result") == 0 || g_strcmp0 (type, "error") == 0);
}

/* XEP-0198, 3: after the resource. What is sent from here on counts, and what comes once the server has said
 * so; nothing waits for that. */
static void
enable_and_become_ready (HsStream *self)
{
  if (self->config.management != NULL && !self->enable_sent
      && (self->session_offer & HS_SESSION_OFFER_SM) != 0)
    hs_stream_management_write_enable (self->config.management, hs_stream_get_output (self));
  self->hasty = self->enable_sent;
  hs_stream_become_ready (self, HS_STREAM_EVENT_BOUND);
}

static GError *
get_error (HsNode *iq, const char *what)
{
  HsNode *error = hs_node_get_child (iq, "error", HS_NS_CLIENT);

  return hs_condition_to_error (error != NULL ? error : iq, HS_STANZA_ERROR, HS_TYPE_STANZA_ERROR,
                                HS_NS_STANZAS, HS_STANZA_ERROR_UNDEFINED_CONDITION, what);
}

/* Takes the error. */
static void
refused (HsStream *self, GError *error)
{
  hs_stream_close (self);
  hs_stream_fail (self, error);
}

/* RFC 6120, 7.7.2.2: where the resource is taken, the server may choose one. What has left for the one that
 * is not there can't be taken back: then on another stream. */
static void
bind_refused (HsStream *self, HsNode *iq)
{
  GError *error = get_error (iq, "The server refused to bind a resource");
  gboolean another = !self->any_resource && hs_jid_get_resource (self->config.jid) != NULL
                     && error->code == HS_STANZA_ERROR_CONFLICT;

  if (!another || self->begun)
    {
      self->hasty = another;
      /* These are about the account, whatever way the resource was asked for (RFC 6120, 7.6.2). */
      if (error->code == HS_STANZA_ERROR_RESOURCE_CONSTRAINT
          || error->code == HS_STANZA_ERROR_NOT_ALLOWED || error->code == HS_STANZA_ERROR_CONFLICT)
        self->pipelined = FALSE;
      refused (self, error);
      return;
    }
  g_error_free (error);
  self->any_resource = TRUE;
  hs_stream_bind (self);
}

/* The stream is as good as any other for a new session. */
void
hs_stream_on_not_resumed (HsStream *self, HsNode *node)
{
  self->hasty = FALSE;
  hs_stream_management_on_failed (self->config.management, node);
  hs_stream_bind (self);
}

/* A server may refuse what came along with the header before it has told its features. */
void
hs_stream_on_early_answer (HsStream *self, HsNode *node)
{
  const char *type = hs_node_get_attribute (node, "type", NULL);

  if (self->authenticated && !(self->bind_sent && is_own_answer (self, node)))
    return;
  if (self->authenticated && g_str_equal (type, "error"))
    {
      refused (self, get_error (node, "The server refused to bind a resource"));
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
  g_autoptr (GError) error = NULL;

  if (!is_own_answer (self, node))
    return;
  if (strcmp (hs_node_get_attribute (node, "type", NULL), "error") == 0)
    {
      bind_refused (self, node);
      return;
    }
  self->pipelined = FALSE;
  self->jid = text != NULL ? hs_jid_new (text, &error) : NULL;
  if (self->jid == NULL || hs_jid_get_resource (self->jid) == NULL)
    {
      hs_stream_protocol_error (self, "undefined-condition",
                                "The server bound no valid address: %s",
                                error != NULL ? error->message : "it named none");
      return;
    }
  /* RFC 6120, 4.3.6: the address is what the server says it is, and its local part may be another than the
   * one that was asked for, as with ANONYMOUS. The server's own name is not: that was proved. */
  if (strcmp (hs_jid_get_domain (self->jid), hs_jid_get_domain (self->config.jid)) != 0)
    {
      bound = hs_printable (hs_jid_to_string (self->jid), 200);
      hs_stream_protocol_error (self, "undefined-condition",
                                "The server bound the address %s, which is not at %s", bound,
                                hs_jid_get_domain (self->config.jid));
      return;
    }
  if ((self->session_offer & HS_SESSION_OFFER_SESSION) == 0)
    {
      enable_and_become_ready (self);
      return;
    }
  self->state = HS_STREAM_STATE_SESSION;
  g_free (self->request_id);
  self->request_id = hs_random_id ();
  hs_stream_write (self, "<iq type='set' id='%s'><session xmlns='%s'/></iq>", self->request_id,
                   HS_NS_SESSION);
}

void
hs_stream_on_session_answer (HsStream *self, HsNode *node)
{
  if (!is_own_answer (self, node))
    return;
  if (strcmp (hs_node_get_attribute (node, "type", NULL), "error") == 0)
    refused (self, get_error (node, "The server refused to start a session"));
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
  if (self->secret == NULL)
    {
      hs_stream_close (self);
      hs_stream_fail (self, g_error_new_literal (HS_ERROR, HS_ERROR_NO_CREDENTIALS,
                                                 "The component has no secret"));
      return;
    }
  g_checksum_update (checksum, (const guchar *) id, strlen (id));
  g_checksum_update (checksum, (const guchar *) self->secret, strlen (self->secret));
  g_clear_pointer (&self->secret, hs_sasl_secret_free);
  self->state = HS_STREAM_STATE_COMPONENT;
  hs_stream_write (self, "<handshake>%s</handshake>", g_checksum_get_string (checksum));
}

void
hs_stream_on_handshake (HsStream *self, HsNode *node)
{
  self->authenticated = TRUE;
  self->mechanism_name = g_strdup ("handshake");
  self->jid = hs_jid_ref (self->config.jid);
  self->state = HS_STREAM_STATE_READY;
  self->pending = HS_STREAM_EVENT_AUTHENTICATED;
  self->following = HS_STREAM_EVENT_BOUND;
}
