/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history-test.h"

#include <string.h>

static void
received_cb (HsMessages *messages, HsDelivery *delivery, HistoryTest *f)
{
  HsChatMessage *chat = HS_CHAT_MESSAGE (delivery);

  if (test_is_mark (HS_ELEMENT (hs_chat_message_get_message (chat))))
    return;
  g_string_append_printf (f->told, "%s'%s' ", hs_chat_message_get_archive_id (chat),
                          hs_message_get_body (hs_chat_message_get_message (chat)));
  g_set_object (&f->last, delivery);
}

static void
learned_cb (HsMessages *messages, const char *origin_id, HsDelivery *delivery, HistoryTest *f)
{
  g_string_append_printf (f->told, "learned:%s ", hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (delivery)));
}

static void
caught_up_cb (HsHistory *history, HsJid *archive, HistoryTest *f)
{
  g_string_append_printf (f->told, "current:%s ", hs_jid_to_string (archive));
}

static void
add_gap (GString *text, HsGap *gap)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (HS_TYPE_GAP_REASON);

  g_string_append_printf (text, "gap:%s:%s:%s ", g_enum_get_value (klass, hs_gap_get_reason (gap))->value_nick,
                          hs_gap_get_after_id (gap) != NULL ? hs_gap_get_after_id (gap) : "",
                          hs_gap_get_before_id (gap) != NULL ? hs_gap_get_before_id (gap) : "");
}

static void
gap_found_cb (HsHistory *history, HsGap *gap, HistoryTest *f)
{
  add_gap (f->told, gap);
}

void
history_set_up_limited (HistoryTest *f, GVariant *state, HsHistoryOrder order, guint limit)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  GError *error = NULL;

  *f = (HistoryTest){ .base = { .test = test_client_new_for (script, HS_TLS_MODE_NONE) },
                      .messages = hs_messages_new (),
                      .history = hs_history_new (),
                      .told = g_string_new (NULL) };
  f->base.archive = hs_archive_new ();
  g_signal_connect (f->messages, "received", G_CALLBACK (received_cb), f);
  g_signal_connect (f->messages, "learned", G_CALLBACK (learned_cb), f);
  g_signal_connect (f->history, "caught-up", G_CALLBACK (caught_up_cb), f);
  g_signal_connect (f->history, "gap-found", G_CALLBACK (gap_found_cb), f);
  hs_history_set_page_size (f->history, 3);
  hs_history_set_order (f->history, order);
  hs_history_set_limit (f->history, limit);
  if (state != NULL)
    {
      hs_stateful_restore_state (HS_STATEFUL (f->history), state, &error);
      g_assert_no_error (error);
    }
  hs_client_register (f->base.test->client, HS_MODULE (f->base.archive));
  hs_client_register (f->base.test->client, HS_MODULE (f->messages));
  hs_client_register (f->base.test->client, HS_MODULE (f->history));
  g_assert_true (hs_history_get_client (f->history) == f->base.test->client);
  hs_client_set_own_presence (f->base.test->client, presence);
  test_client_start_until_ready (f->base.test);
  /* Both were asked for in the same turn. */
  archive_find (&f->base, "disco#info", "to=\"user@example.org\"");
  archive_say (&f->base, "<iq type='result' id='@ID@' from='user@example.org'>"
                         "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:mam:2'/></query></iq>");
}

void
history_set_up (HistoryTest *f, GVariant *state, HsHistoryOrder order)
{
  history_set_up_limited (f, state, order, 0);
}

void
history_tear_down (HistoryTest *f)
{
  if (f->base.test->n_terminated == 0)
    test_client_stop (f->base.test);
  test_client_free (f->base.test);
  g_assert_null (hs_history_get_client (f->history));
  g_clear_object (&f->last);
  g_assert_finalize_object (f->history);
  g_assert_finalize_object (f->messages);
  g_assert_finalize_object (f->base.archive);
  g_clear_object (&f->base.result);
  g_string_free (f->told, TRUE);
  g_queue_clear_full (&f->asked, g_free);
  g_free (f->base.sent);
  g_free (f->base.id);
  g_free (f->base.query_id);
}

/* Several may come in one write. */
static void
collect_queries (HistoryTest *f)
{
  g_autofree char *received = scripted_server_dup_received (f->base.test->server);
  gboolean found = FALSE;

  for (char *at = received; (at = strstr (at, "<iq ")) != NULL; at++)
    {
      char *end = strstr (at, "</iq>");
      g_autofree char *iq = end != NULL ? g_strndup (at, end - at) : NULL;

      if (iq == NULL || strstr (iq, "<query xmlns=\"urn:xmpp:mam:2\" queryid") == NULL)
        continue;
      g_queue_push_tail (&f->asked, g_steal_pointer (&iq));
      found = TRUE;
    }
  if (found)
    scripted_server_forget_received (f->base.test->server);
}

/* The first one that has not been answered. */
static void
await_query (HistoryTest *f)
{
  gint64 deadline = test_deadline ();

  while (history_count_asked (f) == 0)
    test_iterate (deadline, "a question");
  g_free (f->base.sent);
  g_free (f->base.id);
  g_free (f->base.query_id);
  f->base.sent = g_queue_pop_head (&f->asked);
  f->base.id = archive_dup_attribute (f->base.sent, "id");
  f->base.query_id = archive_dup_attribute (f->base.sent, "queryid");
}

guint
history_count_asked (HistoryTest *f)
{
  collect_queries (f);
  return f->asked.length;
}

void
history_expect (HistoryTest *f, const char *told)
{
  gint64 deadline = test_deadline ();

  while (strlen (f->told->str) < strlen (told))
    test_iterate (deadline, f->told->str);
  g_assert_cmpstr (f->told->str, ==, told);
  g_string_truncate (f->told, 0);
}

void
history_answer (HistoryTest *f, const char *asked, const char *text)
{
  await_query (f);
  if (strstr (f->base.sent, asked) == NULL)
    g_error ("Not '%s', but: %s", asked, f->base.sent);
  archive_say (&f->base, text);
}

void
history_first_start (HistoryTest *f)
{
  history_answer (f, "<max>3</max><before/>",
                  AT ("01", "1", "one") NO_MESSAGE ("02", "2") AT ("05", "3", "three") FIN ("", ENDS ("1", "3")));
  history_expect (f, "gap:start::1 1'one' 3'three' current:user@example.org ");
}

GVariant *
history_dup_first_state (void)
{
  HistoryTest f;
  GVariant *state;

  history_set_up (&f, NULL, HS_HISTORY_ORDER_OLDEST_FIRST);
  history_first_start (&f);
  hs_history_confirm (f.history, f.last);
  state = hs_stateful_dup_state (HS_STATEFUL (f.history));
  history_tear_down (&f);
  return state;
}

char *
history_dup_gaps (HistoryTest *f)
{
  GListModel *gaps = hs_history_get_gaps (f->history);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (gaps); i++)
    {
      g_autoptr (HsGap) gap = g_list_model_get_item (gaps, i);

      g_assert_true (hs_gap_get_is_open (gap));
      add_gap (text, gap);
    }
  return g_string_free (text, FALSE);
}
