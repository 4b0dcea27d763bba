/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "archive-test.h"

#include <string.h>

static void
received_cb (HsMessages *messages, HsDelivery *delivery, ArchiveTest *f)
{
  if (!test_is_mark (HS_ELEMENT (hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery)))))
    f->n_received++;
}

static void
rejected_cb (HsMessages *messages, HsMessage *message, HsMessageFault fault, ArchiveTest *f)
{
  g_assert_true (fault == HS_MESSAGE_FAULT_UNREQUESTED || fault == HS_MESSAGE_FAULT_SENDER);
  f->n_rejected++;
}

static void
message_cb (HsClient *client, HsMessage *message, ArchiveTest *f)
{
  if (!test_is_mark (HS_ELEMENT (message)))
    f->n_messages++;
}

void
archive_set_up (ArchiveTest *f, gboolean has_messages)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };

  *f = (ArchiveTest){ .test = test_client_new_for (script, HS_TLS_MODE_NONE), .archive = hs_archive_new () };
  g_assert_null (hs_archive_get_client (f->archive));
  hs_client_register (f->test->client, HS_MODULE (f->archive));
  g_assert_true (hs_archive_get_client (f->archive) == f->test->client);
  if (has_messages)
    {
      f->messages = hs_messages_new ();
      g_signal_connect (f->messages, "received", G_CALLBACK (received_cb), f);
      g_signal_connect (f->messages, "rejected", G_CALLBACK (rejected_cb), f);
      hs_client_register (f->test->client, HS_MODULE (f->messages));
    }
  g_signal_connect (f->test->client, "message", G_CALLBACK (message_cb), f);
  test_client_start_until_ready (f->test);
  if (has_messages)
    archive_answer_features (f, "user@example.org", "<feature var='urn:xmpp:mam:2'/>");
}

void
archive_tear_down (ArchiveTest *f)
{
  test_client_stop (f->test);
  test_client_free (f->test);
  g_clear_object (&f->result);
  g_assert_finalize_object (f->archive);
  if (f->messages != NULL)
    g_assert_finalize_object (f->messages);
  g_free (f->sent);
  g_free (f->id);
  g_free (f->query_id);
}

void
archive_result_cb (GObject *source, GAsyncResult *result, gpointer test)
{
  ArchiveTest *f = test;

  g_set_object (&f->result, result);
}

char *
archive_dup_attribute (const char *at, const char *name)
{
  g_autofree char *start = g_strdup_printf (" %s=\"", name);
  const char *value = strstr (at, start);

  if (value == NULL)
    return NULL;
  value += strlen (start);
  return g_strndup (value, strcspn (value, "\""));
}

/* The last iq with all these texts that the server has got. */
static char *
dup_iq (ArchiveTest *f, const char *payload, const char *to)
{
  g_autofree char *sent = scripted_server_dup_received (f->test->server);
  char *found = NULL;

  for (char *at = sent; (at = strstr (at, "<iq ")) != NULL; at++)
    {
      char *end = strstr (at, "</iq>");
      g_autofree char *iq = end != NULL ? g_strndup (at, end - at) : NULL;

      if (iq == NULL || strstr (iq, payload) == NULL || (to != NULL && strstr (iq, to) == NULL))
        continue;
      g_free (found);
      found = g_steal_pointer (&iq);
    }
  return found;
}

void
archive_find (ArchiveTest *f, const char *payload, const char *to)
{
  gint64 deadline = test_deadline ();

  g_clear_pointer (&f->sent, g_free);
  while ((f->sent = dup_iq (f, payload, to)) == NULL)
    test_iterate (deadline, payload);
  g_free (f->id);
  g_free (f->query_id);
  f->id = archive_dup_attribute (f->sent, "id");
  f->query_id = archive_dup_attribute (f->sent, "queryid");
}

void
archive_await (ArchiveTest *f, const char *payload, const char *to)
{
  archive_find (f, payload, to);
  scripted_server_forget_received (f->test->server);
}

void
archive_say (ArchiveTest *f, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "@ID@", -1);
  g_autofree char *with_id = g_strjoinv (f->id, parts);
  g_auto (GStrv) pieces = g_strsplit (with_id, "@Q@", -1);
  g_autofree char *whole = g_strjoinv (f->query_id != NULL ? f->query_id : "", pieces);

  test_client_say (f->test, whole);
}

void
archive_answer_features (ArchiveTest *f, const char *jid, const char *features)
{
  g_autofree char *to = g_strdup_printf ("to=\"%s\"", jid);
  g_autofree char *answer = NULL;

  archive_await (f, "disco#info", to);
  answer = g_strdup_printf ("<iq type='result' id='@ID@' from='%s'><query xmlns='http://jabber.org/protocol/disco#info'>"
                            "%s</query></iq>",
                            jid, features);
  archive_say (f, answer);
}

static void
await_query (ArchiveTest *f)
{
  archive_await (f, "<query xmlns=\"urn:xmpp:mam:2\" queryid", NULL);
}

void
archive_ask (ArchiveTest *f, HsArchiveQuery *query)
{
  g_clear_object (&f->result);
  hs_archive_fetch_async (f->archive, query, NULL, archive_result_cb, f);
  await_query (f);
}

void
archive_ask_next (ArchiveTest *f, HsArchivePage *page)
{
  g_clear_object (&f->result);
  hs_archive_fetch_next_async (f->archive, page, NULL, archive_result_cb, f);
  await_query (f);
}

HsArchivePage *
archive_finish (ArchiveTest *f, GError **error)
{
  test_until (f->result != NULL);
  return hs_archive_fetch_finish (f->archive, f->result, error);
}

HsArchivePage *
archive_finish_next (ArchiveTest *f, GError **error)
{
  test_until (f->result != NULL);
  return hs_archive_fetch_next_finish (f->archive, f->result, error);
}

char *
archive_dup_bodies (HsArchivePage *page)
{
  g_autoptr (GPtrArray) deliveries = hs_archive_page_list_deliveries (page);
  GString *bodies = g_string_new (NULL);

  for (guint i = 0; i < deliveries->len; i++)
    {
      HsChatMessage *chat = deliveries->pdata[i];

      g_assert_cmpint (hs_delivery_get_source (deliveries->pdata[i]), ==, HS_DELIVERY_SOURCE_ARCHIVE);
      g_string_append_printf (bodies, "%s'%s' ", hs_chat_message_get_archive_id (chat),
                              hs_message_get_body (hs_chat_message_get_message (chat)));
    }
  return g_string_free (bodies, FALSE);
}
