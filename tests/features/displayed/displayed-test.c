/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "displayed-test.h"

#include <string.h>

static void
moved_cb (HsDisplayed *displayed, HsJid *peer, HsJid *archive, const char *id, DisplayedTest *f)
{
  g_string_append_printf (f->log, "moved:%s %s %s|", hs_jid_to_string (peer), hs_jid_to_string (archive), id);
}

static void
seen_by_cb (HsDisplayed *displayed, HsJid *peer, const char *author, const char *id, DisplayedTest *f)
{
  g_string_append_printf (f->log, "seen:%s %s %s|", hs_jid_to_string (peer), author, id);
}

void
displayed_answer (DisplayedTest *f, const char *text, const char *type, const char *payload)
{
  gint64 deadline = test_deadline ();
  g_autofree char *reply = NULL;
  g_autofree char *id = NULL;

  while (id == NULL)
    {
      g_autofree char *sent = scripted_server_dup_received (f->m.test->server);
      char *at = strstr (sent, text);

      test_iterate (deadline, text);
      if (at == NULL || strstr (at, "</iq>") == NULL)
        continue;
      *at = '\0';
      at = g_strrstr (sent, "<iq ");
      g_assert_nonnull (at);
      id = messages_dup_attribute (at, "iq", "id");
    }
  scripted_server_forget_received (f->m.test->server);
  reply = g_strdup_printf ("<iq type='%s' id='%s'>%s</iq>", type, id, payload);
  test_client_say (f->m.test, reply);
}

void
displayed_listen (DisplayedTest *f)
{
  f->displayed = hs_displayed_new ();
  f->log = g_string_new (NULL);
  g_signal_connect (f->displayed, "moved", G_CALLBACK (moved_cb), f);
  g_signal_connect (f->displayed, "seen-by", G_CALLBACK (seen_by_cb), f);
}

void
displayed_start (DisplayedTest *f, const char *features)
{
  static const ScriptStep *const scripts[] = { messages_session, NULL };

  messages_set_up (&f->m, scripts);
  displayed_listen (f);
  hs_client_register (f->m.test->client, HS_MODULE (f->displayed));
  test_client_start_until_ready (f->m.test);
  messages_answer_account (&f->m, features);
  test_until (hs_roster_get_is_loaded (f->m.roster));
  g_string_truncate (f->m.log, 0);
}

void
displayed_start_caught_up (DisplayedTest *f, const char *more_features)
{
  g_autofree char *features = g_strconcat (MESSAGES_FEATURES, PUBLISH_OPTIONS, more_features, NULL);

  displayed_start (f, features);
  displayed_answer_items (f, "error", NO_NODE);
}

void
displayed_stop (DisplayedTest *f)
{
  messages_stop_client (&f->m);
  messages_clear (&f->m);
  g_assert_finalize_object (f->displayed);
  g_string_free (f->log, TRUE);
}

void
displayed_expect (DisplayedTest *f, const char *expected)
{
  g_assert_cmpstr (f->log->str, ==, expected);
  g_string_truncate (f->log, 0);
}

HsDelivery *
displayed_hear (DisplayedTest *f, const char *message)
{
  test_client_say (f->m.test, message);
  g_string_truncate (f->m.log, 0);
  return messages_last (&f->m);
}

void
displayed_mark (DisplayedTest *f, HsDelivery *delivery)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (hs_displayed_mark (f->displayed, delivery, &error));
  g_assert_no_error (error);
}

void
displayed_assert_position (DisplayedTest *f, const char *peer, const char *expected)
{
  g_autofree char *position = hs_displayed_dup_position (f->displayed, peer);

  g_assert_cmpstr (position, ==, expected);
}

void
displayed_expect_sent (DisplayedTest *f, const char *marker, const char *published)
{
  g_autofree char *sent = NULL;
  g_autofree char *marked = NULL;
  g_autofree char *id = NULL;
  const char *at;

  /* What the account can do is asked for before something is published. */
  if (published != NULL)
    test_client_await_sent (f->m.test, "</publish-options>");
  else
    g_free (test_client_dup_sent (f->m.test));
  sent = test_client_dup_sent (f->m.test);
  marked = messages_dup_attribute (sent, "displayed xmlns=\"urn:xmpp:chat-markers:0\"", "id");
  at = strstr (sent, "<publish node=\"" MDS "\">");
  id = at != NULL ? messages_dup_attribute (at, "stanza-id", "id") : NULL;

  g_assert_cmpstr (marked, ==, marker);
  g_assert_cmpstr (id, ==, published);
  if (published == NULL)
    {
      scripted_server_forget_received (f->m.test->server);
      return;
    }
  g_assert_nonnull (strstr (at, "<field var=\"pubsub#access_model\"><value>whitelist</value></field>"));
  g_assert_nonnull (strstr (at, "<field var=\"pubsub#max_items\"><value>max</value></field>"));
  g_assert_nonnull (strstr (at, "<field var=\"pubsub#send_last_published_item\"><value>never</value></field>"));
  displayed_answer_publish (f);
}

void
displayed_expect_silence (DisplayedTest *f)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_free (test_client_dup_sent (f->m.test));
  g_assert_cmpuint (scripted_server_count_received (f->m.test->server, "<publish "), ==, 0);
}
