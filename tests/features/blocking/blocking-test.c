/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "blocking-test.h"

void
blocking_changed_cb (GListModel *model, guint position, guint removed, guint added, BlockingTest *f)
{
  g_string_append_printf (f->changes, "%u-%u+%u ", position, removed, added);
  /* A handler finds what the list has. */
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (HsBlockedAddress) address = g_list_model_get_item (model, i);

      g_assert_true (hs_blocking_is_blocked (
          f->blocking, hs_jid_to_string (hs_blocked_address_get_jid (address))));
    }
}

void
blocking_result_cb (GObject *blocking, GAsyncResult *result, gpointer data)
{
  BlockingTest *f = data;

  g_assert_null (f->result);
  f->result = g_object_ref (result);
}

void
blocking_watch (BlockingTest *f, TestClient *test)
{
  *f = (BlockingTest){ test, hs_blocking_new (), g_string_new (NULL), NULL };
  g_signal_connect (hs_blocking_get_blocked (f->blocking), "items-changed",
                    G_CALLBACK (blocking_changed_cb), f);
}

void
blocking_set_up (BlockingTest *f, const ScriptStep *const *scripts)
{
  blocking_watch (f, test_client_new (scripts, HS_TLS_MODE_NONE));
  hs_client_register (f->test->client, HS_MODULE (f->blocking));
}

void
blocking_set_up_loaded (BlockingTest *f, const ScriptStep *script)
{
  const ScriptStep *const scripts[] = { script, NULL };

  blocking_set_up (f, scripts);
  test_client_start_until_ready (f->test);
  test_until (hs_blocking_get_is_loaded (f->blocking));
  /* The turn in which the list was shown is over. */
  test_spin (5);
  g_string_truncate (f->changes, 0);
}

void
blocking_clear (BlockingTest *f)
{
  test_client_free (f->test);
  g_assert_null (f->result);
  g_assert_finalize_object (f->blocking);
  g_string_free (f->changes, TRUE);
}

void
blocking_tear_down (BlockingTest *f)
{
  test_client_stop (f->test);
  blocking_clear (f);
}

void
blocking_assert (BlockingTest *f, const char *expected)
{
  GListModel *model = hs_blocking_get_blocked (f->blocking);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_true (g_list_model_get_item_type (model) == HS_TYPE_BLOCKED_ADDRESS);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (HsBlockedAddress) address = g_list_model_get_item (model, i);

      g_string_append_printf (text, "%s ", hs_jid_to_string (hs_blocked_address_get_jid (address)));
    }
  g_assert_null (g_list_model_get_item (model, g_list_model_get_n_items (model)));
  g_assert_cmpstr (text->str, ==, expected);
}

gboolean
blocking_finish (BlockingTest *f, gboolean is_block, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  test_until (f->result != NULL);
  result = g_steal_pointer (&f->result);
  return is_block ? hs_blocking_block_finish (f->blocking, result, error)
                  : hs_blocking_unblock_finish (f->blocking, result, error);
}

void
blocking_block (BlockingTest *f, const char *const *jids)
{
  hs_blocking_block_async (f->blocking, jids, NULL, blocking_result_cb, f);
}

void
blocking_unblock (BlockingTest *f, const char *const *jids)
{
  hs_blocking_unblock_async (f->blocking, jids, NULL, blocking_result_cb, f);
}

const ScriptStep blocking_two[]
    = { RUN (script_sign_in), ASKED,
        SEND (LIST (ITEM ("romeo@montague.net") ITEM ("iago@shakespeare.lit"))), END };
const ScriptStep blocking_served[] = { RUN (blocking_two), SERVE, END };
