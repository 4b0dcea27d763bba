/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-private.h"

#include <stdarg.h>

#include "hs-error.h"
#include "hs-namespaces.h"
#include "hs-printable.h"
#include "xml/hs-stanza-boundary.h"
#include "xml/hs-writer.h"

/* The functions that all steps of the negotiation use: write, close and fail. */

/* Characters of a server's name in an error. */
#define MAX_NAME 100

void
hs_stream_change (HsStream *self, HsStreamChange change)
{
  gboolean can = hs_stream_state_can (self->state, change);

  self->state = hs_stream_state_get_next (self->state, change);
  if (G_LIKELY (can))
    return;
  hs_stream_close (self);
  hs_stream_fail (self, g_error_new (HS_ERROR, HS_ERROR_FAILED,
                                     "The stream to %s was ended because of a fault in headstock-glib",
                                     hs_jid_get_domain (self->config.jid)));
}

gboolean
hs_stream_is_secure (HsStream *self)
{
  return self->config.is_secure != NULL && self->config.is_secure (self->user_data);
}

GByteArray *
hs_stream_get_output (HsStream *self)
{
  if (self->output == NULL)
    self->output = g_byte_array_new ();
  return self->output;
}

void
hs_stream_write (HsStream *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  hs_writer_append_format (hs_stream_get_output (self), format, args);
  va_end (args);
}

void
hs_stream_frame (GByteArray *frame, const guint8 *element, gsize length)
{
  hs_stanza_boundary_frame (frame, element, length, HS_NS_CLIENT);
}

void
hs_stream_send_header (HsStream *self)
{
  g_autoptr (HsJid) bare = hs_jid_get_bare (self->config.jid);

  hs_parser_restart (self->parser);
  hs_stream_change (self, HS_STREAM_ON_HEADER_SENT);
  self->header_received = FALSE;
  if (self->config.framed)
    hs_stream_write (self, "<open xmlns='%s' to='%s'", HS_NS_FRAMING, hs_jid_get_domain (self->config.jid));
  else
    hs_stream_write (self, "<?xml version='1.0'?><stream:stream xmlns='%s' xmlns:stream='%s' to='%s'",
                     self->config.component ? HS_NS_COMPONENT : HS_NS_CLIENT, HS_NS_STREAM,
                     hs_jid_get_domain (self->config.jid));
  if (self->config.component)
    {
      hs_stream_write (self, self->config.framed ? "/>" : ">");
      return;
    }
  /* RFC 6120, 4.7.1: not before TLS, where everybody on the way could read who connects. */
  if (hs_stream_is_secure (self) && hs_jid_get_local (self->config.jid) != NULL)
    hs_stream_write (self, " from='%s'", hs_jid_to_string (bare));
  hs_stream_write (self, " version='1.0' xml:lang='%s'%s>", self->config.lang, self->config.framed ? "/" : "");
}

void
hs_stream_write_enable (HsStream *self)
{
  if (self->management == NULL)
    self->management = hs_session_ensure_management (self->config.session, self->config.resend_policy);
  hs_stream_management_write_enable (self->management, hs_stream_get_output (self));
}

static void
write_end (HsStream *self)
{
  if (self->config.framed)
    hs_stream_write (self, "<close xmlns='%s'/>", HS_NS_FRAMING);
  else
    hs_stream_write (self, "</stream:stream>");
}

void
hs_stream_close (HsStream *self)
{
  if (self->closing || self->state == HS_STREAM_STATE_CLOSED)
    return;
  /* XEP-0198, 4: acknowledge first, so that the server does not redirect or return what was received. */
  if (self->state == HS_STREAM_STATE_READY && self->management != NULL)
    hs_stream_management_write_ack (self->management, hs_stream_get_output (self));
  self->closing = TRUE;
  if (self->state != HS_STREAM_STATE_HANDSHAKE)
    write_end (self);
}

void
hs_stream_close_with_error (HsStream *self, const char *condition, const char *text)
{
  if (self->closing || self->state == HS_STREAM_STATE_CLOSED)
    return;
  if (self->state != HS_STREAM_STATE_HANDSHAKE)
    {
      if (self->config.framed)
        hs_stream_write (self, "<stream:error xmlns:stream='%s'>", HS_NS_STREAM);
      else
        hs_stream_write (self, "<stream:error>");
      hs_stream_write (self, "<%s xmlns='%s'/>", condition, HS_NS_STREAMS);
      if (text != NULL)
        hs_stream_write (self, "<text xmlns='%s' xml:lang='en'>%s</text>", HS_NS_STREAMS, text);
      hs_stream_write (self, "</stream:error>");
    }
  hs_stream_close (self);
}

gboolean
hs_stream_is_authenticated (HsStream *self)
{
  return hs_authentication_get_phase (&self->authentication) == HS_AUTHENTICATION_SUCCEEDED;
}

/* Takes @error. Only the first error counts. */
void
hs_stream_fail (HsStream *self, GError *error)
{
  if (self->error != NULL)
    {
      g_error_free (error);
      return;
    }
  /* Before the sign-in, a server with another name is the likely cause of any error: say so. */
  if (self->other_name != NULL && !hs_stream_is_authenticated (self))
    {
      g_autofree char *name = hs_printable (self->other_name, MAX_NAME);
      g_autofree char *message
          = g_strdup_printf ("%s (the server calls itself %s)", error->message, name);

      g_free (error->message);
      error->message = g_steal_pointer (&message);
    }
  self->error = error;
  hs_stream_change (self, HS_STREAM_ON_END);
  self->pending = HS_STREAM_EVENT_FAILED;
  self->following = HS_STREAM_EVENT_NONE;
}

/* For an error in what the server sent. Were the session resumed, the server would send the same again. */
void
hs_stream_give_up_session (HsStream *self)
{
  if (self->state == HS_STREAM_STATE_READY && self->management != NULL)
    hs_stream_management_lose (self->management);
}

void
hs_stream_protocol_error (HsStream *self, const char *condition, const char *format, ...)
{
  va_list args;

  hs_stream_give_up_session (self);
  hs_stream_close_with_error (self, condition, NULL);
  va_start (args, format);
  hs_stream_fail (self, g_error_new_valist (HS_ERROR, HS_ERROR_PROTOCOL, format, args));
  va_end (args);
}

void
hs_stream_set_session_limit (HsStream *self, gsize max_bytes)
{
  if (self->config.session != NULL)
    hs_session_set_max_bytes (self->config.session, max_bytes);
}

const char *
hs_stream_describe (HsStream *self)
{
  static const char *const descriptions[HS_STREAM_N_STATES] = {
    [HS_STREAM_STATE_CLOSED] = "nothing",
    [HS_STREAM_STATE_HEADER] = "the header of its stream",
    [HS_STREAM_STATE_FEATURES] = "the features of its stream",
    [HS_STREAM_STATE_PROCEED] = "its leave to start TLS",
    [HS_STREAM_STATE_HANDSHAKE] = "its part of the TLS handshake",
    [HS_STREAM_STATE_UNSIGNED] = "nothing before the sign-in",
    [HS_STREAM_STATE_SASL] = "its part of the sign-in",
    [HS_STREAM_STATE_SASL2] = "its part of the sign-in",
    [HS_STREAM_STATE_TASK] = "what a better hash of the password needs",
    [HS_STREAM_STATE_DERIVING] = "nothing before our part of the sign-in",
    [HS_STREAM_STATE_BIND] = "the address that it binds",
    [HS_STREAM_STATE_RESUME] = "its word on the session that was interrupted",
    [HS_STREAM_STATE_SESSION] = "the start of the session",
    [HS_STREAM_STATE_COMPONENT] = "its word on the handshake",
    [HS_STREAM_STATE_READY] = "stanzas",
    [HS_STREAM_STATE_ENDED] = "nothing more",
  };

  return descriptions[self->state];
}

void
hs_stream_become_ready (HsStream *self, HsStreamEventType event)
{
  hs_binding_forget_request (&self->binding);
  hs_stream_change (self, HS_STREAM_ON_READY);
  self->pending = event;
  if (self->management != NULL)
    hs_stream_management_begin (self->management, hs_stream_get_output (self));
}
