/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/hs-outbox.h"

#include "hs-element-private.h"
#include "hs-error.h"

/* An object that sends, as HsClient does, with no connection but a number. */
#define TEST_TYPE_SENDER (test_sender_get_type ())
G_DECLARE_FINAL_TYPE (TestSender, test_sender, TEST, SENDER, GObject)

struct _TestSender
{
  GObject parent;
  HsOutbox outbox;
  HsStreamManagement *management;
  gboolean connected;
  guint64 end;
  GString *returned;
};

G_DEFINE_TYPE (TestSender, test_sender, G_TYPE_OBJECT)

static gboolean
queue_output_cb (guint64 *end, gpointer owner)
{
  TestSender *self = owner;

  *end = self->end;
  return self->connected;
}

static void
returned_cb (HsElement *stanza, const GError *error, gpointer owner)
{
  TestSender *self = owner;

  g_assert_error (error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_string_append_printf (self->returned, "%s ", hs_element_get_attribute (stanza, "id"));
}

static const HsOutboxCallbacks callbacks = { queue_output_cb, returned_cb };

static void
test_sender_init (TestSender *self)
{
  hs_outbox_init (&self->outbox, &callbacks, self);
  self->management = hs_stream_management_new (NULL);
  self->returned = g_string_new (NULL);
  self->connected = TRUE;
}

static void
test_sender_finalize (GObject *object)
{
  TestSender *self = TEST_SENDER (object);

  hs_outbox_clear (&self->outbox);
  hs_stream_management_free (self->management);
  g_string_free (self->returned, TRUE);
  G_OBJECT_CLASS (test_sender_parent_class)->finalize (object);
}

static void
test_sender_class_init (TestSenderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_sender_finalize;
}

/* What became of one task. */
typedef struct
{
  gboolean done;
  GError *error;
} Result;

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Result *self = user_data;

  g_assert_false (self->done);
  self->done = TRUE;
  g_assert_true (g_task_propagate_boolean (G_TASK (result), &self->error) == (self->error == NULL));
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Returns a task that was added. */
static GTask *
add (TestSender *sender, GCancellable *cancellable, Result *result)
{
  GTask *task = g_task_new (sender, cancellable, done_cb, result);

  hs_outbox_add (&sender->outbox, task);
  return task;
}

/* Sends without stream management; the stanza ends at @end. */
static void
send_unmanaged (TestSender *sender, guint64 end, GCancellable *cancellable, Result *result)
{
  g_autoptr (GTask) task = add (sender, cancellable, result);

  sender->end = end;
  hs_outbox_await_written (&sender->outbox, task);
}

static void
enable (TestSender *sender)
{
  g_autoptr (GByteArray) output = g_byte_array_new ();
  g_autoptr (HsElement) enabled
      = hs_element_new_from_string ("<enabled xmlns='urn:xmpp:sm:3' id='s' resume='true'/>", NULL);
  g_autoptr (GError) error = NULL;

  hs_stream_management_write_enable (sender->management, output);
  g_assert_true (hs_stream_management_on_enabled (sender->management, hs_element_get_node (enabled), &error));
  g_assert_no_error (error);
}

/* Takes the task's reference. */
static void
send_managed (TestSender *sender, const char *id, GTask *task)
{
  g_autoptr (GByteArray) output = g_byte_array_new ();
  g_autofree char *xml = g_strdup_printf ("<message id='%s'/>", id);

  g_byte_array_append (output, (const guint8 *) xml, strlen (xml));
  hs_stream_management_add_out (sender->management, output, 0, 0, 0, task);
}

static void
acknowledge (TestSender *sender, const char *h)
{
  g_autofree char *xml = g_strdup_printf ("<a xmlns='urn:xmpp:sm:3' h='%s'/>", h);
  g_autoptr (HsElement) ack = hs_element_new_from_string (xml, NULL);

  g_assert_true (hs_stream_management_on_ack (sender->management, hs_element_get_node (ack), NULL, NULL));
}

static void
test_written (void)
{
  TestSender *sender = g_object_new (TEST_TYPE_SENDER, NULL);
  Result first = { 0 }, second = { 0 };

  send_unmanaged (sender, 10, NULL, &first);
  send_unmanaged (sender, 20, NULL, &second);
  hs_outbox_written (&sender->outbox, 9);
  settle ();
  g_assert_false (first.done);
  hs_outbox_written (&sender->outbox, 19);
  settle ();
  g_assert_true (first.done);
  g_assert_no_error (first.error);
  g_assert_false (second.done);
  hs_outbox_written (&sender->outbox, 20);
  settle ();
  g_assert_true (second.done);
  g_assert_no_error (second.error);
  g_assert_finalize_object (sender);
}

static void
test_disconnected (void)
{
  TestSender *sender = g_object_new (TEST_TYPE_SENDER, NULL);
  Result waiting = { 0 }, late = { 0 };

  send_unmanaged (sender, 10, NULL, &waiting);
  sender->connected = FALSE;
  hs_outbox_disconnected (&sender->outbox);
  send_unmanaged (sender, 20, NULL, &late);
  settle ();
  g_assert_error (waiting.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_assert_error (late.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_clear_error (&waiting.error);
  g_clear_error (&late.error);
  g_assert_finalize_object (sender);
}

static void
test_cancelled (void)
{
  TestSender *sender = g_object_new (TEST_TYPE_SENDER, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Result unwritten = { 0 }, managed = { 0 }, early = { 0 };
  g_autoptr (GTask) task = add (sender, cancellable, &early);

  send_unmanaged (sender, 10, cancellable, &unwritten);
  enable (sender);
  send_managed (sender, "1", add (sender, cancellable, &managed));
  g_cancellable_cancel (cancellable);
  settle ();
  g_assert_error (unwritten.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (managed.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (early.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* None returns a second time. */
  hs_outbox_await_written (&sender->outbox, task);
  hs_outbox_written (&sender->outbox, 10);
  hs_outbox_disconnected (&sender->outbox);
  acknowledge (sender, "1");
  hs_outbox_tell (&sender->outbox, sender->management, FALSE);
  settle ();
  g_clear_error (&unwritten.error);
  g_clear_error (&managed.error);
  g_clear_error (&early.error);
  g_clear_object (&task);
  g_assert_finalize_object (sender);
}

static void
test_acknowledged (void)
{
  TestSender *sender = g_object_new (TEST_TYPE_SENDER, NULL);
  Result first = { 0 }, second = { 0 };

  enable (sender);
  send_managed (sender, "1", add (sender, NULL, &first));
  send_managed (sender, "2", add (sender, NULL, &second));
  acknowledge (sender, "1");
  hs_outbox_tell (&sender->outbox, sender->management, FALSE);
  settle ();
  g_assert_true (first.done);
  g_assert_no_error (first.error);
  g_assert_false (second.done);
  /* The run ends: who waits is told, and nothing is returned to anybody else. */
  hs_stream_management_give_up (sender->management);
  hs_outbox_tell (&sender->outbox, sender->management, FALSE);
  settle ();
  g_assert_error (second.error, HS_ERROR, HS_ERROR_SESSION_LOST);
  g_assert_cmpstr (sender->returned->str, ==, "");
  g_clear_error (&second.error);
  g_assert_finalize_object (sender);
}

static void
test_returned (void)
{
  for (guint quietly = 0; quietly < 2; quietly++)
    {
      TestSender *sender = g_object_new (TEST_TYPE_SENDER, NULL);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Result result = { 0 };

      enable (sender);
      send_managed (sender, "a", NULL);
      send_managed (sender, "b", add (sender, cancellable, &result));
      g_cancellable_cancel (cancellable);
      settle ();
      hs_stream_management_give_up (sender->management);
      hs_outbox_tell (&sender->outbox, sender->management, quietly);
      g_assert_cmpstr (sender->returned->str, ==, quietly ? "" : "a b ");
      g_clear_error (&result.error);
      g_assert_finalize_object (sender);
    }
}

/* The server has refused <enable/>: what was sent counts as delivered when it is written. */
static void
test_unmanaged_after_all (void)
{
  TestSender *sender = g_object_new (TEST_TYPE_SENDER, NULL);
  g_autoptr (GByteArray) output = g_byte_array_new ();
  g_autoptr (HsElement) failed
      = hs_element_new_from_string ("<failed xmlns='urn:xmpp:sm:3'/>", NULL);
  Result result = { 0 };

  hs_stream_management_write_enable (sender->management, output);
  send_managed (sender, "1", add (sender, NULL, &result));
  hs_stream_management_on_failed (sender->management, hs_element_get_node (failed));
  hs_stream_management_begin (sender->management, output);
  sender->end = 30;
  hs_outbox_tell (&sender->outbox, sender->management, FALSE);
  settle ();
  g_assert_false (result.done);
  hs_outbox_written (&sender->outbox, 30);
  settle ();
  g_assert_true (result.done);
  g_assert_no_error (result.error);
  g_assert_finalize_object (sender);
}

static void
test_refused (void)
{
  TestSender *sender = g_object_new (TEST_TYPE_SENDER, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Result result = { 0 };
  g_autoptr (GTask) task = add (sender, cancellable, &result);

  hs_outbox_refuse (&sender->outbox, task, g_error_new_literal (HS_ERROR, HS_ERROR_NOT_CONNECTED, "no"));
  g_cancellable_cancel (cancellable);
  settle ();
  g_assert_true (result.done);
  g_clear_error (&result.error);
  g_clear_object (&task);
  g_assert_finalize_object (sender);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL);

  g_test_add_func ("/outbox/written", test_written);
  g_test_add_func ("/outbox/disconnected", test_disconnected);
  g_test_add_func ("/outbox/cancelled", test_cancelled);
  g_test_add_func ("/outbox/acknowledged", test_acknowledged);
  g_test_add_func ("/outbox/returned", test_returned);
  g_test_add_func ("/outbox/unmanaged-after-all", test_unmanaged_after_all);
  g_test_add_func ("/outbox/refused", test_refused);

  return g_test_run ();
}
