/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-private.h"

#include "hs-error.h"
#include "hs-printable.h"
#include "hs-namespaces.h"
#include "sasl/hs-sasl-scram-message.h"
#include "sasl/hs-sasl-secret.h"

/* SASL2 (XEP-0388) and what its messages carry besides the sign-in: resource binding (XEP-0386), a resumption
 * (XEP-0198, 9), a token (XEP-0484), a better hash of the password (XEP-0480). */

/* ---- What the client sends ---- */

static void
write_user_agent (HsStream *self)
{
  const HsStreamConfig *config = &self->config;

  if (config->user_agent_id == NULL && config->software == NULL && config->device == NULL)
    return;
  hs_stream_write (self, "<user-agent");
  if (config->user_agent_id != NULL)
    hs_stream_write (self, " id='%s'", config->user_agent_id);
  hs_stream_write (self, ">");
  if (config->software != NULL)
    hs_stream_write (self, "<software>%s</software>", config->software);
  if (config->device != NULL)
    hs_stream_write (self, "<device>%s</device>", config->device);
  hs_stream_write (self, "</user-agent>");
}

/* Whether stream management, or the resumption of a session, is possible only after the sign-in (XEP-0198, 3
 * and 5): a resource that is bound inside SASL2 would prevent it. */
static gboolean
must_bind_later (HsStream *self)
{
  if (self->management != NULL && hs_stream_management_has_session (self->management))
    return !self->features->sm;
  return self->config.session != NULL && !self->features->bind2_sm;
}

static void
write_resume (HsStream *self)
{
  HsStreamManagement *management = self->management;

  if (!self->features->sm || management == NULL || !hs_stream_management_has_session (management))
    return;
  hs_binding_ask_for (&self->binding, HS_INLINE_RESUME);
  hs_stream_management_write_resume (management, hs_stream_get_output (self));
}

/* If a resumption is asked for as well, the server binds only if it cannot resume. */
static void
write_enable (HsStream *self)
{
  if (self->config.session == NULL || !self->features->bind2_sm)
    return;
  hs_binding_ask_for (&self->binding, HS_INLINE_ENABLE);
  if (hs_binding_has_asked_for (&self->binding, HS_INLINE_RESUME))
    hs_stream_write (self, "<enable xmlns='%s' resume='true'/>", HS_NS_SM);
  else
    hs_stream_write_enable (self);
}

/* XEP-0386: the server makes the resource, and may begin it with the tag. */
static void
write_bind (HsStream *self)
{
  const char *tag = hs_jid_get_resource (self->config.jid);

  if (!self->config.bind2 || !self->features->bind2 || must_bind_later (self))
    return;
  hs_binding_ask_for (&self->binding, HS_INLINE_BIND);
  if (tag == NULL)
    tag = self->config.software;
  hs_stream_write (self, "<bind xmlns='%s'>", HS_NS_BIND2);
  if (tag != NULL)
    hs_stream_write (self, "<tag>%s</tag>", tag);
  if (self->config.carbons && self->features->bind2_carbons)
    {
      hs_binding_ask_for (&self->binding, HS_INLINE_CARBONS);
      hs_stream_write (self, "<enable xmlns='%s'/>", HS_NS_CARBONS);
    }
  write_enable (self);
  if (self->config.inactive && self->features->bind2_csi)
    hs_stream_write (self, "<inactive xmlns='%s'/>", HS_NS_CSI);
  hs_stream_write (self, "</bind>");
}

/* A token belongs to one user agent (XEP-0484). */
static void
write_token_request (HsStream *self, const HsSaslCredentials *credentials)
{
  const char *mechanism = NULL;

  if (self->config.user_agent_id != NULL)
    mechanism = hs_authentication_request_token (&self->authentication, self->features, credentials);
  if (mechanism != NULL)
    hs_stream_write (self, "<request-token xmlns='%s' mechanism='%s'/>", HS_NS_FAST, mechanism);
}

static void
write_upgrade_request (HsStream *self, const HsSaslCredentials *credentials)
{
  const char *name = NULL;

  if (!self->config.no_upgrade)
    name = hs_authentication_request_upgrade (&self->authentication, self->features, credentials);
  if (name != NULL)
    hs_stream_write (self, "<upgrade xmlns='%s'>%s</upgrade>", HS_NS_SASL_UPGRADE, name);
}

void
hs_stream_authenticate (HsStream *self, const HsSaslCredentials *credentials, GBytes *initial)
{
  gsize size = 0;
  const guint8 *bytes = initial != NULL ? g_bytes_get_data (initial, &size) : NULL;

  hs_stream_change (self, HS_STREAM_ON_SASL2);
  hs_stream_write (self, "<authenticate xmlns='%s' mechanism='%s'>", HS_NS_SASL2,
                   hs_authentication_get_mechanism (&self->authentication));
  if (initial != NULL)
    {
      char *base64 = g_base64_encode (bytes, size);

      hs_stream_write (self, "<initial-response>%s</initial-response>", base64);
      hs_sasl_secret_free (base64);
    }
  write_user_agent (self);
  hs_binding_ask_for_nothing (&self->binding);
  write_resume (self);
  write_bind (self);
  if (hs_authentication_uses_token (&self->authentication))
    hs_stream_write (self, "<fast xmlns='%s'/>", HS_NS_FAST);
  write_token_request (self, credentials);
  write_upgrade_request (self, credentials);
  hs_stream_write (self, "</authenticate>");
}

void
hs_stream_respond2 (HsStream *self, GBytes *response)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (response, &size);
  g_autofree char *base64 = g_base64_encode (bytes, size);

  hs_stream_change (self, HS_STREAM_ON_SASL2);
  hs_stream_write (self, "<response xmlns='%s'>%s</response>", HS_NS_SASL2, base64);
}

/* ---- What the server sends ---- */

/* The mechanism's last message, in <success/> or <continue/>. FALSE: the stream has failed. */
static gboolean
take_additional_data (HsStream *self, HsNode *node)
{
  HsNode *child = hs_node_get_child (node, "additional-data", HS_NS_SASL2);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *data = NULL;
  gsize length = 0;

  if (child != NULL)
    {
      data = hs_stream_decode (child, &length, &error);
      if (data == NULL)
        {
          hs_stream_sasl_failed (self, g_steal_pointer (&error));
          return FALSE;
        }
    }
  return hs_stream_finish_mechanism (self, data, length);
}

/* Whether @jid is the account's address. @full: a resource was bound, so @jid must have one. */
static gboolean
is_identity (HsStream *self, HsJid *jid, gboolean full)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (jid);
  g_autoptr (HsJid) account = hs_jid_get_bare (self->config.jid);

  if (full && hs_jid_get_resource (jid) == NULL)
    return FALSE;
  if (hs_jid_get_local (account) == NULL)
    return g_str_equal (hs_jid_get_domain (jid), hs_jid_get_domain (account));
  return hs_jid_equal (bare, account);
}

static HsJid *
take_identity (HsStream *self, HsNode *node, gboolean full)
{
  HsNode *child = hs_node_get_child (node, "authorization-identifier", HS_NS_SASL2);
  g_autofree char *text = child != NULL ? hs_node_dup_value (child) : NULL;
  g_autoptr (HsJid) jid = text != NULL ? hs_jid_new (text, NULL) : NULL;
  g_autoptr (HsJid) account = NULL;
  g_autofree char *shown = NULL;

  if (jid != NULL && is_identity (self, jid, full))
    return g_steal_pointer (&jid);
  account = hs_jid_get_bare (self->config.jid);
  shown = hs_printable (text != NULL ? text : "", HS_PRINTABLE_TEXT);
  hs_stream_protocol_error (self, "undefined-condition",
                            "The server signed the client in to '%s', which is not %s %s%s", shown,
                            hs_jid_get_local (account) != NULL ? "the address" : "an address at",
                            hs_jid_to_string (account), full ? " with a resource" : "");
  return NULL;
}

/* XEP-0484, 3.3 and 3.5. */
static void
take_token (HsStream *self, HsNode *node)
{
  HsNode *child = hs_node_get_child (node, "token", HS_NS_FAST);
  const char *token = child != NULL ? hs_node_get_attribute (child, "token", NULL) : NULL;
  const char *expiry = child != NULL ? hs_node_get_attribute (child, "expiry", NULL) : NULL;

  if (token != NULL && *token != '\0')
    hs_authentication_take_token (&self->authentication, token, expiry);
}

/* A session begins, or goes on, inside SASL2. The server has announced no other limit than that of the features before
 * the sign-in (XEP-0478): this one holds until the next features. */
static void
begin_inline (HsStream *self, HsInline by)
{
  hs_binding_begin_inline (&self->binding, by, self->features->bind2_csi);
  hs_stream_set_session_limit (self, self->max_bytes);
}

/* XEP-0198, 9.1: the interrupted session was resumed. */
static void
take_resumed (HsStream *self, HsNode *resumed, HsJid *jid)
{
  HsJid *bound = hs_session_get_bound_jid (self->config.session);

  if (hs_jid_get_resource (jid) != NULL && (bound == NULL || !hs_jid_equal (jid, bound)))
    {
      hs_stream_protocol_error (self, "undefined-condition",
                                "The server resumed a session with another address");
      return;
    }
  hs_stream_on_resumed (self, resumed);
  if (self->error != NULL)
    return;
  begin_inline (self, HS_INLINE_RESUME);
  self->pending = HS_STREAM_EVENT_AUTHENTICATED;
  self->following = HS_STREAM_EVENT_RESUMED;
}

/* XEP-0386, 3.2: takes the answer to the <enable/> inside <bind/>. FALSE: the stream has failed. */
static gboolean
take_enabled (HsStream *self, HsNode *bound)
{
  HsStreamManagement *management = self->management;
  HsNode *enabled = hs_node_get_child (bound, "enabled", HS_NS_SM);
  HsNode *failed = hs_node_get_child (bound, "failed", HS_NS_SM);
  g_autoptr (GByteArray) unused = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  if (!hs_binding_has_asked_for (&self->binding, HS_INLINE_ENABLE))
    return TRUE;
  /* HsStreamManagement was not told of the <enable/> while it might still resume: tell it now. */
  if (hs_binding_has_asked_for (&self->binding, HS_INLINE_RESUME))
    hs_stream_management_write_enable (management, unused);
  if (enabled != NULL && !hs_stream_management_on_enabled (management, enabled, &error))
    {
      hs_stream_protocol_error (self, "undefined-condition", "%s", error->message);
      return FALSE;
    }
  if (enabled == NULL && failed != NULL)
    hs_stream_management_on_failed (management, failed);
  else if (enabled == NULL)
    hs_stream_management_lose (management);
  return TRUE;
}

static void
take_bound (HsStream *self, HsNode *bound, HsJid *jid)
{
  if (!take_enabled (self, bound))
    return;
  hs_binding_set_jid (&self->binding, jid);
  begin_inline (self, HS_INLINE_BIND);
  hs_stream_become_ready (self, HS_STREAM_EVENT_BOUND);
  self->pending = HS_STREAM_EVENT_AUTHENTICATED;
  self->following = HS_STREAM_EVENT_BOUND;
}

/* Takes the results of what <authenticate/> asked for besides the sign-in. A result that was not asked for is
 * an error. What failed is tried again after the sign-in, if the features that come then offer it. */
static void
take_results (HsStream *self, HsNode *node, HsJid *jid)
{
  HsNode *bound = hs_node_get_child (node, "bound", HS_NS_BIND2);
  HsNode *resumed = hs_node_get_child (node, "resumed", HS_NS_SM);
  HsNode *failed = hs_node_get_child (node, "failed", HS_NS_SM);
  gboolean resuming = hs_binding_has_asked_for (&self->binding, HS_INLINE_RESUME);

  if ((bound != NULL && !hs_binding_has_asked_for (&self->binding, HS_INLINE_BIND))
      || (resumed != NULL && !resuming) || (bound != NULL && resumed != NULL))
    {
      hs_stream_protocol_error (self, "undefined-condition",
                                "The server began a session that was not asked for");
      return;
    }
  if (resumed != NULL)
    {
      take_resumed (self, resumed, jid);
      return;
    }
  if (resuming && failed != NULL)
    hs_stream_management_on_failed (self->management, failed);
  else if (resuming)
    hs_stream_management_lose (self->management);
  if (bound != NULL)
    take_bound (self, bound, jid);
}

void
hs_stream_on_success2 (HsStream *self, HsNode *node)
{
  g_autoptr (HsJid) jid = NULL;

  if (!hs_authentication_phase_is_proved (hs_authentication_get_phase (&self->authentication))
      && !take_additional_data (self, node))
    return;
  jid = take_identity (self, node, hs_node_get_child (node, "bound", HS_NS_BIND2) != NULL);
  if (jid == NULL)
    return;
  take_token (self, node);
  hs_authentication_succeed (&self->authentication);
  self->pending = HS_STREAM_EVENT_AUTHENTICATED;
  /* XEP-0388: the features come next, without another header. */
  hs_stream_change (self, HS_STREAM_ON_SIGNED_IN);
  take_results (self, node, jid);
}

/* Takes the features that come after the session has begun inside SASL2: limits, and client state indication. */
void
hs_stream_on_late_features (HsStream *self, HsNode *node)
{
  /* RFC 6120, 4.3.2: features belong to the beginning of a stream. Ignore them later. */
  if (!hs_binding_expects_features (&self->binding))
    {
      g_debug ("Ignored: features in the middle of the stream");
      return;
    }
  hs_stream_set_session_limit (self, hs_stream_features_read_max_bytes (node));
  if (hs_binding_take_late_features (&self->binding, node))
    self->pending = HS_STREAM_EVENT_CSI_OFFERED;
}

/* ---- Tasks ---- */

void
hs_stream_on_continue (HsStream *self, HsNode *node)
{
  HsNode *tasks = hs_node_get_child (node, "tasks", HS_NS_SASL2);
  HsNode *task = tasks != NULL ? hs_node_first_element (tasks) : NULL;
  g_autoptr (GString) names = g_string_new (NULL);

  if (!hs_authentication_phase_is_proved (hs_authentication_get_phase (&self->authentication))
      && !take_additional_data (self, node))
    return;
  for (; task != NULL; task = hs_node_next_element (task))
    {
      g_autofree char *name = hs_node_dup_value (task);
      g_autofree char *shown = NULL;

      if (name == NULL || !hs_node_matches (task, "task", HS_NS_SASL2))
        continue;
      if (hs_authentication_begin_upgrade (&self->authentication, name))
        {
          hs_stream_change (self, HS_STREAM_ON_TASK);
          hs_stream_write (self, "<next xmlns='%s' task='%s'/>", HS_NS_SASL2, name);
          return;
        }
      shown = hs_printable (name, 40);
      if (names->len < 200)
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", shown);
    }
  hs_stream_write (self, "<abort xmlns='%s'/>", HS_NS_SASL2);
  hs_stream_sasl_failed (self,
                         g_error_new (HS_ERROR, HS_ERROR_NO_MECHANISM,
                                      "The server wants more than the sign-in, and none of it is "
                                      "known here: %s",
                                      names->len > 0 ? names->str : "it names nothing"));
}

void
hs_stream_on_task_data (HsStream *self, HsNode *node)
{
  HsNode *child = hs_node_get_child (node, "salt", HS_NS_SCRAM_UPGRADE);
  const char *digits = child != NULL ? hs_node_get_attribute (child, "iterations", NULL) : NULL;
  guint least = hs_authentication_get_min_iterations (&self->authentication);
  g_autofree guint8 *salt = NULL;
  gsize length = 0;
  guint64 iterations = 0;

  if (child != NULL)
    salt = hs_stream_decode (child, &length, NULL);
  if (salt == NULL || length == 0 || length > HS_SASL_SCRAM_MAX_SALT || digits == NULL
      || !g_ascii_string_to_unsigned (digits, 10, least, HS_SASL_SCRAM_MAX_ITERATIONS, &iterations,
                                      NULL))
    {
      hs_stream_write (self, "<abort xmlns='%s'/>", HS_NS_SASL2);
      hs_stream_sasl_failed (self, g_error_new_literal (
                                       HS_SASL_ERROR, HS_SASL_ERROR_SERVER_NOT_VERIFIED,
                                       "The server sent no usable salt for a new hash"));
      return;
    }
  hs_authentication_derive_upgrade (&self->authentication, salt, length, (guint) iterations);
  hs_stream_change (self, HS_STREAM_ON_KEY_NEEDED);
  self->pending = HS_STREAM_EVENT_DERIVE_KEY;
}

void
hs_stream_send_upgrade (HsStream *self, GBytes *key)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (key, &size);
  char *base64 = g_base64_encode (bytes, size);

  hs_stream_write (self, "<task-data xmlns='%s'><hash xmlns='%s'>%s</hash></task-data>",
                   HS_NS_SASL2, HS_NS_SCRAM_UPGRADE, base64);
  hs_sasl_secret_free (base64);
  hs_stream_change (self, HS_STREAM_ON_SASL2);
}
