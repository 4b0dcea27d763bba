/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-bookmarks-private.h"

#include "hs-disco.h"
#include "hs-error.h"
#include "hs-feature.h"
#include "hs-iq.h"
#include "hs-namespaces.h"
#include "hs-stanza-error.h"

/* Loads the bookmarks from the node of XEP-0402. If the node is empty, and the server does not keep all stores equal,
 * they are loaded from the older stores: the node of XEP-0048, and private storage (XEP-0049). */

#define COMPAT HS_NS_BOOKMARKS "#compat"

typedef struct
{
  HsBookmarks *self;
  GCancellable *cancellable; /* if the module has another one, this load was given up */
  gboolean has_nodes;        /* the account has nodes (XEP-0163) */
  gboolean is_compatible;    /* the server keeps the stores equal */
  GPtrArray *found;          /* of HsBookmark */
} Load;

static void
load_free (Load *load)
{
  g_object_unref (load->self);
  g_object_unref (load->cancellable);
  g_ptr_array_unref (load->found);
  g_free (load);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static gboolean
is_over (Load *load)
{
  return load->self->loading != load->cancellable;
}

static void
flush (HsBookmarks *self, const GError *error)
{
  g_autoptr (GPtrArray) tasks = hs_feature_stop_waiting (self->waiting);

  for (guint i = 0; i < tasks->len; i++)
    self->go_on (self, g_object_ref (tasks->pdata[i]), error);
}

static void start (HsBookmarks *self);

/* Shows the bookmarks that were found, and continues the tasks that wait for them. */
static void
adopt (Load *load, gboolean is_writable)
{
  HsBookmarks *self = load->self;

  self->is_wanted = self->is_past_node = FALSE;
  g_clear_object (&self->loading);
  if (self->is_outdated)
    start (self);
  g_free (self->account);
  self->account = hs_stateful_dup_account (HS_STATEFUL (self), self->client);
  hs_bookmarks_set_writable (self, is_writable);
  hs_bookmarks_replace (self, load->found);
  hs_bookmarks_set_loaded (self, TRUE);
  flush (self, NULL);
}

/* Ends the tasks that wait. The bookmarks that are shown stay. */
static void
fail (Load *load, const GError *error)
{
  load->self->is_past_node = FALSE;
  load->self->is_outdated = TRUE;
  g_clear_object (&load->self->loading);
  flush (load->self, error);
}

/* Whether the server has no such node, or does not support nodes. */
static gboolean
is_absent (const GError *error)
{
  return g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_ITEM_NOT_FOUND)
         || g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_SERVICE_UNAVAILABLE)
         || g_error_matches (error, HS_STANZA_ERROR, HS_STANZA_ERROR_FEATURE_NOT_IMPLEMENTED);
}

static void
ask_node (Load *load, const char *node, GAsyncReadyCallback callback)
{
  hs_pubsub_query_items_async (load->self->pubsub, NULL, node, NULL, 0, load->cancellable, callback, load);
}

/* ---- The older stores ---- */

/* Reads the <storage/> of XEP-0048. */
static void
read_storage (Load *load, HsElement *storage)
{
  if (storage == NULL || !hs_element_matches (storage, "storage", HS_NS_STORAGE_BOOKMARKS))
    return;
  for (HsElement *child = hs_element_get_first_child (storage); child != NULL;
       child = hs_element_get_next_sibling (child))
    if (hs_element_matches (child, "conference", HS_NS_STORAGE_BOOKMARKS))
      {
        HsBookmark *bookmark = hs_bookmark_new_from_element (hs_element_get_attribute (child, "jid"), child);

        if (bookmark != NULL)
          g_ptr_array_add (load->found, bookmark);
      }
}

static void
private_cb (GObject *client, GAsyncResult *result, gpointer data)
{
  g_autoptr (Load) load = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsIq) answer = hs_client_request_finish (HS_CLIENT (client), result, &error);
  HsElement *query = answer != NULL ? hs_iq_get_payload (answer) : NULL;

  if (is_over (load))
    return;
  if (error != NULL && !is_absent (error))
    {
      fail (load, error);
      return;
    }
  if (query != NULL && hs_element_matches (query, "query", HS_NS_PRIVATE))
    read_storage (load, hs_element_get_child (query, "storage", HS_NS_STORAGE_BOOKMARKS));
  /* Bookmarks in an older store could only be changed there: if they were written to the node, the stores would
   * differ. */
  adopt (load, load->has_nodes && load->found->len == 0);
}

static void
ask_private (Load *load)
{
  g_autoptr (HsElement) query = hs_element_new ("query", HS_NS_PRIVATE);
  g_autoptr (HsIq) iq = NULL;

  hs_element_add_child (query, "storage", HS_NS_STORAGE_BOOKMARKS);
  iq = hs_iq_new ("get", NULL, query);
  hs_client_request_async (load->self->client, HS_ELEMENT (iq), -1, load->cancellable, private_cb, load);
}

static void
storage_cb (GObject *pubsub, GAsyncResult *result, gpointer data)
{
  g_autoptr (Load) load = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = hs_pubsub_query_items_finish (HS_PUBSUB (pubsub), result, &error);

  if (is_over (load))
    return;
  if (error != NULL && error->domain != HS_STANZA_ERROR)
    {
      fail (load, error);
      return;
    }
  for (guint i = 0; items != NULL && i < items->len; i++)
    read_storage (load, hs_pubsub_item_get_payload (items->pdata[i]));
  ask_private (g_steal_pointer (&load));
}

/* ---- The node ---- */

/* The first bookmark of a room is shown: that is the one whose id has the right form, which this module writes. */
static void
read_items (Load *load, GPtrArray *items)
{
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_object_unref);

  g_hash_table_remove_all (load->self->others);
  g_hash_table_remove_all (load->self->retracted);
  for (guint i = 0; i < items->len; i++)
    {
      gboolean is_other;
      HsBookmark *bookmark = hs_bookmarks_read_item (load->self, items->pdata[i], &is_other);

      if (bookmark != NULL)
        g_ptr_array_add (is_other ? others : load->found, bookmark);
    }
  g_ptr_array_extend_and_steal (load->found, g_steal_pointer (&others));
}

static void
items_cb (GObject *pubsub, GAsyncResult *result, gpointer data)
{
  g_autoptr (Load) load = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = hs_pubsub_query_items_finish (HS_PUBSUB (pubsub), result, &error);

  if (is_over (load))
    return;
  if (error != NULL && !is_absent (error))
    {
      fail (load, error);
      return;
    }
  if (items != NULL)
    read_items (load, items);
  if (load->found->len > 0 || load->is_compatible)
    adopt (load, TRUE);
  else
    {
      load->self->is_past_node = TRUE;
      ask_node (g_steal_pointer (&load), HS_NS_STORAGE_BOOKMARKS, storage_cb);
    }
}

static void
info_cb (GObject *disco, GAsyncResult *result, gpointer data)
{
  g_autoptr (Load) load = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (HsDiscoInfo) info = hs_disco_query_finish (HS_DISCO (disco), result, &error);

  if (is_over (load))
    return;
  if (error != NULL && error->domain != HS_STANZA_ERROR)
    {
      fail (load, error);
      return;
    }
  load->has_nodes = info != NULL && hs_disco_info_has_identity (info, "pubsub", "pep");
  if (!load->has_nodes)
    {
      ask_private (g_steal_pointer (&load));
      return;
    }
  load->is_compatible = hs_disco_info_has_feature (info, COMPAT);
  ask_node (g_steal_pointer (&load), HS_NS_BOOKMARKS, items_cb);
}

static void
start (HsBookmarks *self)
{
  HsJid *own = hs_client_get_bound_jid (self->client);
  HsModule *disco = hs_client_ensure_module (self->client, HS_TYPE_DISCO);
  g_autoptr (HsJid) bare = NULL;
  Load *load;

  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_clear_object (&self->loading);
  self->is_past_node = FALSE;
  self->is_outdated = FALSE;
  if (self->pubsub == NULL)
    return;
  g_return_if_fail (own != NULL);

  bare = hs_jid_get_bare (own);
  self->loading = g_cancellable_new ();
  load = g_new0 (Load, 1);
  load->self = g_object_ref (self);
  load->cancellable = g_object_ref (self->loading);
  load->found = g_ptr_array_new_with_free_func (g_object_unref);
  hs_disco_query_async (HS_DISCO (disco), hs_jid_to_string (bare), NULL, load->cancellable, info_cb, load);
}

void
hs_bookmarks_load_begin (HsBookmarks *self)
{
  self->is_wanted = TRUE;
  start (self);
}

void
hs_bookmarks_load_missed (HsBookmarks *self)
{
  if (self->loading != NULL)
    self->is_outdated = TRUE;
  else
    start (self);
}

void
hs_bookmarks_load_abandon (HsBookmarks *self)
{
  g_autoptr (GCancellable) loading = g_steal_pointer (&self->loading);
  g_autoptr (GError) error = g_error_new (HS_ERROR, HS_ERROR_NOT_CONNECTED,
                                          "The session ended before the bookmarks were loaded");

  self->is_past_node = FALSE;
  self->is_outdated = FALSE;
  g_cancellable_cancel (loading);
  flush (self, error);
}
