/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bookmarks-test.h"

static void
changed_cb (GListModel *model, guint position, guint n_removed, guint n_added, BookmarksTest *f)
{
  g_string_append_printf (f->changes, "%u-%u+%u ", position, n_removed, n_added);
}

void
bookmarks_make (BookmarksTest *f, const ScriptStep *const *scripts)
{
  pubsub_make (&f->nodes, scripts);
  f->bookmarks = hs_bookmarks_new ();
  f->changes = g_string_new (NULL);
  g_signal_connect (hs_bookmarks_get_bookmarks (f->bookmarks), "items-changed", G_CALLBACK (changed_cb), f);
  hs_client_register (f->nodes.test->client, HS_MODULE (f->nodes.pubsub));
}

void
bookmarks_say_features (BookmarksTest *f, const char *features)
{
  g_autofree char *answer
      = g_strdup_printf ("<iq type='result' id='@ID@'><query xmlns='http://jabber.org/protocol/disco#info'>"
                         "%s</query></iq>", features);

  pubsub_await_both (&f->nodes, "to=\"user@example.org\"", "<query xmlns=\"http://jabber.org/protocol/disco#info\"");
  pubsub_say (&f->nodes, answer);
}

void
bookmarks_set_up (BookmarksTest *f, const char *features)
{
  static const ScriptStep script[] = { RUN (script_sign_in), SERVE, END };
  static const ScriptStep *const scripts[] = { script, NULL };

  bookmarks_make (f, scripts);
  hs_client_register (f->nodes.test->client, HS_MODULE (f->bookmarks));
  g_assert_true (hs_bookmarks_get_client (f->bookmarks) == f->nodes.test->client);
  test_client_start_until_ready (f->nodes.test);
  bookmarks_say_features (f, features);
}

void
bookmarks_tear_down (BookmarksTest *f)
{
  /* The client holds the module, and the module the one for nodes. */
  hs_client_unregister (f->nodes.test->client, HS_MODULE (f->bookmarks));
  g_assert_null (hs_bookmarks_get_client (f->bookmarks));
  g_clear_object (&f->nodes.result);
  g_assert_finalize_object (f->bookmarks);
  g_string_free (f->changes, TRUE);
  pubsub_tear_down (&f->nodes);
}

void
bookmarks_answer (BookmarksTest *f, const char *text, const char *answer)
{
  pubsub_await (&f->nodes, text);
  pubsub_say (&f->nodes, answer);
}

void
bookmarks_assert (BookmarksTest *f, const char *expected)
{
  GListModel *model = hs_bookmarks_get_bookmarks (f->bookmarks);
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (HsBookmark) bookmark = g_list_model_get_item (model, i);
      const char *room = hs_jid_to_string (hs_bookmark_get_jid (bookmark));

      g_assert_true (hs_bookmarks_lookup (f->bookmarks, room) == bookmark);
      g_string_append (all, room);
      if (hs_bookmark_get_name (bookmark) != NULL)
        g_string_append_printf (all, " name=%s", hs_bookmark_get_name (bookmark));
      if (hs_bookmark_get_nick (bookmark) != NULL)
        g_string_append_printf (all, " nick=%s", hs_bookmark_get_nick (bookmark));
      if (hs_bookmark_get_password (bookmark) != NULL)
        g_string_append_printf (all, " password=%s", hs_bookmark_get_password (bookmark));
      g_string_append (all, hs_bookmark_get_is_autojoin (bookmark) ? " autojoin|" : "|");
    }
  g_assert_cmpstr (all->str, ==, expected);
}

static void
assert_ended (BookmarksTest *f,
              gboolean (*finish) (HsBookmarks *, GAsyncResult *, GError **),
              GQuark quark,
              int code)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  test_until (f->nodes.result != NULL);
  result = g_steal_pointer (&f->nodes.result);
  g_assert_true (finish (f->bookmarks, result, &error) == (quark == 0));
  if (quark != 0)
    g_assert_error (error, quark, code);
  else
    g_assert_no_error (error);
}

void
bookmarks_assert_stored (BookmarksTest *f, GQuark quark, int code)
{
  assert_ended (f, hs_bookmarks_store_finish, quark, code);
}

void
bookmarks_assert_removed (BookmarksTest *f, GQuark quark, int code)
{
  assert_ended (f, hs_bookmarks_remove_finish, quark, code);
}
