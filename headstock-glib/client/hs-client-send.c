/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-element-private.h"
#include "hs-error-private.h"
#include "hs-iq-private.h"
#include "hs-jid-private.h"
#include "hs-namespaces.h"
#include "hs-printable.h"
#include "hs-random.h"
#include "hs-stanza-private.h"
#include "xml/hs-writer.h"

/* Sending: checks a stanza, writes it, and remembers who waits for it. */

/* A raw string is parsed after this header, as the server will parse it. */
#define RAW_HEADER(namespace_) \
  "<stream:stream xmlns='" namespace_ "' xmlns:stream='" HS_NS_STREAM "'>"

/* Chooses which way a stanza goes now. */
static gboolean
check_session (HsClientPrivate *priv, HsRoute *route, GError **error)
{
  if (hs_connection_is_open (&priv->connection) && hs_stream_is_open (hs_client_stream (priv)))
    {
      *route = hs_client_is_managed (priv) ? HS_ROUTE_MANAGED : HS_ROUTE_DIRECT;
      return TRUE;
    }
  /* The session is pipelined: its first stanzas are sent before the resource is bound. */
  if (hs_beginning_get_step (&priv->beginning) != HS_BEGINNING_NOT && hs_connection_is_open (&priv->connection)
      && !hs_stream_is_closing (hs_client_stream (priv)))
    {
      HsStreamManagement *management = hs_session_get_management (&priv->session);

      *route = management != NULL && hs_stream_management_is_enabling (management)
                   ? HS_ROUTE_MANAGED
                   : HS_ROUTE_DIRECT;
      return TRUE;
    }
  *route = HS_ROUTE_WAITING;
  if (!hs_run_is_ending (&priv->run) && hs_session_can_resume (&priv->session, hs_client_get_boot_time (priv)))
    return TRUE;
  return hs_error_refuse (error, HS_ERROR_NOT_CONNECTED,
                          "The stanza was not sent: the client has no session, and none to resume. Wait for "
                          "HsClient::ready");
}

/* XEP-0114, 3: a component names one of its addresses in all it sends. */
static gboolean
check_component_from (HsClientPrivate *priv, const char *from, GError **error)
{
  g_autoptr (HsJid) jid = NULL;

  if (from == NULL)
    return hs_error_refuse (error, HS_ERROR_INVALID_FROM, "What a component sends must have a 'from'");
  jid = hs_jid_new (from, NULL);
  if (jid != NULL && strcmp (hs_jid_get_domain (jid), hs_jid_get_domain (hs_connection_get_account (&priv->connection))) == 0)
    return TRUE;
  return hs_error_refuse (error, HS_ERROR_INVALID_FROM, "The stanza's 'from' is not an address at %s",
                 hs_jid_get_domain (hs_connection_get_account (&priv->connection)));
}

/* The server closes the stream for a `from` that is not the account's (RFC 6120, 8.1.2.1). */
static gboolean
check_addresses (HsClientPrivate *priv, HsNode *node, GError **error)
{
  const char *from = hs_node_get_attribute (node, "from", NULL);
  const char *to = hs_node_get_attribute (node, "to", NULL);
  HsJid *bound = hs_session_get_bound_jid (&priv->session);
  g_autoptr (HsJid) jid = NULL;

  if (to != NULL && !hs_jid_check (to, error))
    {
      g_prefix_error (error, "The stanza's 'to': ");
      return FALSE;
    }
  if (hs_settings_is_component (&priv->settings))
    return check_component_from (priv, from, error);
  if (from == NULL)
    return TRUE;
  jid = hs_jid_new (from, NULL);
  if (jid != NULL && bound != NULL
      && (hs_jid_equal (jid, bound) || hs_jid_equal (jid, hs_session_get_bound_bare (&priv->session))))
    return TRUE;
  return hs_error_refuse (error, HS_ERROR_INVALID_FROM,
                 "The stanza's 'from' is neither the account's bare JID nor its bound full JID");
}

static gboolean
check_iq (HsClientPrivate *priv, HsNode *node, gboolean raw, gboolean *asks, GError **error)
{
  const char *type = hs_node_get_attribute (node, "type", NULL);
  const char *id = hs_node_get_attribute (node, "id", NULL);

  *asks = hs_iq_type_is_request (type);
  if (!*asks && !hs_iq_type_is_answer (type))
    return hs_error_refuse (error, HS_ERROR_INVALID_STANZA,
                   "An iq's type is one of get, set, result and error");
  if (id == NULL && *asks && !raw)
    {
      g_autofree char *fresh = hs_random_id ();

      hs_node_set_attribute (node, "id", NULL, fresh);
      return TRUE;
    }
  if (id == NULL)
    return hs_error_refuse (error, HS_ERROR_INVALID_STANZA, "An iq must have an id");
  return TRUE;
}

/* Before the sign-in there is no session: modules may talk to the server in iqs, and that is all. */
static gboolean
check_signed_in (HsClientPrivate *priv, HsNode *node, GError **error)
{
  const char *to;

  if (hs_module_list_get_negotiation (&priv->modules) != HS_NEGOTIATION_UNDER_WAY)
    return TRUE;
  to = hs_node_get_attribute (node, "to", NULL);
  if (strcmp (node->name, "iq") == 0 &&
      (to == NULL || strcmp (to, hs_jid_get_domain (hs_connection_get_account (&priv->connection))) == 0))
    return TRUE;
  return hs_error_refuse (error, HS_ERROR_NOT_CONNECTED,
                          "The stanza was not sent: the client has not signed in yet, and can send requests to its "
                          "server only");
}

/* The recipient may have the same limit as this client, and ends its stream if the stanza passes it. */
static gboolean
check_depth (HsClientPrivate *priv, HsNode *root, GError **error)
{
  const guint max_depth = hs_settings_get_max_depth (&priv->settings);
  HsNode *node = root;
  guint depth = 1;

  for (;;)
    {
      if (node->name != NULL && node->first != NULL)
        {
          node = node->first;
          depth++;
        }
      else
        {
          while (node != root && node->next == NULL)
            {
              node = node->parent;
              depth--;
            }
          if (node == root)
            return TRUE;
          node = node->next;
        }
      if (G_UNLIKELY (node->name != NULL && depth > max_depth))
        return hs_error_refuse (error, HS_ERROR_INVALID_STANZA,
                       "The stanza is nested deeper than max-depth (%u)", max_depth);
    }
}

static gboolean
check_stanza (HsClientPrivate *priv, HsNode *node, gboolean raw, gboolean *asks, GError **error)
{
  gboolean is_iq = strcmp (node->name, "iq") == 0;

  *asks = FALSE;
  if ((node->namespace_ != NULL && strcmp (node->namespace_, HS_NS_CLIENT) != 0) ||
      (!is_iq && strcmp (node->name, "message") != 0 && strcmp (node->name, "presence") != 0))
    {
      g_autofree char *name = hs_printable (node->name, HS_PRINTABLE_NAME);
      g_autofree char *namespace_
          = hs_printable (node->namespace_ != NULL ? node->namespace_ : "", HS_PRINTABLE_NAME);

      return hs_error_refuse (error, HS_ERROR_INVALID_STANZA,
                     "<%s> in the namespace '%s' is not a message, presence or iq", name, namespace_);
    }
  if (raw && node->namespace_ == NULL)
    return hs_error_refuse (error, HS_ERROR_INVALID_STANZA,
                   "<%s xmlns=''> is in no namespace, and not in the stream's", node->name);
  if (hs_beginning_get_step (&priv->beginning) == HS_BEGINNING_REQUESTS && !hs_iq_node_is_request (node))
    return hs_error_refuse (error, HS_ERROR_INVALID_STANZA,
                   "A session is beginning: only an iq of type get or set can be sent, and not a %s",
                   is_iq ? "reply" : node->name);
  if (!check_signed_in (priv, node, error) || !check_addresses (priv, node, error)
      || !check_depth (priv, node, error))
    return FALSE;
  return is_iq ? check_iq (priv, node, raw, asks, error) : hs_stanza_node_check_words (node, error);
}

static gboolean
check_bytes (HsClientPrivate *priv, gsize length, GError **error)
{
  HsStream *stream = hs_client_stream (priv);
  /* While a module negotiates, before the sign-in, the limit is the stream's; it may differ from the session's. */
  gboolean negotiating = stream != NULL && hs_stream_is_open (stream) && !hs_stream_is_ready (stream);
  gsize max = negotiating ? hs_stream_get_max_bytes (stream) : hs_session_get_max_bytes (&priv->session);

  if (max == 0 || length <= max)
    return TRUE;
  return hs_error_refuse (error, HS_ERROR_TOO_LARGE,
                 "A stanza of %" G_GSIZE_FORMAT " bytes is larger than the %" G_GSIZE_FORMAT
                 " that the server takes",
                 length, max);
}

/* The stanza was written into @output, from @start on. Stream management takes it out again if the stanza has to
 * wait. */
static void
put (HsClient *self, GByteArray *output, guint start, HsNode *node, const HsSending *sending)
{
  HsClientPrivate *priv = hs_client_private (self);
  HsOutFlags flags;

  if (sending->route == HS_ROUTE_DIRECT)
    return;
  flags = sending->flags | hs_stream_management_classify (node);
  if (sending->task != NULL)
    g_object_ref (sending->task);
  /* A request that a module sends when a session begins belongs to that session: the module sends it again in the
   * next one. */
  if (hs_beginning_get_step (&priv->beginning) == HS_BEGINNING_REQUESTS)
    flags |= HS_OUT_OWN;
  hs_stream_management_add_out (hs_session_get_management (&priv->session), output, start, flags,
                                g_get_real_time (), sending->task);
}

/* A stanza in no namespace gets the namespace of the stream. */
static gboolean
append (HsClientPrivate *priv, GByteArray *output, HsNode *node, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  guint before = output->len;

  if (!hs_writer_write (output, node, node->namespace_, &local_error))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (check_bytes (priv, output->len - before, error)
      && (!hs_iq_node_is_answer (node) || hs_dispatcher_note_answer (hs_client_dispatcher (priv), node)
          || hs_error_refuse (error, HS_ERROR_INVALID_STANZA, "The iq has been answered already")))
    return TRUE;
  g_byte_array_set_size (output, before);
  return FALSE;
}

static void
requests_due_changed_cb (gint64 time, gpointer client)
{
  HsClientPrivate *priv = hs_client_private (client);

  /* A request may have ended the run. */
  if (hs_run_is_running (&priv->run))
    hs_deadlines_set_at (&priv->deadlines, HS_DEADLINE_REQUEST, time);
}

const HsRequestsCallbacks hs_client_requests_callbacks = { .due_changed = requests_due_changed_cb };

static HsIqRequest *
track (HsClientPrivate *priv, HsNode *node, int timeout_msec)
{
  guint msec = timeout_msec < 0 ? hs_settings_get_request_timeout (&priv->settings) : (guint) timeout_msec;

  return hs_requests_add (&priv->requests, node, msec, hs_client_get_time (priv));
}

gboolean
hs_client_send_node (HsClient *self, HsNode *node, HsSending *sending, GError **error)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GByteArray) scratch = NULL;
  GByteArray *output;
  guint start;
  gboolean asks;

  if (!check_session (priv, &sending->route, error)
      || !check_stanza (priv, node, FALSE, &asks, error))
    return FALSE;
  if (sending->route == HS_ROUTE_WAITING)
    output = scratch = g_byte_array_new ();
  else
    output = hs_client_get_output (priv);
  start = output->len;
  if (!append (priv, output, node, error))
    return FALSE;
  if (asks)
    {
      HsIqRequest *request = track (priv, node, sending->timeout_msec);

      /* Before the output is flushed: a handler of `xml` may end the request. */
      if (sending->asker != NULL)
        sending->asked (sending->asker, request);
    }
  put (self, output, start, node, sending);
  hs_client_flush (self);
  return TRUE;
}

gboolean
hs_client_send_own (HsClient *self, HsElement *stanza, GError **error)
{
  HsSending sending = { .timeout_msec = -1, .flags = HS_OUT_OWN };

  return hs_client_send_node (self, hs_element_get_node (stanza), &sending, error);
}

/**
 * hs_client_send_stanza:
 * @self: a client
 * @stanza: a message, presence or iq
 * @error: return location for an error
 *
 * Sends a stanza. It leaves with all else that is sent in the same turn of the main loop. Where the
 * connection was lost and the session can be resumed (XEP-0198), it waits for that. Under stream
 * management it is kept until the server has acknowledged it; what is lost all the same comes back with
 * [signal@Client::returned].
 *
 * An iq `get` or `set` without an id is given one. `from` may be left out, or be the account's bare or
 * bound full JID.
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_STANZA if it is not a stanza, or has what a stream
 * may not hold: a character that XML does not allow, an element or attribute in the namespace of `xmlns`, more
 * than 1,000 attributes in a tag, or elements deeper than [property@Client:max-depth]; %HS_ERROR_INVALID_FROM; %HS_ERROR_INVALID_JID if `to` is no
 * address; %HS_ERROR_TOO_LARGE if the server has announced that it takes less (XEP-0478). Nothing
 * was sent then.
 *
 * ```c
 * g_autoptr (HsMessage) message = hs_message_new_chat ("romeo@example.org", "But soft!");
 *
 * if (!hs_client_send_stanza (client, HS_ELEMENT (message), &error))
 *   g_printerr ("%s\n", error->message);
 * ```
 *
 * Returns: true if it will be sent
 */
gboolean
hs_client_send_stanza (HsClient *self, HsElement *stanza, GError **error)
{
  HsSending sending = { .timeout_msec = -1 };

  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  if (hs_client_refuse_with (hs_client_private (self), G_STRFUNC, error))
    return FALSE;
  g_return_val_if_fail (HS_IS_ELEMENT (stanza), FALSE);

  return hs_client_send_node (self, hs_element_get_node (stanza), &sending, error);
}

/* One stanza of a raw string. */
typedef struct
{
  HsParserEvent *event;
  gsize end; /* in the string */
} RawStanza;

static gboolean
check_raw (HsClient *self, GArray *stanzas, GError **error)
{
  HsClientPrivate *priv = hs_client_private (self);
  gsize start = 0;

  for (guint i = 0; i < stanzas->len; i++)
    {
      RawStanza *stanza = &g_array_index (stanzas, RawStanza, i);
      gboolean asks;

      if (stanza->event->type == HS_PARSER_EVENT_STREAM_END)
        return hs_error_refuse (error, HS_ERROR_INVALID_STANZA, "The text ends the stream");
      if (!check_stanza (priv, stanza->event->node, TRUE, &asks, error)
          || !check_bytes (priv, stanza->end - start, error))
        return FALSE;
      start = stanza->end;
    }
  if (stanzas->len == 0)
    return hs_error_refuse (error, HS_ERROR_INVALID_STANZA, "The text holds no stanza");
  for (guint i = 0; i < stanzas->len; i++)
    {
      HsNode *node = g_array_index (stanzas, RawStanza, i).event->node;

      if (hs_iq_node_is_answer (node) && !hs_dispatcher_note_answer (hs_client_dispatcher (priv), node))
        return hs_error_refuse (error, HS_ERROR_INVALID_STANZA, "The iq has been answered already");
    }
  return TRUE;
}

/* Parses a tag at a time, so that the bytes of each stanza are known. */
static gboolean
parse_raw (HsParser *parser,
           const char *header,
           const char *xml,
           gsize length,
           GArray *stanzas,
           GError **error)
{
  g_autoptr (GError) xml_error = NULL;
  gsize used = 0;
  HsParserEvent *event;

  hs_parser_feed (parser, header, strlen (header), FALSE, &xml_error);
  event = hs_parser_pop (parser);
  hs_parser_give_back (parser, event);
  while (xml_error == NULL && used < length)
    {
      used += hs_parser_feed (parser, xml + used, length - used, TRUE, &xml_error);
      while ((event = hs_parser_pop (parser)) != NULL)
        {
          RawStanza stanza = { .event = event, .end = used };

          g_array_append_val (stanzas, stanza);
        }
    }
  if (xml_error != NULL)
    return hs_error_refuse (error, HS_ERROR_INVALID_STANZA, "%s", xml_error->message);
  if (!hs_parser_is_between_stanzas (parser))
    return hs_error_refuse (error, HS_ERROR_INVALID_STANZA, "The text ends inside a stanza");
  /* White space at the end belongs to the last. */
  if (stanzas->len > 0)
    g_array_index (stanzas, RawStanza, stanzas->len - 1).end = length;
  return TRUE;
}

/* A component may have declared jabber:client, perhaps with a character reference in it, and its stream is in
 * another namespace. */
static gboolean
may_declare_client (const char *xml)
{
  return strstr (xml, "xmlns") != NULL &&
         (strstr (xml, HS_NS_CLIENT) != NULL || strstr (xml, "&#") != NULL);
}

/* Writes the string byte for byte, if possible. */
static void
write_raw (HsClient *self, const char *xml, HsSending *sending, GArray *stanzas)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GByteArray) scratch = g_byte_array_new ();
  GByteArray *output = sending->route == HS_ROUTE_WAITING ? scratch : hs_client_get_output (priv);
  gboolean rewrite = hs_settings_is_component (&priv->settings) && may_declare_client (xml);
  gsize start = 0;

  for (guint i = 0; i < stanzas->len; i++)
    {
      RawStanza *stanza = &g_array_index (stanzas, RawStanza, i);
      HsNode *node = stanza->event->node;
      guint before = output->len;

      if (rewrite)
        hs_writer_write (output, node, node->namespace_, NULL);
      else
        g_byte_array_append (output, (const guint8 *) xml + start, stanza->end - start);
      start = stanza->end;
      if (strcmp (node->name, "iq") == 0 && !hs_iq_node_is_answer (node))
        track (priv, node, -1);
      put (self, output, before, node, sending);
    }
  hs_client_flush (self);
}

/**
 * hs_client_send_raw_stanza:
 * @self: a client
 * @xml: one or more stanzas
 * @error: return location for an error
 *
 * Sends stanzas that are text, byte for byte. They are parsed first as the server will: each must be a
 * whole, well-formed message, presence or iq of the stream's namespace, an iq with an id. What the client would
 * not read, with [property@Client:max-depth] and its other limits for one tag, is refused.
 *
 * Errors are those of [method@Client.send_stanza].
 *
 * ```python
 * client.send_raw_stanza("<message to='juliet@capulet.example'><body>Hello</body></message>")
 * ```
 *
 * Returns: true if they will be sent
 */
gboolean
hs_client_send_raw_stanza (HsClient *self, const char *xml, GError **error)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GArray) stanzas = NULL;
  HsSending sending = { .timeout_msec = -1 };
  HsParser *parser;
  gboolean component;
  gboolean good;

  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  if (hs_client_refuse_with (hs_client_private (self), G_STRFUNC, error))
    return FALSE;
  g_return_val_if_fail (xml != NULL, FALSE);

  if (!check_session (priv, &sending.route, error))
    return FALSE;
  stanzas = g_array_new (FALSE, FALSE, sizeof (RawStanza));
  component = hs_settings_is_component (&priv->settings);
  parser = hs_parser_new (component ? HS_NS_COMPONENT : HS_NS_CLIENT, NULL, NULL);
  hs_parser_set_limits (parser, G_MAXSSIZE, G_MAXINT);
  good = parse_raw (parser,
                    component ? RAW_HEADER (HS_NS_COMPONENT) : RAW_HEADER (HS_NS_CLIENT),
                    xml, strlen (xml), stanzas, error)
         && check_raw (self, stanzas, error);
  if (good)
    write_raw (self, xml, &sending, stanzas);
  for (guint i = 0; i < stanzas->len; i++)
    hs_parser_give_back (parser, g_array_index (stanzas, RawStanza, i).event);
  hs_parser_free (parser);
  return good;
}
