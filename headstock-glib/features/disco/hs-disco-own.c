/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-private.h"

#include <string.h>

#include "hs-component.h"
#include "hs-described.h"
#include "hs-element.h"
#include "hs-module.h"
#include "hs-namespaces.h"
#include "hs-presence.h"

/* The info that the client advertises, and its hash. */

/* The hash algorithm that all clients support (XEP-0115, 4). */
#define ALGORITHM "sha-1"

static HsDiscoInfo *
build (HsDisco *self)
{
  HsDiscoInfo *info = hs_disco_info_new ();
  gboolean is_component = self->client != NULL && HS_IS_COMPONENT (self->client);
  g_autoptr (GListModel) modules = self->client != NULL ? hs_client_list_modules (self->client) : NULL;

  hs_disco_info_add_feature (info, HS_NS_DISCO_INFO);
  hs_disco_info_add_feature (info, HS_NS_DISCO_ITEMS);
  if (!is_component && (self->caps_versions & HS_CAPS_VERSION_V1) != 0)
    hs_disco_info_add_feature (info, HS_NS_CAPS);
  hs_disco_info_add_all (info, self->added);
  for (guint i = 0; modules != NULL && i < g_list_model_get_n_items (modules); i++)
    {
      g_autoptr (GObject) module = g_list_model_get_item (modules, i);

      if (HS_IS_DESCRIBED (module))
        hs_described_describe (HS_DESCRIBED (module), info);
    }
  /* An entity has at least one identity (XEP-0030, 3.1). */
  if (hs_disco_info_get_identities (info)->len == 0)
    hs_disco_info_add_identity (info, is_component ? "component" : "client",
                                is_component ? "generic" : "pc", NULL, NULL);
  hs_disco_info_seal (info);
  return info;
}

/* Returns NULL if no capabilities are to be advertised. */
static char *
dup_hash (HsDisco *self, HsDiscoInfo *info)
{
  if ((self->caps_versions & HS_CAPS_VERSION_V1) == 0)
    return NULL;
  return hs_disco_info_dup_safe_hash (info, ALGORITHM);
}

static char *
make_node (HsDisco *self, const char *hash)
{
  return g_strconcat (self->node, "#", hash, NULL);
}

HsDiscoInfo *
hs_disco_own_find (HsDisco *self, const char *node)
{
  g_autoptr (HsDiscoInfo) info = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *current = NULL;

  for (guint i = 0; node != NULL && i < HS_DISCO_N_OWN_HASHES; i++)
    if (g_strcmp0 (self->own[i].node, node) == 0)
      return g_object_ref (self->own[i].info);
  info = build (self);
  if (node == NULL)
    return g_steal_pointer (&info);
  hash = dup_hash (self, info);
  current = hash != NULL ? make_node (self, hash) : NULL;
  return g_strcmp0 (current, node) == 0 ? g_steal_pointer (&info) : NULL;
}

static void
clear_own (HsDiscoOwnHash *own)
{
  g_clear_pointer (&own->node, g_free);
  g_clear_object (&own->info);
}

/* Others may still ask for the hash of an earlier presence. */
static void
remember (HsDisco *self, const char *hash, HsDiscoInfo *info)
{
  g_autofree char *node = make_node (self, hash);
  guint i;

  for (i = 0; i < HS_DISCO_N_OWN_HASHES - 1 && g_strcmp0 (self->own[i].node, node) != 0; i++)
    ;
  clear_own (&self->own[i]);
  memmove (&self->own[1], &self->own[0], i * sizeof (HsDiscoOwnHash));
  self->own[0].node = g_steal_pointer (&node);
  self->own[0].info = g_object_ref (info);
}

static gboolean
is_available (HsPresence *presence)
{
  return strcmp (hs_stanza_get_stanza_type (HS_STANZA (presence)), "available") == 0;
}

void
hs_disco_own_prepare (HsDisco *self, HsPresence *presence)
{
  HsElement *stanza = HS_ELEMENT (presence);
  HsElement *caps;
  g_autoptr (HsDiscoInfo) info = NULL;
  g_autofree char *hash = NULL;

  /* A component has many addresses: its program sends the capabilities of each. */
  if (!is_available (presence) || HS_IS_COMPONENT (self->client))
    return;
  info = build (self);
  hash = dup_hash (self, info);
  caps = hs_element_get_child (stanza, "c", HS_NS_CAPS);
  if (caps != NULL)
    hs_element_detach (caps);
  if (hash != NULL)
    {
      remember (self, hash, info);
      caps = hs_element_add_child (stanza, "c", HS_NS_CAPS);
      hs_element_set_attribute (caps, "hash", ALGORITHM);
      hs_element_set_attribute (caps, "node", self->node);
      hs_element_set_attribute (caps, "ver", hash);
    }
  if (hs_element_get_attribute (stanza, "to") == NULL)
    {
      g_free (self->broadcast);
      self->broadcast = hash != NULL ? make_node (self, hash) : NULL;
    }
}

static void
send_if_changed (HsDisco *self)
{
  HsPresence *presence;
  g_autoptr (HsDiscoInfo) info = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *node = NULL;

  if (self->client == NULL || HS_IS_COMPONENT (self->client)
      || hs_client_get_state (self->client) != HS_CLIENT_STATE_READY)
    return;
  presence = hs_client_get_own_presence (self->client);
  if (presence == NULL || !is_available (presence))
    return;
  info = build (self);
  hash = dup_hash (self, info);
  node = hash != NULL ? make_node (self, hash) : NULL;
  if (g_strcmp0 (node, self->broadcast) != 0)
    hs_client_set_own_presence (self->client, presence);
}

static gboolean
changed_cb (gpointer data)
{
  g_autoptr (HsDisco) self = g_object_ref (data);

  g_clear_pointer (&self->changed, g_source_unref);
  send_if_changed (self);
  return G_SOURCE_REMOVE;
}

void
hs_disco_own_changed (HsDisco *self)
{
  if (self->changed != NULL || self->client == NULL)
    return;
  self->changed = g_idle_source_new ();
  g_source_set_priority (self->changed, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->changed, changed_cb, self, NULL);
  g_source_attach (self->changed, g_main_context_get_thread_default ());
}

static void
watch (HsDisco *self, gpointer module)
{
  if (HS_IS_DESCRIBED (module))
    g_signal_connect_object (module, "description-changed", G_CALLBACK (hs_disco_own_changed), self,
                             G_CONNECT_SWAPPED);
}

static void
unwatch (HsDisco *self, gpointer module)
{
  if (HS_IS_DESCRIBED (module))
    g_signal_handlers_disconnect_by_func (module, hs_disco_own_changed, self);
}

static void
module_added_cb (HsClient *client, HsModule *module, HsDisco *self)
{
  if (!HS_IS_DESCRIBED (module))
    return;
  unwatch (self, module);
  watch (self, module);
  hs_disco_own_changed (self);
}

static void
module_removed_cb (HsClient *client, HsModule *module, HsDisco *self)
{
  if (!HS_IS_DESCRIBED (module))
    return;
  unwatch (self, module);
  hs_disco_own_changed (self);
}

static void
for_each_module (HsDisco *self, void (*function) (HsDisco *self, gpointer module))
{
  g_autoptr (GListModel) modules = hs_client_list_modules (self->client);

  for (guint i = 0; i < g_list_model_get_n_items (modules); i++)
    {
      g_autoptr (GObject) module = g_list_model_get_item (modules, i);

      function (self, module);
    }
}

void
hs_disco_own_watch (HsDisco *self)
{
  g_signal_connect_object (self->client, "module-added", G_CALLBACK (module_added_cb), self, 0);
  g_signal_connect_object (self->client, "module-removed", G_CALLBACK (module_removed_cb), self, 0);
  for_each_module (self, watch);
}

void
hs_disco_own_unwatch (HsDisco *self)
{
  g_signal_handlers_disconnect_by_func (self->client, module_added_cb, self);
  g_signal_handlers_disconnect_by_func (self->client, module_removed_cb, self);
  for_each_module (self, unwatch);
  if (self->changed != NULL)
    g_source_destroy (self->changed);
  g_clear_pointer (&self->changed, g_source_unref);
}

void
hs_disco_own_clear (HsDisco *self)
{
  for (guint i = 0; i < HS_DISCO_N_OWN_HASHES; i++)
    clear_own (&self->own[i]);
  g_clear_pointer (&self->broadcast, g_free);
}
