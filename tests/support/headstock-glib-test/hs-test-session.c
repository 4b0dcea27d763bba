/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-test-session.h"

#include <string.h>

#include "stream-features.h"

#define NS_FRAMING "urn:ietf:params:xml:ns:xmpp-framing"

static void
send_text (HsTestSession *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
send_text (HsTestSession *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_markup_vprintf_escaped (format, args);
  va_end (args);
  self->callbacks->send (text, self->owner);
}

void
hs_test_session_init (HsTestSession *self, const HsTestSessionCallbacks *callbacks, gpointer owner)
{
  self->callbacks = callbacks;
  self->owner = owner;
  self->managed = TRUE;
  self->unacknowledged = g_ptr_array_new_with_free_func (g_free);
}

void
hs_test_session_clear (HsTestSession *self)
{
  g_free (self->domain);
  g_free (self->local);
  g_free (self->jid);
  g_free (self->id);
  g_ptr_array_unref (self->unacknowledged);
}

void
hs_test_session_set_account (HsTestSession *self, HsJid *jid, gboolean component)
{
  g_free (self->domain);
  g_free (self->local);
  self->domain = g_strdup (hs_jid_get_domain (jid));
  self->local = g_strdup (hs_jid_get_local (jid));
  self->component = component;
}

void
hs_test_session_connected (HsTestSession *self)
{
  self->signed_in = self->stands = self->closed = FALSE;
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
  if (self->closed)
    return;
  self->closed = TRUE;
  self->stands = FALSE;
  send_text (self, "<close xmlns='%s'/>", NS_FRAMING);
  self->callbacks->ended (self->owner);
}

/* ---- The sign-in ---- */

static void
send_features (HsTestSession *self)
{
  g_autoptr (GString) features = g_string_new (FEATURES_BEGIN_FRAMED);

  if (!self->signed_in)
    g_string_append_printf (features, FEATURE_SASL (MECHANISM ("%s")),
                            self->local != NULL ? "PLAIN" : "ANONYMOUS");
  else
    {
      g_string_append (features, FEATURE_BIND);
      if (self->managed)
        g_string_append (features, FEATURE_SM);
    }
  g_string_append (features, FEATURES_END);
  self->callbacks->send (features->str, self->owner);
}

static void
on_open (HsTestSession *self)
{
  send_text (self, "<open xmlns='%s' from='%s' id='test' version='1.0'/>", NS_FRAMING, self->domain);
  if (!self->component)
    send_features (self);
}

static void
on_auth (HsTestSession *self)
{
  if (refuses (self, HS_TEST_REFUSAL_SIGN_IN))
    {
      send_text (self, "<failure xmlns='%s'><not-authorized/></failure>", HS_NS_SASL);
      return;
    }
  self->signed_in = TRUE;
  send_text (self, "<success xmlns='%s'/>", HS_NS_SASL);
}

static void
begin_session (HsTestSession *self)
{
  g_clear_pointer (&self->id, g_free);
  g_ptr_array_set_size (self->unacknowledged, 0);
  self->enabled = FALSE;
  self->received = self->acknowledged = 0;
  self->stands = TRUE;
}

static void
on_handshake (HsTestSession *self)
{
  if (refuses (self, HS_TEST_REFUSAL_SIGN_IN))
    {
      send_text (self, "<stream:error xmlns:stream='%s'><not-authorized xmlns='%s'/></stream:error>",
                 HS_NS_STREAM, HS_NS_STREAMS);
      end (self);
      return;
    }
  self->signed_in = TRUE;
  begin_session (self);
  g_free (self->jid);
  self->jid = g_strdup (self->domain);
  send_text (self, "<handshake xmlns='%s'/>", HS_NS_COMPONENT);
  self->callbacks->stands (FALSE, self->owner);
}

static void
on_bind (HsTestSession *self, HsElement *iq)
{
  g_autoptr (HsElement) bind = NULL;
  const char *resource;

  bind = hs_element_get_child (iq, "bind", HS_NS_BIND);
  if (bind != NULL)
    g_object_ref (bind);
  resource = hs_element_get_child_text (bind, "resource", HS_NS_BIND);
  begin_session (self);
  g_free (self->jid);
  self->jid = g_strdup_printf ("%s@%s/%s", self->local != NULL ? self->local : "anonymous", self->domain,
                               resource != NULL && *resource != '\0' ? resource : "test");
  send_text (self, "<iq xmlns='%s' type='result' id='%s'><bind xmlns='%s'><jid>%s</jid></bind></iq>",
             HS_NS_CLIENT, hs_element_get_attribute (iq, "id"), HS_NS_BIND, self->jid);
  self->callbacks->stands (FALSE, self->owner);
}

/* ---- Stream management ---- */

static void
on_enable (HsTestSession *self)
{
  self->enabled = TRUE;
  self->received = 0;
  g_free (self->id);
  self->id = g_strdup_printf ("session-%u", ++self->n_ids);
  send_text (self, "<enabled xmlns='%s' resume='true' id='%s'/>", HS_NS_SM, self->id);
}

/* What the client has received is the difference of two counts, modulo 2^32. */
static void
on_count (HsTestSession *self, const char *h)
{
  guint32 count = h != NULL ? (guint32) g_ascii_strtoull (h, NULL, 10) : self->acknowledged;
  guint32 n = count - self->acknowledged;

  n = MIN (n, self->unacknowledged->len);
  if (n > 0)
    g_ptr_array_remove_range (self->unacknowledged, 0, n);
  self->acknowledged += n;
}

static void
on_resume (HsTestSession *self, HsElement *resume)
{
  if (g_strcmp0 (hs_element_get_attribute (resume, "previd"), self->id) != 0
      || refuses (self, HS_TEST_REFUSAL_RESUMPTION))
    {
      g_clear_pointer (&self->id, g_free);
      send_text (self, "<failed xmlns='%s'><item-not-found xmlns='%s'/></failed>", HS_NS_SM, HS_NS_STANZAS);
      return;
    }
  on_count (self, hs_element_get_attribute (resume, "h"));
  self->stands = TRUE;
  send_text (self, "<resumed xmlns='%s' previd='%s' h='%u'/>", HS_NS_SM, self->id, self->received);
  for (guint i = 0; i < self->unacknowledged->len; i++)
    self->callbacks->send (g_ptr_array_index (self->unacknowledged, i), self->owner);
  self->callbacks->stands (TRUE, self->owner);
}

void
hs_test_session_send_stanza (HsTestSession *self, const char *stanza)
{
  if (self->enabled)
    g_ptr_array_add (self->unacknowledged, g_strdup (stanza));
  self->callbacks->send (stanza, self->owner);
  if (self->enabled)
    send_text (self, "<r xmlns='%s'/>", HS_NS_SM);
}

/* ---- What the client sends ---- */

static void
on_stanza (HsTestSession *self, HsElement *element)
{
  HsElement *bind = HS_IS_IQ (element) ? hs_element_get_child (element, "bind", HS_NS_BIND) : NULL;

  if (bind != NULL && !self->stands)
    {
      on_bind (self, element);
      return;
    }
  if (self->enabled)
    self->received++;
  self->callbacks->stanza (element, self->owner);
}

static void
on_management (HsTestSession *self, HsElement *element)
{
  const char *name = hs_element_get_name (element);

  if (strcmp (name, "enable") == 0)
    on_enable (self);
  else if (strcmp (name, "resume") == 0)
    on_resume (self, element);
  else if (strcmp (name, "r") == 0)
    send_text (self, "<a xmlns='%s' h='%u'/>", HS_NS_SM, self->received);
  else if (strcmp (name, "a") == 0)
    on_count (self, hs_element_get_attribute (element, "h"));
}

void
hs_test_session_take (HsTestSession *self, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (HsElement) element = hs_element_new_from_string (text, &error);

  if (element == NULL)
    g_error ("The client has sent what is not well-formed: %s (%s)", text, error->message);
  if (HS_IS_STANZA (element))
    on_stanza (self, element);
  else if (hs_element_matches (element, "open", NS_FRAMING))
    on_open (self);
  else if (hs_element_matches (element, "close", NS_FRAMING))
    end (self);
  else if (hs_element_matches (element, "auth", HS_NS_SASL))
    on_auth (self);
  else if (self->component && hs_element_matches (element, "handshake", NULL))
    on_handshake (self);
  else if (hs_element_matches (element, NULL, HS_NS_SM))
    on_management (self, element);
}
