/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-disco-private.h"

#include <string.h>

#include "hs-element.h"
#include "hs-iq.h"
#include "hs-namespaces.h"

/* Answers to requests of others. */

/* Some clients send an empty node, which counts as no node. */
static const char *
get_node (HsElement *query)
{
  const char *node = hs_element_get_attribute (query, "node");

  return node != NULL && *node != '\0' ? node : NULL;
}

static HsElement *
make_reply (HsStanza *request, HsElement *query)
{
  HsStanza *reply;

  if (query == NULL)
    return HS_ELEMENT (hs_stanza_new_error_reply (request, HS_STANZA_ERROR_ITEM_NOT_FOUND, NULL));
  reply = hs_stanza_new_reply (request);
  hs_element_append (HS_ELEMENT (reply), query);
  return HS_ELEMENT (reply);
}

/* ---- The program's answers ---- */

static GQuark
get_quark (void)
{
  static GQuark quark;

  if (quark == 0)
    quark = g_quark_from_static_string ("hs-disco-answered");
  return quark;
}

/* Somebody answers a request. Returns FALSE if that has been done before: there is one answer to a request (RFC 6120,
 * 8.2.3). */
static gboolean
mark_answered (HsStanza *request)
{
  if (g_object_get_qdata (G_OBJECT (request), get_quark ()) != NULL)
    return FALSE;
  g_object_set_qdata (G_OBJECT (request), get_quark (), request);
  return TRUE;
}

/* Returns TRUE if the program answers the request, now or later. */
static gboolean
leave_to_program (HsDisco *self, HsClient *client, const char *signal, HsStanza *request, const char *node)
{
  gboolean handled = FALSE;

  g_signal_emit_by_name (self, signal, request, node, &handled);
  /* HsDisco answers, unless a handler that says no has done so. */
  if (!handled)
    handled = !mark_answered (request);
  if (handled)
    hs_client_defer_reply (client, HS_ELEMENT (request));
  return handled;
}

static HsElement *
info_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  g_autoptr (HsDisco) self = g_object_ref (user_data);
  HsStanza *request = hs_disco_get_request (element);
  const char *node;
  g_autoptr (HsDiscoInfo) info = NULL;
  g_autoptr (HsElement) query = NULL;

  if (request == NULL)
    return NULL;
  node = get_node (element);
  if (leave_to_program (self, client, "info-requested", request, node))
    return NULL;
  info = hs_disco_own_find (self, node);
  if (info != NULL)
    query = hs_disco_info_create_query (info, hs_element_get_attribute (element, "node"));
  return make_reply (request, query);
}

static HsElement *
new_items_query (HsElement *asked)
{
  HsElement *query = hs_element_new ("query", HS_NS_DISCO_ITEMS);
  const char *node = hs_element_get_attribute (asked, "node");

  if (node != NULL)
    hs_element_set_attribute (query, "node", node);
  return query;
}

static HsElement *
items_cb (HsClient *client, HsElement *element, gpointer user_data)
{
  g_autoptr (HsDisco) self = g_object_ref (user_data);
  HsStanza *request = hs_disco_get_request (element);
  const char *node;
  g_autoptr (HsDiscoInfo) info = NULL;
  g_autoptr (HsElement) query = NULL;

  if (request == NULL)
    return NULL;
  node = get_node (element);
  if (leave_to_program (self, client, "items-requested", request, node))
    return NULL;
  if (node != NULL)
    info = hs_disco_own_find (self, node);
  if (node == NULL || info != NULL)
    query = new_items_query (element);
  return make_reply (request, query);
}

void
hs_disco_answer_start (HsDisco *self)
{
  hs_client_add_handler (self->client, "query", HS_NS_DISCO_INFO, HS_HANDLER_DEFAULT, info_cb, self,
                         NULL);
  hs_client_add_handler (self->client, "query", HS_NS_DISCO_ITEMS, HS_HANDLER_DEFAULT, items_cb, self,
                         NULL);
}

static void
send_reply (HsDisco *self, HsIq *request, HsElement *query)
{
  g_autoptr (HsElement) reply = NULL;
  g_autoptr (GError) error = NULL;

  if (!mark_answered (HS_STANZA (request)))
    {
      g_debug ("A service discovery request is answered once: another answer was not sent");
      return;
    }
  reply = make_reply (HS_STANZA (request), query);
  if (self->client == NULL || !hs_client_send_stanza (self->client, reply, &error))
    g_debug ("A service discovery answer was not sent: %s",
             error != NULL ? error->message : "not registered with a client");
}

/**
 * hs_disco_answer:
 * @self: service discovery
 * @request: the request of [signal@Disco::info-requested]
 * @info: (nullable): the answer, or %NULL if there is no such address or node
 *
 * Answers a request for information (XEP-0030, 3), at once or later.
 *
 * The answer has the node of the request. %NULL answers with %HS_STANZA_ERROR_ITEM_NOT_FOUND. If the session
 * is gone meanwhile, or the request has been answered already, nothing is sent.
 *
 * ```python
 * def answer(disco, node, request):
 *     if node != "menu":
 *         return False
 *     info = Headstock.DiscoInfo.new()
 *     info.add_identity("automation", "command-node", "Menu")
 *     disco.answer(request, info)
 *     return True
 *
 * disco.connect("info-requested", answer)
 * ```
 *
 * Since: 0.2
 */
void
hs_disco_answer (HsDisco *self, HsIq *request, HsDiscoInfo *info)
{
  HsElement *asked;
  g_autoptr (HsElement) query = NULL;

  g_return_if_fail (HS_IS_DISCO (self));
  g_return_if_fail (HS_IS_IQ (request));
  g_return_if_fail (info == NULL || HS_IS_DISCO_INFO (info));
  asked = hs_iq_get_payload (request);
  g_return_if_fail (asked != NULL && hs_element_matches (asked, "query", HS_NS_DISCO_INFO));

  if (info != NULL)
    query = hs_disco_info_create_query (info, hs_element_get_attribute (asked, "node"));
  send_reply (self, request, query);
}

static void
append_item (HsElement *query, HsDiscoItem *item)
{
  HsElement *child = hs_element_add_child (query, "item", HS_NS_DISCO_ITEMS);

  hs_element_set_attribute (child, "jid", hs_jid_to_string (hs_disco_item_get_jid (item)));
  if (hs_disco_item_get_node (item) != NULL)
    hs_element_set_attribute (child, "node", hs_disco_item_get_node (item));
  if (hs_disco_item_get_name (item) != NULL)
    hs_element_set_attribute (child, "name", hs_disco_item_get_name (item));
}

/**
 * hs_disco_answer_items:
 * @self: service discovery
 * @request: the request of [signal@Disco::items-requested]
 * @items: (nullable): a list of [class@DiscoItem], or %NULL if there is no such address or node
 *
 * Answers a request for items (XEP-0030, 4), at once or later.
 *
 * The answer has the node of the request and all items that have an address. %NULL answers with
 * %HS_STANZA_ERROR_ITEM_NOT_FOUND. If the session is gone meanwhile, or the request has been answered already, nothing
 * is sent.
 *
 * Since: 0.2
 */
void
hs_disco_answer_items (HsDisco *self, HsIq *request, GListModel *items)
{
  HsElement *asked;
  g_autoptr (HsElement) query = NULL;

  g_return_if_fail (HS_IS_DISCO (self));
  g_return_if_fail (HS_IS_IQ (request));
  g_return_if_fail (items == NULL || G_IS_LIST_MODEL (items));
  asked = hs_iq_get_payload (request);
  g_return_if_fail (asked != NULL && hs_element_matches (asked, "query", HS_NS_DISCO_ITEMS));

  if (items != NULL)
    query = new_items_query (asked);
  for (guint i = 0; items != NULL && i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (items, i);

      g_return_if_fail (HS_IS_DISCO_ITEM (item));
      if (hs_disco_item_get_jid (HS_DISCO_ITEM (item)) != NULL)
        append_item (query, HS_DISCO_ITEM (item));
    }
  send_reply (self, request, query);
}
