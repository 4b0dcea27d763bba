/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib.h>

#include "hs-stanza-error-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"

/* What is to be had from a stanza error: who answered what, condition, type, text, and the stanza. */

#define STANZAS "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'"

static HsStanza *
parse (const char *xml)
{
  g_autoptr (GError) error = NULL;
  HsElement *element = hs_element_new_from_string (xml, &error);

  g_assert_no_error (error);
  g_assert_true (HS_IS_STANZA (element));
  return HS_STANZA (element);
}

static void
test_who (void)
{
  static const struct
  {
    const char *tag;
    const char *inside;
    const char *message;
  } examples[] = {
    { "iq from='example.org'", "<query xmlns='jabber:iq:roster'/>",
      "example.org answered the request (jabber:iq:roster query) with conflict" },
    { "iq to='me@Example.ORG/desk'", "", "example.org answered the request with conflict" },
    { "iq from='a@b/c' to='me@example.org'", "", "a@b/c answered the request with conflict" },
    { "iq to=''", "", "The server answered the request with conflict" },
    { "message from='a@b'", "<body>hi</body>", "a@b answered the message with conflict" },
    { "presence from='room@b/me&#10;x'", "", "room@b/me x answered the presence with conflict" },
  };

  /* Bindings see the domain's name. */
  g_assert_cmpstr (g_quark_to_string (HS_STANZA_ERROR), ==, "hs-stanza-error-quark");
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *xml = g_strdup_printf (
          "<%s type='error'>%s<error type='cancel'><conflict " STANZAS "/></error></%.*s>", examples[i].tag,
          examples[i].inside, (int) strcspn (examples[i].tag, " "), examples[i].tag);
      g_autoptr (HsStanza) stanza = parse (xml);
      g_autoptr (GError) error = hs_stanza_get_error (stanza);

      g_assert_cmpstr (error->message, ==, examples[i].message);
    }
}

static void
test_request (void)
{
  g_autoptr (HsStanza) stanza = parse ("<iq type='error' from='a@b'><other xmlns='urn:o'/><error><conflict " STANZAS
                                       "/></error></iq>");
  g_autoptr (GError) error = hs_stanza_get_error_of_request (stanza, "query", "urn:q\xE2\x80\xAE");
  g_autoptr (GError) without = hs_stanza_get_error_of_request (stanza, "query", "");

  /* The message names the request that was sent, and not the copy of it in the error. */
  g_assert_cmpstr (error->message, ==, "a@b answered the request (urn:q<U+202E> query) with conflict");
  g_assert_cmpstr (without->message, ==, "a@b answered the request (query) with conflict");
}

static void
test_type (void)
{
  static const struct
  {
    const char *error;
    const char *condition;
    const char *type;
    const char *text;
  } examples[] = {
    { "<error type='wait'><conflict " STANZAS "/><text " STANZAS "> later </text></error>", "conflict", "wait",
      "later" },
    { "<error type='auth'><conflict " STANZAS "/></error>", "conflict", "auth", NULL },
    { "<error type='cancel'><forbidden " STANZAS "/></error>", "forbidden", "cancel", NULL },
    { "<error type='continue'><forbidden " STANZAS "/></error>", "forbidden", "continue", NULL },
    { "<error type='modify'><forbidden " STANZAS "/></error>", "forbidden", "modify", NULL },
    { "<error type='WAIT'><forbidden " STANZAS "/></error>", "forbidden", "auth", NULL },
    { "<error><resource-constraint " STANZAS "/></error>", "resource-constraint", "wait", NULL },
    { "<error type='nonsense'><nonsense " STANZAS "/></error>", "undefined-condition", "cancel", NULL },
    { "<error code='404'>Not Found</error>", "undefined-condition", "cancel", "Not Found" },
    { "", "undefined-condition", "cancel", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *xml = g_strdup_printf ("<iq type='error' from='a@b'>%s</iq>", examples[i].error);
      HsStanza *stanza = parse (xml);
      g_autofree char *text = hs_stanza_get_error_text (stanza);
      g_autoptr (GError) error = hs_stanza_get_error (stanza);
      g_autoptr (GError) copy = NULL;

      g_assert_cmpstr (hs_stanza_get_error_type (stanza), ==, examples[i].type);
      g_assert_cmpstr (text, ==, examples[i].text);
      /* What is in the error is the error's. */
      hs_element_set_attribute (HS_ELEMENT (stanza), "from", "c@d");
      g_assert_finalize_object (stanza);
      g_prefix_error (&error, "Failed: ");
      copy = g_error_copy (error);
      g_clear_error (&error);
      g_assert_cmpstr (hs_stanza_error_get_condition (copy), ==, examples[i].condition);
      g_assert_cmpstr (hs_stanza_error_get_error_type (copy), ==, examples[i].type);
      g_assert_cmpstr (hs_stanza_error_get_text (copy), ==, examples[i].text);
      g_assert_cmpstr (hs_element_get_attribute (HS_ELEMENT (hs_stanza_error_get_stanza (copy)), "from"), ==, "a@b");
    }
}

static void
test_no_stanza (void)
{
  g_autoptr (GError) made = g_error_new_literal (HS_STANZA_ERROR, HS_STANZA_ERROR_FORBIDDEN, "no");
  g_autoptr (GError) unknown = g_error_new_literal (HS_STANZA_ERROR, 1000, "no");
  g_autoptr (GError) other = g_error_new_literal (HS_ERROR, HS_ERROR_TIMED_OUT, "no");
  g_autoptr (HsStanza) stanza = parse ("<message type='chat'><error type='wait'><text " STANZAS ">no</text></error>"
                                       "</message>");
  GError *const errors[] = { made, unknown, other };

  g_assert_cmpstr (g_quark_to_string (HS_STANZA_ERROR), ==, "hs-stanza-error-quark");

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      g_assert_cmpstr (hs_stanza_error_get_condition (errors[i]), ==, i == 0 ? "forbidden" : NULL);
      g_assert_cmpstr (hs_stanza_error_get_error_type (errors[i]), ==, i == 0 ? "auth" : NULL);
      g_assert_null (hs_stanza_error_get_text (errors[i]));
      g_assert_null (hs_stanza_error_get_stanza (errors[i]));
    }
  g_assert_null (hs_stanza_get_error_type (stanza));
  g_assert_null (hs_stanza_get_error_text (stanza));
}

static void
make_and_free (const char *from)
{
  g_autofree char *xml = g_strdup_printf ("<iq type='error' from='%s'/>", from);
  g_autoptr (HsStanza) stanza = parse (xml);
  g_autoptr (GError) error = hs_stanza_get_error (stanza);
  g_autoptr (GError) made = g_error_new_literal (HS_STANZA_ERROR, HS_STANZA_ERROR_FORBIDDEN, "no");

  g_assert_nonnull (hs_stanza_error_get_stanza (error));
  g_assert_null (hs_stanza_error_get_stanza (made));
}

static gpointer
other_thread (gpointer data)
{
  g_assert_null (hs_stanza_error_steal_last ());
  make_and_free ("other@thread");
  return NULL;
}

static void
test_last (void)
{
  g_autoptr (HsStanza) last = NULL;

  make_and_free ("before@anybody.asks");
  g_assert_null (hs_stanza_error_steal_last ());
  make_and_free ("a@b");
  make_and_free ("c@d");
  g_thread_join (g_thread_new (NULL, other_thread, NULL));
  last = hs_stanza_error_steal_last ();
  g_assert_cmpstr (hs_element_get_attribute (HS_ELEMENT (last), "from"), ==, "c@d");
  g_assert_null (hs_stanza_error_steal_last ());
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stanza-error/who", test_who);
  g_test_add_func ("/stanza-error/request", test_request);
  g_test_add_func ("/stanza-error/type", test_type);
  g_test_add_func ("/stanza-error/no-stanza", test_no_stanza);
  g_test_add_func ("/stanza-error/last", test_last);

  return g_test_run ();
}
