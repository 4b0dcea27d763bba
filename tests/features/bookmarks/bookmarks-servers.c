/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bookmarks-servers.h"

#include <string.h>

#include "server-test.h"

/* Bookmarks on a real server: two devices of one account, one of which comes later, and a contact. */

#define NODE "urn:xmpp:bookmarks:1"
#define N_ROOMS 30

typedef struct
{
  TestClient *test;
  HsBookmarks *bookmarks;
  GAsyncResult *result;
} Device;

static void
result_cb (GObject *source, GAsyncResult *result, gpointer device)
{
  g_set_object (&((Device *) device)->result, result);
}

static void
begin (Device *self, const char *resource, const ServerWay *way)
{
  g_autofree char *jid = g_strconcat (server_get ("USER1"), "/", resource, NULL);

  *self = (Device){ server_new_client (jid, server_get ("PASSWORD1"), way), hs_bookmarks_new (), NULL };
  hs_client_register (self->test->client, HS_MODULE (self->bookmarks));
  test_client_start_until_ready (self->test);
  test_until (hs_bookmarks_get_is_loaded (self->bookmarks));
  g_assert_true (hs_bookmarks_get_is_writable (self->bookmarks));
}

static void
end (Device *self)
{
  test_client_stop (self->test);
  test_client_free (self->test);
  g_assert_finalize_object (self->bookmarks);
}

static void
store (Device *self, HsBookmark *bookmark)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  hs_bookmarks_store_async (self->bookmarks, bookmark, NULL, result_cb, self);
  test_until (self->result != NULL);
  result = g_steal_pointer (&self->result);
  hs_bookmarks_store_finish (self->bookmarks, result, &error);
  g_assert_no_error (error);
}

static void
remove_room (Device *self, const char *room)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  hs_bookmarks_remove_async (self->bookmarks, room, NULL, result_cb, self);
  test_until (self->result != NULL);
  result = g_steal_pointer (&self->result);
  hs_bookmarks_remove_finish (self->bookmarks, result, &error);
  g_assert_no_error (error);
}

static guint
count (Device *self)
{
  return g_list_model_get_n_items (hs_bookmarks_get_bookmarks (self->bookmarks));
}

static HsBookmark *
make_room (guint number)
{
  g_autofree char *room = g_strdup_printf ("room%u@rooms.example", number);

  return hs_bookmark_new (room);
}

/* Nobody else may read the node. */
static void
assert_private (const ServerWay *way)
{
  TestClient *contact = server_new_user (2, way);
  HsPubSub *pubsub = hs_pubsub_new ();
  Device self = { contact, NULL, NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  hs_client_register (contact->client, HS_MODULE (pubsub));
  test_client_start_until_ready (contact);
  hs_pubsub_query_items_async (pubsub, server_get ("USER1"), NODE, NULL, 0, NULL, result_cb, &self);
  test_until (self.result != NULL);
  result = g_steal_pointer (&self.result);
  g_assert_null (hs_pubsub_query_items_finish (pubsub, result, &error));
  g_assert_true (error->domain == HS_STANZA_ERROR);
  g_clear_object (&result);
  test_client_stop (contact);
  test_client_free (contact);
  g_assert_finalize_object (pubsub);
}

static void
test_devices (gconstpointer way)
{
  const char *room = "verona@rooms.example";
  g_autoptr (HsBookmark) bookmark = hs_bookmark_new (room);
  g_autoptr (HsElement) extensions
      = hs_element_new_from_string ("<extensions xmlns='" NODE "'><x xmlns='urn:x'>kept</x></extensions>", NULL);
  HsBookmark *seen;
  HsElement *kept;
  Device one;
  Device two;
  Device late;

  begin (&one, "one", way);
  begin (&two, "two", way);
  g_assert_cmpuint (count (&one), ==, 0);
  hs_bookmark_set_name (bookmark, "Verona");
  hs_bookmark_set_nick (bookmark, "romeo");
  hs_bookmark_set_password (bookmark, "montague");
  hs_bookmark_set_extensions (bookmark, extensions);
  store (&one, bookmark);
  test_until ((seen = hs_bookmarks_lookup (two.bookmarks, room)) != NULL);
  g_assert_cmpstr (hs_bookmark_get_password (seen), ==, "montague");

  /* The other device changes it, and keeps what it does not know. */
  hs_bookmark_set_is_autojoin (seen, TRUE);
  hs_bookmark_set_is_pinned (seen, TRUE);
  store (&two, seen);
  test_until (hs_bookmark_get_is_autojoin (hs_bookmarks_lookup (one.bookmarks, room)));
  seen = hs_bookmarks_lookup (one.bookmarks, room);
  g_assert_true (hs_bookmark_get_is_pinned (seen));
  kept = hs_element_get_child (hs_bookmark_get_extensions (seen), "x", "urn:x");
  g_assert_cmpstr (hs_element_get_text (kept), ==, "kept");
  assert_private (way);

  /* A server may not give all items at once. */
  for (guint i = 0; i < N_ROOMS; i++)
    {
      g_autoptr (HsBookmark) more = make_room (i);

      store (&one, more);
    }
  begin (&late, "late", way);
  g_assert_cmpuint (count (&late), ==, N_ROOMS + 1);
  g_assert_cmpstr (hs_bookmark_get_name (hs_bookmarks_lookup (late.bookmarks, room)), ==, "Verona");
  for (guint i = 0; i < N_ROOMS; i++)
    {
      g_autoptr (HsBookmark) more = make_room (i);

      remove_room (&late, hs_jid_to_string (hs_bookmark_get_jid (more)));
    }
  remove_room (&late, room);
  if (!server_tells_retractions ())
    {
      end (&one);
      end (&two);
      begin (&one, "one", way);
      begin (&two, "two", way);
    }
  test_until (count (&one) == 0 && count (&two) == 0);
  end (&one);
  end (&two);
  end (&late);
}

void
bookmarks_add_server_tests (void)
{
  static const ServerTest tests[] = { { "devices", test_devices }, { NULL, NULL } };

  server_add_tests ("bookmarks", tests);
}
