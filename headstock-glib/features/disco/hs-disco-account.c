/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-private.h"

#include "hs-component.h"
#include "hs-element.h"
#include "hs-namespaces.h"

/* The features of the account and its server, requested once in a session. */

static void
set_info (HsDisco *self, HsDiscoInfo **place, HsDiscoInfo *info, const char *property)
{
  if (g_set_object (place, info))
    g_object_notify (G_OBJECT (self), property);
}

static HsElement *
get_server_caps (HsDisco *self)
{
  HsElement *features = self->client != NULL ? hs_client_get_features (self->client) : NULL;

  return features != NULL ? hs_element_get_child (features, "c", HS_NS_CAPS) : NULL;
}

static void
server_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HsDisco *self = HS_DISCO (source);
  g_autoptr (HsDiscoInfo) info = g_task_propagate_pointer (G_TASK (result), NULL);
  HsElement *caps = get_server_caps (self);

  if (info == NULL)
    return;
  if (caps != NULL)
    hs_disco_caps_learn (self, caps, info);
  set_info (self, &self->server_info, info, "server-info");
}

static void
account_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  HsDisco *self = HS_DISCO (source);
  g_autoptr (HsDiscoInfo) info = g_task_propagate_pointer (G_TASK (result), NULL);

  if (info != NULL)
    set_info (self, &self->account_info, info, "account-info");
}

static void
ask (HsDisco *self, const char *jid, GAsyncReadyCallback callback)
{
  hs_disco_ask (self, jid, NULL, FALSE, g_task_new (self, NULL, callback, NULL));
}

/* The stream features contain the server's hash (XEP-0115, 6.3): no request is needed if the hash is known. */
static void
load_server (HsDisco *self, HsJid *own)
{
  HsElement *caps = get_server_caps (self);
  HsDiscoInfo *info = caps != NULL ? hs_disco_caps_find (self, caps) : NULL;

  if (info != NULL)
    set_info (self, &self->server_info, info, "server-info");
  else
    ask (self, hs_jid_get_domain (own), server_cb);
}

void
hs_disco_account_load (HsDisco *self)
{
  HsJid *own = hs_client_get_bound_jid (self->client);
  g_autoptr (HsJid) bare = NULL;

  if (own == NULL || HS_IS_COMPONENT (self->client))
    return;
  bare = hs_jid_get_bare (own);
  if (self->server_info == NULL)
    load_server (self, own);
  if (self->account_info == NULL)
    ask (self, hs_jid_to_string (bare), account_cb);
}

void
hs_disco_account_lost (HsDisco *self)
{
  set_info (self, &self->server_info, NULL, "server-info");
  set_info (self, &self->account_info, NULL, "account-info");
}
