/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "upload-test.h"

/* The service and its slots (XEP-0363, 3 to 6), with a server that says what a test wants. */

static void
count_cb (GObject *object, GParamSpec *pspec, gpointer n)
{
  ++*(guint *) n;
}

/* XEP-0363, 3: known before anything is uploaded, with one notification each. */
static void
test_service (void)
{
  UploadTest f;
  guint n_services = 0, n_sizes = 0;

  upload_set_up (&f);
  g_assert_true (hs_upload_get_client (f.upload) == f.iq.test->client);
  g_assert_null (hs_upload_get_service (f.upload));
  g_assert_cmpint (hs_upload_get_max_size (f.upload), ==, 0);
  g_signal_connect (f.upload, "notify::service", G_CALLBACK (count_cb), &n_services);
  g_signal_connect (f.upload, "notify::max-size", G_CALLBACK (count_cb), &n_sizes);
  upload_answer_service (&f, UPLOAD_INFO (UPLOAD_LIMIT ("104857600")));
  test_until (hs_upload_get_max_size (f.upload) != 0);
  g_assert_cmpint (hs_upload_get_max_size (f.upload), ==, 104857600);
  g_assert_cmpstr (hs_jid_to_string (hs_upload_get_service (f.upload)), ==, UPLOAD_SERVICE);
  g_assert_cmpuint (n_services, ==, 1);
  g_assert_cmpuint (n_sizes, ==, 1);
  /* Another session may have another one. */
  test_client_stop (f.iq.test);
  g_assert_null (hs_upload_get_service (f.upload));
  g_assert_cmpint (hs_upload_get_max_size (f.upload), ==, 0);
  test_client_free (f.iq.test);
  g_assert_finalize_object (f.upload);
}

/* What is no number of bytes is no limit. */
static void
test_limits (void)
{
  static const struct
  {
    const char *info;
    gint64 max_size;
  } examples[] = {
    { UPLOAD_INFO (""), 0 },
    { UPLOAD_INFO (UPLOAD_LIMIT ("")), 0 },
    { UPLOAD_INFO (UPLOAD_LIMIT ("-1")), 0 },
    { UPLOAD_INFO (UPLOAD_LIMIT ("5 MiB")), 0 },
    { UPLOAD_INFO (UPLOAD_LIMIT ("99999999999999999999")), 0 },
    { UPLOAD_INFO (UPLOAD_LIMIT ("9007199254740993")), 9007199254740993 },
    { UPLOAD_INFO ("<x xmlns='jabber:x:data' type='result'><field var='FORM_TYPE' type='hidden'><value>urn:x</value>"
                   "</field><field var='max-file-size'><value>5</value></field></x>"), 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      UploadTest f;
      g_autoptr (HsElement) request = NULL;

      upload_set_up_found (&f, examples[i].info);
      upload_request (&f, "a", 7, NULL, NULL);
      request = upload_await_request (&f);
      g_assert_cmpint (hs_upload_get_max_size (f.upload), ==, examples[i].max_size);
      upload_tear_down (&f);
    }
}

/* Those who wait for the search end with it. */
static void
test_no_service (void)
{
  UploadTest f;

  upload_set_up (&f);
  upload_request (&f, "cat.jpg", 7, NULL, NULL);
  iq_test_answer (&f.iq, "example.org", HS_NS_DISCO_INFO, "result",
                  "<query xmlns='http://jabber.org/protocol/disco#info'/>");
  iq_test_answer (&f.iq, "example.org", HS_NS_DISCO_ITEMS, "result",
                  "<query xmlns='http://jabber.org/protocol/disco#items'/>");
  upload_assert_failed (&f, HS_ERROR, HS_ERROR_NOT_SUPPORTED);
  /* It is looked for again: one may have come. */
  upload_request (&f, "cat.jpg", 7, NULL, NULL);
  iq_test_answer (&f.iq, "example.org", HS_NS_DISCO_ITEMS, "result",
                  "<query xmlns='http://jabber.org/protocol/disco#items'/>");
  upload_assert_failed (&f, HS_ERROR, HS_ERROR_NOT_SUPPORTED);
  g_assert_null (hs_upload_get_service (f.upload));
  upload_tear_down (&f);
}

/* A service that the program names is not looked for, and need not say what it is. */
static void
test_given_service (void)
{
  UploadTest f;
  g_autoptr (HsJid) service = hs_jid_new (UPLOAD_SERVICE, NULL);
  g_autoptr (HsUploadSlot) slot = NULL;

  f = (UploadTest){ .upload = hs_upload_new () };
  hs_upload_set_service (f.upload, service);
  iq_test_start (&f.iq, HS_MODULE (f.upload), NULL);
  upload_request (&f, "cat.jpg", 7, NULL, NULL);
  iq_test_answer (&f.iq, UPLOAD_SERVICE, HS_NS_DISCO_INFO, "error",
                  "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>");
  upload_answer (&f, "result", UPLOAD_SLOT (UPLOAD_PUT, UPLOAD_GET));
  slot = upload_await_slot (&f);
  test_client_stop (f.iq.test);
  g_assert_true (hs_jid_equal (hs_upload_get_service (f.upload), service));
  test_client_free (f.iq.test);
  g_clear_object (&f.result);
  g_assert_finalize_object (f.upload);
}

/* While one is looked for, the program names another one, and nobody waits for ever. */
static void
test_given_meanwhile (void)
{
  UploadTest f;
  g_autoptr (HsJid) service = hs_jid_new (UPLOAD_SERVICE, NULL);
  g_autoptr (HsUploadSlot) slot = NULL;

  upload_set_up (&f);
  upload_request (&f, "cat.jpg", 7, NULL, NULL);
  test_client_await_sent (f.iq.test, HS_NS_DISCO_INFO);
  hs_upload_set_service (f.upload, service);
  iq_test_answer (&f.iq, UPLOAD_SERVICE, HS_NS_DISCO_INFO, "result", UPLOAD_INFO (UPLOAD_LIMIT ("9")));
  upload_answer (&f, "result", UPLOAD_SLOT (UPLOAD_PUT, UPLOAD_GET));
  slot = upload_await_slot (&f);
  hs_upload_set_service (f.upload, NULL);
  g_assert_null (hs_upload_get_service (f.upload));
  g_assert_cmpint (hs_upload_get_max_size (f.upload), ==, 0);
  upload_tear_down (&f);
}

/* Registered when the session is there. */
static void
test_late (void)
{
  UploadTest f = { .upload = hs_upload_new () };

  iq_test_start (&f.iq, NULL);
  hs_client_register (f.iq.test->client, HS_MODULE (f.upload));
  upload_answer_service (&f, UPLOAD_INFO (""));
  test_until (hs_upload_get_service (f.upload) != NULL);
  hs_client_unregister (f.iq.test->client, HS_MODULE (f.upload));
  g_assert_null (hs_upload_get_client (f.upload));
  upload_request (&f, "cat.jpg", 7, NULL, NULL);
  upload_assert_failed (&f, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  upload_tear_down (&f);
}

/* XEP-0363, 4. */
static void
test_request (void)
{
  static const struct
  {
    const char *name, *shown, *media_type, *sent_type;
    gint64 size;
  } examples[] = {
    { "très cool.jpg", "très cool.jpg", NULL, "image/jpeg", 23456 },
    { "/home/juliet/.secret/cat.png", "cat.png", "image/x-cat", "image/x-cat", 0 },
    { "C:\\Users\\juliet\\cat.png", "cat.png", "image/png\r\nX-Evil: 1", "image/png", 5000000000 },
    { "folder/", "file", "text", "application/octet-stream", G_MAXINT64 },
    { "..", "file", "", "application/octet-stream", 1 },
    { "a\x01\x7f\n\xff" "b", "a___\xef\xbf\xbd" "b", "a/b; charset=x", "a/b; charset=x", 1 },
  };
  UploadTest f;

  upload_set_up_found (&f, UPLOAD_INFO (""));
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *size = g_strdup_printf ("%" G_GINT64_FORMAT, examples[i].size);
      g_autoptr (HsElement) request = NULL;
      g_autoptr (HsUploadSlot) slot = NULL;

      upload_request (&f, examples[i].name, examples[i].size, examples[i].media_type, NULL);
      request = upload_await_request (&f);
      g_assert_cmpstr (hs_element_get_attribute (request, "filename"), ==, examples[i].shown);
      g_assert_cmpstr (hs_element_get_attribute (request, "size"), ==, size);
      g_assert_cmpstr (hs_element_get_attribute (request, "content-type"), ==, examples[i].sent_type);
      g_assert_null (hs_element_get_first_child (request));
      upload_answer (&f, "result", UPLOAD_SLOT (UPLOAD_PUT, UPLOAD_GET));
      slot = upload_await_slot (&f);
      g_assert_cmpstr (hs_upload_slot_get_put_url (slot), ==, "https://up.example.org/a/cat.jpg");
      g_assert_cmpstr (hs_upload_slot_get_get_url (slot), ==, "https://down.example.org/a/cat.jpg");
      g_assert_null (hs_upload_slot_dup_header (slot, "Authorization"));
    }
  upload_tear_down (&f);
}

/* XEP-0363, 4 and 8.2: three headers, and no line breaks in them. */
static void
test_headers (void)
{
  static const struct
  {
    const char *name, *value;
  } examples[] = {
    { "Authorization", "Bearer secretX-Evil: 1" },
    { "authorization", "Bearer secretX-Evil: 1" },
    { "Cookie", "a=1; b=2" },
    { "Expires", "tomorrow, " },
    { "Host", NULL },
    { "Content-Length", NULL },
    { "X-Evil", NULL },
    { "", NULL },
  };
  UploadTest f;
  g_autoptr (HsUploadSlot) slot = NULL;

  upload_set_up_found (&f, UPLOAD_INFO (""));
  upload_request (&f, "cat.jpg", 7, NULL, NULL);
  upload_answer (&f, "result",
                 UPLOAD_SLOT ("<put url='HTTPS://up.example.org:444/?a=b'>"
                              "<header name='cOOkie'>a=1</header><header name='Host'>evil.example</header>"
                              "<header name='Author&#10;ization'>Bearer secret&#13;&#10;X-Evil: 1</header>"
                              "<header name='X-Evil'>1</header><header>1</header><header name=''>1</header>"
                              "<header name='Cookie'> b=2 </header><header xmlns='urn:x' name='Cookie'>c=3</header>"
                              "<other name='Cookie'>d=4</other><header name='Expires'>&#10;tomorrow\n</header>"
                              "<header name='Expires'/>"
                              "<header name='Content-Length'>1</header></put>",
                              UPLOAD_GET));
  slot = upload_await_slot (&f);
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autofree char *value = hs_upload_slot_dup_header (slot, examples[i].name);

      g_assert_cmpstr (value, ==, examples[i].value);
    }
  upload_tear_down (&f);
}

static void
test_bad_slots (void)
{
  static const char *const slots[] = {
    "",
    "<slot xmlns='urn:x'>" UPLOAD_PUT UPLOAD_GET "</slot>",
    UPLOAD_SLOT ("", ""),
    UPLOAD_SLOT (UPLOAD_PUT, ""),
    UPLOAD_SLOT ("", UPLOAD_GET),
    UPLOAD_SLOT ("<put/>", UPLOAD_GET),
    UPLOAD_SLOT (UPLOAD_PUT, "<get/>"),
    UPLOAD_SLOT ("<put url=''/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='/a/cat.jpg'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='https:///a/cat.jpg'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='https:cat.jpg'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='http://up.example.org/a'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='file:///etc/passwd'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='ftp://up.example.org/a'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='https://up.example.org/a&#10;X: 1'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='https://up.example.org/a b'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='https://up.example.org:x/a'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='https://%ff@up.example.org/a'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='https://a:%ff@up.example.org/a'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='https://up.example.org%0d%0aX: 1/a'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='https://up.example.org%0d%0aX-Evil:1/a'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='https://up.example.org%20evil/a'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='https://evil.example%2f.up.example.org/a'/>", UPLOAD_GET),
    UPLOAD_SLOT ("<put url='https://evil.example%40up.example.org/a'/>", UPLOAD_GET),
    UPLOAD_SLOT (UPLOAD_PUT, "<get url='https://a%0a.example.org/a'/>"),
    UPLOAD_SLOT (UPLOAD_PUT, "<get url='http://down.example.org/a'/>"),
    UPLOAD_SLOT (UPLOAD_PUT, "<get url='javascript:alert(1)'/>"),
    UPLOAD_SLOT (UPLOAD_PUT, "<get url='https://down.example.org/a&#13;'/>"),
    UPLOAD_SLOT ("<put xmlns='urn:x' url='https://up.example.org/a'/>", UPLOAD_GET),
  };
  UploadTest f;

  upload_set_up_found (&f, UPLOAD_INFO (""));
  for (guint i = 0; i < G_N_ELEMENTS (slots); i++)
    {
      g_test_message ("%s", slots[i]);
      upload_request (&f, "cat.jpg", 7, NULL, NULL);
      upload_answer (&f, "result", slots[i]);
      upload_assert_failed (&f, HS_ERROR, HS_ERROR_PROTOCOL);
    }
  upload_tear_down (&f);
}

/* Nobody else gives a slot: the file would be theirs. */
static void
test_forged (void)
{
  static const char *const senders[] = { "", " from='mallory@example.org'", " from='example.org'",
                                         " from='user@example.org'", " from='x@" UPLOAD_SERVICE "'",
                                         " from='" UPLOAD_SERVICE "/x'", " from='upload.example.net'" };
  UploadTest f;
  g_autoptr (HsElement) request = NULL;
  g_autoptr (HsUploadSlot) slot = NULL;
  g_autofree char *id = NULL;

  upload_set_up_found (&f, UPLOAD_INFO (""));
  upload_request (&f, "cat.jpg", 7, NULL, NULL);
  request = upload_await_request (&f);
  {
    g_autofree char *sent = scripted_server_dup_received (f.iq.test->server);
    char *at = g_strrstr_len (sent, strstr (sent, "<request ") - sent, " id=\"") + strlen (" id=\"");

    id = g_strndup (at, strcspn (at, "\""));
  }
  for (guint i = 0; i < G_N_ELEMENTS (senders); i++)
    {
      g_autofree char *forged
        = g_strdup_printf ("<iq type='result' id='%s'%s>%s</iq>", id, senders[i],
                           UPLOAD_SLOT ("<put url='https://evil.example/a'/>", "<get url='https://evil.example/a'/>"));

      test_client_say (f.iq.test, forged);
      g_assert_null (f.result);
    }
  upload_answer (&f, "result", UPLOAD_SLOT (UPLOAD_PUT, UPLOAD_GET));
  slot = upload_await_slot (&f);
  g_assert_cmpstr (hs_upload_slot_get_put_url (slot), ==, "https://up.example.org/a/cat.jpg");
  upload_tear_down (&f);
}

/* The limit is looked at before anything is sent. */
static void
test_too_large (void)
{
  UploadTest f;
  g_autoptr (HsUploadSlot) slot = NULL;

  upload_set_up_found (&f, UPLOAD_INFO (UPLOAD_LIMIT ("1000")));
  test_until (hs_upload_get_max_size (f.upload) == 1000);
  upload_request (&f, "cat.jpg", 1001, NULL, NULL);
  upload_assert_failed (&f, HS_ERROR, HS_ERROR_TOO_LARGE);
  upload_request (&f, "cat.jpg", 1000, NULL, NULL);
  upload_answer (&f, "result", UPLOAD_SLOT (UPLOAD_PUT, UPLOAD_GET));
  slot = upload_await_slot (&f);
  g_assert_cmpuint (scripted_server_count_received (f.iq.test->server, "<request "), ==, 0);
  upload_tear_down (&f);
}

#define NOT_ACCEPTABLE "<not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
#define TOO_LARGE(inside) \
  "<error type='modify'>" NOT_ACCEPTABLE "<file-too-large xmlns='urn:xmpp:http:upload:0'>" inside "</file-too-large></error>"

/* XEP-0363, 6. */
static void
test_refused (void)
{
  static const struct
  {
    const char *error;
    gint64 max_size;
  } examples[] = {
    { TOO_LARGE (""), 0 },
    { TOO_LARGE ("<max-file-size>lots</max-file-size>"), 0 },
    { TOO_LARGE ("<max-file-size>20000</max-file-size>"), 20000 },
  };
  UploadTest f;
  g_autoptr (GError) error = NULL;
  HsStanza *stanza;

  upload_set_up_found (&f, UPLOAD_INFO (""));
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      upload_request (&f, "cat.jpg", 20001, NULL, NULL);
      upload_answer (&f, "error", examples[i].error);
      upload_assert_failed (&f, HS_ERROR, HS_ERROR_TOO_LARGE);
      g_assert_cmpint (hs_upload_get_max_size (f.upload), ==, examples[i].max_size);
    }
  upload_request (&f, "cat.jpg", 1, NULL, NULL);
  upload_answer (&f, "error", "<error type='wait'><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
                              "<retry xmlns='urn:xmpp:http:upload:0' stamp='2017-12-03T23:42:05Z'/></error>");
  test_until (f.result != NULL);
  g_assert_null (hs_upload_request_slot_finish (f.upload, f.result, &error));
  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_RESOURCE_CONSTRAINT);
  stanza = hs_stanza_error_get_stanza (error);
  g_assert_cmpstr (hs_element_get_child_attribute (hs_element_get_child (HS_ELEMENT (stanza), "error", NULL), "retry",
                                                   HS_NS_UPLOAD, "stamp"), ==, "2017-12-03T23:42:05Z");
  upload_tear_down (&f);
}

/* XEP-0363, 5. */
static void
test_purposes (void)
{
  UploadTest f;
  g_autoptr (HsElement) profile = NULL;
  g_autoptr (HsElement) permanent = NULL;

  upload_set_up_found (&f, UPLOAD_INFO (""));
  g_assert_cmpint (hs_upload_get_purpose (f.upload), ==, HS_UPLOAD_PURPOSE_MESSAGE);
  hs_upload_set_purpose (f.upload, HS_UPLOAD_PURPOSE_PROFILE);
  upload_request (&f, "cat.jpg", 1, NULL, NULL);
  profile = upload_await_request (&f);
  g_assert_nonnull (hs_element_get_child (profile, "profile", HS_NS_UPLOAD_PURPOSE));
  upload_answer (&f, "result", "");
  upload_assert_failed (&f, HS_ERROR, HS_ERROR_PROTOCOL);
  g_object_set (f.upload, "purpose", HS_UPLOAD_PURPOSE_PERMANENT, NULL);
  upload_request (&f, "cat.jpg", 1, NULL, NULL);
  permanent = upload_await_request (&f);
  g_assert_nonnull (hs_element_get_child (permanent, "permanent", HS_NS_UPLOAD_PURPOSE));
  upload_tear_down (&f);
}

/* What is to vanish goes only if it does. */
static void
test_ephemeral (void)
{
  UploadTest f;
  g_autoptr (HsElement) request = NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) end = NULL;
  const char *text;

  upload_set_up_found (&f, UPLOAD_INFO ("<feature var='urn:xmpp:http:upload:purpose:0#message'/>"));
  hs_upload_set_purpose (f.upload, HS_UPLOAD_PURPOSE_EPHEMERAL);
  upload_request (&f, "cat.jpg", 1, NULL, NULL);
  upload_assert_failed (&f, HS_ERROR, HS_ERROR_NOT_SUPPORTED);
  g_assert_false (scripted_server_has_received (f.iq.test->server, "<request "));
  upload_tear_down (&f);

  upload_set_up_found (&f, UPLOAD_INFO ("<feature var='urn:xmpp:http:upload:purpose:0#ephemeral'/>"));
  hs_upload_set_purpose (f.upload, HS_UPLOAD_PURPOSE_EPHEMERAL);
  g_assert_cmpuint (hs_upload_get_lifetime (f.upload), ==, 86400);
  hs_upload_set_lifetime (f.upload, 3600);
  upload_request (&f, "cat.jpg", 1, NULL, NULL);
  request = upload_await_request (&f);
  text = hs_element_get_child_attribute (request, "ephemeral", HS_NS_UPLOAD_PURPOSE, "expire-before");
  g_assert_nonnull (text);
  g_assert_true (g_str_has_suffix (text, "Z"));
  end = g_date_time_new_from_iso8601 (text, NULL);
  g_assert_cmpint (g_date_time_difference (end, now) / G_USEC_PER_SEC, >=, 3598);
  g_assert_cmpint (g_date_time_difference (end, now) / G_USEC_PER_SEC, <=, 3660);
  upload_tear_down (&f);
}

static void
test_cancelled (void)
{
  g_autoptr (GCancellable) first = g_cancellable_new ();
  g_autoptr (GCancellable) second = g_cancellable_new ();
  g_autoptr (HsElement) request = NULL;
  UploadTest f;

  upload_set_up (&f);
  /* While the service is looked for, which goes on. */
  upload_request (&f, "cat.jpg", 7, NULL, first);
  test_client_await_sent (f.iq.test, HS_NS_DISCO_INFO);
  g_cancellable_cancel (first);
  upload_assert_failed (&f, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  upload_answer_service (&f, UPLOAD_INFO (""));
  test_until (hs_upload_get_service (f.upload) != NULL);
  /* While the service thinks. */
  upload_request (&f, "cat.jpg", 7, NULL, second);
  request = upload_await_request (&f);
  g_cancellable_cancel (second);
  upload_assert_failed (&f, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  upload_request (&f, "cat.jpg", 7, NULL, second);
  upload_assert_failed (&f, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  upload_tear_down (&f);
}

/* Who waits when the session ends, or when the module is taken away, waits no more. */
static void
test_session_ends (void)
{
  UploadTest f;

  upload_set_up (&f);
  upload_request (&f, "cat.jpg", 7, NULL, NULL);
  test_client_await_sent (f.iq.test, HS_NS_DISCO_INFO);
  test_client_stop (f.iq.test);
  upload_assert_failed (&f, HS_ERROR, HS_ERROR_SESSION_LOST);
  upload_request (&f, "cat.jpg", 7, NULL, NULL);
  upload_assert_failed (&f, HS_ERROR, HS_ERROR_NOT_CONNECTED);
  g_clear_object (&f.result);
  test_client_free (f.iq.test);
  g_assert_finalize_object (f.upload);

  upload_set_up (&f);
  upload_request (&f, "cat.jpg", 7, NULL, NULL);
  test_client_await_sent (f.iq.test, HS_NS_DISCO_INFO);
  hs_client_unregister (f.iq.test->client, HS_MODULE (f.upload));
  upload_assert_failed (&f, HS_ERROR, HS_ERROR_SESSION_LOST);
  upload_tear_down (&f);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/upload/service", test_service);
  g_test_add_func ("/upload/limits", test_limits);
  g_test_add_func ("/upload/no-service", test_no_service);
  g_test_add_func ("/upload/given-service", test_given_service);
  g_test_add_func ("/upload/given-meanwhile", test_given_meanwhile);
  g_test_add_func ("/upload/late", test_late);
  g_test_add_func ("/upload/request", test_request);
  g_test_add_func ("/upload/headers", test_headers);
  g_test_add_func ("/upload/bad-slots", test_bad_slots);
  g_test_add_func ("/upload/forged", test_forged);
  g_test_add_func ("/upload/too-large", test_too_large);
  g_test_add_func ("/upload/refused", test_refused);
  g_test_add_func ("/upload/purposes", test_purposes);
  g_test_add_func ("/upload/ephemeral", test_ephemeral);
  g_test_add_func ("/upload/cancelled", test_cancelled);
  g_test_add_func ("/upload/session-ends", test_session_ends);
  return g_test_run ();
}
