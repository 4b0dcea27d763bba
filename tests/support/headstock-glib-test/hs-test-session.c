/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-test-session.h"

#include <string.h>

static void
send_cb (const char *text, gpointer session)
{
  HsTestSession *self = session;

  self->callbacks->send (text, self->owner);
}

void
hs_test_session_init (HsTestSession *self, const HsTestSessionCallbacks *callbacks, gpointer owner)
{
  self->callbacks = callbacks;
  self->owner = owner;
  self->stream.send = send_cb;
  self->stream.owner = self;
  self->stream.framed = TRUE;
  self->stream.managed = TRUE;
  self->unacknowledged = g_ptr_array_new_with_free_func (g_free);
}

void
hs_test_session_clear (HsTestSession *self)
{
  g_free (self->header);
  g_free (self->domain);
  g_free (self->local);
  g_free (self->jid);
  g_free (self->id);
  g_ptr_array_unref (self->unacknowledged);
}

void
hs_test_session_set_account (HsTestSession *self, HsJid *jid, gboolean component)
{
  g_free (self->header);
  g_free (self->domain);
  g_free (self->local);
  self->domain = g_strdup (hs_jid_get_domain (jid));
  self->local = g_strdup (hs_jid_get_local (jid));
  self->header = g_markup_printf_escaped ("from='%s' id='test' version='1.0'", self->domain);
  self->stream.attributes = self->header;
  self->stream.component = component;
  self->stream.mechanism = self->local != NULL ? "PLAIN" : "ANONYMOUS";
}

void
hs_test_session_connected (HsTestSession *self)
{
  hs_test_stream_connected (&self->stream);
  self->stands = self->has_told_count = FALSE;
}

/* Whether to refuse this once. */
static gboolean
refuses (HsTestSession *self, HsTestRefusal what)
{
  if (self->refusals[what] == 0)
    return FALSE;
  self->refusals[what]--;
  return TRUE;
}

static void
end (HsTestSession *self)
{
  if (self->stream.closed)
    return;
  self->stands = FALSE;
  hs_test_stream_end (&self->stream);
  self->callbacks->ended (self->owner);
}

/* ---- The sign-in ---- */

static void
on_auth (HsTestSession *self)
{
  if (refuses (self, HS_TEST_REFUSAL_SIGN_IN))
    hs_test_stream_refuse (&self->stream, "not-authorized");
  else
    hs_test_stream_accept (&self->stream);
}

static void
begin_session (HsTestSession *self)
{
  g_clear_pointer (&self->id, g_free);
  g_ptr_array_set_size (self->unacknowledged, 0);
  self->enabled = FALSE;
  self->counts = (HsTestCounts){ 0 };
  self->stands = TRUE;
}

static void
on_handshake (HsTestSession *self)
{
  if (refuses (self, HS_TEST_REFUSAL_SIGN_IN))
    {
      send_cb ("<stream:error xmlns:stream='" HS_NS_STREAM "'><not-authorized xmlns='" HS_NS_STREAMS
               "'/></stream:error>", self);
      end (self);
      return;
    }
  self->stream.signed_in = self->stream.bound = TRUE;
  begin_session (self);
  g_free (self->jid);
  self->jid = g_strdup (self->domain);
  send_cb ("<handshake xmlns='" HS_NS_COMPONENT "'/>", self);
  self->callbacks->stands (FALSE, self->owner);
}

static void
on_bind (HsTestSession *self, HsElement *iq)
{
  HsElement *bind = hs_element_get_child (iq, "bind", HS_NS_BIND);
  const char *resource = hs_element_get_child_text (bind, "resource", HS_NS_BIND);

  begin_session (self);
  g_free (self->jid);
  self->jid = g_strdup_printf ("%s@%s/%s", self->local != NULL ? self->local : "anonymous", self->domain,
                               resource != NULL && *resource != '\0' ? resource : "test");
  hs_test_stream_bind (&self->stream, hs_element_get_attribute (iq, "id"), self->jid);
  self->callbacks->stands (FALSE, self->owner);
}

/* ---- Stream management ---- */

static void
on_enable (HsTestSession *self)
{
  self->enabled = TRUE;
  self->counts.received = 0;
  g_free (self->id);
  self->id = g_strdup_printf ("session-%u", ++self->n_ids);
  hs_test_stream_enable (&self->stream, self->id, self->max);
}

/* An acknowledgement of more than was sent changes nothing. */
static void
on_count (HsTestSession *self, const char *h)
{
  guint32 n;

  if (h != NULL && hs_test_counts_take (&self->counts, (guint32) g_ascii_strtoull (h, NULL, 10), &n) && n > 0)
    g_ptr_array_remove_range (self->unacknowledged, 0, n);
}

static void
on_resume (HsTestSession *self, HsElement *resume)
{
  gboolean is_known = g_strcmp0 (hs_element_get_attribute (resume, "previd"), self->id) == 0;

  if (!is_known || refuses (self, HS_TEST_REFUSAL_RESUMPTION))
    {
      g_clear_pointer (&self->id, g_free);
      self->has_told_count = is_known && self->tells_count;
      hs_test_stream_fail (&self->stream, self->has_told_count ? &self->counts : NULL, "item-not-found");
      return;
    }
  on_count (self, hs_element_get_attribute (resume, "h"));
  self->stands = TRUE;
  hs_test_stream_resume (&self->stream, &self->counts, self->id);
  for (guint i = 0; i < self->unacknowledged->len; i++)
    self->callbacks->send (g_ptr_array_index (self->unacknowledged, i), self->owner);
  self->callbacks->stands (TRUE, self->owner);
}

void
hs_test_session_send_stanza (HsTestSession *self, const char *stanza)
{
  if (self->enabled)
    {
      g_ptr_array_add (self->unacknowledged, g_strdup (stanza));
      self->counts.sent++;
    }
  self->callbacks->send (stanza, self->owner);
  if (self->enabled)
    hs_test_stream_request (&self->stream);
}

/* ---- What the client sends ---- */

static void
on_stanza (HsTestSession *self, HsElement *element)
{
  if (self->enabled)
    self->counts.received++;
  self->callbacks->stanza (element, self->owner);
}

static void
take (HsTestSession *self, HsElement *element, HsTestWord word)
{
  switch (word)
    {
    case HS_TEST_WORD_STANZA:
      on_stanza (self, element);
      break;
    case HS_TEST_WORD_OPEN:
      hs_test_stream_open (&self->stream, NULL);
      break;
    case HS_TEST_WORD_CLOSE:
      end (self);
      break;
    case HS_TEST_WORD_AUTH:
      on_auth (self);
      break;
    case HS_TEST_WORD_HANDSHAKE:
      on_handshake (self);
      break;
    case HS_TEST_WORD_BIND:
      on_bind (self, element);
      break;
    case HS_TEST_WORD_ENABLE:
      on_enable (self);
      break;
    case HS_TEST_WORD_RESUME:
      on_resume (self, element);
      break;
    case HS_TEST_WORD_REQUEST:
      hs_test_stream_acknowledge (&self->stream, &self->counts);
      break;
    case HS_TEST_WORD_ACK:
      on_count (self, hs_element_get_attribute (element, "h"));
      break;
    case HS_TEST_WORD_STARTTLS:
    case HS_TEST_WORD_AUTHENTICATE:
    case HS_TEST_WORD_OTHER:
    default:
      break;
    }
}

void
hs_test_session_take (HsTestSession *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsElement) element = hs_element_new_from_string (text, &error);
  HsElement *child;

  if (element == NULL)
    g_error ("The client has sent what is not well-formed: %s (%s)", text, error->message);
  child = hs_element_get_first_child (element);
  take (self, element,
        hs_test_stream_read (&self->stream, hs_element_get_name (element), hs_element_get_namespace (element),
                             child != NULL ? hs_element_get_namespace (child) : NULL));
}
