/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pubsub-test.h"

#include <string.h>

static void
event_cb (HsPubSub *pubsub, HsPubSubEvent *event, PubSubTest *f)
{
  HsPubSubItem *item = hs_pubsub_event_get_item (event);
  const char *id = item != NULL ? hs_pubsub_item_get_id (item) : "-";

  g_string_append_printf (f->events, "%d %s %s %s%s|", hs_pubsub_event_get_kind (event),
                          hs_jid_to_string (hs_pubsub_event_get_service (event)), hs_pubsub_event_get_node (event),
                          id != NULL ? id : "?",
                          hs_pubsub_event_get_is_replayed (event) ? " replayed" : "");
}

static void
message_cb (HsClient *client, HsMessage *message, PubSubTest *f)
{
  if (!test_is_mark (HS_ELEMENT (message)))
    f->n_messages++;
}

void
pubsub_make (PubSubTest *f, const ScriptStep *const *scripts)
{
  *f = (PubSubTest){ .test = test_client_new (scripts, HS_TLS_MODE_NONE),
                     .pubsub = hs_pubsub_new (),
                     .events = g_string_new (NULL) };
  g_assert_null (hs_pubsub_get_client (f->pubsub));
  g_signal_connect (f->pubsub, "event", G_CALLBACK (event_cb), f);
  g_signal_connect (f->test->client, "message", G_CALLBACK (message_cb), f);
}

void
pubsub_set_up (PubSubTest *f)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };

  pubsub_make (f, scripts);
  hs_client_register (f->test->client, HS_MODULE (f->pubsub));
  g_assert_true (hs_pubsub_get_client (f->pubsub) == f->test->client);
  test_client_start_until_ready (f->test);
}

void
pubsub_tear_down (PubSubTest *f)
{
  test_client_stop (f->test);
  test_client_free (f->test);
  g_clear_object (&f->result);
  g_clear_object (&f->cancellable);
  g_assert_finalize_object (f->pubsub);
  g_string_free (f->events, TRUE);
  g_free (f->sent);
  g_free (f->id);
}

void
pubsub_result_cb (GObject *source, GAsyncResult *result, gpointer test)
{
  PubSubTest *f = test;

  g_set_object (&f->result, result);
}

/* The last iq with these texts that the server has got. */
static char *
dup_iq (PubSubTest *f, const char *text, const char *more)
{
  g_autofree char *received = scripted_server_dup_received (f->test->server);
  char *found = NULL;

  for (char *at = received; (at = strstr (at, "<iq ")) != NULL; at++)
    {
      char *end = strstr (at, "</iq>");
      g_autofree char *iq = end != NULL ? g_strndup (at, end - at) : NULL;

      if (iq == NULL || strstr (iq, text) == NULL || strstr (iq, more) == NULL)
        continue;
      g_free (found);
      found = g_steal_pointer (&iq);
    }
  return found;
}

void
pubsub_await_both (PubSubTest *f, const char *text, const char *more)
{
  gint64 deadline = test_deadline ();
  const char *id;

  g_clear_pointer (&f->sent, g_free);
  while ((f->sent = dup_iq (f, text, more)) == NULL)
    test_iterate (deadline, text);
  g_free (f->id);
  id = strstr (f->sent, " id=\"");
  g_assert_nonnull (id);
  id += strlen (" id=\"");
  f->id = g_strndup (id, strcspn (id, "\""));
  scripted_server_forget_received (f->test->server);
}

void
pubsub_await (PubSubTest *f, const char *text)
{
  pubsub_await_both (f, text, "");
}

void
pubsub_await_config (PubSubTest *f, const char *stanza_type)
{
  g_autofree char *type = g_strdup_printf ("type=\"%s\"", stanza_type);

  pubsub_await_both (f, "<pubsub xmlns=\"http://jabber.org/protocol/pubsub#owner\"><configure node=\"" NODE "\"", type);
}

void
pubsub_say (PubSubTest *f, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "@ID@", -1);
  g_autofree char *whole = g_strjoinv (f->id != NULL ? f->id : "", parts);

  test_client_say (f->test, whole);
}

void
pubsub_publish (PubSubTest *f, const char *service, HsNodeConfig *options, const char *features)
{
  g_autoptr (HsElement) payload = hs_element_new ("note", "urn:example:note");
  const char *jid = service != NULL ? service : "user@example.org";
  g_autofree char *to = g_strdup_printf ("to=\"%s\"", jid);
  g_autofree char *answer = NULL;

  hs_element_set_text (payload, "secret");
  hs_pubsub_publish_async (f->pubsub, service, NODE, "1", payload, options, f->cancellable, pubsub_result_cb, f);
  if (features == NULL)
    return;
  pubsub_await_both (f, "http://jabber.org/protocol/disco#info", to);
  answer = g_strdup_printf ("<iq type='result' id='@ID@' from='%s'>"
                            "<query xmlns='http://jabber.org/protocol/disco#info'>%s</query></iq>",
                            jid, features);
  pubsub_say (f, answer);
}

char *
pubsub_finish_publish (PubSubTest *f, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  test_until (f->result != NULL);
  result = g_steal_pointer (&f->result);
  return hs_pubsub_publish_finish (f->pubsub, result, error);
}

void
pubsub_assert_unsent (PubSubTest *f, const char *text)
{
  g_assert_cmpuint (scripted_server_count_received (f->test->server, text), ==, 0);
}
