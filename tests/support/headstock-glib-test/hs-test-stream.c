/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-test-stream.h"

#include <string.h>

#include "hs-namespaces.h"
#include "stream-words.h"

static void send_text (HsTestStream *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
send_text (HsTestStream *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_markup_vprintf_escaped (format, args);
  va_end (args);
  self->send (text, self->owner);
}

void
hs_test_stream_connected (HsTestStream *self)
{
  self->secured = self->signed_in = self->bound = self->closed = FALSE;
}

/* ---- What the client sends ---- */

typedef struct
{
  const char *name;
  const char *namespace_;
  HsTestWord word;
} Word;

/* Those of stream management come often. */
static const Word words[] = {
  { "r", HS_NS_SM, HS_TEST_WORD_REQUEST },
  { "a", HS_NS_SM, HS_TEST_WORD_ACK },
  { "enable", HS_NS_SM, HS_TEST_WORD_ENABLE },
  { "resume", HS_NS_SM, HS_TEST_WORD_RESUME },
  { "auth", HS_NS_SASL, HS_TEST_WORD_AUTH },
  { "authenticate", HS_NS_SASL2, HS_TEST_WORD_AUTHENTICATE },
  { "starttls", HS_NS_TLS, HS_TEST_WORD_STARTTLS },
  { "open", HS_NS_FRAMING, HS_TEST_WORD_OPEN },
  { "close", HS_NS_FRAMING, HS_TEST_WORD_CLOSE },
};

static HsTestWord
read_stanza (const HsTestStream *self, const char *name, const char *payload)
{
  if (strcmp (name, "message") == 0 || strcmp (name, "presence") == 0)
    return HS_TEST_WORD_STANZA;
  if (strcmp (name, "iq") == 0)
    return !self->bound && g_strcmp0 (payload, HS_NS_BIND) == 0 ? HS_TEST_WORD_BIND : HS_TEST_WORD_STANZA;
  return self->component && strcmp (name, "handshake") == 0 ? HS_TEST_WORD_HANDSHAKE : HS_TEST_WORD_OTHER;
}

HsTestWord
hs_test_stream_read (const HsTestStream *self, const char *name, const char *namespace_, const char *payload)
{
  /* The library reads the stanzas of a component as if they were a client's. */
  if (namespace_ == NULL || strcmp (namespace_, HS_NS_CLIENT) == 0
      || (self->component && strcmp (namespace_, HS_NS_COMPONENT) == 0))
    return read_stanza (self, name, payload);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (strcmp (name, words[i].name) == 0 && strcmp (namespace_, words[i].namespace_) == 0)
        return words[i].word;
    }
  return HS_TEST_WORD_OTHER;
}

/* ---- The sign-in ---- */

void
hs_test_stream_offer (HsTestStream *self, const char *more)
{
  g_autoptr (GString) text = g_string_new (self->framed ? FEATURES_BEGIN_FRAMED : FEATURES_BEGIN);

  if (self->tls && !self->secured)
    g_string_append (text, FEATURE_STARTTLS_REQUIRED);
  else if (!self->signed_in)
    g_string_append_printf (text, FEATURE_SASL (MECHANISM ("%s")), self->mechanism);
  else
    {
      g_string_append (text, FEATURE_BIND);
      if (self->session)
        g_string_append (text, FEATURE_SESSION_OPTIONAL);
      if (self->managed)
        g_string_append (text, FEATURE_SM);
    }
  if (more != NULL)
    g_string_append (text, more);
  g_string_append (text, FEATURES_END);
  self->send (text->str, self->owner);
}

void
hs_test_stream_head (HsTestStream *self)
{
  g_autofree char *header = g_strdup_printf (self->framed ? STREAM_OPEN ("%s") : STREAM_HEADER ("%s"),
                                             self->attributes);

  self->send (header, self->owner);
}

void
hs_test_stream_open (HsTestStream *self, const char *more)
{
  hs_test_stream_head (self);
  if (!self->component)
    hs_test_stream_offer (self, more);
}

void
hs_test_stream_proceed (HsTestStream *self)
{
  self->secured = TRUE;
  self->send (SAY_PROCEED, self->owner);
}

void
hs_test_stream_accept (HsTestStream *self)
{
  self->signed_in = TRUE;
  self->send (SAY_SUCCESS, self->owner);
}

void
hs_test_stream_refuse (HsTestStream *self, const char *condition)
{
  g_autofree char *text = g_strdup_printf ("<failure xmlns='" HS_NS_SASL "'><%s/></failure>", condition);

  self->send (text, self->owner);
}

void
hs_test_stream_bind (HsTestStream *self, const char *id, const char *jid)
{
  self->bound = TRUE;
  send_text (self, self->framed ? "<iq xmlns='" HS_NS_CLIENT "' type='result' id='%s'>" BOUND_TO ("%s") "</iq>"
                                : "<iq type='result' id='%s'>" BOUND_TO ("%s") "</iq>", id, jid);
}

void
hs_test_stream_end (HsTestStream *self)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  self->send (self->framed ? "<close xmlns='" HS_NS_FRAMING "'/>" : SAY_END, self->owner);
}

/* ---- Stream management ---- */

void
hs_test_stream_enable (HsTestStream *self, const char *id, guint max)
{
  if (id == NULL)
    self->send ("<enabled xmlns='" HS_NS_SM "'/>", self->owner);
  else if (max == 0)
    send_text (self, "<enabled xmlns='" HS_NS_SM "' resume='true' id='%s'/>", id);
  else
    send_text (self, "<enabled xmlns='" HS_NS_SM "' resume='true' id='%s' max='%u'/>", id, max);
}

void
hs_test_stream_resume (HsTestStream *self, const HsTestCounts *counts, const char *id)
{
  self->bound = TRUE;
  send_text (self, "<resumed xmlns='" HS_NS_SM "' h='%u' previd='%s'/>", counts->received, id);
}

void
hs_test_stream_fail (HsTestStream *self, const HsTestCounts *counts, const char *condition)
{
  g_autoptr (GString) text = g_string_new ("<failed xmlns='" HS_NS_SM "'");

  if (counts != NULL)
    g_string_append_printf (text, " h='%u'", counts->received);
  if (condition != NULL)
    g_string_append_printf (text, "><%s xmlns='" HS_NS_STANZAS "'/></failed>", condition);
  else
    g_string_append (text, "/>");
  self->send (text->str, self->owner);
}

void
hs_test_stream_request (HsTestStream *self)
{
  self->send ("<r xmlns='" HS_NS_SM "'/>", self->owner);
}

void
hs_test_stream_acknowledge (HsTestStream *self, const HsTestCounts *counts)
{
  send_text (self, "<a xmlns='" HS_NS_SM "' h='%u'/>", counts->received);
}

gboolean
hs_test_counts_take (HsTestCounts *self, guint32 h, guint32 *n_new)
{
  *n_new = h - self->acknowledged;
  if (*n_new > self->sent - self->acknowledged)
    return FALSE;
  self->acknowledged = h;
  return TRUE;
}
