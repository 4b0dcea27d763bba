/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "iq-test.h"

#include <string.h>
#include <time.h>

#define VCARD(inner) "<vCard xmlns='vcard-temp'>" inner "</vCard>"

/* XEP-0054, 3.1, with what no property stands for. */
#define EXAMPLE                                                                                     \
  VCARD ("<FN>Peter Saint-Andre</FN><N><FAMILY>Saint-Andre</FAMILY><GIVEN>Peter</GIVEN><MIDDLE/></N>" \
         "<NICKNAME>stpeter</NICKNAME><URL>http://www.xmpp.org/xsf/people/stpeter.shtml</URL>"      \
         "<BDAY>1966-08-06</BDAY><ORG><ORGNAME>XMPP Standards Foundation</ORGNAME></ORG>"           \
         "<EMAIL><INTERNET/><USERID>other@jabber.org</USERID></EMAIL>"                              \
         "<EMAIL><INTERNET/><PREF/><USERID>stpeter@jabber.org</USERID></EMAIL>"                     \
         "<PHOTO><TYPE>image/png</TYPE><BINVAL>aGVs\n bG8=</BINVAL></PHOTO>"                        \
         "<DESC>Patron Saint</DESC><X-OWN xmlns='urn:example'>kept</X-OWN>")

static HsVcard *
parse (const char *xml)
{
  g_autoptr (HsElement) element = hs_element_new_from_string (xml, NULL);
  g_autoptr (GError) error = NULL;
  HsVcard *vcard = hs_vcard_new_from_element (element, &error);

  g_assert_no_error (error);
  g_assert_true (hs_element_equal (element, hs_vcard_get_element (vcard)));
  g_assert_true (element != hs_vcard_get_element (vcard));
  return vcard;
}

static void
assert_photo (HsVcard *vcard, const char *expected)
{
  GBytes *photo = hs_vcard_get_photo (vcard);

  if (expected == NULL)
    g_assert_null (photo);
  else
    g_assert_cmpmem (g_bytes_get_data (photo, NULL), g_bytes_get_size (photo), expected, strlen (expected));
  /* The same as long as it is the same. */
  g_assert_true (photo == hs_vcard_get_photo (vcard));
}

static void
test_read (void)
{
  g_autoptr (HsVcard) vcard = parse (EXAMPLE);
  g_autoptr (HsVcard) none = parse (VCARD (""));
  g_autoptr (HsVcard) others = parse (VCARD ("<FN xmlns='urn:x'>x</FN><N/><NICKNAME/><EMAIL>x@y</EMAIL><fn>x</fn>"));

  g_assert_cmpstr (hs_vcard_get_full_name (vcard), ==, "Peter Saint-Andre");
  g_assert_cmpstr (hs_vcard_get_given_name (vcard), ==, "Peter");
  g_assert_cmpstr (hs_vcard_get_family_name (vcard), ==, "Saint-Andre");
  g_assert_cmpstr (hs_vcard_get_nickname (vcard), ==, "stpeter");
  g_assert_cmpstr (hs_vcard_get_note (vcard), ==, "Patron Saint");
  g_assert_cmpstr (hs_vcard_get_birthday (vcard), ==, "1966-08-06");
  g_assert_cmpstr (hs_vcard_get_email (vcard), ==, "stpeter@jabber.org");
  g_assert_cmpstr (hs_vcard_get_url (vcard), ==, "http://www.xmpp.org/xsf/people/stpeter.shtml");
  g_assert_cmpstr (hs_vcard_get_photo_type (vcard), ==, "image/png");
  assert_photo (vcard, "hello");
  g_assert_null (hs_vcard_get_full_name (none));
  g_assert_null (hs_vcard_get_family_name (none));
  g_assert_null (hs_vcard_get_email (none));
  g_assert_null (hs_vcard_get_photo_type (none));
  assert_photo (none, NULL);
  g_assert_null (hs_vcard_get_full_name (others));
  g_assert_null (hs_vcard_get_given_name (others));
  g_assert_null (hs_vcard_get_nickname (others));
  g_assert_null (hs_vcard_get_email (others));
}

/* A large photo is decoded once, and again where the element has changed. */
static void
test_decoded_once (void)
{
  g_autofree guint8 *noise = g_malloc0 (1000000);
  g_autofree char *text = g_base64_encode (noise, 1000000);
  g_autoptr (GBytes) photo = g_bytes_new (noise, 1000000);
  g_autoptr (HsVcard) vcard = hs_vcard_new ();
  clock_t decoding = G_MAXLONG, getting = G_MAXLONG;
  GBytes *first;

  hs_vcard_set_photo (vcard, photo);
  first = hs_vcard_get_photo (vcard);
  g_assert_true (g_bytes_equal (first, photo));
  /* The quickest of each: other programs can only make them slower. */
  for (guint i = 0; i < 20; i++)
    {
      clock_t start = clock ();
      clock_t decoded;
      gsize length;

      g_free (g_base64_decode (text, &length));
      decoded = clock ();
      g_assert_true (hs_vcard_get_photo (vcard) == first);
      decoding = MIN (decoding, decoded - start);
      getting = MIN (getting, clock () - decoded);
    }
  g_assert_cmpint (getting, <, decoding);
}

/* What is not base64 is no photo: a part of it would be another one. */
static void
test_photo (void)
{
  static const char *const bad[] = { "", " ", "aGVsbG8", "aGVsbG8==", "aGVs!bG8=", "aG=VsbG8", "====", "=aGVsbG8",
                                     "a===", "data:image/png;base64,aGVsbG8=" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *xml = g_strdup_printf (VCARD ("<PHOTO><BINVAL>%s</BINVAL></PHOTO>"), bad[i]);
      g_autoptr (HsVcard) vcard = parse (xml);

      assert_photo (vcard, NULL);
    }
  {
    g_autoptr (HsVcard) linked = parse (VCARD ("<PHOTO><EXTVAL>https://example.org/me.png</EXTVAL></PHOTO>"));
    g_autoptr (GBytes) photo = g_bytes_new_static ("hello", 5);
    g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);

    assert_photo (linked, NULL);
    hs_vcard_set_photo (linked, photo);
    hs_vcard_set_photo_type (linked, "image/gif");
    assert_photo (linked, "hello");
    g_assert_null (hs_element_get_child (hs_element_get_first_child (hs_vcard_get_element (linked)), "EXTVAL", NULL));
    /* What the program changes in the XML counts. */
    hs_element_set_text (hs_element_get_child (hs_element_get_first_child (hs_vcard_get_element (linked)), "BINVAL",
                                               HS_NS_VCARD), "aGFsbG8=");
    assert_photo (linked, "hallo");
    hs_vcard_set_photo (linked, empty);
    assert_photo (linked, NULL);
    g_assert_null (hs_element_get_first_child (hs_vcard_get_element (linked)));
  }
}

static void
notified_cb (GObject *object, GParamSpec *pspec, GString *notified)
{
  g_autofree char *name = g_strdup_printf ("[%s]", g_param_spec_get_name (pspec));

  g_assert_null (strstr (notified->str, name));
  g_string_append (notified, name);
}

static void
test_write (void)
{
  g_autoptr (HsVcard) vcard = parse (EXAMPLE);
  g_autoptr (GString) notified = g_string_new (NULL);
  g_autofree char *note = NULL;
  HsElement *element = hs_vcard_get_element (vcard);

  g_signal_connect (vcard, "notify", G_CALLBACK (notified_cb), notified);
  g_object_set (vcard, "full-name", "P", "given-name", NULL, "family-name", "S", "nickname", "", "note", "N",
                "birthday", "1966-08-06", "email", "p@example.org", "url", NULL, "photo", NULL, NULL);
  /* All but the birthday, in an order of GObject's. */
  g_assert_cmpuint (notified->len, ==,
                    strlen ("[full-name][given-name][family-name][nickname][note][email][url][photo-type][photo]"));
  g_assert_null (strstr (notified->str, "birthday"));
  g_assert_cmpstr (hs_vcard_get_full_name (vcard), ==, "P");
  g_assert_null (hs_vcard_get_given_name (vcard));
  g_assert_cmpstr (hs_vcard_get_family_name (vcard), ==, "S");
  g_assert_null (hs_vcard_get_nickname (vcard));
  g_assert_cmpstr (hs_element_get_child_text (element, "DESC", HS_NS_VCARD), ==, "N");
  g_object_get (vcard, "note", &note, NULL);
  g_assert_cmpstr (note, ==, "N");
  g_assert_cmpstr (hs_vcard_get_email (vcard), ==, "p@example.org");
  g_assert_null (hs_vcard_get_url (vcard));
  assert_photo (vcard, NULL);
  /* What was not touched is still there. */
  g_assert_cmpstr (hs_element_get_child_text (element, "X-OWN", "urn:example"), ==, "kept");
  g_assert_nonnull (hs_element_get_child (element, "ORG", HS_NS_VCARD));
  g_assert_nonnull (hs_element_get_child (hs_element_get_child (element, "N", HS_NS_VCARD), "MIDDLE", HS_NS_VCARD));
  g_assert_cmpstr (hs_element_get_child_text (hs_element_get_child (element, "EMAIL", HS_NS_VCARD), "USERID",
                                              HS_NS_VCARD), ==, "other@jabber.org");
  /* No other one takes the place of what is removed. */
  g_string_truncate (notified, 0);
  hs_vcard_set_email (vcard, NULL);
  g_assert_null (hs_vcard_get_email (vcard));
  hs_vcard_set_note (vcard, NULL);
  g_assert_null (hs_vcard_get_note (vcard));
}

static void
test_make (void)
{
  g_autoptr (GBytes) photo = g_bytes_new_static ("\0\1", 2);
  g_autoptr (HsVcard) vcard = g_object_new (HS_TYPE_VCARD, "full-name", "<J>", "given-name", "J", "email", "j@e",
                                            "note", "x", "photo-type", "image/png", "photo", photo, NULL);
  g_autoptr (HsVcard) empty = hs_vcard_new ();
  g_autofree char *xml = hs_element_to_string (hs_vcard_get_element (vcard));
  g_autofree char *nothing = hs_element_to_string (hs_vcard_get_element (empty));
  g_autoptr (HsElement) other = hs_element_new_from_string ("<vCard xmlns='urn:ietf:params:xml:ns:vcard-4.0'/>", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (xml, ==, "<vCard xmlns=\"vcard-temp\"><FN>&lt;J&gt;</FN><N><GIVEN>J</GIVEN></N>"
                            "<EMAIL><INTERNET/><PREF/><USERID>j@e</USERID></EMAIL><NOTE>x</NOTE>"
                            "<PHOTO><TYPE>image/png</TYPE><BINVAL>AAE=</BINVAL></PHOTO></vCard>");
  g_assert_cmpstr (nothing, ==, "<vCard xmlns=\"vcard-temp\"/>");
  g_assert_null (hs_vcard_new_from_element (other, &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
}

static HsVcard *
fetch (IqTest *iq, HsVcards *vcards, const char *jid, const char *type, const char *inner, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  hs_vcards_fetch_async (vcards, jid, NULL, iq_test_result_cb, &result);
  iq_test_answer (iq, jid, HS_NS_VCARD, type, inner);
  test_until (result != NULL);
  return hs_vcards_fetch_finish (vcards, result, error);
}

static void
test_fetch (void)
{
  HsVcards *vcards = hs_vcards_new ();
  HsVcard *vcard;
  GError *error = NULL;
  IqTest iq = { 0 };

  iq_test_start (&iq, vcards, NULL);
  vcard = fetch (&iq, vcards, "juliet@example.com", "result", EXAMPLE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (hs_vcard_get_full_name (vcard), ==, "Peter Saint-Andre");
  g_assert_finalize_object (vcard);
  /* The account's own: without an address (3.1). */
  vcard = fetch (&iq, vcards, NULL, "result", VCARD (""), &error);
  g_assert_no_error (error);
  g_assert_null (hs_vcard_get_full_name (vcard));
  g_assert_finalize_object (vcard);
  g_assert_null (fetch (&iq, vcards, "room@example.com/nick", "error",
                        "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
                        &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (fetch (&iq, vcards, "juliet@example.com", "result", "<vCard xmlns='urn:x'/>", &error));
  g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
  g_clear_error (&error);
  iq_test_end (&iq);
  g_assert_finalize_object (vcards);
}

/* An answer to the request from somebody else does not count. */
static void
test_forged (void)
{
  HsVcards *vcards = hs_vcards_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (HsVcard) vcard = NULL;
  IqTest iq = { 0 };

  iq_test_start (&iq, vcards, NULL);
  hs_vcards_fetch_async (vcards, "juliet@example.com", NULL, iq_test_result_cb, &result);
  {
    g_autofree char *sent = test_client_dup_sent (iq.test);
    const char *at = strstr (strstr (sent, "juliet@example.com") - 60, " id=\"");
    g_autofree char *id = g_strndup (at + 5, strcspn (at + 5, "\""));
    g_autofree char *forged = g_strdup_printf ("<iq type='result' id='%s' from='mallory@example.net'>"
                                               VCARD ("<FN>Mallory</FN>") "</iq>", id);

    test_client_say (iq.test, forged);
    g_assert_null (result);
  }
  iq_test_answer (&iq, "juliet@example.com", HS_NS_VCARD, "result", VCARD ("<FN>Juliet</FN>"));
  test_until (result != NULL);
  vcard = hs_vcards_fetch_finish (vcards, result, NULL);
  g_assert_cmpstr (hs_vcard_get_full_name (vcard), ==, "Juliet");
  g_clear_object (&result);
  iq_test_end (&iq);
  g_assert_finalize_object (vcards);
}

static void
answer_store (IqTest *iq, const char *type, const char *inner)
{
  g_autofree char *sent = NULL;
  g_autofree char *id = NULL;
  g_autofree char *answer = NULL;
  const char *at;

  test_client_await_sent (iq->test, "</vCard></iq>");
  sent = scripted_server_dup_received (iq->test->server);
  at = g_strrstr (sent, "<iq ");
  g_assert_nonnull (strstr (at, "type=\"set\""));
  g_assert_null (strstr (at, "to=\""));
  g_assert_nonnull (strstr (at, "<vCard xmlns=\"vcard-temp\"><FN>Romeo</FN></vCard>"));
  at = strstr (at, " id=\"") + 5;
  id = g_strndup (at, strcspn (at, "\""));
  scripted_server_forget_received (iq->test->server);
  answer = g_strdup_printf ("<iq type='%s' id='%s'>%s</iq>", type, id, inner);
  scripted_server_send (iq->test->server, answer);
}

static void
test_store (void)
{
  g_autoptr (HsVcard) vcard = g_object_new (HS_TYPE_VCARD, "full-name", "Romeo", NULL);
  HsVcards *vcards = hs_vcards_new ();
  IqTest iq = { 0 };

  iq_test_start (&iq, vcards, NULL);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      hs_vcards_store_async (vcards, vcard, NULL, iq_test_result_cb, &result);
      /* It is stored as it was, and stays the program's. */
      g_assert_null (hs_element_get_parent (hs_vcard_get_element (vcard)));
      hs_vcard_set_full_name (vcard, "Tybalt");
      answer_store (&iq, i == 0 ? "result" : "error",
                    i == 0 ? "" : "<error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>");
      test_until (result != NULL);
      g_assert_true (hs_vcards_store_finish (vcards, result, &error) == (i == 0));
      if (i == 1)
        g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_NOT_ACCEPTABLE);
      hs_vcard_set_full_name (vcard, "Romeo");
    }
  iq_test_end (&iq);
  g_assert_finalize_object (vcards);
}

static void
assert_refused (HsVcards *vcards, const char *jid, gboolean is_store, GQuark domain, int code)
{
  g_autoptr (HsVcard) vcard = hs_vcard_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (is_store)
    hs_vcards_store_async (vcards, vcard, NULL, iq_test_result_cb, &result);
  else
    hs_vcards_fetch_async (vcards, jid, NULL, iq_test_result_cb, &result);
  g_assert_null (result);
  test_until (result != NULL);
  if (is_store)
    g_assert_false (hs_vcards_store_finish (vcards, result, &error));
  else
    g_assert_null (hs_vcards_fetch_finish (vcards, result, &error));
  g_assert_error (error, domain, code);
}

static void
test_refused (void)
{
  HsVcards *vcards = hs_vcards_new ();
  HsVcard *vcard;
  GError *error = NULL;
  IqTest iq = { 0 };

  assert_refused (vcards, "juliet@example.com", FALSE, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  assert_refused (vcards, NULL, TRUE, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  iq_test_start (&iq, vcards, NULL);
  g_assert_true (hs_vcards_get_client (vcards) == iq.test->client);
  assert_refused (vcards, "@", FALSE, HS_ERROR, HS_ERROR_INVALID_JID);
  hs_client_unregister (iq.test->client, HS_MODULE (vcards));
  g_assert_null (hs_vcards_get_client (vcards));
  assert_refused (vcards, NULL, FALSE, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  iq_test_end (&iq);

  /* A component has none of its own, and can read those of others. */
  iq_test_start_component (&iq, vcards, NULL);
  assert_refused (vcards, NULL, FALSE, HS_ERROR, HS_ERROR_NOT_SUPPORTED);
  assert_refused (vcards, NULL, TRUE, HS_ERROR, HS_ERROR_NOT_SUPPORTED);
  vcard = fetch (&iq, vcards, "juliet@example.com", "result", EXAMPLE, &error);
  g_assert_no_error (error);
  g_assert_finalize_object (vcard);
  iq_test_end (&iq);
  g_assert_finalize_object (vcards);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vcard/read", test_read);
  g_test_add_func ("/vcard/photo", test_photo);
  g_test_add_func ("/vcard/decoded-once", test_decoded_once);
  g_test_add_func ("/vcard/write", test_write);
  g_test_add_func ("/vcard/make", test_make);
  g_test_add_func ("/vcard/fetch", test_fetch);
  g_test_add_func ("/vcard/forged", test_forged);
  g_test_add_func ("/vcard/store", test_store);
  g_test_add_func ("/vcard/refused", test_refused);

  return g_test_run ();
}
