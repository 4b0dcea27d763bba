/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-client-private.h"
#include "hs-element-private.h"
#include "hs-error.h"
#include "hs-namespaces.h"
#include "hs-random.h"
#include "xml/hs-writer.h"

/* Sending: what is checked before it leaves, and who waits for what. */

/* The header that a raw string is parsed after, as the server will. */
#define RAW_HEADER(namespace_) \
  "<stream:stream xmlns='" namespace_ "' xmlns:stream='" HS_NS_STREAM "'>"

typedef struct
{
  guint64 position; /* of the byte after the stanza, counted over the connection */
  GSource *watch;   /* for the cancellable */
} SendData;

const char *
hs_client_get_stream_lang (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  const char *name;

  if (priv->lang != NULL)
    return priv->lang;
  name = g_get_language_names ()[0];
  priv->lang = g_strdelimit (g_strndup (name, strcspn (name, ".@")), "_", '-');
  if (strcmp (priv->lang, "C") == 0 || strcmp (priv->lang, "POSIX") == 0)
    {
      g_free (priv->lang);
      priv->lang = g_strdup ("en");
    }
  return priv->lang;
}

/* What the stream itself has to say stands before what is sent next. */
static GByteArray *
get_output (HsClientPrivate *priv)
{
  GByteArray *output = hs_transport_get_output (priv->transport);
  g_autoptr (GByteArray) own = priv->stream != NULL ? hs_stream_take_output (priv->stream) : NULL;

  if (own != NULL)
    g_byte_array_append (output, own->data, own->len);
  return output;
}

/* What has been appended to the output leaves at the end of this turn of the main loop. */
void
hs_client_flush (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  guint64 end;

  if (priv->transport == NULL)
    return;
  get_output (priv);
  end = hs_transport_get_written (priv->transport) + hs_transport_get_queued (priv->transport);
  if (end == priv->logged_out)
    return;
  if (hs_client_is_watched (self))
    {
      GByteArray *output = hs_transport_get_output (priv->transport);
      gsize length = MIN (end - priv->logged_out, output->len);
      g_autofree char *copy = g_memdup2 (output->data + output->len - length, length);

      priv->logged_out = end;
      hs_client_log_bytes (self, HS_DIRECTION_OUT, copy, length);
      if (priv->transport == NULL)
        return;
    }
  priv->logged_out = end;
  hs_transport_queue (priv->transport);
}

void
hs_client_update_request_deadline (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);

  hs_client_set_deadline_at (
      self, HS_DEADLINE_REQUEST,
      hs_iq_tracker_get_deadline (hs_dispatcher_get_tracker (priv->dispatcher)));
}

static gboolean
refuse (GError **error, HsError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

static gboolean
refuse (GError **error, HsError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (HS_ERROR, code, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
check_session (HsClientPrivate *priv, GError **error)
{
  if (priv->transport != NULL && priv->stream != NULL && hs_stream_is_open (priv->stream))
    return TRUE;
  return refuse (error, HS_ERROR_NOT_CONNECTED, "There is no session");
}

/* XEP-0114, 3: a component names one of its addresses in all it sends. */
static gboolean
check_component_from (HsClientPrivate *priv, const char *from, GError **error)
{
  g_autoptr (HsJid) jid = NULL;

  if (from == NULL)
    return refuse (error, HS_ERROR_INVALID_FROM, "What a component sends must have a 'from'");
  jid = hs_jid_new (from, NULL);
  if (jid != NULL && strcmp (hs_jid_get_domain (jid), hs_jid_get_domain (priv->jid)) == 0)
    return TRUE;
  return refuse (error, HS_ERROR_INVALID_FROM, "The stanza's 'from' is not an address at %s",
                 hs_jid_get_domain (priv->jid));
}

/* The server closes the stream for a `from` that is not the account's (RFC 6120, 8.1.2.1). */
static gboolean
check_addresses (HsClientPrivate *priv, HsNode *node, GError **error)
{
  const char *from = hs_node_get_attribute (node, "from", NULL);
  const char *to = hs_node_get_attribute (node, "to", NULL);
  g_autoptr (HsJid) jid = NULL;

  if (to != NULL)
    {
      g_autoptr (HsJid) to_jid = hs_jid_new (to, error);

      if (to_jid == NULL)
        {
          g_prefix_error (error, "The stanza's 'to': ");
          return FALSE;
        }
    }
  if (priv->component)
    return check_component_from (priv, from, error);
  if (from == NULL)
    return TRUE;
  jid = hs_jid_new (from, NULL);
  if (jid != NULL && priv->bound_jid != NULL &&
      (hs_jid_equal (jid, priv->bound_jid) || hs_jid_equal (jid, priv->bound_bare)))
    return TRUE;
  return refuse (error, HS_ERROR_INVALID_FROM,
                 "The stanza's 'from' is neither the account's bare JID nor its bound full JID");
}

static gboolean
check_iq (HsClientPrivate *priv, HsNode *node, gboolean raw, gboolean *asks, GError **error)
{
  const char *type = hs_node_get_attribute (node, "type", NULL);
  const char *id = hs_node_get_attribute (node, "id", NULL);

  *asks = g_strcmp0 (type, "get") == 0 || g_strcmp0 (type, "set") == 0;
  if (!*asks && g_strcmp0 (type, "result") != 0 && g_strcmp0 (type, "error") != 0)
    return refuse (error, HS_ERROR_INVALID_STANZA,
                   "An iq's type is one of get, set, result and error");
  if (id == NULL && *asks && !raw)
    {
      g_autofree char *fresh = hs_random_id ();

      hs_node_set_attribute (node, "id", NULL, fresh);
      return TRUE;
    }
  if (id == NULL)
    return refuse (error, HS_ERROR_INVALID_STANZA, "An iq must have an id");
  return TRUE;
}

static gboolean
check_stanza (HsClientPrivate *priv, HsNode *node, gboolean raw, gboolean *asks, GError **error)
{
  gboolean is_iq = strcmp (node->name, "iq") == 0;

  *asks = FALSE;
  if ((node->namespace_ != NULL && strcmp (node->namespace_, HS_NS_CLIENT) != 0) ||
      (!is_iq && strcmp (node->name, "message") != 0 && strcmp (node->name, "presence") != 0))
    return refuse (error, HS_ERROR_INVALID_STANZA,
                   "<%s> in the namespace '%s' is not a message, presence or iq", node->name,
                   node->namespace_ != NULL ? node->namespace_ : "");
  if (!check_addresses (priv, node, error))
    return FALSE;
  return !is_iq || check_iq (priv, node, raw, asks, error);
}

static gboolean
check_bytes (HsClientPrivate *priv, gsize length, GError **error)
{
  gsize max = hs_stream_get_max_bytes (priv->stream);

  if (max == 0 || length <= max)
    return TRUE;
  return refuse (error, HS_ERROR_TOO_LARGE,
                 "A stanza of %" G_GSIZE_FORMAT " bytes is larger than the %" G_GSIZE_FORMAT
                 " that the server takes",
                 length, max);
}

static gboolean
is_answer (HsNode *node)
{
  const char *type;

  if (strcmp (node->name, "iq") != 0)
    return FALSE;
  type = hs_node_get_attribute (node, "type", NULL);
  return g_strcmp0 (type, "result") == 0 || g_strcmp0 (type, "error") == 0;
}

static gboolean
is_request (HsNode *node)
{
  const char *type = hs_node_get_attribute (node, "type", NULL);

  return strcmp (node->name, "iq") == 0 &&
         (g_strcmp0 (type, "get") == 0 || g_strcmp0 (type, "set") == 0);
}

static HsIqRequest *
track (HsClient *self, HsNode *node, int timeout_msec)
{
  HsClientPrivate *priv = hs_client_private (self);
  guint msec = timeout_msec < 0 ? priv->request_timeout : (guint) timeout_msec;
  HsIqRequest *request = hs_iq_tracker_add (
      hs_dispatcher_get_tracker (priv->dispatcher), hs_node_get_attribute (node, "id", NULL),
      hs_node_get_attribute (node, "to", NULL), hs_node_get_attribute (node, "from", NULL),
      g_get_monotonic_time () + msec * (gint64) 1000);

  hs_iq_request_set_patience (request, msec * (gint64) 1000);
  hs_client_update_request_deadline (self);
  return request;
}

static gboolean
send_node (HsClient *self,
           HsNode *node,
           int timeout_msec,
           HsIqRequest **request,
           GError **error)
{
  HsClientPrivate *priv = hs_client_private (self);
  GByteArray *output;
  guint before;
  gboolean asks;
  HsIqRequest *tracked = NULL;

  if (!check_session (priv, error) || !check_stanza (priv, node, FALSE, &asks, error))
    return FALSE;
  output = get_output (priv);
  before = output->len;
  /* A stanza in no namespace takes on that of the stream. */
  {
    g_autoptr (GError) local_error = NULL;

    if (!hs_writer_write (output, node, node->namespace_, &local_error))
      {
        g_propagate_error (error, g_steal_pointer (&local_error));
        return FALSE;
      }
  }
  if (!check_bytes (priv, output->len - before, error))
    {
      g_byte_array_set_size (output, before);
      return FALSE;
    }
  if (is_answer (node) && !hs_dispatcher_note_answer (priv->dispatcher, node))
    {
      g_byte_array_set_size (output, before);
      return refuse (error, HS_ERROR_INVALID_STANZA, "The iq has been answered already");
    }
  if (asks)
    tracked = track (self, node, timeout_msec);
  if (request != NULL)
    *request = tracked;
  hs_client_flush (self);
  return TRUE;
}

/**
 * hs_client_send_stanza:
 * @self: a client
 * @stanza: a message, presence or iq
 * @error: return location for an error
 *
 * Sends a stanza. It leaves with all else that is sent in the same turn of the main loop.
 *
 * An iq `get` or `set` without an id is given one. `from` may be left out, or be the account's bare or
 * bound full JID.
 *
 * Errors: %HS_ERROR_NOT_CONNECTED; %HS_ERROR_INVALID_STANZA where it is not a stanza, or has a
 * character that XML does not allow; %HS_ERROR_INVALID_FROM; %HS_ERROR_INVALID_JID where `to` is no
 * address; %HS_ERROR_TOO_LARGE where the server has announced that it takes less (XEP-0478). Nothing
 * was sent then.
 *
 * Returns: true where it will be sent
 */
gboolean
hs_client_send_stanza (HsClient *self, HsElement *stanza, GError **error)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  g_return_val_if_fail (HS_IS_ELEMENT (stanza), FALSE);

  return send_node (self, hs_element_get_node (stanza), -1, NULL, error);
}

/* The bytes that one of several stanzas takes, as we would write it. */
static gsize
measure (HsNode *node)
{
  g_autoptr (GByteArray) buffer = g_byte_array_new ();

  hs_writer_write (buffer, node, node->namespace_, NULL);
  return buffer->len;
}

static gboolean
check_raw (HsClient *self, GPtrArray *events, gsize length, GError **error)
{
  HsClientPrivate *priv = hs_client_private (self);

  for (guint i = 0; i < events->len; i++)
    {
      HsParserEvent *event = g_ptr_array_index (events, i);
      gboolean asks;

      if (event->type == HS_PARSER_EVENT_STREAM_END)
        return refuse (error, HS_ERROR_INVALID_STANZA, "The text ends the stream");
      if (!check_stanza (priv, event->node, TRUE, &asks, error) ||
          !check_bytes (priv, events->len == 1 ? length : measure (event->node), error))
        return FALSE;
    }
  if (events->len == 0)
    return refuse (error, HS_ERROR_INVALID_STANZA, "The text holds no stanza");
  for (guint i = 0; i < events->len; i++)
    {
      HsParserEvent *event = g_ptr_array_index (events, i);

      if (is_answer (event->node) && !hs_dispatcher_note_answer (priv->dispatcher, event->node))
        return refuse (error, HS_ERROR_INVALID_STANZA, "The iq has been answered already");
    }
  return TRUE;
}

static gboolean
parse_raw (HsParser *parser,
           const char *header,
           const char *xml,
           gsize length,
           GPtrArray *events,
           GError **error)
{
  g_autoptr (GError) xml_error = NULL;
  const char *rest = xml;
  HsParserEvent *event;

  hs_parser_feed (parser, header, strlen (header), FALSE, &xml_error);
  event = hs_parser_pop (parser);
  hs_parser_give_back (parser, event);
  while (xml_error == NULL && rest < xml + length)
    rest += hs_parser_feed (parser, rest, xml + length - rest, FALSE, &xml_error);
  while ((event = hs_parser_pop (parser)) != NULL)
    g_ptr_array_add (events, event);
  if (xml_error != NULL)
    return refuse (error, HS_ERROR_INVALID_STANZA, "%s", xml_error->message);
  if (!hs_parser_is_between_stanzas (parser))
    return refuse (error, HS_ERROR_INVALID_STANZA, "The text ends inside a stanza");
  return TRUE;
}

/* A component may have declared jabber:client, which is not what its stream holds; perhaps with a
 * character reference in it. */
static gboolean
may_declare_client (const char *xml)
{
  return strstr (xml, "xmlns") != NULL &&
         (strstr (xml, HS_NS_CLIENT) != NULL || strstr (xml, "&#") != NULL);
}

/* Byte for byte, where it can be. */
static void
write_raw (HsClient *self, const char *xml, gsize length, GPtrArray *events)
{
  HsClientPrivate *priv = hs_client_private (self);
  GByteArray *output = get_output (priv);
  gboolean rewrite = priv->component && may_declare_client (xml);

  if (!rewrite)
    g_byte_array_append (output, (const guint8 *) xml, length);
  for (guint i = 0; i < events->len; i++)
    {
      HsNode *node = ((HsParserEvent *) g_ptr_array_index (events, i))->node;

      if (rewrite)
        hs_writer_write (output, node, node->namespace_, NULL);
      if (strcmp (node->name, "iq") == 0 && !is_answer (node))
        track (self, node, -1);
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
 * whole, well-formed message, presence or iq, an iq with an id.
 *
 * Errors are those of [method@Client.send_stanza].
 *
 * Returns: true where they will be sent
 */
gboolean
hs_client_send_raw_stanza (HsClient *self, const char *xml, GError **error)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GPtrArray) events = NULL;
  HsParser *parser;
  gsize length;
  gboolean good;

  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  g_return_val_if_fail (xml != NULL, FALSE);

  if (!check_session (priv, error))
    return FALSE;
  length = strlen (xml);
  events = g_ptr_array_new ();
  parser = hs_parser_new (priv->component ? HS_NS_COMPONENT : HS_NS_CLIENT, NULL, NULL);
  hs_parser_set_limits (parser, G_MAXSSIZE, G_MAXINT);
  good = parse_raw (parser,
                    priv->component ? RAW_HEADER (HS_NS_COMPONENT) : RAW_HEADER (HS_NS_CLIENT),
                    xml, length, events, error) &&
         check_raw (self, events, length, error);
  if (good)
    write_raw (self, xml, length, events);
  for (guint i = 0; i < events->len; i++)
    hs_parser_give_back (parser, g_ptr_array_index (events, i));
  hs_parser_free (parser);
  return good;
}

static void
send_data_free (gpointer data)
{
  SendData *self = data;

  if (self->watch != NULL)
    g_source_unref (self->watch);
  g_free (self);
}

/* The task, which nobody waits for any more. */
static GTask *
stop_watching_send (GTask *task)
{
  SendData *data = g_task_get_task_data (task);

  if (data->watch != NULL)
    g_source_destroy (data->watch);
  return task;
}

static gboolean
send_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  HsClientPrivate *priv = hs_client_private (g_task_get_source_object (task));

  if (g_queue_remove (&priv->send_tasks, task))
    {
      g_task_return_error_if_cancelled (task);
      /* The queue's reference. */
      g_object_unref (task);
    }
  return G_SOURCE_REMOVE;
}

/**
 * hs_client_send_async:
 * @self: a client
 * @stanza: a message, presence or iq
 * @cancellable: (nullable): stops the waiting, not the sending
 * @callback: (scope async) (closure user_data): called when the stanza's fate is known
 * @user_data: data for @callback
 *
 * Sends a stanza and waits until the server has acknowledged it (XEP-0198), or, without stream
 * management, until it has been handed to the system.
 */
void
hs_client_send_async (HsClient *self,
                      HsElement *stanza,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  HsClientPrivate *priv = hs_client_private (self);
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  SendData *data;

  g_return_if_fail (HS_IS_CLIENT (self));
  g_return_if_fail (HS_IS_ELEMENT (stanza));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_client_send_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (!send_node (self, hs_element_get_node (stanza), -1, NULL, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  data = g_new0 (SendData, 1);
  data->position
      = hs_transport_get_written (priv->transport) + hs_transport_get_queued (priv->transport);
  g_task_set_task_data (task, data, send_data_free);
  if (cancellable != NULL)
    {
      data->watch = g_cancellable_source_new (cancellable);
      g_source_set_static_name (data->watch, "hs_client_send_async");
      g_task_attach_source (task, data->watch, G_SOURCE_FUNC (send_cancelled_cb));
    }
  g_queue_push_tail (&priv->send_tasks, g_steal_pointer (&task));
}

/**
 * hs_client_send_finish:
 * @self: a client
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Client.send_async] began.
 *
 * Errors are those of [method@Client.send_stanza], %G_IO_ERROR_CANCELLED, and %HS_ERROR_SESSION_LOST
 * where the connection ended before the stanza's fate was known.
 *
 * Returns: true where the server has the stanza, or the system
 */
gboolean
hs_client_send_finish (HsClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* The transport has handed something to the system. */
void
hs_client_finish_sends (HsClient *self)
{
  HsClientPrivate *priv = hs_client_private (self);
  guint64 written;

  if (priv->transport == NULL)
    return;
  written = hs_transport_get_written (priv->transport);
  while (!g_queue_is_empty (&priv->send_tasks))
    {
      GTask *task = g_queue_peek_head (&priv->send_tasks);
      SendData *data = g_task_get_task_data (task);

      if (data->position > written)
        return;
      g_queue_pop_head (&priv->send_tasks);
      g_task_return_boolean (stop_watching_send (task), TRUE);
      g_object_unref (task);
    }
}

void
hs_client_fail_sends (HsClient *self, const GError *error)
{
  HsClientPrivate *priv = hs_client_private (self);
  GTask *task;

  while ((task = g_queue_pop_head (&priv->send_tasks)) != NULL)
    {
      g_task_return_error (stop_watching_send (task), g_error_copy (error));
      g_object_unref (task);
    }
}

/* One request: the task, until it is answered, fails, or is cancelled. */
typedef struct
{
  HsIqRequest *request; /* NULL: not pending any more */
  GSource *watch;       /* for the cancellable */
} RequestData;

static void
request_data_free (gpointer data)
{
  RequestData *self = data;

  g_clear_pointer (&self->watch, g_source_unref);
  g_free (self);
}

static void
stop_watching (GTask *task)
{
  RequestData *data = g_task_get_task_data (task);

  data->request = NULL;
  if (data->watch != NULL)
    g_source_destroy (data->watch);
}

static void
answered_cb (HsNode *answer, const GError *error, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  stop_watching (task);
  if (error != NULL)
    {
      g_task_return_error (task, g_error_copy (error));
      return;
    }
  {
    HsStanza *stanza = HS_STANZA (hs_element_from_node (answer));
    GError *stanza_error = hs_stanza_get_error (stanza);

    if (stanza_error != NULL)
      g_task_return_error (task, stanza_error);
    else
      g_task_return_pointer (task, g_object_ref (stanza), g_object_unref);
  }
}

static gboolean
request_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  HsClient *self = g_task_get_source_object (task);
  HsClientPrivate *priv = hs_client_private (self);
  RequestData *data = g_task_get_task_data (task);

  if (data->request != NULL)
    {
      hs_iq_tracker_remove (hs_dispatcher_get_tracker (priv->dispatcher), data->request);
      hs_client_update_request_deadline (self);
      stop_watching (task);
      g_task_return_error_if_cancelled (task);
      /* The tracker's reference. */
      g_object_unref (task);
    }
  return G_SOURCE_REMOVE;
}

/**
 * hs_client_request_async:
 * @self: a client
 * @iq: an iq of the type `get` or `set`
 * @timeout_msec: how long to wait, in milliseconds, or -1 for [property@Client:request-timeout]
 * @cancellable: (nullable): stops the waiting
 * @callback: (scope async) (closure user_data): called when there is an answer
 * @user_data: data for @callback
 *
 * Sends an iq and waits for its answer. Only an answer with its id from whom it went to counts (RFC
 * 6120, 8.2.3 and 10.3.3).
 */
void
hs_client_request_async (HsClient *self,
                         HsElement *iq,
                         int timeout_msec,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;
  HsIqRequest *request = NULL;
  RequestData *data;

  g_return_if_fail (HS_IS_CLIENT (self));
  g_return_if_fail (HS_IS_ELEMENT (iq));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, hs_client_request_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (!is_request (hs_element_get_node (iq)))
    {
      g_task_return_new_error (task, HS_ERROR, HS_ERROR_INVALID_STANZA,
                               "A request is an iq of the type get or set");
      return;
    }
  if (!send_node (self, hs_element_get_node (iq), timeout_msec, &request, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  data = g_new0 (RequestData, 1);
  data->request = request;
  g_task_set_task_data (task, data, request_data_free);
  if (cancellable != NULL)
    {
      data->watch = g_cancellable_source_new (cancellable);
      g_source_set_static_name (data->watch, "hs_client_request_async");
      g_task_attach_source (task, data->watch, G_SOURCE_FUNC (request_cancelled_cb));
    }
  hs_iq_request_set_callback (request, answered_cb, g_steal_pointer (&task));
}

/**
 * hs_client_request_finish:
 * @self: a client
 * @result: the result that the callback was given
 * @error: return location for an error
 *
 * Ends what [method@Client.request_async] began.
 *
 * Errors are those of [method@Client.send_stanza]; those in %HS_STANZA_ERROR, where the answer is one;
 * %HS_ERROR_TIMED_OUT; %HS_ERROR_SESSION_LOST; %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the result
 */
HsIq *
hs_client_request_finish (HsClient *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (HS_IS_CLIENT (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
