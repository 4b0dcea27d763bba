/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-private.h"

#include "hs-namespaces.h"

/* Hands the elements of stream management (XEP-0198) to HsStreamManagement, which outlives the stream. */

/* Ends the stream for a count that cannot be right, with the element that XEP-0198, 6 adds to the stream error.
 * Takes @error. */
static void
refuse_acknowledgement (HsStream *self, GError *error)
{
  if (!self->closing)
    {
      hs_stream_write (self, "<stream:error><undefined-condition xmlns='%s'/>", HS_NS_STREAMS);
      hs_stream_management_write_excess (self->management, hs_stream_get_output (self));
      hs_stream_write (self, "</stream:error>");
    }
  hs_stream_close (self);
  hs_stream_fail (self, error);
}

void
hs_stream_on_enabled (HsStream *self, HsNode *node)
{
  g_autoptr (GError) error = NULL;

  hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_ANSWER);
  if (self->management == NULL)
    hs_stream_protocol_error (self, "unsupported-stanza-type",
                              "The server sent <enabled/> for stream management (XEP-0198) without a request for it");
  else if (!hs_stream_management_on_enabled (self->management, node, &error))
    refuse_acknowledgement (self, g_steal_pointer (&error));
  else
    {
      hs_stream_management_begin (self->management, hs_stream_get_output (self));
      self->pending = HS_STREAM_EVENT_ENABLED;
    }
}

void
hs_stream_on_not_enabled (HsStream *self, HsNode *node)
{
  if (self->management == NULL
      || !hs_stream_management_is_enabling (self->management))
    {
      hs_stream_protocol_error (self, "unsupported-stanza-type",
                                "The server sent <failed/> for stream management (XEP-0198) without a request for it");
      return;
    }
  hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_ANSWER);
  hs_stream_management_on_failed (self->management, node);
  /* Send what had to wait for acknowledgements: there will be none. */
  if (!self->closing)
    hs_stream_management_begin (self->management, hs_stream_get_output (self));
  self->pending = HS_STREAM_EVENT_ENABLED;
}

void
hs_stream_on_resumed (HsStream *self, HsNode *node)
{
  g_autoptr (GError) error = NULL;

  hs_binding_note_pipelined (&self->binding, HS_PIPELINED_ON_ANSWER);
  if (!hs_stream_management_on_resumed (self->management, node, &error))
    {
      refuse_acknowledgement (self, g_steal_pointer (&error));
      return;
    }
  hs_stream_become_ready (self, HS_STREAM_EVENT_RESUMED);
}

void
hs_stream_on_ack (HsStream *self, HsNode *node)
{
  g_autoptr (GError) error = NULL;
  GByteArray *output = self->closing ? NULL : hs_stream_get_output (self);

  if (self->management == NULL)
    return;
  if (hs_stream_management_on_ack (self->management, node, output, &error))
    self->pending = HS_STREAM_EVENT_ACKNOWLEDGED;
  else
    refuse_acknowledgement (self, g_steal_pointer (&error));
}

void
hs_stream_on_request (HsStream *self, HsNode *node)
{
  if (self->management != NULL && !self->closing)
    hs_stream_management_on_request (self->management, hs_stream_get_output (self));
}

/* Whether the server counts the stanzas that arrive now: it does so after <enabled/>. */
gboolean
hs_stream_counts (HsStream *self)
{
  return self->management != NULL && self->state == HS_STREAM_STATE_READY
         && !hs_stream_management_is_enabling (self->management);
}

void
hs_stream_count_in (HsStream *self, guint n)
{
  if (n > 0 && hs_stream_counts (self))
    hs_stream_management_count_in (self->management, n,
                                   self->closing ? NULL : hs_stream_get_output (self));
}

gboolean
hs_stream_owes_count (HsStream *self)
{
  return self->owes_count;
}

/* Whether the stanza counts was decided when it was taken: a handler may have ended the stream since. */
void
hs_stream_count_taken (HsStream *self)
{
  if (!self->owes_count)
    return;
  self->owes_count = FALSE;
  hs_stream_management_count_in (self->management, 1,
                                 self->closing ? NULL : hs_stream_get_output (self));
}
