/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "history-reader.h"

#include <string.h>

#define PAGE_SIZE 7

static void
received_cb (HsMessages *messages, HsDelivery *delivery, Reader *self)
{
  const char *body = hs_message_get_body (hs_chat_message_get_message (HS_CHAT_MESSAGE (delivery)));

  if (body != NULL && g_str_has_prefix (body, self->prefix))
    {
      g_assert_nonnull (hs_chat_message_get_archive_id (HS_CHAT_MESSAGE (delivery)));
      g_ptr_array_add (self->bodies, g_strdup (body + strlen (self->prefix)));
    }
  hs_history_confirm (self->history, delivery);
  if (self->received != NULL)
    self->received (self);
}

void
reader_result_cb (GObject *source, GAsyncResult *result, gpointer reader)
{
  ((Reader *) reader)->result = g_object_ref (result);
}

void
reader_make (Reader *self, TestClient *test, const char *prefix, GVariant *state)
{
  g_autoptr (HsPresence) presence = hs_presence_new (NULL);
  GError *error = NULL;

  *self = (Reader){ .test = test,
                    .messages = hs_messages_new (),
                    .history = hs_history_new (),
                    .prefix = prefix,
                    .bodies = g_ptr_array_new_with_free_func (g_free) };
  hs_client_set_own_presence (test->client, presence);
  hs_history_set_page_size (self->history, PAGE_SIZE);
  g_signal_connect (self->messages, "received", G_CALLBACK (received_cb), self);
  if (state != NULL)
    hs_stateful_restore_state (HS_STATEFUL (self->history), state, &error);
  g_assert_no_error (error);
  hs_client_register (test->client, HS_MODULE (self->messages));
  hs_client_register (test->client, HS_MODULE (self->history));
}

void
reader_begin (Reader *self)
{
  test_client_start_until_ready (self->test);
  test_until (hs_history_is_current (self->history, NULL));
}

GVariant *
reader_end (Reader *self)
{
  GVariant *state = hs_stateful_dup_state (HS_STATEFUL (self->history));

  test_client_stop (self->test);
  test_client_free (self->test);
  g_ptr_array_unref (self->bodies);
  g_assert_finalize_object (self->history);
  g_assert_finalize_object (self->messages);
  return state;
}

void
reader_expect (Reader *self, guint first, guint n)
{
  test_until (self->bodies->len >= n);
  test_spin (100);
  g_assert_cmpuint (self->bodies->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *number = g_strdup_printf ("%03u", first + i);

      g_assert_cmpstr (self->bodies->pdata[i], ==, number);
    }
}

static int
compare_bodies (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

void
reader_expect_each (Reader *self, guint first, guint n)
{
  test_until (self->bodies->len >= n);
  g_ptr_array_sort (self->bodies, compare_bodies);
  reader_expect (self, first, n);
}

TestClient *
reader_start_writer (const ServerWay *way)
{
  TestClient *writer = server_new_user (WRITER, way);

  test_client_start_until_ready (writer);
  return writer;
}

TestClient *
reader_start_phone (const ServerWay *way)
{
  g_autofree char *variable = g_strdup_printf ("USER%u", READER);
  g_autofree char *password = g_strdup_printf ("PASSWORD%u", READER);
  g_autofree char *jid = g_strconcat (server_get (variable), "/phone", NULL);
  TestClient *phone = server_new_client (jid, server_get (password), way);

  test_client_start_until_ready (phone);
  return phone;
}

void
reader_write_some (TestClient *writer, const char *type, const char *to, const char *prefix, guint first, guint n)
{
  for (guint i = first; i < first + n; i++)
    {
      g_autofree char *body = g_strdup_printf ("%s%03u", prefix, i);
      g_autoptr (HsMessage) message = hs_message_new_chat (to, body);

      hs_stanza_set_stanza_type (HS_STANZA (message), type);
      g_assert_true (hs_client_send_stanza (writer->client, HS_ELEMENT (message), NULL));
    }
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer answered)
{
  *(gboolean *) answered = TRUE;
}

/* A server works on what comes over one connection in its order. */
void
reader_wait_for_server (TestClient *writer)
{
  g_autoptr (HsPing) ping = hs_ping_new ();
  gboolean is_answered = FALSE;

  hs_client_register (writer->client, HS_MODULE (ping));
  hs_ping_send_async (ping, hs_jid_get_domain (hs_client_get_bound_jid (writer->client)), NULL, answered_cb, &is_answered);
  test_until (is_answered);
  hs_client_unregister (writer->client, HS_MODULE (ping));
}
