/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config.h"

#include "protocol/hs-binding.h"

#include "hs-iq-private.h"
#include "hs-namespaces.h"
#include "hs-random.h"
#include "xml/hs-writer.h"

void
hs_binding_init (HsBinding *self)
{
  *self = (HsBinding){ .pipelined = HS_PIPELINED_NOTHING };
}

void
hs_binding_clear (HsBinding *self, HsParser *parser)
{
  HsParserEvent *kept;

  while ((kept = hs_binding_take_kept (self)) != NULL)
    hs_parser_give_back (parser, kept);
  g_clear_pointer (&self->features_text, g_free);
  g_clear_pointer (&self->request_id, g_free);
  g_clear_pointer (&self->jid, hs_jid_unref);
}

/* ---- Pipelining ---- */

void
hs_binding_note_pipelined (HsBinding *self, HsPipelinedEvent event)
{
  self->pipelined = hs_pipelined_get_next (self->pipelined, event);
}

HsPipelined
hs_binding_get_pipelined (const HsBinding *self)
{
  return self->pipelined;
}

/* ---- The stream features after the sign-in ---- */

static void
keep_features_text (HsBinding *self, HsNode *features)
{
  g_autoptr (GByteArray) buffer = g_byte_array_new ();

  hs_writer_write (buffer, features, NULL, NULL);
  g_byte_array_append (buffer, (const guint8 *) "", 1);
  hs_binding_set_features_text (self, (const char *) buffer->data);
}

void
hs_binding_take_features (HsBinding *self, HsNode *features)
{
  self->session_features = hs_session_features_read (features);
  self->csi_offered = hs_node_get_child (features, "csi", HS_NS_CSI) != NULL;
  keep_features_text (self, features);
}

HsSessionFeatures
hs_binding_get_session_features (const HsBinding *self)
{
  return self->session_features;
}

gboolean
hs_binding_offers (const HsBinding *self, HsSessionFeatures feature)
{
  return (self->session_features & feature) != 0;
}

gboolean
hs_binding_offers_csi (const HsBinding *self)
{
  return self->csi_offered;
}

const char *
hs_binding_get_features_text (const HsBinding *self)
{
  return self->features_text;
}

void
hs_binding_set_features_text (HsBinding *self, const char *text)
{
  g_free (self->features_text);
  self->features_text = g_strdup (text);
}

gboolean
hs_binding_take_late_features (HsBinding *self, HsNode *features)
{
  self->features_due = FALSE;
  keep_features_text (self, features);
  if (self->csi_offered || hs_node_get_child (features, "csi", HS_NS_CSI) == NULL)
    return FALSE;
  self->csi_offered = TRUE;
  return TRUE;
}

gboolean
hs_binding_expects_features (const HsBinding *self)
{
  return self->features_due;
}

/* ---- Inside SASL2 ---- */

void
hs_binding_ask_for_nothing (HsBinding *self)
{
  self->asked = 0;
}

void
hs_binding_ask_for (HsBinding *self, HsInline what)
{
  self->asked |= what;
}

gboolean
hs_binding_has_asked_for (const HsBinding *self, HsInline what)
{
  return (self->asked & what) != 0;
}

void
hs_binding_begin_inline (HsBinding *self, HsInline by, gboolean csi_offered)
{
  self->carbons_enabled = by == HS_INLINE_BIND && hs_binding_has_asked_for (self, HS_INLINE_CARBONS);
  self->csi_offered = csi_offered;
  self->features_due = TRUE;
}

gboolean
hs_binding_has_carbons (const HsBinding *self)
{
  return self->carbons_enabled;
}

/* ---- The resource ---- */

const char *
hs_binding_get_resource (const HsBinding *self, HsJid *account)
{
  return self->any_resource ? NULL : hs_jid_get_resource (account);
}

void
hs_binding_let_server_choose (HsBinding *self)
{
  self->any_resource = TRUE;
}

const char *
hs_binding_make_request_id (HsBinding *self)
{
  g_free (self->request_id);
  self->request_id = hs_random_id ();
  return self->request_id;
}

void
hs_binding_forget_request (HsBinding *self)
{
  g_clear_pointer (&self->request_id, g_free);
}

gboolean
hs_binding_has_request (const HsBinding *self)
{
  return self->request_id != NULL;
}

gboolean
hs_binding_is_answer (const HsBinding *self, HsNode *iq)
{
  return g_strcmp0 (hs_node_get_attribute (iq, "id", NULL), self->request_id) == 0
         && hs_iq_type_is_answer (hs_node_get_attribute (iq, "type", NULL));
}

void
hs_binding_set_jid (HsBinding *self, HsJid *jid)
{
  hs_jid_ref (jid);
  g_clear_pointer (&self->jid, hs_jid_unref);
  self->jid = jid;
}

HsJid *
hs_binding_take_jid (HsBinding *self)
{
  return g_steal_pointer (&self->jid);
}

/* ---- Stanzas that came before the session ---- */

/* The number has a limit of its own, since even a small stanza takes a block of memory. */
gboolean
hs_binding_keep (HsBinding *self, HsParserEvent *event, gsize max_bytes)
{
  if (self->kept_stanzas == NULL)
    self->kept_stanzas = g_queue_new ();
  g_queue_push_tail (self->kept_stanzas, event);
  self->kept_bytes += hs_block_get_size (hs_node_get_block (event->node));
  return self->kept_bytes <= max_bytes && self->kept_stanzas->length <= HS_BINDING_MAX_KEPT;
}

gboolean
hs_binding_has_kept (const HsBinding *self)
{
  return self->kept_stanzas != NULL;
}

HsParserEvent *
hs_binding_take_kept (HsBinding *self)
{
  HsParserEvent *event;

  if (self->kept_stanzas == NULL)
    return NULL;
  event = g_queue_pop_head (self->kept_stanzas);
  if (self->kept_stanzas->length == 0)
    g_clear_pointer (&self->kept_stanzas, g_queue_free);
  return event;
}
