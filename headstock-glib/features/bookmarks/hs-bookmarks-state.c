/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-bookmarks-private.h"

#include "hs-error.h"
#include "hs-namespaces.h"

/* The state of the bookmarks: (version, account, [(room, conference)]). */

#define VERSION 1
#define TYPE "(usa(ss))"

static char *
dup_state_name (HsStateful *stateful)
{
  return g_strdup ("bookmarks");
}

static GVariant *
dup_state (HsStateful *stateful)
{
  HsBookmarks *self = HS_BOOKMARKS (stateful);
  GVariantBuilder builder;

  if (self->account == NULL)
    return NULL;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->bookmarks)); i++)
    {
      g_autoptr (HsBookmark) bookmark = g_list_model_get_item (G_LIST_MODEL (self->bookmarks), i);
      g_autoptr (HsElement) element = hs_bookmark_make_element (bookmark, self->keeps_passwords);
      g_autofree char *xml = hs_element_to_string (element);

      g_variant_builder_add (&builder, "(ss)", hs_jid_to_string (hs_bookmark_get_jid (bookmark)), xml);
    }
  return g_variant_ref_sink (g_variant_new (TYPE, VERSION, self->account, &builder));
}

static HsBookmark *
read_entry (const char *room, const char *xml)
{
  g_autoptr (HsElement) element = hs_element_new_from_string (xml, NULL);
  HsBookmark *bookmark;

  if (element == NULL || !hs_element_matches (element, "conference", HS_NS_BOOKMARKS))
    return NULL;
  bookmark = hs_bookmark_new_from_element (room, element);
  if (bookmark != NULL)
    hs_bookmark_set_restored (bookmark);
  return bookmark;
}

static gboolean
restore_state (HsStateful *stateful, GVariant *state, GError **error)
{
  HsBookmarks *self = HS_BOOKMARKS (stateful);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GVariant) entries = NULL;
  const char *account;

  if (!hs_stateful_check_state (stateful, state, TYPE, VERSION, self->client, error))
    return FALSE;
  g_variant_get (state, "(u&s@a(ss))", NULL, &account, &entries);
  for (gsize i = 0; i < g_variant_n_children (entries); i++)
    {
      const char *room, *xml;
      HsBookmark *bookmark;

      g_variant_get_child (entries, i, "(&s&s)", &room, &xml);
      bookmark = read_entry (room, xml);
      if (bookmark == NULL)
        {
          g_set_error (error, HS_ERROR, HS_ERROR_INVALID_STATE,
                       "The state of the bookmarks of %s is broken: that of '%s' is not a bookmark", account, room);
          return FALSE;
        }
      g_ptr_array_add (found, bookmark);
    }
  /* The bookmarks were loaded from the server, and are newer than the state. */
  if (self->is_loaded)
    return TRUE;
  g_free (self->account);
  self->account = g_strdup (account);
  hs_bookmarks_replace (self, found);
  return TRUE;
}

void
hs_bookmarks_stateful_init (HsStatefulInterface *iface)
{
  iface->dup_state_name = dup_state_name;
  iface->dup_state = dup_state;
  iface->restore_state = restore_state;
}

void
hs_bookmarks_check_account (HsBookmarks *self)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  if (self->account == NULL || hs_stateful_check_account (HS_STATEFUL (self), self->account, self->client))
    return;
  g_clear_pointer (&self->account, g_free);
  hs_bookmarks_set_writable (self, FALSE);
  /* The list becomes empty first: HsAutojoin forgets the rooms that leave a loaded list. */
  hs_bookmarks_replace (self, none);
  hs_bookmarks_set_loaded (self, FALSE);
}
