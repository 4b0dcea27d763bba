/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "hs-messages-private.h"

#include "hs-element.h"
#include "hs-namespaces.h"

/* Copies of messages that other clients of the account received and sent (XEP-0280). A copy can claim any author, so
 * that only those from the account's server are accepted (CVE-2017-5589). */

gboolean
hs_messages_is_own (HsMessages *self, HsJid *jid)
{
  return self->own != NULL && g_strcmp0 (hs_jid_get_local (jid), hs_jid_get_local (self->own)) == 0
         && g_strcmp0 (hs_jid_get_domain (jid), hs_jid_get_domain (self->own)) == 0;
}

/* As HS_HANDLER_FROM_ACCOUNT: no `from`, the bare JID, or exactly the bound full JID. An invalid address does not count
 * as the account's. */
gboolean
hs_messages_is_from_account (HsMessages *self, HsMessage *message)
{
  g_autoptr (HsJid) from = NULL;

  if (hs_element_get_attribute (HS_ELEMENT (message), "from") == NULL)
    return TRUE;
  from = hs_stanza_get_from_jid (HS_STANZA (message));
  return from != NULL && self->own != NULL
         && (hs_jid_equal (from, self->own) || hs_jid_equal (from, self->bound));
}

static const struct
{
  const char *name;
  const char *namespace_;
} wrappers[] = { { "received", HS_NS_CARBONS },
                 { "sent", HS_NS_CARBONS },
                 { "result", HS_NS_MAM },
                 { "result", "urn:xmpp:mam:1" },
                 { "result", "urn:xmpp:mam:0" } };

gboolean
hs_messages_is_wrapper (HsMessage *message, HsContent content)
{
  if ((content & (HS_CONTENT_CARBONS | HS_CONTENT_ARCHIVE)) == 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (wrappers); i++)
    if (hs_element_get_child (HS_ELEMENT (message), wrappers[i].name, wrappers[i].namespace_) != NULL)
      return TRUE;
  return FALSE;
}

HsElement *
hs_messages_get_only_child (HsElement *parent, const char *name, const char *namespace_)
{
  HsElement *only = NULL;

  for (HsElement *child = hs_element_get_first_child (parent); child != NULL;
       child = hs_element_get_next_sibling (child))
    {
      if (!hs_element_matches (child, name, namespace_))
        continue;
      if (only != NULL)
        return NULL;
      only = child;
    }
  return only;
}

/* Returns the carbon copy in a message, or NULL if there are several. */
static HsElement *
get_carbon (HsMessage *message, gboolean *is_sent)
{
  HsElement *stanza = HS_ELEMENT (message);
  HsElement *received = hs_element_get_child (stanza, "received", HS_NS_CARBONS);
  HsElement *sent = hs_element_get_child (stanza, "sent", HS_NS_CARBONS);

  *is_sent = sent != NULL;
  if (received != NULL && sent != NULL)
    return NULL;
  return hs_messages_get_only_child (stanza, *is_sent ? "sent" : "received", HS_NS_CARBONS);
}

static gboolean
has_archive_result (HsMessage *message)
{
  for (guint i = 2; i < G_N_ELEMENTS (wrappers); i++)
    if (hs_element_get_child (HS_ELEMENT (message), wrappers[i].name, wrappers[i].namespace_) != NULL)
      return TRUE;
  return FALSE;
}

/* A message that the account's server copies is from the account or to it (XEP-0280, 6). */
static gboolean
check_addresses (HsMessages *self, HsMessage *inner, gboolean is_sent)
{
  HsElement *element = HS_ELEMENT (inner);
  g_autoptr (HsJid) from = hs_stanza_get_from_jid (HS_STANZA (inner));
  g_autoptr (HsJid) to = hs_stanza_get_to_jid (HS_STANZA (inner));

  if (from == NULL)
    return FALSE;
  if (is_sent)
    return hs_messages_is_own (self, from) && to != NULL;
  return to != NULL ? hs_messages_is_own (self, to) : hs_element_get_attribute (element, "to") == NULL;
}

static HsMessageFault
check_inner (HsMessages *self, HsMessage *inner, gboolean is_sent)
{
  const char *type = hs_stanza_get_stanza_type (HS_STANZA (inner));

  if (hs_messages_is_wrapper (inner, hs_message_find_content (inner)))
    return HS_MESSAGE_FAULT_NESTED;
  if (g_strcmp0 (type, "groupchat") == 0)
    return HS_MESSAGE_FAULT_KIND;
  return check_addresses (self, inner, is_sent) ? HS_MESSAGE_FAULT_NONE : HS_MESSAGE_FAULT_ADDRESS;
}

/* Returns: (transfer none): the message inside, while @message lives. */
HsMessage *
hs_messages_unwrap (HsMessages *self, HsMessage *message, HsMessageFault *fault)
{
  HsElement *carbon, *forwarded, *inner;
  gboolean is_sent = FALSE;

  *fault = HS_MESSAGE_FAULT_SENDER;
  if (!hs_messages_is_from_account (self, message))
    return NULL;
  *fault = HS_MESSAGE_FAULT_UNREQUESTED;
  if (has_archive_result (message))
    return NULL;
  *fault = HS_MESSAGE_FAULT_FORM;
  carbon = get_carbon (message, &is_sent);
  forwarded = carbon != NULL ? hs_messages_get_only_child (carbon, "forwarded", HS_NS_FORWARD) : NULL;
  inner = forwarded != NULL ? hs_messages_get_only_child (forwarded, "message", HS_NS_CLIENT) : NULL;
  if (inner == NULL)
    return NULL;
  *fault = check_inner (self, HS_MESSAGE (inner), is_sent);
  return *fault == HS_MESSAGE_FAULT_NONE ? HS_MESSAGE (inner) : NULL;
}
