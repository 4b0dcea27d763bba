/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "registration-script.h"

#include <string.h>

/* What no real server says when it is wanted. */

/* To the question, and from there on. */
static const ScriptStep script_asked[]
    = { RUN (script_header), FEATURES (REGISTER), ASKED, END };

static GError *
run_to_error (const ScriptStep *script, const char *record)
{
  Fixture f;
  GError *error;

  set_up (&f, script);
  error = test_run_to_error (f.test->client);
  assert_record (f.registration, record);
  g_assert_false (hs_registration_get_registered (HS_REGISTRATION (f.registration)));
  tear_down (&f);
  return error;
}

/* ---- Captcha ---- */

/* A picture of 67 bytes. */
#define PICTURE                                                                                    \
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
#define CID "sha1+7f1e08e6a2c1d5a1b0f2@bob.xmpp.org"
#define CAPTCHA                                                                                    \
  "<x xmlns='jabber:x:data' type='form'><title>Register</title><instructions>One</instructions>"   \
  "<instructions>Two</instructions>"                                                               \
  "<field type='hidden' var='FORM_TYPE'><value>jabber:iq:register</value></field>"                 \
  "<field type='hidden' var='challenge'><value>F3A6</value></field>"                               \
  "<field type='hidden' var='sid'><value>reg1</value></field>"                                     \
  "<field type='hidden' var='answers'><value>3</value></field>"                                    \
  "<field type='fixed'><value>Please read.</value></field>"                                        \
  "<field var='ocr' label='Enter the text you see'>"                                               \
  "<media xmlns='urn:xmpp:media-element' height='80' width='290'>"                                 \
  "<uri type='image/jpeg'> http://example.org/ocr.jpeg?F3A6 </uri>"                                \
  "<uri type='image/png'>cid:" CID "</uri></media></field>"                                        \
  "<field type='text-single' var='SHA-256' label='93C7A'/>"                                        \
  "<field type='text-single' var='username'><required/></field>"                                   \
  "<field type='text-private' var='password'><required/></field></x>"                              \
  "<data xmlns='urn:xmpp:bob' cid='" CID "' max-age='0' type='image/png'>" PICTURE "</data>"       \
  "<instructions>Visit http://example.org/register</instructions>"                                 \
  "<x xmlns='jabber:x:oob'><url>http://example.org/register</url></x>"

static const ScriptStep captcha_served[]
    = { RUN (script_asked), SEND (QUERY (CAPTCHA)), SERVE, END };

static const ScriptStep captcha[] = {
  RUN (script_asked),
  SEND (QUERY (CAPTCHA)),
  EXPECT ("</iq>"),
  SEND (RESULT),
  SIGN_IN,
  SERVE,
  END,
};

static gboolean
solve (TestRegistration *self, HsDataForm *form)
{
  HsDataField *field = hs_data_form_get_field (form, "ocr");
  const char *const *uris = hs_data_field_get_media_uris (field);
  const char *const *types = hs_data_field_get_media_types (field);
  GBytes *picture;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (hs_data_form_get_instructions (form), ==, "One\nTwo");
  g_assert_true (hs_data_field_has_media (field));
  g_assert_cmpstr (uris[0], ==, "http://example.org/ocr.jpeg?F3A6");
  g_assert_cmpstr (types[1], ==, "image/png");
  g_assert_null (uris[2]);
  g_assert_cmpuint (hs_data_field_get_media_width (field), ==, 290);
  g_assert_cmpuint (hs_data_field_get_media_height (field), ==, 80);
  g_assert_null (hs_data_form_get_media (form, uris[0]));
  picture = hs_data_form_get_media (form, uris[1]);
  g_assert_nonnull (picture);
  g_assert_cmpuint (g_bytes_get_size (picture), ==, 67);
  g_assert_true (memcmp (g_bytes_get_data (picture, NULL), "\x89PNG", 4) == 0);
  g_assert_cmpstr (hs_registration_get_url (HS_REGISTRATION (self)), ==,
                   "http://example.org/register");

  /* Unanswered, it is not taken, and can be answered then. */
  g_assert_false (hs_registration_submit (HS_REGISTRATION (self), form, &error));
  g_assert_error (error, HS_DATA_FORM_ERROR, HS_DATA_FORM_ERROR_REQUIRED);
  g_clear_error (&error);
  hs_data_field_set_value (field, "7nHL3", &error);
  g_assert_no_error (error);
  return TRUE;
}

static void
check_captcha (gboolean later)
{
  Fixture f;
  g_autofree char *sent = NULL;

  set_up (&f, captcha);
  f.registration->fill = solve;
  f.registration->later = later;
  test_client_start_until_ready (f.test);
  assert_record (f.registration, "form(ocr,SHA-256) success");
  sent = test_client_dup_sent (f.test);
  g_assert_nonnull (strstr (
      sent, "<field var=\"challenge\" type=\"hidden\"><value>F3A6</value></field>"
            "<field var=\"sid\" type=\"hidden\"><value>reg1</value></field>"
            "<field var=\"answers\" type=\"hidden\"><value>3</value></field>"
            "<field var=\"ocr\" type=\"text-single\"><value>7nHL3</value></field>"
            "<field var=\"username\" type=\"text-single\"><value>user</value></field>"
            "<field var=\"password\" type=\"text-private\"><value>secret</value></field></x></query>"));
  test_client_stop (f.test);
  tear_down (&f);
}

static void
test_captcha (void)
{
  check_captcha (FALSE);
}

static void
test_captcha_later (void)
{
  check_captcha (TRUE);
}

/* The client goes while a form waits. */
static void
test_captcha_dropped (void)
{
  Fixture f;
  g_autoptr (GError) error = NULL;

  set_up (&f, captcha);
  f.registration->hold = TRUE;
  hs_client_start (f.test->client);
  test_until (f.registration->form != NULL);
  scripted_server_forgive (f.test->server);
  test_client_drop (f.test);
  g_assert_false (hs_registration_submit (HS_REGISTRATION (f.registration), f.registration->form,
                                          &error));
  g_assert_error (error, HS_REGISTRATION_ERROR, HS_REGISTRATION_ERROR_NO_FORM);
  hs_registration_cancel (HS_REGISTRATION (f.registration));
  hs_registration_retry (HS_REGISTRATION (f.registration), "name");
  hs_registration_sign_in (HS_REGISTRATION (f.registration));
  hs_registration_defer (HS_REGISTRATION (f.registration));
  assert_record (f.registration, "form(ocr,SHA-256)");
  tear_down (&f);
}

/* The client is stopped while a form waits. */
static void
test_captcha_stopped (void)
{
  Fixture f;
  g_autoptr (GError) error = NULL;

  set_up (&f, captcha_served);
  f.registration->hold = TRUE;
  hs_client_start (f.test->client);
  test_until (f.registration->form != NULL);
  scripted_server_forgive (f.test->server);
  test_client_stop (f.test);
  g_assert_false (hs_registration_submit (HS_REGISTRATION (f.registration), f.registration->form,
                                          &error));
  g_assert_error (error, HS_REGISTRATION_ERROR, HS_REGISTRATION_ERROR_NO_FORM);
  assert_record (f.registration, "form(ocr,SHA-256)");
  tear_down (&f);
}

/* ---- Refusals ---- */

typedef struct
{
  const char *name;
  ScriptStep steps[8];
  GQuark (*domain) (void);
  int code;
  const char *record; /* with %s for the error's */
  const char *message;
} Refusal;

static const Refusal refusals[] = {
  { "url", { RUN (script_asked),
      SEND (QUERY ("<instructions>Visit us</instructions><x xmlns='jabber:x:oob'>"
                   "<url> https://example.org/join </url></x>")), SERVE, END },
    hs_registration_error_quark, HS_REGISTRATION_ERROR_REDIRECTED, "error(%s)",
    "https://example.org/join" },
  { "registered", { RUN (script_asked), SEND (QUERY ("<registered/>" FIELDS)), SERVE, END },
    hs_registration_error_quark, HS_REGISTRATION_ERROR_ALREADY_REGISTERED, "error(%s)", NULL },
  { "nothing", { RUN (script_asked), SEND (QUERY ("<instructions>Ask Joe</instructions>")), SERVE, END },
    hs_registration_error_quark, HS_REGISTRATION_ERROR_NOTHING_ASKED, "error(%s)", "Ask Joe" },
  { "no-query", { RUN (script_asked), SEND (RESULT), SERVE, END },
    hs_registration_error_quark, HS_REGISTRATION_ERROR_NOTHING_ASKED, "error(%s)", NULL },
  { "other-query", { RUN (script_asked),
      SEND ("<iq type='result' id='@ID@'><query xmlns='jabber:iq:roster'><username/></query></iq>"),
      SERVE, END },
    hs_registration_error_quark, HS_REGISTRATION_ERROR_NOTHING_ASKED, "error(%s)", NULL },
  { "broken-form", { RUN (script_asked),
      SEND (QUERY (FIELDS "<x xmlns='jabber:x:data' type='form'><field var='a'/><field var='a'/></x>")),
      SERVE, END },
    hs_data_form_error_quark, HS_DATA_FORM_ERROR_INVALID_FORM, "error(%s)", "\"a\"" },
  { "unknown-field", { RUN (script_asked), SEND (QUERY (FIELDS "<email/>")), SERVE, END },
    hs_data_form_error_quark, HS_DATA_FORM_ERROR_REQUIRED, "form(email) error(%s)", "email" },
  { "no-register", { RUN (script_asked), SEND (REFUSE ("cancel", "service-unavailable")), SERVE, END },
    hs_stanza_error_quark, HS_STANZA_ERROR_SERVICE_UNAVAILABLE, "error(%s)", "Because" },
  { "asked-conflict", { RUN (script_asked), SEND (REFUSE ("cancel", "conflict")), SERVE, END },
    hs_stanza_error_quark, HS_STANZA_ERROR_CONFLICT, "error(%s)", "Because" },
  { "conflict", { RUN (script_asked), SEND (QUERY (FIELDS)), EXPECT ("</iq>"),
      SEND (REFUSE ("cancel", "conflict")), SERVE, END },
    hs_stanza_error_quark, HS_STANZA_ERROR_CONFLICT, "conflict", "Because" },
  { "resource-constraint", { RUN (script_asked), SEND (QUERY (FIELDS)), EXPECT ("</iq>"),
      SEND (REFUSE ("wait", "resource-constraint")), SERVE, END },
    hs_stanza_error_quark, HS_STANZA_ERROR_RESOURCE_CONSTRAINT, "constraint", "Because" },
  { "not-acceptable", { RUN (script_asked), SEND (QUERY (FIELDS)), EXPECT ("</iq>"),
      SEND (REFUSE ("modify", "not-acceptable")), SERVE, END },
    hs_stanza_error_quark, HS_STANZA_ERROR_NOT_ACCEPTABLE, "error(%s)", "Because" },
  { "forbidden", { RUN (script_asked), SEND (QUERY (FIELDS)), EXPECT ("</iq>"),
      SEND (REFUSE ("auth", "forbidden")), SERVE, END },
    hs_stanza_error_quark, HS_STANZA_ERROR_FORBIDDEN, "error(%s)", "Because" },
  { "not-allowed", { RUN (script_asked), SEND (QUERY (FIELDS)), EXPECT ("</iq>"),
      SEND (REFUSE ("cancel", "not-allowed")), SERVE, END },
    hs_stanza_error_quark, HS_STANZA_ERROR_NOT_ALLOWED, "error(%s)", "Because" },
  { "unknown-condition", { RUN (script_asked), SEND (QUERY (FIELDS)), EXPECT ("</iq>"),
      SEND ("<iq type='error' id='@ID@'/>"), SERVE, END },
    hs_stanza_error_quark, HS_STANZA_ERROR_UNDEFINED_CONDITION, "error(%s)", NULL },
  /* The client's own errors are told once, by the client. */
  { "closed", { RUN (script_asked), CLOSE, END }, hs_error_quark, HS_ERROR_CONNECTION_LOST, "", NULL },
  { "ended", { RUN (script_asked), SEND (SAY_END), READ_END, END },
    hs_error_quark, HS_ERROR_CONNECTION_LOST, "", NULL },
  { "stream-error", { RUN (script_asked),
      SEND ("<stream:error><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>"
            SAY_END), READ_END, END },
    hs_stream_error_quark, HS_STREAM_ERROR_NOT_AUTHORIZED, "", NULL },
};

static void
test_refusal (gconstpointer data)
{
  const Refusal *refusal = data;
  g_autofree char *told
      = g_strdup_printf ("%s %d", g_quark_to_string (refusal->domain ()), refusal->code);
  g_auto (GStrv) parts = g_strsplit (refusal->record, "%s", 2);
  g_autofree char *record = g_strjoinv (told, parts);
  g_autoptr (GError) error = run_to_error (refusal->steps, record);

  g_assert_error (error, refusal->domain (), refusal->code);
  if (refusal->message != NULL)
    g_assert_nonnull (strstr (error->message, refusal->message));
}

/* ---- Order ---- */

/* The answer to the question comes again, others come from strangers: none is one to the submission. */
static const ScriptStep early_success[] = {
  RUN (script_asked),
  SEND (QUERY (FIELDS) QUERY (FIELDS) RESULT),
  EXPECT ("</iq>"),
  SEND ("<iq type='result' id='someid'/><iq type='result' from='evil@example.net' id='@ID@'/>"
        "<iq type='result' from='other@example.org' id='@ID@'/>"
        "<message type='error' id='@ID@'><error type='cancel'>"
        "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"),
  SERVE,
  END,
};

static void
test_early_success (void)
{
  static const ScriptStep steps[] = {
    RUN (script_asked),
    SEND (QUERY (FIELDS) QUERY (FIELDS) RESULT),
    EXPECT ("</iq>"),
    SEND ("<iq type='result' id='someid'/><iq type='result' from='evil@example.net' id='@ID@'/>"
          "<iq type='result' from='other@example.org' id='@ID@'/>" REFUSE ("cancel", "conflict")),
    SERVE,
    END,
  };
  g_autoptr (GError) error = run_to_error (steps, "conflict");

  g_assert_error (error, HS_STANZA_ERROR, HS_STANZA_ERROR_CONFLICT);
}

/* Only messages and iqs of no interest before the sign-in: they break the protocol, and nothing hangs. */
static void
test_message_before_sign_in (void)
{
  g_autoptr (GError) error = run_to_error (early_success, "");

  g_assert_error (error, HS_ERROR, HS_ERROR_PROTOCOL);
}

static void
test_silence (void)
{
  static const ScriptStep steps[] = { RUN (script_asked), SERVE, END };
  Fixture f;
  g_autoptr (GError) error = NULL;

  set_up (&f, steps);
  hs_client_set_request_timeout (f.test->client, 100);
  error = test_run_to_error (f.test->client);
  g_assert_error (error, HS_ERROR, HS_ERROR_TIMED_OUT);
  g_assert_true (g_str_has_prefix (f.registration->record->str, "error(hs-error-quark"));
  tear_down (&f);
}

static void
test_retry_constraint (void)
{
  static const ScriptStep steps[] = {
    RUN (script_asked), SEND (QUERY (FIELDS)), EXPECT ("</iq>"),
    SEND (REFUSE ("wait", "resource-constraint")), ASKED, SEND (QUERY (FIELDS)), EXPECT ("</iq>"),
    SEND (RESULT), SIGN_IN, SERVE, END,
  };
  Fixture f;

  set_up (&f, steps);
  f.registration->answer = TEST_RETRY_LATER;
  test_client_start_until_ready (f.test);
  assert_record (f.registration, "constraint success");
  test_client_stop (f.test);
  tear_down (&f);
}

static gboolean
add_email (TestRegistration *self, HsDataForm *form)
{
  return hs_data_form_set_value (form, "email", "me@example.net", NULL);
}

/* Fields of before there were forms; the key is given back. */
static void
test_legacy (void)
{
  static const ScriptStep steps[] = {
    RUN (script_asked),
    SEND (QUERY ("<instructions>Fill in.</instructions><key>a1b2</key>" FIELDS "<email/>")),
    EXPECT ("<key>a1b2</key><username>user</username><password>secret</password>"
            "<email>me@example.net</email></query></iq>"),
    SEND ("<iq type='result' id='unasked'/>"),
    SERVE, END,
  };
  Fixture f;
  g_autofree char *sent = NULL;

  set_up (&f, steps);
  f.registration->fill = add_email;
  hs_client_start (f.test->client);
  test_client_await_sent (f.test, "<email>me@example.net</email></query></iq>");
  sent = test_client_dup_sent (f.test);
  g_assert_null (strstr (sent, "<instructions"));
  assert_record (f.registration, "form(email)");
  test_client_stop (f.test);
  tear_down (&f);
}

/* What is known is not asked. */
static void
test_values (void)
{
  static const ScriptStep steps[] = {
    RUN (script_asked), SEND (QUERY (FIELDS "<email/><first/>")), EXPECT ("</iq>"), SEND (RESULT),
    SIGN_IN, SERVE, END,
  };
  Fixture f;
  g_autofree char *sent = NULL;

  set_up (&f, steps);
  g_object_set (f.registration, "email", "me@example.net", "password", "secret", NULL);
  hs_registration_set_value (HS_REGISTRATION (f.registration), "first", "Juliet");
  test_client_start_until_ready (f.test);
  assert_record (f.registration, "success");
  sent = test_client_dup_sent (f.test);
  g_assert_nonnull (strstr (sent, "<email>me@example.net</email><first>Juliet</first>"));
  test_client_stop (f.test);
  tear_down (&f);
}

/* ---- Tokens ---- */

static void
check_token (const ScriptStep *steps, const char *record, GQuark domain, int code)
{
  Fixture f;
  g_autoptr (GError) error = NULL;

  set_up (&f, steps);
  hs_registration_set_preauth_token (HS_REGISTRATION (f.registration), "T0KEN");
  if (domain == 0)
    {
      test_client_start_until_ready (f.test);
      test_client_stop (f.test);
    }
  else
    {
      error = test_run_to_error (f.test->client);
      g_assert_error (error, domain, code);
    }
  assert_record (f.registration, record);
  tear_down (&f);
}

static void
test_token (void)
{
  static const ScriptStep steps[] = {
    RUN (script_header), FEATURES ("<register xmlns='urn:xmpp:ibr-token:0'/>"),
    EXPECT ("<preauth xmlns=\"urn:xmpp:pars:0\" token=\"T0KEN\"/></iq>"), SEND (RESULT), ASKED,
    SEND (QUERY (FIELDS)), EXPECT ("</iq>"), SEND (RESULT), SIGN_IN, SERVE, END,
  };

  check_token (steps, "success", 0, 0);
}

static void
test_token_not_offered (void)
{
  static const ScriptStep steps[] = { RUN (script_header), FEATURES (REGISTER), SERVE, END };

  check_token (steps, "error(hs-registration-error-quark 0)", HS_REGISTRATION_ERROR,
               HS_REGISTRATION_ERROR_NOT_OFFERED);
}

static void
test_token_refused (void)
{
  static const ScriptStep steps[] = {
    RUN (script_header), FEATURES (REGISTER "<register xmlns='urn:xmpp:ibr-token:0'/>"),
    EXPECT ("</iq>"), SEND (REFUSE ("cancel", "item-not-found")), SERVE, END,
  };
  g_autofree char *record
      = g_strdup_printf ("error(hs-stanza-error-quark %d)", HS_STANZA_ERROR_ITEM_NOT_FOUND);

  check_token (steps, record, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registration/captcha", test_captcha);
  g_test_add_func ("/registration/captcha/later", test_captcha_later);
  g_test_add_func ("/registration/captcha/dropped", test_captcha_dropped);
  g_test_add_func ("/registration/captcha/stopped", test_captcha_stopped);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = g_strconcat ("/registration/refusal/", refusals[i].name, NULL);

      g_test_add_data_func (path, &refusals[i], test_refusal);
    }
  g_test_add_func ("/registration/early-success", test_early_success);
  g_test_add_func ("/registration/message-before-sign-in", test_message_before_sign_in);
  g_test_add_func ("/registration/silence", test_silence);
  g_test_add_func ("/registration/retry-constraint", test_retry_constraint);
  g_test_add_func ("/registration/legacy", test_legacy);
  g_test_add_func ("/registration/values", test_values);
  g_test_add_func ("/registration/token", test_token);
  g_test_add_func ("/registration/token/not-offered", test_token_not_offered);
  g_test_add_func ("/registration/token/refused", test_token_refused);
  return g_test_run ();
}
