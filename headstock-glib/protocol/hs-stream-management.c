/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-stream-management.h"

#include "hs-debug.h"
#include "hs-error.h"
#include "hs-namespaces.h"
#include "protocol/hs-management-state.h"
#include "protocol/hs-resend.h"
#include "protocol/hs-stanza-queue.h"
#include "xml/hs-writer.h"

/* An acknowledgement is asked for after so many stanzas, or a while after the first of fewer. */
#define REQUEST_EVERY 100
#define REQUEST_USEC G_USEC_PER_SEC
/* The client acknowledges after so many stanzas even if the server does not ask: the server keeps them until then,
 * and has a limit for their number (Prosody 500, ejabberd 5,000). */
#define ACKNOWLEDGE_EVERY 75
/* No more stanzas than this are in flight; what follows waits. */
#define WINDOW 450
/* After a resumption so many at first, and twice as many after each acknowledgement: a connection that is
 * soon lost again must still carry something that is acknowledged. */
#define FIRST_WINDOW 10
/* One of HsOutFlags: an earlier session may have brought it there already. */
#define OUT_UNSURE (1 << 7)
/* A stanza that was in flight in so many lost sessions may be what ended them. */
#define MAX_LOST 2

struct _HsStreamManagement
{
  HsManagementState state;
  const HsResendPolicy *policy; /* borrowed: the owner may change it */
  char *id;       /* the session's name for being resumed, or NULL */
  char *location;
  guint max;      /* seconds */
  gint64 interrupted;
  guint32 received;       /* stanzas that the server has sent */
  guint32 told;           /* of them, acknowledged by us */
  guint32 acknowledged;   /* stanzas of ours that the server has acknowledged */
  HsStanzaQueue queue;    /* of those that it has not */
  guint n_written;        /* the oldest of them were written since the server last said what it had on resuming, */
  guint n_sent;           /* and on this connection; */
  gsize sent_bytes;       /* which is so many bytes */
  guint window;           /* no more of them may be on this connection */
  guint n_unasked;        /* the last of them are not covered by a request */
  gboolean urgent;        /* somebody waits for one of those */
  gboolean asking;        /* a request was not answered */
  gboolean unproven;      /* the session was resumed, and no request was answered in full since */
  gboolean fell_short;    /* UNPROVEN: an acknowledgement has come that moved nothing */
  gint64 request_time;    /* when the next is due, or 0 */
  guint n_refused;        /* times that the server has ended the stream with an error, with no */
  guint32 refused_at;     /* acknowledgement in between */
  gboolean progress;      /* it has acknowledged a stanza of the program's */
  gboolean excess;        /* the server acknowledged more than there was */
  guint32 excess_h;
  guint32 excess_sent;
  GQueue deliveries;
};

HsStreamManagement *
hs_stream_management_new (const HsResendPolicy *policy)
{
  static const HsResendPolicy usual = HS_RESEND_POLICY_UNRECEIVED;
  HsStreamManagement *self = g_new0 (HsStreamManagement, 1);

  self->policy = policy != NULL ? policy : &usual;
  self->window = WINDOW;
  g_queue_init (&self->deliveries);
  return self;
}

static void
on_event (HsStreamManagement *self, HsManagementEvent event)
{
  self->state = hs_management_state_get_next (self->state, event);
}

static void
delivery_free (gpointer data)
{
  HsStanzaDelivery *delivery = data;

  g_clear_pointer (&delivery->stanza, g_bytes_unref);
  g_free (delivery);
}

void
hs_stream_management_free (HsStreamManagement *self)
{
  g_queue_clear_full (&self->deliveries, delivery_free);
  hs_stanza_queue_clear (&self->queue);
  g_free (self->id);
  g_free (self->location);
  g_free (self);
}

static void G_GNUC_PRINTF (2, 3)
write_text (GByteArray *output, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  hs_writer_append_format (output, format, args);
  va_end (args);
}

/* ---- Deliveries ---- */

static void
add_delivery (HsStreamManagement *self, HsDeliveryStatus type, gpointer tag, GBytes *stanza)
{
  HsStanzaDelivery *delivery = g_new (HsStanzaDelivery, 1);

  *delivery = (HsStanzaDelivery){ .status = type, .tag = tag, .stanza = stanza };
  g_queue_push_tail (&self->deliveries, delivery);
}

/* The oldest stanzas are no more to be kept. */
static void
settle (HsStreamManagement *self, guint n, HsDeliveryStatus type)
{
  for (guint i = 0; i < n; i++)
    {
      HsQueuedStanza *stanza = hs_stanza_queue_get (&self->queue, i);

      if (stanza->tag != NULL)
        add_delivery (self, type, stanza->tag, NULL);
      if (i < self->n_sent)
        self->sent_bytes -= stanza->length;
      if (type == HS_DELIVERY_ACKNOWLEDGED && (stanza->flags & HS_OUT_OWN) == 0)
        self->progress = TRUE;
    }
  hs_stanza_queue_pop (&self->queue, n);
  self->n_sent -= MIN (self->n_sent, n);
  self->n_written -= MIN (self->n_written, n);
  self->n_unasked = MIN (self->n_unasked, self->n_sent);
  if (self->n_unasked == 0)
    {
      self->urgent = FALSE;
      self->request_time = 0;
    }
}

gboolean
hs_stream_management_next_delivery (HsStreamManagement *self, HsStanzaDelivery *delivery)
{
  g_autofree HsStanzaDelivery *next = g_queue_pop_head (&self->deliveries);

  if (next == NULL)
    return FALSE;
  *delivery = *next;
  return TRUE;
}

/* ---- The end of a session ---- */

static gboolean
may_resend (HsStreamManagement *self, HsQueuedStanza *stanza, gboolean unreceived)
{
  if ((stanza->flags & HS_OUT_RESEND) == 0 || stanza->n_lost >= MAX_LOST)
    return FALSE;
  return *self->policy == HS_RESEND_POLICY_ALWAYS
         || (*self->policy == HS_RESEND_POLICY_UNRECEIVED && unreceived);
}

static void
requeue (HsStanzaQueue *queue, HsQueuedStanza *stanza, const guint8 *bytes)
{
  g_autoptr (GByteArray) delayed = hs_resend_add_delay (bytes, stanza->length, stanza->time);

  if (delayed != NULL)
    {
      stanza->length = delayed->len;
      bytes = delayed->data;
    }
  hs_stanza_queue_push (queue, stanza, bytes);
}

static void
give_back (HsStreamManagement *self,
           HsQueuedStanza *stanza,
           const guint8 *bytes,
           gboolean unreceived)
{
  if (stanza->tag == NULL && (stanza->flags & HS_OUT_OWN) != 0)
    return;
  add_delivery (self, unreceived ? HS_DELIVERY_UNRECEIVED : HS_DELIVERY_UNKNOWN, stanza->tag,
            g_bytes_new (bytes, stanza->length));
}

/* Decides on all that was not acknowledged. @known: the server has told what it had received. */
static void
end_session (HsStreamManagement *self, gboolean known, gboolean resend)
{
  HsStanzaQueue old = self->queue;
  guint n = hs_stanza_queue_get_length (&old);
  gsize offset = 0;

  self->queue = (HsStanzaQueue){ NULL };
  for (guint i = 0; i < n; i++)
    {
      HsQueuedStanza stanza = *hs_stanza_queue_get (&old, i);
      const guint8 *bytes = hs_stanza_queue_get_bytes (&old, offset);
      gboolean unreceived
          = (known || i >= self->n_written) && (stanza.flags & OUT_UNSURE) == 0;

      offset += stanza.length;
      if (i < self->n_written)
        stanza.n_lost++;
      if (!unreceived)
        stanza.flags |= OUT_UNSURE;
      if (resend && may_resend (self, &stanza, unreceived))
        requeue (&self->queue, &stanza, bytes);
      else
        give_back (self, &stanza, bytes, unreceived);
    }
  hs_stanza_queue_clear (&old);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->location, g_free);
  on_event (self, HS_MANAGEMENT_ON_END);
  self->max = 0;
  self->received = self->told = self->acknowledged = 0;
  self->n_written = self->n_sent = self->n_unasked = 0;
  self->sent_bytes = 0;
  self->n_refused = 0;
  self->asking = self->urgent = self->unproven = self->fell_short = FALSE;
  self->request_time = 0;
}

void
hs_stream_management_lose (HsStreamManagement *self)
{
  if (self->state != HS_MANAGEMENT_OFF)
    end_session (self, FALSE, TRUE);
}

void
hs_stream_management_give_up (HsStreamManagement *self)
{
  end_session (self, FALSE, FALSE);
}

/* ---- Negotiation ---- */

gboolean
hs_stream_management_has_session (HsStreamManagement *self)
{
  return self->id != NULL &&
         (self->state == HS_MANAGEMENT_INTERRUPTED || self->state == HS_MANAGEMENT_RESUMING);
}

gboolean
hs_stream_management_can_resume (HsStreamManagement *self, gint64 now)
{
  return hs_stream_management_has_session (self) &&
         (self->max == 0 || now < self->interrupted + self->max * (gint64) G_USEC_PER_SEC);
}

gint64
hs_stream_management_get_age (HsStreamManagement *self, gint64 now)
{
  return hs_stream_management_has_session (self) ? MAX (0, now - self->interrupted) : 0;
}

const char *
hs_stream_management_get_location (HsStreamManagement *self)
{
  return self->location;
}

guint
hs_stream_management_get_max (HsStreamManagement *self)
{
  return self->max;
}

gboolean
hs_stream_management_is_enabled (HsStreamManagement *self)
{
  return self->state != HS_MANAGEMENT_OFF;
}

gboolean
hs_stream_management_is_enabling (HsStreamManagement *self)
{
  return self->state == HS_MANAGEMENT_ENABLING;
}

void
hs_stream_management_write_enable (HsStreamManagement *self, GByteArray *output)
{
  hs_stream_management_lose (self);
  self->window = WINDOW;
  on_event (self, HS_MANAGEMENT_ON_ENABLE);
  write_text (output, "<enable xmlns='%s' resume='true'/>", HS_NS_SM);
}

void
hs_stream_management_write_resume (HsStreamManagement *self, GByteArray *output)
{
  g_assert (hs_stream_management_has_session (self));
  hs_debug_decided (HS_DEBUG_RETRY, NULL, "asks to resume the session: %u stanzas received, %u not acknowledged",
                    self->received, hs_stanza_queue_get_length (&self->queue));
  on_event (self, HS_MANAGEMENT_ON_RESUME);
  write_text (output, "<resume xmlns='%s' h='%u' previd='%s'/>", HS_NS_SM, self->received,
              self->id);
}

/* White space around an xs:boolean or xs:unsignedInt is not part of the value. */
static char *
dup_trimmed (HsNode *node, const char *name)
{
  char *value = g_strdup (hs_node_get_attribute (node, name, NULL));

  return value != NULL ? g_strstrip (value) : NULL;
}

static gboolean
is_true (const char *value)
{
  return g_strcmp0 (value, "true") == 0 || g_strcmp0 (value, "1") == 0;
}

gboolean
hs_stream_management_on_enabled (HsStreamManagement *self, HsNode *enabled, GError **error)
{
  const char *id = hs_node_get_attribute (enabled, "id", NULL);
  g_autofree char *max = dup_trimmed (enabled, "max");
  g_autofree char *resumes = dup_trimmed (enabled, "resume");
  guint64 seconds;

  if (!hs_management_state_can (self->state, HS_MANAGEMENT_ON_ENABLED))
    {
      hs_stream_management_lose (self);
      g_set_error_literal (error, HS_ERROR, HS_ERROR_PROTOCOL,
                           "The server sent <enabled/> for stream management (XEP-0198) without a request for it");
      return FALSE;
    }
  on_event (self, HS_MANAGEMENT_ON_ENABLED);
  self->received = self->told = 0;
  if (!is_true (resumes) || id == NULL || *id == '\0')
    return TRUE;
  self->id = g_strdup (id);
  self->location = g_strdup (hs_node_get_attribute (enabled, "location", NULL));
  if (max != NULL && g_ascii_string_to_unsigned (max, 10, 0, G_MAXUINT32, &seconds, NULL))
    self->max = seconds;
  return TRUE;
}

static gboolean
get_h (HsNode *node, guint32 *h)
{
  g_autofree char *text = dup_trimmed (node, "h");
  guint64 value;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &value, NULL))
    return FALSE;
  *h = value;
  return TRUE;
}

/* XEP-0198, 4: the numbers are modulo 2^32. @max: what has been written of those that are kept. */
static gboolean
acknowledge (HsStreamManagement *self, HsNode *node, guint max, GError **error)
{
  guint32 h;
  guint32 n;

  if (!get_h (node, &h))
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_PROTOCOL,
                           "The server's acknowledgement has no valid number");
      return FALSE;
    }
  n = h - self->acknowledged;
  if (n > max)
    {
      self->excess = TRUE;
      self->excess_h = h;
      self->excess_sent = self->acknowledged + max;
      g_set_error (error, HS_ERROR, HS_ERROR_PROTOCOL,
                   "The server acknowledged %u stanzas, where %u had been sent", h,
                   self->excess_sent);
      return FALSE;
    }
  self->acknowledged = h;
  settle (self, n, HS_DELIVERY_ACKNOWLEDGED);
  return TRUE;
}

static gboolean
resume (HsStreamManagement *self, HsNode *resumed, GError **error)
{
  const char *id = hs_node_get_attribute (resumed, "previd", NULL);

  if (!hs_management_state_can (self->state, HS_MANAGEMENT_ON_RESUMED)
      || (id != NULL && strcmp (id, self->id) != 0))
    {
      g_set_error_literal (error, HS_ERROR, HS_ERROR_PROTOCOL,
                           "The server resumed another session than the one it was asked for");
      return FALSE;
    }
  return acknowledge (self, resumed, self->n_written, error);
}

gboolean
hs_stream_management_on_resumed (HsStreamManagement *self, HsNode *resumed, GError **error)
{
  self->excess = FALSE;
  if (!resume (self, resumed, error))
    {
      hs_stream_management_lose (self);
      return FALSE;
    }
  on_event (self, HS_MANAGEMENT_ON_RESUMED);
  self->told = self->received;
  /* The server has said what it had received, and the old connection is gone: the rest has not arrived. */
  self->window = FIRST_WINDOW;
  self->n_written = 0;
  self->unproven = TRUE;
  self->fell_short = FALSE;
  return TRUE;
}

void
hs_stream_management_on_failed (HsStreamManagement *self, HsNode *failed)
{
  if (self->state == HS_MANAGEMENT_RESUMING)
    {
      /* The server tells how much it had received, if it still knows. */
      gboolean known = acknowledge (self, failed, self->n_written, NULL);

      end_session (self, known, TRUE);
    }
  else if (self->state == HS_MANAGEMENT_ENABLING)
    {
      settle (self, self->n_sent, HS_DELIVERY_WRITTEN);
      on_event (self, HS_MANAGEMENT_ON_END);
    }
}

/* While the window is small, each acknowledgement lets more leave: none of them waits to be asked for. A server whose
 * acknowledgements move nothing is asked again after REQUEST_USEC, and not as fast as it answers. */
static gboolean
is_request_due (HsStreamManagement *self)
{
  return self->n_unasked >= REQUEST_EVERY
         || (self->n_unasked > 0 && self->window < WINDOW && !self->fell_short);
}

static void
write_waiting (HsStreamManagement *self, GByteArray *output)
{
  guint n = hs_stanza_queue_get_length (&self->queue);

  while (self->n_sent < n && self->n_sent < self->window)
    {
      HsQueuedStanza *stanza = hs_stanza_queue_get (&self->queue, self->n_sent);

      g_byte_array_append (output, hs_stanza_queue_get_bytes (&self->queue, self->sent_bytes),
                           stanza->length);
      self->sent_bytes += stanza->length;
      self->n_sent++;
      self->n_unasked++;
      if ((stanza->flags & HS_OUT_AWAITED) != 0)
        self->urgent = TRUE;
    }
  self->n_written = MAX (self->n_written, self->n_sent);
  if (is_request_due (self))
    hs_stream_management_write_request (self, output);
}

void
hs_stream_management_begin (HsStreamManagement *self, GByteArray *output)
{
  gsize size = hs_stanza_queue_get_size (&self->queue);

  g_assert (self->state == HS_MANAGEMENT_OFF || self->state == HS_MANAGEMENT_ENABLING ||
            self->state == HS_MANAGEMENT_ENABLED);
  if (self->state == HS_MANAGEMENT_ENABLED)
    write_waiting (self, output);
  if (self->state != HS_MANAGEMENT_OFF)
    return;
  if (size > 0)
    g_byte_array_append (output, hs_stanza_queue_get_bytes (&self->queue, 0), size);
  settle (self, hs_stanza_queue_get_length (&self->queue), HS_DELIVERY_WRITTEN);
}

void
hs_stream_management_interrupt (HsStreamManagement *self, gint64 now)
{
  switch (self->state)
    {
    case HS_MANAGEMENT_ENABLED:
      self->interrupted = now;
      G_GNUC_FALLTHROUGH;
    case HS_MANAGEMENT_RESUMING:
      if (self->id == NULL)
        {
          hs_stream_management_lose (self);
          break;
        }
      on_event (self, HS_MANAGEMENT_ON_INTERRUPT);
      self->n_sent = self->n_unasked = 0;
      self->sent_bytes = 0;
      self->asking = self->urgent = self->unproven = self->fell_short = FALSE;
      self->request_time = 0;
      break;
    case HS_MANAGEMENT_ENABLING:
      hs_stream_management_lose (self);
      break;
    case HS_MANAGEMENT_OFF:
    case HS_MANAGEMENT_INTERRUPTED:
    case HS_N_MANAGEMENT_STATES:
    default:
      break;
    }
}

void
hs_stream_management_on_stream_error (HsStreamManagement *self)
{
  if (self->n_written == 0)
    return;
  if (self->n_refused > 0 && self->refused_at != self->acknowledged)
    self->n_refused = 0;
  self->refused_at = self->acknowledged;
  if (++self->n_refused >= MAX_LOST)
    g_clear_pointer (&self->id, g_free);
}

/* ---- What comes in ---- */

void
hs_stream_management_write_ack (HsStreamManagement *self, GByteArray *output)
{
  if (self->state != HS_MANAGEMENT_ENABLED)
    return;
  self->told = self->received;
  write_text (output, "<a xmlns='%s' h='%u'/>", HS_NS_SM, self->received);
}

void
hs_stream_management_count_in (HsStreamManagement *self, guint n, GByteArray *output)
{
  if (self->state != HS_MANAGEMENT_ENABLED)
    return;
  self->received += n;
  if (output != NULL && self->received - self->told >= ACKNOWLEDGE_EVERY)
    hs_stream_management_write_ack (self, output);
}

void
hs_stream_management_on_request (HsStreamManagement *self, GByteArray *output)
{
  hs_stream_management_write_ack (self, output);
}

/* After a resumption an acknowledgement may come that the server wrote before it read what was sent again. It proves
 * nothing, and ends no waiting: what it does not cover is asked for once more. */
static void
note_proof (HsStreamManagement *self, guint n_before)
{
  guint n_asked = self->n_sent - self->n_unasked;

  self->fell_short = self->unproven && self->n_sent == n_before && (n_asked > 0 || self->fell_short);
  if (self->fell_short)
    self->n_unasked = self->n_sent;
  else if (self->n_sent < n_before || self->asking)
    self->unproven = FALSE;
}

gboolean
hs_stream_management_on_ack (HsStreamManagement *self,
                             HsNode *ack,
                             GByteArray *output,
                             GError **error)
{
  guint32 before = self->acknowledged;
  guint n_before = self->n_sent;

  self->excess = FALSE;
  if (self->state != HS_MANAGEMENT_ENABLED)
    return TRUE;
  if (!acknowledge (self, ack, self->n_sent, error))
    {
      hs_stream_management_lose (self);
      return FALSE;
    }
  note_proof (self, n_before);
  self->asking = FALSE;
  if (self->acknowledged != before)
    self->window = MIN (self->window * 2, WINDOW);
  if (output != NULL)
    write_waiting (self, output);
  return TRUE;
}

void
hs_stream_management_write_excess (HsStreamManagement *self, GByteArray *output)
{
  if (self->excess)
    write_text (output, "<handled-count-too-high xmlns='%s' h='%u' send-count='%u'/>", HS_NS_SM,
                self->excess_h, self->excess_sent);
}

/* ---- What goes out ---- */

HsOutFlags
hs_stream_management_classify (HsNode *stanza)
{
  return hs_resend_is_repeatable (stanza) ? HS_OUT_RESEND : 0;
}

void
hs_stream_management_add_out (HsStreamManagement *self,
                              GByteArray *output,
                              guint start,
                              HsOutFlags flags,
                              gint64 time,
                              gpointer tag)
{
  HsQueuedStanza stanza = {
    .tag = tag,
    .time = time,
    .length = output->len - start,
    .flags = flags,
  };
  /* Until the session can be resumed, what leaves may be lost without anybody's knowing. */
  gboolean leaves = (self->state == HS_MANAGEMENT_ENABLED ||
                     (self->state == HS_MANAGEMENT_ENABLING && (flags & HS_OUT_OWN) != 0)) &&
                    self->n_sent < self->window &&
                    self->n_sent == hs_stanza_queue_get_length (&self->queue);

  hs_stanza_queue_push (&self->queue, &stanza, output->data + start);
  if (!leaves)
    {
      g_byte_array_set_size (output, start);
      return;
    }
  self->n_sent++;
  self->n_written = MAX (self->n_written, self->n_sent);
  self->sent_bytes += stanza.length;
  if ((flags & HS_OUT_AWAITED) != 0)
    self->urgent = TRUE;
  self->n_unasked++;
  if (is_request_due (self))
    hs_stream_management_write_request (self, output);
}

gboolean
hs_stream_management_write_request (HsStreamManagement *self, GByteArray *output)
{
  static const char request[] = "<r xmlns='" HS_NS_SM "'/>";

  if (self->state != HS_MANAGEMENT_ENABLED || self->asking)
    return FALSE;
  g_byte_array_append (output, (const guint8 *) request, strlen (request));
  self->asking = TRUE;
  self->urgent = FALSE;
  self->n_unasked = 0;
  self->request_time = 0;
  return TRUE;
}

gboolean
hs_stream_management_wants_poll (HsStreamManagement *self)
{
  return self->n_unasked > 0 && !self->asking && self->state == HS_MANAGEMENT_ENABLED
         && (self->request_time == 0 || self->urgent || is_request_due (self));
}

gint64
hs_stream_management_poll (HsStreamManagement *self, gint64 now, GByteArray *output)
{
  if (self->state != HS_MANAGEMENT_ENABLED || self->asking || self->n_unasked == 0)
    return 0;
  if (self->request_time == 0)
    self->request_time = now + REQUEST_USEC;
  if (self->urgent || is_request_due (self) || now >= self->request_time)
    hs_stream_management_write_request (self, output);
  return self->request_time;
}

guint
hs_stream_management_get_unacknowledged (HsStreamManagement *self)
{
  return hs_stanza_queue_get_length (&self->queue);
}

guint
hs_stream_management_get_waiting (HsStreamManagement *self)
{
  return hs_stanza_queue_get_length (&self->queue) - self->n_sent;
}

gsize
hs_stream_management_get_size (HsStreamManagement *self)
{
  return hs_stanza_queue_get_size (&self->queue);
}

gboolean
hs_stream_management_is_asking (HsStreamManagement *self)
{
  return self->asking;
}

gboolean
hs_stream_management_is_unproven (HsStreamManagement *self)
{
  return self->unproven && (self->fell_short || self->n_sent > self->n_unasked);
}

guint32
hs_stream_management_get_received (HsStreamManagement *self)
{
  return self->received;
}

guint32
hs_stream_management_get_acknowledged (HsStreamManagement *self)
{
  return self->acknowledged;
}

gboolean
hs_stream_management_take_progress (HsStreamManagement *self)
{
  gboolean progress = self->progress;

  self->progress = FALSE;
  return progress;
}

void
hs_stream_management_shrink (HsStreamManagement *self)
{
  hs_stanza_queue_shrink (&self->queue);
}

/* ---- State that can be kept ---- */

GVariant *
hs_stream_management_save (HsStreamManagement *self, guint n_received)
{
  if (self->id == NULL)
    return NULL;
  return g_variant_new ("(smsuuuu@a(xyyay))", self->id, self->location, self->max,
                        self->received + n_received, self->acknowledged, self->n_written,
                        hs_stanza_queue_save (&self->queue));
}

gboolean
hs_stream_management_restore (HsStreamManagement *self, GVariant *state, gint64 now)
{
  g_autoptr (GVariantIter) stanzas = NULL;
  g_autofree char *id = NULL;
  g_autofree char *location = NULL;
  guint32 max, received, acknowledged, n_written;

  if (!hs_management_state_can (self->state, HS_MANAGEMENT_ON_RESTORE)
      || hs_stanza_queue_get_length (&self->queue) > 0
      || !g_variant_is_of_type (state, G_VARIANT_TYPE (HS_STREAM_MANAGEMENT_STATE)))
    return FALSE;
  g_variant_get (state, HS_STREAM_MANAGEMENT_STATE, &id, &location, &max, &received, &acknowledged,
                 &n_written, &stanzas);
  if (*id == '\0' || n_written > g_variant_iter_n_children (stanzas))
    return FALSE;
  if (!hs_stanza_queue_restore (&self->queue, stanzas))
    {
      hs_stanza_queue_clear (&self->queue);
      return FALSE;
    }
  on_event (self, HS_MANAGEMENT_ON_RESTORE);
  self->interrupted = now;
  self->id = g_steal_pointer (&id);
  self->location = g_steal_pointer (&location);
  self->max = max;
  self->received = self->told = received;
  self->acknowledged = acknowledged;
  self->n_written = n_written;
  return TRUE;
}
