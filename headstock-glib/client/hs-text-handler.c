/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-text-handler.h"

#include "hs-client-internal.h"
#include "hs-element-private.h"
#include "hs-message.h"

/* Handlers that want an element's text and nothing else. The languages make an object of their own for each element
 * that a handler is shown, which takes several times as long as the stanza itself; a string takes next to nothing. */

typedef struct
{
  HsTextHandlerFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} TextHandler;

static void
text_handler_free (gpointer data)
{
  TextHandler *self = data;

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_free (self);
}

static HsElement *
call_cb (HsClient *client, HsElement *element, gpointer data)
{
  TextHandler *self = data;
  HsNode *node = hs_element_get_node (element);
  const char *text
      = HS_IS_MESSAGE (element) ? hs_message_get_body (HS_MESSAGE (element)) : hs_element_get_text (element);

  while (node->parent != NULL)
    node = node->parent;
  return self->func (client, text, hs_node_get_attribute (node, "from", NULL), self->user_data);
}

/**
 * hs_client_add_text_handler:
 * @self: a client
 * @name: (nullable): the local name of an element, or %NULL for any
 * @namespace_: (nullable): its namespace, or %NULL for any
 * @type: (nullable): the type of the stanza that the element is or is in, as
 *   [method@Stanza.get_stanza_type] has it, or %NULL for any
 * @from_jid: (nullable): whom that stanza is from, or %NULL for anybody
 * @flags: how the handler is called
 * @handler: (scope notified) (closure user_data) (destroy destroy): the handler
 * @user_data: data for @handler
 * @destroy: (nullable): frees @user_data
 *
 * Names an element and says what to call with its text when it comes.
 *
 * This is [method@Client.add_handler_full] for a handler that reads what a message says and whom it is from, and
 * nothing else. In Python and JavaScript it takes a fraction of the time, since no object is made for the element. A
 * message that says nothing comes, too, with %NULL. An iq needs a handler of elements: without the iq there is no
 * answer to it.
 *
 * ```python
 * def print_text(client, text, sender):
 *     print(sender, text)
 *
 * client.add_text_handler("message", Headstock.NS_CLIENT, "chat", None, Headstock.HandlerFlags.DEFAULT, print_text)
 * ```
 *
 * Returns: an id for [method@Client.remove_handler]; never 0
 *
 * Since: 0.2
 */
guint
hs_client_add_text_handler (HsClient *self,
                            const char *name,
                            const char *namespace_,
                            const char *type,
                            HsJid *from_jid,
                            HsHandlerFlags flags,
                            HsTextHandlerFunc handler,
                            gpointer user_data,
                            GDestroyNotify destroy)
{
  TextHandler *text_handler;

  g_return_val_if_fail (HS_IS_CLIENT (self), 0);
  hs_client_return_val_if_foreign (self, 0);
  g_return_val_if_fail (handler != NULL, 0);

  text_handler = g_new (TextHandler, 1);
  *text_handler = (TextHandler){ handler, user_data, destroy };
  return hs_client_add_handler_full (self, name, namespace_, type, from_jid, flags, call_cb, text_handler,
                                     text_handler_free);
}
