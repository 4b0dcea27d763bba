/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resume-test.h"

#define FEATURES SAY_FEATURES (FEATURE_BIND FEATURE_SM FEATURE_CSI)

const ScriptStep resume_sign_in[]
    = { RUN (script_header), RUN (script_plain), RUN (script_header), SEND (FEATURES), END };
const ScriptStep resume_begin[] = { RUN (resume_sign_in), EXPECT ("</iq>"), SEND (SAY_BOUND),
                                    EXPECT ("<enable" SM " resume='true'/>"),
                                    SEND ("<enabled" SM " resume='true' id='s1' max='600'/>"), END };
const ScriptStep resume_served[] = { RUN (resume_begin), SERVE, END };

static void
resumed_cb (HsClient *client, ResumeTest *f)
{
  f->n_resumed++;
  f->state_when_resumed = hs_client_get_state (client);
}

static void
returned_cb (HsClient *client, HsStanza *stanza, GError *error, ResumeTest *f)
{
  g_assert_error (error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_string_append_printf (f->returned, "%s ", hs_stanza_get_id (stanza));
}

static void
at_once_cb (HsClient *client, GError *error, int retry, gpointer data)
{
  hs_client_reconnect_now (client);
}

void
resume_watch (ResumeTest *f, TestClient *test)
{
  f->test = test;
  f->returned = g_string_new (NULL);
  g_object_set (test->client, "auto-reconnect", TRUE, NULL);
  g_signal_connect (test->client, "resumed", G_CALLBACK (resumed_cb), f);
  g_signal_connect (test->client, "returned", G_CALLBACK (returned_cb), f);
  g_signal_connect_after (test->client, "disconnected", G_CALLBACK (at_once_cb), f);
}

void
resume_set_up (ResumeTest *f, const ScriptStep *const *scripts)
{
  resume_watch (f, test_client_new (scripts, HS_TLS_MODE_NONE));
}

void
resume_clear (ResumeTest *f)
{
  test_client_free (f->test);
  g_string_free (f->returned, TRUE);
}

void
resume_send (ResumeTest *f, const char *type, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *xml = g_strdup_printf ("<message id='%s' type='%s' to='a@b'/>", id, type);

  hs_client_send_raw_stanza (f->test->client, xml, &error);
  g_assert_no_error (error);
}

static void
answered_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  ResumeResult *answer = data;
  g_autoptr (HsIq) iq = hs_client_request_finish (HS_CLIENT (client), result, &answer->error);

  g_assert_true ((iq == NULL) == (answer->error != NULL));
  answer->done = TRUE;
}

void
resume_ask (ResumeTest *f, ResumeResult *result)
{
  g_autoptr (HsElement) query = hs_element_new ("query", "urn:x");
  g_autoptr (HsIq) iq = hs_iq_new ("get", NULL, query);

  hs_element_set_attribute (HS_ELEMENT (iq), "id", "q1");
  hs_client_request_async (f->test->client, HS_ELEMENT (iq), 500, NULL, answered_cb, result);
}
